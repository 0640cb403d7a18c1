"""The PyTorch side of optimisers and schedules: trajectories, settings, learning rates."""

import copy
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np
import torch

from ...core.errors import ArgumentTypeError, describe
from .torch_side import numpy, tensor
from .trajectory import Arrays, Trajectory

Factory = Callable[[list[torch.Tensor]], Any]
# how the steps are computed, not what they are
_IMPLEMENTATION = {"params", "param_names", "foreach", "fused", "capturable", "differentiable", "initial_lr"}


def trajectory(factory: Factory, params: Arrays, grads: Sequence[Arrays]) -> Trajectory:
    """Return the parameters, the state and the learning rate of each step of a fresh optimiser."""
    tensors = [tensor(item).requires_grad_() for item in params]
    optimizer, scheduler = made(factory, tensors)
    path, states, rates = [], [], []
    for step in grads:
        for parameter, grad in zip(tensors, step, strict=True):
            parameter.grad = tensor(grad)
        rates.append([float(group["lr"]) for group in optimizer.param_groups])
        optimizer.step()
        if scheduler is not None:
            scheduler.step()
        path.append([numpy(parameter) for parameter in tensors])
        states.append([dict(_buffers(optimizer.state[parameter])) for parameter in tensors])
    return Trajectory(path, states, np.array(rates))


def made(factory: Factory, tensors: list[torch.Tensor]) -> tuple[torch.optim.Optimizer, Any]:
    """Return the optimiser that the user's function makes, and its scheduler, or None.

    Raises: ArgumentTypeError for a function that makes something else.
    """
    result = factory(tensors)
    optimizer, scheduler = result if isinstance(result, tuple) else (result, None)
    if not isinstance(optimizer, torch.optim.Optimizer):
        advice = "Pass a function such as `lambda params: torch.optim.AdamW(params, lr=0.1)`."
        raise ArgumentTypeError("a function that makes a torch.optim.Optimizer of parameters", describe(result), advice)
    return optimizer, scheduler


def _buffers(state: dict[str, Any]) -> Iterator[tuple[str, np.ndarray]]:
    for name, value in state.items():
        if isinstance(value, torch.Tensor) and name != "step":
            yield name, numpy(value)


def settings(factory: Factory, params: Arrays) -> tuple[str, list[dict[str, Any]]]:
    """Return the name of an optimiser's class, and the settings of each parameter group by torch's names."""
    optimizer, _ = made(factory, [tensor(item) for item in params])
    return type(optimizer).__name__, [dict(_flat(group)) for group in optimizer.param_groups]


def _flat(group: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    for name, value in group.items():
        if name in _IMPLEMENTATION:
            continue
        if isinstance(value, tuple):
            yield from ((f"{name}[{at}]", item) for at, item in enumerate(value))
        else:
            yield name, float(value) if isinstance(value, torch.Tensor) else value


def rates(scheduler: Any, steps: int) -> np.ndarray:
    """Return the learning rate of each step, from a scheduler or from a function that makes one.

    A scheduler is copied first, so that the caller's own stays at its step. The first parameter group counts.
    """
    own = copy.deepcopy(scheduler) if hasattr(scheduler, "step") else scheduler()
    found = []
    for _ in range(steps):
        found.append(float(own.optimizer.param_groups[0]["lr"]))
        own.step()
    return np.array(found)


def name_of(scheduler: Any) -> str:
    """Return the name of a scheduler's class, or of the function that makes one."""
    if hasattr(scheduler, "step"):
        return type(scheduler).__name__
    return type(scheduler()).__name__
