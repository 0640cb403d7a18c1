"""Every function's eager call beside that of JAX's nearest counterpart, on what the parity suite draws for it.

`--to FILE` keeps the figures as CSV; `docs/speed.md` speaks of them. `bench_ops.py` measures some of them closer.
"""

import argparse
import csv
import operator
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import jax.scipy as jsp
import numpy as np
from _measure import Call, holds, in_turn, markdown, show_and_keep

import jaxfun as jf
from jaxfun.core.dtypes import as_dtype
from jaxfun.core.record import Op
from jaxfun.ops import records_of
from jaxfun.parity.draw.records import cases
from jaxfun.parity.run.case import Case
from jaxfun.parity.run.outcome import outcome
from jaxfun.porting.counterparts import Counterpart, counterparts, expression_of
from jaxfun.porting.plain_jax import simplest

DATA = Path(__file__).parent / "data" / "eager.csv"
TARGET, ROUNDS, TIMES, WARM = 1.5, 30, 100, 20
DRAWN = 12
SHOWN = 10  # in the page's table
ABOUT = (
    "The eager call, compiled: the least mean of calls in a row, of rounds in turn. `jitted`: JAX's whole expression\n"
    f"as one jitted function. Target: jaxfun at most {TARGET} x JAX's counterpart."
)


class Row(NamedTuple):
    """Seconds that one call takes."""

    name: str
    jaxfun: float
    jax: float
    jitted: float

    @property
    def ratio(self) -> float:
        return self.jaxfun / self.jax


def calls_of(counterpart: Counterpart) -> list[Call] | None:
    """The three calls on the same arrays, None where JAX's does not take them, or there is none."""
    own = records_of(counterpart.name)
    ways = ((record, case) for record in own for case in simplest(cases(record, _dtype(record)), DRAWN))
    return next((calls for way in ways if (calls := _calls(counterpart, *way))), None) if counterpart.jax else None


def _dtype(record: Op) -> Any:
    taken = [name for name in ("float32", "int64", "complex64", "bool") if as_dtype(name) not in record.rejects]
    return as_dtype(taken[0])


def _calls(counterpart: Counterpart, record: Op, case: Case) -> list[Call] | None:
    placed = list(map(jnp.asarray, case.row(0)))
    args, kwargs = case.ours.filled(placed, lambda dtype: dtype)
    given = record.signature.bind(*args, **kwargs).arguments
    arrays = {name: value for name, value in given.items() if isinstance(value, jax.Array)}
    known = {name: value for name, value in given.items() if name not in arrays}
    names = {"jax": jax, "jnp": jnp, "jsp": jsp, "lax": jax.lax, **known}
    in_jax: Callable[..., Any] = eval(f"lambda {', '.join(arrays)}: {expression_of(counterpart, record, given)}", names)
    ours = partial(operator.attrgetter(counterpart.name)(jf), *args, **kwargs)
    calls = [ours, partial(in_jax, *arrays.values()), partial(jax.jit(in_jax), *arrays.values())]
    if any(outcome(call)[1] is not None for call in calls):
        return None
    # where JAX hands back what it was given, nothing is called
    result = calls[1]()
    return None if any(result is array for array in jax.tree.leaves(given)) else calls


def rows() -> Iterator[Row]:
    for name, counterpart in counterparts().items():
        calls = calls_of(counterpart)
        if calls is not None:
            in_turn(calls, 2, WARM)
            yield Row(name, *(min(seconds) for seconds in in_turn(calls, ROUNDS, TIMES)))


def read(file: Path = DATA) -> list[Row]:
    with file.open(newline="", encoding="utf-8") as opened:
        return [Row(name, *map(float, seconds)) for name, *seconds in list(csv.reader(opened))[1:]]


def as_markdown(found: Sequence[Row]) -> str:
    """The table of a page: how many hold, and the dearest."""
    within = sum(row.ratio <= TARGET for row in found)
    median = float(np.median([row.ratio for row in found]))
    head = f"{within} of {len(found)} functions are within {TARGET} times, the median is {median:.2f}. The dearest:\n\n"
    dearest = sorted(found, key=lambda row: -row.ratio)[: max(SHOWN, len(found) - within)]
    lines = [(f"`{row.name}`", *_microseconds(row), f"{row.ratio:.2f}") for row in dearest]
    return head + markdown(("function", "jaxfun", "JAX", "JAX, jitted", "ratio"), lines, range(1, 5))


def _microseconds(row: Row) -> list[str]:
    return [f"{1e6 * seconds:.1f} µs" for seconds in (row.jaxfun, row.jax, row.jitted)]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--to", type=Path, metavar="FILE", help="keep the figures as CSV")
    arguments = parser.parse_args()

    def shown(row: Row) -> Sequence[str]:
        return row.name, *_microseconds(row), f"{row.ratio:.2f}", holds(row.ratio <= TARGET)

    columns = ("function", "jaxfun", "JAX", "jitted", "ratio", "holds")
    show_and_keep(columns, rows(), shown, ABOUT, arguments.to)


if __name__ == "__main__":
    main()
