"""Weigh a mismatch: one that ordinary use meets is a failure, any other is an edge.

An edge is listed in the report and does not change the answer, unless the check is strict. `weighed` is the entry.
"""

import dataclasses
import math
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

import numpy as np

from ..compare.arrays import PRECISION, is_inexact, part_of
from ..report.model import Mismatch
from ..run.candidate import Sides
from ..run.options import Options
from ..run.outcome import outcome
from ..run.reference import Reference
from .decompositions import calls_lapack, is_open
from .verdicts import Comparison, canonical, targets

_DERIVATIVES = ("vjp", "jvp", "hvp")


class _Met(NamedTuple):
    """A mismatch with its value set and reference."""

    mismatch: Mismatch
    sides: Sides
    tensors: Sequence[np.ndarray]
    reference: Reference | None

    @property
    def numbers(self) -> list[np.ndarray]:
        """The floating point tensors."""
        return [item for item in self.tensors if is_inexact(item)]


def weighed(mismatch: Mismatch, sides: Sides, options: Options, reference: Reference | None) -> Mismatch:
    """Return a numeric mismatch, marked with the kind of its edge if it is one or the user allows it."""
    met = _Met(mismatch, sides, sides.case.row(mismatch.row), reference)
    if mismatch.verdict.kind == "raises":
        return _with_edge(mismatch, "empty" if _is_empty(met) else "", options)
    for kind, holds in ({} if options.strict else _EDGES).items():
        if holds(met):
            return dataclasses.replace(mismatch, edge=kind)
    allowed = (kind for kind, holds in _ALLOWED.items() if kind in options.allow and holds(met))
    edge = next(allowed, "")
    mismatch = dataclasses.replace(mismatch, edge=edge)
    return mismatch if edge or options.strict else _as_digits_edge(met)


def is_edge(mismatch: Mismatch, sides: Sides, options: Options) -> bool:
    """Return whether a mismatch is an edge, judged by its numbers and shapes."""
    met = _Met(mismatch, sides, sides.case.row(mismatch.row), sides.oracle.references.get(mismatch.row))
    if options.strict:
        return False
    if mismatch.verdict.kind == "raises":
        return _is_empty(met)
    return any(holds(met) for holds in _EDGES.values())


def weighed_error(mismatch: Mismatch, sides: Sides, options: Options, is_always: bool) -> Mismatch:
    """Return a mismatch of exceptions, marked with the kind of its edge. `is_always`: it occurs for every value set.

    A reference that raises for some numbers only validates its input, which a compiled function cannot do.
    """
    met = _Met(mismatch, sides, sides.case.row(mismatch.row), None)
    is_theirs = "does not raise" in mismatch.verdict.detail
    is_validation = is_theirs and (not is_always or not all(np.isfinite(item).all() for item in met.numbers))
    edge = "empty" if _is_empty(met) else "validation" if is_validation else ""
    return _with_edge(mismatch, edge, options)


def _with_edge(mismatch: Mismatch, edge: str, options: Options) -> Mismatch:
    if options.strict:
        edge = ""
    return dataclasses.replace(mismatch, edge=edge or ("errors" if "errors" in options.allow else ""))


def _is_empty(met: _Met) -> bool:
    return any(not item.ndim or not item.size for item in met.tensors)


def _has_nan(met: _Met) -> bool:
    return any(np.isnan(item).any() for item in met.numbers)


def _has_infinity(met: _Met) -> bool:
    return any(np.isinf(item).any() for item in met.numbers)


def _is_derivative(met: _Met) -> bool:
    return met.mismatch.level in _DERIVATIVES


def _is_nan_for_a_number(met: _Met) -> bool:
    """Return whether a derivative is NaN where the reference's is finite and all results are finite."""
    values = met.reference.plain["value"] if met.reference is not None else ()
    if not all(np.isfinite(item).all() for item in values if is_inexact(item)):
        return False
    part, target = met.mismatch.candidate, met.mismatch.reference
    if part is None or target is None or part.shape != target.shape or not is_inexact(part) or not is_inexact(target):
        return False
    return bool((np.isnan(part) & np.isfinite(target)).any())


def _is_of_numbers(met: _Met) -> bool:
    return met.mismatch.verdict.kind not in ("shape", "dtype", "structure")


def _is_beyond(met: _Met) -> bool:
    """Return whether the square of a number overflows, in a dtype where such numbers are not ordinary."""
    if not _is_of_numbers(met):
        return False
    names = {part_of(str(item.dtype)) for item in met.numbers} - {"float16"}
    tops = {name: math.sqrt(PRECISION[name].largest) for name in names}
    with np.errstate(invalid="ignore", over="ignore"):
        return any(
            (np.isfinite(item) & (np.abs(item.astype(np.complex128)) > tops[name])).any()
            for item in met.numbers
            if (name := part_of(str(item.dtype))) in tops
        )


