"""Self-test of a check: zeros and slightly scaled results must be rejected."""

import numpy as np

from ..compare.arrays import is_inexact
from ..report.model import COMPUTED, Level
from ..report.report import Report
from ..run.candidate import Sides
from ..run.options import Options
from ..run.reference import Reference
from .verdicts import canonical, targets, verdicts

_SHIFT = 1e-4
PLANTED_ROWS = 8  # value sets; one alone may be too ill-conditioned to prove anything


def plant(sides: Sides, terms: Options, report: Report, row: int, reference: Reference) -> None:
    """Judge wrong results in place of the candidate's (zeros, slightly scaled ones), and record which are rejected."""
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
        if level != "hvp":  # two correct formulas may lose most digits of a second derivative
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
