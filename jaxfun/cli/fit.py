"""The command `jaxfun fit`: read a table, fit a linear model, print its quality, draw and save it."""

from pathlib import Path
from typing import NamedTuple

import jax
import numpy as np

from .. import regression, table
from ..core.dtypes import float64
from ..train import DivergenceError, Fit


class _Scaling(NamedTuple):
    """The mean and standard deviation by which columns are standardised."""

    mean: np.ndarray
    deviation: np.ndarray


def run(
    file: Path,
    target: str,
    features: str,
    lr: float,
    epochs: int,
    standardize: bool,
    plot: Path | None,
    save: Path | None,
) -> int:
    """Run the command and return its exit code.

    Raises: TableError for a table that cannot be used; ArithmeticError for a fit that diverges; ModuleNotFoundError for
    an extra that is not installed; OSError for a file that cannot be written.
    """
    if plot is not None:
        import matplotlib  # noqa: F401  # if it is missing, fail before the work
    data = table.read(file, target, [name.strip() for name in features.split(",") if name.strip()])
    with jax.enable_x64(True):
        fit, params = _fitted(data, lr, epochs, standardize)
        print("\n".join(_report(data, fit, params)))
        if plot is not None:
            names = (data.features[0] if len(data.features) == 1 else "features", target)
            regression.plot(data.X, data.y, Fit(params, fit.losses), plot, names=names)
            print(f"drawn: {plot}")
    if save is not None:
        np.savez(save, W=params["W"], b=params["b"], features=np.array(data.features), target=np.array(target))
        print(f"saved: {save if save.suffix == '.npz' else f'{save}.npz'}")
    return 0


def _fitted(data: table.Table, lr: float, epochs: int, standardize: bool) -> tuple[Fit, regression.Params]:
    X, y = _scaling(data.X, standardize), _scaling(data.y, standardize)
    start = regression.init(len(data.features), dtype=float64)
    try:
        fit = regression.fit(start, _scaled(data.X, X), _scaled(data.y, y), lr=lr, epochs=epochs)
    except DivergenceError as error:
        advice = "use a smaller --lr" if standardize else "use a smaller --lr, or omit --no-standardize"
        raise ArithmeticError(f"the loss was {error.got}; {advice}") from None
    return Fit(fit.params, fit.losses * float(y.deviation[0]) ** 2), _unscaled(fit.params, X, y)


def _scaling(columns: np.ndarray, standardize: bool) -> _Scaling:
    if not standardize:
        return _Scaling(np.zeros(columns.shape[1]), np.ones(columns.shape[1]))
    deviation = columns.std(0)
    return _Scaling(columns.mean(0), np.where(deviation == 0, 1, deviation))


def _scaled(columns: np.ndarray, scaling: _Scaling) -> np.ndarray:
    return (columns - scaling.mean) / scaling.deviation


def _unscaled(params: regression.Params, X: _Scaling, y: _Scaling) -> regression.Params:
    # standardised y = (x - mean) / deviation @ W + b; convert to y's own units
    W = np.asarray(params["W"]) * y.deviation / X.deviation[:, None]
    b = np.asarray(params["b"]) * y.deviation + y.mean - X.mean @ W
    return {"W": jax.numpy.asarray(W), "b": jax.numpy.asarray(b)}


def _report(data: table.Table, fit: Fit, params: regression.Params) -> list[str]:
    W, b, losses = np.asarray(params["W"])[:, 0], float(params["b"][0]), np.asarray(fit.losses)
    width = max(map(len, (*data.features, "(bias)")))
    best = _closed_form(data)
    rows = [*zip(data.features, W, best[1:, 0], strict=True), ("(bias)", b, best[0, 0])]
    score = float(regression.r_squared(params, data.X, data.y)[0])
    away = max(abs(found - exact) / max(abs(exact), 1e-12) for _, found, exact in rows)
    return [
        f"{data.target} from {len(data.features)} features, {len(data.y)} rows, {len(losses)} epochs",
        "",
        f"  {'feature':<{width}}  {'coefficient':>14}  {'closed form':>14}",
        *(f"  {name:<{width}}  {found:>14.6g}  {exact:>14.6g}" for name, found, exact in rows),
        "",
        f"R²    {score:.4f}",
        f"loss  {losses[0]:.6g} → {losses[-1]:.6g}",
        _verdict(away),
    ]


def _closed_form(data: table.Table) -> np.ndarray:
    """Return the least squares solution, the bias first: the limit of gradient descent."""
    return np.linalg.lstsq(np.column_stack([np.ones(len(data.y)), data.X]), data.y, rcond=None)[0]


def _verdict(away: float) -> str:
    if away < 0.01:
        return "the coefficients equal the closed form to 1 %"
    return f"the coefficients differ from the closed form by up to {away:.0%}: use more --epochs or a larger --lr"