def _is_open_order(met: _Met) -> bool:
    """Return whether the value set has ties whose order the reference leaves undefined."""
    target = met.mismatch.reference
    is_of_order = _is_derivative(met) or (target is not None and target.dtype.kind in "iu")
    return is_of_order and _has_ties(met) and bool(met.sides.theirs.operations(met.mismatch.row) & _OPEN)


# operations for which PyTorch defines neither the order of equal numbers nor which of them an index names
_OPEN = frozenset({"sort.default", "topk.default", "kthvalue.default", "median.dim", "nanmedian.dim", "mode.default"})


def _has_ties(met: _Met) -> bool:
    return any(len(np.unique(item)) < item.size for item in met.tensors if item.size and item.dtype.kind != "b")


def _at_wrong_elements(met: _Met) -> list[np.ndarray]:
    """Return each tensor's numbers where the derivative is wrong; all numbers if its shape differs."""
    part, target = met.mismatch.candidate, met.mismatch.reference
    if part is None or target is None or part.shape != target.shape:
        return [np.ravel(item) for item in met.numbers]
    with np.errstate(invalid="ignore", over="ignore"):
        wrong = ~(np.abs(part - target) <= 1e-3 * np.abs(target).astype(np.float64))
    same = [item[wrong] for item in met.numbers if item.shape == part.shape]
    return same or [np.ravel(item) for item in met.numbers]


def _is_at_kinks(met: _Met) -> bool:
    kinks = np.asarray([0.0, *met.sides.constants])
    there = _at_wrong_elements(met)
    if not _is_derivative(met) or not there or not any(item.size for item in there):
        return False
    sizes = [np.abs(item.astype(np.complex128)) for item in there]
    return any(bool(np.isclose(item[:, None], kinks, rtol=1e-6, atol=0).any(1).all()) for item in sizes if item.size)


def _is_at_ties(met: _Met) -> bool:
    if not _is_derivative(met):
        return False
    numbers = np.concatenate([np.ravel(item).astype(np.complex128) for item in met.numbers] or [np.zeros(0)])
    values, counts = np.unique(numbers, return_counts=True)
    tied = values[counts > 1]
    there = [item.astype(np.complex128) for item in _at_wrong_elements(met)]
    return any(bool(np.isin(item, tied).all()) for item in there if item.size)


def _is_nan_dropped_by_the_compiler(met: _Met) -> bool:
    """Return whether a compiled call returns a number where the reference and the eager call return NaN.

    XLA's CPU compiler drops NaN from a maximum or minimum that it fuses into a sum.
    """
    mismatch, reference = met.mismatch, met.reference
    if mismatch.level not in ("jit", "vmap") or mismatch.verdict.kind != "NaN" or reference is None:
        return False
    results, error = outcome(lambda: met.sides.eager(met.tensors))
    if error is not None or mismatch.leaf >= len(results):
        return False
    plain, compiled, target = results[mismatch.leaf], mismatch.candidate, reference.plain["value"][mismatch.leaf]
    if compiled is None or not plain.shape == compiled.shape == target.shape:
        return False
    return bool((np.isnan(plain) == np.isnan(target)).all() and not (np.isnan(compiled) & ~np.isnan(target)).any())


def _is_decided_by_rounding(met: _Met) -> bool:
    """Return whether PyTorch's rounding decides between NaN, infinity and a number wherever the results differ.

    An example is 0 times infinity, where the 0 is a difference of rounded numbers.
    """
    mismatch, reference = met.mismatch, met.reference
    part, target = mismatch.candidate, mismatch.reference
    if _is_derivative(met) or mismatch.verdict.kind not in _NOT_FINITE or not (_has_nan(met) or _has_infinity(met)):
        return False
    if reference is None or part is None or target is None or part.shape != target.shape:
        return False
    rounding, at = met.sides.oracle.rounding, mismatch.leaf
    open_there = rounding.open_at(mismatch.row)[at]
    if not open_there.any():
        return False
    leaf = Comparison(part, canonical(target), reference.wide["value"][at], ~open_there)
    return any(leaf.verdict(scale).ok for scale in rounding.scales("value", mismatch.row, at))


def _is_beyond_lapack(met: _Met) -> bool:
    """Return whether an input has NaN or infinity and the reference calls LAPACK, which requires finite numbers."""
    return _is_of_numbers(met) and (_has_nan(met) or _has_infinity(met)) and calls_lapack(met.sides, met.mismatch.row)


