"""The tensor arguments of an op: choose their shapes and dtypes as the op's record describes. Begin at `layouts`."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from ...core.dtypes import DTYPES, Category, DType, as_dtype, promote_types
from ...core.record import Index, Op, Role, Row, Shape
from .choices import Choose, What
from .layout import Layout
from .shapes import SHAPES

# the options for a tensor of any shape: first a matrix of two different sizes, which shows most; last an empty matrix
ANY_SHAPE = (*SHAPES.values(), (2, 0))
SIZES = (2, 3, 4, 1, 0)
_LARGER = 3  # the first so many SIZES are larger than 1

_NUMBERS: Mapping[Category, tuple[Any, ...]] = {
    Category.BOOL: (True, False),
    Category.INTEGER: (2, -1, 0, 1, 3),
    Category.FLOAT: (0.5, -1.0, 0.0, 2.0, 3.7),
    Category.COMPLEX: (1 - 2j, 1j, 0.5 + 0.0j),
}


ALL = -1  # in place of an axis: all axes together


@dataclass(frozen=True)
class RecordLayout(Layout):
    """A layout with a record's description of the numbers: the sort of values, or the range of indices."""

    values: str = ""
    limit: int | None = None  # for indices: the size of the indexed dimension
    apart: int | None = None  # for indices: the axis along which they are unique; ALL for unique in the whole tensor
    negative: bool = False


def layouts(choose: Choose, record: Op, dtype: DType) -> dict[str, Any]:
    """Return the layouts of an op's tensors, by name, and the other arguments of the row that is chosen."""
    names = [name for name, role in record.roles.items() if role in _LAYOUT]
    if not record.rows:
        return _with_dtypes(choose, record, names, dtype, _broadcastable(choose, record, names), {})
    row = record.rows[choose(What("place"), _places(record, names))]
    drawn = [name for name in names if row.get(name, "") is not None]  # None is left out
    found = {name: item for name, item in row.items() if not isinstance(item, (Shape, Index))}
    found |= _with_dtypes(choose, record, drawn, dtype, _named_shapes(choose, record, drawn, row), row)
    for name, described in row.items():
        if isinstance(described, Index):
            found[name] = _index(choose, name, described, found)
    return found


def _with_dtypes(
    choose: Choose, record: Op, names: Sequence[str], dtype: DType, shapes: Mapping[str, Any], row: Row
) -> dict[str, Any]:
    main = next((name for name in names if record.roles[name] is not Role.MASK), None)
    drawn = {
        name: _LAYOUT[record.roles[name]](choose, record, name, shapes[name], dtype, name == main) for name in names
    }
    for name, described in row.items():
        if isinstance(described, Shape) and described.values:
            drawn[name] = replace(drawn[name], values=described.values)
        if isinstance(described, Shape) and described.dtypes:
            drawn[name] = replace(drawn[name], dtype=choose(What("own dtype", name), described.dtypes))
    return drawn


def _index(choose: Choose, name: str, described: Index, found: Mapping[str, Any]) -> Any:
    """Return the layout of an index, whose range is the size of the indexed dimension; a tuple for several indices."""
    counted, layout = found[described.into], found[name]
    into = (counted,) if isinstance(counted, int) else counted.shape
    dtype = choose(What("own dtype", name), described.dtypes)
    if isinstance(layout, tuple):
        return tuple(_counting(described, item.shape, dtype, into, dim) for dim, item in enumerate(layout))
    named = described.dim if isinstance(described.dim, int) or not described.dim else found[described.dim]
    dim = named % max(len(into), 1) if isinstance(named, int) else None
    return _counting(described, layout.shape, dtype, into, dim)


def _counting(
    described: Index, shape: tuple[int, ...], dtype: str, into: tuple[int, ...], dim: int | None
) -> RecordLayout:
    limit = math.prod(into) if dim is None else into[dim] if into else 1
    along = ALL if dim is None else dim if len(shape) == len(into) else 0
    apart = along if described.distinct else None
    negative, ignored, values = described.negative, described.ignored, described.values
    return RecordLayout(shape, dtype, values=values, limit=limit, apart=apart, negative=negative, ignored=ignored)


def _places(record: Op, names: Sequence[str]) -> list[int]:
    """Return the places of a record's rows; those where the first tensor is a matrix come first."""
    return sorted(range(len(record.rows)), key=lambda place: not _is_matrix(_text(record.rows[place], names[0])))


