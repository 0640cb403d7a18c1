"""Shapes of drawn tensors: the kinds of shapes, the sizes for names such as "n c h w", and the state of one example.

A `Configuration` fixes dtype and kind of shapes; an `Example` gives each tensor its shape while arguments are drawn.
"""

import contextlib
import re
from collections.abc import Iterator, Sequence
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from hypothesis import strategies as st

# by kind, the shape of a tensor without a given `shape`; together they have an even and an odd size in each dimension
SHAPES: dict[str, tuple[int, ...]] = {
    "2-dim": (4, 5),
    "1-dim": (3,),
    "size 1": (2, 3, 1),
    "4-dim": (3, 2, 5, 4),
    "0-dim": (),
    "empty": (0,),
}


class Sizes(NamedTuple):
    """The concrete shapes of tensors without a given `shape`, in order, and the sizes of names, in order.

    A shape may itself consist of names. Further tensors get the last shape, further names the last size.
    """

    shapes: tuple[Any, ...] = ((4, 5),)
    names: tuple[int, ...] = (2, 3, 4, 5, 6, 7, 8)


# by kind, the sizes to try for the names, in order; the first ones are all different, each name once even and once odd;
# the later ones are for functions that reject those
NAMED: dict[str, tuple[tuple[int, ...], ...]] = {
    "different sizes": ((2, 3, 4, 5, 6, 7, 8, 9), (2, 4, 8, 6, 10, 12, 14, 16), (4, 8, 12, 16, 20, 24, 28, 32)),
    "other sizes": ((3, 4, 5, 6, 7, 8, 9, 10), (3, 8, 5, 7, 9, 11, 13, 15), (5, 16, 24, 8, 9, 11, 13, 15)),
    "equal sizes": ((3,), (4,), (8,)),
    "sizes of 1": ((1,), (1, 3, 4, 5, 6, 7, 8, 9), (1, 4, 8, 6, 10, 12, 14, 16)),
    "a size of 0": ((0, 3, 4, 5, 6, 7, 8, 9), (0, 4, 8, 6, 10, 12, 14, 16)),
}
# tried last: decreasing sizes, for functions such as convolutions, whose kernel must not be larger than the input
_FALLING: dict[str, tuple[tuple[int, ...], ...]] = {
    "different sizes": ((8, 7, 6, 5, 4, 3, 2, 1),),
    "other sizes": ((9, 8, 7, 6, 5, 4, 3, 2),),
    "sizes of 1": ((1, 8, 7, 6, 5, 4, 3, 2),),
    "a size of 0": ((0, 8, 7, 6, 5, 4, 3, 2),),
}
# by kind of shapes, the kind of named sizes, if a function has tensors of both sorts
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
    """A dtype, a kind of shapes, and the concrete sizes, for all tensors of one set of arguments."""

    dtype: str = "float32"
    shape: str = "2-dim"
    sizes: Sizes | None = None

    @property
    def open_sizes(self) -> Sizes:
        """The concrete sizes: the chosen ones, else the first ones of the kind."""
        return self.sizes or sizes_of(self.shape)[0]


def sizes_of(kind: str, shapes: Sequence[Any] = ()) -> list[Sizes]:
    """Return the concrete sizes to try for a kind of shapes, in order; `shapes` are given shapes in names."""
    kind_of_names = _BESIDE.get(kind, kind)
    named = (*NAMED[kind_of_names], *_FALLING.get(kind_of_names, ()))
    free = tuple(shapes) or (SHAPES.get(kind, SHAPES["2-dim"]),)
    return [Sizes(free, names) for names in named]


