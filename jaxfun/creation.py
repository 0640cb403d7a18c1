"""New tensors: filled, spaced, copied from Python data, and shaped like another.

Sizes come one by one or as one tuple. Dtypes are torch's defaults (float32, and what a fill value asks for) unless
`dtype` says otherwise; a 64-bit one by name needs JAX's 64-bit types to be on.
"""

import math
from collections.abc import Iterator, Sequence
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from ._dims import as_sizes
from ._op import Number
from .dtypes import Category, DType, as_array, as_dtype, canonical, float32, int64, of, required, result_type
from .errors import (
    ArgumentTypeError,
    ArgumentValueError,
    DTypeError,
    ShapeError,
    UnsupportedDTypeError,
    describe,
    public,
)

Sizes = int | Sequence[int]


def checked_size(size: tuple[int, ...]) -> tuple[int, ...]:
    """Return a size. Raises: ShapeError for a negative one."""
    if min(size, default=0) < 0:
        raise ShapeError("sizes of 0 and more", str(list(size)))
    return size


def _filled(size: tuple[int, ...], value: Any, dtype: Any) -> jax.Array:
    return jnp.full(checked_size(size), value, (float32 if dtype is None else required(dtype)).dtype)


@public("zeros(*size, dtype)")
def zeros(*sizes: Sizes, size: Sizes | None = None, dtype: Any = None) -> jax.Array:
    """Return a tensor of zeros, float32 by default (numpy.zeros: float64).

    Raises: TypeError for sizes that are no integers; RuntimeError for negative ones.
    Torch: torch.zeros.

    >>> import jaxfun as jf
    >>> jf.zeros(2, 3).dtype, jf.zeros((2, 3)).shape
    (dtype('float32'), (2, 3))
    """
    return _filled(as_sizes(sizes, size, "size"), 0, dtype)


@public("ones(*size, dtype)")
def ones(*sizes: Sizes, size: Sizes | None = None, dtype: Any = None) -> jax.Array:
    """Return a tensor of ones, float32 by default.

    Raises: TypeError for sizes that are no integers; RuntimeError for negative ones.
    Torch: torch.ones.

    >>> import jaxfun as jf
    >>> jf.ones(1, 2)
    Array([[1., 1.]], dtype=float32)
    """
    return _filled(as_sizes(sizes, size, "size"), 1, dtype)


@public("empty(*size, dtype)")
def empty(*sizes: Sizes, size: Sizes | None = None, dtype: Any = None) -> jax.Array:
    """Return a tensor whose values mean nothing: torch leaves them as they are in memory, here they are zeros.

    Raises: TypeError for sizes that are no integers; RuntimeError for negative ones.
    Torch: torch.empty.

    >>> import jaxfun as jf
    >>> jf.empty(2, dtype=jf.int8).shape
    (2,)
    """
    return _filled(as_sizes(sizes, size, "size"), 0, dtype)


@public("full(size, fill_value, dtype)")
def full(size: Sequence[int], fill_value: Any, *, dtype: Any = None) -> jax.Array:
    """Return a tensor filled with a number, whose dtype it has by default: bool, int64, float32 or complex64.

    Raises: TypeError for a size that is no tuple; RuntimeError for a number that the dtype cannot hold.
    Torch: torch.full.

    >>> import jaxfun as jf
    >>> jf.full((2,), 1.5)
    Array([1.5, 1.5], dtype=float32)
    """
    if not isinstance(size, (tuple, list)):
        raise ArgumentTypeError("`size` to be a tuple of integers", describe(size))
    wanted = canonical(of(fill_value)) if dtype is None else required(dtype)
    return jnp.full(checked_size(as_sizes((tuple(size),), None, "size")), _fitting(fill_value, wanted), wanted.dtype)


def _fitting(value: Any, dtype: DType) -> Any:
    """Return a fill value. Raises: DTypeError where the dtype cannot hold it."""
    if isinstance(value, jax.Array):
        return value
    number = value.item() if isinstance(value, np.generic) else value
    if isinstance(number, complex) and not dtype.is_complex and number.imag:
        raise DTypeError(f"a number that {dtype.name} can hold", describe(value))
    if dtype.category is Category.INTEGER:
        limits = jnp.iinfo(dtype.dtype)
        if not math.isfinite(number.real) or not limits.min <= int(number.real) <= limits.max:
            raise DTypeError(f"a number that {dtype.name} can hold", describe(value))
        return int(number.real)
    return number


