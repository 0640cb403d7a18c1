"""The measurements: the pages show the stored data, and the data covers every op and every pair."""

import os
import re
import subprocess
import sys
from pathlib import Path

import _sides
import bench_convolution
import bench_counted
import bench_detection
import bench_eager
import bench_layers
import bench_opinfo
import bench_optimizers
import bench_port
import bench_recurrent
import bench_speed
import bench_tolerance
import pytest
from pairs import AGREEING, DIFFERENT

from jaxfun.porting.counterparts import counterparts

LAYERS = (bench_layers, bench_convolution, bench_recurrent, bench_optimizers)
WHAT = ("result", "gradient")
DOCS = Path(__file__).parent.parent / "docs"
# quick to compile, one of each kind
COUNTED_ANEW = ("abs", "amax", "var", "addmm", "topk", "atan2")


@pytest.mark.parametrize(
    "bench", [bench_detection, bench_tolerance, bench_opinfo], ids=["detection", "tolerance", "opinfo"]
)
def test_page_shows_the_table_of_its_data(bench: object) -> None:
    page = DOCS / f"{bench.DATA.stem}.md"
    assert bench.as_markdown(bench.read(bench.DATA)) in page.read_text()


@pytest.mark.parametrize(
    "bench", [bench_speed, bench_eager, bench_counted, bench_port], ids=["sizes", "eager", "counted", "port"]
)
def test_speed_page_shows_the_tables_of_its_data(bench: object) -> None:
    assert bench.as_markdown(bench.read(bench.DATA)) in (DOCS / "speed.md").read_text()


@pytest.mark.parametrize("bench", LAYERS, ids=["layers", "convolution", "recurrent", "optimizers"])
def test_speed_page_shows_the_tables_of_layers(bench: object) -> None:
    assert _sides.as_markdown(_sides.read(bench.DATA)) in (DOCS / "speed.md").read_text()


@pytest.mark.parametrize("bench", LAYERS, ids=["layers", "convolution", "recurrent", "optimizers"])
def test_every_layer_slower_than_torch_has_a_reason(bench: object) -> None:
    _, _, text = (DOCS / "speed.md").read_text().partition("Where these are slower than PyTorch:")
    reasons = re.findall(r"\*\*(.*?)\*\*", text.partition("\n## ")[0])
    slower = {row.layer for row in _sides.read(bench.DATA) if row.ratio > _sides.TARGET}
    assert not {layer for layer in slower if not layer.startswith(tuple(reasons))}


def test_exactly_the_models_of_which_a_peer_is_quicker_have_a_reason() -> None:
    rows = bench_port.read()
    assert {row.model for row in rows} == bench_port.MODELS.keys()
    assert bench_port.behind(rows).keys() == bench_port.REASONS.keys()
    page = (DOCS / "speed.md").read_text()
    assert all(f"- **{model}**, {what}: {why}." in page for (model, what), why in bench_port.REASONS.items())


def test_every_op_slower_than_torch_has_a_reason() -> None:
    _, _, reasons = (DOCS / "speed.md").read_text().partition("## Where jaxfun is slower, and why")
    slower = {row.op for row in bench_speed.read() if row.ratio > bench_speed.TARGET}
    assert not {op for op in slower if f"**{op}**" not in reasons}


def test_exactly_the_functions_that_cost_more_than_jax_have_a_reason() -> None:
    dearer = {row.name for row in bench_counted.read() if row.worst > bench_counted.TARGET}
    assert dearer == bench_counted.reasons().keys()
    assert all(bench_counted.reasons().values())


def test_every_function_with_a_counterpart_is_counted_or_listed_as_uncounted() -> None:
    counted = {row.name for row in bench_counted.read()}
    with_counterpart = {name for name, counterpart in counterparts().items() if counterpart.jax}
    assert counted <= with_counterpart
    assert with_counterpart - counted == bench_counted.UNCOUNTED.keys()


@pytest.fixture(scope="module")
def counted_anew(tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[str, ...], bench_counted.Row]:
    """The figures of a new process, which compiles as a user's process does."""
    file = tmp_path_factory.mktemp("counted") / "counted.csv"
    command = [sys.executable, bench_counted.__file__, "--to", str(file), *COUNTED_ANEW]
    subprocess.run(command, check=True, env=os.environ | {"JAX_ENABLE_COMPILATION_CACHE": "0"}, capture_output=True)
    return {row[:3]: row for row in bench_counted.read(file)}


@pytest.mark.parametrize("name", COUNTED_ANEW)
def test_function_costs_no_more_than_recorded(
    name: str, counted_anew: dict[tuple[str, ...], bench_counted.Row]
) -> None:
    rows = [row for row in bench_counted.read() if row.name == name]
    assert rows
    for row in rows:
        now = counted_anew[row[:3]]
        assert all(new <= 1.1 * old for new, old in zip(now.ratios, row.ratios, strict=True)), (now, row)


def test_exactly_the_cells_of_the_operator_database_that_differ_have_a_reason() -> None:
    cells = bench_opinfo.read()
    assert bench_opinfo.differing(cells).keys() == bench_opinfo.REASONS.keys()
    of_functional = {cell.op for cell in cells if cell.op.startswith("nn.functional.")}
    assert len(of_functional) > 90
    assert {cell.op for cell in cells if cell.what == bench_opinfo.MISSING and cell.op in of_functional} == (
        bench_opinfo.LEFT_OUT.keys()
    )


def test_cells_of_the_operator_database_are_found_anew(tmp_path: Path) -> None:
    names = ("nn.functional.one_hot",)
    command = [sys.executable, bench_opinfo.__file__, *names, "--to", str(tmp_path / "cells.csv")]
    subprocess.run(command, check=True, capture_output=True)
    stored = [cell[:-1] for cell in bench_opinfo.read() if cell.op in names]
    assert [cell[:-1] for cell in bench_opinfo.read(tmp_path / "cells.csv")] == stored


def test_every_op_is_measured_at_every_size() -> None:
    measured = {(row.op, row.elements, row.what) for row in bench_speed.read()}
    wanted = {(case.name, size, what) for case in bench_speed.CASES for size in bench_speed.SIZES for what in WHAT}
    assert measured == wanted


def test_every_pair_is_judged_correctly() -> None:
    counts = bench_detection.read(bench_detection.DATA)
    ours = {item.pair: item for item in counts if bench_detection.WAYS[item.way] is bench_detection.by_parity}
    assert set(ours) == {*DIFFERENT, *AGREEING}
    assert all(item.seeds >= 10 for item in ours.values())
    assert all(item.is_right for item in ours.values()), "every wrong port is found, and there is no false alarm"


def test_tolerance_is_measured_on_every_agreeing_pair() -> None:
    rows = bench_tolerance.read(bench_tolerance.DATA)
    assert {row.pair for row in rows} == set(bench_tolerance.MEASURED)


def test_tolerance_separates_right_ports_from_wrong_ones() -> None:
    rows = bench_tolerance.read(bench_tolerance.DATA)
    for dtype in ("float32", "float64", "complex64"):
        right, wrong = (
            [bench_tolerance.worst(row) for row in rows if row.dtype == dtype and row.port == port]
            for port in (bench_tolerance.RIGHT, "off by 1e-05")
        )
        # complex sinh and a cosine of large numbers are less exact in JAX; zero times 1.00001 is zero
        assert sorted(right)[-3] < 0.5, dtype
        assert min(share for share in wrong if share) > 1, dtype
