"""Products of vectors and tensors: inner, outer, by dimensions, of Kronecker, crosswise, and of a chain of matrices."""

import itertools
import math
from collections.abc import Sequence
from typing import Any

import jax
import jax.numpy as jnp

from ..core.checks import want_one_dtype
from ..core.dims import broadcast_shapes, wrap_dim, wrap_dims
from ..core.dtypes import Kind, of
from ..core.errors import ArgumentTypeError, ShapeError, UnsupportedDTypeError, describe
from ..core.op import op
from ..core.public import public
from ..core.record import BOOLS, Array, Beside, Shape, where_empty
from ._matrices import product, want
from .arithmetic import mul
from .matrix import dot, mm, unsafe_view
from .reduction import sum
from .shape.order import permute
from .shape.reshape import reshape


@op(kind=None, rejects=BOOLS, takes={"input": Shape("k"), "other": Shape("k")})
def vdot(input: Array, other: Array) -> jax.Array:
    """Return the sum of `conj(input) * other` over two vectors' elements. Shapes: (k,), (k,) -> ().

    Raises: RuntimeError for other shapes, and for two dtypes.

    >>> import jaxfun as jf
    >>> jf.vdot(jf.tensor([1j, 2.0]), jf.tensor([1j, 1.0]))
    Array(3.+0.j, dtype=complex64)
    """
    want(input.ndim == 1 and input.shape == other.shape, "(k,) and (k,)", input, other)
    return product(jnp.conj(input), other)


@op(
    kind=None,
    composite=True,
    node="",
    takes_here=where_empty(BOOLS),
    takes={"input": Shape(("k", "m k", "k", "a m k", "", "m")), "other": Shape(("k", "n k", "n k", "b n k", "m", ""))},
)
def inner(input: Array, other: Array) -> jax.Array:
    """Return the sums of products over the last dimensions, no conjugate taken. Shapes: (*a, k), (*b, k) -> (*a, *b).

    A 0-dim tensor scales the other.
    Raises: RuntimeError for other shapes, and for two dtypes.

    >>> import jaxfun as jf
    >>> jf.inner(jf.tensor([1.0, 2.0]), jf.tensor([[3.0, 4.0], [5.0, 6.0]]))
    Array([11., 17.], dtype=float32)
    """
    if not input.ndim or not other.ndim:
        return mul(input, other)
    want(input.shape[-1] == other.shape[-1], "(*, k) and (*, k)", input, other)
    return _contracted(input, other, (input.ndim - 1,), (other.ndim - 1,))


@op(kind=Kind.NO_OPMATH, composite=True, node="", takes={"input": Shape("m"), "vec2": Shape("n")})
def outer(input: Array, vec2: Array) -> jax.Array:
    """Return the products of each element of one vector with each of another. Shapes: (m,), (n,) -> (m, n).

    Raises: RuntimeError for other shapes.

    >>> import jaxfun as jf
    >>> jf.outer(jf.tensor([1, 2]), jf.tensor([3, 4]))
    Array([[3, 4],
           [6, 8]], dtype=int32)
    """
    want(input.ndim == 1 == vec2.ndim, "(m,) and (n,)", input, vec2)
    return mul(reshape(input, (input.shape[0], 1)), vec2)


@op(kind=Kind.NO_OPMATH, composite=True, node="", takes={"input": Shape("m"), "vec2": Shape("n")})
def ger(input: Array, vec2: Array) -> jax.Array:
    """Return `outer(input, vec2)`, under its older name.

    >>> import jaxfun as jf
    >>> jf.ger(jf.tensor([1, 2]), jf.tensor([3, 4]))
    Array([[3, 4],
           [6, 8]], dtype=int32)
    """
    return outer(input, vec2)


@public
def tensordot(a: Any, b: Any, dims: Any = 2) -> jax.Array:
    """Return the sums of products over some dimensions of two tensors, no conjugate taken.

    `dims` is how many (the last of `a` and the first of `b`), or the dimensions of `a` and those of `b`, in pairs.
    Shapes: the other dimensions of `a`, then those of `b`. A dimension of size 1 is stretched.
    Raises: RuntimeError for sizes that differ, and for two dtypes.

    >>> import jaxfun as jf
    >>> jf.tensordot(jf.ones(2, 3, 4), jf.ones(3, 2), ([1, 0], [0, 1])).shape
    (4,)
    """
    of_bools = all(hasattr(tensor, "dtype") and of(tensor) in BOOLS for tensor in (a, b))
    return (_tensordot_of_bools if of_bools else _tensordot)(a, b, _plain(dims))


def _plain(dims: Any) -> Any:
    return dims.tolist() if hasattr(dims, "tolist") else dims


