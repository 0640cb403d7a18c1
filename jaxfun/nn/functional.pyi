"""torch.nn.functional: layers, activations and losses as functions."""
# Written by docs/make_stubs.py: the types of the public names.

import builtins
import pathlib
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
    """Apply a 1-D adaptive average pooling over an input of several channels.

    Along each dimension, window i of m starts at floor(i * size / m) and ends before ceil((i + 1) * size / m).
    Shapes: (n, c, length) -> (n, c, output_size), or without n.
    Raises: RuntimeError for a negative size, and for an empty input.
    Torch: torch.adaptive_avg_pool1d, torch.nn.functional.adaptive_avg_pool1d.
    """
    ...

def adaptive_avg_pool2d(
    input: ArrayLike,
    output_size: builtins.int | tuple[builtins.int, ...] | list[builtins.int] | tuple[builtins.int | None, ...],
) -> Array:
    """Apply a 2-D adaptive average pooling over an input of several channels.

    Along each dimension, window i of m starts at floor(i * size / m) and ends before ceil((i + 1) * size / m).
    None in `output_size` keeps the size of the input.
    Shapes: (n, c, height, width) -> (n, c, *output_size), or without n.
    Raises: RuntimeError for a negative size, and for an empty input.
    Torch: torch.nn.functional.adaptive_avg_pool2d.
    """
    ...

def adaptive_avg_pool3d(
    input: ArrayLike,
    output_size: builtins.int | tuple[builtins.int, ...] | list[builtins.int] | tuple[builtins.int | None, ...],
) -> Array:
    """Apply a 3-D adaptive average pooling over an input of several channels.

    Along each dimension, window i of m starts at floor(i * size / m) and ends before ceil((i + 1) * size / m).
    None in `output_size` keeps the size of the input.
    Shapes: (n, c, depth, height, width) -> (n, c, *output_size), or without n.
    Raises: RuntimeError for a negative size, and for an empty input.
    Torch: torch.nn.functional.adaptive_avg_pool3d.
    """
    ...

def adaptive_max_pool1d(
    input: ArrayLike,
    output_size: builtins.int | tuple[builtins.int, ...] | list[builtins.int] | tuple[builtins.int | None, ...],
    return_indices: builtins.bool = False,
) -> Array | tuple[Array, Array]:
    """Apply a 1-D adaptive max pooling over an input of several channels.

    The windows are those of `adaptive_avg_pool1d`. With `return_indices` also return the flat index of each maximum.
    The first of equal elements is selected, and the last NaN.
    Shapes: (n, c, length) -> (n, c, output_size), or without n.
    Gradient: all to the element whose index is returned.
    Raises: RuntimeError for a negative size, and for an empty input.
    Torch: torch.nn.functional.adaptive_max_pool1d.
    """
    ...

def adaptive_max_pool1d_with_indices(
    input: ArrayLike,
    output_size: builtins.int | tuple[builtins.int, ...] | list[builtins.int] | tuple[builtins.int | None, ...],
    return_indices: builtins.bool = False,
) -> tuple[Array, Array]:
    """Apply a 1-D adaptive max pooling, and return the maxima and their flat indices.

    It is `adaptive_max_pool1d` with `return_indices=True`; its own `return_indices` has no effect.
    Gradient: all to the element whose index is returned.
    Raises: RuntimeError for a negative size, and for an empty input.
    Torch: torch.nn.functional.adaptive_max_pool1d_with_indices.
    """
    ...

def adaptive_max_pool2d(
    input: ArrayLike,
    output_size: builtins.int | tuple[builtins.int, ...] | list[builtins.int] | tuple[builtins.int | None, ...],
    return_indices: builtins.bool = False,
) -> Array | tuple[Array, Array]:
    """Apply a 2-D adaptive max pooling over an input of several channels.

    The windows are those of `adaptive_avg_pool2d`. With `return_indices` also return the flat index of each maximum.
    The first of equal elements is selected, and the last NaN.
    Shapes: (n, c, height, width) -> (n, c, *output_size), or without n.
    Gradient: all to the element whose index is returned.
    Raises: RuntimeError for a negative size, and for an empty input.
    Torch: torch.nn.functional.adaptive_max_pool2d.
    """
    ...

def adaptive_max_pool2d_with_indices(
    input: ArrayLike,
    output_size: builtins.int | tuple[builtins.int, ...] | list[builtins.int] | tuple[builtins.int | None, ...],
    return_indices: builtins.bool = False,
) -> tuple[Array, Array]:
    """Apply a 2-D adaptive max pooling, and return the maxima and their flat indices.

    It is `adaptive_max_pool2d` with `return_indices=True`; its own `return_indices` has no effect.
    Gradient: all to the element whose index is returned.
    Raises: RuntimeError for a negative size, and for an empty input.
    Torch: torch.nn.functional.adaptive_max_pool2d_with_indices.
    """
    ...

def adaptive_max_pool3d(
    input: ArrayLike,
    output_size: builtins.int | tuple[builtins.int, ...] | list[builtins.int] | tuple[builtins.int | None, ...],
    return_indices: builtins.bool = False,
) -> Array | tuple[Array, Array]:
    """Apply a 3-D adaptive max pooling over an input of several channels.

    The windows are those of `adaptive_avg_pool3d`. With `return_indices` also return the flat index of each maximum.
    The first of equal elements is selected, and the last NaN.
    Shapes: (n, c, depth, height, width) -> (n, c, *output_size), or without n.
    Gradient: all to the element whose index is returned.
    Raises: RuntimeError for a negative size, and for an empty input.
    Torch: torch.nn.functional.adaptive_max_pool3d.
    """
    ...

def adaptive_max_pool3d_with_indices(
    input: ArrayLike,
    output_size: builtins.int | tuple[builtins.int, ...] | list[builtins.int] | tuple[builtins.int | None, ...],
    return_indices: builtins.bool = False,
) -> tuple[Array, Array]:
    """Apply a 3-D adaptive max pooling, and return the maxima and their flat indices.

    It is `adaptive_max_pool3d` with `return_indices=True`; its own `return_indices` has no effect.
    Gradient: all to the element whose index is returned.
    Raises: RuntimeError for a negative size, and for an empty input.
    Torch: torch.nn.functional.adaptive_max_pool3d_with_indices.
    """
    ...

def affine_grid(theta: ArrayLike, size: Sequence[builtins.int], align_corners: builtins.bool | None = None) -> Array:
    """Generate a 2-D or 3-D sampling grid for `grid_sample` from a batch of affine matrices `theta`.

    `size` is the shape of the output image. With `align_corners` -1 and 1 are the centres of the corner elements;
    otherwise, and by default, they are the outer edges of the corner elements.
    Shapes: (n, 2, 3) and size (n, c, h, w) -> (n, h, w, 2); (n, 3, 4) and size (n, c, d, h, w) -> (n, d, h, w, 3).
    Raises: ValueError for other shapes, for sizes that are not positive, and for a tensor that is not floating point.
    Torch: torch.nn.functional.affine_grid.
    """
    ...

