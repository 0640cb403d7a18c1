"""`from_torch`: converted models beside PyTorch's, in value, gradient and buffers; trees, sizes, randomness, errors."""

import collections
import copy
import dataclasses
import functools
import re
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest
import torch
from torch import nn
from torch._higher_order_ops.while_loop import while_loop
from torch.nn import functional

import jaxfun as jf
from jaxfun.convert.rules import rule_of
from jaxfun.core.errors import (
    ArgumentTypeError,
    ArgumentValueError,
    ConversionError,
    DTypeError,
    ShapeError,
    X64DisabledError,
)
from jaxfun.ops import records

from_torch = functools.partial(jf.from_torch, prove=False)  # the proof has tests of its own
KEY = jax.random.key(0)
ERROR = 2e-5  # of the largest element: float32 through a few layers


pytestmark = pytest.mark.usefixtures("as_a_user")


class Images(nn.Module):
    """Convolutions, batch norm with its buffers, pools, a residual."""

    def __init__(self) -> None:
        super().__init__()
        self.first = nn.Sequential(nn.Conv2d(3, 8, 3, padding=1), nn.BatchNorm2d(8), nn.ReLU(), nn.MaxPool2d(2))
        self.second = nn.Sequential(nn.Conv2d(8, 8, 3, padding=1, groups=4), nn.BatchNorm2d(8), nn.Hardswish())
        self.head = nn.Linear(8, 5)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = self.first(x)
        x = x + functional.interpolate(self.second(functional.avg_pool2d(x, 2)), scale_factor=2.0)
        return self.head(functional.adaptive_avg_pool2d(x, 1).flatten(1))


class Text(nn.Module):
    """A small GPT: embeddings, causal attention, a mask, and one weight for the embedding and the head."""

    def __init__(self) -> None:
        super().__init__()
        self.embed, self.places = nn.Embedding(19, 16), nn.Parameter(torch.randn(32, 16))
        self.blocks = nn.TransformerEncoder(nn.TransformerEncoderLayer(16, 4, 32, 0.0, batch_first=True), 2)
        self.head = nn.Linear(16, 19, bias=False)
        self.head.weight = self.embed.weight

    def forward(self, tokens: torch.Tensor) -> dict[str, torch.Tensor]:
        size = tokens.shape[1]
        mask = torch.ones(size, size, dtype=torch.bool).triu(1)
        hidden = self.blocks(self.embed(tokens) + self.places[:size], mask=mask, is_causal=True)
        return {"logits": self.head(hidden), "hidden": hidden}


class Tagger(nn.Module):
    def __init__(self, kind: str) -> None:
        super().__init__()
        self.embed, self.head = nn.Embedding(19, 8), nn.Linear(12, 4)
        self.recurrent = getattr(nn, kind)(8, 6, 2, batch_first=True, bidirectional=True)

    def forward(self, tokens: torch.Tensor) -> torch.Tensor:
        return self.head(self.recurrent(self.embed(tokens))[0])


MODELS: Mapping[str, tuple[Callable[[], nn.Module], torch.Tensor]] = {
    "images": (Images, torch.randn(4, 3, 12, 12, generator=torch.Generator().manual_seed(0))),
    "text": (Text, torch.arange(14).reshape(2, 7) % 19),
    "lstm": (lambda: Tagger("LSTM"), torch.arange(14).reshape(2, 7) % 19),
    "gru": (lambda: Tagger("GRU"), torch.arange(14).reshape(2, 7) % 19),
}


def made(name: str) -> tuple[Any, torch.Tensor]:
    torch.manual_seed(0)
    make, inputs = MODELS[name]
    return make(), inputs


def assert_near(found: Any, wanted: torch.Tensor, of: float = 0.0) -> None:
    wanted_array = wanted.detach().numpy()
    largest = max(of, float(np.abs(wanted_array).max(initial=0)))
    np.testing.assert_allclose(np.asarray(found), wanted_array, rtol=0, atol=ERROR * largest)


