"""Two small charts as SVG text: errors over the numbers where they were met, and shares by kind."""

from collections.abc import Callable, Mapping
from html import escape

import numpy as np

Place = Callable[[float], float]

_WIDTH, _HEIGHT = 460, 190
_LEFT, _RIGHT, _TOP, _BOTTOM = 48, 8, 10, 24
_MOST_POINTS = 600
_TICKS = (0.0, 1.0, 10.0, 1e3, 1e6, 1e12, 1e24, 1e38, 1e100, 1e300)


def scatter(numbers: np.ndarray, errors: np.ndarray) -> str:
    """Return the points (number, error), both axes logarithmic, the first on both sides of 0.

    `numbers` and `errors` are of one shape (n,); an error that is not finite is drawn at the top.
    """
    keep = np.isfinite(numbers) & (errors != 0)
    numbers, errors = numbers[keep][:_MOST_POINTS], errors[keep][:_MOST_POINTS]
    finite = errors[np.isfinite(errors)]
    low, high = _decades(finite)
    reach = max(float(_squashed(np.abs(numbers)).max(initial=0.0)), 1.0)

    def x(number: float) -> float:
        return _LEFT + (_WIDTH - _LEFT - _RIGHT) * (0.5 + 0.5 * float(_squashed(number)) / reach)

    def y(error: float) -> float:
        share = (np.log10(error) - low) / (high - low) if np.isfinite(error) else 1.0
        return _HEIGHT - _BOTTOM - (_HEIGHT - _TOP - _BOTTOM) * float(np.clip(share, 0, 1))

    points = "".join(
        f"<circle cx='{x(number):.1f}' cy='{y(error):.1f}' r='2.5' fill-opacity='.6' "
        f"fill='{'var(--ink)' if np.isfinite(error) else 'var(--bad)'}'/>"
        for number, error in zip(numbers, errors, strict=True)
    )
    return _framed(_axes(x, y, reach, low, high) + points, _HEIGHT)


def _squashed(number: float | np.ndarray) -> np.ndarray:
    """Return numbers on a scale that is linear about 0 and logarithmic far from it."""
    return np.sign(number) * np.log10(1 + np.abs(number) * 10)


def _decades(errors: np.ndarray) -> tuple[int, int]:
    if not errors.size:
        return -1, 0
    low, high = (int(end) for end in (np.floor(np.log10(errors.min())), np.ceil(np.log10(errors.max()))))
    return (low, max(high, low + 1)) if high - low < _MOST_DECADES else (high - _MOST_DECADES, high)


_MOST_DECADES = 12


def _axes(x: Place, y: Place, reach: float, low: int, high: int) -> str:
    base = _HEIGHT - _BOTTOM
    marks = [sign * tick for tick in _TICKS for sign in (1, -1) if tick or sign > 0]
    shown = [tick for tick in marks if _squashed(abs(tick)) <= reach]
    ticks = _spaced(sorted(shown, key=abs), x)
    below = "".join(f"<text x='{x(tick):.1f}' y='{base + 16}' text-anchor='middle'>{tick:g}</text>" for tick in ticks)
    lines = "".join(
        f"<line x1='{x(tick):.1f}' x2='{x(tick):.1f}' y1='{_TOP}' y2='{base}' stroke='var(--edge)'/>" for tick in ticks
    )
    levels = range(low, high + 1, max(1, (high - low) // 3))
    left = "".join(
        f"<text x='{_LEFT - 6}' y='{y(10.0**level) + 4:.1f}' text-anchor='end'>1e{level}</text>"
        f"<path d='M{_LEFT} {y(10.0**level):.1f}H{_WIDTH - _RIGHT}' stroke='var(--edge)'/>"
        for level in levels
    )
    return lines + left + below


def _spaced(ticks: list[float], x: Place) -> list[float]:
    """Return those ticks whose labels do not touch; the first have precedence."""
    kept: list[float] = []
    for tick in ticks:
        if all(abs(x(tick) - x(other)) > _LABEL for other in kept):
            kept.append(tick)
    return kept


_LABEL = 34  # the width that a label needs
_BAR, _NAMES = 16, 110


def shares(counts: Mapping[str, tuple[int, int]]) -> str:
    """Return a bar for each name: how many of how many."""
    bars = "".join(_bar(at, name, *pair) for at, (name, pair) in enumerate(counts.items()))
    return _framed(bars, _BAR * len(counts) + 4)


def _bar(at: int, name: str, some: int, all_of_them: int) -> str:
    full, top = _WIDTH - _NAMES - 60, _BAR * at
    return (
        f"<text x='{_NAMES - 6}' y='{top + 12}' text-anchor='end'>{escape(name)}</text>"
        f"<rect x='{_NAMES}' y='{top + 3}' width='{full}' height='{_BAR - 5}' fill='var(--back)'/>"
        f"<rect x='{_NAMES}' y='{top + 3}' width='{full * some / max(all_of_them, 1):.1f}' height='{_BAR - 5}' "
        f"fill='var(--bad)' fill-opacity='.75'/>"
        f"<text x='{_NAMES + full + 6}' y='{top + 12}'>{some} of {all_of_them}</text>"
    )


def _framed(inside: str, height: int) -> str:
    return f"<svg viewBox='0 0 {_WIDTH} {height}' width='{_WIDTH}' height='{height}' role='img'>{inside}</svg>"