def alpha_dropout(
    input: ArrayLike, p: builtins.float = 0.5, training: builtins.bool = False, *, key: Array | None = None
) -> Array:
    """Apply alpha dropout: set elements to the negative saturation value of `selu` with probability `p` in training.

    The result is then scaled and shifted, so that mean 0 and variance 1 of the input are preserved. Without `training`
    the input is returned unchanged.
    Raises: like `dropout`.
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
    """Apply a 1-D average pooling over an input of several channels.

    `stride` defaults to `kernel_size`. Padding is zeros, and counts in the average if `count_include_pad`. With
    `ceil_mode` the last window may extend beyond the padding; elements there are never counted.
    Shapes: (n, c, length) -> (n, c, *), or without n.
    Dtypes: int64 averages are truncated toward 0.
    Raises: RuntimeError for padding of more than half the window, and if no window fits.
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
    """Apply a 2-D average pooling over an input of several channels.

    `stride` defaults to `kernel_size`. Padding is zeros, and counts in the average if `count_include_pad`. With
    `ceil_mode` the last window may extend beyond the padding; elements there are never counted.
    `divisor_override` replaces the number of elements as the divisor.
    Shapes: (n, c, height, width) -> (n, c, *), or without n.
    Dtypes: int64 averages are truncated toward 0.
    Raises: RuntimeError for padding of more than half the window, and if no window fits.
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
    """Apply a 3-D average pooling over an input of several channels.

    `stride` defaults to `kernel_size`. Padding is zeros, and counts in the average if `count_include_pad`. With
    `ceil_mode` the last window may extend beyond the padding; elements there are never counted.
    `divisor_override` replaces the number of elements as the divisor.
    Shapes: (n, c, depth, height, width) -> (n, c, *), or without n.
    Dtypes: int64 averages are truncated toward 0.
    Raises: RuntimeError for padding of more than half the window, and if no window fits.
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
    """Apply batch normalisation to each channel: `(x - mean) / sqrt(var + eps) * weight + bias`.

    In training, mean and variance are those of the batch; otherwise they are the running statistics. In training with
    running statistics, the result is a named tuple `(output, running_mean, running_var)` with the updated statistics,
    like that of torch's `_native_batch_norm_legit_functional`. The update is
    `(1 - momentum) * running + momentum * batch`, with the unbiased variance (divisor n - 1).

    Shapes: input (m, n, *), weights and statistics (n) -> (m, n, *).
    Dtypes: 16-bit floats are computed in float32; their weights and statistics may be float32.
    Gradient: none through running statistics.
    Raises: RuntimeError for other shapes and dtypes; ValueError in training if a channel has only one value.
    Torch: torch.nn.functional.batch_norm.
    """
    ...

def bilinear(input1: ArrayLike, input2: ArrayLike, weight: ArrayLike, bias: ArrayLike | None = None) -> Array:
    """Apply a bilinear transformation: `input1 @ weight[o] @ input2 + bias[o]` for each output `o`.

    Shapes: (*, n), (*, k), (o, n, k), (o) -> (*, o).
    Dtypes: 16-bit floats are computed in float32 and rounded once.
    Raises: RuntimeError for other shapes, and for different dtypes.
    Torch: torch.nn.functional.bilinear.
    """
    ...

