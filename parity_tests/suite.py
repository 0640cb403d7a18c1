"""The search that the generic suite runs: one op, one dtype, as many cases as the profile asks for."""

import dataclasses
import operator
import zlib
from collections.abc import Callable, Collection, Sequence
from typing import Any

import jax
import numpy as np
from hypothesis import Phase, given, settings
from hypothesis.strategies import SearchStrategy

import jaxfun
from jaxfun._record import REGISTRY, Op
from jaxfun.dtypes import DTYPES, DType, as_dtype
from jaxfun.parity.draw.invalid import spoiled
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

RECORDS = [record for record in REGISTRY.values() if record.public]
# dtypes that XLA and torch compute alike: in the quick profile each record is held to one of a group, in turn
ALIKE = (("uint8", "int8", "int16", "int32"), ("complex64", "complex128"))

# of the profile's examples: most bugs show in float32, and what a dtype adds shows soon
SHARE = {"float32": 0.5, "complex64": 0.34, "complex128": 0.34}
OTHER_SHARE = 0.17
SIGNATURES = 4  # times as many: these compile nothing


# the batched call is compiled: a call compiled alone would cost as much again and show little more
HOW = frozenset((*COMPUTED, "vmap", "errors"))


def terms(device: str = "cpu", levels: Collection[str] = HOW) -> Options:
    """What the suite asks of an op."""
    return Options(frozenset(levels), device, plants=False)


def pairs(profile: str) -> list[tuple[Op, DType]]:
    """The records with the dtypes that a profile holds them to: all that torch takes, or of some groups one."""
    every = [(record, dtype) for record in RECORDS for dtype in DTYPES if dtype not in record.rejects]
    return every if profile != "quick" else [pair for pair in every if _is_its_turn(*pair)]


def _is_its_turn(record: Op, dtype: DType) -> bool:
    taken = [[name for name in group if as_dtype(name) not in record.rejects] for group in ALIKE]
    group = next((names for names in taken if dtype.name in names), [dtype.name])
    return group[zlib.crc32(record.name.encode()) % len(group)] == dtype.name


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
    sides, asked = Sides(candidate, reference, case, device), terms(device, levels)
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
    if record.name != "index_fill.tensor":
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

    @settings(max_examples=_examples(SHARE.get(dtype.name, OTHER_SHARE)), phases=phases)
    @given(cases(record, dtype))
    def agrees(case: Case) -> None:
        _take(total, checked(record, candidate, case, device), dtype.name, device)

    agrees()
    return total


def search_errors(
    record: Op,
    candidate: Callable[..., Any],
    phases: Sequence[Phase] = tuple(Phase),
    drawn: Callable[[Op], SearchStrategy[Case]] = spoiled,
) -> Report:
    """Hold what the candidate raises, and the dtype and shape of what it gives, to the reference."""
    total = report_of(record)

    @settings(max_examples=_examples(SIGNATURES), phases=phases)
    @given(drawn(record))
    def agrees(case: Case) -> None:
        _take(total, checked(record, candidate, case, how=judge_signature))

    agrees()
    return total


def _examples(share: float) -> int:
    return max(1, round(settings().max_examples * share))


def _take(total: Report, report: Report, dtype: str | None = None, device: str = "cpu") -> None:
    total.add(report, dtype, device)
    total.failures = report.failures  # of a failure that Hypothesis shrinks, the last
    assert not report.failures, "\n".join(map(str, report.failures))


def compared(report: Report) -> int:
    """How many elements were compared, at all levels."""
    return sum(level.compared for level in report.levels.values())
