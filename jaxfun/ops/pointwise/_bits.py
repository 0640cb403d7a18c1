"""Floating point numbers as bits: their fields, and exact multiplication by powers of two."""

from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np


class Fields(NamedTuple):
    """The fields of floating point numbers, as integers: `± (2**places + fraction) * 2**(power - bias - places)`."""

    sign: jax.Array  # at its position in the bits
    power: jax.Array
    fraction: jax.Array
    is_whole: jax.Array  # neither 0, infinite nor NaN; the other fields are valid only here


def fields_of(x: jax.Array) -> Fields:
    """Return the fields of numbers. Subnormal numbers are normalised, because arithmetic may flush them to 0."""
    limits = jnp.finfo(x.dtype)
    word = jax.lax.bitcast_convert_type(x, bits_of(x.dtype))
    magnitude = (word << 1) >> 1
    power, fraction = magnitude >> limits.nmant, magnitude & ((1 << limits.nmant) - 1)
    # shift the first bit of a subnormal fraction to the position of the implicit bit of a normal number
    moved = jnp.where(power == 0, jax.lax.clz(fraction) - (limits.bits - 1 - limits.nmant), 0)
    fraction = (fraction << moved) & ((1 << limits.nmant) - 1)
    is_whole = jnp.isfinite(x) & (magnitude != 0)
    power = jnp.where(power == 0, 1, power).astype(np.int32) - moved.astype(np.int32)
    return Fields(word ^ magnitude, power, fraction, is_whole)


def bits_of(dtype: Any) -> Any:
    return jnp.uint64 if jnp.finfo(dtype).bits == 64 else jnp.uint32


def two_to(exponent: jax.Array, dtype: Any) -> jax.Array:
    """Return exact powers of two: 0 below the normal numbers, infinity above them."""
    limits = jnp.finfo(dtype)
    field = jnp.clip(exponent + (limits.maxexp - 1), 0, 2 * limits.maxexp - 1)
    return jax.lax.bitcast_convert_type(field.astype(bits_of(dtype)) << limits.nmant, dtype)


@jax.custom_jvp
def times_two_to(x: jax.Array, power: jax.Array) -> jax.Array:
    """Multiply numbers by powers of two, by their bits: arithmetic may flush a subnormal result to 0."""
    fields, limits = fields_of(x), jnp.finfo(x.dtype)
    reach = 3 * limits.maxexp
    target = fields.power + jnp.clip(power, -reach, reach)
    lost = jnp.clip(1 - target, 0, limits.nmant + 2).astype(fields.sign.dtype)
    kept = _shifted(fields.fraction | (1 << limits.nmant), lost)
    word = (jnp.clip(target - 1, 0, 2 * limits.maxexp).astype(kept.dtype) << limits.nmant) + kept
    most = jnp.asarray((2 * limits.maxexp - 1) << limits.nmant, word.dtype)  # infinity
    scaled = jax.lax.bitcast_convert_type(fields.sign | jnp.minimum(word, most), x.dtype)
    return jnp.where(fields.is_whole, scaled, x)


def _shifted(number: jax.Array, places: jax.Array) -> jax.Array:
    """Shift an integer right, rounded to nearest, ties to even."""
    kept = number >> places
    twice = (number - (kept << places)) << 1
    whole = jnp.ones_like(number) << places
    is_up = (twice > whole) | ((twice == whole) & (kept & 1 == 1))
    return kept + is_up.astype(number.dtype)


@times_two_to.defjvp
def _times_two_to_jvp(primals: Any, tangents: Any) -> tuple[jax.Array, jax.Array]:
    x, power = primals
    return times_two_to(x, power), tangents[0] * two_to(power, x.dtype)


def exp2_of_reals(x: jax.Array) -> jax.Array:
    """Return 2**x with an error that does not grow with x, exact for integers and correct for subnormal results."""
    limits = jnp.finfo(x.dtype)
    least = limits.minexp - limits.nmant  # the exponent of the smallest subnormal number
    inside = jnp.clip(x, least - 2, limits.maxexp)
    whole = jnp.round(inside)
    factor = jnp.exp2(inside - whole)
    exponent = whole.astype(jnp.int64 if limits.bits == 64 else jnp.int32)  # XLA converts NaN to 0
    normal = jax.lax.bitcast_convert_type(factor, exponent.dtype) + (exponent << limits.nmant)
    # a subnormal result is an integer multiple of the smallest one, and this integer is its bits
    scale = jax.lax.bitcast_convert_type((exponent - least + limits.maxexp - 1) << limits.nmant, x.dtype)
    subnormal = jnp.round(factor * scale).astype(exponent.dtype)
    # XLA computes a final bit cast anew for each of its uses, a final selection once
    normal, subnormal = (jax.lax.bitcast_convert_type(bits, x.dtype) for bits in (normal, subnormal))
    return jnp.where(inside < limits.minexp, subnormal, normal)
