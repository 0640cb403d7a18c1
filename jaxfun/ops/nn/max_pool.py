"""Max pooling, with the indices of the maxima. Begin with `pooled`."""

import functools
import math
from collections.abc import Mapping, Sequence
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from ...core.dtypes import DType, canonical, int64
from ...core.op import op
from ...core.record import BOOLS, COMPLEXES, INTEGERS, NOT_FLOATS, Array, Row, rows
from ...core.sizes import has_open
from ...core.tangents import found_at
from ._windows import PerDim, Pool, padded, pool_of, strided_slice

ValuesAndIndices = tuple[jax.Array, jax.Array]
_MOST_TAPS = 32  # maximum size of a window whose taps are unrolled


def pooled(dims: int, input: jax.Array, *options: Any) -> ValuesAndIndices:
    """Return the maximum of each window, or its last NaN, and the flat index in the image."""
    return _pooled(input, pool_of(dims, input, *options))


def _pooled(input: jax.Array, pool: Pool) -> ValuesAndIndices:
    is_small = math.prod(pool.kernel) <= _MOST_TAPS and not has_open(pool.sizes)
    find = _by_taps if is_small else _by_reduction
    values, indices = find(jax.lax.stop_gradient(input), pool)
    indices = indices.astype(canonical(int64).dtype)
    return found_at(functools.partial(gather_flat, dims=len(pool.sizes)), input, values, indices), indices


def gather_flat(input: jax.Array, indices: jax.Array, dims: int) -> jax.Array:
    """Gather elements of each image at flat indices; an image is the last `dims` dimensions."""
    lead = input.shape[:-dims]
    flat = input.reshape(*lead, math.prod(input.shape[-dims:]))
    flat_indices = indices.reshape(*lead, math.prod(indices.shape[len(lead) :]))
    return jnp.take_along_axis(flat, flat_indices, -1, mode="promise_in_bounds").reshape(indices.shape)


def max_of_taps(input: jax.Array, tap_indices: Any, dims: int) -> ValuesAndIndices:
    """Return the maximum of the elements at the flat indices `tap_indices`, (*, windows, taps), and its flat index."""
    lead = input.shape[:-dims]
    tap_indices = jnp.asarray(tap_indices, canonical(int64).dtype)
    tap_indices = jnp.broadcast_to(tap_indices, (*lead, *tap_indices.shape[-dims - 1 :]))
    found = jax.lax.stop_gradient(gather_flat(input, tap_indices, dims))
    is_nan = found != found
    last_nan = found.shape[-1] - 1 - jnp.argmax(is_nan[..., ::-1], -1)
    best = jnp.where(is_nan.any(-1), last_nan, jnp.argmax(found, -1))
    indices = jnp.take_along_axis(tap_indices, best[..., None], -1)[..., 0]
    return gather_flat(input, indices, dims), indices


def _by_taps(input: jax.Array, pool: Pool) -> ValuesAndIndices:
    """Update the maxima of all windows tap by tap, in torch's order."""
    lowest = _lowest_value(input)
    source = padded(input, pool.pads, lowest)
    shape = (*input.shape[: -len(pool.sizes)], *pool.windows)
    values = jnp.full(shape, lowest, input.dtype)
    indices = jnp.broadcast_to(_flat_indices(pool.first_inside, pool), shape)
    for tap in np.ndindex(*pool.kernel):
        new, new_indices = _tap(source, tap, pool)
        is_larger = (new > values) | (new != new)  # torch selects the last NaN
        values, indices = jnp.where(is_larger, new, values), jnp.where(is_larger, new_indices, indices)
    return values, indices


def _tap(source: jax.Array, tap: tuple[int, ...], pool: Pool) -> ValuesAndIndices:
    """Return the element of each window at one tap, and its flat index."""
    offsets = [index * spacing for index, spacing in zip(tap, pool.dilation, strict=True)]
    for axis, offset in enumerate(offsets):
        source = strided_slice(source, axis - len(offsets), offset, pool.windows[axis], pool.stride[axis])
    return source, _flat_indices([start + offset for start, offset in zip(pool.starts, offsets, strict=True)], pool)


