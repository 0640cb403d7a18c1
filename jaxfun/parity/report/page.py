"""Reports as one HTML page without external resources: a matrix of functions, dtypes and levels, then every failure.

Begin at `page`.
"""

from collections.abc import Iterable, Mapping, Sequence
from html import escape

from ...core.page import document
from .chart import scatter
from .model import COMPUTED, LEVELS, FailureData, Level, ReportData, Tap
from .table import LEGEND, agrees, edges, fails, state, total
from .words import at_most, edge_in_words, facts, in_short, in_words, no_script, place

_MARKS = {"pass": "✓", "fail": "✗", "-": "–"}
_COLORS = {"pass": "pass", "fail": "fail", "zero": "weak", "none": "weak", "loose": "weak"}


def page(reports: Sequence[ReportData]) -> str:
    """Return the HTML page of some reports, those that differ first. All text from the user's code is escaped."""
    ordered = sorted(reports, key=lambda report: (not fails(report), agrees(report)))
    title = ordered[0].headline if len(ordered) == 1 else total(ordered) if ordered else "nothing was compared"
    sets, seconds = (sum(getattr(report, name) for report in ordered) for name in ("examples", "seconds"))
    parts = [
        f"<h1>{escape(title)}</h1><p class='dim'>{sets:,} value sets in {seconds:,.1f} s</p>",
        _matrix(ordered) if ordered else "",
        *(_section(number, report, len(ordered) == 1) for number, report in enumerate(ordered)),
    ]
    return document(title, parts)


# the matrix


def _matrix(reports: Sequence[ReportData]) -> str:
    levels = "".join(f"<th class='cell'>{name}</th>" for name in LEVELS)
    bodies = "\n".join(_body(number, report) for number, report in enumerate(reports))
    names = "<th class='names'>candidate, reference</th><th>dtype</th>"
    head = f"<thead><tr>{names}{levels}<th class='short'>what differs</th></tr></thead>"
    states = {state(table.get(name)) for report in reports for table in _by_dtype(report).values() for name in LEVELS}
    meanings = {"pass": "agrees", "fail": "differs"} | LEGEND
    legend = ", ".join(f"{_mark(name)} {meaning}" for name, meaning in meanings.items() if name in states)
    return f"<div class='wide'><table class='matrix'>{head}\n{bodies}</table></div><p class='dim'>{legend}</p>"


def _by_dtype(report: ReportData) -> Mapping[str, Mapping[str, Level]]:
    return report.by_dtype or {"": report.levels}


def _mark(name: str) -> str:
    return f"<span class='{_COLORS.get(name, 'none')}'>{_MARKS.get(name, escape(name))}</span>"


def _body(number: int, report: ReportData) -> str:
    """Return a table row for each dtype; the names span all of them."""
    tables = _by_dtype(report)
    link = f"<a href='#report-{number}'>{escape(report.candidate)}</a>"
    first = f"<td class='names' rowspan='{len(tables)}'>{link}<br><small>{escape(report.reference)}</small></td>"
    rows = []
    for dtype, levels in tables.items():
        found = {at: failure for at, failure in enumerate(report.failures) if dtype in ("", *_columns(failure))}
        cells = "".join(_cell(levels.get(name), _anchor(number, name, found)) for name in LEVELS)
        short = next((f"{failure.level}: {in_short(failure)}" for failure in found.values()), _doubt(report, dtype))
        rows.append(f"<tr>{first}<td>{escape(dtype)}</td>{cells}<td class='short dim'>{escape(short)}</td></tr>")
        first = ""
    return f"<tbody>{''.join(rows)}</tbody>"


def _doubt(report: ReportData, dtype: str) -> str:
    """Return the short text for a dtype without failures: the missing evidence, or an edge."""
    if not report.ok:
        return f"not shown: {report.missing[0]}" if report.missing and not fails(report) else ""
    own = [edge for edge in edges(report) if dtype in ("", *_columns(edge))]
    return f"edge: {edge_in_words(own[0])}" if own else ""


def _columns(failure: FailureData) -> tuple[str, str]:
    return failure.dtype, f"{failure.dtype} on {failure.device}"


def _anchor(number: int, level: str, found: Mapping[int, FailureData]) -> str:
    """Return the link to a level's failure, or to its report if it has none."""
    at = next((f"-{at}" for at, failure in found.items() if failure.level == level), "")
    return f"#report-{number}{at}"


def _cell(level: Level | None, anchor: str) -> str:
    name = state(level)
    mark = _MARKS.get(name, escape(name))
    inside = f"<a href='{anchor}'>{mark}</a>" if name == "fail" else mark
    told = escape(_told(level)) if level else ""
    return f"<td class='cell {_COLORS.get(name, 'none')}'" + (f" title='{told}'" if told else "") + f">{inside}</td>"


def _told(level: Level) -> str:
    if not level.compared:
        return level.left_out or level.reason or level.status
    worst = at_most(level.worst_ulp, bool(level.failures))
    return f"{level.status}: {level.compared:,} elements{worst and ', ' + worst}"


# a report


def _section(number: int, report: ReportData, is_alone: bool) -> str:
    parts = [*_remarks(report, is_alone), _taps(report), *_failures(number, report), _edges(report)]
    inside = "\n".join(filter(None, parts))
    if is_alone:
        return f"<div id='report-{number}'>{inside}</div>"
    mark = _mark("fail" if fails(report) else "pass") if report.ok or fails(report) else "<span class='weak'>!</span>"
    names = f"{escape(report.candidate)} against {escape(report.reference)}"
    kind = "report agrees" if agrees(report) else "report"
    opened = "" if agrees(report) else " open"
    return (
        f"<details class='{kind}' id='report-{number}'{opened}><summary><h2>{mark} {names}</h2></summary>"
        f"\n{inside}\n</details>"
    )


