"""Concatenation along an existing dimension (`cat`), a new one (`stack`), or the diagonal (`block_diag`).

Begin with `cat`. All functions promote their tensors to one dtype.
"""

from collections.abc import Sequence

import jax
import jax.numpy as jnp

from ...core.dims import wrap_dim
from ...core.dtypes import Kind
from ...core.errors import ArgumentValueError, ShapeError, describe
from ...core.op import op
from ...core.record import Dim, Tensors, rows


@op(kind=Kind.NO_OPMATH, overload=("", "concat.default", "concatenate.default"), aliases=("concat", "concatenate"))
def cat(tensors: Tensors, dim: Dim = 0) -> jax.Array:
    """Concatenate the tensors along an existing dimension. Their other sizes must be equal.

    Dtypes: promoted.
    Raises: ValueError for no tensors; RuntimeError for sizes that differ. A tensor of shape (0,) is always ignored
    (torch keeps this for old code).

    >>> import jaxfun as jf
    >>> jf.cat([jf.tensor([1, 2]), jf.tensor([0.5])])
    Array([1. , 2. , 0.5], dtype=float32)
    """
    if not tensors:
        raise ArgumentValueError("at least one tensor", "none")
    return _concatenated(tensors, dim)


concat = concatenate = cat


def _concatenated(tensors: Sequence[jax.Array], dim: int) -> jax.Array:
    if any(tensor.ndim == 0 for tensor in tensors):
        raise ShapeError("tensors of at least 1 dimension", describe(tuple(tensors)), "Use stack for 0-dim tensors.")
    joined = [tensor for tensor in tensors if tensor.shape != (0,)]
    if not joined:
        return tensors[0]
    axis = wrap_dim(dim, joined[0].ndim)
    for tensor in joined:
        _want_equal_sizes(joined[0], tensor, axis)
    return jnp.concatenate(joined, axis)


def _want_equal_sizes(first: jax.Array, other: jax.Array, axis: int) -> None:
    first_rest, other_rest = ((*x.shape[:axis], *x.shape[axis + 1 :]) for x in (first, other))
    if first.ndim != other.ndim or first_rest != other_rest:
        raise ShapeError(f"tensors of equal sizes except in dimension {axis}", describe((first, other)))


@op(kind=Kind.NO_OPMATH)
def stack(tensors: Tensors, dim: Dim = 0) -> jax.Array:
    """Concatenate tensors of equal shape along a new dimension.

    Dtypes: promoted.
    Raises: RuntimeError for no tensors, and for shapes that differ.

    >>> import jaxfun as jf
    >>> jf.stack([jf.tensor([1, 2]), jf.tensor([3, 4])], -1)
    Array([[1, 3], [2, 4]], dtype=int32)
    """
    _want_some(tensors)
    axis = wrap_dim(dim, tensors[0].ndim + 1)
    if any(tensor.shape != tensors[0].shape for tensor in tensors):
        raise ShapeError("tensors of equal shape", describe(tuple(tensors)))
    return jnp.stack(tensors, axis)


def _want_some(tensors: Sequence[jax.Array]) -> None:
    if not tensors:
        raise ShapeError("at least one tensor", "none")


@op(
    kind=Kind.NO_OPMATH,
    composite=True,
    cases=rows("tensors", "m n, m k", "m, n", ", ", ", m", "m n k, m p k"),
)
def hstack(tensors: Tensors) -> jax.Array:
    """Concatenate tensors along their second dimension, or 0-dim and 1-D tensors along their first.

    Dtypes: promoted.

    >>> import jaxfun as jf
    >>> jf.hstack([jf.tensor([1, 2]), jf.tensor([3])])
    Array([1, 2, 3], dtype=int32)
    """
    _want_some(tensors)
    items = [*map(jnp.atleast_1d, tensors)]
    return _concatenated(items, 0 if items[0].ndim == 1 else 1)


@op(
    kind=Kind.NO_OPMATH,
    overload=("", "row_stack.default"),
    composite=True,
    aliases=("row_stack",),
    cases=rows("tensors", "m n, k n", "n, n", ", ", "n, m n", "m n k, p n k"),
)
def vstack(tensors: Tensors) -> jax.Array:
    """Concatenate tensors along their first dimension; a vector is a row.

    Dtypes: promoted.

    >>> import jaxfun as jf
    >>> jf.vstack([jf.tensor([1, 2]), jf.tensor([3, 4])])
    Array([[1, 2],
           [3, 4]], dtype=int32)
    """
    _want_some(tensors)
    return _concatenated([*map(jnp.atleast_2d, tensors)], 0)


row_stack = vstack


@op(
    kind=Kind.NO_OPMATH,
    composite=True,
    cases=rows("tensors", "m n, m n", "n, n", ", ", "m n k, m n", "m n k, m n p"),
)
def dstack(tensors: Tensors) -> jax.Array:
    """Concatenate tensors along their third dimension; a vector becomes (1, n, 1), a matrix (m, n, 1).

    Dtypes: promoted.

    >>> import jaxfun as jf
    >>> jf.dstack([jf.tensor([1, 2]), jf.tensor([3, 4])])
    Array([[[1, 3],
            [2, 4]]], dtype=int32)
    """
    _want_some(tensors)
    return _concatenated([*map(jnp.atleast_3d, tensors)], 2)


@op(
    kind=Kind.NO_OPMATH,
    composite=True,
    cases=rows("tensors", "n, n", "n, n m", ", ", "m n, m k", "m n k, m p k"),
)
def column_stack(tensors: Tensors) -> jax.Array:
    """Concatenate tensors along their second dimension; a vector is a column.

    Dtypes: promoted.

    >>> import jaxfun as jf
    >>> jf.column_stack([jf.tensor([1, 2]), jf.tensor([3, 4])])
    Array([[1, 3],
           [2, 4]], dtype=int32)
    """
    _want_some(tensors)
    columns = [jnp.reshape(tensor, (tensor.size, 1)) if tensor.ndim < 2 else tensor for tensor in tensors]
    return _concatenated(columns, 1)


@op(
    kind=Kind.NO_OPMATH,
    cases=rows("tensors", "m n, k p", "n, ", "m n, n, k m", ", ", "m n"),
)
def block_diag(*tensors: Tensors) -> jax.Array:
    """Return the block diagonal matrix of the given matrices, with zeros elsewhere; a vector is a row.

    Shapes: (m, n), (k, p) -> (m + k, n + p).
    Dtypes: promoted.
    Raises: RuntimeError for more than 2 dimensions.

    >>> import jaxfun as jf
    >>> jf.block_diag(jf.tensor([[1, 2]]), jf.tensor(3))
    Array([[1, 2, 0],
           [0, 0, 3]], dtype=int32)
    """
    if any(tensor.ndim > 2 for tensor in tensors):
        raise ShapeError("tensors of at most 2 dimensions", describe(tuple(tensors)))
    blocks = [*map(jnp.atleast_2d, tensors)]
    width, left, block_rows = sum(block.shape[1] for block in blocks), 0, []
    for block in blocks:
        right = width - left - block.shape[1]
        block_rows.append(jnp.pad(block, ((0, 0), (left, right))))
        left += block.shape[1]
    return jnp.concatenate(block_rows) if block_rows else jnp.zeros((1, 0), jnp.float32)
