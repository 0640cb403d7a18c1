"""An Equinox model is a pytree too. It takes one example, so `jax.vmap` gives it the batch. Its weights have PyTorch's
layout, except for the bias of a convolution, and its attention has no biases unless told otherwise."""

import equinox as eqx
import jax
import numpy as np
from original import Model

from jaxfun import parity

BIASES = {"use_query_bias": True, "use_key_bias": True, "use_value_bias": True, "use_output_bias": True}


class Port(eqx.Module):
    conv: eqx.nn.Conv2d
    norm: eqx.nn.GroupNorm
    attention: eqx.nn.MultiheadAttention
    head: eqx.nn.Linear

    def __init__(self, key: jax.Array) -> None:
        keys = jax.random.split(key, 3)
        self.conv = eqx.nn.Conv2d(3, 8, 3, padding=1, key=keys[0])
        self.norm = eqx.nn.GroupNorm(2, 8)
        self.attention = eqx.nn.MultiheadAttention(2, 8, key=keys[1], **BIASES)
        self.head = eqx.nn.Linear(8, 5, key=keys[2])

    def __call__(self, x: jax.Array) -> jax.Array:
        x = jax.nn.gelu(self.norm(self.conv(x)), approximate=False)
        x = x.reshape(8, -1).T
        return self.head((x + self.attention(x, x, x)).mean(0))


def run(model: Port, x: jax.Array) -> jax.Array:
    return jax.vmap(model)(x)


images = np.zeros((2, 3, 4, 4), np.float32)
report = parity.module(Model(), run, Port(jax.random.key(0)), images, examples=16)
print(report.answer)
print(*report.parameters, sep="\n")
