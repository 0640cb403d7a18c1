"""Sums, means, products, spreads, and whether all or any is true.

A `dim` left out is `...` here: torch tells it apart from None by what may stand beside it, and on the tape.
"""

import functools
import math
from collections.abc import Mapping
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from .._dims import wrap_dim, wrap_dims
from .._op import op
from .._record import AnyDType, Array, Choice, Difference, Dim, Dims
from ..dtypes import Category, DType, Kind, as_dtype, bfloat16, canonical, float16, float32, int64, uint8
from ..errors import ArgumentTypeError, DTypeError, describe


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
    return _reduced(jnp.sum, input, dtype, axis=None)


@op(kind=None, torch="torch.sum", overload="dim", node="SumBackward1")
def _sum_dim(input: Array, dim: Dims, keepdim: bool = False, *, dtype: AnyDType = None) -> jax.Array:
    return _reduced(jnp.sum, input, dtype, axis=wrap_dims(dim, input.ndim), keepdims=keepdim)


def refuse_keepdim(call: str, keepdim: bool) -> None:
    """Raise ArgumentTypeError for dimensions to be kept of a reduction that names none."""
    if keepdim:
        raise ArgumentTypeError("a `dim` beside `keepdim`", "keepdim=True alone", "dim=None is every dimension.", call)


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
    return _reduced(jnp.mean, input, _inexact(input, dtype), axis=None)


@op(kind=None, torch="torch.mean", overload="dim", node="MeanBackward1")
def _mean_dim(input: Array, dim: Dims, keepdim: bool = False, *, dtype: AnyDType = None) -> jax.Array:
    result = _inexact(input, dtype)
    return _reduced(jnp.mean, input, result, axis=wrap_dims(dim, input.ndim), keepdims=keepdim)


def _inexact(input: jax.Array, dtype: DType | None) -> DType:
    result = dtype or as_dtype(input.dtype)
    if result.category <= Category.INTEGER:
        raise DTypeError("a floating point or complex dtype", describe(input), "Pass dtype=, such as jaxfun.float32.")
    return result


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


def _has_zero_and_nan(arguments: Mapping[str, Any]) -> bool:
    input = np.asarray(arguments["input"]).astype(complex)
    return bool((input == 0).any() and not np.isfinite(input).all())


_ZERO_AND_NAN = Difference(
    _has_zero_and_nan,
    jaxfun="NaN, as 0 times NaN is",
    torch="0 where another element of the product is 0",
    why="the second derivative of a product with a 0 and a NaN in it depends on which is multiplied first",
    source="torch/csrc/autograd/FunctionsManual.cpp: prod_backward",
    levels=("hvp",),
)


@op(kind=None, torch="torch.prod", differences=(_ZERO_AND_NAN,))
def _prod(input: Array, *, dtype: AnyDType = None) -> jax.Array:
    return _reduced(jnp.prod, input, dtype, axis=None)


@op(kind=None, torch="torch.prod", overload="dim", node="ProdBackward1")
def _prod_dim(input: Array, dim: Dim, keepdim: bool = False, *, dtype: AnyDType = None) -> jax.Array:
    return _reduced(jnp.prod, input, dtype, axis=_axis(input, dim), keepdims=keepdim)


def _axis(input: jax.Array, dim: int) -> int | tuple[()]:
    axis = wrap_dim(dim, input.ndim)
    return axis if input.ndim else ()


_CORRECTION = {"correction": Choice((1, 0, 2, 0.5, 7, -1, None))}


_EMPTY_DIM = Difference(
    lambda arguments: arguments["dim"] == () and np.ndim(arguments["input"]) > 0,
    jaxfun="the gradient of the variance over all dimensions, which is the value",
    torch="that gradient with 1 for the number of elements",
    why="with dim=() torch reduces over everything and differentiates as if over one element",
    source="torch/csrc/autograd/FunctionsManual.cpp: var_backward",
    levels=("vjp", "jvp", "hvp"),
)


def var(
    input: Any, dim: Any = None, unbiased: Any = ..., keepdim: bool = False, *, correction: float | None = 1
) -> jax.Array:
    """Return the variance of all elements, or over `dim`, with `n - correction` as the divisor (jnp.var: n).

    `unbiased` is torch's older word: True is a correction of 1, False of 0.
    Gradient: that of a divisor of 0 is NaN or infinite, as the value is.
    Raises: RuntimeError for integers and bools.

    >>> import jaxfun as jf
    >>> jf.var(jf.tensor([1.0, 2.0, 3.0]))
    Array(1., dtype=float32)
    """
    dim, correction = _by_unbiased("var(input, dim, unbiased, keepdim, correction)", dim, unbiased, correction)
    return _var(input, dim, correction=correction, keepdim=keepdim)