@op(
    kind=None,
    torch="torch.tensordot",
    composite=True,
    node="",
    rejects=BOOLS,
    takes_here=where_empty(BOOLS),
    takes={
        "a": Shape(("m k", "m k", "m k", "k", "k m a", "1 m", "m 1 a", "a")),
        "b": Shape(("k n", "m k", "n", "k", "a n k", "k n", "n k", "")),
        "dims": Beside((1, 2, 0, ((0,), (-1,)), ((0, 2), (2, 0)), ((0,), (0,)), ((1,), (0,)), ((), ()))),
    },
)
def _tensordot(a: Array, b: Array, dims: Any = 2) -> jax.Array:
    return _contracted(*_aligned(a, b, dims))


@op(kind=None, step="tensordot_of_bools", composite=True, node="")
def _tensordot_of_bools(a: Array, b: Array, dims: Any = 2) -> jax.Array:
    # a product of one element, of tensors that do not lie in order, torch adds up without its kernels for products
    a, b, ours, theirs = _aligned(a, b, dims)
    left, right = ([dim for dim in range(x.ndim) if dim not in dims] for x, dims in ((a, ours), (b, theirs)))
    orders = ((a, (*left, *ours)), (b, (*theirs, *right)))
    shape = (*(a.shape[dim] for dim in left), *(b.shape[dim] for dim in right))
    if math.prod(shape) != 1:
        return _contracted(a, b, ours, theirs)
    if all(_is_in_order(x, order) for x, order in orders):
        raise UnsupportedDTypeError("tensors of numbers", f"{describe(a)} and {describe(b)}", "Cast them.")
    a, b = (jnp.transpose(x, order).reshape(-1) for x, order in orders)
    return jnp.any(a & b).reshape(shape)


def _is_in_order(input: jax.Array, order: Sequence[int]) -> bool:
    moved = [dim for dim in order if input.shape[dim] != 1]
    return input.size == 0 or moved == sorted(moved)


def _aligned(a: jax.Array, b: jax.Array, dims: Any) -> tuple[jax.Array, jax.Array, tuple[int, ...], tuple[int, ...]]:
    """Return the tensors, summed where the other has a size of 1, and the dimensions to contract."""
    ours, theirs = _pairs(a, b, dims)
    if len(ours) != len(theirs):
        raise ShapeError("as many dimensions of `a` as of `b`", describe(dims))
    want_one_dtype(a, b)
    for pair in zip(ours, theirs, strict=True):
        one, other = wrap_dim(pair[0], a.ndim), wrap_dim(pair[1], b.ndim)
        sizes = (a.shape[one], b.shape[other])
        want(sizes[0] == sizes[1] or 1 in sizes, f"of one size in dimensions {one} and {other}", a, b)
        a = sum(a, one, True, dtype=a.dtype) if sizes[1] == 1 else a
        b = sum(b, other, True, dtype=b.dtype) if sizes[0] == 1 != sizes[1] else b
    return a, b, wrap_dims(ours, a.ndim) if ours else (), wrap_dims(theirs, b.ndim) if ours else ()


def _pairs(a: jax.Array, b: jax.Array, dims: Any) -> tuple[Sequence[int], Sequence[int]]:
    if isinstance(dims, tuple) and len(dims) == 2 and all(isinstance(each, tuple) for each in dims):
        return dims
    if not isinstance(dims, int):
        raise ShapeError("`dims` to be an integer, or two lists of integers", describe(dims))
    if not 0 <= dims <= min(a.ndim, b.ndim):
        raise ShapeError(f"`dims` in [0, {min(a.ndim, b.ndim)}]", str(dims))
    return range(-dims, 0), range(dims)


def _contracted(a: jax.Array, b: jax.Array, ours: Sequence[int], theirs: Sequence[int]) -> jax.Array:
    """Multiply and add up over these dimensions, as one product of matrices."""
    left, right = ([dim for dim in range(x.ndim) if dim not in dims] for x, dims in ((a, ours), (b, theirs)))
    count = math.prod(a.shape[dim] for dim in ours)
    shape = (*(a.shape[dim] for dim in left), *(b.shape[dim] for dim in right))
    a, b = permute(a, (*left, *ours)), permute(b, (*theirs, *right))
    if not shape:
        return reshape(dot(reshape(a, (count,)), reshape(b, (count,))), ())
    rows, columns = (
        math.prod(x.shape[dim] for dim in dims) for x, dims in ((a, range(len(left))), (b, range(len(theirs), b.ndim)))
    )
    return reshape(mm(reshape(a, (rows, count)), reshape(b, (count, columns))), shape)


