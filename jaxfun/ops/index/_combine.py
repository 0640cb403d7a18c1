"""Combine elements at the positions of an index tensor: set, add, multiply, mean, maximum, minimum.

Begin with `combined`. `key_along` gives the positions. The derivatives are torch's: `scatter_reduce_backward`,
`index_reduce_backward`.
"""

import functools
from collections.abc import Callable, Mapping
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from ...core.dtypes import Category, as_dtype, widened
from ...core.errors import UnsupportedDTypeError, describe
from ._positions import key_along


def set_at(input: jax.Array, axis: int, index: jax.Array, source: jax.Array) -> jax.Array:
    """Return `input` with `source` written at the positions of an index."""
    return input.at[key_along(input.ndim, axis, index)].set(source)


def get_at(input: jax.Array, axis: int, index: jax.Array) -> jax.Array:
    """Return the elements at the positions of an index."""
    return input.at[key_along(input.ndim, axis, index)].get(mode="fill")


def add_at(input: jax.Array, axis: int, index: jax.Array, source: jax.Array) -> jax.Array:
    """Return `input` with `source` added at the positions of an index. Bools are combined with logical or."""
    at = widened(input).at[key_along(input.ndim, axis, index)]
    added = at.max(source) if input.dtype == bool else at.add(widened(source))
    return added.astype(input.dtype)


def combined(
    reduce: str, include_self: bool, input: jax.Array, axis: int, index: jax.Array, source: jax.Array
) -> jax.Array:
    """Return `input` reduced with `source` at the positions of an index: the kernel of `scatter_reduce`.

    Raises: UnsupportedDTypeError for the mean of bools, and for the maximum or minimum of complex numbers.
    """
    category = as_dtype(input.dtype).category
    if category is _REFUSED.get(reduce):
        raise UnsupportedDTypeError(f"a dtype that has a {reduce}", describe(input))
    return _COMBINE[reduce](include_self, widened(input), axis, index, widened(source)).astype(input.dtype)


_REFUSED = {"mean": Category.BOOL, "amax": Category.COMPLEX, "amin": Category.COMPLEX}


def _initial(input: jax.Array, axis: int, index: jax.Array, include_self: bool, identity: Any) -> jax.Array:
    """Return the start value of the reduction: `input`, or the identity at written positions without `include_self`."""
    if include_self:
        return input
    return jnp.where(_is_written(input, axis, index), jnp.asarray(identity, input.dtype), input)


def _is_written(input: jax.Array, axis: int, index: jax.Array) -> jax.Array:
    return set_at(jnp.zeros(input.shape, bool), axis, index, jnp.asarray(True))


def _sum(include_self: bool, input: jax.Array, axis: int, index: jax.Array, source: jax.Array) -> jax.Array:
    return add_at(_initial(input, axis, index, include_self, 0), axis, index, source)


def _mean(include_self: bool, input: jax.Array, axis: int, index: jax.Array, source: jax.Array) -> jax.Array:
    total = _sum(include_self, input, axis, index, source)
    count = add_at(jnp.full(input.shape, int(include_self), np.int32), axis, index, jnp.ones(source.shape, np.int32))
    count = jnp.maximum(count, 1).astype(total.dtype)
    divide = jnp.floor_divide if as_dtype(input.dtype).category is Category.INTEGER else jnp.divide
    return divide(total, count)


@functools.partial(jax.custom_jvp, nondiff_argnums=(0, 1, 3))
def _extreme(
    largest: bool, include_self: bool, input: jax.Array, axis: int, index: jax.Array, source: jax.Array
) -> jax.Array:
    base = _initial(input, axis, index, include_self, _identity_of_extreme(input.dtype, largest))
    at = base.at[key_along(input.ndim, axis, index)]
    return at.max(source) if largest else at.min(source)


def _identity_of_extreme(dtype: Any, largest: bool) -> Any:
    """Return the smallest value of a dtype if `largest`, else the largest: the identity of the reduction."""
    category = as_dtype(dtype).category
    if category is Category.FLOAT:
        return -np.inf if largest else np.inf
    least, greatest = (False, True) if category is Category.BOOL else (jnp.iinfo(dtype).min, jnp.iinfo(dtype).max)
    return least if largest else greatest


@_extreme.defjvp
def _extreme_jvp(largest: bool, include_self: bool, axis: int, primals: Any, tangents: Any) -> tuple[Any, Any]:
    (input, index, source), (d_input, _, d_source) = primals, tangents
    result = _extreme(largest, include_self, input, axis, index, source)
    of_input, of_source = input == result, source == get_at(result, axis, index)
    # torch counts the element of `input` as equal even without `include_self`
    count = add_at(of_input.astype(input.dtype), axis, index, of_source.astype(input.dtype))
    base = _initial(jnp.where(of_input, d_input, 0), axis, index, include_self, 0)
    return result, add_at(base, axis, index, jnp.where(of_source, d_source, 0)) / count


@functools.partial(jax.custom_jvp, nondiff_argnums=(0, 2))
def _product(include_self: bool, input: jax.Array, axis: int, index: jax.Array, source: jax.Array) -> jax.Array:
    at = _initial(input, axis, index, include_self, 1).at[key_along(input.ndim, axis, index)]
    return at.min(source) if input.dtype == bool else at.multiply(source)


@_product.defjvp
def _product_jvp(include_self: bool, axis: int, primals: Any, tangents: Any) -> tuple[Any, Any]:
    (input, index, source), (d_input, _, d_source) = primals, tangents
    result = _product(include_self, input, axis, index, source)
    # an excluded element gets the factor 0, even if it is NaN
    base = _initial(_other_factors(include_self, input, axis, index, source), axis, index, include_self, 0) * d_input
    slope = _other_factors_of_source(result, include_self, input, axis, index, source)
    return result, add_at(base, axis, index, slope * d_source)


def _other_factors(include_self: bool, input: jax.Array, axis: int, index: jax.Array, source: jax.Array) -> jax.Array:
    """Return, for each element of the input, the product of the other factors of its position."""
    nonzero = _initial(jnp.where(input == 0, 1, input), axis, index, include_self, 1)
    return _product(include_self, nonzero, axis, index, source) / nonzero


def _other_factors_of_source(
    result: jax.Array, include_self: bool, input: jax.Array, axis: int, index: jax.Array, source: jax.Array
) -> jax.Array:
    """Return, for each element of the source, the product of the other factors of its position."""
    is_zero = source == 0
    count = add_at(jnp.zeros(input.shape, np.int32), axis, index, is_zero.astype(np.int32))
    alone = is_zero & (get_at(count, axis, index) == 1)
    without = _product(include_self, input, axis, index, jnp.where(alone, 1, source))
    divided = get_at(result, axis, index) / jnp.where(is_zero, 1, source)
    return jnp.where(alone, get_at(without, axis, index), divided)


_COMBINE: Mapping[str, Callable[..., jax.Array]] = {
    "sum": _sum,
    "mean": _mean,
    "prod": _product,
    "amax": functools.partial(_extreme, True),
    "amin": functools.partial(_extreme, False),
}
REDUCTIONS = tuple(_COMBINE)
