"""docs/optimizers.md: it has every row of its table, and the engine finds again what stands there."""

import importlib.util
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
SPEC = importlib.util.spec_from_file_location("make_optimizers", ROOT / "docs" / "make_optimizers.py")
assert SPEC is not None
assert SPEC.loader is not None
make_optimizers = sys.modules.setdefault("make_optimizers", importlib.util.module_from_spec(SPEC))
SPEC.loader.exec_module(make_optimizers)
PAIRS = [pair for pairs in make_optimizers.ROWS.values() for pair in pairs]


def test_page_has_every_pair_and_no_other() -> None:
    rows = [line.split(" | ")[:2] for line in make_optimizers.PAGE.read_text().splitlines() if line.startswith("| `")]
    assert rows == [[f"| `{ours}`", f"`{theirs}`"] for ours, theirs in PAIRS]


@pytest.mark.parametrize("pair", PAIRS[::4], ids=str)  # a run of all takes a minute
def test_row_is_what_the_engine_finds(pair: tuple[str, str]) -> None:
    assert make_optimizers.row(*pair) in make_optimizers.PAGE.read_text().splitlines()
