"""Sorting: `sort`, `argsort`, `topk`, `kthvalue`, `unique`. NaN counts as the largest value."""

import functools
from collections.abc import Mapping, Sequence
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from ...core.checks import want_order
from ...core.dims import wrap_dim
from ...core.dtypes import DType, as_array, as_dtype, bfloat16, canonical, float16, float32, int32, int64
from ...core.errors import DTypeError, IndexRangeError, ShapeError, describe
from ...core.op import op
from ...core.overloads import overloads
from ...core.public import public
from ...core.record import BOOLS, COMPLEXES, Array, Dim, rows
from ...core.sizes import is_certain
from ...core.tangents import found_at
from ..reduce.extrema import ValuesAndIndices
from .search import want_size

# Sort all elements.


@op(kind=None, torch="torch.sort")
def _sort(input: Array, dim: Dim = -1, descending: bool = False) -> ValuesAndIndices:
    """Sort the elements along `dim`, and return the values and their indices.

    The sort is stable. torch promises that only for `stable=True`.
    Gradient: to the element whose index is returned.
    Raises: RuntimeError for complex numbers.

    >>> import jaxfun as jf
    >>> jf.sort(jf.tensor([3.0, 1.0, 2.0]))
    ValuesAndIndices(values=Array([1., 2., 3.], dtype=float32), indices=Array([1, 2, 0], dtype=int32))
    """
    return _sort_along(input, dim, descending)


@op(kind=None, torch="torch.sort", overload="stable", node="SortBackward1")
def _sort_stable(input: Array, *, stable: bool | None, dim: Dim = -1, descending: bool = False) -> ValuesAndIndices:
    return _sort_along(input, dim, descending)


sort = overloads(_sort, _sort_stable)


def _sort_along(input: jax.Array, dim: int, descending: bool) -> ValuesAndIndices:
    axis = wrap_dim(dim, input.ndim)
    want_order(input, DTypeError)
    values, indices = _sorted(axis, descending, input)
    return ValuesAndIndices(values, indices.astype(canonical(int64).dtype))


def _sorted(axis: int, descending: bool, input: jax.Array) -> tuple[jax.Array, jax.Array]:
    """Return the sorted elements and their indices, by a stable sort."""
    if input.ndim == 0:
        return input, jnp.zeros((), np.int32)
    values, indices = _in_order(axis, descending, jax.lax.stop_gradient(input))
    return found_at(functools.partial(_elements_at, axis=axis), input, values, indices), indices


def _in_order(axis: int, descending: bool, input: jax.Array) -> tuple[jax.Array, jax.Array]:
    dtype = (int64 if is_certain(lambda: input.shape[axis] >= 2**31) else int32).dtype
    both = input, jax.lax.broadcasted_iota(dtype, input.shape, axis)
    # flip before and after the sort, so that equal elements keep their order
    turned = [jnp.flip(each, axis) for each in both] if descending else both
    found = jax.lax.sort(turned, dimension=axis, num_keys=1, is_stable=True)
    values, indices = [jnp.flip(each, axis) for each in found] if descending else found
    return values, indices


def _elements_at(input: jax.Array, indices: jax.Array, axis: int) -> jax.Array:
    return jnp.take_along_axis(input, indices, axis, mode="promise_in_bounds") if input.ndim else input


@op(kind=None, torch="torch.argsort", node="")
def _argsort(input: Array, dim: Dim = -1, descending: bool = False) -> jax.Array:
    """Return the indices that sort the elements along `dim`.

    The sort is stable. torch promises that only for `stable=True`.
    Raises: RuntimeError for complex numbers.

    >>> import jaxfun as jf
    >>> jf.argsort(jf.tensor([3.0, 1.0, 2.0]), descending=True)
    Array([0, 2, 1], dtype=int32)
    """
    return _sort_along(input, dim, descending).indices


@op(kind=None, torch="torch.argsort", overload="stable", node="")
def _argsort_stable(input: Array, *, stable: bool, dim: Dim = -1, descending: bool = False) -> jax.Array:
    return _sort_along(input, dim, descending).indices


argsort = overloads(_argsort, _argsort_stable)


@op(kind=None, composite=True)
def msort(input: Array) -> jax.Array:
    """Sort the elements along the first dimension.

    >>> import jaxfun as jf
    >>> jf.msort(jf.tensor([[3, 1], [2, 4]]))
    Array([[2, 1],
           [3, 4]], dtype=int32)
    """
    return _sort_along(input, 0, False).values


# The largest or smallest `k`, and the `k`-th.

