"""Hyperbolic functions and their inverses."""

from typing import Any

import jax
import jax.numpy as jnp

from ..core.dtypes import Kind
from ..core.op import op
from ..core.record import Array
from ._cuts import across_imaginaries, across_reals


@op(kind=Kind.INT_TO_FLOAT)
def sinh(input: Array) -> jax.Array:
    """Return the hyperbolic sine of each element; integers as float32.

    >>> import jaxfun as jf
    >>> jf.sinh(jf.tensor([0.0, 1.0]))
    Array([0.       , 1.1752012], dtype=float32)
    """
    return _sinh(input)


@jax.custom_jvp
def _sinh(x: jax.Array) -> jax.Array:
    if jnp.iscomplexobj(x):  # XLA's own loses the digits of a small real part
        return jax.lax.complex(_sinh(x.real) * jnp.cos(x.imag), _cosh(x.real) * jnp.sin(x.imag))
    high, low = _halves(x)
    less = jnp.expm1(jnp.abs(x))  # near 0 the halves cancel
    return jnp.sign(x) * jnp.where(less < _LARGE, 0.5 * (less + less / (less + 1)), high - low)


@_sinh.defjvp
def _(primals: Any, tangents: Any) -> tuple[jax.Array, jax.Array]:
    return _sinh(*primals), tangents[0] * _cosh(*primals)


@jax.custom_jvp
def _cosh(x: jax.Array) -> jax.Array:
    if jnp.iscomplexobj(x):
        return jnp.cosh(x)
    high, low = _halves(x)
    return high + low


@_cosh.defjvp
def _(primals: Any, tangents: Any) -> tuple[jax.Array, jax.Array]:
    return _cosh(*primals), tangents[0] * _sinh(*primals)


_LARGE = 1e3  # beside which the other half hardly counts


def _halves(x: jax.Array) -> tuple[jax.Array, jax.Array]:
    """Return exp(|x|) / 2 and exp(-|x|) / 2, the first infinite only where it exceeds the dtype's largest number.

    XLA's exp(x + log(1 / 2)) is off by the last digit of that sum: by 252 ULP at -705.
    """
    root = jnp.exp(jnp.abs(x) / 2)
    return root * (root / 2), 0.5 / (root * root)


@op(kind=Kind.INT_TO_FLOAT)
def cosh(input: Array) -> jax.Array:
    """Return the hyperbolic cosine of each element; integers as float32.

    >>> import jaxfun as jf
    >>> jf.cosh(jf.tensor([0.0, 1.0]))
    Array([1.       , 1.5430806], dtype=float32)
    """
    return _cosh(input)


@op(kind=Kind.INT_TO_FLOAT)
def tanh(input: Array) -> jax.Array:
    """Return the hyperbolic tangent of each element; integers as float32.

    >>> import jaxfun as jf
    >>> jf.tanh(jf.tensor([0.0, 1.0]))
    Array([0.       , 0.7615942], dtype=float32)
    """
    return jnp.tanh(input)


@op(kind=Kind.INT_TO_FLOAT, aliases=("arcsinh",))
def asinh(input: Array) -> jax.Array:
    """Return the inverse hyperbolic sine of each element; integers as float32.

    >>> import jaxfun as jf
    >>> jf.asinh(jf.tensor([0.0, 1.0]))
    Array([0.        , 0.88137364], dtype=float32)
    """
    return across_imaginaries(jnp.arcsinh, input)


@op(kind=Kind.INT_TO_FLOAT, aliases=("arccosh",))
def acosh(input: Array) -> jax.Array:
    """Return the inverse hyperbolic cosine of each element, NaN below 1; integers as float32.

    Gradient: infinite at 1.

    >>> import jaxfun as jf
    >>> jf.acosh(jf.tensor([1.0, 2.0, 0.0]))
    Array([0.      , 1.316958,      nan], dtype=float32)
    """
    return _acosh(input)


@jax.custom_jvp
def _acosh(x: jax.Array) -> jax.Array:
    return across_reals(jnp.arccosh, x)


@_acosh.defjvp
def _acosh_jvp(primals: Any, tangents: Any) -> tuple[jax.Array, jax.Array]:
    # two roots: of complex numbers in the left half the root of the product, which JAX takes, has the other sign
    (x,) = primals
    two_roots = jnp.iscomplexobj(x)
    slope = jax.lax.rsqrt(x + (-1)) * jax.lax.rsqrt(x + 1) if two_roots else jax.lax.rsqrt(x * x - 1)
    return _acosh(x), tangents[0] * slope


@op(kind=Kind.INT_TO_FLOAT, aliases=("arctanh",))
def atanh(input: Array) -> jax.Array:
    """Return the inverse hyperbolic tangent of each element, NaN outside of -1 to 1; integers as float32.

    Gradient: infinite at -1 and 1.

    >>> import jaxfun as jf
    >>> jf.atanh(jf.tensor([0.0, 0.5, 1.0]))
    Array([0.        , 0.54930615,        inf], dtype=float32)
    """
    return _atanh(input)


@jax.custom_jvp
def _atanh(x: jax.Array) -> jax.Array:
    return jnp.arctanh(x)


@_atanh.defjvp
def _(primals: Any, tangents: Any) -> tuple[jax.Array, jax.Array]:
    (x,) = primals
    return _atanh(x), tangents[0] / (1 - x * x)


arcsinh, arccosh, arctanh = asinh, acosh, atanh
