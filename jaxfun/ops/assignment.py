"""What an assignment to brackets does to a tensor, as a pure function: `setitem`."""

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax.core import Tracer

from ..core.dtypes import Category, DType, as_array, as_dtype, canonical, cast, int64, is_scalar
from ..core.errors import ArgumentTypeError, ArgumentValueError, DTypeError, ShapeError, describe
from ..core.limits import finfo, iinfo
from ..core.op import op
from ..core.public import public
from ..core.record import Array, Mask, Operand, Tensors
from ._index import Plan, Step, check_range, read
from .indexing import at_dims


@public
def setitem(x: Any, index: Any, value: Any) -> jax.Array:
    """Return `x` as `x[index] = value` would leave it in torch; `x` itself stays as it is.

    Shapes: the value broadcasts to `x[index]`; leading dimensions of size 1 do not count.
    Dtypes: those of `x`. A tensor assigned through index tensors must have that dtype already, as in torch.
    Gradient: to `x` where it was kept, to `value` where it was written. Where index tensors name an element twice, it
    is not defined which value it gets, nor is it in torch.
    Raises: what `getitem` raises; RuntimeError where the value does not fit. A traced index that is out of range writes
    nothing.

    >>> import jaxfun as jf
    >>> jf.setitem(jf.zeros(2, 3), (slice(None), 1), jf.tensor([5.0, 6.0]))
    Array([[0., 5., 0.], [0., 6., 0.]], dtype=float32)
    """
    result = as_array(x)
    value = _as_value(value, result.dtype)
    if index is False:
        return result
    plan = read(result.shape, None if index is True else index)
    _check_value(plan, value, result.dtype)
    check_range(plan)  # torch looks at these last
    return _write(result, plan, value)


def _as_value(value: Any, dtype: Any) -> Any:
    """Return a number that the dtype holds, or a tensor."""
    value = value.item() if isinstance(value, np.generic) else value
    if isinstance(value, (bool, int, float, complex)):
        return _as_number(value, dtype)
    if not hasattr(value, "dtype") or not hasattr(value, "shape"):
        raise ArgumentTypeError("a number or a tensor as `value`", describe(value))
    return value if isinstance(value, jax.Array) else as_array(value)


def _as_number(value: Any, dtype: Any) -> Any:
    kind = as_dtype(dtype)
    if isinstance(value, int) and not -(2**63) <= value < 2**63:
        raise ArgumentValueError("an integer of 64 bits", str(value))
    if isinstance(value, complex) and not kind.is_complex:
        value = value.real if value.imag == 0 else value
    if not _HOLDS[kind.category](value, kind):
        raise DTypeError(f"a number that {kind.name} holds", describe(value))
    return _PYTHON[kind.category](value)


def _integer_holds(value: Any, dtype: DType) -> bool:
    if isinstance(value, complex) or (isinstance(value, float) and not math.isfinite(value)):
        return False
    info = iinfo(dtype)
    # torch lets a negative integer wrap to an unsigned one
    low = -info.max if dtype.name == "uint8" and isinstance(value, int) else info.min
    return low <= value <= info.max


def _float_holds(value: Any, dtype: DType) -> bool:
    if isinstance(value, complex) and not dtype.is_complex:
        return False
    # a 16-bit float overflows to infinity in torch, a 32-bit one is an error
    limit = math.inf if dtype.itemsize == 2 else finfo(dtype).max
    return all(abs(part) <= limit or not math.isfinite(part) for part in (value.real, value.imag))


_PYTHON: Mapping[Category, Callable[[Any], Any]] = dict(zip(Category, (bool, int, float, complex), strict=True))
_HOLDS: Mapping[Category, Callable[[Any, DType], bool]] = {
    Category.BOOL: lambda value, dtype: True,
    Category.INTEGER: _integer_holds,
    Category.FLOAT: _float_holds,
    Category.COMPLEX: _float_holds,
}


def _check_value(plan: Plan, value: Any, dtype: Any) -> None:
    _check_fits(np.shape(value), plan.result)
    if not plan.dims:
        return
    if np.size(value) == 1 and plan.kinds == ("uint8",):
        raise DTypeError("a bool mask for a single value", "a uint8 one")
    if is_scalar(value) or value.dtype == dtype:
        return
    if np.size(value) != 1 or plan.kinds != ("bool",):
        raise DTypeError(f"a value of {dtype}, the tensor's own dtype", describe(value), "Cast it with jaxfun.to.")
    if not isinstance(value, Tracer):
        _as_number(value.item(), dtype)


