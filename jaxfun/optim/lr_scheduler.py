"""torch.optim.lr_scheduler: learning rates as pure functions of the step, which counts from 0.

Each function takes the learning rate and torch's arguments, and returns a schedule: any optimiser of `jaxfun.optim` and
of optax takes it as its learning rate. A schedule has the value that torch's scheduler leaves in the optimiser after
`step` calls of `scheduler.step()`. Only `reduce_on_plateau` depends on more than the step: it has a state.
"""

import math
from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp

from ..core.errors import ArgumentValueError, describe
from ..core.numbers import is_traced
from ..core.public import public
from .hyperparameters import float_dtype

Schedule = Callable[[Any], jax.Array]


def _schedule(value: Callable[[jax.Array], Any]) -> Schedule:
    """Make a schedule of a function from the step, as a floating point number, to the learning rate."""
    return lambda step: jnp.asarray(value(jnp.asarray(step).astype(float_dtype())), float_dtype())


@public(name="optim.lr_scheduler.lambda_", runs_callbacks=True)
def lambda_(lr: float, lr_lambda: Callable[[Any], Any]) -> Schedule:
    """Make a schedule that multiplies the learning rate by a function of the step.

    The step is traced under `jit`, so that `lr_lambda` uses `jnp.where` and `jnp.minimum` in place of `if` and `min`.

    Torch: torch.optim.lr_scheduler.LambdaLR

    >>> import jax.numpy as jnp, jaxfun as jf
    >>> warmup = jf.optim.lr_scheduler.lambda_(0.5, lambda step: jnp.minimum(1.0, step / 2))
    >>> [float(warmup(step)) for step in range(4)]
    [0.0, 0.25, 0.5, 0.5]
    """
    return lambda step: jnp.asarray(lr * _factor(lr_lambda, jnp.asarray(step)), float_dtype())


def _factor(lr_lambda: Callable[[Any], Any], step: jax.Array) -> jax.Array:
    with jax.numpy_dtype_promotion("standard"):  # the step is an integer, the factor a floating point number
        return jnp.asarray(lr_lambda(step), float_dtype())


@public(name="optim.lr_scheduler.multiplicative", runs_callbacks=True)
def multiplicative(lr: float, lr_lambda: Callable[[Any], Any]) -> Schedule:
    """Make a schedule that multiplies the learning rate at every step, from step 1 on, by a function of that step.

    A call multiplies the factors of all steps before; `lambda_` with their product costs less.

    Torch: torch.optim.lr_scheduler.MultiplicativeLR

    >>> import jaxfun as jf
    >>> schedule = jf.optim.lr_scheduler.multiplicative(1.0, lambda step: 1 / (step + 1))
    >>> [round(float(schedule(step)), 4) for step in range(4)]
    [1.0, 0.5, 0.1667, 0.0417]
    """

    def product(step: Any) -> jax.Array:
        first = jnp.asarray(lr, float_dtype())
        return jax.lax.fori_loop(1, step + 1, lambda at, rate: rate * _factor(lr_lambda, at), first)

    return lambda step: product(jnp.asarray(step))


