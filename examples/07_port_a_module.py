# %% [markdown]
# # A whole module, and where its port goes wrong
#
# A transformer block has been moved from PyTorch to JAX. `parity.module` holds the port to the original: results, and
# the gradient for every input and every parameter, named as in the `state_dict`. The names of submodules, marked in the
# port by `parity.tap`, say where the two first part.

# %%
import functools

import jax
import jax.numpy as jnp
import numpy as np
import torch

from jaxfun import parity

WIDTH, HEADS = 16, 2


# %% [markdown]
# The original, as one finds it: pre-norm, attention, and a feed-forward network.


# %%
class Block(torch.nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.norm1 = torch.nn.LayerNorm(WIDTH)
        self.attention = torch.nn.MultiheadAttention(WIDTH, HEADS, batch_first=True)
        self.norm2 = torch.nn.LayerNorm(WIDTH)
        self.expand = torch.nn.Linear(WIDTH, 4 * WIDTH)
        self.contract = torch.nn.Linear(4 * WIDTH, WIDTH)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        y = self.norm1(x)
        x = x + self.attention(y, y, y)[0]
        return x + self.contract(torch.nn.functional.gelu(self.expand(self.norm2(x))))


# %% [markdown]
# The port. Each step says which submodule it stands for.


# %%
def layer_norm(x: jax.Array, weight: jax.Array, bias: jax.Array, eps: float) -> jax.Array:
    centred = x - x.mean(-1, keepdims=True)
    return centred / jnp.sqrt((centred**2).mean(-1, keepdims=True) + eps) * weight + bias


def attention(x: jax.Array, p: dict) -> jax.Array:
    projected = x @ p["in_proj_weight"].T + p["in_proj_bias"]
    q, k, v = (item.reshape(*x.shape[:-1], HEADS, -1).swapaxes(-3, -2) for item in jnp.split(projected, 3, -1))
    scores = jax.nn.softmax(q @ k.swapaxes(-1, -2) / jnp.sqrt(jnp.asarray(WIDTH // HEADS, x.dtype)), axis=-1)
    mixed = (scores @ v).swapaxes(-3, -2).reshape(x.shape)
    return mixed @ p["out_proj"]["weight"].T + p["out_proj"]["bias"]


def block(params: dict, x: jax.Array, eps: float = 1e-5) -> jax.Array:
    y = parity.tap("norm1", layer_norm(x, **params["norm1"], eps=1e-5))
    x = x + parity.tap("attention", attention(y, params["attention"]))
    y = parity.tap("norm2", layer_norm(x, **params["norm2"], eps=eps))
    y = parity.tap("expand", y @ params["expand"]["weight"].T + params["expand"]["bias"])
    y = jax.nn.gelu(y, approximate=False)
    return x + parity.tap("contract", y @ params["contract"]["weight"].T + params["contract"]["bias"])


# %% [markdown]
# The parameters may be a pytree, or, as here, a function from the `state_dict`: the conversion is then checked as well.


# %%
def nested(state: dict) -> dict:
    params: dict = {}
    for name, value in state.items():
        *path, last = name.split(".")
        functools.reduce(lambda inner, key: inner.setdefault(key, {}), path, params)[last] = value
    return params


torch.manual_seed(0)
original = Block()
x = np.zeros((2, 5, WIDTH), np.float32)  # an array among the inputs stands for its shape

report = parity.module(original, block, nested, x)
assert report.ok, report
print(report)

# %% [markdown]
# Now a mistake that is easy to make and hard to see: JAX libraries take 1e-6 where PyTorch takes 1e-5.

# %%
report = parity.module(original, functools.partial(block, eps=1e-6), nested, x)
assert not report.ok
print(report)
assert report.first_divergence is not None
print(f"\nThe two part at {report.first_divergence.name}.")
