"""Whether a check can fail: wrong results, put in the candidate's place, must be caught."""

import numpy as np

from ..compare.arrays import is_inexact
from ..report.model import COMPUTED, Level
from ..report.report import Report
from ..run.candidate import Sides
from ..run.options import Options
from ..run.reference import Reference
from .verdicts import canonical, targets, verdicts

_SHIFT = 1e-4
PLANTED_ROWS = 8  # one may be so ill-conditioned that it proves nothing; the others then tell


def plant(sides: Sides, terms: Options, report: Report, row: int, reference: Reference) -> None:
    """Put wrong results in the candidate's place: zeros, and the reference's own shifted. They must fail."""
    for level in COMPUTED:
        want = reference.plain.get(level, "")
        if level not in terms.levels or isinstance(want, str) or isinstance(reference.wide[level], str):
            continue
        right = [canonical(item) for item in targets(level, want)]
        if all(report.level(level).planted.values()) and report.level(level).planted:
            continue
        if not any(is_inexact(item) and np.any(np.isfinite(item) & (item != 0)) for item in right):
            continue
        wrong = {"zeros": [np.zeros_like(item) for item in right]}
        if level != "hvp":  # two right formulas may lose most of its digits
            wrong["a small shift"] = [_shifted(item) for item in right]
        caught = {
            name: any(not verdict.ok for verdict in verdicts(sides, terms, row, level, parts, planted=True))
            for name, parts in wrong.items()
        }
        report.level(level).add(Level(planted=caught))


def _shifted(array: np.ndarray) -> np.ndarray:
    if not is_inexact(array):
        return array
    eps = float(np.finfo(array.dtype).eps) if array.dtype.kind in "fc" else 2.0**-7
    return np.asarray(array * (1 + max(_SHIFT, 64 * eps))).astype(array.dtype)
