"""Matrix factorizations: Cholesky with its solve and inverse, QR, and the singular value decomposition.

`determines` of each op selects the part that is compared with torch: the phases of the columns of Q and of the singular
vectors depend on the library.
"""

import functools
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax.lax.linalg import triangular_solve

from ...core.checks import want_no_nan, want_one_dtype
from ...core.dims import broadcast_shapes
from ...core.errors import GradientError, LinearAlgebraError, describe
from ...core.numbers import is_finite
from ...core.op import op
from ...core.record import HALVES, Array, Shape, rows, where_empty
from ..reduce._singular_values import singular_values
from ..shape.order import adjoint
from ._matrices import product, want, want_matrices, want_square
from .determinants import NO_LAPACK


class QAndR(NamedTuple):
    """A QR decomposition: Q with orthonormal columns, and the upper triangular R. Torch: torch.return_types.qr."""

    Q: jax.Array
    R: jax.Array


class SingularValues(NamedTuple):
    """A singular value decomposition: the values S, and the columns of U and V. Torch: torch.return_types.svd."""

    U: jax.Array
    S: jax.Array
    V: jax.Array


# A matrix whose other triangle, which is not read, holds other numbers.
_lower = functools.partial(Shape, values="positive definite below")
_upper = functools.partial(Shape, values="positive definite above")
_FULL_RANK = {"input": Shape("", values="invertible")}
_MATRICES = rows("input", ("m n",), ("b m n",), ("4 2",), ("2 3",))


def _want_definite(result: jax.Array, input: jax.Array, upper: bool = False) -> None:
    if not is_finite(result) and np.isnan(result).any():
        raise LinearAlgebraError("positive definite matrices", f"a matrix that is not, in {describe(input)}")


@op(
    kind=None,
    overload=("", "linalg_cholesky.default"),
    check=_want_definite,
    rejects=NO_LAPACK,
    cases=rows(
        "input upper",
        (_lower("n n"), False),
        (_upper("n n"), True),
        (_upper("b n n"), True),
        (_lower("4 4"), False),
    ),
    takes_here=where_empty(NO_LAPACK),
)
def cholesky(input: Array, upper: bool = False) -> jax.Array:
    """Return the Cholesky factor of each matrix `input = L Lᴴ`: L, or Lᴴ if `upper`. Shapes: (*, n, n) -> (*, n, n).

    Only the returned triangle of the input is read.
    Gradient: that of a Hermitian input; it is symmetric.
    Raises: RuntimeError for other shapes, for dtypes other than float32, float64 and the complex ones, and for a matrix
    that is not positive definite. Under jit the result for such a matrix is NaN.

    >>> import jaxfun as jf
    >>> jf.cholesky(jf.tensor([[4.0, 2.0], [2.0, 10.0]]))
    Array([[2., 0.],
           [1., 3.]], dtype=float32)
    """
    if not input.size:  # torch checks nothing here
        return jnp.array(input)
    want_square(input)
    root = _factor(input, upper)
    return adjoint(root) if upper else root


@functools.partial(jax.custom_jvp, nondiff_argnums=(1,))
def _factor(input: jax.Array, upper: bool) -> jax.Array:
    return jax.lax.linalg.cholesky(adjoint(input) if upper else input, symmetrize_input=False)


@_factor.defjvp
def _(upper: bool, primals: Any, tangents: Any) -> tuple[jax.Array, jax.Array]:
    # dL = L φ(L⁻¹ dA L⁻ᴴ), where φ takes the lower triangle of a Hermitian matrix and halves the diagonal
    root = _factor(*primals, upper)
    change = triangular_solve(root, tangents[0], left_side=True, lower=True)
    change = triangular_solve(root, change, lower=True, transpose_a=True, conjugate_a=True)
    return root, product(root, (jnp.tril(change) + jnp.tril(adjoint(change), -1)) / 2)


