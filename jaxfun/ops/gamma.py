"""The gamma function's logarithm and its derivatives, with torch's answers at the poles and its second derivatives."""

import functools
import math
from collections.abc import Sequence
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from ..core.dtypes import Kind, as_dtype
from ..core.errors import ShapeError
from ..core.numbers import rounded
from ..core.op import op
from ..core.record import BOOLS, COMPLEXES, Array, Choice, Dim


@op(kind=Kind.INT_TO_FLOAT, rejects=COMPLEXES)
def lgamma(input: Array) -> jax.Array:
    """Return the logarithm of the gamma function's absolute value of each element; integers as float32.

    Gradient: `digamma`.

    >>> import jaxfun as jf
    >>> jf.lgamma(jf.tensor([0.5, 4.0, 0.0]))
    Array([0.5723649, 1.7917595,       inf], dtype=float32)
    """
    return _lgamma(input)


@jax.custom_jvp
def _lgamma(x: jax.Array) -> jax.Array:
    return _lgamma_of_float32(x) if x.dtype == np.float32 else jax.lax.lgamma(x)


def _lgamma_of_float32(x: jax.Array) -> jax.Array:
    # XLA's own is off in the sixth digit
    y = jnp.where(x < 0.5, 1 - x, x)
    positive = jnp.where(y < _FAR, _lgamma_near_two(jnp.minimum(y, _FAR)), _stirling(y))
    sine = jnp.sin(np.float32(np.pi) * (x - jnp.round(x)))
    reflected = jnp.log(np.float32(np.pi) / jnp.abs(sine)) - positive
    return jnp.where(jnp.isinf(x), jnp.inf, jnp.where(x < 0.5, reflected, positive))


_FAR = np.float32(7.5)


def _stirling(x: jax.Array) -> jax.Array:
    inverse, half_log = 1 / x, np.float32(math.log(2 * math.pi) / 2)
    return (x - 0.5) * (jnp.log(x) - 1) + (half_log - 0.5 + inverse * (1 / 12 - inverse * inverse / 360))


def _lgamma_near_two(x: jax.Array) -> jax.Array:
    """Return it from 0.5 to 7.5: the series from 1.5 to 2.5, and by steps of 1 from there."""
    below, factor = x < 1.5, jnp.ones_like(x)
    near = jnp.where(below, x + 1, x)
    for _ in range(5):
        above = near > 2.5
        near = jnp.where(above, near - 1, near)
        factor = jnp.where(above, factor * near, factor)
    series = lgamma_beside_two(jnp.where(below, x - 1, near - 2))
    return series + jnp.where(below, -jnp.log1p(x - 1), jnp.log(factor))


def lgamma_beside_two(u: jax.Array) -> jax.Array:
    """Return the logarithm of the gamma function at `2 + u`, exact for a small `u`, which is at most a half."""
    power = 14 if u.dtype == np.float32 else 28
    slopes = [(-1) ** k * _zeta_less_one(k) / k for k in range(2, power + 1)]
    return u * polynomial([1 - np.euler_gamma, *slopes], u)


def polynomial(slopes: Sequence[Any], x: jax.Array) -> jax.Array:
    """Return the sum of `slopes[k] * x ** k`. It is no loop, as jnp.polyval is, through which the tape cannot look."""
    return functools.reduce(lambda total, slope: total * x + slope, reversed(slopes))


@functools.cache
def _zeta_less_one(k: int) -> float:
    # the sum from 2 on, its tail by Euler and Maclaurin
    n = 100
    tail = n / (k - 1) + 1 / 2 + k / (12 * n) - k * (k + 1) * (k + 2) / (720 * n**3)
    return sum(m**-k for m in range(2, n)) + tail * n**-k


@_lgamma.defjvp
def _lgamma_jvp(primals: Any, tangents: Any) -> tuple[jax.Array, jax.Array]:
    return _lgamma(*primals), tangents[0] * _digamma(*primals)


@op(kind=Kind.INT_TO_FLOAT, rejects=COMPLEXES)
def digamma(input: Array) -> jax.Array:
    """Return the derivative of `lgamma` of each element; integers as float32.

    It is minus infinity at 0, infinity at -0, and NaN at negative whole numbers.

    >>> import jaxfun as jf
    >>> jf.digamma(jf.tensor([1.0, 0.0, -1.0]))
    Array([-0.5772154,       -inf,        nan], dtype=float32)
    """
    return _digamma(input)


@jax.custom_jvp
def _digamma(x: jax.Array) -> jax.Array:
    return jnp.where(x == 0, jnp.copysign(jnp.asarray(jnp.inf, x.dtype), -x), jax.lax.digamma(x))


