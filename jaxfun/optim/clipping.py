"""Gradient clipping by norm and by value, as transformations before an optimiser."""

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import optax

from ..core.errors import GradientError
from ..core.numbers import is_traced
from ..core.public import public


@public(name="optim.get_total_norm")
def get_total_norm(tensors: Any, norm_type: float = 2.0, error_if_nonfinite: bool = False) -> jax.Array:
    """Return the norm of all numbers of a pytree, as if they were one vector.

    Raises: GradientError (a RuntimeError) with `error_if_nonfinite` for a norm that is NaN or infinite. Under `jit` the
    norm is not known, and nothing is raised.
    Torch: torch.nn.utils.get_total_norm

    >>> import jax.numpy as jnp, jaxfun as jf
    >>> print(jf.optim.get_total_norm([jnp.array([3.0]), jnp.array([[4.0]])]))
    5.0
    """
    norms = [jnp.linalg.norm(leaf.ravel(), norm_type) for leaf in jax.tree.leaves(tensors)]
    if not norms:
        return jnp.zeros(())
    common = jnp.result_type(*norms)
    total = jnp.linalg.norm(jnp.stack([norm.astype(common) for norm in norms]), norm_type)
    if error_if_nonfinite and not is_traced(total) and not np.isfinite(total):
        raise GradientError("a finite norm", str(total), "Leave out error_if_nonfinite to clip by it anyway.")
    return total


@public(name="optim.clip_grad_norm")
def clip_grad_norm(max_norm: float, norm_type: float = 2.0) -> optax.GradientTransformation:
    """Make a transformation that scales gradients down to a norm of `max_norm` at most, all by the same factor.

    The factor is max_norm / (norm + 1e-6), or 1 if that is larger. `optax.clip_by_global_norm` has no 1e-6.

    Torch: torch.nn.utils.clip_grad_norm_

    >>> import jax.numpy as jnp, optax, jaxfun as jf
    >>> tx = optax.chain(jf.optim.clip_grad_norm(1.0), jf.optim.sgd(1.0))
    >>> updates, state = tx.update(jnp.array([3.0, 4.0]), tx.init(jnp.zeros(2)))
    >>> [round(float(x), 4) for x in updates]
    [-0.6, -0.8]
    """

    def clip(grads: Any, params: Any = None) -> Any:
        factor = jnp.minimum(max_norm / (get_total_norm(grads, norm_type) + 1e-6), 1.0)
        return jax.tree.map(lambda grad: grad * factor.astype(jnp.finfo(grad.dtype).dtype), grads)

    return optax.stateless(clip)


@public(name="optim.clip_grad_value")
def clip_grad_value(clip_value: float) -> optax.GradientTransformation:
    """Make a transformation that clips each element of the gradients to [-clip_value, clip_value].

    Torch: torch.nn.utils.clip_grad_value_

    >>> import jax.numpy as jnp, optax, jaxfun as jf
    >>> tx = optax.chain(jf.optim.clip_grad_value(0.5), jf.optim.sgd(1.0))
    >>> updates, state = tx.update(jnp.array([3.0, -0.25]), tx.init(jnp.zeros(2)))
    >>> print(updates)
    [-0.5   0.25]
    """
    return optax.clip(clip_value)
