"""Sines, tangents and their inverses."""

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from ..core.dtypes import Kind
from ..core.op import op
from ..core.record import COMPLEXES, Array
from ._cuts import across_reals


@op(kind=Kind.INT_TO_FLOAT)
def sin(input: Array) -> jax.Array:
    """Return the sine of each element, which is in radians; integers as float32.

    >>> import jaxfun as jf
    >>> jf.sin(jf.tensor([0.0, 1.5707964]))
    Array([0., 1.], dtype=float32)
    """
    return jnp.sin(input)


@op(kind=Kind.INT_TO_FLOAT)
def cos(input: Array) -> jax.Array:
    """Return the cosine of each element, which is in radians; integers as float32.

    >>> import jaxfun as jf
    >>> jf.cos(jf.tensor([0, 0]))
    Array([1., 1.], dtype=float32)
    """
    return jnp.cos(input)


@op(kind=Kind.INT_TO_FLOAT)
def tan(input: Array) -> jax.Array:
    """Return the tangent of each element, which is in radians; integers as float32.

    >>> import jaxfun as jf
    >>> jf.tan(jf.tensor([0.0, 0.5]))
    Array([0.       , 0.5463025], dtype=float32)
    """
    return jnp.tan(input)


@op(kind=Kind.INT_TO_FLOAT, aliases=("arcsin",))
def asin(input: Array) -> jax.Array:
    """Return the arcsine of each element in radians, NaN outside of -1 to 1; integers as float32.

    Gradient: infinite at -1 and 1.

    >>> import jaxfun as jf
    >>> jf.asin(jf.tensor([0.0, 1.0, 2.0]))
    Array([0.       , 1.5707964,       nan], dtype=float32)
    """
    return across_reals(jnp.arcsin, input)


@op(kind=Kind.INT_TO_FLOAT, aliases=("arccos",))
def acos(input: Array) -> jax.Array:
    """Return the arccosine of each element in radians, NaN outside of -1 to 1; integers as float32.

    Gradient: minus infinity at -1 and 1.

    >>> import jaxfun as jf
    >>> jf.acos(jf.tensor([0.0, 1.0, 2.0]))
    Array([1.5707964, 0.       ,       nan], dtype=float32)
    """
    return across_reals(jnp.arccos, input)


@op(kind=Kind.INT_TO_FLOAT, aliases=("arctan",))
def atan(input: Array) -> jax.Array:
    """Return the arctangent of each element in radians; integers as float32.

    >>> import jaxfun as jf
    >>> jf.atan(jf.tensor([0.0, 1.0]))
    Array([0.       , 0.7853981], dtype=float32)
    """
    return jnp.arctan(input)


@op(kind=Kind.INT_TO_FLOAT)
def sinc(input: Array) -> jax.Array:
    """Return `sin(pi x) / (pi x)` of each element, 1 at 0; integers as float32.

    Gradient: 0 at 0; a second derivative is NaN there.

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
    """Return each element, in degrees, in radians; integers as float32.

    >>> import jaxfun as jf
    >>> jf.deg2rad(jf.tensor([180.0, 90.0]))
    Array([3.1415927, 1.5707964], dtype=float32)
    """
    return input * np.asarray(np.pi / 180, input.dtype)


@op(kind=Kind.INT_TO_FLOAT, rejects=COMPLEXES)
def rad2deg(input: Array) -> jax.Array:
    """Return each element, in radians, in degrees; integers as float32.

    >>> import jaxfun as jf
    >>> jf.rad2deg(jf.tensor([3.1415927]))
    Array([180.], dtype=float32)
    """
    return input * np.asarray(180 / np.pi, input.dtype)


arcsin, arccos, arctan = asin, acos, atan
