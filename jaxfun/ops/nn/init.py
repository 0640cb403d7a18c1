"""Initial values of parameters: torch.nn.init as pure functions of a random key.

torch fills a tensor in place: `kaiming_normal_(w, nonlinearity="relu")`. Here a new tensor is returned:
`w = kaiming_normal(key, w, nonlinearity="relu")`. `tensor` is a shape, or an array whose shape and dtype are taken.

Each function is also an initialiser of JAX's libraries, which call `(key, shape, dtype)`: a dtype is accepted in third
place. So all of them take a key first, those that are not random too; these accept None.
"""

import functools
import math
from collections.abc import Callable, Sequence
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from ...core.dtypes import Category, DType, float32, required
from ...core.errors import (
    ArgumentValueError,
    DivisionError,
    IndexRangeError,
    ShapeError,
    UnsupportedDTypeError,
    describe,
)
from ...core.numbers import fitting
from ...core.public import public
from ...core.types import ArrayLike, Number
from ..creation.fill import full
from ..creation.random import check_key, inexact, normal_numbers, uniform_numbers
from ._truncated import truncated_numbers
from .fans import is_array, kaiming_std, shape_of, warn, xavier_std

Initializer = Callable[..., jax.Array]
_DTYPES = (DType, np.dtype, type, str)  # the types of dtypes; no argument of torch's in third place has one of them


def _initializer(function: Initializer) -> Initializer:
    """Make a public function that accepts a dtype in third place too: `(key, shape, dtype)`."""

    @functools.wraps(function)
    def initialize(*args: Any, **kwargs: Any) -> jax.Array:
        for third in args[2:3]:
            if isinstance(third, _DTYPES):
                return function(*args[:2], *args[3:], **{**kwargs, "dtype": third})
        return function(*args, **kwargs)

    return public(name=f"nn.init.{function.__name__}")(initialize)


def _dtype_of(tensor: Any, dtype: Any) -> DType:
    """Return the dtype asked for; by default the tensor's, and float32 for a shape."""
    if dtype is None and not is_array(tensor):
        return float32
    return required(tensor.dtype if dtype is None else dtype)


# numbers from a distribution


@_initializer
def uniform(
    key: jax.Array, tensor: Sequence[int] | ArrayLike, a: float = 0.0, b: float = 1.0, *, dtype: Any = None
) -> jax.Array:
    """Return uniform random numbers in [a, b).

    Raises: RuntimeError unless `a <= b` and the dtype can hold both and their difference.
    Torch: torch.nn.init.uniform_.

    >>> import jax, jaxfun as jf
    >>> weight = jf.nn.init.uniform(jax.random.key(0), (3, 5), -1, 1)
    >>> weight.shape, bool((abs(weight) <= 1).all())
    ((3, 5), True)
    """
    check_key(key)
    return _uniform(key, shape_of(tensor), _dtype_of(tensor, dtype), a, b)


@_initializer
def normal(
    key: jax.Array, tensor: Sequence[int] | ArrayLike, mean: float = 0.0, std: float = 1.0, *, dtype: Any = None
) -> jax.Array:
    """Return random numbers from the normal distribution.

    Dtypes: for a complex dtype both parts have the mean `mean`, and each has half of the variance.
    Raises: RuntimeError for a negative `std`.
    Torch: torch.nn.init.normal_.

    >>> import jax, jaxfun as jf
    >>> jf.nn.init.normal(jax.random.key(0), (3, 5), std=0.02).shape
    (3, 5)
    """
    check_key(key)
    return _normal(key, shape_of(tensor), _dtype_of(tensor, dtype), mean, std)


@_initializer
def trunc_normal(
    key: jax.Array,
    tensor: Sequence[int] | ArrayLike,
    mean: float = 0.0,
    std: float = 1.0,
    a: float = -2.0,
    b: float = 2.0,
    *,
    dtype: Any = None,
) -> jax.Array:
    """Return random numbers from the normal distribution, truncated to [a, b].

    `a` and `b` are values, not multiples of `std`. The standard deviation of the result is smaller than `std`.
    Dtypes: 16-bit floats are drawn in float32 and rounded. torch does not if 30 % or fewer normal numbers are in
    [a, b]: it then computes in 16 bits, and draws too many numbers far from the mean.
    Warns: if `mean` is more than two standard deviations outside of [a, b].
    Raises: ZeroDivisionError for `std = 0`; RuntimeError unless `a <= b`; NotImplementedError for complex dtypes.
    Torch: torch.nn.init.trunc_normal_.

    >>> import jax, jaxfun as jf
    >>> weight = jf.nn.init.trunc_normal(jax.random.key(0), (100,), std=0.02, a=-0.04, b=0.04)
    >>> bool(abs(weight).max() <= 0.04)
    True
    """
    check_key(key)
    shape, wanted = shape_of(tensor), _dtype_of(tensor, dtype)
    if wanted.is_complex:
        raise UnsupportedDTypeError("a floating point dtype", wanted.name)
    if mean < a - 2 * std or mean > b + 2 * std:
        warn("`mean` is more than 2 `std` from [a, b]: nearly all numbers are close to one bound")
    _check_bounds(mean, std, a, b, wanted)
    if 0 in shape:  # for an empty tensor torch accepts integers too
        return jnp.zeros(shape, wanted.dtype)
    return truncated_numbers(key, shape, inexact(wanted), mean, std, a, b)