@public("zeros_like(input, dtype)")
def zeros_like(input: Any, *, dtype: Any = None) -> jax.Array:
    """Return zeros of another tensor's shape and, unless told otherwise, dtype. Torch: torch.zeros_like.

    >>> import jaxfun as jf
    >>> jf.zeros_like(jf.tensor([1, 2]))
    Array([0, 0], dtype=int32)
    """
    return _filled_like(input, 0, dtype)


@public("ones_like(input, dtype)")
def ones_like(input: Any, *, dtype: Any = None) -> jax.Array:
    """Return ones of another tensor's shape and, unless told otherwise, dtype. Torch: torch.ones_like.

    >>> import jaxfun as jf
    >>> jf.ones_like(jf.tensor([1.5, 2]))
    Array([1., 1.], dtype=float32)
    """
    return _filled_like(input, 1, dtype)


@public("full_like(input, fill_value, dtype)")
def full_like(input: Any, fill_value: Any, *, dtype: Any = None) -> jax.Array:
    """Return a tensor of another's shape and, unless told otherwise, dtype, filled with a number.

    Raises: RuntimeError for a number that the dtype cannot hold.
    Torch: torch.full_like.

    >>> import jaxfun as jf
    >>> jf.full_like(jf.tensor([1, 2]), 7)
    Array([7, 7], dtype=int32)
    """
    return _filled_like(input, fill_value, dtype)


def _filled_like(input: Any, value: Any, dtype: Any) -> jax.Array:
    like = as_array(input)
    wanted = as_dtype(like.dtype) if dtype is None else required(dtype)
    return jnp.full(like.shape, _fitting(value, wanted), wanted.dtype)


@public("eye(n, m, dtype)")
def eye(n: int, m: int | None = None, *, dtype: Any = None) -> jax.Array:
    """Return ones on the diagonal of an (n, m) matrix, zeros elsewhere. Torch: torch.eye.

    >>> import jaxfun as jf
    >>> jf.eye(2)
    Array([[1., 0.],
           [0., 1.]], dtype=float32)
    """
    rows, columns = checked_size(as_sizes((n, n if m is None else m), None, "n"))
    return jnp.eye(rows, columns, dtype=(float32 if dtype is None else required(dtype)).dtype)


@public("arange(start, end, step, dtype)")
def arange(start: Any, end: Any = None, step: Any = 1, *, dtype: Any = None) -> jax.Array:
    """Return `start`, `start + step`, ... up to but without `end`: int64 where all are integers, else float32.

    Raises: RuntimeError for a step of 0, or one that leads away from `end`.
    Torch: torch.arange.

    >>> import jaxfun as jf
    >>> jf.arange(3), jf.arange(1, 2, 0.5)
    (Array([0, 1, 2], dtype=int32), Array([1. , 1.5], dtype=float32))
    """
    start, end = (0, start) if end is None else (start, end)
    numbers = [_real(number) for number in (start, end, step)]
    wanted = _spaced_dtype(numbers, dtype, "arange")
    if wanted.category is Category.INTEGER:
        numbers = [int(number) for number in numbers]
    first, last, stride = numbers
    if stride == 0 != step:
        raise ArgumentValueError(f"a `step` that is not 0 as {wanted.name}", str(step))
    if stride == 0 or not all(map(math.isfinite, numbers)) or (last - first) * stride < 0:
        raise ShapeError("a finite range and a `step` towards `end`", f"{start} to {end} by {step}")
    count = math.ceil((last - first) / stride)
    return jnp.asarray(first + np.arange(count) * stride, wanted.dtype)


def _real(number: Any) -> Any:
    number = number.item() if hasattr(number, "item") else number
    if isinstance(number, complex):
        raise DTypeError("real numbers", describe(number))
    return number


def _spaced_dtype(numbers: list[Any], dtype: Any, name: str) -> DType:
    whole = all(isinstance(number, int) for number in numbers)
    wanted = required(dtype) if dtype is not None else canonical(int64) if whole else float32
    if wanted.category is Category.BOOL:
        raise UnsupportedDTypeError(f"a dtype of numbers for {name}", "bool")
    return wanted


@public("linspace(start, end, steps, dtype)")
def linspace(start: Any, end: Any, steps: int, *, dtype: Any = None) -> jax.Array:
    """Return `steps` numbers from `start` to `end`, both included, evenly spaced; float32 by default.

    Raises: RuntimeError for a negative `steps`.
    Torch: torch.linspace.

    >>> import jaxfun as jf
    >>> jf.linspace(0, 1, 5)
    Array([0.  , 0.25, 0.5 , 0.75, 1.  ], dtype=float32)
    """
    return _spaced(start, end, steps, dtype, lambda numbers: numbers)


