"""Triangles of matrices: the elements on one side of a diagonal, and where they stand."""

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from ..core.dims import as_sizes
from ..core.dtypes import DType, as_array, canonical, int64, required
from ..core.errors import ShapeError, UnsupportedDTypeError, describe
from ..core.op import op
from ..core.public import public
from ..core.record import Array, Choice, Integer, Shape
from ..creation import checked_size

_MATRICES = {"input": Shape(("m n", "b m n", "1 b m n")), "diagonal": Choice((0, 1, -1, 2, -3))}


@op(kind=None, takes=_MATRICES)
def tril(input: Array, diagonal: Integer = 0) -> jax.Array:
    """Return the matrices with zeros above a diagonal: 0 is the main one, 1 the one above it.

    Raises: RuntimeError for fewer than 2 dimensions.

    >>> import jaxfun as jf
    >>> jf.tril(jf.tensor([[1, 2], [3, 4]]))
    Array([[1, 0],
           [3, 4]], dtype=int32)
    """
    return _kept(input, _is_below(input, diagonal))


@op(kind=None, takes=_MATRICES)
def triu(input: Array, diagonal: Integer = 0) -> jax.Array:
    """Return the matrices with zeros below a diagonal: 0 is the main one, 1 the one above it.

    Raises: RuntimeError for fewer than 2 dimensions.

    >>> import jaxfun as jf
    >>> jf.triu(jf.tensor([[1, 2], [3, 4]]))
    Array([[1, 2],
           [0, 4]], dtype=int32)
    """
    return _kept(input, ~_is_below(input, diagonal - 1))


def _is_below(input: jax.Array, diagonal: int) -> jax.Array:
    if input.ndim < 2:
        raise ShapeError("a tensor of at least 2 dimensions", describe(input))
    rows, columns = input.shape[-2:]
    near = min(max(diagonal, -rows), columns)  # a number of any size
    row, column = (jax.lax.broadcasted_iota(jnp.int32, (rows, columns), dim) for dim in (0, 1))
    return column - row <= near


def _kept(input: jax.Array, mask: jax.Array) -> jax.Array:
    return jnp.where(mask, input, jnp.zeros((), input.dtype))


@public
def tril_indices(row: int, col: int, offset: int = 0, *, dtype: Any = None) -> jax.Array:
    """Return the rows and the columns of the elements on and below a diagonal of a (row, col) matrix, row by row.

    Shapes: (2, number of elements).
    Raises: RuntimeError for a negative size; NotImplementedError for a dtype other than int32 and int64.

    >>> import jaxfun as jf
    >>> jf.tril_indices(2, 2)
    Array([[0, 1, 1],
           [0, 0, 1]], dtype=int32)
    """
    return _places(row, col, offset, dtype, upper=False)


@public
def triu_indices(row: int, col: int, offset: int = 0, *, dtype: Any = None) -> jax.Array:
    """Return the rows and the columns of the elements on and above a diagonal of a (row, col) matrix, row by row.

    Shapes: (2, number of elements).
    Raises: RuntimeError for a negative size; NotImplementedError for a dtype other than int32 and int64.

    >>> import jaxfun as jf
    >>> jf.triu_indices(2, 2)
    Array([[0, 0, 1],
           [0, 1, 1]], dtype=int32)
    """
    return _places(row, col, offset, dtype, upper=True)


def _places(row: int, col: int, offset: int, dtype: Any, *, upper: bool) -> jax.Array:
    rows, columns, diagonal = as_sizes((row, col, offset), None, "row, col and offset")
    checked_size((rows, columns))
    wanted = _indices_dtype(dtype)
    below = np.tri(rows, columns, diagonal - upper, dtype=bool)
    return as_array(np.stack(np.nonzero(below != upper)).astype(wanted.dtype))


def _indices_dtype(dtype: Any) -> DType:
    wanted = canonical(int64) if dtype is None else required(dtype)
    if wanted.name not in ("int32", "int64"):
        raise UnsupportedDTypeError("`dtype` to be int32 or int64", wanted.name)
    return wanted
