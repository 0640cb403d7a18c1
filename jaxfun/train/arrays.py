"""Training on arrays: a compiled loop over epochs, called for about a second of work at a time.

Between two calls the losses are checked, progress is reported, and a checkpoint may be written. The number of epochs is
an argument of the compiled loop, so that the parts of a run, a resumed run and a repeated part compile nothing.
"""

import functools
import math
import time
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from .checkpoint import Checkpoint
from .history import History, diverged, first_bad
from .progress import Clock
from .step import Rule, Seen, State, epoch, is_stopped

# elements of data x epochs in one call, about a second on a small machine
_WORK_OF_A_CALL = 2e8
_LONGEST = 65_536  # epochs in one call: what they report is held on the device
_LONG_SECONDS = 5.0


def scanned(rule: Rule, epochs: int, start: State, data: tuple[Any, ...], validation: Any) -> tuple[State, Seen]:
    """Train inside of another transformation: a loop that can be differentiated."""
    return jax.lax.scan(lambda state, _: epoch(rule, state, data, validation, start.params), start, length=epochs)


@functools.partial(jax.jit, static_argnums=(0, 1))
def run(
    rule: Rule, most: int, start: State, data: tuple[Any, ...], validation: Any, epochs: jax.Array
) -> tuple[State, Seen, jax.Array]:
    """Train for some epochs, at most `most`: return the state, `most` rows of reports, and the epochs done."""
    one = functools.partial(epoch, rule, data=data, validation=validation, watched=start.params)
    _, shapes = jax.eval_shape(one, start)
    blank = jax.tree.map(lambda each: jnp.zeros((most, *each.shape), each.dtype), shapes)

    def body(carry: tuple[State, Seen, jax.Array]) -> tuple[State, Seen, jax.Array]:
        state, seen, done = carry
        state, now = one(state)
        return state, jax.tree.map(lambda all, each: all.at[done].set(each), seen, now), done + 1

    def goes_on(carry: tuple[State, Seen, jax.Array]) -> jax.Array:
        return (carry[2] < epochs) & ~jnp.asarray(is_stopped(rule, carry[0]))

    return jax.lax.while_loop(goes_on, body, (start, blank, jnp.zeros((), jnp.int32)))


def in_parts(
    rule: Rule, data: tuple[Any, ...], validation: Any, epochs: int, history: History, clock: Clock, kept: Checkpoint
) -> None:
    """Run part after part until all epochs are done or the run is stopped; the history holds the result."""
    most = min(1 << max(epochs - 1, 0).bit_length(), _LONGEST)
    length, rows = _first_length(data, most), rule.rows or rows_of(data)
    done = int(history.state.epoch)
    if epochs == 0:  # no losses, of the dtype that they would have
        history.add(history.state, _part(rule, most, history.state, data, validation, 0)[1])
    while done < epochs and not bool(is_stopped(rule, history.state)):
        began, start = time.perf_counter(), history.state
        count = min(length, epochs - done)
        end, seen, count = _part(rule, most, start, data, validation, count)
        bad = first_bad(seen)
        if bad is not None:
            _stop(rule, most, data, validation, history, seen, done, bad)
        history.add(end, seen)
        done += count
        kept.offer(history, at_end=done == epochs)
        clock.tell(done, seen.loss[-1], done * rows)
        if time.perf_counter() - began > _LONG_SECONDS and jax.process_count() == 1:  # all processes take equal parts
            length = max(length // 2, 1)


def rows_of(data: Any) -> int:
    """Return the number of rows that arrays have."""
    return next((np.shape(part)[0] for part in jax.tree.leaves(data) if np.ndim(part)), 0)


def _first_length(data: Any, most: int) -> int:
    elements = sum(np.size(part) for part in jax.tree.leaves(data))
    return min(max(math.ceil(_WORK_OF_A_CALL / max(elements, 1)), 1), most)


def _part(rule: Rule, most: int, start: State, data: Any, validation: Any, epochs: int) -> tuple[State, Seen, int]:
    end, seen, done = run(rule, most, start, data, validation, np.asarray(epochs, np.int32))
    count = int(done)
    return end, jax.tree.map(lambda each: np.asarray(each)[:count], seen), count


def _stop(rule: Rule, most: int, data: Any, validation: Any, history: History, seen: Seen, done: int, bad: int) -> None:
    """Repeat the part up to the last finite state, and raise."""
    start = history.state
    if bad > 0:
        end, before, _ = _part(rule, most, start, data, validation, bad - 1)
        history.add(end, before)
    elif history.before is not None:  # the state after the part before it is the one that is not finite
        last = len(history.parts.pop().loss) - 1
        history.add(*_part(rule, most, history.before, data, validation, last)[:2])
    at = min(bad, len(seen.loss) - 1)
    diverged(history.fit(), done + bad, seen.loss[at], start.optimizer)
