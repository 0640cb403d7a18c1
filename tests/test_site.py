"""The documentation site: its chapters, links and examples, and the built site if its tools are installed."""

import ast
import doctest
import functools
import importlib.util
import io
import os
import re
import subprocess
import sys
import textwrap
import tokenize
import types
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import chapters
import house
import jax
import pages
import pytest
import reference
import torch

import jaxfun
from jaxfun import parity

ROOT = Path(__file__).parent.parent
GENERATOR = ROOT / "docs" / "site"
TOOLS = ("mkdocs", "material", "jupytext", "nbclient", "ipykernel")
MISSING = [name for name in TOOLS if importlib.util.find_spec(name) is None]
built = pytest.mark.skipif(bool(MISSING), reason=f"the dependency group docs is not installed: no {', '.join(MISSING)}")


# The chapters of the reference.


def test_every_public_name_is_in_one_chapter() -> None:
    listed = [name for chapter in chapters.chapters() for name in chapter.names]
    twice = {name for name in listed if listed.count(name) > 1}
    assert not twice
    assert chapters.public() - {*listed} == set(), "say in docs/site/chapters.toml which chapter it belongs to"
    assert {*listed} - chapters.public() == set(), "docs/site/chapters.toml names what is not there"


def test_all_names_of_a_function_are_in_one_chapter() -> None:
    where: dict[int, set[str]] = {}
    for chapter in chapters.chapters():
        for name in chapter.names:
            where.setdefault(id(chapters.named(name)), set()).add(chapter.file)
    assert not [files for files in where.values() if len(files) > 1]


def test_chapters_cover_every_namespace() -> None:
    faces = {*namespaces(jaxfun)} - {"dtypes"}  # `jaxfun` has all of its public names
    parents = {space.rpartition(".")[0] for space in chapters.SPACES}
    assert faces <= {*chapters.SPACES} | parents


def namespaces(module: types.ModuleType, prefix: str = "") -> Iterator[str]:
    """The modules that a package re-exports (`from . import nn as nn`), and those that they re-export."""
    for node in ast.parse(Path(module.__file__ or "").read_text()).body:
        for each in node.names if isinstance(node, ast.ImportFrom) else ():
            value = getattr(module, each.asname or "", None)
            if each.asname == each.name and isinstance(value, types.ModuleType):
                yield prefix + each.name
                yield from namespaces(value, f"{prefix}{each.name}.")


@pytest.mark.parametrize(
    "chapter", [each for each in chapters.chapters() if not each.is_own], ids=lambda each: each.file
)
def test_mirrored_function_exists_in_torch(chapter: chapters.Chapter) -> None:
    for entry in chapter.entries:
        mirrored = chapters.mirror(entry.name).removeprefix("torch.").removesuffix("graph.Node")
        assert functools.reduce(getattr, filter(None, mirrored.split(".")), torch)


def test_members_pages_and_mirrors_in_the_table_exist() -> None:
    report = parity.Report()
    assert [name for name in chapters.TABLE["members"]["parity.Report"] if not hasattr(report, name)] == []
    mirrored = {chapters.mirror(name) for name in chapters.public()}
    assert {*chapters.TABLE["pages"]} <= mirrored
    assert {*chapters.TABLE["mirrors"]} <= chapters.public()


# The pages of the reference.


@functools.cache
def all_pages() -> dict[str, str]:
    return {**pages.from_docs(), **pages.made()}


ENTRIES = {
    "abs": ["Dtypes", "Not defined for", "Gradient", "grad_fn", "In JAX", "PyTorch"],
    "add": ["Shapes", "Dtypes", "Gradient", "grad_fn", "Raises", "In JAX", "PyTorch"],
    "eq": ["Shapes", "Dtypes", "Gradient", "In JAX", "PyTorch"],
    "mm": ["Shapes", "Not defined for", "Gradient", "grad_fn", "In JAX", "PyTorch"],
    "autograd.grad": ["Gradient", "Raises", "PyTorch"],
    "parity.check": ["Raises"],
}


