"""The parameters of one submodule of a model, and of equal ones together. Begin with `submodule`."""

from collections.abc import Mapping
from typing import Any

import jax
import jax.numpy as jnp


def submodule(params: Mapping[str, Any], path: str) -> dict[str, Any]:
    """Return the parameters of a submodule, by their names inside of it.

    `params` has the names of a `state_dict`. It mirrors `torch.nn.Module.get_submodule`.

    >>> submodule({"layers.0.weight": 1, "layers.0.bias": 2, "layers.1.weight": 3}, "layers.0")
    {'weight': 1, 'bias': 2}
    """
    start = f"{path}."
    return {name.removeprefix(start): each for name, each in params.items() if name.startswith(start)}


def stack(params: Mapping[str, Any], path: str, numbers: int | range) -> dict[str, jax.Array]:
    """Return the parameters of equal numbered submodules as one: each array with the number as its first dimension.

    `numbers` are those of the submodules, or how many there are. `jax.lax.scan` runs over the result. It mirrors
    `torch.func.stack_module_state`.

    >>> params = {"layers.0.bias": jax.numpy.zeros(2), "layers.1.bias": jax.numpy.ones(2)}
    >>> stack(params, "layers", 2)
    {'bias': Array([[0., 0.],
           [1., 1.]], dtype=float32)}
    """
    chosen = range(numbers) if isinstance(numbers, int) else numbers
    parts = [submodule(params, f"{path}.{number}".lstrip(".")) for number in chosen]
    return {name: jnp.stack([part[name] for part in parts]) for name in parts[0]}