@public("logspace(start, end, steps, base, dtype)")
def logspace(start: Any, end: Any, steps: int, base: float = 10.0, *, dtype: Any = None) -> jax.Array:
    """Return `steps` numbers from `base ** start` to `base ** end`, evenly spaced on a logarithmic scale.

    Raises: RuntimeError for a negative `steps`.
    Torch: torch.logspace.

    >>> import jaxfun as jf
    >>> jf.logspace(0, 2, 3)
    Array([  1.,  10., 100.], dtype=float32)
    """
    return _spaced(start, end, steps, dtype, lambda numbers: np.power(float(base), numbers))


def _spaced(start: Any, end: Any, steps: int, dtype: Any, finish: Any) -> jax.Array:
    if steps < 0:
        raise ShapeError("`steps` of 0 or more", str(steps))
    wanted = canonical(result_type(1.0, start, end)) if dtype is None else required(dtype)
    if wanted.category is Category.BOOL:
        raise UnsupportedDTypeError("a dtype of numbers", "bool")
    numbers = finish(np.linspace(start, end, steps))
    return jnp.asarray(numbers.real if not wanted.is_complex else numbers).astype(wanted.dtype)


@public("tensor(data, dtype)")
def tensor(data: Any, *, dtype: Any = None) -> jax.Array:
    """Return a tensor of Python numbers, nested lists of them, or a copy of an array.

    Dtypes: of Python numbers bool, int64, float32 or complex64, whichever holds them all; of an array its own.
    Raises: ValueError for ragged lists; RuntimeError or TypeError for what is no number.
    Torch: torch.tensor.

    >>> import jaxfun as jf
    >>> jf.tensor([[3, 2]]), jf.tensor([1, 2.5]).dtype
    (Array([[3, 2]], dtype=int32), dtype('float32'))
    """
    if hasattr(data, "__dlpack__") and not isinstance(data, np.generic):
        return as_array(data) if dtype is None else as_array(data).astype(required(dtype).dtype)
    values, found = _nested(data)
    wanted = found if dtype is None else required(dtype)
    if dtype is None and any(isinstance(leaf, np.generic) for leaf in values.flat):
        required(wanted)
    return _from_values(values, canonical(wanted))


def _from_values(values: np.ndarray, dtype: DType) -> jax.Array:
    flat = [leaf.item() if hasattr(leaf, "item") else leaf for leaf in values.flat]
    if not dtype.is_complex and any(isinstance(leaf, complex) for leaf in flat):
        raise ArgumentTypeError("real numbers", "complex ones", "Pass a complex dtype.")
    fitting = [_fitting(leaf, dtype) for leaf in flat] if dtype.category is Category.INTEGER else flat
    return jnp.asarray(np.array(fitting, dtype.dtype).reshape(values.shape))


def _nested(data: Any) -> tuple[np.ndarray, DType]:
    """Return the leaves of nested sequences as an array of objects, and the dtype that holds them all."""
    shape = _shape_of(data)
    values = np.empty(math.prod(shape), object)
    values[:] = list(_leaves(data, shape))
    dtypes = [as_dtype(leaf.dtype) if hasattr(leaf, "dtype") else of(leaf) for leaf in values]
    found = max(dtypes, key=lambda dtype: (dtype.category, dtype.itemsize), default=float32)
    return values.reshape(shape), found


def _is_sequence(data: Any) -> bool:
    return isinstance(data, (list, tuple, range)) or (hasattr(data, "shape") and np.ndim(data) > 0)


def _shape_of(data: Any) -> tuple[int, ...]:
    if not _is_sequence(data):
        return ()
    return (len(data), *_shape_of(data[0])) if len(data) else (0,)


def _leaves(data: Any, shape: tuple[int, ...]) -> Iterator[Any]:
    if _is_sequence(data) != bool(shape):
        raise ArgumentTypeError("a sequence" if shape else "a number", describe(data), "All lists must nest alike.")
    if not shape:
        yield _number(data)
    elif len(data) != shape[0]:
        raise ArgumentValueError(f"sequences of one length ({shape[0]})", str(len(data)))
    else:
        for item in data:
            yield from _leaves(item, shape[1:])


def _number(leaf: Any) -> Any:
    if isinstance(leaf, str) or not (isinstance(leaf, Number) or hasattr(leaf, "dtype")):
        raise (ArgumentTypeError if isinstance(leaf, str) else DTypeError)("numbers", describe(leaf))
    if isinstance(leaf, int) and not -(2**63) <= leaf < 2**64:
        raise ArgumentValueError("integers of 64 bits", describe(leaf))
    return leaf
