"""One step of training, and one epoch over arrays: what is compiled."""

from collections.abc import Callable
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import optax

from ..core.errors import ArgumentTypeError, describe
from .order import Blocks, minibatch, rounds_of
from .placed import described
from .products import exact_over_rows
from .results import Best, Buffers, Params

Loss = Callable[..., Any]


class Rule(NamedTuple):
    """What a run is compiled for, besides the shapes: the loss, the update, how both are called, which rows."""

    loss: Loss
    update: Callable[..., Any]
    takes_value: bool = False
    keyed: bool = False
    has_aux: bool = False
    rows: int | None = None
    blocks: Blocks | None = None
    validation_loss: Loss | None = None
    patience: int | None = None
    is_sharded: bool = False


class State(NamedTuple):
    """What a step changes."""

    params: Params
    optimizer: Any
    key: Any
    buffers: Buffers
    epoch: Any
    best: Best | None = None


class Seen(NamedTuple):
    """What an epoch reports: the loss, the auxiliary value, the validation loss, and whether all is finite."""

    loss: Any
    aux: Any
    validation: Any
    finite: Any


class Keys(NamedTuple):
    """The keys of an epoch: of the epochs after it, of the order of its rows, of its loss."""

    later: Any
    order: Any
    loss: Any


def keys_of(rule: Rule, key: Any) -> Keys:
    """Derive the keys of the next epoch."""
    if key is None:
        return Keys(None, None, None)
    later, order = jax.random.split(key)
    return Keys(later, order, jax.random.fold_in(key, 2) if rule.keyed else None)  # split has taken 0 and 1


def step(rule: Rule, state: State, batch: tuple[Any, ...], key: Any) -> tuple[State, tuple[Any, Any]]:
    """Take one step, and return the loss and the auxiliary value before it."""
    (value, (buffers, aux)), slope = slope_of(rule, state, batch, key)
    params, optimizer = moved(rule, state, value, slope, lambda params: _value(rule, params, state, batch, key)[0])
    return state._replace(params=params, optimizer=optimizer, buffers=buffers), (value, aux)


def slope_of(rule: Rule, state: State, batch: tuple[Any, ...], key: Any) -> tuple[tuple[Any, tuple[Any, Any]], Any]:
    """Return `((loss, (buffers, aux)), gradient)` of a batch."""
    gradient = jax.value_and_grad(lambda params: _value(rule, params, state, batch, key), has_aux=True)
    if rule.is_sharded:  # each device has its own partial sums
        return gradient(state.params)
    rows = next((part.shape[0] for part in jax.tree.leaves(batch) if part.ndim), 0)
    return exact_over_rows(gradient, rows)(state.params)


def moved(rule: Rule, state: State, value: Any, slope: Any, value_fn: Callable[..., Any] | None) -> tuple[Any, Any]:
    """Return the parameters and the state of the optimiser after an update by a gradient."""
    # for complex parameters the descent direction is the conjugate of JAX's gradient, which is torch's
    slope = jax.tree.map(jnp.conj, slope)
    extra = {"value": value, "grad": slope} if rule.takes_value else {}
    if rule.takes_value and value_fn is not None:
        extra["value_fn"] = value_fn
    change, optimizer = rule.update(slope, state.optimizer, state.params, **extra)
    return optax.apply_updates(state.params, change), optimizer


def epoch(rule: Rule, state: State, data: tuple[Any, ...], validation: Any, watched: Any) -> tuple[State, Seen]:
    """Train for one epoch on arrays. `watched` are the parameters whose finite elements have to stay finite."""
    keys = keys_of(rule, state.key)
    state = state._replace(key=keys.later)
    if rule.blocks is None:
        used = data if rule.rows is None else jax.tree.map(lambda part: part[: rule.rows], data)
        state, (loss, aux) = step(rule, state, used, keys.loss)
    else:
        state, seen = over_minibatches(rule, rule.blocks, state, data, keys.order, keys.loss)
        loss, aux = jax.tree.map(lambda each: jnp.mean(each, 0), seen)
    return closed(rule, state, loss, aux, validation, watched)


