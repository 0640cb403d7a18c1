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
from ...core.sizes import any_below, is_open, larger
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
    if any_below(1, sizes):
        raise ArgumentValueError("positive sizes", describe(size))
    want(theta.shape[0] == sizes[0], f"({sizes[0]}, {count}, {count + 1})", theta)
    if 1 in sizes[2:] and as_dtype(theta.dtype) in HALVES:
        raise UnsupportedDTypeError("a tensor of float32 or float64 if a spatial size is 1", describe(theta))
    wide = widened(theta)
    each = (slice(None), *(None,) * count)  # one coefficient for each batch element, broadcast over the grid
    total: Any = wide[(*each, slice(None), count)]
    for axis, length in enumerate(sizes[:1:-1]):  # x is the last dimension
        coordinates = _normalized_coordinates(length, bool(align_corners), wide.dtype).reshape(-1, *(1,) * (axis + 1))
        total = total + coordinates * wide[(*each, slice(None), axis)]
    return jnp.broadcast_to(total, (*sizes[:1], *sizes[2:], count)).astype(theta.dtype)


def _normalized_coordinates(length: int, align_corners: bool, dtype: Any) -> jax.Array:
    """Return the normalised coordinates, from -1 to 1, of the elements along a dimension."""
    coordinates: Any
    if is_open(length):
        coordinates = jnp.where(jnp.asarray(length) == 1, 0, jnp.arange(length) * 2 / larger(length - 1, 1) - 1)
    else:
        coordinates = np.linspace(-1, 1, length) if length > 1 else np.zeros(1)
    return jnp.asarray(coordinates if align_corners else coordinates * (length - 1) / length, dtype)


_MODES = ("bilinear", "nearest", "bicubic")


