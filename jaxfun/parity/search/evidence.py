"""Collect both sides' results of one level on many value sets, as evidence for the relations in `relations.py`."""

import functools
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from ..compare.arrays import PRECISION, is_inexact, part_of
from ..report.model import COMPUTED, Mismatch
from ..run.candidate import Sides
from ..run.case import Case
from ..run.outcome import outcome
from ..run.reference import TO
from .verdicts import canonical, targets

_MOST_SETS = 12  # value sets on which a function is called again
_MOST_MEASURED = 60  # value sets for which rounding is measured
_FEW = 0.4  # of the value sets: if more differ, rounding is not the cause
_LARGEST = 1e4  # largest ordinary input: its squares and sums stay far from the dtype's limits


@dataclass(frozen=True)
class BothResults:
    """One result of both sides, stacked by value set, with the error that rounding allows for each element.

    `measured(row)` returns the allowed error of one value set where large terms cancel. It calls the reference many
    times.
    """

    ours: np.ndarray
    theirs: np.ndarray
    allowed: np.ndarray
    measured: Callable[[int], np.ndarray] | None = None

    def some(self, rows: np.ndarray) -> "BothResults":
        """Return some of the value sets, by number."""
        measured = self.measured
        at = None if measured is None else lambda row: measured(int(rows[row]))
        return BothResults(self.ours[rows], self.theirs[rows], self.allowed[rows], at)

    def with_theirs(self, change: Callable[[np.ndarray], np.ndarray]) -> "BothResults":
        """Return the candidate's results beside the reference's changed by `change`, for the same value sets."""
        measured = self.measured
        return BothResults(
            self.ours,
            change(self.theirs),
            np.abs(change(self.allowed)),
            None if measured is None else lambda row: np.abs(change(measured(row)[None]))[0],
        )

    @functools.cached_property
    def agreeing(self) -> np.ndarray:
        """The elements that agree, within rounding."""
        agree = close(self.ours, self.theirs, self.allowed)
        wrong = np.flatnonzero(~agree.reshape(len(agree), -1).all(1))
        if self.measured is not None and 0 < len(wrong) <= min(_MOST_MEASURED, _FEW * len(agree)):
            for row in wrong:
                agree[row] |= close(self.ours[row], self.theirs[row], self.measured(int(row)))
        return agree

    @property
    def agree(self) -> bool:
        """Whether all elements agree."""
        return self.ours.shape == self.theirs.shape and bool(self.agreeing.all())


def close(ours: np.ndarray, theirs: np.ndarray, allowed: np.ndarray) -> np.ndarray:
    """Return where two arrays agree within `allowed`; NaN agrees with NaN."""
    with np.errstate(invalid="ignore", over="ignore"):
        return (np.abs(ours - theirs) <= allowed) | (ours == theirs) | (np.isnan(ours) & np.isnan(theirs))


def apart(ours: np.ndarray, theirs: np.ndarray) -> np.ndarray:
    """Return the relative error of each element, from 0 to 1: 1 where only one of them is 0 or finite."""
    with np.errstate(invalid="ignore", over="ignore", divide="ignore"):
        share = np.abs(ours - theirs) / np.maximum(np.abs(ours), np.abs(theirs))
    same = (ours == theirs) | (np.isnan(ours) & np.isnan(theirs))
    return np.where(same, 0.0, np.where(np.isfinite(share), share, 1.0))


def both(
    ours: np.ndarray,
    theirs: np.ndarray,
    oracle: np.ndarray | None = None,
    measured: Callable[[int], np.ndarray] | None = None,
) -> BothResults:
    """Return both sides' results in float64 or complex128, with the error that rounding in their own dtype allows."""
    wide = np.complex128 if "c" in (ours.dtype.kind, theirs.dtype.kind) else np.float64
    name = part_of(str(theirs.dtype))
    ours, plain = np.asarray(ours).astype(wide), np.asarray(theirs).astype(wide)
    exact = plain if oracle is None else np.asarray(oracle).astype(wide)
    if name not in PRECISION:
        return BothResults(ours, plain, np.zeros(plain.shape))
    precision = PRECISION[name]
    with np.errstate(invalid="ignore", over="ignore"):
        own, sizes = (np.nan_to_num(np.abs(item), nan=0.0, posinf=0.0) for item in (plain - exact, plain))
    largest = sizes.reshape(len(sizes), -1).max(1, initial=0).reshape(-1, *[1] * (plain.ndim - 1))
    unit = precision.ulps * precision.eps
    return BothResults(ours, plain, unit * (4 * sizes + 2 * largest) + 4 * own + precision.smallest_normal, measured)


