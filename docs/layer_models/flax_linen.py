"""`init` returns the variables, and `apply` takes them. Here the port has Flax's own defaults for the norm: the report
names the first submodule that differs."""

import flax.linen as nn
import jax
import jax.numpy as jnp
import numpy as np
from original import Model

from jaxfun import parity


class Port(nn.Module):
    epsilon: float = 1e-6  # the default of nn.GroupNorm

    @nn.compact
    def __call__(self, x: jax.Array) -> jax.Array:
        x = nn.Conv(8, (3, 3), name="conv")(jnp.moveaxis(x, 1, -1))
        x = nn.gelu(nn.GroupNorm(2, epsilon=self.epsilon, name="norm")(x), approximate=False)
        x = x.reshape(x.shape[0], -1, 8)
        x = x + nn.MultiHeadDotProductAttention(2, name="attention")(x)
        return nn.Dense(5, name="head")(x.mean(1))


images = np.zeros((2, 3, 4, 4), np.float32)
for port in (Port(), Port(epsilon=1e-5)):
    variables = port.init(jax.random.key(0), images)
    report = parity.module(Model(), port.apply, variables, images, levels=["value", "vjp"], examples=16)
    print(report.answer)
    if report.first_divergence:
        print("the first submodule that differs:", report.first_divergence.name)
print(*report.parameters[:4], sep="\n")
