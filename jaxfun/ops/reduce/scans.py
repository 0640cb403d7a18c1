"""Cumulative operations: `cumsum`, `cumprod`, `cummax`, `cummin` and `logcumsumexp`."""

import functools
from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from ...core.checks import want_order
from ...core.dims import wrap_dim
from ...core.dtypes import Category, DType, Kind, as_dtype, canonical, cast, computed_in, int64, promote_types
from ...core.errors import UnsupportedDTypeError, describe
from ...core.op import op
from ...core.record import BOOLS, INTEGERS, AnyDType, Array, Dim
from ..pointwise.powers import stable_logaddexp
from .extrema import ValuesAndIndices


@op(kind=None)
def cumsum(input: Array, dim: Dim, *, dtype: AnyDType = None) -> jax.Array:
    """Return the cumulative sum along `dim`.

    Dtypes: integers and bools are summed in int64; 16-bit floats in float32, and each result is rounded once.

    >>> import jaxfun as jf
    >>> jf.cumsum(jf.tensor([1.0, 2.0, 3.0]), 0)
    Array([1., 3., 6.], dtype=float32)
    """
    return scanned(jnp.cumsum, input, dim, dtype)


@op(kind=None)
def cumprod(input: Array, dim: Dim, *, dtype: AnyDType = None) -> jax.Array:
    """Return the cumulative product along `dim`.

    Gradient: exact also if elements are 0.
    Dtypes: as for `cumsum`.

    >>> import jaxfun as jf
    >>> jf.cumprod(jf.tensor([1.0, 2.0, 3.0]), 0)
    Array([1., 2., 6.], dtype=float32)
    """
    own, result = as_dtype(input.dtype), dtype or as_dtype(input.dtype)
    wide = promote_types(own, result)
    if own.is_floating_point and result.is_floating_point and wide != result:
        return _narrowed_product(cast(input, wide), wrap_dim(dim, input.ndim), result)
    return scanned(jnp.cumprod, input, dim, dtype)


@functools.partial(jax.custom_jvp, nondiff_argnums=(1, 2))
def _narrowed_product(input: jax.Array, axis: int, dtype: DType) -> jax.Array:
    """Return the cumulative product in a narrower dtype, with the derivative in the input's dtype."""
    return scanned(jnp.cumprod, input, axis, dtype)


@_narrowed_product.defjvp
def _narrowed_product_jvp(axis: int, dtype: DType, primals: Any, tangents: Any) -> tuple[jax.Array, jax.Array]:
    (x,), (dx,) = primals, tangents
    result = _narrowed_product(x, axis, dtype)
    if not x.ndim:
        return result, dx.astype(result.dtype)
    has_zero = (x == 0).any()
    # without a 0 torch divides its rounded result by each element, otherwise it multiplies the other elements. The
    # unselected branch gets ones and zeros, because a NaN there would reach the gradient
    divided = jnp.cumsum(dx / jnp.where(has_zero, 1, x), axis) * jnp.where(has_zero, 0, result.astype(x.dtype))
    others, tangent = jnp.where(has_zero, x, 1), jnp.where(has_zero, dx, 0)
    multiplied = jax.jvp(lambda x: jnp.cumprod(x, axis), (others,), (tangent,))[1]
    return result, (divided + multiplied).astype(result.dtype)


def scanned(scan: Callable[..., jax.Array], input: jax.Array, dim: int, dtype: DType | None = None) -> jax.Array:
    """Scan in the result's dtype (int64 for integers by default), but 16-bit floats in float32."""
    own, axis = as_dtype(input.dtype), wrap_dim(dim, input.ndim)
    result = dtype or (canonical(int64) if own.category <= Category.INTEGER else own)
    source = cast(input, result)
    if input.ndim == 0 or not input.size:
        return source
    if result.category is Category.BOOL:
        raise UnsupportedDTypeError("a numeric `dtype`", describe(result))
    return scan(source.astype(computed_in(result).dtype), axis).astype(result.dtype)


