"""Python numbers that the dtype of a result cannot hold, refused where torch refuses them."""

from collections.abc import Sequence
from typing import Any

import jax
import numpy as np

from .._numbers import holds
from .._record import Number
from ..dtypes import canonical, is_scalar, of, result_type
from ..errors import DTypeError, describe


def refuse_overflow(call: str, operands: Sequence[Any], numbers: Sequence[Any]) -> None:
    """Raise DTypeError, in the name of `call`, for a number beyond the dtype that the operands promote to.

    Arrays and traced numbers pass, and so does what is refused elsewhere, as a number of too high a category.
    """
    if all(map(_fits_any_dtype, numbers)):
        return
    if not all(hasattr(operand, "dtype") or is_scalar(operand) for operand in operands):
        return
    dtype = canonical(result_type(*operands))
    for value in numbers:
        number = value.item() if isinstance(value, np.generic) else value
        if isinstance(number, Number) and of(number).category <= dtype.category and not holds(dtype, number):
            raise DTypeError(f"a number that {dtype.name} can hold", describe(number), call=call)


def _fits_any_dtype(number: Any) -> bool:
    if number is None or isinstance(number, jax.Array):
        return True
    return type(number) in (int, float) and -127 <= number <= 127
