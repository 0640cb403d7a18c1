"""Powers, roots, exponentials and logarithms."""

import math
from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp

from ...core.checks import refuse_overflow
from ...core.dtypes import (
    Category,
    DType,
    Kind,
    as_dtype,
    canonical,
    cast,
    complex128,
    computed_in,
    float16,
    float32,
    float64,
    is_scalar,
    of,
    result_type,
)
from ...core.errors import DTypeError, UnsupportedDTypeError, describe
from ...core.numbers import rounded
from ...core.op import op
from ...core.overloads import overloads
from ...core.record import BOOLS, INTEGERS, NOT_FLOATS, Array, Factor, Number, Scalar
from ...core.tangents import sum_tangents
from ._bits import exp2_of_reals
from ._cuts import across_reals
from ._digits import to_digits


def _exponent_fits(input: Any, exponent: Any) -> None:
    # torch casts the exponent only if the tensor is not cast to the exponent's category. It never does for float32 and
    # float64, whose kernels take a double.
    if of(input) in (float32, float64):
        return
    if Category.COMPLEX > of(input).category >= of(exponent).category:
        refuse_overflow((input, exponent), (exponent,))


@op(
    kind=None,
    torch="torch.pow",
    overload="Tensor_Scalar",
    node="PowBackward0",
    takes={"exponent": Scalar()},
    before=_exponent_fits,
)
def _pow_tensor_scalar(input: Array, exponent: Number) -> jax.Array:
    """Return `input ** exponent`, for two tensors, or a tensor and a number.

    Gradient: for `input` 0 where the exponent is 0; for `exponent` 0 where the base is 0 and the exponent is not
    negative.
    Raises: RuntimeError for an integer tensor with a negative integer exponent, and for an exponent too large for the
    result's dtype.

    >>> import jaxfun as jf
    >>> jf.pow(jf.tensor([1.0, 2.0]), 3), jf.pow(2, jf.tensor([1, 2]))
    (Array([1., 8.], dtype=float32), Array([2, 4], dtype=int32))
    """
    dtype = canonical(result_type(input, exponent))
    if dtype.category is Category.INTEGER and exponent.real < 0:
        raise DTypeError("a nonnegative exponent for integers", describe(exponent), "Cast the tensor to float32.")
    if dtype.category is Category.BOOL:
        return input | jnp.asarray(not exponent)
    return _power_of_number(input.astype(computed_in(dtype).dtype), +exponent, dtype).astype(dtype.dtype)


@op(kind=None, torch="torch.pow", overload="Scalar", node="PowBackward2", takes={"input": Scalar()})
def _pow_scalar(input: Factor, exponent: Array) -> jax.Array:
    dtype = canonical(result_type(input, exponent))
    if dtype.category is Category.BOOL:
        raise UnsupportedDTypeError("a dtype other than bool", describe(exponent))
    computed = computed_in(dtype).dtype
    return _power(_rounded(jnp.asarray(input).astype(computed), dtype), exponent.astype(computed)).astype(dtype.dtype)


@op(torch="torch.pow", overload="Tensor_Tensor", node="PowBackward1", rejects=BOOLS)
def _pow_tensor_tensor(input: Array, exponent: Array) -> jax.Array:
    return _power(input, exponent)


pow = overloads(_pow_tensor_scalar, _pow_scalar, _pow_tensor_tensor)


def _rounded(input: jax.Array, dtype: DType) -> jax.Array:
    if not dtype.is_floating_point:
        return input
    return to_digits(input, dtype.dtype)  # round before the power


def _power_of_number(input: jax.Array, exponent: Number, dtype: DType) -> jax.Array:
    """Raise to a known number with torch's special cases: 0.5 is `sqrt`, which has no negative domain."""
    if as_dtype(input.dtype).category <= Category.INTEGER:
        return jax.lax.integer_pow(input, int(exponent.real))
    return _inexact_power_of_number(input, exponent, dtype)


_EXACT = {
    0.5: jnp.sqrt,
    -0.5: lambda x: 1 / jnp.sqrt(x),
    1: lambda x: x,
    2: lambda x: x * x,
    3: lambda x: x * x * x,
    -1: lambda x: 1 / x,
    -2: lambda x: 1 / (x * x),
}


