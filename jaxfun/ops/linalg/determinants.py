"""Traces, determinants, inverses and powers of square matrices."""

import functools
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax.lax.linalg import triangular_solve

from ...core.dtypes import Category, as_dtype, canonical, computed_in, int64
from ...core.errors import LinearAlgebraError, UnsupportedDTypeError, describe
from ...core.numbers import is_finite
from ...core.op import op
from ...core.record import BOOLS, HALVES, INTEGERS, Array, Choice, Integer, Shape, rows, where_empty
from ..reduce._singular_values import singular_values
from ..shape.order import adjoint
from ._matrices import product, want, want_square

NO_LAPACK = BOOLS | INTEGERS | HALVES
_INVERTIBLE = {"input": Shape("", values="invertible")}
_SQUARE = rows("input", ("n n",), ("b n n",), ("4 4",))


class SignAndLogarithm(NamedTuple):
    """The sign of a determinant and the logarithm of its absolute value. Torch: torch.return_types.slogdet."""

    sign: jax.Array
    logabsdet: jax.Array


@op(kind=None, rejects=BOOLS, cases=rows("input", ("m n",)))
def trace(input: Array) -> jax.Array:
    """Return the trace of a matrix: the sum of its diagonal. Shapes: (m, n) -> ().

    Dtypes: integers are summed in int64; 16-bit floats in float32 and rounded once.
    Raises: RuntimeError for other shapes.

    >>> import jaxfun as jf
    >>> jf.trace(jf.tensor([[1.0, 2.0], [3.0, 4.0]]))
    Array(5., dtype=float32)
    """
    want(input.ndim == 2, "(m, n)", input)
    own = as_dtype(input.dtype)
    result = canonical(int64) if own.category is Category.INTEGER else own
    return jnp.trace(input, dtype=computed_in(result).dtype).astype(result.dtype)


@op(
    kind=None,
    overload=("", "linalg_det.default"),
    rejects=NO_LAPACK,
    node="LinalgDetBackward0",
    cases=_SQUARE,
    takes_here=where_empty(HALVES),
)
def det(input: Array) -> jax.Array:
    """Return the determinant of each square matrix. Shapes: (*, n, n) -> (*).

    Gradient: the cofactors; 0 for a determinant of 0 (as in torch's backward() without create_graph=True).
    Raises: RuntimeError for other shapes, and for dtypes other than float32, float64 and the complex ones.

    >>> import jaxfun as jf
    >>> jf.det(jf.tensor([[1.0, 2.0], [3.0, 4.0]]))
    Array(-1.9999999, dtype=float32)
    """
    want_square(input)
    if input.shape[-1] < 2:
        return jnp.sum(input, (-2, -1)) + (1 - input.shape[-1])
    return _determinant(input)


class _LU(NamedTuple):
    """The LU factorization of a matrix: U on and above the diagonal, L below, the row permutation, and its sign."""

    factors: jax.Array
    order: jax.Array
    sign: jax.Array

    @property
    def pivots(self) -> jax.Array:
        return jnp.diagonal(self.factors, 0, -2, -1)


def _lu(input: jax.Array) -> _LU:
    factors, swapped, order = jax.lax.linalg.lu(input)
    swaps = jnp.sum(swapped != jnp.arange(input.shape[-1], dtype=swapped.dtype), -1)
    return _LU(factors, order, jnp.where(swaps % 2 == 1, -1, 1).astype(input.dtype))


@jax.custom_jvp
def _determinant(input: jax.Array) -> jax.Array:
    return _product_of_pivots(input, _lu(input))


def _product_of_pivots(input: jax.Array, found: _LU) -> jax.Array:
    # some LAPACKs lose a NaN that meets only zeros
    return jnp.where(jnp.isnan(input).any((-2, -1)), jnp.nan, jnp.prod(found.pivots, -1) * found.sign)


@_determinant.defjvp
def _(primals: Any, tangents: Any) -> tuple[jax.Array, jax.Array]:
    # torch multiplies the inverse by the determinant, so the gradient is 0 for a determinant of 0
    result = _determinant(*primals)
    return result, jnp.where(result == 0, 0, _determinant_tangent(*primals, *tangents))


