"""Each call of a port alone, on its own inputs in the model, beside PyTorch. Begin with `judge_calls`.

Calls that are alike (of one operator, with equal arguments and shapes) are judged together: each is a value set of one
case of the parity engine.
"""

import dataclasses
import functools
import itertools
import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from ...ops import records_of
from ...parity.known.difference import Held
from ...parity.known.lookup import held
from ...parity.report.model import Mismatch
from ...parity.run import torch_side
from ...parity.run.candidate import Sides
from ...parity.run.case import Arguments, Case, Slot
from ...parity.run.compiling import compiled_fast
from ...parity.run.options import Options
from ...parity.run.outcome import outcome
from ...parity.search.judge import judge
from ...parity.search.verdicts import first_line
from ..plan import Call
from ..rules import key_of, public_call
from ..run import Runner, Values, filled, names_in, parted
from .data import AGREES, DIFFERS, LEFT, CallProof, Fault
from .faults import FAULTS, Planted
from .nearness import error_of, is_near
from .recorded import first_of, kept
from .reference import slots
from .subject import Subject

_ALONE = Options(frozenset(("value", "vjp")), exact=False, plants=False, alone=False)
_SHARE = 0.6  # of the time limit


def judge_calls(subject: Subject) -> tuple[list[CallProof], list[Fault]]:
    """Return the proof of each call, and the faults that were planted in some of them."""
    return _Calls(subject).judged()


