"""`fit`: reads the call, and runs it on arrays, on a stream of chunks, or inside of another transformation."""

import functools
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
import optax
from jax.core import Tracer
from jax.sharding import NamedSharding

from ..core.errors import ArgumentTypeError, ArgumentValueError, ShapeError, describe
from ..core.public import public
from ..core.shardings import parts_of_rows
from .arrays import in_parts, rows_of, scanned
from .checkpoint import Checkpoint, Saved
from .history import History
from .identity import identity_of
from .order import Blocks, blocks_of
from .placed import held, sharding_of_rows
from .progress import Clock, listener
from .results import Best, Buffers, Fit, Params, Progress
from .step import Loss, Rule, State, epoch
from .stream import first_of, in_chunks, shapes


class _Run(NamedTuple):
    """A run before it begins: which one it is, the structure of its checkpoints, and what takes the steps."""

    identity: dict[str, Any]
    like: Saved
    body: Callable[..., None]


@public(name="train.fit", runs_callbacks=True)
def fit(
    loss: Loss,
    params: Params,
    data: tuple[Any, ...] | Iterable[tuple[Any, ...]],
    optimizer: optax.GradientTransformation,
    epochs: int,
    *,
    batch_size: int | None = None,
    key: jax.Array | None = None,
    rows: int | None = None,
    blocks: int | None = None,
    buffers: Buffers = None,
    keyed: bool = False,
    has_aux: bool = False,
    validation: tuple[Any, ...] | None = None,
    validation_loss: Loss | None = None,
    patience: int | None = None,
    checkpoint: str | Path | None = None,
    progress: bool | Callable[[Progress], None] | None = None,
    state: Any = None,
) -> Fit:
    """Minimise `loss(params, *data)` with an optimiser, and return the parameters and every epoch's loss.

    `data` is a tuple of arrays whose first dimension is the samples. By default an epoch is one step on all samples.
    With a `batch_size` and a `key` it is one step for each minibatch of a random permutation, and its loss is the mean
    over the minibatches. Samples left over after the last whole minibatch are skipped in that epoch. `progress` True
    shows a line on standard error; a function is called with a `Progress`; None shows the line on a terminal if a run
    takes over two seconds. `state` is the optimiser's initial state, if it is not `optimizer.init(params)`.

    **A stream.** `data` may also be an iterable of such tuples (chunks) that begins anew at each pass, as a list does,
    or `jaxfun.table.rows(...).chunks()`; the next chunk is read while one is used. Without `batch_size` the gradients
    of the chunks are averaged by their rows, which is the gradient of all rows for a loss that is a mean over rows.
    With one, the minibatches are drawn within each chunk.

    **Many devices.** The arrays carry their sharding, and the computation follows it. `rows` is the number of true rows
    where the arrays are padded at the end. `blocks` divides the rows into equal blocks and takes as many rows of each
    for a minibatch: with the same `blocks` the same minibatches are drawn on every number of devices that divides it.
    By default there is one block on each device.

    **What a step changes besides.** `buffers` are arrays that a step changes without a gradient, such as the running
    statistics of batch normalisation. With them the loss is `loss(params, buffers, *data)` and returns
    `(value, buffers)`, the buffers for the next step. With `keyed=True` the loss also gets `key=`, a random key that is
    another one at each step, as dropout needs it. It is folded from the `key` of `fit`. With `has_aux=True` the loss
    returns `(value, aux)`, or `(value, (buffers, aux))`, as in `jax.value_and_grad`. `Fit.aux` holds each epoch's aux,
    the mean over its minibatches.

    **Validation.** After each epoch the loss is computed on `validation`, a tuple of arrays like `data`, or the
    function `validation_loss`, called with the same arguments but no key. `Fit.best` holds the parameters for which it
    was lowest. With `patience` the run stops after that many epochs without a lower one.

    **Checkpoints.** With a folder as `checkpoint` the state is written there every 30 seconds and at the end, and the
    same call goes on from it, also with more epochs. On the same devices the result is that of the uninterrupted run,
    to the bit.

    A second call with the same functions and shapes compiles nothing. Under `jit`, `grad` or `vmap` there is no
    progress, and a loss that is not finite is returned like any other.

    Raises: DivergenceError (an ArithmeticError) where a loss or a parameter is NaN or infinite, with the last finite
    state; InterruptedFit (a KeyboardInterrupt) with the completed epochs; X64DisabledError for float64 that JAX would
    narrow; ArgumentTypeError for a loss that returns something else than the arguments say; CheckpointError (an
    ArgumentValueError) for a checkpoint of another run. Other exceptions, as of `progress`, get the attribute `fit`.

    >>> import jax.numpy as jnp, optax, jaxfun as jf
    >>> loss = lambda w, x: jf.mean(jf.square(jf.sub(w, x)))
    >>> fit = jf.train.fit(loss, jnp.zeros(()), (jf.ones(4),), optax.sgd(0.5), epochs=1)
    >>> fit.params, fit.losses
    (Array(1., dtype=float32), Array([1.], dtype=float32))

    With buffers:

    >>> counted = lambda w, buffers, x: (loss(w, x), {"steps": buffers["steps"] + 1})
    >>> fit = jf.train.fit(counted, jnp.zeros(()), (jf.ones(4),), optax.sgd(0.5), epochs=3, buffers={"steps": 0})
    >>> int(fit.buffers["steps"])
    3

    From chunks, with validation:

    >>> chunks = [(jf.ones(2),), (jf.zeros(2),)]
    >>> fit = jf.train.fit(loss, jnp.zeros(()), chunks, optax.sgd(0.5), epochs=2, validation=(jf.ones(1),))
    >>> fit.params, fit.validation
    (Array(0.5, dtype=float32), Array([0.25, 0.25], dtype=float32))
    """
    _check(params, epochs, patience, validation)
    _check_key(batch_size, keyed, key)
    if hasattr(data, "shape") or not isinstance(data, Iterable):
        raise ArgumentTypeError("`data` to be a tuple of arrays, or an iterable of such tuples", describe(data))
    params, buffers = held(params, "params"), held(buffers, "buffers")
    validation = None if validation is None else held(validation, "validation")
    rule = Rule(
        loss,
        optimizer.update,
        isinstance(optimizer, (optax.GradientTransformationExtraArgs, optax.MultiSteps)),
        keyed,
        has_aux,
        rows,
        None,
        validation_loss,
        patience,
    )
    begin = State(
        params,
        optimizer.init(params) if state is None else state,
        key,
        buffers,
        np.zeros((), np.int32),
        None if validation is None else Best(np.zeros((), np.int32), np.inf, params, buffers),
    )
    if not isinstance(data, tuple):
        _refuse_for_streams(rows=rows, blocks=blocks)
        run = _on_stream(rule, batch_size, begin, data, validation, epochs, checkpoint)
        return _result(run, checkpoint, epochs, progress)
    if not data:
        raise ArgumentTypeError("`data` to be a tuple of arrays", describe(data))
    placed = held(data, "data")
    sharding = sharding_of_rows(placed)
    rule = rule._replace(blocks=_blocks(placed, rows, blocks, batch_size, sharding), is_sharded=sharding is not None)
    if any(isinstance(leaf, Tracer) for leaf in jax.tree.leaves((begin, placed, validation))):
        if patience is not None or checkpoint is not None:
            raise ArgumentValueError("no `patience` and no `checkpoint` under jit, grad or vmap", f"{patience}")
        return _traced(rule, begin, placed, validation, epochs)
    run = _on_arrays(rule, batch_size, begin, placed, validation, epochs, checkpoint)
    return _result(run, checkpoint, epochs, progress)


