"""The inputs of a module check: states near the module's own parameters, and inputs like the given arrays.

Begin at `states` and `strategies`.
"""

import zlib
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

import numpy as np
from hypothesis import strategies as st

from ..compare.arrays import is_inexact
from ..run.port import Port
from .arguments import arguments, array_of, drawn_many, mapped_leaves
from .layout import Layout
from .shapes import Configuration, Example
from .strategies import Several, drawn_with, tensors

Accepts = Callable[[np.ndarray], bool]


def states(
    state: Mapping[str, np.ndarray], constant: Collection[str], configuration: Configuration, own: str
) -> st.SearchStrategy[dict[str, Any]]:
    """Return a strategy for states near a module's own. If the configuration's dtype is `own`, no dtype is changed."""
    dtype = None if configuration.dtype == own else configuration.dtype
    return st.fixed_dictionaries({name: _about(name, item, name in constant, dtype) for name, item in state.items()})


def _about(name: str, array: np.ndarray, is_constant: bool, dtype: str | None) -> st.SearchStrategy[Any]:
    if not is_inexact(array):
        return st.just(array)
    kind = _in(str(array.dtype), dtype)
    around = _unlike(array, np.random.default_rng(zlib.crc32(name.encode())))
    layout = Layout(array.shape, kind, around=around, is_constant=is_constant)
    return st.just(drawn_with(around.astype(np.dtype(kind), copy=False), layout))


def _in(own: str, dtype: str | None) -> str:
    if dtype is None:
        return own
    return {"float32": "complex64", "float64": "complex128"}.get(dtype, own) if own.startswith("complex") else dtype


_MOVED = 0.3


def _unlike(array: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Return the center to draw an array around: its values, or random ones if all are equal (a bias of 0)."""
    around = array if str(array.dtype) in ("float32", "complex64") else array.astype(_WIDE[array.dtype.kind])
    if array.size and np.all(array == array.flat[0]):
        value = around.flat[0]
        moved = rng.normal(size=array.shape)
        return (value * np.exp(_MOVED * moved) if value else moved / 2).astype(around.dtype)
    return around


_WIDE = {"f": np.float64, "V": np.float64, "c": np.complex128}


# Inputs.


def strategies(port: Port, inputs: Sequence[Any], kwargs: Mapping[str, Any]) -> tuple[list[Any], dict[str, Any]]:
    """Return a strategy or a plain value for each input. One example is run to show the port its results."""
    given = _mapped(lambda leaf: _own(leaf, port.dtype), (list(inputs), dict(kwargs)))
    strategies = [_strategy_of(item) for item in given[0]], {name: _strategy_of(given[1][name]) for name in given[1]}
    example = drawn_once(*strategies, Configuration(port.dtype))  # each array unchanged
    keeps = port.takes(*example)
    if not keeps:  # the module rejects an array in another dtype than its own, so cast all arrays to that
        example = _each(lambda leaf: _cast(leaf, port.dtype), example)
    port.settle(*example)

    def strategy(leaf: Any) -> Any:
        if not isinstance(leaf, np.ndarray):
            return leaf

        def accepts(other: np.ndarray) -> bool:
            return port.takes(*_each(lambda item: other if item is leaf else item, example))

        return described(leaf, keeps and str(leaf.dtype) != port.dtype, accepts)

    args, named = _mapped(strategy, given)
    return [_strategy_of(item) for item in args], {name: _strategy_of(item) for name, item in named.items()}


def _own(leaf: Any, dtype: str) -> Any:
    """Convert an array of any library to NumPy; float64, NumPy's default, becomes the module's dtype."""
    if isinstance(leaf, Several):
        return leaf
    leaf = array_of(leaf)
    return _cast(leaf, dtype) if isinstance(leaf, np.ndarray) and leaf.dtype == np.float64 else leaf


def _cast(leaf: Any, dtype: str) -> Any:
    is_real = isinstance(leaf, np.ndarray) and is_inexact(leaf) and leaf.dtype.kind != "c"
    return leaf.astype(np.dtype(dtype)) if is_real else leaf


def drawn_once(
    inputs: Sequence[Any], kwargs: Mapping[str, Any], configuration: Configuration
) -> tuple[tuple[Any, ...], dict[str, Any]]:
    """Draw one example of the positional and keyword arguments."""
    (drawn,) = drawn_many(arguments(inputs, dict(kwargs), lambda number: Example(configuration, number)), 1, 0)
    args, named = mapped_leaves(lambda leaf: leaf, (drawn.args, drawn.kwargs), marked=False)
    return tuple(args), named


_Inputs = tuple[tuple[Any, ...], dict[str, Any]]


def _each(function: Callable[[Any], Any], inputs: _Inputs) -> _Inputs:
    args, kwargs = inputs
    return tuple(_mapped(function, item) for item in args), {name: _mapped(function, kwargs[name]) for name in kwargs}


def _mapped(function: Callable[[Any], Any], value: Any) -> Any:
    """Apply a function to the leaves of nested tuples, lists and dicts."""
    if isinstance(value, Mapping):
        return {key: _mapped(function, item) for key, item in value.items()}
    if isinstance(value, tuple) and hasattr(value, "_fields"):
        return type(value)(*(_mapped(function, item) for item in value))
    if isinstance(value, (tuple, list)) and not isinstance(value, Several):
        return type(value)(_mapped(function, item) for item in value)
    return function(value)


def _strategy_of(value: Any) -> Any:
    """Combine nested tuples, lists and dicts of strategies into one strategy; return any other value unchanged."""
    if isinstance(value, dict):
        return st.fixed_dictionaries({key: _strategy(_strategy_of(item)) for key, item in value.items()})
    if isinstance(value, (tuple, list)):
        parts = st.tuples(*(_strategy(_strategy_of(item)) for item in value))
        kind: Any = type(value)
        return parts.map(lambda items: kind(*items) if hasattr(kind, "_fields") else kind(items))
    return value


def _strategy(value: Any) -> st.SearchStrategy[Any]:
    return value if isinstance(value, st.SearchStrategy) else st.just(value)


def described(array: np.ndarray, keeps_dtype: bool, accepts: Accepts) -> st.SearchStrategy[Any]:
    """Return a strategy for arrays like a given one, with the same shape.

    Floating point arrays have the dtype of the configuration, or their own with `keeps_dtype`. Integers have the range
    of all valid indices if the module uses them as an index, else the array's own range. `accepts(other)` returns
    whether the module accepts another array in its place.
    """
    if is_inexact(array):
        return tensors(shape=array.shape, dtype=str(array.dtype) if keeps_dtype else None)
    if array.dtype.kind not in "iu" or not array.size:
        return tensors(shape=array.shape, dtype=str(array.dtype))
    low, high = int(array.min()), int(array.max())
    high = _last_index(array, high, accepts) if low >= 0 else high
    low = min(low, 0) if high != int(array.max()) else low
    return tensors(shape=array.shape, dtype=str(array.dtype), min_value=low, max_value=high)


_MOST = 2**20  # the largest size of an indexed table


def _last_index(array: np.ndarray, known: int, accepts: Accepts) -> int:
    """Return the largest valid index, by doubling and bisection; `known` if the numbers are not indices."""

    def fits(number: int) -> bool:
        return number <= np.iinfo(array.dtype).max and accepts(np.full_like(array, number))

    if not fits(known) or fits(min(_MOST, np.iinfo(array.dtype).max)):
        return known
    below, above = known, max(known, 1) * 2
    while fits(above):
        below, above = above, above * 2
    while above - below > 1:
        middle = (below + above) // 2
        below, above = (middle, above) if fits(middle) else (below, middle)
    return below
