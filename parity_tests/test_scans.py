"""Running sums and products beyond what the generic suite draws often: results in a narrower dtype."""

from typing import Any

import numpy as np
import pytest

from jaxfun._record import REGISTRY
from jaxfun.dtypes import as_dtype
from jaxfun.parity.records import case_of
from parity_tests.suite import candidate_of, checked, compared

VALUES = ([0.18859532, -0.1981573, 0.960634], [0.001, 1000.0, 0.1], [0.3, 0.0, 0.7], [0.0, 0.3, 0.0], [1.0, -7.0, 2.5])


@pytest.mark.parametrize("name", ["cumsum", "cumprod"])
@pytest.mark.parametrize(("own", "result"), [("float32", "float16"), ("float32", "bfloat16"), ("float64", "float32")])
def test_the_gradient_of_a_narrower_result_is_that_of_the_input_as_it_is(name: str, own: str, result: str) -> None:
    record = REGISTRY[name]
    arguments: dict[str, Any] = {"input": np.array(VALUES, own), "dim": 0, "dtype": as_dtype(result)}
    report = checked(record, candidate_of(record), case_of(record, arguments, ("given",) * len(VALUES), 0))
    assert not report.failures, "\n".join(map(str, report.failures))
    assert compared(report)
