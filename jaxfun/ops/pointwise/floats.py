"""Parts of floating point numbers: `signbit`, `frexp`, `nextafter`, ...; `nan_to_num` replaces NaN and infinity."""

from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

from ...core.dims import broadcast_shapes
from ...core.dtypes import Category, Kind, as_dtype, float32, promote_types, result_type
from ...core.errors import UnsupportedDTypeError, describe
from ...core.numbers import as_real
from ...core.op import op
from ...core.overloads import overloads
from ...core.public import public
from ...core.record import BOOLS, COMPLEXES, INTEGERS, NOT_FLOATS, Array, Choice, Factor, Operand, Shape, rows
from ...core.tangents import broadcast_where_empty
from ._bits import fields_of, times_two_to, two_to
from .arithmetic import mul
from .powers import pow


@op(kind=Kind.ALWAYS_BOOL, node="", rejects=COMPLEXES)
def signbit(input: Array) -> jax.Array:
    """Return whether the sign bit of each element is set, also for -0 and NaN.

    Raises: NotImplementedError for complex numbers.

    >>> import jaxfun as jf
    >>> jf.signbit(jf.tensor([1.0, -0.0]))
    Array([False,  True], dtype=bool)
    """
    return input < 0 if jnp.issubdtype(input.dtype, jnp.signedinteger) else _is_minus(input)


def _is_minus(input: jax.Array) -> jax.Array:
    return jnp.signbit(input) if jnp.issubdtype(input.dtype, jnp.floating) else jnp.zeros_like(input, bool)


@op(kind=Kind.INT_TO_FLOAT, torch="torch.copysign", overload="Tensor", rejects=COMPLEXES)
def _copysign_tensor(input: Array, other: Array) -> jax.Array:
    """Return `input` with the sign of `other`, also for -0 and NaN; integers give float32.

    Gradient: 1 or -1 for `input`, 0 where `input` is 0; 0 for `other`.

    >>> import jaxfun as jf
    >>> jf.copysign(jf.tensor([1.0, -2.0]), -0.0)
    Array([-1., -2.], dtype=float32)
    """
    return _with_sign(input, other)


@op(kind=Kind.INT_TO_FLOAT, torch="torch.copysign", overload="Scalar", node="CopysignBackward1", rejects=COMPLEXES)
def _copysign_scalar(input: Array, other: Operand) -> jax.Array:
    return _with_sign(input, other)


copysign = overloads(_copysign_tensor, _copysign_scalar)


@jax.custom_jvp
def _with_sign(x: jax.Array, sign: jax.Array) -> jax.Array:
    return jnp.copysign(x, sign)


@_with_sign.defjvp
def _with_sign_jvp(primals: Any, tangents: Any) -> tuple[jax.Array, jax.Array]:
    (x, _), (dx, _) = primals, tangents
    result = _with_sign(*primals)
    return result, jnp.where(x == 0, 0, result / x) * dx


@op(kind=Kind.NO_OPMATH, rejects=NOT_FLOATS)
def nextafter(input: Array, other: Array) -> jax.Array:
    """Return the next floating point number after `input` towards `other`, through subnormals and to infinity.

    Gradient: 1 for `input`, 0 where the two are equal; 0 for `other`.

    >>> import jaxfun as jf
    >>> jf.nextafter(jf.tensor([1.0, 0.0]), jf.tensor([2.0, 0.0]))
    Array([1.0000001, 0.       ], dtype=float32)
    """
    return _next(*jnp.broadcast_arrays(input, other))


@jax.custom_jvp
def _next(x: jax.Array, towards: jax.Array) -> jax.Array:
    # computed from the bits: XLA's nextafter flushes subnormal numbers to 0
    start, end = _rank(x), _rank(towards)
    place = start + (start < end).astype(start.dtype) - (start > end).astype(start.dtype)
    word = jnp.where(place < 0, jnp.iinfo(place.dtype).min - place, place)
    zero = jnp.copysign(jnp.zeros_like(x), x)
    found = jnp.where(place == 0, zero, jax.lax.bitcast_convert_type(word, x.dtype))
    found = jnp.where(start == end, towards, found)
    return jnp.where(jnp.isnan(x) | jnp.isnan(towards), jnp.nan, found)


def _rank(x: jax.Array) -> jax.Array:
    """Return the rank of numbers among all numbers of their dtype. Both zeros have rank 0."""
    words = getattr(jnp, f"int{jnp.finfo(x.dtype).bits}")
    word = jax.lax.bitcast_convert_type(x, words)
    return jnp.where(word < 0, jnp.iinfo(words).min - word, word)


@_next.defjvp
def _next_jvp(primals: Any, tangents: Any) -> tuple[jax.Array, jax.Array]:
    (x, towards), (dx, _) = primals, tangents
    is_there = (_rank(x) == _rank(towards)) & ~jnp.isnan(x)
    return _next(x, towards), jnp.where(is_there, 0, dx)


class MantissaAndExponent(NamedTuple):
    """The mantissas and exponents of numbers. Torch: torch.return_types.frexp."""

    mantissa: jax.Array
    exponent: jax.Array


