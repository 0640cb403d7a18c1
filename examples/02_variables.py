# %% [markdown]
# # Variables
# Step 5: a Variable holds data and accumulates a gradient. The graph shows how a result was computed.
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
# In PyTorch, `grad_fn` is the root of this tape. Here `graph` reads the tape off the function:

# %%
tape = jf.autograd.graph(v_fn)(v)
print(tape)
assert tape.name == "SumBackward0"
assert tape.to_svg().startswith("<svg")
