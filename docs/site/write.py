"""Write the source of the site, with all pages: `python docs/site/write.py [FOLDER]`. `make docs` builds the site."""

import argparse
import shutil
from pathlib import Path
from typing import Any

import notebooks
import pages
import yaml
from chapters import chapters

HERE = Path(__file__).parent
# Pages that need no navigation or no table of contents beside the text.
HIDDEN = {"index.md": "navigation", "differences.md": "navigation, toc", "api/index.md": "toc"}
BUTTON = "{ .md-button .download }"
ASSETS = ("site.css", "file_search.js")


def navigation(nav: list[Any]) -> list[Any]:
    """Return the navigation with its two generated parts: the tutorial and the reference."""
    made = {
        "Tutorial": [f"tutorial/{path.stem}.md" for path in pages.EXAMPLES],
        "Reference": ["api/index.md", *(chapter.path for chapter in chapters())],
    }
    return [{name: made.get(name, value) for name, value in item.items()} for item in nav]


def write(folder: Path) -> None:
    """Write the settings, the pages, the notebooks, the pictures and the styles."""
    shutil.rmtree(folder, ignore_errors=True)
    settings = yaml.safe_load((HERE / "mkdocs.yml").read_text("utf-8"))
    settings["nav"] = navigation(settings["nav"])
    written(folder / "mkdocs.yml", yaml.safe_dump(settings, sort_keys=False, allow_unicode=True))
    tutorial = {f"tutorial/{path.stem}.md": lesson(path) for path in pages.EXAMPLES}
    for name, text in {**pages.from_docs(), **pages.made(), **tutorial}.items():
        head = f"---\nhide: [{HIDDEN[name]}]\n---\n" if name in HIDDEN else ""
        written(folder / "docs" / name, head + text)
    notebooks.write(folder / "docs" / "tutorial")
    for path in pages.EXAMPLES:
        shutil.copy(path, folder / "docs" / "tutorial")
    shutil.copytree(pages.DOCS / "images", folder / "docs" / "images", ignore=shutil.ignore_patterns("*.py"))
    (folder / "docs" / "assets").mkdir()
    for name in ASSETS:
        shutil.copy(HERE / name, folder / "docs" / "assets")


def lesson(example: Path) -> str:
    """Return the page of an example, with its downloads below the title."""
    text = pages.turned(notebooks.page(example), f"examples/{example.name}", f"tutorial/{example.stem}.md")
    title, _, rest = text.partition("\n")
    files = {"Notebook": f"{example.stem}.ipynb", "Script": example.name} | {
        f"data/{path.name}": f"data/{path.name}"
        for path in sorted(example.with_name("data").iterdir())
        if path.name in rest
    }
    buttons = " ".join(f"[{name}]({file}){BUTTON}" for name, file in files.items())
    return f"{title}\n\n{buttons}\n\n{rest}"


def written(file: Path, text: str) -> None:
    """Write a file, and create its folder if it is missing."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, "utf-8")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path, default=pages.ROOT / ".cache" / "site", metavar="FOLDER")
    write(parser.parse_args().folder)
