"""README.md and the guides in docs/: their code, tables, counts, pictures and links are correct.

`python tests/test_readme.py` rewrites the list of known differences in docs/semantics.md.
"""

import ast
import contextlib
import importlib.util
import io
import re
import sys
import textwrap
import tokenize
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest
import torch
from pairs import AGREEING, DIFFERENT

import jaxfun as jf
from docs import make_counts
from jaxfun.ops import records
from jaxfun.parity.known import known_differences
from jaxfun.parity.known.difference import KnownDifference

ROOT = Path(__file__).parent.parent
README, DOCS = ROOT / "README.md", ROOT / "docs"
SEMANTICS, PARITY, PORTING = DOCS / "semantics.md", DOCS / "parity.md", DOCS / "porting.md"
CONTRIBUTING = ROOT / "CONTRIBUTING.md"
MARKERS = ("<!-- known differences: begin -->", "<!-- known differences: end -->")


@pytest.fixture(autouse=True)
def jax_as_it_comes() -> Iterator[None]:
    """Use JAX's defaults, as a reader has them: 32 bits, its own promotion; on the CPU, as the texts say."""
    with jax.enable_x64(False), jax.numpy_dtype_promotion("standard"), jax.default_device(jax.devices("cpu")[0]):
        yield


def outcome(run: Callable[[], Any]) -> str | tuple[str, ...]:
    """Return the printed result of a call, or the builtin classes of its exception."""
    try:
        return shown(run())
    except Exception as error:
        return tuple(base.__name__ for base in type(error).__mro__ if base.__module__ == "builtins")[:-3]


def shown(value: Any) -> str:
    if hasattr(value, "__array__"):
        return str(np.asarray(value))
    return str(value).removeprefix("torch.")


def says(claim: str, got: str | tuple[str, ...]) -> bool:
    return claim in got if isinstance(got, tuple) else claim == got


# Code: a comment after an expression states its result, or `raises X`.


def blocks(path: Path) -> list[str]:
    return re.findall(r"```python\n(.*?)```", path.read_text(), re.S)


def comments(source: str) -> dict[int, str]:
    found = tokenize.generate_tokens(io.StringIO(source).readline)
    return {token.start[0]: token.string[1:].strip() for token in found if token.type == tokenize.COMMENT}


def told(source: str, statement: ast.Expr, names: dict[str, Any]) -> str | tuple[str, ...]:
    """Return the output of a print, or the repr of any other expression."""
    code = ast.get_source_segment(source, statement) or ""
    output = io.StringIO()

    def run() -> str:
        with contextlib.redirect_stdout(output):
            value = eval(code, names)
        return " ".join((output.getvalue() or repr(value)).split())

    return outcome(run)


def run_block(source: str, names: dict[str, Any]) -> Iterator[tuple[str, str | tuple[str, ...]]]:
    """Run a block statement by statement, and yield each claim with the result."""
    claims = comments(source)
    for statement in ast.parse(source).body:
        if isinstance(statement, ast.Expr):
            yield claims.get(statement.end_lineno or 0, "").removeprefix("raises "), told(source, statement, names)
        else:
            exec(ast.unparse(statement), names)


@pytest.mark.parametrize("path", [README, SEMANTICS, PARITY], ids=lambda path: path.name)
def test_code_gives_the_results_in_its_comments(path: Path) -> None:
    names: dict[str, Any] = {}
    found = [pair for source in blocks(path) for pair in run_block(source, names)]
    assert len(found) >= 3
    for claim, got in found:
        assert says(claim, got), f"{path.name} says {claim!r}, it gives {got!r}"


def test_readme_shows_the_printed_failure() -> None:
    (source,) = [block for block in blocks(README) if "hard_swish" in block]
    names: dict[str, Any] = {}
    exec(source.replace("hardswish)", "hardswish, seed=0)"), names)
    (printed,) = re.findall(r"```text\n(.*?)\n```", README.read_text(), re.S)
    assert printed == str(names["report"].failures[0])


# The tables of README.md and docs/porting.md: where plain JAX deviates from PyTorch.


def table(path: Path, head: str) -> list[list[str]]:
    """Return the rows of the table whose first header is `head`, without the backticks."""
    lines = iter(path.read_text().splitlines())
    next(line for line in lines if line.startswith(f"| {head} |"))
    rows: list[list[str]] = []
    for line in lines:
        if not line.startswith("|"):
            break
        rows.append([cell.strip().strip("`") for cell in line.strip("|").split("|")])
    return rows[1:]


