"""Known differences: convolutions."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from .difference import KnownDifference, nan

_WITHOUT_ZEROS = {"padding": 0, "stride": 1}


def _multiplies_infinity_by_zero(arguments: Mapping[str, Any]) -> bool:
    operands = [np.asarray(arguments[name]) for name in ("input", "weight")]
    has_no_zeros = all(
        {default, "valid"}.issuperset(np.ravel(arguments[name])) for name, default in _WITHOUT_ZEROS.items()
    )
    return not has_no_zeros and not all(np.isfinite(item.astype(np.complex128)).all() for item in operands)


ZERO_TIMES_INFINITY = KnownDifference(
    _multiplies_infinity_by_zero,
    jaxfun="NaN if infinity or NaN is multiplied by a zero of the padding or of the stride",
    torch="some kernels skip these products",
    why="torch's kernels skip padded zeros or multiply by them, depending on dtype and shape",
    source="aten/src/ATen/native/Convolution.cpp: _select_conv_backend; mkldnn/Conv.cpp; ConvolutionMM2d.cpp",
    answer=nan,
    much="infinite numbers and NaN are drawn on purpose",
)

KNOWN_DIFFERENCES: Mapping[str, tuple[KnownDifference, ...]] = {
    **dict.fromkeys(
        ("conv2d", "conv3d", "conv_transpose2d.input", "conv_transpose3d.input"),
        (ZERO_TIMES_INFINITY,),
    ),
}
