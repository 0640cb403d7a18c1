"""Training on a stream of chunks that is larger than memory: an epoch is one pass, and the next chunk is read ahead."""

import functools
import itertools
from collections.abc import Callable, Iterable, Iterator
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

from ..core.ahead import ahead
from ..core.errors import ArgumentTypeError, ArgumentValueError, ShapeError, describe
from .checkpoint import Checkpoint
from .history import History, diverged
from .order import blocks_of
from .placed import held
from .progress import Clock
from .step import Keys, Rule, Seen, State, closed, is_stopped, keys_of, moved, over_minibatches, slope_of


class Sums(NamedTuple):
    """What an open epoch has summed over its chunks: the rows or steps, the loss, the auxiliary value, the gradient."""

    weight: Any
    loss: Any
    aux: Any
    slope: Any


class Open(NamedTuple):
    """The open epoch of a stream: the chunks that were used, the rows, the state within the epoch, the sums."""

    chunks: Any
    rows: Any
    state: State
    sums: Sums


def in_chunks(
    rule: Rule,
    batch_size: int | None,
    chunks: Iterable[Any],
    validation: Any,
    epochs: int,
    history: History,
    open: Open | None,
    clock: Clock,
    kept: Checkpoint,
) -> None:
    """Run epoch after epoch over the chunks; the history holds the result. `open` is an epoch to go on with."""
    watched = history.state.params
    rows_of_epoch = getattr(chunks, "rows", None)
    while int(history.state.epoch) < epochs and not bool(is_stopped(rule, history.state)):
        now = _one_epoch(rule, batch_size, chunks, history, open, clock, kept, rows_of_epoch)
        rows_of_epoch, open = int(now.rows), None
        end, seen = _closed(rule, now.state, now.sums, validation, watched)
        if not bool(seen.finite):
            diverged(history.fit(), int(history.state.epoch) + 1, seen.loss, history.state.optimizer)
        history.add(end, jax.tree.map(lambda each: np.asarray(each)[None], seen))
        done = int(end.epoch)
        kept.offer(history, at_end=done == epochs)
        clock.tell(done, seen.loss, done * rows_of_epoch)


def shapes(rule: Rule, batch_size: int | None, chunk: tuple[Any, ...], state: State, validation: Any) -> Any:
    """Return the shapes of an open epoch and of an epoch's report, from a chunk."""
    keys = keys_of(rule, state.key)

    def one(state: State, chunk: tuple[Any, ...], validation: Any) -> Any:
        now, sums = _used(rule, batch_size, state, chunk, keys, jnp.zeros((), jnp.int32))
        return Open(np.int32(0), np.zeros((), _COUNT), now, sums), _closed(rule, now, sums, validation, now.params)[1]

    try:
        return jax.eval_shape(one, state, chunk, validation)
    except TypeError as error:
        if "value_fn" not in str(error):
            raise
        advice = "Give a `batch_size`, arrays instead of a stream, or another optimiser."
        got = "one whose update needs `value_fn`, which would read the stream again"
        raise ArgumentTypeError("an optimiser of gradients", got, advice) from None


def first_of(chunks: Iterable[Any]) -> tuple[Any, ...]:
    """Return the first chunk.

    Raises: ArgumentTypeError for what is not an iterable of tuples of arrays, or can be read only once.
    """
    iterator = iter(chunks)
    if iterator is chunks:
        raise ArgumentTypeError(
            "data that can be read once for each epoch",
            f"an iterator ({type(chunks).__name__})",
            "Give an object whose __iter__ begins anew, such as a list of chunks or jaxfun.table.rows(...).chunks().",
        )
    for chunk in iterator:
        _close(iterator)
        return _placed(chunk)
    raise ArgumentValueError("at least one chunk", "none")


_COUNT = np.int64


def _one_epoch(
    rule: Rule,
    batch_size: int | None,
    chunks: Iterable[Any],
    history: History,
    open: Open | None,
    clock: Clock,
    kept: Checkpoint,
    total: int | None,
) -> Open:
    start = history.state
    keys = keys_of(rule, start.key)
    now = open
    before, done = int(start.epoch), 0 if open is None else int(open.chunks)
    for place, chunk in _placed_from(chunks, done):
        state = start._replace(key=keys.later) if now is None else now.state
        last = now
        state, sums = _used(rule, batch_size, state, chunk, keys, np.int32(place))
        rows = (0 if now is None else int(now.rows)) + _rows(chunk)
        now = Open(np.int32(place + 1), _COUNT(rows), state, _added(None if now is None else now.sums, sums))
        if last is not None:  # the chunk before: its loss is ready, and waiting for it stops nothing
            _require_finite(last, history)
            whole = total or rows
            clock.tell(before + min(rows / whole, 1), _mean(last.sums), before * whole + rows, known=total is not None)
        kept.offer(history, now)
    if now is None:
        raise ArgumentValueError("at least one chunk", "none")
    return now


