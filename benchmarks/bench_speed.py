"""Ops at real sizes, compiled, beside PyTorch's eager call on the same cores: the result, and its gradient.

`--to FILE` keeps the figures as CSV; `docs/speed.md` has them as a table.
"""

import argparse
import csv
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import jax
import numpy as np
import torch
from _measure import Call, holds, in_turn, markdown, show_and_keep, timed

import jaxfun as jf

SIZES = (10**4, 10**5, 10**6, 10**7)
TARGET = 1.2
SECONDS, FEWEST, MOST = 1.0, 3, 60  # what a row may take, and how many rounds it has
ABOUT = (
    f"float32, {torch.get_num_threads()} threads each. The median of rounds in turn. Target: jaxfun under jit at most\n"
    f"{TARGET} x PyTorch's eager call. A gradient is that of all floating point arguments for a random cotangent, the\n"
    "result computed on the way, as in training."
)
DATA = Path(__file__).parent / "data" / "speed.csv"

Arrays = tuple[np.ndarray, ...]


class Row(NamedTuple):
    """How long both take for one op, of one size."""

    op: str
    elements: int
    what: str  # "result" or "gradient"
    jaxfun: float  # seconds
    torch: float

    @property
    def ratio(self) -> float:
        return self.jaxfun / self.torch


class Case(NamedTuple):
    """One op: the call on a library (jaxfun or torch) and arrays, and the arrays of a size."""

    name: str
    call: Callable[..., Any]
    arrays: Callable[[int], Arrays]


_random = np.random.default_rng(0)


def normal(*shape: int) -> np.ndarray:
    return _random.normal(size=shape).astype(np.float32)


def rows(elements: int) -> tuple[int, int]:
    """A matrix of so many elements, its rows of 1,000 at most: what a reduction along rows meets."""
    return elements // 1000 * 10 or 10, elements // (elements // 1000 * 10 or 10)


def matrix(elements: int) -> Arrays:
    return (normal(*rows(elements)),)


def shuffled(elements: int) -> Arrays:
    """Rows without equal numbers: torch leaves open which of them is sorted first, and so gets the gradient."""
    height, width = rows(elements)
    return (_random.permuted(np.tile(np.arange(width, dtype=np.float32), (height, 1)), axis=1),)


def indexed(elements: int) -> Arrays:
    height, width = rows(elements)
    return normal(height, width), _random.integers(0, height, (height, width))


def added(elements: int) -> Arrays:
    height, width = rows(elements)
    return normal(height, width), _random.integers(0, height, height), normal(height, width)


def squares(elements: int) -> Arrays:
    side = round(elements**0.5)
    return normal(side, side), normal(side, side)


def chosen(elements: int) -> Arrays:
    shape = rows(elements)
    return _random.random(shape) < 0.5, normal(*shape), normal(*shape)


CASES = (
    Case("matmul", lambda lib, x, y: lib.matmul(x, y), squares),
    Case("sum, all", lambda lib, x: lib.sum(x), matrix),
    Case("sum, dim 1", lambda lib, x: lib.sum(x, 1), matrix),
    Case("logsumexp, dim 1", lambda lib, x: lib.logsumexp(x, 1), matrix),
    Case("sort, dim 1", lambda lib, x: lib.sort(x, 1)[0], shuffled),
    Case("topk, 10 of dim 1", lambda lib, x: lib.topk(x, 10, 1)[0], shuffled),
    Case("cumsum, dim 1", lambda lib, x: lib.cumsum(x, 1), matrix),
    Case("gather, dim 0", lambda lib, x, index: lib.gather(x, 0, index), indexed),
    Case("index_add, dim 0", lambda lib, x, index, y: lib.index_add(x, 0, index, y), added),
    Case("where", lambda lib, condition, x, y: lib.where(condition, x, y), chosen),
    Case("std, dim 1", lambda lib, x: lib.std(x, 1), matrix),
)


