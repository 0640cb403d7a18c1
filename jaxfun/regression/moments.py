"""Least squares from two moments of the data: one pass over the rows, then epochs whose cost is features², not rows.

With the mean m and the covariance C of z = (x, y), and A = [W; -I], the mean squared error is

    mse(W, b) = mean over the outputs of  diag(Aᵀ C A) + (b + m A)²
"""

import functools
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax.core import Tracer

from ..core.errors import ArgumentTypeError, DTypeError, ShapeError, describe
from ..core.public import public
from .model import Params


@dataclass(frozen=True, eq=False)
class Moments:
    """What least squares needs of the rows z = (x, y), in float64.

    The number of rows `count`, their `mean` (features + outputs,), the `scatter` sum (z - mean)ᵀ (z - mean), and how
    many of the columns are `features`.
    """

    count: int
    mean: np.ndarray
    scatter: np.ndarray
    features: int

    @property
    def covariance(self) -> np.ndarray:
        """The scatter of one row, `scatter / count`."""
        return self.scatter / self.count


@public(name="regression.moments")
def moments(X: Any, y: Any = None) -> Moments:
    """Return the moments of the rows (x, y): count, mean and centred sums of products, in float64, on the host.

    `X` and `y` are arrays. For data larger than memory `X` is an iterable of such pairs, and there is no `y`.
    Shapes: X (n, features), y (n, outputs).
    Dtypes: any real dtype; a number is converted to float64 before it is multiplied. A NaN or an infinity makes the
    moments NaN.
    Raises: RuntimeError where shapes do not fit or there is no row; TypeError for traced arrays.

    >>> import numpy as np, jaxfun as jf
    >>> found = jf.regression.moments(np.array([[1.0], [3.0]]), np.array([[2.0], [6.0]]))
    >>> found.count, found.mean.tolist(), found.scatter.tolist()
    (2, [2.0, 4.0], [[2.0, 4.0], [4.0, 8.0]])

    In chunks:

    >>> chunks = [(np.ones((5, 2)), np.zeros((5, 1))), (np.zeros((3, 2)), np.ones((3, 1)))]
    >>> jf.regression.moments(chunks).count
    8
    """
    found = None
    for x, t in [(X, y)] if y is not None else _pairs(X):
        one = _moments(_rows(x), _rows(t))
        found = one if found is None else merge(found, one)
    if found is None:
        raise ShapeError("at least one sample", "no chunk")
    return found


@public(name="regression.merge")
def merge(a: Moments, b: Moments) -> Moments:
    """Return the moments of the rows of `a` and `b` together, by Chan's formula.

    Raises: RuntimeError where the numbers of features or outputs differ.

    >>> import numpy as np, jaxfun as jf
    >>> X, y = np.array([[1.0], [3.0]]), np.array([[2.0], [6.0]])
    >>> parts = [jf.regression.moments(X[i:], y[i:]) for i in (0, 1)]
    >>> jf.regression.merge(*parts).count
    3
    """
    if (a.mean.shape, a.features) != (b.mean.shape, b.features):
        raise ShapeError("moments of the same columns", f"{_columns(a)} and {_columns(b)}")
    count = a.count + b.count
    with np.errstate(over="ignore", invalid="ignore"):
        away = b.mean - a.mean
        mean = a.mean + away * (b.count / count)
        scatter = a.scatter + b.scatter + np.outer(away, away) * (a.count * (b.count / count))
    return Moments(count, mean, scatter, a.features)


