"""Histograms: `histc`, `histogram`, `histogramdd` and `bincount`. None of them has a gradient."""

import functools
import math
import operator
from collections.abc import Sequence
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

from ...core.checks import refuse_overflow
from ...core.dims import want_integer
from ...core.dtypes import as_array, as_dtype, canonical, cast, computed_in, float32, float64, int64
from ...core.errors import ArgumentTypeError, DTypeError, ShapeError, UnsupportedDTypeError, describe
from ...core.numbers import is_traced
from ...core.op import op
from ...core.public import public
from ...core.record import (
    HALVES,
    INTEGERS,
    NOT_FLOATS,
    Array,
    Choice,
    Factor,
    Scalar,
    Shape,
    Tensors,
    rows,
)
from ..creation.spacing import linspace
from ..pointwise._digits import to_digits
from .extrema import largest, smallest


def _check_range(input: jax.Array, bins: Any = 100, min: Any = 0, max: Any = 0) -> None:
    if not isinstance(bins, int) or isinstance(bins, bool):
        raise ArgumentTypeError("`bins` to be an integer", describe(bins))
    if isinstance(min, complex) or isinstance(max, complex):
        raise DTypeError("a range of two real numbers", f"from {describe(min)} to {describe(max)}")
    if is_traced(input):
        return
    if _are_known(min, max) and min == max and input.size:
        min, max = _range_of_elements(input)
    refuse_overflow((input,), (min, max))
    if _are_known(min, max) and (not (math.isfinite(min) and math.isfinite(max)) or min > max):
        raise ShapeError("a finite range with `min` <= `max`", f"from {min} to {max}")


def _range_of_elements(input: jax.Array) -> tuple[float, float]:
    values = np.asarray(input)
    if values.dtype.kind in "biuc":
        return 0, 0  # the op refuses the dtype
    wide = values.astype(np.float64)
    return wide.min().item(), wide.max().item()


def _are_known(*numbers: Any) -> bool:
    return all(isinstance(number, (bool, int, float)) for number in numbers)


@op(
    kind=None,
    node="",
    rejects=NOT_FLOATS,
    takes={"bins": Choice((4, 1, 7, 0)), "min": Scalar(-2, 0), "max": Scalar(0, 3)},
    before=_check_range,
)
def histc(input: Array, bins: int = 100, min: Factor = 0, max: Factor = 0) -> jax.Array:
    """Return the histogram of the elements with `bins` equal bins from `min` to `max`. Others and NaN are ignored.

    If `min` equals `max`, the range is from the smallest to the largest element.
    Raises: RuntimeError for a range that is not finite or is decreasing. A traced one gives NaN.

    >>> import jaxfun as jf
    >>> jf.histc(jf.tensor([1.0, 2.0, 1.0]), 4, 0, 3)
    Array([0., 2., 1., 0.], dtype=float32)
    """
    if bins <= 0:
        raise ShapeError("`bins` of at least 1", str(bins))
    low, high = _range(input, jnp.asarray(min).astype(input.dtype), jnp.asarray(max).astype(input.dtype))
    inside = (input >= low) & (input <= high)
    places = jnp.where(inside, _even_bin_of(input, low, high, bins), bins)
    counts = _sum_by_bin(places, jnp.ones_like(input), bins)
    return jnp.where(jnp.isfinite(low) & jnp.isfinite(high) & (low <= high), counts, jnp.nan)


def _range(input: jax.Array, low: jax.Array, high: jax.Array) -> tuple[jax.Array, jax.Array]:
    """Return the range. An empty range becomes that of the elements, and if that is empty too, it is widened by 1."""
    if input.size:
        low, high = (jnp.where(low == high, reduce(input), end) for reduce, end in ((smallest, low), (largest, high)))
    return jnp.where(low == high, low - 1, low), jnp.where(low == high, high + 1, high)


def _even_bin_of(input: jax.Array, low: jax.Array, high: jax.Array, bins: int) -> jax.Array:
    # for 16-bit floats each step is rounded to 16 bits, as in torch
    wide, narrow = _wide(input), functools.partial(to_digits, dtype=input.dtype)
    x, left, right = (value.astype(wide) for value in (input, low, high))
    scaled = narrow(narrow(x - left) * narrow(jnp.asarray(bins, wide)))
    return jnp.clip((scaled / narrow(right - left)).astype(np.int32), 0, bins - 1)


def _wide(input: jax.Array) -> np.dtype:
    return computed_in(as_dtype(input.dtype)).dtype


def _sum_by_bin(places: jax.Array, weights: jax.Array, bins: int) -> jax.Array:
    """Return the sum of the weights in each bin. Elements with the index `bins` are ignored."""
    totals = jnp.zeros(bins, _wide(weights)).at[places.reshape(-1)]
    return totals.add(weights.reshape(-1).astype(_wide(weights)), mode="drop").astype(weights.dtype)


