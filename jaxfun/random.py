"""Random tensors, from an explicit key: the same key gives the same numbers, on every call and every device.

torch draws from a hidden generator; here `key` comes first (`jax.random.key(seed)`), and `jax.random.split` makes more.
The numbers are JAX's, not those of a torch seed: what is the same is their distribution, shape and dtype.
"""

from collections.abc import Sequence
from typing import Any

import jax
import jax.numpy as jnp

from ._dims import as_sizes
from .creation import Sizes, checked_size
from .dtypes import Category, DType, canonical, float32, int64, required
from .errors import ArgumentTypeError, ShapeError, UnsupportedDTypeError, describe, public


@public("rand(key, *size, dtype)")
def rand(key: jax.Array, *sizes: Sizes, size: Sizes | None = None, dtype: Any = None) -> jax.Array:
    """Return numbers drawn evenly from [0, 1), both parts of a complex one.

    Raises: NotImplementedError for integers and bool.
    Torch: torch.rand.

    >>> import jax, jaxfun as jf
    >>> jf.rand(jax.random.key(0), 30, 1).shape
    (30, 1)
    """
    wanted = _inexact(dtype)
    shape = checked_size(as_sizes(sizes, size, "size"))
    if not wanted.is_complex:
        return jax.random.uniform(key, shape, wanted.dtype)
    parts = jax.random.uniform(key, (2, *shape), wanted.to_real().dtype)
    return jax.lax.complex(parts[0], parts[1])


@public("randn(key, *size, dtype)")
def randn(key: jax.Array, *sizes: Sizes, size: Sizes | None = None, dtype: Any = None) -> jax.Array:
    """Return numbers drawn from the normal distribution of mean 0 and variance 1 (a complex one's parts: 1/2 each).

    Raises: NotImplementedError for integers and bool.
    Torch: torch.randn.

    >>> import jax, jaxfun as jf
    >>> jf.randn(jax.random.key(0), (2, 3)).dtype
    dtype('float32')
    """
    wanted = _inexact(dtype)
    return jax.random.normal(key, checked_size(as_sizes(sizes, size, "size")), wanted.dtype)


def _inexact(dtype: Any) -> DType:
    wanted = float32 if dtype is None else required(dtype)
    if wanted.category <= Category.INTEGER:
        raise UnsupportedDTypeError("a floating point or complex dtype", wanted.name)
    return wanted


@public("randint(key, low, high, size, dtype)")
def randint(
    key: jax.Array, low: int, high: int | Sequence[int], size: Sequence[int] | None = None, *, dtype: Any = None
) -> jax.Array:
    """Return integers drawn evenly from [low, high); `randint(key, high, size)` starts at 0.

    Raises: RuntimeError where `low` is not below `high`, or the dtype cannot hold them; TypeError for a size that is
    no tuple.
    Torch: torch.randint.

    >>> import jax, jaxfun as jf
    >>> jf.randint(jax.random.key(0), 10, (4,)).shape
    (4,)
    """
    start, stop, shape = (0, low, high) if size is None else (low, high, size)
    if not isinstance(shape, (tuple, list)) or not isinstance(stop, int):
        raise ArgumentTypeError("integer bounds and a tuple for `size`", f"{describe(stop)} and {describe(shape)}")
    wanted = canonical(int64) if dtype is None else required(dtype)
    _check_bounds(start, stop, wanted)
    drawn = jax.random.randint(key, checked_size(tuple(shape)), start, stop, canonical(int64).dtype)
    return drawn.astype(wanted.dtype)


def _check_bounds(low: int, high: int, dtype: DType) -> None:
    if low >= high:
        raise ShapeError("`low` below `high`", f"{low} and {high}")
    if dtype.category is Category.INTEGER:
        limits = jnp.iinfo(dtype.dtype)
        if low < limits.min or high - 1 > limits.max:
            raise ShapeError(f"bounds that {dtype.name} can hold", f"{low} and {high}")


@public("randperm(key, n, dtype)")
def randperm(key: jax.Array, n: int, *, dtype: Any = None) -> jax.Array:
    """Return the integers from 0 to `n - 1` in random order.

    Raises: RuntimeError for a negative `n`.
    Torch: torch.randperm.

    >>> import jax, jaxfun as jf
    >>> sorted(jf.randperm(jax.random.key(0), 4).tolist())
    [0, 1, 2, 3]
    """
    (count,) = checked_size((n,))
    wanted = canonical(int64) if dtype is None else required(dtype)
    return jax.random.permutation(key, count).astype(wanted.dtype)
