"""Pointwise ops where the generic suite cannot draw: values that decide an error, warnings, last digits."""

import itertools
import warnings
from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest
import torch

import jaxfun as jf
from jaxfun.core.errors import X64DisabledError
from jaxfun.parity.compare.complexes import complex_of
from jaxfun.parity.draw.records import case_of
from jaxfun.parity.run import torch_side
from jaxfun.parity.run.outcome import outcome
from jaxfun.parity.search.verdicts import raises_alike
from parity_tests.suite import RECORDS, candidate_of, checked

INTEGERS = ("uint8", "int8", "int16", "int32", "int64")
FLOATS = ("float16", "bfloat16", "float32", "float64")


def array(values: Any, dtype: str) -> jax.Array:
    return jnp.asarray(np.asarray(values), jf.dtypes.as_dtype(dtype).dtype)


def assert_alike(call: Callable[[Any, Any], Any], *values: tuple[Any, str]) -> None:
    """Assert that `call` gives the same with jaxfun as with torch, or raises alike."""
    arrays = [array(*value) for value in values]
    got, ours = outcome(lambda: call(jf, arrays))
    want, theirs = outcome(lambda: torch.as_tensor(call(torch, [torch_side.tensor(np.asarray(x)) for x in arrays])))
    verdict = raises_alike(ours, theirs)
    assert verdict.ok, verdict
    if theirs is None:
        expected = torch_side.numpy(want)
        assert got.dtype == expected.dtype
        np.testing.assert_array_equal(*map(plain, (np.asarray(got), expected)))


def test_value_set_that_raises_on_both_sides_does_not_hide_another() -> None:
    record = next(record for record in RECORDS if record.name == "floor_divide")
    divided = {"input": np.array([1, 7], np.int32), "other": np.array([0, 2], np.int32)}
    report = checked(record, candidate_of(record), case_of(record, divided, ("zeros", "nice"), 0))
    assert not report.failures
    assert report.levels["value"].compared


def plain(values: np.ndarray) -> np.ndarray:
    """Return an array for NumPy's assertions, which do not support NaN in bfloat16."""
    return values.astype(np.float32) if values.dtype == jnp.bfloat16 else values


ROOTS = ("sqrt", "rsqrt", "log", "log2", "log10", "log1p")
INVERSES = ("asin", "acos", "atan", "asinh", "acosh", "atanh")
PARTS = (0.0, -0.0, 2.0, -2.0, 0.5, -0.5, 1.0, -1.0)


@pytest.mark.parametrize("dtype", ["complex64", "complex128"])
@pytest.mark.parametrize("name", [*ROOTS, *INVERSES, "angle", "sgn"])
def test_sign_of_zero_selects_the_side_of_a_branch_cut(name: str, dtype: str) -> None:
    record = next(record for record in RECORDS if record.name == name)
    numbers = complex_of(*np.array([*itertools.product(PARTS, PARTS)]).T).astype(dtype)
    report = checked(record, candidate_of(record), case_of(record, {"input": numbers}, ("signed zeros",) * 64, 0))
    assert not report.failures, report.failures[0]
    assert report.levels["value"].compared
    assert report.levels["vjp"].compared


DIVISIONS = {
    "div trunc": lambda m, x, y: m.div(x, y, rounding_mode="trunc"),
    "div floor": lambda m, x, y: m.div(x, y, rounding_mode="floor"),
    "floor_divide": lambda m, x, y: m.floor_divide(x, y),
    "remainder": lambda m, x, y: m.remainder(x, y),
    "fmod": lambda m, x, y: m.fmod(x, y),
}


@pytest.mark.parametrize("dtype", INTEGERS)
@pytest.mark.parametrize("name", DIVISIONS)
def test_integer_division_by_a_known_zero_raises(name: str, dtype: str) -> None:
    divide = DIVISIONS[name]
    for divisor in (0, 256, -256, 3, -3):  # 256 becomes 0 in eight bits
        assert_alike(lambda m, a, n=divisor: divide(m, a[0], n), ([7, 5], dtype))
    for divisors in ([0, 1], [1, 2]):
        assert_alike(lambda m, a: divide(m, *a), ([7, 5], dtype), (divisors, dtype))
    assert_alike(lambda m, a: divide(m, *a), ([], dtype), ([0], dtype))
    assert_alike(lambda m, a: divide(m, a[0], a[1]), ([7, 5], dtype), (256, "int64"))


@pytest.mark.parametrize("name", DIVISIONS)
def test_integer_division_by_a_traced_zero_does_not_raise(name: str) -> None:
    divide = DIVISIONS[name]
    assert jax.jit(lambda x, y: divide(jf, x, y))(array([7], "int32"), array([0], "int32")).shape == (1,)


