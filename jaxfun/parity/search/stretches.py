"""Find where two models diverge: compare each tap with its submodule, and run each stretch between taps separately.

A stretch is the part of the model between two taps. It starts from the module's own value at the tap before, so that an
error does not propagate into the next stretch. `taps_of` is the entry.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from ...core.errors import ArgumentValueError
from ..compare.arrays import Verdict
from ..report.model import Tap
from ..report.report import Report
from ..run import torch_modules, torch_side
from ..run.candidate import Sides
from ..run.case import Arguments, Case, Slot
from ..run.options import Options
from ..run.outcome import outcome
from ..run.places import Pair, SubmoduleResult, channels_last, paired
from ..run.port import Port
from ..run.taps import gathered, numbered
from .large import Deadline
from .verdicts import verdicts

# strata that are compared only if nothing differs at others: where NaN first occurs is not where the error is
_EXTREME = ("NaN", "infinity", "overflow", "overflow of a square")


def taps_of(
    port: Port,
    sides: Sides,
    terms: Options,
    asked: Sequence[str] | None,
    report: Report,
    deadline: Deadline,
) -> list[Tap]:
    """Return the comparison at each tap on the value sets of a case, in the order of execution.

    Raises: ArgumentValueError for a requested tap that does not exist.
    """
    both = _Both(port, sides, asked, report)
    rows = [row for row in range(sides.case.sets) if sides.theirs.raises(row) is None]
    if not both.pairs or not rows:
        return []
    calm = [row for row in rows if sides.case.strata[row] not in _EXTREME] or rows
    taps, worst = _compared(both, terms, calm)
    if report.failures and all(tap.ok for tap in taps) and calm != rows:
        taps, worst = _compared(both, terms, rows)
    if report.failures:
        return _Stretches(both, terms, worst).added_to(taps, report, deadline)
    # a place matched only by its parameters may be a wrong match: keep it only if it agrees
    return [tap for tap, pair in zip(taps, both.pairs, strict=True) if tap.ok or pair.is_marked]


class _Both:
    """Both models, with the values at each pair of matching places; both can also start from given values there."""

    def __init__(self, port: Port, sides: Sides, asked: Sequence[str] | None, report: Report) -> None:
        self.port, self.sides = port, sides
        names = sides.case.names[: len(port.state)]
        self._names = [*names, *[None] * (len(sides.case.tensors) - len(names))]
        known = torch_modules.submodules_of(port.torch_module)
        self._listened = [name for name in known if asked is None or name in asked]
        places = self._places()
        marked = list(numbered(place.name for place in places if place.name))
        for name in asked or ():
            if asked and name not in {tap.partition(" (")[0] for tap in marked}:
                raise ArgumentValueError(f'`parity.tap("{name}", x)` inside of `jax_function`', f"{marked or 'no tap'}")
        for name in marked:
            if name.partition(" (")[0] not in known:
                report.note(f"tap {name}: the module has no submodule of that name")
        self.pairs: list[Pair] = paired(places, self._heard(), torch_modules.layers_of(port.torch_module, port.kept))
        self.pairs = self._with_layouts() if self.pairs else []

    def _places(self) -> list[Any]:
        """Return the places in the candidate, with shapes as values; none if it raises."""
        found: list[Any] = []
        tensors = list(map(jnp.asarray, self.sides.case.row(0)))
        outcome(lambda: jax.eval_shape(lambda items: found.extend(self._run(items, {})[1]), tensors))
        return found

    def _heard(self) -> list[SubmoduleResult]:
        tensors = [torch_side.tensor(item) for item in self.sides.case.row(0)]
        heard, error = outcome(lambda: self._listen(tensors, self._listened, ())[1])
        return [] if error else [SubmoduleResult(name, tuple(item.shape), str(item.dtype)) for name, item in heard]

    def _run(self, tensors: Sequence[Any], given: Mapping[int, Any]) -> tuple[Any, list[Any]]:
        def function(*items: Any) -> Any:
            args, kwargs = self.sides.case.ours.filled(items, lambda dtype: dtype)
            return self.port.candidate(*args, **kwargs)

        return gathered(function, *tensors, given=given, names=self._names)

    def _listen(self, tensors: Sequence[Any], names: Sequence[str], given: Sequence[Any]) -> tuple[Any, list[Any]]:
        args, kwargs = self.sides.case.theirs.filled(tensors, lambda dtype: dtype)
        listener = torch_modules.Listener(names, given)
        with listener.over(self.port.torch_module):
            return self.port.reference(*args, **kwargs), listener.heard

    def ours(self, tensors: Sequence[Any], given: Sequence[Any] = ()) -> tuple[list[Any], list[Any]]:
        """Return the candidate's value at each pair, and its results; `given` replaces values at the pairs."""
        placed = {pair.ours: _as_jax(item, pair) for pair, item in zip(self.pairs, given, strict=False)}
        result, seen = self._run(tensors, placed)
        return [_as_torch(seen[pair.ours].value, pair) for pair in self.pairs], jax.tree.leaves(result)

    def _with_layouts(self) -> list[Pair]:
        """Return the pairs, with the layout in which JAX's value is nearer to PyTorch's, on one value set."""
        row = self.sides.case.row(0)
        found, error = outcome(lambda: (self.ours(row)[0], self.theirs([torch_side.tensor(item) for item in row])[0]))
        if error is not None:
            return self.pairs
        triples = zip(self.pairs, found[0], map(torch_side.numpy, found[1]), strict=True)
        return [pair._replace(is_channels_last=_is_channels_last(pair, *values)) for pair, *values in triples]

    def theirs(self, tensors: Sequence[Any], given: Sequence[Any] = ()) -> tuple[list[Any], list[Any]]:
        """Return the module's value at each pair, and its results; `given` replaces values at the pairs."""
        placed = dict(zip((pair.theirs for pair in self.pairs), given, strict=False))
        result, heard = self._listen(tensors, self._listened, [placed.get(at) for at in range(self._most + 1)])
        return [heard[pair.theirs][1] for pair in self.pairs], torch_side.leaves(result)

    @property
    def _most(self) -> int:
        return max(pair.theirs for pair in self.pairs)

    def case(self, rows: Sequence[int], more: Sequence[np.ndarray] = ()) -> Case:
        """Return some value sets as a case for functions of two tuples: all tensors, and `more` tensors."""
        case = self.sides.case
        stacks = (*case.stacks(rows), *(item[None] for item in more))
        first, second = range(len(case.tensors)), range(len(case.tensors), len(stacks))
        arguments = Arguments((tuple(map(Slot, first)), tuple(map(Slot, second))), {})
        return replace(
            case,
            tensors=stacks,
            ours=arguments,
            theirs=arguments,
            strata=tuple(case.strata[row] for row in rows),
            names=(*case.names, *(pair.name for pair in self.pairs)),
            numbers=tuple(map(case.number, rows)),
        )


