"""The types: the stubs match the source, and strict pyright accepts correct uses and finds wrong ones."""

import ast
import inspect
import json
import pydoc
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT / "docs"))

import make_stubs  # noqa: E402  # a script of the docs, not a package

USES, MISUSES = ROOT / "tests" / "typing" / "uses.py", ROOT / "tests" / "typing" / "misuses.py"
PLANTED = re.compile(r"# wrong: ")


@pytest.mark.parametrize("name", make_stubs.FACES)
def test_stub_is_generated_from_the_source(name: str) -> None:
    text = make_stubs.formatted(make_stubs.stub(make_stubs.FACES[name]))
    assert (make_stubs.ROOT / name).read_text() == text, "run python docs/make_stubs.py"


FUNCTIONS = {
    f"{face.__name__}.{name}": value
    for face in make_stubs.FACES.values()
    for name in dir(face)
    if not name.startswith("_") and inspect.isroutine(value := getattr(face, name))
}
# The functions with `Any` in their signature, by the reason.
ANY = {
    "the type of the result depends on the arguments": (
        "atleast_1d atleast_2d atleast_3d nonzero size type unique unique_consecutive"
    ),
    "any pytree, and the result has the same structure": "backward detach no_grad zero_grad",
    "numbers, nested to any depth": "tensor",
    "any index that torch accepts": "getitem setitem index_put",
    "an equation and tensors, or tensors and sublists": "einsum",
}
TAKES_ANY = {f"jaxfun.{name}" for names in ANY.values() for name in names.split()}


def test_exactly_the_listed_functions_show_any() -> None:
    assert {name for name, value in FUNCTIONS.items() if re.search(r"\bAny\b", shown(value))} == TAKES_ANY


def shown(function: object) -> str:
    """The signature as `help` prints it, without the `Any` of a user's function, which may have any type."""
    return re.sub(r"Callable\[\.\.\., (typing\.)?Any\]", "Callable", pydoc_of(function))


def pydoc_of(function: object) -> str:
    return pydoc.plain(pydoc.render_doc(function)).split("\n")[2]


@pytest.mark.parametrize("name", FUNCTIONS)
def test_help_shows_no_internal_types(name: str) -> None:
    assert not re.search(r"Annotated|Role|Ellipsis|jaxlib|jaxfun\.core|jaxfun\.ops", shown(FUNCTIONS[name]))


@pytest.mark.parametrize("name", FUNCTIONS)
def test_annotations_match_the_signature(name: str) -> None:
    signature = inspect.signature(FUNCTIONS[name])
    shown = {each.name: each.annotation for each in signature.parameters.values()}
    assert inspect.get_annotations(FUNCTIONS[name]) == {**shown, "return": signature.return_annotation}


STUBS = {
    f"{face.__name__}.{node.name}": ast.unparse(node.args).replace("builtins.", "")
    for file, face in make_stubs.FACES.items()
    for node in ast.parse((make_stubs.ROOT / file).read_text()).body
    if isinstance(node, ast.FunctionDef)
    if not node.decorator_list  # an overload shows only some of the arguments
}


@pytest.mark.parametrize("name", STUBS)
def test_stub_matches_the_signature(name: str) -> None:
    signature = str(inspect.signature(FUNCTIONS[name])).partition(" -> ")[0]
    written = ast.parse(f"def f{re.sub(r'= jaxfun.*?(?=[,)])', '= ...', signature)}: ...").body[0]
    assert isinstance(written, ast.FunctionDef)
    assert STUBS[name] == ast.unparse(written.args)


def errors_in(file: Path) -> set[int]:
    """The lines in which pyright finds an error."""
    command = [sys.executable, "-m", "pyright", "--outputjson", str(file)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)
    found = json.loads(done.stdout)["generalDiagnostics"]
    return {item["range"]["start"]["line"] + 1 for item in found if item["severity"] == "error"}


def test_pyright_accepts_correct_uses_of_a_hundred_functions() -> None:
    assert len(set(re.findall(r"jf\.(?:nn\.functional\.)?(\w+)\(", USES.read_text()))) >= 100
    assert not errors_in(USES)


def test_pyright_finds_exactly_the_planted_misuses() -> None:
    lines = MISUSES.read_text().splitlines()
    planted = {number for number, line in enumerate(lines, start=1) if PLANTED.search(line)}
    assert len(planted) >= 10
    assert errors_in(MISUSES) == planted
