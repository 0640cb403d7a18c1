"""parity.optimizer, parity.schedule and parity.training: what is alike agrees, and a planted difference is named."""

import json
from pathlib import Path
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest
import torch
from torch import optim

import jaxfun as jf
from jaxfun import parity


def adam_like(
    b1: float = 0.9, b2: float = 0.999, corrected: tuple[bool, bool] = (True, True), eps: str = "outside"
) -> optax.GradientTransformation:
    """Adam with switches for what ports get wrong."""

    def init(params: Any) -> Any:
        zeros = jax.tree.map(jnp.zeros_like, params)
        return jnp.zeros((), "int32"), zeros, zeros

    def update(grads: Any, state: Any, params: Any = None) -> Any:
        step, first, second = state
        step = step + 1
        first = jax.tree.map(lambda m, g: b1 * m + (1 - b1) * g, first, grads)
        second = jax.tree.map(lambda v, g: b2 * v + (1 - b2) * g * g, second, grads)
        one, two = (1 - b ** step.astype(float) if on else 1.0 for b, on in zip((b1, b2), corrected, strict=True))

        def change(m: jax.Array, v: jax.Array) -> jax.Array:
            if eps == "uncorrected":
                return -1e-3 * (m / one) / ((jnp.sqrt(v) + 1e-8) / jnp.sqrt(two))
            return -1e-3 * (m / one) / (jnp.sqrt(v / two + 1e-8) if eps == "inside" else jnp.sqrt(v / two) + 1e-8)

        return jax.tree.map(change, first, second), (step, first, second)

    return optax.GradientTransformation(init, update)


def with_step_lr(kind: Any = optim.SGD, **options: Any) -> Any:
    def make(params: list[torch.Tensor]) -> tuple[Any, Any]:
        optimizer = kind(params, lr=0.1, **(options or {"momentum": 0.9}))
        return optimizer, optim.lr_scheduler.StepLR(optimizer, 7, 0.5)

    return make


STEPPED = optax.exponential_decay(0.1, 7, 0.5, staircase=True)
PLANTED: dict[str, tuple[Any, Any, list[str]]] = {
    "decoupled decay": (
        optax.adamw(1e-3, weight_decay=0.1),
        lambda params: optim.Adam(params, weight_decay=0.1),
        ["weight decay is decoupled, not coupled"],
    ),
    "coupled decay": (
        optax.chain(optax.add_decayed_weights(0.1), optax.adam(1e-3)),
        lambda params: optim.AdamW(params, weight_decay=0.1),
        ["weight decay is coupled, not decoupled"],
    ),
    "decay without the rate": (
        optax.chain(optax.scale_by_adam(), optax.scale(-1e-3), optax.add_decayed_weights(-0.1)),
        lambda params: optim.AdamW(params, weight_decay=0.1),
        ["weight decay is decoupled, without the learning rate, not decoupled"],
    ),
    "no decay": (optax.adam(1e-3), optim.AdamW, ["weight_decay is 0, not 0.01"]),
    "other decay": (optax.adamw(1e-3), optim.AdamW, ["weight_decay is 0.0001, not 0.01"]),
    "no bias correction": (adam_like(corrected=(False, False)), optim.Adam, ["the bias correction is missing"]),
    "no correction of the first": (
        adam_like(corrected=(False, True)),
        optim.Adam,
        ["the bias correction is missing for the first moment"],
    ),
    "no correction of the second": (
        adam_like(corrected=(True, False)),
        optim.Adam,
        ["the bias correction is missing for the second moment"],
    ),
    "eps inside": (adam_like(eps="inside"), optim.Adam, ["eps is inside of the root"]),
    "eps before the correction": (
        adam_like(eps="uncorrected"),
        optim.Adam,
        ["eps is added before the bias correction"],
    ),
    "other betas": (optax.adam(1e-3, b1=0.8), optim.Adam, ["betas[0] is 0.8, not 0.9"]),
    "largest after the correction": (
        optax.amsgrad(1e-3),
        lambda params: optim.Adam(params, amsgrad=True),
        ["amsgrad: the maximum is taken after the bias correction"],
    ),
    "nesterov": (
        optax.sgd(0.1, momentum=0.9, nesterov=True),
        lambda params: optim.SGD(params, lr=0.1, momentum=0.9),
        ["nesterov is True, not False"],
    ),
    "average for a buffer": (
        optax.chain(optax.ema(0.9, debias=False), optax.scale(-0.1)),
        lambda params: optim.SGD(params, lr=0.1, momentum=0.9),
        ["momentum: (1 - momentum) * gradient"],
    ),
    "ascent": (optax.sgd(-0.1), lambda params: optim.SGD(params, lr=0.1), ["lr is -0.1, not 0.1"]),
    "eps and start of adagrad": (
        optax.adagrad(0.01, eps=1e-10),
        optim.Adagrad,
        ["initial_accumulator_value is 0.1, not 0", "eps is inside of the root"],
    ),
    "alpha and eps of rmsprop": (
        optax.rmsprop(0.01),
        optim.RMSprop,
        ["alpha is 0.9, not 0.99", "eps is inside of the root"],
    ),
    "rprop of the step before": (optax.rprop(0.01), optim.Rprop, ["the update of a step is that of the step before"]),
    "rate one step late": (
        optax.sgd(lambda step: STEPPED(jnp.maximum(step - 1, 0)), momentum=0.9),
        with_step_lr(),
        ["the learning rate of a step is that of the step before"],
    ),
    "rate one step early": (
        optax.sgd(lambda step: STEPPED(step + 1), momentum=0.9),
        with_step_lr(),
        ["the learning rate of a step is that of the step after"],
    ),
    "rate inside of the buffer": (
        optax.chain(optax.scale_by_learning_rate(STEPPED), optax.trace(0.9)),
        with_step_lr(),
        ["momentum: the learning rate multiplies the gradient in the buffer"],
    ),
}


