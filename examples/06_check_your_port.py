# %% [markdown]
# # Is this port right?
#
# Someone has moved a network from PyTorch to JAX, function by function. `jaxfun.parity` holds each port to its
# original: value, gradient, forward mode, second derivative, under `jit` and `vmap`, on inputs drawn to break ports.

# %%
import jax
import jax.numpy as jnp
import torch

from jaxfun import parity

# %% [markdown]
# The first port looks harmless: both libraries call it `gelu`. JAX's default is the tanh approximation.

# %%
report = parity.check(jax.nn.gelu, torch.nn.functional.gelu)
assert not report.ok
print(f"gelu: {report.failures[0].level} differs at {report.failures[0].inputs[0][0]}")

report = parity.check(jax.nn.gelu, lambda x: torch.nn.functional.gelu(x, approximate="tanh"))
print(f"gelu, the same approximation on both sides: {'agrees' if report.ok else report}")

# %% [markdown]
# The second is right wherever one would think to look, and its gradient is wrong at a single number.


# %%
def hard_swish(x: jax.Array) -> jax.Array:
    return x * jnp.clip(x + 3, 0, 6) / 6


report = parity.check(hard_swish, torch.nn.functional.hardswish)
assert not report.ok
print(report.failures[0])

# %% [markdown]
# The number is in the program, so it is tried: at -3 and at 3 `jnp.clip` gives half of the slope. Every failure comes
# with a script that shows it without jaxfun.

# %%
print()
print(report.failures[0].script)

# %% [markdown]
# In a test, one line is enough: `parity.assert_parity(hard_swish, torch.nn.functional.hardswish)`. On the command line:
# `jaxfun parity jax.nn:gelu torch.nn.functional:gelu --html report.html`.