@dataclass
class Example:
    """The state of one set of arguments while it is drawn."""

    configuration: Configuration = field(default_factory=Configuration)
    number: int | None = None  # chooses the stratum; by default Hypothesis does
    is_plain: bool = False  # draw only ordinary numbers, to find out what a function accepts
    constants: tuple[float, ...] = ()
    names: dict[str, int] = field(default_factory=dict)
    tensors: int = 0  # the number of tensors without a given shape, so far
    shapes: list[tuple[int, ...]] = field(default_factory=list)
    strata: list[str] = field(default_factory=list)
    asked: set[str] = field(default_factory=set)  # the used parts of the configuration: "dtype", "shape", "names"

    def size(self, word: str) -> int:
        """Return the size of a name, which is the same in all tensors; a number is its own size."""
        if word.isdigit():
            return int(word)
        self.asked.add("names")
        if word not in self.names:
            sizes = self.configuration.open_sizes.names
            self.names[word] = sizes[min(len(self.names), len(sizes) - 1)]
        return self.names[word]

    def dtype(self, given: str | None) -> str:
        """Return a tensor's dtype: the given one, else that of the configuration."""
        if given in (None, "complex"):
            self.asked.add("dtype")
        return self.configuration.dtype if given in (None, "complex") else str(given)

    def next_shape(self) -> Any:
        """Return the shape of the next tensor without a given shape, as numbers or names."""
        self.asked.add("shape")
        shapes = self.configuration.open_sizes.shapes
        self.tensors += 1
        return shapes[min(self.tensors - 1, len(shapes) - 1)]


_EXAMPLE: ContextVar[Example | None] = ContextVar("example", default=None)


def current() -> Example:
    """Return the example that is being drawn; a new one if a strategy is used outside of a check."""
    return _EXAMPLE.get() or Example()


def is_in_check() -> bool:
    """Return whether a check is drawing, rather than the user's own Hypothesis test."""
    return _EXAMPLE.get() is not None


@contextlib.contextmanager
def drawing(example: Example) -> Iterator[Example]:
    """Return a context manager in which all tensors are drawn for one example."""
    token = _EXAMPLE.set(example)
    try:
        yield example
    finally:
        _EXAMPLE.reset(token)


def configured(configuration: Configuration) -> contextlib.AbstractContextManager[Example]:
    """Return a context manager in which all tensors are drawn in one configuration."""
    return drawing(Example(configuration))


def words_of(shape: Any) -> tuple[str, ...]:
    """Split a shape into words, one for each dimension: a name or a number.

    >>> words_of("batch 3 #n"), words_of((2, 3)), words_of(4)
    (('batch', '3', 'n'), ('2', '3'), ('4',))
    """
    if isinstance(shape, str):
        return tuple(re.sub(r"^[#?]|^\w+=(?=\d)", "", word) for word in shape.split() if word[0] not in ".*")
    return (str(shape),) if isinstance(shape, int) else tuple(map(str, shape))


@st.composite
def shapes(draw: st.DrawFn, shape: Any) -> tuple[tuple[int, ...], tuple[str, ...] | None]:
    """Return a strategy for a shape as numbers, with its names; the names are None for a tensor without given shape."""
    example = current()
    words = words_of(example.next_shape() if shape is None else shape)
    if is_in_check():
        return tuple(map(example.size, words)), None if shape is None and not _has_names(words) else words
    return tuple([draw(_shared(word)) for word in words]), words


def _has_names(words: Sequence[str]) -> bool:
    return not all(word.isdigit() for word in words)


def _shared(word: str) -> st.SearchStrategy[int]:
    # one shared strategy for each name, so that the name has one size in all tensors of an example
    if word.isdigit():
        return st.just(int(word))
    return st.shared(st.sampled_from((2, 3, 5, 1)), key=f"size of {word}")


@st.composite
def narrowed(draw: st.DrawFn, shape: tuple[int, ...]) -> tuple[int, ...]:
    """Return a strategy for shapes that broadcast to `shape`, which is itself drawn half of the time."""
    if draw(st.booleans()):
        return shape
    ones = tuple(1 if draw(st.booleans()) else size for size in shape)
    return ones[draw(st.integers(0, len(shape))) :]
