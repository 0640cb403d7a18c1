"""First derivatives: the Jacobian, and its products with vectors from either side."""

from collections.abc import Sequence
from typing import Any

import jax
import jax.numpy as jnp

from ...core.errors import ArgumentValueError, DTypeError, GradientError, IndexRangeError, describe
from ...core.public import public
from ..dependence import is_differentiable
from ..pullback import Pullback, check_scalar, pullback
from .checks import (
    Arrays,
    Function,
    check_changing,
    check_float,
    check_forward,
    check_pairs,
    check_used,
    is_forward,
    point_of,
    unpacked,
    unwrapped,
    vector,
)


@public(name="autograd.functional.vjp", runs_callbacks=True)
def vjp(
    func: Function, inputs: Any, v: Any = None, create_graph: bool = False, strict: bool = False
) -> tuple[Any, Any]:
    """Return the outputs of `func(*inputs)`, and the product of `v` with its Jacobian.

    `v` has the outputs' shapes. It is optional for a single output of one element.

    Raises: GradientError, ShapeError and DTypeError where `v` does not fit, and with `strict` GradientError.
    Torch: torch.autograd.functional.vjp.

    >>> import jaxfun as jf
    >>> jf.autograd.functional.vjp(lambda x: x**2, jf.tensor([1.0, 2.0]), jf.tensor([1.0, 10.0]))
    (Array([1., 4.], dtype=float32), Array([ 2., 40.], dtype=float32))
    """
    arrays, packed = unwrapped(inputs)
    if not arrays:
        raise IndexRangeError("at least one input", "none")
    point = point_of(func, arrays, strict)
    cotangents = vector(v, point.outputs, point.packed)
    if v is None and point.uses[0]:
        check_scalar(point.outputs[0], "v")
    check_used(point, arrays, strict)
    check_changing(lambda *at: pullback(func, at).pull(cotangents), arrays, strict and create_graph)
    return unpacked(point.outputs, point.packed), unpacked(point.pull(cotangents), packed)


@public(name="autograd.functional.jvp", runs_callbacks=True)
def jvp(
    func: Function, inputs: Any, v: Any = None, create_graph: bool = False, strict: bool = False
) -> tuple[Any, Any]:
    """Return the outputs of `func(*inputs)`, and the product of its Jacobian with `v`.

    `v` has the inputs' shapes. It is optional for a single input of one element. As in torch, it is the transposed
    backward pass, so that a function with only a `jax.custom_vjp` rule works too.

    Raises: GradientError, ShapeError and DTypeError where `v` does not fit, and with `strict` GradientError.
    Torch: torch.autograd.functional.jvp.

    >>> import jaxfun as jf
    >>> jf.autograd.functional.jvp(lambda x: jf.sum(x) ** 2, jf.tensor([1.0, 2.0]), jf.tensor([1.0, 10.0]))
    (Array(9., dtype=float32), Array(66., dtype=float32))
    """
    arrays, packed = unwrapped(inputs)
    tangents = vector(v, arrays, packed)
    point = point_of(func, arrays, strict)
    check_float(point.outputs)
    if v is None and point.used:
        check_scalar(arrays[0], "v")
    check_used(point, arrays, strict)
    check_changing(lambda *at: pushed(pullback(func, at), tangents), arrays, strict and create_graph)
    return unpacked(point.outputs, point.packed), unpacked(pushed(point, tangents), point.packed)


def pushed(point: Pullback, tangents: Arrays) -> Arrays:
    """Return the product of the Jacobian with `tangents`."""
    # the pullback is linear in the cotangents; its transpose multiplies by the Jacobian
    return pullback(lambda *cotangents: point.pull(cotangents), point.outputs).pull(tangents)


