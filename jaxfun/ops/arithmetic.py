"""Elementwise arithmetic: sums, products, quotients and their remainders, and signs."""

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax.core import Tracer
from jax.custom_derivatives import SymbolicZero

from .._op import BOOLS, COMPLEXES, Array, Choice, Difference, Factor, Operand, op
from ..dtypes import Category, Kind, as_dtype, is_scalar, of, result_type
from ..errors import DTypeError, ShapeError, describe


@op()
def add(input: Operand, other: Operand, *, alpha: Factor = 1) -> jax.Array:
    """Return `input + alpha * other`.

    Raises: RuntimeError for an alpha of a higher category than the result.

    >>> import jaxfun as jf
    >>> jf.add(jf.tensor([1, 2]), 0.5)
    Array([1.5, 2.5], dtype=float32)
    """
    return input + _scaled(other, alpha)


@op(operand_rejects=BOOLS)
def sub(input: Operand, other: Operand, *, alpha: Factor = 1) -> jax.Array:
    """Return `input - alpha * other`.

    Raises: RuntimeError for bool tensors, and for an alpha of a higher category than the result.

    >>> import jaxfun as jf
    >>> jf.sub(jf.tensor([1, 2]), 1, alpha=2)
    Array([-1,  0], dtype=int32)
    """
    return input - _scaled(other, alpha)


def rsub(input: Any, other: Any, *, alpha: Any = 1) -> jax.Array:
    """Return `other - alpha * input`.

    >>> import jaxfun as jf
    >>> jf.rsub(jf.tensor([1, 2]), 10)
    Array([9, 8], dtype=int32)
    """
    return (_rsub_scalar if is_scalar(other) else _rsub)(input, other, alpha=alpha)


@op(torch="torch.rsub", operand_rejects=BOOLS)
def _rsub(input: Array, other: Array, *, alpha: Factor = 1) -> jax.Array:
    return other - _scaled(input, alpha)


@op(kind=None, torch="torch.rsub", overload="scalar", node="RsubBackward1", rejects=BOOLS)
def _rsub_scalar(input: Array, other: Factor, *, alpha: Factor = 1) -> jax.Array:
    return sub(other, input, alpha=alpha)


def _scaled(input: jax.Array, alpha: Any) -> jax.Array:
    dtype, factor = as_dtype(input.dtype), of(alpha)
    if factor.category > dtype.category or (factor.category is Category.BOOL) != (dtype.category is Category.BOOL):
        _check_factor(dtype.category, factor.category, alpha)
    return input & _like(alpha, input) if dtype.category is Category.BOOL else input * _like(alpha, input)


def _check_factor(result: Category, factor: Category, alpha: Any) -> None:
    # a number that is not bool scales a bool result too, as in torch
    if not (result is Category.BOOL and factor is Category.INTEGER):
        raise DTypeError(f"an `alpha` that fits a result of category {result.name.lower()}", describe(alpha))


def _like(number: Any, input: jax.Array) -> jax.Array:
    return jnp.asarray(number).astype(input.dtype)


@op()
def mul(input: Operand, other: Operand) -> jax.Array:
    """Return `input * other`.

    >>> import jaxfun as jf
    >>> jf.mul(jf.tensor([3, 2]), jf.tensor([[0, 1], [4, 2]]))
    Array([[ 0,  2],
           [12,  4]], dtype=int32)
    """
    return input & other if input.dtype == bool else input * other


def div(input: Any, other: Any, *, rounding_mode: str | None = None) -> jax.Array:
    """Return `input / other`; integers are divided as float32, unless `rounding_mode` is "trunc" or "floor".

    Gradient: 0 with a rounding mode.
    Raises: RuntimeError for an integer division by zero with a rounding mode, where the divisor's values are known.

    >>> import jaxfun as jf
    >>> jf.div(jf.tensor([-7, 7]), 2), jf.div(jf.tensor([-7, 7]), 2, rounding_mode="floor")
    (Array([-3.5,  3.5], dtype=float32), Array([-4,  3], dtype=int32))
    """
    if rounding_mode is None:
        return _div(input, other)
    _refuse_zero(input, other, "div(input, other, rounding_mode)")
    return _div_mode(input, other, rounding_mode=rounding_mode)


true_divide = div


_BY_ZERO = Difference(
    lambda arguments: bool((np.asarray(arguments["other"]) == 0).any()),
    jaxfun="NaN where infinities of both signs meet: dx / y - (x / y) / y dy, term by term",
    torch="(dx - (x / y) dy) / y, in which they may not meet",
    why="a tangent at a divisor of 0 adds infinities, and the sum depends on the order",
    source="tools/autograd/derivatives.yaml: div",
    levels=("jvp", "hvp"),
)


