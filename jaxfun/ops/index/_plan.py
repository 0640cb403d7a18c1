"""Parse a torch index expression into a plan: a slice of the tensor, and the index tensors into that slice.

Begin with `read`. The rules, and the order of the checks, are those of torch's `applySlicing` and `expandTensors`.
"""

import operator
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from types import EllipsisType, NoneType
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax.core import Tracer

from ...core.dims import broadcast_shapes
from ...core.dtypes import Category, as_dtype, canonical, int64
from ...core.errors import (
    ArgumentTypeError,
    ArgumentValueError,
    IndexRangeError,
    ShapeError,
    UnsupportedArgumentError,
    describe,
)
from ...core.sizes import is_certain, is_open, span

_MASKS = ("bool", "uint8")  # torch still accepts a uint8 mask (deprecated)
_ALLOWED = "an integer, a slice, None, `...`, a bool, or a tensor of integers or bools"


class Layout(NamedTuple):
    """The static part of a plan: it decides the compiled program. The numbers of the index are not part of it.

    First, a slice is taken along each dimension of the tensor, with `sizes` and `strides`. Then the dimensions
    `dropped` (those indexed by an integer) are removed, and the dimensions `inserted` are added. The result is the
    view. The index tensors index the dimensions `dims` of the view, and `mode` is jnp's mode for an index out of range.
    `traced` are the dimensions of the tensor that are indexed by a traced integer.
    """

    sizes: tuple[int, ...]
    strides: tuple[int, ...]
    dropped: tuple[int, ...]
    inserted: tuple[int, ...]
    traced: tuple[int, ...]
    dims: tuple[int, ...]
    mode: str

    @property
    def spans(self) -> tuple[int, ...]:
        """The length of the slice in each dimension, from its first element to its last."""
        return tuple(
            (size - 1) * stride + 1 if size else 0 for size, stride in zip(self.sizes, self.strides, strict=True)
        )


@dataclass(frozen=True)
class Plan:
    """The meaning of an index for one shape.

    `starts` are the starts of the slice, and `view` is the shape of its view. `tensors` are integer arrays that index
    the
    view. `kinds` are the dtypes of the index tensors as given, before masks became integers.
    """

    layout: Layout
    starts: tuple[Any, ...]
    view: tuple[int, ...]
    tensors: tuple[Any, ...]
    kinds: tuple[str, ...]

    @property
    def result(self) -> tuple[int, ...]:
        """The shape of the result: the tensors' dimensions come first, unless the indexed dimensions are adjacent."""
        dims = self.layout.dims
        if not dims:
            return self.view
        common = broadcast_shapes(*map(np.shape, self.tensors))
        first, last = dims[0], dims[-1]
        if last - first + 1 == len(dims):
            return (*self.view[:first], *common, *self.view[last + 1 :])
        return (*common, *(size for dim, size in enumerate(self.view) if dim not in dims))


def read(shape: Sequence[int], index: Any, *, tensors_only: bool = False) -> Plan:
    """Return the plan of an index into a tensor of `shape`. `check_range` checks the values of index tensors later.

    With `tensors_only` a 0-dim integer tensor is an index tensor like the others.

    Raises: IndexRangeError for an integer out of range, too many indices, a mask of another shape, or an invalid index;
    ArgumentValueError for a step that is not positive; UnsupportedArgumentError for a traced mask.
    """
    if isinstance(index, (int, slice)):
        _check_alone(index)
    items = _items(index)
    reader = _Reader(list(shape), sum(map(_dims_of_item, items)), tensors_only)
    if reader.specified > len(shape):
        raise IndexRangeError(f"at most {len(shape)} indices", str(reader.specified))
    for item in items:
        kind = _normalized(item)
        take = _take_integer if is_open(kind) else _TAKE.get(type(kind), _take_array)
        take(reader, kind)
    return _plan_of(reader)


def check_range(plan: Plan) -> None:
    """Raise IndexRangeError where a known index tensor is out of range. An empty result is not checked."""
    if 0 in plan.result:
        return
    for dim, tensor in zip(plan.layout.dims, plan.tensors, strict=True):
        if not isinstance(tensor, Tracer) and not is_open(plan.view[dim]):
            _check_numbers(np.asarray(tensor), plan.view[dim], dim)


def _check_numbers(numbers: np.ndarray, size: int, dim: int) -> None:
    for number in (numbers.min(), numbers.max()):
        if not -size <= number < size:
            raise IndexRangeError(f"indices in [{-size}, {size - 1}] for dimension {dim}", str(number))


def is_mask(tensor: Any) -> bool:
    """Return whether an index tensor is a mask: its dtype is bool or, as in torch, uint8."""
    return _dtype_name(tensor) in _MASKS


def _dtype_name(tensor: Any) -> str:
    return str(tensor.dtype).removeprefix("torch.")


# The items of an index, classified by torch's rules.


