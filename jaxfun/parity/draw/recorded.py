"""The cases of a check of jaxfun's own function without inputs: those that its record describes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

from ..._record import Op
from ...dtypes import as_dtype
from ..run.case import Case
from .cover import configurations, first_dtype
from .layout import Layout
from .records import case_of, filled
from .shapes import Configuration

_MOST_SAID = 6  # options of an argument, in a line


@dataclass(frozen=True)
class Recorded(Configuration):
    """A configuration of a record's arguments, with a layout for each tensor."""

    arguments: Mapping[str, Any] = field(default_factory=dict, compare=False)
    is_wide: ClassVar[bool] = True  # a record's indices have 64 bits


@dataclass
class RecordedCases:
    """The cases of a check that are drawn by a record; there are no notes, and all strata are met in each."""

    record: Op
    applied: set[str] = field(default_factory=set)
    constants: list[float] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def drawn(self, configuration: Recorded, sets: int, seed: int) -> list[Case]:
        """Return the case of a configuration, of `sets` value sets."""
        return [case_of(self.record, *filled(configuration.arguments, seed, sets))]


def recorded(record: Op, dtypes: Sequence[str]) -> list[Recorded]:
    """Return the configurations of a record: all in the first of the dtypes that it takes, the plainest in the others.

    Where it takes none of them, in the dtype in which it is tried the most.
    """
    taken = [dtype for name in dtypes if (dtype := as_dtype(name)) not in record.rejects] or [first_dtype(record)]
    found = []
    for place, dtype in enumerate(taken):
        for number, arguments in enumerate(configurations(record, dtype)):
            if number and place:
                break
            found.append(Recorded(dtype.name, f"{record.name} {number}", arguments=arguments))
    return found


def lines_of(record: Op, drawn: Sequence[Recorded]) -> list[str]:
    """Return a line for each argument of a record: the shapes that are drawn, or the values."""
    return [
        f"{name}: {_listed([_said(item.arguments[name]) for item in drawn])}" for name in record.signature.parameters
    ]


def _said(value: Any) -> str:
    if isinstance(value, Layout):
        return f"{value.dtype}{list(value.shape)}"
    if isinstance(value, tuple) and any(isinstance(item, Layout) for item in value):
        return f"({', '.join(map(_said, value))})"
    return repr(value)


def _listed(options: Sequence[str]) -> str:
    said = [*dict.fromkeys(options)]
    more = f", and {len(said) - _MOST_SAID} more" if len(said) > _MOST_SAID else ""
    return ", ".join(said[:_MOST_SAID]) + more
