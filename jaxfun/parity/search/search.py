"""The search for a disagreement: configurations of arguments are drawn one by one, each filled with many value sets."""

import contextlib
import dataclasses
import math
import zlib
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import hypothesis
import jax
import numpy as np
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st

from ..compare.arrays import is_inexact, part_of
from ..draw.inputs import Configuration, Drawn, arguments, configured, parameters_of
from ..draw.states import drawn_once
from ..draw.values import Layout, strata_of, value_set
from ..report.model import COMPUTED, LEVELS, Curve, Mismatch
from ..report.report import Failure, Report
from ..run.candidate import Sides
from ..run.case import Arguments, Case, Place
from ..run.constants import constants_of
from ..run.options import Options
from ..run.outcome import outcome
from ..script.describe import describe_function
from ..script.program import script_of
from .failing import cause_of, failure_of
from .judge import judge
from .shrink import Shrinker, clarity

_DRAWS_PER_CONFIGURATION = 12
_MOST_ELEMENTS = 2**23  # of all value sets of a case together
_FEWEST = 2  # value sets


class _Disagreement(Exception):
    """Raised inside of Hypothesis, so that its database keeps what was drawn."""


class Search:
    """One search on one device: configurations drawn one by one, until one disagrees or all are tried."""

    def __init__(
        self,
        candidate: Callable[..., Any],
        reference: Callable[..., Any],
        inputs: Sequence[Any],
        kwargs: dict[str, Any],
        terms: Options,
        shrinks: bool = True,
        spoken: Callable[[str], str] = str,
        progress: Callable[[int], Any] = lambda sets: None,
    ) -> None:
        self.candidate, self.reference = candidate, reference
        self.inputs, self.kwargs, self.terms = inputs, kwargs, terms
        self.shrinks, self.spoken = shrinks, spoken  # `spoken` makes a tensor's path a name
        self.progress = progress  # hears how many value sets were evaluated
        self.report = Report()
        self.alone: set[str] = set()  # the dtypes in which a value set was called by itself
        self.first: Sides | None = None  # that disagreed, or was judged: every value set, nothing shrunk
        self.left: list[Configuration] = []
        self.applied: set[str] = set()
        self.constants: list[float] = []
        self.edges: set[tuple[str, int, str]] = set()  # that were met: the level, the leaf, the kind
        self._sets_drawn = 0
        self._judged: dict[str, bool] = {}  # by what was drawn: did it disagree? Hypothesis draws a failure again

    def run(self, plan: list[Configuration], examples: int, seed: int | None) -> None:
        """Draw until each configuration of the plan is tried, or one disagrees."""
        self.left, sets = list(plan), max(math.ceil(examples / len(plan)), 1)

        @hypothesis.seed(0 if seed is None else seed)
        @settings(
            max_examples=_DRAWS_PER_CONFIGURATION * len(plan),
            phases=[Phase.reuse, Phase.generate],
            deadline=None,
            # a check is few large draws, and a slow function is no mistake; the class is iterable, which its stub omits
            suppress_health_check=[*HealthCheck],  # type: ignore[arg-type]
            report_multiple_bugs=False,
            print_blob=False,
            database=None if seed is not None else settings().database,
        )
        @hypothesis.given(st.data())
        def agrees(data: st.DataObject) -> None:
            configuration = data.draw(st.sampled_from(plan))
            with configured(configuration):
                args, kwargs = data.draw(arguments(self.inputs, self.kwargs))
            number = data.draw(st.integers(0, 2**16))
            self._try(configuration, args, kwargs, number, sets)

        inner: Any = agrees
        inner.hypothesis.inner_test._hypothesis_internal_add_digest = self._digest()  # its own place in the database
        with np.errstate(all="ignore"):
            _, error = outcome(agrees)
        if error is not None and not isinstance(error, _Disagreement):
            raise error

    def _digest(self) -> bytes:
        names = f"{describe_function(self.candidate)} {describe_function(self.reference)}"
        return zlib.crc32(names.encode()).to_bytes(4, "big")

    def _try(self, configuration: Configuration, args: Any, kwargs: Any, number: int, sets: int) -> None:
        key = f"{configuration} {args!r} {kwargs!r} {number}"
        if key in self._judged:
            if self._judged[key]:
                raise _Disagreement
            return
        if configuration not in self.left:
            return
        with wide_enough([np.zeros(0, np.dtype(configuration.dtype))]):
            self._judged[key] = self._disagrees(configuration.dtype, args, kwargs, number, sets)
        self.left.remove(configuration)  # now: an error is raised again when Hypothesis draws the same again
        if self._judged[key]:
            raise _Disagreement

    def _disagrees(self, dtype: str, args: Any, kwargs: Any, number: int, sets: int) -> bool:
        case = self._case(args, kwargs, number, self._affordable(args, kwargs, sets))
        sides = Sides(self.candidate, self.reference, case, self.terms.device, self.terms.computed)
        report, found = judge(sides, dataclasses.replace(self.terms, alone=dtype not in self.alone))
        self.alone.add(dtype)
        self.first = sides if found or self.first is None else self.first
        self.report.add(report, dtype, self.terms.device)
        for name, count in _met(case, self.constants).items():
            self.applied.add(name)
            self.report.strata[name] = self.report.strata.get(name, 0) + count
        self.progress(self.report.examples)
        edges = [item for item in found if item.edge]
        found = [item for item in found if not item.edge]
        clear = list(clear_ones(found, case))
        shrinker = Shrinker(self.terms, frozenset(item.level for item in clear) & {*COMPUTED})
        for first in clear:
            smallest, at = shrinker.shrunk(sides, first) if self.shrinks else (sides, first)
            cause = cause_of(sides, first, found, self.constants)
            failure = failure_of(smallest, self.terms, at, cause)
            script = script_of(smallest, at) if self.shrinks else ""
            alike = [item for item in found if (item.level, item.leaf) == (first.level, first.leaf)]
            shown = {"strata": _by_stratum(case, alike), "curve": _curve(case, alike)}
            self.report.failures.append(dataclasses.replace(failure, script=script, **shown))
        failing = {(item.level, item.leaf) for item in found}
        for edge in _one_of_each(edges):
            kind = (edge.level, edge.leaf, edge.edge)
            if kind[:2] not in failing and kind not in self.edges:
                self.edges.add(kind)
                self.report.edges.append(self._edge(sides, edge, edges))
        return bool(found)

    def _affordable(self, args: Any, kwargs: Any, sets: int) -> int:
        """Return how many value sets there is memory for, and say so where they are fewer than asked for."""
        drawn = [leaf for leaf in jax.tree.leaves((args, kwargs)) if isinstance(leaf, np.ndarray)]
        most = max(_MOST_ELEMENTS // max(sum(item.size for item in drawn), 1), _FEWEST)
        if most < sets:
            self.report.note(f"{most} value sets in the place of {sets:,}, for they are large")
        return min(most, sets)

    def cases(self, configuration: Configuration, seed: int | None) -> Iterator[Case]:
        """Yield value sets one by one, each a case of its own: nothing is stacked."""
        number = 0 if seed is None else seed
        args, kwargs = drawn_once(self.inputs, self.kwargs, configuration)
        first = self._case(args, kwargs, number, 1)
        yield first
        drawn = [leaf for leaf in jax.tree.leaves((args, kwargs)) if isinstance(leaf, np.ndarray)]
        while True:
            number += 1
            stacks, strata = self._stacks(drawn, number, 1)
            yield dataclasses.replace(first, tensors=tuple(stacks), strata=tuple(strata), seed=number)

    def _edge(self, sides: Sides, edge: Mismatch, edges: list[Mismatch]) -> Failure:
        """Return an edge as the report shows it; one that the user allows with its cause, on a small input."""
        if edge.edge not in ("kinks", "ties"):
            return failure_of(sides, self.terms, edge)
        shrinker = Shrinker(self.terms, frozenset({edge.level}) & {*COMPUTED})
        smallest, at = shrinker.shrunk(sides, edge) if self.shrinks else (sides, edge)
        return failure_of(smallest, self.terms, at, cause_of(sides, edge, edges, self.constants))

    def _case(self, args: Any, kwargs: Any, number: int, sets: int) -> Case:
        paths, tree = jax.tree_util.tree_flatten_with_path((args, kwargs))
        leaves = [leaf for _, leaf in paths]
        places = [i for i, leaf in enumerate(leaves) if isinstance(leaf, np.ndarray)]
        drawn = [leaves[i] for i in places]
        for position, i in enumerate(places):
            leaves[i] = Place(position)
        placed_args, placed_kwargs = jax.tree.unflatten(tree, leaves)
        names = {name: name.partition("|") for name in placed_kwargs}
        ours = Arguments(placed_args, {names[name][0]: value for name, value in placed_kwargs.items()})
        theirs = Arguments(placed_args, {names[name][2] or name: value for name, value in placed_kwargs.items()})
        self.constants = constants_of(lambda *tensors: _called(self.candidate, ours, tensors), drawn)
        stacks, strata = self._stacks(drawn, number, sets)
        spoken = tuple(self._name(paths[i][0]) for i in places)
        constant = frozenset(at for at, item in enumerate(drawn) if (layout := _layout(item)) and layout.is_constant)
        return Case(tuple(stacks), ours, theirs, tuple(strata), number, constant=constant, names=spoken)

    def _name(self, path: tuple[Any, ...]) -> str:
        """Return how a tensor among the arguments is called: `x`, `params['W']`."""
        kind, which, *rest = path
        if kind.idx:
            name = str(which.key).partition("|")[0]
        else:
            known = parameters_of(self.candidate)
            name = known[which.idx] if which.idx < len(known) else f"argument {which.idx}"
        return self.spoken(name + jax.tree_util.keystr(tuple(rest)))

    def _stacks(self, drawn: list[Any], number: int, sets: int) -> tuple[list[np.ndarray], list[str]]:
        layouts = {at: layout for at, item in enumerate(drawn) if (layout := _layout(item))}
        if not layouts:  # arrays of the user's own making are taken as they are
            return [np.asarray(item)[None] for item in drawn], ["given"]
        rng = np.random.default_rng(number)
        names = strata_of([*layouts.values()])
        self.applied.update(names)
        # each case goes on where the last one ended, so that a few value sets meet all strata between them
        strata = [names[(self._sets_drawn + i) % len(names)] for i in range(sets)]
        self._sets_drawn += sets
        rows = [value_set(stratum, [*layouts.values()], self.constants, rng) for stratum in strata]
        filled = dict(zip(layouts, zip(*rows, strict=True), strict=True))
        return [np.stack(filled.get(i, [np.asarray(item)] * sets)) for i, item in enumerate(drawn)], strata

    def not_reached(self) -> list[str]:
        """Return what applies and was not tried."""
        shapes = [] if self.report.failures else [f"{item.shape} {item.dtype}" for item in self.left]
        return shapes + sorted(name for name in self.applied if not self.report.strata.get(name))


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


def _met(case: Case, constants: Sequence[float]) -> dict[str, int]:
    """Return in how many value sets each kind of shape, and each number of the candidate's program, was met."""
    shapes = [stack.shape[1:] for stack in case.tensors]
    kinds = {name: case.sets for name, is_so in _SHAPES.items() if any(map(is_so, shapes))}
    stacks = [stack.reshape(case.sets, -1) for stack in case.tensors if stack.size and is_inexact(stack)]
    numbers = {
        f"at ±{constant:g}": int(np.any([(np.abs(stack) == constant).any(1) for stack in stacks], axis=0).sum())
        for constant in constants
        if stacks
    }
    return kinds | numbers


def _by_stratum(case: Case, found: Sequence[Mismatch]) -> dict[str, tuple[int, int]]:
    """Return for each stratum how many value sets differ, of how many."""
    differ = Counter(case.strata[item.row] for item in {item.row: item for item in found}.values())
    return {name: (differ[name], count) for name, count in Counter(case.strata).items()}


def _curve(case: Case, found: Sequence[Mismatch]) -> Curve | None:
    """Return the errors of all elements over their inputs, where each has one of its own, else over the results."""
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
    # the same on both sides, NaN and infinities too, is no error
    return np.where((one == other) | (np.isnan(one) & np.isnan(other)), 0.0, error)


def clear_ones(found: list[Mismatch], case: Case) -> Iterator[Mismatch]:
    """Yield the clearest disagreement of each level, the first of several that are as clear."""
    for level in LEVELS:
        of_level = [item for item in found if item.level == level]
        if of_level:  # what barely differs may not, beside other value sets
            yield max(of_level, key=lambda item: clarity(item, case.row(item.row)))


def _layout(item: np.ndarray) -> Layout | None:
    return item.layout if isinstance(item, Drawn) else None


def wide_enough(arrays: Sequence[np.ndarray]) -> contextlib.AbstractContextManager[Any]:
    """Turn JAX's 64-bit types on inside of the block, where floating point arrays need them."""
    parts = [part_of(str(item.dtype)) for item in arrays]
    return jax.enable_x64("float64" in parts or bool(jax.config.read("jax_enable_x64")))


def _called(function: Callable[..., Any], arguments: Arguments, tensors: Sequence[Any]) -> Any:
    args, kwargs = arguments.filled(tensors, lambda dtype: dtype)
    return function(*args, **kwargs)
