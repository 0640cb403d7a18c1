"""Training as one compiled loop (`fit`): any pure loss, any pytree of parameters, any optax optimiser.

The loop is a `lax.scan` over epochs that keeps every epoch's loss. A long run is split into a few scans of equal
length, to show progress and to stop soon after a loss is not finite. A short run is a single scan.
"""

import functools
import math
import sys
import time
from collections.abc import Callable
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
import optax
from jax.core import Tracer

from .core.errors import ArgumentTypeError, ArgumentValueError, JaxfunError, ShapeError, describe
from .core.public import public

Params = Any
Buffers = Any
Loss = Callable[..., Any]


class Fit(NamedTuple):
    """The result of a run: parameters and buffers after the last epoch, and the loss at the start of each epoch.

    `buffers` is None for a loss without buffers.
    """

    params: Params
    losses: jax.Array
    buffers: Buffers = None


class Progress(NamedTuple):
    """The progress of a run: epochs done, epochs in total, the last loss, epochs per second."""

    epoch: int
    epochs: int
    loss: float
    rate: float


class DivergenceError(JaxfunError, ArithmeticError):
    """A loss became NaN or infinite. `fit` holds the last finite parameters, their buffers and the losses before."""

    fit: Fit
    epoch: int


class InterruptedFit(KeyboardInterrupt):
    """The user stopped a run (Ctrl-C). `fit` holds the parameters, buffers and losses of the completed epochs."""

    def __init__(self, fit: Fit) -> None:
        super().__init__(f"stopped after {len(fit.losses)} epochs; the exception's `fit` holds the result so far")
        self.fit = fit


class _State(NamedTuple):
    params: Params
    optimizer: Any
    key: Any
    buffers: Buffers

    def fit(self, losses: jax.Array) -> Fit:
        return Fit(self.params, losses, self.buffers)


class _Rule(NamedTuple):
    """What a scan is compiled for, besides the shapes: the loss, the update, how the loss is called."""

    loss: Loss
    update: Callable[..., Any]
    batch_size: int | None
    keyed: bool


# elements of data x epochs in one scan, about a second on a small machine
_WORK_OF_A_SCAN = 2e8
_MOST_SCANS = 50
_SHOWN_AFTER_SECONDS = 2.0


@public(name="train.fit", runs_callbacks=True)
def fit(
    loss: Loss,
    params: Params,
    data: tuple[Any, ...],
    optimizer: optax.GradientTransformation,
    epochs: int,
    *,
    batch_size: int | None = None,
    key: jax.Array | None = None,
    buffers: Buffers = None,
    keyed: bool = False,
    progress: bool | Callable[[Progress], None] | None = None,
    state: Any = None,
) -> Fit:
    """Minimise `loss(params, *data)` with an optimiser, and return the parameters and every epoch's loss.

    `data` is a tuple of arrays whose first dimension is the samples. By default an epoch is one step on all samples.
    With a `batch_size` and a `key` it is one step for each minibatch of a random permutation, and its loss is the mean
    over the minibatches. Samples left over after the last whole minibatch are skipped in that epoch. `progress` True
    shows a line on standard error; a function is called with a `Progress`; None shows the line on a terminal if a run
    takes over two seconds. `state` is the optimiser's initial state, if it is not `optimizer.init(params)`.

    `buffers` are arrays that a step changes without a gradient, such as the running statistics of batch normalisation.
    With them the loss is `loss(params, buffers, *data)` and returns `(value, buffers)`, the buffers for the next step.
    With `keyed=True` the loss also gets `key=`, a random key that is another one at each step, as dropout needs it. It
    is folded from the `key` of `fit`.

    A second call with the same functions and shapes compiles nothing. Under `jit`, `grad` or `vmap` there is no
    progress, and a loss that is not finite is returned like any other.

    Raises: DivergenceError (an ArithmeticError) where a loss is NaN or infinite, with the last finite state;
    InterruptedFit (a KeyboardInterrupt) with the completed epochs; ArgumentTypeError for a loss that with `buffers`
    returns no pair, or returns buffers of other names, shapes or dtypes.

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
    """
    _check(params, data, epochs, batch_size)
    _check_key(batch_size, keyed, key)
    start = _State(params, optimizer.init(params) if state is None else state, key, jax.tree.map(jnp.asarray, buffers))
    run = functools.partial(_scan, _Rule(loss, optimizer.update, batch_size, keyed))
    if any(isinstance(leaf, Tracer) for leaf in jax.tree.leaves((start, data))):
        end, losses = run(epochs, start, data)
        return end.fit(losses)
    return _in_scans(run, start, data, epochs, _listener(progress))


