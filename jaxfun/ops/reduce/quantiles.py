"""Medians, quantiles and the mode, with variants that ignore NaN.

All of them sort along a dimension. Begin with `_interpolated`, which reads a quantile from the sorted elements.
"""

import functools
from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from ...core.checks import want_one_dtype, want_order
from ...core.dims import wrap_dim
from ...core.dtypes import Category, Kind, as_dtype, canonical, int64
from ...core.errors import ShapeError, UnsupportedDTypeError, describe
from ...core.numbers import as_real, is_traced
from ...core.op import op
from ...core.overloads import overloads
from ...core.record import (
    HALVES,
    NOT_FLOATS,
    Array,
    Choice,
    Dim,
    Factor,
    Scalar,
    Shape,
    rows,
)
from ...core.sizes import is_certain
from .extrema import OneDim, ValuesAndIndices, equal_or_nan, refuse_empty_axis, shared_evenly, take_at_index


@op(kind=Kind.NO_OPMATH, torch="torch.median")
def _median(input: Array) -> jax.Array:
    """Return the median of all elements; with `dim`, the medians along it and their indices.

    For an even number of elements it is the lower of the two middle ones (jnp.median: their mean). NaN if any element
    is NaN.
    Gradient: split evenly among equal elements; with `dim`, all to the element whose index is returned.
    Raises: IndexError for a `dim` of size 0; NotImplementedError for bool and complex.

    >>> import jaxfun as jf
    >>> jf.median(jf.tensor([3.0, 1.0, 2.0, 4.0]))
    Array(2., dtype=float32)
    >>> jf.median(jf.tensor([[3.0, 1.0, 2.0]]), 1).indices
    Array([2], dtype=int32)
    """
    return _median_of_all(input, _last_nan_or_middle)


@op(kind=Kind.NO_OPMATH, torch="torch.median", overload="dim", node="MedianBackward1")
def _median_dim(input: Array, dim: Dim, keepdim: bool = False) -> ValuesAndIndices:
    return _median_along(input, dim, keepdim, _first_nan_or_middle)


median = overloads(_median, _median_dim)


@op(kind=Kind.NO_OPMATH, torch="torch.nanmedian")
def _nanmedian(input: Array) -> jax.Array:
    """Return the median of the elements that are not NaN; with `dim`, the medians along it and their indices.

    For an even number of elements it is the lower of the two middle ones. NaN if all elements are NaN.
    Gradient: split evenly among equal elements; with `dim`, all to the element whose index is returned.
    Raises: IndexError for a `dim` of size 0; NotImplementedError for bool and complex.

    >>> import jaxfun as jf
    >>> jf.nanmedian(jf.tensor([3.0, float("nan"), 2.0]))
    Array(2., dtype=float32)
    """
    return _median_of_all(input, _middle_of_numbers)


@op(kind=Kind.NO_OPMATH, torch="torch.nanmedian", overload="dim", node="NanmedianBackward1")
def _nanmedian_dim(input: Array, dim: Dim, keepdim: bool = False) -> ValuesAndIndices:
    return _median_along(input, dim, keepdim, _middle_of_numbers)


nanmedian = overloads(_nanmedian, _nanmedian_dim)

_Rank = Callable[[jax.Array, int], jax.Array]


