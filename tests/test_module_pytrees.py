"""`parity.module` with the pytree of another library as the parameters: which tensor is which leaf."""

import dataclasses
import functools
from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest
import torch
from jax import lax

from jaxfun import parity
from jaxfun.parity.run.sources import Source, identified, layouts

F32 = np.float32
X = np.zeros((4, 3), F32)
IMAGES = np.zeros((2, 3, 5, 4), F32)


@pytest.fixture(autouse=True)
def plain_jax() -> Any:
    """Use JAX's defaults, as a user has them: 32 bits, its own promotion."""
    torch.manual_seed(0)
    with jax.enable_x64(False), jax.numpy_dtype_promotion("standard"):
        yield


def check(module: torch.nn.Module, function: Callable[..., Any], params: Any, *inputs: Any, **options: Any) -> Any:
    few: dict[str, Any] = {"examples": 10, "seed": 0, "dtypes": ["float32"], "levels": ["value", "vjp"]}
    return parity.module(module, function, params, *inputs, **(few | options))


def fresh(*shape: int) -> jax.Array:
    return jax.random.normal(jax.random.key(1), shape)


def dense(p: dict, x: jax.Array) -> jax.Array:
    return x @ p["kernel"] + p["bias"]


# the names and the layouts of other libraries


def mlp(variables: dict, x: jax.Array) -> jax.Array:
    p = variables["params"]
    return dense(p["Dense_1"], jnp.tanh(dense(p["Dense_0"], x)))


def test_initial_parameters_of_another_library_are_enough() -> None:
    """Two square layers: names, order and layouts are found, though each tensor has the same shape."""
    module = torch.nn.Sequential(torch.nn.Linear(3, 3), torch.nn.Tanh(), torch.nn.Linear(3, 3))
    layer = {"kernel": fresh(3, 3), "bias": jnp.zeros(3)}
    report = check(module, mlp, {"params": {"Dense_0": layer, "Dense_1": layer}}, X)
    assert report.ok, report
    assert report.parameters == [
        'params.Dense_0.bias = state["0.bias"]',
        'params.Dense_0.kernel = state["0.weight"].T',
        'params.Dense_1.bias = state["2.bias"]',
        'params.Dense_1.kernel = state["2.weight"].T',
    ]
    assert 'params.Dense_0.kernel = state["0.weight"].T' in str(report)
    assert set(report.levels["vjp"].leaves) == {"0.weight", "0.bias", "2.weight", "2.bias", "x"}


def test_square_kernel_that_is_not_transposed_is_found_by_running_the_model() -> None:
    report = check(torch.nn.Linear(3, 3), lambda p, x: x @ p["w"].T + p["b"], {"w": fresh(3, 3), "b": jnp.zeros(3)}, X)
    assert report.ok, report
    assert 'w = state["weight"]' in report.parameters


def up(p: dict, x: jax.Array, reverses: bool = True) -> jax.Array:
    return lax.conv_transpose(
        x, p["kernel"], (1, 1), "VALID", dimension_numbers=("NCHW", "HWIO", "NCHW"), transpose_kernel=not reverses
    )


def test_reversed_kernel_is_found_by_running_the_model() -> None:
    module = torch.nn.ConvTranspose2d(3, 3, 3, bias=False)
    report = check(module, up, {"kernel": fresh(3, 3, 3, 3)}, IMAGES)
    assert report.ok, report
    assert report.parameters == ['kernel = state["weight"][:, :, ::-1, ::-1].transpose(2, 3, 0, 1)']


def test_wrong_model_differs_in_each_layout() -> None:
    report = check(torch.nn.Linear(3, 3), lambda p, x: dense(p, x) + 1e-3 * x, {"kernel": fresh(3, 3), "bias": X[0]}, X)
    assert report.answer == "differs"
    assert 'kernel = state["weight"].T' in report.parameters


@jax.tree_util.register_dataclass
@dataclasses.dataclass
class Callable_:
    """A model that is a pytree and a function, with a function among its leaves."""

    weight: Any
    bias: Any
    key: Any
    activation: Any = dataclasses.field(default=jnp.tanh)

    def __call__(self, x: jax.Array) -> jax.Array:
        return self.activation(x @ self.weight.T + self.bias[:, 0])


def test_callable_pytree_is_not_taken_for_a_conversion() -> None:
    module = torch.nn.Sequential(torch.nn.Linear(3, 2), torch.nn.Tanh())
    model = Callable_(fresh(2, 3), jnp.zeros((2, 1)), jax.random.key(0))
    report = check(module, lambda model, x: model(x), model, X)
    assert report.ok, report
    assert report.parameters == ['weight = state["0.weight"]', 'bias = state["0.bias"].reshape(2, 1)']


