"""The items of an index expression: what torch takes for one, and for what it takes it."""

import operator
from collections.abc import Sequence
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax.core import Tracer

from ..core.dtypes import canonical, int64
from ..core.errors import ArgumentTypeError, ArgumentValueError, IndexRangeError, ShapeError, describe

MASKS = ("bool", "uint8")  # uint8 is a mask too, in torch's deprecated fashion
_LEGAL = "an integer, a slice, None, `...`, a bool, or a tensor of integers or bools"


def as_items(index: Any) -> Sequence[Any]:
    """Return the parts of a tuple, or of a list that torch takes for one: a short one with more than numbers in it."""
    if isinstance(index, tuple):
        return index
    if not isinstance(index, (list, range)) or len(index) >= 32:
        return (index,)
    return index if any(_is_part(item) for item in index) else (index,)


def _is_part(item: Any) -> bool:
    return (
        item is None
        or item is ...
        or isinstance(item, (slice, list, tuple, range, str, np.ndarray))
        or _is_tensor(item)
    )


def _is_tensor(item: Any) -> bool:
    return hasattr(item, "dtype") and hasattr(item, "shape") and not isinstance(item, (np.ndarray, np.generic))


def is_mask(tensor: Any) -> bool:
    """Return whether a tensor says yes or no of each element."""
    return str(tensor.dtype).removeprefix("torch.") in MASKS


def consumed(item: Any) -> int:
    """Return how many dimensions an item speaks of."""
    if item is None or item is ... or isinstance(item, bool):
        return 0
    return len(item.shape) if _is_tensor(item) and is_mask(item) else 1


def classified(item: Any) -> Any:
    """Return an item as an int, a bool, a slice, None, `...` or an array."""
    if item is None or item is ... or isinstance(item, (bool, slice)) or _is_tensor(item):
        return item
    if isinstance(item, (list, tuple, range, np.ndarray)):
        return _as_index_array(item)
    if isinstance(item, (str, bytes)):
        raise ArgumentTypeError(_LEGAL, describe(item))
    try:
        return as_integer(item)
    except TypeError:
        raise IndexRangeError(_LEGAL, describe(item)) from None


def as_integer(item: Any) -> int:
    """Return an index as a Python integer.

    Raises: ArgumentValueError where it has more than 64 bits.
    """
    number = operator.index(item)
    if not -(2**63) <= number < 2**63:
        raise ArgumentValueError("an index of 64 bits", str(number))
    return number


def _as_index_array(item: Any) -> Any:
    """Return a list of numbers, as torch reads one: bools are a mask, all else becomes integers."""
    if any(isinstance(leaf, Tracer) for leaf in jax.tree.leaves(item)):
        return jnp.asarray(item)
    try:
        array = np.asarray(item if not isinstance(item, range) else list(item))
    except ValueError:
        raise ArgumentValueError("lists of equal lengths", describe(item)) from None
    return array if str(array.dtype) in MASKS else _as_integers(array, item)


def _as_integers(array: np.ndarray, item: Any) -> np.ndarray:
    if array.dtype.kind in "uO":  # NumPy's answer to integers of more than 64 bits
        [as_integer(number) for number in array.flat if isinstance(number, (int, np.integer))]
    if array.dtype.kind not in "iuf":
        refused = ShapeError if array.dtype.kind == "O" else ArgumentTypeError  # torch's classes
        raise refused("a list of integers or bools", describe(item))
    if array.dtype.kind == "f" and not (np.abs(array) < 2**63).all():
        raise ShapeError("a list of integers", describe(item))
    return array.astype(canonical(int64).dtype)