class Histogram(NamedTuple):
    """The total of each bin, and the bin edges. Torch: torch.return_types.histogram."""

    hist: jax.Array
    bin_edges: jax.Array


@public
def histogram(
    input: Any, bins: Any = 100, *, range: Any = None, weight: Any = None, density: bool = False
) -> Histogram:
    """Return the histogram of all elements (counts, or sums of weights) and the bin edges: `(hist, bin_edges)`.

    `bins` is a number of equal bins over `range` (by default the range of the elements), or a tensor of increasing
    edges. A bin includes its lower edge; the last bin also includes its upper edge. `density` divides by the total and
    the widths.
    Raises: RuntimeError for dtypes other than float32 and float64 (with given edges also 16-bit floats are accepted),
    and for a range that is not finite or is decreasing. A traced one gives NaN counts.

    >>> import jaxfun as jf
    >>> jf.histogram(jf.tensor([1.0, 2.0, 1.0]), 3, range=(0.0, 3.0))
    Histogram(hist=Array([0., 2., 1.], dtype=float32), bin_edges=Array([0., 1., 2., 3.], dtype=float32))
    >>> jf.histogram(jf.tensor([1.0, 2.0, 1.0]), jf.tensor([0.0, 1.5, 4.0])).hist
    Array([2., 1.], dtype=float32)
    """
    if not hasattr(bins, "shape") and type(bins) is not int:
        raise ArgumentTypeError("`bins` to be an integer or a tensor", describe(bins))
    _want_numbers(range)
    if hasattr(bins, "shape"):
        if range is not None:
            raise ArgumentTypeError("no `range` together with edges", describe(range))
        return _histogram(input, bins, weight=weight, density=density)
    values = as_array(input)
    _want_wide_floats(values)
    _check_weight(values, None if weight is None else as_array(weight))
    edges = _even_edges(values, bins, range)
    hist = _histogram(values, edges, weight=weight, density=density).hist
    return Histogram(jnp.where(jnp.isfinite(edges).all(), hist, jnp.nan), edges)


@op(
    kind=None,
    torch="torch.histogram",
    overload=("bins_tensor", "bin_ct"),
    node="",
    rejects=NOT_FLOATS,
    takes={"bins": Shape("", values="sorted")},
    cases=rows("input bins weight", ("m n", "k", "m n"), ("m", "k", None), ("", "k", "")),
)
def _histogram(input: Array, bins: Array, *, weight: Array = None, density: bool = False) -> Histogram:
    _check_weight(input, weight)
    _check_edges(input, bins)
    weights = jnp.ones_like(input) if weight is None else weight
    hist = _sum_by_bin(_bin_of(input, bins), weights, bins.size - 1)
    return Histogram(_as_density(hist, (bins,)) if density else hist, bins)


def _check_weight(input: jax.Array, weight: jax.Array | None) -> None:
    if weight is not None and (weight.dtype != input.dtype or weight.size != input.size):
        raise ShapeError("a `weight` with the size and dtype of the input", f"{describe(weight)} for {describe(input)}")


def _want_wide_floats(input: jax.Array) -> None:
    """Raise UnsupportedDTypeError for dtypes for which torch has no equal bins: 16-bit floats need given edges."""
    dtype = as_dtype(input.dtype)
    if dtype in NOT_FLOATS or (dtype in HALVES and input.size):
        raise UnsupportedDTypeError("float32 or float64", describe(input))


def _want_numbers(range: Any) -> None:
    if range is not None and not (isinstance(range, (tuple, list)) and _are_known(*range)):
        raise ArgumentTypeError("`range` to be a sequence of numbers", describe(range))


def _check_edges(input: jax.Array, edges: jax.Array) -> None:
    if edges.ndim != 1 or edges.size < 2 or edges.dtype != input.dtype:
        raise ShapeError("at least two edges, of the input's dtype", describe(edges))


def _even_edges(input: jax.Array, bins: int, range: Any) -> jax.Array:
    """Return the edges of equal bins over a range, by default that of all elements."""
    low, high = _ends(input, range)
    if bins <= 0:
        raise ShapeError("`bins` of at least 1", str(bins))
    if not is_traced(low) and (not (math.isfinite(low) and math.isfinite(high)) or low > high):
        raise ShapeError("a finite increasing range", f"from {low} to {high}")
    # as in torch, a range of width 0 is widened by 0.5 on both sides
    margin = jnp.where(low == high, 0.5, 0) if is_traced(low) else 0.5 * (low == high)
    return linspace(low - margin, high + margin, bins + 1, dtype=input.dtype)


