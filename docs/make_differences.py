"""Write `jaxfun/porting/differences.json` and `docs/differences.md`: the engine run on plain JAX, function by function.

`python docs/make_differences.py` does all, in some 15 minutes on two cores; with names of functions only these; with
`--page` the page alone is written anew. It needs the extra `parity`.
"""

import argparse
import functools
import json
import multiprocessing
import operator
import os
import warnings
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from pathlib import Path
from typing import Any

import jax
import torch
from rich.progress import track

import jaxfun
from jaxfun.core.record import Op
from jaxfun.parity.run.outcome import outcome
from jaxfun.porting.counterparts import Counterpart, counterparts
from jaxfun.porting.differences import DATA, stored
from jaxfun.porting.plain_jax import SORTS, deviations, is_of_sort, measured
from jaxfun.porting.stand_ins import records_of

Rows = Sequence[Mapping[str, Any]]  # one function's deviations
PAGE = Path(__file__).with_name("differences.md")
EACH = 8  # functions in one process: what XLA has compiled is kept as long as it lives

HEAD = """# Where JAX deviates from PyTorch

What goes wrong if a port replaces a PyTorch function by the nearest JAX function? For {differ} of the {compared}
functions below, the JAX function deviates from PyTorch's; for {numbers} of them in a value or a derivative. For each
kind of deviation the table has the smallest input, as [the engine](../README.md#check-your-own-port) found it, with
PyTorch {torch} and JAX {jax}, 64-bit types on. `jaxfun differences NAME` prints the entry of one function.

- *value*, *dtype*, *derivative*: JAX gives another one. *refuses*: JAX raises an error and PyTorch does not. *accepts*:
  PyTorch raises an error and JAX gives a result. (A NotImplementedError is also a RuntimeError.)
- A call is written as in PyTorch. `tensor([1.0])` is float32 and `tensor([1])` is int64, for each library.
- The JAX function receives only the arguments that differ from PyTorch's defaults, so that JAX's own defaults show.
- A derivative is taken for each floating point argument: `vjp` is the gradient of the sum of the results, `jvp` the
  derivative along ones, `hvp` the second derivative along ones. *random* means along random directions, where ones do
  not show the deviation.
- For a decomposition, the table compares what its factors determine: their product, the projectors.
- Numbers have five digits, or as many as are needed to show the deviation.

`python docs/make_differences.py` writes this page. The tests measure each row, and repeat the search for some
functions.
"""
HEADS = ("torch", "JAX", "differs in", "call", "JAX gives", "PyTorch gives", "jaxfun gives", "why")


def found_or_why_not(task: tuple[str, Rows]) -> tuple[str, dict[str, Any] | None, str]:
    """Return what the page knows of one function, or else what kept it from being searched."""
    name, before = task
    fields, error = outcome(lambda: found(name, before))
    return name, fields, "" if error is None else f"{type(error).__name__}: {error}"


def described(counterpart: Counterpart, records: Sequence[Op]) -> dict[str, Any]:
    """Return what the page says of a function apart from its deviations."""
    aliases = sorted({alias for record in records for alias in record.aliases})
    return {"family": counterpart.family, "jax": counterpart.jax, "aliases": aliases}


def found(name: str, before: Rows = ()) -> dict[str, Any]:
    """Return what the page has to say of one function: of each sort of deviation the smallest that is known.

    `before` are its stored deviations.
    """
    counterpart, function = counterparts()[name], operator.attrgetter(name)(jaxfun)
    records = records_of(name, function)
    if not counterpart.jax:
        return {**described(counterpart, records), "deviations": []}
    with jax.enable_x64(True), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        # what was found once is not lost where a search draws other inputs
        rows = [
            *_standing(before, counterpart, records, function),
            *map(vars, deviations(records, counterpart, function)),
        ]
    return {**described(counterpart, records), "deviations": [*_smallest(rows)]}


def _standing(before: Rows, counterpart: Counterpart, records: Sequence[Op], function: Any) -> Iterator[dict[str, Any]]:
    """Yield the stored deviations that are still there, measured again."""
    for row in before:
        answers, error = outcome(functools.partial(measured, records, counterpart, function, row))
        if error is None and is_of_sort(row["sort"], answers):
            yield {**row, **answers}


