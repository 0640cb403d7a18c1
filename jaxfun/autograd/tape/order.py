"""The order and the labels of a tape's nodes, shared by its text and its picture."""

from collections.abc import Sequence
from typing import Any, Protocol


class Step(Protocol):
    """The attributes of a node that its text and its picture need."""

    @property
    def name(self) -> str:
        """Torch's name for the step."""
        ...

    @property
    def next_functions(self) -> Sequence[tuple[Any, int]]:
        """For each input, its node (None without a gradient) and the number of that node's output."""
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
    """Return the nodes of the inputs that need a gradient."""
    return [child for child, _ in node.next_functions if child is not None]


def nodes_of(root: Any) -> list[Any]:
    """Return all nodes that can be reached from a root, each once, the root first."""
    found: dict[int, Any] = {}
    waiting = [root]
    while waiting:
        node = waiting.pop()
        if id(node) not in found:
            found[id(node)] = node
            waiting.extend(reversed(children(node)))
    return list(found.values())


def in_topological_order(nodes: Sequence[Any]) -> list[Any]:
    """Return the nodes of a graph in topological order: the root first, each node before the nodes of its inputs."""
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
