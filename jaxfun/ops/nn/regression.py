"""Regression losses: squared, absolute and Huber errors, and Poisson and Gaussian negative log-likelihoods."""

import builtins
import math
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from ...core.arguments import as_tensor
from ...core.checks import want_order
from ...core.dtypes import as_dtype, computed_in, promote_types
from ...core.errors import ArgumentTypeError, ArgumentValueError, DTypeError, describe
from ...core.op import op
from ...core.public import public
from ...core.record import BOOLS, NOT_FLOATS, Array, Choice, rows
from ...core.tangents import at_least
from ...core.types import ArrayLike
from ..pointwise.arithmetic import abs, add, mul, sub
from ..pointwise.comparison import le
from ..pointwise.division import div
from ..pointwise.minmax import where
from ..pointwise.powers import exp, log, square
from ..reduce.sums import sum
from ._reduction import REDUCTION, are_all, broadcast_pair, reduced, want_floating, want_reduction


@public(name="nn.functional.mse_loss")
def mse_loss(input: Any, target: Any, *, reduction: str = "mean", weight: Any = None) -> jax.Array:
    """Return the mean squared error; with another `reduction` ("sum" or "none"), the sum or each squared error.

    `weight` multiplies each error; "mean" then divides by the sum of the weights.
    Shapes: `weight` has the shape of `input`.
    Warns: if the shapes differ, because the broadcast is often a mistake.
    Raises: ValueError for an unknown reduction, and for a weight of another shape.
    Torch: torch.nn.functional.mse_loss.

    >>> import jaxfun as jf
    >>> jf.nn.functional.mse_loss(jf.tensor([1.0, 2.0]), jf.tensor([1.0, 4.0]))
    Array(2., dtype=float32)
    """
    one, other = broadcast_pair("mse_loss", input, target)
    if weight is None:
        return _mse_loss(one, other, reduction=reduction)
    return _weighted_mean(square(sub(one, other)), _checked_weight(input, weight), reduction)


@op(torch="torch.nn.functional.mse_loss", rejects=NOT_FLOATS, takes={"reduction": REDUCTION})
def _mse_loss(input: Array, target: Array, *, reduction: str = "mean") -> jax.Array:
    return reduced(jnp.square(input - target), reduction)


@public(name="nn.functional.l1_loss")
def l1_loss(input: Any, target: Any, *, reduction: str = "mean", weight: Any = None) -> jax.Array:
    """Return the mean absolute error; with another `reduction` ("sum" or "none"), the sum or each absolute error.

    `weight` multiplies each error; "mean" then divides by the sum of the weights.
    Shapes: `weight` has the shape of `input`.
    Gradient: 0 where the error is 0.
    Warns: if the shapes differ, because the broadcast is often a mistake.
    Raises: ValueError for an unknown reduction, and for a weight of another shape; RuntimeError for bools, and for
    "mean" of integers.
    Torch: torch.nn.functional.l1_loss.

    >>> import jaxfun as jf
    >>> jf.nn.functional.l1_loss(jf.tensor([1.0, 2.0]), jf.tensor([1.0, 4.0]))
    Array(1., dtype=float32)
    """
    one, other = broadcast_pair("l1_loss", input, target)
    if weight is None:
        return _l1_loss(one, other, reduction=reduction)
    return _weighted_mean(abs(sub(one, other)), _checked_weight(input, weight), reduction)


@op(
    torch="torch.nn.functional.l1_loss",
    composite=True,
    rejects=BOOLS,
    operand_rejects=BOOLS,
    takes={"reduction": REDUCTION},
)
def _l1_loss(input: Array, target: Array, *, reduction: str = "mean") -> jax.Array:
    return reduced(abs(input - target), reduction)


@public(name="nn.functional.smooth_l1_loss")
def smooth_l1_loss(input: Any, target: Any, *, reduction: str = "mean", beta: float = 1.0) -> jax.Array:
    """Return the smooth L1 loss: `0.5 * error**2 / beta` if `|error| < beta`, else `|error| - 0.5 * beta`.

    With a `beta` of 0 it equals `l1_loss`. The `reduction` is "mean" (by default), "sum" or "none".
    Warns: if the shapes differ, because the broadcast is often a mistake.
    Raises: ValueError for an unknown reduction; RuntimeError for a negative `beta`.
    Torch: torch.nn.functional.smooth_l1_loss.

    >>> import jaxfun as jf
    >>> jf.nn.functional.smooth_l1_loss(jf.tensor([1.0, 2.0]), jf.tensor([1.5, 4.0]), reduction="none")
    Array([0.125, 1.5  ], dtype=float32)
    """
    input, target = broadcast_pair("smooth_l1_loss", input, target)
    if beta == 0:
        return _l1_loss(input, target, reduction=reduction)
    return _smooth_l1_loss(input, target, reduction=reduction, beta=beta)


