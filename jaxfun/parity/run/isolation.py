"""Run both libraries with their default settings, so that a verdict does not depend on the caller's settings."""

import contextlib
import warnings
from collections.abc import Iterator

import jax

from . import torch_side


@contextlib.contextmanager
def isolated() -> Iterator[None]:
    """Run a block with JAX's and PyTorch's default settings. Warnings are ignored: they are not part of a verdict."""
    with (
        warnings.catch_warnings(action="ignore"),
        jax.disable_jit(False),
        jax.debug_nans(False),
        jax.debug_infs(False),
        jax.transfer_guard("allow"),
        torch_side.as_by_default(),
    ):
        yield
