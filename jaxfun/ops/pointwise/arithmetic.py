"""Elementwise addition, subtraction, multiplication, absolute value and sign. Begin with `add`."""

from typing import Any

import jax
import jax.numpy as jnp

from ...core.checks import refuse_overflow
from ...core.dtypes import Category, Kind, as_dtype, of
from ...core.errors import DTypeError, describe
from ...core.op import op
from ...core.overloads import overloads
from ...core.record import BOOLS, COMPLEXES, Array, Factor, Number, Operand


def _alpha_fits(input: Any, other: Any, *, alpha: Any = 1) -> None:
    refuse_overflow((input, other), (alpha,))


def _negated_alpha_fits(input: Any, other: Any, *, alpha: Any = 1) -> None:
    # torch adds -alpha times other: 128 fits int8, but -128 does not
    refuse_overflow((input, other), (-alpha,) if isinstance(alpha, Number) else ())


@op(overload=("Tensor", "Scalar"), before=_alpha_fits)
def add(input: Operand, other: Operand, *, alpha: Factor = 1) -> jax.Array:
    """Return `input + alpha * other`.

    Raises: RuntimeError for an alpha of a higher category than the result, or too large for its dtype.

    >>> import jaxfun as jf
    >>> jf.add(jf.tensor([1, 2]), 0.5)
    Array([1.5, 2.5], dtype=float32)
    """
    return input + scaled(other, alpha)


@op(
    overload=("Tensor", "Scalar", "subtract.Tensor", "subtract.Scalar"),
    aliases=("subtract",),
    operand_rejects=BOOLS,
    before=_negated_alpha_fits,
)
def sub(input: Operand, other: Operand, *, alpha: Factor = 1) -> jax.Array:
    """Return `input - alpha * other`.

    Raises: RuntimeError for bool tensors, and for an alpha of a higher category than the result, or too large for its
    dtype.

    >>> import jaxfun as jf
    >>> jf.sub(jf.tensor([1, 2]), 1, alpha=2)
    Array([-1,  0], dtype=int32)
    """
    return input - scaled(other, alpha)


subtract = sub


@op(kind=None, torch="torch.rsub", overload="Scalar", node="RsubBackward1", rejects=BOOLS, before=_negated_alpha_fits)
def _rsub_scalar(input: Array, other: Factor, *, alpha: Factor = 1) -> jax.Array:
    """Return `other - alpha * input`.

    Raises: RuntimeError in the same cases as `sub`.

    >>> import jaxfun as jf
    >>> jf.rsub(jf.tensor([1, 2]), 10)
    Array([9, 8], dtype=int32)
    """
    return sub(other, input, alpha=alpha)


@op(torch="torch.rsub", overload="Tensor", operand_rejects=BOOLS, before=_negated_alpha_fits)
def _rsub_tensor(input: Array, other: Array, *, alpha: Factor = 1) -> jax.Array:
    return other - scaled(input, alpha)


rsub = overloads(_rsub_scalar, _rsub_tensor)


def scaled(input: jax.Array, alpha: Any) -> jax.Array:
    """Return `alpha * input`, for a factor whose category the input allows."""
    if type(alpha) is int and alpha == 1:  # the default: no multiplication at all
        return input
    dtype, factor = as_dtype(input.dtype), of(alpha)
    if factor.category > dtype.category or (factor.category is Category.BOOL) != (dtype.category is Category.BOOL):
        _check_factor(dtype.category, factor.category, alpha)
    number = jnp.asarray(alpha).astype(input.dtype)
    return input & number if dtype.category is Category.BOOL else input * number


def _check_factor(result: Category, factor: Category, alpha: Any) -> None:
    # as in torch, a factor that is not bool may scale a bool result
    if not (result is Category.BOOL and factor is Category.INTEGER):
        raise DTypeError(f"an `alpha` that fits a result of category {result.name.lower()}", describe(alpha))


@op(aliases=("multiply",), overload=("Tensor", "Scalar", "multiply.Tensor", "multiply.Scalar"))
def mul(input: Operand, other: Operand) -> jax.Array:
    """Return `input * other`.

    >>> import jaxfun as jf
    >>> jf.mul(jf.tensor([3, 2]), jf.tensor([[0, 1], [4, 2]]))
    Array([[ 0,  2],
           [12,  4]], dtype=int32)
    """
    return input & other if input.dtype == bool else input * other


multiply = mul


@op(overload=("", "negative.default"), rejects=BOOLS, aliases=("negative",))
def neg(input: Array) -> jax.Array:
    """Return `-input`.

    Raises: NotImplementedError for bools.

    >>> import jaxfun as jf
    >>> jf.neg(jf.tensor([1.0, -2.0]))
    Array([-1.,  2.], dtype=float32)
    """
    return -input


negative = neg


@op(kind=None, rejects=BOOLS, composite=True)
def positive(input: Array) -> jax.Array:
    """Return `input`.

    Raises: NotImplementedError for bools.

    >>> import jaxfun as jf
    >>> jf.positive(jf.tensor([1.0, -2.0]))
    Array([ 1., -2.], dtype=float32)
    """
    return input


@op(kind=Kind.COMPLEX_TO_FLOAT, overload=("", "absolute.default"), rejects=BOOLS, aliases=("absolute",))
def abs(input: Array) -> jax.Array:
    """Return the absolute value of each element.

    Gradient: 0 at 0 and at NaN (jnp.abs gives 1 and NaN).

    >>> import jaxfun as jf
    >>> jf.abs(jf.tensor([-1.5, 0.0]))
    Array([1.5, 0. ], dtype=float32)
    """
    return _abs(input)


absolute = abs


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
    """Return the sign of each element: -1, 0 or 1; 0 for NaN.

    Gradient: 0 everywhere.

    >>> import jaxfun as jf
    >>> jf.sign(jf.tensor([-1.5, 0.0, 2.0]))
    Array([-1.,  0.,  1.], dtype=float32)
    """
    return input if input.dtype == bool else _sign(input)


@op()
def sgn(input: Array) -> jax.Array:
    """Return each element divided by its absolute value, 0 at 0; for a real element the sign, 0 for NaN.

    Gradient: 0 at 0 and for real elements. The second derivative of a complex element is NaN at 0.

    >>> import jaxfun as jf
    >>> jf.sgn(jf.tensor([3 + 4j, 0j])), jf.sgn(jf.tensor([-1.5, 0.0]))
    (Array([0.6+0.8j, 0. +0.j ], dtype=complex64), Array([-1.,  0.], dtype=float32))
    """
    if jnp.iscomplexobj(input):
        return _direction(input)
    return input if input.dtype == bool else _sign(input)


@jax.custom_jvp
def _direction(input: jax.Array) -> jax.Array:
    return _sgn(input)


@_direction.defjvp
def _direction_jvp(primals: Any, tangents: Any) -> tuple[jax.Array, jax.Array]:
    # d(z / |z|): the part of dz perpendicular to z, divided by |z|
    (input,), (tangent,) = primals, tangents
    result, size = _direction(input), _abs(input).astype(input.dtype)
    across = (tangent - result * result * jnp.conj(tangent)) / 2
    return result, across * jnp.where(size == 0, 0, 1 / size)
