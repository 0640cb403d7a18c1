"""Upsampling and downsampling: `interpolate`, with an op for each interpolation mode."""

import functools
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import jax
import numpy as np

from ...core.dims import is_integer
from ...core.dtypes import DType, as_dtype, uint8, widened
from ...core.errors import (
    ArgumentTypeError,
    ArgumentValueError,
    ShapeError,
    UnsupportedArgumentError,
    UnsupportedDTypeError,
    describe,
)
from ...core.op import op
from ...core.public import public
from ...core.record import HALVES, NOT_FLOATS, Array, Row, rows
from ...core.sizes import any_below, is_open
from . import _resample
from ._resample import Axis, Taps, resample_along, resample_bytes_along

_BYTES = frozenset({uint8})
_RANKS = {"linear": (3,), "bilinear": (4,), "trilinear": (5,), "bicubic": (4,), "lanczos": (4,)}  # others: all
_WITHOUT_CORNERS = ("nearest", "nearest-exact", "area")


@dataclass(frozen=True)
class _Factors:
    """Scale factors. An op takes no tuple of floats, because the cache treats (2,) and (2.0,) as equal."""

    values: tuple[float, ...]


@public(name="nn.functional.interpolate")
def interpolate(
    input: Any,
    size: int | Sequence[int] | None = None,
    scale_factor: float | Sequence[float] | None = None,
    mode: str = "nearest",
    align_corners: bool | None = None,
    recompute_scale_factor: bool | None = None,
    antialias: bool = False,
) -> jax.Array:
    """Downsample or upsample the spatial dimensions of a tensor to `size`, or by `scale_factor`.

    `mode` is "nearest", "nearest-exact", "area" (adaptive average pooling), "linear" (3-D input), "bilinear" (4-D),
    "trilinear" (5-D), "bicubic" (4-D) or "lanczos" (4-D, with `antialias`). `align_corners` aligns the centres of the
    corner elements of input and output, instead of their outer edges. `recompute_scale_factor` computes the coordinates
    from the output size, instead of `scale_factor`. `antialias` widens the filter when downsampling.
    Shapes: (n, c, *sizes) -> (n, c, *size).
    Dtypes: 16-bit floats are computed in float32; uint8 is rounded after each dimension, like in torch.
    Raises: ValueError, RuntimeError or NotImplementedError for an invalid combination of arguments.
    Torch: torch.nn.functional.interpolate.

    >>> import jaxfun as jf
    >>> jf.nn.functional.interpolate(jf.tensor([[[1.0, 3.0]]]), size=4, mode="linear")
    Array([[[1. , 1.5, 2.5, 3. ]]], dtype=float32)
    """
    chosen = _antialiased if antialias else _BY_MODE.get(mode, _nearest)
    factors = _as_factors(scale_factor)
    return chosen(input, size, factors, mode, align_corners, recompute_scale_factor, antialias)


def _as_factors(value: Any) -> Any:
    if not isinstance(value, (tuple, list)):
        return value
    if not all(isinstance(item, (int, float)) for item in value):
        raise ArgumentTypeError("`scale_factor` to be a number or numbers", describe(value))
    return _Factors(tuple(map(float, value)))


def _interpolated(
    taps_of: Callable[..., Taps],
    input: jax.Array,
    size: Any,
    scale_factor: Any,
    mode: str,
    align_corners: bool | None,
    recompute_scale_factor: bool | None,
    antialias: bool,
) -> jax.Array:
    if mode in _WITHOUT_CORNERS and align_corners is not None:
        raise ArgumentValueError(f"no `align_corners` with mode={mode!r}", describe(align_corners))
    count = input.ndim - 2
    if recompute_scale_factor and size is not None:
        raise ArgumentValueError("no `recompute_scale_factor` with a `size`", describe(size))
    sizes, factors = _sizes_and_factors(input, size, scale_factor, max(count, 0))
    if recompute_scale_factor or mode == "area":
        factors = (None,) * count
    _want_mode(input, mode, bool(align_corners), antialias)
    _want_sizes(input, sizes, mode)
    _want_dtype(input, mode, antialias)
    # torch computes coordinates and weights in float32, but in float64 for float64 and interpolated uint8
    is_wide = input.dtype == np.float64 or (input.dtype == np.uint8 and mode not in _WITHOUT_CORNERS)
    dtype = np.float64 if is_wide else np.float32
    axes = [Axis(*each, bool(align_corners), dtype) for each in zip(input.shape[2:], sizes, factors, strict=True)]
    result = widened(input)
    for axis in reversed(range(count)):
        if antialias and axes[axis].old == axes[axis].new:
            continue
        taps = taps_of(axes[axis])
        is_rounded = input.dtype == np.uint8 and taps.weights is not None
        if not (is_rounded and axes[axis].old == axes[axis].new):
            result = (resample_bytes_along if is_rounded else resample_along)(result, taps, axis + 2)
    return result.astype(input.dtype)


