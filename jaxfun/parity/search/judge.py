"""Judge one case: every value set at every level that applies. Begin with `_Judging.run`."""

import dataclasses
import functools
import warnings
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any, ParamSpec, TypeVar

import numpy as np

from ..compare.arrays import Verdict
from ..compare.mask import is_moderate
from ..compare.tolerance import Results
from ..known.difference import Held
from ..report.model import COMPUTED, Level, Mismatch
from ..report.report import Report
from ..run.candidate import Sides
from ..run.case import Case
from ..run.options import Options
from ..run.outcome import outcome
from ..run.reference import Reference
from .planted import PLANTED_ROWS, plant
from .together import agreeing
from .verdicts import first_line, raised, raises_alike, targets, verdicts
from .weights import weighed, weighed_error

P = ParamSpec("P")
R = TypeVar("R")

# levels that compare the batched values, and the unbatched calls that are compared with the reference one by one
_OF_VALUES = {"value", "vmap"}
_ONE_BY_ONE = {"value": Sides.eager, "jit": Sides.compiled_alone}
_MOST_BLAMED = 4
_CALLED = {"NaN": 3, "infinity": 6}  # value sets of a kind that are called one by one; of any other kind, one


def without_warnings(function: Callable[P, R]) -> Callable[P, R]:
    """Run a function with warnings ignored: a warning is not part of a verdict."""

    @functools.wraps(function)
    def call(*args: P.args, **kwargs: P.kwargs) -> R:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return function(*args, **kwargs)

    return call


@without_warnings
def judge(sides: Sides, options: Options) -> tuple[Report, list[Mismatch]]:
    """Return a report on the value sets of a case, and every mismatch as it was found.

    If some of the first value sets differ, the others are not judged; the report's `examples` counts those that were.
    """
    judging = _Judging(sides, options)
    judging.run()
    report = judging.report
    report.strata |= Counter(sides.case.strata[: report.examples])
    return report, judging.found


_FIRST = 128  # value sets in the first round: several of each stratum
_CALLED_TWICE = 4  # value sets called twice, to detect a random reference
_SOME = 64  # value sets in a block: each stratum once
_ENOUGH = 16  # mismatches, after which a level is skipped: more show little, and measuring their rounding is slow