def _items(index: Any) -> Sequence[Any]:
    """Return the items of a tuple, or of a list that torch treats as a tuple: a short one with more than numbers."""
    if isinstance(index, tuple):
        return index
    if not isinstance(index, (list, range)) or len(index) >= 32:
        return (index,)
    return index if any(map(_is_not_number, index)) else (index,)


def _is_not_number(item: Any) -> bool:
    return (
        item is None
        or item is ...
        or isinstance(item, (slice, list, tuple, range, str, np.ndarray))
        or _is_tensor(item)
    )


def _is_tensor(item: Any) -> bool:
    return hasattr(item, "dtype") and hasattr(item, "shape") and not isinstance(item, (np.ndarray, np.generic))


def _dims_of_item(item: Any) -> int:
    """Return the number of dimensions that an item indexes."""
    if item is None or item is ... or isinstance(item, bool):
        return 0
    return len(item.shape) if _is_tensor(item) and is_mask(item) else 1


def _normalized(item: Any) -> Any:
    """Return an item as an int, a bool, a slice, None, `...` or an array."""
    if item is None or item is ... or isinstance(item, (bool, slice)) or _is_tensor(item):
        return item
    if isinstance(item, (list, tuple, range, np.ndarray)):
        return _as_index_array(item)
    if isinstance(item, (str, bytes)):
        raise ArgumentTypeError(_ALLOWED, describe(item))
    if is_open(item):
        return item
    try:
        return _as_integer(item)
    except TypeError:
        raise IndexRangeError(_ALLOWED, describe(item)) from None


def _as_integer(item: Any) -> int:
    """Return an index as a Python integer.

    Raises: ArgumentValueError for more than 64 bits.
    """
    number = operator.index(item)
    if not -(2**63) <= number < 2**63:
        raise ArgumentValueError("an index that fits in 64 bits", str(number))
    return number


def _as_index_array(item: Any) -> Any:
    """Convert a list of numbers by torch's rules: bools become a mask, other numbers become integers."""
    if any(isinstance(leaf, Tracer) for leaf in jax.tree.leaves(item)):
        return jnp.asarray(item)
    try:
        array = np.asarray(item if not isinstance(item, range) else list(item))
    except ValueError:
        raise ArgumentValueError("lists of equal lengths", describe(item)) from None
    return array if is_mask(array) else _as_integers(array, item)


def _as_integers(array: np.ndarray, item: Any) -> np.ndarray:
    if array.dtype.kind in "uO":  # NumPy gives these dtypes to integers of more than 64 bits
        [_as_integer(number) for number in array.flat if isinstance(number, (int, np.integer))]
    if array.dtype.kind not in "iuf":
        refused = ShapeError if array.dtype.kind == "O" else ArgumentTypeError  # torch's exception classes
        raise refused("a list of integers or bools", describe(item))
    if array.dtype.kind == "f" and not (np.abs(array) < 2**63).all():
        raise ShapeError("a list of integers", describe(item))
    return array.astype(canonical(int64).dtype)


def _check_alone(index: int | slice) -> None:
    # for a single integer or slice torch checks the values before the number of dimensions
    _bounds(index) if isinstance(index, slice) else _as_integer(index)


def _bounds(item: slice) -> tuple[int, int | None, int]:
    """Return the start, stop and step of a slice."""
    try:
        start, stop, stride = (
            bound if bound is None or is_open(bound) else operator.index(bound)
            for bound in (item.start, item.stop, item.step)
        )
    except TypeError:
        advice = "A slice cannot have traced bounds under jit: use jax.lax.dynamic_slice."
        raise ArgumentTypeError("integers or None as slice bounds", describe(item), advice) from None
    if stride is not None and stride <= 0:
        raise ArgumentValueError("a step greater than zero", str(stride), "Use jax.numpy.flip to reverse.")
    return start or 0, stop, stride or 1


# Read the items from left to right.