@pytest.mark.parametrize("name", ENTRIES)
def test_entry_shows_its_fields_a_call_and_an_example(name: str) -> None:
    (text,) = re.findall(rf"(?ms)^## {name} \{{.*?(?=^## |\Z)", "".join(all_pages().values()))
    assert {*ENTRIES[name]} <= {*re.findall(r"^(\S.*)\n:   \S", text, re.M)}
    assert f"jaxfun.{name}(" in text
    assert ">>> " in text


def test_entry_shows_the_known_differences() -> None:
    text = all_pages()["api/pointwise.md"]
    entry = text.partition("{ #addcdiv }")[2].partition("\n## ")[0]
    known = [known for op in reference.ops.records_of("addcdiv") for known in reference.known_differences(op)]
    assert known
    assert all(reference.inline(each.why) in entry for each in known)


def test_table_shows_every_deviation() -> None:
    found = reference.stored()["functions"]
    text = all_pages()["differences.md"]
    assert text.count("<tr ") == sum(len(fields["deviations"]) for fields in found.values())
    assert [name for name, fields in found.items() if fields["deviations"] and f'id="{name}"' not in text] == []


# The picture of the imports.


def test_picture_of_the_imports_shows_every_module() -> None:
    found = house.imports(house.ROOT)
    assert "train" in found["regression"]
    assert "regression" not in found["train"]
    drawn = house.svg(found, "the house")
    assert [name for name in found if f">{name}</text>" not in drawn] == []


def test_doctests_of_the_picture_pass() -> None:
    assert doctest.testmod(house) == (0, 3)


# The links between the Markdown pages, before the site is built. A heading names its anchor, or the anchor is made from
# its text.


def anchors(text: str) -> set[str]:
    named = set(re.findall(r'(?:\{ #|id=")([\w.-]+)', text))
    headings = re.findall(r"^#+ (.+?)(?: \{ #.*)?$", re.sub(r"(?ms)^ *```.*?^ *```$", "", text), re.M)
    return named | {re.sub(r"[^\w -]", "", heading).strip().lower().replace(" ", "-") for heading in headings}


def is_handed_out(file: Path) -> bool:
    return file.parts[0] == "tutorial" or (file.parts[0] == "images" and (ROOT / "docs" / file).exists())


def test_links_between_pages_lead_to_existing_pages_and_headings() -> None:
    texts = all_pages()
    assert len(texts) > 20
    for name, text in texts.items():
        for match in pages.LINK.finditer(text):
            path, _, anchor = (match["target"] or "https:").partition("#")
            if ":" in path:
                continue
            target = os.path.normpath(Path(name).parent / path) if path else name
            assert target in texts or is_handed_out(Path(target)), f"{name}: {match[0]}"
            assert not anchor or anchor in anchors(texts[target]), f"{name}: {match[0]}"


def test_links_to_files_become_links_to_pages() -> None:
    text = (
        "[a](../examples/01_tensors.py) [b](../jaxfun/core/op.py) [c](parity.md#inputs) `x[0](y)` ![d](images/fit.png)"
    )
    there = "[a](../tutorial/01_tensors.md) b [c](../parity.md#inputs) `x[0](y)` ![d](images/fit.png)"
    assert pages.turned(text, "docs/page.md", "api/page.md") == there
    with pytest.raises(FileNotFoundError, match="no-such-file"):
        pages.turned("[a](no-such-file.md)", "docs/page.md", "page.md")


# The code of pages that only the site has: a comment after an expression states its result, or `raises X`.

OWN = {
    "index.md": "value",
    "porting.md": "vjp",
    "converting.md": "value",
    "weights.md": "value",
}  # the level at which the check on the page finds a failure


