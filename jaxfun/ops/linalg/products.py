"""Products of vectors and tensors: `inner`, `outer`, `kron`, `cross`, `tensordot`, `chain_matmul`."""

import functools
import itertools
import math
from collections.abc import Sequence
from typing import Any

import jax
import jax.numpy as jnp

from ...core.arguments import as_tensor
from ...core.checks import want_one_dtype
from ...core.dims import broadcast_shapes, wrap_dim, wrap_dims
from ...core.errors import ShapeError, describe
from ...core.op import op
from ...core.public import public
from ...core.record import BOOLS, Array, rows
from ..pointwise.arithmetic import mul
from ._matrices import product, refuse_bools, want


@op(kind=None, rejects=BOOLS, cases=rows("input other", ("k", "k")))
def vdot(input: Array, other: Array) -> jax.Array:
    """Return the dot product of two vectors, with the first one conjugated. Shapes: (k,), (k,) -> ().

    Raises: RuntimeError for other shapes, and for different dtypes.

    >>> import jaxfun as jf
    >>> jf.vdot(jf.tensor([1j, 2.0]), jf.tensor([1j, 1.0]))
    Array(3.+0.j, dtype=complex64)
    """
    want(input.ndim == 1 and input.shape == other.shape, "(k,) and (k,)", input, other)
    return product(jnp.conj(input), other)


_INNER = rows(
    "input other",
    ("k", "k"),
    ("m k", "n k"),
    ("k", "n k"),
    ("a m k", "b n k"),
    ("", "m"),
    ("m", ""),
)


@op(kind=None, composite=True, cases=_INNER)
def inner(input: Array, other: Array) -> jax.Array:
    """Return the dot products over the last dimension, without conjugation. Shapes: (*a, k), (*b, k) -> (*a, *b).

    A 0-dim tensor multiplies the other tensor.
    Raises: RuntimeError for other shapes, and for different dtypes.

    >>> import jaxfun as jf
    >>> jf.inner(jf.tensor([1.0, 2.0]), jf.tensor([[3.0, 4.0], [5.0, 6.0]]))
    Array([11., 17.], dtype=float32)
    """
    if not input.ndim or not other.ndim:
        return mul(input, other)
    want(input.shape[-1] == other.shape[-1], "(*, k) and (*, k)", input, other)
    return _contracted(input, other, (input.ndim - 1,), (other.ndim - 1,))


@op(composite=True, cases=rows("input vec2", ("m", "n")))
def outer(input: Array, vec2: Array) -> jax.Array:
    """Return the outer product of two vectors. Shapes: (m,), (n,) -> (m, n).

    Raises: RuntimeError for other shapes.

    >>> import jaxfun as jf
    >>> jf.outer(jf.tensor([1, 2]), jf.tensor([3, 4]))
    Array([[3, 4],
           [6, 8]], dtype=int32)
    """
    return _outer(input, vec2)


@op(composite=True, cases=rows("input vec2", ("m", "n")))
def ger(input: Array, vec2: Array) -> jax.Array:
    """Return `outer(input, vec2)`. `ger` is the older name.

    >>> import jaxfun as jf
    >>> jf.ger(jf.tensor([1, 2]), jf.tensor([3, 4]))
    Array([[3, 4],
           [6, 8]], dtype=int32)
    """
    return _outer(input, vec2)


def _outer(input: jax.Array, vec2: jax.Array) -> jax.Array:
    want(input.ndim == 1 == vec2.ndim, "(m,) and (n,)", input, vec2)
    return input[:, None] * vec2


@public
def tensordot(a: Any, b: Any, dims: Any = 2) -> jax.Array:
    """Return the tensor contraction of `a` and `b`: the product summed over pairs of dimensions, without conjugation.

    `dims` is the number of dimensions (the last ones of `a`, the first ones of `b`), or a pair of lists of dimensions.
    Shapes: the remaining dimensions of `a`, then those of `b`. A dimension of size 1 broadcasts.
    Raises: RuntimeError for sizes that differ, and for different dtypes.

    >>> import jaxfun as jf
    >>> jf.tensordot(jf.ones(2, 3, 4), jf.ones(3, 2), ([1, 0], [0, 1])).shape
    (4,)
    """
    return _tensordot(a, b, dims.tolist() if hasattr(dims, "tolist") else dims)


