"""`parity.training`: compare a whole training step in JAX with one in PyTorch, batch by batch."""

import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

import jax
import numpy as np

from ..core.errors import ArgumentTypeError, ArgumentValueError, describe
from ..core.public import public
from .report.steps import Parting, StepsReport
from .run.isolation import isolated
from .run.results import plain
from .run.torch_side import is_tensor, numpy
from .script.describe import describe_function

ORDER = ("loss", "gradients", "update", "params", "state")
# of the largest number of a quantity, in its first step; rounding differences grow with the steps
RTOL = {"float64": 1e-10, "float32": 1e-4, "float16": 1e-2, "bfloat16": 5e-2}


@public(name="parity.training", runs_callbacks=True)
def training(
    step: Callable[..., Any],
    torch_step: Callable[..., Any],
    params: Any,
    batches: Iterable[Any],
    *,
    rtol: float | None = None,
) -> StepsReport:
    """Compare training steps: the loss, the gradients, the update and the state of every step, in this order.

    `step(params, batch)` returns the new `params` (whatever the step carries: parameters, optimiser state, batch
    statistics) and a dict of what it made. `torch_step(batch)` trains its own model and returns such a dict. The names
    in them are the caller's; `loss`, `gradients`, `update`, `params` and `state` are compared in this order, others
    after them. The values are arrays, tensors, or nested dicts and lists of them with the same names on both sides.
    A batch is a pytree of NumPy arrays, given to both.

    A number agrees if it differs by at most `rtol` of the largest number of its array: 1e-4 in float32 and 1e-10 in
    float64 by default. Errors grow from step to step in any training: the report has the error of the first and of
    the last step, and the first divergence tells a mistake of its own from what follows from it.

    Raises: ArgumentTypeError and ArgumentValueError for invalid arguments and results.

    >>> import jax, numpy as np, torch
    >>> from jaxfun import parity
    >>> weight = torch.zeros(2, requires_grad=True)
    >>> optimizer = torch.optim.SGD([weight], lr=0.1)
    >>> def torch_step(batch: np.ndarray) -> dict[str, torch.Tensor]:
    ...     optimizer.zero_grad()
    ...     loss = ((weight - torch.tensor(batch)) ** 2).sum()
    ...     loss.backward()
    ...     optimizer.step()
    ...     return {"loss": loss, "gradients": weight.grad, "params": weight}
    >>> def step(w: jax.Array, batch: np.ndarray) -> tuple[jax.Array, dict[str, jax.Array]]:
    ...     loss, grad = jax.value_and_grad(lambda w: ((w - batch) ** 2).sum())(w)
    ...     w = w - 0.05 * grad
    ...     return w, {"loss": loss, "gradients": grad, "params": w}
    >>> report = parity.training(step, torch_step, np.zeros(2, np.float32), [np.ones(2, np.float32)] * 3)
    >>> print(report.first_divergence)
    in step 1, params[0] is 0.1, the reference has 0.2
    """
    for name, function in {"step": step, "torch_step": torch_step}.items():
        if not callable(function):
            raise ArgumentTypeError(f"`{name}` to be a function", describe(function))
    began = time.perf_counter()
    report = StepsReport(describe_function(step), describe_function(torch_step))
    errors: dict[str, list[float]] = {}
    with isolated():
        for at, batch in enumerate(batches):
            params, made = _stepped(step, params, batch)
            theirs = _named("torch_step", torch_step(batch))
            report.steps = at + 1
            for name, ours, other in _pairs(made, theirs):
                part = _parting(at + 1, name, ours, other, rtol)
                errors.setdefault(name, []).append(_error(ours, other))
                if part is not None and not report.failures:
                    report.failures.append(part)
    report.agreeing = {name: _told(found) for name, found in errors.items()}
    if not report.steps:
        report.notes.append("there was no batch")
    report.seconds = time.perf_counter() - began
    return report


def _stepped(step: Callable[..., Any], params: Any, batch: Any) -> tuple[Any, dict[str, dict[str, np.ndarray]]]:
    result = step(params, batch)
    if not isinstance(result, tuple) or len(result) != 2:
        raise ArgumentTypeError("`step` to return (params, dict)", describe(result))
    return result[0], _named("step", result[1])


def _named(function: str, made: Any) -> dict[str, dict[str, np.ndarray]]:
    """Return the arrays of a step's dict: by quantity, then by their path in it."""
    if not isinstance(made, Mapping):
        raise ArgumentTypeError(f"`{function}` to return a dict of quantities", describe(made))
    return {str(name): dict(_leaves(value)) for name, value in made.items()}


def _leaves(value: Any) -> Iterator[tuple[str, np.ndarray]]:
    for path, leaf in jax.tree_util.tree_leaves_with_path(plain(value)):
        name = jax.tree_util.keystr(path, simple=True, separator=".")
        yield name, numpy(leaf) if is_tensor(leaf) else np.asarray(leaf)


def _pairs(ours: Mapping[str, Any], theirs: Mapping[str, Any]) -> Iterator[tuple[str, np.ndarray, np.ndarray]]:
    """Yield the arrays of both sides with their names, in the order of a training step.

    Raises: ArgumentValueError for a name that one side alone has.
    """
    _same_names("quantities", ours, theirs)
    for quantity in sorted(ours, key=lambda name: ORDER.index(name) if name in ORDER else len(ORDER)):
        one, other = ours[quantity], theirs[quantity]
        _same_names(quantity, one, other)
        yield from ((f"{quantity}.{name}".rstrip("."), one[name], other[name]) for name in other)


def _same_names(what: str, ours: Mapping[str, Any], theirs: Mapping[str, Any]) -> None:
    if {*ours} != {*theirs}:
        raise ArgumentValueError(f"the same names of {what} on both sides", f"{sorted(ours)} and {sorted(theirs)}")


def _parting(step: int, name: str, ours: np.ndarray, theirs: np.ndarray, rtol: float | None) -> Parting | None:
    if ours.shape != theirs.shape:
        raise ArgumentValueError(f"`{name}` of one shape on both sides", f"{describe(ours)} and {describe(theirs)}")
    narrow = min((str(side.dtype) for side in (ours, theirs)), key=lambda dtype: -RTOL.get(dtype, 0))
    bound = RTOL.get(narrow, 0.0) if rtol is None else rtol
    wide = [np.asarray(side, np.float64) for side in (ours, theirs)]
    with np.errstate(all="ignore"):
        off = np.abs(wide[0] - wide[1])
        finite = np.abs(wide[1][np.isfinite(wide[1])])
        allowed = bound * float(finite.max(initial=0.0))
        same = (wide[0] == wide[1]) | (np.isnan(wide[0]) & np.isnan(wide[1])) | (off <= allowed)
    if same.all():
        return None
    # where one side alone is NaN the difference is NaN, which argmax would prefer to every number
    index = tuple(int(i) for i in np.unravel_index(int(np.argmax(np.where(same, -1, np.nan_to_num(off)))), off.shape))
    return Parting(step, name, index, float(wide[0][index]), float(wide[1][index]))


def _error(ours: np.ndarray, theirs: np.ndarray) -> float:
    """Return the largest error, relative to the largest number."""
    with np.errstate(all="ignore"):
        off = np.abs(np.asarray(ours, np.float64) - np.asarray(theirs, np.float64))
        largest = np.abs(np.asarray(theirs, np.float64)).max(initial=0.0)
    return float(off.max(initial=0.0) / largest) if largest else float(off.max(initial=0.0))


def _told(errors: list[float]) -> str:
    return f"error {errors[0]:.1e} in the first step, {errors[-1]:.1e} in the last, {max(errors):.1e} at most"
