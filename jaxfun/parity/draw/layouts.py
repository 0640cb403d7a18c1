"""Which arguments of an op are tensors, and of what shape and dtype, as its record describes them."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from hypothesis import strategies as st

from ..._record import Beside, Index, Op, Role, Shape
from ...dtypes import DTYPES, Category, DType, as_dtype, promote_types
from .inputs import narrowed

SHAPES = ((3,), (), (2, 3), (1,), (3, 1), (0,), (2, 0), (2, 1, 3))  # the first shows most for its size
SIZES = (2, 1, 3, 0)

_NUMBERS: Mapping[Category, tuple[Any, ...]] = {
    Category.BOOL: (True, False),
    Category.INTEGER: (0, 1, -1, 2, 3),
    Category.FLOAT: (0.0, 0.5, -1.0, 2.0, 3.7),
    Category.COMPLEX: (1j, 1 - 2j, 0.5 + 0.0j),
}


ALL = -1  # of an array's axes: no single one


@dataclass(frozen=True)
class Layout:
    """The shape and dtype that a tensor is drawn with, and what is special about its numbers."""

    shape: tuple[int, ...]
    dtype: DType
    values: str = ""
    limit: int | None = None  # of indices: how many there are to choose from
    distinct: int | None = None  # of indices: the axis along which none comes twice; ALL for nowhere
    negative: bool = False


@st.composite
def layouts(draw: st.DrawFn, record: Op, dtype: DType) -> dict[str, Any]:
    """Return a strategy for the shapes and dtypes of an op's tensors, by name, and for what is chosen beside them."""
    names = [name for name, role in record.roles.items() if role in _LAYOUT]
    if not _has_names(record, names):
        return _with_dtypes(draw, record, names, dtype, draw(_broadcastable(record, names)))
    place = draw(st.integers(0, _most_alternatives(record) - 1))
    beside = {name: _at(each.values, place) for name, each in record.takes.items() if isinstance(each, Beside)}
    shapes = draw(_named_shapes(record, names, place))
    found = beside | _with_dtypes(draw, record, names, dtype, shapes, place)
    for name, described in record.takes.items():
        if isinstance(described, Index):
            found[name] = _index(draw, described, found, found[name])
    return found


def _with_dtypes(
    draw: st.DrawFn, record: Op, names: Sequence[str], dtype: DType, shapes: Mapping[str, Any], place: int = 0
) -> dict[str, Any]:
    main = next((name for name in names if record.roles[name] is not Role.MASK), None)
    drawn = {name: draw(_LAYOUT[record.roles[name]](record, shapes[name], dtype, name == main)) for name in names}
    for name, described in record.takes.items():
        if isinstance(described, Shape) and described.values:
            values = (described.values,) if isinstance(described.values, str) else described.values
            drawn[name] = replace(drawn[name], values=_at(values, place))
        if isinstance(described, Shape) and described.dtypes:
            drawn[name] = replace(drawn[name], dtype=as_dtype(draw(st.sampled_from(described.dtypes))))
    return drawn


def _index(draw: st.DrawFn, described: Index, found: Mapping[str, Any], layout: Any) -> Any:
    """Return the layout of indices, once it is known what they count along; of several tensors, each its own."""
    into = found[described.into].shape
    if isinstance(layout, tuple):
        return tuple(_counting(draw, described, item, into, dim) for dim, item in enumerate(layout))
    dim = found[described.dim] % max(len(into), 1) if described.dim else None
    return _counting(draw, described, layout, into, dim)


def _counting(draw: st.DrawFn, described: Index, layout: Layout, into: tuple[int, ...], dim: int | None) -> Layout:
    limit = math.prod(into) if dim is None else into[dim] if into else 1
    along = ALL if dim is None else dim if len(layout.shape) == len(into) else 0
    distinct = along if described.distinct else None
    dtype = as_dtype(draw(st.sampled_from(described.dtypes)))
    return Layout(layout.shape, dtype, limit=limit, distinct=distinct, negative=described.negative)


def _has_names(record: Op, names: Sequence[str]) -> bool:
    return any(isinstance(record.takes.get(name), (Shape, Index)) for name in names)


def _alternatives(described: Any) -> tuple[Any, ...]:
    if isinstance(described, Beside):
        return described.values
    names = described.names if isinstance(described, (Shape, Index)) else ""
    return (names,) if isinstance(names, str) else names


