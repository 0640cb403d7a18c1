"""Call a PyTorch module as a function of its parameters and buffers, and record its submodules' outputs.

The module itself stays unchanged.
"""

import contextlib
import copy
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch

from . import torch_side
from .outcome import outcome
from .places import Layer

Tensors = dict[str, torch.Tensor]
Heard = list[tuple[str, torch.Tensor]]

_DROPOUTS = (torch.nn.Dropout, torch.nn.Dropout1d, torch.nn.Dropout2d, torch.nn.Dropout3d)


def is_module(value: Any) -> bool:
    """Return whether a value is a torch.nn.Module."""
    return isinstance(value, torch.nn.Module)


def working_copy(module: torch.nn.Module) -> torch.nn.Module:
    """Return a copy that shares the parameters, which are never written to.

    If copying fails, return the module itself.
    """
    shared = {id(item): item for item in module.parameters()}
    copied, error = outcome(lambda: copy.deepcopy(module, shared))
    return module if error is not None else copied


@contextlib.contextmanager
def random_state_kept() -> Iterator[None]:
    """Restore PyTorch's random state after the block."""
    with torch.random.fork_rng():
        yield


def state_of(module: torch.nn.Module) -> tuple[dict[str, np.ndarray], dict[str, str]]:
    """Return a module's parameters and buffers by name, shared ones once, and the first name for every name."""
    state = {name: item for name, item in module.state_dict().items() if isinstance(item, torch.Tensor)}
    first: dict[Any, str] = {}
    kept = {name: first.setdefault(_place_of(name, item), name) for name, item in state.items()}
    return {name: torch_side.numpy(state[name]) for name in first.values()}, kept


def _place_of(name: str, item: torch.Tensor) -> Any:
    return (item.data_ptr(), item.shape) if item.numel() else name


def buffers_of(module: torch.nn.Module) -> set[str]:
    """Return the names of a module's buffers, which have no gradient."""
    return {name for name, _ in module.named_buffers()}


def unsaved_buffers_of(module: torch.nn.Module) -> Tensors:
    """Return the buffers that are not in the state_dict, by name."""
    saved = module.state_dict().keys()
    return {name: item for name, item in module.named_buffers() if name not in saved}


def submodules_of(module: torch.nn.Module) -> list[str]:
    """Return the names of a module's submodules, without the module itself."""
    return [name for name, _ in module.named_modules() if name]


def kinds_of(module: torch.nn.Module) -> dict[str, str]:
    """Return the class name of each submodule, and of the module itself under the empty name."""
    return {name: type(item).__name__ for name, item in module.named_modules()}


def dropouts_of(module: torch.nn.Module) -> list[str]:
    """Return the names of the active dropout submodules."""
    return [
        name for name, item in module.named_modules() if isinstance(item, _DROPOUTS) and item.training and item.p > 0
    ]


def layers_of(module: torch.nn.Module, kept: Mapping[str, str]) -> dict[str, Layer]:
    """Return the submodules whose output is the last use of their parameters.

    `kept` maps each name to its first name.
    """
    return {
        name: Layer(
            frozenset(kept[f"{name}.{own}"] for own, _ in item.named_parameters(remove_duplicate=False)),
            frozenset(kept[f"{name}.{own}"] for own, _ in item.named_buffers() if f"{name}.{own}" in kept),
            isinstance(item, torch.nn.Embedding),
        )
        for name, item in module.named_modules()
        if name and _is_layer(item)
    }


def _is_layer(module: torch.nn.Module) -> bool:
    has_own = next(module.parameters(recurse=False), None) is not None
    is_whole = all(next(child.parameters(), None) is None for child in module.children())
    return has_own and (is_whole or isinstance(module, torch.nn.MultiheadAttention))


def chosen(item: torch.Tensor, choice: torch.Tensor) -> torch.Tensor:
    """Return a tensor where `choice` is true, else zeros."""
    return torch.where(choice, item, torch.zeros_like(item))


