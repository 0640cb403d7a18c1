"""Index tensors along one dimension: their checks, and the jnp index that they make."""

import math
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax.core import Tracer

from ...core.dtypes import Category, as_dtype, canonical, int32, int64
from ...core.errors import DTypeError, IndexRangeError, PositionError, describe

BOTH = ("int64", "int32")  # the usual dtypes of an index tensor


def check_positions(index: Any, size: int, *, negative: bool = False) -> None:
    """Raise PositionError where a known index is not in [0, size - 1]; `negative`: not in [-size, size - 1].

    torch checks the values last, after shapes and dtypes.
    """
    if isinstance(index, Tracer):
        return
    numbers, low = np.asarray(index), -size if negative else 0
    # for a few numbers Python is faster than NumPy
    for number in numbers.ravel().tolist() if numbers.size <= 16 else (numbers.min(), numbers.max()):
        if not low <= number < size:
            raise PositionError(f"indices in [{low}, {size - 1}]", str(number))


def check_along(_: Any, input: jax.Array, dim: int, index: Any, *others: Any, **options: Any) -> None:
    """Raise PositionError where a known index is out of range along a dimension. It is the `check` of an op."""
    check_positions(index, size_along(input, dim))


def check_among(_: Any, input: jax.Array, index: Any, *others: Any, **options: Any) -> None:
    """Raise PositionError where a known index is out of range in the flattened input. It is the `check` of an op."""
    check_positions(index, math.prod(input.shape), negative=True)


def size_along(input: jax.Array, dim: int) -> int:
    """Return the size of a dimension. A 0-dim tensor has size 1."""
    shape = input.shape
    return shape[dim] if shape else 1


def want_integers(index: jax.Array) -> None:
    """Raise DTypeError where the dtype of an index is not int32 or int64."""
    if as_dtype(index.dtype) not in (int32, int64):
        raise DTypeError("an index of dtype int32 or int64", describe(index))


def want_long(index: jax.Array) -> None:
    """Raise DTypeError where an index is not int64. While JAX's 64-bit types are off, int32 is accepted instead."""
    if as_dtype(index.dtype) != canonical(int64):
        raise DTypeError(f"an index of dtype {canonical(int64).name}", describe(index))


def want_vector(index: jax.Array) -> None:
    """Raise IndexRangeError where an index has more than one dimension."""
    if index.ndim > 1:
        raise IndexRangeError("an index of at most 1 dimension", describe(index))


def as_unsigned(index: jax.Array) -> jax.Array:
    """Return indices as unsigned integers, so that a negative index is out of range, as in torch."""
    return index.astype(np.uint64 if index.dtype.itemsize == 8 else np.uint32)


def missing(dtype: Any) -> Any:
    """Return the result for a traced index out of range: NaN, the smallest integer (unsigned: the largest), or True."""
    category = as_dtype(dtype).category
    if category >= Category.FLOAT:
        return jnp.asarray(np.nan, dtype)
    if category is Category.BOOL:
        return True
    limits = jnp.iinfo(dtype)
    return jnp.asarray(limits.min or limits.max, dtype)


def with_dims(input: jax.Array) -> jax.Array:
    """Return a tensor with at least one dimension: a 0-dim tensor becomes a vector of size 1."""
    return input.reshape(1) if input.ndim == 0 else input


def key_along(ndim: int, axis: int, index: jax.Array) -> tuple[Any, ...]:
    """Return the jnp index with `index` at one axis of `ndim`.

    A 1-D index takes whole slices. An index with `ndim` dimensions takes one element for each of its own.
    """
    if index.ndim < ndim:
        return (*(slice(None),) * axis, index)
    places = (jax.lax.broadcasted_iota(index.dtype, index.shape, dim) for dim in range(ndim))
    return tuple(index if dim == axis else place for dim, place in enumerate(places))
