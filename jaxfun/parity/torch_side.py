"""The reference's side of a check: PyTorch, its derivatives, and the way to NumPy and back.

The one file of the library that imports torch.
"""

from collections.abc import Callable, Sequence
from typing import Any

import ml_dtypes
import numpy as np
import torch

Arrays = list[np.ndarray]


def has_cuda() -> bool:
    """Return whether PyTorch sees a CUDA device."""
    return torch.cuda.is_available()


def resolve(name: str) -> Callable[..., Any]:
    """Return the torch function of a dotted name such as "torch.nn.functional.relu"."""
    found: Any = torch
    for part in name.split(".")[1:]:
        found = getattr(found, part)
    return found


def tensor(array: np.ndarray, device: str = "cpu") -> torch.Tensor:
    """Return a tensor with a copy of the array's values, its dtype kept (bfloat16 included)."""
    if array.dtype == ml_dtypes.bfloat16:
        return torch.tensor(array.view(np.int16)).view(torch.bfloat16).to(device)
    return torch.tensor(array, device=device)


def numpy(value: torch.Tensor) -> np.ndarray:
    """Return a tensor's values as an array, dtype kept (bfloat16 included)."""
    plain = value.detach().cpu().clone().resolve_conj().resolve_neg()  # a clone: a zero tensor has no storage
    if plain.dtype is torch.bfloat16:
        return plain.contiguous().view(torch.int16).numpy().view(ml_dtypes.bfloat16)
    return plain.numpy()


def dtype(name: str) -> torch.dtype:
    """Return torch's dtype of that name."""
    return getattr(torch, name)


def leaves(result: Any) -> list[torch.Tensor]:
    """Return the tensors in a result: itself, or those of a (named) tuple, a list or a dict."""
    if isinstance(result, torch.Tensor):
        return [result]
    if isinstance(result, dict):  # by key, as JAX orders them
        return [leaf for key in sorted(result) for leaf in leaves(result[key])]
    if isinstance(result, (tuple, list)):
        return [leaf for item in result for leaf in leaves(item)]
    if result is None:
        return []
    return [torch.tensor(result)]


def derivatives(
    function: Callable[..., list[torch.Tensor]],
    inputs: Sequence[torch.Tensor],
    cotangents: Sequence[torch.Tensor],
    tangents: Sequence[torch.Tensor],
) -> dict[str, Arrays | str]:
    """Return value, vjp, hvp and jvp of a function of tensors; a level that torch does not have is the reason why.

    The hvp is the gradient, along `tangents`, of the vjp.
    """
    primals = [item.clone().requires_grad_() for item in inputs]
    try:
        outputs = function(*primals)
    except RuntimeError as error:  # it has a value, but not of what requires a gradient
        plain = [numpy(item) for item in function(*inputs)]
        return {"value": plain, "vjp": _reason(error), "hvp": _reason(error), "jvp": _reason(error)}
    found: dict[str, Arrays | str] = {"value": [numpy(item) for item in outputs]}
    pairs = [(out, ct) for out, ct in zip(outputs, cotangents, strict=True) if out.requires_grad]
    if not pairs or not primals:
        none = "the result does not require a gradient"
        return found | {"vjp": none, "hvp": none, "jvp": none}
    return (
        found
        | _reverse(pairs, primals, tangents)
        | {"jvp": _forward(function, inputs, tangents, [item.dtype for item in outputs])}
    )


def _reverse(
    pairs: Sequence[tuple[torch.Tensor, torch.Tensor]],
    primals: list[torch.Tensor],
    tangents: Sequence[torch.Tensor],
) -> dict[str, Arrays | str]:
    outs, cts = zip(*pairs, strict=True)
    try:
        gradients = torch.autograd.grad(
            outs, primals, cts, create_graph=True, allow_unused=True, materialize_grads=True
        )
    except RuntimeError as error:
        return {"vjp": _reason(error), "hvp": _reason(error)}
    found: dict[str, Arrays | str] = {"vjp": [numpy(item) for item in gradients]}
    seconds = [(gradient, t) for gradient, t in zip(gradients, tangents, strict=True) if gradient.requires_grad]
    if not seconds:
        return found | {"hvp": [np.zeros_like(numpy(item)) for item in primals]}
    try:
        second = torch.autograd.grad(
            [gradient for gradient, _ in seconds],
            primals,
            [tangent for _, tangent in seconds],
            allow_unused=True,
            materialize_grads=True,
        )
    except RuntimeError as error:
        return found | {"hvp": _reason(error)}
    return found | {"hvp": [numpy(item) for item in second]}


