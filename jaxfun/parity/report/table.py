"""A table of many reports for the terminal: one row for each pair of functions, one column for each level.

Begin at `table`. The pytest plugin prints it at the end of a run.
"""

import textwrap
from collections.abc import Iterable, Sequence

from .model import LEVELS, FailureData, Level, ReportData
from .words import MOST_ULP, SMALL_ULP, ulps

Cell = tuple[str, str]  # the text and its color, "" for the terminal's own

MOST_ROWS = 30
_HEADER = ("candidate", "reference", *LEVELS, "worst ULP")
_NAMES = 2  # the number of name columns, which are aligned left
_GAP = "  "
_LEAST_NAME = 16  # a name keeps at least this many characters
_CANCELS = ">1k"
LEGEND = {
    "zero": "not shown (only zeros on both sides)",
    "none": "not shown (nothing was compared)",
    "loose": "not shown (the tolerance is too wide)",
    "n/a": "not applicable",
    "left out": "not compared (time limit)",
    "-": "not run",
    _CANCELS: "more than 1,000 ULP, only where terms cancel",
}
_COLORS = {"pass": "green", "fail": "red", "zero": "yellow", "none": "yellow", "loose": "yellow"}


def merged(reports: Iterable[ReportData]) -> list[ReportData]:
    """Merge the reports of each pair of candidate and reference; sort the result by their names."""
    pairs: dict[tuple[str, str], ReportData] = {}
    for report in reports:
        key = report.candidate, report.reference
        pairs.setdefault(key, ReportData(*key)).add(report)
    return [pairs[key] for key in sorted(pairs)]


def table(reports: Sequence[ReportData], width: int) -> list[list[Cell]]:
    """Return the lines of the table; of more than 30 reports show only those that need attention."""
    chosen = reports if len(reports) <= MOST_ROWS else [report for report in reports if _stands_out(report)]
    rows = [[(title, "") for title in _HEADER], *map(_row, chosen)]
    told = [f"{short}: {meaning}" for short, meaning in LEGEND.items() if _has(rows, short)]
    legend = [(textwrap.fill(", ".join(["numbers: elements compared", *told]), width), "")]
    hidden = "; --parity-html FILE shows all" if len(chosen) < len(reports) else ""
    last = [(total(reports) + hidden, _color(reports) or "green")]
    return [*_aligned(rows, width), legend, last] if chosen else [last]


def fails(report: ReportData) -> bool:
    """Return whether anything differed."""
    return bool(report.failures) or any(level.failures for level in report.levels.values())


def agrees(report: ReportData) -> bool:
    """Return whether something was compared and all of it agrees."""
    return report.ok and not fails(report)


def edges(report: ReportData) -> list[FailureData]:
    """Return the report's edges, except for those of second opinions."""
    return [edge for edge in report.edges if edge.edge not in report.opinions]


def _color(reports: Sequence[ReportData]) -> str:
    return "red" if any(map(fails, reports)) else "" if all(map(agrees, reports)) else "yellow"


def _stands_out(report: ReportData) -> bool:
    # the second derivative of a linear function is 0 everywhere, so zeros in hvp alone need no attention
    doubtful = [name for name in LEVELS if name in report.levels and report.levels[name].status == "not shown"]
    return not agrees(report) or any(name != "hvp" for name in doubtful)


def _row(report: ReportData) -> list[Cell]:
    color = _color([report])
    levels = [_cell(report.levels.get(name)) for name in LEVELS]
    return [(report.candidate, color), (report.reference, ""), *levels, (_worst(report), "")]


def state(level: Level | None) -> str:
    """Return the result of a level as one word: "pass", "fail", or a key of `LEGEND`.

    >>> [state(level) for level in (None, Level(), Level(3), Level(3, is_nonzero=True))]
    ['-', 'none', 'zero', 'pass']
    """
    if level is None:
        return "-"
    if level.status == "not shown":
        return "none" if not level.compared else "loose" if level.is_loose else "zero"
    return {"not applicable": "n/a"}.get(level.status, level.status)


def _cell(level: Level | None) -> Cell:
    name = state(level)
    count = brief(level.compared) if level else ""
    text = {"pass": count, "fail": f"fail {count}" if level and level.compared else "fail"}.get(name, name)
    return text, _COLORS.get(name, "")


def brief(count: int) -> str:
    """Format a count with at most five characters.

    >>> [brief(count) for count in (0, 999, 9_600, 12_345, 4_560_000)]
    ['0', '999', '9.6k', '12k', '4.6M']
    """
    for size, unit in ((10**9, "G"), (10**6, "M"), (10**3, "k")):
        if count >= size:
            return f"{count / size:.{1 if count < 10 * size else 0}f}{unit}"
    return str(count)


def _worst(report: ReportData) -> str:
    worst = max((report.levels[name].worst_ulp for name in LEVELS if name in report.levels), default=0.0)
    if worst > SMALL_ULP and not fails(report):
        return _CANCELS
    return ulps(worst).removesuffix(" ULP").replace("less than ", "<") if worst < MOST_ULP else ""


def _has(rows: Sequence[Sequence[Cell]], text: str) -> bool:
    return any(text == cell for row in rows for cell, _ in row[_NAMES:])


def _aligned(rows: Sequence[Sequence[Cell]], width: int) -> list[list[Cell]]:
    wide = [max(len(text) for text, _ in column) for column in zip(*rows, strict=True)]
    wide[:_NAMES] = _room(wide[:_NAMES], width - sum(wide[_NAMES:]) - len(_GAP) * (len(wide) - 1))
    return [[_placed(i, cell, wide[i]) for i, cell in enumerate(row)] for row in rows]


def _placed(column: int, cell: Cell, wide: int) -> Cell:
    text, color = cell
    if column < _NAMES:
        text = text if len(text) <= wide else "..." + text[len(text) + 3 - wide :].lstrip(".")
        return (_GAP if column else "") + text.ljust(wide), color
    return _GAP + text.rjust(wide), color


def _room(wanted: Sequence[int], width: int) -> list[int]:
    """Return the widths of the two name columns: each gets at least half, and what the other does not need."""
    left, right = wanted
    half = max(width // 2, _LEAST_NAME)
    return [min(left, max(width - right, half)), min(right, max(width - left, half))]


def total(reports: Sequence[ReportData]) -> str:
    """Return the last line of the table: how many functions agree, differ, and are not shown to do either."""
    differ = sum(map(fails, reports))
    agree = sum(map(agrees, reports))
    but = sum(agrees(report) and bool(edges(report)) for report in reports)
    agreeing = f"agree ({but} of them except for edges)" if but else "agree"
    counts = {agreeing: agree, "differ": differ, "not shown": len(reports) - agree - differ}
    told = ", ".join(f"{count} {what}" for what, count in counts.items() if count)
    return f"{len(reports)} function{'s' * (len(reports) > 1)}: {told}"
