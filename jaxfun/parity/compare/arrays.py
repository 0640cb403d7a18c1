"""One verdict on two arrays: shape, dtype, where NaN and infinity stand, and the numbers, in ULP of a float64 oracle.

It knows NumPy alone: neither JAX, PyTorch nor pytest. It returns a verdict; whoever asked must use it.
"""

import functools
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np


@dataclass(frozen=True)
class Precision:
    """What a floating point dtype can hold, and how far from the oracle a right answer in it may be.

    A candidate passes within `ulps` units in the last place of the oracle, or within `multiple` times the
    reference's own error.
    """

    eps: float
    smallest_normal: float
    largest: float
    ulps: float
    multiple: float
    flushed: float  # what may be lost where a subnormal number is flushed to zero and then multiplied


# eps, smallest normal and largest are those of IEEE 754 and of bfloat16
PRECISION: dict[str, Precision] = {
    "float16": Precision(2.0**-10, 2.0**-14, 65504.0, ulps=1, multiple=2, flushed=2.0**-14),
    "bfloat16": Precision(2.0**-7, 2.0**-126, 3.3895e38, ulps=1, multiple=2, flushed=2.0**-106),
    "float32": Precision(2.0**-23, 2.0**-126, 3.4028e38, ulps=8, multiple=4, flushed=2.0**-106),
    "float64": Precision(2.0**-52, 2.0**-1022, 1.7976e308, ulps=64, multiple=4, flushed=2.0**-1002),
}
_PARTS = {"complex64": "float32", "complex128": "float64"}


@dataclass(frozen=True)
class Verdict:
    """What a comparison found: `difference` is "" where the two agree, else what kind of difference it is."""

    difference: str = ""
    compared: int = 0
    worst_ulp: float = 0.0
    index: tuple[int, ...] = ()  # of the worst of the elements that differ
    ulp: float = 0.0  # the error there
    detail: str = ""
    of_tolerance: float = 0.0  # the largest error, as a share of what is allowed there: above 1 it is a difference
    wrong: np.ndarray | None = field(default=None, compare=False, repr=False)  # the elements that differ in this way

    @property
    def ok(self) -> bool:
        """Whether the two agree."""
        return not self.difference


@dataclass(frozen=True)
class Bound:
    """A tolerance that the user gives: an error of `atol + rtol * |reference|` is allowed, as in numpy.allclose."""

    rtol: float = 0.0
    atol: float = 0.0


def part_of(dtype: str) -> str:
    """Return the dtype of a complex dtype's parts, any other as it is."""
    return _PARTS.get(dtype, dtype)


def is_inexact(array: Any) -> bool:
    """Return whether an array is floating point or complex, bfloat16 included."""
    return _is_inexact(array.dtype)


@functools.cache  # asked for each result of each value set, and the name of a dtype takes NumPy a few microseconds
def _is_inexact(dtype: Any) -> bool:
    return part_of(str(dtype)) in PRECISION