@public(name="optim.lr_scheduler.step")
def step(lr: float, step_size: int, gamma: float = 0.1) -> Schedule:
    """Make a schedule that multiplies the learning rate by `gamma` every `step_size` steps.

    Torch: torch.optim.lr_scheduler.StepLR

    >>> import jaxfun as jf
    >>> schedule = jf.optim.lr_scheduler.step(0.5, step_size=2, gamma=0.5)
    >>> [float(schedule(step)) for step in range(5)]
    [0.5, 0.5, 0.25, 0.25, 0.125]
    """
    return _schedule(lambda at: lr * jnp.power(gamma, at // step_size))


@public(name="optim.lr_scheduler.multistep")
def multistep(lr: float, milestones: Iterable[int], gamma: float = 0.1) -> Schedule:
    """Make a schedule that multiplies the learning rate by `gamma` at each milestone, twice if it is there twice.

    Torch: torch.optim.lr_scheduler.MultiStepLR

    >>> import jaxfun as jf
    >>> schedule = jf.optim.lr_scheduler.multistep(0.5, [1, 3], gamma=0.5)
    >>> [float(schedule(step)) for step in range(5)]
    [0.5, 0.25, 0.25, 0.125, 0.125]
    """
    places = sorted(place for place in milestones if place >= 0)  # torch never comes to one below 0
    return _schedule(lambda at: lr * jnp.power(gamma, _count(places, at)))


def _count(places: Sequence[int], at: jax.Array) -> jax.Array:
    return jnp.sum(jnp.asarray(places, at.dtype) <= at).astype(at.dtype)


@public(name="optim.lr_scheduler.constant")
def constant(lr: float, factor: float = 1.0 / 3, total_iters: int = 5) -> Schedule:
    """Make a schedule that multiplies the learning rate by `factor` until step `total_iters`.

    With `total_iters=0` the factor stays, as in torch.

    Raises: ArgumentValueError unless `factor` is in [0, 1].
    Torch: torch.optim.lr_scheduler.ConstantLR

    >>> import jaxfun as jf
    >>> schedule = jf.optim.lr_scheduler.constant(1.0, factor=0.5, total_iters=2)
    >>> [float(schedule(step)) for step in range(4)]
    [0.5, 0.5, 1.0, 1.0]
    """
    if factor > 1 or factor < 0:
        raise ArgumentValueError("`factor` in [0, 1]", describe(factor))
    until = total_iters if total_iters > 0 else math.inf
    return _schedule(lambda at: lr * jnp.where(at < until, factor, 1.0))


@public(name="optim.lr_scheduler.linear")
def linear(lr: float, start_factor: float = 1.0 / 3, end_factor: float = 1.0, total_iters: int = 5) -> Schedule:
    """Make a schedule whose factor moves from `start_factor` to `end_factor` in `total_iters` equal steps.

    Raises: ArgumentValueError unless `start_factor` is in (0, 1] and `end_factor` in [0, 1].
    Torch: torch.optim.lr_scheduler.LinearLR

    >>> import jaxfun as jf
    >>> schedule = jf.optim.lr_scheduler.linear(1.0, start_factor=0.5, total_iters=2)
    >>> [float(schedule(step)) for step in range(4)]
    [0.5, 0.75, 1.0, 1.0]
    """
    if start_factor > 1 or start_factor <= 0:
        raise ArgumentValueError("`start_factor` in (0, 1]", describe(start_factor))
    if end_factor > 1 or end_factor < 0:
        raise ArgumentValueError("`end_factor` in [0, 1]", describe(end_factor))
    return _schedule(lambda at: lr * (start_factor + (end_factor - start_factor) * _part(at, total_iters)))


def _part(at: jax.Array, total_iters: int) -> jax.Array:
    """Return which part of `total_iters` steps is done."""
    return jnp.minimum(at, total_iters) / total_iters if total_iters else jnp.zeros_like(at)


@public(name="optim.lr_scheduler.exponential")
def exponential(lr: float, gamma: float) -> Schedule:
    """Make a schedule that multiplies the learning rate by `gamma` at every step.

    Torch: torch.optim.lr_scheduler.ExponentialLR

    >>> import jaxfun as jf
    >>> schedule = jf.optim.lr_scheduler.exponential(1.0, gamma=0.5)
    >>> [float(schedule(step)) for step in range(4)]
    [1.0, 0.5, 0.25, 0.125]
    """
    return _schedule(lambda at: lr * jnp.power(gamma, at))


@public(name="optim.lr_scheduler.polynomial")
def polynomial(lr: float, total_iters: int = 5, power: float = 1.0) -> Schedule:
    """Make a schedule that falls to 0 in `total_iters` steps: lr * (1 - step / total_iters)**power.

    Torch: torch.optim.lr_scheduler.PolynomialLR

    >>> import jaxfun as jf
    >>> schedule = jf.optim.lr_scheduler.polynomial(1.0, total_iters=4, power=2)
    >>> [float(schedule(step)) for step in range(6)]
    [1.0, 0.5625, 0.25, 0.0625, 0.0, 0.0]
    """
    return _schedule(lambda at: lr * jnp.power(1 - _part(at, total_iters), float(power)))


@public(name="optim.lr_scheduler.cosine")
def cosine(lr: float, T_max: int, eta_min: float = 0.0) -> Schedule:
    """Make a schedule that follows a cosine from the learning rate to `eta_min` in `T_max` steps, and back.

    Torch: torch.optim.lr_scheduler.CosineAnnealingLR

    >>> import jaxfun as jf
    >>> schedule = jf.optim.lr_scheduler.cosine(1.0, T_max=2)
    >>> [round(float(schedule(step)), 4) for step in range(5)]
    [1.0, 0.5, 0.0, 0.5, 1.0]
    """
    return _schedule(lambda at: _cosine(lr, eta_min, at % (2 * T_max) / T_max))


def _cosine(start: Any, end: Any, part: jax.Array) -> jax.Array:
    return end + (start - end) * (1 + jnp.cos(math.pi * part)) / 2


def _linear(start: Any, end: Any, part: jax.Array) -> jax.Array:
    return start + (end - start) * part


_ANNEALING = {"cos": _cosine, "linear": _linear}


def _annealing(name: str) -> Callable[[Any, Any, jax.Array], jax.Array]:
    if name not in _ANNEALING:
        raise ArgumentValueError("`anneal_strategy` 'cos' or 'linear'", describe(name))
    return _ANNEALING[name]


@public(name="optim.lr_scheduler.warm_restarts")
def warm_restarts(lr: float, T_0: int, T_mult: int = 1, eta_min: float = 0.0) -> Schedule:
    """Make a schedule of falling cosines, each `T_mult` times as long as the one before. The first has `T_0` steps.

    Raises: ArgumentValueError unless `T_0` and `T_mult` are integers, 1 or more.
    Torch: torch.optim.lr_scheduler.CosineAnnealingWarmRestarts

    >>> import jaxfun as jf
    >>> schedule = jf.optim.lr_scheduler.warm_restarts(1.0, T_0=2)
    >>> [round(float(schedule(step)), 4) for step in range(5)]
    [1.0, 0.5, 1.0, 0.5, 1.0]
    """
    _want_count("T_0", T_0)
    _want_count("T_mult", T_mult)

    def value(at: jax.Array) -> jax.Array:
        if T_mult == 1:
            return _cosine(lr, eta_min, at % T_0 / T_0)
        start, length = jax.lax.while_loop(
            lambda cycle: cycle[0] + cycle[1] <= at,
            lambda cycle: (cycle[0] + cycle[1], cycle[1] * T_mult),
            (jnp.zeros_like(at), jnp.full_like(at, T_0)),
        )
        return _cosine(lr, eta_min, (at - start) / length)

    return _schedule(value)


def _want_count(name: str, value: Any, least: int = 1) -> None:
    if not isinstance(value, int) or value < least:
        raise ArgumentValueError(f"`{name}` to be an integer, {least} or more", describe(value))


@public(name="optim.lr_scheduler.one_cycle")
def one_cycle(
    max_lr: float,
    total_steps: int | None = None,
    epochs: int | None = None,
    steps_per_epoch: int | None = None,
    pct_start: float = 0.3,
    anneal_strategy: str = "cos",
    div_factor: float = 25.0,
    final_div_factor: float = 1e4,
    three_phase: bool = False,
) -> Schedule:
    """Make a schedule that rises from max_lr / div_factor to `max_lr`, then falls to its start / final_div_factor.

    torch changes the momentum too: `one_cycle_momentum` is its schedule.

    Raises: ArgumentValueError for arguments out of their range, and for a known step after the last.
    Torch: torch.optim.lr_scheduler.OneCycleLR

    >>> import jaxfun as jf
    >>> schedule = jf.optim.lr_scheduler.one_cycle(1.0, total_steps=10, anneal_strategy="linear", div_factor=4)
    >>> [round(float(schedule(step)), 4) for step in range(4)]
    [0.25, 0.625, 1.0, 0.8571]
    """
    first, last = max_lr / div_factor, max_lr / div_factor / final_div_factor
    numbers = (first, max_lr, first, last) if three_phase else (first, max_lr, last)
    return _phases(numbers, total_steps, epochs, steps_per_epoch, pct_start, anneal_strategy)


@public(name="optim.lr_scheduler.one_cycle_momentum")
def one_cycle_momentum(
    total_steps: int | None = None,
    epochs: int | None = None,
    steps_per_epoch: int | None = None,
    pct_start: float = 0.3,
    anneal_strategy: str = "cos",
    base_momentum: float = 0.85,
    max_momentum: float = 0.95,
    three_phase: bool = False,
) -> Schedule:
    """Make the schedule of the momentum (or of the first beta) that belongs to `one_cycle`.

    `optax.inject_hyperparams(jf.optim.sgd)(lr=..., momentum=...)` takes both.

    Raises: ArgumentValueError for arguments out of their range, and for a known step after the last.
    Torch: torch.optim.lr_scheduler.OneCycleLR

    >>> import jaxfun as jf
    >>> schedule = jf.optim.lr_scheduler.one_cycle_momentum(total_steps=10)
    >>> [round(float(schedule(step)), 4) for step in (0, 2, 9)]
    [0.95, 0.85, 0.95]
    """
    high, low = max_momentum, base_momentum
    numbers = (high, low, high, high) if three_phase else (high, low, high)
    return _phases(numbers, total_steps, epochs, steps_per_epoch, pct_start, anneal_strategy)


def _phases(
    numbers: Sequence[float], total_steps: Any, epochs: Any, steps_per_epoch: Any, pct_start: Any, strategy: str
) -> Schedule:
    """Make the schedule that goes from each number to the next in a phase of its own."""
    total = _total(total_steps, epochs, steps_per_epoch)
    if not isinstance(pct_start, float) or not 0 <= pct_start <= 1:
        raise ArgumentValueError("`pct_start` to be a float in [0, 1]", describe(pct_start))
    anneal = _annealing(strategy)
    ends = [0.0, *(pct_start * phase * total - phase for phase in range(1, len(numbers) - 1)), total - 1.0]

    def value(at: jax.Array) -> jax.Array:
        if not is_traced(at) and at > total:
            raise ArgumentValueError(f"a step of the {total} in the cycle", describe(int(at)))
        found = numbers[-1]
        for phase in reversed(range(len(numbers) - 1)):
            part = (at - ends[phase]) / (ends[phase + 1] - ends[phase])
            number = anneal(numbers[phase], numbers[phase + 1], part)
            found = number if phase == len(numbers) - 2 else jnp.where(at <= ends[phase + 1], number, found)
        return jnp.asarray(found)

    return _schedule(value)


def _total(total_steps: Any, epochs: Any, steps_per_epoch: Any) -> int:
    if total_steps is not None:
        _want_count("total_steps", total_steps)
        return total_steps
    if epochs is None or steps_per_epoch is None:
        raise ArgumentValueError("`total_steps`, or `epochs` and `steps_per_epoch`", "neither")
    _want_count("epochs", epochs)
    _want_count("steps_per_epoch", steps_per_epoch)
    return epochs * steps_per_epoch


@public(name="optim.lr_scheduler.cyclic", runs_callbacks=True)
def cyclic(
    base_lr: float,
    max_lr: float,
    step_size_up: int = 2000,
    step_size_down: int | None = None,
    mode: str = "triangular",
    gamma: float = 1.0,
    scale_fn: Callable[[Any], Any] | None = None,
    scale_mode: str = "cycle",
) -> Schedule:
    """Make a schedule that goes from `base_lr` to `max_lr` and back, again and again.

    `mode` "triangular2" halves the height after every cycle, "exp_range" multiplies it by gamma**step. A `scale_fn` of
    the cycle's number, or of the step with `scale_mode` "iterations", takes the place of the mode. torch changes the
    momentum too: `cyclic_momentum` is its schedule.

    Raises: ArgumentValueError for a mode that is none of the three, without a `scale_fn`.
    Torch: torch.optim.lr_scheduler.CyclicLR

    >>> import jaxfun as jf
    >>> schedule = jf.optim.lr_scheduler.cyclic(0.0, 1.0, step_size_up=2)
    >>> [float(schedule(step)) for step in range(5)]
    [0.0, 0.5, 1.0, 0.5, 0.0]
    """
    height = _height(step_size_up, step_size_down, mode, gamma, scale_fn, scale_mode)
    return _schedule(lambda at: base_lr + (max_lr - base_lr) * height(at))


@public(name="optim.lr_scheduler.cyclic_momentum", runs_callbacks=True)
def cyclic_momentum(
    base_momentum: float = 0.8,
    max_momentum: float = 0.9,
    step_size_up: int = 2000,
    step_size_down: int | None = None,
    mode: str = "triangular",
    gamma: float = 1.0,
    scale_fn: Callable[[Any], Any] | None = None,
    scale_mode: str = "cycle",
) -> Schedule:
    """Make the schedule of the momentum (or of the first beta) that belongs to `cyclic`: low where the rate is high.

    Raises: ArgumentValueError for a mode that is none of the three, without a `scale_fn`.
    Torch: torch.optim.lr_scheduler.CyclicLR

    >>> import jaxfun as jf
    >>> schedule = jf.optim.lr_scheduler.cyclic_momentum(0.5, 1.0, step_size_up=2)
    >>> [float(schedule(step)) for step in range(5)]
    [1.0, 0.75, 0.5, 0.75, 1.0]
    """
    height = _height(step_size_up, step_size_down, mode, gamma, scale_fn, scale_mode)
    return _schedule(lambda at: max_momentum - (max_momentum - base_momentum) * height(at))


_SCALES = {
    "triangular": lambda gamma, cycle, at: jnp.ones_like(at),
    "triangular2": lambda gamma, cycle, at: 1 / 2.0 ** (cycle - 1),
    "exp_range": lambda gamma, cycle, at: jnp.power(gamma, at),
}


def _height(
    step_size_up: float, step_size_down: float | None, mode: str, gamma: float, scale_fn: Any, scale_mode: str
) -> Callable[[jax.Array], jax.Array]:
    """Return the function from the step to the part of the way up, scaled."""
    if mode not in _SCALES and scale_fn is None:
        raise ArgumentValueError(f"`mode` one of {', '.join(_SCALES)}, or a `scale_fn`", describe(mode))
    total = step_size_up + (step_size_up if step_size_down is None else step_size_down)
    top = step_size_up / total

    def height(at: jax.Array) -> jax.Array:
        cycle = jnp.floor(1 + at / total)
        x = 1 + at / total - cycle
        way = jnp.where(x <= top, x / top, (x - 1) / (top - 1))
        if scale_fn is None:
            return way * _SCALES[mode](gamma, cycle, at)
        return way * scale_fn(cycle if scale_mode == "cycle" else at)

    return height


@public(name="optim.lr_scheduler.sequential", runs_callbacks=True)
def sequential(schedulers: Sequence[Schedule], milestones: Sequence[int]) -> Schedule:
    """Make a schedule of several, one after the other. Each begins again at step 0 at its milestone.

    Raises: ArgumentValueError unless there is a milestone between each two schedules.
    Torch: torch.optim.lr_scheduler.SequentialLR

    >>> from jaxfun.optim import lr_scheduler
    >>> parts = [lr_scheduler.linear(1.0, 0.5, total_iters=2), lr_scheduler.exponential(1.0, 0.5)]
    >>> schedule = lr_scheduler.sequential(parts, [2])
    >>> [float(schedule(step)) for step in range(5)]
    [0.5, 0.75, 1.0, 0.5, 0.25]
    """
    if len(schedulers) < 1:
        raise ArgumentValueError("at least one schedule", "none")
    if len(milestones) != len(schedulers) - 1:
        raise ArgumentValueError("one milestone less than schedules", f"{len(milestones)} and {len(schedulers)}")

    def value(at: Any) -> jax.Array:
        found = schedulers[0](at)
        for start, schedule in zip(milestones, schedulers[1:], strict=True):
            found = jnp.where(at >= start, schedule(jnp.maximum(at - start, 0)), found)
        return found

    return lambda step: value(jnp.asarray(step))


@public(name="optim.lr_scheduler.swa")
def swa(lr: float, swa_lr: float, anneal_epochs: int = 10, anneal_strategy: str = "cos") -> Schedule:
    """Make a schedule that moves from the learning rate to `swa_lr` in `anneal_epochs` steps, and stays.

    Raises: ArgumentValueError for arguments out of their range.
    Torch: torch.optim.swa_utils.SWALR

    >>> import jaxfun as jf
    >>> schedule = jf.optim.lr_scheduler.swa(1.0, 0.5, anneal_epochs=2)
    >>> [float(schedule(step)) for step in range(4)]
    [1.0, 0.75, 0.5, 0.5]
    """
    anneal = _annealing(anneal_strategy)
    _want_count("anneal_epochs", anneal_epochs, 0)
    whole = max(1, anneal_epochs)
    first = 0 if anneal_epochs else 1  # without epochs to anneal in, torch begins at the end
    return _schedule(lambda at: anneal(lr, swa_lr, jnp.clip(jnp.maximum(at, first) / whole, 0, 1)))


class Plateau(NamedTuple):
    """The state of `reduce_on_plateau`: the learning rate, and what it remembers of the metric."""

    lr: jax.Array
    best: jax.Array
    num_bad_epochs: jax.Array
    cooldown_counter: jax.Array


class ReduceOnPlateau(NamedTuple):
    """A pair of pure functions: `init() -> state` and `step(state, metrics) -> state`. The rate is `state.lr`."""

    init: Callable[[], Plateau]
    step: Callable[[Plateau, Any], Plateau]


@public(name="optim.lr_scheduler.reduce_on_plateau")
def reduce_on_plateau(
    lr: float,
    mode: str = "min",
    factor: float = 0.1,
    patience: int = 10,
    threshold: float = 1e-4,
    threshold_mode: str = "rel",
    cooldown: int = 0,
    min_lr: float = 0,
    eps: float = 1e-8,
) -> ReduceOnPlateau:
    """Make a learning rate that is multiplied by `factor` where a metric does not improve for `patience` steps.

    Raises: ArgumentValueError for a factor that is not below 1, and for unknown modes.
    Torch: torch.optim.lr_scheduler.ReduceLROnPlateau

    >>> import jaxfun as jf
    >>> plateau = jf.optim.lr_scheduler.reduce_on_plateau(0.5, factor=0.5, patience=1)
    >>> state = plateau.init()
    >>> for loss in (1.0, 1.0, 1.0):
    ...     state = plateau.step(state, loss)
    >>> print(state.lr)
    0.25
    """
    if factor >= 1:
        raise ArgumentValueError("`factor` below 1", describe(factor))
    if (mode, threshold_mode) not in _BETTER:
        raise ArgumentValueError("`mode` min or max, and `threshold_mode` rel or abs", f"{mode} and {threshold_mode}")
    is_better = _BETTER[mode, threshold_mode]

    def init() -> Plateau:
        worst = jnp.asarray(math.inf if mode == "min" else -math.inf, float_dtype())
        return Plateau(jnp.asarray(lr, float_dtype()), worst, jnp.zeros((), "int32"), jnp.zeros((), "int32"))

    def step(state: Plateau, metrics: Any) -> Plateau:
        current = jnp.asarray(metrics).astype(float_dtype())
        better = is_better(current, state.best, threshold)
        is_cooling = state.cooldown_counter > 0
        bad = jnp.where(better | is_cooling, 0, state.num_bad_epochs + 1)
        is_over = bad > patience
        lower = jnp.maximum(state.lr * factor, min_lr)
        return Plateau(
            jnp.where(is_over & (state.lr - lower > eps), lower, state.lr),
            jnp.where(better, current, state.best),
            jnp.where(is_over, 0, bad),
            jnp.where(is_over, cooldown, state.cooldown_counter - is_cooling.astype("int32")),
        )

    return ReduceOnPlateau(init, step)


_BETTER: dict[tuple[str, str], Callable[[Any, Any, float], Any]] = {
    ("min", "rel"): lambda metric, best, threshold: metric < best * (1 - threshold),
    ("min", "abs"): lambda metric, best, threshold: metric < best - threshold,
    ("max", "rel"): lambda metric, best, threshold: metric > best * (1 + threshold),
    ("max", "abs"): lambda metric, best, threshold: metric > best + threshold,
}
