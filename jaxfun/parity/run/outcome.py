"""What a call gave, or what it raised."""

from collections.abc import Callable
from typing import Any


def outcome(function: Callable[[], Any]) -> tuple[Any, Exception | None]:
    """Return what a call gave and what it raised, one of them None."""
    try:
        return function(), None
    except (Exception, SystemExit) as error:  # whatever a function raises is its answer, `sys.exit` as well
        return None, error  # type: ignore[return-value]  # all that is asked of it is its class and its text
