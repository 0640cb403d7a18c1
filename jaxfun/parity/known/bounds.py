"""Known differences: the larger, the smaller, and bounds."""

import functools
from collections.abc import Mapping
from typing import Any

import numpy as np

from ...core.dtypes import result_type
from .difference import KnownDifference, anywhere, finite, there, zero


def _is_tie(arguments: Mapping[str, Any]) -> Any:
    input, other = (np.asarray(arguments[name]) for name in ("input", "other"))
    # in the dtype of the result: after rounding to it, a larger 0-dim tensor may be equal
    dtype = result_type(input, other)
    return input.astype(dtype) == other.astype(dtype)


def _is_nan(arguments: Mapping[str, Any]) -> Any:
    given = [np.asarray(value).astype(np.float64) for value in arguments.values() if value is not None]
    return functools.reduce(np.logical_or, map(np.isnan, given))


TIE = KnownDifference(
    anywhere(_is_tie),
    jaxfun="the tangent of `input`, to which the gradient goes",
    torch="the tangent of `other`, though the gradient goes to `input`",
    why="where both are equal, torch's forward mode of fmax contradicts its reverse mode",
    source="tools/autograd/derivatives.yaml: fmax",
    levels=("jvp",),
    elements=there(_is_tie),
    answer=finite,
    much="two tensors of a few elements, drawn from the same kinks and ties, are equal somewhere",
)

BOUNDING_AT_NAN = KnownDifference(
    anywhere(_is_nan),
    jaxfun="0, as the gradient is",
    torch="the tangent of the bound, although its gradient is 0",
    why="at NaN, torch's forward mode of clamp_min and clamp_max contradicts its reverse mode",
    source="tools/autograd/derivatives.yaml: clamp_min, clamp_max",
    levels=("jvp",),
    elements=there(_is_nan),
    answer=zero,
)

SELECTION_AT_NAN = KnownDifference(
    anywhere(_is_nan),
    jaxfun="both tangents, as the gradient goes to both",
    torch="the tangent of `other` alone, though the gradient goes to both",
    why="at NaN, torch's forward mode of maximum and minimum contradicts its reverse mode",
    source="tools/autograd/derivatives.yaml: maximum, minimum",
    levels=("jvp",),
    elements=there(_is_nan),
    answer=finite,
)


def _is_at_edge(arguments: Mapping[str, Any]) -> Any:
    given = [np.asarray(value).astype(np.float64) for value in arguments.values() if value is not None]
    input, low, high = given[0], given[1], given[-1]
    return _is_nan(arguments) | (input == low if len(given) == 2 else low >= high)


FORWARD = KnownDifference(
    anywhere(_is_at_edge),
    jaxfun="the tangent that matches the gradient",
    torch="the tangent of a bound or of the input, although its gradient is 0",
    why="where bounds meet or cross, at NaN and at a single bound, torch's forward mode contradicts its reverse mode",
    source="torch/csrc/autograd/FunctionsManual.cpp: clamp_jvp, clamp_backward_min_max",
    levels=("jvp",),
    elements=there(_is_at_edge),
    answer=finite,
    much="half of the pairs of bounds are drawn crossed, to test which bound wins",
)


KNOWN_DIFFERENCES: Mapping[str, tuple[KnownDifference, ...]] = {
    "maximum": (SELECTION_AT_NAN,),
    "minimum": (SELECTION_AT_NAN,),
    "clamp.Tensor": (FORWARD,),
    "fmax": (TIE,),
    "clamp_min.Tensor": (BOUNDING_AT_NAN,),
    "clamp_max.Tensor": (BOUNDING_AT_NAN,),
}
