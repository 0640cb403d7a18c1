"""Checks and casts for the scalar parameters of activations, which are real and fit the dtype of the input."""

from typing import Any

import jax
import jax.numpy as jnp

from ...core.checks import refuse_overflow
from ...core.errors import DTypeError, describe


def numbers_fit(input: Any, *numbers: Any, **named: Any) -> None:
    """Raise DTypeError for a number that overflows the dtype of the input; an op's `before`."""
    refuse_overflow((input,), (*numbers, *named.values()))


def as_factors(input: jax.Array, *numbers: Any) -> tuple[jax.Array, ...]:
    """Cast numbers to the dtype of the input.

    Raises: DTypeError for complex numbers.
    """
    if any(map(jnp.iscomplexobj, numbers)):
        raise DTypeError("real numbers", describe(numbers))
    return tuple(jnp.asarray(number).astype(input.dtype) for number in numbers)
