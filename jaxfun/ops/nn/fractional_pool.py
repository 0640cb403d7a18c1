"""fractional_max_pool2d and fractional_max_pool3d: max pools whose windows are placed at random."""

import math
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from ...core.arguments import as_tensor
from ...core.errors import ArgumentTypeError, ArgumentValueError, DTypeError, ShapeError, describe
from ...core.op import op
from ...core.public import public
from ...core.record import BOOLS, COMPLEXES, INTEGERS, Array, Row, Shape, rows
from ._windows import Ints, PerDim, spread, want_at_least, want_rank
from .max_pool import Two, largest_of

Ratio = float | tuple[float, ...] | list[float]


def _pooled(
    dims: int, input: jax.Array, kernel_size: Any, output_size: Any, output_ratio: Any, samples: jax.Array
) -> Two:
    kernel, sizes = spread(kernel_size, dims, "kernel_size"), input.shape[-dims:]
    windows = _windows(dims, input, output_size, output_ratio)
    want_rank(input, dims)
    want_at_least(1, kernel_size=kernel)
    want_at_least(0, output_size=windows)
    if 0 in input.shape[-dims - 1 :]:
        raise ShapeError("a tensor with elements, or an empty batch", describe(input))
    if any(length + count - 1 > size for length, count, size in zip(kernel, windows, sizes, strict=True)):
        raise ShapeError(f"an input of at least {dims} sizes kernel + output - 1", describe(input))
    batch = input if input.ndim == dims + 2 else input[None]
    if samples.dtype != input.dtype or samples.shape != (*batch.shape[:2], dims):
        raise ShapeError(f"samples {[*batch.shape[:2], dims]} of {input.dtype}", describe(samples))
    each = zip(sizes, windows, kernel, strict=True)
    starts = [_starts(samples[..., _place(dims, axis)], *sized) for axis, sized in enumerate(each)]
    found = largest_of(batch, _places(sizes, starts, kernel), dims)
    return found if batch is input else (found[0][0], found[1][0])


def _place(dims: int, axis: int) -> int:
    """Return which sample places the windows of a dimension: in two dimensions torch takes them in reverse."""
    return 1 - axis if dims == 2 else axis


def _windows(dims: int, input: jax.Array, output_size: Any, output_ratio: Any) -> Ints:
    if output_size is not None:
        return spread(output_size, dims, "output_size")
    if output_ratio is None:
        raise ArgumentValueError("an `output_size` or an `output_ratio`", "neither")
    ratios = tuple(output_ratio) if isinstance(output_ratio, (tuple, list)) else (output_ratio,) * dims
    return tuple(int(size * ratio) for size, ratio in zip(input.shape[-dims:], ratios, strict=True))


def _starts(sample: jax.Array, size: int, count: int, kernel: int) -> jax.Array:
    """Return where the windows of a dimension start: (*, windows). The last one is at the end."""
    step = jnp.asarray((size - kernel) / max(count - 1, 1), sample.dtype)
    sample = sample[..., None]
    counted = jnp.arange(count - 1).astype(sample.dtype) + sample
    places = (counted * step).astype(np.int32) - (sample * step).astype(np.int32)
    return jnp.concatenate([places, jnp.full((*sample.shape[:-1], 1), size - kernel, np.int32)], -1)[..., :count]


def _places(sizes: Ints, starts: list[jax.Array], kernel: Ints) -> jax.Array:
    """Return the flat indices of the elements of all windows: (n, c, *windows, taps)."""
    dims = len(sizes)
    total: Any = 0
    for axis, (size, start, length) in enumerate(zip(sizes, starts, kernel, strict=True)):
        taps = start[..., None] + np.arange(length, dtype=np.int32)
        shape = [1] * 2 * dims
        shape[axis], shape[dims + axis] = taps.shape[-2:]
        total = total * size + taps.reshape(*taps.shape[:2], *shape)
    return total.reshape(*total.shape[: 2 + dims], math.prod(kernel))


def _samples(dims: int, input: Any, key: Any) -> Any:
    if key is None:
        raise ArgumentTypeError("a `key` for the places of the windows", "None", "Pass key=jax.random.key(0).")
    array = as_tensor("input", input)
    want_rank(array, dims)
    if array.dtype not in (np.float16, jnp.bfloat16, np.float32, np.float64):
        raise DTypeError("a tensor of floating point numbers", describe(array))
    shape = (array.shape[0] if array.ndim == dims + 2 else 1, array.shape[-dims - 1], dims)
    return jax.random.uniform(key, shape, array.dtype)


def _cases(*values: Any) -> tuple[Row, ...]:
    return rows("input kernel_size output_size output_ratio return_indices _random_samples", *values)


def _options(dims: int) -> dict[str, Any]:
    return {
        "kind": None,
        "torch": f"torch.nn.functional.fractional_max_pool{dims}d_with_indices",
        "aten": f"fractional_max_pool{dims}d",
        "node": f"FractionalMaxPool{dims}DBackward0",
        "rejects": BOOLS | INTEGERS | COMPLEXES,
        "takes": {"_random_samples": Shape("", "parts")},
    }


