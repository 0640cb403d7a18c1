"""The layers of a recurrent network, of any cell: the weights of each, dropout between them, padding and packing.

Begin with `of_input`.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp

from ...core.checks import want_one_dtype
from ...core.dims import broadcast_shapes
from ...core.dtypes import as_dtype, canonical, computed_in, int64
from ...core.errors import DTypeError, PositionError, ShapeError, describe
from ._recurrence import Arrays, Cell, Given, recurrence, times
from .dropout import dropout as dropped


class Layers(NamedTuple):
    """The layers that a call asks for, and the random key of their dropout."""

    has_biases: bool
    num_layers: int
    dropout: float
    train: bool
    bidirectional: bool
    key: jax.Array | None = None


class Weights(NamedTuple):
    """The weights of one direction of a layer."""

    of_input: jax.Array
    of_state: jax.Array
    biases: Arrays
    projection: jax.Array | None


Results = tuple[jax.Array, Arrays]  # the hidden states of the last layer, and the last states of all layers


def of_input(
    cell: Cell,
    input: jax.Array,
    hx: Arrays,
    params: Sequence[jax.Array],
    layers: Layers,
    batch_first: bool,
    lengths: jax.Array | None,
) -> Results:
    """Apply layers to an input (t, b, n), (b, t, n) or (t, n)."""
    is_single = input.ndim == 2 and all(each.ndim == 2 for each in hx)
    if is_single:
        output, last = of_input(cell, input[:, None], _each(hx, lambda x: x[:, None]), params, layers, False, lengths)
        return output[:, 0], _each(last, lambda x: x[:, 0])
    if input.ndim != 3:
        raise PositionError("an input of 3 dimensions", describe(input))
    x = jnp.swapaxes(input, 0, 1) if batch_first else input
    mask = None if lengths is None else _within(lengths, *x.shape[:2])
    output, last = _through(cell, x, hx, params, layers, mask)
    return (jnp.swapaxes(output, 0, 1) if batch_first else output), last


def two_states(hx: Sequence[jax.Array]) -> Arrays:
    """Return the states of an LSTM. Raises: ShapeError unless there are two."""
    if len(hx) != 2:
        raise ShapeError("two states: the hidden and the cell state", describe(tuple(hx)))
    return tuple(hx)


def _each(arrays: Arrays, change: Any) -> Arrays:
    return tuple(map(change, arrays))


def _within(lengths: jax.Array, steps: int, batch: int) -> jax.Array:
    """Return the mask of the steps within the lengths; (t, b, 1)."""
    if lengths.shape != (batch,) or not jnp.issubdtype(lengths.dtype, jnp.integer):
        raise ShapeError(f"`lengths` to be {batch} integers, one for each sequence", describe(lengths))
    return (jnp.arange(steps)[:, None] < lengths)[..., None]


def of_data(
    cell: Cell,
    data: jax.Array,
    batch_sizes: jax.Array,
    hx: Arrays,
    params: Sequence[jax.Array],
    layers: Layers,
) -> Results:
    """Apply layers to a packed sequence: the steps one after the other, each with the sequences that reach it."""
    if batch_sizes.dtype != canonical(int64).dtype:
        raise DTypeError("`batch_sizes` of dtype int64", describe(batch_sizes))
    if batch_sizes.ndim != 1 or data.ndim != 2 or any(each.ndim != 3 for each in hx):
        raise PositionError("data (n, m), batch sizes (t), states (k, b, m)", describe((data, batch_sizes, *hx)))
    sequences, ends = jnp.arange(hx[0].shape[1]), jnp.cumsum(batch_sizes)
    mask = sequences < batch_sizes[:, None]
    places = jnp.where(mask, (ends - batch_sizes)[:, None] + sequences, data.shape[0])
    padded = data.at[places].get(mode="fill", fill_value=0)
    output, last = _through(cell, padded, hx, params, layers, mask[..., None])
    rows = jnp.arange(data.shape[0])
    step = jnp.searchsorted(ends, rows, side="right")
    return output[step, rows - (ends - batch_sizes)[step]], last


def _through(
    cell: Cell, x: jax.Array, hx: Arrays, params: Sequence[jax.Array], layers: Layers, mask: jax.Array | None
) -> Results:
    """Apply layers to (t, b, n), in the dtype that is computed in."""
    if not x.shape[0]:
        raise ShapeError("a sequence of at least one step", describe(x))
    directions = 2 if layers.bidirectional else 1
    weights = _weights(hx, params, layers, layers.num_layers * directions)
    want_one_dtype(x, *hx, *params)
    own, wide = x.dtype, computed_in(as_dtype(x.dtype)).dtype
    x, hx, weights = jax.tree.map(lambda each: each.astype(wide), (x, hx, weights))
    lasts: list[Arrays] = []
    for layer in range(layers.num_layers):
        if layer and layers.train:
            x = _dropped(x, layers, layer)
        outputs = []
        for is_reversed in (False, True)[:directions]:
            place = layer * directions + is_reversed
            state = tuple(each[place] for each in hx)
            output, last = _directed(cell, x, state, weights[place], is_reversed, mask)
            outputs.append(output)
            lasts.append(last)
        x = jnp.concatenate(outputs, -1)
    return x.astype(own), tuple(jnp.stack(each).astype(own) for each in zip(*lasts, strict=True))


def _weights(hx: Arrays, params: Sequence[jax.Array], layers: Layers, count: int) -> list[Weights]:
    """Return the weights of each direction of each layer.

    Raises: ShapeError unless there are weights and states for each.
    """
    has_projection = len(hx) == 2 and hx[0].shape[2:] != hx[1].shape[2:]
    size = 2 + 2 * layers.has_biases + has_projection
    if not count or len(params) != size * count:
        raise ShapeError(f"{size} weights for each of {max(count, 1)} layers and directions", f"{len(params)} weights")
    if any(each.ndim != 3 or each.shape[0] != count for each in hx):
        raise PositionError(f"states of shape ({count}, b, m)", describe(tuple(hx)))
    groups = (params[at : at + size] for at in range(0, len(params), size))
    biases = slice(2, 4 if layers.has_biases else 2)
    return [Weights(each[0], each[1], tuple(each[biases]), each[-1] if has_projection else None) for each in groups]


def _dropped(x: jax.Array, layers: Layers, layer: int) -> jax.Array:
    if not 0 <= layers.dropout <= 1:
        raise ShapeError("`dropout` between 0 and 1", describe(layers.dropout))
    key = None if layers.key is None else jax.random.fold_in(layers.key, layer)
    return dropped(x, layers.dropout, key=key)


def _directed(
    cell: Cell, x: jax.Array, state: Arrays, weights: Weights, is_reversed: bool, mask: jax.Array | None
) -> Results:
    """Apply one direction of a layer."""
    want_weights(cell, x, state, weights)
    gates, bias = times(x, weights.of_input), None
    if weights.biases:
        first, second = weights.biases
        gates, bias = (gates + first, second) if cell.keeps_bias else (gates, first + second)
    given = Given(gates, state, weights.of_state, bias, weights.projection, mask)
    output, last = recurrence(cell, is_reversed, given)
    return (output if mask is None else jnp.where(mask, output, 0)), last


def want_weights(cell: Cell, x: jax.Array, state: Arrays, weights: Weights) -> None:
    """Raise ShapeError unless the shapes of an input, a state and weights fit together."""
    size = state[-1].shape[-1] * cell.gates
    wanted = [
        (weights.of_input, (size, x.shape[-1])),
        (weights.of_state, (size, state[0].shape[-1])),
        *((each, (x.shape[-2], each.shape[-1])) for each in state),
    ]
    if weights.projection is not None:
        wanted.append((weights.projection, (state[0].shape[-1], state[1].shape[-1])))
    for array, shape in wanted:
        if array.shape != shape:
            error = ShapeError if array.ndim == len(shape) else PositionError
            raise error(f"a tensor of shape {list(shape)}", describe(array))
    for bias in weights.biases:
        if broadcast_shapes(bias.shape, (size,)) != (size,):
            raise ShapeError(f"a bias of shape [{size}]", describe(bias))
