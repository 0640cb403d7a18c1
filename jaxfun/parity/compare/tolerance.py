"""How large rounding may be: what a result is made of, and how far off the reference itself is close by.

A sum near 0 of large terms cannot be exact to its last digit, in any order of summation. How large the terms are is
read off the oracle: how far a result moves when every input moves by a small relative step. How much is lost between
steps that no input shows is read off the reference: its own error on those moved inputs; and how far it moves when
each of its operations rounds by chance.
"""

import functools
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from .arrays import PRECISION, Precision, is_inexact, part_of
from .complexes import complex_of

Results = Mapping[str, Any]  # by level: the arrays of its leaves, or the reason why there are none
Move = Callable[[np.ndarray], np.ndarray]
MovedInputs = tuple[Sequence[np.ndarray], str, Move]  # moved inputs, the precision to compute in, how directions move
Evaluate = Callable[[Iterable[MovedInputs]], list[Results]]

# so far that what is rounded alike close by (tanh(-8), whose neighbors round to the same number) is rounded anew
_FAR = 2.0**-6
_SATURATED = 2.0**-6
# a result that jumps within a step is allowed this part of the jump, times the slack of its level
_STEPS_PER_ULP = 32
_SHARE_OF_LARGEST = 0.25
# where a result is saturated, as tanh is at 8, its derivatives are made of the last digits of its value, and the chain
# rule enlarges them: gelu's second derivative at 4.8 was off by 62 ULP of its value in XLA
_ULPS_OF_VALUE = {"vjp": 16.0, "jvp": 16.0, "hvp": 128.0}


def rounding_scale(
    evaluate: Evaluate, rows: Sequence[np.ndarray], plain: Results, wide: Results, seed: Sequence[int]
) -> dict[str, list[np.ndarray]]:
    """Return, by level, the scale that rounding is relative to for each element of the results at `rows`.

    `evaluate` gives the reference's results for each draw, with its cotangents and tangents moved: in float64, in
    float32, or "plain", as the rows are.
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
        below = lost.get(_MADE_OF.get(level, ""), [])  # what is lost in a result is lost in its derivative
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
    """Yield each move in float64 and in the precision whose rounding is measured, made when it is asked for."""
    for draw, by in enumerate(steps):
        moved = _all_moved(rows, by, digits, np.random.default_rng([*seed, draw]), alike=draw % 2 == 0)
        for to in ("float64", rounding):
            yield moved, to, _mover(by, digits, [*seed, draw])  # each mover draws the same numbers, once


def rounding_of(rows: Sequence[np.ndarray], plain: Results) -> tuple[float, str]:
    """Return by how large a share of itself a result of one operation may be off, and the dtype that it rounds to."""
    digits, final = _precisions(rows, plain)
    return final.ulps * final.eps, digits


def noise_scale(
    evaluate: Callable[[float, str, int], list[Results]],
    rows: Sequence[np.ndarray],
    plain: Results,
    wide: Results,
    inside: str = "",
) -> dict[str, list[np.ndarray]]:
    """Return the scale that shows where every operation of the reference rounds by chance, in the dtype `inside`.

    `evaluate(step, digits, draws)` gives the reference's results so, each operation off by up to `step` of its result
    where that is no number of the dtype `digits`.
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
    """Return whether a function of float64 rounds to float32 on its way.

    Along a line a function of float64 moves by steps that are alike. One that rounds is off by as much beside a short
    step as beside a long one: that is told from curvature, which half a step makes a quarter.
    """
    lines = [evaluate(_line(rows, np.random.default_rng([*seed, 100 + line]))) for line in range(_LINES)]
    ratios = [
        _off_lines(at, [[each["value"][leaf] for each in draws] for draws in lines])
        for leaf, at in enumerate(wide["value"])
    ]
    found = np.concatenate([np.zeros(0), *ratios])
    return bool(found.size and np.median(found) > _CURVED)


def of_float32(scale: Mapping[str, list[np.ndarray]], wide: Results) -> dict[str, list[np.ndarray]]:
    """Return the scale of results in float64 that are made of float32's digits."""
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
_LINE_STEP = 2.0**-18  # many of float32's steps
_LEAST_OFF, _MOST_OFF = 2.0**-30, 2.0**-18  # of a value set's largest: what float32's rounding comes to
_CURVED = 0.5


def _line(rows: Sequence[np.ndarray], rng: np.random.Generator) -> Iterator[MovedInputs]:
    """Yield the points that a half, one and two steps along a line lead to."""
    along = [rng.choice([-1.0, 1.0], size=item.shape) for item in rows]

    def moved(step: float) -> MovedInputs:
        pairs = zip(rows, along, strict=True)
        to = [np.asarray(x * (1 + step * by)).astype(x.dtype) if is_inexact(x) else x for x, by in pairs]
        return to, "float64", lambda direction: direction

    return map(moved, (_LINE_STEP / 2, _LINE_STEP, 2 * _LINE_STEP))


def _off_lines(at: np.ndarray, draws: Sequence[Sequence[np.ndarray]]) -> np.ndarray:
    """Return how far value sets are off their lines beside half a step, as a share of how far beside a step."""
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
    return short[is_seen] / np.maximum(long[is_seen], np.finfo(float).tiny)


def _precisions(rows: Sequence[np.ndarray], plain: Results) -> tuple[str, Precision]:
    """Return the dtype whose digits numbers are cut to, and the precision that the answer is for."""
    known = {name for item in [*rows, *plain["value"]] if (name := part_of(str(item.dtype))) in PRECISION}
    # float64 has no oracle: what float32 loses, it loses as many ULP
    digits = max(known - {"float64"} or {"float32"}, key=lambda name: PRECISION[name].eps)
    return digits, PRECISION["float64" if known == {"float64"} else digits]


