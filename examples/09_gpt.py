# %% [markdown]
# # A small GPT, trained beside its PyTorch twin
#
# The text is Shakespeare's *A Midsummer Night's Dream*, which is in the public domain. A transformer of two layers
# learns to predict its next character. It is trained twice, in PyTorch and in JAX, with everything that such a training
# has: AdamW, a warmup, a cosine schedule and gradient clipping. The example needs PyTorch and matplotlib:
# `pip install "jaxfun[parity,plot]"`.

# %%
import os
from pathlib import Path

import jax
import jax.numpy as jnp
import matplotlib.pyplot as plt
import numpy as np
import optax
import torch

import jaxfun as jf
from jaxfun.nn import functional as F

LAYERS, WIDTH, HEADS, CONTEXT, BATCH = 2, 64, 4, 64, 16
STEPS = int(os.environ.get("STEPS", "1000"))  # of training; STEPS=50 gives a first impression
WARMUP = STEPS // 10

text = (Path(__file__).parent / "data" / "midsummer_nights_dream.txt").read_text("utf-8")
letters = sorted(set(text))
codes = np.array([letters.index(letter) for letter in text])
train, test = np.split(codes, [len(codes) * 9 // 10])
print(f"{len(text)} characters, {len(letters)} different ones")
torch.set_num_threads(1)  # for a network this small, one thread is faster than several

# %% [markdown]
# ## The model in PyTorch


# %%
class Block(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.norm1 = torch.nn.LayerNorm(WIDTH)
        self.project = torch.nn.Linear(WIDTH, 3 * WIDTH)
        self.mix = torch.nn.Linear(WIDTH, WIDTH)
        self.norm2 = torch.nn.LayerNorm(WIDTH)
        self.expand = torch.nn.Linear(WIDTH, 4 * WIDTH)
        self.contract = torch.nn.Linear(4 * WIDTH, WIDTH)

    def forward(self, x):
        heads = self.project(self.norm1(x)).unflatten(-1, (3, HEADS, -1))
        heads = heads.movedim(-3, 0).transpose(-3, -2)
        mixed = torch.nn.functional.scaled_dot_product_attention(*heads, is_causal=True)
        x = x + self.mix(mixed.transpose(-3, -2).flatten(-2))
        return x + self.contract(torch.nn.functional.gelu(self.expand(self.norm2(x))))


class GPT(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.letters = torch.nn.Embedding(len(letters), WIDTH)
        self.places = torch.nn.Embedding(CONTEXT, WIDTH)
        self.blocks = torch.nn.Sequential(*(Block() for _ in range(LAYERS)))
        self.norm = torch.nn.LayerNorm(WIDTH)
        self.out = torch.nn.Linear(WIDTH, len(letters))

    def forward(self, x):
        return self.out(self.norm(self.blocks(self.letters(x) + self.places.weight)))


torch.manual_seed(0)
module = GPT()
for table in (module.letters, module.places):
    torch.nn.init.normal_(table.weight, std=0.02)
print(f"{sum(value.numel() for value in module.parameters())} parameters")

# %% [markdown]
# ## The model in JAX
#
# The same lines with jaxfun's functions, which have PyTorch's names. The parameters are the module's `state_dict`: a
# dict of arrays. `of` selects those of a submodule.


# %%
def of(p, name):
    start = f"{name}."
    return {key.removeprefix(start): value for key, value in p.items() if key.startswith(start)}


def linear(p, name, x):
    return F.linear(x, **of(p, name))


def norm(p, name, x):
    return F.layer_norm(x, (WIDTH,), **of(p, name))


def block(p, x):
    heads = jf.unflatten(linear(p, "project", norm(p, "norm1", x)), -1, (3, HEADS, -1))
    heads = jf.transpose(jf.movedim(heads, -3, 0), -3, -2)
    mixed = F.scaled_dot_product_attention(*heads, is_causal=True)
    x = x + linear(p, "mix", jf.flatten(jf.transpose(mixed, -3, -2), -2))
    return x + linear(p, "contract", F.gelu(linear(p, "expand", norm(p, "norm2", x))))


def gpt(p, x):
    x = F.embedding(x, p["letters.weight"]) + p["places.weight"]
    for layer in range(LAYERS):
        x = block(of(p, f"blocks.{layer}"), x)
    return linear(p, "out", norm(p, "norm", x))


params = {name: jf.from_numpy(value.numpy()) for name, value in module.state_dict().items()}

# %% [markdown]
# ## The optimiser on both sides
#
# PyTorch has an optimiser, a scheduler and a function that clips, called one after the other. In JAX they are one
# transformation of the gradients.

# %%
LR, CLIP, DECAY = 4e-3, 1.0, 0.1

torch_optimizer = torch.optim.AdamW(module.parameters(), lr=LR, weight_decay=DECAY)
torch_schedule = torch.optim.lr_scheduler.SequentialLR(
    torch_optimizer,
    [
        torch.optim.lr_scheduler.LinearLR(torch_optimizer, 0.01, total_iters=WARMUP),
        torch.optim.lr_scheduler.CosineAnnealingLR(torch_optimizer, T_max=STEPS - WARMUP),
    ],
    milestones=[WARMUP],
)


def torch_step(batch):
    x, y = map(torch.from_numpy, batch)
    torch_optimizer.zero_grad()
    loss = torch.nn.functional.cross_entropy(module(x).flatten(0, 1), y.flatten())
    loss.backward()
    torch.nn.utils.clip_grad_norm_(module.parameters(), CLIP)
    torch_optimizer.step()
    torch_schedule.step()
    return loss.item()


schedules = jf.optim.lr_scheduler
schedule = schedules.sequential(
    [
        schedules.linear(LR, 0.01, total_iters=WARMUP),
        schedules.cosine(LR, T_max=STEPS - WARMUP),
    ],
    milestones=[WARMUP],
)
optimizer = optax.chain(
    jf.optim.clip_grad_norm(CLIP),
    jf.optim.adamw(schedule, weight_decay=DECAY),
)


def loss_of(p, x, y):
    return F.cross_entropy(jf.flatten(gpt(p, x), 0, 1), jf.flatten(y))


@jax.jit
def jax_step(p, state, batch):
    loss, gradients = jax.value_and_grad(loss_of)(p, *batch)
    updates, state = optimizer.update(gradients, state, p)
    return optax.apply_updates(p, updates), state, loss


# %% [markdown]
# ## The training
#
# Both sides get the same batches: 16 pieces of the text, and the same pieces one character later.


# %%
def batches(codes, count, seed):
    generator = np.random.default_rng(seed)
    for _ in range(count):
        places = generator.integers(len(codes) - CONTEXT, size=(BATCH, 1)) + np.arange(CONTEXT)
        yield codes[places], codes[places + 1]


state, losses = optimizer.init(params), []
print("  step  learning rate      PyTorch       jaxfun   difference")
for step, batch in enumerate(batches(train, STEPS, seed=0)):
    (rate,) = torch_schedule.get_last_lr()
    assert abs(float(schedule(step)) - rate) < 1e-6 * LR
    params, state, loss = jax_step(params, state, batch)
    losses.append((torch_step(batch), float(loss)))
    if step + 1 in (1, 10, 100, 200, 500, STEPS):
        theirs, ours = losses[-1]
        difference = abs(ours - theirs)
        print(f"{step + 1:6} {rate:14.2e} {theirs:12.6f} {ours:12.6f} {difference:12.1e}")

# %% [markdown]
# The last tenth of the text was not used for the training. The loss there is the same on both sides, and so is the most
# likely next character almost everywhere.

# %%
x, y = map(np.concatenate, zip(*batches(test, 8, seed=1), strict=True))
ours = jax.jit(gpt)(params, x)
with torch.no_grad():
    theirs = module(torch.from_numpy(x)).numpy()
for side, logits in {"PyTorch": theirs, "jaxfun": ours}.items():
    loss = F.cross_entropy(jf.flatten(logits, 0, 1), jf.flatten(y.astype(np.int32)))
    print(f"{side:8} loss on the rest of the text {float(loss):.4f}")
alike = float((np.asarray(ours).argmax(-1) == theirs.argmax(-1)).mean())
print(f"the same most likely character: {alike:.2%}")
assert alike > 0.9

# %% [markdown]
# The two curves, and below them their difference in each step, with no point where the losses are equal.

# %%
BLUE, ORANGE = "#2f6fb2", "#d9622b"
pairs, steps = np.array(losses), np.arange(1, STEPS + 1)
assert np.abs(pairs[:, 1] - pairs[:, 0]).max() < 1e-3
figure, (above, below) = plt.subplots(
    2,
    figsize=(8, 5.4),
    sharex=True,
    height_ratios=(2, 1),
    layout="tight",
)
above.plot(steps, pairs[:, 0], color=ORANGE, linewidth=5, alpha=0.5, label="PyTorch")
above.plot(steps, pairs[:, 1], color=BLUE, linewidth=1, label="jaxfun")
above.set(ylabel="loss", title="A small GPT on A Midsummer Night's Dream")
above.legend(frameon=False)
below.semilogy(steps, np.abs(pairs[:, 1] - pairs[:, 0]), ".", color=BLUE, markersize=3)
below.set(xlabel="step", ylabel="|jaxfun - PyTorch|", ylim=(1e-8, 1e-4))
for each in (above, below):
    each.spines[["top", "right"]].set_visible(False)
    each.grid(color="0.92", linewidth=0.8)
figure.savefig("gpt.png", dpi=150)

# %% [markdown]
# ## What it writes
#
# Each next character is drawn from the model's distribution, at temperature 0.8. The loop is one compiled scan.


# %%
@jax.jit
def written(p, context, key):
    def following(context, key):
        letter = jax.random.categorical(key, gpt(p, context)[-1] / 0.8)
        return jnp.append(context[1:], letter), letter

    return jax.lax.scan(following, context, jax.random.split(key, 500))[1]


begun = jnp.asarray(train[:CONTEXT])
drawn = written(params, begun, jax.random.key(0))
print(text[:CONTEXT] + "".join(letters[code] for code in drawn))
