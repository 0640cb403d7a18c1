"""Conversion from and to NumPy and DLPack: which calls share memory and which copy.

A JAX array is immutable, so no writable memory may be shared with one by accident.

| call | memory |
| --- | --- |
| `from_numpy(x)` | copied: a later write to `x` does not change the result (torch shares) |
| `to_numpy(x)` | shared where the platform allows it, and read-only (torch shares) |
| `from_dlpack(x)` | shared where the platform allows it: the caller must not write to `x` afterwards |
| `torch.from_dlpack(x)` | shared where the platform allows it: the caller must not write to the tensor |
"""

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from ...core.dtypes import as_array, plain, required
from ...core.errors import ArgumentTypeError, ShapeError, UnsupportedArgumentError, describe
from ...core.numbers import is_traced
from ...core.public import public


@public
def from_numpy(ndarray: np.ndarray) -> jax.Array:
    """Return a copy of a NumPy array with the same dtype.

    Memory: copied. In torch the two share memory, so that `xx += 1` on one changes the other. An array here is
    immutable; the pure counterpart returns a new one: `xx = jaxfun.add(xx, 1)`.
    Raises: TypeError if `ndarray` is not a NumPy array; RuntimeError for 64 bits while JAX's 64-bit types are off.
    Torch: torch.from_numpy.

    >>> import numpy as np, jaxfun as jf
    >>> source = np.zeros(2, np.float32)
    >>> x = jf.from_numpy(source)
    >>> source += 1
    >>> x
    Array([0., 0.], dtype=float32)
    """
    if not isinstance(ndarray, np.ndarray):
        raise ArgumentTypeError("a NumPy array", describe(ndarray), "jaxfun.tensor takes numbers and lists.")
    return as_array(ndarray)


@public
def item(input: Any) -> bool | int | float | complex:
    """Return the value of a tensor of one element as a Python number.

    Raises: RuntimeError for another number of elements; NotImplementedError for a tracer, which has no value yet.
    Torch: Tensor.item.

    >>> import jaxfun as jf
    >>> jf.item(jf.tensor([1.5]))
    1.5
    """
    tensor = as_array(input)
    if tensor.size != 1:
        raise ShapeError("a tensor of one element", describe(tensor))
    if is_traced(tensor):
        raise UnsupportedArgumentError("a tensor with a known value", describe(tensor), "Keep it a 0-dim tensor.")
    return tensor.item()


@public
def to_numpy(input: Any) -> np.ndarray:
    """Return the values of a tensor as a read-only NumPy array.

    Memory: shared with the tensor on the CPU, copied from a GPU. Use `.copy()` for a writable array.
    Torch: Tensor.numpy.

    >>> import jaxfun as jf
    >>> jf.to_numpy(jf.ones(2)).flags.writeable
    False
    """
    array = np.asarray(as_array(input))
    array.flags.writeable = False
    return array


@public
def from_dlpack(ext_tensor: Any) -> jax.Array:
    """Convert another library's tensor to an array, by DLPack. Memory is shared where the platform allows it.

    Memory: shared on the CPU and on a GPU that both libraries see; copied for a tensor that is not contiguous or not
    aligned. The caller must not write to a shared tensor afterwards: use `from_numpy` or `tensor` for a copy. The
    opposite conversion is `torch.from_dlpack(x)`, which accepts a JAX array.
    Raises: TypeError for an object without a DLPack interface; RuntimeError for 64 bits while JAX's 64-bit types are
    off.
    Torch: torch.from_dlpack.

    >>> import numpy as np, jaxfun as jf
    >>> jf.from_dlpack(np.ones(2, np.float32))
    Array([1., 1.], dtype=float32)
    """
    if isinstance(ext_tensor, jax.Array):
        return ext_tensor
    if not hasattr(ext_tensor, "__dlpack__"):
        raise ArgumentTypeError("a tensor with a DLPack interface", describe(ext_tensor))
    required(ext_tensor.dtype)
    try:
        return jnp.from_dlpack(plain(ext_tensor))
    except (RuntimeError, ValueError, BufferError):  # a layout or dtype that DLPack or JAX cannot share
        return as_array(ext_tensor)
