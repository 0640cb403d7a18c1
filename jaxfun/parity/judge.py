"""The verdicts on one case: every value set at every level that applies, and whether the check itself can fail."""

import dataclasses
import functools
import warnings
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any, ParamSpec, TypeVar

import jax
import numpy as np

from .case import Case
from .compare import Bound, Verdict, compare
from .domain import answerable_rows, asked, asked_of_one
from .levels import Reference, Sides, outcome
from .report import COMPUTED, LEVELS, Failure, Level, Report
from .rounding import Results, is_inexact

P = ParamSpec("P")
R = TypeVar("R")


@dataclasses.dataclass(frozen=True)
class Terms:
    """The terms of a check: which levels, on which device, how close.

    `exact` asks for what only a port of torch itself promises: exceptions that a handler of torch's would catch, and,
    at a pole, the sign of an infinite derivative.
    """

    levels: frozenset[str] = frozenset(LEVELS)
    device: str = "cpu"
    bound: Bound | None = None
    exact: bool = True
    plants: bool = True  # wrong results are tried in the candidate's place
    alone: bool = True  # one value set is called by itself too, eagerly and compiled: what it costs is compilation


@dataclasses.dataclass(frozen=True)
class Found:
    """A disagreement as it was met: the level, the value set, and which leaf of the results."""

    level: str
    row: int
    leaf: int
    verdict: Verdict
    candidate: np.ndarray | None = None
    reference: np.ndarray | None = None


def without_warnings(function: Callable[P, R]) -> Callable[P, R]:
    """Run a function with warnings ignored: a warning is no part of an answer."""

    @functools.wraps(function)
    def call(*args: P.args, **kwargs: P.kwargs) -> R:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return function(*args, **kwargs)

    return call


def raises_alike(ours: Exception | None, theirs: Exception | None, exact: bool = True) -> Verdict:
    """Return whether both raised, or neither did; `exact`: ours is something that a handler of theirs would catch."""
    if theirs is None:
        return Verdict() if ours is None else Verdict("raises", detail=f"raised {ours!r} where the reference does not")
    if ours is None:
        return Verdict("raises", detail=f"does not raise where the reference raises {theirs!r}")
    # torch's Python wrappers stumble over what is no tensor with an AttributeError: it means a TypeError
    expected = TypeError if isinstance(theirs, AttributeError) else type(theirs)
    if not exact or isinstance(ours, expected):
        return Verdict(compared=1)
    return Verdict("raises", detail=f"raised {ours!r}, which a handler of {theirs!r} does not catch")


@without_warnings
def judge(sides: Sides, terms: Terms) -> tuple[Report, list[Found]]:
    """Return what the value sets of a case show, and each disagreement as it was met."""
    report, case = Report(examples=sides.case.sets), sides.case
    if "errors" in terms.levels:
        report.level("errors").reason = "the reference raised for no input"
    for stratum in case.strata:
        report.strata[stratum] = report.strata.get(stratum, 0) + 1
    raised = [sides.raises(case.row(row)) for row in range(case.sets)]
    found = [
        item for row, error in enumerate(raised) if error and (item := _judge_raising(sides, terms, report, row, error))
    ]
    rows = [row for row, error in enumerate(raised) if error is None]
    if not rows:
        report.refused = _first_line(raised[0]) if raised[0] and terms.levels != {"errors"} else ""
        return report, found
    report.is_accepted = True
    references = sides.theirs(rows)
    if not all(reference.has_oracle for reference in references.values()):
        report.note("the reference does not run in float64: without an oracle, its own result is the measure")
    answered = [
        level for level in COMPUTED if any(not isinstance(ref.plain[level], str) for ref in references.values())
    ]
    asked_for = {"value", *(level for level in answered if level in terms.levels)}
    got, error = outcome(lambda: sides.ours(asked_for))
    if error is not None and outcome(lambda: sides.ours({"value"}))[1] is None:
        got, error, failing = _by_level(sides, report, rows[0], asked_for)
        found += failing
    structures = None if error is not None else sides.structures(rows[0])
    if structures is not None and structures[0] != structures[1]:
        verdict = Verdict("structure", detail="{} where the reference gives {}".format(*structures))
        report.count("value", verdict)
        return report, [*found, Found("value", rows[0], 0, verdict)]
    if error is not None:
        return report, [*found, _judge_failing(sides, terms, report, rows[0], error)]
    left = [level for level in COMPUTED if level in terms.levels]
    left = [level for level in left if not _agree_at_once(sides, terms, report, level, got.get(level), references)]
    for row in rows:
        results = {level: [item[row] for item in items] for level, items in got.items()}
        found += _judge_row(sides, terms, report, row, results, references[row], left)
    found = [_blamed(sides, terms, item, references) for item in found]
    if terms.alone:
        found += _judge_eager(sides, terms, report, rows[0], references[rows[0]])
    if terms.plants:
        for row in rows[:_PLANTED_ROWS]:
            _plant(sides, terms, report, row, references[row])
    return report, found


