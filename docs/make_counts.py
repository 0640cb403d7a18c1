"""Write README.md's table of what is covered: `python -m docs.make_counts`, in the root of a clone.

Each number is counted: in PyTorch's namespaces, in the records, and in the kept results of the measurements.
"""

import csv
import functools
import json
import re
from collections.abc import Iterator
from pathlib import Path
from types import BuiltinFunctionType, FunctionType, ModuleType
from typing import Any

import torch

import jaxfun
from parity_tests.test_overloads import coverage

ROOT = Path(__file__).parent.parent
README = ROOT / "README.md"
MARKERS = ("<!-- counts: begin -->", "<!-- counts: end -->")
SPACES = ("torch", "torch.nn.functional", "torch.linalg", "torch.fft", "torch.special")


def documented(module: ModuleType) -> list[str]:
    """Return the functions of a torch namespace that have a docstring, without those that work in place."""
    return [name for name, value in vars(module).items() if not name.startswith("_") and _is_documented(name, value)]


def _is_documented(name: str, value: Any) -> bool:
    return isinstance(value, (BuiltinFunctionType, FunctionType)) and not name.endswith("_") and bool(value.__doc__)


def functions(space: str) -> str:
    """Return how many documented functions of a torch namespace jaxfun has, of how many."""
    path = space.split(".")[1:]
    theirs = documented(functools.reduce(getattr, path, torch))
    ours = functools.reduce(lambda module, name: getattr(module, name, None), path, jaxfun)
    return f"{sum(callable(getattr(ours, name, None)) for name in theirs)} of {len(theirs)}"


def overloads() -> str:
    """Return how many overloads the records cover, of those of the same ATen operators that compute tensors."""
    covered, own, operators = coverage()
    return f"{len(covered)} of {len(own)}, of {len(operators)} operators"


def deviations() -> str:
    """Return for how many functions the nearest JAX function deviates, of those that have one: as the page says."""
    (counts,) = re.findall(r"(\d+) of the\s(\d+)\sfunctions", (ROOT / "docs" / "differences.md").read_text())
    return " of ".join(counts)


def mutants() -> str:
    """Return how many mutants the suite finds, of those that change an answer."""
    rows = re.findall(r"(?m)^\| [^|]+ \| (\d+) \| (\d+) \| \d+ \|$", (ROOT / "docs" / "mutants.md").read_text())
    found, survivors = (sum(map(int, column)) for column in zip(*rows, strict=True))
    return f"{found:,} of {found + survivors:,}"


def detected(differs: bool) -> str:
    """Return how many ports `parity.check` says to be wrong, of the wrong ones or of the right ones, over all seeds."""
    with (ROOT / "benchmarks" / "data" / "detection.csv").open(newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["way"] == "parity.check" and row["differs"] == str(differs)]
    said, seeds = (sum(int(row[column]) for row in rows) for column in ("said", "seeds"))
    return f"{said:,} of {seeds:,}"


def models() -> str:
    """Return how many whole models agree in every mode in which they were converted."""
    rows = json.loads((ROOT / "docs" / "data" / "architectures.json").read_text("utf-8"))["rows"]
    names, wrong = (
        {row["name"] for row in some} for some in (rows, [row for row in rows if row["verdict"] != "agrees"])
    )
    return f"{len(names - wrong)} of {len(names)}"


def counts() -> Iterator[str]:
    """Yield the lines of the table."""
    yield from ("| in jaxfun | count | counted in |", "| --- | --: | --- |")
    for space in SPACES:
        yield f"| documented functions of `{space}` | {functions(space)} | `dir({space})` |"
    yield f"| overloads of their ATen operators | {overloads()} | `torch.ops.aten` |"
    yield f"| functions whose nearest JAX function deviates | {deviations()} | [the list](docs/differences.md) |"
    yield f"| wrong ports that `parity.check` finds (ten seeds) | {detected(True)} | [detection](docs/detection.md) |"
    yield f"| right ports that it flags (ten seeds) | {detected(False)} | [detection](docs/detection.md) |"
    yield f"| mutants of its functions that the tests find | {mutants()} | [mutants](docs/mutants.md) |"
    yield f"| whole models that were converted and agree | {models()} | [whole models](docs/architectures.md) |"


def with_counts(text: str) -> str:
    """Return the text with the table between its two markers."""
    begin, end = MARKERS
    head, _, rest = text.partition(begin)
    return "\n".join([head + begin, *counts(), end + rest.partition(end)[2]])


if __name__ == "__main__":
    README.write_text(with_counts(README.read_text()))
    print(README)