class _Judging:
    """The state of judging one case: the report and the mismatches so far."""

    def __init__(self, sides: Sides, options: Options) -> None:
        self.options, self.report = options, Report(examples=sides.case.sets)
        self.found: list[Mismatch] = []
        self.sides = self._differentiable_sides(sides)
        self.references: dict[int, Reference] = {}
        self.distinct = _distinct_rows(self.sides.case)  # a repeated value set is not new evidence
        self.levels = [level for level in COMPUTED if level in self.sides.levels and self._is_asked(level)]

    def run(self) -> None:
        """Judge every value set at every level."""
        sides, report = self.sides, self.report
        if "errors" in self.options.levels:
            report.level("errors").reason = "the reference raised no exception"
        errors = [sides.theirs.raises(row) for row in range(sides.case.sets)]
        rows = [row for row, error in enumerate(errors) if error is None]
        for row, error in enumerate(errors):
            if error is not None:
                self._judge_raising(row, error, is_always=not rows)
        if not rows:
            is_more_asked = self.options.levels != {"errors"}
            report.refused = first_line(errors[0]) if errors[0] and is_more_asked else ""
            return
        report.is_accepted = True
        if sides.theirs.is_random(rows[:_CALLED_TWICE]):
            report.is_random = True
            return
        first, others = rows[:_FIRST], rows[_FIRST:]
        if self.options.alone:  # only for the first check of a function; a second opinion asks for less
            self._compile_ahead(rows[0])
        self._ask_reference(first)
        got = self._candidate(rows[0])
        if got is None:
            return
        self._judge_rows(first, got)
        if others and any(not item.edge for item in self.found):
            report.examples = others[0]
        elif others:
            answered = self._answered()
            self._ask_reference(others)
            got = got if self._answered() == answered else self._candidate(rows[0])
            self._judge_rows(others, got or {})
        self._judge_one_by_one()
        if self.options.plants:
            for row in rows[:PLANTED_ROWS]:
                plant(sides, self.options, report, row, self.references[row])

    def _compile_ahead(self, row: int) -> None:
        """Start to compile the candidate for the levels that the reference has, as seen on one value set.

        Forward mode is assumed to exist where the gradient does: PyTorch's first use of it costs a second of imports,
        which then overlap with XLA's compilation.
        """
        theirs, levels = self.sides.theirs, self.sides.levels - {"jvp"}
        own, error = outcome(lambda: theirs.one_by_one(theirs.own([row], "plain"), "plain", levels)[0])
        if error is None:
            answered = {level for level in levels if not isinstance(own[level], str)}
            answered |= self.sides.levels & {"jvp"} if "vjp" in answered else set()
            # an error is raised again when the results are requested
            outcome(lambda: self.sides.compile_ahead({"value", *answered}))

    def _ask_reference(self, rows: Sequence[int]) -> None:
        self.references |= self.sides.oracle.results(rows)
        self._note_references()

    def _judge_rows(self, rows: Sequence[int], got: Results) -> None:
        """Judge value sets in blocks. A level is skipped once enough value sets have differed at it."""
        for start in range(0, len(rows), _SOME):
            some = rows[start : start + _SOME]
            differing = Counter(item.level for item in self.found if not item.edge)
            levels = [level for level in self.levels if differing[level] < _ENOUGH]
            left = {level: self._not_agreeing_at_once(level, some, got.get(level)) for level in levels}
            for row in some:
                asked = [level for level in levels if row in left[level]]
                results = {level: [item[row] for item in got[level]] for level in asked if level in got}
                self._judge_row(row, results, asked)

    def _is_asked(self, level: str) -> bool:
        return level in self.options.levels or (level == "value" and bool(_OF_VALUES & self.options.levels))

    def _differentiable_sides(self, sides: Sides) -> Sides:
        """Return the sides without derivatives for arguments that PyTorch cannot differentiate, and note that."""
        if not {"vjp", "jvp", "hvp"} & sides.levels:
            return sides
        missing = sides.theirs.without_gradient()
        for at, reason in missing.items():
            name = sides.case.names[at] if at < len(sides.case.names) else f"tensor {at}"
            self.report.note(f"gradient of {name}: not compared, because PyTorch has none ({reason})")
            for level in self.options.levels & {"vjp", "hvp"}:
                self.report.level(level).leaves.setdefault(name, Level()).reason = reason
        if not missing:
            return sides
        if len(missing) == len(sides.case.movable):
            for level in self.options.levels & {"vjp", "jvp", "hvp"}:
                self.report.level(level).reason = next(iter(missing.values()))
        return sides.of(dataclasses.replace(sides.case, constant=sides.case.constant | {*missing}))

    def _note_references(self) -> None:
        references = self.references.values()
        self.report.is_another_in_float64 = any(reference.is_another for reference in references)
        for holds, note in _REFERENCE_NOTES.items():
            if any(map(holds, references)):
                self.report.note(note)

    # The candidate's results and errors

    def _candidate(self, row: int) -> Results | None:
        """Return the candidate's batched results at all levels; None if there are none to compare."""
        levels = self._answered()
        got, error = outcome(lambda: self.sides.ours(levels))
        if error is not None and outcome(lambda: self.sides.ours({"value"}))[1] is None:
            error, got = None, self._by_level(row, levels)
        if error is not None:
            self._judge_failing(row, error)
            return None
        structures = self.sides.structures(row)
        if structures[0] != structures[1]:
            detail = "{} where the reference gives {}".format(*structures)
            self._take(Mismatch("value", row, 0, Verdict("structure", detail=detail)))
            return None
        return got

    def _answered(self) -> set[str]:
        """Return the levels at which the reference has a result; always including the value."""
        references = self.references.values()
        answered = (
            level for level in self.sides.levels if any(not isinstance(r.plain[level], str) for r in references)
        )
        return {"value", *answered}

    def _by_level(self, row: int, levels: set[str]) -> Results:
        """Return the candidate's results level by level, because it cannot be differentiated in every way."""
        got: dict[str, Any] = {}
        for level in [name for name in COMPUTED if name in levels]:
            results, error = outcome(lambda level=level: self.sides.ours({level}))
            if error is None:
                got |= results
            elif level == "jvp" and "custom_vjp" in str(error):
                self.report.level(level).reason = "the candidate is a custom_vjp function, which has no forward mode"
            elif self._is_asked(level):
                self._take(Mismatch(level, row, 0, raised(error, "where the reference has a derivative")))
        return got

    def _judge_failing(self, row: int, error: Exception) -> None:
        """Record which call of the candidate raises: the eager one, the compiled one, or the batched one."""
        tensors = self.sides.case.row(row)
        level, failed = "errors", outcome(lambda: self.sides.eager(tensors))[1]
        if failed is None:
            level, failed = "jit", outcome(lambda: self.sides.compiled_alone(tensors))[1]
        if failed is None:
            level, failed = "vmap", error
        verdict = raised(failed or error)
        if not self._is_known(level, row, verdict):
            self._count_error(level, row, verdict, is_always=True)

    def _judge_raising(self, row: int, error: Exception, is_always: bool) -> None:
        _, ours = outcome(lambda: self.sides.eager(self.sides.case.row(row)))
        verdict = raises_alike(ours, error, self.options.exact)
        if not self._is_known("errors", row, verdict):
            self._count_error("errors", row, verdict, is_always)

    def _count_error(self, level: str, row: int, verdict: Verdict, is_always: bool) -> None:
        mismatch = Mismatch(level, row, 0, verdict)
        if not verdict.ok:
            mismatch = weighed_error(mismatch, self.sides, self.options, is_always)
        self._keep(mismatch)

    # The numbers

    def _not_agreeing_at_once(self, level: str, rows: Sequence[int], stacks: Sequence[np.ndarray] | None) -> set[int]:
        """Compare value sets at a level all at once, count those that agree, and return the rows of the others."""
        left, references = {*rows}, {row: self.references[row] for row in rows}
        found = () if stacks is None else agreeing(self.sides, self.options, references, level, stacks)
        for agree, judged, is_nonzero in found:
            for leaf, verdict in enumerate(judged):
                self._keep(Mismatch(level, 0, leaf, verdict), is_nonzero[leaf], len(self.distinct & {*agree}))
            left -= {*agree}
        return left

    def _judge_row(self, row: int, results: Mapping[str, Sequence[np.ndarray]], levels: Sequence[str]) -> None:
        reference = self.references[row]
        for level in levels:
            want = reference.plain[level]
            if isinstance(want, str) or isinstance(reference.wide[level], str) or level not in results:
                why = want if isinstance(want, str) else "no floating point input, or no floating point result"
                self.report.level(level).reason = self.report.level(level).reason or why
                continue
            wanted = targets(level, want)
            judged = self._without_excused(level, row, results[level])
            for leaf, verdict in enumerate(judged):
                if self._is_left_out(level, row, leaf, verdict):
                    continue
                target = wanted[leaf] if leaf < len(wanted) else None
                part = results[level][leaf] if leaf < len(results[level]) else None
                self._take(Mismatch(level, row, leaf, verdict, part, target), is_batched=True)

    def _without_excused(self, level: str, row: int, parts: Sequence[np.ndarray]) -> list[Verdict]:
        """Return the verdicts on a value set, without the elements that a known difference excuses."""
        judged = verdicts(self.sides, self.options, row, level, parts)
        held = self.sides.known(level, row)
        if held is None:
            return judged
        for verdict in judged:
            self._see(held, verdict)
        if all(verdict.ok for verdict in judged):
            return []
        return verdicts(self.sides, self.options, row, level, parts, held=held)

    def _is_left_out(self, level: str, row: int, leaf: int, verdict: Verdict) -> bool:
        """Return whether a mismatch is PyTorch's own or the XLA compiler's fault, and note it in the report."""
        if verdict.ok:
            return False
        if level == "value" and self._is_of_the_compiler(row, leaf):
            self.report.note(_CONTRACTED)
            return True
        why = self.sides.oracle.contradiction(level, row) if verdict.kind in ("number", "NaN") else ""
        if why:
            reason = "PyTorch's derivatives contradict each other"
            if self.report.level(level).reason != reason:
                self.report.note(f"{reason}, so {level} is not compared there: {why}")
            self.report.level(level).reason = reason
        return bool(why)

    def _is_of_the_compiler(self, row: int, leaf: int) -> bool:
        """Return whether a huge value is correct in the eager call and wrong in the compiled one."""
        if is_moderate(self.sides.case.row(row), self.references[row].wide["value"]):
            return False
        return self._is_right(row, leaf, self.sides.eager)

    def _is_right(self, row: int, leaf: int, run: Callable[..., Any]) -> bool:
        results, error = outcome(lambda: run(self.sides.case.row(row)))
        judged = [] if error else verdicts(self.sides, self.options, row, "value", results)
        return leaf < len(judged) and judged[leaf].ok

    def _blamed(self, row: int, leaf: int) -> str:
        """Return the level to report for a wrong value of the compiled batch: value, jit or vmap.

        If the eager call is correct, the compiler or the batching is to blame.
        """
        if not self.options.alone:  # telling them apart takes single calls, which were not requested
            return "value"
        if len(self.found) >= _MOST_BLAMED:
            known = (item.level for item in self.found if item.leaf == leaf and item.level in _LEVELS_OF_VALUES)
            return next(known, "value")
        for level, run in _ONE_BY_ONE.items():
            if not self._is_right(row, leaf, functools.partial(run, self.sides)):
                return level if level in self.options.levels else "vmap"
        return "vmap"

    def _judge_one_by_one(self) -> None:
        """Compare the eager and the compiled call with the reference, on value sets of every kind."""
        rows = self._rows_of_each_kind()
        for level, run in _ONE_BY_ONE.items():
            if not self.options.alone or level not in self.options.levels:
                continue
            for row in rows:
                if self.sides.known("value", row) is None and not self._judge_run(row, level, run):
                    return

    def _rows_of_each_kind(self) -> list[int]:
        """Return the first value sets of every kind: one, or several for kinds with NaN or infinity."""
        found: dict[str, list[int]] = {}
        for row in (row for row in self.references if row < self.report.examples):
            kind = self.sides.case.strata[row].partition(" in ")[0]  # in any argument
            found.setdefault(kind, []).append(row)
        return sorted(row for kind, rows in found.items() for row in rows[: _CALLED.get(kind, 1)])

    def _judge_run(self, row: int, level: str, run: Callable[..., Any]) -> bool:
        """Judge one call. Return False if it raised, so that further calls are pointless."""
        results, error = outcome(lambda: run(self.sides, self.sides.case.row(row)))
        if error is not None:
            self._take(Mismatch(level, row, 0, raised(error)))
            return False
        judged = verdicts(self.sides, self.options, row, "value", results)
        for leaf, verdict in enumerate(judged):
            of_value = (item for item in self.found if item.level in _LEVELS_OF_VALUES and not item.edge)
            if verdict.kind == "structure":
                self._take(Mismatch(level, row, leaf, verdict))
            elif not any((item.row, item.leaf) == (row, leaf) for item in of_value):  # else it is recorded already
                target = self.references[row].plain["value"][leaf]
                self._take(Mismatch(level, row, leaf, verdict, results[leaf], target))
        return True

    # Recording

    def _take(self, mismatch: Mismatch, *, is_batched: bool = False) -> None:
        """Count a verdict. If it is a mismatch, find its level and its weight, and record it."""
        row, target = mismatch.row, mismatch.reference
        is_nonzero = target is not None and bool(np.any(target != 0))
        if not mismatch.verdict.ok:
            if mismatch.level == "value" and is_batched:
                mismatch = dataclasses.replace(mismatch, level=self._blamed(row, mismatch.leaf))
            mismatch = weighed(mismatch, self.sides, self.options, self.references.get(row))
        self._keep(mismatch, is_nonzero, int(row in self.distinct))

    def _keep(self, mismatch: Mismatch, is_nonzero: bool = True, sets: int = 1) -> None:
        level, verdict = mismatch.level, mismatch.verdict
        name = self.sides.name(level, mismatch.leaf) if level in COMPUTED else ""
        self.report.count(level, verdict, is_nonzero, name, sets=sets, edge=mismatch.edge)
        if level == "value" and verdict.ok and "vmap" in self.options.levels:  # values are computed in a batch
            self.report.count("vmap", verdict, is_nonzero, sets=sets)
        if not verdict.ok:
            self.found.append(mismatch)

    def _is_known(self, level: str, row: int, verdict: Verdict) -> bool:
        """Return whether a known difference covers the value set, and count that it was seen."""
        known = self.sides.known(level, row)
        if known is not None:
            self._see(known, verdict)
        return known is not None

    def _see(self, known: Held, verdict: Verdict) -> None:
        self.report.seen[known.why] = self.report.seen.get(known.why, 0) + (not verdict.ok)
        self.report.count("known differences", Verdict(compared=max(verdict.compared, 1)))


