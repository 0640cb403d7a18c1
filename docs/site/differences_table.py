"""The site's page on where JAX deviates from PyTorch: docs/differences.md with a table that can be searched."""

import html
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from jaxfun.porting.counterparts import counterparts
from jaxfun.porting.differences import stored

HERE = Path(__file__).parent
SIDES = {"jax": "JAX", "torch": "PyTorch", "jaxfun": "jaxfun"}
FINDER = """
<div class="finder">
<input type="search" placeholder="std, jnp.clip, NaN, branch cut ..." aria-label="Search the table">
<select aria-label="Family"><option value="">every family</option>{families}</select>
{sorts}
<output></output>
</div>
"""
HEAD = "<tr><th>function</th><th>differs in</th><th>call</th><th>gives</th><th>why</th></tr>"


def page(source: str, where: Mapping[str, str]) -> str:
    """Return the page: the head of docs/differences.md, followed by a table that can be searched.

    `where` has the address of each function in the reference, for the links of the page.
    """
    called = {name: counterpart.called for name, counterpart in counterparts().items()}
    functions = {name: {**fields, "called": called[name]} for name, fields in stored()["functions"].items()}
    rows = [row for name, fields in functions.items() for row in _rows(name, fields, where)]
    head = source.partition("\n## ")[0].strip()
    table = f'<table class="partings"><thead>{HEAD}</thead><tbody>\n{chr(10).join(rows)}\n</tbody></table>'
    script = f"<script>\n{(HERE / 'differences.js').read_text('utf-8')}</script>"
    return "\n".join([head, "", "## The table", _finder(functions), table, "", *_others(functions), "", script, ""])


def _finder(functions: Mapping[str, Any]) -> str:
    families = dict.fromkeys(fields["family"] for fields in functions.values())
    sorts = dict.fromkeys(row["sort"] for fields in functions.values() for row in fields["deviations"])
    return FINDER.format(
        families="".join(f"<option>{html.escape(family)}</option>" for family in families),
        sorts="\n".join(f'<label><input type="checkbox" value="{sort}" checked> {sort}</label>' for sort in sorts),
    )


def _rows(name: str, fields: Mapping[str, Any], where: Mapping[str, str]) -> Iterator[str]:
    aliases = " ".join(fields["aliases"])
    for number, row in enumerate(fields["deviations"]):
        anchor = f' id="{name}"' if number == 0 else ""
        level = f" <br>{row['level']}" if row["sort"] == "derivative" else ""
        along = " <br>random directions" if row["along"] is not None else ""
        called = html.escape(fields["called"])
        cells = [
            f'<a href="{where[name]}"><code>{name}</code></a> <br><code>{called}</code>',
            f"{row['sort']}{level}{along}",
            f"<code>{html.escape(row['call'])}</code>",
            "".join(f"<div><b>{SIDES[side]}</b> <code>{html.escape(row[side])}</code></div>" for side in _sides(row)),
            prose(row["why"]),
        ]
        data = f'data-sort="{row["sort"]}" data-family="{html.escape(fields["family"])}" data-also="{aliases}"'
        yield f"<tr{anchor} {data}>{''.join(f'<td>{cell}</td>' for cell in cells)}</tr>"


def _sides(row: Mapping[str, Any]) -> list[str]:
    # jaxfun gives what PyTorch gives, except for known differences and classes of errors
    return [side for side in SIDES if side != "jaxfun" or row["jaxfun"] != row["torch"]]


def prose(text: str) -> str:
    """Return a reason as HTML, in which backticks become code."""
    return re.sub(r"`([^`]*)`", r"<code>\1</code>", html.escape(text, quote=False))


def _others(functions: Mapping[str, Any]) -> Iterator[str]:
    groups = {
        "No deviation found": lambda fields: fields["jax"] and not fields["deviations"],
        "Without a counterpart in JAX": lambda fields: not fields["jax"],
    }
    for title, belongs in groups.items():
        names = [f"`{name}`" for name, fields in functions.items() if belongs(fields)]
        yield f"\n## {title}\n\n{', '.join(names)}."
