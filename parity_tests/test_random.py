"""Random tensors from an explicit key: torch's shapes, dtypes, ranges, distributions and errors."""

import warnings
from collections.abc import Callable

import jax
import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

import jaxfun as jf
from jaxfun import parity
from jaxfun.parity.run.outcome import outcome
from jaxfun.parity.search.verdicts import raises_alike

KEY = jax.random.key(0)
INEXACT = ("float16", "bfloat16", "float32", "float64", "complex64")


@pytest.mark.proves("rand", "randn")
@pytest.mark.parametrize("name", ["rand", "randn"])
@pytest.mark.parametrize("dtype", INEXACT)
def test_distribution_is_torchs(name: str, dtype: str) -> None:
    parity.assert_distribution(
        lambda key: getattr(jf, name)(key, 6, 5, dtype=dtype),
        lambda: getattr(torch, name)(6, 5, dtype=getattr(torch, dtype)),
    )


@pytest.mark.proves("randint", "randperm")
@pytest.mark.parametrize("dtype", ["int64", "uint8", "bfloat16"])
def test_distribution_of_integers_is_torchs(dtype: str) -> None:
    own = getattr(torch, dtype)
    parity.assert_distribution(
        lambda key: jf.randint(key, 0, 7, (5, 2), dtype=dtype), lambda: torch.randint(0, 7, (5, 2), dtype=own)
    )
    parity.assert_distribution(lambda key: jf.randperm(key, 6, dtype=dtype), lambda: torch.randperm(6, dtype=own))


DRAWS: dict[str, Callable[[int], jax.Array]] = {
    "rand": lambda n: jf.rand(KEY, n, dtype=jf.float64),
    "randn": lambda n: jf.randn(KEY, n, dtype=jf.float64),
    "randint": lambda n: jf.randint(KEY, -3, 4, (n,)),
    "randperm": lambda n: jf.randperm(KEY, n),
}


@pytest.mark.parametrize("name", DRAWS)
def test_same_key_gives_the_same_numbers(name: str) -> None:
    np.testing.assert_array_equal(DRAWS[name](50), DRAWS[name](50))


SIZES = st.lists(st.integers(-1, 3), max_size=3).map(tuple)
DTYPES = st.sampled_from(["bool", "uint8", "int64", "float16", "bfloat16", "float32", "float64", "complex64"])


@pytest.mark.parametrize("name", ["rand", "randn"])
@given(size=SIZES, dtype=DTYPES)
def test_shapes_dtypes_and_errors_match_torch(name: str, size: tuple[int, ...], dtype: str) -> None:
    ours, error = outcome(lambda: getattr(jf, name)(KEY, size, dtype=dtype))
    theirs, their_error = outcome(lambda: getattr(torch, name)(size, dtype=getattr(torch, dtype)))
    assert raises_alike(error, their_error).ok, (error, their_error)
    if theirs is not None:
        assert (ours.shape, ours.dtype.name) == (tuple(theirs.shape), dtype)


RANGED = ["bool", "uint8", "int8", "int64", "float16", "bfloat16", "float32", "complex64"]


@given(low=st.integers(-300, 300), high=st.integers(-300, 300))
@pytest.mark.parametrize("dtype", RANGED)
def test_randint_accepts_the_same_bounds_as_torch(dtype: str, low: int, high: int) -> None:
    ours, error = outcome(lambda: jf.randint(KEY, low, high, (20,), dtype=dtype))
    theirs, their_error = outcome(lambda: quietly(torch.randint, low, high, (20,), dtype=getattr(torch, dtype)))
    assert raises_alike(error, their_error).ok, (error, their_error)
    if theirs is not None:
        assert ours.dtype.name == dtype
        least, most = np.array([low, high - 1]).astype(ours.dtype)  # bfloat16 rounds the drawn number
        assert least <= ours.min() <= ours.max() <= most


