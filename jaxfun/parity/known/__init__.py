"""Where jaxfun is known to differ from torch, a file a chapter, keyed by the name of the record."""

from ...core.record import Op
from . import (
    activations,
    attention,
    bounds,
    layers,
    linear_algebra,
    losses,
    order,
    places,
    pointwise,
    reductions,
    transforms,
)
from .difference import KnownDifference

_CHAPTERS = (
    pointwise,
    bounds,
    reductions,
    order,
    linear_algebra,
    places,
    activations,
    losses,
    layers,
    attention,
    transforms,
)


def known_differences(record: Op) -> tuple[KnownDifference, ...]:
    """Return the known differences of an op.

    >>> import jaxfun as jf
    >>> [known.levels for known in known_differences(jf.maximum.op)]
    [('jvp',)]
    """
    return tuple(known for chapter in _CHAPTERS for known in chapter.KNOWN_DIFFERENCES.get(record.name, ()))


def known_differences_at(record: Op, level: str, device: str) -> list[KnownDifference]:
    """Return the known differences of an op that concern a level on a device."""
    return [known for known in known_differences(record) if level in known.levels and device in known.devices]


def recorded() -> frozenset[str]:
    """Return the names of all records that have a known difference."""
    return frozenset(name for chapter in _CHAPTERS for name in chapter.KNOWN_DIFFERENCES)
