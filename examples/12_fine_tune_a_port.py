# %% [markdown]
# # Fine-tune a PyTorch network in JAX, and give it back
#
# A network was trained in PyTorch on handwritten digits. A new scanner delivers the digits lying on their side, and the
# network fails on them. Here it is converted to JAX, trained further with optax in one compiled loop, and its new
# weights go back into the PyTorch module. It has what makes training more than a gradient: batch normalisation, whose
# running statistics change, and dropout, which is random.
#
# The example needs PyTorch: `pip install "jaxfun[parity]"`. The digits are those of [the example on
# training](08_digits.py).

# %%
from collections import OrderedDict
from pathlib import Path

import jax
import numpy as np
import optax
import torch

import jaxfun as jf
from jaxfun.nn import functional as F

data = np.load(Path(__file__).parent / "data" / "digits.npz")
upright, labels = data["images"][:, None] / np.float32(16), data["labels"].astype(np.int32)
sideways = np.ascontiguousarray(np.rot90(upright, axes=(2, 3)))
order = np.random.default_rng(0).permutation(len(labels))
train, test = order[:1500], order[1500:]
torch.set_num_threads(1)  # for a network this small, one thread is faster than several

# %% [markdown]
# ## The weights from elsewhere
#
# A PyTorch module and its training, as somebody else has written them.

# %%
torch.manual_seed(0)
module = torch.nn.Sequential(
    OrderedDict(
        conv=torch.nn.Conv2d(1, 16, 3, padding=1),
        norm=torch.nn.BatchNorm2d(16),
        relu=torch.nn.ReLU(),
        pool=torch.nn.MaxPool2d(2),
        flatten=torch.nn.Flatten(),
        dropout=torch.nn.Dropout(0.25),
        out=torch.nn.Linear(16 * 4 * 4, 10),
    )
)
optimizer = torch.optim.Adam(module.parameters(), lr=2e-3)
generator = np.random.default_rng(1)
for _ in range(8):
    for at in generator.permutation(train).reshape(-1, 50):
        optimizer.zero_grad()
        scores, wanted = module(torch.from_numpy(upright[at])), torch.from_numpy(labels[at]).long()
        torch.nn.functional.cross_entropy(scores, wanted).backward()
        optimizer.step()


def torch_accuracy(images):
    with torch.no_grad():
        scores = module.eval()(torch.from_numpy(images[test]))
    return float((scores.numpy().argmax(-1) == labels[test]).mean())


print(f"in PyTorch: {torch_accuracy(upright):.1%} of the upright digits")
print(f"in PyTorch: {torch_accuracy(sideways):.1%} of the digits on their side")

# %% [markdown]
# ## Two ports, one for each mode
#
# A conversion follows one mode of the module. With `train=True` the port returns the result and the new buffers, and
# takes a key for the dropout. Both modes have the same parameters and buffers, under the names of the `state_dict`. The
# port for training is compared with PyTorch call by call. The other one is compared below, by its predictions.

# %%
example = torch.from_numpy(sideways[:4])
training = jf.from_torch(module, example, dynamic=("batch",), train=True)
predict = jf.from_torch(module, example, dynamic=("batch",), prove=False)
assert training.report.ok
print(training.report)
print("parameters:", ", ".join(training.params))
print("buffers:", ", ".join(training.state))


@jax.jit
def scores_of(params, buffers, images):
    return predict(params, images, state=buffers)


def accuracy(params, buffers, images):
    scores = scores_of(params, buffers, images[test])
    return float((np.asarray(scores).argmax(-1) == labels[test]).mean())


before = accuracy(training.params, training.state, sideways)
print(f"in JAX: {before:.1%} of the digits on their side")
assert before == torch_accuracy(sideways)

# %% [markdown]
# ## The training
#
# The loss takes the parameters, the buffers and a batch, and returns its value with the new buffers. `fit` hands the
# buffers from step to step, and with `keyed=True` it gives each step another key. The whole training is one compiled
# loop, with any optimiser of optax.


# %%
def loss(params, buffers, images, labels, *, key):
    scores, buffers = training(params, images, state=buffers, key=key)
    return F.cross_entropy(scores, labels), buffers


fit = jf.train.fit(
    loss,
    training.params,
    (sideways[train], labels[train]),
    optax.adam(2e-3),
    epochs=12,
    batch_size=50,
    key=jax.random.key(0),
    buffers=training.state,
    keyed=True,
)
after = accuracy(fit.params, fit.buffers, sideways)
print("loss in each epoch:", " ".join(f"{each:.3f}" for each in fit.losses))
print(f"steps that the running statistics have seen: {fit.buffers['norm.num_batches_tracked']}")
print(f"in JAX: {before:.1%} before, {after:.1%} after")
assert after > 0.9

# %% [markdown]
# ## Back to PyTorch
#
# Parameters and buffers together are a `state_dict` again.

# %%
weights = {**fit.params, **fit.buffers}
module.load_state_dict({name: torch.from_numpy(np.array(each)) for name, each in weights.items()})
print(f"in PyTorch again: {torch_accuracy(sideways):.1%} of the digits on their side")
assert torch_accuracy(sideways) == after
