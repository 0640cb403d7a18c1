"""Variances and standard deviations, alone or with the mean.

Begin with `_variance`. Each function is one formula; `_variance_op` gives it torch's three signatures.
"""

import functools
import math
from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from ...core.dims import wrap_dims
from ...core.dtypes import Category, as_dtype
from ...core.errors import DTypeError, describe
from ...core.op import op
from ...core.overloads import overloads
from ...core.record import Array, Choice, Dims
from ...core.sizes import is_certain

_CORRECTION = {"correction": Choice((1, 0, 2, 0.5, 7, -1, None))}
_Axes = tuple[int, ...] | None


def _variance_op(formula: Callable[..., Any]) -> Callable[..., Any]:
    """Return the public function of `formula(input, dim, correction, keepdim)`, with torch's three signatures."""
    torch, doc = f"torch.{formula.__name__}", formula.__doc__

    def with_correction(input: Array, dim: Dims = None, *, correction: float | None = 1, keepdim: bool = False) -> Any:
        return formula(input, dim, correction, keepdim)

    with_correction.__doc__ = doc

    def with_unbiased(input: Array, dim: Dims, unbiased: bool = True, keepdim: bool = False) -> Any:
        return formula(input, dim, int(unbiased), keepdim)

    def of_all(input: Array, unbiased: bool = True) -> Any:
        return formula(input, None, int(unbiased), False)

    for function in (with_correction, with_unbiased, of_all):
        function.__annotations__["return"] = formula.__annotations__["return"]
    return overloads(
        op(torch=torch, overload="correction", takes=_CORRECTION)(with_correction),
        op(torch=torch, overload="dim")(with_unbiased),
        op(torch=torch)(of_all),
    )


@_variance_op
def var(input: jax.Array, dim: Any, correction: float | None, keepdim: bool) -> jax.Array:
    """Return the variance of all elements, or over `dim`. The divisor is `n - correction` (jnp.var: n).

    `unbiased` is torch's older argument: True means correction=1, False means correction=0.
    Gradient: NaN or infinite if the divisor is 0, like the value.
    Raises: RuntimeError for integers and bools.

    >>> import jaxfun as jf
    >>> jf.var(jf.tensor([1.0, 2.0, 3.0]))
    Array(1., dtype=float32)
    """
    return _variance(input, *_slices(input, dim, correction), keepdim)


@_variance_op
def std(input: jax.Array, dim: Any, correction: float | None, keepdim: bool) -> jax.Array:
    """Return the standard deviation of all elements, or over `dim`. The divisor is `n - correction` (jnp.std: n).

    `unbiased` is torch's older argument: True means correction=1, False means correction=0.
    Gradient: 0 if all elements are equal.
    Raises: RuntimeError for integers and bools.

    >>> import jaxfun as jf
    >>> jf.std(jf.tensor([1.0, 2.0, 3.0]))
    Array(1., dtype=float32)
    """
    return _standard_deviation(input, *_slices(input, dim, correction), keepdim)


@_variance_op
def var_mean(input: jax.Array, dim: Any, correction: float | None, keepdim: bool) -> tuple[jax.Array, jax.Array]:
    """Return the variance, like `var`, and the mean.

    Raises: RuntimeError for integers and bools.

    >>> import jaxfun as jf
    >>> jf.var_mean(jf.tensor([1.0, 2.0, 3.0]))
    (Array(1., dtype=float32), Array(2., dtype=float32))
    """
    return _variance(input, *_slices(input, dim, correction), keepdim), _average(input, dim, keepdim)


@_variance_op
def std_mean(input: jax.Array, dim: Any, correction: float | None, keepdim: bool) -> tuple[jax.Array, jax.Array]:
    """Return the standard deviation, like `std`, and the mean.

    Raises: RuntimeError for integers and bools.

    >>> import jaxfun as jf
    >>> jf.std_mean(jf.tensor([1.0, 2.0, 3.0]))
    (Array(1., dtype=float32), Array(2., dtype=float32))
    """
    return _standard_deviation(input, *_slices(input, dim, correction), keepdim), _average(input, dim, keepdim)


def _average(input: jax.Array, dim: Any, keepdim: bool) -> jax.Array:
    return jnp.mean(input, wrap_dims(dim, input.ndim), keepdims=keepdim)


def _slices(input: jax.Array, dim: Any, correction: float | None) -> tuple[_Axes, float]:
    """Return the axes (None: torch reduces all dimensions without naming them) and the degrees of freedom."""
    if as_dtype(input.dtype).category <= Category.INTEGER:
        raise DTypeError("a floating point or complex tensor", describe(input), "Cast it with jaxfun.float(input).")
    axes = wrap_dims(dim, input.ndim)
    freedom = math.prod(input.shape[axis] for axis in axes) - (1 if correction is None else correction)
    return None if dim is None or input.ndim == 0 else axes, freedom


@functools.partial(jax.custom_jvp, nondiff_argnums=(1, 2, 3))
def _variance(input: jax.Array, axes: _Axes, freedom: float, keepdim: bool) -> jax.Array:
    scale = _scale(input, axes)
    by = _like_result(scale, axes, keepdim)
    return _scaled_variance(input, scale, axes, freedom, keepdim) / by / by


