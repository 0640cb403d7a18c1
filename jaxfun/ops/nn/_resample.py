"""Resampling along one dimension: the input indices and weights of each output element.

They are constants, of NumPy; for a size that `jax.export` leaves open, `jax.numpy` computes them in the program.
"""

import functools
import math
from collections.abc import Callable, Mapping
from types import ModuleType
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

from ...core.dtypes import canonical, int64
from ...core.errors import ShapeError
from ...core.sizes import has_open, is_open, larger, library_of


class Axis(NamedTuple):
    """A dimension to resample: input size, output size, the given scale factor, and `align_corners`."""

    old: int
    new: int
    factor: float | None
    align_corners: bool
    dtype: Any  # of the coordinates and weights

    @property
    def scale(self) -> Any:
        """The step between output elements, in input coordinates."""
        number = self.number
        if self.align_corners and has_open((self.old, self.new)):
            return number(self.old - 1) / number(larger(self.new - 1, 1)) * (number(self.new) > 1)
        if self.align_corners:
            return number(self.old - 1) / number(self.new - 1) if self.new > 1 else number(0)
        if self.factor is not None and self.factor > 0:
            return number(1.0 / self.factor)
        return number(self.old) / number(self.new)

    @property
    def library(self) -> ModuleType:
        """The library that computes the indices and weights."""
        return library_of(self.old, self.new)

    @property
    def number(self) -> Callable[[Any], Any]:
        """The function that converts a size to the dtype."""
        return functools.partial(jnp.asarray, dtype=self.dtype) if self.library is jnp else self.dtype

    @property
    def places(self) -> Any:
        """The index of each output element, in the dtype of the coordinates."""
        return self.library.arange(self.new).astype(self.dtype)

    @property
    def coordinates(self) -> Any:
        """The source coordinate of each output element: its centre, in input coordinates."""
        new = self.places
        if self.align_corners:
            return self.scale * new
        return self.scale * (new + self.dtype(0.5)) - self.dtype(0.5)


class Taps(NamedTuple):
    """The taps of each output element: input indices, (taps, new), their weights, and a mask of the valid taps."""

    indices: Any
    weights: Any = None
    valid: Any = None


def nearest(axis: Axis) -> Taps:
    """Return the tap of mode "nearest": the element at the coordinate rounded down, without the half-pixel offset."""
    return _nearest_tap(axis, axis.places * axis.scale)


def nearest_exact(axis: Axis) -> Taps:
    """Return the tap of mode "nearest-exact": the element nearest to each coordinate."""
    return _nearest_tap(axis, axis.coordinates + axis.dtype(0.5))


def _nearest_tap(axis: Axis, coordinates: Any) -> Taps:
    return Taps(axis.library.clip(_floor(axis, coordinates), 0, axis.old - 1)[None])


def _floor(axis: Axis, coordinates: Any) -> Any:
    return axis.library.floor(coordinates).astype(np.int64 if axis.library is np else canonical(int64).dtype)


def linear(axis: Axis) -> Taps:
    """Return the taps of linear interpolation: the two elements around each coordinate."""
    library = axis.library
    if axis.old == axis.new:
        below, fraction = library.arange(axis.new), library.zeros(axis.new, axis.dtype)
        return Taps(library.stack([below, below]), library.stack([1 - fraction, fraction]))
    below, fraction = _index_and_fraction(axis, library.maximum(axis.coordinates, 0))
    above = library.minimum(below + 1, axis.old - 1)
    return Taps(library.stack([below, above]), library.stack([1 - fraction, fraction]))


def _index_and_fraction(axis: Axis, coordinates: Any) -> tuple[Any, Any]:
    """Return the index of the element below each coordinate, and the fraction above it."""
    below = axis.library.minimum(_floor(axis, coordinates), axis.old - 1)
    return below, axis.library.clip(coordinates - below.astype(axis.dtype), 0, 1).astype(axis.dtype)


