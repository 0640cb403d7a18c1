"""Decide whether a mismatch of a matrix decomposition is legitimate: a vector's sign, or rounding of the matrix."""

import numpy as np

from ..compare.arrays import PRECISION, distance, is_inexact, part_of
from ..report.model import Mismatch
from ..run.candidate import Sides
from ..run.outcome import outcome

_LAPACK = frozenset({"linalg_pinv.atol_rtol_tensor"}) | frozenset(
    f"{name}.default"
    for name in """
    _linalg_det _linalg_slogdet _linalg_solve_ex _linalg_eigh _linalg_svd _linalg_eigvals linalg_eig linalg_inv_ex
    linalg_qr linalg_lu linalg_lu_factor_ex linalg_lu_solve linalg_cholesky_ex linalg_ldl_factor_ex linalg_ldl_solve
    linalg_lstsq linalg_solve_triangular linalg_householder_product cholesky cholesky_solve cholesky_inverse
    triangular_solve geqrf ormqr
    """.split()  # noqa: SIM905  (easier to read)
)


# operations that return vectors, each determined only up to a factor of modulus 1
_OF_VECTORS = frozenset({"_linalg_eigh.default", "_linalg_svd.default", "linalg_eig.default", "linalg_qr.default"})
# operations whose result may be a sum of terms that cancel; another formula rounds each term
_OF_TERMS = frozenset({"_linalg_det.default"})
_MULTIPLE = 4  # times the change seen in a few runs with rounded inputs


def calls_lapack(sides: Sides, row: int) -> bool:
    """Return whether the reference decomposes a matrix or solves a linear system."""
    return bool(sides.theirs.operations(row) & _LAPACK)


def is_open(mismatch: Mismatch, sides: Sides) -> bool:
    """Return whether the results differ only in the sign of vectors, or by rounding of the matrix.

    If that holds for the value, it holds for its derivatives: they belong to other vectors.
    """
    if not calls_lapack(sides, mismatch.row):
        return False
    if mismatch.level in ("value", "jit", "vmap"):
        return _is_open_value(mismatch, sides)
    return _has_open_value(mismatch, sides)


def _is_open_value(mismatch: Mismatch, sides: Sides) -> bool:
    part, target = mismatch.candidate, mismatch.reference
    if part is None or target is None or part.shape != target.shape or mismatch.verdict.kind == "dtype":
        return False
    operations = sides.theirs.operations(mismatch.row)
    return _is_same_but_for_phases(part, target, _rounding(mismatch, sides, target), operations)


def _rounding(mismatch: Mismatch, sides: Sides, target: np.ndarray) -> np.ndarray:
    """Return the change of a result that rounding may cause: of the inputs, and of the largest element or term."""
    moved = sides.theirs.moved_by(mismatch.row)[mismatch.leaf]
    size = _sizes(sides, mismatch.row)[mismatch.leaf]
    if (moved > _half_of_digits(target) * size).any():  # a few runs may miss an element's change
        moved = moved.max()
    eps = PRECISION[part_of(str(target.dtype))].eps if is_inexact(target) else 0.0
    return _MULTIPLE * (moved + eps * size)


def _has_open_value(mismatch: Mismatch, sides: Sides) -> bool:
    row = mismatch.row
    values, moved = sides.theirs.outputs(row), sides.theirs.moved_by(row)
    # tolerance: half of the significant digits
    most = [_half_of_digits(item) * size for item, size in zip(values, _sizes(sides, row), strict=True)]
    if any((far > least).any() for far, least in zip(moved, most, strict=True)):
        return True
    ours, error = outcome(lambda: sides.eager(sides.case.row(row)))
    if error is not None or [item.shape for item in ours] != [item.shape for item in values]:
        return False
    leaves = zip(ours, values, most, strict=True)
    apart = [(part, item, least) for part, item, least in leaves if (distance(part, item) > least).any()]
    return bool(apart) and all(_is_same_but_for_phases(*leaf, sides.theirs.operations(row)) for leaf in apart)


def _sizes(sides: Sides, row: int) -> list[np.ndarray]:
    """Return the number that each result's rounding is relative to: its largest element or term."""
    values = sides.theirs.outputs(row)
    largest = [np.asarray(np.abs(item.astype(np.complex128)[np.isfinite(item)]).max(initial=0.0)) for item in values]
    if not sides.theirs.operations(row) & _OF_TERMS:
        return largest
    return [np.maximum(*pair) for pair in zip(largest, sides.theirs.size_of_terms(row), strict=True)]


def _half_of_digits(item: np.ndarray) -> float:
    return float(np.sqrt(PRECISION[part_of(str(item.dtype))].eps)) if is_inexact(item) else 0.0


def _is_same_but_for_phases(
    part: np.ndarray, target: np.ndarray, rounding: np.ndarray | float, operations: frozenset[str]
) -> bool:
    """Return whether two results agree up to rounding and, if they hold vectors, up to a factor of modulus 1 each."""
    ones, others = (item.astype(np.complex128) for item in (part, target))
    axes = _axes_of_vectors(target, operations)
    aligned = (others, *(_phases(ones, others, axis) * others for axis in axes))
    return any(bool((distance(ones, each) <= rounding).all()) for each in aligned)


def _axes_of_vectors(target: np.ndarray, operations: frozenset[str]) -> list[int]:
    """Return the dimensions along which a result holds vectors: unit vectors, or the rows of a triangular factor."""
    if target.ndim < 2 or not is_inexact(target) or not operations & _OF_VECTORS:
        return []
    if "linalg_qr.default" in operations and not np.tril(target, -1).any():
        return [-1]
    squares = np.abs(target.astype(np.complex128)) ** 2
    # computed unit vectors have length 1 up to rounding
    return [axis for axis in (-2, -1) if np.allclose(squares.sum(axis), 1, atol=_half_of_digits(target))]


def _phases(ones: np.ndarray, others: np.ndarray, axis: int) -> np.ndarray:
    with np.errstate(all="ignore"):
        overlap = (ones * others.conj()).sum(axis, keepdims=True)
        return np.where(overlap == 0, 1, overlap / np.abs(overlap))
