"""The different elements or slices. How many there are decides the result's shape: under jit it must be given."""

from collections.abc import Sequence
from typing import Any

import jax
import jax.numpy as jnp

from ..core.dims import wrap_dim
from ..core.dtypes import as_array, canonical, int64
from ..core.errors import IndexRangeError, ShapeError, UnsupportedDTypeError, describe
from ..core.public import public
from .nonzero import want_size


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
    """Return the different elements in order, or the different slices of a dimension; NaN differs from NaN.

    With `return_inverse` also which of them each element is, with `return_counts` how often each is there.
    They are in order whether `sorted` or not. Under jit and vmap `size` is how many there are, and `fill_value` stands
    where there are fewer.
    Raises: NotImplementedError for complex numbers, and for a traced tensor without `size`. It has no gradient, as in
    torch.

    >>> import jaxfun as jf
    >>> jf.unique(jf.tensor([3, 1, 3]), return_counts=True)
    (Array([1, 3], dtype=int32), Array([1, 2], dtype=int32))
    """
    input = _comparable(input, size)
    axis = _axis(input, dim)
    source = input.reshape(-1) if axis is None else input
    if 0 in source.shape:
        return _chosen(_of_none(source, axis or 0, input, dim), return_inverse, return_counts)
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
    return _chosen((found, inverse.reshape(shape), counts), return_inverse, return_counts)


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
    """Return the elements without those that equal the one before, or the slices of a dimension.

    With `return_inverse` also which of them each element went into, with `return_counts` how many went into each.
    Under jit and vmap `size` is how many there are, and `fill_value` stands where there are fewer.
    Raises: NotImplementedError for complex numbers, and for a traced tensor without `size`. It has no gradient, as in
    torch.

    >>> import jaxfun as jf
    >>> jf.unique_consecutive(jf.tensor([1, 1, 2, 1]))
    Array([1, 2, 1], dtype=int32)
    """
    input = _comparable(input, size)
    axis = _axis(input, dim)
    source = jax.lax.stop_gradient(input.reshape(-1) if axis is None else input)
    if 0 in source.shape:
        return _chosen(_of_none(source, axis or 0, input, dim), return_inverse, return_counts)
    slices = jnp.moveaxis(source, axis or 0, 0)
    differs = (slices[1:] != slices[:-1]).any(tuple(range(1, slices.ndim)))
    starts = jnp.concatenate([jnp.ones(1, bool), differs])
    found, counts = _of_starts(slices, starts, size, fill_value)
    inverse = (jnp.cumsum(starts) - 1).reshape(input.shape if axis is None else (len(slices),))
    return _chosen((jnp.moveaxis(found, 0, axis or 0), inverse, counts), return_inverse, return_counts)


def _of_starts(slices: jax.Array, starts: jax.Array, size: int | None, fill_value: Any) -> tuple[jax.Array, jax.Array]:
    """Return the slices with which something new begins, and how far it is to the next."""
    count = len(slices)
    (places,) = jnp.nonzero(starts, size=size, fill_value=count)
    fill = jnp.asarray(0 if fill_value is None else fill_value).astype(slices.dtype)
    there = (places < count).reshape(-1, *[1] * (slices.ndim - 1))
    taken = jnp.where(there, slices.at[places].get(mode="clip"), fill)
    return taken, jnp.diff(jnp.append(places, count))


def _comparable(input: Any, size: int | None) -> jax.Array:
    input = as_array(input)
    if jnp.iscomplexobj(input):
        raise UnsupportedDTypeError("numbers that have an order", describe(input))
    want_size(input, size)
    return input


def _axis(input: jax.Array, dim: int | None) -> int | None:
    if dim is None:
        return None
    if input.ndim == 0:
        raise IndexRangeError("a tensor with dimensions", describe(input))
    return wrap_dim(dim, input.ndim)


def _of_none(source: jax.Array, axis: int, input: jax.Array, dim: int | None) -> tuple[jax.Array, ...]:
    if source.shape[axis]:
        raise ShapeError("slices that have elements", describe(source))
    indices = jnp.zeros(0, canonical(int64).dtype)
    return source, indices.reshape(input.shape) if dim is None else indices, indices


def _chosen(results: Sequence[jax.Array], return_inverse: bool, return_counts: bool) -> Any:
    dtype = canonical(int64).dtype
    found, inverse, counts = results
    more = [(return_inverse, inverse), (return_counts, counts)]
    asked_for = [part.astype(dtype) for is_wanted, part in more if is_wanted]
    return (found, *asked_for) if asked_for else found
