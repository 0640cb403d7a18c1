"""Sampling of images at the coordinates of a grid: `grid_sample`, and `affine_grid`, which generates a grid."""

import functools
import itertools
import math
import operator
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from ...core.checks import want_one_dtype
from ...core.dims import as_tuple
from ...core.dtypes import as_dtype, widened
from ...core.errors import (
    ArgumentValueError,
    IndexRangeError,
    ShapeError,
    UnsupportedArgumentError,
    UnsupportedDTypeError,
    describe,
)
from ...core.op import op
from ...core.record import HALVES, NOT_FLOATS, Array, Choice, Shape, rows, where_empty
from ..linalg._matrices import want
from ._resample import cubic_weights


@op(
    kind=None,
    torch="torch.nn.functional.affine_grid",
    aten="affine_grid_generator",
    node="AffineGridGeneratorBackward0",
    rejects=NOT_FLOATS,
    takes_here=lambda arguments: NOT_FLOATS,  # a ValueError in torch
    takes={"align_corners": Choice((None, False, True))},
    cases=rows("theta size", ("2 2 3", (2, 5, 3, 4)), ("1 3 4", (1, 1, 2, 3, 4)), ("1 2 3", (1, 2, 1, 2))),
)
def affine_grid(theta: Array, size: Sequence[int], align_corners: bool | None = None) -> jax.Array:
    """Generate a 2-D or 3-D sampling grid for `grid_sample` from a batch of affine matrices `theta`.

    `size` is the shape of the output image. With `align_corners` -1 and 1 are the centres of the corner elements;
    otherwise, and by default, they are the outer edges of the corner elements.
    Shapes: (n, 2, 3) and size (n, c, h, w) -> (n, h, w, 2); (n, 3, 4) and size (n, c, d, h, w) -> (n, d, h, w, 3).
    Raises: ValueError for other shapes, for sizes that are not positive, and for a tensor that is not floating point.
    Torch: torch.nn.functional.affine_grid.

    >>> import jaxfun as jf
    >>> jf.nn.functional.affine_grid(jf.tensor([[[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]]]), (1, 1, 1, 2))
    Array([[[[-0.5,  0. ],
             [ 0.5,  0. ]]]], dtype=float32)
    """
    if not as_dtype(theta.dtype).is_floating_point:
        raise ArgumentValueError("a floating point tensor", describe(theta))
    sizes = as_tuple(size, "size")
    if len(sizes) not in (4, 5):
        raise UnsupportedArgumentError("a `size` of 4 or 5 integers", describe(size))
    count = len(sizes) - 2
    want(theta.shape[1:] == (count, count + 1), f"(n, {count}, {count + 1})", theta, error=ArgumentValueError)
    if min(sizes) <= 0:
        raise ArgumentValueError("positive sizes", describe(size))
    want(len(theta) == sizes[0], f"({sizes[0]}, {count}, {count + 1})", theta)
    if 1 in sizes[2:] and as_dtype(theta.dtype) in HALVES:
        raise UnsupportedDTypeError("a tensor of float32 or float64 if a spatial size is 1", describe(theta))
    wide = widened(theta)
    each = (slice(None), *(None,) * count)  # one coefficient for each batch element, broadcast over the grid
    total: Any = wide[(*each, slice(None), count)]
    for place, length in enumerate(sizes[:1:-1]):  # x is the last dimension
        line = _line(length, bool(align_corners), wide.dtype).reshape(-1, *(1,) * (place + 1))
        total = total + line * wide[(*each, slice(None), place)]
    return jnp.broadcast_to(total, (*sizes[:1], *sizes[2:], count)).astype(theta.dtype)


def _line(length: int, align_corners: bool, dtype: Any) -> jax.Array:
    """Return the normalised coordinates, from -1 to 1, of the elements along a dimension."""
    line = np.linspace(-1, 1, length) if length > 1 else np.zeros(1)
    return jnp.asarray(line if align_corners else line * (length - 1) / length, dtype)


_MODES = ("bilinear", "nearest", "bicubic")


def _places(names: str) -> Shape:
    return Shape(names, values="places")


