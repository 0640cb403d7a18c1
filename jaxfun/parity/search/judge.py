"""The verdicts on one case: every value set at every level that applies."""

import dataclasses
import functools
import warnings
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any, ParamSpec, TypeVar

import numpy as np

from ..compare.arrays import Verdict, compare
from ..compare.mask import Rows, answerable_rows, asked, is_moderate
from ..compare.tolerance import Results
from ..report.model import COMPUTED, Mismatch
from ..report.report import Report
from ..run.candidate import Sides
from ..run.options import Options
from ..run.outcome import outcome
from ..run.reference import Reference
from .planted import PLANTED_ROWS, plant
from .verdicts import canonical, first_line, raised, raises_alike, targets, verdicts

P = ParamSpec("P")
R = TypeVar("R")


def without_warnings(function: Callable[P, R]) -> Callable[P, R]:
    """Run a function with warnings ignored: a warning is no part of an answer."""

    @functools.wraps(function)
    def call(*args: P.args, **kwargs: P.kwargs) -> R:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return function(*args, **kwargs)

    return call


@without_warnings
def judge(sides: Sides, terms: Options) -> tuple[Report, list[Mismatch]]:
    """Return what the value sets of a case show, and each disagreement as it was met."""
    report, case = Report(examples=sides.case.sets), sides.case
    if "errors" in terms.levels:
        report.level("errors").reason = "the reference raised for no input"
    for stratum in case.strata:
        report.strata[stratum] = report.strata.get(stratum, 0) + 1
    errors = [sides.theirs.raises(row) for row in range(case.sets)]
    found = [
        item for row, error in enumerate(errors) if error and (item := _judge_raising(sides, terms, report, row, error))
    ]
    rows = [row for row, error in enumerate(errors) if error is None]
    if not rows:
        report.refused = first_line(errors[0]) if errors[0] and terms.levels != {"errors"} else ""
        return report, found
    report.is_accepted = True
    references = sides.theirs.results(rows)
    if not all(reference.has_oracle for reference in references.values()):
        report.note("the reference does not run in float64: its own result is the measure, within the dtype's ULP")
    answered = [
        level for level in COMPUTED if any(not isinstance(ref.plain[level], str) for ref in references.values())
    ]
    asked_for = {"value", *(level for level in answered if level in terms.levels)}
    got, error = outcome(lambda: sides.ours(asked_for))
    if error is not None and outcome(lambda: sides.ours({"value"}))[1] is None:
        error = None
        got, failing = _by_level(sides, report, rows[0], asked_for)
        found += failing
    structures = None if error is not None else sides.structures(rows[0])
    if structures is not None and structures[0] != structures[1]:
        verdict = Verdict("structure", detail="{} where the reference gives {}".format(*structures))
        report.count("value", verdict)
        return report, [*found, Mismatch("value", rows[0], 0, verdict)]
    if error is not None:
        return report, [*found, *_judge_failing(sides, report, rows[0], error)]
    left = [level for level in COMPUTED if level in terms.levels]
    values = _stacked([reference.wide["value"] for reference in references.values()])
    answerable = answerable_rows([stack[rows] for stack in case.tensors], values)
    left = [
        level
        for level in left
        if not _agree_at_once(sides, terms, report, level, got.get(level), references, answerable)
    ]
    for row in rows:
        results = {level: [item[row] for item in items] for level, items in got.items()}
        found += _judge_row(sides, terms, report, row, results, references[row], left)
    found = [_blamed(sides, terms, item, references) for item in found]
    if terms.alone:
        found += _judge_eager(sides, terms, report, rows[0], references[rows[0]])
    if terms.plants:
        for row in rows[:PLANTED_ROWS]:
            plant(sides, terms, report, row, references[row])
    return report, found


def _judge_raising(sides: Sides, terms: Options, report: Report, row: int, error: Exception) -> Mismatch | None:
    _, ours = outcome(lambda: sides.eager(sides.case.row(row)))
    verdict = raises_alike(ours, error, terms.exact)
    known = sides.known("errors", row)
    if known is not None:
        _take_known(report, known.why, verdict)
        return None
    report.count("errors", verdict)
    return None if verdict.ok else Mismatch("errors", row, 0, verdict)


