"""Traces, determinants, inverses and powers of square matrices."""

import functools
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

from ..core.dims import want_integer
from ..core.dtypes import Category, as_dtype, bfloat16, canonical, float16, float32, int64
from ..core.errors import LinearAlgebraError, describe
from ..core.numbers import is_finite
from ..core.op import op
from ..core.public import public
from ..core.record import BOOLS, HALVES, INTEGERS, Array, Choice, Shape, where_empty
from ._matrices import adjoint, product, singular_values, want, want_square
from .arithmetic import add
from .comparison import eq
from .matrix import matmul
from .powers import log
from .selection import where

NO_LAPACK = BOOLS | INTEGERS | HALVES
_INVERTIBLE = {"input": Shape(("n n", "b n n", "4 4"), values="invertible")}


class SignAndLogarithm(NamedTuple):
    """The sign of a determinant and the logarithm of its size. Torch: torch.return_types.slogdet."""

    sign: jax.Array
    logabsdet: jax.Array


@op(kind=None, rejects=BOOLS, takes={"input": Shape("m n")})
def trace(input: Array) -> jax.Array:
    """Return the sum of a matrix's diagonal. Shapes: (m, n) -> ().

    Dtypes: integers are added up as int64; 16-bit floats in float32, rounded once.
    Raises: RuntimeError for other shapes.

    >>> import jaxfun as jf
    >>> jf.trace(jf.tensor([[1.0, 2.0], [3.0, 4.0]]))
    Array(5., dtype=float32)
    """
    want(input.ndim == 2, "(m, n)", input)
    own = as_dtype(input.dtype)
    wide = canonical(int64) if own.category is Category.INTEGER else own
    total = jnp.trace(input.astype((float32 if own in (float16, bfloat16) else wide).dtype))
    return total.astype(wide.dtype)


@op(
    kind=None,
    rejects=NO_LAPACK,
    node="LinalgDetBackward0",
    takes={"input": Shape(("n n", "b n n", "4 4"))},
    takes_here=where_empty(HALVES),
)
def det(input: Array) -> jax.Array:
    """Return the determinants of square matrices. Shapes: (*, n, n) -> (*).

    Gradient: the cofactors; 0 where the determinant is (torch: so does backward() without create_graph=True).
    Raises: RuntimeError for other shapes, and for dtypes other than float32, float64 and the complex ones.

    >>> import jaxfun as jf
    >>> jf.det(jf.tensor([[1.0, 2.0], [3.0, 4.0]]))
    Array(-1.9999999, dtype=float32)
    """
    want_square(input)
    if input.shape[-1] < 2:
        return jnp.sum(input, (-2, -1)) + (1 - input.shape[-1])
    return _determinant(input)


def _eliminated(input: jax.Array) -> tuple[jax.Array, jax.Array]:
    """Return the numbers whose product a determinant is, and its sign for the rows exchanged on the way."""
    factors, pivots, _ = jax.lax.linalg.lu(input)
    swaps = jnp.sum(pivots != jnp.arange(input.shape[-1], dtype=pivots.dtype), -1)
    return jnp.diagonal(factors, 0, -2, -1), jnp.where(swaps % 2 == 1, -1, 1).astype(input.dtype)


@jax.custom_jvp
def _determinant(input: jax.Array) -> jax.Array:
    diagonal, sign = _eliminated(input)
    # of a NaN that meets only zeros LAPACKs make NaN or not
    return jnp.where(jnp.isnan(input).any((-2, -1)), jnp.nan, jnp.prod(diagonal, -1) * sign)


@_determinant.defjvp
def _(primals: Any, tangents: Any) -> tuple[jax.Array, jax.Array]:
    # torch multiplies the inverse by the determinant: where that is 0 nothing is left of the cofactors
    result = _determinant(*primals)
    return result, jnp.where(result == 0, 0, _by_cofactors(*primals, *tangents))


def _by_cofactors(input: jax.Array, tangent: jax.Array) -> jax.Array:
    if input.shape[-1] <= 3:  # a polynomial that jnp writes out
        return jax.jvp(jnp.linalg.det, (input,), (tangent,))[1]
    return jnp.sum(_adjugate(input).mT * tangent, (-2, -1))


@jax.custom_jvp
def _adjugate(input: jax.Array) -> jax.Array:
    """Return det(A) A⁻¹, which is made of cofactors, and is there where A has no inverse."""
    pivots = jnp.abs(_eliminated(input)[0])
    least = input.shape[-1] * jnp.finfo(input.dtype).eps * jnp.max(pivots, -1)
    return jax.lax.cond((jnp.min(pivots, -1) <= least).any(), _by_singular_values, _by_inverse, input)


def _by_inverse(input: jax.Array) -> jax.Array:
    return _determinant(input)[..., None, None] * jnp.linalg.inv(input)


def _by_singular_values(input: jax.Array) -> jax.Array:
    # A = U S Vᴴ: adj(A) = det(U Vᴴ) V adj(S) Uᴴ, and in adj(S) each number is the product of the others
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