def _inexact_power_of_number(input: jax.Array, exponent: Number, dtype: DType) -> jax.Array:
    is_float16_root = dtype == float16 and exponent in (0.5, -0.5)  # torch's float16 kernel uses no root

    @jax.custom_jvp
    def raised(x: jax.Array) -> jax.Array:
        special = None if jnp.iscomplexobj(x) or is_float16_root else _EXACT.get(exponent)
        return special(x) if special else jnp.power(x, jnp.asarray(rounded(exponent, dtype).astype(x.dtype)))

    @raised.defjvp
    def jvp(primals: Any, tangents: Any) -> tuple[jax.Array, jax.Array]:
        # d(xⁿ) = n xⁿ⁻¹ dx, and 0 for n = 0 and every x
        (x,), (dx,) = primals, tangents
        slope = exponent * _inexact_power_of_number(x, exponent - 1, dtype) if exponent != 0 else jnp.zeros_like(x)
        return raised(x), dx * slope if exponent != 0 else jnp.zeros_like(dx)

    return raised(input)


def _power(input: jax.Array, exponent: jax.Array) -> jax.Array:
    input, exponent = jnp.broadcast_arrays(input, exponent)
    if not jnp.issubdtype(input.dtype, jnp.integer):
        return _power_inexact(input, exponent)
    # 1 / bⁿ as an integer: ±1 for a base of ±1, else 0
    odd = (exponent & 1) == 1
    inverse = jnp.where(input == 1, 1, jnp.where(input == -1, jnp.where(odd, -1, 1), 0)).astype(input.dtype)
    return jnp.where(exponent < 0, inverse, _by_squaring(input, jnp.maximum(exponent, 0)))


def _by_squaring(input: jax.Array, exponent: jax.Array) -> jax.Array:
    # jnp.power uses only six bits of the exponent; torch uses all of them, and the result wraps around
    def step(bit: jax.Array, state: tuple[jax.Array, jax.Array]) -> tuple[jax.Array, jax.Array]:
        result, base = state
        taken = (exponent >> bit.astype(exponent.dtype)) & 1 == 1
        return jnp.where(taken, result * base, result), base * base

    bits = 8 * exponent.dtype.itemsize
    return jax.lax.fori_loop(0, bits, step, (jnp.ones_like(input), input))[0]


@jax.custom_jvp
def _power_inexact(input: jax.Array, exponent: jax.Array) -> jax.Array:
    if not jnp.iscomplexobj(input):
        return jnp.power(input, exponent)
    # torch's vectorised kernel computes a complex power through the logarithm
    logarithm = exponent * jnp.log(input)
    return jnp.where(logarithm.real == -jnp.inf, 0, jnp.exp(logarithm))


def _power_jvp(primals: Any, tangents: Any) -> tuple[jax.Array, jax.Array]:
    # d(xʸ) = y xʸ⁻¹ dx + xʸ log(x) dy
    x, y = primals
    result = _power_inexact(x, y)

    def by_base(dx: jax.Array) -> jax.Array:
        return jnp.where(y == 0, 0, dx * jnp.where(y == 0, 0, y * _power_inexact(x, y - 1)))

    def by_exponent(dy: jax.Array) -> jax.Array:
        at_zero = (x == 0) & (y.real >= 0) & (y.imag == 0 if jnp.iscomplexobj(y) else True)
        return dy * jnp.where(at_zero, 0, result * jnp.log(x))

    return result, sum_tangents(tangents, (by_base, by_exponent), result)


_power_inexact.defjvp(_power_jvp, symbolic_zeros=True)


@op(kind=None, node="PowBackward0")
def square(input: Array) -> jax.Array:
    """Return the square of each element.

    Dtypes: bools give int64.

    >>> import jaxfun as jf
    >>> jf.square(jf.tensor([1.0, -3.0]))
    Array([1., 9.], dtype=float32)
    """
    return _pow_tensor_scalar(input, 2)


@op(kind=Kind.INT_TO_FLOAT)
def sqrt(input: Array) -> jax.Array:
    """Return the square root of each element; integers give float32.

    Gradient: infinite at 0.

    >>> import jaxfun as jf
    >>> jf.sqrt(jf.tensor([4, 9]))
    Array([2., 3.], dtype=float32)
    """
    return _sqrt(input)


@jax.custom_jvp
def _sqrt(x: jax.Array) -> jax.Array:
    return across_reals(jnp.sqrt, x)


@_sqrt.defjvp
def _sqrt_jvp(primals: Any, tangents: Any) -> tuple[jax.Array, jax.Array]:
    root = _sqrt(*primals)
    return root, tangents[0] * (0.5 / root)


