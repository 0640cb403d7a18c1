"""torch.nn.functional: the functions that the tutorial's models are made of."""
# Written by docs/make_stubs.py: the types of the public names.

import builtins
from collections.abc import Callable, Mapping, Sequence
from types import EllipsisType, ModuleType
from typing import Any, Literal, overload

import numpy as np
from jax import Array
from ..core.types import ArrayLike as ArrayLike
from ..core.dtypes import DType as DType

__version__: builtins.str
DTypeLike = DType | np.dtype[Any] | builtins.str | builtins.type

def adaptive_avg_pool1d(
    input: ArrayLike, output_size: builtins.int | tuple[builtins.int, ...] | list[builtins.int]
) -> Array:
    """Return the averages of `output_size` windows that cover the input.

    Shapes: (n, c, length) -> (n, c, *), or without n.
    Window i of m starts at floor(i * size / m) and ends before ceil((i + 1) * size / m).
    Raises: RuntimeError for a negative size, and for an input without elements.
    Torch: torch.adaptive_avg_pool1d, torch.nn.functional.adaptive_avg_pool1d.
    """
    ...

def adaptive_avg_pool2d(
    input: ArrayLike,
    output_size: builtins.int | tuple[builtins.int, ...] | list[builtins.int] | tuple[builtins.int | None, ...],
) -> Array:
    """Return the averages of `output_size` windows that cover the input.

    Shapes: (n, c, height, width) -> (n, c, *), or without n.
    Window i of m starts at floor(i * size / m) and ends before ceil((i + 1) * size / m).
    None leaves a dimension as it is.
    Raises: RuntimeError for a negative size, and for an input without elements.
    Torch: torch.nn.functional.adaptive_avg_pool2d.
    """
    ...

def adaptive_avg_pool3d(
    input: ArrayLike,
    output_size: builtins.int | tuple[builtins.int, ...] | list[builtins.int] | tuple[builtins.int | None, ...],
) -> Array:
    """Return the averages of `output_size` windows that cover the input.

    Shapes: (n, c, depth, height, width) -> (n, c, *), or without n.
    Window i of m starts at floor(i * size / m) and ends before ceil((i + 1) * size / m).
    None leaves a dimension as it is.
    Raises: RuntimeError for a negative size, and for an input without elements.
    Torch: torch.nn.functional.adaptive_avg_pool3d.
    """
    ...

def adaptive_max_pool1d(
    input: ArrayLike,
    output_size: builtins.int | tuple[builtins.int, ...] | list[builtins.int] | tuple[builtins.int | None, ...],
    return_indices: builtins.bool = False,
) -> Array | tuple[Array, Array]:
    """Return the largest elements of `output_size` windows that cover the input.

    The windows are those of adaptive_avg_pool1d. With `return_indices` a second result holds the index of each in
    its flat input: of equals the first, of NaN the last.
    Gradient: all to the element whose index is returned.
    Raises: RuntimeError for a negative size, and for an input without elements.
    Torch: torch.nn.functional.adaptive_max_pool1d.
    """
    ...

def adaptive_max_pool1d_with_indices(
    input: ArrayLike,
    output_size: builtins.int | tuple[builtins.int, ...] | list[builtins.int] | tuple[builtins.int | None, ...],
    return_indices: builtins.bool = False,
) -> tuple[Array, Array]:
    """Return the largest elements of `output_size` windows that cover the input, and their indices in the flat input.

    `return_indices` changes nothing.
    Gradient: all to the element whose index is returned.
    Raises: RuntimeError for a negative size, and for an input without elements.
    Torch: torch.nn.functional.adaptive_max_pool1d_with_indices.
    """
    ...

