"""Training with `fit`: results, buffers, keys, errors, early stops, and no recompilation in a second call."""

import io
from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest
import torch

import jaxfun as jf
from jaxfun import regression, train
from jaxfun.train import arrays

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
    monkeypatch.setattr(arrays, "_WORK_OF_A_CALL", 60 * 7)
    cut = regression.fit(START, X, Y, epochs=100)
    np.testing.assert_array_equal(one.losses, cut.losses)
    np.testing.assert_array_equal(one.params["W"], cut.params["W"])


def test_second_call_and_new_learning_rate_do_not_recompile() -> None:
    regression.fit(START, X, Y, epochs=50)
    before = arrays.run._cache_size()
    regression.fit(START, X, Y, epochs=50)
    regression.fit(START, X, Y, epochs=50, lr=0.01)
    assert arrays.run._cache_size() == before


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
    monkeypatch.setattr(arrays, "_WORK_OF_A_CALL", work)
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
    monkeypatch.setattr(arrays, "_WORK_OF_A_CALL", 60 * 10)
    seen: list[train.Progress] = []
    fit = regression.fit(START, X, Y, epochs=35, progress=seen.append)
    assert [now.epoch for now in seen] == [10, 20, 30, 35]
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
    monkeypatch.setattr(arrays, "_WORK_OF_A_CALL", 60 * 10)

    def stop(now: train.Progress) -> None:
        if now.epoch > 15:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt) as caught:
        regression.fit(START, X, Y, epochs=35, progress=stop)
    error = caught.value
    assert isinstance(error, train.InterruptedFit)
    np.testing.assert_array_equal(error.fit.losses, regression.fit(START, X, Y, epochs=20).losses)


# Buffers: what a step changes without a gradient. Keys: another one at each step.

PORT_INPUT = np.asarray(np.random.default_rng(0).normal(size=(24, 3)), np.float32)
PORT_TARGET = np.asarray(PORT_INPUT @ [[1.0], [-2.0], [0.5]] + 1, np.float32)


def batch_norm_module() -> torch.nn.Module:
    torch.manual_seed(0)
    parts = torch.nn.Linear(3, 8), torch.nn.BatchNorm1d(8, momentum=0.3), torch.nn.Tanh(), torch.nn.Linear(8, 1)
    return torch.nn.Sequential(*parts)


@pytest.mark.parametrize("momentum", [0.0, 0.9])
def test_fit_of_a_port_with_buffers_equals_torch_training(momentum: float) -> None:
    module = batch_norm_module()
    x, y = torch.from_numpy(PORT_INPUT), torch.from_numpy(PORT_TARGET)
    port = jf.from_torch(module, x, train=True, prove=False)

    def loss(params: Any, buffers: Any, x: jax.Array, y: jax.Array) -> Any:
        result, buffers = port(params, x, state=buffers)
        return jf.nn.functional.mse_loss(result, y), buffers

    rule = optax.sgd(0.05, momentum=momentum)
    fit = train.fit(loss, port.params, (PORT_INPUT, PORT_TARGET), rule, 20, buffers=port.state)

    optimizer = torch.optim.SGD(module.train().parameters(), lr=0.05, momentum=momentum)
    losses = []
    for _ in range(20):
        optimizer.zero_grad()
        found = torch.nn.functional.mse_loss(module(x), y)
        found.backward()
        optimizer.step()
        losses.append(found.item())
    # float32, in two libraries: the roundings of twenty steps add up
    np.testing.assert_allclose(fit.losses, losses, rtol=1e-4)
    assert losses[-1] < 0.5 * losses[0]
    held = module.state_dict()
    assert held.keys() == {*fit.params, *fit.buffers}
    for name, array in {**fit.params, **fit.buffers}.items():
        np.testing.assert_allclose(array, held[name].numpy(), rtol=1e-4, atol=1e-5, err_msg=name)
    assert int(fit.buffers["1.num_batches_tracked"]) == 20
    assert int(port.state["1.num_batches_tracked"]) == 0, "the port's own stay as they were"


def written(params: jax.Array, buffers: Any, rows: jax.Array, *, key: jax.Array) -> Any:
    """Keep a draw of each step's key, and the rows of each step."""
    step = buffers["step"]
    drawn = buffers["drawn"].at[step].set(jax.random.uniform(key, dtype=np.float32))
    seen = buffers["seen"].at[step].set(jnp.sum(rows))
    return jnp.sum(params**2), {"step": step + 1, "drawn": drawn, "seen": seen}


ROWS = np.arange(12, dtype=np.float32)
BLANK = {"step": np.zeros((), np.int32), "drawn": np.zeros(30, np.float32), "seen": np.zeros(30, np.float32)}
KEYED: dict[str, Any] = {"keyed": True, "key": jax.random.key(5)}


