"""The pytest plugin of `jaxfun.parity`: options, a table of what was checked at the end of the run, and a page of it.

It stands beside the package and not inside: pytest imports its plugins at every start, in every project of an
environment, and whatever is imported from inside of the package runs `jaxfun/__init__.py` first, which imports JAX. For
the same reason nothing of jaxfun is imported here before it is used: a check logs its report, and the plugin listens.
"""

import base64
import contextlib
import logging
import pickle
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

_LOGGER = logging.getLogger("jaxfun.parity")
_EVERYTHING = 1  # a level below all others
_HEARD = pytest.StashKey[list[Any]]()


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
        help="where a check runs that does not say it; all: on every device that is there (default: cpu)",
    )
    group.addoption("--parity-html", metavar="FILE", help="write all that was checked as one HTML page")


def pytest_configure(config: pytest.Config) -> None:
    """Gather the reports of all tests, but where pytest-xdist does it for this process."""
    path = _page_path(config)
    if path is not None and path.is_dir():
        raise pytest.UsageError(f"--parity-html: expected a file, got the directory {path}")
    if not hasattr(config, "workerinput"):
        config.pluginmanager.register(_Gathered(path), "jaxfun-parity-gathered")


def _page_path(config: pytest.Config) -> Path | None:
    given = config.getoption("--parity-html")
    return None if given is None else config.invocation_params.dir / given


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Iterator[None]:
    """Listen during a test, with the options in force."""
    with _listening() as heard, _options_in_force(item.config):
        item.stash[_HEARD] = heard
        return (yield)


@contextlib.contextmanager
def _listening() -> Iterator[list[Any]]:
    """Gather the reports that are logged inside of the block; all others see of the log what they saw before."""
    level, heard = _LOGGER.level, []

    def hear(record: logging.LogRecord) -> bool:
        heard.extend([vars(record)["parity_report"]] if "parity_report" in vars(record) else [])
        chosen = level if _LOGGER.level == _EVERYTHING else _LOGGER.level  # the test may choose one as well
        return record.levelno >= (chosen or logging.getLogger("jaxfun").getEffectiveLevel())

    _LOGGER.addFilter(hear)
    _LOGGER.setLevel(_EVERYTHING)
    try:
        yield heard
    finally:
        _LOGGER.removeFilter(hear)
        _LOGGER.setLevel(level)


def _options_in_force(config: pytest.Config) -> contextlib.AbstractContextManager[None]:
    profile: str = config.getoption("--parity-profile") or "quick"
    device: str = config.getoption("--parity-device") or "cpu"
    if (profile, device) == ("quick", "cpu"):
        return contextlib.nullcontext()
    from jaxfun import parity

    return parity.defaults(profile, device, absent=pytest.skip)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    """Send what was heard along with the test's own report, as text: that is what reaches another process."""
    report = yield
    heard = item.stash.get(_HEARD, [])
    if heard:
        report.parity = _packed(heard)
        heard.clear()
    return report


def _packed(reports: Sequence[Any]) -> str:
    # the inputs may be of a type that another process does not know; what is shown of them is in the message
    plain = [replace(one, failures=[replace(failure, inputs=None) for failure in one.failures]) for one in reports]
    return base64.b64encode(pickle.dumps(plain)).decode("ascii")


def _unpacked(packed: str) -> list[Any]:
    return pickle.loads(base64.b64decode(packed))


class _Gathered:
    """What all tests of a run reported, of every process."""

    def __init__(self, path: Path | None) -> None:
        self.path = path
        self.packed: list[str] = []
        self.reports: list[Any] = []  # one for each pair of functions, once the run is over

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Take in what came along with a test's report."""
        self.packed += [report.parity] if hasattr(report, "parity") else []

    def pytest_sessionfinish(self) -> None:
        """Put together what was reported, and write the page."""
        if self.packed:
            from jaxfun.parity.report.table import merged

            self.reports = merged(report for packed in self.packed for report in _unpacked(packed))
        if self.path is not None:
            from jaxfun.parity.report.page import page

            self.path.parent.mkdir(parents=True, exist_ok=True)
            self.path.write_text(page(self.reports), encoding="utf-8")

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Print the table, and where the page is."""
        if self.reports or self.path:
            terminalreporter.section("parity")
        if self.reports:
            self._print_table(terminalreporter)
        if self.path:
            terminalreporter.line(f"every report in full: {self.path}")

    def _print_table(self, terminal: pytest.TerminalReporter) -> None:
        from jaxfun.parity.report.table import table

        for line in table(self.reports, terminal._tw.fullwidth):
            for text, color in line:
                terminal.write(text, **({color: True} if color else {}))
            terminal.line("")