def adaptive_max_pool2d(
    input: ArrayLike,
    output_size: builtins.int | tuple[builtins.int, ...] | list[builtins.int] | tuple[builtins.int | None, ...],
    return_indices: builtins.bool = False,
) -> Array | tuple[Array, Array]:
    """Return the largest elements of `output_size` windows that cover the input.

    The windows are those of adaptive_avg_pool2d. With `return_indices` a second result holds the index of each in
    its flat input: of equals the first, of NaN the last.
    Gradient: all to the element whose index is returned.
    Raises: RuntimeError for a negative size, and for an input without elements.
    Torch: torch.nn.functional.adaptive_max_pool2d.
    """
    ...

def adaptive_max_pool2d_with_indices(
    input: ArrayLike,
    output_size: builtins.int | tuple[builtins.int, ...] | list[builtins.int] | tuple[builtins.int | None, ...],
    return_indices: builtins.bool = False,
) -> tuple[Array, Array]:
    """Return the largest elements of `output_size` windows that cover the input, and their indices in the flat input.

    `return_indices` changes nothing.
    Gradient: all to the element whose index is returned.
    Raises: RuntimeError for a negative size, and for an input without elements.
    Torch: torch.nn.functional.adaptive_max_pool2d_with_indices.
    """
    ...

def adaptive_max_pool3d(
    input: ArrayLike,
    output_size: builtins.int | tuple[builtins.int, ...] | list[builtins.int] | tuple[builtins.int | None, ...],
    return_indices: builtins.bool = False,
) -> Array | tuple[Array, Array]:
    """Return the largest elements of `output_size` windows that cover the input.

    The windows are those of adaptive_avg_pool3d. With `return_indices` a second result holds the index of each in
    its flat input: of equals the first, of NaN the last.
    Gradient: all to the element whose index is returned.
    Raises: RuntimeError for a negative size, and for an input without elements.
    Torch: torch.nn.functional.adaptive_max_pool3d.
    """
    ...

def adaptive_max_pool3d_with_indices(
    input: ArrayLike,
    output_size: builtins.int | tuple[builtins.int, ...] | list[builtins.int] | tuple[builtins.int | None, ...],
    return_indices: builtins.bool = False,
) -> tuple[Array, Array]:
    """Return the largest elements of `output_size` windows that cover the input, and their indices in the flat input.

    `return_indices` changes nothing.
    Gradient: all to the element whose index is returned.
    Raises: RuntimeError for a negative size, and for an input without elements.
    Torch: torch.nn.functional.adaptive_max_pool3d_with_indices.
    """
    ...

def avg_pool1d(
    input: ArrayLike,
    kernel_size: builtins.int | tuple[builtins.int, ...] | list[builtins.int],
    stride: builtins.int | tuple[builtins.int, ...] | list[builtins.int] | None = None,
    padding: builtins.int | tuple[builtins.int, ...] | list[builtins.int] = 0,
    ceil_mode: builtins.bool = False,
    count_include_pad: builtins.bool = True,
) -> Array:
    """Return the average of each window. Shapes: (n, c, length) -> (n, c, *), or without n.

    By default the windows do not overlap, and padding counts as zeros. With `ceil_mode` the last window may reach
    beyond the padding; what lies there never counts.
    Dtypes: int64 is divided towards 0.
    Raises: RuntimeError for padding of more than half the window, and where no window fits.
    Torch: torch.avg_pool1d, torch.nn.functional.avg_pool1d.
    """
    ...

def avg_pool2d(
    input: ArrayLike,
    kernel_size: builtins.int | tuple[builtins.int, ...] | list[builtins.int],
    stride: builtins.int | tuple[builtins.int, ...] | list[builtins.int] | None = None,
    padding: builtins.int | tuple[builtins.int, ...] | list[builtins.int] = 0,
    ceil_mode: builtins.bool = False,
    count_include_pad: builtins.bool = True,
    divisor_override: builtins.int | None = None,
) -> Array:
    """Return the average of each window. Shapes: (n, c, height, width) -> (n, c, *), or without n.

    By default the windows do not overlap, and padding counts as zeros. With `ceil_mode` the last window may reach
    beyond the padding; what lies there never counts. `divisor_override` divides the sum in place of the count.
    Dtypes: int64 is divided towards 0.
    Raises: RuntimeError for padding of more than half the window, and where no window fits.
    Torch: torch.nn.functional.avg_pool2d.
    """
    ...

