"""Training on sharded arrays: the losses of one device, and no communication but that of the gradient and the loss."""

import os
import subprocess
import sys

PROGRAM = r"""
import re, sys
import jax, jax.numpy as jnp, numpy as np, optax
from jax.sharding import Mesh, NamedSharding, PartitionSpec
from jaxfun import regression, train
from jaxfun.train import arrays

assert len(jax.devices()) == 4
rng, rows, held = np.random.default_rng(0), 20_003, 20_004
X = np.pad(rng.random((rows, 20), np.float32), ((0, 1), (0, 0)), constant_values=np.nan)
y = X.sum(1, keepdims=True) + 1 + rng.normal(size=(held, 1)).astype(np.float32)
start = {"W": np.zeros((20, 1), np.float32), "b": np.zeros(1, np.float32)}

def huber(params, X, y):
    away = optax.losses.huber_loss(X @ params["W"] + params["b"], y)
    return jnp.mean(away) + 1e-3 * jnp.sum(params["W"] ** 2)

texts, compiled = [], arrays.run

def run(*given):
    texts.append(compiled.lower(*given).compile().as_text())
    return compiled(*given)

arrays.run = run
minibatches = {"batch_size": 500, "key": jax.random.key(0), "blocks": 4}
for loss, rule in ((regression.mse, optax.sgd(0.02)), (huber, optax.adam(1e-2))):
    for given in ({}, minibatches):
        fits = []
        for mesh in (
            Mesh(np.array(jax.devices()[:1]), ("rows",)),
            Mesh(np.array(jax.devices()[:2]), ("rows",)),
            jax.make_mesh((4,), ("rows",)),  # explicit axes
        ):
            data = jax.device_put((X, y), NamedSharding(mesh, PartitionSpec("rows")))
            fits.append(train.fit(loss, start, data, rule, 4, rows=rows, **given))
            if mesh.size > 1:
                told = re.findall(  # the shapes and the name of each collective
                    r"= (\S.*?) ([a-z]+-(?:reduce|gather|to-all|permute|scatter)(?:-start)?)\(", texts[-1]
                )
                assert [name for _, name in told] == ["all-reduce"], told
                shapes = re.findall(r"(\w+)\[([\d,]*)\]", told[0][0])
                assert shapes == [("f32", "1,20"), ("f32", "1"), ("f32", "")], told
        for other in fits[1:]:
            np.testing.assert_allclose(other.losses, fits[0].losses, rtol=1e-6)
            jax.tree.map(lambda a, b: np.testing.assert_allclose(a, b, rtol=1e-4), other.params, fits[0].params)
print("equal")
"""


def test_sharded_training_equals_that_of_one_device_and_reduces_only_gradient_and_loss() -> None:
    command = [sys.executable, "-c", PROGRAM]
    devices = {"XLA_FLAGS": "--xla_force_host_platform_device_count=4"}
    environment = {**os.environ, **devices}
    ended = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
    assert ended.stdout == "equal\n", ended.stderr[-3000:]
