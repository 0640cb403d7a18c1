"""What a floating point number is made of: its sign, its mantissa, its power of two, and its neighbours."""

from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

from ..core.dims import broadcast_shapes
from ..core.dtypes import Category, Kind, as_dtype, float32, is_scalar, promote_types, result_type
from ..core.errors import UnsupportedDTypeError, describe
from ..core.op import op
from ..core.public import public
from ..core.record import BOOLS, COMPLEXES, INTEGERS, Array, Operand, Shape
from ..core.tangents import broadcast_where_empty
from .arithmetic import mul
from .powers import pow


@op(kind=Kind.ALWAYS_BOOL, node="", rejects=COMPLEXES)
def signbit(input: Array) -> jax.Array:
    """Return where the sign is minus, that of -0 and of NaN too.

    >>> import jaxfun as jf
    >>> jf.signbit(jf.tensor([1.0, -0.0]))
    Array([False,  True], dtype=bool)
    """
    return input < 0 if jnp.issubdtype(input.dtype, jnp.signedinteger) else _is_minus(input)


def _is_minus(input: jax.Array) -> jax.Array:
    return jnp.signbit(input) if jnp.issubdtype(input.dtype, jnp.floating) else jnp.zeros_like(input, bool)


@public
def copysign(input: Any, other: Any) -> jax.Array:
    """Return each `input` with the sign of `other`, -0 and NaN having signs as well; integers as float32.

    Gradient: 1 or -1, 0 where `input` is 0; 0 for `other`.

    >>> import jaxfun as jf
    >>> jf.copysign(jf.tensor([1.0, -2.0]), -0.0)
    Array([-1., -2.], dtype=float32)
    """
    return (_copysign_scalar if is_scalar(other) else _copysign)(input, other)


@op(kind=Kind.INT_TO_FLOAT, torch="torch.copysign", overload="Tensor", rejects=COMPLEXES)
def _copysign(input: Array, other: Array) -> jax.Array:
    return _with_sign(input, other)


@op(kind=Kind.INT_TO_FLOAT, torch="torch.copysign", overload="Scalar", node="CopysignBackward1", rejects=COMPLEXES)
def _copysign_scalar(input: Array, other: Operand) -> jax.Array:
    return _with_sign(input, other)


@jax.custom_jvp
def _with_sign(x: jax.Array, sign: jax.Array) -> jax.Array:
    return jnp.copysign(x, sign)


@_with_sign.defjvp
def _with_sign_jvp(primals: Any, tangents: Any) -> tuple[jax.Array, jax.Array]:
    (x, _), (dx, _) = primals, tangents
    result = _with_sign(*primals)
    return result, jnp.where(x == 0, 0, result / x) * dx


@op(kind=Kind.NO_OPMATH, rejects=BOOLS | INTEGERS | COMPLEXES)
def nextafter(input: Array, other: Array) -> jax.Array:
    """Return the number next to each `input`, towards `other`, through subnormal numbers and to infinity.

    Gradient: 1 for `input`, 0 where both are equal; 0 for `other`.

    >>> import jaxfun as jf
    >>> jf.nextafter(jf.tensor([1.0, 0.0]), jf.tensor([2.0, 0.0]))
    Array([1.0000001, 0.       ], dtype=float32)
    """
    return _next(*jnp.broadcast_arrays(input, other))


@jax.custom_jvp
def _next(x: jax.Array, towards: jax.Array) -> jax.Array:
    # by the bits: XLA's own takes a subnormal number for 0
    start, end = _place(x), _place(towards)
    place = start + (start < end).astype(start.dtype) - (start > end).astype(start.dtype)
    word = jnp.where(place < 0, jnp.iinfo(place.dtype).min - place, place)
    zero = jnp.copysign(jnp.zeros_like(x), x)
    found = jnp.where(place == 0, zero, jax.lax.bitcast_convert_type(word, x.dtype))
    found = jnp.where(start == end, towards, found)
    return jnp.where(jnp.isnan(x) | jnp.isnan(towards), jnp.nan, found)


