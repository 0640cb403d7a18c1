"""Broadcasting by torch's rules, its inverse (`sum_to_size`), and grids of vectors. Begin with `expand`."""

import itertools
from collections.abc import Sequence
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from ...core import dims as _dims
from ...core.checks import want_one_dtype
from ...core.dtypes import Category, as_array, as_dtype, canonical, int64
from ...core.errors import ArgumentTypeError, ArgumentValueError, ShapeError, describe
from ...core.op import op
from ...core.public import public
from ...core.record import Array, Choice, Integer, Size, Sizes, Tensors, rows
from ...core.sizes import any_below, is_open


@public
def broadcast_shapes(*shapes: int | Sequence[int]) -> tuple[int, ...]:
    """Return the shape that the given shapes broadcast to. An integer is a shape with one dimension.

    Raises: RuntimeError for shapes that do not broadcast; ValueError for a negative size.

    >>> import jaxfun as jf
    >>> jf.broadcast_shapes((2, 1), (3,), 1)
    (2, 3)
    """
    result: tuple[int, ...] = ()
    for shape in map(_as_shape, shapes):
        result = _dims.broadcast_shapes(result, shape)
        if any_below(0, shape):
            raise ArgumentValueError("sizes of at least 0", str(list(shape)))
    return result


def _as_shape(shape: Any) -> tuple[int, ...]:
    sizes = shape if isinstance(shape, (tuple, list)) else (shape,)
    if not all(isinstance(size, int) or is_open(size) for size in sizes):
        raise ShapeError("shapes, each an integer or a tuple of integers", describe(shape))
    return tuple(sizes)


@op(
    kind=None,
    torch="torch.Tensor.expand",
    overload=("", "expand_copy.default"),
    takes={"size": Size("expand")},
    aliases=("expand_copy",),
)
def expand(input: Array, *size: Sizes) -> jax.Array:
    """Return the tensor broadcast to a shape, which may have more leading dimensions; -1 keeps a size.

    Shapes: sizes are separate arguments or one tuple.
    Raises: RuntimeError if the tensor does not broadcast to the shape.
    Torch: Tensor.expand, which shares memory; here the result is a new array.

    >>> import jaxfun as jf
    >>> jf.expand(jf.tensor([[1], [2]]), -1, 3)
    Array([[1, 1, 1], [2, 2, 2]], dtype=int32)
    """
    return jnp.broadcast_to(input, _expanded(input.shape, size))


expand_copy = expand


@op(kind=None, takes={"size": Size("expand")}, node="ExpandBackward0")
def broadcast_to(input: Array, size: tuple[int, ...]) -> jax.Array:
    """Return the tensor broadcast to the shape `size`; -1 keeps a size.

    Raises: RuntimeError if the tensor does not broadcast to the shape.

    >>> import jaxfun as jf
    >>> jf.broadcast_to(jf.tensor([1, 2]), (2, 2))
    Array([[1, 2], [1, 2]], dtype=int32)
    """
    return jnp.broadcast_to(input, _expanded(input.shape, _dims.as_tuple(size, "size")))


def _expanded(shape: Sequence[int], size: tuple[int, ...]) -> tuple[int, ...]:
    """Return `size` with each -1 replaced by the tensor's own size."""
    new = len(size) - len(shape)
    if new < 0:
        raise ShapeError(f"at least {len(shape)} sizes, for the shape {list(shape)}", str(list(size)))
    kept = tuple(old if wanted == -1 else wanted for old, wanted in zip(shape, size[new:], strict=True))
    fits = all(old in (1, wanted) for old, wanted in zip(shape, kept, strict=True))
    if not fits or any_below(0, (*size[:new], *kept)):
        advice = "Only a dimension of size 1 can be expanded."
        raise ShapeError(f"a shape that {list(shape)} broadcasts to", str(list(size)), advice)
    return (*size[:new], *kept)


@op(
    kind=None,
    torch="torch.Tensor.expand_as",
    composite=True,
    cases=rows(
        "input other",
        ("1 n", "m n"),
        ("n", "m n"),
        ("m 1", "b m k"),
        ("", "m"),
        ("1 1 n", "m k n"),
        ("m n", "m n"),
    ),
)
def expand_as(input: Array, other: Array) -> jax.Array:
    """Return the tensor broadcast to the shape of `other`. Torch: Tensor.expand_as.

    Raises: RuntimeError if the tensor does not broadcast to that shape.

    >>> import jaxfun as jf
    >>> jf.expand_as(jf.tensor([[1], [2]]), jf.zeros(2, 3))
    Array([[1, 1, 1],
           [2, 2, 2]], dtype=int32)
    """
    return jnp.broadcast_to(input, _expanded(input.shape, other.shape))


@public
def broadcast_tensors(*tensors: Any) -> tuple[jax.Array, ...]:
    """Broadcast the tensors to their common shape.

    Raises: RuntimeError if the shapes do not broadcast.

    >>> import jaxfun as jf
    >>> jf.broadcast_tensors(jf.tensor([1, 2]), jf.tensor([[3], [4]]))[0]
    Array([[1, 2], [1, 2]], dtype=int32)
    """
    for tensor in tensors:
        if not hasattr(tensor, "shape") or not hasattr(tensor, "dtype"):
            raise ArgumentTypeError("tensors", describe(tensor))
    shape = _dims.broadcast_shapes(*(tuple(tensor.shape) for tensor in tensors))
    return tuple(jnp.broadcast_to(as_array(tensor), shape) for tensor in tensors)


