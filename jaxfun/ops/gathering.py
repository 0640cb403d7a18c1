"""Taking elements by tensors of indices: along a dimension, or out of all elements in order."""

import math
from typing import Any

import jax
import jax.numpy as jnp

from ..core.dims import broadcast_shapes, wrap_dim
from ..core.errors import IndexRangeError, PositionError, ShapeError, describe
from ..core.op import op
from ..core.public import public
from ..core.record import Array, Beside, Choice, Dim, Index, Mask, Shape
from ._positions import (
    BOTH,
    check_along,
    check_among,
    check_positions,
    from_the_front,
    want_integers,
    want_long,
    want_vector,
    with_dims,
)
from .shape.broadcast import broadcast_to
from .shape.reshape import reshape


@op(
    kind=None,
    check=check_along,
    takes={
        "input": Shape(("n", "m n", "4 3", "3 2", "", "", "2 3 4")),
        "index": Index(("k", "m n", "2 3", "3 5", "", "k", "2 2 3"), "input", dtypes=BOTH),
        "dim": Beside((0, -1, 0, 1, -1, 0, 1)),
        "sparse_grad": Choice((False,)),
    },
)
def gather(input: Array, dim: Dim, index: Mask, *, sparse_grad: bool = False) -> jax.Array:
    """Return the elements that `index` names along a dimension: `input[index[i][j]][j]` at (i, j) where `dim` is 0.

    Shapes: that of `index`, which has as many dimensions as `input` and is no larger in the others than `dim`.
    Gradient: an element that was taken several times gets the sum.
    Raises: RuntimeError for other shapes, and for an index out of range (a negative one is), where it is known; a
    traced one gives what it gives in `getitem`.
    Differs: the gradient is never sparse; `sparse_grad` changes nothing.

    >>> import jaxfun as jf
    >>> jf.gather(jf.tensor([[1, 2], [3, 4]]), 1, jf.tensor([[0, 0], [1, 0]]))
    Array([[1, 1],
           [4, 3]], dtype=int32)
    """
    axis = wrap_dim(dim, input.ndim)
    if index.size == 0:
        return jnp.zeros(index.shape, input.dtype)
    want_integers(index)
    source, places = with_dims(input), with_dims(index)
    _check_inside(places.shape, source.shape, axis)
    kept = source[tuple(slice(None if d == axis else size) for d, size in enumerate(places.shape))]
    places = from_the_front(places, source.shape[axis])
    return jnp.take_along_axis(kept, places, axis, mode="fill").reshape(index.shape)


def _check_inside(index: tuple[int, ...], input: tuple[int, ...], axis: int) -> None:
    fits = len(index) == len(input) and all(
        size <= limit for dim, (size, limit) in enumerate(zip(index, input, strict=True)) if dim != axis
    )
    if not fits:
        raise ShapeError(f"an index no larger than {list(input)} but for dimension {axis}", str(list(index)))


@op(
    kind=None,
    check=check_along,
    takes={
        "input": Shape(("n", "m n", "m n", "", "l m n")),
        "index": Index(("k", "k", "", "1", "k"), "input", dtypes=BOTH),
        "dim": Beside((0, 0, -1, 0, 1)),
    },
)
def index_select(input: Array, dim: Dim, index: Mask) -> jax.Array:
    """Return the slices of a dimension that a vector of indices names, in its order.

    Gradient: a slice that was taken several times gets the sum.
    Raises: IndexError or RuntimeError for an index out of range (a negative one is), where it is known; a traced one
    gives what it gives in `getitem`.

    >>> import jaxfun as jf
    >>> jf.index_select(jf.tensor([[1, 2, 3], [4, 5, 6]]), 1, jf.tensor([2, 0]))
    Array([[3, 1],
           [6, 4]], dtype=int32)
    """
    want_vector(index)
    want_integers(index)
    axis = wrap_dim(dim, input.ndim)
    if input.ndim == 0 and index.size != 1:
        raise ShapeError("one index into a 0-dim tensor", describe(index))
    source = with_dims(input)
    places = from_the_front(with_dims(index), source.shape[axis])
    taken = jnp.take(source, places, axis, mode="fill") if source.shape[axis] else _no_slices(source, axis, places)
    return taken if input.ndim else taken.reshape(())


