"""Judge a model of real size within a time limit: one value set at a time, nothing stacked.

The oracle is the module in float64. Rounding is estimated from the module's own error: for each gradient, its largest.
"""

import math
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from ..compare.arrays import PRECISION, Verdict, compare, is_inexact, part_of
from ..compare.mask import is_moderate
from ..compare.tolerance import Results
from ..report.model import Level, Mismatch
from ..report.report import Report
from ..run import torch_modules, torch_side
from ..run.candidate import Sides
from ..run.case import Case
from ..run.compiling import compiled_fast
from ..run.options import Options
from ..run.outcome import outcome
from ..run.reference import TO, replaced
from ..run.torch_modules import Directions
from .failing import failure_of
from .verdicts import canonical, first_line, raised


@dataclass
class Deadline:
    """The time limit of a check, and the list of what was left out to keep it."""

    seconds: float
    began: float = field(default_factory=time.perf_counter)
    left_out: list[str] = field(default_factory=list)

    def has(self, share: float, more: float = 0.0) -> bool:
        """Return whether the time spent, plus `more` seconds, is below `share` of the limit."""
        return time.perf_counter() - self.began + more < share * self.seconds

    def left(self, what: str) -> None:
        """Record something that was left out."""
        if what not in self.left_out:
            self.left_out.append(what)


def judge_large(
    cases: Iterator[Case], candidate: Any, reference: Any, options: Options, deadline: Deadline, most: int
) -> tuple[Report, Sides | None]:
    """Return the report on some value sets, each a case of its own, and the sides of one of them.

    That is the first value set that differs, else the first of all.
    """
    judging = _Large(candidate, reference, options, deadline)
    with np.errstate(all="ignore"):
        judging.run(cases, most)
        judging.note_losses()
    return judging.report, judging.shown


