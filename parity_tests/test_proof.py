"""The proof of a port: it agrees for a right one, names the place of a wrong rule, and is kept with the port."""

import functools
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest
import torch
from torch import nn
from torch.nn import functional

import jaxfun as jf
from jaxfun.cli.main import main
from jaxfun.convert.proof.proof import from_json
from jaxfun.core.errors import ArgumentValueError

pytestmark = pytest.mark.usefixtures("as_a_user")
# float32 in a program that is compiled anew: sums in another order
ROUNDED = {"rtol": 1e-6, "atol": 1e-6}
ROUNDED_GRADIENT = {"rtol": 1e-4, "atol": 1e-4}  # of squares, through two blocks


class Block(nn.Module):
    """An attention with a mask, a residual, normalisation and an activation."""

    def __init__(self) -> None:
        super().__init__()
        self.query, self.key, self.value = (nn.Linear(8, 8) for _ in range(3))
        self.norm, self.up, self.down = nn.LayerNorm(8), nn.Linear(8, 16), nn.Linear(16, 8)

    def forward(self, x: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        x = x + functional.scaled_dot_product_attention(self.query(x), self.key(x), self.value(x), attn_mask=mask)
        return x - self.down(functional.gelu(self.up(self.norm(x))))


class Model(nn.Module):
    """Two blocks after an embedding."""

    def __init__(self) -> None:
        super().__init__()
        self.embed, self.layers = nn.Embedding(20, 8), nn.ModuleList([Block(), Block()])

    def forward(self, tokens: torch.Tensor) -> torch.Tensor:
        mask = torch.ones(tokens.shape[1], tokens.shape[1], dtype=torch.bool).tril()
        x = self.embed(tokens)
        for layer in self.layers:
            x = layer(x, mask)
        return x


def made() -> tuple[nn.Module, torch.Tensor]:
    torch.manual_seed(0)
    return Model().eval(), torch.randint(0, 20, (2, 6))


@functools.cache
def proven() -> jf.Port:
    module, tokens = made()
    return jf.from_torch(module, tokens, dynamic=("batch",))


def test_right_port_agrees_and_planted_faults_are_found() -> None:
    report = proven().report
    assert report is not None
    assert report.ok, report
    assert report.first_difference is None
    assert [each.answers for each in report.whole] == [
        {"value": "agrees", "jit": "agrees", "vjp": "agrees", "vmap": "agrees"},
        {"value": "agrees", "jit": "agrees", "vjp": "agrees"},
    ]
    assert report.whole[0].gradients == len(proven().params)
    assert {fault.what for fault in report.faults} >= {"the mask left out", "another eps", "the other formula of gelu"}
    assert all(fault.is_found for fault in report.faults)
    judged = [call for call in report.calls if call.answer == "agrees"]
    assert len(judged) == len(report.calls)
    assert all(call.value < 1e-6 and call.inside < 1e-6 for call in judged)


def _tanh(self: jax.Array, approximate: str = "none") -> jax.Array:
    return jax.nn.gelu(self)


def _layer_norm(eps: float) -> Callable[..., jax.Array]:
    def rule(input: Any, normalized_shape: Any, weight: Any, bias: Any, **others: Any) -> jax.Array:
        return jf.nn.functional.layer_norm(input, normalized_shape, weight, bias, eps)

    return rule


def _attention(query: Any, key: Any, value: Any, **others: Any) -> jax.Array:
    return jf.nn.functional.scaled_dot_product_attention(query, key, value)


def _zero_gradient(self: Any, other: Any, **others: Any) -> jax.Array:
    return self - jax.lax.stop_gradient(other)


WRONG = {
    "gelu": ("aten::gelu", _tanh, "layers.0"),
    "eps": ("aten::layer_norm", _layer_norm(1e-3), "layers.0.norm"),
    "mask": ("aten::scaled_dot_product_attention", _attention, "layers.0"),
    "gradient": ("aten::sub.Tensor", _zero_gradient, "layers.0"),
}


@pytest.mark.parametrize("name", WRONG)
def test_wrong_rule_is_found_at_its_place(name: str) -> None:
    target, rule, place = WRONG[name]
    module, tokens = made()
    report = jf.from_torch(module, tokens, rules={target: rule}).report
    assert report is not None
    assert not report.ok
    assert {call.target for call in report.differing} == {target}
    assert len(report.differing) == 2, "in both blocks"
    first = report.first_difference
    assert first is not None
    assert (first.place.module, first.place.file) == (place, __file__)
    assert f"first difference: {target} at {place}" in str(report)


class Counting(nn.Module):
    """A module whose result depends on a number that it changes itself."""

    def __init__(self) -> None:
        super().__init__()
        self.calls = 0

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        self.calls += 1
        return x * self.calls


def test_baked_number_is_found_by_the_second_example() -> None:
    module = Counting()
    report = jf.from_torch(module, torch.ones(3)).report
    assert report is not None
    assert not report.ok
    assert report.baked == ("calls = 0",)
    assert "at other values" in report.whole[0].differing[0]
    assert module.calls == 0


def test_tensor_that_is_given_twice_is_two_inputs() -> None:
    x = torch.arange(3.0)
    port = jf.from_torch(lambda a, b: a - 2 * b, (x, x))
    assert port.report is not None
    assert port.report.ok, port.report
    assert np.array_equal(port({}, jnp.ones(3), jnp.zeros(3)), np.ones(3))


class Noisy(nn.Module):
    """Normalisation with statistics, and dropout of both kinds."""

    def __init__(self) -> None:
        super().__init__()
        self.layer, self.norm, self.drop = nn.Linear(8, 8), nn.BatchNorm1d(8), nn.Dropout(0.3)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = self.drop(self.norm(self.layer(x)))
        return functional.scaled_dot_product_attention(x, x, x, dropout_p=0.1 if self.training else 0.0)


def test_training_is_compared_with_the_draws_of_the_port() -> None:
    report = jf.from_torch(Noisy(), torch.randn(64, 8), train=True).report
    assert report is not None
    assert report.ok, report
    assert report.whole[0].gradients == 4 + 1  # and the input
    assert any("scaled_dot_product_attention" in note for note in report.notes)


class Pairs(nn.Module):
    """Batch normalisation of two rows each: the biases have the gradient 0, and PyTorch loses many digits."""

    def __init__(self) -> None:
        super().__init__()
        self.layers = nn.ModuleList([nn.Linear(8, 8) for _ in range(2)])
        self.norms = nn.ModuleList([nn.BatchNorm1d(8) for _ in range(2)])

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        for layer, norm in zip(self.layers, self.norms, strict=True):
            x = torch.tanh(norm(layer(x)))
        return x


RESIDUES = {
    "gradients": (Pairs, torch.randn(2, 8, generator=torch.Generator().manual_seed(0))),
    "a running mean": (
        lambda: nn.Sequential(nn.BatchNorm1d(8), nn.BatchNorm1d(8)),
        torch.randn(64, 8, generator=torch.Generator().manual_seed(0)),
    ),
}


@pytest.mark.parametrize("name", RESIDUES)
def test_what_is_zero_but_for_rounding_is_no_difference(name: str) -> None:
    make, x = RESIDUES[name]
    torch.manual_seed(0)
    report = jf.from_torch(make(), x, train=True).report
    assert report is not None
    assert report.ok, report


class Kink(nn.Module):
    """A ReLU whose input is 0 but for rounding, for the first row of the example."""

    def __init__(self) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.ones(3))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        total = (x * self.weight).sum(-1)
        return torch.relu(total) + 10 * total


