"""Validate the arguments and the function of torch.autograd.functional, with torch's errors."""

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp

from ...core.errors import (
    ArgumentChoiceError,
    ArgumentTypeError,
    DTypeError,
    GradientError,
    JaxfunError,
    ShapeError,
    UnsupportedArgumentError,
    describe,
)
from ..dependence import dependence, is_differentiable
from ..pullback import Pullback, check_cotangent, pullback
from ..variable import arrays_of

Arrays = tuple[jax.Array, ...]
Function = Callable[..., Any]

_STRATEGIES = ("forward-mode", "reverse-mode")
_NO_GRAPH = "Omit `create_graph`: the result can always be differentiated again."


def unwrapped(inputs: Any, error: type[JaxfunError] | None = DTypeError) -> tuple[Arrays, bool]:
    """Return the arrays of a tensor or a tuple of tensors, and whether it was a tuple.

    With `error` None, accept any dtype.
    """
    arrays = _members("`inputs`", inputs)
    if error is not None:
        check_dtypes(arrays, error)
    return arrays, isinstance(inputs, tuple)


def _members(name: str, values: Any) -> Arrays:
    if isinstance(values, list):
        raise ArgumentTypeError(f"{name} to be a tensor or a tuple of tensors", f"a list, {describe(values)}")
    return arrays_of(values if isinstance(values, tuple) else (values,))


def check_dtypes(arrays: Arrays, error: type[JaxfunError]) -> None:
    """Raise `error` for an input whose dtype is not differentiable."""
    for position, array in enumerate(arrays):
        if not is_differentiable(array):
            raise error(f"input {position} of a floating point or complex dtype", describe(array))


def point_of(func: Function, arrays: Arrays, strict: bool, *, whole_ops: bool = True) -> Pullback:
    """Return the pullback of `func` at `arrays`; with `strict`, raise for an output that depends on no input."""
    point = pullback(func, arrays, packs=(tuple,), whole_ops=whole_ops)
    for position, output in enumerate(point.outputs):
        if strict and not point.uses[position]:
            raise GradientError(
                f"output {position} to depend on the inputs (`strict`)", f"{describe(output)}, constant"
            )
    return point


def vector(v: Any, like: Arrays, packed: bool) -> Arrays:
    """Return the vectors `v` for the tensors `like`; None means 1 for a single element."""
    if v is None:
        if len(like) != 1 or like[0].size != 1:
            raise GradientError("`v`, which is required for more than one element", "None")
        return (jnp.ones_like(like[0]),)
    vectors = _members("`v`", v)
    if len(vectors) != len(like):
        raise ShapeError(f"`v` of {len(like)} tensors" if packed else "`v` to be a single tensor", str(len(vectors)))
    for position, (array, vector) in enumerate(zip(like, vectors, strict=True)):
        check_cotangent(f"v[{position}]" if packed else "v", array, vector)
    return vectors


def unpacked(values: Any, packed: bool) -> Any:
    """Return a tuple as it is, or its only member if the user passed no tuple."""
    return values if packed else values[0]


def is_forward(strategy: str, create_graph: bool) -> bool:
    """Return whether the strategy is "forward-mode"."""
    if strategy not in _STRATEGIES:
        raise ArgumentChoiceError(f"a strategy, one of {', '.join(_STRATEGIES)}", describe(strategy))
    if strategy == "forward-mode" and create_graph:
        raise UnsupportedArgumentError('no `create_graph` with "forward-mode"', "both", _NO_GRAPH)
    return strategy == "forward-mode"


def check_forward(strict: bool, vectorize: bool) -> None:
    """Raise for options that torch does not support with "forward-mode"."""
    if strict:
        raise GradientError('no `strict` with "forward-mode"', "both", 'Use "reverse-mode".')
    if not vectorize:
        raise UnsupportedArgumentError('vectorize=True with "forward-mode"', "False")


def check_float(outputs: Arrays) -> None:
    """Raise for an output whose dtype is not differentiable."""
    for position, output in enumerate(outputs):
        if not is_differentiable(output):
            raise DTypeError(f"output {position} of a floating point or complex dtype", describe(output))


def check_single(point: Pullback) -> None:
    """Raise unless the function returns a single real tensor of one element."""
    if point.packed:
        raise GradientError("the function to return a single tensor", describe(point.outputs))
    if point.outputs[0].size != 1:
        raise GradientError("the function to return a single element", describe(point.outputs[0]))
    if jnp.iscomplexobj(point.outputs[0]) and point.used:
        raise GradientError("the function to return a real number", describe(point.outputs[0]))


def check_used(point: Pullback, arrays: Arrays, strict: bool) -> None:
    """With `strict`, raise for an input that no output depends on."""
    for position, array in enumerate(arrays):
        if strict and position not in point.used:
            raise GradientError(f"an output that depends on input {position} (`strict`)", f"{describe(array)}, unused")


def check_pairs(point: Pullback, output: int, arrays: Arrays, strict: bool) -> None:
    """With `strict`, raise for an input that the given output does not depend on."""
    for position, array in enumerate(arrays):
        if strict and position not in point.uses[output]:
            raise GradientError(
                f"output {output} to depend on input {position} (`strict`)", f"{describe(array)}, unused"
            )


def check_changing(derivative: Function, arrays: Arrays, asked: bool) -> None:
    """If `asked`, raise for a result of `derivative` that depends on no input."""
    if asked:
        for position, uses in enumerate(dependence(derivative, arrays, whole_ops=False)):
            if not uses:
                raise GradientError(
                    "a derivative that depends on the inputs (`strict`)", f"a constant (derivative number {position})"
                )
