"""Diagonals and triangles of matrices, and matrices from vectors: `diagonal`, `diag`, `tril`, `vander`, ...

Begin with `diagonal`.
"""

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from ...core.dims import as_sizes, wrap_dim
from ...core.dtypes import DType, as_array, as_dtype, canonical, cast, int64, promote_types, required
from ...core.errors import ShapeError, UnsupportedDTypeError, describe
from ...core.op import op
from ...core.public import public
from ...core.record import Array, Choice, Dim, Integer, OptionalInteger, rows
from ...core.sizes import any_below, has_open, larger, smaller
from ..creation.fill import checked_size


@op(
    kind=None,
    overload=("", "diagonal_copy.default", "linalg_diagonal.default"),
    aliases=("diagonal_copy",),
    cases=rows(
        "input offset dim1 dim2",
        ("m n", 0, 0, 1),
        ("m n", 1, 1, 0),
        ("m n", -2, -2, -1),
        ("b m n", 0, 0, 1),
        ("b m n", -1, -1, 0),
        ("b m n", 1, 2, 1),
    ),
)
def diagonal(input: Array, offset: Integer = 0, dim1: Dim = 0, dim2: Dim = 1) -> jax.Array:
    """Return the diagonal over two dimensions as the last dimension; `offset=1` is the diagonal above the main one.

    Raises: RuntimeError if the two dimensions are the same.
    Torch: torch.diagonal, which returns a view; here the result is a new array.

    >>> import jaxfun as jf
    >>> jf.diagonal(jf.tensor([[1, 2], [3, 4]]))
    Array([1, 4], dtype=int32)
    """
    return _diagonal(input, offset, *_plane(input.ndim, dim1, dim2))


diagonal_copy = diagonal


def _diagonal(input: jax.Array, offset: int, first: int, second: int) -> jax.Array:
    matrices = jnp.moveaxis(input, (first, second), (-2, -1))
    *batch, rows, columns = matrices.shape
    if has_open((rows, columns)):
        return jnp.diagonal(matrices, offset, -2, -1)
    start, length, stride = _flat_diagonal(rows, columns, offset)
    elements = matrices.reshape(*batch, rows * columns)
    return jax.lax.slice_in_dim(elements, start, start + _span(length, stride), stride, -1)


def _plane(ndim: int, dim1: int, dim2: int) -> tuple[int, int]:
    first, second = wrap_dim(dim1, ndim, "dim1"), wrap_dim(dim2, ndim, "dim2")
    if first == second:
        raise ShapeError("two different dimensions", f"{dim1} and {dim2}")
    return first, second


def _flat_diagonal(rows: int, columns: int, offset: int) -> tuple[int, int, int]:
    """Return the start, length and stride of a diagonal in a matrix in row-major order."""
    row, column = larger(-offset, 0), larger(offset, 0)
    length = larger(smaller(rows - row, columns - column), 0)
    return row * columns + column if length else 0, length, columns + 1


def _span(length: int, stride: int) -> int:
    return (length - 1) * stride + 1 if length else 0


@op(
    kind=None,
    cases=rows(
        "input offset dim1 dim2",
        ("n", 0, -2, -1),
        ("m n", 1, 0, 1),
        ("m n", -2, -1, 0),
        ("b n", 0, 0, -1),
        ("n", -1, 1, 0),
    ),
)
def diag_embed(input: Array, offset: Integer = 0, dim1: Dim = -2, dim2: Dim = -1) -> jax.Array:
    """Return matrices with the last dimension of `input` on their diagonals, and zeros elsewhere.

    Shapes: (*, n) -> (*, n + |offset|, n + |offset|); `dim1` and `dim2` are the positions of the two new dimensions.
    Raises: RuntimeError if the two dimensions are the same.

    >>> import jaxfun as jf
    >>> jf.diag_embed(jf.tensor([1, 2]), 1)
    Array([[0, 1, 0],
           [0, 0, 2],
           [0, 0, 0]], dtype=int32)
    """
    first, second = _plane(input.ndim + 1, dim1, dim2)
    return jnp.moveaxis(_diagonal_matrices(input, offset), (-2, -1), (first, second))


def _diagonal_matrices(input: jax.Array, offset: int) -> jax.Array:
    side = input.shape[-1] + abs(offset)
    return _embedded(input, side, side, offset)


def _embedded(input: jax.Array, rows: int, columns: int, offset: int) -> jax.Array:
    """Return zero matrices with the last dimension of `input`, which has the diagonal's length, on their diagonals."""
    *batch, length = input.shape
    start, _, stride = _flat_diagonal(rows, columns, offset)
    after = rows * columns - start - _span(length, stride)
    padding = [*[(0, 0, 0)] * len(batch), (start, after, stride - 1)]
    return jax.lax.pad(input, jnp.zeros((), input.dtype), padding).reshape(*batch, rows, columns)


