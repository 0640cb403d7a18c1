"""What a call gave, or what it raised."""

from collections.abc import Callable
from typing import Any


def outcome(function: Callable[[], Any]) -> tuple[Any, Exception | None]:
    """Return what a call gave and what it raised, one of them None."""
    try:
        return function(), None
    except Exception as error:  # whatever a function raises is its answer
        return None, error