def _determinant_tangent(input: jax.Array, tangent: jax.Array) -> jax.Array:
    if input.shape[-1] <= 3:  # a polynomial that jnp writes out
        return jax.jvp(jnp.linalg.det, (input,), (tangent,))[1]
    return jnp.sum(_adjugate(input).mT * tangent, (-2, -1))


@jax.custom_jvp
def _adjugate(input: jax.Array) -> jax.Array:
    """Return the adjugate, det(A) A⁻¹: the transposed cofactors. It exists even if A has no inverse."""
    found = _lu(input)
    pivots = jnp.abs(found.pivots)
    least = input.shape[-1] * jnp.finfo(input.dtype).eps * jnp.max(pivots, -1)
    return jax.lax.cond((jnp.min(pivots, -1) <= least).any(), _by_singular_values, _by_elimination, input, found)


def _by_elimination(input: jax.Array, found: _LU) -> jax.Array:
    rows = jnp.eye(found.order.shape[-1], dtype=found.factors.dtype)[found.order]
    rows = triangular_solve(found.factors, rows, left_side=True, lower=True, unit_diagonal=True)
    inverse = triangular_solve(found.factors, rows, left_side=True)
    return _product_of_pivots(input, found)[..., None, None] * inverse


def _by_singular_values(input: jax.Array, _: _LU) -> jax.Array:
    # A = U S Vᴴ: adj(A) = det(U Vᴴ) V adj(S) Uᴴ; each diagonal element of adj(S) is the product of the others of S
    u, sizes, vh = singular_values(input)
    others = jnp.where(jnp.eye(input.shape[-1], dtype=bool), 1, sizes[..., None, :])
    turn = _determinant(product(u, vh))[..., None, None]
    return turn * product(adjoint(vh) * jnp.prod(others, -1)[..., None, :].astype(u.dtype), adjoint(u))


@_adjugate.defjvp
def _(primals: Any, tangents: Any) -> tuple[jax.Array, jax.Array]:
    # with B = adj(A): dB = (tr(B dA) B - B dA B) / det(A)
    result = _adjugate(*primals)
    change = product(result, tangents[0])
    trace = jnp.trace(change, 0, -2, -1)[..., None, None]
    return result, (trace * result - product(change, result)) / _determinant(*primals)[..., None, None]


@op(
    kind=None,
    overload=("", "linalg_slogdet.default"),
    rejects=NO_LAPACK,
    node="LinalgSlogdetBackward0",
    takes=_INVERTIBLE,
    cases=_SQUARE,
)
def slogdet(input: Array) -> SignAndLogarithm:
    """Return the sign and the logarithm of the absolute value of each determinant. Shapes: (*, n, n) -> (*), (*).

    A singular matrix gives 0 and -infinity.
    Dtypes: the sign of a complex matrix is complex, its logarithm is real.
    Raises: RuntimeError for other shapes, and for dtypes other than float32, float64 and the complex ones.

    >>> import jaxfun as jf
    >>> jf.slogdet(jf.tensor([[1.0, 2.0], [3.0, 4.0]]))
    SignAndLogarithm(sign=Array(-1., dtype=float32), logabsdet=Array(0.6931472, dtype=float32))
    """
    want_square(input)
    return SignAndLogarithm(*_sign_and_logarithm(input))


@jax.custom_jvp
def _sign_and_logarithm(input: jax.Array) -> tuple[jax.Array, jax.Array]:
    found = _lu(input)
    signs = jnp.sign(found.pivots)
    if not jnp.iscomplexobj(signs):  # the sign of a real NaN is 0 in torch
        signs = jnp.where(jnp.isnan(signs), 0, signs)
    return jnp.prod(signs, -1) * found.sign, jnp.sum(jnp.log(jnp.abs(found.pivots)), -1)


@_sign_and_logarithm.defjvp
def _(primals: Any, tangents: Any) -> tuple[Any, Any]:
    # d log det A = tr(A⁻¹ dA); a sign turns by its imaginary part
    sign, size = _sign_and_logarithm(*primals)
    change = jnp.sum(_inverse(*primals).mT * tangents[0], (-2, -1))
    return (sign, size), ((change - jnp.conj(change)) / 2 * sign if jnp.iscomplexobj(sign) else sign * 0, change.real)


