"""How fast `parity.check` is, cold: beside a property test written by hand, a function at a time, and where it fails.

Every figure is that of a fresh Python process, in which nothing is compiled yet.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import time
import warnings
from collections.abc import Callable, Sequence
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import torch
from _measure import holds, show, timed
from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from jax.scipy import special
from pairs import AGREEING, DIFFERENT, layer_norm, torch_layer_norm

import jaxfun as jf
from jaxfun import parity
from jaxfun.parity.search.shrink import Shrinker

RATIO, SECONDS, SHRINKING = 60, 5.0, 10.0
EXAMPLES = 60  # of the test written by hand
BOUNDED = parity.tensors(min_value=-1e3, max_value=1e3)

CHECKED: dict[str, tuple[Any, ...]] = {
    **{
        name: AGREEING[name][:2]
        for name in ("exp", "tanh", "gelu, tanh", "silu", "softmax", "sum", "sort", "cumsum", "erf")
    },
    "logsumexp": (lambda x: special.logsumexp(x, -1), lambda x: torch.logsumexp(x, -1)),
    "std": (jf.std, torch.std, BOUNDED),
    "layer norm": (layer_norm, torch_layer_norm, BOUNDED),
    "matrix times its transpose": (
        lambda x: x @ x.T,
        lambda x: x @ x.T,
    ),
}
FAILING = (
    "abs at 0",
    "maximum by where",
    "gelu, approximate",
    "layer norm, eps 1e-6",
    "logsumexp, not shifted",
    "bce with logits, naive",
    "NaN dropped by fmax",
    "sum in float16",
    "keepdim forgotten",
    "softsign, second derivative at 0",
    "second derivative lost",
    "scale wrong by 1e-5",
    "rows for columns",
    "smooth l1, the branch at 1",
)


# What a fresh process measures.


def softmax_by_hand(compiles: bool) -> Callable[[], None]:
    """The property test that one writes: value and vjp in any shape, the functions called as they are, or compiled."""
    compiled = jax.jit if compiles else lambda function: function
    softmax = compiled(lambda x: jax.nn.softmax(x, -1))
    pulled = compiled(lambda x, cotangent: jax.vjp(softmax, x)[1](cotangent)[0])
    shapes = hnp.array_shapes(min_dims=1, max_dims=3, max_side=6)
    elements = st.floats(-30, 30, width=32)

    @seed(0)
    @settings(max_examples=EXAMPLES, deadline=None, database=None, suppress_health_check=[*HealthCheck])
    @given(shapes.flatmap(lambda shape: st.tuples(*[hnp.arrays(np.float32, shape, elements=elements)] * 2)))
    def agrees(drawn: tuple[np.ndarray, np.ndarray]) -> None:
        x, cotangent = map(jnp.asarray, drawn)
        primal, along = (torch.tensor(item, requires_grad=True) for item in drawn)
        theirs = torch.softmax(primal, -1)
        (gradient,) = torch.autograd.grad(theirs, primal, along)
        # what one writes for float32 by hand
        np.testing.assert_allclose(softmax(x), theirs.detach().numpy(), rtol=1e-4, atol=1e-5)
        np.testing.assert_allclose(pulled(x, cotangent), gradient.numpy(), rtol=1e-4, atol=1e-4)

    return agrees


def by_hand(how: str) -> dict[str, float]:
    agrees = softmax_by_hand(compiles=how == "compiled")
    return {name: EXAMPLES / timed(agrees) for name in ("cold", "warm")}


def check_of(name: str) -> dict[str, float]:
    pair = CHECKED[name] if name in CHECKED else (*DIFFERENT[name][:2], *DIFFERENT[name].inputs)
    spent: list[float] = []
    shrunk = Shrinker.shrunk

    def clocked(*given: Any) -> Any:
        began = time.perf_counter()
        try:
            return shrunk(*given)
        finally:
            spent.append(time.perf_counter() - began)

    Shrinker.shrunk = clocked
    report = parity.check(*pair, seed=0)
    return {
        "seconds": report.seconds,
        "examples": report.examples,
        "ok": report.ok,
        "failures": len(report.failures),
        "shrinking": sum(spent),
    }


PARTS = {"by hand": by_hand, "check": check_of}


# What asks for it.


def fresh(part: str, name: str = "") -> dict[str, float]:
    """What a part measures in a process of its own, and how long that process took."""
    began = time.perf_counter()
    ended = subprocess.run([sys.executable, __file__, "--part", part, name], check=True, capture_output=True, text=True)
    return json.loads(ended.stdout) | {"process": time.perf_counter() - began}


WAYS = {
    "by hand": ("by hand", "called"),
    "by hand, under jit": ("by hand", "compiled"),
    "parity.check, all levels": ("check", "softmax"),
}


def beside_by_hand(rounds: int) -> None:
    """Each round runs all three, so that a slow spell meets all."""
    measured = [{way: fresh(*part) for way, part in WAYS.items()} for _ in range(rounds)]
    for one in measured:
        check = one["parity.check, all levels"]
        check["cold"] = check["examples"] / check["seconds"]

    def median(of: Callable[[dict[str, dict[str, float]]], float]) -> float:
        return statistics.median(map(of, measured))

    rows = []
    for way in WAYS:
        ratio = median(lambda one, way=way: one[way]["cold"] / one["by hand"]["cold"])
        cold = median(lambda one, way=way: one[way]["cold"])
        warm = median(lambda one, way=way: one[way].get("warm", 0.0))
        target = holds(ratio >= RATIO) if way.startswith("parity") else ""
        rows.append((way, f"{cold:,.1f}", f"{ratio:,.1f}", f"{warm:,.0f}" if warm else "", target))
    about = f"Softmax: value sets a second, the median of {rounds} rounds. Target: {RATIO} x the rate by hand, cold."
    show(("", "cold", "by hand = 1", "again, all compiled", "holds"), rows, about)


def of_one_argument(names: Sequence[str]) -> None:
    columns = ("check of", "seconds", "less shrinking", "whole process", "value sets", "agrees", "holds")
    rows = []
    for name in names:
        got = fresh("check", name)
        judging = got["seconds"] - got["shrinking"]
        shown = [f"{seconds:.1f}" for seconds in (got["seconds"], judging, got["process"])]
        rows.append(
            (name, *shown, f"{got['examples']:,}", "yes" if got["ok"] else "no", holds(got["seconds"] <= SECONDS))
        )
    about = (
        f"One argument, the defaults, cold. Target: at most {SECONDS:.0f} s; a whole process imports JAX and PyTorch."
    )
    show(columns, rows, about)


def of_failures(names: Sequence[str]) -> None:
    columns = ("check that fails", "seconds", "of these shrinking", "failures", "holds")
    rows = []
    for name in names:
        got = fresh("check", name)
        shown = f"{got['seconds']:.1f}", f"{got['shrinking']:.1f}", str(got["failures"])
        rows.append((name, *shown, holds(not got["ok"] and got["shrinking"] <= SHRINKING)))
    show(columns, rows, f"Mismatch, and shrunk, cold. Target: at most {SHRINKING:.0f} s of shrinking.")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--part", nargs=2, help=argparse.SUPPRESS)
    given_args = parser.parse_args()
    if given_args.part:
        warnings.simplefilter("ignore")
        part, name = given_args.part
        print(json.dumps(PARTS[part](name)))
        return
    cores, load = os.cpu_count(), os.getloadavg()[0]
    print(f"{cores} cores, of which {load:.1f} were busy at the start")
    beside_by_hand(given_args.rounds)
    of_one_argument(list(CHECKED))
    of_failures(FAILING)


if __name__ == "__main__":
    main()
