"""The whole model of a port beside PyTorch's module: result, new buffers, gradients. Begin with `judge_whole`."""

import dataclasses
import math
from collections.abc import Mapping, Sequence
from typing import Any

import jax
import numpy as np

from ...parity.compare.arrays import is_inexact
from ...parity.report.report import Report
from ...parity.run import torch_modules, torch_side
from ...parity.run.case import Arguments, Case, Slot
from ...parity.run.options import Options
from ...parity.run.reference import TO
from ...parity.search.large import Deadline, judge_large
from ..plan import Input
from ..run import filled, inputs_of
from ..trees import flatten, unflatten
from .data import AGREES, DIFFERS, WholeProof
from .nearness import error_of
from .recorded import kept
from .reference import tensors_of
from .subject import SEED, Subject

_FIRST = Options(frozenset(("vjp", "jit", "vmap")), exact=False, plants=False)
# the example has shown the program that XLA optimises
_AGAIN = dataclasses.replace(_FIRST, levels=frozenset(("vjp", "jit")), optimised=False)


def judge_whole(subject: Subject) -> list[WholeProof]:
    """Return the proof of the whole model on the example, on other values, and on other sizes if there are any."""
    rng = np.random.default_rng(SEED)
    others = [_other(each, np.shape(each), rng) for each in subject.leaves]
    found = [_judge(subject, "the example, and other values", (subject.leaves, others), _FIRST)]
    if subject.recorded and found[0].answers:
        _Model(subject, subject.leaves).record()
    sizes = _sizes_of(subject.plan.arguments, subject.leaves)
    if sizes and not subject.is_random:  # the draws have the sizes of the example
        found.append(_of_another_size(subject, sizes, rng))
    return found


def _of_another_size(subject: Subject, sizes: Mapping[str, int], rng: np.random.Generator) -> WholeProof:
    changed = {name: _changed(size, *subject.plan.ranges.get(name, (0, None))) for name, size in sizes.items()}
    title = f"other sizes ({', '.join(f'{name} {size}' for name, size in changed.items())})"
    shapes: list[Any] = [[changed.get(str(size), size) for size in each.shape] for each in subject.plan.arguments]
    if any(isinstance(size, str) for shape in shapes for size in shape):
        return WholeProof(title, note="a size is an expression of others")
    leaves = [_other(leaf, shape, rng) for leaf, shape in zip(subject.leaves, shapes, strict=True)]
    return _judge(subject, title, (leaves,), _AGAIN)


def _judge(subject: Subject, title: str, examples: Sequence[Sequence[Any]], options: Options) -> WholeProof:
    """Compare the whole model on examples of one shape."""
    subject.progress("the whole model", 0, 0)
    if not subject.deadline.has(1.0):
        subject.deadline.left(title)
        return WholeProof(title, note="no time is left")
    model = _Model(subject, examples[0])
    for number, example in enumerate(examples):
        if error := model.departure(example):
            where = ("the example", "other values")[number] if len(examples) > 1 else title
            return WholeProof(title, {"value": DIFFERS}, differing=(f"off by {error:.1e} at {where}",), note=_DEPARTS)
    cases = [model.case(title, example) for example in examples]
    report, _ = judge_large(iter(cases), model.ours, model.theirs, options, Deadline(math.inf), len(cases))
    return _as_whole(title, report)


_DEPARTS = "the module itself gives another result than the program that torch.export made of it: something is baked in"


