"""Match places in a JAX function with submodules of a PyTorch module: by tap name, else by the parameters they use."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from .taps import Place, numbered


class Pair(NamedTuple):
    """A submodule's result on both sides, by its number there. `is_marked`: matched by a tap.

    `is_channels_last`: JAX's value has the channels in its last dimension, PyTorch's in its second.
    """

    name: str
    ours: int
    theirs: int
    is_marked: bool = True
    is_channels_last: bool = False


@dataclass(frozen=True)
class Layer:
    """A submodule with parameters: the names of its parameters and buffers. `is_table`: an embedding table."""

    parameters: frozenset[str]
    buffers: frozenset[str]
    is_table: bool = False


class SubmoduleResult(NamedTuple):
    """A submodule's result: the submodule's name, and the result's shape and dtype."""

    name: str
    shape: tuple[int, ...]
    dtype: str


def paired(ours: Sequence[Place], theirs: Sequence[SubmoduleResult], layers: Mapping[str, Layer]) -> list[Pair]:
    """Return the pairs of matching places, in the order in which the module runs its submodules."""
    taps = [at for at, place in enumerate(ours) if place.name]
    marked = dict(zip(numbered(ours[at].name for at in taps), taps, strict=True))
    known = {name.partition(" (")[0] for name in marked}
    found: dict[str, int] = dict(marked)
    for name in {item.name for item in theirs} - known & layers.keys():
        results = [item for item in theirs if item.name == name]
        found |= zip(numbered([name] * len(results)), _by_parameters(ours, results, layers[name]), strict=False)
    names = list(numbered(item.name for item in theirs))
    return [Pair(name, found[name], at, name in marked) for at, name in enumerate(names) if name in found]


def _by_parameters(ours: Sequence[Place], results: Sequence[SubmoduleResult], layer: Layer) -> list[int]:
    """Return the place of each result of a layer, or no place at all if any match is ambiguous."""
    found = []
    calls = list(_calls(ours, layer))
    for alternatives, result in zip(calls, results, strict=False):
        alike = [at for at in alternatives if tuple(ours[at].value.shape) == result.shape]
        moved = [at for at in alternatives if tuple(ours[at].value.shape) == channels_last(result.shape)]
        found += (alike or moved)[:1]
    return found if len(found) == len(results) == len(calls) else []


def channels_last(shape: tuple[int, ...]) -> tuple[int, ...]:
    """Return a shape with its second dimension, the channels, in the last place.

    >>> channels_last((8, 3, 32, 32))
    (8, 32, 32, 3)
    """
    return (*shape[:1], *shape[2:], *shape[1:2])


def _calls(ours: Sequence[Place], layer: Layer) -> Iterator[Collection[int]]:
    """Yield the candidate places of each call of a layer: the last use of its parameters, and reshapes of it."""
    mine = layer.parameters | layer.buffers
    seen: set[str] = set()
    for at, place in enumerate(ours):
        if place.is_relaid or not place.uses & layer.parameters:
            continue
        if not place.uses <= mine or (layer.is_table and place.primitive not in _LOOKS_UP):
            return
        seen |= place.uses
        if layer.parameters <= seen:
            seen = set()
            yield [at, *_relaid(ours, at)]


_LOOKS_UP = ("gather", "dot_general")


def _relaid(ours: Sequence[Place], at: int) -> Iterator[int]:
    for number in range(at + 1, len(ours)):
        if not ours[number].is_relaid:
            return
        yield number
