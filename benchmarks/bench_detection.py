"""What each way of checking finds: pairs that differ must be found, pairs that agree must raise no alarm.

The peers: one uniform draw compared with rtol 1e-3, value and gradient for ones; and a property test as one writes it
by hand, Hypothesis arrays with `assert_allclose`, value and gradient.
"""

import argparse
import multiprocessing
import warnings
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from unittest import mock

import jax
import jax.numpy as jnp
import numpy as np
import torch
from _measure import show
from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from pairs import AGREEING, DIFFERENT, Pair
from rich.progress import track

from jaxfun import parity


def by_parity(pair: Pair, number: int) -> bool:
    # shrinking says how a difference is shown, not whether it is found
    with mock.patch("jaxfun.parity.shrink.Shrinker.shrunk", lambda self, sides, found: (sides, found)):
        return not parity.check(pair.candidate, pair.reference, *pair.inputs, seed=number).ok


def disagree(pair: Pair, arrays: Sequence[np.ndarray], **tolerance: float) -> bool:
    """Value and the gradient for a cotangent of ones, as `assert_allclose` sees them."""
    try:
        ours = jnp.asarray(pair.candidate(*map(jnp.asarray, arrays)))
        leaves = [torch.tensor(array, requires_grad=True) for array in arrays]
        theirs = pair.reference(*leaves)
        np.testing.assert_allclose(ours, theirs.detach().numpy(), **tolerance)
        if theirs.requires_grad:
            summed = jax.grad(lambda *xs: jnp.sum(pair.candidate(*xs)), tuple(range(len(arrays))))
            gradients = torch.autograd.grad(theirs.sum(), leaves, allow_unused=True, materialize_grads=True)
            for mine, want in zip(summed(*map(jnp.asarray, arrays)), gradients, strict=True):
                np.testing.assert_allclose(mine, want.numpy(), **tolerance)
    except AssertionError:
        return True
    return False


def by_one_draw(pair: Pair, number: int) -> bool:
    rng = np.random.default_rng(number)
    arrays = [rng.uniform(-2, 2, size=(3, 4)).astype(np.float32) for _ in range(pair.tensors)]
    return disagree(pair, arrays, rtol=1e-3, atol=1e-6)  # the peer's own tolerance: what it misses is its row


def by_hand(pair: Pair, number: int) -> bool:
    arrays = hnp.array_shapes(max_dims=2, max_side=3).flatmap(
        lambda shape: st.tuples(
            *[hnp.arrays(np.float32, shape, elements=st.floats(-100, 100, width=32))] * pair.tensors
        )
    )

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


def alarms(way: str, name: str, seeds: int) -> int:
    """In how many of the seeds a pair was said to differ."""
    warnings.simplefilter("ignore")
    pair = (DIFFERENT | AGREEING)[name]
    return sum(WAYS[way](pair, number) for number in range(seeds))


def counted(ways: Sequence[str], names: Sequence[str], seeds: int) -> dict[tuple[str, str], int]:
    """What `alarms` gives for every way and pair, on every core: each process has its own JAX."""
    tasks = [(way, name) for way in ways for name in names]
    with ProcessPoolExecutor(mp_context=multiprocessing.get_context("spawn")) as pool:
        counts = pool.map(alarms, *zip(*tasks, strict=True), [seeds] * len(tasks))
        return dict(zip(tasks, track(counts, "checking", total=len(tasks), transient=True), strict=True))


def row(way: str, counts: Mapping[tuple[str, str], int], seeds: int) -> tuple[str, ...]:
    of_way = {name: count for (one, name), count in counts.items() if one == way}
    found = {name: count for name, count in of_way.items() if name in DIFFERENT}
    missed = [f"{name} ({seeds - count})" for name, count in found.items() if count < seeds]
    wrong = [f"{name} ({count})" for name, count in of_way.items() if name in AGREEING and count]
    total = seeds * max(len(found), 1)
    alarmed = sum(of_way[name] for name in of_way if name in AGREEING)
    return way, f"{sum(found.values()) / total:.1%}", str(alarmed), _shortened(missed), _shortened(wrong)


def _shortened(names: Sequence[str]) -> str:
    more = f" and {len(names) - 3} more" if len(names) > 3 else ""
    return ", ".join(names[:3]) + more or "-"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=2)
    parser.add_argument("--ways", nargs="*", default=list(WAYS), choices=list(WAYS))
    parser.add_argument("--only", nargs="*", default=[])
    given_args = parser.parse_args()
    names = [name for name in (*DIFFERENT, *AGREEING) if not given_args.only or name in given_args.only]
    counts = counted(given_args.ways, names, given_args.seeds)
    show(
        ("", "found", "false alarms", "missed (in so many seeds)", "alarmed (in so many seeds)"),
        [row(way, counts, given_args.seeds) for way in given_args.ways],
        f"{len(DIFFERENT)} pairs that differ, {len(AGREEING)} that agree, {given_args.seeds} seeds",
    )


if __name__ == "__main__":
    main()
