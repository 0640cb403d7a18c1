"""Running sums, products, extrema and logarithms of sums along a dimension."""

import functools
from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from ..core.dims import wrap_dim
from ..core.dtypes import (
    Category,
    DType,
    Kind,
    as_dtype,
    bfloat16,
    canonical,
    cast,
    float16,
    float32,
    int64,
    promote_types,
)
from ..core.errors import UnsupportedDTypeError, describe
from ..core.op import op
from ..core.record import BOOLS, INTEGERS, AnyDType, Array, Dim
from .extremum import ValuesAndIndices
from .logarithms import log_of_sum


@op(kind=None)
def cumsum(input: Array, dim: Dim, *, dtype: AnyDType = None) -> jax.Array:
    """Return the sum of each element and those before it along `dim`.

    Dtypes: integers and bools are added up as int64; 16-bit floats in float32, each result rounded once.

    >>> import jaxfun as jf
    >>> jf.cumsum(jf.tensor([1.0, 2.0, 3.0]), 0)
    Array([1., 3., 6.], dtype=float32)
    """
    return _scanned(jnp.cumsum, input, dim, dtype)


@op(kind=None)
def cumprod(input: Array, dim: Dim, *, dtype: AnyDType = None) -> jax.Array:
    """Return the product of each element and those before it along `dim`.

    Gradient: right also where elements are 0.
    Dtypes: as those of `cumsum`.

    >>> import jaxfun as jf
    >>> jf.cumprod(jf.tensor([1.0, 2.0, 3.0]), 0)
    Array([1., 2., 6.], dtype=float32)
    """
    own, result = as_dtype(input.dtype), dtype or as_dtype(input.dtype)
    wide = promote_types(own, result)
    if own.is_floating_point and result.is_floating_point and wide != result:
        return _product_in(cast(input, wide), wrap_dim(dim, input.ndim), result)
    return _scanned(jnp.cumprod, input, dim, dtype)


@functools.partial(jax.custom_jvp, nondiff_argnums=(1, 2))
def _product_in(input: jax.Array, axis: int, dtype: DType) -> jax.Array:
    """Return the running product in a narrower dtype; its derivative is computed in the input's dtype."""
    return _scanned(jnp.cumprod, input, axis, dtype)


@_product_in.defjvp
def _product_in_jvp(axis: int, dtype: DType, primals: Any, tangents: Any) -> tuple[jax.Array, jax.Array]:
    (x,), (dx,) = primals, tangents
    result = _product_in(x, axis, dtype)
    if not x.ndim:
        return result, dx.astype(result.dtype)
    has_zero = (x == 0).any()
    # where no element is 0 torch divides its result, as it was rounded; else it multiplies the others. The way that is
    # not gone is one of ones and zeros: NaN there would reach the gradient
    divided = jnp.cumsum(dx / jnp.where(has_zero, 1, x), axis) * jnp.where(has_zero, 0, result.astype(x.dtype))
    others, tangent = jnp.where(has_zero, x, 1), jnp.where(has_zero, dx, 0)
    multiplied = jax.jvp(lambda x: jnp.cumprod(x, axis), (others,), (tangent,))[1]
    return result, (divided + multiplied).astype(result.dtype)


def _scanned(scan: Callable[..., jax.Array], input: jax.Array, dim: int, dtype: DType | None) -> jax.Array:
    own, axis = as_dtype(input.dtype), wrap_dim(dim, input.ndim)
    result = dtype or (canonical(int64) if own.category <= Category.INTEGER else own)
    source = cast(input, result)
    if input.ndim == 0 or not input.size:
        return source
    if result.category is Category.BOOL:
        raise UnsupportedDTypeError("a `dtype` of numbers", describe(result))
    computed = float32 if result in (float16, bfloat16) else result
    return scan(source.astype(computed.dtype), axis).astype(result.dtype)