def _smallest(rows: Iterable[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
    """Yield of each sort the smallest, among as small ones the first."""
    ranked = sorted(rows, key=_size)
    for sort in SORTS:
        yield from [row for row in ranked if row["sort"] == sort][:1]


def _size(row: Mapping[str, Any]) -> tuple[bool, bool, int]:
    # along ones a derivative says more than along random directions, and a number more than an empty tensor
    return row["along"] is not None, "zeros(" in row["call"], len(row["call"])


def page(data: Mapping[str, Any]) -> str:
    """Return the page for what was found."""
    table = counterparts()
    functions = {name: {**fields, "called": table[name].called} for name, fields in data["functions"].items()}
    compared = [fields for fields in functions.values() if fields["jax"]]
    differ = sum(bool(fields["deviations"]) for fields in compared)
    numbers = sum(any(row["sort"] in ("value", "derivative") for row in fields["deviations"]) for fields in compared)
    versions = {name: data[name] for name in ("torch", "jax")}
    lines = [HEAD.format(differ=differ, numbers=numbers, compared=len(compared), **versions).rstrip()]
    for family in dict.fromkeys(fields["family"] for fields in functions.values()):
        lines += ["", f"## {family}", "", *_family({n: f for n, f in functions.items() if f["family"] == family})]
    return "\n".join(lines) + "\n"


def _family(functions: Mapping[str, Any]) -> Iterator[str]:
    rows = [row for name, fields in functions.items() for row in _rows(name, fields)]
    yield from _table(HEADS, rows)
    same = [name for name, fields in functions.items() if fields["jax"] and not fields["deviations"]]
    none = [name for name, fields in functions.items() if not fields["jax"]]
    for title, names in (("The same wherever it was tried", same), ("Without a function of JAX's in its place", none)):
        if names:
            yield f"\n{title}: {', '.join(f'`{name}`' for name in names)}."


def _rows(name: str, fields: Mapping[str, Any]) -> Iterator[list[str]]:
    for deviation in fields["deviations"]:
        level = deviation["level"]
        sort = deviation["sort"] if deviation["sort"] != "derivative" else f"derivative ({level})"
        sort += "" if deviation["along"] is None else ", random"
        cells = [deviation[key] for key in ("call", "jax", "torch", "jaxfun")]
        yield [f"`{name}`", f"`{fields['called']}`", sort, *(f"`{cell}`" for cell in cells), deviation["why"]]


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    yield f"| {' | '.join(heads)} |"
    yield f"|{' --- |' * len(heads)}"
    for row in rows:
        yield f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in row)} |"


def written(functions: Mapping[str, Any]) -> str:
    """Return the data as it stands in its file, the functions in the order of the table."""
    kept = {name: with_reasons(item, functions[name]) for name, item in counterparts().items() if name in functions}
    data = {"jax": jax.__version__, "torch": torch.__version__.partition("+")[0], "functions": kept}
    return json.dumps(data, indent=1, ensure_ascii=False) + "\n"


def with_reasons(counterpart: Counterpart, fields: Mapping[str, Any]) -> dict[str, Any]:
    """Return what was found with the reasons that the table gives now."""
    rows = [{**row, "why": counterpart.why.get(row["sort"], row["why"])} for row in fields["deviations"]]
    return {**fields, "family": counterpart.family, "deviations": rows}


def searched(tasks: Sequence[Any], processes: int) -> Iterator[tuple[str, Mapping[str, Any] | None, str]]:
    """Yield what is found for each function, in new processes for each few of them.

    XLA may end a process as it compiles what a search draws: here that is an error, a Pool would wait for ever. A pool
    that replaces its own processes (`max_tasks_per_child`) waits for ever too, in Python 3.11.
    """
    context = multiprocessing.get_context("spawn")
    for start in range(0, len(tasks), EACH * processes):
        with ProcessPoolExecutor(processes, context) as pool:
            running = [pool.submit(found_or_why_not, task) for task in tasks[start : start + EACH * processes]]
            yield from (future.result() for future in as_completed(running))


def main() -> None:
    """Search, and write both files."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", metavar="NAME", help="functions to be searched anew (all)")
    parser.add_argument("--processes", type=int, metavar="N", help="at a time (one for each core)")
    parser.add_argument("--page", action="store_true", help="write the page alone")
    arguments = parser.parse_args()
    table = counterparts()
    wanted = [] if arguments.page else arguments.names or [*table]
    functions = stored()["functions"] if DATA.exists() else {}
    tasks = [(name, functions.get(name, {}).get("deviations", ())) for name in wanted]
    for name, fields, error in track(
        searched(tasks, arguments.processes or os.cpu_count() or 1), "searching", len(tasks)
    ):
        if fields is None:
            print(f"{name} was not searched: {error}")
            continue
        functions[name] = fields
        DATA.write_text(written(functions), "utf-8")  # what was found is kept, whatever becomes of the rest
    DATA.write_text(written(functions), "utf-8")
    PAGE.write_text(page(stored()), "utf-8")
    unexplained = [
        name for name, fields in stored()["functions"].items() if not all(item["why"] for item in fields["deviations"])
    ]
    if unexplained:
        print(f"no reason is given for: {' '.join(unexplained)} (jaxfun/porting/counterparts.toml)")


if __name__ == "__main__":
    main()