@op(
    kind=None,
    torch="torch.Tensor.sum_to_size",
    composite=True,
    cases=rows(
        "input size",
        ("2 3", (1, 3)),
        ("2 3", (3,)),
        ("2 3", ()),
        ("2 1 3", (1, 1)),
        ("0 3", (1, 3)),
        ("", ()),
        ("3 2", (3, 2)),
        ("2 3 2", (3, 1)),
    ),
)
def sum_to_size(input: Array, *size: Sizes) -> jax.Array:
    """Sum `input` to a size that broadcasts to its shape: the inverse of `expand`.

    Dtypes: integers and bools are summed in int64.
    Raises: RuntimeError for a size that does not broadcast to the shape of `input`.
    Torch: Tensor.sum_to_size.

    >>> import jaxfun as jf
    >>> jf.sum_to_size(jf.ones(2, 3), 1, 3), jf.sum_to_size(jf.ones(2, 3), 3)
    (Array([[2., 2., 2.]], dtype=float32), Array([2., 2., 2.], dtype=float32))
    """
    front = input.ndim - len(size)
    fits = front >= 0 and all(one in (1, full) for one, full in zip(size, input.shape[front:], strict=True))
    if not fits:
        raise ShapeError(f"a size that broadcasts to {list(input.shape)}", str(list(size)))
    expanded = [front + place for place, one in enumerate(size) if one == 1 != input.shape[front + place]]
    if size and not (front or expanded):
        return input
    own = as_dtype(input.dtype)
    dtype = canonical(int64) if own.category <= Category.INTEGER else own  # 16-bit floats are summed in float32
    return jnp.sum(input, (*range(front), *expanded), dtype.dtype).reshape(size)


# Grids.

_INDEXINGS = (None, "ij", "xy")


@public
def meshgrid(*tensors: Any, indexing: str | None = None) -> tuple[jax.Array, ...]:
    """Return coordinate grids: for each vector a tensor with the shape of the grid.

    Shapes: (m,), (n,) -> two times (m, n), or (n, m) with `indexing="xy"`. A 0-dim tensor is a vector with one element.
    The default is "ij" (numpy.meshgrid: "xy").
    Raises: RuntimeError for more than 1 dimension, and for different dtypes.

    >>> import jaxfun as jf
    >>> jf.meshgrid(jf.tensor([1, 2]), jf.tensor([3, 4]))
    (Array([[1, 1],
           [2, 2]], dtype=int32), Array([[3, 4],
           [3, 4]], dtype=int32))
    """
    is_sequence = len(tensors) == 1 and isinstance(tensors[0], (tuple, list))
    return _meshgrid(*(tensors[0] if is_sequence else tensors), indexing=indexing)


@op(
    kind=None,
    torch="torch.meshgrid",
    overload=("", "indexing"),
    composite=True,
    takes={"indexing": Choice(_INDEXINGS)},
    cases=rows("tensors", "m, n", "n", "m, , n", "m, n, k", ""),
)
def _meshgrid(*tensors: Tensors, indexing: str | None = None) -> tuple[jax.Array, ...]:
    if not isinstance(indexing, (str, type(None))):
        raise ArgumentTypeError('`indexing` to be "ij" or "xy"', describe(indexing))
    if not tensors or any(tensor.ndim > 1 for tensor in tensors) or indexing not in _INDEXINGS:
        expected = 'at least one vector, and `indexing` to be "ij" or "xy"'
        raise ShapeError(expected, f"{describe(tensors)}, {indexing!r}")
    want_one_dtype(*tensors)
    return tuple(jnp.meshgrid(*map(jnp.ravel, tensors), indexing=indexing or "ij"))


@op(kind=None, composite=True, cases=rows("tensors", "m, n", "n", "m, n, m", "m, 2, 1"))
def cartesian_prod(*tensors: Tensors) -> jax.Array:
    """Return the Cartesian product of vectors, one row per combination. A single vector is returned unchanged.

    Shapes: (m,), (n,) -> (m n, 2); (n,) -> (n,).
    Raises: RuntimeError for tensors that are not 1-D, and for different dtypes.

    >>> import jaxfun as jf
    >>> jf.cartesian_prod(jf.tensor([1, 2]), jf.tensor([3, 4]))
    Array([[1, 3],
           [1, 4],
           [2, 3],
           [2, 4]], dtype=int32)
    """
    if not tensors or any(tensor.ndim != 1 for tensor in tensors):
        raise ShapeError("one or more vectors", describe(tensors))
    want_one_dtype(*tensors)
    if len(tensors) == 1:
        return tensors[0]
    return jnp.stack([*map(jnp.ravel, jnp.meshgrid(*tensors, indexing="ij"))], 1)


@op(kind=None, composite=True, takes={"r": Choice((2, 1, 3, 0, 4))}, cases=rows("input", "4", "n", "3"))
def combinations(input: Array, r: Integer = 2, with_replacement: bool = False) -> jax.Array:
    """Return the combinations of `r` elements of a vector, one row each, in the order of Python's itertools.

    Raises: RuntimeError for a tensor that is not 1-D, and for a negative `r`.

    >>> import jaxfun as jf
    >>> jf.combinations(jf.tensor([1, 2, 3]))
    Array([[1, 2],
           [1, 3],
           [2, 3]], dtype=int32)
    """
    if input.ndim != 1 or r < 0:
        raise ShapeError("a vector, and `r` of at least 0", f"{describe(input)} and {r}")
    if not r:
        return jnp.zeros(0, input.dtype)
    choose = itertools.combinations_with_replacement if with_replacement else itertools.combinations
    return input[np.array([*choose(range(input.size), r)], np.int32).reshape(-1, r)]
