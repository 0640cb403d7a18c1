"""The value sets of a record's tensors: numbers drawn by strata, then transformed to what the record describes.

Begin at `stacks`.
"""

import math
from collections.abc import Callable, Mapping, Sequence

import numpy as np

from .operands import ALL, RecordLayout
from .values import value_set

_SHARE_IGNORED = 0.3


def stacks(
    layouts: Sequence[RecordLayout], strata: Sequence[str], constants: Sequence[float], seed: int
) -> list[np.ndarray]:
    """Return a stack of value sets for each layout, a row for each stratum."""
    rng = np.random.default_rng(seed)
    rows = [value_set(stratum, layouts, constants, rng) for stratum in strata]
    return [_made(layout, np.stack(each), rng) for layout, each in zip(layouts, zip(*rows, strict=True), strict=True)]


def _made(layout: RecordLayout, values: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    return _VALUES[layout.values](values) if layout.limit is None else _indices(layout, len(values), rng)


def _indices(layout: RecordLayout, rows: int, rng: np.random.Generator) -> np.ndarray:
    """Return random indices below the layout's limit; unique ones come from a random permutation."""
    shape = (rows, *layout.shape)
    assert layout.limit is not None
    if layout.apart is not None and layout.shape:
        axis = 1 if layout.apart == ALL else layout.apart + 1
        all_in = (rows, math.prod(layout.shape)) if layout.apart == ALL else shape
        order = np.argsort(rng.random((*all_in[:axis], layout.limit, *all_in[axis + 1 :])), axis=axis)
        indices = order.take(range(all_in[axis]), axis=axis).reshape(shape)
    else:
        indices = rng.integers(0, max(layout.limit, 1), shape)
    if layout.negative:
        indices = indices - layout.limit * rng.integers(0, 2, shape)
    if layout.ignored is not None:
        indices = np.where(rng.random(shape) < _SHARE_IGNORED, layout.ignored, indices)
    return _INDICES[layout.values](indices, layout.limit).astype(layout.dtype)


def _offsets(indices: np.ndarray, limit: int) -> np.ndarray:
    """Return where parts of a sequence begin: in order, the first at 0."""
    return np.concatenate([np.zeros_like(indices[:, :1]), np.sort(indices[:, 1:], axis=1)], axis=1)


def _offsets_and_end(indices: np.ndarray, limit: int) -> np.ndarray:
    return np.concatenate([_offsets(indices[:, :-1], limit), np.full_like(indices[:, -1:], limit)], axis=1)


def _batch_sizes(indices: np.ndarray, limit: int) -> np.ndarray:
    """Return the number of sequences in each step of a packed sequence: nearly equal, the larger ones first."""
    steps = indices.shape[1]
    return np.broadcast_to(limit // steps + (np.arange(steps) < limit % steps), indices.shape)


_INDICES: Mapping[str, Callable[[np.ndarray, int], np.ndarray]] = {
    "": lambda indices, limit: indices,
    "offsets": _offsets,
    "offsets and end": _offsets_and_end,
    "batch sizes": _batch_sizes,
}


def _invertible(values: np.ndarray) -> np.ndarray:
    """Return matrices with singular values near 2, 4, 6, ..., and determinants of either sign.

    A matrix with a NaN or infinite number becomes all NaN: whether NaN is a pivot depends on the LAPACK library.
    """
    # the singular values are near the sizes on the diagonal: the drawn change moves each by 0.5 at most
    rows, columns = values.shape[-2:]
    diagonal = np.eye(rows, columns) * 2 * (1 + np.arange(columns))
    spread = _bounded(values) / (2 * max(rows * columns, 1))
    matrices = [np.roll(matrix * (-1) ** place, place, -2) for place, matrix in enumerate(diagonal + spread)]
    finite = np.isfinite(values.astype(spread.dtype)).all((-2, -1), keepdims=True)
    return np.where(finite, np.reshape(matrices, values.shape), np.nan).astype(values.dtype)


def _positive_definite(values: np.ndarray) -> np.ndarray:
    """Return matrices with the lower triangle of a positive definite matrix; the upper triangle is arbitrary.

    Infinity becomes NaN: whether an infinite matrix is positive definite depends on the LAPACK library.
    """
    root = _bounded(values)
    matrices = np.tril(root @ np.conj(np.swapaxes(root, -1, -2)) + np.eye(values.shape[-1])) + np.triu(root, 1)
    return np.where(np.isfinite(values.astype(root.dtype)), matrices, np.nan).astype(values.dtype)


def _bounded(values: np.ndarray) -> np.ndarray:
    """Scale each value set to absolute values of at most 1; NaN and infinity become 0."""
    wide = values.astype(np.complex128 if np.iscomplexobj(values) else np.float64)
    finite = np.where(np.isfinite(wide), wide, 0)
    return finite / np.maximum(np.abs(finite).max(axis=tuple(range(1, finite.ndim)), initial=1, keepdims=True), 1)


def _parts(values: np.ndarray) -> np.ndarray:
    """Return numbers from 0 to below 0.95, so that perturbed inputs stay below 1."""
    size = np.abs(values).astype(np.float64)
    size = np.where(np.isnan(size), 0.3, size)
    part = np.minimum(size, 1 / np.maximum(size, 1))
    return np.where(part < 0.95, part, 0.75).astype(values.dtype)


def _places(values: np.ndarray) -> np.ndarray:
    """Return multiples of 1/16 from -1.5 to 1.5: places that are at an element, between two or outside exactly."""
    sizes = np.real(values).astype(np.float64)
    sizes = np.where(np.isfinite(sizes), sizes, 0.3)
    return (np.sign(sizes) * np.round(np.abs(sizes) % 1.5 * 16) / 16).astype(values.dtype)


_VALUES: Mapping[str, Callable[[np.ndarray], np.ndarray]] = {
    "": lambda values: values,
    "sorted": lambda values: np.sort(values, axis=-1) if values.ndim > 1 else values,
    "invertible": _invertible,
    "parts": _parts,
    "places": _places,
    "signs": lambda values: values if values.dtype == bool else np.sign(values),
    "positive definite below": _positive_definite,
    "positive definite above": lambda values: np.conj(np.swapaxes(_positive_definite(values), -1, -2)),
}
