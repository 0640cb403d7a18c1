"""The typed face: the stubs are those of the source, and pyright, in strict mode, tells right uses from wrong ones."""

import json
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
def test_a_stub_is_that_of_the_source(name: str) -> None:
    text = make_stubs.formatted(make_stubs.stub(make_stubs.FACES[name]))
    assert (make_stubs.ROOT / name).read_text() == text, "run python docs/make_stubs.py"


def errors_in(file: Path) -> set[int]:
    """The lines in which pyright finds an error."""
    command = [sys.executable, "-m", "pyright", "--outputjson", str(file)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)
    found = json.loads(done.stdout)["generalDiagnostics"]
    return {item["range"]["start"]["line"] + 1 for item in found if item["severity"] == "error"}


def test_pyright_is_clean_on_a_hundred_functions_used_rightly() -> None:
    assert len(set(re.findall(r"jf\.(?:nn\.functional\.)?(\w+)\(", USES.read_text()))) >= 100
    assert not errors_in(USES)


def test_pyright_finds_every_planted_misuse_and_nothing_else() -> None:
    lines = MISUSES.read_text().splitlines()
    planted = {number for number, line in enumerate(lines, start=1) if PLANTED.search(line)}
    assert len(planted) >= 10
    assert errors_in(MISUSES) == planted
