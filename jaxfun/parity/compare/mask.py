"""Where a derivative is asked for: not where what it is made of has overflowed, and how strictly at a pole."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from .arrays import PRECISION, is_inexact, part_of


class Rows(NamedTuple):
    """Of some value sets, booleans: its numbers are finite, its results are, and a derivative is asked for."""

    finite: np.ndarray
    answered: np.ndarray
    moderate: np.ndarray


def answerable_rows(tensors: Sequence[np.ndarray], values: Sequence[np.ndarray] | None) -> Rows:
    """Return which value sets, stacked, a derivative is asked for.

    Where a number's square or the result overflows, a derivative is made of overflowed terms, by other ones in other
    formulas. `values` are the oracle's results.
    """
    inexact = [item for item in tensors if is_inexact(item)]
    names = [name for item in inexact if (name := part_of(str(item.dtype))) in PRECISION]
    largest = min((PRECISION[name].largest for name in names), default=np.inf)
    count = len(tensors[0]) if tensors else 1
    finite, answered, moderate = np.ones((3, count), bool)
    with np.errstate(invalid="ignore", over="ignore"):
        for item in inexact:
            numbers = np.abs(item.astype(np.complex128)).reshape(count, -1)
            finite &= np.isfinite(numbers).all(1)
            moderate &= ~(np.isfinite(numbers) & (numbers > np.sqrt(largest))).any(1)
        for item in values or ():
            numbers = np.abs(item.astype(np.complex128)).reshape(count, -1)
            moderate &= ~(np.isfinite(numbers) & (numbers > largest)).any(1)
            answered &= np.isfinite(numbers).all(1)
    return Rows(finite, answered, moderate)


def is_moderate(tensors: Sequence[np.ndarray], values: Sequence[np.ndarray]) -> bool:
    """Return whether neither the square of a number nor the oracle's result overflows, for a single value set."""
    return bool(answerable_rows([item[None] for item in tensors], [item[None] for item in values]).moderate[0])


def asked(
    level: str, part: np.ndarray, target: np.ndarray, oracle: np.ndarray, rows: Rows, exact: bool
) -> np.ndarray | None:
    """Return the elements of a derivative, stacked by value sets, that are compared; None for all."""
    along = (-1, *[1] * (target.ndim - 1))
    with np.errstate(invalid="ignore", over="ignore"):
        # at NaN and infinity a derivative is held to the reference only where the reference's is finite
        finite = rows.finite if exact else rows.finite & rows.answered
        wanted = rows.moderate.reshape(along) & (finite.reshape(along) | np.isfinite(target))
        largest = PRECISION[part_of(str(target.dtype))].largest if is_inexact(target) else np.inf
        wanted = wanted & ~(np.isfinite(oracle) & (np.abs(oracle) > largest))
        if not exact:
            wanted &= np.isfinite(target) | np.isfinite(oracle) | _is_number(level, part, target)
            wanted &= rows.answered.reshape(along) | (level != "hvp")
    return None if wanted.all() else wanted


def _is_number(level: str, part: np.ndarray, target: np.ndarray) -> np.ndarray | bool:
    """Return where a candidate's number is held against a reference that has none."""
    if level == "hvp":  # which overflows on its way where no result does
        return False
    # at a pole neither side has one
    return np.isfinite(part) if part.shape == target.shape else True


def asked_of_one(
    level: str, part: np.ndarray, target: np.ndarray, oracle: np.ndarray, rows: Rows, exact: bool
) -> np.ndarray | None:
    """Return what `asked` returns, for a single value set."""
    wanted = asked(level, part[None], target[None], oracle[None], rows, exact)
    return None if wanted is None else wanted[0]
