"""Functions of two or three tensors where the generic suite does not draw: numbers that raise, mixed dtypes."""

import math
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest
import torch

import jaxfun as jf
from jaxfun.parity.run import torch_side
from parity_tests.test_pointwise_edges import FLOATS, INTEGERS, array, assert_alike

NAN, INF = math.nan, math.inf
LEAST = {name: np.iinfo(name).min for name in INTEGERS}
MOST = {name: np.iinfo(name).max for name in INTEGERS}


def pairs(values: list[Any]) -> tuple[list[Any], list[Any]]:
    """Return every value paired with every other."""
    return [x for x in values for _ in values], [y for _ in values for y in values]


@pytest.mark.parametrize("dtype", INTEGERS)
@pytest.mark.parametrize("name", ["gcd", "lcm"])
def test_gcd_and_lcm_of_extreme_integers_match_torch(name: str, dtype: str) -> None:
    # torch's lcm of the minimum int32 and -1 crashes the process
    values = [0, 1, 2, 6, 9, MOST[dtype], *([LEAST[dtype]] if name == "gcd" or dtype in ("int8", "int16") else [])]
    values += [] if dtype == "uint8" else [-6, -1]
    one, two = pairs(values)
    assert_alike(lambda m, a: getattr(m, name)(*a), (one, dtype), (two, dtype))


@pytest.mark.parametrize("dtype", INTEGERS)
@pytest.mark.parametrize("name", ["bitwise_left_shift", "bitwise_right_shift"])
def test_shifts_by_any_number_match_torch(name: str, dtype: str) -> None:
    places = [n for n in (0, 1, 7, 8, 9, 15, 16, 31, 32, 63, 64, -1, -8) if LEAST[dtype] <= n <= MOST[dtype]]
    for number in (1, 5, LEAST[dtype], MOST[dtype], MOST[dtype] - 4):
        assert_alike(lambda m, a: getattr(m, name)(*a), ([number] * len(places), dtype), (places, dtype))
    for number in (300, -1, 2**40, True):
        assert_alike(lambda m, a, n=number: getattr(m, name)(a[0], n), ([1, 5], dtype))
        assert_alike(lambda m, a, n=number: getattr(m, name)(n, a[0]), ([1, 5], dtype))


BITS = ("bitwise_and", "bitwise_or", "bitwise_xor", "bitwise_left_shift", "bitwise_right_shift")


@pytest.mark.parametrize("dtype", ["bool", *INTEGERS, "float32"])
@pytest.mark.parametrize("name", BITS)
def test_bitwise_ops_with_a_number_wrap_or_raise_as_in_torch(name: str, dtype: str) -> None:
    for number in (300, -300, True, 1.5, 1j):
        assert_alike(lambda m, a, n=number: getattr(m, name)(a[0], n), ([1, 0], dtype))
        assert_alike(lambda m, a, n=number: getattr(m, name)(n, a[0]), ([1, 0], dtype))
    assert_alike(lambda m, a: getattr(m, name)(1, 2))


CLOSE = [0.0, 1.0, 1.001, -1.0, NAN, INF, -INF, 60000.0, 1e-8]


TOLERANCES = ((1e-5, 1e-8), (0.0, 0.0), (0, 1.0), (1e-3, 0.0), (INF, 0.0), (0.0, INF), (True, 0))


@pytest.mark.parametrize("dtype", [*FLOATS, "complex64", "int64", "uint8", "bool"])
@pytest.mark.parametrize("name", ["isclose", "allclose"])
def test_isclose_matches_torch(name: str, dtype: str) -> None:
    one, two = pairs(CLOSE if dtype in FLOATS or dtype == "complex64" else [0, 1, 250, 251])
    for given in ((*tolerances, equal_nan) for tolerances in TOLERANCES for equal_nan in (False, True)):
        assert_alike(lambda m, a, given=given: getattr(m, name)(*a, *given), (one, dtype), (two, dtype))


@pytest.mark.parametrize("name", ["isclose", "allclose"])
@pytest.mark.parametrize("keyword", ["rtol", "atol"])
@pytest.mark.parametrize("tolerance", [-1.0, NAN, -1, "x", None], ids=str)
def test_invalid_tolerance_raises_as_in_torch(name: str, keyword: str, tolerance: Any) -> None:
    assert_alike(lambda m, a: getattr(m, name)(a[0], a[0], **{keyword: tolerance}), ([1.0], "float32"))


