"""Gains of nonlinearities, and fans: the inputs and outputs of a weight, from which initialisers take their scale."""

import math
import warnings
from collections.abc import Sequence
from typing import Any

from ...core.dims import as_tuple
from ...core.errors import ArgumentTypeError, ArgumentValueError, DivisionError, describe
from ...core.public import public
from ...core.types import ArrayLike
from ..creation.fill import checked_size


@public(name="nn.init.calculate_gain")
def calculate_gain(nonlinearity: str, param: float | None = None) -> float:
    """Return the recommended gain for a nonlinearity: a function of `nn.functional`, by its name.

    `param` is the slope of leaky_relu, 0.01 by default.
    Raises: ValueError for an unknown nonlinearity, and for a slope that is not a number.
    Torch: torch.nn.init.calculate_gain.

    >>> import jaxfun as jf
    >>> jf.nn.init.calculate_gain("tanh"), round(jf.nn.init.calculate_gain("leaky_relu", 0.2), 4)
    (1.6666666666666667, 1.3868)
    """
    if nonlinearity == "leaky_relu":
        slope = 0.01 if param is None else param
        if isinstance(slope, bool) or not isinstance(slope, (int, float)):
            raise ArgumentValueError("a slope that is a number", describe(slope))
        return math.sqrt(2 / (1 + slope**2))
    if nonlinearity not in _GAINS:
        raise ArgumentValueError(f"`nonlinearity` one of {', '.join([*_GAINS, 'leaky_relu'])}", describe(nonlinearity))
    return _GAINS[nonlinearity]


_GAINS = {
    **dict.fromkeys(["linear", "conv1d", "conv2d", "conv3d"], 1),
    **dict.fromkeys(["conv_transpose1d", "conv_transpose2d", "conv_transpose3d"], 1),
    "sigmoid": 1,
    "tanh": 5 / 3,
    "relu": math.sqrt(2),
    "selu": 3 / 4,
}


@public(name="nn.init.calculate_fan_in_and_fan_out")
def calculate_fan_in_and_fan_out(tensor: Sequence[int] | ArrayLike) -> tuple[int, int]:
    """Return the number of inputs of an output, and of outputs of an input, for a weight of shape (out, in, *).

    `tensor` is a shape or an array. As in torch, the weight of a linear layer is (out, in): transpose a kernel of
    another library, whose shape is (in, out).
    Raises: ValueError for fewer than 2 dimensions.
    Torch: torch.nn.init._calculate_fan_in_and_fan_out.

    >>> import jaxfun as jf
    >>> jf.nn.init.calculate_fan_in_and_fan_out((64, 3, 5, 5))
    (75, 1600)
    """
    shape = shape_of(tensor)
    if len(shape) < 2:
        raise ArgumentValueError("2 dimensions or more", str(list(shape)), "Fans are those of a matrix or a kernel.")
    window = math.prod(shape[2:])
    return shape[1] * window, shape[0] * window


def xavier_std(shape: tuple[int, ...], gain: float) -> float:
    """Return the standard deviation of Xavier initialisation."""
    fans = sum(calculate_fan_in_and_fan_out(shape))
    if not fans:
        raise DivisionError("a fan other than 0", str(list(shape)))
    return gain * math.sqrt(2 / fans)


def kaiming_std(shape: tuple[int, ...], slope: float, mode: str, nonlinearity: str) -> float:
    """Return the standard deviation of Kaiming initialisation; 0 for a tensor without elements, with a warning."""
    if not math.prod(shape):
        warn("the tensor has no elements", stacklevel=6)
        return 0
    if not isinstance(mode, str):
        raise ArgumentTypeError("`mode` to be a string", describe(mode))
    if mode.lower() not in ("fan_in", "fan_out"):
        raise ArgumentValueError("`mode` fan_in or fan_out", describe(mode))
    fan = calculate_fan_in_and_fan_out(shape)[mode.lower() == "fan_out"]
    return calculate_gain(nonlinearity, slope) / math.sqrt(fan)


def shape_of(tensor: Any) -> tuple[int, ...]:
    """Return the shape of an array, or a shape itself after a check."""
    return tuple(tensor.shape) if is_array(tensor) else checked_size(as_tuple(tensor, "tensor"))


def is_array(tensor: Any) -> bool:
    """Return whether a tensor is an array and not a shape."""
    return hasattr(tensor, "shape") and hasattr(tensor, "dtype")


def warn(text: str, stacklevel: int = 5) -> None:
    """Warn at the line that calls a function of `jaxfun.nn.init`."""
    warnings.warn(f"jaxfun.nn.init: {text}", UserWarning, stacklevel=stacklevel)
