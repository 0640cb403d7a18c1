"""Elementwise operations on three tensors: `lerp`, `addcmul` and `addcdiv`."""

from typing import Any

import jax
import jax.numpy as jnp

from ...core.checks import want_one_dtype
from ...core.dims import broadcast_shapes
from ...core.dtypes import (
    Category,
    DType,
    as_dtype,
    canonical,
    computed_in,
    of,
    result_type,
)
from ...core.errors import DTypeError, describe
from ...core.numbers import fitting
from ...core.op import op
from ...core.overloads import overloads
from ...core.record import BOOLS, INTEGERS, Array, Factor, Number, Scalar
from ...core.tangents import broadcast_where_empty, sum_tangents


def _weight_fits(input: Any, end: Any, weight: Any) -> None:
    if of(input).category > Category.INTEGER:  # otherwise the op refuses the dtype
        _check_factor(weight, input)


@op(
    kind=None,
    torch="torch.lerp",
    overload="Scalar",
    node="LerpBackward0",
    rejects=BOOLS | INTEGERS,
    takes={"weight": Scalar()},
    before=_weight_fits,
)
def _lerp_scalar(input: Array, end: Array, weight: Factor) -> jax.Array:
    """Return the linear interpolation `input + weight * (end - input)`. The weight is a number or a tensor.

    Raises: RuntimeError for different dtypes (except of a 0-dim weight), for integers, and for a number that the dtype
    cannot hold.

    >>> import jaxfun as jf
    >>> jf.lerp(jf.tensor([0.0, 10.0]), jf.tensor([1.0, 20.0]), 0.25)
    Array([ 0.25, 12.5 ], dtype=float32)
    """
    want_one_dtype(input, end)
    return _lerp_promoted(input, end, _real(weight, input), as_dtype(input.dtype))


@op(kind=None, torch="torch.lerp", overload="Tensor", node="LerpBackward1", rejects=BOOLS | INTEGERS)
def _lerp_tensor(input: Array, end: Array, weight: Array) -> jax.Array:
    want_one_dtype(input, end)
    if weight.ndim:
        want_one_dtype(input, weight)
    return _lerp_promoted(input, end, weight, canonical(result_type(input, end, weight)))


lerp = overloads(_lerp_scalar, _lerp_tensor)


def _lerp_promoted(input: jax.Array, end: jax.Array, weight: jax.Array, dtype: DType) -> jax.Array:
    broadcast_shapes(input.shape, end.shape, weight.shape)
    wide = computed_in(dtype).dtype
    parts = jnp.broadcast_arrays(*(part.astype(wide) for part in (input, end, weight)))
    return _lerp(*parts).astype(dtype.dtype)


@jax.custom_jvp
def _lerp(input: jax.Array, end: jax.Array, weight: jax.Array) -> jax.Array:
    # start from the nearer end, as torch does: at weight 1 the result is exactly `end`
    way = end - input
    return jnp.where(jnp.abs(weight) < 0.5, input + weight * way, end - way * (1 - weight))


def _lerp_jvp(primals: Any, tangents: Any) -> tuple[jax.Array, jax.Array]:
    input, end, weight = primals
    return _lerp(*primals), sum_tangents(tangents, (1 - weight, weight, end - input), input)


_lerp.defjvp(_lerp_jvp, symbolic_zeros=True)


def _value_fits(input: Any, tensor1: Any, tensor2: Any, *, value: Any = 1) -> None:
    _check_factor(value, input, tensor1, tensor2)


@op(rejects=BOOLS, before=_value_fits)
def addcmul(input: Array, tensor1: Array, tensor2: Array, *, value: Factor = 1) -> jax.Array:
    """Return `input + value * tensor1 * tensor2`.

    Raises: RuntimeError for bools, and for a value that the result's dtype cannot hold.

    >>> import jaxfun as jf
    >>> jf.addcmul(jf.tensor([1.0, 2.0]), jf.tensor([3.0, 4.0]), jf.tensor(10.0), value=0.5)
    Array([16., 22.], dtype=float32)
    """
    input, tensor1, tensor2 = broadcast_where_empty(input, tensor1, tensor2)
    return input + _like(value, input) * tensor1 * tensor2


def _can_divide(input: Any, tensor1: Any, tensor2: Any, *, value: Any = 1) -> None:
    if max(of(tensor1).category, of(tensor2).category) <= Category.INTEGER:
        got = describe((tensor1, tensor2))
        raise DTypeError("a floating point or complex quotient", got, "Cast one of them.")
    _check_factor(value, input, tensor1, tensor2)


@op(rejects=BOOLS | INTEGERS, before=_can_divide)
def addcdiv(input: Array, tensor1: Array, tensor2: Array, *, value: Factor = 1) -> jax.Array:
    """Return `input + value * tensor1 / tensor2`.

    Raises: RuntimeError if `tensor1` and `tensor2` are both integers, and for a value that the result's dtype cannot
    hold.

    >>> import jaxfun as jf
    >>> jf.addcdiv(jf.tensor([1.0, 2.0]), jf.tensor([3.0, 4.0]), jf.tensor(2.0), value=10)
    Array([16., 22.], dtype=float32)
    """
    # broadcast first: if the result is empty, nothing is divided by 0, in the derivative too
    input, upper, lower = jnp.broadcast_arrays(input, tensor1, tensor2)
    return input + _quotient(_like(value, input), upper, lower)


@jax.custom_jvp
def _quotient(value: jax.Array, upper: jax.Array, lower: jax.Array) -> jax.Array:
    return value * upper / lower


def _quotient_jvp(primals: Any, tangents: Any) -> tuple[jax.Array, jax.Array]:
    # divide by the square of the divisor, as torch does: this gives torch's second derivative at 0
    (value, upper, lower), result = primals, _quotient(*primals)
    factors = (value / lower, -(value * upper / (lower * lower)))
    return result, sum_tangents(tangents[1:], factors, result)


_quotient.defjvp(_quotient_jvp, symbolic_zeros=True)


def _check_factor(number: Any, *tensors: Any) -> None:
    """Raise DTypeError for a Python number that the dtype of the computation cannot hold."""
    if isinstance(number, Number):
        fitting(number, computed_in(canonical(result_type(*tensors))))


def _like(number: Any, input: jax.Array) -> jax.Array:
    return _real(number, input).astype(input.dtype)


def _real(number: Any, input: jax.Array) -> jax.Array:
    """Return a number as an array. For a real tensor the imaginary part, which is 0, is dropped."""
    array = jnp.asarray(number)
    return array.real if jnp.iscomplexobj(array) and not jnp.iscomplexobj(input) else array
