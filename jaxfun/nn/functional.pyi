"""torch.nn.functional: layers, activations and losses as functions."""
# Written by docs/make_stubs.py: the types of the public names.

import builtins
from collections.abc import Callable, Mapping, Sequence
from types import EllipsisType, ModuleType
from typing import Any, Literal, overload

import numpy
from jax import Array
from ..core.types import ArrayLike as ArrayLike
from ..core.dtypes import DType as DType
from ..ops.nn.batch_norm import Normalized as Normalized
from ..core.types import Number

__version__: builtins.str
DTypeLike = DType | numpy.dtype[Any] | builtins.str | builtins.type

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

def affine_grid(theta: ArrayLike, size: Sequence[builtins.int], align_corners: builtins.bool | None = None) -> Array:
    """Return the places that an affine map takes the elements of an output of `size` to, for `grid_sample`.

    -1 and 1 are the centres of the corner elements with `align_corners`, else the outer edges (by default).
    Shapes: (n, 2, 3) and size (n, c, h, w) -> (n, h, w, 2); (n, 3, 4) and size (n, c, d, h, w) -> (n, d, h, w, 3).
    Raises: ValueError for other shapes, for sizes that are not positive, and for a tensor that is not floating point.
    Torch: torch.nn.functional.affine_grid.
    """
    ...

def alpha_dropout(
    input: ArrayLike, p: builtins.float = 0.5, training: builtins.bool = False, *, key: Array | None = None
) -> Array:
    """Return the input with each element the limit of `selu` with probability `p`, then scaled and moved.

    Mean and variance of an input of mean 0 and variance 1 stay. Without `training` it is the input.
    Raises: as `dropout`.
    Torch: torch.alpha_dropout, torch.nn.functional.alpha_dropout.
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

def batch_norm(
    input: ArrayLike,
    running_mean: ArrayLike | None,
    running_var: ArrayLike | None,
    weight: ArrayLike | None = None,
    bias: ArrayLike | None = None,
    training: builtins.bool = False,
    momentum: Number | Array = 0.1,
    eps: Number | Array = 1e-05,
) -> Array | Normalized:
    """Return `(x - mean) / sqrt(var + eps) * weight + bias` for each channel: the second dimension.

    The moments are the running ones, or, where `training`, those of the batch. Where running statistics are given in
    training, the result is a named tuple `(output, running_mean, running_var)` with the new ones, as that of torch's
    `_native_batch_norm_legit_functional` is: `momentum` of the batch's and the rest of the old; the new variance is the
    unbiased one (n - 1 is the divisor).

    Shapes: (m, n, *), (n) for all else -> (m, n, *).
    Dtypes: 16-bit floats are computed in float32, beside weights and statistics of either dtype.
    Gradient: none through running statistics.
    Raises: RuntimeError for other shapes and dtypes; ValueError where a batch has one value for each channel.
    Torch: torch.nn.functional.batch_norm.
    """
    ...

def binary_cross_entropy(
    input: ArrayLike, target: ArrayLike, weight: ArrayLike | None = None, *, reduction: str = "mean"
) -> Array:
    """Return the cross entropy of probabilities of two classes: each, their mean (by default) or their sum.

    Logarithms are at least -100. `weight` multiplies each of them, and broadcasts.
    Raises: ValueError for two shapes and for an unknown reduction; RuntimeError for two dtypes, for no floating point
    numbers, and for numbers outside of [0, 1], where they are known.
    Torch: torch.nn.functional.binary_cross_entropy.
    """
    ...

def binary_cross_entropy_with_logits(
    input: ArrayLike,
    target: ArrayLike,
    weight: ArrayLike | None = None,
    *,
    reduction: str = "mean",
    pos_weight: ArrayLike | None = None,
) -> Array:
    """Return the cross entropy of probabilities of two classes and `sigmoid(input)`; it does not overflow.

    Each of them, their mean (by default) or their sum. `weight` multiplies each of them, `pos_weight` those parts that
    are for the first class; both broadcast.
    Dtypes: the result has that of `target`.
    Raises: ValueError for two shapes and for an unknown reduction; RuntimeError for other weights, and for no floating
    point numbers.
    Torch: torch.nn.functional.binary_cross_entropy_with_logits.
    """
    ...

def celu(input: ArrayLike, alpha: Number | Array = 1.0) -> Array:
    """Return each element where it is positive, else `alpha (exp(x / alpha) - 1)`.

    Raises: RuntimeError for an `alpha` of 0.
    Torch: torch.celu, torch.nn.functional.celu.
    """
    ...

def channel_shuffle(input: ArrayLike, groups: builtins.int) -> Array:
    """Return the tensor with its channels in turn from each of `groups` groups.

    Shapes: (n, c, *) -> (n, c, *).
    Raises: RuntimeError for fewer than 3 dimensions, and unless `groups` is positive and divides the channels.
    Torch: torch.channel_shuffle, torch.nn.functional.channel_shuffle.
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

def cosine_embedding_loss(
    input1: ArrayLike, input2: ArrayLike, target: ArrayLike, margin: builtins.float = 0.0, *, reduction: str = "mean"
) -> Array:
    """Return 1 less the cosine of two rows where the target is 1, and for -1 what the cosine is above the margin.

    For each of the rows, their mean (by default) or their sum.
    Shapes: (m, n), (m, n), (m) -> (m), or (n), (n), () -> (), where it is not reduced.
    Raises: ValueError for an unknown reduction; RuntimeError for other shapes.
    Torch: torch.nn.functional.cosine_embedding_loss.
    """
    ...

