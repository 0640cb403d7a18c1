"""Batch and instance normalisation. Running statistics are arguments, and the updated ones are returned."""

import math
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp

from ...core.dtypes import as_dtype, computed_in
from ...core.errors import ArgumentValueError, IndexRangeError, ShapeError, describe
from ...core.numbers import as_real, is_traced
from ...core.op import op
from ...core.public import public
from ...core.record import NOT_FLOATS, Array, Choice, Factor, rows, where_empty
from ...core.types import ArrayLike, Number
from ..pointwise.arithmetic import add, mul
from .normalization import along_channels, moments, scaled, want_parameters


class Normalized(NamedTuple):
    """The normalised tensor and the updated running statistics. Nothing is updated in place."""

    output: jax.Array
    running_mean: jax.Array
    running_var: jax.Array


def _want_valid_eps(
    input: Any,
    running_mean: Any = None,
    running_var: Any = None,
    weight: Any = None,
    bias: Any = None,
    training: bool = False,
    momentum: Any = 0.1,
    eps: Any = 1e-5,
) -> None:
    if not is_traced(as_real(eps, "eps")) and (eps <= 0 if training else eps < 0):
        raise ArgumentValueError(f"a {'positive' if training else 'non-negative'} `eps`", describe(eps))


_NUMBERS = {"eps": Choice((1e-5, 0.5))}
_CASES = rows(
    "input running_mean running_var weight bias",
    ("3 n", "n", "n", "n", "n"),
    ("m n 2", "n", "n", None, "n"),
    ("m n 2 3", "n", "n", "n", None),
    ("m n 2", "n", "n", None, None),
)


