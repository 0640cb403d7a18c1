"""Slices of a dimension: one (`narrow`), sliding windows (`unfold`), and replacement (`slice_scatter`).

Begin with `narrow`. Starts are traced, so that a new start needs no compilation. Known starts are checked first.
"""

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax.core import Tracer

from ...core.dims import want_index, want_integer, wrap_dim
from ...core.dtypes import Category, as_array, as_dtype, cast
from ...core.errors import IndexRangeError, ShapeError, describe
from ...core.op import op
from ...core.public import public
from ...core.record import Array, Dim, Factor, Integer, OptionalInteger, rows
from ...core.sizes import has_open, is_certain, library_of, span


@public
def narrow(input: Any, dim: int, start: Any, length: int) -> jax.Array:
    """Narrow a dimension to `length` elements from `start`; a negative start counts from the end.

    Raises: IndexError for a start out of range; RuntimeError for a `length` that is too large. A traced start out of
    range gives NaN (the smallest integer, the largest unsigned one, True): it is never clamped.
    Torch: torch.narrow, which returns a view; here the result is a new array.

    >>> import jaxfun as jf
    >>> jf.narrow(jf.tensor([1, 2, 3, 4]), 0, 1, 2)
    Array([2, 3], dtype=int32)
    """
    array, first = as_array(input), _known_start(start)
    axis = _axis(array, dim, length)
    if isinstance(first, Tracer):
        return _narrow_traced(array, axis, first, length)
    _check_window(array.shape[axis], first, length)
    return _narrow(array, axis, first, length)


_WINDOWS = rows(
    "input dim start length",
    ("4", 0, 1, 2),
    ("3 n", 0, 2, 1),
    ("m 4", -1, -3, 2),
    ("m n", 1, 0, 0),
    ("2 n", -2, -2, 2),
    ("0 n", 0, 0, 0),
)


@op(kind=None, torch="torch.narrow", overload=("", "Tensor"), composite=True, cases=_WINDOWS)
def _narrow(input: Array, dim: Dim, start: Factor, length: Integer) -> jax.Array:
    return jax.lax.dynamic_slice_in_dim(input, start, length, dim)


def _narrow_traced(input: jax.Array, axis: int, start: jax.Array, length: int) -> jax.Array:
    size = input.shape[axis]
    first = jnp.where(start < 0, start + size, start)
    fits = (first >= 0) & (first <= size - length)
    indices = jnp.where(fits, first + jnp.arange(length), size)
    return input.at[(slice(None),) * axis + (indices,)].get(mode="fill")


def _known_start(start: Any) -> Any:
    if not hasattr(start, "dtype") or isinstance(start, np.generic):
        want_integer(start=start)
        return start
    if np.ndim(start) or as_dtype(start.dtype).category is not Category.INTEGER:
        raise ShapeError("`start` to be a 0-dim integer tensor", describe(start))
    return start if isinstance(start, Tracer) else int(start)


def _axis(input: jax.Array, dim: int, length: int) -> int:
    want_integer(dim=dim, length=length)
    if not input.ndim:
        raise ShapeError("a tensor of at least 1 dimension", describe(input))
    if is_certain(lambda: length < 0):
        raise ShapeError("`length` of at least 0", str(length))
    return wrap_dim(dim, input.ndim)


def _check_window(size: int, start: int, length: int) -> None:
    if is_certain(lambda: not -size <= start <= size):
        raise IndexRangeError(f"`start` in [{-size}, {size}]", str(start))
    if is_certain(lambda: (start + size if start < 0 else start) + length > size):
        raise ShapeError(f"at most {size} elements", f"{length} from {start} on")


def _check_narrow_copy(input: jax.Array, dim: int, start: Any, length: int) -> None:
    want_integer(start=start)
    if dim >= input.ndim:  # torch checks it later, and does not raise IndexError
        raise ShapeError(f"`dim` below {input.ndim}", str(dim))
    _check_window(input.shape[_axis(input, dim, length)], start, length)


@op(kind=None, before=_check_narrow_copy, cases=_WINDOWS)
def narrow_copy(input: Array, dim: Dim, start: Factor, length: Integer) -> jax.Array:
    """Narrow a dimension to `length` elements from `start`, like `narrow`.

    Raises: IndexError for a start out of range; RuntimeError for a `length` that is too large.

    >>> import jaxfun as jf
    >>> jf.narrow_copy(jf.tensor([1, 2, 3, 4]), 0, -2, 2)
    Array([3, 4], dtype=int32)
    """
    return jax.lax.dynamic_slice_in_dim(input, start, length, wrap_dim(dim, input.ndim))