@op(
    torch="torch.nn.functional.smooth_l1_loss",
    rejects=NOT_FLOATS,
    takes={"reduction": REDUCTION, "beta": Choice((1.0, 0.5))},
)
def _smooth_l1_loss(input: Array, target: Array, *, reduction: str = "mean", beta: float = 1.0) -> jax.Array:
    if beta < 0:
        raise DTypeError("a non-negative `beta`", describe(beta))
    return reduced(_huber(input - target, beta) / beta, reduction)


@public(name="nn.functional.huber_loss")
def huber_loss(input: Any, target: Any, reduction: str = "mean", delta: float = 1.0, weight: Any = None) -> jax.Array:
    """Return the Huber loss: `0.5 * error**2` if `|error| < delta`, else `delta * (|error| - 0.5 * delta)`.

    The `reduction` is "mean" (by default), "sum" or "none". `weight` multiplies each element; "mean" still divides by
    the number of elements.
    Shapes: `weight` has the shape of `input`.
    Dtypes: the result has the dtype of `input`, for any dtype of `target`.
    Warns: if the shapes differ, because the broadcast is often a mistake.
    Raises: ValueError for an unknown reduction, and for a weight of another shape; RuntimeError for a `delta` that is
    not positive.
    Torch: torch.nn.functional.huber_loss.

    >>> import jaxfun as jf
    >>> jf.nn.functional.huber_loss(jf.tensor([1.0, 2.0]), jf.tensor([1.5, 5.0]), "none", 2.0)
    Array([0.125, 4.   ], dtype=float32)
    """
    one, other = broadcast_pair("huber_loss", input, target)
    if weight is None:
        return _huber_loss(one, other, reduction, delta)
    weight = _checked_weight(input, weight)
    return reduced(mul(_huber_loss(one, other, "none", delta), weight), reduction)


@op(
    kind=None,
    torch="torch.nn.functional.huber_loss",
    rejects=NOT_FLOATS,
    takes={"reduction": REDUCTION, "delta": Choice((1.0, 0.5))},
    cases=rows("input target", ("m n", "m n"), ("n", "m n"), ("m n", "m 1"), ("", "")),
)
def _huber_loss(input: Array, target: Array, reduction: str = "mean", delta: float = 1.0) -> jax.Array:
    if delta <= 0:
        raise DTypeError("a positive `delta`", describe(delta))
    dtype = as_dtype(input.dtype)
    want_floating("input", input)
    wide = computed_in(promote_types(dtype, as_dtype(target.dtype))).dtype
    return reduced(_huber(input.astype(wide) - target.astype(wide), delta), reduction).astype(dtype.dtype)


def _huber(error: jax.Array, limit: float) -> jax.Array:
    size = jnp.abs(error)
    near = jnp.where(size < limit, error, 0)  # mask before squaring: 0 * inf would make the gradient NaN
    return jnp.where(size < limit, 0.5 * near * near, limit * (size - 0.5 * limit))


def _checked_weight(input: Any, weight: Any) -> jax.Array:
    weight = as_tensor("weight", weight)
    if weight.shape != input.shape:
        raise ArgumentValueError("a weight of the shape of `input`", f"{describe(weight)} and {describe(input)}")
    return weight


def _weighted_mean(loss: jax.Array, weight: jax.Array, reduction: str) -> jax.Array:
    want_reduction(reduction)
    weighted = mul(loss, weight)
    return div(sum(weighted), sum(weight)) if reduction == "mean" else reduced(weighted, reduction)


