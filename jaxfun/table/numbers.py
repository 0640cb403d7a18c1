"""The values of an Arrow array as floating point numbers, or the first value that cannot be one."""

import functools
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from .errors import MISSING, CellError

_SECONDS = {"s": 1, "ms": 10**3, "us": 10**6, "ns": 10**9}  # units in a second
_EXACT = 2**53  # float64 holds every whole number below, and one above may have been rounded to it


@functools.lru_cache(256)  # it is asked for each column of each batch
def sort_of(kind: Any) -> str:
    """Return how values of an Arrow type become numbers: a key of `_READ`, or "" where they do not."""
    from pyarrow import types

    # in this order: a decimal with no digits after the point is a whole number
    sorts: dict[str, Callable[[Any], bool]] = {
        "float": types.is_floating,
        "bool": types.is_boolean,
        "integer": types.is_integer,
        "decimal": types.is_decimal,
        "date": types.is_date,
        "time": lambda kind: types.is_timestamp(kind) or types.is_time(kind) or types.is_duration(kind),
        "missing": types.is_null,
    }
    return next((name for name, test in sorts.items() if test(kind)), "")


def numbers(array: Any) -> np.ndarray:
    """Return the values of an Arrow array: float32 for floats of at most 32 bits, otherwise float64; NaN for null.

    The type is one of `sort_of`. Dates and times are seconds since 1970 (UTC), times of day seconds since midnight.
    Raises: CellError for a whole number that float64 does not hold.
    """
    return _READ[sort_of(array.type)](array)


def _with_nulls(values: np.ndarray, array: Any) -> np.ndarray:
    if array.null_count:
        values[array.is_null().to_numpy(zero_copy_only=False)] = np.nan
    return values


def _floats(array: Any) -> np.ndarray:
    values = array.to_numpy(zero_copy_only=False)  # a null is NaN
    return values.astype(np.float32) if values.dtype == np.float16 else values


def _whole(array: Any) -> np.ndarray:
    whole = array.fill_null(0).to_numpy(zero_copy_only=False) if array.null_count else array.to_numpy()
    values = whole.astype(np.float64)
    _refuse_lost_digits(whole, values)
    return _with_nulls(values, array)


def _refuse_lost_digits(whole: np.ndarray, values: np.ndarray) -> None:
    if not len(values) or max(-values.min(), values.max()) < _EXACT:
        return
    end = float(2**64 if whole.dtype.kind == "u" else 2**63)  # a number rounded up to this has no integer to compare
    inside = values < end
    lost = np.where(inside, values, 0).astype(whole.dtype) != whole
    if lost.any():
        raise too_many_digits(int(np.argmax(lost)), int(whole[np.argmax(lost)]))


def too_many_digits(index: int, value: int) -> CellError:
    """Return the error for a whole number that float64 does not hold."""
    what = f"{value} has more digits than float64 holds: it would become {int(float(value))}"
    return CellError(index, what, "Leave the column out of the features, if it is an id.")


def _decimals(array: Any) -> np.ndarray:
    import pyarrow

    if array.type.scale <= 0:
        values = np.array([0.0 if value is None else float(value) for value in array.to_pylist()])
        for index, value in enumerate(array.to_pylist()):
            if value is not None and int(value) != int(values[index]):
                raise too_many_digits(index, int(value))
        return _with_nulls(values, array)
    # by way of text: the nearest float64, where Arrow's own conversion may be one off
    return _floats(array.cast(pyarrow.string()).cast(pyarrow.float64()))


def _seconds(array: Any) -> np.ndarray:
    import pyarrow

    kind = pyarrow.int32() if array.type.bit_width == 32 else pyarrow.int64()
    whole = array.view(kind).fill_null(0).to_numpy()
    unit = "ms" if sort_of(array.type) == "date" else array.type.unit
    if array.type == pyarrow.date32():
        seconds = whole * 86_400.0
    else:  # in two parts: nanoseconds since 1970 have more digits than float64 holds
        seconds = whole // _SECONDS[unit] + whole % _SECONDS[unit] / _SECONDS[unit]
    return _with_nulls(seconds.astype(np.float64), array)


_READ: Mapping[str, Callable[[Any], np.ndarray]] = {
    "float": _floats,
    "bool": lambda array: _with_nulls(array.fill_null(False).to_numpy(zero_copy_only=False).astype(np.float64), array),
    "integer": _whole,
    "decimal": _decimals,
    "date": _seconds,
    "time": _seconds,
    "missing": lambda array: np.full(len(array), np.nan),
}


def write_numbers(array: Any, out: np.ndarray, fill: float, keep_missing: bool) -> None:
    """Write the values of an Arrow array into `out`, with `fill` in place of missing ones.

    A missing value stays NaN with `keep_missing`; otherwise it is an error if `fill` is NaN.
    Raises: CellError for a value that cannot be used, also for one that `out`'s dtype cannot hold.
    """
    values = numbers(array)
    with np.errstate(over="ignore", under="ignore", invalid="ignore"):
        out[:] = values
        # the sum is the cheapest look at all of them, and einsum's the cheapest sum; it may be infinite by itself
        all_finite = np.isfinite(np.einsum("i->", out))
    if not all_finite:
        _settle(values, out, fill, keep_missing)
    elif values.dtype != out.dtype and not out.any() and values.any():
        index = int(np.argmax(values != 0))
        raise CellError(index, f"{values[index]:g} and all near it are 0 in {out.dtype}", "Use dtype=float64.")


def _settle(values: np.ndarray, out: np.ndarray, fill: float, keep_missing: bool) -> None:
    refuse_infinite(values)
    too_large = np.isinf(out)
    if too_large.any():
        index = int(np.argmax(too_large))
        raise CellError(index, f"{values[index]:g} is too large for {out.dtype}", "Use dtype=float64.")
    missing = np.isnan(values)
    if keep_missing or not missing.any():
        return
    if np.isnan(fill):
        raise CellError(int(np.argmax(missing)), "a value is missing", MISSING)
    out[missing] = fill


def refuse_infinite(values: np.ndarray) -> None:
    """Raise CellError for an infinite value."""
    infinite = np.isinf(values)
    if infinite.any():
        raise CellError(int(np.argmax(infinite)), "a value is infinite", "Correct it or leave the row out.")


def present(array: Any) -> np.ndarray:
    """Return for each value of an Arrow array whether it is neither null nor NaN."""
    import pyarrow.compute as pc

    return ~pc.is_null(array, nan_is_null=True).to_numpy(zero_copy_only=False)  # type: ignore[attr-defined]  # made at import