_CUBIC_COEFFICIENT = -0.75  # the coefficient `a` of torch's cubic convolution; the antialiasing filter has -0.5


def cubic(axis: Axis) -> Taps:
    """Return the taps of cubic convolution: the four elements around each coordinate, clamped to the edges."""
    below, fraction = _index_and_fraction(axis, axis.coordinates)
    indices = axis.library.clip(below + np.arange(-1, 3)[:, None], 0, axis.old - 1)
    return Taps(indices, cubic_weights(fraction, axis.library).astype(axis.dtype))


def cubic_weights(fraction: Any, numpy: Any) -> Any:
    """Return the four weights of cubic convolution at a coordinate `part` above the second element."""
    a = _CUBIC_COEFFICIENT
    outer, inner = fraction + 1, 1 - fraction
    beyond = 2 - fraction
    return numpy.stack(
        [
            ((a * outer - 5 * a) * outer + 8 * a) * outer - 4 * a,
            ((a + 2) * fraction - (a + 3)) * fraction * fraction + 1,
            ((a + 2) * inner - (a + 3)) * inner * inner + 1,
            ((a * beyond - 5 * a) * beyond + 8 * a) * beyond - 4 * a,
        ]
    )


def area(axis: Axis) -> Taps:
    """Return the taps of adaptive average pooling: the elements in each window, with equal weights."""
    new = axis.library.arange(axis.new)
    start, end = new * axis.old // axis.new, -(-(new + 1) * axis.old // axis.new)
    return _taps_of_ranges(axis, start, end, lambda *_: 1 / (end - start).astype(axis.dtype))


def _taps_of_ranges(axis: Axis, start: Any, end: Any, weigh: Callable[..., Any]) -> Taps:
    """Return the taps of the elements from `start` to `end`. Shorter ranges are padded with invalid taps."""
    library = axis.library
    taps = np.arange(_most_taps(axis) if library is jnp else int(np.max(end - start, initial=1)))[:, None]
    valid = taps < end - start
    weights = library.where(valid, weigh(start, taps), 0).astype(axis.dtype)
    return Taps(library.minimum(start + taps, axis.old - 1), weights, valid)


