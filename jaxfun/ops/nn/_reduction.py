"""Common parts of the losses: the `reduction` argument, checks, and broadcasting of targets with a warning."""

import warnings
from collections.abc import Callable, Mapping
from typing import Any

import jax
import jax.numpy as jnp

from ...core.arguments import as_tensor
from ...core.dims import broadcast_shapes
from ...core.dtypes import DType, as_dtype
from ...core.errors import ArgumentValueError, UnsupportedDTypeError, describe
from ...core.numbers import is_traced
from ...core.record import COMPLEXES, Choice
from ..reduce.sums import mean, sum

_REDUCTIONS: Mapping[str, Callable[[Any], jax.Array]] = {"none": lambda loss: loss, "mean": mean, "sum": sum}
REDUCTION = Choice(tuple(_REDUCTIONS))  # the values of `reduction`, for an op's record


def reduced(loss: jax.Array, reduction: str) -> jax.Array:
    """Apply a reduction to a loss: "none", "mean" or "sum".

    Raises: ArgumentValueError for an unknown reduction.
    """
    want_reduction(reduction)
    return _REDUCTIONS[reduction](loss)


def want_reduction(reduction: str, *more: str) -> None:
    """Raise ArgumentValueError unless `reduction` is "none", "mean", "sum" or one of `more`."""
    known = (*_REDUCTIONS, *more)
    if reduction not in known:
        raise ArgumentValueError(f"`reduction` to be one of {', '.join(known)}", repr(reduction))


def want_positive(name: str, value: float) -> None:
    """Raise ArgumentValueError unless a number is positive."""
    if value <= 0:
        raise ArgumentValueError(f"a positive `{name}`", describe(value))


def want_floating(name: str, input: jax.Array) -> None:
    """Raise UnsupportedDTypeError unless a tensor is floating point."""
    if not as_dtype(input.dtype).is_floating_point:
        raise UnsupportedDTypeError(f"a floating point `{name}`", describe(input))


def takes_complex_targets(arguments: Mapping[str, Any]) -> frozenset[DType]:
    """Accept complex dtypes if all inputs are real: torch then allows a complex `target`; an op's `takes_here`."""
    inputs = (value for name, value in arguments.items() if name.startswith("input"))
    return frozenset() if any(as_dtype(input.dtype).is_complex for input in inputs) else COMPLEXES


def are_all(predicate: Callable[[jax.Array], jax.Array], numbers: Any) -> bool:
    """Return whether a predicate holds for all numbers. Traced numbers pass unchecked."""
    if is_traced(numbers):
        return True
    with jax.ensure_compile_time_eval():  # concrete numbers inside a traced function
        return bool(predicate(numbers).all())


def broadcast_pair(name: str, input: Any, target: Any) -> tuple[jax.Array, jax.Array]:
    """Broadcast both tensors to their common shape, before dtype promotion as in torch.

    Warns: if the shapes differ, at the line that calls `nn.functional.<name>`.
    """
    input, target = as_tensor("input", input), as_tensor("target", target)
    if input.shape == target.shape:
        return input, target
    text = f"input is {describe(input)} and target is {describe(target)}; they broadcast"
    warnings.warn(f"jaxfun.nn.functional.{name}: {text}", UserWarning, stacklevel=4)
    shape = broadcast_shapes(input.shape, target.shape)
    return jnp.broadcast_to(input, shape), jnp.broadcast_to(target, shape)