def binary_cross_entropy(
    input: ArrayLike, target: ArrayLike, weight: ArrayLike | None = None, *, reduction: str = "mean"
) -> Array:
    """Return the binary cross entropy between probabilities and targets.

    Logarithms are clamped to at least -100. `weight` rescales each element, with broadcasting.
    The `reduction` is "mean" (by default), "sum" or "none".
    Raises: ValueError for different shapes and for an unknown reduction; RuntimeError for different dtypes, for dtypes
    that are not floating point, and for values outside [0, 1]. Traced values are not checked.
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
    """Return the binary cross entropy between logits and targets, without overflow for large logits.

    `weight` rescales each element, `pos_weight` only the term of the positive class; both broadcast.
    The `reduction` is "mean" (by default), "sum" or "none".
    Dtypes: the result has the dtype of `target`.
    Raises: ValueError for different shapes and for an unknown reduction; RuntimeError for complex weights, for
    weights that do not broadcast, and for dtypes that are not floating point.
    Torch: torch.nn.functional.binary_cross_entropy_with_logits.
    """
    ...

def celu(input: ArrayLike, alpha: Number | Array = 1.0) -> Array:
    """Apply the continuously differentiable ELU: `x` if `x > 0`, else `alpha (exp(x / alpha) - 1)`.

    Raises: RuntimeError for an `alpha` of 0.
    Torch: torch.celu, torch.nn.functional.celu.
    """
    ...

def channel_shuffle(input: ArrayLike, groups: builtins.int) -> Array:
    """Divide the channels into `groups` groups, and interleave the groups.

    Shapes: (n, c, *) -> (n, c, *).
    Raises: RuntimeError for fewer than 3 dimensions, and unless a positive `groups` divides the number of channels.
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
    """Apply a 1-D convolution over an input of several channels.

    As in torch, it is a cross-correlation: the kernel is not flipped. `padding` is the number of zeros at both
    ends, "valid" for no padding, or "same" for an output of the input's length.
    Shapes: (n, i, l), (o, i / groups, k) -> (n, o, *), or without n.
    Dtypes: 16-bit floats are computed in float32, and rounded once.
    Raises: RuntimeError for other shapes, a kernel larger than the padded input, and tensors of different dtypes.
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
    """Apply a 2-D convolution over an input of several channels.

    As in torch, it is a cross-correlation: the kernel is not flipped. `padding` is the number of zeros at both
    ends of every dimension, or one number for each; "valid" is no padding, "same" an output of the input's size.
    Shapes: (n, i, h, w), (o, i / groups, kh, kw) -> (n, o, *), or without n.
    Dtypes: 16-bit floats are computed in float32, and rounded once.
    Raises: RuntimeError for other shapes, a kernel larger than the padded input, and tensors of different dtypes.
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
    """Apply a 3-D convolution over an input of several channels.

    As in torch, it is a cross-correlation: the kernel is not flipped. `padding` is the number of zeros at both
    ends of every dimension, or one number for each; "valid" is no padding, "same" an output of the input's size.
    Shapes: (n, i, d, h, w), (o, i / groups, kd, kh, kw) -> (n, o, *), or without n.
    Dtypes: 16-bit floats are computed in float32, and rounded once.
    Raises: RuntimeError for other shapes, a kernel larger than the padded input, and tensors of different dtypes.
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
    """Apply a 1-D transposed convolution ("deconvolution") over an input of several channels.

    It is the gradient of `conv1d` with respect to its input. `padding` removes that many elements from both
    ends of each dimension of the result, `output_padding` adds that many at the end.
    Shapes: (n, i, l), (i, o / groups, k) -> (n, o, *), or without n.
    Dtypes: 16-bit floats are computed in float32, and rounded once.
    Raises: RuntimeError for other shapes, an `output_padding` not smaller than the stride or the dilation, and tensors
    of different dtypes.
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
    """Apply a 2-D transposed convolution ("deconvolution") over an input of several channels.

    It is the gradient of `conv2d` with respect to its input. `padding` removes that many elements from both
    ends of each dimension of the result, `output_padding` adds that many at the end.
    Shapes: (n, i, h, w), (i, o / groups, kh, kw) -> (n, o, *), or without n.
    Dtypes: 16-bit floats are computed in float32, and rounded once.
    Raises: RuntimeError for other shapes, an `output_padding` not smaller than the stride or the dilation, and tensors
    of different dtypes.
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
    """Apply a 3-D transposed convolution ("deconvolution") over an input of several channels.

    It is the gradient of `conv3d` with respect to its input. `padding` removes that many elements from both
    ends of each dimension of the result, `output_padding` adds that many at the end.
    Shapes: (n, i, d, h, w), (i, o / groups, kd, kh, kw) -> (n, o, *), or without n.
    Dtypes: 16-bit floats are computed in float32, and rounded once.
    Raises: RuntimeError for other shapes, an `output_padding` not smaller than the stride or the dilation, and tensors
    of different dtypes.
    Torch: torch.conv_transpose3d, torch.nn.functional.conv_transpose3d.
    """
    ...

def cosine_embedding_loss(
    input1: ArrayLike, input2: ArrayLike, target: ArrayLike, margin: builtins.float = 0.0, *, reduction: str = "mean"
) -> Array:
    """Return the cosine embedding loss: `1 - cos` if the target is 1, `max(0, cos - margin)` if it is -1.

    `cos` is the cosine similarity of two rows. The `reduction` is "mean" (by default), "sum" or "none".
    Shapes: with "none", (m, n), (m, n), (m) -> (m), or (n), (n), () -> ().
    Raises: ValueError for an unknown reduction; RuntimeError for other shapes.
    Torch: torch.nn.functional.cosine_embedding_loss.
    """
    ...

def cosine_similarity(x1: ArrayLike, x2: ArrayLike, dim: builtins.int = 1, eps: builtins.float = 1e-08) -> Array:
    """Return the cosine similarity of `x1` and `x2` along `dim`, with broadcasting.

    Both norms are clamped to at least `eps`, to avoid a division by 0.
    Gradient: passes through the clamp unchanged; that of a norm is 0 where the norm is 0.
    Raises: RuntimeError if the promoted dtype is not floating point.
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
    """Return the cross entropy loss between logits and targets.

    The targets are class indices, or class probabilities if `target` has the shape of `input`. `weight` rescales each
    class. With class indices, "mean" divides by the sum of the weights of the targets, and targets equal to
    `ignore_index` do not contribute. `label_smoothing` is the share of the uniform distribution in the target.
    The `reduction` is "mean" (by default), "sum" or "none".
    Shapes: with "none", class indices give (n), () -> (); (m, n), (m) -> (m); (m, n, *), (m, *) -> (m, *).
    Dtypes: 16-bit floats are computed in float32, and rounded once; class indices are int64 or uint8.
    Raises: ValueError for an unknown reduction; RuntimeError for other shapes and dtypes; IndexError for a class out of
    range. A traced class out of range gives NaN.
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
    """Compute the connectionist temporal classification loss.

    The loss is the negative log-likelihood of the target. Its likelihood is the sum over all alignments with blanks and
    repeats.
    `log_probs` are the log-probabilities of the labels at each time. Lengths are tensors, or sequences of integers.
    `reduction` "mean" divides each loss by the length of its target and averages over the batch; "sum" adds the losses;
    "none" returns each of them. `zero_infinity` sets infinite losses and their gradients to 0. A loss is infinite if
    the input is too short for the target.
    Shapes: log_probs (t, n, c), targets (n, s) or concatenated (m), lengths (n) -> (n) without reduction; or
    log_probs (t, c), targets (s), lengths of one element -> ().
    Gradient: torch's, with respect to the logits before log_softmax. It is the gradient with respect to `log_probs`
    plus exp(log_probs).
    Raises: ValueError for an unknown reduction; RuntimeError for other shapes, for dtypes other than float32 and
    float64, and, unless traced, for lengths that are out of range or do not sum up to m.
    Torch: torch.nn.functional.ctc_loss.
    """
    ...

def dropout(
    input: ArrayLike, p: builtins.float = 0.5, training: builtins.bool = True, *, key: Array | None = None
) -> Array:
    """Randomly zero elements with probability `p` in training, and scale the others by `1 / (1 - p)`.

    Without `training` the input is returned unchanged.
    Raises: ValueError for a `p` outside [0, 1]; TypeError for a missing `key` if numbers are sampled; RuntimeError for
    tensors that are not floating point.
    Torch: torch.dropout, torch.nn.functional.dropout.
    """
    ...

def dropout1d(
    input: ArrayLike, p: builtins.float = 0.5, training: builtins.bool = True, *, key: Array | None = None
) -> Array:
    """Randomly zero entire channels with probability `p` in training, and scale the others by `1 / (1 - p)`.

    Shapes: (n, c, m) or (c, m).
    Raises: RuntimeError for other shapes; otherwise like `dropout`.
    Torch: torch.nn.functional.dropout1d.
    """
    ...

def dropout2d(
    input: ArrayLike, p: builtins.float = 0.5, training: builtins.bool = True, *, key: Array | None = None
) -> Array:
    """Randomly zero entire channels with probability `p` in training, and scale the others by `1 / (1 - p)`.

    Shapes: (n, c, h, w). As in torch, a 3-dim input is (n, c, m).
    Warns: if the input does not have 4 dimensions.
    Raises: like `dropout`.
    Torch: torch.nn.functional.dropout2d.
    """
    ...

def dropout3d(
    input: ArrayLike, p: builtins.float = 0.5, training: builtins.bool = True, *, key: Array | None = None
) -> Array:
    """Randomly zero entire channels with probability `p` in training, and scale the others by `1 / (1 - p)`.

    Shapes: (n, c, d, h, w) or (c, d, h, w).
    Warns: if the input does not have 4 or 5 dimensions.
    Raises: like `dropout`.
    Torch: torch.nn.functional.dropout3d.
    """
    ...

def elu(input: ArrayLike, alpha: Number | Array = 1.0) -> Array:
    """Apply the exponential linear unit: `x` if `x > 0`, else `alpha (exp(x) - 1)`.

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
    """Look up embeddings in a table: return the rows of `weight` at the indices `input`.

    A row is scaled down to the norm `max_norm` if its `norm_type`-norm exceeds `max_norm`. `weight` is not modified;
    `jaxfun.embedding_renorm` returns the `weight` that torch modifies in place.
    Shapes: (*), (v, d) -> (*, d).
    Gradient: 0 for the row `padding_idx`; with `scale_grad_by_freq` divided by the frequency of the index in `input`;
    the scaling to `max_norm` has a derivative of 1.
    Raises: IndexError or RuntimeError for an index out of range (negative indices are out of range). A traced index out
    of range gives the same result as in `getitem`.
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
    """Compute the "sum", "mean" or "max" (`mode`) of bags of embeddings, the rows of `weight` at the indices `input`.

    A 2-D `input` has one bag in each row. The bags of a 1-D `input` start at `offsets`; with `include_last_offset` the
    last offset is the end of the last bag. The row `padding_idx` is excluded from the bags, and an empty bag gives 0.
    `per_sample_weights` scale the rows of a "sum". `max_norm` and `scale_grad_by_freq` are those of `embedding`.
    Shapes: (b, n), (v, d) -> (b, d); or (n), (v, d), (b) -> (b, d).
    Dtypes: 16-bit floats are added up in float32 and rounded once.
    Gradient: for "max", all to the first of equal elements.
    Raises: ValueError for other shapes; IndexError or RuntimeError for an index out of range.
    Torch: torch.nn.functional.embedding_bag.
    """
    ...

def feature_alpha_dropout(
    input: ArrayLike, p: builtins.float = 0.5, training: builtins.bool = False, *, key: Array | None = None
) -> Array:
    """Apply alpha dropout to entire channels.

    In training each channel is set to the negative saturation value of `selu` with probability `p`. The result is then
    scaled and shifted, so that mean 0 and variance 1 are preserved. Without `training` the input is returned unchanged.
    Shapes: (n, c, *).
    Raises: RuntimeError for fewer than 2 dimensions; otherwise like `dropout`.
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
    """Combine columns of sliding windows into images; overlapping elements are summed.

    It is the transpose of `unfold`.
    Shapes: (n, c * kh * kw, windows) -> (n, c, h, w), or without n.
    Raises: RuntimeError if the number of rows or columns does not match the windows of `output_size`.
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
    """Apply a 2-D fractional max pooling over an input of several channels.

    The window positions are random, drawn from `key`. The size of the output is `output_size`, or `output_ratio` times
    the size of the input. With `return_indices` also return the flat index of each maximum in its image.
    Shapes: (n, c, height, width) -> (n, c, *), or without n.
    Gradient: all to the element whose index is returned.
    Raises: ValueError without `output_size` and `output_ratio`; TypeError without a `key`, unless the windows have
    fixed positions: 2 in a dimension, or steps of whole elements.
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
    """Apply a 2-D fractional max pooling, and return the maxima and their flat indices.

    It is `fractional_max_pool2d` with `return_indices=True`; its own `return_indices` has no effect.
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
    """Apply a 3-D fractional max pooling over an input of several channels.

    The window positions are random, drawn from `key`. The size of the output is `output_size`, or `output_ratio` times
    the size of the input. With `return_indices` also return the flat index of each maximum in its volume.
    Shapes: (n, c, depth, height, width) -> (n, c, *), or without n.
    Gradient: all to the element whose index is returned.
    Raises: ValueError without `output_size` and `output_ratio`; TypeError without a `key`, unless the windows have
    fixed positions: 2 in a dimension, or steps of whole elements.
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
    """Apply a 3-D fractional max pooling, and return the maxima and their flat indices.

    It is `fractional_max_pool3d` with `return_indices=True`; its own `return_indices` has no effect.
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
    """Return the Gaussian negative log-likelihood loss, for the mean `input` and the variance `var`.

    `var` is clamped to at least `eps`. `full` adds the constant log(2π) / 2.
    The `reduction` is "mean" (by default), "sum" or "none".
    Shapes: `var` is a float, or a tensor of the shape of `input`, possibly with one size of 1 or without the last
    dimension.
    Gradient: passes through the clamp of `var` unchanged.
    Raises: ValueError for another shape, for a negative variance, and for an unknown reduction. A traced variance is
    not checked.
    Torch: torch.nn.functional.gaussian_nll_loss.
    """
    ...

def gelu(input: ArrayLike, *, approximate: str = "none") -> Array:
    """Apply the Gaussian error linear unit, `x Φ(x)`. Φ is the cumulative distribution function of N(0, 1).

    `approximate="tanh"` selects the tanh approximation, the default of jax.nn.gelu.
    Raises: RuntimeError for another `approximate`.
    Torch: torch.nn.functional.gelu.
    """
    ...

def glu(input: ArrayLike, dim: builtins.int = -1) -> Array:
    """Apply the gated linear unit, `a sigmoid(b)`. `a` and `b` are the halves of the input along `dim`.

    Raises: RuntimeError for an odd size of `dim`, and for a 0-dim tensor.
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
    """Sample `input` at the coordinates of `grid`: x, y (and z), normalised to -1 to 1 across the image.

    `mode` is the interpolation: "bilinear", "nearest" or "bicubic" (4-D input). `padding_mode` is for coordinates
    outside of the image: "zeros", "border" (the nearest element) or "reflection". `align_corners` is that of
    `affine_grid`.
    Shapes: (n, c, h, w), (n, *, 2) -> (n, c, *) with two dimensions *; (n, c, d, h, w), (n, *, 3) with three.
    Gradient: 0 for `grid` with "nearest", and for coordinates that `padding_mode` clips to the border; at an element,
    the derivative from the right.
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
    """Apply group normalisation: `(x - mean) / sqrt(var + eps) * weight + bias`.

    Mean and variance are those of each group of channels, for each instance.
    Shapes: (m, n, *), (n), (n) -> (m, n, *); `num_groups` divides n.
    Dtypes: like `layer_norm`.
    Raises: RuntimeError for other shapes and dtypes; ValueError for a batch of one with only one value per group.
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
    """Sample from the Gumbel-softmax distribution: `softmax((logits + noise) / tau, dim)` with Gumbel noise.

    With `hard` the sample is discretized to a one-hot vector.
    Gradient: that of the softmax, with `hard` too.
    Warns: if `eps` is not the default, because it has no effect.
    Raises: TypeError for a missing `key`; RuntimeError for tensors that are not floating point.
    Torch: torch.nn.functional.gumbel_softmax.
    """
    ...