class _Calls:
    """The values of all calls in one run of the port (`ours`) and one of PyTorch (`theirs`)."""

    def __init__(self, subject: Subject) -> None:
        self.subject, self.reference = subject, subject.reference
        self.calls = subject.plan.graph.calls
        self.runner = Runner(subject.plan, subject.port.rules)
        inputs = subject.inputs
        ours, error = outcome(lambda: self._values(inputs))
        self.ours: Values = ours or {}
        if error is not None:
            subject.notes.append(f"the port does not run on the example: {first_line(error)}")
        self.random = [call.name for call in self.calls if key_of(call.target, call.kwargs) and call.name in self.ours]
        self.reference.draws = {name: jax.tree.map(np.asarray, self.ours[name]) for name in self.random}
        self.theirs = self.reference.values(inputs, is_wide=False)
        self.wide, error = outcome(lambda: self.reference.values(inputs, is_wide=True))
        if error is not None:
            subject.notes.append(
                "PyTorch does not run the model in float64: the errors in the run are beside its own values"
            )

    def judged(self) -> tuple[list[CallProof], list[Fault]]:
        """Judge the calls group by group, as long as there is time."""
        groups: dict[Any, list[Call]] = {}
        proofs: dict[str, CallProof] = {}
        for call in self.calls:
            if call.name in self.random:
                proofs[call.name] = _of_a_draw(call, self.ours[call.name])
            elif why := _why_not(call, self.theirs):
                proofs[call.name] = CallProof(call.name, call.target, call.place, LEFT, why)
            else:
                groups.setdefault(_kind(call, self.theirs), []).append(call)
        for number, group in enumerate(groups.values()):
            self.subject.progress("each call alone", number, len(groups))
            if not self.subject.deadline.has(_SHARE):
                self.subject.deadline.left(f"{len(groups) - number} of {len(groups)} kinds of calls")
                break
            proofs |= self._alone(group)
        if self.wide is not None and not self.subject.is_random:
            self._record(self.wide)
        found = [proofs.get(call.name, CallProof(call.name, call.target, call.place)) for call in self.calls]
        faults = [fault for kind in FAULTS for fault in self._planted(kind, groups)]
        return [self._with_errors(each) for each in found], faults

    def _record(self, wide: Mapping[str, Any]) -> None:
        """Keep some numbers of each call's value, so that a later check can name the call that differs."""
        for call in self.calls:
            plain, exact = (first_of(values.get(call.name)) for values in (self.theirs, wide))
            if torch_side.is_tensor(plain) and first_of(self.ours.get(call.name)) is not None:
                pair = (torch_side.numpy(plain), torch_side.numpy(exact))
                self.subject.recorded |= kept("call", call.name, *pair)

    def _values(self, inputs: Sequence[Any]) -> Values:
        """Return the value of each call in the port's own run."""
        numbers: Values = {}

        def run(arrays: Sequence[Any]) -> Values:
            found, held = parted(self.runner.values(filled(inputs, arrays), self.subject.key))
            numbers.update(held)
            return found

        arrays = [jnp.asarray(each) for each in inputs if hasattr(each, "dtype")]
        return {**compiled_fast(run, [arrays])(arrays), **numbers}

    def _alone(self, group: Sequence[Call]) -> dict[str, CallProof]:
        """Judge calls that are alike, each on its own inputs."""
        sides = self._sides(group, group[0])
        agree = self._agree_at_once(sides)
        sides = sides if agree else self._sides(group, group[0])  # a judge compiles programs of its own
        found = [] if agree else judge(sides, _ALONE)[1]
        wrong = {item.row: item for item in reversed([item for item in found if not item.edge])}
        return {call.name: self._judged(call, row, sides, wrong.get(row)) for row, call in enumerate(group)}

    def _agree_at_once(self, sides: Sides) -> bool:
        """Return whether the calls are as near to float64 as PyTorch's own. If not, the engine measures rounding."""
        sides.theirs.may_batch[:] = [False]  # few value sets: to try whether torch can batch them takes longer
        rows = [row for row in range(sides.case.sets) if sides.theirs.raises(row) is None]
        references = sides.oracle.results(rows)
        ours, error = outcome(lambda: sides.ours(_ALONE.levels))
        if error is not None:
            return False
        return all(
            part is not None and target is not None and is_near(part[row], target, exact)
            for row, reference in references.items()
            for level, parts in ours.items()
            if not isinstance(reference.plain.get(level, ""), str) and not isinstance(reference.wide[level], str)
            for part, target, exact in itertools.zip_longest(parts, reference.plain[level], reference.wide[level])
        )

    def _sides(self, group: Sequence[Call], candidate: Call) -> Sides:
        """Return the port's function for the first call and PyTorch's, on the inputs of all calls of a group."""
        first = group[0]
        rows = [{name: self.theirs[name] for name in self.reference.inputs_of(call.name)} for call in group]
        names, known = slots(rows[0])
        stacks = [
            np.stack(
                [torch_side.numpy([each for each in row.values() if torch_side.is_tensor(each)][at]) for row in rows]
            )
            for at in range(len(names))
        ]
        dtypes = [self.theirs[name].dtype for name in names]
        numbers = {name: value for name, value in rows[0].items() if name not in names}

        def ours(*arrays: Any) -> Any:
            held = {**numbers, **dict(zip(names, arrays, strict=True))}
            return self.runner.called(candidate, held, None)

        used = _used(outcome(lambda: jax.eval_shape(ours, *(stack[0] for stack in stacks)))[0])
        call = self.reference.of_call(first.name, known, dtypes)
        arguments = Arguments(tuple(map(Slot, range(len(names)))), {})
        sources = dict(zip(self.subject.plan.graph.inputs, self.subject.plan.sources, strict=True))
        constant = frozenset(at for at, name in enumerate(names) if sources.get(name, ("",))[0] == "buffer")
        strata = ("its own inputs",) * len(group)
        named = _argument_names(first, names)
        known = functools.partial(self._known, first, names, numbers)
        case = Case(tuple(stacks), arguments, arguments, strata, constant=constant, names=named, known=known)
        return Sides(_only(ours, used), _only(call, used), case, levels=_ALONE.levels, explains=True)

    def _known(
        self,
        call: Call,
        names: Sequence[str],
        numbers: Mapping[str, Any],
        level: str,
        tensors: Sequence[np.ndarray],
        device: str,
    ) -> Held | None:
        """Return the known difference of jaxfun's function at these inputs, such as the order of equal elements."""
        values = {**numbers, **dict(zip(names, tensors, strict=True))}
        made = public_call(call.target, self.runner.resolved(call.kwargs, values))
        return made and held(records_of(made.name), level, made.variadic, made.named, device)

    def _judged(self, call: Call, row: int, sides: Sides, wrong: Mismatch | None) -> CallProof:
        made = CallProof(call.name, call.target, call.place, AGREES)
        references = sides.oracle.references
        if row not in references:
            error = sides.theirs.raises(row)
            return dataclasses.replace(made, answer=LEFT, detail=f"PyTorch does not run it alone: {error}")
        errors = {}
        for level, name in (("value", "value"), ("vjp", "gradient")):
            parts = outcome(lambda level=level: sides.ours_at(level))[0]
            exact = references[row].wide.get(level, "")
            if parts is not None and not isinstance(exact, str):
                pairs = zip(parts, exact, strict=False)
                errors[name] = max((error_of(part[row], each) for part, each in pairs), default=math.nan)
        detail = f"{_LEVELS[wrong.level]}: {_described(wrong, sides)}" if wrong else ""
        return dataclasses.replace(made, answer=DIFFERS if wrong else AGREES, detail=detail, **errors)

    def _planted(self, kind: Planted, groups: Mapping[Any, list[Call]]) -> list[Fault]:
        """Plant one kind of fault in the first call that has room for it, and whose value it changes."""
        for group in groups.values():
            if (changed := kind.change(group[0])) is not None and self.subject.deadline.has(_SHARE):
                sides = self._sides(group[:1], changed)
                if not _has_effect(sides):
                    continue  # such as a mask that hides nothing
                found, error = outcome(lambda sides=sides: judge(sides, _ALONE)[1])
                is_found = error is not None or any(not item.edge for item in found)
                return [Fault(kind.what, group[0].target, group[0].place, is_found)]
        return []

    def _with_errors(self, proof: CallProof) -> CallProof:
        """Return the proof of a call with the errors of its value in the run."""
        exact = self.theirs if self.wide is None else self.wide
        if proof.name not in self.theirs:
            return proof
        values = (self.ours.get(proof.name), self.theirs[proof.name], exact[proof.name])
        triples = [
            each for each in zip(*map(_items, values), strict=False) if all(hasattr(one, "dtype") for one in each)
        ]
        if not triples:
            return proof
        pairs = [(own, torch_side.numpy(other), torch_side.numpy(best)) for own, other, best in triples]
        inside = max(error_of(own, best) for own, _, best in pairs)
        return dataclasses.replace(
            proof,
            inside=inside,
            torchs=math.nan if self.wide is None else max(error_of(other, best) for _, other, best in pairs),
        )


