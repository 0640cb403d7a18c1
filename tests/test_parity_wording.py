"""The text of failures: arrays, errors, and the kind of difference."""

from typing import Any

import jax.numpy as jnp
import numpy as np
import pytest

from jaxfun.parity.report.model import Level
from jaxfun.parity.report.report import Failure, Report
from jaxfun.parity.report.words import INDENT, WIDTH, in_short, message, written

ARRAYS = {
    "0-dim": (np.float32(0.1), "float32(0.1)"),
    "whole": (np.float32(10), "float32(10.0)"),
    "not finite": (np.array([np.nan, -np.inf, -0.0]), "float64[nan, -inf, -0.0]"),
    "complex": (np.complex64(1 - 2j), "complex64(1-2j)"),
    "imaginary": (np.complex64(2j), "complex64(2j)"),
    "of complex numbers": (np.array([1 + 1j, 2]), "complex128[(1+1j), (2+0j)]"),
    "bool": (np.array([True, False]), "bool[True, False]"),
    "16 bits": (np.asarray(jnp.bfloat16(0.1)), "bfloat16(0.100098)"),
    "empty": (np.zeros((0, 3), np.int32), "int32 of shape [0, 3]"),
    "rows": (np.float32([[0.5, 0.25], [-1, 2]]), "float32[[ 0.5, 0.25],\n        [-1.0,  2.0]]"),
}


@pytest.mark.parametrize("name", ARRAYS)
def test_array_is_written_with_the_digits_of_its_dtype(name: str) -> None:
    array, text = ARRAYS[name]
    assert written(array) == text


def test_large_array_is_written_as_shape_and_one_element() -> None:
    large = np.arange(120, dtype=np.int64).reshape(2, 60)
    assert written(large) == "int64 of shape [2, 60]"
    assert written(large, (1, 3)) == "int64 of shape [2, 60], 63 at [1, 3]"


def test_array_lines_fit_and_no_number_is_truncated() -> None:
    numbers = -np.geomspace(1e-30, 1e30, 64)
    lines = written(numbers).splitlines()
    assert len(lines) > 10
    assert all(INDENT + len(line) <= WIDTH for line in lines)
    read = "".join(lines).removeprefix("float64[").removesuffix("]").split(",")
    np.testing.assert_array_equal([float(text) for text in read], numbers)


def failure(kind: str, detail: str = "1 where the reference has 2", **fields: Any) -> Failure:
    usual = {"level": "value", "call": "x = float32(0.0)", "dtype": "float32"}
    return Failure(kind=kind, detail=detail, **(usual | fields))


FIRST_LINES = {
    "number": (failure("number"), "value (float32, cpu): different number: 1 where the reference has 2"),
    "dtype": (failure("dtype", "float32 where ..."), "value (float32, cpu): different dtype: float32 where ..."),
    "NaN": (
        failure("NaN where the reference has a number", "nan where the reference has 2", index=(1, 0)),
        "value (float32, cpu): NaN where the reference has a number, at [1, 0]",
    ),
    "relation": (
        failure("number", relation="1.5 times the reference everywhere"),
        "value (float32, cpu): 1.5 times the reference everywhere: 1 where the reference has 2",
    ),
    "relation of NaN": (
        failure("a number where the reference has NaN", relation="NaN replaced by 0, correct elsewhere"),
        "value (float32, cpu): NaN replaced by 0, correct elsewhere: a number where the reference has NaN",
    ),
    "kink": (
        failure("derivative at 0", level="vjp", leaf="x"),
        "vjp of x (float32, cpu): derivative at 0: 1 where the reference has 2",
    ),
    "raises": (
        failure("raises", "raised KeyError where the reference does not", level="errors", dtype="", device="cuda"),
        "errors (any dtype, cuda): raised KeyError where the reference does not",
    ),
    "long": (failure("structure", "x" * 60), "value (float32, cpu):\n  different structure: " + "x" * 60),
    "longer": (
        failure("structure", "x" * 60 + " " + "y" * 60),
        "value (float32, cpu):\n  different structure: " + "x" * 60 + "\n  " + "y" * 60,
    ),
}


@pytest.mark.parametrize("name", FIRST_LINES)
def test_message_begins_with_level_and_kind(name: str) -> None:
    found, text = FIRST_LINES[name]
    assert message(found).startswith(text + "\n  inputs     x = float32(0.0)")


ERRORS = {
    "ULP": ({"ulp": 1677.7}, "1,678 ULP, a relative error of 0.5"),
    "small": ({"ulp": 9.0, "candidate": np.float32(2.0001)}, "9 ULP, a relative error of 5e-05"),
    "at": ({"ulp": 4e7, "candidate": np.float32([2, 3]), "reference": np.float32([2, 2]), "index": (1,)},
           "4.00e7 ULP, a relative error of 0.5, at [1]"),
    "beside 0": ({"ulp": 1e30, "reference": np.float32(0)},
                 "absolute 1 (the reference is 0, so ULP do not apply)"),
    "complex": ({"ulp": 5.0, "candidate": np.complex64(3 + 4j), "reference": np.complex64(2j)},
                "5 ULP, a relative error of 1.8"),
    "none": ({"ulp": 0.0}, ""),
}  # fmt: skip


@pytest.mark.parametrize("name", ERRORS)
def test_error_is_given_in_ulp_and_relative_to_the_reference(name: str) -> None:
    fields, text = ERRORS[name]
    both = {"candidate": np.float32(1), "reference": np.float32(2)}
    facts = failure("number", **(both | fields)).facts
    assert facts.get("error", "").startswith(text)
    assert ("error" in facts) == bool(text)


def test_short_form_includes_the_relation() -> None:
    assert (
        in_short(failure("number", relation="the reference transposed", ulp=3.0)) == "the reference transposed, 3 ULP"
    )


def test_kind_of_values_is_named_as_the_region() -> None:
    assert failure("number", stratum="ties").facts["found at"] == "ties"


def test_failure_of_a_derivative_names_its_cotangent() -> None:
    assert failure("derivative at 0", level="vjp").facts["along"] == "a random cotangent"
    assert "along" not in failure("number").facts


# a report


def test_report_prints_each_failure_and_the_first_script() -> None:
    failures = [
        failure("number", level=level, script=f"import {level}\n\nprint()") for level in ("value", "vjp", "jvp")
    ]
    text = str(Report("f", "g", failures))
    assert all(text.count(f"{level} (float32, cpu)") == 1 for level in ("value", "vjp", "jvp"))
    assert "To reproduce the value:\n\n    import value\n\n    print()\n\nMore scripts: `.failures[1]" in text
    assert "import vjp" not in text
    assert str(Report("f", "g", failures[:1])).endswith("To reproduce it:\n\n    import value\n\n    print()")


def test_long_report_lines_wrap_between_items() -> None:
    kinds = {f"kind {number} of values": number for number in range(30)}
    leaves = {f"layers.{number}.attention.weight": Level(failures=1) for number in range(9)}
    report = Report("f", "g", strata=kinds, notes=["word " * 60], levels={"vjp": Level(9, failures=9, leaves=leaves)})
    lines = str(report).splitlines()
    assert all(len(line) <= WIDTH for line in lines)
    assert all(any(f"kind {number} of values {number}" in line for line in lines) for number in range(1, 30))
    assert "kind 0" not in str(report), "what was met by none was not tried"