def _no_slices(source: jax.Array, axis: int, places: jax.Array) -> jax.Array:
    if places.size:
        raise PositionError("a dimension that has something to be taken", describe(source))
    return source


@op(
    kind=None,
    check=check_among,
    takes={
        "input": Shape(("n", "m n", "", "l m n")),
        "index": Index(("k", "j k", "k", ""), "input", "", negative=True),
    },
)
def take(input: Array, index: Mask) -> jax.Array:
    """Return the elements that `index` names among all elements in order, negative ones from the end.

    Gradient: an element that was taken several times gets the sum.
    Raises: IndexError for an index out of range, where it is known; a traced one gives what it gives in `getitem`.

    >>> import jaxfun as jf
    >>> jf.take(jf.tensor([[1, 2], [3, 4]]), jf.tensor([0, -1]))
    Array([1, 4], dtype=int32)
    """
    want_long(index)
    if input.size == 0 and index.size:
        raise IndexRangeError("a tensor that has elements", describe(input))
    return input.reshape(-1).at[index].get(mode="fill") if input.size else jnp.zeros(index.shape, input.dtype)


@public
def take_along_dim(input: Any, indices: Any, dim: int | None = None) -> jax.Array:
    """Return the elements that `indices` names along a dimension, or, without one, among all elements in order.

    Shapes: but for `dim`, both broadcast.
    Gradient: an element that was taken several times gets the sum.
    Along a dimension an index is counted modulo its size, so that none is out of range, as in torch.
    Raises: RuntimeError for an index out of range where there is no `dim`, as `gather` does.

    >>> import jaxfun as jf
    >>> x = jf.tensor([[3, 1], [2, 4]])
    >>> jf.take_along_dim(x, jf.argmax(x, 1, keepdim=True), 1)
    Array([[3],
           [4]], dtype=int32)
    """
    if dim is not None:
        return _take_along_dim(input, indices, dim)
    return _take_along_all(input, indices)


@op(
    kind=None,
    torch="torch.take_along_dim",
    overload=":all",
    check=lambda _, input, indices: check_positions(indices, math.prod(input.shape)),
    composite=True,
    node="",
    takes={
        "input": Shape(("n", "m n", "")),
        "indices": Index(("k", "j k", "", "k"), "input", "", dtypes=BOTH),
    },
)
def _take_along_all(input: Array, indices: Mask) -> jax.Array:
    return gather(reshape(input, -1), 0, reshape(indices, -1))


@op(
    kind=None,
    torch="torch.take_along_dim",
    composite=True,
    node="",
    takes={
        "input": Shape(("m n", "m n", "1 n", "n")),
        "indices": Index(("m k", "1 k", "m k", "k"), "input", negative=True),
        "dim": Beside((1, -1, 1, 0)),
    },
)
def _take_along_dim(input: Array, indices: Mask, dim: Dim) -> jax.Array:
    want_long(indices)
    if input.ndim != indices.ndim:
        raise ShapeError("as many dimensions of both", f"{describe(input)} and {describe(indices)}")
    if input.ndim == 0:
        raise IndexRangeError("a tensor with dimensions", describe(input))
    axis = wrap_dim(dim, input.ndim)
    common = broadcast_shapes(*((*x.shape[:axis], 1, *x.shape[axis + 1 :]) for x in (input, indices)))
    return _along(input, indices, axis, common)


def _along(input: jax.Array, indices: jax.Array, axis: int, common: tuple[int, ...]) -> jax.Array:
    size, count = input.shape[axis], indices.shape[axis]
    if size == 0 and indices.size:
        raise ShapeError("a dimension that has something to be taken", describe(input))
    wrapped = jnp.remainder(indices, jnp.asarray(max(size, 1), indices.dtype))
    shapes = [(*common[:axis], along, *common[axis + 1 :]) for along in (size, count)]
    return gather(broadcast_to(input, shapes[0]), axis, broadcast_to(wrapped, shapes[1]))
