"""Random points near a line, for the tutorial's example (`make_data`)."""

from collections.abc import Sequence
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from ..core.dtypes import required
from ..core.errors import ShapeError
from ..core.public import public
from ..ops.creation.random import rand, randn


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
