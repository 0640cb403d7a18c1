"""Attention, normalization, embedding and losses at the sizes of real models, beside PyTorch's eager call.

`--to FILE` keeps the figures as CSV; `docs/speed.md` has them as a table. Convolutions are in bench_convolution.py,
recurrent layers in bench_recurrent.py.
"""

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import _sides
import jax
import jax.numpy as jnp
import numpy as np
import optax
import torch
from _sides import Row, arrays_of, measured

import jaxfun as jf

DATA = _sides.DATA / "layers.csv"
TOKENS, WIDTH, VOCABULARY, GROUPS = 2048, 768, 32_000, 32
INDICES = np.random.default_rng(0).integers(0, VOCABULARY, TOKENS)

Shapes = tuple[tuple[int, ...], ...]


class Layer(NamedTuple):
    """One layer: a function of a library's `nn.functional`, its indices and its tensors, and the same in plain JAX."""

    name: str
    function: Callable[..., Any]
    plain: Callable[..., jax.Array]
    shapes: Shapes


def attention(tokens: int, is_causal: bool, heads: int = 12, width: int = 64) -> Layer:
    """Return the attention of a transformer of the size of BERT or GPT-2."""

    def plain(*tensors: jax.Array) -> jax.Array:
        heads_last = (jnp.swapaxes(tensor, 1, 2) for tensor in tensors)
        return jnp.swapaxes(jax.nn.dot_product_attention(*heads_last, is_causal=is_causal), 1, 2)

    return Layer(
        f"{'causal attention' if is_causal else 'attention'}, {tokens} tokens",
        lambda functional, _, *tensors: functional.scaled_dot_product_attention(*tensors, is_causal=is_causal),
        plain,
        ((1, heads, tokens, width),) * 3,
    )


def normalized(functional: Any, _: Any, x: Any, weight: Any, bias: Any) -> Any:
    result = functional.batch_norm(x, None, None, weight, bias, training=True)
    return getattr(result, "output", result)


def standardized(x: jax.Array, weight: jax.Array, bias: jax.Array, axis: Any = -1) -> jax.Array:
    return jax.nn.standardize(x, axis, epsilon=1e-5) * weight + bias


def channels_last(of: Callable[..., jax.Array]) -> Callable[..., jax.Array]:
    """Return the function with channels as its second dimension."""
    return lambda x, *parameters: jnp.moveaxis(of(jnp.moveaxis(x, 1, -1), *parameters), -1, 1)


def grouped(x: jax.Array, weight: jax.Array, bias: jax.Array) -> jax.Array:
    groups = jax.nn.standardize(x.reshape(x.shape[0], GROUPS, -1), epsilon=1e-5).reshape(x.shape)
    return groups * weight[:, None, None] + bias[:, None, None]


LAYERS = (
    *(attention(tokens, is_causal) for is_causal in (False, True) for tokens in (128, 512, 2048)),
    Layer(
        "layer_norm, 2048 tokens",
        lambda functional, _, x, *parameters: functional.layer_norm(x, (WIDTH,), *parameters),
        standardized,
        ((TOKENS, WIDTH), (WIDTH,), (WIDTH,)),
    ),
    Layer(
        "rms_norm, 2048 tokens",
        lambda functional, _, x, weight: functional.rms_norm(x, (WIDTH,), weight),
        lambda x, weight: x * jax.lax.rsqrt(jnp.mean(x * x, -1, keepdims=True) + 1e-7) * weight,
        ((TOKENS, WIDTH), (WIDTH,)),
    ),
    Layer(
        "batch_norm in training, 8 images",
        normalized,
        channels_last(lambda x, *parameters: standardized(x, *parameters, axis=(0, 1, 2))),
        ((8, 64, 56, 56), (64,), (64,)),
    ),
    Layer(
        "group_norm, 8 images",
        lambda functional, _, x, *parameters: functional.group_norm(x, GROUPS, *parameters),
        grouped,
        ((8, 256, 28, 28), (256,), (256,)),
    ),
    Layer(
        "gelu, 2048 tokens",
        lambda functional, _, x: functional.gelu(x),
        lambda x: jax.nn.gelu(x, approximate=False),
        ((TOKENS, 4 * WIDTH),),
    ),
    Layer(
        "softmax, 2048 x 2048",
        lambda functional, _, x: functional.softmax(x, -1),
        jax.nn.softmax,
        ((TOKENS, TOKENS),),
    ),
    Layer(
        "embedding, 2048 tokens of 32,000",
        lambda functional, indices, table: functional.embedding(indices, table),
        lambda table: table[jnp.asarray(INDICES)],
        ((VOCABULARY, WIDTH),),
    ),
    Layer(
        "cross_entropy, 2048 tokens of 32,000",
        lambda functional, indices, logits: functional.cross_entropy(logits, indices),
        lambda logits: optax.softmax_cross_entropy_with_integer_labels(logits, jnp.asarray(INDICES)).mean(),
        ((TOKENS, VOCABULARY),),
    ),
    Layer(
        "mse_loss, 2048 x 768",
        lambda functional, _, *tensors: functional.mse_loss(*tensors),
        lambda x, y: jnp.mean(jnp.square(x - y)),
        ((TOKENS, WIDTH),) * 2,
    ),
)


def rows() -> Iterator[Row]:
    for layer in LAYERS:

        def ours(*arrays: jax.Array, layer: Layer = layer) -> Any:
            return layer.function(jf.nn.functional, jnp.asarray(INDICES), *arrays)

        def reference(*tensors: torch.Tensor, layer: Layer = layer) -> Any:
            return layer.function(torch.nn.functional, torch.tensor(INDICES), *tensors)

        yield from measured(layer.name, ours, layer.plain, reference, arrays_of(layer.shapes))


if __name__ == "__main__":
    _sides.main(__doc__, rows())
