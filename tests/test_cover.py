"""The deterministic cases of the suite: they contain each option of each choice, and are the same in every run."""

from typing import Any

import numpy as np
import pytest

from jaxfun.core.dtypes import DTYPES, as_dtype
from jaxfun.core.record import Choice, Index, Op, Role, Shape
from jaxfun.ops import records
from jaxfun.parity.draw.choices import Choose, What
from jaxfun.parity.draw.cover import configurations, cover, covering, first_dtype
from jaxfun.parity.draw.layout import Layout
from jaxfun.parity.draw.shapes import SHAPES

RECORDS = [*records().values()]
NAMES = [record.name for record in RECORDS]


def options_of(record: Op) -> dict[str, list[Any]]:
    parameters = record.signature.parameters
    flags = {name: [False, True] for name, each in parameters.items() if each.annotation is bool}
    return flags | {name: [*options] for name in parameters if (options := record.options(name))}


@pytest.mark.parametrize("record", RECORDS, ids=NAMES)
def test_every_static_value_is_covered(record: Op) -> None:
    chosen = [*configurations(record, first_dtype(record))]
    for name, options in options_of(record).items():
        taken = {repr(arguments[name]) for arguments in chosen}
        assert {*map(repr, options)} <= taken, name


@pytest.mark.parametrize("record", [record for record in RECORDS if record.rows], ids=str)
def test_every_row_is_covered_as_a_whole(record: Op) -> None:
    chosen = [*configurations(record, first_dtype(record))]
    for row in record.rows:
        assert any(all(is_of(arguments[name], item) for name, item in row.items()) for arguments in chosen), row


def is_of(argument: object, item: object) -> bool:
    """Return whether an argument fits the item of a row: it has the named dimensions, or is the value itself.

    A number may replace a tensor if the row allows it.
    """
    if not isinstance(item, (Shape, Index)):
        return repr(argument) == repr(item)
    if "*" in item.names or isinstance(argument, (bool, int, float, complex)):
        return True
    ranks = [len(text.split()) for text in item.names.split(",")]
    layouts = argument if isinstance(argument, tuple) else (argument,)
    return ranks == [len(layout.shape) for layout in layouts if isinstance(layout, Layout)]


@pytest.mark.parametrize(
    "record",
    [
        r
        for r in RECORDS
        if any(role in (Role.DIM, Role.DIMS) for role in r.roles.values()) and not (r.takes or r.cases)
    ],
    ids=str,
)
def test_matrix_with_two_sizes_is_covered_with_first_and_last_dim(record: Op) -> None:
    name = next(name for name, role in record.roles.items() if role in (Role.DIM, Role.DIMS))
    chosen = [*configurations(record, first_dtype(record))]
    matrices = [arguments[name] for arguments in chosen if (4, 5) in shapes_of(arguments)]
    assert {0, -1} <= {dim for dim in matrices if isinstance(dim, int)}


@pytest.mark.parametrize("record", [r for r in RECORDS if isinstance(r.takes.get("dim"), Choice)], ids=str)
def test_fixed_dims_are_covered_with_a_matrix_of_two_sizes(record: Op) -> None:
    chosen = configurations(record, first_dtype(record))
    dims = [
        each["dim"] for each in chosen if any(len({*shape} - {0, 1}) == 2 == len(shape) for shape in shapes_of(each))
    ]
    assert {0, -1} <= {*dims}


def shapes_of(arguments: dict[str, Any]) -> list[tuple[int, ...]]:
    items = [item for value in arguments.values() for item in (value if isinstance(value, tuple) else (value,))]
    return [item.shape for item in items if isinstance(item, Layout)]


def test_elementwise_function_is_covered_with_every_kind_of_shape() -> None:
    met = {
        shape for arguments in configurations(records()["exp"], as_dtype("float32")) for shape in shapes_of(arguments)
    }
    assert {*SHAPES.values(), (2, 0)} <= met


def test_every_dtype_has_a_case() -> None:
    record = records()["exp"]
    assert all(len(cover(record, dtype)) >= 1 for dtype in DTYPES if dtype not in record.rejects)


def test_flag_is_covered_with_first_and_last_dim() -> None:
    chosen = configurations(records()["sort"], as_dtype("float32"))
    both = {(arguments["dim"], arguments["descending"]) for arguments in chosen if (4, 5) in shapes_of(arguments)}
    assert {(0, True), (-1, True), (0, False), (-1, False)} <= both


def test_two_bounds_are_different_numbers() -> None:
    first = next(configurations(records()["clamp"], as_dtype("float64")))
    assert first["min"] != first["max"]


def test_cover_is_deterministic() -> None:
    for name in ("mean.dim", "matmul", "gather"):
        once, again = (cover(records()[name], as_dtype("float32")) for _ in range(2))
        assert len(once) == len(again)
        for one, other in zip(once, again, strict=True):
            assert (one.strata, one.seed, one.ours) == (other.strata, other.seed, other.ours)
            for left, right in zip(one.tensors, other.tensors, strict=True):
                np.testing.assert_array_equal(left, right)


def test_dependent_options_are_all_covered() -> None:
    def build(choose: Choose) -> tuple[int, int]:
        rank = choose(What("shape"), (2, 3))
        return rank, choose(What("dim"), range(rank))

    assert {*covering(build)} >= {(2, 0), (2, 1), (3, 2)}


@pytest.mark.parametrize("record", RECORDS, ids=NAMES)
def test_no_case_is_tried_twice(record: Op) -> None:
    chosen = [repr(arguments) for arguments in configurations(record, first_dtype(record))]
    assert len({*chosen}) == len(chosen)


@pytest.mark.parametrize("name", ["permute", "addmm", "bmm", "det", "matrix_power"])
def test_sizes_include_0_and_1_and_all_equal(name: str) -> None:
    record = records()[name]
    met = [shape for arguments in configurations(record, first_dtype(record)) for shape in shapes_of(arguments)]
    assert {0, 1} <= {size for shape in met for size in shape}
    assert any(len(shape) > 1 and {*shape} == {2} for shape in met)


def test_broadcast_to_an_empty_shape_is_covered_for_each_operand() -> None:
    met = [shapes_of(arguments) for arguments in configurations(records()["mul.Tensor"], as_dtype("float32"))]
    assert [(2, 0), (2, 1)] in met
    assert [(2, 1), (2, 0)] in met


def test_two_dims_are_different() -> None:
    first = next(configurations(records()["transpose.int"], as_dtype("bool")))
    assert first["dim0"] != first["dim1"]


def test_size_of_1_is_covered_beside_a_dim() -> None:
    chosen = configurations(records()["sum.dim_IntList"], as_dtype("float32"))
    assert {(2, 3, 1)} <= {arguments["input"].shape for arguments in chosen if arguments["dim"] == 0}


def test_bound_of_an_integer_tensor_is_an_integer() -> None:
    first = next(configurations(records()["clamp_min"], as_dtype("int64")))
    assert isinstance(first["min"], int)
