"""Products of matrices and vectors. 16-bit floats are added up in float32, and float32 is full float32 on every device.

`matmul` and `linear` are made of the same steps as torch's, so that the tape shows the same nodes.
"""

import math

import jax
import jax.numpy as jnp

from ..core.checks import want_one_dtype
from ..core.dims import broadcast_shapes
from ..core.errors import IndexRangeError, describe
from ..core.op import op
from ..core.record import BOOLS, Array, Shape, where_empty
from ._matrices import as_one_dtype_where_empty, product, want
from .arithmetic import add
from .scaled_products import addmm, refuse_beta
from .shape.broadcast import expand
from .shape.order import t, transpose
from .shape.reshape import reshape, unsqueeze


@op(kind=None, rejects=BOOLS, takes={"input": Shape("m k"), "mat2": Shape("k n")}, takes_here=where_empty(BOOLS))
def mm(input: Array, mat2: Array) -> jax.Array:
    """Return the product of two matrices. Shapes: (m, k), (k, n) -> (m, n).

    Raises: RuntimeError for other shapes, and for two dtypes.

    >>> import jaxfun as jf
    >>> jf.mm(jf.tensor([[1.0, 2.0]]), jf.tensor([[3.0], [4.0]]))
    Array([[11.]], dtype=float32)
    """
    want(input.ndim == 2 == mat2.ndim and input.shape[1] == mat2.shape[0], "(m, k) and (k, n)", input, mat2)
    return product(input, mat2)


@op(kind=None, rejects=BOOLS, takes={"input": Shape("m k"), "vec": Shape("k")}, takes_here=where_empty(BOOLS))
def mv(input: Array, vec: Array) -> jax.Array:
    """Return the product of a matrix and a vector. Shapes: (m, k), (k,) -> (m,).

    Raises: RuntimeError for other shapes, and for two dtypes.

    >>> import jaxfun as jf
    >>> jf.mv(jf.tensor([[1.0, 2.0]]), jf.tensor([3.0, 4.0]))
    Array([11.], dtype=float32)
    """
    if input.ndim == 0:
        raise IndexRangeError("a matrix", describe(input))
    want(input.ndim == 2 and vec.ndim == 1 and input.shape[1] == vec.shape[0], "(m, k) and (k,)", input, vec)
    return product(input, vec)


@op(kind=None, rejects=BOOLS, takes={"input": Shape("k"), "tensor": Shape("k")})
def dot(input: Array, tensor: Array) -> jax.Array:
    """Return the sum of the products of two vectors' elements, no conjugate taken. Shapes: (k,), (k,) -> ().

    Raises: RuntimeError for other shapes (torch's dot, unlike jnp's, takes vectors only), and for two dtypes.

    >>> import jaxfun as jf
    >>> jf.dot(jf.tensor([1.0, 2.0]), jf.tensor([3.0, 4.0]))
    Array(11., dtype=float32)
    """
    want(input.ndim == 1 and input.shape == tensor.shape, "(k,) and (k,)", input, tensor)
    return product(input, tensor)


@op(
    kind=None,
    rejects=BOOLS,
    takes={"input": Shape("b m k"), "mat2": Shape("b k n")},
    takes_here=where_empty(BOOLS),
)
def bmm(input: Array, mat2: Array) -> jax.Array:
    """Return the products of two batches of matrices. Shapes: (b, m, k), (b, k, n) -> (b, m, n).

    Raises: RuntimeError for other shapes, and for two dtypes.

    >>> import jaxfun as jf
    >>> jf.bmm(jf.ones(2, 1, 3), jf.ones(2, 3, 1)).shape
    (2, 1, 1)
    """
    fits = input.ndim == 3 == mat2.ndim and input.shape[::2] == (mat2.shape[0], mat2.shape[1])
    want(fits, "(b, m, k) and (b, k, n)", input, mat2)
    return product(as_one_dtype_where_empty(input, mat2), mat2)


_MATMUL = {
    "input": Shape(("n", "m n", "n", "m n", "b m n", "b m n", "m n", "b m n", "a 1 m n")),
    "other": Shape(("n", "n p", "n p", "n", "n p", "n", "b n p", "b n p", "b n p")),
}


@op(kind=None, composite=True, node="", rejects=BOOLS, takes=_MATMUL, takes_here=where_empty(BOOLS))
def matmul(input: Array, other: Array) -> jax.Array:
    """Return the product of two tensors: vectors, matrices, or batches of matrices, which broadcast.

    Shapes: (k,), (k,) -> (); (m, k), (k,) -> (m,); (k,), (k, n) -> (n,); (*, m, k), (*, k, n) -> (*, m, n).
    Raises: RuntimeError for other shapes, and for two dtypes.

    >>> import jaxfun as jf
    >>> jf.matmul(jf.tensor([[1.0, 2.0]]), jf.tensor([3.0, 4.0]))
    Array([11.], dtype=float32)
    """
    want(input.ndim > 0 < other.ndim, "of one dimension or more", input, other)
    form = _FORMS.get((min(input.ndim, 3), min(other.ndim, 3)), _batched)
    return form(input, other)