def _judge_raising(sides: Sides, terms: Terms, report: Report, row: int, error: Exception) -> Found | None:
    _, ours = outcome(lambda: sides.eager(sides.case.row(row)))
    verdict = raises_alike(ours, error, terms.exact)
    known = sides.case.known("errors", sides.case.row(row))
    if known is not None:
        _take_known(report, known.why, verdict)
        return None
    report.count("errors", verdict)
    return None if verdict.ok else Found("errors", row, 0, verdict)


def _by_level(
    sides: Sides, report: Report, row: int, levels: Collection[str]
) -> tuple[Results, Exception | None, list[Found]]:
    """Return the candidate's results level by level, where it cannot be differentiated in every way; and say so."""
    got: dict[str, Any] = {}
    failing = []
    for level in [name for name in COMPUTED if name in levels]:
        results, error = outcome(lambda level=level: sides.ours({level}))
        if error is None:
            got |= results
        elif level == "jvp" and "custom_vjp" in str(error):
            report.level(level).reason = "the candidate is a custom_vjp function, which has no forward mode"
        else:
            verdict = Verdict("raises", detail=f"raised {_first_line(error)} where the reference has a derivative")
            report.count(level, verdict)
            failing.append(Found(level, row, 0, verdict))
    return got, None, failing


def _judge_failing(sides: Sides, terms: Terms, report: Report, row: int, error: Exception) -> Found:
    """Say what it is that the candidate cannot do: run at all, be compiled, or be batched."""
    tensors = sides.case.row(row)
    level, failed = "errors", outcome(lambda: sides.eager(tensors))[1]
    if failed is None:
        level, failed = "jit", outcome(lambda: sides.compiled_alone(tensors))[1]
    if failed is None:
        level, failed = "vmap", error
    verdict = Verdict("raises", detail=f"raised {_first_line(failed)} where the reference does not")
    report.count(level, verdict)
    return Found(level, row, 0, verdict)


def _first_line(error: BaseException) -> str:
    text = str(error).strip().split("\n")[0]
    advice = next((advice for kind, advice in _ADVICE.items() if isinstance(error, kind)), "")
    return f"{type(error).__name__}: {text}{advice}"


# what a candidate that cannot be traced has to do instead
_ADVICE: dict[type[Exception], str] = {
    jax.errors.TracerArrayConversionError: " It calls NumPy: call jax.numpy in its place.",
    jax.errors.ConcretizationTypeError: " Take jnp.where or jax.lax.cond in the place of `if`.",
}


