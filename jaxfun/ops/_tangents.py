"""Where the derivative that JAX makes is not torch's: factors that are not moved, and sums over no elements."""

from collections.abc import Sequence
from typing import Any

import jax
import jax.numpy as jnp
from jax.custom_derivatives import SymbolicZero

from .._dims import broadcast_shapes


def of_what_moves(tangents: Sequence[Any], factors: Sequence[jax.Array], result: jax.Array) -> jax.Array:
    """Return the result's tangent: what is not moved (a bool, an integer) has no term, be its factor infinite."""
    moved = zip(tangents, factors, strict=True)
    terms = [tangent * factor for tangent, factor in moved if not isinstance(tangent, SymbolicZero)]
    return sum(terms, start=jnp.zeros_like(result))


def broadcast_where_empty(*tensors: jax.Array) -> tuple[jax.Array, ...]:
    """Return tensors broadcast to their common shape where that has no elements, else as they are.

    A gradient summed over no elements is 0; multiplied by an infinite slope after that sum, it would be NaN.
    Raises: ShapeError for shapes that do not broadcast.
    """
    shape = broadcast_shapes(*(tensor.shape for tensor in tensors))
    return tuple(jnp.broadcast_to(tensor, shape) for tensor in tensors) if 0 in shape else tensors
