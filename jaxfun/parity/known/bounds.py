"""Known differences: the larger, the smaller, and bounds."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from .difference import Difference


def _is_tie(arguments: Mapping[str, Any]) -> bool:
    input, other = (np.asarray(arguments[name]).astype(np.float64) for name in ("input", "other"))
    return bool((input == other).any())


TIE = Difference(
    _is_tie,
    jaxfun="the tangent of `input`, to which the gradient goes",
    torch="the tangent of `other`, though the gradient goes to `input`",
    why="where both are equal torch's forward mode of fmax does not agree with its own reverse mode",
    source="tools/autograd/derivatives.yaml: fmax",
    levels=("jvp",),
)

BOUNDING_AT_NAN = Difference(
    lambda arguments: any(bool(np.isnan(np.asarray(x).astype(np.float64)).any()) for x in arguments.values()),
    jaxfun="0, as the gradient is",
    torch="the tangent of the bound, though no gradient goes to it",
    why="at NaN torch's forward mode of clamp_min and clamp_max does not agree with its own reverse mode",
    source="tools/autograd/derivatives.yaml: clamp_min, clamp_max",
    levels=("jvp",),
)

SELECTION_AT_NAN = Difference(
    lambda arguments: any(bool(np.isnan(arguments[name].astype(np.float64)).any()) for name in ("input", "other")),
    jaxfun="both tangents, as the gradient goes to both",
    torch="the tangent of `other` alone, though the gradient goes to both",
    why="at NaN torch's forward mode of maximum and minimum does not agree with its own reverse mode",
    source="tools/autograd/derivatives.yaml: maximum, minimum",
    levels=("jvp",),
)


def _is_at_edge(arguments: Mapping[str, Any]) -> bool:
    given = [np.asarray(value).astype(np.float64) for value in arguments.values() if value is not None]
    input, low, high = given[0], given[1], given[-1]
    edge = input == low if len(given) == 2 else low >= high
    return bool(edge.any()) or any(bool(np.isnan(value).any()) for value in given)


FORWARD = Difference(
    _is_at_edge,
    jaxfun="the tangent that goes with the gradient, where bounds meet or cross, at NaN, and at an only bound",
    torch="the tangent of a bound, or of the input, though no gradient goes to it",
    why="at these edges torch's forward mode of clamp does not agree with its own reverse mode",
    source="torch/csrc/autograd/FunctionsManual.cpp: clamp_jvp, clamp_backward_min_max",
    levels=("jvp",),
)


DIFFERENCES: Mapping[str, tuple[Difference, ...]] = {
    "maximum": (SELECTION_AT_NAN,),
    "minimum": (SELECTION_AT_NAN,),
    "clamp": (FORWARD,),
    "fmax": (TIE,),
    "clamp_min": (BOUNDING_AT_NAN,),
    "clamp_max": (BOUNDING_AT_NAN,),
}