def _most_alternatives(record: Op) -> int:
    return max(len(_alternatives(described)) for described in record.takes.values())


def _at(alternatives: Sequence[Any], place: int) -> Any:
    return alternatives[min(place, len(alternatives) - 1)]


@st.composite
def _named_shapes(draw: st.DrawFn, record: Op, names: Sequence[str], place: int) -> dict[str, Any]:
    """Return a strategy for shapes by the names of the alternative at `place`; several for a sequence of tensors."""
    texts = {name: _at(_alternatives(record.takes.get(name)), place) for name in names}
    counted = {word for name in _counted(record) for word in texts[name].split()}
    sizes: dict[str, int] = {}

    def size(word: str) -> int:
        if word not in sizes:
            free = SIZES[:3] if word in counted else SIZES
            sizes[word] = int(word) if word.isdigit() else draw(st.sampled_from(free))
        return sizes[word]

    def shape(text: str) -> tuple[int, ...]:
        return draw(st.sampled_from(SHAPES)) if text.strip() == "*" else tuple(map(size, text.split()))

    several = [name for name in names if record.roles[name] is Role.TENSORS]
    return {name: [*map(shape, text.split(","))] if name in several else shape(text) for name, text in texts.items()}


def _counted(record: Op) -> list[str]:
    # where there is nothing, no index is in range
    return [described.into for described in record.takes.values() if isinstance(described, Index)]


@st.composite
def _broadcastable(draw: st.DrawFn, record: Op, names: Sequence[str]) -> dict[str, tuple[int, ...]]:
    base = draw(st.sampled_from(SHAPES))
    if len(names) < 2:
        return dict.fromkeys(names, base)
    full = draw(st.sampled_from(names))
    return {name: base if name == full else draw(narrowed(base)) for name in names}


def _one_tensor(record: Op, shape: tuple[int, ...], dtype: DType, main: bool) -> st.SearchStrategy[Any]:
    return _operand_dtypes(record, dtype, main).map(lambda chosen: Layout(shape, chosen))


def _operand_dtypes(record: Op, dtype: DType, main: bool) -> st.SearchStrategy[DType]:
    if main or record.kind is None:
        return st.just(dtype)
    # a partner may have another dtype, as long as the pair's is one that the op takes
    partners = [
        other
        for other in DTYPES
        if promote_types(dtype, other) not in record.rejects and not makes_complex_half(dtype, other)
    ]
    return st.just(dtype) | st.sampled_from(partners or [dtype])


def makes_complex_half(dtype: DType, other: DType) -> bool:
    """Return whether torch promotes the two to complex32, which JAX has not."""
    return {dtype.name, other.name} == {"float16", "complex64"} or {dtype.name, other.name} == {"float16", "complex128"}


def _tensor_or_number(record: Op, shape: tuple[int, ...], dtype: DType, main: bool) -> st.SearchStrategy[Any]:
    if main:
        return _one_tensor(record, shape, dtype, main)
    numbers = [number for category, values in _NUMBERS.items() if category <= dtype.category for number in values]
    return st.one_of(_one_tensor(record, shape, dtype, main), st.sampled_from(numbers))


def _several(record: Op, shape: Any, dtype: DType, main: bool) -> st.SearchStrategy[Any]:
    if isinstance(shape, list):
        return st.tuples(*(_one_tensor(record, each, dtype, place == 0) for place, each in enumerate(shape)))
    first = _one_tensor(record, shape, dtype, True)
    one = _one_tensor(record, shape, dtype, False)
    rest = st.sampled_from((1, 0, 2)).flatmap(lambda count: st.lists(one, min_size=count, max_size=count))
    return st.tuples(first, rest).map(lambda pair: (pair[0], *pair[1]))


def _mask(record: Op, shape: tuple[int, ...], dtype: DType, main: bool) -> st.SearchStrategy[Any]:
    return st.just(Layout(shape, as_dtype("bool")))


_LAYOUT: Mapping[Role, Callable[..., st.SearchStrategy[Any]]] = {
    Role.TENSOR: _one_tensor,
    Role.OPERAND: _tensor_or_number,
    Role.TENSORS: _several,
    Role.MASK: _mask,
}
