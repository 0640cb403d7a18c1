"""`jaxfun parity`: a JAX function held to a PyTorch function, both named on the command line."""

import importlib
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

_COLUMNS = (
    TextColumn("{task.description}"),
    BarColumn(),
    MofNCompleteColumn(),
    TextColumn("value sets"),
    TimeElapsedColumn(),
)


def run(
    candidate: str,
    reference: str,
    shape: str | None,
    dtype: str | None,
    levels: str | None,
    examples: int | None,
    devices: str | None,
    seed: int,
    html: Path | None,
) -> int:
    """Check, print the report, and return 0, or 1 where the two differ.

    Raises: ValueError for a name that leads to no function.
    """
    from . import parity

    functions = [named(name) for name in (candidate, reference)]
    with Progress(*_COLUMNS, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(f"holding {candidate} to {reference}", total=None)
        report = parity.check(
            *functions,
            *([] if shape is None else [parity.tensors(shape=names) for names in shape.split(";")]),
            levels=_listed(levels),
            dtypes=_listed(dtype),
            examples=examples,
            devices=_listed(devices),
            seed=seed,
            progress=lambda done, total: bar.update(task, completed=done, total=total),
        )
    print(report)
    if html is not None:
        report.to_html(html)
        print(f"\nwritten: {html}")
    return 0 if report.ok else 1


def _listed(names: str | None) -> list[str] | None:
    return names.split(",") if names else None


def named(name: str) -> Callable[..., Any]:
    """Return the function that `module:function` names.

    Raises: ValueError where there is none.

    >>> named("math:sqrt")(4.0)
    2.0
    """
    module, colon, attribute = name.partition(":")
    if not colon or not module or not attribute:
        raise ValueError(f"{name!r} is no module:function, such as jax.nn:gelu")
    if "" not in sys.path:
        sys.path.insert(0, "")  # a module in the current folder, as `python -m` finds it
    try:
        found: Any = importlib.import_module(module)
        for part in attribute.split("."):
            found = getattr(found, part)
    except (ImportError, AttributeError) as error:
        raise ValueError(f"{name}: {error}") from None
    if not callable(found):
        raise ValueError(f"{name} is no function, but {type(found).__name__}")
    return found