def _agree_at_once(
    sides: Sides,
    terms: Terms,
    report: Report,
    level: str,
    stacks: Sequence[np.ndarray] | None,
    references: Mapping[int, Reference],
) -> bool:
    """Compare a level for all value sets in one go, and count it where all agree; else it is left to be looked into."""
    rows = list(references)
    sets = [sides.case.row(row) for row in rows]
    plain, wide = ([getattr(ref, side)[level] for ref in references.values()] for side in ("plain", "wide"))
    if stacks is None or any(isinstance(items, str) for items in (*plain, *wide)):
        return False
    if any(sides.case.known(level, tensors) is not None for tensors in sets):
        return False
    wanted, oracles = (_stacked([targets(level, items) for items in side]) for side in (plain, wide))
    if wanted is None or oracles is None or len(wanted) != len(stacks):
        return False
    want = [_canonical(item) for item in wanted]
    values = _stacked([ref.wide["value"] for ref in references.values()])
    answerable = answerable_rows([stack[rows] for stack in sides.case.tensors], values)
    verdicts = []
    for part, target, oracle in zip(stacks, want, oracles, strict=True):
        only = None if level == "value" else asked(part[rows], target, oracle, answerable, terms.exact)
        verdicts.append(compare(part[rows], target, oracle, only=only, bound=terms.bound))
    if not all(verdict.ok for verdict in verdicts):
        return False
    for leaf, (verdict, target) in enumerate(zip(verdicts, want, strict=True)):
        _count(sides, terms, report, level, leaf, verdict, bool(np.any(target != 0)))
    return True


def _stacked(items: Sequence[Sequence[np.ndarray]]) -> list[np.ndarray] | None:
    """Return each leaf's arrays as one, None where they are not alike."""
    kinds = {tuple((item.shape, item.dtype) for item in row) for row in items}
    return [np.stack(leaf) for leaf in zip(*items, strict=True)] if len(kinds) == 1 else None


def _count(
    sides: Sides, terms: Terms, report: Report, level: str, leaf: int, verdict: Verdict, is_nonzero: bool
) -> None:
    report.count(level, verdict, is_nonzero, sides.name(level, leaf))
    if level == "value" and verdict.ok and "vmap" in terms.levels:  # all value sets are one batch
        report.count("vmap", verdict, is_nonzero)


def _judge_row(
    sides: Sides,
    terms: Terms,
    report: Report,
    row: int,
    results: dict[str, list[np.ndarray]],
    reference: Reference,
    levels: Sequence[str],
) -> list[Found]:
    found = []
    for level in levels:
        want = reference.plain[level]
        if isinstance(want, str) or isinstance(reference.wide[level], str) or level not in results:
            why = want if isinstance(want, str) else "neither the result nor an input is floating point"
            report.level(level).reason = report.level(level).reason or why
            continue
        for leaf, verdict in enumerate(verdicts(sides, terms, row, level, results[level], reference)):
            known = sides.case.known(level, sides.case.row(row))
            if known is not None:
                _take_known(report, known.why, verdict)
                continue
            target = targets(level, want)[leaf] if leaf < len(targets(level, want)) else None
            is_nonzero = target is not None and bool(np.any(target != 0))
            _count(sides, terms, report, level, leaf, verdict, is_nonzero)
            if not verdict.ok:
                found.append(_found(level, row, leaf, verdict, results[level], target))
    return found


def _blamed(sides: Sides, terms: Terms, found: Found, references: Mapping[int, Reference]) -> Found:
    """Name the level that a wrong value of the compiled batch belongs to: right eagerly, it is the compiler's."""
    if found.level != "value" or found.verdict.difference == "structure":
        return found
    for level, run in (("value", sides.eager), ("jit", sides.compiled_alone)):
        results, error = outcome(lambda run=run: run(sides.case.row(found.row)))
        judged = [] if error else verdicts(sides, terms, found.row, "value", results, references[found.row])
        if error or found.leaf >= len(judged) or not judged[found.leaf].ok:
            return dataclasses.replace(found, level=level)
    return dataclasses.replace(found, level="vmap")


def _found(
    level: str, row: int, leaf: int, verdict: Verdict, results: Sequence[np.ndarray], target: np.ndarray | None
) -> Found:
    return Found(level, row, leaf, verdict, results[leaf] if leaf < len(results) else None, target)


def _take_known(report: Report, why: str, verdict: Verdict) -> None:
    report.seen[why] = report.seen.get(why, 0) + (not verdict.ok)
    report.count("known differences", Verdict(compared=max(verdict.compared, 1)))