def hardshrink(input: ArrayLike, lambd: Number | Array = 0.5) -> Array:
    """Apply hard shrinkage: 0 if `|x| <= lambd`, else `x`.

    Gradient: 0 if `|x| <= lambd`, else 1. It is 1 at NaN.
    Torch: torch.hardshrink, torch.nn.functional.hardshrink.
    """
    ...

def hardsigmoid(input: ArrayLike) -> Array:
    """Apply hardsigmoid, `x / 6 + 1 / 2` clamped to [0, 1], to each element.

    Gradient: 0 at -3 and 3, 0 at NaN.
    Torch: torch.nn.functional.hardsigmoid.
    """
    ...

def hardswish(input: ArrayLike) -> Array:
    """Apply hardswish, `x hardsigmoid(x)`, to each element.

    Gradient: 0 at -3 and 1 at 3, 1 at NaN.
    Torch: torch.nn.functional.hardswish.
    """
    ...

def hardtanh(input: ArrayLike, min_val: builtins.float = -1.0, max_val: builtins.float = 1.0) -> Array:
    """Apply hardtanh: clamp each element to [`min_val`, `max_val`].

    Gradient: 0 at the bounds, 1 at NaN.
    Raises: ValueError if `min_val > max_val`; RuntimeError for a uint8 tensor with a negative bound.
    Torch: torch.nn.functional.hardtanh.
    """
    ...