class _Large:
    """Judges the value sets of a large model one after the other."""

    def __init__(self, candidate: Any, reference: Any, options: Options, deadline: Deadline) -> None:
        self.candidate, self.reference, self.options, self.deadline = candidate, reference, options, deadline
        self.report, self.shown = Report(), None
        self._programs: dict[Any, Any] = {}
        self._lost: dict[tuple[str, int], float] = {}  # the module's largest error, relative to its largest number
        self._spread: dict[str, float] = {}  # how far a result that differs moves with a rounding of the inputs
        self._failed: set[tuple[str, int]] = set()
        self._took = 0.0  # seconds for the first value set, most of them compilation

    def run(self, cases: Iterator[Case], most: int) -> None:
        """Judge values and gradients within the first part of the time, then the other levels on one value set."""
        report = self.report
        if "errors" in self.options.levels:
            report.level("errors").reason = "errors are not compared for a large model"
        first: Case | None = None
        for number, case in enumerate(cases):
            if number >= most or (number >= _LEAST and not self.deadline.has(_SHARE)):
                self.deadline.left(f"all but {number} of {most} value sets") if number < most else None
                break
            began = time.perf_counter()
            if self._judge(case, self._usual()) and first is None:
                first, self._took = case, time.perf_counter() - began
            if report.failures:
                break
        if first is None or report.failures:
            return
        for level, run in (("value", self._eager), ("vmap", self._batched)):
            if level in self.options.levels:
                self._in_time(level, lambda run=run, level=level: run(first, level), "the eager call")
        for level in ("jvp", "hvp"):
            if level in self.options.levels:
                self._in_time(level, lambda level=level: self._judge(first, [level]), "")

    def _usual(self) -> list[str]:
        return [level for level in ("value", "vjp") if level == "value" or level in self.options.levels]

    def _in_time(self, level: str, run: Callable[[], Any], spoken: str) -> None:
        if self.deadline.has(1.0, _TIMES[level] * self._took):
            run()
            return
        self.deadline.left(spoken if level == "value" else level)
        if level != "value":
            self.report.level(level).left_out = "no time left"

    # One value set

    def _judge(self, case: Case, levels: Sequence[str]) -> bool:
        """Judge one value set at some levels. Return whether the reference accepts it."""
        report, row = self.report, case.row(0)
        plain, error = outcome(lambda: self._theirs(case, row, levels, "plain"))
        if levels[-1] in ("value", "vjp"):
            report.examples += 1
            report.strata[case.strata[0]] = report.strata.get(case.strata[0], 0) + 1
        if error is not None:
            report.refused = report.refused or first_line(error)
            return False
        report.is_accepted = True
        if isinstance(plain.get(levels[-1], ""), str) and levels[-1] in plain and len(levels) == 1:
            report.level(levels[-1]).reason = str(plain[levels[-1]])  # nothing to compare with
            return True
        wide, error = outcome(lambda: self._theirs(case, row, levels, "float64"))
        if error is not None:
            report.note("no float64 oracle, as the reference does not run in float64: compared with its own result")
            wide = plain
        got, error = outcome(lambda: self._ours(case, row, tuple(levels)))
        if error is not None:
            self._take(case, Mismatch(levels[-1], 0, 0, raised(error)))
            return True
        for level in levels:
            if isinstance(plain.get(level, ""), str) or isinstance(wide.get(level, ""), str) or level not in got:
                report.level(level).reason = str(plain.get(level, "")) or "the result is not floating point"
                continue
            if level == "value" or (self._is_asked(case, wide)):
                self._compare(case, level, got[level], plain[level], wide[level])
        return True

    def _is_asked(self, case: Case, wide: Results) -> bool:
        """Return whether derivatives are compared: all numbers must be finite, and no square may overflow."""
        row = [item for item in case.row(0) if is_inexact(item)]
        finite = all(np.isfinite(item).all() for item in [*row, *filter(is_inexact, wide["value"])])
        return finite and is_moderate(row, wide["value"])

    def _compare(self, case: Case, level: str, got: Any, plain: Any, wide: Any) -> None:
        want = [canonical(item) for item in plain]
        if len(got) != len(want):
            detail = f"{len(got)} results where the reference has {len(want)}"
            self._take(case, Mismatch(level, 0, 0, Verdict("structure", detail=detail)))
            return
        largest = max((_largest(item) for item in wide if is_inexact(item)), default=0.0)
        moved: list[Any] = []  # computed for the first result that differs
        for leaf, (part, target, oracle) in enumerate(zip(got, want, wide, strict=True)):
            is_residue = _is_residue(target, oracle, largest)
            scale = self._scale(level, leaf, target, oracle, largest if is_residue else 0.0)
            verdict = _in_pieces(part, target, oracle, scale, self.options)
            if verdict.kind == "number":
                moved = moved or self._moved(case, level)
                wider = self._moved_scale(level, [each[leaf] for each in moved], oracle, str(target.dtype))
                verdict = _in_pieces(part, target, oracle, max(scale, wider), self.options)
            self._take(case, Mismatch(level, 0, leaf, verdict, part, target))
            if level == "value" and verdict.ok and "jit" in self.options.levels:  # values come from the compiled call
                self.report.count("jit", verdict, bool(np.any(target != 0)))
            if not is_residue:  # zeros are then as good
                self._plant(level, leaf, target, scale)

    def _scale(self, level: str, leaf: int, target: np.ndarray, oracle: np.ndarray, of_all: float) -> float:
        """Return the scale that rounding is relative to: a share of the largest number, or the module's own error.

        `of_all` is the largest number of all results, for a result that is 0 in theory, else 0.
        """
        precision = PRECISION.get(part_of(str(target.dtype)))
        if precision is None:
            return 0.0
        largest, error = _largest(oracle), _largest(target.astype(oracle.dtype) - oracle)
        by = _SLACK / (precision.ulps * precision.eps)
        if of_all:  # the module's terms may cancel by chance: the rounding of one is allowed all the same
            return by * max(error, precision.eps * of_all / _SLACK)
        share = error / largest if largest else 0.0
        self._lost[level, leaf] = max(share, self._lost.get((level, leaf), 0.0))
        known = max(share for (other, _), share in self._lost.items() if other == level)
        return largest * max(_SHARE_OF_LARGEST, by * min(known, _MOST_LOST))

    def _moved_scale(self, level: str, moved: Sequence[np.ndarray], oracle: np.ndarray, dtype: str) -> float:
        """Return the scale of a result that differs: how far it moves where the inputs move by their rounding.

        A ReLU whose input is 0 but for rounding, or a deviation of two numbers, makes much of it.
        """
        precision, largest = PRECISION.get(part_of(dtype)), _largest(oracle)
        if precision is None or not largest:
            return 0.0
        share = max(_largest(each - oracle) for each in moved) / largest
        self._spread[level] = max(share, self._spread.get(level, 0.0))
        return largest * _SLACK / (precision.ulps * precision.eps) * min(share, _MOST_MOVED)

    def _moved(self, case: Case, level: str) -> list[Any]:
        """Return the module's results in float64 for inputs that are moved by a rounding or two."""
        levels = {"vjp": ["value", "vjp"], "vmap": ["value"]}.get(level, [level])  # a batch has the module's values
        rng = np.random.default_rng((case.seed, _MOVES))
        rows = [[_nudged(item, rng) for item in case.row(0)] for _ in range(_MOVES)]
        return [self._theirs(case, row, levels, "float64")[levels[-1]] for row in rows]

    def note_losses(self) -> None:
        """Note the levels at which rounding changes the reference so much that smaller differences cannot be seen."""
        for level in dict.fromkeys(level for level, _ in self._lost):
            own = max(share for (other, _), share in self._lost.items() if other == level)
            worst = max(own, self._spread.get(level, 0.0))
            if worst > _MOST_LOST:
                self.report.note(_LOST.format(level=_SPOKEN.get(level, level), share=worst))

    def _plant(self, level: str, leaf: int, target: np.ndarray, scale: float) -> None:
        """Record whether the tolerance would reject all-zero results, and results shifted a little."""
        precision = PRECISION.get(part_of(str(target.dtype)))
        largest = _largest(target)
        if precision is None or not self.options.plants or not largest or not math.isfinite(largest):
            return
        allowed = precision.ulps * precision.eps * max(scale, largest)
        shift = max(_SHIFT, 64 * precision.eps)
        self.report.level(level).add(
            Level(planted={"zeros": largest > allowed, "a small shift": shift * largest > allowed})
        )

    def _take(self, case: Case, mismatch: Mismatch) -> None:
        """Count a verdict. Of several mismatches of a level and leaf, keep the first."""
        sides = self._sides(case)
        level, leaf, verdict = mismatch.level, mismatch.leaf, mismatch.verdict
        is_nonzero = mismatch.reference is not None and bool(np.any(mismatch.reference != 0))
        name = "" if verdict.kind in ("structure", "raises") else sides.name(level, leaf)
        self.report.count(level, verdict, is_nonzero, name)
        if self.shown is None or (not verdict.ok and not self._failed):
            self.shown = sides
        if not verdict.ok and (level, leaf) not in self._failed:
            if level not in {known for known, _ in self._failed}:
                self.report.failures.append(failure_of(sides, self.options, mismatch))
            self._failed.add((level, leaf))

    def _sides(self, case: Case) -> Sides:
        return Sides(self.candidate, self.reference, case, self.options.device, {"value"})

    # The calls

    def _theirs(self, case: Case, row: Sequence[np.ndarray], levels: Sequence[str], precision: str) -> Results:
        to = TO[precision]
        arrays = [item.astype(to.get(str(item.dtype), item.dtype), copy=False) for item in row]

        def function(*tensors: Any) -> list[Any]:
            args, kwargs = case.theirs.filled(tensors, lambda dtype: dtype)
            return torch_side.leaves(self.reference(*args, **kwargs))

        return torch_modules.once(function, arrays, case.movable, self._directions(case, row, levels), levels[-1])

    def _ours(self, case: Case, row: Sequence[np.ndarray], levels: tuple[str, ...]) -> dict[str, list[np.ndarray]]:
        directions = self._directions(case, row, levels)
        given = (list(map(jnp.asarray, row)), [*directions.cotangents], [*directions.tangents])
        if levels not in self._programs:
            program = self._program(case, levels)
            self._programs[levels] = jax.jit(program) if self.options.optimised else compiled_fast(program, given)
        return {level: list(map(np.asarray, items)) for level, items in self._programs[levels](*given).items()}

    def _program(self, case: Case, levels: Sequence[str]) -> Callable[..., dict[str, list[Any]]]:
        movable = case.movable

        def program(tensors: list[Any], cotangents: list[Any], tangents: list[Any]) -> dict[str, list[Any]]:
            def smooth(moving: Sequence[Any]) -> tuple[list[Any], list[Any]]:
                outputs = self._function(case)(replaced(tensors, movable, moving))
                return [item for item in outputs if is_inexact(item)], outputs

            def gradient(moving: Sequence[Any]) -> tuple[list[Any], list[Any]]:
                # PyTorch's gradient of a complex function is the conjugate of JAX's
                _, pull, outputs = jax.vjp(smooth, moving, has_aux=True)
                return jax.tree.map(jnp.conj, pull(jax.tree.map(jnp.conj, cotangents))[0]), outputs

            primals = [tensors[place] for place in movable]
            if "vjp" in levels:
                found, outputs = gradient(primals)
                return {"value": outputs, "vjp": found}
            if "hvp" in levels:
                _, pull = jax.vjp(lambda moving: gradient(moving)[0], primals)
                return {"hvp": jax.tree.map(jnp.conj, pull(jax.tree.map(jnp.conj, tangents))[0])}
            if "jvp" in levels:
                return {"jvp": jax.jvp(lambda moving: smooth(moving)[0], (primals,), (tangents,))[1]}
            return {"value": self._function(case)(tensors)}

        return program

    def _function(self, case: Case) -> Callable[[Sequence[Any]], list[Any]]:
        def function(tensors: Sequence[Any]) -> list[Any]:
            args, kwargs = case.ours.filled(tensors, lambda dtype: dtype)
            return jax.tree.leaves(self.candidate(*args, **kwargs))

        return function

    def _directions(self, case: Case, row: Sequence[np.ndarray], levels: Sequence[str]) -> Directions:
        """Return random directions: eighths, so that both sides and every precision have the same."""
        shapes = self._shapes(case)
        cotangents = [_eighths((case.seed, 0, at), item) for at, item in enumerate(shapes) if is_inexact(item)]
        needs = not {"jvp", "hvp"}.isdisjoint(levels)
        tangents = [_eighths((case.seed, 1, at), row[at]) for at in case.movable] if needs else []
        return Directions(cotangents, tangents)

    def _shapes(self, case: Case) -> list[Any]:
        key = "shapes"
        if key not in self._programs:
            self._programs[key] = jax.eval_shape(self._function(case), list(map(_shape, case.row(0))))
        return self._programs[key]

    # Other calls of the candidate

    def _eager(self, case: Case, level: str) -> None:
        self._hold(case, level, lambda row: self._function(case)(list(map(jnp.asarray, row))))

    def _batched(self, case: Case, level: str) -> None:
        """Compare a batch of two inputs, with one state, with the values of each; the state is not stacked."""
        is_state = [name.startswith("state[") or at < self._states(case) for at, name in enumerate(case.names)]
        axes = [None if fixed else 0 for fixed in is_state]
        if all(axis is None for axis in axes):
            self.report.level(level).reason = "the model has no inputs to batch"
            return

        def run(row: Sequence[np.ndarray]) -> list[Any]:
            both = [item if axis is None else np.stack([item, item]) for item, axis in zip(row, axes, strict=True)]
            arrays = [*map(jnp.asarray, both)]
            batched = compiled_fast(jax.vmap(lambda *items: self._function(case)(items), in_axes=axes), arrays)
            return [item[1] for item in batched(*arrays)]

        self._hold(case, level, run)

    def _states(self, case: Case) -> int:
        first = jax.tree.leaves(case.ours.args[:1])
        return len([item for item in first if hasattr(item, "number")])

    def _hold(self, case: Case, level: str, run: Callable[[Sequence[np.ndarray]], list[Any]]) -> None:
        row = case.row(0)
        got, error = outcome(lambda: list(map(np.asarray, run(row))))
        if error is not None:
            self._take(case, Mismatch(level, 0, 0, raised(error)))
            return
        plain, wide = (self._theirs(case, row, ["value"], precision)["value"] for precision in ("plain", "float64"))
        self._compare(case, level, got, plain, wide)


