"""Reports as one HTML page that needs nothing else: functions, dtypes and levels as a matrix, and every failure."""

from collections.abc import Sequence
from html import escape

from .report import LEVELS, MOST_ULP, Failure, Level, Report
from .svg import scatter, shares

_STYLE = """
:root { color-scheme: light dark; --ok: #2e7d32; --bad: #c62828; --dim: #757575; --edge: #8883; --back: #8881;
  --ok-back: #2e7d3222; --bad-back: #c6282826; --ink: #4a7fb5; }
@media (prefers-color-scheme: dark) { :root { --ok: #81c784; --bad: #ef9a9a; --dim: #9e9e9e; --ink: #90b8dd; } }
body { font: 15px/1.5 system-ui, sans-serif; max-width: 72rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.5rem; margin-bottom: .2rem; } h2 { font-size: 1.1rem; margin: 0; display: inline; }
h3 { font-size: 1rem; margin: 0 0 .6rem; } p.about { color: var(--dim); margin-top: 0; }
table { border-collapse: collapse; } .matrix { width: 100%; }
th, td { padding: .25rem .6rem; border-bottom: 1px solid var(--edge); text-align: left; vertical-align: top; }
th { font-weight: 600; } td { font-variant-numeric: tabular-nums; }
td.cell { text-align: center; border-left: 2px solid Canvas; }
tr.next td { border-bottom-color: transparent; } code, pre { font: 13px/1.45 ui-monospace, monospace; }
.pass { color: var(--ok); background: var(--ok-back); }
.fail { color: var(--bad); background: var(--bad-back); font-weight: 700; }
.none { color: var(--dim); } .mark-ok { color: var(--ok); } .mark-bad { color: var(--bad); font-weight: 700; }
pre { background: var(--back); padding: .8rem; overflow-x: auto; border-radius: .4rem; margin: .5rem 0; }
.report { margin-top: 1.6rem; border-top: 1px solid var(--edge); padding-top: .8rem; }
.report > summary, details > summary { cursor: pointer; } .chips span { display: inline-block; background: var(--back);
  border-radius: .7rem; padding: 0 .6rem; margin: .1rem .15rem; font-size: 13px; }
section { border-left: 3px solid var(--bad); padding: .1rem 0 .1rem 1rem; margin: 1.3rem 0; }
.facts td:first-child { color: var(--dim); padding-left: 0; } .facts td { border: 0; overflow-wrap: anywhere; }
.facts td { white-space: pre-wrap; }
.two { display: flex; gap: 2rem; flex-wrap: wrap; }
.two > * { flex: 1 1 24rem; min-width: 0; }
.wide { overflow-x: auto; } figure { margin: 0 0 .8rem; } figcaption { color: var(--dim); font-size: 13px; }
svg { max-width: 100%; height: auto; } svg text { font: 11px system-ui, sans-serif; fill: var(--dim); }
"""
_CLASS = {"pass": "pass", "fail": "fail", "no evidence": "none", "not applicable": "none"}
_MARK = {"pass": "✓", "fail": "✗", "no evidence": "0", "not applicable": "n/a"}
_LEGEND = "✓ agrees, ✗ differs, 0 no evidence (only zeros, or nothing, was compared), n/a not applicable, – not run"


def page(reports: Sequence[Report]) -> str:
    """Return the page of some reports. Text that comes from the user's code is escaped."""
    agreed = sum(report.ok for report in reports)
    title = f"{agreed} of {len(reports)} agree with PyTorch" if reports else "nothing was compared"
    sets, seconds = (sum(getattr(report, name) for report in reports) for name in ("examples", "seconds"))
    parts = [
        "<!doctype html><html lang='en'><meta charset='utf-8'>",
        "<meta name='viewport' content='width=device-width, initial-scale=1'>",
        f"<title>parity: {escape(title)}</title><style>{_STYLE}</style>",
        f"<h1>{escape(title)}</h1><p class='about'>{sets:,} value sets in {seconds:,.1f} s. {_LEGEND}.</p>",
        _matrix(reports),
        *(_details(number, report) for number, report in enumerate(reports)),
        "</html>",
    ]
    return "\n".join(parts)


def _matrix(reports: Sequence[Report]) -> str:
    head = "".join(f"<th>{name}</th>" for name in ("candidate", "reference", "dtype", *LEVELS))
    rows = "\n".join(row for number, report in enumerate(reports) for row in _rows(number, report))
    return f"<div class='wide'><table class='matrix'><tr>{head}</tr>\n{rows}</table></div>"


