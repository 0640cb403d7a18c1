"""Gradient descent on the mean squared error (`fit`): the tutorial's loop over the rows, or over their moments."""

import functools
from collections.abc import Callable
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
import optax
from jax.core import Tracer

from .. import train
from ..core.dtypes import as_array, as_dtype
from ..core.errors import ArgumentTypeError, ArgumentValueError, DTypeError, ShapeError, describe
from ..core.public import public
from ..ops.linalg.matmul import matmul
from ..ops.nn.regression import mse_loss
from ..ops.pointwise.arithmetic import add
from ..ops.shape.order import t
from ..ops.shape.reshape import unsqueeze
from ..train import Fit
from .model import Params, mse
from .moments import Moments, moments, mse_of_moments


class _Rate(NamedTuple):
    learning_rate: Any


def _descend(updates: Any, state: Any, params: Any = None) -> tuple[Any, Any]:
    return jax.tree.map(lambda gradient: -state.learning_rate * gradient, updates), state


# optax.sgd with the rate in its state, so that another rate does not compile again
_DESCENT = optax.GradientTransformation(lambda params: _Rate(jnp.full((), 0.005)), _descend)


@public(name="regression.fit", runs_callbacks=True)
def fit(params: Params, X: Any, y: Any = None, *, lr: Any = 0.005, epochs: int = 2500, progress: Any = None) -> Fit:
    """Return the parameters after gradient descent on the mean squared error, and the loss of every epoch.

    This is the tutorial's loop, compiled: predict, mean squared error, backward, `W -= lr * W.grad`, `b -= lr *
    b.grad`. From the same start it takes the same steps as the loop in PyTorch, up to rounding. `params` is not
    changed.

    `X` may be `Moments`, without `y`: then an epoch costs features², whatever the number of rows. `fit` computes the
    moments itself where that is cheaper: from 10,000 rows and 50 epochs on, with at least as many epochs as features,
    for float32 and float64 arrays on one CPU that are not traced. The epochs are then computed in float64, and the
    result has the dtype of `params`: the losses are closer to the exact ones than sums over the rows in float32.
    Shapes: W (features, outputs), b (outputs,), X (n, features), y (n, outputs); losses (epochs,).
    Raises: RuntimeError where shapes or dtypes do not fit; ValueError for a learning rate that is not positive;
    ArithmeticError where a loss is not finite, with the epoch and the last finite state.

    >>> import jax, jaxfun as jf
    >>> X, y = jf.regression.make_data(jax.random.key(0), 30)
    >>> fit = jf.regression.fit(jf.regression.init(1), X, y)
    >>> bool(fit.losses[-1] < 0.01 * fit.losses[0])
    True
    >>> again = jf.regression.fit(jf.regression.init(1), jf.regression.moments(X, y))
    >>> bool(abs(again.losses[-1] - fit.losses[-1]) < 1e-6)
    True
    """
    start = {name: as_array(part) for name, part in params.items()}
    if isinstance(X, Moments):
        _check_moments(start, X, y, lr)
        return _fit_moments(start, X, lr, epochs, progress)
    arrays = start | {"X": as_array(X), "y": as_array(y)}
    _check(arrays, lr)
    X, y = arrays["X"], arrays["y"]
    if _moments_pay(arrays, lr, epochs):
        return _fit_moments(start, moments(X, y), lr, epochs, progress)
    rate = _Rate(lr.astype(X.dtype) if isinstance(lr, jax.Array) else np.asarray(lr, X.dtype))
    loss, data = (mse, (X, y)) if X.size < _MANY else (_mse_of_columns, _columns(X, y))
    return train.fit(loss, start, data, _DESCENT, epochs, progress=progress, state=rate)


# measured on one core, 2 to 100 features: from here on the pass costs less than the epochs that it saves
_MOMENTS_FROM_ROWS, _MOMENTS_FROM_EPOCHS = 10_000, 50


def _moments_pay(arrays: dict[str, jax.Array], lr: Any, epochs: int) -> bool:
    X = arrays["X"]
    if any(isinstance(each, Tracer) for each in (*arrays.values(), lr)):
        return False
    many = X.shape[0] >= _MOMENTS_FROM_ROWS and epochs >= max(X.shape[1], _MOMENTS_FROM_EPOCHS)
    places = {device for part in arrays.values() for device in part.devices()}
    return many and X.dtype in (np.float32, np.float64) and len(places) == 1 and places.pop().platform == "cpu"


