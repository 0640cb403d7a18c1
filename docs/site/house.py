"""The picture of the house: which module of a package imports which, read off the imports, as an SVG.

A module stands above those that it imports. Of the arrows that follow from others none is drawn.
"""

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from graphlib import TopologicalSorter
from html import escape
from pathlib import Path

import jaxfun

ROOT = Path(jaxfun.__file__).parent
ROW, HEIGHT, GAP, LETTER, PAD = 78, 30, 18, 7.3, 22  # in pixels
SWEEPS = 12  # of putting each node beside those that it is joined to

Graph = Mapping[str, frozenset[str]]


def imports(package: Path) -> Graph:
    """Return for each module or folder of a package which others of it import it, wherever in the file.

    >>> "train" in imports(ROOT)["regression"]
    True
    """
    found: dict[str, set[str]] = {}
    for file in sorted(package.rglob("*.py")):
        own = file.relative_to(package).with_suffix("").parts[0]
        if not own.startswith("__"):
            found.setdefault(own, set()).update(_imported(file, package))
    return {own: frozenset(names & found.keys() - {own}) for own, names in found.items()}


def _imported(file: Path, package: Path) -> Iterator[str]:
    home = ("jaxfun", *package.relative_to(ROOT).parts)
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom):
            place = ("jaxfun", *file.relative_to(ROOT).parts[:-1])
            base = place[: len(place) - node.level + 1] if node.level else ()
            path = (*base, *(node.module or "").split(".")) if node.module else base
            for each in node.names:
                yield from _inside((*path, each.name), home)
        elif isinstance(node, ast.Import):
            for each in node.names:
                yield from _inside(tuple(each.name.split(".")), home)


def _inside(path: tuple[str, ...], home: tuple[str, ...]) -> Iterator[str]:
    if path[: len(home)] == home and len(path) > len(home):
        yield path[len(home)]


def reduced(graph: Graph) -> Graph:
    """Return the graph without the arrows that follow from others.

    Raises: graphlib.CycleError where modules import each other.

    >>> reduced({"a": frozenset("bc"), "b": frozenset("c"), "c": frozenset()})["a"]
    frozenset({'b'})
    """
    reached: dict[str, frozenset[str]] = {}
    for name in TopologicalSorter(graph).static_order():
        reached[name] = graph[name].union(*(reached[other] for other in graph[name]))
    return {name: others.difference(*(reached[other] for other in others)) for name, others in graph.items()}


def floors(graph: Graph) -> dict[str, int]:
    """Return how high each node stands: one above the highest that it imports, or just below those that import it.

    The second where more arrows lead to it than from it, as that makes them shorter.

    >>> floors({"a": frozenset("bcd"), "b": frozenset("c"), "c": frozenset(), "d": frozenset()})
    {'c': 0, 'd': 1, 'b': 1, 'a': 2}
    """
    order = [*TopologicalSorter({name: sorted(graph[name]) for name in sorted(graph)}).static_order()]
    floor: dict[str, int] = {}
    for name in order:
        floor[name] = 1 + max((floor[other] for other in graph[name]), default=-1)
    for name in reversed(order):
        above = [floor[other] for other in graph if name in graph[other]]
        if len(above) > len(graph[name]):
            floor[name] = min(above) - 1
    return floor


@dataclass
class Node:
    """A module, or the place where an arrow passes a floor (then without a name)."""

    name: str
    floor: int
    x: float = 0.0
    below: list["Node"] = field(default_factory=list)
    above: list["Node"] = field(default_factory=list)

    @property
    def width(self) -> float:
        """How much room it takes."""
        return len(self.name) * LETTER + PAD if self.name else 4


def _nodes(graph: Graph) -> list[Node]:
    nodes = {name: Node(name, floor) for name, floor in floors(graph).items()}
    passing: list[Node] = []
    for name, others in graph.items():
        for other in sorted(others):
            node = nodes[name]
            for floor in range(node.floor - 1, nodes[other].floor, -1):
                passing.append(Node("", floor))
                _join(node, passing[-1])
                node = passing[-1]
            _join(node, nodes[other])
    return [*nodes.values(), *passing]


def _join(upper: Node, lower: Node) -> None:
    upper.below.append(lower)
    lower.above.append(upper)


def _place(rows: list[list[Node]]) -> None:
    """Give every node its x: beside those that it is joined to, as near as the others of its row allow."""
    for row in rows:
        _spread(row, [0.0] * len(row))
    for sweep in range(SWEEPS):
        for row in rows if sweep % 2 else rows[::-1]:
            wanted = {id(node): _middle(node, node.below if sweep % 2 else node.above) for node in row}
            row.sort(key=lambda node: wanted[id(node)])
            _spread(row, [wanted[id(node)] for node in row])
    left = min(node.x - node.width / 2 for row in rows for node in row)
    for row in rows:
        for node in row:
            node.x -= left


def _middle(node: Node, others: list[Node]) -> float:
    return sum(other.x for other in others) / len(others) if others else node.x


def _spread(row: list[Node], wanted: list[float]) -> None:
    """Put a row, from left to right, where it wants to be, moved as a whole to the middle of what was wanted."""
    x = float("-inf")
    for node, middle in zip(row, wanted, strict=True):
        node.x = max(middle, x + node.width / 2)
        x = node.x + node.width / 2 + GAP
    shift = sum(wanted) / len(row) - sum(node.x for node in row) / len(row)
    for node in row:
        node.x += shift


def svg(graph: Graph, title: str) -> str:
    """Return the picture of a graph, in the colours of the page that it stands in."""
    graph = reduced(graph)
    nodes = _nodes(graph)
    top = max(node.floor for node in nodes)
    rows = [[node for node in nodes if node.floor == floor] for floor in range(top + 1)]
    _place(rows)
    width = max(node.x + node.width / 2 for node in nodes) + 2
    height = (top + 1) * ROW
    y = {id(node): (top - node.floor) * ROW + (ROW - HEIGHT) / 2 for node in nodes}
    lines = [_arrow(node, other, y) for node in nodes for other in node.below]
    boxes = [_box(node, y[id(node)]) for node in nodes if node.name]
    return (
        f'<svg class="house" viewBox="-1 0 {width:.0f} {height:.0f}" width="{width:.0f}" role="img" '
        f'aria-label="{escape(title)}"><title>{escape(title)}</title>'
        '<defs><marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto">'
        f'<path d="M0 0L8 4L0 8z"/></marker></defs>{"".join(lines)}{"".join(boxes)}</svg>'
    )


def _arrow(upper: Node, lower: Node, y: Mapping[int, float]) -> str:
    # an arrow that passes a floor goes straight through it
    start = y[id(upper)] + HEIGHT
    end = y[id(lower)]
    bend = (end - start) / 2
    through = "" if upper.name else f"M{upper.x:.0f} {y[id(upper)]:.0f}V{start:.0f}"
    curve = f"{upper.x:.0f} {start + bend:.0f} {lower.x:.0f} {end - bend:.0f} {lower.x:.0f} {end:.0f}"
    tip = ' marker-end="url(#tip)"' if lower.name else ""
    return f'<path class="arrow" d="{through}M{upper.x:.0f} {start:.0f}C{curve}"{tip}/>'


def _box(node: Node, y: float) -> str:
    left = node.x - node.width / 2
    return (
        f'<g><rect x="{left:.0f}" y="{y:.0f}" width="{node.width:.0f}" height="{HEIGHT}" rx="4"/>'
        f'<text x="{node.x:.0f}" y="{y + 20:.0f}">{escape(node.name)}</text></g>'
    )
