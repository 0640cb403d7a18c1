"""Estimate the rounding error to allow for each element, by perturbing the inputs of the float64 reference.

A sum of large terms whose result is near 0 loses digits, in any order of summation (cancellation). Three measurements
estimate the loss, all on the reference alone:

1. The size of the terms: how far the float64 result moves when every input moves by a small relative step.
2. The error of intermediate results: how far the reference in the dtype under test is off on the perturbed inputs.
3. Random rounding (Monte Carlo arithmetic): how far the result moves when every operation of the reference rounds at
   random.

Begin at `rounding_scale` (1 and 2), then `noise_scale` (3). docs/tolerance.md explains the choice of the constants.
"""

import functools
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from .arrays import PRECISION, Precision, is_inexact, part_of
from .complexes import complex_of

Results = Mapping[str, Any]  # by level: the arrays of its leaves, or a text with the reason why there are none
Move = Callable[[np.ndarray], np.ndarray]
MovedInputs = tuple[Sequence[np.ndarray], str, Move]  # moved inputs, dtype to compute in, mover of (co)tangents
Evaluate = Callable[[Iterable[MovedInputs]], list[Results]]

# a step long enough to change the rounding of a saturated function: tanh rounds to -1 for all inputs near -8
_FAR = 2.0**-6
_SATURATED = 2.0**-6
# a result that jumps within a step gets this share of the jump as its tolerance, times the slack of its level
_STEPS_PER_ULP = 32
_SHARE_OF_LARGEST = 0.25
# the derivatives of a saturated result (tanh at 8) are computed from the last digits of its value, and the chain rule
# enlarges their error: XLA's second derivative of gelu at 4.8 was off by 62 ULP of the value
_ULPS_OF_VALUE = {"vjp": 16.0, "jvp": 16.0, "hvp": 128.0}


def rounding_scale(
    evaluate: Evaluate, rows: Sequence[np.ndarray], plain: Results, wide: Results, seed: Sequence[int]
) -> dict[str, list[np.ndarray]]:
    """Return, by level, the `scale` for `compare`: the magnitude that each element's rounding error is relative to.

    `evaluate` returns the reference's results for each draw of perturbed inputs, cotangents and tangents: computed in
    float64, in float32, or "plain", in the dtype of `rows`.
    """
    digits, final = _precisions(rows, plain)
    precision = PRECISION[digits]
    rounding = "plain" if final is precision else "float32"
    step = _STEPS_PER_ULP * precision.ulps * precision.eps
    levels = {level: items for level, items in wide.items() if not isinstance(items, str)}
    steps = (step, step, step, step, _FAR, _FAR)
    found = evaluate(_draws(rows, steps, digits, rounding, seed))
    pairs = [*zip(found[::2], found[1::2], (by is step for by in steps), strict=True)]
    terms: dict[str, list[np.ndarray]] = {}
    lost: dict[str, list[np.ndarray]] = {}
    for level, items in levels.items():
        both = [(exact[level], low[level], is_near) for exact, low, is_near in pairs]
        both = [draw for draw in both if not isinstance(draw[0], str) and not isinstance(draw[1], str)]
        near = [exact for exact, _, is_near in both if is_near]
        terms[level] = [_terms(at, [exact[leaf] for exact in near], step) for leaf, at in enumerate(items)]
        below = lost.get(_MADE_OF.get(level, ""), [])  # digits that a result loses, its derivative loses too
        lost[level] = [
            _largest([*below, *(_lost(size, exact[leaf], low[leaf], final) for exact, low, _ in both)], len(size))
            for leaf, size in enumerate(terms[level])
        ]
    floors = _floors(wide, rounding == "plain", final)
    return {
        level: [
            _SLACK[level] * np.maximum(_scale(size, at, off), _of_each(floors.get(level, np.zeros(1)), at))
            for size, at, off in zip(terms[level], items, lost[level], strict=True)
        ]
        for level, items in levels.items()
    }


def _draws(
    rows: Sequence[np.ndarray], steps: Sequence[float], digits: str, rounding: str, seed: Sequence[int]
) -> Iterator[MovedInputs]:
    """Yield each perturbation twice: in float64, and in the precision whose rounding error is measured."""
    for draw, by in enumerate(steps):
        moved = _all_moved(rows, by, digits, np.random.default_rng([*seed, draw]), alike=draw % 2 == 0)
        for to in ("float64", rounding):
            yield moved, to, _mover(by, digits, [*seed, draw])  # a new mover of the same seed draws the same numbers


