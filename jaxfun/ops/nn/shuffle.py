"""Pixel shuffle, its inverse, and channel shuffle."""

from collections.abc import Sequence

import jax
import jax.numpy as jnp

from ...core.errors import ShapeError, describe
from ...core.op import op
from ...core.record import Array, Integer, rows


@op(
    kind=None,
    torch="torch.pixel_shuffle",
    aliases=("nn.functional.pixel_shuffle",),
    cases=rows("input upscale_factor", ("4 m n", 2), ("b 9 2 n", 3), ("a b 4 m n", 2), ("c m n", 1)),
)
def pixel_shuffle(input: Array, upscale_factor: Integer) -> jax.Array:
    """Rearrange each group of r² channels into blocks of r by r pixels, with r the `upscale_factor`.

    Shapes: (*, c r², h, w) -> (*, c, h r, w r).
    Raises: RuntimeError for other shapes, and for a factor that is not positive.
    Torch: torch.pixel_shuffle, torch.nn.functional.pixel_shuffle.

    >>> import jaxfun as jf
    >>> jf.nn.functional.pixel_shuffle(jf.tensor([1, 2, 3, 4]).reshape(4, 1, 1), 2)
    Array([[[1, 2],
            [3, 4]]], dtype=int32)
    """
    *batch, channels, height, width = _image_shape(input, upscale_factor, "upscale_factor")
    count, r = channels // upscale_factor**2, upscale_factor
    if channels % (r * r):
        raise ShapeError(f"a number of channels divisible by {r * r}", describe(input))
    parts = input.reshape(*batch, count, r, r, height, width)
    return _permuted(parts, (0, 3, 1, 4, 2)).reshape(*batch, count, height * r, width * r)


@op(
    kind=None,
    torch="torch.pixel_unshuffle",
    aliases=("nn.functional.pixel_unshuffle",),
    cases=rows("input downscale_factor", ("m 4 2", 2), ("b c 3 6", 3), ("a b c 2 4", 2), ("c m n", 1)),
)
def pixel_unshuffle(input: Array, downscale_factor: Integer) -> jax.Array:
    """Rearrange each block of r by r pixels into r² channels, with r the `downscale_factor`.

    It is the inverse of `pixel_shuffle`.
    Shapes: (*, c, h r, w r) -> (*, c r², h, w).
    Raises: RuntimeError for other shapes, and for a factor that is not positive.
    Torch: torch.pixel_unshuffle, torch.nn.functional.pixel_unshuffle.

    >>> import jaxfun as jf
    >>> jf.nn.functional.pixel_unshuffle(jf.tensor([[[1, 2], [3, 4]]]), 2).reshape(4)
    Array([1, 2, 3, 4], dtype=int32)
    """
    *batch, channels, height, width = _image_shape(input, downscale_factor, "downscale_factor")
    r = downscale_factor
    if not input.size:  # torch returns an empty tensor unchanged
        return input
    if height % r or width % r:
        raise ShapeError(f"a height and a width divisible by {r}", describe(input))
    parts = input.reshape(*batch, channels, height // r, r, width // r, r)
    return _permuted(parts, (0, 2, 4, 1, 3)).reshape(*batch, channels * r * r, height // r, width // r)


@op(
    kind=None,
    torch="torch.channel_shuffle",
    overload=("", "native_channel_shuffle.default"),
    aliases=("native_channel_shuffle", "nn.functional.channel_shuffle"),
    cases=rows("input groups", ("b 6 n", 2), ("b 6 m n", 3), ("b 4 m", 1), ("b 4 m", 4)),
)
def channel_shuffle(input: Array, groups: Integer) -> jax.Array:
    """Divide the channels into `groups` groups, and interleave the groups.

    Shapes: (n, c, *) -> (n, c, *).
    Raises: RuntimeError for fewer than 3 dimensions, and unless a positive `groups` divides the number of channels.
    Torch: torch.channel_shuffle, torch.nn.functional.channel_shuffle.

    >>> import jaxfun as jf
    >>> jf.channel_shuffle(jf.tensor([1, 2, 3, 4]).reshape(1, 4, 1), 2).reshape(4)
    Array([1, 3, 2, 4], dtype=int32)
    """
    if input.ndim < 3:
        raise ShapeError("a tensor of more than 2 dimensions", describe(input))
    if groups <= 0 or input.shape[1] % groups:
        raise ShapeError("a positive `groups` that divides the channels", f"{groups} and {describe(input)}")
    batch, channels, *sizes = input.shape
    return jnp.swapaxes(input.reshape(batch, groups, channels // groups, *sizes), 1, 2).reshape(input.shape)


native_channel_shuffle = channel_shuffle


def _image_shape(input: jax.Array, factor: int, name: str) -> Sequence[int]:
    """Return the shape of a batch of images.

    Raises: ShapeError for fewer than 3 dimensions, and for a factor that is not positive.
    """
    if input.ndim < 3:
        raise ShapeError("a tensor of at least 3 dimensions", describe(input))
    if factor <= 0:
        raise ShapeError(f"a positive `{name}`", describe(factor))
    return input.shape


def _permuted(input: jax.Array, order: tuple[int, ...]) -> jax.Array:
    """Permute the last dimensions by `order`."""
    start = input.ndim - len(order)
    return jnp.transpose(input, (*range(start), *(start + axis for axis in order)))
