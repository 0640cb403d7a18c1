"""The comparison: every kind of difference is found, and equal results are not reported."""

import ml_dtypes
import numpy as np
import pytest

from jaxfun.parity.compare.arrays import PRECISION, compare

nan, inf = float("nan"), float("inf")
EPS = 2.0**-23


def f32(*values: float) -> np.ndarray:
    return np.array(values, np.float32)


DIFFERENT = {
    "shape": (f32(1, 2), f32(1)),
    "dtype": (f32(1), np.array([1.0])),
    "NaN": (f32(1, nan), f32(1, 2)),
    "NaN missing": (f32(1, 2), f32(1, nan)),
    "infinity": (f32(1, inf), f32(1, 2)),
    "infinity's sign": (f32(inf), f32(-inf)),
    "number": (f32(1, 2 + 64 * EPS), f32(1, 2)),
    "number near zero": (f32(1e-12), f32(0)),
    "integer": (np.array([1, 2]), np.array([1, 3])),
    "bool": (np.array([True]), np.array([False])),
    "finite or not": (np.array([nan + 1j], np.complex64), np.array([1 + 1j], np.complex64)),
    "number in the imaginary part": (np.array([1 + 2j], np.complex64), np.array([1 - 2j], np.complex64)),
    "number in half precision": (np.array([1.02], np.float16), np.array([1.0], np.float16)),
    "number in bfloat16": (np.array([1.1], ml_dtypes.bfloat16), np.array([1.0], ml_dtypes.bfloat16)),
    "number in float64": (np.array([1 + 1e-10]), np.array([1.0])),
}

SAME = {
    "equal": (f32(1, -2), f32(1, -2)),
    "a few ULP": (f32(1 + 4 * EPS), f32(1)),
    "both NaN": (f32(nan), f32(nan)),
    "both infinite": (f32(inf, -inf), f32(inf, -inf)),
    "a flushed subnormal": (f32(0), f32(1e-40)),
    "zeros of either sign": (f32(-0.0), f32(0.0)),
    "empty": (f32(), f32()),
    "a complex infinity whose parts differ": (np.array([complex(inf, nan)]), np.array([complex(nan, inf)])),
}


@pytest.mark.parametrize("name", DIFFERENT)
def test_difference_is_found_and_named(name: str) -> None:
    verdict = compare(*DIFFERENT[name])
    assert not verdict.ok
    assert name.startswith(verdict.kind) or verdict.kind == "number"
    assert verdict.detail


@pytest.mark.parametrize("name", SAME)
def test_equal_results_are_not_a_difference(name: str) -> None:
    verdict = compare(*SAME[name])
    assert verdict.ok
    assert verdict.compared == SAME[name][0].size


def test_error_is_measured_against_the_oracle_and_not_the_reference() -> None:
    oracle = np.array([1.0])
    reference = f32(1 + 100 * EPS)
    assert compare(f32(1 + 300 * EPS), reference, oracle).ok, "within the multiple of the reference's own error"
    assert not compare(f32(1 + 500 * EPS), reference, oracle).ok
    assert compare(f32(1), reference, oracle).ok, "better than the reference"


def test_reported_error_belongs_to_a_differing_element() -> None:
    oracle = np.array([1.0, 1.0, 1.0])
    reference = f32(1 + 100 * EPS, 1, 1)
    verdict = compare(f32(1 + 300 * EPS, 1, 1 + 20 * EPS), reference, oracle)
    assert (verdict.index, verdict.ulp, verdict.worst_ulp) == ((2,), 20, 300)


def test_complex_difference_names_the_part() -> None:
    reference = np.complex64([2 + 1j])
    assert "has 1, at [0], in the imaginary part" in compare(np.complex64([2 + 3j]), reference).detail
    assert "has 2, at [0], in the real part" in compare(np.complex64([5 + 1j]), reference).detail


def test_one_lost_element_of_the_reference_does_not_excuse_the_others() -> None:
    reference, oracle = f32(1, 1e-9), np.array([1.0, 0.0])
    assert not compare(f32(1 + 64 * EPS, 0), reference, oracle).ok


def test_reference_has_no_answer_after_an_intermediate_overflow() -> None:
    oracle = np.array([2.0])
    for lost in (inf, -inf, nan):
        assert all(compare(f32(number), f32(lost), oracle).ok for number in (2, 3, inf, nan))
    assert not compare(f32(1), f32(2), oracle).ok, "it has one here"


def test_infinity_is_right_beyond_the_largest_number() -> None:
    oracle = np.array([1e40])
    assert compare(f32(inf), f32(-inf), oracle).ok
    assert not compare(f32(-inf), f32(inf), oracle).ok
    assert not compare(f32(3), f32(inf), oracle).ok


def test_infinity_is_accepted_near_the_largest_number() -> None:
    largest = np.finfo(np.float32).max
    assert compare(f32(largest), f32(inf), np.array([largest * (1 + EPS / 4)], np.float64)).ok
    assert not compare(f32(largest), f32(inf), np.array([inf])).ok


def test_tolerance_of_a_sum_scales_with_its_terms() -> None:
    assert not compare(f32(1e-5), f32(0)).ok
    assert compare(f32(1e-5), f32(0), scale=1000.0).ok
    assert not compare(f32(1e-2), f32(0), scale=1000.0).ok


def test_only_restricts_the_compared_and_counted_elements() -> None:
    verdict = compare(f32(1, 2), f32(1, 3), only=np.array([True, False]))
    assert verdict.ok
    assert verdict.compared == 1


@pytest.mark.parametrize("dtype", PRECISION)
def test_worst_error_and_its_index_are_given(dtype: str) -> None:
    eps = PRECISION[dtype].eps
    reference = np.ones(3, dtype)
    verdict = compare(np.array([1, 1 + eps, 1 + 256 * eps], dtype), reference)
    assert verdict.index == (2,)
    assert verdict.worst_ulp == pytest.approx(256)
