"""The tolerance: the constants in docs/tolerance.md, and functions that compute in float32 inside."""

import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from jaxfun.parity.compare.arrays import PRECISION, part_of
from jaxfun.parity.compare.tolerance import computes_in_float32

PAGE = Path(__file__).parent.parent / "docs" / "tolerance.md"


def test_documented_constants_match_the_code() -> None:
    rows = re.findall(r"^\| ([a-z0-9, ]+) \| (\d+) \| (\d+) \|$", PAGE.read_text(), re.M)
    told = {name: (float(ulps), float(multiple)) for names, ulps, multiple in rows for name in names.split(", ")}
    assert {part_of(name) for name in told} == set(PRECISION)
    assert told == {name: (PRECISION[part_of(name)].ulps, PRECISION[part_of(name)].multiple) for name in told}


def in_float64(x: np.ndarray) -> np.ndarray:
    return x - np.tanh(x)


def in_float32(x: np.ndarray) -> np.ndarray:
    return np.tanh(x.astype(np.float32)).astype(np.float64)


@pytest.mark.parametrize(("function", "is_narrow"), [(in_float64, False), (in_float32, True)])
def test_a_function_that_computes_in_float32_is_told_from_cancellation(function: Any, is_narrow: bool) -> None:
    rows = np.random.default_rng(0).normal(size=(16, 4, 5))
    rows[:3] *= 1e-5  # where x - tanh(x) loses as many digits as float32 has not

    def evaluate(draws: Any) -> list[Any]:
        return [{"value": [function(moved)]} for (moved,), *_ in draws]

    assert computes_in_float32(evaluate, [rows], {"value": [function(rows)]}, [0]) is is_narrow
