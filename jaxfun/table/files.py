"""Which files a table is made of, and the file behind a path: Parquet or CSV by its first bytes, a pipe as a copy."""

import glob
import os
import shutil
import stat
import tempfile
import weakref
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

from .errors import TableError

Paths = str | Path | Iterable[str | Path]
_SUFFIXES = (".parquet", ".pq", ".csv", ".tsv", ".txt")
_PACKED = {b"\x1f\x8b": "gzip", b"BZh": "bz2", b"\x28\xb5\x2f\xfd": "zstd", b"\x04\x22\x4d\x18": "lz4"}
_OTHER_KINDS = {
    b"PK\x03\x04": ("an Excel file or another zip archive", "Save the sheet as CSV, or unpack the archive."),
    b"\xd0\xcf\x11\xe0": ("an old Excel file", "Save the sheet as CSV."),
    b"ARROW1": ("an Arrow (Feather) file", "Write it as Parquet."),
    b"ORC": ("an ORC file", "Write it as Parquet."),
    b"Obj\x01": ("an Avro file", "Write it as Parquet."),
    b"\x89HDF": ("an HDF5 file", "Write the table as Parquet."),
    b"\x93NUMPY": ("a NumPy file", "Pass the array to train.fit, or write it as Parquet."),
    b"\xfd7zXZ": ("an xz archive", "Unpack it."),
}


@dataclass(frozen=True)
class File:
    """A file to read: the path as messages show it, and the path where its bytes are."""

    path: str
    at: str
    copy: Any = None  # keeps the copy of a pipe as long as the file is used


class _Copy:
    """A temporary file, removed with this object."""

    def __init__(self, path: str) -> None:
        self.path = path
        weakref.finalize(self, Path(path).unlink, missing_ok=True)


def found(paths: Paths) -> tuple[File, ...]:
    """Return the files of a path, a glob pattern, a folder, or several of them, in the order of their names.

    Raises: TableError where there is none, and for an empty file.
    """
    several = [paths] if isinstance(paths, (str, os.PathLike)) else list(paths)
    files = tuple(_opened(path) for each in several for path in _expanded(str(each)))
    if not files:
        raise TableError("the paths of the table", "there is none")
    return files


def _expanded(path: str) -> Sequence[str]:
    if os.path.isdir(path):
        inside = sorted(str(each) for each in Path(path).rglob("*") if _is_data(each.relative_to(path)))
        if not inside:
            raise TableError(path, f"there is no file in this folder with the suffix {', '.join(_SUFFIXES)}")
        return inside
    if os.path.exists(path) or path == "-":
        return [path]
    matching = sorted(glob.glob(path, recursive=True))
    if not matching:
        raise TableError(path, "no file matches" if glob.has_magic(path) else "there is no such file")
    return [inside for each in matching for inside in (_expanded(each) if os.path.isdir(each) else [each])]


def _is_data(path: Path) -> bool:
    # names with _ or . at the start are notes of the writer, as Spark's _SUCCESS
    suffixes = [each.lower() for each in path.suffixes]
    packed = suffixes[-1:] in ([".gz"], [".bz2"], [".zst"], [".lz4"])
    last = suffixes[-2:-1] if packed else suffixes[-1:]
    return bool(last) and last[0] in _SUFFIXES and not any(part.startswith(("_", ".")) for part in path.parts)


def _opened(path: str) -> File:
    at = "/dev/stdin" if path == "-" else path
    if stat.S_ISREG(os.stat(at).st_mode):
        file = File(path, at)
    else:
        copy = _Copy(_copied(at))
        file = File(path, copy.path, copy)
    if os.stat(file.at).st_size == 0:
        raise TableError(path, "the file is empty")
    return file


def _copied(path: str) -> str:
    # a table is read more than once, and a Parquet file from its end; a pipe comes once
    with open(path, "rb") as pipe, tempfile.NamedTemporaryFile(prefix="jaxfun-", delete=False) as file:
        try:
            shutil.copyfileobj(pipe, file)
        except BaseException:
            os.unlink(file.name)
            raise
    return file.name


def is_parquet(file: File) -> bool:
    """Return whether a file is Parquet. Raises: TableError for a file that is neither Parquet nor text."""
    with open(file.at, "rb") as opened:
        first = opened.read(8)
    for magic, (kind, advice) in _OTHER_KINDS.items():
        if first.startswith(magic):
            raise TableError(file.path, f"it is {kind}, not CSV or Parquet", advice)
    return first.startswith((b"PAR1", b"PARE"))


def opened_text(file: File) -> Any:
    """Return the bytes of a text file as an Arrow stream, unpacked."""
    import pyarrow

    with open(file.at, "rb") as opened:
        first = opened.read(8)
    packing = next((name for magic, name in _PACKED.items() if first.startswith(magic)), None)
    return pyarrow.input_stream(file.at, compression=packing)


def refuse_unreadable(path: str, error: Exception) -> NoReturn:
    """Raise TableError for a file that Arrow cannot read, and MemoryError where memory ran out instead.

    Raises: TableError; MemoryError.
    """
    if isinstance(error, MemoryError):
        raise MemoryError(f"there is not enough memory to read {path}") from None
    lines = str(error).splitlines() or [type(error).__name__]
    raise TableError(path, f"it cannot be read as a table ({lines[0].rstrip('.')})") from None


def unique(names: Iterable[str]) -> tuple[str, ...]:
    """Return the names of the columns, each once: the second `x` is `x.1`, and a blank one is `column 3`.

    >>> unique(["x", "", "x", "x.1"])
    ('x', 'column 2', 'x.2', 'x.1')
    """
    raw = [name if name.strip() else f"column {place}" for place, name in enumerate(names, 1)]
    taken = set(raw)
    return tuple(_renamed(raw, taken))


def _renamed(raw: Sequence[str], taken: set[str]) -> Iterator[str]:
    seen: set[str] = set()
    for name in raw:
        given, count = name, 0
        while given in seen or (count and given in taken):
            count += 1
            given = f"{name}.{count}"
        seen.add(given)
        yield given
