"""Forty-three faults of ports, and the place of each.

Begin with `FAULTS`. Each fault stands twice: as a change of the text of a port in plain JAX (`ports_by_hand.py`), and
as a change of one call of the converted model.
"""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import torch
from torch import nn
from torch.nn import functional as F

from jaxfun.convert.plan import Ref
from jaxfun.convert.rules import rule_of

BY_HAND = Path(__file__).parent / "ports_by_hand.py"


class Attention(nn.Module):
    """Self-attention of 4 heads with a packed projection."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.packed, self.out = nn.Linear(width, 3 * width), nn.Linear(width, width)

    def forward(self, x: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        batch, tokens, width = x.shape
        query, key, value = self.packed(x).chunk(3, -1)
        query, key, value = (part.view(batch, tokens, 4, width // 4).transpose(1, 2) for part in (query, key, value))
        causal = torch.ones(tokens, tokens, dtype=torch.bool, device=x.device).tril()
        mixed = F.scaled_dot_product_attention(query, key, value, attn_mask=causal & mask[:, None, None])
        return self.out(mixed.transpose(1, 2).reshape(batch, tokens, width))


class Mlp(nn.Module):
    """Two linear layers around a gelu."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.up, self.down = nn.Linear(width, width), nn.Linear(width, width)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.down(F.gelu(self.up(x)))


class Block(nn.Module):
    """A block of a GPT."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.norm1, self.norm2 = nn.LayerNorm(width), nn.LayerNorm(width)
        self.attend, self.mlp = Attention(width), Mlp(width)

    def forward(self, x: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        x = x + self.attend(self.norm1(x), mask)
        return x + self.mlp(self.norm2(x))


class Gpt(nn.Module):
    """A decoder whose head is its embedding."""

    def __init__(self, width: int = 16) -> None:
        super().__init__()
        self.embed, self.place = nn.Embedding(20, width), nn.Embedding(12, width)
        self.blocks, self.norm = nn.ModuleList([Block(width), Block(width)]), nn.LayerNorm(width)

    def forward(self, tokens: torch.Tensor) -> torch.Tensor:
        places = torch.arange(tokens.shape[1], device=tokens.device)
        mask = (tokens != 0) | (places == 0)
        x = self.embed(tokens) + self.place(places)
        for block in self.blocks:
            x = block(x, mask)
        return F.linear(self.norm(x), self.embed.weight)


class RmsNorm(nn.Module):
    """A norm without a mean, as Llama writes it."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.ones(width))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.weight * (x * torch.rsqrt(x.pow(2).mean(-1, keepdim=True) + 1e-6))


def rotated(x: torch.Tensor) -> torch.Tensor:
    places, half = torch.arange(x.shape[-2], dtype=x.dtype, device=x.device), x.shape[-1] // 2
    angles = places[:, None] * 10_000.0 ** (-torch.arange(half, dtype=x.dtype, device=x.device) / half)
    cosine, sine = torch.cat([angles.cos()] * 2, -1), torch.cat([angles.sin()] * 2, -1)
    turned = torch.cat([-x[..., half:], x[..., :half]], -1)
    return x * cosine + turned * sine


class GroupedAttention(nn.Module):
    """Self-attention with rotary places, 4 heads on 2 keys, and a window of 4 tokens."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.query, self.out = nn.Linear(width, width, bias=False), nn.Linear(width, width, bias=False)
        self.key, self.value = nn.Linear(width, width // 2, bias=False), nn.Linear(width, width // 2, bias=False)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        batch, tokens, width = x.shape
        query = rotated(self.query(x).view(batch, tokens, 4, -1).transpose(1, 2))
        key = rotated(self.key(x).view(batch, tokens, 2, -1).transpose(1, 2))
        value = self.value(x).view(batch, tokens, 2, -1).transpose(1, 2)
        key, value = key.repeat_interleave(2, 1), value.repeat_interleave(2, 1)
        places = torch.arange(tokens, device=x.device)
        distance = places[:, None] - places
        mask = (distance >= 0) & (distance < 4)
        mixed = F.scaled_dot_product_attention(query, key, value, attn_mask=mask)
        return self.out(mixed.transpose(1, 2).reshape(batch, tokens, width))


class GatedMlp(nn.Module):
    """The feed-forward network of Llama."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.gate, self.up, self.down = (nn.Linear(width, width, bias=False) for _ in range(3))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.down(F.silu(self.gate(x)) * self.up(x))


