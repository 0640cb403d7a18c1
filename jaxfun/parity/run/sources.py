"""The source of a parameter: a tensor of a `state_dict`, and its layout in the JAX function's pytree.

Begin at `identified`, which finds sources by their values.
"""

import itertools
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import numpy as np

from ..compare.arrays import is_inexact

State = Mapping[str, Any]

_PARTS = (1, 2, 3, 4)  # a packed tensor has 3 parts in attention and in a GRU, 4 in an LSTM
_MOST_DIMENSIONS = 5  # a 3d convolution's kernel


class Source(NamedTuple):
    """A tensor of a state_dict or one of its equal parts: reversed in space, transposed and reshaped."""

    name: str
    shape: tuple[int, ...]
    order: tuple[int, ...] = ()
    part: int = 0
    parts: int = 1
    is_reversed: bool = False  # along the dimensions after the first two, as a kernel for another convention

    def of(self, state: State) -> Any:
        """Return the parameter's value for a state."""
        array = part_of(state[self.name], self.part, self.parts)
        if self.is_reversed:
            array = array[(..., *[slice(None, None, -1)] * (array.ndim - 2))]
        return array.transpose(self.order).reshape(self.shape)

    @property
    def is_unchanged(self) -> bool:
        """Whether the parameter is the whole tensor in its own layout."""
        return self.parts == 1 and not self.is_reversed and not self.is_transposed

    @property
    def is_transposed(self) -> bool:
        """Whether the dimensions are in another order."""
        return self.order != tuple(range(len(self.order)))

    def text(self, state: State) -> str:
        """Return the source as an expression of `state`.

        >>> Source("fc.weight", (4, 2, 3), (1, 0), 1, 2).text({"fc.weight": np.zeros((12, 4))})
        'jnp.split(state["fc.weight"], 2)[1].T.reshape(4, 2, 3)'
        """
        text = f'state["{self.name}"]'
        text = text if self.parts == 1 else f"jnp.split({text}, {self.parts})[{self.part}]"
        text += f"[{', '.join([':', ':', *['::-1'] * (len(self.order) - 2)])}]" if self.is_reversed else ""
        if self.is_transposed:
            text += ".T" if len(self.order) == 2 else f".transpose({', '.join(map(str, self.order))})"
        whole = part_of(state[self.name], self.part, self.parts).shape
        is_reshaped = tuple(whole[at] for at in self.order) != self.shape
        return text + (f".reshape({', '.join(map(str, self.shape))})" if is_reshaped else "")


def part_of(array: Any, part: int, parts: int) -> Any:
    """Return one of the equal parts of an array along its first dimension."""
    if parts == 1:
        return array
    size = array.shape[0] // parts
    return array[part * size : (part + 1) * size]


def layouts(
    name: str, shape: tuple[int, ...], leaf: tuple[int, ...], part: int = 0, parts: int = 1
) -> Iterator[Source]:
    """Yield the layouts in which a tensor of one shape has another shape, up to dimensions of size 1.

    The tensor's own order of dimensions is the first, and reversed kernels are the last.
    """
    if len(shape) > _MOST_DIMENSIONS:
        orders = [tuple(range(len(shape)))]
    else:
        orders = [order for order in itertools.permutations(range(len(shape))) if _fits(shape, order, leaf)]
    for is_reversed in (False, True) if len(shape) > 2 else (False,):
        yield from (Source(name, leaf, order, part, parts, is_reversed) for order in orders)


def _fits(shape: tuple[int, ...], order: tuple[int, ...], leaf: tuple[int, ...]) -> bool:
    """Return whether the transposed shape is the leaf's, up to dimensions of size 1 and merged or split dimensions."""
    own = [shape[at] for at in order if shape[at] > 1]
    theirs = [size for size in leaf if size > 1]
    return own == theirs or _ends(own) <= _ends(theirs) or _ends(theirs) <= _ends(own)


def _ends(sizes: list[int]) -> set[int]:
    """Return where the dimensions of a shape end, as numbers of elements; a split dimension has more ends."""
    return set(itertools.accumulate(reversed(sizes), lambda left, right: left * right, initial=1))


def identified(leaves: Mapping[str, np.ndarray], state: State) -> dict[str, Source]:
    """Return the source of each leaf whose values are those of a tensor of the state, in any layout.

    Leaves with equal elements only have no source here.
    """
    known = _Fingerprints(state)
    found = {path: known.source_of(leaf) for path, leaf in leaves.items() if _tells(leaf)}
    return {path: source for path, source in found.items() if source is not None}


def _tells(leaf: np.ndarray) -> bool:
    return is_inexact(leaf) and leaf.size > 0 and (leaf.size == 1 or not np.all(leaf == leaf.flat[0]))


class _Fingerprints:
    """The tensors of a state and their parts, by number of elements, minimum and maximum."""

    def __init__(self, state: State) -> None:
        self._state = {name: np.asarray(item) for name, item in state.items()}
        self._tables: dict[str, dict[Any, list[tuple[str, int, int]]]] = {}

    def source_of(self, leaf: np.ndarray) -> Source | None:
        """Return the source with a leaf's values, or None."""
        for name, part, parts in self._table(leaf.dtype).get(_print_of(leaf), ()):
            array = part_of(self._state[name], part, parts).astype(leaf.dtype)
            for source in layouts(name, array.shape, leaf.shape, part, parts):
                # the array is one part already
                if np.array_equal(source._replace(parts=1).of({name: array}), leaf):
                    return source
        return None

    def _table(self, dtype: np.dtype[Any]) -> dict[Any, list[tuple[str, int, int]]]:
        if str(dtype) not in self._tables:
            table = self._tables.setdefault(str(dtype), {})
            for parts, (name, item) in itertools.product(_PARTS, self._state.items()):
                if is_inexact(item) and (parts == 1 or (item.size and item.ndim and item.shape[0] % parts == 0)):
                    for part in range(parts):
                        key = _print_of(part_of(item, part, parts).astype(dtype))
                        table.setdefault(key, []).append((name, part, parts))
        return self._tables[str(dtype)]


def _print_of(array: np.ndarray) -> Any:
    return (array.size, *((array.min(), array.max()) if array.size else ()))
