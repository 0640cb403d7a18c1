"""The order of dimensions: transposed matrices, and dimensions moved or exchanged."""

from collections.abc import Sequence
from typing import Any

import jax
import jax.numpy as jnp

from ..core.dims import wrap_dim
from ..core.errors import ArgumentTypeError, ShapeError, describe
from ..core.op import op
from ..core.public import public
from ..core.record import Array, Beside, Dim, Dims, Shape
from .indexing import alias
from .shape import permute, transpose


@op(kind=None, torch="torch.Tensor.T", aten="numpy_T", composite=True, node="")
def T(input: Array) -> jax.Array:
    """Return the tensor with its dimensions in the opposite order: the transposed matrix. Torch: Tensor.T.

    >>> import jaxfun as jf
    >>> jf.T(jf.zeros(2, 3, 4)).shape
    (4, 3, 2)
    """
    return permute(input, tuple(reversed(range(input.ndim))))


@op(kind=None, torch="torch.Tensor.mT", composite=True, node="")
def mT(input: Array) -> jax.Array:
    """Return each matrix of a batch transposed; a 0-dim tensor as it is. Torch: Tensor.mT.

    Raises: RuntimeError for a vector.

    >>> import jaxfun as jf
    >>> jf.mT(jf.zeros(2, 3, 4)).shape
    (2, 4, 3)
    """
    _refuse_vector(input)
    return transpose(input, -2, -1) if input.ndim else input


@op(kind=None, composite=True, node="", aliases=("mH",))
def adjoint(input: Array) -> jax.Array:
    """Return each matrix of a batch transposed and conjugated; a 0-dim tensor conjugated.

    Raises: RuntimeError for a vector.

    >>> import jaxfun as jf
    >>> jf.adjoint(jf.tensor([[1j, 2.0]]))
    Array([[0.-1.j],
           [2.-0.j]], dtype=complex64)
    """
    _refuse_vector(input)
    return _conjugated(transpose(input, -2, -1) if input.ndim else input)


mH = adjoint


@op(kind=None, torch="torch.Tensor.H", aten="matrix_H", composite=True, node="")
def H(input: Array) -> jax.Array:
    """Return the matrix transposed and conjugated; a 0-dim tensor conjugated. Torch: Tensor.H.

    Raises: RuntimeError for a tensor that is no matrix.

    >>> import jaxfun as jf
    >>> jf.H(jf.tensor([[1j, 2.0]]))
    Array([[0.-1.j],
           [2.-0.j]], dtype=complex64)
    """
    if input.ndim not in (0, 2):
        raise ShapeError("a matrix", describe(input), "Use adjoint for a batch of matrices.")
    return adjoint(input)


def _refuse_vector(input: jax.Array) -> None:
    if input.ndim == 1:
        raise ShapeError("a matrix or a batch of matrices", describe(input))


def _conjugated(input: jax.Array) -> jax.Array:
    return _conj(input) if jnp.iscomplexobj(input) else input


@op(kind=None, step="adjoint.conj", node="ConjBackward0")
def _conj(input: Array) -> jax.Array:
    return jnp.conj(input)


@public
def movedim(input: Any, source: int | Sequence[int], destination: int | Sequence[int]) -> jax.Array:
    """Return the tensor with a dimension, or several, moved to other places; the others keep their order.

    Raises: RuntimeError for a dimension named twice, and where there are not as many places.

    >>> import jaxfun as jf
    >>> jf.movedim(jf.zeros(2, 3, 4), 0, -1).shape, jf.movedim(jf.zeros(2, 3, 4), (0, 1), (1, 2)).shape
    ((3, 4, 2), (4, 2, 3))
    """
    one, other = (isinstance(each, int) for each in (source, destination))
    if one != other:
        raise ArgumentTypeError(
            "`source` and `destination` to be two integers or two tuples",
            describe((source, destination)),
            call="movedim(input, source, destination)",
        )
    return (_movedim if one else _movedim_several)(input, source, destination)  # type: ignore[arg-type]  # both are of the kind that `one` says


moveaxis = movedim


@op(kind=None, torch="torch.movedim", overload="int", composite=True, node="", aliases=("moveaxis",))
def _movedim(input: Array, source: Dim, destination: Dim) -> jax.Array:
    return _moved(input, (source,), (destination,))


_SEVERAL = {
    "input": Shape(("m n", "b m n", "b m n", "", "m n", "b m n")),
    "source": Beside(((0,), (0, 1), (2, -3), (0,), (1, 0), ())),
    "destination": Beside(((1,), (1, 2), (0, 1), (-1,), (-1, 0), ())),
}


@op(kind=None, torch="torch.movedim", overload="intlist", composite=True, node="", takes=_SEVERAL)
def _movedim_several(input: Array, source: Dims, destination: Dims) -> jax.Array:
    return _moved(input, source, destination)


def _moved(input: jax.Array, source: Any, destination: Any) -> jax.Array:
    if len(source) != len(destination):
        raise ShapeError("as many places as dimensions", f"{source} and {destination}")
    start = _distinct(source, input.ndim, "source")
    end = _distinct(destination, input.ndim, "destination")
    if not input.ndim:
        return alias(input)
    order = dict(zip(end, start, strict=True))
    rest = (dim for dim in range(input.ndim) if dim not in start)
    return permute(input, tuple(order[place] if place in order else next(rest) for place in range(input.ndim)))


def _distinct(dims: Sequence[int], ndim: int, name: str) -> tuple[int, ...]:
    wrapped = tuple(wrap_dim(dim, ndim, name) for dim in dims)
    if len(set(wrapped)) < len(wrapped):
        raise ShapeError(f"each dimension once in `{name}`", str(dims))
    return wrapped


@op(kind=None, composite=True, node="")
def swapaxes(input: Array, axis0: Dim, axis1: Dim) -> jax.Array:
    """Return the tensor with two dimensions exchanged: `transpose` by another name.

    >>> import jaxfun as jf
    >>> jf.swapaxes(jf.zeros(2, 3), 0, 1).shape
    (3, 2)
    """
    return transpose(input, axis0, axis1)
