# %% [markdown]
# # A whole module, and the first place where its port goes wrong
#
# A transformer block has been ported from PyTorch to JAX. `parity.module` compares the port with the original: the
# results, and the gradient of each input and each parameter, by its name in the `state_dict`. In the port, `parity.tap`
# marks the outputs of submodules. So the report can say where the two first diverge.

# %%
import functools

import jax
import jax.numpy as jnp
import numpy as np
import torch

from jaxfun import parity

WIDTH, HEADS = 16, 2


# %% [markdown]
# The original: layer norm, attention, layer norm, and a feed-forward network.


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
# The port. Each tap names the submodule whose output it marks.


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
# The parameters may be a pytree, or a function from the `state_dict`, as here. Then the conversion is checked too.


# %%
def nested(state: dict) -> dict:
    params: dict = {}
    for name, value in state.items():
        *path, last = name.split(".")
        functools.reduce(lambda inner, key: inner.setdefault(key, {}), path, params)[last] = value
    return params


torch.manual_seed(0)
original = Block()
x = np.zeros((2, 5, WIDTH), np.float32)  # an example of an input: tensors of its shape are drawn

report = parity.module(original, block, nested, x)
assert report.ok, report
print(report)

# %% [markdown]
# Now a mistake that is easy to make and hard to see: the default epsilon of JAX libraries is 1e-6, PyTorch's is 1e-5.

# %%
report = parity.module(original, functools.partial(block, eps=1e-6), nested, x)
assert not report.ok
print(report)
assert report.first_divergence is not None
print(f"\nThe two part at {report.first_divergence.name}.")
