"""The command line, as a user meets it: what it prints, draws and saves, and one clear line for each mistake."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from pyarrow import csv, parquet
from sklearn.linear_model import LinearRegression

from jaxfun import cli

DIABETES = Path(__file__).parent.parent / "examples" / "data" / "diabetes.csv"
POINTS = "x,z,y\n1,5,3\n2,1,5\n3,4,7.5\n4,2,9\n"


@pytest.fixture
def table(tmp_path: Path) -> Path:
    file = tmp_path / "points.csv"
    file.write_text(POINTS)
    return file


def run(*arguments: object) -> int:
    try:
        return cli.main([str(argument) for argument in arguments])
    except SystemExit as stop:
        return int(stop.code or 0)


def test_the_diabetes_table_agrees_with_scikit_learn(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    plot, saved = tmp_path / "fit.png", tmp_path / "model.npz"
    assert run("fit", DIABETES, "--target", "progression", "--plot", plot, "--save", saved) == 0
    printed = capsys.readouterr().out
    model, data = np.load(saved), csv.read_csv(DIABETES)
    features = [str(name) for name in model["features"]]
    assert features == data.column_names[:-1]
    X = np.column_stack([data.column(name).to_numpy() for name in features])
    y = data.column("progression").to_numpy()
    reference = LinearRegression().fit(X, y)
    np.testing.assert_allclose(model["W"][:, 0], reference.coef_, rtol=0.01)
    np.testing.assert_allclose(model["b"][0], reference.intercept_, rtol=0.01)
    assert f"R²    {reference.score(X, y):.4f}" in printed
    assert "442 rows" in printed
    assert "to 1 %" in printed
    assert plot.stat().st_size > 10_000


def test_parquet_and_chosen_features(tmp_path: Path, table: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "points.parquet"
    parquet.write_table(csv.read_csv(table), file)
    assert run("fit", file, "--target", "y", "--features", "x", "--epochs", "3000") == 0
    printed = capsys.readouterr().out
    assert "y from 1 features" in printed
    assert "z" not in printed.split("coefficient")[1].split("R²")[0].replace("(bias)", "")


# what is wrong: the text of the file (None: no file), further arguments, and what the line must name
MISTAKES: dict[str, tuple[str | None, list[str], list[str]]] = {
    "no such file": (None, [], ["no such file"]),
    "an empty file": ("", [], ["empty"]),
    "a header alone": ("x,y\n", [], ["no rows"]),
    "no target column": ("x,z\n1,2\n2,3\n", [], ["'y'", "none of that name"]),
    "a misspelt feature": (POINTS, ["--features", "zz"], ["'zz'", "Did you mean 'z'?"]),
    "a missing value": ("x,y\n1,2\n,3\n3,4\n", [], ["'x'", "row 2", "missing"]),
    "a missing target": ("x,y\n1,2\n2,\n3,4\n", [], ["'y'", "row 2", "missing"]),
    "a text column": ("x,n,y\n1,a,2\n2,b,3\n", [], ["'n'", "row 1", "'a' is not a number"]),
    "text among numbers": ("x,y\n1,2\ntwo,3\n", [], ["'x'", "row 2", "'two'"]),
    "a constant column": ("x,c,y\n1,7,2\n2,7,3\n", [], ["'c'", "rows 1 to 2", "7"]),
    "an infinite value": ("x,y\n1,2\ninf,3\n", [], ["'x'", "row 2", "infinite"]),
    "the target as a feature": (POINTS, ["--features", "y"], ["'y'", "target"]),
    "nothing but the target": ("y\n1\n2\n", [], ["no column besides"]),
    "a ragged file": ("x,y\n1,2\n3\n", [], ["does not read as a table"]),
    "a divergence": (POINTS, ["--lr", "50"], ["epoch", "learning rate of 50", "smaller --lr"]),
    "a rate of 0": (POINTS, ["--lr", "0"], ["--lr", "not above 0"]),
    "a rate that is text": (POINTS, ["--lr", "fast"], ["--lr", "fast"]),
    "no epochs": (POINTS, ["--epochs", "0"], ["--epochs"]),
    "an unknown option": (POINTS, ["--speed"], ["--speed"]),
    "a folder that is not there": (POINTS, ["--save", "/nowhere/model.npz"], ["/nowhere/model.npz"]),
}


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_costs_one_clear_line_and_exit_code_2(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text, further, named = MISTAKES[name]
    file = tmp_path / "table.csv"
    if text is not None:
        file.write_text(text)
    assert run("fit", file, "--target", "y", *further) == 2
    error = capsys.readouterr().err
    assert error.count("\n") == 1
    assert error.startswith("jaxfun")
    for part in named:
        assert part in error


@pytest.mark.parametrize("arguments", [[], ["fit"], ["dance"]], ids=["nothing", "no file", "no such command"])
def test_a_wrong_call_says_where_help_is(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert run(*arguments) == 2
    assert "--help" in capsys.readouterr().err


@pytest.mark.parametrize("command", [[], ["fit"], ["tour"]], ids=["jaxfun", "fit", "tour"])
def test_help_teaches(command: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert run(*command, "--help") == 0
    assert "usage: jaxfun" in capsys.readouterr().out


@pytest.mark.parametrize("missing", ["pyarrow", "matplotlib"])
def test_an_extra_that_is_not_installed_is_named(missing: str, table: Path) -> None:
    program = f"import sys; sys.modules[{missing!r}] = None; from jaxfun.cli import main; sys.exit(main())"
    call = [sys.executable, "-c", program, "fit", str(table), "--target", "y", "--plot", str(table.with_suffix(".png"))]
    ended = subprocess.run(call, capture_output=True, text=True, check=False)
    assert ended.returncode == 2
    assert ended.stderr.count("\n") == 1
    assert "pip install 'jaxfun[" in ended.stderr


def test_python_m_jaxfun_is_the_same_command() -> None:
    ended = subprocess.run([sys.executable, "-m", "jaxfun", "fit"], capture_output=True, text=True, check=False)
    assert ended.returncode == 2
    assert ended.stderr.startswith("jaxfun fit: ")


def test_a_table_of_booleans_and_integers_is_numbers(tmp_path: Path) -> None:
    file = tmp_path / "t.parquet"
    parquet.write_table(pa.table({"flag": [True, False, True], "n": [1, 5, 2], "y": [1.0, 2.0, 3.0]}), file)
    assert run("fit", file, "--target", "y", "--epochs", "10") == 0