@dataclass(frozen=True)
class Evidence:
    """Both sides' results for one leaf of a level, and ways to compute more.

    `again` returns the reference's values for other tensors. `grown` returns both sides' results with every dimension
    of a given size one larger. `in_float64` returns the candidate's results in float64. Each returns None if a side
    raises. `is_alone`: the other leaves of the level agree.
    """

    level: str
    dtypes: tuple[str, str]  # of the candidate's and the reference's result
    results: BothResults
    inputs: tuple[np.ndarray, ...]  # stacked by value sets
    names: tuple[str, ...]
    is_alone: bool = False
    wrong: np.ndarray | None = None  # the elements judged to be wrong; None if not known
    again: Callable[[Sequence[np.ndarray]], np.ndarray | None] = lambda tensors: None
    grown: Callable[[int], BothResults | None] = lambda size: None
    in_float64: Callable[[], BothResults | None] = lambda: None

    @functools.cached_property
    def ordinary(self) -> np.ndarray:
        """Which value sets hold only ordinary numbers: finite, and with squares that do not overflow."""
        rows = np.ones(len(self.results.ours), bool)
        for stack in filter(is_inexact, self.inputs):
            largest = min(_LARGEST, PRECISION[part_of(str(stack.dtype))].largest ** 0.5 / 8)
            with np.errstate(invalid="ignore", over="ignore"):
                rows &= (np.abs(stack.astype(complex)) <= largest).reshape(len(stack), -1).all(1)
        return rows

    @functools.cached_property
    def usual(self) -> BothResults:
        """The results for ordinary numbers."""
        return self.results.some(np.flatnonzero(self.ordinary))

    def asked_again(self, change: Callable[[list[np.ndarray]], Sequence[np.ndarray]]) -> BothResults | None:
        """Return the candidate's values beside the reference's values for changed tensors, on a few value sets."""
        rows = np.flatnonzero(self.ordinary)[:_MOST_SETS]
        return self.again_at(rows, change)

    def again_at(
        self, rows: np.ndarray, change: Callable[[list[np.ndarray]], Sequence[np.ndarray]]
    ) -> BothResults | None:
        """Return what `asked_again` returns, for the value sets `rows`."""
        if self.level != "value" or not len(rows):
            return None
        theirs = self.again(change([stack[rows] for stack in self.inputs]))
        if theirs is None or theirs.shape != self.results.ours[rows].shape or str(theirs.dtype) != self.dtypes[1]:
            return None
        return both(self.results.ours[rows].astype(np.complex128 if theirs.dtype.kind == "c" else float), theirs)


def evidence_of(sides: Sides, found: Mismatch, others: Sequence[Mismatch], sets: int) -> Evidence | None:
    """Return the evidence for the leaf of a mismatch; `others` are all mismatches of the case.

    They were found in the first `sets` value sets, which are those that were judged.
    """
    if found.level not in COMPUTED or found.reference is None or found.candidate is None:
        return None
    rows = [row for row in range(sets) if sides.theirs.raises(row) is None]
    results = _results(sides, found.level, found.leaf, rows, found.reference.shape)
    if results is None:
        return None
    kept, ours, theirs, oracle = results
    case = _some(sides.case, kept)
    failing = {item.leaf for item in others if item.level == found.level}
    return Evidence(
        level=found.level,
        dtypes=(str(ours.dtype), str(theirs.dtype)),
        results=both(ours, theirs, oracle, lambda row: _measured(sides, found, kept[row], str(theirs.dtype))),
        inputs=case.tensors,
        names=case.names,
        is_alone=len(case.movable) > 1 and failing <= {found.leaf},
        wrong=_judged_wrong(
            [item for item in others if (item.level, item.leaf) == (found.level, found.leaf)], kept, ours
        ),
        again=lambda tensors: outcome(lambda: _again(sides, case, found.leaf, tensors))[0],
        grown=lambda size: outcome(lambda: _grown(sides, case, found, size))[0],
        in_float64=lambda: outcome(lambda: _in_float64(sides, kept, found, oracle))[0],
    )


