"""The regularized incomplete gamma functions: a series, a continued fraction, and an expansion for large arguments."""

import functools
import operator
from collections.abc import Callable
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax.custom_derivatives import SymbolicZero

from ..core.op import op
from ..core.record import BOOLS, COMPLEXES, INTEGERS, Array
from .gamma import lgamma, lgamma_beside_two, polynomial


@op(rejects=BOOLS | INTEGERS | COMPLEXES)
def igamma(input: Array, other: Array) -> jax.Array:
    """Return the regularized lower incomplete gamma function of `input`, its order, at `other`; NaN below 0.

    Gradient: for `input` torch has none, and here it is the true one.

    >>> import jaxfun as jf
    >>> jf.igamma(jf.tensor([1.0, 4.0]), jf.tensor([1.0, 4.0]))
    Array([0.6321206 , 0.56652987], dtype=float32)
    """
    return _lower(input, other)


@op(rejects=BOOLS | INTEGERS | COMPLEXES)
def igammac(input: Array, other: Array) -> jax.Array:
    """Return the regularized upper incomplete gamma function, `1 - igamma(input, other)`, exact where it is small.

    Gradient: for `input` torch has none, and here it is the true one.

    >>> import jaxfun as jf
    >>> jf.igammac(jf.tensor([1.0, 4.0]), jf.tensor([1.0, 4.0]))
    Array([0.3678794 , 0.43347016], dtype=float32)
    """
    return _upper(input, other)


@jax.custom_jvp
def _lower(a: jax.Array, x: jax.Array) -> jax.Array:
    return _both(a, x)[0]


@jax.custom_jvp
def _upper(a: jax.Array, x: jax.Array) -> jax.Array:
    return _both(a, x)[1]


def _slopes(function: Callable[..., jax.Array], sign: int) -> Callable[..., Any]:
    def jvp(primals: Any, tangents: Any) -> tuple[jax.Array, jax.Array]:
        (a, x), (da, dx) = primals, tangents
        result = function(a, x)
        change = jnp.zeros_like(result)
        if not isinstance(da, SymbolicZero):
            change += da * jax.lax.igamma_grad_a(*jnp.broadcast_arrays(a, x))
        if not isinstance(dx, SymbolicZero):
            change += dx * jnp.exp((a - 1) * jnp.log(x) - x - lgamma(a))
        return result, sign * change

    return jvp


_lower.defjvp(_slopes(_lower, 1), symbolic_zeros=True)
_upper.defjvp(_slopes(_upper, -1), symbolic_zeros=True)

_Pair = tuple[jax.Array, jax.Array]  # the lower one and the upper one, which add up to 1


def _both(a: jax.Array, x: jax.Array) -> _Pair:
    a, x = jnp.broadcast_arrays(a, x)
    inside = (a > 0) & (x > 0) & jnp.isfinite(a) & jnp.isfinite(x)
    lower, upper = _inside(jnp.where(inside, a, 1), jnp.where(inside, x, 1))
    edge = _at_the_edge(a, x)
    return jnp.where(inside, lower, edge), jnp.where(inside, upper, 1 - edge)


def _at_the_edge(a: jax.Array, x: jax.Array) -> jax.Array:
    """Return the lower one where an argument is 0, infinite or NaN; torch asks in this order."""
    cases = [
        ((a < 0) | (x < 0), jnp.nan),
        (a == 0, jnp.where(x > 0, 1, jnp.nan)),
        (x == 0, 0),
        (jnp.isinf(a), jnp.where(jnp.isinf(x), jnp.nan, 0)),
        (jnp.isinf(x), 1),
    ]
    conditions, values = zip(*cases, strict=True)
    return jnp.select(conditions, [jnp.broadcast_to(value, a.shape).astype(a.dtype) for value in values], jnp.nan)


def _inside(a: jax.Array, x: jax.Array) -> _Pair:
    """Return both for positive numbers, each computed where it is not close to 1, and the other one from it."""
    is_small = (x <= 1.1) & (a < jnp.where(x <= 0.5, -0.4 / jnp.log(jnp.minimum(x, 0.5)), 1.1 * x))
    is_large = (a > _LARGE) & (jnp.abs(x - a) < 0.3 * a)
    is_lower = ~is_small & ~is_large & ((x <= 1.1) | (x < a))
    is_upper = ~is_small & ~is_large & ~is_lower
    scale = _scale(a, x)
    lower = scale * _series(jnp.where(is_lower, a, 1), jnp.where(is_lower, x, 1))
    upper = scale * a * _fraction(jnp.where(is_upper, a, 1), jnp.where(is_upper, x, 9))
    upper = jnp.where(is_small, _upper_of_small(a, x), upper)
    large = _of_large(jnp.where(is_large, a, _LARGE), jnp.where(is_large, x, _LARGE))
    pair = jnp.where(is_lower, lower, 1 - upper), jnp.where(is_lower, 1 - lower, upper)
    return jnp.where(is_large, large[0], pair[0]), jnp.where(is_large, large[1], pair[1])


_LARGE = 200
_STIRLING = (1 / 12, -1 / 360, 1 / 1260, -1 / 1680, 1 / 1188, -691 / 360360, 1 / 156)


