"""Tables: a range of rows over Parquet and CSV files (`rows`), and a whole table in memory (`read`)."""

import difflib
import functools
import itertools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar, NamedTuple

import jax
import numpy as np
from jax.sharding import NamedSharding

from ..core.ahead import ahead
from ..core.dtypes import as_dtype, required
from ..core.errors import ArgumentTypeError, ArgumentValueError, describe
from ..core.public import public
from ..core.shardings import parts_of_rows, rows_alone
from .encoding import Encoding, write_features
from .errors import EXCLUDE, CellError, TableError, shortened
from .files import Paths, found
from .sources import ParquetSource, Source, opened
from .survey import Wanted, survey

Arrays = tuple[Any, ...]
_MISSING = ("refuse", "drop", "mean")


class Table(NamedTuple):
    """The data for a fit: features X (rows, columns), target y (rows, 1), and the column names."""

    X: np.ndarray
    y: np.ndarray
    features: tuple[str, ...]
    target: str


@dataclass(frozen=True, eq=False)
class Rows:
    """The rows of one or more files, in the order of the files, as one range. `rows` makes it; nothing is read yet.

    `len(rows)` is their number, without those that are dropped. `encoding` is how columns became `features`.
    """

    sources: tuple[Source, ...]
    kept: tuple[tuple[int, ...], ...]  # the number of rows kept of each group of each source
    encoding: Encoding
    target: str | None
    drops_missing: bool

    @property
    def features(self) -> tuple[str, ...]:
        """The names of the columns of X."""
        return self.encoding.features

    @functools.cached_property
    def _ends(self) -> np.ndarray:
        """The number of rows up to the end of each group, over all files."""
        return np.cumsum([count for each in self.kept for count in each], dtype=np.int64)

    def __len__(self) -> int:
        return int(self._ends[-1])

    def read(self, start: int = 0, stop: int | None = None, dtype: Any = np.float32) -> Arrays:
        r"""Return the rows from `start` to `stop` as NumPy arrays (X, y), or (X,) where there is no target.

        Of a Parquet file only the row groups that have such rows are read; a CSV file is read from its beginning.
        Shapes: X (rows, features), y (rows, 1). X lies in memory with each feature in one piece.
        Raises: TableError for a value that cannot be used; ArgumentValueError for rows that do not exist.

        >>> import pathlib, tempfile
        >>> file = pathlib.Path(tempfile.mkdtemp()) / "points.csv"
        >>> _ = file.write_text("x,y\n1,2\n2,4\n3,6\n")
        >>> X, y = rows(file, "y").read(1, 3)
        >>> X.tolist()
        [[2.0], [3.0]]
        """
        stop = len(self) if stop is None else stop
        if not 0 <= start <= stop <= len(self):
            raise ArgumentValueError(f"rows from 0 to {len(self)}", f"{start} to {stop}")
        return next(self._blocks(start, stop, max(stop - start, 1), self._checked(dtype)))

    def arrays(self, sharding: Any = None, dtype: Any = np.float32, multiple: int | None = None) -> Arrays:
        r"""Return all rows as JAX arrays (X, y) with a sharding, of which each process reads its own part.

        At the end there are rows of NaN up to a multiple of `multiple`, by default the number of parts into which the
        sharding divides the rows: `len(rows)` is the true number, to be given to `train.fit` as `rows=`.
        Shapes: X (rows, features), y (rows, 1).
        Raises: X64DisabledError for float64 with JAX's 64-bit types off; TableError; ArgumentValueError.

        >>> import pathlib, tempfile
        >>> file = pathlib.Path(tempfile.mkdtemp()) / "points.csv"
        >>> _ = file.write_text("x,y\n1,2\n2,4\n3,6\n")
        >>> X, y = rows(file, "y").arrays(multiple=2)
        >>> X.shape, y[:, 0].tolist()
        ((4, 1), [2.0, 4.0, 6.0, nan])
        """
        kind = self._checked(required(dtype))
        sharding = sharding or jax.numpy.zeros(()).sharding
        parts = parts_of_rows(sharding)
        multiple = parts if multiple is None else multiple
        if multiple < 1 or multiple % parts:
            raise ArgumentValueError(f"`multiple` to be a multiple of the {parts} parts of the sharding", str(multiple))
        count = -(-len(self) // multiple) * multiple
        shapes = [(count, len(self.features)), (count, 1)][: 1 if self.target is None else 2]
        spans = {_span(index, count) for index in sharding.addressable_devices_indices_map(shapes[0]).values()}
        held = {span: self._padded(*span, kind) for span in spans}

        def part(index: Any, which: int) -> np.ndarray:
            return held[_span(index, count)][which][:, *index[1:]]

        # y has one column, which a sharding of the columns of X does not divide
        shardings = [sharding, rows_alone(sharding) if isinstance(sharding, NamedSharding) else sharding]
        return tuple(
            jax.make_array_from_callback(shape, shardings[i], functools.partial(part, which=i))
            for i, shape in enumerate(shapes)
        )

    def chunks(self, size: int = 131_072, dtype: Any = np.float32, part: tuple[int, int] | None = None) -> "Chunks":
        r"""Return the rows as chunks (X, y) of NumPy arrays with `size` rows, to be iterated again for each epoch.

        A thread reads ahead. About four chunks are in memory at a time. With several processes each has its own
        contiguous part of the rows: `part` is (process, processes), by default those of JAX.

        >>> import pathlib, tempfile
        >>> file = pathlib.Path(tempfile.mkdtemp()) / "points.csv"
        >>> _ = file.write_text("x,y\n1,2\n2,4\n3,6\n")
        >>> [y[:, 0].tolist() for X, y in rows(file, "y").chunks(2)]
        [[2.0, 4.0], [6.0]]
        """
        process, processes = (jax.process_index(), jax.process_count()) if part is None else part
        if not isinstance(size, int) or size < 1:
            raise ArgumentValueError("a `size` of at least 1", describe(size))
        if not 0 <= process < processes:
            raise ArgumentValueError("a `part` (process, processes)", describe(part))
        each = -(-len(self) // processes)
        begin = process * each
        return Chunks(self, begin, min(begin + each, len(self)), size, self._checked(dtype), -(-each // size))

    def _checked(self, dtype: Any) -> np.dtype:
        kind = np.dtype(as_dtype(dtype).dtype)
        if kind not in (np.float32, np.float64):
            raise ArgumentTypeError("a `dtype` of float32 or float64", describe(dtype))
        for source, (name, levels) in itertools.product(self.sources, self._sorted_columns()):
            if kind == np.float32 and not levels and source.sort(name) in ("date", "time"):
                what = "float32 does not hold times: it knows today to two minutes"
                raise TableError(f"column {name!r}", what, f"Use dtype=float64. {EXCLUDE}")
        return kind

    def _sorted_columns(self) -> list[tuple[str, tuple[str, ...]]]:
        target = [] if self.target is None else [(self.target, ())]
        return [*zip(self.encoding.columns, self.encoding.levels, strict=True), *target]

    def _padded(self, start: int, stop: int, dtype: np.dtype) -> Arrays:
        end = min(stop, len(self))
        held = np.full((len(self.features) + (self.target is not None), stop - start), np.nan, dtype)
        if start < end:
            self._fill(iter([held[:, : end - start]]), start)
        return self._as_arrays(held)

    def _as_arrays(self, held: np.ndarray) -> Arrays:
        # features are rows of `held`: writing columns of a file into it is twice as fast as between each other
        return (held.T,) if self.target is None else (held[:-1].T, held[-1:].T)

    def _blocks(self, start: int, stop: int, size: int, dtype: np.dtype) -> Iterator[Arrays]:
        """Yield the rows in blocks of `size`."""
        width = len(self.features) + (self.target is not None)
        if start == stop:
            yield self._as_arrays(np.empty((width, 0), dtype))
            return
        blocks = (np.empty((width, min(size, stop - begin)), dtype) for begin in range(start, stop, size))
        yield from map(self._as_arrays, self._filled(blocks, start))

    def _fill(self, blocks: Iterator[np.ndarray], start: int) -> None:
        for _ in self._filled(blocks, start):
            pass

    def _filled(self, blocks: Iterator[np.ndarray], start: int) -> Iterator[np.ndarray]:
        """Yield the blocks, each filled with the rows that follow those of the one before, from row `start` on."""
        block, filled = next(blocks), 0
        for batch, row, source in self._batches(start, block.dtype):
            taken, count = 0, batch.num_rows if not isinstance(batch, np.ndarray) else batch.shape[1]
            while taken < count:
                more = min(count - taken, block.shape[1] - filled)
                self._write(batch, taken, row, source, block[:, filled : filled + more])
                taken, filled = taken + more, filled + more
                if filled == block.shape[1]:
                    yield block
                    block, filled = next(blocks, None), 0
                    if block is None:
                        return
        raise TableError("the files of the table", "there are fewer rows than at first", "Leave them as they are.")

    def _write(self, batch: Any, taken: int, row: int, source: int, out: np.ndarray) -> None:
        if isinstance(batch, np.ndarray):
            out[:] = batch[:, taken : taken + out.shape[1]]
            return
        try:
            write_features(batch[taken : taken + out.shape[1]], self.encoding, out, keep_missing=self.drops_missing)
        except CellError as error:
            error.index += row + taken
            before = sum(sum(each.groups) for each in self.sources[:source])
            path = self.sources[source].file.path if len(self.sources) > 1 else ""
            raise error.located(before, path) from None

    def _batches(self, start: int, dtype: np.dtype) -> Iterator[tuple[Any, int, int]]:
        """Yield batches from row `start` on, with their first row in the file, and the index of the file.

        A batch is one of Arrow, or, where rows are dropped, a block of the rows that are left.
        """
        first = int(np.searchsorted(self._ends, start, "right"))
        skip = start - (int(self._ends[first - 1]) if first else 0)
        names = [name for name, _ in self._sorted_columns()]
        for index, (source, kept) in enumerate(zip(self.sources, self.kept, strict=True)):
            if first >= len(kept):
                first -= len(kept)
                continue
            row, first_group, first = sum(source.groups[:first]), first, 0
            for batch in source.batches(names, first_group):
                left = self._without_missing(batch, row, index, dtype) if self.drops_missing else batch
                count = left.shape[1] if self.drops_missing else batch.num_rows
                before, skip = min(skip, count), max(skip - count, 0)
                if before < count:
                    yield left[:, before:] if self.drops_missing else left[before:], row + before, index
                row += batch.num_rows

    def _without_missing(self, batch: Any, row: int, source: int, dtype: np.dtype) -> np.ndarray:
        block = np.empty((len(self.features) + (self.target is not None), batch.num_rows), dtype)
        self._write(batch, 0, row, source, block)
        return block[:, ~np.isnan(block).any(0)]


@dataclass(frozen=True, eq=False)
class Chunks:
    """The rows of one process in chunks. Each iteration reads them again; `len` is the number of chunks.

    `rows` is the number of rows of an iteration. Every process has as many chunks: the last ones may have fewer rows
    than others, or none.
    """

    table: Rows
    begin: int
    end: int
    size: int
    dtype: np.dtype
    count: int
    first: int = 0
    reads_ahead: ClassVar[bool] = True  # `train.fit` starts no second thread

    @property
    def rows(self) -> int:
        """The number of rows of one iteration."""
        return self.end - self._start

    @property
    def _start(self) -> int:
        return min(self.begin + self.first * self.size, self.end)

    def __len__(self) -> int:
        return self.count - self.first

    def __iter__(self) -> Iterator[Arrays]:
        return ahead(self._read())

    def _read(self) -> Iterator[Arrays]:
        empty = [self.table.read(0, 0, self.dtype)] if self.count else []
        full = self.table._blocks(self._start, self.end, self.size, self.dtype) if self.rows else iter(())
        missing = len(self) - -(-self.rows // self.size)
        return itertools.chain(full, empty * missing)

    def start_at(self, chunk: int) -> "Chunks":
        r"""Return the chunks from number `chunk` on, for a run that goes on. What lies before is not read.

        >>> import pathlib, tempfile
        >>> file = pathlib.Path(tempfile.mkdtemp()) / "points.csv"
        >>> _ = file.write_text("x,y\n1,2\n2,4\n3,6\n")
        >>> [y[:, 0].tolist() for X, y in rows(file, "y").chunks(2).start_at(1)]
        [[6.0]]
        """
        if not 0 <= chunk <= self.count:
            raise ArgumentValueError(f"a chunk in [0, {self.count}]", describe(chunk))
        return replace(self, first=chunk)


def _span(index: tuple[slice, ...], count: int) -> tuple[int, int]:
    start, stop, _ = index[0].indices(count)
    return start, stop


@public(name="table.rows")
def rows(
    paths: Paths,
    target: str | None,
    features: Sequence[str] = (),
    *,
    categorical: Sequence[str] = (),
    missing: str = "refuse",
    encoding: Encoding | None = None,
) -> Rows:
    r"""Return the rows of Parquet or CSV files as one range, in the order of the files, to be read in parts.

    `paths` is a file, a pattern such as "data/*.parquet", a folder, or a sequence of them; "-" is the standard input.
    The files of a pattern or a folder come in the order of their names. `features` are by default all other columns
    of the first file, and then all files must have the same columns. A second column `x` is `x.1`, one without a name
    `column 3`.

    Columns are numbers, booleans (0 and 1), decimals, or dates and times (seconds since 1970). A column in
    `categorical` has a feature `city=Paris` for each of its values but the first, in the order of the alphabet: with
    the first too, the least squares solution would not be unique. A missing value is an error, or with
    `missing="drop"` its row is left out, or with "mean" it becomes the mean of its column (of a categorical column:
    how often each value occurs). A missing target is never filled in.

    Of Parquet files only the footers are read, except for the levels of categorical columns, for means, and to count
    the rows to drop, which take one pass. CSV files are always read once: their mistakes are found before any work. A
    pipe is copied to a temporary file.

    With the `encoding` of another table its columns become the same features, for predictions. The target may then be
    None: arrays are (X,) instead of (X, y).

    Raises: TableError, with column and row, for a file that cannot be read or a value that cannot be used; MemoryError.

    >>> import pathlib, tempfile
    >>> folder = pathlib.Path(tempfile.mkdtemp())
    >>> for name, text in {"a": "x,city,y\n1,Oslo,2\n", "b": "x,city,y\n2,Paris,4\n3,Oslo,6\n"}.items():
    ...     _ = (folder / f"{name}.csv").write_text(text)
    >>> table = rows(folder / "*.csv", "y", categorical=["city"])
    >>> len(table), table.features
    (3, ('x', 'city=Paris'))
    """
    if missing not in _MISSING:
        raise ArgumentValueError(f"`missing` to be one of {', '.join(_MISSING)}", describe(missing))
    if target is None and encoding is None:
        raise ArgumentTypeError("a `target`, or the `encoding` of another table", "None")
    if encoding is not None and (features or categorical or missing == "mean"):
        raise ArgumentTypeError("`encoding` alone: it has the features, the categories and the means", "more")
    sources = tuple(opened(file) for file in found(paths))
    columns = _columns(sources, target, tuple(features) if encoding is None else encoding.columns)
    if encoding is not None:
        categorical = [name for name, levels in zip(encoding.columns, encoding.levels, strict=True) if levels]
    _require_among(categorical, columns)
    wanted = (*columns, *(() if target is None else (target,)))
    for source in sources:
        _require_numbers(source, wanted, frozenset(categorical))
    known = survey(sources, Wanted(wanted, target, frozenset(categorical), missing, encoding is not None))
    encoding = known.encoding(columns) if encoding is None else encoding
    _refuse_equal_names(encoding.features)
    return Rows(known.sources, known.kept, encoding, target, missing == "drop")


def _columns(sources: Sequence[Source], target: str | None, chosen: tuple[str, ...]) -> tuple[str, ...]:
    """Return the columns of the features, and check that each file has them."""
    first = sources[0]
    left_out = first.index_columns if isinstance(first, ParquetSource) else frozenset[str]()
    columns = chosen or tuple(name for name in first.names if name != target and name not in left_out)
    if target in columns:
        raise TableError(f"column {target!r}", "it is the target, so it cannot be a feature")
    _refuse_equal_names(columns)
    for source in sources:
        for name in (*(() if target is None else (target,)), *columns):
            _require_column(name, source)
        if target is not None and source.raw_names.count(target) > 1:
            places = [str(i) for i, name in enumerate(source.raw_names, 1) if name == target]
            raise TableError(f"column {target!r}", f"columns {', '.join(places)} of {source.file.path} have this name")
        more = () if chosen else tuple(name for name in source.names if name not in first.names)
        if more:
            what = f"it is a column of {source.file.path}, but not of {first.file.path}"
            raise TableError(f"column {more[0]!r}", what, "Name the features to use.")
    if not columns:
        raise TableError(first.file.path, f"it has no column besides the target {target!r}")
    return columns


def _require_column(name: str, source: Source) -> None:
    if name in source.names:
        return
    near = difflib.get_close_matches(name, source.names, 1)
    shown = ", ".join(source.names[:20]) + (", ..." if len(source.names) > 20 else "")
    advice = f"Did you mean {near[0]!r}?" if near else f"The columns are {shown}."
    if f"/{name}=" in source.file.path:
        advice = "Its values are in the names of folders, which are not read: write it into the files."
    raise TableError(f"column {name!r}", f"there is no such column in {source.file.path}", advice)


def _require_among(categorical: Iterable[str], columns: Sequence[str]) -> None:
    for name in categorical:
        if name not in columns:
            raise TableError(f"column {name!r}", "it is categorical, but not one of the features", "Add it to them.")


def _require_numbers(source: Source, names: Sequence[str], categorical: frozenset[str]) -> None:
    if not isinstance(source, ParquetSource):
        return
    for name in names:
        if name in categorical and source.is_nested(name):
            raise TableError(f"column {name!r}", f"{source.type_of(name)} in {source.file.path} is no category")
        if name not in categorical and not source.sort(name):
            what = f"it holds {source.type_of(name)} in {source.file.path}, not numbers"
            raise TableError(f"column {name!r}", what, EXCLUDE)


def _refuse_equal_names(names: Sequence[str]) -> None:
    twice = next((name for i, name in enumerate(names) if name in names[:i]), None)
    if twice is not None:
        raise TableError(f"feature {shortened(twice)}", "it occurs twice", "Rename a column, or name it once.")


@public(name="table.read")
def read(path: Paths, target: str, features: Sequence[str] = ()) -> Table:
    r"""Return a table's target and features (by default all other columns) as float64 arrays.

    It is `rows` in memory as a whole, with missing values and constant features refused.
    Raises: TableError, with column and row, for a file that is missing, empty or not a table; a column that is missing,
    text or constant; and a missing value.

    >>> import pathlib, tempfile
    >>> file = pathlib.Path(tempfile.mkdtemp()) / "points.csv"
    >>> _ = file.write_text("x,y\n1,2\n2,4\n")
    >>> read(file, "y").features
    ('x',)
    """
    table = rows(path, target, features)
    X, y = table.read(dtype=np.float64)
    for name, column in zip(table.features, X.T, strict=True):
        if (column == column[0]).all():
            advice = "A constant adds nothing to the bias. Leave it out with --features."
            raise TableError(f"column {name!r}, rows 1 to {len(X)}", f"every value is {column[0]:g}", advice)
    return Table(X, y, table.features, target)
