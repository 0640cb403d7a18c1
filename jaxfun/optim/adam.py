"""Adam and its variants: AdamW, Adamax, NAdam and RAdam."""

from typing import Any

import jax
import jax.numpy as jnp
import optax

from ..core.public import public
from .hyperparameters import (
    LearningRate,
    average_length,
    float_dtype,
    one_minus_power,
    want_betas,
    want_floats,
    want_not_negative,
)
from .transformation import Buffers, Step, by_rule, lerp, optimizer, square_average, zeros


@public(name="optim.adam")
def adam(
    lr: LearningRate = 1e-3,
    betas: tuple[float, float] = (0.9, 0.999),
    eps: float = 1e-8,
    weight_decay: float = 0,
    amsgrad: bool = False,
    *,
    maximize: bool = False,
    decoupled_weight_decay: bool = False,
) -> optax.GradientTransformation:
    """Make Adam. `weight_decay` is added to the gradient (L2), unless `decoupled_weight_decay`.

    `eps` is added to the root of the corrected second moment. `amsgrad` keeps the largest second moment, before its
    correction. The corrections have all their digits in float32 too.

    Raises: ArgumentValueError for a hyperparameter out of its range.
    Torch: torch.optim.Adam

    >>> import jax.numpy as jnp, jaxfun as jf
    >>> tx = jf.optim.adam(0.1)
    >>> updates, state = tx.update(jnp.array([3.0, -2.0]), tx.init(jnp.zeros(2)), jnp.zeros(2))
    >>> [round(float(x), 4) for x in updates]
    [-0.1, 0.1]
    """
    _check(lr, betas, eps, weight_decay)
    want_floats(betas)
    beta1, beta2 = betas

    def rule(grad: jax.Array, param: jax.Array, buffers: Buffers, correction1: jax.Array, root: jax.Array) -> Step:
        after = _moments(grad, buffers, betas)
        if amsgrad:
            after["max_exp_avg_sq"] = jnp.maximum(buffers["max_exp_avg_sq"], after["exp_avg_sq"])
        square = after["max_exp_avg_sq" if amsgrad else "exp_avg_sq"]
        return after["exp_avg"] / correction1 / (jnp.sqrt(square) / root + eps), after

    names = ["exp_avg", "exp_avg_sq", *["max_exp_avg_sq"] * amsgrad]
    core = by_rule(
        rule,
        dict.fromkeys(names, zeros),
        lambda step: (one_minus_power(beta1, step), jnp.sqrt(one_minus_power(beta2, step))),
    )
    return optimizer(core, lr=lr, weight_decay=weight_decay, maximize=maximize, decoupled=decoupled_weight_decay)


def _check(lr: Any, betas: tuple[Any, Any], eps: Any, weight_decay: Any, **others: Any) -> None:
    want_not_negative({"lr": lr, "eps": eps})
    want_betas(betas)
    want_not_negative({"weight_decay": weight_decay, **others})


def _moments(grad: jax.Array, buffers: Buffers, betas: tuple[Any, Any]) -> Buffers:
    return {
        "exp_avg": lerp(buffers["exp_avg"], grad, 1 - betas[0]),
        "exp_avg_sq": square_average(buffers["exp_avg_sq"], grad, betas[1]),
    }


@public(name="optim.adamw")
def adamw(
    lr: LearningRate = 1e-3,
    betas: tuple[float, float] = (0.9, 0.999),
    eps: float = 1e-8,
    weight_decay: float = 1e-2,
    amsgrad: bool = False,
    *,
    maximize: bool = False,
) -> optax.GradientTransformation:
    """Make AdamW: Adam with decoupled weight decay. A step shrinks the parameter by the factor 1 - lr * weight_decay.

    Raises: ArgumentValueError for a hyperparameter out of its range.
    Torch: torch.optim.AdamW

    >>> import jax.numpy as jnp, jaxfun as jf
    >>> tx = jf.optim.adamw(0.1, weight_decay=0.5)
    >>> updates, state = tx.update(jnp.zeros(1), tx.init(jnp.ones(1)), jnp.ones(1))
    >>> print(updates)
    [-0.05]
    """
    return adam(lr, betas, eps, weight_decay, amsgrad, maximize=maximize, decoupled_weight_decay=True)


@public(name="optim.adamax")
def adamax(
    lr: LearningRate = 2e-3,
    betas: tuple[float, float] = (0.9, 0.999),
    eps: float = 1e-8,
    weight_decay: float = 0,
    *,
    maximize: bool = False,
) -> optax.GradientTransformation:
    """Make Adamax: Adam with the largest gradient, decayed, in place of the second moment.

    `eps` is added to the gradient's absolute value, inside of the maximum.

    Raises: ArgumentValueError for a hyperparameter out of its range.
    Torch: torch.optim.Adamax

    >>> import jax.numpy as jnp, jaxfun as jf
    >>> tx = jf.optim.adamax(0.1)
    >>> updates, state = tx.update(jnp.array([3.0, -2.0]), tx.init(jnp.zeros(2)), jnp.zeros(2))
    >>> [round(float(x), 4) for x in updates]
    [-0.1, 0.1]
    """
    _check(lr, betas, eps, weight_decay)
    beta1, beta2 = betas

    def rule(grad: jax.Array, param: jax.Array, buffers: Buffers, correction: jax.Array) -> Step:
        average = lerp(buffers["exp_avg"], grad, 1 - beta1)
        largest = jnp.maximum(buffers["exp_inf"] * beta2, jnp.abs(grad) + eps)
        return average / correction / largest, {"exp_avg": average, "exp_inf": largest}

    core = by_rule(rule, {"exp_avg": zeros, "exp_inf": zeros}, lambda step: (one_minus_power(beta1, step),))
    return optimizer(core, lr=lr, weight_decay=weight_decay, maximize=maximize)


