"""Second derivatives: the Hessian, and its products with vectors from either side."""

from collections.abc import Callable, Sequence
from typing import Any

import jax
import jax.numpy as jnp

from ...core.errors import ArgumentValueError, DTypeError, IndexRangeError
from ...core.public import public
from ..pullback import Pullback, check_scalar, pullback
from .checks import (
    Arrays,
    Function,
    check_changing,
    check_dtypes,
    check_forward,
    check_single,
    check_used,
    is_forward,
    point_of,
    unpacked,
    unwrapped,
    vector,
)
from .jacobian import forward_jacobian, pushed, reverse_jacobian


@public(name="autograd.functional.hessian", runs_callbacks=True)
def hessian(
    func: Function,
    inputs: Any,
    create_graph: bool = False,
    strict: bool = False,
    vectorize: bool = False,
    outer_jacobian_strategy: str = "reverse-mode",
) -> Any:
    """Return the Hessian of `func`, which returns one element: `result[i][j]` of shape (*input i, *input j).

    `outer_jacobian_strategy` selects how the gradient is differentiated: "reverse-mode" or "forward-mode".

    Raises: GradientError where `func` returns a tuple or more than one element, and the errors of `jacobian`.
    Torch: torch.autograd.functional.hessian.

    >>> import jaxfun as jf
    >>> jf.autograd.functional.hessian(lambda x: jf.sum(x**3), jf.tensor([1.0, 2.0]))
    Array([[ 6.,  0.],
           [ 0., 12.]], dtype=float32)
    """
    arrays, packed = unwrapped(inputs, None)
    forward = is_forward(outer_jacobian_strategy, create_graph)
    check_dtypes(arrays, ArgumentValueError if forward else DTypeError)
    if not arrays:
        raise IndexRangeError("at least one input", "none")
    check_single(point_of(func, arrays, strict))

    def gradient(*at: jax.Array) -> Arrays:
        return reverse_jacobian(lambda *a: func(*a).reshape(()), at, True, False, False, False, whole_ops=True)

    if forward:
        check_forward(strict, vectorize)
        found = forward_jacobian(gradient, arrays, packed)
    else:
        check_changing(gradient, arrays, strict)
        found = reverse_jacobian(gradient, arrays, packed, create_graph, strict, vectorize, whole_ops=False)
    return unpacked(found, packed)


@public(name="autograd.functional.vhp", runs_callbacks=True)
def vhp(
    func: Function, inputs: Any, v: Any = None, create_graph: bool = False, strict: bool = False
) -> tuple[Any, Any]:
    """Return the output of `func(*inputs)`, one element, and the product of `v` with its Hessian.

    `v` has the inputs' shapes. It is optional for a single input of one element.

    Raises: GradientError where `func` returns a tuple or more than one element, and the errors of `vjp`.
    Torch: torch.autograd.functional.vhp.

    >>> import jaxfun as jf
    >>> jf.autograd.functional.vhp(lambda x: jf.sum(x**3), jf.tensor([1.0, 2.0]), jf.tensor([1.0, 10.0]))
    (Array(9., dtype=float32), Array([  6., 120.], dtype=float32))
    """
    return _hessian_product(func, inputs, v, strict, create_graph, _transposed)


@public(name="autograd.functional.hvp", runs_callbacks=True)
def hvp(
    func: Function, inputs: Any, v: Any = None, create_graph: bool = False, strict: bool = False
) -> tuple[Any, Any]:
    """Return the output of `func(*inputs)`, one element, and the product of its Hessian with `v`.

    It equals `vhp` where the second derivative is continuous, and is as fast.

    Raises: the errors of `vhp`.
    Torch: torch.autograd.functional.hvp.

    >>> import jaxfun as jf
    >>> jf.autograd.functional.hvp(lambda x: jf.sum(x**3), jf.tensor([1.0, 2.0]), jf.tensor([1.0, 10.0]))
    (Array(9., dtype=float32), Array([  6., 120.], dtype=float32))
    """
    return _hessian_product(func, inputs, v, strict, create_graph, pushed)


def _transposed(point: Pullback, cotangents: Arrays) -> Arrays:
    return point.pull(cotangents)


def _hessian_product(
    func: Function,
    inputs: Any,
    v: Any,
    strict: bool,
    create_graph: bool,
    product: Callable[[Pullback, Arrays], Arrays],
) -> tuple[Any, Any]:
    arrays, packed = unwrapped(inputs)
    vectors = vector(v, arrays, packed)
    point = point_of(func, arrays, strict)
    check_single(point)
    check_used(point, arrays, strict)

    def slope(*at: jax.Array) -> Pullback:
        return pullback(lambda *a: _gradient(func, a), at, whole_ops=False)

    second = slope(*arrays)
    check_changing(lambda *at: _gradient(func, at), arrays, strict)
    if v is None and second.used:
        check_scalar(arrays[0], "v")
    check_changing(lambda *at: product(slope(*at), vectors), arrays, strict and create_graph)
    return point.outputs[0], unpacked(product(second, vectors), packed)


def _gradient(func: Function, arrays: Sequence[jax.Array]) -> Arrays:
    point = pullback(func, arrays)
    return point.pull([jnp.ones_like(output) for output in point.outputs])
