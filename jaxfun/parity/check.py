"""The check of one case: candidate and reference on the same inputs, level by level.

Every value set of a case goes through one compiled, batched call, so the batch, the compilation and the numbers are
held to the reference at once; the first value set goes through the plain eager call as well.
"""

import functools
import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ParamSpec, TypeVar

import jax
import numpy as np

from .._op import Difference, Op, Role
from . import torch_side
from .compare import Verdict, compare
from .strategies import Case

P = ParamSpec("P")
R = TypeVar("R")

LEVELS = ("value", "vjp", "jvp", "hvp")


@dataclass(frozen=True)
class Failure:
    """One disagreement: the level, in which value set, what kind of difference, and the inputs."""

    level: str
    difference: str
    detail: str
    inputs: str

    def __str__(self) -> str:
        return f"{self.level}: {self.difference}: {self.detail}\n  inputs: {self.inputs}"


@dataclass
class Report:
    """What a check found: failures, how many elements each level compared, the worst error, what did not apply."""

    failures: list[Failure] = field(default_factory=list)
    compared: dict[str, int] = field(default_factory=dict)
    worst_ulp: dict[str, float] = field(default_factory=dict)
    not_applicable: dict[str, str] = field(default_factory=dict)
    seen: dict[str, int] = field(default_factory=dict)  # known differences, by their reason

    @property
    def ok(self) -> bool:
        """Whether nothing disagreed."""
        return not self.failures

    def take(self, level: str, verdict: Verdict, inputs: str) -> None:
        """Count a verdict, and keep it where it is a disagreement."""
        self.compared[level] = self.compared.get(level, 0) + verdict.compared
        self.worst_ulp[level] = max(self.worst_ulp.get(level, 0.0), verdict.worst_ulp)
        if not verdict.ok:
            self.failures.append(Failure(level, verdict.difference, verdict.detail, inputs))

    def take_known(self, known: Difference, verdict: Verdict) -> None:
        """Count a known difference where it is seen."""
        self.seen[known.why] = self.seen.get(known.why, 0) + (not verdict.ok)
        self.compared["known differences"] = self.compared.get("known differences", 0) + 1

    def add(self, other: "Report") -> None:
        """Take in another report's findings."""
        self.failures.extend(other.failures)
        for level, count in other.compared.items():
            self.compared[level] = self.compared.get(level, 0) + count
            self.worst_ulp[level] = max(self.worst_ulp.get(level, 0.0), other.worst_ulp.get(level, 0.0))
        self.not_applicable.update(other.not_applicable)
        for why, count in other.seen.items():
            self.seen[why] = self.seen.get(why, 0) + count


@dataclass(frozen=True)
class Call:
    """How a record's arguments are passed to both sides, its tensors apart from the rest."""

    record: Op
    case: Case

    @property
    def tensors(self) -> list[np.ndarray]:
        """The stacks of the case, in the order of the parameters."""
        return [stack for _, stack in self._places()]

    def _places(self) -> list[tuple[tuple[str, int | None], np.ndarray]]:
        found: list[tuple[tuple[str, int | None], np.ndarray]] = []
        for name, value in self.case.arguments.items():
            if isinstance(value, np.ndarray):
                found.append(((name, None), value))
            elif isinstance(value, tuple):
                found.extend(((name, i), item) for i, item in enumerate(value) if isinstance(item, np.ndarray))
        return found

    @property
    def named_dtypes(self) -> list[Any]:
        """The dtypes that are asked for by an argument."""
        return [value for name, value in self.case.arguments.items() if self.record.roles[name] is Role.DTYPE]

    def row(self, row: int) -> dict[str, Any]:
        """Return the arguments by name, with the arrays of one value set."""
        stacks = {id(stack): stack[row] for stack in self.tensors}
        return {
            name: tuple(stacks.get(id(item), item) for item in value)
            if isinstance(value, tuple)
            else stacks.get(id(value), value)
            for name, value in self.case.arguments.items()
        }

    def bind(self, tensors: Sequence[Any], convert: Callable[[Any], Any]) -> tuple[list[Any], dict[str, Any]]:
        """Return positional and keyword arguments with `tensors` in their places; dtypes go through `convert`."""
        arguments = dict(self.case.arguments)
        for ((name, place), _), tensor in zip(self._places(), tensors, strict=True):
            if place is None:
                arguments[name] = tensor
            else:
                arguments[name] = (*arguments[name][:place], tensor, *arguments[name][place + 1 :])
        positional: list[Any] = []
        keywords: dict[str, Any] = {}
        for name, parameter in self.record.signature.parameters.items():
            value = arguments[name]
            value = convert(value) if self.record.roles[name] is Role.DTYPE and value is not None else value
            if parameter.kind is parameter.KEYWORD_ONLY:
                if value is not parameter.default:
                    keywords[name] = value
            elif parameter.kind is parameter.VAR_POSITIONAL:
                positional.extend(value or ())
            else:
                positional.append(value)
        return positional, keywords


