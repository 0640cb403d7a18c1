"""The layout of a drawn tensor: its shape, dtype and constraints, and a test whether an array satisfies them."""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from .structures import Structure, structure_of


@dataclass(frozen=True)
class Layout:
    """The shape and dtype of a drawn tensor, and the constraints on its numbers."""

    shape: tuple[int, ...]
    dtype: str
    low: float | None = None
    high: float | None = None
    # draw numbers close to these, if given
    around: np.ndarray | None = field(default=None, compare=False, repr=False)
    is_constant: bool = False  # no derivative is taken for it
    subnormals: bool = False  # the user asked for subnormal numbers
    finite: bool = False
    distinct: bool = False  # all numbers are different
    structure: str = ""  # a key of STRUCTURES
    ignored: int | None = None  # the label of elements to ignore (`ignore_index`)
    is_own: bool = False  # the user's own strategy draws it too
    words: tuple[str, ...] | None = field(default=None, compare=False)  # the shape in names; None if any shape will do

    @property
    def is_bounded(self) -> bool:
        """Whether there is a lower or an upper bound."""
        return self.low is not None or self.high is not None

    @property
    def made(self) -> Structure | None:
        """The structure, None if there is none."""
        return structure_of(self.structure)

    def admits(self, array: np.ndarray) -> bool:
        """Return whether an array of any shape satisfies the dtype and all constraints on its numbers."""
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