def targets(level: str, items: Sequence[np.ndarray]) -> list[np.ndarray]:
    """Return the reference's leaves that a level compares: forward mode has tangents of floating point ones alone."""
    return [item for item in items if is_inexact(item)] if level == "jvp" else list(items)


def verdicts(
    sides: Sides,
    terms: Terms,
    row: int,
    level: str,
    parts: Sequence[np.ndarray],
    reference: Reference,
    measured: bool = False,
) -> list[Verdict]:
    """Return the verdict on each leaf of one level's results for one value set.

    How large rounding may be is measured where a number fails without, or, if `measured`, at once.
    """
    tensors = sides.case.row(row)
    want, wide = (targets(level, side[level]) for side in (reference.plain, reference.wide))
    want = [_canonical(item) for item in want]
    if len(parts) != len(want):
        return [Verdict("structure", detail=f"{len(parts)} results where the reference has {len(want)}")]
    answerable = answerable_rows([item[None] for item in tensors], [item[None] for item in reference.wide["value"]])
    found = []
    for leaf, (part, target, oracle) in enumerate(zip(parts, want, wide, strict=True)):
        only = None if level == "value" else asked_of_one(part, target, oracle, answerable, terms.exact)
        verdict = compare(part, target, oracle, only=only, bound=terms.bound)
        if (verdict.difference == "number" or measured) and terms.bound is None and is_inexact(target):
            scale = targets(level, sides.scale(row, reference)[level])[leaf]
            first, verdict = verdict, compare(part, target, oracle, scale=scale, only=only)
            if not verdict.ok:  # in ULP of the element, as a reader counts them
                there = compare(*(np.asarray(item[verdict.index]) for item in (part, target, oracle)))
                verdict = dataclasses.replace(verdict, worst_ulp=first.worst_ulp, ulp=there.worst_ulp)
        found.append(verdict)
    return found


def _canonical(array: np.ndarray) -> np.ndarray:
    # with JAX's 64-bit types off, what torch gives in 64 bits is held to 32
    return array.astype(jax.dtypes.canonicalize_dtype(array.dtype))


def _judge_eager(sides: Sides, terms: Terms, report: Report, row: int, reference: Reference) -> list[Found]:
    """Hold the plain call to the reference as well, and, where that is right, the plain compiled one."""
    tensors = sides.case.row(row)
    if sides.case.known("value", tensors) is not None:
        return []
    for level, run in (("value", sides.eager), ("jit", sides.compiled_alone)):
        if level not in terms.levels:
            continue
        found = _judge_run(sides, terms, report, row, reference, level, run)
        if found:
            return found
    return []


def _judge_run(
    sides: Sides, terms: Terms, report: Report, row: int, reference: Reference, level: str, run: Callable[..., Any]
) -> list[Found]:
    results, error = outcome(lambda: run(sides.case.row(row)))
    if error is not None:
        verdict = Verdict("raises", detail=f"raised {_first_line(error)}")
        report.count(level, verdict)
        return [Found(level, row, 0, verdict)]
    found = []
    for leaf, verdict in enumerate(verdicts(sides, terms, row, "value", results, reference)):
        report.count(level, verdict)
        if not verdict.ok:
            found.append(_found(level, row, leaf, verdict, results, reference.plain["value"][leaf]))
    return found


_SHIFT = 1e-4
_PLANTED_ROWS = 3  # one may be so ill-conditioned that it proves nothing; the others then tell


def _plant(sides: Sides, terms: Terms, report: Report, row: int, reference: Reference) -> None:
    """Put wrong results in the candidate's place: zeros, and the reference's own shifted. They must fail."""
    for level in COMPUTED:
        want = reference.plain[level]
        if level not in terms.levels or isinstance(want, str) or isinstance(reference.wide[level], str):
            continue
        right = [_canonical(item) for item in targets(level, want)]
        if not any(is_inexact(item) and np.any(np.isfinite(item) & (item != 0)) for item in right):
            continue
        wrong = {"zeros": [np.zeros_like(item) for item in right], "a small shift": [_shifted(item) for item in right]}
        caught = {
            name: any(not verdict.ok for verdict in verdicts(sides, terms, row, level, parts, reference))
            for name, parts in wrong.items()
        }
        report.level(level).add(Level(planted=caught))


