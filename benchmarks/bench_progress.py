"""A long fit with its progress line beside the same fit without. Target: at most 1.05 times."""

import contextlib
import io

import jax
import jax.numpy as jnp
from measure import holds, seconds_in_turn, show

from jaxfun import regression

ROWS, FEATURES, EPOCHS = 20_000, 20, 4_000
ROUNDS = 5
TARGET = 1.05


def main() -> None:
    X = jax.random.normal(jax.random.key(0), (ROWS, FEATURES))
    y = X @ jnp.ones((FEATURES, 1))
    start = regression.init(FEATURES)

    def fitted(progress: bool) -> regression.Fit:
        with contextlib.redirect_stderr(io.StringIO()):
            return regression.fit(start, X, y, lr=0.01, epochs=EPOCHS, progress=progress)

    calls = [lambda: fitted(False), lambda: fitted(True)]
    seconds_in_turn(calls, 1)  # compiles
    without, shown = map(min, seconds_in_turn(calls, ROUNDS))
    show(
        f"{ROWS:,} x {FEATURES}, {EPOCHS:,} epochs (target: at most {TARGET} x)",
        ("", "least s", "x without", ""),
        [
            ("without", f"{without:.3f}", "1.00", ""),
            ("with progress", f"{shown:.3f}", f"{shown / without:.2f}", holds(shown / without, TARGET)),
        ],
    )


if __name__ == "__main__":
    main()
