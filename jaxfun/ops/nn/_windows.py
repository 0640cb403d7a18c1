"""Sliding windows over the last dimensions: their arguments, their number, and their elements as an array.

Convolutions, pools and `unfold` are built on this module. Begin with `columns`, or, for a pool, with `pool_of`.
"""

import math
from collections.abc import Sequence
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

from ...core.dims import is_integer
from ...core.errors import ArgumentTypeError, JaxfunError, PositionError, ShapeError, describe
from ...core.sizes import any_below, is_open, library_of

PerDim = int | tuple[int, ...] | list[int]  # one integer for all dimensions, or one for each
Ints = tuple[int, ...]
Pads = Sequence[tuple[int, int]]


def per_dim(value: Any, count: int, name: str) -> Ints:
    """Expand an integer, or a sequence of 1 or `count` integers, to one integer for each of `count` dimensions.

    Raises: ArgumentTypeError for a value that is not an integer; ShapeError for a sequence of another length.
    """
    each = as_ints(value, 1, name)
    if len(each) not in (1, count):
        raise ShapeError(f"`{name}` to be an integer or {count} of them", describe(value))
    return each * count if len(each) == 1 else each


def one_or_each(value: Any, count: int, name: str, error: type[JaxfunError] = PositionError) -> Ints:
    """Expand an integer, or a sequence of exactly `count` integers, to one integer for each of `count` dimensions.

    Raises: ArgumentTypeError for a value that is not an integer; `error` for a sequence of another length.
    """
    each = as_ints(value, count, name)
    if len(each) != count:
        raise error(f"`{name}` to be an integer or {count} of them", describe(value))
    return each


def as_ints(value: Any, count: int, name: str) -> Ints:
    """Return a sequence of integers unchanged, or repeat one integer `count` times.

    Raises: ArgumentTypeError for a value that is not an integer.
    """
    each = value if isinstance(value, tuple) else (value,) * count
    if not all(map(is_integer, each)):
        raise ArgumentTypeError(f"`{name}` to be an integer or integers", describe(value))
    return each


def want_at_least(least: int, **named: Ints) -> None:
    """Raise ShapeError if any integer is below `least`."""
    for name, values in named.items():
        if any_below(least, values):
            raise ShapeError(f"`{name}` of at least {least}", str(values))


def want_rank(input: jax.Array, count: int) -> None:
    """Raise PositionError unless the shape is (n, c, *sizes) or (c, *sizes) with `count` sizes."""
    if input.ndim not in (count + 1, count + 2):
        raise PositionError(f"a tensor of {count + 2} dimensions, or of {count + 1} without a batch", describe(input))


def extents(kernel: Ints, dilation: Ints) -> Ints:
    """Return the extent of the dilated kernel in each dimension."""
    return tuple(step * (size - 1) + 1 for size, step in zip(kernel, dilation, strict=True))


