"""Filled tensors, the identity matrix, and tensors from Python numbers: `zeros`, `full`, `eye`, `tensor`, ...

Begin with `zeros`. Sizes are separate arguments or one tuple. The default dtype is torch's: float32, or the dtype of
the fill value. A 64-bit dtype needs JAX's 64-bit types.
"""

import functools
import math
from collections.abc import Iterator, Sequence
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from ...core.dims import as_sizes, as_tuple
from ...core.dtypes import Category, DType, as_array, as_dtype, canonical, float32, of, promote_types, required
from ...core.errors import ArgumentTypeError, ArgumentValueError, DTypeError, ShapeError, describe
from ...core.numbers import as_number, default_dtype, fitting, is_traced, rounded
from ...core.public import public
from ...core.sizes import any_below
from ...core.types import Number, Sizes


def checked_size(size: tuple[int, ...]) -> tuple[int, ...]:
    """Return a size after a check. Raises: ShapeError for a negative one."""
    if any_below(0, size):
        raise ShapeError("sizes of at least 0", str(list(size)))
    return size


def _filled(size: tuple[Any, ...], value: Any, dtype: Any) -> jax.Array:
    return jnp.full(checked_size(as_sizes(size, "size")), value, (float32 if dtype is None else required(dtype)).dtype)


def _filled_with(size: tuple[int, ...], number: Any, dtype: DType) -> jax.Array:
    value = number if is_traced(number) else rounded(fitting(number, dtype), dtype)
    return jnp.full(checked_size(size), value, dtype.dtype)


@public
def zeros(*size: Sizes, dtype: Any = None) -> jax.Array:
    """Return a tensor of zeros, float32 by default (numpy.zeros: float64).

    Raises: TypeError for sizes that are not integers; RuntimeError for negative sizes.
    Torch: torch.zeros.

    >>> import jaxfun as jf
    >>> jf.zeros(2, 3).dtype, jf.zeros((2, 3)).shape
    (dtype('float32'), (2, 3))
    """
    return _filled(size, 0, dtype)


@public
def ones(*size: Sizes, dtype: Any = None) -> jax.Array:
    """Return a tensor of ones, float32 by default.

    Raises: TypeError for sizes that are not integers; RuntimeError for negative sizes.
    Torch: torch.ones.

    >>> import jaxfun as jf
    >>> jf.ones(1, 2)
    Array([[1., 1.]], dtype=float32)
    """
    return _filled(size, 1, dtype)


@public
def empty(*size: Sizes, dtype: Any = None) -> jax.Array:
    """Return an uninitialised tensor, float32 by default: its values are undefined (here they are zeros).

    Raises: TypeError for sizes that are not integers; RuntimeError for negative sizes.
    Torch: torch.empty.

    >>> import jaxfun as jf
    >>> jf.empty(2, dtype=jf.int8).shape
    (2,)
    """
    return _filled(size, 0, dtype)


@public
def full(size: Sequence[int], fill_value: Any, *, dtype: Any = None) -> jax.Array:
    """Return a tensor filled with a number.

    Dtypes: by default the dtype of the number: bool, int64, float32 or complex64.
    Raises: TypeError for a size that is not a tuple; RuntimeError for a number that the dtype cannot hold.
    Torch: torch.full.

    >>> import jaxfun as jf
    >>> jf.full((2,), 1.5)
    Array([1.5, 1.5], dtype=float32)
    """
    shape, number = as_tuple(size, "size"), as_number(fill_value)
    wanted = canonical(default_dtype(number)) if dtype is None else required(dtype)
    return _filled_with(shape, number, wanted)


@public
def zeros_like(input: Any, *, dtype: Any = None) -> jax.Array:
    """Return a tensor of zeros with the shape of `input`, and by default its dtype. Torch: torch.zeros_like.

    >>> import jaxfun as jf
    >>> jf.zeros_like(jf.tensor([1, 2]))
    Array([0, 0], dtype=int32)
    """
    return _filled_like(input, 0, dtype)


@public
def ones_like(input: Any, *, dtype: Any = None) -> jax.Array:
    """Return a tensor of ones with the shape of `input`, and by default its dtype. Torch: torch.ones_like.

    >>> import jaxfun as jf
    >>> jf.ones_like(jf.tensor([1.5, 2]))
    Array([1., 1.], dtype=float32)
    """
    return _filled_like(input, 1, dtype)


