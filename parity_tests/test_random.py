"""Random tensors: torch's shapes, dtypes, ranges, distributions and errors, from an explicit key."""

import jax
import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

import jaxfun as jf
from jaxfun.parity.check import outcome, raises_alike

KEY = jax.random.key(0)
DRAWS = {
    "rand": (lambda n: jf.rand(KEY, n, dtype=jf.float64), lambda n: torch.rand(n, dtype=torch.float64)),
    "randn": (lambda n: jf.randn(KEY, n, dtype=jf.float64), lambda n: torch.randn(n, dtype=torch.float64)),
    "randint": (lambda n: jf.randint(KEY, -3, 4, (n,)), lambda n: torch.randint(-3, 4, (n,))),
    "randperm": (lambda n: jf.randperm(KEY, n) / n, lambda n: torch.randperm(n) / n),
}


@pytest.mark.proves("rand", "randn", "randint", "randperm")
@pytest.mark.parametrize("name", DRAWS)
def test_the_distribution_is_torchs(name: str) -> None:
    torch.manual_seed(0)
    count = 40_000
    ours, theirs = (np.sort(np.asarray(draw(count), float)) for draw in DRAWS[name])
    # two samples of 40,000 from one distribution differ by more than 0.02 somewhere in fewer than 1 of 10⁶ draws
    points = np.concatenate([ours, theirs])
    gaps = [np.searchsorted(side, points, "right") / count for side in (ours, theirs)]
    assert np.abs(gaps[0] - gaps[1]).max() < 0.02


@pytest.mark.parametrize("name", DRAWS)
def test_the_same_key_gives_the_same_numbers(name: str) -> None:
    np.testing.assert_array_equal(DRAWS[name][0](50), DRAWS[name][0](50))


SIZES = st.lists(st.integers(-1, 3), max_size=3).map(tuple)
DTYPES = st.sampled_from(["bool", "uint8", "int64", "float16", "bfloat16", "float32", "float64", "complex64"])


@pytest.mark.parametrize("name", ["rand", "randn"])
@given(size=SIZES, dtype=DTYPES)
def test_shapes_dtypes_and_errors_are_torchs(name: str, size: tuple[int, ...], dtype: str) -> None:
    ours, error = outcome(lambda: getattr(jf, name)(KEY, size, dtype=dtype))
    theirs, their_error = outcome(lambda: getattr(torch, name)(size, dtype=getattr(torch, dtype)))
    assert raises_alike(error, their_error).ok, (error, their_error)
    if theirs is not None:
        assert (ours.shape, ours.dtype.name) == (tuple(theirs.shape), dtype)


@given(
    low=st.integers(-300, 300),
    high=st.integers(-300, 300),
    dtype=st.sampled_from(["uint8", "int8", "int64", "float32"]),
)
def test_randint_takes_torchs_bounds(low: int, high: int, dtype: str) -> None:
    ours, error = outcome(lambda: jf.randint(KEY, low, high, (20,), dtype=dtype))
    theirs, their_error = outcome(lambda: torch.randint(low, high, (20,), dtype=getattr(torch, dtype)))
    assert raises_alike(error, their_error).ok, (error, their_error)
    if theirs is not None:
        assert ours.dtype.name == dtype
        assert low <= int(ours.min()) <= int(ours.max()) < high


def test_sizes_one_by_one_or_as_a_tuple_and_upper_bound_alone() -> None:
    np.testing.assert_array_equal(jf.rand(KEY, 2, 3), jf.rand(KEY, (2, 3)))
    np.testing.assert_array_equal(jf.randint(KEY, 9, (4,)), jf.randint(KEY, 0, 9, (4,)))
    with pytest.raises(TypeError):
        jf.randint(KEY, 5, 2)
    with pytest.raises(RuntimeError):
        jf.randperm(KEY, -1)
    assert jf.rand(KEY, 100, dtype=jf.complex64).imag.max() <= 1
