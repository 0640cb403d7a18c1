"""The model: `linear`, its start, its loss and its quality. `Params` is a dict of `W` and `b`."""

from typing import Any

import jax
import jax.numpy as jnp

from ..core.public import public
from ..ops.creation.fill import zeros
from ..ops.linalg.matmul import matmul
from ..ops.nn.regression import mse_loss
from ..ops.pointwise.arithmetic import add

Params = dict[str, jax.Array]


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