def _sizes_and_factors(input: jax.Array, size: Any, scale_factor: Any, count: int) -> tuple[Any, Any]:
    """Return the output size of each spatial dimension, and its scale factor if given."""
    if (size is None) == (scale_factor is None):
        raise ArgumentValueError("either `size` or `scale_factor`", f"{describe(size)} and {describe(scale_factor)}")
    if size is not None:
        sizes = size if isinstance(size, tuple) else (size,) * count
        _want_count(input, sizes, count, "size")
        if not all(map(is_integer, sizes)):
            raise ArgumentTypeError("`size` to be an integer or integers", describe(size))
        return sizes, (None,) * count
    is_one = not isinstance(scale_factor, _Factors)
    if is_one and (not isinstance(scale_factor, (int, float)) or isinstance(scale_factor, bool)):
        raise ArgumentTypeError("`scale_factor` to be a number or numbers", describe(scale_factor))
    factors = (float(scale_factor),) * count if is_one else scale_factor.values
    _want_count(input, factors, count, "scale_factor")
    return tuple(map(_scaled_size, input.shape[2:], factors)), factors


_MOST_PARTS = 1024  # of a size, so that a product with it does not overflow


def _scaled_size(size: Any, factor: float) -> Any:
    if not is_open(size):
        return math.floor(size * factor)
    times, parts = factor.as_integer_ratio()
    if parts > _MOST_PARTS:
        raise UnsupportedArgumentError(
            "a factor such as 2 or 0.25, for a size that jax.export leaves open", str(factor)
        )
    return size * times // parts


def _want_count(input: jax.Array, given: tuple[Any, ...], count: int, name: str) -> None:
    if len(given) != count:
        raise ArgumentValueError(f"a `{name}` for each of the {count} dimensions of {describe(input)}", describe(given))


def _want_mode(input: jax.Array, mode: str, align_corners: bool, antialias: bool) -> None:
    if antialias and not (mode in ("bilinear", "bicubic", "lanczos") and input.ndim == 4):
        got = f"mode={mode!r} and {describe(input)}"
        raise ArgumentValueError("mode='bilinear', 'bicubic' or 'lanczos' and a 4-D input with `antialias`", got)
    known = mode in _WITHOUT_CORNERS or mode in _RANKS
    if not known or input.ndim not in _RANKS.get(mode, (3, 4, 5)):
        raise UnsupportedArgumentError(
            f"a `mode` that supports {input.ndim}-D inputs", f"{mode!r} and {describe(input)}"
        )
    if mode == "lanczos" and (align_corners or not antialias):
        raise ArgumentValueError(
            "antialias=True and no `align_corners` with mode='lanczos'", f"{antialias} and {align_corners}"
        )


def _want_sizes(input: jax.Array, sizes: tuple[int, ...], mode: str) -> None:
    is_area = mode == "area"
    if 0 in input.shape[2:] or any_below(0 if is_area else 1, sizes):
        raise ShapeError("positive sizes", f"{describe(input)} and {sizes}")
    if not input.shape[1] and not (is_area and input.ndim < 5):
        raise ShapeError("a tensor with at least one channel", describe(input))


def _want_dtype(input: jax.Array, mode: str, antialias: bool) -> None:
    if mode == "area" and input.ndim < 5 and not input.size:
        return
    dtype = as_dtype(input.dtype)
    takes_bytes = mode not in ("area", "linear", "trilinear")
    if not (dtype.is_floating_point or (dtype == uint8 and takes_bytes)) or (antialias and dtype in HALVES):
        raise UnsupportedDTypeError("a floating point tensor", describe(input))


def _any_dtype_if_empty(arguments: Mapping[str, Any]) -> frozenset[DType]:
    input = arguments["input"]
    return NOT_FLOATS if input.ndim < 5 and not input.size else frozenset()


