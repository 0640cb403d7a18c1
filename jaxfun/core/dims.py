"""torch's rules for dimensions: negative ones, 0-dim tensors, duplicates, and how shapes broadcast."""

import operator
from collections.abc import Sequence
from typing import Any

import numpy as np

from .errors import ArgumentTypeError, IndexRangeError, ShapeError, describe
from .sizes import is_certain, is_open


def wrap_dim(dim: int, ndim: int, name: str = "dim") -> int:
    """Return a dimension as a non-negative integer. A 0-dim tensor accepts 0 and -1, as in torch.

    Raises: IndexRangeError outside of [-ndim, ndim - 1].
    """
    limit = max(ndim, 1)
    if not -limit <= dim < limit:
        raise IndexRangeError(f"`{name}` in [{-limit}, {limit - 1}]", str(dim))
    return dim % limit


def wrap_dims(
    dims: int | Sequence[int] | None, ndim: int, name: str = "dim", *, ranges_first: bool = False
) -> tuple[int, ...]:
    """Return dimensions as non-negative integers. None and () mean all dimensions.

    Raises: IndexRangeError out of range; ShapeError for a dimension named twice; for the first that is wrong, or, where
    `ranges_first`, for any that is out of range before one that comes twice.
    """
    if dims is None or (not isinstance(dims, int) and len(dims) == 0):
        return tuple(range(ndim))
    each = (dims,) if isinstance(dims, int) else dims
    for dim in each if ranges_first else ():
        wrap_dim(dim, ndim, name)
    wrapped: list[int] = []
    for dim in each:
        wrapped.append(wrap_dim(dim, ndim, name))
        if wrapped[-1] in wrapped[:-1]:
            raise ShapeError(f"each `{name}` once", str(dims))
    return tuple(wrapped) if ndim else ()


def want_index(input: Any, dim: int, index: Any) -> None:
    """Raise IndexRangeError for an index that is out of range, and for a 0-dim tensor."""
    want_integer(index=index)
    if not input.ndim:
        raise IndexRangeError("a tensor with dimensions", describe(input))
    axis = wrap_dim(dim, input.ndim)
    size = input.shape[axis]
    if is_certain(lambda: not -size <= index < size):
        raise IndexRangeError(f"`index` in [{-size}, {size - 1}] for dimension {axis}", str(index))


def broadcast_shapes(*shapes: Sequence[int]) -> tuple[int, ...]:
    """Return the common shape of a broadcast.

    Raises: ShapeError where two sizes differ and neither is 1.
    """
    result: list[int] = []
    for shape in shapes:
        missing = len(shape) - len(result)
        result = [1] * missing + result
        for position, size in enumerate(shape, start=len(result) - len(shape)):
            if size != 1 and result[position] not in (1, size):
                raise ShapeError("shapes that broadcast together", " and ".join(str(list(shape)) for shape in shapes))
            result[position] = size if size != 1 else result[position]
    return tuple(result)


def as_sizes(given: tuple[Any, ...], name: str) -> tuple[int, ...]:
    """Return sizes or dimensions as one tuple. They are given one by one or as one tuple.

    Raises: ArgumentTypeError where there are none, and for anything other than integers.
    """
    if not given:
        raise ArgumentTypeError(f"`{name}` to be integers or one tuple of them", "nothing")
    together = given[0] if len(given) == 1 else given
    try:
        return tuple(map(_as_size, together if isinstance(together, (tuple, list)) else (together,)))
    except TypeError:
        raise ArgumentTypeError(f"`{name}` to be integers or one tuple of them", describe(together)) from None


def _as_size(value: Any) -> int:
    if isinstance(value, bool):
        raise TypeError(value)
    try:
        return operator.index(value)
    except TypeError:
        if is_open(value):
            return value
        raise


def is_integer(value: Any) -> bool:
    """Return whether a value is an integer of Python or NumPy, or an open size. A bool is not an integer here."""
    return (isinstance(value, (int, np.integer)) and not isinstance(value, bool)) or is_open(value)


def want_integer(**named: Any) -> None:
    """Raise ArgumentTypeError for arguments that are not integers of Python or NumPy. A bool is not an integer here."""
    for name, value in named.items():
        if not is_integer(value):
            raise ArgumentTypeError(f"`{name}` to be an integer", describe(value))


def as_integers(value: Any, name: str) -> tuple[int, ...]:
    """Return one integer or several as a tuple.

    Raises: ArgumentTypeError for None.
    """
    if value is None:
        raise ArgumentTypeError(f"`{name}` to be an integer or integers", describe(value))
    return (value,) if isinstance(value, int) else tuple(value)


def as_tuple(value: Any, name: str) -> tuple[int, ...]:
    """Return integers as a tuple. They must be given as a tuple or a list.

    Raises: ArgumentTypeError for anything else, one integer alone included.
    """
    if not isinstance(value, (tuple, list)):
        raise ArgumentTypeError(f"`{name}` to be a tuple of integers", describe(value))
    return as_sizes((value,), name)