@op(rejects=NOT_FLOATS, overload="Tensor")
def frexp(input: Array) -> MantissaAndExponent:
    """Return the mantissa (absolute value in [0.5, 1)) and the int32 exponent: `input == mantissa * 2**exponent`.

    0, infinity and NaN are their own mantissas, with exponent 0.
    Gradient: that of a division by `2**exponent`.

    >>> import jaxfun as jf
    >>> jf.frexp(jf.tensor([3.0, -0.25]))
    MantissaAndExponent(mantissa=Array([ 0.75, -0.5 ], dtype=float32), exponent=Array([ 2, -1], dtype=int32))
    """
    mantissa, exponent = _mantissa_and_exponent(jax.lax.stop_gradient(input))
    return MantissaAndExponent(_with_mantissa_derivative(input, mantissa, exponent), exponent)


@jax.custom_jvp
def _with_mantissa_derivative(input: jax.Array, mantissa: jax.Array, exponent: jax.Array) -> jax.Array:
    return mantissa


@_with_mantissa_derivative.defjvp
def _with_mantissa_derivative_jvp(primals: Any, tangents: Any) -> tuple[jax.Array, jax.Array]:
    _, mantissa, exponent = primals
    return mantissa, tangents[0] / two_to(exponent, mantissa.dtype)


def _mantissa_and_exponent(x: jax.Array) -> tuple[jax.Array, jax.Array]:
    """Return mantissas and exponents."""
    fields, limits = fields_of(x), jnp.finfo(x.dtype)
    half = jnp.asarray((limits.maxexp - 2) << limits.nmant, fields.sign.dtype)
    mantissa = jax.lax.bitcast_convert_type(fields.sign | half | fields.fraction, x.dtype)
    exponent = fields.power - (limits.maxexp - 2)
    return jnp.where(fields.is_whole, mantissa, x), jnp.where(fields.is_whole, exponent, 0)


@public
def ldexp(input: Any, other: Any) -> jax.Array:
    """Return `input * 2**other`. A float times an integer power of 2 overflows only if the result does.

    Dtypes: an integer `input` gives float32.

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
    dtype = result_type(input, pow(2.0, other))  # promoted before a 0-dim `other` is reshaped
    input, other = broadcast_where_empty(input, other)
    return mul(input, pow(2.0, other)).astype(dtype.dtype)


_WHOLE = ("int64", "int32", "int16", "int8", "uint8")


# A second record for the overload, because the suite compares the first case of a record in every dtype and at every
# level: with one record either these exact powers or the second derivative of the others would be left out.
@op(
    kind=None,
    torch="torch.ldexp",
    overload="Tensor:whole",
    node="LdexpBackward0",
    rejects=BOOLS | INTEGERS,
    takes={"other": Shape("", dtypes=_WHOLE)},
    cases=rows("input other", ("m k", "m k"), ("k", "m k"), ("", "k"), ("m 1", "1 k"), ("m k", "")),
)
def _ldexp_whole(input: Array, other: Array) -> jax.Array:
    broadcast_shapes(input.shape, other.shape)
    if jnp.iscomplexobj(input):
        return input * two_to(other.astype(np.int32), input.real.dtype).astype(input.dtype)
    if other.dtype == bool:
        raise UnsupportedDTypeError("an integer exponent", describe(other))
    wide = promote_types(as_dtype(input.dtype), float32)
    return times_two_to(input.astype(wide.dtype), other.astype(np.int32)).astype(input.dtype)


_NUMBERS = {"nan": Choice((None, 0.5, 2)), "posinf": Choice((None, 3.0)), "neginf": Choice((None, -7.5, True))}


@op(kind=None, takes=_NUMBERS)
def nan_to_num(input: Array, nan: Factor = None, posinf: Factor = None, neginf: Factor = None) -> jax.Array:
    """Return `input` with NaN replaced by `nan` (0), infinity by `posinf` and minus infinity by `neginf`.

    By default `posinf` and `neginf` are the largest and the lowest finite number of the dtype. For a complex
    number each part is replaced.

    Gradient: 0 where a number was replaced. torch has none for complex numbers.

    >>> import jaxfun as jf
    >>> jf.nan_to_num(jf.tensor([float("nan"), float("inf"), 1.0]), posinf=9.0)
    Array([0., 9., 1.], dtype=float32)
    """
    for name, number in (("nan", nan), ("posinf", posinf), ("neginf", neginf)):
        as_real(number, name)
    if not jnp.issubdtype(input.dtype, jnp.inexact):
        return input
    if jnp.iscomplexobj(input):
        return jax.lax.complex(*(_replaced(part, nan, posinf, neginf) for part in (input.real, input.imag)))
    return _replaced(input, nan, posinf, neginf)


def _replaced(input: jax.Array, nan: Any, posinf: Any, neginf: Any) -> jax.Array:
    limits = jnp.finfo(input.dtype)

    def number(given: Any, default: Any) -> jax.Array:
        return jnp.asarray(default if given is None else given).astype(input.dtype)

    input = jnp.where(jnp.isnan(input), number(nan, 0), input)
    input = jnp.where(jnp.isposinf(input), number(posinf, limits.max), input)
    return jnp.where(jnp.isneginf(input), number(neginf, limits.min), input)
