"""Special functions: error function and inverse, logit, modified Bessel function, `xlogy`."""

import functools
from typing import Any

import jax
import jax.numpy as jnp
from jax.scipy import special

from ...core.dtypes import Kind
from ...core.errors import UnsupportedDTypeError, describe
from ...core.numbers import as_real
from ...core.op import op
from ...core.overloads import overloads
from ...core.record import COMPLEXES, Array, Choice, Factor, Operand, Scalar
from ...core.tangents import sum_tangents


@op(kind=Kind.INT_TO_FLOAT, overload=("", "special_erf.default"), rejects=COMPLEXES)
def erf(input: Array) -> jax.Array:
    """Return the error function of each element; integers give float32.

    Raises: NotImplementedError for complex numbers.

    >>> import jaxfun as jf
    >>> jf.erf(jf.tensor([0.0, 0.5]))
    Array([0.       , 0.5204999], dtype=float32)
    """
    return special.erf(input)


@op(kind=Kind.INT_TO_FLOAT, overload=("", "special_erfc.default"), rejects=COMPLEXES)
def erfc(input: Array) -> jax.Array:
    """Return the complementary error function `1 - erf(x)`, accurate for large x; integers give float32.

    Raises: NotImplementedError for complex numbers.

    >>> import jaxfun as jf
    >>> jf.erfc(jf.tensor([0.0, 0.5]))
    Array([1.        , 0.47950017], dtype=float32)
    """
    return special.erfc(input)


@op(kind=Kind.INT_TO_FLOAT, overload=("", "special_erfinv.default"), rejects=COMPLEXES)
def erfinv(input: Array) -> jax.Array:
    """Return the inverse error function of each element, NaN outside [-1, 1]; integers give float32.

    Raises: NotImplementedError for complex numbers.

    >>> import jaxfun as jf
    >>> jf.erfinv(jf.tensor([0.0, 0.5, 1.0]))
    Array([0.        , 0.47693628,        inf], dtype=float32)
    """
    return special.erfinv(input)


@op(
    kind=Kind.INT_TO_FLOAT,
    overload=("", "special_logit.default"),
    rejects=COMPLEXES,
    takes={"eps": Choice((None, 0.1, 0.0, -1.0, 0.6))},
)
def logit(input: Array, eps: Factor = None) -> jax.Array:
    """Return the logit `log(x / (1 - x))` of each element, NaN outside [0, 1]; integers give float32.

    With an `eps` of at least 0 the input is clamped to `[eps, 1 - eps]` first.

    Gradient: infinite at 0 and 1, NaN outside; with an `eps` 0 outside the bounds.

    >>> import jaxfun as jf
    >>> jf.logit(jf.tensor([0.5, 0.9, 1.0])), jf.logit(jf.tensor([1.0]), eps=0.1)
    (Array([0.       , 2.1972244,       inf], dtype=float32), Array([2.1972244], dtype=float32))
    """
    return _logit(input, jnp.asarray(0 if eps is None else as_real(eps, "eps")).astype(input.dtype), eps is not None)


@functools.partial(jax.custom_jvp, nondiff_argnums=(2,))
def _logit(x: jax.Array, eps: jax.Array, has_bounds: bool) -> jax.Array:
    bounded = jnp.where(x < eps, eps, jnp.where(x > 1 - eps, 1 - eps, x))
    x = jnp.where(eps < 0, x, bounded) if has_bounds else x
    return jnp.log(x / (1 - x))


@_logit.defjvp
def _logit_jvp(has_bounds: bool, primals: Any, tangents: Any) -> tuple[jax.Array, jax.Array]:
    x, eps = primals
    outside = jnp.asarray(0 if has_bounds else jnp.nan, x.dtype)
    slope = jnp.where((x >= eps) & (x <= 1 - eps), 1 / (x * (1 - x)), outside)
    return _logit(x, eps, has_bounds), tangents[0] * slope


@op(kind=Kind.INT_TO_FLOAT, overload=("", "special_i0.default"), rejects=COMPLEXES)
def i0(input: Array) -> jax.Array:
    """Return the modified Bessel function of the first kind of order 0; integers give float32.

    Raises: NotImplementedError for complex numbers.

    >>> import jaxfun as jf
    >>> jf.i0(jf.tensor([0.0, 1.0]))
    Array([1.0000001, 1.266066 ], dtype=float32)
    """
    return _i0(input)


@jax.custom_jvp
def _i0(x: jax.Array) -> jax.Array:
    return special.i0(x)


@_i0.defjvp
def _i0_jvp(primals: Any, tangents: Any) -> tuple[jax.Array, jax.Array]:
    return _i0(*primals), tangents[0] * _i1(*primals)


@jax.custom_jvp
def _i1(x: jax.Array) -> jax.Array:
    return special.i1(x)


@_i1.defjvp
def _i1_jvp(primals: Any, tangents: Any) -> tuple[jax.Array, jax.Array]:
    # I₁' = I₀ - I₁ / x, which is 0.5 at 0
    (x,), (dx,) = primals, tangents
    result, is_large = _i1(x), jnp.abs(x) > jnp.finfo(x.dtype).eps
    return result, dx * jnp.where(is_large, _i0(x) - result / jnp.where(is_large, x, 1), 0.5)


@op(
    kind=Kind.INT_TO_FLOAT,
    torch="torch.xlogy",
    overload=("Scalar_Self", "special_xlogy.self_scalar"),
    node="XlogyBackward1",
    rejects=COMPLEXES,
    takes={"input": Scalar()},
)
def _xlogy_scalar_self(input: Factor, other: Array) -> jax.Array:
    """Return `input * log(other)`, and 0 where `input` is 0 and `other` is not NaN; integers give float32.

    Gradient: for `input` 0 where `input` is 0 and `other` is not positive.

    >>> import jaxfun as jf
    >>> jf.xlogy(jf.tensor([0.0, 2.0]), jf.tensor([0.0, 3.0])), jf.xlogy(2, jf.tensor([1.0, 3.0]))
    (Array([0.       , 2.1972246], dtype=float32), Array([0.       , 2.1972246], dtype=float32))
    """
    if jnp.iscomplexobj(input):
        raise UnsupportedDTypeError("a real number", describe(input))
    return _product(jnp.asarray(input).astype(other.dtype), other)


@op(kind=Kind.INT_TO_FLOAT, torch="torch.xlogy", overload=("Tensor", "special_xlogy.default"), rejects=COMPLEXES)
def _xlogy_tensor(input: Array, other: Array) -> jax.Array:
    return _product(input, other)


@op(
    kind=Kind.INT_TO_FLOAT,
    torch="torch.xlogy",
    overload=("Scalar_Other", "special_xlogy.other_scalar"),
    node="XlogyBackward2",
    rejects=COMPLEXES,
)
def _xlogy_scalar_other(input: Array, other: Operand) -> jax.Array:
    return _product(input, other)


xlogy = overloads(_xlogy_scalar_self, _xlogy_tensor, _xlogy_scalar_other)


@jax.custom_jvp
def _product(x: jax.Array, y: jax.Array) -> jax.Array:
    return jnp.where(jnp.isnan(y), y, jnp.where(x == 0, 0, x * jnp.log(y)))


def _product_jvp(primals: Any, tangents: Any) -> tuple[jax.Array, jax.Array]:
    (x, y), result = primals, _product(*primals)
    factors = (
        lambda dx: dx * jnp.where((x == 0) & (y <= 0), 0, jnp.log(y)),
        lambda dy: dy * x / y,
    )
    return result, sum_tangents(tangents, factors, result)


_product.defjvp(_product_jvp, symbolic_zeros=True)
