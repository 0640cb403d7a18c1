# %% [markdown]
# # Tensors
# Steps 1 to 4 of the tutorial. The text has PyTorch's lines, the code below it has jaxfun's.

# %%
import numpy as np

import jaxfun as jf

# %% [markdown]
# ## 1. Zeros
# `np.zeros((2, 3))` is float64. `torch.zeros(2, 3)` is float32, and jaxfun's is too.

# %%
x = jf.zeros(2, 3)
print("zeros:", np.zeros((2, 3)).dtype, x.dtype)
assert x.dtype == jf.float32

# %% [markdown]
# ## 2. Casts
# `x.type()` and `x.int()` are functions here. The name of a dtype casts a tensor.

# %%
print("type:", jf.type(x), jf.type(jf.int(x)))
assert jf.add(jf.tensor([1, 2], dtype=jf.int8), 1.5).dtype == jf.float32

# %% [markdown]
# ## 3. Shared memory
# In PyTorch, `x = torch.from_numpy(xx); xx += 1` changes both arrays. In jaxfun `x` is a copy, which never changes.

# %%
xx = np.zeros(2, np.float32)
x = jf.from_numpy(xx)
xx += 1
print("after xx += 1:", xx.tolist(), x.tolist(), jf.add(x, 1).tolist())
assert x.tolist() == [0, 0]

# %% [markdown]
# ## 4. Indexing and broadcasting
# `torch.tensor([3, 2]) * torch.tensor([[0, 1], [4, 2]])`, `b[:, 1]`, `b.sum(dim=0)`.

# %%
b = jf.tensor([[0, 1], [4, 2]])
product = jf.mul(jf.tensor([3, 2]), b)
print(
    "broadcast:", product.tolist(), "column:", jf.getitem(b, (slice(None), 1)).tolist(), "sum:", jf.sum(b, 0).tolist()
)
assert product.tolist() == [[0, 2], [12, 4]]
assert jf.size(b) == b.shape == (2, 2)
