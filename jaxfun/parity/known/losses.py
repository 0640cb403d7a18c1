"""Known differences: losses."""

from collections.abc import Mapping

import numpy as np

from .difference import KnownDifference, there, zero

# a target broadcast to an empty tensor
BROADCAST_TO_EMPTY = KnownDifference(
    lambda arguments: (
        np.size(arguments["input"]) == 0
        and not arguments["log_target"]
        and bool((np.asarray(arguments["target"]) == 0).any())
    ),
    jaxfun="0 for a target of 0: no loss depends on it",
    torch="NaN, from 0 / 0 times an empty sum",
    why="torch divides the target by itself before broadcasting",
    source="torch/csrc/autograd/FunctionsManual.cpp: xlogy; tools/autograd/derivatives.yaml: xlogy.Tensor",
    levels=("vjp",),
    answer=zero,
    elements=there(lambda arguments: arguments["target"] == 0),
)

KNOWN_DIFFERENCES: Mapping[str, tuple[KnownDifference, ...]] = {"kl_div": (BROADCAST_TO_EMPTY,)}
