"""Other shapes of the same elements: one dimension made several, all made one, and at least so many."""

from collections.abc import Callable, Sequence
from typing import Any

import jax

from ..core.dims import as_tuple, wrap_dim
from ..core.errors import ShapeError, describe
from ..core.op import op
from ..core.public import public
from ..core.record import Array, Beside, Dim, Shape
from .shape import contiguous, inferred, reshape, unsqueeze, view

_ALIKE = {
    "input": Shape(("m n", "n", "", "m n", "n m", "n m")),
    "other": Shape(("n m", "1 n", "1 1", "m n", "1 m n", "n 1 m")),
}


@op(kind=None, torch="torch.Tensor.view_as", composite=True, node="", takes=_ALIKE)
def view_as(input: Array, other: Array) -> jax.Array:
    """Return the elements, in order, in the shape of another tensor.

    Raises: RuntimeError where the tensors have not as many elements.
    Differs: torch's view of a tensor that is not contiguous is an error; a JAX array has no strides.

    >>> import jaxfun as jf
    >>> jf.view_as(jf.zeros(2, 3), jf.zeros(6, 1)).shape
    (6, 1)
    """
    return view(input, other.shape)


@op(kind=None, torch="torch.Tensor.reshape_as", composite=True, node="", takes=_ALIKE)
def reshape_as(input: Array, other: Array) -> jax.Array:
    """Return the elements, in order, in the shape of another tensor.

    Raises: RuntimeError where the tensors have not as many elements.

    >>> import jaxfun as jf
    >>> jf.reshape_as(jf.zeros(2, 3), jf.zeros(6, 1)).shape
    (6, 1)
    """
    return reshape(input, other.shape)


_UNFLATTEN = {
    "input": Shape(("4", "2 6", "m 4 n", "0 n", "6 n", "m 2", "")),
    "dim": Beside((0, 1, -2, 0, -2, 0, 0)),
    "sizes": Beside(((2, 2), (2, -1), (4, 1), (-1, 2), (3, 2, 1), (2, -1), (1,))),
}


@op(kind=None, overload="int", composite=True, node="", takes=_UNFLATTEN)
def unflatten(input: Array, dim: Dim, sizes: tuple[int, ...]) -> jax.Array:
    """Return the tensor with one dimension made several, of these sizes; one of them may be -1, to be inferred.

    Raises: RuntimeError where the sizes do not multiply up to the dimension's.

    >>> import jaxfun as jf
    >>> jf.unflatten(jf.zeros(2, 6), 1, (3, -1)).shape
    (2, 3, 2)
    """
    several, axis = as_tuple(sizes, "sizes"), wrap_dim(dim, input.ndim)
    if not several or not input.ndim:
        raise ShapeError("a dimension, and one size or more for it", f"{describe(input)} and {list(several)}")
    several = inferred(input.shape[axis : axis + 1], several)
    return view(input, (*input.shape[:axis], *several, *input.shape[axis + 1 :]))


@op(kind=None, composite=True, node="")
def ravel(input: Array) -> jax.Array:
    """Return the elements, in order, as a vector.

    >>> import jaxfun as jf
    >>> jf.ravel(jf.tensor([[1, 2], [3, 4]]))
    Array([1, 2, 3, 4], dtype=int32)
    """
    return view(contiguous(input), input.size)


@public
def atleast_1d(*tensors: Any) -> Any:
    """Return the tensor, or each of several, a 0-dim one as a vector.

    >>> import jaxfun as jf
    >>> jf.atleast_1d(jf.tensor(1)), jf.atleast_1d(jf.tensor(1), jf.zeros(2, 3))[1].shape
    (Array([1], dtype=int32), (2, 3))
    """
    return _each(_atleast_1d, tensors)


@public
def atleast_2d(*tensors: Any) -> Any:
    """Return the tensor, or each of several, with 2 dimensions or more; new ones, of size 1, stand in front.

    >>> import jaxfun as jf
    >>> jf.atleast_2d(jf.tensor([1, 2]))
    Array([[1, 2]], dtype=int32)
    """
    return _each(_atleast_2d, tensors)


@public
def atleast_3d(*tensors: Any) -> Any:
    """Return the tensor, or each of several, with 3 dimensions or more: a vector as (1, n, 1), a matrix as (m, n, 1).

    >>> import jaxfun as jf
    >>> jf.atleast_3d(jf.zeros(2)).shape, jf.atleast_3d(jf.zeros(2, 3)).shape
    ((1, 2, 1), (2, 3, 1))
    """
    return _each(_atleast_3d, tensors)


def _each(function: Callable[[Any], jax.Array], tensors: Sequence[Any]) -> Any:
    several = isinstance(tensors[0], (tuple, list)) if len(tensors) == 1 else True
    if not several:
        return function(tensors[0])
    return tuple(map(function, tensors[0] if len(tensors) == 1 else tensors))


@op(kind=None, torch="torch.atleast_1d", composite=True, node="")
def _atleast_1d(input: Array) -> jax.Array:
    return input if input.ndim else reshape(input, 1)


@op(kind=None, torch="torch.atleast_2d", composite=True, node="")
def _atleast_2d(input: Array) -> jax.Array:
    if input.ndim == 0:
        return reshape(input, 1, 1)
    return unsqueeze(input, 0) if input.ndim == 1 else input


@op(kind=None, torch="torch.atleast_3d", composite=True, node="")
def _atleast_3d(input: Array) -> jax.Array:
    if input.ndim == 0:
        return reshape(input, 1, 1, 1)
    row = unsqueeze(input, 0) if input.ndim == 1 else input
    return unsqueeze(row, -1) if row.ndim == 2 else row
