"""Derivatives where JAX's rule is not torch's: arguments without a tangent, sums over no elements, a bound."""

import functools
from collections.abc import Sequence
from typing import Any

import jax
import jax.numpy as jnp
from jax.custom_derivatives import SymbolicZero

from .dims import broadcast_shapes


def of_what_moves(tangents: Sequence[Any], factors: Sequence[Any], result: jax.Array) -> jax.Array:
    """Return the sum of tangent * factor over the arguments that have a tangent.

    An argument without one (a bool, an integer, a constant) is skipped, so that 0 * inf never appears. Of a rule that
    is defined with `symbolic_zeros=True`. A factor may be a function of its tangent instead of a number.
    """
    terms: list[Any] = [
        factor(tangent) if callable(factor) else tangent * factor
        for tangent, factor in zip(tangents, factors, strict=True)
        if not isinstance(tangent, SymbolicZero)
    ]
    return sum(terms, start=jnp.zeros_like(result))


def broadcast_where_empty(*tensors: jax.Array) -> tuple[jax.Array, ...]:
    """Return tensors broadcast to their common shape where that has no elements, else as they are.

    A gradient summed over no elements is 0; multiplied by an infinite slope after that sum, it would be NaN.
    Raises: ShapeError for shapes that do not broadcast.
    """
    shape = broadcast_shapes(*(tensor.shape for tensor in tensors))
    return tuple(jnp.broadcast_to(tensor, shape) for tensor in tensors) if 0 in shape else tensors


@functools.partial(jax.custom_jvp, nondiff_argnums=(1,))
def at_least(input: jax.Array, low: float) -> jax.Array:
    """Return each element, or `low` where it is below. The derivative is 1 in both places."""
    return jnp.maximum(input, jnp.asarray(low, input.dtype))


@at_least.defjvp
def _at_least_jvp(low: float, primals: Any, tangents: Any) -> tuple[jax.Array, jax.Array]:
    return at_least(*primals, low), tangents[0]
