"""Build complex arrays from real and imaginary parts."""

from typing import Any

import numpy as np


def complex_of(real: Any, imag: Any) -> np.ndarray:
    """Return `real + 1j * imag` as complex128, but keep signed zeros: their sign chooses the side of a branch cut.

    >>> complex_of(-2.0, -0.0)
    array(-2.-0.j)
    """
    numbers = np.empty(np.broadcast_shapes(np.shape(real), np.shape(imag)), np.complex128)
    numbers.real, numbers.imag = real, imag
    return numbers