@op(kind=None, composite=True, takes={"diagonal": Choice((0, 1, -2, 5))}, cases=rows("input", "n", "m n"))
def diag(input: Array, diagonal: Integer = 0) -> jax.Array:
    """Return a square matrix with a vector on its diagonal, or the diagonal of a matrix; 1 is above the main one.

    Raises: RuntimeError for a tensor that is not 1-D or 2-D.

    >>> import jaxfun as jf
    >>> jf.diag(jf.tensor([1, 2])), jf.diag(jf.tensor([[1, 2], [3, 4]]))
    (Array([[1, 0],
           [0, 2]], dtype=int32), Array([1, 4], dtype=int32))
    """
    if input.ndim not in (1, 2):
        raise ShapeError("a vector or a matrix", describe(input))
    return _diagonal_matrices(input, diagonal) if input.ndim == 1 else _diagonal(input, diagonal, 0, 1)


@op(kind=None, composite=True)
def diagflat(input: Array, offset: Integer = 0) -> jax.Array:
    """Return a square matrix with the flattened input on its diagonal, and zeros elsewhere.

    >>> import jaxfun as jf
    >>> jf.diagflat(jf.tensor([[1], [2]]))
    Array([[1, 0],
           [0, 2]], dtype=int32)
    """
    return _diagonal_matrices(jnp.ravel(input), offset)


@op(
    kind=None,
    cases=rows(
        "input src offset dim1 dim2",
        ("2 n", "1", -1, 0, 1),
        ("3 3", "2", 1, -1, 0),
        ("m 3 3", "m 3", 0, 1, -1),
        ("2 4", "2", 2, 0, -1),
        ("0 n", "0", 0, 0, 1),
    ),
)
def diagonal_scatter(input: Array, src: Array, offset: Integer = 0, dim1: Dim = 0, dim2: Dim = 1) -> jax.Array:
    """Return `input` with its diagonal (see `diagonal`) replaced by `src`.

    Dtypes: those of `input`; `src` is cast to them.
    Raises: RuntimeError if `src` does not have the shape of the diagonal.

    >>> import jaxfun as jf
    >>> jf.diagonal_scatter(jf.zeros(2, 2), jf.ones(2))
    Array([[1., 0.],
           [0., 1.]], dtype=float32)
    """
    first, second = _plane(input.ndim, dim1, dim2)
    matrices = jnp.moveaxis(input, (first, second), (-2, -1))
    *batch, rows, columns = matrices.shape
    _, length, _ = _flat_diagonal(rows, columns, offset)
    if src.shape != (*batch, length):
        raise ShapeError(f"a `src` of shape {[*batch, length]}", describe(src))
    is_diagonal = jnp.eye(rows, columns, _within(offset, rows, columns), bool)
    source = _embedded(cast(src, as_dtype(input.dtype)), rows, columns, offset)
    return jnp.moveaxis(jnp.where(is_diagonal, source, matrices), (-2, -1), (first, second))


# Triangles.

_DIAGONALS = {"diagonal": Choice((0, 1, -1, 2, -3))}
_MATRICES = rows("input", "m n", "b m n", "1 b m n")


@op(kind=None, takes=_DIAGONALS, cases=_MATRICES)
def tril(input: Array, diagonal: Integer = 0) -> jax.Array:
    """Return the lower triangle of matrices, with zeros above a diagonal: 0 is the main one, 1 the one above it.

    Raises: RuntimeError for fewer than 2 dimensions.

    >>> import jaxfun as jf
    >>> jf.tril(jf.tensor([[1, 2], [3, 4]]))
    Array([[1, 0],
           [3, 4]], dtype=int32)
    """
    return jnp.where(_lower(input, diagonal), input, jnp.zeros((), input.dtype))


@op(kind=None, takes=_DIAGONALS, cases=_MATRICES)
def triu(input: Array, diagonal: Integer = 0) -> jax.Array:
    """Return the upper triangle of matrices, with zeros below a diagonal: 0 is the main one, 1 the one above it.

    Raises: RuntimeError for fewer than 2 dimensions.

    >>> import jaxfun as jf
    >>> jf.triu(jf.tensor([[1, 2], [3, 4]]))
    Array([[1, 2],
           [0, 4]], dtype=int32)
    """
    return jnp.where(_lower(input, diagonal - 1), jnp.zeros((), input.dtype), input)