def _check(params: Params, data: Any, epochs: int, batch_size: int | None) -> None:
    if not isinstance(epochs, int) or isinstance(epochs, bool) or epochs < 0:
        raise ArgumentValueError("`epochs` to be an integer, 0 or more", describe(epochs))
    if not isinstance(data, tuple) or not data:
        raise ArgumentTypeError("`data` to be a tuple of arrays", describe(data))
    if not jax.tree.leaves(params):
        raise ArgumentTypeError("`params` to hold at least one array", describe(params))
    if batch_size is not None:
        rows = {np.shape(part)[0] for part in jax.tree.leaves(data) if np.ndim(part)}
        if len(rows) != 1 or not 1 <= batch_size <= min(rows):
            raise ShapeError("equal numbers of samples, at least `batch_size`", f"{sorted(rows)}, {batch_size}")


def _check_key(batch_size: int | None, keyed: bool, key: Any) -> None:
    if (batch_size is not None or keyed) == (key is not None):
        return
    if key is None:
        wanted = "keyed=True" if keyed else f"batch_size={batch_size!r}"
        raise ArgumentTypeError(f"a `key` together with {wanted}", "None", "Pass key=jax.random.key(0).")
    raise ArgumentTypeError("no `key` without `batch_size` or `keyed`", describe(key))


@functools.partial(jax.jit, static_argnums=(0, 1))
def _scan(rule: _Rule, epochs: int, start: _State, data: tuple[Any, ...]) -> tuple[_State, jax.Array]:
    gradient = jax.value_and_grad(functools.partial(_value_and_buffers, rule.loss), has_aux=True)

    def step(state: _State, given: tuple[tuple[Any, ...], Any]) -> tuple[_State, jax.Array]:
        (value, buffers), slope = gradient(state.params, state.buffers, *given)
        # for complex parameters the descent direction is the conjugate of JAX's gradient, which is torch's
        change, optimizer = rule.update(jax.tree.map(jnp.conj, slope), state.optimizer, state.params)
        return _State(optax.apply_updates(state.params, change), optimizer, state.key, buffers), value

    def epoch(state: _State, _: None) -> tuple[_State, jax.Array]:
        if state.key is None:
            return step(state, (data, None))
        key, drawn = jax.random.split(state.key)
        own = jax.random.fold_in(state.key, 2) if rule.keyed else None  # split has taken 0 and 1
        state = state._replace(key=key)
        if rule.batch_size is None:
            return step(state, (data, own))
        batches = _minibatches(drawn, data, rule.batch_size)
        keys = None if own is None else jax.random.split(own, len(jax.tree.leaves(batches)[0]))
        state, values = jax.lax.scan(step, state, (batches, keys))
        return state, jnp.mean(values)

    return jax.lax.scan(epoch, start, length=epochs)


def _value_and_buffers(
    loss: Loss, params: Params, buffers: Buffers, batch: tuple[Any, ...], key: Any
) -> tuple[Any, Buffers]:
    """Return the loss and the new buffers: None, if there are none."""
    named = {} if key is None else {"key": key}
    if buffers is None:
        value = loss(params, *batch, **named)
        if isinstance(value, tuple):
            advice = "For a loss that returns new buffers, give `fit` the first ones: buffers=..."
            raise ArgumentTypeError("the loss to return one number", describe(value), advice)
        return value, None
    found = loss(params, buffers, *batch, **named)
    if not isinstance(found, tuple) or len(found) != 2:
        raise ArgumentTypeError("the loss to return `(value, buffers)`, because `fit` has `buffers`", describe(found))
    value, new = found
    before, after = _described(buffers), _described(new)
    for name in {**before, **after}:
        if before.get(name) != after.get(name):
            raise ArgumentTypeError(
                f"the loss to return buffers like those that it gets, {before.get(name, 'none')} at {name}",
                after.get(name, "none"),
            )
    return value, new


