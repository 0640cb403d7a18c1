"""Search for a mismatch: draw configurations of arguments one by one, and judge each on many value sets.

`Search.run` is the entry.
"""

import contextlib
import dataclasses
import math
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import jax
import numpy as np

from ..compare.arrays import is_inexact, part_of
from ..draw.cases import Cases
from ..draw.recorded import RecordedCases
from ..draw.shapes import Configuration
from ..report.model import COMPUTED, LEVELS, Curve, Mismatch
from ..report.report import Failure, Report
from ..run.candidate import Sides
from ..run.case import Case
from ..run.options import Options
from ..script.program import script_of
from .failing import Cause, cause_of, failure_of
from .judge import judge
from .shrink import Effort, Shrinker, clarity


class Search:
    """One search on one device. It ends when a configuration disagrees or all are tried."""

    def __init__(
        self,
        candidate: Callable[..., Any],
        reference: Callable[..., Any],
        cases: Cases | RecordedCases,
        terms: Options,
        shrinks: bool = True,
        progress: Callable[[int], Any] = lambda sets: None,
    ) -> None:
        self.candidate, self.reference = candidate, reference
        self.terms, self.shrinks = terms, shrinks
        self.progress = progress  # called with the number of value sets evaluated so far
        self.report = Report()
        self.alone: set[str] = set()  # the dtypes in which value sets were also called unbatched
        self.first: Sides | None = None  # the first that disagreed, else the first judged, with every value set
        self.left: list[Configuration] = []
        self.cases = cases
        self.applied, self.constants = cases.applied, cases.constants
        self.edges: set[tuple[str, int, str]] = set()  # the edges found so far, as (level, leaf, kind)

    def run(self, plan: Sequence[Configuration], examples: int, seed: int | None) -> None:
        """Try the configurations of the plan until one disagrees or all are tried."""
        self.left, sets = list(plan), max(math.ceil(examples / len(plan)), 1)
        seeds = np.random.default_rng(0 if seed is None else seed)
        with np.errstate(all="ignore"), self.report.until_interrupted():
            for configuration in plan:
                differs = self._try(configuration, sets, int(seeds.integers(2**16)))
                self.left.remove(configuration)
                if differs or self.report.is_random:
                    return

    def _try(self, configuration: Configuration, sets: int, seed: int) -> bool:
        dtype = "float64" if self.cases.is_wide else configuration.dtype
        with wide_enough([np.zeros(0, np.dtype(dtype))]):
            cases = self.cases.drawn(configuration, sets, seed)
            self.constants = self.cases.constants
            for note in self.cases.notes:
                self.report.note(note)
            return any(self._disagrees(configuration.dtype, case) for case in cases)

    def _disagrees(self, dtype: str, case: Case) -> bool:
        # a second opinion decides no verdict
        explains = not self.terms.alone
        sides = Sides(self.candidate, self.reference, case, self.terms.device, self.terms.computed, explains)
        is_alone = self.terms.alone and dtype not in self.alone
        report, found = judge(sides, dataclasses.replace(self.terms, alone=is_alone))
        if _has_elements(sides):
            self.alone.add(dtype)
        self.first = sides if found or self.first is None else self.first
        self.report.add(report, dtype, self.terms.device)
        for name, count in _coverage(case, report.examples, self.constants).items():
            self.applied.add(name)
            self.report.strata[name] = self.report.strata.get(name, 0) + count
        self.progress(self.report.examples)
        edges = [item for item in found if item.edge]
        found = [item for item in found if not item.edge]
        clear = list(clear_ones(found, case))
        shrinker = Shrinker(self.terms, frozenset(item.level for item in clear) & {*COMPUTED}, self._effort())
        for first in clear:
            smallest, at = self._smallest(shrinker, sides, first)
            failure = failure_of(smallest, self.terms, at, self._cause(sides, first, found, report.examples))
            script = script_of(smallest, at) if self.shrinks else ""
            alike = [item for item in found if (item.level, item.leaf) == (first.level, first.leaf)]
            shown = {"strata": _by_stratum(case.strata[: report.examples], alike), "curve": _curve(case, alike)}
            self.report.failures.append(dataclasses.replace(failure, script=script, **shown))
        failing = {(item.level, item.leaf) for item in found}
        for edge in _one_of_each(edges):
            kind = (edge.level, edge.leaf, edge.edge)
            if kind[:2] not in failing and kind not in self.edges:
                self.edges.add(kind)
                self.report.edges.append(self._edge(sides, edge, edges, report.examples))
        return bool(found)

    def _effort(self) -> Effort:
        # the report shows one line of a second opinion
        return Effort() if self.terms.alone else Effort(shapes=8, rounds=16, seconds=2.0)

    def _edge(self, sides: Sides, edge: Mismatch, edges: list[Mismatch], sets: int) -> Failure:
        """Return an edge as a failure for the report. One that the user allows is shrunk and explained."""
        if edge.edge not in ("kinks", "ties"):
            return failure_of(sides, self.terms, edge)
        shrinker = Shrinker(self.terms, frozenset({edge.level}) & {*COMPUTED})
        smallest, at = self._smallest(shrinker, sides, edge)
        return failure_of(smallest, self.terms, at, self._cause(sides, edge, edges, sets))

    def _cause(self, sides: Sides, first: Mismatch, found: list[Mismatch], sets: int) -> Cause:
        """Return the explanation of a mismatch; an empty one once the check is interrupted."""
        try:
            return Cause() if self.report.is_interrupted else cause_of(sides, first, found, self.constants, sets)
        except KeyboardInterrupt:
            self.report.is_interrupted = True
            return Cause()

    def _smallest(self, shrinker: Shrinker, sides: Sides, first: Mismatch) -> tuple[Sides, Mismatch]:
        """Return a mismatch shrunk; unchanged if shrinking is off or interrupted."""
        try:
            return shrinker.shrunk(sides, first) if self.shrinks and not self.report.is_interrupted else (sides, first)
        except KeyboardInterrupt:
            self.report.is_interrupted = True
            return sides, first

    def not_reached(self) -> list[str]:
        """Return the configurations and kinds of values that apply and were not tried."""
        shapes = [] if self.report.failures else [f"{item.shape} {item.dtype}" for item in self.left]
        return shapes + sorted(name for name in self.applied if not self.report.strata.get(name))


