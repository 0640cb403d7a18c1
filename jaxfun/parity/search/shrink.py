"""Shrink a mismatch to the smallest input that still shows it: first smaller shapes, then simpler numbers.

Each new shape costs a compilation, so few are tried, with one program for all levels that fail. Numbers are tried many
at a time in a program that is already compiled. `Shrinker.shrunk` is the entry.
"""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from ..compare.arrays import Verdict, is_inexact
from ..report.model import COMPUTED, Mismatch
from ..run.candidate import Sides
from ..run.options import Options
from ..run.outcome import outcome
from .verdicts import ALONE, raised, raises_alike, targets, verdicts
from .weights import is_edge

Tensors = Sequence[np.ndarray]
Failing = tuple[Sides, Mismatch]  # the sides on one value set, and the mismatch there

# below a tenth of the first error it is another mismatch, such as rounding; for a small error, a hundredth
_LEAST_KEPT = 0.1
_CLEAR = 100.0  # times the tolerance; beyond that, all are equally clear
_LARGE = 0.1  # relative error that is visible without many digits
_MOST_ELEMENTS = 24
_AT_ONCE = 64  # value sets in one call: a fixed size needs one compilation
# jit and vmap mismatches are shrunk by the value of the compiled batch
_JUDGED_BY = {"jit": "value", "vmap": "value"}


def error_of(found: Mismatch) -> float:
    """Return the error at the worst element, relative to the larger number or 1. A non-numeric mismatch counts as 1."""
    ours, theirs, index = found.candidate, found.reference, found.verdict.index
    if found.verdict.kind != "number" or ours is None or theirs is None or ours.shape != theirs.shape:
        return 1.0
    one, other = (complex(item[index]) for item in (ours, theirs))
    # relative to at least 1: an error in a tiny number is neither visible nor important
    return abs(one - other) / max(abs(one), abs(other), 1.0)


def clarity(found: Mismatch, tensors: Tensors) -> tuple[float, ...]:
    """Return a sort key for how clearly a mismatch shows.

    From the clearest: non-numeric mismatches; large errors at finite inputs; NaN and infinity at finite inputs; small
    errors at finite inputs that are not rounding; NaN and infinity at non-finite inputs; the rest.
    """
    kind, share = found.verdict.kind, min(found.verdict.of_tolerance, _CLEAR)
    is_finite = float(all(np.isfinite(item).all() for item in tensors if is_inexact(item)))
    if kind != "number":
        return (1.0 if kind in _LOST else 3.0), is_finite
    error = error_of(found)
    is_large = error >= _LARGE and share >= _SURE
    if is_large:
        return 1.0 + is_finite, share
    return (1.0, 0.5, share, error) if is_finite and share >= _NO_ROUNDING else (0.0, share, error)


_LOST = ("NaN", "infinity", "finite or not")
_SURE = 2.0  # times the tolerance; below, it may still be rounding
_NO_ROUNDING = 5.0  # times the tolerance, for an error that is small relative to the number


@dataclass
class Effort:
    """The budget for shrinking all failures of one case, counted in steps so that a run is reproducible.

    `seconds` limits functions that compile slowly: no step begins that would probably end later.
    """

    shapes: int = 24
    rounds: int = 48
    seconds: float = 8.0
    _longest: float = 0.0
    _began: float = field(default_factory=time.perf_counter)
    _compiled: dict[Any, Sides] = field(default_factory=dict)  # by the shapes of the tensors

    def of_shape(self, sides: Sides, tensors: Tensors) -> Sides | None:
        """Return the sides compiled for tensors of these shapes; None if that exceeds the budget."""
        key = tuple(item.shape for item in tensors)
        if key not in self._compiled:
            if not self.shapes or time.perf_counter() - self._began + self._longest > self.seconds:
                return None
            self.shapes -= 1
            self._compiled[key] = Sides(sides.candidate, sides.reference, sides.case, sides.device, sides.levels)
        return self._compiled[key]

    def for_numbers(self) -> bool:
        """Return whether the budget allows another round of simpler numbers."""
        self.rounds -= 1
        return self.rounds >= 0 and time.perf_counter() - self._began < self.seconds

    def clocked(self, began: float) -> None:
        """Record the longest step so far: the next may take as long."""
        self._longest = max(self._longest, time.perf_counter() - began)


