"""Value sets by strata (stratified sampling): each kind of number that breaks ports is drawn on purpose, and counted.

Begin at `STRATA` and `value_set`. Neither simple source of numbers is enough: a normal distribution never gives a tie,
and Hypothesis alone, which favors simple numbers, gives little else.
"""

import functools
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import jax.numpy as jnp
import numpy as np

from ...core.errors import ArgumentValueError
from ..compare.complexes import complex_of
from .layout import Layout
from .structures import OWN_STRATA

Draw = Callable[[np.random.Generator, tuple[int, ...], "Context"], np.ndarray]


@dataclass(frozen=True)
class Context:
    """The data that a stratum may use: the numbers in the candidate's jaxpr, and the dtype's limits."""

    constants: tuple[float, ...]
    largest: float
    smallest: float  # the smallest normal number
    eps: float


def _choice(rng: np.random.Generator, shape: tuple[int, ...], numbers: Sequence[float] | np.ndarray) -> np.ndarray:
    return rng.choice(np.asarray(numbers, np.float64), size=shape)


def _ties(rng: np.random.Generator, shape: tuple[int, ...], context: Context) -> np.ndarray:
    return _choice(rng, shape, np.round(rng.normal(size=2) * 4) / 2)


def _kinks(rng: np.random.Generator, shape: tuple[int, ...], context: Context) -> np.ndarray:
    numbers = [sign * number for number in (0.0, 1.0, *context.constants) for sign in (1, -1)]
    return _choice(rng, shape, numbers)


def _beside_kinks(rng: np.random.Generator, shape: tuple[int, ...], context: Context) -> np.ndarray:
    # beside 0 not closer than 4 eps: the second derivative of 1 / x would overflow
    at = _kinks(rng, shape, context)
    return at + rng.choice([-4, 4], size=shape) * context.eps * np.where(at == 0, 1.0, np.abs(at))


def _scaled(low: float, high: float) -> Draw:
    def draw(rng: np.random.Generator, shape: tuple[int, ...], context: Context) -> np.ndarray:
        return rng.choice([-1.0, 1.0], size=shape) * 10 ** rng.uniform(low, high, size=shape)

    return draw


def _tiny(rng: np.random.Generator, shape: tuple[int, ...], context: Context) -> np.ndarray:
    least = max(-9.0, float(np.log10(context.smallest)))  # smaller numbers are subnormal in float16
    return _scaled(least, max(least + 1, -4))(rng, shape, context)


def _overflowing(rng: np.random.Generator, shape: tuple[int, ...], context: Context) -> np.ndarray:
    # numbers for which exp overflows, and for which it becomes 0
    top = np.log(context.largest)
    return _choice(rng, shape, [top * 1.1, -top * 1.2, top * 0.9, 20.5, 1])


def _overflowing_squared(rng: np.random.Generator, shape: tuple[int, ...], context: Context) -> np.ndarray:
    # float64 has no wider oracle that would show which of two sides is right, so nothing overflows there
    number = np.sqrt(context.largest) if context.largest < _MOST_WITH_ORACLE else 3e4
    # 32 times: if squares barely overflow, their mean is finite in some formulas only
    return _choice(rng, shape, [32 * number, -32 * number, 20.5, 1])


_MOST_WITH_ORACLE = 1e100


def _near_constant(rng: np.random.Generator, shape: tuple[int, ...], context: Context) -> np.ndarray:
    # differences of a few ULP around a number far from 0
    return rng.choice([3.0, -10.0, 100.0]) * (1 + context.eps * np.round(rng.normal(size=shape) * 40))


def _with(rare: Sequence[float], rng: np.random.Generator, shape: tuple[int, ...], context: Context) -> np.ndarray:
    """Mix rare numbers into ordinary ones: many, or a single one, which shows whether it spreads to other results."""
    share = rng.choice((0.0, 0.4))
    numbers = np.where(rng.random(shape) < share, _choice(rng, shape, rare), _distinct(rng, shape, context))
    if numbers.size:
        numbers[tuple(rng.integers(size) for size in shape)] = rng.choice(rare)
    return numbers


def _infinite(rng: np.random.Generator, shape: tuple[int, ...], context: Context) -> np.ndarray:
    # infinities of one sign too: a sum of both signs is NaN, and would hide the result of one (-inf in a mask)
    signs = ((np.inf, -np.inf), (-np.inf,), (np.inf,))[rng.integers(3)]
    return _with(signs, rng, shape, context)


def _distinct(rng: np.random.Generator, shape: tuple[int, ...], context: Context) -> np.ndarray:
    return rng.normal(size=shape) * 1.5


def _repeated_rows(rng: np.random.Generator, shape: tuple[int, ...], context: Context) -> np.ndarray:
    return np.broadcast_to(_distinct(rng, shape[-1:], context), shape)


