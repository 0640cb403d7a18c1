# %% [markdown]
# # Two networks, trained step for step beside PyTorch
#
# The data: 1797 handwritten digits of 8 x 8 pixels, as scikit-learn has them. They are from the UCI Machine Learning
# Repository: *Optical Recognition of Handwritten Digits*, E. Alpaydin and C. Kaynak, CC BY 4.0.
#
# A multilayer perceptron and a small convolutional network are trained on them twice, in PyTorch and in JAX: from the
# same initial parameters, on the same batches, with the same optimiser. The example needs PyTorch and matplotlib:
# `pip install "jaxfun[parity,plot]"`.

# %%
from collections import OrderedDict
from pathlib import Path

import jax
import matplotlib.pyplot as plt
import numpy as np
import optax
import torch

import jaxfun as jf
from jaxfun import parity
from jaxfun.nn import functional as F

data = np.load(Path(__file__).parent / "data" / "digits.npz")
images, labels = data["images"][:, None] / np.float32(16), data["labels"].astype(np.int64)
order = np.random.default_rng(0).permutation(len(labels))
train, test = order[:1500], order[1500:]
torch.set_num_threads(1)  # for networks this small, one thread is faster than several
print(f"{len(train)} images to train, {len(test)} to test, each {images.shape[1:]}")

# %% [markdown]
# ## The networks
#
# In PyTorch a network is a module. In JAX it is a function of the parameters and the images. The parameters are the
# module's `state_dict`, so both sides start from the same numbers.

# %%
torch.manual_seed(0)
modules = {
    "perceptron": torch.nn.Sequential(
        OrderedDict(
            flatten=torch.nn.Flatten(),
            hidden=torch.nn.Linear(64, 64),
            relu=torch.nn.ReLU(),
            out=torch.nn.Linear(64, 10),
        )
    ),
    "convolutional": torch.nn.Sequential(
        OrderedDict(
            conv1=torch.nn.Conv2d(1, 8, 3, padding=1),
            relu1=torch.nn.ReLU(),
            pool1=torch.nn.MaxPool2d(2),
            conv2=torch.nn.Conv2d(8, 16, 3, padding=1),
            relu2=torch.nn.ReLU(),
            pool2=torch.nn.MaxPool2d(2),
            flatten=torch.nn.Flatten(),
            out=torch.nn.Linear(64, 10),
        )
    ),
}


def perceptron(p, x):
    x = F.relu(F.linear(jf.flatten(x, 1), p["hidden.weight"], p["hidden.bias"]))
    return F.linear(x, p["out.weight"], p["out.bias"])


def convolutional(p, x):
    x = F.max_pool2d(F.relu(F.conv2d(x, p["conv1.weight"], p["conv1.bias"], padding=1)), 2)
    x = F.max_pool2d(F.relu(F.conv2d(x, p["conv2.weight"], p["conv2.bias"], padding=1)), 2)
    return F.linear(jf.flatten(x, 1), p["out.weight"], p["out.bias"])


networks = {"perceptron": perceptron, "convolutional": convolutional}


def from_module(module):
    return {name: jf.from_numpy(value.numpy()) for name, value in module.state_dict().items()}


# %% [markdown]
# ## A training step
#
# The perceptron is trained with SGD and momentum, the convolutional network with Adam. The optimisers of `jf.optim`
# have the names, defaults and numbers of `torch.optim`.

# %%
optimizers = {
    "perceptron": (torch.optim.SGD, jf.optim.sgd, {"lr": 0.1, "momentum": 0.9}),
    "convolutional": (torch.optim.Adam, jf.optim.adam, {"lr": 2e-3}),
}


def torch_step_of(name, module):
    make, _, settings = optimizers[name]
    optimizer = make(module.parameters(), **settings)

    def torch_step(batch):
        x, y = map(torch.from_numpy, batch)
        optimizer.zero_grad()
        loss = torch.nn.functional.cross_entropy(module(x), y)
        loss.backward()
        optimizer.step()
        gradients = {key: value.grad for key, value in module.named_parameters()}
        return {"loss": loss.detach(), "gradients": gradients, "params": module.state_dict()}

    return torch_step