@pytest.mark.parametrize("dtype", FLOATS)
@pytest.mark.parametrize("name", DIVISIONS)
def test_rounded_quotients_match_torch_exactly(name: str, dtype: str) -> None:
    rng = np.random.default_rng(0)
    tenths = [np.round(rng.normal(size=400) * size, 1) for size in (3, 1)]
    divisors = np.where(tenths[1] == 0, 0.1, tenths[1])
    assert_alike(lambda m, a: DIVISIONS[name](m, *a), (tenths[0], dtype), (divisors, dtype))
    for number in (0.1, -0.3, 1 / 3):
        assert_alike(lambda m, a, n=number: DIVISIONS[name](m, a[0], n), (tenths[0], dtype))
        for divisor in ((number, "float32"), (number, dtype), ([number], dtype)):  # one element counts as a number
            assert_alike(lambda m, a: DIVISIONS[name](m, *a), (tenths[0], dtype), divisor)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("name", DIVISIONS)
def test_divisor_broadcast_by_vmap_gives_the_same_quotient(name: str, dtype: str) -> None:
    numbers = np.arange(1, 41).astype(dtype) * np.asarray(3.7, dtype)  # by the reciprocal of 3.7 some are too small
    x = array(numbers.reshape(8, 5), dtype)
    want = DIVISIONS[name](torch, torch_side.tensor(np.asarray(x)), 3.7)
    for along in (0, 1):
        got = jax.jit(jax.vmap(lambda x: DIVISIONS[name](jf, x, 3.7), along, along))(x)
        np.testing.assert_array_equal(np.asarray(got), torch_side.numpy(want))


@pytest.mark.parametrize("dtype", FLOATS)
@pytest.mark.parametrize("name", ["remainder", "fmod"])
def test_gradient_of_remainder_is_its_quotient(name: str, dtype: str) -> None:
    # x / y rounds to an integer although y does not divide x: 2.8 / 0.1
    x, y = array([2.8, -1.9, 4.1, 1.0], dtype), array([0.1, 0.1, -0.1, 0.1], dtype)
    tensors = [torch_side.tensor(np.asarray(item)).requires_grad_() for item in (x, y)]
    want = torch.autograd.grad(getattr(torch, name)(*tensors).sum(), tensors)
    got = jax.grad(lambda x, y: jf.sum(getattr(jf, name)(x, y)), (0, 1))(x, y)
    for mine, theirs in zip(got, want, strict=True):
        np.testing.assert_array_equal(np.asarray(mine), torch_side.numpy(theirs))


TAKING_A_NUMBER = {
    "add": lambda m, x, n: m.add(x, n),
    "alpha of add": lambda m, x, n: m.add(x, x, alpha=n),
    "alpha of sub": lambda m, x, n: m.sub(x, x, alpha=n),
    "alpha of rsub": lambda m, x, n: m.rsub(x, x, alpha=n),
    "clamp from": lambda m, x, n: m.clamp(x, n),
    "clamp to": lambda m, x, n: m.clamp(x, max=n),
    "where": lambda m, x, n: m.where(m.eq(x, x), x, n),
    "pow": lambda m, x, n: m.pow(x, n),
}


@pytest.mark.parametrize("dtype", [*INTEGERS, *FLOATS])
@pytest.mark.parametrize("name", TAKING_A_NUMBER)
def test_number_beyond_the_dtype_wraps_or_raises_as_in_torch(name: str, dtype: str) -> None:
    for number in (127, 128, -128, -129, 255, 256, 300, -255, -256, 2**31, 2**40, -(2**40), 1e5, -1e5, 1e39):
        assert_alike(lambda m, a, n=number: TAKING_A_NUMBER[name](m, a[0], n), ([1, 1], dtype))


@pytest.mark.parametrize("name", ["alpha of add", "clamp from", "where"])
def test_number_beyond_32_bits_raises_while_x64_is_off(name: str) -> None:
    with jax.enable_x64(False), pytest.raises((RuntimeError, OverflowError)):
        TAKING_A_NUMBER[name](jf, jnp.ones(2, jnp.int32), 2**40)


ALSO_TAKING_A_NUMBER = {
    "value of addcmul": lambda m, x, n: m.addcmul(x, x, x, value=n),
    "alpha of addr": lambda m, x, n: m.addr(x[:, None] * x, x, x, alpha=n, beta=n),
    "dx of trapezoid": lambda m, x, n: m.trapezoid(x, dx=n),
    "eps of logit": lambda m, x, n: m.logit(x / 10, eps=n),
}


@pytest.mark.parametrize("number", [3, 0.125])
@pytest.mark.parametrize("name", [name for name in TAKING_A_NUMBER if "alpha" in name] + [*ALSO_TAKING_A_NUMBER])
def test_0_dim_tensor_of_any_library_is_a_number(name: str, number: float) -> None:
    call = (TAKING_A_NUMBER | ALSO_TAKING_A_NUMBER)[name]
    x = [1.0, 2.0, 4.0]
    want = torch_side.numpy(call(torch, torch.tensor(x), torch.tensor(number)))
    for given in (torch.tensor(number), np.array(number), np.asarray(number)[()], jnp.asarray(number)):
        np.testing.assert_allclose(np.asarray(call(jf, jnp.asarray(x, jnp.float32), given)), want, rtol=1e-6)


