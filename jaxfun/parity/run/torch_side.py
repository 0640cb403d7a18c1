"""The PyTorch side of a check: tensors from and to NumPy, derivatives, and global settings.

In `jaxfun.parity`, only this module, `noise`, `torch_modules` and `torch_optim` import torch.
"""

import contextlib
import traceback
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import ml_dtypes
import numpy as np
import torch
from torch.utils._python_dispatch import TorchDispatchMode

from .outcome import outcome

Arrays = list[np.ndarray]
Tensors = list[torch.Tensor]


def sees_cuda() -> bool:
    """Return whether PyTorch sees a CUDA device."""
    return torch.cuda.is_available()


def refuse_lost_device(error: Exception | None) -> None:
    """Raise if a CUDA kernel failed an assertion: every later call on the GPU then raises, right or wrong.

    Raises: RuntimeError.
    """
    if isinstance(error, torch.AcceleratorError):
        raise RuntimeError(
            "a CUDA kernel of PyTorch failed, so this process can check nothing more on the GPU. "
            "The usual cause is an index out of range; on the CPU that is a clear error: check with devices=('cpu',)"
        ) from error


def resolve(name: str) -> Callable[..., Any]:
    """Return the torch function of a dotted name such as "torch.nn.functional.relu"."""
    found: Any = torch
    for part in name.split(".")[1:]:
        found = getattr(found, part)
    return found if callable(found) else found.__get__  # a property, such as Tensor.mT


def tensor(array: np.ndarray, device: str = "cpu") -> torch.Tensor:
    """Return a tensor with a copy of the array's values and its dtype (bfloat16 included)."""
    if array.dtype == ml_dtypes.bfloat16:
        made = torch.tensor(array.view(np.int16)).view(torch.bfloat16)
    else:
        made = torch.tensor(array)
    # an empty tensor would inherit NumPy's strides of 0
    return (made if array.size else torch.empty(array.shape, dtype=made.dtype)).to(device)


def numpy(value: torch.Tensor) -> np.ndarray:
    """Return a tensor's values as an array with its dtype (bfloat16 included)."""
    plain = value.detach().cpu().clone().resolve_conj().resolve_neg()  # clone: a zero tensor has no storage
    if plain.dtype is torch.bfloat16:
        return plain.contiguous().view(torch.int16).numpy().view(ml_dtypes.bfloat16)
    return plain.numpy()


def dtype(name: str) -> torch.dtype:
    """Return torch's dtype of that name."""
    return getattr(torch, name)


_GRAIN = 32768  # elements; torch itself does not split smaller loops over threads


@contextlib.contextmanager
def threads_for(elements: int) -> Iterator[None]:
    """Run the block on one thread if there is little to compute.

    On a busy machine small kernels spend ten times their own time waiting for other threads.
    """
    before = torch.get_num_threads()
    if elements < _GRAIN:
        torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)


def leaves(result: Any) -> Tensors:
    """Return the tensors in a result: the tensor itself, or those in a (named) tuple, a list or a dict."""
    if isinstance(result, torch.Tensor):
        return [result]
    if isinstance(result, dict):  # sorted by key, as JAX does
        return [leaf for key in sorted(result) for leaf in leaves(result[key])]
    if isinstance(result, (tuple, list)):
        return [leaf for item in result for leaf in leaves(item)]
    if result is None:
        return []
    # a Python number: JAX converts it by its settings, so take the widest dtype here
    return [torch.tensor(result, dtype=_OF_NUMBERS.get(type(result)))]


_OF_NUMBERS = {float: torch.float64, complex: torch.complex128}


def batched(function: Callable[..., Tensors]) -> Callable[..., Tensors]:
    """Return a function of stacked tensors that returns stacked results, by torch.vmap.

    Raises: the error of torch.vmap, where it cannot batch the function.
    """
    together = torch.vmap(lambda *items: tuple(function(*items)))

    def call(*tensors: torch.Tensor) -> Tensors:
        with _no_loops(), _layers_kept():
            return list(together(*tensors))

    return call