def _as_torch(value: Any, pair: Pair) -> Any:
    return jnp.moveaxis(value, -1, 1) if pair.is_channels_last else value


def _as_jax(value: Any, pair: Pair) -> Any:
    return jnp.moveaxis(value, 1, -1) if pair.is_channels_last else value


def _is_channels_last(pair: Pair, ours: Any, theirs: np.ndarray) -> bool:
    """Return whether a value agrees better with its channels moved. A tap of the user's own stays as it is."""
    if pair.is_marked or theirs.ndim < 3 or np.shape(ours) != channels_last(theirs.shape):
        return False
    moved = np.moveaxis(np.asarray(ours), -1, 1)
    return np.shape(ours) != theirs.shape or _distance(moved, theirs) < _distance(np.asarray(ours), theirs)


def _distance(ours: np.ndarray, theirs: np.ndarray) -> float:
    with np.errstate(all="ignore"):
        return float(np.nansum(np.abs(ours - theirs)))


def _compared(both: _Both, terms: Options, rows: Sequence[int]) -> tuple[list[Tap], int]:
    """Return each tap over some value sets, and the first value set in which a tap differs."""

    def candidate(tensors: Any, more: Any) -> list[Any]:
        return both.ours(tensors)[0]

    def reference(tensors: Any, more: Any) -> list[Any]:
        return both.theirs(tensors)[0]

    sides = Sides(candidate, reference, both.case(rows), terms.device, {"value"})
    taps, worst = [Tap(pair.name) for pair in both.pairs], [*rows[:1]]
    stacks = sides.ours({"value"})["value"]
    for at, found in sides.oracle.results(range(len(rows))).items():
        parts = [stack[at] for stack in stacks]
        judged = verdicts(sides, terms, at, "value", parts, measured=True)
        if len(judged) != len(taps):
            continue
        for number, verdict in enumerate(judged):
            part, target = parts[number], found.plain["value"][number]
            taps[number] = taps[number].with_verdict(both.port.held(verdict, part, target), part, target)
        if not all(tap.ok for tap in taps):
            worst.append(rows[at])
    return taps, worst[1] if worst[1:] else worst[0]


