"""What `parity.module` costs on a GPT of a million parameters, and of ten: seconds and memory, beside the models' own.

Each is a process of its own. The models' own is one value with its gradient on each side, JAX's compilation included.
"""

import argparse
import multiprocessing
import resource
import time
from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import torch

from jaxfun import parity

F = torch.nn.functional
HEADS, TOKENS, VOCABULARY = 4, 32, 512
SIZES = {"0.2e6": (64, 4), "1e6": (128, 5), "1e7": (384, 5)}  # width, blocks
SHAPE = (2, TOKENS)


class Block(torch.nn.Module):
    """Attention and a feed-forward network, each behind a norm."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.norm1, self.norm2 = torch.nn.LayerNorm(width), torch.nn.LayerNorm(width)
        self.attend, self.project = torch.nn.Linear(width, 3 * width), torch.nn.Linear(width, width)
        self.expand, self.contract = torch.nn.Linear(width, 4 * width), torch.nn.Linear(4 * width, width)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Return `x` one block on."""
        batch, tokens, width = x.shape
        q, k, v = (
            item.view(batch, tokens, HEADS, width // HEADS).transpose(1, 2)
            for item in self.attend(self.norm1(x)).split(width, -1)
        )
        mixed = F.scaled_dot_product_attention(q, k, v, is_causal=True).transpose(1, 2).reshape(batch, tokens, width)
        x = x + self.project(mixed)
        return x + self.contract(F.gelu(self.expand(self.norm2(x))))


class GPT(torch.nn.Module):
    """A decoder whose head is tied to its embedding."""

    def __init__(self, width: int, blocks: int) -> None:
        super().__init__()
        self.embed, self.place = torch.nn.Embedding(VOCABULARY, width), torch.nn.Embedding(TOKENS, width)
        self.blocks = torch.nn.ModuleList(Block(width) for _ in range(blocks))
        self.norm, self.head = torch.nn.LayerNorm(width), torch.nn.Linear(width, VOCABULARY, bias=False)
        self.head.weight = self.embed.weight

    def forward(self, tokens: torch.Tensor) -> torch.Tensor:
        """Return the logits."""
        x = self.embed(tokens) + self.place(torch.arange(tokens.shape[1]))
        for block in self.blocks:
            x = block(x)
        return self.head(self.norm(x))


def norm(p: dict[str, Any], name: str, x: jax.Array) -> jax.Array:
    """Return a layer norm."""
    centred = x - x.mean(-1, keepdims=True)
    scaled = centred / jnp.sqrt((centred**2).mean(-1, keepdims=True) + 1e-5)
    return scaled * p[f"{name}.weight"] + p[f"{name}.bias"]


def linear(p: dict[str, Any], name: str, x: jax.Array) -> jax.Array:
    """Return a linear layer."""
    return x @ p[f"{name}.weight"].T + p[f"{name}.bias"]


def block(p: dict[str, Any], name: str, x: jax.Array) -> jax.Array:
    """Return `x` one block on."""
    batch, tokens, width = x.shape
    q, k, v = (
        item.reshape(batch, tokens, HEADS, width // HEADS).swapaxes(1, 2)
        for item in jnp.split(linear(p, f"{name}.attend", norm(p, f"{name}.norm1", x)), 3, -1)
    )
    scores = q @ k.swapaxes(-1, -2) / jnp.sqrt(jnp.asarray(width // HEADS, x.dtype))
    scores = jax.nn.softmax(jnp.where(jnp.tril(jnp.ones((tokens, tokens), bool)), scores, -jnp.inf), axis=-1)
    x = x + linear(p, f"{name}.project", (scores @ v).swapaxes(1, 2).reshape(batch, tokens, width))
    y = jax.nn.gelu(linear(p, f"{name}.expand", norm(p, f"{name}.norm2", x)), approximate=False)
    return x + linear(p, f"{name}.contract", y)


def gpt(p: dict[str, Any], tokens: jax.Array, blocks: int) -> jax.Array:
    """Return the logits."""
    x = p["embed.weight"][tokens] + p["place.weight"][: tokens.shape[1]]
    for number in range(blocks):
        x = block(p, f"blocks.{number}", x)
    return norm(p, "norm", x) @ p["embed.weight"].T


def both(size: str) -> tuple[GPT, Callable[..., Any]]:
    """Return both models of a size."""
    width, blocks = SIZES[size]
    torch.manual_seed(0)

    def port(p: dict[str, Any], tokens: jax.Array) -> jax.Array:
        return gpt(p, tokens, blocks)

    return GPT(width, blocks), port


def own(size: str) -> str:
    """Run each model's value and gradient once."""
    model, port = both(size)
    params = {name: jnp.asarray(item.numpy()) for name, item in model.state_dict().items()}
    tokens = np.random.default_rng(0).integers(0, VOCABULARY, size=SHAPE)
    model(torch.tensor(tokens)).sum().backward()
    gradients = jax.jit(jax.grad(lambda p: port(p, jnp.asarray(tokens)).sum()))(params)
    jax.block_until_ready(gradients)
    return f"{sum(item.numel() for item in model.parameters()):,} parameters"


def checked(size: str) -> str:
    """Check the port, and return what the report says first."""
    model, port = both(size)
    report = parity.module(model, port, dict, np.zeros(SHAPE, np.int64), seed=0)
    return str(report) if not report.ok else "\n".join(str(report).split("\n")[:12])


def peak() -> float:
    """Return the peak of the process's memory, in GB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20


def _measured(name: str, size: str, queue: Any) -> None:
    before, began = peak(), time.perf_counter()
    text = {"own": own, "checked": checked}[name](size)
    queue.put((time.perf_counter() - began, peak() - before, text))


def measure(name: str, size: str) -> tuple[float, float, str]:
    """Return the seconds, the memory in GB and the text of a run in a process of its own."""
    context = multiprocessing.get_context("spawn")
    queue = context.Queue()
    process = context.Process(target=_measured, args=(name, size, queue))
    process.start()
    found = queue.get()
    process.join()
    return found


def main() -> None:
    """Print a table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("sizes", nargs="*", default=["1e6", "1e7"])
    print(f"{'size':<8}{'models, s':>10}{'check, s':>10}{'models, GB':>12}{'check, GB':>11}{'ratio':>7}")
    for size in parser.parse_args().sizes:
        (theirs, least, what), (seconds, most, text) = measure("own", size), measure("checked", size)
        print(f"{size:<8}{theirs:>10.1f}{seconds:>10.1f}{least:>12.2f}{most:>11.2f}{most / least:>7.1f}  {what}")
        print(text)


if __name__ == "__main__":
    main()
