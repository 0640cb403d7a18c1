"""Functions whose result shape depends on values: their results, and the `size` that jit needs."""

import math
from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

import jaxfun as jf
from jaxfun.parity.run import torch_side
from jaxfun.parity.run.outcome import outcome
from jaxfun.parity.search.verdicts import raises_alike

EXAMPLES = 5  # factor on the profile's number
SHAPES = st.sampled_from([(), (0,), (1,), (5,), (2, 3), (0, 2), (2, 0), (2, 2, 2)])
DTYPES = ["bool", "uint8", "int64", "float16", "float32", "complex64"]
FLAGS = st.fixed_dictionaries({"return_inverse": st.booleans(), "return_counts": st.booleans()})
SMALL = [0, 1, 1, 2, math.nan]


@st.composite
def arrays(draw: st.DrawFn, dtype: str) -> np.ndarray:
    shape = draw(SHAPES)
    numbers = SMALL if dtype.startswith(("float", "complex")) else SMALL[:-1]
    count = math.prod(shape)
    return np.array(draw(st.lists(st.sampled_from(numbers), min_size=count, max_size=count)), dtype).reshape(shape)


def assert_alike(ours: Callable[[], Any], theirs: Callable[[], Any]) -> None:
    """Assert that two calls give the same results or raise alike."""
    (got, our_error), (want, their_error) = outcome(ours), outcome(theirs)
    verdict = raises_alike(our_error, their_error)
    assert verdict.ok, verdict
    if their_error is None:
        assert isinstance(got, tuple) == isinstance(want, tuple)
        for mine, item in zip(jax.tree.leaves(got), torch_side.leaves(want), strict=True):
            array = torch_side.numpy(item)
            assert mine.dtype == array.dtype
            np.testing.assert_array_equal(mine, array)


def check(dtype: str, drawn: Callable[..., Any]) -> None:
    settings(max_examples=settings().max_examples * EXAMPLES)(given(arrays(dtype), st.data())(drawn))()


@pytest.mark.proves("nonzero", "argwhere")
@pytest.mark.parametrize("dtype", DTYPES)
def test_nonzero_matches_torch(dtype: str) -> None:
    def agrees(x: np.ndarray, data: st.DataObject) -> None:
        y = torch_side.tensor(x)
        assert_alike(lambda: jf.nonzero(x), lambda: torch.nonzero(y))
        assert_alike(lambda: jf.nonzero(x, as_tuple=True), lambda: torch.nonzero(y, as_tuple=True))
        assert_alike(lambda: jf.argwhere(x), lambda: torch.argwhere(y))

    check(dtype, agrees)


@pytest.mark.proves("masked_select")
@pytest.mark.parametrize("dtype", DTYPES)
def test_masked_select_matches_torch(dtype: str) -> None:
    def agrees(x: np.ndarray, data: st.DataObject) -> None:
        mask = np.asarray(data.draw(arrays("bool") | arrays("uint8")))
        pair = torch_side.tensor(x), torch_side.tensor(mask)
        assert_alike(lambda: jf.masked_select(x, mask), lambda: torch.masked_select(*pair))

    check(dtype, agrees)


def test_gradient_of_masked_select_is_at_selected_elements() -> None:
    x, mask = np.array([[1.0, 2.0, 3.0]]), np.array([[True, False, True], [True, False, False]])
    theirs = torch.tensor(x, requires_grad=True)
    torch.masked_select(theirs, torch.tensor(mask)).square().sum().backward()
    ours = jax.grad(lambda x: jf.sum(jf.square(jf.masked_select(x, mask))))(jnp.asarray(x))
    np.testing.assert_array_equal(ours, theirs.grad)


@pytest.mark.proves("unique")
@pytest.mark.parametrize("dtype", DTYPES)
def test_unique_matches_torch(dtype: str) -> None:
    def agrees(x: np.ndarray, data: st.DataObject) -> None:
        options: dict[str, Any] = data.draw(
            st.fixed_dictionaries({"return_inverse": st.booleans(), "return_counts": st.booleans()})
        )
        if not np.isnan(x).any():  # rows with NaN have no defined order
            options["dim"] = data.draw(st.sampled_from([None, 0, -1, 1]))
        assert_alike(lambda: jf.unique(x, **options), lambda: torch.unique(torch_side.tensor(x), **options))

    check(dtype, agrees)


@pytest.mark.proves("unique_consecutive")
@pytest.mark.parametrize("dtype", DTYPES)
def test_unique_consecutive_matches_torch(dtype: str) -> None:
    def agrees(x: np.ndarray, data: st.DataObject) -> None:
        options: dict[str, Any] = data.draw(
            st.fixed_dictionaries({"return_inverse": st.booleans(), "return_counts": st.booleans()})
        )
        options["dim"] = data.draw(st.sampled_from([None, 0, -1, 1]))
        assert_alike(
            lambda: jf.unique_consecutive(x, **options),
            lambda: torch.unique_consecutive(torch_side.tensor(x), **options),
        )

    check(dtype, agrees)


MASK = jnp.array([True, False, True])
X = jnp.array([3.0, 0.0, 3.0])
TRACED: dict[str, Callable[..., Any]] = {
    "nonzero": lambda **more: jax.jit(lambda x: jf.nonzero(x, **more))(X),
    "argwhere": lambda **more: jax.jit(lambda x: jf.argwhere(x, **more))(X),
    "masked_select": lambda **more: jax.jit(lambda x, mask: jf.masked_select(x, mask, **more))(X, MASK),
    "unique": lambda **more: jax.jit(lambda x: jf.unique(x, **more))(X),
    "unique_consecutive": lambda **more: jax.jit(lambda x: jf.unique_consecutive(x, **more))(X),
}
SIZED = {
    "nonzero": [[0], [2], [9], [9]],
    "argwhere": [[0], [2], [9], [9]],
    "masked_select": [3, 3, 9, 9],
    "unique": [0, 3, 9, 9],
    "unique_consecutive": [3, 0, 3, 9],
}


@pytest.mark.parametrize("name", TRACED)
def test_under_jit_size_is_required(name: str) -> None:
    with pytest.raises(NotImplementedError, match=rf"jaxfun\.{name}.*`size`"):
        TRACED[name]()


@pytest.mark.parametrize("name", TRACED)
def test_under_jit_size_equal_to_the_count_gives_the_same_result(name: str) -> None:
    np.testing.assert_array_equal(TRACED[name](size=4, fill_value=9), SIZED[name])


@pytest.mark.parametrize("name", ["unique", "unique_consecutive"])
def test_under_jit_missing_elements_have_count_zero(name: str) -> None:
    found, inverse, counts = TRACED[name](size=4, fill_value=9, return_inverse=True, return_counts=True)
    np.testing.assert_array_equal(found[inverse], X)
    np.testing.assert_array_equal(counts, [1, 2, 0, 0] if name == "unique" else [1, 1, 1, 0])
