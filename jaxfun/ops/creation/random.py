"""Random tensors from an explicit key: `rand`, `randn`, `randint` and `randperm`.

torch has a hidden random generator. Here the first argument is `key`: `jax.random.key(seed)` creates one, and
`jax.random.split` splits it into several. The same key gives the same numbers. The distribution, shape and dtype are
torch's; the numbers that torch draws from a seed are not reproduced.
"""

from collections.abc import Sequence
from typing import Any

import jax
import jax.numpy as jnp

from ...core.dims import as_sizes, as_tuple
from ...core.dtypes import Category, DType, canonical, computed_in, float32, int64, required
from ...core.errors import ArgumentTypeError, ArgumentValueError, ShapeError, UnsupportedDTypeError, describe
from ...core.public import public
from ...core.types import Sizes
from .fill import checked_size, empty


@public
def rand(key: jax.Array, *size: Sizes, dtype: Any = None) -> jax.Array:
    """Return uniform random numbers in [0, 1), float32 by default.

    Dtypes: for a complex dtype the real and imaginary parts are both in [0, 1).
    Raises: NotImplementedError for integers and bool.
    Torch: torch.rand.

    >>> import jax, jaxfun as jf
    >>> jf.rand(jax.random.key(0), 30, 1).shape
    (30, 1)
    """
    check_key(key)
    return uniform_numbers(key, checked_size(as_sizes(size, "size")), inexact(dtype), 0, 1)


@public
def randn(key: jax.Array, *size: Sizes, dtype: Any = None) -> jax.Array:
    """Return random numbers from the standard normal distribution (mean 0, variance 1), float32 by default.

    Dtypes: for a complex dtype the real and imaginary parts each have variance 1/2.
    Raises: NotImplementedError for integers and bool.
    Torch: torch.randn.

    >>> import jax, jaxfun as jf
    >>> jf.randn(jax.random.key(0), (2, 3)).dtype
    dtype('float32')
    """
    check_key(key)
    shape = checked_size(as_sizes(size, "size"))
    if 0 in shape:  # for an empty tensor torch accepts any dtype
        return empty(shape, dtype=dtype)
    return normal_numbers(key, shape, inexact(dtype), 0, 1)


def uniform_numbers(key: jax.Array, shape: tuple[int, ...], dtype: DType, low: float, high: float) -> jax.Array:
    """Return uniform random numbers in [low, high). Real and imaginary parts are both uniform.

    16-bit floats are drawn in float32 and rounded, as in torch: a number that is rounded up to `high` becomes `low`.
    """
    if dtype.is_complex:
        parts = uniform_numbers(key, (2, *shape), dtype.to_real(), low, high)
        return jax.lax.complex(parts[0], parts[1])
    drawn = jax.random.uniform(key, shape, computed_in(dtype).dtype, low, high).astype(dtype.dtype)
    return jnp.where(drawn < jnp.asarray(high, dtype.dtype), drawn, jnp.asarray(low, dtype.dtype))


def normal_numbers(key: jax.Array, shape: tuple[int, ...], dtype: DType, mean: float, std: float) -> jax.Array:
    """Return normal random numbers. 16-bit floats are drawn in float32 and rounded, as in torch.

    Real and imaginary parts both have the mean `mean`, and each has half of the variance.
    """
    wide = computed_in(dtype).dtype
    drawn = jax.random.normal(key, shape, wide)
    centre = complex(mean, mean) if dtype.is_complex else mean
    return (jnp.asarray(centre, wide) + jnp.asarray(std, wide) * drawn).astype(dtype.dtype)


def check_key(key: Any) -> None:
    """Raise ArgumentTypeError for anything other than a JAX random key."""
    is_key = isinstance(key, jax.Array) and (key.dtype == jnp.uint32 or jnp.issubdtype(key.dtype, jax.dtypes.prng_key))
    if not is_key:
        raise ArgumentTypeError("`key` to be a JAX random key", describe(key), "Make one with jax.random.key(0).")


def inexact(dtype: Any) -> DType:
    """Return the dtype for random numbers, float32 by default. Raises: UnsupportedDTypeError for integers and bool."""
    wanted = float32 if dtype is None else required(dtype)
    if wanted.category <= Category.INTEGER:
        raise UnsupportedDTypeError("a floating point or complex dtype", wanted.name)
    return wanted


@public
def randint(
    key: jax.Array, low: Any = None, high: Any = None, size: Sequence[int] | None = None, *, dtype: Any = None
) -> jax.Array:
    """Return uniform random integers in [low, high); `randint(key, high, size)` starts at 0.

    Raises: RuntimeError unless `low < high` and the dtype can hold both; TypeError for a size that is not a tuple.
    Torch: torch.randint.

    >>> import jax, jaxfun as jf
    >>> jf.randint(jax.random.key(0), 10, (4,)).shape
    (4,)
    """
    check_key(key)
    if size is None and isinstance(high, (tuple, list)):
        low, high, size = 0, low, high
    start, stop = (0, low) if high is None else (0 if low is None else low, high)
    shape = checked_size(as_tuple(size, "size"))
    least, end = as_sizes((start, stop), "low and high")
    wanted = canonical(int64) if dtype is None else required(dtype)
    _check_bounds(least, end, wanted)
    return jax.random.randint(key, shape, least, end, canonical(int64).dtype).astype(wanted.dtype)


def _check_bounds(low: int, high: int, dtype: DType) -> None:
    if low < -(2**63) or high >= 2**63:
        raise ArgumentValueError("bounds that fit in 64 bits", f"{low} and {high}")
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
    """Return a random permutation of the integers from 0 to `n - 1`.

    Raises: RuntimeError for a negative `n`, and for an `n` that the dtype cannot represent; NotImplementedError for
    bool and complex.
    Torch: torch.randperm.

    >>> import jax, jaxfun as jf
    >>> sorted(jf.randperm(jax.random.key(0), 4).tolist())
    [0, 1, 2, 3]
    """
    check_key(key)
    (count,) = checked_size(as_sizes((n,), "n"))
    wanted = canonical(int64) if dtype is None else required(dtype)
    if wanted.category in (Category.BOOL, Category.COMPLEX):
        raise UnsupportedDTypeError("an integer or floating point dtype", wanted.name)
    if count - 1 > _LAST_EXACT.get(wanted.name, _limits(wanted)[1]):
        raise ShapeError(f"an `n` up to which {wanted.name} represents every integer", str(count))
    return jax.random.permutation(key, jnp.arange(count)).astype(wanted.dtype)


# the largest n for each float dtype: it represents every integer up to here; torch does not check bfloat16
_LAST_EXACT = {"float16": 2**11, "float32": 2**24, "float64": 2**53}
