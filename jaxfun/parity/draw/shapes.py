"""Which shapes tensors are drawn with: kinds of shapes, sizes by names, and what one drawn example knows of its own."""

import contextlib
import re
from collections.abc import Iterator, Sequence
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from hypothesis import strategies as st

# of each kind: what a tensor without a `shape` gets; each dimension has an even and an odd size among them
SHAPES: dict[str, tuple[int, ...]] = {
    "2-dim": (4, 5),
    "1-dim": (3,),
    "size 1": (2, 3, 1),
    "4-dim": (3, 2, 5, 4),
    "0-dim": (),
    "empty": (0,),
}


class Sizes(NamedTuple):
    """What stands for shapes that are left open: of tensors without a `shape` in order, and of names in order.

    A shape in words is that of names. The last of the shapes stands for all further tensors, the last of the sizes
    for all further names.
    """

    shapes: tuple[Any, ...] = ((4, 5),)
    names: tuple[int, ...] = (2, 3, 4, 5, 6, 7, 8)


# different names have different sizes first, each an even and an odd one; what comes after is for functions that do not
# take such sizes
NAMED: dict[str, tuple[tuple[int, ...], ...]] = {
    "different sizes": ((2, 3, 4, 5, 6, 7, 8, 9), (2, 4, 8, 6, 10, 12, 14, 16), (4, 8, 12, 16, 20, 24, 28, 32)),
    "other sizes": ((3, 4, 5, 6, 7, 8, 9, 10), (3, 8, 5, 7, 9, 11, 13, 15), (5, 16, 24, 8, 9, 11, 13, 15)),
    "equal sizes": ((3,), (4,), (8,)),
    "sizes of 1": ((1,), (1, 3, 4, 5, 6, 7, 8, 9), (1, 4, 8, 6, 10, 12, 14, 16)),
    "a size of 0": ((0, 3, 4, 5, 6, 7, 8, 9), (0, 4, 8, 6, 10, 12, 14, 16)),
}
# and last, where a later size may not be larger: a kernel is as large as what it runs over at most
_FALLING: dict[str, tuple[tuple[int, ...], ...]] = {
    "different sizes": ((8, 7, 6, 5, 4, 3, 2, 1),),
    "other sizes": ((9, 8, 7, 6, 5, 4, 3, 2),),
    "sizes of 1": ((1, 8, 7, 6, 5, 4, 3, 2),),
    "a size of 0": ((0, 8, 7, 6, 5, 4, 3, 2),),
}
# where tensors without a shape and names come together
_BESIDE = {
    "2-dim": "different sizes",
    "1-dim": "equal sizes",
    "size 1": "sizes of 1",
    "4-dim": "different sizes",
    "0-dim": "different sizes",
    "empty": "a size of 0",
}


@dataclass(frozen=True)
class Configuration:
    """What the tensors of one configuration are drawn with: a dtype, a kind of shapes, and what that is in numbers."""

    dtype: str = "float32"
    shape: str = "2-dim"
    sizes: Sizes | None = None

    @property
    def open_sizes(self) -> Sizes:
        """The shapes and sizes: as they were settled, else the first ones of their kind."""
        return self.sizes or sizes_of(self.shape)[0]


def sizes_of(kind: str, shapes: Sequence[Any] = ()) -> list[Sizes]:
    """Return what a kind of shapes may be in numbers, the first one first; `shapes` are given in words."""
    kind_of_names = _BESIDE.get(kind, kind)
    named = (*NAMED[kind_of_names], *_FALLING.get(kind_of_names, ()))
    free = tuple(shapes) or (SHAPES.get(kind, SHAPES["2-dim"]),)
    return [Sizes(free, names) for names in named]


