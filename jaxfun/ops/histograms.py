"""How many elements lie in each bin, or are each integer. None of these has a gradient."""

import functools
import math
from collections.abc import Sequence
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

from ..core.checks import refuse_overflow
from ..core.dims import want_integer
from ..core.dtypes import as_array, as_dtype, bfloat16, canonical, cast, float16, float32, float64, int64
from ..core.errors import ArgumentTypeError, DTypeError, ShapeError, UnsupportedDTypeError, describe
from ..core.numbers import is_traced
from ..core.op import op
from ..core.public import public
from ..core.record import BOOLS, COMPLEXES, INTEGERS, Array, Choice, Factor, Scalar
from ._digits import to_digits
from .creation.spacing import linspace
from .extremum import largest, smallest

_CALL = "histc(input, bins, min, max)"


@public
def histc(input: Any, bins: int = 100, min: Any = 0, max: Any = 0) -> jax.Array:
    """Return how many elements lie in each of `bins` equal bins from `min` to `max`; what is outside, or NaN, in none.

    Where `min` and `max` are equal, the bins go from the smallest to the largest element.
    Raises: RuntimeError for a range that is not finite or goes down; where it is traced, the result is NaN.

    >>> import jaxfun as jf
    >>> jf.histc(jf.tensor([1.0, 2.0, 1.0]), 4, 0, 3)
    Array([0., 2., 1., 0.], dtype=float32)
    """
    if not isinstance(bins, int) or isinstance(bins, bool):
        raise ArgumentTypeError("`bins` to be an integer", describe(bins), call=_CALL)
    if isinstance(min, complex) or isinstance(max, complex):
        raise DTypeError("two real numbers as the range", f"from {describe(min)} to {describe(max)}", call=_CALL)
    if not is_traced(input) and hasattr(input, "dtype"):
        if isinstance(min, (bool, int, float)) and min == max and np.size(input):
            min = max = 0  # of any two that are equal torch makes nothing
        refuse_overflow((input,), (min, max))
        _refuse_range(input, min, max)
    return _histc(input, bins, min, max)


def _refuse_range(input: Any, low: Any, high: Any) -> None:
    if not all(isinstance(number, (bool, int, float)) for number in (low, high)):
        return
    if low == high and np.size(input):
        values = np.asarray(as_array(input))
        if values.dtype.kind not in "biuc":
            low, high = values.astype(np.float64).min(), values.astype(np.float64).max()
    if not (math.isfinite(low) and math.isfinite(high)) or low > high:
        raise ShapeError("a finite range, `min` not above `max`", f"from {low} to {high}", call=_CALL)


_REJECTS = BOOLS | INTEGERS | COMPLEXES


@op(
    kind=None,
    torch="torch.histc",
    node="",
    rejects=_REJECTS,
    takes={"bins": Choice((4, 1, 7, 0)), "min": Scalar(-2, 0), "max": Scalar(0, 3)},
)
def _histc(input: Array, bins: int = 100, min: Factor = 0, max: Factor = 0) -> jax.Array:
    if bins <= 0:
        raise ShapeError("`bins` above 0", str(bins))
    low, high = _range(input, jnp.asarray(min).astype(input.dtype), jnp.asarray(max).astype(input.dtype), 1)
    inside = (input >= low) & (input <= high)
    places = jnp.where(inside, _position(input, low, high, bins), bins)
    counts = add_up(places, jnp.ones_like(input), bins)
    return jnp.where(jnp.isfinite(low) & jnp.isfinite(high) & (low <= high), counts, jnp.nan)


def _range(input: jax.Array, low: jax.Array, high: jax.Array, margin: float) -> tuple[jax.Array, jax.Array]:
    """Return the range, in place of an empty one that of the elements, and in place of that one around the element."""
    if input.size:
        low, high = (jnp.where(low == high, reduce(input), end) for reduce, end in ((smallest, low), (largest, high)))
    return jnp.where(low == high, low - margin, low), jnp.where(low == high, high + margin, high)


def _position(input: jax.Array, low: jax.Array, high: jax.Array, bins: int) -> jax.Array:
    # every step of 16-bit floats is rounded to 16 bits, as in torch
    narrow = functools.partial(to_digits, dtype=input.dtype)
    x, left, right = (value.astype(_wide(input)) for value in (input, low, high))
    scaled = narrow(narrow(x - left) * narrow(jnp.asarray(bins, _wide(input))))
    return jnp.clip((scaled / narrow(right - left)).astype(np.int32), 0, bins - 1)


