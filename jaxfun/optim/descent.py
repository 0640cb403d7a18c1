"""Gradient descent: SGD with momentum, averaged SGD, and Rprop, which uses the gradient's sign alone."""

import jax
import jax.numpy as jnp
import optax

from ..core.errors import ArgumentValueError, describe
from ..core.public import public
from .hyperparameters import LearningRate, float_dtype, is_number, is_zero, want_not_negative
from .transformation import Buffers, Step, by_rule, filled, optimizer, zeros


@public(name="optim.sgd")
def sgd(
    lr: LearningRate = 1e-3,
    momentum: float = 0,
    dampening: float = 0,
    weight_decay: float = 0,
    nesterov: bool = False,
    *,
    maximize: bool = False,
) -> optax.GradientTransformation:
    """Make stochastic gradient descent with momentum.

    The momentum buffer starts as the first gradient, without dampening. The learning rate multiplies the buffer, not
    the gradient in it.

    Raises: ArgumentValueError for a hyperparameter out of its range.
    Torch: torch.optim.SGD

    >>> import jax.numpy as jnp, jaxfun as jf
    >>> tx = jf.optim.sgd(0.1, momentum=0.9)
    >>> params = jnp.ones(2)
    >>> updates, state = tx.update(jnp.array([1.0, 2.0]), tx.init(params), params)
    >>> print(updates)
    [-0.1 -0.2]
    """
    want_not_negative({"lr": lr, "momentum": momentum, "weight_decay": weight_decay})
    if nesterov and (is_zero(momentum) or not is_zero(dampening)):
        raise ArgumentValueError("nesterov with a momentum and no dampening", f"{momentum} and {dampening}")
    rules = [] if is_zero(momentum) else [_momentum(momentum, dampening, nesterov)]
    return optimizer(*rules, lr=lr, weight_decay=weight_decay, maximize=maximize)


def _momentum(momentum: float, dampening: float, nesterov: bool) -> optax.GradientTransformation:
    if is_zero(dampening):
        return optax.trace(momentum, nesterov)

    def rule(grad: jax.Array, param: jax.Array, buffers: Buffers, step: jax.Array) -> Step:
        kept = momentum * buffers["momentum_buffer"] + (1 - dampening) * grad
        buffer = jnp.where(step == 1, grad, kept)
        return buffer, {"momentum_buffer": buffer}

    return by_rule(rule, {"momentum_buffer": zeros}, lambda step: (step,))


@public(name="optim.asgd")
def asgd(
    lr: LearningRate = 1e-2,
    lambd: float = 1e-4,
    alpha: float = 0.75,
    t0: float = 1e6,
    weight_decay: float = 0,
    maximize: bool = False,
) -> optax.GradientTransformation:
    """Make averaged stochastic gradient descent. The averages are the buffer `ax` of the state.

    A step uses the rate of the step before it. torch keeps that rate as float32 for parameters of every dtype; so does
    this.

    Raises: ArgumentValueError for a hyperparameter out of its range.
    Torch: torch.optim.ASGD

    >>> import jax.numpy as jnp, jaxfun as jf
    >>> tx = jf.optim.asgd(0.1)
    >>> updates, state = tx.update(jnp.ones(1), tx.init(jnp.zeros(1)), jnp.zeros(1))
    >>> print(updates)
    [-0.1]
    """
    want_not_negative({"lr": lr, "weight_decay": weight_decay})

    def scalars(step: jax.Array) -> tuple[jax.Array, ...]:
        before = (step - 1).astype(float_dtype())
        rate = _at(lr, jnp.maximum(step - 2, 0))
        eta = rate / (1 + lambd * rate * before) ** alpha
        mu = 1 / jnp.maximum(1.0, before - t0)
        return tuple(number.astype("float32") for number in (eta, mu))

    def rule(grad: jax.Array, param: jax.Array, buffers: Buffers, eta: jax.Array, mu: jax.Array) -> Step:
        change = -lambd * eta * param - eta * grad
        new = param + change
        return change, {"ax": jnp.where(mu == 1, new, buffers["ax"] + (new - buffers["ax"]) * mu)}

    core = by_rule(rule, {"ax": zeros}, scalars)
    return optimizer(core, lr=None, weight_decay=weight_decay, maximize=maximize)


def _at(lr: LearningRate, step: jax.Array) -> jax.Array:
    """Return the learning rate at a step that counts from 0."""
    return jnp.asarray(lr(step) if callable(lr) else lr, float_dtype())


@public(name="optim.rprop")
def rprop(
    lr: LearningRate = 1e-2,
    etas: tuple[float, float] = (0.5, 1.2),
    step_sizes: tuple[float, float] = (1e-6, 50),
    *,
    maximize: bool = False,
) -> optax.GradientTransformation:
    """Make resilient backpropagation: each element has a step size of its own, and only the gradient's sign counts.

    The learning rate is the first step size; a schedule has no effect after the first step, as in torch.

    Raises: ArgumentValueError for a hyperparameter out of its range.
    Torch: torch.optim.Rprop

    >>> import jax.numpy as jnp, jaxfun as jf
    >>> tx = jf.optim.rprop(0.1)
    >>> updates, state = tx.update(jnp.array([3.0, -2.0]), tx.init(jnp.zeros(2)), jnp.zeros(2))
    >>> print(updates)
    [-0.1  0.1]
    """
    want_not_negative({"lr": lr})
    minus, plus = etas
    if is_number(minus) and is_number(plus) and not 0 < minus < 1 < plus:
        raise ArgumentValueError("`etas` with 0 < etas[0] < 1 < etas[1]", describe(etas))

    def rule(grad: jax.Array, param: jax.Array, buffers: Buffers) -> Step:
        along = grad * buffers["prev"]
        factor = jnp.where(along > 0, plus, jnp.where(along < 0, minus, 1.0)).astype(grad.dtype)
        size = jnp.clip(buffers["step_size"] * factor, *step_sizes)
        used = jnp.where(along < 0, 0, grad)
        return -jnp.sign(used) * size, {"prev": used, "step_size": size}

    def first_size(param: jax.Array) -> jax.Array:
        return filled(_at(lr, jnp.zeros((), "int32")))(param)

    core = by_rule(rule, {"prev": zeros, "step_size": first_size})
    return optimizer(core, lr=None, weight_decay=0, maximize=maximize)
