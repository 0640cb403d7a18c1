"""Rounding to the precision of a narrower dtype, in a way that XLA does not optimise away."""

from typing import Any

import jax
import jax.numpy as jnp


def to_digits(array: jax.Array, dtype: Any) -> jax.Array:
    """Round numbers to the precision of a floating point dtype, and keep their own dtype.

    XLA may remove a pair of casts, but it keeps this.
    """
    limits = jnp.finfo(dtype)
    return jax.lax.reduce_precision(array, limits.nexp, limits.nmant)