def in_jax() -> dict[str, Any]:
    return {
        "jnp": jnp,
        "t": jnp.array,
        "tie": jnp.array([2.0, 2.0]),
        "half": jnp.ones(1, jnp.float16),
        "single": jnp.ones((), jnp.float32),
        "grad": lambda f, *xs: jax.grad(f)(*xs),
    }


def in_jaxfun() -> dict[str, Any]:
    return {**of_torch_names(jf), "grad": lambda f, *xs: jf.autograd.grad(f, xs)[0]}


def in_torch() -> dict[str, Any]:
    def grad(f: Callable[..., Any], *xs: Any) -> Any:
        xs = tuple(x.clone().requires_grad_() for x in xs)
        return torch.autograd.grad(f(*xs), xs)[0]

    return {**of_torch_names(SimpleNamespace(**vars(torch), getitem=torch.Tensor.__getitem__)), "grad": grad}


def of_torch_names(library: Any) -> dict[str, Any]:
    return {
        "jf": library,
        "t": library.tensor,
        "tie": library.tensor([2.0, 2.0]),
        "half": library.ones(1, dtype=library.half),
        "single": library.tensor(1.0),
    }


DEVIATIONS = table(PORTING, "plain JAX")


def test_deviation_table_has_twelve_rows_that_differ() -> None:
    assert len({row[0] for row in DEVIATIONS}) == len(DEVIATIONS) == 12
    assert all(row[1] != row[3] for row in DEVIATIONS)


def test_readme_shows_six_rows_of_the_deviation_table() -> None:
    rows = table(README, "plain JAX")
    assert len(rows) == 6
    assert [row for row in rows if row not in DEVIATIONS] == []


@pytest.mark.parametrize("row", DEVIATIONS, ids=lambda row: row[2])
@pytest.mark.parametrize(
    ("side", "column"), [(in_jax, 0), (in_jaxfun, 2), (in_torch, 2)], ids=["jax", "jaxfun", "torch"]
)
def test_deviation_row_matches_each_library(side: Callable[[], dict[str, Any]], column: int, row: list[str]) -> None:
    names = side()
    got = outcome(lambda: eval(row[column], names))
    assert says(row[column + 1], got), f"`{row[column]}`: the table says {row[column + 1]}, it gives {got}"


# docs/semantics.md: torch's in-place calls beside the pure ones.


@pytest.mark.parametrize("row", table(SEMANTICS, "PyTorch, in place"), ids=lambda row: row[0])
def test_pure_form_matches_the_in_place_call(row: list[str]) -> None:
    theirs = {"x": torch.tensor([[3.0, -1.0], [0.5, 2.0]]), "torch": torch}
    ours = {"x": jf.tensor([[3.0, -1.0], [0.5, 2.0]]), "jf": jf}
    before = ours["x"]
    exec(row[0], theirs)
    exec(row[1], ours)
    np.testing.assert_array_equal(np.asarray(ours["x"]), theirs["x"].numpy())
    np.testing.assert_array_equal(np.asarray(before), [[3.0, -1.0], [0.5, 2.0]])


# docs/semantics.md: the known differences, from the records.


def known() -> dict[KnownDifference, list[str]]:
    """Return each known difference with the public functions that have it. Those with equal texts are merged."""
    said: dict[tuple[Any, ...], tuple[KnownDifference, list[str]]] = {}
    for record in sorted(records().values(), key=lambda record: record.name):  # the order in which files load varies
        for each in known_differences(record):
            key = (each.devices, each.levels, each.jaxfun, each.torch, each.why)
            names = said.setdefault(key, (each, []))[1]
            names.extend([] if record.public in names else [record.public])
    return dict(said.values())


def entry(each: KnownDifference, names: list[str]) -> str:
    where = "" if "cpu" in each.devices else "on CUDA: "
    lines = [
        f"- {', '.join(f'`{name}`' for name in names)} ({where}{', '.join(each.levels)}): {each.why}.",
        f"  jaxfun: {each.jaxfun}.",
        f"  PyTorch: {each.torch}.",
        f"  Source: {each.source}.",
    ]
    return "\n".join(textwrap.fill(line, 118, subsequent_indent="  ", break_on_hyphens=False) for line in lines)