@pytest.mark.parametrize("name", PLANTED)
def test_planted_difference_is_named(name: str) -> None:
    tx, torch_optimizer, expected = PLANTED[name]
    report = parity.optimizer(tx, torch_optimizer, steps=30, dtypes=["float64"])
    assert report.answer == "differs"
    found = [text for text in report.looks_like if text != "some of it is computed in float32"]
    assert found == expected, report


OURS: dict[str, tuple[Any, Any]] = {
    "sgd": (jf.optim.sgd(0.1, 0.9, 0.5, 0.01), lambda params: optim.SGD(params, 0.1, 0.9, 0.5, 0.01)),
    "nesterov": (
        jf.optim.sgd(0.1, 0.9, nesterov=True, maximize=True),
        lambda params: optim.SGD(params, 0.1, 0.9, nesterov=True, maximize=True),
    ),
    "adam": (
        jf.optim.adam(weight_decay=0.1, amsgrad=True),
        lambda params: optim.Adam(params, weight_decay=0.1, amsgrad=True),
    ),
    "adamw": (jf.optim.adamw(), optim.AdamW),
    "adamax": (jf.optim.adamax(), optim.Adamax),
    "nadam": (jf.optim.nadam(), optim.NAdam),
    "radam": (jf.optim.radam(weight_decay=0.1), lambda params: optim.RAdam(params, weight_decay=0.1)),
    "adagrad": (jf.optim.adagrad(lr_decay=0.1), lambda params: optim.Adagrad(params, lr_decay=0.1)),
    "rmsprop": (jf.optim.rmsprop(momentum=0.9), lambda params: optim.RMSprop(params, momentum=0.9)),
    "adadelta": (jf.optim.adadelta(), optim.Adadelta),
    "asgd": (jf.optim.asgd(t0=5.0), lambda params: optim.ASGD(params, t0=5.0)),
    "rprop": (jf.optim.rprop(), optim.Rprop),
    "asgd with a schedule": (
        jf.optim.asgd(jf.optim.lr_scheduler.step(0.1, 7, 0.5), lambd=0.1),
        with_step_lr(optim.ASGD, lambd=0.1),
    ),
    "rprop with a schedule": (
        jf.optim.rprop(jf.optim.lr_scheduler.step(0.1, 7, 0.5)),
        with_step_lr(optim.Rprop, etas=(0.5, 1.2)),
    ),
    "schedule": (
        jf.optim.sgd(jf.optim.lr_scheduler.step(0.1, 7, 0.5), 0.9),
        with_step_lr(),
    ),
}