def _grid(names: str) -> Shape:
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
        ("b c 3 4", _grid("b h w 2"), "bilinear", "zeros", None),
        ("b c 3 4", _grid("b h w 2"), "bilinear", "zeros", True),
        ("b c 4 3", _grid("b h w 2"), "bilinear", "border", False),
        ("b c 4 3", _grid("b h w 2"), "bilinear", "reflection", False),
        ("b c 4 3", _grid("b h w 2"), "bilinear", "reflection", True),
        ("b c 4 3", _grid("b h w 2"), "nearest", "zeros", False),
        ("b c 4 3", _grid("b h w 2"), "nearest", "border", True),
        ("b c 4 3", _grid("b h w 2"), "nearest", "reflection", False),
        ("b c 4 3", _grid("b h w 2"), "bicubic", "zeros", False),
        ("b c 4 3", _grid("b h w 2"), "bicubic", "border", True),
        ("b c 4 3", _grid("b h w 2"), "bicubic", "reflection", False),
        ("b 1 1 1", _grid("b h w 2"), "bilinear", "reflection", True),
        ("b c 2 3 4", _grid("b d h w 3"), "bilinear", "zeros", False),
        ("b c 2 3 4", _grid("b d h w 3"), "bilinear", "reflection", False),
        ("b c 2 3 4", _grid("b d h w 3"), "nearest", "border", False),
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
    >>> image, grid = jf.tensor([[[[1.0, 2.0, 4.0]]]]), jf.tensor([[[[0.0, 0.0], [1.0, 0.0]]]])
    >>> jf.nn.functional.grid_sample(image, grid, align_corners=True)
    Array([[[[2., 4.]]]], dtype=float32)
    """
    if mode not in _MODES or padding_mode not in _PADDINGS:
        expected = f"`mode` to be one of {', '.join(_MODES)}, and `padding_mode` one of {', '.join(_PADDINGS)}"
        raise ArgumentValueError(expected, f"{mode!r} and {padding_mode!r}")
    _want_grid(input, grid, mode)
    shape = (*input.shape[:2], *grid.shape[1:-1])
    if 0 in shape:
        return jnp.zeros(shape, input.dtype)
    if as_dtype(input.dtype) in NOT_FLOATS:
        raise UnsupportedDTypeError("a floating point tensor", describe(input))
    want_one_dtype(input, grid)
    normalized = jnp.moveaxis(widened(grid), -1, 0)[::-1]  # z, y, x: the order of the dimensions
    corners = bool(align_corners)
    coordinates = [
        _unnormalized(coordinate, size, corners) for coordinate, size in zip(normalized, input.shape[2:], strict=True)
    ]
    return _SAMPLERS[mode](widened(input), coordinates, padding_mode, corners).astype(input.dtype)


def _want_grid(input: jax.Array, grid: jax.Array, mode: str) -> None:
    if not input.ndim or not grid.ndim:
        raise IndexRangeError("tensors of at least 1 dimension", describe((input, grid)))
    count = input.ndim - 2
    fits = input.ndim == grid.ndim and input.ndim > 3 and input.ndim < 6
    fits = fits and grid.shape[-1] == count and input.shape[0] == grid.shape[0] and 0 not in input.shape[2:]
    want(fits, "(n, c, h, w) and (n, *, 2), or (n, c, d, h, w) and (n, *, 3)", input, grid)
    if mode == "bicubic" and count != 2:
        raise ShapeError("a 4-D input with mode='bicubic'", describe(input))


def _unnormalized(coordinate: jax.Array, size: int, align_corners: bool) -> jax.Array:
    """Convert a normalised coordinate, from -1 to 1, to an element coordinate."""
    return (coordinate + 1) / 2 * (size - 1) if align_corners else ((coordinate + 1) * size - 1) / 2


def _unchanged(coordinate: jax.Array, size: int, align_corners: bool) -> jax.Array:
    return coordinate


def _clipped(coordinate: jax.Array, size: int, align_corners: bool) -> jax.Array:
    # NaN becomes 0; the gradient is 0 at the border and beyond
    kept = jax.lax.stop_gradient(jnp.where(coordinate > 0, jnp.minimum(coordinate, size - 1), 0))
    return jnp.where((coordinate > 0) & (coordinate < size - 1), coordinate, kept)


def _reflected(coordinate: jax.Array, size: int, align_corners: bool) -> jax.Array:
    least = 0.0 if align_corners else -0.5
    span = size - 1 if align_corners else size
    if not span:
        return jnp.zeros_like(coordinate)
    distance = jnp.where(coordinate < least, least - coordinate, coordinate - least)
    reflections = jax.lax.stop_gradient(jnp.floor(distance / span))
    rest = distance - reflections * span
    return _clipped(jnp.where(reflections % 2 == 0, rest + least, span - rest + least), size, align_corners)


_PADDINGS: Mapping[str, Callable[..., jax.Array]] = {"zeros": _unchanged, "border": _clipped, "reflection": _reflected}


def _gathered(input: jax.Array, coordinates: tuple[jax.Array, ...]) -> jax.Array:
    """Return the elements at integer coordinates, 0 outside of the image."""
    sizes = input.shape[2:]
    inside = functools.reduce(
        jnp.logical_and,
        ((coordinate >= 0) & (coordinate < size) for coordinate, size in zip(coordinates, sizes, strict=True)),
    )
    flat = jnp.zeros(inside.shape, jnp.int32)
    for coordinate, size in zip(coordinates, sizes, strict=True):
        flat = flat * size + jnp.where(inside, coordinate, 0).astype(jnp.int32)
    elements = jax.vmap(lambda image, index: image[:, index])(input.reshape(*input.shape[:2], math.prod(sizes)), flat)
    return jnp.where(inside[:, None], elements, 0)


def _nearest(input: jax.Array, coordinates: list[jax.Array], padding: str, align_corners: bool) -> jax.Array:
    padded = _padded_coordinates(input, coordinates, padding, align_corners)
    return _gathered(input, tuple(jnp.round(jax.lax.stop_gradient(coordinate)) for coordinate in padded))


def _padded_coordinates(
    input: jax.Array, coordinates: list[jax.Array], padding: str, align_corners: bool
) -> list[jax.Array]:
    sizes = input.shape[2:]
    return [
        _PADDINGS[padding](coordinate, size, align_corners) for coordinate, size in zip(coordinates, sizes, strict=True)
    ]


def _bilinear(input: jax.Array, coordinates: list[jax.Array], padding: str, align_corners: bool) -> jax.Array:
    padded = _padded_coordinates(input, coordinates, padding, align_corners)
    starts = [jax.lax.stop_gradient(jnp.floor(coordinate)) for coordinate in padded]
    sides = [
        ((start, 1 - (coordinate - start)), (start + 1, coordinate - start))
        for coordinate, start in zip(padded, starts, strict=True)
    ]
    return _weighted_sum(input, sides)


def _bicubic(input: jax.Array, coordinates: list[jax.Array], padding: str, align_corners: bool) -> jax.Array:
    sides = []
    for coordinate, size in zip(coordinates, input.shape[2:], strict=True):
        start = jax.lax.stop_gradient(jnp.floor(coordinate))
        taps = [_PADDINGS[padding](start + tap, size, align_corners) for tap in (-1, 0, 1, 2)]
        sides.append(tuple(zip(taps, cubic_weights(coordinate - start, jnp), strict=True)))
    return _weighted_sum(input, sides)


def _weighted_sum(input: jax.Array, sides: list[Any]) -> jax.Array:
    """Return the weighted sum over all corners. A corner has a coordinate and a weight for each dimension."""
    total: Any = 0
    for corner in itertools.product(*sides):
        weight = functools.reduce(operator.mul, (each for _, each in corner))
        total = total + _gathered(input, tuple(coordinate for coordinate, _ in corner)) * weight[:, None]
    return total


_SAMPLERS: Mapping[str, Callable[..., jax.Array]] = {"nearest": _nearest, "bilinear": _bilinear, "bicubic": _bicubic}
