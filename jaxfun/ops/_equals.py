"""Equal elements: torch leaves open which of them counts, and its kernels for a GPU take another than the CPU's."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from .._record import Difference


def has_equal_ones(arguments: Mapping[str, Any]) -> bool:
    """Return whether `input` has equal elements, NaN among them, along `dim`, or at all where that is None."""
    input, dim = np.asarray(arguments["input"]), arguments["dim"]
    if input.ndim == 0:
        return False
    lines = input.reshape(1, -1) if dim is None else np.moveaxis(input, dim, -1)
    in_order = np.sort(lines.astype(np.float64), axis=-1)
    apart = np.diff(in_order, axis=-1) != 0  # also NaN beside NaN
    return not bool(apart.all()) or bool((np.isnan(in_order).sum(-1) > 1).any())


ANY_ON_CUDA = Difference(
    has_equal_ones,
    jaxfun="the one that torch's CPU kernel selects, and all the gradient to it",
    torch="any one of them, by the steps of its selection",
    why="torch leaves open which of equal elements is selected",
    source="aten/src/ATen/native/cuda/Sorting.cpp: median_with_indices_impl, sort_cuda_kernel",
    devices=("cuda",),
)
