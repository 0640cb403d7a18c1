"""Windows: a stretch of a dimension, all stretches side by side, and what is written into one."""

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax.core import Tracer

from ..core.dims import want_integer, wrap_dim
from ..core.dtypes import Category, as_array, as_dtype, cast
from ..core.errors import IndexRangeError, ShapeError, describe
from ..core.op import op
from ..core.public import public
from ..core.record import Array, Beside, Dim, Dims, Factor, Integer, Mask, Shape
from .indexing import slice_step
from .shape import clone


@public
def narrow(input: Any, dim: int, start: Any, length: int) -> jax.Array:
    """Return `length` elements of a dimension, from `start` on; a negative one counts from the end.

    Raises: IndexError for a start out of range; RuntimeError where the elements end too early. A traced start that is
    wrong gives NaN (the least integer, the greatest unsigned one, True): nothing is clamped.
    Torch: the result there is a view, here it is an array of its own.

    >>> import jaxfun as jf
    >>> jf.narrow(jf.tensor([1, 2, 3, 4]), 0, 1, 2)
    Array([2, 3], dtype=int32)
    """
    array, begin = as_array(input), _known_start(start)
    axis = _axis(array, dim, length)
    if isinstance(begin, Tracer):
        return _narrow_traced(array, axis, begin, length)
    return _narrow(array, axis, _checked_start(array.shape[axis], begin, length), length)


@public
def narrow_copy(input: Any, dim: int, start: int, length: int) -> jax.Array:
    """Return `length` elements of a dimension, from `start` on: `narrow`, which is a copy too.

    >>> import jaxfun as jf
    >>> jf.narrow_copy(jf.tensor([1, 2, 3, 4]), 0, -2, 2)
    Array([3, 4], dtype=int32)
    """
    array = as_array(input)
    want_integer(dim=dim, start=start)
    if dim >= array.ndim:  # a check inside of torch, and no IndexError as in narrow
        raise ShapeError(f"`dim` below {array.ndim}", str(dim))
    axis = _axis(array, dim, length)
    return _narrow_copy(array, axis, _checked_start(array.shape[axis], start, length), length)


_WINDOW = {
    "input": Shape(("4", "3 n", "m 4", "m n", "2 n", "0 n")),
    "dim": Beside((0, 0, -1, 1, -2, 0)),
    "start": Beside((1, 2, -3, 0, -2, 0)),
    "length": Beside((2, 1, 2, 0, 2, 0)),
}


@op(kind=None, torch="torch.narrow", composite=True, node="", takes=_WINDOW)
def _narrow(input: Array, dim: Dim, start: Factor, length: Integer) -> jax.Array:
    return slice_step(input, dim, start, length, 1)


@op(kind=None, torch="torch.narrow_copy", takes=_WINDOW)
def _narrow_copy(input: Array, dim: Dim, start: Factor, length: Integer) -> jax.Array:
    return clone(jax.lax.dynamic_slice_in_dim(input, start, length, dim))


@op(kind=None, step="narrow.traced", node="SliceBackward0")
def _narrow_traced(input: Array, dim: Dim, start: Mask, length: Integer) -> jax.Array:
    size = input.shape[dim]
    first = jnp.where(start < 0, start + size, start)
    fits = (first >= 0) & (first <= size - length)
    places = jnp.where(fits, first + jnp.arange(length), size)
    return input.at[(slice(None),) * dim + (places,)].get(mode="fill")


def _known_start(start: Any) -> Any:
    if not hasattr(start, "dtype") or isinstance(start, np.generic):
        want_integer(start=start)
        return start
    if np.ndim(start) or as_dtype(start.dtype).category is not Category.INTEGER:
        raise ShapeError("`start` to be a 0-dim tensor of an integer", describe(start))
    return start if isinstance(start, Tracer) else int(start)


def _axis(input: jax.Array, dim: int, length: int) -> int:
    want_integer(dim=dim, length=length)
    if not input.ndim:
        raise ShapeError("a tensor with dimensions", describe(input))
    if length < 0:
        raise ShapeError("`length` to be 0 or more", str(length))
    return wrap_dim(dim, input.ndim)


def _checked_start(size: int, start: int, length: int) -> int:
    if not -size <= start <= size:
        raise IndexRangeError(f"`start` in [{-size}, {size}]", str(start))
    first = start + size if start < 0 else start
    if first + length > size:
        raise ShapeError(f"at most {size} elements", f"{length} from {start} on")
    return first


_UNFOLDED = {
    "input": Shape(("4", "3 n", "m 4", "", "2 n", "4 m n", "0 n")),
    "dimension": Beside((0, 0, -1, 0, -2, 0, 0)),
    "size": Beside((2, 3, 2, 1, 0, 3, 0)),
    "step": Beside((1, 1, 2, 3, 1, 1, 1)),
}