def _has_elements(sides: Sides) -> bool:
    """Return whether any result of the reference has elements: without elements, an eager call proves nothing."""
    return any(item.size for row in range(sides.case.sets) for item in sides.theirs.outputs(row))


def _one_of_each(edges: Sequence[Mismatch]) -> list[Mismatch]:
    """Return the clearest edge of each kind, level and leaf."""
    found: dict[tuple[str, int, str], Mismatch] = {}
    for edge in sorted(edges, key=lambda item: -item.verdict.of_tolerance):
        found.setdefault((edge.level, edge.leaf, edge.edge), edge)
    return [*found.values()]


_SHAPES: dict[str, Callable[[tuple[int, ...]], bool]] = {
    "0-dim": lambda shape: not shape,
    "empty": lambda shape: 0 in shape,
    "size 1": lambda shape: 1 in shape,
}


def _coverage(case: Case, sets: int, constants: Sequence[float]) -> dict[str, int]:
    """Return how many of the first value sets have each kind of shape, and each constant of the program."""
    shapes = [stack.shape[1:] for stack in case.tensors]
    kinds = {name: sets for name, is_so in _SHAPES.items() if any(map(is_so, shapes))}
    stacks = [stack[:sets].reshape(sets, -1) for stack in case.tensors if stack.size and is_inexact(stack)]
    numbers = {
        f"at ±{constant:g}": int(np.any([(np.abs(stack) == constant).any(1) for stack in stacks], axis=0).sum())
        for constant in constants
        if stacks
    }
    return kinds | numbers


def _by_stratum(strata: Sequence[str], found: Sequence[Mismatch]) -> dict[str, tuple[int, int]]:
    """Return for each stratum how many value sets differ, and how many there are."""
    differ = Counter(strata[row] for row in {item.row for item in found})
    return {name: (differ[name], count) for name, count in Counter(strata).items()}


def _curve(case: Case, found: Sequence[Mismatch]) -> Curve | None:
    """Return the errors of all elements over their inputs, if these match one to one; else over the results."""
    pairs = [(item.candidate, item.reference) for item in found if item.reference is not None]
    pairs = [(ours, theirs) for ours, theirs in pairs if ours is not None and ours.shape == theirs.shape]
    if len(pairs) < max(len(found), 1):
        return None
    inputs = [case.row(item.row)[0] for item in found] if len(case.movable) == len(case.tensors) == 1 else []
    is_over_inputs = bool(inputs) and all(x.shape == ours.shape for x, (ours, _) in zip(inputs, pairs, strict=True))
    numbers = [np.ravel(item) for item in (inputs if is_over_inputs else [theirs for _, theirs in pairs])]
    sizes = [np.abs(item) if np.iscomplexobj(item) else item.astype(np.float64) for item in numbers]
    errors = [_errors(*pair) for pair in pairs]
    return Curve(np.concatenate(sizes), np.concatenate(errors), "input" if is_over_inputs else "result")


def _errors(ours: np.ndarray, theirs: np.ndarray) -> np.ndarray:
    one, other = (np.ravel(item).astype(complex) for item in (ours, theirs))
    with np.errstate(invalid="ignore", over="ignore"):
        error = np.abs(one - other)
    # equal numbers, NaN and infinities have no error
    return np.where((one == other) | (np.isnan(one) & np.isnan(other)), 0.0, error)


def clear_ones(found: list[Mismatch], case: Case) -> Iterator[Mismatch]:
    """Yield the clearest mismatch of each level; of several that are as clear, the first."""
    for level in LEVELS:
        of_level = [item for item in found if item.level == level]
        if of_level:  # the clearest: one that barely differs may vanish among other value sets
            yield max(of_level, key=lambda item: clarity(item, case.row(item.row)))


def wide_enough(arrays: Sequence[np.ndarray]) -> contextlib.AbstractContextManager[Any]:
    """Turn on JAX's 64-bit types inside of the block, if the floating point arrays need them."""
    parts = [part_of(str(item.dtype)) for item in arrays]
    return jax.enable_x64("float64" in parts or bool(jax.config.read("jax_enable_x64")))
