"""Assignment with brackets as a pure function: `setitem` for `x[index] = value`."""

import functools
from collections.abc import Sequence
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from ...core.dtypes import DType, as_array, as_dtype, cast, float64, is_scalar
from ...core.errors import ArgumentTypeError, ArgumentValueError, DTypeError, ShapeError, describe
from ...core.numbers import fitting, is_traced
from ...core.public import public
from ...core.record import HALVES
from ._plan import Layout, Plan, check_range, read
from .getitem import as_starts, as_view, at_dims, in_range, is_staged, sliced, spanned


@public
def setitem(x: Any, index: Any, value: Any) -> jax.Array:
    """Return a copy of `x` after torch's `x[index] = value`; `x` itself does not change.

    Shapes: the value broadcasts to `x[index]`; its leading dimensions of size 1 are ignored.
    Dtypes: those of `x`. A tensor assigned through index tensors must already have that dtype, as in torch.
    Gradient: to `x` where it is not overwritten, to `value` where it is written. For duplicate indices the written
    value is undefined, as in torch.
    Raises: the same as `getitem`; RuntimeError for a value that does not fit. A traced index out of range writes
    nothing.

    >>> import jaxfun as jf
    >>> jf.setitem(jf.zeros(2, 3), (slice(None), 1), jf.tensor([5.0, 6.0]))
    Array([[0., 5., 0.], [0., 6., 0.]], dtype=float32)
    """
    x = as_array(x)
    value = _as_value(value, as_dtype(x.dtype))
    if index is False:
        return x
    plan = read(x.shape, None if index is True else index)
    _check_value(plan, value, as_dtype(x.dtype))
    check_range(plan)  # torch checks these last
    write = _setitem if is_staged(x) else _setitem_compiled
    return write(x, value, plan.starts, plan.tensors, layout=plan.layout)


def _as_value(value: Any, dtype: DType) -> Any:
    """Return a number that the dtype holds, or a tensor."""
    value = value.item() if isinstance(value, np.generic) else value
    if isinstance(value, (bool, int, float, complex)):
        return _as_number(value, dtype)
    if not hasattr(value, "dtype") or not hasattr(value, "shape"):
        raise ArgumentTypeError("a number or a tensor as `value`", describe(value))
    return as_array(value)


def _as_number(value: Any, dtype: DType) -> Any:
    if isinstance(value, int) and not -(2**63) <= value < 2**63:
        raise ArgumentValueError("an integer that fits in 64 bits", str(value))
    # torch lets a 16-bit float overflow to infinity, but raises for a 32-bit one
    return (bool, int, float, complex)[dtype.category](fitting(value, float64 if dtype in HALVES else dtype))


def _check_value(plan: Plan, value: Any, dtype: DType) -> None:
    _check_shape(np.shape(value), plan.result)
    if not plan.layout.dims:
        return
    if np.size(value) == 1 and plan.kinds == ("uint8",):
        raise DTypeError("a bool mask for a single value", "a uint8 one")
    if is_scalar(value) or dtype == value.dtype:
        return
    if np.size(value) != 1 or plan.kinds != ("bool",):
        raise DTypeError(f"a value of {dtype.name}, the tensor's own dtype", describe(value), "Cast it with jaxfun.to.")
    if not is_traced(value):
        _as_number(value.item(), dtype)


def _check_shape(shape: Sequence[int], result: Sequence[int]) -> None:
    short = _without_leading_ones(shape)
    fits = all(size in (1, wanted) for size, wanted in zip(reversed(short), reversed(result), strict=False))
    if len(short) > len(result) or not fits:
        raise ShapeError(f"a value that broadcasts to {list(result)}", f"one of shape {list(shape)}")


def _without_leading_ones(shape: Sequence[int]) -> tuple[int, ...]:
    leading = next((place for place, size in enumerate(shape) if size != 1), len(shape))
    return tuple(shape[leading:])


def _setitem(x: jax.Array, value: Any, starts: tuple[Any, ...], tensors: tuple[Any, ...], layout: Layout) -> jax.Array:
    """Return `x` after `value` is written into the slice that a plan starts with."""
    is_inside: Any = True
    if layout.traced:
        starts, is_inside = in_range(x.shape, starts, layout.traced)
    view = as_view(sliced(x, starts, layout), layout)
    new = _put(view, tensors, value, layout).reshape(layout.sizes)
    if layout.sizes == x.shape and not layout.traced:
        return new
    return _with_slice(x, new, starts, is_inside, layout)


_setitem_compiled = functools.partial(jax.jit, static_argnames="layout")(_setitem)


def _put(view: jax.Array, tensors: Sequence[Any], value: Any, layout: Layout) -> jax.Array:
    if not layout.dims:
        return _broadcast(value, view.shape, view.dtype)
    key = at_dims(view.ndim, tensors, layout.dims)
    shape = jax.eval_shape(lambda: view[key]).shape
    return view.at[key].set(_broadcast(value, shape, view.dtype), mode=layout.mode)


def _broadcast(value: Any, shape: Sequence[int], dtype: Any) -> jax.Array:
    value = cast(value, dtype)
    return jnp.broadcast_to(value.reshape(_without_leading_ones(value.shape)), shape)


def _with_slice(x: jax.Array, new: jax.Array, starts: Sequence[Any], is_inside: Any, layout: Layout) -> jax.Array:
    """Return `x` with the slice replaced by `new`, where the slice is inside."""
    gaps = [(0, 0, stride - 1) for stride in layout.strides]
    is_written = is_inside if max(layout.strides) == 1 else jax.lax.pad(jnp.full(new.shape, is_inside), False, gaps)
    if is_written is not True:
        spread = jax.lax.pad(new, jnp.zeros((), new.dtype), gaps)
        new = jnp.where(is_written, spread, spanned(x, starts, layout.spans))
    return jax.lax.dynamic_update_slice(x, new, as_starts(starts), allow_negative_indices=False)
