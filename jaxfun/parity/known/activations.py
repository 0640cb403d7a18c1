"""Known differences: activation functions and normalisation."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from .difference import KnownDifference, anywhere, finite, not_finite, there


def _is_nan(arguments: Mapping[str, Any]) -> Any:
    return np.isnan(np.asarray(arguments["input"]).astype(np.float64))


SHRUNK_NAN = KnownDifference(
    anywhere(_is_nan),
    jaxfun="the gradient passes through at NaN, like in torch's scalar CPU kernel and its GPU kernel",
    torch="0 at NaN in float32 and float64, for elements in the vectorised kernel",
    why="torch's scalar and vectorised CPU kernels compare with NaN differently",
    source="aten/src/ATen/native/cpu/Activation.cpp: shrink_backward_kernel",
    levels=("vjp", "jvp"),
    devices=("cpu",),
    elements=there(_is_nan),
    answer=finite,
)


def _has_infinite_weight(arguments: Mapping[str, Any]) -> bool:
    weight = arguments["weight"]
    return weight is not None and bool(np.isinf(weight.astype(np.float64)).any())


INFINITE_WEIGHT = KnownDifference(
    _has_infinite_weight,
    jaxfun="the normalised value times the infinite weight: infinite, or NaN for 0",
    torch="NaN if the input and the mean have the same sign, otherwise infinite",
    why="torch multiplies the input and the mean by the weight separately: infinity - infinity is NaN",
    source="aten/src/ATen/native/cpu/group_norm_kernel.cpp, batch_norm_kernel.cpp: bias = -scale * mean + beta",
    answer=not_finite,
)

KNOWN_DIFFERENCES: Mapping[str, tuple[KnownDifference, ...]] = {
    "hardshrink": (SHRUNK_NAN,),
    "batch_norm": (INFINITE_WEIGHT,),
    "group_norm": (INFINITE_WEIGHT,),
    "instance_norm": (INFINITE_WEIGHT,),
    "softshrink": (SHRUNK_NAN,),
}
