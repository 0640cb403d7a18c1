"""The report as terminal text: what `print(report)` shows. Begin at `lines`."""

import textwrap

from .model import LEVELS, FailureData, Level, ReportData, Tap
from .words import WIDTH, at_most, edge_in_words, first_of, headline, listed, message, no_script, row, wrapped


def lines(report: ReportData) -> list[str]:
    """Return the lines of a report: the answer, the inputs, a row for each level, the taps, and every failure."""
    lines = [wrapped(headline(report), WIDTH), f"  {report.examples:,} value sets in {report.seconds:.1f} s"]
    lines += [row("not shown", wrapped(text)) for text in report.missing if report.answer == "not shown"]
    lines += [row("to do", wrapped(report.advice))] if report.advice and not report.ok else []
    lines += [row("inputs", "\n".join(map(wrapped, report.inputs)))] if report.inputs else []
    lines += [row("parameters", "\n".join(_fewer(report.parameters)))] if report.parameters else []
    lines += [row(name, wrapped(_level_text(report.levels[name]))) for name in LEVELS if name in report.levels]
    if report.strata:
        lines.append(row("tried", listed(report.tried)))
    if report.not_reached:
        lines.append(row("not tried", listed(report.not_reached)))
    lines += [row("known", wrapped(f"{why} (seen {count:,} times)")) for why, count in report.seen.items()]
    lines += [row(dtype, wrapped(f"a second opinion: {text}")) for dtype, text in report.opinions.items()]
    lines += [row("note", wrapped(text)) for text in report.notes]
    lines += [row("edge", wrapped(edge_in_words(edge))) for edge in report.edges if edge.edge not in report.opinions]
    return [*lines, *_tap_lines(report), *_failure_lines(report.failures)]


_MOST_PARAMETERS = 24


def _fewer(parameters: list[str]) -> list[str]:
    """Return the first lines of a long list; `.parameters` of the report has all."""
    left = len(parameters) - _MOST_PARAMETERS
    more = [f"and {left} more: `.parameters` of the report"] if left > 0 else []
    return [*parameters[:_MOST_PARAMETERS], *more]


def _failure_lines(failures: list[FailureData]) -> list[str]:
    """Return a description of every failure, then only the first script, because the others are similar."""
    lines = [line for failure in failures for line in ("", message(failure))]
    scripted = [at for at, failure in enumerate(failures) if failure.script]
    if not scripted:
        return [*lines, "", no_script(0)] if failures else lines
    first, *others = scripted
    what = "it" if len(failures) == 1 else f"the {failures[first].level}"
    lines += ["", f"To reproduce {what}:", "", textwrap.indent(failures[first].script, "    ")]
    more = [f"More scripts: `.failures[{at}].script` of the report, or its page `.to_html(path)`." for at in others]
    return [*lines, "", more[0]] if more else lines


def _tap_lines(report: ReportData) -> list[str]:
    wide = max((len(tap.name) for tap in report.taps), default=0)
    first = report.first_divergence
    lines = ["  taps, in execution order"] if report.taps else []
    for tap in report.taps:
        verdict = "agrees " if tap.ok else "DIFFERS"
        line = f"    {tap.name:<{wide}}  {verdict}  {_tap_text(tap)}"
        lines.append(line + _alone_text(tap) + ("   <- first divergence" if tap is first else ""))
    return lines


def _tap_text(tap: Tap) -> str:
    if tap.kind not in ("", "number"):
        return tap.kind
    share = f"{tap.of_tolerance:,.3g} times" if tap.of_tolerance > 1 else f"{tap.of_tolerance:.0%} of"
    return f"error {tap.error:.1e}, {share} the tolerance"


def _alone_text(tap: Tap) -> str:
    """Describe the stretch before a tap, run alone: from PyTorch's values at the tap before it."""
    if tap.gradients:
        return f"; its gradient DIFFERS for {first_of(tap.gradients, 3)}"
    if tap.ok or not tap.is_alone:
        return ""
    return "; given PyTorch's input, it DIFFERS too" if tap.alone else "; given PyTorch's input, it agrees"


_MOST_NAMES = 6


def _failing_leaves(level: Level) -> str:
    names = [name for name, leaf in level.leaves.items() if leaf.failures]
    return f"; differs: {first_of(names, _MOST_NAMES)}" if names else ""


def _level_text(level: Level) -> str:
    if level.status == "not applicable":
        return f"not applicable: {level.reason}"
    if level.status == "left out":
        return f"left out: {level.left_out}"
    worst = at_most(level.worst_ulp, bool(level.failures))
    edges = f", {level.edges:,} value sets differ at edges" if level.edges else ""
    return f"{level.status}   {level.compared:,} elements{worst and ', ' + worst}{edges}{_failing_leaves(level)}"
