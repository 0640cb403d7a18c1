"""The norms of traced torch programs, which return statistics too: `native_layer_norm`, ..."""

from typing import Any

import jax
import jax.numpy as jnp

from ...core.arguments import as_tensor
from ...core.dtypes import as_dtype, computed_in
from ...core.errors import DivisionError, ShapeError, describe
from ...core.numbers import as_real
from ...core.public import public
from ...core.types import ArrayLike, Number
from .batch_norm import Normalized, batch_norm
from .normalization import layer_norm, moments, of_groups


@public
def native_layer_norm(
    input: Any, normalized_shape: tuple[int, ...], weight: Any, bias: Any, eps: Number | jax.Array
) -> tuple[jax.Array, jax.Array, jax.Array]:
    """Return `layer_norm`, the mean, and the reciprocal standard deviation `1 / sqrt(var + eps)`.

    Shapes: the statistics keep the normalised dimensions, with size 1.
    Gradient: none for the statistics.
    Raises: like `layer_norm`.
    Torch: torch.native_layer_norm.

    >>> import jaxfun as jf
    >>> jf.native_layer_norm(jf.tensor([[1.0, 3.0]]), (2,), None, None, 0.0)
    (Array([[-1.,  1.]], dtype=float32), Array([[2.]], dtype=float32), Array([[1.]], dtype=float32))
    """
    output = layer_norm(input, normalized_shape, weight, bias, eps)
    axes = tuple(range(-len(normalized_shape), 0))
    return output, *_statistics(as_tensor("input", input), axes, eps, weight, bias)


@public
def native_group_norm(
    input: Any, weight: Any, bias: Any, N: int, C: int, HxW: int, group: int, eps: Number | jax.Array
) -> tuple[jax.Array, jax.Array, jax.Array]:
    """Return `group_norm`, and the mean and the reciprocal standard deviation of each group.

    Shapes: `N` instances of `C` channels with `HxW` elements each; the statistics are (N, group).
    Gradient: none for the statistics.
    Raises: RuntimeError for other shapes.
    Torch: torch.native_group_norm.

    >>> import jaxfun as jf
    >>> jf.native_group_norm(jf.tensor([[1.0, 3.0]]), None, None, 1, 2, 1, 1, 0.0)
    (Array([[-1.,  1.]], dtype=float32), Array([[2.]], dtype=float32), Array([[1.]], dtype=float32))
    """
    tensor = as_tensor("input", input)
    weight, bias = (each if each is None else as_tensor("weight", each) for each in (weight, bias))
    if tensor.size != N * C * HxW:
        raise ShapeError(f"a tensor of N C HxW = {N * C * HxW} elements", describe(tensor))
    if not group:
        raise DivisionError("a positive `group`", "0")
    output = of_groups(tensor.reshape(N, C, HxW), group, weight, bias, eps).reshape(tensor.shape)
    grouped = tensor.reshape(N, group, C // group * HxW)
    mean, deviation = _statistics(grouped, (2,), eps, weight, bias)
    return output, mean[..., 0], deviation[..., 0]


@public
def native_batch_norm(
    input: Any,
    weight: Any,
    bias: Any,
    running_mean: ArrayLike | None,
    running_var: ArrayLike | None,
    training: bool,
    momentum: Number | jax.Array,
    eps: Number | jax.Array,
) -> tuple[jax.Array, ...]:
    """Return `batch_norm`, and the mean and the reciprocal standard deviation of the batch.

    Without `training` both statistics are empty. In training with running statistics, the updated ones follow, like
    those of torch's `_native_batch_norm_legit_functional`.
    Gradient: none for the statistics.
    Raises: like `batch_norm`.
    Torch: torch.native_batch_norm.

    >>> import jaxfun as jf
    >>> x = jf.tensor([[1.0], [3.0]])
    >>> [each.tolist() for each in jf.native_batch_norm(x, None, None, None, None, True, 0.1, 1e-12)]
    [[[-1.0], [1.0]], [2.0], [1.0]]
    """
    output = batch_norm(input, running_mean, running_var, weight, bias, training, momentum, eps)
    tensor, running = as_tensor("input", input), ()
    if isinstance(output, Normalized):
        output, *running = output
    axes, given = (0, *range(2, tensor.ndim)), (weight, bias, running_mean, running_var)
    statistics = _statistics(tensor, axes, eps, *given)
    if not training:
        return output, *(each.ravel()[:0] for each in statistics)
    return output, *(each.ravel() for each in statistics), *running


def _statistics(x: jax.Array, axes: tuple[int, ...], eps: Any, *parameters: Any) -> tuple[jax.Array, jax.Array]:
    """Return mean and reciprocal standard deviation in the dtype of the parameters, else of the input."""
    wide = jax.lax.stop_gradient(x).astype(computed_in(as_dtype(x.dtype)).dtype)
    mean, variance = moments(wide, axes)
    deviation = jax.lax.rsqrt(variance + jnp.asarray(as_real(eps, "eps")).astype(wide.dtype))
    dtype = next((each.dtype for each in parameters if each is not None), x.dtype)
    return mean.astype(dtype), deviation.astype(dtype)
