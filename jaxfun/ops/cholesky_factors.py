"""Inverses and solutions from a Cholesky factor: the triangle that `cholesky` returns."""

import functools
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax.lax.linalg import triangular_solve

from ..core.checks import want_one_dtype
from ..core.dims import broadcast_shapes
from ..core.errors import LinearAlgebraError, describe
from ..core.numbers import is_finite
from ..core.op import op
from ..core.record import Array, Beside, Shape
from ._matrices import adjoint, product, want, want_square
from .determinants import NO_LAPACK

_BELOW, _ABOVE = "positive definite below", "positive definite above"  # their triangle is a factor of another


@op(
    kind=None,
    rejects=NO_LAPACK,
    takes={
        "input": Shape(("n k", "b n k", "a 1 n k", "n k")),
        "input2": Shape(("n n", "b n n", "b n n", "n n"), values=(_BELOW, _ABOVE, _BELOW, _ABOVE)),
        "upper": Beside((False, True, False, True)),
    },
)
def cholesky_solve(input: Array, input2: Array, upper: bool = False) -> jax.Array:
    """Return X with `A X = input`, where `input2` is the Cholesky factor of A: `A = L Lᴴ`, or Uᴴ U if `upper`.

    Only that triangle of the factor is read. Shapes: (*, n, k), (*, n, n) -> (*, n, k); batches broadcast.
    Gradient: that of the product `L Lᴴ` of the whole `input2`, as in torch: of a triangle, all of it.
    Raises: RuntimeError for other shapes, two dtypes, and dtypes other than float32, float64 and the complex ones.

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
    return _solved(right, factor, upper)


def _solved(right: jax.Array, factor: jax.Array, upper: bool) -> jax.Array:
    # the derivative is that of the product with the whole factor, where the solution reads its triangle
    def multiply(solution: jax.Array) -> jax.Array:
        first, second = (factor, adjoint(factor)) if upper else (adjoint(factor), factor)
        return product(second, product(first, solution))

    def solve(_: Any, right: jax.Array) -> jax.Array:
        known = jax.lax.stop_gradient(factor)
        plain = functools.partial(triangular_solve, known, left_side=True, lower=not upper)
        adjoined = functools.partial(plain, transpose_a=True, conjugate_a=True)
        return plain(adjoined(right)) if upper else adjoined(plain(right))

    def solve_transposed(_: Any, right: jax.Array) -> jax.Array:
        return jnp.conj(solve(_, jnp.conj(right)))

    return jax.lax.custom_linear_solve(multiply, right, solve, solve_transposed)


def _want_no_zero(result: jax.Array, input: jax.Array, upper: bool = False) -> None:
    if not is_finite(result) and (np.diagonal(input, 0, -2, -1) == 0).any():
        raise LinearAlgebraError("factors without 0 on the diagonal", f"a singular one in {describe(input)}")


@op(
    kind=None,
    check=_want_no_zero,
    rejects=NO_LAPACK,
    takes={
        # as of a factor: of a diagonal that is not real LAPACK takes the real part, or not
        "input": Shape(("n n", "b n n", "4 4", "n n"), values=(_BELOW, _ABOVE, _ABOVE, _BELOW)),
        "upper": Beside((False, True, True, False)),
    },
)
def cholesky_inverse(input: Array, upper: bool = False) -> jax.Array:
    """Return the inverses of the matrices whose Cholesky factors are given: of `L Lᴴ`, or of Uᴴ U if `upper`.

    Only that triangle of the factor is read. Shapes: (*, n, n) -> (*, n, n).
    Gradient: that of the product `L Lᴴ` of the whole `input`, as in torch: of a triangle, all of it.
    Raises: RuntimeError for other shapes, for dtypes other than float32, float64 and the complex ones, and for a 0 on a
    diagonal: under jit, where the numbers are not known, the result is then not finite.

    >>> import jaxfun as jf
    >>> jf.cholesky_inverse(jf.tensor([[2.0, 0.0], [0.0, 4.0]]))
    Array([[0.25  , 0.    ],
           [0.    , 0.0625]], dtype=float32)
    """
    want_square(input)
    identity = jnp.broadcast_to(jnp.eye(input.shape[-1], dtype=input.dtype), input.shape)
    return _solved(identity, input, upper)