def rounding_of(rows: Sequence[np.ndarray], plain: Results) -> tuple[float, str]:
    """Return the relative rounding error of one operation, and the dtype that its result is rounded to."""
    digits, final = _precisions(rows, plain)
    return final.ulps * final.eps, digits


def noise_scale(
    evaluate: Callable[[float, str, int], list[Results]],
    rows: Sequence[np.ndarray],
    plain: Results,
    wide: Results,
    inside: str = "",
) -> dict[str, list[np.ndarray]]:
    """Return the `scale` for `compare` from random rounding of every operation of the reference (Monte Carlo).

    `inside` is a dtype that the reference computes in, if it is not that of `rows`. `evaluate(step, digits, draws)`
    returns the reference's results for some draws: the result of each operation is off by a random relative error of
    up to `step`, unless the dtype `digits` represents it exactly.
    """
    digits, final = (inside, PRECISION[inside]) if inside else _precisions(rows, plain)
    step = final.ulps * final.eps
    noisy = evaluate(step, digits, _NOISY_DRAWS)
    return {
        level: [
            _SLACK[level] * _scale(_terms(at, [draw[level][leaf] for draw in noisy], step), at, np.zeros(1))
            for leaf, at in enumerate(items)
        ]
        for level, items in wide.items()
        if not isinstance(items, str)
    }


_NOISY_DRAWS = 4


def computes_in_float32(evaluate: Evaluate, rows: Sequence[np.ndarray], wide: Results, seed: Sequence[int]) -> bool:
    """Return whether a function of float64 inputs rounds intermediate results to float32.

    The second difference along a line tells. A smooth function's falls to a quarter for half the step; rounding to
    float32 leaves a noise of the same size at both steps.
    """
    lines = [evaluate(_line(rows, np.random.default_rng([*seed, 100 + line]))) for line in range(_LINES)]
    ratios = [
        _off_lines(at, [[each["value"][leaf] for each in draws] for draws in lines])
        for leaf, at in enumerate(wide["value"])
    ]
    found = np.concatenate([np.zeros(0), *ratios])
    seen = found[~np.isnan(found)]
    # in float64 a difference of two close numbers has such a noise too, but only in a few value sets
    return seen.size > _LEAST_SEEN * found.size and bool(np.median(seen) > _CURVED)


def of_float32(scale: Mapping[str, list[np.ndarray]], wide: Results) -> dict[str, list[np.ndarray]]:
    """Convert the scale of float64 results to the rounding error of a function that computes in float32."""
    coarse, fine = PRECISION["float32"], PRECISION["float64"]
    by = coarse.ulps * coarse.eps / (fine.ulps * fine.eps)
    return {
        level: [
            by * _scale(size, at, np.ones(len(at) if at.ndim else 1))
            for size, at in zip(items, wide[level], strict=True)
        ]
        for level, items in scale.items()
    }


_LINES = 6
_LINE_STEP = 2.0**-18  # 32 times float32's eps
# the size of float32's rounding noise, relative to a value set's largest element
_LEAST_OFF, _MOST_OFF = 2.0**-30, 2.0**-18
_CURVED = 0.5
_LEAST_SEEN = (
    0.25  # of the value sets; in functions that compute in float32 it was 0.4 at least, in others 0.15 at most
)


def _line(rows: Sequence[np.ndarray], rng: np.random.Generator) -> Iterator[MovedInputs]:
    """Yield the inputs moved by a half, one and two steps along a random line."""
    along = [rng.choice([-1.0, 1.0], size=item.shape) for item in rows]

    def moved(step: float) -> MovedInputs:
        pairs = zip(rows, along, strict=True)
        to = [np.asarray(x * (1 + step * by)).astype(x.dtype) if is_inexact(x) else x for x, by in pairs]
        return to, "float64", lambda direction: direction

    return map(moved, (_LINE_STEP / 2, _LINE_STEP, 2 * _LINE_STEP))