@op(kind=Kind.INT_TO_FLOAT, torch="torch.div", aliases=("true_divide",), differences=(_BY_ZERO,))
def _div(input: Operand, other: Operand) -> jax.Array:
    return _quotient(input, other)


@jax.custom_jvp
def _quotient(input: jax.Array, other: jax.Array) -> jax.Array:
    return input / other


def _quotient_jvp(primals: Any, tangents: Any) -> tuple[jax.Array, jax.Array]:
    # d(x / y) = (dx - (x / y) dy) / y; JAX's own x y⁻² overflows where this does not. What is not moved has no term
    (input, other), (d_input, d_other) = primals, tangents
    quotient = _quotient(input, other)
    change = jnp.zeros_like(quotient)
    if not isinstance(d_input, SymbolicZero):
        change += _quotient(d_input, other)
    if not isinstance(d_other, SymbolicZero):
        change -= _quotient(quotient, other) * d_other
    return quotient, change


_quotient.defjvp(_quotient_jvp, symbolic_zeros=True)


@op(
    torch="torch.div",
    overload="mode",
    node="DivBackward2",
    rejects=BOOLS | COMPLEXES,
    takes={"rounding_mode": Choice(("trunc", "floor"))},
)
def _div_mode(input: Operand, other: Operand, *, rounding_mode: str) -> jax.Array:
    if rounding_mode not in _ROUNDED:
        raise DTypeError('`rounding_mode` to be None, "trunc" or "floor"', repr(rounding_mode))
    return _ROUNDED[rounding_mode](jax.lax.stop_gradient(input), jax.lax.stop_gradient(other))


def _floored(input: jax.Array, other: jax.Array) -> jax.Array:
    whole = jnp.floor_divide(input, other)
    if not jnp.issubdtype(input.dtype, jnp.floating):
        return whole
    return jnp.where(other == 0, input / other, whole)  # torch: ±infinity, where Python's rule would give NaN


def _truncated(input: jax.Array, other: jax.Array) -> jax.Array:
    whole = jax.lax.div(*jnp.broadcast_arrays(input, other))
    return jnp.trunc(whole) if jnp.issubdtype(whole.dtype, jnp.floating) else whole


_ROUNDED = {"trunc": _truncated, "floor": _floored}


def floor_divide(input: Any, other: Any) -> jax.Array:
    """Return `input / other` rounded down.

    Gradient: none in torch; 0 here.
    Raises: RuntimeError for an integer division by zero, where the divisor's values are known.

    >>> import jaxfun as jf
    >>> jf.floor_divide(jf.tensor([-7, 7]), 2)
    Array([-4,  3], dtype=int32)
    """
    _refuse_zero(input, other, "floor_divide(input, other)")
    return _floor_divide(input, other)


@op(torch="torch.floor_divide", node="", rejects=BOOLS | COMPLEXES)
def _floor_divide(input: Operand, other: Operand) -> jax.Array:
    return _floored(jax.lax.stop_gradient(input), jax.lax.stop_gradient(other))


def remainder(input: Any, other: Any) -> jax.Array:
    """Return what is left of `input` after `floor_divide`: it has the sign of `other`.

    Gradient: 1 for `input`, minus the floored quotient for `other`.
    Raises: RuntimeError for an integer division by zero, where the divisor's values are known.

    >>> import jaxfun as jf
    >>> jf.remainder(jf.tensor([-7, 7]), 3)
    Array([2, 1], dtype=int32)
    """
    _refuse_zero(input, other, "remainder(input, other)")
    return (_remainder_scalar if is_scalar(other) else _remainder)(input, other)


@op(torch="torch.remainder", node="RemainderBackward1", rejects=BOOLS | COMPLEXES)
def _remainder(input: Operand, other: Array) -> jax.Array:
    return _remaining(input, other)


@op(torch="torch.remainder", overload="scalar", rejects=BOOLS | COMPLEXES, node="RemainderBackward0")
def _remainder_scalar(input: Array, other: Operand) -> jax.Array:
    return _remaining(input, other)


@jax.custom_jvp
def _remaining(input: jax.Array, other: jax.Array) -> jax.Array:
    return jnp.remainder(input, other)


def _remaining_jvp(primals: Any, tangents: Any) -> tuple[jax.Array, jax.Array]:
    # the quotient that leaves this remainder; JAX's own rule rounds x / y, which may be one more
    (input, other), (d_input, d_other) = primals, tangents
    change = jnp.zeros_like(_remaining(input, other))
    if not isinstance(d_input, SymbolicZero):
        change += d_input
    if not isinstance(d_other, SymbolicZero):
        change -= d_other * jax.lax.stop_gradient(_floored(input, other))
    return _remaining(input, other), change