class LlamaBlock(nn.Module):
    """A block of a Llama."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.norm1, self.norm2 = RmsNorm(width), RmsNorm(width)
        self.attend, self.mlp = GroupedAttention(width), GatedMlp(width)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = x + self.attend(self.norm1(x))
        return x + self.mlp(self.norm2(x))


class Llama(nn.Module):
    """A decoder with rotary places and a window."""

    def __init__(self, width: int = 16) -> None:
        super().__init__()
        self.embed, self.head = nn.Embedding(20, width), nn.Linear(width, 20, bias=False)
        self.blocks, self.norm = nn.ModuleList([LlamaBlock(width), LlamaBlock(width)]), RmsNorm(width)

    def forward(self, tokens: torch.Tensor) -> torch.Tensor:
        x = self.embed(tokens)
        for block in self.blocks:
            x = block(x)
        return self.head(self.norm(x))


class Residual(nn.Module):
    """A block of a ResNet."""

    def __init__(self, width: int, wider: int, stride: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(width, wider, 3, stride, 1, bias=False)
        self.conv2 = nn.Conv2d(wider, wider, 3, 1, 1, bias=False)
        self.norm1, self.norm2 = nn.BatchNorm2d(wider), nn.BatchNorm2d(wider)
        if stride > 1:
            self.shortcut, self.norm3 = nn.Conv2d(width, wider, 1, stride, bias=False), nn.BatchNorm2d(wider)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        y = self.norm2(self.conv2(F.relu(self.norm1(self.conv1(x)))))
        if hasattr(self, "shortcut"):
            x = self.norm3(self.shortcut(x))
        return F.relu(y + x)


class ResNet(nn.Module):
    """Two residual blocks, in training: the running statistics are results."""

    def __init__(self) -> None:
        super().__init__()
        self.stem, self.norm = nn.Conv2d(3, 4, 3, 1, 1, bias=False), nn.BatchNorm2d(4)
        self.blocks, self.head = nn.ModuleList([Residual(4, 4, 1), Residual(4, 8, 2)]), nn.Linear(8, 8)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = F.max_pool2d(F.relu(self.norm(self.stem(x))), 3, 2, 1)
        for block in self.blocks:
            x = block(x)
        return self.head(x.mean((2, 3)))


class Fault(NamedTuple):
    """A fault: the model, what is wrong, the port's text before and after, and the module that is to be named.

    `call` is the call of the converted model that has the same fault, and `change` its changed arguments, or the
    function that takes its place. `behind` is the submodule that gets what the fault has made, where the fault lies
    between two submodules.
    """

    model: str
    what: str
    right: str
    wrong: str
    place: str
    call: str
    change: Mapping[str, Any] | Callable[..., Any]
    behind: str = ""


def _unbiased_norm(input: jax.Array, weight: jax.Array, bias: jax.Array, **others: Any) -> jax.Array:
    variance = input.var(-1, keepdims=True, ddof=1)
    return (input - input.mean(-1, keepdims=True)) / jnp.sqrt(variance + 1e-5) * weight + bias


def _transposed(input: jax.Array, weight: jax.Array, bias: jax.Array) -> jax.Array:
    return input @ weight + bias


def _exchanged_axes(self: jax.Array, size: Any) -> jax.Array:
    return self.reshape(size).swapaxes(2, 3)


def _conv(input: jax.Array, weight: jax.Array, padding: Any, stride: Any = (1, 1)) -> jax.Array:
    return jax.lax.conv_general_dilated(input, weight, stride, padding)


def _padded_as_tensorflow(input: jax.Array, weight: jax.Array, stride: Any, **others: Any) -> jax.Array:
    return _conv(input, weight, "SAME", stride)


def _turned(input: jax.Array, weight: jax.Array, **others: Any) -> jax.Array:
    return _conv(input, weight[..., ::-1, ::-1], "SAME")


def _height_for_width(input: jax.Array, weight: jax.Array, **others: Any) -> jax.Array:
    return _conv(input, weight.swapaxes(2, 3), "SAME")


def _strided_late(input: jax.Array, weight: jax.Array, **others: Any) -> jax.Array:
    return _conv(input, weight, "SAME")[..., 1::2, 1::2]


def _pooled_with_half(self: jax.Array, **others: Any) -> jax.Array:
    around = ((0, 0), (0, 0), (1, 1), (1, 1))
    return jax.lax.reduce_window(self, 0.5, jax.lax.max, (1, 1, 3, 3), (1, 1, 2, 2), around)


def _gelu(self: jax.Array) -> jax.Array:
    return jax.nn.gelu(self)


def _upper(self: jax.Array) -> jax.Array:
    return jnp.triu(self)


def _biased_statistics(input: jax.Array, running_var: jax.Array, **others: Any) -> Any:
    rule = rule_of("aten::_native_batch_norm_legit_functional")
    assert rule is not None
    *found, variance = rule(input=input, running_var=running_var, **others)
    count = input.size // input.shape[1]
    return (*found, 0.9 * running_var + (variance - 0.9 * running_var) * (count - 1) / count)


_G, _L, _R = "gpt", "llama", "resnet"
_BLOCK, _ATTEND, _MLP = "blocks.0", "blocks.0.attend", "blocks.0.mlp"
_NORM = "_native_batch_norm_legit_functional"
_DOT = "scaled_dot_product_attention"
_CAUSAL = "causal & mask[:, None, None]"
_HALVES = "first, second = x[..., :half], x[..., half:]"
_MOVED = '0.9 * p[f"{name}.{kind}"] + 0.1 * now'
_KERNEL = 'kernel = p[f"{name}.weight"]'
_MLP_LINE = 'x = x + mlp(p, f"{block}.mlp", layer_norm(p, f"{block}.norm2", x))'
_RUNNING = '    mean, variance = p[f"{name}.running_mean"], p[f"{name}.running_var"]\n'
_STRIDED = """conv(p, f"{name}.conv1", x, stride)))
    y = batch_norm(p, new, f"{name}.norm2", conv(p, f"{name}.conv2", y))"""
_STRIDED_LATE = """conv(p, f"{name}.conv1", x)))
    y = batch_norm(p, new, f"{name}.norm2", conv(p, f"{name}.conv2", y, stride))"""
FAULTS = (
    Fault(
        _G,
        "eps of a layer norm 1e-6",
        "variance + 1e-5) * p[f",
        "variance + 1e-6) * p[f",
        "blocks.0.norm1",
        "layer_norm",
        {"eps": 1e-6},
    ),
    Fault(
        _G,
        "variance divided by n - 1",
        "x.var(-1, keepdims=True)",
        "x.var(-1, keepdims=True, ddof=1)",
        "blocks.0.norm1",
        "layer_norm",
        _unbiased_norm,
    ),
    Fault(
        _G,
        "gelu by tanh",
        "approximate=False",
        "approximate=True",
        _MLP,
        "gelu",
        {"approximate": "tanh"},
    ),
    Fault(
        _G,
        "activation left out",
        'jax.nn.gelu(linear(p, f"{name}.up", x), approximate=False)',
        'linear(p, f"{name}.up", x)',
        _MLP,
        "gelu",
        lambda self: self,
    ),
    Fault(
        _G,
        "causal mask left out",
        _CAUSAL,
        "mask[:, None, None]",
        _ATTEND,
        _DOT,
        {"attn_mask": Ref("unsqueeze_1")},
    ),
    Fault(
        _G,
        "padding mask left out",
        _CAUSAL,
        "causal",
        _ATTEND,
        _DOT,
        {"attn_mask": Ref("tril")},
    ),
    Fault(
        _G,
        "causal mask one token too long",
        "bool))\n    scores = ",
        "bool), 1)\n    scores = ",
        _ATTEND,
        "tril",
        {"diagonal": 1},
    ),
    Fault(
        _G,
        "causal mask the other way",
        "jnp.tril(",
        "jnp.triu(",
        _ATTEND,
        "tril",
        _upper,
    ),
    Fault(
        _G,
        "weight of a projection transposed",
        'return linear(p, f"{name}.out", mixed)',
        'return mixed @ p[f"{name}.out.weight"] + p[f"{name}.out.bias"]',
        "blocks.0.attend.out",
        "linear_1",
        _transposed,
    ),
    Fault(
        _G,
        "heads and their width exchanged",
        "tokens, 4, width // 4).transpose(0, 2, 1, 3) for",
        "tokens, width // 4, 4).transpose(0, 3, 1, 2) for",
        _ATTEND,
        "view",
        _exchanged_axes,
    ),
    Fault(
        _G,
        "heads not moved back",
        "@ value).transpose(0, 2, 1, 3).reshape(batch, tokens, width)\n    return linear",
        "@ value).reshape(batch, tokens, width)\n    return linear",
        _ATTEND,
        "view_3",
        {"self": Ref(_DOT)},
    ),
    Fault(
        _G,
        "query and key exchanged",
        "query, key, value = jnp.split",
        "key, query, value = jnp.split",
        _ATTEND,
        _DOT,
        {"query": Ref("transpose_1"), "key": Ref("transpose")},
    ),
    Fault(
        _G,
        "scores not scaled",
        " / jnp.sqrt(width // 4)",
        "",
        _ATTEND,
        _DOT,
        {"scale": 1.0},
    ),
    Fault(
        _G,
        "scores scaled by the whole width",
        "jnp.sqrt(width // 4)",
        "jnp.sqrt(width)",
        _ATTEND,
        _DOT,
        {"scale": 0.25},
    ),
    Fault(
        _G,
        "residual left out",
        "x = x + mlp(",
        "x = mlp(",
        _BLOCK,
        "add_2",
        {"self": Ref("linear_3"), "alpha": 0},
        behind="blocks.1.norm1",
    ),
    Fault(
        _G,
        "norm left out",
        _MLP_LINE,
        'x = x + mlp(p, f"{block}.mlp", x)',
        _BLOCK,
        "layer_norm_1",
        lambda input, **others: input,
    ),
    Fault(
        _G,
        "places count from one",
        'p["place.weight"][places]',
        'p["place.weight"][places + 1]',
        "place",
        "embedding_1",
        lambda weight, indices: weight[indices + 1],
        behind="blocks.0.norm1",
    ),
    Fault(
        _G,
        "bias left out",
        'return linear(p, f"{name}.down", hidden)',
        'return hidden @ p[f"{name}.down.weight"].T',
        "blocks.0.mlp.down",
        "linear_3",
        {"bias": None},
        behind="blocks.1.norm1",
    ),
    Fault(
        _G,
        "last norm left out",
        '    x = layer_norm(p, "norm", x)\n',
        "",
        "norm",
        "layer_norm_4",
        lambda input, **others: input,
        behind="(the result)",
    ),
    Fault(
        _L,
        "eps of an RMS norm 1e-5",
        "keepdims=True) + 1e-6)",
        "keepdims=True) + 1e-5)",
        "blocks.0.norm1",
        "add",
        {"other": 1e-5},
    ),
    Fault(
        _L,
        "RMS norm takes the mean off",
        "return x * jax.lax.rsqrt(jnp.mean(x**2, -1, keepdims=True)",
        "return x * jax.lax.rsqrt(jnp.var(x, -1, keepdims=True)",
        "blocks.0.norm1",
        "pow_1",
        lambda self, exponent: (self - self.mean(-1, keepdims=True)) ** exponent,
    ),
    Fault(
        _L,
        "rotary halves exchanged",
        _HALVES,
        "second, first = x[..., :half], x[..., half:]",
        _ATTEND,
        "cat_2",
        {"tensors": (Ref("slice_2"), Ref("neg_1"))},
    ),
    Fault(
        _L,
        "rotary halves interleaved",
        _HALVES,
        "first, second = x[..., ::2], x[..., 1::2]",
        _ATTEND,
        "slice_1",
        lambda self, **others: self[..., 1::2],
    ),
    Fault(
        _L,
        "rotary sign",
        "first * cosine - second * sine",
        "first * cosine + second * sine",
        _ATTEND,
        "cat_2",
        {"tensors": (Ref("slice_1"), Ref("slice_2"))},
    ),
    Fault(
        _L,
        "rotary base 1,000",
        "base=10_000.0",
        "base=1_000.0",
        _ATTEND,
        "pow_2",
        {"self": 1_000.0},
    ),
    Fault(
        _L,
        "key without its rotation",
        "query, key = rotated(query), rotated(key)",
        "query = rotated(query)",
        _ATTEND,
        "repeat_interleave",
        {"self": Ref("transpose_1")},
    ),
    Fault(
        _L,
        "keys tiled, not repeated",
        "jnp.repeat(part, 2, axis=1)",
        "jnp.tile(part, (1, 2, 1, 1))",
        _ATTEND,
        "repeat_interleave",
        lambda self, **others: jnp.tile(self, (1, 2, 1, 1)),
    ),
    Fault(
        _L,
        "window one token too long",
        "(distance < 4)",
        "(distance <= 4)",
        _ATTEND,
        "lt",
        {"other": 5},
    ),
    Fault(
        _L,
        "gate and up exchanged",
        "(jax.nn.silu(gate) * up)",
        "(jax.nn.silu(up) * gate)",
        _MLP,
        "silu",
        {"self": Ref("linear_5")},
    ),
    Fault(
        _L,
        "gelu for silu",
        "jax.nn.silu(gate)",
        "jax.nn.gelu(gate)",
        _MLP,
        "silu",
        _gelu,
    ),
    Fault(
        _L,
        "head tied to the embedding",
        '@ p["head.weight"].T',
        '@ p["embed.weight"].T',
        "head",
        "linear_14",
        {"weight": Ref("p_embed_weight")},
        behind="(the result)",
    ),
    Fault(
        _R,
        "momentum the other way",
        _MOVED,
        '0.1 * p[f"{name}.{kind}"] + 0.9 * now',
        "norm",
        _NORM,
        {"momentum": 0.9},
    ),
    Fault(
        _R,
        "momentum 0.01",
        _MOVED,
        '0.99 * p[f"{name}.{kind}"] + 0.01 * now',
        "norm",
        _NORM,
        {"momentum": 0.01},
    ),
    Fault(
        _R,
        "running variance divided by n",
        "variance * count / (count - 1)",
        "variance",
        "norm",
        _NORM,
        _biased_statistics,
    ),
    Fault(
        _R,
        "eps of a batch norm 1e-3",
        "variance + 1e-5) * scale",
        "variance + 1e-3) * scale",
        "norm",
        _NORM,
        {"eps": 1e-3},
    ),
    Fault(
        _R,
        "running statistics in training",
        "    mean, variance, scale, shift = (",
        _RUNNING + "    mean, variance, scale, shift = (",
        "norm",
        _NORM,
        {"training": False},
    ),
    Fault(
        _R,
        "padding of TensorFlow",
        "padding = [(edge, edge), (edge, edge)]",
        'padding = "SAME"',
        "blocks.1.conv1",
        "conv2d_3",
        _padded_as_tensorflow,
    ),
    Fault(
        _R,
        "stride in the second convolution",
        _STRIDED,
        _STRIDED_LATE,
        "blocks.1",
        "conv2d_3",
        _strided_late,
    ),
    Fault(
        _R,
        "height and width of the kernel exchanged",
        _KERNEL,
        f"{_KERNEL}.swapaxes(2, 3)",
        "stem",
        "conv2d",
        _height_for_width,
    ),
    Fault(
        _R,
        "kernel turned round",
        _KERNEL,
        f"{_KERNEL}[..., ::-1, ::-1]",
        "stem",
        "conv2d",
        _turned,
    ),
    Fault(
        _R,
        "relu before the sum",
        "return jax.nn.relu(y + x)",
        "return jax.nn.relu(y) + x",
        _BLOCK,
        "relu_2",
        lambda self: self,
        behind="blocks.1.conv1",
    ),
    Fault(
        _R,
        "pool padded with a half",
        "-jnp.inf, jax.lax.max",
        "0.5, jax.lax.max",
        "",
        "max_pool2d",
        _pooled_with_half,
        behind="blocks.0.conv1",
    ),
    Fault(
        _R,
        "head transposed",
        'return linear(p, "head", x.mean((2, 3))), new',
        'x = x.mean((2, 3))\n    return x @ p["head.weight"] + p["head.bias"], new',
        "head",
        "linear",
        _transposed,
    ),
)


def model_of(name: str) -> tuple[nn.Module, tuple[torch.Tensor, ...]]:
    """Return a model, and an example of its inputs."""
    torch.manual_seed(0)
    if name == _R:
        return ResNet().train(), (torch.randn(2, 3, 8, 8),)
    tokens = torch.randint(1, 20, (2, 8))
    tokens[1, 6:] = 0  # padding
    return (Llama() if name == _L else Gpt()).eval(), (tokens,)
