"""The reference of a case: its results as PyTorch gives them, the oracle's, and how large rounding may be.

As a user calls it, value set by value set, it is called once in the dtype at hand. The oracle and the many runs that
rounding is read off are batched by torch.vmap, where the function allows it.
"""

import functools
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from ..compare.arrays import PRECISION, is_inexact, part_of
from ..compare.consistency import contradicting_modes, contradicting_quotient
from ..compare.mask import is_moderate
from ..compare.tolerance import (
    Draw,
    Move,
    Results,
    computes_in_float32,
    noise_scale,
    of_float32,
    rounding_of,
    rounding_scale,
)
from ..report.model import COMPUTED
from . import noise as torch_noise
from . import torch_side
from .case import Case
from .directions import cotangents, tangents
from .outcome import outcome

# what each dtype becomes in a precision: as it is, in the oracle's, and in the one whose rounding stands for float64's
TO: Mapping[str, Mapping[str, str]] = {
    "plain": {},
    "float64": {"float16": "float64", "bfloat16": "float64", "float32": "float64", "complex64": "complex128"},
    "float32": {"float64": "float32", "complex128": "complex64"},
}


@dataclass(frozen=True)
class Reference:
    """The reference's results for one value set: at the working precision, and the oracle's, in float64.

    Where there is no oracle, for the function does not run in float64 or is another one there, its own results stand
    in the oracle's place.
    """

    plain: Results
    wide: Results
    has_oracle: bool
    is_another: bool = False  # in float64, by more than rounding
    has_branch: bool = False  # its first derivative is another with create_graph=True


def replaced(tensors: Sequence[Any], places: Sequence[int], items: Sequence[Any]) -> list[Any]:
    """Return the tensors with others in some places."""
    placed = list(tensors)
    for place, item in zip(places, items, strict=True):
        placed[place] = item
    return placed


@dataclass(frozen=True)
class _Batch:
    """Value sets in one precision, stacked, and what their derivatives are taken along."""

    count: int
    tensors: list[np.ndarray]
    cotangents: list[np.ndarray]
    tangents: list[np.ndarray]

    def some(self, start: int, stop: int) -> "_Batch":
        """Return some of the value sets."""
        count = min(stop, self.count) - start
        return _Batch(count, *([item[start:stop] for item in items] for items in self._parts()))

    def one(self, at: int) -> "_Batch":
        """Return a single value set, not stacked."""
        return _Batch(1, *([np.asarray(item[at]) for item in items] for items in self._parts()))

    def and_others(self, others: Sequence["_Batch"]) -> "_Batch":
        """Return the value sets of several batches, one after the other."""
        batches = [self, *others]
        parts = zip(*(batch._parts() for batch in batches), strict=True)
        joined = [[np.concatenate(items) for items in zip(*each, strict=True)] for each in parts]
        return _Batch(sum(batch.count for batch in batches), *joined)

    def _parts(self) -> tuple[list[np.ndarray], ...]:
        return self.tensors, self.cotangents, self.tangents


_Directions = tuple[list[np.ndarray], ...]


def _batch(
    count: int,
    precision: str,
    stacks: Sequence[np.ndarray],
    along: _Directions,
    move: Move = lambda direction: direction,
) -> _Batch:
    """Return value sets in a precision, and their directions, moved."""
    to = TO[precision]
    tensors = [item.astype(to.get(str(item.dtype), item.dtype), copy=False) for item in stacks]
    return _Batch(count, tensors, *([move(item) for item in items] for items in along))


