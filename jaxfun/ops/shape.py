"""Shapes: reshaping, dimensions of size 1, the order of dimensions, and joining tensors.

torch gives views; JAX has none, so each of these gives a new array and nothing written to it shows in its input.
"""

import math
from collections.abc import Sequence
from typing import Any

import jax
import jax.numpy as jnp

from ..core.dims import as_sizes, wrap_dim, wrap_dims
from ..core.dtypes import Kind
from ..core.errors import ArgumentValueError, ShapeError, describe
from ..core.op import op
from ..core.public import public
from ..core.record import Array, Dim, Dims, Shape, Size, Tensors

_RESHAPE = {"shape": Size("reshape")}


@public
def reshape(input: Any, *sizes: int | Sequence[int], shape: Sequence[int] | None = None) -> jax.Array:
    """Return the elements, in order, in another shape: sizes one by one or as one tuple, one of them -1 to be inferred.

    Raises: RuntimeError where the sizes do not hold the elements.

    >>> import jaxfun as jf
    >>> jf.reshape(jf.tensor([[1, 2], [3, 4]]), -1)
    Array([1, 2, 3, 4], dtype=int32)
    """
    return _reshape(input, as_sizes(sizes, shape, "shape"))


@op(kind=None, torch="torch.reshape", node="ViewBackward0", takes=_RESHAPE)
def _reshape(input: Array, shape: tuple[int, ...]) -> jax.Array:
    return jnp.reshape(input, inferred(input.shape, shape))


@public
def view(input: Any, *sizes: int | Sequence[int], size: Sequence[int] | None = None) -> jax.Array:
    """Return the elements, in order, in another shape; the same as `reshape`.

    Differs: torch's view of a tensor that is not contiguous is an error; a JAX array has no strides.

    >>> import jaxfun as jf
    >>> jf.view(jf.tensor([[1, 2], [3, 4]]), 4, 1).shape
    (4, 1)
    """
    return _view(input, as_sizes(sizes, size, "size"))


@op(kind=None, torch="torch.Tensor.view", takes={"size": Size("reshape")})
def _view(input: Array, size: tuple[int, ...]) -> jax.Array:
    return jnp.reshape(input, inferred(input.shape, size))