def _flat_indices(coordinates: Sequence[np.ndarray], pool: Pool) -> jax.Array:
    """Return the flat indices of coordinates, given for each dimension."""
    total = jnp.zeros((), np.int32)
    for size, indices in zip(pool.sizes, coordinates, strict=True):
        total = total[..., None] * size + indices.astype(np.int32)
    return total


def _lowest_value(input: jax.Array) -> Any:
    return -np.inf if jnp.issubdtype(input.dtype, jnp.floating) else jnp.iinfo(input.dtype).min


def _by_reduction(input: jax.Array, pool: Pool) -> ValuesAndIndices:
    lead = (1,) * (input.ndim - len(pool.sizes))
    count = math.prod(pool.sizes)
    indices = jnp.broadcast_to(jnp.arange(count, dtype=np.int32).reshape(pool.sizes), input.shape)
    return jax.lax.reduce_window(
        (input, indices),
        (jnp.asarray(_lowest_value(input), input.dtype), jnp.asarray(count, np.int32)),
        _larger,
        (*lead, *pool.kernel),
        (*lead, *pool.stride),
        ((0, 0),) * len(lead) + pool.pads,
        window_dilation=(*lead, *pool.dilation),
    )


def _larger(one: ValuesAndIndices, other: ValuesAndIndices) -> ValuesAndIndices:
    """Return the larger number with its index: the first of equal numbers, the last NaN."""
    (x, i), (y, j) = one, other
    x_is_nan, y_is_nan = x != x, y != y
    is_other = jnp.where(x_is_nan | y_is_nan, y_is_nan & (~x_is_nan | (j > i)), (y > x) | ((y == x) & (j < i)))
    return jnp.where(is_other, y, x), jnp.where(is_other, j, i)


def _cases(*values: Any) -> tuple[Row, ...]:
    return rows("input kernel_size stride padding dilation ceil_mode return_indices", *values)


def _integers_with_indices(arguments: Mapping[str, Any]) -> frozenset[DType]:
    return INTEGERS if arguments.get("return_indices") else frozenset()


@op(
    kind=None,
    torch="torch.nn.functional.max_pool1d",
    composite=True,
    aliases=("max_pool1d",),
    rejects=NOT_FLOATS,
    takes_here=_integers_with_indices,
    cases=_cases(
        ("b c 5", 2, None, 0, 1, False, False),
        ("c 6", (3,), 2, (1,), (2,), True, True),
        ("2 c 4", 2, 3, 1, 1, True, False),
        ("2 7", 40, 1, 20, 1, False, True),
    ),
)
def max_pool1d(
    input: Array,
    kernel_size: PerDim,
    stride: PerDim | None = None,
    padding: PerDim = 0,
    dilation: PerDim = 1,
    ceil_mode: bool = False,
    return_indices: bool = False,
) -> jax.Array | ValuesAndIndices:
    """Apply a 1-D max pooling over an input of several channels.

    `stride` defaults to `kernel_size`. With `ceil_mode` the last window may extend beyond the padding. With
    `return_indices` also return the flat index of each maximum in its signal. The first of equal
    elements is selected, and the last NaN.
    Shapes: (n, c, length) -> (n, c, *), or without n.
    Gradient: all to the element whose index is returned.
    Raises: RuntimeError for padding of more than half the window, and if no window fits.
    Torch: torch.max_pool1d, torch.nn.functional.max_pool1d.

    >>> import jaxfun as jf
    >>> jf.nn.functional.max_pool1d(jf.tensor([[1.0, 3.0, 2.0, 5.0]]), 2)
    Array([[3., 5.]], dtype=float32)
    """
    found = pooled(1, input, kernel_size, stride, padding, dilation, ceil_mode)
    return found if return_indices else found[0]