def _remarks(report: ReportData, is_alone: bool) -> Iterable[str]:
    yield "" if is_alone else f"<p class='dim'>{report.examples:,} value sets in {report.seconds:.1f} s</p>"
    told = {
        "not shown": report.missing if report.answer == "not shown" else [],
        "to do": [report.advice] if report.advice and not report.ok else [],
        "inputs": report.inputs,
        "parameters": report.parameters,
        "tried": [", ".join(report.tried)] if report.strata else [],
        "not tried": [", ".join(report.not_reached)] if report.not_reached else [],
        "known": [f"{why} (seen {count:,} times)" for why, count in report.seen.items()],
        "also": [f"{dtype} (a second opinion): {text}" for dtype, text in report.opinions.items()],
        "note": report.notes,
    }
    rows = "".join(_remark(name, texts) for name, texts in told.items() if texts)
    yield f"<table class='facts remarks'>{rows}</table>" if rows else ""


def _remark(name: str, texts: Sequence[str]) -> str:
    kind = "weak" if name in ("not shown", "to do") else "none"
    said = "<br>".join(map(escape, texts))
    return f"<tr><td class='dim'><span class='{kind}'>{name}</span></td><td>{said}</td></tr>"


def _taps(report: ReportData) -> str:
    rows = "".join(_tap(tap, tap is report.first_divergence) for tap in report.taps)
    head = "<tr><th>tap</th><th></th><th>error</th><th>error / tolerance</th></tr>"
    told = "<h3>Taps (places inside the module), in execution order</h3>"
    return f"<section>{told}<div class='wide'><table class='taps'>{head}{rows}</table></div></section>" if rows else ""


def _tap(tap: Tap, is_first: bool) -> str:
    kind, verdict = ("pass", "agrees") if tap.ok else ("fail", "differs")
    first = "<td class='none'>first divergence</td>" if is_first else ""
    return (
        f"<tr><td><code>{escape(tap.name)}</code></td><td class='{kind}'>{verdict}</td>"
        f"<td>{tap.error:.1e}</td><td>{tap.of_tolerance:,.3g}</td>{first}</tr>"
    )


# a failure


def _failures(number: int, report: ReportData) -> Iterable[str]:
    for at, failure in enumerate(report.failures):
        yield f"<section class='failure' id='report-{number}-{at}'>{_failure(at, failure)}</section>"


def _edges(report: ReportData) -> str:
    rows = "".join(
        f"<details><summary>{escape(edge_in_words(edge))}</summary>{_facts(edge)}</details>" for edge in edges(report)
    )
    told = "<h3>Edges</h3><p class='dim'>Disagreements outside of ordinary use. They do not change the answer.</p>"
    return f"<section class='edges'>{told}{rows}</section>" if rows else ""


def _failure(at: int, failure: FailureData) -> str:
    what, where = map(escape, place(failure))
    heading = f"<h3>{what} <small>{where}</small></h3>"
    parts = [
        f"{heading}<p>{escape(in_words(failure))}</p>",
        f"<div class='two'>{_facts(failure)}{_plot(failure)}</div>",
        _kinds(failure),
        _script(at, failure.script),
    ]
    return "".join(parts)


def _script(at: int, script: str) -> str:
    """Return the script of a failure; only the first is open, because the others are similar."""
    if not script:
        return f"<p class='dim'>{no_script(at)}</p>"
    opened = "" if at else " open"
    return f"<details{opened}><summary>To reproduce</summary><pre>{escape(script)}</pre></details>"


def _facts(failure: FailureData) -> str:
    rows = "".join(map(_fact, *zip(*facts(failure).items(), strict=True)))
    return f"<table class='facts'>{rows}</table>"


def _fact(name: str, text: str) -> str:
    kind = " class='lines'" if "\n" in text else ""
    return f"<tr><td class='dim'>{escape(name)}</td><td><code{kind}>{escape(text)}</code></td></tr>"


def _plot(failure: FailureData) -> str:
    drawn = scatter(failure.curve) if failure.curve is not None else ""
    over = failure.curve.over if failure.curve is not None else ""
    caption = (
        f"<figcaption class='dim'>Error of each element against its {over}, in the value sets that differ</figcaption>"
    )
    return f"<figure>{drawn}{caption}</figure>" if drawn else ""


def _kinds(failure: FailureData) -> str:
    """Return the kinds of value sets with the share that differs, the largest share first."""
    some, every = (sum(pair[at] for pair in failure.strata.values()) for at in (0, 1))
    if some < 2 and (failure.level not in COMPUTED or failure.kind == "structure"):
        return ""  # only one value set was looked at
    ordered = sorted(failure.strata.items(), key=lambda item: -item[1][0] / item[1][1])
    chips = "".join(
        f"<span class='chip' style='--share: {30 * differ / count:.0f}%'>{escape(name)} {differ}/{count}</span>"
        for name, (differ, count) in ordered
        if differ
    )
    rest = ", ".join(name for name, (differ, _) in ordered if not differ)
    none = f" <small>no failure in: {escape(rest)}</small>" if rest else ""
    return f"<p><small>Differs in {some:,} of {every:,} value sets:</small> {chips}{none}</p>"
