"""docs/differences.md and `jaxfun differences`: every row is measured, and some functions are searched again."""

import importlib.util
import operator
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jax
import pytest
from hypothesis import settings

import jaxfun
from jaxfun.cli.main import main
from jaxfun.ops import records
from jaxfun.porting.counterparts import counterparts
from jaxfun.porting.differences import stored
from jaxfun.porting.plain_jax import Deviation, deviations, is_of_sort, measured
from jaxfun.porting.stand_ins import records_of

EVERY = settings().max_examples > 10  # the thorough profile measures every row
ROOT = Path(__file__).parent.parent
PROGRAM = ROOT / "docs" / "make_differences.py"
SAMPLE = ("abs", "sign", "floor_divide", "cat")
FUNCTIONS = stored()["functions"]
# functions that are not on the page: not in torch's own namespace, or not functions of numbers
ELSEWHERE = {"detach", "to"}


@pytest.fixture(scope="module", autouse=True)
def nothing_compiled_by_others() -> None:
    """Clear programs that other tests compiled without optimisations: their last digits differ."""
    jax.clear_caches()


@pytest.fixture(autouse=True)
def jax_with_64_bits() -> Iterator[None]:
    """Use JAX's default promotion, as the page says, and LLVM's optimisations, which decide a nearly singular det."""
    jax.config.update("jax_disable_most_optimizations", False)
    with jax.enable_x64(True), jax.numpy_dtype_promotion("standard"):
        yield


def program() -> Any:
    spec = importlib.util.spec_from_file_location("make_differences", PROGRAM)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_every_recorded_function_is_in_the_table() -> None:
    recorded = {record.public for record in records().values() if "." not in record.public}
    assert recorded - ELSEWHERE <= {*counterparts()}
    assert {*counterparts()} == {*FUNCTIONS}


def test_every_function_of_the_table_is_searched() -> None:
    table = [item for item in counterparts().values() if item.jax]
    assert not [item.name for item in table if not records_of(item.name, operator.attrgetter(item.name)(jaxfun))]


def test_table_matches_the_data() -> None:
    for name, counterpart in counterparts().items():
        records = records_of(name, operator.attrgetter(name)(jaxfun))
        said = {key: item for key, item in FUNCTIONS[name].items() if key != "deviations"}
        assert said == program().described(counterpart, records), name


def test_every_deviation_has_a_reason() -> None:
    assert not [name for name, fields in FUNCTIONS.items() if not all(row["why"] for row in fields["deviations"])]


DIFFERENT = [name for name, fields in FUNCTIONS.items() if fields["deviations"]]


@pytest.mark.parametrize("name", DIFFERENT[:: 1 if EVERY else 3])
def test_row_shows_the_result_of_each_library(name: str) -> None:
    function = operator.attrgetter(name)(jaxfun)
    for row in FUNCTIONS[name]["deviations"]:
        said = {side: row[side] for side in ("jax", "torch", "jaxfun")}
        assert is_of_sort(row["sort"], said)
        assert rounded(measured(records_of(name, function), counterparts()[name], function, row)) == rounded(said)


def rounded(texts: dict[str, str]) -> dict[str, str]:
    # the last digits depend on the processor
    number = re.compile(r"\d+\.\d+(e[-+]\d+)?")
    return {side: number.sub(lambda found: _rounded(float(found[0])), text) for side, text in texts.items()}


def _rounded(number: float) -> str:
    return f"{number:.3g}" if abs(number) > 1e-6 else "0"


@pytest.mark.parametrize("name", SAMPLE)
def test_search_finds_the_kinds_of_differences_on_the_page(name: str) -> None:
    function = operator.attrgetter(name)(jaxfun)
    found = deviations(records_of(name, function), counterparts()[name], function)
    # other inputs: Hypothesis also draws constants from the loaded modules
    assert [each.sort for each in found] == [row["sort"] for row in FUNCTIONS[name]["deviations"]]


def test_known_difference_stays_until_a_smaller_one_is_found(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def row(sort: str, call: str) -> dict[str, Any]:
        answers = dict.fromkeys(("jax", "torch", "jaxfun", "why"), "")
        return {"sort": sort, "level": "value", "call": call, "along": None, **answers}

    other = row("value", "sign(tensor([nan, nan]))")
    known = [other, row("dtype", "sign(tensor(1.0))"), row("accepts", "sign(zeros([0], dtype=complex64))")]
    make = program()
    monkeypatch.setattr(make, "deviations", lambda *_: [Deviation(**row("value", "sign(tensor(nan))"))])
    found = {item["sort"]: item for item in make.found("sign", known)["deviations"]}
    assert {sort: item["call"] for sort, item in found.items()} == {
        "value": "sign(tensor(nan))",
        "accepts": "sign(zeros([0], dtype=complex64))",
    }
    assert (found["accepts"]["jax"], found["accepts"]["torch"]) == ("empty of shape [0]", "NotImplementedError")


def test_page_is_written_from_the_data() -> None:
    assert program().page(stored()) == (ROOT / "docs" / "differences.md").read_text()


@pytest.mark.parametrize("name", ["std", "torch.std", "jnp.std"])
def test_command_shows_a_function(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["differences", name]) == 0
    printed = capsys.readouterr().out
    for row in FUNCTIONS["std"]["deviations"]:
        assert row["call"] in printed
        assert row["why"] in printed


def test_command_lists_all_functions(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["differences"]) == 0
    printed = capsys.readouterr().out
    assert all(re.search(rf"\b{name}\b", printed) for name in FUNCTIONS)


def test_command_suggests_a_similar_name(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["differences", "stdd"]) == 2
    assert "did you mean std" in capsys.readouterr().err
