"""torch's index expressions, read into a plan: steps that leave a view, and the tensors that index the view.

The rules, and the order in which mistakes are noticed, are those of torch's `applySlicing` and `expandTensors`.
"""

import operator
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from types import EllipsisType, NoneType
from typing import Any, NamedTuple

import jax
import numpy as np
from jax.core import Tracer

from ..core.dims import broadcast_shapes
from ..core.dtypes import Category, as_dtype, canonical, int64
from ..core.errors import (
    ArgumentTypeError,
    ArgumentValueError,
    IndexRangeError,
    ShapeError,
    UnsupportedArgumentError,
    describe,
)
from ._index_items import MASKS, as_integer, as_items, classified, consumed, is_mask


class Step(NamedTuple):
    """One step towards the view: "select", "slice" or "unsqueeze" of one dimension of what the steps before it left."""

    kind: str
    dim: int
    start: Any = 0  # an integer, or a traced one
    size: int = 1
    stride: int = 1


@dataclass(frozen=True)
class Plan:
    """What an index means for one shape.

    The steps leave a view of `shape`; `tensors` are the arrays of integers that index its dimensions `dims`, and
    `kinds` the dtypes of the tensors as they were given, before masks became integers.
    """

    steps: tuple[Step, ...]
    shape: tuple[int, ...]
    dims: tuple[int, ...] = ()
    tensors: tuple[Any, ...] = ()
    kinds: tuple[str, ...] = ()

    @property
    def mode(self) -> str:
        """What jnp is to do with an index out of range: no known one is, by `check_range`."""
        return "fill" if any(isinstance(tensor, Tracer) for tensor in self.tensors) else "promise_in_bounds"

    @property
    def result(self) -> tuple[int, ...]:
        """The shape of what is indexed: the tensors' dimensions stand in front, unless all of theirs are adjacent."""
        if not self.dims:
            return self.shape
        common = broadcast_shapes(*(np.shape(tensor) for tensor in self.tensors))
        first, last = self.dims[0], self.dims[-1]
        if last - first + 1 == len(self.dims):
            return (*self.shape[:first], *common, *self.shape[last + 1 :])
        return (*common, *(size for dim, size in enumerate(self.shape) if dim not in self.dims))


def read(shape: Sequence[int], index: Any, *, whole_slices: bool = False, tensors_only: bool = False) -> Plan:
    """Return the plan of an index into a tensor of `shape`; the numbers in index tensors are for `check_range`.

    A slice that takes all is a step only where `whole_slices`; a 0-dim tensor of an integer is one more tensor to index
    with, and no step, where `tensors_only`.

    Raises: IndexRangeError for an integer out of range, too many indices, a mask that does not fit, what is no index;
    ArgumentValueError for a step that is not positive; UnsupportedArgumentError for a mask whose values are not known.
    """
    if isinstance(index, (int, slice)):
        _checked_alone(index)
    items = as_items(index)
    reader = _Reader(list(shape), sum(map(consumed, items)), whole_slices, tensors_only)
    if reader.specified > len(shape):
        raise IndexRangeError(f"at most {len(shape)} indices", str(reader.specified))
    for item in items:
        _take(reader, classified(item))
    return _finished(reader)