@contextlib.contextmanager
def _layers_kept() -> Iterator[None]:
    """Restore PyTorch's dispatch state if torch.vmap raises; else a later call may crash the process.

    To print a tensor, PyTorch leaves torch.vmap by an object that re-enters when it is freed. If printing raises (as in
    the message of another error), the traceback keeps that object and frees it at any time.
    """
    keys = torch._C._dispatch_tls_local_include_set(), torch._C._dispatch_tls_local_exclude_set()
    with torch._C._ForceDispatchKeyGuard(*keys):
        try:
            yield
        except Exception as error:
            part: BaseException | None = error
            while part is not None:
                traceback.clear_frames(part.__traceback__)
                part = part.__context__
            raise


@contextlib.contextmanager
def _no_loops() -> Iterator[None]:
    """Make torch.vmap raise for an operation that it would run one by one: the engine's own loop is faster."""
    functorch: Any = torch._C._functorch  # type: ignore[attr-defined]  # missing in the stub
    before = functorch._is_vmap_fallback_enabled()
    functorch._set_vmap_fallback_enabled(False)
    try:
        yield
    finally:
        functorch._set_vmap_fallback_enabled(before)


@dataclass(frozen=True)
class Call:
    """A function to differentiate at some inputs, along cotangents of its results and tangents of its inputs."""

    function: Callable[..., Tensors]
    inputs: Tensors
    cotangents: Tensors
    tangents: Tensors


Found = dict[str, Arrays | str]  # by level: the results, or the reason why torch has none
_NO_GRADIENT = "the result does not require a gradient"
WITH_GRAPH = "vjp with create_graph"  # the first derivative with create_graph=True, from which hvp is computed


def derivatives(calls: Sequence[Call], levels: Collection[str]) -> list[Found]:
    """Return each call's value and its vjp, hvp and jvp, as far as `levels` asks.

    A missing derivative is a reason (str). The vjp is a plain backward pass. The hvp is the gradient, along `tangents`,
    of the vjp with `create_graph=True`; that vjp is returned on request. The first call shows which derivatives torch
    has. The others share one backward pass: for small functions the call itself costs most.
    """
    first, *others = calls
    found = _derivatives([first], levels, {})
    missing: Found = {level: item for level, item in found[0].items() if isinstance(item, str)}
    try:
        return found + _derivatives(others, levels, missing)
    except RuntimeError:  # differentiate one by one, to find which derivative is missing where
        return found + [item for call in others for item in _derivatives([call], levels, {})]


def _derivatives(calls: Sequence[Call], levels: Collection[str], missing: Found) -> list[Found]:
    """Differentiate all calls together.

    A missing derivative is a reason for a single call, and an error for several.
    """
    asked = [level for level in ("vjp", "hvp", "jvp", WITH_GRAPH) if level in levels]
    primals = [[item.clone().requires_grad_() if asked else item for item in call.inputs] for call in calls]
    try:
        # clones: a function may write to its inputs, which autograd leaves do not allow
        outputs = [
            call.function(*(item.clone() for item in moving)) for call, moving in zip(calls, primals, strict=True)
        ]
    except RuntimeError as error:  # it has a value, but raises if an input requires grad
        if len(calls) > 1 or not asked:
            raise
        missing = dict.fromkeys(asked, _reason(error))
        outputs = [call.function(*(item.clone() for item in call.inputs)) for call in calls]
    found: list[Found] = [{"value": list(map(numpy, items))} | missing for items in outputs]
    smooth = [at for at, items in enumerate(outputs) if primals[at] and any(item.requires_grad for item in items)]
    for at in set(range(len(calls))) - set(smooth):
        found[at] = found[at] | dict.fromkeys(asked, missing.get("vjp", _NO_GRADIENT))
    if not smooth:
        return found
    some = [(calls[at], primals[at], outputs[at]) for at in smooth]
    for level, results in _levels(some, [level for level in asked if level not in missing]).items():
        for at, items in zip(smooth, results, strict=True):
            found[at][level] = items
    return found


