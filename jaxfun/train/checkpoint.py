"""Checkpoints of a run: a folder from which it goes on, after a kill at any moment, on any number of processes.

A file is written by a thread, under another name, and renamed when it is on the disk; the last two are kept. The arrays
of a state do not change, so the thread can copy them while the run goes on.
"""

import json
import threading
import time
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax.experimental import multihost_utils

from ..core.errors import ArgumentValueError
from ..core.files import atomic
from .history import History, joined
from .step import Seen, State

_SECONDS = 30.0  # between two checkpoints
_KEPT = 2
_CLOSE = 1e-3  # a loss on another number of devices differs by rounding, and that of another model by more


class CheckpointError(ArgumentValueError):
    """A checkpoint belongs to another run, or cannot be read: what differs, and what to do."""


class Saved(NamedTuple):
    """What a checkpoint holds: the state, the reports of the completed epochs, the open epoch of a stream."""

    state: Any
    seen: Any
    open: Any = None


class Checkpoint:
    """The folder of a run's checkpoints. Without a folder it does nothing. Use it as a context: it writes at the end.

    `identity` says in words and numbers which run it is; a checkpoint with another one is refused.
    """

    def __init__(self, folder: str | Path | None, identity: Mapping[str, Any]) -> None:
        self.folder = None if folder is None else Path(folder)
        self.identity = dict(identity)
        self.last, self.waiting = time.monotonic(), None
        self.writer: threading.Thread | None = None
        self.failure: BaseException | None = None

    def __enter__(self) -> "Checkpoint":
        if self.folder is not None and _writes():
            self.folder.mkdir(parents=True, exist_ok=True)
            for partial in self.folder.glob(".checkpoint-*.partial"):  # of a process that was killed while it wrote
                partial.unlink(missing_ok=True)
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        self._finish_writing()
        if self.waiting is not None:
            self._start_writing(self.waiting)
            self._finish_writing()
        if kind is None:
            self._raise_failure()

    def where(self) -> str:
        """Return a sentence on where an interrupted run is kept."""
        return "" if self.folder is None else f"the same call goes on from {self.folder}"

    def offer(self, history: History, open: Any = None, *, at_end: bool = False) -> None:
        """Keep a state as the newest one, and begin to write it where it is time."""
        if self.folder is None or not _writes():
            return
        self._raise_failure()
        self.waiting = history.state, list(history.parts), open
        if not at_end and (time.monotonic() - self.last < _SECONDS or self._is_writing()):
            return
        self._finish_writing()
        self._start_writing(self.waiting)

    def restore(self, like: Saved) -> Saved | None:
        """Return the newest state in the folder, or None for a new run. `like` has its structure.

        Raises: CheckpointError for a checkpoint of another run, with what differs, and where none can be read.
        """
        if self.folder is None:
            return None
        found = self._read() if _writes() else None
        if jax.process_count() > 1:
            found = _from_first(found)
        return None if found is None else _as_saved(found, like)

    def _read(self) -> dict[str, np.ndarray] | None:
        assert self.folder is not None
        files = _files(self.folder)
        for file in reversed(files):
            try:
                with file.open("rb") as opened, np.load(opened) as held:
                    arrays = {name: held[name] for name in held.files}
                identity = json.loads(str(arrays.pop("identity")))
            except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
                continue  # a disk may have lost it: the one before is whole
            _require_same(self.identity, identity, file)
            return arrays
        if files:
            raise CheckpointError("a checkpoint that can be read", f"{files[-1]}", "Remove the folder to begin anew.")
        return None

    def _is_writing(self) -> bool:
        return self.writer is not None and self.writer.is_alive()

    def _start_writing(self, given: tuple[State, list[Seen], Any]) -> None:
        self.last, self.waiting = time.monotonic(), None
        self.writer = threading.Thread(target=self._write, args=given, name="checkpoint")
        self.writer.start()

    def _finish_writing(self) -> None:
        if self.writer is not None:
            self.writer.join()

    def _raise_failure(self) -> None:
        failure, self.failure = self.failure, None
        if failure is not None:
            raise failure

    def _write(self, state: State, parts: list[Seen], open: Any) -> None:
        try:
            self._write_file(state, parts, open)
        except BaseException as error:  # of a thread: the run raises it
            self.failure = error

    def _write_file(self, state: State, parts: list[Seen], open: Any) -> None:
        assert self.folder is not None
        arrays = _as_arrays(Saved(state, joined(parts), open))
        files = _files(self.folder)
        number = 1 + max((int(file.stem.rpartition("-")[2]) for file in files), default=0)
        with atomic(self.folder / f"checkpoint-{number:06d}.npz") as file:
            np.savez(file, allow_pickle=False, **arrays, identity=np.asarray(json.dumps(self.identity)))
        for file in _files(self.folder)[:-_KEPT]:
            file.unlink(missing_ok=True)