_LEAST = 2  # value sets
_SHARE = 0.4  # of the time limit, for values and gradients
_TIMES = {"value": 0.5, "vmap": 0.7, "jvp": 1.0, "hvp": 2.5}  # time of a level, relative to the first value set's
_SLACK = 8.0  # times the module's own largest error
_MOST_LOST = 2.0**-10
_MOST_MOVED = 2.0**-5  # of the largest number
_SPOKEN = {"vjp": "gradient"}
_LOST = "rounding alone moves PyTorch's {level} by up to {share:.1e} of its largest number: less does not show"
_MOVES = 3
_RESIDUE = 64  # times the rounding of the largest derivative
_SHARE_OF_LARGEST = 0.25  # of the largest number: terms of that size may cancel in any element
_SHIFT = 1e-4


def _shape(item: np.ndarray) -> Any:
    return jax.ShapeDtypeStruct(item.shape, jax.dtypes.canonicalize_dtype(item.dtype))


def _is_residue(target: np.ndarray, oracle: np.ndarray, of_all: float) -> bool:
    """Return whether a result is 0 in theory, as an attention's derivative is by the bias of its keys.

    The module has then none of the digits: its error is as large as the numbers, and is the rounding of terms as large
    as `of_all`, the largest number of all results. A mean of normalised numbers is another example.
    """
    precision = PRECISION.get(part_of(str(target.dtype)))
    if precision is None:
        return False
    error = _largest(target.astype(oracle.dtype) - oracle)
    return _MOST_LOST * _largest(oracle) < error <= _RESIDUE * precision.eps * of_all