@op(kind=Kind.INT_TO_FLOAT)
def exp(input: Array) -> jax.Array:
    """Return the exponential of each element; integers give float32.

    >>> import jaxfun as jf
    >>> jf.exp(jf.tensor([0.0, 1.0]))
    Array([1.       , 2.7182817], dtype=float32)
    """
    return jnp.exp(input)


@op(kind=Kind.INT_TO_FLOAT)
def log(input: Array) -> jax.Array:
    """Return the natural logarithm of each element; integers give float32.

    >>> import jaxfun as jf
    >>> jf.log(jf.tensor([1.0, 0.0]))
    Array([  0., -inf], dtype=float32)
    """
    return jnp.log(input)


@op(
    kind=None,
    torch="torch.float_power",
    overload="Tensor_Scalar",
    node="",
    composite=True,
    takes={"exponent": Scalar()},
)
def _float_power_tensor_scalar(input: Array, exponent: Number) -> jax.Array:
    """Return `input ** exponent` in float64, or in complex128 if either is complex.

    Gradient: as for `pow`.
    Raises: RuntimeError while JAX's 64-bit types are off.

    >>> import jax, jaxfun as jf
    >>> with jax.enable_x64(True):
    ...     jf.float_power(jf.tensor([2, 4]), -1)
    Array([0.5 , 0.25], dtype=float64)
    """
    return _in_64_bits(input, exponent)


@op(kind=None, torch="torch.float_power", overload="Scalar", composite=True, takes={"input": Scalar()})
def _float_power_scalar(input: Factor, exponent: Array) -> jax.Array:
    return _in_64_bits(input, exponent)


@op(kind=None, torch="torch.float_power", overload="Tensor_Tensor", composite=True)
def _float_power_tensor_tensor(input: Array, exponent: Array) -> jax.Array:
    return _in_64_bits(input, exponent)


float_power = overloads(_float_power_tensor_scalar, _float_power_scalar, _float_power_tensor_tensor)


def _in_64_bits(base: Any, exponent: Any) -> jax.Array:
    dtype = complex128 if any(of(item).is_complex for item in (base, exponent)) else float64
    return pow(*(item if is_scalar(item) else cast(item, dtype) for item in (base, exponent)))


@op(kind=Kind.INT_TO_FLOAT, overload=("", "special_exp2.default"))
def exp2(input: Array) -> jax.Array:
    """Return 2 to the power of each element; integers give float32.

    >>> import jaxfun as jf
    >>> jf.exp2(jf.tensor([0.0, 3.0]))
    Array([1., 8.], dtype=float32)
    """
    return _exp2(input)


@jax.custom_jvp
def _exp2(x: jax.Array) -> jax.Array:
    """Return 2**x, exact where x is an integer: XLA computes exp(x log 2), whose error grows with x."""
    return jnp.exp2(x) if jnp.iscomplexobj(x) else exp2_of_reals(x)


@_exp2.defjvp
def _exp2_jvp(primals: Any, tangents: Any) -> tuple[jax.Array, jax.Array]:
    result = _exp2(*primals)
    return result, tangents[0] * result * math.log(2)


@op(kind=Kind.INT_TO_FLOAT, overload=("", "special_expm1.default"))
def expm1(input: Array) -> jax.Array:
    """Return `exp(x) - 1` of each element, accurate near 0; integers give float32.

    >>> import jaxfun as jf
    >>> jf.expm1(jf.tensor([0.0, 1e-8]))
    Array([0.e+00, 1.e-08], dtype=float32)
    """
    return jnp.expm1(input)


@op(kind=Kind.INT_TO_FLOAT)
def log2(input: Array) -> jax.Array:
    """Return the base-2 logarithm of each element; integers give float32.

    >>> import jaxfun as jf
    >>> jf.log2(jf.tensor([8.0, 0.0]))
    Array([  3., -inf], dtype=float32)
    """
    return jnp.log2(input)


@op(kind=Kind.INT_TO_FLOAT)
def log10(input: Array) -> jax.Array:
    """Return the base-10 logarithm of each element; integers give float32.

    >>> import jaxfun as jf
    >>> jf.log10(jf.tensor([100.0, 0.0]))
    Array([  2., -inf], dtype=float32)
    """
    return jnp.log10(input)


@op(kind=Kind.INT_TO_FLOAT, overload=("", "special_log1p.default"))
def log1p(input: Array) -> jax.Array:
    """Return `log(1 + x)` of each element, accurate near 0; integers give float32.

    >>> import jaxfun as jf
    >>> jf.log1p(jf.tensor([0.0, 1e-8]))
    Array([0.e+00, 1.e-08], dtype=float32)
    """
    return jnp.log1p(input)