def _first_nan_or_middle(input: jax.Array, axis: int) -> jax.Array:
    """Return the rank of the median among the sorted elements (NaN last), or that of the first NaN if any."""
    size = input.shape[axis]
    numbers = _count_numbers(input, axis)
    return jnp.where(numbers < size, numbers, (size - 1) // 2)


def _last_nan_or_middle(ordered: jax.Array, axis: int) -> jax.Array:
    last = ordered.shape[axis] - 1
    return jnp.where(jnp.isnan(jax.lax.slice_in_dim(ordered, last, None, axis=axis)), last, last // 2)


def _middle_of_numbers(input: jax.Array, axis: int) -> jax.Array:
    return (jnp.maximum(_count_numbers(input, axis), 1) - 1) // 2


def _count_numbers(input: jax.Array, axis: int) -> jax.Array:
    return jnp.sum(~jnp.isnan(input), axis, keepdims=True, dtype=canonical(int64).dtype)


def _median_of_all(input: jax.Array, rank: _Rank) -> jax.Array:
    if not input.size:
        return _median_of_empty(input)
    _refuse_unordered(input)

    def reduce(input: jax.Array, axes: Any, keepdims: bool) -> jax.Array:
        ordered = jnp.sort(input, None)
        found = jnp.take_along_axis(ordered, rank(ordered, 0), 0, mode="promise_in_bounds")
        return found.reshape((1,) * input.ndim if keepdims else ())

    return shared_evenly(input, reduce, None, False, equal_or_nan)


def _median_of_empty(input: jax.Array) -> jax.Array:
    # torch casts NaN: int32 and int64 give their minimum, narrower integers give 0
    if as_dtype(input.dtype).category is Category.INTEGER:
        return jnp.asarray(np.iinfo(input.dtype).min if input.dtype.itemsize >= 4 else 0, input.dtype)
    return jnp.asarray(jnp.nan).astype(input.dtype)


def _refuse_unordered(input: jax.Array) -> None:
    if as_dtype(input.dtype).category in (Category.BOOL, Category.COMPLEX):
        raise UnsupportedDTypeError("a real dtype other than bool", describe(input))


def _median_along(input: jax.Array, dim: int, keepdim: bool, rank: _Rank) -> ValuesAndIndices:
    axis = wrap_dim(dim, input.ndim)
    refuse_empty_axis(input, axis)
    _refuse_unordered(input)
    if input.ndim == 0:
        return ValuesAndIndices(input, jnp.zeros((), canonical(int64).dtype))
    known = jax.lax.stop_gradient(input)
    order = jnp.argsort(known, axis)  # a stable sort, also for NaN
    indices = jnp.take_along_axis(order, rank(known, axis), axis, mode="promise_in_bounds")
    return take_at_index(input, indices.astype(canonical(int64).dtype), axis, keepdim)


@op(kind=Kind.NO_OPMATH)
def mode(input: Array, dim: Dim = -1, keepdim: bool = False) -> ValuesAndIndices:
    """Return the most frequent element along `dim` (the smallest if several), and the index of its last occurrence.

    Gradient: all to the element whose index is returned.
    Raises: IndexError for a `dim` of size 0; NotImplementedError for complex.
    Differs: for more than 16 elements torch returns any index of the equal elements.

    >>> import jaxfun as jf
    >>> jf.mode(jf.tensor([3, 1, 2, 1]))
    ValuesAndIndices(values=Array(1, dtype=int32), indices=Array(3, dtype=int32))
    """
    axis = wrap_dim(dim, input.ndim)
    refuse_empty_axis(input, axis)
    if input.ndim == 0:
        return ValuesAndIndices(input, jnp.zeros((), canonical(int64).dtype))
    if input.size:
        want_order(input)
    order = jnp.argsort(jax.lax.stop_gradient(input), axis)
    last = _end_of_longest_run(jnp.take_along_axis(input, order, axis), axis)
    indices = jnp.take_along_axis(order, last, axis, mode="promise_in_bounds")
    return take_at_index(input, indices.astype(canonical(int64).dtype), axis, keepdim)


def _end_of_longest_run(ordered: jax.Array, axis: int) -> jax.Array:
    """Return the end of the longest run of equal elements, the first one of several."""
    places = jax.lax.broadcasted_iota(np.int32, ordered.shape, axis)
    before = jnp.roll(ordered, 1, axis)
    starts = jax.lax.cummax(jnp.where((ordered != before) | (places == 0), places, 0), axis)
    return jnp.argmax(places - starts, axis, keepdims=True)


_ROUNDED = {"lower": jnp.floor, "higher": jnp.ceil, "nearest": jnp.round}
_INTERPOLATIONS = ("linear", "lower", "higher", "midpoint", "nearest")
_REJECTS = NOT_FLOATS | HALVES
_OPTIONS = {"dim": Choice((None, 0, -1)), "interpolation": Choice(_INTERPOLATIONS)}
_ONE = {"q": Scalar(0, 1), **_OPTIONS}
_SEVERAL = {"q": Shape("", values="parts"), **_OPTIONS}
_SHAPES = rows("input q", ("n", "k"), ("m n", ""), ("", "k"))


def _refuse_outside(input: Any, q: Any, *_: Any, **__: Any) -> None:
    """Raise ShapeError for a known `q` outside [0, 1]."""
    if is_traced(q) or np.iscomplexobj(q):
        return
    if not all(0 <= part <= 1 for part in np.asarray(q).ravel().tolist()):
        raise ShapeError("`q` in [0, 1]", describe(q))


_quantile_op = functools.partial(op, None, node="SqueezeBackward4", rejects=_REJECTS, before=_refuse_outside)


@_quantile_op(torch="torch.quantile", overload="scalar", takes=_ONE)
def _quantile_scalar(
    input: Array, q: Factor, dim: OneDim = None, keepdim: bool = False, *, interpolation: str = "linear"
) -> jax.Array:
    """Return the `q`-th quantile of all elements, or along `dim`. NaN if any element is NaN.

    `q` is a number in [0, 1], or a tensor of at most one dimension, which becomes the first dimension of the result. If
    the quantile is between two elements, `interpolation` is "linear", "lower", "higher", "midpoint" or "nearest" (ties
    to the even rank).
    Gradient: to the two neighbouring elements, and to `q`; equal elements keep their order.
    Raises: RuntimeError for a dtype other than float32 and float64, an empty tensor, and a `q` outside [0, 1]. A traced
    `q` outside gives NaN.

    >>> import jaxfun as jf
    >>> jf.quantile(jf.tensor([3.0, 1.0, 2.0, 4.0]), 0.5)
    Array(2.5, dtype=float32)
    >>> jf.quantile(jf.tensor([3.0, 1.0, 2.0, 4.0]), jf.tensor([0.0, 0.5]), interpolation="lower")
    Array([1., 2.], dtype=float32)
    """
    return _quantiles(input, _as_tensor(q, input), dim, keepdim, interpolation, skip_nan=False)


@_quantile_op(torch="torch.quantile", takes=_SEVERAL, cases=_SHAPES)
def _quantile(
    input: Array, q: Array, dim: OneDim = None, keepdim: bool = False, *, interpolation: str = "linear"
) -> jax.Array:
    return _quantiles(input, q, dim, keepdim, interpolation, skip_nan=False)


quantile = overloads(_quantile_scalar, _quantile)


@_quantile_op(torch="torch.nanquantile", overload="scalar", takes=_ONE)
def _nanquantile_scalar(
    input: Array, q: Factor, dim: OneDim = None, keepdim: bool = False, *, interpolation: str = "linear"
) -> jax.Array:
    """Return the `q`-th quantile, like `quantile`, of the elements that are not NaN. NaN if all are NaN.

    Gradient: as for `quantile`.
    Raises: the same as `quantile`.

    >>> import jaxfun as jf
    >>> jf.nanquantile(jf.tensor([3.0, float("nan"), 2.0]), 0.5)
    Array(2.5, dtype=float32)
    """
    return _quantiles(input, _as_tensor(q, input), dim, keepdim, interpolation, skip_nan=True)


@_quantile_op(torch="torch.nanquantile", takes=_SEVERAL, cases=_SHAPES)
def _nanquantile(
    input: Array, q: Array, dim: OneDim = None, keepdim: bool = False, *, interpolation: str = "linear"
) -> jax.Array:
    return _quantiles(input, q, dim, keepdim, interpolation, skip_nan=True)


nanquantile = overloads(_nanquantile_scalar, _nanquantile)


def _as_tensor(q: Any, input: jax.Array) -> jax.Array:
    return jnp.asarray(as_real(q, "q")).astype(input.dtype)


def _quantiles(
    input: jax.Array, q: jax.Array, dim: int | None, keepdim: bool, interpolation: str, skip_nan: bool
) -> jax.Array:
    _check(input, q, interpolation)
    axis = None if dim is None else wrap_dim(dim, input.ndim)
    slices = input.reshape(-1) if axis is None or not input.ndim else jnp.moveaxis(input, axis, -1)
    if is_certain(lambda: slices.shape[-1] > 2**24):
        raise ShapeError(f"at most {2**24} elements", describe(input))
    ordered = jnp.sort(slices, -1)
    found = _interpolated(ordered, _ranks(ordered, q.reshape(-1), skip_nan), interpolation)
    found = jnp.where((q >= 0) & (q <= 1), found, jnp.nan)  # for a traced `q`
    return _with_quantiles_first(found, input.ndim, q.ndim, axis, keepdim)


def _check(input: jax.Array, q: jax.Array, interpolation: str) -> None:
    if q.ndim > 1:
        raise ShapeError("`q` of at most 1 dimension", describe(q))
    want_one_dtype(input, q)
    if not input.size:
        raise ShapeError("at least one element", describe(input))
    if interpolation not in _INTERPOLATIONS:
        raise ShapeError(f"`interpolation` among {', '.join(_INTERPOLATIONS)}", repr(interpolation))


def _ranks(ordered: jax.Array, q: jax.Array, skip_nan: bool) -> jax.Array:
    """Return the fractional ranks of the quantiles, from 0. If an element is NaN, it is the last rank, that of NaN."""
    last = ordered.shape[-1] - 1
    part = jnp.clip(q, 0, 1)
    if skip_nan:
        numbers = jnp.sum(~jnp.isnan(ordered), -1, keepdims=True)
        return part * jnp.maximum(numbers - 1, 0).astype(q.dtype)
    return jnp.where(jnp.isnan(ordered[..., -1:]), last, part * last)  # NaN is sorted last


def _interpolated(ordered: jax.Array, ranks: jax.Array, interpolation: str) -> jax.Array:
    if interpolation in _ROUNDED:
        return _element_at(ordered, _ROUNDED[interpolation](ranks))
    below = jnp.floor(ranks)
    weight = jnp.full_like(ranks, 0.5) if interpolation == "midpoint" else ranks - jax.lax.stop_gradient(below)
    # in one step, whose gradient writes to one array
    low, high = jnp.split(_element_at(ordered, jnp.concatenate([below, jnp.ceil(ranks)], -1)), 2, -1)
    return jnp.where(weight < 0.5, low + weight * (high - low), high - (high - low) * (1 - weight))


def _element_at(ordered: jax.Array, ranks: jax.Array) -> jax.Array:
    whole = jax.lax.stop_gradient(ranks).astype(np.int32)
    return jnp.take_along_axis(ordered, whole, -1, mode="promise_in_bounds")


def _with_quantiles_first(found: jax.Array, ndim: int, of_q: int, axis: int | None, keepdim: bool) -> jax.Array:
    """Move the last dimension, that of `q`, to the front; drop it if `q` is a number."""
    result = jnp.moveaxis(found, -1, 0)
    if keepdim:
        kept = tuple(range(1, ndim + 1)) if axis is None else (axis + 1,) * bool(ndim)
        result = jnp.expand_dims(result, kept)
    return result if of_q else result[0]
