"""Compare two trajectories of parameters: the error of each number, as a share of what rounding explains."""

from typing import NamedTuple

import numpy as np


class Precision(NamedTuple):
    """What rounding explains: a share of the way travelled, and for each step a share of the parameter's size.

    `torch` multiplies what the reference's own rounding was seen to change.
    """

    travelled: float
    size: float
    torch: float


# a step's own error is a few hundred ULP at most (1 - 0.999**step in float64 has lost three digits)
PRECISION = {
    "float64": Precision(2.0**-34, 4 * 2.0**-52, 16.0),
    "float32": Precision(2.0**-19, 2.0**-23, 4.0),
}


def shares(candidate: np.ndarray, reference: np.ndarray, start: np.ndarray, near: np.ndarray, dtype: str) -> np.ndarray:
    """Return the error of each number divided by the tolerance. The first dimension is the steps.

    `near` is a run of the reference that differs by roundings alone: what they have grown to is allowed.
    """
    precision = PRECISION[dtype]
    ours, theirs, other = (np.asarray(item, np.float64) for item in (candidate, reference, near))
    with np.errstate(all="ignore"):
        before = np.concatenate([np.broadcast_to(start, theirs[:1].shape), theirs[:-1]])
        travelled = np.cumsum(np.abs(theirs - before), 0)
        size = np.maximum.accumulate(np.maximum(np.abs(before), np.abs(theirs)), 0)
        steps = np.arange(1, len(theirs) + 1).reshape(-1, *[1] * (theirs.ndim - 1))
        grown = np.where(np.isfinite(other) == np.isfinite(theirs), np.abs(other - theirs), np.inf)
        grown = np.maximum.accumulate(np.where(np.isnan(grown), 0, grown), 0)
        allowed = precision.travelled * travelled + precision.size * steps * size + precision.torch * grown
        off = np.abs(ours - theirs)
        same = (ours == theirs) | (np.isnan(ours) & np.isnan(theirs)) | np.isinf(grown)
        return np.where(same, 0, np.where(np.isnan(off), np.inf, off / allowed))


def relative(candidate: np.ndarray, reference: np.ndarray, start: np.ndarray) -> float:
    """Return the largest error, relative to the way that each number has travelled."""
    with np.errstate(all="ignore"):
        way = np.maximum.accumulate(np.abs(reference.astype(float) - start), 0)
        off = np.abs(candidate.astype(float) - reference.astype(float)) / way
    return float(np.nanmax(np.where(np.isfinite(off), off, 0), initial=0.0))
