"""Two numbers as a point of the plane: its angle and its distance."""

from collections.abc import Mapping
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from .._op import op
from .._record import BOOLS, COMPLEXES, INTEGERS, Array, Difference
from ..dtypes import Kind
from ._tangents import of_what_moves


def _is_at_the_origin(arguments: Mapping[str, Any]) -> bool:
    y, x = (np.asarray(arguments[name]).astype(np.float64) for name in ("input", "other"))
    return bool(((y == 0) & (x == 0)).any())


_AT_THE_ORIGIN = Difference(
    _is_at_the_origin,
    jaxfun="0, as the gradient is",
    torch="NaN, though the gradient is 0",
    why="at the origin torch's forward mode of atan2 does not agree with its own reverse mode",
    source="tools/autograd/derivatives.yaml: atan2",
    levels=("jvp",),
)


def _squares_wrap(arguments: Mapping[str, Any]) -> bool:
    operands = [np.asarray(arguments[name]) for name in ("input", "other")]
    whole = [operand for operand in operands if operand.dtype.kind in "iu"]
    return any((operand.astype(np.float64) ** 2 > np.iinfo(operand.dtype).max).any() for operand in whole)


_WRAPPED = Difference(
    _squares_wrap,
    jaxfun="the derivative",
    torch="that with the square of an integer operand as its own dtype holds it, wrapped around",
    why="torch squares the operands of atan2 for its derivative before it promotes them",
    source="torch/csrc/autograd/FunctionsManual.cpp: atan2_backward",
    levels=("vjp", "jvp", "hvp"),
)


@op(kind=Kind.INT_TO_FLOAT, rejects=COMPLEXES, differences=(_AT_THE_ORIGIN, _WRAPPED), aliases=("arctan2",))
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
