"""Powers, roots, exponentials and logarithms, with torch's derivatives at 0."""

from typing import Any

import jax
import jax.numpy as jnp
from jax.custom_derivatives import SymbolicZero

from ..core.checks import refuse_overflow
from ..core.dtypes import (
    Category,
    DType,
    Kind,
    as_dtype,
    bfloat16,
    canonical,
    float16,
    float32,
    float64,
    is_scalar,
    of,
    result_type,
)
from ..core.errors import DTypeError, UnsupportedDTypeError, describe
from ..core.numbers import rounded
from ..core.op import op
from ..core.public import public
from ..core.record import BOOLS, Array, Factor, Number, Scalar
from ._cuts import across_reals
from ._digits import to_digits


@public
def pow(input: Any, exponent: Any) -> jax.Array:
    """Return `input ** exponent`, for two tensors or a tensor and a number.

    Gradient: for `input` 0 where the exponent is 0; for `exponent` 0 where the base is 0 and the exponent is not
    negative.
    Raises: RuntimeError for an integer tensor and a negative integer exponent, which gives no integer, and for an
    exponent too large for the result's dtype.

    >>> import jaxfun as jf
    >>> jf.pow(jf.tensor([1.0, 2.0]), 3), jf.pow(2, jf.tensor([1, 2]))
    (Array([1., 8.], dtype=float32), Array([2, 4], dtype=int32))
    """
    if is_scalar(input) and not (isinstance(input, jax.Array) and _is_number(exponent)):
        return _pow_of_scalar(input, exponent)
    if not _is_number(exponent):
        return _pow(input, exponent)
    _refuse_exponent(input, exponent)
    return _pow_scalar(input, exponent)


def _refuse_exponent(input: Any, exponent: Any) -> None:
    # torch converts the exponent only where the tensor is not converted to the exponent's category, and neither for
    # its two wide floats, whose kernel takes a double
    if not hasattr(input, "dtype") or of(input) in (float32, float64):
        return
    if Category.COMPLEX > of(input).category >= of(exponent).category:
        refuse_overflow((input, exponent), (exponent,))


def _is_number(value: Any) -> bool:
    return not isinstance(value, jax.Array) and is_scalar(value)


@op(
    torch="torch.pow",
    overload="Tensor_Tensor",
    node="PowBackward1",
    rejects=BOOLS,
)
def _pow(input: Array, exponent: Array) -> jax.Array:
    return _power(input, exponent)


@op(
    kind=None,
    torch="torch.pow",
    overload="Tensor_Scalar",
    node="PowBackward0",
    takes={"exponent": Scalar()},
)
def _pow_scalar(input: Array, exponent: Number) -> jax.Array:
    dtype = canonical(result_type(input, exponent))
    if dtype.category is Category.INTEGER and exponent.real < 0:
        raise DTypeError("an exponent of 0 or more for integers", describe(exponent), "Cast the tensor to float32.")
    if dtype.category is Category.BOOL:
        return input | jnp.asarray(not exponent)
    return _raised(input.astype(_computed(dtype).dtype), +exponent, dtype).astype(dtype.dtype)


@op(
    kind=None,
    torch="torch.pow",
    overload="Scalar",
    node="PowBackward2",
    takes={"input": Scalar()},
)
def _pow_of_scalar(input: Factor, exponent: Array) -> jax.Array:
    dtype = canonical(result_type(input, exponent))
    if dtype.category is Category.BOOL:
        raise UnsupportedDTypeError("a dtype other than bool", describe(exponent))
    computed = _computed(dtype).dtype
    return _power(_cut(jnp.asarray(input).astype(computed), dtype), exponent.astype(computed)).astype(dtype.dtype)


def _cut(input: jax.Array, dtype: DType) -> jax.Array:
    if not dtype.is_floating_point:
        return input
    return to_digits(input, dtype.dtype)  # before the power is taken


def _computed(dtype: DType) -> DType:
    return float32 if dtype in (float16, bfloat16) else dtype


def _raised(input: jax.Array, exponent: Number, dtype: DType) -> jax.Array:
    """Raise to a number that is known, by torch's special cases: a root is `sqrt`, which has no negative domain."""
    if as_dtype(input.dtype).category <= Category.INTEGER:
        return jax.lax.integer_pow(input, int(exponent.real))
    return _raised_inexact(input, exponent, dtype)


