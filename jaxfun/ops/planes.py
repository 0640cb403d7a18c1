"""Two numbers as a point of the plane: its angle and its distance."""

from typing import Any

import jax
import jax.numpy as jnp

from ..core.dtypes import Kind
from ..core.op import op
from ..core.record import BOOLS, COMPLEXES, INTEGERS, Array
from ..core.tangents import of_what_moves


@op(kind=Kind.INT_TO_FLOAT, rejects=COMPLEXES, aliases=("arctan2",))
def atan2(input: Array, other: Array) -> jax.Array:
    """Return the angle in radians, -pi to pi, of each point whose y is `input` and whose x is `other`.

    Gradient: 0 at the origin.
    Dtypes: integers as float32.

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
    inverse = jnp.where(squared == 0, 0, 1 / squared)  # as torch has it: the second derivative at the origin is NaN
    return angle, of_what_moves(tangents, (x * inverse, -(y * inverse)), angle)


_angle.defjvp(_angle_jvp, symbolic_zeros=True)


@op(rejects=BOOLS | INTEGERS | COMPLEXES)
def hypot(input: Array, other: Array) -> jax.Array:
    """Return the length of each hypotenuse, which does not overflow where only a square does.

    Gradient: NaN at the origin.

    >>> import jaxfun as jf
    >>> jf.hypot(jf.tensor([3.0, 3e30]), jf.tensor([4.0, 4e30]))
    Array([5.e+00, 5.e+30], dtype=float32)
    """
    return _length(input, other)


@jax.custom_jvp
def _length(x: jax.Array, y: jax.Array) -> jax.Array:
    return jnp.hypot(x, y)


@_length.defjvp
def _length_jvp(primals: Any, tangents: Any) -> tuple[jax.Array, jax.Array]:
    (x, y), (dx, dy) = primals, tangents
    length = _length(x, y)
    return length, dx * (x / length) + dy * (y / length)


arctan2 = atan2
