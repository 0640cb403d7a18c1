"""Checks of arguments that several families of ops share: equal dtypes, no complex numbers, no NaN, no overflow."""

from collections.abc import Sequence
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from .dtypes import canonical, is_scalar, of, result_type
from .errors import DTypeError, JaxfunError, LinearAlgebraError, UnsupportedDTypeError, describe
from .numbers import holds, is_finite
from .types import Number


def want_one_dtype(first: jax.Array, *others: jax.Array) -> None:
    """Raise DTypeError for tensors of different dtypes, where torch does not promote."""
    if any(other.dtype != first.dtype for other in others):
        raise DTypeError("tensors of one dtype", " and ".join(map(describe, (first, *others))), "Cast one of them.")


def want_order(input: jax.Array, error: type[JaxfunError] = UnsupportedDTypeError) -> None:
    """Raise an error for complex numbers, which cannot be ordered."""
    if jnp.iscomplexobj(input):
        raise error("real numbers (complex numbers have no order)", describe(input))


def want_no_nan(_: Any, input: jax.Array, *others: Any, **options: Any) -> None:
    """Raise LinearAlgebraError where a known tensor has NaN; an op's `check`, whatever its other arguments."""
    if not is_finite(input) and np.isnan(input).any():
        raise LinearAlgebraError("no NaN", f"NaN in {describe(input)}")


def refuse_overflow(operands: Sequence[Any], numbers: Sequence[Any]) -> None:
    """Raise DTypeError for a Python number that overflows the promoted dtype of the operands.

    Arrays and traced numbers pass. So does a number of a higher category than the dtype: the op refuses it.
    """
    if all(map(_fits_any_dtype, numbers)):
        return
    if not all(hasattr(operand, "dtype") or is_scalar(operand) for operand in operands):
        return
    dtype = canonical(result_type(*operands))
    for value in numbers:
        number = value.item() if isinstance(value, np.generic) else value
        if isinstance(number, Number) and of(number).category <= dtype.category and not holds(dtype, number):
            raise DTypeError(f"a number that {dtype.name} can hold", describe(number))


def _fits_any_dtype(number: Any) -> bool:
    if number is None or isinstance(number, jax.Array):
        return True
    return type(number) in (int, float) and -127 <= number <= 127
