"""How large rounding may be: what a result is made of, and how far off the reference itself is close by.

A sum near 0 of large terms cannot be exact to its last digit, in any order of summation. How large the terms are is
read off the oracle: how far a result moves when every input moves by a small relative step. How much is lost between
steps that no input shows is read off the reference: its own error on those moved inputs.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import jax.numpy as jnp
import numpy as np

from .compare import PRECISION, part_of

Results = Mapping[str, Any]  # by level: the arrays of its leaves, or the reason why there are none
Move = Callable[[np.ndarray], np.ndarray]
Evaluate = Callable[[Sequence[np.ndarray], Move, str], Results]

_DRAWS = 6
# a result that jumps within a step is allowed an eighth of the jump
_STEPS_PER_ULP = 8
_SHARE_OF_LARGEST = 0.25
_SECOND_ORDER = 4.0


def is_inexact(array: Any) -> bool:
    """Return whether an array is floating point or complex, bfloat16 included."""
    return bool(jnp.issubdtype(array.dtype, jnp.inexact))


def rounding_scale(
    evaluate: Evaluate, rows: Sequence[np.ndarray], plain: Results, wide: Results, seed: Sequence[int]
) -> dict[str, list[np.ndarray]]:
    """Return, by level, the scale that rounding is relative to for each element of the results at `rows`.

    `evaluate(rows, move, precision)` gives the reference's results with its cotangents and tangents moved: in float64,
    in float32, or "plain", as the rows are.
    """
    known = {name for item in [*rows, *plain["value"]] if (name := part_of(str(item.dtype))) in PRECISION}
    # float64 has no oracle: what float32 loses, it loses as many ULP
    rounding = "float32" if known == {"float64"} else "plain"
    digits = max(known - {"float64"} or {"float32"}, key=lambda name: PRECISION[name].eps)
    precision = PRECISION[digits]
    step = _STEPS_PER_ULP * precision.ulps * precision.eps
    levels = {level: items for level, items in wide.items() if not isinstance(items, str)}
    scales = {level: [np.zeros(item.shape) for item in items] for level, items in levels.items()}
    for draw in range(_DRAWS):
        moved = _all_moved(rows, step, digits, np.random.default_rng([*seed, draw]), alike=draw % 2 == 0)
        exact = evaluate(moved, _mover(step, digits, [*seed, draw]), "float64")
        rounded = evaluate(moved, _mover(step, digits, [*seed, draw]), rounding)
        for level, items in levels.items():
            if not isinstance(exact[level], str) and not isinstance(rounded[level], str):
                four = zip(scales[level], items, exact[level], rounded[level], strict=True)
                scales[level] = [np.fmax(scale, _scale(a, b, c, step)) for scale, a, b, c in four]
    return _with_second_order(scales, wide)


def _with_second_order(scales: dict[str, list[np.ndarray]], wide: Results) -> dict[str, list[np.ndarray]]:
    # a second derivative is made of terms of the first one's size, which may cancel for every input
    if "hvp" in scales and not isinstance(wide["vjp"], str):
        first = max((float(_finite(np.abs(item)).max(initial=0.0)) for item in wide["vjp"]), default=0.0)
        scales["hvp"] = [np.maximum(scale, _SECOND_ORDER * first) for scale in scales["hvp"]]
    return scales


def _all_moved(
    rows: Sequence[np.ndarray], step: float, digits: str, rng: np.random.Generator, alike: bool
) -> list[np.ndarray]:
    """Move every number up or down by chance; `alike`: equal numbers move by the same, so that a tie stays a tie."""
    parts = [np.abs(np.concatenate([_real(item), _imag(item)], None)) for item in rows if is_inexact(item)]
    numbers = np.unique(np.concatenate(parts)) if parts else np.zeros(0)
    signs = rng.choice([-1.0, 1.0], size=len(numbers) + 1)

    def moved(part: np.ndarray) -> np.ndarray:
        by = signs[np.searchsorted(numbers, np.abs(part))] if alike else rng.choice([-1.0, 1.0], size=part.shape)
        return _cut(part * (1 + step * by), digits)

    def both_moved(item: np.ndarray) -> np.ndarray:
        if not is_inexact(item):
            return item
        real = moved(_real(item))
        return np.asarray(real + 1j * moved(_imag(item)) if np.iscomplexobj(item) else real).astype(item.dtype)

    with np.errstate(over="ignore", invalid="ignore"):
        return [both_moved(item) for item in rows]


def _cut(part: Any, digits: str) -> np.ndarray:
    """Round to a precision's digits, so that the oracle and the reference move by the same."""
    return np.asarray(part).astype(np.dtype(digits)).astype(np.float64)


def _mover(step: float, digits: str, seed: Sequence[int]) -> Move:
    rng = np.random.default_rng([*seed, 1])

    def move(direction: np.ndarray) -> np.ndarray:
        by = 1 + step * rng.choice([-1.0, 1.0], size=(2, *direction.shape))
        real = _cut(_real(direction) * by[0], digits)
        moved = real + 1j * _cut(_imag(direction) * by[1], digits) if np.iscomplexobj(direction) else real
        return np.asarray(moved).astype(direction.dtype)

    return move


def _real(array: np.ndarray) -> np.ndarray:
    return np.real(array).astype(np.float64)


def _imag(array: np.ndarray) -> np.ndarray:
    return np.imag(array).astype(np.float64) if np.iscomplexobj(array) else np.zeros(array.shape)


def _scale(at: np.ndarray, exact: np.ndarray, rounded: np.ndarray, step: float) -> np.ndarray:
    """Return the larger of what the terms' size shows in, and what the reference's own error is a rounding of."""
    precision = PRECISION.get(part_of(str(rounded.dtype)))
    if precision is None:
        return np.zeros(at.shape)
    with np.errstate(invalid="ignore", over="ignore", divide="ignore"):
        terms = _finite(np.abs(exact - at) / step)
        size = np.maximum(np.maximum(terms, _finite(np.abs(exact))), precision.smallest_normal)
        lost = _finite(np.abs(rounded.astype(exact.dtype) - exact) / size)
    own = lost.max(initial=0.0) * precision.multiple / (precision.ulps * precision.eps)
    scale = np.maximum(terms, own * size)
    # what cancels for every input shows in no move; it is of the size of its neighbours' terms
    return np.maximum(scale, _SHARE_OF_LARGEST * scale.max(initial=0.0))


def _finite(array: np.ndarray) -> np.ndarray:
    return np.where(np.isfinite(array), array, 0)
