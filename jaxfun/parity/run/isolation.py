"""A check gives one verdict, whatever its caller has set: both libraries run as by default inside of it."""

import contextlib
import warnings
from collections.abc import Iterator

import jax

from . import torch_side


@contextlib.contextmanager
def isolated() -> Iterator[None]:
    """Run a block with the settings of JAX and PyTorch that change how functions run as they are by default.

    Warnings are ignored: they are no part of an answer.
    """
    with (
        warnings.catch_warnings(action="ignore"),
        jax.disable_jit(False),
        jax.debug_nans(False),
        jax.debug_infs(False),
        jax.transfer_guard("allow"),
        torch_side.as_by_default(),
    ):
        yield