def leaves(result: Any) -> list[Any]:
    return [result[name] for name in sorted(result)] if isinstance(result, dict) else [result]


@pytest.mark.proves("from_torch")
@pytest.mark.parametrize("train", [False, True], ids=["eval", "train"])
@pytest.mark.parametrize("name", MODELS)
def test_value_gradient_and_buffers_match_torch(name: str, train: bool) -> None:
    module, inputs = made(name)
    port = from_torch(module, inputs, train=train)
    reference = copy.deepcopy(module).train(train)
    wanted = leaves(reference(inputs))
    cotangents = [torch.randn(each.shape, generator=torch.Generator().manual_seed(1)) for each in wanted]
    torch.stack([(each * along).sum() for each, along in zip(wanted, cotangents, strict=True)]).sum().backward()

    def loss(params: Any) -> Any:
        result = port(params, jnp.asarray(inputs.numpy()))
        result, state = result if train else (result, port.state)
        found = leaves(result)
        total = sum(jnp.sum(each * along.numpy()) for each, along in zip(found, cotangents, strict=True))
        return total, (found, state)

    grads, (found, state) = jax.jit(jax.grad(loss, has_aux=True))(port.params)
    for mine, its in zip(found, wanted, strict=True):
        assert_near(mine, its)
    parameters: dict[str, Any] = dict(reference.named_parameters())
    assert grads.keys() == parameters.keys()
    largest = max(float(each.grad.abs().max()) for each in parameters.values())
    for path, each in parameters.items():
        assert_near(grads[path], each.grad, largest)  # a bias before a batch norm has the gradient 0
    assert state.keys() == dict(reference.named_buffers()).keys()
    for path, buffer in reference.named_buffers():
        assert_near(state[path], buffer)


@pytest.mark.parametrize("name", MODELS)
def test_port_serves_other_sizes_and_vmap(name: str) -> None:
    module, inputs = made(name)
    port = from_torch(module.eval(), inputs, dynamic=("batch",))
    more = torch.cat([inputs, inputs.flip(0), inputs[:1]])
    arrays = jnp.asarray(more.numpy())
    for mine, its in zip(leaves(port(port.params, arrays)), leaves(module(more)), strict=True):
        assert_near(mine, its)
    batched = jax.vmap(lambda x: port(port.params, x))(arrays[:, None])
    for mine, its in zip(leaves(batched), leaves(module(more)), strict=True):
        assert_near(mine[:, 0], its)


def test_port_is_a_function_of_jax_and_is_shown_in_a_line() -> None:
    port = from_torch(nn.Linear(3, 2), torch.ones(4, 3), dynamic=("batch",))
    assert jax.jit(port)(port.params, jnp.ones((5, 3))).shape == (5, 2)
    assert repr(port) == "Port(2 parameters, 0 buffers, evaluation: float32[batch, 3])"


def test_training_mode_of_the_module_is_left_as_it_is() -> None:
    module, inputs = made("images")
    module.train()
    module.head.eval()
    before = {name: each.clone() for name, each in module.state_dict().items()}
    from_torch(module, inputs)
    assert [each.training for each in (module, module.first[1], module.head)] == [True, True, False]
    assert all(torch.equal(each, before[name]) for name, each in module.state_dict().items())


# Structures.

Pair = collections.namedtuple("Pair", "first second")


@dataclasses.dataclass
class Answer:
    total: torch.Tensor
    parts: torch.Tensor


torch.export.register_dataclass(Answer)


