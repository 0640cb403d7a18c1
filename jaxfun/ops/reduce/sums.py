"""Sums, means, products, logical reductions and logsumexp. Begin with `reduced`, which selects the dtype."""

import functools
import math
from typing import Any

import jax
import jax.numpy as jnp

from ...core.dims import wrap_dim, wrap_dims
from ...core.dtypes import Category, DType, Kind, as_dtype, canonical, computed_in, int64, uint8
from ...core.errors import ArgumentTypeError, DTypeError, ShapeError, UnsupportedDTypeError, describe
from ...core.op import op
from ...core.overloads import overloads
from ...core.record import COMPLEXES, AnyDType, Array, Dim, Dims


@op(kind=None, torch="torch.sum")
def _sum(input: Array, *, dtype: AnyDType = None) -> jax.Array:
    """Return the sum of all elements, or over `dim` (an integer or a tuple).

    Dtypes: integers and bools are summed in int64; 16-bit floats in float32 and rounded once.

    >>> import jaxfun as jf
    >>> jf.sum(jf.tensor([[1.0, 2.0], [3.0, 4.0]]), 0)
    Array([4., 6.], dtype=float32)
    """
    return reduced(jnp.sum, input, dtype, axis=None)


@op(kind=None, torch="torch.sum", overload="dim_IntList", node="SumBackward1")
def _sum_dim(input: Array, dim: Dims, keepdim: bool = False, *, dtype: AnyDType = None) -> jax.Array:
    return reduced(jnp.sum, input, dtype, axis=_axes(input, dim), keepdims=keepdim)


sum = overloads(_sum, _sum_dim)


def _axes(input: jax.Array, dim: Any) -> tuple[int, ...]:
    return wrap_dims(dim, input.ndim, ranges_first=True)


def reduced(reduce: Any, input: jax.Array, dtype: DType | None, **axes: Any) -> jax.Array:
    """Reduce in the result's dtype (int64 for integers by default), but 16-bit floats in float32."""
    own = as_dtype(input.dtype)
    result = dtype or (canonical(int64) if own.category <= Category.INTEGER else own)
    if result.category is Category.BOOL:  # torch reduces the numbers, then compares with 0
        return (jnp.any if reduce is jnp.sum else jnp.all)(input.astype(bool), **axes)
    source = input.real if own.is_complex and not result.is_complex else input
    return reduce(source.astype(computed_in(result).dtype), **axes).astype(result.dtype)


@op(kind=None, torch="torch.mean")
def _mean(input: Array, *, dtype: AnyDType = None) -> jax.Array:
    """Return the mean of all elements, or over `dim` (an integer or a tuple). The mean of no elements is NaN.

    Raises: RuntimeError for integers and bools, unless `dtype` is a floating point or complex one.

    >>> import jaxfun as jf
    >>> jf.mean(jf.tensor([[1.0, 2.0], [3.0, 4.0]]), 1, keepdim=True)
    Array([[1.5],
           [3.5]], dtype=float32)
    """
    return reduced(jnp.mean, input, _inexact(input, dtype), axis=None)


@op(kind=None, torch="torch.mean", overload="dim", node="MeanBackward1")
def _mean_dim(input: Array, dim: Dims, keepdim: bool = False, *, dtype: AnyDType = None) -> jax.Array:
    return reduced(jnp.mean, input, _inexact(input, dtype), axis=_axes(input, dim), keepdims=keepdim)


mean = overloads(_mean, _mean_dim)


def _inexact(input: jax.Array, dtype: DType | None) -> DType:
    result = dtype or as_dtype(input.dtype)
    if result.category <= Category.INTEGER:
        raise DTypeError("a floating point or complex dtype", describe(input), "Pass dtype=, such as jaxfun.float32.")
    return result


@op(kind=None, torch="torch.prod")
def _prod(input: Array, *, dtype: AnyDType = None) -> jax.Array:
    """Return the product of all elements, or along one dimension.

    Gradient: exact also if elements are 0.
    Dtypes: as for `sum`.

    >>> import jaxfun as jf
    >>> jf.prod(jf.tensor([[1.0, 2.0], [3.0, 4.0]]), 1)
    Array([ 2., 12.], dtype=float32)
    """
    return reduced(_product, input, dtype, axis=None)


