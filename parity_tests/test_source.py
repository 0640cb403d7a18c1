"""A port as source: it runs, gives the port's numbers, and reads as a person would write it."""

import ast
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


def written(name: str) -> tuple[jf.Port, str]:
    module, example, _ = CASES[name]
    port = jf.from_torch(module, example, dynamic=("batch",), prove=False)
    return port, port.source()


def run(text: str, port: jf.Port, *args: Any) -> Any:
    names: dict[str, Any] = {}
    exec(compile(text, "source.py", "exec"), names)
    last = [node.name for node in ast.parse(text).body if isinstance(node, ast.FunctionDef)][-1]
    return jax.jit(names[last])({**port.params, **port.state, **port.constants}, *args)


@pytest.mark.parametrize("name", CASES)
def test_source_gives_the_numbers_of_the_port_at_other_sizes(name: str) -> None:
    port, text = written(name)
    arrays = [jnp.asarray(each.numpy()) for each in CASES[name][2]]
    found, wanted = run(text, port, *arrays), port(port.params, *arrays)
    assert jax.tree.structure(found) == jax.tree.structure(wanted)
    for one, other in zip(jax.tree.leaves(found), jax.tree.leaves(wanted), strict=True):
        assert one.dtype == other.dtype
        np.testing.assert_allclose(one, other, rtol=1e-5, atol=1e-5)  # one side is compiled, the other is not


def test_equal_blocks_are_one_function_and_a_loop() -> None:
    _, text = written("language")
    functions = [node.name for node in ast.parse(text).body if isinstance(node, ast.FunctionDef)]
    assert functions == ["block", "language"]
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
    done = subprocess.run([ruff, "format", "--isolated", "--diff", file], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
    done = subprocess.run([ruff, "check", "--isolated", file], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
    imported = {line.split()[1].partition(".")[0] for line in text.splitlines() if line.startswith(("import", "from"))}
    assert imported <= {"jaxfun", "jax", "numpy"}


def test_names_are_those_of_the_users_lines() -> None:
    _, text = written("language")
    assert "hidden = F.layer_norm(x" not in text
    assert "mixed = " in text or "mixed" not in ast.unparse(ast.parse(text)), text
    assert "return {" in text


def test_random_port_is_refused() -> None:
    port = jf.from_torch(nn.Dropout(0.5), torch.ones(3), train=True, prove=False)
    with pytest.raises(ConversionError, match="aten::native_dropout"):
        port.source()