@op(
    kind=None,
    torch="torch.nn.functional.max_pool1d_with_indices",
    composite=True,
    rejects=BOOLS | COMPLEXES,
    cases=_cases(
        ("2 c 5", 2, None, 0, 1, False, False),
        ("c 6", (3,), 2, (1,), (2,), True, True),
    ),
)
def max_pool1d_with_indices(
    input: Array,
    kernel_size: PerDim,
    stride: PerDim | None = None,
    padding: PerDim = 0,
    dilation: PerDim = 1,
    ceil_mode: bool = False,
    return_indices: bool = False,
) -> ValuesAndIndices:
    """Apply a 1-D max pooling, and return the maxima and their flat indices.

    It is `max_pool1d` with `return_indices=True`; its own `return_indices` has no effect.
    Gradient: all to the element whose index is returned.
    Raises: RuntimeError for padding of more than half the window, and if no window fits.
    Torch: torch.nn.functional.max_pool1d_with_indices.

    >>> import jaxfun as jf
    >>> jf.nn.functional.max_pool1d_with_indices(jf.tensor([[1.0, 3.0, 2.0, 5.0]]), 2)
    (Array([[3., 5.]], dtype=float32), Array([[1, 3]], dtype=int32))
    """
    return pooled(1, input, kernel_size, stride, padding, dilation, ceil_mode)


@op(
    kind=None,
    torch="torch.nn.functional.max_pool2d",
    node="MaxPool2DWithIndicesBackward0",
    aliases=("max_pool2d",),
    rejects=BOOLS | COMPLEXES,
    cases=_cases(
        ("b 2 4 5", 2, None, 0, 1, False, False),
        ("c 5 6", (3, 2), (2, 1), (1, 0), (1, 2), True, True),
        ("1 c 4 4", 3, 1, 1, 1, False, False),
        ("1 2 5 3", (7, 6), 2, 3, 1, True, False),
    ),
)
def max_pool2d(
    input: Array,
    kernel_size: PerDim,
    stride: PerDim | None = None,
    padding: PerDim = 0,
    dilation: PerDim = 1,
    ceil_mode: bool = False,
    return_indices: bool = False,
) -> jax.Array | ValuesAndIndices:
    """Apply a 2-D max pooling over an input of several channels.

    `stride` defaults to `kernel_size`. With `ceil_mode` the last window may extend beyond the padding. With
    `return_indices` also return the flat index of each maximum in its image. The first of equal
    elements is selected, and the last NaN.
    Shapes: (n, c, height, width) -> (n, c, *), or without n.
    Gradient: all to the element whose index is returned.
    Raises: RuntimeError for padding of more than half the window, and if no window fits.
    Torch: torch.max_pool2d, torch.nn.functional.max_pool2d.

    >>> import jaxfun as jf
    >>> jf.nn.functional.max_pool2d(jf.tensor([[[1.0, 3.0], [2.0, 5.0]]]), 2)
    Array([[[5.]]], dtype=float32)
    """
    found = pooled(2, input, kernel_size, stride, padding, dilation, ceil_mode)
    return found if return_indices else found[0]


@op(
    kind=None,
    torch="torch.nn.functional.max_pool2d_with_indices",
    node="MaxPool2DWithIndicesBackward0",
    rejects=BOOLS | COMPLEXES,
    cases=_cases(
        ("2 c 4 5", 2, None, 0, 1, False, False),
        ("c 5 6", (3, 2), (2, 1), (1, 0), (1, 2), True, True),
    ),
)
def max_pool2d_with_indices(
    input: Array,
    kernel_size: PerDim,
    stride: PerDim | None = None,
    padding: PerDim = 0,
    dilation: PerDim = 1,
    ceil_mode: bool = False,
    return_indices: bool = False,
) -> ValuesAndIndices:
    """Apply a 2-D max pooling, and return the maxima and their flat indices.

    It is `max_pool2d` with `return_indices=True`; its own `return_indices` has no effect.
    Gradient: all to the element whose index is returned.
    Raises: RuntimeError for padding of more than half the window, and if no window fits.
    Torch: torch.nn.functional.max_pool2d_with_indices.

    >>> import jaxfun as jf
    >>> jf.nn.functional.max_pool2d_with_indices(jf.tensor([[[1.0, 3.0], [2.0, 5.0]]]), 2)
    (Array([[[5.]]], dtype=float32), Array([[[3]]], dtype=int32))
    """
    return pooled(2, input, kernel_size, stride, padding, dilation, ceil_mode)


