"""The recurrence of LSTM, GRU and plain RNN: a scan over time, and its derivative.

The derivative is a linear scan. All that does not depend on the step before it is computed for all steps at once: the
slopes of the gates, and the gradient of the weights as one product. Begin with `recurrence`.
"""

import functools
import operator
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp

from ...core.sizes import is_open
from ..pointwise.trigonometric import tanh
from .activation import relu

Arrays = tuple[jax.Array, ...]


def _scan(step: Callable[..., Any], state: Any, items: Any, *, reverse: bool) -> Any:
    # two steps an iteration: on the CPU a fifth faster, and hardly more to compile
    unroll = 1 if is_open(jax.tree.leaves(items)[0].shape[0]) else 2
    return jax.lax.scan(step, state, items, reverse=reverse, unroll=unroll)


class Cell(NamedTuple):
    """A cell: `gates` vectors of pre-activations in each step, x from the input and p from the last hidden state.

    - `step(x, p, state)` returns the new state, and what its derivative needs of the step.
    - `slopes(saved, states)` returns the derivatives by x and by p, and `rest`, that by the last state. `states` are
      those before each step.
    - `mix(gates)` returns the sum of the gates that each part of the state is made of.
    - `close(mixed, rest, tangents)` returns the tangents of the new state, from those of the last.
    """

    gates: int
    step: Callable[[jax.Array, jax.Array, Arrays], tuple[Arrays, Arrays]]
    slopes: Callable[[Arrays, Arrays], tuple[jax.Array, jax.Array, Arrays]]
    mix: Callable[[jax.Array], Arrays]
    close: Callable[[Sequence[jax.Array], Arrays, Arrays], Arrays]
    scale: Callable[[jax.Array, jax.Array], jax.Array] = operator.mul  # multiplies tangents by slopes
    keeps_bias: bool = False  # the bias of p is not simply added to that of x


def times(x: jax.Array, weight: jax.Array) -> jax.Array:
    """Return `x @ weight.T` in full precision."""
    return jnp.matmul(x, weight.T, precision=jax.lax.Precision.HIGHEST)


# LSTM, with the gates i, f, g, o: c' = f c + i g and h' = o tanh(c').


def _lstm_step(x: jax.Array, p: jax.Array, state: Arrays) -> tuple[Arrays, Arrays]:
    gates = x + p
    # XLA on the CPU would compute every gate anew for each of its uses
    i, f, _, o = jnp.split(jax.lax.optimization_barrier(jax.nn.sigmoid(gates)), 4, -1)
    g = jnp.tanh(jnp.split(gates, 4, -1)[2])
    c = f * state[1] + i * g
    return (o * jnp.tanh(c), c), (i, f, g, o, c)


def _lstm_slopes(saved: Arrays, states: Arrays) -> tuple[jax.Array, jax.Array, Arrays]:
    i, f, g, o, c = saved
    size = jnp.tanh(c)
    by = jnp.concatenate([g * i * (1 - i), states[1] * f * (1 - f), i * (1 - g * g), size * o * (1 - o)], -1)
    return by, by, (f, o * (1 - size * size))


def _lstm_mix(gates: jax.Array) -> Arrays:
    i, f, g, o = jnp.split(gates, 4, -1)
    return o, i + f + g


def _lstm_close(mixed: Sequence[jax.Array], rest: Arrays, tangents: Arrays) -> Arrays:
    c = mixed[1] + rest[0] * tangents[1]
    return mixed[0] + rest[1] * c, c


LSTM = Cell(4, _lstm_step, _lstm_slopes, _lstm_mix, _lstm_close)


# GRU, with the gates r, z, n, where n = tanh(xn + r pn): h' = (1 - z) n + z h.


def _gru_step(x: jax.Array, p: jax.Array, state: Arrays) -> tuple[Arrays, Arrays]:
    (xr, xz, xn), (pr, pz, pn) = jnp.split(x, 3, -1), jnp.split(p, 3, -1)
    r, z = jax.nn.sigmoid(xr + pr), jax.nn.sigmoid(xz + pz)
    n = jnp.tanh(xn + r * pn)
    return ((state[0] - n) * z + n,), (r, z, n, pn)


def _gru_slopes(saved: Arrays, states: Arrays) -> tuple[jax.Array, jax.Array, Arrays]:
    r, z, n, pn = saved
    by_n = (1 - z) * (1 - n * n)
    first = [by_n * pn * r * (1 - r), (states[0] - n) * z * (1 - z)]
    return jnp.concatenate([*first, by_n], -1), jnp.concatenate([*first, by_n * r], -1), (z,)


def _gru_mix(gates: jax.Array) -> Arrays:
    r, z, n = jnp.split(gates, 3, -1)
    return (r + z + n,)


