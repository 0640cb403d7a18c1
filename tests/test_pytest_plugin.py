"""The pytest plugin: its table, page and options, also under pytest-xdist, and its lazy imports."""

import importlib.util
import logging
import re
import sys
import textwrap
import tomllib
import warnings
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import torch

import jaxfun.parity

ROOT = Path(__file__).parent.parent
LOGGER = logging.getLogger("jaxfun.parity")
# the module of this checkout, even if the environment has an entry point for another
PLUGIN = ("-p", "no:jaxfun", "-p", "_jaxfun_pytestplugin", "-p", "no:cacheprovider")

HEAD = """
import jax, jax.numpy as jnp, torch
from jaxfun import parity
"""
PORTS = (
    HEAD
    + """
def test_tanh():
    parity.assert_parity(jnp.tanh, torch.tanh, examples=10)

def test_gelu():
    parity.assert_parity(jax.nn.gelu, torch.nn.functional.gelu, examples=10)
"""
)

REPORTS = """
from jaxfun.parity.report.model import Level
from jaxfun.parity.report.report import Failure, Report

def test_agrees():
    Report("right", "theirs", levels={"value": Level(4, is_nonzero=True)}).log()

def test_differs():
    Report("wrong", "theirs", [Failure("value", "bits", "", "wrong(f)")]).log()
    raise AssertionError
"""


@pytest.fixture(scope="module", autouse=True)
def forward_mode_is_loaded() -> None:
    """Load PyTorch's forward mode, which registers operators and can do so only once per process.

    If a test run inside a test loaded it, its modules would be removed at the end, and forward mode would fail later.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # DeprecationWarning: of PyTorch's own scripts
        torch.func.jvp(lambda x: x * 2, (torch.ones(2),), (torch.ones(2),))


@pytest.fixture(autouse=True)
def alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Isolate the inner pytest run: only its own reports are received, and it uses this checkout."""
    monkeypatch.setattr(LOGGER, "filters", [])
    monkeypatch.setenv("PYTHONPATH", str(ROOT))


def row(result: pytest.RunResult, name: str) -> str:
    return next(line for line in result.outlines if line.startswith(name + " "))


def test_table_and_page_show_the_comparisons(pytester: pytest.Pytester) -> None:
    before = LOGGER.level, [*LOGGER.filters], [*LOGGER.handlers]
    pytester.makepyfile(PORTS)
    result = pytester.runpytest_inprocess(*PLUGIN, "--parity-html=made/page.html")
    result.assert_outcomes(passed=1, failed=1)
    text = result.stdout.str()
    assert "  inputs     x = float32(" in text, "a failure shows its smallest input"
    assert not re.search(r"(errors|check)\.py:", text), "a failure is shown at the test's own line"
    assert "Captured log" not in text, "what is listened to is not shown"
    assert "fail" in row(result, "jax.nn.gelu")
    assert "fail" not in row(result, "jax.numpy.tanh")
    assert "2 functions: 1 agree, 1 differ" in result.outlines
    path = pytester.path / "made/page.html"
    assert f"all reports in full: {path}" in result.outlines
    assert all(name in path.read_text() for name in ("jax.numpy.tanh", "jax.nn.gelu"))
    assert (LOGGER.level, LOGGER.filters, LOGGER.handlers) == before


