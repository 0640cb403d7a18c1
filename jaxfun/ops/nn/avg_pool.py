"""Average pools, and lp_pool, which is made of them. Begin with `averaged`."""

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from ...core.dtypes import int64
from ...core.errors import ShapeError
from ...core.op import op
from ...core.record import BOOLS, COMPLEXES, HALVES, INTEGERS, Array, Row, rows
from ._windows import PerDim, Pool, pool_of

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
    """Return the average of each window."""
    if divisor_override == 0:
        raise ShapeError("`divisor_override` other than 0", "0")
    pool = pool_of(dims, input, kernel_size, stride, padding, 1, ceil_mode)
    total = _sums(input, pool)
    if divisor_override is not None:
        return _divided(total, divisor_override)
    return _divided(total, _counts(pool, count_include_pad))


def _sums(input: jax.Array, pool: Pool) -> jax.Array:
    lead = (1,) * (input.ndim - len(pool.sizes))
    return jax.lax.reduce_window(
        input,
        np.zeros((), input.dtype),  # a constant: JAX differentiates no other sum
        jax.lax.add,
        (*lead, *pool.kernel),
        (*lead, *pool.stride),
        ((0, 0),) * len(lead) + pool.pads,
    )


def _counts(pool: Pool, with_padding: bool) -> np.ndarray:
    """Return how many elements each window holds, those of the padding included or not; the rest never counts."""
    total = np.ones((), np.int64)
    for size, kernel, start, (low, _) in zip(pool.sizes, pool.kernel, pool.starts, pool.pads, strict=True):
        ends = np.minimum(start + kernel, size + (low if with_padding else 0))
        total = total[..., None] * (ends - (start if with_padding else np.maximum(start, 0)))
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
    """Return the average of each window. Shapes: (n, c, length) -> (n, c, *), or without n.

    By default the windows do not overlap, and padding counts as zeros. With `ceil_mode` the last window may reach
    beyond the padding; what lies there never counts.
    Dtypes: int64 is divided towards 0.
    Raises: RuntimeError for padding of more than half the window, and where no window fits.
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
    """Return the average of each window. Shapes: (n, c, height, width) -> (n, c, *), or without n.

    By default the windows do not overlap, and padding counts as zeros. With `ceil_mode` the last window may reach
    beyond the padding; what lies there never counts. `divisor_override` divides the sum in place of the count.
    Dtypes: int64 is divided towards 0.
    Raises: RuntimeError for padding of more than half the window, and where no window fits.
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
    """Return the average of each window. Shapes: (n, c, depth, height, width) -> (n, c, *), or without n.

    By default the windows do not overlap, and padding counts as zeros. With `ceil_mode` the last window may reach
    beyond the padding; what lies there never counts. `divisor_override` divides the sum in place of the count.
    Dtypes: int64 is divided towards 0.
    Raises: RuntimeError for padding of more than half the window, and where no window fits.
    Torch: torch.nn.functional.avg_pool3d.

    >>> import jaxfun as jf
    >>> jf.nn.functional.avg_pool3d(jf.tensor([[[[1.0, 3.0, 2.0, 5.0]]]]), (1, 1, 2))
    Array([[[[2. , 3.5]]]], dtype=float32)
    """
    return averaged(3, input, kernel_size, stride, padding, ceil_mode, count_include_pad, divisor_override)
