"""Rounding to integers: `floor`, `ceil`, `trunc`, `round`, and the fractional part `frac`."""

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from ...core.dtypes import Kind
from ...core.op import op
from ...core.public import public
from ...core.record import BOOLS, COMPLEXES, NOT_FLOATS, Array, Choice


@op(kind=None, rejects=BOOLS | COMPLEXES)
def floor(input: Array) -> jax.Array:
    """Return the floor of each element; integers are unchanged. Gradient: 0.

    >>> import jaxfun as jf
    >>> jf.floor(jf.tensor([1.5, -1.5]))
    Array([ 1., -2.], dtype=float32)
    """
    return _whole(jnp.floor, input)


@op(kind=None, rejects=BOOLS | COMPLEXES)
def ceil(input: Array) -> jax.Array:
    """Return the ceiling of each element; integers are unchanged. Gradient: 0.

    >>> import jaxfun as jf
    >>> jf.ceil(jf.tensor([1.5, -1.5]))
    Array([ 2., -1.], dtype=float32)
    """
    return _whole(jnp.ceil, input)


@op(kind=None, overload=("", "fix.default"), rejects=BOOLS | COMPLEXES, aliases=("fix",))
def trunc(input: Array) -> jax.Array:
    """Return the integer part of each element; integers are unchanged. Gradient: 0.

    >>> import jaxfun as jf
    >>> jf.trunc(jf.tensor([1.5, -1.5]))
    Array([ 1., -1.], dtype=float32)
    """
    return _whole(jnp.trunc, input)


@op(kind=None, rejects=NOT_FLOATS)
def frac(input: Array) -> jax.Array:
    """Return the fractional part of each element, with its sign. Gradient: 1.

    >>> import jaxfun as jf
    >>> jf.frac(jf.tensor([1.5, -1.25]))
    Array([ 0.5 , -0.25], dtype=float32)
    """
    return input - jnp.trunc(input)


@op(
    kind=Kind.DEFAULT,
    torch="torch.round",
    overload=("decimals", "special_round.default"),
    node="RoundBackward1",
    rejects=NOT_FLOATS,
    takes={"decimals": Choice((1, 2, -1))},
)
def _round_decimals(input: Array, *, decimals: int) -> jax.Array:
    power = np.asarray(10.0 ** abs(decimals), input.dtype)
    return jnp.round(input * power) / power if decimals > 0 else jnp.round(input / power) * power


@op(kind=None, torch="torch.round", rejects=BOOLS | COMPLEXES)
def _round(input: Array) -> jax.Array:
    return _whole(jnp.round, input)


@public
def round(input: Any, *, decimals: int = 0) -> jax.Array:
    """Round each element to the nearest integer (ties to even), or to `decimals` decimals. Gradient: 0.

    A negative `decimals` rounds to tens, hundreds, ... It needs a floating point tensor.

    >>> import jaxfun as jf
    >>> jf.round(jf.tensor([0.5, 1.5, 2.4])), jf.round(jf.tensor([1.234]), decimals=1)
    (Array([0., 2., 2.], dtype=float32), Array([1.2], dtype=float32))
    """
    return _round(input) if decimals == 0 else _round_decimals(input, decimals=decimals)


def _whole(function: Callable[[jax.Array], jax.Array], input: jax.Array) -> jax.Array:
    return function(input) if jnp.issubdtype(input.dtype, jnp.floating) else input


fix = trunc
