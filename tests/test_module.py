"""`parity.module`: a port of an nn.Module, the gradients of its parameters, and the first place that differs."""

import dataclasses
import functools
import tracemalloc
from collections import OrderedDict
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
    """Use JAX's defaults, as a user has them: 32 bits, its own promotion."""
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


def test_each_gradient_is_compared_under_its_name(layer: torch.nn.Linear) -> None:
    report = check(layer, linear, own(layer), X)
    assert report.ok, report
    assert set(report.levels["vjp"].leaves) == {"weight", "bias", "x"}
    assert all(leaf.compared for leaf in report.levels["vjp"].leaves.values())
    assert all(report.levels[level].status == "pass" for level in ("value", "vjp", "jvp", "hvp", "vmap", "jit"))


def test_stopped_gradient_is_named(layer: torch.nn.Linear) -> None:
    def stopped(params: dict, x: jax.Array) -> jax.Array:
        return linear(params | {"bias": lax.stop_gradient(params["bias"])}, x)

    report = check(layer, stopped, own(layer), X)
    assert differing(report, "vjp") == {"bias"}
    assert report.levels["value"].status == "pass"
    assert "vjp of bias" in str(report)


def test_missing_transpose_in_a_conversion_is_found(layer: torch.nn.Linear) -> None:
    def port(params: dict, x: jax.Array) -> jax.Array:
        return x @ params["kernel"] + params["bias"]

    right = check(layer, port, lambda state: {"kernel": state["weight"].T, "bias": state["bias"]}, X)
    assert right.ok, right
    assert set(right.levels["vjp"].leaves) == {"weight", "bias", "x"}
    assert not check(layer, port, lambda state: {"kernel": state["weight"], "bias": state["bias"]}, X).ok


def test_zero_bias_does_not_hide_a_difference(layer: torch.nn.Linear) -> None:
    torch.nn.init.zeros_(layer.bias)
    assert "value" in {item.level for item in check(layer, lambda p, x: x @ p["weight"].T, own(layer), X).failures}


def test_buffers_integers_and_tied_weights_are_accepted() -> None:
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
    """Return the definitions of the example, and the report on its wrong port, with fewer value sets."""
    defined: dict[str, Any] = {"__name__": "example"}
    exec(EXAMPLE.read_text().partition("report = ")[0], defined)
    wrong = functools.partial(defined["block"], eps=1e-6)
    with jax.enable_x64(False), jax.numpy_dtype_promotion("standard"):
        return defined | {"report": check(defined["original"], wrong, defined["nested"], defined["x"])}


def test_wrong_epsilon_in_a_transformer_block_names_the_layer_norm(example: dict[str, Any]) -> None:
    report = example["report"]
    assert [tap.name for tap in report.taps] == ["norm1", "attention", "norm2", "expand", "contract"]
    assert report.first_divergence.name == "norm2"
    assert [tap.ok for tap in report.taps] == [True, True, False, False, False]
    assert max(tap.of_tolerance for tap in report.taps[:2]) < 0.5 < 2 < report.first_divergence.of_tolerance
    assert "norm2      DIFFERS" in str(report)
    assert "<- first divergence" in str(report)


def test_reported_error_belongs_to_its_index(example: dict[str, Any]) -> None:
    for failure in example["report"].failures:
        ours, theirs = (float(item[failure.index]) for item in (failure.candidate, failure.reference))
        assert failure.ulp == pytest.approx(abs(ours - theirs) / abs(theirs) * 2**23, rel=0.05), failure.message


def test_every_tap_of_a_correct_port_agrees(example: dict[str, Any]) -> None:
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


def test_scan_over_layers_is_tapped_per_iteration() -> None:
    torch.manual_seed(0)
    assert check(Stack(), scanned, stacked, X).ok
    report = check(Stack(), functools.partial(scanned, wrong=1), stacked, X)
    assert [tap.name for tap in report.taps] == ["layers.0", "layers.1", "layers.2"]
    assert report.first_divergence.name == "layers.2"  # the sign is lost after layers.1


def test_submodule_that_runs_twice_has_two_taps() -> None:
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


def test_tap_is_the_identity_and_adds_nothing_to_the_program() -> None:
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


# several errors, and places between taps


