"""Whether a JAX function is a right port of a PyTorch function: one call, any two functions."""

import time
from collections.abc import Callable, Sequence
from typing import Any

import jax

from ..errors import ArgumentTypeError, ArgumentValueError, describe, public
from .compare.arrays import Bound
from .defaults import devices_of, examples_of, has_cuda, refuse_cuda
from .draw.advice import advice_of
from .draw.plan import plan_of
from .report.model import LEVELS
from .report.report import Report
from .run.options import Options
from .script.describe import describe_function
from .search.search import Search

EXAMPLES = 1200
_LEAST = 10  # value sets of a configuration


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
    progress: Callable[[int, int], Any] | None = None,
) -> Report:
    """Hold a JAX function to the PyTorch function that it ports, at every level, and report.

    `inputs` are Hypothesis strategies or plain values, one for each positional argument, or `tensors(n)` for several;
    without any they are read off the candidate's annotations, else one float tensor for each required argument.
    `kwargs` are strategies or values by name; `"axis|dim"` is `axis` for the candidate and `dim` for the reference.
    `levels` are some of value, vjp, jvp, hvp, jit, vmap, errors; `dtypes` those that tensors are drawn in; `devices`
    "cpu" and "cuda"; `examples` how many value sets are evaluated; `parity.defaults` says these two for many checks.
    With `rtol` or `atol` an error within `atol + rtol * |reference|` is allowed; without, PyTorch in float64 is the
    measure. The same `seed` gives the same run. `progress(done, total)` is called as value sets are evaluated.

    Raises: ArgumentTypeError and ArgumentValueError for what cannot be meant; never for what the functions do.

    >>> import jax, torch
    >>> from jaxfun import parity
    >>> report = parity.check(jax.numpy.abs, torch.abs, examples=40)
    >>> report.ok, report.failures[0].level, report.failures[0].difference
    (False, 'vjp', 'derivative at 0')
    """
    refuse(candidate, reference, levels, dtypes, devices, examples)
    began = time.perf_counter()
    report = Report(describe_function(candidate), describe_function(reference))
    sets = examples_of(examples, EXAMPLES)
    all_terms = terms_of(candidate, levels, devices, rtol, atol)

    def told(done: int) -> None:
        if progress is not None:
            progress(report.examples + done, sets * len(all_terms))

    for terms in all_terms:
        plan = plan_of(candidate, reference, inputs, kwargs or {}, dtypes, terms.device)
        report.inputs = plan.lines
        search = Search(candidate, reference, plan.inputs, plan.kwargs, terms, progress=told)
        search.run(plan.configurations[: max(sets // _LEAST, 1)], sets, seed)
        report.add(search.report)
        report.not_reached += search.not_reached()
    return finished(report, began)


def terms_of(candidate: Any, levels: Any, devices: Any, rtol: float | None, atol: float | None) -> list[Options]:
    """Return the terms of a check, for each device."""
    bound = None if rtol is None and atol is None else Bound(rtol or 0.0, atol or 0.0)
    exact = hasattr(candidate, "op")  # one of our own: a handler of torch's errors must catch its
    return [Options(frozenset(levels or LEVELS), device, bound, exact=exact) for device in devices_of(devices)]


def finished(report: Report, began: float) -> Report:
    """Return the report with what is known at the end: the time, and remarks."""
    report.seconds = time.perf_counter() - began
    _remark(report)
    report.log()
    return report


def refuse(candidate: Any, reference: Any, levels: Any, dtypes: Any, devices: Any, examples: Any) -> None:
    """Raise for options that mean nothing.

    Raises: ArgumentTypeError and ArgumentValueError.
    """
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
    if "cuda" in (devices or ()) and not has_cuda():
        refuse_cuda("none")


def _remark(report: Report) -> None:
    if report.refused and not report.is_accepted:
        advice = f"give a strategy for inputs that it takes, such as {advice_of(report.refused)}"
        report.note(f"the reference took no input ({report.refused}): {advice}")
    for name, level in report.levels.items():
        loose = [plant for plant, caught in level.planted.items() if not caught]
        if loose:
            report.note(f"{name}: the tolerance is too wide to mean anything: {' and '.join(loose)} would pass as well")
