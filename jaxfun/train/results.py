"""What a run returns, reports on the way, and raises."""

from typing import Any, NamedTuple

import jax

from ..core.errors import JaxfunError

Params = Any
Buffers = Any


class Best(NamedTuple):
    """The parameters with the lowest validation loss: epochs done, that loss, parameters and buffers."""

    epoch: Any
    loss: Any
    params: Params
    buffers: Buffers = None


class Fit(NamedTuple):
    """The result of a run: parameters and buffers after the last epoch, and the loss at the start of each epoch.

    `buffers` is None for a loss without buffers. `aux` is what a loss with `has_aux` returned beside its value, for
    each epoch. With validation data, `validation` is the loss on them after each epoch, and `best` the parameters for
    which it was lowest.
    """

    params: Params
    losses: jax.Array
    buffers: Buffers = None
    aux: Any = None
    validation: jax.Array | None = None
    best: Best | None = None


class Progress(NamedTuple):
    """The progress of a run: epochs done and in total, the last loss, epochs per second, rows, seconds left.

    `rows` is the number of rows that were used so far, of all epochs. `seconds_left` is an estimate, and None where the
    length of the data is not known yet.
    """

    epoch: int
    epochs: int
    loss: float
    rate: float
    rows: int = 0
    seconds_left: float | None = None


class DivergenceError(JaxfunError, ArithmeticError):
    """A loss or a parameter became NaN or infinite. `fit` holds the last finite state and the losses before."""

    fit: Fit
    epoch: int


class InterruptedFit(KeyboardInterrupt):
    """The user stopped a run (Ctrl-C). `fit` holds the parameters, buffers and losses of the completed epochs."""

    def __init__(self, fit: Fit, kept: str = "") -> None:
        where = kept or "the exception's `fit` holds the result so far"
        super().__init__(f"stopped after {len(fit.losses)} epochs; {where}")
        self.fit = fit
