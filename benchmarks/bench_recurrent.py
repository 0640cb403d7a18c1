"""Recurrent layers beside PyTorch's modules, and beside the cell's formulas in a scan of plain JAX.

`--to FILE` keeps the figures as CSV; `docs/speed.md` has them as a table.
"""

import functools
from collections.abc import Callable, Iterator
from typing import Any

import _sides
import jax
import jax.numpy as jnp
import torch
from _sides import Row, arrays_of, measured

import jaxfun as jf

DATA = _sides.DATA / "recurrent.csv"
STEPS = 128
SIZES = ((16, 128), (32, 256))  # batch, features
ABOUT = f"{_sides.ABOUT}\n{STEPS} steps."

Cell = Callable[[jax.Array, jax.Array, tuple[jax.Array, ...]], tuple[jax.Array, ...]]


def lstm(x: jax.Array, p: jax.Array, state: tuple[jax.Array, ...]) -> tuple[jax.Array, ...]:
    i, f, g, o = jnp.split(x + p, 4, -1)
    cell = jax.nn.sigmoid(f) * state[1] + jax.nn.sigmoid(i) * jnp.tanh(g)
    return jax.nn.sigmoid(o) * jnp.tanh(cell), cell


def gru(x: jax.Array, p: jax.Array, state: tuple[jax.Array, ...]) -> tuple[jax.Array, ...]:
    (xr, xz, xn), (pr, pz, pn) = jnp.split(x, 3, -1), jnp.split(p, 3, -1)
    z = jax.nn.sigmoid(xz + pz)
    return ((1 - z) * jnp.tanh(xn + jax.nn.sigmoid(xr + pr) * pn) + z * state[0],)


CELLS: dict[str, tuple[Cell, int, int]] = {"lstm": (lstm, 4, 2), "gru": (gru, 3, 1)}  # with its gates and states


def scanned(name: str, x: jax.Array, *weights: jax.Array) -> jax.Array:
    """Return the outputs of one layer by a scan of the cell's formulas."""
    cell, _, states = CELLS[name]
    of_input, of_state, bias, other = weights

    def step(state: tuple[jax.Array, ...], gates: jax.Array) -> tuple[tuple[jax.Array, ...], jax.Array]:
        new = cell(gates, state[0] @ of_state.T + other, state)
        return new, new[0]

    zeros = jnp.zeros((x.shape[1], of_state.shape[1]))
    return jax.lax.scan(step, (zeros,) * states, x @ of_input.T + bias)[1]


def layer(library: Any, name: str, x: Any, *weights: Any) -> Any:
    """Return the outputs of one layer by a library's function."""
    state = library.zeros((1, x.shape[1], weights[1].shape[1]))
    hx = (state,) * CELLS[name][2]
    return getattr(library, name)(x, hx if len(hx) > 1 else state, weights, True, 1, 0.0, False, False, False)[0]


def rows() -> Iterator[Row]:
    for name, (_, gates, _) in CELLS.items():
        for batch, features in SIZES:
            size = gates * features
            shapes = ((STEPS, batch, features), (size, features), (size, features), (size,), (size,))

            text = f"{name}, batch {batch}, {features} features"
            ours, reference = (functools.partial(layer, library, name) for library in (jf, torch))
            yield from measured(text, ours, functools.partial(scanned, name), reference, arrays_of(shapes))


if __name__ == "__main__":
    _sides.main(__doc__, rows(), ABOUT)
