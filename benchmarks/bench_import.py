"""`import jaxfun` beside `import jax`: each a whole fresh Python process, in turn in one run."""

import functools
import os
import statistics
import subprocess
import sys
import tempfile

from _measure import holds, in_turn, show

ROUNDS, TARGET = 20, 1.1
MODULES = ("jax", "jaxfun")
ABOUT = (
    f"A fresh Python process that imports one module and ends; {ROUNDS} of each in turn, after one of each\n"
    "that wrote the bytecode of both anew. "
    f"Target: the least of jaxfun at most {TARGET} x that of jax."
)


def with_bytecode_in(folder: str) -> dict[str, str]:
    """The environment, in which both have their bytecode: where none is written, Python compiles jaxfun each time."""
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return kept | {"PYTHONPYCACHEPREFIX": folder}


def imported(module: str, environment: dict[str, str]) -> None:
    # -P: the jaxfun of this program, not one that lies in the current folder
    subprocess.run([sys.executable, "-P", "-c", f"import {module}"], check=True, env=environment)


def measured() -> list[tuple[float, ...]]:
    with tempfile.TemporaryDirectory() as folder:
        calls = [functools.partial(imported, module, with_bytecode_in(folder)) for module in MODULES]
        in_turn(calls, 1)
        return in_turn(calls, ROUNDS)


def main() -> None:
    rounds = measured()
    base = min(rounds[0])
    rows = []
    for module, seconds in zip(MODULES, rounds, strict=True):
        least, ratio = min(seconds), min(seconds) / base
        shown = (f"{1e3 * least:,.0f} ms", f"{1e3 * statistics.median(seconds):,.0f} ms", f"{ratio:.3f}")
        rows.append((f"import {module}", *shown, holds(ratio <= TARGET) if module != "jax" else ""))
    show(("process", "least", "median", "least / jax's", "holds"), rows, ABOUT)


if __name__ == "__main__":
    main()
