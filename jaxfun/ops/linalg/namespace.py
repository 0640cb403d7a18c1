"""Functions of torch.linalg whose arguments are not those of torch's own: `det(A)`, `cross(..., dim=-1)`."""

from typing import Any

import jax

from ...core.arguments import NORMALISE
from ...core.public import public
from ...core.record import Role
from ..shape import diagonals
from . import determinants, factor, products
from .determinants import SignAndLogarithm


@public(name="linalg.det")
def det(A: Any) -> jax.Array:
    """Return the determinants of square matrices, as `jaxfun.det`. Shapes: (*, n, n) -> (*).

    Torch: torch.linalg.det.

    >>> import jaxfun as jf
    >>> jf.linalg.det(jf.tensor([[2.0, 0.0], [0.0, 4.0]]))
    Array(8., dtype=float32)
    """
    return determinants.det(A)


@public(name="linalg.slogdet")
def slogdet(A: Any) -> SignAndLogarithm:
    """Return the signs of determinants, and the logarithms of their absolute values, as `jaxfun.slogdet`.

    Torch: torch.linalg.slogdet.

    >>> import jaxfun as jf
    >>> jf.linalg.slogdet(jf.tensor([[1.0, 0.0], [0.0, -1.0]]))
    SignAndLogarithm(sign=Array(-1., dtype=float32), logabsdet=Array(0., dtype=float32))
    """
    return determinants.slogdet(A)


@public(name="linalg.inv")
def inv(A: Any) -> jax.Array:
    """Return the inverses of square matrices, as `jaxfun.inverse`. Shapes: (*, n, n) -> (*, n, n).

    Raises: RuntimeError for a singular matrix. Under jit its numbers are not known, and the result is not finite.
    Torch: torch.linalg.inv.

    >>> import jaxfun as jf
    >>> jf.linalg.inv(jf.tensor([[2.0, 0.0], [0.0, 4.0]]))
    Array([[0.5 , 0.  ],
           [0.  , 0.25]], dtype=float32)
    """
    return determinants.inverse(A)


@public(name="linalg.cholesky")
def cholesky(input: Any, *, upper: bool = False) -> jax.Array:
    """Return the Cholesky factors of positive definite matrices, as `jaxfun.cholesky`.

    Raises: RuntimeError for a matrix that is not positive definite. Under jit the result is then NaN.
    Torch: torch.linalg.cholesky.

    >>> import jaxfun as jf
    >>> jf.linalg.cholesky(jf.tensor([[4.0, 2.0], [2.0, 10.0]]))
    Array([[2., 0.],
           [1., 3.]], dtype=float32)
    """
    return factor.cholesky(input, upper)


@public(name="linalg.cross")
def cross(input: Any, other: Any, *, dim: int = -1) -> jax.Array:
    """Return the cross products of vectors of three elements along `dim`, by default the last.

    Torch: torch.linalg.cross. The default of `jaxfun.cross` is the first dimension of size 3.

    >>> import jaxfun as jf
    >>> jf.linalg.cross(jf.tensor([1.0, 0.0, 0.0]), jf.tensor([0.0, 1.0, 0.0]))
    Array([0., 0., 1.], dtype=float32)
    """
    return products.cross(input, other, NORMALISE[Role.DIM]("dim", dim))  # `jaxfun.cross` takes None for it


@public(name="linalg.diagonal")
def diagonal(A: Any, *, offset: int = 0, dim1: int = -2, dim2: int = -1) -> jax.Array:
    """Return the diagonals of matrices, of the last two dimensions by default.

    Torch: torch.linalg.diagonal. `jaxfun.diagonal` takes the first two dimensions by default.

    >>> import jaxfun as jf
    >>> jf.linalg.diagonal(jf.tensor([[[1.0, 2.0], [3.0, 4.0]]]))
    Array([[1., 4.]], dtype=float32)
    """
    return diagonals.diagonal(A, offset, dim1, dim2)
