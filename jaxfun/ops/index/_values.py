"""Values that are written into a tensor: numbers and 0-dim tensors that its dtype must be able to hold."""

from typing import Any

import jax
import numpy as np

from ...core.dtypes import as_dtype, of
from ...core.errors import DTypeError, ShapeError, describe
from ...core.numbers import as_number, fitting, is_traced


def want_fitting(input: jax.Array, value: Any) -> None:
    """Raise DTypeError for a number that the dtype of `input` cannot hold, ShapeError for a tensor with dimensions.

    For a traced value only the dtype is checked.
    """
    if np.ndim(value):
        raise ShapeError("a number or a 0-dim tensor", describe(value))
    dtype = as_dtype(input.dtype)
    if is_traced(value) and of(value).is_complex and not dtype.is_complex:
        raise DTypeError(f"a number that {dtype.name} can hold", describe(value))
    fitting(as_number(value), dtype)
