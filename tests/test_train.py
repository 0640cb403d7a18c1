"""Training with `fit`: results, errors, early stops, and no recompilation in a second call."""

import io
from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest

import jaxfun as jf
from jaxfun import regression, train

X, Y = (np.asarray(part) for part in regression.make_data(jax.random.key(0), 30))
START = {"W": np.zeros((1, 1), np.float32), "b": np.zeros(1, np.float32)}


def quadratic(params: Any, target: jax.Array) -> jax.Array:
    return jnp.sum((params["a"] - target) ** 2) + jnp.sum(params["b"][0] ** 2)


def test_fit_accepts_any_loss_pytree_and_optimiser() -> None:
    params = {"a": jnp.zeros(3), "b": [jnp.ones(2)]}
    with jax.numpy_dtype_promotion("standard"):  # optax mixes dtypes by JAX's rules
        fit = train.fit(quadratic, params, (jnp.arange(3.0),), optax.adam(0.1), 300)
    np.testing.assert_allclose(fit.params["a"], [0, 1, 2], atol=1e-3)
    assert fit.losses.shape == (300,)
    assert float(fit.losses[0]) == 7
    np.testing.assert_array_equal(params["a"], np.zeros(3))


def test_minibatches_see_every_sample_once_an_epoch() -> None:
    def loss(params: jax.Array, rows: jax.Array) -> jax.Array:
        return jnp.mean(rows) + 0 * params

    data = jnp.arange(12.0)
    fit = train.fit(loss, jnp.zeros(()), (data,), optax.sgd(0.1), 5, batch_size=4, key=jax.random.key(0))
    np.testing.assert_allclose(fit.losses, np.full(5, 5.5), rtol=1e-6)
    left_over = train.fit(loss, jnp.zeros(()), (data,), optax.sgd(0.1), 5, batch_size=5, key=jax.random.key(0))
    assert len(set(np.asarray(left_over.losses).tolist())) > 1, "a fresh permutation each epoch"


def test_minibatch_of_all_samples_equals_the_full_batch() -> None:
    whole = train.fit(regression.mse, START, (X, Y), optax.sgd(0.05), 20)
    batch = train.fit(regression.mse, START, (X, Y), optax.sgd(0.05), 20, batch_size=30, key=jax.random.key(3))
    np.testing.assert_allclose(whole.losses, batch.losses, rtol=1e-5)


def test_run_in_several_scans_equals_one_scan(monkeypatch: pytest.MonkeyPatch) -> None:
    one = regression.fit(START, X, Y, epochs=100)
    monkeypatch.setattr(train, "_WORK_OF_A_SCAN", 60 * 7)
    cut = regression.fit(START, X, Y, epochs=100)
    np.testing.assert_array_equal(one.losses, cut.losses)
    np.testing.assert_array_equal(one.params["W"], cut.params["W"])


def test_second_call_and_new_learning_rate_do_not_recompile() -> None:
    regression.fit(START, X, Y, epochs=50)
    before = train._scan._cache_size()
    regression.fit(START, X, Y, epochs=50)
    regression.fit(START, X, Y, epochs=50, lr=0.01)
    assert train._scan._cache_size() == before


def test_fit_works_under_jit_grad_and_vmap() -> None:
    data = jnp.asarray(X), jnp.asarray(Y)
    start = jax.tree.map(jnp.asarray, START)

    def last(lr: jax.Array) -> jax.Array:
        return regression.fit(start, *data, lr=lr, epochs=20).losses[-1]

    rate = jnp.asarray(0.01, jnp.float32)
    expected = regression.fit(START, X, Y, lr=0.01, epochs=20).losses[-1]
    np.testing.assert_allclose(jax.jit(last)(rate), expected, rtol=1e-6)
    np.testing.assert_allclose(jax.vmap(last)(rate[None]), expected[None], rtol=1e-6)
    step = 1e-3
    slope = (last(rate + step) - last(rate - step)) / (2 * step)
    np.testing.assert_allclose(jax.grad(last)(rate), slope, rtol=1e-2)