_remaining.defjvp(_remaining_jvp, symbolic_zeros=True)


def fmod(input: Any, other: Any) -> jax.Array:
    """Return what is left of `input` after the truncated quotient: it has the sign of `input`.

    Gradient: 1 for `input`, minus the truncated quotient for `other`.
    Raises: RuntimeError for an integer division by zero, where the divisor's values are known.

    >>> import jaxfun as jf
    >>> jf.fmod(jf.tensor([-7, 7]), 3)
    Array([-1,  1], dtype=int32)
    """
    _refuse_zero(input, other, "fmod(input, other)")
    return (_fmod_scalar if is_scalar(other) else _fmod)(input, other)


@op(torch="torch.fmod", node="FmodBackward1", rejects=BOOLS | COMPLEXES)
def _fmod(input: Array, other: Array) -> jax.Array:
    return jnp.fmod(input, other)


@op(torch="torch.fmod", overload="scalar", rejects=BOOLS | COMPLEXES, node="FmodBackward0")
def _fmod_scalar(input: Array, other: Operand) -> jax.Array:
    return jnp.fmod(input, other)


def _refuse_zero(input: Any, other: Any, call: str) -> None:
    """Raise torch's error for an integer division by zero; under a trace the divisor's values are not known."""
    if isinstance(other, Tracer) or not all(hasattr(x, "dtype") or is_scalar(x) for x in (input, other)):
        return
    if result_type(input, other).category is Category.BOOL:
        return  # refused as what it is, a dtype without a quotient
    integers = of(other).category <= Category.INTEGER and result_type(input, other).category <= Category.INTEGER
    if integers and getattr(input, "size", 1) and (np.asarray(other) == 0).any():
        raise ShapeError("an integer divisor without zeros", describe(other), call=call)


@op(rejects=BOOLS, aliases=("negative",))
def neg(input: Array) -> jax.Array:
    """Return `-input`.

    >>> import jaxfun as jf
    >>> jf.neg(jf.tensor([1.0, -2.0]))
    Array([-1.,  2.], dtype=float32)
    """
    return -input


negative = neg


@op(kind=None, rejects=BOOLS, composite=True, node="")
def positive(input: Array) -> jax.Array:
    """Return `input`.

    >>> import jaxfun as jf
    >>> jf.positive(jf.tensor([1.0, -2.0]))
    Array([ 1., -2.], dtype=float32)
    """
    return input


@op(kind=Kind.INT_TO_FLOAT)
def reciprocal(input: Array) -> jax.Array:
    """Return `1 / input`, integers as float32.

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


@op(kind=Kind.COMPLEX_TO_FLOAT, rejects=BOOLS)
def abs(input: Array) -> jax.Array:
    """Return the absolute value of each element.

    Gradient: 0 at 0 and at NaN (jnp.abs gives 1 and NaN).

    >>> import jaxfun as jf
    >>> jf.abs(jf.tensor([-1.5, 0.0]))
    Array([1.5, 0. ], dtype=float32)
    """
    return _abs(input)


@jax.custom_jvp
def _abs(input: jax.Array) -> jax.Array:
    return jnp.abs(input)


@_abs.defjvp
def _abs_jvp(primals: Any, tangents: Any) -> tuple[jax.Array, jax.Array]:
    # d|z| = Re(conj(sgn z) dz)
    (input,), (tangent,) = primals, tangents
    return _abs(input), (jnp.conj(_sgn(input)) * tangent).real


def _sgn(input: jax.Array) -> jax.Array:
    if not jnp.iscomplexobj(input):
        return _sign(input)
    size = _abs(input)
    return jnp.where(size == 0, 0, input / jnp.where(size == 0, 1, size).astype(input.dtype))


def _sign(input: jax.Array) -> jax.Array:
    return (input > 0).astype(input.dtype) - (input < 0).astype(input.dtype)  # 0 at NaN, as in torch


@op(rejects=COMPLEXES)
def sign(input: Array) -> jax.Array:
    """Return -1, 0 or 1 by the sign of each element; 0 at NaN.

    Gradient: 0 everywhere.

    >>> import jaxfun as jf
    >>> jf.sign(jf.tensor([-1.5, 0.0, 2.0]))
    Array([-1.,  0.,  1.], dtype=float32)
    """
    return input if input.dtype == bool else _sign(input)