STRATA: Mapping[str, Draw] = {
    "distinct": _distinct,
    "ties": _ties,
    "zeros": lambda rng, shape, context: _choice(rng, shape, (0.0, 0.0, -0.0, 1.0, -1.5)),
    "kinks": _kinks,
    "beside kinks": _beside_kinks,
    "halves": lambda rng, shape, context: rng.integers(-12, 13, size=shape) / 2,
    "positive": lambda rng, shape, context: np.exp(rng.normal(size=shape)),
    "unit interval": lambda rng, shape, context: np.where(rng.random(shape) < 0.2, 0.5, rng.random(shape)),
    "wide": _scaled(-3, 3),
    "large": _scaled(1, 1.9),
    "tiny": _tiny,
    "overflow": _overflowing,
    "overflow of a square": _overflowing_squared,
    "near-constant": _near_constant,
    "constant": lambda rng, shape, context: np.full(shape, rng.normal() * 3),
    "repeated rows": _repeated_rows,
    "equal arguments": _distinct,
    "subnormal": lambda rng, shape, context: rng.uniform(-1, 1, size=shape) * context.smallest,
    "NaN": functools.partial(_with, (np.nan,)),
    "infinity": _infinite,
}
_NOT_FINITE = ("NaN", "infinity")
# drawn only on request: XLA on the CPU flushes subnormals to zero, so that most ports differ
_WHEN_ASKED = "subnormal"
# the strata for integers; the others differ from these only in fractions
_WHOLE = ("distinct", "ties", "zeros", "constant", "equal arguments")
# the strata in which all numbers are different
_DISTINCT = ("distinct", "positive", "wide", "large", "tiny")


def context_of(dtype: str, constants: Sequence[float]) -> Context:
    """Return the context for a dtype; the limits for integers are those of float32."""
    is_inexact = jnp.issubdtype(dtype, jnp.inexact)
    limits = jnp.finfo(dtype if is_inexact else "float32")
    return Context(tuple(constants), float(limits.max), float(limits.smallest_normal), float(limits.eps))


def strata_of(layouts: Sequence[Layout]) -> list[str]:
    """Return the strata that apply to at least one tensor of these layouts, in the order of `STRATA`."""
    layouts = [layout for layout in layouts if layout.around is None] or layouts
    applied = {name for layout in layouts for name in _strata_of_one(layout)}
    if len({layout.shape for layout in layouts}) == len(layouts):
        applied.discard("equal arguments")
    return [name for name in (*STRATA, *OWN_STRATA) if name in applied]


@functools.lru_cache(maxsize=2**10)
def _strata_of_one(layout: Layout) -> frozenset[str]:
    """Return the strata that apply to one tensor."""
    if layout.made is not None:
        names = [name for name in layout.made.strata if name != "repeated rows" or len(layout.shape) > 2]
        return frozenset(names)
    is_inexact = jnp.issubdtype(layout.dtype, jnp.inexact)
    left_out = {
        _WHEN_ASKED: not (layout.subnormals and is_inexact),
        "repeated rows": len(layout.shape) < 2,
        **dict.fromkeys(_NOT_FINITE, layout.is_bounded or layout.finite),
    }
    known = _DISTINCT if layout.distinct else STRATA if is_inexact else _WHOLE
    return frozenset(name for name in known if not left_out.get(name, False))


def value_set(
    stratum: str, layouts: Sequence[Layout], constants: Sequence[float], rng: np.random.Generator
) -> list[np.ndarray]:
    """Return one array for each layout, all of one stratum; ordinary numbers if it does not apply to a layout."""
    return value_set_of([stratum] * len(layouts), layouts, constants, rng)


def value_set_of(
    strata: Sequence[str], layouts: Sequence[Layout], constants: Sequence[float], rng: np.random.Generator
) -> list[np.ndarray]:
    """Return one array for each layout, each of its own stratum; "equal arguments" of one layout get the same array."""
    own = [name if name in _strata_of_one(layout) else "distinct" for name, layout in zip(strata, layouts, strict=True)]
    arrays = [_drawn(name, layout, constants, rng) for name, layout in zip(own, layouts, strict=True)]
    first: dict[Layout, np.ndarray] = {}
    return [
        first.setdefault(layout, array) if name == "equal arguments" and layout.around is None else array
        for name, layout, array in zip(own, layouts, arrays, strict=True)
    ]


def _drawn(stratum: str, layout: Layout, constants: Sequence[float], rng: np.random.Generator) -> np.ndarray:
    if layout.around is not None:
        return _near(layout.around, rng).astype(np.dtype(layout.dtype))
    if layout.made is not None and not layout.made.is_of_numbers:
        low, high = int(layout.low or 0), int(layout.high or 0)
        made = layout.made.made(stratum, layout.shape, low, high, layout.ignored, rng)
        return np.asarray(made).astype(layout.dtype)
    if layout.dtype == "bool":
        return rng.integers(0, 2, size=layout.shape).astype(bool)
    if not jnp.issubdtype(layout.dtype, jnp.inexact):
        return _whole_numbers(stratum, layout, rng)
    array = _rounded(_numbers(stratum, layout, context_of(layout.dtype, constants), rng), layout)
    if layout.distinct and len(np.unique(array)) < array.size:
        return _rounded(_apart(layout, rng), layout)
    return array


