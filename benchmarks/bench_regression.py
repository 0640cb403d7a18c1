"""The tutorial's loop: jaxfun's compiled scan beside eager PyTorch and NumPy, in turn in one run."""

import functools
import statistics
from typing import Any

import jax.numpy as jnp
import numpy as np
import torch
from _measure import show, timed

from jaxfun import regression
from jaxfun.cli.tour import torchs_loop

SIZES = [(30, 1, 2500), (1_000, 10, 2500), (100_000, 20, 100)]
LR, ROUNDS = 0.005, 7
WARM_EPOCHS = 2_000_000  # rows x epochs that the warm calls of one round take


def numpys_loop(X: np.ndarray, y: np.ndarray, epochs: int) -> Any:
    W, b, losses = np.zeros((X.shape[1], 1), X.dtype), np.zeros(1, X.dtype), []
    for _ in range(epochs):
        away = X @ W + b - y
        losses.append((away * away).mean())
        slope = 2 / away.size * away
        W -= LR * (X.T @ slope)
        b -= LR * slope.sum(0)
    return losses


def measured(rows: int, features: int, epochs: int) -> list[float]:
    """Seconds of the first call, and medians of the warm call, PyTorch's loop and NumPy's."""
    rng = np.random.default_rng(0)
    X = rng.random((rows, features), np.float32)
    y = (X @ rng.normal(size=(features, 1)) + 1).astype(np.float32)
    data, start = (jnp.asarray(X), jnp.asarray(y)), regression.init(features)
    zeros = np.zeros((features, 1), np.float32), np.zeros(1, np.float32)
    calls = [
        lambda: regression.fit(start, *data, lr=LR, epochs=epochs),
        lambda: torchs_loop(torch, *zeros, X, y, LR, epochs),
        lambda: numpys_loop(X, y, epochs),
    ]
    first = timed(calls[0])
    # warm is many calls in a row: alone after another program's run, a call of 0.1 ms is mostly cold caches
    calls[0] = functools.partial(timed, calls[0], max(WARM_EPOCHS // epochs // rows, 1))
    warm, *peers = zip(*([calls[0](), *map(timed, calls[1:])] for _ in range(ROUNDS)), strict=True)
    return [first, *map(statistics.median, (warm, *peers))]


def row(rows: int, features: int, epochs: int) -> tuple[str, ...]:
    first, warm, eager, plain = measured(rows, features, epochs)
    shown = (f"{seconds * 1e3:,.1f} ms" for seconds in (first, warm, eager, plain))
    return f"{rows:,} x {features}, {epochs}", *shown, f"{eager / warm:,.1f}", f"{plain / warm:,.1f}"


def main() -> None:
    columns = ("rows x features, epochs", "first call", "warm", "PyTorch", "NumPy", "PyTorch/warm", "NumPy/warm")
    show(columns, [row(*size) for size in SIZES])


if __name__ == "__main__":
    main()
