# %% [markdown]
# # Is this port right?
#
# Someone has ported a network from PyTorch to JAX, function by function. `jaxfun.parity` compares each port with its
# original: value, gradient, forward mode and second derivative, also under `jit` and `vmap`. The inputs are those at
# which ports go wrong.

# %%
import jax
import jax.numpy as jnp
import torch

from jaxfun import parity

# %% [markdown]
# The first port looks safe, because both libraries have a `gelu`. But JAX's default is the tanh approximation.

# %%
report = parity.check(jax.nn.gelu, torch.nn.functional.gelu)
assert not report.ok
print(f"gelu: {report.failures[0].level} differs at {report.failures[0].inputs[0][0]}")

report = parity.check(jax.nn.gelu, lambda x: torch.nn.functional.gelu(x, approximate="tanh"))
print(f"gelu, the same approximation on both sides: {'agrees' if report.ok else report}")

# %% [markdown]
# The values of the second port are right everywhere. Its gradient is wrong at two numbers, -3 and 3.


# %%
def hard_swish(x: jax.Array) -> jax.Array:
    return x * jnp.clip(x + 3, 0, 6) / 6


report = parity.check(hard_swish, torch.nn.functional.hardswish)
assert not report.ok
print(report.failures[0])

# %% [markdown]
# At -3 and 3 `jnp.clip` gives half of the slope. Both numbers follow from the constants of the port's own program, so
# they are tried. Each failure has a script that reproduces it without jaxfun:

# %%
print()
print(report.failures[0].script)

# %% [markdown]
# In a test, one line is enough: `parity.assert_parity(hard_swish, torch.nn.functional.hardswish)`. On the command line:
# `jaxfun parity jax.nn:gelu torch.nn.functional:gelu --html report.html`.
