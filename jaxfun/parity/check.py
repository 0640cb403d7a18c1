"""`parity.check` and `parity.assert_parity`: compare any JAX function with the PyTorch function that it ports.

Begin at `check`. `plan_of` chooses the inputs, `Search` compares and shrinks, `take` collects the findings.
"""

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
from .report.distribution import Distribution
from .report.model import LEVELS, FailureData
from .report.report import Report
from .report.words import in_words, place
from .run.isolation import isolated
from .run.options import Options
from .run.outcome import outcome
from .script.describe import describe_function
from .search.search import Search
from .search.weights import ALLOWABLE

EXAMPLES = 1200
_DTYPES = tuple(dtype.name for dtype in _dtypes.DTYPES)
_LEAST = 10  # value sets for each configuration


class ParityError(AssertionError):
    """Raised by `assert_parity` and `assert_distribution`: it is not shown that the two agree. `report` says why."""

    def __init__(self, report: Report | Distribution) -> None:
        super().__init__(str(report))
        self.report = report


@public(name="parity.assert_parity", runs_callbacks=True)
def assert_parity(candidate: Callable[..., Any], reference: Callable[..., Any], *inputs: Any, **options: Any) -> Report:
    """Raise unless `candidate` agrees with `reference`. The arguments are those of `check`.

    Raises: ParityError (an AssertionError) with the report, which shows the smallest failing input.

    >>> import jax, torch
    >>> from jaxfun import parity
    >>> report = parity.assert_parity(jax.numpy.exp, torch.exp, examples=40)
    """
    __tracebackhide__ = True  # pytest shows the line of the test instead
    report = check(candidate, reference, *inputs, **options)
    if not report.ok:
        raise ParityError(report)
    return report


@public(name="parity.check", runs_callbacks=True)
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
    """Compare a JAX function with the PyTorch function that it ports, at every level, and return a report.

    `inputs`: a Hypothesis strategy or a value for each positional argument; `tensors(n)` is a strategy for several
    arguments. Dicts, lists, tuples and dataclasses may contain strategies at any depth. Without `inputs`, the
    candidate's annotations define the strategies; an argument without annotation gets tensors of shapes that both
    functions accept; a function of jaxfun gets the inputs that its record describes. A floating point array (NumPy, JAX
    or PyTorch) is a template for its shape. An integer array is a template for its shape and range, or for all valid
    indices if the function uses it as an index. `st.just(array)` and `parity.constant(array)` fix an array. The
    report's `inputs` list what is drawn and what is fixed.

    `kwargs`: strategies or values by name; `"axis|dim"` is named `axis` in the candidate, `dim` in the reference.
    `levels`: some of value, vjp, jvp, hvp, jit, vmap, errors; by default all.
    `dtypes`: the dtypes of the drawn tensors. The default is float32, and float64 as a second opinion, which does not
    change the answer.
    `devices`: "cpu" and "cuda". `examples`: the number of value sets to evaluate; fewer, if some of the first ones
    differ. `parity.defaults` sets these two for many checks.
    `rtol`, `atol`: allow an error of `atol + rtol * |reference|`. By default PyTorch in float64 defines the tolerance.
    `seed`: the same seed gives the same run. `progress(done, total)` is called while value sets are evaluated.
    `strict`: count edges as failures; the default for functions of jaxfun. `allow`: kinds of failures to count as
    edges, some of kinks, ties, NaN, infinity, empty, dtype, errors.

    The report's `answer` is "agrees", "differs" or "not shown" (too little evidence for something that applies). Its
    `edges` are disagreements outside of ordinary use, such as a derivative at a NaN input. Ctrl-C ends the check and
    returns the report so far, marked as interrupted.

    Raises: ArgumentTypeError and ArgumentValueError for invalid arguments; never for errors of the two functions.

    >>> import jax, torch
    >>> from jaxfun import parity
    >>> report = parity.check(jax.numpy.abs, torch.abs, examples=40)
    >>> report.ok, report.failures[0].level, report.failures[0].kind
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
        # the reference raised for every input, so a candidate that accepts an input is not wrong
        report.edges += [
            replace(failure, edge="validation") for failure in report.failures if failure.level == "errors"
        ]
        report.failures = [failure for failure in report.failures if failure.level != "errors"]
        report.advice = f"give a strategy for inputs that the reference accepts, such as `{advice_of(report.refused)}`"
    return finished(report, began)


_OF_RANDOM = (
    "pass the random numbers (noise, a dropout mask) to both functions as an argument, or compare distributions with "
    "`parity.distribution`"
)


class _Subject(NamedTuple):
    """Two functions to compare, their inputs, and a line of text for each input."""

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
    """Return what to compare: the two functions, or one subject for each overload if jaxfun's records give inputs."""
    records = () if inputs or kwargs else records_of(candidate)
    if not records:
        plan = plan_of(candidate, reference, inputs, kwargs, dtypes, device)
        cases = functools.partial(Cases, candidate, plan.inputs, plan.kwargs)
        return [_Subject(candidate, reference, cases, plan.configurations, plan.lines)]
    name = getattr(reference, "__name__", "")  # the reference may be an alias with fewer overloads
    found = []
    for record in [record for record in records if name in names_of(record)] or records:
        drawn = recorded(record, dtypes or DTYPES)
        sides = (determined(record, candidate), determined(record, reference))
        cases = functools.partial(RecordedCases, record, dict(drawn))
        lines = lines_of(record, [arguments for _, arguments in drawn])
        found.append(_Subject(*sides, cases, [configuration for configuration, _ in drawn], lines))
    return found