@pytest.mark.parametrize("name", ["isclose", "allclose"])
@pytest.mark.parametrize("atol", [0.0, 0.5])
def test_isclose_of_large_integers_matches_torch(name: str, atol: float) -> None:
    assert_alike(lambda m, a: getattr(m, name)(*a, 0.0, atol), ([2**24], "int64"), ([2**24 + 1], "int64"))


def test_allclose_and_equal_return_arrays_under_jit() -> None:
    one, two = jnp.ones(2), jnp.asarray([1.0, 1.000001])
    assert jax.jit(jf.allclose)(one, two)
    assert not jax.jit(jf.equal)(one, two)
    assert not jax.jit(lambda rtol: jf.allclose(one, two, rtol=rtol))(0.0)


MIXED = [(one, two) for one in ("bool", "uint8", "int64", "float16", "float64") for two in ("int8", "float32")]


@pytest.mark.parametrize(("one", "two"), [*MIXED, ("float32", "complex64"), ("uint8", "int8")], ids=str)
def test_equal_of_different_dtypes_matches_torch(one: str, two: str) -> None:
    for shape in ([1, 0], [1], [], [1, 1]):
        for values in (shape, [1, 0]):
            assert_alike(lambda m, a: m.equal(*a), (shape, one), (values, two))
    assert_alike(lambda m, a: m.equal(*a), (0.1, "float64"), (0.1, "float32"))


@pytest.mark.parametrize("weight", ["bool", "int32", "float16", "float64", "complex64"])
@pytest.mark.parametrize("dtype", ["int32", "float16", "float32", "complex64"])
def test_lerp_accepts_a_0_dim_weight_of_another_dtype(dtype: str, weight: str) -> None:
    if dtype == "float16" and weight == "complex64":
        return  # torch continues in complex32, which JAX does not have
    for number in ([0.75], 0.75):
        for ends in (([1, 2], [4, 3]), (1, 4)):
            given = [(end, dtype) for end in ends]
            assert_alike(lambda m, a: m.lerp(*a), *given, (number, weight))


TAKING_A_NUMBER = {
    "lerp": lambda m, x, n: m.lerp(x, x + x, n),
    "addcmul": lambda m, x, n: m.addcmul(x, x, x, value=n),
    "addcdiv": lambda m, x, n: m.addcdiv(x, x, x, value=n),
    "clamp_min": lambda m, x, n: m.clamp_min(x, n),
    "clamp_max": lambda m, x, n: m.clamp_max(x, n),
    "copysign": lambda m, x, n: m.copysign(x, n),
}


@pytest.mark.parametrize("dtype", ["bool", *INTEGERS, *FLOATS, "complex64"])
@pytest.mark.parametrize("name", TAKING_A_NUMBER)
def test_number_beyond_the_dtype_is_accepted_or_raises_as_in_torch(name: str, dtype: str) -> None:
    for number in (True, 0.5, 127, -128, -129, 256, -255, -256, 2**40, 1e5, -1e39, NAN, 1j, 2 + 0j, None, "x"):
        assert_alike(lambda m, a, n=number: TAKING_A_NUMBER[name](m, a[0], n), ([1, 1], dtype))


def test_addcdiv_of_integers_raises_as_in_torch() -> None:
    for dtypes in (("float32", "int32", "int32"), ("float32", "bool", "int8"), ("int32", "int32", "float32")):
        assert_alike(lambda m, a: m.addcdiv(*a), *(([1, 2], dtype) for dtype in dtypes))


EXPONENTS = [0, 1, 3, -1, -2, 20, 100, 127]
MANTISSAS = [1.0, -0.75, 0.0, -0.0, NAN, INF, -INF, 1e-30]


