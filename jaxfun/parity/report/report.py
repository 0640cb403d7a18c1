"""The report of a check, with every way to show it."""

import contextlib
import logging
from collections.abc import Iterator
from pathlib import Path

from . import json_text, page, terminal, words
from .model import FailureData, ReportData

LOGGER = logging.getLogger("jaxfun.parity")


class Failure(FailureData):
    """One disagreement: where, on which inputs, and both answers. `message` says it in words."""

    @property
    def facts(self) -> dict[str, str]:
        """What there is to know of the failure, by name."""
        return words.facts(self)

    @property
    def message(self) -> str:
        """The failure in words."""
        return words.message(self)

    def __str__(self) -> str:
        return self.message


class Report(ReportData):
    """What a check found, and the ways to show it: `print(report)`, `to_html(path)`, `to_json(path)`."""

    def log(self) -> None:
        """Log the verdict, the report beside it: whoever runs the check (pytest's plugin, say) may gather them."""
        LOGGER.info("%s", self.headline, extra={"parity_report": self})

    @contextlib.contextmanager
    def until_interrupted(self) -> Iterator[None]:
        """Go on to the end of the block, or until Ctrl-C, which the report then says."""
        try:
            yield
        except KeyboardInterrupt:
            self.is_interrupted = True

    def __str__(self) -> str:
        return "\n".join(terminal.lines(self))

    def to_json(self, path: str | Path) -> None:
        """Write the report as JSON that any reader takes: what is not finite stands there as text."""
        Path(path).write_text(json_text.text(self), encoding="utf-8")

    def to_html(self, path: str | Path) -> None:
        """Write the report as one HTML file that needs nothing else."""
        Path(path).write_text(page.page([self]), encoding="utf-8")
