"""The tutorial's model: linear regression by mean squared error and gradient descent. `fit` is the entry.

`params` is a dict: `{"W": (features, outputs), "b": (outputs,)}`.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
import optax

from . import train
from .core.dtypes import as_array, as_dtype, required
from .core.errors import ArgumentValueError, DTypeError, ShapeError, describe
from .core.public import public
from .ops.creation.fill import zeros
from .ops.creation.random import rand, randn
from .ops.linalg.matmul import matmul
from .ops.nn.regression import mse_loss
from .ops.pointwise.arithmetic import add
from .ops.shape.order import t
from .ops.shape.reshape import unsqueeze
from .train import Fit

Params = dict[str, jax.Array]


@public(name="regression.make_data", runs_callbacks=True)
def make_data(
    key: jax.Array,
    n: int = 30,
    *,
    weights: Sequence[Sequence[float]] = ((2.0,),),
    bias: Sequence[float] = (1.0,),
    noise: float = 0.05,
    dtype: Any = None,
) -> tuple[jax.Array, jax.Array]:
    """Return random points near a line: `X` uniform in [0, 2), and `y = X @ weights + bias` plus normal noise.

    Shapes: weights (features, outputs), bias (outputs,) -> X (n, features), y (n, outputs).

    >>> import jax, jaxfun as jf
    >>> X, y = jf.regression.make_data(jax.random.key(0), 30)
    >>> X.shape, y.shape
    ((30, 1), (30, 1))
    """
    slope, offset = np.asarray(weights, float), np.asarray(bias, float)
    if slope.ndim != 2 or offset.shape != slope.shape[1:]:
        raise ShapeError("weights (features, outputs) and a bias (outputs,)", f"{slope.shape} and {offset.shape}")
    wanted = None if dtype is None else required(dtype)
    for_x, for_noise = jax.random.split(key)
    X = rand(for_x, n, slope.shape[0], dtype=wanted) * 2
    y = X @ jnp.asarray(slope, X.dtype) + jnp.asarray(offset, X.dtype)
    return X, y + noise * randn(for_noise, *y.shape, dtype=wanted)


@public(name="regression.init", runs_callbacks=True)
def init(features: int, outputs: int = 1, *, dtype: Any = None) -> Params:
    """Return zero parameters.

    >>> import jaxfun as jf
    >>> {name: part.shape for name, part in jf.regression.init(3).items()}
    {'W': (3, 1), 'b': (1,)}
    """
    return {"W": zeros(features, outputs, dtype=dtype), "b": zeros(outputs, dtype=dtype)}


@public(name="regression.linear", runs_callbacks=True)
def linear(params: Params, X: Any) -> jax.Array:
    """Return `X @ W + b`. Shapes: X (n, features) -> (n, outputs).

    >>> import jaxfun as jf
    >>> jf.regression.linear({"W": jf.ones(2, 1), "b": jf.ones(1)}, jf.ones(3, 2)).shape
    (3, 1)
    """
    return add(matmul(X, params["W"]), params["b"])


@public(name="regression.mse", runs_callbacks=True)
def mse(params: Params, X: Any, y: Any) -> jax.Array:
    """Return the mean squared error of `linear` at the targets `y`. Shapes: X (n, features), y (n, outputs) -> ().

    >>> import jaxfun as jf
    >>> jf.regression.mse({"W": jf.ones(2, 1), "b": jf.zeros(1)}, jf.ones(3, 2), jf.zeros(3, 1))
    Array(4., dtype=float32)
    """
    return mse_loss(linear(params, X), y)


class _Rate(NamedTuple):
    learning_rate: Any


def _descend(updates: Any, state: Any, params: Any = None) -> tuple[Any, Any]:
    return jax.tree.map(lambda gradient: -state.learning_rate * gradient, updates), state


# optax.sgd with the rate in its state, so that another rate does not compile again
_DESCENT = optax.GradientTransformation(lambda params: _Rate(jnp.full((), 0.005)), _descend)


@public(name="regression.fit", runs_callbacks=True)
def fit(params: Params, X: Any, y: Any, *, lr: Any = 0.005, epochs: int = 2500, progress: Any = None) -> Fit:
    """Return the parameters after gradient descent on the mean squared error, and the loss of every epoch.

    This is the tutorial's loop, compiled: predict, mean squared error, backward, `W -= lr * W.grad`, `b -= lr *
    b.grad`. From the same start it takes the same steps as the loop in PyTorch, up to rounding. `params` is not
    changed.
    Shapes: W (features, outputs), b (outputs,), X (n, features), y (n, outputs); losses (epochs,).
    Raises: RuntimeError where shapes or dtypes do not fit; ValueError for a learning rate that is not positive;
    ArithmeticError where a loss is not finite, with the epoch and the last finite state.

    >>> import jax, jaxfun as jf
    >>> X, y = jf.regression.make_data(jax.random.key(0), 30)
    >>> fit = jf.regression.fit(jf.regression.init(1), X, y)
    >>> bool(fit.losses[-1] < 0.01 * fit.losses[0])
    True
    """
    arrays = {name: as_array(part) for name, part in params.items()} | {"X": as_array(X), "y": as_array(y)}
    _check(arrays, lr)
    start = {name: arrays[name] for name in ("W", "b")}
    rate = _Rate(lr.astype(start["W"].dtype) if isinstance(lr, jax.Array) else np.asarray(lr, start["W"].dtype))
    X, y = arrays["X"], arrays["y"]
    loss, data = (mse, (X, y)) if X.size < _MANY else (_mse_of_columns, _columns(X, y))
    return train.fit(loss, start, data, _DESCENT, epochs, progress=progress, state=rate)


_MANY = 10_000  # elements of X; above, transposing X is worth a compilation


@jax.jit
def _columns(X: jax.Array, y: jax.Array) -> tuple[jax.Array, jax.Array]:
    return X.T, y.T


def _mse_of_columns(params: Params, X: jax.Array, y: jax.Array) -> jax.Array:
    # samples as columns: W's gradient is then a product along contiguous memory. For many samples on a CPU that is five
    # times as fast, because otherwise XLA transposes X in every epoch
    return mse_loss(add(matmul(t(params["W"]), X), unsqueeze(params["b"], 1)), y)


def _check(arrays: dict[str, jax.Array], lr: Any) -> None:
    if set(arrays) != {"W", "b", "X", "y"}:
        raise ArgumentValueError('`params` to be {"W": ..., "b": ...}', ", ".join(sorted(set(arrays) - {"X", "y"})))
    W, b, X, y = (arrays[name] for name in ("W", "b", "X", "y"))
    fits = X.ndim == W.ndim == y.ndim == 2 and W.shape == (X.shape[1], y.shape[1]) and b.shape == y.shape[1:]
    if not fits or X.shape[0] != y.shape[0]:
        advice = "Give y as (n, 1): y.reshape(-1, 1)." if y.ndim == 1 else ""
        wanted = "W (features, outputs), b (outputs,), X (n, features) and y (n, outputs)"
        raise ShapeError(wanted, _shown(arrays), advice)
    if X.size == 0 or y.size == 0:
        raise ShapeError("at least one sample", _shown(arrays))
    if len({part.dtype for part in arrays.values()}) > 1 or not as_dtype(X.dtype).is_floating_point:
        raise DTypeError("one floating point dtype for all", _shown(arrays), "Cast with jaxfun.float(x).")
    if not isinstance(lr, jax.Array) and not 0 < lr < float("inf"):
        raise ArgumentValueError("a learning rate above 0", describe(lr))


def _shown(arrays: dict[str, jax.Array]) -> str:
    return ", ".join(f"{name} {describe(part)}" for name, part in arrays.items())


@public(name="regression.r_squared", runs_callbacks=True)
def r_squared(params: Params, X: Any, y: Any) -> jax.Array:
    """Return R², the fraction of each output's variance that the fit explains. Shapes: -> (outputs,).

    >>> import jaxfun as jf
    >>> X = jf.tensor([[0.0], [1.0]])
    >>> jf.regression.r_squared({"W": jf.ones(1, 1), "b": jf.zeros(1)}, X, X)
    Array([1.], dtype=float32)
    """
    left = jnp.sum((y - linear(params, X)) ** 2, 0)
    return 1 - left / jnp.sum((y - jnp.mean(y, 0)) ** 2, 0)


@public(name="regression.plot", runs_callbacks=True)
def plot(X: Any, y: Any, fit: Fit, path: str | Path | None = None, *, names: tuple[str, str] = ("X", "y")) -> Any:
    """Draw the data with the fitted line beside the loss curve, and return the matplotlib figure.

    For one feature the left side shows the data and the line; for several it shows the prediction against the target.
    With a `path` the figure is saved there.
    Raises: ModuleNotFoundError where matplotlib is not installed (the extra `plot`).

    >>> import jax, jaxfun as jf
    >>> X, y = jf.regression.make_data(jax.random.key(0), 30)
    >>> fit = jf.regression.fit(jf.regression.init(1), X, y)
    >>> len(jf.regression.plot(X, y, fit).axes)
    2
    """
    figure, (left, right) = _figure(2)
    (_draw_line if np.shape(X)[1] == 1 else _draw_prediction)(left, np.asarray(X), np.asarray(y), fit.params, names)
    _draw_losses(right, np.asarray(fit.losses))
    return _written(figure, path)


@public(name="regression.plot_data", runs_callbacks=True)
def plot_data(X: Any, y: Any, path: str | Path | None = None, *, names: tuple[str, str] = ("X", "y")) -> Any:
    """Draw points with one feature, and return the matplotlib figure. With a `path` it is saved there.

    Raises: ModuleNotFoundError where matplotlib is not installed (the extra `plot`).

    >>> import jax, jaxfun as jf
    >>> X, y = jf.regression.make_data(jax.random.key(0), 30)
    >>> len(jf.regression.plot_data(X, y).axes)
    1
    """
    figure, (axes,) = _figure(1)
    axes.plot(np.asarray(X), np.asarray(y), "o", color=_BLUE, markersize=5, alpha=0.75)
    axes.set(xlabel=names[0], ylabel=names[1], title="The data")
    return _written(figure, path)


def _figure(count: int) -> tuple[Any, list[Any]]:
    from matplotlib.figure import Figure  # an extra, and slow to import: only needed for drawing

    figure = Figure(figsize=(5 * count, 4.2), layout="constrained")
    axes = list(figure.subplots(1, count, squeeze=False)[0])
    for each in axes:
        each.spines[["top", "right"]].set_visible(False)
        each.grid(color="0.92", linewidth=0.8)
        each.set_axisbelow(True)
    return figure, axes


def _written(figure: Any, path: str | Path | None) -> Any:
    if path is not None:
        figure.savefig(path, dpi=150)
    return figure


_BLUE, _ORANGE = "#2f6fb2", "#d9622b"


def _draw_line(axes: Any, X: np.ndarray, y: np.ndarray, params: Params, names: tuple[str, str]) -> None:
    span = np.linspace(X.min(), X.max(), 2, dtype=X.dtype)[:, None]
    W, b = np.asarray(params["W"]), np.asarray(params["b"])
    axes.plot(X, y, "o", color=_BLUE, markersize=5, alpha=0.75, label="data")
    label = f"{names[1]} = {W[0, 0]:.3g} {names[0]} {'+' if b[0] >= 0 else '−'} {abs(b[0]):.3g}"
    axes.plot(span, span @ W + b, color=_ORANGE, linewidth=2, label=label)
    axes.set(xlabel=names[0], ylabel=names[1], title="The data and the fitted line")
    axes.legend(frameon=False)


def _draw_prediction(axes: Any, X: np.ndarray, y: np.ndarray, params: Params, names: tuple[str, str]) -> None:
    predicted = np.asarray(linear(params, X))
    ends = [float(y.min()), float(y.max())]
    axes.plot(y, predicted, "o", color=_BLUE, markersize=4, alpha=0.5)
    axes.plot(ends, ends, color=_ORANGE, linewidth=2, label="a perfect prediction")
    axes.set(xlabel=names[1], ylabel=f"predicted {names[1]}", title="The prediction against the target")
    axes.legend(frameon=False)


def _draw_losses(axes: Any, losses: np.ndarray) -> None:
    axes.plot(np.arange(1, len(losses) + 1), losses, color=_BLUE, linewidth=2)
    axes.set(xlabel="epoch", ylabel="mean squared error", title="The loss", xscale="log", yscale="log")
