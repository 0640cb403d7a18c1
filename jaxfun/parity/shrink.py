"""The smallest input that still shows a disagreement: smaller shapes first, then plainer numbers.

Numbers are tried many at a time in the program that is compiled already; each new shape costs a compilation, so few
are tried.
"""

import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from .levels import Sides, outcome
from .report import COMPUTED
from .rounding import is_inexact
from .verdicts import Found, Terms, targets, verdicts

Tensors = Sequence[np.ndarray]

_MOST_ELEMENTS = 24


def shrunk(sides: Sides, terms: Terms, found: Found, seconds: float) -> tuple[Sides, Found]:
    """Return the sides on one value set that still disagrees at the same level, and the disagreement there."""
    if found.verdict.difference == "structure":  # whatever the numbers
        return sides, found
    smallest = _first_failing(sides, terms, found, [sides.case.row(found.row)])
    if smallest is None:  # what is met in a batch alone stays as it is
        return sides, found
    deadline = time.perf_counter() + seconds * 0.6
    while time.perf_counter() < deadline:
        smaller = next(_failing_shapes(*smallest, terms, deadline), None)
        if smaller is None:
            break
        smallest = smaller
    deadline = time.perf_counter() + seconds * 0.4
    while time.perf_counter() < deadline:
        current, at = smallest
        plainer = _first_failing(current, terms, at, list(_plainer(current.case.row(0))))
        if plainer is None:
            break
        smallest = plainer
    return smallest


def _failing_shapes(sides: Sides, found: Found, terms: Terms, deadline: float) -> Iterator[tuple[Sides, Found]]:
    for tensors in _smaller(sides.case.row(0), found.verdict.index):
        if time.perf_counter() > deadline:
            return
        fresh = Sides(sides.candidate, sides.reference, sides.case, sides.device)
        failing = _first_failing(fresh, terms, replace(found, row=0), [tensors])
        if failing is not None:
            yield failing


def _smaller(tensors: Tensors, index: tuple[int, ...]) -> Iterator[list[np.ndarray]]:
    """Yield the tensors without their first dimension, and with every axis of some size cut to fewer, about `index`."""
    ndim = max((item.ndim for item in tensors), default=0)
    if ndim and all(item.shape[0] for item in tensors if item.ndim == ndim):
        yield [np.asarray(item[_at(item, index, 0)]) if item.ndim == ndim else item for item in tensors]
    for size in sorted({size for item in tensors for size in item.shape if size > 1}, reverse=True):
        for fewer in {1, size // 2}:
            yield [item[_cut(item, index, size, fewer)] for item in tensors]


def _at(item: np.ndarray, index: tuple[int, ...], axis: int) -> int:
    # where the results have the tensor's shape, the place of the worst of them is the tensor's too
    return index[axis] if len(index) == item.ndim and index[axis] < item.shape[axis] else 0


def _cut(item: np.ndarray, index: tuple[int, ...], size: int, fewer: int) -> tuple[slice, ...]:
    starts = [min(_at(item, index, axis), n - fewer) for axis, n in enumerate(item.shape)]
    kept = zip(starts, item.shape, strict=True)
    return tuple(slice(start, start + fewer) if n == size else slice(None) for start, n in kept)


def _plainer(tensors: Tensors) -> Iterator[list[np.ndarray]]:
    """Yield the tensors with one element, or all of one tensor, replaced by a plainer number."""
    for place, item in enumerate(tensors):
        if not is_inexact(item):
            continue
        for change in (np.zeros_like, np.ones_like, np.round, _first_everywhere):
            yield from _replaced(tensors, place, change(item))
        for index in list(np.ndindex(item.shape))[:_MOST_ELEMENTS]:
            for number in (0.0, 1.0, *(np.round(complex(item[index]), digits) for digits in (0, 1))):
                changed = np.array(item)
                changed[index] = number if np.iscomplexobj(item) else np.real(number)
                yield from _replaced(tensors, place, changed)


def _first_everywhere(array: np.ndarray) -> np.ndarray:
    return np.full_like(array, array.flat[0]) if array.size else array


def _replaced(tensors: Tensors, place: int, item: np.ndarray) -> Iterator[list[np.ndarray]]:
    if _cost(item) < _cost(tensors[place]):
        yield [item if at == place else other for at, other in enumerate(tensors)]


def _cost(array: np.ndarray) -> float:
    """Return how much there is to read: zeros least, then ones, whole numbers, halves, and digits last."""
    numbers: Any = np.asarray(array).astype(complex).ravel()
    parts = np.abs(np.concatenate([numbers.real, numbers.imag]))
    parts = np.where(np.isfinite(parts), parts, 3)
    kinds = [parts == 0, parts == 1, parts == np.round(parts), parts * 10 == np.round(parts * 10)]
    signs = np.signbit(numbers.real).sum() + np.signbit(numbers.imag).sum()
    return float(np.select(kinds, [0, 1, 2, 3], 4).sum()) + 0.01 * len(np.unique(parts)) + 0.001 * float(signs)


def _first_failing(sides: Sides, terms: Terms, found: Found, sets: list[Tensors]) -> tuple[Sides, Found] | None:
    """Return the plainest of the value sets that disagrees as `found` does, on its own."""
    if not sets or found.level not in COMPUTED:
        return None
    trial = sides.of(sides.case.like_row(found.row, _padded(sets)))
    got, error = outcome(lambda: trial.ours({found.level}))
    if error is not None or found.level not in got:
        return None
    for row in sorted(range(len(sets)), key=lambda row: sum(map(_cost, sets[row]))):
        result = _disagreement(trial, terms, found, row, [item[row] for item in got[found.level]])
        if result is not None:
            return sides.of(trial.case.like_row(row, [sets[row]])), replace(result, row=0)
    return None


def _padded(sets: list[Tensors]) -> list[Tensors]:
    # powers of two, so that few batch sizes are compiled
    count = 1 << (len(sets) - 1).bit_length()
    return [*sets, *[sets[-1]] * (count - len(sets))]


def _disagreement(sides: Sides, terms: Terms, found: Found, row: int, parts: list[np.ndarray]) -> Found | None:
    tensors = sides.case.row(row)
    if sides.raises(tensors) is not None or sides.case.known(found.level, tensors) is not None:
        return None
    reference = sides.theirs([row])[row]
    if isinstance(reference.plain[found.level], str) or isinstance(reference.wide[found.level], str):
        return None
    judged = verdicts(sides, terms, row, found.level, parts, reference)
    if found.leaf >= len(judged) or judged[found.leaf].difference != found.verdict.difference:
        return None
    wanted = targets(found.level, reference.plain[found.level])
    target = wanted[found.leaf] if found.leaf < len(wanted) else None
    part = parts[found.leaf] if found.leaf < len(parts) else None
    return replace(found, row=row, verdict=judged[found.leaf], candidate=part, reference=target)
