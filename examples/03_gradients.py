# %% [markdown]
# # Gradients
# Steps 6 and 7 of the tutorial.
#
# ```python
# torch.autograd.grad(torch.sum(v ** 2), v)
# torch.sum(v1 * v2).backward()
# ```

# %%
import jax

import jaxfun as jf

v = jf.Variable(jf.ones(1, 2))
(gradient,) = jf.autograd.grad(lambda v: jf.sum(v**2), (v,))
print("grad:", gradient.tolist())
assert gradient.tolist() == [[2, 2]]

# %% [markdown]
# `backward` returns new Variables. A second call adds to their gradients. `zero_grad` removes the gradients.


# %%
def product(v1, v2):
    return jf.sum(v1 * v2)


v1, v2 = jf.backward(product, jf.Variable(jf.tensor([1.0, 2.0])), jf.Variable(jf.tensor([3.0])))
print("backward:", v1.grad.tolist(), v2.grad.tolist())
assert (v1.grad.tolist(), v2.grad.tolist()) == ([3, 3], [3])
v1, v2 = jf.backward(product, v1, v2)
print("again:", v1.grad.tolist(), v2.grad.tolist())
assert v1.grad.tolist() == [6, 6]
assert jf.zero_grad(v1).grad is None

# %% [markdown]
# At kinks the derivatives are PyTorch's. The derivative of `abs` at 0 is 0; `jax.grad(jnp.abs)` gives 1.

# %%
print("abs at 0:", float(jax.grad(jf.abs)(0 * jf.ones(()))), float(jax.grad(jax.numpy.abs)(0.0)))
assert float(jax.grad(jf.abs)(jf.zeros(()))) == 0
