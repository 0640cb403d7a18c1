"""Reports as one HTML page that needs nothing else: a matrix of functions and levels, and each failure in full."""

from collections.abc import Sequence
from html import escape

import numpy as np

from .report import LEVELS, Failure, Report

_STYLE = """
:root { color-scheme: light dark; --ok: #2e7d32; --bad: #c62828; --dim: #8a8a8a; --edge: #8883; --back: #8881; }
body { font: 15px/1.5 system-ui, sans-serif; max-width: 70rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.4rem; } h2 { font-size: 1.1rem; margin-top: 2.5rem; } h3 { font-size: 1rem; }
table { border-collapse: collapse; width: 100%; } th, td { padding: .3rem .6rem; border-bottom: 1px solid var(--edge); }
th { text-align: left; font-weight: 600; } td { font-variant-numeric: tabular-nums; }
.pass { color: var(--ok); } .fail { color: var(--bad); font-weight: 700; } .none { color: var(--dim); }
pre { background: var(--back); padding: .8rem; overflow-x: auto; border-radius: .4rem; font-size: 13px; }
section { border-left: 3px solid var(--bad); padding-left: 1rem; margin: 1.5rem 0; }
.wide { overflow-x: auto; } figure { margin: .8rem 0; } figcaption { color: var(--dim); font-size: 13px; }
"""
_CLASS = {"pass": "pass", "fail": "fail", "no evidence": "none", "not applicable": "none"}
_MARK = {"pass": "✓", "fail": "✗", "no evidence": "no evidence", "not applicable": "n/a"}


def page(reports: Sequence[Report]) -> str:
    """Return the page of some reports. Text that comes from the user's code is escaped."""
    failed = sum(not report.ok for report in reports)
    title = f"{len(reports) - failed} of {len(reports)} agree with PyTorch" if reports else "nothing was compared"
    parts = [
        "<!doctype html><html lang='en'><meta charset='utf-8'>",
        "<meta name='viewport' content='width=device-width, initial-scale=1'>",
        f"<title>parity: {escape(title)}</title><style>{_STYLE}</style>",
        f"<h1>{escape(title)}</h1>",
        _matrix(reports),
        *(_details(report) for report in reports),
        "</html>",
    ]
    return "\n".join(parts)


def _matrix(reports: Sequence[Report]) -> str:
    head = "".join(f"<th>{level}</th>" for level in LEVELS)
    rows = "".join(map(_row, reports))
    return f"<div class='wide'><table><tr><th>candidate</th><th>reference</th>{head}</tr>{rows}</table></div>"


def _row(report: Report) -> str:
    names = f"<td>{escape(report.candidate)}</td><td>{escape(report.reference)}</td>"
    return f"<tr>{names}{''.join(_cell(report, level) for level in LEVELS)}</tr>"


def _cell(report: Report, name: str) -> str:
    level = report.levels.get(name)
    if level is None:
        return "<td class='none'>–</td>"
    told = f"{level.compared:,} elements, at most {level.worst_ulp:.3g} ULP" if level.compared else level.reason
    return f"<td class='{_CLASS[level.status]}' title='{escape(told, quote=True)}'>{_MARK[level.status]}</td>"


def _details(report: Report) -> str:
    tried = ", ".join(f"{name} {count}" for name, count in sorted(report.strata.items()))
    notes = "".join(f"<li>{escape(note)}</li>" for note in report.notes)
    left = f"<p>Not tried: {escape(', '.join(report.not_reached))}</p>" if report.not_reached else ""
    return "\n".join(
        [
            f"<h2>{escape(report.candidate)} beside {escape(report.reference)}</h2>",
            f"<p>{report.examples:,} value sets in {report.seconds:.1f} s. Tried: {escape(tried)}.</p>",
            left,
            f"<ul>{notes}</ul>" if notes else "",
            *(_failure(failure) for failure in report.failures),
        ]
    )


def _failure(failure: Failure) -> str:
    script = f"<h4>To reproduce</h4><pre>{escape(failure.script)}</pre>" if failure.script else ""
    heading = escape(f"{failure.level}: {failure.difference}")
    return f"<section><h3>{heading}</h3><pre>{escape(failure.message)}</pre>{_error_plot(failure)}{script}</section>"


_WIDTH, _HEIGHT, _MOST_BARS = 480, 120, 64


def _error_plot(failure: Failure) -> str:
    """Return the candidate's error at each element as bars, "" where there are no numbers to draw."""
    if failure.candidate is None or failure.reference is None or failure.candidate.shape != failure.reference.shape:
        return ""
    with np.errstate(invalid="ignore", over="ignore"):
        errors = np.abs(failure.candidate.astype(complex) - failure.reference.astype(complex)).ravel()[:_MOST_BARS]
    finite = errors[np.isfinite(errors)]
    if not len(finite) or not finite.max():
        return ""
    step = _WIDTH / len(errors)
    bars = "".join(_bar(i * step, step, error, finite.max()) for i, error in enumerate(errors))
    size = f"viewBox='0 0 {_WIDTH} {_HEIGHT}' width='{_WIDTH}'"
    caption = f"|error| by element, at most {finite.max():.3g}; red where it is not finite"
    return f"<figure><svg {size} role='img'>{bars}</svg><figcaption>{caption}</figcaption></figure>"


def _bar(left: float, step: float, error: float, largest: float) -> str:
    is_finite = bool(np.isfinite(error))
    height = max(_HEIGHT * (error / largest if is_finite else 1.0), 1.0)
    color = "#4a7fb5" if is_finite else "#c62828"
    return (
        f"<rect x='{left + 0.1 * step:.1f}' y='{_HEIGHT - height:.1f}' width='{0.8 * step:.1f}' "
        f"height='{height:.1f}' fill='{color}'/>"
    )
