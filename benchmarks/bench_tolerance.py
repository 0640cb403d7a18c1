"""Where the tolerance stands: how much of it right ports use, and how far beyond it wrong ones are.

Each pair that agrees is checked in every dtype, as it is and with its results off by a known factor. What is kept is
the largest error at each level, as a share of what is allowed there, with all that rounding is measured to cost.
"""

import argparse
import csv
import statistics
import warnings
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple
from unittest import mock

import jax
import jax.numpy as jnp
import numpy as np
from _measure import markdown, on_every_core, show
from pairs import AGREEING, Pair

from jaxfun import parity
from jaxfun.parity.compare.arrays import Verdict
from jaxfun.parity.report.model import COMPUTED
from jaxfun.parity.run.candidate import Sides
from jaxfun.parity.run.options import Options
from jaxfun.parity.search import judge
from jaxfun.parity.search.verdicts import verdicts

DATA = Path(__file__).parent / "data" / "tolerance.csv"
PICTURE = Path(__file__).parent.parent / "docs" / "images" / "tolerance.png"

DTYPES = ("float16", "bfloat16", "float32", "float64", "complex64")
# those whose numbers and gradients are torch's for complex numbers too
OF_COMPLEX = (
    *("exp", "sin", "cos", "tanh", "sinh", "cosh", "square", "cube", "negative", "affine", "polynomial", "sin of cos"),
    *("sum", "mean", "sum of squares", "sum over the last", "cumsum", "concatenation", "differences", "gram matrix"),
    *("add", "subtract", "multiply", "dot", "cosine times", "cosine of a difference", "product of tanh"),
)
# those that take any numbers, and are right in every dtype
MEASURED = {name: pair for name, pair in AGREEING.items() if not pair.shapes and name != "through float32, in float64"}
RIGHT = "right"
# by how much the results of a wrong port are off, in the dtypes that can tell
OFF: Mapping[float, Sequence[str]] = {1e-5: ("float32", "float64", "complex64"), 1e-3: DTYPES, 3e-2: DTYPES}
MOST = {"float16": 10.0}  # sums of squares are numbers then
FACTORS = [2.0**power for power in range(-6, 15)]


class Measured(NamedTuple):
    """The largest share of what is allowed that a pair uses in a dtype at each level: NaN where it has no answer."""

    pair: str
    dtype: str
    port: str
    shares: dict[str, float]


def scaled(function: Callable[..., Any], off: float) -> Callable[..., Any]:
    def port(*xs: Any) -> Any:
        result = function(*xs)
        return (result * (1 + off)).astype(result.dtype)

    return port


def inputs(pair: Pair, dtype: str) -> tuple[Any, ...]:
    """Numbers of moderate size: the question is rounding, and not overflow."""
    most = MOST.get(dtype, 100.0)
    bounds: dict[str, Any] = {"min_value": -most, "max_value": most}
    return (parity.tensors(pair.tensors, same_shape=True, **bounds) if pair.tensors > 1 else parity.tensors(**bounds),)


def shares(candidate: Callable[..., Any], pair: Pair, dtype: str, examples: int) -> dict[str, float]:
    """What a check uses of its tolerance at each level, all that rounding costs measured at every value set."""
    found: dict[str, float] = defaultdict(lambda: float("nan"))

    def watched(sides: Sides, terms: Options, row: int, level: str, parts: Any, **_: Any) -> list[Verdict]:
        judged = verdicts(sides, terms, row, level, parts, measured=True)
        for verdict in judged:
            if verdict.kind in ("", "number"):
                found[level] = np.fmax(found[level], verdict.of_tolerance)
        return judged

    one_by_one = mock.patch.object(judge, "agreeing", return_value=())
    unshrunk = mock.patch("jaxfun.parity.search.shrink.Shrinker.shrunk", lambda self, sides, found: (sides, found))
    unplanted = mock.patch.object(judge, "plant")
    with one_by_one, unshrunk, unplanted, mock.patch.object(judge, "verdicts", watched):
        report = parity.check(
            candidate, pair.reference, *inputs(pair, dtype), dtypes=[dtype], examples=examples, seed=0
        )
    # what is wrong in kind, a NaN or a shape, is beyond every tolerance
    found |= {failure.level: float("inf") for failure in report.failures if not found[failure.level] > 1}
    return {level: float(found[level]) for level in COMPUTED}


def is_inexact(pair: Pair) -> bool:
    """Whether the results can be off by a factor."""
    result = jax.eval_shape(pair.candidate, *[jax.ShapeDtypeStruct((2, 3), "float32")] * pair.tensors)
    return bool(jnp.issubdtype(result.dtype, jnp.inexact))


def measured(task: tuple[str, str, int]) -> list[Measured]:
    warnings.simplefilter("ignore")
    name, dtype, examples = task
    pair = MEASURED[name]
    ports = {RIGHT: pair.candidate}
    if is_inexact(pair):
        ports |= {f"off by {off:g}": scaled(pair.candidate, off) for off, dtypes in OFF.items() if dtype in dtypes}
    return [Measured(name, dtype, port, shares(call, pair, dtype, examples)) for port, call in ports.items()]


