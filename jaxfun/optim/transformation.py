"""What all optimisers share: a rule for one parameter becomes an optax transformation of a pytree."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import optax

from .hyperparameters import LearningRate, is_number, is_zero

Buffers = dict[str, jax.Array]
Step = tuple[jax.Array, Buffers]  # the update of a parameter, and its new buffers
Rule = Callable[..., Step]  # of gradient, parameter, buffers, and the scalars of the step


class State(NamedTuple):
    """The state of an optimiser: the number of steps, and for each of torch's names a pytree like the parameters."""

    step: jax.Array
    buffers: dict[str, Any]


def by_rule(
    rule: Rule,
    buffers: Mapping[str, Callable[[jax.Array], jax.Array]],
    scalars: Callable[[jax.Array], tuple[jax.Array, ...]] = lambda step: (),
) -> optax.GradientTransformation:
    """Make a transformation of a rule for one parameter.

    `buffers` has a function for each buffer of the state: from a parameter to its start. `scalars` returns what depends
    on the step alone: it is computed once, not for each parameter. The first step has the number 1. The rule sees a
    complex parameter as real numbers, its real and its imaginary part, as torch's does.
    """

    def init(params: Any) -> State:
        return State(jnp.zeros((), "int32"), {name: jax.tree.map(start, params) for name, start in buffers.items()})

    def update(updates: Any, state: Any, params: Any = None) -> tuple[Any, State]:
        step = state.step + 1
        numbers = scalars(step)
        leaves, tree = jax.tree.flatten(updates, is_leaf=_is_none)
        columns = [tree.flatten_up_to(state.buffers[name]) for name in buffers]
        kept = [dict(zip(buffers, row, strict=True)) for row in zip(*columns, strict=True)] or [{} for _ in leaves]
        owners = tree.flatten_up_to(updates if params is None else params)
        made = [_applied(rule, *each, numbers) for each in zip(leaves, owners, kept, strict=True)]
        after = {name: tree.unflatten([new[name] for _, new in made]) for name in buffers}
        return tree.unflatten([change for change, _ in made]), State(step, after)

    return optax.GradientTransformation(init, update)


def _is_none(leaf: Any) -> bool:
    return leaf is None


def _applied(rule: Rule, grad: Any, param: Any, buffers: Buffers, numbers: tuple[jax.Array, ...]) -> Any:
    if grad is None:  # torch too skips a parameter without a gradient
        return None, buffers
    scalars = [number.astype(jnp.finfo(grad.dtype).dtype) for number in numbers]
    if not jnp.iscomplexobj(grad):
        return rule(grad, param, buffers, *scalars)
    change, after = rule(*map(_as_real, (grad, param)), jax.tree.map(_as_real, buffers), *scalars)
    return _as_complex(change), jax.tree.map(_as_complex, after)


def _as_real(array: jax.Array) -> jax.Array:
    return jnp.stack([array.real, array.imag]) if jnp.iscomplexobj(array) else array


def _as_complex(array: jax.Array) -> jax.Array:
    return jax.lax.complex(array[0], array[1]) if array.ndim else array


def optimizer(
    *rules: optax.GradientTransformation,
    lr: LearningRate | None,
    weight_decay: Any,
    maximize: bool,
    decoupled: bool = False,
) -> optax.GradientTransformation:
    """Chain the rules of an optimiser with its weight decay and its learning rate.

    The decay is coupled (it is a part of the gradient that the rules see), or decoupled (it shrinks the parameter).
    With no learning rate, the last rule gives the update itself.
    """
    decay = [] if is_zero(weight_decay) else [optax.add_decayed_weights(weight_decay)]
    ascent = [optax.scale(-1.0)] if maximize else []
    coupled, apart = ([], decay) if decoupled else (decay, [])
    rate = [] if lr is None else [optax.scale_by_learning_rate(lr)]
    return optax.chain(*ascent, *coupled, *rules, *apart, *rate)


def zeros(param: jax.Array) -> jax.Array:
    """Return the start of most buffers."""
    return jnp.zeros_like(param)


def filled(value: Any) -> Callable[[jax.Array], jax.Array]:
    """Return the start of a buffer that is filled with a number, in both parts of complex numbers."""

    def start(param: jax.Array) -> jax.Array:
        part = jnp.full(param.shape, value, jnp.finfo(param.dtype).dtype)
        return jax.lax.complex(part, part) if jnp.iscomplexobj(param) else part

    return start


def lerp(average: jax.Array, new: jax.Array, weight: Any) -> jax.Array:
    """Return an average moved towards a number, by torch's formula: exact at both ends."""
    if is_number(weight) and weight >= 0.5:
        return new - (new - average) * (1 - weight)
    return average + weight * (new - average)


def square_average(average: jax.Array, grad: jax.Array, decay: Any) -> jax.Array:
    """Return the moving average of squares.

    The weight is multiplied first, as in torch, so that a large gradient's square does not overflow.
    """
    return average * decay + (1 - decay) * grad * grad