@_digamma.defjvp
def _digamma_jvp(primals: Any, tangents: Any) -> tuple[jax.Array, jax.Array]:
    return _digamma(*primals), tangents[0] * _polygamma(1, *primals)


@op(kind=Kind.INT_TO_FLOAT, rejects=COMPLEXES, takes={"n": Choice((0, 1, 2, 5))})
def polygamma(n: Dim, input: Array) -> jax.Array:
    """Return the derivative number `n` of `digamma` of each element; integers as float32.

    Raises: RuntimeError for a negative `n`.

    >>> import jaxfun as jf
    >>> jf.polygamma(1, jf.tensor([1.0, 0.5]))
    Array([1.644934, 4.934802], dtype=float32)
    """
    if n < 0:
        raise ShapeError("an `n` of 0 or more", str(n))
    return _polygamma(n, input)


@functools.partial(jax.custom_jvp, nondiff_argnums=(0,))
def _polygamma(n: int, x: jax.Array) -> jax.Array:
    return (_digamma, _trigamma)[n](x) if n < 2 else _higher(n, x)


@_polygamma.defjvp
def _polygamma_jvp(n: int, primals: Any, tangents: Any) -> tuple[jax.Array, jax.Array]:
    return _polygamma(n, *primals), tangents[0] * _polygamma(n + 1, *primals)


_TERMS = 6


def _trigamma(x: jax.Array) -> jax.Array:
    # aten/src/ATen/native/Math.h: at a pole the sine of a rounded multiple of pi, and so a large number
    pi, below = np.asarray(np.pi, x.dtype), x < 0.5
    sine = jnp.sin(pi * x)
    y = jnp.where(below, 1 - x, x)
    total = sum(1 / jnp.square(y + step) for step in range(_TERMS))
    y = y + _TERMS
    inverse = 1 / (y * y)
    total += (1 + 1 / (2 * y) + inverse * (1 / 6 - inverse * (1 / 30 - inverse / 42))) / y
    return jnp.where(below, pi * pi / (sine * sine) - total, total)


def _higher(n: int, x: jax.Array) -> jax.Array:
    """Return the derivative number `n`, 2 or more: Hurwitz's zeta function, times a factorial."""
    number = functools.partial(rounded, dtype=as_dtype(x.dtype))
    zeta = jax.lax.zeta(number(n + 1), jnp.where(x < 0, 1 - x, x))
    # below 0 it is reflected by the slopes of a cotangent
    reflected = (-1) ** n * (zeta + polynomial([*number(_cotangent_slopes(n))], _cotangent(x)))
    is_pole = (x <= 0) & (x == jnp.floor(x))
    factorial = number(math.factorial(n) if n < 171 else math.inf)
    return (-1) ** (n + 1) * factorial * jnp.where(is_pole, jnp.inf, jnp.where(x < 0, reflected, zeta))


def _cotangent(x: jax.Array) -> jax.Array:
    """Return the cotangent of pi times each element, exact where that is 0."""
    left, pi = x - jnp.round(x), np.asarray(np.pi, x.dtype)
    beside_half = jnp.copysign(jnp.tan(pi * (0.5 - jnp.abs(left))), left)
    return jnp.where(jnp.abs(left) > 0.25, beside_half, 1 / jnp.tan(pi * left))


def _cotangent_slopes(n: int) -> list[float]:
    """Return the derivative number `n` of `pi cot(pi x)` over n!, by powers of the cotangent."""
    slopes = np.array([1, 0], object)
    for _ in range(n):
        slopes = -np.polymul([1, 0, 1], np.polyder(slopes))
    return [math.pi ** (n + 1) * (slope / math.factorial(n)) for slope in slopes[::-1]]


@op(kind=Kind.INT_TO_FLOAT, rejects=BOOLS | COMPLEXES, takes={"p": Choice((1, 2, 3))})
def mvlgamma(input: Array, p: Dim) -> jax.Array:
    """Return the logarithm of the gamma function of `p` dimensions of each element; integers as float32.

    Raises: RuntimeError for a `p` below 1.

    >>> import jaxfun as jf
    >>> jf.mvlgamma(jf.tensor([2.0, 3.5]), 2)
    Array([0.4515827, 2.4664857], dtype=float32)
    """
    if p < 1:
        raise ShapeError("a `p` of 1 or more", str(p))
    halves = np.arange(1 - p, 1).astype(input.dtype) / 2
    constant = np.asarray(p * (p - 1) / 4 * math.log(math.pi), input.dtype)
    parts = input[..., None] + halves
    parts = jnp.where(parts == 0, jnp.abs(parts), parts)  # XLA leaves out + 0, which makes 0 of -0
    return jnp.sum(_lgamma(parts), axis=-1) + constant
