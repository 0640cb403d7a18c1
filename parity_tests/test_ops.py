"""Every recorded op against PyTorch: value, vjp, jvp, hvp, under jit and vmap, and what it raises."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import jaxfun  # noqa: F401  # fills the registry
from jaxfun._op import REGISTRY, Op
from jaxfun.dtypes import DTYPES, DType
from jaxfun.parity.check import candidate_of, check_case, check_signature
from jaxfun.parity.strategies import cases, spoiled

RECORDS = [record for record in REGISTRY.values() if record.public]
PAIRS = [
    pytest.param(record, dtype, id=f"{record.name}-{dtype.name}")
    for record in RECORDS
    for dtype in DTYPES
    if dtype not in record.rejects
]
BY_NAME = {"argnames": "record", "argvalues": RECORDS, "ids": [record.name for record in RECORDS]}


@pytest.mark.parametrize(("record", "dtype"), PAIRS)
@given(data=st.data())
def test_equals_torch_at_every_level(record: Op, dtype: DType, device: str, data: st.DataObject) -> None:
    report = check_case(record, candidate_of(record), data.draw(cases(record, dtype)), device)
    assert report.ok, "\n".join(map(str, report.failures))
    assert report.compared


@pytest.mark.parametrize(**BY_NAME)
@settings(max_examples=60)
@given(data=st.data())
def test_raises_exactly_when_torch_raises(record: Op, data: st.DataObject) -> None:
    report = check_signature(record, candidate_of(record), data.draw(spoiled(record)))
    assert report.ok, "\n".join(map(str, report.failures))
