"""The strides that torch would give each array: by them it names a reshape a view or a copy. JAX has none of its own.

None stands for "no view has this shape": torch copies there, and what it copies is contiguous. The strides of
windows (`unfold`) are not followed: they are taken for contiguous.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import cmp_to_key
from typing import Any

import numpy as np

Strides = tuple[int, ...] | None


def dense(shape: Sequence[int]) -> tuple[int, ...]:
    """Return the strides of a contiguous tensor, in elements."""
    strides: list[int] = []
    step = 1
    for size in reversed(shape):
        strides.append(step)
        step *= max(size, 1)
    return tuple(reversed(strides))


def is_contiguous(shape: Sequence[int], strides: Strides) -> bool:
    """Return whether strides are those of a contiguous tensor; a dimension of size 1 may have any."""
    wanted = zip(shape, strides or (), dense(shape), strict=True)
    return 0 in shape or (strides is not None and all(size == 1 or step == full for size, step, full in wanted))


def propagated(equation: Any, strides: Sequence[Strides]) -> list[Strides]:
    """Return the strides of an equation's outputs, from those of its inputs."""
    known = [stride or dense(var.aval.shape) for var, stride in zip(equation.invars, strides, strict=True)]
    name = str(equation.params.get("name", "")).removeprefix("jaxfun.")
    if name in _OPS:
        return [_OPS[name](equation, known)]
    inner = next((equation.params[name] for name in ("jaxpr", "call_jaxpr") if name in equation.params), None)
    if inner is not None:
        return _through(inner, known)
    rule = _RULES.get(str(equation.primitive), _elementwise)
    first = rule(equation, known)
    if str(equation.primitive) == "split":
        return [first] * len(equation.outvars)
    return [first, *(dense(var.aval.shape) for var in equation.outvars[1:])]


def _through(closed: Any, strides: Sequence[Strides]) -> list[Strides]:
    known: dict[Any, Strides] = dict(zip(closed.jaxpr.invars, strides, strict=True))

    def read(var: Any) -> Strides:
        # a literal; its class is in jax.extend, which is slow to load
        return dense(np.shape(var.val)) if hasattr(var, "val") else known.get(var)

    for equation in closed.jaxpr.eqns:
        known.update(zip(equation.outvars, propagated(equation, [read(var) for var in equation.invars]), strict=True))
    return [read(var) for var in closed.jaxpr.outvars]


def _contiguous(equation: Any, strides: Sequence[Any]) -> Strides:
    return dense(equation.outvars[0].aval.shape)


def _elementwise(equation: Any, strides: Sequence[Any]) -> Strides:
    """Follow torch's TensorIterator: the result is dense, its dimensions ordered as the operands' are."""
    shape = equation.outvars[0].aval.shape
    operands = [
        _as_broadcast(stride, var.aval.shape, shape) for stride, var in zip(strides, equation.invars, strict=True)
    ]
    if any(operand is None for operand in operands) or not shape:
        return dense(shape)
    return _ordered(shape, operands)


def _as_broadcast(stride: Any, shape: Sequence[int], wanted: Sequence[int]) -> tuple[int, ...] | None:
    missing = len(wanted) - len(shape)
    if missing < 0 or any(size not in (1, full) for size, full in zip(shape, wanted[missing:], strict=True)):
        return None
    own = tuple(
        0 if size == 1 != full else step for step, size, full in zip(stride, shape, wanted[missing:], strict=True)
    )
    return (0,) * missing + own


def _ordered(shape: Sequence[int], operands: Sequence[Any]) -> tuple[int, ...]:
    def compare(inner: int, outer: int) -> int:
        for stride in operands:
            a, b = stride[inner], stride[outer]
            if a and b and a != b:
                return -1 if a < b else 1
            if a and b and shape[inner] > shape[outer]:
                return 1
        return 0

    innermost_first = range(len(shape) - 1, -1, -1)  # where nothing decides, the last dimension lies innermost
    order = sorted(innermost_first, key=cmp_to_key(compare))
    strides, step = [0] * len(shape), 1
    for dim in order:
        strides[dim] = step
        step *= max(shape[dim], 1)
    return tuple(strides)