def _traced(rule: Rule, begin: State, data: tuple[Any, ...], validation: Any, epochs: int) -> Fit:
    end, seen = scanned(rule, epochs, begin, data, validation)
    return Fit(end.params, seen.loss, end.buffers, seen.aux, seen.validation, end.best)


def _on_arrays(
    rule: Rule, batch_size: int | None, begin: State, data: Any, validation: Any, epochs: int, folder: Any
) -> _Run:
    seen: Any = None
    identity = {}
    if folder is not None or validation is not None:
        seen = jax.eval_shape(functools.partial(epoch, rule, watched=begin.params), begin, data, validation)[1]
        begin = _with_loss_dtype(begin, seen)
    if folder is not None:
        used = jax.tree.map(lambda part: part[: batch_size or rule.rows], data)
        identity = identity_of(rule, batch_size, begin, used, rule.rows or rows_of(data))
    body = functools.partial(in_parts, rule, data, validation, epochs)
    return _Run(identity, Saved(begin, seen), lambda history, _, *rest: body(history, *rest))


def _on_stream(
    rule: Rule, batch_size: int | None, begin: State, chunks: Any, validation: Any, epochs: int, folder: Any
) -> _Run:
    first = first_of(chunks)
    open, seen = shapes(rule, batch_size, first, begin, validation)
    begin = _with_loss_dtype(begin, seen)
    identity = {}
    if folder is not None:
        used = jax.tree.map(lambda part: part[:batch_size], first)
        identity = identity_of(rule, batch_size, begin, used, getattr(chunks, "rows", None))
    body = functools.partial(in_chunks, rule, batch_size, chunks, validation, epochs)
    return _Run(identity, Saved(begin, seen, open), body)