@op(kind=None, torch="torch.prod", overload="dim_int", node="ProdBackward1")
def _prod_dim(input: Array, dim: Dim, keepdim: bool = False, *, dtype: AnyDType = None) -> jax.Array:
    axis = wrap_dim(dim, input.ndim)
    return reduced(jnp.prod, input, dtype, axis=axis if input.ndim else (), keepdims=keepdim)


prod = overloads(_prod, _prod_dim)


def _product(input: jax.Array, axis: None) -> jax.Array:
    return _inexact_product(input) if jnp.issubdtype(input.dtype, jnp.inexact) else jnp.prod(input, axis)


@jax.custom_jvp
def _inexact_product(input: jax.Array) -> jax.Array:
    return jnp.prod(input)


@_inexact_product.defjvp
def _inexact_product_jvp(primals: Any, tangents: Any) -> tuple[jax.Array, jax.Array]:
    (x,), (dx,) = primals, tangents
    total, slopes = jax.vjp(jnp.prod, x)
    (others,) = slopes(jnp.ones_like(total))
    # with two zeros torch's gradient is 0 everywhere, even if the product of the others is infinite or NaN
    none = (jnp.sum(x == 0) > 1) & jnp.isnan(others)
    return total, jnp.sum(jnp.where(none, 0, others) * dx)


@op(kind=None, overload=("", "dim", "dims"), node="")
def all(input: Array, dim: Dims = None, keepdim: bool = False) -> jax.Array:
    """Return whether all elements are nonzero, or all along `dim`; `dim=()` reduces nothing.

    Dtypes: bool; uint8 gives uint8.

    >>> import jaxfun as jf
    >>> jf.all(jf.tensor([[True, False], [True, True]]), 1)
    Array([False,  True], dtype=bool)
    """
    return _logical(jnp.all, input, dim, keepdim)


@op(kind=None, overload=("", "dim", "dims"), node="")
def any(input: Array, dim: Dims = None, keepdim: bool = False) -> jax.Array:
    """Return whether any element is nonzero, or any along `dim`; `dim=()` reduces nothing.

    Dtypes: bool; uint8 gives uint8.

    >>> import jaxfun as jf
    >>> jf.any(jf.tensor([[True, False], [False, False]]), 1)
    Array([ True, False], dtype=bool)
    """
    return _logical(jnp.any, input, dim, keepdim)


def _logical(reduce: Any, input: jax.Array, dim: Any, keepdim: bool) -> jax.Array:
    axes = () if dim == () else _axes(input, dim)
    result = reduce(input.astype(bool), axes, keepdims=keepdim)
    return result.astype(uint8.dtype) if as_dtype(input.dtype) == uint8 else result


@op(kind=None, overload=("", "dim_IntList"), node="")
def count_nonzero(input: Array, dim: Dims = None) -> jax.Array:
    """Return the number of nonzero elements, or their number over `dim` (an integer or a tuple).

    NaN is nonzero.

    >>> import jaxfun as jf
    >>> jf.count_nonzero(jf.tensor([[1.0, 0.0], [2.0, 3.0]]), 0)
    Array([2, 1], dtype=int32)
    """
    return _count(input.astype(bool), _axes(input, dim))


def _count(condition: jax.Array, axes: tuple[int, ...], keepdim: bool = False) -> jax.Array:
    return jnp.sum(condition, axes, dtype=canonical(int64).dtype, keepdims=keepdim)


@op(kind=None, rejects=COMPLEXES)
def nansum(input: Array, dim: Dims = None, keepdim: bool = False, *, dtype: AnyDType = None) -> jax.Array:
    """Return the sum of the elements that are not NaN, or their sum over `dim` (an integer or a tuple).

    Gradient: 0 for NaN.
    Dtypes: as for `sum`.
    Raises: RuntimeError for complex tensors.

    >>> import jaxfun as jf
    >>> jf.nansum(jf.tensor([1.0, float("nan"), 2.0]))
    Array(3., dtype=float32)
    """
    return _nansum(input, wrap_dims(dim, input.ndim), keepdim, dtype)


