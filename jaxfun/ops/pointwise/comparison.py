"""Comparisons, logical operations, closeness, and tests for NaN and infinity. The results are bools; no gradient."""

from typing import Any

import jax
import jax.numpy as jnp

from ...core.checks import want_one_dtype
from ...core.dims import broadcast_shapes
from ...core.dtypes import Category, DType, Kind, as_dtype, float32, promote_types
from ...core.errors import DTypeError, describe
from ...core.numbers import as_real
from ...core.op import op
from ...core.record import COMPLEXES, Array, Choice, Factor, Operand, rows
from ._digits import to_digits


@op(kind=Kind.ALWAYS_BOOL, overload=("Tensor", "Scalar"), node="")
def eq(input: Array, other: Operand) -> jax.Array:
    """Return `input == other` for each element.

    >>> import jaxfun as jf
    >>> jf.eq(jf.tensor([1, 2]), 2)
    Array([False,  True], dtype=bool)
    """
    return jnp.equal(input, other)


@op(
    kind=Kind.ALWAYS_BOOL,
    overload=("Tensor", "Scalar", "not_equal.Tensor", "not_equal.Scalar"),
    node="",
    aliases=("not_equal",),
)
def ne(input: Array, other: Operand) -> jax.Array:
    """Return `input != other` for each element.

    >>> import jaxfun as jf
    >>> jf.ne(jf.tensor([1, 2]), 2)
    Array([ True, False], dtype=bool)
    """
    return jnp.not_equal(input, other)


@op(
    kind=Kind.ALWAYS_BOOL,
    overload=("Tensor", "Scalar", "less.Tensor", "less.Scalar"),
    node="",
    rejects=COMPLEXES,
    aliases=("less",),
)
def lt(input: Array, other: Operand) -> jax.Array:
    """Return `input < other` for each element.

    Raises: NotImplementedError for complex numbers.

    >>> import jaxfun as jf
    >>> jf.lt(jf.tensor([1, 2]), 2)
    Array([ True, False], dtype=bool)
    """
    return jnp.less(input, other)


@op(
    kind=Kind.ALWAYS_BOOL,
    overload=("Tensor", "Scalar", "less_equal.Tensor", "less_equal.Scalar"),
    node="",
    rejects=COMPLEXES,
    aliases=("less_equal",),
)
def le(input: Array, other: Operand) -> jax.Array:
    """Return `input <= other` for each element.

    Raises: NotImplementedError for complex numbers.

    >>> import jaxfun as jf
    >>> jf.le(jf.tensor([1, 2]), 1)
    Array([ True, False], dtype=bool)
    """
    return jnp.less_equal(input, other)


@op(
    kind=Kind.ALWAYS_BOOL,
    overload=("Tensor", "Scalar", "greater.Tensor", "greater.Scalar"),
    node="",
    rejects=COMPLEXES,
    aliases=("greater",),
)
def gt(input: Array, other: Operand) -> jax.Array:
    """Return `input > other` for each element.

    Raises: NotImplementedError for complex numbers.

    >>> import jaxfun as jf
    >>> jf.gt(jf.tensor([1, 2]), 1)
    Array([False,  True], dtype=bool)
    """
    return jnp.greater(input, other)


@op(
    kind=Kind.ALWAYS_BOOL,
    overload=("Tensor", "Scalar", "greater_equal.Tensor", "greater_equal.Scalar"),
    node="",
    rejects=COMPLEXES,
    aliases=("greater_equal",),
)
def ge(input: Array, other: Operand) -> jax.Array:
    """Return `input >= other` for each element.

    Raises: NotImplementedError for complex numbers.

    >>> import jaxfun as jf
    >>> jf.ge(jf.tensor([1, 2]), 2)
    Array([False,  True], dtype=bool)
    """
    return jnp.greater_equal(input, other)


not_equal, less, less_equal, greater, greater_equal = ne, lt, le, gt, ge


