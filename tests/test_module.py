"""`parity.module`: a port of an nn.Module, its parameters' gradients, and the place where the two first diverge."""

import functools
import runpy
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest
import torch
from jax import lax

from jaxfun import parity

F = torch.nn.functional
EXAMPLE = Path(__file__).parents[1] / "examples" / "07_port_a_module.py"
X = np.zeros((4, 3), np.float32)


@pytest.fixture(autouse=True)
def plain_jax() -> Any:
    """As a user finds JAX: 32 bits, its own promotion."""
    with jax.enable_x64(False), jax.numpy_dtype_promotion("standard"):
        yield


def check(torch_module: Any, jax_function: Callable[..., Any], params: Any, *inputs: Any, **options: Any) -> Any:
    few = {"examples": 20, "seed": 0, "dtypes": ["float32"]}
    return parity.module(torch_module, jax_function, params, *inputs, **(few | options))


def linear(params: dict, x: jax.Array) -> jax.Array:
    return x @ params["weight"].T + params["bias"]


def own(module: torch.nn.Module) -> dict:
    return {name: jnp.asarray(value.numpy()) for name, value in module.state_dict().items()}


@pytest.fixture
def layer() -> torch.nn.Linear:
    torch.manual_seed(0)
    return torch.nn.Linear(3, 3)


def differing(report: Any, level: str) -> set[str]:
    return {name for name, leaf in report.levels[level].leaves.items() if leaf.failures}


def test_every_gradient_is_compared_under_its_name(layer: torch.nn.Linear) -> None:
    report = check(layer, linear, own(layer), X)
    assert report.ok, report
    assert set(report.levels["vjp"].leaves) == {"weight", "bias", "x"}
    assert all(leaf.compared for leaf in report.levels["vjp"].leaves.values())
    assert all(report.levels[level].status == "pass" for level in ("value", "vjp", "jvp", "hvp", "vmap", "jit"))


def test_a_gradient_that_is_stopped_is_named(layer: torch.nn.Linear) -> None:
    def stopped(params: dict, x: jax.Array) -> jax.Array:
        return linear(params | {"bias": lax.stop_gradient(params["bias"])}, x)

    report = check(layer, stopped, own(layer), X)
    assert differing(report, "vjp") == {"bias"}
    assert report.levels["value"].status == "pass"
    assert "vjp of bias" in str(report)


def test_a_conversion_that_forgets_to_transpose_is_found(layer: torch.nn.Linear) -> None:
    def port(params: dict, x: jax.Array) -> jax.Array:
        return x @ params["kernel"] + params["bias"]

    right = check(layer, port, lambda state: {"kernel": state["weight"].T, "bias": state["bias"]}, X)
    assert right.ok, right
    assert set(right.levels["vjp"].leaves) == {"weight", "bias", "x"}
    assert not check(layer, port, lambda state: {"kernel": state["weight"], "bias": state["bias"]}, X).ok


def test_a_bias_of_zero_hides_nothing(layer: torch.nn.Linear) -> None:
    torch.nn.init.zeros_(layer.bias)
    assert "value" in {item.level for item in check(layer, lambda p, x: x @ p["weight"].T, own(layer), X).failures}


