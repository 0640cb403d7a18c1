"""Random tensors, from an explicit key: the same key gives the same numbers, on every call and every device.

torch draws from a hidden generator; here `key` comes first (`jax.random.key(seed)`), and `jax.random.split` makes more.
The numbers are JAX's, not those of a torch seed: what is the same is their distribution, shape and dtype.
"""

from collections.abc import Sequence
from typing import Any

import jax
import jax.numpy as jnp

from .core.dims import as_sizes
from .core.dtypes import Category, DType, canonical, float32, int64, required
from .core.errors import ArgumentTypeError, ArgumentValueError, ShapeError, UnsupportedDTypeError, describe
from .core.public import public
from .creation import Sizes, checked_size, empty


@public
def rand(key: jax.Array, *sizes: Sizes, size: Sizes | None = None, dtype: Any = None) -> jax.Array:
    """Return numbers drawn evenly from [0, 1), both parts of a complex one.

    Raises: NotImplementedError for integers and bool.
    Torch: torch.rand.

    >>> import jax, jaxfun as jf
    >>> jf.rand(jax.random.key(0), 30, 1).shape
    (30, 1)
    """
    _check_key(key)
    shape, wanted = checked_size(as_sizes(sizes, size, "size")), _inexact(dtype)
    if not wanted.is_complex:
        return jax.random.uniform(key, shape, wanted.dtype)
    parts = jax.random.uniform(key, (2, *shape), wanted.to_real().dtype)
    return jax.lax.complex(parts[0], parts[1])


@public
def randn(key: jax.Array, *sizes: Sizes, size: Sizes | None = None, dtype: Any = None) -> jax.Array:
    """Return numbers drawn from the normal distribution of mean 0 and variance 1 (a complex one's parts: 1/2 each).

    Raises: NotImplementedError for integers and bool.
    Torch: torch.randn.

    >>> import jax, jaxfun as jf
    >>> jf.randn(jax.random.key(0), (2, 3)).dtype
    dtype('float32')
    """
    _check_key(key)
    shape = checked_size(as_sizes(sizes, size, "size"))
    if 0 in shape:  # with nothing to draw, torch takes any dtype
        return empty(shape, dtype=dtype)
    return jax.random.normal(key, shape, _inexact(dtype).dtype)


def _check_key(key: Any) -> None:
    if not isinstance(key, jax.Array):
        raise ArgumentTypeError("a `key` before all else, such as jax.random.key(0)", describe(key))


def _inexact(dtype: Any) -> DType:
    wanted = float32 if dtype is None else required(dtype)
    if wanted.category <= Category.INTEGER:
        raise UnsupportedDTypeError("a floating point or complex dtype", wanted.name)
    return wanted


@public
def randint(
    key: jax.Array, low: Any = None, high: Any = None, size: Sequence[int] | None = None, *, dtype: Any = None
) -> jax.Array:
    """Return integers drawn evenly from [low, high); `randint(key, high, size)` starts at 0.

    Raises: RuntimeError where `low` is not below `high`, or the dtype cannot hold them; TypeError for a size that is
    no tuple.
    Torch: torch.randint.

    >>> import jax, jaxfun as jf
    >>> jf.randint(jax.random.key(0), 10, (4,)).shape
    (4,)
    """
    _check_key(key)
    if size is None and isinstance(high, (tuple, list)):
        low, high, size = 0, low, high
    start, stop = (0, low) if high is None else (0 if low is None else low, high)
    if not isinstance(size, (tuple, list)):
        raise ArgumentTypeError("a tuple for `size`", describe(size))
    least, end = as_sizes((start, stop), None, "low and high")
    wanted = canonical(int64) if dtype is None else required(dtype)
    _check_bounds(least, end, wanted)
    shape = checked_size(as_sizes((tuple(size),), None, "size"))
    return jax.random.randint(key, shape, least, end, canonical(int64).dtype).astype(wanted.dtype)


def _check_bounds(low: int, high: int, dtype: DType) -> None:
    if low < -(2**63) or high >= 2**63:
        raise ArgumentValueError("bounds of 64 bits", f"{low} and {high}")
    if low >= high:
        raise ShapeError("`low` below `high`", f"{low} and {high}")
    if dtype.is_complex:
        raise ShapeError("a real dtype", dtype.name)
    for held, stop in ((dtype, high - 1), (canonical(int64), high)):
        least, most = _limits(held)
        if low < least or stop > most:
            raise ShapeError(f"bounds that {held.name} can hold", f"{low} and {high}")


def _limits(dtype: DType) -> tuple[int, int]:
    if dtype.category is Category.BOOL:
        return 0, 1
    if dtype.category is Category.INTEGER:
        return int(jnp.iinfo(dtype.dtype).min), int(jnp.iinfo(dtype.dtype).max)
    largest = int(float(jnp.finfo(dtype.dtype).max))
    return -largest, largest


@public
def randperm(key: jax.Array, n: int, *, dtype: Any = None) -> jax.Array:
    """Return the integers from 0 to `n - 1` in random order.

    Raises: RuntimeError for a negative `n`, or one that the dtype cannot count to; NotImplementedError for bool and
    complex.
    Torch: torch.randperm.

    >>> import jax, jaxfun as jf
    >>> sorted(jf.randperm(jax.random.key(0), 4).tolist())
    [0, 1, 2, 3]
    """
    _check_key(key)
    (count,) = checked_size(as_sizes((n,), None, "n"))
    wanted = canonical(int64) if dtype is None else required(dtype)
    if wanted.category in (Category.BOOL, Category.COMPLEX):
        raise UnsupportedDTypeError("an integer or floating point dtype", wanted.name)
    if count - 1 > _COUNTS_TO.get(wanted.name, _limits(wanted)[1]):
        raise ShapeError(f"an `n` that {wanted.name} can count to", str(count))
    return jax.random.permutation(key, jnp.arange(count)).astype(wanted.dtype)


# where a floating point dtype begins to leave out integers; torch lets bfloat16 go on
_COUNTS_TO = {"float16": 2**11, "float32": 2**24, "float64": 2**53}