AT_A_KINK = torch.tensor([[0.1, 0.2, -0.3], [1.0, 2.0, 3.0]])


def test_gradient_that_rounding_decides_is_no_difference_and_is_said() -> None:
    def rounded(self: jax.Array, dim: Any) -> jax.Array:
        return jnp.sum(self, dim) + 3e-8

    report = jf.from_torch(Kink(), AT_A_KINK, rules={"aten::sum.dim_IntList": rounded}).report
    assert report is not None
    assert report.ok, report
    assert "rounding alone moves PyTorch's gradient" in report.whole[0].note


def test_wrong_batched_value_is_a_difference() -> None:
    @jax.custom_jvp
    def tanh(self: jax.Array) -> jax.Array:
        return plain(self)

    @tanh.defjvp
    def _(primals: Any, tangents: Any) -> Any:
        return plain(primals[0]), tangents[0] * (1 - jnp.tanh(primals[0]) ** 2)

    @jax.custom_batching.custom_vmap
    def plain(x: jax.Array) -> jax.Array:
        return jnp.tanh(x)

    @plain.def_vmap
    def _(size: int, batched: Any, x: jax.Array) -> Any:
        return jnp.tanh(x) * 1.01, True

    def rule(self: jax.Array) -> jax.Array:
        return tanh(self)  # by position, as a custom derivative wants it

    port = jf.from_torch(nn.Tanh(), torch.randn(2, 3), rules={"aten::tanh": rule})
    assert port.report is not None
    assert port.report.whole[0].answers["vmap"] == "differs"