def _ends(input: jax.Array, range: Any) -> tuple[Any, Any]:
    if range is not None:
        if len(range) != 2:
            raise ShapeError("`range` to be two numbers", describe(range))
        return float(range[0]), float(range[1])
    if not input.size:
        return 0.0, 1.0
    if is_traced(input):
        return smallest(input), largest(input)
    known = np.asarray(input)
    return known.min().item(), known.max().item()


def _as_density(hist: jax.Array, edges: Sequence[jax.Array]) -> jax.Array:
    """Return counts divided by their total and by the volumes of the bins."""
    hist = hist / jnp.sum(hist)
    for dim, each in enumerate(edges):
        hist = hist / jnp.expand_dims(jnp.diff(each), tuple(range(1, len(edges) - dim)))
    return hist


def _bin_of(input: jax.Array, edges: jax.Array) -> jax.Array:
    """Return the bin index of each element, and the number of bins for an element outside all bins."""
    bins = edges.shape[0] - 1
    inside = (input >= edges[0]) & (input <= edges[-1])
    # the last bin includes its upper edge
    return jnp.where(inside, jnp.minimum(_upper_bound(edges, input) - 1, bins - 1), bins)


def _upper_bound(edges: jax.Array, input: jax.Array) -> jax.Array:
    """Return the number of edges <= each element, by C++'s upper_bound as in torch: the edges may be unsorted."""
    first, left = jnp.zeros(input.shape, np.int32), jnp.full(input.shape, edges.size, np.int32)
    for _ in range(edges.size.bit_length()):
        middle = first + left // 2
        above = input < edges[jnp.minimum(middle, edges.size - 1)]
        first = jnp.where(above | (left == 0), first, middle + 1)
        left = jnp.where(above, left // 2, jnp.maximum(left - left // 2 - 1, 0))
    return first


class JointHistogram(NamedTuple):
    """The total of each bin, and the bin edges along each dimension. Torch: torch.return_types.histogramdd."""

    hist: jax.Array
    bin_edges: tuple[jax.Array, ...]


@public
def histogramdd(input: Any, bins: Any, range: Any = None, weight: Any = None, density: bool = False) -> JointHistogram:
    """Return the multi-dimensional histogram of the rows (counts, or sums of weights) and the edges.

    `bins` is a number of equal bins, or a sequence with one number per column, over `range` (the lower and the upper
    end for each column, in one sequence; by default the range of all rows); or a sequence of tensors of increasing
    edges. A bin includes its lower edge; the last bin also includes its upper edge. `density` divides by the total and
    the bin volumes.
    Shapes: (*, n) -> (the numbers of bins of the n columns); `weight` is (*).
    Raises: RuntimeError for dtypes other than float32 and float64 (with given edges also 16-bit floats are accepted),
    for other shapes, and for a range that is not finite or is decreasing. A traced one gives NaN counts.

    >>> import jaxfun as jf
    >>> rows = jf.tensor([[0.0, 1.0], [1.0, 0.0], [1.0, 3.0]])
    >>> jf.histogramdd(rows, [2, 3], range=(0.0, 1.0, 0.0, 3.0)).hist
    Array([[0., 1., 0.],
           [1., 0., 1.]], dtype=float32)
    """
    _check_bins(bins)
    _want_numbers(range)
    points = as_array(input)
    _check_points(points, None if weight is None else as_array(weight))
    each = [bins] * points.shape[-1] if isinstance(bins, int) else bins
    _want_bins_for_columns(points, each)
    if any(hasattr(item, "dtype") for item in each):
        return _histogramdd(points, each, weight=weight, density=density)
    _want_wide_floats(points)
    edges = tuple(map(_even_edges, _flat(points).T, each, _ends_of_columns(range, len(each))))
    hist = _histogramdd(points, edges, weight=weight, density=density).hist
    are_finite = [jnp.isfinite(item).all() for item in edges]
    return JointHistogram(jnp.where(jnp.stack(are_finite).all(), hist, jnp.nan) if edges else hist, edges)


@op(
    kind=None,
    torch="torch.histogramdd",
    overload=("TensorList_bins", "int_bins", ""),
    node="",
    rejects=NOT_FLOATS,
    cases=rows("input bins weight", ("m 2", "k, j", "m"), ("b m 1", "k", None), ("m 3", "k, j, i", None)),
)
def _histogramdd(input: Array, bins: Tensors, *, weight: Array = None, density: bool = False) -> JointHistogram:
    _check_points(input, weight)
    _want_bins_for_columns(input, bins)
    for each in bins:
        _check_edges(input, each)
    sizes = tuple(each.size - 1 for each in bins)
    hist = _counts(_flat(input), bins, weight, sizes) if input.size else jnp.zeros(sizes, input.dtype)
    return JointHistogram(_as_density(hist, bins) if density else hist, bins)


def _check_bins(bins: Any) -> None:
    items = [bins] if isinstance(bins, int) else bins
    if not isinstance(items, (tuple, list)) or len(kinds := {*map(_kind_of, items)}) > 1 or "" in kinds:
        raise ArgumentTypeError("`bins` to be an integer, or a sequence of integers or of tensors", describe(bins))


def _kind_of(bins: Any) -> str:
    return "edges" if hasattr(bins, "dtype") else "count" if type(bins) is int else ""


def _check_points(input: jax.Array, weight: jax.Array | None) -> None:
    if input.ndim < 2:
        raise ShapeError("at least 2 dimensions", describe(input))
    if weight is not None and (weight.dtype != input.dtype or weight.shape != input.shape[:-1]):
        expected = f"one `weight` per row, of the rows' dtype: {list(input.shape[:-1])}"
        raise ShapeError(expected, f"{describe(weight)} for {describe(input)}")


def _want_bins_for_columns(input: jax.Array, bins: Any) -> None:
    if len(bins) != input.shape[-1]:
        raise ShapeError(f"bins for {input.shape[-1]} columns", describe(bins))


def _flat(input: jax.Array) -> jax.Array:
    return input.reshape(math.prod(input.shape[:-1]), input.shape[-1])


def _ends_of_columns(range: Any, columns: int) -> Sequence[Any]:
    if range is None:
        return [None] * columns
    if len(range) != 2 * columns:
        raise ShapeError(f"a `range` of {2 * columns} numbers, two per column", describe(range))
    return [*zip(range[::2], range[1::2], strict=True)]


def _counts(points: jax.Array, edges: Sequence[jax.Array], weight: jax.Array | None, sizes: tuple[int, ...]) -> Any:
    total = math.prod(sizes)
    places = [_bin_of(points[:, place], each) for place, each in enumerate(edges)]
    steps = [math.prod(sizes[place + 1 :]) for place, _ in enumerate(sizes)]
    outside = functools.reduce(operator.or_, (place == size for place, size in zip(places, sizes, strict=True)))
    place = jnp.where(outside, total, sum(place * step for place, step in zip(places, steps, strict=True)))
    counted = jnp.ones_like(points[:, 0]) if weight is None else weight.reshape(-1)
    return _sum_by_bin(place, counted, total).reshape(sizes)


@public
def bincount(input: Any, weights: Any = None, minlength: int = 0, *, size: int | None = None) -> jax.Array:
    """Return the number of occurrences of each integer from 0 to the maximum, or the sum of their weights.

    The result has at least `minlength` elements.
    With `size`, which jit needs, it has `size` elements; larger integers are ignored.
    Dtypes: float32 weights are summed in float32, others in float64.
    Raises: RuntimeError for negative integers. Traced negative integers are ignored.

    >>> import jaxfun as jf
    >>> jf.bincount(jf.tensor([1, 3, 1])), jf.bincount(jf.tensor([1, 3, 1]), size=3)
    (Array([0, 2, 0, 1], dtype=int32), Array([0, 2, 0], dtype=int32))
    """
    values, given = as_array(input), None if weights is None else as_array(weights)
    _check_integers(values, given, minlength)
    length = _length(values, minlength) if size is None else size
    if not values.size or given is None:
        return _bincount(values, None, length)
    kept = as_dtype(given.dtype) == float32
    return _bincount(values, given if kept else cast(given, canonical(float64)), length)


def _check_integers(input: jax.Array, weights: jax.Array | None, minlength: Any) -> None:
    if as_dtype(input.dtype) not in INTEGERS:
        raise UnsupportedDTypeError("integers", describe(input))
    want_integer(minlength=minlength)
    if input.ndim != 1 or minlength < 0:
        raise ShapeError("one dimension, and `minlength` of at least 0", f"{describe(input)} and {minlength}")
    if input.size and weights is not None and weights.shape != input.shape:
        raise ShapeError("one weight per integer", f"{describe(weights)} for {describe(input)}")
    if not is_traced(input) and input.size and np.asarray(input).min() < 0:
        raise ShapeError("nonnegative integers", str(np.asarray(input).min()))


def _length(input: jax.Array, minlength: int) -> int:
    if is_traced(input):
        advice = "The maximum decides the size of the result: pass `size`."
        raise ShapeError("integers with known values, or a `size`", "traced ones", advice)
    return max(minlength, int(np.asarray(input).max()) + 1) if input.size else minlength


@functools.partial(jax.jit, static_argnames="size")
def _bincount(input: jax.Array, weights: jax.Array | None, size: int) -> jax.Array:
    integer = canonical(int64).dtype
    wide = input.astype(integer)
    places = jnp.where(wide < 0, size, wide)
    counted = jnp.ones(input.shape, integer) if weights is None else jax.lax.stop_gradient(weights)
    return _sum_by_bin(places, counted, size)