def calls_of(case: Case, arrays: Arrays) -> dict[str, tuple[Call, Call]]:
    """What is timed: jaxfun's and torch's call, for the result and for the gradient."""
    ours, theirs = [jax.numpy.asarray(item) for item in arrays], [torch.tensor(item) for item in arrays]
    moving = [place for place, item in enumerate(arrays) if item.dtype == np.float32]
    of_jaxfun, of_torch = partial(case.call, jf), partial(case.call, torch)
    result = of_jaxfun(*ours)
    weights = normal(*result.shape)
    leaves = [item.requires_grad_() if place in moving else item.clone() for place, item in enumerate(theirs)]
    plain = [item.detach() for item in theirs]
    along, cotangent = jax.numpy.asarray(weights), torch.tensor(weights)

    def pulled(cotangent: jax.Array, *given: jax.Array) -> Any:
        def of(*parts: jax.Array) -> jax.Array:
            filled = dict(zip(moving, parts, strict=True))
            return of_jaxfun(*(filled.get(place, item) for place, item in enumerate(given)))

        value, pull = jax.vjp(of, *(given[place] for place in moving))
        return value, pull(cotangent)

    def gradient() -> Any:
        return torch.autograd.grad(of_torch(*leaves), [leaves[place] for place in moving], cotangent)

    forward, backward = jax.jit(of_jaxfun), jax.jit(pulled)
    check(case, forward(*ours), of_torch(*plain), backward(along, *ours)[1], gradient())
    return {
        "result": (lambda: forward(*ours), lambda: of_torch(*plain)),
        "gradient": (lambda: backward(along, *ours), gradient),
    }


def check(case: Case, ours: Any, theirs: Any, our_slopes: Sequence[Any], their_slopes: Sequence[Any]) -> None:
    """Both compute the same, or it is no comparison."""
    for one, other in zip((ours, *our_slopes), (theirs, *their_slopes), strict=True):
        np.testing.assert_allclose(one, other.detach(), rtol=1e-3, atol=1e-2, err_msg=case.name)


def measured(case: Case, elements: int) -> Iterator[Row]:
    """The median seconds of both, for the result and the gradient."""
    for what, pair in calls_of(case, case.arrays(elements)).items():
        once = sum(min(timed(call) for _ in range(2)) for call in pair)
        times = max(1, min(200, round(0.002 / once)))
        rounds = max(FEWEST, min(MOST, round(SECONDS / (once * times))))
        ours, theirs = (float(np.median(seconds)) for seconds in in_turn(pair, rounds, times))
        yield Row(case.name, elements, what, ours, theirs)


def read(file: Path = DATA) -> list[Row]:
    with file.open(newline="", encoding="utf-8") as opened:
        return [
            Row(row["op"], int(row["elements"]), row["what"], float(row["jaxfun"]), float(row["torch"]))
            for row in csv.DictReader(opened)
        ]


def as_markdown(rows: Sequence[Row]) -> str:
    """The table of a page: the ratios, a row for each op and a column for each size."""
    found = {(row.op, row.what, row.elements): row for row in rows}
    columns = ("op", "what", *(f"{size:,}" for size in SIZES))
    kinds = dict.fromkeys((row.op, row.what) for row in rows)
    return markdown(
        columns, [(*kind, *(ratio_text(found[*kind, size]) for size in SIZES)) for kind in kinds], range(2, 6)
    )


def ratio_text(row: Row) -> str:
    text = f"{row.ratio:.2f}"
    return text if row.ratio <= TARGET else f"**{text}**"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--to", type=Path, metavar="FILE", help="keep the figures as CSV")
    parser.add_argument("--most", type=int, default=SIZES[-1], metavar="N", help="elements at most (%(default)s)")
    arguments = parser.parse_args()
    sizes = [size for size in SIZES if size <= arguments.most]
    rows = (row for case in CASES for elements in sizes for row in measured(case, elements))

    def shown(row: Row) -> Sequence[str]:
        seconds = [f"{1e3 * item:,.3f} ms" for item in (row.jaxfun, row.torch)]
        ratio = (f"{row.ratio:.2f}", holds(row.ratio <= TARGET))
        return row.op, f"{row.elements:,}", row.what, *seconds, *ratio

    columns = ("op", "elements", "what", "jaxfun", "PyTorch", "ratio", "holds")
    show_and_keep(columns, rows, shown, ABOUT, arguments.to)


if __name__ == "__main__":
    main()
