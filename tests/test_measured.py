"""What the pages say was measured is what the data in the repository says; the data is of the pairs that there are."""

from pathlib import Path

import bench_detection
import bench_eager
import bench_speed
import bench_tolerance
import pytest
from pairs import AGREEING, DIFFERENT

WHAT = ("result", "gradient")
DOCS = Path(__file__).parent.parent / "docs"


@pytest.mark.parametrize("bench", [bench_detection, bench_tolerance], ids=["detection", "tolerance"])
def test_a_page_has_the_table_of_its_data(bench: object) -> None:
    page = DOCS / f"{bench.DATA.stem}.md"
    assert bench.as_markdown(bench.read(bench.DATA)) in page.read_text()


@pytest.mark.parametrize("bench", [bench_speed, bench_eager], ids=["sizes", "eager"])
def test_the_page_on_speed_has_the_tables_of_its_data(bench: object) -> None:
    assert bench.as_markdown(bench.read(bench.DATA)) in (DOCS / "speed.md").read_text()


def test_what_is_slower_than_torch_has_a_reason() -> None:
    _, _, reasons = (DOCS / "speed.md").read_text().partition("## Where jaxfun is slower, and why")
    slower = {row.op for row in bench_speed.read() if row.ratio > bench_speed.TARGET}
    assert not {op for op in slower if f"**{op}**" not in reasons}


def test_every_op_was_measured_at_every_size() -> None:
    measured = {(row.op, row.elements, row.what) for row in bench_speed.read()}
    wanted = {(case.name, size, what) for case in bench_speed.CASES for size in bench_speed.SIZES for what in WHAT}
    assert measured == wanted


def test_all_pairs_were_counted() -> None:
    counts = bench_detection.read(bench_detection.DATA)
    ours = {item.pair: item for item in counts if bench_detection.WAYS[item.way] is bench_detection.by_parity}
    assert set(ours) == {*DIFFERENT, *AGREEING}
    assert all(item.seeds >= 10 for item in ours.values())
    assert all(item.is_right for item in ours.values()), "every wrong port is found, and there is no false alarm"


def test_the_tolerance_was_measured_on_all_pairs_that_agree() -> None:
    rows = bench_tolerance.read(bench_tolerance.DATA)
    assert {row.pair for row in rows} == set(bench_tolerance.MEASURED)


def test_the_tolerance_parts_right_ports_from_wrong_ones() -> None:
    rows = bench_tolerance.read(bench_tolerance.DATA)
    for dtype in ("float32", "float64", "complex64"):
        right, wrong = (
            [bench_tolerance.worst(row) for row in rows if row.dtype == dtype and row.port == port]
            for port in (bench_tolerance.RIGHT, "off by 1e-05")
        )
        # complex sinh and a cosine of large numbers are less exact in JAX; nothing times 1.00001 is nothing
        assert sorted(right)[-3] < 0.5, dtype
        assert min(share for share in wrong if share) > 1, dtype