@public(name="autograd.functional.jacobian", runs_callbacks=True)
def jacobian(
    func: Function,
    inputs: Any,
    create_graph: bool = False,
    strict: bool = False,
    vectorize: bool = False,
    strategy: str = "reverse-mode",
) -> Any:
    """Return the Jacobian of `func` at `inputs`: `result[output][input]` of shape (*output, *input).

    Dtypes: the input's; with `strategy="forward-mode"` the output's.
    Raises: ArgumentChoiceError for an unknown `strategy`; UnsupportedArgumentError for "forward-mode" without
    `vectorize` or with `create_graph`, as in torch; GradientError for a complex output without `vectorize`, for
    `strict` with `vectorize`, and where `strict` finds an output that does not depend on an input.
    Torch: torch.autograd.functional.jacobian.

    >>> import jaxfun as jf
    >>> jf.autograd.functional.jacobian(lambda x: x**2, jf.tensor([1.0, 2.0]))
    Array([[2., 0.],
           [0., 4.]], dtype=float32)
    """
    forward = is_forward(strategy, create_graph)
    arrays, packed = unwrapped(inputs, ArgumentValueError if forward else DTypeError)
    if not arrays:
        raise IndexRangeError("at least one input", "none")
    if forward:
        check_forward(strict, vectorize)
        return forward_jacobian(func, arrays, packed)
    return reverse_jacobian(func, arrays, packed, create_graph, strict, vectorize, whole_ops=True)


def reverse_jacobian(
    func: Function,
    arrays: Arrays,
    packed: bool,
    create_graph: bool,
    strict: bool,
    vectorize: bool,
    *,
    whole_ops: bool,
) -> Any:
    """Return the Jacobian by reverse mode, row by row. `whole_ops` is False where `func` is a derivative itself."""
    point = point_of(func, arrays, strict, whole_ops=whole_ops)
    if not point.outputs:
        raise IndexRangeError("at least one output", "none")
    if strict and vectorize:
        raise GradientError("`strict` or `vectorize`, not both", "both", "torch does not support them together.")
    for position, output in enumerate(point.outputs):
        if jnp.iscomplexobj(output) and not vectorize and point.uses[position]:
            raise GradientError("real outputs", describe(output), "With vectorize=True they may be complex.")
        check_pairs(point, position, arrays, strict)
    check_changing(lambda *at: sum(_rows(pullback(func, at), at), ()), arrays, strict and create_graph)
    rows = tuple(unpacked(row, packed) for row in _rows(point, arrays))
    return unpacked(rows, point.packed)


def _rows(point: Pullback, arrays: Sequence[jax.Array]) -> list[Arrays]:
    return [_row(point, position, arrays) for position in range(len(point.outputs))]


def _row(point: Pullback, position: int, arrays: Sequence[jax.Array]) -> Arrays:
    output = point.outputs[position]
    if not is_differentiable(output):
        return tuple(jnp.zeros(output.shape + array.shape, array.dtype) for array in arrays)

    def pull(cotangent: jax.Array) -> Arrays:
        return point.pull([cotangent if i == position else None for i in range(len(point.outputs))])

    found = jax.vmap(pull)(_basis(output))
    return tuple(g.reshape(output.shape + array.shape) for g, array in zip(found, arrays, strict=True))


def _basis(array: jax.Array) -> jax.Array:
    return jnp.eye(array.size, dtype=array.dtype).reshape(array.size, *array.shape)


def forward_jacobian(func: Function, arrays: Arrays, packed: bool) -> Any:
    """Return the Jacobian by forward mode, column by column."""
    point = pullback(func, arrays, packs=(tuple,))
    if not point.outputs:
        raise IndexRangeError("at least one output", "none")
    columns = [_column(func, position, arrays) for position in range(len(arrays))]
    rows = tuple(unpacked(tuple(row), packed) for row in zip(*columns, strict=True))
    return unpacked(rows, point.packed)


def _column(func: Function, position: int, arrays: Arrays) -> Arrays:
    def along(column: jax.Array) -> jax.Array:
        return func(*(column if i == position else array for i, array in enumerate(arrays)))

    def push(tangent: jax.Array) -> Arrays:
        outputs, tangents = jax.jvp(along, (arrays[position],), (tangent,))
        return tuple(map(_real_tangent, jax.tree.leaves(outputs), jax.tree.leaves(tangents)))

    found = jax.vmap(push, out_axes=-1)(_basis(arrays[position]))
    return tuple(column.reshape(*column.shape[:-1], *arrays[position].shape) for column in found)


def _real_tangent(output: jax.Array, tangent: Any) -> jax.Array:
    # an integer's tangent has dtype float0 in JAX; torch returns zeros of the integer dtype
    return tangent if is_differentiable(output) else jnp.zeros_like(output)
