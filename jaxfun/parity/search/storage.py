"""Where Hypothesis keeps what it has drawn: in pytest where it always does, else nowhere."""

import contextlib
import os
import sys
import tempfile
from collections.abc import Iterator

from hypothesis import configuration, settings
from hypothesis.database import ExampleDatabase


def database(seed: int | None) -> ExampleDatabase | None:
    """Return Hypothesis's database for a test without a seed; a script, or a run that is to be the same, has none."""
    return settings().database if seed is None and _is_in_pytest() else None


@contextlib.contextmanager
def no_folder_left() -> Iterator[None]:
    """Keep Hypothesis from making its folder `.hypothesis` in a script that does not use Hypothesis itself."""
    if _is_in_pytest() or getattr(configuration, "__hypothesis_home_directory", None):
        yield
        return
    with tempfile.TemporaryDirectory() as folder:
        configuration.set_hypothesis_home_dir(folder)
        try:
            yield
        finally:
            configuration.set_hypothesis_home_dir(None)


def _is_in_pytest() -> bool:
    return "PYTEST_CURRENT_TEST" in os.environ and "pytest" in sys.modules  # a test's subprocess has but the first