_EXACT = {
    0.5: jnp.sqrt,
    -0.5: lambda x: 1 / jnp.sqrt(x),
    1: lambda x: x,
    2: lambda x: x * x,
    3: lambda x: x * x * x,
    -1: lambda x: 1 / x,
    -2: lambda x: 1 / (x * x),
}


def _raised_inexact(input: jax.Array, exponent: Number, dtype: DType) -> jax.Array:
    is_float16_root = dtype == float16 and exponent in (0.5, -0.5)  # torch's kernel for float16 takes no root

    @jax.custom_jvp
    def raised(x: jax.Array) -> jax.Array:
        special = None if jnp.iscomplexobj(x) or is_float16_root else _EXACT.get(exponent)
        return special(x) if special else jnp.power(x, jnp.asarray(rounded(exponent, dtype).astype(x.dtype)))

    @raised.defjvp
    def jvp(primals: Any, tangents: Any) -> tuple[jax.Array, jax.Array]:
        # d(xⁿ) = n xⁿ⁻¹ dx, and 0 for n = 0 whatever x is
        (x,), (dx,) = primals, tangents
        slope = exponent * _raised_inexact(x, exponent - 1, dtype) if exponent != 0 else jnp.zeros_like(x)
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
    # jnp.power stops at six bits of the exponent; torch wraps around for as many as there are
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
    # torch's vectorised kernel raises a complex number through its logarithm
    logarithm = exponent * jnp.log(input)
    return jnp.where(logarithm.real == -jnp.inf, 0, jnp.exp(logarithm))


def _power_jvp(primals: Any, tangents: Any) -> tuple[jax.Array, jax.Array]:
    # d(xʸ) = y xʸ⁻¹ dx + xʸ log(x) dy; a factor that is not moved has no term, be the other factor infinite
    (x, y), (dx, dy) = primals, tangents
    result = _power_inexact(x, y)
    change = jnp.zeros_like(result)
    if not isinstance(dx, SymbolicZero):
        change += jnp.where(y == 0, 0, dx * jnp.where(y == 0, 0, y * _power_inexact(x, y - 1)))
    if not isinstance(dy, SymbolicZero):
        at_zero = (x == 0) & (y.real >= 0) & (y.imag == 0 if jnp.iscomplexobj(y) else True)
        change += dy * jnp.where(at_zero, 0, result * jnp.log(x))
    return result, change


_power_inexact.defjvp(_power_jvp, symbolic_zeros=True)


@op(kind=None, node="PowBackward0")
def square(input: Array) -> jax.Array:
    """Return the square of each element.

    >>> import jaxfun as jf
    >>> jf.square(jf.tensor([1.0, -3.0]))
    Array([1., 9.], dtype=float32)
    """
    return _pow_scalar(input, 2)


@op(kind=Kind.INT_TO_FLOAT)
def sqrt(input: Array) -> jax.Array:
    """Return the square root of each element, integers as float32.

    >>> import jaxfun as jf
    >>> jf.sqrt(jf.tensor([4, 9]))
    Array([2., 3.], dtype=float32)
    """
    return _root(input)


@jax.custom_jvp
def _root(x: jax.Array) -> jax.Array:
    return across_reals(jnp.sqrt, x)


@_root.defjvp
def _root_jvp(primals: Any, tangents: Any) -> tuple[jax.Array, jax.Array]:
    root = _root(*primals)
    return root, tangents[0] * (0.5 / root)


@op(kind=Kind.INT_TO_FLOAT)
def exp(input: Array) -> jax.Array:
    """Return the exponential of each element, integers as float32.

    >>> import jaxfun as jf
    >>> jf.exp(jf.tensor([0.0, 1.0]))
    Array([1.       , 2.7182817], dtype=float32)
    """
    return jnp.exp(input)


@op(kind=Kind.INT_TO_FLOAT)
def log(input: Array) -> jax.Array:
    """Return the natural logarithm of each element, integers as float32.

    >>> import jaxfun as jf
    >>> jf.log(jf.tensor([1.0, 0.0]))
    Array([  0., -inf], dtype=float32)
    """
    return jnp.log(input)