def _levels(
    some: Sequence[tuple[Call, Tensors, Tensors]], levels: Collection[str]
) -> dict[str, Sequence[Arrays | str]]:
    found: dict[str, Sequence[Arrays | str]] = {}
    if "hvp" in levels:
        gradients = _attempted(lambda: _gradients(some, create_graph=True), len(some))
        reasons = [item for item in gradients if isinstance(item, str)]
        seconds = reasons or _attempted(lambda: _second_gradients(some, gradients), len(some))
        found["hvp"] = list(map(_arrays, seconds))
        if WITH_GRAPH in levels:
            found[WITH_GRAPH] = list(map(_arrays, gradients))
    if "vjp" in levels:
        found["vjp"] = [_arrays(i) for i in _attempted(lambda: _gradients(some, create_graph=False), len(some))]
    if "jvp" in levels:
        found["jvp"] = [_arrays(items) for items in _attempted(lambda: _tangents(some), len(some))]
    return found


def _attempted(compute: Callable[[], list[Any]], count: int) -> list[Any]:
    try:
        return compute()
    except (NotImplementedError, RuntimeError, IndexError) as error:  # some gradients reject a negative index
        if count > 1:
            raise RuntimeError from error
        return [_reason(error)]


def _arrays(items: Any) -> Arrays | str:
    return items if isinstance(items, str) else list(map(numpy, items))


def _gradients(some: Sequence[tuple[Call, Tensors, Tensors]], *, create_graph: bool) -> list[Tensors]:
    pairs = [
        (out, cotangent.to(out.dtype))
        for call, _, outputs in some
        for out, cotangent in zip(outputs, call.cotangents, strict=True)
        if out.requires_grad
    ]
    return _grad(pairs, [primals for _, primals, _ in some], create_graph=create_graph)


def _second_gradients(some: Sequence[tuple[Call, Tensors, Tensors]], gradients: Sequence[Tensors]) -> list[Tensors]:
    pairs = [
        (gradient, tangent.to(gradient.dtype))
        for (call, _, _), items in zip(some, gradients, strict=True)
        for gradient, tangent in zip(items, call.tangents, strict=True)
        if gradient.requires_grad
    ]
    primals = [primals for _, primals, _ in some]
    if not pairs:
        return [list(map(torch.zeros_like, items)) for items in primals]
    return _grad(pairs, primals, create_graph=False)


def _grad(
    pairs: Sequence[tuple[torch.Tensor, torch.Tensor]], primals: Sequence[Tensors], *, create_graph: bool
) -> list[Tensors]:
    """Return the gradients for each list of primals, all in one backward pass."""
    outputs, cotangents = zip(*pairs, strict=True)
    flat = [item for items in primals for item in items]
    gradients = iter(
        torch.autograd.grad(
            outputs,
            flat,
            cotangents,
            retain_graph=True,  # the graph is needed again for the second derivative and forward mode
            create_graph=create_graph,
            allow_unused=True,
            materialize_grads=True,
        )
    )
    return [[next(gradients) for _ in items] for items in primals]


def _tangents(some: Sequence[tuple[Call, Tensors, Tensors]]) -> list[Tensors]:
    forward = torch.autograd.forward_ad
    with forward.dual_level():
        found = []
        for call, _, values in some:
            duals = [
                forward.make_dual(x.clone(), t.to(x.dtype)) for x, t in zip(call.inputs, call.tangents, strict=True)
            ]
            parts = [forward.unpack_dual(item) for item in call.function(*duals)]
            # some rules (prod with a dtype, var) return a tangent of another dtype than the value
            found.append(
                [
                    (torch.zeros_like(part.primal) if part.tangent is None else part.tangent).to(value.dtype)
                    for part, value in zip(parts, values, strict=True)
                ]
            )
        return found


def without_gradient(function: Callable[..., Tensors], inputs: Tensors) -> dict[int, str]:
    """Return the inputs that PyTorch cannot differentiate the function for, each with PyTorch's reason."""

    def reason(moving: Collection[int]) -> str:
        given = [item.clone().requires_grad_(at in moving) for at, item in enumerate(inputs)]
        error = outcome(lambda: function(*(item.clone() for item in given)))[1]
        return "" if error is None else _reason(error)

    if not reason(range(len(inputs))):
        return {}
    reasons = {at: reason([at]) for at in range(len(inputs))}
    # if no single input is the cause, return nothing: the levels report the reason
    return {at: why for at, why in reasons.items() if why}


