"""The command line: its output, plots and saved files, and one line for each user error."""

import argparse
import importlib
import inspect
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from pyarrow import csv, parquet
from sklearn.linear_model import LinearRegression

import jaxfun
from jaxfun.cli.commands import COMMANDS
from jaxfun.cli.main import main

ROOT = Path(__file__).parent.parent
DIABETES = ROOT / "examples" / "data" / "diabetes.csv"
POINTS = "x,z,y\n1,5,3\n2,1,5\n3,4,7.5\n4,2,9\n"


@pytest.fixture
def table(tmp_path: Path) -> Path:
    file = tmp_path / "points.csv"
    file.write_text(POINTS)
    return file


def run(*arguments: object) -> int:
    try:
        return main([str(argument) for argument in arguments])
    except SystemExit as stop:
        return int(stop.code or 0)


def test_fit_of_the_diabetes_table_matches_scikit_learn(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    plot, saved = tmp_path / "fit.png", tmp_path / "model.npz"
    assert run("fit", DIABETES, "--target", "progression", "--plot", plot, "--save", saved) == 0
    printed = capsys.readouterr().out
    with np.load(saved) as file:
        model = dict(file)
    data = csv.read_csv(DIABETES)
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


def test_fit_reads_parquet_and_uses_only_the_chosen_features(
    tmp_path: Path, table: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "points.parquet"
    parquet.write_table(csv.read_csv(table), file)
    assert run("fit", file, "--target", "y", "--features", "x", "--epochs", "3000") == 0
    printed = capsys.readouterr().out
    assert "y from 1 features" in printed
    assert "z" not in printed.split("coefficient")[1].split("R²")[0].replace("(bias)", "")


# mistake: the text of the file (None: no file), further arguments, words that the line must contain
MISTAKES: dict[str, tuple[str | None, list[str], list[str]]] = {
    "no such file": (None, [], ["no such file"]),
    "an empty file": ("", [], ["empty"]),
    "a header alone": ("x,y\n", [], ["no rows"]),
    "no target column": ("x,z\n1,2\n2,3\n", [], ["'y'", "no such column"]),
    "a misspelt feature": (POINTS, ["--features", "zz"], ["'zz'", "Did you mean 'z'?"]),
    "a missing value": ("x,y\n1,2\n,3\n3,4\n", [], ["'x'", "row 2", "missing"]),
    "a missing target": ("x,y\n1,2\n2,\n3,4\n", [], ["'y'", "row 2", "missing"]),
    "a text column": ("x,n,y\n1,a,2\n2,b,3\n", [], ["'n'", "row 1", "'a' is not a number"]),
    "text among numbers": ("x,y\n1,2\ntwo,3\n", [], ["'x'", "row 2", "'two'"]),
    "a constant column": ("x,c,y\n1,7,2\n2,7,3\n", [], ["'c'", "rows 1 to 2", "7"]),
    "an infinite value": ("x,y\n1,2\ninf,3\n", [], ["'x'", "row 2", "infinite"]),
    "the target as a feature": (POINTS, ["--features", "y"], ["'y'", "target"]),
    "only the target": ("y\n1\n2\n", [], ["no column besides"]),
    "a ragged file": ("x,y\n1,2\n3\n", [], ["cannot be read as a table"]),
    "a divergence": (POINTS, ["--lr", "50"], ["epoch", "learning rate of 50", "smaller --lr"]),
    "a rate of 0": (POINTS, ["--lr", "0"], ["--lr", "not above 0"]),
    "a rate that is text": (POINTS, ["--lr", "fast"], ["--lr", "fast"]),
    "no epochs": (POINTS, ["--epochs", "0"], ["--epochs"]),
    "an unknown option": (POINTS, ["--speed"], ["--speed"]),
    "a missing folder": (POINTS, ["--save", "/nowhere/model.npz"], ["/nowhere/model.npz"]),
}


@pytest.mark.parametrize("name", MISTAKES)
def test_user_error_in_fit_prints_one_line_and_gives_exit_code_2(
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


# `jaxfun parity`: the modules of a user; for each mistake, the call and words that the line must contain

MODULES = {
    "mine": "import jax.numpy as jnp\nnumber = 3\nclass Layer: pass\ndef port(x): return jnp.exp(x)\n"
    "def refusing(x): raise ValueError(x)\n",
    "raising": "def inner():\n    raise ZeroDivisionError('on import')\ninner()\n",
    "exiting": "raise SystemExit(3)\n",
    "unparsed": "def f(:\n",
    "needing": "import nothing_of_the_kind\n",
    "making": "def __getattr__(name):\n    raise KeyError(name)\n",
}
PAIR = ("mine:port", "torch:exp")
PARITY_MISTAKES: dict[str, tuple[tuple[str, ...], list[str]]] = {
    "no colon": (("jax.numpy.exp", "torch:exp"), ["'jax.numpy.exp'", "module:function"]),
    "nothing before the colon": ((":exp", "torch:exp"), ["':exp'", "module:function"]),
    "nothing after the colon": (("mine:", "torch:exp"), ["'mine:'", "module:function"]),
    "a relative module": (("..mine:port", "torch:exp"), ["'..mine:port'", "module:function"]),
    "no such module": (("nowhere:port", "torch:exp"), ["no module nowhere"]),
    "no such module inside": (("mine.inner:port", "torch:exp"), ["mine.inner"]),
    "no such function": (("jax.numpy:expp", "torch:exp"), ["no attribute 'expp'", "Did you mean 'exp'?"]),
    "a number": (("mine:number", "torch:exp"), ["mine:number", "int"]),
    "a class": (("mine:Layer", "torch:exp"), ["mine:Layer", "class"]),
    "a class of PyTorch": (("mine:port", "torch.nn:GELU"), ["torch.nn:GELU", "class"]),
    "the functions swapped": (("torch:exp", "jax.numpy:exp"), ["torch:exp", "the JAX function comes first"]),
    "a module that raises": (
        ("raising:f", "torch:exp"),
        ["importing raising", "ZeroDivisionError: on import", "raising.py:2"],
    ),
    "a module that exits": (("exiting:f", "torch:exp"), ["importing exiting", "SystemExit: 3"]),
    "a module with a syntax error": (("unparsed:f", "torch:exp"), ["importing unparsed", "SyntaxError"]),
    "a module that imports a missing one": (("needing:f", "torch:exp"), ["importing needing", "nothing_of_the_kind"]),
    "a module whose __getattr__ raises": (("making:f", "torch:exp"), ["making:f"]),
    "an unknown dtype": ((*PAIR, "--dtype", "abs"), ["`dtypes`", "float32", "'abs'"]),
    "an unknown level": ((*PAIR, "--levels", "value,grad"), ["`levels`", "vjp", "'grad'"]),
    "an unknown device": ((*PAIR, "--devices", "tpu"), ["`devices`", "cuda", "'tpu'"]),
    "an unknown name to allow": ((*PAIR, "--allow", "speed"), ["`allow`", "kinks", "'speed'"]),
    "no value sets": ((*PAIR, "--examples", "0"), ["--examples"]),
    "a seed that is text": ((*PAIR, "--seed", "today"), ["--seed", "'today'"]),
    "a negative size": ((*PAIR, "--shape", "3 -1"), ["--shape", "'-1'"]),
    "a shape in brackets": ((*PAIR, "--shape", "(3,4)"), ["--shape", "'(3,4)'"]),
    "a huge shape": ((*PAIR, "--shape", "100000 100000"), ["--shape", "10,000,000,000"]),
    "a page in a missing folder": ((*PAIR, "--html", "nowhere/page.html"), ["--html", "no directory nowhere"]),
    "a page that is a folder": ((*PAIR, "--html", "."), ["--html", "directory ."]),
    "an unknown option": ((*PAIR, "--fast"), ["--fast"]),
    "one function": (("mine:port",), ["REFERENCE"]),
}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder with the modules, which are unloaded afterwards."""
    for name, text in MODULES.items():
        (tmp_path / f"{name}.py").write_text(text)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", [*sys.path])
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    yield tmp_path
    for name in MODULES:
        sys.modules.pop(name, None)


@pytest.mark.parametrize("name", PARITY_MISTAKES)
def test_user_error_in_parity_prints_one_line_and_gives_exit_code_2(
    name: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    call, said = PARITY_MISTAKES[name]
    assert run("parity", *call) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.count("\n") == 1, printed.err
    assert printed.err.startswith("jaxfun")
    for part in said:
        assert part in printed.err


@pytest.mark.parametrize(
    ("pair", "code"),
    [
        (("mine:port", "torch:exp"), 0),
        (("mine:port", "torch:expm1"), 1),
        (("mine:refusing", "mine:refusing"), 3),
        (("jax.nn:relu", "torch:relu", "--levels", "value,vjp"), 0),
        (("jax.nn:relu", "torch:relu", "--levels", "value,vjp", "--strict"), 1),
        (("jax.numpy:abs", "torch:abs", "--levels", "value,vjp", "--allow", "kinks,ties"), 0),
    ],
    ids=["agrees", "differs", "not shown", "an edge", "strict", "allowed"],
)
def test_exit_code_of_parity_depends_on_the_answer(
    folder: Path, capsys: pytest.CaptureFixture[str], pair: tuple[str, ...], code: int
) -> None:
    page = folder / "page.html"
    assert run("parity", *pair, "--examples", 60, "--html", page) == code
    assert f"written: {page}" in capsys.readouterr().out
    assert pair[0].replace(":", ".") in page.read_text()


def test_error_during_a_check_prints_one_line(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def check(*args: object, **options: object) -> None:
        raise MemoryError("no room")

    monkeypatch.setattr("jaxfun.parity.check", check)
    assert run("parity", *PAIR) == 2
    assert capsys.readouterr().err.strip() == "jaxfun parity: the check ended early: MemoryError: no room"


@pytest.mark.parametrize("arguments", [[], ["fit"], ["dance"]], ids=["nothing", "no file", "no such command"])
def test_wrong_call_names_the_help_option(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert run(*arguments) == 2
    assert "--help" in capsys.readouterr().err


@pytest.mark.parametrize("command", [[], ["fit"], ["tour"], ["parity"]], ids=["jaxfun", "fit", "tour", "parity"])
def test_help_shows_the_usage_within_120_columns(command: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert run(*command, "--help") == 0
    printed = capsys.readouterr().out
    assert "usage: jaxfun" in printed
    assert max(map(len, printed.splitlines())) <= 120


def test_version_option_prints_the_version(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("--version") == 0
    assert capsys.readouterr().out == f"jaxfun {jaxfun.__version__}\n"


def test_package_version_comes_from_the_source() -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text())
    assert "version" not in settings["project"]
    assert settings["project"]["dynamic"] == ["version"]
    source = (ROOT / settings["tool"]["hatch"]["version"]["path"]).read_text()
    assert re.findall(r'^__version__ = "(.+?)"', source, re.M) == [jaxfun.__version__]


@pytest.mark.parametrize("missing", ["pyarrow", "matplotlib"])
def test_missing_extra_is_named(missing: str, table: Path) -> None:
    program = f"import sys; sys.modules[{missing!r}] = None; from jaxfun.cli.main import main; sys.exit(main())"
    call = [sys.executable, "-c", program, "fit", str(table), "--target", "y", "--plot", str(table.with_suffix(".png"))]
    ended = subprocess.run(call, capture_output=True, text=True, check=False)
    assert ended.returncode == 2
    assert ended.stderr.count("\n") == 1
    assert "pip install 'jaxfun[" in ended.stderr


def test_python_m_jaxfun_runs_the_command() -> None:
    ended = subprocess.run([sys.executable, "-m", "jaxfun", "fit"], capture_output=True, text=True, check=False)
    assert ended.returncode == 2
    assert ended.stderr.startswith("jaxfun fit: ")


def test_fit_accepts_columns_of_booleans_and_integers(tmp_path: Path) -> None:
    file = tmp_path / "t.parquet"
    parquet.write_table(pa.table({"flag": [True, False, True], "n": [1, 5, 2], "y": [1.0, 2.0, 3.0]}), file)
    assert run("fit", file, "--target", "y", "--epochs", "10") == 0


LOADED = """
import sys
from jaxfun.cli.main import main
try:
    main({call!r})
finally:
    print([name for name in {heavy!r} if name in sys.modules])
"""
HEAVY = ("torch", "hypothesis", "optax", "matplotlib", "pyarrow", "rich")


@pytest.mark.parametrize(
    ("call", "heavy"),
    [
        (["--help"], HEAVY),
        (["parity", "--help"], HEAVY),
        (["parity", "jax.numpy:exp"], HEAVY),
        (["differences", "std"], ("torch", "hypothesis", "optax")),
        (["fit", str(DIABETES), "--target", "progression", "--epochs", "3"], ("torch", "hypothesis", "rich")),
    ],
    ids=str,
)
def test_command_loads_only_the_packages_it_needs(call: list[str], heavy: tuple[str, ...]) -> None:
    program = LOADED.format(call=call, heavy=heavy)
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert ended.stdout.splitlines()[-1] == "[]", ended.stderr


@pytest.mark.parametrize("name", COMMANDS)
def test_command_accepts_every_option_of_its_parser(name: str) -> None:
    parser = argparse.ArgumentParser(add_help=False)
    COMMANDS[name].add_options(parser)
    run = importlib.import_module(f"jaxfun.cli.{name}").run
    inspect.signature(run).bind(**{action.dest: None for action in parser._actions})
