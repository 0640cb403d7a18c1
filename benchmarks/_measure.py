"""What the benchmarks share: calls timed in turn, ratios held against a target, and tables."""

import csv
import multiprocessing
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, TypeVar

import jax
from rich.console import Console
from rich.progress import track
from rich.table import Table

Call = Callable[[], Any]
Task = TypeVar("Task")
Result = TypeVar("Result")

_WIDTH_OF_A_FILE = 120


def timed(call: Call, times: int = 1, clock: Callable[[], float] = time.perf_counter) -> float:
    """Return the seconds that one call takes, as the mean of `times` in a row; the last result is waited for."""
    result = None
    began = clock()
    for _ in range(times):
        result = call()
    jax.block_until_ready(result)
    return (clock() - began) / times


def in_turn(
    calls: Sequence[Call], rounds: int, times: int = 1, clock: Callable[[], float] = time.perf_counter
) -> list[tuple[float, ...]]:
    """Return each call's seconds, a number a round: each round runs all of them, so that a slow spell meets all.

    Each round begins with another call, because the threads of one spin for a while into the next.
    """
    measured: list[list[float]] = [[] for _ in calls]
    for first in range(rounds):
        for place in range(len(calls)):
            at = (first + place) % len(calls)
            measured[at].append(timed(calls[at], times, clock))
    return [tuple(seconds) for seconds in measured]


def holds(is_so: bool) -> str:
    """Return the mark of a row: whether its target is met."""
    return "[green]yes[/]" if is_so else "[red]no[/]"


def show(columns: Sequence[str], rows: Iterable[Sequence[str]], about: str = "") -> None:
    """Print a table, its first column to the left and the others to the right, under a line that says what it is."""
    console = Console()
    if not console.is_terminal:
        console.width = _WIDTH_OF_A_FILE
    if about:
        console.print(about, markup=False, highlight=False)
    table = Table(box=None, pad_edge=False, padding=(0, 3, 0, 0))
    for position, column in enumerate(columns):
        table.add_column(column, justify="right" if position else "left", no_wrap=True)
    for row in rows:
        table.add_row(*row)
    console.print(table)


def markdown(columns: Sequence[str], rows: Iterable[Sequence[str]], numbers: range) -> str:
    """Return a table for a page; the columns of `numbers` are to the right."""
    aligned = ["--:" if position in numbers else "---" for position in range(len(columns))]
    return "\n".join(f"| {' | '.join(line)} |" for line in [columns, aligned, *rows]) + "\n"


def keep(file: Path, rows: Sequence[Any]) -> None:
    """Write named tuples of one kind as CSV, under their fields' names."""
    with file.open("w", newline="", encoding="utf-8") as opened:
        csv.writer(opened, lineterminator="\n").writerows([rows[0]._fields, *rows])


def show_and_keep(
    columns: Sequence[str],
    measured: Iterable[Task],
    shown: Callable[[Task], Sequence[str]],
    about: str,
    file: Path | None,
) -> None:
    """Print a table of named tuples while they are measured, and write them to a file, if any.

    `shown` returns the cells of one.
    """
    kept: list[Task] = []

    def rows() -> Iterator[Sequence[str]]:
        for row in measured:
            kept.append(row)
            yield shown(row)

    show(columns, rows(), about)
    if file:
        keep(file, kept)


def on_every_core(function: Callable[[Task], Result], tasks: Sequence[Task], doing: str) -> Iterator[Result]:
    """Yield what a function gives for each task, in their order, from processes that each have a JAX of their own."""
    with multiprocessing.get_context("spawn").Pool(maxtasksperchild=24) as pool:  # each keeps what it compiled
        yield from track(pool.imap(function, tasks), doing, total=len(tasks), transient=True)
