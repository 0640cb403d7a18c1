# %% [markdown]
# # One port on several devices
#
# A port is a function of its parameters. So a model is spread over devices as every JAX function is: by where its
# arrays lie. Here two CPU devices stand for two GPUs. The example needs PyTorch: `pip install "jaxfun[parity]"`.

# %%
import jax
import jax.numpy as jnp
import numpy as np
import torch
from jax.sharding import AxisType, NamedSharding
from jax.sharding import PartitionSpec as P

import jaxfun as jf

jax.config.update("jax_num_cpu_devices", 2)  # before anything runs on a device
devices = jax.devices("cpu")
print(f"{len(devices)} devices: {devices}")

# %% [markdown]
# ## The port
#
# Two blocks of a transformer: attention, and a feed-forward network.

# %%
WIDTH, HEADS, LENGTH = 64, 4, 16


class Block(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.norm1 = torch.nn.LayerNorm(WIDTH)
        self.query = torch.nn.Linear(WIDTH, WIDTH)
        self.key = torch.nn.Linear(WIDTH, WIDTH)
        self.value = torch.nn.Linear(WIDTH, WIDTH)
        self.mix = torch.nn.Linear(WIDTH, WIDTH)
        self.norm2 = torch.nn.LayerNorm(WIDTH)
        self.expand = torch.nn.Linear(WIDTH, 4 * WIDTH)
        self.contract = torch.nn.Linear(4 * WIDTH, WIDTH)

    def forward(self, x):
        y = self.norm1(x)
        parts = (self.query(y), self.key(y), self.value(y))
        heads = (part.unflatten(-1, (HEADS, -1)).transpose(1, 2) for part in parts)
        mixed = torch.nn.functional.scaled_dot_product_attention(*heads, is_causal=True)
        x = x + self.mix(mixed.transpose(1, 2).flatten(2))
        return x + self.contract(torch.nn.functional.gelu(self.expand(self.norm2(x))))


torch.manual_seed(0)
module = torch.nn.Sequential(Block(), Block())
# without the proof, for its seconds: the first examples of ports show it
port = jf.from_torch(module, torch.randn(2, LENGTH, WIDTH), dynamic=("batch",), prove=False)
x = np.asarray(np.random.default_rng(0).normal(size=(8, LENGTH, WIDTH)), np.float32)


def loss(params, x):
    return jnp.mean(port(params, x) ** 2)


value_and_gradient = jax.jit(jax.value_and_grad(loss))
value, gradient = value_and_gradient(port.params, x)
print(f"on one device: {value:.6f}")

# %% [markdown]
# ## The model in two halves
#
# A PyTorch weight is (out, in). The matrices that read the hidden state are cut along `out`, and those that write it
# along `in`: then each device has half of the heads and half of the hidden layer, and the halves are added once for
# each pair of matrices. `port.shardings` finds the parameters by patterns of their names; what no pattern names is on
# every device.

# %%
mesh = jax.make_mesh((2,), ("model",), axis_types=(AxisType.Auto,), devices=devices)
reads, writes = ("query", "key", "value", "expand"), ("mix", "contract")
specs = {f"*.{name}.weight": P("model", None) for name in reads}
specs |= {f"*.{name}.bias": P("model") for name in reads}
specs |= {f"*.{name}.weight": P(None, "model") for name in writes}

params = jax.device_put(port.params, port.shardings(mesh, specs))
for name in ("0.expand.weight", "0.contract.weight", "0.norm1.weight"):
    part = params[name].addressable_shards[0].data
    print(f"{name:18} {params[name].shape} as {part.shape} on each device")


def difference(one, other):
    return float(np.abs(np.asarray(one) - np.asarray(other)).max())


halves, slope = value_and_gradient(params, x)
largest = max(difference(slope[name], gradient[name]) for name in slope)
print(f"on two devices: {halves:.6f}")
print(f"the largest difference of a gradient: {largest:.1e}")
assert difference(halves, value) < 1e-6
assert largest < 1e-6

# %% [markdown]
# The gradient of a weight lies where the weight lies, so an optimiser's state does too. The compiled program says where
# the devices exchange numbers:

# %%
for name, each in params.items():
    assert slope[name].sharding.is_equivalent_to(each.sharding, each.ndim)
program = jax.jit(port).lower(params, x).compile().as_text()
print(f"sums over the devices in the forward program: {program.count(' all-reduce(')}")

# %% [markdown]
# ## Or the batch in two halves
#
# The same function again: now every device has all parameters and half of the batch.

# %%
batches = jax.make_mesh((2,), ("batch",), axis_types=(AxisType.Auto,), devices=devices)
everywhere = jax.device_put(port.params, port.shardings(batches, {}))
rows = jax.device_put(x, NamedSharding(batches, P("batch")))
result = jax.jit(port)(everywhere, rows)
print(f"{result.shape} as {result.addressable_shards[0].data.shape} on each device")
largest = difference(result, port(port.params, x))
print(f"the largest difference of the result: {largest:.1e}")
assert largest < 1e-5
