"""The tutorial as executed notebooks: `python docs/site/notebooks.py [FOLDER]` writes them, with their data.

Executed notebooks are kept in .cache/ until an example, the library or a version changes. An example whose packages are
not installed is not executed, and its page says so.
"""

import argparse
import hashlib
import shutil
import tempfile
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

import jupytext
import nbformat
import pages
from nbclient import NotebookClient
from nbformat import NotebookNode
from traitlets.config import Config

ROOT = Path(__file__).parent.parent.parent
EXAMPLES = ROOT / "examples"
CACHE = ROOT / ".cache" / "notebooks"
TIMEOUT = 600  # seconds for a cell
PICTURE = '<p><img alt="The picture that this code draws" src="data:image/png;base64,{}"></p>'
VERSIONS = ("jax", "torch", "numpy", "optax", "hypothesis", "matplotlib", "jupytext", "nbformat")


def notebook(example: Path) -> NotebookNode:
    """Return an example as an executed notebook."""
    kept = CACHE / f"{example.stem}-{_state(example)}.ipynb"
    if not kept.exists():
        executed = _executed(example)
        CACHE.mkdir(parents=True, exist_ok=True)
        for old in CACHE.glob(f"{example.stem}-*.ipynb"):
            old.unlink()
        kept.write_text(nbformat.writes(executed) + "\n", "utf-8")
    return nbformat.read(kept, as_version=4)


def _state(example: Path) -> str:
    """Return a hash of everything that an example's output depends on."""
    digest = hashlib.sha256("".join(f"{name} {metadata.version(name)}" for name in VERSIONS).encode())
    digest.update(" ".join(pages.missing(example)).encode())
    files = [Path(__file__), example, *(EXAMPLES / "data").iterdir(), *(ROOT / "jaxfun").rglob("*.py")]
    for file in sorted(files):
        digest.update(file.read_bytes())
    return digest.hexdigest()[:16]


def _executed(example: Path) -> NotebookNode:
    book = jupytext.read(example)
    book.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}
    for number, cell in enumerate(book.cells):
        cell["id"] = f"cell-{number}"  # not random, so that the same notebook gives the same file
        # a notebook has no __file__; its data lie beside it
        cell.source = cell.source.replace("Path(__file__).parent", "Path()")
    if pages.missing(example):
        return book
    with tempfile.TemporaryDirectory() as folder:
        # Unix sockets: with TCP the kernel warns that others may connect
        sockets = Config(KernelManager={"transport": "ipc", "ip": f"{folder}/socket"})
        # an example draws its pictures into the folder it runs in
        shutil.copytree(EXAMPLES / "data", Path(folder) / "data")
        NotebookClient(book, timeout=TIMEOUT, config=sockets).execute(cwd=folder)
    for cell in book.cells:
        cell.metadata.pop("execution", None)  # the time of day
    return book


def page(example: Path) -> str:
    """Return the page of an example: its text, its code and the output."""
    text = "\n\n".join(part for cell in notebook(example).cells for part in _shown(cell)) + "\n"
    if not (absent := pages.missing(example)):
        return text
    title, _, rest = text.partition("\n")
    return f"{title}\n\n*Without output: the site was built without {' and '.join(absent)}.*\n{rest}"


def _shown(cell: NotebookNode) -> Iterator[str]:
    if cell.cell_type == "markdown":
        yield cell.source
        return
    yield f"```python\n{cell.source}\n```"
    # standard error has a progress line if a run takes long
    printed = "".join(output["text"] for output in cell.outputs if output.get("name") == "stdout")
    if printed := printed.strip("\n"):
        yield f"```{{ .text .printed }}\n{printed}\n```"
    shown = [output for output in cell.outputs if output.output_type != "stream"]
    assert all("image/png" in output.get("data", {}) for output in shown), "a page shows text and pictures, no more"
    yield from (PICTURE.format(output.data["image/png"].replace("\n", "")) for output in shown)


def write(folder: Path) -> None:
    """Write all notebooks to a folder, with the data that they read."""
    folder.mkdir(parents=True, exist_ok=True)
    for example in sorted(EXAMPLES.glob("*.py")):
        nbformat.write(notebook(example), folder / f"{example.stem}.ipynb")
    shutil.copytree(EXAMPLES / "data", folder / "data", dirs_exist_ok=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", nargs="?", type=Path, default=ROOT / "notebooks", metavar="FOLDER")
    write(parser.parse_args().folder)