@op(kind=Kind.NO_OPMATH)
def cummax(input: Array, dim: Dim) -> ValuesAndIndices:
    """Return the largest of each element and those before it along `dim`, and where it is: the last of equals.

    Gradient: all to the element whose index is returned.

    >>> import jaxfun as jf
    >>> jf.cummax(jf.tensor([1.0, 3.0, 2.0]), 0).indices
    Array([0, 1, 1], dtype=int32)
    """
    return _running(jax.lax.cummax, input, dim)


@op(kind=Kind.NO_OPMATH)
def cummin(input: Array, dim: Dim) -> ValuesAndIndices:
    """Return the smallest of each element and those before it along `dim`, and where it is: the last of equals.

    Gradient: all to the element whose index is returned.

    >>> import jaxfun as jf
    >>> jf.cummin(jf.tensor([3.0, 1.0, 2.0]), 0).indices
    Array([0, 1, 1], dtype=int32)
    """
    return _running(jax.lax.cummin, input, dim)


def _running(scan: Callable[..., jax.Array], input: jax.Array, dim: int) -> ValuesAndIndices:
    integer = canonical(int64).dtype
    nowhere = ValuesAndIndices(input, jnp.zeros(input.shape, integer))
    if not input.size:  # torch looks at no `dim` then
        return nowhere
    axis = wrap_dim(dim, input.ndim)
    if input.ndim == 0:
        return nowhere
    if jnp.iscomplexobj(input):
        raise UnsupportedDTypeError("numbers that have an order", describe(input))
    known = jax.lax.stop_gradient(input.astype(np.uint8) if input.dtype == bool else input)
    # a NaN stays the result, and each further one takes its place
    renewed = jnp.isnan(known) | (known == scan(known, axis))
    places = jax.lax.broadcasted_iota(integer, input.shape, axis)
    indices = jax.lax.cummax(jnp.where(renewed, places, 0), axis)
    return ValuesAndIndices(jnp.take_along_axis(input, indices, axis, mode="promise_in_bounds"), indices)


@op(rejects=BOOLS | INTEGERS)
def logcumsumexp(input: Array, dim: Dim) -> jax.Array:
    """Return the logarithm of the sum of the exponentials of each element and those before it along `dim`.

    Gradient: 0 for an element of -infinity, also where all before it are (torch: NaN there); NaN for one of infinity.

    >>> import jaxfun as jf
    >>> jf.logcumsumexp(jf.tensor([0.0, 0.0, 1000.0]), 0)
    Array([0.000000e+00, 6.931472e-01, 1.000000e+03], dtype=float32)
    """
    axis = wrap_dim(dim, input.ndim)
    return jax.lax.associative_scan(_of_two, _lost_at_infinity(input), axis=axis) if input.ndim else input


@jax.custom_jvp
def _lost_at_infinity(input: jax.Array) -> jax.Array:
    """Return the input as it is, with NaN for the derivative where it is infinite."""
    return input


@_lost_at_infinity.defjvp
def _lost_at_infinity_jvp(primals: Any, tangents: Any) -> tuple[jax.Array, jax.Array]:
    (x,), (dx,) = primals, tangents
    return x, jnp.where(x.real == jnp.inf, jnp.nan, jnp.ones((), x.dtype)) * dx


_of_two = jax.custom_jvp(log_of_sum)


@_of_two.defjvp
def _of_two_jvp(primals: Any, tangents: Any) -> tuple[jax.Array, jax.Array]:
    (x, y), (dx, dy) = primals, tangents
    total = _of_two(x, y)
    return total, _part(x, total) * dx + _part(y, total) * dy


def _part(term: jax.Array, total: jax.Array) -> jax.Array:
    # a number has no part of an infinite sum: nothing that is lost at the infinite ones reaches it
    away = jnp.where(term.real == jnp.inf, 0, term - total)
    return jnp.exp(jnp.where(term.real == -jnp.inf, -jnp.inf, away))
