"""Division, true and rounded, and remainders. Begin with `div`."""

import functools
from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax.core import Tracer

from ...core.dtypes import Category, Kind, canonical, is_scalar, of, result_type
from ...core.errors import DTypeError, ShapeError, describe
from ...core.op import op
from ...core.overloads import overloads
from ...core.public import public
from ...core.record import BOOLS, COMPLEXES, HALVES, Array, Choice, Operand
from ...core.tangents import sum_tangents
from ._digits import to_digits


def _want_no_zero(input: Any, other: Any, **options: Any) -> None:
    """Raise torch's error for an integer division by zero. A traced divisor is not checked."""
    if isinstance(other, Tracer) or getattr(getattr(other, "dtype", None), "kind", "") in ("f", "c", "V"):
        return
    dtype = canonical(result_type(input, other))
    if dtype.category is not Category.INTEGER or of(other).category > Category.INTEGER:
        return
    # a number or a 0-dim tensor may become zero by the cast to the result's dtype: 256 in uint8
    mask = 2 ** (8 * dtype.itemsize) - 1
    divisors = np.asarray(other & mask if isinstance(other, int) else other).astype(dtype.dtype)
    if getattr(input, "size", 1) and (divisors == 0).any():
        raise ShapeError("a nonzero integer divisor", describe(other))


@op(
    kind=Kind.INT_TO_FLOAT,
    torch="torch.div",
    overload=("Tensor", "Scalar", "divide.Tensor", "divide.Scalar", "true_divide.Tensor", "true_divide.Scalar"),
    aliases=("divide", "true_divide"),
)
def _div(input: Operand, other: Operand) -> jax.Array:
    return _quotient(input, other)


@jax.custom_jvp
def _quotient(input: jax.Array, other: jax.Array) -> jax.Array:
    return input / other


def _quotient_jvp(primals: Any, tangents: Any) -> tuple[jax.Array, jax.Array]:
    # d(x / y) = (dx - (x / y) dy) / y; JAX's rule with x y⁻² overflows sooner
    (_, other), quotient = primals, _quotient(*primals)
    change = sum_tangents(tangents, (lambda tangent: tangent, -quotient), quotient)
    return quotient, _quotient(change, other)


_quotient.defjvp(_quotient_jvp, symbolic_zeros=True)


@public
def div(input: Any, other: Any, *, rounding_mode: str | None = None) -> jax.Array:
    """Return `input / other`. Integers are divided in float32 unless `rounding_mode` is "trunc" or "floor".

    Gradient: 0 with a rounding mode.
    Raises: RuntimeError for an integer division by zero with a rounding mode, if the divisor is known (not traced).

    >>> import jaxfun as jf
    >>> jf.div(jf.tensor([-7, 7]), 2), jf.div(jf.tensor([-7, 7]), 2, rounding_mode="floor")
    (Array([-3.5,  3.5], dtype=float32), Array([-4,  3], dtype=int32))
    """
    if rounding_mode is None:
        return _div(input, other)
    rounded = _div_mode_scalar if _is_by_a_number(input, other) else _div_mode
    return rounded(input, other, rounding_mode=rounding_mode)


divide = true_divide = div


@op(
    kind=Kind.NO_OPMATH,
    torch="torch.div",
    overload=("Tensor_mode", "divide.Tensor_mode", "divide.Scalar_mode"),
    node="DivBackward2",
    rejects=BOOLS | COMPLEXES,
    takes={"rounding_mode": Choice(("trunc", "floor"))},
    before=_want_no_zero,
)
def _div_mode(input: Operand, other: Array, *, rounding_mode: str) -> jax.Array:
    return _whole(input, other, rounding_mode)


@op(
    torch="torch.div",
    overload="Scalar_mode",
    node="DivBackward2",
    rejects=BOOLS | COMPLEXES,
    takes={"rounding_mode": Choice(("trunc", "floor"))},
    before=_want_no_zero,
)
def _div_mode_scalar(input: Operand, other: Operand, *, rounding_mode: str) -> jax.Array:
    return _whole(input, other, rounding_mode)


