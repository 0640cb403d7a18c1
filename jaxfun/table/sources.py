"""Parquet and CSV files as sources of record batches, with the row count and the sort of each column."""

import contextlib
import csv
import dataclasses
import io
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .errors import EXCLUDE, CellError, TableError, shortened
from .files import File, is_parquet, opened_text, refuse_unreadable, unique
from .numbers import sort_of, too_many_digits

_VALUES_OF_A_BATCH = 2**22  # 16 to 32 MB
_MOST_ROWS_OF_A_BATCH = 2**17


@dataclass(frozen=True)
class Source:
    """A file of a table. `groups` are the row counts of its parts that can be read without those before."""

    file: File
    raw_names: tuple[str, ...]
    groups: tuple[int, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """The names of its columns, each once."""
        return unique(self.raw_names)

    def place(self, name: str) -> int:
        """Return the place of the column `name`."""
        return self.names.index(name)

    def batches(self, names: Sequence[str], group: int) -> Iterator[Any]:
        """Yield record batches of the columns `names`, from the beginning of a group to the end of the file."""
        raise NotImplementedError

    def sort(self, name: str) -> str:
        """Return how a column's values become numbers (`numbers.sort_of`)."""
        raise NotImplementedError


def opened(file: File) -> Source:
    """Return a file as a source. A CSV file's rows and sorts are unknown until `CsvSource.surveyed`."""
    return _parquet(file) if is_parquet(file) else _csv(file)


@contextlib.contextmanager
def reading(file: File) -> Iterator[None]:
    """Turn Arrow's errors into TableError, or MemoryError."""
    import pyarrow

    try:
        yield
    except (pyarrow.ArrowException, OSError, UnicodeError) as error:
        refuse_unreadable(file.path, error)


# Parquet.


@dataclass(frozen=True)
class ParquetSource(Source):
    """A Parquet file. Its footer has the row counts and the types."""

    metadata: Any
    schema: Any
    index_columns: frozenset[str]

    def sort(self, name: str) -> str:
        """Return how a column's values become numbers."""
        return sort_of(self.schema.types[self.place(name)])

    def type_of(self, name: str) -> str:
        """Return the Arrow type of a column as text."""
        return str(self.schema.types[self.place(name)])

    def is_nested(self, name: str) -> bool:
        """Return whether a column holds lists or structures."""
        from pyarrow import types

        return types.is_nested(self.schema.types[self.place(name)])

    def batches(self, names: Sequence[str], group: int) -> Iterator[Any]:
        """Yield record batches of some columns, from the beginning of a row group to the end of the file."""
        import pyarrow
        from pyarrow import parquet

        raw = [self.raw_names[self.place(name)] for name in names]
        repeat = [self.raw_names[: self.place(name)].count(each) for name, each in zip(names, raw, strict=True)]
        rows = min(max(_VALUES_OF_A_BATCH // len(names), 1024), _MOST_ROWS_OF_A_BATCH)
        # without pre_buffer, whose buffers stay until the file is closed: the memory would grow with the file
        options: Mapping[str, Any] = {"metadata": self.metadata, "buffer_size": 2**18, "pre_buffer": False}
        with reading(self.file):  # noqa: SIM117  # an error in opening is Arrow's too
            with parquet.ParquetFile(self.file.at, **options) as file:
                groups = range(group, len(self.groups))
                for batch in file.iter_batches(rows, groups, raw, use_threads=False):
                    places = batch.schema.get_all_field_indices  # a name can occur twice, or begin another one
                    columns = [batch.column(places(name)[k]) for name, k in zip(raw, repeat, strict=True)]
                    yield pyarrow.RecordBatch.from_arrays(columns, names=list(names))


def _parquet(file: File) -> ParquetSource:
    from pyarrow import parquet

    with reading(file), parquet.ParquetFile(file.at, pre_buffer=False) as opened:
        metadata, schema = opened.metadata, opened.schema_arrow
    groups = tuple(metadata.row_group(i).num_rows for i in range(metadata.num_row_groups))
    return ParquetSource(file, tuple(schema.names), groups, metadata, schema, _index_columns(schema))


def _index_columns(schema: Any) -> frozenset[str]:
    """Return the columns that pandas wrote as the index of a frame."""
    notes = (schema.metadata or {}).get(b"pandas", b"{}")
    try:
        index = json.loads(notes).get("index_columns", [])
    except (ValueError, AttributeError):
        return frozenset()
    return frozenset(each for each in index if isinstance(each, str))


# CSV.

# what is tried for a column, in this order, if its first value is no number
_SORTS = ("float", "bool", "time", "time with zone")
_ENCODINGS = ("utf-8", "cp1252", "latin-1")  # the last one has a meaning for every byte
_SEPARATORS = (",", ";", "\t", "|", " ")
_SAMPLE_BYTES = 2**18
_BLOCK_BYTES = 2**22
_WORDS_FOR_MISSING = ("", "?", "<NA>", "NA", "N/A", "n/a", "NULL", "null", "NaN", "nan", "-nan", "-NaN", "#N/A", "#NA")


@dataclass(frozen=True)
class CsvSource(Source):
    """A CSV file: how it is written, and what its columns hold, found in one pass by `survey`."""

    separator: str
    encoding: str
    decimal_point: str
    skipped: int  # lines, with those of the header
    sorts: Mapping[str, str]  # of the columns that have been surveyed

    def sort(self, name: str) -> str:
        """Return how a column's values become numbers."""
        return self.sorts[name].removesuffix(" with zone")

    def batches(self, names: Sequence[str], group: int = 0) -> Iterator[Any]:
        """Yield record batches of some columns, from the beginning of the file."""
        with reading(self.file):
            yield from self.read(names)

    def read(self, names: Sequence[str]) -> Iterator[Any]:
        """Yield the same as `batches`, with Arrow's own errors."""
        import pyarrow

        for batch in self.reader({name: self.sorts[name] for name in names}, threads=True):
            columns = [batch.column(str(self.place(name))) for name in names]
            yield pyarrow.RecordBatch.from_arrays(columns, names=list(names))

    def reader(self, sorts: Mapping[str, str], *, threads: bool, ragged: Any = None) -> Any:
        """Return Arrow's reader of columns, by name and sort. The batches have a column's place as its name."""
        import pyarrow
        from pyarrow import csv

        types = {
            "float": pyarrow.float64(),
            "bool": pyarrow.bool_(),
            "time": pyarrow.timestamp("us"),
            "time with zone": pyarrow.timestamp("us", "UTC"),
            "text": pyarrow.string(),
        }
        columns = {str(self.place(name)): types[sort] for name, sort in sorts.items()}
        return csv.open_csv(
            opened_text(self.file),
            csv.ReadOptions(
                use_threads=threads,
                block_size=_BLOCK_BYTES,
                skip_rows=self.skipped,
                column_names=[str(place) for place in range(len(self.raw_names))],
                encoding=self.encoding,
            ),
            csv.ParseOptions(delimiter=self.separator, newlines_in_values=True, invalid_row_handler=ragged),
            csv.ConvertOptions(
                include_columns=list(columns),
                column_types=columns,
                strings_can_be_null=True,
                # Arrow strips spaces off numbers, but not off these words
                null_values=[space + word for word in _WORDS_FOR_MISSING for space in ("", " ")],
                decimal_point=self.decimal_point,
            ),
        )


def _csv(file: File) -> CsvSource:
    with reading(file), opened_text(file) as stream:
        sample = stream.read(_SAMPLE_BYTES)
    text, encoding = _decoded(sample, file)
    lines = text.split("\n")
    skipped = next((i for i, line in enumerate(lines) if line.strip()), len(lines))
    named = re.fullmatch(r'"?sep=(.)"?\s*', "".join(lines[skipped : skipped + 1]))  # Excel writes it, and reads it
    skipped += named is not None
    body = "\n".join(lines[skipped:])
    separator = named[1] if named else max(_SEPARATORS, key=lambda each: _fits(body, each))
    records = [*_records(body, separator, 2)]
    if not records:
        raise TableError(file.path, "the file is empty")
    if len(records) == 1:
        raise TableError(file.path, "it has a header but no rows")
    names = tuple(name.strip() for name in records[0])
    if all(map(is_number, names)) and not (all(map(str.isdecimal, names)) and len(set(names)) == len(names)):
        what = "its first line, which should name the columns, has only numbers"
        raise TableError(file.path, what, "Write a line of names above it.")
    skipped += _lines(body, separator)
    return CsvSource(file, names, (), separator, encoding, _decimal_point(body, separator), skipped, {})


def _decoded(sample: bytes, file: File) -> tuple[str, str]:
    if sample.startswith((b"\xff\xfe", b"\xfe\xff")):
        return sample.decode("utf-16", "replace"), "utf-16"
    if b"\0" in sample:
        raise TableError(file.path, "it is neither text nor Parquet: it has zero bytes", "Write it as CSV or Parquet.")
    is_cut = len(sample) == _SAMPLE_BYTES
    whole = sample[: sample.rfind(b"\n") + 1] if is_cut else sample  # not a part of a letter
    for encoding in _ENCODINGS:
        with contextlib.suppress(UnicodeDecodeError):
            return whole.decode(encoding).removeprefix("\ufeff"), encoding
    raise AssertionError("latin-1 decodes every byte")


def _records(text: str, separator: str, count: int) -> Iterator[list[str]]:
    read = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    with contextlib.suppress(csv.Error):
        for _, record in zip(range(count), (each for each in read if each), strict=False):
            yield record


def _lines(text: str, separator: str) -> int:
    """Return the number of lines of the first record: a quoted name may have line breaks."""
    read = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    next(each for each in read if each)
    return read.line_num


def _fits(text: str, separator: str) -> tuple[int, float, int]:
    """Return how well a separator fits a text: whether at all, the part of lines with as many fields, how many."""
    records = [*_records(text, separator, 50)]
    count = len(records[0]) if records else 0
    alike = sum(len(record) == count for record in records) / max(len(records), 1)
    # spaces are often beside another separator, or in names
    rank = (2 if separator != " " else alike == 1) if count > 1 else 0
    return int(rank), alike, count


def _decimal_point(text: str, separator: str) -> str:
    if separator == ",":
        return "."
    cells = [cell.strip() for record in [*_records(text, separator, 50)][1:] for cell in record]
    commas = any(re.fullmatch(r"[+-]?\d*,\d+(e[+-]?\d+)?", cell, re.IGNORECASE) for cell in cells)
    points = any(re.fullmatch(r"[+-]?\d*\.\d+(e[+-]?\d+)?", cell, re.IGNORECASE) for cell in cells)
    return "," if commas and not points else "."


def with_sorts(source: CsvSource, names: Iterable[str], categorical: Iterable[str]) -> CsvSource:
    """Return the source with a first guess of the sort of each column: numbers, or text if it is categorical."""
    texts = set(categorical)
    return dataclasses.replace(source, sorts={name: "text" if name in texts else "float" for name in names})


def mended(source: CsvSource, error: Exception) -> CsvSource:  # noqa: RET503  # it ends in a call that raises
    """Return the source with the encoding or the sort of a column changed, so that it may be readable.

    It looks for the first value that Arrow could not convert, row by row.
    Raises: CellError where it is not a value of its column's sort; TableError where it is something else.
    """
    import pyarrow

    if isinstance(error, (MemoryError, OSError)):
        refuse_unreadable(source.file.path, error)
    if "utf8" in str(error).lower() or isinstance(error, UnicodeError):
        return _with_the_next_encoding(source, error)
    ragged: list[Any] = []

    def keep(row: Any) -> str:
        ragged.append(row)
        return "error"

    first: dict[str, str] = {}  # the first value of each column
    start = 0
    try:
        for batch in source.reader(dict.fromkeys(source.sorts, "text"), threads=False, ragged=keep):
            for name, sort in source.sorts.items():
                values = batch.column(str(source.place(name)))
                if name not in first and values.null_count < len(values):
                    first[name] = values.drop_null()[0].as_py()
                index = _first_unlike(values, sort, source.decimal_point)
                if index is not None:
                    value = values[index].as_py()
                    return _with_another_sort(source, name, first[name], CellError(start + index, value, column=name))
            start += batch.num_rows
    except (pyarrow.ArrowException, UnicodeError) as again:
        if ragged:
            raise _ragged(source, ragged[0]) from None
        refuse_unreadable(source.file.path, again)
    refuse_unreadable(source.file.path, error)


def _with_the_next_encoding(source: CsvSource, error: Exception) -> CsvSource:
    later = _ENCODINGS[_ENCODINGS.index(source.encoding) + 1 :] if source.encoding in _ENCODINGS else ()
    if not later:
        refuse_unreadable(source.file.path, error)
    return dataclasses.replace(source, encoding=later[0])


def _ragged(source: CsvSource, row: Any) -> TableError:
    number = "" if row.number is None else f"line {row.number}: "
    fields = f"{number}expected {row.expected_columns} fields, got {row.actual_columns}"
    return TableError(
        source.file.path, f"it cannot be read as a table ({fields})", f"The line is {shortened(row.text)}."
    )


def _first_unlike(texts: Any, sort: str, decimal_point: str) -> int | None:
    """Return the index of the first text that is not a value of a sort."""
    if sort == "text" or _converts(texts, sort, decimal_point):
        return None
    low, high = 0, len(texts)  # the first one is among texts[low:high]
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if _converts(texts[low:middle], sort, decimal_point) else (low, middle)
    return low


def _converts(texts: Any, sort: str, decimal_point: str) -> bool:
    """Return whether all of these texts are values of a sort to Arrow's CSV reader."""
    import pyarrow
    import pyarrow.compute as pc

    texts = texts.drop_null()
    if sort == "bool":
        return {text.strip() for text in texts.to_pylist()} <= _BOOLS
    if decimal_point == ",":
        texts = pc.replace_substring(texts, ",", ".")  # type: ignore[attr-defined]  # made at import
    types = {
        "float": pyarrow.float64(),
        "time": pyarrow.timestamp("us"),
        "time with zone": pyarrow.timestamp("us", "UTC"),
    }
    try:
        pc.utf8_trim_whitespace(texts).cast(types[sort])  # type: ignore[attr-defined]  # made at import
    except pyarrow.ArrowInvalid:
        return False
    return True


_BOOLS = {"0", "1", "false", "False", "FALSE", "true", "True", "TRUE"}


def _with_another_sort(source: CsvSource, name: str, first: str, unlike: CellError) -> CsvSource:
    import pyarrow

    # the first value decides: all others must be like it
    fitting = next((sort for sort in _SORTS if _converts(pyarrow.array([first]), sort, source.decimal_point)), "float")
    if source.sorts[name] == "float" and fitting != "float":
        return dataclasses.replace(source, sorts={**source.sorts, name: fitting})
    wanted = "a number" if fitting == "float" else f"like the first value, {shortened(first)}"
    unlike.what, unlike.advice = f"{shortened(unlike.what)} is not {wanted}", EXCLUDE
    raise unlike


def refuse_lost_digits(source: CsvSource, names: Sequence[str]) -> None:
    """Raise CellError for a whole number in columns of a CSV file that float64 does not hold."""
    start = 0
    for batch in source.reader(dict.fromkeys(names, "text"), threads=False):
        for name in names:
            for index, text in enumerate(batch.column(str(source.place(name))).to_pylist()):
                whole = re.fullmatch(r"\s*([+-]?\d{16,300})\s*", text or "")
                if whole and int(whole[1]) != int(float(whole[1])):
                    error = too_many_digits(start + index, int(whole[1]))
                    error.column = name
                    raise error
        start += batch.num_rows


def is_number(text: str) -> bool:
    """Return whether a text is a number to Python.

    >>> is_number("1e3"), is_number("x")
    (True, False)
    """
    try:
        float(text)
    except ValueError:
        return False
    return True