@op(kind=Kind.DEFAULT, torch="torch.var", takes=_CORRECTION, differences=(_EMPTY_DIM,))
def _var(input: Array, dim: Dims = None, *, correction: float | None = 1, keepdim: bool = False) -> jax.Array:
    return _variance(input, dim, correction, keepdim)


def std(
    input: Any, dim: Any = None, unbiased: Any = ..., keepdim: bool = False, *, correction: float | None = 1
) -> jax.Array:
    """Return the standard deviation of all elements, or over `dim`, with `n - correction` as the divisor (jnp.std: n).

    `unbiased` is torch's older word: True is a correction of 1, False of 0.
    Gradient: 0 where all elements are equal.
    Raises: RuntimeError for integers and bools.

    >>> import jaxfun as jf
    >>> jf.std(jf.tensor([1.0, 2.0, 3.0]))
    Array(1., dtype=float32)
    """
    dim, correction = _by_unbiased("std(input, dim, unbiased, keepdim, correction)", dim, unbiased, correction)
    return _std(input, dim, correction=correction, keepdim=keepdim)


@op(kind=Kind.DEFAULT, torch="torch.std", takes=_CORRECTION, differences=(_EMPTY_DIM,))
def _std(input: Array, dim: Dims = None, *, correction: float | None = 1, keepdim: bool = False) -> jax.Array:
    return _root(_variance(input, dim, correction, keepdim))


def _by_unbiased(call: str, dim: Any, unbiased: Any, correction: float | None) -> tuple[Any, float | None]:
    if isinstance(dim, bool) and unbiased is ...:
        dim, unbiased = None, dim
    if unbiased is ...:
        return dim, correction
    if not isinstance(unbiased, bool) or correction != 1:
        got = f"unbiased={describe(unbiased)}, correction={describe(correction)}"
        raise ArgumentTypeError("a bool `unbiased`, or a `correction`", got, call=call)
    return dim, int(unbiased)


def _variance(input: jax.Array, dim: Any, correction: float | None, keepdim: bool) -> jax.Array:
    if as_dtype(input.dtype).category <= Category.INTEGER:
        raise DTypeError("a floating point or complex tensor", describe(input), "Cast it with jaxfun.float(input).")
    axes = wrap_dims(dim, input.ndim)
    freedom = math.prod(input.shape[axis] for axis in axes) - (1 if correction is None else correction)
    return _spread(input, None if dim is None or input.ndim == 0 else axes, freedom, keepdim)


@functools.partial(jax.custom_jvp, nondiff_argnums=(1, 2, 3))
def _spread(input: jax.Array, axes: tuple[int, ...] | None, freedom: float, keepdim: bool) -> jax.Array:
    away = _centred(input, axes)
    squares = away.real**2 + away.imag**2 if jnp.iscomplexobj(away) else away * away
    return jnp.sum(squares, axes, keepdims=keepdim) / (max(freedom, 0) if input.size else 0)


def _centred(input: jax.Array, axes: tuple[int, ...] | None) -> jax.Array:
    """Return input - mean, exactly 0 for a constant: the first element is taken off before the mean is rounded."""
    if input.size:
        reduced = range(input.ndim) if axes is None else axes
        input = input - input[tuple(slice(1) if axis in reduced else slice(None) for axis in range(input.ndim))]
    return input - jnp.mean(input, axes, keepdims=True)


@_spread.defjvp
def _spread_jvp(
    axes: tuple[int, ...] | None, freedom: float, keepdim: bool, primals: Any, tangents: Any
) -> tuple[jax.Array, jax.Array]:
    # d var = Σ 2 Re(conj(x - mean) dx) / freedom: the mean's own change adds up to nothing
    (input,), (tangent,) = primals, tangents
    away = _centred(input, axes)
    slope = away * (2 / freedom if freedom else math.inf)
    if axes is None and freedom <= 0:
        # torch's answer where it reduces everything; over given dimensions it divides by what is left, 0 or less
        slope = jnp.where(away == 0, jnp.nan, jnp.inf).astype(input.dtype)
    change = jnp.sum((jnp.conj(slope) * tangent).real, axes, keepdims=keepdim)
    return _spread(input, axes, freedom, keepdim), change


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
