"""One configuration of arguments (shapes, dtypes, what is static) and many value sets for it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import jax
import numpy as np

from .._op import Difference
from ..dtypes import DType


class Place(NamedTuple):
    """Where a tensor goes: it stands in the arguments in the tensor's stead."""

    number: int


class Arguments(NamedTuple):
    """Positional and keyword arguments: pytrees with a `Place` for each tensor."""

    args: tuple[Any, ...]
    kwargs: dict[str, Any]

    def filled(self, tensors: Sequence[Any], dtype: Callable[[DType], Any]) -> tuple[tuple[Any, ...], dict[str, Any]]:
        """Return the arguments with `tensors` in their places, and each dtype as `dtype` gives it."""

        def fill(leaf: Any) -> Any:
            if isinstance(leaf, Place):
                return tensors[leaf.number]
            return dtype(leaf) if isinstance(leaf, DType) else leaf

        return jax.tree.map(fill, tuple(self), is_leaf=lambda leaf: isinstance(leaf, Place))


_MOST_WRITTEN = 64


def written(array: np.ndarray) -> str:
    """Return an array as messages write it: `float32[0.5, 1.0]`, `float32(0.5)`; a large one by its shape."""
    if array.size > _MOST_WRITTEN:
        return f"{array.dtype} of shape {list(array.shape)}"
    numbers = array.tolist()
    return f"{array.dtype}{numbers}" if array.ndim else f"{array.dtype}({numbers})"


def _no_difference(level: str, tensors: Sequence[np.ndarray]) -> Difference | None:
    return None


@dataclass(frozen=True)
class Case:
    """Tensors, each a stack of value sets, and how both sides take them.

    `known` says which known difference holds a value set at a level, if one does.
    """

    tensors: tuple[np.ndarray, ...]
    ours: Arguments
    theirs: Arguments
    strata: tuple[str, ...]
    seed: int = 0
    names: tuple[str, ...] = ()  # what the tensors are called, where they have names
    numbers: tuple[int, ...] = ()  # which directions a value set's derivatives are taken along; its own by default
    known: Callable[[str, Sequence[np.ndarray]], Difference | None] = _no_difference

    @property
    def sets(self) -> int:
        """How many value sets there are."""
        return len(self.strata)

    def row(self, number: int) -> tuple[np.ndarray, ...]:
        """Return one value set."""
        return tuple(np.asarray(stack[number]) for stack in self.tensors)

    def number(self, row: int) -> int:
        """Return the number that a value set's random directions are drawn with."""
        return self.numbers[row] if self.numbers else row

    def like_row(self, row: int, sets: Sequence[Sequence[np.ndarray]]) -> "Case":
        """Return the case with other value sets, along the directions of one of its own."""
        stacks = tuple(np.stack(arrays) for arrays in zip(*sets, strict=True))
        count = len(sets)
        numbers = (self.number(row),) * count
        return replace(self, tensors=stacks, strata=(self.strata[row],) * count, numbers=numbers)

    def shown(self, number: int) -> str:
        """Return one value set as a call writes it."""
        args, kwargs = self.ours.filled([written(item) for item in self.row(number)], lambda dtype: dtype)
        shown = [*map(str, args), *(f"{name}={value}" for name, value in kwargs.items())]
        return f"({', '.join(shown)})"
