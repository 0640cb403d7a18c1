"""Products of matrices and vectors. 16-bit floats accumulate in float32; float32 has full precision on every device."""

import jax

from ...core.dims import broadcast_shapes
from ...core.errors import IndexRangeError, describe
from ...core.op import op
from ...core.record import BOOLS, Array, rows, where_empty
from ._matrices import as_one_dtype_where_empty, product, refuse_bools, want


@op(kind=None, rejects=BOOLS, cases=rows("input mat2", ("m k", "k n")), takes_here=where_empty(BOOLS))
def mm(input: Array, mat2: Array) -> jax.Array:
    """Return the product of two matrices. Shapes: (m, k), (k, n) -> (m, n).

    Raises: RuntimeError for other shapes, and for different dtypes.

    >>> import jaxfun as jf
    >>> jf.mm(jf.tensor([[1.0, 2.0]]), jf.tensor([[3.0], [4.0]]))
    Array([[11.]], dtype=float32)
    """
    want(input.ndim == 2 == mat2.ndim and input.shape[1] == mat2.shape[0], "(m, k) and (k, n)", input, mat2)
    return product(input, mat2)


@op(kind=None, rejects=BOOLS, cases=rows("input vec", ("m k", "k")), takes_here=where_empty(BOOLS))
def mv(input: Array, vec: Array) -> jax.Array:
    """Return the product of a matrix and a vector. Shapes: (m, k), (k,) -> (m,).

    Raises: RuntimeError for other shapes, and for different dtypes.

    >>> import jaxfun as jf
    >>> jf.mv(jf.tensor([[1.0, 2.0]]), jf.tensor([3.0, 4.0]))
    Array([11.], dtype=float32)
    """
    if input.ndim == 0:
        raise IndexRangeError("a matrix", describe(input))
    want(input.ndim == 2 and vec.ndim == 1 and input.shape[1] == vec.shape[0], "(m, k) and (k,)", input, vec)
    return product(input, vec)


@op(kind=None, rejects=BOOLS, cases=rows("input tensor", ("k", "k")))
def dot(input: Array, tensor: Array) -> jax.Array:
    """Return the dot product of two vectors, without complex conjugation. Shapes: (k,), (k,) -> ().

    Raises: RuntimeError for other shapes (torch's dot, unlike jnp's, accepts only vectors), and for different dtypes.

    >>> import jaxfun as jf
    >>> jf.dot(jf.tensor([1.0, 2.0]), jf.tensor([3.0, 4.0]))
    Array(11., dtype=float32)
    """
    want(input.ndim == 1 and input.shape == tensor.shape, "(k,) and (k,)", input, tensor)
    return product(input, tensor)


@op(kind=None, rejects=BOOLS, cases=rows("input mat2", ("b m k", "b k n")), takes_here=where_empty(BOOLS))
def bmm(input: Array, mat2: Array) -> jax.Array:
    """Return the matrix products of two batches. Shapes: (b, m, k), (b, k, n) -> (b, m, n).

    Raises: RuntimeError for other shapes, and for different dtypes.

    >>> import jaxfun as jf
    >>> jf.bmm(jf.ones(2, 1, 3), jf.ones(2, 3, 1)).shape
    (2, 1, 1)
    """
    fits = input.ndim == 3 == mat2.ndim and input.shape[::2] == (mat2.shape[0], mat2.shape[1])
    want(fits, "(b, m, k) and (b, k, n)", input, mat2)
    return product(as_one_dtype_where_empty(input, mat2), mat2)


_MATMUL = rows(
    "input other",
    ("n", "n"),
    ("m n", "n p"),
    ("n", "n p"),
    ("m n", "n"),
    ("b m n", "n p"),
    ("b m n", "n"),
    ("m n", "b n p"),
    ("b m n", "b n p"),
    ("a 1 m n", "b n p"),
)


@op(
    kind=None,
    overload=("", "linalg_matmul.default"),
    composite=True,
    rejects=BOOLS,
    cases=_MATMUL,
    takes_here=where_empty(BOOLS),
)
def matmul(input: Array, other: Array) -> jax.Array:
    """Return the matrix product of two tensors: vectors, matrices, or batches of matrices, which broadcast.

    Shapes: (k,), (k,) -> (); (m, k), (k,) -> (m,); (k,), (k, n) -> (n,); (*, m, k), (*, k, n) -> (*, m, n).
    Raises: RuntimeError for other shapes, and for different dtypes.

    >>> import jaxfun as jf
    >>> jf.matmul(jf.tensor([[1.0, 2.0]]), jf.tensor([3.0, 4.0]))
    Array([11.], dtype=float32)
    """
    want_factors(input, other)
    if input.ndim > 1 and other.ndim > 2:
        broadcast_shapes(input.shape[:-2], other.shape[:-2])
        return product(as_one_dtype_where_empty(input, other), other)
    return product(input, other)


def want_factors(input: jax.Array, other: jax.Array) -> None:
    """Raise an error for tensors that `matmul` cannot multiply. The batch dimensions are checked elsewhere."""
    want(input.ndim > 0 < other.ndim, "of at least one dimension", input, other)
    want(input.shape[-1] == other.shape[max(other.ndim - 2, 0)], "(*, m, k) and (*, k, n)", input, other)
    if input.ndim == 1 == other.ndim:  # here torch refuses bools even if the vectors are empty
        refuse_bools(input, other)
