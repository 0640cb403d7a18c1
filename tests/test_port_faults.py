"""Faults in ports of whole models: `parity.module` and the proof name the place of each."""

import csv

import jax
import pytest
from bench_port_faults import DATA, by_module, named
from port_faults import FAULTS


@pytest.fixture(autouse=True)
def plain_jax() -> object:
    """Use JAX's defaults, as a user has them: 32 bits, its own promotion."""
    with jax.enable_x64(False), jax.numpy_dtype_promotion("standard"):
        yield


def test_every_fault_was_named() -> None:
    with DATA.open() as opened:
        rows = [*csv.DictReader(opened)]
    assert [row["what"] for row in rows] == [fault.what for fault in FAULTS]
    assert len(rows) >= 30
    assert not [row["what"] for row in rows if row["is_named"] != "True"]


@pytest.mark.alternate
@pytest.mark.parametrize("what", ["gelu by tanh", "eps of a batch norm 1e-3"])
def test_fault_is_named(what: str) -> None:
    (number,) = [number for number, fault in enumerate(FAULTS) if fault.what == what]
    found = named(number)
    assert found.is_named, found


@pytest.mark.alternate
@pytest.mark.parametrize("model", ["gpt", "resnet"])
def test_port_without_a_fault_agrees(model: str) -> None:
    report = by_module(None, model)
    assert report.ok, report
