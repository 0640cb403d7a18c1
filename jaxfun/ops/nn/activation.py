"""Activation functions."""

import jax
import jax.numpy as jnp

from ...core.dtypes import Kind
from ...core.op import op
from ...core.record import BOOLS, COMPLEXES, Array


@op(kind=Kind.NO_OPMATH, torch="torch.nn.functional.relu", rejects=BOOLS | COMPLEXES, aliases=("relu",))
def relu(input: Array) -> jax.Array:
    """Return the rectified linear unit, max(x, 0), of each element; NaN is kept.

    Gradient: 0 at 0 (jnp.maximum(x, 0) has 0.5), 1 at NaN.
    Torch: torch.relu, torch.nn.functional.relu.

    >>> import jaxfun as jf
    >>> jf.nn.functional.relu(jf.tensor([-1.0, 0.0, 2.0]))
    Array([0., 0., 2.], dtype=float32)
    """
    return jnp.where(input <= 0, 0, input)
