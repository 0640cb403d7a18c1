"""Ports in plain JAX, as a person writes them, of the models in `port_faults.py`, whose faults change this text."""

import jax
import jax.numpy as jnp


def linear(p, name, x):
    return x @ p[f"{name}.weight"].T + p[f"{name}.bias"]


def layer_norm(p, name, x):
    mean, variance = x.mean(-1, keepdims=True), x.var(-1, keepdims=True)
    return (x - mean) / jnp.sqrt(variance + 1e-5) * p[f"{name}.weight"] + p[f"{name}.bias"]


def attention(p, name, x, mask):
    batch, tokens, width = x.shape
    query, key, value = jnp.split(linear(p, f"{name}.packed", x), 3, axis=-1)
    query, key, value = (
        part.reshape(batch, tokens, 4, width // 4).transpose(0, 2, 1, 3) for part in (query, key, value)
    )
    scores = query @ key.transpose(0, 1, 3, 2) / jnp.sqrt(width // 4)
    causal = jnp.tril(jnp.ones((tokens, tokens), bool))
    scores = jnp.where(causal & mask[:, None, None], scores, -jnp.inf)
    mixed = (jax.nn.softmax(scores, axis=-1) @ value).transpose(0, 2, 1, 3).reshape(batch, tokens, width)
    return linear(p, f"{name}.out", mixed)


def mlp(p, name, x):
    hidden = jax.nn.gelu(linear(p, f"{name}.up", x), approximate=False)
    return linear(p, f"{name}.down", hidden)


def gpt(p, tokens):
    places = jnp.arange(tokens.shape[1])
    mask = (tokens != 0) | (places == 0)
    x = p["embed.weight"][tokens] + p["place.weight"][places]
    for number in range(2):
        block = f"blocks.{number}"
        x = x + attention(p, f"{block}.attend", layer_norm(p, f"{block}.norm1", x), mask)
        x = x + mlp(p, f"{block}.mlp", layer_norm(p, f"{block}.norm2", x))
    x = layer_norm(p, "norm", x)
    return x @ p["embed.weight"].T


def rms_norm(p, name, x):
    return x * jax.lax.rsqrt(jnp.mean(x**2, -1, keepdims=True) + 1e-6) * p[f"{name}.weight"]


def rotated(x, base=10_000.0):
    places, half = jnp.arange(x.shape[-2]), x.shape[-1] // 2
    angles = places[:, None] * base ** (-jnp.arange(half) / half)
    cosine, sine = jnp.cos(angles), jnp.sin(angles)
    first, second = x[..., :half], x[..., half:]
    return jnp.concatenate([first * cosine - second * sine, second * cosine + first * sine], -1)


def grouped_attention(p, name, x):
    batch, tokens, width = x.shape

    def heads(kind, count):
        return (x @ p[f"{name}.{kind}.weight"].T).reshape(batch, tokens, count, -1).transpose(0, 2, 1, 3)

    query, key, value = heads("query", 4), heads("key", 2), heads("value", 2)
    query, key = rotated(query), rotated(key)
    key, value = (jnp.repeat(part, 2, axis=1) for part in (key, value))
    scores = query @ key.transpose(0, 1, 3, 2) * query.shape[-1] ** -0.5
    places = jnp.arange(tokens)
    distance = places[:, None] - places
    scores = jnp.where((distance >= 0) & (distance < 4), scores, -jnp.inf)
    mixed = (jax.nn.softmax(scores, axis=-1) @ value).transpose(0, 2, 1, 3).reshape(batch, tokens, width)
    return mixed @ p[f"{name}.out.weight"].T


def gated_mlp(p, name, x):
    gate, up = x @ p[f"{name}.gate.weight"].T, x @ p[f"{name}.up.weight"].T
    return (jax.nn.silu(gate) * up) @ p[f"{name}.down.weight"].T


def llama(p, tokens):
    x = p["embed.weight"][tokens]
    for number in range(2):
        block = f"blocks.{number}"
        x = x + grouped_attention(p, f"{block}.attend", rms_norm(p, f"{block}.norm1", x))
        x = x + gated_mlp(p, f"{block}.mlp", rms_norm(p, f"{block}.norm2", x))
    return rms_norm(p, "norm", x) @ p["head.weight"].T


def conv(p, name, x, stride=1):
    kernel = p[f"{name}.weight"]
    edge = kernel.shape[-1] // 2
    padding = [(edge, edge), (edge, edge)]
    return jax.lax.conv_general_dilated(x, kernel, (stride, stride), padding)


def batch_norm(p, new, name, x):
    count = x.size // x.shape[1]
    mean, variance = x.mean((0, 2, 3)), x.var((0, 2, 3))
    moved = {"running_mean": mean, "running_var": variance * count / (count - 1)}
    for kind, now in moved.items():
        new[f"{name}.{kind}"] = 0.9 * p[f"{name}.{kind}"] + 0.1 * now
    new[f"{name}.num_batches_tracked"] = p[f"{name}.num_batches_tracked"] + 1
    mean, variance, scale, shift = (
        part[:, None, None] for part in (mean, variance, p[f"{name}.weight"], p[f"{name}.bias"])
    )
    return (x - mean) / jnp.sqrt(variance + 1e-5) * scale + shift


def residual(p, new, name, x, stride):
    y = jax.nn.relu(batch_norm(p, new, f"{name}.norm1", conv(p, f"{name}.conv1", x, stride)))
    y = batch_norm(p, new, f"{name}.norm2", conv(p, f"{name}.conv2", y))
    if stride > 1:
        x = batch_norm(p, new, f"{name}.norm3", conv(p, f"{name}.shortcut", x, stride))
    return jax.nn.relu(y + x)


def resnet(p, x):
    new = {}
    x = jax.nn.relu(batch_norm(p, new, "norm", conv(p, "stem", x)))
    x = jax.lax.reduce_window(x, -jnp.inf, jax.lax.max, (1, 1, 3, 3), (1, 1, 2, 2), ((0, 0), (0, 0), (1, 1), (1, 1)))
    x = residual(p, new, "blocks.0", x, 1)
    x = residual(p, new, "blocks.1", x, 2)
    return linear(p, "head", x.mean((2, 3))), new
