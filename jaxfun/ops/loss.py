"""Loss functions."""

import warnings
from typing import Any

import jax
import jax.numpy as jnp

from ..core.errors import ArgumentValueError, describe
from ..core.op import op
from ..core.record import BOOLS, COMPLEXES, INTEGERS, Array, Choice
from .shape.broadcast import broadcast_tensors

_REDUCTIONS = {"none": lambda x: x, "mean": jnp.mean, "sum": jnp.sum}


def mse_loss(input: Any, target: Any, *, reduction: str = "mean") -> jax.Array:
    """Return the squared differences, their mean (by default) or their sum.

    Warns: where the shapes differ and broadcast, which is seldom meant.
    Raises: ValueError for an unknown reduction.
    Torch: torch.nn.functional.mse_loss.

    >>> import jaxfun as jf
    >>> jf.nn.functional.mse_loss(jf.tensor([1.0, 2.0]), jf.tensor([1.0, 4.0]))
    Array(2., dtype=float32)
    """
    shapes = [getattr(side, "shape", None) for side in (input, target)]
    if shapes[0] != shapes[1] and None not in shapes:
        text = (
            f"jaxfun.nn.functional.mse_loss: input is {describe(input)} and target {describe(target)}; they broadcast"
        )
        warnings.warn(text, UserWarning, stacklevel=2)
        input, target = broadcast_tensors(input, target)  # as torch does, before it promotes
    return _mse_loss(input, target, reduction=reduction)


@op(
    torch="torch.nn.functional.mse_loss",
    rejects=BOOLS | INTEGERS | COMPLEXES,
    takes={"reduction": Choice(tuple(_REDUCTIONS))},
)
def _mse_loss(input: Array, target: Array, *, reduction: str = "mean") -> jax.Array:
    if reduction not in _REDUCTIONS:
        raise ArgumentValueError(f"`reduction` among {', '.join(_REDUCTIONS)}", repr(reduction))
    return _REDUCTIONS[reduction](jnp.square(input - target))
