"""Facts that appear in several project files are the same."""

import re
from pathlib import Path

import pytest

import jaxfun as jf

ROOT = Path(__file__).parent.parent
WORKFLOWS = ROOT / ".github" / "workflows"


def pinned(package: str) -> str:
    (version,) = re.findall(rf"^{package}==(.+)$", (ROOT / "constraints.txt").read_text(), re.M)
    return version


def test_pre_commit_runs_the_pinned_ruff() -> None:
    (version,) = re.findall(r"ruff-pre-commit\n +rev: v(\S+)", (ROOT / ".pre-commit-config.yaml").read_text())
    assert version == pinned("ruff")


def test_citation_has_the_current_version() -> None:
    (version,) = re.findall(r"^version: (.+)$", (ROOT / "CITATION.cff").read_text(), re.M)
    assert version == jf.__version__


def test_shards_of_the_thorough_run_cover_each_dtype_once() -> None:
    text = re.sub(r"\n {14,}", " ", (WORKFLOWS / "nightly.yml").read_text())  # join a long line with its continuation
    *shards, rest = re.findall(r"^ +select: (?:>- )?(.+)$", text, re.M)
    names = [re.findall(r"-(\w+)\]", select) for select in (*shards, rest)]
    assert all(
        select == f"({' or '.join(f'-{name}]' for name in some)})" for select, some in zip(shards, names, strict=False)
    )
    assert sorted(name for some in names[:-1] for name in some) == sorted(dtype.name for dtype in jf.DTYPES)
    assert rest == f"not ({' or '.join(f'-{name}]' for some in names[:-1] for name in some)})"


@pytest.mark.parametrize("library", ["jax", "torch"])
def test_ci_runs_the_oldest_allowed_version(library: str) -> None:
    (least,) = re.findall(rf'^ +"{library}>=(.+?)"', (ROOT / "pyproject.toml").read_text(), re.M)
    oldest, *_ = re.findall(rf"{library}: ([\d.]+)[,}}]", (WORKFLOWS / "ci.yml").read_text())
    assert oldest == f"{least}.0"


def test_ci_runs_every_claimed_python() -> None:
    claimed = re.findall(r'"Programming Language :: Python :: (3\.\d+)"', (ROOT / "pyproject.toml").read_text())
    (run,) = re.findall(r"python: \[(.+)\]", (WORKFLOWS / "ci.yml").read_text())
    assert run == ", ".join(f'"{version}"' for version in claimed)
