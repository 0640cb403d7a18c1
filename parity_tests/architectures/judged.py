"""One architecture in one mode: converted, proven, and written as source. Begin with `judged`."""

import copy
import functools
import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from unittest import mock

import jax
import jax.numpy as jnp
import numpy as np
import torch
from torch.utils import _pytree

import jaxfun as jf
from jaxfun.convert import conversion
from jaxfun.convert.proof.prove import prove
from jaxfun.convert.rules import random_calls
from jaxfun.convert.run import names_in
from jaxfun.convert.source.check import check_source, in_words
from jaxfun.convert.trees import flatten
from jaxfun.core.errors import ConversionError
from jaxfun.parity.run import torch_side
from jaxfun.parity.run.outcome import outcome

from .models import Example

Progress = Callable[[str, int, int], None]
EVALUATION, TRAINING = "evaluation", "training"
AGREES, DIFFERS, FAILS = "agrees", "DIFFERS", "FAILS"
_SECONDS = 600.0  # for a proof: on a busy machine too it is to leave nothing out
_ROUNDING = 1e-5  # of the largest number


@dataclass(frozen=True)
class Row:
    """What came of one architecture in one mode.

    Errors are the largest one, beside PyTorch in float64, relative to the largest number; `torchs_...` are PyTorch's
    own in float32. None stands for what was not measured.
    """

    name: str
    mode: str
    verdict: str = FAILS
    parameters: int = 0
    calls: int = 0
    operators: int = 0
    alone: int = 0  # calls that agree alone
    sizes: str = "batch"  # the dynamic sizes
    value: float | None = None
    torchs_value: float | None = None
    gradient: float | None = None
    torchs_gradient: float | None = None
    buffers: int = 0  # that the model overwrites
    is_random: bool = False
    faults: str = ""  # how many of the planted faults were found
    source_lines: int | None = None
    source_agrees: bool | None = None  # with the port
    seconds: float = 0.0
    note: str = ""


def judged(name: str, example: Example, mode: str, with_source: bool, progress: Progress) -> Row:
    """Return the row of an architecture. What fails is a row too, with the error as its note."""
    began = time.perf_counter()
    try:
        port, sizes = _converted(example, mode, progress)
        found = _compared(name, mode, sizes, port, example, with_source)
    except Exception as error:  # of any kind: the other architectures are to be judged too
        text = str(error).strip().splitlines() or [""]
        found = {"name": name, "mode": mode, "note": f"{type(error).__name__}: {text[0]}"}
    return Row(**found, seconds=round(time.perf_counter() - began, 1))


def _converted(example: Example, mode: str, progress: Progress) -> tuple[jf.Port, str]:
    """Return the proven port and its dynamic sizes: the batch, or none where the model fixes it."""
    module = copy.deepcopy(example.module)  # training changes buffers

    def port(*sizes: str) -> jf.Port:
        return jf.from_torch(
            module, example.args, example.kwargs, dynamic=sizes, train=mode == TRAINING, progress=progress
        )

    with mock.patch.object(conversion, "proved", functools.partial(prove, seconds=_SECONDS)):
        try:
            return port("batch"), "batch"
        except ConversionError:
            return port(), ""


def _compared(name: str, mode: str, sizes: str, port: jf.Port, example: Example, with_source: bool) -> dict[str, Any]:
    """Return the fields of a row for a port."""
    report = port.report
    assert report is not None
    value, torchs_value = _value_errors(port)
    is_random = bool(random_calls(port.plan))
    gradient, torchs_gradient, kink = (None, None, "") if is_random else _gradient_errors(port, example, mode)
    lines, source_agrees, note = _of_source(port) if with_source else (None, None, "")
    is_near_all = is_near(value, torchs_value) and is_near(gradient, torchs_gradient) and source_agrees is not False
    is_right = report.ok and all(fault.is_found for fault in report.faults) and is_near_all
    wrong = [] if report.ok else [f"{call.target} at {call.place}" for call in [report.first_difference] if call]
    return {
        **{"name": name, "mode": mode, "verdict": AGREES if is_right else DIFFERS, "sizes": sizes},
        "parameters": sum(each.size for each in port.params.values()),
        **{"calls": len(report.calls), "operators": len({call.target for call in report.calls})},
        "alone": sum(call.answer == "agrees" for call in report.calls),
        **{"value": value, "torchs_value": torchs_value},
        **{"gradient": gradient, "torchs_gradient": torchs_gradient},
        **{"buffers": len(port.plan.new_buffers), "is_random": is_random},
        "faults": f"{sum(fault.is_found for fault in report.faults)}/{len(report.faults)}",
        **{
            "source_lines": lines,
            "source_agrees": source_agrees,
            "note": "; ".join([*wrong, *report.notes, *filter(None, [kink, note])]),
        },
    }


def _value_errors(port: jf.Port) -> tuple[float | None, float | None]:
    """Return the port's error and PyTorch's own, in the results and in the new buffers."""
    assert port.report is not None
    outputs = {*names_in(port.plan.graph.outputs)}
    calls = [call for call in port.report.calls if call.name in outputs]
    return _worst([call.inside for call in calls]), _worst([call.torchs for call in calls])


def _worst(errors: Sequence[float]) -> float | None:
    return max((error for error in errors if not math.isnan(error)), default=None)