@public
def floor_divide(input: Any, other: Any) -> jax.Array:
    """Return `input / other` rounded down (floor division).

    Gradient: none in torch; 0 here.
    Raises: RuntimeError for an integer division by zero, if the divisor is known (not traced).

    >>> import jaxfun as jf
    >>> jf.floor_divide(jf.tensor([-7, 7]), 2)
    Array([-4,  3], dtype=int32)
    """
    return (_floor_divide_scalar if _is_by_a_number(input, other) else _floor_divide)(input, other)


@op(kind=Kind.NO_OPMATH, torch="torch.floor_divide", node="", rejects=BOOLS | COMPLEXES, before=_want_no_zero)
def _floor_divide(input: Operand, other: Array) -> jax.Array:
    return _whole(input, other, "floor")


@op(torch="torch.floor_divide", overload="Scalar", node="", rejects=BOOLS | COMPLEXES, before=_want_no_zero)
def _floor_divide_scalar(input: Operand, other: Operand) -> jax.Array:
    return _whole(input, other, "floor")


def _whole(input: jax.Array, other: jax.Array, mode: str) -> jax.Array:
    """Return the quotient, rounded as `mode` says.

    For two tensors of 16-bit floats every step is rounded to 16 bits, but not for a divisor with one element, as in
    torch.
    """
    if mode not in _ROUNDED:
        raise DTypeError('`rounding_mode` to be None, "trunc" or "floor"', repr(mode))
    is_stepwise = input.dtype.itemsize == 2 and other.size > 1
    input, other = jax.lax.stop_gradient(jnp.broadcast_arrays(input, other))
    if not jnp.issubdtype(input.dtype, jnp.floating):
        return _OF_INTEGERS[mode](input, other)
    wide = jnp.float32 if input.dtype.itemsize == 2 else input.dtype
    narrow = functools.partial(to_digits, dtype=input.dtype) if is_stepwise else _unchanged
    return _ROUNDED[mode](input.astype(wide), other.astype(wide), narrow).astype(input.dtype)


def _is_by_a_number(input: Any, other: Any) -> bool:
    """Return whether torch divides by a number: 16-bit floats in float32. A tensor with one element counts as one."""
    if is_scalar(other):
        return True
    is_one = hasattr(other, "dtype") and np.size(other) == 1 and (hasattr(input, "dtype") or is_scalar(input))
    return is_one and result_type(input, other) in HALVES


def _unchanged(array: jax.Array) -> jax.Array:
    return array


def _floored(input: jax.Array, other: jax.Array, narrow: Callable[[jax.Array], jax.Array]) -> jax.Array:
    # c10::div_floor_floating: the quotient of an exact division, so that it is consistent with the remainder
    left = jax.lax.rem(input, other)
    even = narrow(narrow(input - left) / other)
    even = jnp.where((left != 0) & ((other < 0) != (left < 0)), narrow(even - 1), even)
    below = jnp.floor(even)
    below = jnp.where(narrow(even - below) > 0.5, narrow(below + 1), below)
    zero = jnp.where(jnp.signbit(input) == jnp.signbit(other), jnp.zeros_like(below), -jnp.zeros_like(below))
    return jnp.where(other == 0, input / other, jnp.where(even == 0, zero, below))


def _truncated(input: jax.Array, other: jax.Array, narrow: Callable[[jax.Array], jax.Array]) -> jax.Array:
    # XLA multiplies by the reciprocal of a broadcast divisor, which may round to the next integer. It does not if the
    # divisor depends on the input, under vmap too.
    return jnp.trunc(narrow(input / jnp.where(jnp.isnan(input), input, other)))


_ROUNDED = {"trunc": _truncated, "floor": _floored}
_OF_INTEGERS = {"trunc": jax.lax.div, "floor": jnp.floor_divide}


