"""Turn a mismatch into a `Failure` for the report: its kind in words, where it occurs, and what explains it."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np

from ..compare.arrays import is_inexact
from ..report.model import Mismatch
from ..report.report import Failure
from ..run.candidate import Sides
from ..run.options import Options
from ..run.outcome import outcome
from .evidence import Evidence, apart, close, evidence_of
from .relations import relation_of

_IN_WORDS = {
    "NaN": ("NaN where the reference has a number", "a number where the reference has NaN"),
    "infinity": ("infinity where the reference has none", "another number where the reference is infinite"),
    "finite or not": ("not finite where the reference is", "finite where the reference is not"),
}
_DERIVATIVES = ("vjp", "jvp", "hvp")


class Cause(NamedTuple):
    """What explains a mismatch on all value sets: a relation between both results, or the only inputs that differ."""

    relation: str = ""
    place: str = ""


def cause_of(sides: Sides, found: Mismatch, others: Sequence[Mismatch], constants: Sequence[float], sets: int) -> Cause:
    """Return the explanation of a mismatch.

    `others` are all mismatches of the case, `sets` is the number of value sets that were judged.
    """
    evidence, _ = outcome(lambda: evidence_of(sides, found, others, sets))
    if evidence is None:
        return Cause()
    kind = found.verdict.kind
    place = place_of(evidence, constants) if kind == "number" else ""
    if place:
        return Cause("" if found.level in _DERIVATIVES else f"differs only at {place}", place)
    return Cause(relation_of(evidence, kind))


def _in_words(found: Mismatch, cause: Cause) -> str:
    """Return the kind of a mismatch in words; for a derivative, with the place."""
    kind = found.verdict.kind
    if kind in _IN_WORDS and found.reference is not None:
        index = found.verdict.index
        finite = np.isfinite(found.reference[index]) if kind != "NaN" else not np.isnan(found.reference[index])
        return _IN_WORDS[kind][not finite]
    if found.level not in _DERIVATIVES or kind != "number":
        return kind
    return f"derivative at {cause.place}" if cause.place else "derivative"


# The only inputs at which the results differ

_FEWEST = 3  # numbers, or value sets, that must agree elsewhere
_MOST_PLACES = 3
_LEAST_TIED = 0.25  # of the value sets with a tie that must differ: not every tie matters


def place_of(evidence: Evidence, constants: Sequence[float]) -> str:
    """Return the inputs at which the results differ, if they differ at all of these and nowhere else; else ""."""
    results = evidence.usual
    if results.ours.shape != results.theirs.shape:
        return ""
    # without measured rounding: at a kink that is as large as the jump
    far = apart(results.ours, results.theirs) * ~close(results.ours, results.theirs, results.allowed)
    differs = np.asarray(far >= 0.1 * far.max(initial=0.0))
    if not far.any():
        return ""
    inputs = {at: item[evidence.ordinary] for at, item in enumerate(evidence.inputs) if is_inexact(item)}
    if evidence.wrong is not None:
        # an element judged right may differ by rounding, unless its input equals that of a wrong element
        wrong = differs & evidence.wrong[evidence.ordinary]
        alike = [item for item in inputs.values() if item.shape == differs.shape]
        differs &= np.logical_or.reduce([wrong, *(np.isin(item, item[wrong]) for item in alike)])
    return next(_places(evidence, differs, inputs, constants), "")


def _places(
    evidence: Evidence, differs: np.ndarray, inputs: dict[int, np.ndarray], constants: Sequence[float]
) -> Iterator[str]:
    names = {at: f"{evidence.names[at]} = " if len(inputs) > 1 and at < len(evidence.names) else "" for at in inputs}
    alike = {at: item for at, item in inputs.items() if item.shape == differs.shape}
    for at, item in alike.items():
        if text := _at_numbers(differs, item, constants):
            yield names[at] + text
    for one, other in zip(alike, [*alike][1:], strict=False):
        if _only(differs, alike[one] == alike[other]):
            yield names[one] + names[other].removesuffix(" = ")
    stacked = {at: item.reshape(len(item), -1) for at, item in inputs.items() if item.size}
    rows = np.asarray(differs.reshape(len(differs), -1).any(1))
    if stacked and _only(rows, np.all([(item == 0).all(1) for item in stacked.values()], axis=0)):
        yield "0"
    for at, item in stacked.items():
        if _only(rows, (item == 0).any(1)):
            yield f"{names[at]}0, in any element"
        if _is_at_ties(differs, rows, inputs[at]):
            yield f"tied values{names[at] and ' of ' + evidence.names[at]}"


def _only(differs: np.ndarray, there: np.ndarray) -> bool:
    """Return whether the results differ everywhere in `there`, and nowhere else."""
    return bool(there.any() and (differs == there).all()) and int((~there).sum()) >= _FEWEST


def _at_numbers(differs: np.ndarray, numbers: np.ndarray, constants: Sequence[float]) -> str:
    """Return the few inputs at which the results differ, if all are 0 or constants of the candidate's program."""
    there = np.unique(numbers[differs])
    if len(there) > _MOST_PLACES or np.iscomplex(there).any() or len(np.unique(numbers[~differs])) < _FEWEST:
        return ""
    known = [
        not x or any(abs(abs(x) - constant) <= 1e-6 * constant for constant in constants) for x in map(_real, there)
    ]
    if not all(known) or not _only(differs, np.isin(numbers, numbers[differs])):
        return ""
    text = " and ".join(f"{x + 0.0:g}" for x in map(_real, there))
    kind = ", numbers" if len(there) > 1 else ", a number"
    return text + (f"{kind} in the candidate's program" if there.all() else "")


def _real(number: np.generic) -> float:
    return complex(number).real


def _is_at_ties(differs: np.ndarray, rows: np.ndarray, numbers: np.ndarray) -> bool:
    """Return whether the results differ only where numbers of a tensor are equal, and often there."""
    sizes = np.abs(numbers.reshape(len(numbers), -1))
    tied = np.array([_counts(row) > 1 for row in sizes]).reshape(sizes.shape)
    has_ties = tied.any(1)
    if numbers.shape == differs.shape and (differs & ~tied.reshape(differs.shape)).any():
        return False
    is_rare = int((~has_ties).sum()) < _FEWEST or rows[has_ties].mean() < _LEAST_TIED if has_ties.any() else True
    return not is_rare and not (rows & ~has_ties).any()


def _counts(row: np.ndarray) -> np.ndarray:
    """Return for each number how often it occurs."""
    _, where, counts = np.unique(row, return_inverse=True, return_counts=True)
    return counts[where.reshape(row.shape)]


def failure_of(sides: Sides, terms: Options, found: Mismatch, cause: Cause = Cause()) -> Failure:  # noqa: B008
    """Return a mismatch as the report shows it."""
    case = sides.case
    tensors = case.row(found.row)
    dtypes = [str(item.dtype) for item in tensors if is_inexact(item)] or [str(item.dtype) for item in tensors]
    return Failure(
        level=found.level,
        leaf="" if found.verdict.kind == "structure" else sides.name(found.level, found.leaf),
        kind=_in_words(found, cause),
        relation=cause.relation,
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