def _place(x: jax.Array) -> jax.Array:
    """Return where numbers stand in the order of all numbers of their dtype: at 0 both zeros."""
    words = getattr(jnp, f"int{jnp.finfo(x.dtype).bits}")
    word = jax.lax.bitcast_convert_type(x, words)
    return jnp.where(word < 0, jnp.iinfo(words).min - word, word)


@_next.defjvp
def _next_jvp(primals: Any, tangents: Any) -> tuple[jax.Array, jax.Array]:
    (x, towards), (dx, _) = primals, tangents
    is_there = (_place(x) == _place(towards)) & ~jnp.isnan(x)
    return _next(x, towards), jnp.where(is_there, 0, dx)


class MantissaAndExponent(NamedTuple):
    """Mantissas, and the powers of two that they are taken times of. Torch: torch.return_types.frexp."""

    mantissa: jax.Array
    exponent: jax.Array


@op(rejects=BOOLS | INTEGERS | COMPLEXES, overload="Tensor")
def frexp(input: Array) -> MantissaAndExponent:
    """Return a mantissa of 0.5 to 1, with the sign, and an int32 exponent: `input == mantissa * 2**exponent`.

    0, infinity and NaN are their own mantissas, with the exponent 0.
    Gradient: that of a division by `2**exponent`.

    >>> import jaxfun as jf
    >>> jf.frexp(jf.tensor([3.0, -0.25]))
    MantissaAndExponent(mantissa=Array([ 0.75, -0.5 ], dtype=float32), exponent=Array([ 2, -1], dtype=int32))
    """
    mantissa, exponent = _parts(jax.lax.stop_gradient(input))
    return MantissaAndExponent(_of_mantissa(input, mantissa, exponent), exponent)


@jax.custom_jvp
def _of_mantissa(input: jax.Array, mantissa: jax.Array, exponent: jax.Array) -> jax.Array:
    return mantissa


@_of_mantissa.defjvp
def _of_mantissa_jvp(primals: Any, tangents: Any) -> tuple[jax.Array, jax.Array]:
    _, mantissa, exponent = primals
    return mantissa, tangents[0] / _two_to(exponent, mantissa.dtype)


class _Fields(NamedTuple):
    """What the bits of numbers say, as integers: `± (2**places + fraction) * 2**(power - bias - places)`."""

    sign: jax.Array  # where it stands in the bits
    power: jax.Array
    fraction: jax.Array
    is_whole: jax.Array  # neither 0, infinite nor NaN, of which the others say nothing


def _fields(x: jax.Array) -> _Fields:
    """Return the fields of numbers, subnormal ones made normal: arithmetic may take these for 0."""
    limits = jnp.finfo(x.dtype)
    word = jax.lax.bitcast_convert_type(x, _bits_of(x.dtype))
    magnitude = (word << 1) >> 1
    power, fraction = magnitude >> limits.nmant, magnitude & ((1 << limits.nmant) - 1)
    # the first bit of a subnormal fraction is moved to where that of a normal number is left out
    moved = jnp.where(power == 0, jax.lax.clz(fraction) - (limits.bits - 1 - limits.nmant), 0)
    fraction = (fraction << moved) & ((1 << limits.nmant) - 1)
    is_whole = jnp.isfinite(x) & (magnitude != 0)
    power = jnp.where(power == 0, 1, power).astype(np.int32) - moved.astype(np.int32)
    return _Fields(word ^ magnitude, power, fraction, is_whole)


def _parts(x: jax.Array) -> tuple[jax.Array, jax.Array]:
    """Return mantissas and exponents."""
    fields, limits = _fields(x), jnp.finfo(x.dtype)
    half = jnp.asarray((limits.maxexp - 2) << limits.nmant, fields.sign.dtype)
    mantissa = jax.lax.bitcast_convert_type(fields.sign | half | fields.fraction, x.dtype)
    exponent = fields.power - (limits.maxexp - 2)
    return jnp.where(fields.is_whole, mantissa, x), jnp.where(fields.is_whole, exponent, 0)


def _bits_of(dtype: Any) -> Any:
    return jnp.uint64 if jnp.finfo(dtype).bits == 64 else jnp.uint32