# parameters that were loaded already


def loaded(module: torch.nn.Module, wrong: bool = False) -> dict[str, Any]:
    weight, bias = (item.detach().numpy() for item in module.parameters())
    return {"kernel": jnp.asarray(weight if wrong else weight.T), "bias": jnp.asarray(bias)}


def test_values_of_loaded_parameters_decide_the_layout() -> None:
    """A kernel that was loaded without its transpose must not be mended in silence."""
    layer = torch.nn.Linear(3, 3)
    assert check(layer, dense, loaded(layer), X).ok
    report = check(layer, dense, loaded(layer, wrong=True), X)
    assert report.answer == "differs"
    assert 'kernel = state["weight"]' in report.parameters


def test_parts_of_a_packed_tensor_are_found_by_their_values() -> None:
    attention = torch.nn.MultiheadAttention(4, 2, batch_first=True)
    own = {name: jnp.asarray(item.detach().numpy()) for name, item in attention.named_parameters()}
    parts = {
        name: {"kernel": jnp.split(own["in_proj_weight"], 3)[at].T.reshape(4, 2, 2), "bias": jnp.zeros((2, 2))}
        for at, name in enumerate(("query", "key", "value"))
    }
    out = {"kernel": own["out_proj.weight"].T.reshape(2, 2, 4), "bias": own["out_proj.bias"]}

    def attend(p: dict, x: jax.Array) -> jax.Array:
        q, k, v = (jnp.einsum("nle,ehd->nhld", x, p[name]["kernel"]) + p[name]["bias"][:, None] for name in parts)
        scores = jax.nn.softmax(jnp.einsum("nhld,nhmd->nhlm", q, k) / 2**0.5)
        return jnp.einsum("nhlm,nhmd,hde->nle", scores, v, p["out"]["kernel"]) + p["out"]["bias"]

    class SelfAttention(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.attention = attention

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return self.attention(x, x, x, need_weights=False)[0]

    report = check(SelfAttention(), attend, {**parts, "out": out}, np.zeros((2, 3, 4), F32))
    assert report.ok, report
    expected = 'key.bias = jnp.split(state["attention.in_proj_bias"], 3)[1].reshape(2, 2)'
    assert expected in report.parameters


def test_one_equal_tensor_does_not_make_the_others_wrong() -> None:
    """Both libraries may compute the same table, while the weights are initial ones."""
    module = torch.nn.Sequential(torch.nn.Linear(3, 3), torch.nn.LayerNorm(3), torch.nn.Linear(3, 3))
    with torch.no_grad():
        module[1].weight.copy_(torch.arange(3.0))

    def port(p: dict, x: jax.Array) -> jax.Array:
        y = dense(p["Dense_0"], x)
        y = (y - y.mean(-1, keepdims=True)) / jnp.sqrt(y.var(-1, keepdims=True) + 1e-5)
        return dense(p["Dense_1"], y * p["Norm"]["scale"] + p["Norm"]["bias"])

    layer = {"kernel": fresh(3, 3), "bias": jnp.zeros(3)}
    norm = {"scale": jnp.arange(3.0), "bias": jnp.zeros(3)}
    report = check(module, port, {"Dense_0": layer, "Dense_1": layer, "Norm": norm}, X)
    assert report.ok, report


# what a conversion function does is in the report


def test_conversion_function_is_described() -> None:
    layer = torch.nn.Linear(3, 3)
    report = check(layer, dense, lambda state: {"kernel": state["weight"].T, "bias": 2 * state["bias"] / 2}, X)
    assert report.ok, report
    report = check(
        layer,
        lambda p, x: dense(p, x) - p["bias"] / 2,
        lambda state: {"kernel": state["weight"].T, "bias": 2 * state["bias"]},
        X,
    )
    assert report.parameters == ["bias = computed from the state_dict", 'kernel = state["weight"].T']


def test_state_dict_itself_needs_no_description() -> None:
    layer = torch.nn.Linear(3, 3)
    assert check(layer, lambda p, x: x @ p["weight"].T + p["bias"], dict, X).parameters == []


# statistics


def normalised(variables: dict, x: jax.Array, *, is_biased: bool = False) -> tuple:
    p, old = variables["params"]["BatchNorm_0"], variables["batch_stats"]["BatchNorm_0"]
    mean, var, count = x.mean(0), x.var(0), x.shape[0]
    new = {"mean": mean, "var": var if is_biased else var * count / (count - 1)}
    moved = {name: 0.9 * old[name] + 0.1 * item for name, item in new.items()}
    return (x - mean) / jnp.sqrt(var + 1e-5) * p["scale"] + p["bias"], {"batch_stats": {"BatchNorm_0": moved}}


def test_statistics_are_compared_under_the_other_library_s_names() -> None:
    variables = {
        "batch_stats": {"BatchNorm_0": {"mean": jnp.zeros(3), "var": jnp.ones(3)}},
        "params": {"BatchNorm_0": {"scale": jnp.ones(3), "bias": jnp.zeros(3)}},
    }
    module = torch.nn.BatchNorm1d(3)
    report = check(module, normalised, variables, X)
    assert report.ok, report
    assert {"result[1]['running_mean']", "result[1]['running_var']"} <= set(report.levels["value"].leaves)
    report = check(module, functools.partial(normalised, is_biased=True), variables, X, levels=["value"])
    assert {name for name, leaf in report.levels["value"].leaves.items() if leaf.failures} == {
        "result[1]['running_var']"
    }


# taps in a model with channels last


def convolved(p: dict, x: jax.Array, slope: float = 1.0) -> jax.Array:
    def conv(p: dict, x: jax.Array) -> jax.Array:
        numbers = ("NHWC", "HWIO", "NHWC")
        return lax.conv_general_dilated(x, p["kernel"], (1, 1), "SAME", dimension_numbers=numbers) + p["bias"]

    y = jnp.tanh(conv(p["first"], jnp.moveaxis(x, 1, -1)))
    return jnp.moveaxis(slope * conv(p["last"], y), -1, 1)


@pytest.mark.parametrize("size", [4, 5])
def test_taps_are_compared_with_the_channels_moved(size: int) -> None:
    """With size 4 each dimension of an image has as many elements as channels, so that the shapes do not tell."""
    layers = [torch.nn.Conv2d(4, 4, 3, padding=1), torch.nn.Conv2d(4, 4, 3, padding=1)]
    module = torch.nn.Sequential()
    for name, layer in zip(("first", "tanh", "last"), (layers[0], torch.nn.Tanh(), layers[1]), strict=True):
        module.add_module(name, layer)
    fill = {"kernel": fresh(3, 3, 4, 4), "bias": jnp.zeros(4)}
    images = np.zeros((2, 4, size, size), F32)
    report = check(module, functools.partial(convolved, slope=1.01), {"first": fill, "last": fill}, images)
    first = report.taps[0]
    assert (first.name, first.ok) == ("first", True), report
    assert report.answer == "differs"


# invalid parameters

UNKNOWN = {
    "another shape": ({"kernel": jnp.zeros((3, 5)), "bias": jnp.zeros(5)}, "'bias' with no counterpart|'kernel'"),
    "a leaf too many": ({"kernel": jnp.zeros((3, 2)), "bias": jnp.zeros(2), "gain": jnp.zeros(2)}, "'gain'"),
    "a missing leaf": ({"kernel": jnp.zeros((3, 2))}, "no 'bias'"),
}


@pytest.mark.parametrize("name", UNKNOWN)
def test_pytree_that_does_not_correspond_raises(name: str) -> None:
    params, text = UNKNOWN[name]
    with pytest.raises(ValueError, match=text):
        check(torch.nn.Linear(3, 2), dense, params, X)


def test_loaded_leaf_with_other_values_raises() -> None:
    layer = torch.nn.Linear(3, 2)
    with pytest.raises(ValueError, match=r"'bias' with other values"):
        check(layer, dense, loaded(layer) | {"bias": jnp.arange(2.0)}, X)


# sources


def test_each_layout_is_identified() -> None:
    rng = np.random.default_rng(0)
    state = {"weight": rng.normal(size=(6, 4, 3, 3)).astype(F32), "packed": rng.normal(size=(12, 2)).astype(F32)}
    for source in layouts("weight", (6, 4, 3, 3), (3, 3, 4, 6)):
        (found,) = identified({"leaf": source.of(state)}, state).values()
        assert np.array_equal(found.of(state), source.of(state))
    part = Source("packed", (2, 2, 2), (1, 0), 1, 3)
    assert identified({"leaf": part.of(state)}, state) == {"leaf": part}
    assert eval(part.text(state), {"jnp": jnp, "state": state}).tolist() == part.of(state).tolist()