def test_arguments_and_results_keep_their_structure() -> None:
    def function(x: Any, pair: Any, *, named: Any) -> Any:
        return {"sum": x + pair[1], "all": (x * named["a"], [x, None], 3)}

    one = torch.ones(3)
    port = from_torch(function, (one, (one, 2 * one)), {"named": {"a": 4 * one}})
    x = jnp.ones(3)
    result = port({}, x, (x, 2 * x), named={"a": 4 * x})
    assert result["all"][2] == 3
    assert result["all"][1][1] is None
    np.testing.assert_array_equal(result["sum"], 3 * x)
    np.testing.assert_array_equal(result["all"][0], 4 * x)
    by_keyword = port({}, pair=(x, 2 * x), x=x, named={"a": 4 * x})
    np.testing.assert_array_equal(by_keyword["sum"], result["sum"])
    with pytest.raises(ArgumentTypeError, match=r"a dict with the keys \['a'\] at named"):
        port({}, x, (x, x), named={"b": x})
    with pytest.raises(ArgumentTypeError, match="a tuple of 2"):
        port({}, x, (x,), named={"a": x})


def test_named_tuples_stay_and_dataclasses_become_dicts() -> None:
    pair = from_torch(lambda x: Pair(x, x + 1), torch.ones(2))
    found = jax.jit(lambda x: pair({}, x))(jnp.ones(2))
    assert type(found).__name__ == "Pair"
    np.testing.assert_array_equal(found.second, [2, 2])
    answer = from_torch(lambda x: Answer(x.sum(), x), torch.ones(2))({}, jnp.ones(2))
    assert answer.keys() == {"total", "parts"}


def test_numbers_are_constants_that_are_checked() -> None:
    port = from_torch(lambda x, scale, is_on: x * scale if is_on else x, (torch.ones(2), 2.0, True))
    np.testing.assert_array_equal(port({}, jnp.ones(2), 2.0, True), [2, 2])
    with pytest.raises(ArgumentValueError, match=r"expected 2.0 for the argument 1, got 3.0"):
        port({}, jnp.ones(2), 3.0, True)
    with pytest.raises(ArgumentTypeError, match=r"Do not pass it through jit"):
        jax.jit(port)({}, jnp.ones(2), 2.0, True)


# Parameters and buffers.


def test_shared_parameter_has_one_entry_and_its_aliases() -> None:
    module, inputs = made("text")
    port = from_torch(module, inputs)
    assert "head.weight" not in port.params
    assert port.plan.aliases == {"head.weight": "embed.weight"}
    state = module.state_dict()
    assert port.params_from(state).keys() == port.params.keys()
    for left_out in ("head.weight", "embed.weight"):  # a file has one of the two
        found = port.params_from({name: 2 * each for name, each in state.items() if name != left_out})
        np.testing.assert_array_equal(found["embed.weight"], 2 * port.params["embed.weight"])


def test_parameters_are_taken_from_another_state_dict() -> None:
    module, inputs = made("images")
    port = from_torch(module.eval(), inputs)
    other = copy.deepcopy(module)
    with torch.no_grad():
        for each in (*other.parameters(), other.first[1].running_mean):
            each.mul_(1.5)
    state = other.state_dict()
    found = port(port.params_from(state), jnp.asarray(inputs.numpy()), state=port.state_from(state))
    assert_near(found, other(inputs))
    with pytest.raises(ArgumentValueError, match=r"no 'head.weight'"):
        port.params_from({name: each for name, each in state.items() if name != "head.weight"})
    with pytest.raises(ArgumentValueError, match=r"'head.weights'.*Did you mean 'head.weight'"):
        port.params_from({**state, "head.weights": state["head.weight"]})
    with pytest.raises(ArgumentValueError, match=r"float32\[5, 8\] at 'head.weight', got float32\[8, 5\]"):
        port.params_from({**state, "head.weight": state["head.weight"].T})


def test_frozen_parameter_has_no_gradient() -> None:
    module = nn.Sequential(nn.Linear(3, 3), nn.Linear(3, 2))
    module[0].weight.requires_grad_(False)
    port = from_torch(module, torch.ones(2, 3))
    grads = jax.grad(lambda params: jnp.sum(port(params, jnp.ones((2, 3)))))(port.params)
    assert not np.any(grads["0.weight"])
    assert np.any(grads["0.bias"])