@public(name="optim.nadam")
def nadam(
    lr: LearningRate = 2e-3,
    betas: tuple[float, float] = (0.9, 0.999),
    eps: float = 1e-8,
    weight_decay: float = 0,
    momentum_decay: float = 4e-3,
    decoupled_weight_decay: bool = False,
    *,
    maximize: bool = False,
) -> optax.GradientTransformation:
    """Make NAdam: Adam with Nesterov's momentum, whose momentum grows with the step by `momentum_decay`.

    The product of all momenta is float32 for parameters of every dtype, as in torch.

    Raises: ArgumentValueError for a hyperparameter out of its range.
    Torch: torch.optim.NAdam

    >>> import jax.numpy as jnp, jaxfun as jf
    >>> tx = jf.optim.nadam(0.1)
    >>> updates, state = tx.update(jnp.array([3.0, -2.0]), tx.init(jnp.zeros(2)), jnp.zeros(2))
    >>> [round(float(x), 4) for x in updates]
    [-0.1056, 0.1056]
    """
    _check(lr, betas, eps, weight_decay, momentum_decay=momentum_decay)
    beta1, beta2 = betas

    def momentum(step: jax.Array) -> jax.Array:
        return beta1 * (1 - 0.5 * 0.96 ** (step.astype(float_dtype()) * momentum_decay))

    def scalars(step: jax.Array) -> tuple[jax.Array, ...]:
        return momentum(step), momentum(step + 1), one_minus_power(beta2, step)

    def rule(
        grad: jax.Array, param: jax.Array, buffers: Buffers, mu: jax.Array, following: jax.Array, correction: jax.Array
    ) -> Step:
        after = _moments(grad, buffers, betas)
        product = buffers["mu_product"] * mu.astype("float32")
        wide = product.astype(grad.dtype)
        blend = grad * ((1 - mu) / (1 - wide)) + after["exp_avg"] * (following / (1 - wide * following))
        return blend / (jnp.sqrt(after["exp_avg_sq"] / correction) + eps), {**after, "mu_product": product}

    starts = {"exp_avg": zeros, "exp_avg_sq": zeros, "mu_product": lambda param: jnp.ones((), "float32")}
    return optimizer(
        by_rule(rule, starts, scalars),
        lr=lr,
        weight_decay=weight_decay,
        maximize=maximize,
        decoupled=decoupled_weight_decay,
    )


@public(name="optim.radam")
def radam(
    lr: LearningRate = 1e-3,
    betas: tuple[float, float] = (0.9, 0.999),
    eps: float = 1e-8,
    weight_decay: float = 0,
    decoupled_weight_decay: bool = False,
    *,
    maximize: bool = False,
) -> optax.GradientTransformation:
    """Make RAdam: Adam whose second moment is used once enough gradients are in it, with a rectified step size.

    `eps` is added to the root of the second moment before its correction.

    Raises: ArgumentValueError for a hyperparameter out of its range.
    Torch: torch.optim.RAdam

    >>> import jax.numpy as jnp, jaxfun as jf
    >>> tx = jf.optim.radam(0.1)
    >>> updates, state = tx.update(jnp.array([3.0, -2.0]), tx.init(jnp.zeros(2)), jnp.zeros(2))
    >>> [round(float(x), 4) for x in updates]
    [-0.3, 0.2]
    """
    _check(lr, betas, eps, weight_decay)
    beta1, beta2 = betas
    longest = 2 / (1 - beta2) - 1

    def scalars(step: jax.Array) -> tuple[jax.Array, ...]:
        length = average_length(beta2, step)
        used = jnp.where(length > 5, length, 6.0)  # a root of negative numbers would be NaN
        rectified = jnp.sqrt((used - 4) * (used - 2) * longest / ((longest - 4) * (longest - 2) * used))
        return one_minus_power(beta1, step), jnp.where(
            length > 5, rectified * jnp.sqrt(one_minus_power(beta2, step)), 0
        )

    def rule(grad: jax.Array, param: jax.Array, buffers: Buffers, correction: jax.Array, rectified: jax.Array) -> Step:
        after = _moments(grad, buffers, betas)
        adaptive = rectified / (jnp.sqrt(after["exp_avg_sq"]) + eps)
        return after["exp_avg"] / correction * jnp.where(rectified > 0, adaptive, 1), after

    return optimizer(
        by_rule(rule, dict.fromkeys(["exp_avg", "exp_avg_sq"], zeros), scalars),
        lr=lr,
        weight_decay=weight_decay,
        maximize=maximize,
        decoupled=decoupled_weight_decay,
    )
