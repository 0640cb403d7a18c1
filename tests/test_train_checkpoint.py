"""Checkpoints: a run that was cut or killed goes on to the bit; those of other runs are refused."""

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest

from jaxfun import regression, train
from jaxfun.train import checkpoint

pytestmark = pytest.mark.usefixtures("as_users_have_it")
RNG = np.random.default_rng(0)
X = RNG.random((600, 3), np.float32)
Y = (X @ [[1.0], [-2.0], [0.5]] + 1).astype(np.float32)
START = {"W": np.zeros((3, 1), np.float32), "b": np.zeros(1, np.float32)}
CHUNKS = [(X[at : at + 250], Y[at : at + 250]) for at in range(0, 600, 250)]
KEY = jax.random.key(4)


def with_aux(params: Any, buffers: Any, X: jax.Array, y: jax.Array, *, key: jax.Array) -> Any:
    kept = jax.random.bernoulli(key, 0.9, X.shape)
    return regression.mse(params, X * kept, y), ({"steps": buffers["steps"] + 1}, {"largest": jnp.max(X)})


def validation_loss(params: Any, _: Any, X: jax.Array, y: jax.Array) -> jax.Array:
    return regression.mse(params, X, y)


FURTHER: dict[str, Any] = {
    "buffers": {"steps": np.zeros((), np.int32)},
    "keyed": True,
    "has_aux": True,
    "validation": (X[:40], Y[:40]),
    "validation_loss": validation_loss,
}
RUNS: dict[str, tuple[Any, Any, dict[str, Any]]] = {
    "full batch": (regression.mse, (X, Y), {}),
    "minibatches": (regression.mse, (X, Y), {"batch_size": 50, "key": KEY}),
    "minibatches of blocks": (regression.mse, (X, Y), {"batch_size": 50, "key": KEY, "blocks": 2}),
    "all of it": (with_aux, (X, Y), {"batch_size": 50, "key": KEY, **FURTHER}),
    "stream": (regression.mse, CHUNKS, {}),
    "stream in minibatches": (with_aux, CHUNKS, {"batch_size": 50, "key": KEY, **FURTHER}),
}


ADAM = optax.adam(0.02)


def run(name: str, epochs: int, folder: Any = None, rule: Any = ADAM, **changed: Any) -> train.Fit:
    loss, data, given = RUNS[name]
    return train.fit(loss, START, data, rule, epochs, checkpoint=folder, **{**given, **changed})


@pytest.mark.parametrize("name", RUNS)
def test_run_in_two_calls_equals_the_uninterrupted_run(name: str, tmp_path: Path) -> None:
    whole = run(name, 9)
    run(name, 4, tmp_path)
    resumed = run(name, 9, tmp_path)
    jax.tree.map(np.testing.assert_array_equal, whole, resumed)
    again = run(name, 9, tmp_path)
    jax.tree.map(np.testing.assert_array_equal, whole, again)


class Stopping(list):
    """Chunks that raise in the middle of an epoch."""

    left = 8

    def __iter__(self) -> Iterator[Any]:
        for chunk in super().__iter__():
            self.left -= 1
            if self.left < 0:
                raise OSError("the disk is gone")
            yield chunk


@pytest.mark.parametrize("name", ["stream", "stream in minibatches"])
def test_stream_goes_on_in_the_middle_of_an_epoch(name: str, tmp_path: Path) -> None:
    whole = run(name, 5)
    loss, _, given = RUNS[name]
    with pytest.raises(OSError, match="the disk is gone"):
        train.fit(loss, START, Stopping(CHUNKS), optax.adam(0.02), 5, checkpoint=tmp_path, **given)
    with np.load(sorted(tmp_path.glob("*.npz"))[-1]) as held:
        assert int(held[".open.chunks"]) > 0
    jax.tree.map(np.testing.assert_array_equal, whole, run(name, 5, tmp_path))


