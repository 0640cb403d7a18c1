"""The benchmark history: the recorded figures of a version, and the report of a regression."""

from pathlib import Path

import compare
import pytest
from compare import Change, Figure

import jaxfun

# figure: before, after, verdict
VERDICTS = {
    "slower": ("time / JAX's", 1.0, 1.5, "worse"),
    "faster": ("time / PyTorch's", 1.5, 1.0, "better"),
    "within the noise": ("time / JAX's", 1.0, 1.2, ""),
    "one seed of ten missed": ("share found", 1.0, 0.9, "worse"),
    "one more found": ("share found", 0.9, 1.0, "better"),
    "a false alarm": ("share flagged", 0.0, 0.1, "worse"),
    "no false alarm": ("share flagged", 0.0, 0.0, ""),
    "no longer an alarm": ("share flagged", 0.1, 0.0, "better"),
    "more of the tolerance": ("share of the tolerance used", 0.1, 0.2, "worse"),
}


@pytest.mark.parametrize("name", VERDICTS)
def test_verdict_depends_on_size_and_direction_of_a_change(name: str) -> None:
    figure, before, after, verdict = VERDICTS[name]
    pair = [Figure("speed", "sum", figure, value) for value in (before, after)]
    assert Change(*pair).verdict == verdict


def test_recorded_figures_are_read_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compare, "HISTORY", tmp_path)
    assert compare.main(["--keep", "9.9"]) == 0
    kept = compare.read("9.9")
    assert kept == compare.now()
    assert {figure.benchmark for figure in kept} == {"speed", "eager", "counted", "detection", "tolerance"}
    assert len({figure.key for figure in kept}) == len(kept), "a name stands for two figures"


def test_history_has_the_current_version() -> None:
    assert compare.read(jaxfun.__version__)


def test_regression_is_named_and_gives_exit_code_1(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = (compare.HISTORY / "0.1.0.csv").read_text().splitlines(keepends=True)
    slower = tmp_path / "slower.csv"
    place = next(place for place, line in enumerate(before) if line.startswith("eager,abs,"))
    slower.write_text("".join([*before[:place], "eager,abs,time / JAX's,4\n", *before[place + 1 : -1]]))
    assert compare.main(["0.1.0", "0.1.0"]) == 0
    assert "what changed" not in capsys.readouterr().out
    assert compare.main(["0.1.0", str(slower)]) == 1
    told = capsys.readouterr().out
    _, _, rows = told.partition("what changed")
    assert [line.split()[:2] for line in rows.splitlines()[1:]] == [["eager:", "abs"]]
    assert rows.split()[-1] == "worse"
    assert "Figures of 0.1.0 alone: 1." in told


MISTAKES = {
    "an unknown version": (["8.8", "now"], "'8.8'"),
    "no version": ([], "two versions"),
    "a version and --keep": (["0.1.0", "--keep", "0.2.0"], "two versions"),
    "another table": (["0.1.0", str(Path(compare.__file__).parent / "data" / "eager.csv")], "eager.csv"),
}


@pytest.mark.parametrize("name", MISTAKES)
def test_user_error_is_named_and_gives_exit_code_2(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    call, said = MISTAKES[name]
    try:
        code = compare.main(call)
    except SystemExit as stop:
        code = stop.code
    assert code == 2
    assert said in capsys.readouterr().err.splitlines()[-1]


def test_versions_without_a_common_figure_are_a_user_error(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    other = tmp_path / "other.csv"
    other.write_text("benchmark,name,figure,value\nspeed,nothing,time / JAX's,1\n")
    assert compare.main(["0.1.0", str(other)]) == 2
    assert "no figure in common" in capsys.readouterr().err
