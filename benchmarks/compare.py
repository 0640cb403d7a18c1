"""Compare the benchmark figures of two versions: `python benchmarks/compare.py 0.1.0 now`.

A version is a file of `benchmarks/history/`, or the path of one; `now` is what `benchmarks/data/` holds. Only figures
that can be compared over machines are kept: times and counts as ratios to a peer's, and shares. The exit
code is 1 where a figure is worse. `--keep VERSION` writes the figures of now to `benchmarks/history/VERSION.csv`.
"""

import argparse
import statistics
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from csv import DictReader
from math import inf, isnan
from pathlib import Path
from typing import NamedTuple

from _measure import keep, show

HISTORY = Path(__file__).parent / "history"
NOW = "now"
NOISE = 1.3  # a time's ratio varies by this much between two runs of one version
COUNTED_NOISE = 1.1  # what XLA counts, between two of its versions


class Better(NamedTuple):
    """Which values of a figure are better, and the factor that two runs of one version may lie apart."""

    lower: bool
    noise: float = 1.0


FIGURES = {
    "time / PyTorch's": Better(lower=True, noise=NOISE),
    "time / JAX's": Better(lower=True, noise=NOISE),
    "cost / JAX's": Better(lower=True, noise=COUNTED_NOISE),
    "share found": Better(lower=False),  # of wrong ports, or of the seeds in which one was found
    "share flagged": Better(lower=True),  # of right ports
    "share of the tolerance used": Better(lower=True, noise=NOISE),  # by right ports, in the median
}


class Figure(NamedTuple):
    """One measured number: a line of a file."""

    benchmark: str
    name: str
    figure: str
    value: float

    @property
    def key(self) -> tuple[str, str, str]:
        return self[:3]


class Change(NamedTuple):
    """A figure in two versions."""

    before: Figure
    after: Figure

    @property
    def ratio(self) -> float:
        """The value after over the value before."""
        if self.before.value == self.after.value:
            return 1.0
        return self.after.value / self.before.value if self.before.value else inf

    @property
    def verdict(self) -> str:
        """`worse`, `better` or, within the noise, nothing."""
        rule = FIGURES[self.before.figure]
        if isnan(self.ratio) or 1 / rule.noise <= self.ratio <= rule.noise:
            return ""
        return "worse" if (self.ratio > 1) == rule.lower else "better"


def read(version: str) -> list[Figure]:
    """Return the figures of a version of the history, of a file, or of now."""
    if version == NOW:
        return now()
    file = HISTORY / f"{version}.csv"
    file = file if file.exists() else Path(version)
    if not file.is_file():
        there = ", ".join([*sorted(path.stem for path in HISTORY.glob("*.csv")), NOW])
        raise ValueError(f"expected a version ({there}) or a file, got {version!r}")
    with file.open(newline="", encoding="utf-8") as opened:
        rows = list(DictReader(opened))
    if not rows or rows[0].keys() != {*Figure._fields} or not {row["figure"] for row in rows} <= FIGURES.keys():
        raise ValueError(f"expected the columns {', '.join(Figure._fields)}, and figures of FIGURES, in {file}")
    return [Figure(row["benchmark"], row["name"], row["figure"], float(row["value"])) for row in rows]


def now() -> list[Figure]:
    """Return the figures that `benchmarks/data/` holds."""
    return [*_speed(), *_eager(), *_cost(), *_detection(), *_tolerance()]


def _speed() -> Iterator[Figure]:
    import bench_speed

    for row in bench_speed.read():
        yield Figure("speed", f"{row.op}, {row.elements}, {row.what}", "time / PyTorch's", _rounded(row.ratio))


def _eager() -> Iterator[Figure]:
    import bench_eager

    for row in bench_eager.read():
        yield Figure("eager", row.name, "time / JAX's", _rounded(row.ratio))


def _cost() -> Iterator[Figure]:
    import bench_counted

    for row in bench_counted.worst_rows(bench_counted.read()):
        yield Figure("counted", row.name, "cost / JAX's", _rounded(row.worst))


def _detection() -> Iterator[Figure]:
    import bench_detection

    for row in bench_detection.read(bench_detection.DATA):
        if bench_detection.WAYS[row.way] is bench_detection.by_parity:
            figure = "share found" if row.differs else "share flagged"
            yield Figure("detection", row.pair, figure, _rounded(row.said / row.seeds))


