"""Random numbers from a truncated normal distribution, exact in the tails too."""

import math
from typing import Any

import jax
import jax.numpy as jnp

from ...core.dtypes import DType, computed_in
from ..creation.random import uniform_numbers

_TAIL = 2.0  # standard deviations: beyond, float32 has too few digits for the inverse of the distribution function


def truncated_numbers(
    key: jax.Array, shape: tuple[int, ...], dtype: DType, mean: float, std: float, low: float, high: float
) -> jax.Array:
    """Return normal random numbers in [low, high]. 16-bit floats are drawn in float32 and rounded."""
    if not (math.isfinite(mean) and math.isfinite(std)):
        return uniform_numbers(key, shape, dtype, low, high)  # the limit for an infinite `std`, and torch's numbers
    wide = computed_in(dtype).dtype
    least, most = sorted([(low - mean) / std, (high - mean) / std])
    if least > _TAIL:
        drawn = _tail(key, shape, wide, least, most)
    elif most < -_TAIL:
        drawn = -_tail(key, shape, wide, -most, -least)
    else:
        drawn = jax.random.truncated_normal(key, least, most, shape, wide)
    moved = (jnp.asarray(mean, wide) + jnp.asarray(std, wide) * drawn).astype(dtype.dtype)
    return jnp.clip(moved, jnp.asarray(low, dtype.dtype), jnp.asarray(high, dtype.dtype))


def _tail(key: jax.Array, shape: tuple[int, ...], dtype: Any, low: float, high: float) -> jax.Array:
    """Return standard normal numbers in [low, high], for a `low` above 0.

    Marsaglia's method: x² / 2 beyond low² / 2 is drawn from the exponential distribution, and x is accepted with
    probability low / x.
    """
    share = -math.expm1((low**2 - high**2) / 2)  # the part of the exponential distribution below `high`

    def is_pending(state: tuple[jax.Array, ...]) -> jax.Array:
        return state[2].any()

    def redraw(state: tuple[jax.Array, ...]) -> tuple[jax.Array, ...]:
        key, numbers, pending = state
        key, of_numbers, of_acceptance = jax.random.split(key, 3)
        twice = -2 * jnp.log1p(-jax.random.uniform(of_numbers, shape, dtype) * jnp.asarray(share, dtype))
        least = jnp.asarray(low, dtype)
        proposed = least + twice / (least + jnp.sqrt(least * least + twice))  # √(low² + twice), without cancellation
        accepted = jax.random.uniform(of_acceptance, shape, dtype) * proposed <= least
        return key, jnp.where(pending, proposed, numbers), pending & ~accepted

    return jax.lax.while_loop(is_pending, redraw, (key, jnp.zeros(shape, dtype), jnp.ones(shape, bool)))[1]