def _nudged(array: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Return numbers moved by a rounding or two of their dtype; integers and bools as they are."""
    precision = PRECISION.get(part_of(str(array.dtype)))
    if precision is None:
        return array
    return (array * (1 + precision.eps * rng.integers(-2, 3, array.shape))).astype(array.dtype)


def _largest(array: np.ndarray) -> float:
    finite = array[np.isfinite(array)] if array.dtype.kind in "fc" else array.astype(np.float64)
    return float(np.abs(finite).max(initial=0.0))


def _eighths(seed: tuple[int, ...], like: Any) -> np.ndarray:
    """Return random multiples of 1/8, which every precision represents exactly. None is 0, which would hide a NaN."""
    rng = np.random.default_rng(seed)

    def part() -> np.ndarray:
        rounded = np.round(rng.standard_normal(like.shape, np.float32) * 8) / 8
        return np.where(rounded == 0, np.float32(0.125), rounded)

    kind = np.dtype(like.dtype)
    return (part() + 1j * part()).astype(kind) if kind.kind == "c" else part().astype(kind)


_PIECE = 2**16  # numbers compared at a time: such arrays fit into a cache
_ORDER = ("", "number", "infinity", "NaN", "finite or not")  # by rank: an array's kind is the highest among its pieces


def _in_pieces(part: np.ndarray, target: np.ndarray, oracle: np.ndarray, scale: float, options: Options) -> Verdict:
    """Return the verdict of `compare` on an array; a large one is compared in pieces."""
    if part.shape != target.shape or part.dtype != target.dtype or part.size <= _PIECE:
        return compare(part, target, oracle, scale=scale, bound=options.bound)
    flat = [np.ravel(item) for item in (part, target, oracle)]
    starts = range(0, part.size, _PIECE)
    found = [
        compare(*(item[start : start + _PIECE] for item in flat), scale=scale, bound=options.bound) for start in starts
    ]
    return _merged(found, starts, part.shape)


def _merged(found: Sequence[Verdict], starts: Sequence[int], shape: tuple[int, ...]) -> Verdict:
    """Return the verdict on an array, from the verdicts on its pieces."""
    kind = max((each.kind for each in found), key=_ORDER.index)
    at = max((at for at, each in enumerate(found) if each.kind == kind), key=lambda at: found[at].ulp)
    worst = replace(found[at], compared=sum(each.compared for each in found), wrong=None)
    if kind in ("", "number"):
        most = {name: max(getattr(each, name) for each in found) for name in ("worst_ulp", "of_tolerance")}
        worst = replace(worst, **most)
    if worst.ok:
        return worst
    index = tuple(int(i) for i in np.unravel_index(starts[at] + worst.index[0], shape))
    return replace(worst, index=index, detail=worst.detail.replace(f", at {list(worst.index)}", f", at {list(index)}"))
