"""The HTML page of reports: its content, no external files, and its appearance in a browser."""

import dataclasses
import functools
import http.server
import json
import re
import shutil
import subprocess
import threading
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from jaxfun.parity.report.model import LEVELS, Curve, Level, Tap
from jaxfun.parity.report.page import page
from jaxfun.parity.report.report import Failure, Report

EVIL = "<script>alert('1')</script><b title=\"x\">&amp;"
PASS, FAIL = Level(40, 1.5, True), Level(40, 9.0, True, failures=2)
ZERO, NOTHING, NEVER = Level(40), Level(), Level(reason="the result is an integer")


def failure(**fields: Any) -> Failure:
    numbers, errors = np.linspace(-3, 3, 50), np.geomspace(1e-9, 1, 50)
    usual = {
        "level": "value",
        "kind": "number",
        "detail": "1.5 where the reference has 2",
        "call": "x = float32(0.5)",
        "dtype": "float32",
        "ulp": 2048.0,
        "candidate": np.float32(1.5),
        "reference": np.float32(2),
        "script": "print('reproduced')",
        "strata": {"ties": (2, 2), "NaN": (1, 2), "large": (0, 2)},
        "curve": Curve(numbers, errors),
    }
    return Failure(**(usual | fields))


def right(name: str = "right") -> Report:
    return Report(name, "torch.right", levels={"value": PASS}, by_dtype={"float32": {"value": PASS, "vjp": ZERO}})


def wrong(name: str = "wrong") -> Report:
    both = {
        "float32": {"value": PASS, "vjp": ZERO, "jvp": NOTHING, "hvp": NEVER, "jit": PASS},
        "float64": {"value": FAIL, "vjp": FAIL},
    }
    failures = [failure(dtype="float64"), failure(level="vjp", dtype="float64", leaf="x", ulp=0.0)]
    return Report(name, "torch.wrong", failures, levels={"value": FAIL, "vjp": FAIL}, by_dtype=both)


def untried(name: str = "untried") -> Report:
    return Report(name, "torch.untried", levels={"errors": PASS}, notes=["the reference took no input"], refused="no")


def loose(name: str = "loose") -> Report:
    return Report(name, "torch.loose", levels={"value": Level(40, 9.0, True, planted={"zeros": False})})


def evil() -> Report:
    """Return a report in which every text contains markup that must be escaped."""

    def filled(of: Any, **given: Any) -> Any:
        texts = [field.name for field in dataclasses.fields(of) if field.type in (str, "str")]
        return of(**(dict.fromkeys(texts, EVIL) | given))

    curve = Curve(np.ones(2), np.ones(2))
    facts = {"strata": {EVIL: (2, 2)}, "index": (), "ulp": 2.0, "candidate": np.ones(()), "reference": np.ones(())}
    failures = [filled(Failure, **facts, curve=curve), filled(Failure, level="value", kind="structure")]
    levels = {name: Level(reason=EVIL, leaves={EVIL: FAIL}) for name in LEVELS}
    return filled(
        Report,
        failures=failures,
        levels=levels,
        by_dtype={EVIL: levels | {"value": FAIL}},
        strata={EVIL: 1},
        not_reached=[EVIL],
        notes=[EVIL],
        seen={EVIL: 3},
        taps=[Tap(EVIL), Tap(EVIL, EVIL)],
    )


SOME = [right(), untried(), wrong(), loose()]


