"""GPT-2 written in JAX by hand, as a person would who knows both: what a converted one is measured beside."""

from collections.abc import Mapping
from typing import Any

import jax
import jax.numpy as jnp

Params = Mapping[str, Any]


def params_of(state: Mapping[str, jax.Array], layers: int) -> dict[str, Any]:
    """Return the parameters of transformers' GPT2LMHeadModel as a tree. Its linear layers hold (in, out) matrices."""

    def part(prefix: str, names: Mapping[str, str]) -> dict[str, Any]:
        return {
            ours: {"kernel": state[f"{prefix}{theirs}.weight"], "bias": state[f"{prefix}{theirs}.bias"]}
            for ours, theirs in names.items()
        }

    return {
        "tokens": state["transformer.wte.weight"],
        "places": state["transformer.wpe.weight"],
        "blocks": [part(f"transformer.h.{number}.", _BLOCK) for number in range(layers)],
        **part("transformer.", {"norm": "ln_f"}),
    }


_BLOCK = {
    **{"before_attention": "ln_1", "qkv": "attn.c_attn", "mix": "attn.c_proj"},
    **{"before_mlp": "ln_2", "up": "mlp.c_fc", "down": "mlp.c_proj"},
}


# Tokens are rows of one matrix, (batch * length, width), but for the attention: the sums over batch and length in the
# gradients of biases and norms are then one reduction, and the whole gradient takes 0.7 of the time on a CPU.


def norm(p: Params, x: jax.Array) -> jax.Array:
    mean = x.mean(-1, keepdims=True)
    variance = jnp.square(x - mean).mean(-1, keepdims=True)
    return (x - mean) * jax.lax.rsqrt(variance + 1e-5) * p["kernel"] + p["bias"]


def linear(p: Params, x: jax.Array) -> jax.Array:
    return x @ p["kernel"] + p["bias"]


def attention(p: Params, x: jax.Array, heads: int, length: int) -> jax.Array:
    width = x.shape[-1]
    parts = jnp.split(linear(p["qkv"], x), 3, axis=-1)
    q, k, v = (part.reshape(-1, length, heads, width // heads) for part in parts)
    scores = jnp.einsum("bqhd,bkhd->bhqk", q, k) * (width // heads) ** -0.5
    causal = jnp.tril(jnp.ones((length, length), bool))
    weights = jax.nn.softmax(jnp.where(causal, scores, -jnp.inf), axis=-1)
    return linear(p["mix"], jnp.einsum("bhqk,bkhd->bqhd", weights, v).reshape(x.shape))


def mlp(p: Params, x: jax.Array) -> jax.Array:
    return linear(p["down"], jax.nn.gelu(linear(p["up"], x), approximate=True))


def gpt2(p: Params, tokens: jax.Array, heads: int) -> jax.Array:
    """Return the logits of each token's successor: (batch, length) to (batch, length, vocabulary)."""
    length, width = tokens.shape[1], p["tokens"].shape[1]
    x = (p["tokens"][tokens] + p["places"][:length]).reshape(-1, width)
    for block in p["blocks"]:
        x = x + attention(block, norm(block["before_attention"], x), heads, length)
        x = x + mlp(block, norm(block["before_mlp"], x))
    return (norm(p["norm"], x) @ p["tokens"].T).reshape(*tokens.shape, -1)
