"""The exported program and the module itself, run by PyTorch: the reference of a port's proof.

Begin with `Reference`.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import torch
from torch.fx.node import map_arg
from torch.utils import _pytree

from ...parity.run import torch_modules, torch_side
from ...parity.run.case import Slot
from ..plan import Plan
from ..rules import ASSERTIONS, hidden_draw

Leaves = Sequence[Any]
_WIDER = {torch.float16: torch.float64, torch.bfloat16: torch.float64, torch.float32: torch.float64}


class Reference:
    """PyTorch's side of a conversion: each call of the program, the whole program, and the module."""

    def __init__(self, program: Any, module: torch.nn.Module, plan: Plan) -> None:
        self._program, self._plan = program, plan
        _switch_off(program.graph_module.graph.nodes)
        self._nodes = {node.name: node for node in program.graph_module.graph.nodes}
        self._module = torch_modules.working_copy(module)
        self._module.train(plan.is_training)
        self.draws: dict[str, Any] = {}  # the values of random calls, drawn by JAX

    # One call

    def of_call(self, name: str, known: Mapping[str, Any], dtypes: Sequence[Any]) -> Callable[..., Any]:
        """Return one call as a function of tensors: those that stand as `Slot`s in `known`, the inputs' values.

        If the tensors have other dtypes than `dtypes`, those of the port, the call computes in float64.
        """
        node = self._nodes[name]

        def call(*tensors: torch.Tensor) -> Any:
            is_wide = any(tensor.dtype != dtype for tensor, dtype in zip(tensors, dtypes, strict=True))
            values = {at: tensors[value.number] if isinstance(value, Slot) else value for at, value in known.items()}
            args, kwargs = map_arg((node.args, node.kwargs), lambda each: values[each.name])
            return _called(node.target, args, kwargs, is_wide)

        return call

    def inputs_of(self, name: str) -> list[str]:
        """Return the names of the values that a call takes."""
        return [each.name for each in self._nodes[name].all_input_nodes]

    # The whole program

    def values(self, inputs: Leaves, is_wide: bool) -> dict[str, Any]:
        """Return the value of every input and call of the program."""
        run = _Recording(self._program.graph_module, self.draws, is_wide)
        with torch.no_grad():
            run.run(*(_placed(each, is_wide) for each in inputs))
        return run.values

    # The module

    def program_outputs(self, inputs: Leaves, is_wide: bool) -> list[Any]:
        """Return the new buffers, the overwritten arguments and the result of the program."""
        return [*_Recording(self._program.graph_module, self.draws, is_wide).run(*inputs)]

    def module_outputs(self, state: Mapping[str, torch.Tensor], leaves: Leaves) -> list[Any]:
        """Return the new buffers, the overwritten arguments and the result of the module itself."""
        own = {**state, **{name: state[name].clone() for name in self._plan.new_buffers}}  # the module writes to them
        given = [each.clone() if isinstance(each, torch.Tensor) else each for each in leaves]
        args, kwargs = _pytree.tree_unflatten(given, self._spec)
        result = torch.func.functional_call(self._module, own, args, kwargs)
        arguments = [name for kind, name in self._plan.sources if kind == "argument"]
        return [
            *(own[name] for name in self._plan.new_buffers),
            *(given[arguments.index(name)] for name in self._plan.new_arguments),
            *_pytree.tree_leaves(result),
        ]

    def example(self, args: Sequence[Any], kwargs: Mapping[str, Any]) -> list[Any]:
        """Return the leaves of the example's arguments in the order of the program's, and keep their structure."""
        names = self._plan.arguments_trees[1][1] or []
        leaves, self._spec = _pytree.tree_flatten((tuple(args), {name: kwargs[name] for name in names}))
        return leaves


def slots(values: Mapping[str, Any]) -> tuple[list[str], dict[str, Any]]:
    """Return the names of the tensors among the inputs of a call, and the inputs with slots in place of tensors."""
    names = [name for name, value in values.items() if isinstance(value, torch.Tensor)]
    return names, {name: Slot(names.index(name)) if name in names else value for name, value in values.items()}