@public
def full_like(input: Any, fill_value: Any, *, dtype: Any = None) -> jax.Array:
    """Return a tensor filled with a number, with the shape of `input`, and by default its dtype.

    Raises: RuntimeError for a number that the dtype cannot hold.
    Torch: torch.full_like.

    >>> import jaxfun as jf
    >>> jf.full_like(jf.tensor([1, 2]), 7)
    Array([7, 7], dtype=int32)
    """
    return _filled_like(input, fill_value, dtype)


@public
def empty_like(input: Any, *, dtype: Any = None) -> jax.Array:
    """Return an uninitialised tensor with the shape of `input`, and by default its dtype: its values are undefined.

    Torch: torch.empty_like.

    >>> import jaxfun as jf
    >>> jf.empty_like(jf.tensor([1, 2])).shape
    (2,)
    """
    return _filled_like(input, 0, dtype)


def _filled_like(input: Any, value: Any, dtype: Any) -> jax.Array:
    like = as_array(input)
    return _filled_with(like.shape, as_number(value), _own(like, dtype))


@public
def new_zeros(input: Any, *size: Sizes, dtype: Any = None) -> jax.Array:
    """Return a tensor of zeros, by default with the dtype of `input`.

    Raises: TypeError for sizes that are not integers; RuntimeError for negative sizes.
    Torch: Tensor.new_zeros.

    >>> import jaxfun as jf
    >>> jf.new_zeros(jf.tensor([1, 2]), 3)
    Array([0, 0, 0], dtype=int32)
    """
    return _filled(_given(size), 0, _own(input, dtype))


@public
def new_ones(input: Any, *size: Sizes, dtype: Any = None) -> jax.Array:
    """Return a tensor of ones, by default with the dtype of `input`.

    Raises: TypeError for sizes that are not integers; RuntimeError for negative sizes.
    Torch: Tensor.new_ones.

    >>> import jaxfun as jf
    >>> jf.new_ones(jf.tensor([1, 2]), (1, 2))
    Array([[1, 1]], dtype=int32)
    """
    return _filled(_given(size), 1, _own(input, dtype))


@public
def new_empty(input: Any, *size: Sizes, dtype: Any = None) -> jax.Array:
    """Return an uninitialised tensor, by default with the dtype of `input`: its values are undefined.

    Raises: TypeError for sizes that are not integers; RuntimeError for negative sizes.
    Torch: Tensor.new_empty.

    >>> import jaxfun as jf
    >>> jf.new_empty(jf.tensor([1, 2]), 3).dtype
    dtype('int32')
    """
    return _filled(_given(size), 0, _own(input, dtype))


@public
def new_full(input: Any, size: Sequence[int], fill_value: Any, *, dtype: Any = None) -> jax.Array:
    """Return a tensor filled with a number, by default with the dtype of `input`.

    Raises: TypeError for a size that is not a tuple; RuntimeError for a number that the dtype cannot hold.
    Torch: Tensor.new_full.

    >>> import jaxfun as jf
    >>> jf.new_full(jf.tensor([1, 2]), (2,), 7)
    Array([7, 7], dtype=int32)
    """
    return _filled_with(as_tuple(size, "size"), as_number(fill_value), _own(input, dtype))


def _given(size: tuple[Any, ...]) -> tuple[Any, ...]:
    if not size:
        raise ArgumentTypeError("sizes", "none")
    return size


def _own(input: Any, dtype: Any) -> DType:
    return as_dtype(as_array(input).dtype) if dtype is None else required(dtype)


@public
def scalar_tensor(s: Number | jax.Array, *, dtype: Any = None) -> jax.Array:
    """Return a 0-dim tensor of a number, float32 by default, for integers too.

    Raises: RuntimeError for a number that the dtype cannot hold, a complex one without `dtype` among them.
    Torch: torch.scalar_tensor.

    >>> import jaxfun as jf
    >>> jf.scalar_tensor(2)
    Array(2., dtype=float32)
    """
    return _filled_with((), as_number(s), float32 if dtype is None else required(dtype))


