"""Run the reference on the value sets of a case, in any precision.

The working precision runs once, value set by value set, as a user would call it. The oracle (float64) and the many
perturbed runs that estimate rounding are batched by torch.vmap, where the function allows it.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..compare.arrays import PRECISION, distance, is_inexact, part_of
from ..compare.tolerance import Move, Results
from ..report.model import COMPUTED
from . import torch_side
from .case import Case
from .directions import cotangents, tangents
from .outcome import outcome

# how each precision maps dtypes: "plain" keeps them, "float64" is the oracle's, "float32" stands in for the working
# precision of float64 inputs when rounding is measured
TO: Mapping[str, Mapping[str, str]] = {
    "plain": {},
    "float64": {"float16": "float64", "bfloat16": "float64", "float32": "float64", "complex64": "complex128"},
    "float32": {"float64": "float32", "complex128": "complex64"},
}


@dataclass(frozen=True)
class Reference:
    """The reference's results for one value set: `plain` at the working precision, `wide` from the oracle in float64.

    Without an oracle `wide` is `plain`: the function does not run in float64, or computes another function there.
    """

    plain: Results
    wide: Results
    has_oracle: bool
    is_another: bool = False  # in float64 it computes another function: the results differ by more than rounding
    has_branch: bool = False  # its first derivative changes with create_graph=True


def replaced(tensors: Sequence[Any], places: Sequence[int], items: Sequence[Any]) -> list[Any]:
    """Return the tensors with `items` at some places."""
    placed = list(tensors)
    for place, item in zip(places, items, strict=True):
        placed[place] = item
    return placed


@dataclass(frozen=True)
class Batch:
    """Stacked value sets in one precision, with the cotangents and tangents of their derivatives."""

    count: int
    tensors: list[np.ndarray]
    cotangents: list[np.ndarray]
    tangents: list[np.ndarray]

    def some(self, start: int, stop: int) -> "Batch":
        """Return the value sets from `start` to `stop`."""
        count = min(stop, self.count) - start
        return Batch(count, *([item[start:stop] for item in items] for items in self._parts()))

    def one(self, at: int) -> "Batch":
        """Return one value set, not stacked."""
        return Batch(1, *([np.asarray(item[at]) for item in items] for items in self._parts()))

    def and_others(self, others: Sequence["Batch"]) -> "Batch":
        """Concatenate the value sets of several batches."""
        batches = [self, *others]
        parts = zip(*(batch._parts() for batch in batches), strict=True)
        joined = [[np.concatenate(items) for items in zip(*each, strict=True)] for each in parts]
        return Batch(sum(batch.count for batch in batches), *joined)

    def _parts(self) -> tuple[list[np.ndarray], ...]:
        return self.tensors, self.cotangents, self.tangents


_Directions = tuple[list[np.ndarray], ...]


def batch_of(
    count: int,
    precision: str,
    stacks: Sequence[np.ndarray],
    along: _Directions,
    move: Move = lambda direction: direction,
) -> Batch:
    """Return value sets, cast to a precision, with their directions transformed by `move`."""
    to = TO[precision]
    tensors = [item.astype(to.get(str(item.dtype), item.dtype), copy=False) for item in stacks]
    return Batch(count, tensors, *([move(item) for item in items] for items in along))


class Theirs:
    """The reference on the value sets of one case."""

    def __init__(
        self,
        function: Callable[..., Any],
        case: Case,
        device: str = "cpu",
        levels: Collection[str] = COMPUTED,
    ) -> None:
        self._function, self.case, self._device = function, case, device
        self.asked = frozenset(levels)
        self.elements = max((stack[0].size for stack in case.tensors), default=0)
        self._outcomes: dict[int, tuple[Any, Exception | None]] = {}
        self._operations: dict[int, frozenset[str]] = {}
        self._changes: dict[tuple[int, Any], list[np.ndarray]] = {}  # by value set and kind of perturbation
        self.may_batch: list[bool] = []  # whether torch.vmap gives the function's own results; empty until tried
        self.rounds_inside: list[bool] = []  # whether it computes in float32 if given float64; empty until tried

    def of(self, case: Case) -> "Theirs":
        """Return the reference on other value sets of the same layout."""
        theirs = Theirs(self._function, case, self._device, self.asked)
        theirs.may_batch, theirs.rounds_inside = self.may_batch, self.rounds_inside
        return theirs

    def call(self, row: int) -> Any:
        """Return the reference's result for one value set, as it is."""
        return self._called([torch_side.tensor(item, self._device) for item in self.case.row(row)], "plain")

    def raises(self, row: int) -> Exception | None:
        """Return the exception that the reference raises for one value set, or None."""
        return self._outcome(row)[1]

    def outputs(self, row: int) -> list[np.ndarray]:
        """Return the leaves of the reference's result for one value set; none if it raises."""
        return self._outcome(row)[0] or []

    def _outcome(self, row: int) -> tuple[Any, Exception | None]:
        if row not in self._outcomes:
            found = outcome(lambda: list(map(torch_side.numpy, torch_side.leaves(self.call(row)))))
            torch_side.refuse_lost_device(found[1])
            self._outcomes[row] = found
        return self._outcomes[row]

    def is_random(self, rows: Sequence[int]) -> bool:
        """Return whether a second call with the same inputs gives a result that differs by more than rounding.

        Rounding alone may differ: sums on a GPU run in another order each time.
        """
        again = self.of(self.case)
        return any(
            one.shape != other.shape or bool((distance(one, other) > 1e-3 * np.abs(one).astype(np.float64)).any())
            for row in rows
            for one, other in zip(self.outputs(row), again.outputs(row), strict=False)
        )

    def without_gradient(self) -> dict[int, str]:
        """Return the tensors that PyTorch cannot differentiate the function for, each with PyTorch's reason."""
        movable = self.case.movable
        row = next((row for row in range(self.case.sets) if self.raises(row) is None), None)
        if row is None or not movable:
            return {}
        call = self._differentiable(
            lambda tensors: torch_side.leaves(self._called(tensors, "plain")), self.own([row], "plain").one(0)
        )
        return {movable[at]: why for at, why in torch_side.without_gradient(call.function, call.inputs).items()}

    def operations(self, row: int) -> frozenset[str]:
        """Return the names of PyTorch's operations that a call runs."""
        if row not in self._operations:
            self._operations[row] = outcome(lambda: torch_side.operations(lambda: self.call(row)))[0] or frozenset()
        return self._operations[row]

    def moved_by(self, row: int) -> list[np.ndarray]:
        """Return the largest change of each result when each matrix is perturbed by rounding relative to its norm.

        A backward stable algorithm, such as LAPACK's, may lose as much. Near a singular matrix that is a lot.
        """
        return self._largest_change(row, _off_by_rounding)

    def size_of_terms(self, row: int) -> list[np.ndarray]:
        """Return the size of the terms that may cancel in each result, measured with random signs of the inputs."""
        changes = self._largest_change(row, _with_other_signs)
        return [size + np.abs(item) for size, item in zip(changes, self.outputs(row), strict=True)]

    def _largest_change(
        self, row: int, change: Callable[[np.ndarray, np.random.Generator], np.ndarray]
    ) -> list[np.ndarray]:
        """Return the largest change of each result over a few runs on perturbed inputs."""
        if (row, change) not in self._changes:
            self._changes[row, change] = self._changed(row, change)
        return self._changes[row, change]

    def _changed(self, row: int, change: Callable[[np.ndarray, np.random.Generator], np.ndarray]) -> list[np.ndarray]:
        rng = np.random.default_rng(self.case.seed)
        sets = [[change(item, rng) if is_inexact(item) else item for item in self.case.row(row)] for _ in range(_RUNS)]
        others = self.of(self.case.like_row(row, sets))
        own, runs = self.outputs(row), [others.outputs(at) for at in range(_RUNS)]
        alike = [run for run in runs if [item.shape for item in run] == [item.shape for item in own]]
        return [
            np.max([distance(run[leaf], item) for run in alike], 0, initial=0.0) if alike else np.zeros(item.shape)
            for leaf, item in enumerate(own)
        ]

    def _called(self, tensors: Sequence[Any], precision: str) -> Any:
        to = TO[precision]
        args, kwargs = self.case.theirs.filled(tensors, lambda named: torch_side.dtype(to.get(named.name, named.name)))
        with torch_side.threads_for(self.elements):
            return self._function(*args, **kwargs)

    # How the reference is run

    def directions(self, rows: Sequence[int]) -> _Directions:
        """Return the stacked cotangents and tangents of the value sets."""
        if self.asked <= {"value"}:
            return [], []
        of_results = [cotangents(self.case, row, self.outputs(row)) for row in rows]
        of_tensors = [tangents(self.case, row, self.case.row(row)) for row in rows]
        return tuple([np.stack(items) for items in zip(*found, strict=True)] for found in (of_results, of_tensors))

    def own(self, rows: Sequence[int], precision: str) -> Batch:
        """Return the case's own value sets in a precision."""
        return batch_of(len(rows), precision, self.case.stacks(rows), self.directions(rows))

    def try_batch(self, batch: Batch, first: Results) -> None:
        """Set `may_batch`: whether torch.vmap and separate calls give the same results, by the first value set."""
        together, error = outcome(lambda: self._together(batch, "float64"))
        self.may_batch[:] = [error is None and is_close(first, together[0])]

    def evaluated(self, batch: Batch, precision: str) -> list[Results]:
        """Return the results of a batch for each value set, in one call where torch.vmap is known to be right."""
        return self._together(batch, precision) if any(self.may_batch) else self.one_by_one(batch, precision)

    def one_by_one(self, batch: Batch, precision: str, levels: Collection[str] | None = None) -> list[Results]:
        """Return the results of a batch, with one call per value set."""

        def function(tensors: Sequence[Any]) -> list[Any]:
            return torch_side.leaves(self._called(tensors, precision))

        calls = [self._differentiable(function, batch.one(at)) for at in range(batch.count)]
        with torch_side.threads_for(self.elements):
            return [*torch_side.derivatives(calls, self.asked if levels is None else levels)]

    def _together(self, batch: Batch, precision: str) -> list[Results]:
        """Return what `one_by_one` returns, with one torch.vmap call for many value sets."""

        def function(tensors: Sequence[Any]) -> list[Any]:
            return torch_side.batched(lambda *items: torch_side.leaves(self._called(items, precision)))(*tensors)

        found: list[Results] = []
        most = max(_MOST_ELEMENTS // max(self.elements, 1), 1)
        for start in range(0, batch.count, most):
            some = batch.some(start, start + most)
            with torch_side.threads_for(self.elements):
                results = torch_side.derivatives([self._differentiable(function, some)], self.asked)[0]
            found += unstacked(results, some.count)
        return found

    def _differentiable(self, function: Callable[[Sequence[Any]], list[Any]], batch: Batch) -> torch_side.Call:
        movable = self.case.movable
        tensors, along, toward = (
            [torch_side.tensor(item, self._device) for item in items]
            for items in (batch.tensors, batch.cotangents, batch.tangents)
        )

        def of(*moving: Any) -> list[Any]:
            return function(replaced(tensors, movable, moving))

        return torch_side.Call(of, [tensors[place] for place in movable], along, toward)


_MOST_ELEMENTS = 2**21
_RUNS = 16  # perturbed runs: near a change of rank, about half of them have the other rank


def _off_by_rounding(item: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    axes = (-2, -1) if item.ndim > 1 else None
    norm = np.sqrt((np.abs(item.astype(np.complex128)) ** 2).sum(axes, keepdims=True))
    size = 2 * PRECISION[part_of(str(item.dtype))].eps * norm
    return (item + size * rng.uniform(-1, 1, item.shape)).astype(item.dtype)


def _with_other_signs(item: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    return (item * rng.choice([-1, 1], item.shape)).astype(item.dtype)


def stacked(each: Sequence[Results]) -> Results:
    """Return the results of several value sets, stacked along a new first axis."""
    return {
        level: items if isinstance(items, str) else list(map(np.stack, zip(*(one[level] for one in each), strict=True)))
        for level, items in each[0].items()
    }


def unstacked(stacked: Results, count: int) -> list[Results]:
    """Split stacked results along their first axis, one per value set."""
    return [
        {
            level: items if isinstance(items, str) else [np.asarray(item[at]) for item in items]
            for level, items in stacked.items()
        }
        for at in range(count)
    ]


def is_close(one: Results, other: Results) -> bool:
    """Return whether two runs in float64 gave equal results, up to summation order."""
    if one.keys() != other.keys():
        return False
    return all(_are_close(one[level], other[level]) for level in one)


def _are_close(ones: Any, others: Any) -> bool:
    if isinstance(ones, str) or isinstance(others, str) or len(ones) != len(others):
        return isinstance(ones, str) and isinstance(others, str)
    largest = max(map(_largest, ones), default=0.0)
    return all(_is_same(one, other, largest) for one, other in zip(ones, others, strict=True))


def _is_same(one: np.ndarray, other: np.ndarray, largest: float) -> bool:
    if (one.shape, one.dtype) != (other.shape, other.dtype):
        return False
    # a batched kernel may sum in another order; anything less close is run one by one, which is always right
    loss = 1e-9 * _largest(one) + _SUMMED * largest
    return np.allclose(other, one, rtol=1e-9, atol=loss, equal_nan=True)


_SUMMED = 64 * 2.0**-52  # of the largest derivative: the residue where terms cancel for another argument


def _largest(array: np.ndarray) -> float:
    return float(np.abs(array[np.isfinite(array)]).max(initial=0))