def cosine_similarity(x1: ArrayLike, x2: ArrayLike, dim: builtins.int = 1, eps: builtins.float = 1e-08) -> Array:
    """Return the cosine of the angle between the vectors of two tensors along `dim`; the tensors broadcast.

    A norm below `eps` is raised to it; its gradient passes through unchanged.
    Gradient: that of the norm is 0 where the norm is 0.
    Raises: RuntimeError for tensors that promote to no floating point dtype.
    Torch: torch.cosine_similarity, torch.nn.functional.cosine_similarity.
    """
    ...

def cross_entropy(
    input: ArrayLike,
    target: ArrayLike,
    weight: ArrayLike | None = None,
    *,
    ignore_index: builtins.int = -100,
    reduction: str = "mean",
    label_smoothing: builtins.float = 0.0,
) -> Array:
    """Return the cross entropy of targets and `softmax(input)`: each, their mean (by default) or their sum.

    The targets are class indices, or a probability for each class where `target` has the shape of `input`. `weight` has
    a factor for each class; the mean for indices is over the sum of their classes' weights. Indices of `ignore_index`
    do not count. `label_smoothing` is the share of the target that goes to all classes alike.
    Shapes: (n,), () -> (); (m, n), (m) -> (m); (m, n, *), (m, *) -> (m, *), where none is reduced.
    Dtypes: 16-bit floats are computed in float32, and rounded once; class indices are int64 or uint8.
    Raises: ValueError for an unknown reduction; RuntimeError for other shapes and dtypes; IndexError for a class out of
    range, where it is known (a traced one gives NaN).
    Torch: torch.nn.functional.cross_entropy.
    """
    ...

def ctc_loss(
    log_probs: ArrayLike,
    targets: ArrayLike,
    input_lengths: ArrayLike | Sequence[builtins.int],
    target_lengths: ArrayLike | Sequence[builtins.int],
    blank: builtins.int = 0,
    reduction: str = "mean",
    zero_infinity: builtins.bool = False,
) -> Array:
    """Return the negative log-likelihood of each label sequence, over all of its alignments with blanks and repeats.

    By default the mean of these, each divided by the length of its target; or their sum, or each of them. `log_probs`
    are the logarithms of the labels' probabilities at each time. Lengths are tensors, or tuples of integers.
    `zero_infinity` makes an infinite loss and its gradient 0: no alignment is as short as the input.
    Shapes: (t, n, c), targets (n, s), or (m) one after the other, lengths (n) -> (n), where it is not reduced; or
    (t, c), (s) and lengths of one -> ().
    Gradient: torch's, which is that by the numbers before log_softmax: exp(log_probs) more than by `log_probs`.
    Raises: ValueError for an unknown reduction; RuntimeError for other shapes, for dtypes other than float32 and
    float64, and for lengths that do not fit, where they are known.
    Torch: torch.nn.functional.ctc_loss.
    """
    ...

def dropout(
    input: ArrayLike, p: builtins.float = 0.5, training: builtins.bool = True, *, key: Array | None = None
) -> Array:
    """Return the input with each element 0 with probability `p`, and the others divided by `1 - p`.

    Without `training` it is the input.
    Raises: ValueError for a `p` outside of 0 to 1; TypeError where a key is needed and missing; RuntimeError for
    tensors that are not floating point.
    Torch: torch.dropout, torch.nn.functional.dropout.
    """
    ...

def dropout1d(
    input: ArrayLike, p: builtins.float = 0.5, training: builtins.bool = True, *, key: Array | None = None
) -> Array:
    """Return the input with each channel 0 with probability `p`, and the others divided by `1 - p`.

    Shapes: (n, c, m) or (c, m).
    Raises: RuntimeError for other shapes; else as `dropout`.
    Torch: torch.nn.functional.dropout1d.
    """
    ...

def dropout2d(
    input: ArrayLike, p: builtins.float = 0.5, training: builtins.bool = True, *, key: Array | None = None
) -> Array:
    """Return the input with each channel 0 with probability `p`, and the others divided by `1 - p`.

    Shapes: (n, c, *), with 4 dimensions; as torch, 3 are (n, c, m).
    Warns: for other than 4 dimensions.
    Raises: as `dropout`.
    Torch: torch.nn.functional.dropout2d.
    """
    ...

def dropout3d(
    input: ArrayLike, p: builtins.float = 0.5, training: builtins.bool = True, *, key: Array | None = None
) -> Array:
    """Return the input with each channel 0 with probability `p`, and the others divided by `1 - p`.

    Shapes: (n, c, *) with 5 dimensions, or (c, *) with 4.
    Warns: for another number of dimensions.
    Raises: as `dropout`.
    Torch: torch.nn.functional.dropout3d.
    """
    ...

def elu(input: ArrayLike, alpha: Number | Array = 1.0) -> Array:
    """Return each element where it is positive, else `alpha (exp(x) - 1)`.

    Gradient: `alpha` at 0.
    Torch: torch.nn.functional.elu.
    """
    ...

def embedding(
    input: ArrayLike,
    weight: ArrayLike,
    padding_idx: builtins.int | None = None,
    max_norm: Number | Array | None = None,
    norm_type: builtins.float = 2.0,
    scale_grad_by_freq: builtins.bool = False,
    sparse: builtins.bool = False,
) -> Array:
    """Return the rows of `weight` at the indices `input`.

    A row longer than `max_norm`, by the `norm_type`-norm, is scaled to it: `weight` itself stays, and
    `jaxfun.embedding_renorm` returns it as torch would leave it.
    Shapes: (*), (v, d) -> (*, d).
    Gradient: none for the row `padding_idx`; with `scale_grad_by_freq` that of a row is divided by how often it is
    taken; the scaling to `max_norm` has a gradient of 1.
    Raises: IndexError or RuntimeError for an index out of range (negative indices are out of range). A traced index out
    of range gives the same as in `getitem`.
    Torch: torch.nn.functional.embedding.
    """
    ...

