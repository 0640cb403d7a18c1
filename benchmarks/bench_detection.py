"""What each way of checking finds: pairs that differ must be found, pairs that agree must raise no alarm.

The peers: one uniform draw compared with rtol 1e-3, value and gradient for ones; and a property test as one writes it
by hand, Hypothesis arrays with `assert_allclose`, value and gradient.
"""

import argparse
import csv
import inspect
import itertools
import os
import warnings
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

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


def by_parity(pair: Pair, number: int) -> str:
    with unshrunk():
        return parity.check(pair.candidate, pair.reference, *pair.inputs, seed=number).answer


def disagree(pair: Pair, arrays: Sequence[np.ndarray], **tolerance: float) -> bool:
    """Value and, for real numbers, the gradient for a cotangent of ones, as `assert_allclose` sees them."""
    places = range(1 if pair.shapes else len(arrays))  # what is given beside the first may be labels or statistics
    tensors = [torch.tensor(array, requires_grad=place in places) for place, array in enumerate(arrays)]
    try:
        ours = jnp.asarray(pair.candidate(*map(jnp.asarray, arrays)))
        theirs = pair.reference(*tensors)
        np.testing.assert_allclose(ours, theirs.detach().numpy(), **tolerance)
        if theirs.requires_grad and not theirs.is_complex():
            summed = jax.grad(lambda *xs: jnp.sum(pair.candidate(*xs)), tuple(places))
            leaves = [tensors[place] for place in places]
            gradients = torch.autograd.grad(theirs.sum(), leaves, allow_unused=True, materialize_grads=True)
            for mine, want in zip(summed(*map(jnp.asarray, arrays)), gradients, strict=True):
                np.testing.assert_allclose(mine, want.numpy(), **tolerance)
    except AssertionError:
        return True
    return False


def dtype_of(pair: Pair) -> type:
    return np.float32 if pair.tensors else np.complex64  # complex where annotations say it


def count_of(pair: Pair) -> int:
    return pair.tensors or len(inspect.signature(pair.candidate).parameters)


def sized(shapes: Sequence[Any], sizes: Sequence[int]) -> list[Any]:
    """The shapes with a size for each name, and what is given as it is."""
    names = dict.fromkeys(" ".join(item for item in shapes if isinstance(item, str)).split())
    by_name = {name: int(name) if name.isdigit() else size for name, size in zip(names, itertools.cycle(sizes))}
    return [tuple(by_name[name] for name in item.split()) if isinstance(item, str) else item for item in shapes]


def by_one_draw(pair: Pair, number: int) -> str:
    rng = np.random.default_rng(number)
    dtype = dtype_of(pair)
    turned = 1 + 0.5j if dtype is np.complex64 else 1
    shapes = sized(pair.shapes, range(2, 9)) or [(3, 4)] * count_of(pair)
    arrays = [
        item if isinstance(item, np.ndarray) else (rng.uniform(-2, 2, size=item) * turned).astype(dtype)
        for item in shapes
    ]
    # the peer's own tolerance: what it misses is its row
    return "differs" if disagree(pair, arrays, rtol=1e-3, atol=1e-6) else "agrees"


def by_hand(pair: Pair, number: int) -> str:
    dtype = dtype_of(pair)
    real = st.floats(-100, 100, width=32)
    elements = st.complex_numbers(max_magnitude=100, width=64) if dtype is np.complex64 else real

    def filled(shapes: Sequence[Any]) -> st.SearchStrategy[tuple[np.ndarray, ...]]:
        each = (st.just(i) if isinstance(i, np.ndarray) else hnp.arrays(dtype, i, elements=elements) for i in shapes)
        return st.tuples(*each)

    least, most = pair.ranks
    same = hnp.array_shapes(min_dims=least, max_dims=most, max_side=3).map(lambda shape: [shape] * count_of(pair))
    named = st.lists(st.integers(1, 4), min_size=4, max_size=4).map(lambda sizes: sized(pair.shapes, sizes))
    arrays = (named if pair.shapes else same).flatmap(filled)

    @seed(number)
    @settings(max_examples=60, deadline=None, database=None, suppress_health_check=[*HealthCheck])
    @given(arrays)
    def agrees(drawn: tuple[np.ndarray, ...]) -> None:
        assert not disagree(pair, drawn, rtol=1e-4, atol=1e-5)  # what one writes for float32 by hand

    try:
        agrees()
    except AssertionError:
        return "differs"
    return "agrees"


WAYS: dict[str, Callable[[Pair, int], str]] = {
    "one draw, rtol 1e-3": by_one_draw,
    "Hypothesis by hand": by_hand,
    "parity.check": by_parity,
}


class Counted(NamedTuple):
    """In how many of the seeds a way of checking found a wrong port, or raised an alarm."""

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
    # a right port must agree: "not shown" is an alarm too
    answers = [WAYS[way]((DIFFERENT | AGREEING)[name], number) for number in range(seeds)]
    said = answers.count("differs") if name in DIFFERENT else seeds - answers.count("agrees")
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
