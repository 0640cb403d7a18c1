"""Attributes of a tensor (shape, size, number of dimensions, type), and the cast to another dtype, `to`."""

import math
from typing import Any

import jax
from jax.core import Tracer

from ...core.dims import wrap_dim
from ...core.dtypes import as_array, as_dtype, cast
from ...core.errors import ArgumentTypeError, IndexRangeError, describe
from ...core.op import op
from ...core.public import public
from ...core.record import AnyDType, Array


def _sizes(input: Any) -> tuple[int, ...]:
    if not hasattr(input, "shape"):
        raise ArgumentTypeError("a tensor", describe(input))
    return tuple(input.shape)


@public
def shape(input: Any) -> tuple[int, ...]:
    """Return the shape of a tensor. Torch: Tensor.shape.

    >>> import jaxfun as jf
    >>> jf.shape(jf.zeros(2, 3))
    (2, 3)
    """
    return _sizes(input)


@public
def size(input: Any, dim: int | None = None) -> Any:
    """Return the shape of a tensor, or its size along `dim` (a NumPy array's `size` is torch's `numel`).

    Raises: IndexError for a dimension out of range.
    Torch: Tensor.size.

    >>> import jaxfun as jf
    >>> jf.size(jf.zeros(2, 3)), jf.size(jf.zeros(2, 3), -1)
    ((2, 3), 3)
    """
    sizes = _sizes(input)
    if dim is None:
        return sizes
    if not sizes:
        raise IndexRangeError("a tensor of at least 1 dimension", describe(input))
    return sizes[wrap_dim(dim, len(sizes))]


@public
def numel(input: Any) -> int:
    """Return the number of elements. Torch: torch.numel.

    >>> import jaxfun as jf
    >>> jf.numel(jf.zeros(2, 3))
    6
    """
    return math.prod(_sizes(input))


@public
def dim(input: Any) -> int:
    """Return the number of dimensions. Torch: Tensor.dim.

    >>> import jaxfun as jf
    >>> jf.dim(jf.zeros(2, 3))
    2
    """
    return len(_sizes(input))


@op(kind=None, torch="torch.Tensor.to", overload="dtype", node="ToCopyBackward0")
def _to(input: Array, dtype: AnyDType) -> jax.Array:
    return cast(input, dtype)  # the record that is tested; `to` itself returns a tensor of that dtype unchanged


@public
def to(input: Any, dtype: Any) -> jax.Array:
    """Cast a tensor to a dtype: a float is truncated to an integer, a complex number to its real part.

    Raises: RuntimeError for 64 bits while JAX's 64-bit types are off.
    Torch: Tensor.to. Tensor.float(), Tensor.double() and similar are `jaxfun.float(x)`, `jaxfun.double(x)`, ...

    >>> import jaxfun as jf
    >>> jf.to(jf.tensor([1.9, -1.9]), jf.int32)
    Array([ 1, -1], dtype=int32)
    """
    return cast(input, dtype)


@public
def type(input: Any, dtype: Any = None) -> Any:
    """Return torch's type name of a tensor, such as "torch.FloatTensor"; with `dtype`, cast the tensor.

    Torch: Tensor.type.

    >>> import jaxfun as jf
    >>> jf.type(jf.zeros(2)), jf.type(jf.zeros(2), jf.int8)
    ('torch.FloatTensor', Array([0, 0], dtype=int8))
    """
    if dtype is not None:
        return cast(input, dtype)
    array = as_array(input)
    cuda = not isinstance(array, Tracer) and next(iter(array.devices())).platform == "gpu"
    return f"torch.{'cuda.' if cuda else ''}{as_dtype(array.dtype).tensor_name}"