@pytest.mark.parametrize("name", OURS)
def test_own_optimisers_agree_in_both_dtypes(name: str) -> None:
    report = parity.optimizer(*OURS[name], steps=40, strict=True)
    assert report.ok, report
    assert not report.edges
    assert report.steps == 40 * 9 * 2
    buffers = {key: text for key, text in report.agreeing.items() if key.startswith("state")}
    held = {"state mu_product", "state eta", "state mu"}  # one number for each parameter, or not in the state
    assert {text for key, text in buffers.items() if key not in held} <= {"agrees"}, report


def test_digits_lost_in_float32_are_an_edge_unless_strict() -> None:
    report = parity.optimizer(optax.adam(1e-3), optim.Adam, steps=10)
    assert report.ok
    assert [edge.dtype for edge in report.edges] == ["float32"]
    assert not parity.optimizer(optax.adam(1e-3), optim.Adam, steps=10, dtypes=["float32"], strict=True).ok


def test_settings_stand_side_by_side_with_those_not_alike_in_front() -> None:
    report = parity.optimizer(optax.inject_hyperparams(optax.adamw)(learning_rate=0.01), optim.AdamW, steps=2)
    rows = {row.name: row for row in report.settings}
    assert (rows["lr"].candidate, rows["lr"].reference, rows["lr"].is_alike) == ("0.01", "0.001", False)
    assert rows["betas[1]"].is_alike
    text = str(report)
    assert text.index("lr: 0.01 | 0.001 (not alike)") < text.index("betas[1]: 0.999 | 0.999")
    groups = lambda params: optim.SGD([{"params": params[:1], "lr": 0.1}, {"params": params[1:], "lr": 0.2}])  # noqa: E731
    report = parity.optimizer(optax.sgd(0.1), groups, steps=2)
    assert "0.1 / 0.2" in str(report)
    assert not report.looks_like


def test_parameters_can_be_given_and_are_named() -> None:
    params = {"layer": {"weight": np.ones((2, 2)), "bias": np.zeros(2)}}
    report = parity.optimizer(optax.sgd(0.2), lambda tensors: optim.SGD(tensors, 0.1), params, steps=3)
    assert report.first_divergence is not None
    assert (report.first_divergence.step, report.first_divergence.name) == (1, "layer.bias")
    assert report.looks_like == ["lr is 0.2, not 0.1"]


def test_report_is_text_json_and_html(tmp_path: Path) -> None:
    report = parity.optimizer(optax.adamw(1e-3), optim.AdamW, steps=3, dtypes=["float64"])
    assert "looks like" in str(report)
    report.to_json(tmp_path / "report.json")
    found = json.loads((tmp_path / "report.json").read_text())
    assert (found["answer"], found["failures"][0]["step"]) == ("differs", 1)
    report.to_html(tmp_path / "report.html")
    page = (tmp_path / "report.html").read_text()
    assert "weight_decay is 0.0001, not 0.01" in page
    assert page.startswith("<!doctype html>")


WRONG = {
    "no transformation": lambda: parity.optimizer(optim.Adam, optim.Adam),
    "no torch optimiser": lambda: parity.optimizer(optax.sgd(0.1), lambda params: None),
    "no function": lambda: parity.optimizer(optax.sgd(0.1), 3),
    "no steps": lambda: parity.optimizer(optax.sgd(0.1), optim.SGD, steps=0),
    "another dtype": lambda: parity.optimizer(optax.sgd(0.1), optim.SGD, dtypes=["float16"]),
    "no schedule": lambda: parity.schedule(0.1, None),
    "no scheduler": lambda: parity.schedule(STEPPED, 0.1),
    "no steps of a schedule": lambda: parity.schedule(STEPPED, scheduler, 0),
    "no step": lambda: parity.training(None, print, 0, []),
    "no tuple": lambda: parity.training(lambda params, batch: params, lambda batch: {}, 0, [1]),
    "no dict": lambda: parity.training(lambda params, batch: (0, 0), lambda batch: {}, 0, [1]),
    "other names": lambda: parity.training(lambda params, batch: (0, {"loss": 0.0}), lambda batch: {}, 0, [1]),
    "other shapes": lambda: parity.training(
        lambda params, batch: (0, {"loss": np.zeros(1)}), lambda batch: {"loss": np.zeros(2)}, 0, [1]
    ),
}


