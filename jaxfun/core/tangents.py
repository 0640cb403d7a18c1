"""Parts of derivative rules that differ from JAX's: arguments without a tangent, sums over no elements, a bound."""

import functools
from collections.abc import Callable, Sequence
from typing import Any

import jax
import jax.numpy as jnp
from jax.custom_derivatives import SymbolicZero

from .dims import broadcast_shapes


def sum_tangents(tangents: Sequence[Any], factors: Sequence[Any], result: jax.Array) -> jax.Array:
    """Return the sum of tangent * factor over the arguments that have a tangent.

    Arguments without a tangent (bools, integers, constants) are skipped, so that 0 * inf never appears. The derivative
    rule must be defined with `symbolic_zeros=True`. A factor is a number, or a function of its tangent.
    """
    terms: list[Any] = [
        factor(tangent) if callable(factor) else tangent * factor
        for tangent, factor in zip(tangents, factors, strict=True)
        if not isinstance(tangent, SymbolicZero)
    ]
    return sum(terms, start=jnp.zeros_like(result))


def broadcast_where_empty(*tensors: jax.Array) -> tuple[jax.Array, ...]:
    """Broadcast tensors to their common shape if it is empty, otherwise return them unchanged.

    The gradient of an empty result is 0. Without the broadcast it would be 0 times the slope, NaN for an infinite one.
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


@functools.partial(jax.custom_jvp, nondiff_argnums=(0,))
def found_at(take: Callable[..., jax.Array], input: jax.Array, values: jax.Array, places: jax.Array) -> jax.Array:
    """Return `values`, with the derivative of `take(input, places)`, to which they are equal.

    Places that were found by a search have no derivative, and the search need not have one.
    """
    return values


@found_at.defjvp
def _found_at_jvp(take: Callable[..., jax.Array], primals: Any, tangents: Any) -> tuple[jax.Array, jax.Array]:
    _, values, places = primals
    return values, take(tangents[0], places)
