"""Dropout of elements and channels, and alpha dropout for selu, with an explicit random key.

torch uses a global random generator. Here `key` is a keyword argument. It is required if numbers are sampled: in
training, for a probability strictly between 0 and 1. The same key drops the same elements.
"""

import math
import warnings
from typing import Any

import jax
import jax.numpy as jnp

from ...core.arguments import as_tensor
from ...core.dtypes import Category, as_dtype, computed_in
from ...core.errors import (
    ArgumentTypeError,
    ArgumentValueError,
    DTypeError,
    ShapeError,
    UnsupportedDTypeError,
    describe,
)
from ...core.public import public

_ALPHA = 1.7580993408473766  # scale * alpha of selu; its limit at -infinity is -_ALPHA


@public(name="nn.functional.dropout")
def dropout(input: Any, p: float = 0.5, training: bool = True, *, key: jax.Array | None = None) -> jax.Array:
    """Randomly zero elements with probability `p` in training, and scale the others by `1 / (1 - p)`.

    Without `training` the input is returned unchanged.
    Raises: ValueError for a `p` outside [0, 1]; TypeError for a missing `key` if numbers are sampled; RuntimeError for
    tensors that are not floating point.
    Torch: torch.dropout, torch.nn.functional.dropout.

    >>> import jax, jaxfun as jf
    >>> jf.nn.functional.dropout(jf.ones(6), 0.5, key=jax.random.key(0))
    Array([0., 0., 2., 2., 0., 2.], dtype=float32)
    """
    return _dropped(as_tensor("input", input), p, training, key)


@public(name="nn.functional.dropout1d")
def dropout1d(input: Any, p: float = 0.5, training: bool = True, *, key: jax.Array | None = None) -> jax.Array:
    """Randomly zero entire channels with probability `p` in training, and scale the others by `1 / (1 - p)`.

    Shapes: (n, c, m) or (c, m).
    Raises: RuntimeError for other shapes; otherwise like `dropout`.
    Torch: torch.nn.functional.dropout1d.

    >>> import jax, jaxfun as jf
    >>> jf.nn.functional.dropout1d(jf.ones(3, 2), 0.5, key=jax.random.key(1))
    Array([[2., 2.],
           [0., 0.],
           [2., 2.]], dtype=float32)
    """
    tensor = as_tensor("input", input)
    _want_probability(p)
    if tensor.ndim not in (2, 3):
        raise ShapeError("a tensor of 2 or 3 dimensions", describe(tensor))
    return _channels_dropped(tensor, p, training, key, tensor.ndim == 2)


@public(name="nn.functional.dropout2d")
def dropout2d(input: Any, p: float = 0.5, training: bool = True, *, key: jax.Array | None = None) -> jax.Array:
    """Randomly zero entire channels with probability `p` in training, and scale the others by `1 / (1 - p)`.

    Shapes: (n, c, h, w). As in torch, a 3-dim input is (n, c, m).
    Warns: if the input does not have 4 dimensions.
    Raises: like `dropout`.
    Torch: torch.nn.functional.dropout2d.

    >>> import jax, jaxfun as jf
    >>> jf.nn.functional.dropout2d(jf.ones(1, 3, 1, 2), 0.5, key=jax.random.key(1))
    Array([[[[2., 2.]],
    <BLANKLINE>
            [[0., 0.]],
    <BLANKLINE>
            [[2., 2.]]]], dtype=float32)
    """
    tensor = as_tensor("input", input)
    _want_probability(p)
    if tensor.ndim != 4:
        _warn_of_shape("dropout2d", f"the first two dimensions of {describe(tensor)} are used as batch and channels")
    return _channels_dropped(tensor, p, training, key)


@public(name="nn.functional.dropout3d")
def dropout3d(input: Any, p: float = 0.5, training: bool = True, *, key: jax.Array | None = None) -> jax.Array:
    """Randomly zero entire channels with probability `p` in training, and scale the others by `1 / (1 - p)`.

    Shapes: (n, c, d, h, w) or (c, d, h, w).
    Warns: if the input does not have 4 or 5 dimensions.
    Raises: like `dropout`.
    Torch: torch.nn.functional.dropout3d.

    >>> import jax, jaxfun as jf
    >>> jf.nn.functional.dropout3d(jf.ones(3, 1, 1, 1), 0.5, key=jax.random.key(1)).ravel()
    Array([2., 0., 2.], dtype=float32)
    """
    tensor = as_tensor("input", input)
    _want_probability(p)
    if tensor.ndim not in (4, 5):
        _warn_of_shape("dropout3d", f"the first dimension of {describe(tensor)} is used as the channels")
    return _channels_dropped(tensor, p, training, key, tensor.ndim != 5)


@public(name="nn.functional.alpha_dropout")
def alpha_dropout(input: Any, p: float = 0.5, training: bool = False, *, key: jax.Array | None = None) -> jax.Array:
    """Apply alpha dropout: set elements to the negative saturation value of `selu` with probability `p` in training.

    The result is then scaled and shifted, so that mean 0 and variance 1 of the input are preserved. Without `training`
    the input is returned unchanged.
    Raises: like `dropout`.
    Torch: torch.alpha_dropout, torch.nn.functional.alpha_dropout.

    >>> import jax, jaxfun as jf
    >>> jf.nn.functional.alpha_dropout(jf.ones(4), 0.5, True, key=jax.random.key(0))
    Array([-0.77919394, -0.77919394,  1.6655989 ,  1.6655989 ], dtype=float32)
    """
    return _dropped(as_tensor("input", input), p, training, key, keeps_moments=True)