class _Model:
    """The port and the module as functions of the state and of the arrays among the arguments."""

    def __init__(self, subject: Subject, leaves: Sequence[Any]) -> None:
        self.subject, self.plan, self.leaves = subject, subject.plan, leaves
        exported = subject.exported
        self.state = {**exported.params, **exported.state}
        self.dtypes = _dtypes(self.state, _arrays(leaves))
        self.constants = [
            {name: tensors_of(each, is_wide) for name, each in exported.constants.items()} for is_wide in (False, True)
        ]

    def case(self, title: str, leaves: Sequence[Any]) -> Case:
        """Return the case of an example: the state, whose parameters are differentiated, and the arguments."""
        tensors = [*self.state.values(), *_arrays(leaves)]
        trained = {*self.subject.exported.params} - {*self.plan.frozen}
        constant = frozenset(at for at, name in enumerate(self.state) if name not in trained)
        places = iter(map(Slot, range(len(tensors))))
        arguments = Arguments(({name: next(places) for name in self.state}, *places), {})
        pairs = zip(self.plan.arguments, leaves, strict=True)
        names = (*self.state, *(each.path for each, leaf in pairs if isinstance(leaf, np.ndarray)))
        stacks = tuple(each[None] for each in tensors)
        return Case(stacks, arguments, arguments, (title,), SEED, constant, names=names)

    def ours(self, state: Mapping[str, Any], *arrays: Any) -> list[Any]:
        """Return the new buffers, the overwritten arguments and the result of the port, called as a user calls it."""
        port, rest = self.subject.port, iter(filled(self.leaves, arrays))
        args, kwargs = (unflatten(tree, rest) for tree in self.plan.arguments_trees)
        params, buffers = ({name: state[name] for name in part} for part in (port.params, port.state))
        found = port(params, *args, state=buffers, key=self.subject.key, **kwargs)
        result, *more = found if self.plan.returns_more else (found,)
        new = [more[0][name] for name in self.plan.new_buffers] if self.plan.new_buffers else []
        written = [*more[-1].values()] if self.plan.new_arguments else []
        outputs = [leaf for _, leaf in flatten(self.plan.result_tree, result)]
        # torch updates buffers outside of the autograd graph
        return [*jax.lax.stop_gradient([*new, *written]), *(each for each in outputs if isinstance(each, jax.Array))]

    def theirs(self, state: Mapping[str, Any], *arrays: Any) -> list[Any]:
        """Return the same of PyTorch's module."""
        return self._of_torch(state, arrays, _dtypes(state, arrays) != self.dtypes, self.subject.is_random)

    def _of_torch(self, state: Mapping[str, Any], arrays: Sequence[Any], is_wide: bool, is_program: bool) -> list[Any]:
        given = filled(self.leaves, arrays)
        parts = {"parameter": state, "buffer": state, "constant": self.constants[is_wide]}
        inputs = inputs_of(self.plan, parts, given)
        reference = self.subject.reference
        if is_program or is_wide:  # in float64 code with a dtype of its own does not run
            found = reference.program_outputs(inputs, is_wide)
        else:
            found = reference.module_outputs(state, given)
        return [*filter(torch_side.is_tensor, found)]

    def departure(self, leaves: Sequence[Any]) -> float:
        """Return how far the exported program is from the module, 0 if rounding explains it."""
        if self.subject.is_random:
            return 0.0
        state = {name: torch_side.tensor(each) for name, each in self.state.items()}
        arrays = [*map(torch_side.tensor, _arrays(leaves))]
        own, exported = (self._of_torch(state, arrays, False, is_program) for is_program in (False, True))
        errors = [
            error_of(torch_side.numpy(one), torch_side.numpy(other)) for one, other in zip(own, exported, strict=True)
        ]
        worst = max((error for error in errors if not math.isnan(error)), default=0.0)
        return worst if worst > _MOST_APART else 0.0

    def record(self) -> None:
        """Keep PyTorch's results and gradients for the example, in float64."""
        case = self.case("", self.leaves)
        row = case.row(0)
        shapes = [torch_side.numpy(each) for each in self.theirs(*self._placed(row))]
        rng = np.random.default_rng(SEED)
        along = [np.round(8 * rng.standard_normal(each.shape)) / 8 for each in shapes if is_inexact(each)]
        along = [one.astype(each.dtype) for one, each in zip(along, filter(is_inexact, shapes), strict=True)]
        plain, exact = (self._derived(case, row, along, precision) for precision in ("plain", "float64"))
        held, state = self.subject.recorded, [*self.state]
        held |= {f"argument {at}": each for at, each in enumerate(self.leaves) if isinstance(each, np.ndarray)}
        held |= {f"cotangent {at}": each for at, each in enumerate(along)}
        for at, (one, other) in enumerate(zip(plain["value"], exact["value"], strict=True)):
            held |= kept("result", at, one, other)
        for place, one, other in zip(case.movable, plain["vjp"], exact["vjp"], strict=False):  # none without a gradient
            if place < len(state):
                held |= kept("gradient", state[place], one, other)

    def _placed(self, row: Sequence[np.ndarray]) -> tuple[Any, ...]:
        tensors = [*map(torch_side.tensor, row)]
        count = len(self.state)
        return dict(zip(self.state, tensors[:count], strict=True)), *tensors[count:]

    def _derived(self, case: Case, row: Any, along: Sequence[np.ndarray], precision: str) -> dict[str, Any]:
        arrays = [item.astype(TO[precision].get(str(item.dtype), item.dtype)) for item in row]
        found = torch_modules.once(
            lambda *tensors: self.theirs(*case.theirs.filled(tensors, lambda dtype: dtype)[0]),
            arrays,
            case.movable,
            torch_modules.Directions([*along], []),
            "vjp",
        )
        return {level: [] if isinstance(items, str) else items for level, items in found.items()}