def hinge_embedding_loss(
    input: ArrayLike, target: ArrayLike, margin: builtins.float = 1.0, *, reduction: str = "mean"
) -> Array:
    """Return the hinge embedding loss: `input` if the target is 1, `max(0, margin - input)` if it is -1.

    Any other target gives the sum of both terms. The `reduction` is "mean" (by default), "sum" or "none".
    Raises: ValueError for an unknown reduction; RuntimeError for bools and complex numbers, and for "mean" of integers.
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
    """Return the Huber loss: `0.5 * error**2` if `|error| < delta`, else `delta * (|error| - 0.5 * delta)`.

    The `reduction` is "mean" (by default), "sum" or "none". `weight` multiplies each element; "mean" still divides by
    the number of elements.
    Shapes: `weight` has the shape of `input`.
    Dtypes: the result has the dtype of `input`, for any dtype of `target`.
    Warns: if the shapes differ, because the broadcast is often a mistake.
    Raises: ValueError for an unknown reduction, and for a weight of another shape; RuntimeError for a `delta` that is
    not positive.
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
    """Apply instance normalisation to each channel of each instance: `(x - mean) / sqrt(var + eps) * weight + bias`.

    With `use_input_stats`, mean and variance are those of the instance; otherwise they are the running statistics. With
    `use_input_stats` and running statistics, the result is a named tuple `(output, running_mean, running_var)` with the
    updated statistics, like that of `batch_norm`. They are updated with the mean over the instances.

    Shapes: input (m, n, *), weights and statistics (n) -> (m, n, *).
    Dtypes: like `batch_norm`.
    Gradient: none through running statistics.
    Raises: RuntimeError for other shapes and dtypes; ValueError with `use_input_stats` if a channel of an instance has
    only one value.
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
    """Downsample or upsample the spatial dimensions of a tensor to `size`, or by `scale_factor`.

    `mode` is "nearest", "nearest-exact", "area" (adaptive average pooling), "linear" (3-D input), "bilinear" (4-D),
    "trilinear" (5-D), "bicubic" (4-D) or "lanczos" (4-D, with `antialias`). `align_corners` aligns the centres of the
    corner elements of input and output, instead of their outer edges. `recompute_scale_factor` computes the coordinates
    from the output size, instead of `scale_factor`. `antialias` widens the filter when downsampling.
    Shapes: (n, c, *sizes) -> (n, c, *size).
    Dtypes: 16-bit floats are computed in float32; uint8 is rounded after each dimension, like in torch.
    Raises: ValueError, RuntimeError or NotImplementedError for an invalid combination of arguments.
    Torch: torch.nn.functional.interpolate.
    """
    ...

def kl_div(input: ArrayLike, target: ArrayLike, *, reduction: str = "mean", log_target: builtins.bool = False) -> Array:
    """Return the Kullback-Leibler divergence loss `target * (log(target) - input)`.

    `input` holds log-probabilities; with `log_target`, `target` does too.
    The `reduction` is "mean" (by default), "sum", "none" or "batchmean", the sum divided by the batch size.
    Gradient: NaN for a target of 0.
    Warns: if the reduction is "mean", which does not give the KL divergence; use "batchmean".
    Raises: ValueError for an unknown reduction; RuntimeError for dtypes that are not floating point.
    Torch: torch.nn.functional.kl_div.
    """
    ...

def l1_loss(input: ArrayLike, target: ArrayLike, *, reduction: str = "mean", weight: ArrayLike | None = None) -> Array:
    """Return the mean absolute error; with another `reduction` ("sum" or "none"), the sum or each absolute error.

    `weight` multiplies each error; "mean" then divides by the sum of the weights.
    Shapes: `weight` has the shape of `input`.
    Gradient: 0 where the error is 0.
    Warns: if the shapes differ, because the broadcast is often a mistake.
    Raises: ValueError for an unknown reduction, and for a weight of another shape; RuntimeError for bools, and for
    "mean" of integers.
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
    """Apply layer normalisation over the last dimensions: `(x - mean) / sqrt(var + eps) * weight + bias`.

    `normalized_shape` is the shape of these dimensions.
    Dtypes: 16-bit floats are computed in float32; their weights may be float32.
    Raises: RuntimeError for other shapes, and for weights of other dtypes.
    Torch: torch.layer_norm, torch.nn.functional.layer_norm.
    """
    ...

def leaky_relu(input: ArrayLike, negative_slope: Number | Array = 0.01) -> Array:
    """Apply leaky ReLU: `x` if `x > 0`, else `negative_slope x`.

    Gradient: `negative_slope` at 0 and at NaN.
    Torch: torch.nn.functional.leaky_relu.
    """
    ...

def linear(input: ArrayLike, weight: ArrayLike, bias: ArrayLike | None = None) -> Array:
    """Apply a linear transformation: `input @ weight.T + bias`.

    Shapes: (*, n), (o, n), (o) -> (*, o); (*, n), (n) -> (*) without a bias.
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
    """Apply local response normalisation across channels: `x / (k + alpha * s) ** beta`.

    `s` is the mean of the squares of `size` neighbouring channels. The channels are zero-padded.
    Shapes: (m, n, *) -> (m, n, *), with at least one dimension after the channels.
    Raises: ValueError for fewer than 3 dimensions; RuntimeError for a `size` that is not positive.
    Torch: torch.nn.functional.local_response_norm.
    """
    ...

def log_softmax(input: ArrayLike, dim: builtins.int | None = None, *, dtype: DTypeLike | None = None) -> Array:
    """Apply a softmax along `dim`, followed by a logarithm, without overflow.

    Dtypes: the input is first cast to `dtype`, if given.
    Warns: if `dim` is omitted, like `softmax`.
    Raises: NotImplementedError for a tensor that is not floating point, unless `dtype` is.
    Torch: torch.log_softmax, torch.nn.functional.log_softmax.
    """
    ...

def logsigmoid(input: ArrayLike) -> Array:
    """Apply the logarithm of the sigmoid, `log(sigmoid(x))`, to each element, without overflow.

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
    """Apply a 1-D power-average pooling over an input of several channels.

    With p the `norm_type`, the result for each window is `sum(x ** p) ** (1 / p)`. Infinity gives the maximum of the
    absolute values, -infinity the minimum.
    Shapes: (n, c, length) -> (n, c, *), or without n.
    Gradient: 0 if the sum is 0.
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
    """Apply a 2-D power-average pooling over an input of several channels.

    With p the `norm_type`, the result for each window is `sum(x ** p) ** (1 / p)`. Infinity gives the maximum of the
    absolute values, -infinity the minimum.
    Shapes: (n, c, height, width) -> (n, c, *), or without n.
    Gradient: 0 if the sum is 0.
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
    """Apply a 3-D power-average pooling over an input of several channels.

    With p the `norm_type`, the result for each window is `sum(x ** p) ** (1 / p)`. Infinity gives the maximum of the
    absolute values, -infinity the minimum.
    Shapes: (n, c, depth, height, width) -> (n, c, *), or without n.
    Gradient: 0 if the sum is 0.
    Torch: torch.nn.functional.lp_pool3d.
    """
    ...

