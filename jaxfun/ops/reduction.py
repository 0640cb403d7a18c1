"""Sums, means, products, spreads, and whether all or any is true."""

import functools
import math
from typing import Any, cast

import jax
import jax.numpy as jnp
import numpy as np

from .._dims import wrap_dim, wrap_dims
from .._op import AnyDType, Array, Choice, Difference, Dim, Dims, op
from ..dtypes import Category, DType, Kind, as_dtype, bfloat16, canonical, float16, float32, int64, uint8
from ..errors import DTypeError, describe


def sum(input: Any, dim: Any = None, keepdim: bool = False, *, dtype: Any = None) -> jax.Array:
    """Return the sum of all elements, or over `dim` (one, or several as a tuple).

    Dtypes: integers and bools are added up as int64; 16-bit floats in float32, rounded once.

    >>> import jaxfun as jf
    >>> jf.sum(jf.tensor([[1.0, 2.0], [3.0, 4.0]]), 0)
    Array([4., 6.], dtype=float32)
    """
    if dim is None and not keepdim:
        return _sum(input, dtype=dtype)
    return _sum_dim(input, dim, keepdim, dtype=dtype)


@op(kind=None, torch="torch.sum")
def _sum(input: Array, *, dtype: AnyDType = None) -> jax.Array:
    return _reduced(jnp.sum, input, dtype, axis=None)


@op(kind=None, torch="torch.sum", overload="dim", node="SumBackward1")
def _sum_dim(input: Array, dim: Dims, keepdim: bool = False, *, dtype: AnyDType = None) -> jax.Array:
    return _reduced(jnp.sum, input, dtype, axis=wrap_dims(dim, input.ndim), keepdims=keepdim)


def _reduced(reduce: Any, input: jax.Array, dtype: DType | None, **axes: Any) -> jax.Array:
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
    return (jnp.all if reduce is jnp.prod else jnp.any)(input.astype(bool), **axes)


def mean(input: Any, dim: Any = None, keepdim: bool = False, *, dtype: Any = None) -> jax.Array:
    """Return the mean of all elements, or over `dim` (one, or several as a tuple); of no elements NaN.

    Raises: RuntimeError for integers and bools, unless `dtype` says which float to use.

    >>> import jaxfun as jf
    >>> jf.mean(jf.tensor([[1.0, 2.0], [3.0, 4.0]]), 1, keepdim=True)
    Array([[1.5],
           [3.5]], dtype=float32)
    """
    if dim is None and not keepdim:
        return _mean(input, dtype=dtype)
    return _mean_dim(input, dim, keepdim, dtype=dtype)


@op(kind=None, torch="torch.mean")
def _mean(input: Array, *, dtype: AnyDType = None) -> jax.Array:
    return _averaged(input, dtype, axis=None)


@op(kind=None, torch="torch.mean", overload="dim", node="MeanBackward1")
def _mean_dim(input: Array, dim: Dims, keepdim: bool = False, *, dtype: AnyDType = None) -> jax.Array:
    return _averaged(input, dtype, axis=wrap_dims(dim, input.ndim), keepdims=keepdim)


def _averaged(input: jax.Array, dtype: DType | None, **axes: Any) -> jax.Array:
    result = dtype or as_dtype(input.dtype)
    if result.category <= Category.INTEGER:
        raise DTypeError("a floating point or complex dtype", describe(input), "Pass dtype=, such as jaxfun.float32.")
    return _reduced(jnp.mean, input, result, **axes)


def prod(input: Any, dim: Any = None, keepdim: bool = False, *, dtype: Any = None) -> jax.Array:
    """Return the product of all elements, or over one dimension.

    Gradient: right also where elements are 0.
    Dtypes: as those of `sum`.

    >>> import jaxfun as jf
    >>> jf.prod(jf.tensor([[1.0, 2.0], [3.0, 4.0]]), 1)
    Array([ 2., 12.], dtype=float32)
    """
    if dim is None and not keepdim:
        return _prod(input, dtype=dtype)
    return _prod_dim(input, cast(int, dim), keepdim, dtype=dtype)  # refuses a `dim` of None, as torch does


@op(kind=None, torch="torch.prod")
def _prod(input: Array, *, dtype: AnyDType = None) -> jax.Array:
    return _reduced(jnp.prod, input, dtype, axis=None)


@op(kind=None, torch="torch.prod", overload="dim", node="ProdBackward1")
def _prod_dim(input: Array, dim: Dim, keepdim: bool = False, *, dtype: AnyDType = None) -> jax.Array:
    return _reduced(jnp.prod, input, dtype, axis=_axis(input, dim), keepdims=keepdim)


def _axis(input: jax.Array, dim: int) -> int | tuple[()]:
    axis = wrap_dim(dim, input.ndim)
    return axis if input.ndim else ()


_CORRECTION = {"correction": Choice((1, 0, 2, 0.5, 7))}


_EMPTY_DIM = Difference(
    lambda arguments: arguments["dim"] == () and np.ndim(arguments["input"]) > 0,
    jaxfun="the gradient of the variance over all dimensions, which is the value",
    torch="that gradient with 1 for the number of elements",
    why="with dim=() torch reduces over everything and differentiates as if over one element",
    source="torch/csrc/autograd/FunctionsManual.cpp: var_backward",
    levels=("vjp", "jvp", "hvp"),
)


