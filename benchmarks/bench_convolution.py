"""Convolutions and pools of ResNet, MobileNet, ConvNeXt and ResNeXt beside PyTorch's eager call and XLA's convolution.

`--to FILE` keeps the figures as CSV.
"""

import argparse
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import jax
import numpy as np
import torch
from _measure import Call, holds, in_turn, show_and_keep
from _sides import GRADIENT, RESULT, arrays_of, cotangent_of, in_jax, in_torch, want_equal

import jaxfun as jf

TARGET = 1.2
ROUNDS = 15
ABOUT = (
    f"float32, {torch.get_num_threads()} threads each. The least of {ROUNDS} rounds in turn. Target: jaxfun under jit\n"
    f"at most {TARGET} x PyTorch's eager call. A gradient is that of input and kernels, the result on the way."
)


class Layer(NamedTuple):
    """One layer: a convolution, with the options of conv2d, or the pool before it."""

    name: str
    input: tuple[int, ...]
    kernels: tuple[int, ...]  # () for a pool
    stride: int = 1
    padding: int = 0
    groups: int = 1

    def of(self, functional: Any) -> Callable[..., Any]:
        """Return the layer as a function of a library's arrays."""
        if not self.kernels:
            return lambda x: functional.max_pool2d(x, 3, self.stride, self.padding)
        return lambda x, w: functional.conv2d(x, w, None, self.stride, self.padding, 1, self.groups)

    def in_xla(self, x: jax.Array, w: jax.Array | None = None) -> jax.Array:
        """The same layer as one call of XLA."""
        step, pads = (self.stride,) * 2, ((self.padding,) * 2,) * 2
        if w is not None:
            return jax.lax.conv_general_dilated(x, w, step, pads, feature_group_count=self.groups)
        pool = ((1, 1, 3, 3), (1, 1, *step), ((0, 0), (0, 0), *pads))
        return jax.lax.reduce_window(x, -np.inf, jax.lax.max, *pool)


LAYERS = (
    Layer("ResNet stem, 7x7", (1, 3, 224, 224), (64, 3, 7, 7), 2, 3),
    Layer("ResNet stem, max pool", (1, 64, 112, 112), (), 2, 1),
    Layer("ResNet stage 1, 3x3", (1, 64, 56, 56), (64, 64, 3, 3), 1, 1),
    Layer("ResNet stage 3, 1x1", (1, 256, 14, 14), (1024, 256, 1, 1)),
    Layer("ResNet stage 4, 3x3", (1, 512, 7, 7), (512, 512, 3, 3), 1, 1),
    Layer("ResNet stage 4 of a small image", (8, 512, 2, 2), (512, 512, 3, 3), 1, 1),
    Layer("ResNeXt stage 2, 3x3 of 32 groups", (1, 256, 28, 28), (256, 8, 3, 3), 1, 1, 32),
    Layer("MobileNet, 3x3 depthwise", (1, 96, 56, 56), (96, 1, 3, 3), 2, 1, 96),
    Layer("MobileNet, 5x5 depthwise", (1, 240, 14, 14), (240, 1, 5, 5), 1, 2, 240),
    Layer("ConvNeXt, 7x7 depthwise", (1, 96, 56, 56), (96, 1, 7, 7), 1, 3, 96),
)


class Row(NamedTuple):
    """The seconds of one layer."""

    layer: str
    what: str  # "result" or "gradient"
    jaxfun: float
    xla: float
    torch: float


def calls_of(layer: Layer) -> dict[str, tuple[Call, ...]]:
    """What is timed: jaxfun's, XLA's and torch's call, for the result and for the gradient."""
    arrays = arrays_of([shape for shape in (layer.input, layer.kernels) if shape])
    reference = layer.of(torch.nn.functional)
    cotangent = cotangent_of(reference, arrays)
    ours, plain = (in_jax(each, arrays, cotangent) for each in (layer.of(jf.nn.functional), layer.in_xla))
    theirs = in_torch(reference, arrays, cotangent)
    want_equal(ours, theirs, layer.name)
    return {what: (ours[what], plain[what], theirs[what]) for what in (RESULT, GRADIENT)}


def measured(layer: Layer) -> Iterator[Row]:
    """The least seconds of the three, for the result and the gradient."""
    for what, calls in calls_of(layer).items():
        yield Row(layer.name, what, *(min(seconds[1:]) for seconds in in_turn(calls, ROUNDS)))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--to", type=Path, metavar="FILE", help="keep the figures as CSV")
    arguments = parser.parse_args()

    def shown(row: Row) -> Sequence[str]:
        seconds = [f"{1e3 * item:,.3f} ms" for item in (row.jaxfun, row.xla, row.torch)]
        ratio = row.jaxfun / row.torch
        return row.layer, row.what, *seconds, f"{ratio:.2f}", holds(ratio <= TARGET)

    columns = ("layer", "what", "jaxfun", "XLA", "PyTorch", "ratio", "holds")
    show_and_keep(columns, (row for layer in LAYERS for row in measured(layer)), shown, ABOUT, arguments.to)


if __name__ == "__main__":
    main()