def _scaled_variance(input: jax.Array, scale: jax.Array, axes: _Axes, freedom: float, keepdim: bool) -> jax.Array:
    away = _centred(input, scale, axes)
    divisor = 0 if is_certain(lambda: freedom < 0) or not input.size else freedom

    def of(part: jax.Array) -> jax.Array:
        return jnp.sum(part * part, axes, keepdims=keepdim) / divisor

    # the variance of the real parts plus that of the imaginary parts; each is NaN for 0 / 0
    return of(away.real) + of(away.imag) if jnp.iscomplexobj(away) else of(away)


def _times(input: jax.Array, scale: jax.Array) -> jax.Array:
    # part by part: infinity times the imaginary part 0 of the scale would be NaN
    return jax.lax.complex(input.real * scale, input.imag * scale) if jnp.iscomplexobj(input) else input * scale


def _scale(input: jax.Array, axes: _Axes) -> jax.Array:
    """Return a power of 2 per slice that keeps the squares of float32 in range (torch computes in float64)."""
    real = input.real
    if real.dtype != np.float32 or not input.size:
        return jnp.ones((), real.dtype)
    sizes = jnp.maximum(jnp.abs(real), jnp.abs(input.imag)) if jnp.iscomplexobj(input) else jnp.abs(real)
    largest = jnp.max(sizes, axes, keepdims=True)
    shrunk_or_same = jnp.where(largest > 1e18, jnp.float32(2**-70), jnp.float32(1))
    return jnp.where(largest < 1e-10, jnp.float32(2**70), shrunk_or_same)


def _like_result(scale: jax.Array, axes: _Axes, keepdim: bool) -> jax.Array:
    return scale if keepdim or not scale.ndim else jnp.squeeze(scale, axes)


def _centred(input: jax.Array, scale: jax.Array, axes: _Axes) -> jax.Array:
    """Return input - mean, exactly 0 for a constant: the first element is subtracted before the mean is rounded."""
    if not input.size:
        return input - jnp.mean(input, axes, keepdims=True)
    reduced = range(input.ndim) if axes is None else axes
    first = input[tuple(slice(1) if axis in reduced else slice(None) for axis in range(input.ndim))]

    def away(scale: jax.Array, first: jax.Array) -> jax.Array:
        return _times(input, scale) - _times(first, scale)

    # behind the barrier XLA computes the difference anew for the mean, and does not keep it in memory
    return away(scale, first) - jnp.mean(away(*jax.lax.optimization_barrier((scale, first))), axes, keepdims=True)


@_variance.defjvp
def _variance_jvp(
    axes: _Axes, freedom: float, keepdim: bool, primals: Any, tangents: Any
) -> tuple[jax.Array, jax.Array]:
    # d var = Σ 2 Re(conj(x - mean) dx) / freedom: the terms of the derivative of the mean sum to 0
    (input,), (tangent,) = primals, tangents
    away = _centred(input, jnp.ones((), input.real.dtype), axes)
    slope = away * (2 / freedom if freedom else math.inf)
    if axes is None and is_certain(lambda: freedom <= 0):
        # torch's result if no `dim` is given; with `dim` torch divides by the freedom, even if it is 0 or negative
        slope = jnp.where(away == 0, jnp.nan, jnp.inf).astype(input.dtype)
    change = jnp.sum((jnp.conj(slope) * tangent).real, axes, keepdims=keepdim)
    return _variance(input, axes, freedom, keepdim), change


@functools.partial(jax.custom_jvp, nondiff_argnums=(1, 2, 3))
def _standard_deviation(input: jax.Array, axes: _Axes, freedom: float, keepdim: bool) -> jax.Array:
    if jnp.iscomplexobj(input):  # torch takes the square root in single precision
        return jnp.sqrt(_variance(input, axes, freedom, keepdim))
    scale = _scale(input, axes)
    by = _like_result(scale, axes, keepdim)
    return jnp.sqrt(_scaled_variance(input, scale, axes, freedom, keepdim)) / by


@_standard_deviation.defjvp
def _standard_deviation_jvp(
    axes: _Axes, freedom: float, keepdim: bool, primals: Any, tangents: Any
) -> tuple[jax.Array, jax.Array]:
    (input,), (tangent,) = primals, tangents
    if is_certain(lambda: freedom <= 0) or jnp.iscomplexobj(input):
        root = _standard_deviation(input, axes, freedom, keepdim)
        change = _variance_jvp(axes, freedom, keepdim, primals, tangents)[1]
        return root, jnp.where(root == 0, 0, change / jnp.where(root == 0, 1, root * 2))
    # d std = Σ (x - mean) / std dx / freedom: divide first, because the square overflows sooner
    scale = _scale(jax.lax.stop_gradient(input), axes)
    wide = _standard_deviation(_times(input, scale), axes, freedom, True)
    root = _like_result(wide / scale, axes, keepdim)
    away = _centred(input, scale, axes)
    slope = _times(away, jnp.where(wide == 0, 0, 1 / jnp.where(wide == 0, 1, wide)) / freedom)
    return root, jnp.sum(slope * tangent, axes, keepdims=keepdim)