def _judged_wrong(failing: Sequence[Mismatch], rows: Sequence[int], results: np.ndarray) -> np.ndarray | None:
    """Return the elements judged to be wrong, stacked by value set; all elements where the mismatch is not numeric."""
    if not failing:
        return None
    wrong = np.zeros(results.shape, bool)
    for item in failing:
        if item.row in rows:
            is_known = item.verdict.kind == "number" and item.verdict.wrong is not None
            wrong[rows.index(item.row)] = item.verdict.wrong if is_known else True
    return wrong


def _results(sides: Sides, level: str, leaf: int, rows: Sequence[int], shape: tuple[int, ...] | None = None) -> Any:
    """Return the value sets whose result has the shape `shape`, with both sides' results and the oracle's."""
    got, error = outcome(lambda: sides.ours_at(level))
    if error is not None or leaf >= len(got):
        return None
    references = sides.oracle.results(rows)
    pairs = {row: tuple(_leaf(getattr(references[row], side)[level], level, leaf) for side in _SIDES) for row in rows}
    kept = {row: pair for row, pair in pairs.items() if all(item is not None for item in pair)}
    shape = next((plain.shape for plain, _ in kept.values()), ()) if shape is None else shape
    kept = {row: pair for row, pair in kept.items() if pair[0].shape == pair[1].shape == shape}
    if not kept:
        return None
    theirs, oracle = map(np.stack, zip(*kept.values(), strict=True))
    return [*kept], got[leaf][[*kept]], canonical(theirs), oracle


_SIDES = ("plain", "wide")


def _measured(sides: Sides, found: Mismatch, row: int, dtype: str) -> np.ndarray:
    """Return the error that rounding allows at a value set, measured on the reference."""
    scale = sides.oracle.rounding.scale_at(found.level, row, "operations")[found.leaf]
    precision = PRECISION[part_of(dtype)]
    return 4 * precision.ulps * precision.eps * scale


def _leaf(items: Any, level: str, leaf: int) -> Any:
    """Return one leaf of the reference's results at a level, or None if it has none."""
    wanted = [] if isinstance(items, str) else targets(level, items)
    return wanted[leaf] if leaf < len(wanted) else None


def _some(case: Case, rows: Sequence[int]) -> Case:
    stacks = tuple(stack[np.asarray(rows, int)] for stack in case.tensors)
    numbers = tuple(case.number(row) for row in rows)
    return replace(case, tensors=stacks, strata=tuple(case.strata[row] for row in rows), numbers=numbers)


def _again(sides: Sides, case: Case, leaf: int, tensors: Sequence[np.ndarray]) -> np.ndarray | None:
    count = len(tensors[0])
    theirs = sides.of(replace(_some(case, range(count)), tensors=tuple(tensors))).theirs
    found = [theirs.outputs(row) for row in range(count)]
    arrays = [items[leaf] for items in found if leaf < len(items)]
    return canonical(np.stack(arrays)) if len(arrays) == count and len({item.shape for item in arrays}) == 1 else None


def _grown(sides: Sides, case: Case, found: Mismatch, size: int) -> BothResults | None:
    some = _some(case, range(min(case.sets, _MOST_SETS)))
    larger = Sides(
        sides.candidate,
        sides.reference,
        replace(some, tensors=tuple(_extended(stack, size) for stack in some.tensors)),
        sides.device,
    )
    if any(larger.theirs.raises(row) for row in range(some.sets)):
        return None
    results = _results(larger, found.level, found.leaf, range(some.sets))
    if results is None or results[1].shape != results[2].shape:
        return None
    return both(*results[1:])


def _extended(stack: np.ndarray, size: int) -> np.ndarray:
    """Return a stack with every dimension of size `size` extended by one element, taken from another value set."""
    for axis in range(1, stack.ndim):
        if stack.shape[axis] == size and size:
            stack = np.concatenate([stack, np.roll(stack, 1, 0).take([0], axis)], axis)
    return stack


def _in_float64(sides: Sides, kept: Sequence[int], found: Mismatch, oracle: np.ndarray) -> BothResults | None:
    if not any(str(stack.dtype) in TO["float64"] for stack in sides.case.tensors):
        return None
    got, error = outcome(lambda: sides.in_float64(found.level)[found.leaf][[*kept]])
    if error is not None or got.shape != oracle.shape:
        return None
    return both(got, np.asarray(oracle).astype(got.dtype))
