"""Hypothesis strategies for the arguments of an op, read off its record.

A case is one configuration (shapes, dtypes, static arguments) and several value sets for it: a configuration costs
a compilation, a value set next to nothing. Value sets are drawn by strata, so that ties, kinks and NaN are met on
purpose.
"""

import functools
import inspect
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from hypothesis import strategies as st

from .._op import Choice, Difference, Op, Role, Scalar, Shape, Size
from ..dtypes import DTYPES, Category, DType, as_dtype, promote_types
from .case import Arguments, Case, Place
from .inputs import narrowed

SHAPES = ((), (1,), (3,), (2, 3), (3, 1), (0,), (2, 0), (2, 1, 3))
SIZES = (1, 2, 3, 0)

_NICE = (0.0, -0.0, 1.0, -1.0, 0.5, -0.5, 2.0, -2.0, 3.0, -3.0, 1.5, -2.5)
STRATA: Mapping[str, tuple[float, ...]] = {
    "distinct": (),  # normal draws: no two alike
    "ties": (0.5, 0.5, -2.0),
    "kinks": (0.0, -0.0, 1.0, -1.0),
    "nice": _NICE,
    "wide": (1e-3, -1e-3, 0.1, 7.0, -30.0, 88.0, 1e3),
    "not finite": (*_NICE[:6], math.nan, math.inf, -math.inf),
}
_INTEGERS = (0, 1, -1, 2, 3, -2, 7, 100, -128)
_NUMBERS: Mapping[Category, tuple[Any, ...]] = {
    Category.BOOL: (True, False),
    Category.INTEGER: (0, 1, -1, 2, 3),
    Category.FLOAT: (0.0, 0.5, -1.0, 2.0, 3.7),
    Category.COMPLEX: (1j, 1 - 2j, 0.5 + 0.0j),
}


@dataclass(frozen=True)
class _Tensor:
    """The shape and dtype that an argument is drawn with."""

    shape: tuple[int, ...]
    dtype: DType


def cases(record: Op, dtype: DType, sets: int = len(STRATA)) -> st.SearchStrategy[Case]:
    """Return a strategy for the valid cases of an op whose main tensor has `dtype`."""
    return _arguments(record, dtype, sets).map(lambda drawn: case_of(record, *drawn))


@st.composite
def _arguments(draw: st.DrawFn, record: Op, dtype: DType, sets: int) -> tuple[dict[str, Any], tuple[str, ...], int]:
    """Return a strategy for arguments by name, the strata of their value sets, and a seed."""
    layout = draw(_layouts(record, dtype))
    strata = tuple(STRATA)[:sets]
    seed = draw(st.integers(0, 2**16))
    arguments: dict[str, Any] = {}
    for position, name in enumerate(record.signature.parameters):
        if name in layout:
            arguments[name] = draw(_values(layout[name], strata, seed + position))
        else:
            arguments[name] = draw(_static(record, name, main_shape(arguments), dtype))
    return arguments, strata, seed


def case_of(record: Op, arguments: Mapping[str, Any], strata: tuple[str, ...], seed: int) -> Case:
    """Return the case of a record's arguments by name; an array among them is a stack of value sets."""
    tensors: list[np.ndarray] = []

    def placed(value: Any) -> Any:
        if isinstance(value, tuple):
            return tuple(map(placed, value))
        if not isinstance(value, np.ndarray):
            return value
        tensors.append(value)
        return Place(len(tensors) - 1)

    by_name = {name: placed(value) for name, value in arguments.items()}
    both = _passed(record, by_name)
    known = functools.partial(_known, record, by_name)
    return Case(tuple(tensors), both, both, strata, seed, known=known)


def _passed(record: Op, by_name: Mapping[str, Any]) -> Arguments:
    args: list[Any] = []
    kwargs: dict[str, Any] = {}
    for name, parameter in record.signature.parameters.items():
        value = by_name[name]
        if parameter.kind is parameter.VAR_POSITIONAL:
            args.extend(value or ())
        elif parameter.kind is not parameter.KEYWORD_ONLY:
            args.append(value)
        elif value is not parameter.default:
            kwargs[name] = value
    return Arguments(tuple(args), kwargs)


def _known(record: Op, by_name: Mapping[str, Any], level: str, tensors: Sequence[np.ndarray]) -> Difference | None:
    """Return the known difference whose region holds a value set, if there is one."""
    if not any(level in known.levels for known in record.differences):
        return None
    _, arguments = Arguments((), dict(by_name)).filled(tensors, lambda dtype: dtype)
    return next((known for known in record.differences if level in known.levels and known.region(arguments)), None)