def margin_ranking_loss(
    input1: ArrayLike, input2: ArrayLike, target: ArrayLike, margin: builtins.float = 0.0, *, reduction: str = "mean"
) -> Array:
    """Return the margin ranking loss `max(0, -target * (input1 - input2) + margin)`.

    The `reduction` is "mean" (by default), "sum" or "none".
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
    """Apply a 1-D max pooling over an input of several channels.

    `stride` defaults to `kernel_size`. With `ceil_mode` the last window may extend beyond the padding. With
    `return_indices` also return the flat index of each maximum in its signal. The first of equal
    elements is selected, and the last NaN.
    Shapes: (n, c, length) -> (n, c, *), or without n.
    Gradient: all to the element whose index is returned.
    Raises: RuntimeError for padding of more than half the window, and if no window fits.
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
    """Apply a 1-D max pooling, and return the maxima and their flat indices.

    It is `max_pool1d` with `return_indices=True`; its own `return_indices` has no effect.
    Gradient: all to the element whose index is returned.
    Raises: RuntimeError for padding of more than half the window, and if no window fits.
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
    """Apply a 2-D max pooling over an input of several channels.

    `stride` defaults to `kernel_size`. With `ceil_mode` the last window may extend beyond the padding. With
    `return_indices` also return the flat index of each maximum in its image. The first of equal
    elements is selected, and the last NaN.
    Shapes: (n, c, height, width) -> (n, c, *), or without n.
    Gradient: all to the element whose index is returned.
    Raises: RuntimeError for padding of more than half the window, and if no window fits.
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
    """Apply a 2-D max pooling, and return the maxima and their flat indices.

    It is `max_pool2d` with `return_indices=True`; its own `return_indices` has no effect.
    Gradient: all to the element whose index is returned.
    Raises: RuntimeError for padding of more than half the window, and if no window fits.
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
    """Apply a 3-D max pooling over an input of several channels.

    `stride` defaults to `kernel_size`. With `ceil_mode` the last window may extend beyond the padding. With
    `return_indices` also return the flat index of each maximum in its volume. The first of equal
    elements is selected, and the last NaN.
    Shapes: (n, c, depth, height, width) -> (n, c, *), or without n.
    Gradient: all to the element whose index is returned.
    Raises: RuntimeError for padding of more than half the window, and if no window fits.
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
    """Apply a 3-D max pooling, and return the maxima and their flat indices.

    It is `max_pool3d` with `return_indices=True`; its own `return_indices` has no effect.
    Gradient: all to the element whose index is returned.
    Raises: RuntimeError for padding of more than half the window, and if no window fits.
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
    """Compute a partial inverse of `max_pool1d`: the elements of `input` at `indices`, and zeros elsewhere.

    `indices` are those of the max pool. It can map several sizes to the same size; `output_size` selects one.
    Shapes: (n, c, length) -> (n, c, *), or without n.
    Gradient: if an index occurs twice, both elements get its gradient.
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
    """Compute a partial inverse of `max_pool2d`: the elements of `input` at `indices`, and zeros elsewhere.

    `indices` are those of the max pool. It can map several sizes to the same size; `output_size` selects one.
    Shapes: (n, c, height, width) -> (n, c, *), or without n.
    Gradient: if an index occurs twice, both elements get its gradient.
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
    """Compute a partial inverse of `max_pool3d`: the elements of `input` at `indices`, and zeros elsewhere.

    `indices` are those of the max pool. It can map several sizes to the same size; `output_size` selects one.
    Shapes: (n, c, depth, height, width) -> (n, c, *), or without n.
    Gradient: if an index occurs twice, both elements get its gradient.
    Raises: ValueError for an `output_size` that does not fit; RuntimeError for an index out of range.
    Torch: torch.nn.functional.max_unpool3d.
    """
    ...

def mish(input: ArrayLike) -> Array:
    """Apply mish, `x tanh(softplus(x))`, to each element.

    Torch: torch.nn.functional.mish.
    """
    ...

def mse_loss(input: ArrayLike, target: ArrayLike, *, reduction: str = "mean", weight: ArrayLike | None = None) -> Array:
    """Return the mean squared error; with another `reduction` ("sum" or "none"), the sum or each squared error.

    `weight` multiplies each error; "mean" then divides by the sum of the weights.
    Shapes: `weight` has the shape of `input`.
    Warns: if the shapes differ, because the broadcast is often a mistake.
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
    """Compute multi-head attention: return the output and the attention weights, None without `need_weights`.

    The projected embedding is split across `num_heads` heads. `in_proj_weight` stacks the weights of query, key and
    value; with `use_separate_proj_weight` they are `q_proj_weight`, `k_proj_weight` and `v_proj_weight`. `bias_k` and
    `bias_v` are appended to the keys and values, and `add_zero_attn` appends zeros. `static_k` and `static_v` replace
    the projected keys and values. A boolean mask is True for the keys to ignore; a mask of floats is added to the
    scores. `average_attn_weights` averages the weights over the heads. In training, each weight is dropped with
    probability `dropout_p`; `dropout_key` is a JAX random key.
    Shapes: (l, b, e), (s, b, k), (s, b, v) -> (l, b, o), (b, l, s), without b for unbatched inputs; `attn_mask` (l, s)
    or (b * num_heads, l, s), and `key_padding_mask` (b, s).
    Dtypes: 16-bit floats are computed in float32 and rounded once.
    Raises: AssertionError or RuntimeError for incompatible shapes.
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
    """Return the multi-class hinge loss `sum(max(0, margin - x[target] + x[i]) ** p) / n`, for `x = input`.

    The sum runs over the n classes except the target. `weight` multiplies the loss by the weight of the target class.
    The `reduction` is "mean" (by default), "sum" or "none".
    Shapes: with "none", (m, n), (m) -> (m), or (n), () -> ().
    Gradient: 0 for terms exactly at the margin.
    Raises: ValueError for a `p` other than 1 and 2, for a weight that is not 1-D and for an unknown reduction;
    RuntimeError for other shapes, for dtypes other than float32 and float64, and for a class out of range. A traced
    class out of range gives NaN.
    Torch: torch.nn.functional.multi_margin_loss.
    """
    ...

def multilabel_margin_loss(input: ArrayLike, target: ArrayLike, *, reduction: str = "mean") -> Array:
    """Return the multi-label hinge loss `sum(max(0, 1 - x[j] + x[i])) / n`, for `x = input`.

    The sum runs over the labels `j` and the other classes `i` of the n classes. `target` lists the labels of each
    example, up to the first -1. The `reduction` is "mean" (by default), "sum" or "none".
    Shapes: with "none", (m, n), (m, n) -> (m), or (n), (n) -> ().
    Gradient: 0 for terms exactly at the margin of 1.
    Raises: ValueError for an unknown reduction; RuntimeError for other shapes, for dtypes other than float32 and
    float64, and for a label out of range. A traced label is not checked.
    Torch: torch.nn.functional.multilabel_margin_loss.
    """
    ...

def multilabel_soft_margin_loss(
    input: ArrayLike, target: ArrayLike, weight: ArrayLike | None = None, *, reduction: str = "mean"
) -> Array:
    """Return the multi-label soft margin loss: the binary cross entropy with logits, averaged over the classes.

    `weight` rescales each element, with broadcasting.
    The `reduction` over the examples is "mean" (by default), "sum" or "none".
    Shapes: with "none", (*, n), (*, n) -> (*).
    Raises: ValueError for an unknown reduction; RuntimeError for an input that is not floating point.
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
    """Return the negative log-likelihood loss for class indices.

    `input` holds log-probabilities, for example from `log_softmax`. `weight` rescales each class; "mean" divides by the
    sum of the weights of the targets. Targets equal to `ignore_index` do not contribute.
    The `reduction` is "mean" (by default), "sum" or "none".
    Shapes: with "none", (n), () -> (); (m, n), (m) -> (m); (m, n, *), (m, *) -> (m, *).
    Raises: ValueError for an unknown reduction; RuntimeError for other shapes and dtypes; IndexError for a class out of
    range. A traced class out of range gives NaN.
    Torch: torch.nn.functional.nll_loss.
    """
    ...

