"""The time of one layer by jaxfun, plain JAX and PyTorch, of its result and its gradient; and the table of a page."""

import argparse
import csv
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
import torch
from _measure import Call, holds, in_turn, markdown, show_and_keep, timed

DATA = Path(__file__).parent / "data"
RESULT, GRADIENT = "result", "gradient"
TARGET = 1.2
SECONDS, FEWEST, MOST = 2.0, 5, 40  # what a row may take, and how many rounds it has
BLOCK = 0.02  # seconds in a row for each side
ABOUT = (
    f"float32, {torch.get_num_threads()} threads each. The least of rounds in turn. Target: jaxfun under jit at most\n"
    f"{TARGET} x PyTorch's eager call. A gradient is that of all tensors of floats, the result on the way."
)
Function = Callable[..., Any]
Calls = Mapping[str, Call]


class Row(NamedTuple):
    """The seconds of one layer."""

    layer: str
    what: str  # "result", "gradient" or "step"
    jaxfun: float
    jax: float
    torch: float

    @property
    def ratio(self) -> float:
        return self.jaxfun / self.torch

    @property
    def of_jax(self) -> float:
        return self.jaxfun / self.jax


def arrays_of(shapes: Sequence[tuple[int, ...]]) -> list[np.ndarray]:
    """Return normal numbers for each shape, small enough for products of many of them."""
    random = np.random.default_rng(0)
    return [(random.normal(size=shape) / np.sqrt(np.prod(shape[1:]))).astype(np.float32) for shape in shapes]


def _in_jax(function: Function, arrays: Sequence[np.ndarray], cotangent: np.ndarray) -> Calls:
    def both(along: jax.Array, *given: jax.Array) -> Any:
        value, pullback = jax.vjp(function, *given)
        return value, pullback(along)

    along, *given = (jnp.asarray(array) for array in (cotangent, *arrays))
    forward, backward = jax.jit(function), jax.jit(both)
    return {RESULT: lambda: forward(*given), GRADIENT: lambda: backward(along, *given)}


def _in_torch(function: Function, arrays: Sequence[np.ndarray], cotangent: np.ndarray) -> Calls:
    given = [torch.tensor(array) for array in arrays]
    leaves = [tensor.clone().requires_grad_() for tensor in given]
    along = torch.tensor(cotangent)
    return {
        RESULT: lambda: function(*given),
        GRADIENT: lambda: torch.autograd.grad(function(*leaves), leaves, along),
    }


def _want_equal(ours: Calls, theirs: Calls, name: str) -> None:
    """Raise AssertionError unless both compute the same layer. parity_tests holds the numbers themselves."""
    for mine, its in zip(ours[GRADIENT]()[1], theirs[GRADIENT](), strict=True):
        # float32 sums of up to a million products, in another order
        np.testing.assert_allclose(mine, its, rtol=1e-2, atol=1e-3, err_msg=name)


def measured(
    name: str, ours: Function, plain: Function, reference: Function, arrays: Sequence[np.ndarray]
) -> Iterator[Row]:
    """Yield the least seconds of a layer by jaxfun, plain JAX and PyTorch, for the result and the gradient."""
    shape = reference(*map(torch.tensor, arrays)).shape
    cotangent = np.random.default_rng(1).normal(size=shape).astype(np.float32)
    sides = [_in_jax(ours, arrays, cotangent), _in_jax(plain, arrays, cotangent)]
    sides.append(_in_torch(reference, arrays, cotangent))
    for side in sides[:2]:
        _want_equal(side, sides[2], name)
    for what in (RESULT, GRADIENT):
        yield timed_row(name, what, [side[what] for side in sides])


def timed_row(name: str, what: str, calls: Sequence[Call]) -> Row:
    """Return the least seconds of three calls, which are timed in turn."""
    once = max(min(timed(call) for _ in range(2)) for call in calls)
    times = max(1, round(BLOCK / once))
    rounds = max(FEWEST, min(MOST, round(SECONDS / (3 * once * times))))
    return Row(name, what, *map(min, in_turn(calls, rounds, times)))


def read(file: Path) -> list[Row]:
    with file.open(newline="", encoding="utf-8") as opened:
        rows = list(csv.reader(opened))[1:]
    return [Row(layer, what, *map(float, seconds)) for layer, what, *seconds in rows]


def as_markdown(rows: Sequence[Row]) -> str:
    """Return the table of a page: jaxfun's time over PyTorch's, and over that of plain JAX."""
    cells = [(row.layer, row.what, _ratio_text(row), f"{row.of_jax:.2f}") for row in rows]
    return markdown(("name", "what", "over PyTorch's", "over plain JAX's"), cells, range(2, 4))


def _ratio_text(row: Row) -> str:
    return f"{row.ratio:.2f}" if row.ratio <= TARGET else f"**{row.ratio:.2f}**"


def main(about: str | None, rows: Iterable[Row], note: str = ABOUT) -> None:
    """Measure the rows and print them: the command line of a benchmark."""
    parser = argparse.ArgumentParser(description=about)
    parser.add_argument("--to", type=Path, metavar="FILE", help="keep the figures as CSV")
    arguments = parser.parse_args()

    def shown(row: Row) -> Sequence[str]:
        seconds = [f"{1e3 * item:,.3f} ms" for item in (row.jaxfun, row.jax, row.torch)]
        return row.layer, row.what, *seconds, f"{row.ratio:.2f}", holds(row.ratio <= TARGET)

    columns = ("layer", "what", "jaxfun", "plain JAX", "PyTorch", "ratio", "holds")
    show_and_keep(columns, rows, shown, note, arguments.to)