def _forward(
    function: Callable[..., list[torch.Tensor]],
    inputs: Sequence[torch.Tensor],
    tangents: Sequence[torch.Tensor],
    dtypes: Sequence[torch.dtype],
) -> Arrays | str:
    forward = torch.autograd.forward_ad
    with forward.dual_level():
        try:
            outputs = function(*[forward.make_dual(x, t) for x, t in zip(inputs, tangents, strict=True)])
        except (NotImplementedError, RuntimeError) as error:
            return _reason(error)
        parts = [forward.unpack_dual(item) for item in outputs]
        zeros = [torch.zeros_like(part.primal) for part in parts]
        # some rules (those of prod with a dtype, and of var) leave the tangent in another dtype than the value
        return [
            numpy((zero if part.tangent is None else part.tangent).to(dtype))
            for part, zero, dtype in zip(parts, zeros, dtypes, strict=True)
        ]


def _reason(error: Exception) -> str:
    return str(error).split("\n")[0]


def state_of(module: torch.nn.Module) -> tuple[dict[str, np.ndarray], dict[str, str]]:
    """Return a module's parameters and buffers by name, each once, and for every name of its state_dict that one."""
    state = module.state_dict()
    first: dict[Any, str] = {}
    kept = {name: first.setdefault(_place_of(name, item), name) for name, item in state.items()}
    return {name: numpy(state[name]) for name in first.values()}, kept


def buffers_of(module: torch.nn.Module) -> set[str]:
    """Return the names of a module's buffers, which have no gradient."""
    return {name for name, _ in module.named_buffers()}


def _place_of(name: str, item: torch.Tensor) -> Any:
    return (item.data_ptr(), item.shape) if item.numel() else name


def called(module: torch.nn.Module, state: dict[str, torch.Tensor], inputs: Sequence[Any]) -> Any:
    """Return what a module gives with other parameters and buffers than its own, which stay as they are."""
    # a module may write into its buffers (running means): it is handed copies
    own = {name: item if item.requires_grad else item.clone() for name, item in state.items()}
    return torch.func.functional_call(module, own, tuple(inputs))


def listened(module: torch.nn.Module, names: Sequence[str], call: Callable[[], Any]) -> list[tuple[str, torch.Tensor]]:
    """Return what submodules gave in a call, in the order in which they ended: of several results the first."""
    seen: list[tuple[str, torch.Tensor]] = []

    def hook(name: str) -> Callable[..., None]:
        return lambda module, args, result: seen.append((name, leaves(result)[0].detach().clone()))

    handles = [module.get_submodule(name).register_forward_hook(hook(name)) for name in names]
    try:
        call()
    finally:
        for handle in handles:
            handle.remove()
    return seen


def submodules_of(module: torch.nn.Module) -> list[str]:
    """Return the names of a module's submodules, itself left out."""
    return [name for name, _ in module.named_modules() if name]


def is_module(value: Any) -> bool:
    """Return whether a value is a torch.nn.Module."""
    return isinstance(value, torch.nn.Module)


def elementwise(function: Callable[..., Any], values: Any, *, derivative: bool) -> tuple[torch.Tensor, ...]:
    """Return an elementwise function's value and, if asked, its first derivative; `values` are shared by DLPack.

    Raises: RuntimeError where the derivative is asked for and torch has none; whatever the function raises.
    """
    primal = torch.from_dlpack(values)
    if not derivative:
        with torch.no_grad():
            return (function(primal),)
    primal = primal.detach().requires_grad_()
    with torch.enable_grad():
        value = function(primal)
        # a result's cotangent of one is each element's own derivative, for no element knows another
        (slope,) = torch.autograd.grad(value, primal, torch.ones_like(value))
    return value.detach(), slope.detach()


def elementwise_float64(function: Callable[..., Any], values: np.ndarray, *, derivative: bool) -> Arrays:
    """Return what `elementwise` returns for the values in float64, as arrays."""
    with np.errstate(invalid="ignore"):  # a signalling NaN
        wide = values.astype(np.float64)
    return [item.numpy() for item in elementwise(function, wide, derivative=derivative)]
