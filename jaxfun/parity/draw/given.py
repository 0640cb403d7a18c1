"""Arrays and strategies of the user's own: what stands for them where tensors are drawn.

A floating point array stands for its shape, and for what its numbers have in common (a sign, a sum of 1); one of
integers for its range, wider where a function takes more of them; one of bools for its shape. `st.just` fixes one.
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
    """Return a strategy for tensors of an array's shape: of a floating point dtype any, else its own, and its range.

    `low` and `high` are the range where it is known to be another.
    """
    layout = _standing(array)
    if low is not None or high is not None:
        layout = replace(layout, low=low, high=high)
    return st.builds(lambda number: _drawn(layout, array, number), st.integers(0, 2**32 - 1))


def near(array: np.ndarray, is_constant: bool = False) -> st.SearchStrategy[Any]:
    """Return a strategy for tensors whose numbers are close to an array's, where they are floating point."""
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
    """Return what a dtype becomes in the configuration that is drawn: the usual floating point ones that of the turn.

    Half precision beside single stays, as do integers: whoever gives them means them.
    """
    example, name = current(), str(dtype)
    if name in ("float32", "float64"):
        return example.dtype(None)
    if name in _PRECISIONS:
        return _COMPLEX.get(example.dtype(None), name)
    return name


def in_turn(array: np.ndarray) -> np.ndarray:
    """Return an array in the precision of the configuration, subnormal numbers as the smallest normal one.

    XLA on the CPU takes subnormal numbers for zero.
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

# what the numbers of an array may have in common, the most first; those of one number repeated say nothing
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


_MOST = 2**20  # what a function takes beyond is no index


def range_of(array: np.ndarray, takes: Callable[[np.ndarray], bool], hints: Iterable[int] = ()) -> tuple[int, int]:
    """Return the range that integers are drawn from: that of an index, where a function refuses what lies beyond.

    `takes` tells whether it takes an array in this one's stead; `hints` are sizes that a table may have.
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
    """Return the first number that is refused, between one that is taken and one that is not."""
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
    """Return a strategy whose arrays remember their layout, where it is one of Hypothesis's own that has such."""
    layout = recognised(strategy)
    if layout is None:
        return strategy

    def remembered(array: np.ndarray) -> Drawn:
        cast = in_turn(array)
        return drawn_with(within_bounds(cast, layout), replace(layout, dtype=str(cast.dtype)))

    return strategy.map(remembered)


def recognised(strategy: Any) -> Layout | None:
    """Return the layout of `hnp.arrays` with a fixed shape and elements within bounds, None of anything else.

    Hypothesis has no public way to ask: where an attribute is called otherwise, its own draws alone are left.
    """
    inner = getattr(strategy, "wrapped_strategy", strategy)
    shape, dtype = getattr(inner, "shape", None), getattr(inner, "dtype", None)
    elements: Any = getattr(inner, "element_strategy", None)
    if type(inner).__name__ != "ArrayStrategy" or not isinstance(shape, tuple) or getattr(inner, "unique", True):
        return None
    elements = getattr(elements, "wrapped_strategy", elements)
    if type(elements).__name__ == "MappedStrategy" and getattr(elements.pack, "__name__", "") == "downcast":
        elements = elements.mapped_strategy  # floats of a width
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
