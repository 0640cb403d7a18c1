"""Parameter groups: other hyperparameters, or another optimiser, for a part of the parameters."""

from collections.abc import Callable, Mapping
from typing import Any

import jax
import optax

from ..core.errors import ArgumentValueError
from ..core.public import public


@public(name="optim.param_groups", runs_callbacks=True)
def param_groups(
    groups: Mapping[str, optax.GradientTransformation], labels: Callable[[str], str] | Any
) -> optax.GradientTransformation:
    """Make an optimiser of several, one for each group of parameters.

    `labels` returns the name of a parameter's group from its path (keys joined by dots, as in a `state_dict`), or it is
    a pytree of such names. A group with `optax.set_to_zero()` keeps its parameters.

    Raises: ArgumentValueError for the label of no group.
    Torch: the parameter groups of torch.optim.Optimizer

    >>> import jax.numpy as jnp, jaxfun as jf
    >>> kinds = {"decayed": jf.optim.adamw(), "others": jf.optim.adamw(weight_decay=0)}
    >>> tx = jf.optim.param_groups(kinds, lambda path: "decayed" if path.endswith("weight") else "others")
    >>> params = {"layer": {"weight": jnp.ones(2), "bias": jnp.ones(2)}}
    >>> updates, state = tx.update(params, tx.init(params), params)
    """

    def of_params(params: Any) -> Any:
        named = labels
        if callable(labels):
            named = jax.tree_util.tree_map_with_path(lambda path, _: labels(_dotted(path)), params)
        unknown = {*jax.tree.leaves(named)} - {*groups}
        if unknown:
            raise ArgumentValueError(f"labels among {sorted(groups)}", str(sorted(unknown)))
        return named

    return optax.partition({**groups}, of_params)


def _dotted(path: tuple[Any, ...]) -> str:
    return jax.tree_util.keystr(path, simple=True, separator=".")