@op(
    **_options(2),
    cases=_cases(
        ("b c 5 4", 2, 3, None, False, "b c 2"),
        ("c 4 6", (2, 3), None, (0.5, 0.4), True, "1 c 2"),
        ("1 2 3 4", 1, (1, 4), None, False, "1 2 2"),
    ),
)
def _placed2(
    input: Array,
    kernel_size: PerDim,
    output_size: PerDim | None = None,
    output_ratio: Ratio | None = None,
    return_indices: bool = False,
    _random_samples: Array = None,
) -> Two:
    return _pooled(2, input, kernel_size, output_size, output_ratio, _random_samples)


@public(name="nn.functional.fractional_max_pool2d_with_indices")
def fractional_max_pool2d_with_indices(
    input: Any,
    kernel_size: PerDim,
    output_size: PerDim | None = None,
    output_ratio: Ratio | None = None,
    return_indices: bool = False,
    _random_samples: Any = None,
    *,
    key: Any = None,
) -> Two:
    """Return the largest element of each randomly placed window, and its index; `return_indices` changes nothing.

    Torch: torch.nn.functional.fractional_max_pool2d_with_indices.

    >>> import jax, jaxfun as jf
    >>> pool = jf.nn.functional.fractional_max_pool2d_with_indices
    >>> pool(jf.tensor([[[1.0, 2.0]]]), (1, 2), 1, key=jax.random.key(0))[1]
    Array([[[1]]], dtype=int32)
    """
    samples = _samples(2, input, key) if _random_samples is None else _random_samples
    return _placed2(input, kernel_size, output_size, output_ratio, return_indices, samples)


@public(name="nn.functional.fractional_max_pool2d")
def fractional_max_pool2d(
    input: Any,
    kernel_size: PerDim,
    output_size: PerDim | None = None,
    output_ratio: Ratio | None = None,
    return_indices: bool = False,
    _random_samples: Any = None,
    *,
    key: Any = None,
) -> jax.Array | Two:
    """Return the largest element of each of `output_size` windows, which are placed at random by `key`.

    Shapes: (n, c, height, width) -> (n, c, *), or without n. In place of `output_size`, `output_ratio` gives a part of
    each size. With `return_indices` a second result holds the index of each in its flat input.
    Gradient: all to the element whose index is returned.
    Raises: ValueError for neither size nor ratio; TypeError without a key.
    Torch: torch.nn.functional.fractional_max_pool2d.

    >>> import jax, jaxfun as jf
    >>> jf.nn.functional.fractional_max_pool2d(jf.ones(1, 4, 4), 2, 2, key=jax.random.key(0))
    Array([[[1., 1.],
            [1., 1.]]], dtype=float32)
    """
    options = (kernel_size, output_size, output_ratio, return_indices, _random_samples)
    found = fractional_max_pool2d_with_indices(input, *options, key=key)
    return found if return_indices else found[0]


@op(
    **_options(3),
    cases=_cases(
        ("b 1 5 3 4", 2, 2, None, False, "b 1 3"),
        ("c 4 3 6", (2, 1, 3), None, (0.5, 0.7, 0.4), True, "1 c 3"),
    ),
)
def _placed3(
    input: Array,
    kernel_size: PerDim,
    output_size: PerDim | None = None,
    output_ratio: Ratio | None = None,
    return_indices: bool = False,
    _random_samples: Array = None,
) -> Two:
    return _pooled(3, input, kernel_size, output_size, output_ratio, _random_samples)


@public(name="nn.functional.fractional_max_pool3d_with_indices")
def fractional_max_pool3d_with_indices(
    input: Any,
    kernel_size: PerDim,
    output_size: PerDim | None = None,
    output_ratio: Ratio | None = None,
    return_indices: bool = False,
    _random_samples: Any = None,
    *,
    key: Any = None,
) -> Two:
    """Return the largest element of each randomly placed window, and its index; `return_indices` changes nothing.

    Torch: torch.nn.functional.fractional_max_pool3d_with_indices.

    >>> import jax, jaxfun as jf
    >>> pool = jf.nn.functional.fractional_max_pool3d_with_indices
    >>> pool(jf.tensor([[[[1.0, 2.0]]]]), (1, 1, 2), 1, key=jax.random.key(0))[1]
    Array([[[[1]]]], dtype=int32)
    """
    samples = _samples(3, input, key) if _random_samples is None else _random_samples
    return _placed3(input, kernel_size, output_size, output_ratio, return_indices, samples)


@public(name="nn.functional.fractional_max_pool3d")
def fractional_max_pool3d(
    input: Any,
    kernel_size: PerDim,
    output_size: PerDim | None = None,
    output_ratio: Ratio | None = None,
    return_indices: bool = False,
    _random_samples: Any = None,
    *,
    key: Any = None,
) -> jax.Array | Two:
    """Return the largest element of each of `output_size` windows, which are placed at random by `key`.

    Shapes: (n, c, depth, height, width) -> (n, c, *), or without n. In place of `output_size`, `output_ratio` gives a part of
    each size. With `return_indices` a second result holds the index of each in its flat input.
    Gradient: all to the element whose index is returned.
    Raises: ValueError for neither size nor ratio; TypeError without a key.
    Torch: torch.nn.functional.fractional_max_pool3d.

    >>> import jax, jaxfun as jf
    >>> jf.nn.functional.fractional_max_pool3d(jf.ones(1, 2, 2, 4), 2, (1, 1, 2), key=jax.random.key(0))
    Array([[[[1., 1.]]]], dtype=float32)
    """
    options = (kernel_size, output_size, output_ratio, return_indices, _random_samples)
    found = fractional_max_pool3d_with_indices(input, *options, key=key)
    return found if return_indices else found[0]
