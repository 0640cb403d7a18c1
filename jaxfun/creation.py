"""New tensors: filled, copied from Python data, and shaped like another.

Sizes come one by one or as one tuple. Dtypes are torch's defaults (float32, and what a fill value asks for) unless
`dtype` says otherwise; a 64-bit one by name needs JAX's 64-bit types to be on.
"""

import functools
import math
from collections.abc import Iterator, Sequence
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from .core.dims import as_sizes
from .core.dtypes import Category, DType, as_array, as_dtype, canonical, float32, of, promote_types, required
from .core.errors import ArgumentTypeError, ArgumentValueError, DTypeError, ShapeError, describe
from .core.numbers import as_number, default_dtype, fitting, is_traced, rounded
from .core.public import public
from .core.record import Number

Sizes = int | Sequence[int]


def checked_size(size: tuple[int, ...]) -> tuple[int, ...]:
    """Return a size. Raises: ShapeError for a negative one."""
    if min(size, default=0) < 0:
        raise ShapeError("sizes of 0 and more", str(list(size)))
    return size


def _filled(size: tuple[int, ...], value: Any, dtype: Any) -> jax.Array:
    return jnp.full(checked_size(size), value, (float32 if dtype is None else required(dtype)).dtype)


def _filled_with(size: tuple[int, ...], number: Any, dtype: DType) -> jax.Array:
    value = number if is_traced(number) else rounded(fitting(number, dtype), dtype)
    return jnp.full(checked_size(size), value, dtype.dtype)


@public
def zeros(*sizes: Sizes, size: Sizes | None = None, dtype: Any = None) -> jax.Array:
    """Return a tensor of zeros, float32 by default (numpy.zeros: float64).

    Raises: TypeError for sizes that are no integers; RuntimeError for negative ones.
    Torch: torch.zeros.

    >>> import jaxfun as jf
    >>> jf.zeros(2, 3).dtype, jf.zeros((2, 3)).shape
    (dtype('float32'), (2, 3))
    """
    return _filled(as_sizes(sizes, size, "size"), 0, dtype)


@public
def ones(*sizes: Sizes, size: Sizes | None = None, dtype: Any = None) -> jax.Array:
    """Return a tensor of ones, float32 by default.

    Raises: TypeError for sizes that are no integers; RuntimeError for negative ones.
    Torch: torch.ones.

    >>> import jaxfun as jf
    >>> jf.ones(1, 2)
    Array([[1., 1.]], dtype=float32)
    """
    return _filled(as_sizes(sizes, size, "size"), 1, dtype)


@public
def empty(*sizes: Sizes, size: Sizes | None = None, dtype: Any = None) -> jax.Array:
    """Return a tensor whose values mean nothing: torch leaves them as they are in memory, here they are zeros.

    Raises: TypeError for sizes that are no integers; RuntimeError for negative ones.
    Torch: torch.empty.

    >>> import jaxfun as jf
    >>> jf.empty(2, dtype=jf.int8).shape
    (2,)
    """
    return _filled(as_sizes(sizes, size, "size"), 0, dtype)


@public
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
    number = as_number(fill_value)
    wanted = canonical(default_dtype(number)) if dtype is None else required(dtype)
    return _filled_with(as_sizes((tuple(size),), None, "size"), number, wanted)


@public
def zeros_like(input: Any, *, dtype: Any = None) -> jax.Array:
    """Return zeros of another tensor's shape and, unless told otherwise, dtype. Torch: torch.zeros_like.

    >>> import jaxfun as jf
    >>> jf.zeros_like(jf.tensor([1, 2]))
    Array([0, 0], dtype=int32)
    """
    return _filled_like(input, 0, dtype)


@public
def ones_like(input: Any, *, dtype: Any = None) -> jax.Array:
    """Return ones of another tensor's shape and, unless told otherwise, dtype. Torch: torch.ones_like.

    >>> import jaxfun as jf
    >>> jf.ones_like(jf.tensor([1.5, 2]))
    Array([1., 1.], dtype=float32)
    """
    return _filled_like(input, 1, dtype)


@public
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
    return _filled_with(like.shape, as_number(value), as_dtype(like.dtype) if dtype is None else required(dtype))


@public
def eye(n: int, m: int | None = None, *, dtype: Any = None) -> jax.Array:
    """Return ones on the diagonal of an (n, m) matrix, zeros elsewhere. Torch: torch.eye.

    >>> import jaxfun as jf
    >>> jf.eye(2)
    Array([[1., 0.],
           [0., 1.]], dtype=float32)
    """
    rows, columns = checked_size(as_sizes((n, n if m is None else m), None, "n"))
    return jnp.eye(rows, columns, dtype=(float32 if dtype is None else required(dtype)).dtype)


@public
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
    taken = [_taken(leaf, dtype) for leaf in flat]
    return jnp.asarray(rounded(taken, dtype).reshape(values.shape))


def _taken(leaf: Any, dtype: DType) -> Any:
    """Return a leaf as the dtype takes it: unlike a fill value, one too large is infinite and no complex is real."""
    if isinstance(leaf, complex) and dtype.category in (Category.INTEGER, Category.FLOAT):
        raise ArgumentTypeError("real numbers", describe(leaf), "Pass a complex dtype.")
    if dtype.category is not Category.INTEGER:
        return leaf
    if isinstance(leaf, int) and not -(2**63) <= leaf < 2**63:
        raise ArgumentValueError("integers of 64 bits", describe(leaf))
    return fitting(leaf, dtype)


def _nested(data: Any) -> tuple[np.ndarray, DType]:
    """Return the leaves of nested sequences as an array of objects, and the dtype that holds them all."""
    shape = _shape_of(data)
    values = np.empty(math.prod(shape), object)
    values[:] = [] if 0 in shape else list(_leaves(data, shape))  # as torch: after an empty list it looks no further
    dtypes = [as_dtype(leaf.dtype) if hasattr(leaf, "dtype") else of(leaf) for leaf in values]
    return values.reshape(shape), functools.reduce(promote_types, dtypes) if dtypes else float32


def _is_sequence(data: Any) -> bool:
    # a tensor in a list is a number, and has to have one element; a NumPy array is a list of its rows
    return isinstance(data, (list, tuple, range)) or (isinstance(data, np.ndarray) and data.ndim > 0)


def _shape_of(data: Any) -> tuple[int, ...]:
    if not _is_sequence(data):
        return ()
    if len(data) and isinstance(data[0], str) and data[0]:  # torch takes a string for one more dimension
        raise ArgumentValueError("numbers", describe(data[0]))
    return (len(data), *_shape_of(data[0])) if len(data) else (0,)


def _leaves(data: Any, shape: tuple[int, ...]) -> Iterator[Any]:
    if _is_sequence(data) != bool(shape):
        raise ArgumentTypeError("a sequence" if shape else "a number", describe(data), "All lists must nest alike.")
    if not shape:
        yield _leaf(data)
    elif len(data) != shape[0]:
        raise ArgumentValueError(f"sequences of one length ({shape[0]})", str(len(data)))
    else:
        for item in data:
            yield from _leaves(item, shape[1:])


def _leaf(data: Any) -> Any:
    if isinstance(data, (str, bytes)):
        raise ArgumentTypeError("numbers", describe(data))
    if not isinstance(data, Number) and not hasattr(data, "dtype"):
        raise DTypeError("numbers", describe(data))
    if math.prod(np.shape(data)) != 1:
        raise ArgumentValueError("tensors of one element among numbers", describe(data), "Use jaxfun.stack.")
    return data
