"""Whether a JAX function is a right port of a PyTorch function: one call, any two functions."""

import dataclasses
import math
import time
import zlib
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import hypothesis
import jax
import numpy as np
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from jax.extend.core import Literal

from ..errors import ArgumentTypeError, ArgumentValueError, describe, public
from . import torch_side
from .case import Arguments, Case, Place
from .compare import Bound
from .inputs import SHAPES, Configuration, Drawn, arguments, configured, inputs_of
from .judge import Found, Terms, failure_of, judge
from .levels import Sides, outcome
from .report import LEVELS, Report
from .script import describe_function, script_of
from .shrink import shrunk
from .values import strata_of, value_set

DTYPES = ("float32", "float64")
EXAMPLES = 400
# how many shapes a dtype is tried with: the first goes through all of them
_SHAPES_OF = {0: tuple(SHAPES), 1: ("2-dim", "1-dim")}
_FEWER_SHAPES = ("2-dim",)
_DRAWS_PER_CONFIGURATION = 12
_SHRINK_SECONDS = 8.0


class ParityError(AssertionError):
    """A candidate that is no right port of its reference. `report` says all that was found."""

    report: Report


@public("parity.assert_parity(candidate, reference, *inputs)")
def assert_parity(candidate: Callable[..., Any], reference: Callable[..., Any], *inputs: Any, **options: Any) -> Report:
    """Raise unless `candidate` is a right port of `reference`; the arguments are those of `check`.

    Raises: ParityError (an AssertionError) that prints the smallest disagreement.

    >>> import jax, torch
    >>> from jaxfun import parity
    >>> report = parity.assert_parity(jax.numpy.exp, torch.exp, examples=40)
    """
    report = check(candidate, reference, *inputs, **options)
    if not report.ok:
        error = ParityError(str(report))
        error.report = report
        raise error
    return report


@public("parity.check(candidate, reference, *inputs)")
def check(
    candidate: Callable[..., Any],
    reference: Callable[..., Any],
    *inputs: Any,
    kwargs: dict[str, Any] | None = None,
    levels: Sequence[str] | None = None,
    dtypes: Sequence[str] | None = None,
    devices: Sequence[str] | None = None,
    examples: int | None = None,
    seed: int | None = None,
    rtol: float | None = None,
    atol: float | None = None,
) -> Report:
    """Hold a JAX function to the PyTorch function that it ports, at every level, and report.

    `inputs` are Hypothesis strategies or plain values, one for each positional argument, or `tensors(n)` for several;
    without any they are read off the candidate's annotations, else one float tensor for each required argument.
    `kwargs` are strategies or values by name; `"axis|dim"` is `axis` for the candidate and `dim` for the reference.
    `levels` are some of value, vjp, jvp, hvp, jit, vmap, errors; `dtypes` those that tensors are drawn in; `devices`
    "cpu" and "cuda"; `examples` how many value sets are evaluated. With `rtol` or `atol` an error within
    `atol + rtol * |reference|` is allowed; without, PyTorch in float64 is the measure. The same `seed` gives the same
    run.

    Raises: ArgumentTypeError and ArgumentValueError for what cannot be meant; never for what the functions do.

    >>> import jax, torch
    >>> from jaxfun import parity
    >>> report = parity.check(jax.numpy.abs, torch.abs, examples=40)
    >>> report.ok, report.failures[0].level, report.failures[0].difference
    (False, 'vjp', 'derivative at 0')
    """
    _refuse(candidate, reference, levels, dtypes, devices, examples)
    began = time.perf_counter()
    report = Report(describe_function(candidate), describe_function(reference))
    bound = None if rtol is None and atol is None else Bound(rtol or 0.0, atol or 0.0)
    for device in devices or ("cpu",):
        terms = Terms(frozenset(levels or LEVELS), device, bound, exact_errors=hasattr(candidate, "op"))
        search = _Search(candidate, reference, inputs or tuple(inputs_of(candidate)), kwargs or {}, terms)
        search.run(_plan(dtypes or DTYPES, examples or EXAMPLES), examples or EXAMPLES, seed)
        report.add(search.report)
        report.not_reached += search.not_reached()
    report.seconds = time.perf_counter() - began
    _remark(report)
    report.log()
    return report


def _refuse(candidate: Any, reference: Any, levels: Any, dtypes: Any, devices: Any, examples: Any) -> None:
    for name, function in (("candidate", candidate), ("reference", reference)):
        if not callable(function):
            raise ArgumentTypeError(f"`{name}` to be a function", describe(function))
    for name, given, known in (("levels", levels, LEVELS), ("devices", devices, ("cpu", "cuda"))):
        unknown = [item for item in given or () if item not in known]
        if unknown or isinstance(given, str):
            raise ArgumentValueError(f"`{name}` to be a list of some of {', '.join(known)}", repr(given))
    for dtype in dtypes or ():
        if not hasattr(jax.numpy, str(dtype)):
            raise ArgumentValueError("`dtypes` to be names such as float32", repr(dtype))
    if examples is not None and (not isinstance(examples, int) or examples < 1):
        raise ArgumentValueError("`examples` to be an integer, 1 or more", describe(examples))
    if "cuda" in (devices or ()) and not (torch_side.has_cuda() and outcome(lambda: jax.devices("cuda"))[1] is None):
        raise ArgumentValueError(
            "a CUDA device that JAX and PyTorch both see", "none", 'Leave `devices` out, or "cpu".'
        )


