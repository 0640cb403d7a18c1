"""The public classes `Report` and `Failure`: the data of model.py, with methods to print, log and save it."""

import contextlib
import logging
from collections.abc import Iterator
from pathlib import Path

from . import json_text, page, terminal, words
from .model import FailureData, ReportData

LOGGER = logging.getLogger("jaxfun.parity")


class Failure(FailureData):
    """One disagreement: its level, the smallest inputs, both results. `message` describes it in words."""

    @property
    def facts(self) -> dict[str, str]:
        """The facts of the failure, by name: inputs, both results, the error."""
        return words.facts(self)

    @property
    def message(self) -> str:
        """A description of the failure in words."""
        return words.message(self)

    def __str__(self) -> str:
        return self.message


class Report(ReportData):
    """The result of a check. Show it with `print(report)`, `to_html(path)` or `to_json(path)`."""

    def log(self) -> None:
        """Log the headline with the report attached, so that a listener such as the pytest plugin can collect it."""
        LOGGER.info("%s", self.headline, extra={"parity_report": self})

    @contextlib.contextmanager
    def until_interrupted(self) -> Iterator[None]:
        """End the block at Ctrl-C without an exception, and mark the report as interrupted."""
        try:
            yield
        except KeyboardInterrupt:
            self.is_interrupted = True

    def __str__(self) -> str:
        return "\n".join(terminal.lines(self))

    def to_json(self, path: str | Path) -> None:
        """Write the report as standard JSON: NaN and infinity become strings."""
        Path(path).write_text(json_text.text(self), encoding="utf-8")

    def to_html(self, path: str | Path) -> None:
        """Write the report as a single HTML file without external resources."""
        Path(path).write_text(page.page([self]), encoding="utf-8")
