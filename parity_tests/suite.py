"""What the generic suite holds an op to: the cases that cover its choices, and random ones on top."""

import contextlib
import dataclasses
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

QUICK = 2  # random cases of a record in the quick profile, on top of those that are always tried
_COMMON = {
    "deadline": None,  # a first call compiles
    "suppress_health_check": [HealthCheck.too_slow, HealthCheck.data_too_large],  # a case is many arrays
    "print_blob": True,
    "report_multiple_bugs": False,  # one smallest disagreement is what is read
}
settings.register_profile("quick", max_examples=QUICK, derandomize=True, **_COMMON)
# of every record, in every dtype, at every level: some 4 hours on two cores (200 of each would take some 40)
settings.register_profile("thorough", max_examples=10 * QUICK, **_COMMON)

RECORDS = [*records().values()]
SIGNATURES = 6  # times as many examples: these compile nothing


# the batched call is compiled: a call compiled alone would cost as much again and show little more
HOW = frozenset((*COMPUTED, "vmap", "errors"))
# what a further case adds: forward mode and second derivatives follow from the same formulas, and cost four times this
LESS = frozenset(("value", "vjp", "vmap", "errors"))
UNOPTIMISED = "jax_disable_most_optimizations"
_COMPLEX = "complex64"  # held to every level as well: only there a missing conjugate shows


def terms(device: str = "cpu", levels: Collection[str] = HOW) -> Options:
    """Return what the suite asks of an op; the plain call, which compiles once more, where all levels are asked for."""
    return Options(frozenset(levels), device, plants=False, alone={*levels} > LESS)


PAIRS = [(record, dtype) for record in RECORDS for dtype in DTYPES if dtype not in record.rejects]


def sampled_pairs(profile: str) -> list[tuple[Op, DType]]:
    """Return the records with the dtypes in which random cases are tried: all, or of each record the first."""
    return PAIRS if profile != "quick" else [(record, first_dtype(record)) for record in RECORDS]


def covered(
    record: Op, candidate: Callable[..., Any], dtype: DType, device: str = "cpu", total: Report | None = None
) -> Report:
    """Hold the candidate to the reference on the cases that cover a record's choices.

    Where none of them gives a value (an integer's mean is refused, until a dtype is named) further ones are tried until
    one does. An AssertionError tells every disagreement. `total` takes in what is found, also where that ends in it.
    """
    total = report_of(record) if total is None else total
    always, failures = len(cover(record, dtype)), []
    for number, case in enumerate(every_case(record, dtype)):
        if number >= always and compared(total, "value"):
            break
        with optimised() if not number else contextlib.nullcontext():
            report = checked(record, candidate, case, device, levels=levels_of(record, dtype, number))
        total.add(report, dtype.name, device)
        failures += report.failures
    total.failures = failures
    assert not failures, "\n".join(map(str, failures))
    return total


@contextlib.contextmanager
def optimised() -> Iterator[None]:
    """Compile as a user's process does: with LLVM's optimisations, also where the tests leave them out."""
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
    """Return the levels at which a record's case of that number is compared: all for the plainest one."""
    return HOW if not number and (dtype == first_dtype(record) or dtype.name == _COMPLEX) else LESS


def dtypes_of(record: Op) -> list[DType]:
    """Return the dtypes that a record takes, the one in which it is tried the most first."""
    taken = [dtype for dtype in DTYPES if dtype not in record.rejects]
    return [*dict.fromkeys([first_dtype(record), *taken])]


def candidate_of(record: Op) -> Callable[..., Any]:
    """The public function of a record."""
    return operator.attrgetter(record.public)(jaxfun)


def checked(
    record: Op,
    candidate: Callable[..., Any],
    case: Case,
    device: str = "cpu",
    how: Callable[..., Any] = judge,
    levels: Collection[str] = HOW,
) -> Report:
    """What a case shows of a record's function; `how` is one of the two judges."""
    reference = torch_side.resolve(record.torch)
    if device == "cuda":
        reference, case = _where_the_cpu_answers(reference), _for_a_gpu(record, case)
    if how is judge:  # the dtypes and shapes are those of the results themselves
        candidate, reference = determined(record, candidate), determined(record, reference)
    asked = terms(device, levels)
    sides = Sides(candidate, reference, case, device, asked.computed)
    report, found = how(sides, asked)
    report.failures += [failure_of(sides, asked, item) for item in found]
    return report


def _where_the_cpu_answers(reference: Callable[..., Any]) -> Callable[..., Any]:
    """Return torch's function on a GPU, raising what it raises on the CPU, which alone answers where the GPU cannot.

    Whether jaxfun raises does not depend on the device. A GPU has no kernel for some dtypes, divides integers by 0, and
    ends the process' use of it at an index that is out of range.
    """

    def call(*args: Any, **kwargs: Any) -> Any:
        given, named = _moved((args, kwargs), "cpu")
        on_the_cpu = reference(*given, **named)
        results, error = outcome(lambda: reference(*args, **kwargs))
        return results if error is None else _moved(on_the_cpu, "cuda")

    return call


def _for_a_gpu(record: Op, case: Case) -> Case:
    """Return the case without what fails an assertion of torch's on a GPU, after which the process cannot use it."""
    if record.name != "index_fill.int_Tensor":
        return case
    # its gradient for a tensor `value` selects by the index, where a negative one raises on the CPU
    input, index, value = case.tensors
    return dataclasses.replace(case, tensors=(input, np.maximum(index, 0), value))


def _moved(tree: Any, device: str) -> Any:
    return jax.tree.map(lambda item: item.to(device) if torch_side.is_tensor(item) else item, tree)


def report_of(record: Op) -> Report:
    """An empty report on an op, for a search to fill."""
    return Report(f"jaxfun.{record.public}", record.torch)


def search(
    record: Op,
    candidate: Callable[..., Any],
    dtype: DType,
    device: str = "cpu",
    total: Report | None = None,
    phases: Sequence[Phase] = tuple(Phase),
) -> Report:
    """Hold the candidate to the reference on drawn cases; an AssertionError is the smallest disagreement.

    `total` takes in what is found, also where that ends in the error.
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
    """Hold what the candidate raises, and the dtype and shape of what it gives, to the reference.

    Each argument is first made wrong in each way; then cases are drawn.
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
    """Return the seed of a record's random draws: one of its own, so that no two records meet the same choices."""
    return zlib.crc32(" ".join((record.name, *more)).encode())


def _take(total: Report, report: Report, dtype: str | None = None, device: str = "cpu") -> None:
    total.add(report, dtype, device)
    total.failures = report.failures  # of a failure that Hypothesis shrinks, the last
    assert not report.failures, "\n".join(map(str, report.failures))


def compared(report: Report, level: str = "") -> int:
    """Return how many elements were compared, at one level or at all."""
    return sum(found.compared for name, found in report.levels.items() if level in ("", name))