class Page(HTMLParser):
    """The content of a page: tags, ids, links, text, and the matrix as (names, dtype, level): (mark, class, link)."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: list[tuple[str, str | None]] = []
        self.text: list[str] = []
        self.cells: dict[tuple[str, str, str], tuple[str, str, str]] = {}
        self._row: list[list[str]] = []
        self._names = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes += attrs
        given = dict(attrs)
        if tag == "tr":
            self._row = []
        if tag == "td":
            self._row.append(["", str(given.get("class", "")), ""])
        if tag == "a" and self._row:
            self._row[-1][2] = str(given["href"])

    def handle_data(self, data: str) -> None:
        self.text.append(data)
        if self._row:
            self._row[-1][0] += data

    def handle_endtag(self, tag: str) -> None:
        cells = [cell for cell in self._row if cell[1].startswith("cell ")]
        if tag == "tr" and cells:
            first, *_ = self._row
            self._names = first[0] if first[1] == "names" else self._names
            dtype = self._row[len(self._row) - len(cells) - 2][0]
            for level, (mark, kind, link) in zip(LEVELS, cells, strict=True):
                self.cells[self._names, dtype, level] = (mark, kind.removeprefix("cell "), link)
            self._row = []

    def values(self, *names: str) -> list[str]:
        return [str(value) for name, value in self.attributes if name in names]


# the text of the page


def expected_cells() -> dict[tuple[str, str, str], tuple[str, str, str]]:
    rows = {
        ("wrongtorch.wrong", "float32"): "✓ zero none n/a ✓ – –",
        ("wrongtorch.wrong", "float64"): "✗#report-0-0 ✗#report-0-1 – – – – –",
        ("untriedtorch.untried", ""): "– – – – – – ✓",
        ("loosetorch.loose", ""): "loose – – – – – –",
        ("righttorch.right", "float32"): "✓ zero – – – – –",
    }
    kinds = {"✓": "pass", "✗": "fail"} | dict.fromkeys(("zero", "none", "loose"), "weak")
    cells = {}
    for row, marks in rows.items():
        for level, cell in zip(LEVELS, marks.split(), strict=True):
            mark, link, anchor = cell.partition("#")
            cells[*row, level] = (mark, kinds.get(mark, "none"), link + anchor)
    return cells


def test_matrix_has_a_cell_per_function_dtype_and_level_differences_first() -> None:
    cells = Page(page(SOME)).cells
    assert cells == expected_cells()
    assert list(cells) == list(expected_cells())


def test_every_link_has_a_target_on_the_page() -> None:
    shown = Page(page(SOME))
    ids, links = shown.values("id"), shown.values("href")
    assert {"#report-0-0", "#report-0-1", "#report-2"} <= set(links)
    assert {link.removeprefix("#") for link in links} <= set(ids)
    assert len(ids) == len(set(ids))


def test_failure_shows_difference_inputs_results_errors_and_script() -> None:
    shown = page([wrong()])
    for text in ("different number: 1.5 where the reference has 2", "x = float32(0.5)", "float32(1.5)", "float32(2.0)"):
        assert text in shown
    assert "2,048 ULP, a relative error of 0.25" in shown
    assert "ties 2/2" in shown
    assert "no failure in: large" in shown
    assert "print(&#x27;reproduced&#x27;)" in shown
    assert shown.count("<svg") == 2


def test_failure_without_a_script_names_the_location_of_its_inputs() -> None:
    report = Report("f", "g", [failure(), failure(script="")])
    assert "it would have 25 lines or more. The inputs are in `.failures[1].inputs`" in page([report])
    assert "The inputs are in `.failures[0].inputs`" not in page([report]) + str(report)
    assert "The inputs are in `.failures[0].inputs`" in str(Report("f", "g", [failure(script="")]))


def test_page_of_one_report_or_none_says_so_at_the_top() -> None:
    assert "<h1>wrong DIFFERS from torch.wrong</h1>" in page([wrong()])
    assert "<h1>untried is NOT SHOWN to agree with torch.untried</h1>" in page([untried()])
    assert "<h1>4 functions: 1 agree, 1 differ, 2 not shown</h1>" in page(SOME)
    assert "<h1>nothing was compared</h1>" in page([])


def but_for_an_edge(name: str = "edged") -> Report:
    report = right(name)
    report.edges = [failure(edge="NaN", level="vjp", leaf="x", dtype="float32"), failure(edge="float64")]
    report.opinions, report.inputs = {"float64": "differs: value"}, ["x: floating point [3]"]
    return report


def test_edges_are_listed_and_are_not_differences() -> None:
    shown = page([but_for_an_edge()])
    assert "<h1>edged agrees with torch.right</h1>" in shown
    assert shown.count("at a NaN input, gradient of x: different number: 1.5 where the reference has 2") == 2
    assert "class='fail'" not in shown
    assert "float64 (a second opinion): differs: value" in shown
    assert "x: floating point [3]" in shown
    assert "<section class='edges'>" not in page([right()])
    assert "2 agree (1 of them except for edges)" in page([right(), but_for_an_edge()])


def test_not_shown_names_the_cause_and_the_remedy() -> None:
    report = untried()
    report.advice = "give a strategy"
    shown = page([report])
    assert "untried is NOT SHOWN to agree with torch.untried" in shown
    assert "not shown: the reference raised for every generated input (no)" in shown
    assert "<span class='weak'>to do</span></td><td>give a strategy</td>" in shown


def test_taps_are_listed_with_the_first_that_differs() -> None:
    report = dataclasses.replace(wrong(), taps=[Tap("norm"), Tap("linear", "number", 4, 1e-3, 18.7), Tap("out", "NaN")])
    told = re.findall(r"<tr><td><code>(\w+)</code>.*?>(agrees|differs)<.*?</tr>", page([report]))
    assert told == [("norm", "agrees"), ("linear", "differs"), ("out", "differs")]
    assert re.findall(r"<code>(\w+)</code>(?:(?!</tr>).)*first divergence", page([report])) == ["linear"]


def test_text_from_users_is_escaped() -> None:
    plain, shown = (Page(page([report, right()]) + page([report])) for report in (wrong(), evil()))
    assert shown.tags <= plain.tags | {"ul", "li"}
    assert {name for name, _ in shown.attributes} <= {name for name, _ in plain.attributes}
    assert "".join(shown.text).count(EVIL) > 40
    assert EVIL not in page([evil(), right()]) + page([evil()])


def test_page_refers_to_no_other_file_or_host() -> None:
    text = page(SOME)
    shown = Page(text)
    assert not shown.values("src", "srcset", "data", "action", "poster")
    assert all(link.startswith("#") for link in shown.values("href", "xlink:href"))
    assert not {"link", "script", "iframe", "base"} & shown.tags
    assert not re.search(r"url\(|@import|https?:", text)


# the chart of errors


@pytest.mark.parametrize("over", ["input", "result"])
def test_errors_are_plotted_by_kind(over: str) -> None:
    errors = np.array([0.0, 1e-3, 1e-2, np.inf, np.nan])
    drawn = page([Report("f", "g", [failure(curve=Curve(np.arange(5.0), errors, over))])])
    points = dict(re.findall(r"<path d='((?:M\d+ \d+h0)+)' stroke='var\(--(\w+)\)'", drawn))
    assert {color: path.count("M") for path, color in points.items()} == {"pass": 1, "ink": 2, "fail": 2}
    assert all(f">{text}</text>" in drawn for text in ("error", over, "not finite", "0", "1e−3"))


@pytest.mark.parametrize(("least", "text"), [(1e-5, ">1e−5</text>"), (1e-90, ">≤1e−29</text>")])
def test_errors_at_the_bottom_of_the_plot_are_explained(least: float, text: str) -> None:
    drawn = page([Report("f", "g", [failure(curve=Curve(np.arange(2.0), np.array([least, 9.0])))])])
    assert text in drawn


@pytest.mark.parametrize(
    ("numbers", "errors"),
    [([1.0, 2.0], [0.0, 0.0]), ([np.nan, np.inf], [1.0, np.nan]), ([], [])],
    ids=["no error", "no place", "nothing"],
)
def test_no_empty_chart_is_shown(numbers: list[float], errors: list[float]) -> None:
    drawn = page([Report("f", "g", [failure(curve=Curve(np.array(numbers), np.array(errors)))])])
    assert "<svg" not in drawn
    assert "figcaption" not in drawn


@pytest.mark.parametrize("numbers", [[0.0], [-0.0, 5e-324], [-1.7e308, 1.7e308], [3.0], [-1e-30, -1e9]], ids=str)
@pytest.mark.parametrize("error", [5e-324, 1.0, 1.7e308, np.inf], ids=str)
def test_points_and_ticks_are_inside_the_chart(numbers: list[float], error: float) -> None:
    drawn = page([Report("f", "g", [failure(curve=Curve(np.array(numbers), np.full(len(numbers), error)))])])
    width, height = map(float, re.findall(r"viewBox='0 0 (\d+) (\d+)'", drawn)[0])
    places = re.findall(r"M(\d+) (\d+)h0", drawn) + re.findall(r"<text x='([\d.]+)' y='([\d.]+)'", drawn)
    assert len(places) > 2
    assert all(0 <= float(x) <= width and 0 <= float(y) <= height for x, y in places)
    assert "nan" not in drawn


# JSON


def strict(path: Path) -> Any:
    return json.loads(path.read_text("utf-8"), parse_constant=lambda name: pytest.fail(f"{name} is no JSON"))


def test_json_is_complete_and_strict(tmp_path: Path) -> None:
    lost = Curve(np.array([1.0, np.nan]), np.array([np.inf, 0.0]))
    found = failure(ulp=float("inf"), curve=lost, inputs=((np.float32([1, np.nan]), 2, len), {"axis": (0, None)}))
    taps = [Tap("norm", "number", 4, float("nan"), float("inf"))]
    report = dataclasses.replace(wrong(), failures=[found], taps=taps, seconds=float("nan"))
    report.levels["value"] = dataclasses.replace(FAIL, worst_ulp=float("inf"))
    report.to_json(tmp_path / "report.json")
    plain = strict(tmp_path / "report.json")
    one, level, tap = plain["failures"][0], plain["levels"]["value"], plain["taps"][0]
    for kind, told in ((Report, plain), (Failure, one), (Level, level), (Tap, tap)):
        assert {field.name for field in dataclasses.fields(kind)} <= set(told)
    assert (plain["ok"], plain["first_divergence"]["name"], level["status"]) == (False, "norm", "fail")
    assert (one["ulp"], level["worst_ulp"], tap["error"], plain["seconds"]) == ("inf", "inf", "nan", "nan")
    assert one["message"] == found.message
    assert one["inputs"][0][0] == {"dtype": "float32", "shape": [2], "values": ["1.0", "nan"]}
    assert one["inputs"][0][1:] == [2, "<built-in function len>"]
    assert one["inputs"][1] == {"axis": [0, None]}
    assert one["curve"]["errors"]["values"] == ["inf", "0.0"]


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64", "complex64", "int8", "bool"])
def test_arrays_survive_json_bitwise(tmp_path: Path, dtype: str) -> None:
    array = np.array([[0, 1], [1 / 3, 1e4]]).astype(dtype)
    Report("f", "g", [failure(candidate=array)]).to_json(tmp_path / "report.json")
    plain = strict(tmp_path / "report.json")["failures"][0]["candidate"]
    read = {"c": complex, "b": "True".__eq__}.get(array.dtype.kind, float)
    back = np.array(list(map(read, plain["values"]))).reshape(plain["shape"]).astype(plain["dtype"])
    np.testing.assert_array_equal(back, array, strict=True)


# in a browser

NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
FLAGS = (
    "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync --disable-features=NetworkTimeServiceQuerying "
    "--hide-scrollbars --enable-logging=stderr --v=0"
)
BROWSER = next(filter(None, map(shutil.which, NAMES)), None)
in_browser = pytest.mark.skipif(BROWSER is None, reason=f"no browser is installed: none of {', '.join(NAMES)}")


def browse(address: str, profile: Path, *options: str, hosts: str = "~NOTFOUND") -> subprocess.CompletedProcess[str]:
    """Open a page, and return the resulting document and the log; `hosts` replaces every host's address."""
    own = [f"--user-data-dir={profile}", f"--host-resolver-rules=MAP * {hosts}", *options]
    command = [str(BROWSER), *FLAGS.split(), *own, "--dump-dom", address]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=True)


