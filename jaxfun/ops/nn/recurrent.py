"""Recurrent layers as torch's own functions take them, with a flat list of weights: `lstm`, `gru`, `rnn_tanh`, ...

A packed sequence is the overload `.data`. The layers themselves are in _layers.py.
"""

import functools
from collections.abc import Callable
from typing import Any

import jax
import numpy as np

from ...core.errors import ShapeError, describe
from ...core.numbers import is_traced
from ...core.op import op
from ...core.overloads import overloads
from ...core.record import BOOLS, COMPLEXES, INTEGERS, Array, Index, Integer, Mask, Row, Tensors, rows
from ._layers import Layers, of_data, of_input, two_states
from ._recurrence import GRU, LSTM, RELU, TANH, Cell

# The cases of the records: 3 inputs, 2 hidden units, a batch of 2.


def _names(gates: int, inputs: int, *biases: str, states: int = 2) -> str:
    """Return the shapes of the weights of one direction of a layer."""
    return ", ".join([f"{2 * gates} {inputs}", f"{2 * gates} {states}", *biases])


def _cases(gates: int, states: int = 1) -> tuple[Row, ...]:
    bias = str(2 * gates)
    one, two = (_names(gates, inputs, bias, bias) for inputs in (3, 2))
    four = ", ".join([one, one, *[_names(gates, 4, bias, bias)] * 2])
    hx = [", ".join([f"{count} 2 2"] * states) for count in (1, 2, 4)]
    return rows(
        "input hx params has_biases num_layers dropout train bidirectional batch_first lengths key",
        ("3 2 3", hx[0], one, True, 1, 0.5, True, False, False, None, None),
        ("2 3 3", hx[0], _names(gates, 3), False, 1, 0.0, False, False, True, None, None),
        ("3 2 3", hx[1], f"{one}, {two}", True, 2, 0.5, False, False, False, None, None),
        ("3 2 3", hx[2], four, True, 2, 0.0, True, True, False, None, None),
        # a NaN in one sequence leaves the others as they are
        ("2 6 3", ", ".join(["1 6 2"] * states), _names(gates, 3), False, 1, 0.0, False, False, False, None, None),
    )


_ONE = _names(4, 3, "8", "8", "1 2", states=1)
_TWO = ", ".join([_names(4, 3, "1 2", states=1)] * 2)
_PROJECTED = rows(
    "input hx params has_biases num_layers dropout train bidirectional batch_first lengths key",
    ("3 2 3", "1 2 1, 1 2 2", _ONE, True, 1, 0.0, False, False, False, None, None),
    ("3 2 3", "2 2 1, 2 2 2", _TWO, False, 1, 0.0, False, True, False, None, None),
)


def _packed_cases(gates: int, states: int = 1) -> tuple[Row, ...]:
    bias = str(2 * gates)
    hx, params = ", ".join(["2 2 2"] * states), ", ".join([_names(gates, 3, bias, bias)] * 2)
    return rows(
        "data batch_sizes hx params has_biases num_layers dropout train bidirectional key",
        ("5 3", "3", hx, params, True, 1, 0.0, False, True, None),
    )


def _check_lengths(input: jax.Array, hx: Any, params: Any, *options: Any, lengths: Any = None, key: Any = None) -> None:
    if lengths is None or is_traced(lengths):
        return
    steps = input.shape[1 if options[-1] else 0]
    if not ((np.asarray(lengths) > 0) & (np.asarray(lengths) <= steps)).all():
        raise ShapeError(f"`lengths` from 1 to {steps}", describe(lengths))


def _check_batch_sizes(data: jax.Array, batch_sizes: jax.Array, hx: Any, *others: Any, key: Any = None) -> None:
    if is_traced(batch_sizes) or (batch_sizes.ndim, data.ndim) != (1, 2):
        return
    known, rows = np.asarray(batch_sizes), data.shape[0]
    if not known.size or known.sum() != rows or (np.diff(known) > 0).any() or (known < 1).any():
        raise ShapeError(f"positive `batch_sizes` that do not increase, with the sum {rows}", str(known.tolist()))
    for state in hx if isinstance(hx, tuple) else (hx,):
        if state.shape[-2:-1] != (known[0],):
            raise ShapeError(f"states of {known[0]} sequences", describe(state))


_input = functools.partial(op, kind=None, overload="input", composite=True, before=_check_lengths)
_data = functools.partial(
    op,
    kind=None,
    overload="data",
    composite=True,
    takes={"batch_sizes": Index("3", "data", 0, values="batch sizes")},
    before=_check_batch_sizes,
)


