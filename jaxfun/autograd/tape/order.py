"""The nodes of a tape in order, and how each is written: shared by its text and its picture."""

from collections.abc import Sequence
from typing import Any, Protocol


class Step(Protocol):
    """A node, as far as its text and its picture look at it."""

    @property
    def name(self) -> str:
        """Torch's name for the step."""
        ...

    @property
    def next_functions(self) -> Sequence[tuple[Any, int]]:
        """Where the gradients of its inputs go on to, None where an input needs none."""
        ...

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape of its result."""
        ...

    @property
    def variable(self) -> int | None:
        """The position of a leaf's variable; None for any other node."""
        ...


def children(node: Any) -> list[Any]:
    """Return the nodes that a node leads to, one for each input that needs a gradient."""
    return [child for child, _ in node.next_functions if child is not None]


def nodes_of(root: Any) -> list[Any]:
    """Return every node that a root leads to, itself first, each once."""
    found: dict[int, Any] = {}
    waiting = [root]
    while waiting:
        node = waiting.pop()
        if id(node) not in found:
            found[id(node)] = node
            waiting.extend(reversed(children(node)))
    return list(found.values())


def in_topological_order(nodes: Sequence[Any]) -> list[Any]:
    """Return the nodes of a graph, its root first, so that each stands before all that it leads to."""
    parents = {id(node): 0 for node in nodes}
    for node in nodes:
        for child in children(node):
            parents[id(child)] += 1
    ready, ordered = [nodes[0]], []
    while ready:
        node = ready.pop()
        ordered.append(node)
        for child in children(node):
            parents[id(child)] -= 1
            if parents[id(child)] == 0:
                ready.append(child)
    return ordered


def label(node: Step) -> str:
    """Return a node's name; for a leaf also the position and the shape of its variable."""
    return node.name if node.variable is None else f"{node.name} (input {node.variable}, {list(node.shape)})"