def _check_bounds(mean: float, std: float, low: float, high: float, dtype: DType) -> None:
    """Raise where torch does: it draws from the uniform distribution if 30 % or fewer normal numbers are in bounds."""
    if std == 0:
        raise DivisionError("a `std` other than 0", describe(std))
    below, above = (math.erf((bound - mean) / std / math.sqrt(2)) / 2 for bound in (low, high))
    if not above - below > 0.3:
        _check_range(low, high, inexact(dtype))
    elif dtype.category is Category.INTEGER:
        for bound in (low, high):
            fitting(bound, dtype)


@_initializer
def xavier_uniform(
    key: jax.Array, tensor: Sequence[int] | ArrayLike, gain: float = 1.0, *, dtype: Any = None
) -> jax.Array:
    """Return uniform random numbers with variance `gain² * 2 / (fan_in + fan_out)`: Xavier or Glorot initialisation.

    Raises: ValueError for fewer than 2 dimensions; otherwise like `uniform`.
    Torch: torch.nn.init.xavier_uniform_.

    >>> import jax, jaxfun as jf
    >>> jf.nn.init.xavier_uniform(jax.random.key(0), (3, 5), jf.nn.init.calculate_gain("relu")).shape
    (3, 5)
    """
    check_key(key)
    shape, wanted = shape_of(tensor), _dtype_of(tensor, dtype)
    bound = math.sqrt(3) * xavier_std(shape, gain)
    return _uniform(key, shape, wanted, -bound, bound)


@_initializer
def xavier_normal(
    key: jax.Array, tensor: Sequence[int] | ArrayLike, gain: float = 1.0, *, dtype: Any = None
) -> jax.Array:
    """Return normal random numbers with variance `gain² * 2 / (fan_in + fan_out)`: Xavier or Glorot initialisation.

    Raises: ValueError for fewer than 2 dimensions; RuntimeError for a negative gain.
    Torch: torch.nn.init.xavier_normal_.

    >>> import jax, jaxfun as jf
    >>> jf.nn.init.xavier_normal(jax.random.key(0), (3, 5)).shape
    (3, 5)
    """
    check_key(key)
    shape, wanted = shape_of(tensor), _dtype_of(tensor, dtype)
    return _normal(key, shape, wanted, 0, xavier_std(shape, gain))


@_initializer
def kaiming_uniform(
    key: jax.Array,
    tensor: Sequence[int] | ArrayLike,
    a: float = 0,
    mode: str = "fan_in",
    nonlinearity: str = "leaky_relu",
    *,
    dtype: Any = None,
) -> jax.Array:
    """Return uniform random numbers with variance `gain² / fan`: Kaiming or He initialisation.

    `a` is the slope of leaky_relu. `mode` is the fan: "fan_in" or "fan_out". torch.nn.Linear and the convolutions
    initialise their weights with `a=5 ** 0.5`.
    Warns: if the tensor is empty.
    Raises: ValueError for fewer than 2 dimensions, and for an unknown `mode` or `nonlinearity`.
    Torch: torch.nn.init.kaiming_uniform_.

    >>> import jax, jaxfun as jf
    >>> weight = jf.nn.init.kaiming_uniform(jax.random.key(0), (64, 100), a=5**0.5)
    >>> bool(abs(weight).max() <= 0.1)
    True
    """
    check_key(key)
    shape, wanted = shape_of(tensor), _dtype_of(tensor, dtype)
    bound = math.sqrt(3) * kaiming_std(shape, a, mode, nonlinearity)
    return _uniform(key, shape, wanted, -bound, bound) if math.prod(shape) else jnp.zeros(shape, wanted.dtype)


