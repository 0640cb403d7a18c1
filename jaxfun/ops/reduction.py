"""Sums, means, products, whether all or any is true, and how many are.

A `dim` left out is `...` here: torch tells it apart from None by what may stand beside it, and on the tape.
"""

from typing import Any

import jax
import jax.numpy as jnp

from ..core.dims import wrap_dim, wrap_dims
from ..core.dtypes import Category, DType, as_dtype, bfloat16, canonical, float16, float32, int64, uint8
from ..core.errors import ArgumentTypeError, DTypeError, describe
from ..core.op import op
from ..core.public import public
from ..core.record import AnyDType, Array, Dim, Dims


@public
def sum(input: Any, dim: Any = ..., keepdim: bool = False, *, dtype: Any = None) -> jax.Array:
    """Return the sum of all elements, or over `dim` (one, or several as a tuple).

    Dtypes: integers and bools are added up as int64; 16-bit floats in float32, rounded once.

    >>> import jaxfun as jf
    >>> jf.sum(jf.tensor([[1.0, 2.0], [3.0, 4.0]]), 0)
    Array([4., 6.], dtype=float32)
    """
    if dim is ...:
        refuse_keepdim("sum(input, dim, keepdim, dtype)", keepdim)
        return _sum(input, dtype=dtype)
    return _sum_dim(input, dim, keepdim, dtype=dtype)


@op(kind=None, torch="torch.sum")
def _sum(input: Array, *, dtype: AnyDType = None) -> jax.Array:
    return reduced(jnp.sum, input, dtype, axis=None)


@op(kind=None, torch="torch.sum", overload="dim_IntList", node="SumBackward1")
def _sum_dim(input: Array, dim: Dims, keepdim: bool = False, *, dtype: AnyDType = None) -> jax.Array:
    return reduced(jnp.sum, input, dtype, axis=wrap_dims(dim, input.ndim, ranges_first=True), keepdims=keepdim)


def refuse_keepdim(call: str, keepdim: bool) -> None:
    """Raise ArgumentTypeError for dimensions to be kept of a reduction that names none."""
    if keepdim:
        raise ArgumentTypeError("a `dim` beside `keepdim`", "keepdim=True alone", "dim=None is every dimension.", call)


def reduced(reduce: Any, input: jax.Array, dtype: DType | None, **axes: Any) -> jax.Array:
    """Reduce in the result's dtype (integers: int64), 16-bit floats in float32."""
    own = as_dtype(input.dtype)
    result = dtype or (canonical(int64) if own.category <= Category.INTEGER else own)
    # torch adds what it is given where the result is bool, and asks afterwards whether it is 0
    computed = float32 if result in (float16, bfloat16) else result
    if result.category is Category.BOOL:
        return _truth(reduce, input, **axes)
    source = input.real if own.is_complex and not result.is_complex else input
    return reduce(source.astype(computed.dtype), **axes).astype(result.dtype)


def _truth(reduce: Any, input: jax.Array, **axes: Any) -> jax.Array:
    return (jnp.any if reduce is jnp.sum else jnp.all)(input.astype(bool), **axes)


@public
def mean(input: Any, dim: Any = ..., keepdim: bool = False, *, dtype: Any = None) -> jax.Array:
    """Return the mean of all elements, or over `dim` (one, or several as a tuple); of no elements NaN.

    Raises: RuntimeError for integers and bools, unless `dtype` says which float to use.

    >>> import jaxfun as jf
    >>> jf.mean(jf.tensor([[1.0, 2.0], [3.0, 4.0]]), 1, keepdim=True)
    Array([[1.5],
           [3.5]], dtype=float32)
    """
    if dim is ...:
        refuse_keepdim("mean(input, dim, keepdim, dtype)", keepdim)
        return _mean(input, dtype=dtype)
    return _mean_dim(input, dim, keepdim, dtype=dtype)


@op(kind=None, torch="torch.mean")
def _mean(input: Array, *, dtype: AnyDType = None) -> jax.Array:
    return reduced(jnp.mean, input, _inexact(input, dtype), axis=None)