@dataclass
class _Reader:
    """A plan in the making: the view's sizes so far, and the next of its dimensions to be indexed."""

    sizes: list[int]
    specified: int  # how many dimensions the whole index speaks of
    whole_slices: bool
    tensors_only: bool
    ndim: int = field(init=False)
    dim: int = 0
    steps: list[Step] = field(default_factory=list)
    tensors: dict[int, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.ndim = len(self.sizes)

    def take_tensor(self, tensor: Any, dims: int = 1) -> None:
        self.tensors[self.dim] = tensor
        self.dim += dims


def _checked_alone(index: int | slice) -> None:
    # of a single integer or slice torch looks at the numbers before the dimensions
    _bounds(index) if isinstance(index, slice) else as_integer(index)


# Steps: what each kind of item does.


def _take(reader: _Reader, item: Any) -> None:
    _TAKE.get(type(item), _take_array)(reader, item)


def _take_integer(reader: _Reader, index: Any) -> None:
    size = reader.sizes[reader.dim]
    if not isinstance(index, Tracer):
        if not -size <= index < size:
            raise IndexRangeError(f"an index in [{-size}, {size - 1}] for dimension {reader.dim}", str(index))
        index %= size
    reader.steps.append(Step("select", reader.dim, index))
    del reader.sizes[reader.dim]


def _take_slice(reader: _Reader, item: slice) -> None:
    start, stop, stride = _bounds(item)
    size = reader.sizes[reader.dim]
    span = range(size)[start:stop:stride]
    if reader.whole_slices or start != 0 or (stop is not None and stop < size) or stride != 1:
        reader.steps.append(Step("slice", reader.dim, span.start, len(span), stride))
    reader.sizes[reader.dim] = len(span)
    reader.dim += 1


def _bounds(item: slice) -> tuple[int, int | None, int]:
    try:
        start, stop, stride = (
            None if bound is None else operator.index(bound) for bound in (item.start, item.stop, item.step)
        )
    except TypeError:
        advice = "Under jit the bounds of a slice must be known: use jax.lax.dynamic_slice."
        raise ArgumentTypeError("integers or None as bounds of a slice", describe(item), advice) from None
    if stride is not None and stride <= 0:
        raise ArgumentValueError("a step greater than zero", str(stride), "Use jax.numpy.flip to reverse.")
    return start or 0, stop, stride or 1


def _take_ellipsis(reader: _Reader, item: EllipsisType) -> None:
    reader.dim += reader.ndim - reader.specified


def _insert(reader: _Reader) -> None:
    reader.steps.append(Step("unsqueeze", reader.dim))
    reader.sizes.insert(reader.dim, 1)


def _take_none(reader: _Reader, item: None) -> None:
    _insert(reader)
    reader.dim += 1


def _take_bool(reader: _Reader, item: bool) -> None:
    # a new dimension, of which True takes the one element and False none
    _insert(reader)
    reader.take_tensor(np.zeros(int(item), canonical(int64).dtype))


def _take_array(reader: _Reader, array: Any) -> None:
    dtype = as_dtype(array.dtype)
    if np.ndim(array) or dtype.category > Category.INTEGER or (reader.tensors_only and not is_mask(array)):
        reader.take_tensor(array, np.ndim(array) if is_mask(array) else 1)
    elif is_mask(array):
        _take_bool(reader, bool(_known(array)))
    else:
        _take_integer(reader, array if isinstance(array, Tracer) else int(array))


_TAKE: Mapping[type, Callable[[_Reader, Any], None]] = {
    int: _take_integer,
    bool: _take_bool,
    slice: _take_slice,
    EllipsisType: _take_ellipsis,
    NoneType: _take_none,
}


def _known(mask: Any) -> np.ndarray:
    if isinstance(mask, Tracer):
        raise UnsupportedArgumentError(
            "a mask whose values are known, for they decide the shape of the result",
            f"a traced {describe(mask)}",
            "Under jit and vmap use jaxfun.where.",
        )
    return np.asarray(mask)


# The tensors: masks become integers, and what is known of them is checked.


def _finished(reader: _Reader) -> Plan:
    for tensor in reader.tensors.values():
        if str(tensor.dtype).removeprefix("torch.") not in (*MASKS, "int32", "int64"):
            raise IndexRangeError("tensors of int32, int64, bool or uint8 as indices", describe(tensor))
    expanded: dict[int, Any] = {}
    for dim, tensor in reader.tensors.items():
        expanded |= _positions(reader, dim, tensor) if is_mask(tensor) else {dim: _integers(tensor)}
    kinds = tuple(str(tensor.dtype).removeprefix("torch.") for tensor in reader.tensors.values())
    found = Plan(tuple(reader.steps), tuple(reader.sizes), tuple(expanded), tuple(expanded.values()), kinds)
    _check_fit(found)
    return found


def _integers(tensor: Any) -> Any:
    return tensor if isinstance(tensor, jax.Array) else np.asarray(tensor).astype(canonical(int64).dtype)


def _positions(reader: _Reader, dim: int, mask: Any) -> dict[int, np.ndarray]:
    """Return where a mask is true, for each of its dimensions, of which the first is the view's `dim`."""
    sizes = tuple(reader.sizes[dim : dim + len(mask.shape)])
    if tuple(mask.shape) != sizes:
        raise IndexRangeError(f"a mask of shape {list(sizes)} at dimension {dim}", describe(mask))
    dtype = canonical(int64).dtype
    return {dim + place: found.astype(dtype) for place, found in enumerate(np.nonzero(_known(mask)))}


def _check_fit(plan: Plan) -> None:
    try:
        common = broadcast_shapes(*(np.shape(tensor) for tensor in plan.tensors))
    except ShapeError as error:
        raise IndexRangeError("index tensors that broadcast together", error.got) from None
    if 0 in (plan.shape[dim] for dim in plan.dims) and 0 not in common:
        raise IndexRangeError("indices of a dimension with elements", "a dimension of size 0")


def check_range(plan: Plan) -> None:
    """Raise IndexRangeError where a known index tensor is out of range; where nothing is taken, none is looked at."""
    if 0 in plan.result:
        return
    for dim, tensor in zip(plan.dims, plan.tensors, strict=True):
        if not isinstance(tensor, Tracer):
            _check_numbers(np.asarray(tensor), plan.shape[dim], dim)


def _check_numbers(numbers: np.ndarray, size: int, dim: int) -> None:
    for number in (numbers.min(), numbers.max()):
        if not -size <= number < size:
            raise IndexRangeError(f"indices in [{-size}, {size - 1}] for dimension {dim}", str(number))
