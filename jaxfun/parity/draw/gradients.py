"""Sequences of gradients that tell optimisers apart, by kind. Begin at `gradients`."""

from collections.abc import Callable, Sequence

import numpy as np

Shapes = Sequence[tuple[int, ...]]

# from a usual gradient, the step (from 0), and the sequence's random numbers
KINDS: dict[str, Callable[[np.ndarray, int, np.random.Generator], np.ndarray]] = {
    "usual": lambda grad, step, rng: grad,
    "zero": lambda grad, step, rng: 0 * grad,
    "zero after the first": lambda grad, step, rng: grad * (step == 0),
    "sparse": lambda grad, step, rng: grad * (rng.random(grad.shape) < 0.1),
    "one sign": lambda grad, step, rng: np.abs(grad),
    "alternating": lambda grad, step, rng: np.abs(grad) * (-1) ** step,
    "tiny": lambda grad, step, rng: grad * 1e-9,  # below the usual eps
    "huge": lambda grad, step, rng: grad * 1e5,
    "of all sizes": lambda grad, step, rng: grad * 10.0 ** rng.integers(-6, 5, size=grad.shape),
}


def gradients(shapes: Shapes, steps: int, kind: str, seed: int) -> list[list[np.ndarray]]:
    """Return for each step a gradient of each shape."""
    rng = np.random.default_rng([seed, [*KINDS].index(kind)])
    change = KINDS[kind]
    return [
        [np.asarray(change(np.asarray(rng.normal(size=shape)), step, rng)) for shape in shapes] for step in range(steps)
    ]


def start(seed: int) -> dict[str, np.ndarray]:
    """Return small parameters: usual ones, and some that are 0, which show all digits of an update."""
    rng = np.random.default_rng(seed)
    return {"weight": rng.normal(size=(2, 3)), "zero": np.zeros(4), "scale": np.asarray(rng.normal())}