@pytest.mark.filterwarnings("ignore:An output with one or more elements was resized")
@pytest.mark.parametrize("exponent", ["bool", *INTEGERS, "float16", "float64", "complex64"])
@pytest.mark.parametrize("dtype", ["bool", "int32", *FLOATS, "complex64", "complex128"])
def test_ldexp_accepts_the_same_pairs_of_dtypes_as_torch(dtype: str, exponent: str) -> None:
    if {dtype, exponent} & {"complex64", "complex128"} and "float16" in (dtype, exponent):
        return  # torch continues in complex32, which JAX does not have
    for numbers, powers in (([1, 2], [0, 1]), (1, [1, 2]), ([1, 3], 2), (3, 1)):
        assert_alike(lambda m, a: m.ldexp(*a), (numbers, dtype), (powers, exponent))


@pytest.mark.parametrize("dtype", FLOATS)
def test_ldexp_is_exact_for_subnormal_numbers_and_infinity(dtype: str) -> None:
    limits = torch.finfo(getattr(torch, dtype))
    numbers = [*MANTISSAS, limits.max, limits.tiny, limits.smallest_normal / 4]
    for power in (-2000, -150, -20, -1, 0, 1, 30, 130, 200, 2000, 2**31 - 1, -(2**31)):
        assert_alike(lambda m, a: m.ldexp(*a), (numbers, dtype), ([power] * len(numbers), "int32"))
    for power in (2**33, 2**32 + 1, -(2**33)):
        assert_alike(lambda m, a: m.ldexp(*a), (numbers, dtype), ([power] * len(numbers), "int64"))


@pytest.mark.parametrize("dtype", FLOATS)
def test_frexp_matches_torch(dtype: str) -> None:
    limits = torch.finfo(getattr(torch, dtype))
    small = [limits.smallest_normal * part for part in (1, 0.75, 0.5, 0.25)]
    numbers = [*MANTISSAS, limits.max, limits.min, *small, -small[-1], 3.0]
    assert_alike(lambda m, a: m.frexp(*a).mantissa, (numbers, dtype))
    assert_alike(lambda m, a: m.frexp(*a).exponent, (numbers, dtype))


@pytest.mark.parametrize("dtype", FLOATS)
def test_nextafter_includes_subnormal_numbers_and_infinity(dtype: str) -> None:
    limits = torch.finfo(getattr(torch, dtype))
    small = limits.smallest_normal
    one, two = pairs([0.0, -0.0, 1.0, -1.0, NAN, INF, -INF, limits.max, limits.min, small, -small, small / 2])
    assert_alike(lambda m, a: m.nextafter(*a), (one, dtype), (two, dtype))


@pytest.mark.parametrize("name", ["fmax", "fmin", "copysign", "atan2", "hypot", "heaviside"])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_signs_of_zero_infinity_and_nan_match_torch(name: str, dtype: str) -> None:
    one, two = pairs([0.0, -0.0, 1.0, -1.0, NAN, INF, -INF])
    arrays = [array(values, dtype) for values in (one, two)]
    got = np.asarray(getattr(jf, name)(*arrays))
    want = torch_side.numpy(getattr(torch, name)(*(torch_side.tensor(np.asarray(item)) for item in arrays)))
    np.testing.assert_allclose(got, want, rtol=1e-6)
    np.testing.assert_array_equal(np.signbit(got) & ~np.isnan(got), np.signbit(want) & ~np.isnan(want))


POWERS = {
    "two tensors": lambda m, x, y: m.float_power(x, y),
    "a number and a tensor": lambda m, x, y: m.float_power(2, y),
    "a complex number and a tensor": lambda m, x, y: m.zeros_like(m.float_power(1j, y)),
    "a tensor and a number": lambda m, x, y: m.float_power(x, -1),
    "a tensor and a complex number": lambda m, x, y: m.zeros_like(m.float_power(x, 1j)),
    "two numbers": lambda m, x, y: m.float_power(2, 3),
}


@pytest.mark.parametrize(
    "dtypes", [("bool", "float16"), ("int32", "bool"), ("bfloat16", "int8"), ("float32", "float64")]
)
@pytest.mark.parametrize("call", POWERS)
def test_float_power_accepts_any_dtypes(call: str, dtypes: tuple[str, str]) -> None:
    for powers in ([0, 1], 1):
        assert_alike(lambda m, a: POWERS[call](m, *a), ([1, 4], dtypes[0]), (powers, dtypes[1]))


def test_float_power_requires_x64() -> None:
    with jax.enable_x64(False), pytest.raises(RuntimeError, match="64-bit"):
        jf.float_power(jnp.ones(2), 2)