WITH_A_LONG_NUMBER = {
    **{
        name: TAKING_A_NUMBER[name] for name in ("add", "alpha of add", "alpha of sub", "clamp from", "clamp to", "pow")
    },
    "mul": lambda m, x, n: m.mul(x, n),
    "a number less a tensor": lambda m, x, n: m.sub(n, x),
    "quotient": lambda m, x, n: m.div(x, n),
    "comparison": lambda m, x, n: m.lt(x, n),
    "bits": lambda m, x, n: m.bitwise_or(x, n),
    "alpha of addmm": lambda m, x, n: m.addmm(x[None], x[None], m.ones(2, 2, dtype=x.dtype), alpha=n),
    "tolerance": lambda m, x, n: m.isclose(x, 2 * x, atol=n),  # the tested argument, not one of a check
}


@pytest.mark.parametrize("dtype", ["int32", "uint8", "float32"])
@pytest.mark.parametrize("name", WITH_A_LONG_NUMBER)
def test_number_beyond_32_bits_matches_torch_or_raises_while_x64_is_off(name: str, dtype: str) -> None:
    for number in (2**31, 2**40 + 3, -(2**40) - 5):
        with jax.enable_x64(False):
            x = array([1, 2], dtype)
            got, ours = outcome(lambda x=x, n=number: WITH_A_LONG_NUMBER[name](jf, x, n))
        want, theirs = outcome(
            lambda x=x, n=number: WITH_A_LONG_NUMBER[name](torch, torch_side.tensor(np.asarray(x)), n)
        )
        if isinstance(ours, X64DisabledError):
            assert dtype != "float32", "a float takes its place"
            continue
        assert raises_alike(ours, theirs).ok, (number, ours, theirs)
        if theirs is None:
            np.testing.assert_array_equal(np.asarray(got), torch_side.numpy(want))


@pytest.mark.parametrize("x", [jnp.array(3.0), 3.0])
def test_power_accepts_a_weakly_typed_base(x: Any) -> None:
    assert jax.grad(lambda x: jf.pow(x, 2.0))(x) == 6.0


BOUNDS = {
    "none": (None, None),
    "a number and a 0-dim tensor": (0, ("float32", 3.0)),
    "a number and a tensor": (0, ("float32", [3.0])),
    "a tensor and a number": (("float32", [3.0]), 4),
    "bool, one": (("bool", [True]), None),
    "bool, two": (("bool", [True]), ("bool", [True])),
}


@pytest.mark.parametrize("dtype", ["bool", "int32", "float32"])
@pytest.mark.parametrize("bounds", BOUNDS)
def test_mixed_bounds_of_clamp_raise_as_in_torch(bounds: str, dtype: str) -> None:
    given = [bound[::-1] for bound in BOUNDS[bounds] if isinstance(bound, tuple)]

    def call(m: Any, tensors: list[Any]) -> Any:
        rest = iter(tensors[1:])
        return m.clamp(tensors[0], *(next(rest) if isinstance(bound, tuple) else bound for bound in BOUNDS[bounds]))

    assert_alike(call, ([0, 1], dtype), *given)


@pytest.mark.parametrize(
    ("shapes", "warns"), [(((3, 1), (3,)), True), (((3,), (3,)), False), (((), (1,)), True), (((2, 3), (3,)), True)]
)
def test_mse_loss_warns_where_shapes_broadcast(shapes: tuple[tuple[int, ...], tuple[int, ...]], warns: bool) -> None:
    for library, make in ((jf, jf.ones), (torch, torch.ones)):
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            library.nn.functional.mse_loss(*map(make, shapes))
        assert [item.category for item in caught] == [UserWarning] * warns, library.__name__


NOT_A_NUMBER = {
    "nan of nan_to_num": lambda m, x, n: m.nan_to_num(x, n),
    "neginf of nan_to_num": lambda m, x, n: m.nan_to_num(x, neginf=n),
    "eps of logit": lambda m, x, n: m.logit(x, n),
    "input of xlogy": lambda m, x, n: m.xlogy(n, x),
    "other of xlogy": lambda m, x, n: m.xlogy(x, n),
}


@pytest.mark.parametrize("name", NOT_A_NUMBER)
def test_argument_that_is_not_a_real_number_raises_as_in_torch(name: str) -> None:
    for number in (1j, "x", 0.5, 1, True):
        assert_alike(lambda m, a, n=number: NOT_A_NUMBER[name](m, a[0], n), ([0.25, -np.inf], "float64"))
    assert_alike(lambda m, a: NOT_A_NUMBER[name](m, *a), ([0.25], "float64"), ([0.5], "float64"))
