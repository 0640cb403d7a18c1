"""Optimisers that divide by the root of summed or averaged squares: Adagrad, RMSprop and Adadelta."""

import jax
import jax.numpy as jnp
import optax

from ..core.errors import ArgumentValueError, describe
from ..core.public import public
from .hyperparameters import LearningRate, float_dtype, is_number, is_zero, want_not_negative
from .transformation import Buffers, Step, by_rule, filled, lerp, optimizer, square_average, zeros


@public(name="optim.adagrad")
def adagrad(
    lr: LearningRate = 1e-2,
    lr_decay: float = 0,
    weight_decay: float = 0,
    initial_accumulator_value: float = 0,
    eps: float = 1e-10,
    *,
    maximize: bool = False,
) -> optax.GradientTransformation:
    """Make Adagrad. `eps` is added to the root of the summed squares.

    Raises: ArgumentValueError for a hyperparameter out of its range.
    Torch: torch.optim.Adagrad

    >>> import jax.numpy as jnp, jaxfun as jf
    >>> tx = jf.optim.adagrad(0.1)
    >>> updates, state = tx.update(jnp.array([3.0, -2.0]), tx.init(jnp.zeros(2)), jnp.zeros(2))
    >>> print(updates)
    [-0.1  0.1]
    """
    want_not_negative({"lr": lr, "lr_decay": lr_decay, "weight_decay": weight_decay})
    want_not_negative({"initial_accumulator_value": initial_accumulator_value, "eps": eps})

    def rule(grad: jax.Array, param: jax.Array, buffers: Buffers, decay: jax.Array) -> Step:
        total = buffers["sum"] + grad * grad
        return grad / (jnp.sqrt(total) + eps) / decay, {"sum": total}

    core = by_rule(
        rule,
        {"sum": filled(initial_accumulator_value)},
        lambda step: (1 + (step - 1).astype(float_dtype()) * lr_decay,),
    )
    return optimizer(core, lr=lr, weight_decay=weight_decay, maximize=maximize)


@public(name="optim.rmsprop")
def rmsprop(
    lr: LearningRate = 1e-2,
    alpha: float = 0.99,
    eps: float = 1e-8,
    weight_decay: float = 0,
    momentum: float = 0,
    centered: bool = False,
    maximize: bool = False,
) -> optax.GradientTransformation:
    """Make RMSprop. `eps` is added to the root of the averaged squares, which start at 0 and are not corrected.

    `centered` subtracts the square of the averaged gradient. The learning rate multiplies the momentum buffer.

    Raises: ArgumentValueError for a hyperparameter out of its range.
    Torch: torch.optim.RMSprop

    >>> import jax.numpy as jnp, jaxfun as jf
    >>> tx = jf.optim.rmsprop(0.1)
    >>> updates, state = tx.update(jnp.array([3.0, -2.0]), tx.init(jnp.zeros(2)), jnp.zeros(2))
    >>> [round(float(x), 4) for x in updates]
    [-1.0, 1.0]
    """
    want_not_negative({"lr": lr, "eps": eps, "momentum": momentum, "weight_decay": weight_decay, "alpha": alpha})

    def rule(grad: jax.Array, param: jax.Array, buffers: Buffers) -> Step:
        after = {"square_avg": square_average(buffers["square_avg"], grad, alpha)}
        if not centered:
            return grad / (jnp.sqrt(after["square_avg"]) + eps), after
        after["grad_avg"] = lerp(buffers["grad_avg"], grad, 1 - alpha)
        variance = after["square_avg"] - after["grad_avg"] * after["grad_avg"]
        return grad / (jnp.sqrt(variance) + eps), after

    core = by_rule(rule, dict.fromkeys(["square_avg", *["grad_avg"] * centered], zeros))
    trace = [] if is_zero(momentum) else [optax.trace(momentum)]
    return optimizer(core, *trace, lr=lr, weight_decay=weight_decay, maximize=maximize)


@public(name="optim.adadelta")
def adadelta(
    lr: LearningRate = 1.0,
    rho: float = 0.9,
    eps: float = 1e-6,
    weight_decay: float = 0,
    *,
    maximize: bool = False,
) -> optax.GradientTransformation:
    """Make Adadelta. `eps` is added inside of both roots.

    Raises: ArgumentValueError for a hyperparameter out of its range.
    Torch: torch.optim.Adadelta

    >>> import jax.numpy as jnp, jaxfun as jf
    >>> tx = jf.optim.adadelta()
    >>> updates, state = tx.update(jnp.array([3.0, -2.0]), tx.init(jnp.zeros(2)), jnp.zeros(2))
    >>> [round(float(x), 5) for x in updates]
    [-0.00316, 0.00316]
    """
    want_not_negative({"lr": lr})
    if is_number(rho) and not 0 <= rho <= 1:
        raise ArgumentValueError("`rho` in [0, 1]", describe(rho))
    want_not_negative({"eps": eps, "weight_decay": weight_decay})

    def rule(grad: jax.Array, param: jax.Array, buffers: Buffers) -> Step:
        square = square_average(buffers["square_avg"], grad, rho)
        delta = jnp.sqrt(buffers["acc_delta"] + eps) / jnp.sqrt(square + eps) * grad
        return delta, {"square_avg": square, "acc_delta": square_average(buffers["acc_delta"], delta, rho)}

    core = by_rule(rule, dict.fromkeys(["square_avg", "acc_delta"], zeros))
    return optimizer(core, lr=lr, weight_decay=weight_decay, maximize=maximize)
