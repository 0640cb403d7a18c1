"""Recurrent layers beside PyTorch's modules, and beside a Python loop over time under jit.

`--to FILE` keeps the figures as CSV.
"""

import argparse
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
import torch
from _measure import Call, holds, in_turn, keep, show, timed

import jaxfun as jf

STEPS = 128
TARGET = 0.7  # of PyTorch's speed
ROUNDS = 9
ABOUT = (
    f"float32, {STEPS} steps, {torch.get_num_threads()} threads each. The least of {ROUNDS} rounds in turn, and the\n"
    f"first call, which compiles. Target: at least {TARGET} of PyTorch's speed. A gradient is that of input and\n"
    "weights, the result on the way. The loop calls the cell for each step in Python."
)
MODULES = {"lstm": torch.nn.LSTM, "gru": torch.nn.GRU}
Function = Callable[..., jax.Array]
SIZES = ((16, 128), (32, 256))  # batch, features


class Row(NamedTuple):
    """The seconds of one layer."""

    layer: str
    what: str  # "result" or "gradient", and "first" before it for the first call
    jaxfun: float
    loop: float
    torch: float


def scanned(name: str, x: jax.Array, weights: list[jax.Array]) -> jax.Array:
    """The outputs of one layer by jaxfun."""
    state = jnp.zeros((1, x.shape[1], weights[1].shape[1]))
    hx = (state, state) if name == "lstm" else state
    return getattr(jf, name)(x, hx, weights, True, 1, 0.0, False, False, False)[0]


def looped(name: str, x: jax.Array, weights: list[jax.Array]) -> jax.Array:
    """The same outputs by a loop in Python."""
    state = jnp.zeros((x.shape[1], weights[1].shape[1]))
    hx, outputs = (state, state) if name == "lstm" else state, []
    for step in x:
        hx = getattr(jf, f"{name}_cell")(step, hx, *weights)
        outputs.append(hx[0] if name == "lstm" else hx)
    return jnp.stack(outputs)


def calls_of(name: str, batch: int, features: int) -> dict[str, tuple[Call, Call, Call]]:
    """What is timed: jaxfun's, the loop's and torch's call, for the result and for the gradient."""
    torch.manual_seed(0)
    module = MODULES[name](features, features)
    x = torch.randn(STEPS, batch, features, requires_grad=True)
    leaves = [x, *module.parameters()]
    given = jnp.asarray(x.detach().numpy()), [jnp.asarray(each.detach().numpy()) for each in module.parameters()]

    def forward(function: Function) -> Call:
        compiled = jax.jit(lambda *given: function(name, *given))
        return lambda: compiled(*given)

    def backward(function: Function) -> Call:
        compiled = jax.jit(jax.value_and_grad(lambda *given: jnp.sum(jnp.square(function(name, *given))), (0, 1)))
        return lambda: compiled(*given)

    def in_torch() -> torch.Tensor:
        with torch.no_grad():
            return module(x)[0]

    def pulled() -> Any:
        return torch.autograd.grad(module(x)[0].square().sum(), leaves)

    for ours, theirs in zip(jax.tree.leaves(backward(scanned)()[1]), pulled(), strict=True):
        # that both compute the same layer; parity_tests hold the numbers to torch
        np.testing.assert_allclose(ours, theirs, rtol=1e-2, atol=1e-3, err_msg=name)
    return {
        "result": (forward(scanned), forward(looped), in_torch),
        "gradient": (backward(scanned), backward(looped), pulled),
    }


def measured(name: str, batch: int, features: int) -> Iterator[Row]:
    """The least seconds of the three for the result and the gradient, and their first calls, which compile."""
    layer = f"{name}, batch {batch}, {features} features"
    for what, calls in calls_of(name, batch, features).items():
        yield Row(layer, f"first {what}", *map(timed, calls))
        yield Row(layer, what, *map(min, in_turn(calls, ROUNDS)))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--to", type=Path, metavar="FILE", help="keep the figures as CSV")
    arguments = parser.parse_args()
    kept: list[Row] = []

    def shown() -> Iterator[tuple[str, ...]]:
        for name in MODULES:
            for sizes in SIZES:
                for row in measured(name, *sizes):
                    kept.append(row)
                    seconds = [f"{1e3 * item:,.1f} ms" for item in (row.jaxfun, row.loop, row.torch)]
                    speed = row.torch / row.jaxfun
                    held = "" if row.what.startswith("first") else holds(speed >= TARGET)
                    yield row.layer, row.what, *seconds, f"{speed:.2f}", held

    show(("layer", "what", "jaxfun", "loop", "PyTorch", "speed", "holds"), shown(), ABOUT)
    if arguments.to:
        keep(arguments.to, kept)


if __name__ == "__main__":
    main()
