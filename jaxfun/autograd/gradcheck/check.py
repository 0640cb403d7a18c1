"""`gradcheck` and `gradgradcheck`: compare derivatives with finite differences, for custom derivative rules."""

import warnings
from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp

from ...core.errors import ArgumentChoiceError, ArgumentValueError, GradcheckError, describe
from ...core.public import public
from ..dependence import is_differentiable
from ..pullback import gradients, pullback
from ..variable import Variable
from .finite import Subject, Tolerance, check


@public(name="autograd.gradcheck", runs_callbacks=True)
def gradcheck(
    func: Callable[..., Any],
    inputs: Any,
    *,
    eps: float = 1e-6,
    atol: float = 1e-5,
    rtol: float = 1e-3,
    raise_exception: bool = True,
    nondet_tol: float = 0.0,
    check_undefined_grad: bool = True,
    check_grad_dtypes: bool = False,
    check_batched_grad: bool = False,
    check_batched_forward_grad: bool = False,
    check_forward_ad: bool = False,
    check_backward_ad: bool = True,
    fast_mode: bool = False,
    masked: bool | None = None,
) -> bool:
    """Check the gradients of `func` against central differences, and return True; meant for float64 and complex128.

    `inputs` is one input or a tuple. Floating point and complex arrays are checked, and Variables that require grad.
    Each output is differentiated with respect to each input, a complex output by its real and its imaginary part. Where
    nothing is differentiable, the finite differences must be zero. The gradient of a zero cotangent must be zero, and
    two runs must agree to `nondet_tol`. `check_forward_ad` checks forward mode too. The `check_batched_...` flags check
    that vmap gives the same. `check_undefined_grad`, `check_grad_dtypes`, `fast_mode` and `masked` have no effect: JAX
    guarantees the first two, the whole Jacobian is always compared, and there are no sparse arrays. The check needs
    concrete values, so call it outside of jit. Like torch, it warns about inputs below double precision.

    Raises: GradcheckError, with the entry that is furthest off; with `raise_exception=False` the result is False
    instead. ArgumentValueError where no input requires grad.
    Torch: torch.autograd.gradcheck.

    >>> import numpy as np
    >>> import jaxfun as jf
    >>> with jax.enable_x64(True):
    ...     jf.autograd.gradcheck(lambda x: x**3, np.array([1.0, 2.0]))
    True
    """
    _check_either(check_forward_ad=check_forward_ad, check_backward_ad=check_backward_ad)
    _check_needs(check_backward_ad, check_batched_grad=check_batched_grad)
    _check_needs(check_forward_ad, check_batched_forward_grad=check_batched_forward_grad)
    tolerance = Tolerance(eps, atol, rtol, nondet_tol)
    backward = [False, True][: check_backward_ad + check_batched_grad]
    forward = [False, True][: check_forward_ad + check_batched_forward_grad]
    return _passes(_subject(func, _as_tuple(inputs)), tolerance, backward, forward, raise_exception)


@public(name="autograd.gradgradcheck", runs_callbacks=True)
def gradgradcheck(
    func: Callable[..., Any],
    inputs: Any,
    grad_outputs: Any = None,
    *,
    eps: float = 1e-6,
    atol: float = 1e-5,
    rtol: float = 1e-3,
    gen_non_contig_grad_outputs: bool = False,
    raise_exception: bool = True,
    nondet_tol: float = 0.0,
    check_undefined_grad: bool = True,
    check_grad_dtypes: bool = False,
    check_batched_grad: bool = False,
    check_fwd_over_rev: bool = False,
    check_rev_over_rev: bool = True,
    fast_mode: bool = False,
    masked: bool = False,
) -> bool:
    """Check the gradients of the gradients of `func` against central differences, and return True.

    The gradient is differentiated with respect to `inputs` and `grad_outputs`, its cotangents. By default these are
    irregular numbers between -1 and 1, the same at each call (torch draws them at random). The other arguments are
    those of `gradcheck`; `gen_non_contig_grad_outputs` has no effect.

    Raises: the errors of `gradcheck`.
    Torch: torch.autograd.gradgradcheck.

    >>> import numpy as np
    >>> import jaxfun as jf
    >>> with jax.enable_x64(True):
    ...     jf.autograd.gradgradcheck(lambda x: x**3, np.array([1.0, 2.0]))
    True
    """
    _check_either(check_fwd_over_rev=check_fwd_over_rev, check_rev_over_rev=check_rev_over_rev)
    _check_needs(check_rev_over_rev, check_undefined_grad=check_undefined_grad, check_batched_grad=check_batched_grad)
    given = _as_tuple(inputs)
    slope, outputs = _differentiable_part(func, given)
    cotangents = tuple(map(_irregular, outputs)) if grad_outputs is None else _as_tuple(grad_outputs)
    subject = _subject(_gradient_function(slope, given), (*given, *cotangents))
    tolerance = Tolerance(eps, atol, rtol, nondet_tol)
    backward = [False, True][: check_rev_over_rev + check_batched_grad]
    return _passes(subject, tolerance, backward, [False][:check_fwd_over_rev], raise_exception)