@pytest.fixture
def as_a_reader_has_it() -> Iterator[None]:
    """Use JAX's defaults, as a reader has them, on the CPU."""
    with jax.enable_x64(False), jax.numpy_dtype_promotion("standard"), jax.default_device(jax.devices("cpu")[0]):
        yield


def claims(source: str, names: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Run a block statement by statement, and yield the claimed and the actual result of each expression."""
    tokens = tokenize.generate_tokens(io.StringIO(source).readline)
    comments = {token.start[0]: token.string[1:].strip() for token in tokens if token.type == tokenize.COMMENT}
    for statement in ast.parse(source).body:
        code = ast.get_source_segment(source, statement) or ""
        if isinstance(statement, ast.Expr):
            yield comments.get(statement.end_lineno or 0, ""), outcome(code, names)
        else:
            exec(code, names)


def outcome(code: str, names: dict[str, Any]) -> str:
    printed: list[str] = []
    try:
        value = eval(code, {**names, "print": lambda text: printed.append(str(text))})
    except Exception as error:
        return f"raises {next(base.__name__ for base in type(error).__mro__ if base.__module__ == 'builtins')}"
    return " ".join((printed or [repr(value)])[0].split())


@pytest.mark.usefixtures("as_a_reader_has_it")
@pytest.mark.parametrize(("name", "level"), OWN.items())
def test_code_of_a_page_gives_the_results_in_its_comments(
    name: str, level: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parity, "check", functools.partial(parity.check, levels=[level], examples=100))
    found = claims_of(name, "python", {})
    assert len(found) >= 5
    for said, got in found:
        assert said == got


def claims_of(name: str, language: str, names: dict[str, Any]) -> list[tuple[str, str]]:
    """Run the blocks of a page that are marked with a language, and return their claimed and actual results."""
    blocks = re.findall(rf"(?ms)^( *```{language}\n.*?)^ *```$", (ROOT / "docs" / name).read_text())
    return [pair for block in blocks for pair in claims(textwrap.dedent(block.partition("\n")[2]), names)]


# Code that needs other people's libraries is marked as `py`.

LIBRARIES = ("transformers", "timm")
ABSENT = [name for name in LIBRARIES if importlib.util.find_spec(name) is None]


@pytest.mark.skipif(bool(ABSENT), reason=f"not installed: {', '.join(ABSENT)}")
@pytest.mark.usefixtures("as_a_reader_has_it")
@pytest.mark.filterwarnings("ignore")  # of those libraries
def test_code_with_models_of_other_libraries_gives_the_results_in_its_comments(tmp_path: Path) -> None:
    import transformers

    file = str(ROOT / "examples" / "data" / "midsummer_tokenizer.json")
    inputs = ["input_ids", "attention_mask"]
    transformers.PreTrainedTokenizerFast(
        tokenizer_file=file, pad_token="<pad>", model_input_names=inputs
    ).save_pretrained(tmp_path)
    sizes = {"hidden_size": 32, "intermediate_size": 64, "num_hidden_layers": 2, "num_attention_heads": 4}
    config = transformers.LlamaConfig(vocab_size=768, tie_word_embeddings=True, pad_token_id=0, **sizes)
    transformers.LlamaForCausalLM(config).save_pretrained(tmp_path)
    found = claims_of("weights.md", "py", {"name": str(tmp_path)})
    assert len(found) == 4
    for said, got in found:
        assert said == got


def test_packages_that_an_example_misses_are_named(tmp_path: Path) -> None:
    example = tmp_path / "example.py"
    example.write_text("import numpy as np, absent.part\nfrom jax import numpy\nif np:\n    from gone.part import x\n")
    assert pages.missing(example) == ["absent", "gone"]
    assert all(pages.missing(path) == [] for path in pages.EXAMPLES if path.name[:2] not in ("10", "11"))


# The built site.


class Page(HTMLParser):
    """The links, loaded files and anchors of a page of the site."""

    def __init__(self, file: Path) -> None:
        super().__init__()
        self.links: set[str] = set()
        self.loads: set[str] = set()
        self.ids: set[str] = set()
        self.feed(file.read_text("utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.ids |= {value for name, value in attrs if name == "id" and value}
        if tag in ("script", "img", "iframe", "source", "link"):
            self.loads |= {value for value in (given.get("src"), given.get("href")) if value}
        elif tag == "a" and given.get("href"):
            self.links.add(given["href"] or "")


@built
def test_built_site_has_working_links_every_entry_and_executed_notebooks(tmp_path: Path) -> None:
    # one test, because several would each build the site in their own process
    site = build(tmp_path)
    loads_nothing_from_elsewhere(site)
    links_lead_somewhere(site)
    has_an_entry_for_every_public_name(site)
    hands_out_notebooks_that_were_run(site)


def build(folder: Path) -> Path:
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "NO_MKDOCS_2_WARNING": "1"}
    for command in (
        [str(GENERATOR / "write.py"), str(folder / "source")],
        ["-m", "mkdocs", "build", "--strict", "-q", "-f", f"{folder}/source/mkdocs.yml", "-d", f"{folder}/html"],
    ):
        done = subprocess.run([sys.executable, *command], env=environment, capture_output=True, text=True, check=False)
        assert (done.returncode, done.stdout + done.stderr) == (0, "")
    return folder / "html"


def loads_nothing_from_elsewhere(site: Path) -> None:
    for file in site.rglob("*.html"):
        assert not [address for address in Page(file).loads if urlsplit(address).netloc], file
        assert "fonts.googleapis" not in file.read_text("utf-8")


def links_lead_somewhere(site: Path) -> None:
    found = {file: Page(file) for file in site.rglob("*.html")}
    count = 0
    for file, page in found.items():
        for link in (page.links | page.loads) if file.name != "404.html" else ():
            parts = urlsplit(link)
            if parts.scheme or parts.netloc:
                continue
            target = (file.parent / unquote(parts.path)).resolve() if parts.path else file
            target = target / "index.html" if target.is_dir() else target
            assert target.exists(), f"{file.name}: {link}"
            assert not parts.fragment or target not in found or parts.fragment in found[target].ids, (file.name, link)
            count += 1
    assert count > 1000


def has_an_entry_for_every_public_name(site: Path) -> None:
    ids = {chapter.file: Page(site / "api" / f"{chapter.file}.html").ids for chapter in chapters.chapters()}
    entries = [(chapter.file, entry.name) for chapter in chapters.chapters() for entry in chapter.entries]
    assert [name for file, name in entries if name not in ids[file]] == []


def hands_out_notebooks_that_were_run(site: Path) -> None:
    import nbformat

    books = {path.stem: nbformat.read(path, as_version=4) for path in (site / "tutorial").glob("*.ipynb")}
    assert {*books} == {path.stem for path in (ROOT / "examples").glob("*.py")}
    for name, book in books.items():
        page = (site / "tutorial" / f"{name}.html").read_text("utf-8")
        assert f'href="{name}.ipynb"' in page
        is_run = not pages.missing(ROOT / "examples" / f"{name}.py")
        assert all(bool(cell.execution_count) == is_run for cell in book.cells if cell.cell_type == "code")
        assert ("Without output" in page) != is_run
        assert "__file__" not in "".join(cell.source for cell in book.cells)
    assert 'href="data/diabetes.csv"' in (site / "tutorial" / "05_real_data.html").read_text("utf-8")
    assert "y = 1.99" in books["04_linear_regression"].cells[1].outputs[0]["text"]
    assert "The two part at norm2." in (site / "tutorial" / "07_port_a_module.html").read_text("utf-8")
    for name in ("08_digits", "09_gpt"):
        assert "data:image/png;base64," in (site / "tutorial" / f"{name}.html").read_text("utf-8")
