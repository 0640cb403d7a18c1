"""Loss functions."""

import warnings
from collections.abc import Callable, Mapping
from typing import Any

import jax
import jax.numpy as jnp

from ...core.arguments import as_tensor
from ...core.dims import broadcast_shapes
from ...core.errors import ArgumentValueError, describe
from ...core.op import op
from ...core.public import public
from ...core.record import BOOLS, COMPLEXES, INTEGERS, Array, Choice

_REDUCTIONS: Mapping[str, Callable[[jax.Array], jax.Array]] = {"none": lambda x: x, "mean": jnp.mean, "sum": jnp.sum}


@public(name="nn.functional.mse_loss")
def mse_loss(input: Any, target: Any, *, reduction: str = "mean") -> jax.Array:
    """Return the squared error between `input` and `target`: the mean (by default), the sum, or each element.

    Warns: if the shapes differ and broadcast, which is rarely intended.
    Raises: ValueError for an unknown reduction.
    Torch: torch.nn.functional.mse_loss.

    >>> import jaxfun as jf
    >>> jf.nn.functional.mse_loss(jf.tensor([1.0, 2.0]), jf.tensor([1.0, 4.0]))
    Array(2., dtype=float32)
    """
    input, target = as_tensor("input", input), as_tensor("target", target)
    if input.shape != target.shape:
        text = f"input is {describe(input)} and target is {describe(target)}; they broadcast"
        warnings.warn(f"jaxfun.nn.functional.mse_loss: {text}", UserWarning, stacklevel=3)
        shape = broadcast_shapes(input.shape, target.shape)  # broadcast before type promotion, as torch does
        input, target = jnp.broadcast_to(input, shape), jnp.broadcast_to(target, shape)
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