def _off_lines(at: np.ndarray, draws: Sequence[Sequence[np.ndarray]]) -> np.ndarray:
    """Return, for each value set, the second difference for half a step divided by that for a full step.

    It is NaN where both are too small or too large to be float32's noise. Results of 0 and infinity are left out.
    """
    if not is_inexact(at):
        return np.zeros(0)
    with np.errstate(invalid="ignore", over="ignore"):
        off = [
            [_finite(np.abs(at - 2 * near + far)) for near, far in ((half, one), (one, two))]
            for half, one, two in draws
        ]
    size = np.maximum(_size(at), np.finfo(float).tiny)
    short, long = (np.array([_size(each[which]) / size for each in off]) for which in (0, 1))
    largest = np.maximum(short, long)
    is_seen = (largest > _LEAST_OFF) & (largest < _MOST_OFF)
    ratios = np.where(is_seen, short / np.maximum(long, np.finfo(float).tiny), np.nan)
    return ratios[np.broadcast_to((_size(at) > 0) & np.isfinite(_size(at)), ratios.shape)]


def _precisions(rows: Sequence[np.ndarray], plain: Results) -> tuple[str, Precision]:
    """Return the dtype to round perturbed inputs to, and the precision of the results under test."""
    known = {name for item in [*rows, *plain["value"]] if (name := part_of(str(item.dtype))) in PRECISION}
    # float64 has no oracle: it is taken to lose as many ULP as float32 does
    digits = max(known - {"float64"} or {"float32"}, key=lambda name: PRECISION[name].eps)
    return digits, PRECISION["float64" if known == {"float64"} else digits]


_MADE_OF = {"vjp": "value", "jvp": "value", "hvp": "vjp"}


# XLA's elementary functions are accurate to a few ULP, torch's to one; and a derivative has more operations
_SLACK = {"value": 4.0, "vjp": 4.0, "jvp": 4.0, "hvp": 8.0}


def _floors(wide: Results, has_oracle: bool, precision: Precision) -> dict[str, np.ndarray]:
    """Return, by level, a lower bound of the scale, for terms that cancel for every input and so never move."""
    value, first = (
        _largest([] if isinstance(items, str) else list(map(_size, items)))
        for items in (wide["value"], wide.get("vjp", ""))
    )

    def lost(level: str) -> np.ndarray:
        # an oracle shows the digits that are lost; without one, allow a derivative the error of its value
        least = 0.0 if has_oracle else 1.0
        return value * max(_ULPS_OF_VALUE[level] / (precision.ulps * _SLACK[level]), least)

    # a term that cancels twice leaves the square of the error
    return {"vjp": lost("vjp"), "jvp": lost("jvp"), "hvp": _largest([first, lost("hvp"), np.full(1, precision.eps)])}


def _largest(sizes: Sequence[np.ndarray], count: int = 1) -> np.ndarray:
    """Return the elementwise maximum of arrays that have one number for each value set."""
    return functools.reduce(np.maximum, sizes, np.zeros(count))


def _size(array: np.ndarray) -> np.ndarray:
    """Return the largest finite absolute value of each value set."""
    numbers = _finite(np.abs(np.asarray(array).astype(complex)))
    return numbers.reshape(len(numbers), -1).max(1, initial=0.0)


def _of_each(numbers: np.ndarray, like: np.ndarray) -> np.ndarray:
    """Reshape one number for each value set so that it broadcasts over the set's elements."""
    return numbers.reshape(-1, *[1] * (like.ndim - 1))


def _all_moved(
    rows: Sequence[np.ndarray], step: float, digits: str, rng: np.random.Generator, alike: bool
) -> list[np.ndarray]:
    """Move every number up or down at random; with `alike`, equal numbers move alike, so that ties stay ties."""
    numbers = _sizes(rows)
    signs = _far_from_zero(rng, (len(numbers) + 1,))

    def moved(part: np.ndarray) -> np.ndarray:
        by = signs[_places(numbers, np.abs(part))] if alike else _far_from_zero(rng, part.shape)
        return _cut(part * (1 + step * by), digits)

    def both_moved(item: np.ndarray) -> np.ndarray:
        if not is_inexact(item):
            return item
        real = moved(_real(item))
        return np.asarray(complex_of(real, moved(_imag(item))) if np.iscomplexobj(item) else real).astype(item.dtype)

    with np.errstate(over="ignore", invalid="ignore"):
        return [both_moved(item) for item in rows]


