"""A step of each optimiser beside optax's namesake and torch.optim's, for the parameters of a small transformer.

`--to FILE` keeps the figures as CSV; `docs/speed.md` has them as a table.
"""

import math
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import _sides
import jax
import numpy as np
import optax
import torch
from _measure import Call
from _sides import Row, arrays_of, timed_row

import jaxfun as jf

DATA = _sides.DATA / "optimizers.csv"
BLOCKS, WIDTH = 4, 384
SHAPES = (
    (2048, WIDTH),
    *((WIDTH, 3 * WIDTH), (WIDTH, WIDTH), (WIDTH, 4 * WIDTH), (4 * WIDTH, WIDTH), (WIDTH,)) * BLOCKS,
)
ABOUT = (
    f"float32, {torch.get_num_threads()} threads each, {sum(map(math.prod, SHAPES)):,} parameters in {len(SHAPES)}\n"
    "arrays. The least of rounds in turn. Target: jaxfun under jit, its buffers donated, at most "
    f"{_sides.TARGET} x PyTorch's\noptimiser with its defaults."
)
# torch's class, and the namesake of optax
OPTIMIZERS: Mapping[str, tuple[str, Mapping[str, Any], optax.GradientTransformation]] = {
    "sgd": ("SGD", {"momentum": 0.9}, optax.sgd(1e-3, momentum=0.9)),
    "adam": ("Adam", {}, optax.adam(1e-3)),
    "adamw": ("AdamW", {}, optax.adamw(1e-3)),
    "adamax": ("Adamax", {}, optax.adamax(2e-3)),
    "nadam": ("NAdam", {}, optax.nadam(2e-3)),
    "radam": ("RAdam", {}, optax.radam(1e-3)),
    "adagrad": ("Adagrad", {}, optax.adagrad(0.01)),
    "rmsprop": ("RMSprop", {"momentum": 0.9}, optax.rmsprop(0.01, momentum=0.9)),
    "adadelta": ("Adadelta", {}, optax.adadelta(1.0)),
    "rprop": ("Rprop", {}, optax.rprop(0.01)),
}


def in_jax(tx: optax.GradientTransformation, arrays: list[np.ndarray], grads: list[np.ndarray]) -> Call:
    """Return a call that takes one more step with the same gradients."""

    def step(grads: Any, params: Any, state: Any) -> Any:
        updates, state = tx.update(grads, state, params)
        return optax.apply_updates(params, updates), state

    compiled: Callable[..., Any] = jax.jit(step, donate_argnums=(1, 2))
    params, slopes = ([jax.numpy.array(item) for item in each] for each in (arrays, grads))
    held = [(params, tx.init(params))]

    def call() -> Any:
        held[0] = compiled(slopes, *held[0])
        return held[0]

    return call


def in_torch(kind: str, options: Mapping[str, Any], arrays: list[np.ndarray], grads: list[np.ndarray]) -> Call:
    params = [torch.tensor(item, requires_grad=True) for item in arrays]
    for param, grad in zip(params, grads, strict=True):
        param.grad = torch.tensor(grad)
    return getattr(torch.optim, kind)(params, **options).step


def rows() -> Iterator[Row]:
    arrays = arrays_of(SHAPES)
    grads = [np.random.default_rng(1).normal(size=item.shape).astype(np.float32) for item in arrays]
    for name, (kind, options, namesake) in OPTIMIZERS.items():
        ours, plain = (in_jax(tx, arrays, grads) for tx in (getattr(jf.optim, name)(**options), namesake))
        yield timed_row(name, "step", (ours, plain, in_torch(kind, options, arrays, grads)))


if __name__ == "__main__":
    _sides.main(__doc__, rows(), ABOUT)
