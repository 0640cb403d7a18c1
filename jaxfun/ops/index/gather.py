"""Read elements by an index tensor, along a dimension or in the flattened input: `gather`, `index_select`, `take`."""

import math
from typing import Annotated, Any

import jax
import jax.numpy as jnp

from ...core.dims import broadcast_shapes, wrap_dim
from ...core.errors import IndexRangeError, PositionError, ShapeError, describe
from ...core.op import op
from ...core.record import Array, Choice, Dim, Index, Mask, Role, rows
from ...core.sizes import any_below
from ._positions import (
    BOTH,
    as_unsigned,
    check_along,
    check_among,
    check_positions,
    missing,
    want_integers,
    want_long,
    want_vector,
    with_dims,
)


@op(
    kind=None,
    check=check_along,
    takes={"index": Index("", "input", dtypes=BOTH), "sparse_grad": Choice((False,))},
    cases=rows(
        "input index dim",
        ("n", "k", 0),
        ("m n", "m n", -1),
        ("4 3", "2 3", 0),
        ("3 2", "3 5", 1),
        ("", "", -1),
        ("", "k", 0),
        ("2 3 4", "2 2 3", 1),
    ),
)
def gather(input: Array, dim: Dim, index: Mask, *, sparse_grad: bool = False) -> jax.Array:
    """Gather elements along `dim`: for `dim=0` the result at (i, j) is `input[index[i][j]][j]`.

    Shapes: the result has the shape of `index`. `index` has as many dimensions as `input`, and no dimension except
    `dim` is larger than that of `input`.
    Gradient: an element that is gathered several times gets the sum.
    Raises: RuntimeError for other shapes, and for an index out of range (negative indices are out of range). A traced
    index out of range gives the same as in `getitem`.
    Differs: the gradient is never sparse; `sparse_grad` has no effect.

    >>> import jaxfun as jf
    >>> jf.gather(jf.tensor([[1, 2], [3, 4]]), 1, jf.tensor([[0, 0], [1, 0]]))
    Array([[1, 1],
           [4, 3]], dtype=int32)
    """
    return _gathered(input, wrap_dim(dim, input.ndim), index)


def _gathered(input: jax.Array, axis: int, index: jax.Array) -> jax.Array:
    if index.size == 0:
        return jnp.zeros(index.shape, input.dtype)
    want_integers(index)
    source, places = with_dims(input), with_dims(index)
    _check_index_shape(places.shape, source.shape, axis)
    kept = source[tuple(slice(None if d == axis else size) for d, size in enumerate(places.shape))]
    taken = jnp.take_along_axis(kept, places, axis, mode="clip")
    is_inside = as_unsigned(places) < source.shape[axis]
    return jnp.where(is_inside, taken, missing(input.dtype)).reshape(index.shape)


def _check_index_shape(index: tuple[int, ...], input: tuple[int, ...], axis: int) -> None:
    fits = len(index) == len(input) and all(
        not any_below(0, (limit - size,))
        for dim, (size, limit) in enumerate(zip(index, input, strict=True))
        if dim != axis
    )
    if not fits:
        raise ShapeError(f"an index no larger than {list(input)} except in dimension {axis}", str(list(index)))


@op(
    kind=None,
    check=check_along,
    takes={"index": Index("", "input", dtypes=BOTH)},
    cases=rows(
        "input index dim",
        ("n", "k", 0),
        ("m n", "k", 0),
        ("m n", "", -1),
        ("", "1", 0),
        ("l m n", "k", 1),
    ),
)
def index_select(input: Array, dim: Dim, index: Mask) -> jax.Array:
    """Return the slices along `dim` at the indices of a 1-D tensor, in the order of the indices.

    Gradient: a slice that is selected several times gets the sum.
    Raises: IndexError or RuntimeError for an index out of range (negative indices are out of range). A traced index out
    of range gives the same as in `getitem`.

    >>> import jaxfun as jf
    >>> jf.index_select(jf.tensor([[1, 2, 3], [4, 5, 6]]), 1, jf.tensor([2, 0]))
    Array([[3, 1],
           [6, 4]], dtype=int32)
    """
    want_vector(index)
    want_integers(index)
    axis = wrap_dim(dim, input.ndim)
    if input.ndim == 0 and index.size != 1:
        raise ShapeError("one index for a 0-dim tensor", describe(index))
    source = with_dims(input)
    places = as_unsigned(with_dims(index))
    if source.shape[axis]:
        taken = jnp.take(source, places, axis, mode="fill")
        return taken if input.ndim else taken.reshape(())
    if places.size:
        raise PositionError("a non-empty dimension", describe(source))
    return source