@pytest.mark.parametrize("name", WRONG)
def test_invalid_arguments_raise(name: str) -> None:
    with pytest.raises((TypeError, ValueError), match=r"`jaxfun\.parity\.\w+\("):
        WRONG[name]()


def scheduler() -> Any:
    return optim.lr_scheduler.StepLR(optim.SGD([torch.zeros(1)], lr=0.1), 7, 0.5)


RELATIONS: dict[str, tuple[Any, list[str]]] = {
    "late": (lambda step: STEPPED(jnp.maximum(step - 1, 0)), ["the rates of the reference, 1 step late"]),
    "early": (lambda step: STEPPED(step + 1), ["the rates of the reference, 1 step early"]),
    "factor": (lambda step: 3 * STEPPED(step), ["3 times the reference in every step"]),
    "offset": (lambda step: STEPPED(step) + 0.05, ["the reference plus 0.05 in every step"]),
    "epochs": (
        lambda step: STEPPED(step // 5),
        ["one step of the reference for each 5: the reference counts steps, the candidate epochs"],
    ),
    "one step": (lambda step: jnp.where(step == 3, 0.0, STEPPED(step)), ["the reference but for steps 4"]),
    "another": (optax.linear_schedule(0.1, 0.0, 100), []),
}


@pytest.mark.parametrize("name", RELATIONS)
def test_relation_of_schedules_is_named(name: str) -> None:
    schedule, expected = RELATIONS[name]
    report = parity.schedule(schedule, scheduler, steps=60)
    assert report.answer == "differs"
    assert report.looks_like == expected


def test_schedules_that_agree() -> None:
    own = scheduler()
    assert parity.schedule(jf.optim.lr_scheduler.step(0.1, 7, 0.5), own).ok
    assert own.last_epoch == 0, "the caller's scheduler has moved"
    assert parity.schedule(STEPPED, own).ok


def twins(decay: float) -> tuple[Any, Any, Any]:
    """The same small model with a torch optimiser and, but for the decay, its optax twin."""
    model = torch.nn.Linear(3, 1)
    optimizer = optim.AdamW(model.parameters(), 0.1)

    def torch_step(batch: Any) -> dict[str, Any]:
        optimizer.zero_grad()
        loss = (model(torch.tensor(batch)) ** 2).mean()
        loss.backward()
        norm = torch.nn.utils.clip_grad_norm_(model.parameters(), 0.5)
        optimizer.step()
        gradients = {name: param.grad for name, param in model.named_parameters()}
        return {"loss": loss, "gradients": gradients, "params": dict(model.named_parameters()), "norm": norm}

    params = {name: jnp.asarray(param.detach().numpy().copy()) for name, param in model.named_parameters()}
    clip, tx = jf.optim.clip_grad_norm(0.5), jf.optim.adamw(0.1, weight_decay=decay)

    def step(carry: Any, batch: Any) -> Any:
        params, state = carry
        loss, gradients = jax.value_and_grad(lambda own: jnp.square(batch @ own["weight"].T + own["bias"]).mean())(
            params
        )
        norm = jf.optim.get_total_norm(gradients)
        gradients, _ = clip.update(gradients, optax.EmptyState())
        updates, state = tx.update(gradients, state, params)
        params = optax.apply_updates(params, updates)
        return (params, state), {"loss": loss, "gradients": gradients, "params": params, "norm": norm}

    return step, torch_step, (params, tx.init(params))


BATCHES = [np.random.default_rng(at).normal(size=(4, 3)).astype(np.float32) for at in range(8)]


def test_training_that_agrees() -> None:
    report = parity.training(*twins(0.01), BATCHES)
    assert report.ok, report
    assert (report.steps, {*report.agreeing}) == (
        8,
        {"loss", "gradients.weight", "gradients.bias", "params.weight", "params.bias", "norm"},
    )


def test_first_divergence_of_training_is_the_update() -> None:
    report = parity.training(*twins(0.3), BATCHES)
    first = report.first_divergence
    assert first is not None
    assert first.step == 1
    assert first.name.startswith("params.")
    assert len(report.failures) == 1


def test_no_batch_shows_nothing() -> None:
    report = parity.training(*twins(0.01), [])
    assert (report.answer, report.ok) == ("not shown", False)