class _Recording(torch.fx.Interpreter):
    """Runs a program and keeps the value of each node; random ones are given."""

    def __init__(self, module: torch.fx.GraphModule, draws: Mapping[str, Any], is_wide: bool) -> None:
        super().__init__(module, garbage_collect_values=False)
        self.values: dict[str, Any] = {}
        self._draws, self._is_wide = draws, is_wide

    def run_node(self, n: torch.fx.Node) -> Any:
        if getattr(n.target, "name", str)().startswith(ASSERTIONS):  # of what the export has assumed: other dtypes
            return None
        given = self._draws.get(n.name)
        if given is None:
            value = super().run_node(n)
        elif n.target is _aten.native_dropout.default:
            value = _dropped(*self.fetch_args_kwargs_from_env(n)[0], mask=torch_side.tensor(given[1]))
        else:
            value = tensors_of(given, self._is_wide)
        self.values[n.name] = value
        return value

    def call_function(self, target: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        return _called(target, args, kwargs, self._is_wide)


def _dropped(input: Any, p: float, train: bool, mask: torch.Tensor) -> tuple[Any, torch.Tensor]:
    return input * mask * (1 / (1 - p) if p < 1 else 0.0), mask


def _switch_off(nodes: Iterable[torch.fx.Node]) -> None:
    """Set the probability of a dropout inside of other functions to 0: its mask cannot be given."""
    for node in nodes:
        target = node.target
        if isinstance(target, torch._ops.OpOverload) and (name := hidden_draw(target.name())):
            names = [each.name for each in target._schema.arguments]
            given = dict(zip(names, node.args, strict=False)) | dict(node.kwargs)
            node.args, node.kwargs = (), {**given, name: 0.0}


def tensors_of(value: Any, is_wide: bool = False) -> Any:
    """Return arrays as tensors, those of floats in float64 if `is_wide`."""
    if isinstance(value, (tuple, list)):
        return tuple(tensors_of(each, is_wide) for each in value)
    return _placed(value, is_wide)


def _placed(value: Any, is_wide: bool) -> Any:
    made = torch_side.tensor(value) if isinstance(value, np.ndarray) else value
    return made.to(_WIDER.get(made.dtype, made.dtype)) if is_wide and isinstance(made, torch.Tensor) else made


def _called(target: Any, args: tuple[Any, ...], kwargs: Mapping[str, Any], is_wide: bool) -> Any:
    if is_wide:
        args, kwargs = _pytree.tree_map(
            lambda each: _WIDER.get(each, each) if _is_dtype(each) else each, (args, kwargs)
        )
        own = [each.name for each in target._schema.arguments] if isinstance(target, torch._ops.OpOverload) else []
        if "dtype" in own and target in _OF_DEFAULT_DTYPE and (kwargs.get("dtype") is None):
            kwargs = {**kwargs, "dtype": torch.float64}
    return _INSTEAD.get(target, target)(*args, **kwargs)


def _is_dtype(value: Any) -> bool:
    return isinstance(value, torch.dtype)


def _batch_norm(
    input: Any, weight: Any, bias: Any, running_mean: Any, running_var: Any, momentum: float, eps: float
) -> tuple[Any, None, None]:
    found = torch.nn.functional.batch_norm(input, running_mean, running_var, weight, bias, False, momentum, eps)
    return found, None, None


def _view(self: Any, size: Sequence[int]) -> Any:
    return self.reshape(size)


_aten = torch.ops.aten
# functions that give no dtype have torch's default one
_OF_DEFAULT_DTYPE = {_aten.zeros.default, _aten.ones.default, _aten.rand.default, _aten.randn.default}
# calls that torch itself runs another way: `view` looks at strides, which the program has lost, and the form of batch
# normalisation for inference has no gradient
_INSTEAD: Mapping[Any, Callable[..., Any]] = {
    _aten.view.default: _view,
    _aten._unsafe_view.default: _view,
    _aten._native_batch_norm_legit_no_training.default: _batch_norm,
}
