"""The old place of what other chapters still take from here; it goes once they are moved."""

import jax

from ..core.op import op
from ..core.record import Array, Dim, Factor
from .index.getitem import getitem as getitem
from .index.getitem import select as select


@op(kind=None, step="slice", node="SliceBackward0")
def slice_step(input: Array, dim: Dim, start: Factor, size: int, step: int) -> jax.Array:
    """Return `size` elements of a dimension, each `step` after the one before; `start` is in range."""
    span = (size - 1) * step + 1 if size else 0
    taken = input if span == input.shape[dim] else jax.lax.dynamic_slice_in_dim(input, start, span, dim)
    return jax.lax.slice_in_dim(taken, 0, span, step, dim)


@op(kind=None, step="alias", node="AliasBackward0")
def alias(input: Array) -> jax.Array:
    """Return the tensor as it is; a step of the tape."""
    return input