def test_wrong_gradient_beside_a_kink_is_a_difference() -> None:
    def wrong(self: jax.Array) -> jax.Array:
        return jnp.maximum(self, 0) + 0.5 * (self - jax.lax.stop_gradient(self))

    report = jf.from_torch(Kink(), AT_A_KINK, rules={"aten::relu": wrong}).report
    assert report is not None
    assert "vjp" in [level for level, answer in report.whole[0].answers.items() if answer != "agrees"]


def test_dropout_that_keeps_another_share_is_found() -> None:
    def kept(input: jax.Array, p: float, train: bool, *, key: jax.Array) -> tuple[jax.Array, jax.Array]:
        mask = jax.random.bernoulli(key, p, input.shape)
        return input * mask / (1 - p), mask

    report = jf.from_torch(Noisy(), torch.randn(64, 8), train=True, rules={"aten::native_dropout": kept}).report
    assert report is not None
    assert [call.target for call in report.differing] == ["aten::native_dropout"]


def test_proof_is_text_json_and_a_page(tmp_path: Path) -> None:
    report = proven().report
    assert report is not None
    assert str(report).startswith("Model: the port agrees with PyTorch")
    assert from_json(report.to_json()) is not report
    assert str(from_json(report.to_json())) == str(report)
    report.to_html(tmp_path / "proof.html")
    page = (tmp_path / "proof.html").read_text()
    assert all(text in page for text in ("layers", "LayerNorm", "functional.gelu(self.up", "<svg"))


def test_port_without_a_proof_has_nothing_to_check() -> None:
    port = jf.from_torch(nn.Linear(2, 2), torch.ones(1, 2), prove=False)
    assert port.report is None
    with pytest.raises(ArgumentValueError, match="prove=True"):
        port.check()


