"""torch.linalg: the functions of linear algebra under the names, arguments and defaults that torch.linalg has."""
# Written by docs/make_stubs.py: the types of the public names.

import builtins
import pathlib
from collections.abc import Callable, Mapping, Sequence
from types import EllipsisType, ModuleType
from typing import Any, Literal, overload

import numpy
from jax import Array
from .core.types import ArrayLike as ArrayLike
from .core.dtypes import DType as DType
from .ops.linalg.determinants import SignAndLogarithm as SignAndLogarithm
from .core.types import Number

__version__: builtins.str
DTypeLike = DType | numpy.dtype[Any] | builtins.str | builtins.type

def cholesky(input: ArrayLike, *, upper: builtins.bool = False) -> Array:
    """Return the Cholesky factors of positive definite matrices, as `jaxfun.cholesky`.

    Raises: RuntimeError for a matrix that is not positive definite. Under jit the result is then NaN.
    Torch: torch.linalg.cholesky.
    """
    ...

def cross(input: ArrayLike, other: ArrayLike | Number, *, dim: builtins.int = -1) -> Array:
    """Return the cross products of vectors of three elements along `dim`, by default the last.

    Torch: torch.linalg.cross. The default of `jaxfun.cross` is the first dimension of size 3.
    """
    ...

def det(A: ArrayLike) -> Array:
    """Return the determinants of square matrices, as `jaxfun.det`. Shapes: (*, n, n) -> (*).

    Torch: torch.linalg.det.
    """
    ...

def diagonal(A: ArrayLike, *, offset: builtins.int = 0, dim1: builtins.int = -2, dim2: builtins.int = -1) -> Array:
    """Return the diagonals of matrices, of the last two dimensions by default.

    Torch: torch.linalg.diagonal. `jaxfun.diagonal` takes the first two dimensions by default.
    """
    ...

def inv(A: ArrayLike) -> Array:
    """Return the inverses of square matrices, as `jaxfun.inverse`. Shapes: (*, n, n) -> (*, n, n).

    Raises: RuntimeError for a singular matrix. Under jit its numbers are not known, and the result is not finite.
    Torch: torch.linalg.inv.
    """
    ...

def matmul(input: ArrayLike, other: ArrayLike) -> Array:
    """Return the matrix product of two tensors: vectors, matrices, or batches of matrices, which broadcast.

    Shapes: (k,), (k,) -> (); (m, k), (k,) -> (m,); (k,), (k, n) -> (n,); (*, m, k), (*, k, n) -> (*, m, n).
    Raises: RuntimeError for other shapes, and for different dtypes.
    """
    ...

def matrix_power(input: ArrayLike, n: builtins.int) -> Array:
    """Return the `n`-th power of each square matrix; for a negative `n` the power of its inverse.

    Shapes: (*, n, n) -> (*, n, n).
    Raises: RuntimeError for other shapes; for a negative `n` the same as `inverse`.
    """
    ...

def slogdet(A: ArrayLike) -> SignAndLogarithm:
    """Return the signs of determinants, and the logarithms of their absolute values, as `jaxfun.slogdet`.

    Torch: torch.linalg.slogdet.
    """
    ...