@pytest.mark.parametrize("work", [1e9, 60 * 4, 60], ids=["one scan", "scans of four", "scans of one"])
def test_divergence_names_the_epoch_and_the_rate_and_keeps_the_last_finite_state(
    work: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(train, "_WORK_OF_A_SCAN", work)
    monkeypatch.setattr(train, "_MOST_SCANS", 1000)
    with pytest.raises(train.DivergenceError, match=r"at epoch \d+ with a learning rate of 50") as caught:
        regression.fit(START, X, Y, lr=50.0, epochs=100)
    error = caught.value
    assert isinstance(error, ArithmeticError)
    assert np.isfinite(error.fit.losses).all()
    assert len(error.fit.losses) == error.epoch - 1
    again = regression.fit(START, X, Y, lr=50.0, epochs=error.epoch - 1)
    np.testing.assert_array_equal(again.params["W"], error.fit.params["W"])
    assert np.isfinite(regression.mse(error.fit.params, X, Y))


def test_start_that_is_not_finite_stops_at_epoch_0() -> None:
    with pytest.raises(train.DivergenceError, match="at epoch 0"):
        regression.fit({"W": np.full((1, 1), np.nan, np.float32), "b": START["b"]}, X, Y)


def test_progress_is_called_after_each_scan_with_the_state(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(train, "_WORK_OF_A_SCAN", 60 * 10)
    seen: list[train.Progress] = []
    fit = regression.fit(START, X, Y, epochs=35, progress=seen.append)
    assert [now.epoch for now in seen] == [9, 18, 27, 35]
    assert seen[-1].loss == float(fit.losses[-1])
    assert all(now.epochs == 35 and now.rate > 0 for now in seen)


def test_progress_true_writes_one_line_to_standard_error(capsys: pytest.CaptureFixture[str]) -> None:
    regression.fit(START, X, Y, epochs=10, progress=True)
    assert "epoch 10 of 10" in capsys.readouterr().err


def test_progress_is_silent_without_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = io.StringIO()
    monkeypatch.setattr("sys.stderr", stream)
    regression.fit(START, X, Y, epochs=10)
    assert not stream.getvalue()


def test_interruption_keeps_the_finished_epochs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(train, "_WORK_OF_A_SCAN", 60 * 10)

    def stop(now: train.Progress) -> None:
        if now.epoch > 15:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt) as caught:
        regression.fit(START, X, Y, epochs=35, progress=stop)
    error = caught.value
    assert isinstance(error, train.InterruptedFit)
    np.testing.assert_array_equal(error.fit.losses, regression.fit(START, X, Y, epochs=18).losses)


FLAT = np.asarray(Y)[:, 0]
MISTAKES: dict[str, tuple[Callable[[], Any], type[Exception], str]] = {
    "y without its second dimension": (lambda: regression.fit(START, X, FLAT), RuntimeError, r"y.reshape\(-1, 1\)"),
    "rows that differ": (lambda: regression.fit(START, X[:5], Y), RuntimeError, "got W float32"),
    "features that differ": (lambda: regression.fit(regression.init(2), X, Y), RuntimeError, "expected W"),
    "no samples": (lambda: regression.fit(START, X[:0], Y[:0]), RuntimeError, "at least one sample"),
    "two dtypes": (lambda: regression.fit(START, X.astype(np.float64), Y), RuntimeError, "one floating point dtype"),
    "integers": (
        lambda: regression.fit(jax.tree.map(jf.int32, START), jf.int32(X), jf.int32(Y)),
        RuntimeError,
        "dtype",
    ),
    "a rate of 0": (lambda: regression.fit(START, X, Y, lr=0), ValueError, "above 0"),
    "a rate that is NaN": (lambda: regression.fit(START, X, Y, lr=float("nan")), ValueError, "above 0"),
    "negative epochs": (lambda: regression.fit(START, X, Y, epochs=-1), ValueError, "0 or more"),
    "half an epoch": (lambda: regression.fit(START, X, Y, epochs=1.5), ValueError, "0 or more"),  # type: ignore[arg-type]
    "other parameters": (lambda: regression.fit({"w": X}, X, Y), ValueError, '"W"'),
    "data that are no tuple": (lambda: train.fit(quadratic, START, X, optax.sgd(0.1), 1), TypeError, "tuple"),
    "no parameters": (lambda: train.fit(quadratic, {}, (X,), optax.sgd(0.1), 1), TypeError, "at least one array"),
    "a batch without a key": (
        lambda: train.fit(quadratic, START, (X,), optax.sgd(0.1), 1, batch_size=2),
        TypeError,
        "together",
    ),
    "a batch too large": (
        lambda: train.fit(quadratic, START, (X,), optax.sgd(0.1), 1, batch_size=31, key=jax.random.key(0)),
        RuntimeError,
        "at least `batch_size`",
    ),
    "weights that are no matrix": (
        lambda: regression.make_data(jax.random.key(0), 3, weights=[2.0]),  # type: ignore[list-item]
        RuntimeError,
        "weights",
    ),
}


@pytest.mark.parametrize("name", MISTAKES)
def test_user_error_raises_a_clear_error(name: str) -> None:
    mistake, kind, text = MISTAKES[name]
    with pytest.raises(kind, match=text) as caught:
        mistake()
    assert str(caught.value).startswith("`jaxfun.")


@pytest.mark.proves("regression.plot", "regression.plot_data")
def test_plot_shows_the_data_the_line_and_the_loss(tmp_path: Any) -> None:
    fit = regression.fit(START, X, Y)
    figure = regression.plot(X, Y, fit, tmp_path / "fit.png")
    left, right = figure.axes
    assert (tmp_path / "fit.png").stat().st_size > 10_000
    np.testing.assert_array_equal(left.lines[0].get_ydata(), Y[:, 0])
    ends = left.lines[1].get_xydata()
    np.testing.assert_allclose(
        ends[:, 1], regression.linear(fit.params, ends[:, :1].astype(np.float32))[:, 0], rtol=1e-5
    )
    np.testing.assert_array_equal(right.lines[0].get_ydata(), fit.losses)
    (alone,) = regression.plot_data(X, Y, tmp_path / "data.png").axes
    np.testing.assert_array_equal(alone.lines[0].get_ydata(), Y[:, 0])
    assert (left.get_xlabel(), right.get_xlabel()) == ("X", "epoch")
