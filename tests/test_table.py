"""Tables: the same rows whatever the files, chunks and shards; other people's files; every mistake with its place."""

import decimal
import gzip
import os
import re
import subprocess
import sys
import threading
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import jax
import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jax.sharding import AxisType, NamedSharding, PartitionSpec
from pyarrow import csv, parquet

import jaxfun as jf
from jaxfun.core import ahead
from jaxfun.table import Encoding, TableError, sources

ROWS = 57
rng = np.random.default_rng(0)
X = rng.normal(size=(ROWS, 3)).astype(np.float32)
Y = rng.normal(size=(ROWS, 1)).astype(np.float32)
POINTS = pa.table({**{name: X[:, i] for i, name in enumerate("abc")}, "y": Y[:, 0]})


def written(folder: Path, cuts: list[int], group: int, suffixes: list[str]) -> list[Path]:
    """Write the points as files cut at some rows, with row groups of `group` rows."""
    ends = [*sorted(cuts), ROWS]
    files = []
    for i, (start, stop) in enumerate(zip([0, *ends], ends, strict=False)):
        suffix = suffixes[i % len(suffixes)]
        files.append(folder / f"{i}{suffix}")
        part = POINTS.slice(start, stop - start)
        if suffix == ".csv":
            csv.write_csv(part, files[-1])
        else:
            parquet.write_table(part, files[-1], row_group_size=group)
    return files


SPLITS = st.lists(st.integers(1, ROWS - 1), max_size=4, unique=True)
BATCHES = st.sampled_from([1, 3, 10, 100])
KINDS = st.lists(st.sampled_from([".csv", ".parquet"]), min_size=1, max_size=2)


@pytest.mark.proves("table.rows")
@given(SPLITS, st.integers(1, ROWS), BATCHES, KINDS, st.integers(1, ROWS + 3), st.data())
@settings(max_examples=40, deadline=None)
def test_any_files_row_groups_and_chunks_give_the_same_rows(
    tmp_path_factory: Any, cuts: list[int], group: int, batch: int, suffixes: list[str], size: int, data: Any
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sources, "_MOST_ROWS_OF_A_BATCH", batch)
        patch.setattr(sources, "_BLOCK_BYTES", 60 * batch)
        files = written(tmp_path_factory.mktemp("t"), cuts, group, suffixes)
        check_rows(files, size, data)


def check_rows(files: list[Path], size: int, data: Any) -> None:
    rows = jf.table.rows(files, "y")
    assert (len(rows), rows.features, rows.target) == (ROWS, ("a", "b", "c"), "y")
    start = data.draw(st.integers(0, ROWS))
    stop = data.draw(st.integers(start, ROWS))
    for read, whole in zip(rows.read(start, stop), (X, Y), strict=True):
        np.testing.assert_array_equal(read, whole[start:stop])
    chunks = rows.chunks(size)
    for _ in range(2):
        parts = list(chunks)
        assert [len(x) for x, _ in parts[:-1]] == [size] * (len(parts) - 1)
        assert (len(parts), sum(len(x) for x, _ in parts)) == (len(chunks), chunks.rows)
        np.testing.assert_array_equal(np.concatenate([x for x, _ in parts]), X)
        np.testing.assert_array_equal(np.concatenate([y for _, y in parts]), Y)
    later = data.draw(st.integers(0, len(chunks)))
    rest = list(chunks.start_at(later))
    assert len(rest) == len(chunks.start_at(later)) == len(chunks) - later
    assert sum(len(x) for x, _ in rest) == chunks.start_at(later).rows
    for (x, y), (again, same) in zip(rest, parts[later:], strict=True):
        np.testing.assert_array_equal(x, again)
        np.testing.assert_array_equal(y, same)


@given(SPLITS, st.integers(1, 20), st.integers(1, 9), st.integers(1, 30))
@settings(max_examples=25, deadline=None)
def test_parts_of_processes_are_all_rows_in_equally_many_chunks(
    tmp_path_factory: Any, cuts: list[int], group: int, processes: int, size: int
) -> None:
    rows = jf.table.rows(written(tmp_path_factory.mktemp("t"), cuts, group, [".parquet"]), "y")
    parts = [rows.chunks(size, part=(i, processes)) for i in range(processes)]
    read = [list(part) for part in parts]
    assert len({len(part) for part in read}) == 1
    assert [len(part) for part in parts] == [len(part) for part in read]
    np.testing.assert_array_equal(np.concatenate([x for part in read for x, _ in part]), X)


