"""A disagreement as the report shows it, and in words what kind of difference it is."""

from collections.abc import Sequence

import numpy as np

from ..compare.arrays import is_inexact
from ..report.model import Mismatch
from ..report.report import Failure
from ..run.candidate import Sides
from ..run.options import Options

_IN_WORDS = {
    "NaN": ("NaN where the reference has a number", "a number where the reference has NaN"),
    "infinity": ("infinity where the reference has none", "another number where the reference is infinite"),
    "finite or not": ("not finite where the reference is", "finite where the reference is not"),
}


def _in_words(found: Mismatch, tensors: Sequence[np.ndarray], constants: Sequence[float]) -> str:
    """Return what kind of difference it is, for a derivative with the place where it is."""
    kind = found.verdict.difference
    if kind in _IN_WORDS and found.reference is not None:
        index = found.verdict.index
        finite = np.isfinite(found.reference[index]) if kind != "NaN" else not np.isnan(found.reference[index])
        return _IN_WORDS[kind][not finite]
    if found.level not in ("vjp", "jvp", "hvp") or kind != "number":
        return kind
    return _place_in_words(found, [item for item in tensors if is_inexact(item)], constants)


_MOST_NUMBERS = 64  # among more, a zero or a tie is found by chance


def _place_in_words(found: Mismatch, tensors: Sequence[np.ndarray], constants: Sequence[float]) -> str:
    if sum(item.size for item in tensors) > _MOST_NUMBERS:
        return "derivative"
    index, shape = found.verdict.index, getattr(found.reference, "shape", None)
    there = [complex(item[index]) for item in tensors if item.shape == shape]
    if there and not any(there):
        return "derivative at 0"
    for number in there:
        if not number.imag and any(abs(abs(number) - constant) <= 1e-6 * constant for constant in constants):
            return f"derivative at {number.real:g}, a number in the candidate's program"
    numbers = np.abs(np.concatenate([np.ravel(item).astype(complex) for item in tensors]))
    return "derivative, at a tie" if len(np.unique(numbers)) < len(numbers) else "derivative"


def failure_of(sides: Sides, terms: Options, found: Mismatch, constants: Sequence[float] = ()) -> Failure:
    """Return a disagreement as the report shows it."""
    case = sides.case
    tensors = case.row(found.row)
    dtypes = [str(item.dtype) for item in tensors if is_inexact(item)] or [str(item.dtype) for item in tensors]
    return Failure(
        level=found.level,
        leaf="" if found.verdict.difference == "structure" else sides.name(found.level, found.leaf),
        difference=_in_words(found, tensors, constants),
        detail=found.verdict.detail,
        call=case.shown(found.row),
        stratum=case.strata[found.row],
        dtype=dtypes[0] if dtypes else "",
        device=terms.device,
        ulp=found.verdict.ulp,
        index=found.verdict.index,
        inputs=case.ours.filled(tensors, lambda dtype: dtype),
        candidate=found.candidate,
        reference=found.reference,
        edge=found.edge,
    )