@op(
    kind=None,
    torch="torch.nn.functional.poisson_nll_loss",
    composite=True,
    rejects=BOOLS,
    takes={"reduction": REDUCTION, "eps": Choice((1e-8, 0.5))},
    cases=rows("input target", ("m n", "m n"), ("n", "m n"), ("m n", "m 1"), ("", "")),
)
def poisson_nll_loss(
    input: Array,
    target: Array,
    log_input: bool = True,
    full: bool = False,
    *,
    eps: float = 1e-8,
    reduction: str = "mean",
) -> jax.Array:
    """Return the Poisson negative log-likelihood loss `exp(input) - target * input`.

    With `log_input=False` the loss is `input - target * log(input + eps)`. `full` adds Stirling's approximation of
    log(target!) for targets above 1. The `reduction` is "mean" (by default), "sum" or "none".
    Raises: ValueError for an unknown reduction.
    Torch: torch.nn.functional.poisson_nll_loss.

    >>> import jaxfun as jf
    >>> jf.nn.functional.poisson_nll_loss(jf.tensor([0.0, 1.0]), jf.tensor([2.0, 0.0]), reduction="none")
    Array([1.       , 2.7182817], dtype=float32)
    """
    logarithm = input if log_input else log(add(input, eps))
    loss = sub(_unfused_exp(_as_inexact(input)) if log_input else input, mul(target, logarithm))
    return reduced(add(loss, _log_factorial(target)).astype(loss.dtype) if full else loss, reduction)


def _as_inexact(input: jax.Array) -> jax.Array:
    return input if jnp.issubdtype(input.dtype, jnp.inexact) else input.astype(np.float32)


@jax.custom_jvp
def _unfused_exp(input: jax.Array) -> jax.Array:
    # XLA's CPU compiler gives a finite exp(infinity) if it fuses exp into a subtraction: take at least the input
    result = exp(input)
    return result if jnp.iscomplexobj(result) else jnp.maximum(result, input)


@_unfused_exp.defjvp
def _unfused_exp_jvp(primals: Any, tangents: Any) -> tuple[jax.Array, jax.Array]:
    result = _unfused_exp(*primals)
    return result, result * tangents[0]


def _log_factorial(target: jax.Array) -> jax.Array:
    """Return Stirling's approximation of log(target!), or 0 for targets up to 1."""
    want_order(target)
    estimate = add(sub(mul(target, log(target)), target), mul(log(mul(target, 2 * math.pi)), 0.5))
    return where(le(target, 1), 0, estimate)


@public(name="nn.functional.gaussian_nll_loss")
def gaussian_nll_loss(
    input: Any, target: Any, var: ArrayLike | float, full: bool = False, eps: float = 1e-6, reduction: str = "mean"
) -> jax.Array:
    """Return the Gaussian negative log-likelihood loss, for the mean `input` and the variance `var`.

    `var` is clamped to at least `eps`. `full` adds the constant log(2π) / 2.
    The `reduction` is "mean" (by default), "sum" or "none".
    Shapes: `var` is a float, or a tensor of the shape of `input`, possibly with one size of 1 or without the last
    dimension.
    Gradient: passes through the clamp of `var` unchanged.
    Raises: ValueError for another shape, for a negative variance, and for an unknown reduction. A traced variance is
    not checked.
    Torch: torch.nn.functional.gaussian_nll_loss.

    >>> import jaxfun as jf
    >>> jf.nn.functional.gaussian_nll_loss(jf.tensor([1.0, 2.0]), jf.tensor([1.0, 4.0]), jf.tensor([1.0, 4.0]))
    Array(0.5965736, dtype=float32)
    """
    input, target = as_tensor("input", input), as_tensor("target", target)
    variance = _variance(input, var)
    want_reduction(reduction)
    clamped = at_least(variance, eps)
    loss = mul(add(log(clamped), div(square(sub(input, target)), clamped)), 0.5)
    return reduced(add(loss, 0.5 * math.log(2 * math.pi)) if full else loss, reduction)


def _variance(input: jax.Array, var: Any) -> jax.Array:
    if isinstance(var, float):
        var = mul(jnp.ones_like(input), var)
    elif not hasattr(var, "dtype"):
        raise ArgumentTypeError("`var` to be a tensor or a float", describe(var))
    var = as_tensor("var", var)
    if not are_all(lambda numbers: ~(numbers < 0), var):
        raise ArgumentValueError("a non-negative `var`", describe(var))
    if var.shape == input.shape:
        return var
    if input.shape[:-1] == var.shape:
        return var[..., None]
    others = [size for own, size in zip(input.shape, var.shape, strict=False) if own != size]
    if input.ndim != var.ndim or builtins.sum(others) != 1:
        expected = "a `var` of the shape of `input`, except for one size of 1"
        raise ArgumentValueError(expected, f"{describe(var)} and {describe(input)}")
    return var
