"""unfold and fold: extract sliding windows of images as columns, and sum columns into images."""

from typing import Any

import jax
import jax.numpy as jnp

from ...core.errors import PositionError, ShapeError, describe
from ...core.op import op
from ...core.record import INTEGERS, Array, rows
from ...core.sizes import any_below
from ._windows import Ints, PerDim, columns, extents, one_or_each, padded, want_at_least, window_counts


def _options(kernel_size: Any, dilation: Any, padding: Any, stride: Any) -> tuple[Ints, Ints, Ints, Ints]:
    named = {"kernel_size": kernel_size, "dilation": dilation, "stride": stride}
    kernel, spacing, step = (one_or_each(value, 2, name) for name, value in named.items())
    pad = one_or_each(padding, 2, "padding")
    want_at_least(1, kernel_size=kernel, dilation=spacing, stride=step)
    want_at_least(0, padding=pad)
    return kernel, spacing, pad, step


def _windows(sizes: Ints, kernel: Ints, spacing: Ints, pad: Ints, step: Ints) -> Ints:
    windows = window_counts(sizes, extents(kernel, spacing), step, [(size, size) for size in pad])
    if any_below(1, windows):
        raise ShapeError("an image at least as large as the window", f"{sizes} for a window of {kernel}")
    return windows


def _unfolded(image: jax.Array, kernel: Ints, spacing: Ints, pad: Ints, step: Ints) -> jax.Array:
    parts = columns(padded(image, [(size, size) for size in pad]), kernel, step, spacing)
    n, c, height, width, *windows = parts.shape
    return parts.reshape(n, c * height * width, windows[0] * windows[1])


@op(
    kind=None,
    torch="torch.nn.functional.unfold",
    aten="im2col",
    rejects=INTEGERS,
    cases=rows(
        "input kernel_size dilation padding stride",
        ("b c 3 4", 2, 1, 0, 1),
        ("c 4 5", (3, 2), (1, 2), (1, 0), (2, 1)),
        ("1 2 4 4", (2, 2), 1, 0, (2, 2)),
    ),
)
def unfold(
    input: Array, kernel_size: PerDim, dilation: PerDim = 1, padding: PerDim = 0, stride: PerDim = 1
) -> jax.Array:
    """Extract sliding windows from images as columns. Shapes: (n, c, h, w) -> (n, c * kh * kw, windows), or without n.

    Raises: RuntimeError if no window fits, and for empty images.
    Torch: torch.nn.functional.unfold.

    >>> import jaxfun as jf
    >>> jf.nn.functional.unfold(jf.tensor([[[1.0, 2.0, 3.0]]]), (1, 2))
    Array([[1., 2.],
           [2., 3.]], dtype=float32)
    """
    options = _options(kernel_size, dilation, padding, stride)
    if input.ndim not in (3, 4) or 0 in input.shape[-3:]:
        raise PositionError("non-empty images of shape (n, c, h, w) or (c, h, w)", describe(input))
    _windows(input.shape[-2:], *options)
    result = _unfolded(input.reshape(-1, *input.shape[-3:]), *options)
    return result if input.ndim == 4 else result[0]


@op(
    kind=None,
    torch="torch.nn.functional.fold",
    aten="col2im",
    rejects=INTEGERS,
    cases=rows(
        "input output_size kernel_size dilation padding stride",
        ("b 8 6", (3, 4), 2, 1, 0, 1),
        ("6 6", (4, 5), (3, 2), (1, 2), (1, 0), (2, 1)),
        ("1 4 4", 4, (2, 2), 1, 0, (2, 2)),
    ),
)
def fold(
    input: Array,
    output_size: PerDim,
    kernel_size: PerDim,
    dilation: PerDim = 1,
    padding: PerDim = 0,
    stride: PerDim = 1,
) -> jax.Array:
    """Combine columns of sliding windows into images; overlapping elements are summed.

    It is the transpose of `unfold`.
    Shapes: (n, c * kh * kw, windows) -> (n, c, h, w), or without n.
    Raises: RuntimeError if the number of rows or columns does not match the windows of `output_size`.
    Torch: torch.nn.functional.fold.

    >>> import jaxfun as jf
    >>> jf.nn.functional.fold(jf.tensor([[1.0, 2.0], [2.0, 3.0]]), (1, 3), (1, 2))
    Array([[[1., 4., 3.]]], dtype=float32)
    """
    sizes = one_or_each(output_size, 2, "output_size")
    want_at_least(1, output_size=sizes)
    options = kernel, *_ = _options(kernel_size, dilation, padding, stride)
    batch = input if input.ndim == 3 else input[None]
    windows, taps = _windows(sizes, *options), kernel[0] * kernel[1]
    if batch.ndim != 3 or 0 in batch.shape[1:] or batch.shape[1] % taps or batch.shape[2] != windows[0] * windows[1]:
        raise ShapeError(f"columns of shape (n, c * {taps}, {windows[0] * windows[1]}), or without n", describe(input))
    source = jax.ShapeDtypeStruct((batch.shape[0], batch.shape[1] // taps, *sizes), _as_summable(batch).dtype)
    (result,) = jax.linear_transpose(lambda image: _unfolded(image, *options), source)(_as_summable(batch))
    result = result.astype(input.dtype)
    return result if input.ndim == 3 else result[0]


def _as_summable(columns: jax.Array) -> jax.Array:
    # the sum of bools is their logical or: sum in float32, and cast back to bool
    return columns.astype(jnp.float32) if columns.dtype == bool else columns
