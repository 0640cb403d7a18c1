"""Masks for comparing derivatives: skip overflow, and choose how strictly poles, NaN and infinity are compared.

Begin at `answerable_rows`, which looks at whole value sets, then `asked`, which looks at single elements.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from .arrays import PRECISION, is_inexact, part_of


class Rows(NamedTuple):
    """Booleans for each value set: its inputs are finite, its results are finite, nothing in it overflows."""

    finite: np.ndarray
    answered: np.ndarray
    moderate: np.ndarray


def answerable_rows(tensors: Sequence[np.ndarray], values: Sequence[np.ndarray] | None) -> Rows:
    """Return which of the stacked value sets are finite, have finite results, and do not overflow.

    A value set overflows (is not `moderate`) if the square of an input or a result exceeds the dtype's largest number.
    Its derivative is then a sum of overflowed terms, which differ from formula to formula. `values` are the oracle's
    results.
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
    """Return whether a single value set does not overflow, see `answerable_rows`."""
    return bool(answerable_rows([item[None] for item in tensors], [item[None] for item in values]).moderate[0])


def asked(
    level: str, part: np.ndarray, target: np.ndarray, oracle: np.ndarray, rows: Rows, exact: bool
) -> np.ndarray | None:
    """Return a mask of the derivative's elements to compare, stacked by value sets; None to compare all."""
    along = (-1, *[1] * (target.ndim - 1))
    with np.errstate(invalid="ignore", over="ignore"):
        # for inputs of NaN or infinity compare a derivative only where the reference's is finite
        finite = rows.finite if exact else rows.finite & rows.answered
        wanted = rows.moderate.reshape(along) & (finite.reshape(along) | np.isfinite(target))
        largest = PRECISION[part_of(str(target.dtype))].largest if is_inexact(target) else np.inf
        wanted = wanted & ~(np.isfinite(oracle) & (np.abs(oracle) > largest))
        if not exact:
            wanted &= np.isfinite(target) | np.isfinite(oracle) | _is_number(level, part, target)
            wanted &= rows.answered.reshape(along) | (level != "hvp")
    return None if wanted.all() else wanted


def _is_number(level: str, part: np.ndarray, target: np.ndarray) -> np.ndarray | bool:
    """Return where the candidate's derivative is compared although the reference's is NaN or infinite."""
    if level == "hvp":  # an intermediate result of a second derivative may overflow where the first does not
        return False
    # at a pole neither side is finite, and there is nothing to compare
    return np.isfinite(part) if part.shape == target.shape else True


def asked_of_one(
    level: str, part: np.ndarray, target: np.ndarray, oracle: np.ndarray, rows: Rows, exact: bool
) -> np.ndarray | None:
    """Return the mask of `asked` for a single value set."""
    wanted = asked(level, part[None], target[None], oracle[None], rows, exact)
    return None if wanted is None else wanted[0]
