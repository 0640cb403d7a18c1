"""Estimate the rounding error to allow for each element, by perturbing the inputs and the operations of the reference.

`Rounding.scales` is the entry: it yields ever better, more expensive scales that rounding is relative to.
"""

import functools
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any, Literal

import numpy as np

from ..compare.arrays import is_inexact
from ..compare.tolerance import (
    MovedInputs,
    Results,
    computes_in_float32,
    noise_scale,
    of_float32,
    rounding_of,
    rounding_scale,
)
from . import noise as torch_noise
from . import torch_side
from .outcome import outcome
from .reference import TO, Reference, Theirs, batch_of, stacked, unstacked

# what the rounding error is relative to: the element itself; the size of terms, from perturbed inputs in two
# precisions; the same with every operation of the reference perturbed as well
Scale = Literal["element", "precisions", "operations"]
SCALES: tuple[Scale, ...] = ("element", "precisions", "operations")


class Rounding:
    """The rounding error to allow in the reference's results for the value sets of one case."""

    def __init__(self, theirs: Theirs, references: Mapping[int, Reference]) -> None:
        self._theirs, self._references = theirs, references
        self._scales: dict[Scale, dict[int, Results]] = {"precisions": {}, "operations": {}}
        self._open: dict[int, list[np.ndarray]] = {}

    def scales(self, level: str, row: int, leaf: int) -> Iterator[np.ndarray]:
        """Yield one leaf's scale for each of `SCALES`, measured lazily."""
        return (self.scale_at(level, row, scale)[leaf] for scale in SCALES)

    def scale_at(self, level: str, row: int, scale: Scale) -> list[np.ndarray]:
        """Return the scale that rounding is relative to, for each element that a level compares of a value set.

        Similar value sets are measured together, on the first request for one of them.
        """
        plain = self._references[row].plain[level]
        if scale == "element":
            found = [np.broadcast_to(0.0, of.shape) for of in plain]
        else:
            found = self._scale(row, scale)[level]
        # jvp also has tangents for integer results, which are not compared
        pairs = zip(found, plain, strict=True)
        return [size for size, of in pairs if level != "jvp" or is_inexact(of)]

    def _scale(self, row: int, scale: Scale) -> Results:
        kept = self._scales[scale]
        if row not in kept:
            rows = self._measured_with(row, kept)
            measured, error = outcome(lambda: self._measured(rows, scale))
            if error is not None:  # the reference may raise for a perturbed value set
                rows, measured = [row], [self._measured_alone(row, scale)]
            kept.update(zip(rows, measured, strict=True))
        return kept[row]

    def _measured_with(self, row: int, kept: Collection[int]) -> list[int]:
        """Return the rows to measure together in one batch, `row` first."""
        if not self._is_batched(row):
            return [row]
        kinds = _kinds(self._references[row])
        alike = (other for other, reference in self._references.items() if _kinds(reference) == kinds)
        most = max(_MOST_MEASURED // max(self._theirs.elements, 1), 1)
        return [row, *(other for other in alike if other != row and other not in kept)][:most]

    def open_at(self, row: int) -> list[np.ndarray]:
        """Return, for each result, the elements whose kind (number, NaN or infinity) depends on rounding.

        The kinds differ between two precisions, or between runs with random rounding or with subnormal numbers flushed
        to 0.
        """
        if row not in self._open:
            rows = self._measured_with(row, self._open)
            found, error = outcome(lambda: self._open_in(rows))
            if error is not None:  # the reference cannot run in this mode
                rows, found = [row], [[np.zeros(item.shape, bool) for item in self._references[row].plain["value"]]]
            self._open.update(zip(rows, found, strict=True))
        return self._open[row]

    def _open_in(self, rows: Sequence[int]) -> list[list[np.ndarray]]:
        plain, wide = self._both(rows)
        step, digits = rounding_of(self._theirs.case.stacks(rows), plain)
        # some decompositions give NaN where the kernel does not; that is not rounding: compare with an unperturbed run
        (exact,) = self._rounded(rows, 0.0, digits, 1)
        others = [*self._rounded(rows, step, digits, _RUNS), *self._rounded(rows, 0.0, digits, 1, flushes=True)]
        pairs = [(plain, wide), *((exact, other) for other in others)]
        masks = [
            np.logical_or.reduce(
                [_kind_of(one["value"][leaf]) != _kind_of(other["value"][leaf]) for one, other in pairs]
            )
            for leaf in range(len(plain["value"]))
        ]
        return [[mask[at] for mask in masks] for at in range(len(rows))]

    def _rounded(
        self, rows: Sequence[int], step: float, digits: str, count: int, flushes: bool = False
    ) -> list[Results]:
        """Return the results of `count` runs in which every operation is perturbed at random, by up to `step`."""
        stacks = self._theirs.case.stacks(rows)
        with torch_noise.Rounded(step, torch_side.dtype(digits), self._theirs.case.seed, flushes):
            return self._drawn(rows, [(stacks, "float64", lambda direction: direction)] * count, self._widest(rows))

    def _measured_alone(self, row: int, scale: Scale) -> Results:
        measured, error = outcome(lambda: self._measured([row], scale)[0])
        unknown = {
            level: [np.zeros(item.shape) for item in items]
            for level, items in self._references[row].wide.items()
            if not isinstance(items, str)
        }
        return measured if error is None else unknown

    def _measured(self, rows: Sequence[int], scale: Scale) -> list[Results]:
        return self._from_precisions(rows) if scale == "precisions" else self._from_operations(rows)

    def _from_precisions(self, rows: Sequence[int]) -> list[Results]:
        """Return the scale from perturbed inputs: how far a result moves, and how much two precisions differ."""

        def evaluate_draws(draws: Iterable[MovedInputs]) -> list[Results]:
            return self._drawn(rows, draws, self._widest(rows))

        stacks, (plain, wide) = self._theirs.case.stacks(rows), self._both(rows)
        scale = rounding_scale(evaluate_draws, stacks, plain, wide, [self._theirs.case.seed])
        return unstacked(of_float32(scale, wide) if self._is_of_float32() else scale, len(rows))

    def _from_operations(self, rows: Sequence[int]) -> list[Results]:
        """Return the larger of the scale from perturbed inputs and the scale from perturbed operations."""
        first = [self._scale(row, "precisions") for row in rows]
        noise, error = outcome(lambda: self.noise(rows))
        if error is not None:  # the reference cannot run in this mode
            return first
        return [
            {level: list(map(_larger, one[level], other[level])) for level in one}
            for one, other in zip(first, noise, strict=True)
        ]

    def noise(self, rows: Sequence[int]) -> list[Results]:
        """Return the scale from perturbed operations: the rounding that each operation of the reference may add."""
        stacks, evaluate = self._theirs.case.stacks(rows), functools.partial(self._rounded, rows)
        plain, wide = self._both(rows)
        if self._is_of_float32():
            return unstacked(of_float32(noise_scale(evaluate, stacks, plain, wide, "float32"), wide), len(rows))
        return unstacked(noise_scale(evaluate, stacks, plain, wide), len(rows))

    def _is_of_float32(self) -> bool:
        """Return whether the function, given float64, computes in float32 inside."""
        if not self._theirs.rounds_inside:
            is_wide = any(str(stack.dtype) in TO["float32"] for stack in self._theirs.case.tensors)
            found = outcome(self._computes_in_float32)[0] if is_wide else False
            self._theirs.rounds_inside.append(bool(found))
        return self._theirs.rounds_inside[0]

    def _computes_in_float32(self) -> bool:
        kinds: dict[str, list[int]] = {}
        for row, reference in self._references.items():
            kinds.setdefault(repr(_kinds(reference)), []).append(row)
        rows = max(kinds.values(), key=len)[:_MOST_ON_LINES]
        wide = stacked([self._references[row].wide for row in rows])
        return computes_in_float32(
            lambda draws: self._drawn(rows, draws, "plain"),
            self._theirs.case.stacks(rows),
            wide,
            [self._theirs.case.seed],
        )

    def _drawn(self, rows: Sequence[int], draws: Iterable[MovedInputs], widest: str) -> list[Results]:
        """Return the results of each draw, stacked by value set. Large cases run one draw at a time, to bound memory.

        `widest` is the precision that replaces float64.
        """
        if len(rows) * sum(stack[0].size for stack in self._theirs.case.tensors) <= _MOST_HELD:
            return self._drawn_together(rows, [*draws], widest)
        return [self._drawn_together(rows, [draw], widest)[0] for draw in draws]

    def _drawn_together(self, rows: Sequence[int], draws: Sequence[MovedInputs], widest: str) -> list[Results]:
        """Return the results of each draw. All draws of one precision run in one batch."""
        draws = [(stacks, widest if precision == "float64" else precision, move) for stacks, precision, move in draws]
        found: dict[int, Results] = {}
        along = self._theirs.directions(rows)
        for precision in dict.fromkeys(precision for _, precision, _ in draws):
            places = [at for at, draw in enumerate(draws) if draw[1] == precision]
            first, *others = [batch_of(len(rows), precision, draws[at][0], along, draws[at][2]) for at in places]
            each = self._theirs.evaluated(first.and_others(others), precision)
            for order, at in enumerate(places):
                found[at] = stacked(each[order * len(rows) :][: len(rows)])
        return [found[at] for at in range(len(draws))]

    def _both(self, rows: Sequence[int]) -> tuple[Results, Results]:
        """Return the reference's and the oracle's results, stacked by value set."""
        plain, wide = ([getattr(self._references[row], side) for row in rows] for side in ("plain", "wide"))
        return stacked(plain), stacked(wide)

    def _widest(self, rows: Sequence[int]) -> str:
        """Return the precision that replaces float64: the working precision where there is no oracle."""
        return "float64" if self._references[rows[0]].has_oracle else "plain"

    def _is_batched(self, row: int) -> bool:
        if not self._theirs.may_batch:
            self._theirs.try_batch(self._theirs.own([row], "float64"), self._references[row].wide)
        return self._theirs.may_batch[0]


_MOST_HELD = 2**20  # elements; the draws of larger value sets run one at a time
_RUNS = 2  # runs that test whether rounding decides between NaN and a number
_MOST_MEASURED = 2**20  # elements of the value sets that are measured together, each in about 12 runs
_MOST_ON_LINES = 24  # value sets that test whether a function computes in float32 inside


def _kinds(reference: Reference) -> Any:
    return {
        level: items if isinstance(items, str) else [(item.shape, str(item.dtype)) for item in items]
        for level, items in reference.plain.items()
    } | {"has oracle": reference.has_oracle}


def _kind_of(array: np.ndarray) -> np.ndarray:
    """Return a number for the kind of each element: NaN, an infinity, or finite."""
    if not is_inexact(array):
        return np.zeros(array.shape, int)
    wide = array.astype(np.complex128)
    return np.isnan(wide) + 2 * np.isposinf(wide.real) + 4 * np.isneginf(wide.real) + 8 * np.isinf(wide.imag)


def _larger(scale: np.ndarray, noise: np.ndarray) -> np.ndarray:
    """Return the larger of both; `scale` where PyTorch's decomposition gives a result of another shape."""
    return np.maximum(scale, noise) if scale.shape == noise.shape else scale
