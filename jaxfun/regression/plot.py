"""Pictures of the data, the fitted line and the losses: `plot` and `plot_data`."""

from pathlib import Path
from typing import Any

import numpy as np

from ..core.public import public
from ..train import Fit
from .model import Params, linear


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
