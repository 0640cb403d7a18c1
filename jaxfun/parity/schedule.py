"""`parity.schedule`: compare a learning rate schedule with one of torch.optim.lr_scheduler, step by step."""

import time
from collections.abc import Callable, Iterator
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from ..core.errors import ArgumentTypeError, ArgumentValueError, describe
from ..core.public import public
from .report.steps import Parting, StepsReport
from .run import torch_optim
from .run.isolation import isolated
from .script.describe import describe_function

# a schedule in float32, as optax's are, has seven digits; 40 factors of a product have as many roundings
RTOL = 2e-5


@public(name="parity.schedule", runs_callbacks=True)
def schedule(
    optax_schedule: Callable[[Any], Any], torch_scheduler: Any, steps: int = 200, *, rtol: float = RTOL
) -> StepsReport:
    """Compare a schedule (a function from the step to the learning rate) with a torch scheduler.

    `torch_scheduler` is a scheduler as it was made, which is copied, or a function that makes one. Its rate of a step
    is the one that the optimiser would use: the first before any `scheduler.step()`. Rates agree if they differ by at
    most `rtol` of the largest rate. `looks_like` says what relation holds, found by trying: a rate one step late or
    early, a constant factor, one step of the other schedule for several of this.

    Raises: ArgumentTypeError and ArgumentValueError for invalid arguments.

    >>> import optax, torch
    >>> from jaxfun import parity
    >>> def scheduler() -> torch.optim.lr_scheduler.StepLR:
    ...     optimizer = torch.optim.SGD([torch.zeros(1)], lr=0.5)
    ...     return torch.optim.lr_scheduler.StepLR(optimizer, step_size=10, gamma=0.5)
    >>> parity.schedule(optax.exponential_decay(0.5, 10, 0.5, staircase=True), scheduler).ok
    True
    >>> print(parity.schedule(optax.linear_schedule(0.5, 0.0, 10), scheduler).first_divergence)
    in step 2, lr is 0.45, the reference has 0.5
    """
    if not callable(optax_schedule):
        raise ArgumentTypeError("`optax_schedule` to be a function of the step", describe(optax_schedule))
    if not hasattr(torch_scheduler, "step") and not callable(torch_scheduler):
        raise ArgumentTypeError("`torch_scheduler` to be a scheduler, or to make one", describe(torch_scheduler))
    if not isinstance(steps, int) or steps < 1:
        raise ArgumentValueError("`steps` to be 1 or more", describe(steps))
    began = time.perf_counter()
    with isolated(), jax.numpy_dtype_promotion("standard"):
        theirs = torch_optim.rates(torch_scheduler, steps)
        ours = _rates(optax_schedule, steps)
    report = StepsReport(describe_function(optax_schedule), torch_optim.name_of(torch_scheduler), steps)
    _compare(report, ours, theirs, rtol)
    report.seconds = time.perf_counter() - began
    return report


def _rates(schedule: Callable[[Any], Any], steps: int) -> np.ndarray:
    return np.array([float(schedule(jnp.asarray(step))) for step in range(steps)])


def _compare(report: StepsReport, ours: np.ndarray, theirs: np.ndarray, rtol: float) -> None:
    allowed = rtol * np.abs(theirs).max(initial=0.0)
    wrong = ~(np.abs(ours - theirs) <= allowed)
    report.agreeing["lr"] = f"agrees in {int((~wrong).sum()):,} of {len(wrong):,} steps"
    if wrong.any():
        at = int(np.argmax(wrong))
        report.failures.append(Parting(at + 1, "lr", (), float(ours[at]), float(theirs[at])))
        report.looks_like = [*_relations(ours, theirs, allowed, wrong)]


def _relations(ours: np.ndarray, theirs: np.ndarray, allowed: float, wrong: np.ndarray) -> Iterator[str]:
    """Yield the relations that hold between all rates of both sides."""

    def holds(one: np.ndarray, other: np.ndarray) -> bool:
        return len(one) > 1 and bool((np.abs(one - other) <= allowed).all())

    for shift in (1, 2, -1, -2):
        late = shift > 0
        one, other = (ours[shift:], theirs[:-shift]) if late else (ours[:shift], theirs[-shift:])
        if holds(one, other):
            steps = f"{abs(shift)} step{'s' * (abs(shift) > 1)}"
            yield f"the rates of the reference, {steps} {'late' if late else 'early'}"
            return
    with np.errstate(all="ignore"):
        factor = float(np.median((ours / theirs)[theirs != 0])) if (theirs != 0).any() else 1.0
    if holds(ours, factor * theirs):
        yield f"{factor:.6g} times the reference in every step"
        return
    offset = float(np.median(ours - theirs))
    if holds(ours, theirs + offset):
        yield f"the reference plus {offset:.6g} in every step"
        return
    for every in range(2, len(ours) // 2):
        slow = theirs[np.arange(len(ours)) // every]
        if holds(ours, slow):
            yield f"one step of the reference for each {every}: the reference counts steps, the candidate epochs"
            return
        if holds(ours[: len(theirs) // every], theirs[::every][: len(theirs) // every]):
            yield f"{every} steps of the reference for each one: the reference counts epochs, the candidate steps"
            return
    places = np.flatnonzero(wrong) + 1
    if len(places) <= max(3, len(ours) // 20):
        yield f"the reference but for steps {', '.join(map(str, places))}"
