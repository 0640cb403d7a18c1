"""torch.nn.functional: the functions that the tutorial's models are made of."""
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

def alpha_dropout(
    input: ArrayLike, p: builtins.float = 0.5, training: builtins.bool = False, *, key: Array | None = None
) -> Array:
    """Return the input with each element the limit of `selu` with probability `p`, then scaled and moved.

    Mean and variance of an input of mean 0 and variance 1 stay. Without `training` it is the input.
    Raises: as `dropout`.
    Torch: torch.alpha_dropout, torch.nn.functional.alpha_dropout.
    """
    ...

def batch_norm(
    input: ArrayLike,
    running_mean: Any,
    running_var: Any,
    weight: ArrayLike | None = None,
    bias: ArrayLike | None = None,
    training: builtins.bool = False,
    momentum: Any = 0.1,
    eps: Any = 1e-05,
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

def celu(input: ArrayLike, alpha: Number | Array = 1.0) -> Array:
    """Return each element where it is positive, else `alpha (exp(x / alpha) - 1)`.

    Raises: RuntimeError for an `alpha` of 0.
    Torch: torch.celu, torch.nn.functional.celu.
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

def feature_alpha_dropout(
    input: ArrayLike, p: builtins.float = 0.5, training: builtins.bool = False, *, key: Array | None = None
) -> Array:
    """Return the input with each channel the limit of `selu` with probability `p`, then scaled and moved.

    Shapes: (n, c, *). Without `training` it is the input.
    Raises: RuntimeError for less than 2 dimensions; else as `dropout`.
    Torch: torch.feature_alpha_dropout, torch.nn.functional.feature_alpha_dropout.
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
    logits: Any,
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

def hardtanh(input: ArrayLike, min_val: Any = -1.0, max_val: Any = 1.0) -> Array:
    """Return each element, but not less than `min_val`, nor more than `max_val`.

    Gradient: 0 at the bounds, 1 at NaN.
    Raises: ValueError where `min_val` is above `max_val`; RuntimeError for a negative bound of uint8.
    Torch: torch.nn.functional.hardtanh.
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

def mish(input: ArrayLike) -> Array:
    """Return `x tanh(softplus(x))`.

    Torch: torch.nn.functional.mish.
    """
    ...

def mse_loss(input: ArrayLike, target: ArrayLike, *, reduction: str = "mean") -> Array:
    """Return the squared error between `input` and `target`: the mean (by default), the sum, or each element.

    Warns: if the shapes differ and broadcast, which is rarely intended.
    Raises: ValueError for an unknown reduction.
    Torch: torch.nn.functional.mse_loss.
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