@op(
    kind=Kind.NO_OPMATH,
    torch="torch.remainder",
    overload=("Tensor", "Scalar_Tensor"),
    node="RemainderBackward1",
    rejects=BOOLS | COMPLEXES,
    before=_want_no_zero,
)
def _remainder_tensor(input: Operand, other: Array) -> jax.Array:
    """Return the remainder of floor division (Python's modulo): it has the sign of `other`.

    Gradient: 1 for `input`, minus the floored quotient for `other`.
    Raises: RuntimeError for an integer division by zero, if the divisor is known (not traced).

    >>> import jaxfun as jf
    >>> jf.remainder(jf.tensor([-7, 7]), 3)
    Array([2, 1], dtype=int32)
    """
    return _remainder_by(input, other, "floor")


@op(
    kind=Kind.NO_OPMATH,
    torch="torch.remainder",
    overload="Scalar",
    rejects=BOOLS | COMPLEXES,
    before=_want_no_zero,
)
def _remainder_scalar(input: Array, other: Operand) -> jax.Array:
    return _remainder_by(input, other, "floor")


remainder = overloads(_remainder_tensor, _remainder_scalar)


@op(
    kind=Kind.NO_OPMATH,
    torch="torch.fmod",
    overload="Tensor",
    node="FmodBackward1",
    rejects=BOOLS | COMPLEXES,
    before=_want_no_zero,
)
def _fmod_tensor(input: Array, other: Array) -> jax.Array:
    """Return the remainder of truncated division (C's fmod): it has the sign of `input`.

    Gradient: 1 for `input`, minus the truncated quotient for `other`.
    Raises: RuntimeError for an integer division by zero, if the divisor is known (not traced).

    >>> import jaxfun as jf
    >>> jf.fmod(jf.tensor([-7, 7]), 3)
    Array([-1,  1], dtype=int32)
    """
    return _remainder_by(input, other, "trunc")


@op(
    kind=Kind.NO_OPMATH,
    torch="torch.fmod",
    overload="Scalar",
    rejects=BOOLS | COMPLEXES,
    before=_want_no_zero,
)
def _fmod_scalar(input: Array, other: Operand) -> jax.Array:
    return _remainder_by(input, other, "trunc")


fmod = overloads(_fmod_tensor, _fmod_scalar)


@functools.partial(jax.custom_jvp, nondiff_argnums=(2,))
def _remainder_by(input: jax.Array, other: jax.Array, mode: str) -> jax.Array:
    return jnp.remainder(input, other) if mode == "floor" else jnp.fmod(input, other)


def _remainder_jvp(mode: str, primals: Any, tangents: Any) -> tuple[jax.Array, jax.Array]:
    # d(x - [x / y] y) = dx - [x / y] dy, with the quotient as torch rounds it: JAX's may differ by one
    input, other = primals
    result = _remainder_by(input, other, mode)
    factors = (lambda tangent: tangent, lambda tangent: -tangent * _whole(input, other, mode))
    return result, sum_tangents(tangents, factors, result)


_remainder_by.defjvp(_remainder_jvp, symbolic_zeros=True)


@op(kind=Kind.INT_TO_FLOAT)
def reciprocal(input: Array) -> jax.Array:
    """Return the reciprocal `1 / input`; integers give float32.

    >>> import jaxfun as jf
    >>> jf.reciprocal(jf.tensor([2, -4]))
    Array([ 0.5 , -0.25], dtype=float32)
    """
    return _reciprocal(input)


@jax.custom_jvp
def _reciprocal(input: jax.Array) -> jax.Array:
    return 1 / input


@_reciprocal.defjvp
def _reciprocal_jvp(primals: Any, tangents: Any) -> tuple[jax.Array, jax.Array]:
    result = _reciprocal(*primals)
    return result, -tangents[0] * (result * result)
