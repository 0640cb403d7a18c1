"""Diagonals: taken out of matrices, made into matrices, and written into them."""

import jax
import jax.numpy as jnp
import numpy as np

from ..core.dims import wrap_dim
from ..core.dtypes import as_dtype, cast
from ..core.errors import ShapeError, describe
from ..core.op import op
from ..core.record import Array, Beside, Choice, Dim, Integer, Shape
from .reshaping import ravel
from .shape import clone

_PLANES = {
    "input": Shape(("m n", "m n", "m n", "b m n", "b m n", "b m n")),
    "offset": Beside((0, 1, -2, 0, -1, 1)),
    "dim1": Beside((0, 1, -2, 0, -1, 2)),
    "dim2": Beside((1, 0, -1, 1, 0, 1)),
}


@op(kind=None, takes=_PLANES)
def diagonal(input: Array, offset: Integer = 0, dim1: Dim = 0, dim2: Dim = 1) -> jax.Array:
    """Return the diagonal of two dimensions, as the last dimension: 0 is the main one, 1 the one above it.

    Torch: the result there is a view, here it is an array of its own.

    >>> import jaxfun as jf
    >>> jf.diagonal(jf.tensor([[1, 2], [3, 4]]))
    Array([1, 4], dtype=int32)
    """
    return _taken(input, offset, dim1, dim2)


def _taken(input: jax.Array, offset: int, dim1: int, dim2: int) -> jax.Array:
    first, second = _plane(input.ndim, dim1, dim2)
    return _of_matrices(jnp.moveaxis(input, (first, second), (-2, -1)), offset)


@op(kind=None, step="diagonal.last", node="")
def _of_matrices(input: Array, offset: Integer) -> jax.Array:
    return input[(..., *_places(input.shape[-2:], offset))]


def _plane(ndim: int, dim1: int, dim2: int) -> tuple[int, int]:
    first, second = wrap_dim(dim1, ndim, "dim1"), wrap_dim(dim2, ndim, "dim2")
    if first == second:
        raise ShapeError("two different dimensions", f"{dim1} and {dim2}")
    return first, second


def _places(shape: tuple[int, ...], offset: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the rows and the columns of a matrix's diagonal."""
    row, column = max(-offset, 0), max(offset, 0)
    along = np.arange(max(min(shape[0] - row, shape[1] - column), 0))
    return along + row, along + column


_EMBEDDED = {
    "input": Shape(("n", "m n", "m n", "b n", "n")),
    "offset": Beside((0, 1, -2, 0, -1)),
    "dim1": Beside((-2, 0, -1, 0, 1)),
    "dim2": Beside((-1, 1, 0, -1, 0)),
}


@op(kind=None, takes=_EMBEDDED)
def diag_embed(input: Array, offset: Integer = 0, dim1: Dim = -2, dim2: Dim = -1) -> jax.Array:
    """Return matrices whose diagonals are the tensor's last dimension, with zeros elsewhere.

    Shapes: (*, n) -> (*, n, n), or more by the offset's size; `dim1` and `dim2` say where the two dimensions stand.

    >>> import jaxfun as jf
    >>> jf.diag_embed(jf.tensor([1, 2]), 1)
    Array([[0, 1, 0],
           [0, 0, 2],
           [0, 0, 0]], dtype=int32)
    """
    return _embedded(input, offset, dim1, dim2)


def _embedded(input: jax.Array, offset: int, dim1: int, dim2: int) -> jax.Array:
    first, second = _plane(input.ndim + 1, dim1, dim2)
    side = input.shape[-1] + abs(offset)
    zeros = jnp.zeros((*input.shape[:-1], side, side), input.dtype)
    matrices = zeros.at[(..., *_places((side, side), offset))].set(input)
    return clone(jnp.moveaxis(matrices, (-2, -1), (first, second)))


@op(kind=None, composite=True, node="", takes={"input": Shape(("n", "m n")), "diagonal": Choice((0, 1, -2, 5))})
def diag(input: Array, diagonal: Integer = 0) -> jax.Array:
    """Return the matrix that has a vector on its diagonal, or a matrix's diagonal: 1 is the one above the main one.

    Raises: RuntimeError for a tensor of other dimensions.

    >>> import jaxfun as jf
    >>> jf.diag(jf.tensor([1, 2])), jf.diag(jf.tensor([[1, 2], [3, 4]]))
    (Array([[1, 0],
           [0, 2]], dtype=int32), Array([1, 4], dtype=int32))
    """
    if input.ndim not in (1, 2):
        raise ShapeError("a vector or a matrix", describe(input))
    return diag_embed(input, diagonal) if input.ndim == 1 else _copied(input, diagonal)


@op(kind=None, step="diag.copy", node="DiagonalBackward0_copy")
def _copied(input: Array, offset: Integer) -> jax.Array:
    return clone(_taken(input, offset, 0, 1))


@op(kind=None, composite=True, node="")
def diagflat(input: Array, offset: Integer = 0) -> jax.Array:
    """Return the matrix that has all elements of a tensor, in order, on its diagonal.

    >>> import jaxfun as jf
    >>> jf.diagflat(jf.tensor([[1], [2]]))
    Array([[1, 0],
           [0, 2]], dtype=int32)
    """
    return diag(ravel(input), offset)


_WRITTEN = {
    "input": Shape(("2 n", "3 3", "m 3 3", "2 4", "0 n")),
    "src": Shape(("1", "2", "m 3", "2", "0")),
    "offset": Beside((-1, 1, 0, 2, 0)),
    "dim1": Beside((0, -1, 1, 0, 0)),
    "dim2": Beside((1, 0, -1, -1, 1)),
}


@op(kind=None, takes=_WRITTEN)
def diagonal_scatter(input: Array, src: Array, offset: Integer = 0, dim1: Dim = 0, dim2: Dim = 1) -> jax.Array:
    """Return the tensor with `src` in place of what `diagonal` would give.

    Dtypes: that of `input`; `src` is cast to it.
    Raises: RuntimeError where `src` has not the diagonal's shape.

    >>> import jaxfun as jf
    >>> jf.diagonal_scatter(jf.zeros(2, 2), jf.ones(2))
    Array([[1., 0.],
           [0., 1.]], dtype=float32)
    """
    first, second = _plane(input.ndim, dim1, dim2)
    matrices = jnp.moveaxis(input, (first, second), (-2, -1))
    rows, columns = _places(matrices.shape[-2:], offset)
    wanted = (*matrices.shape[:-2], len(rows))
    if src.shape != wanted:
        raise ShapeError(f"`src` of the shape {list(wanted)}", describe(src))
    written = matrices.at[..., rows, columns].set(cast(src, as_dtype(input.dtype)))
    return jnp.moveaxis(written, (-2, -1), (first, second))