@op(kind=None, torch="torch.mean", overload="dim", node="MeanBackward1")
def _mean_dim(input: Array, dim: Dims, keepdim: bool = False, *, dtype: AnyDType = None) -> jax.Array:
    result = _inexact(input, dtype)
    return reduced(jnp.mean, input, result, axis=wrap_dims(dim, input.ndim, ranges_first=True), keepdims=keepdim)


def _inexact(input: jax.Array, dtype: DType | None) -> DType:
    result = dtype or as_dtype(input.dtype)
    if result.category <= Category.INTEGER:
        raise DTypeError("a floating point or complex dtype", describe(input), "Pass dtype=, such as jaxfun.float32.")
    return result


@public
def prod(input: Any, dim: Any = ..., keepdim: bool = False, *, dtype: Any = None) -> jax.Array:
    """Return the product of all elements, or over one dimension.

    Gradient: right also where elements are 0.
    Dtypes: as those of `sum`.

    >>> import jaxfun as jf
    >>> jf.prod(jf.tensor([[1.0, 2.0], [3.0, 4.0]]), 1)
    Array([ 2., 12.], dtype=float32)
    """
    if dim is ...:
        refuse_keepdim("prod(input, dim, keepdim, dtype)", keepdim)
        return _prod(input, dtype=dtype)
    return _prod_dim(input, dim, keepdim, dtype=dtype)


@op(kind=None, torch="torch.prod")
def _prod(input: Array, *, dtype: AnyDType = None) -> jax.Array:
    return reduced(_product, input, dtype, axis=None)


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
    # beside two elements of 0 torch's gradient is 0, also where the others multiply to infinity or NaN
    none = (jnp.sum(x == 0) > 1) & jnp.isnan(others)
    return total, jnp.sum(jnp.where(none, 0, others) * dx)


@op(kind=None, torch="torch.prod", overload="dim_int", node="ProdBackward1")
def _prod_dim(input: Array, dim: Dim, keepdim: bool = False, *, dtype: AnyDType = None) -> jax.Array:
    return reduced(jnp.prod, input, dtype, axis=_axis(input, dim), keepdims=keepdim)


def _axis(input: jax.Array, dim: int) -> int | tuple[()]:
    axis = wrap_dim(dim, input.ndim)
    return axis if input.ndim else ()


@op(kind=None, overload=("", "dim", "dims"), node="")
def all(input: Array, dim: Dims = None, keepdim: bool = False) -> jax.Array:
    """Return whether all elements are true (not zero), or all along `dim`; `dim=()` asks of each element alone.

    Dtypes: bool; uint8 gives uint8.

    >>> import jaxfun as jf
    >>> jf.all(jf.tensor([[True, False], [True, True]]), 1)
    Array([False,  True], dtype=bool)
    """
    return _asked(jnp.all, input, dim, keepdim)


@op(kind=None, overload=("", "dim", "dims"), node="")
def any(input: Array, dim: Dims = None, keepdim: bool = False) -> jax.Array:
    """Return whether any element is true (not zero), or any along `dim`; `dim=()` asks of each element alone.

    Dtypes: bool; uint8 gives uint8.

    >>> import jaxfun as jf
    >>> jf.any(jf.tensor([[True, False], [False, False]]), 1)
    Array([ True, False], dtype=bool)
    """
    return _asked(jnp.any, input, dim, keepdim)


def _asked(reduce: Any, input: jax.Array, dim: Any, keepdim: bool) -> jax.Array:
    axes = () if dim == () else wrap_dims(dim, input.ndim, ranges_first=True)
    result = reduce(input.astype(bool), axes, keepdims=keepdim)
    return result.astype(uint8.dtype) if as_dtype(input.dtype) == uint8 else result


@op(kind=None, overload=("", "dim_IntList"), node="")
def count_nonzero(input: Array, dim: Dims = None) -> jax.Array:
    """Return how many elements are not zero, or how many over `dim` (one, or several as a tuple); NaN is not zero.

    >>> import jaxfun as jf
    >>> jf.count_nonzero(jf.tensor([[1.0, 0.0], [2.0, 3.0]]), 0)
    Array([2, 1], dtype=int32)
    """
    return jnp.sum(input.astype(bool), wrap_dims(dim, input.ndim, ranges_first=True), dtype=canonical(int64).dtype)
