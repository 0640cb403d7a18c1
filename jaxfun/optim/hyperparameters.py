"""The ranges of hyperparameters, and the terms that need care in float32.

A hyperparameter is a Python number, or an array where a schedule sets it (`optax.inject_hyperparams`). Only Python
numbers can be checked.
"""

import math
from collections.abc import Callable, Mapping
from typing import Any

import jax
import jax.numpy as jnp

from ..core.errors import ArgumentValueError, describe

LearningRate = float | jax.Array | Callable[[Any], Any]


def is_number(value: Any) -> bool:
    """Return whether a hyperparameter is a Python number: neither an array nor a schedule."""
    return isinstance(value, int | float)


def is_zero(value: Any) -> bool:
    """Return whether a hyperparameter is known to be 0, so that its term can be left out."""
    return is_number(value) and value == 0


def want_not_negative(values: Mapping[str, Any]) -> None:
    """Raise ArgumentValueError for a number below 0, or NaN."""
    for name, value in values.items():
        if is_number(value) and not value >= 0:
            raise ArgumentValueError(f"`{name}` to be 0 or more", describe(value))


def want_betas(betas: tuple[Any, Any]) -> None:
    """Raise ArgumentValueError unless both of `betas` are in [0, 1)."""
    for at, beta in enumerate(betas):
        if is_number(beta) and not 0 <= beta < 1:
            raise ArgumentValueError(f"`betas[{at}]` in [0, 1)", describe(beta))


def want_floats(betas: tuple[Any, Any]) -> None:
    """Raise ArgumentValueError for `betas` that are Python integers."""
    if any(isinstance(beta, int) for beta in betas):
        raise ArgumentValueError("`betas` to be two floats", describe(betas), "Write 0.0 for 0.")


def one_minus_power(base: Any, exponent: jax.Array) -> jax.Array:
    """Return 1 - base**exponent with all of its digits; in float32, 1 - 0.999 has lost five of seven.

    >>> print(jnp.round(one_minus_power(0.999, jnp.ones((), "int32")), 8))
    0.001
    """
    power = exponent.astype(float_dtype())
    if not is_number(base):
        return -jnp.expm1(power * jnp.log(base).astype(power.dtype))
    return -jnp.expm1(power * math.log(base)) if base > 0 else jnp.where(power > 0, 1.0, 0.0)


def float_dtype() -> Any:
    """Return the dtype of scalars that depend on the step: float64, or float32 without 64-bit types."""
    return jnp.result_type(float)


def average_length(beta: float, step: jax.Array) -> jax.Array:
    """Return RAdam's length of an average: 2 / (1 - beta) - 1 - 2 step beta**step / (1 - beta**step).

    Its terms cancel: in float32 four of seven digits would be lost. With h = -log(beta) and L(y) = coth(y) - 1/y, it is
    step + L(h / 2) - step L(step h / 2), whose terms do not.

    >>> print(jnp.round(average_length(0.999, jnp.ones((), "int32")), 6))
    1.0
    """
    half, power = -math.log(beta) / 2, step.astype(float_dtype())
    return power + _langevin(jnp.asarray(half, power.dtype)) - power * _langevin(power * half)


# the series of coth(y) - 1/y in odd powers of y
_SERIES = (1 / 3, -1 / 45, 2 / 945, -1 / 4725, 2 / 93555, -1382 / 638512875, 4 / 18243225, -3617 / 162820783125)
_NEAR_ZERO = 0.3


def _langevin(y: jax.Array) -> jax.Array:
    far = jnp.maximum(y, _NEAR_ZERO)
    series = y * jnp.polyval(jnp.asarray(_SERIES[::-1], y.dtype), y * y)
    return jnp.where(y < _NEAR_ZERO, series, 1 / jnp.tanh(far) - 1 / far)
