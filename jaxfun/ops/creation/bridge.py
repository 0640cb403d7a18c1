"""NumPy and DLPack: what is shared and what is copied.

A JAX array never changes, so nothing that can be written to may share memory with one behind the user's back.

| call | memory |
| --- | --- |
| `from_numpy(x)` | copied: writing to `x` afterwards does not show in the result (torch shares) |
| `to_numpy(x)` | shared where the platform allows it, and read-only, so that it cannot be written to (torch shares) |
| `from_dlpack(x)` | shared where the platform allows it: the caller promises not to write to `x` afterwards |
| `torch.from_dlpack(x)` | shared where the platform allows it: the caller promises not to write to the tensor |
"""

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from ...core.dtypes import as_array, plain, required
from ...core.errors import ArgumentTypeError, describe
from ...core.public import public


@public
def from_numpy(ndarray: np.ndarray) -> jax.Array:
    """Return a copy of a NumPy array, dtype kept.

    Memory: copied. In torch both share it, and `xx += 1` on one changes the other; here a value never changes, and the
    pure counterpart gives a new one: `xx = jaxfun.add(xx, 1)`.
    Raises: TypeError for what is no NumPy array; RuntimeError for 64 bits while JAX's 64-bit types are off.
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
def to_numpy(input: Any) -> np.ndarray:
    """Return a tensor's values as a NumPy array that cannot be written to.

    Memory: shared with the tensor on the CPU, copied from a GPU. Take `.copy()` of it for one to write to.
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
    """Return an array that shares its memory with another library's tensor, where the platform allows it.

    Memory: shared on the CPU and on a GPU that both libraries see; a tensor that is not contiguous or not aligned is
    copied. Whoever shares must not write to the tensor afterwards: use `from_numpy` or `tensor` for a copy.
    The way back is `torch.from_dlpack(x)`, which takes a JAX array as it is.
    Raises: TypeError for what has no DLPack interface; RuntimeError for 64 bits while JAX's 64-bit types are off.
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
