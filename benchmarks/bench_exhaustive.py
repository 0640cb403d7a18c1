"""Every value of a dtype through exp: the whole comparison beside XLA alone and PyTorch alone, in turn in one run.

float32 is measured on 2**27 of its values, between 2**-7 and 2**9, and scaled to all; `--full` runs all 2**32.
"""

import argparse
import time
from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import torch

from jaxfun.parity.exhaustive import exhaustive
from jaxfun.parity.search.patterns import FORMATS, numbers_from, with_derivative

SLICE = range(0x3C000000, 0x44000000)
CASES = [(dtype, derivative) for dtype in ("float16", "bfloat16", "float32") for derivative in (False, True)]


def rate(call: Callable[[int], Any], patterns: range, chunk: int) -> float:
    """Values a second of a call on the first bit pattern of each of (at most 32) chunks."""
    starts = patterns[:: max(chunk, len(patterns) // 32)]
    call(starts[0])  # compiles
    began = time.perf_counter()
    for start in starts:
        call(start)
    return len(starts) * chunk / (time.perf_counter() - began)


def xla_alone(dtype: str, derivative: bool, patterns: range) -> float:
    chunk = FORMATS[dtype].chunk
    both = (lambda x: with_derivative(jnp.exp, x)) if derivative else jnp.exp
    compiled = jax.jit(lambda start: both(numbers_from(start, chunk, dtype)))
    return rate(lambda start: jax.block_until_ready(compiled(np.uint32(start))), patterns, chunk)


def torch_alone(dtype: str, derivative: bool, patterns: range) -> float:
    chunk, kind = FORMATS[dtype].chunk, getattr(torch, dtype)
    integers = np.arange(chunk, dtype=FORMATS[dtype].name_of_bits)

    def call(start: int) -> Any:
        bits = torch.from_numpy((integers + integers.dtype.type(start)).view(f"int{FORMATS[dtype].bits}"))
        x = bits.view(kind).requires_grad_(derivative)
        y = torch.exp(x)
        return torch.autograd.grad(y, x, torch.ones_like(y)) if derivative else y

    return rate(call, patterns, chunk)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--full", action="store_true", help="all 2**32 values of float32 (minutes)")
    full = parser.parse_args().full
    columns = ("values", "seconds", "all values", "values/s", "XLA alone", "PyTorch alone")
    print(f"{'exp':<27}{''.join(f'{name:>15}' for name in columns)}   ok")
    for dtype, derivative in CASES:
        every = range(2 ** FORMATS[dtype].bits)
        patterns = SLICE if dtype == "float32" and not full else every
        exhaustive(jnp.exp, torch.exp, dtype, derivative=derivative, patterns=patterns[: 2**14])  # warm
        found = exhaustive(jnp.exp, torch.exp, dtype, derivative=derivative, patterns=patterns)
        speed = found.done / found.seconds
        peers = [peer(dtype, derivative, patterns) for peer in (xla_alone, torch_alone)]
        cells = [f"{found.done:,}", f"{found.seconds:.2f}", f"{len(every) / speed:.1f} s"]
        cells += [f"{value / 1e6:,.1f} M" for value in (speed, *peers)]
        name = f"{dtype}, {'value + derivative' if derivative else 'value'}"
        print(f"{name:<27}{''.join(f'{cell:>15}' for cell in cells)}   {found.ok}", flush=True)


if __name__ == "__main__":
    main()
