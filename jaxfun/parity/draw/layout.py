"""What is known of a tensor that is drawn, and whether an array is one that may be drawn so."""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from .structures import Structure, structure_of


@dataclass(frozen=True)
class Layout:
    """The shape and dtype that a tensor is drawn with, and what is asked of its numbers."""

    shape: tuple[int, ...]
    dtype: str
    low: float | None = None
    high: float | None = None
    # the numbers to stay close to, where there are any
    around: np.ndarray | None = field(default=None, compare=False, repr=False)
    is_constant: bool = False  # no derivative is taken for it
    subnormals: bool = False  # are asked for
    finite: bool = False
    distinct: bool = False  # no number comes twice
    structure: str = ""  # a name among STRUCTURES
    ignored: int | None = None  # the label that stands for none
    is_own: bool = False  # a strategy of the user's own draws it as well
    words: tuple[str, ...] | None = field(default=None, compare=False)  # the shape by names; None where any will do

    @property
    def is_bounded(self) -> bool:
        """Whether not every number may be drawn."""
        return self.low is not None or self.high is not None

    @property
    def made(self) -> Structure | None:
        """The structure, where there is one."""
        return structure_of(self.structure)

    def admits(self, array: np.ndarray) -> bool:
        """Return whether the numbers of an array, of whatever shape, may be drawn so."""
        return str(array.dtype) == self.dtype and all(holds(self, array) for holds in _RULES)


def _is_within(layout: Layout, array: np.ndarray) -> bool:
    numbers = array[array != layout.ignored] if layout.ignored is not None else array
    if layout.is_bounded and array.dtype.kind == "c":
        numbers = np.real(numbers)
    low_holds = layout.low is None or bool((numbers >= layout.low).all())
    return low_holds and (layout.high is None or bool((numbers <= layout.high).all()))


def _is_finite(layout: Layout, array: np.ndarray) -> bool:
    is_free = not (layout.finite or layout.is_bounded or layout.structure or layout.around is not None)
    return is_free or array.dtype.kind in "biu" or bool(np.isfinite(array).all())


def _is_distinct(layout: Layout, array: np.ndarray) -> bool:
    return not layout.distinct or len(np.unique(array)) == array.size


def _has_structure(layout: Layout, array: np.ndarray) -> bool:
    return layout.made is None or (array.ndim == len(layout.shape) and layout.made.holds(array))


def _has_normals(layout: Layout, array: np.ndarray) -> bool:
    if layout.subnormals or array.dtype.kind != "f":
        return True
    sizes = np.abs(array[array != 0])
    return not bool((sizes < np.finfo(array.dtype).smallest_normal).any())


def _is_near(layout: Layout, array: np.ndarray) -> bool:
    around = layout.around
    if around is None:
        return True
    return array.shape == around.shape and (not np.all(around > 0) or bool((array > 0).all()))


_RULES: tuple[Callable[[Layout, np.ndarray], bool], ...] = (
    _is_within,
    _is_finite,
    _is_distinct,
    _has_structure,
    _has_normals,
    _is_near,
)