@dataclass(frozen=True)
class Shrinker:
    """Shrinks the failures of one case; all its levels share one budget."""

    terms: Options
    levels: frozenset[str]  # the levels that fail
    effort: Effort = field(default_factory=Effort)
    smallest: list[Tensors] = field(default_factory=list)  # the shrunk inputs of other levels, which are tried first

    def shrunk(self, sides: Sides, found: Mismatch) -> Failing:
        """Return the sides on one value set that still disagrees at the same level, with its mismatch."""
        best = self._failing(sides, found, [sides.case.row(found.row)])
        if best is None:  # it shows only in a batch: keep it as it is
            return sides, found
        for tensors in self.smallest:
            best = self._failing(*best, [tensors]) or best
        best = self._plainest(*self._of_smallest_shape(*best))
        if any(item.size > 1 for item in best[0].case.row(0)):  # simpler numbers show which shapes still fail
            best = self._plainest(*self._of_smallest_shape(*best))
        self.smallest.append(best[0].case.row(0))
        return best

    def _of_smallest_shape(self, sides: Sides, found: Mismatch) -> Failing:
        sets = _smaller(sides.case.row(0), found.verdict.index)
        smaller = next((failing for tensors in sets if (failing := self._failing(sides, found, [tensors]))), None)
        return self._of_smallest_shape(*smaller) if smaller else (sides, found)

    def _plainest(self, sides: Sides, found: Mismatch) -> Failing:
        best = sides, found
        while self.effort.for_numbers() and (plainer := self._failing(*best, list(_plainer(best[0].case.row(0))))):
            best = plainer
        return best

    def _failing(self, sides: Sides, found: Mismatch, sets: list[Tensors]) -> Failing | None:
        """Return the simplest of the value sets, all of one shape, that fails like `found` does when called alone."""
        level = _JUDGED_BY.get(found.level, found.level)
        given = sides.case.row(found.row)
        sets = [tensors for tensors in sets if _is_same(tensors, given) or sides.case.admits(tensors)]
        plainest = sorted(sets, key=lambda tensors: sum(map(_cost, tensors)))
        if found.verdict.kind in _WITHOUT_NUMBERS:
            trials = (sides.of(sides.case.like_row(found.row, [tensors])) for tensors in plainest)
            return next((failing for trial in trials if (failing := self._failing_anyhow(trial, found))), None)
        compiled = self.effort.of_shape(sides, sets[0]) if level in COMPUTED and sets else None
        if compiled is None:
            return None
        for start in range(0, len(plainest), _AT_ONCE):
            some = plainest[start : start + _AT_ONCE]
            case = sides.case.like_row(found.row, [*some, *[some[-1]] * (_AT_ONCE - len(some))])
            failing = self._first_failing(compiled.of(case), replace(found, level=level), len(some))
            if failing is not None:
                return failing[0], replace(failing[1], level=found.level)
        return None

    def _first_failing(self, trial: Sides, found: Mismatch, count: int) -> Failing | None:
        began = time.perf_counter()
        got, error = outcome(lambda: trial.ours({*self.levels, found.level}))
        self.effort.clocked(began)
        if error is not None or found.level not in got:
            return None
        for row in range(count):
            result = _mismatch(trial, self.terms, found, row, [item[row] for item in got[found.level]])
            if result is not None:
                return trial.of(trial.case.like_row(row, [trial.case.row(row)])), replace(result, row=0)
        return None

    def _failing_anyhow(self, trial: Sides, found: Mismatch) -> Failing | None:
        """Return the value set if it still raises or still returns another structure, as found. Nothing is compiled."""
        verdict = _WITHOUT_NUMBERS[found.verdict.kind](trial, found, self.terms)
        if verdict is None or verdict.ok or trial.known(found.level, 0):
            return None
        smaller = replace(found, row=0, verdict=verdict)
        return None if not found.edge and is_edge(smaller, trial, self.terms) else (trial, smaller)


def _structure_verdict(trial: Sides, found: Mismatch, terms: Options) -> Verdict | None:
    if trial.theirs.raises(0):
        return None
    both, error = outcome(lambda: trial.structures(0))  # the candidate may raise for a smaller shape
    return None if error is not None or both[0] == both[1] else found.verdict


def _raising_verdict(trial: Sides, found: Mismatch, terms: Options) -> Verdict | None:
    """Return the verdict on what both sides raise; None if another side raises than in `found`."""
    ways = {"errors": trial.signature, "jit": trial.traced}
    if found.level not in ways:  # a derivative: only compiling it would show whether it raises
        return None
    tensors, theirs = trial.case.row(0), trial.theirs.raises(0)
    _, ours = outcome(lambda: ways[found.level](tensors))
    if ours is None and theirs is not None:  # some errors occur only when the numbers are computed
        _, ours = outcome(lambda: trial.eager(tensors))
    is_ours_alone = theirs is None
    if is_ours_alone != (ALONE in found.verdict.detail):
        return None
    verdict = raises_alike(ours, theirs, terms.exact)
    return raised(ours) if ours and is_ours_alone else verdict


_WITHOUT_NUMBERS = {"structure": _structure_verdict, "raises": _raising_verdict}


