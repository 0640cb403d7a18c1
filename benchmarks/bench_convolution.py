"""Convolutions and pools of ResNet, MobileNet, ConvNeXt and ResNeXt beside PyTorch's eager call and XLA's convolution.

`--to FILE` keeps the figures as CSV; `docs/speed.md` has them as a table.
"""

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import _sides
import jax
import numpy as np
import torch
from _sides import Row, arrays_of, measured

import jaxfun as jf

DATA = _sides.DATA / "convolution.csv"


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
        pad = (self.padding, self.padding)
        step, pads = (self.stride,) * 2, (pad, pad)
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


def rows() -> Iterator[Row]:
    for layer in LAYERS:
        arrays = arrays_of([shape for shape in (layer.input, layer.kernels) if shape])
        sides = (layer.of(jf.nn.functional), layer.in_xla, layer.of(torch.nn.functional))
        yield from measured(layer.name, *sides, arrays)


if __name__ == "__main__":
    _sides.main(__doc__, rows())