def called(
    module: torch.nn.Module,
    state: Mapping[str, torch.Tensor],
    args: Sequence[Any],
    kwargs: Mapping[str, Any],
    masks: Mapping[str, torch.Tensor],
    unsaved: Mapping[str, torch.Tensor],
) -> tuple[Any, Tensors]:
    """Return a module's result for the given parameters and buffers, and the buffers after the call.

    The module may write to the state; it gets copies of the inputs. `masks` maps names of dropouts to the elements that
    they keep.
    """
    own = dict(state)
    own |= {name: _as_wide_as(own, module, item) for name, item in unsaved.items()}
    args, named = _mapped(_copied, tuple(args)), _mapped(_copied, dict(kwargs))
    with _masked(module, masks), torch_side.threads_for(_elements((args, named))):
        return torch.func.functional_call(module, own, args, named), own


def _elements(inputs: Any) -> int:
    """Return the number of elements of the inputs. Small inputs run on one thread: more threads mostly wait."""
    sizes: list[int] = []
    _mapped(lambda item: sizes.append(item.numel()), inputs)
    return sum(sizes)


def _copied(item: torch.Tensor) -> torch.Tensor:
    return item.clone()


def _as_wide_as(state: Tensors, module: torch.nn.Module, item: torch.Tensor) -> torch.Tensor:
    """Return a copy of a buffer, cast to the state's dtype if that is not the module's own."""
    for name, parameter in module.named_parameters():
        if name in state and parameter.dtype == item.dtype and item.is_floating_point():
            return item.to(state[name].dtype, copy=True)
    return item.clone()


def _mapped(function: Callable[[torch.Tensor], Any], value: Any) -> Any:
    """Apply a function to each tensor in tuples, lists and dicts."""
    if isinstance(value, torch.Tensor):
        return function(value)
    if isinstance(value, dict):
        return {key: _mapped(function, item) for key, item in value.items()}
    if isinstance(value, tuple) and hasattr(value, "_fields"):
        return type(value)(*(_mapped(function, item) for item in value))
    if isinstance(value, (tuple, list)):
        return type(value)(_mapped(function, item) for item in value)
    return value


@contextlib.contextmanager
def _masked(module: torch.nn.Module, masks: Mapping[str, torch.Tensor]) -> Iterator[None]:
    """Make dropouts keep the elements of their masks, inside of the block."""

    def hook(mask: torch.Tensor) -> Callable[..., torch.Tensor]:
        return lambda dropout, args, result: torch.where(mask, args[0] / (1 - dropout.p), 0)

    with _hooked(module, {name: hook(mask) for name, mask in masks.items()}):
        yield


@contextlib.contextmanager
def _hooked(module: torch.nn.Module, hooks: Mapping[str, Callable[..., Any]]) -> Iterator[None]:
    handles = [module.get_submodule(name).register_forward_hook(hook) for name, hook in hooks.items()]
    try:
        yield
    finally:
        for handle in handles:
            handle.remove()


# Submodule outputs


@dataclass
class Listener:
    """Record the outputs of submodules while a module runs, in the order in which they finish; of several, the first.

    `given` replaces recorded outputs, by their number in that order: the rest of the module continues from them.
    """

    names: Sequence[str]
    given: Sequence[torch.Tensor | None] = ()
    heard: Heard = field(default_factory=list)

    def over(self, module: torch.nn.Module) -> contextlib.AbstractContextManager[None]:
        """Return a context in which the module's submodules are recorded."""
        return _hooked(module, {name: self._hook(name) for name in self.names})

    def _hook(self, name: str) -> Callable[..., Any]:
        def hear(module: Any, args: Any, result: Any) -> Any:
            first = next(iter(torch_side.leaves(result)), None)
            if first is None:
                return None
            number = len(self.heard)
            self.heard.append((name, first.clone()))
            given = self.given[number] if number < len(self.given) else None
            return None if given is None else _with_first(result, given)

        return hear