@public(name="nn.functional.batch_norm")
def batch_norm(
    input: Any,
    running_mean: ArrayLike | None,
    running_var: ArrayLike | None,
    weight: Any = None,
    bias: Any = None,
    training: bool = False,
    momentum: Number | jax.Array = 0.1,
    eps: Number | jax.Array = 1e-5,
) -> jax.Array | Normalized:
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

    >>> import jaxfun as jf
    >>> x, mean, var = jf.tensor([[1.0], [3.0]]), jf.zeros(1), jf.ones(1)
    >>> jf.nn.functional.batch_norm(x, mean, var, eps=0.0)
    Array([[1.],
           [3.]], dtype=float32)
    >>> y, mean, var = jf.nn.functional.batch_norm(x, mean, var, training=True, momentum=0.5)
    >>> mean, var
    (Array([1.], dtype=float32), Array([1.5], dtype=float32))
    """
    return _batch_norm(input, running_mean, running_var, weight, bias, training, momentum, eps)


@op(
    kind=None,
    torch="torch.nn.functional.batch_norm",
    node="NativeBatchNormBackward0",
    rejects=NOT_FLOATS,
    takes=_NUMBERS,
    takes_here=where_empty(NOT_FLOATS),
    cases=(
        *({**row, "training": False} for row in _CASES),
        *({**row, "running_mean": None, "running_var": None, "training": True} for row in _CASES),
    ),
    aliases=("batch_norm",),
    before=_want_valid_eps,
)
def _batch_norm(
    input: Array,
    running_mean: Array = None,
    running_var: Array = None,
    weight: Array = None,
    bias: Array = None,
    training: bool = False,
    momentum: Factor = 0.1,
    eps: Factor = 1e-5,
) -> jax.Array | Normalized:
    if training:
        _want_several_values(input, "batch", (*input.shape[:1], *input.shape[2:]), input.ndim == 0)
    if not input.size:
        output = _scaled_empty(input, weight, bias)
        return Normalized(output, running_mean, running_var) if training and running_mean is not None else output
    _want_statistics(running_mean, running_var, training)
    _want_parameters_per_channel(input, running_mean, running_var, weight, bias, training=training)
    axes = (0, *range(2, input.ndim))
    return _normalized(input, axes, (running_mean, running_var), (weight, bias), training, momentum, eps)


def _scaled_empty(input: jax.Array, weight: Any, bias: Any) -> jax.Array:
    """Scale an empty input like torch: by the first weight and the first bias."""
    for operate, parameter in ((mul, weight), (add, bias)):
        if parameter is not None:
            if not parameter.ndim or not parameter.shape[0]:
                raise IndexRangeError("a weight for each channel", describe(parameter))
            input = operate(input, parameter[0])
    return input


def _want_several_values(input: jax.Array, of: str, sizes: tuple[int, ...], is_single: bool) -> None:
    if is_single:
        raise IndexRangeError("a tensor of at least 1 dimension", describe(input))
    if math.prod(sizes) == 1:
        raise ArgumentValueError(f"more than one value per channel in each {of}", describe(input))


def _want_statistics(running_mean: Any, running_var: Any, training: bool) -> None:
    if training and (running_mean is None) != (running_var is None):
        raise ArgumentValueError("both `running_mean` and `running_var`, or neither", "one of them")
    if not training and (running_mean is None or running_var is None):
        raise ShapeError("`running_mean` and `running_var`, unless the input's own statistics are used", "None")


def _want_parameters_per_channel(input: jax.Array, *parameters: Any, training: bool) -> None:
    if input.ndim < 2:
        raise (IndexRangeError if training else ShapeError)("an input of shape (m, n, *)", describe(input))
    for index, parameter in enumerate(parameters):
        if parameter is None:
            continue
        if parameter.size != input.shape[1] or (index < 2 and parameter.ndim != 1):
            raise ShapeError(f"a vector of {input.shape[1]} elements, one for each channel", describe(parameter))
    want_parameters(input, *parameters)


def _normalized(
    input: jax.Array,
    axes: tuple[int, ...],
    running: tuple[Any, Any],
    parameters: tuple[Any, Any],
    training: bool,
    momentum: Any,
    eps: Any,
) -> jax.Array | Normalized:
    wide = input.astype(computed_in(as_dtype(input.dtype)).dtype)
    momentum, eps = as_real(momentum, "momentum"), as_real(eps, "eps")
    mean, variance = moments(wide, axes) if training else (_as_constant(each, wide) for each in running)
    result = (wide - mean) * jax.lax.rsqrt(variance + jnp.asarray(eps).astype(wide.dtype))
    output = scaled(result, *(along_channels(each, input.ndim) for each in parameters)).astype(input.dtype)
    if not training or running[0] is None:
        return output
    count = math.prod(input.shape[axis] for axis in axes)
    unbiased = variance * (count / (count - 1))
    updated = (
        _updated(each, batch_statistic, momentum)
        for each, batch_statistic in zip(running, (mean, unbiased), strict=True)
    )
    return Normalized(output, *map(jax.lax.stop_gradient, updated))


def _as_constant(running: jax.Array, wide: jax.Array) -> jax.Array:
    return jax.lax.stop_gradient(running).reshape(-1, *(1,) * (wide.ndim - 2)).astype(wide.dtype)


def _updated(running: jax.Array, batch_statistic: jax.Array, momentum: Any) -> jax.Array:
    """Update a running statistic with that of the batch, or with the mean over the instances."""
    batch_statistic = batch_statistic.reshape(-1, running.size).mean(0)
    return (momentum * batch_statistic + (1 - momentum) * running.astype(batch_statistic.dtype)).astype(running.dtype)


@op(
    kind=None,
    torch="torch.nn.functional.instance_norm",
    node="NativeBatchNormBackward0",
    rejects=NOT_FLOATS,
    takes=_NUMBERS,
    takes_here=lambda arguments: NOT_FLOATS,  # some are accepted for the statistics; the body rejects the others
    cases=(
        *({**row, "use_input_stats": False} for row in _CASES),
        *({**row, "running_mean": None, "running_var": None, "use_input_stats": True} for row in _CASES[1:]),
    ),
    aliases=("instance_norm",),
)
def instance_norm(
    input: Array,
    running_mean: Array = None,
    running_var: Array = None,
    weight: Array = None,
    bias: Array = None,
    use_input_stats: bool = True,
    momentum: Factor = 0.1,
    eps: Factor = 1e-5,
) -> jax.Array | Normalized:
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

    >>> import jaxfun as jf
    >>> jf.nn.functional.instance_norm(jf.tensor([[[1.0, 3.0], [5.0, 5.0]]]))
    Array([[[-0.999995,  0.999995],
            [ 0.      ,  0.      ]]], dtype=float32)
    """
    if use_input_stats:
        _want_several_values(input, "instance", input.shape[2:], False)
    _want_statistics(running_mean, running_var, use_input_stats)
    if input.ndim < 2:
        raise IndexRangeError("an input of shape (m, n, *)", describe(input))
    if not input.size:
        output = _scaled_empty(
            input, *(each if each is None else jnp.tile(each, input.shape[0]) for each in (weight, bias))
        )
        has_updates = use_input_stats and running_mean is not None
        return _normalized_empty(output, running_mean, running_var) if has_updates else output
    axes, running = tuple(range(2, input.ndim)), _cast_statistics(input, weight, running_mean, running_var)
    _want_parameters_per_channel(input, *running, weight, bias, training=True)
    result = _normalized(input, axes, running, (weight, bias), use_input_stats, momentum, eps)
    if not isinstance(result, Normalized):
        return result
    output, mean, var = result
    return Normalized(output, mean.astype(running_mean.dtype), var.astype(running_var.dtype))


def _cast_statistics(input: jax.Array, weight: Any, mean: Any, var: Any) -> tuple[Any, Any]:
    """Cast both statistics to the dtype of the weight, else of the input, if the mean has another dtype, like torch."""
    dtype = (input if weight is None else weight).dtype
    if mean is None or mean.dtype == dtype:
        return mean, var
    return mean.real.astype(dtype), var.real.astype(dtype)


def _normalized_empty(input: jax.Array, running_mean: Any, running_var: Any) -> Normalized:
    """Return an empty input and the statistics: unchanged, or NaN (the mean over no instances) for an empty batch."""
    factor = math.nan if not input.shape[0] else 1
    return Normalized(input, running_mean * factor, running_var * factor)
