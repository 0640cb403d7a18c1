"""A port to prove: its plan, PyTorch's side of it, and the example. Begin with `Subject`."""

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import jax
import numpy as np

from ...parity.run import torch_side
from ...parity.search.large import Deadline
from ..plan import Call, Graph, Plan
from ..port import Port
from ..rules import hidden_draw, key_of, random_calls
from ..run import inputs_of
from .reference import Reference

Progress = Callable[[str, int, int], None]  # what is done, how much of it, and how much there is
SEED = 0


class Subject:
    """A port without dropout inside of other functions, and PyTorch's program and module, on the example's arguments.

    `leaves` are the example's arguments as NumPy arrays and constants, `key` the random key of all runs.
    """

    def __init__(
        self,
        port: Port,
        exported: Any,
        args: Sequence[Any],
        kwargs: Mapping[str, Any],
        deadline: Deadline,
        progress: Progress,
    ) -> None:
        self.exported, self.deadline, self.progress = exported, deadline, progress
        self.plan, hidden = _without_hidden_draws(port.plan)
        self.port = dataclasses.replace(port, plan=self.plan)
        has_draws = bool(random_calls(self.plan))
        self.key = jax.random.key(SEED) if has_draws else None
        self.is_random = has_draws or bool(hidden)
        self.reference = Reference(exported.program, exported.module, self.plan)
        leaves = self.reference.example(args, kwargs)
        self.leaves = [torch_side.numpy(each) if torch_side.is_tensor(each) else each for each in leaves]
        self.recorded: dict[str, np.ndarray] = {}
        self.notes = [f"dropout inside of {name} is switched off on both sides" for name in hidden]

    @property
    def inputs(self) -> list[Any]:
        """The inputs of the program for the example: parameters, buffers, constants and arguments."""
        parts = {"parameter": self.exported.params, "buffer": self.exported.state, "constant": self.exported.constants}
        return inputs_of(self.plan, parts, self.leaves)


def _without_hidden_draws(plan: Plan) -> tuple[Plan, list[str]]:
    """Return the plan without dropout inside of other functions, and the names of these functions."""
    found: dict[str, None] = {}

    def changed(graph: Graph) -> Graph:
        return dataclasses.replace(graph, calls=tuple(map(without, graph.calls)))

    def without(call: Call) -> Call:
        name = hidden_draw(call.target)
        if not name or not key_of(call.target, call.kwargs):
            return call
        found[call.target] = None
        return dataclasses.replace(call, kwargs={**call.kwargs, name: 0.0})

    graphs = {name: changed(graph) for name, graph in plan.graphs.items()}
    return dataclasses.replace(plan, graph=changed(plan.graph), graphs=graphs), [*found]