def _is_matrix(text: str) -> bool:
    first = text.split(",")[0].split()
    return len(first) == 2 or first == ["*"]


def _text(row: Row, name: str) -> str:
    return getattr(row.get(name), "names", "")


def _named_shapes(choose: Choose, record: Op, names: Sequence[str], row: Row) -> dict[str, Any]:
    """Return shapes by the names of a row; several for a sequence of tensors."""
    texts = {name: _text(row, name) for name in names}
    counted = {word for item in row.values() if isinstance(item, Index) for word in texts.get(item.into, "").split()}
    sizes: dict[str, int] = {}

    def size(word: str) -> int:
        if word not in sizes:
            # where there is nothing to count, no index is in range
            sizes[word] = (
                int(word) if word.isdigit() else choose(What("size", word), _sizes(len(sizes), word in counted))
            )
        return sizes[word]

    def shape(name: str, text: str) -> tuple[int, ...]:
        return choose(What("shape", name), ANY_SHAPE) if text.strip() == "*" else tuple(map(size, text.split()))

    several = [name for name in names if record.roles[name] is Role.TENSORS]
    return {
        name: [shape(name, each) for each in text.split(",")] if name in several else shape(name, text)
        for name, text in texts.items()
    }


def _sizes(known: int, is_counted: bool) -> list[int]:
    """Return the options for the size of a new name, first a size that the names before it do not have."""
    turned = [SIZES[(known + place) % _LARGER] for place in range(_LARGER)]
    return [*turned, 1] if is_counted else [*turned, 1, 0]


def _broadcastable(choose: Choose, record: Op, names: Sequence[str]) -> dict[str, tuple[int, ...]]:
    base: tuple[int, ...] = choose(What("shape"), ANY_SHAPE)
    if len(names) < 2:
        return dict.fromkeys(names, base)
    full = choose(What("full"), names)
    return {name: base if name == full else choose(What("narrowed", name), narrower(base)) for name in names}


def narrower(shape: tuple[int, ...]) -> list[tuple[int, ...]]:
    """Return shapes that broadcast to a shape, first the shape itself.

    >>> narrower((2, 3))
    [(2, 3), (3,), (2, 1), (1, 3), (), (1, 1)]
    """
    less = [shape[1:], (*shape[:-1], 1), (1, *shape[1:]), (), (1,) * len(shape)] if shape else []
    return [*dict.fromkeys([shape, *less])]


def _one_tensor(choose: Choose, record: Op, name: str, shape: tuple[int, ...], dtype: DType, main: bool) -> Any:
    return RecordLayout(shape, choose(What("dtype", name), _operand_dtypes(record, dtype, main)))


def _operand_dtypes(record: Op, dtype: DType, main: bool) -> list[str]:
    if main or record.kind is None:
        return [dtype.name]
    # another operand may have a different dtype, if the op accepts the promoted dtype
    partners = [
        other.name
        for other in DTYPES
        if promote_types(dtype, other) not in record.rejects and not makes_complex_half(dtype, other)
    ]
    return [*dict.fromkeys([dtype.name, *partners])]


def makes_complex_half(dtype: DType, other: DType) -> bool:
    """Return whether torch promotes the two dtypes to complex32, which JAX does not have."""
    return {dtype.name, other.name} in ({"float16", "complex64"}, {"float16", "complex128"})


def _tensor_or_number(choose: Choose, record: Op, name: str, shape: tuple[int, ...], dtype: DType, main: bool) -> Any:
    numbers = [number for category, values in _NUMBERS.items() if category <= dtype.category for number in values]
    number = None if main else choose(What("number", name), [None, *numbers[::-1]])
    return _one_tensor(choose, record, name, shape, dtype, main) if number is None else number


def _several(choose: Choose, record: Op, name: str, shape: Any, dtype: DType, main: bool) -> Any:
    if not isinstance(shape, list):
        shape = [shape] * choose(What("count", name), (2, 1, 3))
    return tuple(
        _one_tensor(choose, record, f"{name}[{place}]", each, dtype, place == 0) for place, each in enumerate(shape)
    )


def _mask(choose: Choose, record: Op, name: str, shape: tuple[int, ...], dtype: DType, main: bool) -> Any:
    return RecordLayout(shape, as_dtype("bool").name)


_LAYOUT: Mapping[Role, Callable[..., Any]] = {
    Role.TENSOR: _one_tensor,
    Role.OPERAND: _tensor_or_number,
    Role.TENSORS: _several,
    Role.MASK: _mask,
}
