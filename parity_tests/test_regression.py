"""The jitted regression beside the tutorial's PyTorch loop: the same parameters, and the same loss in every epoch."""

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

import jaxfun as jf
from jaxfun import regression
from jaxfun.cli.tour import torchs_loop

Arrays = tuple[np.ndarray, ...]


@st.composite
def problems(draw: st.DrawFn, dtype: str) -> tuple[Arrays, float, int]:
    rows, features, outputs = draw(st.integers(1, 40)), draw(st.integers(1, 6)), draw(st.integers(1, 3))
    rng = np.random.default_rng(draw(st.integers(0, 2**16)))
    X = rng.random((rows, features)) * draw(st.sampled_from([0.1, 1.0, 2.0]))
    y = X @ rng.normal(size=(features, outputs)) + 0.05 * rng.normal(size=(rows, outputs))
    start = (rng.normal(size=(features, outputs)), rng.normal(size=outputs))
    # below 1 / (the largest curvature) gradient descent contracts, so that rounding errors do not grow
    curvature = 2 * (np.linalg.norm(np.column_stack([X, np.ones(rows)]), 2) ** 2) / (rows * outputs)
    lr = float(np.float32(draw(st.sampled_from([0.005, 0.05, 0.5])) / max(curvature, 1)))
    return tuple(part.astype(dtype) for part in (*start, X, y)), lr, draw(st.sampled_from([0, 1, 7, 120]))


def ours(arrays: Arrays, lr: float, epochs: int) -> regression.Fit:
    W, b, X, y = (jnp.asarray(part) for part in arrays)
    return regression.fit({"W": W, "b": b}, X, y, lr=lr, epochs=epochs)


# Each step has a few roundings relative to the size of the parameters and the data, and the descent contracts: after n
# steps the two differ by at most n times a few ULP of that size.
ULP_OF_A_STEP = {"float32": 4 * 2.0**-23, "float64": 4 * 2.0**-52}


@pytest.mark.proves("regression.fit", "regression.mse", "regression.linear", "train.fit")
@pytest.mark.parametrize("dtype", ["float32", "float64"])
@settings(max_examples=settings.get_profile("default").max_examples // 5)
@given(data=st.data())
def test_every_epoch_matches_torch(dtype: str, data: st.DataObject) -> None:
    arrays, lr, epochs = data.draw(problems(dtype))
    fit, (W, b, losses) = ours(arrays, lr, epochs), torchs_loop(torch, *arrays, lr, epochs)
    size = max(1.0, *(float(np.abs(part).max()) for part in arrays))
    reach = ULP_OF_A_STEP[dtype] * (epochs + 4) * size
    assert fit.losses.shape == (epochs,)
    assert fit.losses.dtype == fit.params["W"].dtype == dtype
    # absolute, because the bound comes from these sizes, not from the element
    np.testing.assert_allclose(fit.params["W"], W, rtol=0, atol=reach)
    np.testing.assert_allclose(fit.params["b"], b, rtol=0, atol=reach)
    np.testing.assert_allclose(fit.losses, losses, rtol=0, atol=reach * size * arrays[2].shape[1])


def tutorial(dtype: Any = None) -> tuple[Arrays, float, int]:
    X, y = regression.make_data(jax.random.key(0), 30, dtype=dtype)
    return (np.zeros((1, 1), X.dtype), np.zeros(1, X.dtype), np.asarray(X), np.asarray(y)), 0.005, 2500


def test_2500_epochs_of_the_tutorial_match_in_float64_to_1e_10() -> None:
    problem = tutorial(jf.float64)
    fit, (W, b, losses) = ours(*problem), torchs_loop(torch, *problem[0], *problem[1:])
    # 1e-10 is documented; the losses fall by four digits, so that the tolerance of the last ones is absolute
    np.testing.assert_allclose(fit.losses, losses, rtol=1e-10, atol=1e-14)
    np.testing.assert_allclose(fit.params["W"], W, rtol=1e-10)
    np.testing.assert_allclose(fit.params["b"], b, rtol=1e-10)


def test_2500_epochs_of_the_tutorial_match_in_float32() -> None:
    problem = tutorial()
    fit, (W, b, losses) = ours(*problem), torchs_loop(torch, *problem[0], *problem[1:])
    # the descent contracts, so the difference stays at a few dozen ULP of numbers of about 2
    np.testing.assert_allclose(fit.losses, losses, rtol=0, atol=64 * 2.0**-23 * losses[0])
    np.testing.assert_allclose(fit.params["W"], W, rtol=64 * 2.0**-23)
    np.testing.assert_allclose(fit.params["b"], b, rtol=64 * 2.0**-23)


@pytest.mark.proves("regression.make_data", "regression.init", "regression.r_squared")
def test_fit_finds_the_line_of_the_data() -> None:
    weights, bias = [[2.0, -1.0], [0.5, 3.0]], [1.0, -2.0]
    X, y = regression.make_data(jax.random.key(1), 400, weights=weights, bias=bias, noise=0.05, dtype=jf.float64)
    assert (X.shape, y.shape) == ((400, 2), (400, 2))
    assert 0 <= float(X.min()) < 0.1 < 1.9 < float(X.max()) < 2
    noise = y - (X @ jnp.asarray(weights) + jnp.asarray(bias))
    assert 0.045 < float(noise.std()) < 0.055
    fit = regression.fit(regression.init(2, 2, dtype=jf.float64), X, y, lr=0.2, epochs=2000)
    np.testing.assert_allclose(fit.params["W"], weights, atol=0.03)
    np.testing.assert_allclose(fit.params["b"], bias, atol=0.03)
    assert float(regression.r_squared(fit.params, X, y).min()) > 0.99


@pytest.mark.parametrize("name", ["SGD", "Adam"])
def test_other_optimisers_take_the_steps_of_torch(name: str) -> None:
    import optax

    arrays, _, _ = tutorial(jf.float64)
    W, b, X, y = (jnp.asarray(part) for part in arrays)
    optimizer = {"SGD": optax.sgd(0.01, momentum=0.9), "Adam": optax.adam(0.01)}[name]
    with jax.numpy_dtype_promotion("standard"):  # optax mixes dtypes by JAX's rules
        fit = jf.train.fit(regression.mse, {"W": W, "b": b}, (X, y), optimizer, 200)
    weights, bias = (torch.tensor(part, requires_grad=True) for part in arrays[:2])
    options = {"SGD": {"momentum": 0.9}, "Adam": {}}[name]
    stepper = getattr(torch.optim, name)([weights, bias], lr=0.01, **options)
    losses = []
    for _ in range(200):
        stepper.zero_grad()
        loss = torch.nn.functional.mse_loss(torch.tensor(arrays[2]) @ weights + bias, torch.tensor(arrays[3]))
        loss.backward()
        stepper.step()
        losses.append(loss.item())
    np.testing.assert_allclose(fit.losses, losses, rtol=1e-9)
    np.testing.assert_allclose(fit.params["W"], weights.detach(), rtol=1e-9)