class Deep(torch.nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.first, self.norm, self.last = torch.nn.Linear(3, 4), torch.nn.LayerNorm(4), torch.nn.Linear(4, 2)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.last(torch.tanh(self.norm(self.first(x))))


def deep(params: dict, x: jax.Array, *, slope: float = 1.0, eps: float = 1e-5, stops: bool = False) -> jax.Array:
    p = params
    y = slope * x @ p["first.weight"].T + p["first.bias"]
    centred = y - y.mean(-1, keepdims=True)
    y = centred / jnp.sqrt((centred**2).mean(-1, keepdims=True) + eps) * p["norm.weight"] + p["norm.bias"]
    y = lax.stop_gradient(jnp.tanh(y)) if stops else jnp.tanh(y)
    return y @ p["last.weight"].T + p["last.bias"]


def test_layers_are_tapped_by_the_parameters_they_use() -> None:
    torch.manual_seed(0)
    report = check(Deep(), deep, dict, X, levels=["value"])
    assert report.ok, report
    assert [(tap.name, tap.ok) for tap in report.taps] == [("first", True), ("norm", True), ("last", True)]


def test_every_mistake_is_named_in_one_run() -> None:
    torch.manual_seed(0)
    report = check(Deep(), functools.partial(deep, slope=1.01, eps=0.1), dict, X, levels=["value", "vjp"])
    assert report.first_divergence.name == "first"
    assert [tap.name for tap in report.divergences] == ["first", "norm"]
    assert "given PyTorch's input, it DIFFERS too" in str(report)
    assert "given PyTorch's input, it agrees" in str(report)


def test_gradient_lost_between_two_taps_is_named() -> None:
    torch.manual_seed(0)
    report = check(Deep(), functools.partial(deep, stops=True), dict, X, levels=["value", "vjp"])
    assert report.first_divergence is None
    (place,) = report.divergences
    assert (place.name, place.gradients) == ("last", ("norm",))
    assert "its gradient DIFFERS for norm" in str(report)


class Narrow(torch.nn.Module):
    """A norm like Llama's, which always computes in float32."""

    def __init__(self) -> None:
        super().__init__()
        self.norm = torch.nn.Identity()
        self.weight = torch.nn.Parameter(torch.ones(3))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        y = x.float()
        return self.norm(self.weight * (y * torch.rsqrt(y.pow(2).mean(-1, keepdim=True) + 1e-6)).to(x.dtype))


def test_reference_that_computes_in_float32_is_its_own_oracle() -> None:
    def port(params: dict, x: jax.Array, wrong: float = 1.0) -> jax.Array:
        return parity.tap("norm", wrong * params["weight"] * x / jnp.sqrt((x**2).mean(-1, keepdims=True) + 1e-6))

    assert check(Narrow(), port, dict, X, dtypes=None).ok
    report = check(Narrow(), port, dict, X, dtypes=["float64"], levels=["value"])
    assert [tap.ok for tap in report.taps] == [True], report
    report = check(Narrow(), functools.partial(port, wrong=1.001), dict, X, dtypes=["float64"], levels=["value"])
    assert [tap.ok for tap in report.taps] == [False]


# modules as users write them


def batch_norm(params: dict, x: jax.Array, momentum: float = 0.1) -> tuple:
    mean, centred = x.mean(0), x - x.mean(0)
    variance = (centred**2).mean(0)
    result = centred / jnp.sqrt(variance + 1e-5) * params["weight"] + params["bias"]
    count = x.shape[0]
    new = {"running_mean": mean, "running_var": variance * count / (count - 1)}
    moved = {name: (1 - momentum) * params[name] + momentum * item for name, item in new.items()}
    return result, moved | {"num_batches_tracked": params["num_batches_tracked"] + 1}


def test_written_buffers_are_results() -> None:
    layer = torch.nn.BatchNorm1d(3)
    report = check(layer, batch_norm, dict, X)
    assert report.ok, report
    assert {"result[1]['running_mean']", "result[1]['running_var']"} <= set(report.levels["value"].leaves)
    report = check(layer, functools.partial(batch_norm, momentum=0.2), dict, X, levels=["value"])
    assert differing(report, "value") == {"result[1]['running_mean']", "result[1]['running_var']"}


def test_buffers_that_are_not_returned_are_reported_as_not_compared() -> None:
    layer = torch.nn.BatchNorm1d(3)
    report = check(layer, lambda p, x: batch_norm(p, x)[0], dict, X, levels=["value"])
    assert report.ok, report
    assert any("running_mean" in note and "not compared" in note for note in report.notes)
    with pytest.raises(ValueError, match="new_buffers"):
        check(layer, lambda p, x: batch_norm(p, x)[0], dict, X, buffers=True)


class Dropping(torch.nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.layer, self.drop = torch.nn.Linear(3, 3), torch.nn.Dropout(0.25)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.drop(self.layer(x))


def test_module_with_dropout_is_compared_if_the_mask_is_given() -> None:
    def port(params: dict, x: jax.Array, keep: jax.Array, rate: float = 0.25) -> jax.Array:
        return keep * linear({"weight": params["layer.weight"], "bias": params["layer.bias"]}, x) / (1 - rate)

    torch.manual_seed(0)
    mask = {"keep|drop": np.ones((4, 3), bool)}
    report = check(Dropping(), port, dict, X, kwargs=mask)
    assert report.ok, report
    assert not check(Dropping(), functools.partial(port, rate=0.0), dict, X, kwargs=mask, levels=["value"]).ok
    with pytest.raises(ValueError, match=r'dropout: drop.*\.eval\(\).*"keep\|drop"'):
        check(Dropping(), linear, dict, X)


@dataclasses.dataclass
class Output:
    logits: Any
    hidden: Any = None


@dataclasses.dataclass
class Mapped(OrderedDict):
    """Like the outputs of transformers: a dataclass, and a dict of the fields that are not None."""

    logits: Any = None
    cache: Any = None

    def __post_init__(self) -> None:
        self.update({name: value for name, value in vars(self).items() if value is not None})


class Cache:
    """An object that is not a tensor."""


RESULTS: dict[str, tuple[Callable[[Any], Any], Callable[[Any], Any]]] = {
    "a dataclass, and a dict": (lambda y: Output(y, 2 * y), lambda y: {"logits": y, "hidden": 2 * y}),
    "a dataclass on both sides": (Output, Output),
    "one field, and an array": (Output, lambda y: y),
    "fields, and a tuple": (lambda y: Output(y, 2 * y), lambda y: (y, 2 * y)),
    "a model's output, and a dict": (Mapped, lambda y: {"logits": y}),
    "a cache beside": (lambda y: Mapped(y, Cache()), lambda y: {"logits": y}),
    "a cache beside, and an array": (lambda y: Mapped(y, Cache()), lambda y: y),
    "a cache in a tuple": (lambda y: (y, Cache()), lambda y: (y,)),
}


class Giving(torch.nn.Module):
    def __init__(self, gives: Callable[[Any], Any]) -> None:
        super().__init__()
        self.layer, self.gives = torch.nn.Linear(3, 3), gives

    def forward(self, x: torch.Tensor) -> Any:
        return self.gives(self.layer(x))


def inner(params: dict, x: jax.Array) -> jax.Array:
    return linear({"weight": params["layer.weight"], "bias": params["layer.bias"]}, x)


@pytest.mark.parametrize("name", RESULTS)
def test_results_are_compared_by_their_contents(name: str) -> None:
    theirs, ours = RESULTS[name]
    torch.manual_seed(0)
    options: Any = {"levels": ["value", "vjp"], "examples": 8}
    report = check(Giving(theirs), lambda p, x: ours(inner(p, x)), dict, X, **options)
    assert report.ok, report
    assert ("Cache" in str(report)) == ("cache" in name)
    assert not check(Giving(theirs), lambda p, x: ours(inner(p, 2 * x)), dict, X, **options).ok


def test_missing_result_is_a_difference() -> None:
    report = check(Giving(lambda y: Output(y, 2 * y)), lambda p, x: {"logits": inner(p, x)}, dict, X, levels=["value"])
    assert report.failures[0].kind == "structure", report


class Attending(torch.nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.embed = torch.nn.Embedding(11, 3)

    def forward(self, batch: dict, *, mask: torch.Tensor, scale: float = 1.0, use_cache: bool = True) -> Any:
        y = scale * self.embed(batch["tokens"]).masked_fill(~mask[..., None], 0.0) + batch["x"]
        return (y, Cache()) if use_cache else y


def attending(params: dict, batch: dict, *, keep: jax.Array, scale: float, deterministic: bool = False) -> jax.Array:
    assert deterministic
    y = params["embed"]["weight"][batch["tokens"]]
    return scale * jnp.where(keep[..., None], y, 0) + batch["x"]


def test_inputs_may_be_dicts_and_keywords_with_two_names() -> None:
    torch.manual_seed(0)
    batch = {"tokens": torch.zeros((2, 5), dtype=torch.int64), "x": jnp.zeros((2, 5, 3))}
    kwargs = {"keep|mask": np.ones((2, 5), bool), "scale": 2.0, "|use_cache": False, "deterministic|": True}
    module = Attending()
    params = {"embed": {"weight": jnp.asarray(module.embed.weight.detach().numpy())}}
    report = check(module, attending, params, batch, kwargs=kwargs)
    assert report.ok, report
    assert {"embed.weight", "batch['x']"} == set(report.levels["vjp"].leaves)


def test_tokens_are_drawn_from_the_whole_table() -> None:
    tokens = np.zeros((2, 5), np.int32)
    layer = torch.nn.Embedding(11, 3)
    assert check(layer, lambda p, i: p["weight"][i], dict, tokens, levels=["value"]).ok
    assert not check(layer, lambda p, i: p["weight"][jnp.minimum(i, 9)], dict, tokens, levels=["value"]).ok


def test_equal_weights_are_drawn_like_others() -> None:
    layer = torch.nn.Embedding(4, 3)
    torch.nn.init.zeros_(layer.weight)
    report = check(layer, lambda p, i: 0 * p["weight"][i], dict, np.array([0, 3]), levels=["value"])
    assert not report.ok
    scaled = Deep()  # its norm has weights of 1 and a bias of 0
    assert not check(scaled, lambda p, x: deep(p | {"norm.weight": jnp.ones(4)}, x), dict, X, levels=["value"]).ok


def test_tied_parameter_may_be_given_under_one_name() -> None:
    class Tied(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.embed, self.head = torch.nn.Embedding(5, 3), torch.nn.Linear(3, 5, bias=False)
            self.head.weight = self.embed.weight

        def forward(self, tokens: torch.Tensor) -> torch.Tensor:
            return self.head(self.embed(tokens))

    module = Tied()
    weight = jnp.asarray(module.embed.weight.detach().numpy())

    def port(params: dict, tokens: jax.Array) -> jax.Array:
        return params["embed"]["weight"][tokens] @ params["embed"]["weight"].T

    report = check(module, port, {"embed": {"weight": weight}}, np.zeros(4, np.int64))
    assert report.ok, report
    assert set(report.levels["vjp"].leaves) == {"embed.weight"}


def test_module_is_checked_in_its_own_dtypes() -> None:
    torch.manual_seed(0)
    report = check(torch.nn.Linear(3, 3).bfloat16(), linear, dict, np.zeros((4, 3), np.float32), dtypes=None)
    assert report.ok, report
    assert next(iter(report.by_dtype)) == "bfloat16"

    class Mixed(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.layer, self.scale = torch.nn.Linear(3, 3), torch.nn.Parameter(torch.ones(3, dtype=torch.bfloat16))

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            met.add((self.layer.weight.dtype, self.scale.dtype))
            return self.layer(x) * self.scale

    met: set[tuple] = set()
    report = check(Mixed(), lambda p, x: inner(p, x) * p["scale"], dict, X, dtypes=None)
    assert report.ok, report
    assert (torch.float32, torch.bfloat16) in met
    gradients = check(Mixed(), lambda p, x: inner(p, x) * jnp.ones(3), dict, X, levels=["vjp"])
    assert differing(gradients, "vjp") == {"layer.weight", "layer.bias", "scale", "x"}


def test_report_prints_shapes() -> None:
    layer = torch.nn.Linear(30, 2)
    report = check(layer, lambda p, x: 2 * linear(p, x), dict, np.zeros((40, 30), np.float32), levels=["value"])
    assert "x float32[40, 30], a state of 62 numbers drawn near the module's own" in report.failures[0].message
    assert len(str(report)) < 2000


# large modules


class Wide(torch.nn.Module):
    """Large enough to be checked one value set at a time."""

    def __init__(self) -> None:
        super().__init__()
        self.first, self.last = torch.nn.Linear(40, 1300), torch.nn.Linear(1300, 2)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.last(torch.tanh(self.first(x)))


def wide(params: dict, x: jax.Array, *, factor: float = 1.0, stops: bool = False) -> jax.Array:
    bias = lax.stop_gradient(params["first.bias"]) if stops else params["first.bias"]
    y = jnp.tanh(x @ params["first.weight"].T + bias)
    return y @ params["last.weight"].T + factor * params["last.bias"]


MANY = np.zeros((4, 40), np.float32)


def test_large_module_is_compared_at_every_level() -> None:
    torch.manual_seed(0)
    report = check(Wide(), wide, dict, MANY, examples=4, seconds=600)
    assert report.ok, report
    assert all(report.levels[level].status == "pass" for level in ("value", "vjp", "jvp", "hvp", "jit", "vmap"))
    assert set(report.levels["vjp"].leaves) == {"first.weight", "first.bias", "last.weight", "last.bias", "x"}
    assert [(tap.name, tap.ok) for tap in report.taps] == [("first", True), ("last", True)]
    assert all(all(level.planted.values()) for level in report.levels.values())
    assert set(report.levels["vjp"].planted) == {"zeros", "a small shift"}


def test_error_in_a_large_module_is_found() -> None:
    torch.manual_seed(0)
    options: Any = {"examples": 4, "levels": ["value", "vjp"]}
    report = check(Wide(), functools.partial(wide, factor=1.001), dict, MANY, **options)
    assert {item.level for item in report.failures} >= {"value"}
    assert report.first_divergence.name == "last"
    report = check(Wide(), functools.partial(wide, stops=True), dict, MANY, **options)
    assert differing(report, "vjp") == {"first.bias"}


class WideAttention(torch.nn.Module):
    """An attention, large enough to be checked one value set at a time."""

    def __init__(self) -> None:
        super().__init__()
        self.query, self.key, self.value = (torch.nn.Linear(140, 140) for _ in range(3))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return torch.nn.functional.scaled_dot_product_attention(self.query(x), self.key(x), self.value(x))


def wide_attention(params: dict, x: jax.Array, *, turned: float = 0.0) -> jax.Array:
    query, key, value = (x @ params[f"{name}.weight"].T for name in ("query", "key", "value"))
    query, key = query + params["query.bias"], key + params["key.bias"]
    # a gradient of the key's bias: `turned` of its elements
    weights = jax.nn.softmax(query @ key.T / 140**0.5) + turned * jnp.sum(params["key.bias"])
    return weights @ (value + params["value.bias"])


def test_gradient_that_is_zero_in_theory_is_compared_with_the_others() -> None:
    torch.manual_seed(0)
    options: Any = {"examples": 2, "levels": ["vjp"]}
    given = np.zeros((6, 140), np.float32)
    report = check(WideAttention(), wide_attention, dict, given, **options)
    assert report.ok, report
    report = check(WideAttention(), functools.partial(wide_attention, turned=1e-4), dict, given, **options)
    assert "key.bias" in differing(report, "vjp")


def test_large_module_is_copied_few_times() -> None:
    torch.manual_seed(0)
    layer = torch.nn.Linear(1100, 1000)
    model = torch.nn.Sequential(OrderedDict(layer=layer, last=torch.nn.Tanh()))

    def port(params: dict, x: jax.Array) -> jax.Array:
        return jnp.tanh(linear({"weight": params["layer.weight"], "bias": params["layer.bias"]}, x))

    tracemalloc.start()  # counts NumPy's arrays, not PyTorch's
    try:
        report = check(model, port, dict, np.zeros((2, 1100), np.float32), examples=2, levels=["value"], seconds=600)
        most = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert report.ok, report
    assert [tap.name for tap in report.taps] == ["layer"]
    assert most < 30 * layer.weight.nbytes


def test_comparisons_skipped_for_time_are_reported() -> None:
    torch.manual_seed(0)
    report = check(Wide(), wide, dict, MANY, seconds=1e-3)
    assert report.answer == "agrees", report
    assert report.examples == 2
    (note,) = [note for note in report.notes if "left out" in note]
    assert all(what in note for what in ("all but 2 of 20 value sets", "vmap", "jvp", "hvp", "taps"))
    assert all(report.levels[level].status == "left out" for level in ("vmap", "jvp", "hvp"))
    assert "left out: no time left" in str(report)


def test_error_is_named_within_the_time_limit() -> None:
    torch.manual_seed(0)
    options: Any = {"examples": 4, "levels": ["value", "vjp"]}
    wrong = functools.partial(wide, stops=True)
    named, hurried = (check(Wide(), wrong, dict, MANY, **options, seconds=seconds) for seconds in (600, 1e-3))
    assert [tap.name for tap in named.divergences] == ["first"]
    assert differing(hurried, "vjp") == {"first.bias"}
    assert not hurried.divergences
    assert any("gradients of the stretches after the first 0 of" in note for note in hurried.notes)


# invalid arguments

ERRORS = {
    "an unknown submodule": ({"taps": ["layer.0"]}, "Did you mean 'layers.0'"),
    "a tap that is not there": ({"taps": ["layers"]}, r'expected `parity.tap\("layers", x\)`'),
    "a level that is none": ({"levels": ["grad"]}, "`levels`"),
}


@pytest.mark.parametrize("name", ERRORS)
def test_meaningless_option_raises(name: str) -> None:
    options, text = ERRORS[name]
    with pytest.raises((TypeError, ValueError), match=text):
        check(Stack(), scanned, stacked, X, **options)


PARAMS = {
    "a name that is none": (lambda own: {"weights": own["weight"], "bias": own["bias"]}, "did you mean 'weight'"),
    "a name that is missing": (lambda own: {"weight": own["weight"]}, "no 'bias'"),
    "a name that a function asks for": (lambda own: lambda state: state["wieght"], "'wieght'.*Did you mean 'weight'"),
    "other numbers": (lambda own: own | {"bias": own["bias"] + 1}, "equal to the module's own.*'bias'"),
    "another shape": (lambda own: own | {"bias": own["bias"][:2]}, r"got float32\[2\]"),
}


@pytest.mark.parametrize("name", PARAMS)
def test_parameters_that_do_not_fit_raise(name: str, layer: torch.nn.Linear) -> None:
    change, text = PARAMS[name]
    with pytest.raises(ValueError, match=text):
        check(layer, linear, change(own(layer)), X)


def test_module_with_dropout_raises(layer: torch.nn.Linear) -> None:
    model = torch.nn.Sequential(layer, torch.nn.Dropout())
    with pytest.raises(ValueError, match=r"\.eval\(\)"):
        check(model, linear, lambda state: {"weight": state["0.weight"], "bias": state["0.bias"]}, X)


def test_function_instead_of_a_module_raises() -> None:
    with pytest.raises(TypeError, match="to be an nn"):
        check(torch.exp, linear, {}, X)


class Writing(torch.nn.Module):
    """A module that writes to all its state."""

    def __init__(self) -> None:
        super().__init__()
        self.layer, self.norm, self.calls = torch.nn.Linear(3, 3), torch.nn.BatchNorm1d(3), 0
        self.register_buffer("hidden", torch.zeros(3), persistent=False)
        self.register_buffer("last", torch.zeros(3))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        self.calls += 1
        self.hidden += 1
        self.last = x.detach().sum(0)
        torch.rand(1)
        x.mul_(2)
        return self.norm(self.layer(x))


def test_module_is_not_changed() -> None:
    module = Writing()
    module.layer.weight.grad = torch.ones(3, 3)
    module.norm.eval()
    before = {name: value.clone() for name, value in (*module.state_dict().items(), ("hidden", module.hidden))}
    torch.manual_seed(7)
    random = torch.get_rng_state()

    def port(params: dict, x: jax.Array) -> tuple:
        y = 2 * x @ params["layer.weight"].T + params["layer.bias"]
        y = (y - params["norm.running_mean"]) / jnp.sqrt(params["norm.running_var"] + 1e-5)
        return y * params["norm.weight"] + params["norm.bias"], {"last": x.sum(0)}

    given = torch.zeros(4, 3)
    report = check(module, port, dict, given)
    assert report.ok, report
    after = {**module.state_dict(), "hidden": module.hidden}
    assert all(torch.equal(before[name], value) for name, value in after.items())
    assert (module.calls, module.training, module.norm.training) == (0, True, False)
    assert torch.equal(module.layer.weight.grad, torch.ones(3, 3))
    assert torch.equal(torch.get_rng_state(), random)
    assert not any(item._forward_hooks for item in module.modules())
    assert not given.any()