def embedding_bag(
    input: ArrayLike,
    weight: ArrayLike,
    offsets: ArrayLike | None = None,
    max_norm: Number | Array | None = None,
    norm_type: builtins.float = 2,
    scale_grad_by_freq: builtins.bool = False,
    mode: str = "mean",
    sparse: builtins.bool = False,
    per_sample_weights: ArrayLike | None = None,
    include_last_offset: builtins.bool = False,
    padding_idx: builtins.int | None = None,
) -> Array:
    """Return the "sum", "mean" or "max" over bags of rows of `weight`: those of each row of `input`, or of its parts.

    The parts of a 1-D `input` begin at `offsets`; with `include_last_offset` the last of these is the end. The row
    `padding_idx` is in no bag, and an empty bag gives 0. `per_sample_weights` are factors for a sum. `max_norm` and
    `scale_grad_by_freq` are those of `embedding`.
    Shapes: (b, n), (v, d) -> (b, d); or (n), (v, d), (b) -> (b, d).
    Dtypes: 16-bit floats are added up in float32 and rounded once.
    Gradient: of equal largest elements the first one gets it.
    Raises: ValueError for other shapes; IndexError or RuntimeError for an index out of range.
    Torch: torch.nn.functional.embedding_bag.
    """
    ...

def feature_alpha_dropout(
    input: ArrayLike, p: builtins.float = 0.5, training: builtins.bool = False, *, key: Array | None = None
) -> Array:
    """Return the input with each channel the limit of `selu` with probability `p`, then scaled and moved.

    Shapes: (n, c, *). Without `training` it is the input.
    Raises: RuntimeError for less than 2 dimensions; else as `dropout`.
    Torch: torch.feature_alpha_dropout, torch.nn.functional.feature_alpha_dropout.
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
    _random_samples: ArrayLike | None = None,
    *,
    key: Array | None = None,
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
    _random_samples: ArrayLike | None = None,
    *,
    key: Array | None = None,
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
    _random_samples: ArrayLike | None = None,
    *,
    key: Array | None = None,
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
    _random_samples: ArrayLike | None = None,
    *,
    key: Array | None = None,
) -> tuple[Array, Array]:
    """Return the largest element of each randomly placed window, and its index; `return_indices` changes nothing.

    Torch: torch.nn.functional.fractional_max_pool3d_with_indices.
    """
    ...

def gaussian_nll_loss(
    input: ArrayLike,
    target: ArrayLike,
    var: ArrayLike | builtins.float,
    full: builtins.bool = False,
    eps: builtins.float = 1e-06,
    reduction: str = "mean",
) -> Array:
    """Return the negative log-likelihood of targets under normal distributions of mean `input` and variance `var`.

    Each of them, their mean (by default) or their sum. `full` adds the constant log(2π) / 2.
    Shapes: `var` is a float, or has the shape of `input`, or 1 for its last size, or lacks its last dimension.
    Gradient: `var` is raised to `eps` where it is below; its gradient passes through unchanged.
    Raises: ValueError for another shape, for a negative variance, where it is known, and for an unknown reduction.
    Torch: torch.nn.functional.gaussian_nll_loss.
    """
    ...

def gelu(input: ArrayLike, *, approximate: str = "none") -> Array:
    """Return `x Φ(x)` with the distribution function of the standard normal distribution (jax.nn.gelu: its estimate).

    `approximate="tanh"` estimates it by a hyperbolic tangent.
    Raises: RuntimeError for another `approximate`.
    Torch: torch.nn.functional.gelu.
    """
    ...

def glu(input: ArrayLike, dim: builtins.int = -1) -> Array:
    """Return `a sigmoid(b)` of the two halves of the input along `dim`.

    Raises: RuntimeError for an odd size, and for a tensor without dimensions.
    Torch: torch.nn.functional.glu.
    """
    ...

def grid_sample(
    input: ArrayLike,
    grid: ArrayLike,
    mode: str = "bilinear",
    padding_mode: str = "zeros",
    align_corners: builtins.bool | None = None,
) -> Array:
    """Return the elements of `input` at the places of `grid`: x, y (and z) from -1 to 1 across the image.

    Between elements `mode` is "bilinear", "nearest" or "bicubic" (4 dimensions); outside of the image `padding_mode`
    is "zeros", "border" (the nearest element) or "reflection". `align_corners` is as in `affine_grid`.
    Shapes: (n, c, h, w), (n, *, 2) -> (n, c, *) with two dimensions *; (n, c, d, h, w), (n, *, 3) with three.
    Gradient: for a place none where "nearest" is read, and none at the border and beyond; at an element that of the
    side behind it.
    Raises: ValueError for another mode; RuntimeError for other shapes, and for different dtypes.
    Torch: torch.nn.functional.grid_sample.
    """
    ...

def group_norm(
    input: ArrayLike,
    num_groups: builtins.int,
    weight: ArrayLike | None = None,
    bias: ArrayLike | None = None,
    eps: Number | Array = 1e-05,
) -> Array:
    """Return `(x - mean) / sqrt(var + eps) * weight + bias`, with the moments of each group of channels.

    Shapes: (m, n, *), (n), (n) -> (m, n, *); `num_groups` divides n.
    Dtypes: as those of `layer_norm`.
    Raises: RuntimeError for other shapes and dtypes; ValueError where there is one value in all.
    Torch: torch.group_norm, torch.nn.functional.group_norm.
    """
    ...

def gumbel_softmax(
    logits: ArrayLike,
    tau: builtins.float = 1,
    hard: builtins.bool = False,
    eps: builtins.float = 1e-10,
    dim: builtins.int = -1,
    *,
    key: Array | None = None,
) -> Array:
    """Return `softmax((logits + noise) / tau, dim)` with noise of the Gumbel distribution: a sample of one of `dim`.

    With `hard` it is 1 for the largest and 0 for the others; the gradient stays that of the softmax.
    Warns: for an `eps`, which has no effect.
    Raises: TypeError where the key is missing; RuntimeError for tensors that are not floating point.
    Torch: torch.nn.functional.gumbel_softmax.
    """
    ...

def hardshrink(input: ArrayLike, lambd: Number | Array = 0.5) -> Array:
    """Return each element, and 0 where it is at most `lambd` away from 0.

    Gradient: 0 where an element is put to 0, 1 elsewhere, at NaN too.
    Torch: torch.hardshrink, torch.nn.functional.hardshrink.
    """
    ...

def hardsigmoid(input: ArrayLike) -> Array:
    """Return `x / 6 + 1 / 2`, but not less than 0, nor more than 1.

    Gradient: 0 at -3 and 3, 0 at NaN.
    Torch: torch.nn.functional.hardsigmoid.
    """
    ...

def hardswish(input: ArrayLike) -> Array:
    """Return `x hardsigmoid(x)`.

    Gradient: 0 at -3 and 1 at 3, 1 at NaN.
    Torch: torch.nn.functional.hardswish.
    """
    ...

def hardtanh(input: ArrayLike, min_val: builtins.float = -1.0, max_val: builtins.float = 1.0) -> Array:
    """Return each element, but not less than `min_val`, nor more than `max_val`.

    Gradient: 0 at the bounds, 1 at NaN.
    Raises: ValueError where `min_val` is above `max_val`; RuntimeError for a negative bound of uint8.
    Torch: torch.nn.functional.hardtanh.
    """
    ...

def hinge_embedding_loss(
    input: ArrayLike, target: ArrayLike, margin: builtins.float = 1.0, *, reduction: str = "mean"
) -> Array:
    """Return the input where the target is 1, and where it is -1 how far the input is below the margin.

    Each of them, their mean (by default) or their sum. Any other target gives the sum of both.
    Raises: ValueError for an unknown reduction; RuntimeError for bools and complex numbers, and for the mean of
    integers.
    Torch: torch.nn.functional.hinge_embedding_loss.
    """
    ...

def huber_loss(
    input: ArrayLike,
    target: ArrayLike,
    reduction: str = "mean",
    delta: builtins.float = 1.0,
    weight: ArrayLike | None = None,
) -> Array:
    """Return half the squared error where the error is below `delta`, else `delta` times what is above half of it.

    Each of them, their mean (by default) or their sum. `weight` multiplies each of them; their mean stays the mean.
    Shapes: `weight` has that of `input`.
    Dtypes: the result has that of `input`, whatever that of `target`.
    Warns: where the shapes differ and broadcast, which is seldom meant.
    Raises: ValueError for an unknown reduction, and for a weight of another shape; RuntimeError for a `delta` of 0 or
    below.
    Torch: torch.nn.functional.huber_loss.
    """
    ...

def instance_norm(
    input: ArrayLike,
    running_mean: ArrayLike | None = None,
    running_var: ArrayLike | None = None,
    weight: ArrayLike | None = None,
    bias: ArrayLike | None = None,
    use_input_stats: builtins.bool = True,
    momentum: Number | Array = 0.1,
    eps: Number | Array = 1e-05,
) -> Array | Normalized:
    """Return `(x - mean) / sqrt(var + eps) * weight + bias` for each channel of each instance.

    The moments are those of the instance, or, without `use_input_stats`, the running ones. Where running statistics are
    given beside `use_input_stats`, the result is a named tuple `(output, running_mean, running_var)` with the new ones,
    as that of `batch_norm` is: they move by the mean over the instances.

    Shapes: (m, n, *), (n) for all else -> (m, n, *).
    Dtypes: as those of `batch_norm`.
    Gradient: none through running statistics.
    Raises: RuntimeError for other shapes and dtypes; ValueError where an instance has one value for each channel.
    Torch: torch.nn.functional.instance_norm.
    """
    ...

def interpolate(
    input: ArrayLike,
    size: builtins.int | Sequence[builtins.int] | None = None,
    scale_factor: builtins.float | Sequence[builtins.float] | None = None,
    mode: str = "nearest",
    align_corners: builtins.bool | None = None,
    recompute_scale_factor: builtins.bool | None = None,
    antialias: builtins.bool = False,
) -> Array:
    """Return the tensor with its dimensions behind the channels resampled to `size`, or by `scale_factor`.

    `mode` is "nearest", "nearest-exact", "area" (the mean of what an element covers), "linear", "bilinear", "trilinear"
    (3, 4 and 5 dimensions), "bicubic" or "lanczos" (4 dimensions). With `align_corners` the centres of the corner
    elements stay, else the outer edges. With `recompute_scale_factor` the new size is rounded before the places are
    computed. `antialias` widens the filter where the tensor becomes smaller.
    Shapes: (n, c, *sizes) -> (n, c, *size).
    Dtypes: 16-bit floats are computed in float32; uint8 is rounded after each dimension, as torch does it.
    Raises: ValueError, RuntimeError or NotImplementedError for arguments that do not go together.
    Torch: torch.nn.functional.interpolate.
    """
    ...

def kl_div(input: ArrayLike, target: ArrayLike, *, reduction: str = "mean", log_target: builtins.bool = False) -> Array:
    """Return `target * (log(target) - input)`, the terms of the divergence of distributions from exp(input).

    Each of them, their mean (by default), their sum, or with `reduction="batchmean"` their sum over the first size.
    With `log_target` the targets are logarithms too.
    Gradient: for a target of 0 it is NaN.
    Warns: where the mean is asked for, for that is not the divergence.
    Raises: ValueError for an unknown reduction; RuntimeError for no floating point numbers.
    Torch: torch.nn.functional.kl_div.
    """
    ...

def l1_loss(input: ArrayLike, target: ArrayLike, *, reduction: str = "mean", weight: ArrayLike | None = None) -> Array:
    """Return the absolute errors, their mean (by default) or their sum.

    `weight` multiplies each of them; the mean is then their sum over the sum of the weights.
    Shapes: `weight` has that of `input`.
    Gradient: 0 where the error is 0.
    Warns: where the shapes differ and broadcast, which is seldom meant.
    Raises: ValueError for an unknown reduction, and for a weight of another shape; RuntimeError for bools, and for the
    mean of integers.
    Torch: torch.nn.functional.l1_loss.
    """
    ...

def layer_norm(
    input: ArrayLike,
    normalized_shape: tuple[builtins.int, ...],
    weight: ArrayLike | None = None,
    bias: ArrayLike | None = None,
    eps: Number | Array = 1e-05,
) -> Array:
    """Return `(x - mean) / sqrt(var + eps) * weight + bias` over the last dimensions, those of `normalized_shape`.

    Dtypes: 16-bit floats are computed in float32, beside weights of either dtype.
    Raises: RuntimeError for other shapes, and for other dtypes of weights.
    Torch: torch.layer_norm, torch.nn.functional.layer_norm.
    """
    ...

def leaky_relu(input: ArrayLike, negative_slope: Number | Array = 0.01) -> Array:
    """Return each element where it is positive, else `negative_slope x`.

    Gradient: `negative_slope` at 0 and at NaN.
    Torch: torch.nn.functional.leaky_relu.
    """
    ...

def linear(input: ArrayLike, weight: ArrayLike, bias: ArrayLike | None = None) -> Array:
    """Return `input @ weight.T + bias`. Shapes: (*, n), (o, n), (o,) -> (*, o); a weight (n,) gives (*).

    Dtypes: 16-bit floats are computed in float32 and rounded once.
    Raises: RuntimeError for other shapes, and for different dtypes.
    Torch: torch.nn.functional.linear.
    """
    ...

def local_response_norm(
    input: ArrayLike,
    size: builtins.int,
    alpha: builtins.float = 0.0001,
    beta: builtins.float = 0.75,
    k: builtins.float = 1.0,
) -> Array:
    """Return `x / (k + alpha * s) ** beta`, where `s` is the mean of the squares of `size` neighbouring channels.

    Shapes: (m, n, *), with at least one dimension behind the channels. Channels that do not exist count as 0.
    Raises: ValueError for less than 3 dimensions; RuntimeError for a `size` that is not positive.
    Torch: torch.nn.functional.local_response_norm.
    """
    ...

def log_softmax(input: ArrayLike, dim: builtins.int | None = None, *, dtype: DTypeLike | None = None) -> Array:
    """Return the logarithm of `softmax(input, dim)`; it does not overflow.

    Dtypes: the input is cast to `dtype` first, where that is given.
    Warns: where `dim` is left out, as `softmax` does.
    Raises: NotImplementedError for a tensor that is not floating point, unless `dtype` is.
    Torch: torch.log_softmax, torch.nn.functional.log_softmax.
    """
    ...

def logsigmoid(input: ArrayLike) -> Array:
    """Return `log(sigmoid(x))`; it does not overflow.

    Torch: torch.nn.functional.logsigmoid.
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

