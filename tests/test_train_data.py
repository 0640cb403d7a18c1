"""Training on streams, exact sums, validation, auxiliary values, further optimisers, and what a failed run keeps."""

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest

from jaxfun import regression, table, train

pytestmark = pytest.mark.usefixtures("as_users_have_it")
RNG = np.random.default_rng(0)
X = RNG.random((1000, 3), np.float32)
Y = (X @ [[1.0], [-2.0], [0.5]] + 1 + 0.1 * RNG.normal(size=(1000, 1))).astype(np.float32)
START = {"W": np.zeros((3, 1), np.float32), "b": np.zeros(1, np.float32)}
KEY = jax.random.key(0)


class Chunks:
    """A stream of chunks that counts its passes, and may end in an error."""

    def __init__(self, sizes: list[int], fails_after: int | None = None) -> None:
        self.sizes, self.fails_after, self.passes = sizes, fails_after, 0
        self.rows = sum(sizes)

    def __iter__(self) -> Iterator[tuple[np.ndarray, np.ndarray]]:
        self.passes += 1
        at = 0
        for place, size in enumerate(self.sizes):
            if self.fails_after is not None and (self.passes - 1) * len(self.sizes) + place == self.fails_after:
                raise OSError("the disk is gone")
            yield X[at : at + size], Y[at : at + size]
            at += size


UNEVEN = [400, 100, 337, 163]


@pytest.mark.parametrize("rule", [optax.sgd(0.1), optax.adam(0.1)], ids=["sgd", "adam"])
def test_full_batch_of_a_stream_equals_that_of_the_arrays(rule: Any) -> None:
    arrays = train.fit(regression.mse, START, (X, Y), rule, 10)
    chunks = Chunks(UNEVEN)
    stream = train.fit(regression.mse, START, chunks, rule, 10)
    np.testing.assert_allclose(stream.losses, arrays.losses, rtol=2e-6)
    np.testing.assert_allclose(stream.params["W"], arrays.params["W"], rtol=1e-5)
    assert chunks.passes == 11, "one to see the shapes of a chunk"


def test_minibatches_of_a_stream_use_every_row_of_a_chunk_once() -> None:
    def loss(params: jax.Array, buffers: jax.Array, X: jax.Array, y: jax.Array) -> Any:
        return jnp.mean(y) + 0 * params, buffers + jnp.sum(X)

    given: dict[str, Any] = {"batch_size": 50, "key": KEY, "buffers": np.zeros((), np.float32)}
    fit = train.fit(loss, jnp.zeros(()), Chunks([400, 100, 350, 150]), optax.sgd(0.1), 3, **given)
    np.testing.assert_allclose(fit.losses, np.full(3, Y.mean()), rtol=1e-5)
    np.testing.assert_allclose(fit.buffers, 3 * X.sum(), rtol=1e-5)
    descended = train.fit(regression.mse, START, Chunks(UNEVEN), optax.sgd(0.1), 20, batch_size=50, key=KEY)
    whole = train.fit(regression.mse, START, (X, Y), optax.sgd(0.1), 20, batch_size=50, key=KEY)
    np.testing.assert_allclose(descended.losses[-1], whole.losses[-1], rtol=0.05)  # other minibatches, the same minimum


def test_auxiliary_values_keys_buffers_and_validation_of_a_stream() -> None:
    def loss(params: Any, buffers: jax.Array, X: jax.Array, y: jax.Array, *, key: jax.Array) -> Any:
        value = regression.mse(params, X, y) + 0 * jax.random.uniform(key, dtype=np.float32)
        return value, (buffers + X.shape[0], {"rows": jnp.asarray(X.shape[0], np.float32)})

    given: dict[str, Any] = {"keyed": True, "key": KEY, "buffers": np.zeros((), np.float32), "has_aux": True}
    held_out = {"validation": (X[:50], Y[:50]), "validation_loss": lambda params, _, X, y: regression.mse(params, X, y)}
    fit = train.fit(loss, START, Chunks(UNEVEN), optax.sgd(0.1), 4, **given, **held_out)
    arrays = train.fit(loss, START, (X, Y), optax.sgd(0.1), 4, **given, **held_out)
    assert float(fit.buffers) == float(arrays.buffers) == 4000
    np.testing.assert_allclose(fit.aux["rows"], np.full(4, sum(n * n for n in UNEVEN) / 1000), rtol=1e-5)
    np.testing.assert_array_equal(arrays.aux["rows"], np.full(4, 1000))
    np.testing.assert_allclose(fit.validation, arrays.validation, rtol=1e-5)
    for found in (fit, arrays):
        assert int(found.best.epoch) == int(np.argmin(found.validation)) + 1


