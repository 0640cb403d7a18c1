"""Draw a tape: as Graphviz text, or as an SVG that needs no other program.

The result is at the top and the variables are at the bottom: the gradient flows downwards. Begin at `to_svg`.
"""

from collections import defaultdict
from html import escape
from typing import NamedTuple

from .order import Step, children, in_topological_order, nodes_of

_LEAF, _STEP, _RESULT = ("#d7e8f7", "#2f6fb2"), ("#eeeeee", "#777777"), ("#dcf1dc", "#3c8c40")
_HEIGHT, _GAP_X, _GAP_Y, _CHARACTER, _MARGIN = 34, 28, 40, 7.6, 20


class _Box(NamedTuple):
    """The box of a node: its centre and its width."""

    x: float
    y: float
    width: float


def _colours(node: Step, root: Step) -> tuple[str, str]:
    return _LEAF if node.variable is not None else _RESULT if node is root else _STEP


def _text(node: Step) -> str:
    return node.name if node.variable is None else f"input {node.variable} {list(node.shape)}"


def to_dot(root: Step) -> str:
    """Return the graph in Graphviz's language."""
    nodes = nodes_of(root)
    names = {id(node): f"n{place}" for place, node in enumerate(nodes)}
    lines = ["digraph tape {", "  node [shape=box, style=filled, fontname=monospace];"]
    for node in nodes:
        text = _text(node).replace("\\", "\\\\").replace('"', '\\"')
        lines.append(f'  {names[id(node)]} [label="{text}", fillcolor="{_colours(node, root)[0]}"];')
        lines += [f"  {names[id(node)]} -> {names[id(child)]};" for child in children(node)]
    return "\n".join([*lines, "}"])


def _rows(nodes: list[Step]) -> list[list[Step]]:
    """Return the nodes by row: each node below all of its parents, the leaves in the last row."""
    depth = {id(node): 0 for node in nodes}
    for node in in_topological_order(nodes):
        for child in children(node):
            depth[id(child)] = max(depth[id(child)], depth[id(node)] + 1)
    last = max(depth.values())
    rows: dict[int, list[Step]] = defaultdict(list)
    for node in nodes:
        rows[depth[id(node)] if node.variable is None else last].append(node)
    return [rows[place] for place in range(last + 1)]


def _boxes(nodes: list[Step]) -> dict[int, _Box]:
    """Return the box of each node. Rows are centred, and nodes in a row ordered by the mean place of their parents."""
    parents: dict[int, list[int]] = defaultdict(list)
    for node in nodes:
        for child in children(node):
            parents[id(child)].append(id(node))
    boxes: dict[int, _Box] = {}
    for place, row in enumerate(_rows(nodes)):
        row.sort(key=lambda node: _mean([boxes[parent].x for parent in parents[id(node)]]))
        widths = [len(_text(node)) * _CHARACTER + 24 for node in row]
        x = -(sum(widths) + _GAP_X * (len(row) - 1)) / 2
        for node, width in zip(row, widths, strict=True):
            boxes[id(node)] = _Box(x + width / 2, place * (_HEIGHT + _GAP_Y), width)
            x += width + _GAP_X
    return boxes


def _mean(numbers: list[float]) -> float:
    return sum(numbers) / len(numbers) if numbers else 0.0


def to_svg(root: Step) -> str:
    """Return the graph as one self-contained SVG."""
    nodes = nodes_of(root)
    boxes = _boxes(nodes)
    left = min(box.x - box.width / 2 for box in boxes.values()) - _MARGIN
    right = max(box.x + box.width / 2 for box in boxes.values()) + _MARGIN
    top, bottom = -_HEIGHT / 2 - _MARGIN, max(box.y for box in boxes.values()) + _HEIGHT / 2 + _MARGIN
    width, height = right - left, bottom - top
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:.0f}" height="{height:.0f}" '
            f'viewBox="{left:.1f} {top:.1f} {width:.1f} {height:.1f}" font-family="monospace" font-size="12.5">',
            '<defs><marker id="tip" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="7" markerHeight="7" '
            'orient="auto"><path d="M0 0L10 5L0 10z" fill="#555"/></marker></defs>',
            f'<rect x="{left:.1f}" y="{top:.1f}" width="100%" height="100%" fill="white"/>',
            *(line for node in nodes for line in _arrows(node, boxes)),
            *(_box(node, root, boxes[id(node)]) for node in nodes),
            "</svg>",
        ]
    )


def _arrows(node: Step, boxes: dict[int, _Box]) -> list[str]:
    box, targets = boxes[id(node)], [boxes[id(child)] for child in children(node)]
    lines = []
    for place, target in enumerate(targets, start=1):
        start = box.x + box.width * (place / (len(targets) + 1) - 0.5)
        a, b = box.y + _HEIGHT / 2, target.y - _HEIGHT / 2
        middle = (a + b) / 2
        path = f"M{start:.1f} {a:.1f}C{start:.1f} {middle:.1f} {target.x:.1f} {middle:.1f} {target.x:.1f} {b:.1f}"
        lines.append(f'<path d="{path}" fill="none" stroke="#555" stroke-width="1.2" marker-end="url(#tip)"/>')
    return lines


def _box(node: Step, root: Step, box: _Box) -> str:
    fill, stroke = _colours(node, root)
    shape = f'<rect x="{box.x - box.width / 2:.1f}" y="{box.y - _HEIGHT / 2:.1f}" width="{box.width:.1f}"'
    text = f'<text x="{box.x:.1f}" y="{box.y + 4.5:.1f}" text-anchor="middle" fill="#222">{escape(_text(node))}</text>'
    return f'{shape} height="{_HEIGHT}" rx="6" fill="{fill}" stroke="{stroke}" stroke-width="1.3"/>{text}'