def avg_pool3d(
    input: ArrayLike,
    kernel_size: builtins.int | tuple[builtins.int, ...] | list[builtins.int],
    stride: builtins.int | tuple[builtins.int, ...] | list[builtins.int] | None = None,
    padding: builtins.int | tuple[builtins.int, ...] | list[builtins.int] = 0,
    ceil_mode: builtins.bool = False,
    count_include_pad: builtins.bool = True,
    divisor_override: builtins.int | None = None,
) -> Array:
    """Return the average of each window. Shapes: (n, c, depth, height, width) -> (n, c, *), or without n.

    By default the windows do not overlap, and padding counts as zeros. With `ceil_mode` the last window may reach
    beyond the padding; what lies there never counts. `divisor_override` divides the sum in place of the count.
    Dtypes: int64 is divided towards 0.
    Raises: RuntimeError for padding of more than half the window, and where no window fits.
    Torch: torch.nn.functional.avg_pool3d.
    """
    ...

def conv1d(
    input: ArrayLike,
    weight: ArrayLike,
    bias: ArrayLike | None = None,
    stride: builtins.int | tuple[builtins.int, ...] | list[builtins.int] = 1,
    padding: builtins.int | tuple[builtins.int, ...] | list[builtins.int] | str = 0,
    dilation: builtins.int | tuple[builtins.int, ...] | list[builtins.int] = 1,
    groups: builtins.int = 1,
) -> Array:
    """Return the convolution (the cross-correlation) of signals and kernels. Shapes: (n, i, l) -> (n, o, windows).

    The kernels are (o, i / groups, k). One signal alone, (i, l), gives (o, windows). `padding` is a number of zeros at
    both ends, "valid" for none, or "same" for as many windows as elements.
    Dtypes: 16-bit floats are computed in float32, and rounded once.
    Raises: RuntimeError for other shapes, a kernel larger than the padded input, and tensors of two dtypes.
    Torch: torch.conv1d, torch.nn.functional.conv1d.
    """
    ...

def conv2d(
    input: ArrayLike,
    weight: ArrayLike,
    bias: ArrayLike | None = None,
    stride: builtins.int | tuple[builtins.int, ...] | list[builtins.int] = 1,
    padding: builtins.int | tuple[builtins.int, ...] | list[builtins.int] | str = 0,
    dilation: builtins.int | tuple[builtins.int, ...] | list[builtins.int] = 1,
    groups: builtins.int = 1,
) -> Array:
    """Return the convolution (the cross-correlation) of images and kernels. Shapes: (n, i, h, w) -> (n, o, *windows).

    The kernels are (o, i / groups, kh, kw). One image alone, (i, h, w), gives (o, *windows). `padding` is a number of
    zeros on all sides, one for each dimension, "valid" for none, or "same" for as many windows as elements.
    Dtypes: 16-bit floats are computed in float32, and rounded once.
    Raises: RuntimeError for other shapes, a kernel larger than the padded input, and tensors of two dtypes.
    Torch: torch.conv2d, torch.nn.functional.conv2d.
    """
    ...

def conv3d(
    input: ArrayLike,
    weight: ArrayLike,
    bias: ArrayLike | None = None,
    stride: builtins.int | tuple[builtins.int, ...] | list[builtins.int] = 1,
    padding: builtins.int | tuple[builtins.int, ...] | list[builtins.int] | str = 0,
    dilation: builtins.int | tuple[builtins.int, ...] | list[builtins.int] = 1,
    groups: builtins.int = 1,
) -> Array:
    """Return the convolution (the cross-correlation) of volumes and kernels. Shapes: (n, i, d, h, w) -> (n, o, *).

    The kernels are (o, i / groups, kd, kh, kw). One volume alone, (i, d, h, w), gives (o, *). `padding` is a
    number of zeros on all sides, one for each dimension, "valid" for none, or "same" for as many windows as elements.
    Dtypes: 16-bit floats are computed in float32, and rounded once.
    Raises: RuntimeError for other shapes, a kernel larger than the padded input, and tensors of two dtypes.
    Torch: torch.conv3d, torch.nn.functional.conv3d.
    """
    ...

