"""The parameters of one submodule of a model, and of equal ones together. Begin with `submodule`."""

from collections.abc import Mapping, Sequence
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


def stack(params: Mapping[str, Any], paths: Sequence[str]) -> dict[str, jax.Array]:
    """Return the parameters of equal submodules as one: each array has a first dimension over the submodules.

    `jax.lax.scan` runs over the result. It mirrors `torch.func.stack_module_state`.

    >>> params = {"layers.0.bias": jnp.zeros(2), "layers.1.bias": jnp.ones(2)}
    >>> stack(params, ["layers.0", "layers.1"])
    {'bias': Array([[0., 0.],
           [1., 1.]], dtype=float32)}
    """
    parts = [submodule(params, path) for path in paths]
    return {name: jnp.stack([part[name] for part in parts]) for name in parts[0]}


def join(nested: Mapping[str, Any], path: str = "") -> dict[str, Any]:
    """Return the arrays of nested dicts by their whole names, as a `state_dict` has them: what `submodule` takes apart.

    >>> join({"layers.0": {"norm": {"mean": 1}, "count": 2}})
    {'layers.0.norm.mean': 1, 'layers.0.count': 2}
    """
    found: dict[str, Any] = {}
    for name, each in nested.items():
        whole = f"{path}.{name}" if path else name
        found |= join(each, whole) if isinstance(each, Mapping) else {whole: each}
    return found
