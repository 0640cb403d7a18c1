"""The proof of a port as one HTML page: the answers, the error along the depth, and the tree of modules.

Begin with `page`.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from html import escape
from typing import Any

from ...core.page import document
from .data import AGREES, DIFFERS, LEFT, CallProof, ProofData, is_apart
from .text import in_words

_STYLE = """<style>
.tree details { margin-left: 1.1rem; } .tree > details { margin-left: 0; } .tree summary code { font-weight: 600; }
.tree table { margin: .2rem 0 .5rem 1.1rem; width: calc(100% - 1.1rem); table-layout: fixed; }
.tree td, .tree th { padding: .15rem .5rem .15rem 0; overflow-wrap: anywhere; font-size: 13px; }
.tree th:nth-child(1) { width: 16rem; } .tree th:nth-child(n+3) { width: 6.4rem; }
.dot { display: inline-block; width: .7rem; height: .7rem; border-radius: 50%; margin-right: .5rem; }
.dot.pass { background: var(--pass); } .dot.fail { background: var(--fail); } .dot.none { background: var(--edge); }
.curve { margin: 1rem 0; } .curve .own { stroke: var(--ink); } .curve .other { stroke: var(--dim); }
.curve path { fill: none; stroke-width: 1.5; } .curve line { stroke: var(--edge); } .curve circle { fill: var(--fail); }
.key { display: inline-block; width: 1.4rem; border-top: 2px solid; vertical-align: middle; margin: 0 .4rem 0 1rem; }
@media (max-width: 50rem) { .tree table { display: block; overflow-x: auto; } }
</style>"""
_CLASS = {AGREES: "pass", DIFFERS: "fail", LEFT: "none"}


def page(proof: ProofData) -> str:
    """Return the HTML page of a proof. All text from the user's code is escaped."""
    mark = "pass" if proof.ok else "fail"
    counted = f"{len(proof.calls)} calls, compared with PyTorch in {proof.seconds:,.1f} s"
    parts = [
        _STYLE,
        f"<h1 class='{mark}'>{escape(proof.headline)}</h1><p class='dim'>{counted}</p>",
        _first(proof),
        _facts(proof),
        _curve(proof.calls),
        "<h3>Modules</h3>",
        f"<div class='tree'>{''.join(_tree(_nested(proof.calls), 'the model', True))}</div>",
    ]
    return document(proof.headline, parts)


def _first(proof: ProofData) -> str:
    first = proof.first_difference
    if first is None:
        return ""
    detail = first.detail or "its value in the run leaves PyTorch's"
    return (
        f"<section class='failure'><h3>First difference</h3><p><code>{escape(first.target)}</code> at "
        f"<code>{escape(str(first.place))}</code></p><p>{escape(detail)}</p></section>"
    )


def _facts(proof: ProofData) -> str:
    rows = [("the whole model", in_words(each)) for each in proof.whole]
    for title, is_found in (("planted faults, found", True), ("planted faults, NOT found", False)):
        faults = [
            f"{each.what} ({each.place.module or 'the model itself'})"
            for each in proof.faults
            if each.is_found == is_found
        ]
        rows += [(title, "; ".join(faults))] if faults else []
    listed = {"decomposed": proof.decomposed, "baked in": proof.baked, "constants": proof.constants}
    rows += [(name, ", ".join(items)) for name, items in listed.items() if items]
    rows += [("note", note) for note in proof.notes]
    body = "".join(f"<tr><th>{escape(name)}</th><td>{escape(text)}</td></tr>" for name, text in rows)
    return f"<table class='remarks'>{body}</table>"


# The error along the depth.

_WIDTH, _HEIGHT, _LEFT, _LEAST = 900, 220, 44, 1e-9