@op(
    kind=None,
    rejects=NO_LAPACK,
    cases=rows(
        "input input2 upper",
        ("n k", _lower("n n"), False),
        ("b n k", _upper("b n n"), True),
        ("a 1 n k", _lower("b n n"), False),
        ("n k", _upper("n n"), True),
    ),
)
def cholesky_solve(input: Array, input2: Array, upper: bool = False) -> jax.Array:
    """Solve `A X = input`, given the Cholesky factor `input2` of A = L Lᴴ, or of A = Uᴴ U if `upper`.

    Only that triangle of the factor is read. Shapes: (*, n, k), (*, n, n) -> (*, n, k); batches broadcast.
    Gradient: that of the product `L Lᴴ`, for the unread triangle of `input2` too, as in torch.
    Raises: RuntimeError for other shapes, different dtypes, and dtypes other than float32, float64 and the complex
    ones.

    >>> import jaxfun as jf
    >>> a = jf.tensor([[4.0, 2.0], [2.0, 10.0]])
    >>> jf.cholesky_solve(jf.tensor([[8.0], [22.0]]), jf.cholesky(a))
    Array([[1.],
           [2.]], dtype=float32)
    """
    want(input.ndim >= 2, "(*, n, k)", input)
    want(input2.ndim >= 2, "(*, n, n)", input2)
    want_one_dtype(input, input2)
    want_square(input2)
    want(input.shape[-2] == input2.shape[-1], "(*, n, k) and (*, n, n)", input, input2)
    batch = broadcast_shapes(input.shape[:-2], input2.shape[:-2])
    right, factor = (jnp.broadcast_to(x, (*batch, *x.shape[-2:])) for x in (input, input2))
    return _solve(right, factor, upper)


def _solve(right: jax.Array, factor: jax.Array, upper: bool) -> jax.Array:
    lower = adjoint(factor) if upper else factor

    # the solution reads one triangle of the factor, but the derivative is that of the product with the whole factor
    def multiply(solution: jax.Array) -> jax.Array:
        if 3 * right.shape[-1] > right.shape[-2]:  # here the derivative of L Lᴴ takes fewer products
            return product(_gram(lower), solution)
        return product(lower, product(adjoint(lower), solution))

    def solve(_: Any, right: jax.Array) -> jax.Array:
        known = jax.lax.stop_gradient(factor)
        plain = functools.partial(triangular_solve, known, left_side=True, lower=not upper)
        adjoined = functools.partial(plain, transpose_a=True, conjugate_a=True)
        return plain(adjoined(right)) if upper else adjoined(plain(right))

    def solve_transposed(_: Any, right: jax.Array) -> jax.Array:
        return jnp.conj(solve(_, jnp.conj(right)))

    return jax.lax.custom_linear_solve(multiply, right, solve, solve_transposed)


@jax.custom_jvp
def _gram(lower: jax.Array) -> jax.Array:
    return product(lower, adjoint(lower))


@_gram.defjvp
def _(primals: Any, tangents: Any) -> tuple[jax.Array, jax.Array]:
    half = product(tangents[0], adjoint(primals[0]))  # one product and its adjoint
    return _gram(*primals), half + adjoint(half)


def _want_no_zero(result: jax.Array, input: jax.Array, upper: bool = False) -> None:
    if not is_finite(result) and (np.diagonal(input, 0, -2, -1) == 0).any():
        raise LinearAlgebraError("factors with no 0 on the diagonal", f"a singular factor in {describe(input)}")


@op(
    kind=None,
    check=_want_no_zero,
    rejects=NO_LAPACK,
    cases=rows(  # the diagonal is real, like that of a factor: LAPACKs disagree about an imaginary part
        "input upper",
        (_lower("n n"), False),
        (_upper("b n n"), True),
        (_upper("4 4"), True),
        (_lower("n n"), False),
    ),
)
def cholesky_inverse(input: Array, upper: bool = False) -> jax.Array:
    """Return the inverse of each matrix from its Cholesky factor: the inverse of `L Lᴴ`, or of Uᴴ U if `upper`.

    Only that triangle of the factor is read. Shapes: (*, n, n) -> (*, n, n).
    Gradient: that of the product `L Lᴴ`, for the unread triangle of `input` too, as in torch.
    Raises: RuntimeError for other shapes, for dtypes other than float32, float64 and the complex ones, and for a 0 on a
    diagonal. Under jit the result for such a factor is not finite.

    >>> import jaxfun as jf
    >>> jf.cholesky_inverse(jf.tensor([[2.0, 0.0], [0.0, 4.0]]))
    Array([[0.25  , 0.    ],
           [0.    , 0.0625]], dtype=float32)
    """
    want_square(input)
    identity = jnp.broadcast_to(jnp.eye(input.shape[-1], dtype=input.dtype), input.shape)
    return _solve(identity, input, upper)


