"""`parity.check` given only two functions: it finds every difference, and raises no false alarm.

Every sixth pair is tried (neighbours are of one kind); `--parity-profile thorough` tries all pairs.
"""

import jax
import pytest
from pairs import AGREEING, DIFFERENT, Pair, unshrunk

from jaxfun import parity

pytestmark = pytest.mark.alternate

EVERY = {"quick": 6, "thorough": 1}
PAIRS = {"different": DIFFERENT, "agreeing": AGREEING}


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    every = EVERY[metafunc.config.getoption("--parity-profile")]
    for fixture in PAIRS.keys() & {*metafunc.fixturenames}:
        metafunc.parametrize(fixture, [*PAIRS[fixture]][::every])


def answered(pair: Pair) -> parity.Report:
    with jax.enable_x64(False), jax.numpy_dtype_promotion("standard"):  # JAX's defaults, as a user has them
        return parity.check(pair.candidate, pair.reference, *pair.inputs, examples=200, seed=0)


def test_port_that_differs_is_found(different: str) -> None:
    with unshrunk():
        assert answered(PAIRS["different"][different]).answer == "differs"


def test_correct_port_raises_no_alarm(agreeing: str) -> None:
    report = answered(PAIRS["agreeing"][agreeing])
    assert report.ok, report
