"""`Node`, a node of the tape; printed, it shows the tape as a tree."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from . import drawing
from .order import label, nodes_of


@dataclass(frozen=True, eq=False)
class Node:
    """A node of the tape: torch's name of the step, and the nodes of its inputs.

    `next_functions` has a pair for each input: the node that computed it, and the number of that node's output. The
    node is None for an input without a gradient. A leaf is named `AccumulateGrad`; `variable` is the position of its
    variable. Nodes are compared by identity. Torch: torch.autograd.graph.Node.
    """

    name: str
    next_functions: tuple[tuple["Node | None", int], ...] = ()
    shape: tuple[int, ...] = field(default=(), kw_only=True)
    variable: int | None = field(default=None, kw_only=True)

    def __str__(self) -> str:
        return "\n".join(_lines(self))

    def __repr__(self) -> str:
        return f"<{self.name}>"

    def to_dot(self) -> str:
        """Return the graph in Graphviz's language.

        >>> print(Node("SumBackward0").to_dot())
        digraph tape {
          node [shape=box, style=filled, fontname=monospace];
          n0 [label="SumBackward0", fillcolor="#dcf1dc"];
        }
        """
        return drawing.to_dot(self)

    def to_svg(self) -> str:
        """Return a picture of the graph as one self-contained SVG.

        >>> Node("SumBackward0").to_svg().startswith("<svg")
        True
        """
        return drawing.to_svg(self)


def _lines(root: Node) -> Iterator[str]:
    numbers = {id(node): number for number, node in enumerate(nodes_of(root), start=1)}
    seen: set[int] = set()
    waiting: list[tuple[Node | None, int]] = [(root, 0)]
    while waiting:
        node, depth = waiting.pop()
        again = node is not None and id(node) in seen and bool(node.next_functions)
        yield "  " * depth + _text(node, numbers, again)
        if node is not None and not again:
            seen.add(id(node))
            waiting.extend((child, depth + 1) for child, _ in reversed(node.next_functions))


def _text(node: Node | None, numbers: dict[int, int], again: bool) -> str:
    if node is None:
        return "None"
    return f"{label(node)} (above, as step {numbers[id(node)]})" if again else label(node)