@op(
    kind=None,
    torch="torch.nn.functional.grid_sample",
    aten="grid_sampler",
    overload=("", "grid_sampler_2d.default", "grid_sampler_3d.default"),
    composite=True,
    rejects=NOT_FLOATS,
    takes_here=where_empty(NOT_FLOATS),
    cases=rows(
        "input grid mode padding_mode align_corners",
        ("b c 3 4", _places("b h w 2"), "bilinear", "zeros", None),
        ("b c 3 4", _places("b h w 2"), "bilinear", "zeros", True),
        ("b c 4 3", _places("b h w 2"), "bilinear", "border", False),
        ("b c 4 3", _places("b h w 2"), "bilinear", "reflection", False),
        ("b c 4 3", _places("b h w 2"), "bilinear", "reflection", True),
        ("b c 4 3", _places("b h w 2"), "nearest", "zeros", False),
        ("b c 4 3", _places("b h w 2"), "nearest", "border", True),
        ("b c 4 3", _places("b h w 2"), "nearest", "reflection", False),
        ("b c 4 3", _places("b h w 2"), "bicubic", "zeros", False),
        ("b c 4 3", _places("b h w 2"), "bicubic", "border", True),
        ("b c 4 3", _places("b h w 2"), "bicubic", "reflection", False),
        ("b 1 1 1", _places("b h w 2"), "bilinear", "reflection", True),
        ("b c 2 3 4", _places("b d h w 3"), "bilinear", "zeros", False),
        ("b c 2 3 4", _places("b d h w 3"), "bilinear", "reflection", False),
        ("b c 2 3 4", _places("b d h w 3"), "nearest", "border", False),
    ),
)
def grid_sample(
    input: Array, grid: Array, mode: str = "bilinear", padding_mode: str = "zeros", align_corners: bool | None = None
) -> jax.Array:
    """Sample `input` at the coordinates of `grid`: x, y (and z), normalised to -1 to 1 across the image.

    `mode` is the interpolation: "bilinear", "nearest" or "bicubic" (4-D input). `padding_mode` is for coordinates
    outside of the image: "zeros", "border" (the nearest element) or "reflection". `align_corners` is that of
    `affine_grid`.
    Shapes: (n, c, h, w), (n, *, 2) -> (n, c, *) with two dimensions *; (n, c, d, h, w), (n, *, 3) with three.
    Gradient: 0 for `grid` with "nearest", and for coordinates that `padding_mode` clips to the border; at an element,
    the derivative from the right.
    Raises: ValueError for another mode; RuntimeError for other shapes, and for different dtypes.
    Torch: torch.nn.functional.grid_sample.

    >>> import jaxfun as jf
    >>> image, places = jf.tensor([[[[1.0, 2.0, 4.0]]]]), jf.tensor([[[[0.0, 0.0], [1.0, 0.0]]]])
    >>> jf.nn.functional.grid_sample(image, places, align_corners=True)
    Array([[[[2., 4.]]]], dtype=float32)
    """
    if mode not in _MODES or padding_mode not in _PADDED:
        expected = f"`mode` to be one of {', '.join(_MODES)}, and `padding_mode` one of {', '.join(_PADDED)}"
        raise ArgumentValueError(expected, f"{mode!r} and {padding_mode!r}")
    _want_places(input, grid, mode)
    shape = (*input.shape[:2], *grid.shape[1:-1])
    if 0 in shape:
        return jnp.zeros(shape, input.dtype)
    if as_dtype(input.dtype) in NOT_FLOATS:
        raise UnsupportedDTypeError("a floating point tensor", describe(input))
    want_one_dtype(input, grid)
    places = jnp.moveaxis(widened(grid), -1, 0)[::-1]  # z, y, x: the order of the dimensions
    corners = bool(align_corners)
    placed = [_in_elements(place, size, corners) for place, size in zip(places, input.shape[2:], strict=True)]
    return _READ[mode](widened(input), placed, padding_mode, corners).astype(input.dtype)


def _want_places(input: jax.Array, grid: jax.Array, mode: str) -> None:
    if not input.ndim or not grid.ndim:
        raise IndexRangeError("tensors of at least 1 dimension", describe((input, grid)))
    count = input.ndim - 2
    fits = input.ndim == grid.ndim and input.ndim > 3 and input.ndim < 6
    fits = fits and grid.shape[-1] == count and input.shape[0] == grid.shape[0] and 0 not in input.shape[2:]
    want(fits, "(n, c, h, w) and (n, *, 2), or (n, c, d, h, w) and (n, *, 3)", input, grid)
    if mode == "bicubic" and count != 2:
        raise ShapeError("a 4-D input with mode='bicubic'", describe(input))