def _row_times_matrix(input: jax.Array, other: jax.Array) -> jax.Array:
    return _squeezed_row(mm(unsqueeze(input, 0), other))


def _folded(input: jax.Array, other: jax.Array) -> jax.Array:
    """Multiply a batch of matrices by one matrix or vector, as one large matrix."""
    want(input.shape[-1] == other.shape[0], "(*, m, k) and (k, n)", input, other)
    rows = reshape(input, (math.prod(input.shape[:-1]), input.shape[-1]))
    folded = mv(rows, other) if other.ndim == 1 else mm(rows, other)
    return unsafe_view(folded, (*input.shape[:-1], *other.shape[1:]))


def _matrix_times_batch(input: jax.Array, other: jax.Array) -> jax.Array:
    if input.ndim == 2 and input.dtype != other.dtype:  # nothing here has a gradient: torch does not fold
        return _batched(input, other)
    # (A Bᵢ)ᵀ = Bᵢᵀ Aᵀ: the batch is folded from the left
    folded = _folded(transpose(other, -1, -2), t(input))
    return folded if input.ndim == 1 else transpose(folded, -1, -2)


def _batched(input: jax.Array, other: jax.Array) -> jax.Array:
    want(input.shape[-1] == other.shape[-2], "(*, m, k) and (*, k, n)", input, other)
    batch = broadcast_shapes(input.shape[:-2], other.shape[:-2])
    left, right = (_as_batch(side, batch) for side in (input, other))
    return unsafe_view(bmm(left, right), (*batch, input.shape[-2], other.shape[-1]))


def _as_batch(input: jax.Array, batch: tuple[int, ...]) -> jax.Array:
    matrix = input.shape[-2:]
    return reshape(expand(input, (*batch, *matrix)), (math.prod(batch), *matrix))


_FORMS = {
    (1, 1): dot,
    (2, 1): mv,
    (1, 2): _row_times_matrix,
    (2, 2): mm,
    (3, 1): _folded,
    (3, 2): _folded,
    (1, 3): _matrix_times_batch,
    (2, 3): _matrix_times_batch,
}


@op(kind=None, step="squeeze_row", node="SqueezeBackward4")
def _squeezed_row(input: Array) -> jax.Array:
    return jnp.squeeze(input, 0)


@op(kind=None, step="unsafe_view", node="UnsafeViewBackward0")
def unsafe_view(input: Array, size: tuple[int, ...]) -> jax.Array:
    """Return the elements in another shape, under torch's name for a view of what nobody else holds."""
    return jnp.reshape(input, size)


_LINEAR = {
    "input": Shape(("m n", "n", "b m n")),
    "weight": Shape(("o n", "o n", "o n")),
    "bias": Shape(("o", "o", "o")),
}


@op(
    kind=None,
    torch="torch.nn.functional.linear",
    composite=True,
    node="",
    rejects=BOOLS,
    takes=_LINEAR,
    takes_here=where_empty(BOOLS),
)
def linear(input: Array, weight: Array, bias: Array = None) -> jax.Array:
    """Return `input @ weight.T + bias`. Shapes: (*, n), (o, n), (o,) -> (*, o); a weight (n,) gives (*).

    Raises: RuntimeError for other shapes, and for two dtypes.
    Torch: torch.nn.functional.linear.

    >>> import jaxfun as jf
    >>> jf.nn.functional.linear(jf.tensor([[1.0, 2.0]]), jf.tensor([[3.0, 4.0]]), jf.tensor([0.5]))
    Array([[11.5]], dtype=float32)
    """
    if bias is None:
        return matmul(input, t(weight))
    want(weight.ndim == 2 and input.ndim > 0, "(*, n) and (o, n) where there is a bias", input, weight)
    if input.ndim == 2:
        return addmm(bias, input, t(weight))
    result = matmul(input, t(weight))
    if input.ndim < 4:
        refuse_beta(result, input, 1)
    if input.ndim == 3 and bias.ndim == 2:  # torch adds it to the rows of all matrices
        return reshape(_biased(reshape(result, (-1, result.shape[-1])), bias), result.shape)
    return _biased(result, bias)


def _biased(result: jax.Array, bias: jax.Array) -> jax.Array:
    want(broadcast_shapes(result.shape, bias.shape) == result.shape, f"that broadcast to {list(result.shape)}", bias)
    want_one_dtype(result, bias)
    return add(result, bias)
