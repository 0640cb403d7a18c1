"""Convert whole models, prove them, and show what came of each: `python -m parity_tests.architectures`.

Each model is a small random configuration. It is converted with a batch of any size where the model allows it, and the
proof compares each call, the result, the buffers and the gradients with PyTorch. The exit code is 1 if a model differs.
"""

import argparse
import dataclasses
import json
import os
import sys
import warnings
from collections.abc import Iterator, Sequence
from importlib import metadata
from pathlib import Path
from typing import Any

import jax
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from .judged import AGREES, EVALUATION, TRAINING, Row, judged
from .models import ARCHITECTURES, NEEDS, made
from .packages import INSTALL, is_missing
from .page import COLUMNS, DATA, PAGE, cells, page, stored

_BAR = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
_WIDTH_OF_A_FILE = 160
_EXAMPLES = """examples:
  python -m parity_tests.architectures lstm gru unet             models that need PyTorch alone
  python -m parity_tests.architectures resnet18 --train          in training mode too
  python -m parity_tests.architectures --train --source          everything; about half an hour on two cores
  python -m parity_tests.architectures --train --source --write  and keep it for docs/architectures.md
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Judge the models, print the table, and return the exit code: 1 if a model differs, 2 for wrong arguments."""
    options = _parser().parse_args(arguments)
    if options.page:
        PAGE.write_text(page(stored()), "utf-8")
        return 0
    names = options.names or [*ARCHITECTURES]
    if error := _refused(names):
        print(error, file=sys.stderr)
        return 2
    file = DATA if options.write else options.to
    rows = []
    for row in _rows(names, [EVALUATION, *([TRAINING] if options.train else [])], options.source):
        rows.append(row)
        if file is not None:
            _keep(file, row)
    _show(rows)
    if options.write:
        PAGE.write_text(page(stored()), "utf-8")
    return 0 if all(row.verdict == AGREES for row in rows) else 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m parity_tests.architectures",
        description=__doc__,
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"models (all): {', '.join(ARCHITECTURES)}")
    parser.add_argument("--train", action="store_true", help="the training mode too")
    parser.add_argument("--source", action="store_true", help="write each port as source, run it, and compare")
    parser.add_argument(
        "--to", type=Path, metavar="FILE", help="keep the rows as JSON; rows of other models stay there"
    )
    parser.add_argument(
        "--write", action="store_true", help=f"keep them in {DATA.name}, and write docs/architectures.md"
    )
    parser.add_argument("--page", action="store_true", help="write docs/architectures.md from the data alone")
    return parser


def _refused(names: Sequence[str]) -> str:
    """Return why the models cannot be built, or ""."""
    if unknown := [name for name in names if name not in ARCHITECTURES]:
        return f"expected names of models, got {unknown[0]!r}. There are: {', '.join(ARCHITECTURES)}"
    needed = {NEEDS[name]: name for name in reversed(names) if NEEDS[name]}
    missing = [f"{name}, which {model} needs," for name, model in needed.items() if is_missing(name)]
    if not missing:
        return ""
    alone = [name for name, package in NEEDS.items() if not package]
    return (
        f"{' and '.join(missing)} {'are' if len(missing) > 1 else 'is'} not installed. In a copy of the repository:\n"
        f"  {INSTALL}\nor name models that need PyTorch alone: {' '.join(alone)}"
    )


def _rows(names: Sequence[str], modes: Sequence[str], with_source: bool) -> Iterator[Row]:
    """Yield the row of each model in each mode, with progress on the terminal."""
    os.environ.setdefault("TRANSFORMERS_VERBOSITY", "error")
    console = Console(stderr=True)
    with Progress(*_BAR, console=console, transient=True, disable=not console.is_terminal) as bar:
        whole = bar.add_task("models", total=len(names) * len(modes))
        part = bar.add_task("", total=None)
        for name in names:
            for mode in modes:
                bar.update(part, description=f"{name}, {mode}: torch.export", completed=0, total=None)

                def progress(what: str, done: int, total: int, title: str = f"{name}, {mode}") -> None:
                    bar.update(part, description=f"{title}: {what}", completed=done, total=total or None)

                with warnings.catch_warnings():
                    warnings.simplefilter("ignore")
                    row = judged(name, made(name), mode, with_source, progress)
                jax.clear_caches()
                bar.advance(whole)
                console.print(
                    f"{name}, {mode}: {row.verdict} ({row.seconds:.0f} s) {row.note}", highlight=False, markup=False
                )
                yield row


def _show(rows: Sequence[Row]) -> None:
    console = Console()
    if not console.is_terminal:
        console.width = _WIDTH_OF_A_FILE
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for at, column in enumerate(COLUMNS):
        table.add_column(column, justify="right" if at > 1 else "left")
    for row in rows:
        table.add_row(*cells(row), style="" if row.verdict == AGREES else "red")
    console.print(table)


def _keep(file: Path, row: Row) -> None:
    """Write a row to a file, in place of an earlier one of the same model and mode."""
    data: dict[str, Any] = json.loads(file.read_text("utf-8")) if file.exists() else {"rows": []}
    kept = [each for each in data["rows"] if (each["name"], each["mode"]) != (row.name, row.mode)]
    order = [*ARCHITECTURES]
    kept = sorted([*kept, dataclasses.asdict(row)], key=lambda each: (order.index(each["name"]), each["mode"]))
    packages = [name for name in ("jax", "torch", "torchvision", "transformers") if not is_missing(name)]
    versions = {name: metadata.version(name).partition("+")[0] for name in packages}
    text = json.dumps({"versions": {**data.get("versions", {}), **versions}, "rows": kept}, indent=1)
    file.write_text(text + "\n", "utf-8")


if __name__ == "__main__":
    sys.exit(main())
