"""Known differences: activation functions and normalisation."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from .difference import Difference, anywhere, finite, there


def _is_nan(arguments: Mapping[str, Any]) -> Any:
    return np.isnan(np.asarray(arguments["input"]).astype(np.float64))


SHRUNK_NAN = Difference(
    anywhere(_is_nan),
    jaxfun="the gradient passes through at NaN, as in torch's kernel for single elements and for a GPU",
    torch="0 at NaN in float32 and float64, of the elements that are computed several at a time",
    why="torch's two kernels for a CPU, of one element and of a vector of them, compare with NaN differently",
    source="aten/src/ATen/native/cpu/Activation.cpp: shrink_backward_kernel",
    levels=("vjp", "jvp"),
    devices=("cpu",),
    elements=there(_is_nan),
    answer=finite,
)

DIFFERENCES: Mapping[str, tuple[Difference, ...]] = {
    "hardshrink": (SHRUNK_NAN,),
    "softshrink": (SHRUNK_NAN,),
}