def conv_transpose1d(
    input: ArrayLike,
    weight: ArrayLike,
    bias: ArrayLike | None = None,
    stride: builtins.int | tuple[builtins.int, ...] | list[builtins.int] = 1,
    padding: builtins.int | tuple[builtins.int, ...] | list[builtins.int] = 0,
    output_padding: builtins.int | tuple[builtins.int, ...] | list[builtins.int] = 0,
    groups: builtins.int = 1,
    dilation: builtins.int | tuple[builtins.int, ...] | list[builtins.int] = 1,
) -> Array:
    """Return the transposed convolution of signals and kernels. Shapes: (n, i, l) -> (n, o, *).

    Each element adds a multiple of the kernel to the result, `stride` apart. The kernels are (i, o / groups, k).
    `padding` cuts that much off both ends of the result, `output_padding` adds to the last end.
    Dtypes: 16-bit floats are computed in float32, and rounded once.
    Raises: RuntimeError for other shapes, an output_padding not below the stride or the dilation, and two dtypes.
    Torch: torch.conv_transpose1d, torch.nn.functional.conv_transpose1d.
    """
    ...

def conv_transpose2d(
    input: ArrayLike,
    weight: ArrayLike,
    bias: ArrayLike | None = None,
    stride: builtins.int | tuple[builtins.int, ...] | list[builtins.int] = 1,
    padding: builtins.int | tuple[builtins.int, ...] | list[builtins.int] = 0,
    output_padding: builtins.int | tuple[builtins.int, ...] | list[builtins.int] = 0,
    groups: builtins.int = 1,
    dilation: builtins.int | tuple[builtins.int, ...] | list[builtins.int] = 1,
) -> Array:
    """Return the transposed convolution of images and kernels. Shapes: (n, i, h, w) -> (n, o, *).

    Each element adds a multiple of the kernel to the result, `stride` apart. The kernels are (i, o / groups, kh, kw).
    `padding` cuts that much off both ends of the result, `output_padding` adds to the last end.
    Dtypes: 16-bit floats are computed in float32, and rounded once.
    Raises: RuntimeError for other shapes, an output_padding not below the stride or the dilation, and two dtypes.
    Torch: torch.conv_transpose2d, torch.nn.functional.conv_transpose2d.
    """
    ...

def conv_transpose3d(
    input: ArrayLike,
    weight: ArrayLike,
    bias: ArrayLike | None = None,
    stride: builtins.int | tuple[builtins.int, ...] | list[builtins.int] = 1,
    padding: builtins.int | tuple[builtins.int, ...] | list[builtins.int] = 0,
    output_padding: builtins.int | tuple[builtins.int, ...] | list[builtins.int] = 0,
    groups: builtins.int = 1,
    dilation: builtins.int | tuple[builtins.int, ...] | list[builtins.int] = 1,
) -> Array:
    """Return the transposed convolution of volumes and kernels. Shapes: (n, i, d, h, w) -> (n, o, *).

    Each element adds a multiple of the kernel to the result, `stride` apart. Kernels are (i, o / groups, kd, kh, kw).
    `padding` cuts that much off both ends of the result, `output_padding` adds to the last end.
    Dtypes: 16-bit floats are computed in float32, and rounded once.
    Raises: RuntimeError for other shapes, an output_padding not below the stride or the dilation, and two dtypes.
    Torch: torch.conv_transpose3d, torch.nn.functional.conv_transpose3d.
    """
    ...

