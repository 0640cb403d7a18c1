"""`embedding_renorm`, sparse gradients, and `one_hot` with a number of classes computed from the values."""

from typing import Any

import jax
import numpy as np
import pytest
import torch

import jaxfun as jf
from jaxfun.parity.run import torch_side
from jaxfun.parity.run.outcome import outcome
from jaxfun.parity.search.verdicts import raises_alike

TABLE = np.random.default_rng(0).normal(size=(5, 3)) * 2


@pytest.mark.proves("embedding_renorm")
@pytest.mark.parametrize("norm_type", [2.0, 1.0, np.inf, 0.5])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_renormalised_table_matches_torch(norm_type: float, dtype: str) -> None:
    table, indices = TABLE.astype(dtype), np.array([[0, 3], [3, 1]])
    theirs = torch.embedding_renorm_(torch.tensor(table), torch.tensor(indices), 1.5, norm_type)
    ours = jf.embedding_renorm(table, indices, 1.5, norm_type)
    assert ours.dtype == theirs.numpy().dtype
    np.testing.assert_allclose(ours, theirs, rtol=1e-5 if dtype == "float32" else 1e-12)
    np.testing.assert_array_equal(np.asarray(ours)[[2, 4]], table[[2, 4]])


@pytest.mark.parametrize(
    "arguments",
    [
        (TABLE, np.array([5]), 1.0),
        (TABLE, np.array([-1]), 1.0),
        (TABLE, np.array([-6]), 1.0),
        (TABLE[0], np.array([0]), 1.0),
        (TABLE, np.array([0.0]), 1.0),
        (TABLE.astype(np.int64), np.array([0]), 1.0),
    ],
)
def test_renormalisation_raises_as_in_torch(arguments: tuple[Any, ...]) -> None:
    table, indices, limit = arguments
    _, error = outcome(lambda: jf.embedding_renorm(table, indices, limit, 2.0))
    _, theirs = outcome(lambda: torch.embedding_renorm_(torch.tensor(table), torch.tensor(indices), limit, 2.0))
    assert raises_alike(error, theirs).ok, (error, theirs)


def test_embedding_uses_the_rows_that_embedding_renorm_returns() -> None:
    indices = np.array([4, 0, 4])
    np.testing.assert_allclose(
        jf.nn.functional.embedding(indices, TABLE, max_norm=1.0), jf.embedding_renorm(TABLE, indices, 1.0)[indices]
    )


@pytest.mark.parametrize("name", ["embedding", "embedding_bag"])
def test_sparse_gradients_raise_with_the_reason(name: str) -> None:
    with pytest.raises(NotImplementedError, match="JAX has no sparse gradients"):
        getattr(jf.nn.functional, name)(np.array([[0]]), TABLE, sparse=True)


@pytest.mark.proves("nn.functional.one_hot")
@pytest.mark.parametrize("classes", [[[1, 0], [3, 3]], 2, [0], [], [-1], [1, -2]])
@pytest.mark.parametrize("num_classes", [-1, 0, 2, 5, -2])
def test_one_hot_matches_torch(classes: Any, num_classes: int) -> None:
    given = np.array(classes, np.int64)
    ours, error = outcome(lambda: jf.nn.functional.one_hot(given, num_classes))
    theirs, their_error = outcome(lambda: torch.nn.functional.one_hot(torch.tensor(given), num_classes))
    assert raises_alike(error, their_error).ok, (error, their_error)
    if theirs is not None:
        np.testing.assert_array_equal(ours, torch_side.numpy(theirs), strict=True)


def test_one_hot_under_jit_requires_the_number_of_classes() -> None:
    with pytest.raises(NotImplementedError, match="`num_classes` for a traced tensor"):
        jax.jit(jf.nn.functional.one_hot)(np.array([0, 1]))
