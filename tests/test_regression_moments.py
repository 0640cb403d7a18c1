"""Least squares from moments: their values, and the losses of the loop over all rows in float64."""

import functools
from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import jaxfun as jf
from jaxfun import regression, train
from jaxfun.core.errors import ArgumentTypeError, DTypeError, ShapeError
from jaxfun.regression import descent

Arrays = tuple[np.ndarray, np.ndarray]
FEW = settings(max_examples=25, deadline=None)  # for each kind of data; a first call compiles


def distort(name: str, X: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Return features with what makes least squares hard."""
    if name == "far from 0":
        return 1000 + 0.3 * X
    if name == "nearly collinear":
        return np.column_stack([X[:, :1] + 1e-4 * rng.normal(size=(len(X), 1)), X])
    if name == "other units":
        return X * 10.0 ** rng.integers(-3, 4, X.shape[1])
    return X


HARD = ["easy", "far from 0", "nearly collinear", "other units"]


@st.composite
def tables(draw: st.DrawFn, kind: str) -> Arrays:
    rng = np.random.default_rng(draw(st.integers(0, 2**16)))
    rows, features, outputs = draw(st.integers(2, 300)), draw(st.integers(1, 5)), draw(st.integers(1, 3))
    X = distort(kind, rng.normal(size=(rows, features)), rng)
    noise = draw(st.sampled_from([0.0, 0.05, 1.0]))
    return X, X @ rng.normal(size=(X.shape[1], outputs)) + 2 + noise * rng.normal(size=(rows, outputs))


@pytest.mark.proves("regression.moments", "regression.merge")
@pytest.mark.parametrize("kind", HARD)
@FEW
@given(data=st.data())
def test_moments_of_parts_merge_to_those_of_the_whole(kind: str, data: st.DataObject) -> None:
    X, y = data.draw(tables(kind))
    cuts = sorted(data.draw(st.sets(st.integers(1, len(X) - 1), max_size=4)))
    parts = [regression.moments(*pair) for pair in zip(np.split(X, cuts), np.split(y, cuts), strict=True)]
    found, Z = functools.reduce(regression.merge, parts), np.column_stack([X, y]).astype(np.longdouble)
    away = Z - Z.mean(0)
    # the scatter is that of columns which the rounding of a mean has moved: |dZ|.|Z| + |Z|.|dZ| + |dZ|.|dZ|
    norm, moved = np.linalg.norm(away.astype(float), axis=0), np.sqrt(len(Z)) * 2.0**-52 * abs(Z).max(0).astype(float)
    bound = np.outer(norm, moved) + np.outer(moved, norm) + np.outer(moved, moved) + 1e-14 * np.outer(norm, norm)
    assert (found.count, found.features) == (len(X), X.shape[1])
    # float64 at the size of the largest number of a column
    np.testing.assert_allclose(found.mean, Z.mean(0).astype(float), rtol=1e-14, atol=1e-14 * float(abs(Z).max()))
    assert (abs(found.scatter - (away.T @ away).astype(float)) <= 2 * bound).all()
    np.testing.assert_array_equal(found.covariance, found.scatter / len(X))


def loop(X: np.ndarray, y: np.ndarray, lr: float, epochs: int) -> tuple[np.ndarray, list[float]]:
    """The tutorial's loop in float64."""
    W, b, losses = np.zeros((X.shape[1], y.shape[1])), np.zeros(y.shape[1]), []
    for _ in range(epochs):
        away = X @ W + b - y
        losses.append((away * away).mean())
        W, b = W - lr * 2 / away.size * X.T @ away, b - lr * 2 / away.size * away.sum(0)
    return W, losses


def stable_rate(X: np.ndarray, outputs: int) -> float:
    return outputs * len(X) / np.linalg.norm(np.column_stack([X, np.ones(len(X))]), 2) ** 2


@pytest.mark.proves("regression.mse_of_moments")
@pytest.mark.parametrize("kind", HARD)
@FEW
@given(data=st.data())
def test_losses_of_moments_are_those_of_the_loop_over_the_rows(kind: str, data: st.DataObject) -> None:
    X, y = data.draw(tables(kind))
    lr = 0.5 * stable_rate(X, y.shape[1])
    fit = regression.fit(
        regression.init(X.shape[1], y.shape[1], dtype=jf.float64), regression.moments(X, y), lr=lr, epochs=60
    )
    W, losses = loop(X, y, lr, 60)
    # a loss is a difference of numbers of the size of the first one
    np.testing.assert_allclose(fit.losses, losses, rtol=1e-12, atol=1e-12 * losses[0])
    # where the loss is flat the coefficients move by roundings: compared by what they do to the predictions
    np.testing.assert_allclose(X @ np.asarray(fit.params["W"]), X @ W, rtol=0, atol=1e-10 * float(abs(y).max()))


@pytest.mark.parametrize(
    "optimizer", [optax.adam(0.02), optax.sgd(0.02, momentum=0.9, nesterov=True), optax.lion(0.01)]
)
def test_loss_of_moments_serves_every_optimiser(optimizer: optax.GradientTransformation) -> None:
    X, y = (
        np.asarray(part)
        for part in regression.make_data(jax.random.key(1), 500, weights=[[2.0], [-1.0]], dtype=jf.float64)
    )
    found, start = regression.moments(X, y), regression.init(2, dtype=jf.float64)
    with jax.numpy_dtype_promotion("standard"):  # optax mixes dtypes by JAX's rules
        rows = train.fit(regression.mse, start, (X, y), optimizer, 100)
        fast = train.fit(regression.mse_of_moments, start, (found.mean, found.covariance), optimizer, 100)
    # the roundings of 100 steps, in another order of sums
    np.testing.assert_allclose(fast.losses, rows.losses, rtol=1e-11)


def test_moments_take_chunks_and_every_real_dtype() -> None:
    X, y = np.arange(12).reshape(6, 2), np.arange(6.0, dtype=np.float32)[:, None]
    whole = regression.moments(X, y)
    chunks = regression.moments((X[i : i + 2], jnp.asarray(y[i : i + 2], jnp.bfloat16)) for i in range(0, 6, 2))
    assert chunks.count == 6
    np.testing.assert_allclose(chunks.scatter, whole.scatter, rtol=1e-15)  # a few roundings: merged by halves
    assert whole.mean.dtype == whole.scatter.dtype == np.float64


def test_mean_of_a_block_is_that_of_longer_numbers() -> None:
    X = np.random.default_rng(0).random((8000, 20)) + 1000
    exact = X.astype(np.longdouble).mean(0).astype(float)
    np.testing.assert_allclose(regression.moments(X, X).mean[:20], exact, rtol=2**-52)  # one rounding


def test_numbers_are_converted_before_they_are_multiplied() -> None:
    x = np.full((3, 1), 1 + 2.0**-20, np.float32) * np.array([[1], [2], [4]], np.float32)  # squares need 42 bits
    found, exact = regression.moments(x, x), np.asarray(x, float)
    np.testing.assert_allclose(found.scatter[0, 0], ((exact - exact.mean()) ** 2).sum(), rtol=1e-15)  # a few roundings


def test_mean_that_hides_the_spread_is_taken_off_exactly() -> None:
    x = np.arange(100.0)[:, None] ** 2
    near, far = regression.moments(x, x), regression.moments(1e11 + x / 2**14, x)  # exact, but not its mean
    unit = np.array([2.0**14, 1])
    # the values are exact, their mean is rounded
    np.testing.assert_allclose(far.scatter * np.outer(unit, unit), near.scatter, rtol=1e-13)


@pytest.fixture
def always(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Take the moments for few rows too, and note the rows each time."""
    seen: list[int] = []

    def noted(X: Any, y: Any) -> regression.Moments:
        seen.append(len(X))
        return regression.moments(X, y)

    monkeypatch.setattr(descent, "_MOMENTS_FROM_ROWS", 1)
    monkeypatch.setattr(descent, "moments", noted)
    return seen


def data_of(dtype: Any) -> tuple[Any, Any]:
    return regression.make_data(jax.random.key(0), 200, weights=[[2.0], [-1.0], [0.5]], dtype=dtype)


@pytest.mark.parametrize("x64", [False, True], ids=["x64 off", "x64 on"])
def test_float32_in_gives_float32_out_and_flips_no_setting(
    x64: bool, always: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    with jax.enable_x64(x64):
        X, y = data_of(jf.float32)
        start = regression.init(3, dtype=jf.float32)
        settings_seen: list[bool] = []
        fit = regression.fit(
            start,
            X,
            y,
            lr=0.1,
            epochs=200,
            progress=lambda now: settings_seen.append(jax.config.read("jax_enable_x64")),
        )
        assert {part.dtype for part in jax.tree.leaves((fit.params, fit.losses))} == {np.dtype("float32")}
        assert {*settings_seen} == {x64}
        assert jax.config.read("jax_enable_x64") == x64
    assert always == [200]
    W, losses = loop(np.asarray(X, float), np.asarray(y, float), float(np.float32(0.1)), 200)
    np.testing.assert_allclose(fit.losses, losses, rtol=2**-23)  # one rounding, of the exact losses
    np.testing.assert_allclose(fit.params["W"], W, rtol=2**-23)


def test_fit_takes_the_moments_by_itself_only_where_they_pay(
    always: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    X, y = data_of(jf.float32)
    start = regression.init(3, dtype=jf.float32)
    regression.fit(start, X, y, epochs=49)
    regression.fit(
        jax.tree.map(lambda part: part.astype(jnp.float16), start),
        X.astype(jnp.float16),
        y.astype(jnp.float16),
        epochs=50,
    )
    jax.jit(lambda X: regression.fit(start, X, y, epochs=50).losses)(X)
    jax.grad(lambda lr: regression.fit(start, X, y, lr=lr, epochs=50).losses[-1])(jnp.float32(0.1))
    monkeypatch.setattr(descent, "_MOMENTS_FROM_ROWS", 201)
    regression.fit(start, X, y, epochs=50)
    assert always == []
    monkeypatch.setattr(descent, "_MOMENTS_FROM_ROWS", 200)
    regression.fit(start, X, y, epochs=50)
    assert always == [200]


def test_second_fit_by_moments_compiles_nothing(always: list[int], caplog: pytest.LogCaptureFixture) -> None:
    X, y = data_of(jf.float32)
    start, fewer = regression.init(3, dtype=jf.float32), (X[:150], y[:150])
    with jax.log_compiles():
        regression.fit(start, X, y, epochs=61)
        assert "Compiling" in caplog.text
        caplog.clear()
        regression.fit(start, X, y, epochs=61)
        regression.fit(start, *fewer, lr=0.02, epochs=61)  # of other rows and another rate too
    assert "Compiling" not in caplog.text
    assert len(always) == 3


def test_divergence_by_moments_is_that_of_the_loop(always: list[int], monkeypatch: pytest.MonkeyPatch) -> None:
    X, y = data_of(jf.float32)
    start = regression.init(3, dtype=jf.float32)
    with pytest.raises(train.DivergenceError, match=r"at epoch \d+ with a learning rate of 50") as fast:
        regression.fit(start, X, y, lr=50.0, epochs=100)
    monkeypatch.setattr(descent, "_MOMENTS_FROM_ROWS", 1000)
    with pytest.raises(train.DivergenceError) as slow:
        regression.fit(start, X, y, lr=50.0, epochs=100)
    # where float32 ends, although the steps are in float64; the loop's sum of squares ends up to a step before its mean
    assert fast.value.epoch - slow.value.epoch in (0, 1)
    assert fast.value.fit.losses.dtype == np.float32
    assert np.isfinite(fast.value.fit.losses).all()
    count = len(slow.value.fit.losses)
    np.testing.assert_allclose(
        fast.value.fit.losses[:count], slow.value.fit.losses, rtol=1e-4
    )  # float32, as it diverges


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_data_that_are_not_finite_stop_at_epoch_0(bad: float, always: list[int]) -> None:
    X, y = data_of(jf.float32)
    with pytest.raises(train.DivergenceError, match="at epoch 0"):
        regression.fit(regression.init(3, dtype=jf.float32), X.at[7, 1].set(bad), y, epochs=50)


START = {"W": np.zeros((2, 1)), "b": np.zeros(1)}
PAIR = np.ones((4, 2)), np.ones((4, 1))
FOUND = regression.moments(*PAIR)
WRONG: dict[str, tuple[type[Exception], str, Callable[[], Any]]] = {
    "no chunk": (ShapeError, "at least one sample", lambda: regression.moments([])),
    "an array without targets": (ArgumentTypeError, "`y` beside an array", lambda: regression.moments(PAIR[0])),
    "a chunk of three": (ArgumentTypeError, "a pair", lambda: regression.moments([(*PAIR, 1)])),
    "a target of one dimension": (ShapeError, "reshape", lambda: regression.moments(PAIR[0], np.ones(4))),
    "other numbers of rows": (ShapeError, r"\[3, 1\]", lambda: regression.moments(PAIR[0], np.ones((3, 1)))),
    "complex numbers": (DTypeError, "complex128", lambda: regression.moments(PAIR[0] * 1j, PAIR[1])),
    "text": (DTypeError, "real", lambda: regression.moments(PAIR[0].astype(str), PAIR[1])),
    "a traced array": (
        ArgumentTypeError,
        "outside of jit",
        lambda: jax.jit(lambda X: regression.moments(X, X).mean)(PAIR[0]),
    ),
    "other columns": (
        ShapeError,
        "1 features and 2 outputs",
        lambda: regression.merge(FOUND, regression.moments(*reversed(PAIR))),
    ),
    "targets beside moments": (ArgumentTypeError, "no `y`", lambda: regression.fit(START, FOUND, PAIR[1])),
    "parameters of other columns": (ShapeError, "2 features", lambda: regression.fit(regression.init(3), FOUND)),
    "a loss in float32": (
        DTypeError,
        "enable_x64",
        lambda: regression.mse_of_moments(regression.init(2), FOUND.mean.astype("float32"), FOUND.covariance),
    ),
    "a loss of other columns": (
        ShapeError,
        "moments of features",
        lambda: regression.mse_of_moments(START, FOUND.mean[:2], FOUND.covariance),
    ),
}


@pytest.mark.parametrize("name", WRONG)
def test_mistake_is_named(name: str) -> None:
    kind, words, call = WRONG[name]
    with pytest.raises(kind, match=words):
        call()
