"""Python numbers in torch's creation functions: what counts as a number, which dtype can represent it, its rounding."""

import functools
import math
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax.core import Tracer

from .dtypes import Category, DType, of, uint8
from .errors import ArgumentTypeError, DTypeError, describe
from .record import Number
from .sizes import is_open


def is_traced(value: Any) -> bool:
    """Return whether a value is a tracer or an open size: its numbers are unknown before the compiled program runs."""
    return isinstance(value, Tracer) or is_open(value)


def is_finite(array: jax.Array) -> bool:
    """Return whether an array has neither infinity nor NaN. A tracer counts as finite.

    On a CPU NumPy sees it where it is, and bytes are asked: a fraction of what another compiled call costs.
    """
    if isinstance(array, Tracer):
        return True
    if array.platform() == "cpu":
        return 0 not in np.isfinite(np.asarray(array)).tobytes()
    return bool(_is_finite(array))


@jax.jit
def _is_finite(array: jax.Array) -> jax.Array:
    return jnp.isfinite(array).all()


def as_number(value: Any) -> Any:
    """Return a number, a NumPy scalar or a 0-dim tensor as a Python number. A tracer is returned unchanged.

    Raises: ArgumentTypeError for anything else.
    """
    if (isinstance(value, Number) and not isinstance(value, np.generic)) or is_open(value):
        return value
    if not hasattr(value, "dtype") or np.ndim(value):
        raise ArgumentTypeError("a number", describe(value))
    return value if is_traced(value) else value.item()


def as_real(number: Any, name: str) -> Any:
    """Return a real number or a 0-dim tensor, for an argument that is a float in torch.

    Raises: ArgumentTypeError for a complex one, and for a tensor with dimensions.
    """
    if np.iscomplexobj(number) or np.ndim(number):
        raise ArgumentTypeError(f"`{name}` to be a real number", describe(number))
    return number


def default_dtype(number: Any) -> DType:
    """Return torch's default dtype for a number: bool, int64, float32 or complex64. A tensor counts as its number."""
    return of((False, 0, 0.0, 0j)[of(number).category] if is_traced(number) else number)


def fitting(number: Any, dtype: DType) -> Any:
    """Return a number converted to a dtype: truncated for an integer dtype, wrapped for an unsigned one.

    Raises: DTypeError where the dtype cannot hold it.
    """
    if is_traced(number):
        return number
    if dtype.category is Category.BOOL:
        return bool(number)
    real: Any = number.real if isinstance(number, complex) and not number.imag else number
    if not holds(dtype, real):
        raise DTypeError(f"a number that {dtype.name} can hold", describe(number))
    return int(real) % 256 if dtype == uint8 else int(real) if dtype.category is Category.INTEGER else real


def holds(dtype: DType, number: Number) -> bool:
    """Return whether torch converts a number to a dtype: infinity and NaN are floats, and uint8 takes -255 and up."""
    if dtype.category is Category.BOOL:
        return True
    if isinstance(number, complex) and not dtype.is_complex:
        return False
    return (_holds_whole if dtype.category is Category.INTEGER else _holds_float)(dtype, number)


@functools.cache
def _limits(dtype: DType) -> tuple[Any, Any]:
    """Return the smallest and the largest number of a dtype, as Python numbers."""
    if dtype.category is Category.INTEGER:
        whole = jnp.iinfo(dtype.dtype)
        return int(whole.min), int(whole.max)
    real = jnp.finfo(dtype.dtype)
    return float(real.min), float(real.max)


def _holds_whole(dtype: DType, number: Any) -> bool:
    least, largest = _limits(dtype)
    # for an unsigned dtype torch wraps a negative integer, but not a negative float
    low = -255 if dtype == uint8 and isinstance(number, int) else least
    return low <= number <= largest


def _holds_float(dtype: DType, number: Any) -> bool:
    _, largest = _limits(dtype)
    return not any(largest < abs(part) < math.inf for part in (number.real, number.imag))


def rounded(numbers: Any, dtype: DType) -> np.ndarray:
    """Return numbers as a NumPy array of a dtype. 16-bit floats are rounded to float32 first, as in torch."""
    by_way_of = np.float32 if dtype.is_floating_point and dtype.itemsize == 2 else dtype.dtype
    with np.errstate(over="ignore", invalid="ignore"):
        return np.asarray(numbers, by_way_of).astype(dtype.dtype)
