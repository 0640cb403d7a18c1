"""Turn arrays and strategies that the user gives into strategies that the engine can fill with many value sets.

An array is a template. A floating point array gives its shape and a property that its numbers share (positive, between
0 and 1, a sum of 1, symmetric, ...); an integer array its range, or all valid indices if the function uses it as an
index; a bool array its shape. `st.just` fixes an array. Begin at `like`, `range_of` and `with_layout`.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np
from hypothesis import strategies as st

from ..run.outcome import outcome
from .layout import Layout
from .shapes import current
from .strategies import Drawn, drawn_with
from .structures import STRUCTURES
from .values import value_set, within_bounds


def like(array: np.ndarray, low: int | None = None, high: int | None = None) -> st.SearchStrategy[Any]:
    """Return a strategy for tensors like an array: its shape, and any floating point dtype, or its own dtype and range.

    `low` and `high` replace the range.
    """
    layout = _standing(array)
    if low is not None or high is not None:
        layout = replace(layout, low=low, high=high)
    return st.builds(lambda number: _drawn(layout, array, number), st.integers(0, 2**32 - 1))


def near(array: np.ndarray, is_constant: bool = False) -> st.SearchStrategy[Any]:
    """Return a strategy for tensors with values close to those of a floating point array; any other array is fixed."""
    if array.dtype.kind not in "fcV":
        return st.just(array)

    def draw() -> Drawn:
        dtype = dtype_in_turn(array.dtype)
        around = array.astype(np.complex128 if array.dtype.kind == "c" else np.float64)
        return drawn_with(
            around.astype(np.dtype(dtype)), Layout(array.shape, dtype, around=around, is_constant=is_constant)
        )

    return st.builds(draw)


_PRECISIONS = {"complex64": "float32", "complex128": "float64"}
_COMPLEX = {"float32": "complex64", "float64": "complex128"}


def dtype_in_turn(dtype: np.dtype[Any]) -> str:
    """Return the dtype for the current configuration: float32, float64 and their complex dtypes follow it.

    Integers and half precision stay, because the user chose them on purpose.
    """
    example, name = current(), str(dtype)
    if name in ("float32", "float64"):
        return example.dtype(None)
    if name in _PRECISIONS:
        return _COMPLEX.get(example.dtype(None), name)
    return name


def in_turn(array: np.ndarray) -> np.ndarray:
    """Cast an array to the precision of the configuration, and replace subnormals by the smallest normal number.

    XLA on the CPU flushes subnormals to zero.
    """
    dtype = np.dtype(dtype_in_turn(array.dtype))
    with np.errstate(over="ignore"):
        cast = np.asarray(array).astype(dtype)
    if dtype.kind != "f":
        return cast
    least = np.finfo(dtype).smallest_normal
    return np.where((cast != 0) & (np.abs(cast) < least), np.copysign(least, cast), cast).astype(dtype)


def _drawn(layout: Layout, array: np.ndarray, number: int) -> Drawn:
    own = replace(layout, dtype=dtype_in_turn(array.dtype))
    rng = np.random.default_rng(number)
    (drawn,) = value_set("unit interval" if current().is_plain else "distinct", [own], (), rng)
    return drawn_with(drawn, own)


def _standing(array: np.ndarray) -> Layout:
    layout = Layout(array.shape, str(array.dtype), words=tuple(map(str, array.shape)))
    if array.dtype.kind in "iu":
        bounds = (int(array.min()), int(array.max())) if array.size else (0, 0)
        return replace(layout, low=bounds[0], high=bounds[1])
    if array.dtype.kind == "b":
        has_rows = array.ndim and array.size and bool(array.any(-1).all())
        return replace(layout, low=0, high=1, structure="mask without empty rows") if has_rows else layout
    shared = next((also for is_so, also in _IN_COMMON if array.size > 1 and np.ptp(_wide(array)) and is_so(array)), {})
    return replace(layout, **shared)


def _wide(array: np.ndarray) -> np.ndarray:
    return np.abs(array.astype(np.complex128)) if array.dtype.kind == "c" else array.astype(np.float64)


def _is_matrix(array: np.ndarray) -> bool:
    return array.ndim > 1 and array.shape[-1] == array.shape[-2] > 1


_TINY = 1e-6

# properties that an array's numbers may share, the strictest first; not used if all numbers are equal
_IN_COMMON: tuple[tuple[Callable[[np.ndarray], bool], dict[str, Any]], ...] = (
    (lambda a: _is_matrix(a) and STRUCTURES["positive definite"].holds(a), {"structure": "positive definite"}),
    (lambda a: _is_matrix(a) and STRUCTURES["symmetric"].holds(a), {"structure": "symmetric"}),
    (lambda a: _lies(a, 0, 1) and STRUCTURES["probabilities"].holds(a), {"structure": "probabilities"}),
    (lambda a: _lies(a, _TINY, 1 - _TINY), {"low": 1e-3, "high": 1 - 1e-3}),
    (lambda a: _lies(a, 0, 1), {"low": 0.0, "high": 1.0}),
    (lambda a: _lies(a, _TINY, np.inf), {"low": 1e-3}),
    (lambda a: _lies(a, 0, np.inf), {"low": 0.0}),
)


def _lies(array: np.ndarray, low: float, high: float) -> bool:
    return array.dtype.kind != "c" and bool(((_wide(array) >= low) & (_wide(array) <= high)).all())


# integers


_MOST = 2**20  # if a function accepts a larger integer, that is not an index


def range_of(array: np.ndarray, takes: Callable[[np.ndarray], bool], hints: Iterable[int] = ()) -> tuple[int, int]:
    """Return the range to draw integers from: all valid indices if the function rejects larger ones, else the array's.

    `takes(other)` returns whether the function accepts another array in its place. `hints` are possible table sizes.
    """
    low, high = (int(array.min()), int(array.max())) if array.size else (0, 0)
    if not array.size or not takes(array) or takes(_with(array, _MOST)):
        return low, high
    exact = next((hint for hint in sorted({*hints}) if hint > high and _ends(array, takes, hint)), None)
    limit = exact or _limit(array, takes, high)
    rng = np.random.default_rng(0)
    least = min(low, 0) if low >= 0 else low
    spread = [rng.integers(least, limit, size=array.shape).astype(array.dtype) for _ in range(2)]
    return (least, limit - 1) if all(map(takes, spread)) else (low, high)


def _with(array: np.ndarray, number: int) -> np.ndarray:
    changed = np.array(array)
    changed.flat[-1] = min(number, int(np.iinfo(array.dtype).max))
    return changed


def _ends(array: np.ndarray, takes: Callable[[np.ndarray], bool], limit: int) -> bool:
    return takes(_with(array, limit - 1)) and not takes(_with(array, limit))


def _limit(array: np.ndarray, takes: Callable[[np.ndarray], bool], taken: int) -> int:
    """Return the smallest rejected number, by doubling steps and bisection."""
    step = 1
    while taken + step < _MOST and takes(_with(array, taken + step)):
        taken, step = taken + step, 2 * step
    refused = min(taken + step, _MOST)
    while refused - taken > 1:
        middle = (taken + refused) // 2
        taken, refused = (middle, refused) if takes(_with(array, middle)) else (taken, middle)
    return refused


# strategies of Hypothesis's own


def with_layout(strategy: Any) -> Any:
    """Add the layout to the arrays of a strategy, if it is a strategy of Hypothesis with a known layout."""
    layout = recognised(strategy)
    if layout is None:
        return strategy

    def remembered(array: np.ndarray) -> Drawn:
        cast = in_turn(array)
        return drawn_with(within_bounds(cast, layout), replace(layout, dtype=str(cast.dtype)))

    return strategy.map(remembered)


def recognised(strategy: Any) -> Layout | None:
    """Return the layout of an `hnp.arrays` strategy with a fixed shape and bounded elements; None for any other.

    This reads private attributes, because Hypothesis has no public API for it. If they are renamed, the result is
    None, and only Hypothesis draws the arrays.
    """
    inner = getattr(strategy, "wrapped_strategy", strategy)
    shape, dtype = getattr(inner, "shape", None), getattr(inner, "dtype", None)
    elements: Any = getattr(inner, "element_strategy", None)
    if type(inner).__name__ != "ArrayStrategy" or not isinstance(shape, tuple) or getattr(inner, "unique", True):
        return None
    elements = getattr(elements, "wrapped_strategy", elements)
    if type(elements).__name__ == "MappedStrategy" and getattr(elements.pack, "__name__", "") == "downcast":
        elements = elements.mapped_strategy  # st.floats with a width
    found, error = outcome(lambda: _ELEMENTS[type(elements).__name__](elements))
    if error is not None or dtype is None:
        return None
    return Layout(shape, str(dtype), is_own=True, words=tuple(map(str, shape)), **found)


def _floats(elements: Any) -> dict[str, Any]:
    bounds = {"low": float(elements.min_value), "high": float(elements.max_value)}
    return {"finite": not elements.allow_nan} | {side: bound for side, bound in bounds.items() if np.isfinite(bound)}


def _integers(elements: Any) -> dict[str, Any]:
    return {"low": elements.start, "high": elements.end}


_ELEMENTS: Mapping[str, Callable[[Any], dict[str, Any]]] = {"FloatStrategy": _floats, "IntegersStrategy": _integers}