def _check_fits(shape: Sequence[int], result: Sequence[int]) -> None:
    short = _without_leading_ones(shape)
    fits = all(size in (1, wanted) for size, wanted in zip(reversed(short), reversed(result), strict=False))
    if len(short) > len(result) or not fits:
        raise ShapeError(f"a value that broadcasts to {list(result)}", f"one of shape {list(shape)}")


def _without_leading_ones(shape: Sequence[int]) -> tuple[int, ...]:
    leading = next((place for place, size in enumerate(shape) if size != 1), len(shape))
    return tuple(shape[leading:])


class _Region(NamedTuple):
    """The part of a tensor that a plan's steps leave: a start, a size and a stride for each dimension."""

    starts: list[Any]
    sizes: list[int]
    strides: list[int]


def _region(shape: Sequence[int], steps: Sequence[Step]) -> _Region:
    region = _Region([0] * len(shape), list(shape), [1] * len(shape))
    axes: list[int | None] = list(range(len(shape)))  # for each dimension of the view, whose it is
    for step in steps:
        if step.kind == "unsqueeze":
            axes.insert(step.dim, None)
            continue
        axis = axes.pop(step.dim) if step.kind == "select" else axes[step.dim]
        assert axis is not None, "a dimension is indexed once"
        region.starts[axis], region.sizes[axis], region.strides[axis] = step.start, step.size, step.stride
    return region


def _write(input: jax.Array, plan: Plan, value: Any) -> jax.Array:
    if plan.steps:
        region = _region(input.shape, plan.steps)
        traced = any(isinstance(start, jax.Array) for start in region.starts)
        dtype = canonical(int64).dtype
        starts = (
            jnp.stack([jnp.asarray(start, dtype) for start in region.starts])
            if traced
            else np.array(region.starts, dtype)
        )
        layout = (tuple(region.sizes), tuple(region.strides), plan.shape)
        return _copy_slices(input, value, starts, plan.tensors, plan.dims, layout, plan.mode, traced)
    if plan.dims:
        return _index_put(input, plan.tensors, value, plan.dims, plan.mode)
    return _fill(input, value) if np.ndim(value) == 0 and input.ndim else _copy(input, value)


# The steps; torch's names for them on its tape.


@op(kind=None, step="copy", node="CopyBackwards")
def _copy(input: Array, value: Operand) -> jax.Array:
    return _broadcast(value, input.shape, input.dtype)


@op(kind=None, step="fill", node="FillBackward3")
def _fill(input: Array, value: Operand) -> jax.Array:
    return _broadcast(value, input.shape, input.dtype)


@op(kind=None, step="setitem.index_put", node="IndexPutBackward0")
def _index_put(input: Array, indices: Tensors, value: Operand, dims: tuple[int, ...], mode: str) -> jax.Array:
    return _put(input, indices, value, dims, mode)


@op(kind=None, step="copy_slices", node="CopySlices")
def _copy_slices(
    input: Array,
    value: Operand,
    starts: Mask,
    indices: Tensors,
    dims: tuple[int, ...],
    layout: tuple[tuple[int, ...], ...],
    mode: str,
    traced: bool,
) -> jax.Array:
    sizes, strides, view = layout
    spans = [(size - 1) * stride + 1 if size else 0 for size, stride in zip(sizes, strides, strict=True)]
    starts = jnp.where(starts < 0, starts + jnp.array(input.shape, starts.dtype), starts) if traced else starts
    region = jax.lax.dynamic_slice(input, tuple(starts), spans)
    places = tuple(slice(None, None, stride) for stride in strides)
    new = _put(region[places].reshape(view), indices, value, dims, mode).reshape(sizes)
    written = region.at[places].set(new)
    if traced:
        inside = (starts >= 0) & (starts + jnp.array(spans, starts.dtype) <= jnp.array(input.shape, starts.dtype))
        written = jnp.where(inside.all(), written, region)
    return jax.lax.dynamic_update_slice(input, written, tuple(starts))


def _put(view: jax.Array, indices: tuple[jax.Array, ...], value: Any, dims: tuple[int, ...], mode: str) -> jax.Array:
    if not dims:
        return _broadcast(value, view.shape, view.dtype)
    key = at_dims(view.ndim, indices, dims)
    shape = jax.eval_shape(lambda: view[key]).shape
    return view.at[key].set(_broadcast(value, shape, view.dtype), mode=mode)


def _broadcast(value: Any, shape: Sequence[int], dtype: Any) -> jax.Array:
    value = cast(value, dtype)
    return jnp.broadcast_to(value.reshape(_without_leading_ones(value.shape)), shape)
