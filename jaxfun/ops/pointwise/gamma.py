"""The log-gamma function and its derivatives, and the regularized incomplete gamma functions."""

import functools
import math
import operator
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

from ...core.dtypes import Kind, as_dtype
from ...core.errors import ShapeError
from ...core.numbers import rounded
from ...core.op import op
from ...core.record import BOOLS, COMPLEXES, NOT_FLOATS, Array, Choice, Dim
from ...core.tangents import sum_tangents


@op(kind=Kind.INT_TO_FLOAT, overload=("", "special_gammaln.default"), rejects=COMPLEXES)
def lgamma(input: Array) -> jax.Array:
    """Return the log of the absolute value of the gamma function; integers give float32.

    Gradient: `digamma`.

    >>> import jaxfun as jf
    >>> jf.lgamma(jf.tensor([0.5, 4.0, 0.0]))
    Array([0.5723649, 1.7917595,       inf], dtype=float32)
    """
    return _lgamma(input)


@jax.custom_jvp
def _lgamma(x: jax.Array) -> jax.Array:
    return _lgamma_of_float32(x) if x.dtype == np.float32 else jax.lax.lgamma(x)


def _lgamma_of_float32(x: jax.Array) -> jax.Array:
    # XLA's lgamma is wrong in the sixth digit
    y = jnp.where(x < 0.5, 1 - x, x)
    positive = jnp.where(y < _FAR, _lgamma_near_two(jnp.minimum(y, _FAR)), _stirling(y))
    sine = jnp.sin(np.float32(np.pi) * (x - jnp.round(x)))
    reflected = jnp.log(np.float32(np.pi) / jnp.abs(sine)) - positive
    return jnp.where(jnp.isinf(x), jnp.inf, jnp.where(x < 0.5, reflected, positive))


_FAR = np.float32(7.5)


def _stirling(x: jax.Array) -> jax.Array:
    inverse, half_log = 1 / x, np.float32(math.log(2 * math.pi) / 2)
    return (x - 0.5) * (jnp.log(x) - 1) + (half_log - 0.5 + inverse * (1 / 12 - inverse * inverse / 360))


def _lgamma_near_two(x: jax.Array) -> jax.Array:
    """Return lgamma on [0.5, 7.5]: by a series on [1.5, 2.5], and by steps of 1 from there."""
    below, factor = x < 1.5, jnp.ones_like(x)
    near = jnp.where(below, x + 1, x)
    for _ in range(5):
        above = near > 2.5
        near = jnp.where(above, near - 1, near)
        factor = jnp.where(above, factor * near, factor)
    series = lgamma_beside_two(jnp.where(below, x - 1, near - 2))
    return series + jnp.where(below, -jnp.log1p(x - 1), jnp.log(factor))


def lgamma_beside_two(u: jax.Array) -> jax.Array:
    """Return the log-gamma function at `2 + u`, accurate for a small `u` (at most 0.5)."""
    power = 14 if u.dtype == np.float32 else 28
    slopes = [(-1) ** k * _zeta_minus_one(k) / k for k in range(2, power + 1)]
    return u * polynomial([1 - np.euler_gamma, *slopes], u)


def polynomial(slopes: Sequence[Any], x: jax.Array) -> jax.Array:
    """Return the sum of `slopes[k] * x ** k`, unrolled: the tape cannot look into the loop of jnp.polyval."""
    return functools.reduce(lambda total, slope: total * x + slope, reversed(slopes))


@functools.cache
def _zeta_minus_one(k: int) -> float:
    # the sum from 2 on, with an Euler-Maclaurin tail
    n = 100
    tail = n / (k - 1) + 1 / 2 + k / (12 * n) - k * (k + 1) * (k + 2) / (720 * n**3)
    return sum(m**-k for m in range(2, n)) + tail * n**-k


