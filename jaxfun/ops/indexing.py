"""What brackets do to a tensor: `getitem`, and the steps that it is made of."""

from collections.abc import Callable, Mapping
from typing import Any

import jax

from ..core.dims import want_integer, wrap_dim
from ..core.dtypes import as_array
from ..core.errors import IndexRangeError, describe
from ..core.op import op
from ..core.public import public
from ..core.record import Array, Choice, Dim, Factor, Mask, Tensors
from ._index import Step, check_range, read
from .shape.reshape import unsqueeze


@public
def getitem(x: Any, index: Any) -> jax.Array:
    """Return `x[index]` as torch means it: integers, slices, None, `...`, bools, masks, integer tensors, and mixtures.

    Shapes: where index tensors are not all side by side, their dimensions come first.
    Gradient: an element that was taken several times gets the sum.
    Raises: IndexError out of range, ValueError for a slice's step below 1, both where the index is known. A traced
    index that is out of range gives NaN (the least integer, the greatest unsigned one, True): nothing is clamped. A
    traced mask is an error: its values decide the shape.
    Torch: Tensor.__getitem__; the result there may be a view, here it is an array of its own.

    >>> import jaxfun as jf
    >>> x = jf.tensor([[1, 2, 3], [4, 5, 6]])
    >>> jf.getitem(x, (slice(None), [0, -1]))
    Array([[1, 3], [4, 6]], dtype=int32)
    >>> jf.getitem(x, x > 4)
    Array([5, 6], dtype=int32)
    """
    result = as_array(x)
    # torch's x[:] is a step on the tape, the slices of x[:, :] are none
    plan = read(result.shape, index, whole_slices=isinstance(index, slice))
    check_range(plan)
    for step in plan.steps:
        result = _APPLY[step.kind](result, step)
    if plan.dims:
        return _index(result, plan.tensors, plan.dims, plan.mode)
    return result if plan.steps else alias(result)


@public
def select(input: Any, dim: int, index: int) -> jax.Array:
    """Return what stands at `index` of a dimension, without that dimension.

    Raises: IndexError out of range.

    >>> import jaxfun as jf
    >>> jf.select(jf.tensor([[1, 2], [3, 4]]), 1, -1)
    Array([2, 4], dtype=int32)
    """
    want_integer(dim=dim, index=index)
    shape = as_array(input).shape
    if not shape:
        raise IndexRangeError("a tensor with dimensions", describe(input))
    axis = wrap_dim(dim, len(shape))
    if not -shape[axis] <= index < shape[axis]:
        raise IndexRangeError(f"`index` in [{-shape[axis]}, {shape[axis] - 1}] for dimension {axis}", str(index))
    return _select(input, axis, index % shape[axis])


# The steps. Starts are traced, so that x[i] in a loop compiles once; all numbers have been checked before.


@op(kind=None, torch="torch.select", overload="int", takes={"index": Choice((0, -1, 1))})
def _select(input: Array, dim: Dim, index: Factor) -> jax.Array:
    return jax.lax.dynamic_index_in_dim(input, index, dim, keepdims=False)


@op(kind=None, step="select.traced", node="SelectBackward0")
def _select_traced(input: Array, dim: Dim, index: Mask) -> jax.Array:
    return input.at[(slice(None),) * dim + (index,)].get(mode="fill")


@op(kind=None, step="slice", node="SliceBackward0")
def slice_step(input: Array, dim: Dim, start: Factor, size: int, step: int) -> jax.Array:
    """Return `size` elements of a dimension, each `step` after the one before; `start` is in range."""
    span = (size - 1) * step + 1 if size else 0
    taken = input if span == input.shape[dim] else jax.lax.dynamic_slice_in_dim(input, start, span, dim)
    return jax.lax.slice_in_dim(taken, 0, span, step, dim)


@op(kind=None, step="alias", node="AliasBackward0")
def alias(input: Array) -> jax.Array:
    """Return the tensor as it is; a step of the tape."""
    return input


@op(kind=None, step="index", node="IndexBackward0")
def _index(input: Array, indices: Tensors, dims: tuple[int, ...], mode: str) -> jax.Array:
    return input.at[at_dims(input.ndim, indices, dims)].get(mode=mode)


def at_dims(ndim: int, indices: tuple[jax.Array, ...], dims: tuple[int, ...]) -> tuple[Any, ...]:
    """Return the jnp index that has `indices` at `dims`, and full slices elsewhere."""
    widest = max((index.dtype for index in indices), key=lambda dtype: dtype.itemsize)
    at = {dim: index.astype(widest) for dim, index in zip(dims, indices, strict=True)}
    return tuple(at.get(dim, slice(None)) for dim in range(ndim))


def _apply_select(input: jax.Array, step: Step) -> jax.Array:
    apply = _select_traced if isinstance(step.start, jax.Array) else _select
    return apply(input, step.dim, step.start)


_APPLY: Mapping[str, Callable[[jax.Array, Step], jax.Array]] = {
    "select": _apply_select,
    "slice": lambda input, step: slice_step(input, step.dim, step.start, step.size, step.stride),
    "unsqueeze": lambda input, step: unsqueeze(input, step.dim),
}
