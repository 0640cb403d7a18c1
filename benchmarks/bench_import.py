"""`import jaxfun` beside `import jax`: whole processes, in turn. Target: at most 1.1 times."""

import statistics
import subprocess
import sys

from measure import holds, seconds_in_turn, show

MODULES = ("jax", "jaxfun")
ROUNDS = 15
TARGET = 1.1


def imported(module: str) -> None:
    subprocess.run([sys.executable, "-c", f"import {module}"], check=True)


def main() -> None:
    calls = [lambda module=module: imported(module) for module in MODULES]
    times = seconds_in_turn(calls, ROUNDS)
    plain = min(times[0])
    rows = [
        (f"import {module}", f"{min(kept):.3f}", f"{statistics.median(kept):.3f}", f"{min(kept) / plain:.2f}")
        for module, kept in zip(MODULES, times, strict=True)
    ]
    show(
        f"A fresh process, {ROUNDS} in turn (target: at most {TARGET} x)",
        ("", "least s", "median s", "x jax", ""),
        [(*row, holds(float(row[-1]), TARGET)) for row in rows],
    )


if __name__ == "__main__":
    main()