@op(kind=Kind.INT_TO_FLOAT)
def rsqrt(input: Array) -> jax.Array:
    """Return the reciprocal of the square root of each element; integers give float32.

    >>> import jaxfun as jf
    >>> jf.rsqrt(jf.tensor([4.0, 0.0]))
    Array([0.5, inf], dtype=float32)
    """
    return _rsqrt(input)


@jax.custom_jvp
def _rsqrt(x: jax.Array) -> jax.Array:
    return jax.lax.rsqrt(x)


@_rsqrt.defjvp
def _(primals: Any, tangents: Any) -> tuple[jax.Array, jax.Array]:
    # computed from the result, as in torch: this gives torch's signs at -0
    result = _rsqrt(*primals)
    return result, -0.5 * tangents[0] * result * result * result


@op(kind=Kind.INT_TO_FLOAT, overload=("", "special_expit.default"))
def sigmoid(input: Array) -> jax.Array:
    """Return the sigmoid `1 / (1 + exp(-x))` of each element; integers give float32.

    >>> import jaxfun as jf
    >>> jf.sigmoid(jf.tensor([0.0, 1.0]))
    Array([0.5       , 0.7310586], dtype=float32)
    """
    return jax.nn.sigmoid(input)


@op(rejects=BOOLS | INTEGERS)
def logaddexp(input: Array, other: Array) -> jax.Array:
    """Return `log(exp(input) + exp(other))` for each pair of elements, real or complex.

    Raises: NotImplementedError for bools and integers.

    >>> import jaxfun as jf
    >>> jf.logaddexp(jf.tensor([0.0, 1000.0]), jf.tensor([0.0, 1000.0]))
    Array([6.9314718e-01, 1.0006932e+03], dtype=float32)
    """
    return _logaddexp(input, other)


@jax.custom_jvp
def _logaddexp(x: jax.Array, y: jax.Array) -> jax.Array:
    return _complex_logaddexp(x, y) if jnp.iscomplexobj(x) else jnp.logaddexp(x, y)


def _complex_logaddexp(x: jax.Array, y: jax.Array) -> jax.Array:
    is_endless = jnp.isinf(x.real) & (x.real == y.real)
    endless = jnp.where(x.real < 0, y, jnp.log(jnp.exp(x) + jnp.exp(y)))
    return jnp.where(is_endless & ~jnp.isnan(x + y), endless, stable_logaddexp(x, y))


def stable_logaddexp(x: jax.Array, y: jax.Array) -> jax.Array:
    """Return `log(exp(x) + exp(y))`, computed from the larger real part; for equal infinities, that infinity."""
    higher, lower = jnp.where(x.real < y.real, y, x), jnp.where(x.real < y.real, x, y)
    # the difference of two equal infinities is NaN
    away = jnp.where(jnp.isinf(lower.real) & (lower.real == higher.real), 0, lower - higher)
    total = higher + jnp.log1p(jnp.exp(away))
    return jnp.where(jnp.isnan(x) | jnp.isnan(y), jnp.nan, total)


@jax.custom_jvp
def _logaddexp2(x: jax.Array, y: jax.Array) -> jax.Array:
    return jnp.logaddexp2(x, y)


def _logaddexp_rule(of_sum: Callable[..., jax.Array], power: Callable[..., jax.Array]) -> Callable[..., Any]:
    """Return the derivative rule of `log(exp(x) + exp(y))`: each term's gradient is its share of the sum."""

    def jvp(primals: Any, tangents: Any) -> tuple[jax.Array, jax.Array]:
        (x, y), (dx, dy) = primals, tangents
        return of_sum(x, y), dx / (1 + power(y - x)) + dy / (1 + power(x - y))

    return jvp


_logaddexp.defjvp(_logaddexp_rule(_logaddexp, jnp.exp))
_logaddexp2.defjvp(_logaddexp_rule(_logaddexp2, jnp.exp2))


@op(rejects=NOT_FLOATS)
def logaddexp2(input: Array, other: Array) -> jax.Array:
    """Return `log2(2 ** input + 2 ** other)` for each pair of elements.

    Raises: NotImplementedError for dtypes other than floating point.

    >>> import jaxfun as jf
    >>> jf.logaddexp2(jf.tensor([0.0, 1000.0]), jf.tensor([0.0, 1000.0]))
    Array([1.000e+00, 1.001e+03], dtype=float32)
    """
    return _logaddexp2(input, other)