def _fit_moments(start: Params, found: Moments, lr: Any, epochs: int, progress: Any) -> Fit:
    """Take the steps of the whole loop on the moments, in float64, and return the result in the dtype of `start`."""
    dtype = start["W"].dtype
    if callable(progress):
        progress = functools.partial(_outside, jax.config.read("jax_enable_x64"), progress)
    with jax.enable_x64(True):
        wide = {name: jnp.asarray(part, jnp.float64) for name, part in start.items()}
        rate = _Rate(jnp.asarray(np.asarray(lr, dtype), jnp.float64))  # the rate that the loop in `dtype` would take
        data = jnp.asarray(found.mean), jnp.asarray(found.covariance)
        try:
            fit = train.fit(_mse_within(dtype), wide, data, _DESCENT, epochs, progress=progress, state=rate)
        except (train.DivergenceError, train.InterruptedFit) as error:
            error.fit = _as(error.fit, dtype)
            raise
        return _as(fit, dtype)


def _outside(x64: bool, progress: Callable[[train.Progress], object], now: train.Progress) -> None:
    with jax.enable_x64(x64):  # the caller's function runs with the caller's setting
        progress(now)


@functools.cache  # one function a dtype, so that a second call compiles nothing
def _mse_within(dtype: np.dtype[Any]) -> Callable[..., jax.Array]:
    largest = float(jnp.finfo(dtype).max)

    def loss(params: Params, mean: jax.Array, covariance: jax.Array) -> jax.Array:
        value = mse_of_moments(params, mean, covariance)
        return jnp.where(value > largest, jnp.inf, value)

    return loss


def _as(fit: Fit, dtype: Any) -> Fit:
    return fit._replace(
        params=jax.tree.map(lambda part: part.astype(dtype), fit.params), losses=fit.losses.astype(dtype)
    )


def _check_moments(start: Params, found: Moments, y: Any, lr: Any) -> None:
    if y is not None:
        raise ArgumentTypeError("no `y` beside moments, which hold the targets", describe(y))
    _check_names(start)
    W, b, outputs = start["W"], start["b"], len(found.mean) - found.features
    if W.shape != (found.features, outputs) or b.shape != (outputs,):
        got = f"{_shown(start)}, moments of {found.features} features and {outputs} outputs"
        raise ShapeError("W (features, outputs) and b (outputs,)", got)
    _check_dtypes(start)
    _check_rate(lr)


_MANY = 10_000  # elements of X; above, transposing X is worth a compilation


@jax.jit
def _columns(X: jax.Array, y: jax.Array) -> tuple[jax.Array, jax.Array]:
    return X.T, y.T


def _mse_of_columns(params: Params, X: jax.Array, y: jax.Array) -> jax.Array:
    # samples as columns: W's gradient is then a product along contiguous memory. For many samples on a CPU that is five
    # times as fast, because otherwise XLA transposes X in every epoch
    return mse_loss(add(matmul(t(params["W"]), X), unsqueeze(params["b"], 1)), y)


def _check(arrays: dict[str, jax.Array], lr: Any) -> None:
    _check_names({name: part for name, part in arrays.items() if name not in ("X", "y")})
    W, b, X, y = (arrays[name] for name in ("W", "b", "X", "y"))
    fits = X.ndim == W.ndim == y.ndim == 2 and W.shape == (X.shape[1], y.shape[1]) and b.shape == y.shape[1:]
    if not fits or X.shape[0] != y.shape[0]:
        advice = "Give y as (n, 1): y.reshape(-1, 1)." if y.ndim == 1 else ""
        wanted = "W (features, outputs), b (outputs,), X (n, features) and y (n, outputs)"
        raise ShapeError(wanted, _shown(arrays), advice)
    if X.size == 0 or y.size == 0:
        raise ShapeError("at least one sample", _shown(arrays))
    _check_dtypes(arrays)
    _check_rate(lr)


def _check_names(params: Params) -> None:
    if set(params) != {"W", "b"}:
        raise ArgumentValueError('`params` to be {"W": ..., "b": ...}', ", ".join(sorted(params)))


def _check_dtypes(arrays: dict[str, jax.Array]) -> None:
    dtypes = {part.dtype for part in arrays.values()}
    if len(dtypes) > 1 or not as_dtype(dtypes.pop()).is_floating_point:
        raise DTypeError("one floating point dtype for all", _shown(arrays), "Cast with jaxfun.float(x).")


def _check_rate(lr: Any) -> None:
    if not isinstance(lr, jax.Array) and not 0 < lr < float("inf"):
        raise ArgumentValueError("a learning rate above 0", describe(lr))


def _shown(arrays: dict[str, jax.Array]) -> str:
    return ", ".join(f"{name} {describe(part)}" for name, part in arrays.items())