@op(kind=Kind.ALWAYS_BOOL, node="")
def logical_and(input: Array, other: Array) -> jax.Array:
    """Return the logical AND of each pair of elements; nonzero is true.

    >>> import jaxfun as jf
    >>> jf.logical_and(jf.tensor([0.0, 2.0]), jf.tensor([1, 1]))
    Array([False,  True], dtype=bool)
    """
    return jnp.logical_and(input, other)


@op(kind=Kind.ALWAYS_BOOL, node="")
def logical_or(input: Array, other: Array) -> jax.Array:
    """Return the logical OR of each pair of elements; nonzero is true.

    >>> import jaxfun as jf
    >>> jf.logical_or(jf.tensor([0.0, 2.0]), jf.tensor([0, 1]))
    Array([False,  True], dtype=bool)
    """
    return jnp.logical_or(input, other)


@op(kind=Kind.ALWAYS_BOOL, node="")
def logical_xor(input: Array, other: Array) -> jax.Array:
    """Return the logical XOR of each pair of elements; nonzero is true.

    >>> import jaxfun as jf
    >>> jf.logical_xor(jf.tensor([0.0, 2.0]), jf.tensor([1, 1]))
    Array([ True, False], dtype=bool)
    """
    return jnp.logical_xor(input, other)


@op(kind=Kind.ALWAYS_BOOL, node="")
def logical_not(input: Array) -> jax.Array:
    """Return the logical NOT of each element; nonzero is true.

    >>> import jaxfun as jf
    >>> jf.logical_not(jf.tensor([0.0, 2.0]))
    Array([ True, False], dtype=bool)
    """
    return ~input.astype(bool)


@op(kind=Kind.ALWAYS_BOOL, node="")
def isnan(input: Array) -> jax.Array:
    """Return whether each element is NaN; a complex number is NaN if either part is.

    >>> import jaxfun as jf
    >>> jf.isnan(jf.tensor([1.0, float("nan")]))
    Array([False,  True], dtype=bool)
    """
    return jnp.isnan(input)


@op(kind=Kind.ALWAYS_BOOL, node="")
def isinf(input: Array) -> jax.Array:
    """Return whether each element is infinite; a complex number is infinite if either part is.

    >>> import jaxfun as jf
    >>> jf.isinf(jf.tensor([1.0, float("-inf")]))
    Array([False,  True], dtype=bool)
    """
    return jnp.isinf(input)


@op(kind=Kind.ALWAYS_BOOL, node="")
def isfinite(input: Array) -> jax.Array:
    """Return whether each element is neither NaN nor infinite.

    >>> import jaxfun as jf
    >>> jf.isfinite(jf.tensor([1.0, float("nan")]))
    Array([ True, False], dtype=bool)
    """
    return jnp.isfinite(input)


_TOLERANCES = {"rtol": Choice((1e-5, 0.1, 0.0, 2)), "atol": Choice((1e-8, 0.0, 0.5))}


def _tolerances_fit(input: Any, other: Any, rtol: Any = 1e-05, atol: Any = 1e-08, equal_nan: bool = False) -> None:
    for name, value in (("rtol", rtol), ("atol", atol)):
        as_real(value, name)
        if isinstance(value, (int, float)) and not value >= 0:  # refuses NaN too
            raise DTypeError(f"`{name}` of at least 0", describe(value))


@op(kind=None, node="", takes=_TOLERANCES, before=_tolerances_fit)
def isclose(
    input: Array, other: Array, rtol: Factor = 1e-05, atol: Factor = 1e-08, equal_nan: bool = False
) -> jax.Array:
    """Return `abs(input - other) <= atol + rtol * abs(other)`; equal infinities are close, NaNs are if `equal_nan`.

    Raises: RuntimeError for different dtypes, and for a negative tolerance.

    >>> import jaxfun as jf
    >>> jf.isclose(jf.tensor([1.0, 2.0]), jf.tensor([1.000001, 2.1]))
    Array([ True, False], dtype=bool)
    """
    return _are_close(input, other, rtol, atol, equal_nan)