def _wide(input: jax.Array) -> np.dtype:
    return float32.dtype if as_dtype(input.dtype) in (float16, bfloat16) else input.dtype


def add_up(places: jax.Array, weights: jax.Array, bins: int) -> jax.Array:
    """Return the sum of the weights at each place; what is at `bins` is left out."""
    counts = jnp.zeros(bins, _wide(weights)).at[places.reshape(-1)]
    return counts.add(weights.reshape(-1).astype(_wide(weights)), mode="drop").astype(weights.dtype)


class Histogram(NamedTuple):
    """How much lies in each bin, and the edges of the bins. Torch: torch.return_types.histogram."""

    hist: jax.Array
    bin_edges: jax.Array


@public
def histogram(
    input: Any, bins: Any = 100, *, range: Any = None, weight: Any = None, density: bool = False
) -> Histogram:
    """Return how many elements lie in each bin, or their weights added up, and the bins' edges: `(hist, bin_edges)`.

    `bins` is a number of equal bins, over `range` or else all elements; or a tensor of increasing edges. A bin holds
    its lower edge, the last its upper one too. `density` divides by the sum and the bins' widths.
    Raises: RuntimeError for a range that is not finite or goes down; where it is traced, the counts are NaN.

    >>> import jaxfun as jf
    >>> jf.histogram(jf.tensor([1.0, 2.0, 1.0]), 3, range=(0.0, 3.0))
    Histogram(hist=Array([0., 2., 1.], dtype=float32), bin_edges=Array([0., 1., 2., 3.], dtype=float32))
    >>> jf.histogram(jf.tensor([1.0, 2.0, 1.0]), jf.tensor([0.0, 1.5, 4.0])).hist
    Array([2., 1.], dtype=float32)
    """
    if not hasattr(bins, "shape") and type(bins) is not int:
        raise ArgumentTypeError("`bins` to be an integer or a tensor", describe(bins))
    want_numbers_of_range(range)
    if hasattr(bins, "shape") and range is not None:
        raise ArgumentTypeError("no `range` beside edges", describe(range))
    values, weights = as_array(input), None if weight is None else as_array(weight)
    _check_pair(values, weights)
    if hasattr(bins, "shape"):
        edges = given_edges(values, bins)
        return Histogram(_histogram(values, edges, weights, density=density), edges)
    edges = even_edges(values, bins, range)
    hist = _histogram(values, edges, weights, density=density)
    return Histogram(jnp.where(jnp.isfinite(edges).all(), hist, jnp.nan), edges)


def _check_pair(input: jax.Array, weight: jax.Array | None) -> None:
    if as_dtype(input.dtype) not in (float32, float64):
        raise UnsupportedDTypeError("float32 or float64", describe(input))
    if weight is not None and (weight.dtype != input.dtype or weight.size != input.size):
        raise ShapeError("a `weight` of the input's size and dtype", f"{describe(weight)} for {describe(input)}")


def want_numbers_of_range(range: Any) -> None:
    """Raise ArgumentTypeError for a range that is no sequence of numbers."""
    if range is None or (
        isinstance(range, (tuple, list)) and all(isinstance(end, (bool, int, float)) for end in range)
    ):
        return
    raise ArgumentTypeError("`range` to be a sequence of numbers", describe(range))


def given_edges(input: jax.Array, bins: Any) -> jax.Array:
    """Return edges that are given, once they are seen to be edges."""
    edges = as_array(bins)
    if edges.ndim != 1 or edges.size < 2 or edges.dtype != input.dtype:
        raise ShapeError("two edges or more, of the input's dtype", describe(edges))
    return edges


def even_edges(input: jax.Array, bins: int, range: Any) -> jax.Array:
    """Return the edges of equal bins, over a range or else all elements."""
    low, high = _ends(input, range)
    if bins <= 0:
        raise ShapeError("`bins` above 0", str(bins))
    if not is_traced(low) and (not (math.isfinite(low) and math.isfinite(high)) or low > high):
        raise ShapeError("a finite range that goes up", f"from {low} to {high}")
    # as torch: a range of one number gets a half on both sides
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


