"""A tangent as the sum of its terms."""

from collections.abc import Sequence
from typing import Any

import jax
import jax.numpy as jnp
from jax.custom_derivatives import SymbolicZero


def of_what_moves(tangents: Sequence[Any], factors: Sequence[jax.Array], result: jax.Array) -> jax.Array:
    """Return the result's tangent: what is not moved (a bool, an integer) has no term, be its factor infinite."""
    moved = zip(tangents, factors, strict=True)
    terms = [tangent * factor for tangent, factor in moved if not isinstance(tangent, SymbolicZero)]
    return sum(terms, start=jnp.zeros_like(result))