def all_measured(names: Sequence[str], examples: int) -> Iterator[Measured]:
    """What `measured` gives for each pair and dtype, on every core: each process has its own JAX."""
    pairs = [(name, dtype) for name in names for dtype in DTYPES if dtype != "complex64" or name in OF_COMPLEX]
    tasks = [(*pair, examples) for pair in pairs]
    for some in on_every_core(measured, tasks, "measuring"):
        yield from some


# The data, as a file, a table and a picture.


def written(rows: Sequence[Measured], file: Path) -> None:
    file.parent.mkdir(exist_ok=True)
    with file.open("w", newline="") as opened:
        table = csv.writer(opened, lineterminator="\n")
        table.writerow(["pair", "dtype", "port", *COMPUTED])
        table.writerows(
            [row.pair, row.dtype, row.port, *(f"{row.shares[level]:.3g}" for level in COMPUTED)] for row in rows
        )


def read(file: Path = DATA) -> list[Measured]:
    with file.open(newline="") as opened:
        return [
            Measured(row["pair"], row["dtype"], row["port"], {level: float(row[level]) for level in COMPUTED})
            for row in csv.DictReader(opened)
        ]


def worst(row: Measured) -> float:
    """The largest share at any level, which decides whether a check says that a port differs."""
    return max((share for share in row.shares.values() if not np.isnan(share)), default=float("nan"))


def summary(rows: Sequence[Measured]) -> list[tuple[str, ...]]:
    """A line for each dtype and kind of port: how many pairs, and the shares of tolerance that they use."""
    lines = []
    for dtype in DTYPES:
        for port in (RIGHT, *(f"off by {off:g}" for off in OFF)):
            of_level = [
                [row.shares[level] for row in rows if (row.dtype, row.port) == (dtype, port)] for level in COMPUTED
            ]
            known = [[share for share in some if not np.isnan(share)] for some in of_level]
            if not any(known):
                continue
            told = max if port == RIGHT else statistics.median
            alarmed = sum(worst(row) > 1 for row in rows if (row.dtype, row.port) == (dtype, port))
            total = sum((row.dtype, row.port) == (dtype, port) for row in rows)
            lines.append(
                (dtype, port, *(f"{told(some):.2g}" if some else "-" for some in known), f"{alarmed} of {total}")
            )
    return lines


HEADER = ("dtype", "port", *COMPUTED, "said to differ")


def as_markdown(rows: Sequence[Measured]) -> str:
    """The table of docs/tolerance.md."""
    return markdown(HEADER, summary(rows), range(2, len(HEADER)))


def draw(rows: Sequence[Measured], file: Path) -> None:
    """The picture: were the tolerance so many times as wide, which ports would be said to differ."""
    from matplotlib import pyplot

    kinds = [RIGHT, *(f"off by {off:g}" for off in OFF)]
    colours = dict(zip(kinds, ("#2a9d8f", "#c1121f", "#e76f51", "#f4a261"), strict=True))
    figure, axes = pyplot.subplots(1, len(DTYPES), figsize=(13, 3), sharey=True, layout="constrained")
    for axis, dtype in zip(axes, DTYPES, strict=True):
        for kind in kinds:
            found = np.array([worst(row) for row in rows if (row.dtype, row.port) == (dtype, kind)])
            if len(found):
                told = [100 * np.mean(found > factor) for factor in FACTORS]
                axis.plot(FACTORS, told, color=colours[kind], label=kind, linewidth=2)
        axis.axvline(1, color="#333333", linewidth=1, linestyle=":")
        axis.set(xscale="log", title=dtype, xlabel="tolerance, times as wide")
        axis.spines[["top", "right"]].set_visible(False)
    axes[0].set(ylabel="% of ports said to differ")
    handles, labels = axes[2].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside upper center", ncols=len(kinds), frameon=False)
    figure.savefig(file, dpi=160)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--examples", type=int, default=200, help="value sets in each dtype")
    parser.add_argument("--only", nargs="*", default=[], help="pairs; nothing is kept then")
    parser.add_argument("--draw", action="store_true", help="only draw again what was measured before")
    given = parser.parse_args()
    if given.draw:
        rows = read()
    else:
        rows = list(all_measured(given.only or list(MEASURED), given.examples))
        if not given.only:
            written(rows, DATA)
    show(HEADER, summary(rows), "Of what is allowed: the most that right ports use, the median of wrong ones.")
    beyond = [f"{row.pair} ({row.dtype}) {worst(row):.2g}" for row in rows if row.port == RIGHT and worst(row) > 0.5]
    print("Right ports that use more than half of it:", ", ".join(beyond) or "none")
    if not given.only:
        draw(rows, PICTURE)


if __name__ == "__main__":
    main()