# The gradient of every parameter along one random direction.


class _Gradients:
    """The gradients of the port and of PyTorch's module in a mode, for arguments of the example's shapes."""

    def __init__(self, port: jf.Port, example: Example, mode: str) -> None:
        self.port, self.module, self.mode = port, example.module, mode
        self.ours = jax.jit(jax.grad(self._loss))

    def _loss(self, params: Any, args: Any, kwargs: Any, along: dict[int, Any]) -> Any:
        result = self.port(params, *args, **kwargs)
        result = result[0] if self.port.plan.returns_more else result
        leaves = [leaf for _, leaf in flatten(self.port.plan.result_tree, result)]
        return sum(jnp.sum(leaves[at] * each) for at, each in along.items())

    def errors(self, args: Any, kwargs: Any) -> tuple[float, float | None]:
        """Return the port's error and PyTorch's own.

        Code with a dtype of its own does not run in float64: then the error is that beside PyTorch in float32.
        """
        example = Example(self.module, args, kwargs)
        along, plain = _torchs_gradients(example, self.mode, torch.float32, {})
        wide, error = outcome(lambda: _torchs_gradients(example, self.mode, torch.float64, along)[1])
        exact = plain if error else wide
        ours = self.ours(self.port.params, *arrays_of(example), along)
        largest = max(float(np.abs(each).max(initial=0)) for each in exact.values())
        mine, own = (
            max(float(np.abs(np.asarray(found[name], float) - each).max(initial=0)) for name, each in exact.items())
            for found in (ours, plain)
        )
        return mine / largest, None if error else own / largest


def _gradient_errors(port: jf.Port, example: Example, mode: str) -> tuple[float, float | None, str]:
    """Return the port's error and PyTorch's own in the gradients of all parameters, and a note.

    Where a ReLU's input is 0 but for rounding, float32 decides its gradient by chance, and the whole gradient is off.
    So where the example shows no agreement, the median of three inputs counts.
    """
    gradients = _Gradients(port, example, mode)
    first = gradients.errors(example.args, example.kwargs)
    if is_near(*first):
        return *first, ""
    torch.manual_seed(1)
    others = [_pytree.tree_map(_another, (example.args, example.kwargs)) for _ in range(2)]
    median, own = sorted([first, *(gradients.errors(*each) for each in others)], key=lambda pair: pair[0])[1]
    return median, own, f"the gradient is the median of three inputs: at the example it is off by {first[0]:.0e}"


def is_near(error: float | None, torchs: float | None) -> bool:
    """Return whether an error is small, or about PyTorch's own."""
    return error is None or error <= _ROUNDING + 8 * (torchs or 0.0)


def _another(leaf: Any) -> Any:
    """Return other numbers of a leaf's shape."""
    return torch.randn_like(leaf) if _is_float(leaf) else leaf.flip(-1) if torch_side.is_tensor(leaf) else leaf


def _torchs_gradients(
    example: Example, mode: str, dtype: torch.dtype, along: dict[int, np.ndarray]
) -> tuple[dict[int, np.ndarray], dict[str, np.ndarray]]:
    """Return a direction for each result of floats, drawn if there is none, and PyTorch's gradients along them."""
    module = copy.deepcopy(example.module).train(mode == TRAINING).to(dtype)
    args, kwargs = _pytree.tree_map(lambda each: _of_dtype(each, dtype), (example.args, example.kwargs))
    leaves = [*_pytree.tree_leaves(module(*args, **kwargs))]
    floats = {at: each for at, each in enumerate(leaves) if _is_float(each)}
    rng = np.random.default_rng(0)
    along = along or {at: rng.standard_normal(each.shape).astype(np.float32) for at, each in floats.items()}
    loss = sum((each * torch.tensor(along[at]).to(dtype)).sum() for at, each in floats.items())
    assert isinstance(loss, torch.Tensor)
    named = {name: each for name, each in module.named_parameters() if each.requires_grad}
    found = torch.autograd.grad(loss, [*named.values()], allow_unused=True)
    pairs = zip(named.items(), found, strict=True)
    zeros = {name: np.zeros(each.shape) if grad is None else torch_side.numpy(grad) for (name, each), grad in pairs}
    return along, zeros


def _is_float(leaf: Any) -> bool:
    return torch_side.is_tensor(leaf) and leaf.is_floating_point()


def _of_dtype(leaf: Any, dtype: torch.dtype) -> Any:
    return leaf.to(dtype) if _is_float(leaf) else leaf


def arrays_of(example: Example) -> tuple[tuple[Any, ...], dict[str, Any]]:
    """Return the arguments as JAX's arrays."""
    return _pytree.tree_map(
        lambda each: jnp.asarray(torch_side.numpy(each)) if torch_side.is_tensor(each) else each,
        (example.args, example.kwargs),
    )


# The port as source.


def _of_source(port: jf.Port) -> tuple[int | None, bool | None, str]:
    """Return the lines of the source, whether it agrees with the port, and why there is none."""
    try:
        text = port.source()
    except ConversionError as error:
        return None, None, f"no source: {error.expected}"
    checked = check_source(port, text)
    agrees = all(each.ok for each in checked)
    return len(text.splitlines()), agrees, "" if agrees else f"the source {in_words(checked)}"