def _two_to(exponent: jax.Array, dtype: Any) -> jax.Array:
    """Return powers of two, exactly: 0 below the normal numbers, infinity above them."""
    limits = jnp.finfo(dtype)
    field = jnp.clip(exponent + (limits.maxexp - 1), 0, 2 * limits.maxexp - 1)
    return jax.lax.bitcast_convert_type(field.astype(_bits_of(dtype)) << limits.nmant, dtype)


@public
def ldexp(input: Any, other: Any) -> jax.Array:
    """Return `input * 2**other`; a floating point `input` times a whole power does not overflow before its result does.

    Dtypes: an integer `input` as float32.

    >>> import jaxfun as jf
    >>> jf.ldexp(jf.tensor([0.75, -1.0]), jf.tensor([2, -1]))
    Array([ 3. , -0.5], dtype=float32)
    """
    is_whole = hasattr(input, "dtype") and hasattr(other, "dtype") and _is_float(input) and not _is_float(other)
    return (_ldexp_whole if is_whole else _ldexp)(input, other)


def _is_float(tensor: Any) -> bool:
    return as_dtype(tensor.dtype).category > Category.INTEGER


@op(kind=None, torch="torch.ldexp", overload="Tensor")
def _ldexp(input: Array, other: Array) -> jax.Array:
    dtype = result_type(input, pow(2.0, other))  # before a 0-dim `other` has dimensions
    input, other = broadcast_where_empty(input, other)
    return mul(input, pow(2.0, other)).astype(dtype.dtype)


_WHOLE = ("int64", "int32", "int16", "int8", "uint8")


@op(
    kind=None,
    torch="torch.ldexp",
    overload="Tensor:whole",
    node="LdexpBackward0",
    rejects=BOOLS | INTEGERS,
    takes={
        "input": Shape(("m k", "k", "", "m 1", "m k")),
        "other": Shape(("m k", "m k", "k", "1 k", ""), dtypes=_WHOLE),
    },
)
def _ldexp_whole(input: Array, other: Array) -> jax.Array:
    broadcast_shapes(input.shape, other.shape)
    if jnp.iscomplexobj(input):
        return input * _two_to(other.astype(np.int32), input.real.dtype).astype(input.dtype)
    if other.dtype == bool:
        raise UnsupportedDTypeError("an integer exponent", describe(other))
    wide = promote_types(as_dtype(input.dtype), float32)
    return times_two_to(input.astype(wide.dtype), other.astype(np.int32)).astype(input.dtype)


@jax.custom_jvp
def times_two_to(x: jax.Array, power: jax.Array) -> jax.Array:
    """Return numbers times powers of two, by their bits: arithmetic may take a subnormal result for 0."""
    fields, limits = _fields(x), jnp.finfo(x.dtype)
    reach = 3 * limits.maxexp
    target = fields.power + jnp.clip(power, -reach, reach)
    lost = jnp.clip(1 - target, 0, limits.nmant + 2).astype(fields.sign.dtype)
    kept = _shifted(fields.fraction | (1 << limits.nmant), lost)
    word = (jnp.clip(target - 1, 0, 2 * limits.maxexp).astype(kept.dtype) << limits.nmant) + kept
    most = jnp.asarray((2 * limits.maxexp - 1) << limits.nmant, word.dtype)  # infinity
    scaled = jax.lax.bitcast_convert_type(fields.sign | jnp.minimum(word, most), x.dtype)
    return jnp.where(fields.is_whole, scaled, x)


def _shifted(number: jax.Array, places: jax.Array) -> jax.Array:
    """Return a whole number without its last bits, rounded to the nearest, halves to the even one."""
    kept = number >> places
    twice = (number - (kept << places)) << 1
    whole = jnp.ones_like(number) << places
    is_up = (twice > whole) | ((twice == whole) & (kept & 1 == 1))
    return kept + is_up.astype(number.dtype)


@times_two_to.defjvp
def _times_two_to_jvp(primals: Any, tangents: Any) -> tuple[jax.Array, jax.Array]:
    x, power = primals
    return times_two_to(x, power), tangents[0] * _two_to(power, x.dtype)
