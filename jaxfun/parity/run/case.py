"""A case: one configuration of arguments (shapes, dtypes, static values) with many value sets."""

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
    """A placeholder for tensor number `number` inside the arguments."""

    number: int


class Arguments(NamedTuple):
    """Positional and keyword arguments: pytrees with a `Slot` in place of each tensor."""

    args: tuple[Any, ...]
    kwargs: dict[str, Any]

    def filled(self, tensors: Sequence[Any], dtype: Callable[[DType], Any]) -> tuple[tuple[Any, ...], dict[str, Any]]:
        """Return the arguments with `tensors` in place of the slots, and each dtype converted by `dtype`."""

        def fill(leaf: Any) -> Any:
            if isinstance(leaf, Slot):
                return tensors[leaf.number]
            return dtype(leaf) if isinstance(leaf, DType) else leaf

        return mapped(fill, tuple(self), lambda leaf: isinstance(leaf, Slot))


class Written(str):
    """A string whose repr has no quotes: shown as it is inside a tuple or dict, and an expression inside a program."""

    __slots__ = ()

    def __repr__(self) -> str:
        return str(self)


_ADDRESS = re.compile(r" at 0x[0-9a-f]+")  # memory addresses differ in every run
_LONGEST = 2000  # characters; a longer call is shown as shapes
_LINE = 80  # characters; a longer call takes a line per argument
_MOST_SHAPES = 4


def _after(name: str, text: str) -> str:
    return name + text.replace("\n", "\n" + " " * len(name))


def _nothing_known(level: str, tensors: Sequence[np.ndarray], device: str) -> Held | None:
    return None


def _any(tensors: Sequence[np.ndarray]) -> bool:
    return True


@dataclass(frozen=True)
class Case:
    """Tensors, each a stack of value sets, and the arguments that both functions take them in.

    `known(level, tensors, device)` returns the known difference that covers a value set, or None. `admits(tensors)`
    says whether the strategies could have drawn a value set, so that a shrunk counterexample stays inside of them.
    """

    tensors: tuple[np.ndarray, ...]
    ours: Arguments
    theirs: Arguments
    strata: tuple[str, ...]
    seed: int = 0
    constant: frozenset[int] = frozenset()  # tensors to treat as constants, although their dtype is differentiable
    names: tuple[str, ...] = ()  # the tensors' names, if they have any
    numbers: tuple[int, ...] = ()  # seeds of the directions, one per value set; by default its row
    is_plain: bool = False  # the directions are ones instead of random numbers
    known: Callable[[str, Sequence[np.ndarray], str], Held | None] = _nothing_known
    admits: Callable[[Sequence[np.ndarray]], bool] = _any

    @property
    def sets(self) -> int:
        """The number of value sets."""
        return len(self.strata)

    @property
    def movable(self) -> list[int]:
        """The positions of the tensors that are differentiated."""
        return [at for at, stack in enumerate(self.tensors) if is_inexact(stack) and at not in self.constant]

    def stacks(self, rows: Sequence[int]) -> list[np.ndarray]:
        """Return the tensors of some value sets. For all of them, no copy is made."""
        if [*rows] == [*range(self.sets)]:
            return [*self.tensors]
        return [stack[np.asarray(rows, int)] for stack in self.tensors]

    def row(self, number: int) -> tuple[np.ndarray, ...]:
        """Return one value set."""
        return tuple(np.asarray(stack[number]) for stack in self.tensors)

    def number(self, row: int) -> int:
        """Return the seed of a value set's random directions."""
        return self.numbers[row] if self.numbers else row

    def like_row(self, row: int, sets: Sequence[Sequence[np.ndarray]]) -> "Case":
        """Return the case with other value sets, all with the directions of value set `row`."""
        stacks = tuple(np.stack(arrays) for arrays in zip(*sets, strict=True))
        count = len(sets)
        numbers = (self.number(row),) * count
        return replace(self, tensors=stacks, strata=(self.strata[row],) * count, numbers=numbers)

    def shown(self, number: int) -> str:
        """Return one value set as the arguments of a call, with names. A long one takes a line per argument."""
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
        """Return the tensors' names and shapes, the last first: a module's inputs come after its state."""
        shapes = [f"{name} {list(stack.shape[1:])}" for name, stack in zip(self.names, self.tensors, strict=False)]
        return first_of(shapes[::-1], _MOST_SHAPES)