def _transpose(equation: Any, strides: Sequence[Any]) -> Strides:
    return tuple(strides[0][dim] for dim in equation.params["permutation"])


def _squeeze(equation: Any, strides: Sequence[Any]) -> Strides:
    gone = {dim % max(len(strides[0]), 1) for dim in equation.params["dimensions"]}
    return tuple(step for dim, step in enumerate(strides[0]) if dim not in gone)


def _slice(equation: Any, strides: Sequence[Any]) -> Strides:
    steps = equation.params.get("strides") or (1,) * len(strides[0])
    return tuple(step * by for step, by in zip(strides[0], steps, strict=True))


def _broadcast_in_dim(equation: Any, strides: Sequence[Any]) -> Strides:
    shape, source = equation.params["shape"], equation.invars[0].aval.shape
    result: list[int] = [0] * len(shape)
    places = equation.params["broadcast_dimensions"]
    for place, step, size in zip(places, strides[0], source, strict=True):
        result[place] = step if size == shape[place] else 0
    for dim in reversed(range(len(shape))):
        if dim not in places and shape[dim] == 1:  # an unsqueezed dimension spans what lies within it
            inside = [result[i] * shape[i] for i in range(dim + 1, len(shape)) if result[i]]
            result[dim] = inside[0] if inside else 1
    return tuple(result)


def _reshape(equation: Any, strides: Sequence[Any]) -> Strides:
    return viewed(equation.invars[0].aval.shape, strides[0], equation.outvars[0].aval.shape)


def viewed(shape: Sequence[int], strides: Sequence[int], wanted: Sequence[int]) -> Strides:
    """Return the strides of a view of another shape, None where only a copy has it (`at::detail::computeStride`)."""
    if 0 in shape:
        return tuple(strides) if tuple(shape) == tuple(wanted) else dense(wanted)
    result: list[int] = []
    remaining = list(wanted)
    base, run = (strides[-1] if strides else 1), 1
    for dim in reversed(range(len(shape))):
        run *= shape[dim]
        ends = dim == 0 or (shape[dim - 1] != 1 and strides[dim - 1] != run * base)
        if not ends:
            continue
        filled = 1
        while remaining and (filled < run or remaining[-1] == 1):
            result.append(filled * base)
            filled *= remaining.pop()
        if filled != run:
            return None
        base, run = (strides[dim - 1], 1) if dim else (base, 1)
    result.extend([result[-1] if result else 1] * len(remaining))
    return tuple(reversed(result))


def _scatter(equation: Any, strides: Sequence[Any]) -> Strides:
    return _ordered(equation.outvars[0].aval.shape, strides[:1])


def _diagonal(equation: Any, strides: Sequence[Any]) -> Strides:
    *batch, row, column = strides[0]
    return (*batch, row + column)


# ops whose strides do not follow from what they are made of here
_OPS: Mapping[str, Callable[[Any, Sequence[Any]], Strides]] = {
    "contiguous": _contiguous,
    "clone.contiguous": _contiguous,
    "diagonal.last": _diagonal,
}

_RULES: Mapping[str, Callable[[Any, Sequence[Any]], Strides]] = {
    "transpose": _transpose,
    "squeeze": _squeeze,
    "slice": _slice,
    "split": lambda equation, strides: strides[0],
    "dynamic_slice": _slice,
    "broadcast_in_dim": _broadcast_in_dim,
    "reshape": _reshape,
    "dot_general": _contiguous,
    "concatenate": _contiguous,
    "gather": _contiguous,
    "scatter": _scatter,
    "reduce_sum": _contiguous,
    "reduce_max": _contiguous,
    "reduce_min": _contiguous,
    "reduce_prod": _contiguous,
    "argmax": _contiguous,
    "argmin": _contiguous,
}