_LEVELS_OF_VALUES = ("value", "jit", "vmap")
_CONTRACTED = (
    "the compiled value is not compared where an input's square overflows and the eager call agrees: "
    "XLA computes a * b - c in one step, and a rounding error that it leaves out is huge there"
)
_REFERENCE_NOTES: Mapping[Callable[[Reference], bool], str] = {
    lambda ref: not ref.has_oracle and not ref.is_another: (
        "no float64 oracle, as the reference does not run in float64: compared with its own result"
    ),
    lambda ref: ref.is_another: (
        "no float64 oracle, as the reference computes another function in float64 (a default that depends on "
        "the dtype?): compared with its own result"
    ),
    lambda ref: ref.has_branch: (
        "PyTorch's gradient changes with create_graph=True: vjp is the plain backward pass, "
        "hvp the derivative of the other gradient"
    ),
}


def _distinct_rows(case: Case) -> frozenset[int]:
    """Return the rows of the value sets that do not repeat an earlier one."""
    first: dict[bytes, int] = {}
    for row in range(case.sets):
        first.setdefault(b"".join(np.ascontiguousarray(item).tobytes() for item in case.row(row)), row)
    return frozenset(first.values())


@without_warnings
def judge_signature(sides: Sides, options: Options) -> tuple[Report, list[Mismatch]]:
    """Judge the first value set without its numbers: whether both raise, and the shapes and dtypes of the results.

    Nothing is compiled, unless only the reference raises: then the candidate may raise when it computes.
    """
    report, tensors = Report(examples=1), sides.case.row(0)
    their_error = sides.theirs.raises(0)
    theirs = None if their_error else [f"{item.dtype}{list(item.shape)}" for item in sides.theirs.outputs(0)]
    ours, our_error = outcome(lambda: sides.signature(tensors))
    if their_error and not our_error:
        _, our_error = outcome(lambda: sides.eager(tensors))
    verdict = raises_alike(our_error, their_error, options.exact)
    known = sides.known("errors", 0)
    if known is not None:
        report.seen[known.why] = report.seen.get(known.why, 0) + (not verdict.ok)
        report.count("known differences", Verdict(compared=max(verdict.compared, 1)))
        return report, []
    if verdict.ok and theirs is not None and ours != theirs:
        verdict = Verdict("shape or dtype", 1, detail=f"{ours} where the reference gives {theirs}")
    report.count("errors", Verdict(compared=1) if verdict.ok else verdict)
    return report, [] if verdict.ok else [Mismatch("errors", 0, 0, verdict)]