class Seeking(list):
    """Chunks that can begin later, as those of a table."""

    begun: list[int]

    def start_at(self, chunk: int) -> list[Any]:
        self.begun.append(chunk)
        return self[chunk:]


def test_resumed_stream_does_not_read_what_lies_before(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="the disk is gone"):
        train.fit(regression.mse, START, Stopping(CHUNKS), ADAM, 5, checkpoint=tmp_path)
    chunks = Seeking(CHUNKS)
    chunks.begun = []
    resumed = train.fit(regression.mse, START, chunks, ADAM, 5, checkpoint=tmp_path)
    assert chunks.begun == [1]
    jax.tree.map(np.testing.assert_array_equal, run("stream", 5), resumed)


def test_interrupted_run_is_written_and_says_where(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("jaxfun.train.arrays._WORK_OF_A_CALL", 2400 * 2)

    def stop(now: train.Progress) -> None:
        if now.epoch == 6:
            raise KeyboardInterrupt

    with pytest.raises(train.InterruptedFit, match=f"after 6 epochs; the same call goes on from {tmp_path}"):
        run("full batch", 20, tmp_path, progress=stop)
    jax.tree.map(np.testing.assert_array_equal, run("full batch", 20), run("full batch", 20, tmp_path))


def test_last_two_are_kept_and_written_by_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("jaxfun.train.arrays._WORK_OF_A_CALL", 2400)
    run("full batch", 30, tmp_path / "seldom")
    assert len(list((tmp_path / "seldom").iterdir())) == 1, "thirty parts within thirty seconds"
    monkeypatch.setattr(checkpoint, "_SECONDS", 0.0)
    run("full batch", 30, tmp_path / "often")
    names = sorted(file.name for file in (tmp_path / "often").iterdir())
    assert len(names) == 2
    assert int(names[-1][11:17]) > 3


def test_damaged_checkpoint_gives_way_to_the_one_before(tmp_path: Path) -> None:
    run("full batch", 3, tmp_path)
    run("full batch", 6, tmp_path)
    newest = sorted(tmp_path.iterdir())[-1]
    newest.write_bytes(newest.read_bytes()[:300])
    (tmp_path / ".checkpoint-000009.npz.ab.partial").write_bytes(b"half")
    jax.tree.map(np.testing.assert_array_equal, run("full batch", 9), run("full batch", 9, tmp_path))
    assert not list(tmp_path.glob(".*")), "what a killed process left is removed"
    for file in tmp_path.iterdir():
        file.write_bytes(b"")
    with pytest.raises(train.CheckpointError, match="that can be read"):
        run("full batch", 9, tmp_path)


def test_parameters_of_16_bits_and_their_key_are_kept(tmp_path: Path) -> None:
    start = jnp.ones(3, jnp.bfloat16)

    def loss(params: jax.Array, x: jax.Array) -> jax.Array:
        return jnp.mean((params.astype(np.float32) - x) ** 2)

    given: dict[str, Any] = {"batch_size": 4, "key": jax.random.key(1, impl="rbg")}
    data = (np.arange(24, dtype=np.float32).reshape(8, 3),)
    whole = train.fit(loss, start, data, optax.sgd(0.01), 5, **given)
    train.fit(loss, start, data, optax.sgd(0.01), 2, checkpoint=tmp_path, **given)
    resumed = train.fit(loss, start, data, optax.sgd(0.01), 5, checkpoint=tmp_path, **given)
    jax.tree.map(np.testing.assert_array_equal, whole, resumed)
    assert resumed.params.dtype == jnp.bfloat16


def huber(params: Any, X: jax.Array, y: jax.Array) -> jax.Array:
    return jnp.mean(optax.losses.huber_loss(regression.linear(params, X), y))


OTHERS: dict[str, tuple[dict[str, Any], str]] = {
    "another rate": ({"rule": optax.adam(0.01)}, "size of a first step: 0.039.* there, 0.019.* here"),
    "another optimiser": ({"rule": optax.sgd(0.02)}, "state of the optimiser"),
    "another key": ({"key": jax.random.key(5)}, "key"),
    "another batch size": ({"batch_size": 60}, "batch_size: 50 there, 60 here"),
    "other blocks": ({"blocks": 2}, "blocks: 1 there, 2 here"),
    "validation": ({"validation": (X, Y)}, "validation: False there, True here"),
}


@pytest.mark.parametrize("name", OTHERS)
def test_checkpoint_of_another_call_is_refused(name: str, tmp_path: Path) -> None:
    changed, text = OTHERS[name]
    run("minibatches", 2, tmp_path)
    with pytest.raises(train.CheckpointError, match=text):
        run("minibatches", 4, tmp_path, **changed)


def test_checkpoint_of_another_model_or_data_is_refused(tmp_path: Path) -> None:
    rule = optax.adam(0.02)
    run("full batch", 2, tmp_path)
    with pytest.raises(train.CheckpointError, match="loss of the start"):
        train.fit(huber, START, (X, Y), rule, 4, checkpoint=tmp_path)
    with pytest.raises(train.CheckpointError, match="loss of the start"):
        train.fit(regression.mse, START, (X, Y + 1), rule, 4, checkpoint=tmp_path)
    with pytest.raises(train.CheckpointError, match="rows: 600 there, 599 here"):
        train.fit(regression.mse, START, (X[1:], Y[1:]), rule, 4, checkpoint=tmp_path)
    wide = {"W": np.zeros((3, 2), np.float32), "b": np.zeros(2, np.float32)}
    with pytest.raises(train.CheckpointError, match=r"params\['W'\]: float32\[3, 1\] there, float32\[3, 2\] here"):
        train.fit(regression.mse, wide, (X, np.repeat(Y, 2, 1)), rule, 4, checkpoint=tmp_path)


def test_folder_that_cannot_be_written_is_an_error_before_the_work(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(OSError, match="file"):
        run("full batch", 2, tmp_path / "file")


# Adam on a state of some megabytes, written as often as the disk allows, and killed while it does so.
KILLED = """
import sys, jax, numpy as np, optax
from jaxfun import train
from jaxfun.train import arrays, checkpoint
checkpoint._SECONDS = 0.0
arrays._WORK_OF_A_CALL = 1
rng = np.random.default_rng(0)
data = rng.random((64, 50), np.float32), rng.random((64, 4000), np.float32)
loss = lambda w, x, y: jax.numpy.mean((x @ w - y) ** 2)
given = dict(batch_size=16, key=jax.random.key(0), checkpoint=sys.argv[1] if len(sys.argv) > 1 else None)
fit = train.fit(loss, np.zeros((50, 4000), np.float32), data, optax.adam(1e-3), 400, **given)
sys.stdout.buffer.write(np.asarray(fit.losses).tobytes() + np.asarray(fit.params).tobytes())
"""


def test_run_killed_at_twenty_moments_ends_as_the_uninterrupted_one(tmp_path: Path) -> None:
    command = [sys.executable, "-c", KILLED]
    whole = subprocess.run(command, check=True, capture_output=True).stdout
    moments, kills, begun = random.Random(0), 0, time.monotonic()
    while kills < 20:
        process = subprocess.Popen([*command, str(tmp_path)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        before = newest(tmp_path)
        while newest(tmp_path) == before and process.poll() is None:  # no moment is before its first checkpoint
            time.sleep(0.01)
        time.sleep(moments.uniform(0, 0.05))
        if process.poll() is not None:
            break
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
        kills += 1
    assert kills == 20, f"it ended after {time.monotonic() - begun:.0f} s: give it more epochs"
    resumed = subprocess.run([*command, str(tmp_path)], check=True, capture_output=True).stdout
    assert resumed == whole


def newest(folder: Path) -> str:
    return max((file.name for file in folder.glob("checkpoint-*.npz")), default="")