def test_each_step_has_another_key_and_the_buffers_of_the_step_before() -> None:
    rule, start = optax.sgd(0.1), np.ones(2, np.float32)
    batches = train.fit(written, start, (ROWS,), rule, 10, buffers=BLANK, batch_size=4, **KEYED)
    whole = train.fit(written, start, (ROWS,), rule, 30, buffers=BLANK, **KEYED)
    again = train.fit(written, start, (ROWS,), rule, 30, buffers=BLANK, **KEYED)
    other = train.fit(written, start, (ROWS,), rule, 30, buffers=BLANK, keyed=True, key=jax.random.key(6))
    for fit in (batches, whole, other):
        assert int(fit.buffers["step"]) == 30
        assert len(np.unique(fit.buffers["drawn"])) == 30
    np.testing.assert_array_equal(whole.buffers["drawn"], again.buffers["drawn"])
    assert not np.isin(other.buffers["drawn"], whole.buffers["drawn"]).any()
    np.testing.assert_array_equal(whole.buffers["seen"], np.full(30, 66, np.float32))
    np.testing.assert_array_equal(batches.buffers["seen"].reshape(10, 3).sum(1), np.full(10, 66, np.float32))


def test_keys_leave_the_minibatches_as_they_are() -> None:
    def loss(params: jax.Array, rows: jax.Array, key: Any = None) -> jax.Array:
        return jnp.mean(rows * jnp.arange(4, dtype=rows.dtype)) + 0 * params

    given: dict[str, Any] = {"batch_size": 4, "key": jax.random.key(5)}
    start = np.zeros((), np.float32)
    plain = train.fit(loss, start, (ROWS,), optax.sgd(0.1), 6, **given)
    keyed = train.fit(loss, start, (ROWS,), optax.sgd(0.1), 6, keyed=True, **given)
    np.testing.assert_array_equal(plain.losses, keyed.losses)
    assert plain.buffers is keyed.buffers is None


def test_keys_and_buffers_go_on_in_the_next_scan(monkeypatch: pytest.MonkeyPatch) -> None:
    for more in ({}, {"batch_size": 6}):
        given: dict[str, Any] = {"buffers": BLANK, **KEYED, **more}
        one = train.fit(written, np.ones(2, np.float32), (ROWS,), optax.sgd(0.1), 15, **given)
        with monkeypatch.context() as patch:
            patch.setattr(arrays, "_WORK_OF_A_CALL", 12 * 4)
            cut = train.fit(written, np.ones(2, np.float32), (ROWS,), optax.sgd(0.1), 15, **given)
        jax.tree.map(np.testing.assert_array_equal, one, cut)
        assert len(np.unique(cut.buffers["drawn"])) > 15


def test_second_call_with_buffers_and_keys_does_not_recompile() -> None:
    rule = optax.sgd(0.1)

    def run(buffers: Any, seed: int) -> train.Fit:
        key = jax.random.key(seed)
        return train.fit(written, np.ones(2, np.float32), (ROWS,), rule, 7, buffers=buffers, keyed=True, key=key)

    first = run(BLANK, 0)
    before = arrays.run._cache_size()
    run(BLANK, 1)
    run(first.buffers, 2)
    assert arrays.run._cache_size() == before


def test_buffers_and_keys_work_under_jit_grad_and_vmap() -> None:
    def loss(params: jax.Array, average: jax.Array, _: jax.Array, *, key: jax.Array) -> Any:
        average = 0.5 * average + 0.5 * params
        return (params - 1) ** 2 + jax.random.uniform(key, dtype=np.float32) * average**2, average

    def last(start: jax.Array) -> jax.Array:
        fit = train.fit(loss, start, (ROWS,), optax.sgd(0.1), 5, buffers=jnp.zeros_like(start), **KEYED)
        return fit.losses[-1] + fit.buffers

    start = jnp.asarray(0.3, np.float32)
    # compiled anew, with another order of the roundings
    np.testing.assert_allclose(jax.jit(last)(start), last(start), rtol=1e-6)
    np.testing.assert_allclose(jax.vmap(last)(start[None]), last(start)[None], rtol=1e-6)
    slope = (last(start + 1e-2) - last(start - 1e-2)) / 2e-2  # to the square of the step, and float32 rounding over it
    np.testing.assert_allclose(jax.grad(last)(start), slope, rtol=1e-2)


def diverging(params: jax.Array, buffers: Any, rows: jax.Array) -> Any:
    return jnp.sum(params**2 * rows[0]), {"steps": buffers["steps"] + 1, "before": params}