@op(
    kind=None,
    torch="torch.Tensor.unfold",
    overload=("", "unfold_copy.default"),
    aliases=("unfold_copy",),
    cases=rows(
        "input dimension size step",
        ("4", 0, 2, 1),
        ("3 n", 0, 3, 1),
        ("m 4", -1, 2, 2),
        ("", 0, 1, 3),
        ("2 n", -2, 0, 1),
        ("4 m n", 0, 3, 1),
        ("0 n", 0, 0, 1),
    ),
)
def unfold(input: Array, dimension: Dim, size: Integer, step: Integer) -> jax.Array:
    """Return the sliding windows of `size` elements along a dimension, at intervals of `step`.

    Shapes: (*, n, *) -> (*, number of windows, *, size).
    Gradient: an element in several windows gets the sum.
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
    if step <= 0 or is_certain(lambda: not 0 <= size <= whole):
        raise ShapeError(f"a size in [0, {whole}] and a step of at least 1", f"{size} and {step}")
    if not input.ndim:
        return jnp.broadcast_to(input, (size,))
    last = (whole - size) // step * step  # the start of the last window
    if not has_open((whole, size)) and 0 < size <= _FEW:
        ends = (last + 1 + place for place in range(size))
        return jnp.stack([jax.lax.slice_in_dim(input, *each, step, axis) for each in enumerate(ends)], -1)
    indices = library_of(whole, size)
    windows = input[(slice(None),) * axis + (indices.arange(0, last + 1, step)[:, None] + indices.arange(size),)]
    return jnp.moveaxis(windows, axis + 1, -1)


unfold_copy = unfold


_FEW = 8  # up to this number, slices are much faster than a gather, whose gradient is a scatter


def _check_select_scatter(input: jax.Array, src: jax.Array, dim: int, index: Any) -> None:
    want_index(input, dim, index)


@op(
    kind=None,
    before=_check_select_scatter,
    cases=rows(
        "input src dim index",
        ("2 n", "n", 0, 1),
        ("m 3", "m", -1, -3),
        ("m 1 n", "m n", 1, 0),
        ("3", "", 0, -1),
    ),
)
def select_scatter(input: Array, src: Array, dim: Dim, index: Factor) -> jax.Array:
    """Return `input` with its slice at `index` along `dim` (see `select`) replaced by `src`.

    Dtypes: those of `input`; `src` is cast to them.
    Raises: IndexError for an index out of range; RuntimeError if `src` does not have the shape of the slice.

    >>> import jaxfun as jf
    >>> jf.select_scatter(jf.zeros(2, 2), jf.ones(2), 0, 1)
    Array([[0., 0.],
           [1., 1.]], dtype=float32)
    """
    axis = wrap_dim(dim, input.ndim)
    _want_shape(src, (*input.shape[:axis], *input.shape[axis + 1 :]))
    update = jnp.expand_dims(cast(src, as_dtype(input.dtype)), axis)
    return jax.lax.dynamic_update_slice_in_dim(input, update, index, axis)


def _want_shape(src: jax.Array, shape: tuple[int, ...]) -> None:
    if src.shape != shape:
        raise ShapeError(f"a `src` of shape {list(shape)}", describe(src))


@op(
    kind=None,
    cases=rows(
        "input src dim start end step",
        ("4", "2", 0, 1, 3, 1),
        ("4 n", "1 n", 0, -1, None, 1),
        ("m 4", "m 2", -1, None, -1, 2),
        ("m n", "m 0", 1, 9, None, 1),
        ("3 n", "3 n", -2, -9, 7, 1),
        ("0 n", "0 n", 0, None, 2, 3),
    ),
)
def slice_scatter(
    input: Array,
    src: Array,
    dim: Dim = 0,
    start: OptionalInteger = None,
    end: OptionalInteger = None,
    step: Integer = 1,
) -> jax.Array:
    """Return `input` with the slice `start:end:step` along `dim` replaced by `src`.

    Dtypes: those of `input`; `src` is cast to them.
    Raises: RuntimeError if `src` does not have the shape of the slice, and for a step below 1.

    >>> import jaxfun as jf
    >>> jf.slice_scatter(jf.zeros(3), jf.ones(2), 0, 1)
    Array([0., 1., 1.], dtype=float32)
    """
    axis, first, count = _span(input, dim, slice(start, end, step))
    _want_shape(src, (*input.shape[:axis], count, *input.shape[axis + 1 :]))
    at = (slice(None),) * axis + (slice(first, first + _extent(count, step), step),)
    return input.at[at].set(cast(src, as_dtype(input.dtype)))


def _span(input: jax.Array, dim: int, part: slice) -> tuple[int, int, int]:
    """Return the dimension that is sliced, and the first index and the number of indices of the slice."""
    if not input.ndim:
        raise IndexRangeError("a tensor of at least 1 dimension", describe(input))
    axis = wrap_dim(dim, input.ndim)
    if part.step <= 0:
        raise ShapeError("a step of at least 1", str(part.step))
    return axis, *span(input.shape[axis], part)


def _extent(count: int, step: int) -> int:
    """Return the length from the first to the last of `count` indices."""
    return (count - 1) * step + 1 if count else 0


@op(
    kind=None,
    overload=("Tensor", "slice.Tensor"),
    cases=rows(
        "input dim start end step",
        ("4", 0, 1, 3, 1),
        ("4 n", 0, -1, None, 1),
        ("m 4", -1, None, -1, 2),
        ("m n", 1, 9, None, 1),
        ("3 n", -2, -9, 7, 1),
        ("0 n", 0, None, 2, 3),
    ),
)
def slice_copy(
    input: Array, dim: Dim = 0, start: OptionalInteger = None, end: OptionalInteger = None, step: Integer = 1
) -> jax.Array:
    """Return the slice `start:end:step` along a dimension.

    Raises: RuntimeError for a step below 1; IndexError for a 0-dim tensor.

    >>> import jaxfun as jf
    >>> jf.slice_copy(jf.tensor([1, 2, 3, 4]), 0, 1, None, 2)
    Array([2, 4], dtype=int32)
    """
    axis, first, count = _span(input, dim, slice(start, end, step))
    return jax.lax.slice_in_dim(input, first, first + _extent(count, step), step, axis)
