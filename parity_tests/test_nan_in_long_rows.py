"""One NaN among hundreds of elements is propagated. XLA's CPU compiler drops it from a long maximum.

It also drops NaN from an elementwise maximum or minimum that is fused into a sum.
"""

import math

import jax
import numpy as np
import pytest
import torch

import jaxfun as jf

REDUCTIONS = {
    "amax": lambda library, x: library.amax(x, 1),
    "amin": lambda library, x: library.amin(x, 1),
    "max": lambda library, x: library.max(x[0]),
    "min": lambda library, x: library.min(x[0]),
    "max along": lambda library, x: library.max(x, 1)[0],
    "aminmax": lambda library, x: library.aminmax(x, dim=1)[1],
    "largest norm": lambda library, x: library.norm(x, math.inf, 1),
    "smallest norm": lambda library, x: library.norm(x, -math.inf, 1),
    "renorm": lambda library, x: library.renorm(x, math.inf, 0, 1.0),
    "dist": lambda library, x: library.dist(x[0], x[1], math.inf),
    "logsumexp": lambda library, x: library.logsumexp(x, 1),
    "cummax": lambda library, x: library.cummax(x, 1)[0],
    "quantile": lambda library, x: library.quantile(x, 0.3, 1),
}


@pytest.fixture(scope="module")
def rows() -> np.ndarray:
    random = np.random.default_rng(0)
    numbers = random.normal(size=(40, 200)).astype(np.float32)
    numbers[random.random(numbers.shape) < 0.01] = np.nan
    numbers[0] = np.abs(numbers[0])
    numbers[0, 100] = np.nan
    return numbers


@pytest.mark.parametrize("name", REDUCTIONS)
@pytest.mark.parametrize("way", [lambda f: f, jax.jit], ids=["eager", "compiled"])
def test_nan_in_a_long_row_is_propagated(name: str, way, rows: np.ndarray) -> None:
    reduction = REDUCTIONS[name]
    theirs = reduction(torch, torch.from_numpy(rows)).numpy()
    ours = way(lambda x: reduction(jf, x))(rows)
    np.testing.assert_array_equal(np.isnan(ours), np.isnan(theirs))


@pytest.mark.parametrize("p", [0.0, 1.0, 2.0, 3.0])
def test_nan_in_one_of_many_distances_is_propagated(p: float, rows: np.ndarray) -> None:
    points = rows.reshape(40, 10, 4, 5)
    theirs = torch.cdist(torch.from_numpy(points), torch.from_numpy(points), p).numpy()
    ours = jax.jit(jax.vmap(lambda x: jf.cdist(x, x, p)))(points)
    np.testing.assert_array_equal(np.isnan(ours), np.isnan(theirs))