@public(name="nn.functional.feature_alpha_dropout")
def feature_alpha_dropout(
    input: Any, p: float = 0.5, training: bool = False, *, key: jax.Array | None = None
) -> jax.Array:
    """Apply alpha dropout to entire channels.

    In training each channel is set to the negative saturation value of `selu` with probability `p`. The result is then
    scaled and shifted, so that mean 0 and variance 1 are preserved. Without `training` the input is returned unchanged.
    Shapes: (n, c, *).
    Raises: RuntimeError for fewer than 2 dimensions; otherwise like `dropout`.
    Torch: torch.feature_alpha_dropout, torch.nn.functional.feature_alpha_dropout.

    >>> import jax, jaxfun as jf
    >>> jf.nn.functional.feature_alpha_dropout(jf.ones(1, 2, 2), 0.5, True, key=jax.random.key(1))
    Array([[[ 1.6655989 ,  1.6655989 ],
            [-0.77919394, -0.77919394]]], dtype=float32)
    """
    return _channels_dropped(as_tensor("input", input), p, training, key, keeps_moments=True)


@public
def native_dropout(
    input: Any, p: float, train: bool | None, *, key: jax.Array | None = None
) -> tuple[jax.Array, jax.Array]:
    """Return `dropout(input, p, train)` and the mask of the elements that are kept.

    Traced torch programs call it. If `train` is None, it is True.
    Raises: RuntimeError in training for a `p` outside [0, 1], and for integers and bools.
    Torch: torch.native_dropout.

    >>> import jax, jaxfun as jf
    >>> jf.native_dropout(jf.ones(3), 0.5, True, key=jax.random.key(1))
    (Array([2., 0., 2.], dtype=float32), Array([ True, False,  True], dtype=bool))
    """
    tensor = as_tensor("input", input)
    if not tensor.size:
        return tensor, tensor
    if train is False:
        return tensor, jnp.ones(tensor.shape, bool)
    if not 0 <= p <= 1:
        raise ShapeError("`p` between 0 and 1", describe(p))
    if as_dtype(tensor.dtype).category <= Category.INTEGER:
        raise DTypeError("a floating point or complex tensor", describe(tensor))
    kept = jnp.full(tensor.shape, p == 0) if p in (0, 1) else jax.random.bernoulli(want_key(key), 1 - p, tensor.shape)
    return tensor * kept.astype(tensor.dtype) * jnp.asarray(0 if p == 1 else 1 / (1 - p), tensor.dtype), kept


def _channels_dropped(
    input: jax.Array, p: float, training: bool, key: Any, is_single: bool = False, keeps_moments: bool = False
) -> jax.Array:
    """Drop entire channels. Channels are the second dimension, or the first without a batch dimension."""
    shared_dims = input.ndim - (1 if is_single else 2)
    return _dropped(input, p, training, key, shared_dims, keeps_moments)


def _dropped(
    input: jax.Array, p: float, training: bool, key: Any, shared_dims: int = 0, keeps_moments: bool = False
) -> jax.Array:
    """Drop elements. One sample decides for all of the last `together` dimensions."""
    _want_probability(p)
    if not training or p == 0 or not input.size:
        return input
    if shared_dims < 0:
        raise ShapeError("a tensor of at least 2 dimensions", describe(input))
    if p == 1:
        return input * jnp.zeros((), input.dtype)
    dtype = as_dtype(input.dtype)
    if not dtype.is_floating_point:
        error = UnsupportedDTypeError if dtype.is_complex else DTypeError
        raise error("a floating point tensor", describe(input))
    shape = (*input.shape[: input.ndim - shared_dims], *(1,) * shared_dims)
    kept = jax.random.bernoulli(want_key(key), 1 - p, shape)
    if not keeps_moments:
        return input * jnp.where(kept, 1 / (1 - p), 0).astype(input.dtype)
    # a (x kept - α (1 - kept)) + a α p has mean 0 and variance 1 if x has
    a = 1 / math.sqrt((_ALPHA * _ALPHA * p + 1) * (1 - p))
    shift = jnp.where(kept, a * _ALPHA * p, a * _ALPHA * (p - 1))
    wide = computed_in(dtype).dtype
    return (input.astype(wide) * jnp.where(kept, a, 0).astype(wide) + shift.astype(wide)).astype(input.dtype)


def _want_probability(p: Any) -> None:
    if not isinstance(p, (int, float)):
        raise ArgumentTypeError("`p` to be a number", describe(p))
    if math.isnan(p):
        raise ShapeError("`p` between 0 and 1", describe(p))
    if not 0 <= p <= 1:
        raise ArgumentValueError("`p` between 0 and 1", describe(p))


def want_key(key: Any) -> jax.Array:
    """Return `key`, from which random numbers are sampled.

    Raises: ArgumentTypeError if it is missing.
    """
    if not isinstance(key, jax.Array):
        raise ArgumentTypeError(
            "a JAX random `key`, because random numbers are sampled", describe(key), "Pass key=jax.random.key(0)."
        )
    return key


def _warn_of_shape(name: str, text: str) -> None:
    warnings.warn(f"jaxfun.nn.functional.{name}: {text}", UserWarning, stacklevel=4)