def _shifted(array: np.ndarray) -> np.ndarray:
    if not is_inexact(array):
        return array
    eps = float(np.finfo(array.dtype).eps) if array.dtype.kind in "fc" else 2.0**-7
    return np.asarray(array * (1 + max(_SHIFT, 64 * eps))).astype(array.dtype)


_IN_WORDS = {
    "NaN": ("NaN where the reference has a number", "a number where the reference has NaN"),
    "infinity": ("infinity where the reference has none", "another number where the reference is infinite"),
    "finite or not": ("not finite where the reference is", "finite where the reference is not"),
}


def _in_words(found: Found, tensors: Sequence[np.ndarray], constants: Sequence[float]) -> str:
    """Return what kind of difference it is, for a derivative with the place where it is."""
    kind = found.verdict.difference
    if kind in _IN_WORDS and found.reference is not None:
        index = found.verdict.index
        finite = np.isfinite(found.reference[index]) if kind != "NaN" else not np.isnan(found.reference[index])
        return _IN_WORDS[kind][not finite]
    if found.level not in ("vjp", "jvp", "hvp") or kind != "number":
        return kind
    return _place_in_words(found, [item for item in tensors if is_inexact(item)], constants)


_MOST_NUMBERS = 64  # among more, a zero or a tie is found by chance


def _place_in_words(found: Found, tensors: Sequence[np.ndarray], constants: Sequence[float]) -> str:
    if sum(item.size for item in tensors) > _MOST_NUMBERS:
        return "derivative"
    index, shape = found.verdict.index, getattr(found.reference, "shape", None)
    there = [complex(item[index]) for item in tensors if item.shape == shape]
    if there and not any(there):
        return "derivative at 0"
    for number in there:
        if not number.imag and any(abs(abs(number) - constant) <= 1e-6 * constant for constant in constants):
            return f"derivative at {number.real:g}, a number in the candidate's program"
    numbers = np.abs(np.concatenate([np.ravel(item).astype(complex) for item in tensors]))
    return "derivative, at a tie" if len(np.unique(numbers)) < len(numbers) else "derivative"


def failure_of(sides: Sides, terms: Terms, found: Found, constants: Sequence[float] = ()) -> Failure:
    """Return a disagreement as the report shows it."""
    case: Case = sides.case
    tensors = case.row(found.row)
    dtypes = [str(item.dtype) for item in tensors if is_inexact(item)] or [str(item.dtype) for item in tensors]
    return Failure(
        level=found.level,
        leaf="" if found.verdict.difference == "structure" else sides.name(found.level, found.leaf),
        difference=_in_words(found, tensors, constants),
        detail=found.verdict.detail,
        call=case.shown(found.row),
        stratum=case.strata[found.row],
        dtype=dtypes[0] if dtypes else "",
        device=terms.device,
        ulp=found.verdict.ulp,
        index=found.verdict.index,
        inputs=case.ours.filled(tensors, lambda dtype: dtype),
        candidate=found.candidate,
        reference=found.reference,
    )


@without_warnings
def judge_signature(sides: Sides, terms: Terms) -> tuple[Report, list[Found]]:
    """Return whether both raise alike on the first value set, and give the same shapes and dtypes: nothing compiles."""
    report, tensors = Report(examples=1), sides.case.row(0)
    theirs, their_error = outcome(lambda: sides.signature_of_reference(tensors))
    ours, our_error = outcome(lambda: sides.signature(tensors))
    verdict = raises_alike(our_error, their_error, terms.exact)
    known = sides.case.known("errors", tensors)
    if known is not None:
        _take_known(report, known.why, verdict)
        return report, []
    if verdict.ok and theirs is not None and ours != theirs:
        verdict = Verdict("shape or dtype", 1, detail=f"{ours} where the reference gives {theirs}")
    report.count("errors", Verdict(compared=1) if verdict.ok else verdict)
    return report, [] if verdict.ok else [Found("errors", 0, 0, verdict)]