_MOST_APART = 2.0**-9  # of the largest number: two kernels of torch for one formula are nearer


def _dtypes(state: Mapping[str, Any], arrays: Sequence[Any]) -> list[str]:
    """Return the names of the dtypes, whatever the order of the state is."""
    return [str(each.dtype).removeprefix("torch.") for each in (*(state[name] for name in sorted(state)), *arrays)]


def _arrays(leaves: Sequence[Any]) -> list[np.ndarray]:
    return [each for each in leaves if isinstance(each, np.ndarray)]


def _other(leaf: Any, shape: Sequence[int], rng: np.random.Generator) -> Any:
    """Return another array of a shape: elements drawn from the example's, floats moved by a part of their spread."""
    if not isinstance(leaf, np.ndarray) or not leaf.size:
        return leaf
    drawn = rng.choice(leaf.ravel(), size=tuple(shape))
    if not is_inexact(leaf):
        return np.asarray(drawn, leaf.dtype)
    finite = leaf[np.isfinite(leaf)]
    spread = float(np.abs(finite - finite.mean()).mean()) or 1.0 if finite.size else 1.0
    return np.asarray(drawn + 0.5 * spread * rng.standard_normal(drawn.shape)).astype(leaf.dtype)


def _sizes_of(arguments: Sequence[Input], leaves: Sequence[Any]) -> dict[str, int]:
    """Return the example's dynamic sizes by name."""
    return {
        name: size
        for each, leaf in zip(arguments, leaves, strict=True)
        for name, size in zip(each.shape, np.shape(leaf), strict=False)
        if isinstance(name, str) and name.isidentifier()
    }


def _changed(size: int, least: int, most: int | None) -> int:
    """Return another size in a range, one larger if there is one."""
    if most is None or size < most:
        return size + 1
    return max(least, size - 1, 1)


def _as_whole(title: str, report: Report) -> WholeProof:
    levels = {name: level for name, level in report.levels.items() if level.compared or level.failures}
    answers = {name: DIFFERS if level.failures else AGREES for name, level in levels.items()}
    leaves = {name: level.leaves for name, level in levels.items()}
    differing = [leaf for found in leaves.values() for leaf, level in found.items() if level.failures]
    texts = [failure.detail for failure in report.failures if not failure.leaf or failure.kind == "raises"]
    return WholeProof(
        title,
        answers,
        levels["value"].compared if "value" in levels else 0,
        len(leaves.get("vjp", {})),
        tuple(dict.fromkeys([*differing, *texts])),
        report.refused or "; ".join(report.notes),
    )
