"""Value sets by strata: each kind of number that breaks ports is drawn on purpose, and counted.

Random draws are lopsided both ways: normal draws never meet a tie, and what a shrinking search draws has little else.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import jax.numpy as jnp
import numpy as np

from ..compare.complexes import complex_of

Draw = Callable[[np.random.Generator, tuple[int, ...], "Context"], np.ndarray]


@dataclass(frozen=True)
class Layout:
    """The shape and dtype that a tensor is drawn with, and the bounds of its values where there are any."""

    shape: tuple[int, ...]
    dtype: str
    low: float | None = None
    high: float | None = None
    around: np.ndarray | None = field(default=None, compare=False)  # the numbers to stay close to, where there are any
    is_constant: bool = False  # no derivative is taken for it
    subnormals: bool = False  # are asked for

    @property
    def is_bounded(self) -> bool:
        """Whether not every number may be drawn."""
        return self.low is not None or self.high is not None


@dataclass(frozen=True)
class Context:
    """What the draws of a configuration know: the numbers in the candidate's program, and the dtype's limits."""

    constants: tuple[float, ...]
    largest: float
    smallest: float  # normal number
    eps: float


def _choice(rng: np.random.Generator, shape: tuple[int, ...], numbers: Sequence[float] | np.ndarray) -> np.ndarray:
    return rng.choice(np.asarray(numbers, np.float64), size=shape)


def _ties(rng: np.random.Generator, shape: tuple[int, ...], context: Context) -> np.ndarray:
    return _choice(rng, shape, np.round(rng.normal(size=2) * 4) / 2)


def _kinks(rng: np.random.Generator, shape: tuple[int, ...], context: Context) -> np.ndarray:
    numbers = [sign * number for number in (0.0, 1.0, *context.constants) for sign in (1, -1)]
    return _choice(rng, shape, numbers)


def _beside_kinks(rng: np.random.Generator, shape: tuple[int, ...], context: Context) -> np.ndarray:
    # not closer to 0: a second derivative of 1 / x would overflow there
    at = _kinks(rng, shape, context)
    return at + rng.choice([-4, 4], size=shape) * context.eps * np.where(at == 0, 1.0, np.abs(at))


def _scaled(low: float, high: float) -> Draw:
    def draw(rng: np.random.Generator, shape: tuple[int, ...], context: Context) -> np.ndarray:
        return rng.choice([-1.0, 1.0], size=shape) * 10 ** rng.uniform(low, high, size=shape)

    return draw


def _tiny(rng: np.random.Generator, shape: tuple[int, ...], context: Context) -> np.ndarray:
    least = max(-9.0, float(np.log10(context.smallest)))  # below are the subnormals of half a precision
    return _scaled(least, max(least + 1, -4))(rng, shape, context)


def _overflowing(rng: np.random.Generator, shape: tuple[int, ...], context: Context) -> np.ndarray:
    # where exp overflows, and where it vanishes
    top = np.log(context.largest)
    return _choice(rng, shape, [top * 1.1, -top * 1.2, top * 0.9, 20.5, 1])


def _overflowing_squared(rng: np.random.Generator, shape: tuple[int, ...], context: Context) -> np.ndarray:
    # float64 has no oracle that would tell which of two sides is right there
    number = np.sqrt(context.largest) if context.largest < _MOST_WITH_ORACLE else 3e4
    # far beyond: a mean of squares that barely overflow may be a number, by one formula and not by another
    return _choice(rng, shape, [32 * number, -32 * number, 20.5, 1])


_MOST_WITH_ORACLE = 1e100


def _near_constant(rng: np.random.Generator, shape: tuple[int, ...], context: Context) -> np.ndarray:
    # steps of a few ULP about a number far from 0
    return rng.choice([3.0, -10.0, 100.0]) * (1 + context.eps * np.round(rng.normal(size=shape) * 40))


def _with(*rare: float) -> Draw:
    def draw(rng: np.random.Generator, shape: tuple[int, ...], context: Context) -> np.ndarray:
        return np.where(rng.random(shape) < 0.4, _choice(rng, shape, rare), _distinct(rng, shape, context))

    return draw


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
    "NaN": _with(np.nan),
    "infinity": _with(np.inf, -np.inf),
}
_NOT_FINITE = ("NaN", "infinity")
# XLA on the CPU takes them for zero, so that most ports differ there
_WHEN_ASKED = "subnormal"
# one is met in every configuration of whole numbers; the rest differ in fractions alone
_WHOLE = ("distinct", "ties", "zeros", "constant", "equal arguments")


def context_of(dtype: str, constants: Sequence[float]) -> Context:
    """Return what the draws of a dtype know."""
    is_inexact = jnp.issubdtype(dtype, jnp.inexact)
    limits = jnp.finfo(dtype if is_inexact else "float32")
    return Context(tuple(constants), float(limits.max), float(limits.smallest_normal), float(limits.eps))


def strata_of(layouts: Sequence[Layout]) -> list[str]:
    """Return the strata that apply to tensors of these layouts."""
    layouts = [layout for layout in layouts if layout.around is None] or layouts
    inexact = [layout for layout in layouts if jnp.issubdtype(layout.dtype, jnp.inexact)]
    names = [name for name in STRATA if inexact or name in _WHOLE]
    if not any(layout.subnormals for layout in layouts):
        names = [name for name in names if name != _WHEN_ASKED]
    if any(layout.is_bounded for layout in layouts):
        names = [name for name in names if name not in _NOT_FINITE]
    if len({layout.shape for layout in layouts}) == len(layouts):
        names = [name for name in names if name != "equal arguments"]
    if all(len(layout.shape) < 2 for layout in layouts):
        names = [name for name in names if name != "repeated rows"]
    return names


def value_set(
    stratum: str, layouts: Sequence[Layout], constants: Sequence[float], rng: np.random.Generator
) -> list[np.ndarray]:
    """Return one array for each layout, of one stratum."""
    arrays = [_drawn(stratum, layout, constants, rng) for layout in layouts]
    if stratum != "equal arguments":
        return arrays
    first: dict[Layout, np.ndarray] = {}
    return [
        array if layout.around is not None else first.setdefault(layout, array)
        for layout, array in zip(layouts, arrays, strict=True)
    ]


def _drawn(stratum: str, layout: Layout, constants: Sequence[float], rng: np.random.Generator) -> np.ndarray:
    if layout.around is not None:
        return _near(layout.around, rng).astype(np.dtype(layout.dtype))
    context = context_of(layout.dtype, constants)
    if layout.dtype == "bool":
        return rng.integers(0, 2, size=layout.shape).astype(bool)
    if not jnp.issubdtype(layout.dtype, jnp.inexact):
        return _whole_numbers(stratum, layout, rng)
    numbers: Any = STRATA[stratum](rng, layout.shape, context)
    if layout.is_bounded:
        numbers = _within(numbers, layout, rng)
    if jnp.issubdtype(layout.dtype, jnp.complexfloating):
        # C leaves open which parts of a complex product with an infinity are NaN: libraries choose freely
        numbers = np.where(np.isinf(numbers), 1.0, numbers)
        imag = STRATA["distinct" if stratum in _NOT_FINITE else stratum](rng, layout.shape, context)
        numbers = complex_of(numbers, imag)
    with np.errstate(over="ignore"):
        return np.asarray(numbers).astype(np.dtype(layout.dtype))


def _whole_numbers(stratum: str, layout: Layout, rng: np.random.Generator) -> np.ndarray:
    limits = np.iinfo(layout.dtype)
    low = max(int(limits.min), -9 if layout.low is None else int(layout.low))
    high = min(int(limits.max), 9 if layout.high is None else int(layout.high))
    spread = rng.integers(low, high + 1, size=layout.shape)
    if stratum == "constant":
        spread = np.full(layout.shape, rng.integers(low, high + 1))
    return np.asarray(spread).astype(layout.dtype)


def _within(numbers: np.ndarray, layout: Layout, rng: np.random.Generator) -> np.ndarray:
    low = layout.low if layout.low is not None else (layout.high or 0.0) - 10.0
    high = layout.high if layout.high is not None else low + 20.0
    fits = (numbers >= low) & (numbers <= high)
    return np.where(fits, numbers, rng.uniform(low, high, size=numbers.shape))


def _near(around: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Return numbers as they are, or moved by a tenth or a half of their size; what is all positive stays so."""
    by = rng.choice([0.0, 0.1, 0.5]) * rng.normal(size=around.shape)
    if np.all(around > 0):
        return around * np.exp(by)
    return around + by * (np.sqrt(np.mean(np.square(around))) or 1.0)
