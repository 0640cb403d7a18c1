"""Singular values of matrices that may have infinity or NaN, which LAPACK does not take."""

from typing import Any

import jax
import jax.numpy as jnp


def singular_values(input: jax.Array, **options: Any) -> Any:
    """Call `jnp.linalg.svd`; matrices with infinity or NaN give NaN, for LAPACK may never return."""
    is_finite = jnp.isfinite(input).all((-2, -1), keepdims=True)
    # whose derivative is NaN as well
    nan = jnp.nan * jnp.sum(jnp.where(is_finite, 0, input), (-2, -1), keepdims=True)

    def known(item: jax.Array) -> jax.Array:
        mask, other = (is_finite, nan) if item.ndim == input.ndim else (is_finite[..., 0], nan[..., 0])
        return jnp.where(mask, item, other if jnp.iscomplexobj(item) else other.real)

    return jax.tree.map(known, jnp.linalg.svd(jnp.where(is_finite, input, 0), **options))
