"""Where an element of a flattened tensor stands in the tensor."""

import math
from collections.abc import Sequence
from typing import Any

import jax
import jax.numpy as jnp

from ..core.dtypes import Category, as_array, as_dtype, canonical, int64
from ..core.errors import ArgumentTypeError, ArgumentValueError, ShapeError, describe
from ..core.public import public


@public
def unravel_index(indices: Any, shape: int | Sequence[int]) -> tuple[jax.Array, ...]:
    """Return the coordinates in a tensor of a shape, one tensor for each dimension, of indices into it flattened.

    What is out of range is counted modulo the size, as in torch. Shapes: that of `indices` each. Dtypes: int64.
    Raises: TypeError for indices that are no integers, and a shape that is not made of any; ValueError for a negative
    size; RuntimeError for indices into a tensor of no elements.

    >>> import jaxfun as jf
    >>> jf.unravel_index(jf.tensor([4, 5]), (2, 3))
    (Array([1, 1], dtype=int32), Array([1, 2], dtype=int32))
    """
    if not hasattr(indices, "dtype") or as_dtype(as_array(indices).dtype).category is not Category.INTEGER:
        raise ArgumentTypeError("`indices` of integers", describe(indices))
    sizes = (shape,) if isinstance(shape, int) else tuple(shape) if isinstance(shape, (tuple, list)) else None
    if sizes is None or not all(isinstance(size, int) for size in sizes):
        raise ArgumentTypeError("`shape` to be an integer or integers", describe(shape))
    if any(size < 0 for size in sizes):
        raise ArgumentValueError("`shape` of sizes of 0 and more", describe(shape))
    places = as_array(indices).astype(canonical(int64).dtype)
    if places.size and 0 in sizes:
        raise ShapeError("a `shape` that has elements", describe(shape))
    sizes = tuple(map(int, sizes))  # bools count as 0 and 1
    steps = [math.prod(sizes[dim + 1 :]) for dim in range(len(sizes))]
    return tuple(_along(places, step, size) for step, size in zip(steps, sizes, strict=True))


def _along(places: jax.Array, step: int, size: int) -> jax.Array:
    if not places.size:
        return places
    if step > jnp.iinfo(places.dtype).max:  # further than any index reaches
        return jnp.where(places < 0, size - 1, 0).astype(places.dtype)
    return (places // step) % size