@pytest.mark.parametrize("work", [1e9, 12 * 4, 12], ids=["one scan", "scans of four", "scans of one"])
def test_divergence_keeps_the_buffers_of_the_last_finite_parameters(
    work: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(arrays, "_WORK_OF_A_CALL", work)
    start, data = np.ones(2, np.float32), (ROWS + 1,)
    given: dict[str, Any] = {"buffers": {"steps": 0, "before": start}}
    with pytest.raises(train.DivergenceError) as caught:
        train.fit(diverging, start, data, optax.sgd(1e3), 50, **given)
    epoch, found = caught.value.epoch, caught.value.fit
    assert epoch > 4
    assert int(found.buffers["steps"]) == epoch - 1
    assert np.isfinite(found.buffers["before"]).all()
    jax.tree.map(
        np.testing.assert_array_equal, found, train.fit(diverging, start, data, optax.sgd(1e3), epoch - 1, **given)
    )


def test_interruption_keeps_the_buffers_of_the_finished_epochs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(arrays, "_WORK_OF_A_CALL", 12 * 5)

    def stop(now: train.Progress) -> None:
        if now.epoch > 8:
            raise KeyboardInterrupt

    with pytest.raises(train.InterruptedFit) as caught:
        train.fit(written, np.ones(2, np.float32), (ROWS,), optax.sgd(0.1), 20, buffers=BLANK, progress=stop, **KEYED)
    assert len(caught.value.fit.losses) == int(caught.value.fit.buffers["step"]) == 10


def test_complex_parameters_descend_with_buffers_and_without() -> None:
    target = np.asarray([1 + 2j, -1j], np.complex64)

    def loss(params: jax.Array, rows: jax.Array) -> jax.Array:
        return jnp.sum(jnp.abs(params - rows) ** 2)

    def with_buffers(params: jax.Array, buffers: jax.Array, rows: jax.Array) -> Any:
        return loss(params, rows), params

    start = np.asarray([0.5j, 1], np.complex64)
    plain = train.fit(loss, start, (target,), optax.sgd(0.2), 40)
    fit = train.fit(with_buffers, start, (target,), optax.sgd(0.2), 40, buffers=start)
    # 40 steps do not go all the way
    np.testing.assert_allclose(plain.params, target, atol=1e-4)
    np.testing.assert_array_equal(plain.params, fit.params)
    np.testing.assert_allclose(fit.buffers, target, atol=1e-4)
    assert fit.buffers.dtype == np.complex64


STATISTICS = {"mean": np.zeros(3, np.float32), "count": np.zeros((), np.int32)}


def returning(found: Callable[[jax.Array, Any], Any]) -> Callable[[], Any]:
    """Return a call of `fit` with buffers, whose loss returns `found(value, buffers)`."""

    def loss(params: jax.Array, buffers: Any, rows: jax.Array) -> Any:
        return found(jnp.sum(params) + jnp.sum(rows), buffers)

    return lambda: train.fit(loss, np.ones(2, np.float32), (ROWS,), optax.sgd(0.1), 2, buffers=STATISTICS)


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
    "a key that nothing needs": (
        lambda: train.fit(quadratic, START, (X,), optax.sgd(0.1), 1, key=jax.random.key(0)),
        TypeError,
        "no `key` without `batch_size` or `keyed`",
    ),
    "keyed without a key": (
        lambda: train.fit(quadratic, START, (X,), optax.sgd(0.1), 1, keyed=True),
        TypeError,
        "`key` together with keyed=True",
    ),
    "new buffers without first ones": (
        lambda: train.fit(lambda w, x: (jnp.sum(w), w), jnp.ones(2), (X,), optax.sgd(0.1), 1),
        TypeError,
        r"one number.*buffers=",
    ),
    "a loss without its buffers": (returning(lambda value, buffers: value), TypeError, r"`\(value, buffers\)`"),
    "three results": (returning(lambda value, buffers: (value, buffers, value)), TypeError, r"`\(value, buffers\)`"),
    "buffers of another shape": (
        returning(lambda value, buffers: (value, {**buffers, "mean": buffers["mean"][:2]})),
        TypeError,
        r"float32\[3\] at buffers\['mean'\], got float32\[2\]",
    ),
    "buffers of another dtype": (
        returning(lambda value, buffers: (value, {**buffers, "count": value})),
        TypeError,
        r"int32\[\] at buffers\['count'\], got float32\[\]",
    ),
    "a buffer left out": (
        returning(lambda value, buffers: (value, {"mean": buffers["mean"]})),
        TypeError,
        r"int32\[\] at buffers\['count'\], got none",
    ),
    "a buffer too many": (
        returning(lambda value, buffers: (value, {**buffers, "more": value})),
        TypeError,
        r"none at buffers\['more'\], got float32\[\]",
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