@pytest.mark.parametrize("kind", [".csv", ".parquet"])
@pytest.mark.parametrize("holes", [[], [0], [3, 4, 5, 20, ROWS - 1], list(range(0, ROWS, 2))], ids=str)
@pytest.mark.parametrize(("size", "column"), [(1, "b"), (7, "y"), (100, "b")])
def test_dropped_rows_are_in_no_chunk_and_not_counted(
    tmp_path: Path, kind: str, holes: list[int], size: int, column: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sources, "_MOST_ROWS_OF_A_BATCH", 4)
    place = POINTS.column_names.index(column)
    values = [None if i in holes else value for i, value in enumerate(POINTS.column(column).to_pylist())]
    table = POINTS.set_column(place, column, pa.array(values))
    for i, start in enumerate((0, 21, 22)):
        part = table.slice(start, (21, 1, ROWS)[i])
        file = tmp_path / f"{i}{kind}"
        csv.write_csv(part, file) if kind == ".csv" else parquet.write_table(part, file, row_group_size=10)
    rows = jf.table.rows(tmp_path, "y", missing="drop")
    kept = np.delete(np.arange(ROWS), holes)
    assert len(rows) == len(kept)
    np.testing.assert_array_equal(np.concatenate([x for x, _ in rows.chunks(size)]), X[kept])
    for start in range(0, len(kept), 5):
        np.testing.assert_array_equal(rows.read(start, start + 1)[1], Y[kept[start : start + 1]])


def sharding(names: tuple[Any, ...]) -> NamedSharding:
    mesh = jax.make_mesh((len(jax.devices()),), ("data",), axis_types=(AxisType.Auto,))
    return NamedSharding(mesh, PartitionSpec(*names))


