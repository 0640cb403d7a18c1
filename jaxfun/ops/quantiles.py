"""Quantiles, with and without NaN."""

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from ..core.dims import wrap_dim
from ..core.dtypes import bfloat16, float16, is_scalar
from ..core.errors import DTypeError, ShapeError, describe
from ..core.numbers import as_real, is_traced
from ..core.op import op
from ..core.public import public
from ..core.record import BOOLS, COMPLEXES, INTEGERS, Array, Choice, Factor, Scalar, Shape
from .extremum import OneDim

_INTERPOLATIONS = ("linear", "lower", "higher", "midpoint", "nearest")
_REJECTS = BOOLS | INTEGERS | COMPLEXES | {float16, bfloat16}
_TAKES = {"dim": Choice((None, 0, -1)), "interpolation": Choice(_INTERPOLATIONS)}
_ONE = {"q": Scalar(0, 1), **_TAKES}
_SEVERAL = {"input": Shape(("n", "m n", "")), "q": Shape(("k", "", "k"), values="parts"), **_TAKES}


@public
def quantile(
    input: Any, q: Any, dim: int | None = None, keepdim: bool = False, *, interpolation: str = "linear"
) -> jax.Array:
    """Return what the part `q` of all elements, or of those along `dim`, lies below; NaN where one is.

    `q` is a number from 0 to 1, or a tensor of none or one dimension, which comes first in the result. Between two
    elements, `interpolation` says: "linear", "lower", "higher", "midpoint" or "nearest" (to the even place).
    Gradient: to the two elements it lies between, and to `q`; equal elements count in their order.
    Raises: RuntimeError for a dtype other than float32 and float64, no elements, and a `q` outside of [0, 1]; where
    that is traced, the result is NaN.

    >>> import jaxfun as jf
    >>> jf.quantile(jf.tensor([3.0, 1.0, 2.0, 4.0]), 0.5)
    Array(2.5, dtype=float32)
    >>> jf.quantile(jf.tensor([3.0, 1.0, 2.0, 4.0]), jf.tensor([0.0, 0.5]), interpolation="lower")
    Array([1., 2.], dtype=float32)
    """
    _refuse_outside("quantile(input, q, dim, keepdim, interpolation)", q)
    apply = _quantile_scalar if is_scalar(q) else _quantile
    return apply(input, q, dim, keepdim, interpolation=interpolation)


@public
def nanquantile(
    input: Any, q: Any, dim: int | None = None, keepdim: bool = False, *, interpolation: str = "linear"
) -> jax.Array:
    """Return what `quantile` does of the elements that are not NaN; NaN where all are.

    Gradient: as that of `quantile`.
    Raises: RuntimeError where `quantile` does.

    >>> import jaxfun as jf
    >>> jf.nanquantile(jf.tensor([3.0, float("nan"), 2.0]), 0.5)
    Array(2.5, dtype=float32)
    """
    _refuse_outside("nanquantile(input, q, dim, keepdim, interpolation)", q)
    apply = _nanquantile_scalar if is_scalar(q) else _nanquantile
    return apply(input, q, dim, keepdim, interpolation=interpolation)


def _refuse_outside(call: str, q: Any) -> None:
    if is_traced(q):
        return
    parts = np.asarray(q).ravel().tolist() if hasattr(q, "dtype") else [q]
    for part in parts:
        if isinstance(part, (bool, int, float)) and not 0 <= part <= 1:  # what is no number is refused as what it is
            raise ShapeError("`q` from 0 to 1", describe(q), call=call)


@op(
    kind=None,
    torch="torch.quantile",
    node="SqueezeBackward4",
    rejects=_REJECTS,
    takes=_SEVERAL,
)
def _quantile(
    input: Array, q: Array, dim: OneDim = None, keepdim: bool = False, *, interpolation: str = "linear"
) -> jax.Array:
    return _quantiles(input, _checked(input, q), dim, keepdim, interpolation, False)


@op(
    kind=None,
    torch="torch.quantile",
    overload="scalar",
    node="SqueezeBackward4",
    rejects=_REJECTS,
    takes=_ONE,
)
def _quantile_scalar(
    input: Array, q: Factor, dim: OneDim = None, keepdim: bool = False, *, interpolation: str = "linear"
) -> jax.Array:
    return _quantiles(input, jnp.asarray(as_real(q, "q")).astype(input.dtype), dim, keepdim, interpolation, False)


