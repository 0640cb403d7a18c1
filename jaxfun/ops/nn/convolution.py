"""Convolutions: conv1d, conv2d and conv3d.

Begin with `convolved`. On the CPU, XLA's convolution is up to a thousand times slower than a matrix product for grouped
channels, for few windows, and for windows that do not overlap. In these cases, and only on the CPU, a convolution is
computed as a matrix product, or for a small depthwise kernel as a sum over its taps.
"""

import functools
import math
import operator
from collections.abc import Mapping
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

from ...core.dtypes import DType, as_dtype, computed_in, int64
from ...core.errors import ShapeError, UnsupportedDTypeError, describe
from ...core.op import op
from ...core.record import BOOLS, INTEGERS, Array, Row, rows
from ...core.sizes import any_below, has_open, is_certain
from ..linalg._matrices import want
from ._windows import (
    Ints,
    Pads,
    PerDim,
    columns,
    extents,
    padded,
    per_dim,
    strided_slice,
    want_at_least,
    want_rank,
    window_counts,
)

Padding = PerDim | str

_MOST_TAPS = 49  # maximum size of a depthwise kernel that is summed tap by tap: 7 x 7
_FEW_WINDOWS = 64  # a matrix product is faster up to this number of windows in an image,
_FEW_NUMBERS = 2**16  # or up to this number of elements in all windows


class Windows(NamedTuple):
    """The stride, padding, dilation and groups of a convolution."""

    stride: Ints
    pads: Pads
    dilation: Ints
    groups: int


def convolved(input: jax.Array, weight: jax.Array, windows: Windows) -> jax.Array:
    """Compute a convolution, 16-bit floats in float32. Shapes: (n, i, *), (o, i / groups, *) -> (n, o, *)."""
    wide = computed_in(as_dtype(input.dtype)).dtype
    if has_open(input.shape[2:]) and max(windows.stride) > 1:  # JAX has no derivative of XLA's convolution here
        return _by_columns(windows, input.astype(wide), weight.astype(wide))
    on_cpu = _fastest_on_cpu(input.shape, weight.shape, windows)
    if on_cpu is _by_xla and wide == input.dtype:
        return _by_xla(windows, input, weight)
    return jax.lax.platform_dependent(
        input,
        weight,
        cpu=lambda x, w: on_cpu(windows, x.astype(wide), w.astype(wide)),
        default=functools.partial(_by_xla, windows),
    )


def _fastest_on_cpu(shape: Ints, kernel: Ints, windows: Windows) -> Any:
    """Return the fastest implementation on the CPU, as measured by benchmarks/bench_convolution.py."""
    if has_open(shape[2:]):
        return _by_xla
    taps, extent = kernel[2:], extents(kernel[2:], windows.dilation)
    count = math.prod(window_counts(shape[2:], extent, windows.stride, windows.pads))
    if windows.groups == shape[1] > 1 and math.prod(taps) <= _MOST_TAPS:
        return _by_taps
    is_small = count <= _FEW_WINDOWS or is_certain(lambda: math.prod((*shape[:2], *taps, count)) <= _FEW_NUMBERS)
    is_disjoint = all(map(operator.le, taps, windows.stride))  # the windows do not overlap, as for a 1 x 1 kernel
    is_smaller = any(map(operator.lt, shape[2:], extent))
    return _by_columns if windows.groups > 1 or is_small or is_disjoint or is_smaller else _by_xla


def _by_xla(windows: Windows, input: jax.Array, weight: jax.Array) -> jax.Array:
    return jax.lax.conv_general_dilated(
        input,
        weight,
        windows.stride,
        windows.pads,
        rhs_dilation=windows.dilation,
        feature_group_count=windows.groups,
        precision=jax.lax.Precision.HIGHEST,
        preferred_element_type=computed_in(as_dtype(input.dtype)).dtype,
    )


