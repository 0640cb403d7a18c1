"""One step of a recurrent network: `lstm_cell`, `gru_cell`, `rnn_tanh_cell` and `rnn_relu_cell`."""

import functools
from collections.abc import Mapping
from typing import Any

import jax

from ...core.checks import want_one_dtype
from ...core.dtypes import DType, as_dtype, computed_in
from ...core.errors import PositionError, describe
from ...core.op import op
from ...core.record import BOOLS, COMPLEXES, INTEGERS, Array, Row, Tensors, rows
from ._layers import Weights, two_states, want_weights
from ._recurrence import GRU, LSTM, RELU, TANH, Arrays, Cell, times


def _cases(gates: int, states: int = 1) -> tuple[Row, ...]:
    n, hx = str(gates * 2), ", ".join(["b 2"] * states)
    return rows(
        "input hx w_ih w_hh b_ih b_hh",
        ("b k", hx, f"{n} k", f"{n} 2", n, n),
        ("b k", hx, f"{n} k", f"{n} 2", None, None),
        ("b k", hx, f"{n} k", f"{n} 2", n, None),
    )


def _takes_no_batch(arguments: Mapping[str, Any]) -> frozenset[DType]:
    return BOOLS if arguments["input"].shape[:1] == (0,) else frozenset()


_cell = functools.partial(op, kind=None, composite=True)


@_cell(rejects=BOOLS | INTEGERS, cases=_cases(4, 2))
def lstm_cell(
    input: Array, hx: Tensors, w_ih: Array, w_hh: Array, b_ih: Array = None, b_hh: Array = None
) -> tuple[jax.Array, jax.Array]:
    """Apply one step of long short-term memory. Return the new hidden and the new cell state.

    `hx` are the hidden and the cell state before. The gates stand in torch's order: input, forget, cell, output.
    Shapes: (b, n), states (b, m), weights (4 m, n) and (4 m, m), biases (4 m).
    Dtypes: 16-bit floats are computed in float32 and rounded once.
    Raises: RuntimeError for other shapes, and for different dtypes.

    >>> import jaxfun as jf
    >>> h, c = jf.lstm_cell(jf.ones(1, 1), (jf.zeros(1, 1), jf.zeros(1, 1)), jf.ones(4, 1), jf.ones(4, 1))
    >>> h.shape, c.shape
    ((1, 1), (1, 1))
    """
    hidden, cell = _stepped(LSTM, input, two_states(hx), (w_ih, w_hh), (b_ih, b_hh))
    return hidden, cell


@_cell(rejects=BOOLS | INTEGERS, cases=_cases(3))
def gru_cell(input: Array, hx: Array, w_ih: Array, w_hh: Array, b_ih: Array = None, b_hh: Array = None) -> jax.Array:
    """Apply one step of a gated recurrent unit. Return the new hidden state.

    The gates stand in torch's order: reset, update, new.
    Shapes: (b, n), state (b, m), weights (3 m, n) and (3 m, m), biases (3 m).
    Dtypes: 16-bit floats are computed in float32 and rounded once.
    Raises: RuntimeError for other shapes, and for different dtypes.

    >>> import jaxfun as jf
    >>> jf.gru_cell(jf.ones(1, 1), jf.zeros(1, 1), jf.ones(3, 1), jf.ones(3, 1))
    Array([[0.20482421]], dtype=float32)
    """
    return _stepped(GRU, input, (hx,), (w_ih, w_hh), (b_ih, b_hh))[0]


@_cell(rejects=BOOLS, takes_here=_takes_no_batch, cases=_cases(1))
def rnn_tanh_cell(
    input: Array, hx: Array, w_ih: Array, w_hh: Array, b_ih: Array = None, b_hh: Array = None
) -> jax.Array:
    """Return the hidden state `tanh(input @ w_ih.T + b_ih + hx @ w_hh.T + b_hh)`.

    Shapes: (b, n), state (b, m), weights (m, n) and (m, m), biases (m).
    Dtypes: 16-bit floats are computed in float32 and rounded once; integers give float32.
    Raises: RuntimeError for other shapes, and for different dtypes.

    >>> import jaxfun as jf
    >>> jf.rnn_tanh_cell(jf.ones(1, 1), jf.zeros(1, 1), jf.ones(1, 1), jf.ones(1, 1))
    Array([[0.7615942]], dtype=float32)
    """
    return _stepped(TANH, input, (hx,), (w_ih, w_hh), (b_ih, b_hh))[0]


@_cell(rejects=BOOLS | COMPLEXES, cases=_cases(1))
def rnn_relu_cell(
    input: Array, hx: Array, w_ih: Array, w_hh: Array, b_ih: Array = None, b_hh: Array = None
) -> jax.Array:
    """Return the hidden state `relu(input @ w_ih.T + b_ih + hx @ w_hh.T + b_hh)`.

    Shapes: (b, n), state (b, m), weights (m, n) and (m, m), biases (m).
    Dtypes: 16-bit floats are computed in float32 and rounded once.
    Gradient: 0 at 0.
    Raises: RuntimeError for other shapes, and for different dtypes.

    >>> import jaxfun as jf
    >>> jf.rnn_relu_cell(jf.ones(1, 1), jf.ones(1, 1), jf.ones(1, 1), jf.ones(1, 1))
    Array([[2.]], dtype=float32)
    """
    return _stepped(RELU, input, (hx,), (w_ih, w_hh), (b_ih, b_hh))[0]


def _stepped(cell: Cell, input: jax.Array, state: Any, weights: tuple[Any, Any], biases: tuple[Any, Any]) -> Arrays:
    if input.ndim != 2 or any(each.ndim != 2 for each in state):
        raise PositionError("an input and a state of 2 dimensions", describe((input, *state)))
    given = tuple(each for each in biases if each is not None)
    want_weights(cell, input, state, Weights(*weights, given, None))
    want_one_dtype(input, *state, *weights, *given)
    own, wide = as_dtype(input.dtype), computed_in(as_dtype(input.dtype))
    input, state, weights, biases = jax.tree.map(lambda x: x.astype(wide.dtype), (input, tuple(state), weights, biases))
    x, p = (
        times(array, weight) if bias is None else times(array, weight) + bias
        for array, weight, bias in zip((input, state[0]), weights, biases, strict=True)
    )
    new, _ = cell.step(x, p, state)
    return new if own == wide else tuple(each.astype(own.dtype) for each in new)
