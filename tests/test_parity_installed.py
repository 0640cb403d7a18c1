"""Without torch or Hypothesis, `parity` names the package to install; the library needs neither."""

import subprocess
import sys

import pytest


def run(missing: tuple[str, ...], program: str) -> subprocess.CompletedProcess[str]:
    blocked = "".join(f"sys.modules[{name!r}] = None; " for name in missing)
    call = [sys.executable, "-c", f"import sys; {blocked}{program}"]
    return subprocess.run(call, capture_output=True, text=True, check=False)


@pytest.mark.parametrize(
    "program", ["from jaxfun import parity", "import jaxfun.parity", "from jaxfun.parity import check"]
)
@pytest.mark.parametrize("missing", [("torch",), ("hypothesis",), ("torch", "hypothesis")], ids=" and ".join)
def test_import_error_names_the_extra(missing: tuple[str, ...], program: str) -> None:
    ended = run(missing, program)
    are = "are" if len(missing) > 1 else "is"
    said = f"jaxfun.parity needs {' and '.join(missing)}, which {are} not installed: pip install 'jaxfun[parity]'"
    assert ended.stderr.splitlines()[-1] == f"ImportError: {said}"
    assert "During handling" not in ended.stderr


@pytest.mark.parametrize("missing", ["torch", "hypothesis", "rich"])
def test_command_names_the_extra_in_one_line(missing: str) -> None:
    ended = run((missing,), "from jaxfun.cli.main import main; sys.exit(main(['parity', 'math:sqrt', 'math:sqrt']))")
    assert ended.returncode == 2
    assert ended.stdout == ""
    assert ended.stderr.count("\n") == 1
    assert ended.stderr.startswith("jaxfun parity: ")
    assert missing in ended.stderr
    assert "pip install 'jaxfun[parity]'" in ended.stderr


def test_library_needs_neither_torch_nor_hypothesis() -> None:
    ended = run(("torch", "hypothesis"), "import jaxfun as jf; print(jf.add(1.0, 2.0))")
    assert (ended.stdout, ended.stderr) == ("3.0\n", "")
