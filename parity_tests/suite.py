"""The search that the generic suite runs: one op, one dtype, as many cases as the profile asks for."""

import operator
from collections.abc import Callable
from typing import Any

from hypothesis import given, settings

import jaxfun
from jaxfun._op import REGISTRY, Op
from jaxfun.dtypes import DTYPES, DType
from jaxfun.parity.check import Report, check_case, check_signature
from jaxfun.parity.strategies import Case, cases, spoiled

RECORDS = [record for record in REGISTRY.values() if record.public]
PAIRS = [(record, dtype) for record in RECORDS for dtype in DTYPES if dtype not in record.rejects]

# of the profile's examples: most bugs show in float32, and what a dtype adds shows soon
SHARE = {"float32": 1.0, "float64": 0.5}
OTHER_SHARE = 0.34
SIGNATURES = 6  # times as many: these compile nothing


def candidate_of(record: Op) -> Callable[..., Any]:
    """The public function of a record."""
    return operator.attrgetter(record.public)(jaxfun)


def search(record: Op, candidate: Callable[..., Any], dtype: DType, device: str = "cpu") -> Report:
    """Hold the candidate to the reference on drawn cases; an AssertionError is the smallest disagreement."""
    total = Report()

    @settings(max_examples=_examples(SHARE.get(dtype.name, OTHER_SHARE)))
    @given(cases(record, dtype))
    def agrees(case: Case) -> None:
        _take(total, check_case(record, candidate, case, device))

    agrees()
    return total


def search_errors(record: Op, candidate: Callable[..., Any]) -> Report:
    """Hold what the candidate raises, and the dtype and shape of what it gives, to the reference."""
    total = Report()

    @settings(max_examples=_examples(SIGNATURES))
    @given(spoiled(record))
    def agrees(case: Case) -> None:
        _take(total, check_signature(record, candidate, case))

    agrees()
    return total


def _examples(share: float) -> int:
    return max(1, round(settings().max_examples * share))


def _take(total: Report, report: Report) -> None:
    total.add(report)
    assert report.ok, "\n".join(map(str, report.failures))
