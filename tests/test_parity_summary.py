"""The summary table of many reports."""

import pytest

from jaxfun.parity.report.model import LEVELS, Level
from jaxfun.parity.report.report import Failure, Report
from jaxfun.parity.report.table import merged, table

LONG = "package.with.a_long_name.and_a_function_of_a_longer_name"


def report(name: str, reference: str = "torch.f", value: Level | None = None, **levels: Level) -> Report:
    return Report(name, reference, levels={"value": value or Level(2400, 1.5, True), **levels})


def lines(reports: list[Report], width: int = 100) -> list[str]:
    return ["".join(text for text, _ in line) for line in table(reports, width)]


def test_cell_shows_the_result_of_its_level() -> None:
    found = {
        "value": Level(2400, 1.5, True),
        "vjp": Level(120, 0.5, True, failures=3),
        "jvp": Level(7),
        "hvp": Level(),
        "jit": Level(4, 0.0, True, planted={"zeros": False}),
        "vmap": Level(reason="of no use"),
        "errors": Level(failures=1),
    }
    header, row, legend, total = lines([Report("f", "torch.f", levels=found)])
    assert header.split() == ["candidate", "reference", *LEVELS, "worst", "ULP"]
    assert row.split() == ["f", "torch.f", "2.4k", "fail", "120", "zero", "none", "loose", "n/a", "fail", "1.5"]
    assert all(f"{word}: " in legend for word in ("numbers", "zero", "none", "loose", "n/a"))
    assert total == "1 function: 1 differ"


@pytest.mark.parametrize(
    ("worst", "failures", "text"),
    [(2e7, 1, "2.00e7"), (2e7, 0, ">1k"), (1e30, 1, ""), (1e-9, 0, "<0.01"), (3.456, 0, "3.46"), (0.0, 0, "0")],
)
def test_worst_error_is_shown_where_it_is_informative(worst: float, failures: int, text: str) -> None:
    _, row, legend, _ = lines([report("f", value=Level(5, worst, True, failures))], 200)
    assert row.split()[-1] == (text or "-"), "the last is `errors`, which was not run"
    assert (">1k: " in legend) == (text == ">1k")


def test_cell_color_is_its_status() -> None:
    failing = Report(
        "f", "torch.f", levels={"value": Level(5, 0.0, True), "vjp": Level(5, failures=1), "jvp": Level(5)}
    )
    colors = [color for _, color in table([failing], 100)[1]]
    assert colors[:5] == ["red", "", "green", "red", "yellow"]


@pytest.mark.parametrize("width", [90, 120])
def test_long_names_are_truncated_at_the_start_to_fit_the_terminal(width: int) -> None:
    many = [report(LONG), report("short", LONG), report(LONG, LONG)]
    text = lines(many, width)
    assert all(len(line) <= width for line in text)
    assert any("..." in line and "longer_name" in line for line in text)


@pytest.mark.parametrize("names", [["short", LONG], [LONG, "short"]])
def test_name_that_fits_is_not_truncated(names: list[str]) -> None:
    assert lines([report(*names)], 140)[1].split()[:2] == names


def test_of_many_reports_only_notable_ones_are_shown() -> None:
    many = [report(f"f{i}", hvp=Level(5)) for i in range(40)]
    asking = [
        report("wrong", jvp=Level(5, failures=1)),
        report("doubtful", vjp=Level(5)),
        Report("idle", "torch.f"),
    ]
    assert [line.split()[0] for line in lines([*many, *asking])[1:-2]] == ["wrong", "doubtful", "idle"]
    total = lines([*many, *asking])[-1]
    assert total == "43 functions: 40 agree, 1 differ, 2 not shown; --parity-html FILE shows all"
    assert lines(many) == ["40 functions: 40 agree; --parity-html FILE shows all"]


@pytest.mark.parametrize(
    ("found", "color", "text"),
    [
        ([report("f")], "green", "1 function: 1 agree"),
        ([report("f"), Report("idle", "torch.f")], "yellow", "2 functions: 1 agree, 1 not shown"),
        ([Report("f", "torch.f", [Failure("value", "bits", "", "f(1)")])], "red", "1 function: 1 differ"),
    ],
    ids=["agrees", "not shown", "differs"],
)
def test_last_line_counts_the_answers(found: list[Report], color: str, text: str) -> None:
    assert table(found, 100)[-1] == [(text, color)]


def test_edges_are_counted_separately_from_agreement() -> None:
    edged = report("f")
    edged.edges = [Failure("vjp", "derivative", "", "f(nan)", edge="NaN")]
    assert lines([edged, report("g")])[-1] == "2 functions: 2 agree (1 of them except for edges)"
    edged.opinions, edged.edges = {"float64": "differs"}, [Failure("vjp", "bits", "", "f(1)", edge="float64")]
    assert lines([edged])[-1] == "1 function: 1 agree", "a second opinion is no edge"


def test_reports_of_one_pair_are_merged() -> None:
    parts = [report("f"), report("g"), report("f"), report("f", "torch.g")]
    for number, part in enumerate(parts, start=1):
        part.examples, part.seconds, part.not_reached = 10 * number, float(number), ["NaN"]
    parts[2].failures.append(Failure("value", "bits", "", "f(1)"))
    first, other, last = merged(parts)
    assert [(item.candidate, item.reference) for item in (first, other, last)] == [
        ("f", "torch.f"),
        ("f", "torch.g"),
        ("g", "torch.f"),
    ]
    assert (first.examples, first.seconds, first.not_reached) == (40, 4.0, ["NaN"])
    assert len(first.failures) == 1
    assert first.levels["value"].compared == 4800
    assert (parts[0].examples, parts[0].failures) == (10, []), "what is merged is left as it was"