@op(
    kind=None,
    torch="torch.nn.functional.max_pool3d",
    node="MaxPool3DWithIndicesBackward0",
    aliases=("max_pool3d",),
    rejects=BOOLS | COMPLEXES,
    cases=_cases(
        ("b 1 3 2 4", 2, None, 0, 1, False, False),
        ("c 4 3 3", (3, 1, 2), (2, 1, 2), (1, 0, 1), (1, 2, 1), True, True),
        ("1 2 3 4 3", (3, 4, 3), 1, 1, 1, False, False),
    ),
)
def max_pool3d(
    input: Array,
    kernel_size: PerDim,
    stride: PerDim | None = None,
    padding: PerDim = 0,
    dilation: PerDim = 1,
    ceil_mode: bool = False,
    return_indices: bool = False,
) -> jax.Array | ValuesAndIndices:
    """Apply a 3-D max pooling over an input of several channels.

    `stride` defaults to `kernel_size`. With `ceil_mode` the last window may extend beyond the padding. With
    `return_indices` also return the flat index of each maximum in its volume. The first of equal
    elements is selected, and the last NaN.
    Shapes: (n, c, depth, height, width) -> (n, c, *), or without n.
    Gradient: all to the element whose index is returned.
    Raises: RuntimeError for padding of more than half the window, and if no window fits.
    Torch: torch.max_pool3d, torch.nn.functional.max_pool3d.

    >>> import jaxfun as jf
    >>> jf.nn.functional.max_pool3d(jf.tensor([[[[1.0, 3.0, 2.0, 5.0]]]]), (1, 1, 2))
    Array([[[[3., 5.]]]], dtype=float32)
    """
    found = pooled(3, input, kernel_size, stride, padding, dilation, ceil_mode)
    return found if return_indices else found[0]


@op(
    kind=None,
    torch="torch.nn.functional.max_pool3d_with_indices",
    node="MaxPool3DWithIndicesBackward0",
    rejects=BOOLS | COMPLEXES,
    cases=_cases(
        ("2 c 3 2 4", 2, None, 0, 1, False, False),
        ("c 4 3 3", (3, 1, 2), (2, 1, 2), (1, 0, 1), (1, 2, 1), True, True),
    ),
)
def max_pool3d_with_indices(
    input: Array,
    kernel_size: PerDim,
    stride: PerDim | None = None,
    padding: PerDim = 0,
    dilation: PerDim = 1,
    ceil_mode: bool = False,
    return_indices: bool = False,
) -> ValuesAndIndices:
    """Apply a 3-D max pooling, and return the maxima and their flat indices.

    It is `max_pool3d` with `return_indices=True`; its own `return_indices` has no effect.
    Gradient: all to the element whose index is returned.
    Raises: RuntimeError for padding of more than half the window, and if no window fits.
    Torch: torch.nn.functional.max_pool3d_with_indices.

    >>> import jaxfun as jf
    >>> jf.nn.functional.max_pool3d_with_indices(jf.tensor([[[[1.0, 3.0, 2.0, 5.0]]]]), (1, 1, 2))
    (Array([[[[3., 5.]]]], dtype=float32), Array([[[[1, 3]]]], dtype=int32))
    """
    return pooled(3, input, kernel_size, stride, padding, dilation, ceil_mode)