def _scale(a: jax.Array, x: jax.Array) -> jax.Array:
    """Return `x ** a * exp(-x) / gamma(a + 1)`; for a large `a` by Stirling's series, in which nothing cancels."""
    beyond = jnp.maximum(a, 10)
    stirling = polynomial(_STIRLING, 1 / (beyond * beyond)) / beyond
    far = jnp.exp(-beyond * _excess(beyond, x) - stirling) / jnp.sqrt(np.asarray(2 * np.pi, a.dtype) * beyond)
    near = jnp.exp(a * jnp.log(x) - x - lgamma(jnp.minimum(a, 10) + 1))
    return jnp.where(a > 10, far, near)


def _excess(a: jax.Array, x: jax.Array) -> jax.Array:
    """Return `m - log(1 + m)` for `m = x / a - 1`."""
    m = (x - a) / a
    return m - jnp.where(jnp.abs(m) < 0.5, jnp.log1p(jnp.clip(m, -0.5, 0.5)), jnp.log(x / a))


class _Sum(NamedTuple):
    """A series or a continued fraction, as far as it is known."""

    n: jax.Array
    term: jax.Array
    total: jax.Array
    tail: jax.Array


_MOST_TERMS = 2000


def _until_settled(step: Callable[[_Sum], _Sum], first: _Sum, rest: float) -> jax.Array:
    """Return the total once a term changes nothing more: `rest` is what a term without effect is."""
    least = jnp.finfo(first.total.dtype).eps

    def goes_on(state: _Sum) -> jax.Array:
        return (state.n < _MOST_TERMS) & jnp.any(jnp.abs(state.term - rest) > least * (rest or state.total))

    return jax.lax.while_loop(goes_on, step, first).total


def _series(a: jax.Array, x: jax.Array) -> jax.Array:
    """Return the sum of `x ** n / ((a + 1) ... (a + n))`."""

    def step(state: _Sum) -> _Sum:
        n = state.n + 1
        term = state.term * x / (a + n)
        return _Sum(n, term, state.total + term, state.tail)

    one = jnp.ones_like(x)
    return _until_settled(step, _Sum(jnp.zeros((), x.dtype), one, one, one), 0)


def _fraction(a: jax.Array, x: jax.Array) -> jax.Array:
    """Return Legendre's continued fraction of `gamma(a, x) / (x ** a * exp(-x))`, forwards, after Lentz."""

    def step(state: _Sum) -> _Sum:
        n = state.n + 1
        numerator, denominator = n * (a - n), x - a + 2 * n + 1
        ratio = 1 / (numerator * state.tail[1] + denominator)
        partial = denominator + numerator / state.tail[0]
        return _Sum(n, partial * ratio, state.total * partial * ratio, jnp.stack([partial, ratio]))

    first = 1 / (x + 1 - a)
    start = _Sum(jnp.zeros((), x.dtype), jnp.zeros_like(x), first, jnp.stack([jnp.full_like(x, 1e30), first]))
    return _until_settled(step, start, 1)


def _upper_of_small(a: jax.Array, x: jax.Array) -> jax.Array:
    """Return the upper one for a small `a` and `x`, where it is a small difference: nothing is subtracted from 1."""
    a, x = jnp.minimum(a, 1.3), jnp.minimum(x, 1.1)
    half = jnp.minimum(a, 0.5)
    logarithm = jnp.where(a <= 0.5, lgamma_beside_two(half) - jnp.log1p(half), lgamma(1 + a))
    power = a * jnp.log(x) - logarithm
    total, term = jnp.zeros_like(x), jnp.ones_like(x)
    for n in range(1, 21):
        term = term * -x / n
        total += term / (a + n)
    return -jnp.expm1(power) - a * jnp.exp(power) * total


def _of_large(a: jax.Array, x: jax.Array) -> _Pair:
    """Return both by Temme's uniform expansion: an error function, and what it misses as a series of `1 / a`."""
    excess = jnp.maximum(_excess(a, x), 0)
    eta = jnp.copysign(jnp.sqrt(2 * excess), x - a)
    slopes = [polynomial(row, eta) for row in _temme()]
    missed = jnp.exp(-a * excess) / jnp.sqrt(np.asarray(2 * np.pi, a.dtype) * a) * polynomial(slopes, 1 / a)
    lower, upper = (0.5 * jax.lax.erfc(side * eta * jnp.sqrt(a / 2)) for side in (-1, 1))
    return lower - missed, upper + missed


@functools.cache
def _temme(rows: int = 7, length: int = 16) -> list[list[float]]:
    """Return the coefficients of the expansion: a row for each power of `1 / a`, of powers of eta."""
    count = length + 2 * rows
    m = [0.0, 1.0]  # x / a - 1, as a power series of eta
    for n in range(2, count + 2):
        m.append((m[n - 1] - sum(m[i] * (n + 1 - i) * m[n + 1 - i] for i in range(2, n))) / (n + 1))
    inverse = [1.0]  # eta over it
    for n in range(1, count + 1):
        inverse.append(-sum(map(operator.mul, m[2 : n + 2], inverse[::-1])))
    table = [inverse[1:]]
    for _ in range(rows - 1):
        last = table[-1]
        table.append([(n + 2) * last[n + 2] - last[1] * table[0][n] for n in range(len(last) - 2)])
    return [row[:length] for row in table]