_MADE_OF = {"vjp": "value", "jvp": "value", "hvp": "vjp"}


# XLA's elementary functions are good to a few ULP where torch's are to one, and a derivative is a longer computation
_SLACK = {"value": 4.0, "vjp": 4.0, "jvp": 4.0, "hvp": 8.0}


def _floors(wide: Results, has_oracle: bool, precision: Precision) -> dict[str, np.ndarray]:
    """Return by level the least scale: terms of this size may cancel for every input, and so show in no move."""
    value, first = (
        _largest([] if isinstance(items, str) else list(map(_size, items)))
        for items in (wide["value"], wide.get("vjp", ""))
    )

    def lost(level: str) -> np.ndarray:
        # where there is an oracle it shows what is lost; without one a derivative may lose what its function is made of
        least = 0.0 if has_oracle else 1.0
        return value * max(_ULPS_OF_VALUE[level] / (precision.ulps * _SLACK[level]), least)

    # what cancels twice leaves the square of what is lost once
    return {"vjp": lost("vjp"), "jvp": lost("jvp"), "hvp": _largest([first, lost("hvp"), np.full(1, precision.eps)])}


def _largest(sizes: Sequence[np.ndarray], count: int = 1) -> np.ndarray:
    """Return the largest for each value set."""
    return functools.reduce(np.maximum, sizes, np.zeros(count))


def _size(array: np.ndarray) -> np.ndarray:
    """Return the size of each value set's largest finite number."""
    numbers = _finite(np.abs(np.asarray(array).astype(complex)))
    return numbers.reshape(len(numbers), -1).max(1, initial=0.0)


def _of_each(numbers: np.ndarray, like: np.ndarray) -> np.ndarray:
    """Return one number for each value set in the place of all of its elements."""
    return numbers.reshape(-1, *[1] * (like.ndim - 1))


def _all_moved(
    rows: Sequence[np.ndarray], step: float, digits: str, rng: np.random.Generator, alike: bool
) -> list[np.ndarray]:
    """Move every number up or down by chance; `alike`: equal numbers move by the same, so that a tie stays a tie."""
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
    """Return the absolute values of the real and imaginary parts, sorted, each once."""
    parts = [part for item in rows if is_inexact(item) for part in (np.real(item), np.imag(item))]
    found = [np.unique(np.abs(part if part.dtype == np.float32 else part.astype(np.float64))) for part in parts]
    return np.unique(np.concatenate(found)) if found else np.zeros(0)


def _places(numbers: np.ndarray, wanted: np.ndarray) -> np.ndarray:
    """Return where each wanted number is among sorted ones: looked up in order, for a large table is slow at random."""
    flat = wanted.ravel()
    order = np.argsort(flat)
    places = np.empty(flat.size, int)
    places[order] = np.searchsorted(numbers, flat[order])
    return places.reshape(wanted.shape)


def _far_from_zero(rng: np.random.Generator, shape: tuple[int, ...]) -> np.ndarray:
    """Return numbers from 0.5 to 1 of either sign: in a few draws none stays where it is."""
    numbers = rng.choice([-1.0, 1.0], size=shape)
    numbers *= rng.uniform(0.5, 1, size=shape)  # in place: there may be as many as a model has
    return numbers


def _cut(part: Any, digits: str) -> np.ndarray:
    """Round to a precision's digits, so that the oracle and the reference move by the same."""
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
    """Return the size of the terms that each element is made of: how far it moves, for a step of 1."""
    with np.errstate(invalid="ignore", over="ignore"):
        moves = [_finite(np.abs(item ^ at if at.dtype == bool else item - at) / step) for item in near]
    return np.maximum.reduce(moves, initial=0.0) if moves else np.zeros(at.shape)


def _lost(terms: np.ndarray, exact: np.ndarray, rounded: np.ndarray, final: Precision) -> np.ndarray:
    """Return how many times its ULP, by the multiple that is allowed, the reference is off in its worst element.

    `final` is the precision that the answer is for: finer than `rounded`, where that stands in for float64.
    """
    precision = PRECISION.get(part_of(str(rounded.dtype)))
    if precision is None:
        return np.zeros(len(terms))
    with np.errstate(invalid="ignore", over="ignore"):
        size = np.maximum(np.maximum(terms, _finite(np.abs(exact))), precision.flushed / precision.eps)
        size = np.maximum(size, _SHARE_OF_LARGEST * _of_each(_size(size), size))  # as much is allowed in any case
        share = _size(np.abs(rounded.astype(exact.dtype) - exact) / size)
    coarse, fine = (share * precision.multiple / (digits.ulps * digits.eps) for digits in (precision, final))
    # who loses all its digits says nothing of how many a finer precision would have kept
    return np.where(share > _SATURATED, np.maximum(coarse, fine), coarse)


def _scale(terms: np.ndarray, at: np.ndarray, lost: np.ndarray) -> np.ndarray:
    scale = np.maximum(terms, _of_each(lost, at) * np.maximum(terms, _finite(np.abs(at))))
    # what cancels for every input is of the size of its neighbours' terms
    return np.maximum(scale, _SHARE_OF_LARGEST * _of_each(_size(scale), scale))


def _finite(array: np.ndarray) -> np.ndarray:
    return np.where(np.isfinite(array), array, 0)