def window_counts(sizes: Ints, extent: Ints, stride: Ints, pads: Pads) -> Ints:
    """Return the number of windows in each dimension; it is below 1 if no window fits."""
    each = zip(sizes, extent, stride, pads, strict=True)
    return tuple((size + sum(pad) - length) // step + 1 for size, length, step, pad in each)


def padded(input: jax.Array, pads: Pads, value: Any = 0) -> jax.Array:
    """Pad the last dimensions with `value`; negative padding crops."""
    if not any(map(any, pads)):
        return input
    config = [(0, 0, 0)] * (input.ndim - len(pads)) + [(*pad, 0) for pad in pads]
    return jax.lax.pad(input, jnp.asarray(value, input.dtype), config)


def strided_slice(input: jax.Array, axis: int, start: int, count: int, step: int) -> jax.Array:
    """Slice a dimension: `count` elements from `start`, with a stride of `step`."""
    if is_open(count) and step != 1:  # JAX cannot tell whether such a slice fits
        return jnp.take(input, start + step * jnp.arange(count), axis, mode="clip")
    return jax.lax.slice_in_dim(input, start, start + step * (count - 1) + 1, step, axis)


def columns(input: jax.Array, kernel: Ints, stride: Ints, dilation: Ints) -> jax.Array:
    """Extract the elements of all windows. Shapes: (n, c, *sizes) -> (n, c, *kernel, *windows)."""
    extent = extents(kernel, dilation)
    windows = window_counts(input.shape[2:], extent, stride, [(0, 0)] * len(kernel))
    for dim, (size, count, step, spacing) in enumerate(zip(kernel, windows, stride, dilation, strict=True)):
        axis = 2 + 2 * dim  # after the taps and the windows of earlier dimensions
        taps = [strided_slice(input, axis, spacing * tap, count, step) for tap in range(size)]
        input = jnp.stack(taps, 2 + dim)
    return input


def flat_taps(sizes: Ints, taps: Sequence[Any]) -> Any:
    """Combine the taps of the windows in each dimension to flat indices into an image of these sizes.

    Shapes: (*lead, windows, taps) for each dimension -> (*lead, *windows, all taps).
    """
    dims, lead = len(sizes), taps[0].shape[:-2]
    total: Any = 0
    for axis, (size, each) in enumerate(zip(sizes, taps, strict=True)):
        shape = [1] * 2 * dims
        shape[axis], shape[dims + axis] = each.shape[-2:]
        total = total * size + each.reshape(*lead, *shape)
    return total.reshape(*total.shape[: len(lead) + dims], math.prod(total.shape[len(lead) + dims :]))


class Pool(NamedTuple):
    """The windows of a pool. The padding at the end of each dimension extends to the end of the last window."""

    sizes: Ints  # of the input
    kernel: Ints
    stride: Ints
    dilation: Ints
    pads: tuple[tuple[int, int], ...]
    windows: Ints

    @property
    def starts(self) -> list[Any]:
        """The start indices of the windows in each dimension; they are negative in the padding."""
        each = zip(self.windows, self.stride, self.pads, strict=True)
        return [library_of(count).arange(count) * step - low for count, step, (low, _) in each]

    @property
    def first_inside(self) -> list[np.ndarray]:
        """The index of the first tap of each window that is not padding, in each dimension."""
        each = zip(self.starts, self.dilation, strict=True)
        return [start + np.maximum(-start + spacing - 1, 0) // spacing * spacing for start, spacing in each]


def pool_of(
    dims: int, input: jax.Array, kernel_size: Any, stride: Any, padding: Any, dilation: Any, ceil_mode: bool
) -> Pool:
    """Compute the windows of a pool over the last dimensions; `stride` defaults to `kernel_size`.

    Raises: ShapeError for sizes out of range, an empty input, and padding of more than half the window;
    PositionError for an input of the wrong rank.
    """
    kernel = per_dim(kernel_size, dims, "kernel_size")
    step = kernel if stride in (None, ()) else per_dim(stride, dims, "stride")
    spacing, pad = per_dim(dilation, dims, "dilation"), per_dim(padding, dims, "padding")
    want_at_least(1, kernel_size=kernel, stride=step, dilation=spacing)
    want_at_least(0, padding=pad)
    want_rank(input, dims)
    want_non_empty(input, input.ndim - 1 - dims)
    extent = extents(kernel, spacing)
    if any(2 * size > length for size, length in zip(pad, extent, strict=True)):
        raise ShapeError("`padding` of at most half the window", f"{pad} for a window of {extent}")
    sizes = input.shape[-dims:]
    windows = tuple(map(_window_count, sizes, extent, step, pad, (ceil_mode,) * dims))
    if any_below(1, windows):
        raise ShapeError(f"an input at least as large as the window of {extent}", describe(input))
    pads = tuple(map(_padding_to_last_window, sizes, extent, step, pad, windows))
    return Pool(sizes, kernel, step, spacing, pads, windows)


def _padding_to_last_window(size: int, extent: int, step: int, pad: int, count: int) -> tuple[int, int]:
    if is_open(size):
        return pad, pad  # without `ceil_mode` the last window ends before the end of this padding
    return pad, max((count - 1) * step + extent - size - pad, 0)


def want_non_empty(input: jax.Array, first: int) -> None:
    """Raise ShapeError for a size of 0 in dimension `first` or a later one; earlier ones, the batch, may be empty."""
    if 0 in input.shape[first:]:
        raise ShapeError("a tensor whose non-batch dimensions are not empty", describe(input))


def _window_count(size: int, extent: int, step: int, pad: int, ceil_mode: bool) -> int:
    left = size + 2 * pad - extent
    count = (-(-left // step) if ceil_mode else left // step) + 1
    # windows that would start in the padding at the end are ignored
    return count - (ceil_mode and (count - 1) * step >= size + pad)
