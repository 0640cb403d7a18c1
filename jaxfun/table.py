"""Read tables from CSV and Parquet files, and validate them column by column before any computation."""

import difflib
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from .core.errors import ArgumentValueError


class TableError(ArgumentValueError):
    """A table that cannot be used: where, and what is wrong."""

    def __str__(self) -> str:
        return f"{self.expected}: {self.got}." + (f" {self.advice}" if self.advice else "")


class Table(NamedTuple):
    """The data for a fit: features X (rows, columns), target y (rows, 1), and the column names."""

    X: np.ndarray
    y: np.ndarray
    features: tuple[str, ...]
    target: str


def read(path: str | Path, target: str, features: Sequence[str] = ()) -> Table:
    r"""Return a table's target and features (by default all other columns) as float64.

    Raises: TableError, with column and row, for a file that is missing, empty or not a table; a column that is missing,
    text or constant; and a missing value.

    >>> import pathlib, tempfile
    >>> file = pathlib.Path(tempfile.mkdtemp()) / "points.csv"
    >>> _ = file.write_text("x,y\n1,2\n2,4\n")
    >>> read(file, "y").features
    ('x',)
    """
    columns = _columns(Path(path))
    names = tuple(features) or tuple(name for name in columns if name != target)
    for name in (target, *names):
        _require_column(name, columns, path)
    if target in names:
        raise TableError(f"column {target!r}", "it is the target, so it cannot be a feature")
    if not names:
        raise TableError(f"{path}", f"it has no column besides the target {target!r}")
    arrays = {name: _numbers(name, columns[name]) for name in (*names, target)}
    for name in names:
        _refuse_constant(name, arrays[name])
    return Table(np.stack([arrays[name] for name in names], 1), arrays[target][:, None], names, target)


def _columns(path: Path) -> dict[str, Any]:
    import pyarrow  # an extra: only needed for reading tables
    from pyarrow import csv, parquet

    if not path.is_file():
        raise TableError(f"{path}", "there is no such file")
    if path.stat().st_size == 0:
        raise TableError(f"{path}", "the file is empty")
    options = csv.ConvertOptions(strings_can_be_null=True)
    try:
        is_parquet = path.suffix.lower() in (".parquet", ".pq")
        found = parquet.read_table(path) if is_parquet else csv.read_csv(path, convert_options=options)
    except pyarrow.ArrowException as error:
        raise TableError(f"{path}", f"it cannot be read as a table ({str(error).splitlines()[0]})") from None
    if found.num_rows == 0:
        raise TableError(f"{path}", "it has a header but no rows")
    return {name: found.column(name).combine_chunks() for name in found.column_names}


def _require_column(name: str, columns: dict[str, Any], path: Any) -> None:
    if name not in columns:
        near = difflib.get_close_matches(name, columns, 1)
        advice = f"Did you mean {near[0]!r}?" if near else f"The columns are {', '.join(columns)}."
        raise TableError(f"column {name!r}", f"there is no such column in {path}", advice)


def _numbers(name: str, column: Any) -> np.ndarray:
    import pyarrow

    kind = column.type
    if not (pyarrow.types.is_integer(kind) or pyarrow.types.is_floating(kind) or pyarrow.types.is_boolean(kind)):
        raise _text_error(name, column)
    numbers = column.cast(pyarrow.float64()).to_numpy(zero_copy_only=False)
    missing = ~np.isfinite(numbers)
    if missing.any():
        what = "a value is missing" if column.null_count or np.isnan(numbers).any() else "a value is infinite"
        raise TableError(f"column {name!r}, row {int(np.argmax(missing)) + 1}", what, "Fill it in or drop the row.")
    return numbers


def _text_error(name: str, column: Any) -> TableError:
    values = column.to_pylist()
    row = next((i for i, value in enumerate(values) if not _is_number(value)), 0)
    what = "a value is missing" if values[row] is None else f"{values[row]!r} is not a number"
    return TableError(f"column {name!r}, row {row + 1}", what, "Leave the column out with --features, or encode it.")


def _is_number(value: Any) -> bool:
    try:
        float(value)
    except (TypeError, ValueError):
        return False
    return True


def _refuse_constant(name: str, numbers: np.ndarray) -> None:
    if (numbers == numbers[0]).all():
        advice = "A constant adds nothing to the bias. Leave it out with --features."
        raise TableError(f"column {name!r}, rows 1 to {len(numbers)}", f"every value is {numbers[0]:g}", advice)
