"""docs/adding-an-op.md, followed step by step in a copy of the project."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
PAGE = ROOT / "docs" / "adding-an-op.md"
COPIED = ("jaxfun", "parity_tests", "tests", "docs", "benchmarks")
PLACE = re.compile(r"# at the (start|end) of (\S+)\n")


def copied(folder: Path) -> Path:
    for name in COPIED:
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    for file in (*ROOT.glob("*.py"), *ROOT.glob("*.toml"), *ROOT.glob("*.md")):
        shutil.copy(file, folder)
    return folder


def write(project: Path, text: str) -> None:
    found = PLACE.match(text)
    assert found, f"no place is named for:\n{text}"
    where, name = found.groups()
    file, text = project / name, text[found.end() :]
    before = file.read_text()
    if where == "end":
        file.write_text(before + text)
    else:  # after the docstring
        head, quotes, rest = before.partition('"""\n')
        file.write_text(head + quotes + text + rest)


def run(project: Path, command: str) -> None:
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    environment = {**os.environ, "PATH": path, "PYTHONPATH": str(project)}
    shell = ["bash", "-c", command]
    done = subprocess.run(shell, cwd=project, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"


def test_page_can_be_followed(tmp_path: Path) -> None:
    project = copied(tmp_path)
    blocks = re.findall(r"```(\w+)\n(.*?)```", PAGE.read_text(), re.S)
    assert {kind for kind, _ in blocks} == {"python", "sh", "toml"}
    for kind, text in blocks:
        if kind != "sh":
            write(project, text)
            continue
        for command in text.splitlines():
            run(project, command)
