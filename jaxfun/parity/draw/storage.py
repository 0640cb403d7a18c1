"""Hypothesis's database folder: unchanged in pytest, a temporary folder anywhere else."""

import contextlib
import os
import sys
import tempfile
from collections.abc import Iterator

from hypothesis import configuration


@contextlib.contextmanager
def no_folder_left() -> Iterator[None]:
    """Prevent Hypothesis from creating a folder `.hypothesis` in a script that does not use Hypothesis itself."""
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
    return "PYTEST_CURRENT_TEST" in os.environ and "pytest" in sys.modules  # a subprocess of a test has only the first
