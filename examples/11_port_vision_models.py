# %% [markdown]
# # Vision models of timm and torchvision in JAX
#
# Two networks, one of each library, as JAX functions: a vision transformer that predicts, and a ResNet that is trained,
# with its batch normalisation. The weights are random, so that nothing is downloaded: with `pretrained=True` (timm) or
# `weights="DEFAULT"` (torchvision) all other lines stay as they are.
#
# The example needs PyTorch, torchvision and timm: `pip install "jaxfun[parity]" torchvision timm`.

# %%
import jax
import numpy as np
import optax
import torch

import jaxfun as jf
from jaxfun.nn import functional as F

# %% [markdown]
# A CPU build of PyTorch needs the CPU build of torchvision, from [the same
# index](https://download.pytorch.org/whl/cpu). Beside it, the torchvision of PyPI has no compiled operators, and its
# import fails. If you cannot change that: these two models call none of the operators, so it is enough to declare the
# names that the import asks for.

# %%
try:
    import torchvision
except RuntimeError:  # operator torchvision::nms does not exist
    operators = torch.library.Library("torchvision", "FRAGMENT")
    for name in ("nms", "qnms"):
        operators.define(f"{name}(Tensor boxes) -> Tensor")
    import torchvision

import timm

# %% [markdown]
# ## A vision transformer of timm
#
# A port takes the images as the model does: (batch, channels, height, width), with the mean and the deviation of the
# model's training. The proof compares each call of the model with PyTorch, then the whole. It takes some ten seconds.

# %%
torch.manual_seed(0)
model = timm.create_model("vit_tiny_patch16_224", img_size=32, depth=2, num_classes=10)
settings = timm.data.resolve_model_data_config(model)
mean, deviation = (torch.tensor(settings[name]).reshape(3, 1, 1) for name in ("mean", "std"))
images = (torch.rand(4, 3, 32, 32) - mean) / deviation

port = jf.from_torch(model, images, dynamic=("batch",))
print(port)
print(port.report)
assert port.report.ok

# %%
with torch.no_grad():
    theirs = model.eval()(images).numpy()
ours = jax.jit(port)(port.params, images.numpy())
difference = np.abs(np.asarray(ours) - theirs).max()
print(f"the largest difference of a logit: {difference:.1e}")
assert difference < 1e-5

# %% [markdown]
# ## A ResNet of torchvision, in training
#
# `train=True` converts the training mode: the port returns the logits and the new running statistics. `fit` hands them
# from step to step. A proof of all 150 calls takes a minute, so it is left out here: the same steps in PyTorch say
# more.

# %%
STEPS, RATE = 4, 0.001
model = torchvision.models.resnet18(num_classes=10)
images, labels = torch.rand(8, 3, 64, 64), torch.arange(8)
port = jf.from_torch(model, images, dynamic=("batch",), train=True, prove=False)
print(port)


def loss(params, buffers, images, labels):
    logits, buffers = port(params, images, state=buffers)
    return F.cross_entropy(logits, labels), buffers


data = images.numpy(), labels.numpy().astype(np.int32)
fit = jf.train.fit(loss, port.params, data, optax.sgd(RATE), STEPS, buffers=port.state)

# %%
optimizer = torch.optim.SGD(model.train().parameters(), lr=RATE)
theirs = []
for _ in range(STEPS):
    optimizer.zero_grad()
    value = torch.nn.functional.cross_entropy(model(images), labels)
    value.backward()
    optimizer.step()
    theirs.append(value.item())

for step, (one, other) in enumerate(zip(theirs, fit.losses, strict=True), 1):
    print(f"step {step}: PyTorch {one:.6f}, jaxfun {other:.6f}")
statistics = model.state_dict()["bn1.running_var"].numpy()
difference = np.abs(np.asarray(fit.buffers["bn1.running_var"]) / statistics - 1).max()
print(f"the largest relative difference of bn1.running_var: {difference:.1e}")
assert np.allclose(fit.losses, theirs, atol=1e-4)  # float32: the roundings of the steps add up
assert difference < 1e-4