def fold(
    input: ArrayLike,
    output_size: builtins.int | tuple[builtins.int, ...] | list[builtins.int],
    kernel_size: builtins.int | tuple[builtins.int, ...] | list[builtins.int],
    dilation: builtins.int | tuple[builtins.int, ...] | list[builtins.int] = 1,
    padding: builtins.int | tuple[builtins.int, ...] | list[builtins.int] = 0,
    stride: builtins.int | tuple[builtins.int, ...] | list[builtins.int] = 1,
) -> Array:
    """Return images as the sums of their windows, which are columns. Shapes: (n, c * kernel, windows) -> (n, c, h, w).

    It is the transpose of `unfold`. One image alone, (c * kernel, windows), gives (c, h, w).
    Raises: RuntimeError for a number of columns or rows that does not fit the windows of `output_size`.
    Torch: torch.nn.functional.fold.
    """
    ...

def fractional_max_pool2d(
    input: ArrayLike,
    kernel_size: builtins.int | tuple[builtins.int, ...],
    output_size: builtins.int | tuple[builtins.int, ...] | None = None,
    output_ratio: builtins.float | tuple[builtins.float, ...] | None = None,
    return_indices: builtins.bool = False,
    _random_samples: Any = None,
    *,
    key: Any = None,
) -> Array | tuple[Array, Array]:
    """Return the largest element of each of `output_size` windows, which are placed at random by `key`.

    Shapes: (n, c, height, width) -> (n, c, *), or without n.
    In place of `output_size`, `output_ratio` gives a part of each size. With `return_indices` a second result holds
    the index of each in its flat input.
    Gradient: all to the element whose index is returned.
    Raises: ValueError for neither size nor ratio; TypeError without a key.
    Torch: torch.nn.functional.fractional_max_pool2d.
    """
    ...

def fractional_max_pool2d_with_indices(
    input: ArrayLike,
    kernel_size: builtins.int | tuple[builtins.int, ...],
    output_size: builtins.int | tuple[builtins.int, ...] | None = None,
    output_ratio: builtins.float | tuple[builtins.float, ...] | None = None,
    return_indices: builtins.bool = False,
    _random_samples: Any = None,
    *,
    key: Any = None,
) -> tuple[Array, Array]:
    """Return the largest element of each randomly placed window, and its index; `return_indices` changes nothing.

    Torch: torch.nn.functional.fractional_max_pool2d_with_indices.
    """
    ...

def fractional_max_pool3d(
    input: ArrayLike,
    kernel_size: builtins.int | tuple[builtins.int, ...],
    output_size: builtins.int | tuple[builtins.int, ...] | None = None,
    output_ratio: builtins.float | tuple[builtins.float, ...] | None = None,
    return_indices: builtins.bool = False,
    _random_samples: Any = None,
    *,
    key: Any = None,
) -> Array | tuple[Array, Array]:
    """Return the largest element of each of `output_size` windows, which are placed at random by `key`.

    Shapes: (n, c, depth, height, width) -> (n, c, *), or without n.
    In place of `output_size`, `output_ratio` gives a part of each size. With `return_indices` a second result holds
    the index of each in its flat input.
    Gradient: all to the element whose index is returned.
    Raises: ValueError for neither size nor ratio; TypeError without a key.
    Torch: torch.nn.functional.fractional_max_pool3d.
    """
    ...

def fractional_max_pool3d_with_indices(
    input: ArrayLike,
    kernel_size: builtins.int | tuple[builtins.int, ...],
    output_size: builtins.int | tuple[builtins.int, ...] | None = None,
    output_ratio: builtins.float | tuple[builtins.float, ...] | None = None,
    return_indices: builtins.bool = False,
    _random_samples: Any = None,
    *,
    key: Any = None,
) -> tuple[Array, Array]:
    """Return the largest element of each randomly placed window, and its index; `return_indices` changes nothing.

    Torch: torch.nn.functional.fractional_max_pool3d_with_indices.
    """
    ...

def linear(input: ArrayLike, weight: ArrayLike, bias: ArrayLike | None = None) -> Array:
    """Return `input @ weight.T + bias`. Shapes: (*, n), (o, n), (o,) -> (*, o); a weight (n,) gives (*).

    Dtypes: 16-bit floats are computed in float32, and rounded once.
    Raises: RuntimeError for other shapes, and for two dtypes.
    Torch: torch.nn.functional.linear.
    """
    ...