def _most_taps(axis: Axis) -> int:
    """Return a number that no window of `area` exceeds, for sizes that `jax.export` leaves open."""
    most = -(-axis.old // axis.new) + 1
    if is_open(most):
        raise ShapeError("sizes whose ratio is known", f"{axis.old} and {axis.new}")
    return most


def _triangle(x: np.ndarray) -> np.ndarray:
    return np.maximum(1 - np.abs(x), 0)


def _catmull_rom(x: np.ndarray) -> np.ndarray:
    a, x = -0.5, np.abs(x)
    near, far = ((a + 2) * x - (a + 3)) * x * x + 1, (((x - 5) * x + 8) * x - 4) * a
    return np.where(x < 1, near, np.where(x < 2, far, 0))


def _lanczos(x: np.ndarray) -> np.ndarray:
    return np.where(np.abs(x) < 3, np.sinc(x) * np.sinc(x / 3), 0)


# the antialiasing filters, each with its width in elements
_FILTERS: Mapping[str, tuple[Callable[[np.ndarray], np.ndarray], int]] = {
    "bilinear": (_triangle, 2),
    "bicubic": (_catmull_rom, 4),
    "lanczos": (_lanczos, 6),
}


def antialiased(axis: Axis, mode: str) -> Taps:
    """Return the taps of an antialiasing filter, widened by the scale when downsampling."""
    weigh_distance, width = _FILTERS[mode]
    scale, half = axis.scale, axis.dtype(0.5)
    support = axis.dtype(width * 0.5) * (scale if scale >= 1 else axis.dtype(1))
    shrink = 1 / scale if scale >= 1 else axis.dtype(1)
    centres = scale * (np.arange(axis.new, dtype=axis.dtype) + half)
    largest = math.ceil(support) * 2 + 1
    start = np.maximum((centres - support + half).astype(np.int64), 0)
    end = np.minimum(np.minimum((centres + support + half).astype(np.int64), axis.old), start + largest)

    def weigh(start: np.ndarray, taps: np.ndarray) -> np.ndarray:
        values = np.where(taps < end - start, weigh_distance((taps + start - centres + half) * shrink), 0)
        total = values.sum(0)
        return values / np.where(total == 0, 1, total)

    return _taps_of_ranges(axis, start, end, weigh)


def resample_along(input: jax.Array, taps: Taps, dim: int) -> jax.Array:
    """Resample a tensor along one dimension."""
    if taps.weights is None:
        return _gathered(input, taps.indices[0], dim)
    shape = (-1, *(1,) * (input.ndim - 1 - dim))
    total: Any = None
    for tap, (indices, weights) in enumerate(zip(taps.indices, taps.weights, strict=True)):
        term = _gathered(input, indices, dim) * jnp.asarray(weights.reshape(shape), input.dtype)
        if taps.valid is not None and not (isinstance(taps.valid, np.ndarray) and taps.valid[tap].all()):
            term = jnp.where(taps.valid[tap].reshape(shape), term, 0)
        total = term if total is None else total + term
    return total


def _gathered(input: jax.Array, indices: Any, dim: int) -> jax.Array:
    """Return the elements at indices.

    If the scale factor is an integer, all elements except those at the edges are stacked slices. The gradient of a
    slice needs no scatter, which takes most of the time on a CPU.
    """
    size = input.shape[dim]
    offsets, edge = _offsets(indices, size) if isinstance(indices, np.ndarray) else ([], 0)
    if not offsets:
        return jnp.take(input, indices, dim, mode="clip")
    if not any(offsets):
        return jnp.repeat(input, len(offsets), dim) if len(offsets) > 1 else input
    parts = [jax.lax.slice_in_dim(input, edge + offset, size - edge + offset, axis=dim) for offset in offsets]
    shape = (*input.shape[:dim], (size - 2 * edge) * len(offsets), *input.shape[dim + 1 :])
    inner = jnp.stack(parts, dim + 1).reshape(shape)
    outer = (indices[: edge * len(offsets)], indices[-edge * len(offsets) :])
    before, after = (jnp.take(input, each, dim, mode="clip") for each in outer)
    return jnp.concatenate([before, inner, after], dim)


def _offsets(indices: np.ndarray, size: int) -> tuple[list[int], int]:
    """Return the index offsets of the output elements of one input element, and the width of the edges.

    The offsets are empty if they differ between the edges, or if the output size is no multiple of the input size.
    """
    if not size or len(indices) % size:
        return [], 0
    differences = indices.reshape(size, -1) - np.arange(size)[:, None]
    offsets = differences[size // 2].tolist()
    edge = max(map(abs, offsets), default=0)
    return (offsets, edge) if 2 * edge < size and (differences[edge : size - edge] == offsets).all() else ([], 0)


def resample_bytes_along(input: jax.Array, taps: Taps, dim: int) -> jax.Array:
    """Resample a uint8 tensor along one dimension with 16-bit fixed-point weights, like torch."""
    matrix = np.zeros((taps.indices.shape[1], input.shape[dim]), np.float64)
    np.add.at(matrix, (np.arange(len(matrix)), taps.indices), taps.weights)
    bits = 0
    while bits < 22 and int(0.5 + matrix.max() * 2 ** (bits + 1)) < 2**15:
        bits += 1
    whole = np.trunc(matrix * 2**bits + np.copysign(0.5, matrix)).astype(np.int32)
    products = jnp.moveaxis(jnp.tensordot(input.astype(np.int32), whole.T, (dim, 0)), -1, dim)
    return jnp.clip((products + (1 << bits >> 1)) >> bits, 0, 255).astype(np.uint8)