def _described(buffers: Buffers) -> dict[str, str]:
    """Return the dtype and shape of each buffer, by its place in the pytree."""
    leaves = jax.tree_util.tree_leaves_with_path(buffers)
    return {f"buffers{jax.tree_util.keystr(path)}": describe(jnp.asarray(leaf)) for path, leaf in leaves}


def _minibatches(key: jax.Array, data: tuple[Any, ...], size: int) -> tuple[Any, ...]:
    rows = jax.tree.leaves(data)[0].shape[0]
    order = jax.random.permutation(key, rows)[: rows // size * size].reshape(-1, size)
    return jax.tree.map(lambda part: part[order], data)


class _Scanned(NamedTuple):
    """One completed scan: its initial state and its losses."""

    start: _State
    losses: jax.Array


def _in_scans(
    run: Callable[..., Any], start: _State, data: Any, epochs: int, listen: Callable[[Progress], None] | None
) -> Fit:
    """Run scan after scan, and check the losses after each."""
    length = _scan_length(data, epochs)
    state, done, began = start, [], time.perf_counter()
    try:
        for first in range(0, max(epochs, 1), length):
            end, losses = run(min(length, epochs - first), state, data)
            done = [*done, _Scanned(state, losses)]
            _check_finite(run, data, done)
            state = end
            if listen and len(losses):
                count = first + len(losses)
                listen(Progress(count, epochs, float(losses[-1]), count / (time.perf_counter() - began)))
    except KeyboardInterrupt:
        raise InterruptedFit(state.fit(_joined(done))) from None
    return state.fit(_joined(done))


def _scan_length(data: Any, epochs: int) -> int:
    elements = sum(np.size(part) for part in jax.tree.leaves(data))
    scans = min(max(math.ceil(elements * epochs / _WORK_OF_A_SCAN), 1), _MOST_SCANS)
    return max(math.ceil(epochs / scans), 1)


def _joined(scanned: list[_Scanned]) -> jax.Array:
    losses = [scan.losses for scan in scanned] or [jnp.zeros(0)]
    return losses[0] if len(losses) == 1 else jnp.concatenate(losses)


def _check_finite(run: Callable[..., Any], data: Any, done: list[_Scanned]) -> None:
    finite = np.isfinite(np.asarray(done[-1].losses))
    if finite.all():
        return
    bad = int(np.argmin(finite))
    epoch = sum(len(scan.losses) for scan in done[:-1]) + bad
    error = DivergenceError(
        "every loss to be finite",
        f"{float(done[-1].losses[bad])} at epoch {epoch}{_rate_of(done[-1].start.optimizer)}",
        "Use a smaller learning rate or standardise the data. The exception's `fit` holds the last finite state.",
    )
    error.fit, error.epoch = _last_finite(run, data, done, bad), epoch
    raise error


def _last_finite(run: Callable[..., Any], data: Any, done: list[_Scanned], bad: int) -> Fit:
    """Return the last parameters with a finite loss, and the losses before, by repeating the run up to there."""
    if bad == 0 and len(done) > 1:  # they are the last of the previous scan
        done, bad = done[:-1], len(done[-2].losses)
    end, losses = run(max(bad - 1, 0), done[-1].start, data)
    return end.fit(_joined([*done[:-1], _Scanned(end, losses)]))


def _rate_of(optimizer: Any) -> str:
    rate = getattr(optimizer, "hyperparams", {}).get("learning_rate", getattr(optimizer, "learning_rate", None))
    return "" if rate is None else f" with a learning rate of {float(rate):g}"


def _listener(progress: Any) -> Callable[[Progress], None] | None:
    if not isinstance(progress, bool) and progress is not None:
        return progress
    if progress is False or (progress is None and not sys.stderr.isatty()):
        return None
    return _Line(0.0 if progress else _SHOWN_AFTER_SECONDS)


class _Line:
    """A progress line on standard error that is rewritten as the run goes on."""

    def __init__(self, after: float) -> None:
        self.after, self.began = after, time.perf_counter()

    def __call__(self, now: Progress) -> None:
        if time.perf_counter() - self.began < self.after:
            return
        text = f"epoch {now.epoch:,} of {now.epochs:,}   loss {now.loss:.6g}   {now.rate:,.0f} epochs/s"
        print(f"\r{text:<72}", end="\n" if now.epoch == now.epochs else "", file=sys.stderr, flush=True)