def normalize(
    input: ArrayLike,
    p: builtins.float = 2.0,
    dim: builtins.int | tuple[builtins.int, ...] | list[builtins.int] = 1,
    eps: Number | Array = 1e-12,
) -> Array:
    """Normalise the input to `p`-norm 1 along `dim`: `x / max(norm(x, p, dim), eps)`.

    Raises: RuntimeError for integers and bools.
    Torch: torch.nn.functional.normalize.
    """
    ...

def one_hot(tensor: ArrayLike, num_classes: builtins.int = -1) -> Array:
    """Return the one-hot encoding of class indices: 1 at the index of the class, 0 elsewhere.

    `num_classes` is by default the largest class plus 1; under jit it is required.
    Shapes: (*) -> (*, num_classes).
    Dtypes: int64.
    Raises: RuntimeError for a tensor that is not int64, for a class out of range, and for zero classes.
    Torch: torch.nn.functional.one_hot.
    """
    ...

def pad(
    input: ArrayLike, pad: Sequence[builtins.int], mode: str = "constant", value: builtins.float | Array | None = None
) -> Array:
    """Pad a tensor: `pad` is (before, after) for the last dimension, then for the second to last, and so on.

    `mode` is "constant" (fills with `value`, by default 0), "reflect" (mirrors without repeating the edge), "replicate"
    (repeats the edge) or "circular" (wraps around). A negative number crops. The last three modes pad all 1 to 3
    spatial dimensions: the shapes are (c, w) or (n, c, w) to (c, d, h, w) or (n, c, d, h, w).
    Gradient: summed over the copies of an element.
    Raises: RuntimeError for a `pad` that does not fit the shape or leaves a negative size; NotImplementedError for
    another mode or shape.
    Torch: torch.nn.functional.pad.
    """
    ...

def pairwise_distance(
    x1: ArrayLike, x2: ArrayLike, p: builtins.float = 2.0, eps: builtins.float = 1e-06, keepdim: builtins.bool = False
) -> Array:
    """Return the `p`-norm of `x1 - x2 + eps` over the last dimension, with broadcasting.

    Gradient: as for `norm`.
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
    """Rearrange each group of r² channels into blocks of r by r pixels, with r the `upscale_factor`.

    Shapes: (*, c r², h, w) -> (*, c, h r, w r).
    Raises: RuntimeError for other shapes, and for a factor that is not positive.
    Torch: torch.pixel_shuffle, torch.nn.functional.pixel_shuffle.
    """
    ...

def pixel_unshuffle(input: ArrayLike, downscale_factor: builtins.int) -> Array:
    """Rearrange each block of r by r pixels into r² channels, with r the `downscale_factor`.

    It is the inverse of `pixel_shuffle`.
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
    """Return the Poisson negative log-likelihood loss `exp(input) - target * input`.

    With `log_input=False` the loss is `input - target * log(input + eps)`. `full` adds Stirling's approximation of
    log(target!) for targets above 1. The `reduction` is "mean" (by default), "sum" or "none".
    Raises: ValueError for an unknown reduction.
    Torch: torch.nn.functional.poisson_nll_loss.
    """
    ...

def prelu(input: ArrayLike, weight: ArrayLike) -> Array:
    """Apply parametric ReLU: `x` if `x > 0`, else `weight x`, with one weight or one per channel.

    Shapes: (m, n, *), (n) or (1) -> (m, n, *).
    Gradient: the weight at 0 and at NaN.
    Raises: RuntimeError for other shapes, and if the dtypes differ.
    Torch: torch.prelu, torch.nn.functional.prelu.
    """
    ...

def relu(input: ArrayLike) -> Array:
    """Apply the rectified linear unit, `max(x, 0)`, to each element. NaN is propagated.

    Gradient: 0 at 0 (jnp.maximum(x, 0) gives 0.5), 1 at NaN.
    Torch: torch.relu, torch.nn.functional.relu.
    """
    ...

