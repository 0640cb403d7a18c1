"""Indexing with brackets as functions: `getitem` for `x[index]`, and `select` for one index of one dimension."""

import functools
from collections.abc import Sequence
from typing import Any

import jax
import jax.numpy as jnp
from jax.core import Tracer

from ...core.dims import want_index, wrap_dim
from ...core.dtypes import as_array, canonical, int64
from ...core.op import op
from ...core.public import public
from ...core.record import Array, Choice, Dim, Factor
from ._plan import Layout, check_range, read
from ._positions import missing


@public
def getitem(x: Any, index: Any) -> jax.Array:
    """Return `x[index]` by torch's rules: integers, slices, None, `...`, bools, masks, index tensors, and mixtures.

    Shapes: if the dimensions indexed by tensors are not adjacent, the tensors' dimensions come first.
    Gradient: an element that is taken several times gets the sum.
    Raises: IndexError for a known index out of range; ValueError for a slice with a step below 1. A traced index out of
    range gives NaN (the smallest integer, the largest unsigned one, True): it is never clamped. A traced mask is an
    error, because its values decide the shape.
    Torch: Tensor.__getitem__, which may return a view; here the result is a new array.

    >>> import jaxfun as jf
    >>> x = jf.tensor([[1, 2, 3], [4, 5, 6]])
    >>> jf.getitem(x, (slice(None), [0, -1]))
    Array([[1, 3], [4, 6]], dtype=int32)
    >>> jf.getitem(x, x > 4)
    Array([5, 6], dtype=int32)
    """
    x = as_array(x)
    plan = read(x.shape, index)
    check_range(plan)
    take = _getitem if is_staged(x) else _getitem_compiled
    return take(x, plan.starts, plan.tensors, layout=plan.layout)


def is_staged(x: jax.Array) -> bool:
    """Return whether an array is part of a larger program that is being traced.

    In a larger program a known start makes a static slice. Otherwise, also while `jax.grad` evaluates eagerly, the
    starts are arguments of a program of their own, so that x[0] and x[1] are compiled once.
    """
    return isinstance(x, Tracer) and x.to_concrete_value() is None


def _getitem(x: jax.Array, starts: tuple[Any, ...], tensors: tuple[Any, ...], layout: Layout) -> jax.Array:
    if layout.traced:
        starts, is_inside = in_range(x.shape, starts, layout.traced)
        x = jnp.where(is_inside, sliced(x, starts, layout), missing(x.dtype))
    else:
        x = sliced(x, starts, layout)
    view = as_view(x, layout)
    return view.at[at_dims(view.ndim, tensors, layout.dims)].get(mode=layout.mode) if layout.dims else view


_getitem_compiled = functools.partial(jax.jit, static_argnames="layout")(_getitem)


def in_range(shape: Sequence[int], starts: Sequence[Any], traced: Sequence[int]) -> tuple[tuple[Any, ...], Any]:
    """Return the starts with traced ones counted from the front, and whether the traced ones are in range."""
    counted, is_inside = [*starts], jnp.asarray(True)
    for axis in traced:
        start, size = starts[axis].astype(canonical(int64).dtype), shape[axis]
        counted[axis] = jnp.where(start < 0, start + size, start)
        is_inside &= (-size <= start) & (start < size)
    return tuple(counted), is_inside


def sliced(x: jax.Array, starts: Sequence[Any], layout: Layout) -> jax.Array:
    """Return the slice of a tensor that a plan starts with."""
    spans, strides = layout.spans, layout.strides
    if any(isinstance(start, jax.Array) for start in starts):
        x = spanned(x, starts, spans)
        return x if max(strides) == 1 else jax.lax.slice(x, (0,) * x.ndim, spans, strides)
    if layout.sizes == x.shape:
        return x
    return jax.lax.slice(x, starts, [start + span for start, span in zip(starts, spans, strict=True)], strides)


def spanned(x: jax.Array, starts: Sequence[Any], spans: Sequence[int]) -> jax.Array:
    """Return `spans` elements of each dimension, beginning at `starts`, which are in range."""
    if tuple(spans) == x.shape:
        return x
    return jax.lax.dynamic_slice(x, as_starts(starts), spans, allow_negative_indices=False)


def as_starts(starts: Sequence[Any]) -> list[jax.Array]:
    """Return starts for XLA, which wants one dtype."""
    return [jnp.asarray(start, canonical(int64).dtype) for start in starts]


def as_view(x: jax.Array, layout: Layout) -> jax.Array:
    """Return a slice with the integer-indexed dimensions removed and the new dimensions inserted."""
    return jax.lax.expand_dims(jax.lax.squeeze(x, layout.dropped), layout.inserted)


def at_dims(ndim: int, indices: Sequence[Any], dims: Sequence[int]) -> tuple[Any, ...]:
    """Return the jnp index with `indices` at `dims`, and full slices elsewhere."""
    widest = max((index.dtype for index in indices), key=lambda dtype: dtype.itemsize)
    at = {dim: index.astype(widest) for dim, index in zip(dims, indices, strict=True)}
    return tuple(at.get(dim, slice(None)) for dim in range(ndim))


@op(
    kind=None,
    overload=("int", "select_copy.int"),
    aliases=("select_copy",),
    before=want_index,
    takes={"index": Choice((0, -1, 1))},
)
def select(input: Array, dim: Dim, index: Factor) -> jax.Array:
    """Return the slice at `index` along `dim`, with that dimension removed.

    Raises: IndexError for an index out of range.

    >>> import jaxfun as jf
    >>> jf.select(jf.tensor([[1, 2], [3, 4]]), 1, -1)
    Array([2, 4], dtype=int32)
    """
    return jax.lax.dynamic_index_in_dim(input, index, wrap_dim(dim, input.ndim), keepdims=False)


select_copy = select