@_initializer
def kaiming_normal(
    key: jax.Array,
    tensor: Sequence[int] | ArrayLike,
    a: float = 0,
    mode: str = "fan_in",
    nonlinearity: str = "leaky_relu",
    *,
    dtype: Any = None,
) -> jax.Array:
    """Return normal random numbers with variance `gain² / fan`: Kaiming or He initialisation.

    `a` is the slope of leaky_relu. `mode` is the fan: "fan_in" or "fan_out". The numbers are not truncated;
    jax.nn.initializers.he_normal truncates them.
    Warns: if the tensor is empty.
    Raises: ValueError for fewer than 2 dimensions, and for an unknown `mode` or `nonlinearity`.
    Torch: torch.nn.init.kaiming_normal_.

    >>> import jax, jaxfun as jf
    >>> jf.nn.init.kaiming_normal(jax.random.key(0), (8, 3, 3, 3), mode="fan_out", nonlinearity="relu").shape
    (8, 3, 3, 3)
    """
    check_key(key)
    shape, wanted = shape_of(tensor), _dtype_of(tensor, dtype)
    std = kaiming_std(shape, a, mode, nonlinearity)
    return _normal(key, shape, wanted, 0, std)


@_initializer
def orthogonal(key: jax.Array, tensor: Sequence[int] | ArrayLike, gain: float = 1, *, dtype: Any = None) -> jax.Array:
    """Return a random matrix whose rows or columns are orthonormal, times `gain`. It is uniform among such matrices.

    Shapes: (n, *): all dimensions after the first form the columns.
    Raises: ValueError for fewer than 2 dimensions; NotImplementedError for dtypes other than float32 and float64.
    Torch: torch.nn.init.orthogonal_.

    >>> import jax, jaxfun as jf
    >>> weight = jf.nn.init.orthogonal(jax.random.key(0), (2, 3))
    >>> (weight @ weight.T).round(3)
    Array([[1., 0.],
           [0., 1.]], dtype=float32)
    """
    check_key(key)
    shape, wanted = shape_of(tensor), _dtype_of(tensor, dtype)
    if len(shape) < 2:
        raise ArgumentValueError("2 dimensions or more", str(list(shape)))
    if not math.prod(shape):
        return jnp.zeros(shape, wanted.dtype)
    if wanted.category is not Category.FLOAT or wanted.itemsize == 2:
        raise UnsupportedDTypeError("float32 or float64", wanted.name)
    rows, columns = shape[0], math.prod(shape[1:])
    q, r = jnp.linalg.qr(normal_numbers(key, (max(rows, columns), min(rows, columns)), wanted, 0, 1))
    q = q * jnp.sign(jnp.diagonal(r))  # else Q is not uniform: Mezzadri, arXiv:math-ph/0609050
    return jnp.asarray(gain, wanted.dtype) * (q.T if rows < columns else q).reshape(shape)


@_initializer
def sparse(
    key: jax.Array,
    tensor: Sequence[int] | ArrayLike,
    sparsity: float,
    std: float = 0.01,
    *,
    dtype: Any = None,
) -> jax.Array:
    """Return normal random numbers with `ceil(sparsity * n)` zeros in each column, at random indices.

    Shapes: (n, m).
    Raises: ValueError unless there are 2 dimensions; RuntimeError for a negative `std`.
    Torch: torch.nn.init.sparse_.

    >>> import jax, jaxfun as jf
    >>> (jf.nn.init.sparse(jax.random.key(0), (10, 3), sparsity=0.25) == 0).sum(0)
    Array([3, 3, 3], dtype=int32)
    """
    check_key(key)
    shape, wanted = _matrix_shape(tensor), _dtype_of(tensor, dtype)
    if not math.isfinite(sparsity):
        raise ArgumentValueError("a finite `sparsity`", describe(sparsity))
    of_numbers, of_zeros = jax.random.split(key)
    zeros = len(range(shape[0])[: math.ceil(sparsity * shape[0])])
    is_zero = jnp.broadcast_to(jnp.arange(shape[0])[:, None] < zeros, shape)
    is_zero = jax.random.permutation(of_zeros, is_zero, independent=True)  # each column by itself
    return jnp.where(is_zero, jnp.zeros((), wanted.dtype), _normal(of_numbers, shape, wanted, 0, std))


# numbers that are not random


@_initializer
def constant(key: jax.Array | None, tensor: Sequence[int] | ArrayLike, val: Number, *, dtype: Any = None) -> jax.Array:
    """Return a tensor filled with the number `val`. The key is not used.

    Raises: RuntimeError for a number that the dtype cannot hold.
    Torch: torch.nn.init.constant_.

    >>> import jaxfun as jf
    >>> jf.nn.init.constant(None, (2,), 0.3)
    Array([0.3, 0.3], dtype=float32)
    """
    return full(shape_of(tensor), val, dtype=_dtype_of(tensor, dtype))


