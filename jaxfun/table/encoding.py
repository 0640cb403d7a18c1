"""How the columns of a table become the features of a model (`Encoding`): numbers as they are, categories one-hot."""

import itertools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from .errors import MISSING, CellError, shortened
from .numbers import write_numbers


@dataclass(frozen=True)
class Encoding:
    """How columns become features: found in the table that a model is fitted to, and used for others.

    A column of numbers is one feature. A categorical column has `levels`, its different values as text, in order. Each
    level but the first is a feature that is 1 where the column has this value, and 0 elsewhere. The first is left out,
    because all of them together are the bias: the least squares solution would not be unique. `fill` is what a missing
    value becomes in each feature, and NaN where it is an error.

    >>> Encoding(("area", "city"), ((), ("Oslo", "Paris")), (float("nan"),) * 2).features
    ('area', 'city=Paris')
    """

    columns: tuple[str, ...]
    levels: tuple[tuple[str, ...], ...]  # () for a column of numbers
    fill: tuple[float, ...]  # by feature

    @property
    def features(self) -> tuple[str, ...]:
        """The names of the features: those of the columns, and `column=level`."""
        return tuple(itertools.chain(*map(names_of, self.columns, self.levels)))

    def to_arrays(self) -> dict[str, np.ndarray]:
        """Return the encoding as NumPy arrays, to be saved with a model.

        >>> Encoding(("x",), ((),), (0.5,)).to_arrays()["columns"]
        array(['x'], dtype='<U1')
        """
        counts = [len(each) for each in self.levels]
        return {
            "columns": np.array(self.columns, np.str_),
            "levels": np.array(list(itertools.chain(*self.levels)), np.str_),
            "level_counts": np.array(counts, np.int64),
            "fill": np.array(self.fill, np.float64),
        }

    @staticmethod
    def from_arrays(arrays: Mapping[str, Any]) -> "Encoding":
        """Return the encoding that `to_arrays` gave as arrays.

        >>> encoding = Encoding(("city",), (("a", "b", "c"),), (0.5, 0.25))
        >>> Encoding.from_arrays(encoding.to_arrays()) == encoding
        True
        """
        levels = iter(str(each) for each in arrays["levels"])
        return Encoding(
            tuple(str(each) for each in arrays["columns"]),
            tuple(tuple(itertools.islice(levels, int(count))) for count in arrays["level_counts"]),
            tuple(float(each) for each in arrays["fill"]),
        )


def names_of(column: str, levels: tuple[str, ...]) -> tuple[str, ...]:
    """Return the names of the features of a column."""
    return tuple(f"{column}={level}" for level in levels[1:]) if levels else (column,)


def texts(array: Any) -> Any:
    """Return the values of a categorical column as text, as an Arrow array."""
    import pyarrow

    return array.cast(pyarrow.string())


def write_features(batch: Any, encoding: Encoding, out: np.ndarray, keep_missing: bool) -> None:
    """Write the columns of a record batch into the rows of `out`: the features, and the target where it has one more.

    Raises: CellError, with the column, for a value that cannot be used.
    """
    for index, (array, rows, fill, levels) in enumerate(_parts(batch, encoding, out)):
        try:
            if levels:
                _write_levels(array, levels, rows, fill, keep_missing)
            else:
                write_numbers(array, rows[0], fill[0], keep_missing)
        except CellError as error:
            error.column = batch.schema.names[index]
            raise


def _parts(batch: Any, encoding: Encoding, out: np.ndarray) -> Iterator[tuple[Any, np.ndarray, tuple[float, ...], Any]]:
    first = 0
    for array, levels in itertools.zip_longest(batch.columns, encoding.levels, fillvalue=()):
        last = first + max(len(levels) - 1, 1)
        yield array, out[first:last], (*encoding.fill, np.nan)[first:last], levels
        first = last


def _write_levels(
    array: Any, levels: tuple[str, ...], out: np.ndarray, fill: tuple[float, ...], keep_missing: bool
) -> None:
    import pyarrow
    import pyarrow.compute as pc

    values = texts(array)
    missing = values.is_null().to_numpy(zero_copy_only=False)
    codes = pc.index_in(values, pyarrow.array(levels)).fill_null(-1).to_numpy()  # type: ignore[attr-defined]  # made at import
    unseen = (codes < 0) & ~missing
    if unseen.any():
        index = int(np.argmax(unseen))
        known = ", ".join(map(shortened, levels[:5])) + (", ..." if len(levels) > 5 else "")
        raise CellError(index, f"{shortened(values[index].as_py())} is none of the {len(levels)} levels ({known})")
    for row, code in zip(out, range(1, len(levels)), strict=True):
        row[:] = codes == code
    if not missing.any():
        return
    if not keep_missing and np.isnan(fill).any():
        raise CellError(int(np.argmax(missing)), "a value is missing", MISSING)
    out[:, missing] = np.nan if keep_missing else np.array(fill)[:, None]
