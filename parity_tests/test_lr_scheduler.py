"""Learning rate schedules beside torch.optim.lr_scheduler: the same rate after every step."""

import functools
import warnings
from collections.abc import Callable, Iterator
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest
import torch
from torch.optim import lr_scheduler as theirs

import jaxfun as jf
from jaxfun.optim import lr_scheduler as ours
from jaxfun.parity.run.outcome import outcome
from jaxfun.parity.search.verdicts import raises_alike

STEPS = 40
LR = 0.3
ROUNDING = 1e-12  # relative: a rate is a few operations in float64, and torch adds the roundings of 40 steps


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # no optimizer.step() before scheduler.step()
        yield


def optimizer() -> torch.optim.Optimizer:
    return torch.optim.SGD([torch.zeros(1)], lr=LR, momentum=0.5)


def of_torch(scheduler: Any, key: str = "lr") -> list[float]:
    rates = []
    for _ in range(STEPS):
        rates.append(scheduler.optimizer.param_groups[0][key])
        scheduler.step()
    return rates


ROWS: dict[str, tuple[str, list[dict[str, Any]]]] = {
    "lambda_": (
        "LambdaLR",
        [{"lr_lambda": lambda step: 0.95**step}, {"lr_lambda": lambda step: step // 30 + step / 7}],
    ),
    "multiplicative": (
        "MultiplicativeLR",
        [{"lr_lambda": lambda step: 0.95}, {"lr_lambda": lambda step: 1 + (step % 3 - 1) / (step + 1)}],
    ),
    "step": ("StepLR", [{"step_size": 3}, {"step_size": 7, "gamma": 1.5}]),
    "multistep": ("MultiStepLR", [{"milestones": [2, 5, 5, 30]}, {"milestones": [0, -1, 4], "gamma": 0.5}]),
    "constant": ("ConstantLR", [{}, {"factor": 0.5, "total_iters": 0}, {"factor": 1.0}, {"total_iters": 100}]),
    "linear": (
        "LinearLR",
        [{}, {"start_factor": 0.1, "end_factor": 0.0, "total_iters": 9}, {"total_iters": 0}, {"start_factor": 1.0}],
    ),
    "exponential": ("ExponentialLR", [{"gamma": 0.9}, {"gamma": 1.1}]),
    "polynomial": ("PolynomialLR", [{}, {"total_iters": 20, "power": 2.5}, {"total_iters": 4, "power": 0}]),
    "cosine": ("CosineAnnealingLR", [{"T_max": 10}, {"T_max": 7, "eta_min": 0.1}, {"T_max": 1}, {"T_max": 100}]),
    "warm_restarts": (
        "CosineAnnealingWarmRestarts",
        [{"T_0": 4}, {"T_0": 3, "T_mult": 2, "eta_min": 0.1}, {"T_0": 1, "T_mult": 3}],
    ),
    "swa": (
        "SWALR",
        [{"swa_lr": 0.05}, {"swa_lr": 0.5, "anneal_epochs": 0}, {"swa_lr": 0.1, "anneal_strategy": "linear"}],
    ),
}
CYCLES: dict[str, tuple[str, list[dict[str, Any]]]] = {
    "one_cycle": (
        "OneCycleLR",
        [
            {"max_lr": 1.0, "total_steps": 40},
            {"max_lr": 1.0, "total_steps": 43, "anneal_strategy": "linear", "pct_start": 0.45},
            {"max_lr": 2.0, "epochs": 5, "steps_per_epoch": 9, "three_phase": True, "div_factor": 5.0},
        ],
    ),
    "cyclic": (
        "CyclicLR",
        [
            {"base_lr": 0.1, "max_lr": 1.0, "step_size_up": 4},
            {"base_lr": 0.1, "max_lr": 1.0, "step_size_up": 4, "step_size_down": 7, "mode": "triangular2"},
            {"base_lr": 0.1, "max_lr": 1.0, "step_size_up": 3, "mode": "exp_range", "gamma": 0.95},
            {"base_lr": 0.1, "max_lr": 1.0, "step_size_up": 4, "scale_fn": lambda x: 1 / (x + 1)},
            {
                "base_lr": 0.1,
                "max_lr": 1.0,
                "step_size_up": 4,
                "scale_fn": lambda x: 1 / (x + 1),
                "scale_mode": "iterations",
            },
        ],
    ),
}
OWN = [(name, theirs_name, row) for name, (theirs_name, rows) in ROWS.items() for row in rows]
CYCLIC = [(name, theirs_name, row) for name, (theirs_name, rows) in CYCLES.items() for row in rows]


def rates(schedule: Callable[[Any], jax.Array]) -> np.ndarray:
    return np.array([float(schedule(step)) for step in range(STEPS)])


def of_name(name: str) -> Any:
    return getattr(torch.optim.swa_utils if name == "SWALR" else theirs, name)


@pytest.mark.proves("optim.lr_scheduler.step", "optim.lr_scheduler.multistep", "optim.lr_scheduler.constant")
@pytest.mark.proves("optim.lr_scheduler.linear", "optim.lr_scheduler.exponential", "optim.lr_scheduler.polynomial")
@pytest.mark.proves("optim.lr_scheduler.lambda_", "optim.lr_scheduler.multiplicative")
@pytest.mark.proves("optim.lr_scheduler.cosine", "optim.lr_scheduler.warm_restarts", "optim.lr_scheduler.swa")
@pytest.mark.parametrize(("name", "theirs_name", "options"), OWN)
def test_rate_of_every_step_matches_torch(name: str, theirs_name: str, options: dict[str, Any]) -> None:
    wanted = of_torch(of_name(theirs_name)(optimizer(), **options))
    # torch's recursions add up their roundings: an error of the rate's size at the start, times the steps
    np.testing.assert_allclose(rates(getattr(ours, name)(LR, **options)), wanted, rtol=ROUNDING, atol=1e-14)


@pytest.mark.proves("optim.lr_scheduler.one_cycle", "optim.lr_scheduler.cyclic")
@pytest.mark.proves("optim.lr_scheduler.one_cycle_momentum", "optim.lr_scheduler.cyclic_momentum")
@pytest.mark.parametrize(("name", "theirs_name", "options"), CYCLIC)
def test_rate_and_momentum_of_a_cycle_match_torch(name: str, theirs_name: str, options: dict[str, Any]) -> None:
    make = functools.partial(of_name(theirs_name), **options)
    np.testing.assert_allclose(rates(getattr(ours, name)(**options)), of_torch(make(optimizer())), rtol=ROUNDING)
    momentum = {key: value for key, value in options.items() if not key.endswith("lr") and not key.endswith("factor")}
    found = rates(getattr(ours, f"{name}_momentum")(**momentum))
    np.testing.assert_allclose(found, of_torch(make(optimizer()), "momentum"), rtol=ROUNDING)


@pytest.mark.proves("optim.lr_scheduler.sequential")
def test_sequence_matches_torch() -> None:
    their = optimizer()
    parts = [theirs.LinearLR(their), theirs.CosineAnnealingLR(their, 10), theirs.ExponentialLR(their, 0.9)]
    schedule = ours.sequential([ours.linear(LR), ours.cosine(LR, 10), ours.exponential(LR, 0.9)], [6, 20])
    np.testing.assert_allclose(rates(schedule), of_torch(theirs.SequentialLR(their, parts, [6, 20])), rtol=ROUNDING)


LOSSES = np.random.default_rng(0).normal(size=STEPS) + 3


@pytest.mark.proves("optim.lr_scheduler.reduce_on_plateau")
@pytest.mark.parametrize(
    "options",
    [
        {"patience": 2},
        {"patience": 0, "factor": 0.5, "cooldown": 3},
        {"mode": "max", "patience": 1, "threshold": 0.1, "threshold_mode": "abs"},
        {"mode": "max", "patience": 1, "threshold": 0.1, "min_lr": 0.05},
        {"threshold_mode": "abs", "patience": 3, "threshold": 0.5, "eps": 0.01},
    ],
)
def test_plateaus_match_torch(options: dict[str, Any]) -> None:
    scheduler, plateau = theirs.ReduceLROnPlateau(optimizer(), **options), ours.reduce_on_plateau(LR, **options)
    state, step = plateau.init(), jax.jit(plateau.step)
    for loss in LOSSES:
        scheduler.step(loss)
        state = step(state, loss)
        np.testing.assert_allclose(state.lr, scheduler.get_last_lr()[0], rtol=ROUNDING)
        assert (int(state.num_bad_epochs), int(state.cooldown_counter)) == (
            scheduler.num_bad_epochs,
            scheduler.cooldown_counter,
        )


@pytest.mark.parametrize(("name", "theirs_name", "options"), OWN[::3] + CYCLIC[::3])
def test_schedule_compiles_and_is_near_in_float32(name: str, theirs_name: str, options: dict[str, Any]) -> None:
    args = () if "lr" in name or name in CYCLES else (LR,)
    exact = rates(getattr(ours, name)(*args, **options))
    with jax.enable_x64(False):
        found = jax.jit(jax.vmap(getattr(ours, name)(*args, **options)))(jnp.arange(STEPS))
    # a power of 40 of a rounded number, a cosine of a few full turns: some 40 ULP of the largest rate
    np.testing.assert_allclose(found, exact, rtol=0, atol=40 * 2.0**-23 * np.abs(exact).max())


WRONG: list[tuple[str, str, dict[str, Any]]] = [
    ("constant", "ConstantLR", {"factor": 1.5}),
    ("constant", "ConstantLR", {"factor": -0.5}),
    ("linear", "LinearLR", {"start_factor": 0.0}),
    ("linear", "LinearLR", {"end_factor": 1.5}),
    ("warm_restarts", "CosineAnnealingWarmRestarts", {"T_0": 0}),
    ("warm_restarts", "CosineAnnealingWarmRestarts", {"T_0": 2, "T_mult": 0}),
    ("warm_restarts", "CosineAnnealingWarmRestarts", {"T_0": 2, "T_mult": 1.5}),
    ("one_cycle", "OneCycleLR", {"max_lr": 1.0}),
    ("one_cycle", "OneCycleLR", {"max_lr": 1.0, "total_steps": 0}),
    ("one_cycle", "OneCycleLR", {"max_lr": 1.0, "epochs": 0, "steps_per_epoch": 2}),
    ("one_cycle", "OneCycleLR", {"max_lr": 1.0, "total_steps": 9, "pct_start": 1}),
    ("one_cycle", "OneCycleLR", {"max_lr": 1.0, "total_steps": 9, "anneal_strategy": "sin"}),
    ("cyclic", "CyclicLR", {"base_lr": 0.1, "max_lr": 1.0, "mode": "square"}),
    ("reduce_on_plateau", "ReduceLROnPlateau", {"factor": 1.0}),
    ("reduce_on_plateau", "ReduceLROnPlateau", {"mode": "mean"}),
    ("reduce_on_plateau", "ReduceLROnPlateau", {"threshold_mode": "mean"}),
    ("swa", "SWALR", {"swa_lr": 0.1, "anneal_epochs": -1}),
]


@pytest.mark.parametrize(("name", "theirs_name", "options"), WRONG)
def test_errors_match_torch(name: str, theirs_name: str, options: dict[str, Any]) -> None:
    args = () if name in CYCLES else (LR,)
    _, error = outcome(lambda: getattr(ours, name)(*args, **options))
    _, their_error = outcome(lambda: of_name(theirs_name)(optimizer(), **options))
    assert raises_alike(error, their_error).ok, (error, their_error)


def test_cycle_ends_with_its_last_step() -> None:
    schedule = ours.one_cycle(1.0, total_steps=5)
    schedule(5)
    with pytest.raises(ValueError, match="a step of the 5"):
        schedule(6)
    for wrong in (lambda: ours.sequential([], []), lambda: ours.sequential([schedule], [3])):
        with pytest.raises(ValueError, match="schedule"):
            wrong()


def test_optimiser_begins_with_the_first_rate() -> None:
    tx = jf.optim.sgd(ours.linear(1.0, start_factor=0.5, total_iters=2))
    state, found = tx.init(jnp.zeros(())), []
    for _ in range(3):
        updates, state = tx.update(jnp.ones(()), state)
        found.append(-float(updates))
    assert found == [0.5, 0.75, 1.0]
