"""What the benchmarks share: calls timed in turn, so that a busy moment falls on all of them, and the printed table."""

import time
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import jax
from rich.console import Console
from rich.table import Table

Call = Callable[[], Any]


def seconds_in_turn(calls: Sequence[Call], rounds: int, repeats: int = 1) -> list[list[float]]:
    """Seconds of one call, a list for each, measured in rounds that time every call `repeats` times in turn."""
    times: list[list[float]] = [[] for _ in calls]
    for _ in range(rounds):
        for kept, call in zip(times, calls, strict=True):
            kept.append(seconds(call, repeats))
    return times


def seconds(call: Call, repeats: int = 1) -> float:
    """Seconds of one call, the mean of `repeats`, waited for."""
    began = time.perf_counter()
    for _ in range(repeats):
        result = call()
    jax.block_until_ready(result)
    return (time.perf_counter() - began) / repeats


def holds(figure: float, target: float, at_least: bool = False) -> str:
    """A tick where the figure keeps its target, else a cross."""
    return "[green]✓[/]" if (figure >= target if at_least else figure <= target) else "[red]✗[/]"


def show(title: str, columns: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Print a table whose first column is a name and whose others are figures."""
    table = Table(title=title, title_justify="left")
    for position, column in enumerate(columns):
        table.add_column(column, justify="right" if position else "left")
    for row in rows:
        table.add_row(*row)
    Console(width=120).print(table)