def lp_pool1d(
    input: ArrayLike,
    norm_type: builtins.float,
    kernel_size: builtins.int,
    stride: builtins.int | tuple[builtins.int, ...] | list[builtins.int] | None = None,
    ceil_mode: builtins.bool = False,
) -> Array:
    """Return the `norm_type`-th root of the sum of powers over each window.

    Shapes: (n, c, length) -> (n, c, *), or without n.
    With an infinite `norm_type` it is the largest absolute value, or the smallest.
    Gradient: 0 where the sum is 0.
    Torch: torch.nn.functional.lp_pool1d.
    """
    ...

def lp_pool2d(
    input: ArrayLike,
    norm_type: builtins.float,
    kernel_size: builtins.int | tuple[builtins.int, ...] | list[builtins.int],
    stride: builtins.int | tuple[builtins.int, ...] | list[builtins.int] | None = None,
    ceil_mode: builtins.bool = False,
) -> Array:
    """Return the `norm_type`-th root of the sum of powers over each window.

    Shapes: (n, c, height, width) -> (n, c, *), or without n.
    With an infinite `norm_type` it is the largest absolute value, or the smallest.
    Gradient: 0 where the sum is 0.
    Torch: torch.nn.functional.lp_pool2d.
    """
    ...

def lp_pool3d(
    input: ArrayLike,
    norm_type: builtins.float,
    kernel_size: builtins.int | tuple[builtins.int, ...] | list[builtins.int],
    stride: builtins.int | tuple[builtins.int, ...] | list[builtins.int] | None = None,
    ceil_mode: builtins.bool = False,
) -> Array:
    """Return the `norm_type`-th root of the sum of powers over each window.

    Shapes: (n, c, depth, height, width) -> (n, c, *), or without n.
    With an infinite `norm_type` it is the largest absolute value, or the smallest.
    Gradient: 0 where the sum is 0.
    Torch: torch.nn.functional.lp_pool3d.
    """
    ...

def max_pool1d(
    input: ArrayLike,
    kernel_size: builtins.int | tuple[builtins.int, ...] | list[builtins.int],
    stride: builtins.int | tuple[builtins.int, ...] | list[builtins.int] | None = None,
    padding: builtins.int | tuple[builtins.int, ...] | list[builtins.int] = 0,
    dilation: builtins.int | tuple[builtins.int, ...] | list[builtins.int] = 1,
    ceil_mode: builtins.bool = False,
    return_indices: builtins.bool = False,
) -> Array | tuple[Array, Array]:
    """Return the largest element of each window. Shapes: (n, c, length) -> (n, c, *), or without n.

    By default the windows do not overlap. With `ceil_mode` the last one may reach beyond the padding. With
    `return_indices` a second result holds the index of each largest element in its flat signal: of equals the first, of
    NaN the last.
    Gradient: all to the element whose index is returned.
    Raises: RuntimeError for padding of more than half the window, and where no window fits.
    Torch: torch.max_pool1d, torch.nn.functional.max_pool1d.
    """
    ...

def max_pool1d_with_indices(
    input: ArrayLike,
    kernel_size: builtins.int | tuple[builtins.int, ...] | list[builtins.int],
    stride: builtins.int | tuple[builtins.int, ...] | list[builtins.int] | None = None,
    padding: builtins.int | tuple[builtins.int, ...] | list[builtins.int] = 0,
    dilation: builtins.int | tuple[builtins.int, ...] | list[builtins.int] = 1,
    ceil_mode: builtins.bool = False,
    return_indices: builtins.bool = False,
) -> tuple[Array, Array]:
    """Return the largest element of each window, and its place in the flat signal; `return_indices` changes nothing.

    Gradient: all to the element whose index is returned.
    Raises: RuntimeError for padding of more than half the window, and where no window fits.
    Torch: torch.nn.functional.max_pool1d_with_indices.
    """
    ...

