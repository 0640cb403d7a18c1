"""Sizes that `jax.export` leaves open: symbols such as `batch` in place of numbers.

A symbol adds, multiplies and divides like an integer. A comparison raises where its answer depends on the number. These
functions say what is known of a size. Begin with `is_open`.
"""

from collections.abc import Callable, Iterable, Sequence
from types import ModuleType
from typing import Any

import jax.numpy as jnp
import numpy as np
from jax.core import max_dim, min_dim
from jax.errors import InconclusiveDimensionOperation
from jax.export import is_symbolic_dim

_LARGEST = 2**31  # a slice to torch's largest integer ends at the end


def is_open(size: Any) -> bool:
    """Return whether a size is a symbol of `jax.export`, whose number is unknown.

    >>> import jax
    >>> is_open(3), is_open(jax.export.symbolic_shape("batch")[0])
    (False, True)
    """
    return is_symbolic_dim(size)


def has_open(sizes: Iterable[Any]) -> bool:
    """Return whether any of several sizes is open."""
    return any(map(is_symbolic_dim, sizes))


def is_certain(condition: Callable[[], Any]) -> bool:
    """Return whether a condition holds for every number that the open sizes in it can have.

    >>> import jax
    >>> (batch,) = jax.export.symbolic_shape("batch")
    >>> is_certain(lambda: batch < 1), is_certain(lambda: batch >= 1), is_certain(lambda: batch > 3)
    (False, True, False)
    """
    try:
        return bool(condition())
    except InconclusiveDimensionOperation:
        return False


def any_below(least: int, sizes: Sequence[Any]) -> bool:
    """Return whether any size is certain to be less than `least`.

    >>> import jax
    >>> any_below(0, (2, -1)), any_below(1, jax.export.symbolic_shape("batch, length - 1"))
    (True, False)
    """
    try:
        return min(sizes, default=least) < least
    except InconclusiveDimensionOperation:
        return any(is_certain(lambda size=size: size < least) for size in sizes)


def larger(one: Any, other: Any) -> Any:
    """Return the larger of two sizes, itself a symbol where it depends on an open one."""
    return max_dim(one, other) if is_open(one) or is_open(other) else max(one, other)


def smaller(one: Any, other: Any) -> Any:
    """Return the smaller of two sizes, itself a symbol where it depends on an open one."""
    return min_dim(one, other) if is_open(one) or is_open(other) else min(one, other)


def library_of(*sizes: Any) -> ModuleType:
    """Return the library for indices of these sizes: NumPy, or `jax.numpy` where one of them is open."""
    return jnp if has_open(sizes) else np


def span(size: Any, part: slice) -> tuple[Any, Any]:
    """Return the first index and the number of indices of a slice with a positive step, as `range(size)[part]` does.

    >>> import jax
    >>> span(5, slice(1, None, 2)), span(jax.export.symbolic_shape("batch")[0], slice(None, -1))
    ((1, 2), (0, batch - 1))
    """
    try:
        found = range(size)[part]
    except TypeError:  # one of them is open: it is no integer of Python's
        return _open_span(size, part)
    return found.start, len(found)


def _open_span(size: Any, part: slice) -> tuple[Any, Any]:
    first, step = _within(part.start or 0, size), part.step or 1
    last = size if part.stop is None else _within(part.stop, size)
    return first, larger(last - first + step - 1, 0) // step


def _within(index: Any, size: Any) -> Any:
    """Return the bound of a slice, counted from the front and cut to the size."""
    if not is_open(index) and index >= _LARGEST:
        return size
    return larger(index + size, 0) if is_certain(lambda: index < 0) else smaller(index, size)
