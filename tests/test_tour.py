"""The tour: every line agrees with PyTorch, pictures are written, and a planted difference gives exit code 1."""

import subprocess
import sys
from pathlib import Path

import pytest

from jaxfun.cli import tour
from jaxfun.cli.tour_steps import Row, Step


def test_every_line_agrees_and_pictures_are_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert tour.run(tmp_path) == 0
    printed = capsys.readouterr().out
    assert "✗" not in printed
    assert printed.count("✓") > 30
    assert printed.count("≠") == 1
    assert "SumBackward0 ← PowBackward0 ← AccumulateGrad" in printed
    assert "b[b > 1]" in printed
    assert "times faster" in printed
    assert printed.index("8  Linear regression") < printed.index("9  Next") < printed.index("Pictures")
    assert "loss(train(p, 20))" in printed
    assert {path.name for path in tmp_path.iterdir()} == {"graph.svg", "data.png", "fit.png"}
    assert all(path.stat().st_size > 1000 for path in tmp_path.iterdir())


WRONG = {
    "a number": Row("torch.ones(2)", "jf.zeros(2)"),
    "a dtype": Row("torch.ones(2)", "jf.double(jf.ones(2))"),
    "a shape": Row("torch.ones(2)", "jf.ones(2, 1)"),
    "a name": Row("torch.ones(2).type()", "jf.type(jf.double(jf.ones(2)))"),
    "an error": Row("torch.ones(2)", "jf.ones('a')"),
}


@pytest.mark.parametrize("name", WRONG)
def test_difference_prints_a_cross_and_gives_exit_code_1(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(tour, "STEPS", (Step("planted", "wrong", ("", ""), (WRONG[name],)),))
    assert tour.run(tmp_path) == 1
    assert "✗" in capsys.readouterr().out


def _without(module: str, output: Path) -> subprocess.CompletedProcess[str]:
    program = f"import sys; sys.modules[{module!r}] = None; from jaxfun.cli.main import main; sys.exit(main())"
    call = [sys.executable, "-c", program, "tour", "--output", str(output)]
    return subprocess.run(call, capture_output=True, text=True, check=False)


def test_tour_without_torch_runs_and_reports_that_nothing_was_compared(tmp_path: Path) -> None:
    ended = _without("torch", tmp_path)
    assert ended.returncode == 0, ended.stderr
    assert "nothing was compared" in ended.stdout
    assert "jf.zeros(2, 3)" in ended.stdout
    assert "torch.zeros" not in ended.stdout
    assert (tmp_path / "fit.png").exists()


def test_tour_without_matplotlib_reports_missing_pictures(tmp_path: Path) -> None:
    ended = _without("matplotlib", tmp_path)
    assert ended.returncode == 0, ended.stderr
    assert "were not drawn" in ended.stdout
    assert (tmp_path / "graph.svg").exists()


def test_tour_without_rich_prints_the_install_command(tmp_path: Path) -> None:
    ended = _without("rich", tmp_path)
    assert ended.returncode == 2
    assert ended.stderr.count("\n") == 1
    assert "pip install" in ended.stderr