def _by_columns(windows: Windows, input: jax.Array, weight: jax.Array) -> jax.Array:
    """Multiply the kernels and the columns of windows: one matrix product for each group."""
    batch, groups, kernel = input.shape[0], windows.groups, weight.shape[2:]
    parts = columns(padded(input, windows.pads), kernel, windows.stride, windows.dilation)
    sizes = parts.shape[2 + len(kernel) :]
    inputs = parts.reshape(batch, groups, math.prod(weight.shape[1:]), math.prod(sizes))
    kernels = weight.reshape(groups, weight.shape[0] // groups, inputs.shape[2])
    result = jnp.einsum("ngkl,gok->ngol", inputs, kernels, precision=jax.lax.Precision.HIGHEST)
    return result.reshape(batch, weight.shape[0], *sizes)


def _by_taps(windows: Windows, input: jax.Array, weight: jax.Array) -> jax.Array:
    """Sum over the taps of a depthwise kernel, along the last dimension first, which needs fewer slices."""
    stride, dilation, kernel = windows.stride, windows.dilation, weight.shape[2:]
    x = padded(input, windows.pads)
    sizes = window_counts(x.shape[2:], extents(kernel, dilation), stride, [(0, 0)] * len(kernel))
    factors = weight.reshape(windows.groups, -1, *kernel, *[1] * len(kernel))
    x = jnp.expand_dims(x, 2)
    last_taps = [strided_slice(x, -1, dilation[-1] * tap, sizes[-1], stride[-1]) for tap in range(kernel[-1])]

    def part(lead: Ints) -> jax.Array:
        total: Any = sum(last * factors[(slice(None), slice(None), *lead, tap)] for tap, last in enumerate(last_taps))
        for axis, tap in enumerate(lead):
            total = strided_slice(total, 3 + axis, dilation[axis] * tap, sizes[axis], stride[axis])
        return total

    total: Any = sum(map(part, np.ndindex(*kernel[:-1])))
    return total.reshape(input.shape[0], weight.shape[0], *sizes)


_SMALL_INTEGERS = INTEGERS - {int64}  # torch supports them only without dilation


def accepted(arguments: Mapping[str, Any]) -> frozenset[DType]:
    """Return the rejected dtypes that torch accepts for these arguments."""
    if arguments.get("transposed", False):
        return accepted_transposed(arguments)
    if not arguments["input"].size:  # torch computes nothing for an empty input
        return BOOLS | _SMALL_INTEGERS
    dilation = arguments.get("dilation", 1)
    return _SMALL_INTEGERS if {1}.issuperset(dilation if isinstance(dilation, tuple) else (dilation,)) else frozenset()


def accepted_transposed(arguments: Mapping[str, Any]) -> frozenset[DType]:
    """Return the rejected dtypes that torch's transposed convolution accepts for these arguments."""
    return frozenset() if arguments["input"].size else BOOLS | _SMALL_INTEGERS


def conv(
    dims: int, input: jax.Array, weight: jax.Array, bias: Any, stride: Any, padding: Any, dilation: Any, groups: int
) -> jax.Array:
    """Apply a convolution in `dims` dimensions with torch's arguments; the batch dimension is optional."""
    want_rank(input, dims)
    want(weight.ndim == dims + 2, f"(o, i / groups, *kernel) for the weight, with {dims} kernel dimensions", weight)
    stride, dilation = per_dim(stride, dims, "stride"), per_dim(dilation, dims, "dilation")
    want_at_least(1, stride=stride, dilation=dilation, groups=(groups,))
    pads = _pads(padding, stride, extents(weight.shape[2:], dilation))
    batch = input if input.ndim == weight.ndim else input[None]
    result = _with_bias(batch, weight, bias, Windows(stride, pads, dilation, groups))
    return result if batch is input else result[0]


def _pads(padding: Any, stride: Ints, extent: Ints) -> Pads:
    if padding == "valid":
        return [(0, 0)] * len(extent)
    if padding == "same":
        if max(stride) > 1:
            raise ShapeError('a stride of 1 for padding="same"', str(stride))
        return [((length - 1) // 2, length // 2) for length in extent]  # an odd total pads one more at the end
    if isinstance(padding, str):
        raise ShapeError('`padding` to be integers, "same" or "valid"', repr(padding))
    each = per_dim(padding, len(extent), "padding")
    want_at_least(0, padding=each)
    return [(size, size) for size in each]


def _with_bias(input: jax.Array, weight: jax.Array, bias: Any, windows: Windows) -> jax.Array:
    want_kernel(input, weight, bias, windows.groups, weight.shape[0])
    want(input.shape[1] == weight.shape[1] * windows.groups, "(n, i, *) and (o, i / groups, *)", input, weight)
    sizes = window_counts(input.shape[2:], extents(weight.shape[2:], windows.dilation), windows.stride, windows.pads)
    want(not any_below(1, sizes), "with an input at least as large as the kernel", input, weight)
    if not input.shape[1]:  # torch returns no channels for an input without channels
        return jnp.zeros((input.shape[0], 0, *sizes), input.dtype)
    return plus_bias(convolved(input, weight, windows), bias).astype(input.dtype)


def want_kernel(input: jax.Array, weight: jax.Array, bias: Any, groups: int, channels: int) -> None:
    """Raise an error for different dtypes, empty kernels or images, and `groups` or a bias that do not fit."""
    # torch does not check the dtype of the bias for an empty input
    others = [weight] if bias is None or not input.size else [weight, bias]
    if any(other.dtype != input.dtype for other in others):
        raise UnsupportedDTypeError("tensors of one dtype", " and ".join(map(describe, (input, *others))))
    want(
        weight.shape[0] >= groups and weight.shape[0] % groups == 0,
        f"with a nonzero first dimension divisible by groups={groups}",
        weight,
    )
    want(0 not in weight.shape[2:], "with a non-empty kernel", weight)
    want(0 not in input.shape[2:] or 0 in input.shape[:2], "with non-empty images", input)
    if bias is not None:
        want(bias.shape == (channels,), f"({channels},) for the bias", bias)


def plus_bias(result: jax.Array, bias: Any) -> jax.Array:
    """Add a bias, one number for each channel."""
    return result if bias is None else result + bias.astype(result.dtype).reshape(-1, *[1] * (result.ndim - 2))


def _cases(*values: Any) -> tuple[Row, ...]:
    return rows("input weight bias stride padding dilation groups", *values)


_OPTIONS: Mapping[str, Any] = {
    "kind": None,
    "overload": ("", "padding"),
    "node": "ConvolutionBackward0",
    "rejects": BOOLS | _SMALL_INTEGERS,
    "operand_rejects": BOOLS | _SMALL_INTEGERS,
    "takes_here": accepted,
}


@op(
    **_OPTIONS,
    torch="torch.nn.functional.conv1d",
    aliases=("conv1d",),
    cases=_cases(
        ("b c 4", "o c 3", "o", 1, 0, 1, 1),
        ("c 6", "o c 2", None, (2,), (0,), (3,), 1),
        ("2 4 5", "2 2 2", "2", 1, "same", 1, 2),
        ("2 3 2", "6 1 3", "6", 2, 1, 1, 3),
        ("2 2 6", "2 2 2", None, 1, "valid", 2, 1),
    ),
)
def conv1d(
    input: Array,
    weight: Array,
    bias: Array = None,
    stride: PerDim = 1,
    padding: Padding = 0,
    dilation: PerDim = 1,
    groups: int = 1,
) -> jax.Array:
    """Apply a 1-D convolution over an input of several channels.

    As in torch, it is a cross-correlation: the kernel is not flipped. `padding` is the number of zeros at both
    ends, "valid" for no padding, or "same" for an output of the input's length.
    Shapes: (n, i, l), (o, i / groups, k) -> (n, o, *), or without n.
    Dtypes: 16-bit floats are computed in float32, and rounded once.
    Raises: RuntimeError for other shapes, a kernel larger than the padded input, and tensors of different dtypes.
    Torch: torch.conv1d, torch.nn.functional.conv1d.

    >>> import jaxfun as jf
    >>> jf.nn.functional.conv1d(jf.tensor([[1.0, 2.0, 4.0]]), jf.tensor([[[1.0, -1.0]]]))
    Array([[-1., -2.]], dtype=float32)
    """
    return conv(1, input, weight, bias, stride, padding, dilation, groups)


@op(
    **_OPTIONS,
    torch="torch.nn.functional.conv2d",
    aliases=("conv2d",),
    cases=_cases(
        ("2 3 4 5", "o 3 3 2", "o", 1, 0, 1, 1),
        ("3 4 5", "2 3 2 1", None, (2, 1), (1, 0), (1, 3), 1),
        ("2 4 3 3", "4 2 2 2", "4", 1, "same", 1, 2),
        ("2 3 4 4", "6 1 3 2", "6", 2, 1, 1, 3),
        ("2 2 2 2", "2 2 3 3", "2", 1, 1, 1, 1),
        ("1 2 4 4", "2 2 3 2", None, 1, "valid", (1, 2), 1),
        ("0 2 4 4", "2 2 3 2", "2", 1, "same", 2, 1),
    ),
)
def conv2d(
    input: Array,
    weight: Array,
    bias: Array = None,
    stride: PerDim = 1,
    padding: Padding = 0,
    dilation: PerDim = 1,
    groups: int = 1,
) -> jax.Array:
    """Apply a 2-D convolution over an input of several channels.

    As in torch, it is a cross-correlation: the kernel is not flipped. `padding` is the number of zeros at both
    ends of every dimension, or one number for each; "valid" is no padding, "same" an output of the input's size.
    Shapes: (n, i, h, w), (o, i / groups, kh, kw) -> (n, o, *), or without n.
    Dtypes: 16-bit floats are computed in float32, and rounded once.
    Raises: RuntimeError for other shapes, a kernel larger than the padded input, and tensors of different dtypes.
    Torch: torch.conv2d, torch.nn.functional.conv2d.

    >>> import jaxfun as jf
    >>> jf.nn.functional.conv2d(jf.ones(1, 1, 3, 3), jf.ones(1, 1, 2, 2), padding="same")
    Array([[[[4., 4., 2.],
             [4., 4., 2.],
             [2., 2., 1.]]]], dtype=float32)
    """
    return conv(2, input, weight, bias, stride, padding, dilation, groups)


@op(
    **_OPTIONS,
    torch="torch.nn.functional.conv3d",
    aliases=("conv3d",),
    cases=_cases(
        ("2 3 3 2 4", "o 3 2 1 3", "o", 1, 0, 1, 1),
        ("2 3 3 4", "2 1 2 3 2", None, (2, 1, 1), (0, 1, 0), (1, 1, 2), 2),
        ("1 2 3 2 2", "2 2 2 1 2", "2", 1, "same", 1, 1),
        ("1 4 2 2 2", "4 2 3 1 2", "4", 1, 1, 1, 2),
    ),
)
def conv3d(
    input: Array,
    weight: Array,
    bias: Array = None,
    stride: PerDim = 1,
    padding: Padding = 0,
    dilation: PerDim = 1,
    groups: int = 1,
) -> jax.Array:
    """Apply a 3-D convolution over an input of several channels.

    As in torch, it is a cross-correlation: the kernel is not flipped. `padding` is the number of zeros at both
    ends of every dimension, or one number for each; "valid" is no padding, "same" an output of the input's size.
    Shapes: (n, i, d, h, w), (o, i / groups, kd, kh, kw) -> (n, o, *), or without n.
    Dtypes: 16-bit floats are computed in float32, and rounded once.
    Raises: RuntimeError for other shapes, a kernel larger than the padded input, and tensors of different dtypes.
    Torch: torch.conv3d, torch.nn.functional.conv3d.

    >>> import jaxfun as jf
    >>> jf.nn.functional.conv3d(jf.ones(1, 1, 2, 3), jf.ones(1, 1, 1, 1, 2))
    Array([[[[2., 2.],
             [2., 2.]]]], dtype=float32)
    """
    return conv(3, input, weight, bias, stride, padding, dilation, groups)