def outcome(function: Callable[[], Any]) -> tuple[Any, Exception | None]:
    """Return what a call gave and what it raised, one of them None."""
    try:
        return function(), None
    except Exception as error:  # whatever a function raises is its answer
        return None, error


def raises_alike(ours: Exception | None, theirs: Exception | None) -> Verdict:
    """Return whether both raised, ours something that a handler of theirs would catch, or neither did."""
    if theirs is None:
        return Verdict() if ours is None else Verdict("raises", detail=f"raised {ours!r} where the reference does not")
    if ours is None:
        return Verdict("raises", detail=f"does not raise where the reference raises {theirs!r}")
    # torch's Python wrappers stumble over what is no tensor with an AttributeError: it means a TypeError
    expected = TypeError if isinstance(theirs, AttributeError) else type(theirs)
    if isinstance(ours, expected):
        return Verdict(compared=1)
    return Verdict("raises", detail=f"raised {ours!r}, which a handler of {theirs!r} does not catch")


def _without_warnings(function: Callable[P, R]) -> Callable[P, R]:
    # a warning is no part of an answer: where one is promised, a test of its own holds it
    @functools.wraps(function)
    def call(*args: P.args, **kwargs: P.kwargs) -> R:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return function(*args, **kwargs)

    return call


@_without_warnings
def check_signature(record: Op, candidate: Callable[..., Any], case: Case) -> Report:
    """Check that both sides raise alike on the case's first value set and give the same shapes and dtypes."""
    report, call = Report(), Call(record, case)
    first = [stack[0] for stack in call.tensors]
    reference = torch_side.resolve(record.torch)
    args, kwargs = call.bind([torch_side.tensor(item) for item in first], lambda d: torch_side.dtype(d.name))
    theirs, their_error = outcome(lambda: torch_side.leaves(reference(*args, **kwargs)))
    our_args, our_kwargs = call.bind([jax.numpy.asarray(item) for item in first], lambda d: d)
    ours, our_error = outcome(lambda: jax.eval_shape(lambda: candidate(*our_args, **our_kwargs)))
    known = _known(call, "errors", 0)
    if known is not None:
        report.take_known(known, raises_alike(our_error, their_error))
        return report
    report.take("errors", raises_alike(our_error, their_error), str(call.case.arguments))
    if theirs is not None and ours is not None:
        expected = [torch_side.numpy(item) for item in theirs]
        for got, want in zip(jax.tree.leaves(ours), expected, strict=True):
            same = got.shape == want.shape and got.dtype == want.dtype
            detail = f"{got.dtype}{got.shape} where the reference gives {want.dtype}{want.shape}"
            verdict = Verdict(compared=1) if same else Verdict("shape or dtype", 1, detail=detail)
            report.take("value", verdict, str(call.case.arguments))
    return report


@_without_warnings
def check_case(record: Op, candidate: Callable[..., Any], case: Case, device: str = "cpu") -> Report:
    """Check one case at every level that applies."""
    report, call = Report(), Call(record, case)
    raised = _check_raising(call, candidate, device)
    if raised is not None:
        report.take("errors", raised, str(case.arguments))
        return report
    expected = [_reference(call, row, device) for row in range(case.sets)]
    got, error = outcome(lambda: _candidate(call, candidate, device, _differentiates(expected)))
    if error is not None:
        report.take("errors", raises_alike(error, None), _inputs(call, 0))
        return report
    for row in range(case.sets):
        _take_row(report, call, got, expected[row], row)
    _take_row(report, call, {"value": [part[None] for part in _eager(call, candidate, device)]}, expected[0], 0)
    return report


@dataclass(frozen=True)
class _Expected:
    plain: Mapping[str, Any]  # at the working precision
    wide: Mapping[str, Any]  # the oracle, in float64 or complex128


def _check_raising(call: Call, candidate: Callable[..., Any], device: str) -> Verdict | None:
    """Return the verdict on raising where the reference raises on any value set, else None."""
    reference = torch_side.resolve(call.record.torch)
    for row in range(call.case.sets):
        tensors = [torch_side.tensor(stack[row], device) for stack in call.tensors]
        args, kwargs = call.bind(tensors, lambda d: torch_side.dtype(d.name))
        _, error = outcome(lambda args=args, kwargs=kwargs: reference(*args, **kwargs))
        if error is not None:
            ours = [_put(stack[row], device) for stack in call.tensors]
            args, kwargs = call.bind(ours, lambda d: d)
            return raises_alike(outcome(lambda args=args, kwargs=kwargs: candidate(*args, **kwargs))[1], error)
    return None