def console(opened: subprocess.CompletedProcess[str]) -> list[str]:
    return [line for line in opened.stderr.splitlines() if "CONSOLE" in line]


@in_browser
def test_browser_shows_the_matrix_without_console_errors(tmp_path: Path) -> None:
    file = tmp_path / "page.html"
    file.write_text(page(SOME), "utf-8")
    opened = browse(file.as_uri(), tmp_path / "profile")
    assert Page(opened.stdout).cells == expected_cells()
    assert not console(opened)


@in_browser
def test_browser_does_not_run_text_from_users(tmp_path: Path) -> None:
    file = tmp_path / "page.html"
    file.write_text(page([evil()]), "utf-8")
    opened = browse(file.as_uri(), tmp_path / "profile")
    assert "script" not in Page(opened.stdout).tags
    assert "".join(Page(opened.stdout).text).count(EVIL) > 20
    assert not console(opened), "the policy had to stop something"


class Heard(http.server.SimpleHTTPRequestHandler):
    """A server that records each request and its host."""

    asked: list[str]

    def do_GET(self) -> None:
        self.asked.append(f"{self.headers['Host'].partition(':')[0]}{self.path}")
        super().do_GET()

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture
def served(tmp_path: Path) -> Iterator[tuple[int, list[str]]]:
    asked: list[str] = []
    handler = functools.partial(type("Handler", (Heard,), {"asked": asked}), directory=str(tmp_path))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_port, asked
        server.shutdown()


