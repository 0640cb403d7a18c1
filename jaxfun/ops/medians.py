"""What stands in the middle, and what comes most often: medians, with and without NaN, and modes."""

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from ..core.dims import wrap_dim
from ..core.dtypes import Category, Kind, as_dtype, canonical, int64
from ..core.errors import UnsupportedDTypeError, describe
from ..core.op import op
from ..core.public import public
from ..core.record import Array, Dim
from .extremum import ValuesAndIndices, equal_or_nan, picked, refuse_empty_axis, shared_evenly
from .reduction import refuse_keepdim


@public
def median(input: Any, dim: Any = ..., keepdim: bool = False) -> Any:
    """Return the median of all elements; with a `dim`, the medians along it and where they are.

    Of an even number of elements it is the lower of the two in the middle (jnp.median: their mean); NaN where one is.
    Gradient: shared evenly among equal elements; with a `dim` all to the element whose index is returned.
    Raises: IndexError for a `dim` of size 0; NotImplementedError for bool and complex.

    >>> import jaxfun as jf
    >>> jf.median(jf.tensor([3.0, 1.0, 2.0, 4.0]))
    Array(2., dtype=float32)
    >>> jf.median(jf.tensor([[3.0, 1.0, 2.0]]), 1).indices
    Array([2], dtype=int32)
    """
    return _by_form("median(input, dim, keepdim)", (_median, _median_dim), input, dim, keepdim)


@public
def nanmedian(input: Any, dim: Any = ..., keepdim: bool = False) -> Any:
    """Return the median of all elements that are not NaN; with a `dim`, the medians along it and where they are.

    Of an even number of elements it is the lower of the two in the middle; NaN where all are.
    Gradient: shared evenly among equal elements; with a `dim` all to the element whose index is returned.
    Raises: IndexError for a `dim` of size 0; NotImplementedError for bool and complex.

    >>> import jaxfun as jf
    >>> jf.nanmedian(jf.tensor([3.0, float("nan"), 2.0]))
    Array(2., dtype=float32)
    """
    return _by_form("nanmedian(input, dim, keepdim)", (_nanmedian, _nanmedian_dim), input, dim, keepdim)


def _by_form(call: str, forms: tuple[Any, Any], input: Any, dim: Any, keepdim: bool) -> Any:
    of_all, along_dim = forms
    if dim is not ...:
        return along_dim(input, dim, keepdim)
    refuse_keepdim(call, keepdim)
    return of_all(input)


@op(kind=Kind.NO_OPMATH, torch="torch.median")
def _median(input: Array) -> jax.Array:
    return _of_all(input, _first_nan_or_middle)


@op(kind=Kind.NO_OPMATH, torch="torch.nanmedian")
def _nanmedian(input: Array) -> jax.Array:
    return _of_all(input, _middle_of_numbers)


@op(kind=Kind.NO_OPMATH, torch="torch.median", overload="dim", node="MedianBackward1")
def _median_dim(input: Array, dim: Dim, keepdim: bool = False) -> ValuesAndIndices:
    return _along(input, dim, keepdim, _first_nan_or_middle)


@op(kind=Kind.NO_OPMATH, torch="torch.nanmedian", overload="dim", node="NanmedianBackward1")
def _nanmedian_dim(input: Array, dim: Dim, keepdim: bool = False) -> ValuesAndIndices:
    return _along(input, dim, keepdim, _middle_of_numbers)