def _result(run: _Run, folder: Any, epochs: int, progress: Any) -> Fit:
    """Run from the newest checkpoint, or from the start."""
    kept = Checkpoint(folder, run.identity)
    saved = kept.restore(run.like)
    history = History(run.like.state)
    if saved is not None:
        history = History(jax.tree.map(jnp.asarray, saved.state), saved.seen)
    clock = Clock(listener(progress), epochs, float(history.state.epoch))
    with history.kept(kept.where()), kept:
        run.body(history, None if saved is None else saved.open, clock, kept)
    return history.fit()


def _with_loss_dtype(state: State, seen: Any) -> State:
    """Return the state whose best loss has the dtype of the validation loss."""
    if state.best is None:
        return state
    return state._replace(best=state.best._replace(loss=jnp.asarray(jnp.inf, seen.validation.dtype)))


def _blocks(
    data: tuple[Any, ...], rows: int | None, blocks: int | None, batch_size: int | None, sharding: NamedSharding | None
) -> Blocks | None:
    sizes = {np.shape(part)[0] for part in jax.tree.leaves(data) if np.ndim(part)}
    if rows is not None and (len(sizes) != 1 or not 1 <= rows <= min(sizes)):
        raise ShapeError("`rows` from 1 to the number of rows of each array", f"{rows} of {sorted(sizes)}")
    if batch_size is None:
        if blocks is not None:
            raise ArgumentTypeError("no `blocks` without `batch_size`", describe(blocks))
        return None
    used = rows or min(sizes, default=0)
    if len(sizes) != 1 or not 1 <= batch_size <= used:
        raise ShapeError("equal numbers of samples, at least `batch_size`", f"{sorted(sizes)}, {batch_size}")
    (size,), devices = sizes, 1 if sharding is None else parts_of_rows(sharding)
    count = devices if blocks is None else blocks
    if count < 1 or count % devices:
        raise ArgumentValueError(f"`blocks` to be a multiple of the {devices} devices that hold the rows", f"{count}")
    return blocks_of(size, used, count, batch_size, sharding)


def _refuse_for_streams(**given: Any) -> None:
    for name, value in given.items():
        if value is not None:
            raise ArgumentTypeError(f"no `{name}` for a stream of chunks", describe(value))


def _check(params: Params, epochs: int, patience: Any, validation: Any) -> None:
    if not isinstance(epochs, int) or isinstance(epochs, bool) or epochs < 0:
        raise ArgumentValueError("`epochs` to be an integer, 0 or more", describe(epochs))
    if not jax.tree.leaves(params):
        raise ArgumentTypeError("`params` to hold at least one array", describe(params))
    if patience is not None and (validation is None or not isinstance(patience, int) or patience < 1):
        raise ArgumentValueError("`patience` to be an integer, 1 or more, with `validation`", describe(patience))
    if validation is not None and (not isinstance(validation, tuple) or not validation):
        raise ArgumentTypeError("`validation` to be a tuple of arrays", describe(validation))


def _check_key(batch_size: int | None, keyed: bool, key: Any) -> None:
    if (batch_size is not None or keyed) == (key is not None):
        return
    if key is None:
        wanted = "keyed=True" if keyed else f"batch_size={batch_size!r}"
        raise ArgumentTypeError(f"a `key` together with {wanted}", "None", "Pass key=jax.random.key(0).")
    raise ArgumentTypeError("no `key` without `batch_size` or `keyed`", describe(key))