@pytest.mark.parametrize("multiple", [None, 1, 4, 57, 60])
@pytest.mark.parametrize("spec", [(), ("data",)], ids=str)
def test_arrays_are_all_rows_with_nan_at_the_end(tmp_path: Path, multiple: int | None, spec: tuple[str, ...]) -> None:
    rows = jf.table.rows(written(tmp_path, [5, 30], 8, [".parquet"]), "y")
    where = sharding(spec)
    x, y = rows.arrays(where, multiple=multiple)
    count = -(-ROWS // (multiple or 1)) * (multiple or 1)
    assert (x.shape, y.shape, x.dtype) == ((count, 3), (count, 1), np.float32)
    assert x.sharding == where
    np.testing.assert_array_equal(x[:ROWS], X)
    np.testing.assert_array_equal(y[:ROWS], Y)
    assert np.isnan(x[ROWS:]).all()
    assert np.isnan(y[ROWS:]).all()


SHARDED = """
import jax, numpy as np, sys
from jax.sharding import AxisType, NamedSharding, PartitionSpec
import jaxfun as jf
mesh = jax.make_mesh((2, 2), ("data", "model"), axis_types=(AxisType.Auto,) * 2)
rows = jf.table.rows(sys.argv[1], "y", features=["a", "b"])
for spec, parts in ((("data", None), 2), ((("data", "model"),), 4), (("data", "model"), 2), ((None, "model"), 1)):
    x, y = rows.arrays(NamedSharding(mesh, PartitionSpec(*spec)))
    assert x.shape == (-(-57 // parts) * parts, 2), (spec, x.shape)
    assert {shard.data.shape[0] for shard in y.addressable_shards} == {len(x) // parts}
    whole = jf.table.rows(sys.argv[1], "y", features=["a", "b"]).read()
    np.testing.assert_array_equal(np.asarray(x)[:57], whole[0])
    np.testing.assert_array_equal(np.asarray(y)[:57], whole[1])
"""


def test_arrays_take_any_sharding_of_rows_and_features(tmp_path: Path) -> None:
    written(tmp_path, [11], 8, [".parquet"])
    given = {**os.environ, "XLA_FLAGS": "--xla_force_host_platform_device_count=4", "JAX_PLATFORMS": "cpu"}
    call = [sys.executable, "-c", SHARDED, str(tmp_path)]
    ended = subprocess.run(call, env=given, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr


def test_only_the_row_groups_that_are_needed_are_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = jf.table.rows(written(tmp_path, [20], 10, [".parquet"]), "y")
    asked, read = [], parquet.ParquetFile.iter_batches

    def watched(self: Any, size: int, groups: Any, *args: Any, **kwargs: Any) -> Any:
        for group in groups:
            asked.append(group)
            yield from read(self, size, [group], *args, **kwargs)

    monkeypatch.setattr(parquet.ParquetFile, "iter_batches", watched)
    rows.read(12, 19)
    assert asked == [1]
    next(iter(rows.chunks(7).start_at(6)))
    assert asked[1] == 2  # row 42 is row 22 of the second file


# Reading ahead.


def threads() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if "jaxfun.table" in thread.name]


def test_an_error_in_the_thread_reaches_the_caller_after_the_items_before_it() -> None:
    def items() -> Any:
        yield 1
        yield 2
        raise KeyError("here")

    read = ahead.ahead(items())
    assert (next(read), next(read)) == (1, 2)
    with pytest.raises(KeyError):
        next(read)
    assert not threads()


@pytest.mark.parametrize("taken", [0, 1, 3])
def test_the_thread_ends_when_the_caller_stops(taken: int) -> None:
    made, closed = [], []

    def items() -> Any:
        try:
            for i in range(1000):
                made.append(i)
                yield i
        finally:
            closed.append(threading.current_thread().name)

    read = ahead.ahead(items())
    for _ in range(taken):
        next(read)
    read.close()  # type: ignore[attr-defined]
    assert not threads()
    assert len(made) <= taken + 3
    assert closed == (["jaxfun reads ahead"] if taken and made else [])


def test_the_thread_ends_when_the_loop_raises(tmp_path: Path) -> None:
    rows = jf.table.rows(written(tmp_path, [], 5, [".parquet"]), "y")
    with pytest.raises(ZeroDivisionError):
        [1 / 0 for _ in rows.chunks(2)]
    assert not threads()


def test_a_bad_value_far_in_the_file_reaches_the_loop_with_its_row(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    values = np.arange(50.0)
    values[41] = np.nan
    monkeypatch.setattr(sources, "_MOST_ROWS_OF_A_BATCH", 7)
    for i, part in enumerate((slice(0, 30), slice(30, 50))):
        parquet.write_table(pa.table({"x": values[part], "y": values[part] * 0}), tmp_path / f"{i}.parquet")
    chunks = iter(jf.table.rows(tmp_path, "y").chunks(10))
    assert sum(len(next(chunks)[0]) for _ in range(4)) == 40
    with pytest.raises(TableError, match=r"column 'x', row 42 \(row 12 of .*1\.parquet\): a value is missing"):
        next(chunks)
    with pytest.raises(TableError, match="row 42"):
        jf.table.rows(tmp_path, "y").read(39, 45)
    assert not threads()


# Files as others write them: the bytes, and the features and numbers that they hold.

FILES: dict[str, tuple[bytes, tuple[str, ...], list[list[float]], list[float]]] = {
    "semicolons": (b"x;z;y\n1;2;3\n4;5;6\n", ("x", "z"), [[1, 2], [4, 5]], [3, 6]),
    "decimal commas": (b"x;z;y\n1,5;2;3\n4;5,25;6\n", ("x", "z"), [[1.5, 2], [4, 5.25]], [3, 6]),
    "tabs": (b"x\tz\ty\n1\t2\t3\n", ("x", "z"), [[1, 2]], [3]),
    "bars": (b"x|z|y\n1|2|3\n", ("x", "z"), [[1, 2]], [3]),
    "spaces": (b"x z y\n1 2 3\n", ("x", "z"), [[1, 2]], [3]),
    "a separator line": (b"sep=;\nx;y\n1;2\n", ("x",), [[1]], [2]),
    "spaces around": (b"x, z , y\n1, 2 , 3\n", ("x", "z"), [[1, 2]], [3]),
    "latin-1": ("größe,y\n1,2\n".encode("latin-1"), ("größe",), [[1]], [2]),
    "UTF-16": ("größe,y\n1,2".encode("utf-16"), ("größe",), [[1]], [2]),
    "a byte order mark": (b"\xef\xbb\xbfx,y\n1,2\n", ("x",), [[1]], [2]),
    "gzip": (gzip.compress(b"x,y\n1,2\n"), ("x",), [[1]], [2]),
    "Windows line ends": (b"x,y\r\n1,2\r\n3,4\r\n", ("x",), [[1], [3]], [2, 4]),
    "no last line end": (b"x,y\n1,2", ("x",), [[1]], [2]),
    "blank lines": (b"\n\nx,y\n\n1,2\n\n3,4\n\n", ("x",), [[1], [3]], [2, 4]),
    "a quoted line break": (b'"x\nz",y\n1,2\n3,4\n', ("x\nz",), [[1], [3]], [2, 4]),
    "a comma in a name": (b'"a,b",y\n1,2\n', ("a,b",), [[1]], [2]),
    "an escape sequence": (b"\x1b[31mx,y\n1,2\n", ("\x1b[31mx",), [[1]], [2]),
    "equal names": (b"x,x,x.1,y\n1,2,3,4\n", ("x", "x.2", "x.1"), [[1, 2, 3]], [4]),
    "blank names": (b",x, ,y\n1,2,3,4\n", ("column 1", "x", "column 3"), [[1, 2, 3]], [4]),
    "numbers as names": (b"0,1,y\n5,6,7\n", ("0", "1"), [[5, 6]], [7]),
    "booleans": (b"x,z,y\ntrue,False,1\nfalse,TRUE,2\n", ("x", "z"), [[1, 0], [0, 1]], [1, 2]),
    "large and small": (b"x,z,y\n1e200,1e-300,1\n-1e200,0,2\n", ("x", "z"), [[1e200, 1e-300], [-1e200, 0]], [1, 2]),
    "dates": (b"x,y\n1970-01-02,1\n1970-01-01,2\n", ("x",), [[86400], [0]], [1, 2]),
    "times": (b"x,y\n1970-01-01 00:00:01.5,1\n,2\n", ("x",), [[1.5], [1.5]], [1, 2]),
    "times with a zone": (b"x,y\n1970-01-01T00:00:01Z,1\n1970-01-01T01:00:00+01:00,2\n", ("x",), [[1], [0]], [1, 2]),
    "equal targets": (b"x,y\n1,7\n2,7\n", ("x",), [[1], [2]], [7, 7]),
    "equal features": (b"x,z,y\n1,7,1\n2,7,2\n", ("x", "z"), [[1, 7], [2, 7]], [1, 2]),
}


@pytest.mark.parametrize("name", FILES)
def test_csv_files_as_others_write_them(name: str, tmp_path: Path) -> None:
    content, features, x, y = FILES[name]
    file = tmp_path / "table"
    file.write_bytes(content)
    rows = jf.table.rows(file, "y", missing="mean" if name == "times" else "refuse")
    found = rows.read(dtype=np.float64)
    assert rows.features == features
    np.testing.assert_array_equal(found[0], x)
    np.testing.assert_array_equal(found[1][:, 0], y)


def test_a_line_break_in_quotes_may_stand_where_a_block_ends(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sources, "_BLOCK_BYTES", 64)
    (tmp_path / "t.csv").write_text("x,note,y\n" + '1,"one\ntwo\nthree",2\n' * 50)
    rows = jf.table.rows(tmp_path / "t.csv", "y", ["x"])
    assert rows.read()[1][:, 0].tolist() == [2.0] * 50


def test_a_late_byte_that_is_not_utf8_changes_the_encoding(tmp_path: Path) -> None:
    lines = [b"name,y"] + [b"a,%d" % i for i in range(120_000)]
    lines[-1] = b"\x80,1"  # after what is looked at first
    file = tmp_path / "t.csv"
    file.write_bytes(b"\n".join(lines))
    rows = jf.table.rows(file, "y", categorical=["name"])
    assert rows.encoding.levels == (("a", "€"),)
    assert len(rows) == 120_000


# Arrow columns, and the numbers that they become

COLUMNS: dict[str, tuple[Any, list[float]]] = {
    "decimals": (pa.array([decimal.Decimal("0.1"), decimal.Decimal("12.34")], pa.decimal128(30, 20)), [0.1, 12.34]),
    "whole decimals": (pa.array([decimal.Decimal(2**53), decimal.Decimal(-3)], pa.decimal128(30, 0)), [2.0**53, -3]),
    "64-bit integers": (pa.array([2**53, -(2**60)]), [2.0**53, -(2.0**60)]),
    "the largest exact": (pa.array([2**64 - 2**11, 1], pa.uint64()), [2.0**64 - 2.0**11, 1]),
    "8-bit integers": (pa.array([-3, 4], pa.int8()), [-3, 4]),
    "booleans": (pa.array([True, False]), [1, 0]),
    "half floats": (pa.array(np.array([0.5, 2], np.float16)), [0.5, 2]),
    "a dictionary": (pa.array([7.0, 8.0]).dictionary_encode(), [7, 8]),
    "dates": (pa.array([1, 2], pa.date32()), [86400, 172800]),
    "long dates": (pa.array([86400000, 0], pa.date64()), [86400, 0]),
    "nanoseconds": (pa.array([1_500_000_000, -500_000_000], pa.timestamp("ns", "Europe/Oslo")), [1.5, -0.5]),
    "durations": (pa.array([timedelta(seconds=2), timedelta(milliseconds=3)]), [2, 0.003]),
    "times of day": (pa.array([1, 2], pa.time32("s")), [1, 2]),
    "large and small": (pa.array([1e200, 1e-300]), [1e200, 1e-300]),
}


@pytest.mark.parametrize("name", COLUMNS)
def test_parquet_columns_as_numbers(name: str, tmp_path: Path) -> None:
    column, numbers = COLUMNS[name]
    file = tmp_path / "t.parquet"
    parquet.write_table(pa.table({"x": column, "y": [1.0, 2.0]}), file)
    np.testing.assert_array_equal(jf.table.rows(file, "y").read(dtype=np.float64)[0][:, 0], numbers)


@pytest.mark.parametrize("name", COLUMNS)
def test_nulls_in_parquet_columns_of_each_type_are_missing(name: str, tmp_path: Path) -> None:
    column, numbers = COLUMNS[name]
    file = tmp_path / "t.parquet"
    with_null = column.take(pa.array([0, 1, None]))
    parquet.write_table(pa.table({"x": with_null, "y": np.arange(float(len(with_null)))}), file)
    with pytest.raises(TableError, match=rf"column 'x', row {len(with_null)}: a value is missing"):
        jf.table.rows(file, "y").read(dtype=np.float64)
    filled = jf.table.rows(file, "y", missing="mean").read(dtype=np.float64)[0][:, 0]
    np.testing.assert_allclose(filled[-1], np.mean(numbers), rtol=1e-15)


def test_names_that_begin_others_and_equal_names_in_parquet(tmp_path: Path) -> None:
    file = tmp_path / "t.parquet"
    arrays = [pa.array([float(i)]) for i in range(5)]
    parquet.write_table(pa.Table.from_arrays(arrays, ["a", "a.b", "a", "", "y"]), file)
    rows = jf.table.rows(file, "y")
    assert rows.features == ("a", "a.b", "a.1", "column 4")
    np.testing.assert_array_equal(rows.read()[0], [[0, 1, 2, 3]])
    np.testing.assert_array_equal(jf.table.rows(file, "y", ["a.1", "a"]).read()[0], [[2, 0]])


def test_the_index_of_a_pandas_frame_is_no_feature(tmp_path: Path) -> None:
    notes = {"pandas": '{"index_columns": ["__index_level_0__"]}'}
    table = pa.table({"x": [1.0], "y": [2.0], "__index_level_0__": [7]}).replace_schema_metadata(notes)
    parquet.write_table(table, tmp_path / "t.parquet")
    assert jf.table.rows(tmp_path, "y").features == ("x",)


def test_paths_are_patterns_folders_lists_and_pipes(tmp_path: Path) -> None:
    (tmp_path / "in" / "deep").mkdir(parents=True)
    for name, row in {"in/b.csv": 2, "in/a.csv.gz": 1, "in/deep/c.tsv": 3}.items():
        text = f"x,y\n{row},{row}\n".encode()
        (tmp_path / name).write_bytes(gzip.compress(text) if name.endswith("gz") else text)
    for name in ("in/_SUCCESS", "in/.hidden.csv", "in/notes.md"):
        (tmp_path / name).write_text("not a table")

    def read(paths: Any) -> list[float]:
        return jf.table.rows(paths, "y").read()[1][:, 0].tolist()

    assert read(tmp_path / "in") == read(str(tmp_path)) == [1, 2, 3]
    assert read(f"{tmp_path}/in/*.csv*") == [1, 2]
    assert read(f"{tmp_path}/**/*.[ct]sv") == [2, 3]
    assert read([tmp_path / "in" / "b.csv", str(tmp_path / "in" / "a.csv.gz")]) == [2, 1]
    program = "import sys, jaxfun as jf; print(jf.table.rows(sys.argv[1], 'y').read()[1].tolist())"
    for path in ("-", "/dev/stdin"):
        call = [sys.executable, "-c", program, path]
        ended = subprocess.run(call, input="x,y\n1,2\n3,4\n", capture_output=True, text=True, check=True)
        assert ended.stdout == "[[2.0], [4.0]]\n"


def test_the_copy_of_a_pipe_goes_with_its_rows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    os.mkfifo(tmp_path / "pipe")
    writer = threading.Thread(target=(tmp_path / "pipe").write_text, args=("x,y\n1,2\n",))
    writer.start()
    rows = jf.table.rows(tmp_path / "pipe", "y")
    writer.join()
    assert len(list(rows.chunks())) == len(list(rows.chunks())) == 1
    assert len(list(tmp_path.glob("jaxfun-*"))) == 1
    del rows
    assert not list(tmp_path.glob("jaxfun-*"))


# Categories, missing values, encodings.

CITIES = "city,area,y\nRome,1,2\nOslo,,3\n,3,4\nParis,5,6\nOslo,7,8\n"


@pytest.fixture(params=[".csv", ".parquet", "dictionary"])
def cities(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    file = tmp_path / f"cities{request.param}"
    file.write_text(CITIES)
    if request.param != ".csv":
        table = csv.read_csv(file, convert_options=csv.ConvertOptions(strings_can_be_null=True))
        if request.param == "dictionary":
            table = table.set_column(0, "city", table.column("city").dictionary_encode())
        parquet.write_table(table, file, row_group_size=2)
    return file


def test_categories_are_one_hot_without_the_first(cities: Path) -> None:
    rows = jf.table.rows(cities, "y", categorical=["city"], missing="drop")
    assert rows.features == ("city=Paris", "city=Rome", "area")
    assert rows.encoding.levels == (("Oslo", "Paris", "Rome"), ())
    np.testing.assert_array_equal(rows.read()[0], [[0, 1, 1], [1, 0, 5], [0, 0, 7]])
    assert np.linalg.matrix_rank(np.column_stack([np.ones(3), rows.read()[0][:, :2]])) == 3


def test_missing_values_become_means_and_frequencies(cities: Path) -> None:
    rows = jf.table.rows(cities, "y", categorical=["city"], missing="mean")
    x, y = rows.read(dtype=np.float64)
    np.testing.assert_array_equal(x[:, 2], [1, 4, 3, 5, 7])
    np.testing.assert_array_equal(x[:, :2], [[0, 1], [0, 0], [0.25, 0.25], [1, 0], [0, 0]])
    np.testing.assert_array_equal(y[:, 0], [2, 3, 4, 6, 8])


def test_a_level_of_dropped_rows_is_no_feature(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("city,y\nOslo,1\nRome,2\nBergen,\n")
    rows = jf.table.rows(tmp_path, "y", categorical=["city"], missing="drop")
    assert rows.encoding.levels == (("Oslo", "Rome"),)


@pytest.mark.parametrize("missing", ["drop", "mean"])
def test_an_encoding_makes_the_same_features_of_another_table(cities: Path, tmp_path: Path, missing: str) -> None:
    fitted = jf.table.rows(cities, "y", categorical=["city"], missing=missing)
    np.savez(tmp_path / "model.npz", **fitted.encoding.to_arrays())
    with np.load(tmp_path / "model.npz") as saved:
        encoding = Encoding.from_arrays(saved)
    assert str(encoding) == str(fitted.encoding)  # NaN is not equal to itself
    new = tmp_path / "new.csv"
    new.write_text("area,more,city\n2,x,Rome\n3,x,Oslo\n")
    rows = jf.table.rows(new, None, encoding=encoding)
    assert rows.features == fitted.features
    (x,) = rows.read()
    np.testing.assert_array_equal(x, [[0, 1, 2], [0, 0, 3]])
    assert [len(chunk) for chunk in rows.chunks()] == [len(rows.arrays())] == [1]
    new.write_text("area,city\n1,Rome\n,Bergen\n")
    with pytest.raises(TableError, match=r"column 'city', row 2: 'Bergen' is none of the 3 levels \('Oslo', 'Paris'"):
        jf.table.rows(new, None, encoding=encoding).read()
    new.write_text("area,city\n1,Rome\n,Oslo\n")
    rows = jf.table.rows(new, None, encoding=encoding)
    if missing == "mean":
        np.testing.assert_array_equal(rows.read()[0][1], [0, 0, 4])
    else:
        with pytest.raises(TableError, match="column 'area', row 2: a value is missing"):
            rows.read()
        assert len(jf.table.rows(new, None, encoding=encoding, missing="drop")) == 1


# Mistakes: what writes the file, further arguments, and what the one line must contain.

BIG = 2**53 + 1
MISTAKES: dict[str, tuple[Any, dict[str, Any], str]] = {
    "a missing value": ("x,y\n1,2\n,3\n", {}, r"column 'x', row 2: a value is missing"),
    "a word for missing": ("x,y\n1,2\n NA,3\n", {}, r"column 'x', row 2: a value is missing"),
    "a missing target to fill": ("x,y\n1,2\n2,\n", {"missing": "mean"}, r"column 'y', row 2: a value is missing"),
    "nothing to take the mean of": ("x,y\n,2\n,3\n", {"missing": "mean"}, r"column 'x': every value is missing"),
    "all rows dropped": ("x,y\n,2\n2,\n", {"missing": "drop"}, r"a value is missing in every row"),
    "an infinite value": ("x,y\n1,2\n-inf,3\n", {}, r"column 'x', row 2: a value is infinite"),
    "infinity in Parquet": (
        {"x": pa.array([1, np.inf], pa.float32()), "y": [1.0, 2.0]},
        {},
        r"'x', row 2: a value is inf",
    ),
    "an infinite value to drop": ("x,y\n1,2\n,2\ninf,3\n", {"missing": "drop"}, r"'x', row 3: a value is infinite"),
    "text": ("x,y\n1,2\ntwo,3\n", {}, r"column 'x', row 2: 'two' is not a number"),
    "text in a column of booleans": ("x,y\ntrue,2\nmaybe,3\n", {}, r"'x', row 2: 'maybe' is not like .* 'true'"),
    "a number in a column of dates": ("x,y\n2020-01-01,2\n5,3\n", {}, r"column 'x', row 2: '5' is not like"),
    "an id": (f"x,y\n1,2\n{BIG},3\n", {}, rf"column 'x', row 2: {BIG} has more digits than float64 holds"),
    "a 64-bit id": ({"x": pa.array([1, BIG]), "y": [1.0, 2.0]}, {}, rf"'x', row 2: {BIG} has more digits"),
    "the largest id": ({"x": pa.array([2**64 - 1], pa.uint64()), "y": [1.0]}, {}, r"'x', row 1: 18446744073709551615"),
    "a long decimal": ({"x": pa.array([decimal.Decimal(BIG)]), "y": [1.0]}, {}, rf"'x', row 1: {BIG} has more digits"),
    "text in Parquet": ({"x": ["a"], "y": [1.0]}, {}, r"column 'x': it holds string in .*, not numbers"),
    "lists": ({"x": [[1.0]], "y": [1.0]}, {}, r"column 'x': it holds list"),
    "lists as a category": ({"x": [[1.0]], "y": [1.0]}, {"categorical": ["x"]}, r"list<.* is no category"),
    "one level": ("x,y\na,1\na,2\n", {"categorical": ["x"]}, r"column 'x': every value is 'a'"),
    "a category that is no feature": ("x,z,y\n1,a,2\n", {"features": ["x"], "categorical": ["z"]}, r"'z': it is cat"),
    "an unknown column": ("xylophone,y\n1,2\n", {"features": ["xylofone"]}, r"Did you mean 'xylophone'\?"),
    "the target twice": ("x,y,y\n1,2,3\n", {}, r"column 'y': columns 2, 3 of .* have this name"),
    "a feature twice": ("x,y\n1,2\n", {"features": ["x", "x"]}, r"feature 'x': it occurs twice"),
    "no header": ("0.5,1\n2,3\n", {}, r"its first line, which should name the columns, has only numbers"),
    "a control character": ("x\x1b[2J,y\n,2\n", {}, r"column 'x\\x1b\[2J', row 1"),
    "fewer fields": ("x,y\n1,2\n3\n", {}, r"cannot be read as a table \(line 3: expected 2 fields, got 1\)"),
    "zero bytes": (b"\x00\x01\x02\n\x00", {}, r"neither text nor Parquet"),
    "an Excel file": (b"PK\x03\x04" + bytes(30), {}, r"Excel file .* Save the sheet as CSV"),
    "a broken Parquet file": (b"PAR1" + bytes(40), {}, r"cannot be read as a table \("),
    "a broken archive": (gzip.compress(b"x,y\n" + b"1,2\n" * 200_000)[:-50], {}, r"cannot be read as a table \("),
    "no rows in Parquet": ({"x": pa.array([], pa.float64()), "y": pa.array([], pa.float64())}, {}, r"no rows"),
    "a header alone": (b"x,y", {}, r"a header but no rows"),
    "an empty file": (b"", {}, r"the file is empty"),
}


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_is_one_line_with_its_place(name: str, tmp_path: Path) -> None:
    content, arguments, message = MISTAKES[name]
    file = tmp_path / "table"
    if isinstance(content, dict):
        parquet.write_table(pa.table(content), file)
    else:
        file.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(TableError) as caught:
        jf.table.rows(file, "y", **arguments).read(dtype=np.float64)
    assert re.search(message, str(caught.value)), str(caught.value)
    assert str(caught.value).isprintable()


def test_files_that_do_not_fit_together_are_named(tmp_path: Path) -> None:
    parquet.write_table(pa.table({"x": [1.0], "y": [1.0]}), tmp_path / "a.parquet")
    second = tmp_path / "b.parquet"
    parquet.write_table(pa.table({"y": [1.0]}), second)
    with pytest.raises(TableError, match=r"column 'x': there is no such column in .*b\.parquet"):
        jf.table.rows(tmp_path, "y")
    parquet.write_table(pa.table({"x": [1.0], "z": [1.0], "y": [1.0]}), second)
    with pytest.raises(TableError, match=r"column 'z': it is a column of .*b\.parquet, but not of .*a\.parquet"):
        jf.table.rows(tmp_path, "y")
    assert len(jf.table.rows(tmp_path, "y", ["x"])) == 2
    parquet.write_table(pa.table({"x": ["t"], "y": [1.0]}), second)
    with pytest.raises(TableError, match=r"column 'x': it holds string in .*b\.parquet"):
        jf.table.rows(tmp_path, "y")
    parquet.write_table(
        pa.table(
            {
                "x": [2],
                "y": [
                    None,
                ],
            },
            schema=pa.schema({"x": pa.int8(), "y": pa.null()}),
        ),
        second,
    )
    with pytest.raises(TableError, match=r"column 'y', row 2 \(row 1 of .*b\.parquet\): a value is missing"):
        jf.table.rows(tmp_path, "y").read()
    with pytest.raises(TableError, match="no file matches"):
        jf.table.rows(tmp_path / "*.csv", "y")
    with pytest.raises(TableError, match=r"c\\x1b\.csv: there is no such file"):
        jf.table.rows(tmp_path / "c\x1b.csv", "y")
    (tmp_path / "folder").mkdir()
    with pytest.raises(TableError, match="there is no file in this folder"):
        jf.table.rows(tmp_path / "folder", "y")


def test_a_parquet_file_that_breaks_off_is_said(tmp_path: Path) -> None:
    file = tmp_path / "t.parquet"
    parquet.write_table(POINTS, file, compression="none", use_dictionary=False)
    content = bytearray(file.read_bytes())
    file.write_bytes(content[:-100])
    with pytest.raises(TableError, match="cannot be read as a table"):
        jf.table.rows(file, "y")
    content[4:60] = bytes(56)  # the first page, which the footer does not show
    file.write_bytes(content)
    with pytest.raises(TableError, match="cannot be read as a table"):
        jf.table.rows(file, "y").read()


def test_files_that_change_are_noticed(tmp_path: Path) -> None:
    file = tmp_path / "t.csv"
    file.write_text("x,y\n1,2\n3,4\n")
    rows = jf.table.rows(file, "y")
    file.write_text("x,y\n1,2\n")
    with pytest.raises(TableError, match="fewer rows than at first"):
        list(rows.chunks())


FLOAT32: dict[str, tuple[list[Any], str]] = {
    "too large": ([1.0, 1e200], r"column 'x', row 2: 1e\+200 is too large for float32. Use dtype=float64"),
    "too small": ([0.0, 1e-300], r"column 'x', row 2: 1e-300 and all near it are 0 in float32"),
    "a time": ([datetime(2020, 1, 1), datetime(2020, 1, 2)], r"column 'x': float32 does not hold times"),
}


@pytest.mark.parametrize("name", FLOAT32)
@pytest.mark.parametrize("kind", [".csv", ".parquet"])
def test_float32_refuses_what_it_does_not_hold(name: str, kind: str, tmp_path: Path) -> None:
    values, message = FLOAT32[name]
    file, table = tmp_path / f"t{kind}", pa.table({"x": values, "y": [1.0, 2.0]})
    csv.write_csv(table, file) if kind == ".csv" else parquet.write_table(table, file)
    rows = jf.table.rows(file, "y")
    with pytest.raises(TableError, match=message):
        list(rows.chunks())
    with pytest.raises(TableError, match=message):
        rows.arrays()
    assert np.isfinite(rows.read(dtype=np.float64)[0]).all()


def test_float32_holds_small_numbers_beside_others(tmp_path: Path) -> None:
    parquet.write_table(pa.table({"x": [1.0, 1e-300, 3e38], "y": [3e38, 3e38, 3e38]}), tmp_path / "t.parquet")
    np.testing.assert_array_equal(jf.table.rows(tmp_path, "y").read()[0][:, 0], np.float32([1, 0, 3e38]))


def test_out_of_memory_is_said_as_such(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: Any, **__: Any) -> Any:
        raise pa.ArrowMemoryError("malloc of size 524288 failed")

    parquet.write_table(POINTS, tmp_path / "t.parquet")
    csv.write_csv(POINTS, tmp_path / "t.csv")
    rows = jf.table.rows(tmp_path / "t.parquet", "y")
    monkeypatch.setattr(parquet.ParquetFile, "iter_batches", fail)
    monkeypatch.setattr(csv, "open_csv", fail)
    with pytest.raises(MemoryError, match=r"not enough memory to read .*t\.parquet"):
        list(rows.chunks())
    with pytest.raises(MemoryError, match=r"not enough memory to read .*t\.csv"):
        jf.table.rows(tmp_path / "t.csv", "y")


def test_wrong_arguments_are_named(tmp_path: Path) -> None:
    csv.write_csv(POINTS, tmp_path / "t.csv")
    rows = jf.table.rows(tmp_path, "y")
    calls = {
        "one of refuse, drop, mean": lambda: jf.table.rows(tmp_path, "y", missing="skip"),
        "a `target`, or the `encoding`": lambda: jf.table.rows(tmp_path, None),
        "`encoding` alone": lambda: jf.table.rows(tmp_path, None, ["a"], encoding=rows.encoding),
        "rows from 0 to 57": lambda: rows.read(3, 58),
        "a `size` of at least 1": lambda: rows.chunks(0),
        r"a `part` \(process, processes\)": lambda: rows.chunks(part=(2, 2)),
        r"a chunk in \[0, 1\]": lambda: rows.chunks().start_at(2),
        "a `dtype` of float32 or float64": lambda: rows.chunks(dtype="int32"),
        "a multiple of the 1 parts": lambda: rows.arrays(multiple=0),
        "the paths of the table": lambda: jf.table.rows([], "y"),
    }
    for message, call in calls.items():
        with pytest.raises(jf.errors.JaxfunError, match=message):
            call()


@pytest.mark.proves("table.read")
def test_read_is_the_whole_table_in_float64(tmp_path: Path) -> None:
    table = jf.table.read(written(tmp_path, [9], 5, [".parquet"]), "y", ["c", "a"])
    assert (table.X.dtype, table.y.dtype, table.features, table.target) == (np.float64, np.float64, ("c", "a"), "y")
    np.testing.assert_array_equal(table.X, X[:, [2, 0]])
    np.testing.assert_array_equal(table.y, Y)
