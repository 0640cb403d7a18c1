"""Call a function and return its result or its exception."""

from collections.abc import Callable
from typing import Any


def outcome(function: Callable[[], Any]) -> tuple[Any, Exception | None]:
    """Return a call's result and the exception it raised; one of them is None."""
    try:
        return function(), None
    except (Exception, SystemExit) as error:  # any exception is an outcome, `sys.exit` included
        return None, error  # type: ignore[return-value]  # callers read only its class and text
