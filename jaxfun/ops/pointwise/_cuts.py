"""Branch cuts of complex functions. The sign of zero selects the side of a cut, but XLA's functions ignore it."""

import functools
from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp

Function = Callable[[jax.Array], jax.Array]


@functools.partial(jax.custom_jvp, nondiff_argnums=(0,))
def across_reals(function: Function, x: jax.Array) -> jax.Array:
    """Apply a function with `f(conj(x)) = conj(f(x))`, whose branch cuts are on the real axis."""
    if not jnp.iscomplexobj(x):
        return function(x)
    above = function(jax.lax.complex(x.real, jnp.abs(x.imag)))
    return jax.lax.complex(above.real, _signed(above.imag, x.imag))


@functools.partial(jax.custom_jvp, nondiff_argnums=(0,))
def across_imaginaries(function: Function, x: jax.Array) -> jax.Array:
    """Apply a function with `f(-conj(x)) = -conj(f(x))`, whose branch cuts are on the imaginary axis."""
    if not jnp.iscomplexobj(x):
        return function(x)
    right = function(jax.lax.complex(jnp.abs(x.real), x.imag))
    return jax.lax.complex(_signed(right.real, x.real), right.imag)


def _signed(part: jax.Array, like: jax.Array) -> jax.Array:
    return jnp.where(jnp.signbit(like), -part, part)


def _jvp(apply: Any, function: Function, primals: Any, tangents: Any) -> tuple[jax.Array, jax.Array]:
    return apply(function, *primals), jax.jvp(function, primals, tangents)[1]


across_reals.defjvp(functools.partial(_jvp, across_reals))
across_imaginaries.defjvp(functools.partial(_jvp, across_imaginaries))
