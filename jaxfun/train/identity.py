"""Which run a checkpoint belongs to: shapes, settings, and two numbers that tell losses, data and rates apart."""

import functools
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import optax

from .placed import described
from .step import Rule, State, moved, slope_of


def identity_of(rule: Rule, batch_size: int | None, state: State, batch: tuple[Any, ...], rows: Any) -> dict[str, Any]:
    """Describe a run. `batch` are rows as the first step takes them, though not the same rows."""
    value, change = _probe(rule, state, batch)
    return {
        **described("params", state.params),
        **described("buffers", state.buffers),
        "state of the optimiser": str(jax.tree.structure(state.optimizer)),
        "data": ", ".join(f"{part.dtype}{list(part.shape[1:])}" for part in jax.tree.leaves(batch)),
        "rows": rows,
        "batch_size": batch_size,
        "blocks": len(rule.blocks.counts) if rule.blocks else None,
        "key": None if state.key is None else np.asarray(jax.random.key_data(state.key)).tolist(),
        "keyed": rule.keyed,
        "has_aux": rule.has_aux,
        "patience": rule.patience,
        "validation": state.best is not None,
        "loss of the start on some rows": float(value),
        "size of a first step": float(change),
    }


@functools.partial(jax.jit, static_argnums=(0,))
def _probe(rule: Rule, state: State, batch: tuple[Any, ...]) -> tuple[Any, Any]:
    """Return a loss of the start, and the length of the step after it."""
    (value, _), slope = slope_of(rule, state, batch, state.key if rule.keyed else None)
    params, _ = moved(rule, state, value, slope, lambda _: value)
    return value, optax.tree.norm(jax.tree.map(jnp.subtract, params, state.params))