@_lgamma.defjvp
def _lgamma_jvp(primals: Any, tangents: Any) -> tuple[jax.Array, jax.Array]:
    return _lgamma(*primals), tangents[0] * _digamma(*primals)


@op(kind=Kind.INT_TO_FLOAT, overload=("", "special_digamma.default", "special_psi.default"), rejects=COMPLEXES)
def digamma(input: Array) -> jax.Array:
    """Return the digamma function, the derivative of `lgamma`; integers give float32.

    It is minus infinity at 0, infinity at -0, and NaN at negative integers.
    Raises: NotImplementedError for complex numbers.

    >>> import jaxfun as jf
    >>> jf.digamma(jf.tensor([1.0, 0.0, -1.0]))
    Array([-0.5772154,       -inf,        nan], dtype=float32)
    """
    return _digamma(input)


@jax.custom_jvp
def _digamma(x: jax.Array) -> jax.Array:
    return jnp.where(x == 0, jnp.copysign(jnp.asarray(jnp.inf, x.dtype), -x), jax.lax.digamma(x))


@_digamma.defjvp
def _digamma_jvp(primals: Any, tangents: Any) -> tuple[jax.Array, jax.Array]:
    return _digamma(*primals), tangents[0] * _polygamma(1, *primals)


@op(
    kind=Kind.INT_TO_FLOAT,
    overload=("", "special_polygamma.default"),
    rejects=COMPLEXES,
    takes={"n": Choice((0, 1, 2, 5))},
)
def polygamma(n: Dim, input: Array) -> jax.Array:
    """Return the polygamma function, the `n`-th derivative of `digamma`; integers give float32.

    Raises: RuntimeError for a negative `n`.

    >>> import jaxfun as jf
    >>> jf.polygamma(1, jf.tensor([1.0, 0.5]))
    Array([1.644934, 4.934802], dtype=float32)
    """
    if n < 0:
        raise ShapeError("an `n` of at least 0", str(n))
    return _polygamma(n, input)


@functools.partial(jax.custom_jvp, nondiff_argnums=(0,))
def _polygamma(n: int, x: jax.Array) -> jax.Array:
    return (_digamma, _trigamma)[n](x) if n < 2 else _higher_polygamma(n, x)


@_polygamma.defjvp
def _polygamma_jvp(n: int, primals: Any, tangents: Any) -> tuple[jax.Array, jax.Array]:
    return _polygamma(n, *primals), tangents[0] * _polygamma(n + 1, *primals)


_TERMS = 6


def _trigamma(x: jax.Array) -> jax.Array:
    # aten/src/ATen/native/Math.h: at a pole it takes the sine of a rounded multiple of pi, which gives a large number
    pi, below = np.asarray(np.pi, x.dtype), x < 0.5
    sine = jnp.sin(pi * x)
    y = jnp.where(below, 1 - x, x)
    total = sum(1 / jnp.square(y + step) for step in range(_TERMS))
    y = y + _TERMS
    inverse = 1 / (y * y)
    total += (1 + 1 / (2 * y) + inverse * (1 / 6 - inverse * (1 / 30 - inverse / 42))) / y
    return jnp.where(below, pi * pi / (sine * sine) - total, total)


def _higher_polygamma(n: int, x: jax.Array) -> jax.Array:
    """Return the `n`-th derivative of digamma for n >= 2: the Hurwitz zeta function times a factorial."""
    number = functools.partial(rounded, dtype=as_dtype(x.dtype))
    zeta = jax.lax.zeta(number(n + 1), jnp.where(x < 0, 1 - x, x))
    # below 0 use the reflection formula, with the derivatives of the cotangent
    reflected = (-1) ** n * (zeta + polynomial([*number(_cotangent_derivatives(n))], _cotangent(x)))
    is_pole = (x <= 0) & (x == jnp.floor(x))
    factorial = number(math.factorial(n) if n < 171 else math.inf)
    return (-1) ** (n + 1) * factorial * jnp.where(is_pole, jnp.inf, jnp.where(x < 0, reflected, zeta))


