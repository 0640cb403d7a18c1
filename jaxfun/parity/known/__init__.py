"""Where jaxfun is known to differ from torch, a file a chapter, keyed by the name of the record."""

from ...core.record import Op
from . import attention, bounds, linear_algebra, order, places, pointwise, reductions
from .difference import Difference

_CHAPTERS = (pointwise, bounds, reductions, order, linear_algebra, places, attention)


def differences_of(record: Op) -> tuple[Difference, ...]:
    """Return the known differences of an op.

    >>> import jaxfun as jf
    >>> [known.levels for known in differences_of(jf.maximum.op)]
    [('jvp',)]
    """
    return tuple(known for chapter in _CHAPTERS for known in chapter.DIFFERENCES.get(record.name, ()))


def differences_at(record: Op, level: str, device: str) -> list[Difference]:
    """Return the known differences of an op that concern a level on a device."""
    return [known for known in differences_of(record) if level in known.levels and device in known.devices]


def recorded() -> frozenset[str]:
    """Return the names of all records that have a known difference."""
    return frozenset(name for chapter in _CHAPTERS for name in chapter.DIFFERENCES)
