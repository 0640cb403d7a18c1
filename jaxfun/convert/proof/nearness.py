"""How near two arrays are: the error relative to the largest number, and PyTorch's own error as the measure."""

import math
from typing import Any

import numpy as np

from ...parity.compare.arrays import PRECISION, is_inexact, part_of
from ...parity.search.verdicts import canonical


def is_near(part: np.ndarray, target: np.ndarray, exact: np.ndarray) -> bool:
    """Return whether a result is about as near to float64 (`exact`) as PyTorch's own (`target`) is."""
    target = canonical(target)
    if (part.shape, part.dtype) != (target.shape, target.dtype):
        return False
    precision = PRECISION.get(part_of(str(target.dtype)))
    if precision is None:
        return np.array_equal(part, target)
    finite = np.isfinite(target)
    if not np.array_equal(part[~finite], target[~finite], equal_nan=True):
        return False
    ours, theirs = (np.abs(each[finite].astype(exact.dtype) - exact[finite]).max(initial=0) for each in (part, target))
    largest = np.abs(exact[finite]).max(initial=0)
    return bool(ours <= max(_SLACK * min(theirs, _MOST_LOST * largest), _ROUNDING * precision.eps * largest))


_SLACK = 8  # times PyTorch's own error
_MOST_LOST = 2.0**-10  # of the largest number
_ROUNDING = 1.0  # times the rounding of the largest number


def error_of(ours: Any, theirs: Any) -> float:
    """Return the largest error, relative to the largest number; NaN where there is no number to compare."""
    left, right = (np.asarray(each) for each in (ours, theirs))
    if left.shape != right.shape:
        return math.inf
    if not is_inexact(right):
        return float(not np.array_equal(left, right))
    left, right = (each.astype(np.complex128) for each in (left, right))
    both = np.isfinite(left) & np.isfinite(right)
    if not both.any():
        return math.nan
    largest = float(np.abs(right[both]).max())
    worst = float(np.abs(left[both] - right[both]).max())
    return worst / largest if largest else worst