def with_known_differences(text: str) -> str:
    begin, end = MARKERS
    head, rest = text.split(begin)
    listed = "\n".join(entry(each, names) for each, names in known().items())
    return f"{head}{begin}\n{listed}\n{end}{rest.split(end)[1]}"


def test_every_known_difference_is_listed() -> None:
    text = SEMANTICS.read_text()
    assert text == with_known_differences(text), "run: python tests/test_readme.py"


# README.md: the counts of covered functions.


def test_readme_shows_the_current_counts() -> None:
    text = README.read_text()
    assert text == make_counts.with_counts(text), "run: python -m docs.make_counts"


# CONTRIBUTING.md: the table that leads from a question to a file.

ANSWER = re.compile(r"^\| (?P<question>[^|]+[^| ]) \| `(?P<file>[^`|]+/[^`|]*)` \| (?P<about>[^|]+) \|$", re.M)
ANSWERS = list(ANSWER.finditer(CONTRIBUTING.read_text()))


def test_every_question_in_the_guide_names_a_file() -> None:
    text = CONTRIBUTING.read_text()
    rows = re.findall(r"(?m)^\|.+\|$", text[text.index("## Where to begin") : text.index("## The house")])
    assert len(ANSWERS) == len(rows) - 6 > 25  # three heads of two lines


def test_files_named_in_the_guide_exist() -> None:
    named = re.findall(r"`((?:jaxfun|docs|tests|parity_tests|examples|benchmarks)/[\w/.-]*)`", CONTRIBUTING.read_text())
    assert len(named) >= 40
    assert [path for path in named if not (ROOT / path).exists()] == []


@pytest.mark.parametrize("answer", ANSWERS, ids=lambda answer: answer["question"])
def test_file_in_the_guide_defines_the_names_beside_it(answer: re.Match[str]) -> None:
    file = ROOT / answer["file"]
    files = [file] if file.is_file() else sorted(file.glob("*.py"))
    text = "\n".join(each.read_text() for each in files)
    names = re.findall(r"`(\w+)`", answer["about"])
    assert [name for name in names if not re.search(rf"^ *(def|class) {name}\b|^{name}\b.* = ", text, re.M)] == []


def test_detection_page_states_the_number_of_ports() -> None:
    assert f"{len(DIFFERENT)} wrong ports and {len(AGREEING)} right ones" in (DOCS / "detection.md").read_text()


# Pictures and links.


def test_picture_of_the_graph_is_current() -> None:
    drawn = jf.autograd.graph(lambda v: jf.sum(v**2))(jf.Variable(jf.ones(1, 2))).to_svg()
    assert (ROOT / "docs" / "images" / "graph.svg").read_text() == drawn


@pytest.mark.parametrize("path", [README, CONTRIBUTING, SEMANTICS, PARITY, PORTING], ids=lambda path: path.name)
def test_links_lead_to_existing_files_and_headings(path: Path) -> None:
    linked = re.findall(r'(?:\]\(|src=")([^)"#]*)(?:#([^)]+))?[)"]', path.read_text())
    assert linked
    for target, anchor in linked:
        file = path.parent / target if target else path
        assert file.exists(), target
        assert not anchor or anchor in anchors(file), anchor


def test_pypi_readme_has_absolute_links_and_the_same_code() -> None:
    text = README.read_text()
    turned = pypi_readme().absolute(text, "owner/name", "0a1b")
    links = [target for pair in re.findall(r'\]\(([^)]*)\)|src="([^"]*)"', turned) for target in pair if target]
    assert len(links) > 10
    assert [link for link in links if not link.startswith("https://")] == []
    assert "https://raw.githubusercontent.com/owner/name/0a1b/docs/images/report.png" in links
    assert "https://github.com/owner/name/blob/0a1b/docs/porting.md#where-jax-deviates" in links
    assert blocks_of(turned) == blocks_of(text)


def pypi_readme() -> Any:
    spec = importlib.util.spec_from_file_location("pypi_readme", ROOT / ".github" / "pypi_readme.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def blocks_of(text: str) -> list[str]:
    return re.findall(r"(?s)```.*?```", text)


def anchors(path: Path) -> list[str]:
    headings = re.findall(r"^#+ (.+)$", path.read_text(), re.M)
    return [re.sub(r"[^\w -]", "", heading).lower().replace(" ", "-") for heading in headings]


if __name__ == "__main__":
    SEMANTICS.write_text(with_known_differences(SEMANTICS.read_text()))
    sys.stdout.write(f"{SEMANTICS}: {len(known())} known differences\n")
