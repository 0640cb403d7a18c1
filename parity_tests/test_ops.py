"""Every recorded op against PyTorch: value, vjp, jvp, hvp, under jit and vmap, and what it raises."""

import pytest

from jaxfun._record import Op
from jaxfun.dtypes import DType
from jaxfun.parity.draw.invalid import refused
from parity_tests.suite import RECORDS, candidate_of, compared, covered, report_of, search, search_errors

REFUSING = [record for record in RECORDS if record.rejects | record.operand_rejects]


# what has no value to compare in a dtype, and why
NOTHING: dict[tuple[str, str], str] = {}


def test_equals_torch_on_every_choice_of_arguments(record: Op, dtype: DType, device: str) -> None:
    report = report_of(record)
    try:
        covered(record, candidate_of(record), dtype, device, report)
    finally:
        report.log()
    assert compared(report, "value") or (record.name, dtype.name) in NOTHING, "no element of a value was compared"


def test_equals_torch_on_random_cases(record: Op, dtype: DType, device: str) -> None:
    report = report_of(record)
    try:
        search(record, candidate_of(record), dtype, device, report)
    finally:
        report.log()
    assert compared(report), "nothing was compared"


@pytest.mark.parametrize("record", RECORDS, ids=[record.name for record in RECORDS])
def test_raises_exactly_when_torch_raises(record: Op) -> None:
    report = search_errors(record, candidate_of(record))
    assert compared(report), "nothing was compared"


@pytest.mark.parametrize("record", REFUSING, ids=[record.name for record in REFUSING])
def test_refuses_the_dtypes_that_torch_refuses(record: Op) -> None:
    report = search_errors(record, candidate_of(record), drawn=refused)
    assert compared(report), "nothing was compared"
