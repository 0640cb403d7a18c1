"""Settings for the engine's tests: they check with the engine's defaults, whatever options the suite has."""

from collections.abc import Iterator

import jax
import pytest

from jaxfun import parity

collect_ignore = ["typing"]  # for pyright only, never run


@pytest.fixture(autouse=True)
def plain_defaults() -> Iterator[None]:
    with parity.defaults():
        yield


@pytest.fixture
def as_users_have_it() -> Iterator[None]:
    """JAX as it is by default: 32 bits, and its own promotion, by which optax mixes dtypes."""
    with jax.enable_x64(False), jax.numpy_dtype_promotion("standard"):
        yield