@op(
    kind=None,
    torch="torch.nanquantile",
    node="SqueezeBackward4",
    rejects=_REJECTS,
    takes=_SEVERAL,
)
def _nanquantile(
    input: Array, q: Array, dim: OneDim = None, keepdim: bool = False, *, interpolation: str = "linear"
) -> jax.Array:
    return _quantiles(input, _checked(input, q), dim, keepdim, interpolation, True)


@op(
    kind=None,
    torch="torch.nanquantile",
    overload="scalar",
    node="SqueezeBackward4",
    rejects=_REJECTS,
    takes=_ONE,
)
def _nanquantile_scalar(
    input: Array, q: Factor, dim: OneDim = None, keepdim: bool = False, *, interpolation: str = "linear"
) -> jax.Array:
    return _quantiles(input, jnp.asarray(as_real(q, "q")).astype(input.dtype), dim, keepdim, interpolation, True)


def _checked(input: jax.Array, q: jax.Array) -> jax.Array:
    if q.ndim > 1:
        raise ShapeError("`q` of at most 1 dimension", describe(q))
    if q.dtype != input.dtype:
        raise DTypeError("`q` of the input's dtype", f"{describe(q)} and {describe(input)}", "Cast one of them.")
    return q


def _quantiles(
    input: jax.Array, q: jax.Array, dim: int | None, keepdim: bool, interpolation: str, skip_nan: bool
) -> jax.Array:
    if not input.size:
        raise ShapeError("at least one element", describe(input))
    axis = None if dim is None else wrap_dim(dim, input.ndim)
    if interpolation not in _INTERPOLATIONS:
        raise ShapeError(f"`interpolation` among {', '.join(_INTERPOLATIONS)}", repr(interpolation))
    rows = input.reshape(-1) if axis is None or not input.ndim else jnp.moveaxis(input, axis, -1)
    if rows.shape[-1] > 2**24:
        raise ShapeError(f"at most {2**24} elements", describe(input))
    ordered = jnp.sort(rows, -1)
    found = _between(ordered, _ranks(ordered, q.reshape(-1), skip_nan), interpolation)
    found = jnp.where((q >= 0) & (q <= 1), found, jnp.nan)  # what is traced
    return _placed(found, input.ndim, q.ndim, axis, keepdim)


def _ranks(ordered: jax.Array, q: jax.Array, skip_nan: bool) -> jax.Array:
    """Return the places that the parts come to, counted from 0: the last, a NaN, where there is one."""
    last = ordered.shape[-1] - 1
    part = jnp.clip(q, 0, 1)
    if skip_nan:
        numbers = jnp.sum(~jnp.isnan(ordered), -1, keepdims=True)
        return part * jnp.maximum(numbers - 1, 0).astype(q.dtype)
    return jnp.where(jnp.isnan(ordered).any(-1, keepdims=True), last, part * last)


_ROUNDED = {"lower": jnp.floor, "higher": jnp.ceil, "nearest": jnp.round}


def _between(ordered: jax.Array, ranks: jax.Array, interpolation: str) -> jax.Array:
    if interpolation in _ROUNDED:
        return _at(ordered, _ROUNDED[interpolation](ranks))
    below = jnp.floor(ranks)
    weight = jnp.full_like(ranks, 0.5) if interpolation == "midpoint" else ranks - jax.lax.stop_gradient(below)
    low, high = _at(ordered, below), _at(ordered, jnp.ceil(ranks))
    return jnp.where(weight < 0.5, low + weight * (high - low), high - (high - low) * (1 - weight))


def _at(ordered: jax.Array, ranks: jax.Array) -> jax.Array:
    places = jax.lax.stop_gradient(ranks).astype(np.int32)
    return jnp.take_along_axis(ordered, places, -1, mode="promise_in_bounds")


def _placed(found: jax.Array, ndim: int, of_q: int, axis: int | None, keepdim: bool) -> jax.Array:
    """Return results of the shape (*rows, parts) with the parts first, or gone where `q` was a number."""
    result = jnp.moveaxis(found, -1, 0)
    if keepdim:
        kept = tuple(range(1, ndim + 1)) if axis is None else (axis + 1,) * bool(ndim)
        result = jnp.expand_dims(result, kept)
    return result if of_q else result[0]