@op(kind=None, rejects=NO_LAPACK, node="LinalgSlogdetBackward0", takes=_INVERTIBLE)
def slogdet(input: Array) -> SignAndLogarithm:
    """Return the signs of determinants, and the logarithms of their sizes. Shapes: (*, n, n) -> (*), (*).

    Of a singular matrix 0 and -infinity.
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
    diagonal, sign = _eliminated(input)
    signs = jnp.sign(diagonal)
    if not jnp.iscomplexobj(signs):  # torch's sign of a real NaN is 0
        signs = jnp.where(jnp.isnan(signs), 0, signs)
    return jnp.prod(signs, -1) * sign, jnp.sum(jnp.log(jnp.abs(diagonal)), -1)


@_sign_and_logarithm.defjvp
def _(primals: Any, tangents: Any) -> tuple[Any, Any]:
    # d log det A = tr(A⁻¹ dA); a sign turns by its imaginary part
    sign, size = _sign_and_logarithm(*primals)
    change = jnp.sum(_inverted(*primals).mT * tangents[0], (-2, -1))
    return (sign, size), ((change - jnp.conj(change)) / 2 * sign if jnp.iscomplexobj(sign) else sign * 0, change.real)


@op(kind=None, rejects=NO_LAPACK, composite=True, node="", takes=_INVERTIBLE)
def logdet(input: Array) -> jax.Array:
    """Return the logarithms of determinants: NaN of one below 0, -infinity of 0. Shapes: (*, n, n) -> (*).

    Raises: RuntimeError for other shapes, and for dtypes other than float32, float64 and the complex ones.

    >>> import jaxfun as jf
    >>> jf.logdet(jf.tensor([[2.0, 0.0], [0.0, 3.0]]))
    Array(1.7917595, dtype=float32)
    """
    sign, size = slogdet(input)
    if jnp.iscomplexobj(sign):
        return add(log(sign), size)
    return where(eq(sign, -1), jnp.nan, size)


def _want_invertible(result: jax.Array, input: jax.Array) -> None:
    if is_finite(result):
        return
    pivots = np.diagonal(jax.lax.linalg.lu(input)[0], 0, -2, -1)
    if (pivots == 0).any():  # in NumPy: to XLA the smallest numbers are 0
        raise LinearAlgebraError("invertible matrices", f"a singular one in {describe(input)}")


@op(kind=None, check=_want_invertible, rejects=NO_LAPACK, node="LinalgInvExBackward0", takes=_INVERTIBLE)
def inverse(input: Array) -> jax.Array:
    """Return the inverses of square matrices. Shapes: (*, n, n) -> (*, n, n).

    Raises: RuntimeError for other shapes, for dtypes other than float32, float64 and the complex ones, and for a
    singular matrix: under jit, where its numbers are not known, the result is then not finite.

    >>> import jaxfun as jf
    >>> jf.inverse(jf.tensor([[2.0, 0.0], [0.0, 4.0]]))
    Array([[0.5 , 0.  ],
           [0.  , 0.25]], dtype=float32)
    """
    want_square(input)
    return _inverted(input)


@jax.custom_jvp
def _inverted(input: jax.Array) -> jax.Array:
    return jnp.linalg.inv(input)


@_inverted.defjvp
def _(primals: Any, tangents: Any) -> tuple[jax.Array, jax.Array]:
    result = _inverted(*primals)
    return result, -product(result, product(tangents[0], result))


@public
def matrix_power(input: Any, n: int) -> jax.Array:
    """Return square matrices multiplied by themselves, `n` in all; their inverses where `n` is negative.

    Shapes: (*, n, n) -> (*, n, n).
    Raises: RuntimeError for other shapes; where `inverse` does, for a negative `n`.

    >>> import jaxfun as jf
    >>> jf.matrix_power(jf.tensor([[1.0, 1.0], [0.0, 1.0]]), 3)
    Array([[1., 3.],
           [0., 1.]], dtype=float32)
    """
    want_integer(n=n)
    return _matrix_power(input, n) if n >= 0 else _matrix_power(inverse(input), -n)


@op(
    kind=None,
    torch="torch.matrix_power",
    composite=True,
    node="",
    takes={**_INVERTIBLE, "n": Choice((3, 0, 1, 2, -1, 5, 6, -2))},
)
def _matrix_power(input: Array, n: int) -> jax.Array:
    want_square(input)
    if n == 0:
        return _identity(input)
    if n == 3:
        return matmul(matmul(input, input), input)
    if n == 1:
        return input
    return _by_squaring(input, n)


def _by_squaring(input: jax.Array, n: int) -> jax.Array:
    powers = [input]  # each the square of the one before
    for _ in range(n.bit_length() - 1):
        powers.append(matmul(powers[-1], powers[-1]))
    return functools.reduce(matmul, [power for place, power in enumerate(powers) if n >> place & 1])


def _identity(input: jax.Array) -> jax.Array:
    return jnp.broadcast_to(jnp.eye(input.shape[-1], dtype=input.dtype), input.shape)
