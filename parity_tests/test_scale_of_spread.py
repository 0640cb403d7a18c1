"""Variances whose squares overflow or underflow in single precision, and constant rows."""

import jax
import numpy as np
import pytest
import torch

import jaxfun as jf

ROWS = [[0.0, -5.9e20], [0.0, 1e-30, 3e-30], [1e38, 2e38, -1e38], [0.0, 0.0], [1.0, 1.0 + 1e-7, 3.0], [1e-22, 1e-22]]


@pytest.mark.parametrize("name", ["std", "var", "std_mean", "var_mean"])
@pytest.mark.parametrize("row", ROWS, ids=str)
def test_variance_of_large_and_small_numbers_matches_torch(name: str, row: list[float]) -> None:
    for dtype in (torch.float32, torch.complex64):
        given = torch.tensor(row, dtype=dtype)
        got, want = (jax.tree.leaves(getattr(module, name)(given)) for module in (jf, torch))
        for ours, theirs in zip(got, want, strict=True):
            np.testing.assert_allclose(np.asarray(ours), theirs.numpy(), rtol=5e-6)


@pytest.mark.parametrize("row", ROWS[:4], ids=str)
def test_gradient_of_variance_matches_torch(row: list[float]) -> None:
    input = torch.tensor(row, requires_grad=True)
    torch.std(input).backward()
    assert input.grad is not None
    np.testing.assert_allclose(jax.grad(jf.std)(np.float32(row)), input.grad.numpy(), rtol=5e-6)


@pytest.mark.parametrize("count", range(2, 12))
def test_correlation_of_a_constant_row_is_nan(count: int) -> None:
    given = torch.full((2, count), 2.3627646)
    given[1] = torch.arange(count)
    got = np.asarray(jf.corrcoef(given))
    np.testing.assert_array_equal(np.isnan(got), [[True, True], [True, False]])