def test_stream_is_read_ahead_and_its_thread_ends() -> None:
    before = threading.active_count()
    with pytest.raises(OSError, match="the disk is gone") as caught:
        train.fit(regression.mse, START, Chunks(UNEVEN, fails_after=4 * 4 + 2), optax.sgd(0.1), 10)
    assert len(caught.value.fit.losses) == 3  # type: ignore[attr-defined]
    assert any("`fit` holds the result so far" in note for note in caught.value.__notes__)
    assert threading.active_count() == before


class Refusing(list):
    """Chunks that cannot be opened a second time."""

    passes = 0

    def __iter__(self) -> Iterator[Any]:
        self.passes += 1
        if self.passes > 2:
            raise OSError("the disk is gone")
        return super().__iter__()


def test_stream_that_cannot_be_opened_again_is_an_error_with_the_result() -> None:
    with pytest.raises(OSError, match="the disk is gone") as caught:
        train.fit(regression.mse, START, Refusing([(X, Y)]), optax.sgd(0.1), 5)
    assert len(caught.value.fit.losses) == 1  # type: ignore[attr-defined]


def test_table_is_read_ahead_by_one_thread(tmp_path: Path) -> None:
    file = tmp_path / "points.csv"
    np.savetxt(file, np.column_stack([X, Y]), delimiter=",", header="a,b,c,y", comments="", fmt="%.9g")
    chunks, seen = table.rows(file, "y").chunks(100), set()

    def count(now: train.Progress) -> None:
        seen.add(sum("reads ahead" in thread.name for thread in threading.enumerate()))

    fit = train.fit(regression.mse, START, chunks, optax.sgd(0.1), 5, progress=count)
    assert max(seen) == 1
    np.testing.assert_allclose(
        fit.losses, train.fit(regression.mse, START, (X, Y), optax.sgd(0.1), 5).losses, rtol=2e-6
    )


def test_progress_of_a_stream_counts_rows_and_estimates_the_rest() -> None:
    seen: list[train.Progress] = []
    train.fit(regression.mse, START, Chunks(UNEVEN), optax.sgd(0.1), 3, progress=seen.append)
    assert seen[-1].rows == 3000
    assert seen[-1].seconds_left == 0
    assert [now.rows for now in seen] == sorted(now.rows for now in seen)
    assert len(seen) > 3, "within an epoch too"


def test_sums_over_many_rows_are_those_of_float64() -> None:
    rows = 10**6 + 7
    wide = RNG.random((rows, 10), np.float32)
    target = (wide.sum(1, keepdims=True) + 1).astype(np.float32)
    start = {"W": np.zeros((10, 1), np.float32), "b": np.zeros(1, np.float32)}

    def huber(params: Any, X: jax.Array, y: jax.Array) -> jax.Array:
        return jnp.mean(optax.losses.huber_loss(X @ params["W"] + params["b"], y)) + 1e-3 * jnp.sum(params["W"] ** 2)

    for loss in (regression.mse, huber):
        found = train.fit(loss, start, (wide, target), optax.sgd(0.02), 6)
        with jax.enable_x64(True):
            exact = train.fit(
                loss,
                jax.tree.map(np.float64, start),
                (wide.astype(np.float64), target.astype(np.float64)),
                optax.sgd(0.02),
                6,
            )
        np.testing.assert_allclose(found.losses, np.asarray(exact.losses), rtol=1e-6)


def test_validation_finds_the_best_parameters_and_patience_stops_at_the_epoch(monkeypatch: pytest.MonkeyPatch) -> None:
    rule, held_out = optax.adam(0.5), (X[:100], Y[:100])
    long = train.fit(regression.mse, START, (X, Y), rule, 300, validation=held_out)
    stopped = train.fit(regression.mse, START, (X, Y), rule, 300, validation=held_out, patience=5)
    monkeypatch.setattr("jaxfun.train.arrays._WORK_OF_A_CALL", 4000 * 7)
    cut = train.fit(regression.mse, START, (X, Y), rule, 300, validation=held_out, patience=5)
    stream = train.fit(regression.mse, START, Chunks(UNEVEN), rule, 300, validation=held_out, patience=5)
    jax.tree.map(np.testing.assert_array_equal, stopped, cut)
    assert stopped.best is not None
    best, count = int(stopped.best.epoch), len(stopped.losses)
    assert count == best + 5 == len(stream.losses)
    np.testing.assert_array_equal(stopped.validation, long.validation[:count])  # type: ignore[index]
    assert best == int(np.argmin(stopped.validation)) + 1  # type: ignore[arg-type]
    np.testing.assert_allclose(regression.mse(stopped.best.params, *held_out), stopped.best.loss, rtol=1e-6)