def distance(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Return how far apart two arrays' elements are: 0 where both are NaN, or the same infinity."""
    ones, others = (item.astype(np.complex128) for item in (one, other))
    with np.errstate(all="ignore"):
        far = np.where((ones == others) | (np.isnan(ones) & np.isnan(others)), 0, np.abs(ones - others))
    return np.where(np.isnan(far), np.inf, far)


def compare(
    candidate: np.ndarray,
    reference: np.ndarray,
    oracle: np.ndarray | None = None,
    *,
    scale: np.ndarray | float = 0.0,
    only: np.ndarray | None = None,
    bound: Bound | None = None,
) -> Verdict:
    """Return the verdict on a candidate's result beside the reference's.

    `oracle` is the reference computed in float64 or complex128; without one the reference is its own. `scale` is the
    size of the terms that an element is made of, where it is known: rounding is relative to the larger of it and the
    element. `only` limits the comparison to the elements where it is true. A `bound` takes the place of the oracle.
    """
    if candidate.shape != reference.shape:
        return Verdict("shape", detail=f"{candidate.shape} where the reference has {reference.shape}")
    if candidate.dtype != reference.dtype:
        return Verdict("dtype", detail=f"{candidate.dtype} where the reference has {reference.dtype}")
    keep = np.ones(reference.shape, bool) if only is None else only
    name = str(reference.dtype)
    if name in _PARTS:
        return _complex(candidate, reference, reference if oracle is None else oracle, scale, keep, bound)
    if name in PRECISION:
        wide = reference if oracle is None else oracle
        return _floating(_wide(candidate), _wide(reference), _wide(wide), PRECISION[name], scale, keep, bound=bound)
    return _first(candidate != reference, "number", candidate, reference, keep)


def _wide(array: np.ndarray) -> np.ndarray:
    return np.asarray(array).astype(np.longdouble)


def _first(
    wrong: np.ndarray,
    difference: str,
    candidate: np.ndarray,
    reference: np.ndarray,
    keep: np.ndarray,
    ulp: np.ndarray | None = None,
) -> Verdict:
    wrong = wrong & keep
    compared = int(keep.sum())
    worst = 0.0 if ulp is None or not keep.any() else float(np.max(np.where(keep, ulp, 0)))
    if not wrong.any():
        return Verdict(compared=compared, worst_ulp=worst)
    ranked = wrong if ulp is None else np.where(wrong, ulp, -1)
    index = tuple(int(i) for i in np.unravel_index(int(np.argmax(ranked)), wrong.shape))
    ours, theirs = _told_apart(candidate[index], reference[index])
    detail = f"{ours} where the reference has {theirs}" + (f", at {list(index)}" if index else "")
    return Verdict(difference, compared, worst, index, 0.0 if ulp is None else float(ulp[index]), detail, wrong=wrong)


_DIGITS = (4, 6, 9, 17)


def _told_apart(one: np.generic, other: np.generic) -> tuple[str, str]:
    """Return two numbers with no more digits than it takes to tell them apart."""
    if not np.issubdtype(one.dtype, np.floating):
        return str(one), str(other)
    texts = [(f"{float(one):.{digits}g}", f"{float(other):.{digits}g}") for digits in _DIGITS]
    return next((pair for pair in texts if pair[0] != pair[1]), texts[-1])


def _complex(
    candidate: np.ndarray,
    reference: np.ndarray,
    oracle: np.ndarray,
    scale: np.ndarray | float,
    keep: np.ndarray,
    bound: Bound | None,
) -> Verdict:
    # an element with any part that is not finite is one class: which part it is follows no rule that both keep
    lost = _first(np.isfinite(candidate) != np.isfinite(reference), "finite or not", candidate, reference, keep)
    keep = keep & np.isfinite(reference)
    if not lost.ok or not keep.any():
        return lost
    with np.errstate(invalid="ignore", over="ignore"):
        size = np.where(keep, np.abs(oracle), 0)
    part = PRECISION[_PARTS[str(reference.dtype)]]
    verdicts = [
        _floating(_wide(get(candidate)), _wide(get(reference)), _wide(get(oracle)), part, scale, keep, size, bound)
        for get in (np.real, np.imag)
    ]
    at = min((0, 1), key=lambda at: (verdicts[at].ok, -verdicts[at].worst_ulp))
    where = "" if verdicts[at].ok else f", in the {('real', 'imaginary')[at]} part"
    return replace(verdicts[at], detail=verdicts[at].detail + where)


def _floating(
    candidate: np.ndarray,
    reference: np.ndarray,
    oracle: np.ndarray,
    precision: Precision,
    scale: np.ndarray | float,
    keep: np.ndarray,
    size: np.ndarray | float = 0.0,
    bound: Bound | None = None,
) -> Verdict:
    # where the reference lost itself on the way (an overflow whose result is no overflow, as the oracle's shows), to
    # infinity or to NaN by the order of its sums, it has no answer
    surely_below = np.abs(oracle) < precision.largest * (1 - 4 * precision.ulps * precision.eps)
    right = np.isfinite(oracle) & (np.isnan(reference) | (np.isinf(reference) & surely_below))
    # where the oracle is beyond the dtype, infinity of its sign is right, whichever the reference has
    beyond = np.isfinite(oracle) & ~surely_below & ~np.isfinite(reference)
    right |= beyond & np.isinf(candidate) & (np.sign(candidate) == np.sign(oracle))
    # as where a sum of infinities of both signs is a sum of one sign in the oracle
    right |= np.isnan(reference) & np.isinf(oracle) & (candidate == oracle)
    reference, oracle = np.where(right, candidate, reference), np.where(right, candidate, oracle)
    nan = _first(np.isnan(candidate) != np.isnan(reference), "NaN", candidate, reference, keep)
    if not nan.ok:
        return nan
    keep_number = keep & ~np.isnan(reference)
    # beside the largest number a right answer may round either way
    smaller = np.minimum(np.abs(candidate), np.abs(reference))
    edge = np.minimum(np.abs(oracle), smaller) > precision.largest * (1 - precision.ulps * precision.eps)
    if precision is not PRECISION["float64"]:  # whose oracle is beyond where it is: an infinity there is one
        edge &= np.isfinite(oracle)
    infinite = np.isinf(reference) | np.isinf(candidate)
    unequal = infinite & (candidate != reference) & ~(edge & (np.sign(candidate) == np.sign(reference)))
    infinity = _first(unequal, "infinity", candidate, reference, keep_number)
    if not infinity.ok:
        return infinity
    with np.errstate(invalid="ignore", over="ignore"):
        ulp, used = _ulp(candidate, reference, oracle, precision, scale, size)
        if bound is not None:
            used = _share(np.abs(candidate - reference), bound.atol + bound.rtol * np.abs(reference))
    numbers = keep_number & ~infinite
    verdict = _first((used > 1) & numbers, "number", candidate, reference, keep, np.where(numbers, ulp, 0))
    share = float(np.max(used, where=numbers, initial=0.0))
    return replace(verdict, compared=int(keep.sum()), of_tolerance=share)


def _ulp(
    candidate: np.ndarray,
    reference: np.ndarray,
    oracle: np.ndarray,
    precision: Precision,
    scale: np.ndarray | float,
    size: np.ndarray | float,
) -> tuple[np.ndarray, np.ndarray]:
    """Return the candidate's error in ULP, and as a share of what the precision allows."""
    # the smallest normal number is the least unit
    unit = precision.eps * np.maximum(np.maximum(np.abs(oracle), np.maximum(scale, size)), precision.smallest_normal)
    slack = precision.flushed
    error, own = np.abs(candidate - oracle), np.abs(reference - oracle)
    own = np.where(np.isfinite(own), own, 0)
    allowed = np.maximum(precision.ulps * unit, precision.multiple * own) + slack
    return np.where(np.isfinite(error) & (error > slack), error / unit, 0), _share(error, allowed)


def _share(error: np.ndarray, allowed: np.ndarray) -> np.ndarray:
    # where nothing is allowed, any error at all is too much
    return np.where(error > 0, error / allowed, 0.0)