def test_shardings_follow_the_names_of_the_parameters() -> None:
    module, inputs = made("text")
    port = from_torch(module, inputs)
    mesh = jax.make_mesh((1,), ("model",), axis_types=(jax.sharding.AxisType.Auto,))
    spec = jax.sharding.PartitionSpec("model")
    found = port.shardings(mesh, {"*.linear1.weight": spec})
    assert {name for name, each in found.items() if each.spec == spec} == {
        f"blocks.layers.{layer}.linear1.weight" for layer in (0, 1)
    }
    params = jax.device_put(port.params, found)
    assert port(params, jnp.asarray(inputs.numpy()))["logits"].shape == (2, 7, 19)
    with pytest.raises(ArgumentValueError, match=r"'\*.q_proj'"):
        port.shardings(mesh, {"*.q_proj": spec})
    explicit = jax.make_mesh((1,), ("model",), axis_types=(jax.sharding.AxisType.Explicit,))
    assert {each.spec for each in port.shardings(explicit, {}).values()} == {jax.sharding.PartitionSpec()}
    for nested in (spec, jax.sharding.PartitionSpec(None, ("model",))):
        with pytest.raises(ArgumentValueError, match=r"'model' among them, got AxisType.Explicit.*AxisType.Auto"):
            port.shardings(explicit, {"*.linear1.weight": nested})