@op(kind=None, node="", takes=_TOLERANCES, before=_tolerances_fit)
def allclose(
    input: Array, other: Array, rtol: Factor = 1e-05, atol: Factor = 1e-08, equal_nan: bool = False
) -> jax.Array:
    """Return whether `isclose` is true for all elements, as a 0-dim bool (torch returns a Python bool).

    Raises: RuntimeError for different dtypes, and for a negative tolerance.

    >>> import jaxfun as jf
    >>> jf.allclose(jf.tensor([1.0, 2.0]), jf.tensor([1.000001, 2.1]))
    Array(False, dtype=bool)
    """
    return jnp.all(_are_close(input, other, rtol, atol, equal_nan))


def _are_close(input: jax.Array, other: jax.Array, rtol: Any, atol: Any, equal_nan: bool) -> jax.Array:
    want_one_dtype(input, other)
    broadcast_shapes(input.shape, other.shape)
    close = input == other
    if equal_nan:
        close |= jnp.isnan(input) & jnp.isnan(other)
    given = jnp.asarray(rtol).astype(bool) | jnp.asarray(atol).astype(bool)
    return close | (given & _is_within(input, other, rtol, atol))


def _is_within(input: jax.Array, other: jax.Array, rtol: Any, atol: Any) -> jax.Array:
    """Return whether the difference is finite and within the tolerance, computed in float32 for integers."""
    own = as_dtype(input.dtype)
    rounded = own if own.category > Category.INTEGER else float32
    wide = promote_types(rounded, float32)
    x, y = input.astype(wide.dtype), other.astype(wide.dtype)
    relative, absolute = (jnp.asarray(number).astype(wide.to_real().dtype) for number in (rtol, atol))
    allowed = _rounded(absolute + _rounded(jnp.abs(y) * relative, rounded), rounded)
    actual = _rounded(jnp.abs(x - y), rounded)
    return jnp.isfinite(actual) & (actual <= allowed)


def _rounded(number: jax.Array, dtype: DType) -> jax.Array:
    return to_digits(number, dtype.dtype) if dtype.itemsize == 2 else number


_ANY_TWO = rows("input other", ("m k", "m k"), ("k", "k"), ("", ""), ("m k", "k m"), ("m k", "k"), ("m 1", "m 2"))


@op(kind=Kind.ALWAYS_BOOL, node="", cases=_ANY_TWO)
def equal(input: Array, other: Array) -> jax.Array:
    """Return whether shapes and all elements are equal, as a 0-dim bool (torch: a Python bool). NaN equals nothing.

    >>> import jaxfun as jf
    >>> jf.equal(jf.tensor([1, 2]), jf.tensor([1, 2]))
    Array(True, dtype=bool)
    """
    return jnp.array_equal(input, other)


@op(kind=Kind.ALWAYS_BOOL, node="", rejects=COMPLEXES)
def isposinf(input: Array) -> jax.Array:
    """Return whether each element is positive infinity.

    Raises: NotImplementedError for complex numbers.

    >>> import jaxfun as jf
    >>> jf.isposinf(jf.tensor([1.0, float("inf"), float("-inf")]))
    Array([False,  True, False], dtype=bool)
    """
    return jnp.isposinf(input)


@op(kind=Kind.ALWAYS_BOOL, node="", rejects=COMPLEXES)
def isneginf(input: Array) -> jax.Array:
    """Return whether each element is negative infinity.

    Raises: NotImplementedError for complex numbers.

    >>> import jaxfun as jf
    >>> jf.isneginf(jf.tensor([1.0, float("inf"), float("-inf")]))
    Array([False, False,  True], dtype=bool)
    """
    return jnp.isneginf(input)
