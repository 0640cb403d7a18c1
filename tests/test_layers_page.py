"""docs/layers.md and docs/flax_equinox_haiku.md: written from their data, which the engine gives again."""

import importlib
import importlib.util
import warnings
from typing import Any

import jax
import pytest
from hypothesis import settings

from docs import make_layers, make_models

EVERY = settings().max_examples > 10  # the thorough profile judges every row
SAMPLE = ("LayerNorm", "gelu", "Conv2D, stride 2", "MaxPool2d")
ROWS = make_layers.stored()["libraries"]


def test_table_is_written_from_the_data() -> None:
    assert make_layers.page(make_layers.stored()) == make_layers.PAGE.read_text("utf-8")


def test_page_of_models_shows_the_scripts_and_what_they_printed() -> None:
    assert make_models.page(make_models.stored()) == make_models.PAGE.read_text("utf-8")
    assert all("agrees" in printed for printed in make_models.stored().values())


def test_every_difference_has_a_reason() -> None:
    rows = [row for items in ROWS.values() for row in items if row["answer"] != "agrees"]
    assert rows
    assert [row["layer"] for row in rows if not make_layers.cells(row)[4]] == []


# The engine run again, if the libraries are installed.


def pairs_of(library: str) -> list[Any]:
    package = library.partition("_")[0]
    pytest.importorskip(package, reason=f"the dependency group layers is not installed: no {package}")
    return importlib.import_module(f"docs.layer_pairs.{library}").PAIRS


@pytest.fixture
def jax_as_it_comes() -> Any:
    with jax.enable_x64(False), jax.numpy_dtype_promotion("standard"), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


@pytest.mark.usefixtures("jax_as_it_comes")
@pytest.mark.parametrize("library", ROWS)
def test_rows_are_judged_again(library: str) -> None:
    pairs = pairs_of(library)
    assert [pair.layer for pair in pairs] == [row["layer"] for row in ROWS[library]]
    for pair, row in zip(pairs, ROWS[library], strict=True):
        if EVERY or pair.layer.rpartition(".")[2] in SAMPLE:
            again = make_layers.found(pair)
            assert [again[key] for key in ("answer", "settings", "why")] == [
                row[key] for key in ("answer", "settings", "why")
            ]


@pytest.mark.parametrize("library", make_models.TITLES)
def test_model_prints_the_same_again(library: str) -> None:
    pairs_of(library)
    assert make_models.run(library) == make_models.stored()[library]