def main_shape(arguments: Mapping[str, Any]) -> tuple[int, ...]:
    """Return the shape of the first tensor, less the axis of value sets."""
    for value in arguments.values():
        for item in value if isinstance(value, tuple) else (value,):
            if isinstance(item, np.ndarray):
                return item.shape[1:]
    return ()


# Layouts: which arguments are tensors, of what shape and dtype.


@st.composite
def _layouts(draw: st.DrawFn, record: Op, dtype: DType) -> dict[str, Any]:
    names = [name for name, role in record.roles.items() if role in _LAYOUT]
    shapes = draw(_named_shapes(record, names) if _has_names(record, names) else _broadcastable(record, names))
    main = next((name for name in names if record.roles[name] is not Role.MASK), None)
    return {name: draw(_LAYOUT[record.roles[name]](record, shapes[name], dtype, name == main)) for name in names}


def _has_names(record: Op, names: Sequence[str]) -> bool:
    return any(isinstance(record.takes.get(name), Shape) for name in names)


@st.composite
def _named_shapes(draw: st.DrawFn, record: Op, names: Sequence[str]) -> dict[str, tuple[int, ...]]:
    described = {name: record.takes.get(name, Shape("")) for name in names}
    alternatives = {name: _alternatives(shape) for name, shape in described.items()}
    chosen = draw(st.integers(0, max(map(len, alternatives.values())) - 1))
    sizes: dict[str, int] = {}
    shapes = {}
    for name, options in alternatives.items():
        words = options[min(chosen, len(options) - 1)].split()
        for word in words:
            if word not in sizes:
                sizes[word] = int(word) if word.isdigit() else draw(st.sampled_from(SIZES))
        shapes[name] = tuple(sizes[word] for word in words)
        if words == ["*"]:
            shapes[name] = draw(st.sampled_from(SHAPES))
    return shapes


def _alternatives(shape: Shape) -> tuple[str, ...]:
    return (shape.names,) if isinstance(shape.names, str) else tuple(shape.names)


@st.composite
def _broadcastable(draw: st.DrawFn, record: Op, names: Sequence[str]) -> dict[str, tuple[int, ...]]:
    base = draw(st.sampled_from(SHAPES))
    if len(names) == 1:
        return {names[0]: base}
    full = draw(st.sampled_from(names))
    return {name: base if name == full else draw(narrowed(base)) for name in names}


def _one_tensor(record: Op, shape: tuple[int, ...], dtype: DType, main: bool) -> st.SearchStrategy[Any]:
    return _operand_dtypes(record, dtype, main).map(lambda chosen: _Tensor(shape, chosen))


def _operand_dtypes(record: Op, dtype: DType, main: bool) -> st.SearchStrategy[DType]:
    if main or record.kind is None:
        return st.just(dtype)
    # a partner may have another dtype, as long as the pair's is one that the op takes
    partners = [
        other for other in DTYPES if promote_types(dtype, other) not in record.rejects and not _half(dtype, other)
    ]
    return st.just(dtype) | st.sampled_from(partners or [dtype])


def _half(dtype: DType, other: DType) -> bool:
    # torch answers complex32, which JAX has not
    return {dtype.name, other.name} == {"float16", "complex64"} or {dtype.name, other.name} == {"float16", "complex128"}


def _tensor_or_number(record: Op, shape: tuple[int, ...], dtype: DType, main: bool) -> st.SearchStrategy[Any]:
    if main:
        return _one_tensor(record, shape, dtype, main)
    numbers = [number for category, values in _NUMBERS.items() if category <= dtype.category for number in values]
    return st.one_of(_one_tensor(record, shape, dtype, main), st.sampled_from(numbers))


def _several(record: Op, shape: tuple[int, ...], dtype: DType, main: bool) -> st.SearchStrategy[Any]:
    first = _one_tensor(record, shape, dtype, True)
    rest = st.lists(_one_tensor(record, shape, dtype, False), max_size=2)
    return st.tuples(first, rest).map(lambda pair: (pair[0], *pair[1]))


def _mask(record: Op, shape: tuple[int, ...], dtype: DType, main: bool) -> st.SearchStrategy[Any]:
    return st.just(_Tensor(shape, as_dtype("bool")))


_LAYOUT: Mapping[Role, Callable[..., st.SearchStrategy[Any]]] = {
    Role.TENSOR: _one_tensor,
    Role.OPERAND: _tensor_or_number,
    Role.TENSORS: _several,
    Role.MASK: _mask,
}


# Values: the stacks of value sets.


