"""The numbers that an activation takes beside its tensor: real, and in the range of the tensor's dtype."""

from typing import Any

import jax
import jax.numpy as jnp

from ...core.checks import refuse_overflow
from ...core.errors import DTypeError, describe


def numbers_fit(input: Any, *numbers: Any, **named: Any) -> None:
    """Raise DTypeError for a number beyond the range of the input's dtype; an op's `before`."""
    refuse_overflow((input,), (*numbers, *named.values()))


def as_factors(input: jax.Array, *numbers: Any) -> tuple[jax.Array, ...]:
    """Return numbers in the input's dtype.

    Raises: DTypeError for complex ones.
    """
    if any(map(jnp.iscomplexobj, numbers)):
        raise DTypeError("real numbers", describe(numbers))
    return tuple(jnp.asarray(number).astype(input.dtype) for number in numbers)
