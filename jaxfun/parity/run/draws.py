"""Draw from the samplers of both libraries: each draw independent of the others."""

import inspect
from collections.abc import Callable
from typing import Any

import jax
import numpy as np

from .outcome import outcome

MOST_ONE_BY_ONE = 4096  # draws of a sampler that jax.vmap cannot batch


def draws_of_jax(sampler: Callable[[Any], Any], count: int, seed: int) -> np.ndarray:
    """Return draws from `count` different keys, stacked. If the sampler cannot be batched, there may be fewer."""
    keys = jax.random.split(jax.random.key(seed), count)
    batch, error = outcome(lambda: np.asarray(jax.jit(jax.vmap(sampler))(keys)))
    if error is None:
        return batch
    return np.stack([np.asarray(sampler(key)) for key in keys[:MOST_ONE_BY_ONE]])


def takes_generator(sampler: Callable[..., Any]) -> bool:
    """Return whether a torch sampler has a parameter without a default, which is then a generator.

    >>> takes_generator(lambda: 0), takes_generator(lambda generator: 0), takes_generator(lambda n=3: n)
    (False, True, False)
    """
    signature, error = outcome(lambda: inspect.signature(sampler))
    kinds = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    parameters = signature.parameters.values() if error is None else ()
    return any(each.kind in kinds and each.default is each.empty for each in parameters)