def _op_of_mode(
    overloads: tuple[str, ...],
    taps_of: Callable[..., Taps],
    cases: tuple[Row, ...],
    exceptions: Any = frozenset(),
    takes_here: Any = None,
) -> Any:
    """Return the op of one interpolation mode. `exceptions`: integers that it accepts, or floats that it rejects."""

    @op(
        kind=None,
        torch="torch.nn.functional.interpolate",
        aten=overloads[0],
        overload=tuple(name if "." in name else "" for name in overloads),
        rejects=NOT_FLOATS ^ exceptions,
        takes_here=takes_here,
        cases=cases,
    )
    def resampled(
        input: Array,
        size: Any = None,
        scale_factor: Any = None,
        mode: str = "nearest",
        align_corners: bool | None = None,
        recompute_scale_factor: bool | None = None,
        antialias: bool = False,
    ) -> jax.Array:
        chosen = functools.partial(taps_of, mode=mode) if antialias else taps_of
        return _interpolated(chosen, input, size, scale_factor, mode, align_corners, recompute_scale_factor, antialias)

    return resampled


_NAMES = "input size scale_factor mode align_corners recompute_scale_factor antialias"


def _cases_of(mode: str) -> tuple[Row, ...]:
    """Return the cases of a mode that accepts 1 to 3 spatial dimensions."""
    return rows(
        _NAMES,
        ("b c 3 4", (7, 4), None, mode, None, None, False),
        ("b c 3", 5, None, mode, None, None, False),
        ("b c 4", None, 2.0, mode, None, None, False),
        ("b c 5", None, 0.7, mode, None, None, False),
        ("b c 4 3", None, (0.6, 1.7), mode, None, True, False),
        ("b c 2 3 2", (3, 2, 5), None, mode, None, None, False),
    )


_nearest = _op_of_mode(
    tuple(f"upsample_nearest{count}d.vec" for count in (1, 2, 3)), _resample.nearest, _cases_of("nearest"), _BYTES
)
_nearest_exact = _op_of_mode(
    tuple(f"_upsample_nearest_exact{count}d.vec" for count in (1, 2, 3)),
    _resample.nearest_exact,
    _cases_of("nearest-exact"),
    _BYTES,
)
_linear = _op_of_mode(
    ("upsample_bilinear2d.vec",),
    _resample.linear,
    rows(
        _NAMES,
        ("b c 3 4", (5, 2), None, "bilinear", None, None, False),
        ("b c 3 4", (7, 4), None, "bilinear", True, None, False),
        ("b c 3 4", None, 2.0, "bilinear", None, None, False),
        ("b c 4 3", None, (0.6, 1.7), "bilinear", False, None, False),
        ("b c 4 3", None, 1.4, "bilinear", None, True, False),
        ("b c 2 1", (1, 3), None, "bilinear", True, None, False),
    ),
    _BYTES,
)
_linear_1d_and_3d = _op_of_mode(
    ("upsample_linear1d.vec", "upsample_trilinear3d.vec"),
    _resample.linear,
    rows(
        _NAMES,
        ("b c 3", 5, None, "linear", None, None, False),
        ("b c 4", None, 0.6, "linear", False, None, False),
        ("b c 4", 7, None, "linear", True, None, False),
        ("b c 2 3 2", (3, 2, 5), None, "trilinear", None, None, False),
        ("b c 2 3 2", None, (2.0, 1.5, 0.5), "trilinear", True, None, False),
    ),
)
_bicubic = _op_of_mode(
    ("upsample_bicubic2d.vec",),
    _resample.cubic,
    rows(
        _NAMES,
        ("b c 3 4", (5, 2), None, "bicubic", None, None, False),
        ("b c 3 4", (7, 3), None, "bicubic", True, None, False),
        ("b c 5 4", (10, 12), None, "bicubic", None, None, False),
        ("b c 4 3", None, (0.6, 1.7), "bicubic", False, None, False),
    ),
    _BYTES,
)
_area = _op_of_mode(("__interpolate",), _resample.area, _cases_of("area"), takes_here=_any_dtype_if_empty)
_antialiased = _op_of_mode(
    tuple(f"_upsample_{name}2d_aa.vec" for name in ("bilinear", "bicubic", "lanczos")),
    _resample.antialiased,
    rows(
        _NAMES,
        ("b c 5 4", (2, 6), None, "bilinear", None, None, True),
        ("b c 4 5", (4, 2), None, "bilinear", True, None, True),
        ("b c 5 7", (2, 3), None, "bicubic", None, None, True),
        ("b c 5 4", None, (0.5, 1.3), "bicubic", False, None, True),
        ("b c 7 5", (3, 7), None, "lanczos", None, None, True),
    ),
    _BYTES | HALVES,
)
_BY_MODE: Mapping[str, Any] = {
    "nearest": _nearest,
    "nearest-exact": _nearest_exact,
    "linear": _linear_1d_and_3d,
    "bilinear": _linear,
    "trilinear": _linear_1d_and_3d,
    "bicubic": _bicubic,
    "area": _area,
}
