"""The stacks of value sets of a tensor, by strata."""

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from hypothesis import strategies as st

from ...dtypes import Category, DType
from ..compare.complexes import complex_of
from .layouts import ALL, Layout

_NICE = (0.0, -0.0, 1.0, -1.0, 0.5, -0.5, 2.0, -2.0, 3.0, -3.0, 1.5, -2.5)
STRATA: Mapping[str, tuple[float, ...]] = {
    "distinct": (),  # normal draws: no two alike
    "ties": (0.5, 0.5, -2.0),
    "kinks": (0.0, -0.0, 1.0, -1.0),
    "nice": _NICE,
    "wide": (1e-3, -1e-3, 0.1, 7.0, -30.0, 88.0, 1e3),
    "not finite": (1.0, math.nan, math.inf, -math.inf, *_NICE[:6]),
}
_INTEGERS = (0, 1, -1, 2, 3, -2, 7, 100, -128)


def stacks(layout: Any, strata: tuple[str, ...], seed: int) -> st.SearchStrategy[Any]:
    """Return a strategy for what a layout stands for: a stack of value sets for each tensor in it."""
    if isinstance(layout, tuple):
        return st.tuples(*(stacks(item, strata, seed + 7 * place) for place, item in enumerate(layout)))
    if isinstance(layout, Layout):
        return stack(layout, strata, seed)
    return st.just(layout)


@st.composite
def stack(draw: st.DrawFn, layout: Layout, strata: tuple[str, ...], seed: int) -> np.ndarray:
    """Return a strategy for one tensor's value sets, a row for each stratum."""
    if layout.limit is not None:
        return _indices(layout, len(strata), seed)
    parts = 2 if layout.dtype.is_complex else 1
    count = parts * math.prod(layout.shape)
    rows = [_row(draw, stratum, layout.dtype, count, seed + row) for row, stratum in enumerate(strata)]
    flat = np.array(rows, dtype=np.float64).reshape(len(strata), parts, -1)
    with np.errstate(invalid="ignore", over="ignore"):  # 1e3 in 8 bits wraps, as it may
        numbers = complex_of(flat[:, 0], flat[:, 1]) if parts == 2 else flat[:, 0]
        values = np.asarray(numbers.reshape(len(strata), *layout.shape)).astype(layout.dtype.dtype)
    return _VALUES[layout.values](values)


def _indices(layout: Layout, rows: int, seed: int) -> np.ndarray:
    """Return integers below the layout's limit; distinct ones are parts of permutations."""
    random, shape = np.random.default_rng(seed), (rows, *layout.shape)
    assert layout.limit is not None
    if layout.distinct is not None and layout.shape:
        axis = 1 if layout.distinct == ALL else layout.distinct + 1
        apart = (rows, math.prod(layout.shape)) if layout.distinct == ALL else shape
        order = np.argsort(random.random((*apart[:axis], layout.limit, *apart[axis + 1 :])), axis=axis)
        indices = order.take(range(apart[axis]), axis=axis).reshape(shape)
    else:
        indices = random.integers(0, max(layout.limit, 1), shape)
    if layout.negative:
        indices = indices - layout.limit * random.integers(0, 2, shape)
    return indices.astype(layout.dtype.dtype)


def _invertible(values: np.ndarray) -> np.ndarray:
    """Return matrices whose singular values lie near 2, 4, 6, ..., of either sign of the determinant.

    One with NaN or infinity among its numbers is NaN altogether: LAPACKs choose freely whether NaN is a pivot.
    """
    # as sizes: the largest change that is drawn moves a singular value by 0.5 at most
    rows, columns = values.shape[-2:]
    diagonal = np.eye(rows, columns) * 2 * (1 + np.arange(columns))
    spread = _bounded(values) / (2 * max(rows * columns, 1))
    matrices = [np.roll(matrix * (-1) ** place, place, -2) for place, matrix in enumerate(diagonal + spread)]
    finite = np.isfinite(values.astype(spread.dtype)).all((-2, -1), keepdims=True)
    return np.where(finite, np.reshape(matrices, values.shape), np.nan).astype(values.dtype)


def _positive_definite(values: np.ndarray) -> np.ndarray:
    """Return matrices whose lower triangle is that of a positive definite one; the upper one is as it comes.

    Where infinity is drawn stands NaN: LAPACKs choose freely whether an infinite matrix is positive definite.
    """
    root = _bounded(values)
    matrices = np.tril(root @ np.conj(np.swapaxes(root, -1, -2)) + np.eye(values.shape[-1])) + np.triu(root, 1)
    return np.where(np.isfinite(values.astype(root.dtype)), matrices, np.nan).astype(values.dtype)


def _bounded(values: np.ndarray) -> np.ndarray:
    """Return each value set's finite values, none larger than 1; the others as 0."""
    wide = values.astype(np.complex128 if np.iscomplexobj(values) else np.float64)
    finite = np.where(np.isfinite(wide), wide, 0)
    return finite / np.maximum(np.abs(finite).max(axis=tuple(range(1, finite.ndim)), initial=1, keepdims=True), 1)


def _parts(values: np.ndarray) -> np.ndarray:
    """Return numbers from 0 to below 1, so far below that no change that is drawn leads out."""
    size = np.nan_to_num(np.abs(values).astype(np.float64), nan=0.3)
    part = np.minimum(size, 1 / np.maximum(size, 1))
    return np.where(part < 0.95, part, 0.75).astype(values.dtype)


_VALUES: Mapping[str, Callable[[np.ndarray], np.ndarray]] = {
    "": lambda values: values,
    "sorted": lambda values: np.sort(values, axis=-1) if values.ndim > 1 else values,
    "invertible": _invertible,
    "parts": _parts,
    "positive definite below": _positive_definite,
    "positive definite above": lambda values: np.conj(np.swapaxes(_positive_definite(values), -1, -2)),
}


def _row(draw: st.DrawFn, stratum: str, dtype: DType, count: int, seed: int) -> Sequence[float]:
    if dtype.category <= Category.INTEGER:
        palette = (0, 1) if dtype.category is Category.BOOL else _INTEGERS[: 8 if dtype.name != "int8" else None]
        if dtype.name == "uint8":
            palette = tuple(number % 256 for number in palette)
        return _of_palette(draw, palette, count)
    if stratum == "distinct":
        return (np.random.default_rng(seed).normal(size=count) * 1.5).tolist()
    palette = STRATA[stratum]
    if dtype.is_complex:
        # C leaves open which parts of a complex product or quotient with an infinity are NaN: libraries choose freely
        palette = tuple(number for number in palette if not math.isinf(number))
        if stratum == "kinks":  # the cuts of inverse functions lie beyond 1
            palette = (*palette, 2.0, -2.0)
    return _of_palette(draw, palette, count)


def _of_palette(draw: st.DrawFn, palette: Sequence[float], count: int) -> Sequence[float]:
    # counted on from place to place: the first draw, which Hypothesis makes of zeros alone, goes through the palette
    drawn = draw(st.lists(st.integers(0, len(palette) - 1), min_size=count, max_size=count))
    return [palette[(place + number) % len(palette)] for place, number in enumerate(drawn)]
