"""Fractional max pooling: max pooling over windows at random positions. Begin with `_pooled`."""

import functools
import operator
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from ...core.arguments import as_tensor
from ...core.dtypes import as_dtype
from ...core.errors import ArgumentValueError, ShapeError, UnsupportedDTypeError, describe
from ...core.public import public
from ...core.record import FLOATS
from ...core.types import ArrayLike
from ._windows import Ints, flat_taps, per_dim, want_at_least, want_non_empty, want_rank
from .dropout import want_key
from .max_pool import ValuesAndIndices, max_of_taps


def _pooled(
    dims: int, input: Any, kernel_size: Any, output_size: Any, output_ratio: Any, samples: Any, key: Any
) -> ValuesAndIndices:
    input = as_tensor("input", input)
    kernel, sizes = per_dim(kernel_size, dims, "kernel_size"), input.shape[-dims:]
    windows = _output_sizes(dims, input, output_size, output_ratio)
    want_rank(input, dims)
    want_non_empty(input, input.ndim - 1 - dims)
    want_at_least(1, kernel_size=kernel)
    want_at_least(0, output_size=windows)
    if as_dtype(input.dtype) not in FLOATS:
        raise UnsupportedDTypeError("a floating point tensor", describe(input))
    # in three dimensions torch requires one more element
    least = [length + count - 1 + (dims == 3) for length, count in zip(kernel, windows, strict=True)]
    if any(map(operator.lt, sizes, least)):
        raise ShapeError(f"an input large enough for {windows} windows of size {kernel}", describe(input))
    batch = input if input.ndim == dims + 2 else input[None]
    is_random = not all(map(_is_fixed, sizes, windows, kernel))
    samples = _samples(batch, dims, samples, key, is_random)
    found = _pooled_at_samples(batch, samples, windows, kernel)
    return found if batch is input else (found[0][0], found[1][0])


@functools.partial(jax.jit, static_argnames=("windows", "kernel"))
def _pooled_at_samples(batch: jax.Array, samples: jax.Array, windows: Ints, kernel: Ints) -> ValuesAndIndices:
    dims = len(kernel)
    sizes = batch.shape[-dims:]
    each = zip(sizes, windows, kernel, strict=True)
    starts = [_starts(samples[..., _sample_index(dims, axis)], *sized) for axis, sized in enumerate(each)]
    taps = [start[..., None] + np.arange(length, dtype=np.int32) for start, length in zip(starts, kernel, strict=True)]
    return max_of_taps(batch, flat_taps(sizes, taps), dims)


def _is_fixed(size: int, count: int, kernel: int) -> bool:
    """Return whether the window positions in a dimension do not depend on the sample: equal steps of whole elements."""
    return count <= 2 or (size - kernel) % (count - 1) == 0


def _samples(batch: jax.Array, dims: int, given: Any, key: Any, is_random: bool) -> jax.Array:
    """Return the samples for the window positions, (n, c, dims): those given, or random ones in [0, 1)."""
    shape = (*batch.shape[:2], dims)
    if given is None and key is None and not is_random:
        return jnp.zeros(shape, batch.dtype)
    if given is None:
        return jax.random.uniform(want_key(key), shape, batch.dtype)
    samples = as_tensor("_random_samples", given)
    if samples.dtype != batch.dtype or samples.shape != shape:
        raise ShapeError(f"`_random_samples` {list(shape)} of {batch.dtype}", describe(samples))
    return samples


def _sample_index(dims: int, axis: int) -> int:
    """Return the index of the sample for a dimension; in two dimensions torch reverses the order."""
    return 1 - axis if dims == 2 else axis


def _output_sizes(dims: int, input: jax.Array, output_size: Any, output_ratio: Any) -> Ints:
    if output_size is not None:
        return per_dim(output_size, dims, "output_size")
    if output_ratio is None:
        raise ArgumentValueError("an `output_size` or an `output_ratio`", "neither")
    ratios = tuple(output_ratio) if isinstance(output_ratio, (tuple, list)) else (output_ratio,) * dims
    return tuple(int(size * ratio) for size, ratio in zip(input.shape[-dims:], ratios, strict=True))


def _starts(sample: jax.Array, size: int, count: int, kernel: int) -> jax.Array:
    """Return the start indices of the windows of a dimension: (*, windows). The last window ends with the input."""
    step = jnp.asarray((size - kernel) / max(count - 1, 1), sample.dtype)
    sample = sample[..., None]
    shifted = jnp.arange(count - 1).astype(sample.dtype) + sample
    starts = (shifted * step).astype(np.int32) - (sample * step).astype(np.int32)
    return jnp.concatenate([starts, jnp.full((*sample.shape[:-1], 1), size - kernel, np.int32)], -1)[..., :count]


