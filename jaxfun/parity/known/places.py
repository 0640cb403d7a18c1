"""Known differences: writing into places, joining, and slopes."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from .difference import KnownDifference, not_finite


def _coincide(arguments: Mapping[str, Any]) -> bool:
    # of neighbours, and of the two beside a point: the slope divides by both spaces and by their sum
    points = [x.astype(np.complex128) for x in arguments["spacing"] if np.ndim(x) == 1]
    return any(bool((x[apart:] == x[:-apart]).any()) for x in points for apart in (1, 2))


AT_ONE_PLACE = KnownDifference(
    _coincide,
    jaxfun="infinite or NaN, as the quotients' derivatives are",
    torch="NaN or infinite",
    why="where coordinates coincide the second derivative adds infinities, and its sign or NaN depends on their order",
    source="torch/csrc/autograd/FunctionsManual.cpp: div_tensor_self_backward, div_tensor_other_grad",
    levels=("hvp",),
    answer=not_finite,
    much="coordinates are drawn as any numbers are, with ties",
)

AFTER_NOTHING = KnownDifference(
    lambda arguments: any(np.shape(tensor) == (0,) for tensor in arguments["tensors"][:-1]),
    jaxfun="the gradient where the tensor stands",
    torch="the gradient a row above where it stands",
    why="torch's gradient of block_diag does not count the row that a vector without elements takes",
    source="torch/csrc/autograd/FunctionsManual.cpp: block_diag_backward",
    levels=("vjp",),
)

NO_TANGENT = KnownDifference(
    lambda arguments: arguments["reduce"] == "prod",
    jaxfun="the tangent that goes with the gradient",
    torch="no tangent at all, as if the product were constant",
    why="torch's forward mode of scatter_reduce leaves products out, though there is a gradient",
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
    jaxfun="the tangent that goes with the gradient",
    torch="the tangent shared by the elements of `src` alone",
    why="where `input` equals the result and is left out, torch's gradient counts it as sharing, and its tangent not",
    source="torch/csrc/autograd/FunctionsManual.cpp: scatter_reduce_backward, scatter_reduce_jvp",
    levels=("jvp",),
    much="two of five reductions, of tensors that share the numbers drawn on purpose",
)


KNOWN_DIFFERENCES: Mapping[str, tuple[KnownDifference, ...]] = {
    "gradient.tensorarrayint": (AT_ONE_PLACE,),
    "block_diag": (AFTER_NOTHING,),
    "scatter_reduce.two": (
        NO_TANGENT,
        SELF_COUNTED,
    ),
}