@contextlib.contextmanager
def as_by_default() -> Iterator[None]:
    """Run a block with PyTorch's default settings: gradients recorded, float32, on the CPU."""
    before = torch.get_default_dtype()
    # a device context slows every call: use it only if another default device was set
    device = contextlib.nullcontext() if torch.get_default_device().type == "cpu" else torch.device("cpu")
    with torch.inference_mode(False), torch.enable_grad(), torch.autocast("cpu", enabled=False), device:
        torch.set_default_dtype(torch.float32)
        try:
            yield
        finally:
            torch.set_default_dtype(before)


class _Recorded(TorchDispatchMode):
    """A dispatch mode that records the names of the operations that run."""

    def __init__(self) -> None:
        super().__init__()
        self.names: set[str] = set()

    @classmethod
    def _should_skip_dynamo(cls) -> bool:
        return False  # else PyTorch imports its compiler, which takes two seconds

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        """Return the operation's result, and record its name."""
        self.names.add(str(func).removeprefix("aten."))
        return func(*args, **(kwargs or {}))


def operations(call: Callable[[], Any]) -> frozenset[str]:
    """Return the names of the operations that a call runs, with their overloads: `topk.default`."""
    with _Recorded() as recorded:
        call()
    return frozenset(recorded.names)


def _reason(error: Exception) -> str:
    return str(error).split("\n")[0]


def is_like(make: Callable[[], Any], module: torch.nn.Module) -> bool:
    """Return whether a call makes a module that the state of `module` can be loaded into.

    The random state is restored.
    """
    with torch.random.fork_rng(devices=[]):
        try:
            made = make()
        except Exception:  # any error of the class's constructor
            return False
    shapes = [{key: (item.shape, item.dtype) for key, item in one.state_dict().items()} for one in (made, module)]
    return shapes[0] == shapes[1] and repr(made) == repr(module)


def is_tensor(value: Any) -> bool:
    """Return whether a value is a tensor."""
    return isinstance(value, torch.Tensor)


def is_dtype(value: Any) -> bool:
    """Return whether a value is one of torch's dtypes."""
    return isinstance(value, torch.dtype)


def elementwise(function: Callable[..., Any], values: Any, *, derivative: bool) -> tuple[torch.Tensor, ...]:
    """Return an elementwise function's value and, on request, its first derivative. `values` are shared by DLPack.

    Raises: RuntimeError where torch has no derivative; any error of the function.
    """
    primal = torch.from_dlpack(values)
    if not derivative:
        with torch.no_grad():
            return (function(primal),)
    primal = primal.detach().requires_grad_()
    with torch.enable_grad():
        value = function(primal)
        # a cotangent of ones gives each element's own derivative: the function is elementwise
        (slope,) = torch.autograd.grad(value, primal, torch.ones_like(value))
    return value.detach(), slope.detach()


def elementwise_float64(function: Callable[..., Any], values: np.ndarray, *, derivative: bool) -> Arrays:
    """Return the results of `elementwise` for the values in float64, as arrays."""
    with np.errstate(invalid="ignore"):  # a signalling NaN
        wide = values.astype(np.float64)
    return [item.numpy() for item in elementwise(function, wide, derivative=derivative)]


def draws(sampler: Callable[..., torch.Tensor], count: int, seed: int, takes_generator: bool) -> np.ndarray:
    """Return draws of a sampler, stacked. torch's random state is as before.

    A sampler that takes a generator gets one; the global generator has the same seed.
    """
    generator = torch.Generator().manual_seed(seed)
    args = (generator,) if takes_generator else ()
    with torch.random.fork_rng(), torch.no_grad(), threads_for(0):
        torch.manual_seed(seed)
        # a copy of each: a sampler may fill the same tensor again and again
        return numpy(torch.stack([sampler(*args).detach().clone() for _ in range(count)]))
