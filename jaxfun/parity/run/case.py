"""One configuration of arguments (shapes, dtypes, what is static) and many value sets for it."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import numpy as np

from ...core.dtypes import DType
from ..compare.arrays import is_inexact
from ..known.difference import Held
from ..report.words import first_of, written
from .pytrees import mapped


class Slot(NamedTuple):
    """Where a tensor goes: it stands in the arguments in the tensor's stead."""

    number: int


class Arguments(NamedTuple):
    """Positional and keyword arguments: pytrees that hold a `Slot` in place of each tensor."""

    args: tuple[Any, ...]
    kwargs: dict[str, Any]

    def filled(self, tensors: Sequence[Any], dtype: Callable[[DType], Any]) -> tuple[tuple[Any, ...], dict[str, Any]]:
        """Return the arguments with `tensors` in their places, and each dtype as `dtype` gives it."""

        def fill(leaf: Any) -> Any:
            if isinstance(leaf, Slot):
                return tensors[leaf.number]
            return dtype(leaf) if isinstance(leaf, DType) else leaf

        return mapped(fill, tuple(self), lambda leaf: isinstance(leaf, Slot))


class Written(str):
    """A text that stands as it is, without quotes: in a tuple or a dict, and as an expression in a program."""

    __slots__ = ()

    def __repr__(self) -> str:
        return str(self)


_ADDRESS = re.compile(r" at 0x[0-9a-f]+")  # another in every run
_LONGEST = 2000  # characters of a call that is still read
_LINE = 80  # and of one that stands in a line
_MOST_SHAPES = 4


def _after(name: str, text: str) -> str:
    return name + text.replace("\n", "\n" + " " * len(name))


def _no_difference(level: str, tensors: Sequence[np.ndarray], device: str) -> Held | None:
    return None


def _any(tensors: Sequence[np.ndarray]) -> bool:
    return True


@dataclass(frozen=True)
class Case:
    """Tensors, each a stack of value sets, and how both sides take them.

    `known` says which known difference holds a value set at a level on a device, if one does; `admits` whether the
    strategies could have drawn a value set, so that a smaller counterexample stays one of theirs.
    """

    tensors: tuple[np.ndarray, ...]
    ours: Arguments
    theirs: Arguments
    strata: tuple[str, ...]
    seed: int = 0
    constant: frozenset[int] = frozenset()  # the tensors that have no gradient, though their dtype may
    names: tuple[str, ...] = ()  # what the tensors are called, where they have names
    numbers: tuple[int, ...] = ()  # which directions a value set's derivatives are taken along; its own by default
    is_plain: bool = False  # they are ones, as in a gradient that is read, and not random
    known: Callable[[str, Sequence[np.ndarray], str], Held | None] = _no_difference
    admits: Callable[[Sequence[np.ndarray]], bool] = _any

    @property
    def sets(self) -> int:
        """How many value sets there are."""
        return len(self.strata)

    @property
    def movable(self) -> list[int]:
        """The tensors that derivatives are taken for."""
        return [at for at, stack in enumerate(self.tensors) if is_inexact(stack) and at not in self.constant]

    def stacks(self, rows: Sequence[int]) -> list[np.ndarray]:
        """Return the tensors of some value sets; of all of them without a copy."""
        if [*rows] == [*range(self.sets)]:
            return [*self.tensors]
        return [stack[np.asarray(rows, int)] for stack in self.tensors]

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
        """Return one value set as a call writes it, names before the tensors; where it is long, a line for each."""
        args, kwargs = self.ours.filled([Written(written(item)) for item in self.row(number)], lambda dtype: dtype)
        names = [f"{self.names[item.number]} = " if self._is_named(item) else "" for item in self.ours.args]
        names += [f"{name} = " for name in kwargs]
        texts = [_ADDRESS.sub("", repr(value)) for value in [*args, *kwargs.values()]]
        shown = [_after(name, text) for name, text in zip(names, texts, strict=True)]
        whole = ", ".join(shown)
        if len(whole) > _LONGEST:
            return self._shapes()
        return ",\n".join(shown) if "\n" in whole or len(whole) > _LINE else whole

    def _is_named(self, argument: Any) -> bool:
        return isinstance(argument, Slot) and argument.number < len(self.names)

    def _shapes(self) -> str:
        """Return the tensors' names and shapes, the last first: what a module is given follows its state."""
        shapes = [f"{name} {list(stack.shape[1:])}" for name, stack in zip(self.names, self.tensors, strict=False)]
        return first_of(shapes[::-1], _MOST_SHAPES)