def _by_level(sides: Sides, report: Report, row: int, levels: Collection[str]) -> tuple[Results, list[Mismatch]]:
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
            verdict = raised(error, "where the reference has a derivative")
            report.count(level, verdict)
            failing.append(Mismatch(level, row, 0, verdict))
    return got, failing


def _judge_failing(sides: Sides, report: Report, row: int, error: Exception) -> list[Mismatch]:
    """Say what it is that the candidate cannot do: run at all, be compiled, or be batched."""
    tensors = sides.case.row(row)
    level, failed = "errors", outcome(lambda: sides.eager(tensors))[1]
    if failed is None:
        level, failed = "jit", outcome(lambda: sides.compiled_alone(tensors))[1]
    if failed is None:
        level, failed = "vmap", error
    verdict = raised(failed or error)
    known = sides.known(level, row)
    if known is not None:
        _take_known(report, known.why, verdict)
        return []
    report.count(level, verdict)
    return [Mismatch(level, row, 0, verdict)]


def _agree_at_once(
    sides: Sides,
    terms: Options,
    report: Report,
    level: str,
    stacks: Sequence[np.ndarray] | None,
    references: Mapping[int, Reference],
    answerable: Rows,
) -> bool:
    """Compare a level for all value sets in one go, and count it where all agree; else it is left to be looked into."""
    rows = list(references)
    plain, wide = ([getattr(ref, side)[level] for ref in references.values()] for side in ("plain", "wide"))
    if stacks is None or any(isinstance(items, str) for items in (*plain, *wide)):
        return False
    if any(sides.known(level, row) is not None for row in rows):
        return False
    wanted, oracles = (_stacked([targets(level, items) for items in side]) for side in (plain, wide))
    if wanted is None or oracles is None or len(wanted) != len(stacks):
        return False
    want = [canonical(item) for item in wanted]
    verdicts = []
    for part, target, oracle in zip(stacks, want, oracles, strict=True):
        only = None if level == "value" else asked(level, part[rows], target, oracle, answerable, terms.exact)
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
    sides: Sides, terms: Options, report: Report, level: str, leaf: int, verdict: Verdict, is_nonzero: bool
) -> None:
    report.count(level, verdict, is_nonzero, sides.name(level, leaf))
    if level == "value" and verdict.ok and "vmap" in terms.levels:  # all value sets are one batch
        report.count("vmap", verdict, is_nonzero)


def _judge_row(
    sides: Sides,
    terms: Options,
    report: Report,
    row: int,
    results: dict[str, list[np.ndarray]],
    reference: Reference,
    levels: Sequence[str],
) -> list[Mismatch]:
    found = []
    for level in levels:
        want = reference.plain[level]
        if isinstance(want, str) or isinstance(reference.wide[level], str) or level not in results:
            why = want if isinstance(want, str) else "neither the result nor an input is floating point"
            report.level(level).reason = report.level(level).reason or why
            continue
        for leaf, verdict in enumerate(verdicts(sides, terms, row, level, results[level], reference)):
            known = sides.known(level, row)
            if known is not None:
                _take_known(report, known.why, verdict)
                continue
            if level == "value" and _is_of_the_compiler(sides, terms, row, leaf, verdict, reference):
                report.note(_CONTRACTED)
                continue
            target = targets(level, want)[leaf] if leaf < len(targets(level, want)) else None
            is_nonzero = target is not None and bool(np.any(target != 0))
            _count(sides, terms, report, level, leaf, verdict, is_nonzero)
            if not verdict.ok:
                found.append(_found(level, row, leaf, verdict, results[level], target))
    return found


_CONTRACTED = (
    "the compiled function is not compared where a square overflows and the plain call agrees: "
    "XLA leaves out roundings (a * b - c in one step), and what cancels there is then huge"
)