def _writes() -> bool:
    return jax.process_index() == 0


def _files(folder: Path) -> list[Path]:
    return sorted(folder.glob("checkpoint-[0-9]*.npz"))


def _is_key(leaf: Any) -> bool:
    return jnp.issubdtype(getattr(leaf, "dtype", np.float32), jax.dtypes.prng_key)


def _as_arrays(saved: Saved) -> dict[str, np.ndarray]:
    """Return the leaves by their places in the pytree. A random key is its bits."""
    leaves = jax.tree_util.tree_leaves_with_path(saved)
    return {
        jax.tree_util.keystr(path): np.asarray(jax.random.key_data(leaf) if _is_key(leaf) else leaf)
        for path, leaf in leaves
    }


def _as_saved(arrays: Mapping[str, np.ndarray], like: Saved) -> Saved:
    def held(path: Any, leaf: Any) -> Any:
        array = arrays[jax.tree_util.keystr(path)]
        if _is_key(leaf):
            return jax.random.wrap_key_data(jnp.asarray(array), impl=jax.random.key_impl(like.state.key))
        return array.view(leaf.dtype) if array.dtype.kind == "V" else array  # a file of NumPy has no bfloat16

    is_open = any(name.startswith(".open") for name in arrays)
    has_seen = any(name.startswith(".seen") for name in arrays)
    like = like._replace(open=like.open if is_open else None)
    state = jax.tree_util.tree_map_with_path(held, Saved(like.state, None, like.open))
    if not has_seen:
        return state._replace(seen=jax.tree.map(lambda each: np.zeros((0, *each.shape), each.dtype), like.seen))
    seen = jax.tree_util.tree_map_with_path(held, Saved(None, like.seen)).seen
    return state._replace(seen=seen)


def _require_same(wanted: Mapping[str, Any], found: Mapping[str, Any], file: Path) -> None:
    differing = [
        f"{name}: {found.get(name, 'none')} there, {wanted.get(name, 'none')} here"
        for name in {**wanted, **found}
        if not _equals(found.get(name), wanted.get(name))
    ]
    if differing:
        raise CheckpointError(
            f"a checkpoint of this run in {file.parent}",
            "; ".join(differing),
            "Give another folder, or remove this one to begin anew.",
        )


def _equals(first: Any, second: Any) -> bool:
    if isinstance(first, float) and isinstance(second, float):
        return bool(np.isclose(first, second, rtol=_CLOSE, atol=0, equal_nan=True))
    return first == second


def _from_first(found: dict[str, np.ndarray] | None) -> dict[str, np.ndarray] | None:
    """Return to all processes what the first has read: its disk need not be theirs."""
    text = json.dumps({name: (array.shape, str(array.dtype)) for name, array in (found or {}).items()}).encode()
    length = int(multihost_utils.broadcast_one_to_all(np.asarray(len(text), np.int32)))
    padded = np.frombuffer(text if found else b" " * length, np.uint8)
    shapes = json.loads(bytes(np.asarray(multihost_utils.broadcast_one_to_all(padded))))
    if not shapes:
        return None
    whole = b"".join((found or {})[name].tobytes() for name in shapes) if found else b""
    size = sum(int(np.prod(shape)) * np.dtype(dtype).itemsize for shape, dtype in shapes.values())
    sent = np.frombuffer(whole or bytes(size), np.uint8)
    held, at, arrays = bytes(np.asarray(multihost_utils.broadcast_one_to_all(sent))), 0, {}
    for name, (shape, dtype) in shapes.items():
        end = at + int(np.prod(shape)) * np.dtype(dtype).itemsize
        arrays[name], at = np.frombuffer(held[at:end], dtype).reshape(shape), end
    return arrays
