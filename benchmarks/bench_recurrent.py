"""Recurrent layers beside PyTorch's modules.

`--loop` times a Python loop over time too, which JAX compiles for minutes. `--to FILE` keeps the figures as CSV.
"""

import argparse
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import torch
from _measure import Call, holds, in_turn, show_and_keep, timed

import jaxfun as jf

STEPS = 128
TARGET = 0.7  # of PyTorch's speed
ROUNDS = 15
ABOUT = (
    f"float32, {STEPS} steps, {torch.get_num_threads()} threads each. The least of {ROUNDS} rounds in turn, and the\n"
    f"first call, which compiles. Target: at least {TARGET} of PyTorch's speed. A gradient is that of input and\n"
    "weights, the result on the way."
)
MODULES = {"lstm": torch.nn.LSTM, "gru": torch.nn.GRU}
Layer = Callable[..., jax.Array]
SIZES = ((16, 128), (32, 256))  # batch, features


class Row(NamedTuple):
    """The seconds of one layer."""

    layer: str
    what: str  # "result" or "gradient", and "first" before it for the first call
    jaxfun: float
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


def calls_of(name: str, batch: int, features: int, layer: Layer) -> dict[str, tuple[Call, Call]]:
    """What is timed: JAX's and torch's call, for the result and for the gradient."""
    torch.manual_seed(0)
    module = MODULES[name](features, features)
    x = torch.randn(STEPS, batch, features, requires_grad=True)
    leaves = [x, *module.parameters()]
    given = jnp.asarray(x.detach().numpy()), [jnp.asarray(each.detach().numpy()) for each in module.parameters()]

    forward = jax.jit(lambda *given: layer(name, *given))
    backward = jax.jit(jax.value_and_grad(lambda *given: jnp.sum(jnp.square(layer(name, *given))), (0, 1)))

    def in_torch() -> torch.Tensor:
        with torch.no_grad():
            return module(x)[0]

    def pulled() -> Any:
        return torch.autograd.grad(module(x)[0].square().sum(), leaves)

    return {"result": (lambda: forward(*given), in_torch), "gradient": (lambda: backward(*given), pulled)}


def measured(name: str, batch: int, features: int, layer: Layer) -> Iterator[Row]:
    """The least seconds of both for the result and the gradient, and their first calls, which compile."""
    text = f"{name}, batch {batch}, {features} features{', a loop' if layer is looped else ''}"
    for what, calls in calls_of(name, batch, features, layer).items():
        yield Row(text, f"first {what}", *map(timed, calls))
        yield Row(text, what, *map(min, in_turn(calls, ROUNDS)))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--to", type=Path, metavar="FILE", help="keep the figures as CSV")
    parser.add_argument("--loop", action="store_true", help="time a loop in Python too")
    arguments = parser.parse_args()
    layers = [(name, *sizes, scanned) for name in MODULES for sizes in SIZES]
    if arguments.loop:
        layers.append(("gru", *SIZES[0], looped))

    def shown(row: Row) -> Sequence[str]:
        speed = row.torch / row.jaxfun
        held = "" if row.what.startswith("first") else holds(speed >= TARGET)
        return row.layer, row.what, *(f"{1e3 * item:,.1f} ms" for item in row[2:]), f"{speed:.2f}", held

    columns = ("layer", "what", "jaxfun", "PyTorch", "speed", "holds")
    show_and_keep(columns, (row for each in layers for row in measured(*each)), shown, ABOUT, arguments.to)


if __name__ == "__main__":
    main()