def _first_nan_or_middle(ordered: jax.Array, axis: int) -> jax.Array:
    """Return the median's place in what is sorted, NaN last."""
    size = ordered.shape[axis]
    numbers = _count_numbers(ordered, axis)
    return jnp.where(numbers < size, numbers, (size - 1) // 2)


def _middle_of_numbers(ordered: jax.Array, axis: int) -> jax.Array:
    return (jnp.maximum(_count_numbers(ordered, axis), 1) - 1) // 2


def _count_numbers(input: jax.Array, axis: int) -> jax.Array:
    return jnp.sum(~jnp.isnan(input), axis, keepdims=True, dtype=canonical(int64).dtype)


def _of_all(input: jax.Array, place: Callable[..., jax.Array]) -> jax.Array:
    if not input.size:
        return _of_nothing(input)
    _refuse_unordered(input)

    def reduce(input: jax.Array, axes: Any, keepdims: bool) -> jax.Array:
        ordered = jnp.sort(input, None)
        found = jnp.take_along_axis(ordered, place(ordered, 0), 0, mode="promise_in_bounds")
        return found.reshape((1,) * input.ndim if keepdims else ())

    return shared_evenly(input, reduce, None, False, equal_or_nan)


def _of_nothing(input: jax.Array) -> jax.Array:
    # torch casts NaN: of integers, the wide ones become their least number, the others 0
    if as_dtype(input.dtype).category is Category.INTEGER:
        return jnp.asarray(np.iinfo(input.dtype).min if input.dtype.itemsize >= 4 else 0, input.dtype)
    return jnp.asarray(jnp.nan).astype(input.dtype)


def _refuse_unordered(input: jax.Array) -> None:
    if as_dtype(input.dtype).category in (Category.BOOL, Category.COMPLEX):
        raise UnsupportedDTypeError("a dtype other than bool and complex ones", describe(input))


def _along(input: jax.Array, dim: int, keepdim: bool, place: Callable[..., jax.Array]) -> ValuesAndIndices:
    axis = wrap_dim(dim, input.ndim)
    refuse_empty_axis(input, axis)
    _refuse_unordered(input)
    if input.ndim == 0:
        return ValuesAndIndices(input, jnp.zeros((), canonical(int64).dtype))
    known = jax.lax.stop_gradient(input)
    order = jnp.argsort(known, axis)  # stable: equals, and NaN, stay in their order
    indices = jnp.take_along_axis(order, place(known, axis), axis, mode="promise_in_bounds")
    return picked(input, indices.astype(canonical(int64).dtype), axis, keepdim)


@op(
    kind=Kind.NO_OPMATH,
)
def mode(input: Array, dim: Dim = -1, keepdim: bool = False) -> ValuesAndIndices:
    """Return what comes most often along `dim`, the smallest of several, and where it is: the last of equals.

    Gradient: all to the element whose index is returned.
    Raises: IndexError for a `dim` of size 0; NotImplementedError for complex.
    Differs: of more than 16 elements torch gives any of the equals' places.

    >>> import jaxfun as jf
    >>> jf.mode(jf.tensor([3, 1, 2, 1]))
    ValuesAndIndices(values=Array(1, dtype=int32), indices=Array(3, dtype=int32))
    """
    axis = wrap_dim(dim, input.ndim)
    refuse_empty_axis(input, axis)
    if input.ndim == 0:
        return ValuesAndIndices(input, jnp.zeros((), canonical(int64).dtype))
    if jnp.iscomplexobj(input) and input.size:
        raise UnsupportedDTypeError("numbers that have an order", describe(input))
    order = jnp.argsort(jax.lax.stop_gradient(input), axis)
    last = _last_of_most(jnp.take_along_axis(input, order, axis), axis)
    indices = jnp.take_along_axis(order, last, axis, mode="promise_in_bounds")
    return picked(input, indices.astype(canonical(int64).dtype), axis, keepdim)


def _last_of_most(ordered: jax.Array, axis: int) -> jax.Array:
    """Return where the longest run of equals ends, the first of several such."""
    places = jax.lax.broadcasted_iota(np.int32, ordered.shape, axis)
    before = jnp.roll(ordered, 1, axis)
    starts = jax.lax.cummax(jnp.where((ordered != before) | (places == 0), places, 0), axis)
    return jnp.argmax(places - starts, axis, keepdims=True)