def _curve(calls: Sequence[CallProof]) -> str:
    """Return a chart of the errors of the port's run and of PyTorch's own, beside float64, call after call."""
    shown = [call for call in calls if not math.isnan(call.inside)]
    if len(shown) < 2:
        return ""
    highest = max(-3.0, *(_power(call.inside) for call in shown))
    lowest = math.log10(_LEAST)

    def x(at: int) -> float:
        return _LEFT + (_WIDTH - _LEFT - 10) * at / (len(shown) - 1)

    def y(power: float) -> float:
        return 10 + (_HEIGHT - 40) * (highest - power) / (highest - lowest)

    def path(errors: Sequence[float]) -> str:
        points = [f"{x(at):.1f} {y(_power(error)):.1f}" for at, error in enumerate(errors) if not math.isnan(error)]
        return f"M{' L'.join(points)}" if points else ""

    grid = "".join(
        f"<line x1='{_LEFT}' x2='{_WIDTH - 10}' y1='{y(power):.1f}' y2='{y(power):.1f}'/>"
        f"<text x='{_LEFT - 6}' y='{y(power) + 4:.1f}' text-anchor='end'>1e{power}</text>"
        for power in range(math.ceil(lowest), math.floor(highest) + 1, 2)
    )
    dots = "".join(
        f"<circle cx='{x(at):.1f}' cy='{y(_power(call.inside)):.1f}' r='4'>"
        f"<title>{escape(str(call.place))}</title></circle>"
        for at, call in enumerate(shown)
        if call.answer == DIFFERS or is_apart(call)
    )
    lines = (
        f"<path class='other' d='{path([call.torchs for call in shown])}'/>"
        f"<path class='own' d='{path([call.inside for call in shown])}'/>"
    )
    label = f"<text x='{_WIDTH - 10}' y='{_HEIGHT - 6}' text-anchor='end'>calls in order →</text>"
    svg = f"<svg viewBox='0 0 {_WIDTH} {_HEIGHT}' width='{_WIDTH}' height='{_HEIGHT}'>{grid}{lines}{dots}{label}</svg>"
    keys = (
        "<span class='key' style='color: var(--ink)'></span>the port<span class='key' style='color: var(--dim)'></span>"
        "PyTorch itself"
    )
    told = f"<p>Largest error beside float64, relative to the largest number:{keys}</p>"
    return f"<figure class='curve'>{told}{svg}</figure>"


def _power(error: float) -> float:
    return math.log10(min(max(error, _LEAST), 1e9))


# The modules.


def _nested(calls: Sequence[CallProof]) -> dict[str, Any]:
    """Return the calls by the parts of their modules' paths; under "" those of the module itself."""
    tree: dict[str, Any] = {}
    for call in calls:
        node = tree
        for part in filter(None, call.place.module.split(".")):
            node = node.setdefault(part, {})
        node.setdefault("", []).append(call)
    return tree


def _tree(node: Mapping[str, Any], name: str, is_open: bool) -> Iterator[str]:
    calls = [*_all(node)]
    wrong = sum(call.answer == DIFFERS for call in calls)
    kinds = {call.place.kind.rpartition(".")[2] for call in node.get("", ())}
    kind = next(iter(kinds)) if len(kinds) == 1 else ""
    mark = "fail" if wrong else "pass" if any(call.answer == AGREES for call in calls) else "none"
    worst = max((call.value for call in calls if not math.isnan(call.value)), default=math.nan)
    counted = f"{len(calls)} calls" + (f", {wrong} differ" if wrong else "")
    told = f"{counted}; error {worst:.1e}" if not math.isnan(worst) else counted
    yield f"<details{' open' if is_open or wrong else ''}><summary><span class='dot {mark}'></span>"
    yield f"<code>{escape(name)}</code> {escape(kind)} <small>{told}</small></summary>"
    if own := node.get("", ()):
        yield _table(own)
    for part, child in node.items():
        if part:
            yield from _tree(child, part, False)
    yield "</details>"


def _all(node: Mapping[str, Any]) -> Iterator[CallProof]:
    for part, child in node.items():
        yield from child if not part else _all(child)


def _table(calls: Sequence[CallProof]) -> str:
    head = "<tr><th>call</th><th>line</th><th>value alone</th><th>gradient</th><th>in the run</th></tr>"
    return f"<table>{head}{''.join(map(_row, calls))}</table>"


def _row(call: CallProof) -> str:
    mark = f"<span class='dot {_CLASS[call.answer]}' title='{escape(call.answer)}'></span>"
    target = escape(call.target.removeprefix("aten::"))
    file = call.place.file.rpartition("/")[2]
    where = f"<small>{escape(file)}:{call.place.line}</small> " if file else ""
    detail = f"<br><small>{escape(call.detail)}</small>" if call.detail else ""
    errors = "".join(f"<td>{_shown(error)}</td>" for error in (call.value, call.gradient, call.inside))
    return f"<tr><td>{mark}{target}</td><td>{where}<code>{escape(call.place.text)}</code>{detail}</td>{errors}</tr>"


def _shown(error: float) -> str:
    return "" if math.isnan(error) else "0" if error == 0 else f"{error:.1e}"