def _smaller(tensors: Tensors, index: tuple[int, ...]) -> Iterator[list[np.ndarray]]:
    """Yield smaller tensors: without a first dimension, or with all axes of one size cut around the element `index`."""
    ndim = max((item.ndim for item in tensors), default=0)
    if len(index) != ndim:
        index = _most_unlike(tensors, ndim)
    if ndim and all(item.shape[0] for item in tensors if item.ndim == ndim):
        yield [np.asarray(item[_at(item, index, 0)]) if item.ndim == ndim else item for item in tensors]
    for size in sorted({size for item in tensors for size in item.shape if size > 1}, reverse=True):
        for fewer in {1, size // 2}:
            yield [item[_cut(item, index, size, fewer)] for item in tensors]


def _most_unlike(tensors: Tensors, ndim: int) -> tuple[int, ...]:
    """Return the index of the most complicated number, in the first tensor of this rank that has one."""
    for item in tensors:
        costs = _costs(item)
        if item.ndim == ndim and costs.any():
            return tuple(int(i) for i in np.unravel_index(int(np.argmax(costs)), item.shape))
    return ()


def _at(item: np.ndarray, index: tuple[int, ...], axis: int) -> int:
    # if result and tensor have the same shape, the worst result's index is the tensor's too
    return index[axis] if len(index) == item.ndim and index[axis] < item.shape[axis] else 0


def _cut(item: np.ndarray, index: tuple[int, ...], size: int, fewer: int) -> tuple[slice, ...]:
    starts = [min(_at(item, index, axis), n - fewer) for axis, n in enumerate(item.shape)]
    kept = zip(starts, item.shape, strict=True)
    return tuple(slice(start, start + fewer) if n == size else slice(None) for start, n in kept)


def _plainer(tensors: Tensors) -> Iterator[list[np.ndarray]]:
    """Yield the tensors with one element, or all of one tensor, replaced by a simpler number."""
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
    """Return the complexity of an array's numbers. Of equally simple arrays, fewer distinct numbers cost less."""
    return float(_costs(array).sum()) + 0.01 * len(np.unique(_sizes(array)))


def _costs(array: np.ndarray) -> np.ndarray:
    """Return the complexity of each number: zeros least, then ones, whole numbers, one decimal, more digits."""
    parts, signs = _sizes(array), np.signbit(_parts(array))
    kinds = [parts == 0, parts == 1, parts == np.round(parts), parts * 10 == np.round(parts * 10)]
    return (np.select(kinds, [0, 1, 2, 3], 4) + 0.001 * signs).sum(0)


def _parts(array: np.ndarray) -> np.ndarray:
    numbers: Any = np.ravel(array).astype(complex)
    return np.stack([numbers.real, numbers.imag])


def _sizes(array: np.ndarray) -> np.ndarray:
    sizes = np.abs(_parts(array))
    return np.where(np.isfinite(sizes), sizes, 3)


def _mismatch(sides: Sides, terms: Options, found: Mismatch, row: int, parts: list[np.ndarray]) -> Mismatch | None:
    if sides.theirs.raises(row) is not None or sides.known(found.level, row) is not None:
        return None
    reference = sides.oracle.results([row])[row]
    if isinstance(reference.plain[found.level], str) or isinstance(reference.wide[found.level], str):
        return None
    judged = verdicts(sides, terms, row, found.level, parts)
    if found.leaf >= len(judged) or judged[found.leaf].kind != found.verdict.kind:
        return None
    wanted = targets(found.level, reference.plain[found.level])
    target = wanted[found.leaf] if found.leaf < len(wanted) else None
    part = parts[found.leaf] if found.leaf < len(parts) else None
    smaller = replace(found, row=row, verdict=judged[found.leaf], candidate=part, reference=target)
    if not _is_alike(smaller, found) or sides.oracle.contradiction(found.level, row):
        return None
    return None if not found.edge and is_edge(smaller, sides, terms) else smaller


def _is_alike(smaller: Mismatch, found: Mismatch) -> bool:
    """Return whether a mismatch is the same as `found`: NaN on the same side, or an error about as large."""
    if found.verdict.kind in _LOST:
        return _is_ours(smaller) == _is_ours(found)
    error, share = error_of(found), found.verdict.of_tolerance
    # a large error need only be certain: near a kink the measured rounding is large and depends on the shape
    least, enough = (_LEAST_KEPT, _SURE) if error >= _LARGE else (_LEAST_KEPT**2, _LEAST_KEPT * _CLEAR)
    return error_of(smaller) >= least * error and smaller.verdict.of_tolerance >= min(_LEAST_KEPT * share, enough)


def _is_ours(found: Mismatch) -> bool:
    """Return whether the candidate is the side without a finite number."""
    if found.candidate is None or found.candidate.shape != getattr(found.reference, "shape", None):
        return True
    return not np.isfinite(found.candidate[found.verdict.index])


def _is_same(one: Tensors, other: Tensors) -> bool:
    return len(one) == len(other) and all(map(np.array_equal, one, other))
