"""The same values as another tensor: `clone` and `detach`. The public `detach` takes a Variable too: see autograd."""

import jax

from ...core.op import op
from ...core.record import Array


@op(kind=None, overload=("", "alias_copy.default", "contiguous.default"), aliases=("alias_copy", "contiguous"))
def clone(input: Array) -> jax.Array:
    """Return the same values. JAX's arrays never change, and have no strides: nothing is copied.

    Gradient: that of the identity.
    Torch: torch.clone, torch.alias_copy, Tensor.contiguous.

    >>> import jaxfun as jf
    >>> jf.clone(jf.tensor([1, 2]))
    Array([1, 2], dtype=int32)
    """
    return input


alias_copy = contiguous = clone


@op(kind=None, node="", overload=("", "detach_copy.default"), aliases=("detach_copy",))
def detach(input: Array) -> jax.Array:
    """Return the same values without a gradient.

    >>> import jaxfun as jf
    >>> jf.detach_copy(jf.tensor([1, 2]))
    Array([1, 2], dtype=int32)
    """
    return jax.lax.stop_gradient(input)


detach_copy = detach
