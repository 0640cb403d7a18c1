"""The parameters of one submodule of a model. Begin with `submodule`."""

from collections.abc import Mapping
from typing import Any


def submodule(params: Mapping[str, Any], path: str) -> dict[str, Any]:
    """Return the parameters of a submodule, by their names inside of it.

    `params` has the names of a `state_dict`. It mirrors `torch.nn.Module.get_submodule`.

    >>> submodule({"layers.0.weight": 1, "layers.0.bias": 2, "layers.1.weight": 3}, "layers.0")
    {'weight': 1, 'bias': 2}
    """
    start = f"{path}."
    return {name.removeprefix(start): each for name, each in params.items() if name.startswith(start)}
