"""The checks of the generic suite on an op: deterministic cases that cover its choices, and random cases.

Begin with `covered` and `search`."""

import contextlib
import dataclasses
import itertools
import operator
import zlib
from collections.abc import Callable, Collection, Iterator, Sequence
from typing import Any

import hypothesis
import jax
import numpy as np
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.strategies import SearchStrategy

import jaxfun
from jaxfun.core.dtypes import DTYPES, DType
from jaxfun.core.record import Op
from jaxfun.ops import records
from jaxfun.parity.draw.cover import cover, every_case, first_dtype
from jaxfun.parity.draw.invalid import spoiled, wrong
from jaxfun.parity.draw.records import cases, determined
from jaxfun.parity.report.model import COMPUTED
from jaxfun.parity.report.report import Report
from jaxfun.parity.run import torch_side
from jaxfun.parity.run.candidate import Sides
from jaxfun.parity.run.case import Case
from jaxfun.parity.run.options import Options
from jaxfun.parity.run.outcome import outcome
from jaxfun.parity.search.failing import failure_of
from jaxfun.parity.search.judge import judge, judge_signature
from parity_tests.days import is_of_the_day, today

QUICK = 2  # random cases per record in the quick profile, in addition to the deterministic ones
_COMMON = {
    "deadline": None,  # the first call compiles
    "suppress_health_check": [HealthCheck.too_slow, HealthCheck.data_too_large],  # a case has many arrays
    "print_blob": True,
    "report_multiple_bugs": False,  # show only the smallest disagreement
}
settings.register_profile("quick", max_examples=QUICK, derandomize=True, **_COMMON)
# every record, dtype and level: about 4 hours on two cores (200 examples each would take about 40)
settings.register_profile("thorough", max_examples=10 * QUICK, **_COMMON)

RECORDS = [*records().values()]
# torch's recurrent layers do not check all sizes: some read memory beyond a weight, and `batch_sizes` that do not fit
# crash the process. parity_tests/test_recurrent.py has the errors that torch does raise
UNCHECKED = {f"{name}.{form}" for name in ("lstm", "gru", "rnn_tanh", "rnn_relu") for form in ("input", "data")}
ALWAYS = 4  # covering cases of every day
SIGNATURES = 6  # factor on the number of examples: these compile nothing


# the batched call is compiled: a separately compiled call would double the cost and show little more
HOW = frozenset((*COMPUTED, "vmap", "errors"))
# the levels of further cases: jvp and hvp follow from the same formulas and cost four times as much
LESS = frozenset(("value", "vjp", "vmap", "errors"))
UNOPTIMISED = "jax_disable_most_optimizations"
_COMPLEX = "complex64"  # also compared at every level: only there a missing conjugate shows


def terms(device: str = "cpu", levels: Collection[str] = HOW) -> Options:
    """Return the options of the suite. The plain call, which needs another compilation, runs only at all levels."""
    return Options(frozenset(levels), device, plants=False, alone={*levels} > LESS)


PAIRS = [(record, dtype) for record in RECORDS for dtype in DTYPES if dtype not in record.rejects]


def sampled_pairs(profile: str) -> list[tuple[Op, DType]]:
    """Return the records with the dtypes of their random cases: all dtypes, or only the first one."""
    return PAIRS if profile != "quick" else [(record, first_dtype(record)) for record in RECORDS]


def daily_pairs(profile: str, day: int) -> list[tuple[Op, DType]]:
    """Return the records with the dtypes of their covering cases.

    In the quick profile these are a record's first dtype, complex64, and a third of the others: another third each day.
    """
    if profile != "quick":
        return PAIRS
    return [
        (record, dtype)
        for number, (record, dtype) in enumerate(PAIRS)
        if dtype == first_dtype(record) or dtype.name == _COMPLEX or number % 3 == day % 3
    ]


def daily_cases(record: Op, dtype: DType, profile: str, day: int) -> list[Case]:
    """Return the covering cases of a record in a dtype.

    In the quick profile these are the first four, and half of the others: the other half the next day.
    """
    found = cover(record, dtype)
    return [case for at, case in enumerate(found) if profile != "quick" or at < ALWAYS or at % 2 == day % 2]


def covered(
    record: Op,
    candidate: Callable[..., Any],
    dtype: DType,
    device: str = "cpu",
    total: Report | None = None,
    profile: str = "thorough",
) -> Report:
    """Compare the candidate with the reference on the cases that cover a record's choices: on those of the day.

    If none of them gives a value (the mean of integers raises unless a dtype is given), further cases are tried. An
    AssertionError lists every disagreement. `total` collects the results, even if the error is raised.
    """
    total = report_of(record) if total is None else total
    of_the_day = daily_cases(record, dtype, profile, today())
    further = itertools.islice(every_case(record, dtype), len(cover(record, dtype)), None)
    failures = []
    for number, case in enumerate(itertools.chain(of_the_day, further)):
        if number >= len(of_the_day) and compared(total, "value"):
            break
        levels = levels_of(record, dtype, number)
        with optimised() if levels == HOW and is_optimised(record, today()) else contextlib.nullcontext():
            report = checked(record, candidate, case, device, levels=levels)
        total.add(report, dtype.name, device)
        failures += report.failures
    total.failures = failures
    assert not failures, "\n".join(map(str, failures))
    return total


def is_optimised(record: Op, day: int) -> bool:
    """Return whether a record's simplest case is compiled with LLVM's optimisations: a third of them each day."""
    return is_of_the_day(record.name, day, 3)


