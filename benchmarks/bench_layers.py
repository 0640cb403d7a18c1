"""Attention, normalization, embedding and losses at the sizes of real models, beside PyTorch's eager call.

`--to FILE` keeps the figures as CSV. Convolutions are in bench_convolution.py, recurrent layers in bench_recurrent.py.
"""

import argparse
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import jax.numpy as jnp
import numpy as np
import torch
from _measure import holds, in_turn, show_and_keep
from _sides import GRADIENT, RESULT, arrays_of, cotangent_of, in_jax, in_torch, want_equal

import jaxfun as jf

TARGET = 1.2
ROUNDS = 15
ABOUT = (
    f"float32, {torch.get_num_threads()} threads each. The least of {ROUNDS} rounds in turn. Target: jaxfun under jit\n"
    f"at most {TARGET} x PyTorch's eager call. A gradient is that of all tensors of floats, the result on the way."
)
TOKENS, WIDTH, VOCABULARY = 2048, 768, 32_000
INDICES = np.random.default_rng(0).integers(0, VOCABULARY, TOKENS)


class Layer(NamedTuple):
    """One layer: a function of a library's `nn.functional`, its indices and its tensors."""

    name: str
    function: Callable[..., Any]
    shapes: tuple[tuple[int, ...], ...]


def attention(tokens: int, heads: int = 12, width: int = 64, is_causal: bool = False) -> Layer:
    """Return the attention of a transformer of the size of BERT or GPT-2."""
    kind = "causal attention" if is_causal else "attention"
    return Layer(
        f"{kind}, {tokens} tokens",
        lambda functional, _, *tensors: functional.scaled_dot_product_attention(*tensors, is_causal=is_causal),
        ((1, heads, tokens, width),) * 3,
    )


def normalized(functional: Any, _: Any, x: Any, weight: Any, bias: Any) -> Any:
    result = functional.batch_norm(x, None, None, weight, bias, training=True)
    return getattr(result, "output", result)


LAYERS = (
    *(attention(tokens) for tokens in (128, 512, 2048)),
    *(attention(tokens, is_causal=True) for tokens in (128, 512, 2048)),
    Layer(
        "layer_norm, 2048 tokens",
        lambda functional, _, x, *parameters: functional.layer_norm(x, (WIDTH,), *parameters),
        ((TOKENS, WIDTH), (WIDTH,), (WIDTH,)),
    ),
    Layer(
        "rms_norm, 2048 tokens",
        lambda functional, _, x, weight: functional.rms_norm(x, (WIDTH,), weight),
        ((TOKENS, WIDTH), (WIDTH,)),
    ),
    Layer("batch_norm in training, 8 images", normalized, ((8, 64, 56, 56), (64,), (64,))),
    Layer(
        "group_norm, 8 images",
        lambda functional, _, x, *parameters: functional.group_norm(x, 32, *parameters),
        ((8, 256, 28, 28), (256,), (256,)),
    ),
    Layer("gelu, 2048 tokens", lambda functional, _, x: functional.gelu(x), ((TOKENS, 4 * WIDTH),)),
    Layer("softmax, 2048 x 2048", lambda functional, _, x: functional.softmax(x, -1), ((TOKENS, TOKENS),)),
    Layer(
        "embedding, 2048 tokens of 32,000",
        lambda functional, indices, table: functional.embedding(indices, table),
        ((VOCABULARY, WIDTH),),
    ),
    Layer(
        "cross_entropy, 2048 tokens of 32,000",
        lambda functional, indices, logits: functional.cross_entropy(logits, indices),
        ((TOKENS, VOCABULARY),),
    ),
    Layer(
        "mse_loss, 2048 x 768", lambda functional, _, *tensors: functional.mse_loss(*tensors), ((TOKENS, WIDTH),) * 2
    ),
)


class Row(NamedTuple):
    """The seconds of one layer."""

    layer: str
    what: str  # "result" or "gradient"
    jaxfun: float
    torch: float


def measured(layer: Layer) -> Iterator[Row]:
    """Yield the least seconds of the two, for the result and the gradient."""
    arrays, indices = arrays_of(layer.shapes), torch.tensor(INDICES)

    def reference(*tensors: Any) -> Any:
        return layer.function(torch.nn.functional, indices, *tensors)

    def function(*arrays: Any) -> Any:
        return layer.function(jf.nn.functional, jnp.asarray(INDICES), *arrays)

    cotangent = cotangent_of(reference, arrays)
    ours, theirs = in_jax(function, arrays, cotangent), in_torch(reference, arrays, cotangent)
    want_equal(ours, theirs, layer.name)
    for what in (RESULT, GRADIENT):
        yield Row(layer.name, what, *(min(seconds[1:]) for seconds in in_turn((ours[what], theirs[what]), ROUNDS)))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--to", type=Path, metavar="FILE", help="keep the figures as CSV")
    arguments = parser.parse_args()

    def shown(row: Row) -> Sequence[str]:
        ratio = row.jaxfun / row.torch
        seconds = [f"{1e3 * item:,.3f} ms" for item in (row.jaxfun, row.torch)]
        return row.layer, row.what, *seconds, f"{ratio:.2f}", holds(ratio <= TARGET)

    columns = ("layer", "what", "jaxfun", "PyTorch", "ratio", "holds")
    show_and_keep(columns, (row for layer in LAYERS for row in measured(layer)), shown, ABOUT, arguments.to)


if __name__ == "__main__":
    main()
