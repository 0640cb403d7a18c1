"""Singular values of matrices that may contain infinity or NaN, which LAPACK does not accept."""

from typing import Any

import jax
import jax.numpy as jnp


def singular_values(input: jax.Array, **options: Any) -> Any:
    """Call `jnp.linalg.svd`; a matrix with infinity or NaN gives NaN, because LAPACK may not return for it."""
    is_finite = jnp.isfinite(input).all((-2, -1), keepdims=True)
    # the derivative is NaN too
    nan = jnp.nan * jnp.sum(jnp.where(is_finite, 0, input), (-2, -1), keepdims=True)

    def known(item: jax.Array) -> jax.Array:
        mask, other = (is_finite, nan) if item.ndim == input.ndim else (is_finite[..., 0], nan[..., 0])
        return jnp.where(mask, item, other if jnp.iscomplexobj(item) else other.real)

    return jax.tree.map(known, jnp.linalg.svd(jnp.where(is_finite, input, 0), **options))