def _passes(
    subject: Subject, tolerance: Tolerance, backward: list[bool], forward: list[bool], raise_exception: bool
) -> bool:
    try:
        check(subject, tolerance, backward=backward, forward=forward)
    except GradcheckError:
        if raise_exception:
            raise
        return False
    return True


def _differentiable_part(
    func: Callable[..., Any], given: tuple[Any, ...]
) -> tuple[Callable[..., Any], list[jax.Array]]:
    subject = _subject(func, given)
    point = pullback(subject.func, subject.arrays)
    kept = [position for position, uses in enumerate(point.uses) if uses]

    def part(*arrays: Any) -> tuple[jax.Array, ...]:
        leaves = jax.tree.leaves(func(*arrays))
        return tuple(leaves[position] for position in kept)

    return part, [point.outputs[position] for position in kept]


def _irregular(output: jax.Array) -> jax.Array:
    angles = jnp.arange(1, output.size + 1, dtype=jnp.float32).reshape(output.shape)
    values = jnp.exp(jax.lax.complex(jnp.zeros_like(angles), angles)) if jnp.iscomplexobj(output) else jnp.cos(angles)
    return jax.lax.convert_element_type(values, output.dtype)


def _gradient_function(func: Callable[..., Any], given: tuple[Any, ...]) -> Callable[..., Any]:
    active = _active(given)

    def gradient(*args: Any) -> tuple[jax.Array, ...]:
        inputs, cotangents = args[: len(given)], args[len(given) :]
        along = _with_constants(func, inputs, active)
        found = gradients(along, [inputs[position] for position in active], cotangents)
        return tuple(item for item in found if item is not None)

    return gradient


def _subject(func: Callable[..., Any], given: tuple[Any, ...]) -> Subject:
    active = _active(given)
    if not active:
        raise ArgumentValueError("an input that requires grad", describe(given), "Integers and bools have no gradient.")
    values = tuple(item.data if isinstance(item, Variable) else item for item in given)
    arrays = tuple(jnp.asarray(values[position]) for position in active)
    for position, array in zip(active, arrays, strict=True):
        if array.dtype not in ("float64", "complex128"):
            warnings.warn(_PRECISION.format(position, array.dtype), UserWarning, stacklevel=4)
    return Subject(_with_constants(func, values, active), arrays)


_PRECISION = (
    "input {} is {}, and finite differences need double precision: this check will likely fail. Turn 64-bit types on "
    'with jax.config.update("jax_enable_x64", True), or pass a larger eps, atol and rtol (1e-2, 1e-2, 1e-1).'
)


def _active(given: tuple[Any, ...]) -> list[int]:
    return [i for i, item in enumerate(given) if getattr(item, "requires_grad", True) and _has_gradient(item)]


def _has_gradient(item: Any) -> bool:
    return is_differentiable(item.data if isinstance(item, Variable) else item)


def _with_constants(func: Callable[..., Any], values: tuple[Any, ...], active: list[int]) -> Callable[..., Any]:
    def along(*arrays: jax.Array) -> Any:
        given = dict(zip(active, arrays, strict=True))
        return func(*(given.get(position, value) for position, value in enumerate(values)))

    return along


def _as_tuple(values: Any) -> tuple[Any, ...]:
    return tuple(values) if isinstance(values, (tuple, list)) else (values,)


def _check_either(**flags: bool) -> None:
    if not any(flags.values()):
        raise ArgumentChoiceError(" or ".join(flags), "both False")


def _check_needs(available: bool, **flags: bool) -> None:
    for name, asked in flags.items():
        if asked and not available:
            raise ArgumentChoiceError(f"`{name}` only with the check that it extends", f"{name}=True without it")