def _determined_by_qr(result: Any) -> Any:
    q, r = result
    count = min(q.shape[-2], r.shape[-1])
    basis = q[..., :count]  # abs has a kink at 0, its square has none
    is_orthonormal = abs(q.conj().mT @ q) > 0.5
    return q @ r, basis @ basis.conj().mT, basis * basis.conj(), r * r.conj(), is_orthonormal


@op(
    kind=None,
    rejects=NO_LAPACK,
    node="LinalgQrBackward0",
    takes=_FULL_RANK,
    cases=_MATRICES,
    determines=_determined_by_qr,
)
def qr(input: Array, some: bool = True) -> QAndR:
    """Return the QR decomposition `input = Q R`: the columns of Q are orthonormal, and R is upper triangular.

    Shapes: (*, m, n) -> (*, m, k), (*, k, n) with k = min(m, n), or k = m if not `some`.
    Gradient: not finite for linearly dependent columns; an error for a tall matrix if not `some`.
    Raises: RuntimeError for other shapes, and for dtypes other than float32, float64 and the complex ones.
    Differs: the sign of each column of Q, and of the same row of R, depends on the library.

    >>> import jaxfun as jf
    >>> [item.shape for item in jf.qr(jf.ones(3, 2))]
    [(3, 2), (2, 2)]
    """
    want_matrices(input)
    tall = input.shape[-2] > input.shape[-1]
    return QAndR(*(_complete(input) if tall and not some else _reduced(input)))


@jax.custom_jvp
def _complete(input: jax.Array) -> tuple[jax.Array, jax.Array]:
    q, r = jnp.linalg.qr(input, mode="complete")
    return q, r


@_complete.defjvp
def _(primals: Any, tangents: Any) -> tuple[Any, Any]:
    raise GradientError("some=True to take a gradient", f"some=False for {describe(primals[0])}")


@jax.custom_jvp
def _reduced(input: jax.Array) -> tuple[jax.Array, jax.Array]:
    q, r = jnp.linalg.qr(input)
    return q, r


@_reduced.defjvp
def _(primals: Any, tangents: Any) -> tuple[Any, Any]:
    # for the square part: Qᴴ dA R⁻¹ = Ω + dR R⁻¹, Ω antihermitian and dR R⁻¹ upper triangular with a real diagonal
    (q, r), (change,) = _reduced(*primals), tangents
    count = q.shape[-1]
    scaled = triangular_solve(r[..., :count], change[..., :count])
    along = product(adjoint(q), scaled)
    below = jnp.tril(along, -1)
    turn = below - adjoint(below)
    if jnp.iscomplexobj(q):
        turn = turn + jnp.eye(count, dtype=q.dtype) * (along - jnp.conj(along)) / 2
    # a square Q is a full basis: there dA R⁻¹ = Q Qᴴ dA R⁻¹
    dq = product(q, turn) if q.shape[-2] == count else product(q, turn - along) + scaled
    if r.shape[-1] == count:
        return (q, r), (dq, product(along - turn, r))
    return (q, r), (dq, product(adjoint(q), change) - product(turn, r))


def _determined_by_svd(result: Any) -> Any:
    u, s, v = result
    left, right = u[..., : s.shape[-1]], v[..., : s.shape[-1]]
    are_orthonormal = [abs(side.conj().mT @ side) > 0.5 for side in (u, v)]
    return left @ right.conj().mT, s, left * left.conj(), right * right.conj(), *are_orthonormal