@contextlib.contextmanager
def optimised() -> Iterator[None]:
    """Compile with LLVM's optimisations, as in a user's process, even if the tests switch them off."""
    before = jax.config.read(UNOPTIMISED)
    jax.config.update(UNOPTIMISED, False)
    try:
        yield
    finally:
        jax.config.update(UNOPTIMISED, before)


def finds(record: Op, candidate: Callable[..., Any], dtype: DType) -> bool:
    """Return whether one of the cases that cover a record's choices in a dtype shows that a candidate is wrong."""
    cases_tried = enumerate(cover(record, dtype))
    return any(
        checked(record, candidate, case, levels=levels_of(record, dtype, number)).failures
        for number, case in cases_tried
    )


def levels_of(record: Op, dtype: DType, number: int) -> frozenset[str]:
    """Return the levels at which the case with this number is compared: all levels for the simplest case."""
    return HOW if not number and (dtype == first_dtype(record) or dtype.name == _COMPLEX) else LESS


def dtypes_of(record: Op) -> list[DType]:
    """Return the dtypes that a record accepts, with the most tested one first."""
    taken = [dtype for dtype in DTYPES if dtype not in record.rejects]
    return [*dict.fromkeys([first_dtype(record), *taken])]


def candidate_of(record: Op) -> Callable[..., Any]:
    """Return the public function of a record."""
    return operator.attrgetter(record.public)(jaxfun)


def checked(
    record: Op,
    candidate: Callable[..., Any],
    case: Case,
    device: str = "cpu",
    how: Callable[..., Any] = judge,
    levels: Collection[str] = HOW,
) -> Report:
    """Return a report on one case of a record's function; `how` is one of the two judges."""
    reference = torch_side.resolve(record.torch)
    if device == "cuda":
        reference, case = _where_the_cpu_answers(reference), _for_a_gpu(record, case)
    if how is judge:  # dtypes and shapes are compared on the complete results
        candidate, reference = determined(record, candidate), determined(record, reference)
    asked = terms(device, levels)
    sides = Sides(candidate, reference, case, device, asked.computed)
    report, found = how(sides, asked)
    report.failures += [failure_of(sides, asked, item) for item in found]
    return report


def _where_the_cpu_answers(reference: Callable[..., Any]) -> Callable[..., Any]:
    """Return torch's function on a GPU with the errors of the CPU, and with the CPU's answer where the GPU has none.

    jaxfun's errors do not depend on the device. A GPU has no kernel for some dtypes, divides integers by 0, and makes
    the process unusable after an index out of range.
    """

    def call(*args: Any, **kwargs: Any) -> Any:
        given, named = _moved((args, kwargs), "cpu")
        on_the_cpu = reference(*given, **named)
        results, error = outcome(lambda: reference(*args, **kwargs))
        return results if error is None else _moved(on_the_cpu, "cuda")

    return call


def _for_a_gpu(record: Op, case: Case) -> Case:
    """Return the case without inputs that fail a GPU assertion in torch, which makes the process unusable."""
    if record.name != "index_fill.int_Tensor":
        return case
    # the gradient of a tensor `value` selects by the index, and a negative index raises on the CPU
    input, index, value = case.tensors
    return dataclasses.replace(case, tensors=(input, np.maximum(index, 0), value))


def _moved(tree: Any, device: str) -> Any:
    return jax.tree.map(lambda item: item.to(device) if torch_side.is_tensor(item) else item, tree)


def report_of(record: Op) -> Report:
    """Return an empty report on an op, to be filled by a search."""
    return Report(f"jaxfun.{record.public}", record.torch)


def search(
    record: Op,
    candidate: Callable[..., Any],
    dtype: DType,
    device: str = "cpu",
    total: Report | None = None,
    phases: Sequence[Phase] = tuple(Phase),
) -> Report:
    """Compare the candidate with the reference on drawn cases; an AssertionError shows the smallest disagreement.

    `total` collects the results, even if the error is raised.
    """
    total = report_of(record) if total is None else total

    @hypothesis.seed(seed_of(record, dtype.name))
    @settings(max_examples=settings().max_examples, phases=phases)
    @given(cases(record, dtype))
    def agrees(case: Case) -> None:
        levels = HOW if settings().max_examples > QUICK else LESS
        _take(total, checked(record, candidate, case, device, levels=levels), dtype.name, device)

    agrees()
    return total


def search_errors(
    record: Op,
    candidate: Callable[..., Any],
    phases: Sequence[Phase] = tuple(Phase),
    drawn: Callable[[Op], SearchStrategy[Case]] = spoiled,
) -> Report:
    """Compare the errors, and the dtype and shape of the results, with those of the reference.

    First each argument is made wrong in each way; then random cases are drawn.
    """
    total = report_of(record)
    for case in wrong(record) if drawn is spoiled else ():
        _take(total, checked(record, candidate, case, how=judge_signature))

    @hypothesis.seed(seed_of(record))
    @settings(max_examples=settings().max_examples * SIGNATURES, phases=phases)
    @given(drawn(record))
    def agrees(case: Case) -> None:
        _take(total, checked(record, candidate, case, how=judge_signature))

    agrees()
    return total


def seed_of(record: Op, *more: str) -> int:
    """Return the seed of a record's random draws. Each record has its own, so that records draw different choices."""
    return zlib.crc32(" ".join((record.name, *more)).encode())


def _take(total: Report, report: Report, dtype: str | None = None, device: str = "cpu") -> None:
    total.add(report, dtype, device)
    total.failures = report.failures  # Hypothesis shrinks a failure: keep the last one
    assert not report.failures, "\n".join(map(str, report.failures))


def compared(report: Report, level: str = "") -> int:
    """Return the number of compared elements, at one level or in total."""
    return sum(found.compared for name, found in report.levels.items() if level in ("", name))
