"""Look up the known differences of a public jaxfun function, which may have several records."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from ...core.record import REGISTRY, Op
from . import known_differences_at
from .difference import Held


def records_of(function: Callable[..., Any]) -> tuple[Op, ...]:
    """Return the records of a public jaxfun function; none for any other function.

    >>> import jaxfun as jf
    >>> records_of(jf.maximum), records_of(abs)
    ((Op(maximum),), ())
    """
    if not str(getattr(function, "__module__", "")).startswith("jaxfun."):
        return ()
    name = getattr(function, "__name__", "")
    return tuple(record for record in REGISTRY.values() if name in names_of(record))


def names_of(record: Op) -> set[str]:
    """Return the public names of a record's function in jaxfun, aliases included."""
    return {name.rpartition(".")[2] for name in (record.public, *record.aliases)}


def held(records: Sequence[Op], level: str, args: Sequence[Any], kwargs: Mapping[str, Any], device: str) -> Held | None:
    """Return the known difference that applies to a call at a level, of whichever record; None where none does."""
    for record in records:
        arguments = _bound(record, args, kwargs)
        if arguments is None:
            continue
        for known in known_differences_at(record, level, device):
            if _is_inside(known.region, arguments):
                return Held(known, arguments)
    return None


def _bound(record: Op, args: Sequence[Any], kwargs: Mapping[str, Any]) -> dict[str, Any] | None:
    """Bind a call's arguments to the record's signature; None where they do not fit it."""
    try:
        bound = record.signature.bind(*args, **kwargs)
    except TypeError:
        return None
    bound.apply_defaults()
    return dict(bound.arguments)


def _is_inside(region: Callable[[Mapping[str, Any]], bool], arguments: Mapping[str, Any]) -> bool:
    with np.errstate(all="ignore"):
        try:
            return region(arguments)
        except (TypeError, ValueError, AttributeError, IndexError, KeyError):  # arguments that are another record's
            return False
