"""Broadcasting: tensors and shapes stretched to a common shape, by torch's rules."""

from collections.abc import Sequence
from typing import Any

import jax
import jax.numpy as jnp

from ..core import dims as _dims
from ..core.dtypes import as_array
from ..core.errors import ArgumentTypeError, ArgumentValueError, ShapeError, describe
from ..core.op import op
from ..core.public import public
from ..core.record import Array, Beside, Shape, Size
from .reduce import sums
from .shape import view


@public
def broadcast_shapes(*shapes: int | Sequence[int]) -> tuple[int, ...]:
    """Return the shape that shapes broadcast to; an integer is a shape of one size.

    Raises: RuntimeError where two sizes differ and neither is 1; ValueError for a negative size.

    >>> import jaxfun as jf
    >>> jf.broadcast_shapes((2, 1), (3,), 1)
    (2, 3)
    """
    result: tuple[int, ...] = ()
    for shape in map(_as_shape, shapes):
        result = _dims.broadcast_shapes(result, shape)
        if min(shape, default=0) < 0:
            raise ArgumentValueError("sizes of 0 and more", str(list(shape)))
    return result


def _as_shape(shape: Any) -> tuple[int, ...]:
    sizes = shape if isinstance(shape, (tuple, list)) else (shape,)
    if not all(isinstance(size, int) for size in sizes):
        raise ShapeError("shapes, each an integer or a tuple of integers", describe(shape))
    return tuple(sizes)


@public
def expand(input: Any, *sizes: int | Sequence[int], size: Sequence[int] | None = None) -> jax.Array:
    """Return the tensor with dimensions of size 1 stretched, and new ones in front; -1 keeps a size.

    Shapes: sizes one by one or as one tuple.
    Torch: Tensor.expand; there the result shares memory, here it is an array of its own.

    >>> import jaxfun as jf
    >>> jf.expand(jf.tensor([[1], [2]]), -1, 3)
    Array([[1, 1, 1], [2, 2, 2]], dtype=int32)
    """
    return _expand(input, _dims.as_sizes(sizes, size, "size"))


@op(kind=None, torch="torch.Tensor.expand", takes={"size": Size("expand")})
def _expand(input: Array, size: tuple[int, ...]) -> jax.Array:
    return jnp.broadcast_to(input, _expanded(input.shape, size))


@op(kind=None, takes={"size": Size("expand")}, node="ExpandBackward0")
def broadcast_to(input: Array, size: tuple[int, ...]) -> jax.Array:
    """Return the tensor stretched to the shape `size`, in which -1 keeps a size.

    >>> import jaxfun as jf
    >>> jf.broadcast_to(jf.tensor([1, 2]), (2, 2))
    Array([[1, 2], [1, 2]], dtype=int32)
    """
    if not isinstance(size, tuple):
        raise ArgumentTypeError("`size` to be a tuple of integers", describe(size))
    return jnp.broadcast_to(input, _expanded(input.shape, _dims.as_sizes((size,), None, "size")))


def _expanded(shape: Sequence[int], size: tuple[int, ...]) -> tuple[int, ...]:
    """Return `size` with each -1 replaced by the size that it keeps."""
    new = len(size) - len(shape)
    if new < 0:
        raise ShapeError(f"{len(shape)} sizes at least, for the shape {list(shape)}", str(list(size)))
    kept = tuple(old if wanted == -1 else wanted for old, wanted in zip(shape, size[new:], strict=True))
    fits = all(old in (1, wanted) for old, wanted in zip(shape, kept, strict=True))
    if not fits or min((*size[:new], *kept), default=0) < 0:
        raise ShapeError(
            f"sizes that {list(shape)} can be stretched to", str(list(size)), "Only a size of 1 is stretched."
        )
    return (*size[:new], *kept)


@public
def broadcast_tensors(*tensors: Any) -> tuple[jax.Array, ...]:
    """Return the tensors, each stretched to the shape that they broadcast to together.

    >>> import jaxfun as jf
    >>> jf.broadcast_tensors(jf.tensor([1, 2]), jf.tensor([[3], [4]]))[0]
    Array([[1, 2], [1, 2]], dtype=int32)
    """
    for tensor in tensors:
        if not hasattr(tensor, "shape") or not hasattr(tensor, "dtype"):
            raise ArgumentTypeError("tensors", describe(tensor))
    shape = _dims.broadcast_shapes(*(tuple(tensor.shape) for tensor in tensors))
    return tuple(as_array(tensor) if tuple(tensor.shape) == shape else _expand(tensor, shape) for tensor in tensors)


_ALIKE = {
    "input": Shape(("1 n", "n", "m 1", "", "1 1 n", "m n")),
    "other": Shape(("m n", "m n", "b m k", "m", "m k n", "m n")),
}


@op(kind=None, torch="torch.Tensor.expand_as", composite=True, node="", takes=_ALIKE)
def expand_as(input: Array, other: Array) -> jax.Array:
    """Return the tensor stretched to the shape of another, as `expand` does. Torch: Tensor.expand_as.

    >>> import jaxfun as jf
    >>> jf.expand_as(jf.tensor([[1], [2]]), jf.zeros(2, 3))
    Array([[1, 1, 1],
           [2, 2, 2]], dtype=int32)
    """
    return expand(input, other.shape)


@public
def sum_to_size(input: Any, *sizes: int | Sequence[int], size: Sequence[int] | None = None) -> jax.Array:
    """Return the sums over the dimensions that broadcasting a tensor of this size would stretch.

    Dtypes: where there is something to sum, integers and bools are added up as int64.
    Raises: RuntimeError for a size that cannot be stretched to the tensor's.
    Torch: Tensor.sum_to_size.

    >>> import jaxfun as jf
    >>> jf.sum_to_size(jf.ones(2, 3), 1, 3), jf.sum_to_size(jf.ones(2, 3), 3)
    (Array([[2., 2., 2.]], dtype=float32), Array([2., 2., 2.], dtype=float32))
    """
    return _sum_to_size(input, _dims.as_sizes(sizes, size, "size"))


_SUMMED = {
    "input": Shape(("2 3", "2 3", "2 3", "2 1 3", "0 3", "", "3 2", "2 3 2")),
    "size": Beside(((1, 3), (3,), (), (1, 1), (1, 3), (), (3, 2), (3, 1))),
}


@op(kind=None, torch="torch.Tensor.sum_to_size", composite=True, node="", takes=_SUMMED)
def _sum_to_size(input: Array, size: tuple[int, ...]) -> jax.Array:
    if not size:
        return sums.sum(input)
    front = input.ndim - len(size)
    fits = front >= 0 and all(one in (1, full) for one, full in zip(size, input.shape[front:], strict=True))
    if not fits:
        raise ShapeError(f"a size that can be stretched to {list(input.shape)}", str(list(size)))
    stretched = [front + place for place, one in enumerate(size) if one == 1 != input.shape[front + place]]
    dims = (*range(front), *stretched)
    summed = sums.sum(input, dims, True) if dims else input
    return view(summed, size) if front else summed