def _has_effect(changed: Sides) -> bool:
    """Return whether a fault changes the value of a call by more than rounding."""
    right = changed.oracle.results([0])[0].plain["value"]
    parts, error = outcome(lambda: changed.ours_at("value"))
    return error is not None or any(error_of(one[0], other) > _EFFECT for one, other in zip(parts, right, strict=False))


_EFFECT = 2.0**-17  # of the largest number
_LEVELS = {"value": "the value", "vjp": "the gradient", "errors": "the error", "vmap": "the value", "jit": "the value"}


def _of_a_draw(call: Call, ours: Any) -> CallProof:
    """Return the proof of a random call: whether a dropout keeps the share that it says."""
    proof = CallProof(call.name, call.target, call.place, LEFT, "it is random: its draws are given to PyTorch")
    if call.target != "aten::native_dropout":
        return proof
    mask, p = np.asarray(ours[1]), float(call.kwargs["p"])
    kept, spread = float(mask.mean()), math.sqrt(p * (1 - p) / max(mask.size, 1))
    if abs(kept - (1 - p)) <= _SIGMAS * spread:
        return proof
    return dataclasses.replace(proof, answer=DIFFERS, detail=f"it keeps {kept:.1%} where dropout keeps {1 - p:.1%}")


_SIGMAS = 6


def _why_not(call: Call, theirs: Mapping[str, Any]) -> str:
    """Return why a call is not judged alone, or ""."""
    if call.name not in theirs:
        return "PyTorch does not run it"
    if not any(torch_side.is_tensor(each) for each in jax.tree.leaves(theirs[call.name])):
        return "it gives no tensor"
    if call.target.startswith(("operator.", "math.", "torch.")):
        return "it takes one of several results"
    if not call.target.startswith("aten::") and "::" not in call.target:
        return "it runs other graphs: compared in the whole run"
    values = [theirs[name] for name in names_in((call.args, call.kwargs)) if name in theirs]
    if any(isinstance(value, (list, tuple)) for value in values):
        return "it takes several results at once"
    return ""


def _kind(call: Call, theirs: Mapping[str, Any]) -> Any:
    """Return what calls that are judged together have in common."""
    names = [*dict.fromkeys(names_in((call.args, call.kwargs)))]
    values = [theirs[name] for name in names]
    known = [f"{each.dtype}{tuple(each.shape)}" if torch_side.is_tensor(each) else repr(each) for each in values]
    text = repr((call.args, dict(call.kwargs)))
    for at, name in enumerate(names):
        text = text.replace(repr(name), f"#{at}")
    return call.target, text, tuple(known)


def _argument_names(call: Call, names: Sequence[str]) -> tuple[str, ...]:
    """Return the names of torch's arguments that the tensors stand for."""
    found = {name: key for key, value in call.kwargs.items() for name in names_in([value])}
    return tuple(found.get(name, name) for name in names)


def _used(result: Any) -> list[int] | None:
    """Return the places of a tuple of results that are arrays; None for one array."""
    return [at for at, each in enumerate(result) if each is not None] if isinstance(result, (tuple, list)) else None


def _only(function: Callable[..., Any], used: Sequence[int] | None) -> Callable[..., Any]:
    def call(*args: Any) -> Any:
        result = function(*args)
        return result if used is None else tuple(result[at] for at in used)

    return call


def _described(wrong: Mismatch, sides: Sides) -> str:
    verdict = wrong.verdict
    if verdict.kind != "number" or wrong.candidate is None or wrong.reference is None:
        return verdict.detail or verdict.kind
    name = sides.name(wrong.level, wrong.leaf)
    of = f" of {name}" if name else ""
    return f"off by {error_of(wrong.candidate, wrong.reference):.1e}{of}, relative to the largest number"


def _items(value: Any) -> Sequence[Any]:
    return value if isinstance(value, (tuple, list)) else [value]
