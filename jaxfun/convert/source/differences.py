"""What differs between modules of one class: their numbers become arguments of one function.

Modules that make the same calls are a group. A number that differs between them is read off an array if it is a size
of one, as the width of a layer is; else it is a keyword argument, as a stride is. Begin with `Differences`.
"""

import dataclasses
from collections import Counter
from collections.abc import Hashable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from ..plan import Call, Ref
from ..rules import public_call
from ..run import names_in
from .expressions import Named
from .names import as_variable, numbered
from .regions import Region, is_inside, relative, used_by

_MOST = 6  # arguments; with more, each module has a function of its own
_SIZES = ("size", "shape", "sizes")  # arguments whose numbers differ one by one
_DEFAULTED = ("stride", "padding", "dilation", "groups", "ceil_mode", "eps")  # torch leaves them out where it may
# calls whose text depends on the numbers
_FIXED = ("aten::slice.Tensor", "aten::select.int", "aten::index.Tensor", "aten::sym_size.int", "aten::einsum")

Place = tuple[Any, ...]  # the name of a call and the path of an argument; or a region and the name of its argument


class Argument(NamedTuple):
    """A keyword argument of a function."""

    name: str
    default: Any


class _Column(NamedTuple):
    """One number of a module."""

    place: Place
    name: str
    value: Any


class Differences:
    """The arguments of the functions of all regions, and what stands for the numbers of their calls."""

    def __init__(self, root: Region, arrays: Mapping[str, tuple[int, ...]], paths: Mapping[str, str]) -> None:
        """`arrays` has the shapes of the parameters by name, `paths` the names by the values of the plan."""
        self._arrays, self._paths = arrays, paths
        self._groups: dict[int, int] = {}  # by the region
        self._arguments: dict[int, list[Argument]] = {}
        self._values: dict[int, dict[str, Any]] = {}
        self._stand_ins: dict[int, dict[Place, Named]] = {}
        by_height: dict[int, list[Region]] = {}
        for region in _all(root):
            by_height.setdefault(_height(region), []).append(region)
        for height in sorted(by_height):
            self._group(by_height[height])

    def arguments(self, region: Region) -> list[Argument]:
        """Return the keyword arguments of the function of a region."""
        return self._arguments.get(id(region), [])

    def passed(self, around: Region, region: Region) -> list[tuple[str, Any]]:
        """Return the keyword arguments that a call of a region's function is given: those that are not the default."""
        found = self._stand_ins.get(id(around), {})
        pairs = [
            (each, found.get((id(region), each.name), self._values[id(region)][each.name]))
            for each in self.arguments(region)
        ]
        return [(each.name, value) for each, value in pairs if not _same(value, each.default)]

    def call(self, region: Region, call: Call) -> Call:
        """Return a call with names in place of the numbers that differ."""
        found = {
            place[1:]: each for place, each in self._stand_ins.get(id(region), {}).items() if place[0] == call.name
        }
        if not found:
            return call
        kwargs = _completed(call)
        return dataclasses.replace(
            call, kwargs={name: _replaced(each, (name,), found) for name, each in kwargs.items()}
        )

    def _group(self, regions: Sequence[Region]) -> None:
        """Group regions of one height, whose inner regions are grouped."""
        groups: dict[Hashable, list[tuple[Region, list[_Column]]]] = {}
        for region in regions:
            structure, columns = self._structure(region)
            groups.setdefault((region.kind, structure), []).append((region, columns))
        for group in groups.values():
            number = len({*self._groups.values()})
            self._groups |= {id(region): number for region, _ in group}
            self._differ([region for region, _ in group], [columns for _, columns in group])

    def _structure(self, region: Region) -> tuple[Hashable, list[_Column]]:
        """Return what must be the same in modules of a group, and the numbers that may differ."""
        columns: list[_Column] = []
        own = {call.name: at for at, call in enumerate(region.calls())}
        outside: dict[str, int] = {}

        def seen(name: str) -> Hashable:
            if name in own:
                return own[name]
            if name in self._paths:
                path = self._paths[name]
                return relative(path, region) if is_inside(path, region) else "other"
            return -1 - outside.setdefault(name, len(outside))

        def walk(value: Any, place: Place, name: str, is_fixed: bool) -> Hashable:
            if isinstance(value, Ref):
                return ("value", seen(value.name))
            is_number = value is None or isinstance(value, (bool, int, float))
            is_row = isinstance(value, tuple) and all(isinstance(each, (int, float)) for each in value)
            if not is_fixed and (is_number or (is_row and name not in _SIZES)):
                columns.append(_Column(place, name, value))
                return "number"
            if isinstance(value, tuple):
                return tuple(walk(each, (*place, at), name, is_fixed) for at, each in enumerate(value))
            return repr(value)

        def of(item: Call | Region) -> Hashable:
            if isinstance(item, Region):
                columns.extend(
                    _Column((id(item), each.name), each.name, self._values[id(item)][each.name])
                    for each in self.arguments(item)
                )
                return (relative(item.path, region), self._groups[id(item)], tuple(map(seen, used_by(item))))
            is_fixed = item.target in _FIXED or not item.target.startswith("aten::")
            kwargs = item.kwargs if is_fixed else _completed(item)
            args = tuple(walk(each, (item.name, at), "", True) for at, each in enumerate(item.args))
            given = tuple(
                (name, walk(each, (item.name, name), name, is_fixed)) for name, each in sorted(kwargs.items())
            )
            return (item.target, args, given)

        return tuple(map(of, region.items)), columns

    def _differ(self, regions: Sequence[Region], columns: Sequence[Sequence[_Column]]) -> None:
        """Choose what stands for the numbers that differ in a group."""
        reads: dict[Place, str] = {}
        rows: dict[tuple[str, str], list[int]] = {}  # columns, by their name and what they hold in all modules
        for at, together in enumerate(zip(*columns, strict=True)):
            values = [each.value for each in together]
            if all(_same(values[0], each) for each in values):
                continue
            if text := self._read(regions, values, together[0].place):
                reads[at,] = text
            else:
                rows.setdefault((together[0].name, repr(values)), []).append(at)
        arguments: list[Argument] = []
        stand_ins: dict[int, str] = {at: text for (at,), text in reads.items()}
        if len(rows) <= _MOST:
            for (name, _), found in rows.items():
                values = [each[found[0]].value for each in columns]
                taken = {each.name for each in arguments}
                own = next(each for each in numbered(as_variable(name)) if each not in taken)
                arguments.append(Argument(own, _usual(name, values)))
                stand_ins |= dict.fromkeys(found, own)
                for region, each in zip(regions, columns, strict=True):
                    self._values.setdefault(id(region), {})[own] = each[found[0]].value
        for region, each in zip(regions, columns, strict=True):
            self._arguments[id(region)] = arguments
            self._values.setdefault(id(region), {})
            self._stand_ins[id(region)] = {
                each[at].place: Named(text, each[at].value) for at, text in stand_ins.items()
            }

    def _read(self, regions: Sequence[Region], values: Sequence[Any], place: Place) -> str:
        """Return the expression for a number that is the size of an array in each module, "" if none is.

        An array that the call at the place takes itself is the first choice.
        """
        inside = [self._inside(region) for region in regions]
        own = next((call for call in regions[0].calls() if call.name == place[0]), None)
        taken = [*names_in(own.kwargs)] if own else []
        first = {relative(self._paths[name], regions[0]) for name in taken if name in self._paths}
        for name, shape in sorted(inside[0].items(), key=lambda pair: pair[0] not in first):
            shapes = [each.get(name) for each in inside]
            if None in shapes:
                continue
            if shapes == [*values]:
                return f'p["{name}"].shape'
            for axis in range(len(shape)):
                sizes = [each[axis] if each and axis < len(each) else None for each in shapes]
                if all(_same(one, other) for one, other in zip(sizes, values, strict=True)):
                    return f'p["{name}"].shape[{axis}]'
        return ""

    def _inside(self, region: Region) -> dict[str, tuple[int, ...]]:
        """Return the shapes of the arrays that a region uses, by their names inside of it; its own ones first."""
        used = dict.fromkeys(self._paths[name] for name in used_by(region) if name in self._paths)
        found = {relative(path, region): self._arrays[path] for path in used if is_inside(path, region)}
        return dict(sorted(found.items(), key=lambda pair: pair[0].count(".")))


