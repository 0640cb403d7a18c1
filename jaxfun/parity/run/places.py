"""Which place in a JAX function stands for which submodule: by the name of a tap, else by the parameters it uses."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from .taps import Place, numbered


class Pair(NamedTuple):
    """A submodule's result on both sides, each by its number there; `is_marked` by a tap."""

    name: str
    ours: int
    theirs: int
    is_marked: bool = True


@dataclass(frozen=True)
class Layer:
    """A submodule that holds parameters: their names, those of its buffers too, and whether it looks up a table."""

    parameters: frozenset[str]
    buffers: frozenset[str]
    is_table: bool = False


class SubmoduleResult(NamedTuple):
    """A submodule's result: its name, and the shape and dtype."""

    name: str
    shape: tuple[int, ...]
    dtype: str


def paired(ours: Sequence[Place], theirs: Sequence[SubmoduleResult], layers: Mapping[str, Layer]) -> list[Pair]:
    """Return the places that stand for a submodule's result, in the order of the module's execution."""
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
    """Return the place of each result of a layer; none where there is any doubt."""
    found = []
    calls = list(_calls(ours, layer))
    for alternatives, result in zip(calls, results, strict=False):
        alike = [at for at in alternatives if tuple(ours[at].value.shape) == result.shape]
        found += alike[:1]
    return found if len(found) == len(results) == len(calls) else []


def _calls(ours: Sequence[Place], layer: Layer) -> Iterator[Collection[int]]:
    """Yield, for each time that all parameters of a layer are used, the place of the last, and that laid out anew."""
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