def max_pool2d(
    input: ArrayLike,
    kernel_size: builtins.int | tuple[builtins.int, ...] | list[builtins.int],
    stride: builtins.int | tuple[builtins.int, ...] | list[builtins.int] | None = None,
    padding: builtins.int | tuple[builtins.int, ...] | list[builtins.int] = 0,
    dilation: builtins.int | tuple[builtins.int, ...] | list[builtins.int] = 1,
    ceil_mode: builtins.bool = False,
    return_indices: builtins.bool = False,
) -> Array | tuple[Array, Array]:
    """Return the largest element of each window. Shapes: (n, c, height, width) -> (n, c, *), or without n.

    By default the windows do not overlap. With `ceil_mode` the last one may reach beyond the padding. With
    `return_indices` a second result holds the index of each largest element in its flat image: of equals the first, of
    NaN the last.
    Gradient: all to the element whose index is returned.
    Raises: RuntimeError for padding of more than half the window, and where no window fits.
    Torch: torch.max_pool2d, torch.nn.functional.max_pool2d.
    """
    ...

def max_pool2d_with_indices(
    input: ArrayLike,
    kernel_size: builtins.int | tuple[builtins.int, ...] | list[builtins.int],
    stride: builtins.int | tuple[builtins.int, ...] | list[builtins.int] | None = None,
    padding: builtins.int | tuple[builtins.int, ...] | list[builtins.int] = 0,
    dilation: builtins.int | tuple[builtins.int, ...] | list[builtins.int] = 1,
    ceil_mode: builtins.bool = False,
    return_indices: builtins.bool = False,
) -> tuple[Array, Array]:
    """Return the largest element of each window, and its place in the flat image; `return_indices` changes nothing.

    Gradient: all to the element whose index is returned.
    Raises: RuntimeError for padding of more than half the window, and where no window fits.
    Torch: torch.nn.functional.max_pool2d_with_indices.
    """
    ...

def max_pool3d(
    input: ArrayLike,
    kernel_size: builtins.int | tuple[builtins.int, ...] | list[builtins.int],
    stride: builtins.int | tuple[builtins.int, ...] | list[builtins.int] | None = None,
    padding: builtins.int | tuple[builtins.int, ...] | list[builtins.int] = 0,
    dilation: builtins.int | tuple[builtins.int, ...] | list[builtins.int] = 1,
    ceil_mode: builtins.bool = False,
    return_indices: builtins.bool = False,
) -> Array | tuple[Array, Array]:
    """Return the largest element of each window. Shapes: (n, c, depth, height, width) -> (n, c, *), or without n.

    By default the windows do not overlap. With `ceil_mode` the last one may reach beyond the padding. With
    `return_indices` a second result holds the index of each largest element in its flat volume: of equals the first, of
    NaN the last.
    Gradient: all to the element whose index is returned.
    Raises: RuntimeError for padding of more than half the window, and where no window fits.
    Torch: torch.max_pool3d, torch.nn.functional.max_pool3d.
    """
    ...

def max_pool3d_with_indices(
    input: ArrayLike,
    kernel_size: builtins.int | tuple[builtins.int, ...] | list[builtins.int],
    stride: builtins.int | tuple[builtins.int, ...] | list[builtins.int] | None = None,
    padding: builtins.int | tuple[builtins.int, ...] | list[builtins.int] = 0,
    dilation: builtins.int | tuple[builtins.int, ...] | list[builtins.int] = 1,
    ceil_mode: builtins.bool = False,
    return_indices: builtins.bool = False,
) -> tuple[Array, Array]:
    """Return the largest element of each window, and its place in the flat volume; `return_indices` changes nothing.

    Gradient: all to the element whose index is returned.
    Raises: RuntimeError for padding of more than half the window, and where no window fits.
    Torch: torch.nn.functional.max_pool3d_with_indices.
    """
    ...

