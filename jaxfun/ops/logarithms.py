"""Logarithms of sums and of products, as sums that neither overflow nor turn to NaN."""

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp

from ..core.op import op
from ..core.record import BOOLS, COMPLEXES, INTEGERS, Array


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
