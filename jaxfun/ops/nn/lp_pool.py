"""Power-average pooling: lp_pool1d, lp_pool2d and lp_pool3d. As in torch, they use average and max pools."""

import math
from collections.abc import Callable
from typing import Any

import jax

from ...core.errors import ArgumentValueError
from ...core.op import op
from ...core.record import Array, Row, rows
from ..pointwise.arithmetic import abs, mul, neg, sign
from ..pointwise.powers import pow
from ._windows import PerDim, one_or_each
from .activation import relu
from .avg_pool import avg_pool1d, avg_pool2d, avg_pool3d
from .max_pool import max_pool1d, max_pool2d, max_pool3d

_POOLS: tuple[tuple[Callable[..., Any], Callable[..., Any]], ...] = (
    (avg_pool1d, max_pool1d),
    (avg_pool2d, max_pool2d),
    (avg_pool3d, max_pool3d),
)


def _norm_pooled(
    dims: int, input: jax.Array, norm_type: float, kernel_size: Any, stride: Any, ceil_mode: bool
) -> jax.Array:
    average, largest = _POOLS[dims - 1]
    count = math.prod(one_or_each(kernel_size, dims, "kernel_size", ArgumentValueError))
    if norm_type == math.inf:
        return largest(abs(input), kernel_size, stride, 0, 1, ceil_mode)
    if norm_type == -math.inf:
        return neg(largest(neg(abs(input)), kernel_size, stride, 0, 1, ceil_mode))
    means = average(pow(input, norm_type), kernel_size, stride, 0, ceil_mode)
    # the derivative of the root is infinite at 0; relu's derivative, 0 at 0, masks it
    return pow(mul(mul(sign(means), relu(abs(means))), count), 1 / norm_type)


def _cases(*values: Any) -> tuple[Row, ...]:
    return rows("input norm_type kernel_size stride ceil_mode", *values)


@op(
    kind=None,
    torch="torch.nn.functional.lp_pool1d",
    composite=True,
    cases=_cases(
        ("2 4", math.inf, 2, 1, False),
        ("c 5", 3.0, 3, 2, True),
        ("b c 4", 2, 2, None, False),
        ("2 4", -math.inf, 2, None, True),
    ),
)
def lp_pool1d(
    input: Array, norm_type: float, kernel_size: int, stride: PerDim | None = None, ceil_mode: bool = False
) -> jax.Array:
    """Apply a 1-D power-average pooling over an input of several channels.

    With p the `norm_type`, the result for each window is `sum(x ** p) ** (1 / p)`. Infinity gives the maximum of the
    absolute values, -infinity the minimum.
    Shapes: (n, c, length) -> (n, c, *), or without n.
    Gradient: 0 if the sum is 0.
    Torch: torch.nn.functional.lp_pool1d.

    >>> import jaxfun as jf
    >>> jf.nn.functional.lp_pool1d(jf.tensor([[3.0, 4.0, 6.0, 8.0]]), 2, 2)
    Array([[ 5., 10.]], dtype=float32)
    """
    return _norm_pooled(1, input, norm_type, kernel_size, stride, ceil_mode)


@op(
    kind=None,
    torch="torch.nn.functional.lp_pool2d",
    composite=True,
    cases=_cases(
        ("c 4 5", 1.5, (3, 2), (2, 1), True),
        ("b 2 4 5", 2, 2, None, False),
        ("1 2 4 3", -math.inf, 2, None, True),
    ),
)
def lp_pool2d(
    input: Array, norm_type: float, kernel_size: PerDim, stride: PerDim | None = None, ceil_mode: bool = False
) -> jax.Array:
    """Apply a 2-D power-average pooling over an input of several channels.

    With p the `norm_type`, the result for each window is `sum(x ** p) ** (1 / p)`. Infinity gives the maximum of the
    absolute values, -infinity the minimum.
    Shapes: (n, c, height, width) -> (n, c, *), or without n.
    Gradient: 0 if the sum is 0.
    Torch: torch.nn.functional.lp_pool2d.

    >>> import jaxfun as jf
    >>> jf.nn.functional.lp_pool2d(jf.tensor([[[3.0, 4.0]]]), 2, (1, 2))
    Array([[[5.]]], dtype=float32)
    """
    return _norm_pooled(2, input, norm_type, kernel_size, stride, ceil_mode)


@op(
    kind=None,
    torch="torch.nn.functional.lp_pool3d",
    composite=True,
    cases=_cases(
        ("c 4 2 3", 1, (3, 1, 2), (2, 1, 2), True),
        ("b 1 2 3 4", 2, 2, None, False),
        ("2 3 2 3", math.inf, 2, 1, False),
    ),
)
def lp_pool3d(
    input: Array, norm_type: float, kernel_size: PerDim, stride: PerDim | None = None, ceil_mode: bool = False
) -> jax.Array:
    """Apply a 3-D power-average pooling over an input of several channels.

    With p the `norm_type`, the result for each window is `sum(x ** p) ** (1 / p)`. Infinity gives the maximum of the
    absolute values, -infinity the minimum.
    Shapes: (n, c, depth, height, width) -> (n, c, *), or without n.
    Gradient: 0 if the sum is 0.
    Torch: torch.nn.functional.lp_pool3d.

    >>> import jaxfun as jf
    >>> jf.nn.functional.lp_pool3d(jf.tensor([[[[3.0, 4.0]]]]), 2, (1, 1, 2))
    Array([[[[5.]]]], dtype=float32)
    """
    return _norm_pooled(3, input, norm_type, kernel_size, stride, ceil_mode)