_TENSORDOT = rows(
    "a b dims",
    ("m k", "k n", 1),
    ("m k", "m k", 2),
    ("m k", "n", 0),
    ("k", "k", ((0,), (-1,))),
    ("k m a", "a n k", ((0, 2), (2, 0))),
    ("1 m", "k n", ((0,), (0,))),
    ("m 1 a", "n k", ((1,), (0,))),
    ("a", "", ((), ())),
)


@op(
    kind=None,
    torch="torch.tensordot",
    composite=True,
    rejects=BOOLS,
    takes_here=lambda arguments: BOOLS,  # some bools: the body refuses the others
    cases=_TENSORDOT,
)
def _tensordot(a: Array, b: Array, dims: Any = 2) -> jax.Array:
    ours, theirs = _pairs(a, b, dims)
    want_one_dtype(a, b)
    a, b = _summed_where_one(a, b, ours, theirs), _summed_where_one(b, a, theirs, ours)
    return (_product_of_bools if a.dtype == bool else _contracted)(a, b, ours, theirs)


def _pairs(a: jax.Array, b: jax.Array, dims: Any) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Return the contracted dimensions of `a` and of `b`, in pairs.

    Raises: ShapeError for invalid `dims`, and for sizes that do not broadcast.
    """
    ours, theirs = _dims_as_lists(a, b, dims)
    if len(ours) != len(theirs):
        raise ShapeError("the same number of dimensions of `a` and of `b`", describe(dims))
    for pair in zip(ours, theirs, strict=True):
        one, other = wrap_dim(pair[0], a.ndim), wrap_dim(pair[1], b.ndim)
        sizes = (a.shape[one], b.shape[other])
        want(sizes[0] == sizes[1] or 1 in sizes, f"of equal size in dimensions {one} and {other}", a, b)
    return (wrap_dims(ours, a.ndim), wrap_dims(theirs, b.ndim)) if ours else ((), ())


def _dims_as_lists(a: jax.Array, b: jax.Array, dims: Any) -> tuple[Sequence[int], Sequence[int]]:
    if isinstance(dims, tuple) and len(dims) == 2 and all(isinstance(each, tuple) for each in dims):
        return dims
    if not isinstance(dims, int):
        raise ShapeError("`dims` to be an integer, or two lists of integers", describe(dims))
    if not 0 <= dims <= min(a.ndim, b.ndim):
        raise ShapeError(f"`dims` in [0, {min(a.ndim, b.ndim)}]", str(dims))
    return range(-dims, 0), range(dims)


def _summed_where_one(x: jax.Array, y: jax.Array, dims: tuple[int, ...], others: tuple[int, ...]) -> jax.Array:
    """Return x summed over each dimension whose partner in y has size 1: Σ xₖ y₀ = (Σ xₖ) y₀."""
    axes = tuple(dim for dim, other in zip(dims, others, strict=True) if y.shape[other] == 1 != x.shape[dim])
    return jnp.sum(x, axes, dtype=x.dtype, keepdims=True) if axes else x


def _contracted(a: jax.Array, b: jax.Array, ours: tuple[int, ...], theirs: tuple[int, ...]) -> jax.Array:
    if len(ours) == a.ndim and len(theirs) == b.ndim:  # torch's dot product refuses bools, even empty ones
        refuse_bools(a, b)
    return product(a, b, functools.partial(jnp.tensordot, axes=(ours, theirs)))


def _product_of_bools(a: jax.Array, b: jax.Array, ours: tuple[int, ...], theirs: tuple[int, ...]) -> jax.Array:
    """Return the product of bools (logical or of the pairs), where torch does not run its product kernels.

    These cases have a result of one element, and tensors whose dimensions are not in the order of the product.
    """
    left, right = ([dim for dim in range(x.ndim) if dim not in dims] for x, dims in ((a, ours), (b, theirs)))
    orders = ((a, (*left, *ours)), (b, (*theirs, *right)))
    shape = (*(a.shape[dim] for dim in left), *(b.shape[dim] for dim in right))
    if math.prod(shape) != 1:
        return _contracted(a, b, ours, theirs)
    if all(_is_in_order(x, order) for x, order in orders):
        refuse_bools(a, b)
    a, b = (jnp.transpose(x, order).reshape(-1) for x, order in orders)
    return jnp.any(a & b).reshape(shape)


def _is_in_order(input: jax.Array, order: Sequence[int]) -> bool:
    moved = [dim for dim in order if input.shape[dim] != 1]
    return input.size == 0 or moved == sorted(moved)


_KRON = rows(
    "input other",
    ("m n", "p q"),
    ("m n", "p"),
    ("m", "p q"),
    ("", "p"),
    ("a m n", "q p m"),
)


@op(kind=None, composite=True, cases=_KRON)  # mul promotes, after a 0-dim tensor is reshaped
def kron(input: Array, other: Array) -> jax.Array:
    """Return the Kronecker product: each element of `input` times the whole of `other`.

    Shapes: (m, n), (p, q) -> (m * p, n * q); the tensor with fewer dimensions gets leading ones of size 1.

    >>> import jaxfun as jf
    >>> jf.kron(jf.tensor([1, 10]), jf.tensor([[1, 2], [3, 4]]))
    Array([[ 1,  2, 10, 20],
           [ 3,  4, 30, 40]], dtype=int32)
    """
    ndim = max(input.ndim, other.ndim)
    ours, theirs = ((1,) * (ndim - x.ndim) + x.shape for x in (input, other))
    left = input.reshape([size for each in ours for size in (each, 1)])
    right = other.reshape([size for each in theirs for size in (1, each)])
    return mul(left, right).reshape([one * other for one, other in zip(ours, theirs, strict=True)])


_CROSS = rows(
    "input other dim",
    ("m 3", "m 3", 1),
    ("3 m", "3 m", 0),
    ("3", "3", None),
    ("1 3", "m 3", -1),
    ("m 3 n", "m 3 1", -2),
    ("3 3 m", "3 3 m", None),
    ("0 3", "0 3", 1),
    ("3 3", "3 3", 1),
)


@op(kind=None, overload=("", "linalg_cross.default"), operand_rejects=BOOLS, node="LinalgCrossBackward0", cases=_CROSS)
def cross(input: Array, other: Array, dim: int | None = None) -> jax.Array:
    """Return the cross product of 3-element vectors along `dim`, by default the first dimension of size 3.

    Shapes: both tensors have the same number of dimensions, and broadcast.
    Raises: RuntimeError for other shapes, and for different dtypes.

    >>> import jaxfun as jf
    >>> jf.cross(jf.tensor([1.0, 0.0, 0.0]), jf.tensor([0.0, 1.0, 0.0]))
    Array([0., 0., 1.], dtype=float32)
    """
    axis = _axis_of_three(input) if dim is None else dim
    want(input.ndim == other.ndim > 0, "of equal and nonzero numbers of dimensions", input, other)
    axis = wrap_dim(axis, input.ndim)
    want(input.shape[axis] == 3 == other.shape[axis], f"of size 3 in dimension {axis}", input, other)
    shape = broadcast_shapes(input.shape, other.shape)
    want_one_dtype(input, other)
    a, b = (jnp.split(jnp.broadcast_to(x, shape), 3, axis) for x in (input, other))
    return jnp.concatenate([a[i] * b[j] - a[j] * b[i] for i, j in ((1, 2), (2, 0), (0, 1))], axis)


def _axis_of_three(input: jax.Array) -> int:
    if 3 not in input.shape:
        raise ShapeError("a dimension of size 3", describe(input))
    return input.shape.index(3)


@public
def chain_matmul(*matrices: Any) -> jax.Array:
    """Return the product of a chain of matrices, multiplied in the order with the fewest operations.

    Raises: RuntimeError for shapes that do not fit, and for different dtypes.

    >>> import jaxfun as jf
    >>> jf.chain_matmul(jf.ones(2, 3), jf.ones(3, 4), jf.ones(4, 1)).shape
    (2, 1)
    """
    chain = [as_tensor(f"matrices[{place}]", matrix) for place, matrix in enumerate(matrices)]
    want(len(chain) > 0 and all(matrix.ndim == 2 for matrix in chain), "(m, k) for one or more matrices", *chain)
    for one, other in itertools.pairwise(chain):
        want(one.shape[1] == other.shape[0], "(m, k) and (k, n) for adjacent matrices", one, other)
    want_one_dtype(*chain)
    return _multiply_chain(chain, _splits([chain[0].shape[0], *(matrix.shape[1] for matrix in chain)]))


def _splits(sizes: Sequence[int]) -> dict[tuple[int, int], int]:
    """Return, for each part of the chain, its best split in two: the order with the fewest multiplications."""
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


def _multiply_chain(matrices: Sequence[jax.Array], splits: dict[tuple[int, int], int]) -> jax.Array:
    def part(first: int, last: int) -> jax.Array:
        if first == last:
            return matrices[first]
        cut = splits[first, last]
        return product(part(first, cut), part(cut + 1, last))

    return part(0, len(matrices) - 1)
