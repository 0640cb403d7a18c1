"""The plan of a converted model: its calls in order, as data. It holds no torch object and no array.

Begin with `Plan`. `export` makes one from a PyTorch module, and `run` runs one on arrays.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple


@dataclass(frozen=True)
class Ref:
    """The value of an input or of an earlier call."""

    name: str


@dataclass(frozen=True)
class DTypeName:
    """A dtype by torch's name."""

    name: str


@dataclass(frozen=True)
class SubGraph:
    """One of the plan's other graphs, as an argument of a call: a branch, or the body of a loop."""

    name: str


class Place(NamedTuple):
    """Where the user's code makes a call: the path and the class of the module, and the line of the source.

    `stack` has the path and the class of each module around the call, the model itself first; "layer@1" is the second
    call of a module.
    """

    module: str = ""
    kind: str = ""
    file: str = ""
    line: int = 0
    text: str = ""
    stack: tuple[tuple[str, str], ...] = ()

    def __str__(self) -> str:
        where = f"{self.file}:{self.line}" if self.file else ""
        return "  ".join(part for part in (self.module or "the model itself", where, self.text) if part)


@dataclass(frozen=True)
class Call:
    """One call: torch's overload, its arguments, and the user's code that makes it."""

    name: str
    target: str  # "aten::add.Tensor"
    args: tuple[Any, ...] = ()
    kwargs: Mapping[str, Any] = field(default_factory=dict)
    place: Place = field(default_factory=Place)


@dataclass(frozen=True)
class Graph:
    """Calls in order, the names of the inputs, and the outputs: references and constants."""

    inputs: tuple[str, ...]
    calls: tuple[Call, ...]
    outputs: tuple[Any, ...]


class Input(NamedTuple):
    """One leaf of the user's arguments: its path, dtype and sizes. A size is a number, or the name of a dynamic one.

    `constant` is a Python number or string, which the exported program holds as a constant.
    """

    path: str
    dtype: str = ""
    shape: tuple[int | str, ...] = ()
    constant: Any = None


@dataclass(frozen=True)
class Plan:
    """A converted model.

    - `sources`: for each input of the graph the kind ("parameter", "buffer", "constant", "argument") and the name.
    - `arguments`, `arguments_trees`: the leaves of the user's arguments, and the structures of the positional ones and
      of those by keyword. `result_tree` is that of the result.
    - `positional`: the names of the example's positional arguments, as far as they have one.
    - `new_buffers`, `new_arguments`: the names of the buffers and the arguments that the model overwrites. Their new
      values are the first outputs of the graph, before those of the result.
    - `aliases`: other names of a parameter that several modules share.
    - `ranges`: the least and the largest value of each dynamic size.
    - `frozen`: the parameters without `requires_grad`; their gradient is 0.
    - `decomposed`: the operators without a rule, for which torch's decomposition stands in the plan.
    - `baked`: the numbers of the module that its `forward` changes, which the program holds as they were.
    """

    graph: Graph
    sources: tuple[tuple[str, str], ...]
    arguments: tuple[Input, ...]
    arguments_trees: tuple[Any, Any]
    result_tree: Any
    positional: tuple[str, ...] = ()
    graphs: Mapping[str, Graph] = field(default_factory=dict)
    new_buffers: tuple[str, ...] = ()
    new_arguments: tuple[str, ...] = ()
    aliases: Mapping[str, str] = field(default_factory=dict)
    ranges: Mapping[str, tuple[int, int | None]] = field(default_factory=dict)
    baked: tuple[str, ...] = ()
    frozen: tuple[str, ...] = ()
    decomposed: tuple[str, ...] = ()
    is_training: bool = False

    @property
    def returns_more(self) -> bool:
        """Whether the port returns new buffers or overwritten arguments after the result."""
        return self.is_training or bool(self.new_buffers or self.new_arguments)

    def calls(self) -> Iterator[Call]:
        """Yield all calls, those of branches and loops too."""
        for graph in (self.graph, *self.graphs.values()):
            yield from graph.calls