def over_minibatches(
    rule: Rule, blocks: Blocks, state: State, data: tuple[Any, ...], order: Any, key: Any
) -> tuple[State, tuple[Any, Any]]:
    """Take a step for each minibatch, and return the losses and auxiliary values of all."""
    rounds = rounds_of(order, blocks)
    keys = None if key is None else jax.random.split(key, blocks.steps)

    def one(state: State, at: tuple[Any, Any]) -> tuple[State, tuple[Any, Any]]:
        return step(rule, state, minibatch(data, blocks, rounds, at[0]), at[1])

    return jax.lax.scan(one, state, (jnp.arange(blocks.steps), keys))


def closed(rule: Rule, state: State, loss: Any, aux: Any, validation: Any, watched: Any) -> tuple[State, Seen]:
    """Close an epoch: count it, and compare its parameters with the best ones on the validation data."""
    state = state._replace(epoch=state.epoch + 1)
    finite = jnp.isfinite(loss) & stays_finite(state.params, watched)
    if state.best is None:
        return state, Seen(loss, aux, None, finite)
    found = _validated(rule, state, validation)
    now, before = Best(state.epoch, found, state.params, state.buffers), state.best
    best = jax.tree.map(lambda new, old: jnp.where(found < before.loss, new, old), now, before)
    return state._replace(best=best), Seen(loss, aux, found, finite)


def stays_finite(params: Params, watched: Params) -> jax.Array:
    """Return whether no element became NaN or infinite: a mask of -inf that was given stays as it is."""

    def stays(now: jax.Array, before: jax.Array) -> jax.Array:
        return jnp.all(jnp.isfinite(now) | ~jnp.isfinite(before))

    flags = jax.tree.map(stays, params, watched)
    return jax.tree.reduce(jnp.logical_and, flags, jnp.asarray(True))


def is_stopped(rule: Rule, state: State) -> Any:
    """Return whether the validation loss has not fallen for `patience` epochs."""
    if rule.patience is None or state.best is None:
        return False
    return state.epoch - state.best.epoch >= rule.patience


def _value(rule: Rule, params: Params, state: State, batch: tuple[Any, ...], key: Any) -> tuple[Any, tuple[Any, Any]]:
    """Return the loss, the new buffers and the auxiliary value: None, if there are none."""
    named = {} if key is None else {"key": key}
    given = (params,) if state.buffers is None else (params, state.buffers)
    found = rule.loss(*given, *batch, **named)
    if state.buffers is None and not rule.has_aux:
        _require_number(found)
        return found, (None, None)
    value, further = _pair(found, rule.has_aux, state.buffers is not None)
    if state.buffers is None:
        return value, (None, further)
    buffers, aux = _pair(further, True, True) if rule.has_aux else (further, None)
    _require_alike(state.buffers, buffers)
    return value, (buffers, aux)


def _validated(rule: Rule, state: State, validation: tuple[Any, ...]) -> Any:
    loss = rule.loss if rule.validation_loss is None else rule.validation_loss
    given = (state.params,) if state.buffers is None else (state.params, state.buffers)
    found = loss(*given, *validation)
    return found[0] if isinstance(found, tuple) else found


def _require_number(found: Any) -> None:
    if not isinstance(found, tuple):
        return
    advice = (
        "For a loss that returns new buffers, give `fit` the first ones: buffers=... "
        "For one that returns an auxiliary value: has_aux=True."
    )
    raise ArgumentTypeError("the loss to return one number", describe(found), advice)


_PAIRS = {
    (False, True): ("`(value, buffers)`", "`buffers`"),
    (True, False): ("`(value, aux)`", "has_aux=True"),
    (True, True): ("`(value, (buffers, aux))`", "`buffers` and has_aux=True"),
}


def _pair(found: Any, has_aux: bool, has_buffers: bool) -> tuple[Any, Any]:
    if isinstance(found, tuple) and len(found) == 2:
        return found
    wanted, because = _PAIRS[has_aux, has_buffers]
    raise ArgumentTypeError(f"the loss to return {wanted}, because `fit` has {because}", describe(found))


def _require_alike(buffers: Buffers, new: Buffers) -> None:
    before, after = described("buffers", buffers), described("buffers", new)
    for name in {**before, **after}:
        if before.get(name) != after.get(name):
            raise ArgumentTypeError(
                f"the loss to return buffers like those that it gets, {before.get(name, 'none')} at {name}",
                after.get(name, "none"),
            )