@dataclass
class Example:
    """One set of arguments while it is drawn."""

    configuration: Configuration = field(default_factory=Configuration)
    number: int | None = None  # in which stratum's turn it is drawn; by default Hypothesis chooses
    is_plain: bool = False  # ordinary numbers alone, to ask what a function takes
    constants: tuple[float, ...] = ()
    names: dict[str, int] = field(default_factory=dict)
    tensors: int = 0  # without a shape, so far
    shapes: list[tuple[int, ...]] = field(default_factory=list)
    strata: list[str] = field(default_factory=list)
    asked: set[str] = field(default_factory=set)  # of the configuration: "dtype", "shape", "names"

    def size(self, word: str) -> int:
        """Return the size of a name, the same wherever it comes; a number is itself."""
        if word.isdigit():
            return int(word)
        self.asked.add("names")
        if word not in self.names:
            sizes = self.configuration.open_sizes.names
            self.names[word] = sizes[min(len(self.names), len(sizes) - 1)]
        return self.names[word]

    def dtype(self, given: str | None) -> str:
        """Return a tensor's dtype: as it is given, else that of the configuration."""
        if given in (None, "complex"):
            self.asked.add("dtype")
        return self.configuration.dtype if given in (None, "complex") else str(given)

    def next_shape(self) -> Any:
        """Return the shape of the next tensor without one, in numbers or in words."""
        self.asked.add("shape")
        shapes = self.configuration.open_sizes.shapes
        self.tensors += 1
        return shapes[min(self.tensors - 1, len(shapes) - 1)]


_EXAMPLE: ContextVar[Example | None] = ContextVar("example", default=None)


def current() -> Example:
    """Return the example that is drawn; one by itself where a strategy is drawn from outside of a check."""
    return _EXAMPLE.get() or Example()


def is_in_check() -> bool:
    """Return whether a check draws."""
    return _EXAMPLE.get() is not None


@contextlib.contextmanager
def drawing(example: Example) -> Iterator[Example]:
    """Draw tensors of one example inside of the block."""
    token = _EXAMPLE.set(example)
    try:
        yield example
    finally:
        _EXAMPLE.reset(token)


def configured(configuration: Configuration) -> contextlib.AbstractContextManager[Example]:
    """Draw tensors of one configuration inside of the block."""
    return drawing(Example(configuration))


def words_of(shape: Any) -> tuple[str, ...]:
    """Return a shape in words, one for each dimension: a name, or a number.

    >>> words_of("batch 3 #n"), words_of((2, 3)), words_of(4)
    (('batch', '3', 'n'), ('2', '3'), ('4',))
    """
    if isinstance(shape, str):
        return tuple(re.sub(r"^[#?]|^\w+=(?=\d)", "", word) for word in shape.split() if word[0] not in ".*")
    return (str(shape),) if isinstance(shape, int) else tuple(map(str, shape))


@st.composite
def shapes(draw: st.DrawFn, shape: Any) -> tuple[tuple[int, ...], tuple[str, ...] | None]:
    """Return a strategy for a shape in numbers, and in words where it has such: of a tensor without one, None."""
    example = current()
    words = words_of(example.next_shape() if shape is None else shape)
    if is_in_check():
        return tuple(map(example.size, words)), None if shape is None and not _has_names(words) else words
    return tuple([draw(_shared(word)) for word in words]), words


def _has_names(words: Sequence[str]) -> bool:
    return not all(word.isdigit() for word in words)


def _shared(word: str) -> st.SearchStrategy[int]:
    # one strategy object for a name, so that every tensor of an example gets one size
    if word.isdigit():
        return st.just(int(word))
    return st.shared(st.sampled_from((2, 3, 5, 1)), key=f"size of {word}")


@st.composite
def narrowed(draw: st.DrawFn, shape: tuple[int, ...]) -> tuple[int, ...]:
    """Return a strategy for shapes that broadcast to `shape`, half of the time itself."""
    if draw(st.booleans()):
        return shape
    ones = tuple(1 if draw(st.booleans()) else size for size in shape)
    return ones[draw(st.integers(0, len(shape))) :]