def margin_ranking_loss(
    input1: ArrayLike, input2: ArrayLike, target: ArrayLike, margin: builtins.float = 0.0, *, reduction: str = "mean"
) -> Array:
    """Return by how much `target * (input1 - input2)` is below the margin, and 0 where it is above.

    Each of them, their mean (by default) or their sum.
    Raises: ValueError for an unknown reduction; RuntimeError for tensors of different numbers of dimensions.
    Torch: torch.nn.functional.margin_ranking_loss.
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

def mish(input: ArrayLike) -> Array:
    """Return `x tanh(softplus(x))`.

    Torch: torch.nn.functional.mish.
    """
    ...

def mse_loss(input: ArrayLike, target: ArrayLike, *, reduction: str = "mean", weight: ArrayLike | None = None) -> Array:
    """Return the squared errors, their mean (by default) or their sum.

    `weight` multiplies each of them; the mean is then their sum over the sum of the weights.
    Shapes: `weight` has that of `input`.
    Warns: where the shapes differ and broadcast, which is seldom meant.
    Raises: ValueError for an unknown reduction, and for a weight of another shape.
    Torch: torch.nn.functional.mse_loss.
    """
    ...

def multi_head_attention_forward(
    query: ArrayLike,
    key: ArrayLike,
    value: ArrayLike,
    embed_dim_to_check: builtins.int,
    num_heads: builtins.int,
    in_proj_weight: ArrayLike | None,
    in_proj_bias: ArrayLike | None,
    bias_k: ArrayLike | None,
    bias_v: ArrayLike | None,
    add_zero_attn: builtins.bool,
    dropout_p: builtins.float,
    out_proj_weight: ArrayLike,
    out_proj_bias: ArrayLike | None,
    training: builtins.bool = True,
    key_padding_mask: ArrayLike | None = None,
    need_weights: builtins.bool = True,
    attn_mask: ArrayLike | None = None,
    use_separate_proj_weight: builtins.bool = False,
    q_proj_weight: ArrayLike | None = None,
    k_proj_weight: ArrayLike | None = None,
    v_proj_weight: ArrayLike | None = None,
    static_k: ArrayLike | None = None,
    static_v: ArrayLike | None = None,
    average_attn_weights: builtins.bool = True,
    is_causal: builtins.bool = False,
    *,
    dropout_key: Array | None = None,
) -> tuple[Array, Array | None]:
    """Return the attention of `num_heads` heads, projected, and its weights: None without `need_weights`.

    Each head sees a part of the embedding, projected by `in_proj_weight`, that of query, key and value one below the
    other, or by three weights with `use_separate_proj_weight`. `bias_k` and `bias_v` are one more key and value, and
    `add_zero_attn` adds one of zeros; `static_k` and `static_v` take the place of projected ones. A bool mask says
    which keys do not take part, one of numbers is added. Weights are averaged over the heads by default, and dropped
    with probability `dropout_p`, drawn from `dropout_key`, a JAX key, in training.
    Shapes: (l, b, e), (s, b, k), (s, b, v) -> (l, b, o), (b, l, s), all without the b for one sequence; masks (l, s) or
    (b heads, l, s), and (b, s) for padding.
    Dtypes: 16-bit floats are computed in float32 and rounded once.
    Raises: AssertionError or RuntimeError for shapes that do not fit.
    Torch: torch.nn.functional.multi_head_attention_forward.
    """
    ...

def multi_margin_loss(
    input: ArrayLike,
    target: ArrayLike,
    p: builtins.int = 1,
    margin: builtins.float = 1.0,
    weight: ArrayLike | None = None,
    *,
    reduction: str = "mean",
) -> Array:
    """Return by how much the other classes are not a margin below the target, to the power `p`, over all classes.

    For each example, their mean (by default) or their sum. `weight` multiplies it by the factor of the target's class.
    Shapes: (m, n), (m) -> (m), or (n), () -> (), where it is not reduced.
    Gradient: 0 at the margin.
    Raises: ValueError for a `p` other than 1 and 2, for a weight that is no vector and for an unknown reduction;
    RuntimeError for other shapes, for dtypes other than float32 and float64, and for a class out of range, where it is
    known (a traced one gives NaN).
    Torch: torch.nn.functional.multi_margin_loss.
    """
    ...

def multilabel_margin_loss(input: ArrayLike, target: ArrayLike, *, reduction: str = "mean") -> Array:
    """Return the sum over labels and other classes of how far these are not 1 below, over the number of classes.

    For each example, their mean (by default) or their sum. `target` has the labels of an example, up to the first -1.
    Shapes: (m, n), (m, n) -> (m), or (n), (n) -> (), where it is not reduced.
    Gradient: 0 where a difference is just 1.
    Raises: ValueError for an unknown reduction; RuntimeError for other shapes, for dtypes other than float32 and
    float64, and for a label out of range, where it is known.
    Torch: torch.nn.functional.multilabel_margin_loss.
    """
    ...

def multilabel_soft_margin_loss(
    input: ArrayLike, target: ArrayLike, weight: ArrayLike | None = None, *, reduction: str = "mean"
) -> Array:
    """Return the mean over the classes of the cross entropies of `target` and `sigmoid(input)`, a class each.

    For each example, their mean (by default) or their sum. `weight` multiplies each cross entropy, and broadcasts.
    Shapes: (*, n), (*, n) -> (*), where it is not reduced.
    Raises: ValueError for an unknown reduction.
    Torch: torch.nn.functional.multilabel_soft_margin_loss.
    """
    ...

def nll_loss(
    input: ArrayLike,
    target: ArrayLike,
    weight: ArrayLike | None = None,
    *,
    ignore_index: builtins.int = -100,
    reduction: str = "mean",
) -> Array:
    """Return the negative log-likelihood of class indices: each, their mean (by default) or their sum.

    `input` holds the logarithms of the probabilities, as log_softmax gives them. `weight` has a factor for each class;
    the mean is over the sum of the targets' weights. Targets of `ignore_index` do not count.
    Shapes: (n,), () -> (); (m, n), (m) -> (m); (m, n, *), (m, *) -> (m, *), where none is reduced.
    Raises: ValueError for an unknown reduction; RuntimeError for other shapes and dtypes; IndexError for a class out of
    range, where it is known (a traced one gives NaN).
    Torch: torch.nn.functional.nll_loss.
    """
    ...

def normalize(
    input: ArrayLike,
    p: builtins.float = 2.0,
    dim: builtins.int | tuple[builtins.int, ...] | list[builtins.int] = 1,
    eps: Number | Array = 1e-12,
) -> Array:
    """Return `x / max(norm(x, p, dim), eps)`: slices of `p`-norm 1.

    Raises: RuntimeError for integers and bools.
    Torch: torch.nn.functional.normalize.
    """
    ...

def one_hot(tensor: ArrayLike, num_classes: builtins.int = -1) -> Array:
    """Return vectors of `num_classes` elements that are 0 but for a 1 at the place of each class.

    By default there are as many classes as the largest in `tensor` asks for: under jit give `num_classes`.
    Shapes: (*) -> (*, num_classes).
    Dtypes: int64.
    Raises: RuntimeError for a tensor that is not int64, for a class out of range, and without classes.
    Torch: torch.nn.functional.one_hot.
    """
    ...

def pad(
    input: ArrayLike, pad: Sequence[builtins.int], mode: str = "constant", value: builtins.float | Array | None = None
) -> Array:
    """Return the tensor with more elements around it: `pad` has two numbers for the last dimension, then for others.

    `mode` is "constant" (`value`, by default 0), "reflect" (mirrored at the edge, which stays alone), "replicate" (the
    edge) or "circular" (from the other side). A negative number takes elements away. The last three modes pad the
    dimensions behind the channels: (c, w) to (n, c, d, h, w), all of them.
    Gradient: an element that is repeated gets the sum.
    Raises: RuntimeError for a `pad` that does not fit, or leaves a negative size; NotImplementedError for another mode
    or shape.
    Torch: torch.nn.functional.pad.
    """
    ...

def pairwise_distance(
    x1: ArrayLike, x2: ArrayLike, p: builtins.float = 2.0, eps: builtins.float = 1e-06, keepdim: builtins.bool = False
) -> Array:
    """Return the `p`-norm of `x1 - x2 + eps` over the last dimension; the tensors broadcast.

    Gradient: as that of `norm`.
    Raises: RuntimeError for bools.
    Torch: torch.pairwise_distance, torch.nn.functional.pairwise_distance.
    """
    ...

def pdist(input: ArrayLike, p: builtins.float = 2.0) -> Array:
    """Return the p-norm distance between each pair of rows of a matrix, in order: (0, 1), (0, 2), ..., (1, 2), ...

    Shapes: (m, k) -> (m (m - 1) / 2).
    Gradient: 0 where the distance is 0.
    Raises: RuntimeError for other shapes, for a negative p, and for dtypes other than float32 and float64.
    Torch: torch.pdist, torch.nn.functional.pdist.
    """
    ...

def pixel_shuffle(input: ArrayLike, upscale_factor: builtins.int) -> Array:
    """Return an image of more pixels and fewer channels: `upscale_factor` r squared of them become r by r pixels.

    Shapes: (*, c r², h, w) -> (*, c, h r, w r).
    Raises: RuntimeError for other shapes, and for a factor that is not positive.
    Torch: torch.pixel_shuffle, torch.nn.functional.pixel_shuffle.
    """
    ...

def pixel_unshuffle(input: ArrayLike, downscale_factor: builtins.int) -> Array:
    """Return an image of fewer pixels and more channels: the inverse of `pixel_shuffle`.

    Shapes: (*, c, h r, w r) -> (*, c r², h, w).
    Raises: RuntimeError for other shapes, and for a factor that is not positive.
    Torch: torch.pixel_unshuffle, torch.nn.functional.pixel_unshuffle.
    """
    ...

def poisson_nll_loss(
    input: ArrayLike,
    target: ArrayLike,
    log_input: builtins.bool = True,
    full: builtins.bool = False,
    *,
    eps: builtins.float = 1e-08,
    reduction: str = "mean",
) -> Array:
    """Return the negative log-likelihood of counts under Poisson distributions with the expectations exp(input).

    Each of them, their mean (by default) or their sum. Without `log_input` the input is the expectation itself, and
    `eps` is added before its logarithm is taken. `full` adds Stirling's estimate of log(target!) for counts above 1.
    Raises: ValueError for an unknown reduction.
    Torch: torch.nn.functional.poisson_nll_loss.
    """
    ...

def prelu(input: ArrayLike, weight: ArrayLike) -> Array:
    """Return each element where it is positive, else its product with a weight: one, or one for each channel.

    Shapes: (m, n, *), (n) or (1) -> (m, n, *).
    Gradient: the weight at 0 and at NaN.
    Raises: RuntimeError for other shapes, and for two dtypes.
    Torch: torch.prelu, torch.nn.functional.prelu.
    """
    ...

def relu(input: ArrayLike) -> Array:
    """Return the rectified linear unit, max(x, 0), of each element; NaN is kept.

    Gradient: 0 at 0 (jnp.maximum(x, 0) has 0.5), 1 at NaN.
    Torch: torch.relu, torch.nn.functional.relu.
    """
    ...

def relu6(input: ArrayLike) -> Array:
    """Return each element, but not less than 0, nor more than 6.

    Gradient: 0 at 0 and 6, 1 at NaN.
    Torch: torch.nn.functional.relu6.
    """
    ...

def rms_norm(
    input: ArrayLike,
    normalized_shape: tuple[builtins.int, ...],
    weight: ArrayLike | None = None,
    eps: Number | Array | None = None,
) -> Array:
    """Return `x / sqrt(mean(x ** 2) + eps) * weight` over the last dimensions, those of `normalized_shape`.

    By default `eps` is the distance of 1 to the next number, of float32 for 16-bit floats.
    Dtypes: those of the input, whatever the weight's; 16-bit floats are computed in float32.
    Raises: RuntimeError for other shapes.
    Torch: torch.rms_norm, torch.nn.functional.rms_norm.
    """
    ...

def rrelu(
    input: ArrayLike,
    lower: builtins.float = 0.125,
    upper: builtins.float = 0.3333333333333333,
    training: builtins.bool = False,
    *,
    key: Array | None = None,
) -> Array:
    """Return each element where it is positive, else its product with a slope drawn between `lower` and `upper`.

    Without `training` the slope is the middle of the two.
    Gradient: the slope at 0; at NaN 1 in training.
    Raises: TypeError where a key is needed and missing; RuntimeError where `lower` is above `upper`, or one is not
    finite, and for tensors that are not floating point.
    Torch: torch.rrelu, torch.nn.functional.rrelu.
    """
    ...

def scaled_dot_product_attention(
    query: ArrayLike,
    key: ArrayLike,
    value: ArrayLike,
    attn_mask: ArrayLike | None = None,
    dropout_p: builtins.float = 0.0,
    is_causal: builtins.bool = False,
    *,
    scale: builtins.float | None = None,
    enable_gqa: builtins.bool = False,
    dropout_key: ArrayLike | None = None,
) -> Array:
    """Return `softmax(query @ key.mT * scale + attn_mask) @ value`; `scale` is by default 1 over the root of e.

    A bool `attn_mask` says which keys take part, one of numbers is added. With `is_causal` a query meets the keys up to
    its own position. With `enable_gqa` a head of `key` and `value` serves several of `query`. Each weight is 0 with
    probability `dropout_p`, drawn from `dropout_key`, a JAX key, and the others are divided by `1 - dropout_p`.
    Shapes: (*, l, e), (*, s, e), (*, s, v) -> (*, l, v); the batches broadcast, and the mask to (*, l, s).
    Dtypes: 16-bit floats are computed in float32 and rounded once.
    Gradient: 0 for a query that meets no key, whose result is 0.
    Raises: RuntimeError for other shapes and dtypes, and for a mask together with `is_causal`; TypeError where a
    `dropout_key` is needed and missing.
    Torch: torch.nn.functional.scaled_dot_product_attention.
    """
    ...

def selu(input: ArrayLike) -> Array:
    """Return `elu` with the `alpha` and the factor that keep mean 0 and variance 1 from layer to layer.

    Gradient: that of the exponential at 0.
    Torch: torch.selu, torch.nn.functional.selu.
    """
    ...

def sigmoid(input: ArrayLike) -> Array:
    """Return the sigmoid `1 / (1 + exp(-x))` of each element; integers give float32."""
    ...

def silu(input: ArrayLike) -> Array:
    """Return `x sigmoid(x)`, also called swish.

    Torch: torch.nn.functional.silu.
    """
    ...

def smooth_l1_loss(
    input: ArrayLike, target: ArrayLike, *, reduction: str = "mean", beta: builtins.float = 1.0
) -> Array:
    """Return half the squared error over `beta` where the error is below `beta`, else the absolute error less a half.

    Each of them, their mean (by default) or their sum. With a `beta` of 0 it is `l1_loss`.
    Warns: where the shapes differ and broadcast, which is seldom meant.
    Raises: ValueError for an unknown reduction; RuntimeError for a negative `beta`.
    Torch: torch.nn.functional.smooth_l1_loss.
    """
    ...

def soft_margin_loss(input: ArrayLike, target: ArrayLike, *, reduction: str = "mean") -> Array:
    """Return `log(1 + exp(-target * input))` for targets of 1 or -1: each, their mean (by default) or their sum.

    Shapes: `target` broadcasts to the shape of `input`.
    Dtypes: the result has that of `input`.
    Raises: ValueError for an unknown reduction; RuntimeError for other shapes, and for integers and bools.
    Torch: torch.nn.functional.soft_margin_loss.
    """
    ...

def softmax(input: ArrayLike, dim: builtins.int | None = None, *, dtype: DTypeLike | None = None) -> Array:
    """Return `exp(x)` divided by its sum along `dim`; it does not overflow.

    Dtypes: the input is cast to `dtype` first, where that is given.
    Gradient: NaN where all elements are -infinity.
    Warns: where `dim` is left out: torch then takes 0 for 0, 1 or 3 dimensions, else 1.
    Raises: NotImplementedError for a tensor that is not floating point, unless `dtype` is.
    Torch: torch.softmax, torch.nn.functional.softmax.
    """
    ...

def softmin(input: ArrayLike, dim: builtins.int | None = None, *, dtype: DTypeLike | None = None) -> Array:
    """Return `softmax(-input, dim)`.

    Dtypes: the negative is cast to `dtype`, where that is given.
    Warns: where `dim` is left out, as `softmax` does.
    Raises: RuntimeError for bools; NotImplementedError as `softmax` does.
    Torch: torch.nn.functional.softmin.
    """
    ...

def softplus(input: ArrayLike, beta: Number | Array = 1.0, threshold: Number | Array = 20.0) -> Array:
    """Return `log(1 + exp(beta x)) / beta`, and `x` itself where `beta x` is above the threshold.

    Torch: torch.nn.functional.softplus.
    """
    ...

def softshrink(input: ArrayLike, lambd: Number | Array = 0.5) -> Array:
    """Return each element moved to 0 by `lambd`: 0 where it is at most that far away.

    Gradient: 0 where the result is 0, 1 elsewhere, at NaN too.
    Raises: RuntimeError for a negative `lambd`.
    Torch: torch.nn.functional.softshrink.
    """
    ...

def softsign(input: ArrayLike) -> Array:
    """Return `x / (1 + |x|)`; integers as float32.

    Torch: torch.nn.functional.softsign.
    """
    ...

def tanh(input: ArrayLike) -> Array:
    """Return the hyperbolic tangent of each element; integers give float32."""
    ...

def tanhshrink(input: ArrayLike) -> Array:
    """Return `x - tanh(x)`; integers as float32.

    Torch: torch.nn.functional.tanhshrink.
    """
    ...

def threshold(input: ArrayLike, threshold: Number | Array, value: Number | Array) -> Array:
    """Return each element that is above `threshold`, and `value` in the place of the others; NaN stays.

    Gradient: 1 above the threshold and at NaN, 0 at it and below.
    Torch: torch.threshold, torch.nn.functional.threshold.
    """
    ...

def triplet_margin_loss(
    anchor: ArrayLike,
    positive: ArrayLike,
    negative: ArrayLike,
    margin: builtins.float = 1.0,
    p: builtins.float = 2,
    eps: builtins.float = 1e-06,
    swap: builtins.bool = False,
    *,
    reduction: str = "mean",
) -> Array:
    """Return by how much the negative is not a margin farther from the anchor than the positive.

    For each row, their mean (by default) or their sum. Distances are those of `pairwise_distance`. With `swap` the
    distance of the positive to the negative counts, where that is smaller.
    Raises: ValueError for an unknown reduction and for a margin of 0 or below; RuntimeError for tensors of different
    numbers of dimensions.
    Torch: torch.nn.functional.triplet_margin_loss.
    """
    ...

def triplet_margin_with_distance_loss(
    anchor: ArrayLike,
    positive: ArrayLike,
    negative: ArrayLike,
    *,
    distance_function: Callable[..., Any] | None = None,
    margin: builtins.float = 1.0,
    swap: builtins.bool = False,
    reduction: str = "mean",
) -> Array:
    """Return `triplet_margin_loss` with a distance of one's own: a function of two tensors.

    Raises: ValueError for an unknown reduction and for a margin of 0 or below; RuntimeError for tensors of different
    numbers of dimensions.
    Torch: torch.nn.functional.triplet_margin_with_distance_loss.
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
