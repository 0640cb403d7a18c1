"""Averages of parameters over the steps: stochastic weight averaging and the exponential moving average."""

from collections.abc import Callable
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp

from ..core.errors import ArgumentValueError, describe
from ..core.public import public
from .hyperparameters import float_dtype, is_number
from .transformation import lerp


class Averaged(NamedTuple):
    """The state of an average: how many parameters are in it, and their average."""

    n_averaged: jax.Array
    params: Any


class Average(NamedTuple):
    """A pair of pure functions: `init(params) -> state` and `update(state, params) -> state`.

    The average is `state.params`. The first update takes the parameters as they are.
    """

    init: Callable[[Any], Averaged]
    update: Callable[[Averaged, Any], Averaged]


@public(name="optim.ema")
def ema(decay: float = 0.999) -> Average:
    """Make an exponential moving average of parameters: decay * average + (1 - decay) * parameters.

    Raises: ArgumentValueError unless `decay` is in [0, 1].
    Torch: torch.optim.swa_utils.AveragedModel with get_ema_multi_avg_fn

    >>> import jax.numpy as jnp, jaxfun as jf
    >>> average = jf.optim.ema(0.9)
    >>> state = average.update(average.init(jnp.zeros(1)), jnp.ones(1))
    >>> print(average.update(state, jnp.zeros(1)).params)
    [0.9]
    """
    if is_number(decay) and not 0 <= decay <= 1:
        raise ArgumentValueError("`decay` in [0, 1]", describe(decay))
    return _average(lambda n_averaged: 1 - decay)


@public(name="optim.swa")
def swa() -> Average:
    """Make the equal average of all parameters so far (stochastic weight averaging).

    Torch: torch.optim.swa_utils.AveragedModel

    >>> import jax.numpy as jnp, jaxfun as jf
    >>> average = jf.optim.swa()
    >>> state = average.update(average.init(jnp.zeros(1)), jnp.ones(1))
    >>> print(average.update(state, jnp.zeros(1)).params)
    [0.5]
    """
    return _average(lambda n_averaged: 1 / (n_averaged + 1).astype(float_dtype()))


def _average(weight: Callable[[jax.Array], Any]) -> Average:
    def init(params: Any) -> Averaged:
        return Averaged(jnp.zeros((), "int32"), jax.tree.map(jnp.asarray, params))

    def update(state: Averaged, params: Any) -> Averaged:
        by = weight(state.n_averaged)

        def moved(average: jax.Array, new: jax.Array) -> jax.Array:
            share = by if is_number(by) else by.astype(jnp.finfo(average.dtype).dtype)
            return jnp.where(state.n_averaged == 0, new, lerp(average, new, share))

        return Averaged(state.n_averaged + 1, jax.tree.map(moved, state.params, params))

    return Average(init, update)
