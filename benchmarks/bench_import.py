"""`import jaxfun`, alone and with a first function, beside `import jax`: fresh Python processes, in turn in one run.

jaxfun loads JAX and its chapters on first use, so that the import alone says little.
"""

import functools
import os
import statistics
import subprocess
import sys
import tempfile

from _measure import holds, in_turn, show

ROUNDS, TARGET = 20, 1.1
PROGRAMS = ("import jax", "import jaxfun", "import jaxfun; jaxfun.exp")
ABOUT = (
    f"A fresh Python process that runs one line and ends; {ROUNDS} of each in turn, after one of each\n"
    "that wrote the bytecode of both anew. "
    f"Target: the least of jaxfun at most {TARGET} x that of jax."
)


def with_bytecode_in(folder: str) -> dict[str, str]:
    """The environment, in which both have their bytecode: where none is written, Python compiles jaxfun each time."""
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return kept | {"PYTHONPYCACHEPREFIX": folder}


def ended(program: str, environment: dict[str, str]) -> None:
    # -P: the jaxfun of this program, not one that lies in the current folder
    subprocess.run([sys.executable, "-P", "-c", program], check=True, env=environment)


def measured() -> list[tuple[float, ...]]:
    with tempfile.TemporaryDirectory() as folder:
        calls = [functools.partial(ended, program, with_bytecode_in(folder)) for program in PROGRAMS]
        in_turn(calls, 1)
        return in_turn(calls, ROUNDS)


def main() -> None:
    rounds = measured()
    base = min(rounds[0])
    rows = []
    for program, seconds in zip(PROGRAMS, rounds, strict=True):
        least, ratio = min(seconds), min(seconds) / base
        shown = (f"{1e3 * least:,.0f} ms", f"{1e3 * statistics.median(seconds):,.0f} ms", f"{ratio:.3f}")
        rows.append((program, *shown, holds(ratio <= TARGET) if len(rows) else ""))
    show(("process", "least", "median", "least / jax's", "holds"), rows, ABOUT)


if __name__ == "__main__":
    main()
