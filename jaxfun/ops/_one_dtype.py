"""Tensors that torch does not promote together: they are of one dtype, or it raises."""

import jax

from ..errors import DTypeError, describe


def want_one_dtype(first: jax.Array, *others: jax.Array) -> None:
    """Raise DTypeError for tensors of two dtypes."""
    if any(other.dtype != first.dtype for other in others):
        raise DTypeError("tensors of one dtype", " and ".join(map(describe, (first, *others))), "Cast one of them.")
