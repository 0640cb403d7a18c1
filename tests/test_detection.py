"""What `parity.check` finds with nothing but the two functions: every difference, and no false alarm."""

import jax
import pytest
from pairs import AGREEING, DIFFERENT, Pair

from jaxfun import parity


def agrees(pair: Pair) -> parity.Report:
    with jax.enable_x64(False), jax.numpy_dtype_promotion("standard"):  # as a user finds JAX
        return parity.check(pair.candidate, pair.reference, *pair.inputs, examples=200, seed=0)


@pytest.mark.parametrize("name", DIFFERENT)
def test_a_port_that_differs_is_found(name: str) -> None:
    assert not agrees(DIFFERENT[name]).ok


@pytest.mark.parametrize("name", AGREEING)
def test_a_right_port_raises_no_alarm(name: str) -> None:
    report = agrees(AGREEING[name])
    assert report.ok, report