def quietly(call: Callable[..., torch.Tensor], *args: object, **kwargs: object) -> torch.Tensor:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # bounds that are equal as 16-bit floats
        return call(*args, **kwargs)


BOUNDS = {
    "of 16-bit floats": ((0, 65506, (1,)), {"dtype": "float16"}),
    "beyond 64 bits": ((0, 2**63, (1,)), {}),
    "all of 64 bits": ((-(2**63), 2**63 - 1, (1,)), {}),
    "too large for the dtype": ((0, 2**40, (1,)), {"dtype": "int32"}),
    "empty": ((5, 5, (2,)), {}),
    "float": ((3.0, (2,)), {}),
    "bool": ((True, (2,)), {}),
    "no size": ((0, 3, 2), {}),
    "a float for a size": ((0, 3, (2.0,)), {}),
    "a negative size": ((3, (-1,)), {}),
    "no dimensions": ((3, ()), {}),
    "by keyword": ((), {"low": 1, "high": 3, "size": (2,)}),
    "without low": ((), {"high": 3, "size": (2,)}),
    "size by keyword": ((3,), {"size": [2]}),
}


@pytest.mark.parametrize("name", BOUNDS)
def test_randint_has_the_signature_of_torch(name: str) -> None:
    args, kwargs = BOUNDS[name]
    theirs_kwargs = {key: getattr(torch, value) if key == "dtype" else value for key, value in kwargs.items()}
    ours, error = outcome(lambda: jf.randint(KEY, *args, **kwargs))
    theirs, their_error = outcome(lambda: torch.randint(*args, **theirs_kwargs))
    assert raises_alike(error, their_error).ok, (error, their_error)
    if theirs is not None:
        assert (ours.shape, ours.dtype.name) == (tuple(theirs.shape), str(theirs.dtype).removeprefix("torch."))


@pytest.mark.parametrize("dtype", [*RANGED, "int32", "float64"])
@pytest.mark.parametrize("n", [-1, 0, 5, 128, 129, 256, 257, 2049, 2050, 3.0, True])
def test_randperm_has_the_same_largest_n_as_torch(dtype: str, n: int) -> None:
    ours, error = outcome(lambda: jf.randperm(KEY, n, dtype=dtype))
    theirs, their_error = outcome(lambda: torch.randperm(n, dtype=getattr(torch, dtype)))
    assert raises_alike(error, their_error).ok, (error, their_error)
    if theirs is not None:
        assert ours.dtype.name == dtype
        np.testing.assert_array_equal(np.sort(np.asarray(ours, float)), np.sort(theirs.double().numpy()))


@pytest.mark.parametrize("dtype", ["bool", "int64", "float32"])
def test_empty_randn_accepts_any_dtype(dtype: str) -> None:
    ours, theirs = jf.randn(KEY, 2, 0, dtype=dtype), torch.randn(2, 0, dtype=getattr(torch, dtype))
    assert (ours.shape, ours.dtype.name) == (tuple(theirs.shape), dtype)


def test_missing_key_raises_with_advice() -> None:
    for draw in (lambda: jf.rand(2, 3), lambda: jf.randn(2), lambda: jf.randint(3, 4, (2,)), lambda: jf.randperm(4, 2)):
        with pytest.raises(TypeError, match=r"with jax\.random\.key\(0\)"):
            draw()


def test_sizes_are_arguments_or_a_tuple_and_low_is_optional() -> None:
    np.testing.assert_array_equal(jf.rand(KEY, 2, 3), jf.rand(KEY, (2, 3)))
    np.testing.assert_array_equal(jf.randint(KEY, 9, (4,)), jf.randint(KEY, 0, 9, (4,)))
    with pytest.raises(TypeError):
        jf.randint(KEY, 5, 2)
    with pytest.raises(RuntimeError):
        jf.randperm(KEY, -1)
    assert jf.rand(KEY, 100, dtype=jf.complex64).imag.max() <= 1
