"""Pictures of a tape: Graphviz text, and an SVG laid out here, so that no other program is needed.

The variables stand at the bottom, the result at the top, as the gradient flows down from it.
"""

from html import escape

from .graph import Node, nodes_of

_LEAF, _STEP, _RESULT = ("#d7e8f7", "#2f6fb2"), ("#eeeeee", "#777777"), ("#dcf1dc", "#3c8c40")
_HEIGHT, _GAP_X, _GAP_Y, _CHARACTER, _MARGIN = 34, 28, 40, 7.6, 20


def _colours(node: Node, root: Node) -> tuple[str, str]:
    return _LEAF if node.variable is not None else _RESULT if node is root else _STEP


def _text(node: Node) -> str:
    return node.name if node.variable is None else f"input {node.variable} {list(node.shape)}"


def _names(root: Node) -> dict[int, str]:
    return {id(node): f"n{place}" for place, node in enumerate(nodes_of(root))}


def to_dot(root: Node) -> str:
    """Return a graph in Graphviz's language.

    >>> print(to_dot(Node("SumBackward0", shape=())))
    digraph tape {
      node [shape=box, style=filled, fontname=monospace];
      n0 [label="SumBackward0", fillcolor="#dcf1dc"];
    }
    """
    names = _names(root)
    lines = ["digraph tape {", "  node [shape=box, style=filled, fontname=monospace];"]
    for node in nodes_of(root):
        text = _text(node).replace("\\", "\\\\").replace('"', '\\"')
        lines.append(f'  {names[id(node)]} [label="{text}", fillcolor="{_colours(node, root)[0]}"];')
        lines += [
            f"  {names[id(node)]} -> {names[id(child)]};" for child, _ in node.next_functions if child is not None
        ]
    return "\n".join([*lines, "}"])


def _depths(root: Node) -> dict[int, int]:
    """Return each node's row: one below the lowest node that leads to it; the leaves share the last."""
    depth = {id(node): 0 for node in nodes_of(root)}
    for node in _in_order(root):
        for child, _ in node.next_functions:
            if child is not None:
                depth[id(child)] = max(depth[id(child)], depth[id(node)] + 1)
    last = max(depth.values())
    return {id(node): last if node.variable is not None else depth[id(node)] for node in nodes_of(root)}


def _in_order(root: Node) -> list[Node]:
    """Return the nodes so that each stands before all that it leads to."""
    waiting = {id(node): 0 for node in nodes_of(root)}
    for node in nodes_of(root):
        for child, _ in node.next_functions:
            if child is not None:
                waiting[id(child)] += 1
    ready, ordered = [root], []
    while ready:
        node = ready.pop()
        ordered.append(node)
        for child, _ in node.next_functions:
            if child is not None:
                waiting[id(child)] -= 1
                if waiting[id(child)] == 0:
                    ready.append(child)
    return ordered


def _width(node: Node) -> float:
    return len(_text(node)) * _CHARACTER + 24


def _places(root: Node) -> dict[int, tuple[float, float]]:
    """Return the middle of each box: rows are centred, and ordered by the middle of what leads to them."""
    depths, places = _depths(root), {}
    parents: dict[int, list[Node]] = {id(node): [] for node in nodes_of(root)}
    for node in nodes_of(root):
        for child, _ in node.next_functions:
            if child is not None:
                parents[id(child)].append(node)
    for depth in range(max(depths.values()) + 1):
        row = [node for node in nodes_of(root) if depths[id(node)] == depth]
        row.sort(key=lambda node: _mean([places[id(parent)][0] for parent in parents[id(node)]]))
        x = -(sum(map(_width, row)) + _GAP_X * (len(row) - 1)) / 2
        for node in row:
            places[id(node)] = (x + _width(node) / 2, depth * (_HEIGHT + _GAP_Y))
            x += _width(node) + _GAP_X
    return places


def _mean(numbers: list[float]) -> float:
    return sum(numbers) / len(numbers) if numbers else 0.0


def to_svg(root: Node) -> str:
    """Return a graph as one self-contained SVG.

    >>> to_svg(Node("SumBackward0", shape=())).startswith("<svg")
    True
    """
    places, nodes = _places(root), nodes_of(root)
    left = min(places[id(node)][0] - _width(node) / 2 for node in nodes) - _MARGIN
    right = max(places[id(node)][0] + _width(node) / 2 for node in nodes) + _MARGIN
    bottom = max(y for _, y in places.values()) + _HEIGHT / 2 + _MARGIN
    top = -_HEIGHT / 2 - _MARGIN
    size = f'width="{right - left:.0f}" height="{bottom - top:.0f}"'
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" {size} viewBox="{left:.1f} {top:.1f} {right - left:.1f} '
            f'{bottom - top:.1f}" font-family="monospace" font-size="12.5">',
            '<defs><marker id="tip" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="7" markerHeight="7" '
            'orient="auto"><path d="M0 0L10 5L0 10z" fill="#555"/></marker></defs>',
            f'<rect x="{left:.1f}" y="{top:.1f}" width="100%" height="100%" fill="white"/>',
            *(line for node in nodes for line in _arrows(node, places)),
            *(_box(node, root, places[id(node)]) for node in nodes),
            "</svg>",
        ]
    )


def _arrows(node: Node, places: dict[int, tuple[float, float]]) -> list[str]:
    x, y = places[id(node)]
    children = [child for child, _ in node.next_functions if child is not None]
    lines = []
    for place, child in enumerate(children, start=1):
        start = x + _width(node) * (place / (len(children) + 1) - 0.5)
        end_x, end_y = places[id(child)]
        a, b = y + _HEIGHT / 2, end_y - _HEIGHT / 2
        middle = (a + b) / 2
        path = f"M{start:.1f} {a:.1f}C{start:.1f} {middle:.1f} {end_x:.1f} {middle:.1f} {end_x:.1f} {b:.1f}"
        lines.append(f'<path d="{path}" fill="none" stroke="#555" stroke-width="1.2" marker-end="url(#tip)"/>')
    return lines


def _box(node: Node, root: Node, place: tuple[float, float]) -> str:
    (x, y), width, (fill, stroke) = place, _width(node), _colours(node, root)
    box = f'<rect x="{x - width / 2:.1f}" y="{y - _HEIGHT / 2:.1f}" width="{width:.1f}" height="{_HEIGHT}" rx="6"'
    text = f'<text x="{x:.1f}" y="{y + 4.5:.1f}" text-anchor="middle" fill="#222">{escape(_text(node))}</text>'
    return f'{box} fill="{fill}" stroke="{stroke}" stroke-width="1.3"/>{text}'
