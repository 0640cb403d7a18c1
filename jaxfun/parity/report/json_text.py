"""The report as JSON: every field, as standard numbers, strings, lists and objects. Begin at `text`."""

import dataclasses
import json
import math
from typing import Any

import numpy as np

from .model import FailureData, Level, ReportData, Tap

# computed properties to write beside the fields, because a reader of the file cannot compute them
_ALSO = {
    ReportData: ("ok", "headline", "first_divergence"),
    Level: ("status",),
    FailureData: ("message",),
    Tap: ("ok",),
}


def text(report: ReportData) -> str:
    """Return the report as JSON text; NaN, infinity and all numbers of an array are strings.

    >>> json.loads(text(ReportData("f", "g", seconds=float("inf"))))["seconds"]
    'inf'
    """
    return dumps(as_plain(report))


def dumps(plain: Any) -> str:
    """Return JSON types as the text of a file. A NaN that is left raises instead of giving invalid JSON."""
    return json.dumps(plain, indent=2, allow_nan=False) + "\n"


def as_plain(value: Any) -> Any:
    """Convert a value to JSON types; a value of any other type becomes its `repr`."""
    for known, plain in _PLAIN.items():
        if isinstance(value, known):
            return plain(value)
    return _record(value) if dataclasses.is_dataclass(value) else repr(value)


def _record(value: Any) -> dict[str, Any]:
    names = (
        *(field.name for field in dataclasses.fields(value)),
        *next((names for kind, names in _ALSO.items() if isinstance(value, kind)), ()),
    )
    return {name: as_plain(getattr(value, name)) for name in names}


def _array(array: Any) -> dict[str, Any]:
    return {"dtype": str(array.dtype), "shape": list(array.shape), "values": [str(item) for item in np.ravel(array)]}


def _sequence(items: Any) -> Any:
    if hasattr(items, "_asdict"):
        return as_plain(items._asdict())
    return [as_plain(item) for item in items]


# the order matters: np.float64 is a subclass of float, and bool of int
_PLAIN = {
    (type(None), str, bool): lambda value: value,
    (np.ndarray, np.generic): _array,
    (int,): int,
    (float,): lambda number: number if math.isfinite(number) else str(number),
    (dict,): lambda items: {str(key): as_plain(item) for key, item in items.items()},
    (list, tuple): _sequence,
}