@in_browser
@pytest.mark.parametrize("planted", ["", "<img src='http://elsewhere.example/x.png'>"], ids=["as it is", "planted"])
def test_page_makes_no_network_requests(tmp_path: Path, served: tuple[int, list[str]], planted: str) -> None:
    port, asked = served
    text = page(SOME)
    if planted:  # test of the test: without the policy, an external picture is requested
        text = re.sub(r"<meta http-equiv=[^>]*>", "", text) + planted
    (tmp_path / "page.html").write_text(text, "utf-8")
    browse(f"http://page.example:{port}/page.html", tmp_path / "profile", hosts=f"127.0.0.1:{port}")
    others = [what for what in asked if what not in ("page.example/page.html", "page.example/favicon.ico")]
    assert "page.example/page.html" in asked
    assert others == (["elsewhere.example/x.png"] if planted else [])


# the contrast of each text with its background, the sizes of charts, and whether anything overflows
MEASURE = """
const ctx = document.createElement('canvas').getContext('2d', {willReadFrequently: true});
const dark = matchMedia('(prefers-color-scheme: dark)').matches;
function luminance(colors) {
  ctx.clearRect(0, 0, 1, 1);
  for (const color of colors) { ctx.fillStyle = color; ctx.fillRect(0, 0, 1, 1); }
  const linear = [...ctx.getImageData(0, 0, 1, 1).data].slice(0, 3)
    .map(c => c / 255).map(c => c <= .03928 ? c / 12.92 : ((c + .055) / 1.055) ** 2.4);
  return .2126 * linear[0] + .7152 * linear[1] + .0722 * linear[2];
}
function contrast(element) {
  const behind = [];
  for (let at = element; at; at = at.parentElement) behind.unshift(getComputedStyle(at).backgroundColor);
  const back = [dark ? '#121212' : '#fff', ...behind];
  const [one, other] = [luminance(back), luminance([...back, getComputedStyle(element).color])];
  return (Math.max(one, other) + .05) / (Math.min(one, other) + .05);
}
const found = {};
for (const query of ['td.pass', 'td.fail a', 'td.weak', 'td.none', '.dim', 'small', 'a', 'pre', 'code', '.chip', 'p'])
  found[query] = Math.min(...[...document.querySelectorAll(query)].map(contrast));
const svg = [...document.querySelectorAll('svg')].map(x => x.getBoundingClientRect().width);
const over = document.documentElement.scrollWidth - innerWidth;
parent.postMessage({contrast: found, svg, over, dark, width: innerWidth}, '*');
"""


