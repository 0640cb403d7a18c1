"""The arguments of an op that are not tensors: their options, from the op's record. Begin at `static`."""

import inspect
import itertools
import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ...core.dtypes import DTYPES, Category, DType
from ...core.record import Choice, Op, Role, Scalar, Size
from .choices import Choose, What
from .operands import makes_complex_half


def static(choose: Choose, record: Op, name: str, shape: tuple[int, ...], dtype: DType) -> Any:
    """Choose an argument that is not a tensor, for a main tensor of the given shape and dtype."""
    described = record.takes.get(name)
    if isinstance(described, Size):
        return _SIZE[described.of](choose, name, shape)
    if described is not None:
        return choose(What("static", name), _DESCRIBED[type(described)](described, dtype))
    role, parameter = record.roles[name], record.signature.parameters[name]
    if role in _STATIC:
        sort, options = _STATIC[role]
        return choose(What(sort, name), options(shape, dtype, parameter))
    return choose(What("static", name), _flags(parameter))


def _flags(parameter: inspect.Parameter) -> Sequence[Any]:
    if parameter.annotation is not bool:
        return (parameter.default,)
    return (True, False) if parameter.default is True else (False, True)


def _numbers(described: Scalar, dtype: DType) -> Sequence[Any]:
    numbers = [x for x in (0.5, 2, -1, 0, 1, 3, -0.5, 1.5, -2.0) if described.low <= x <= described.high]
    if dtype.category is Category.INTEGER:  # integers first: a fraction would promote the result to floating point
        numbers.sort(key=lambda number: not isinstance(number, int))
    return [numbers[0], None, *numbers[1:]] if described.optional else numbers


_DESCRIBED: Mapping[type, Callable[..., Sequence[Any]]] = {
    Choice: lambda described, dtype: described.values,
    Scalar: _numbers,
}


def _reshaped(choose: Choose, name: str, shape: tuple[int, ...]) -> tuple[int, ...]:
    count = math.prod(shape)
    options = [(count,), shape[::-1], shape, (1, count), (count, 1)] + ([(-1,), (1, -1)] if count else [])
    options += [(2, count // 2)] * (count % 2 == 0)
    options = options if shape else [(), *options]  # () first: `cover` may take only one option for a 0-dim tensor
    return choose(What("static", name), [*dict.fromkeys(options)])


def _expanded(choose: Choose, name: str, shape: tuple[int, ...]) -> tuple[int, ...]:
    sizes = [
        choose(What("static", f"{name}[{place}]"), [size, -1] if size != 1 else [2, -1, 1, 0])
        for place, size in enumerate(shape)
    ]
    return (*choose(What("static", f"{name}, leading"), ((2,), (), (1,))), *sizes)


def _permuted(choose: Choose, name: str, shape: tuple[int, ...]) -> tuple[int, ...]:
    # the first order is a cycle of all dimensions: unlike a swap, it differs from its inverse
    orders = [(*dims[1:], *dims[:1]) for dims in itertools.permutations(range(len(shape)))]
    from_the_end = choose(What("static", f"{name}, from the end"), (False, True))
    return tuple(dim - len(shape) * from_the_end for dim in choose(What("static", name), orders))


_SIZE: Mapping[str, Callable[..., tuple[int, ...]]] = {
    "reshape": _reshaped,
    "expand": _expanded,
    "permute": _permuted,
}


def _dim(shape: tuple[int, ...], dtype: DType, parameter: inspect.Parameter) -> list[Any]:
    limit = max(len(shape), 1)
    return [*dict.fromkeys([0, -1, *range(1, limit), *range(-limit, -1)])]


def _dims(shape: tuple[int, ...], dtype: DType, parameter: inspect.Parameter) -> list[Any]:
    one, last = _dim(shape, dtype, parameter), len(shape) - 1
    several: list[Any] = [(dim,) for dim in one[:2]] + [(0, last), (-1, 0), tuple(range(len(shape)))] * (last > 0)
    given = [*one[:2], *several[2:3], *one[2:], *several[:2], *several[3:], ()]
    default = parameter.default
    return [*dict.fromkeys(given if default is inspect.Parameter.empty else [*given[:2], default, *given[2:]])]


def _dtype(shape: tuple[int, ...], dtype: DType, parameter: inspect.Parameter) -> list[Any]:
    higher = [other for other in DTYPES if other.category >= dtype.category and not makes_complex_half(dtype, other)]
    if parameter.default is inspect.Parameter.empty:
        return higher
    # float32 first: an op that rejects integers accepts them with a floating point dtype
    return [None, *sorted(higher, key=lambda other: other.name != "float32")]


def _factor(shape: tuple[int, ...], dtype: DType, parameter: inspect.Parameter) -> list[Any]:
    return [1, 2, -3] + ([0.5] if dtype.category >= Category.FLOAT else [])


_STATIC: Mapping[Role, tuple[str, Callable[..., Sequence[Any]]]] = {
    Role.DIM: ("dim", _dim),
    Role.DIMS: ("dim", _dims),
    Role.DTYPE: ("named dtype", _dtype),
    Role.SCALAR: ("factor", _factor),
}
