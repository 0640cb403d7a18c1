"""Variances and standard deviations, alone and beside the mean."""

import functools
import math
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from ..core.dims import wrap_dims
from ..core.dtypes import Category, Kind, as_dtype
from ..core.errors import ArgumentTypeError, DTypeError, describe
from ..core.op import op
from ..core.public import public
from ..core.record import Array, Choice, Dims

_CORRECTION = {"correction": Choice((1, 0, 2, 0.5, 7, -1, None))}


@public
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


@op(kind=Kind.DEFAULT, torch="torch.var", overload=("correction", "dim", ""), takes=_CORRECTION)
def _var(input: Array, dim: Dims = None, *, correction: float | None = 1, keepdim: bool = False) -> jax.Array:
    return _spread(*_terms(input, dim, correction, keepdim))


@public
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


@op(kind=Kind.DEFAULT, torch="torch.std", overload=("correction", "dim", ""), takes=_CORRECTION)
def _std(input: Array, dim: Dims = None, *, correction: float | None = 1, keepdim: bool = False) -> jax.Array:
    return _deviation(*_terms(input, dim, correction, keepdim))


@public
def var_mean(
    input: Any, dim: Any = None, unbiased: Any = ..., keepdim: bool = False, *, correction: float | None = 1
) -> tuple[jax.Array, jax.Array]:
    """Return the variance as `var` does, and the mean.

    Raises: RuntimeError for integers and bools.

    >>> import jaxfun as jf
    >>> jf.var_mean(jf.tensor([1.0, 2.0, 3.0]))
    (Array(1., dtype=float32), Array(2., dtype=float32))
    """
    dim, correction = _by_unbiased("var_mean(input, dim, unbiased, keepdim, correction)", dim, unbiased, correction)
    return _var_mean(input, dim, correction=correction, keepdim=keepdim)


@op(kind=Kind.DEFAULT, torch="torch.var_mean", overload=("correction", "dim", ""), takes=_CORRECTION)
def _var_mean(
    input: Array, dim: Dims = None, *, correction: float | None = 1, keepdim: bool = False
) -> tuple[jax.Array, jax.Array]:
    return _spread(*_terms(input, dim, correction, keepdim)), _average(input, dim, keepdim)


@public
def std_mean(
    input: Any, dim: Any = None, unbiased: Any = ..., keepdim: bool = False, *, correction: float | None = 1
) -> tuple[jax.Array, jax.Array]:
    """Return the standard deviation as `std` does, and the mean.

    Raises: RuntimeError for integers and bools.

    >>> import jaxfun as jf
    >>> jf.std_mean(jf.tensor([1.0, 2.0, 3.0]))
    (Array(1., dtype=float32), Array(2., dtype=float32))
    """
    dim, correction = _by_unbiased("std_mean(input, dim, unbiased, keepdim, correction)", dim, unbiased, correction)
    return _std_mean(input, dim, correction=correction, keepdim=keepdim)


@op(kind=Kind.DEFAULT, torch="torch.std_mean", overload=("correction", "dim", ""), takes=_CORRECTION)
def _std_mean(
    input: Array, dim: Dims = None, *, correction: float | None = 1, keepdim: bool = False
) -> tuple[jax.Array, jax.Array]:
    return _deviation(*_terms(input, dim, correction, keepdim)), _average(input, dim, keepdim)


def _average(input: jax.Array, dim: Any, keepdim: bool) -> jax.Array:
    return jnp.mean(input, wrap_dims(dim, input.ndim), keepdims=keepdim)


def _by_unbiased(call: str, dim: Any, unbiased: Any, correction: float | None) -> tuple[Any, float | None]:
    if isinstance(dim, bool) and unbiased is ...:
        dim, unbiased = None, dim
    if unbiased is ...:
        return dim, correction
    if not isinstance(unbiased, bool) or correction != 1:
        got = f"unbiased={describe(unbiased)}, correction={describe(correction)}"
        raise ArgumentTypeError("a bool `unbiased`, or a `correction`", got, call=call)
    return dim, int(unbiased)


