"""The pytest plugin of `jaxfun.parity`: command line options, a table of all checks after the run, and an HTML page.

Begin at `pytest_configure`. A check logs its report; `_Listener` collects the reports of a test and attaches them to
the test's own report; `_Gathered` merges those of all tests and processes.

Two rules, because pytest imports this file at every start, in every project of the environment:

- It is not part of the package `jaxfun`, whose import loads JAX, and imports jaxfun only where it is needed.
- It uses only the API of pytest 7.0, because a failing import would end every pytest run of the environment.
"""

from __future__ import annotations  # some annotations, such as pytest.TerminalReporter, are newer than pytest 7.0

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
_EVERYTHING = 1  # a log level below all others


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options --parity-profile, --parity-device and --parity-html."""
    group = parser.getgroup("parity", "parity with PyTorch (jaxfun)")
    group.addoption(
        "--parity-profile",
        choices=("quick", "thorough"),
        default="quick",
        help="number of value sets for checks without `examples`; thorough: thirty times as many (default: quick)",
    )
    group.addoption(
        "--parity-device",
        choices=("cpu", "cuda", "all"),
        default="cpu",
        help="device for checks without `devices`; all: every available device (default: cpu)",
    )
    group.addoption("--parity-html", metavar="FILE", help="write all reports to one HTML page")


def pytest_configure(config: pytest.Config) -> None:
    """Register the listener, the options, and the collector (except in a worker of pytest-xdist)."""
    path = _page_path(config)
    if path is not None and os.path.isdir(path):  # unlike Path.is_dir, it does not raise for lack of permission
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
    """Collects the reports that checks log, and hides the additional log records from all other log handlers."""

    def __init__(self) -> None:
        self.heard: list[Any] = []
        self.level = _LOGGER.level  # the level that the user set
        _LOGGER.addFilter(self._hear)
        _LOGGER.setLevel(_EVERYTHING)

    def _hear(self, record: logging.LogRecord) -> bool:
        self.heard += [vars(record)["parity_report"]] if "parity_report" in vars(record) else []
        chosen = self.level if _LOGGER.level == _EVERYTHING else _LOGGER.level  # a test may set a level too
        return record.levelno >= (chosen or logging.getLogger("jaxfun").getEffectiveLevel())

    def pytest_runtest_logstart(self) -> None:
        """Set the log level to collect everything again, if the last test changed it."""
        if _LOGGER.level != _EVERYTHING:
            self.level = _LOGGER.level
            _LOGGER.setLevel(_EVERYTHING)

    @pytest.hookimpl(hookwrapper=True)  # hookwrapper: the form that all versions support
    def pytest_runtest_makereport(self, item: pytest.Item) -> Iterator[None]:
        """Attach the collected reports to the test's report, as text, which pytest-xdist sends to its main process."""
        made: Any = yield
        if any(getattr(report, "is_interrupted", False) for report in self.heard):
            item.session.shouldstop = "Ctrl-C during a check"  # the check swallowed Ctrl-C, so stop the run here
        if self.heard and made.excinfo is None:
            made.get_result().parity = _packed(self.heard)
            self.heard.clear()

    def pytest_unconfigure(self) -> None:
        """Restore the log's filter and level."""
        _LOGGER.removeFilter(self._hear)
        _LOGGER.setLevel(self.level)


class _Options:
    """Applies --parity-profile and --parity-device during every test."""

    def __init__(self, profile: str, device: str) -> None:
        try:
            from jaxfun import parity
        except ImportError as error:
            raise pytest.UsageError(f"--parity-profile and --parity-device: {error}") from None
        self._defaults = lambda: parity.defaults(profile, device, absent=pytest.skip)

    @pytest.hookimpl(hookwrapper=True)
    def pytest_runtest_protocol(self) -> Iterator[None]:
        """Run the test with the options as the defaults of its checks."""
        with self._defaults():
            yield


def _packed(reports: Sequence[Any]) -> str:
    """Serialize reports as text, without the failures' inputs, and without results that cannot be pickled."""
    try:
        return _text([_without(report, "inputs") for report in reports])
    except Exception:  # pickling a user's type may raise anything; keep the rest of the report
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
    """Collects the reports of all tests of a run, from all processes, and shows them at the end."""

    def __init__(self, path: Path | None) -> None:
        self.path = path
        self.packed: list[str] = []
        self.reports: list[Any] = []  # one for each pair of functions, merged at the end of the run
        self.problems: list[str] = []

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Collect the reports attached to a test's report."""
        self.packed += [report.parity] if hasattr(report, "parity") else []

    def pytest_sessionfinish(self) -> None:
        """Merge the reports, and write the page."""
        if self.packed:
            self._attempt("the table", self._merge)
        if self.path is not None:
            self._attempt(f"--parity-html {self.path}", partial(self._write, self.path))

    def _attempt(self, what: str, make: Callable[[], None]) -> None:
        """Call `make`, and turn an error into a line of the summary: a failing display must not fail the test run."""
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
        """Print the table, the problems, and the path of the page."""
        if not (self.reports or self.path or self.problems):
            return
        terminalreporter.section("parity")
        if self.reports:
            self._print_table(terminalreporter)
        for problem in self.problems:
            terminalreporter.line(problem, red=True)
        if self.path and not self.problems:
            terminalreporter.line(f"all reports in full: {self.path}")

    def _print_table(self, terminal: pytest.TerminalReporter) -> None:
        from jaxfun.parity.report.table import table

        for line in table(self.reports, terminal._tw.fullwidth):
            for text, color in line:
                terminal.write(text, **({color: True} if color else {}))
            terminal.line("")
