"""Trigonometric and hyperbolic functions and their inverses, `atan2` and `hypot`."""

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from ...core.dtypes import Kind
from ...core.op import op
from ...core.record import COMPLEXES, NOT_FLOATS, Array
from ...core.tangents import sum_tangents
from ._cuts import across_imaginaries, across_reals


@op(kind=Kind.INT_TO_FLOAT)
def sin(input: Array) -> jax.Array:
    """Return the sine of each element, in radians; integers give float32.

    >>> import jaxfun as jf
    >>> jf.sin(jf.tensor([0.0, 1.5707964]))
    Array([0., 1.], dtype=float32)
    """
    return jnp.sin(input)


@op(kind=Kind.INT_TO_FLOAT)
def cos(input: Array) -> jax.Array:
    """Return the cosine of each element, in radians; integers give float32.

    >>> import jaxfun as jf
    >>> jf.cos(jf.tensor([0, 0]))
    Array([1., 1.], dtype=float32)
    """
    return jnp.cos(input)


@op(kind=Kind.INT_TO_FLOAT)
def tan(input: Array) -> jax.Array:
    """Return the tangent of each element, in radians; integers give float32.

    >>> import jaxfun as jf
    >>> jf.tan(jf.tensor([0.0, 0.5]))
    Array([0.       , 0.5463025], dtype=float32)
    """
    return jnp.tan(input)


@op(kind=Kind.INT_TO_FLOAT, overload=("", "arcsin.default"), aliases=("arcsin",))
def asin(input: Array) -> jax.Array:
    """Return the arcsine of each element in radians, NaN outside [-1, 1]; integers give float32.

    Gradient: infinite at -1 and 1.

    >>> import jaxfun as jf
    >>> jf.asin(jf.tensor([0.0, 1.0, 2.0]))
    Array([0.       , 1.5707964,       nan], dtype=float32)
    """
    return across_reals(jnp.arcsin, input)


@op(kind=Kind.INT_TO_FLOAT, overload=("", "arccos.default"), aliases=("arccos",))
def acos(input: Array) -> jax.Array:
    """Return the arccosine of each element in radians, NaN outside [-1, 1]; integers give float32.

    Gradient: minus infinity at -1 and 1.

    >>> import jaxfun as jf
    >>> jf.acos(jf.tensor([0.0, 1.0, 2.0]))
    Array([1.5707964, 0.       ,       nan], dtype=float32)
    """
    return across_reals(jnp.arccos, input)


@op(kind=Kind.INT_TO_FLOAT, overload=("", "arctan.default"), aliases=("arctan",))
def atan(input: Array) -> jax.Array:
    """Return the arctangent of each element in radians; integers give float32.

    >>> import jaxfun as jf
    >>> jf.atan(jf.tensor([0.0, 1.0]))
    Array([0.       , 0.7853981], dtype=float32)
    """
    return jnp.arctan(input)


@op(kind=Kind.INT_TO_FLOAT, overload=("", "special_sinc.default"))
def sinc(input: Array) -> jax.Array:
    """Return `sin(pi x) / (pi x)` of each element, 1 at 0; integers give float32.

    Gradient: 0 at 0; the second derivative at 0 is NaN.

    >>> import jaxfun as jf
    >>> jf.sinc(jf.tensor([0.0, 0.5]))
    Array([1.        , 0.63661975], dtype=float32)
    """
    return _sinc(input)


@jax.custom_jvp
def _sinc(x: jax.Array) -> jax.Array:
    turned = np.asarray(np.pi, x.dtype) * x
    return jnp.where(x == 0, 1, jnp.sin(turned) / jnp.where(x == 0, 1, turned))


@_sinc.defjvp
def _(primals: Any, tangents: Any) -> tuple[jax.Array, jax.Array]:
    (x,), (dx,) = primals, tangents
    pi = np.asarray(np.pi, x.dtype)
    slope = (pi * x * jnp.cos(pi * x) - jnp.sin(pi * x)) / (pi * x * x)
    return _sinc(x), dx * jnp.where(x == 0, 0, slope)


@op(kind=Kind.INT_TO_FLOAT, rejects=COMPLEXES)
def deg2rad(input: Array) -> jax.Array:
    """Convert each element from degrees to radians; integers give float32.

    Raises: NotImplementedError for complex numbers.

    >>> import jaxfun as jf
    >>> jf.deg2rad(jf.tensor([180.0, 90.0]))
    Array([3.1415927, 1.5707964], dtype=float32)
    """
    return input * np.asarray(np.pi / 180, input.dtype)


@op(kind=Kind.INT_TO_FLOAT, rejects=COMPLEXES)
def rad2deg(input: Array) -> jax.Array:
    """Convert each element from radians to degrees; integers give float32.

    Raises: NotImplementedError for complex numbers.

    >>> import jaxfun as jf
    >>> jf.rad2deg(jf.tensor([3.1415927]))
    Array([180.], dtype=float32)
    """
    return input * np.asarray(180 / np.pi, input.dtype)


arcsin, arccos, arctan = asin, acos, atan


@op(kind=Kind.INT_TO_FLOAT)
def sinh(input: Array) -> jax.Array:
    """Return the hyperbolic sine of each element; integers give float32.

    >>> import jaxfun as jf
    >>> jf.sinh(jf.tensor([0.0, 1.0]))
    Array([0.       , 1.1752012], dtype=float32)
    """
    return _sinh(input)


