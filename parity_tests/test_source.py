"""A port as source: it runs, gives the port's numbers, and reads as a person would write it."""

import ast
import functools
import importlib
import re
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
from jaxfun.convert.source.check import check_source, executed, in_words
from jaxfun.core.errors import ConversionError

pytestmark = pytest.mark.usefixtures("as_a_user")


class Block(nn.Module):
    """An attention and an MLP with residuals."""

    def __init__(self) -> None:
        super().__init__()
        self.first, self.second = nn.LayerNorm(8), nn.LayerNorm(8)
        self.packed, self.out = nn.Linear(8, 24), nn.Linear(8, 8)
        self.up, self.down = nn.Linear(8, 32), nn.Linear(32, 8)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        batch, length, _ = x.shape
        query, key, value = self.packed(self.first(x)).view(batch, length, 3, 2, 4).permute(2, 0, 3, 1, 4).unbind(0)
        mixed = functional.scaled_dot_product_attention(query, key, value, is_causal=True)
        x = x + self.out(mixed.transpose(1, 2).reshape(batch, length, 8))
        return x + self.down(functional.gelu(self.up(self.second(x))))


class Language(nn.Module):
    """A small GPT whose head is its embedding."""

    def __init__(self) -> None:
        super().__init__()
        self.embed, self.places = nn.Embedding(20, 8), nn.Embedding(16, 8)
        self.layers, self.norm = nn.ModuleList([Block() for _ in range(3)]), nn.LayerNorm(8)

    def forward(self, tokens: torch.Tensor) -> dict[str, torch.Tensor]:
        hidden = self.embed(tokens) + self.places(torch.arange(tokens.shape[1]))
        for layer in self.layers:
            hidden = layer(hidden)
        return {"logits": self.norm(hidden) @ self.embed.weight.T, "hidden": hidden}


class Residual(nn.Module):
    """A block of a ResNet."""

    def __init__(self, width: int, wider: int) -> None:
        super().__init__()
        self.conv, self.norm = nn.Conv2d(width, wider, 3, padding=1), nn.BatchNorm2d(wider)
        self.short = nn.Conv2d(width, wider, 1) if width != wider else None

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        short = x if self.short is None else self.short(x)
        return functional.relu(self.norm(self.conv(x)) + short)


class Images(nn.Module):
    """A small ResNet."""

    def __init__(self) -> None:
        super().__init__()
        self.layers = nn.Sequential(Residual(3, 8), Residual(8, 8), Residual(8, 8), nn.MaxPool2d(2))
        self.head = nn.Linear(8, 5)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.head(functional.adaptive_avg_pool2d(self.layers(x), 1).flatten(1))


