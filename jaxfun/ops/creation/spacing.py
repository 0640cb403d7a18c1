"""Evenly spaced numbers: `arange`, `linspace` and `logspace`.

NumPy computes them in the precision and order of torch's CPU kernels, so that they match torch to about the last bit.
For a traced end, JAX computes them.
"""

import math
from types import ModuleType
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from ...core.dims import as_sizes
from ...core.dtypes import Category, DType, canonical, complex64, float32, float64, int64, required
from ...core.errors import (
    ArgumentTypeError,
    ArgumentValueError,
    DTypeError,
    ShapeError,
    UnsupportedDTypeError,
    describe,
)
from ...core.numbers import as_number, fitting, is_traced, rounded
from ...core.public import public
from ...core.sizes import any_below, has_open, is_certain, is_open, larger, library_of


@public
def arange(start: Any, end: Any = None, step: Any = 1, *, dtype: Any = None) -> jax.Array:
    """Return the numbers from `start` to `end` (exclusive) in steps of `step`.

    Dtypes: int64 if all arguments are integers, else float32. Each element is rounded once; in torch's vectorised
    kernel a few elements are rounded twice and differ by at most one ULP of the ends.
    Raises: RuntimeError for a step of 0, or with the wrong sign; NotImplementedError for bool and complex.
    Torch: torch.arange.

    >>> import jaxfun as jf
    >>> jf.arange(3), jf.arange(1, 2, 0.5)
    (Array([0, 1, 2], dtype=int32), Array([1. , 1.5], dtype=float32))
    """
    start, end = (0, start) if end is None else (start, end)
    if has_open((start, end, step)):
        return _open_range(start, end, step, dtype)
    first, last, stride = (_real(as_number(number), dtype) for number in (start, end, step))
    whole = all(isinstance(number, int) for number in (first, last, stride))
    wanted = required(dtype) if dtype is not None else canonical(int64) if whole else float32
    if wanted.category in (Category.BOOL, Category.COMPLEX):
        raise UnsupportedDTypeError("an integer or floating point dtype", wanted.name)
    _check_range(first, last, stride)
    if wanted.category is not Category.INTEGER:
        return jnp.asarray(_floats_from(first, stride, _count(first, last, stride), wanted))
    return jnp.asarray(_integers_from(first, last, stride, wanted))


def _open_range(start: Any, end: Any, step: Any, dtype: Any) -> jax.Array:
    """Return a range whose ends `jax.export` leaves open: of integers, cast to the dtype."""
    ends = [
        int(number) if isinstance(number, float) and number.is_integer() else number for number in (start, end, step)
    ]
    if not all(isinstance(number, int) or is_open(number) for number in ends):
        raise ArgumentTypeError(
            "whole numbers beside a size that jax.export leaves open", f"{start} to {end} by {step}"
        )
    default = float32 if any(isinstance(number, float) for number in (start, end, step)) else canonical(int64)
    wanted = default if dtype is None else required(dtype)
    if wanted.category in (Category.BOOL, Category.COMPLEX):
        raise UnsupportedDTypeError("an integer or floating point dtype", wanted.name)
    return jnp.arange(*ends, dtype=canonical(int64).dtype).astype(wanted.dtype)


def _real(number: Any, dtype: Any) -> Any:
    if isinstance(number, complex):
        raise DTypeError("real numbers", describe(number))
    # without a dtype the default must hold an integer; with a dtype torch wraps it
    return fitting(number, canonical(int64) if dtype is None else int64) if isinstance(number, int) else number


def _check_range(first: Any, last: Any, stride: Any) -> None:
    if not (stride < 0 or stride > 0):
        raise ShapeError("a `step` that is not 0", str(stride))
    if not (math.isfinite(first) and math.isfinite(last)) or (last < first if stride > 0 else first < last):
        raise ShapeError("a finite range and a `step` towards `end`", f"{first} to {last} by {stride}")


def _count(first: Any, last: Any, stride: Any) -> int:
    steps = (float(last) - float(first)) / float(stride)
    if not steps < 2**63:
        raise ShapeError("fewer than 2**63 numbers", f"{first} to {last} by {stride}")
    return math.ceil(steps)