def _tolerance() -> Iterator[Figure]:
    import bench_tolerance

    ports: dict[tuple[str, str], list[float]] = {}
    for row in bench_tolerance.read():
        ports.setdefault((row.dtype, row.port), []).append(bench_tolerance.worst(row))
    for (dtype, port), used in ports.items():
        is_right, name = port == bench_tolerance.RIGHT, f"{dtype}, {port}"
        beyond = sum(share > 1 for share in used) / len(used)
        yield Figure("tolerance", name, "share flagged" if is_right else "share found", _rounded(beyond))
        if is_right:
            yield Figure("tolerance", name, "share of the tolerance used", _rounded(statistics.median(used)))


def _rounded(value: float) -> float:
    return float(f"{value:.4g}")


def changes(before: Iterable[Figure], after: Iterable[Figure]) -> list[Change]:
    """Return what both versions have."""
    known = {figure.key: figure for figure in before}
    return [Change(known[figure.key], figure) for figure in after if figure.key in known]


def summary(found: Sequence[Change]) -> list[tuple[str, ...]]:
    """Return a row for each figure of a benchmark: how many were compared, the median ratio, how many changed."""
    groups: dict[tuple[str, str], list[Change]] = {}
    for change in found:
        groups.setdefault((change.before.benchmark, change.before.figure), []).append(change)
    return [(*group, str(len(some)), *_counted(some)) for group, some in groups.items()]


def _counted(some: Sequence[Change]) -> tuple[str, ...]:
    verdicts = Counter(change.verdict for change in some)
    ratio = f"{statistics.median(change.ratio for change in some):.2f}"
    return ratio, _coloured(verdicts, "better", "green"), _coloured(verdicts, "worse", "red")


def _coloured(verdicts: Counter[str], verdict: str, colour: str) -> str:
    return f"[{colour}]{verdicts[verdict]}[/]" if verdicts[verdict] else "0"


def changed(found: Sequence[Change]) -> list[tuple[str, ...]]:
    """Return a row for each figure that changed by more than the noise, the worse ones first."""
    rows = sorted((change for change in found if change.verdict), key=lambda change: change.verdict, reverse=True)
    colours = {"worse": "red", "better": "green"}
    return [
        (
            f"{change.before.benchmark}: {change.before.name}",
            change.before.figure,
            *(f"{figure.value:.3g}" for figure in change),
            f"{change.ratio:.2f}",
            f"[{colours[change.verdict]}]{change.verdict}[/]",
        )
        for change in rows
    ]


def compare(names: Sequence[str]) -> bool:
    """Print what changed from the first version to the second; return whether nothing is worse."""
    before, after = map(read, names)
    found = changes(before, after)
    if not found:
        raise ValueError(f"{' and '.join(names)} have no figure in common")
    alone = [len(some) - len(found) for some in (before, after)]
    titles = [Path(name).name.removesuffix(".csv") for name in names]
    about = "  ".join(f"Figures of {name} alone: {count}." for name, count in zip(titles, alone, strict=True) if count)
    show(("benchmark", "figure", "compared", "median ratio", "better", "worse"), summary(found), about)
    rows = changed(found)
    if rows:
        print()
        show(("what changed", "figure", *titles, "ratio", ""), rows)
    return not any(change.verdict == "worse" for change in found)


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command; the exit code is 0, 1 where a figure is worse, 2 for a mistake in the call."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("before", nargs="?", metavar="BEFORE", help="a version, a file, or `now`")
    parser.add_argument("after", nargs="?", metavar="AFTER", default=NOW, help="the same (%(default)s)")
    parser.add_argument("--keep", metavar="VERSION", help="write the figures of now to the history instead")
    arguments = parser.parse_args(argv)
    if (arguments.before is None) == (arguments.keep is None):
        parser.error("expected either two versions or --keep VERSION")
    try:
        if arguments.keep:
            keep(HISTORY / f"{arguments.keep}.csv", now())
            return 0
        return 0 if compare((arguments.before, arguments.after)) else 1
    except ValueError as error:
        print(f"compare: {error}", file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main())