@public
def eye(n: int, m: int | None = None, *, dtype: Any = None) -> jax.Array:
    """Return the identity matrix, or an (n, m) matrix with ones on its main diagonal, float32 by default.

    Raises: TypeError for sizes that are not integers; RuntimeError for negative sizes.
    Torch: torch.eye.

    >>> import jaxfun as jf
    >>> jf.eye(2)
    Array([[1., 0.],
           [0., 1.]], dtype=float32)
    """
    rows, columns = checked_size(as_sizes((n, n if m is None else m), "n"))
    return jnp.eye(rows, columns, dtype=(float32 if dtype is None else required(dtype)).dtype)


@public
def tensor(data: Any, *, dtype: Any = None) -> jax.Array:
    """Return a tensor from a Python number, nested lists of numbers, or an array, which is copied.

    Dtypes: for Python numbers the smallest of bool, int64, float32 and complex64 that holds all; an array keeps its
    own.
    Raises: ValueError for ragged lists; RuntimeError or TypeError for anything that is not a number.
    Torch: torch.tensor.

    >>> import jaxfun as jf
    >>> jf.tensor([[3, 2]]), jf.tensor([1, 2.5]).dtype
    (Array([[3, 2]], dtype=int32), dtype('float32'))
    """
    if hasattr(data, "__dlpack__") and not isinstance(data, np.generic):
        return as_array(data) if dtype is None else as_array(data).astype(required(dtype).dtype)
    values, found = _leaves_and_dtype(data)
    wanted = found if dtype is None else required(dtype)
    if dtype is None and any(isinstance(leaf, np.generic) for leaf in values.flat):
        required(wanted)
    return _from_values(values, canonical(wanted))


def _from_values(values: np.ndarray, dtype: DType) -> jax.Array:
    flat = [leaf.item() if hasattr(leaf, "item") else leaf for leaf in values.flat]
    converted = [_converted(leaf, dtype) for leaf in flat]
    return jnp.asarray(rounded(converted, dtype).reshape(values.shape))


def _converted(leaf: Any, dtype: DType) -> Any:
    """Convert a number to the dtype. Unlike a fill value, it overflows to infinity, and a complex one is refused."""
    if isinstance(leaf, complex) and dtype.category in (Category.INTEGER, Category.FLOAT):
        raise ArgumentTypeError("real numbers", describe(leaf), "Give a complex `dtype`.")
    if dtype.category is not Category.INTEGER:
        return leaf
    if isinstance(leaf, int) and not -(2**63) <= leaf < 2**63:
        raise ArgumentValueError("integers that fit in 64 bits", describe(leaf))
    return fitting(leaf, dtype)


def _leaves_and_dtype(data: Any) -> tuple[np.ndarray, DType]:
    """Return the leaves of nested sequences as an object array, and the dtype that holds them all."""
    shape = _shape_of(data)
    values = np.empty(math.prod(shape), object)
    values[:] = [] if 0 in shape else list(_leaves(data, shape))  # torch stops at the first empty list
    dtypes = [as_dtype(leaf.dtype) if hasattr(leaf, "dtype") else of(leaf) for leaf in values]
    return values.reshape(shape), functools.reduce(promote_types, dtypes) if dtypes else float32


def _is_sequence(data: Any) -> bool:
    # a tensor in a list counts as one number; a NumPy array is a sequence of its rows
    return isinstance(data, (list, tuple, range)) or (isinstance(data, np.ndarray) and data.ndim > 0)


def _shape_of(data: Any) -> tuple[int, ...]:
    if not _is_sequence(data):
        return ()
    if len(data) and isinstance(data[0], str) and data[0]:  # torch treats a string as one more dimension
        raise ArgumentValueError("numbers", describe(data[0]))
    return (len(data), *_shape_of(data[0])) if len(data) else (0,)


def _leaves(data: Any, shape: tuple[int, ...]) -> Iterator[Any]:
    if _is_sequence(data) != bool(shape):
        raise ArgumentTypeError(
            "a sequence" if shape else "a number", describe(data), "Nest all lists to the same depth."
        )
    if not shape:
        yield _leaf(data)
    elif len(data) != shape[0]:
        raise ArgumentValueError(f"sequences of the same length ({shape[0]})", str(len(data)))
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
