"""The arguments of an op that are no tensors, as its record describes them."""

import inspect
import math
from collections.abc import Callable, Mapping
from typing import Any

from hypothesis import strategies as st

from ..._record import Choice, Op, Role, Scalar, Size
from ...dtypes import DTYPES, Category, DType
from .layouts import makes_complex_half


def static(record: Op, name: str, shape: tuple[int, ...], dtype: DType) -> st.SearchStrategy[Any]:
    """Return a strategy for an argument that is no tensor, beside a main tensor of this shape and dtype."""
    described = record.takes.get(name)
    if described is not None:
        return _DESCRIBED[type(described)](described, shape)
    role, parameter = record.roles[name], record.signature.parameters[name]
    if role in _STATIC:
        return _STATIC[role](shape, dtype, parameter)
    if parameter.annotation is bool:
        return st.booleans()
    return st.just(parameter.default)


def _number(described: Scalar, shape: tuple[int, ...]) -> st.SearchStrategy[Any]:
    numbers = st.sampled_from(
        [x for x in (0, 1, -1, 2, 3, 0.5, -0.5, 1.5, -2.0) if described.low <= x <= described.high]
    )
    return st.none() | numbers if described.optional else numbers


@st.composite
def _size(draw: st.DrawFn, described: Size, shape: tuple[int, ...]) -> tuple[int, ...]:
    return draw(_SIZE[described.of](shape))


def _reshaped(shape: tuple[int, ...]) -> st.SearchStrategy[tuple[int, ...]]:
    count = math.prod(shape)
    options = [shape, (count,), (1, count), (count, 1)] + ([(-1,), (1, -1)] if count else [])
    options += [(2, count // 2)] * (count % 2 == 0)
    return st.sampled_from(options)


def _expanded(shape: tuple[int, ...]) -> st.SearchStrategy[tuple[int, ...]]:
    sizes = st.tuples(*(st.sampled_from([size, -1] if size != 1 else [1, -1, 2, 0]) for size in shape))
    leading = st.lists(st.sampled_from([1, 2]), max_size=1).map(tuple)
    return st.tuples(leading, sizes).map(lambda pair: pair[0] + pair[1])


def _permuted(shape: tuple[int, ...]) -> st.SearchStrategy[tuple[int, ...]]:
    order = st.permutations(range(len(shape)))
    # the first draw is a cycle of all dimensions, which is not its own inverse
    turned = order.map(lambda dims: [*dims[1:], *dims[:1]])
    return st.tuples(turned, st.booleans()).map(lambda pair: tuple(i - len(shape) * pair[1] for i in pair[0]))


_SIZE = {"reshape": _reshaped, "expand": _expanded, "permute": _permuted}
_DESCRIBED: Mapping[type, Callable[..., st.SearchStrategy[Any]]] = {
    Choice: lambda described, shape: st.sampled_from(described.values),
    Scalar: _number,
    Size: _size,
}


def _dim(shape: tuple[int, ...], dtype: DType, parameter: inspect.Parameter) -> st.SearchStrategy[int]:
    limit = max(len(shape), 1)
    return st.integers(-limit, limit - 1)


def _dims(shape: tuple[int, ...], dtype: DType, parameter: inspect.Parameter) -> st.SearchStrategy[Any]:
    several = st.lists(_dim(shape, dtype, parameter), max_size=len(shape), unique_by=lambda d: d % max(len(shape), 1))
    given = _dim(shape, dtype, parameter) | several.map(tuple)
    return given if parameter.default is inspect.Parameter.empty else st.just(parameter.default) | given


def _dtype(shape: tuple[int, ...], dtype: DType, parameter: inspect.Parameter) -> st.SearchStrategy[DType | None]:
    higher = [other for other in DTYPES if other.category >= dtype.category and not makes_complex_half(dtype, other)]
    named = st.sampled_from(higher)
    return named if parameter.default is inspect.Parameter.empty else st.none() | named


def _factor(shape: tuple[int, ...], dtype: DType, parameter: inspect.Parameter) -> st.SearchStrategy[Any]:
    return st.sampled_from([1, 2, -3] + ([0.5] if dtype.category >= Category.FLOAT else []))


_STATIC: Mapping[Role, Callable[..., st.SearchStrategy[Any]]] = {
    Role.DIM: _dim,
    Role.DIMS: _dims,
    Role.DTYPE: _dtype,
    Role.SCALAR: _factor,
}
