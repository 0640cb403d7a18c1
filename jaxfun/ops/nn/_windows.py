"""Windows over the last dimensions: how they are described, how many there are, and their elements side by side.

Convolutions, pools and `unfold` stand on it. Begin with `columns`.
"""

from collections.abc import Sequence
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from ...core.errors import ArgumentTypeError, ShapeError, describe

PerDim = int | tuple[int, ...] | list[int]  # one integer for all dimensions, or one each
Ints = tuple[int, ...]
Pads = Sequence[tuple[int, int]]


def spread(value: Any, count: int, name: str) -> Ints:
    """Return an integer for each of `count` dimensions, of one integer or a sequence of one or of `count`.

    Raises: ArgumentTypeError for what is no integer; ShapeError for another number of them.
    """
    each = value if isinstance(value, tuple) else (value,)
    if not all(isinstance(item, (int, np.integer)) and not isinstance(item, bool) for item in each):
        raise ArgumentTypeError(f"`{name}` to be an integer or {count} of them", describe(value))
    if len(each) not in (1, count):
        raise ShapeError(f"`{name}` to be an integer or {count} of them", describe(value))
    return each * count if len(each) == 1 else each


def want_at_least(least: int, **named: Ints) -> None:
    """Raise ShapeError for an integer below `least`."""
    for name, values in named.items():
        if min(values) < least:
            raise ShapeError(f"`{name}` of at least {least}", str(values))


def want_rank(input: jax.Array, count: int) -> None:
    """Raise ShapeError unless a tensor has `count` dimensions behind its channels, and one or none before them."""
    if input.ndim not in (count + 1, count + 2):
        raise ShapeError(f"a tensor of {count + 2} dimensions, or of {count + 1} without a batch", describe(input))


def extents(kernel: Ints, dilation: Ints) -> Ints:
    """Return how far a window reaches in each dimension."""
    return tuple(step * (size - 1) + 1 for size, step in zip(kernel, dilation, strict=True))


def counts(sizes: Ints, reach: Ints, stride: Ints, pads: Pads) -> Ints:
    """Return how many windows fit in each dimension; below 1 where none does."""
    each = zip(sizes, reach, stride, pads, strict=True)
    return tuple((size + sum(pad) - length) // step + 1 for size, length, step, pad in each)


def padded(input: jax.Array, pads: Pads, value: Any = 0) -> jax.Array:
    """Return a tensor with its last dimensions padded by `value`; negative padding crops."""
    if not any(map(any, pads)):
        return input
    config = [(0, 0, 0)] * (input.ndim - len(pads)) + [(*pad, 0) for pad in pads]
    return jax.lax.pad(input, jnp.asarray(value, input.dtype), config)


def every(input: jax.Array, axis: int, start: int, count: int, step: int) -> jax.Array:
    """Return `count` elements along a dimension, every `step`-th from `start` on."""
    return jax.lax.slice_in_dim(input, start, start + step * (count - 1) + 1, step, axis)


def columns(input: jax.Array, kernel: Ints, stride: Ints, dilation: Ints) -> jax.Array:
    """Return the elements of all windows. Shapes: (n, c, *sizes) -> (n, c, *kernel, *windows)."""
    reach = extents(kernel, dilation)
    windows = counts(input.shape[2:], reach, stride, [(0, 0)] * len(kernel))
    for place, (size, count, step, apart) in enumerate(zip(kernel, windows, stride, dilation, strict=True)):
        axis = 2 + 2 * place  # behind the taps and the windows of the dimensions before it
        taps = [every(input, axis, apart * tap, count, step) for tap in range(size)]
        input = jnp.stack(taps, 2 + place)
    return input
