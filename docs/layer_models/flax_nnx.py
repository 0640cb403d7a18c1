"""An `nnx.Module` is its own pytree of parameters, so it stands in the place of the parameters. `nnx.gelu` is an
approximation unless told otherwise, and the epsilon of Flax's norms is 1e-6."""

import jax
import jax.numpy as jnp
import numpy as np
from flax import nnx
from original import Model

from jaxfun import parity


class Port(nnx.Module):
    def __init__(self, rngs: nnx.Rngs) -> None:
        self.conv = nnx.Conv(3, 8, (3, 3), padding=1, rngs=rngs)
        self.norm = nnx.GroupNorm(8, 2, epsilon=1e-5, rngs=rngs)
        self.attention = nnx.MultiHeadAttention(2, 8, decode=False, rngs=rngs)
        self.head = nnx.Linear(8, 5, rngs=rngs)

    def __call__(self, x: jax.Array) -> jax.Array:
        x = nnx.gelu(self.norm(self.conv(x)), approximate=False)
        x = x.reshape(x.shape[0], -1, 8)
        return self.head((x + self.attention(x)).mean(1))


def run(model: Port, x: jax.Array) -> jax.Array:
    return model(jnp.moveaxis(x, 1, -1))  # Flax has the channels in the last dimension


images = np.zeros((2, 3, 4, 4), np.float32)
report = parity.module(Model(), run, Port(nnx.Rngs(0)), images, examples=16)
print(report.answer)
print(*report.parameters, sep="\n")