def _require_finite(now: Open, history: History) -> None:
    loss = _mean(now.sums)
    if not np.isfinite(np.asarray(loss)):
        diverged(history.fit(), int(history.state.epoch), loss, history.state.optimizer)


def _mean(sums: Sums) -> Any:
    return sums.loss / sums.weight


@functools.partial(jax.jit, static_argnums=(0, 1))
def _used(
    rule: Rule, batch_size: int | None, state: State, chunk: tuple[Any, ...], keys: Keys, place: Any
) -> tuple[State, Sums]:
    """Use a chunk: a step for each of its minibatches, or its part of the gradient."""
    own = None if keys.loss is None else jax.random.fold_in(keys.loss, place)
    rows = _rows(chunk)
    if batch_size is not None:
        blocks = blocks_of(rows, rows, 1, batch_size, None)
        order = jax.random.fold_in(keys.order, place)
        state, (losses, aux) = over_minibatches(rule, blocks, state, chunk, order, own)
        total = jax.tree.map(lambda each: jnp.sum(each, 0), (losses, aux))
        return state, Sums(jnp.asarray(blocks.steps, losses.dtype), total[0], total[1], None)
    (loss, (buffers, aux)), slope = slope_of(rule, state, chunk, own)
    weight = jnp.asarray(rows, loss.dtype)
    weighted = jax.tree.map(lambda each: each * weight.astype(jnp.result_type(each, jnp.float32)), (loss, aux, slope))
    return state._replace(buffers=buffers), Sums(weight, weighted[0], weighted[1], weighted[2])


@jax.jit
def _summed(first: Sums, second: Sums) -> Sums:
    return jax.tree.map(jnp.add, first, second)


def _added(first: Sums | None, second: Sums) -> Sums:
    return second if first is None else _summed(first, second)


@functools.partial(jax.jit, static_argnums=(0,))
def _closed(rule: Rule, state: State, sums: Sums, validation: Any, watched: Any) -> tuple[State, Seen]:
    """Take the step of a full batch, whose gradient is summed, and close the epoch."""
    loss, aux = jax.tree.map(lambda each: each / sums.weight, (sums.loss, sums.aux))
    if sums.slope is not None:
        slope = jax.tree.map(lambda each, like: (each / sums.weight).astype(like.dtype), sums.slope, state.params)
        params, optimizer = moved(rule, state, loss, slope, None)
        state = state._replace(params=params, optimizer=optimizer)
    return closed(rule, state, loss, aux, validation, watched)


def _rows(chunk: tuple[Any, ...]) -> int:
    return jax.tree.leaves(chunk)[0].shape[0]


def _placed(chunk: Any) -> tuple[Any, ...]:
    if not isinstance(chunk, tuple) or not jax.tree.leaves(chunk):
        raise ArgumentTypeError("each chunk to be a tuple of arrays", describe(chunk))
    rows = {np.shape(part)[:1] for part in jax.tree.leaves(chunk)}
    if len(rows) != 1 or rows <= {(), (0,)}:
        raise ShapeError("arrays with equal numbers of rows in each chunk, at least one", describe(chunk))
    return held(chunk, "data")


def _reader(chunks: Iterable[Any], skipped: int) -> Iterator[Any]:
    """Return the chunks after the first `skipped` ones, of which the next are read ahead."""
    start_at = getattr(chunks, "start_at", None)
    if start_at and skipped:
        chunks, skipped = start_at(skipped), 0
    if getattr(chunks, "reads_ahead", False):
        return iter(chunks)
    return ahead(itertools.islice(chunks, skipped, None) if skipped else chunks)


def _placed_from(chunks: Iterable[Any], skipped: int) -> Iterator[tuple[int, tuple[Any, ...]]]:
    """Yield the place of each chunk after the first `skipped` ones, and the chunk on the device."""
    reader = _reader(chunks, skipped)
    try:
        for place, chunk in enumerate(reader, skipped):
            yield place, _placed(chunk)
    finally:
        _close(reader)


def _close(iterator: Iterator[Any]) -> None:
    close: Callable[[], None] | None = getattr(iterator, "close", None)
    if close is not None:
        close()
