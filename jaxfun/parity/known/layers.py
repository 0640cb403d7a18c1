"""Known differences: convolutions and recurrent layers."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from .difference import KnownDifference, finite, nan

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


def _overflows(arguments: Mapping[str, Any]) -> bool:
    """Return whether a complex pre-activation may be below -80."""
    arrays = [np.asarray(item) for value in arguments.values() for item in _items(value) if np.ndim(item)]
    sizes = [np.abs(item).max(initial=0) * item.shape[-1] for item in arrays]
    return any(map(np.iscomplexobj, arrays)) and max(sizes) ** 2 > 80


def _items(value: Any) -> Any:
    return value if isinstance(value, (tuple, list)) else [value]


COMPLEX_SIGMOID = KnownDifference(
    _overflows,
    jaxfun="the sigmoid of a gate is finite",
    torch="NaN for a complex gate with a real part below -88",
    why="torch computes 1 / (1 + exp(-x)), whose exponential overflows, and divides complex numbers by infinity",
    source="aten/src/ATen/native/cpu/UnaryOpsKernel.cpp: sigmoid_kernel",
    answer=finite,
    much="products of complex numbers and weights are large",
)

KNOWN_DIFFERENCES: Mapping[str, tuple[KnownDifference, ...]] = {
    **dict.fromkeys(
        ("conv2d", "conv3d", "conv_transpose2d.input", "conv_transpose3d.input"),
        (ZERO_TIMES_INFINITY,),
    ),
    **dict.fromkeys(
        ("lstm.input", "lstm.data", "lstm_cell", "gru.input", "gru.data", "gru_cell"),
        (COMPLEX_SIGMOID,),
    ),
}