@jax.custom_jvp
def _sinh(x: jax.Array) -> jax.Array:
    if jnp.iscomplexobj(x):  # XLA's sinh loses digits of a small real part
        return jax.lax.complex(_sinh(x.real) * jnp.cos(x.imag), _cosh(x.real) * jnp.sin(x.imag))
    high, low = _halves(x)
    less = jnp.expm1(jnp.abs(x))  # avoids the cancellation near 0
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


_LARGE = 1e3  # above this the other half is negligible


def _halves(x: jax.Array) -> tuple[jax.Array, jax.Array]:
    """Return exp(|x|) / 2 and exp(-|x|) / 2. The first overflows only if it exceeds the dtype's largest number.

    XLA's exp(x + log(1 / 2)) has an error of one ULP of that sum, which is 252 ULP of the result at -705.
    """
    root = jnp.exp(jnp.abs(x) / 2)
    return root * (root / 2), 0.5 / (root * root)


@op(kind=Kind.INT_TO_FLOAT)
def cosh(input: Array) -> jax.Array:
    """Return the hyperbolic cosine of each element; integers give float32.

    >>> import jaxfun as jf
    >>> jf.cosh(jf.tensor([0.0, 1.0]))
    Array([1.       , 1.5430806], dtype=float32)
    """
    return _cosh(input)


@op(kind=Kind.INT_TO_FLOAT)
def tanh(input: Array) -> jax.Array:
    """Return the hyperbolic tangent of each element; integers give float32.

    >>> import jaxfun as jf
    >>> jf.tanh(jf.tensor([0.0, 1.0]))
    Array([0.       , 0.7615942], dtype=float32)
    """
    return jnp.tanh(input)


@op(kind=Kind.INT_TO_FLOAT, overload=("", "arcsinh.default"), aliases=("arcsinh",))
def asinh(input: Array) -> jax.Array:
    """Return the inverse hyperbolic sine of each element; integers give float32.

    >>> import jaxfun as jf
    >>> jf.asinh(jf.tensor([0.0, 1.0]))
    Array([0.        , 0.88137364], dtype=float32)
    """
    return across_imaginaries(jnp.arcsinh, input)


@op(kind=Kind.INT_TO_FLOAT, overload=("", "arccosh.default"), aliases=("arccosh",))
def acosh(input: Array) -> jax.Array:
    """Return the inverse hyperbolic cosine of each element, NaN below 1; integers give float32.

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
    # two roots: in the left half-plane the root of the product, which JAX takes, has the opposite sign
    (x,) = primals
    two_roots = jnp.iscomplexobj(x)
    slope = jax.lax.rsqrt(x + (-1)) * jax.lax.rsqrt(x + 1) if two_roots else jax.lax.rsqrt(x * x - 1)
    return _acosh(x), tangents[0] * slope


@op(kind=Kind.INT_TO_FLOAT, overload=("", "arctanh.default"), aliases=("arctanh",))
def atanh(input: Array) -> jax.Array:
    """Return the inverse hyperbolic tangent of each element, NaN outside [-1, 1]; integers give float32.

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


@op(kind=Kind.INT_TO_FLOAT, overload=("", "arctan2.default"), rejects=COMPLEXES, aliases=("arctan2",))
def atan2(input: Array, other: Array) -> jax.Array:
    """Return the angle in radians, in [-pi, pi], of each point with y = `input` and x = `other`.

    Gradient: 0 at the origin.
    Dtypes: integers give float32.

    >>> import jaxfun as jf
    >>> jf.atan2(jf.tensor([0.0, 1.0]), jf.tensor([-1.0, 0.0]))
    Array([3.1415927, 1.5707964], dtype=float32)
    """
    return _angle(input, other)


@jax.custom_jvp
def _angle(y: jax.Array, x: jax.Array) -> jax.Array:
    return jnp.arctan2(y, x)


def _angle_jvp(primals: Any, tangents: Any) -> tuple[jax.Array, jax.Array]:
    (y, x), angle = primals, _angle(*primals)
    squared = y * y + x * x

    def over(side: jax.Array) -> jax.Array:  # as in torch: the second derivative at the origin is NaN
        return jnp.where(squared == 0, 0, side / squared)

    return angle, sum_tangents(tangents, (over(x), -over(y)), angle)


_angle.defjvp(_angle_jvp, symbolic_zeros=True)


@op(rejects=NOT_FLOATS)
def hypot(input: Array, other: Array) -> jax.Array:
    """Return the hypotenuse `sqrt(input**2 + other**2)`, which overflows only if the result does.

    Gradient: NaN at the origin.

    >>> import jaxfun as jf
    >>> jf.hypot(jf.tensor([3.0, 3e30]), jf.tensor([4.0, 4e30]))
    Array([5.e+00, 5.e+30], dtype=float32)
    """
    return _hypot(input, other)


@jax.custom_jvp
def _hypot(x: jax.Array, y: jax.Array) -> jax.Array:
    return jnp.hypot(x, y)


@_hypot.defjvp
def _hypot_jvp(primals: Any, tangents: Any) -> tuple[jax.Array, jax.Array]:
    (x, y), (dx, dy) = primals, tangents
    length = _hypot(x, y)
    return length, dx * (x / length) + dy * (y / length)


arctan2 = atan2