def _mixed(x: torch.Tensor, y: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    scale = (x - y) / (1 + (x * y - 2 * (x + y)).abs())
    chosen = torch.where(x > y, scale, -scale)[:, 1:]
    return chosen.sum(-1, keepdim=True), chosen.to(torch.float16)


CASES: dict[str, tuple[Callable[..., Any], tuple[torch.Tensor, ...], tuple[torch.Tensor, ...]]] = {
    "language": (Language(), (torch.randint(0, 20, (2, 6)),), (torch.randint(0, 20, (5, 6)),)),
    "images": (Images().eval(), (torch.randn(2, 3, 8, 8),), (torch.randn(4, 3, 8, 8),)),
    "function": (_mixed, (torch.randn(2, 4), torch.randn(2, 4)), (torch.randn(3, 4), torch.randn(3, 4))),
}


@functools.cache
def written(name: str) -> tuple[jf.Port, str]:
    module, example, _ = CASES[name]
    port = jf.from_torch(module, example, dynamic=("batch",), prove=False)
    return port, port.source()


def run(text: str, port: jf.Port, *args: Any) -> Any:
    return jax.jit(executed(text))({**port.params, **port.state, **port.constants}, *args)


def assert_close(found: Any, wanted: Any) -> None:
    assert jax.tree.structure(found) == jax.tree.structure(wanted)
    for one, other in zip(jax.tree.leaves(found), jax.tree.leaves(wanted), strict=True):
        assert one.dtype == other.dtype
        np.testing.assert_allclose(one, other, rtol=1e-5, atol=1e-5)  # one side is compiled, the other is not


def functions(text: str) -> list[str]:
    return [node.name for node in ast.parse(text).body if isinstance(node, ast.FunctionDef)]


@pytest.mark.parametrize("name", CASES)
def test_source_gives_the_numbers_of_the_port_at_other_sizes(name: str) -> None:
    port, text = written(name)
    arrays = [jnp.asarray(each.numpy()) for each in CASES[name][2]]
    assert_close(run(text, port, *arrays), port(port.params, *arrays))


def test_equal_blocks_are_one_function_and_a_loop() -> None:
    _, text = written("language")
    assert functions(text) == ["block", "language"]
    assert 'for i in range(3):\n        hidden = block(submodule(p, f"layers.{i}"), hidden)' in text
    _, images = written("images")
    assert "for i in range(1, 3):" in images
    assert images.count("def residual") == 2


@pytest.mark.parametrize("name", CASES)
def test_source_is_formatted_and_imports_jaxfun_alone(name: str, tmp_path: Path) -> None:
    _, text = written(name)
    file = tmp_path / "source.py"
    file.write_text(text)
    ruff = Path(sys.executable).with_name("ruff")
    for command in (["format", "--diff"], ["check"]):
        line = [ruff, *command, "--isolated", "--line-length", "120", file]
        done = subprocess.run(line, capture_output=True, text=True, check=False, cwd=tmp_path)
        assert done.returncode == 0, done.stdout
    imported = {line.split()[1].partition(".")[0] for line in text.splitlines() if line.startswith(("import", "from"))}
    assert imported <= {"jaxfun", "jax", "numpy"}


def test_names_are_those_of_the_users_lines() -> None:
    _, text = written("language")
    assert "hidden = F.layer_norm(x" not in text
    assert "mixed = " in text or "mixed" not in ast.unparse(ast.parse(text)), text
    assert "return {" in text


def test_docstrings_have_the_shapes_of_all_calls() -> None:
    _, text = written("images")
    assert "(test_source.py:" in text
    assert "x: float32[batch, 3, 8, 8] -> float32[batch, 5]." in text
    _, text = written("function")
    assert "x: float32[batch, 4], y: float32[batch, 4] -> (float32[batch, 1], float16[batch, 3])." in text


class Strided(nn.Module):
    """Convolutions that differ in widths and strides, and a width that the code names."""

    def __init__(self, width: int, wider: int, stride: int, scale: int) -> None:
        super().__init__()
        self.conv, self.norm = nn.Conv2d(width, wider, 3, stride, 1), nn.LayerNorm(wider)
        self.wider, self.scale = wider, scale  # the scale of the first one is also a size of its weight

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = self.norm(functional.relu(self.conv(x)).permute(0, 2, 3, 1))
        flat = x.reshape(-1, self.wider, x.shape[1] * x.shape[2]) * self.scale
        return flat.reshape(x.shape[0], self.wider, x.shape[1], -1)


def test_modules_that_differ_in_numbers_are_one_function() -> None:
    module = nn.Sequential(Strided(3, 4, 1, 3), Strided(4, 6, 2, 5), Strided(6, 6, 1, 5))
    port = jf.from_torch(module, torch.randn(2, 3, 8, 8), prove=False)
    text = port.source()
    assert functions(text) == ["strided", "sequential"]
    assert "def strided(p, x, stride=1, size=16, other=5, size2=4):" in text
    assert 'F.layer_norm(x, p["norm.weight"].shape, p["norm.weight"], p["norm.bias"])' in text
    assert "x: float32[2, n, m, m] -> float32[2, k, a, a]." in text
    assert all(each.ok for each in port.check_source())


class Masked(nn.Module):
    """Attention with a mask that is made of positions, causal or of a window."""

    def __init__(self, window: int) -> None:
        super().__init__()
        self.window = window

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        places = torch.arange(x.shape[1]).unsqueeze(0).expand(x.shape[0], -1)
        mask = (places[:, None, :, None] >= places[:, None, None, :]) & torch.ones_like(x[:, :1, None, :1]).bool()
        if self.window:
            mask = mask & (places[:, None, :, None] - places[:, None, None, :] < self.window)
        return functional.scaled_dot_product_attention(x[:, None], x[:, None], x[:, None], attn_mask=mask)


@pytest.mark.parametrize("dynamic", [(), ("batch", "length")])
def test_causal_mask_is_one_argument(dynamic: tuple[str, ...]) -> None:
    port = jf.from_torch(Masked(0), torch.randn(2, 6, 4), dynamic=dynamic, prove=False)
    text = port.source()
    assert "is_causal=True" in text
    assert len(text.splitlines()) < 14, text
    assert all(each.ok for each in port.check_source())


def test_window_is_a_band_at_any_length_and_no_causal_mask() -> None:
    port = jf.from_torch(Masked(7), torch.randn(2, 6, 4), dynamic=("batch", "length"), prove=False)
    text = port.source()
    assert "is_causal" not in text
    assert "jf.triu(jf.tril(jf.full((length, length), True)), -6)" in text
    x = jax.random.normal(jax.random.key(0), (2, 20, 4))
    assert_close(run(text, port, x), port(port.params, x))


def test_window_beyond_the_sizes_that_are_tried_is_not_taken_for_a_causal_mask() -> None:
    port = jf.from_torch(Masked(5000), torch.randn(2, 6, 4), dynamic=("batch", "length"), prove=False)
    assert "5000" in port.source()


class Dropped(nn.Module):
    """A block with dropout inside of attention and after it."""

    def __init__(self) -> None:
        super().__init__()
        self.line = nn.Linear(4, 4)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        mixed = functional.scaled_dot_product_attention(x, x, x, dropout_p=0.5 if self.training else 0.0)
        return x + functional.dropout(self.line(mixed), 0.25, self.training)


class Noisy(nn.Module):
    """Random calls before, inside of and after a loop."""

    def __init__(self) -> None:
        super().__init__()
        self.layers = nn.ModuleList([Dropped() for _ in range(3)])

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = functional.dropout(x, 0.5, self.training)
        for layer in self.layers:
            x = layer(x)
        return x + torch.randn_like(x)


@pytest.mark.parametrize("stacked", [False, True])
def test_random_calls_have_the_keys_of_the_port(stacked: bool) -> None:
    port = jf.from_torch(Noisy(), torch.randn(2, 5, 4), train=True, prove=False)
    text = port.source(stacked=stacked)
    assert ("jax.lax.scan" if stacked else "keys[2 * i + 1 : 2 * i + 3]") in text
    x, keys = jax.random.normal(jax.random.key(0), (2, 5, 4)), jax.random.split(jax.random.key(1))
    found = [run(text, port, x, key) for key in keys]
    assert_close(found[0], port(port.params, x, key=keys[0]))
    assert not np.allclose(found[0][0], found[1][0])


def test_dropout_of_nothing_and_a_mask_that_is_used() -> None:
    def both(x: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        kept, mask = torch.native_dropout(x, 0.5, True)
        return functional.dropout(x, 0.0) + kept, mask

    port = jf.from_torch(both, torch.randn(8), train=True, prove=False)
    text = port.source()
    assert "F.dropout" not in text
    assert "jf.native_dropout" in text
    assert all(each.ok for each in port.check_source())


def test_new_buffers_are_returned_by_their_names() -> None:
    module = nn.Sequential(Residual(3, 8), Residual(8, 8), Residual(8, 8))
    module.register_buffer("unused", torch.zeros(2))
    port = jf.from_torch(module, torch.randn(2, 3, 8, 8), train=True, prove=False)
    text = port.source()
    assert 'h, new[f"{i}"] = residual2(submodule(p, f"{i}"), h)' in text
    x = jax.random.normal(jax.random.key(0), (2, 3, 8, 8))
    found, wanted = run(text, port, x), port(port.params, x)
    assert found[1].keys() == wanted[1].keys()
    assert_close(found, wanted)


class Layer(nn.Module):
    """A small layer with a residual."""

    def __init__(self, width: int = 4) -> None:
        super().__init__()
        self.line = nn.Linear(4, 4) if width == 4 else nn.Sequential(nn.Linear(4, width), nn.Linear(width, 4))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x + functional.gelu(self.line(x))


def test_stacked_blocks_are_a_scan() -> None:
    port = jf.from_torch(nn.Sequential(Layer(), Layer(), Layer()), torch.randn(2, 4), prove=False)
    scan = '_ = jax.lax.scan(step, input, stack(p, [f"{i}" for i in range(3)]))'
    assert scan in port.source(stacked=True)
    assert all(each.ok for each in port.check_source(stacked=True))


def test_blocks_of_different_widths_are_not_stacked() -> None:
    port = jf.from_torch(nn.Sequential(Layer(3), Layer(5)), torch.randn(2, 4), prove=False)
    text = port.source(stacked=True)
    assert "for i in range(2):" in text
    assert "lax.scan" not in text


FAULTS = {
    "another function": ("F.gelu(", "F.relu("),
    "a layer left out": ("range(3)", "range(2)"),
    "no gradient": ('p["line.weight"]', 'jax.lax.stop_gradient(p["line.weight"])'),
}


def test_check_finds_a_source_that_differs() -> None:
    module = nn.Sequential(Layer(), Layer(), Layer())
    port = jf.from_torch(module, torch.randn(2, 4), dynamic=("batch",), prove=False)
    right = port.check_source()
    assert in_words(right) == "agrees with the port in value and gradient (2 results, 12 gradients)"
    assert any(each.name == "result 0 (batch 4)" for each in right)
    port = jf.from_torch(module, torch.randn(2, 4), prove=False)
    text = f"import jax\n{port.source()}"
    wrong = {name: check_source(port, text.replace(*fault)) for name, fault in FAULTS.items()}
    assert all(in_words(each).startswith("DIFFERS from the port: ") for each in wrong.values()), wrong
    differing = [each.name for each in wrong["no gradient"] if not each.ok]
    assert differing == [f"gradient {at}.line.weight" for at in range(3)]


def test_command_exits_with_1_for_a_source_that_differs(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    line = ["port", "torch.nn:ReLU", "--inputs", "float32[batch,3]", "--out", str(tmp_path / "relu.py")]
    assert main(line) == 0
    assert "source          agrees with the port" in capsys.readouterr().out
    monkeypatch.setattr(jf.Port, "source", lambda self: "def relu(p, x):\n    return x\n")
    assert main(line) == 1
    assert "source          DIFFERS from the port: result 0" in capsys.readouterr().out


def test_branches_are_refused() -> None:
    def branched(x: torch.Tensor) -> torch.Tensor:
        return torch.cond(x.sum() > 0, lambda x: x + 1, lambda x: x - 1, (x,))

    port = jf.from_torch(branched, torch.ones(3), prove=False)
    with pytest.raises(ConversionError, match="cond"):
        port.source()


def test_source_in_the_documentation_is_what_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page = (Path(__file__).parents[1] / "docs" / "converting.md").read_text("utf-8").partition("## As source")[2]
    code, text = (re.findall(rf"(?s)```{kind}\n(.*?)```", page)[0] for kind in ("python", "text"))
    (tmp_path / "blocks.py").write_text(f"import torch\n\n\n{code.partition('blocks = ')[0]}")
    monkeypatch.syspath_prepend(tmp_path)
    model = importlib.import_module("blocks").Model()
    assert jf.from_torch(model, torch.ones(2, 4), dynamic=("batch",), prove=False).source() == text


class Normed(nn.Module):
    """A layer whose numbers differ from one to the next."""

    def __init__(self, momentum: float, p: float) -> None:
        super().__init__()
        self.layer, self.norm, self.drop = nn.Linear(4, 4), nn.BatchNorm1d(4, 10 * momentum, momentum), nn.Dropout(p)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.drop(self.norm(self.layer(x)))


def test_numbers_that_differ_in_training_are_arguments() -> None:
    port = jf.from_torch(nn.Sequential(Normed(0.1, 0.5), Normed(0.01, 0.2)), torch.randn(8, 4), train=True, prove=False)
    assert "def normed(" in port.source()
    assert all(each.ok for each in port.check_source())
