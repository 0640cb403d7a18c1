"""Files that are written whole or not at all (`atomic`), and a test of the place before long work (`require_place`)."""

import contextlib
import os
import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO


@contextlib.contextmanager
def atomic(path: str | Path) -> Iterator[BinaryIO]:
    """Open a file for bytes that takes its name only when all of it is on the disk.

    It is written under another name in the same folder, `.NAME.*.partial`, and renamed at the end of the block: a file
    that exists is replaced in one step, with its permissions kept, and after an exception it is as before. Of a process
    that is killed in the block the partial file remains. A link is followed; what is not a file (`/dev/stdout`) is
    written to directly.
    Raises: OSError where the place cannot be written.

    >>> import tempfile
    >>> place = Path(tempfile.mkdtemp()) / "model"
    >>> with atomic(place) as file:
    ...     _ = file.write(b"weights")
    >>> place.read_bytes()
    b'weights'
    """
    place = Path(os.path.realpath(path))
    if place.exists() and not place.is_file():
        with place.open("wb") as file:
            yield file
        return
    partial = _partial(place)
    try:
        with partial.open("xb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        if place.exists():
            partial.chmod(place.stat().st_mode & 0o7777)
        partial.replace(place)
    except BaseException:
        partial.unlink(missing_ok=True)
        raise
    _sync_folder(place.parent)


def require_place(path: str | Path) -> None:
    """Raise OSError where `atomic` could not write a file: no such folder, no permission, or a folder of that name.

    A file is created beside it and removed, because permissions alone do not tell of a disk that is read-only.
    """
    place = Path(os.path.realpath(path))
    if place.is_dir():
        raise IsADirectoryError(f"{path} is a folder, not a file")
    if not place.parent.is_dir():
        raise FileNotFoundError(f"{path}: there is no folder {place.parent}")
    if place.exists() and not place.is_file():
        return
    partial = _partial(place)
    try:
        partial.open("xb").close()
    except OSError as error:
        raise type(error)(f"{path}: its folder cannot be written ({error.strerror})") from None
    finally:
        partial.unlink(missing_ok=True)


def _partial(place: Path) -> Path:
    # the name is cut, so that it stays within the 255 bytes of a file system
    return place.with_name(f".{place.name[:50]}.{secrets.token_hex(4)}.partial")


def _sync_folder(folder: Path) -> None:
    # the new name is on the disk only when its folder is
    if os.name == "nt":  # Windows opens no folders
        return
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
