# %% [markdown]
# # Keep a port, and use it where there is no PyTorch
#
# A conversion needs PyTorch, what comes of it does not. A port is kept in three forms: as a directory that jaxfun
# reads, as a compiled program that JAX alone runs, and as Python source. The example needs `pip install
# "jaxfun[parity,port]"`.

# %%
import subprocess
import sys
import tempfile
from pathlib import Path

import jax
import numpy as np
import torch

import jaxfun as jf


class Reader(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.embed = torch.nn.Embedding(100, 32)
        self.norm = torch.nn.LayerNorm(32)
        self.hidden = torch.nn.Linear(32, 64)
        self.out = torch.nn.Linear(64, 5)

    def forward(self, tokens):
        x = self.norm(self.embed(tokens))
        x = torch.nn.functional.gelu(self.hidden(x)).mean(1)
        return self.out(x)


torch.manual_seed(0)
tokens = torch.randint(0, 100, (2, 12))
port = jf.from_torch(Reader(), tokens, dynamic=("batch",))
assert port.report.ok
more = np.random.default_rng(0).integers(0, 100, (7, 12), dtype=np.int32)
expected = np.asarray(port(port.params, more))

# %% [markdown]
# ## A directory
#
# Everything in it is JSON or safetensors, and no pickle: the calls of the model, its arrays, the proof, and PyTorch's
# numbers for the example.

# %%
folder = tempfile.TemporaryDirectory()
kept = Path(folder.name) / "reader"
port.save(kept)
for path in sorted(kept.iterdir()):
    print(f"{path.name:22} {path.stat().st_size:7} bytes")

# %% [markdown]
# ## In a process without PyTorch
#
# Each of the next two scripts runs in a new process, in which modules are made impossible to import. The first one has
# jaxfun. `check` compares the port with the numbers that PyTorch gave, as a test after an upgrade would.

# %%
np.save(kept.parent / "tokens.npy", more)


def run(script):
    """Run a script in a new process, beside the port, and return the array that it has saved."""
    call = [sys.executable, "-c", script]
    done = subprocess.run(call, cwd=kept.parent, stdout=subprocess.PIPE, text=True, check=True)
    print(done.stdout, end="")
    return np.load(kept.parent / "scores.npy")


WITHOUT_TORCH = """
import sys
sys.modules["torch"] = None  # an import of torch fails now

import jax
import numpy as np
import jaxfun as jf

port = jf.load_port("reader")
print(port)
found = port.check()
print(f"{sum(each.ok for each in found)} of {len(found)} comparisons with PyTorch's numbers agree")
np.save("scores.npy", jax.jit(port)(port.params, np.load("tokens.npy")))
"""
scores = run(WITHOUT_TORCH)
print(f"the largest difference: {np.abs(scores - expected).max():.1e}")
assert np.abs(scores - expected).max() < 1e-6

# %% [markdown]
# ## A program of JAX's
#
# `program.jax_export` holds the compiled function for CPU, CUDA and TPU, with the batch left open, and its gradient. It
# needs neither PyTorch nor jaxfun. The parameters are in `arrays.safetensors`, with `params.` before their names.

# %%
WITHOUT_JAXFUN = """
import sys
sys.modules["torch"] = sys.modules["jaxfun"] = None

import jax
import numpy as np
from safetensors.numpy import load_file

with open("reader/program.jax_export", "rb") as file:
    program = jax.export.deserialize(bytearray(file.read()))
arrays = load_file("reader/arrays.safetensors")
params = {name[7:]: each for name, each in arrays.items() if name.startswith("params.")}
tokens = np.load("tokens.npy")
print("platforms:", *program.platforms)
print("tokens:", program.in_avals[-1])
gradient = jax.grad(lambda params: program.call(params, {}, tokens).sum())(params)
print("gradient of embed.weight:", gradient["embed.weight"].shape)
np.save("scores.npy", program.call(params, {}, tokens))
"""
scores = run(WITHOUT_JAXFUN)
print(f"the largest difference: {np.abs(scores - expected).max():.1e}")
assert np.abs(scores - expected).max() < 1e-6

# %% [markdown]
# ## Source
#
# `port.source()` is the model as a Python file to keep and to change. It imports jaxfun alone.

# %%
source = port.source()
print(source)
names: dict = {}
exec(source, names)
scores = jax.jit(names["reader"])({**port.params, **port.state, **port.constants}, more)
assert np.abs(np.asarray(scores) - expected).max() < 1e-6
folder.cleanup()
