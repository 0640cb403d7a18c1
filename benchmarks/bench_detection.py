"""What each way of checking finds: pairs that differ must be found, pairs that agree must raise no alarm.

The peers: one uniform draw compared with rtol 1e-3, value and gradient for ones; and a property test as one writes it
by hand, Hypothesis arrays with `assert_allclose`, value and gradient.
"""

import argparse
import csv
import inspect
import os
import warnings
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
import torch
from _measure import markdown, on_every_core, show
from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from pairs import AGREEING, DIFFERENT, Pair, unshrunk

from jaxfun import parity


def by_parity(pair: Pair, number: int) -> bool:
    with unshrunk():
        return not parity.check(pair.candidate, pair.reference, *pair.inputs, seed=number).ok


def disagree(pair: Pair, arrays: Sequence[np.ndarray], **tolerance: float) -> bool:
    """Value and, for real numbers, the gradient for a cotangent of ones, as `assert_allclose` sees them."""
    try:
        ours = jnp.asarray(pair.candidate(*map(jnp.asarray, arrays)))
        leaves = [torch.tensor(array, requires_grad=True) for array in arrays]
        theirs = pair.reference(*leaves)
        np.testing.assert_allclose(ours, theirs.detach().numpy(), **tolerance)
        if theirs.requires_grad and not theirs.is_complex():
            summed = jax.grad(lambda *xs: jnp.sum(pair.candidate(*xs)), tuple(range(len(arrays))))
            gradients = torch.autograd.grad(theirs.sum(), leaves, allow_unused=True, materialize_grads=True)
            for mine, want in zip(summed(*map(jnp.asarray, arrays)), gradients, strict=True):
                np.testing.assert_allclose(mine, want.numpy(), **tolerance)
    except AssertionError:
        return True
    return False


def taken(pair: Pair) -> tuple[int, type]:
    """How many arrays the functions take, and of which dtype: complex where annotations say it."""
    if pair.tensors:
        return pair.tensors, np.float32
    return len(inspect.signature(pair.candidate).parameters), np.complex64


def by_one_draw(pair: Pair, number: int) -> bool:
    rng = np.random.default_rng(number)
    count, dtype = taken(pair)
    turned = 1 + 0.5j if dtype is np.complex64 else 1
    arrays = [(rng.uniform(-2, 2, size=(3, 4)) * turned).astype(dtype) for _ in range(count)]
    return disagree(pair, arrays, rtol=1e-3, atol=1e-6)  # the peer's own tolerance: what it misses is its row


def by_hand(pair: Pair, number: int) -> bool:
    count, dtype = taken(pair)
    real = st.floats(-100, 100, width=32)
    elements = st.complex_numbers(max_magnitude=100, width=64) if dtype is np.complex64 else real
    shapes = hnp.array_shapes(max_dims=2, max_side=3)
    arrays = shapes.flatmap(lambda shape: st.tuples(*[hnp.arrays(dtype, shape, elements=elements)] * count))

    @seed(number)
    @settings(max_examples=60, deadline=None, database=None, suppress_health_check=[*HealthCheck])
    @given(arrays)
    def agrees(drawn: tuple[np.ndarray, ...]) -> None:
        assert not disagree(pair, drawn, rtol=1e-4, atol=1e-5)  # what one writes for float32 by hand

    try:
        agrees()
    except AssertionError:
        return True
    return False


WAYS: dict[str, Callable[[Pair, int], bool]] = {
    "one draw, rtol 1e-3": by_one_draw,
    "Hypothesis by hand": by_hand,
    "parity.check": by_parity,
}


class Counted(NamedTuple):
    """In how many of the seeds a way of checking said that a pair differs."""

    way: str
    pair: str
    differs: bool
    seeds: int
    said: int

    @property
    def is_right(self) -> bool:
        return self.said == (self.seeds if self.differs else 0)


def counted(task: tuple[str, str, int]) -> Counted:
    warnings.simplefilter("ignore")
    way, name, seeds = task
    said = sum(WAYS[way]((DIFFERENT | AGREEING)[name], number) for number in range(seeds))
    return Counted(way, name, name in DIFFERENT, seeds, said)


def read(file: Path) -> list[Counted]:
    with file.open(newline="") as opened:
        return [
            Counted(item["way"], item["pair"], item["differs"] == "True", int(item["seeds"]), int(item["said"]))
            for item in csv.DictReader(opened)
        ]


def row(way: str, counts: Sequence[Counted]) -> tuple[str, ...]:
    of_way = [item for item in counts if item.way == way]
    different = [item for item in of_way if item.differs]
    agreeing = [item for item in of_way if not item.differs]
    found = sum(item.said for item in different) / max(sum(item.seeds for item in different), 1)
    alarms = sum(item.said for item in agreeing), sum(item.seeds for item in agreeing)
    seeds = {item.seeds for item in of_way}
    texts = (_named(item for item in some if not item.is_right) for some in (different, agreeing))
    return way, "/".join(map(str, seeds)), f"{found:.1%}", "{} of {:,}".format(*alarms), *texts


def _named(items: Iterable[Counted]) -> str:
    names = [item.pair for item in items]
    names = sorted(names, key=list(DIFFERENT | AGREEING).index)
    return f"{len(names)}: {names[0]}{', ...' if len(names) > 1 else ''}" if names else "none"


DATA = Path(__file__).parent / "data" / "detection.csv"
HEADER = ("", "seeds", "found", "false alarms", "pairs missed", "alarmed")


def as_markdown(counts: Sequence[Counted]) -> str:
    """The table of docs/detection.md."""
    ways = dict.fromkeys(way for way in WAYS if any(item.way == way for item in counts))
    return markdown(HEADER, [row(way, counts) for way in ways], range(1, 4))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=2, help="of parity.check")
    parser.add_argument("--peer-seeds", type=int, default=1, help="of its peers: a test by hand takes long")
    parser.add_argument("--ways", nargs="*", default=list(WAYS), choices=list(WAYS))
    parser.add_argument("--only", nargs="*", default=[], help="pairs")
    parser.add_argument("--to", type=Path, help="a file for each count as it comes; what it holds is not counted again")
    given_args = parser.parse_args()
    names = [name for name in (*DIFFERENT, *AGREEING) if not given_args.only or name in given_args.only]
    ways = {way: given_args.seeds if WAYS[way] is by_parity else given_args.peer_seeds for way in given_args.ways}
    counts = read(given_args.to) if given_args.to and given_args.to.exists() else []
    known = {(item.way, item.pair, item.seeds) for item in counts}
    tasks = [task for way, seeds in ways.items() for name in names if (task := (way, name, seeds)) not in known]
    with open(given_args.to or os.devnull, "a", newline="") as opened:
        table = csv.writer(opened, lineterminator="\n")
        if not counts:
            table.writerow(Counted._fields)
        for item in on_every_core(counted, tasks, "checking"):
            counts.append(item)
            table.writerow(item)
            opened.flush()
    about = f"{len(DIFFERENT)} pairs that differ, {len(AGREEING)} that agree"
    show(HEADER, [row(way, counts) for way in ways], about)


if __name__ == "__main__":
    main()