def jax_step_of(name):
    _, make, settings = optimizers[name]
    optimizer = make(**settings)

    @jax.jit
    def jax_step(carried, batch):
        params, state = carried
        x, y = batch

        def loss_of(p):
            return F.cross_entropy(networks[name](p, x), y)

        loss, gradients = jax.value_and_grad(loss_of)(params)
        updates, state = optimizer.update(gradients, state, params)
        params = optax.apply_updates(params, updates)
        return (params, state), {"loss": loss, "gradients": gradients, "params": params}

    return jax_step, optimizer.init


# %% [markdown]
# ## Are the steps the same?
#
# `parity.training` runs both steps on the same batches. It compares the loss, each gradient and each parameter after
# every step, and names the first place where they part.


# %%
def batches(epochs, size=60):
    generator = np.random.default_rng(1)
    for _ in range(epochs):
        for at in generator.permutation(train).reshape(-1, size):
            yield images[at], labels[at]


def start(name, module):
    step, init = jax_step_of(name)
    params = from_module(module)
    return step, (params, init(params))


for name, module in modules.items():
    step, carried = start(name, module)
    before = {key: value.clone() for key, value in module.state_dict().items()}
    report = parity.training(step, torch_step_of(name, module), carried, list(batches(1))[:10])
    module.load_state_dict(before)
    assert report.ok, report
    print(f"{name}, {report.steps} steps: {report.answer}")
    print("  loss:", report.agreeing["loss"])
    print("  out.weight:", report.agreeing["params.out.weight"])

# %% [markdown]
# ## Thirty epochs
#
# Now the whole training, 750 steps. The libraries add numbers in different orders, so the losses differ by rounding.
# Late in a training a rounding can move a max pool to another pixel, which shows in the third digit of a loss.


# %%
def accuracy(logits):
    return float((np.asarray(logits).argmax(-1) == labels[test]).mean())


losses = {}
for name, module in modules.items():
    step, carried = start(name, module)
    torch_step = torch_step_of(name, module)
    pairs = []
    for batch in batches(30):
        carried, made = step(carried, batch)
        pairs.append((torch_step(batch)["loss"].item(), float(made["loss"])))
    losses[name] = np.array(pairs)
    print(f"\n{name}\n  step      PyTorch       jaxfun   difference")
    for at in (0, 9, 99, 249, 499, 749):
        theirs, ours = losses[name][at]
        print(f"{at + 1:6} {theirs:12.6f} {ours:12.6f} {abs(ours - theirs):12.1e}")
    with torch.no_grad():
        theirs = accuracy(module(torch.from_numpy(images[test])))
    ours = accuracy(networks[name](carried[0], images[test]))
    print(f"accuracy on the test images: PyTorch {theirs:.1%}, jaxfun {ours:.1%}")
    assert ours > 0.95
    assert abs(ours - theirs) < 0.02
    differences = np.abs(losses[name][:, 1] - losses[name][:, 0])
    assert differences[:250].max() < 1e-5
    assert differences.max() < 1e-2  # on one processor 5e-7, on another 2.4e-3, from step 500 on

# %% [markdown]
# The curves lie on each other: a point is the mean of an epoch. Below them is the difference of the two losses in each
# step, with no point where they are equal. It stays at the last digits of float32.

# %%
BLUE, ORANGE = "#2f6fb2", "#d9622b"
thick, thin = {"linewidth": 5, "alpha": 0.5}, {"linewidth": 1, "markersize": 3}
figure, axes = plt.subplots(2, 2, figsize=(9, 5.4), sharex=True, sharey="row", layout="tight")
for (name, pairs), (above, below) in zip(losses.items(), axes.T, strict=True):
    means = pairs.reshape(30, -1, 2).mean(1)
    above.semilogy(np.arange(1, 31), means[:, 0], color=ORANGE, **thick, label="PyTorch")
    above.semilogy(np.arange(1, 31), means[:, 1], "o-", color=BLUE, **thin, label="jaxfun")
    above.set(title=name)
    above.legend(frameon=False)
    epoch = np.arange(1, len(pairs) + 1) * 30 / len(pairs)
    below.semilogy(epoch, np.abs(pairs[:, 1] - pairs[:, 0]), ".", color=BLUE, markersize=2.5)
    below.set(xlabel="epoch")
axes[0, 0].set(ylabel="loss")
axes[1, 0].set(ylabel="|jaxfun - PyTorch|", ylim=(1e-10, 1e-5))
for each in axes.flat:
    each.spines[["top", "right"]].set_visible(False)
    each.grid(color="0.92", linewidth=0.8)
figure.savefig("digits.png", dpi=150)