def measured(tmp_path: Path, text: str, dark: bool, width: int) -> dict[str, Any]:
    """Run a script on the page in a frame of the given width (a window has a minimum width), and return its result."""
    (tmp_path / "inner.html").write_text(re.sub(r"<meta http-equiv=[^>]*>", "", text) + f"<script>{MEASURE}</script>")
    outer = (
        "<script>onmessage = e => document.title = JSON.stringify(e.data)</script>"
        f"<iframe src='inner.html' style='width: {width}px; height: 900px; border: 0'></iframe>"
    )
    (tmp_path / "outer.html").write_text(outer)
    scheme = f"--blink-settings=preferredColorScheme={0 if dark else 1}"
    opened = browse((tmp_path / "outer.html").as_uri(), tmp_path / "profile", scheme, "--window-size=1400,1000")
    title = re.search(r"<title>(.*?)</title>", opened.stdout)
    assert title, opened.stderr
    return json.loads(title[1])


@in_browser
@pytest.mark.parametrize("width", [1200, 420])
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_all_text_is_readable_and_nothing_overflows(tmp_path: Path, dark: bool, width: int) -> None:
    name = "a_module.with.a_long_name." * 6
    edges = [failure(edge="word" * 60, curve=None)]
    long = dataclasses.replace(wrong(), candidate=name, notes=["word" * 60], taps=[Tap(name)], edges=edges)
    found = measured(tmp_path, page([long, untried(), right()]), dark, width)
    assert (found["dark"], found["width"]) == (dark, width)
    assert min(found["contrast"].values()) > 4.5, found["contrast"]
    assert len(found["svg"]) == 2
    assert all(300 < wide <= width for wide in found["svg"])
    assert found["over"] <= 0