_CASES = rows("input k dim", ("3", 2, -1), ("m 2", 1, -1), ("2 n", 2, 0), ("", 1, 0), ("l 1 n", 1, 1), ("5", 3, 0))


@op(kind=None, rejects=BOOLS | COMPLEXES, cases=_CASES)
def topk(input: Array, k: int, dim: Dim = -1, largest: bool = True, sorted: bool = True) -> ValuesAndIndices:
    """Return the `k` largest elements along `dim` (the smallest if not `largest`), and their indices.

    The result is always sorted. Among equal elements the first one is taken; torch leaves that open.
    Gradient: to the element whose index is returned.
    Raises: RuntimeError for a `k` that is too large, for bools and for complex numbers.

    >>> import jaxfun as jf
    >>> jf.topk(jf.tensor([3.0, 1.0, 2.0]), 2)
    ValuesAndIndices(values=Array([3., 2.], dtype=float32), indices=Array([0, 2], dtype=int32))
    """
    axis = wrap_dim(dim, input.ndim)
    size = input.shape[axis] if input.ndim else 1
    if is_certain(lambda: not 0 <= k <= size):
        raise ShapeError(f"a `k` in [0, {size}]", str(k))
    select = _topk_indices if input.ndim and as_dtype(input.dtype) in _SELECTED else _first_indices
    indices = select(jax.lax.stop_gradient(input), k, axis, largest)
    return ValuesAndIndices(_elements_at(input, indices, axis), indices.astype(canonical(int64).dtype))


_SELECTED = (float32, float16, bfloat16)  # XLA selects these dtypes without a full sort, and float32 holds them exactly


def _topk_indices(input: jax.Array, k: int, axis: int, largest: bool) -> jax.Array:
    """Return the indices of the largest elements. XLA compares bits, in which zeros and NaN have signs."""
    numbers = input.astype(float32.dtype)
    unsigned = jnp.where(jnp.isnan(numbers), jnp.nan, jnp.where(numbers == 0, 0.0, numbers))
    indices = jax.lax.top_k(jnp.moveaxis(unsigned if largest else -unsigned, axis, -1), k)[1]
    return jnp.moveaxis(indices, -1, axis)


def _first_indices(input: jax.Array, k: int, axis: int, descending: bool) -> jax.Array:
    """Return the indices of the first `k` elements of a full sort."""
    _, indices = _sorted(axis, descending, input)
    return jax.lax.slice_in_dim(indices, 0, k, axis=axis) if input.ndim else indices


def _takes_one_number(arguments: Mapping[str, Any]) -> frozenset[DType]:
    return frozenset() if arguments["input"].ndim else BOOLS | COMPLEXES  # torch returns a 0-dim input unchanged


@op(kind=None, rejects=BOOLS | COMPLEXES, takes_here=_takes_one_number, cases=_CASES)
def kthvalue(input: Array, k: int, dim: Dim = -1, keepdim: bool = False) -> ValuesAndIndices:
    """Return the `k`-th smallest element along `dim`, counted from 1, and its index.

    Among equal elements it is the one at that rank of a stable sort; torch leaves that open.
    Gradient: to the element whose index is returned.
    Raises: RuntimeError for a `k` out of range; IndexError for a dimension of size 0.

    >>> import jaxfun as jf
    >>> jf.kthvalue(jf.tensor([3.0, 1.0, 2.0]), 2)
    ValuesAndIndices(values=Array(2., dtype=float32), indices=Array(2, dtype=int32))
    """
    axis = wrap_dim(dim, input.ndim)
    size = input.shape[axis] if input.ndim else 1
    if size == 0:
        raise IndexRangeError(f"a non-empty `dim`, not {axis}", describe(input))
    if is_certain(lambda: not 1 <= k <= size):
        raise ShapeError(f"a `k` in [1, {size}]", str(k))
    if input.ndim == 0:
        return ValuesAndIndices(input, jnp.zeros((), canonical(int64).dtype))
    _, order = _sorted(axis, False, jax.lax.stop_gradient(input))
    indices = jax.lax.index_in_dim(order, k - 1, axis)
    found = _elements_at(input, indices, axis), indices.astype(canonical(int64).dtype)
    return ValuesAndIndices(*(found if keepdim else (jnp.squeeze(each, axis) for each in found)))


# Unique elements. Their number decides the shape of the result: under jit it must be given as `size`.