def _terms(
    input: jax.Array, dim: Any, correction: float | None, keepdim: bool
) -> tuple[jax.Array, tuple[int, ...] | None, float, bool]:
    if as_dtype(input.dtype).category <= Category.INTEGER:
        raise DTypeError("a floating point or complex tensor", describe(input), "Cast it with jaxfun.float(input).")
    axes = wrap_dims(dim, input.ndim)
    freedom = math.prod(input.shape[axis] for axis in axes) - (1 if correction is None else correction)
    return input, None if dim is None or input.ndim == 0 else axes, freedom, keepdim


@functools.partial(jax.custom_jvp, nondiff_argnums=(1, 2, 3))
def _spread(input: jax.Array, axes: tuple[int, ...] | None, freedom: float, keepdim: bool) -> jax.Array:
    scale = _scale(input, axes)
    by = _like_result(scale, axes, keepdim)
    return _scaled_spread(_times(input, scale), axes, freedom, keepdim) / by / by


def _scaled_spread(input: jax.Array, axes: tuple[int, ...] | None, freedom: float, keepdim: bool) -> jax.Array:
    away = _centred(input, axes)
    divisor = max(freedom, 0) if input.size else 0

    def of(part: jax.Array) -> jax.Array:
        return jnp.sum(part * part, axes, keepdims=keepdim) / divisor

    # a complex variance is that of the real parts and that of the imaginary ones, each NaN where it is 0 / 0
    return of(away.real) + of(away.imag) if jnp.iscomplexobj(away) else of(away)


def _times(input: jax.Array, scale: jax.Array) -> jax.Array:
    # part by part: an infinity times the scale's imaginary 0 would be NaN
    return jax.lax.complex(input.real * scale, input.imag * scale) if jnp.iscomplexobj(input) else input * scale


def _scale(input: jax.Array, axes: tuple[int, ...] | None) -> jax.Array:
    """Return a power of 2 that keeps the squares of single precision in range, as torch's double precision does.

    One for each slice: what is large in one of them leaves the others as they are.
    """
    real = input.real
    if real.dtype != np.float32 or not input.size:
        return jnp.ones((), real.dtype)
    sizes = jnp.maximum(jnp.abs(real), jnp.abs(input.imag)) if jnp.iscomplexobj(input) else jnp.abs(real)
    largest = jnp.max(sizes, axes, keepdims=True)
    return jnp.where(
        largest > 1e18, jnp.float32(2**-70), jnp.where(largest < 1e-10, jnp.float32(2**70), jnp.float32(1))
    )


def _like_result(scale: jax.Array, axes: tuple[int, ...] | None, keepdim: bool) -> jax.Array:
    return scale if keepdim or not scale.ndim else jnp.squeeze(scale, axes)


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


@functools.partial(jax.custom_jvp, nondiff_argnums=(1, 2, 3))
def _deviation(input: jax.Array, axes: tuple[int, ...] | None, freedom: float, keepdim: bool) -> jax.Array:
    if jnp.iscomplexobj(input):  # of which torch takes the root in single precision
        return jnp.sqrt(_spread(input, axes, freedom, keepdim))
    scale = _scale(input, axes)
    by = _like_result(scale, axes, keepdim)
    return jnp.sqrt(_scaled_spread(_times(input, scale), axes, freedom, keepdim)) / by


@_deviation.defjvp
def _deviation_jvp(
    axes: tuple[int, ...] | None, freedom: float, keepdim: bool, primals: Any, tangents: Any
) -> tuple[jax.Array, jax.Array]:
    root = _deviation(*primals, axes, freedom, keepdim)
    if freedom <= 0 or jnp.iscomplexobj(primals[0]):
        change = _spread_jvp(axes, freedom, keepdim, primals, tangents)[1]
        return root, jnp.where(root == 0, 0, change / jnp.where(root == 0, 1, root * 2))
    # d std = Σ (x - mean) / std dx / freedom: the quotient first, as the square is out of range sooner
    (input,), (tangent,) = primals, tangents
    scaled = _times(input, _scale(input, axes))
    wide = _deviation(scaled, axes, freedom, True)
    away = _centred(scaled, axes)
    slope = _times(away, jnp.where(wide == 0, 0, 1 / jnp.where(wide == 0, 1, wide)) / freedom)
    return root, jnp.sum(slope * tangent, axes, keepdims=keepdim)
