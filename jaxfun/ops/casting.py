"""Casts, and what torch calls a tensor's type."""

from typing import Annotated, Any

from jax import Array
from jax.core import Tracer

from ..core.dtypes import as_array, as_dtype, cast
from ..core.op import op
from ..core.public import public
from ..core.record import AnyDType, Role


@op(kind=None, torch="torch.Tensor.to", overload="dtype", node="ToCopyBackward0")
def _to(input: Annotated[Any, Role.TENSOR], dtype: AnyDType) -> Array:
    return cast(input, dtype)


@public
def to(input: Any, dtype: Any) -> Array:
    """Return the tensor cast to a dtype: towards zero from float to integer, the real part from complex to real.

    Raises: RuntimeError for 64 bits while JAX's 64-bit types are off.
    Torch: Tensor.to; Tensor.float(), Tensor.double() and their kin are `jaxfun.float(x)`, `jaxfun.double(x)`, ...

    >>> import jaxfun as jf
    >>> jf.to(jf.tensor([1.9, -1.9]), jf.int32)
    Array([ 1, -1], dtype=int32)
    """
    return cast(input, dtype)


@public
def type(input: Any, dtype: Any = None) -> Any:
    """Return torch's name for a tensor's type, such as "torch.FloatTensor"; with a dtype, the tensor cast to it.

    Torch: Tensor.type.

    >>> import jaxfun as jf
    >>> jf.type(jf.zeros(2)), jf.type(jf.zeros(2), jf.int8)
    ('torch.FloatTensor', Array([0, 0], dtype=int8))
    """
    if dtype is not None:
        return to(input, dtype)
    array = as_array(input)
    traced = isinstance(array, Tracer)
    cuda = not traced and next(iter(array.devices())).platform == "gpu"
    return f"torch.{'cuda.' if cuda else ''}{as_dtype(array.dtype).tensor_name}"
