"""Compare two arrays: shape, dtype, positions of NaN and infinity, then the numbers, in ULP of a float64 oracle.

Begin at `compare`. This file uses only NumPy: no JAX, PyTorch or pytest. `compare` returns a `Verdict` and never
raises for a mismatch, so the caller must use the result.
"""

import functools
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np


@dataclass(frozen=True)
class Precision:
    """The limits of a floating point dtype, and the tolerance for results in it.

    A candidate passes if its error against the oracle is at most `ulps` units in the last place (ULP), or at most
    `multiple` times the reference's own error.
    """

    eps: float
    smallest_normal: float
    largest: float
    ulps: float
    multiple: float
    flushed: float  # the largest error from a subnormal number that is flushed to zero and then multiplied


# eps, smallest normal and largest come from IEEE 754 and the definition of bfloat16
PRECISION: dict[str, Precision] = {
    "float16": Precision(2.0**-10, 2.0**-14, 65504.0, ulps=1, multiple=2, flushed=2.0**-14),
    "bfloat16": Precision(2.0**-7, 2.0**-126, 3.3895e38, ulps=1, multiple=2, flushed=2.0**-106),
    "float32": Precision(2.0**-23, 2.0**-126, 3.4028e38, ulps=8, multiple=4, flushed=2.0**-106),
    "float64": Precision(2.0**-52, 2.0**-1022, 1.7976e308, ulps=64, multiple=4, flushed=2.0**-1002),
}
_PARTS = {"complex64": "float32", "complex128": "float64"}


@dataclass(frozen=True)
class Verdict:
    """The result of a comparison. `kind` is the kind of mismatch, "" if the two agree."""

    kind: str = ""
    compared: int = 0
    worst_ulp: float = 0.0
    index: tuple[int, ...] = ()  # of the worst element that differs
    ulp: float = 0.0  # the error at `index`
    detail: str = ""
    of_tolerance: float = 0.0  # the largest error divided by its tolerance: above 1 it is a mismatch
    wrong: np.ndarray | None = field(default=None, compare=False, repr=False)  # mask of the elements that differ

    @property
    def ok(self) -> bool:
        """Whether the two agree."""
        return not self.kind


@dataclass(frozen=True)
class Bound:
    """The user's own tolerance: an error of at most `atol + rtol * |reference|` passes, as in numpy.allclose."""

    rtol: float = 0.0
    atol: float = 0.0


def part_of(dtype: str) -> str:
    """Return the real dtype of a complex dtype's parts; return any other dtype unchanged."""
    return _PARTS.get(dtype, dtype)


def is_inexact(array: Any) -> bool:
    """Return whether an array is floating point (bfloat16 included) or complex."""
    return _is_inexact(array.dtype)


@functools.cache  # called for every result of every value set, and str(dtype) takes a few microseconds
def _is_inexact(dtype: Any) -> bool:
    return part_of(str(dtype)) in PRECISION


def distance(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Return the elementwise distance of two arrays: 0 where both are NaN or both the same infinity."""
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
    """Compare a candidate's result with the reference's.

    `oracle` is the reference computed in float64 or complex128; by default the reference is its own oracle. `scale` is
    the magnitude of the terms that are summed into an element, if known: the rounding error is relative to `scale` or
    to the element, whichever is larger. `only` is a mask: elements where it is False are skipped. With a `bound`, the
    user's tolerance replaces the oracle.
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
    kind: str,
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
    return Verdict(kind, compared, worst, index, 0.0 if ulp is None else float(ulp[index]), detail, wrong=wrong)


_DIGITS = (4, 6, 9, 17)


def _told_apart(one: np.generic, other: np.generic) -> tuple[str, str]:
    """Format two numbers with the fewest digits that show them to be different."""
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
    # treat all elements with a part that is not finite alike: JAX and PyTorch follow no common rule for which part
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
    # an intermediate overflow: the oracle is finite and the reference infinite or NaN, so it is no reference there
    surely_below = np.abs(oracle) < precision.largest * (1 - 4 * precision.ulps * precision.eps)
    right = np.isfinite(oracle) & (np.isnan(reference) | (np.isinf(reference) & surely_below))
    # the oracle exceeds the dtype's largest number: infinity with the oracle's sign is right, whatever the reference is
    beyond = np.isfinite(oracle) & ~surely_below & ~np.isfinite(reference)
    right |= beyond & np.isinf(candidate) & (np.sign(candidate) == np.sign(oracle))
    # a reference of inf - inf = NaN whose oracle is infinite: the oracle's infinity is right
    right |= np.isnan(reference) & np.isinf(oracle) & (candidate == oracle)
    reference, oracle = np.where(right, candidate, reference), np.where(right, candidate, oracle)
    nan = _first(np.isnan(candidate) != np.isnan(reference), "NaN", candidate, reference, keep)
    if not nan.ok:
        return nan
    keep_number = keep & ~np.isnan(reference)
    # near the largest number a right result may round to it or to infinity
    smaller = np.minimum(np.abs(candidate), np.abs(reference))
    edge = np.minimum(np.abs(oracle), smaller) > precision.largest * (1 - precision.ulps * precision.eps)
    if precision is not PRECISION["float64"]:  # float64 is its own oracle: its infinity may be a number rounded up
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
    """Return the candidate's error in ULP, and the error divided by the tolerance."""
    # a ULP is never smaller than at the smallest normal number
    unit = precision.eps * np.maximum(np.maximum(np.abs(oracle), np.maximum(scale, size)), precision.smallest_normal)
    slack = precision.flushed
    error, own = np.abs(candidate - oracle), np.abs(reference - oracle)
    own = np.where(np.isfinite(own), own, 0)
    allowed = np.maximum(precision.ulps * unit, precision.multiple * own) + slack
    return np.where(np.isfinite(error) & (error > slack), error / unit, 0), _share(error, allowed)


def _share(error: np.ndarray, allowed: np.ndarray) -> np.ndarray:
    # a tolerance of 0 makes the share of any error infinite
    return np.where(error > 0, error / allowed, 0.0)