@public
def unique(
    input: Any,
    sorted: bool = True,
    return_inverse: bool = False,
    return_counts: bool = False,
    dim: int | None = None,
    *,
    size: int | None = None,
    fill_value: Any = None,
) -> Any:
    """Return the unique elements in ascending order, or the unique slices along `dim`. Each NaN is unique.

    With `return_inverse` also return the position of each element in the result, with `return_counts` its count.
    The result is always sorted. Under jit and vmap give `size`, the number of unique elements; missing ones are
    filled with `fill_value`.
    Gradient: none, as in torch.
    Raises: NotImplementedError for complex numbers, and for a traced tensor without `size`.

    >>> import jaxfun as jf
    >>> jf.unique(jf.tensor([3, 1, 3]), return_counts=True)
    (Array([1, 3], dtype=int32), Array([1, 2], dtype=int32))
    """
    input = _checked(input, size)
    axis = _optional_axis(input, dim)
    source = input.reshape(-1) if axis is None else input
    if 0 in source.shape:
        return _requested(_empty(source, axis or 0, input, dim), return_inverse, return_counts)
    found, inverse, counts = jnp.unique(
        jax.lax.stop_gradient(source),
        return_inverse=True,
        return_counts=True,
        axis=axis or 0,
        equal_nan=False,
        size=size,
        fill_value=fill_value,
    )
    shape = input.shape if axis is None else (source.shape[axis],)
    return _requested((found, inverse.reshape(shape), counts), return_inverse, return_counts)


@public
def unique_consecutive(
    input: Any,
    return_inverse: bool = False,
    return_counts: bool = False,
    dim: int | None = None,
    *,
    size: int | None = None,
    fill_value: Any = None,
) -> Any:
    """Return the first element of each run of equal elements, or the first slice of each run along `dim`.

    With `return_inverse` also return the run of each element, with `return_counts` the length of each run.
    Under jit and vmap give `size`, the number of runs; missing ones are filled with `fill_value`.
    Gradient: none, as in torch.
    Raises: NotImplementedError for complex numbers, and for a traced tensor without `size`.

    >>> import jaxfun as jf
    >>> jf.unique_consecutive(jf.tensor([1, 1, 2, 1]))
    Array([1, 2, 1], dtype=int32)
    """
    input = _checked(input, size)
    axis = _optional_axis(input, dim)
    source = jax.lax.stop_gradient(input.reshape(-1) if axis is None else input)
    if 0 in source.shape:
        return _requested(_empty(source, axis or 0, input, dim), return_inverse, return_counts)
    slices = jnp.moveaxis(source, axis or 0, 0)
    differs = (slices[1:] != slices[:-1]).any(tuple(range(1, slices.ndim)))
    starts = jnp.concatenate([jnp.ones(1, bool), differs])
    found, counts = _runs(slices, starts, size, fill_value)
    inverse = (jnp.cumsum(starts) - 1).reshape(input.shape if axis is None else (len(slices),))
    return _requested((jnp.moveaxis(found, 0, axis or 0), inverse, counts), return_inverse, return_counts)


def _runs(slices: jax.Array, starts: jax.Array, size: int | None, fill_value: Any) -> tuple[jax.Array, jax.Array]:
    """Return the first slice of each run, and the lengths of the runs."""
    count = len(slices)
    (places,) = jnp.nonzero(starts, size=size, fill_value=count)
    fill = jnp.asarray(0 if fill_value is None else fill_value).astype(slices.dtype)
    there = (places < count).reshape(-1, *[1] * (slices.ndim - 1))
    taken = jnp.where(there, slices.at[places].get(mode="clip"), fill)
    return taken, jnp.diff(jnp.append(places, count))


def _checked(input: Any, size: int | None) -> jax.Array:
    input = as_array(input)
    want_order(input)
    want_size(input, size)
    return input


def _optional_axis(input: jax.Array, dim: int | None) -> int | None:
    if dim is None:
        return None
    if input.ndim == 0:
        raise IndexRangeError("a tensor of at least 1 dimension", describe(input))
    return wrap_dim(dim, input.ndim)


def _empty(source: jax.Array, axis: int, input: jax.Array, dim: int | None) -> tuple[jax.Array, ...]:
    if source.shape[axis]:
        raise ShapeError("non-empty slices", describe(source))
    indices = jnp.zeros(0, canonical(int64).dtype)
    return source, indices.reshape(input.shape) if dim is None else indices, indices


def _requested(results: Sequence[jax.Array], return_inverse: bool, return_counts: bool) -> Any:
    dtype = canonical(int64).dtype
    found, inverse, counts = results
    more = [(return_inverse, inverse), (return_counts, counts)]
    wanted = [part.astype(dtype) for is_wanted, part in more if is_wanted]
    return (found, *wanted) if wanted else found