def _lower(input: jax.Array, diagonal: int) -> jax.Array:
    """Return a mask of the elements on and below a diagonal."""
    if input.ndim < 2:
        raise ShapeError("a tensor of at least 2 dimensions", describe(input))
    rows, columns = input.shape[-2:]
    return jnp.tri(rows, columns, _within(diagonal, rows, columns), bool)


def _within(diagonal: int, rows: int, columns: int) -> int:
    """Return the number of a diagonal, which may be any integer, cut to those of the matrix and the next ones."""
    return smaller(larger(diagonal, -rows), columns)


@public
def tril_indices(row: int, col: int, offset: int = 0, *, dtype: Any = None) -> jax.Array:
    """Return the row and column indices of the lower triangle of a (row, col) matrix, in row-major order.

    Shapes: (2, number of elements).
    Raises: RuntimeError for a negative size; NotImplementedError for a dtype other than int32 and int64.

    >>> import jaxfun as jf
    >>> jf.tril_indices(2, 2)
    Array([[0, 1, 1],
           [0, 0, 1]], dtype=int32)
    """
    return _triangle_indices(row, col, offset, dtype, upper=False)


@public
def triu_indices(row: int, col: int, offset: int = 0, *, dtype: Any = None) -> jax.Array:
    """Return the row and column indices of the upper triangle of a (row, col) matrix, in row-major order.

    Shapes: (2, number of elements).
    Raises: RuntimeError for a negative size; NotImplementedError for a dtype other than int32 and int64.

    >>> import jaxfun as jf
    >>> jf.triu_indices(2, 2)
    Array([[0, 0, 1],
           [0, 1, 1]], dtype=int32)
    """
    return _triangle_indices(row, col, offset, dtype, upper=True)


def _triangle_indices(row: int, col: int, offset: int, dtype: Any, *, upper: bool) -> jax.Array:
    rows, columns, diagonal = as_sizes((row, col, offset), "row, col and offset")
    checked_size((rows, columns))
    wanted = _indices_dtype(dtype)
    lower = np.tri(rows, columns, diagonal - upper, dtype=bool)
    return as_array(np.stack(np.nonzero(lower != upper)).astype(wanted.dtype))


def _indices_dtype(dtype: Any) -> DType:
    wanted = canonical(int64) if dtype is None else required(dtype)
    if wanted.name not in ("int32", "int64"):
        raise UnsupportedDTypeError("`dtype` to be int32 or int64", wanted.name)
    return wanted


@op(
    composite=True,
    takes={"N": Choice((None, 3, 1, 0, 5)), "increasing": Choice((False, True))},
    cases=rows("x", "n"),
)
def vander(x: Array, N: OptionalInteger = None, increasing: bool = False) -> jax.Array:
    """Return the Vandermonde matrix of a vector: one row per element, with its powers from `N - 1` down to 0.

    Shapes: (n) -> (n, N); `N` is n by default.
    Dtypes: bools and integers become int64.
    Raises: RuntimeError for a tensor that is not 1-D, and for a negative `N`.

    >>> import jaxfun as jf
    >>> jf.vander(jf.tensor([1.0, 2.0, 3.0]))
    Array([[1., 1., 1.],
           [4., 2., 1.],
           [9., 3., 1.]], dtype=float32)
    """
    if x.ndim != 1:
        raise ShapeError("a vector", describe(x))
    count = x.size if N is None else N
    if any_below(0, (count,)):
        raise ShapeError("`N` of at least 0", str(N))
    base = x.astype(canonical(promote_types(as_dtype(x.dtype), int64)).dtype)
    if not jnp.issubdtype(base.dtype, np.floating):
        # XLA's power of complex numbers goes through the logarithm and loses digits; for integers it has none
        factors = jnp.broadcast_to(base[:, None], (x.size, count)).at[:, :1].set(1)
        return jax.lax.cumprod(factors if increasing else factors[:, ::-1], 1, reverse=not increasing)
    exponents = jax.lax.iota(base.dtype, count)
    return _powers(base, exponents if increasing else count - 1 - exponents)


@jax.custom_jvp
def _powers(x: jax.Array, exponents: jax.Array) -> jax.Array:
    return jnp.power(x[:, None], exponents)


@_powers.defjvp
def _powers_jvp(primals: Any, tangents: Any) -> tuple[jax.Array, jax.Array]:
    (x, exponents), (dx, _) = primals, tangents
    # JAX's rule has 0 * x ** -1 for the exponent 0
    slopes = exponents * _powers(x, jnp.maximum(exponents - 1, 0))
    return _powers(x, exponents), slopes * dx[:, None]