@op(
    kind=None,  # promoted by mul, once a 0-dim tensor is one no more
    composite=True,
    node="",
    takes={"input": Shape(("m n", "m n", "m", "", "a m n")), "other": Shape(("p q", "p", "p q", "p", "q p m"))},
)
def kron(input: Array, other: Array) -> jax.Array:
    """Return the Kronecker product: each element of `input` replaced by its product with `other`.

    Shapes: (m, n), (p, q) -> (m * p, n * q); where one has fewer dimensions, it gets some of size 1 in front.

    >>> import jaxfun as jf
    >>> jf.kron(jf.tensor([1, 10]), jf.tensor([[1, 2], [3, 4]]))
    Array([[ 1,  2, 10, 20],
           [ 3,  4, 30, 40]], dtype=int32)
    """
    ndim = max(input.ndim, other.ndim)
    ours, theirs = ((1,) * (ndim - x.ndim) + x.shape for x in (input, other))
    left = unsafe_view(input, tuple(size for each in ours for size in (each, 1)))
    right = unsafe_view(other, tuple(size for each in theirs for size in (1, each)))
    return unsafe_view(mul(left, right), tuple(one * other for one, other in zip(ours, theirs, strict=True)))


@op(
    kind=None,
    operand_rejects=BOOLS,
    node="LinalgCrossBackward0",
    takes={
        "input": Shape(("m 3", "3 m", "3", "1 3", "m 3 n", "3 3 m", "0 3", "3 3")),
        "other": Shape(("m 3", "3 m", "3", "m 3", "m 3 1", "3 3 m", "0 3", "3 3")),
        "dim": Beside((1, 0, None, -1, -2, None, 1, 1)),
    },
)
def cross(input: Array, other: Array, dim: int | None = None) -> jax.Array:
    """Return the cross products of vectors of three elements along `dim`: the first dimension of size 3 if left out.

    Shapes: those of two tensors of as many dimensions, which broadcast.
    Raises: RuntimeError for other shapes, and for two dtypes.

    >>> import jaxfun as jf
    >>> jf.cross(jf.tensor([1.0, 0.0, 0.0]), jf.tensor([0.0, 1.0, 0.0]))
    Array([0., 0., 1.], dtype=float32)
    """
    axis = _axis_of_three(input) if dim is None else dim
    want(input.ndim == other.ndim > 0, "of as many dimensions, one at least", input, other)
    axis = wrap_dim(axis, input.ndim)
    sizes = [x.shape[axis] for x in (input, other)]
    want(sizes == [3, 3], f"of size 3 in dimension {axis}", input, other)
    shape = broadcast_shapes(input.shape, other.shape)
    want_one_dtype(input, other)
    a, b = (jnp.moveaxis(jnp.broadcast_to(x, shape), axis, 0) for x in (input, other))
    rolled = [(a[one], b[two]) for one, two in ((1, 2), (2, 0), (0, 1))]
    turned = [(a[one], b[two]) for one, two in ((2, 1), (0, 2), (1, 0))]
    return jnp.stack([x * y - z * w for (x, y), (z, w) in zip(rolled, turned, strict=True)], axis)


def _axis_of_three(input: jax.Array) -> int:
    if 3 not in input.shape:
        raise ShapeError("a dimension of size 3", describe(input))
    return input.shape.index(3)


@public
def chain_matmul(*matrices: Any) -> jax.Array:
    """Return the product of matrices, multiplied in the order that costs least.

    Raises: RuntimeError for shapes that do not fit, and for two dtypes.

    >>> import jaxfun as jf
    >>> jf.chain_matmul(jf.ones(2, 3), jf.ones(3, 4), jf.ones(4, 1)).shape
    (2, 1)
    """
    for matrix in matrices:
        if not hasattr(matrix, "ndim"):
            raise ArgumentTypeError("matrices", describe(matrix))
    want(len(matrices) > 0 and all(matrix.ndim == 2 for matrix in matrices), "(m, k) of each of one or more", *matrices)
    if len(matrices) == 1:
        (matrix,) = matrices
        return matrix
    for one, other in itertools.pairwise(matrices):
        want(one.shape[1] == other.shape[0], "(m, k) and (k, n) of neighbours", one, other)
    want_one_dtype(*matrices)
    sizes = [matrix.shape[0] for matrix in matrices[:1]] + [matrix.shape[1] for matrix in matrices]
    return _multiplied(matrices, _splits(sizes))


def _splits(sizes: Sequence[int]) -> dict[tuple[int, int], int]:
    """Return, for each part of a chain, where it is best cut in two: the order of least multiplications."""
    costs = {(at, at): 0 for at in range(len(sizes) - 1)}
    splits: dict[tuple[int, int], int] = {}
    for length in range(1, len(sizes) - 1):
        for first in range(len(sizes) - 1 - length):
            last = first + length
            outer_cost = sizes[first] * sizes[last + 1]
            cost = {
                cut: costs[first, cut] + costs[cut + 1, last] + outer_cost * sizes[cut + 1]
                for cut in range(first, last)
            }
            splits[first, last] = min(cost, key=lambda cut: cost[cut])
            costs[first, last] = cost[splits[first, last]]
    return splits


def _multiplied(matrices: Sequence[Any], splits: dict[tuple[int, int], int]) -> jax.Array:
    def part(first: int, last: int) -> Any:
        if first == last:
            return matrices[first]
        cut = splits[first, last]
        return mm(part(first, cut), part(cut + 1, last))

    return part(0, len(matrices) - 1)
