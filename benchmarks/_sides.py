"""The result and the gradient of one function in JAX and in PyTorch, as calls that are timed beside each other."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import torch
from _measure import Call

RESULT, GRADIENT = "result", "gradient"
Function = Callable[..., Any]
Calls = Mapping[str, Call]


def arrays_of(shapes: Sequence[tuple[int, ...]]) -> list[np.ndarray]:
    """Return normal numbers for each shape, small enough for products of many of them."""
    random = np.random.default_rng(0)
    return [(random.normal(size=shape) / np.sqrt(np.prod(shape[1:]))).astype(np.float32) for shape in shapes]


def cotangent_of(function: Function, arrays: Sequence[np.ndarray]) -> np.ndarray:
    """Return the weights of a gradient, of the shape of the result."""
    return np.random.default_rng(1).normal(size=function(*map(torch.tensor, arrays)).shape).astype(np.float32)


def in_jax(function: Function, arrays: Sequence[np.ndarray], cotangent: np.ndarray) -> Calls:
    """Return the calls of a compiled function, and of its result with the gradient of all arguments."""

    def both(along: jax.Array, *given: jax.Array) -> Any:
        value, pullback = jax.vjp(function, *given)
        return value, pullback(along)

    along, *given = (jnp.asarray(array) for array in (cotangent, *arrays))
    forward, backward = jax.jit(function), jax.jit(both)
    return {RESULT: lambda: forward(*given), GRADIENT: lambda: backward(along, *given)}


def in_torch(function: Function, arrays: Sequence[np.ndarray], cotangent: np.ndarray) -> Calls:
    """Return the eager calls of the same."""
    given = [torch.tensor(array) for array in arrays]
    leaves = [tensor.clone().requires_grad_() for tensor in given]
    along = torch.tensor(cotangent)
    return {
        RESULT: lambda: function(*given),
        GRADIENT: lambda: torch.autograd.grad(function(*leaves), leaves, along),
    }


def want_equal(ours: Calls, theirs: Calls, name: str) -> None:
    """Raise AssertionError unless both compute the same layer. parity_tests holds the numbers themselves."""
    for mine, its in zip(ours[GRADIENT]()[1], theirs[GRADIENT](), strict=True):
        # float32 sums of up to a million products, in another order
        np.testing.assert_allclose(mine, its, rtol=1e-2, atol=1e-3, err_msg=name)