def _in_elements(place: jax.Array, size: int, align_corners: bool) -> jax.Array:
    """Convert a normalised coordinate, from -1 to 1, to an element coordinate."""
    return (place + 1) / 2 * (size - 1) if align_corners else ((place + 1) * size - 1) / 2


def _as_it_is(place: jax.Array, size: int, align_corners: bool) -> jax.Array:
    return place


def _at_border(place: jax.Array, size: int, align_corners: bool) -> jax.Array:
    # NaN becomes 0; the gradient is 0 at the border and beyond
    kept = jax.lax.stop_gradient(jnp.where(place > 0, jnp.minimum(place, size - 1), 0))
    return jnp.where((place > 0) & (place < size - 1), place, kept)


def _reflected(place: jax.Array, size: int, align_corners: bool) -> jax.Array:
    least = 0.0 if align_corners else -0.5
    span = size - 1 if align_corners else size
    if not span:
        return jnp.zeros_like(place)
    distance = jnp.where(place < least, least - place, place - least)
    turns = jax.lax.stop_gradient(jnp.floor(distance / span))
    rest = distance - turns * span
    return _at_border(jnp.where(turns % 2 == 0, rest + least, span - rest + least), size, align_corners)


_PADDED: Mapping[str, Callable[..., jax.Array]] = {"zeros": _as_it_is, "border": _at_border, "reflection": _reflected}


def _read(input: jax.Array, places: tuple[jax.Array, ...]) -> jax.Array:
    """Return the elements at integer coordinates, 0 outside of the image."""
    sizes = input.shape[2:]
    inside = functools.reduce(
        jnp.logical_and, ((place >= 0) & (place < size) for place, size in zip(places, sizes, strict=True))
    )
    flat = jnp.zeros(inside.shape, jnp.int32)
    for place, size in zip(places, sizes, strict=True):
        flat = flat * size + jnp.where(inside, place, 0).astype(jnp.int32)
    taken = jax.vmap(lambda image, index: image[:, index])(input.reshape(*input.shape[:2], math.prod(sizes)), flat)
    return jnp.where(inside[:, None], taken, 0)


def _nearest(input: jax.Array, places: list[jax.Array], padding: str, align_corners: bool) -> jax.Array:
    padded = _padded(input, places, padding, align_corners)
    return _read(input, tuple(jnp.round(jax.lax.stop_gradient(place)) for place in padded))


def _padded(input: jax.Array, places: list[jax.Array], padding: str, align_corners: bool) -> list[jax.Array]:
    sizes = input.shape[2:]
    return [_PADDED[padding](place, size, align_corners) for place, size in zip(places, sizes, strict=True)]


def _bilinear(input: jax.Array, places: list[jax.Array], padding: str, align_corners: bool) -> jax.Array:
    padded = _padded(input, places, padding, align_corners)
    below = [jax.lax.stop_gradient(jnp.floor(place)) for place in padded]
    sides = [
        ((start, 1 - (place - start)), (start + 1, place - start)) for place, start in zip(padded, below, strict=True)
    ]
    return _weighted(input, sides)


def _bicubic(input: jax.Array, places: list[jax.Array], padding: str, align_corners: bool) -> jax.Array:
    sides = []
    for place, size in zip(places, input.shape[2:], strict=True):
        start = jax.lax.stop_gradient(jnp.floor(place))
        taps = [_PADDED[padding](start + tap, size, align_corners) for tap in (-1, 0, 1, 2)]
        sides.append(tuple(zip(taps, cubic_weights(place - start, jnp), strict=True)))
    return _weighted(input, sides)


def _weighted(input: jax.Array, sides: list[Any]) -> jax.Array:
    """Return the weighted sum over all corners. A corner has a coordinate and a weight for each dimension."""
    total: Any = 0
    for corner in itertools.product(*sides):
        weight = functools.reduce(operator.mul, (each for _, each in corner))
        total = total + _read(input, tuple(place for place, _ in corner)) * weight[:, None]
    return total


_READ: Mapping[str, Callable[..., jax.Array]] = {"nearest": _nearest, "bilinear": _bilinear, "bicubic": _bicubic}