def _all(region: Region) -> Iterator[Region]:
    yield region
    for item in region.items:
        if isinstance(item, Region):
            yield from _all(item)


def _height(region: Region) -> int:
    return max((1 + _height(item) for item in region.items if isinstance(item, Region)), default=0)


def _same(one: Any, other: Any) -> bool:
    return type(one) is type(other) and one == other


_NEUTRAL = {"stride": 1, "padding": 0, "dilation": 1, "groups": 1}


def _usual(name: str, values: Sequence[Any]) -> Any:
    """Return the default of torch's if a module has it, else the value that most modules have."""
    if _NEUTRAL.get(name) in values:
        return _NEUTRAL[name]
    first = {repr(each): each for each in reversed(values)}
    return first[Counter(map(repr, values)).most_common(1)[0][0]]


def _replaced(value: Any, path: Place, found: Mapping[Place, Named]) -> Any:
    if path in found:
        return found[path]
    if isinstance(value, tuple):
        return tuple(_replaced(each, (*path, at), found) for at, each in enumerate(value))
    return value


def _completed(call: Call) -> dict[str, Any]:
    """Return the arguments of a call, with the defaults that torch leaves out, in the order of jaxfun's function."""
    found = public_call(call.target, call.kwargs)
    if found is None:
        return dict(call.kwargs)
    missing = {
        name: each.default
        for name, each in found.parameters.items()
        if name in _DEFAULTED and name not in found.named and not isinstance(each.default, type)
    }
    return {**call.kwargs, **missing}
