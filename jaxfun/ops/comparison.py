"""Comparisons, logic, and what a number is: all give bool, and none has a gradient."""

import jax
import jax.numpy as jnp

from ..core.dtypes import Kind
from ..core.op import op
from ..core.record import COMPLEXES, Array, Operand


@op(kind=Kind.ALWAYS_BOOL, overload=("Tensor", "Scalar"), node="")
def eq(input: Array, other: Operand) -> jax.Array:
    """Return where `input` equals `other`.

    >>> import jaxfun as jf
    >>> jf.eq(jf.tensor([1, 2]), 2)
    Array([False,  True], dtype=bool)
    """
    return jnp.equal(input, other)


@op(kind=Kind.ALWAYS_BOOL, overload=("Tensor", "Scalar"), node="", aliases=("not_equal",))
def ne(input: Array, other: Operand) -> jax.Array:
    """Return where `input` differs from `other`.

    >>> import jaxfun as jf
    >>> jf.ne(jf.tensor([1, 2]), 2)
    Array([ True, False], dtype=bool)
    """
    return jnp.not_equal(input, other)


@op(kind=Kind.ALWAYS_BOOL, overload=("Tensor", "Scalar"), node="", rejects=COMPLEXES, aliases=("less",))
def lt(input: Array, other: Operand) -> jax.Array:
    """Return where `input` is less than `other`.

    >>> import jaxfun as jf
    >>> jf.lt(jf.tensor([1, 2]), 2)
    Array([ True, False], dtype=bool)
    """
    return jnp.less(input, other)


@op(kind=Kind.ALWAYS_BOOL, overload=("Tensor", "Scalar"), node="", rejects=COMPLEXES, aliases=("less_equal",))
def le(input: Array, other: Operand) -> jax.Array:
    """Return where `input` is less than or equal to `other`.

    >>> import jaxfun as jf
    >>> jf.le(jf.tensor([1, 2]), 1)
    Array([ True, False], dtype=bool)
    """
    return jnp.less_equal(input, other)


@op(kind=Kind.ALWAYS_BOOL, overload=("Tensor", "Scalar"), node="", rejects=COMPLEXES, aliases=("greater",))
def gt(input: Array, other: Operand) -> jax.Array:
    """Return where `input` is greater than `other`.

    >>> import jaxfun as jf
    >>> jf.gt(jf.tensor([1, 2]), 1)
    Array([False,  True], dtype=bool)
    """
    return jnp.greater(input, other)


@op(kind=Kind.ALWAYS_BOOL, overload=("Tensor", "Scalar"), node="", rejects=COMPLEXES, aliases=("greater_equal",))
def ge(input: Array, other: Operand) -> jax.Array:
    """Return where `input` is greater than or equal to `other`.

    >>> import jaxfun as jf
    >>> jf.ge(jf.tensor([1, 2]), 2)
    Array([False,  True], dtype=bool)
    """
    return jnp.greater_equal(input, other)


not_equal, less, less_equal, greater, greater_equal = ne, lt, le, gt, ge


@op(kind=Kind.ALWAYS_BOOL, node="")
def logical_and(input: Array, other: Array) -> jax.Array:
    """Return where both are true; what is not zero is true.

    >>> import jaxfun as jf
    >>> jf.logical_and(jf.tensor([0.0, 2.0]), jf.tensor([1, 1]))
    Array([False,  True], dtype=bool)
    """
    return jnp.logical_and(input, other)


@op(kind=Kind.ALWAYS_BOOL, node="")
def logical_or(input: Array, other: Array) -> jax.Array:
    """Return where either is true; what is not zero is true.

    >>> import jaxfun as jf
    >>> jf.logical_or(jf.tensor([0.0, 2.0]), jf.tensor([0, 1]))
    Array([False,  True], dtype=bool)
    """
    return jnp.logical_or(input, other)


@op(kind=Kind.ALWAYS_BOOL, node="")
def logical_xor(input: Array, other: Array) -> jax.Array:
    """Return where one is true and the other is not; what is not zero is true.

    >>> import jaxfun as jf
    >>> jf.logical_xor(jf.tensor([0.0, 2.0]), jf.tensor([1, 1]))
    Array([ True, False], dtype=bool)
    """
    return jnp.logical_xor(input, other)


@op(kind=Kind.ALWAYS_BOOL, node="")
def logical_not(input: Array) -> jax.Array:
    """Return where `input` is zero or False.

    >>> import jaxfun as jf
    >>> jf.logical_not(jf.tensor([0.0, 2.0]))
    Array([ True, False], dtype=bool)
    """
    return ~input.astype(bool)


@op(kind=Kind.ALWAYS_BOOL, node="")
def isnan(input: Array) -> jax.Array:
    """Return where `input` is NaN; a complex number is where either part is.

    >>> import jaxfun as jf
    >>> jf.isnan(jf.tensor([1.0, float("nan")]))
    Array([False,  True], dtype=bool)
    """
    return jnp.isnan(input)


@op(kind=Kind.ALWAYS_BOOL, node="")
def isinf(input: Array) -> jax.Array:
    """Return where `input` is infinite; a complex number is where either part is.

    >>> import jaxfun as jf
    >>> jf.isinf(jf.tensor([1.0, float("-inf")]))
    Array([False,  True], dtype=bool)
    """
    return jnp.isinf(input)


@op(kind=Kind.ALWAYS_BOOL, node="")
def isfinite(input: Array) -> jax.Array:
    """Return where `input` is neither NaN nor infinite.

    >>> import jaxfun as jf
    >>> jf.isfinite(jf.tensor([1.0, float("nan")]))
    Array([ True, False], dtype=bool)
    """
    return jnp.isfinite(input)
