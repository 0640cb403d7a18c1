"""A long `regression.fit` with its progress shown, without, and as one uncut scan, in turn in one run."""

import contextlib
import functools
import os
import statistics
import sys
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from _measure import Call, holds, in_turn, show, timed

from jaxfun import regression

ROWS, FEATURES, LR = 1_000, 10, 0.005
ROUNDS, TARGET, LONG = 5, 1.05, 2.0
ABOUT = (
    f"regression.fit on {ROWS:,} x {FEATURES} for {LONG:g} s or more, compiled; medians of {ROUNDS} runs, in turn.\n"
    f"Target: with its line on standard error at most {TARGET} x without, and x one scan (under jit: uncut)."
)


def data() -> tuple[jax.Array, jax.Array]:
    rng = np.random.default_rng(0)
    X = rng.random((ROWS, FEATURES), np.float32)
    return jnp.asarray(X), jnp.asarray((X @ rng.normal(size=(FEATURES, 1)) + 1).astype(np.float32))


def shown(fit: Call) -> Any:
    # what is no terminal would keep every state of the line
    if sys.stderr.isatty():
        return fit()
    with open(os.devnull, "w") as nowhere, contextlib.redirect_stderr(nowhere):
        return fit()


def runs(epochs: int) -> dict[str, Call]:
    """The same fit three ways; the shown one is the first."""
    arguments = (regression.init(FEATURES), *data())
    fit = functools.partial(regression.fit, lr=LR, epochs=epochs)
    return {
        "shown": functools.partial(shown, functools.partial(fit, *arguments, progress=True)),
        "not shown": functools.partial(fit, *arguments, progress=False),
        "one scan": functools.partial(jax.jit(fit), *arguments),
    }


def long_enough() -> int:
    """The epochs, raised until a compiled run takes long enough."""
    epochs = 100_000
    while True:
        quiet = runs(epochs)["not shown"]
        quiet()
        if (seconds := timed(quiet)) >= LONG:
            return epochs
        epochs = int(epochs * 1.2 * LONG / seconds)


def main() -> None:
    epochs = long_enough()
    calls = runs(epochs)
    in_turn(list(calls.values()), 1)
    medians = [statistics.median(seconds) for seconds in in_turn(list(calls.values()), ROUNDS)]
    rows = []
    for name, seconds in zip(calls, medians, strict=True):
        ratio = medians[0] / seconds
        against = (f"{ratio:.3f}", holds(ratio <= TARGET)) if name != "shown" else ("", "")
        rows.append((f"{epochs:,} epochs, {name}", f"{seconds:.3f} s", *against))
    show(("run", "median", "shown / this", "holds"), rows, ABOUT)


if __name__ == "__main__":
    main()
