"""The pass over a table before its use, where the footers do not say enough: counts, levels, means, mistakes of CSV."""

import dataclasses
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from .encoding import Encoding, texts
from .errors import MISSING, CellError, TableError, shortened
from .numbers import numbers, present, refuse_infinite
from .sources import CsvSource, Source, mended, refuse_lost_digits, with_sorts

_MOST_LEVELS = 1000
_EXACT = 2.0**53  # from here on a whole number in a CSV file may have more digits than float64 holds


@dataclass(frozen=True)
class Wanted:
    """What is read of each file: columns by name, and how. The target, if there is one, is the last of the names."""

    names: tuple[str, ...]
    target: str | None
    categorical: frozenset[str]
    missing: str
    is_encoded: bool  # levels and fill values are given


@dataclass(frozen=True)
class Survey:
    """The sources with all that is known of them, the rows kept of each group, and the encoding's levels and means."""

    sources: tuple[Source, ...]
    kept: tuple[tuple[int, ...], ...]
    levels: Mapping[str, tuple[str, ...]]
    means: Mapping[str, tuple[float, ...]]

    def encoding(self, columns: Sequence[str]) -> Encoding:
        """Return how the columns become features."""
        levels = tuple(self.levels.get(name, ()) for name in columns)
        widths = (max(len(each) - 1, 1) for each in levels)
        fill = (self.means.get(name, (float("nan"),) * width) for name, width in zip(columns, widths, strict=True))
        return Encoding(tuple(columns), levels, tuple(value for each in fill for value in each))


@dataclass
class _Seen:
    """What a pass over one file has seen."""

    kept: list[int]  # by group
    total: Counter[str] = field(default_factory=Counter)
    count: Counter[str] = field(default_factory=Counter)  # of the numbers in the total
    largest: Counter[str] = field(default_factory=Counter)
    levels: dict[str, Counter[str]] = field(default_factory=dict)


def survey(sources: Sequence[Source], wanted: Wanted) -> Survey:
    """Pass over all files where levels, means or the rows to drop are needed, and otherwise over CSV files alone.

    Raises: TableError for the first value that cannot be used.
    """
    seen, known, before = [], [], 0
    unknown = not wanted.is_encoded and (bool(wanted.categorical) or wanted.missing == "mean")
    for source in sources:
        try:
            if isinstance(source, CsvSource):
                one = _csv(source, wanted)
            elif unknown or wanted.missing == "drop":
                one = _parquet(source, wanted)
            else:
                one = source, _Seen([*source.groups])
        except CellError as error:
            raise error.located(before, source.file.path if len(sources) > 1 else "") from None
        before += sum(one[0].groups)
        known.append(one[0])
        seen.append(one[1])
    if not before:
        raise TableError(known[0].file.path, "it has a header but no rows")
    kept = tuple(tuple(one.kept) for one in seen)
    if not sum(map(sum, kept)):
        raise TableError(known[0].file.path, "a value is missing in every row")
    if not unknown:
        return Survey(tuple(known), kept, {}, {})
    counts = {name: sum((one.levels.get(name, Counter()) for one in seen), Counter()) for name in wanted.categorical}
    levels = {name: _levels(name, counts[name]) for name in sorted(wanted.categorical)}
    means = {name: _means(name, seen, counts.get(name)) for name in wanted.names} if wanted.missing == "mean" else {}
    return Survey(tuple(known), kept, levels, means)


def _levels(name: str, counts: Counter[str]) -> tuple[str, ...]:
    if len(counts) > _MOST_LEVELS:
        raise _too_many_levels(name)
    if len(counts) < 2:
        what = f"every value is {shortened(next(iter(counts)))}" if counts else "every value is missing"
        raise TableError(f"column {name!r}", what, "A constant adds nothing to the bias. Leave it out of the features.")
    return tuple(sorted(counts))


