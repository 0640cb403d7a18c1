"""The cases of a check of jaxfun's own functions: drawn from the op's record instead of given strategies."""

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

from ...core.dtypes import as_dtype
from ...core.record import Op
from ..report.words import first_of
from ..run.case import Case
from .cover import configurations, first_dtype
from .layout import Layout
from .records import case_of, filled
from .shapes import Configuration

_MOST_SAID = 6  # options of an argument to list in its line


@dataclass
class RecordedCases:
    """The cases of a check from a record, with the interface of `Cases`. Every case covers all strata."""

    record: Op
    arguments: Mapping[Configuration, Mapping[str, Any]]  # by name, with a layout for each tensor
    applied: set[str] = field(default_factory=set)
    constants: list[float] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    is_wide: ClassVar[bool] = True  # a record's indices are int64

    def drawn(self, configuration: Configuration, sets: int, seed: int) -> list[Case]:
        """Return the case of a configuration, with `sets` value sets."""
        return [case_of(self.record, *filled(self.arguments[configuration], seed, sets))]


def recorded(record: Op, dtypes: Sequence[str]) -> list[tuple[Configuration, Mapping[str, Any]]]:
    """Return the configurations of a record: all in the first of `dtypes` that it accepts, one in each of the others.

    If it accepts none of `dtypes`, return those of `first_dtype`.
    """
    taken = [dtype for name in dtypes if (dtype := as_dtype(name)) not in record.rejects] or [first_dtype(record)]
    found = []
    for place, dtype in enumerate(taken):
        some = itertools.islice(configurations(record, dtype), 1 if place else None)
        found += [(Configuration(dtype.name, f"{record.name} {at}"), item) for at, item in enumerate(some)]
    return found


def lines_of(record: Op, drawn: Sequence[Mapping[str, Any]]) -> list[str]:
    """Return a line for each argument of a record: the drawn shapes of a tensor, or the drawn values."""
    return [f"{name}: {_options([item[name] for item in drawn])}" for name in record.signature.parameters]


def _options(values: Sequence[Any]) -> str:
    return first_of([*dict.fromkeys(map(_said, values))], _MOST_SAID)


def _said(value: Any) -> str:
    if isinstance(value, Layout):
        return f"{value.dtype}{list(value.shape)}"
    if isinstance(value, tuple) and any(isinstance(item, Layout) for item in value):
        return f"({', '.join(map(_said, value))})"
    return repr(value)
