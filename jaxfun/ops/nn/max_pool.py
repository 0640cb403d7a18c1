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
from ._windows import PerDim, Pool, every, padded, pool_of

Two = tuple[jax.Array, jax.Array]
_MOST_TAPS = 32  # maximum size of a window whose taps are unrolled


def pooled(dims: int, input: jax.Array, *options: Any) -> Two:
    """Return the maximum of each window, or its last NaN, and the flat index in the image."""
    return _pooled(input, pool_of(dims, input, *options))


@functools.partial(jax.custom_jvp, nondiff_argnums=(1,))
def _pooled(input: jax.Array, pool: Pool) -> Two:
    find = _by_taps if math.prod(pool.kernel) <= _MOST_TAPS else _by_reduction
    values, indices = find(input, pool)
    return values, indices.astype(canonical(int64).dtype)


@_pooled.defjvp
def _pooled_jvp(pool: Pool, primals: Any, tangents: Any) -> tuple[Two, Any]:
    values, indices = _pooled(*primals, pool)
    return (values, indices), (at(tangents[0], indices, len(pool.sizes)), np.zeros(indices.shape, jax.dtypes.float0))


def at(input: jax.Array, indices: jax.Array, dims: int) -> jax.Array:
    """Gather elements of each image at flat indices; an image is the last `dims` dimensions."""
    lead = input.shape[:-dims]
    flat = input.reshape(*lead, math.prod(input.shape[-dims:]))
    places = indices.reshape(*lead, math.prod(indices.shape[len(lead) :]))
    return jnp.take_along_axis(flat, places, -1, mode="promise_in_bounds").reshape(indices.shape)


def largest_of(input: jax.Array, places: Any, dims: int) -> Two:
    """Return the maximum of the elements at the flat indices `places`, (*, windows, taps), and its flat index."""
    lead = input.shape[:-dims]
    places = jnp.broadcast_to(jnp.asarray(places, canonical(int64).dtype), (*lead, *places.shape[-dims - 1 :]))
    found = jax.lax.stop_gradient(at(input, places, dims))
    is_nan = found != found
    last_nan = found.shape[-1] - 1 - jnp.argmax(is_nan[..., ::-1], -1)
    best = jnp.where(is_nan.any(-1), last_nan, jnp.argmax(found, -1))
    indices = jnp.take_along_axis(places, best[..., None], -1)[..., 0]
    return at(input, indices, dims), indices


def _by_taps(input: jax.Array, pool: Pool) -> Two:
    """Update the maxima of all windows tap by tap, in torch's order."""
    lowest = _lowest(input)
    source = padded(input, pool.pads, lowest)
    shape = (*input.shape[: -len(pool.sizes)], *pool.windows)
    values, indices = jnp.full(shape, lowest, input.dtype), jnp.broadcast_to(_flat(pool.first_inside, pool), shape)
    for tap in np.ndindex(*pool.kernel):
        new, places = _tap(source, tap, pool)
        is_better = (new > values) | (new != new)  # torch selects the last NaN
        values, indices = jnp.where(is_better, new, values), jnp.where(is_better, places, indices)
    return values, indices


def _tap(source: jax.Array, tap: tuple[int, ...], pool: Pool) -> Two:
    """Return the element of each window at one tap, and its flat index."""
    moves = [place * apart for place, apart in zip(tap, pool.dilation, strict=True)]
    for axis, move in enumerate(moves):
        source = every(source, axis - len(moves), move, pool.windows[axis], pool.stride[axis])
    return source, _flat([start + move for start, move in zip(pool.starts, moves, strict=True)], pool)


def _flat(places: Sequence[np.ndarray], pool: Pool) -> jax.Array:
    """Return the flat indices of coordinates, given for each dimension."""
    total = jnp.zeros((), np.int32)
    for size, place in zip(pool.sizes, places, strict=True):
        total = total[..., None] * size + place.astype(np.int32)
    return total


def _lowest(input: jax.Array) -> Any:
    return -np.inf if jnp.issubdtype(input.dtype, jnp.floating) else jnp.iinfo(input.dtype).min


def _by_reduction(input: jax.Array, pool: Pool) -> Two:
    lead = (1,) * (input.ndim - len(pool.sizes))
    count = math.prod(pool.sizes)
    indices = jnp.broadcast_to(jnp.arange(count, dtype=np.int32).reshape(pool.sizes), input.shape)
    return jax.lax.reduce_window(
        (input, indices),
        (jnp.asarray(_lowest(input), input.dtype), jnp.asarray(count, np.int32)),
        _better,
        (*lead, *pool.kernel),
        (*lead, *pool.stride),
        ((0, 0),) * len(lead) + pool.pads,
        window_dilation=(*lead, *pool.dilation),
    )


def _better(one: Two, other: Two) -> Two:
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
) -> jax.Array | Two:
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
) -> Two:
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
) -> jax.Array | Two:
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
) -> Two:
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
) -> jax.Array | Two:
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
) -> Two:
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