class Theirs:
    """The reference on the value sets of one case."""

    def __init__(
        self,
        function: Callable[..., Any],
        case: Case,
        device: str = "cpu",
        levels: Collection[str] = COMPUTED,
    ) -> None:
        self._function, self._case, self._device = function, case, device
        self._asked = frozenset(levels)
        self._elements = max((stack[0].size for stack in case.tensors), default=0)
        self._outcomes: dict[int, tuple[Any, Exception | None]] = {}
        self._known: dict[int, Reference] = {}
        self._scales: dict[bool, dict[int, Results]] = {False: {}, True: {}}
        self._open: dict[int, list[np.ndarray]] = {}
        self._rounds_inside: list[bool] = []  # whether a function of float64 computes in float32, once that was tried
        self._operations: dict[int, frozenset[str]] = {}
        self._may_batch: list[bool] = []  # whether torch.vmap gives what the function gives, once that was tried

    def of(self, case: Case) -> "Theirs":
        """Return the reference on other value sets of the same layout."""
        theirs = Theirs(self._function, case, self._device, self._asked)
        theirs._may_batch, theirs._rounds_inside = self._may_batch, self._rounds_inside
        return theirs

    def known(self, row: int) -> Reference | None:
        """Return the results for a value set if they were computed already, else None."""
        return self._known.get(row)

    def call(self, row: int) -> Any:
        """Return what the reference gives for one value set, as it is."""
        return self._called([torch_side.tensor(item, self._device) for item in self._case.row(row)], "plain")

    def raises(self, row: int) -> Exception | None:
        """Return what the reference raises for one value set."""
        return self._outcome(row)[1]

    def outputs(self, row: int) -> list[np.ndarray]:
        """Return the leaves of what the reference gives for one value set; none where it raises."""
        return self._outcome(row)[0] or []

    def _outcome(self, row: int) -> tuple[Any, Exception | None]:
        if row not in self._outcomes:
            found = outcome(lambda: list(map(torch_side.numpy, torch_side.leaves(self.call(row)))))
            torch_side.refuse_lost_device(found[1])
            self._outcomes[row] = found
        return self._outcomes[row]

    def results(self, rows: Sequence[int]) -> dict[int, Reference]:
        """Return the reference's results for some value sets, none of which raises."""
        alike: dict[Any, list[int]] = {}
        for row in (row for row in rows if row not in self._known):  # the shape of a result may depend on values
            alike.setdefault(tuple(item.shape for item in self.outputs(row)), []).append(row)
        for some in alike.values():
            self._known |= self._results(some)
        return {row: self._known[row] for row in rows}

    def _results(self, rows: Sequence[int]) -> dict[int, Reference]:
        plain = self._one_by_one(self._own(rows, "plain"), "plain", {*self._asked, torch_side.WITH_GRAPH})
        branches = [_has_branch(each) for each in plain]
        plain: list[Results] = [
            {level: each[level] for level in each if level != torch_side.WITH_GRAPH} for each in plain
        ]
        wide, error = outcome(lambda: self._oracle(rows, plain))
        # whatever keeps it from running in float64, for all or for some of the value sets: the report says it
        each = (
            [(each, None) for each in wide]
            if error is None
            else [
                outcome(lambda row=row, own=own: self._oracle([row], [own])[0])
                for row, own in zip(rows, plain, strict=True)
            ]
        )
        found = {
            row: Reference(own, own if failed else other, failed is None, has_branch=branch)
            for row, own, (other, failed), branch in zip(rows, plain, each, branches, strict=True)
        }
        return found | self._of_another_function(found)

    def _of_another_function(self, found: Mapping[int, Reference]) -> dict[int, Reference]:
        """Return the value sets for which the oracle is another function: it parts from the reference beyond rounding.

        A default that is read off the dtype (an eps of `torch.finfo(x.dtype).eps`) is another number in float64.
        """
        doubtful = [
            row
            for row, each in found.items()
            # an overflow on the way is no other function
            if each.has_oracle and _parts_visibly(each) and is_moderate(self._case.row(row), each.wide["value"])
        ]
        tried = [*{self._case.strata[row]: row for row in reversed(doubtful)}.values()][:_MOST_TRIED]
        self._known |= {row: found[row] for row in tried}
        noise = [outcome(lambda row=row: self._noise([row])[0])[0] for row in tried]
        if not any(scale and _parts_beyond(found[row], scale) for row, scale in zip(tried, noise, strict=True)):
            return {}
        return {row: replace(found[row], wide=found[row].plain, has_oracle=False, is_another=True) for row in doubtful}

    def without_gradient(self) -> dict[int, str]:
        """Return the tensors that PyTorch does not differentiate the function for, each with the reason it gives."""
        movable = self._case.movable
        row = next((row for row in range(self._case.sets) if self.raises(row) is None), None)
        if row is None or not movable:
            return {}
        call = self._differentiable(
            lambda tensors: torch_side.leaves(self._called(tensors, "plain")), self._own([row], "plain").one(0)
        )
        return {movable[at]: why for at, why in torch_side.without_gradient(call.function, call.inputs).items()}

    def operations(self, row: int) -> frozenset[str]:
        """Return the names of PyTorch's operations that a call computes."""
        if row not in self._operations:
            self._operations[row] = outcome(lambda: torch_side.operations(lambda: self.call(row)))[0] or frozenset()
        return self._operations[row]

    def contradiction(self, level: str, row: int) -> str:
        """Return how the reference's derivatives contradict one another at a value set, "" where they agree.

        Forward mode is held to reverse mode, and a second derivative to the difference quotient of the first.
        """
        reference = self._known[row]
        batch = self._own([row], "float64" if reference.has_oracle else "plain")
        if level == "jvp":
            return self._contradicting_modes(reference.wide, batch)
        if level != "hvp":
            return ""
        found, _ = outcome(
            lambda: contradicting_quotient(reference.wide, batch.tangents, lambda step: self._gradient(batch, step))
        )
        return found or ""  # a moved value set may be one that the reference refuses

    def _contradicting_modes(self, wide: Results, batch: _Batch) -> str:
        if isinstance(wide.get("jvp", ""), str) or isinstance(wide.get("vjp", ""), str):
            return ""
        # of the signs of the tangents, so that no term of their product cancels another
        forward = iter(wide["jvp"])
        signs = [np.sign(np.real(next(forward))) if is_inexact(value) else 1 for value in wide["value"]]
        along = [
            np.asarray(np.abs(item) * np.where(sign == 0, 1, sign)).astype(item.dtype)
            for item, sign in zip(batch.cotangents, signs, strict=True)
        ]
        moved = _Batch(1, batch.tensors, along, batch.tangents)
        again = self._one_by_one(moved, _precision_of(batch.tensors), {"vjp"})[0]
        return contradicting_modes({**wide, "vjp": again["vjp"]}, along, batch.tangents)

    def _gradient(self, batch: _Batch, step: float) -> Results:
        """Return the first derivative where the tensors are moved along their tangents."""
        movable = self._case.movable
        pairs = [(batch.tensors[at], tangent) for at, tangent in zip(movable, batch.tangents, strict=True)]
        moved = [np.asarray(item + step * tangent).astype(item.dtype) for item, tangent in pairs]
        tensors = replaced(batch.tensors, movable, moved)
        return self._one_by_one(_Batch(1, tensors, batch.cotangents, batch.tangents), _precision_of(tensors), {"vjp"})[
            0
        ]

    def scale_at(self, level: str, row: int, noisy: bool = False) -> list[np.ndarray]:
        """Return the scale that rounding is relative to, for each element of what a level compares of a value set.

        `noisy`: with what every operation inside of the reference may lose. Value sets that can be are measured
        together, once one of them is asked for.
        """
        plain = self._known[row].plain[level]
        # forward mode gives a tangent for results without one, too, and that is not compared
        pairs = zip(self._scale(row, noisy)[level], plain, strict=True)
        return [scale for scale, of in pairs if level != "jvp" or is_inexact(of)]

    def _scale(self, row: int, noisy: bool = False) -> Results:
        kept = self._scales[noisy]
        if row not in kept:
            rows = self._measured_with(row, kept)
            measured, error = outcome(lambda: self._measured(rows, noisy))
            if error is not None:  # a value set that is moved may be one that the reference refuses
                rows, measured = [row], [self._measured_alone(row, noisy)]
            kept.update(zip(rows, measured, strict=True))
        return kept[row]

    def _measured_with(self, row: int, kept: Collection[int]) -> list[int]:
        """Return the rows whose rounding is measured in one batch with that of a row, itself first."""
        if not self._is_batched(row):
            return [row]
        kinds = _kinds(self._known[row])
        alike = (other for other, reference in self._known.items() if _kinds(reference) == kinds)
        most = max(_MOST_MEASURED // max(self._elements, 1), 1)
        return [row, *(other for other in alike if other != row and other not in kept)][:most]

    def open_at(self, row: int) -> list[np.ndarray]:
        """Return for each result of a value set where rounding decides whether it is NaN, infinite or a number.

        It is so where the reference in two precisions, or in runs whose every operation rounds by chance, has both.
        """
        if row not in self._open:
            rows = self._measured_with(row, self._open)
            found, error = outcome(lambda: self._open_in(rows))
            if error is not None:  # whatever keeps a reference from running so
                rows, found = [row], [[np.zeros(item.shape, bool) for item in self._known[row].plain["value"]]]
            self._open.update(zip(rows, found, strict=True))
        return self._open[row]

    def _open_in(self, rows: Sequence[int]) -> list[list[np.ndarray]]:
        plain, wide = (_stacked([getattr(self._known[row], side) for row in rows]) for side in ("plain", "wide"))
        step, digits = rounding_of(self._stacks(rows), plain)
        # some kernels' own steps give NaN where the kernel does not: that is no rounding
        exact = self._rounded(rows, 0.0, digits, 1) * _RUNS
        pairs = [(plain, wide), *zip(exact, self._rounded(rows, step, digits, _RUNS), strict=True)]
        masks = [
            np.logical_or.reduce(
                [_kind_of(one["value"][leaf]) != _kind_of(other["value"][leaf]) for one, other in pairs]
            )
            for leaf in range(len(plain["value"]))
        ]
        return [[mask[at] for mask in masks] for at in range(len(rows))]

    def _rounded(self, rows: Sequence[int], step: float, digits: str, count: int) -> list[Results]:
        """Return the results of so many runs in which every operation rounds by chance, by up to `step`."""
        stacks, widest = self._stacks(rows), "float64" if self._known[rows[0]].has_oracle else "plain"
        with torch_noise.Rounded(step, torch_side.dtype(digits), self._case.seed):
            return self._drawn(rows, [(stacks, "float64", lambda direction: direction)] * count, widest)

    def _measured_alone(self, row: int, noisy: bool) -> Results:
        measured, error = outcome(lambda: self._measured([row], noisy)[0])
        unknown = {
            level: [np.zeros(item.shape) for item in items]
            for level, items in self._known[row].wide.items()
            if not isinstance(items, str)
        }
        return measured if error is None else unknown

    def _called(self, tensors: Sequence[Any], precision: str) -> Any:
        to = TO[precision]
        args, kwargs = self._case.theirs.filled(tensors, lambda named: torch_side.dtype(to.get(named.name, named.name)))
        with torch_side.threads_for(self._elements):
            return self._function(*args, **kwargs)

    # How large rounding may be.

    def _measured(self, rows: Sequence[int], noisy: bool) -> list[Results]:
        stacks, widest = self._stacks(rows), "float64" if self._known[rows[0]].has_oracle else "plain"
        plain, wide = (_stacked([getattr(self._known[row], side) for row in rows]) for side in ("plain", "wide"))
        if not noisy:

            def evaluate_draws(draws: Iterable[Draw]) -> list[Results]:
                return self._drawn(rows, draws, widest)

            scale = rounding_scale(evaluate_draws, stacks, plain, wide, [self._case.seed])
            return _unstacked(of_float32(scale, wide) if self._is_of_float32() else scale, len(rows))

        first = [self._scale(row) for row in rows]
        noise, error = outcome(lambda: self._noise(rows))
        if error is not None:  # whatever keeps a reference from running so
            return first
        return [
            {level: list(map(_larger, one[level], other[level])) for level in one}
            for one, other in zip(first, noise, strict=True)
        ]

    def _noise(self, rows: Sequence[int]) -> list[Results]:
        """Return what every operation of the reference may lose, whatever it does lose."""
        stacks, evaluate = self._stacks(rows), functools.partial(self._rounded, rows)
        plain, wide = (_stacked([getattr(self._known[row], side) for row in rows]) for side in ("plain", "wide"))
        if self._is_of_float32():
            return _unstacked(of_float32(noise_scale(evaluate, stacks, plain, wide, "float32"), wide), len(rows))
        return _unstacked(noise_scale(evaluate, stacks, plain, wide), len(rows))

    def _is_of_float32(self) -> bool:
        """Return whether the function is given float64 and computes in float32 inside."""
        if not self._rounds_inside:
            is_wide = any(str(stack.dtype) in TO["float32"] for stack in self._case.tensors)
            found = outcome(self._computes_in_float32)[0] if is_wide else False
            self._rounds_inside.append(bool(found))
        return self._rounds_inside[0]

    def _computes_in_float32(self) -> bool:
        kinds: dict[str, list[int]] = {}
        for row, reference in self._known.items():
            kinds.setdefault(repr(_kinds(reference)), []).append(row)
        rows = max(kinds.values(), key=len)[:_MOST_ON_LINES]
        wide = _stacked([self._known[row].wide for row in rows])
        return computes_in_float32(
            lambda draws: self._drawn(rows, draws, "plain"), self._stacks(rows), wide, [self._case.seed]
        )

    def _drawn(self, rows: Sequence[int], draws: Iterable[Draw], widest: str) -> list[Results]:
        """Return the results of each draw, stacked by value sets; of large ones a single draw is held at a time.

        `widest` is the precision in the place of float64.
        """
        if len(rows) * sum(stack[0].size for stack in self._case.tensors) <= _MOST_HELD:
            return self._drawn_together(rows, [*draws], widest)
        return [self._drawn_together(rows, [draw], widest)[0] for draw in draws]

    def _drawn_together(self, rows: Sequence[int], draws: Sequence[Draw], widest: str) -> list[Results]:
        """Return the results of each draw; those of one precision are computed in one go."""
        draws = [(stacks, widest if precision == "float64" else precision, move) for stacks, precision, move in draws]
        found: dict[int, Results] = {}
        along = self._directions(rows)
        for precision in dict.fromkeys(precision for _, precision, _ in draws):
            places = [at for at, draw in enumerate(draws) if draw[1] == precision]
            first, *others = [_batch(len(rows), precision, draws[at][0], along, draws[at][2]) for at in places]
            each = self._all(first.and_others(others), precision)
            for order, at in enumerate(places):
                found[at] = _stacked(each[order * len(rows) :][: len(rows)])
        return [found[at] for at in range(len(draws))]

    # How it is computed.

    def _stacks(self, rows: Sequence[int]) -> list[np.ndarray]:
        return self._case.stacks(rows)

    def _directions(self, rows: Sequence[int]) -> _Directions:
        """Return what the value sets' derivatives are taken along, stacked: cotangents and tangents."""
        if self._asked <= {"value"}:
            return [], []
        of_results = [cotangents(self._case, row, self.outputs(row)) for row in rows]
        of_tensors = [tangents(self._case, row, self._case.row(row)) for row in rows]
        return tuple([np.stack(items) for items in zip(*found, strict=True)] for found in (of_results, of_tensors))

    def _own(self, rows: Sequence[int], precision: str) -> _Batch:
        """Return the case's own value sets in a precision."""
        return _batch(len(rows), precision, self._stacks(rows), self._directions(rows))

    def _oracle(self, rows: Sequence[int], plain: list[Results]) -> list[Results]:
        if not any(str(stack.dtype) in TO["float64"] for stack in self._case.tensors):
            return plain
        batch = self._own(rows, "float64")
        if not self._may_batch:
            self._try_batch(batch, self._one_by_one(batch.some(0, 1), "float64")[0])
        wide = self._all(batch, "float64")
        if any(self._may_batch):
            # torch.vmap gives some functions' first row right and the others wrong
            doubtful = [at for at in range(len(rows)) if _parts_visibly(Reference(plain[at], wide[at], True))]
            alone = {at: self._one_by_one(batch.some(at, at + 1), "float64")[0] for at in doubtful}
            if not all(_is_close(one, wide[at]) for at, one in alone.items()):
                self._may_batch[:] = [False]
                return self._one_by_one(batch, "float64")
        return wide

    def _is_batched(self, row: int) -> bool:
        if not self._may_batch:
            self._try_batch(self._own([row], "float64"), self._known[row].wide)
        return self._may_batch[0]

    def _try_batch(self, batch: _Batch, first: Results) -> None:
        together, error = outcome(lambda: self._together(batch, "float64"))
        self._may_batch[:] = [error is None and _is_close(first, together[0])]

    def _all(self, batch: _Batch, precision: str) -> list[Results]:
        return self._together(batch, precision) if any(self._may_batch) else self._one_by_one(batch, precision)

    def _one_by_one(self, batch: _Batch, precision: str, levels: Collection[str] | None = None) -> list[Results]:
        def function(tensors: Sequence[Any]) -> list[Any]:
            return torch_side.leaves(self._called(tensors, precision))

        calls = [self._differentiable(function, batch.one(at)) for at in range(batch.count)]
        with torch_side.threads_for(self._elements):
            return [*torch_side.derivatives(calls, self._asked if levels is None else levels)]

    def _together(self, batch: _Batch, precision: str) -> list[Results]:
        """Return what `_one_by_one` returns, some of the value sets at a time in one call."""

        def function(tensors: Sequence[Any]) -> list[Any]:
            return torch_side.batched(lambda *items: torch_side.leaves(self._called(items, precision)))(*tensors)

        found: list[Results] = []
        most = max(_MOST_ELEMENTS // max(self._elements, 1), 1)
        for start in range(0, batch.count, most):
            some = batch.some(start, start + most)
            with torch_side.threads_for(self._elements):
                results = torch_side.derivatives([self._differentiable(function, some)], self._asked)[0]
            found += _unstacked(results, some.count)
        return found

    def _differentiable(self, function: Callable[[Sequence[Any]], list[Any]], batch: _Batch) -> torch_side.Call:
        movable = self._case.movable
        tensors, along, toward = (
            [torch_side.tensor(item, self._device) for item in items]
            for items in (batch.tensors, batch.cotangents, batch.tangents)
        )

        def of(*moving: Any) -> list[Any]:
            return function(replaced(tensors, movable, moving))

        return torch_side.Call(of, [tensors[place] for place in movable], along, toward)


_MOST_ELEMENTS = 2**21
_MOST_HELD = 2**20  # elements of the value sets whose draws are computed in one go
_RUNS = 2  # to see whether rounding decides between NaN and a number
_MOST_MEASURED = 2**20  # elements of the value sets whose rounding is measured together, each in some 12 runs
_MOST_ON_LINES = 24  # value sets that tell whether a function computes in float32 inside
_MOST_TRIED = 4  # value sets, each of another kind, on which the oracle is held to the reference


def _precision_of(tensors: Sequence[np.ndarray]) -> str:
    return "float64" if any(str(item.dtype) in ("float64", "complex128") for item in tensors) else "plain"


def _kind_of(array: np.ndarray) -> np.ndarray:
    """Return a number for each element: which it is of NaN, infinite, and finite."""
    if not is_inexact(array):
        return np.zeros(array.shape, int)
    wide = array.astype(np.complex128)
    return np.isnan(wide) + 2 * np.isposinf(wide.real) + 4 * np.isneginf(wide.real) + 8 * np.isinf(wide.imag)


def _larger(scale: np.ndarray, noise: np.ndarray) -> np.ndarray:
    """Return the larger of both; the scale where PyTorch's own decomposition gives a result of another shape."""
    return np.maximum(scale, noise) if scale.shape == noise.shape else scale


def _has_branch(plain: Results) -> bool:
    """Return whether the first derivative is another one with `create_graph=True`."""
    graph, own = plain.get(torch_side.WITH_GRAPH, ""), plain.get("vjp", "")
    if isinstance(graph, str) or isinstance(own, str):
        return False
    return not all(_are_alike(one, other, _HALF) for one, other in zip(graph, own, strict=True))


_HALF = 0.5  # of the digits


def _parts_visibly(reference: Reference) -> bool:
    """Return whether the oracle and the reference have less than half of their digits in common somewhere."""
    return not all(
        _are_alike(own, wide, _HALF)
        for level, items in reference.plain.items()
        if not isinstance(items, str) and not isinstance(reference.wide.get(level, ""), str)
        for own, wide in zip(items, reference.wide[level], strict=True)
    )


def _are_alike(own: np.ndarray, wide: np.ndarray, share: float) -> bool:
    """Return whether two arrays have a share of the first one's digits in common, beside the largest of them."""
    if own.shape != wide.shape:
        return False
    if not is_inexact(own):
        return bool(np.array_equal(own, wide))
    ones, others = (item.astype(np.complex128) for item in (own, wide))
    finite = np.isfinite(ones) & np.isfinite(others)
    size = np.maximum(np.abs(np.where(finite, ones, 0)), np.abs(np.where(finite, others, 0)))
    with np.errstate(invalid="ignore"):
        error = np.where(finite, np.abs(ones - others), 0)
    eps = PRECISION[part_of(str(own.dtype))].eps
    return bool((error <= eps**share * (size + eps**share * size.max(initial=0.0))).all())


def _parts_beyond(reference: Reference, scale: Results) -> bool:
    """Return whether the oracle parts from the reference's value by far more than rounding explains."""
    pairs = zip(reference.plain["value"], reference.wide["value"], scale["value"], strict=True)
    return any(_is_beyond(own, wide, size) for own, wide, size in pairs if is_inexact(own))


def _is_beyond(own: np.ndarray, wide: np.ndarray, scale: np.ndarray) -> bool:
    precision = PRECISION[part_of(str(own.dtype))]
    with np.errstate(invalid="ignore", over="ignore"):
        error = np.abs(own.astype(wide.dtype) - wide)
        allowed = precision.ulps * precision.eps * np.maximum(np.abs(wide), scale) + precision.flushed
        return bool((np.isfinite(error) & (error > _BEYOND * allowed)).any())


_BEYOND = 16  # times what rounding explains


def _kinds(reference: Reference) -> Any:
    return {
        level: items if isinstance(items, str) else [(item.shape, str(item.dtype)) for item in items]
        for level, items in reference.plain.items()
    } | {"has oracle": reference.has_oracle}


def _stacked(each: Sequence[Results]) -> Results:
    """Return the results of several value sets as one, whose arrays have the value sets first."""
    return {
        level: items if isinstance(items, str) else list(map(np.stack, zip(*(one[level] for one in each), strict=True)))
        for level, items in each[0].items()
    }


def _unstacked(stacked: Results, count: int) -> list[Results]:
    return [
        {
            level: items if isinstance(items, str) else [np.asarray(item[at]) for item in items]
            for level, items in stacked.items()
        }
        for at in range(count)
    ]


def _is_close(one: Results, other: Results) -> bool:
    """Return whether two runs in float64 gave the same."""
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
    # a batched kernel may sum in another order; what is less close than this is run one by one, which is never wrong
    loss = 1e-9 * _largest(one) + _SUMMED * largest
    return np.allclose(other, one, rtol=1e-9, atol=loss, equal_nan=True)


_SUMMED = 64 * 2.0**-52  # of the largest derivative: what is left where another argument's cancels


def _largest(array: np.ndarray) -> float:
    return float(np.abs(array[np.isfinite(array)]).max(initial=0))