@op(kind=None, rejects=NO_LAPACK, composite=True, takes=_INVERTIBLE, cases=_SQUARE)
def logdet(input: Array) -> jax.Array:
    """Return the logarithms of determinants: NaN below 0, -infinity at 0. Shapes: (*, n, n) -> (*).

    Raises: RuntimeError for other shapes, and for dtypes other than float32, float64 and the complex ones.

    >>> import jaxfun as jf
    >>> jf.logdet(jf.tensor([[2.0, 0.0], [0.0, 3.0]]))
    Array(1.7917595, dtype=float32)
    """
    want_square(input)
    sign, size = _sign_and_logarithm(input)
    if jnp.iscomplexobj(sign):
        return jnp.log(sign) + size.astype(sign.dtype)
    return jnp.where(sign == -1, jnp.nan, size)


def _want_invertible(result: jax.Array, input: jax.Array) -> None:
    if is_finite(result):
        return
    pivots = np.diagonal(jax.lax.linalg.lu(input)[0], 0, -2, -1)
    if (pivots == 0).any():  # in NumPy: to XLA the smallest numbers are 0
        raise LinearAlgebraError("invertible matrices", f"a singular one in {describe(input)}")


@op(
    kind=None,
    overload=("", "linalg_inv.default"),
    check=_want_invertible,
    rejects=NO_LAPACK,
    node="LinalgInvExBackward0",
    takes=_INVERTIBLE,
    cases=_SQUARE,
)
def inverse(input: Array) -> jax.Array:
    """Return the inverse of each square matrix. Shapes: (*, n, n) -> (*, n, n).

    Raises: RuntimeError for other shapes, for dtypes other than float32, float64 and the complex ones, and for a
    singular matrix. Under jit the result for a singular matrix is not finite.

    >>> import jaxfun as jf
    >>> jf.inverse(jf.tensor([[2.0, 0.0], [0.0, 4.0]]))
    Array([[0.5 , 0.  ],
           [0.  , 0.25]], dtype=float32)
    """
    want_square(input)
    return _inverse(input)


@jax.custom_jvp
def _inverse(input: jax.Array) -> jax.Array:
    return jnp.linalg.inv(input)


@_inverse.defjvp
def _(primals: Any, tangents: Any) -> tuple[jax.Array, jax.Array]:
    result = _inverse(*primals)
    return result, -product(result, product(tangents[0], result))


def _want_invertible_where_negative(result: jax.Array, input: jax.Array, n: int) -> None:
    if n < 0:
        _want_invertible(result, input)


@op(
    kind=None,
    overload=("", "linalg_matrix_power.default"),
    check=_want_invertible_where_negative,
    composite=True,
    takes={**_INVERTIBLE, "n": Choice((3, 0, 1, 2, -1, 5, 6, -2))},
    cases=_SQUARE,
)
def matrix_power(input: Array, n: Integer) -> jax.Array:
    """Return the `n`-th power of each square matrix; for a negative `n` the power of its inverse.

    Shapes: (*, n, n) -> (*, n, n).
    Raises: RuntimeError for other shapes; for a negative `n` the same as `inverse`.

    >>> import jaxfun as jf
    >>> jf.matrix_power(jf.tensor([[1.0, 1.0], [0.0, 1.0]]), 3)
    Array([[1., 3.],
           [0., 1.]], dtype=float32)
    """
    want_square(input)
    if n < 0 and as_dtype(input.dtype) in NO_LAPACK:
        raise UnsupportedDTypeError("a float32, float64 or complex tensor for a negative `n`", describe(input))
    return _power(_inverse(input), -n) if n < 0 else _power(input, n)


def _power(input: jax.Array, n: int) -> jax.Array:
    if n == 0:
        return jnp.broadcast_to(jnp.eye(input.shape[-1], dtype=input.dtype), input.shape)
    if n == 3:  # torch's order: squaring would multiply the other way around
        return product(product(input, input), input)
    powers = [input]  # each is the square of the previous one
    for _ in range(n.bit_length() - 1):
        powers.append(product(powers[-1], powers[-1]))
    return functools.reduce(product, [power for place, power in enumerate(powers) if n >> place & 1])