def _plan(dtypes: Sequence[str], examples: int) -> list[Configuration]:
    shapes = {dtype: _SHAPES_OF.get(place, _FEWER_SHAPES) for place, dtype in enumerate(dtypes)}
    planned = [Configuration(dtype, shape) for dtype in dtypes for shape in shapes[dtype]]
    return planned[: max(examples // 10, 1)]


class _Disagreement(Exception):
    """Raised inside of Hypothesis, so that its database keeps what was drawn."""


class _Search:
    """One search on one device: configurations drawn one by one, until one disagrees or all are tried."""

    def __init__(
        self, candidate: Callable[..., Any], reference: Callable[..., Any], inputs: Any, kwargs: Any, terms: Terms
    ) -> None:
        self.candidate, self.reference = candidate, reference
        self.inputs, self.kwargs, self.terms = inputs, kwargs, terms
        self.report = Report()
        self.left: list[Configuration] = []
        self.applied: set[str] = set()
        self.constants: list[float] = []
        self._judged: dict[str, bool] = {}  # by what was drawn: did it disagree? Hypothesis draws a failure again

    def run(self, plan: list[Configuration], examples: int, seed: int | None) -> None:
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
        self.left.remove(configuration)
        is_wide = "64" in configuration.dtype or configuration.dtype == "complex128"
        with jax.enable_x64(is_wide or bool(jax.config.read("jax_enable_x64"))):
            self._judged[key] = self._disagrees(configuration.dtype, args, kwargs, number, sets)
        if self._judged[key]:
            raise _Disagreement

    def _disagrees(self, dtype: str, args: Any, kwargs: Any, number: int, sets: int) -> bool:
        case = self._case(args, kwargs, number, sets)
        sides = Sides(self.candidate, self.reference, case, self.terms.device)
        report, found = judge(sides, self.terms)
        self.report.add(report, dtype, self.terms.device)
        firsts = list(_first_of_each_level(found))
        for first in firsts:
            smallest, at = shrunk(sides, self.terms, first, _SHRINK_SECONDS / len(firsts))
            failure = failure_of(smallest, self.terms, at, self.constants)
            script = script_of(self.candidate, self.reference, failure)
            self.report.failures.append(dataclasses.replace(failure, script=script))
        return bool(found)

    def _case(self, args: Any, kwargs: Any, number: int, sets: int) -> Case:
        leaves, tree = jax.tree.flatten((args, kwargs))
        places = [i for i, leaf in enumerate(leaves) if isinstance(leaf, np.ndarray)]
        drawn = [leaves[i] for i in places]
        stacks, strata = self._stacks(drawn, number, sets)
        for position, i in enumerate(places):
            leaves[i] = Place(position)
        placed_args, placed_kwargs = jax.tree.unflatten(tree, leaves)
        names = {name: name.partition("|") for name in placed_kwargs}
        ours = {names[name][0]: value for name, value in placed_kwargs.items()}
        theirs = {names[name][2] or name: value for name, value in placed_kwargs.items()}
        return Case(tuple(stacks), Arguments(placed_args, ours), Arguments(placed_args, theirs), tuple(strata), number)

    def _stacks(self, drawn: list[Any], number: int, sets: int) -> tuple[list[np.ndarray], list[str]]:
        layouts = [item.layout for item in drawn if isinstance(item, Drawn) and item.layout is not None]
        if len(layouts) < len(drawn) or not layouts:  # arrays of the user's own making are taken as they are
            return [np.asarray(item)[None] for item in drawn], ["given"]
        rng = np.random.default_rng(number)
        names = strata_of(layouts)
        self.applied.update(names)
        self.constants = constants_of(self.candidate, [np.asarray(item) for item in drawn])
        strata = [names[i % len(names)] for i in range(sets)]
        rows = [value_set(stratum, layouts, self.constants, rng) for stratum in strata]
        return [np.stack(arrays) for arrays in zip(*rows, strict=True)], strata

    def not_reached(self) -> list[str]:
        """Return what applies and was not tried."""
        shapes = [] if self.report.failures else [f"{item.shape} {item.dtype}" for item in self.left]
        return shapes + sorted(self.applied - set(self.report.strata))


def _first_of_each_level(found: list[Found]) -> Iterator[Found]:
    for level in LEVELS:
        yield from [item for item in found if item.level == level][:1]


_MOST_CONSTANTS = 12


def constants_of(function: Callable[..., Any], tensors: Sequence[np.ndarray]) -> list[float]:
    """Return the numbers that stand in a function's jaxpr: where it may have a kink or a branch."""
    traced, error = outcome(lambda: jax.make_jaxpr(function)(*tensors))
    if error is not None:
        return []
    found: dict[float, None] = {}
    for value in _literals(traced.jaxpr, [*traced.consts]):
        if np.ndim(value) == 0 and np.issubdtype(np.asarray(value).dtype, np.number) and not np.iscomplexobj(value):
            number = abs(float(value))
            if 0 < number < 1e6:
                found[number] = None
    return list(found)[:_MOST_CONSTANTS]


def _literals(jaxpr: Any, consts: Sequence[Any]) -> Iterator[Any]:
    yield from consts
    for equation in jaxpr.eqns:
        yield from (var.val for var in equation.invars if isinstance(var, Literal))
        for inner in jax.tree.leaves(tuple(equation.params.values()), is_leaf=lambda item: hasattr(item, "eqns")):
            closed = getattr(inner, "jaxpr", inner)
            if hasattr(closed, "eqns"):
                yield from _literals(closed, getattr(inner, "consts", ()))


def _remark(report: Report) -> None:
    for name, level in report.levels.items():
        loose = [plant for plant, caught in level.planted.items() if not caught]
        if loose:
            report.note(f"{name}: the tolerance is too wide to mean anything: {' and '.join(loose)} would pass as well")
