# %% [markdown]
# # Variables
# Step 5: a Variable wraps data, gathers a gradient, and what made a result is its node in the graph.
#
# ```python
# v = torch.ones(1, 2, requires_grad=True)
# v_fn = torch.sum(v ** 2)
# v_fn.data, v_fn.grad_fn
# ```

# %%
import jaxfun as jf

v = jf.Variable(jf.ones(1, 2))


def v_fn(v):
    return jf.sum(v**2)


print("variable:", v)
print("data:", float(v_fn(v.data)))
assert v.grad is None
assert float(v_fn(v.data)) == 2

# %% [markdown]
# The tape that torch's `grad_fn` leads to, read off the function:

# %%
tape = jf.autograd.graph(v_fn)(v)
print(tape)
assert tape.name == "SumBackward0"
assert tape.to_svg().startswith("<svg")