def _cotangent(x: jax.Array) -> jax.Array:
    """Return the cotangent of pi x, exact where it is 0."""
    left, pi = x - jnp.round(x), np.asarray(np.pi, x.dtype)
    beside_half = jnp.copysign(jnp.tan(pi * (0.5 - jnp.abs(left))), left)
    return jnp.where(jnp.abs(left) > 0.25, beside_half, 1 / jnp.tan(pi * left))


def _cotangent_derivatives(n: int) -> list[float]:
    """Return the coefficients of the `n`-th derivative of `pi cot(pi x)` over n!, in powers of the cotangent."""
    slopes = np.array([1, 0], object)
    for _ in range(n):
        slopes = -np.polymul([1, 0, 1], np.polyder(slopes))
    return [math.pi ** (n + 1) * (slope / math.factorial(n)) for slope in slopes[::-1]]


@op(
    kind=Kind.INT_TO_FLOAT,
    overload=("", "special_multigammaln.default"),
    rejects=BOOLS | COMPLEXES,
    takes={"p": Choice((1, 2, 3))},
)
def mvlgamma(input: Array, p: Dim) -> jax.Array:
    """Return the multivariate log-gamma function with dimension `p`; integers give float32.

    Raises: RuntimeError for a `p` below 1.

    >>> import jaxfun as jf
    >>> jf.mvlgamma(jf.tensor([2.0, 3.5]), 2)
    Array([0.4515827, 2.4664857], dtype=float32)
    """
    if p < 1:
        raise ShapeError("a `p` of at least 1", str(p))
    halves = np.arange(1 - p, 1).astype(input.dtype) / 2
    constant = np.asarray(p * (p - 1) / 4 * math.log(math.pi), input.dtype)
    parts = input[..., None] + halves
    parts = jnp.where(parts == 0, jnp.abs(parts), parts)  # XLA removes + 0, which would turn -0 into 0
    return jnp.sum(_lgamma(parts), axis=-1) + constant


@op(overload=("", "special_gammainc.default"), rejects=NOT_FLOATS)
def igamma(input: Array, other: Array) -> jax.Array:
    """Return the regularized lower incomplete gamma function of order `input` at `other`; NaN below 0.

    Gradient: for `input` torch has none; here it is the true derivative.

    >>> import jaxfun as jf
    >>> jf.igamma(jf.tensor([1.0, 4.0]), jf.tensor([1.0, 4.0]))
    Array([0.6321206 , 0.56652987], dtype=float32)
    """
    return _lower(input, other)


@op(overload=("", "special_gammaincc.default"), rejects=NOT_FLOATS)
def igammac(input: Array, other: Array) -> jax.Array:
    """Return the regularized upper incomplete gamma function, `1 - igamma(input, other)`, accurate where it is small.

    Gradient: for `input` torch has none; here it is the true derivative.

    >>> import jaxfun as jf
    >>> jf.igammac(jf.tensor([1.0, 4.0]), jf.tensor([1.0, 4.0]))
    Array([0.3678794 , 0.43347016], dtype=float32)
    """
    return _upper(input, other)


@jax.custom_jvp
def _lower(a: jax.Array, x: jax.Array) -> jax.Array:
    return _lower_and_upper(a, x)[0]


@jax.custom_jvp
def _upper(a: jax.Array, x: jax.Array) -> jax.Array:
    return _lower_and_upper(a, x)[1]


def _igamma_jvp(function: Callable[..., jax.Array], sign: int) -> Callable[..., Any]:
    def jvp(primals: Any, tangents: Any) -> tuple[jax.Array, jax.Array]:
        (a, x), result = primals, function(*primals)
        factors = (
            lambda da: da * jax.lax.igamma_grad_a(*jnp.broadcast_arrays(a, x)),
            lambda dx: dx * jnp.exp((a - 1) * jnp.log(x) - x - _lgamma(a)),
        )
        return result, sign * sum_tangents(tangents, factors, result)

    return jvp


