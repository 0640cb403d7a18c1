"""Whether numbers are close, and whether tensors are equal."""

from typing import Any

import jax
import jax.numpy as jnp

from ..core.checks import want_one_dtype
from ..core.dims import broadcast_shapes
from ..core.dtypes import Category, DType, Kind, as_dtype, float32, promote_types
from ..core.errors import DTypeError, describe
from ..core.numbers import as_real
from ..core.op import op
from ..core.public import public
from ..core.record import Array, Choice, Factor, Shape
from ._digits import to_digits

_TOLERANCES = {"rtol": Choice((1e-5, 0.1, 0.0, 2)), "atol": Choice((1e-8, 0.0, 0.5))}


@public
def isclose(input: Any, other: Any, rtol: Any = 1e-05, atol: Any = 1e-08, equal_nan: bool = False) -> jax.Array:
    """Return where `abs(input - other) <= atol + rtol * abs(other)`; equal infinities are close, NaNs if `equal_nan`.

    Raises: RuntimeError for two dtypes, and for a tolerance below 0.

    >>> import jaxfun as jf
    >>> jf.isclose(jf.tensor([1.0, 2.0]), jf.tensor([1.000001, 2.1]))
    Array([ True, False], dtype=bool)
    """
    _check_tolerances("isclose(input, other, rtol, atol, equal_nan)", rtol=rtol, atol=atol)
    return _isclose(input, other, rtol, atol, equal_nan)


@op(kind=None, torch="torch.isclose", node="", takes=_TOLERANCES)
def _isclose(
    input: Array, other: Array, rtol: Factor = 1e-05, atol: Factor = 1e-08, equal_nan: bool = False
) -> jax.Array:
    want_one_dtype(input, other)
    broadcast_shapes(input.shape, other.shape)
    close = input == other
    if equal_nan:
        close |= jnp.isnan(input) & jnp.isnan(other)
    given = jnp.asarray(rtol).astype(bool) | jnp.asarray(atol).astype(bool)
    return close | (given & _is_within(input, other, rtol, atol))


def _is_within(input: jax.Array, other: jax.Array, rtol: Any, atol: Any) -> jax.Array:
    """Return where the difference is finite and allowed, every step rounded to the dtype; integers go as float32."""
    own = as_dtype(input.dtype)
    rounded = own if own.category > Category.INTEGER else float32
    wide = promote_types(rounded, float32)
    x, y = input.astype(wide.dtype), other.astype(wide.dtype)
    relative, absolute = (jnp.asarray(number).astype(wide.to_real().dtype) for number in (rtol, atol))
    allowed = _cut(absolute + _cut(jnp.abs(y) * relative, rounded), rounded)
    actual = _cut(jnp.abs(x - y), rounded)
    return jnp.isfinite(actual) & (actual <= allowed)


def _cut(number: jax.Array, dtype: DType) -> jax.Array:
    return to_digits(number, dtype.dtype) if dtype.itemsize == 2 else number


@public
def allclose(input: Any, other: Any, rtol: Any = 1e-05, atol: Any = 1e-08, equal_nan: bool = False) -> jax.Array:
    """Return whether all elements are close, as `isclose` has it: a 0-dim bool, where torch gives Python's.

    Raises: RuntimeError for two dtypes, and for a tolerance below 0.

    >>> import jaxfun as jf
    >>> jf.allclose(jf.tensor([1.0, 2.0]), jf.tensor([1.000001, 2.1]))
    Array(False, dtype=bool)
    """
    _check_tolerances("allclose(input, other, rtol, atol, equal_nan)", rtol=rtol, atol=atol)
    return _allclose(input, other, rtol, atol, equal_nan)


@op(kind=None, torch="torch.allclose", node="", takes=_TOLERANCES)
def _allclose(
    input: Array, other: Array, rtol: Factor = 1e-05, atol: Factor = 1e-08, equal_nan: bool = False
) -> jax.Array:
    return jnp.all(_isclose(input, other, rtol, atol, equal_nan))


def _check_tolerances(call: str, **tolerances: Any) -> None:
    for name, value in tolerances.items():
        as_real(value, name)
        if isinstance(value, (int, float)) and not value >= 0:  # NaN neither
            raise DTypeError(f"`{name}` of 0 or more", describe(value), call=call)


_ANY_TWO = {
    "input": Shape(("m k", "k", "", "m k", "m k", "m 1")),
    "other": Shape(("m k", "k", "", "k m", "k", "m 2")),
}


@op(kind=Kind.ALWAYS_BOOL, node="", takes=_ANY_TWO)
def equal(input: Array, other: Array) -> jax.Array:
    """Return whether shapes and all elements are equal: a 0-dim bool, where torch gives Python's; NaN equals nothing.

    >>> import jaxfun as jf
    >>> jf.equal(jf.tensor([1, 2]), jf.tensor([1, 2]))
    Array(True, dtype=bool)
    """
    return jnp.array_equal(input, other)