@public(name="regression.mse_of_moments", runs_callbacks=True)
def mse_of_moments(params: Params, mean: Any, covariance: Any) -> jax.Array:
    """Return the mean squared error over all rows, from their mean and covariance: a loss for any optimiser.

    The data for `train.fit` are `(moments.mean, moments.covariance)`. The losses are those of `mse` on all rows in
    float64, with an error of about 1e-15 of the first loss, because a loss is here a difference of covariances.
    Shapes: W (features, outputs), b (outputs,), mean (features + outputs,), covariance (features + outputs, the same)
    -> ().
    Dtypes: float64 alone, because float32 would leave three or four digits. With 64-bit types off, use
    `jax.enable_x64(True)` around `train.fit`.
    Raises: RuntimeError where shapes or dtypes do not fit.

    >>> import jax, optax, jaxfun as jf
    >>> found = jf.regression.moments(*jf.regression.make_data(jax.random.key(0), 1000))
    >>> with jax.enable_x64(True):
    ...     start, data = jf.regression.init(1, dtype=jf.float64), (found.mean, found.covariance)
    ...     fit = jf.train.fit(jf.regression.mse_of_moments, start, data, optax.sgd(0.1), 500)
    >>> round(float(fit.params["W"][0, 0]), 1)
    2.0
    """
    W, b, mean, covariance = (jnp.asarray(each) for each in (params["W"], params["b"], mean, covariance))
    shown = f"W {describe(W)}, b {describe(b)}, mean {describe(mean)}, covariance {describe(covariance)}"
    if W.ndim != 2 or b.shape != W.shape[1:] or mean.shape != (sum(W.shape),) or covariance.shape != mean.shape * 2:
        raise ShapeError("W (features, outputs), b (outputs,), and moments of features + outputs columns", shown)
    if {each.dtype for each in (W, b, mean, covariance)} != {np.dtype(np.float64)}:
        raise DTypeError("float64 for all", shown, "Use jax.enable_x64(True) around the fit, and float64 parameters.")
    A = jnp.concatenate([W, -jnp.eye(W.shape[1], dtype=W.dtype)])
    return jnp.mean(jnp.sum(A * (covariance @ A), 0) + (b + mean @ A) ** 2)


def _pairs(chunks: Any) -> Iterable[tuple[Any, Any]]:
    advice = "Give arrays X and y, or chunks such as `rows.chunks(100_000)`."
    if hasattr(chunks, "dtype") or not isinstance(chunks, Iterable):
        raise ArgumentTypeError("`y` beside an array, or an iterable of pairs (X, y)", describe(chunks), advice)
    for chunk in chunks:
        if not isinstance(chunk, (tuple, list)) or len(chunk) != 2:
            raise ArgumentTypeError("each chunk to be a pair (X, y)", describe(chunk), advice)
        yield chunk[0], chunk[1]


def _rows(part: Any) -> np.ndarray:
    if isinstance(part, Tracer):
        raise ArgumentTypeError("arrays that are not traced", describe(part), "Compute the moments outside of jit.")
    array = np.asarray(part)
    if array.ndim != 2:
        advice = "Give y as (n, 1): y.reshape(-1, 1)." if array.ndim == 1 else ""
        raise ShapeError("X (n, features) and y (n, outputs)", describe(array), advice)
    if not (np.issubdtype(array.dtype, np.number) or array.dtype == bool or array.dtype.kind == "V") or (
        np.issubdtype(array.dtype, np.complexfloating)
    ):
        raise DTypeError("real numbers", describe(array))
    return array


_ROWS = 8192  # in a block, so that it stays in the cache while it is centred and multiplied


def _moments(X: np.ndarray, y: np.ndarray) -> Moments:
    if len(X) != len(y) or not len(X) or not X.shape[1] or not y.shape[1]:
        raise ShapeError("X (n, features) and y (n, outputs), at least one sample", f"{describe(X)}, {describe(y)}")
    blocks = (_of_block(X[i : i + _ROWS], y[i : i + _ROWS]) for i in range(0, len(X), _ROWS))
    return functools.reduce(merge, blocks)


def _of_block(X: np.ndarray, y: np.ndarray) -> Moments:
    Z, ones = np.concatenate([X, y], 1, dtype=np.float64, casting="unsafe"), np.ones(len(X))
    with np.errstate(over="ignore", invalid="ignore"):  # an infinity makes the moments NaN; a fit reports it
        mean = ones @ Z / len(Z)
        Z -= mean
        left = ones @ Z / len(Z)  # the rounding error of the mean
        return Moments(len(Z), mean + left, Z.T @ Z - len(Z) * np.outer(left, left), X.shape[1])


def _columns(moments: Moments) -> str:
    return f"{moments.features} features and {len(moments.mean) - moments.features} outputs"