def _with_first(result: Any, given: torch.Tensor) -> Any:
    """Return a result with its first tensor replaced."""
    if isinstance(result, torch.Tensor):
        return given
    if isinstance(result, tuple) and hasattr(result, "_fields"):
        return type(result)(_with_first(result[0], given), *result[1:])
    if isinstance(result, (tuple, list)):
        return type(result)((_with_first(result[0], given), *result[1:]))
    changed = copy.copy(result)
    first = min(key for key, item in result.items() if isinstance(item, torch.Tensor))
    changed[first] = given
    return changed


# Value and one derivative of one value set, for large models


@dataclass(frozen=True)
class Directions:
    """The directions of derivatives: a cotangent per floating point result, a tangent per differentiated tensor."""

    cotangents: Sequence[np.ndarray]
    tangents: Sequence[np.ndarray] = ()


def once(
    function: Callable[..., list[torch.Tensor]],
    arrays: Sequence[np.ndarray],
    movable: Sequence[int],
    directions: Directions,
    level: str,
) -> dict[str, list[np.ndarray] | str]:
    """Return a function's value and one derivative for one value set.

    A derivative that does not exist is a reason instead.
    """
    tensors = [torch_side.tensor(item) for item in arrays]
    moving = [tensors[place].requires_grad_(level != "value") for place in movable]
    if level == "jvp":
        return _forward(function, tensors, movable, directions)
    outputs = function(*tensors)
    found: dict[str, Any] = {"value": list(map(torch_side.numpy, outputs))}
    if level == "value":
        return found
    smooth = [item for item in outputs if item.is_floating_point() or item.is_complex()]
    pairs = [
        (item, torch_side.tensor(along).to(item.dtype))
        for item, along in zip(smooth, directions.cotangents, strict=True)
        if item.requires_grad
    ]
    found[level] = _gradients(pairs, moving, directions, level) if pairs else "the result does not require a gradient"
    return found


def _gradients(
    pairs: Sequence[tuple[torch.Tensor, torch.Tensor]],
    moving: Sequence[torch.Tensor],
    directions: Directions,
    level: str,
) -> list[np.ndarray] | str:
    options: dict[str, Any] = {"allow_unused": True, "materialize_grads": True}
    outputs, along = zip(*pairs, strict=True)
    found, error = outcome(lambda: torch.autograd.grad(outputs, moving, along, create_graph=level == "hvp", **options))
    if error is None and level == "hvp":
        firsts = [
            (item, torch_side.tensor(tangent).to(item.dtype))
            for item, tangent in zip(found, directions.tangents, strict=True)
            if item.requires_grad
        ]
        if not firsts:
            return [np.zeros(tuple(item.shape), torch_side.numpy(item).dtype) for item in moving]
        outputs, along = zip(*firsts, strict=True)
        found, error = outcome(lambda: torch.autograd.grad(outputs, moving, along, **options))
    return str(error).split("\n")[0] if error is not None else list(map(torch_side.numpy, found))


def _forward(
    function: Callable[..., list[torch.Tensor]],
    tensors: Sequence[torch.Tensor],
    movable: Sequence[int],
    directions: Directions,
) -> dict[str, list[np.ndarray] | str]:
    forward = torch.autograd.forward_ad
    placed = [item.detach() for item in tensors]
    with forward.dual_level():
        for place, tangent in zip(movable, directions.tangents, strict=True):
            along = torch_side.tensor(tangent).to(placed[place].dtype)
            placed[place] = forward.make_dual(placed[place], along)
        outputs, error = outcome(lambda: function(*placed))
        if error is not None:
            return {"jvp": str(error).split("\n")[0]}
        parts = [forward.unpack_dual(item) for item in outputs]
        smooth = [part for part in parts if part.primal.is_floating_point() or part.primal.is_complex()]
        found = [torch.zeros_like(part.primal) if part.tangent is None else part.tangent for part in smooth]
        return {
            "value": [torch_side.numpy(part.primal) for part in parts],
            "jvp": list(map(torch_side.numpy, found)),
        }
