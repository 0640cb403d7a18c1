"""The norms of traced torch programs, which return statistics too, beside torch's."""

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest
import torch

import jaxfun as jf
from jaxfun.parity.run import torch_side
from jaxfun.parity.run.outcome import outcome
from jaxfun.parity.search.verdicts import raises_alike
from parity_tests.test_running_statistics import ROUNDING

DTYPES = (
    *((dtype, dtype) for dtype in ("float64", "float32", "float16", "bfloat16")),
    ("float16", "float32"),
    ("bfloat16", "float32"),
)
# arguments after the input, in which a letter stands for a vector of as many elements
CALLS: list[tuple[str, tuple[int, ...], tuple[Any, ...]]] = [
    ("native_layer_norm", (2, 3, 4), ((4,), "d", "d", 1e-5)),
    ("native_layer_norm", (2, 3, 4), ([4], None, None, 0.5)),
    ("native_layer_norm", (2, 3, 4), ((3, 4), None, None, 1e-5)),
    ("native_layer_norm", (2, 3, 4), ((3,), None, None, 1e-5)),
    ("native_group_norm", (2, 4, 3), ("d", "d", 2, 4, 3, 2, 1e-5)),
    ("native_group_norm", (2, 4, 3), (None, "d", 2, 4, 3, 4, 0.5)),
    ("native_group_norm", (24,), (None, None, 2, 4, 3, 1, 1e-5)),
    ("native_group_norm", (1, 2, 1), ("b", "b", 1, 2, 1, 2, 1e-5)),
    ("native_group_norm", (2, 4, 3), (None, None, 2, 4, 2, 2, 1e-5)),
    ("native_group_norm", (2, 4, 3), (None, None, 2, 4, 3, 3, 1e-5)),
    ("native_group_norm", (2, 4, 3), ("c", None, 2, 4, 3, 2, 1e-5)),
    ("native_batch_norm", (2, 3, 4), (None, None, None, None, True, 0.1, 1e-5)),
    ("native_batch_norm", (2, 3, 4), ("c", "c", "c", "c", True, 0.1, 1e-5)),
    ("native_batch_norm", (2, 3, 4), ("c", "c", "c", "c", False, 0.1, 0.5)),
]


def both(name: str, shape: tuple[int, ...], args: tuple[Any, ...], dtypes: tuple[str, str]) -> Any:
    """Return the results and the gradients of both sides, None where both raise."""
    generator = np.random.default_rng(0)
    vectors = [generator.uniform(0.5, 2, ord(each) - ord("a") + 1) if isinstance(each, str) else each for each in args]
    x = generator.normal(size=shape) * 2 + 1

    def given(make: Any) -> list[Any]:
        return [make(each, dtypes[1]) if isinstance(each, np.ndarray) else each for each in vectors]

    tensor = torch.tensor(x, dtype=getattr(torch, dtypes[0]), requires_grad=True)
    named = given(lambda each, dtype: torch.tensor(each, dtype=getattr(torch, dtype)))
    theirs, their_error = outcome(lambda: getattr(torch, name)(tensor, *named))
    our_named = given(jnp.asarray)
    ours, error = outcome(lambda: jax.vjp(lambda x: getattr(jf, name)(x, *our_named), jnp.asarray(x, dtypes[0])))
    assert raises_alike(error, their_error).ok, (error, their_error)
    if theirs is None:
        return None
    results, pull = ours
    if len(results) == 5:  # torch writes the statistics into its arguments
        theirs = (*theirs, *named[2:4])
    along = [generator.normal(size=each.shape) for each in results]
    (gradient,) = pull(tuple(jnp.asarray(each, result.dtype) for each, result in zip(along, results, strict=True)))
    (slope,) = torch.autograd.grad(theirs[0], tensor, torch.tensor(along[0], dtype=tensor.dtype))
    return (*results, gradient), (*theirs, slope)


@pytest.mark.proves("native_layer_norm", "native_group_norm", "native_batch_norm")
@pytest.mark.parametrize("dtypes", DTYPES, ids=str)
@pytest.mark.parametrize(("name", "shape", "args"), CALLS, ids=str)
def test_results_and_gradients_are_torchs(
    name: str, shape: tuple[int, ...], args: tuple[Any, ...], dtypes: tuple[str, str]
) -> None:
    results = both(name, shape, args, dtypes)
    if results is None:
        return
    rounding = max(map(ROUNDING.__getitem__, dtypes))
    for mine, item in zip(*results, strict=True):
        want = torch_side.numpy(item.detach())
        assert (mine.dtype, mine.shape) == (want.dtype, want.shape)
        np.testing.assert_allclose(np.asarray(mine, float), want.astype(float), rtol=rounding, atol=rounding)