@dataclass
class _Reader:
    """A plan under construction, with the next dimension of the tensor (`axis`) and of the view (`dim`)."""

    shape: list[int]
    specified: int  # the number of dimensions that the whole index covers
    tensors_only: bool
    axis: int = 0  # of the tensor
    dim: int = 0  # of the view
    starts: list[Any] = field(init=False)
    sizes: list[int] = field(init=False)
    strides: list[int] = field(init=False)
    view: list[int] = field(init=False)
    dropped: list[int] = field(default_factory=list)
    inserted: list[int] = field(default_factory=list)
    tensors: dict[int, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.starts, self.strides = [0] * len(self.shape), [1] * len(self.shape)
        self.sizes, self.view = list(self.shape), list(self.shape)

    def keep(self, dims: int = 1) -> None:
        """Keep the next dimensions as they are."""
        self.axis += dims
        self.dim += dims

    def insert(self) -> None:
        """Insert a dimension of size 1 before the next dimension of the view."""
        self.inserted.append(self.dim)
        self.view.insert(self.dim, 1)
        self.dim += 1


def _take_integer(reader: _Reader, index: Any) -> None:
    size = reader.shape[reader.axis]
    if not size or (not isinstance(index, Tracer) and is_certain(lambda: not -size <= index < size)):
        raise IndexRangeError(f"an index in [{-size}, {size - 1}] for dimension {reader.dim}", str(index))
    reader.starts[reader.axis] = index if isinstance(index, Tracer) else _from_front(index, size)
    reader.sizes[reader.axis] = 1
    reader.dropped.append(reader.axis)
    reader.axis += 1
    del reader.view[reader.dim]


def _from_front(index: Any, size: Any) -> Any:
    return index + size if is_certain(lambda: index < 0) else index


def _take_slice(reader: _Reader, item: slice) -> None:
    start, stop, stride = _bounds(item)
    first, count = span(reader.shape[reader.axis], slice(start, stop, stride))
    reader.starts[reader.axis], reader.strides[reader.axis] = first, stride
    reader.sizes[reader.axis] = reader.view[reader.dim] = count
    reader.keep()


def _take_ellipsis(reader: _Reader, item: EllipsisType) -> None:
    reader.keep(len(reader.shape) - reader.specified)


def _take_none(reader: _Reader, item: None) -> None:
    reader.insert()


def _take_bool(reader: _Reader, item: bool) -> None:
    # insert a dimension: True selects its one element, False none
    reader.tensors[reader.dim] = np.zeros(int(item), canonical(int64).dtype)
    reader.insert()


def _take_array(reader: _Reader, array: Any) -> None:
    is_integer = np.ndim(array) == 0 and as_dtype(array.dtype).category <= Category.INTEGER
    if not is_integer or (reader.tensors_only and not is_mask(array)):
        reader.tensors[reader.dim] = array
        reader.keep(np.ndim(array) if is_mask(array) else 1)
    elif is_mask(array):
        _take_bool(reader, bool(_known_values(array)))
    else:
        _take_integer(reader, array if isinstance(array, Tracer) else int(array))


_TAKE: Mapping[type, Callable[[_Reader, Any], None]] = {
    int: _take_integer,
    bool: _take_bool,
    slice: _take_slice,
    EllipsisType: _take_ellipsis,
    NoneType: _take_none,
}


# The index tensors: convert masks to integers, and check the known values.


def _plan_of(reader: _Reader) -> Plan:
    for tensor in reader.tensors.values():
        if _dtype_name(tensor) not in (*_MASKS, "int32", "int64"):
            raise IndexRangeError("tensors of int32, int64, bool or uint8 as indices", describe(tensor))
    expanded: dict[int, Any] = {}
    for dim, tensor in reader.tensors.items():
        expanded |= _indices_of_mask(reader, dim, tensor) if is_mask(tensor) else {dim: _integers(tensor)}
    kinds = tuple(map(_dtype_name, reader.tensors.values()))
    found = Plan(_layout(reader, expanded), (*reader.starts,), (*reader.view,), (*expanded.values(),), kinds)
    _check_fit(found)
    return found


def _layout(reader: _Reader, tensors: Mapping[int, Any]) -> Layout:
    return Layout(
        sizes=tuple(reader.sizes),
        strides=tuple(reader.strides),
        dropped=tuple(reader.dropped),
        inserted=tuple(reader.inserted),
        traced=tuple(axis for axis, start in enumerate(reader.starts) if isinstance(start, Tracer)),
        dims=tuple(tensors),
        # `check_range` has checked the known indices
        mode="fill" if any(isinstance(tensor, Tracer) for tensor in tensors.values()) else "promise_in_bounds",
    )


def _integers(tensor: Any) -> Any:
    return tensor if isinstance(tensor, jax.Array) else np.asarray(tensor).astype(canonical(int64).dtype)


def _indices_of_mask(reader: _Reader, dim: int, mask: Any) -> dict[int, np.ndarray]:
    """Return the indices of a mask's true elements, for each of its dimensions; the first one is `dim` of the view."""
    sizes = tuple(reader.view[dim : dim + len(mask.shape)])
    if tuple(mask.shape) != sizes:
        raise IndexRangeError(f"a mask of shape {list(sizes)} at dimension {dim}", describe(mask))
    dtype = canonical(int64).dtype
    return {dim + place: found.astype(dtype) for place, found in enumerate(np.nonzero(_known_values(mask)))}


def _known_values(mask: Any) -> np.ndarray:
    if isinstance(mask, Tracer):
        raise UnsupportedArgumentError(
            "a mask with known values, which decide the shape of the result",
            f"a traced {describe(mask)}",
            "Under jit and vmap use jaxfun.where.",
        )
    return np.asarray(mask)


def _check_fit(plan: Plan) -> None:
    try:
        common = broadcast_shapes(*map(np.shape, plan.tensors))
    except ShapeError as error:
        raise IndexRangeError("index tensors that broadcast together", error.got) from None
    if 0 in (plan.view[dim] for dim in plan.layout.dims) and 0 not in common:
        raise IndexRangeError("indices into a non-empty dimension", "a dimension of size 0")
