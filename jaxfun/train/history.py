"""What a run has reported so far, and the results and errors made of it."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any, NoReturn

import jax
import jax.numpy as jnp
import numpy as np

from .results import DivergenceError, Fit, InterruptedFit
from .step import Seen, State

_ADVICE = "Use a smaller learning rate or standardise the data. The exception's `fit` holds the last finite state."


class History:
    """The state after the completed epochs, and what these epochs reported, part by part."""

    def __init__(self, state: State, seen: Seen | None = None) -> None:
        self.state = state
        self.before: State | None = None  # that at the start of the last part
        self.parts: list[Seen] = [] if seen is None else [seen]

    def add(self, state: State, seen: Seen) -> None:
        """Add the epochs of one part, and the state after them."""
        self.before, self.state = self.state, state
        self.parts.append(seen)

    def seen(self) -> Seen | None:
        """Return the reports of all epochs as one, NumPy arrays with a first dimension over the epochs."""
        return joined(self.parts)

    def fit(self) -> Fit:
        """Return the result so far."""
        seen, state = self.seen(), self.state
        if seen is None:
            return Fit(state.params, jnp.zeros(0), state.buffers, best=state.best)
        seen = jax.tree.map(jnp.asarray, seen)
        return Fit(state.params, seen.loss, state.buffers, seen.aux, seen.validation, state.best)

    @contextmanager
    def kept(self, where: str) -> Iterator[None]:
        """Give an exception the result so far; an interruption becomes an InterruptedFit."""
        try:
            yield
        except KeyboardInterrupt:
            raise InterruptedFit(self.fit(), where) from None
        except Exception as error:
            if not hasattr(error, "fit"):
                with suppress(AttributeError):  # a class with slots
                    error.fit = self.fit()  # type: ignore[attr-defined]  # an exception of any class
                    error.add_note("The exception's `fit` holds the result so far.")
            raise


def joined(parts: list[Seen]) -> Seen | None:
    """Return the reports of several parts as one."""
    return jax.tree.map(lambda *each: np.concatenate(each), *parts) if parts else None


def first_bad(seen: Seen) -> int | None:
    """Return the number of epochs of a part after which the state is not finite any more, or None.

    A loss that is not finite is of the parameters before its epoch, a parameter of those after it.
    """
    finite = np.asarray(seen.finite)
    if finite.all():
        return None
    bad = int(np.argmin(finite))
    return bad if not np.isfinite(np.asarray(seen.loss[bad])) else bad + 1


def diverged(fit: Fit, epoch: int, loss: Any, optimizer: Any) -> NoReturn:
    """Raise DivergenceError: `loss` is not finite, or a parameter is."""
    what = f"{float(loss)}" if not np.isfinite(loss) else "a parameter that is not"
    error = DivergenceError(
        "every loss and parameter to be finite", f"{what} at epoch {epoch}{_rate_of(optimizer)}", _ADVICE
    )
    error.fit, error.epoch = fit, epoch
    raise error


def _rate_of(optimizer: Any) -> str:
    rate = getattr(optimizer, "hyperparams", {}).get("learning_rate", getattr(optimizer, "learning_rate", None))
    return "" if rate is None else f" with a learning rate of {float(rate):g}"