def test_buffers_integers_and_tied_weights_are_taken() -> None:
    class Model(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.embed, self.norm = torch.nn.Embedding(5, 3), torch.nn.BatchNorm1d(3)
            self.head = torch.nn.Linear(3, 5, bias=False)
            self.head.weight = self.embed.weight

        def forward(self, tokens: torch.Tensor) -> torch.Tensor:
            return self.head(self.norm(self.embed(tokens)))

    def port(params: dict, tokens: jax.Array) -> jax.Array:
        x = params["embed.weight"][tokens]
        x = (x - params["norm.running_mean"]) / jnp.sqrt(params["norm.running_var"] + 1e-5)
        return (x * params["norm.weight"] + params["norm.bias"]) @ params["head.weight"].T

    torch.manual_seed(0)
    report = check(Model().eval(), port, lambda state: state, np.array([0, 4, 2, 2], np.int32))
    assert report.ok, report
    parameters = {"embed.weight", "norm.weight", "norm.bias"}  # buffers have no gradient
    assert set(report.levels["vjp"].leaves) == parameters


def test_inputs_may_be_strategies(layer: torch.nn.Linear) -> None:
    report = check(layer, linear, own(layer), parity.tensors(shape="batch 3"))
    assert report.ok, report


# taps


@pytest.fixture(scope="module")
def example() -> dict[str, Any]:
    with jax.enable_x64(False), jax.numpy_dtype_promotion("standard"):
        return runpy.run_path(str(EXAMPLE))


def test_a_wrong_epsilon_in_a_transformer_block_names_the_layer_norm(example: dict[str, Any]) -> None:
    report = example["report"]
    assert [tap.name for tap in report.taps] == ["norm1", "attention", "norm2", "expand", "contract"]
    assert report.first_divergence.name == "norm2"
    assert [tap.ok for tap in report.taps] == [True, True, False, False, False]
    assert max(tap.of_tolerance for tap in report.taps[:2]) < 0.5 < 5 < report.first_divergence.of_tolerance
    assert "norm2      DIFFERS" in str(report)
    assert "<- the first to differ" in str(report)


def test_the_error_that_is_told_is_that_at_its_index(example: dict[str, Any]) -> None:
    for failure in example["report"].failures:
        ours, theirs = (float(item[failure.index]) for item in (failure.candidate, failure.reference))
        assert failure.ulp == pytest.approx(abs(ours - theirs) / abs(theirs) * 2**23, rel=0.05), failure.message


def test_of_a_right_port_every_tap_agrees(example: dict[str, Any]) -> None:
    report = check(example["original"], example["block"], example["nested"], example["x"], levels=["value"])
    assert report.ok, report
    assert len(report.taps) == 5
    assert all(tap.ok and tap.compared for tap in report.taps)
    assert report.first_divergence is None


class Stack(torch.nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.layers = torch.nn.ModuleList(torch.nn.Linear(3, 3) for _ in range(3))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        for layer in self.layers:
            x = torch.tanh(layer(x))
        return x


def scanned(params: dict, x: jax.Array, wrong: int | None = None) -> jax.Array:
    def layer(x: jax.Array, p: tuple) -> tuple:
        weight, bias, number = p
        y = parity.tap("layers.*", x @ weight.T + bias)
        return jnp.tanh(jnp.where(number == -1 if wrong is None else number == wrong, -y, y)), None

    return lax.scan(layer, x, (params["weight"], params["bias"], jnp.arange(3)))[0]


def stacked(state: dict) -> dict:
    return {kind: jnp.stack([state[f"layers.{i}.{kind}"] for i in range(3)]) for kind in ("weight", "bias")}


def test_a_scan_over_layers_is_seen_turn_by_turn() -> None:
    torch.manual_seed(0)
    assert check(Stack(), scanned, stacked, X).ok
    report = check(Stack(), functools.partial(scanned, wrong=1), stacked, X)
    assert [tap.name for tap in report.taps] == ["layers.0", "layers.1", "layers.2"]
    assert report.first_divergence.name == "layers.2"  # the sign is lost after layers.1


def test_a_submodule_that_runs_twice_is_two_places() -> None:
    class Twice(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.layer = torch.nn.Linear(3, 3)

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return self.layer(2 * self.layer(x))

    def port(params: dict, x: jax.Array) -> jax.Array:
        step = {"weight": params["layer.weight"], "bias": params["layer.bias"]}
        return parity.tap("layer", linear(step, 3 * parity.tap("layer", linear(step, x))))

    torch.manual_seed(0)
    report = check(Twice(), port, lambda state: state, X)
    assert [(tap.name, tap.ok) for tap in report.taps] == [("layer", True), ("layer (2)", False)]


def test_a_tap_is_the_identity_and_leaves_nothing_in_the_program() -> None:
    def tapped(x: jax.Array) -> jax.Array:
        return jnp.sin(parity.tap("place", x * 2)) + 1

    def plain(x: jax.Array) -> jax.Array:
        return jnp.sin(x * 2) + 1

    x = jnp.arange(3.0)
    for transform in (lambda f: f, jax.jit, jax.vmap, lambda f: jax.vmap(jax.grad(f))):
        assert jnp.array_equal(transform(tapped)(x), transform(plain)(x))
    texts = [jax.jit(f).lower(x).compile().as_text().replace(f.__name__, "") for f in (tapped, plain)]
    counts = [[text.count(word) for word in ("multiply(", "add(", "sine(", "copy(")] for text in texts]
    assert counts[0] == counts[1]


# what cannot be meant

ERRORS = {
    "an unknown submodule": ({"taps": ["layer.0"]}, "Did you mean 'layers.0'"),
    "a tap that is not there": ({"taps": ["layers"]}, r'expected `parity.tap\("layers", x\)`'),
    "a level that is none": ({"levels": ["grad"]}, "`levels`"),
}


@pytest.mark.parametrize("name", ERRORS)
def test_an_option_that_means_nothing_is_an_error(name: str) -> None:
    options, text = ERRORS[name]
    with pytest.raises((TypeError, ValueError), match=text):
        check(Stack(), scanned, stacked, X, **options)


PARAMS = {
    "a name that is none": (lambda own: {"weights": own["weight"], "bias": own["bias"]}, "the nearest is 'weight'"),
    "a name that is missing": (lambda own: {"weight": own["weight"]}, "no 'bias'"),
    "other numbers": (lambda own: own | {"bias": own["bias"] + 1}, "the module's own numbers.*'bias'"),
    "another shape": (lambda own: own | {"bias": own["bias"][:2]}, r"got float32\[2\]"),
}


@pytest.mark.parametrize("name", PARAMS)
def test_parameters_that_do_not_fit_are_an_error(name: str, layer: torch.nn.Linear) -> None:
    change, text = PARAMS[name]
    with pytest.raises(ValueError, match=text):
        check(layer, linear, change(own(layer)), X)


def test_a_module_that_drops_out_is_an_error(layer: torch.nn.Linear) -> None:
    model = torch.nn.Sequential(layer, torch.nn.Dropout())
    with pytest.raises(ValueError, match=r"\.eval\(\)"):
        check(model, linear, lambda state: {"weight": state["0.weight"], "bias": state["0.bias"]}, X)


def test_a_function_in_the_place_of_a_module_is_an_error() -> None:
    with pytest.raises(TypeError, match="to be an nn"):
        check(torch.exp, linear, {}, X)


def test_a_module_is_left_as_it_was() -> None:
    norm = torch.nn.BatchNorm1d(3)
    before = {name: value.clone() for name, value in norm.state_dict().items()}

    def port(params: dict, x: jax.Array) -> jax.Array:
        centred = x - x.mean(0)
        return centred / jnp.sqrt((centred**2).mean(0) + 1e-5) * params["weight"] + params["bias"]

    report = check(norm, port, lambda state: state, X)
    assert report.ok, report
    assert all(torch.equal(before[name], value) for name, value in norm.state_dict().items())
    assert not norm._forward_hooks