class Counter(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.register_buffer("steps", torch.zeros(()))
        self.calls = 0

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        self.steps += 1
        self.calls += 1
        return x * self.steps + self.calls


def test_buffers_that_the_model_changes_come_back_in_evaluation_too() -> None:
    module = Counter()
    port = from_torch(module, torch.ones(2))
    result, state = port({}, jnp.ones(2))
    assert state["steps"] == 1
    _, state = port({}, jnp.ones(2), state=state)
    assert state["steps"] == 2
    assert port.plan.baked == ("calls = 0",)
    assert module.calls == 0
    np.testing.assert_array_equal(result, [2, 2])


def test_arguments_that_the_model_overwrites_come_back() -> None:
    def function(x: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
        x.add_(1)
        y[0] = 5
        return x * y

    result, new = from_torch(function, (torch.ones(2), torch.ones(2)))({}, jnp.ones(2), jnp.ones(2))
    np.testing.assert_array_equal(result, [10, 2])
    np.testing.assert_array_equal(new["x"], [2, 2])
    np.testing.assert_array_equal(new["y"], [5, 1])


# Sizes.


class Places(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.places = nn.Parameter(torch.randn(8, 3))

    def forward(self, x: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        return (x + self.places[: x.shape[1]]) * mask[:, :, None]


def test_sizes_are_checked_against_what_torch_allows() -> None:
    dynamic = {"x": ("batch", "length"), "mask": ("batch", "length")}
    port = from_torch(Places(), (torch.ones(2, 4, 3), torch.ones(2, 4)), dynamic=dynamic)
    for batch, length in ((1, 1), (5, 8)):
        assert port(port.params, jnp.ones((batch, length, 3)), jnp.ones((batch, length))).shape == (batch, length, 3)
    with pytest.raises(ShapeError, match="a size length from 0 to 8, got 9"):
        port(port.params, jnp.ones((1, 9, 3)), jnp.ones((1, 9)))
    with pytest.raises(ShapeError, match=r"float32\[batch, length\] for the argument 1, got float32\[1, 3\]"):
        port(port.params, jnp.ones((1, 4, 3)), jnp.ones((1, 3)))
    with pytest.raises(ShapeError, match=r"float32\[batch, length, 3\] for the argument 0"):
        port(port.params, jnp.ones((1, 4, 2)), jnp.ones((1, 4)))


def test_another_kind_of_dtype_is_refused() -> None:
    module, inputs = made("text")
    port = from_torch(module, inputs)
    with pytest.raises(DTypeError, match=r"int64\[2, 7\] for the argument 0, got float32\[2, 7\]"):
        port(port.params, jnp.ones((2, 7)))


# Control flow.


def test_branches_and_loops_are_those_of_jax() -> None:
    branch = from_torch(lambda x: torch.cond(x.sum() > 0, lambda x: x.sin(), lambda x: x.cos(), (x,)), torch.ones(2))
    for x in (jnp.ones(2), -jnp.ones(2)):
        np.testing.assert_allclose(jax.jit(lambda x: branch({}, x))(x), jnp.sin(x) if x[0] > 0 else jnp.cos(x))
    loop = from_torch(
        lambda x, n: while_loop(lambda i, x: i < 5, lambda i, x: (i + 1, x * 2), (n, x)),
        (torch.ones(2), torch.tensor(0)),
    )
    steps, result = jax.jit(lambda x, n: loop({}, x, n))(jnp.ones(2), jnp.asarray(2))
    assert steps == 5
    np.testing.assert_array_equal(result, [8, 8])


def test_blocks_without_gradient_have_none() -> None:
    def function(x: torch.Tensor) -> torch.Tensor:
        with torch.no_grad():
            y = x.sin()
        return x * y + x.detach()

    port = from_torch(function, torch.ones(2))
    # float32's sine beside float64's; a gradient through the block would be off by cos(1)
    np.testing.assert_allclose(jax.grad(lambda x: jnp.sum(port({}, x)))(jnp.ones(2)), np.sin([1.0, 1.0]), rtol=1e-6)


# Randomness.


class Noisy(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.first, self.second = nn.Dropout(0.25), nn.Dropout(0.5)

    def forward(self, x: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        return self.first(x), self.second(x)


def test_dropout_follows_the_key() -> None:
    port = from_torch(Noisy(), torch.ones(20_000), train=True)
    x = jnp.ones(20_000)
    (first, second), state = port({}, x, key=KEY)
    assert state == {}
    assert abs(float(jnp.mean(first == 0)) - 0.25) < 0.02
    assert abs(float(jnp.mean(second == 0)) - 0.5) < 0.02
    assert abs(float(jnp.mean((first == 0) & (second == 0))) - 0.125) < 0.02, "each call has its own key"
    np.testing.assert_array_equal(port({}, x, key=KEY)[0][0], first)
    assert np.any(port({}, x, key=jax.random.key(1))[0][0] != first)


@pytest.mark.parametrize(
    "function",
    [
        lambda x: functional.dropout(x, 0.5),
        lambda x: functional.scaled_dot_product_attention(x, x, x, dropout_p=0.5),
        lambda x: x + torch.randn_like(x),
        lambda x: x + torch.rand(2, 3, 4),
        lambda x: torch.bernoulli(x * 0 + 0.5),
        lambda x: x * torch.empty_like(x).bernoulli_(0.5),
    ],
    ids=["dropout", "attention", "randn_like", "rand", "bernoulli", "bernoulli_"],
)
def test_key_is_asked_for_where_something_is_random(function: Any) -> None:
    port = from_torch(function, torch.ones(2, 3, 4), train=True)
    x = jnp.ones((2, 3, 4))
    one, other = (port({}, x, key=jax.random.key(seed))[0] for seed in (0, 1))
    assert np.any(one != other)
    with pytest.raises(ArgumentTypeError, match=r"a `key`, because .* is random"):
        port({}, x)


def test_key_is_refused_where_nothing_is_random() -> None:
    port = from_torch(Noisy(), torch.ones(3))
    with pytest.raises(ArgumentTypeError, match="no `key`, because nothing in the model is random"):
        port({}, jnp.ones(3), key=KEY)


# Errors.


class Unsupported(nn.Module):
    def forward(self, x: torch.Tensor) -> torch.Tensor:
        spectrum = torch.linalg.eigvals(x).abs().sum()
        return torch.linalg.matrix_exp(x * x) + spectrum


class Outer(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.inner = Unsupported()

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.inner(x) + 1


def test_all_unsupported_calls_are_named_with_module_and_line() -> None:
    with pytest.raises(ConversionError) as raised:
        from_torch(Outer(), torch.ones(3, 3))
    said = str(raised.value)
    assert re.search(r"2 of \d calls have no rule:", said)
    assert "aten::linalg_eigvals  inner  " in said
    assert "test_from_torch.py:" in said
    assert "spectrum = torch.linalg.eigvals(x).abs().sum()" in said
    assert "aten::linalg_matrix_exp  inner" in said
    assert "Give rules=" in said


def test_rules_of_the_user_take_torchs_arguments_by_name() -> None:
    def spectrum(self: jax.Array) -> jax.Array:
        return jnp.linalg.eigvals(self)

    def exponential(self: jax.Array) -> jax.Array:
        return jax.scipy.linalg.expm(self)

    x = torch.eye(3) * 0.5
    port = from_torch(Outer(), x, rules={"aten::linalg_eigvals": spectrum, "aten::linalg_matrix_exp": exponential})
    assert_near(port({}, jnp.asarray(x.numpy())), Outer()(x))


class Branching(nn.Module):
    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x.reshape(2, -1) if x.shape[0] == 2 else 2 * x


def test_size_that_the_code_depends_on_is_fixed_with_a_warning_and_others_are_refused() -> None:
    with pytest.warns(UserWarning, match="fixes the size 'batch' of argument '0' at 2"):
        port = from_torch(Branching(), torch.ones(2, 6), dynamic=("batch",), prove=False)
    assert port.plan.arguments[0].shape == (2, 6)
    with pytest.raises(RuntimeError, match=r"float32\[2, 6\]"):
        port({}, jnp.ones((3, 6)))


class Spectral(nn.Module):
    """The mixing of FNet, and the layer of a Fourier neural operator."""

    def __init__(self) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.randn(3, 5, dtype=torch.complex64))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        mixed = torch.fft.fftn(x, dim=(1, 2)).real
        kept = torch.fft.rfft(mixed, dim=-1)[..., :3] * self.weight[:, : x.shape[1]].T
        return torch.fft.irfft(kept, n=x.shape[-1], dim=-1)


def test_fourier_transforms_have_rules() -> None:
    torch.manual_seed(0)
    module, x = Spectral(), torch.randn(2, 5, 8)
    port = from_torch(module, x, prove=True)
    assert port.report is not None
    assert port.report.ok, port.report
    assert_near(port(port.params, jnp.asarray(x.numpy())), module(x))


def test_operator_without_a_rule_is_decomposed_alone() -> None:
    module = nn.utils.parametrizations.weight_norm(nn.Linear(3, 2))
    port = from_torch(module, torch.ones(4, 3))
    assert port.plan.decomposed[0] == "aten::_weight_norm"
    assert_near(port(port.params, jnp.ones((4, 3))), module(torch.ones(4, 3)))


def test_data_dependent_branch_is_shown_with_its_line() -> None:
    def function(x: torch.Tensor) -> torch.Tensor:
        if x.sum() > 0:
            return x
        return -x

    with pytest.raises(ConversionError) as raised:
        from_torch(function, torch.ones(2))
    assert "if x.sum() > 0:" in str(raised.value)
    assert "torch.where, or torch.cond" in str(raised.value)


class SomeCache:
    """An object that torch.export knows as little as the caches of transformers."""


def test_cache_of_keys_and_values_is_refused_with_advice() -> None:
    def returned(x: torch.Tensor) -> Any:
        return x + 1, SomeCache()

    with pytest.raises(ConversionError, match="use_cache=False"):
        from_torch(returned, torch.ones(2))
    with pytest.raises(ConversionError, match="use_cache=False"):
        from_torch(lambda x, cache: x + 1, (torch.ones(2), SomeCache()))


def test_what_is_no_function_is_refused() -> None:
    with pytest.raises(ArgumentTypeError, match=r"a torch.nn.Module or a function"):
        from_torch(3, torch.ones(2))


def test_number_of_64_bits_is_refused_without_them() -> None:
    port = from_torch(lambda x: x + 2**40, torch.arange(3))
    with pytest.raises(X64DisabledError, match=str(2**40)):
        port({}, jnp.arange(3))


# Gradient checkpointing.


def test_values_of_modules_in_remat_are_computed_anew_for_the_gradient() -> None:
    module, inputs = made("text")
    x = jnp.asarray(inputs.numpy())

    def loss(port: jf.Port) -> Callable[..., jax.Array]:
        return lambda params: jnp.sum(jnp.square(port(params, x)["logits"]))

    plain = from_torch(module, inputs)
    port = from_torch(module, inputs, remat=("blocks.layers.*",))
    wanted, found = (jax.jit(jax.grad(loss(each)))(plain.params) for each in (plain, port))
    for name, grad in wanted.items():
        # float32 sums of squares of some 10, which XLA adds up in another order
        np.testing.assert_allclose(found[name], grad, rtol=1e-4, atol=1e-4)
    counts = [str(jax.make_jaxpr(loss(each))(plain.params)).count("remat2[") for each in (plain, port)]
    assert counts == [0, 2], "one for each layer"
    with pytest.raises(ArgumentValueError, match=r"patterns of modules in `remat`, got 'layers.\*'"):
        from_torch(module, inputs, remat=("layers.*",))


# Ports on disk.


@pytest.mark.usefixtures("stored")
@pytest.mark.parametrize("name", MODELS)
def test_saved_port_gives_the_same_results(name: str, tmp_path: Path) -> None:
    module, inputs = made(name)
    port = from_torch(module, inputs, dynamic=("batch",), train=True)
    port.save(tmp_path / "port", with_program=False)
    again = jf.load_port(tmp_path / "port")
    assert again.plan == port.plan
    x = jnp.asarray(inputs.numpy())
    assert jax.tree.all(jax.tree.map(np.array_equal, again(again.params, x), port(port.params, x)))


@pytest.mark.usefixtures("stored")
@pytest.mark.proves("load_port")
def test_saved_port_runs_without_torch(tmp_path: Path) -> None:
    module, inputs = made("text")
    wanted = module.eval()(inputs)["logits"]
    from_torch(module, inputs).save(tmp_path, with_program=False)
    program = f"""
import sys

sys.modules["torch"] = None  # an import of torch raises
import jax, numpy as np, jaxfun as jf

port = jf.load_port({str(tmp_path)!r})
tokens = np.array({inputs.tolist()}, np.int32)
np.save({str(tmp_path / "found.npy")!r}, jax.jit(port)(port.params, tokens)["logits"])
"""
    subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True)
    assert_near(np.load(tmp_path / "found.npy"), wanted)


@pytest.mark.usefixtures("stored")
def test_plan_keeps_what_json_has_not(tmp_path: Path) -> None:
    def function(x: torch.Tensor) -> torch.Tensor:
        return x.masked_fill(x > 1, -float("inf")).clamp(min=-2).to(torch.bfloat16)

    port = from_torch(lambda x: Pair(function(x), None), torch.ones(2))
    port.save(tmp_path, with_program=False)
    again = jf.load_port(tmp_path)
    assert again.plan == port.plan
    np.testing.assert_array_equal(again({}, jnp.asarray([0.5, 2.0])).first, jnp.asarray([0.5, -2.0], jnp.bfloat16))


@pytest.mark.usefixtures("stored")
def test_other_directories_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ArgumentValueError, match=r"a directory with plan.json"):
        jf.load_port(tmp_path)
    from_torch(nn.Linear(2, 2), torch.ones(1, 2)).save(tmp_path, with_program=False)
    plan = (tmp_path / "plan.json").read_text()
    (tmp_path / "plan.json").write_text(plan.replace('"format": 1', '"format": 9'))
    with pytest.raises(ArgumentValueError, match=r"a port of format 1, got format 9"):
        jf.load_port(tmp_path)


CALLS = {
    "einsum": lambda x: torch.einsum("ij,kj->ik", x, x),
    "vector norm": lambda x: x.norm(dim=-1, keepdim=True),
    "matrix of norms": lambda x: torch.linalg.vector_norm(x, 3.0, (0, 1)),
    "type_as": lambda x: (x > 0).type_as(x),
    "zeros in place": lambda x: x.clone()[1:].zero_() + x[1:],
    "batch norm without statistics": lambda x: functional.batch_norm(x, None, None, training=True),
    "advanced index": lambda x: x[:, [0, 2]] + x[torch.arange(4)[:, None], torch.tensor([1, 2])],
    "index in place": lambda x: torch.index_put(x, (torch.tensor([0, 1]),), torch.ones(3)),
    "masked in place": lambda x: x.clone().masked_fill_(x > 0, 2.0),
    "chunks": lambda x: torch.cat(x.chunk(2)[::-1]) + x.split([1, 3])[1].sum(),
    "mode of a resize": lambda x: functional.interpolate(x[None, None], scale_factor=1.5, mode="bicubic"),
    "reflection": lambda x: functional.pad(x, (1, 1), mode="reflect"),
    "grid": lambda x: functional.grid_sample(x[None, None], torch.tanh(x).view(1, 2, 3, 2), align_corners=False),
    "loss of classes": lambda x: functional.cross_entropy(x, torch.tensor([0, 1, 2, 0]), label_smoothing=0.1),
    "unreduced loss": lambda x: functional.smooth_l1_loss(x, x.flip(0), reduction="none", beta=0.5),
    "top 2": lambda x: x.topk(2).values * x.argsort(-1)[:, :2],
    "unfold": lambda x: x.unfold(0, 2, 1),
    "std": lambda x: x.std(0, correction=0) + x.var(),
    "norms of layers": lambda x: functional.layer_norm(x, (3,)) + functional.rms_norm(x, (3,)),
    "arithmetic of sizes": lambda x: x.view(x.shape[0] // 2, -1) * x.shape[1],
    "max": lambda x: x.max(0).values + x.amin(0) + torch.maximum(x, -x).sum(0),
    "bag": lambda x: functional.embedding_bag(torch.tensor([[0, 1], [2, 3]]), x, mode="max"),
}


@pytest.mark.parametrize("name", CALLS)
def test_calls_of_models_match_torch_in_value_and_gradient(name: str) -> None:
    x = torch.randn(4, 3, generator=torch.Generator().manual_seed(3)).requires_grad_()
    wanted = CALLS[name](x)
    port = from_torch(CALLS[name], x.detach())
    found, pull = jax.vjp(lambda x: port({}, x), jnp.asarray(x.detach().numpy()))
    assert found.dtype.name == str(wanted.dtype).removeprefix("torch.")
    assert_near(found, wanted)
    if wanted.requires_grad:
        along = torch.linspace(-1, 2, wanted.numel()).reshape(wanted.shape)
        (slope,) = torch.autograd.grad(wanted, x, along)
        assert_near(pull(jnp.asarray(along.numpy()))[0], slope)


# Rules.

OVERLOADS = [
    name
    for record in records().values()
    for name in record.aten
    if hasattr(torch.ops.aten, name.partition(".")[0])
    and hasattr(getattr(torch.ops.aten, name.partition(".")[0]), name.partition(".")[2] or "default")
]


def test_every_overload_of_a_record_has_a_rule() -> None:
    assert len(OVERLOADS) > 500
    assert [name for name in OVERLOADS if rule_of(f"aten::{name}") is None] == []
