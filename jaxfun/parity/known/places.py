"""Known differences: writing into places, joining, and slopes."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from .difference import KnownDifference, not_finite


def _coincide(arguments: Mapping[str, Any]) -> bool:
    # two neighbors, or the two neighbors of a point: the slope divides by both spaces and by their sum
    points = [x.astype(np.complex128) for x in arguments["spacing"] if np.ndim(x) == 1]
    return any(bool((x[apart:] == x[:-apart]).any()) for x in points for apart in (1, 2))


AT_ONE_PLACE = KnownDifference(
    _coincide,
    jaxfun="infinity or NaN, like the derivatives of the quotients",
    torch="NaN or infinite",
    why="where coordinates are equal, the second derivative sums infinities, and their order decides its sign or NaN",
    source="torch/csrc/autograd/FunctionsManual.cpp: div_tensor_self_backward, div_tensor_other_grad",
    levels=("hvp",),
    answer=not_finite,
    much="coordinates are drawn like other numbers, with ties",
)

AFTER_NOTHING = KnownDifference(
    lambda arguments: any(np.shape(tensor) == (0,) for tensor in arguments["tensors"][:-1]),
    jaxfun="the gradient at the tensor's own rows",
    torch="the gradient one row above them",
    why="torch's gradient of block_diag does not count the row that an empty vector occupies",
    source="torch/csrc/autograd/FunctionsManual.cpp: block_diag_backward",
    levels=("vjp",),
)

NO_TANGENT = KnownDifference(
    lambda arguments: arguments["reduce"] == "prod",
    jaxfun="the tangent that matches the gradient",
    torch="a tangent of 0",
    why="torch's forward mode of scatter_reduce does not implement products, although its gradient does",
    source="torch/csrc/autograd/FunctionsManual.cpp: scatter_reduce_jvp",
    levels=("jvp",),
    much="one of five reductions",
)


def _is_left_out_and_equal(arguments: Mapping[str, Any]) -> bool:
    if arguments["reduce"] not in ("amax", "amin") or arguments.get("include_self") is not False:
        return False
    return bool(np.isin(arguments["input"].astype(np.float64), arguments["src"].astype(np.float64)).any())


SELF_COUNTED = KnownDifference(
    _is_left_out_and_equal,
    jaxfun="the tangent that matches the gradient",
    torch="the tangent averaged over the elements of `src` alone",
    why="where `input` equals the result but is excluded, torch's gradient counts it as a tie, its tangent does not",
    source="torch/csrc/autograd/FunctionsManual.cpp: scatter_reduce_backward, scatter_reduce_jvp",
    levels=("jvp",),
    much="two of five reductions, and both tensors often contain the same numbers",
)


KNOWN_DIFFERENCES: Mapping[str, tuple[KnownDifference, ...]] = {
    "gradient.tensorarrayint": (AT_ONE_PLACE,),
    "block_diag": (AFTER_NOTHING,),
    "scatter_reduce.two": (
        NO_TANGENT,
        SELF_COUNTED,
    ),
}