@op(
    kind=None,
    check=check_among,
    takes={"index": Index("", "input", "", negative=True)},
    cases=rows("input index", ("n", "k"), ("m n", "j k"), ("", "k"), ("l m n", "")),
)
def take(input: Array, index: Mask) -> jax.Array:
    """Return the elements of the flattened input at the given indices; negative indices count from the end.

    Gradient: an element that is taken several times gets the sum.
    Raises: IndexError for an index out of range. A traced index out of range gives the same as in `getitem`.

    >>> import jaxfun as jf
    >>> jf.take(jf.tensor([[1, 2], [3, 4]]), jf.tensor([0, -1]))
    Array([1, 4], dtype=int32)
    """
    want_long(index)
    if input.size == 0 and index.size:
        raise IndexRangeError("a non-empty tensor", describe(input))
    return input.reshape(-1).at[index].get(mode="fill") if input.size else jnp.zeros(index.shape, input.dtype)


def _check_all(_: Any, input: jax.Array, indices: Any, dim: int | None = None) -> None:
    if dim is None:
        check_positions(indices, math.prod(input.shape))


_FLAT = {"into": "input", "dim": "", "dtypes": BOTH}


@op(
    kind=None,
    check=_check_all,
    composite=True,
    takes={"indices": Index("", "input", negative=True)},
    cases=(
        *rows("input indices dim", ("m n", "m k", 1), ("m n", "1 k", -1), ("1 n", "m k", 1), ("n", "k", 0)),
        *rows(
            "input indices dim",
            ("n", Index("k", **_FLAT), None),
            ("m n", Index("j k", **_FLAT), None),
            ("", Index("", **_FLAT), None),
            ("", Index("k", **_FLAT), None),
        ),
    ),
)
def take_along_dim(input: Array, indices: Mask, dim: Annotated[int | None, Role.DIM] = None) -> jax.Array:
    """Return the elements at `indices` along `dim`, or in the flattened input if `dim` is None.

    Shapes: `input` and `indices` broadcast, except along `dim`.
    Gradient: an element that is taken several times gets the sum.
    Along a dimension an index is taken modulo its size, as in torch, so that no index is out of range.
    Raises: RuntimeError for an index out of range if `dim` is None, as `gather` does.

    >>> import jaxfun as jf
    >>> x = jf.tensor([[3, 1], [2, 4]])
    >>> jf.take_along_dim(x, jf.argmax(x, 1, keepdim=True), 1)
    Array([[3],
           [4]], dtype=int32)
    """
    if dim is None:
        return _gathered(input.reshape(-1), 0, indices.reshape(-1))
    want_long(indices)
    if input.ndim != indices.ndim:
        raise ShapeError("the same number of dimensions", f"{describe(input)} and {describe(indices)}")
    if input.ndim == 0:
        raise IndexRangeError("a tensor of at least 1 dimension", describe(input))
    axis = wrap_dim(dim, input.ndim)
    broadcast_shapes(*((*x.shape[:axis], 1, *x.shape[axis + 1 :]) for x in (input, indices)))
    size = input.shape[axis]
    if size == 0 and indices.size:
        raise ShapeError("a non-empty dimension", describe(input))
    places = jnp.remainder(indices, jnp.asarray(max(size, 1), indices.dtype))
    return jnp.take_along_axis(input, places, axis, mode="promise_in_bounds")