def _nansum(input: jax.Array, axes: tuple[int, ...], keepdim: bool, dtype: DType | None) -> jax.Array:
    is_float = as_dtype(input.dtype).category is Category.FLOAT
    if is_float and dtype is not None and dtype.is_complex and input.size:
        raise UnsupportedDTypeError("a real `dtype`", dtype.name)
    # for an empty tensor JAX's `where` is a constant without a derivative
    numbers = jnp.where(jnp.isnan(input), 0, input) if is_float and input.size else input
    return reduced(jnp.sum, numbers, dtype, axis=axes, keepdims=keepdim)


@op(kind=None, composite=True, rejects=COMPLEXES)
def nanmean(input: Array, dim: Dims = None, keepdim: bool = False, *, dtype: AnyDType = None) -> jax.Array:
    """Return the mean of the elements that are not NaN, or their mean over `dim`. NaN if all elements are NaN.

    Gradient: 0 for NaN.
    Raises: RuntimeError for tensors and a `dtype` that are not floating point.

    >>> import jaxfun as jf
    >>> jf.nanmean(jf.tensor([1.0, float("nan"), 2.0]))
    Array(1.5, dtype=float32)
    """
    for given in (as_dtype(input.dtype), dtype):
        if given is not None and given.category <= Category.INTEGER:
            raise DTypeError("a floating point dtype", given.name)
    axes = _axes(input, dim)
    total = _nansum(input, axes, keepdim, dtype)
    wide = computed_in(as_dtype(total.dtype)).dtype
    return (total.astype(wide) / _count(~jnp.isnan(input), axes, keepdim).astype(wide)).astype(total.dtype)


@op(kind=Kind.INT_TO_FLOAT, overload=("", "special_logsumexp.default"))
def logsumexp(input: Array, dim: Dims, keepdim: bool = False) -> jax.Array:
    """Return the logarithm of the sum of exponentials over `dim` (an integer or a tuple), without overflow.

    For no elements it is -infinity.
    Gradient: NaN if all elements are -infinity.
    Raises: RuntimeError for `dim=()` unless the tensor is 0-dim or empty, or `keepdim`.

    >>> import jaxfun as jf
    >>> jf.logsumexp(jf.tensor([0.0, 1000.0, 1000.0]), 0)
    Array(1000.6932, dtype=float32)
    """
    if dim is None:
        raise ArgumentTypeError("`dim` to be an integer or integers", describe(dim))
    if dim == () and input.ndim and input.size and not keepdim:
        raise ShapeError("a `dim`, or keepdim=True", describe(dim))
    return _logsumexp(input, _axes(input, dim), keepdim)


@functools.partial(jax.custom_jvp, nondiff_argnums=(1, 2))
def _logsumexp(input: jax.Array, axes: tuple[int, ...], keepdim: bool) -> jax.Array:
    # log Σ exp(x) = log Σ exp(x - m) + m with the maximum x as m
    largest = jnp.max(input.real, axes, keepdims=True, initial=-jnp.inf)
    largest = jnp.where(jnp.isinf(largest), 0, largest).astype(input.dtype)
    total = jnp.log(jnp.sum(jnp.exp(input - largest), axes, keepdims=True)) + largest
    return total if keepdim else jnp.squeeze(total, axes)


@_logsumexp.defjvp
def _logsumexp_jvp(axes: tuple[int, ...], keepdim: bool, primals: Any, tangents: Any) -> tuple[jax.Array, jax.Array]:
    (input,), (tangent,) = primals, tangents
    parts = jnp.exp(input - _logsumexp(input, axes, True))
    change = jnp.sum(parts * tangent, axes, keepdims=keepdim)
    # for no elements the derivative is 0 / 0, as in torch
    count = math.prod(input.shape[axis] for axis in axes)
    return _logsumexp(input, axes, keepdim), change * (1.0 if count else math.nan)
