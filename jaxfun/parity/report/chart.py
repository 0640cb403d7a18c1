"""A scatter plot as SVG text: the error of each element against its input. Begin at `scatter`."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np

from .model import Curve

_WIDTH, _LEFT, _RIGHT, _TOP = 460, 66, 14, 22
_DECADES = 120  # height of the area of finite errors
_ROW = 26  # height of the row for errors that are not finite, and of the row for errors of 0
_FOOT = 36
_LABEL = 34  # width of a label
_MOST_DECADES = 30  # smaller errors are drawn at the bottom, whose label then begins with "≤"
_FAR = 1e4  # larger numbers get a more compressed axis
# in order of precedence: a later tick is dropped if its label would touch an earlier one
_TICKS = (0.0, 1.0, 10.0, 1e3, 1e6, 1e12, 1e38, 1e100, 1e300, 0.1, 1e24, 100.0, 3.0, 0.3)


class _Axis(NamedTuple):
    """One axis in pixels: the position of each point, the ticks with their labels, and the end of the axis."""

    at: np.ndarray
    ticks: Sequence[tuple[float, str]]
    end: float


def scatter(curve: Curve) -> str:
    """Return the chart of (number, error), or "" if all errors are 0.

    The error axis is logarithmic, the number axis symmetric logarithmic (linear around 0).
    """
    keep = np.isfinite(curve.numbers)
    numbers, errors = curve.numbers[keep], curve.errors[keep]
    lost, equal = ~np.isfinite(errors), errors == 0
    if equal.all():
        return ""
    across, upward = _across(numbers), _upward(errors, lost, equal)
    kinds = {"pass": equal, "ink": ~lost & ~equal, "fail": lost}
    points = [_points(across.at[kind], upward.at[kind], color) for color, kind in kinds.items() if kind.any()]
    return _framed([*_grid(across, upward, curve.over), *points], upward.end + _FOOT)


def _across(numbers: np.ndarray) -> _Axis:
    """Return the number axis: from 0 to the largest number of each sign that occurs, at least to 1."""
    low = min(float(numbers.min()), -1.0) if numbers.min() < 0 else 0.0
    high = max(float(numbers.max()), 1.0) if numbers.max() > 0 else 0.0
    low, high = (low, high) if low < high else (-1.0, 1.0)
    power = 1.0 if max(-low, high) < _FAR else 0.5
    first, last = _squashed(np.array([low, high]), power)

    def place(numbers: np.ndarray) -> np.ndarray:
        return _LEFT + (_WIDTH - _LEFT - _RIGHT) * (_squashed(numbers, power) - first) / (last - first)

    marks = [sign * tick for tick in _TICKS for sign in (1, -1) if (tick or sign > 0) and low <= sign * tick <= high]
    ticks = [(float(at), _power_of_ten(mark)) for at, mark in zip(place(np.array(marks)), marks, strict=True)]
    return _Axis(place(numbers), _spaced(ticks), _WIDTH - _RIGHT)


def _squashed(numbers: np.ndarray, power: float) -> np.ndarray:
    """Map numbers to a symmetric logarithmic scale: linear around 0, logarithmic far from it."""
    return np.sign(numbers) * np.maximum(np.log10(0.1 + np.abs(numbers)) + 1, 0) ** power


def _power_of_ten(number: float) -> str:
    return f"{number:g}".replace("e+0", "e").replace("e+", "e").replace("-", "−")


def _spaced(ticks: Iterable[tuple[float, str]]) -> list[tuple[float, str]]:
    """Return the ticks whose labels do not touch; earlier ticks have precedence."""
    kept: list[tuple[float, str]] = []
    for at, label in ticks:
        if all(abs(at - other) > _LABEL for other, _ in kept):
            kept.append((at, label))
    return kept


def _upward(errors: np.ndarray, lost: np.ndarray, equal: np.ndarray) -> _Axis:
    """Return the error axis: a row for errors that are not finite, the decades, and a row for 0."""
    found = ~lost & ~equal
    top = _TOP + _ROW * bool(lost.any())
    foot = top + _DECADES * bool(found.any())
    at = np.where(lost, top - _ROW / 2, foot + _ROW / 2)
    low, high = _decades(errors[found])

    def place(exponents: np.ndarray) -> np.ndarray:
        return foot - (foot - top) * np.clip((exponents - low) / (high - low), 0, 1)

    at[found] = place(np.log10(errors[found]))
    levels = np.arange(low, high + 1, max(1, (high - low) // 3)) if found.any() else np.zeros(0, int)
    ticks = [(float(y), f"1e{level}".replace("-", "−")) for y, level in zip(place(levels), levels, strict=True)]
    if np.any(errors[found] < 10.0**low):
        ticks[0] = (ticks[0][0], f"≤{ticks[0][1]}")
    ticks += [(top - _ROW / 2, "not finite")] * bool(lost.any()) + [(foot + _ROW / 2, "0")] * bool(equal.any())
    return _Axis(at, ticks, foot + _ROW * bool(equal.any()))


def _decades(errors: np.ndarray) -> tuple[int, int]:
    """Return the lowest and highest power of ten of the axis, at most `_MOST_DECADES` apart."""
    if not errors.size:
        return -1, 0
    low, high = int(np.floor(np.log10(errors.min()))), int(np.ceil(np.log10(errors.max())))
    return max(low, high - _MOST_DECADES), max(high, low + 1)


def _grid(across: _Axis, upward: _Axis, over: str) -> list[str]:
    foot = upward.end
    lines = [f"M{x:.1f} {_TOP}V{foot}" for x, _ in across.ticks] + [
        f"M{_LEFT} {y:.1f}H{across.end}" for y, _ in upward.ticks
    ]
    return [
        f"<path d='{''.join(lines)}' stroke='var(--edge)'/>",
        *(_text(x, foot + 16, "middle", label) for x, label in across.ticks),
        *(_text(_LEFT - 8, y + 4, "end", label) for y, label in upward.ticks),
        _text(_LEFT - 8, 11, "end", "error"),
        _text((_LEFT + across.end) / 2, foot + 31, "middle", over),
    ]


def _text(x: float, y: float, anchor: str, text: str) -> str:
    return f"<text x='{x:.1f}' y='{y:.1f}' text-anchor='{anchor}'>{text}</text>"


def _points(x: np.ndarray, y: np.ndarray, color: str) -> str:
    # draw each pixel once, as a line of length 0 with round ends
    places = np.unique(np.round(np.stack([x, y], 1)).astype(int), axis=0)
    path = "".join(f"M{left} {top}h0" for left, top in places.tolist())
    return f"<path d='{path}' stroke='var(--{color})' stroke-width='5' stroke-linecap='round' stroke-opacity='.75'/>"


def _framed(parts: Iterable[str], height: float) -> str:
    size = f"viewBox='0 0 {_WIDTH} {height:g}' width='{_WIDTH}' height='{height:g}'"
    return f"<svg {size} role='img' fill='none'>{''.join(parts)}</svg>"
