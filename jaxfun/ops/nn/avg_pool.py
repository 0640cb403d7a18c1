"""Average pooling: avg_pool1d, avg_pool2d and avg_pool3d. Begin with `averaged`."""

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from ...core.dtypes import int64
from ...core.errors import ShapeError
from ...core.op import op
from ...core.record import BOOLS, COMPLEXES, HALVES, INTEGERS, Array, Row, rows
from ...core.sizes import has_open, library_of
from ._windows import PerDim, Pool, columns, padded, pool_of

_REJECTED = BOOLS | COMPLEXES | INTEGERS - {int64}


def averaged(
    dims: int,
    input: jax.Array,
    kernel_size: Any,
    stride: Any,
    padding: Any,
    ceil_mode: bool,
    count_include_pad: bool,
    divisor_override: int | None = None,
) -> jax.Array:
    """Apply average pooling over the last `dims` dimensions."""
    if divisor_override == 0:
        raise ShapeError("a nonzero `divisor_override`", "0")
    pool = pool_of(dims, input, kernel_size, stride, padding, 1, ceil_mode)
    total = _window_sums(input, pool)
    if divisor_override is not None:
        return _divided(total, divisor_override)
    return _divided(total, _window_sizes(pool, count_include_pad))


def _window_sums(input: jax.Array, pool: Pool) -> jax.Array:
    if has_open(pool.sizes):  # JAX has no derivative of XLA's sums here
        return _sums_of_columns(input, pool)
    lead = (1,) * (input.ndim - len(pool.sizes))
    return jax.lax.reduce_window(
        input,
        np.zeros((), input.dtype),  # JAX differentiates the sum only if the initial value is a constant
        jax.lax.add,
        (*lead, *pool.kernel),
        (*lead, *pool.stride),
        ((0, 0),) * len(lead) + pool.pads,
    )


def _sums_of_columns(input: jax.Array, pool: Pool) -> jax.Array:
    dims = len(pool.sizes)
    batch = input if input.ndim == dims + 2 else input[None]
    parts = columns(padded(batch, pool.pads), pool.kernel, pool.stride, (1,) * dims)
    total = jnp.sum(parts, range(2, 2 + dims), dtype=input.dtype)
    return total if batch is input else total[0]


def _window_sizes(pool: Pool, with_padding: bool) -> Any:
    """Return the number of elements in each window, with or without padding. Elements beyond it are never counted."""
    total: Any = np.ones((), np.int64)
    for size, kernel, start, (low, _) in zip(pool.sizes, pool.kernel, pool.starts, pool.pads, strict=True):
        library = library_of(size)
        ends = library.minimum(start + kernel, size + (low if with_padding else 0))
        total = total[..., None] * (ends - (start if with_padding else library.maximum(start, 0)))
    return total


def _divided(total: jax.Array, divisor: Any) -> jax.Array:
    return jax.lax.div(total, jnp.broadcast_to(jnp.asarray(divisor).astype(total.dtype), total.shape))


def _cases(*values: Any) -> tuple[Row, ...]:
    return rows("input kernel_size stride padding ceil_mode count_include_pad", *values)


def _with_divisor(*values: Any) -> tuple[Row, ...]:
    return rows("input kernel_size stride padding ceil_mode count_include_pad divisor_override", *values)