@pytest.mark.parametrize("batch_size", [None, 50])
def test_optimisers_that_need_the_loss_schedules_masks_and_accumulation_work(batch_size: int | None) -> None:
    given: dict[str, Any] = {} if batch_size is None else {"batch_size": batch_size, "key": KEY}
    decayed = optax.adamw(optax.cosine_decay_schedule(0.05, 200), mask={"W": True, "b": False})
    rules: dict[str, Any] = {
        "lbfgs": optax.lbfgs(),
        "chained": optax.chain(optax.clip_by_global_norm(1.0), decayed),
        "accumulated": optax.MultiSteps(optax.adam(0.2), 4),
        "plateau": optax.chain(optax.adam(0.1), optax.contrib.reduce_on_plateau(patience=5)),
    }
    for name, rule in rules.items():
        fit = train.fit(regression.mse, START, (X, Y), rule, 60, **given)
        assert float(fit.losses[-1]) < 0.2 * float(fit.losses[0]), name
    # the minimum, to what minibatches leave
    best = train.fit(regression.mse, START, (X, Y), rules["lbfgs"], 60).losses[-1]
    np.testing.assert_allclose(best, np.linalg.lstsq(np.column_stack([X, np.ones(1000)]), Y)[1][0] / 1000, rtol=1e-4)


def test_parameters_that_become_infinite_are_an_error_though_the_loss_is_finite() -> None:
    def loss(params: Any, x: jax.Array) -> jax.Array:
        return jnp.mean(x) + jnp.sum(params["b"] - jax.lax.stop_gradient(params["b"]))

    start = {"b": np.zeros(2, np.float32), "mask": np.full(2, -np.inf, np.float32)}
    for epochs, what in ((4, "a parameter that is not"), (9, "nan")):
        with pytest.raises(train.DivergenceError, match=f"got {what} at epoch 4") as caught:
            train.fit(loss, start, (X,), optax.scale(-1e38), epochs)  # type: ignore[arg-type]
        np.testing.assert_allclose(caught.value.fit.params["b"], -3e38)
        assert len(caught.value.fit.losses) == 3
    assert len(train.fit(loss, start, (X,), optax.scale(-1e38), 3).losses) == 3  # type: ignore[arg-type]


def test_exception_from_progress_carries_the_result() -> None:
    def stop(now: train.Progress) -> None:
        raise RuntimeError("no")

    with pytest.raises(RuntimeError, match="no") as caught:
        train.fit(regression.mse, START, (X, Y), optax.sgd(0.1), 5, progress=stop)
    assert len(caught.value.fit.losses) == 5  # type: ignore[attr-defined]


def test_integers_of_64_bits_are_taken_where_32_hold_them() -> None:
    labels = np.arange(10)
    fit = train.fit(lambda w, n: jnp.mean(w * n), jnp.ones(()), (labels,), optax.sgd(0.1), 1)
    assert float(fit.losses[0]) == 4.5


WIDE = X.astype(np.float64)
MISTAKES: dict[str, tuple[Any, dict[str, Any], type[Exception], str]] = {
    "float64 data": ((WIDE, Y), {}, RuntimeError, r'float64\[1000, 3\].*astype\("float32"\)'),
    "float64 in a chunk": ([(WIDE, Y)], {}, RuntimeError, r"data\[0\]"),
    "labels beyond 32 bits": ((X, Y, np.asarray([2**40])), {}, RuntimeError, r"data\[2\]"),
    "a generator": (((X, Y) for _ in range(1)), {}, TypeError, "once for each epoch"),
    "no chunks": ([], {}, ValueError, "at least one chunk"),
    "a chunk that is an array": ([X], {}, TypeError, "each chunk to be a tuple"),
    "a chunk of two lengths": ([(X, Y[:5])], {}, RuntimeError, "equal numbers of rows"),
    "a minibatch larger than a chunk": (
        [(X, Y)],
        {"batch_size": 1001, "key": KEY},
        RuntimeError,
        "at least one minibatch",
    ),
    "rows of a stream": ([(X, Y)], {"rows": 5}, TypeError, "no `rows` for a stream"),
    "patience without validation": ((X, Y), {"patience": 3}, ValueError, "with `validation`"),
    "validation that is no tuple": ((X, Y), {"validation": X}, TypeError, "`validation` to be a tuple"),
    "aux that is not returned": ((X, Y), {"has_aux": True}, TypeError, r"`\(value, aux\)`, because `fit` has has_aux"),
}


@pytest.mark.parametrize("name", MISTAKES)
def test_user_error_raises_a_clear_error(name: str) -> None:
    data, given, kind, text = MISTAKES[name]
    with pytest.raises(kind, match=text):
        train.fit(lambda p, *d: regression.mse(p, *d[:2]), START, data, optax.sgd(0.1), 2, **given)


def test_linesearch_on_full_batches_of_a_stream_is_refused() -> None:
    with pytest.raises(TypeError, match=r"an optimiser of gradients.*value_fn"):
        train.fit(regression.mse, START, Chunks(UNEVEN), optax.lbfgs(), 2)
