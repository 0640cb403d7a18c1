"""Whether a JAX function is a right port of a PyTorch function: one call, any two functions."""

import math
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import jax

from ..errors import ArgumentTypeError, ArgumentValueError, describe, public
from .compare.arrays import Bound
from .defaults import devices_of, examples_of, has_cuda, refuse_cuda
from .draw.inputs import SHAPES, Configuration, inputs_of
from .report.model import LEVELS
from .report.report import Report
from .run.isolation import isolated
from .run.options import Options
from .script.describe import describe_function
from .search.search import Search
from .search.weights import ALLOWABLE

DTYPES = ("float32", "float64")
EXAMPLES = 1200
_FEWER_SHAPES = ("2-dim",)


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
    __tracebackhide__ = True  # pytest then shows the test's own line
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
    strict: bool | None = None,
    allow: Sequence[str] = (),
    progress: Callable[[int, int], Any] | None = None,
) -> Report:
    """Hold a JAX function to the PyTorch function that it ports, at every level, and report.

    `inputs` are Hypothesis strategies or plain values, one for each positional argument, or `tensors(n)` for several;
    without any they are read off the candidate's annotations, else one float tensor for each required argument.
    `kwargs` are strategies or values by name; `"axis|dim"` is `axis` for the candidate and `dim` for the reference.
    `levels` are some of value, vjp, jvp, hvp, jit, vmap, errors; `dtypes` those that tensors are drawn in: float32 if
    none are given, with float64 as a second opinion that the answer does not depend on; `devices`
    "cpu" and "cuda"; `examples` how many value sets are evaluated; `parity.defaults` says these two for many checks.
    With `rtol` or `atol` an error within `atol + rtol * |reference|` is allowed; without, PyTorch in float64 is the
    measure. The same `seed` gives the same run. `progress(done, total)` is called as value sets are evaluated.

    The report's `answer` is "agrees", "differs" or "not shown": something applies and has too little evidence.
    Disagreements that ordinary use does not meet (a derivative at a NaN input, say) are its `edges`; with `strict` they
    are failures, which is the default for jaxfun's own functions. `allow` leaves open some of kinks, ties, NaN,
    infinity, empty, dtype, errors.

    Raises: ArgumentTypeError and ArgumentValueError for what cannot be meant; never for what the functions do.

    >>> import jax, torch
    >>> from jaxfun import parity
    >>> report = parity.check(jax.numpy.abs, torch.abs, examples=40)
    >>> report.ok, report.failures[0].level, report.failures[0].difference
    (False, 'vjp', 'derivative at 0')
    """
    refuse(candidate, reference, levels, dtypes, devices, examples, allow)
    began = time.perf_counter()
    report = Report(describe_function(candidate), describe_function(reference))
    sets = examples_of(examples, EXAMPLES)
    all_options = options_of(candidate, levels, devices, rtol, atol, strict, allow)
    runs = [(options, *run) for options in all_options for run in _runs(dtypes, sets, all_options[0].strict)]

    def told(done: int) -> None:
        if progress is not None:
            progress(report.examples + done, sets * len(all_options))

    for options, dtype, plan, share, is_opinion in runs:
        drawn = inputs or tuple(inputs_of(candidate))
        search = Search(candidate, reference, drawn, kwargs or {}, options, progress=told)
        with isolated():
            search.run(plan, share, seed)
        take(report, search, dtype, is_opinion)
    return finished(report, began)


def take(report: Report, search: Search, dtype: str, is_opinion: bool) -> None:
    """Take in what a search found; of a second opinion a line, and its failures as edges."""
    if is_opinion:
        found = search.report
        report.opinions[dtype] = opinion(found)
        found.edges = [replace(failure, edge=dtype) for failure in found.failures]
        found.failures, found.advice, found.refused = [], "", ""
        report.add_opinion(found)
    else:
        report.add(search.report)
        report.not_reached += search.not_reached()


def opinion(found: Report) -> str:
    """Return what a second opinion says, in a line."""
    if found.failures:
        return f"differs: {found.failures[0].message.splitlines()[0]}"
    return "agrees" if found.ok else f"not shown: {'; '.join(found.missing)}"


def options_of(
    candidate: Any,
    levels: Any,
    devices: Any,
    rtol: float | None,
    atol: float | None,
    strict: bool | None = None,
    allow: Sequence[str] = (),
) -> list[Options]:
    """Return the options of a check, for each device."""
    bound = None if rtol is None and atol is None else Bound(rtol or 0.0, atol or 0.0)
    is_own = hasattr(candidate, "op")  # a handler of torch's errors must catch its
    is_strict = is_own if strict is None else strict
    asked = frozenset(levels or LEVELS)
    return [
        Options(asked, device, bound, exact=is_own, strict=is_strict, allow=frozenset(allow))
        for device in devices_of(devices)
    ]


def finished(report: Report, began: float) -> Report:
    """Return the report with the time that it took, once it is logged."""
    report.seconds = time.perf_counter() - began
    report.log()
    return report


def refuse(
    candidate: Any, reference: Any, levels: Any, dtypes: Any, devices: Any, examples: Any, allow: Any = ()
) -> None:
    """Raise for options that mean nothing.

    Raises: ArgumentTypeError and ArgumentValueError.
    """
    for name, function in (("candidate", candidate), ("reference", reference)):
        if not callable(function):
            raise ArgumentTypeError(f"`{name}` to be a function", describe(function))
    lists = (("levels", levels, LEVELS), ("devices", devices, ("cpu", "cuda")), ("allow", allow, ALLOWABLE))
    for name, given, known in lists:
        unknown = [item for item in given or () if item not in known]
        if unknown or isinstance(given, str):
            raise ArgumentValueError(f"`{name}` to be a list of some of {', '.join(known)}", repr(given))
    for dtype in dtypes or ():
        if not hasattr(jax.numpy, str(dtype)):
            raise ArgumentValueError("`dtypes` to be names such as float32", repr(dtype))
    if examples is not None and (not isinstance(examples, int) or examples < 1):
        raise ArgumentValueError("`examples` to be an integer, 1 or more", describe(examples))
    if "cuda" in (devices or ()) and not has_cuda():
        refuse_cuda("none")


def _runs(
    dtypes: Sequence[str] | None, examples: int, is_strict: bool
) -> list[tuple[str, list[Configuration], int, bool]]:
    """Return for each dtype its configurations, how many value sets, and whether it is but a second opinion.

    The first dtype goes through all shapes; what another adds shows in any.
    """
    named = [*dict.fromkeys(dtypes or DTYPES)]
    plans = [
        [Configuration(dtype, shape) for shape in (_FEWER_SHAPES if at else SHAPES)] for at, dtype in enumerate(named)
    ]
    total = sum(map(len, plans))
    found = []
    for at, (dtype, plan) in enumerate(zip(named, plans, strict=True)):
        share = max(math.ceil(examples * len(plan) / total), 1)
        found.append((dtype, plan[: max(share // 10, 1)], share, bool(at) and dtypes is None and not is_strict))
    return found[: max(examples // 10, 1)]
