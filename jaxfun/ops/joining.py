"""Tensors joined side by side, where `cat` and `stack` join along a dimension: by rows, columns, or as blocks."""

from collections.abc import Sequence

import jax
import jax.numpy as jnp

from ..core.dtypes import Kind
from ..core.errors import ShapeError, describe
from ..core.op import op
from ..core.record import Shape, Tensors
from .reshaping import atleast_1d, atleast_2d, atleast_3d
from .shape import cat, reshape


def _want_some(tensors: Sequence[jax.Array]) -> None:
    if not tensors:
        raise ShapeError("one tensor at least", "none")


@op(kind=None, composite=True, node="", takes={"tensors": Shape(("m n, m k", "m, n", ", ", ", m", "m n k, m p k"))})
def hstack(tensors: Tensors) -> jax.Array:
    """Return tensors joined along their second dimension, vectors and 0-dim tensors along their only one.

    Dtypes: promoted.

    >>> import jaxfun as jf
    >>> jf.hstack([jf.tensor([1, 2]), jf.tensor([3])])
    Array([1, 2, 3], dtype=int32)
    """
    _want_some(tensors)
    items = [atleast_1d(tensor) for tensor in tensors]
    return cat(items, 0 if items[0].ndim == 1 else 1)


@op(
    kind=None,
    composite=True,
    node="",
    aliases=("row_stack",),
    takes={"tensors": Shape(("m n, k n", "n, n", ", ", "n, m n", "m n k, p n k"))},
)
def vstack(tensors: Tensors) -> jax.Array:
    """Return tensors joined along their first dimension; a vector is a row.

    Dtypes: promoted.

    >>> import jaxfun as jf
    >>> jf.vstack([jf.tensor([1, 2]), jf.tensor([3, 4])])
    Array([[1, 2],
           [3, 4]], dtype=int32)
    """
    _want_some(tensors)
    return cat([atleast_2d(tensor) for tensor in tensors], 0)


row_stack = vstack


@op(
    kind=None,
    composite=True,
    node="",
    takes={"tensors": Shape(("m n, m n", "n, n", ", ", "m n k, m n", "m n k, m n p"))},
)
def dstack(tensors: Tensors) -> jax.Array:
    """Return tensors joined along their third dimension; a vector is (1, n, 1), a matrix (m, n, 1).

    Dtypes: promoted.

    >>> import jaxfun as jf
    >>> jf.dstack([jf.tensor([1, 2]), jf.tensor([3, 4])])
    Array([[[1, 3],
            [2, 4]]], dtype=int32)
    """
    _want_some(tensors)
    return cat([atleast_3d(tensor) for tensor in tensors], 2)


@op(
    kind=None,
    composite=True,
    node="",
    takes={"tensors": Shape(("n, n", "n, n m", ", ", "m n, m k", "m n k, m p k"))},
)
def column_stack(tensors: Tensors) -> jax.Array:
    """Return tensors joined along their second dimension; a vector is a column.

    Dtypes: promoted.

    >>> import jaxfun as jf
    >>> jf.column_stack([jf.tensor([1, 2]), jf.tensor([3, 4])])
    Array([[1, 3],
           [2, 4]], dtype=int32)
    """
    _want_some(tensors)
    return cat([reshape(tensor, tensor.size, 1) if tensor.ndim < 2 else tensor for tensor in tensors], 1)


@op(
    Kind.NO_OPMATH,
    takes={"tensors": Shape(("m n, k p", "n, ", "m n, n, k m", ", ", "m n"))},
)
def block_diag(*tensors: Tensors) -> jax.Array:
    """Return the matrix that has these ones along its diagonal and zeros elsewhere; a vector is a row.

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
    blocks = [jnp.atleast_2d(tensor) for tensor in tensors]
    width, left, rows = sum(block.shape[1] for block in blocks), 0, []
    for block in blocks:
        right = width - left - block.shape[1]
        rows.append(jnp.pad(block, ((0, 0), (left, right))))
        left += block.shape[1]
    return jnp.concatenate(rows) if rows else jnp.zeros((1, 0), jnp.float32)
