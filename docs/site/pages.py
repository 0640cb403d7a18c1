"""The pages of the site as Markdown: those of docs/, with links turned to the site, and the generated ones."""

import ast
import importlib.util
import os
import re
from collections.abc import Callable, Mapping
from pathlib import Path, PurePosixPath

import differences_table
import house
import reference
from chapters import TABLE, where

ROOT = Path(__file__).parent.parent.parent
DOCS = ROOT / "docs"
EXAMPLES = sorted((ROOT / "examples").glob("*.py"))
# Files of the project that are pages of the site.
BESIDE = {"CONTRIBUTING.md": "contributing.md", "CHANGELOG.md": "changelog.md"} | {
    f"examples/{path.name}": f"tutorial/{path.stem}.md" for path in EXAMPLES
}
# A link; or code, which may look like a link and is not changed.
LINK = re.compile(
    r"(?ms)^ *```.*?^ *```|(?<![!\]\w])\[(?P<label>(?:[^\[\]]|\[[^\]]*\])*)\]\((?P<target>[^)\s]+)\)|`[^`]*`"
)
PICTURES = {"the library": ROOT / "jaxfun", "the engine": ROOT / "jaxfun" / "parity"}


def turned(text: str, source: str, page: str) -> str:
    """Return Markdown in which links to files of the project lead to the pages of the site.

    `source` is the file of the text, and `page` its path in the site: `docs/parity.md` and `parity.md`. A link to a
    file that is not a page of the site becomes plain text.

    Raises: FileNotFoundError for a link to a file that is not there.
    """

    def link(match: re.Match[str]) -> str:
        label, target = match["label"], match["target"]
        if target is None or re.match(r"[a-z]+:|#", target):
            return match[0]
        file = os.path.normpath(PurePosixPath(source).parent / target.partition("#")[0])
        if not (ROOT / file).exists():
            raise FileNotFoundError(f"{source} links to {target}")
        found = _page_of(file, target.partition("#")[2])
        return f"[{label}]({_relative(found, page)})" if found else label

    return LINK.sub(link, text)


def _page_of(file: str, anchor: str) -> str:
    for name in (f"{file}#{anchor}", file):
        if name in TABLE["links"]:
            return TABLE["links"][name]
    page = file.removeprefix("docs/") if file.startswith("docs/") else BESIDE.get(file, "")
    return f"{page}#{anchor}" if page and anchor else page


def _relative(target: str, page: str) -> str:
    path, hash_, anchor = target.partition("#")
    return f"{os.path.relpath(path, PurePosixPath(page).parent)}{hash_}{anchor}"


def _differences(text: str) -> str:
    # the table is HTML, in which links must be those of the built site
    addresses = {name: place.replace(".md#", ".html#") for name, place in where().items()}
    return differences_table.page(text, addresses)


def _design(text: str) -> str:
    for title, package in PICTURES.items():
        picture = house.svg(house.imports(package), f"Which part of {title} imports which")
        text = text.replace(f"<!-- picture: {title} -->", f'<div class="picture">{picture}</div>')
    return text


CHANGED: Mapping[str, Callable[[str], str]] = {"differences.md": _differences, "design.md": _design}


def from_docs() -> dict[str, str]:
    """Return the pages with a file in docs/, by their path in the site."""
    found: dict[str, str] = {}
    for file in sorted(DOCS.glob("*.md")):
        text = turned(file.read_text("utf-8"), f"docs/{file.name}", file.name)
        found[file.name] = CHANGED.get(file.name, str)(text)
    return found


def missing(example: Path) -> list[str]:
    """Return the packages that an example imports and that are not installed."""
    tree = ast.walk(ast.parse(example.read_text("utf-8")))
    names = [
        name.partition(".")[0]
        for node in tree
        if isinstance(node, (ast.Import, ast.ImportFrom))
        for name in ([each.name for each in node.names] if isinstance(node, ast.Import) else [node.module or ""])
    ]
    return [name for name in dict.fromkeys(names) if importlib.util.find_spec(name) is None]


def made() -> dict[str, str]:
    """Return the pages without a file in docs/, except the tutorial."""
    root = {
        page: turned((ROOT / file).read_text("utf-8"), file, page)
        for file, page in BESIDE.items()
        if file.endswith(".md")
    }
    return root | reference.pages()