def _sizes(rows: Sequence[np.ndarray]) -> np.ndarray:
    """Return the sorted unique absolute values of all real and imaginary parts."""
    parts = [part for item in rows if is_inexact(item) for part in (np.real(item), np.imag(item))]
    found = [np.unique(np.abs(part if part.dtype == np.float32 else part.astype(np.float64))) for part in parts]
    return np.unique(np.concatenate(found)) if found else np.zeros(0)


def _places(numbers: np.ndarray, wanted: np.ndarray) -> np.ndarray:
    """Return the index of each wanted number in a sorted table; the look-ups are sorted too, which is faster."""
    flat = wanted.ravel()
    order = np.argsort(flat)
    places = np.empty(flat.size, int)
    places[order] = np.searchsorted(numbers, flat[order])
    return places.reshape(wanted.shape)


def _far_from_zero(rng: np.random.Generator, shape: tuple[int, ...]) -> np.ndarray:
    """Return random numbers of size 0.5 to 1 and either sign, so that every input moves by a known minimum."""
    numbers = rng.choice([-1.0, 1.0], size=shape)
    numbers *= rng.uniform(0.5, 1, size=shape)  # in place: a model's parameters need much memory
    return numbers


def _cut(part: Any, digits: str) -> np.ndarray:
    """Round to a dtype and return float64, so that the oracle and the reference get the same inputs."""
    return np.asarray(part).astype(np.dtype(digits)).astype(np.float64)


def _mover(step: float, digits: str, seed: Sequence[int]) -> Move:
    rng = np.random.default_rng([*seed, 1])

    def move(direction: np.ndarray) -> np.ndarray:
        by = 1 + step * rng.uniform(-1, 1, size=(2, *direction.shape))
        real = _cut(_real(direction) * by[0], digits)
        moved = complex_of(real, _cut(_imag(direction) * by[1], digits)) if np.iscomplexobj(direction) else real
        return np.asarray(moved).astype(direction.dtype)

    return move


def _real(array: np.ndarray) -> np.ndarray:
    return np.real(array).astype(np.float64)


def _imag(array: np.ndarray) -> np.ndarray:
    return np.imag(array).astype(np.float64) if np.iscomplexobj(array) else np.zeros(array.shape)


def _terms(at: np.ndarray, near: Sequence[np.ndarray], step: float) -> np.ndarray:
    """Return the magnitude of the terms of each element: its largest move, divided by the step."""
    with np.errstate(invalid="ignore", over="ignore"):
        moves = [_finite(np.abs(item ^ at if at.dtype == bool else item - at) / step) for item in near]
    return np.maximum.reduce(moves, initial=0.0) if moves else np.zeros(at.shape)


def _lost(terms: np.ndarray, exact: np.ndarray, rounded: np.ndarray, final: Precision) -> np.ndarray:
    """Return the reference's largest error in each value set, times the allowed `multiple`, divided by its tolerance.

    `final` is the precision under test. It is finer than the dtype of `rounded` where float32 stands in for float64.
    """
    precision = PRECISION.get(part_of(str(rounded.dtype)))
    if precision is None:
        return np.zeros(len(terms))
    with np.errstate(invalid="ignore", over="ignore"):
        size = np.maximum(np.maximum(terms, _finite(np.abs(exact))), precision.flushed / precision.eps)
        size = np.maximum(size, _SHARE_OF_LARGEST * _of_each(_size(size), size))  # `_scale` allows this much anyway
        share = _size(np.abs(rounded.astype(exact.dtype) - exact) / size)
    coarse, fine = (share * precision.multiple / (digits.ulps * digits.eps) for digits in (precision, final))
    # float32 that loses all digits does not show how many float64 would keep
    return np.where(share > _SATURATED, np.maximum(coarse, fine), coarse)


def _scale(terms: np.ndarray, at: np.ndarray, lost: np.ndarray) -> np.ndarray:
    scale = np.maximum(terms, _of_each(lost, at) * np.maximum(terms, _finite(np.abs(at))))
    # terms that cancel for every input never move: assume the size of the neighbors' terms
    return np.maximum(scale, _SHARE_OF_LARGEST * _of_each(_size(scale), scale))


def _finite(array: np.ndarray) -> np.ndarray:
    return np.where(np.isfinite(array), array, 0)
