"""Softmax, log-softmax, softmin and Gumbel-softmax along a dimension."""

import warnings
from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp

from ...core.arguments import as_tensor
from ...core.dims import wrap_dim
from ...core.dtypes import Category, DType, as_dtype, computed_in, float32
from ...core.errors import DTypeError, UnsupportedDTypeError, describe
from ...core.op import op
from ...core.public import public
from ...core.record import BOOLS, AnyDType, Array, Dim, rows
from ...core.types import ArrayLike
from .dropout import want_key

# None: the implicit dimension, which torch has deprecated
_CASES = rows(
    "input dim",
    ("m n", 0),
    ("m n", -1),
    ("b m n", 1),
    ("n", 0),
    ("", -1),
    ("m n", None),
    ("b m n", None),
)


@public(name="nn.functional.softmax")
def softmax(input: Any, dim: int | None = None, *, dtype: Any = None) -> jax.Array:
    """Apply softmax, `exp(x) / sum(exp(x))`, along `dim`, without overflow.

    Dtypes: the input is first cast to `dtype`, if given.
    Gradient: NaN if all elements along `dim` are -infinity.
    Warns: if `dim` is omitted. As in torch, it is then 0 for tensors of 0, 1 or 3 dimensions, else 1.
    Raises: NotImplementedError for a tensor that is not floating point, unless `dtype` is.
    Torch: torch.softmax, torch.nn.functional.softmax.

    >>> import jaxfun as jf
    >>> jf.nn.functional.softmax(jf.tensor([0.0, 0.0, 1000.0, 1000.0]), 0)
    Array([0. , 0. , 0.5, 0.5], dtype=float32)
    """
    return _softmax(input, _implicit_dim(input, dim), dtype=dtype)


@op(
    kind=None,
    torch="torch.nn.functional.softmax",
    overload=("int", "special_softmax.default"),
    cases=_CASES,
    aliases=("softmax",),
)
def _softmax(input: Array, dim: Dim, *, dtype: AnyDType = None) -> jax.Array:
    return _apply_along(jax.nn.softmax, input, dim, dtype)


@public(name="nn.functional.log_softmax")
def log_softmax(input: Any, dim: int | None = None, *, dtype: Any = None) -> jax.Array:
    """Apply a softmax along `dim`, followed by a logarithm, without overflow.

    Dtypes: the input is first cast to `dtype`, if given.
    Warns: if `dim` is omitted, like `softmax`.
    Raises: NotImplementedError for a tensor that is not floating point, unless `dtype` is.
    Torch: torch.log_softmax, torch.nn.functional.log_softmax.

    >>> import jaxfun as jf
    >>> jf.nn.functional.log_softmax(jf.tensor([0.0, 1000.0]), 0)
    Array([-1000.,     0.], dtype=float32)
    """
    return _log_softmax(input, _implicit_dim(input, dim), dtype=dtype)


@op(
    kind=None,
    torch="torch.nn.functional.log_softmax",
    overload=("int", "special_log_softmax.default"),
    cases=_CASES,
    aliases=("log_softmax",),
)
def _log_softmax(input: Array, dim: Dim, *, dtype: AnyDType = None) -> jax.Array:
    return _apply_along(jax.nn.log_softmax, input, dim, dtype)


@public(name="nn.functional.softmin")
def softmin(input: Any, dim: int | None = None, *, dtype: Any = None) -> jax.Array:
    """Apply softmin, `softmax(-input, dim)`, along `dim`.

    Dtypes: `-input` is cast to `dtype`, if given.
    Warns: if `dim` is omitted, like `softmax`.
    Raises: RuntimeError for bools; NotImplementedError like `softmax`.
    Torch: torch.nn.functional.softmin.

    >>> import jaxfun as jf
    >>> jf.nn.functional.softmin(jf.tensor([0.0, 0.0, 1000.0]), 0)
    Array([0.5, 0.5, 0. ], dtype=float32)
    """
    return _softmin(input, _implicit_dim(input, dim), dtype=dtype)


