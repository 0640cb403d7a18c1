"""`hk.transform` makes a pair of functions. `hk.without_apply_rng` removes the argument for random numbers, so that
`apply` is a function of the parameters and the inputs."""

import haiku as hk
import jax
import jax.numpy as jnp
import numpy as np
from original import Model

from jaxfun import parity


def port(x: jax.Array) -> jax.Array:
    x = hk.Conv2D(8, 3, name="conv")(jnp.moveaxis(x, 1, -1))
    x = jax.nn.gelu(hk.GroupNorm(2, name="norm")(x), approximate=False)
    x = x.reshape(x.shape[0], -1, 8)
    normal = hk.initializers.RandomNormal()
    attention = hk.MultiHeadAttention(2, 4, w_init=normal, model_size=8, name="attention")
    return hk.Linear(5, name="head")((x + attention(x, x, x)).mean(1))


images = np.zeros((2, 3, 4, 4), np.float32)
model = hk.without_apply_rng(hk.transform(port))
params = model.init(jax.random.key(0), images)
report = parity.module(Model(), model.apply, params, images, examples=16)
print(report.answer)
print(*report.parameters, sep="\n")