def relu6(input: ArrayLike) -> Array:
    """Apply ReLU6: clamp each element to [0, 6].

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
    """Apply root mean square layer normalisation: `x / sqrt(mean(x ** 2) + eps) * weight`.

    The mean is over the last dimensions, of shape `normalized_shape`. By default `eps` is the machine epsilon of the
    dtype, of float32 for 16-bit floats.
    Dtypes: the result has the input's dtype, for any dtype of the weight; 16-bit floats are computed in float32.
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
    """Apply randomized leaky ReLU: `x` if `x > 0`, else `slope x` with a random slope.

    In training the slope of each element is sampled uniformly between `lower` and `upper`. Otherwise it is the mean of
    `lower` and `upper`.
    Gradient: the slope at 0. At NaN it is 1 in training, else the slope.
    Raises: TypeError for a missing `key` if slopes are sampled; RuntimeError if `lower > upper` or a bound is not
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
    """Compute scaled dot product attention, `softmax(query @ key.mT * scale + attn_mask) @ value`.

    `scale` is 1 / sqrt(e) by default. A boolean `attn_mask` is True for the keys that take part in attention; a mask of
    floats is added to the scores. `is_causal` applies a causal mask, lower triangular. `enable_gqa` is grouped-query
    attention: several heads of `query` share one head of `key` and `value`. Dropout sets each weight to 0 with
    probability `dropout_p` and divides the others by `1 - dropout_p`; `dropout_key` is a JAX random key.
    Shapes: (*, l, e), (*, s, e), (*, s, v) -> (*, l, v); the batches broadcast, and the mask to (*, l, s).
    Dtypes: 16-bit floats are computed in float32 and rounded once.
    Gradient: 0 for a query with all keys masked, whose result is 0.
    Raises: RuntimeError for other shapes and dtypes, and for a mask together with `is_causal`; TypeError if dropout
    needs a `dropout_key` and gets None.
    Torch: torch.nn.functional.scaled_dot_product_attention.
    """
    ...

def selu(input: ArrayLike) -> Array:
    """Apply the scaled exponential linear unit, `scale * elu(x, alpha)`.

    The constants `scale` and `alpha` preserve mean 0 and variance 1 from layer to layer.
    Gradient: `scale * alpha` at 0.
    Torch: torch.selu, torch.nn.functional.selu.
    """
    ...

def sigmoid(input: ArrayLike) -> Array:
    """Return the sigmoid `1 / (1 + exp(-x))` of each element; integers give float32."""
    ...

def silu(input: ArrayLike) -> Array:
    """Apply the sigmoid linear unit, `x sigmoid(x)`, to each element. It is also called swish.

    Torch: torch.nn.functional.silu.
    """
    ...

def smooth_l1_loss(
    input: ArrayLike, target: ArrayLike, *, reduction: str = "mean", beta: builtins.float = 1.0
) -> Array:
    """Return the smooth L1 loss: `0.5 * error**2 / beta` if `|error| < beta`, else `|error| - 0.5 * beta`.

    With a `beta` of 0 it equals `l1_loss`. The `reduction` is "mean" (by default), "sum" or "none".
    Warns: if the shapes differ, because the broadcast is often a mistake.
    Raises: ValueError for an unknown reduction; RuntimeError for a negative `beta`.
    Torch: torch.nn.functional.smooth_l1_loss.
    """
    ...

def soft_margin_loss(input: ArrayLike, target: ArrayLike, *, reduction: str = "mean") -> Array:
    """Return the soft margin loss `log(1 + exp(-target * input))`, the logistic loss for targets of 1 or -1.

    The `reduction` is "mean" (by default), "sum" or "none".
    Shapes: `target` broadcasts to the shape of `input`.
    Dtypes: the result has the dtype of `input`.
    Raises: ValueError for an unknown reduction; RuntimeError for other shapes, and for integers and bools.
    Torch: torch.nn.functional.soft_margin_loss.
    """
    ...

def softmax(input: ArrayLike, dim: builtins.int | None = None, *, dtype: DTypeLike | None = None) -> Array:
    """Apply softmax, `exp(x) / sum(exp(x))`, along `dim`, without overflow.

    Dtypes: the input is first cast to `dtype`, if given.
    Gradient: NaN if all elements along `dim` are -infinity.
    Warns: if `dim` is omitted. As in torch, it is then 0 for tensors of 0, 1 or 3 dimensions, else 1.
    Raises: NotImplementedError for a tensor that is not floating point, unless `dtype` is.
    Torch: torch.softmax, torch.nn.functional.softmax.
    """
    ...

def softmin(input: ArrayLike, dim: builtins.int | None = None, *, dtype: DTypeLike | None = None) -> Array:
    """Apply softmin, `softmax(-input, dim)`, along `dim`.

    Dtypes: `-input` is cast to `dtype`, if given.
    Warns: if `dim` is omitted, like `softmax`.
    Raises: RuntimeError for bools; NotImplementedError like `softmax`.
    Torch: torch.nn.functional.softmin.
    """
    ...

def softplus(input: ArrayLike, beta: Number | Array = 1.0, threshold: Number | Array = 20.0) -> Array:
    """Apply softplus, `log(1 + exp(beta x)) / beta`, to each element.

    For numerical stability the result is `x` if `beta x > threshold`.

    Torch: torch.nn.functional.softplus.
    """
    ...

def softshrink(input: ArrayLike, lambd: Number | Array = 0.5) -> Array:
    """Apply soft shrinkage: 0 if `|x| <= lambd`, else `x - sign(x) lambd`.

    Gradient: 0 if `|x| <= lambd`, else 1. It is 1 at NaN.
    Raises: RuntimeError for a negative `lambd`.
    Torch: torch.nn.functional.softshrink.
    """
    ...

def softsign(input: ArrayLike) -> Array:
    """Apply softsign, `x / (1 + |x|)`, to each element.

    Dtypes: integers give float32.
    Torch: torch.nn.functional.softsign.
    """
    ...

def tanh(input: ArrayLike) -> Array:
    """Return the hyperbolic tangent of each element; integers give float32."""
    ...

def tanhshrink(input: ArrayLike) -> Array:
    """Apply tanhshrink, `x - tanh(x)`, to each element.

    Dtypes: integers give float32.
    Torch: torch.nn.functional.tanhshrink.
    """
    ...

def threshold(input: ArrayLike, threshold: Number | Array, value: Number | Array) -> Array:
    """Apply a threshold: `x` if `x > threshold`, else `value`. NaN is propagated.

    Gradient: 1 above the threshold and at NaN, else 0.
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
    """Return the triplet margin loss `max(0, d(anchor, positive) - d(anchor, negative) + margin)` of each row.

    `d` is `pairwise_distance`. With `swap`, d(positive, negative) replaces d(anchor, negative) if it is smaller.
    The `reduction` is "mean" (by default), "sum" or "none".
    Raises: ValueError for an unknown reduction and for a margin that is not positive; RuntimeError for tensors of
    different numbers of dimensions.
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
    """Return the triplet margin loss with a given distance function of two tensors (default: `pairwise_distance`).

    The other arguments are those of `triplet_margin_loss`.
    Raises: ValueError for an unknown reduction and for a margin that is not positive; RuntimeError for tensors of
    different numbers of dimensions.
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
    """Extract sliding windows from images as columns. Shapes: (n, c, h, w) -> (n, c * kh * kw, windows), or without n.

    Raises: RuntimeError if no window fits, and for empty images.
    Torch: torch.nn.functional.unfold.
    """
    ...