@op(kind=Kind.NO_OPMATH)
def cummax(input: Array, dim: Dim) -> ValuesAndIndices:
    """Return the cumulative maximum along `dim` and its index, the last one of equal elements.

    Gradient: all to the element whose index is returned.

    >>> import jaxfun as jf
    >>> jf.cummax(jf.tensor([1.0, 3.0, 2.0]), 0).indices
    Array([0, 1, 1], dtype=int32)
    """
    return _cumulative(jax.lax.cummax, input, dim)


@op(kind=Kind.NO_OPMATH)
def cummin(input: Array, dim: Dim) -> ValuesAndIndices:
    """Return the cumulative minimum along `dim` and its index, the last one of equal elements.

    Gradient: all to the element whose index is returned.

    >>> import jaxfun as jf
    >>> jf.cummin(jf.tensor([3.0, 1.0, 2.0]), 0).indices
    Array([0, 1, 1], dtype=int32)
    """
    return _cumulative(jax.lax.cummin, input, dim)


def _cumulative(scan: Callable[..., jax.Array], input: jax.Array, dim: int) -> ValuesAndIndices:
    integer = canonical(int64).dtype
    axis = wrap_dim(dim, input.ndim) if input.size else 0  # torch does not check the `dim` of an empty tensor
    if not input.size or not input.ndim:
        return ValuesAndIndices(input, jnp.zeros(input.shape, integer))
    want_order(input)
    known = jax.lax.stop_gradient(input.astype(np.uint8) if input.dtype == bool else input)
    # after the first NaN all results are NaN, with the index of the latest NaN
    renewed = jnp.isnan(known) | (known == scan(known, axis))
    places = jax.lax.broadcasted_iota(integer, input.shape, axis)
    indices = jax.lax.cummax(jnp.where(renewed, places, 0), axis)
    return ValuesAndIndices(jnp.take_along_axis(input, indices, axis, mode="promise_in_bounds"), indices)


@op(rejects=BOOLS | INTEGERS)
def logcumsumexp(input: Array, dim: Dim) -> jax.Array:
    """Return the logarithm of the cumulative sum of exponentials along `dim`, without overflow.

    Gradient: 0 for an element of -infinity, even if all before it are -infinity (torch: NaN); NaN for infinity.

    >>> import jaxfun as jf
    >>> jf.logcumsumexp(jf.tensor([0.0, 0.0, 1000.0]), 0)
    Array([0.000000e+00, 6.931472e-01, 1.000000e+03], dtype=float32)
    """
    axis = wrap_dim(dim, input.ndim)
    return jax.lax.associative_scan(_logaddexp, _nan_derivative_at_infinity(input), axis=axis) if input.ndim else input


@jax.custom_jvp
def _nan_derivative_at_infinity(input: jax.Array) -> jax.Array:
    """Return the input unchanged, with the derivative NaN where it is infinite."""
    return input


@_nan_derivative_at_infinity.defjvp
def _nan_derivative_at_infinity_jvp(primals: Any, tangents: Any) -> tuple[jax.Array, jax.Array]:
    (x,), (dx,) = primals, tangents
    return x, jnp.where(x.real == jnp.inf, jnp.nan, jnp.ones((), x.dtype)) * dx


_logaddexp = jax.custom_jvp(stable_logaddexp)


@_logaddexp.defjvp
def _logaddexp_jvp(primals: Any, tangents: Any) -> tuple[jax.Array, jax.Array]:
    (x, y), (dx, dy) = primals, tangents
    total = _logaddexp(x, y)
    return total, _share(x, total) * dx + _share(y, total) * dy


def _share(term: jax.Array, total: jax.Array) -> jax.Array:
    # a finite term has no share in an infinite sum: the NaN derivatives of infinite terms must not reach it
    away = jnp.where(term.real == jnp.inf, 0, term - total)
    return jnp.exp(jnp.where(term.real == -jnp.inf, -jnp.inf, away))