@op(kind=Kind.DEFAULT, takes=_CORRECTION, differences=(_EMPTY_DIM,))
def var(input: Array, dim: Dims = None, *, correction: float | None = 1, keepdim: bool = False) -> jax.Array:
    """Return the variance of all elements, or over `dim`, with `n - correction` as the divisor (jnp.var: n).

    Gradient: that of a divisor of 0 is NaN or infinite, as the value is.
    Raises: RuntimeError for integers and bools.

    >>> import jaxfun as jf
    >>> jf.var(jf.tensor([1.0, 2.0, 3.0]))
    Array(1., dtype=float32)
    """
    return _variance(input, dim, correction, keepdim)


@op(kind=Kind.DEFAULT, takes=_CORRECTION, differences=(_EMPTY_DIM,))
def std(input: Array, dim: Dims = None, *, correction: float | None = 1, keepdim: bool = False) -> jax.Array:
    """Return the standard deviation of all elements, or over `dim`, with `n - correction` as the divisor (jnp.std: n).

    Gradient: 0 where all elements are equal.
    Raises: RuntimeError for integers and bools.

    >>> import jaxfun as jf
    >>> jf.std(jf.tensor([1.0, 2.0, 3.0]))
    Array(1., dtype=float32)
    """
    return _root(_variance(input, dim, correction, keepdim))


def _variance(input: jax.Array, dim: Any, correction: float | None, keepdim: bool) -> jax.Array:
    if as_dtype(input.dtype).category <= Category.INTEGER:
        raise DTypeError("a floating point or complex tensor", describe(input), "Cast it with jaxfun.float(input).")
    axes = wrap_dims(dim, input.ndim)
    freedom = math.prod(input.shape[axis] for axis in axes) - (1 if correction is None else correction)
    return _spread(input, None if dim is None else axes, freedom, keepdim)


@functools.partial(jax.custom_jvp, nondiff_argnums=(1, 2, 3))
def _spread(input: jax.Array, axes: tuple[int, ...] | None, freedom: float, keepdim: bool) -> jax.Array:
    away = jnp.abs(input - jnp.mean(input, axes, keepdims=True))
    return jnp.sum(away * away, axes, keepdims=keepdim) / max(freedom, 0)


@_spread.defjvp
def _spread_jvp(
    axes: tuple[int, ...] | None, freedom: float, keepdim: bool, primals: Any, tangents: Any
) -> tuple[jax.Array, jax.Array]:
    # d var = Σ 2 Re(conj(x - mean) dx) / freedom: the mean's own change adds up to nothing
    (input,), (tangent,) = primals, tangents
    away = input - jnp.mean(input, axes, keepdims=True)
    slope = _without_freedom(away) if axes is None and freedom <= 0 else away * (2 / freedom if freedom else math.inf)
    change = jnp.sum((jnp.conj(slope) * tangent).real, axes, keepdims=keepdim)
    return _spread(input, axes, freedom, keepdim), change


def _without_freedom(away: jax.Array) -> jax.Array:
    # torch's answer where it reduces everything; over given dimensions it divides by what is left, 0 or less
    return jnp.where(away == 0, jnp.nan, jnp.inf).astype(away.dtype)


@jax.custom_jvp
def _root(variance: jax.Array) -> jax.Array:
    return jnp.sqrt(variance)


@_root.defjvp
def _root_jvp(primals: Any, tangents: Any) -> tuple[jax.Array, jax.Array]:
    root = _root(*primals)
    return root, jnp.where(root == 0, 0, tangents[0] / jnp.where(root == 0, 1, root * 2))


@op(kind=None, node="")
def all(input: Array, dim: Dims = None, keepdim: bool = False) -> jax.Array:
    """Return whether all elements are true (not zero), or all along `dim`; `dim=()` asks of each element alone.

    Dtypes: bool; uint8 gives uint8.

    >>> import jaxfun as jf
    >>> jf.all(jf.tensor([[True, False], [True, True]]), 1)
    Array([False,  True], dtype=bool)
    """
    return _asked(jnp.all, input, dim, keepdim)


@op(kind=None, node="")
def any(input: Array, dim: Dims = None, keepdim: bool = False) -> jax.Array:
    """Return whether any element is true (not zero), or any along `dim`; `dim=()` asks of each element alone.

    Dtypes: bool; uint8 gives uint8.

    >>> import jaxfun as jf
    >>> jf.any(jf.tensor([[True, False], [False, False]]), 1)
    Array([ True, False], dtype=bool)
    """
    return _asked(jnp.any, input, dim, keepdim)


def _asked(reduce: Any, input: jax.Array, dim: Any, keepdim: bool) -> jax.Array:
    axes = () if dim == () else wrap_dims(dim, input.ndim)
    result = reduce(input.astype(bool), axes, keepdims=keepdim)
    return result.astype(uint8.dtype) if as_dtype(input.dtype) == uint8 else result