def test_workers_send_their_reports_to_the_controller(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(PORTS)
    result = pytester.runpytest_subprocess(*PLUGIN, "-n", "2", "--dist=each", "--parity-html=page.html")
    result.assert_outcomes(passed=2, failed=2)
    assert "2 functions: 1 agree, 1 differ" in result.outlines, "a pair is one row, whoever reports it"
    assert "20 value sets" in (pytester.path / "page.html").read_text()


def test_heavy_imports_are_lazy(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")  # other plugins may load anything
    pytester.makepyfile("def test_nothing(): pass")
    pytester.makeconftest("""
        import sys
        def pytest_unconfigure():
            heavy = "jax torch numpy hypothesis rich jaxfun _jaxfun_pytestplugin".split()
            print("loaded:", *(name for name in heavy if name in sys.modules))
    """)
    result = pytester.runpytest_subprocess(*PLUGIN)
    assert "loaded: _jaxfun_pytestplugin" in result.outlines
    assert " parity " not in result.stdout.str(), "there is no table where nothing was checked"


def hookimpl(*, hookwrapper: bool = False, optionalhook: bool = False, tryfirst: bool = False, trylast: bool = False):
    """Accept the arguments of pytest.hookimpl in pluggy 1.0, the oldest version for pytest 7.0."""
    return lambda function: function


def test_plugin_imports_with_the_names_of_pytest_7_0(monkeypatch: pytest.MonkeyPatch) -> None:
    had = ("Config", "Item", "Parser", "Session", "Stash", "StashKey", "TestReport", "UsageError", "skip")
    old = SimpleNamespace(hookimpl=hookimpl, **{name: getattr(pytest, name) for name in had})
    monkeypatch.setitem(sys.modules, "pytest", old)
    spec = importlib.util.spec_from_file_location("plugin_with_old_pytest", ROOT / "_jaxfun_pytestplugin.py")
    assert spec is not None
    assert spec.loader is not None
    spec.loader.exec_module(importlib.util.module_from_spec(spec))


@pytest.mark.parametrize("path", ["test_ports.py/page.html", "/proc/nowhere/page.html", "a\0b.html", "x" * 300])
def test_unwritable_page_does_not_lose_the_report(pytester: pytest.Pytester, path: str) -> None:
    pytester.makepyfile(test_ports=REPORTS)
    result = pytester.runpytest_inprocess(*PLUGIN, f"--parity-html={path}")
    result.assert_outcomes(passed=1, failed=1)
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    assert "2 functions: 1 agree, 1 differ" in result.outlines
    (problem,) = [line for line in result.outlines if line.startswith("--parity-html ")]
    assert " was not written: " in problem
    assert "all reports in full" not in result.stdout.str()


def test_error_in_the_table_does_not_change_the_exit_status(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("jaxfun.parity.report.table.merged", broken)
    pytester.makepyfile(REPORTS.partition("def test_differs")[0])
    result = pytester.runpytest_inprocess(*PLUGIN)
    assert result.ret == pytest.ExitCode.OK
    assert "the table was not written: ZeroDivisionError: a bug of ours" in result.outlines


@pytest.mark.usefixtures("interruptible")
def test_ctrl_c_in_a_check_ends_the_run_and_shows_partial_results(pytester: pytest.Pytester) -> None:
    pytester.makepyfile("""
    import signal, jax.numpy as jnp, torch
    from jaxfun import parity

    def test_interrupted():
        def pressed(x):
            signal.raise_signal(signal.SIGINT)
        parity.assert_parity(jnp.exp, pressed, examples=10)

    def test_next(): pass
    """)
    result = pytester.runpytest_inprocess(*PLUGIN)
    result.assert_outcomes(failed=1)
    assert result.ret == pytest.ExitCode.INTERRUPTED
    assert "Ctrl-C during a check" in result.stdout.str()
    assert "(interrupted)" in result.stdout.str()


def broken(reports: Any) -> Any:
    raise ZeroDivisionError("a bug of ours")


@pytest.mark.parametrize("option", ["--parity-profile=thorough", "--parity-device=all"])
def test_option_without_torch_names_the_extra(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, option: str
) -> None:
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    pytester.makepyfile("def test_nothing(): pass")
    pytester.makepyfile(without_torch="import sys; sys.modules['torch'] = None")
    result = pytester.runpytest_subprocess("-p", "without_torch", *PLUGIN, option)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    assert "pip install 'jaxfun[parity]'" in result.stderr.str()


@pytest.mark.parametrize(("profile", "times"), [("quick", 1), ("thorough", 30)])
def test_profile_sets_the_number_of_examples(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, profile: str, times: int
) -> None:
    for name in ("check", "module"):
        monkeypatch.setattr(sys.modules[f"jaxfun.parity.{name}"], "EXAMPLES", 10)
    pytester.makepyfile(
        HEAD
        + textwrap.dedent(f"""
    ONE = dict(levels=["value"], dtypes=["float32"])

    def test_default():
        assert {10 * times} <= parity.check(jnp.abs, torch.abs, **ONE).examples < {11 * times}

    def test_module():
        prelu = lambda params, x: jnp.where(x > 0, x, x * params["weight"])
        report = parity.module(torch.nn.PReLU(1), prelu, lambda state: state, parity.tensors(shape=(1,)), **ONE)
        assert report.examples == {10 * times}

    def test_said():
        assert parity.check(jnp.abs, torch.abs, examples=7, **ONE).examples == 7
    """)
    )
    pytester.runpytest_inprocess(*PLUGIN, f"--parity-profile={profile}").assert_outcomes(passed=3)


@pytest.mark.parametrize(("device", "outcomes"), [("cuda", {"skipped": 2, "passed": 2}), ("all", {"passed": 4})])
def test_missing_device_is_a_skip_with_a_reason(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, device: str, outcomes: dict[str, int]
) -> None:
    monkeypatch.setattr(sys.modules["jaxfun.parity.defaults"], "has_cuda", lambda: False)
    pytester.makepyfile(
        HEAD
        + textwrap.dedent("""
    import pytest

    @pytest.fixture
    def report():
        return parity.check(jnp.abs, torch.abs, examples=1)

    def test_fixture(report): pass
    def test_default(): parity.check(jnp.abs, torch.abs, examples=1)
    def test_said(): parity.check(jnp.abs, torch.abs, examples=1, devices=["cpu"])
    def test_other(): pass
    """)
    )
    result = pytester.runpytest_inprocess(*PLUGIN, "-rs", f"--parity-device={device}")
    result.assert_outcomes(**outcomes)
    assert ("JAX and PyTorch do not both see a CUDA device" in result.stdout.str()) == (device == "cuda")


def test_unpicklable_objects_are_not_sent(pytester: pytest.Pytester) -> None:
    pytester.makepyfile("""
    from jaxfun.parity.report.report import Failure, Report

    def test_inputs():
        Report("mine", "theirs", [Failure("value", "bits", "", "mine(f)", inputs=lambda: None)]).log()

    def test_edges():
        report = Report("mine", "theirs")
        report.edges.append(Failure("value", "bits", "", "mine(f)", inputs=lambda: None))
        report.log()

    def test_results():
        Report("other", "theirs", [Failure("value", "bits", "", "other(f)", candidate=lambda: None)]).log()
    """)
    result = pytester.runpytest_inprocess(*PLUGIN)
    result.assert_outcomes(passed=3)
    assert "2 functions: 2 differ" in result.outlines


def test_log_level_follows_the_settings(pytester: pytest.Pytester) -> None:
    pytester.makepyfile("""
    import logging
    from jaxfun.parity.report.report import Report

    def logged(caplog):
        Report("mine", "theirs").log()
        return len(caplog.records)

    def test_default(caplog):
        assert not logged(caplog)

    def test_everything(caplog):
        caplog.set_level(logging.INFO)
        assert logged(caplog)

    def test_this_logger(caplog):
        caplog.set_level(logging.INFO, logger="jaxfun.parity")
        assert logged(caplog)
    """)
    LOGGER.setLevel(logging.NOTSET)
    pytester.runpytest_inprocess(*PLUGIN).assert_outcomes(passed=3)


@pytest.mark.parametrize("option", ["--parity-profile=fast", "--parity-device=tpu", "--parity-html=."])
def test_meaningless_option_is_a_usage_error(pytester: pytest.Pytester, option: str) -> None:
    assert pytester.runpytest_inprocess(*PLUGIN, option).ret == pytest.ExitCode.USAGE_ERROR


def test_wheel_has_the_plugin() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    (module,) = project["project"]["entry-points"]["pytest11"].values()
    assert f"{module}.py" in project["tool"]["hatch"]["build"]["targets"]["wheel"]["only-include"]
    assert (ROOT / f"{module}.py").is_file()


def test_invalid_default_is_a_usage_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.modules["jaxfun.parity.defaults"], "has_cuda", lambda: False)
    with pytest.raises(ValueError, match=r"expected `device` to be one of cpu, cuda, all, got 'tpu'"):
        jaxfun.parity.defaults(device="tpu")
    with jaxfun.parity.defaults(device="cuda"), pytest.raises(ValueError, match=r"got JAX and PyTorch do not both"):
        jaxfun.parity.check(abs, abs)


def test_table_of_this_project_has_only_the_suite(pytester: pytest.Pytester) -> None:
    """A check that a test expects to fail is no row, also where a fixture of its module makes it."""
    wrong = """
    import pytest
    from jaxfun.parity.report.report import Failure, Report

    @pytest.fixture(scope="module")
    def wrong():
        Report("{0}", "theirs", [Failure("value", "bits", "", "wrong(f)")]).log()

    def test_wrong(wrong): pass
    """
    pytester.makeconftest((ROOT / "conftest.py").read_text())
    for folder in ("tests", "parity_tests"):
        pytester.mkdir(folder).joinpath(f"test_{folder}.py").write_text(textwrap.dedent(wrong.format(folder)))
    result = pytester.runpytest_inprocess(*PLUGIN)
    result.assert_outcomes(passed=2)
    assert "1 function: 1 differ" in result.outlines
    assert re.search(r"^parity_tests +theirs", result.stdout.str(), re.MULTILINE)