@op(
    kind=None,
    check=want_no_nan,
    rejects=NO_LAPACK,
    takes_here=where_empty(HALVES),
    node="LinalgSvdBackward0",
    takes=_FULL_RANK,
    cases=_MATRICES,
    determines=_determined_by_svd,
)
def svd(input: Array, some: bool = True, compute_uv: bool = True) -> SingularValues:
    """Return the singular value decomposition `input = U diag(S) Vᴴ`.

    Shapes: (*, m, n) -> (*, m, k), (*, k), (*, n, k) with k = min(m, n). If not `some`, U is (*, m, m) and V is
    (*, n, n). Without `compute_uv` U and V are zeros.
    Gradient: not finite for equal singular values, except for S alone.
    Raises: RuntimeError for other shapes, for dtypes other than float32, float64 and the complex ones, and for NaN.
    Under jit the result for NaN is NaN.
    Differs: the phases of the columns of U and V depend on the library.

    >>> import jaxfun as jf
    >>> jf.svd(jf.tensor([[3.0, 0.0], [0.0, 4.0]])).S
    Array([4., 3.], dtype=float32)
    """
    want_matrices(input)
    *batch, rows, columns = input.shape
    if compute_uv:
        return SingularValues(*_decomposed(input, not some))
    left, right = (jnp.zeros((*batch, size, size), input.dtype) for size in (rows, columns))
    return SingularValues(left, _singular_values(input), right)


@jax.custom_jvp
def _singular_values(input: jax.Array) -> jax.Array:
    return singular_values(input, compute_uv=False)


@_singular_values.defjvp
def _(primals: Any, tangents: Any) -> tuple[jax.Array, jax.Array]:
    u, s, v = _decomposed(*primals, False)
    return s, jnp.sum(jnp.conj(u) * product(tangents[0], v), -2).real


@functools.partial(jax.custom_jvp, nondiff_argnums=(1,))
def _decomposed(input: jax.Array, whole: bool) -> tuple[jax.Array, jax.Array, jax.Array]:
    u, s, vh = singular_values(input, full_matrices=whole)
    return u, s, adjoint(vh)


@_decomposed.defjvp
def _(whole: bool, primals: Any, tangents: Any) -> tuple[Any, Any]:
    u, s, v = _decomposed(*primals, whole)
    count = s.shape[-1]
    du, ds, dv = _svd_tangents(u[..., :count], s, v[..., :count], tangents[0])
    # the columns that complete the basis are not unique: they have no derivative
    return (u, s, v), (_padded(du, u), ds, _padded(dv, v))


def _padded(part: jax.Array, like: jax.Array) -> jax.Array:
    missing = like.shape[-1] - part.shape[-1]
    return jnp.concatenate([part, jnp.zeros_like(like[..., :missing])], -1) if missing else part


def _svd_tangents(
    u: jax.Array, s: jax.Array, v: jax.Array, change: jax.Array
) -> tuple[jax.Array, jax.Array, jax.Array]:
    """Return the derivative of the reduced decomposition.

    Uᴴ dA V = Ω S + dS - S Θ with Ω and Θ antihermitian; dU = U Ω + (1 - U Uᴴ) dA V S⁻¹, and dV likewise.
    """
    columns, rows = s[..., None, :].astype(u.dtype), s[..., None].astype(u.dtype)
    across = product(change, v)
    along = product(adjoint(u), across)
    identity = jnp.eye(s.shape[-1], dtype=u.dtype)
    gaps = (columns - rows) * (columns + rows) + identity
    omega, theta = ((x + adjoint(x)) * (1 - identity) / gaps for x in (along * columns, along * rows))
    if jnp.iscomplexobj(u):
        phase = identity * (along - jnp.conj(along)) / (4 * columns)
        omega, theta = omega + phase, theta - phase
    du, dv = product(u, omega), product(v, theta)
    if u.shape[-2] > s.shape[-1]:  # a square basis has no complement
        du += (across - product(u, along)) / columns
    if v.shape[-2] > s.shape[-1]:
        dv += (product(adjoint(change), u) - product(v, adjoint(along))) / columns
    return du, jnp.diagonal(along, 0, -2, -1).real, dv
