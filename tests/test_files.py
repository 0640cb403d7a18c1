"""Files that are written whole or not at all."""

import os
import signal
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from jaxfun.core.files import atomic, require_place


def names(folder: Path) -> list[str]:
    return sorted(each.name for each in folder.iterdir())


def test_file_has_its_name_only_after_the_block(tmp_path: Path) -> None:
    place = tmp_path / "model.npz"
    with atomic(place) as file:
        file.write(b"new")
        assert not place.exists()
        assert len(names(tmp_path)) == 1
    assert place.read_bytes() == b"new"
    assert names(tmp_path) == ["model.npz"]


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt, SystemExit])
def test_after_an_exception_the_old_file_is_as_before_and_nothing_is_beside_it(
    tmp_path: Path, error: type[BaseException]
) -> None:
    place = tmp_path / "model.npz"
    place.write_bytes(b"old")

    def interrupted() -> None:
        with atomic(place) as file:
            file.write(b"half")
            raise error

    with pytest.raises(error):
        interrupted()
    assert place.read_bytes() == b"old"
    assert names(tmp_path) == ["model.npz"]


def test_file_and_folder_are_synced_before_and_after_the_renaming(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place, seen = tmp_path / "model.npz", []

    def fsync(descriptor: int) -> None:
        seen.append((stat.S_ISDIR(os.fstat(descriptor).st_mode), place.exists(), os.fstat(descriptor).st_size))

    monkeypatch.setattr(os, "fsync", fsync)
    with atomic(place) as file:
        file.write(b"whole")
    assert seen[0] == (False, False, 5)  # the whole file, under its other name
    assert [each[:2] for each in seen[1:]] == [(True, True)]


def test_failed_sync_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fsync(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    place = tmp_path / "model.npz"
    place.write_bytes(b"old")
    monkeypatch.setattr(os, "fsync", fsync)
    with pytest.raises(OSError, match="No space left"), atomic(place) as file:
        file.write(b"new")
    assert (place.read_bytes(), names(tmp_path)) == (b"old", ["model.npz"])


def test_permissions_of_a_replaced_file_are_kept(tmp_path: Path) -> None:
    place = tmp_path / "model.npz"
    place.write_bytes(b"old")
    place.chmod(0o640)
    with atomic(place) as file:
        file.write(b"new")
    assert stat.S_IMODE(place.stat().st_mode) == 0o640


def test_link_stays_a_link(tmp_path: Path) -> None:
    place, link = tmp_path / "model-1.npz", tmp_path / "model.npz"
    place.write_bytes(b"old")
    link.symlink_to(place)
    with atomic(link) as file:
        file.write(b"new")
    assert link.is_symlink()
    assert place.read_bytes() == b"new"


def test_device_is_written_to_and_stays() -> None:
    require_place(os.devnull)
    with atomic(os.devnull) as file:
        file.write(b"lost")
    assert stat.S_ISCHR(os.stat(os.devnull).st_mode)


def test_name_of_the_greatest_length_is_possible(tmp_path: Path) -> None:
    place = tmp_path / ("m" * 255)
    require_place(place)
    with atomic(place) as file:
        file.write(b"new")
    assert place.read_bytes() == b"new"


KILLED = """
import sys, time
from jaxfun.core.files import atomic
with atomic(sys.argv[1]) as file:
    file.write(b"half")
    print("writing", flush=True)
    time.sleep(60)
"""


def test_killed_process_leaves_the_old_file(tmp_path: Path) -> None:
    place = tmp_path / "model.npz"
    place.write_bytes(b"old")
    with subprocess.Popen([sys.executable, "-c", KILLED, str(place)], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "writing\n"
        process.send_signal(signal.SIGKILL)
    assert place.read_bytes() == b"old"


def test_place_that_cannot_be_written_is_refused_before_the_work(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="there is no folder"):
        require_place(tmp_path / "none" / "model.npz")
    with pytest.raises(IsADirectoryError, match="is a folder"):
        require_place(tmp_path)
    with pytest.raises(OSError, match="cannot be written"):
        require_place("/proc/model.npz")  # for every user
    (tmp_path / "file").touch()
    with pytest.raises(OSError, match="there is no folder"):
        require_place(tmp_path / "file" / "model.npz")
    assert names(tmp_path) == ["file"]


def test_trial_leaves_what_is_there(tmp_path: Path) -> None:
    place = tmp_path / "model.npz"
    require_place(place)
    assert names(tmp_path) == []
    place.write_bytes(b"old")
    require_place(place)
    assert (place.read_bytes(), names(tmp_path)) == (b"old", ["model.npz"])
