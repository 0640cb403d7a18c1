"""The short-time Fourier transform and its inverse: `stft` and `istft`."""

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from ...core.dtypes import Category, as_dtype, bfloat16, float16
from ...core.errors import PositionError, ShapeError, UnsupportedArgumentError, UnsupportedDTypeError, describe
from ...core.numbers import is_traced
from ...core.op import op
from ...core.record import BOOLS, FLOATS, INTEGERS, Array, Integer, OptionalInteger, rows
from ..nn.pad import pad
from ..pointwise.arithmetic import mul
from ..pointwise.division import div
from ..shape.windows import unfold

_LEAST = 1e-11  # the inverse is not defined where the windows sum up to less


@op(
    kind=None,
    overload="center",
    composite=True,
    rejects=BOOLS | INTEGERS | {float16, bfloat16},
    cases=rows(
        "input n_fft hop_length win_length window center pad_mode normalized onesided return_complex align_to_window",
        ("2 12", 4, None, None, "4", True, "reflect", False, None, True, None),
        ("9", 5, 2, 3, "3", True, "constant", True, None, True, None),
        ("2 9", 4, 3, None, None, False, "reflect", False, False, True, None),
        ("1 9", 4, 2, 3, None, True, "circular", False, False, False, None),
        ("9", 5, 2, 2, "2", False, "replicate", False, False, True, True),
    ),
)
def stft(
    input: Array,
    n_fft: Integer,
    hop_length: OptionalInteger = None,
    win_length: OptionalInteger = None,
    window: Array = None,
    center: bool = True,
    pad_mode: str = "reflect",
    normalized: bool = False,
    onesided: bool | None = None,
    return_complex: bool | None = None,
    align_to_window: bool | None = None,
) -> jax.Array:
    """Compute the short-time Fourier transform: the transforms of overlapping frames of `n_fft` elements.

    `hop_length` is the distance of two frames, `n_fft // 4` by default. `window` has `win_length` elements (`n_fft` by
    default) and is padded with zeros on both sides; by default it is 1. With `center`, the input is padded so that
    frame t is centred at `t * hop_length`. `normalized` divides by the root of `n_fft`. `onesided` returns only the
    frequencies that are not negative; it is the default for real inputs.
    Shapes: (t) or (b, t) -> (*, frequencies, frames); with `return_complex=False` a last dimension of size 2.
    Raises: RuntimeError for other shapes and sizes, for integers and 16-bit floats, and for a real input without
    `return_complex`.
    Torch: torch.stft.

    >>> import jaxfun as jf
    >>> jf.stft(jf.ones(8), 4, center=False, return_complex=True).shape
    (3, 5)
    """
    if center and align_to_window is not None:
        raise ShapeError("`align_to_window` only with center=False", str(align_to_window))
    if as_dtype(input.dtype).category <= Category.INTEGER:
        raise UnsupportedDTypeError("a floating point or complex tensor", describe(input))
    is_complex = jnp.iscomplexobj(input) or (window is not None and jnp.iscomplexobj(window))
    if return_complex is None and not is_complex:
        raise ShapeError("`return_complex` for a real input", "None", "Pass return_complex=True.")
    if onesided and is_complex:
        raise ShapeError("onesided=False for a complex input or window", "True")
    padded = _centred(input, n_fft // 2, pad_mode) if center else input
    hop, size = _defaults(n_fft, hop_length, win_length)
    _want_sizes(padded, n_fft, hop, size, window)
    if align_to_window:
        padded = jnp.pad(padded, [(0, 0)] * (padded.ndim - 1) + [_margins(n_fft, size)])
    frames = unfold(padded, -1, n_fft, hop)
    taken = _window(window, size, n_fft, frames)
    frames = frames if taken is None else mul(frames, taken)
    transform: Callable[..., jax.Array] = jnp.fft.fft if is_complex or onesided is False else jnp.fft.rfft
    result = jnp.swapaxes(transform(frames, norm="ortho" if normalized else "backward"), -1, -2)
    return result if return_complex or return_complex is None else jnp.stack([result.real, result.imag], -1)


def _centred(input: jax.Array, margin: int, mode: str) -> jax.Array:
    if input.ndim not in (1, 2):
        raise UnsupportedArgumentError("a tensor of 1 or 2 dimensions", describe(input))
    padded = pad(input.reshape((1,) * (3 - input.ndim) + input.shape), (margin, margin), mode)
    return padded.reshape(padded.shape[3 - input.ndim :])


def _want_sizes(input: jax.Array, n_fft: int, hop: int, size: int, window: jax.Array | None) -> None:
    if input.ndim not in (1, 2):
        raise ShapeError("a tensor of 1 or 2 dimensions", describe(input))
    if not 0 < n_fft <= input.shape[-1]:
        raise ShapeError(f"`n_fft` from 1 to the length {input.shape[-1]}", str(n_fft))
    if hop <= 0:
        raise ShapeError("a positive `hop_length`", str(hop))
    _want_window(n_fft, size, window)
    if not input.size:
        raise ShapeError("a batch that is not empty", describe(input))


def _defaults(n_fft: int, hop_length: int | None, win_length: int | None) -> tuple[int, int]:
    return n_fft // 4 if hop_length is None else hop_length, n_fft if win_length is None else win_length


def _want_window(n_fft: int, size: int, window: jax.Array | None) -> None:
    if not 0 < size <= n_fft:
        raise ShapeError(f"`win_length` from 1 to `n_fft` {n_fft}", str(size))
    if window is not None and window.shape != (size,):
        raise ShapeError(f"a `window` of {size} elements", describe(window))


def _margins(n_fft: int, size: int) -> tuple[int, int]:
    """Return the numbers of zeros on both sides of a window."""
    left = (n_fft - size) // 2
    return left, n_fft - size - left


def _window(window: jax.Array | None, size: int, n_fft: int, like: jax.Array) -> jax.Array | None:
    """Return the window padded to `n_fft`, None for one that is 1 everywhere."""
    if window is None and size == n_fft:
        return None
    return jnp.pad(jnp.ones(size, like.dtype) if window is None else window, _margins(n_fft, size))


def _check_overlap(
    result: jax.Array,
    input: jax.Array,
    n_fft: int,
    hop_length: int | None = None,
    win_length: int | None = None,
    window: Any = None,
    center: bool = True,
    normalized: bool = False,
    onesided: bool | None = None,
    length: int | None = None,
    return_complex: bool = False,
) -> None:
    if is_traced(result) or is_traced(window):
        return
    hop, size = _defaults(n_fft, hop_length, win_length)
    frames = jnp.broadcast_to(jnp.ones((), result.dtype), (input.shape[-1], n_fft))
    envelope = _envelope(_window(window, size, n_fft, frames), frames, hop)
    start, end = _span(n_fft, len(envelope), center, length)
    least = np.abs(np.asarray(envelope[start:end])).min()
    if not least > _LEAST:
        raise ShapeError("windows that overlap everywhere", f"a sum of squares of {least}", "Take a smaller hop.")


@op(
    kind=None,
    composite=True,
    check=_check_overlap,
    rejects=BOOLS | INTEGERS | FLOATS,
    cases=rows(
        "input n_fft hop_length win_length window center normalized onesided length return_complex",
        ("2 3 5", 4, None, None, "4", True, False, None, None, False),
        ("3 4", 5, 2, 3, "3", True, True, None, None, False),
        ("1 4 3", 4, 3, None, None, False, False, None, 14, False),
        ("4 3", 4, 2, None, None, True, True, False, 3, True),
    ),
)
def istft(
    input: Array,
    n_fft: Integer,
    hop_length: OptionalInteger = None,
    win_length: OptionalInteger = None,
    window: Array = None,
    center: bool = True,
    normalized: bool = False,
    onesided: bool | None = None,
    length: OptionalInteger = None,
    return_complex: bool = False,
) -> jax.Array:
    """Compute the inverse short-time Fourier transform: the least squares estimate of the signal.

    The frames are transformed back, multiplied by the window, added where they overlap, and divided by the sum of the
    squared windows. The arguments are those that `stft` was given. `length` is that of the signal; by default it is
    what the frames cover.
    Shapes: (frequencies, frames) or (b, frequencies, frames) -> (t) or (b, t).
    Raises: RuntimeError for other shapes and sizes, for a real input, and where the windows sum up to 0.
    Torch: torch.istft.

    >>> import jaxfun as jf
    >>> x = jf.tensor([1.0, 2.0, 3.0, 4.0])
    >>> print(jf.allclose(jf.istft(jf.stft(x, 4, 2, return_complex=True), 4, 2), x))
    True
    """
    if input.ndim not in (2, 3):
        raise PositionError("a tensor of 2 or 3 dimensions", describe(input))
    if not input.size:
        raise ShapeError("a tensor that is not empty", describe(input))
    hop, size = _defaults(n_fft, hop_length, win_length)
    _want_spectrum(input.shape[-2], n_fft, onesided, return_complex, window)
    if not 0 < hop <= size:
        raise ShapeError(f"`hop_length` from 1 to `win_length` {size}", str(hop))
    _want_window(n_fft, size, window)
    if length is not None and length <= 0:
        raise ShapeError("a positive `length`", str(length))
    spectrum, norm = jnp.swapaxes(input, -1, -2), "ortho" if normalized else "backward"
    if return_complex:
        frames = jnp.fft.ifft(spectrum, norm=norm)
    else:
        frames = jnp.fft.irfft(spectrum[..., : n_fft // 2 + 1], n_fft, norm=norm)
    taken = _window(window, size, n_fft, frames)
    frames = frames if taken is None else mul(frames, taken)
    total = _added(frames, hop)
    start, end = _span(n_fft, total.shape[-1], center, length)
    envelope = _envelope(taken, frames, hop)
    result = div(total[..., start:end], envelope[start:end])
    missing = 0 if length is None else length - result.shape[-1]
    return jnp.pad(result, [(0, 0)] * (result.ndim - 1) + [(0, missing)])


def _want_spectrum(count: int, n_fft: int, onesided: bool | None, return_complex: bool, window: Any) -> None:
    one = count != n_fft if onesided is None else onesided
    if count != (n_fft // 2 + 1 if one else n_fft):
        raise ShapeError(f"{n_fft // 2 + 1 if one else n_fft} frequencies for `n_fft` {n_fft}", str(count))
    if return_complex and one:
        raise ShapeError("onesided=False with return_complex=True", "True")
    if not return_complex and window is not None and jnp.iscomplexobj(window):
        raise ShapeError("a real window with return_complex=False", describe(window))


def _span(n_fft: int, covered: int, center: bool, length: int | None) -> tuple[int, int]:
    """Return the first element of the frames that is kept, and the end."""
    margin = n_fft // 2 if center else 0
    return margin, covered - margin if length is None else min(margin + length, covered)


def _added(frames: jax.Array, hop: int) -> jax.Array:
    """Return the sum of frames (*, t, n), each `hop` elements after the one before."""
    *batch, count, size = frames.shape
    places = np.arange(count)[:, None] * hop + np.arange(size)
    return jnp.zeros((*batch, (count - 1) * hop + size), frames.dtype).at[..., places].add(frames)


def _envelope(window: jax.Array | None, frames: jax.Array, hop: int) -> jax.Array:
    """Return the sum of the squared windows of all frames."""
    ones = jnp.ones(frames.shape[-1], frames.dtype)
    squared = ones if window is None else jnp.square(window.astype(frames.dtype))
    return _added(jnp.broadcast_to(squared, frames.shape[-2:]), hop)
