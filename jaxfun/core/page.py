"""The frame of an HTML page without external resources, and its style. Begin with `document`."""

from collections.abc import Sequence
from html import escape

_STYLE = """
:root { color-scheme: light dark; --pass: #1b6e2a; --fail: #b3261e; --weak: #855800; --dim: #666; --ink: #3b6ea5;
  --edge: #8884; --back: #8881; }
@media (prefers-color-scheme: dark) {
  :root { --pass: #7fce8b; --fail: #f2a19b; --weak: #e3b95b; --dim: #a0a0a0; --ink: #8fb8e0; } a { color: #9cc2f5; } }
body { font: 15px/1.5 system-ui, sans-serif; max-width: 72rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.5rem; line-height: 1.3; margin: 0 0 .3rem; } h2 { font-size: 1.15rem; display: inline; }
h3 { font-size: 1rem; margin: 0; } p { margin: .4rem 0; } figure { margin: 0; } summary { cursor: pointer; }
h1, h2, h3, p, .remarks td, summary { overflow-wrap: anywhere; } small, .dim, .chip { font-size: 13px; }
.pass { color: var(--pass); } .fail { color: var(--fail); } .weak { color: var(--weak); }
.none, .dim, small { color: var(--dim); }
td.pass, td.fail, td.weak { background: color-mix(in srgb, currentColor 14%, transparent); }
table { border-collapse: collapse; } th, td { padding: .3rem .6rem; text-align: left; vertical-align: top; }
th { font-weight: 600; }
.matrix { width: 100%; margin-top: 1rem; } .matrix tbody { border-top: 1px solid var(--edge); }
.matrix thead th { position: sticky; top: 0; background: Canvas; }
.matrix .names { padding-left: 0; overflow-wrap: anywhere; min-width: 10rem; } .matrix .short { min-width: 11rem; }
.matrix .cell { width: 3.1rem; padding: .3rem .2rem; text-align: center; border: solid Canvas; border-width: 0 2px; }
.cell a { color: inherit; text-decoration: none; display: block; font-weight: 700; }
.report { margin-top: 1.4rem; border-top: 1px solid var(--edge); padding-top: .7rem; }
.report > summary { margin-bottom: .4rem; } .report.agrees { margin-top: 0; }
section { margin: 1.5rem 0; scroll-margin-top: 3rem; } section .wide { overflow-x: auto; }
.taps td, .taps code { white-space: nowrap; }
.failure { border-left: 3px solid var(--fail); padding-left: 1rem; }
.edges { border-left: 3px solid var(--weak); padding-left: 1rem; } .edges details { margin: .4rem 0; }
.remarks { margin: .6rem 0; }
.two { display: flex; flex-wrap: wrap; align-items: flex-start; gap: .5rem 2rem; }
.two > * { flex: 1 1 24rem; min-width: 0; } .two > figure { flex: 1 1 20rem; max-width: 460px; }
.facts { width: 100%; table-layout: fixed; } .facts td { padding: .15rem 0; vertical-align: baseline; }
.facts td:first-child { width: 5.6rem; }
code, pre { font: 13px/1.45 ui-monospace, monospace; } code { white-space: pre-wrap; overflow-wrap: anywhere; }
code.lines { white-space: pre; overflow-x: auto; display: block; }
pre { background: var(--back); padding: .8rem; overflow-x: auto; border-radius: .4rem; margin: .5rem 0; }
.chip { display: inline-block; border-radius: .7rem; padding: 0 .6rem; margin: .1rem;
  background: color-mix(in srgb, var(--fail) var(--share), transparent); }
svg { max-width: 100%; height: auto; } svg text { font: 11px system-ui, sans-serif; fill: var(--dim); }
@media (max-width: 60rem) { .wide { overflow-x: auto; } .matrix thead th { position: static; } }
@media (max-width: 40rem) { body { margin-top: 1rem; padding: 0 .7rem; } .short { display: none; }
  .matrix, .matrix small { font-size: 12px; } .matrix th { font-size: 11px; } .matrix .names { min-width: 6rem; }
  .matrix th, .matrix td { padding: .3rem .15rem; } .matrix .cell { width: auto; border-width: 0 1px; } }
"""
# second line of defense: even if a user's text were not escaped, no script would run and nothing would be fetched
_POLICY = "default-src 'none'; style-src 'unsafe-inline'"


def document(title: str, parts: Sequence[str]) -> str:
    """Return a whole HTML page with a title and the house's style; the parts are HTML."""
    head = [
        "<!doctype html><html lang='en'><meta charset='utf-8'>",
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">',
        "<meta name='viewport' content='width=device-width, initial-scale=1'>",
        f"<title>{escape(title)}</title><style>{_STYLE}</style>",
    ]
    return "\n".join([*head, *parts, "</html>"]) + "\n"
