"""Bitwise operations on integers and bools, greatest common divisor and least common multiple."""

from typing import Any

import jax
import jax.numpy as jnp

from ...core.dtypes import is_scalar
from ...core.errors import ArgumentTypeError, describe
from ...core.op import op
from ...core.record import BOOLS, COMPLEXES, FLOATS, Array, Operand


def _want_a_tensor(input: Any, other: Any) -> None:
    if is_scalar(input) and is_scalar(other):
        raise ArgumentTypeError("at least one tensor", f"{describe(input)} and {describe(other)}")


@op(overload=("Tensor", "Scalar", "Scalar_Tensor"), node="", rejects=FLOATS | COMPLEXES, before=_want_a_tensor)
def bitwise_and(input: Operand, other: Operand) -> jax.Array:
    """Return the bitwise AND of integers or bools.

    Raises: NotImplementedError for floating point and complex tensors.

    >>> import jaxfun as jf
    >>> jf.bitwise_and(jf.tensor([5, 6]), 3)
    Array([1, 2], dtype=int32)
    """
    return input & other


@op(overload=("Tensor", "Scalar", "Scalar_Tensor"), node="", rejects=FLOATS | COMPLEXES, before=_want_a_tensor)
def bitwise_or(input: Operand, other: Operand) -> jax.Array:
    """Return the bitwise OR of integers or bools.

    Raises: NotImplementedError for floating point and complex tensors.

    >>> import jaxfun as jf
    >>> jf.bitwise_or(jf.tensor([5, 6]), 3)
    Array([7, 7], dtype=int32)
    """
    return jnp.bitwise_or(input, other)


@op(overload=("Tensor", "Scalar", "Scalar_Tensor"), node="", rejects=FLOATS | COMPLEXES, before=_want_a_tensor)
def bitwise_xor(input: Operand, other: Operand) -> jax.Array:
    """Return the bitwise XOR of integers or bools.

    Raises: NotImplementedError for floating point and complex tensors.

    >>> import jaxfun as jf
    >>> jf.bitwise_xor(jf.tensor([5, 6]), 3)
    Array([6, 5], dtype=int32)
    """
    return input ^ other


@op(node="", rejects=FLOATS | COMPLEXES)
def bitwise_not(input: Array) -> jax.Array:
    """Return the bitwise NOT of an integer, or the logical NOT of a bool.

    Raises: NotImplementedError for floating point and complex tensors.

    >>> import jaxfun as jf
    >>> jf.bitwise_not(jf.tensor([0, 5]))
    Array([-1, -6], dtype=int32)
    """
    return ~input


@op(
    torch="torch.bitwise_left_shift",
    overload=("Tensor", "Tensor_Scalar", "Scalar_Tensor"),
    node="",
    rejects=BOOLS | FLOATS | COMPLEXES,
    before=_want_a_tensor,
)
def bitwise_left_shift(input: Operand, other: Operand) -> jax.Array:
    """Shift the bits of integers left by `other` positions; 0 if `other` is negative or at least the number of bits.

    Raises: NotImplementedError for dtypes other than integers.

    >>> import jaxfun as jf
    >>> jf.bitwise_left_shift(jf.tensor([1, -3]), 2)
    Array([  4, -12], dtype=int32)
    """
    return jax.lax.shift_left(*jnp.broadcast_arrays(input, other))


@op(
    torch="torch.bitwise_right_shift",
    overload=("Tensor", "Tensor_Scalar", "Scalar_Tensor"),
    node="",
    rejects=BOOLS | FLOATS | COMPLEXES,
    before=_want_a_tensor,
)
def bitwise_right_shift(input: Operand, other: Operand) -> jax.Array:
    """Shift the bits of integers right by `other` positions (arithmetic shift: the sign is kept).

    If `other` is negative or at least the number of bits, the result is 0, or -1 for a negative integer.
    Raises: NotImplementedError for dtypes other than integers.

    >>> import jaxfun as jf
    >>> jf.bitwise_right_shift(jf.tensor([4, -3]), 1)
    Array([ 2, -2], dtype=int32)
    """
    signed = jnp.issubdtype(input.dtype, jnp.signedinteger)
    shift = jax.lax.shift_right_arithmetic if signed else jax.lax.shift_right_logical
    return shift(*jnp.broadcast_arrays(input, other))


@op(node="", rejects=BOOLS | FLOATS | COMPLEXES)
def gcd(input: Array, other: Array) -> jax.Array:
    """Return the greatest common divisor of each pair of integers; 0 for 0 and 0.

    Raises: NotImplementedError for dtypes other than integers.

    >>> import jaxfun as jf
    >>> jf.gcd(jf.tensor([12, -9]), jf.tensor([18, 6]))
    Array([6, 3], dtype=int32)
    """
    return _divisor(input, other)


@op(node="", rejects=BOOLS | FLOATS | COMPLEXES)
def lcm(input: Array, other: Array) -> jax.Array:
    """Return the least common multiple of each pair of integers; 0 if either is 0.

    Raises: NotImplementedError for dtypes other than integers.

    >>> import jaxfun as jf
    >>> jf.lcm(jf.tensor([4, 0]), jf.tensor([6, 3]))
    Array([12,  0], dtype=int32)
    """
    divisor = _divisor(input, other)
    # C promotes small integers to 32 bits before it multiplies and takes the absolute value
    wide = jnp.int32 if input.dtype.itemsize < 4 else input.dtype
    quotient = input.astype(wide) // jnp.where(divisor == 0, 1, divisor).astype(wide)
    return jnp.abs(quotient * other.astype(wide)).astype(input.dtype)


def _divisor(input: jax.Array, other: jax.Array) -> jax.Array:
    """Return the greatest common divisor by Euclid's algorithm. The minimum integer may leave a negative result."""

    def step(pair: tuple[jax.Array, jax.Array]) -> tuple[jax.Array, jax.Array]:
        rest, divisor = pair
        left = jax.lax.rem(divisor, jnp.where(rest == 0, 1, rest))
        return jnp.where(rest == 0, rest, left), jnp.where(rest == 0, divisor, rest)

    one, two = jnp.broadcast_arrays(input, other)
    return jax.lax.while_loop(lambda pair: (pair[0] != 0).any(), step, (jnp.abs(one), jnp.abs(two)))[1]
