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
    known: Callable[[str, Sequence[np.ndarray]], Difference | None] = _no_difference

    @property
    def sets(self) -> int:
        """How many value sets there are."""
        return len(self.strata)

    def row(self, number: int) -> tuple[np.ndarray, ...]:
        """Return one value set."""
        return tuple(stack[number] for stack in self.tensors)

    def with_tensors(self, tensors: Sequence[np.ndarray], strata: Sequence[str]) -> "Case":
        """Return the case with other value sets."""
        return replace(self, tensors=tuple(tensors), strata=tuple(strata))

    def shown(self, number: int) -> str:
        """Return one value set as a call writes it."""
        args, kwargs = self.ours.filled([f"{x.dtype}{x.tolist()}" for x in self.row(number)], lambda dtype: dtype)
        shown = [*map(str, args), *(f"{name}={value}" for name, value in kwargs.items())]
        return f"({', '.join(shown)})"
