"""A histogram of ULP distances with bins of doubling width, as text and as a picture."""

import itertools
from collections.abc import Mapping, Sequence
from pathlib import Path

WIDTH = 40  # characters of the longest bar


def labels(bins: int) -> list[str]:
    """Return the labels of the first bins: 0, 1, 2, then ranges whose upper end doubles.

    >>> labels(6)
    ['0', '1', '2', '3-4', '5-8', '9-16']
    """
    return [str(i) if i < 3 else f"{2 ** (i - 2) + 1}-{2 ** (i - 1)}" for i in range(bins)]


def by_name(counts: tuple[int, ...]) -> dict[str, int]:
    """Return the counts by bin label, up to the last bin that is not empty.

    >>> by_name((5, 0, 2, 0))
    {'0': 5, '1': 0, '2': 2}
    """
    last = max((i for i, count in enumerate(counts) if count), default=0)
    return dict(zip(labels(last + 1), counts, strict=False))


def text(counts: tuple[int, ...]) -> list[str]:
    r"""Return the histogram as lines of text with bars; three or more empty bins in a row become "...".

    >>> print(*text((8, 4)), sep="\n")
    ULP  values     share
      0       8   66.7 %   ████████████████████████████████████████
      1       4   33.3 %   ████████████████████
    """
    bins = by_name(counts)
    total, most = max(sum(counts), 1), max(*counts, 1)
    wide = max(len("ULP"), *map(len, bins))
    digits = max(len("values"), len(f"{most:,}"))
    lines = [f"{'ULP':>{wide}}  {'values':>{digits}}  {'share':>8}"]
    for name, count in bins.items():
        bar = "█" * round(WIDTH * count / most) or ("▏" if count else "")
        lines.append(f"{name:>{wide}}  {count:>{digits},}  {_share(count, total)}  {bar}".rstrip())
    return _without_gaps(lines, [True, *bins.values()], f"{'...':>{wide}}")


def _share(count: int, total: int) -> str:
    share = 100 * count / total
    if 0 < share < 0.1:
        return " < 0.1 %"
    return " > 99.9%" if 99.95 <= share < 100 else f"{share:>6.1f} %"


def _without_gaps(lines: list[str], filled: Sequence[object], cut: str) -> list[str]:
    kept: list[str] = []
    for is_filled, run in itertools.groupby(zip(lines, filled, strict=True), lambda pair: bool(pair[1])):
        group = [line for line, _ in run]
        kept += group if is_filled or len(group) < 3 else [cut]
    return kept


def draw(histograms: Mapping[str, tuple[int, ...]], title: str, path: str | Path) -> None:
    """Draw the histograms side by side, with logarithmic counts, to a picture file. Needs the extra `plot`.

    >>> import pathlib, tempfile
    >>> file = pathlib.Path(tempfile.mkdtemp()) / "exp.png"
    >>> draw({"value": (60_000, 12, 0, 1)}, "exp", file)
    >>> file.stat().st_size > 1000
    True
    """
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(5.5 * len(histograms), 4), layout="constrained")
    FigureCanvasAgg(figure)
    figure.suptitle(title, fontsize="medium")
    for place, (level, counts) in enumerate(histograms.items(), 1):
        axes = figure.add_subplot(1, len(histograms), place)
        bins = by_name(counts)
        bars = axes.bar(list(bins), list(bins.values()))
        shown = [f"{count:,}" if count else "" for count in bins.values()]
        axes.bar_label(bars, shown, fontsize=7, rotation=90, padding=2)
        axes.set(title=level, xlabel="distance in ULP", ylabel="values", yscale="log")
        axes.set_ylim(0.5, max(*counts, 1) ** 1.25 * 10)
        axes.tick_params("x", rotation=60 if len(bins) > 8 else 0, labelsize=8)
    figure.savefig(path, dpi=120)
