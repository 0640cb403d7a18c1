"""Draw the directions of derivatives: cotangents and tangents, equal on both sides and in every precision."""

import functools
from collections.abc import Sequence
from typing import Any

import jax.numpy as jnp
import numpy as np

from .case import Case

_COTANGENT, _TANGENT = 0, 1


def cotangents(case: Case, row: int, outputs: Sequence[Any]) -> list[Any]:
    """Return a cotangent for each result of a value set."""
    seed = (case.seed, case.number(row), _COTANGENT)
    return [_along(case, (*seed, i), out) for i, out in enumerate(outputs)]


def tangents(case: Case, row: int, tensors: Sequence[np.ndarray]) -> list[Any]:
    """Return a tangent for each differentiated tensor of a value set."""
    seed = (case.seed, case.number(row), _TANGENT)
    return [_along(case, (*seed, i), tensors[place]) for i, place in enumerate(case.movable)]


def _along(case: Case, seed: Sequence[int], like: Any) -> Any:
    if case.is_plain:
        return np.ones(like.shape, like.dtype)
    eighths = _eighths(tuple(seed), tuple(like.shape))
    return (eighths if jnp.issubdtype(like.dtype, jnp.complexfloating) else eighths.real).astype(like.dtype)


@functools.lru_cache(maxsize=2**14)  # both sides ask for the same directions, in each precision
def _eighths(seed: tuple[int, ...], shape: tuple[int, ...]) -> Any:
    rng = np.random.default_rng(seed)
    numbers = rng.normal(size=shape) + 1j * rng.normal(size=shape)
    return _eighth(numbers.real) + 1j * _eighth(numbers.imag)


def _eighth(numbers: np.ndarray) -> np.ndarray:
    """Round to multiples of 1/8, which every precision represents exactly. Avoid 0, which would hide a NaN."""
    rounded = np.round(numbers * 8) / 8
    return np.where(rounded == 0, 0.125, rounded)