@_input(torch="torch.lstm", rejects=BOOLS | INTEGERS, cases=(*_cases(4, 2), *_PROJECTED))
def _lstm(
    input: Array,
    hx: Tensors,
    params: Tensors,
    has_biases: bool,
    num_layers: Integer,
    dropout: float,
    train: bool,
    bidirectional: bool,
    batch_first: bool,
    *,
    lengths: Mask = None,
    key: Mask = None,
) -> tuple[jax.Array, jax.Array, jax.Array]:
    """Apply layers of long short-term memory. Return the outputs, the last hidden states and the last cell states.

    - `hx` are the initial hidden and cell states of each layer and direction.
    - `params` are the weights of each layer and direction in the order of torch.nn.LSTM: `weight_ih, weight_hh,
      bias_ih, bias_hh, weight_hr`. There are no biases if `has_biases` is False. A `weight_hr` projects the hidden
      states; it is expected if they are smaller than the cell states.
    - `dropout` is applied between layers if `train`. `key` is then a JAX random key.
    - `lengths` are the lengths of padded sequences. Outputs after the end of a sequence are 0; its last states are
      those at its end.

    A packed sequence is `lstm(data, batch_sizes, hx, params, has_biases, num_layers, dropout, train, bidirectional)`.
    Its `batch_sizes` may be traced.

    Shapes: input (t, b, n), or (b, t, n) if `batch_first`; states (layers * directions, b, m). As in torch.nn.LSTM, the
    batch dimension of input and states may be missing.
    Dtypes: 16-bit floats are computed in float32 and rounded once.
    Raises: RuntimeError for other shapes, dtypes and numbers of weights; TypeError if dropout needs a `key`.
    Torch: torch.lstm.

    >>> import jaxfun as jf
    >>> weights = (jf.ones(4, 1), jf.ones(4, 1))
    >>> state = jf.zeros(1, 1, 1)
    >>> output, h, c = jf.lstm(jf.ones(2, 1, 1), (state, state), weights, False, 1, 0.0, False, False, False)
    >>> output.shape, h.shape, c.shape
    ((2, 1, 1), (1, 1, 1), (1, 1, 1))
    """
    layers = Layers(has_biases, num_layers, dropout, train, bidirectional, key)
    output, (hidden, cell) = of_input(LSTM, input, two_states(hx), params, layers, batch_first, lengths)
    return output, hidden, cell


@_data(torch="torch.lstm", rejects=BOOLS | INTEGERS, cases=_packed_cases(4, 2))
def _lstm_data(
    data: Array,
    batch_sizes: Mask,
    hx: Tensors,
    params: Tensors,
    has_biases: bool,
    num_layers: Integer,
    dropout: float,
    train: bool,
    bidirectional: bool,
    *,
    key: Mask = None,
) -> tuple[jax.Array, jax.Array, jax.Array]:
    layers = Layers(has_biases, num_layers, dropout, train, bidirectional, key)
    output, (hidden, cell) = of_data(LSTM, data, batch_sizes, two_states(hx), params, layers)
    return output, hidden, cell


lstm = overloads(_lstm, _lstm_data)


_ONE_STATE = """Apply layers of {units}. Return the outputs and the last hidden states.

`hx` are the initial hidden states. The other arguments are those of `lstm`, without a projection. A packed sequence
is `{name}(data, batch_sizes, hx, params, has_biases, num_layers, dropout, train, bidirectional)`.

Shapes, dtypes and errors: those of `lstm`.
Torch: torch.{name}.

>>> import jaxfun as jf
>>> weights = (jf.ones({gates}, 1), jf.ones({gates}, 1))
>>> jf.{name}(jf.ones(1, 1, 1), jf.zeros(1, 1, 1), weights, False, 1, 0.0, False, False, False)[0]
Array([[[{output}]]], dtype=float32)
"""


def _with_one_state(name: str, cell: Cell, units: str, output: str) -> Callable[..., Any]:
    """Return the layers of a cell whose state is the hidden state alone, for padded and for packed sequences."""
    rejects = BOOLS | COMPLEXES if cell is RELU else BOOLS | INTEGERS

    def of_padded(
        input: Array,
        hx: Array,
        params: Tensors,
        has_biases: bool,
        num_layers: Integer,
        dropout: float,
        train: bool,
        bidirectional: bool,
        batch_first: bool,
        *,
        lengths: Mask = None,
        key: Mask = None,
    ) -> tuple[jax.Array, jax.Array]:
        layers = Layers(has_biases, num_layers, dropout, train, bidirectional, key)
        output, (hidden,) = of_input(cell, input, (hx,), params, layers, batch_first, lengths)
        return output, hidden

    def of_packed(
        data: Array,
        batch_sizes: Mask,
        hx: Array,
        params: Tensors,
        has_biases: bool,
        num_layers: Integer,
        dropout: float,
        train: bool,
        bidirectional: bool,
        *,
        key: Mask = None,
    ) -> tuple[jax.Array, jax.Array]:
        layers = Layers(has_biases, num_layers, dropout, train, bidirectional, key)
        output, (hidden,) = of_data(cell, data, batch_sizes, (hx,), params, layers)
        return output, hidden

    of_padded.__doc__ = _ONE_STATE.format(name=name, units=units, gates=cell.gates, output=output)
    options = {"torch": f"torch.{name}", "rejects": rejects}
    return overloads(
        _input(**options, cases=_cases(cell.gates))(of_padded),
        _data(**options, cases=_packed_cases(cell.gates))(of_packed),
    )


gru = _with_one_state("gru", GRU, "gated recurrent units", "0.20482421")
rnn_tanh = _with_one_state("rnn_tanh", TANH, "a recurrent network with `tanh`", "0.7615942")
rnn_relu = _with_one_state("rnn_relu", RELU, "a recurrent network with `relu`", "1.")