def _values(layout: Any, strata: tuple[str, ...], seed: int) -> st.SearchStrategy[Any]:
    if isinstance(layout, tuple):
        return st.tuples(*(_values(item, strata, seed + 7 * place) for place, item in enumerate(layout)))
    if isinstance(layout, _Tensor):
        return _stack(layout, strata, seed)
    return st.just(layout)


@st.composite
def _stack(draw: st.DrawFn, layout: _Tensor, strata: tuple[str, ...], seed: int) -> np.ndarray:
    parts = 2 if layout.dtype.is_complex else 1
    count = parts * math.prod(layout.shape)
    rows = [_row(draw, stratum, layout.dtype, count, seed + row) for row, stratum in enumerate(strata)]
    flat = np.array(rows, dtype=np.float64).reshape(len(strata), parts, -1)
    with np.errstate(invalid="ignore", over="ignore"):  # 1e3 in 8 bits wraps, as it may
        numbers = flat[:, 0] + 1j * flat[:, 1] if parts == 2 else flat[:, 0]
        return np.asarray(numbers.reshape(len(strata), *layout.shape)).astype(layout.dtype.dtype)


def _row(draw: st.DrawFn, stratum: str, dtype: DType, count: int, seed: int) -> Sequence[float]:
    if dtype.category <= Category.INTEGER:
        palette = (0, 1) if dtype.category is Category.BOOL else _INTEGERS[: 8 if dtype.name != "int8" else None]
        if dtype.name == "uint8":
            palette = tuple(number % 256 for number in palette)
        return draw(st.lists(st.sampled_from(palette), min_size=count, max_size=count))
    if stratum == "distinct":
        return (np.random.default_rng(seed).normal(size=count) * 1.5).tolist()
    palette = STRATA[stratum]
    if dtype.is_complex:
        # C leaves open which parts of a complex product or quotient with an infinity are NaN: libraries choose freely
        palette = tuple(number for number in palette if not math.isinf(number))
    return draw(st.lists(st.sampled_from(palette), min_size=count, max_size=count))


# Static arguments.


def _static(record: Op, name: str, shape: tuple[int, ...], dtype: DType) -> st.SearchStrategy[Any]:
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
    return st.tuples(order, st.booleans()).map(lambda pair: tuple(i - len(shape) * pair[1] for i in pair[0]))


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
    higher = [other for other in DTYPES if other.category >= dtype.category and not _half(dtype, other)]
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


# Spoiled cases: one thing about a valid case is made wrong, or merely odd.


def spoiled(record: Op) -> st.SearchStrategy[Case]:
    """Return a strategy for cases of one value set, any dtypes, with one argument replaced by something unlikely."""
    return _spoiled(record).filter(lambda case: not _is_complex_half(case))


def _is_complex_half(case: Case) -> bool:
    # torch goes on in complex32, which JAX has not and few of torch's own kernels take
    dtypes = [as_dtype(item.dtype) for item in case.tensors]
    return any(_half(one, other) for one in dtypes for other in dtypes)


@st.composite
def _spoiled(draw: st.DrawFn, record: Op) -> Case:
    taken = [dtype for dtype in DTYPES if dtype not in record.rejects | record.operand_rejects]
    arguments, strata, seed = draw(_arguments(record, draw(st.sampled_from(taken)), sets=1))
    name = draw(st.sampled_from(list(arguments)))
    changed = {**arguments, name: draw(_odd(record.roles[name], arguments[name]))}
    return case_of(record, changed, strata, seed)


def _odd(role: Role, value: Any) -> st.SearchStrategy[Any]:
    if isinstance(value, np.ndarray):
        odd_shape = st.sampled_from(SHAPES).flatmap(
            lambda shape: _stack(_Tensor(shape, as_dtype(value.dtype)), ("kinks",), 0)
        )
        odd_dtype = st.sampled_from(DTYPES).map(lambda dtype: value.real.astype(dtype.dtype))
        return st.one_of(odd_shape, odd_dtype, st.sampled_from([None, "x", [1.0]]))
    if isinstance(value, tuple) and value and isinstance(value[0], np.ndarray):
        odd_item = _odd(role, value[0]).map(lambda item: (*value, item))
        return odd_item | st.just(())
    if isinstance(value, tuple) and all(type(item) is int for item in value):
        return st.lists(st.integers(-2, 3), max_size=3).map(tuple)
    if role in (Role.DIM, Role.DIMS):
        several = st.lists(st.integers(-4, 4), max_size=3).map(tuple)
        return st.one_of(st.integers(-5, 5), several if role is Role.DIMS else st.nothing())
    return st.just(value)