@op(kind=None, step="histogram", node="")
def _histogram(input: Array, edges: Array, weight: Array = None, *, density: bool) -> jax.Array:
    bins = edges.shape[0] - 1
    places = bin_of(input, edges)
    hist = add_up(places, jnp.ones_like(input) if weight is None else weight, bins)
    return as_density(hist, (edges,)) if density else hist


def as_density(hist: jax.Array, edges: Sequence[jax.Array]) -> jax.Array:
    """Return counts divided by their sum and by the sizes of the bins, whose edges are given for each dimension."""
    hist = hist / jnp.sum(hist)
    for dim, each in enumerate(edges):
        hist = hist / jnp.expand_dims(jnp.diff(each), tuple(range(1, len(edges) - dim)))
    return hist


def bin_of(input: jax.Array, edges: jax.Array) -> jax.Array:
    """Return which bin each element lies in, and the number of bins for one outside of them."""
    bins = edges.shape[0] - 1
    inside = (input >= edges[0]) & (input <= edges[-1])
    # the last bin has its upper edge too
    return jnp.where(inside, jnp.minimum(_edges_up_to(edges, input) - 1, bins - 1), bins)


def _edges_up_to(edges: jax.Array, input: jax.Array) -> jax.Array:
    """Return how many edges are not above each element, by the steps of C++'s upper_bound: torch's, of any edges."""
    first, left = jnp.zeros(input.shape, np.int32), jnp.full(input.shape, edges.size, np.int32)
    for _ in range(edges.size.bit_length()):
        middle = first + left // 2
        above = input < edges[jnp.minimum(middle, edges.size - 1)]
        first = jnp.where(above | (left == 0), first, middle + 1)
        left = jnp.where(above, left // 2, jnp.maximum(left - left // 2 - 1, 0))
    return first


@public
def bincount(input: Any, weights: Any = None, minlength: int = 0, *, size: int | None = None) -> jax.Array:
    """Return how often each integer from 0 to the largest comes, or the sum of its weights.

    There are `minlength` results or more.
    With a `size`, which jit needs, there are as many results; larger integers are left out.
    Dtypes: float32 weights are added up as they are, others in float64.
    Raises: RuntimeError for negative integers; where they are traced, they are left out.

    >>> import jaxfun as jf
    >>> jf.bincount(jf.tensor([1, 3, 1])), jf.bincount(jf.tensor([1, 3, 1]), size=3)
    (Array([0, 2, 0, 1], dtype=int32), Array([0, 2, 0], dtype=int32))
    """
    values, given = as_array(input), None if weights is None else as_array(weights)
    _check_integers(values, given, minlength)
    length = _length(values, minlength) if size is None else size
    if not values.size or given is None:
        return _bincount(values, None, size=length)
    kept = as_dtype(given.dtype) == float32
    return _bincount(values, given if kept else cast(given, canonical(float64)), size=length)


def _check_integers(input: jax.Array, weights: jax.Array | None, minlength: Any) -> None:
    if as_dtype(input.dtype) not in INTEGERS:
        raise UnsupportedDTypeError("integers", describe(input))
    want_integer(minlength=minlength)
    if input.ndim != 1 or minlength < 0:
        raise ShapeError("one dimension, and `minlength` of 0 or more", f"{describe(input)} and {minlength}")
    if input.size and weights is not None and weights.shape != input.shape:
        raise ShapeError("a weight for each integer", f"{describe(weights)} for {describe(input)}")
    if not is_traced(input) and input.size and np.asarray(input).min() < 0:
        raise ShapeError("integers of 0 and more", str(np.asarray(input).min()))


def _length(input: jax.Array, minlength: int) -> int:
    if is_traced(input):
        advice = "The largest decides how many results there are: say so with size=."
        raise ShapeError("integers that are known, or a `size`", "traced ones", advice)
    return max(minlength, int(np.asarray(input).max()) + 1) if input.size else minlength


@op(kind=None, step="bincount", node="")
def _bincount(input: Array, weights: Array = None, *, size: int) -> jax.Array:
    places = jnp.where((input >= 0) & (input < size), input.astype(canonical(int64).dtype), size)
    return add_up(places, jnp.ones(input.shape, canonical(int64).dtype) if weights is None else weights, size)