def max_unpool1d(
    input: ArrayLike,
    indices: ArrayLike,
    kernel_size: builtins.int | tuple[builtins.int, ...] | list[builtins.int],
    stride: builtins.int | tuple[builtins.int, ...] | list[builtins.int] | None = None,
    padding: builtins.int | tuple[builtins.int, ...] | list[builtins.int] = 0,
    output_size: builtins.int | tuple[builtins.int, ...] | list[builtins.int] | None = None,
) -> Array:
    """Return zeros with the elements of `input` at their indices, which a max pool has given.

    Shapes: (n, c, length) -> (n, c, *), or without n. `output_size` is one of the sizes that the
    pool takes to that of the input.
    Gradient: of an index that comes twice, to both elements.
    Raises: ValueError for an `output_size` that does not fit; RuntimeError for an index out of range.
    Torch: torch.nn.functional.max_unpool1d.
    """
    ...

def max_unpool2d(
    input: ArrayLike,
    indices: ArrayLike,
    kernel_size: builtins.int | tuple[builtins.int, ...] | list[builtins.int],
    stride: builtins.int | tuple[builtins.int, ...] | list[builtins.int] | None = None,
    padding: builtins.int | tuple[builtins.int, ...] | list[builtins.int] = 0,
    output_size: builtins.int | tuple[builtins.int, ...] | list[builtins.int] | None = None,
) -> Array:
    """Return zeros with the elements of `input` at their indices, which a max pool has given.

    Shapes: (n, c, height, width) -> (n, c, *), or without n. `output_size` is one of the sizes that the
    pool takes to that of the input.
    Gradient: of an index that comes twice, to both elements.
    Raises: ValueError for an `output_size` that does not fit; RuntimeError for an index out of range.
    Torch: torch.nn.functional.max_unpool2d.
    """
    ...

def max_unpool3d(
    input: ArrayLike,
    indices: ArrayLike,
    kernel_size: builtins.int | tuple[builtins.int, ...] | list[builtins.int],
    stride: builtins.int | tuple[builtins.int, ...] | list[builtins.int] | None = None,
    padding: builtins.int | tuple[builtins.int, ...] | list[builtins.int] = 0,
    output_size: builtins.int | tuple[builtins.int, ...] | list[builtins.int] | None = None,
) -> Array:
    """Return zeros with the elements of `input` at their indices, which a max pool has given.

    Shapes: (n, c, depth, height, width) -> (n, c, *), or without n. `output_size` is one of the sizes that the
    pool takes to that of the input.
    Gradient: of an index that comes twice, to both elements.
    Raises: ValueError for an `output_size` that does not fit; RuntimeError for an index out of range.
    Torch: torch.nn.functional.max_unpool3d.
    """
    ...

def mse_loss(input: ArrayLike, target: Any, *, reduction: str = "mean") -> Array:
    """Return the squared errors, their mean (by default) or their sum.

    Warns: where the shapes differ and broadcast, which is seldom meant.
    Raises: ValueError for an unknown reduction.
    Torch: torch.nn.functional.mse_loss.
    """
    ...

def relu(input: ArrayLike) -> Array:
    """Return each element where it is positive, else 0; NaN stays.

    Gradient: 0 at 0 (that of jnp.maximum(x, 0) is a half), 1 at NaN.
    Torch: torch.relu, torch.nn.functional.relu.
    """
    ...

def unfold(
    input: ArrayLike,
    kernel_size: builtins.int | tuple[builtins.int, ...] | list[builtins.int],
    dilation: builtins.int | tuple[builtins.int, ...] | list[builtins.int] = 1,
    padding: builtins.int | tuple[builtins.int, ...] | list[builtins.int] = 0,
    stride: builtins.int | tuple[builtins.int, ...] | list[builtins.int] = 1,
) -> Array:
    """Return the windows of images as columns. Shapes: (n, c, h, w) -> (n, c * kernel, windows), or without n.

    Raises: RuntimeError where no window fits, and for images without elements.
    Torch: torch.nn.functional.unfold.
    """
    ...