@pytest.mark.usefixtures("stored")
def test_saved_port_is_checked_without_torch(tmp_path: Path) -> None:
    proven().save(tmp_path / "port", with_program=False)
    program = "import sys; sys.modules['torch'] = None; from jaxfun.cli.main import main; sys.exit(main(sys.argv[1:]))"
    command = [sys.executable, "-c", program, "check", str(tmp_path / "port")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert f"{len(proven().params)} gradients" in done.stdout


@pytest.mark.usefixtures("stored")
def test_saved_program_runs_without_jaxfun_at_every_size_and_has_its_gradient(tmp_path: Path) -> None:
    port = proven()
    port.save(tmp_path / "port")
    read = jax.export.deserialize((tmp_path / "port" / "program.jax_export").read_bytes())
    assert {*read.platforms} == {"cpu", "cuda", "tpu"}
    tokens = jnp.arange(30).reshape(5, 6) % 20
    np.testing.assert_allclose(read.call(port.params, port.state, tokens), port(port.params, tokens), **ROUNDED)
    found = jax.grad(lambda params: jnp.sum(read.call(params, port.state, tokens) ** 2))(port.params)
    wanted = jax.grad(lambda params: jnp.sum(port(params, tokens) ** 2))(port.params)
    jax.tree.map(lambda one, other: np.testing.assert_allclose(one, other, **ROUNDED_GRADIENT), found, wanted)


def test_program_of_a_random_port_takes_the_keys_data() -> None:
    port = jf.from_torch(Noisy(), torch.randn(64, 8), train=True, prove=False)
    x, key = jnp.ones((64, 8)), jax.random.key(3)
    result, state = port.program().call(port.params, port.state, jax.random.key_data(key), x)
    wanted, new = port(port.params, x, key=key)
    np.testing.assert_allclose(result, wanted, **ROUNDED)
    np.testing.assert_allclose(state["norm.running_mean"], new["norm.running_mean"], **ROUNDED)


@pytest.mark.usefixtures("stored")
def test_edited_plan_is_found_at_the_edited_call(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    proven().save(tmp_path / "port", with_program=False)
    plan = tmp_path / "port" / "plan.json"
    held = json.loads(plan.read_text())
    edited = [call for call in held["plan"]["graph"]["calls"] if call["target"] == "aten::gelu"][1]
    edited["kwargs"]["approximate"] = "tanh"
    plan.write_text(json.dumps(held))
    assert main(["check", str(tmp_path / "port")]) == 1
    first = capsys.readouterr().out.splitlines()[1]
    assert "aten::gelu  layers.1" in first


@pytest.mark.usefixtures("stored")
def test_failing_save_keeps_the_port_that_stands_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    jf.from_torch(nn.Linear(2, 2), torch.ones(1, 2), prove=False).save(tmp_path / "port", with_program=False)
    before = {file.name: file.read_bytes() for file in (tmp_path / "port").iterdir()}

    def full(*args: Any, **options: Any) -> None:
        raise OSError("no space left")

    port = proven()
    with monkeypatch.context() as patched:
        patched.setattr(json, "dumps", full)
        with pytest.raises(OSError, match="no space"):
            port.save(tmp_path / "port", with_program=False)
    assert {file.name: file.read_bytes() for file in (tmp_path / "port").iterdir()} == before
    assert [each.name for each in tmp_path.iterdir()] == ["port"]
    proven().save(tmp_path / "port", with_program=False)
    assert jf.load_port(tmp_path / "port").params.keys() == proven().params.keys()
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "notes.txt").touch()
    with pytest.raises(ArgumentValueError, match="other files"):
        proven().save(tmp_path / "other", with_program=False)


MODULE = """
import torch

def make():
    torch.manual_seed(0)
    return torch.nn.Sequential(torch.nn.Embedding(9, 4), torch.nn.Linear(4, 3))
"""


@pytest.mark.usefixtures("stored")
def test_command_ports_a_module_and_shows_the_proof(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "ported_module.py").write_text(MODULE)
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    call = ["port", "ported_module:make", "--inputs", "int64[batch,length:5]<9"]
    assert main([*call, "--out", "small", "--html", "proof.html"]) == 0
    assert "Sequential: the port agrees with PyTorch" in capsys.readouterr().out
    port = jf.load_port("small")
    assert port(port.params, jnp.zeros((3, 7), jnp.int32)).shape == (3, 7, 3)
    assert main(["check", "small"]) == 0
    assert Path("proof.html").is_file()
    assert main(["port", "ported_module:make", "--inputs", "int64[batch]<9>", "--out", "x"]) == 2
    assert "--inputs: expected such as" in capsys.readouterr().err
    assert main([*call, "--out", "small.py"]) == 0
    assert "def sequential(p, input):" in Path("small.py").read_text()
    assert main([*call, "--out", "small.txt"]) == 2