def _put(array: np.ndarray, device: str) -> jax.Array:
    return jax.device_put(array, jax.devices(device)[0])


_WIDE: dict[str, str] = {"float16": "float64", "bfloat16": "float64", "float32": "float64", "complex64": "complex128"}


def _widened(array: np.ndarray) -> np.ndarray:
    return array.astype(_WIDE.get(str(array.dtype), array.dtype))


def _reference(call: Call, row: int, device: str) -> _Expected:
    plain = _evaluate(call, [stack[row] for stack in call.tensors], row, device, lambda d: d.name)
    dtypes = [stack.dtype for stack in call.tensors] + [value for value in call.named_dtypes if value is not None]
    if not any(str(getattr(dtype, "name", dtype)) in _WIDE for dtype in dtypes):
        return _Expected(plain, plain)
    rows = [_widened(stack[row]) for stack in call.tensors]
    return _Expected(plain, _evaluate(call, rows, row, device, lambda d: _WIDE.get(str(d.name), str(d.name))))


def _evaluate(
    call: Call, rows: Sequence[np.ndarray], row: int, device: str, name: Callable[[Any], str]
) -> Mapping[str, Any]:
    reference = torch_side.resolve(call.record.torch)
    tensors = [torch_side.tensor(item, device) for item in rows]
    movable = [place for place, item in enumerate(tensors) if torch_side.differentiable(item)]

    def function(*moved: Any) -> list[Any]:
        placed = list(tensors)
        for place, item in zip(movable, moved, strict=True):
            placed[place] = item
        args, kwargs = call.bind(placed, lambda d: torch_side.dtype(name(d)))
        return torch_side.leaves(reference(*args, **kwargs))

    outputs = function(*(tensors[place] for place in movable))
    cotangents = [_along(call, row, ("cotangent", i), torch_side.numpy(out)) for i, out in enumerate(outputs)]
    tangents = [_along(call, row, ("tangent", i), rows[place]) for i, place in enumerate(movable)]
    directions = ([torch_side.tensor(array, device) for array in arrays] for arrays in (cotangents, tangents))
    return torch_side.derivatives(function, [tensors[place] for place in movable], *directions)


def _along(call: Call, row: int, what: tuple[str, int], like: np.ndarray) -> np.ndarray:
    """Return a random direction of an array's shape and dtype, the same whatever the precision."""
    rng = np.random.default_rng([call.case.seed, row, len(what[0]), what[1]])
    numbers = rng.normal(size=like.shape) + 1j * rng.normal(size=like.shape)
    # in eighths: every precision holds them exactly
    eighths = np.asarray(np.round(numbers * 8) / 8)
    return (eighths if np.iscomplexobj(like) else eighths.real).astype(like.dtype)


def _differentiates(expected: Sequence[_Expected]) -> bool:
    return any(not isinstance(item.plain[level], str) for item in expected for level in LEVELS[1:])


def _candidate(
    call: Call, candidate: Callable[..., Any], device: str, differentiate: bool
) -> Mapping[str, list[np.ndarray]]:
    """Return every level of the candidate, batched over the value sets, in one compiled call."""
    stacks = call.tensors
    movable = [place for place, item in enumerate(stacks) if _inexact(item)]

    def function(tensors: Sequence[Any]) -> list[Any]:
        args, kwargs = call.bind(tensors, lambda d: d)
        return jax.tree.leaves(candidate(*args, **kwargs))

    outputs = jax.eval_shape(function, [stack[0] for stack in stacks])
    smooth = [i for i, out in enumerate(outputs) if jax.numpy.issubdtype(out.dtype, jax.numpy.inexact)]
    program = _program(function, movable, smooth) if differentiate and movable and smooth else _value_only(function)
    directions = (
        [_stacked(call, ("cotangent", i), np.zeros(outputs[i].shape, outputs[i].dtype)) for i in smooth],
        [_stacked(call, ("tangent", i), stacks[place][0]) for i, place in enumerate(movable)],
    )
    put = jax.tree.map(lambda array: _put(array, device), (stacks, *directions))
    return {level: [np.asarray(item) for item in items] for level, items in jax.jit(jax.vmap(program))(*put).items()}


def _inexact(array: np.ndarray) -> bool:
    return bool(jax.numpy.issubdtype(array.dtype, jax.numpy.inexact))