def _numbers(stratum: str, layout: Layout, context: Context, rng: np.random.Generator) -> Any:
    numbers: Any = STRATA[stratum](rng, layout.shape, context)
    if layout.is_bounded:
        numbers = _within(numbers, layout, rng)
    if jnp.issubdtype(layout.dtype, jnp.complexfloating):
        # no infinities: the C standard leaves open which parts of a complex product with one are NaN
        numbers = np.where(np.isinf(numbers), 1.0, numbers)
        imag = STRATA["distinct" if stratum in _NOT_FINITE else stratum](rng, layout.shape, context)
        numbers = complex_of(numbers, imag)
    return layout.made.made(numbers) if layout.made is not None else numbers


def _rounded(numbers: Any, layout: Layout) -> np.ndarray:
    with np.errstate(over="ignore"):
        return within_bounds(np.asarray(numbers).astype(np.dtype(layout.dtype)), layout)


def within_bounds(array: np.ndarray, layout: Layout) -> np.ndarray:
    """Clip an array to its layout's bounds, which rounding to its dtype may have exceeded."""
    if not layout.is_bounded or not jnp.issubdtype(array.dtype, jnp.floating):
        return array
    low, high = (_inside(layout.low, str(array.dtype), np.inf), _inside(layout.high, str(array.dtype), -np.inf))
    return np.clip(array, low, high)


def _inside(bound: float | None, dtype: str, toward: float) -> Any:
    """Round a bound to a dtype, toward the inside of the range."""
    if bound is None:
        return None
    rounded = np.asarray(bound, np.dtype(dtype))
    is_inside = float(rounded) <= bound if toward < 0 else float(rounded) >= bound
    return rounded if is_inside else np.nextafter(rounded, np.asarray(toward, rounded.dtype))


def _whole_numbers(stratum: str, layout: Layout, rng: np.random.Generator) -> np.ndarray:
    low, high = _whole_ends(layout)
    if layout.distinct:
        return _whole_apart(layout, low, high, rng).astype(layout.dtype)
    spread = rng.integers(low, high + 1, size=layout.shape)
    if stratum == "constant":
        spread = np.full(layout.shape, rng.integers(low, high + 1))
    return np.asarray(spread).astype(layout.dtype)


def _whole_ends(layout: Layout) -> tuple[int, int]:
    limits = np.iinfo(layout.dtype)
    low = int(layout.low) if layout.low is not None else -9 if layout.high is None else min(-9, int(layout.high) - 18)
    high = int(layout.high) if layout.high is not None else 9 if layout.low is None else max(9, low + 18)
    return max(int(limits.min), low), min(int(limits.max), high)


def _whole_apart(layout: Layout, low: int, high: int, rng: np.random.Generator) -> np.ndarray:
    count = math.prod(layout.shape)
    if layout.high is None:  # no upper bound: extend the range to have enough numbers
        high = max(high, low + 2 * count)
    if high - low + 1 < count:
        expected = f"bounds with room for {count} distinct numbers in a tensor of shape {list(layout.shape)}"
        raise ArgumentValueError(expected, f"{low} to {high}", "Give a wider range, or fewer elements.")
    return rng.choice(high - low + 1, size=layout.shape, replace=False) + low


def _apart(layout: Layout, rng: np.random.Generator) -> np.ndarray:
    """Return equally spaced numbers in random order, for a dtype or range in which random ones would repeat."""
    count = math.prod(layout.shape)
    low, high = _ends(layout) if layout.is_bounded else (-count / 2, count / 2)
    return low + (high - low) * (rng.permutation(count).reshape(layout.shape) + 0.5) / max(count, 1)


def _ends(layout: Layout) -> tuple[float, float]:
    """Return the bounds of a layout; a missing one is replaced by a distance from the other."""
    low = layout.low if layout.low is not None else (layout.high or 0.0) - 10.0
    return low, layout.high if layout.high is not None else low + 20.0


def _within(numbers: np.ndarray, layout: Layout, rng: np.random.Generator) -> np.ndarray:
    low, high = _ends(layout)
    open_low = -np.inf if layout.low is None else layout.low
    open_high = np.inf if layout.high is None else layout.high
    fits = (numbers >= open_low) & (numbers <= open_high) & np.isfinite(numbers)
    return np.where(fits, numbers, rng.uniform(low, high, size=numbers.shape))


def _near(around: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Return numbers unchanged, or moved by about a tenth or a half; if all are positive, they stay positive."""
    by = rng.choice([0.0, 0.1, 0.5]) * rng.normal(size=around.shape)
    if np.all(around > 0):
        return around * np.exp(by)
    return around + by * (np.sqrt(np.mean(np.square(around))) or 1.0)