_NOT_FINITE = ("NaN", "infinity", "finite or not")
_EDGES: Mapping[str, Callable[[_Met], bool]] = {
    "NaN": lambda met: _is_derivative(met) and _has_nan(met),
    "infinity": lambda met: _is_derivative(met) and _has_infinity(met) and not _is_nan_for_a_number(met),
    "overflow": _is_beyond,
    "order": _is_open_order,
    "empty": lambda met: _is_derivative(met) and not any(item.size for item in met.numbers),
    "compiler": _is_nan_dropped_by_the_compiler,
    "rounding": _is_decided_by_rounding,
    "LAPACK": _is_beyond_lapack,
    "decomposition": lambda met: is_open(met.mismatch, met.sides),
}
_ALLOWED: Mapping[str, Callable[[_Met], bool]] = {
    "kinks": _is_at_kinks,
    "ties": _is_at_ties,
    "NaN": _has_nan,
    "infinity": _has_infinity,
    "empty": _is_empty,
    "dtype": lambda met: met.mismatch.verdict.kind == "dtype",
}
ALLOWABLE = (*_ALLOWED, "errors")


# Lost digits


def _as_digits_edge(met: _Met) -> Mismatch:
    """Return a mismatch as a "digits" edge if the candidate is correct in float64 and keeps half of the digits."""
    kept = _digits_kept(met)
    if kept is None:
        return met.mismatch
    digits, of = kept
    verdict = met.mismatch.verdict
    detail = f"{verdict.detail}; correct in float64, {digits:.1f} of {of:.1f} digits kept"
    return dataclasses.replace(met.mismatch, edge="digits", verdict=dataclasses.replace(verdict, detail=detail))


def _digits_kept(met: _Met) -> tuple[float, float] | None:
    mismatch, reference = met.mismatch, met.reference
    part, level = mismatch.candidate, mismatch.level if _is_derivative(met) else "value"
    if mismatch.verdict.kind != "number" or part is None or reference is None or not reference.has_oracle:
        return None
    precision = PRECISION.get(part_of(str(part.dtype)))
    if precision is None or precision is PRECISION["float64"]:
        return None
    oracle = _oracle(reference.wide[level], level, mismatch.leaf)
    if oracle is None or part.shape != oracle.shape:
        return None
    with np.errstate(invalid="ignore", over="ignore"):
        scale = met.sides.oracle.rounding.scale_at(level, mismatch.row, "operations")[mismatch.leaf]
        least = 0.01 * np.abs(oracle[np.isfinite(oracle)]).max(initial=0.0)
        # digits that the inputs do not determine are not lost
        size = np.maximum(np.maximum(np.abs(oracle), least), scale)
        lost = _share(part.astype(oracle.dtype), oracle, size)
    is_kept = lost < math.sqrt(precision.eps) or (_is_derivative(met) and _is_near_constant(met))
    if not lost or not is_kept:  # checked before float64, which compiles the candidate again
        return None
    wide, error = outcome(lambda: met.sides.in_float64(level)[mismatch.leaf][mismatch.row])
    if error is not None or wide.shape != oracle.shape:
        return None
    with np.errstate(invalid="ignore", over="ignore"):
        lost_wide = _share(wide, oracle, size)
    if lost_wide > lost / _RIGHT:
        return None
    return max(-math.log10(lost), 0.0), -math.log10(precision.eps)


def _is_near_constant(met: _Met) -> bool:
    """Return whether the numbers along a dimension of some tensor share more than half of their digits."""
    return any(
        _is_near_constant_along(item, axis) for item in met.numbers for axis in range(item.ndim) if item.shape[axis] > 1
    )


def _is_near_constant_along(item: np.ndarray, axis: int) -> bool:
    numbers = item.astype(np.complex128)
    largest = np.abs(numbers).max(axis, initial=0.0)
    spread = np.abs(numbers - np.take(numbers, [0], axis)).max(axis, initial=0.0)
    return bool(((spread < math.sqrt(PRECISION[part_of(str(item.dtype))].eps) * largest) & (largest > 0)).any())


_RIGHT = 16  # times closer in float64; a wrong formula is as wrong there


def _oracle(items: Sequence[np.ndarray], level: str, leaf: int) -> np.ndarray | None:
    leaves = targets(level, items)
    return leaves[leaf] if leaf < len(leaves) else None


def _share(item: np.ndarray, oracle: np.ndarray, size: np.ndarray) -> float:
    both = np.isfinite(item) & np.isfinite(oracle) & (size > 0)
    return float((np.abs(item - oracle)[both] / size[both]).max(initial=0.0))
