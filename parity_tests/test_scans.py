"""Cumulative operations that the generic suite rarely draws: narrower result dtypes, and infinity."""

from typing import Any

import numpy as np
import pytest

from jaxfun.core.dtypes import as_dtype
from jaxfun.ops import records
from jaxfun.parity.draw.records import case_of
from parity_tests.suite import candidate_of, checked, compared

INF, NAN = float("inf"), float("nan")
VALUES = ([0.18859532, -0.1981573, 0.960634], [0.001, 1000.0, 0.1], [0.3, 0.0, 0.7], [0.0, 0.3, 0.0], [1.0, -7.0, 2.5])


@pytest.mark.parametrize("name", ["cumsum", "cumprod"])
@pytest.mark.parametrize(("own", "result"), [("float32", "float16"), ("float32", "bfloat16"), ("float64", "float32")])
def test_gradient_of_a_narrower_result_uses_the_input_dtype(name: str, own: str, result: str) -> None:
    agrees(name, VALUES, own, dtype=as_dtype(result))


@pytest.mark.parametrize("result", ["float16", "bfloat16"])
def test_nan_in_one_row_does_not_affect_cumprod_of_another(result: str) -> None:
    values = [
        [[1.0, NAN, INF], [-INF, 0.0, -0.0]],
        [[0.0, INF, 2.0], [2.0, 3.0, NAN]],
        [[1.0, 2.0, 3.0], [INF, 5.0, 6.0]],
    ]
    agrees("cumprod", values, "float32", dtype=as_dtype(result))


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64", "complex64"])
def test_finite_elements_beside_infinity_have_a_gradient(dtype: str) -> None:
    values = [
        [1.0, INF, INF, 2.0],
        [INF, 2.0, 3.0, INF],
        [-INF, -INF, 1.0, INF],
        [NAN, 1.0, INF, 2.0],
        [1.0, 2.0, 3.0, 4.0],
    ]
    agrees("logcumsumexp", values, dtype)


def agrees(name: str, values: Any, own: str, **options: Any) -> None:
    record = records()[name]
    arguments = {"input": np.array(values, own), "dim": 0, **options}
    report = checked(record, candidate_of(record), case_of(record, arguments, ("given",) * len(values), 0))
    assert not report.failures, "\n".join(map(str, report.failures))
    assert compared(report)