_lower.defjvp(_igamma_jvp(_lower, 1), symbolic_zeros=True)
_upper.defjvp(_igamma_jvp(_upper, -1), symbolic_zeros=True)

_Pair = tuple[jax.Array, jax.Array]  # the lower and the upper function, with sum 1


def _lower_and_upper(a: jax.Array, x: jax.Array) -> _Pair:
    a, x = jnp.broadcast_arrays(a, x)
    inside = (a > 0) & (x > 0) & jnp.isfinite(a) & jnp.isfinite(x)
    lower, upper = _interior_values(jnp.where(inside, a, 1), jnp.where(inside, x, 1))
    edge = _boundary_value(a, x)
    return jnp.where(inside, lower, edge), jnp.where(inside, upper, 1 - edge)


def _boundary_value(a: jax.Array, x: jax.Array) -> jax.Array:
    """Return the lower function where an argument is 0, infinite or NaN. The order of the cases is torch's."""
    cases = [
        ((a < 0) | (x < 0), jnp.nan),
        (a == 0, jnp.where(x > 0, 1, jnp.nan)),
        (x == 0, 0),
        (jnp.isinf(a), jnp.where(jnp.isinf(x), jnp.nan, 0)),
        (jnp.isinf(x), 1),
    ]
    conditions, values = zip(*cases, strict=True)
    return jnp.select(conditions, [jnp.broadcast_to(value, a.shape).astype(a.dtype) for value in values], jnp.nan)


def _interior_values(a: jax.Array, x: jax.Array) -> _Pair:
    """Return both functions for positive numbers: compute the one that is not close to 1, and 1 minus it."""
    is_small = (x <= 1.1) & (a < jnp.where(x <= 0.5, -0.4 / jnp.log(jnp.minimum(x, 0.5)), 1.1 * x))
    is_large = (a > _LARGE) & (jnp.abs(x - a) < 0.3 * a)
    is_lower = ~is_small & ~is_large & ((x <= 1.1) | (x < a))
    is_upper = ~is_small & ~is_large & ~is_lower
    scale = _scale(a, x)
    lower = scale * _series(jnp.where(is_lower, a, 1), jnp.where(is_lower, x, 1))
    upper = scale * a * _continued_fraction(jnp.where(is_upper, a, 1), jnp.where(is_upper, x, 9))
    upper = jnp.where(is_small, _upper_near_zero(a, x), upper)
    large = _uniform_expansion(jnp.where(is_large, a, _LARGE), jnp.where(is_large, x, _LARGE))
    pair = jnp.where(is_lower, lower, 1 - upper), jnp.where(is_lower, 1 - lower, upper)
    return jnp.where(is_large, large[0], pair[0]), jnp.where(is_large, large[1], pair[1])


_LARGE = 200
_STIRLING = (1 / 12, -1 / 360, 1 / 1260, -1 / 1680, 1 / 1188, -691 / 360360, 1 / 156)


def _scale(a: jax.Array, x: jax.Array) -> jax.Array:
    """Return `x ** a * exp(-x) / gamma(a + 1)`; for a large `a` by Stirling's series, without cancellation."""
    beyond = jnp.maximum(a, 10)
    stirling = polynomial(_STIRLING, 1 / (beyond * beyond)) / beyond
    far = jnp.exp(-beyond * _excess(beyond, x) - stirling) / jnp.sqrt(np.asarray(2 * np.pi, a.dtype) * beyond)
    near = jnp.exp(a * jnp.log(x) - x - _lgamma(jnp.minimum(a, 10) + 1))
    return jnp.where(a > 10, far, near)


