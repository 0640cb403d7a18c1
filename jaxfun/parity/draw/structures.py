"""Structured tensors: probabilities, symmetric and positive definite matrices, labels, masks, permutations.

Each `Structure` in `STRUCTURES` makes an array, from the numbers of a stratum or in strata of its own, and tests
whether an array has the structure.
"""

from collections.abc import Callable, Mapping
from typing import NamedTuple

import numpy as np


class Structure(NamedTuple):
    """A structure: `made` makes an array, `holds` tests an array, `strata` are the strata that it is drawn in.

    With `is_of_numbers`, `made` takes the stratum's numbers in float64 or complex128. Otherwise (integers and bools) it
    takes the stratum's name, the shape, the lowest and the highest number, the ignored label, and the random generator.
    """

    made: Callable[..., np.ndarray]
    holds: Callable[[np.ndarray], bool]
    strata: tuple[str, ...]
    is_of_numbers: bool = True


_FINITE = (
    "distinct",
    "ties",
    "zeros",
    "kinks",
    "halves",
    "positive",
    "wide",
    "large",
    "tiny",
    "near-constant",
    "constant",
    "repeated rows",
    "equal arguments",
)


def _adjoint(array: np.ndarray) -> np.ndarray:
    return np.conj(np.swapaxes(array, -1, -2))


def _symmetric(numbers: np.ndarray) -> np.ndarray:
    lower = np.tril(numbers, -1)
    return lower + _adjoint(lower) + np.real(np.eye(numbers.shape[-1]) * numbers)


def _is_symmetric(array: np.ndarray) -> bool:
    return array.shape[-1] == array.shape[-2] and bool(np.array_equal(array, _adjoint(array), equal_nan=True))


def _positive_definite(numbers: np.ndarray) -> np.ndarray:
    """Return matrices with eigenvalues far from 0, so that rounding cannot make them indefinite."""
    largest = np.abs(numbers).max(initial=1.0)
    root = numbers / largest
    return _symmetric(root @ _adjoint(root) + np.eye(numbers.shape[-1]))


def _is_positive_definite(array: np.ndarray) -> bool:
    if not (_is_symmetric(array) and np.isfinite(_wide(array)).all()):
        return False
    return bool((np.linalg.eigvalsh(_wide(array)) > 0).all())


def _wide(array: np.ndarray) -> np.ndarray:
    return array.astype(np.complex128 if array.dtype.kind == "c" else np.float64)


def _probabilities(numbers: np.ndarray) -> np.ndarray:
    """Normalize absolute values to a sum of 1 along the last dimension; zeros stay zeros."""
    if not numbers.size or not numbers.ndim:
        return np.ones_like(numbers)
    sizes = np.abs(numbers)
    total = sizes.sum(-1, keepdims=True)
    first = np.arange(numbers.shape[-1]) == 0
    return np.where(total > 0, sizes / np.where(total > 0, total, 1), first)


def _is_probabilities(array: np.ndarray) -> bool:
    wide = _wide(array)
    off = np.abs(wide.sum(-1) - 1) if wide.ndim else np.abs(wide - 1)
    eps = {"float64": 1e-12, "float32": 1e-5}.get(str(array.dtype), 0.05)
    return not array.size or bool((wide >= 0).all() and (off <= eps).all())


def _labels(
    stratum: str, shape: tuple[int, ...], low: int, high: int, ignored: int | None, rng: np.random.Generator
) -> np.ndarray:
    drawn = rng.integers(low, max(high, low) + 1, size=shape)
    if stratum == "constant":
        drawn = np.full(shape, rng.integers(low, max(high, low) + 1))
    if ignored is not None and "ignored" in stratum:
        drawn = np.where((rng.random(shape) < 0.4) | (stratum == "all labels ignored"), ignored, drawn)
    return np.asarray(drawn)


def _mask(
    stratum: str, shape: tuple[int, ...], low: int, high: int, ignored: int | None, rng: np.random.Generator
) -> np.ndarray:
    """Return random bools with a True in each row; by stratum, some rows are all True or all False."""
    drawn = rng.integers(0, 2, size=shape).astype(bool)
    if not shape or not drawn.size:
        return np.asarray(drawn)
    rows = (*shape[:-1], 1)
    chosen = rng.random(rows) < 0.5
    if not chosen.any():
        chosen = np.arange(chosen.size).reshape(rows) == rng.integers(chosen.size)
    kept = drawn | (np.arange(shape[-1]) == rng.integers(0, shape[-1], size=rows))
    changed = {"rows of all True": kept | chosen, "rows of all False": kept & ~chosen}
    return np.asarray(changed.get(stratum, kept))


def _permutation(
    stratum: str, shape: tuple[int, ...], low: int, high: int, ignored: int | None, rng: np.random.Generator
) -> np.ndarray:
    order = np.broadcast_to(np.arange(shape[-1]), shape)
    return order if stratum == "constant" else rng.permuted(order, axis=-1)


def _is_permutation(array: np.ndarray) -> bool:
    return bool((np.sort(array, -1) == np.arange(array.shape[-1])).all())


def _any(array: np.ndarray) -> bool:
    return True


def _has_true_in_each_row(array: np.ndarray) -> bool:
    return not array.size or bool(np.asarray(array).any(-1).all())


STRUCTURES: Mapping[str, Structure] = {
    "probabilities": Structure(_probabilities, _is_probabilities, _FINITE),
    "symmetric": Structure(_symmetric, _is_symmetric, _FINITE),
    "positive definite": Structure(_positive_definite, _is_positive_definite, _FINITE),
    "labels": Structure(_labels, _any, ("distinct", "constant"), is_of_numbers=False),
    "labels, some ignored": Structure(
        _labels, _any, ("distinct", "constant", "ignored labels", "all labels ignored"), is_of_numbers=False
    ),
    "mask": Structure(_mask, _any, ("distinct", "rows of all True", "rows of all False"), is_of_numbers=False),
    "mask without empty rows": Structure(
        _mask, _has_true_in_each_row, ("distinct", "rows of all True"), is_of_numbers=False
    ),
    "permutation": Structure(_permutation, _is_permutation, ("distinct", "constant"), is_of_numbers=False),
}
OWN_STRATA = ("ignored labels", "all labels ignored", "rows of all True", "rows of all False")


def structure_of(name: str) -> Structure | None:
    """Return the structure with this name, None if there is none."""
    return STRUCTURES.get(name)
