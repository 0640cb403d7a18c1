"""Sorts of longer rows with equal elements, whose order torch leaves open."""

from typing import Any

import jax.numpy as jnp
import numpy as np
import pytest
import torch

import jaxfun as jf
from jaxfun.parity.run import torch_side

DTYPES = ["uint8", "int64", "float16", "float32"]
SIZES = [(5,), (17,), (3, 40)]


def with_equals(shape: tuple[int, ...], dtype: str, seed: int) -> np.ndarray:
    """Return numbers with many duplicates; float dtypes also have NaN."""
    random = np.random.default_rng(seed)
    numbers = random.integers(0, 4, shape).astype(dtype)
    return np.where(random.random(shape) < 0.1, np.nan, numbers).astype(dtype) if "float" in dtype else numbers


CALLS: dict[str, Any] = {
    "sort": lambda module, x: module.sort(x),
    "sort descending": lambda module, x: module.sort(x, descending=True),
    "topk": lambda module, x: module.topk(x, 4),
    "topk smallest": lambda module, x: module.topk(x, 5, largest=False),
    "kthvalue": lambda module, x: module.kthvalue(x, 3, keepdim=True),
}


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("shape", SIZES, ids=str)
@pytest.mark.parametrize("name", CALLS)
def test_values_match_torch_and_are_at_the_indices(name: str, shape: tuple[int, ...], dtype: str) -> None:
    for seed in range(3):
        x = with_equals(shape, dtype, seed)
        values, indices = map(np.asarray, CALLS[name](jf, jnp.asarray(x)))
        want = CALLS[name](torch, torch_side.tensor(x))
        np.testing.assert_array_equal(values, torch_side.numpy(want.values))
        np.testing.assert_array_equal(np.take_along_axis(x, indices, -1), values)
        in_order = np.sort(indices, -1)
        assert (np.diff(in_order, axis=-1) > 0).all(), "none is taken twice"


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("descending", [False, True])
def test_sort_is_stable(descending: bool, dtype: str) -> None:
    x = with_equals((100,), dtype, 0)
    want = torch.sort(torch_side.tensor(x), stable=True, descending=descending).indices
    for got in (
        jf.sort(x, descending=descending).indices,
        jf.sort(x, descending=descending, stable=True).indices,
        jf.argsort(x, descending=descending),
    ):
        np.testing.assert_array_equal(got, want)


@pytest.mark.parametrize("largest", [True, False])
def test_topk_with_sorted_false_matches_torch_as_a_set(largest: bool) -> None:
    x = np.random.default_rng(0).normal(size=(3, 20)).astype("float32")
    values, indices = jf.topk(x, 6, largest=largest, sorted=False)
    want = torch.topk(torch.tensor(x), 6, largest=largest, sorted=False)
    np.testing.assert_array_equal(np.sort(values, -1), np.sort(want.values, -1))
    np.testing.assert_array_equal(np.sort(indices, -1), np.sort(want.indices, -1))