@_initializer
def ones(key: jax.Array | None, tensor: Sequence[int] | ArrayLike, *, dtype: Any = None) -> jax.Array:
    """Return a tensor of ones. The key is not used.

    Torch: torch.nn.init.ones_.

    >>> import jaxfun as jf
    >>> jf.nn.init.ones(None, (2,))
    Array([1., 1.], dtype=float32)
    """
    return jnp.ones(shape_of(tensor), _dtype_of(tensor, dtype).dtype)


@_initializer
def zeros(key: jax.Array | None, tensor: Sequence[int] | ArrayLike, *, dtype: Any = None) -> jax.Array:
    """Return a tensor of zeros. The key is not used.

    Torch: torch.nn.init.zeros_.

    >>> import jaxfun as jf
    >>> jf.nn.init.zeros(None, (2,))
    Array([0., 0.], dtype=float32)
    """
    return jnp.zeros(shape_of(tensor), _dtype_of(tensor, dtype).dtype)


@_initializer
def eye(key: jax.Array | None, tensor: Sequence[int] | ArrayLike, *, dtype: Any = None) -> jax.Array:
    """Return the identity matrix. The key is not used.

    Shapes: (n, m).
    Raises: ValueError unless there are 2 dimensions.
    Torch: torch.nn.init.eye_.

    >>> import jaxfun as jf
    >>> jf.nn.init.eye(None, (2, 3))
    Array([[1., 0., 0.],
           [0., 1., 0.]], dtype=float32)
    """
    rows, columns = _matrix_shape(tensor)
    return jnp.eye(rows, columns, dtype=_dtype_of(tensor, dtype).dtype)


@_initializer
def dirac(key: jax.Array | None, tensor: Sequence[int] | ArrayLike, groups: int = 1, *, dtype: Any = None) -> jax.Array:
    """Return the kernel of a convolution that keeps its input: 1 at the centre of channel i for output i, else 0.

    With `groups` each group of outputs keeps its own channels. The key is not used.
    Shapes: (out, in / groups, *), with 3 to 5 dimensions.
    Raises: ValueError for other shapes, and if `groups` does not divide the outputs.
    Torch: torch.nn.init.dirac_.

    >>> import jaxfun as jf
    >>> jf.nn.init.dirac(None, (2, 1, 3))[:, 0]
    Array([[0., 1., 0.],
           [0., 0., 0.]], dtype=float32)
    """
    shape, wanted = shape_of(tensor), _dtype_of(tensor, dtype).dtype
    if not 3 <= len(shape) <= 5:
        raise ArgumentValueError("3 to 5 dimensions", str(list(shape)))
    if groups == 0:
        raise DivisionError("`groups` other than 0", describe(groups))
    if shape[0] % groups:
        raise ArgumentValueError(f"`groups` that divide {shape[0]}, the size of dimension 0", describe(groups))
    outputs = np.arange(shape[0] if groups > 0 else 0)
    channels = outputs % max(shape[0] // groups, 1)
    kept = channels < shape[1]
    if kept.any() and 0 in shape:
        raise IndexRangeError("a kernel with elements", str(list(shape)))
    centre = [size // 2 for size in shape[2:]]
    return jnp.zeros(shape, wanted).at[(outputs[kept], channels[kept], *centre)].set(jnp.ones((), wanted))


# checks


def _uniform(key: jax.Array, shape: tuple[int, ...], dtype: DType, low: float, high: float) -> jax.Array:
    _check_range(low, high, inexact(dtype))
    return uniform_numbers(key, shape, dtype, low, high)


def _check_range(low: float, high: float, dtype: DType) -> None:
    largest = float(jnp.finfo(dtype.dtype).max)
    if not (-largest <= low <= high <= largest and high - low <= largest):
        raise ShapeError(f"bounds in order, that {dtype.name} can hold with their difference", f"{low} and {high}")


def _normal(key: jax.Array, shape: tuple[int, ...], dtype: DType, mean: float, std: float) -> jax.Array:
    if not std >= 0:
        raise ShapeError("a standard deviation of at least 0", describe(std))
    if 0 in shape:  # for an empty tensor torch accepts any dtype
        return jnp.zeros(shape, dtype.dtype)
    return normal_numbers(key, shape, inexact(dtype), mean, std)


def _matrix_shape(tensor: Any) -> tuple[int, int]:
    shape = shape_of(tensor)
    if len(shape) != 2:
        raise ArgumentValueError("2 dimensions", str(list(shape)))
    return shape[0], shape[1]