@op(
    torch="torch.nn.functional.avg_pool1d",
    aliases=("avg_pool1d",),
    composite=True,
    rejects=_REJECTED,
    cases=_cases(
        ("b c 5", 2, None, 0, False, True),
        ("c 6", (3,), (2,), (1,), True, False),
        ("2 c 4", 3, 1, 1, False, True),
        ("2 7", 4, 4, 1, True, True),
    ),
)
def avg_pool1d(
    input: Array,
    kernel_size: PerDim,
    stride: PerDim | None = None,
    padding: PerDim = 0,
    ceil_mode: bool = False,
    count_include_pad: bool = True,
) -> jax.Array:
    """Apply a 1-D average pooling over an input of several channels.

    `stride` defaults to `kernel_size`. Padding is zeros, and counts in the average if `count_include_pad`. With
    `ceil_mode` the last window may extend beyond the padding; elements there are never counted.
    Shapes: (n, c, length) -> (n, c, *), or without n.
    Dtypes: int64 averages are truncated toward 0.
    Raises: RuntimeError for padding of more than half the window, and if no window fits.
    Torch: torch.avg_pool1d, torch.nn.functional.avg_pool1d.

    >>> import jaxfun as jf
    >>> jf.nn.functional.avg_pool1d(jf.tensor([[1.0, 3.0, 2.0, 5.0]]), 2)
    Array([[2. , 3.5]], dtype=float32)
    """
    return averaged(1, input, kernel_size, stride, padding, ceil_mode, count_include_pad)


@op(
    torch="torch.nn.functional.avg_pool2d",
    rejects=_REJECTED,
    cases=_with_divisor(
        ("b 2 4 5", 2, None, 0, False, True, None),
        ("c 5 6", (3, 2), (2, 1), (1, 0), True, False, None),
        ("1 c 4 5", 3, 2, 1, True, True, None),
        ("1 2 4 4", (2, 3), 1, 1, False, False, -3),
    ),
)
def avg_pool2d(
    input: Array,
    kernel_size: PerDim,
    stride: PerDim | None = None,
    padding: PerDim = 0,
    ceil_mode: bool = False,
    count_include_pad: bool = True,
    divisor_override: int | None = None,
) -> jax.Array:
    """Apply a 2-D average pooling over an input of several channels.

    `stride` defaults to `kernel_size`. Padding is zeros, and counts in the average if `count_include_pad`. With
    `ceil_mode` the last window may extend beyond the padding; elements there are never counted.
    `divisor_override` replaces the number of elements as the divisor.
    Shapes: (n, c, height, width) -> (n, c, *), or without n.
    Dtypes: int64 averages are truncated toward 0.
    Raises: RuntimeError for padding of more than half the window, and if no window fits.
    Torch: torch.nn.functional.avg_pool2d.

    >>> import jaxfun as jf
    >>> jf.nn.functional.avg_pool2d(jf.tensor([[[1.0, 3.0], [2.0, 5.0]]]), 2)
    Array([[[2.75]]], dtype=float32)
    """
    return averaged(2, input, kernel_size, stride, padding, ceil_mode, count_include_pad, divisor_override)


@op(
    torch="torch.nn.functional.avg_pool3d",
    rejects=_REJECTED | HALVES,
    cases=_with_divisor(
        ("b 1 3 2 4", 2, None, 0, False, True, None),
        ("c 4 3 3", (3, 1, 2), (2, 1, 2), (1, 0, 1), True, False, None),
        ("1 2 3 4 3", (2, 3, 3), 2, 1, True, True, 5),
    ),
)
def avg_pool3d(
    input: Array,
    kernel_size: PerDim,
    stride: PerDim | None = None,
    padding: PerDim = 0,
    ceil_mode: bool = False,
    count_include_pad: bool = True,
    divisor_override: int | None = None,
) -> jax.Array:
    """Apply a 3-D average pooling over an input of several channels.

    `stride` defaults to `kernel_size`. Padding is zeros, and counts in the average if `count_include_pad`. With
    `ceil_mode` the last window may extend beyond the padding; elements there are never counted.
    `divisor_override` replaces the number of elements as the divisor.
    Shapes: (n, c, depth, height, width) -> (n, c, *), or without n.
    Dtypes: int64 averages are truncated toward 0.
    Raises: RuntimeError for padding of more than half the window, and if no window fits.
    Torch: torch.nn.functional.avg_pool3d.

    >>> import jaxfun as jf
    >>> jf.nn.functional.avg_pool3d(jf.tensor([[[[1.0, 3.0, 2.0, 5.0]]]]), (1, 1, 2))
    Array([[[[2. , 3.5]]]], dtype=float32)
    """
    return averaged(3, input, kernel_size, stride, padding, ceil_mode, count_include_pad, divisor_override)