class Telling:
    """A wrapper of the caller's `progress`: if it raises, the report notes the error and it is not called again."""

    def __init__(self, progress: Callable[[int, int], Any] | None, report: Report, total: int) -> None:
        self.progress, self.report, self.total = progress, report, total

    def __call__(self, done: int) -> None:
        """Call `progress` with the number of evaluated value sets: `done`, plus those already in the report."""
        if self.progress is None:
            return
        progress, before = self.progress, self.report.examples
        _, error = outcome(lambda: progress(before + done, self.total))
        if error is not None:
            self.report.note(f"`progress` raised {type(error).__name__}: {error}. It was not called again.")
            self.progress = None


def take(report: Report, search: Search, dtype: str, is_opinion: bool) -> None:
    """Add the findings of a search to the report; of a second opinion add one line, and its failures as edges."""
    if is_opinion:
        found = search.report
        report.opinions[dtype] = opinion(found)
        # a failure in the functions' own dtype is reported there
        is_new = not report.failures and not report.is_another_in_float64
        is_wide = search.first is not None and not search.first.computes_narrower
        found.edges = []
        for failure in found.failures:
            # an error above float32's eps, by a function that does not compute in float32, is there in float32 too
            is_shared = is_new and is_wide and _relative_error(failure) > _FLOAT32
            (report.failures if is_shared else found.edges).append(replace(failure, edge="" if is_shared else dtype))
        found.failures, found.advice, found.refused = [], "", ""
        report.add_opinion(found)
    else:
        report.add(search.report)
        report.not_reached += search.not_reached()


_FLOAT32 = PRECISION["float32"].eps


def _relative_error(failure: FailureData) -> float:
    """Return the largest error divided by the reference's largest number; 0 if the shapes differ or there is none."""
    ours, theirs = failure.candidate, failure.reference
    if ours is None or theirs is None or ours.shape != theirs.shape or not is_inexact(theirs):
        return 0.0
    both = np.isfinite(ours) & np.isfinite(theirs)
    largest = float(np.abs(theirs[both]).max(initial=0.0))
    return float(np.abs(ours[both] - theirs[both]).max(initial=0.0)) / largest if largest else 0.0


def opinion(found: Report) -> str:
    """Return the result of a second opinion as one line."""
    if found.failures:
        first = found.failures[0]
        return f"differs: {place(first)[0]}: {in_words(first)}"
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
    """Return the options of a check, one item for each device."""
    bound = None if rtol is None and atol is None else Bound(rtol or 0.0, atol or 0.0)
    is_own = bool(records_of(candidate))  # its errors must be caught by the same except clauses as torch's
    is_strict = is_own if strict is None else strict
    asked = frozenset(levels or LEVELS)
    return [
        Options(asked, device, bound, exact=is_own, strict=is_strict, allow=frozenset(allow))
        for device in devices_of(devices)
    ]


def finished(report: Report, began: float) -> Report:
    """Set the report's time, log it, and return it."""
    report.seconds = time.perf_counter() - began
    report.log()
    return report


def refuse(
    candidate: Any, reference: Any, levels: Any, dtypes: Any, devices: Any, examples: Any, allow: Any = ()
) -> None:
    """Validate the options of a check.

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
            raise ArgumentValueError(f"`{name}` to be a list of names among {', '.join(known)}", repr(given))
    if examples is not None and (not isinstance(examples, int) or examples < 1):
        raise ArgumentValueError("`examples` to be an integer, 1 or more", describe(examples))
    if "cuda" in (devices or ()) and not has_cuda():
        refuse_cuda("none")


def _runs(
    subjects: Sequence[_Subject], examples: int, dtypes: Sequence[str] | None, options: Options
) -> list[tuple[_Subject, str, list[Configuration], int, bool]]:
    """Return (subject, dtype, configurations, number of value sets, is second opinion) for each subject and dtype."""
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
