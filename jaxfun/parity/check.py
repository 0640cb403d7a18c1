"""Whether a JAX function is a right port of a PyTorch function: one call, any two functions."""

import functools
import math
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np

from ..core import dtypes as _dtypes
from ..core.errors import ArgumentTypeError, ArgumentValueError, describe
from ..core.public import public
from .compare.arrays import PRECISION, Bound, is_inexact
from .defaults import devices_of, examples_of, has_cuda, refuse_cuda
from .draw.advice import advice_of
from .draw.cases import Cases
from .draw.plan import DTYPES, plan_of
from .draw.recorded import RecordedCases, lines_of, recorded
from .draw.records import determined
from .draw.shapes import Configuration
from .draw.storage import no_folder_left
from .known.lookup import names_of, records_of
from .report.model import LEVELS, FailureData
from .report.report import Report
from .report.words import difference, place
from .run.isolation import isolated
from .run.options import Options
from .run.outcome import outcome
from .script.describe import describe_function
from .search.search import Search
from .search.weights import ALLOWABLE

EXAMPLES = 1200
_DTYPES = tuple(dtype.name for dtype in _dtypes.DTYPES)
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
    strict: bool | None = None,
    allow: Sequence[str] = (),
    progress: Callable[[int, int], Any] | None = None,
) -> Report:
    """Hold a JAX function to the PyTorch function that it ports, at every level, and report.

    `inputs` are Hypothesis strategies or plain values, one for each positional argument, or `tensors(n)` for several,
    at any depth of dicts, lists, tuples and dataclasses; without any they are read off the candidate's annotations,
    else one tensor for each required argument, of shapes that both functions take; a function of jaxfun's own is given
    what its record describes. A floating point array (NumPy's, JAX's, PyTorch's) stands for its shape, one of integers
    for its range, or the whole table that they index; `st.just(array)` and `parity.constant(array)` fix one. The
    report's `inputs` say what is drawn and what is fixed.
    `kwargs` are strategies or values by name; `"axis|dim"` is `axis` for the candidate and `dim` for the reference.
    `levels` are some of value, vjp, jvp, hvp, jit, vmap, errors; `dtypes` those that tensors are drawn in: float32 if
    none are given, with float64 as a second opinion that the answer does not depend on; `devices`
    "cpu" and "cuda"; `examples` how many value sets are evaluated, less where some of the first ones
    differ; `parity.defaults` says these two for many checks.
    With `rtol` or `atol` an error within `atol + rtol * |reference|` is allowed; without, PyTorch in float64 is the
    measure. The same `seed` gives the same run. `progress(done, total)` is called as value sets are evaluated.
    Ctrl-C ends the check: the report says so, and what was found before.

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

    telling = Telling(progress, report, sets * len(all_options))
    with report.until_interrupted(), no_folder_left():
        for options in all_options:
            with isolated():
                subjects = _subjects(candidate, reference, inputs, kwargs or {}, dtypes, options.device)
            report.inputs = [line for subject in subjects for line in subject.lines]
            for subject, dtype, configurations, share, is_opinion in _runs(subjects, sets, dtypes, options):
                if report.is_interrupted:
                    break
                terms = options.of_opinion if is_opinion else options
                search = Search(subject.candidate, subject.reference, subject.cases(), terms, progress=telling)
                with isolated():
                    search.run(configurations, share, seed)
                take(report, search, dtype, is_opinion)
    if report.is_random:
        report.advice = _OF_RANDOM
    if report.refused and not report.is_accepted:
        # what the reference takes nothing of says nothing of the candidate, which takes it
        report.edges += [
            replace(failure, edge="validation") for failure in report.failures if failure.level == "errors"
        ]
        report.failures = [failure for failure in report.failures if failure.level != "errors"]
        report.advice = f"give a strategy for inputs that the reference takes, such as {advice_of(report.refused)}"
    return finished(report, began)


_OF_RANDOM = "hand both functions what is drawn at random (noise, the mask of a dropout) as an argument"


class _Subject(NamedTuple):
    """Two functions to be compared, what they are given, and in words what that is."""

    candidate: Callable[..., Any]
    reference: Callable[..., Any]
    cases: Callable[[], Cases | RecordedCases]
    configurations: Sequence[Configuration]
    lines: list[str]


def _subjects(
    candidate: Callable[..., Any],
    reference: Callable[..., Any],
    inputs: Sequence[Any],
    kwargs: dict[str, Any],
    dtypes: Sequence[str] | None,
    device: str,
) -> list[_Subject]:
    """Return what is compared: both functions, or, of jaxfun's own without inputs, each overload by its record."""
    records = () if inputs or kwargs else records_of(candidate)
    if not records:
        plan = plan_of(candidate, reference, inputs, kwargs, dtypes, device)
        cases = functools.partial(Cases, candidate, plan.inputs, plan.kwargs)
        return [_Subject(candidate, reference, cases, plan.configurations, plan.lines)]
    name = getattr(reference, "__name__", "")  # of an alias, which may have fewer overloads
    found = []
    for record in [record for record in records if name in names_of(record)] or records:
        drawn = recorded(record, dtypes or DTYPES)
        sides = (determined(record, candidate), determined(record, reference))
        cases = functools.partial(RecordedCases, record, dict(drawn))
        lines = lines_of(record, [arguments for _, arguments in drawn])
        found.append(_Subject(*sides, cases, [configuration for configuration, _ in drawn], lines))
    return found