def _stacked(call: Call, what: tuple[str, int], like: np.ndarray) -> np.ndarray:
    return np.stack([_along(call, row, what, like) for row in range(call.case.sets)])


def _value_only(function: Callable[..., list[Any]]) -> Callable[..., dict[str, list[Any]]]:
    return lambda tensors, cotangents, tangents: {"value": function(tensors)}


def _program(
    function: Callable[..., list[Any]], movable: Sequence[int], smooth: Sequence[int]
) -> Callable[..., dict[str, list[Any]]]:
    def program(tensors: list[Any], cotangents: list[Any], tangents: list[Any]) -> dict[str, list[Any]]:
        def of(moved: Sequence[Any]) -> list[Any]:
            placed = list(tensors)
            for place, item in zip(movable, moved, strict=True):
                placed[place] = item
            outputs = function(placed)
            return [outputs[i] for i in smooth]

        primals = [tensors[place] for place in movable]
        return {
            "value": function(tensors),
            "vjp": _torch_vjp(of, primals, cotangents),
            "jvp": jax.jvp(of, (primals,), (tangents,))[1],
            "hvp": _torch_vjp(lambda moved: _torch_vjp(of, moved, cotangents), primals, tangents),
        }

    return program


def _torch_vjp(function: Callable[..., list[Any]], primals: list[Any], cotangents: list[Any]) -> list[Any]:
    # torch's gradient of a complex function is the conjugate of JAX's, and so is what it takes for a cotangent
    _, pull = jax.vjp(function, primals)
    return jax.tree.map(jax.numpy.conj, pull(jax.tree.map(jax.numpy.conj, cotangents))[0])


def _eager(call: Call, candidate: Callable[..., Any], device: str) -> list[np.ndarray]:
    args, kwargs = call.bind([_put(stack[0], device) for stack in call.tensors], lambda d: d)
    return [np.asarray(item) for item in jax.tree.leaves(candidate(*args, **kwargs))]


def _take_row(report: Report, call: Call, got: Mapping[str, list[np.ndarray]], expected: _Expected, row: int) -> None:
    finite = all(np.isfinite(stack[row]).all() for stack in call.tensors if _inexact(stack))
    for level in LEVELS:
        want, wide = expected.plain[level], expected.wide[level]
        if isinstance(want, str) or isinstance(wide, str):
            report.not_applicable[level] = want if isinstance(want, str) else wide
            continue
        if level == "jvp":
            want, wide = ([x for x in side if _inexact(x)] for side in (want, wide))
        if level not in got:
            continue
        for part, target, oracle in zip(got[level], want, wide, strict=True):
            # at NaN and infinity a derivative is held to the reference only where the reference's is finite
            only = None if finite or level == "value" else np.isfinite(target)
            verdict = compare(part[row], target, oracle, scale=_scale(call, level, row), only=only)
            known = _known(call, level, row)
            if known is None:
                report.take(level, verdict, _inputs(call, row))
            else:
                report.take_known(known, verdict)


def _known(call: Call, level: str, row: int) -> Difference | None:
    """Return the known difference whose region holds a value set, if there is one."""
    arguments = call.row(row)
    known = (item for item in call.record.differences if level in item.levels and item.region(arguments))
    return next(known, None)


_REDUCING = (Role.DIM, Role.DIMS)


def _scale(call: Call, level: str, row: int) -> float:
    """Return the size of the terms that add up to one element at this level, 0 where an element is no sum.

    A reduction sums its inputs, a product of matrices their products, and the gradient of a broadcast sums cotangents.
    """
    shapes = {stack.shape[1:] for stack in call.tensors}
    sums = not call.record.broadcasts or any(role in _REDUCING for role in call.record.roles.values())
    moved = [stack for stack in call.tensors if _inexact(stack)]
    # a tangent and a second derivative add a term for each operand, and the gradient of a broadcast adds cotangents
    terms = len(moved) > 1 if level in ("jvp", "hvp") else len(shapes) > 1 if level == "vjp" else False
    if not sums and not terms and not (level == "hvp" and len(shapes) > 1):
        return 0.0
    rows = [stack[row].astype(np.complex128) for stack in call.tensors]
    largest = float(np.prod([max(np.abs(item[np.isfinite(item)]).max(initial=0.0), 1.0) for item in rows]))
    return largest if np.isfinite(largest) else 0.0


def _inputs(call: Call, row: int) -> str:
    args, kwargs = call.bind([f"{stack[row].dtype}{stack[row].tolist()}" for stack in call.tensors], lambda d: d)
    return f"({', '.join(map(str, args))}) {kwargs or ''} [{call.case.strata[row]}]"