@op(kind=None, torch="torch.nn.functional.softmin", rejects=BOOLS, cases=_CASES, composite=True)
def _softmin(input: Array, dim: Dim, *, dtype: AnyDType = None) -> jax.Array:
    return _apply_along(jax.nn.softmax, -input, dim, dtype)


def _implicit_dim(input: Any, dim: int | None) -> int:
    if dim is not None:
        return dim
    count = as_tensor("input", input).ndim
    chosen = 0 if count in (0, 1, 3) else 1
    warnings.warn(f"`dim` is omitted: dim={chosen} is used for a {count}-D tensor", UserWarning, stacklevel=4)
    return chosen


def _apply_along(function: Callable[..., jax.Array], input: jax.Array, dim: int, dtype: DType | None) -> jax.Array:
    """Apply a function along a dimension after a cast to `dtype`, if given. 16-bit floats are computed in float32."""
    result, axis = dtype or as_dtype(input.dtype), wrap_dim(dim, input.ndim)
    cast = (input if result.is_complex else input.real).astype(result.dtype)
    if not input.size:
        return cast
    if not result.is_floating_point:
        raise UnsupportedDTypeError("a floating point tensor or `dtype`", describe(input))
    wide = cast.astype(computed_in(result).dtype)
    return (function(wide, axis) if input.ndim else function(wide[None], 0)[0]).astype(result.dtype)


@public(name="nn.functional.gumbel_softmax")
def gumbel_softmax(
    logits: ArrayLike,
    tau: float = 1,
    hard: bool = False,
    eps: float = 1e-10,
    dim: int = -1,
    *,
    key: jax.Array | None = None,
) -> jax.Array:
    """Sample from the Gumbel-softmax distribution: `softmax((logits + noise) / tau, dim)` with Gumbel noise.

    With `hard` the sample is discretized to a one-hot vector.
    Gradient: that of the softmax, with `hard` too.
    Warns: if `eps` is not the default, because it has no effect.
    Raises: TypeError for a missing `key`; RuntimeError for tensors that are not floating point.
    Torch: torch.nn.functional.gumbel_softmax.

    >>> import jax, jaxfun as jf
    >>> jf.nn.functional.gumbel_softmax(jf.zeros(4), hard=True, key=jax.random.key(0))
    Array([0., 1., 0., 0.], dtype=float32)
    """
    if eps != 1e-10:
        warnings.warn("jaxfun.nn.functional.gumbel_softmax: `eps` has no effect", UserWarning, stacklevel=3)
    tensor = as_tensor("logits", logits)
    dtype = as_dtype(tensor.dtype)
    if tensor.size and not dtype.is_floating_point:
        raise DTypeError("a floating point tensor", describe(tensor))
    result = dtype if dtype.category > Category.INTEGER else float32
    noise = jax.random.gumbel(want_key(key), tensor.shape, computed_in(dtype).dtype) if tensor.size else tensor
    sample = _softmax((tensor + noise.astype(tensor.dtype)).astype(result.dtype) / jnp.asarray(tau, result.dtype), dim)
    return _as_one_hot(sample, dim) if hard else sample


def _as_one_hot(soft: jax.Array, dim: int) -> jax.Array:
    axis = wrap_dim(dim, soft.ndim)
    largest = jnp.argmax(soft, axis, keepdims=True) if soft.ndim else jnp.zeros((), int)
    indices = jax.lax.broadcasted_iota(largest.dtype, soft.shape or (1,), axis).reshape(soft.shape)
    return _straight_through((indices == largest).astype(soft.dtype), soft)


@jax.custom_jvp
def _straight_through(hard: jax.Array, soft: jax.Array) -> jax.Array:
    """Return `hard`, with the derivative of `soft`: torch's `hard - soft.detach() + soft`.

    Compiled, that sum is not exact in 16 bits: XLA rounds one of the two and keeps the other in float32.
    """
    del soft
    return hard


@_straight_through.defjvp
def _(primals: tuple[jax.Array, ...], tangents: tuple[jax.Array, ...]) -> tuple[jax.Array, jax.Array]:
    return primals[0], tangents[1]