@public(name="nn.functional.fractional_max_pool2d_with_indices")
def fractional_max_pool2d_with_indices(
    input: Any,
    kernel_size: int | tuple[int, ...],
    output_size: int | tuple[int, ...] | None = None,
    output_ratio: float | tuple[float, ...] | None = None,
    return_indices: bool = False,
    _random_samples: ArrayLike | None = None,
    *,
    key: jax.Array | None = None,
) -> tuple[jax.Array, jax.Array]:
    """Apply a 2-D fractional max pooling, and return the maxima and their flat indices.

    It is `fractional_max_pool2d` with `return_indices=True`; its own `return_indices` has no effect.
    Torch: torch.nn.functional.fractional_max_pool2d_with_indices.

    >>> import jax, jaxfun as jf
    >>> pool = jf.nn.functional.fractional_max_pool2d_with_indices
    >>> pool(jf.tensor([[[1.0, 2.0]]]), (1, 2), 1, key=jax.random.key(0))[1]
    Array([[[1]]], dtype=int32)
    """
    return _pooled(2, input, kernel_size, output_size, output_ratio, _random_samples, key)


@public(name="nn.functional.fractional_max_pool2d")
def fractional_max_pool2d(
    input: Any,
    kernel_size: int | tuple[int, ...],
    output_size: int | tuple[int, ...] | None = None,
    output_ratio: float | tuple[float, ...] | None = None,
    return_indices: bool = False,
    _random_samples: ArrayLike | None = None,
    *,
    key: jax.Array | None = None,
) -> jax.Array | tuple[jax.Array, jax.Array]:
    """Apply a 2-D fractional max pooling over an input of several channels.

    The window positions are random, drawn from `key`. The size of the output is `output_size`, or `output_ratio` times
    the size of the input. With `return_indices` also return the flat index of each maximum in its image.
    Shapes: (n, c, height, width) -> (n, c, *), or without n.
    Gradient: all to the element whose index is returned.
    Raises: ValueError without `output_size` and `output_ratio`; TypeError without a `key`, unless the windows have
    fixed positions: 2 in a dimension, or steps of whole elements.
    Torch: torch.nn.functional.fractional_max_pool2d.

    >>> import jax, jaxfun as jf
    >>> jf.nn.functional.fractional_max_pool2d(jf.ones(1, 4, 4), 2, 2, key=jax.random.key(0))
    Array([[[1., 1.],
            [1., 1.]]], dtype=float32)
    """
    options = (kernel_size, output_size, output_ratio, return_indices, _random_samples)
    found = fractional_max_pool2d_with_indices(input, *options, key=key)
    return found if return_indices else found[0]


@public(name="nn.functional.fractional_max_pool3d_with_indices")
def fractional_max_pool3d_with_indices(
    input: Any,
    kernel_size: int | tuple[int, ...],
    output_size: int | tuple[int, ...] | None = None,
    output_ratio: float | tuple[float, ...] | None = None,
    return_indices: bool = False,
    _random_samples: ArrayLike | None = None,
    *,
    key: jax.Array | None = None,
) -> tuple[jax.Array, jax.Array]:
    """Apply a 3-D fractional max pooling, and return the maxima and their flat indices.

    It is `fractional_max_pool3d` with `return_indices=True`; its own `return_indices` has no effect.
    Torch: torch.nn.functional.fractional_max_pool3d_with_indices.

    >>> import jax, jaxfun as jf
    >>> pool = jf.nn.functional.fractional_max_pool3d_with_indices
    >>> pool(jf.ones(1, 2, 2, 2), 1, 1, key=jax.random.key(0))[1]
    Array([[[[7]]]], dtype=int32)
    """
    return _pooled(3, input, kernel_size, output_size, output_ratio, _random_samples, key)


@public(name="nn.functional.fractional_max_pool3d")
def fractional_max_pool3d(
    input: Any,
    kernel_size: int | tuple[int, ...],
    output_size: int | tuple[int, ...] | None = None,
    output_ratio: float | tuple[float, ...] | None = None,
    return_indices: bool = False,
    _random_samples: ArrayLike | None = None,
    *,
    key: jax.Array | None = None,
) -> jax.Array | tuple[jax.Array, jax.Array]:
    """Apply a 3-D fractional max pooling over an input of several channels.

    The window positions are random, drawn from `key`. The size of the output is `output_size`, or `output_ratio` times
    the size of the input. With `return_indices` also return the flat index of each maximum in its volume.
    Shapes: (n, c, depth, height, width) -> (n, c, *), or without n.
    Gradient: all to the element whose index is returned.
    Raises: ValueError without `output_size` and `output_ratio`; TypeError without a `key`, unless the windows have
    fixed positions: 2 in a dimension, or steps of whole elements.
    Torch: torch.nn.functional.fractional_max_pool3d.

    >>> import jax, jaxfun as jf
    >>> jf.nn.functional.fractional_max_pool3d(jf.ones(1, 3, 3, 4), 2, (1, 1, 2), key=jax.random.key(0))
    Array([[[[1., 1.]]]], dtype=float32)
    """
    options = (kernel_size, output_size, output_ratio, return_indices, _random_samples)
    found = fractional_max_pool3d_with_indices(input, *options, key=key)
    return found if return_indices else found[0]