@op(kind=None, torch="torch.Tensor.unfold", takes=_UNFOLDED)
def unfold(input: Array, dimension: Dim, size: Integer, step: Integer) -> jax.Array:
    """Return all windows of `size` elements of a dimension, each `step` after the one before it.

    Shapes: the dimension counts the windows; their elements are a new dimension, the last.
    Gradient: an element that lies in several windows gets the sum.
    Raises: RuntimeError for a size larger than the dimension, and for a step below 1.
    Torch: Tensor.unfold.

    >>> import jaxfun as jf
    >>> jf.unfold(jf.tensor([1, 2, 3, 4]), 0, 2, 1)
    Array([[1, 2],
           [2, 3],
           [3, 4]], dtype=int32)
    """
    axis = wrap_dim(dimension, input.ndim)
    whole = input.shape[axis] if input.ndim else 1
    if not 0 <= size <= whole or step <= 0:
        raise ShapeError(f"a size in [0, {whole}] and a step above 0", f"{size} and {step}")
    if not input.ndim:
        return jnp.broadcast_to(input, (size,))
    starts = np.arange(0, whole - size + 1, step)
    windows = input[(slice(None),) * axis + (starts[:, None] + np.arange(size),)]
    return jnp.moveaxis(windows, axis + 1, -1)


@public
def select_scatter(input: Any, src: Any, dim: int, index: int) -> jax.Array:
    """Return the tensor with `src` in place of what `select` would give.

    Dtypes: that of `input`; `src` is cast to it.
    Raises: IndexError out of range; RuntimeError where `src` has not the shape of what it replaces.

    >>> import jaxfun as jf
    >>> jf.select_scatter(jf.zeros(2, 2), jf.ones(2), 0, 1)
    Array([[0., 0.],
           [1., 1.]], dtype=float32)
    """
    shape = as_array(input).shape
    want_integer(dim=dim, index=index)
    if not shape:
        raise IndexRangeError("a tensor with dimensions", describe(input))
    axis = wrap_dim(dim, len(shape))
    if not -shape[axis] <= index < shape[axis]:
        raise IndexRangeError(f"`index` in [{-shape[axis]}, {shape[axis] - 1}] for dimension {axis}", str(index))
    return _select_scatter(input, src, axis, index % shape[axis])


_SELECTED = {
    "input": Shape(("2 n", "m 3", "m 1 n", "3")),
    "src": Shape(("n", "m", "m n", "")),
    "dim": Beside((0, -1, 1, 0)),
    "index": Beside((1, -3, 0, -1)),
}


@op(kind=None, torch="torch.select_scatter", takes=_SELECTED)
def _select_scatter(input: Array, src: Array, dim: Dim, index: Factor) -> jax.Array:
    _check_src(src, (*input.shape[:dim], *input.shape[dim + 1 :]))
    update = jnp.expand_dims(cast(src, as_dtype(input.dtype)), dim)
    return jax.lax.dynamic_update_slice_in_dim(input, update, index, dim)


def _check_src(src: jax.Array, shape: tuple[int, ...]) -> None:
    if src.shape != shape:
        raise ShapeError(f"`src` of the shape {list(shape)}", describe(src))


_SLICED = {
    "input": Shape(("4", "4 n", "m 4", "m n", "3 n", "0 n")),
    "src": Shape(("2", "1 n", "m 2", "m 0", "3 n", "0 n")),
    "dim": Beside((0, 0, -1, 1, -2, 0)),
    "start": Beside((1, -1, None, 9, -9, None)),
    "end": Beside((3, None, -1, None, 7, 2)),
    "step": Beside((1, 1, 2, 1, 1, 3)),
}


@op(kind=None, takes=_SLICED)
def slice_scatter(
    input: Array, src: Array, dim: Dim = 0, start: Dims = None, end: Dims = None, step: Integer = 1
) -> jax.Array:
    """Return the tensor with `src` in place of the slice `start:end:step` of a dimension.

    Dtypes: that of `input`; `src` is cast to it.
    Raises: RuntimeError where `src` has not the slice's shape, and for a step below 1.

    >>> import jaxfun as jf
    >>> jf.slice_scatter(jf.zeros(3), jf.ones(2), 0, 1)
    Array([0., 1., 1.], dtype=float32)
    """
    if not input.ndim:
        raise IndexRangeError("a tensor with dimensions", describe(input))
    axis = wrap_dim(dim, input.ndim)
    want_integer(start=0 if start is None else start, end=0 if end is None else end)
    if step <= 0:
        raise ShapeError("a step above 0", str(step))
    span = range(input.shape[axis])[start:end:step]  # type: ignore[misc]
    _check_src(src, (*input.shape[:axis], len(span), *input.shape[axis + 1 :]))
    at = (slice(None),) * axis + (slice(span.start, max(span.stop, span.start), step),)
    return input.at[at].set(cast(src, as_dtype(input.dtype)))