def _is_of_the_compiler(
    sides: Sides, terms: Options, row: int, leaf: int, verdict: Verdict, reference: Reference
) -> bool:
    """Return whether a value beyond reason is right in the plain call, and wrong where it is compiled."""
    if verdict.ok or is_moderate(sides.case.row(row), reference.wide["value"]):
        return False
    return _is_right(sides, terms, row, leaf, reference, sides.eager)


def _is_right(sides: Sides, terms: Options, row: int, leaf: int, reference: Reference, run: Callable[..., Any]) -> bool:
    results, error = outcome(lambda: run(sides.case.row(row)))
    judged = [] if error else verdicts(sides, terms, row, "value", results, reference)
    return leaf < len(judged) and judged[leaf].ok


def _blamed(sides: Sides, terms: Options, found: Mismatch, references: Mapping[int, Reference]) -> Mismatch:
    """Name the level that a wrong value of the compiled batch belongs to: right eagerly, it is the compiler's."""
    if found.level != "value" or found.verdict.difference == "structure":
        return found
    for level, run in (("value", sides.eager), ("jit", sides.compiled_alone)):
        if not _is_right(sides, terms, found.row, found.leaf, references[found.row], run):
            return dataclasses.replace(found, level=level)
    return dataclasses.replace(found, level="vmap")


def _found(
    level: str, row: int, leaf: int, verdict: Verdict, results: Sequence[np.ndarray], target: np.ndarray | None
) -> Mismatch:
    return Mismatch(level, row, leaf, verdict, results[leaf] if leaf < len(results) else None, target)


def _take_known(report: Report, why: str, verdict: Verdict) -> None:
    report.seen[why] = report.seen.get(why, 0) + (not verdict.ok)
    report.count("known differences", Verdict(compared=max(verdict.compared, 1)))


def _judge_eager(sides: Sides, terms: Options, report: Report, row: int, reference: Reference) -> list[Mismatch]:
    """Hold the plain call to the reference as well, and, where that is right, the plain compiled one."""
    if sides.known("value", row) is not None:
        return []
    for level, run in (("value", sides.eager), ("jit", sides.compiled_alone)):
        if level not in terms.levels:
            continue
        found = _judge_run(sides, terms, report, row, reference, level, run)
        if found:
            return found
    return []


def _judge_run(
    sides: Sides, terms: Options, report: Report, row: int, reference: Reference, level: str, run: Callable[..., Any]
) -> list[Mismatch]:
    results, error = outcome(lambda: run(sides.case.row(row)))
    if error is not None:
        verdict = raised(error)
        report.count(level, verdict)
        return [Mismatch(level, row, 0, verdict)]
    found = []
    for leaf, verdict in enumerate(verdicts(sides, terms, row, "value", results, reference)):
        report.count(level, verdict)
        if not verdict.ok:
            found.append(_found(level, row, leaf, verdict, results, reference.plain["value"][leaf]))
    return found


@without_warnings
def judge_signature(sides: Sides, terms: Options) -> tuple[Report, list[Mismatch]]:
    """Return whether both raise alike on the first value set, and give the same shapes and dtypes.

    Nothing compiles, but where the reference alone raises: the candidate may see why only in what it computes.
    """
    report, tensors = Report(examples=1), sides.case.row(0)
    their_error = sides.theirs.raises(0)
    theirs = None if their_error else [f"{item.dtype}{list(item.shape)}" for item in sides.theirs.outputs(0)]
    ours, our_error = outcome(lambda: sides.signature(tensors))
    if their_error and not our_error:
        _, our_error = outcome(lambda: sides.eager(tensors))
    verdict = raises_alike(our_error, their_error, terms.exact)
    known = sides.known("errors", 0)
    if known is not None:
        _take_known(report, known.why, verdict)
        return report, []
    if verdict.ok and theirs is not None and ours != theirs:
        verdict = Verdict("shape or dtype", 1, detail=f"{ours} where the reference gives {theirs}")
    report.count("errors", Verdict(compared=1) if verdict.ok else verdict)
    return report, [] if verdict.ok else [Mismatch("errors", 0, 0, verdict)]