def _integers_from(first: Any, last: Any, stride: Any, dtype: DType) -> np.ndarray:
    start, step = fitting(first, int64), fitting(stride, int64)
    count = _count(first, last, stride)  # torch counts before it truncates the arguments to integers
    if dtype == canonical(int64):
        if step == 0:
            raise ArgumentValueError(f"a `step` that is not 0 as {dtype.name}", str(stride))
        count = -((start - fitting(last, int64)) // step)  # exact, above 2**53 too
    return (start + np.arange(count) * np.int64(step)).astype(dtype.dtype)


def _floats_from(first: Any, stride: Any, count: int, dtype: DType) -> np.ndarray:
    accumulated = float32 if dtype.itemsize == 2 else float64
    start, step = (rounded(fitting(number, accumulated), accumulated) for number in (first, stride))
    with np.errstate(all="ignore"):
        return rounded(_fused(step, np.arange(count).astype(accumulated.dtype), start), dtype)


@public
def linspace(start: Any, end: Any, steps: int, *, dtype: Any = None) -> jax.Array:
    """Return `steps` evenly spaced numbers from `start` to `end` (inclusive), float32 by default.

    Raises: RuntimeError for a negative `steps`, and for a `start` or `end` that the dtype cannot hold.
    Torch: torch.linspace.

    >>> import jaxfun as jf
    >>> jf.linspace(0, 1, 5)
    Array([0.  , 0.25, 0.5 , 0.75, 1.  ], dtype=float32)
    """
    first, last, count, wanted = _checked_arguments(start, end, steps, dtype)
    if is_certain(lambda: count < 2):
        return _constant(first, count, wanted)
    if wanted.is_complex:
        real = wanted.to_real()
        parts = [_points(getattr(first, part), getattr(last, part), count, real, real) for part in ("real", "imag")]
        return jax.lax.complex(*map(jnp.asarray, parts))
    kind = canonical(float64) if wanted.category is Category.INTEGER else wanted
    return _cast(_points(first, last, count, wanted, kind), wanted)


@public
def logspace(start: Any, end: Any, steps: int, base: float = 10.0, *, dtype: Any = None) -> jax.Array:
    """Return `steps` numbers from `base ** start` to `base ** end`, evenly spaced on a logarithmic scale.

    Dtypes: an integer dtype truncates `start` and `end` to integers first, as torch does.
    Raises: RuntimeError for a negative `steps`, and for a `start` or `end` that the dtype cannot hold.
    Torch: torch.logspace.

    >>> import jaxfun as jf
    >>> jf.logspace(0, 2, 3)
    Array([  1.,  10., 100.], dtype=float32)
    """
    first, last, count, wanted = _checked_arguments(start, end, steps, dtype)
    kind = wanted if wanted.is_complex else canonical(float64)
    if is_certain(lambda: count < 2):
        return _constant(_power(base, first, kind), count, wanted)
    return _cast(_power(base, _points(first, last, count, wanted, kind, fused=False), kind), wanted)


def _checked_arguments(start: Any, end: Any, steps: int, dtype: Any) -> tuple[Any, Any, int, DType]:
    """Return `start` and `end` as numbers, the number of points, and the dtype."""
    (count,) = as_sizes((steps,), "steps")
    if any_below(0, (count,)):
        raise ShapeError("`steps` of at least 0", str(count))
    if any(map(np.ndim, (start, end))):
        raise ShapeError("`start` and `end` to be 0-dim", f"{describe(start)} and {describe(end)}")
    first, last = as_number(start), as_number(end)
    is_complex = any(map(np.iscomplexobj, (first, last)))
    wanted = (complex64 if is_complex else float32) if dtype is None else required(dtype)
    if is_complex and not wanted.is_complex:
        raise DTypeError("a complex dtype for a complex `start` or `end`", wanted.name)
    if wanted.category is Category.BOOL and not is_certain(lambda: count <= 1):
        raise UnsupportedDTypeError("a numeric dtype", "bool")
    return first, last, count, wanted


def _constant(number: Any, count: int, dtype: DType) -> jax.Array:
    if is_traced(number):
        return jnp.full((count,), number, dtype.dtype)
    return jnp.asarray(np.full((count,), rounded(fitting(number, dtype), dtype) if count else 0, dtype.dtype))


def _points(first: Any, last: Any, count: int, dtype: DType, kind: DType, fused: bool = True) -> Any:
    """Return start + step * i in the first half, end + step * (i - count + 1) in the second, computed in `kind`."""
    library: ModuleType = jnp if is_traced(first) or is_traced(last) else library_of(count)
    with np.errstate(all="ignore"):
        ends = [_cast_with(library, number, dtype) for number in (first, last)]
        step = (ends[1] - ends[0]).astype(kind.dtype) / library.asarray(larger(count - 1, 1), kind.dtype)
        index = library_of(count).arange(count)
        early = index < count // 2
        hops = library_of(count).where(early, index, index - (count - 1)).astype(kind.dtype)
        origin = library.where(early, *(end.astype(kind.dtype) for end in ends))
        return _fused(step, hops, origin) if fused and library is np else origin + step * hops


def _cast_with(library: ModuleType, number: Any, dtype: DType) -> Any:
    if library is jnp:
        return jnp.asarray(number).astype(dtype.dtype)
    held = rounded(fitting(number, dtype), dtype)
    return held.astype(np.int64) if dtype.category is Category.INTEGER else held


def _fused(step: np.ndarray, hops: np.ndarray, origin: np.ndarray) -> np.ndarray:
    """Return origin + step * hops, rounded once where torch's kernels are compiled to fused multiply-adds."""
    if step.dtype == np.float32:
        return (origin.astype(np.float64) + step.astype(np.float64) * hops).astype(np.float32)
    return _fused_wide(step, hops, origin) if step.dtype == np.float64 else origin + step * hops


def _fused_wide(step: np.ndarray, hops: np.ndarray, origin: np.ndarray) -> np.ndarray:
    # Dekker's product and Knuth's sum keep the rounding error of float64; step is split in two, hops are small integers
    product = step * hops
    head = step * (2.0**27 + 1) - (step * (2.0**27 + 1) - step)
    total = product + origin
    carried = total - product
    lost = (head * hops - product) + (step - head) * hops + ((product - (total - carried)) + (origin - carried))
    return np.where(np.isfinite(lost), total + lost, total)


def _power(base: float, exponents: Any, kind: DType) -> Any:
    if isinstance(base, complex) or not isinstance(base, (bool, int, float)):
        raise ArgumentTypeError("a real `base`", describe(base))
    if is_traced(exponents):
        return jnp.power(jnp.asarray(base, kind.dtype), exponents.astype(kind.dtype))
    with np.errstate(all="ignore"):
        return np.power(np.asarray(base, kind.dtype), np.asarray(exponents, kind.dtype))


def _cast(numbers: Any, dtype: DType) -> jax.Array:
    if is_traced(numbers):
        return numbers.astype(dtype.dtype)
    with np.errstate(all="ignore"):
        whole = numbers.astype(np.int64) if dtype.category is Category.INTEGER else numbers
    return jnp.asarray(whole.astype(dtype.dtype) if whole is not numbers else rounded(numbers, dtype))