def _excess(a: jax.Array, x: jax.Array) -> jax.Array:
    """Return `m - log(1 + m)` for `m = x / a - 1`."""
    m = (x - a) / a
    return m - jnp.where(jnp.abs(m) < 0.5, jnp.log1p(jnp.clip(m, -0.5, 0.5)), jnp.log(x / a))


class _Sum(NamedTuple):
    """The state of a series or a continued fraction."""

    n: jax.Array
    term: jax.Array
    total: jax.Array
    tail: jax.Array


_MOST_TERMS = 2000


def _sum_until_converged(step: Callable[[_Sum], _Sum], first: _Sum, rest: float) -> jax.Array:
    """Return the total once a further term changes nothing; `rest` is the value of a term without effect."""
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
    return _sum_until_converged(step, _Sum(jnp.zeros((), x.dtype), one, one, one), 0)


def _continued_fraction(a: jax.Array, x: jax.Array) -> jax.Array:
    """Return Legendre's continued fraction of `gamma(a, x) / (x ** a * exp(-x))`, by Lentz's algorithm."""

    def step(state: _Sum) -> _Sum:
        n = state.n + 1
        numerator, denominator = n * (a - n), x - a + 2 * n + 1
        ratio = 1 / (numerator * state.tail[1] + denominator)
        partial = denominator + numerator / state.tail[0]
        return _Sum(n, partial * ratio, state.total * partial * ratio, jnp.stack([partial, ratio]))

    first = 1 / (x + 1 - a)
    start = _Sum(jnp.zeros((), x.dtype), jnp.zeros_like(x), first, jnp.stack([jnp.full_like(x, 1e30), first]))
    return _sum_until_converged(step, start, 1)


def _upper_near_zero(a: jax.Array, x: jax.Array) -> jax.Array:
    """Return the upper function for a small `a` and `x`, where it is small, without a subtraction from 1."""
    a, x = jnp.minimum(a, 1.3), jnp.minimum(x, 1.1)
    half = jnp.minimum(a, 0.5)
    logarithm = jnp.where(a <= 0.5, lgamma_beside_two(half) - jnp.log1p(half), _lgamma(1 + a))
    power = a * jnp.log(x) - logarithm
    total, term = jnp.zeros_like(x), jnp.ones_like(x)
    for n in range(1, 21):
        term = term * -x / n
        total += term / (a + n)
    return -jnp.expm1(power) - a * jnp.exp(power) * total


def _uniform_expansion(a: jax.Array, x: jax.Array) -> _Pair:
    """Return both functions by Temme's uniform expansion: an error function plus a series in `1 / a`."""
    excess = jnp.maximum(_excess(a, x), 0)
    eta = jnp.copysign(jnp.sqrt(2 * excess), x - a)
    slopes = [polynomial(row, eta) for row in _temme()]
    missed = jnp.exp(-a * excess) / jnp.sqrt(np.asarray(2 * np.pi, a.dtype) * a) * polynomial(slopes, 1 / a)
    lower, upper = (0.5 * jax.lax.erfc(side * eta * jnp.sqrt(a / 2)) for side in (-1, 1))
    return lower - missed, upper + missed


@functools.cache
def _temme(rows: int = 7, length: int = 16) -> list[list[float]]:
    """Return the coefficients of the expansion: one row for each power of `1 / a`, each in powers of eta."""
    count = length + 2 * rows
    m = [0.0, 1.0]  # x / a - 1, as a power series in eta
    for n in range(2, count + 2):
        m.append((m[n - 1] - sum(m[i] * (n + 1 - i) * m[n + 1 - i] for i in range(2, n))) / (n + 1))
    inverse = [1.0]  # eta divided by it
    for n in range(1, count + 1):
        inverse.append(-sum(map(operator.mul, m[2 : n + 2], inverse[::-1])))
    table = [inverse[1:]]
    for _ in range(rows - 1):
        last = table[-1]
        table.append([(n + 2) * last[n + 2] - last[1] * table[0][n] for n in range(len(last) - 2)])
    return [row[:length] for row in table]
