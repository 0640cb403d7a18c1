"""Rounding a step to a dtype's digits where XLA would not."""

from typing import Any

import jax
import jax.numpy as jnp


def to_digits(array: jax.Array, dtype: Any) -> jax.Array:
    """Return numbers with the digits of a floating point dtype, in the dtype that they have.

    XLA may drop a pair of casts, and keeps this.
    """
    limits = jnp.finfo(dtype)
    return jax.lax.reduce_precision(array, limits.nexp, limits.nmant)