class Telling:
    """The caller's `progress`: one that raises is noted in the report and not called again."""

    def __init__(self, progress: Callable[[int, int], Any] | None, report: Report, total: int) -> None:
        self.progress, self.report, self.total = progress, report, total

    def __call__(self, done: int) -> None:
        """Tell how many value sets were evaluated, beside those that the report has already."""
        if self.progress is None:
            return
        progress, before = self.progress, self.report.examples
        _, error = outcome(lambda: progress(before + done, self.total))
        if error is not None:
            self.report.note(f"`progress` raised {type(error).__name__}: {error}. It was not called again.")
            self.progress = None


def take(report: Report, search: Search, dtype: str, is_opinion: bool) -> None:
    """Take in what a search found; of a second opinion a line, and its failures as edges."""
    if is_opinion:
        found = search.report
        report.opinions[dtype] = opinion(found)
        # what differs in the functions' own dtype is told there
        is_new = not report.failures and not report.is_another_in_float64
        is_wide = search.first is not None and not search.first.computes_narrower
        found.edges = []
        for failure in found.failures:
            # off by more than float32's digits without computing in float32: so it is in the functions' own dtype
            is_shared = is_new and is_wide and _relative_error(failure) > _FLOAT32
            (report.failures if is_shared else found.edges).append(replace(failure, edge="" if is_shared else dtype))
        found.failures, found.advice, found.refused = [], "", ""
        report.add_opinion(found)
    else:
        report.add(search.report)
        report.not_reached += search.not_reached()


_FLOAT32 = PRECISION["float32"].eps


def _relative_error(failure: FailureData) -> float:
    """Return the largest error of a failure's results beside the largest number, 0 where they are not alike."""
    ours, theirs = failure.candidate, failure.reference
    if ours is None or theirs is None or ours.shape != theirs.shape or not is_inexact(theirs):
        return 0.0
    both = np.isfinite(ours) & np.isfinite(theirs)
    largest = float(np.abs(theirs[both]).max(initial=0.0))
    return float(np.abs(ours[both] - theirs[both]).max(initial=0.0)) / largest if largest else 0.0


def opinion(found: Report) -> str:
    """Return what a second opinion says, in a line."""
    if found.failures:
        first = found.failures[0]
        return f"differs: {place(first)[0]}: {difference(first)}"
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
    is_own = bool(records_of(candidate))  # a handler of torch's errors must catch its
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
    choices = (
        ("levels", levels, LEVELS),
        ("dtypes", dtypes, _DTYPES),
        ("devices", devices, ("cpu", "cuda")),
        ("allow", allow, ALLOWABLE),
    )
    for name, given, known in choices:
        unknown = [item for item in given or () if item not in known]
        if unknown or isinstance(given, str):
            raise ArgumentValueError(f"`{name}` to be a list of some of {', '.join(known)}", repr(given))
    if examples is not None and (not isinstance(examples, int) or examples < 1):
        raise ArgumentValueError("`examples` to be an integer, 1 or more", describe(examples))
    if "cuda" in (devices or ()) and not has_cuda():
        refuse_cuda("none")


def _runs(
    subjects: Sequence[_Subject], examples: int, dtypes: Sequence[str] | None, options: Options
) -> list[tuple[_Subject, str, list[Configuration], int, bool]]:
    """Return for each subject and dtype the configurations, how many value sets, and whether it is a second opinion."""
    most = max(examples // _LEAST, 1)
    runs: list[tuple[_Subject, str, list[Configuration], bool]] = []
    for subject in subjects:
        by_dtype: dict[str, list[Configuration]] = {}
        for configuration in subject.configurations[:most]:
            by_dtype.setdefault(configuration.dtype, []).append(configuration)
        runs += [
            (subject, dtype, own, bool(at) and dtypes is None and not options.strict)
            for at, (dtype, own) in enumerate(by_dtype.items())
        ]
    total = sum(len(own) for _, _, own, _ in runs)
    return [
        (subject, dtype, own, math.ceil(examples * len(own) / total), is_opinion)
        for subject, dtype, own, is_opinion in runs
    ]