class _Stretches:
    """Runs each stretch between taps from the module's own values, on one value set.

    All stretches are one function of the tensors, the values given at the taps, and a mask that chooses results: those
    at the taps, and last the model's.
    """

    def __init__(self, both: _Both, terms: Options, row: int) -> None:
        self._both, self._terms, self._count = both, terms, len(both.pairs)
        given, _ = both.theirs([torch_side.tensor(item) for item in both.sides.case.row(row)])
        self._given = [torch_side.numpy(item) for item in given]
        self._row = row
        case = self._case(range(self._count + 1))
        self._sides = Sides(self._ours, self._theirs, case, terms.device, _LEVELS, explains=True)

    def added_to(self, taps: Sequence[Tap], report: Report, deadline: Deadline) -> list[Tap]:
        """Return the taps with their stretches' own errors, plus one for the result if its stretch is wrong.

        Gradients take one run per tap. Those for which no time is left are left out.
        """
        alone = self._verdicts(range(self._count + 1), "value")
        rest = next((verdict for verdict in alone[self._count :] if not verdict.ok), Verdict())
        every = [*zip(taps, alone, strict=False), (Tap(RESULT, rest.kind, 1), rest)]
        found = [replace(tap, is_alone=True, alone=verdict.kind) for tap, verdict in every]
        if any(item.level in ("vjp", "hvp", "jvp") for item in report.failures):
            for at, tap in enumerate(found):
                if not deadline.has(1.0):
                    deadline.left(f"the gradients of the stretches after the first {at} of {len(found)} taps")
                    break
                found[at] = tap if tap.alone else self._with_gradient(tap, at)
        return found if found[-1].is_divergence else found[:-1]

    def _with_gradient(self, tap: Tap, at: int) -> Tap:
        names = [self._sides.case.names[place] for place in self._sides.case.movable]
        judged = self._verdicts([at], "vjp")
        wrong = [name for name, verdict in zip(names, judged, strict=False) if not verdict.ok]
        return replace(tap, gradients=tuple(wrong))

    def _verdicts(self, chosen: Sequence[int], level: str) -> list[Verdict]:
        sides = self._sides.of(self._case(chosen))
        found, error = outcome(lambda: (sides.ours({level})[level], sides.oracle.results([0])[0]))
        if error is not None or isinstance(found[1].plain[level], str):
            return []
        parts = [item[0] for item in found[0]]
        judged = verdicts(sides, self._terms, 0, level, parts)
        return [self._both.port.held(*item) for item in zip(judged, parts, found[1].plain[level], strict=False)]

    def _case(self, chosen: Sequence[int]) -> Case:
        choice = np.isin(np.arange(self._count + 1), [*chosen])
        return self._both.case([self._row], [*self._given, choice])

    def _ours(self, tensors: Any, more: Any) -> list[Any]:
        *given, choice = more
        at_taps, results = self._both.ours(tensors, given)
        return [jnp.where(choice[min(at, self._count)], item, 0) for at, item in enumerate([*at_taps, *results])]

    def _theirs(self, tensors: Any, more: Any) -> list[Any]:
        *given, choice = more
        at_taps, results = self._both.theirs(tensors, given)
        items = enumerate([*at_taps, *results])
        return [torch_modules.chosen(item, choice[min(at, self._count)]) for at, item in items]


RESULT = "(the result)"
_LEVELS = ("value", "vjp")
