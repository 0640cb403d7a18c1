"""Arithmetic of three tensors in one step: a way between two, and a product or a quotient added."""

from typing import Any

import jax
import jax.numpy as jnp

from ..core.checks import want_one_dtype
from ..core.dims import broadcast_shapes
from ..core.dtypes import (
    Category,
    DType,
    as_dtype,
    bfloat16,
    canonical,
    float16,
    float32,
    is_scalar,
    of,
    promote_types,
    result_type,
)
from ..core.errors import DTypeError, describe
from ..core.numbers import fitting
from ..core.op import op
from ..core.public import public
from ..core.record import BOOLS, INTEGERS, Array, Factor, Number, Scalar
from ..core.tangents import broadcast_where_empty, of_what_moves


@public
def lerp(input: Any, end: Any, weight: Any) -> jax.Array:
    """Return `input + weight * (end - input)`; the weight is a number or a tensor.

    Raises: RuntimeError for two dtypes (a 0-dim weight may have another one), for integers, and for a number that the
    dtype cannot hold.

    >>> import jaxfun as jf
    >>> jf.lerp(jf.tensor([0.0, 10.0]), jf.tensor([1.0, 20.0]), 0.25)
    Array([ 0.25, 12.5 ], dtype=float32)
    """
    if is_scalar(weight):
        is_blended = hasattr(input, "dtype") and of(input).category > Category.INTEGER  # else refused as what it is
        return _lerp_scalar(input, end, _held(weight, input) if is_blended else weight)
    return _lerp(input, end, weight)


@op(
    kind=None,
    torch="torch.lerp",
    overload="Scalar",
    node="LerpBackward0",
    rejects=BOOLS | INTEGERS,
    takes={"weight": Scalar()},
)
def _lerp_scalar(input: Array, end: Array, weight: Factor) -> jax.Array:
    want_one_dtype(input, end)
    return _blended(input, end, jnp.asarray(weight), as_dtype(input.dtype))


@op(kind=None, torch="torch.lerp", overload="Tensor", node="LerpBackward1", rejects=BOOLS | INTEGERS)
def _lerp(input: Array, end: Array, weight: Array) -> jax.Array:
    want_one_dtype(input, end)
    if weight.ndim:
        want_one_dtype(input, weight)
    return _blended(input, end, weight, canonical(result_type(input, end, weight)))


def _blended(input: jax.Array, end: jax.Array, weight: jax.Array, dtype: DType) -> jax.Array:
    broadcast_shapes(input.shape, end.shape, weight.shape)
    wide = promote_types(dtype, float32).dtype  # 16-bit floats are rounded once
    parts = jnp.broadcast_arrays(*(part.astype(wide) for part in (input, end, weight)))
    return _between(*parts).astype(dtype.dtype)


@jax.custom_jvp
def _between(input: jax.Array, end: jax.Array, weight: jax.Array) -> jax.Array:
    # from the nearer end, as torch has it: at 1 it is exactly `end`
    way = end - input
    return jnp.where(jnp.abs(weight) < 0.5, input + weight * way, end - way * (1 - weight))


def _between_jvp(primals: Any, tangents: Any) -> tuple[jax.Array, jax.Array]:
    input, end, weight = primals
    return _between(*primals), of_what_moves(tangents, (1 - weight, weight, end - input), input)


_between.defjvp(_between_jvp, symbolic_zeros=True)


@public
def addcmul(input: Any, tensor1: Any, tensor2: Any, *, value: Any = 1) -> jax.Array:
    """Return `input + value * tensor1 * tensor2`.

    Raises: RuntimeError for bools, and for a value that the result's dtype cannot hold.

    >>> import jaxfun as jf
    >>> jf.addcmul(jf.tensor([1.0, 2.0]), jf.tensor([3.0, 4.0]), jf.tensor(10.0), value=0.5)
    Array([16., 22.], dtype=float32)
    """
    return _addcmul(input, tensor1, tensor2, value=_held(value, input, tensor1, tensor2))


@op(torch="torch.addcmul", rejects=BOOLS)
def _addcmul(input: Array, tensor1: Array, tensor2: Array, *, value: Factor = 1) -> jax.Array:
    input, tensor1, tensor2 = broadcast_where_empty(input, tensor1, tensor2)
    return input + jnp.asarray(value).astype(input.dtype) * tensor1 * tensor2


@public
def addcdiv(input: Any, tensor1: Any, tensor2: Any, *, value: Any = 1) -> jax.Array:
    """Return `input + value * tensor1 / tensor2`.

    Raises: RuntimeError for two integer tensors to divide, and for a value that the result's dtype cannot hold.

    >>> import jaxfun as jf
    >>> jf.addcdiv(jf.tensor([1.0, 2.0]), jf.tensor([3.0, 4.0]), jf.tensor(2.0), value=10)
    Array([16., 22.], dtype=float32)
    """
    given = (input, tensor1, tensor2, value)
    if all(hasattr(item, "dtype") or isinstance(item, Number) for item in given):  # else refused as what it is
        _refuse_integers(tensor1, tensor2)
    return _addcdiv(input, tensor1, tensor2, value=_held(value, input, tensor1, tensor2))


def _refuse_integers(upper: Any, lower: Any) -> None:
    if max(of(upper).category, of(lower).category) <= Category.INTEGER:
        raise DTypeError("a floating point or complex tensor to divide", describe((upper, lower)), "Cast one of them.")


@op(torch="torch.addcdiv", rejects=BOOLS | INTEGERS)
def _addcdiv(input: Array, tensor1: Array, tensor2: Array, *, value: Factor = 1) -> jax.Array:
    # of all elements: where there are none, a divisor of 0 divides nothing, in the derivative neither
    input, upper, lower = jnp.broadcast_arrays(input, tensor1, tensor2)
    return input + _quotient(jnp.asarray(value).astype(input.dtype), upper, lower)


@jax.custom_jvp
def _quotient(value: jax.Array, upper: jax.Array, lower: jax.Array) -> jax.Array:
    return value * upper / lower


def _quotient_jvp(primals: Any, tangents: Any) -> tuple[jax.Array, jax.Array]:
    # by the square of the divisor, as torch has it: at 0 the second derivative is then torch's
    (value, upper, lower), result = primals, _quotient(*primals)
    factors = (value / lower, -(value * upper / (lower * lower)))
    return result, of_what_moves(tangents[1:], factors, result)


_quotient.defjvp(_quotient_jvp, symbolic_zeros=True)


def _held(number: Any, *tensors: Any) -> Any:
    """Return a number as what the tensors are computed in holds it; what is no number, or no tensor, is left alone.

    Raises: DTypeError where it is too large, or complex for what is real.
    """
    if not isinstance(number, Number) or not all(hasattr(item, "dtype") for item in tensors):
        return number
    dtype = canonical(result_type(*tensors))
    # a factor of 16-bit floats is one of 32 bits
    return fitting(number, float32 if dtype in (float16, bfloat16) else dtype)
