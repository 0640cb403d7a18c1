"""Complex numbers of their parts."""

from typing import Any

import numpy as np


def complex_of(real: Any, imag: Any) -> np.ndarray:
    """Return complex128 numbers whose parts keep the sign of a zero, which `real + 1j * imag` loses: it tells a side.

    >>> complex_of(-2.0, -0.0)
    array(-2.-0.j)
    """
    numbers = np.empty(np.broadcast_shapes(np.shape(real), np.shape(imag)), np.complex128)
    numbers.real, numbers.imag = real, imag
    return numbers
