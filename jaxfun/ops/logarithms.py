"""Logarithms of sums and of products, as sums that neither overflow nor turn to NaN."""

import functools
import math
from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp

from ..core.dims import wrap_dims
from ..core.dtypes import Kind
from ..core.errors import ArgumentTypeError, ShapeError, describe
from ..core.op import op
from ..core.record import BOOLS, COMPLEXES, INTEGERS, Array, Dims


@op(rejects=BOOLS | INTEGERS)
def logaddexp(input: Array, other: Array) -> jax.Array:
    """Return `log(exp(input) + exp(other))` of each two, complex ones too.

    >>> import jaxfun as jf
    >>> jf.logaddexp(jf.tensor([0.0, 1000.0]), jf.tensor([0.0, 1000.0]))
    Array([6.9314718e-01, 1.0006932e+03], dtype=float32)
    """
    return _of_sum(input, other)


@jax.custom_jvp
def _of_sum(x: jax.Array, y: jax.Array) -> jax.Array:
    return _of_complex_sum(x, y) if jnp.iscomplexobj(x) else jnp.logaddexp(x, y)


def _of_complex_sum(x: jax.Array, y: jax.Array) -> jax.Array:
    is_endless = jnp.isinf(x.real) & (x.real == y.real)
    endless = jnp.where(x.real < 0, y, jnp.log(jnp.exp(x) + jnp.exp(y)))
    return jnp.where(is_endless & ~jnp.isnan(x + y), endless, log_of_sum(x, y))


def log_of_sum(x: jax.Array, y: jax.Array) -> jax.Array:
    """Return `log(exp(x) + exp(y))` by the larger of the two real parts; of equal infinities, the one."""
    higher, lower = jnp.where(x.real < y.real, y, x), jnp.where(x.real < y.real, x, y)
    # two infinities of one sign have no difference
    away = jnp.where(jnp.isinf(lower.real) & (lower.real == higher.real), 0, lower - higher)
    total = higher + jnp.log1p(jnp.exp(away))
    return jnp.where(jnp.isnan(x) | jnp.isnan(y), jnp.nan, total)


@jax.custom_jvp
def _of_sum_of_twos(x: jax.Array, y: jax.Array) -> jax.Array:
    return jnp.logaddexp2(x, y)


def _parted(of_sum: Callable[..., jax.Array], power: Callable[..., jax.Array]) -> Callable[..., Any]:
    """Return the rule that shares the gradient out by the two terms' parts of the sum."""

    def jvp(primals: Any, tangents: Any) -> tuple[jax.Array, jax.Array]:
        (x, y), (dx, dy) = primals, tangents
        return of_sum(x, y), dx / (1 + power(y - x)) + dy / (1 + power(x - y))

    return jvp


_of_sum.defjvp(_parted(_of_sum, jnp.exp))
_of_sum_of_twos.defjvp(_parted(_of_sum_of_twos, jnp.exp2))


@op(rejects=BOOLS | INTEGERS | COMPLEXES)
def logaddexp2(input: Array, other: Array) -> jax.Array:
    """Return `log2(2 ** input + 2 ** other)` of each two.

    >>> import jaxfun as jf
    >>> jf.logaddexp2(jf.tensor([0.0, 1000.0]), jf.tensor([0.0, 1000.0]))
    Array([1.000e+00, 1.001e+03], dtype=float32)
    """
    return _of_sum_of_twos(input, other)


@op(kind=Kind.INT_TO_FLOAT)
def logsumexp(input: Array, dim: Dims, keepdim: bool = False) -> jax.Array:
    """Return the logarithm of the sum of the exponentials over `dim` (one, or several as a tuple); of none -infinity.

    Gradient: NaN where all elements are -infinity.
    Raises: RuntimeError for `dim=()` of a tensor with dimensions and elements, unless `keepdim`.

    >>> import jaxfun as jf
    >>> jf.logsumexp(jf.tensor([0.0, 1000.0, 1000.0]), 0)
    Array(1000.6932, dtype=float32)
    """
    if dim is None:
        raise ArgumentTypeError("`dim` to be an integer or integers", describe(dim))
    if dim == () and input.ndim and input.size and not keepdim:
        raise ShapeError("a `dim`, or keepdim=True", describe(dim))
    return _of_all(input, wrap_dims(dim, input.ndim, ranges_first=True), keepdim)


@functools.partial(jax.custom_jvp, nondiff_argnums=(1, 2))
def _of_all(input: jax.Array, axes: tuple[int, ...], keepdim: bool) -> jax.Array:
    largest = jnp.max(input.real, axes, keepdims=True, initial=-jnp.inf)
    largest = jnp.where(jnp.isinf(largest), 0, largest).astype(input.dtype)
    total = jnp.log(jnp.sum(jnp.exp(input - largest), axes, keepdims=True)) + largest
    return total if keepdim else jnp.squeeze(total, axes)


@_of_all.defjvp
def _of_all_jvp(axes: tuple[int, ...], keepdim: bool, primals: Any, tangents: Any) -> tuple[jax.Array, jax.Array]:
    (input,), (tangent,) = primals, tangents
    parts = jnp.exp(input - _of_all(input, axes, True))
    change = jnp.sum(parts * tangent, axes, keepdims=keepdim)
    # of no elements the derivative is 0 / 0, as in torch
    return _of_all(input, axes, keepdim), change * (1.0 if math.prod(input.shape[axis] for axis in axes) else math.nan)
