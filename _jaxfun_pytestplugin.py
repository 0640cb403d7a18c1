"""The pytest plugin of `jaxfun.parity`: options, a table of what was checked at the end of the run, and a page of it.

It stands beside the package and not inside: pytest imports its plugins at every start, in every project of an
environment, and whatever is imported from inside of the package runs `jaxfun/__init__.py` first, which imports JAX. For
the same reason nothing of jaxfun is imported here before it is used: a check logs its report, and the plugin listens.
It uses only what pytest 7.0 has: an import that fails here would end every run of the environment.
"""

from __future__ import annotations  # pytest.TerminalReporter, say, is younger than 7.0

import base64
import logging
import os.path
import pickle
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest

_LOGGER = logging.getLogger("jaxfun.parity")
_EVERYTHING = 1  # a level below all others


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add how much a check tries, where, and the page."""
    group = parser.getgroup("parity", "parity with PyTorch (jaxfun)")
    group.addoption(
        "--parity-profile",
        choices=("quick", "thorough"),
        default="quick",
        help="how many value sets a check tries that does not say it; thorough: thirty times as many",
    )
    group.addoption(
        "--parity-device",
        choices=("cpu", "cuda", "all"),
        default="cpu",
        help="where a check runs that does not say it; all: on every device that is there (default: cpu)",
    )
    group.addoption("--parity-html", metavar="FILE", help="write all that was checked as one HTML page")


def pytest_configure(config: pytest.Config) -> None:
    """Listen to the checks, and gather the reports of all tests, but where pytest-xdist does it for this process."""
    path = _page_path(config)
    if path is not None and os.path.isdir(path):  # unlike Path.is_dir, it is silent where nothing may be looked at
        raise pytest.UsageError(f"--parity-html: expected a file, got the directory {path}")
    manager = config.pluginmanager
    manager.register(_Listener(), "jaxfun-parity-listener")
    profile, device = (str(config.getoption(name)) for name in ("--parity-profile", "--parity-device"))
    if (profile, device) != ("quick", "cpu"):
        manager.register(_Options(profile, device), "jaxfun-parity-options")
    if not hasattr(config, "workerinput"):
        manager.register(_Gathered(path), "jaxfun-parity-gathered")


def _page_path(config: pytest.Config) -> Path | None:
    given = config.getoption("--parity-html")
    return None if given is None else config.invocation_params.dir / given


class _Listener:
    """Hears the reports that are logged; all others see of the log what they saw before."""

    def __init__(self) -> None:
        self.heard: list[Any] = []
        self.level = _LOGGER.level  # as the log's readers set it
        _LOGGER.addFilter(self._hear)
        _LOGGER.setLevel(_EVERYTHING)

    def _hear(self, record: logging.LogRecord) -> bool:
        self.heard += [vars(record)["parity_report"]] if "parity_report" in vars(record) else []
        chosen = self.level if _LOGGER.level == _EVERYTHING else _LOGGER.level  # the test may choose one as well
        return record.levelno >= (chosen or logging.getLogger("jaxfun").getEffectiveLevel())

    def pytest_runtest_logstart(self) -> None:
        """Hear everything in the next test too, if another set the level."""
        if _LOGGER.level != _EVERYTHING:
            self.level = _LOGGER.level
            _LOGGER.setLevel(_EVERYTHING)

    @pytest.hookimpl(hookwrapper=True)  # the form that all versions have
    def pytest_runtest_makereport(self, item: pytest.Item) -> Iterator[None]:
        """Send what was heard along with the test's own report, as text: that is what reaches another process."""
        made: Any = yield
        if any(getattr(report, "is_interrupted", False) for report in self.heard):
            item.session.shouldstop = "Ctrl-C during a check"  # the check ended with a report, and so does the run
        if self.heard and made.excinfo is None:
            made.get_result().parity = _packed(self.heard)
            self.heard.clear()

    def pytest_unconfigure(self) -> None:
        """Leave the log as it was found."""
        _LOGGER.removeFilter(self._hear)
        _LOGGER.setLevel(self.level)


class _Options:
    """What the command line asks for, in force during every test."""

    def __init__(self, profile: str, device: str) -> None:
        try:
            from jaxfun import parity
        except ImportError as error:
            raise pytest.UsageError(f"--parity-profile and --parity-device: {error}") from None
        self._defaults = lambda: parity.defaults(profile, device, absent=pytest.skip)

    @pytest.hookimpl(hookwrapper=True)
    def pytest_runtest_protocol(self) -> Iterator[None]:
        """Let checks take from the options what they do not say themselves."""
        with self._defaults():
            yield


def _packed(reports: Sequence[Any]) -> str:
    """Return reports as text; what of them no other process can know (a type of the user's) stays behind."""
    try:
        return _text([_without(report, "inputs") for report in reports])
    except Exception:  # whatever a type of the user's raises: the report is worth more than its arrays
        return _text([_without(report, "inputs", "candidate", "reference") for report in reports])


def _without(report: Any, *names: str) -> Any:
    def plain(failures: Sequence[Any]) -> list[Any]:
        return [replace(failure, **dict.fromkeys(names)) for failure in failures]

    return replace(report, failures=plain(report.failures), edges=plain(report.edges))


def _text(reports: Sequence[Any]) -> str:
    return base64.b64encode(pickle.dumps(reports)).decode("ascii")


def _unpacked(packed: str) -> list[Any]:
    return pickle.loads(base64.b64decode(packed))


class _Gathered:
    """What all tests of a run reported, of every process."""

    def __init__(self, path: Path | None) -> None:
        self.path = path
        self.packed: list[str] = []
        self.reports: list[Any] = []  # one for each pair of functions, once the run is over
        self.problems: list[str] = []

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Take in what came along with a test's report."""
        self.packed += [report.parity] if hasattr(report, "parity") else []

    def pytest_sessionfinish(self) -> None:
        """Put together what was reported, and write the page."""
        if self.packed:
            self._attempt("the table", self._merge)
        if self.path is not None:
            self._attempt(f"--parity-html {self.path}", partial(self._write, self.path))

    def _attempt(self, what: str, make: Callable[[], None]) -> None:
        """Make what only shows the tests' results: where it fails, that is told, and the results stay what they are."""
        try:
            make()
        except Exception as error:
            self.problems.append(f"{what} was not written: {type(error).__name__}: {error}")

    def _merge(self) -> None:
        from jaxfun.parity.report.table import merged

        self.reports = merged(report for packed in self.packed for report in _unpacked(packed))

    def _write(self, path: Path) -> None:
        from jaxfun.parity.report.page import page

        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(page(self.reports), encoding="utf-8")

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Print the table, and where the page is."""
        if not (self.reports or self.path or self.problems):
            return
        terminalreporter.section("parity")
        if self.reports:
            self._print_table(terminalreporter)
        for problem in self.problems:
            terminalreporter.line(problem, red=True)
        if self.path and not self.problems:
            terminalreporter.line(f"every report in full: {self.path}")

    def _print_table(self, terminal: pytest.TerminalReporter) -> None:
        from jaxfun.parity.report.table import table

        for line in table(self.reports, terminal._tw.fullwidth):
            for text, color in line:
                terminal.write(text, **({color: True} if color else {}))
            terminal.line("")
