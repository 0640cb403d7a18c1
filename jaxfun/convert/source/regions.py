"""The calls of a plan by the modules that make them: a tree of regions, one for each call of a module.

Begin with `regions`.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from ..plan import Call
from ..run import names_in

_INLINED = 3  # calls: a module of torch.nn with so few is written where it is used
_OF_TORCH = "torch.nn.modules."


@dataclass(eq=False)
class Region:
    """One call of a module: its path and class, and the calls and regions inside, in order."""

    path: str
    kind: str
    items: list["Call | Region"] = field(default_factory=list)

    def calls(self) -> list[Call]:
        """Return the calls of the region and of the regions inside it."""
        return [call for item in self.items for call in ([item] if isinstance(item, Call) else item.calls())]


def regions(calls: Sequence[Call]) -> Region:
    """Return the region of the whole model."""
    root = Region("", _class_of(calls))
    for call in calls:
        _placed(root, call)
    return _flattened(root)


def _class_of(calls: Sequence[Call]) -> str:
    return next((call.place.stack[0][1] for call in calls if call.place.stack), "model")


def _placed(root: Region, call: Call) -> None:
    """Add a call to the region of its modules. A second call of a module later on is another region."""
    region = root
    for path, kind in call.place.stack[1:]:
        last = region.items[-1] if region.items else None
        if not (isinstance(last, Region) and last.path == path):
            last = Region(path, kind)
            region.items.append(last)
        region = last
    region.items.append(call)


def _flattened(region: Region) -> Region:
    """Return a region with small modules of torch.nn, and its containers, written where they are used."""
    items: list[Call | Region] = []
    for item in region.items:
        inner = _flattened(item) if isinstance(item, Region) else item
        is_inlined = isinstance(inner, Region) and _is_inlined(inner)
        items.extend(inner.items if isinstance(inner, Region) and is_inlined else [inner])
    return Region(region.path, region.kind, items)


def _is_inlined(region: Region) -> bool:
    is_small = len(region.items) <= _INLINED and all(isinstance(item, Call) for item in region.items)
    is_container = region.kind.startswith(f"{_OF_TORCH}container.")
    return is_container or (is_small and (region.kind.startswith(_OF_TORCH) or len(region.items) == 1))


def plain(path: str) -> str:
    """Return the path of a module without the numbers of its calls.

    >>> plain("layers.0@1.norm")
    'layers.0.norm'
    """
    return re.sub(r"@\d+", "", path)


def is_inside(path: str, region: Region) -> bool:
    """Return whether an array belongs to the module of a region."""
    return not region.path or path.startswith(f"{plain(region.path)}.")


def relative(path: str, region: Region) -> str:
    """Return a path as it is inside of the module of a region."""
    return plain(path).removeprefix(f"{plain(region.path)}.") if region.path else plain(path)


def used_by(item: "Call | Region") -> list[str]:
    """Return the names of the values that an item takes from outside, in the order of their first use."""
    calls = [item] if isinstance(item, Call) else item.calls()
    own = {call.name for call in calls}
    names: list[Any] = [name for call in calls for name in names_in([call.args, call.kwargs])]
    return [name for name in dict.fromkeys(names) if name not in own]
