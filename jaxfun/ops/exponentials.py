"""Exponentials, logarithms and the logistic function, where `powers` has the plain ones."""

import math
from typing import Any

import jax
import jax.numpy as jnp

from ..core.dtypes import Kind
from ..core.op import op
from ..core.record import Array
from .float_parts import times_two_to


@op(kind=Kind.INT_TO_FLOAT)
def exp2(input: Array) -> jax.Array:
    """Return 2 to the power of each element; integers as float32.

    >>> import jaxfun as jf
    >>> jf.exp2(jf.tensor([0.0, 3.0]))
    Array([1., 8.], dtype=float32)
    """
    return _power_of_two(input)


@jax.custom_jvp
def _power_of_two(x: jax.Array) -> jax.Array:
    """Return 2**x, exactly where x is whole: XLA takes exp(x log 2), whose error grows with x."""
    if jnp.iscomplexobj(x):
        return jnp.exp2(x)
    limits = jnp.finfo(x.dtype)
    whole = jnp.round(jnp.clip(x, 2.0 * limits.minexp, 2.0 * limits.maxexp))
    return times_two_to(jnp.exp2(x - whole), whole.astype(jnp.int32))


@_power_of_two.defjvp
def _power_of_two_jvp(primals: Any, tangents: Any) -> tuple[jax.Array, jax.Array]:
    result = _power_of_two(*primals)
    return result, tangents[0] * result * math.log(2)


@op(kind=Kind.INT_TO_FLOAT)
def expm1(input: Array) -> jax.Array:
    """Return `exp(x) - 1` of each element, exact near 0; integers as float32.

    >>> import jaxfun as jf
    >>> jf.expm1(jf.tensor([0.0, 1e-8]))
    Array([0.e+00, 1.e-08], dtype=float32)
    """
    return jnp.expm1(input)


@op(kind=Kind.INT_TO_FLOAT)
def log2(input: Array) -> jax.Array:
    """Return the base-2 logarithm of each element; integers as float32.

    >>> import jaxfun as jf
    >>> jf.log2(jf.tensor([8.0, 0.0]))
    Array([  3., -inf], dtype=float32)
    """
    return jnp.log2(input)


@op(kind=Kind.INT_TO_FLOAT)
def log10(input: Array) -> jax.Array:
    """Return the base-10 logarithm of each element; integers as float32.

    >>> import jaxfun as jf
    >>> jf.log10(jf.tensor([100.0, 0.0]))
    Array([  2., -inf], dtype=float32)
    """
    return jnp.log10(input)


@op(kind=Kind.INT_TO_FLOAT)
def log1p(input: Array) -> jax.Array:
    """Return `log(1 + x)` of each element, exact near 0; integers as float32.

    >>> import jaxfun as jf
    >>> jf.log1p(jf.tensor([0.0, 1e-8]))
    Array([0.e+00, 1.e-08], dtype=float32)
    """
    return jnp.log1p(input)


@op(kind=Kind.INT_TO_FLOAT)
def rsqrt(input: Array) -> jax.Array:
    """Return 1 over the square root of each element; integers as float32.

    >>> import jaxfun as jf
    >>> jf.rsqrt(jf.tensor([4.0, 0.0]))
    Array([0.5, inf], dtype=float32)
    """
    return _rsqrt(input)


@jax.custom_jvp
def _rsqrt(x: jax.Array) -> jax.Array:
    return jax.lax.rsqrt(x)


@_rsqrt.defjvp
def _(primals: Any, tangents: Any) -> tuple[jax.Array, jax.Array]:
    # by the result, as torch has it: at -0 the signs are then torch's
    result = _rsqrt(*primals)
    return result, -0.5 * tangents[0] * result * result * result


@op(kind=Kind.INT_TO_FLOAT)
def sigmoid(input: Array) -> jax.Array:
    """Return `1 / (1 + exp(-x))` of each element; integers as float32.

    >>> import jaxfun as jf
    >>> jf.sigmoid(jf.tensor([0.0, 1.0]))
    Array([0.5       , 0.7310586], dtype=float32)
    """
    return jax.nn.sigmoid(input)
