"""batch_norm and instance_norm in training: the updated running statistics, which torch writes in place."""

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest
import torch
from torch.nn import functional as reference

from jaxfun.nn import functional
from jaxfun.parity.run.outcome import outcome
from jaxfun.parity.search.verdicts import raises_alike

NAMES = ("batch_norm", "instance_norm")
SHAPES = ((4, 3, 2), (1, 3, 5), (2, 1, 2, 3), (2, 3, 2, 1, 2), (0, 3, 2), (2, 0, 2), (2, 3, 0), (1, 3, 1))
DTYPES = {
    "float64": ("float64",),
    "float32": ("float32", "float64", "bfloat16", "int64"),
    "float16": ("float16", "float32"),
    "bfloat16": ("bfloat16", "float32"),
}
# sums of a few numbers in another order; in 16 bits, where both sides round once, two or three units in the last place
ROUNDING = {"float64": 1e-12, "float32": 1e-5, "float16": 2e-3, "bfloat16": 2e-2, "int64": 0.0}


def drawn(shape: tuple[int, ...], dtype: str, seed: int) -> torch.Tensor:
    generator = torch.Generator().manual_seed(seed)
    return (torch.randn(shape, generator=generator) * 2 + 1).to(getattr(torch, dtype))


def both(name: str, shape: tuple[int, ...], dtypes: tuple[str, str], **options: Any) -> Any:
    """Return ours, and torch's with the statistics that it wrote; None where both raise."""
    x = drawn(shape, dtypes[0], 0)
    mean, var = drawn(shape[1:2], dtypes[1], 1), drawn(shape[1:2], dtypes[1], 2).abs()
    given = [jnp.asarray(each.double().numpy(), str(each.dtype).removeprefix("torch.")) for each in (x, mean, var)]
    training = {"training": True} if name == "batch_norm" else {}
    ours, error = outcome(lambda: getattr(functional, name)(*given, **training, **options))
    theirs, their_error = outcome(lambda: getattr(reference, name)(x, mean, var, **training, **options))
    assert raises_alike(error, their_error).ok, (error, their_error)
    return None if theirs is None else (ours, (theirs, mean, var))


def assert_alike(name: str, shape: tuple[int, ...], dtypes: tuple[str, str], **options: Any) -> None:
    results = both(name, shape, dtypes, **options)
    if results is None:
        return
    (output, *ours), (their_output, *theirs) = results
    assert (output.shape, output.dtype.name) == (tuple(their_output.shape), dtypes[0])
    rounding = max(map(ROUNDING.__getitem__, dtypes))
    for one, other in zip(ours, theirs, strict=True):
        assert (one.shape, one.dtype.name) == (tuple(other.shape), dtypes[1])
        np.testing.assert_allclose(np.asarray(one, float), other.double().numpy(), rtol=rounding, atol=rounding)


@pytest.mark.proves("nn.functional.batch_norm", "nn.functional.instance_norm")
@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_updated_statistics_match_torch(name: str, shape: tuple[int, ...]) -> None:
    for options in ({}, {"momentum": 0.5}, {"momentum": 0, "eps": 0.5}, {"momentum": 1.0}):
        assert_alike(name, shape, ("float64", "float64"), **options)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("dtype", DTYPES)
def test_dtypes_of_the_statistics_match_torch(name: str, dtype: str) -> None:
    for other in DTYPES[dtype]:
        assert_alike(name, (4, 3, 2), (dtype, other))


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("missing", [0, 1])
def test_missing_statistic_raises_as_in_torch(name: str, missing: int) -> None:
    x, given = drawn((4, 3, 2), "float32", 0), [torch.zeros(3), torch.ones(3)]
    given[missing] = None  # type: ignore[call-overload]
    training = {"training": True} if name == "batch_norm" else {}
    _, error = outcome(lambda: getattr(functional, name)(x, *given, **training))
    _, their_error = outcome(lambda: getattr(reference, name)(x, *given, **training))
    assert error is not None
    assert raises_alike(error, their_error).ok, (error, their_error)


@pytest.mark.parametrize("name", NAMES)
def test_statistics_do_not_change_the_output_and_its_derivative(name: str) -> None:
    x, along = jax.random.normal(jax.random.key(0), (2, 4, 3, 2))
    mean, var = jnp.zeros(3), jnp.ones(3)
    training = {"training": True} if name == "batch_norm" else {}

    def norm(x: jax.Array, mean: Any, var: Any) -> Any:
        return getattr(functional, name)(x, mean, var, **training)

    value, pull = jax.vjp(lambda x: norm(x, None, None), x)
    result, pull_all = jax.vjp(lambda x, mean: norm(x, mean, var), x, mean)
    np.testing.assert_array_equal(value, result.output)
    # statistics are constants: nothing goes through them
    zeros = jax.tree.map(jnp.ones_like, result)._replace(output=along)
    gradient, of_mean = pull_all(zeros)
    np.testing.assert_allclose(gradient, pull(along)[0], rtol=1e-12)
    np.testing.assert_array_equal(of_mean, 0)


def test_training_loop_updates_the_statistics() -> None:
    batches = drawn((5, 4, 3, 2), "float64", 3)
    mean, var = torch.zeros(3).double(), torch.ones(3).double()
    for batch in batches:
        reference.batch_norm(batch, mean, var, training=True)

    def step(state: tuple[jax.Array, jax.Array], batch: jax.Array) -> tuple[tuple[jax.Array, jax.Array], jax.Array]:
        output, *new = functional.batch_norm(batch, *state, training=True)
        return (new[0], new[1]), output

    (ours, our_var), _ = jax.lax.scan(step, (jnp.zeros(3), jnp.ones(3)), jnp.asarray(batches.numpy()))
    np.testing.assert_allclose(ours, mean.numpy(), rtol=1e-12)
    np.testing.assert_allclose(our_var, var.numpy(), rtol=1e-12)