def _too_many_levels(name: str) -> TableError:
    what = f"it is categorical and has more than {_MOST_LEVELS} different values"
    return TableError(f"column {name!r}", what, "Leave it out of the features, or group its values.")


def _means(name: str, seen: Sequence[_Seen], counts: Counter[str] | None) -> tuple[float, ...]:
    if counts is not None:  # the mean of a level's column is how often it occurs
        return tuple(counts[level] / counts.total() for level in sorted(counts)[1:])
    count = sum(one.count[name] for one in seen)
    if not count:
        raise TableError(f"column {name!r}", "every value is missing, so there is no mean", "Leave it out.")
    return (float(sum(one.total[name] for one in seen) / count),)


def _csv(source: CsvSource, wanted: Wanted) -> tuple[CsvSource, _Seen]:
    import pyarrow

    source = with_sorts(source, wanted.names, wanted.categorical)
    while True:  # each time with another encoding or another sort of a column, and none comes twice
        seen, rows = _Seen([0]), 0
        try:
            for batch in source.read(wanted.names):
                seen.kept[0] += _look(batch, rows, wanted, seen)
                rows += batch.num_rows
        except (pyarrow.ArrowException, OSError, UnicodeError) as error:
            source = mended(source, error)
            continue
        if large := [name for name, largest in seen.largest.items() if largest >= _EXACT]:
            refuse_lost_digits(source, [name for name in large if source.sorts[name] == "float"])
        return dataclasses.replace(source, groups=(rows,)), seen


def _parquet(source: Source, wanted: Wanted) -> tuple[Source, _Seen]:
    seen, ends, rows = _Seen([0] * len(source.groups)), np.cumsum(source.groups), 0
    for batch in source.batches(wanted.names, 0):
        last = rows + batch.num_rows
        while rows < last:  # a batch may hold rows of several groups
            group = int(np.searchsorted(ends, rows, "right"))
            end = min(int(ends[group]), last)
            part = batch[batch.num_rows - (last - rows) : batch.num_rows - (last - end)]
            seen.kept[group] += _look(part, rows, wanted, seen)
            rows = end
    return source, seen


def _look(batch: Any, row: int, wanted: Wanted, seen: _Seen) -> int:
    """Add what there is to see in a batch, whose first row is `row`, and return how many of its rows are kept."""
    there = {name: present(batch.column(name)) for name in wanted.names}
    kept = np.logical_and.reduce([*there.values()]) if wanted.missing == "drop" else np.ones(batch.num_rows, bool)
    for name, has_value in there.items():
        try:
            is_filled = wanted.missing != "refuse" or wanted.is_encoded
            if not has_value.all() and (wanted.missing != "drop" if name == wanted.target else not is_filled):
                raise CellError(int(np.argmin(has_value)), "a value is missing", MISSING)
            if name in wanted.categorical:
                _look_at_levels(name, batch.column(name).filter(_as_mask(kept)), seen)
            else:
                _look_at_numbers(name, batch.column(name), has_value, seen)
        except CellError as error:
            error.index, error.column = error.index + row, name
            raise
    return int(kept.sum())


def _as_mask(kept: np.ndarray) -> Any:
    import pyarrow

    return pyarrow.array(kept)


def _look_at_levels(name: str, array: Any, seen: _Seen) -> None:
    counted = texts(array).drop_null().value_counts()
    counts = seen.levels.setdefault(name, Counter())
    counts.update(dict(zip(counted.field(0).to_pylist(), counted.field(1).to_pylist(), strict=True)))
    if len(counts) > _MOST_LEVELS:
        raise _too_many_levels(name)


def _look_at_numbers(name: str, array: Any, has_value: np.ndarray, seen: _Seen) -> None:
    values = numbers(array)
    refuse_infinite(values)
    values = values[has_value].astype(np.float64)
    with np.errstate(over="ignore"):
        seen.total[name] += values.sum()
    seen.count[name] += len(values)
    seen.largest[name] = max(seen.largest[name], np.abs(values).max(initial=0))