def inferred(shape: Sequence[int], target: tuple[int, ...]) -> tuple[int, ...]:
    """Return `target` with its -1 replaced by the size that holds the elements of `shape`.

    Raises: ShapeError where there is no such size.
    """
    count, known = math.prod(shape), math.prod(size for size in target if size != -1)
    missing = target.count(-1)
    if missing > 1 or min(target, default=0) < -1:
        raise ShapeError("sizes of 0 and more, and at most one -1", str(list(target)))
    if missing and known == 0 and count == 0:
        raise ShapeError("a shape that says what -1 is", f"{list(target)} for 0 elements")
    if count % known if missing and known else count != known:
        raise ShapeError(f"a shape for {count} elements", f"{list(target)} for the shape {list(shape)}")
    return tuple(count // known if size == -1 else size for size in target)


@op(kind=None, overload="using_ints", composite=True, node="")
def flatten(input: Array, start_dim: Dim = 0, end_dim: Dim = -1) -> jax.Array:
    """Return the tensor with the dimensions from `start_dim` to `end_dim` made one; a 0-dim tensor becomes 1-dim.

    >>> import jaxfun as jf
    >>> jf.flatten(jf.zeros(2, 3, 4), 1).shape
    (2, 12)
    """
    start, end = (wrap_dim(dim, input.ndim, name) for dim, name in ((start_dim, "start_dim"), (end_dim, "end_dim")))
    if start > end:
        raise ShapeError("`start_dim` not after `end_dim`", f"{start_dim} and {end_dim}")
    if input.ndim and start == end:
        return input
    middle = math.prod(input.shape[start : end + 1])
    return _reshape(input, (*input.shape[:start], middle, *input.shape[end + 1 :]))


@public
def squeeze(input: Any, dim: int | Sequence[int] | None = None) -> jax.Array:
    """Return the tensor without its dimensions of size 1, or without those of them that `dim` names.

    >>> import jaxfun as jf
    >>> jf.squeeze(jf.zeros(1, 2, 1)).shape, jf.squeeze(jf.zeros(1, 2, 1), 0).shape
    ((2,), (2, 1))
    """
    if dim is None:
        return _squeeze(input)
    return _squeeze_dims(input, tuple(dim)) if isinstance(dim, (tuple, list)) else _squeeze_dim(input, dim)  # type: ignore[arg-type]  # refused within, if it is neither


@op(kind=None, torch="torch.squeeze")
def _squeeze(input: Array) -> jax.Array:
    return jnp.squeeze(input)


@op(kind=None, torch="torch.squeeze", overload="dim", node="SqueezeBackward1")
def _squeeze_dim(input: Array, dim: Dim) -> jax.Array:
    return _squeezed(input, (wrap_dim(dim, input.ndim),))


@op(kind=None, torch="torch.squeeze", overload="dims", node="SqueezeBackward2")
def _squeeze_dims(input: Array, dim: Dims) -> jax.Array:
    return _squeezed(input, wrap_dims(dim, input.ndim) if dim != () else ())


def _squeezed(input: jax.Array, dims: tuple[int, ...]) -> jax.Array:
    return jnp.squeeze(input, tuple(dim for dim in dims if input.ndim and input.shape[dim] == 1))


@op(kind=None)
def unsqueeze(input: Array, dim: Dim) -> jax.Array:
    """Return the tensor with a dimension of size 1 inserted before `dim`.

    >>> import jaxfun as jf
    >>> jf.unsqueeze(jf.zeros(2, 3), -1).shape
    (2, 3, 1)
    """
    return jnp.expand_dims(input, wrap_dim(dim, input.ndim + 1))


@public
def permute(input: Any, *order: int | Sequence[int], dims: Sequence[int] | None = None) -> jax.Array:
    """Return the tensor with its dimensions in this order, given one by one or as one tuple.

    >>> import jaxfun as jf
    >>> jf.permute(jf.zeros(2, 3, 4), 2, 0, 1).shape
    (4, 2, 3)
    """
    return _permute(input, as_sizes(order, dims, "dims"))


@op(kind=None, torch="torch.permute", takes={"input": Shape(("l m n", "m n", "n", "")), "dims": Size("permute")})
def _permute(input: Array, dims: tuple[int, ...]) -> jax.Array:
    if len(dims) != input.ndim:
        raise ShapeError(f"`dims` to name all {input.ndim} dimensions", str(dims))
    return jnp.transpose(input, wrap_dims(dims, input.ndim, "dims"))


@op(kind=None, overload="int", aliases=("swapdims",))
def transpose(input: Array, dim0: Dim, dim1: Dim) -> jax.Array:
    """Return the tensor with two dimensions exchanged.

    >>> import jaxfun as jf
    >>> jf.transpose(jf.zeros(2, 3), 0, 1).shape
    (3, 2)
    """
    pair = (wrap_dim(dim0, input.ndim, "dim0"), wrap_dim(dim1, input.ndim, "dim1"))
    return jnp.swapaxes(input, *pair) if input.ndim else input


swapdims = transpose


@op(kind=None)
def t(input: Array) -> jax.Array:
    """Return the transposed matrix; a tensor of fewer dimensions as it is.

    >>> import jaxfun as jf
    >>> jf.t(jf.tensor([[1, 2], [3, 4]]))
    Array([[1, 3], [2, 4]], dtype=int32)
    """
    if input.ndim > 2:
        raise ShapeError("a tensor of at most 2 dimensions", describe(input), "Use transpose or permute.")
    return jnp.transpose(input)


@public
def cat(tensors: Sequence[Any], dim: int = 0) -> jax.Array:
    """Return the tensors joined along a dimension that they have; their other sizes must be equal.

    Dtypes: promoted. A tensor of shape (0,) adds nothing, whatever the other shapes (torch keeps this for old code).

    >>> import jaxfun as jf
    >>> jf.cat([jf.tensor([1, 2]), jf.tensor([0.5])])
    Array([1. , 2. , 0.5], dtype=float32)
    """
    if isinstance(tensors, (tuple, list)) and not tensors:
        raise ArgumentValueError("one tensor at least", "none")
    return _cat(tensors, dim)


concat = concatenate = cat


@op(kind=Kind.NO_OPMATH, torch="torch.cat", aliases=("concat", "concatenate"))
def _cat(tensors: Tensors, dim: Dim = 0) -> jax.Array:
    _check_joinable(tensors)
    joined = [tensor for tensor in tensors if tensor.shape != (0,)]
    if not joined:
        return tensors[0]
    axis = wrap_dim(dim, joined[0].ndim)
    for tensor in joined:
        _check_equal(joined[0], tensor, axis)
    return jnp.concatenate(joined, axis)


def _check_joinable(tensors: Sequence[jax.Array]) -> None:
    if any(tensor.ndim == 0 for tensor in tensors):
        raise ShapeError("tensors of at least 1 dimension", describe(tuple(tensors)), "Use stack for 0-dim tensors.")


def _check_equal(first: jax.Array, other: jax.Array, axis: int) -> None:
    first_rest, other_rest = ((*x.shape[:axis], *x.shape[axis + 1 :]) for x in (first, other))
    if first.ndim != other.ndim or first_rest != other_rest:
        raise ShapeError(f"tensors of equal sizes but for dimension {axis}", describe((first, other)))


@public
def stack(tensors: Sequence[Any], dim: int = 0) -> jax.Array:
    """Return tensors of one shape joined along a new dimension.

    Dtypes: promoted.

    >>> import jaxfun as jf
    >>> jf.stack([jf.tensor([1, 2]), jf.tensor([3, 4])], -1)
    Array([[1, 3], [2, 4]], dtype=int32)
    """
    if isinstance(tensors, (tuple, list)) and not tensors:
        raise ShapeError("one tensor at least", "none")
    return _stack(tensors, dim)


@op(kind=Kind.NO_OPMATH, torch="torch.stack")
def _stack(tensors: Tensors, dim: Dim = 0) -> jax.Array:
    axis = wrap_dim(dim, tensors[0].ndim + 1)
    if any(tensor.shape != tensors[0].shape for tensor in tensors):
        raise ShapeError("tensors of one shape", describe(tuple(tensors)))
    return jnp.stack(tensors, axis)


# What only the tape sees: torch lays elements out anew.


@op(kind=None, step="contiguous", node="CloneBackward0")
def contiguous(input: Array) -> jax.Array:
    """Return the tensor as it is; a step of the tape where torch's is not contiguous."""
    return input


@op(kind=None, step="clone.contiguous", node="CloneBackward0")
def clone(input: Array) -> jax.Array:
    """Return the tensor as it is; always a step of the tape."""
    return input