def _gru_close(mixed: Sequence[jax.Array], rest: Arrays, tangents: Arrays) -> Arrays:
    return (mixed[0] + rest[0] * tangents[0],)


GRU = Cell(3, _gru_step, _gru_slopes, _gru_mix, _gru_close, keeps_bias=True)


# Plain RNN: h' = tanh(x + p) or relu(x + p).


def _plain(activation: Callable[[jax.Array], jax.Array], slope: Callable[[jax.Array], jax.Array], **more: Any) -> Cell:
    def step(x: jax.Array, p: jax.Array, state: Arrays) -> tuple[Arrays, Arrays]:
        h = activation(x + p)
        return (h,), (h,)

    def slopes(saved: Arrays, states: Arrays) -> tuple[jax.Array, jax.Array, Arrays]:
        by = slope(saved[0])
        return by, by, ()

    return Cell(1, step, slopes, lambda gates: (gates,), lambda mixed, rest, tangents: tuple(mixed), **more)


TANH = _plain(tanh, lambda h: 1 - h * h)
# a slope of 0 is 0 for an infinite tangent too
RELU = _plain(relu, lambda h: ~(h <= 0), scale=lambda slopes, x: jnp.where(slopes, x, 0))


class Given(NamedTuple):
    """The arrays of a recurrence, all of one floating point or complex dtype.

    - `gates`: the pre-activations from the input, of all steps; (t, b, gates * n).
    - `state`: the first hidden state, and the first cell state of an LSTM.
    - `weight`, `bias`: p is `h @ weight.T + bias`. `projection`: h is replaced by `h @ projection.T`.
    - `mask`: False in steps that leave the state as it is; (t, b, 1).
    """

    gates: jax.Array
    state: Arrays
    weight: jax.Array
    bias: jax.Array | None = None
    projection: jax.Array | None = None
    mask: jax.Array | None = None


@functools.partial(jax.custom_jvp, nondiff_argnums=(0, 1))
def recurrence(cell: Cell, is_reversed: bool, given: Given) -> tuple[jax.Array, Arrays]:
    """Return the hidden states after all steps, and the last state."""
    states, _, last = _scanned(cell, is_reversed, given)
    return states[0], last


def _scanned(cell: Cell, is_reversed: bool, given: Given) -> tuple[Arrays, tuple[Arrays, jax.Array], Arrays]:
    """Return the states after all steps, what their derivatives need, and the last state."""

    def step(state: Arrays, item: tuple[jax.Array, Any]) -> tuple[Arrays, Any]:
        x, mask = item
        p = times(state[0], given.weight)
        (h, *more), saved = cell.step(x, p if given.bias is None else p + given.bias, state)
        projected = h if given.projection is None else times(h, given.projection)
        new = _chosen(mask, (projected, *more), state)
        return new, (new, (saved, h))

    last, (states, saved) = _scan(step, given.state, (given.gates, given.mask), reverse=is_reversed)
    return states, saved, last


def _chosen(mask: jax.Array | None, new: Sequence[jax.Array], old: Arrays) -> Arrays:
    return tuple(new) if mask is None else tuple(jnp.where(mask, *pair) for pair in zip(new, old, strict=True))


@recurrence.defjvp
def _recurrence_jvp(cell: Cell, is_reversed: bool, primals: tuple[Given], tangents: tuple[Any]) -> Any:
    (given,), (d,) = primals, tangents
    states, (saved, h), last = _scanned(cell, is_reversed, given)
    before = tuple(_shifted(*pair, is_reversed) for pair in zip(given.state, states, strict=True))
    by_x, by_p, rest = cell.slopes(saved, before)
    d_p = times(before[0], d.weight)
    if given.bias is not None:
        d_p = d_p + d.bias
    driven = cell.mix(cell.scale(by_x, d.gates) + cell.scale(by_p, d_p))
    moved = None if given.projection is None else times(h, d.projection)

    def step(tangents: Arrays, item: Any) -> tuple[Arrays, jax.Array]:
        driven, by_p, rest, moved, mask = item
        mixed = cell.mix(cell.scale(by_p, times(tangents[0], given.weight)))
        new = cell.close([one + other for one, other in zip(driven, mixed, strict=True)], rest, tangents)
        if given.projection is not None:
            new = (times(new[0], given.projection) + moved, *new[1:])
        new = _chosen(mask, new, tangents)
        return new, new[0]

    d_last, d_states = _scan(step, d.state, (driven, by_p, rest, moved, given.mask), reverse=is_reversed)
    return (states[0], last), (d_states, d_last)


def _shifted(first: jax.Array, states: jax.Array, is_reversed: bool) -> jax.Array:
    """Return the state before each step."""
    parts = [states[1:], first[None]] if is_reversed else [first[None], states[:-1]]
    return jnp.concatenate(parts)