def _rows(number: int, report: Report) -> list[str]:
    """Return a row for each dtype, the names in the first."""
    tables = report.by_dtype or {"": report.levels}
    link = f"<a href='#report-{number}'>{escape(report.candidate)}</a>"
    names = f"<td rowspan='{len(tables)}'>{link}</td><td rowspan='{len(tables)}'>{escape(report.reference)}</td>"
    rows = []
    for at, (dtype, levels) in enumerate(tables.items()):
        cells = "".join(_cell(levels.get(name)) for name in LEVELS)
        last = " class='next'" if at < len(tables) - 1 else ""
        rows.append(f"<tr{last}>{names if not at else ''}<td>{escape(dtype)}</td>{cells}</tr>")
    return rows


def _cell(level: Level | None) -> str:
    if level is None:
        return "<td class='cell none'>–</td>"
    worst = f", at most {level.worst_ulp:,.3g} ULP" if 0 < level.worst_ulp < MOST_ULP else ""
    told = f"{level.status}: {level.compared:,} elements{worst}" if level.compared else level.reason or level.status
    mark = _MARK[level.status]
    return f"<td class='cell {_CLASS[level.status]}' title='{escape(told, quote=True)}'>{mark}</td>"


def _details(number: int, report: Report) -> str:
    state, mark = ("", "<span class='mark-ok'>✓</span>") if report.ok else (" open", "<span class='mark-bad'>✗</span>")
    tried = "".join(f"<span>{escape(name)} {count}</span>" for name, count in sorted(report.strata.items()))
    notes = "".join(f"<li>{escape(note)}</li>" for note in report.notes)
    left = f"<p>Not tried: {escape(', '.join(report.not_reached))}</p>" if report.not_reached else ""
    return "\n".join(
        [
            f"<details class='report' id='report-{number}'{state}>",
            f"<summary><h2>{mark} {escape(report.candidate)} beside {escape(report.reference)}</h2></summary>",
            f"<p>{report.examples:,} value sets in {report.seconds:.1f} s</p><p class='chips'>{tried}</p>",
            left,
            f"<ul>{notes}</ul>" if notes else "",
            _taps(report),
            *map(_failure, report.failures),
            "</details>",
        ]
    )


def _taps(report: Report) -> str:
    if not report.taps:
        return ""
    rows = "".join(
        f"<tr><td>{escape(tap.name)}</td><td class='{'pass' if tap.ok else 'fail'}'>{'agrees' if tap.ok else 'differs'}"
        f"</td><td>{tap.error:.1e}</td><td>{tap.of_tolerance:,.3g}</td>"
        f"<td>{'the first to differ' if tap is report.first_divergence else ''}</td></tr>"
        for tap in report.taps
    )
    head = "<tr><th>tap</th><th></th><th>error</th><th>of the tolerance</th><th></th></tr>"
    return f"<h3>Places inside, in the order of execution</h3><table>{head}{rows}</table>"


def _failure(failure: Failure) -> str:
    of = f" of {failure.leaf}" if failure.leaf else ""
    where = f"{failure.dtype or 'any dtype'}, {failure.device}"
    heading = escape(f"{failure.level}{of} ({where}): {failure.difference}")
    script = f"<details open><summary>To reproduce</summary><pre>{escape(failure.script)}</pre></details>"
    left = _facts(failure) + (script if failure.script else "")
    return f"<section><h3>{heading}</h3><div class='two'><div>{left}</div><div>{_plots(failure)}</div></div></section>"


def _facts(failure: Failure) -> str:
    rows = "".join(
        f"<tr><td>{escape(name)}</td><td><code>{escape(text)}</code></td></tr>" for name, text in failure.facts.items()
    )
    return f"<table class='facts'>{rows}</table>"


def _plots(failure: Failure) -> str:
    plots = []
    if failure.curve is not None:
        caption = "the error at each number, in the value sets that differ; red where it is not finite"
        plots.append(f"<figure>{scatter(*failure.curve)}<figcaption>{caption}</figcaption></figure>")
    if failure.strata:
        caption = "value sets that differ at this level, of those that were tried, by kind"
        plots.append(f"<figure>{shares(failure.strata)}<figcaption>{caption}</figcaption></figure>")
    return "".join(plots)
