"""`grad`, the gradient of a function, and `detach` and `no_grad`, which stop gradients."""

import functools
from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp

from ..core.errors import ArgumentTypeError, ArgumentValueError, DTypeError, GradientError, describe
from ..core.public import public
from ..core.types import ArrayLike
from ..ops.shape import identity
from .dependence import is_differentiable
from .pullback import gradients
from .variable import Variable, arrays_of


@public(name="autograd.grad", runs_callbacks=True)
def grad(
    f: Callable[..., Any],
    inputs: Any,
    grad_outputs: Any = None,
    *,
    retain_graph: bool | None = None,
    create_graph: bool = False,
    allow_unused: bool | None = None,
    is_grads_batched: bool = False,
    materialize_grads: bool = False,
) -> Any:
    """Return the gradients of `f(*inputs)` for each input, as a tuple of arrays.

    `f` is a pure function of arrays. `inputs` are Variables or arrays: one, a sequence, or a dict. `f` takes a dict as
    one argument, and its gradients are a dict. Each position is a separate variable. Values that `f` closes over are
    constant. If `f` returns several tensors, `grad_outputs` holds a cotangent for each, or None for a scalar.

    An input that `f` does not use is an error; with `allow_unused` its gradient is None, with `materialize_grads`
    zeros. An operation whose derivative is zero counts as a use; `detach` and an integer do not. With
    `is_grads_batched`, each of `grad_outputs` has a leading batch dimension, and so have the gradients (but not the
    zeros of `materialize_grads`). `retain_graph` and `create_graph` have no effect: there is no graph to keep, and the
    result can always be differentiated again.

    Gradient: complex numbers in torch's convention, the conjugate of `jax.grad`'s.
    Raises: GradientError for an unused input, an input that does not require grad, an output without a gradient, and an
    output that is not a real scalar without `grad_outputs`; ShapeError and DTypeError for `grad_outputs` that do not
    fit.
    Torch: torch.autograd.grad.

    >>> import jaxfun as jf
    >>> jf.autograd.grad(lambda v: jf.sum(v**2), (jf.Variable(jf.ones(1, 2)),))
    (Array([[2., 2.]], dtype=float32),)
    """
    if materialize_grads and allow_unused is False:
        raise ArgumentValueError("`allow_unused` True or omitted, with materialize_grads=True", "allow_unused=False")
    call, arrays = _call(f, inputs)
    found = gradients(call, arrays, grad_outputs, batched=is_grads_batched)
    if materialize_grads:
        found = tuple(jnp.zeros_like(a) if g is None else g for a, g in zip(arrays, found, strict=True))
    elif not allow_unused:
        _check_used(arrays, found)
    return dict(zip(inputs, found, strict=True)) if isinstance(inputs, dict) else found


def _call(f: Callable[..., Any], inputs: Any) -> tuple[Callable[..., Any], tuple[jax.Array, ...]]:
    if isinstance(inputs, dict):
        names = tuple(inputs)
        return (lambda *arrays: f(dict(zip(names, arrays, strict=True)))), _arrays(tuple(inputs.values()))
    return f, _arrays(_sequence(inputs))


def _sequence(inputs: Any) -> tuple[Any, ...]:
    if isinstance(inputs, (tuple, list)):
        return tuple(inputs)
    if not isinstance(inputs, Variable) and not hasattr(inputs, "dtype"):
        raise ArgumentTypeError("`inputs` to be Variables or tensors", describe(inputs))
    return (inputs,)


def _arrays(inputs: tuple[Any, ...]) -> tuple[jax.Array, ...]:
    if not inputs:
        raise GradientError("at least one input", "none")
    arrays = arrays_of(inputs, GradientError)
    for position, (item, array) in enumerate(zip(inputs, arrays, strict=True)):
        if isinstance(item, Variable) and not item.requires_grad:
            raise GradientError(f"`inputs[{position}]` to require grad", repr(item))
        if not is_differentiable(array):
            raise DTypeError(f"`inputs[{position}]` of a floating point or complex dtype", describe(array))
    return arrays


def _check_used(arrays: tuple[jax.Array, ...], found: tuple[jax.Array | None, ...]) -> None:
    for position, (array, gradient) in enumerate(zip(arrays, found, strict=True)):
        if gradient is None:
            raise GradientError(
                f"`f` to use `inputs[{position}]` in a differentiable way",
                f"{describe(array)}, unused",
                "Pass allow_unused=True for None, or materialize_grads=True for zeros.",
            )


@public(runs_callbacks=True)
def detach(input: ArrayLike | Variable) -> Any:
    """Return the same values without a gradient: `grad` and `backward` treat them as constants.

    A Variable becomes a Variable with `requires_grad=False` and no `grad`.

    Gradient: none. JAX's own `jax.grad` gives 0.

    >>> import jaxfun as jf
    >>> jax.grad(lambda x: x * jf.detach(x))(3.0)
    Array(3., dtype=float32, weak_type=True)
    """
    if isinstance(input, Variable):
        return Variable(identity.detach(input.data), requires_grad=False)
    return identity.detach(input)


@public
def no_grad(orig_func: Callable[..., Any] | None = None) -> Any:
    """Wrap `orig_func` so that its results carry no gradient.

    Use it as a decorator, with or without parentheses. There is no `with jaxfun.no_grad():`, which would be global
    state: put the block into a function, or `detach` its results.

    Gradient: none, in both modes. torch's no_grad lets forward mode (`strategy="forward-mode"`) through.
    Torch: torch.no_grad.

    >>> import jaxfun as jf
    >>> scale = jf.no_grad(lambda x: x.max())
    >>> jf.autograd.grad(lambda x: jf.sum(x / scale(x)), jf.tensor([1.0, 4.0]))
    (Array([0.25, 0.25], dtype=float32),)
    """
    if orig_func is None:
        return no_grad

    @functools.wraps(orig_func)
    def without_gradient(*args: Any, **kwargs: Any) -> Any:
        return jax.tree.map(_detached, orig_func(*args, **kwargs), is_leaf=lambda item: isinstance(item, Variable))

    return without_gradient


def _detached(result: Any) -> Any:
    return detach(result) if isinstance(result, (jax.Array, Variable)) else result
