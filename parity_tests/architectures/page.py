"""The table of the architectures, for the terminal and for `docs/architectures.md`. Begin with `page`."""

import inspect
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from .judged import AGREES, EVALUATION, TRAINING, Row
from .models import ARCHITECTURES, BUILDERS

_DOCS = Path(__file__).parent.parent.parent / "docs"
DATA, PAGE = _DOCS / "data" / "architectures.json", _DOCS / "architectures.md"
COLUMNS = ("model", "mode", "calls", "alone", "value", "gradient", "buffers", "faults", "source", "seconds", "verdict")
_TITLES = {"torchvision": "torchvision", "transformers": "transformers", "": "PyTorch's layers alone"}

_HEAD = """# Whole models

{count} models of torchvision, transformers and PyTorch's own layers, each a small random configuration, were converted
by `jf.from_torch` in evaluation mode, {trained} of them in training mode too, and [proven](converting.md#the-proof).
{agree} of {rows} ports agree with PyTorch.

`python -m parity_tests.architectures --train --source --write` does it again, in half an hour on two cores; `--help`
says more. It needs the dependency group `models`.

- *calls*: the calls of the port. *alone*: how many agree alone, in value and gradient, each on the inputs that it has
  in the model. The others take one of several results, give a number and no tensor, or are random.
- *value* and *gradient*: the largest error of the port, and after the stroke that of PyTorch itself in float32. Both
  are beside PyTorch in float64, and relative to the largest number. The gradient is that of all parameters along a
  random direction. Where dropout is random there is none here: the proof compares it with the same draws on both sides.
  Where a ReLU's input is 0 but for rounding, chance decides its gradient: then the median of three inputs counts. `?`:
  the model has code with a dtype of its own, which PyTorch does not run in float64.
- *buffers*: the buffers that training changes; they are among the values.
- *faults*: planted faults that the proof found.
- *source*: the lines of `port.source()`. The source is run, and compared with the port in value and gradient.
- *seconds*: for the conversion, the proof and the source, on two cores that other work kept busy.

The parameters and running statistics are moved at random first, so that no weight is 1 and no bias is 0. The batch
may have any size{fixed}. The versions: {versions}.
"""


def cells(row: Row) -> Sequence[str]:
    """Return a row of the table."""
    return (
        row.name,
        row.mode,
        str(row.calls),
        str(row.alone),
        _pair(row.value, row.torchs_value),
        "random" if row.is_random else _pair(row.gradient, row.torchs_gradient),
        str(row.buffers or ""),
        row.faults,
        "" if row.source_lines is None else str(row.source_lines),
        f"{row.seconds:.0f}",
        row.verdict,
    )


def _pair(ours: float | None, theirs: float | None) -> str:
    return "" if ours is None else f"{ours:.0e} / {'?' if theirs is None else f'{theirs:.0e}'}"


def page(data: Mapping[str, Any]) -> str:
    """Return the page for the stored rows."""
    rows = rows_of(data)
    fixed = [row.name for row in rows if row.mode == EVALUATION and not row.sizes]
    head = _HEAD.format(
        count=len({row.name for row in rows}),
        agree=sum(row.verdict == AGREES for row in rows),
        rows=len(rows),
        trained=sum(row.mode == TRAINING for row in rows),
        fixed=f", but for {' and '.join(fixed)}, which fix it" if fixed else "",
        versions=", ".join(f"{name} {version}" for name, version in data["versions"].items()),
    )
    return head + "".join(_section(package, rows) for package in BUILDERS) + _notes(rows)


def _section(package: str, rows: Sequence[Row]) -> str:
    names = [build.__name__ for build in BUILDERS[package]]
    about = "\n".join(f"- `{name}`: {inspect.getdoc(ARCHITECTURES[name])}" for name in names)
    columns = [*COLUMNS]
    aligned = ["---", "---", *["--:"] * (len(columns) - 3), "---"]
    shown = [[f"`{row.name}`", *cells(row)[1:]] for row in rows if row.name in names]
    table = "\n".join(f"| {' | '.join(line)} |" for line in [columns, aligned, *shown])
    return f"\n## {_TITLES[package]}\n\n{about}\n\n{table}\n"


def _notes(rows: Sequence[Row]) -> str:
    """Return what the proofs say beside their answers. That a random port has no source, the head of the page says."""
    said = [(row, "; ".join(part for part in row.note.split("; ") if not part.startswith("no source"))) for row in rows]
    noted = [f"- `{row.name}`, {row.mode}: {note}" for row, note in said if note]
    return "\n## What the proofs note\n\n" + "\n".join(noted) + "\n" if noted else ""


def rows_of(data: Mapping[str, Any]) -> list[Row]:
    """Return the rows of stored data."""
    return [Row(**each) for each in data["rows"]]


def stored() -> dict[str, Any]:
    """Return the stored data."""
    return json.loads(DATA.read_text("utf-8"))
