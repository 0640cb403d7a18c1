"""torch.fft: discrete Fourier transforms under torch's names, arguments and defaults."""
# Written by docs/make_stubs.py: the types of the public names.

import builtins
import pathlib
from collections.abc import Callable, Mapping, Sequence
from types import EllipsisType, ModuleType
from typing import Any, Literal, overload

import numpy
from jax import Array
from .core.types import ArrayLike as ArrayLike
from .core.dtypes import DType as DType

__version__: builtins.str
DTypeLike = DType | numpy.dtype[Any] | builtins.str | builtins.type

def fft(input: ArrayLike, n: builtins.int | None = None, dim: builtins.int = -1, norm: str | None = None) -> Array:
    """Return the discrete Fourier transform over `dim`: the sums of `x[t] * exp(-2πi * k * t / n)`.

    The input is cut or padded with zeros to `n` elements. `norm` "forward" divides by n, "ortho" by its root;
    "backward", the default, does not divide.
    Dtypes: complex64, or complex128 for float64 and complex128.
    Raises: RuntimeError for `n` below 1, 16-bit floats, and another `norm`; IndexError for `dim` out of range.
    Torch: torch.fft.fft.
    """
    ...

def fft2(
    input: ArrayLike,
    s: builtins.int | tuple[builtins.int, ...] | list[builtins.int] | None = None,
    dim: builtins.int | tuple[builtins.int, ...] | list[builtins.int] = (-2, -1),
    norm: str | None = None,
) -> Array:
    """Return the same as `fftn`, by default over the last two dimensions.

    Raises: as `fftn`.
    Torch: torch.fft.fft2.
    """
    ...

def fftfreq(n: builtins.int, d: builtins.float = 1.0, *, dtype: DTypeLike | None = None) -> Array:
    """Return the frequencies of `fft` for `n` elements with the distance `d`: 0 and up, then the negative ones.

    Dtypes: float32 by default.
    Raises: TypeError for `n` that is not an integer; RuntimeError for a negative `n`.
    Torch: torch.fft.fftfreq.
    """
    ...

def fftn(
    input: ArrayLike,
    s: builtins.int | tuple[builtins.int, ...] | list[builtins.int] | None = None,
    dim: builtins.int | tuple[builtins.int, ...] | list[builtins.int] | None = None,
    norm: str | None = None,
) -> Array:
    """Return the discrete Fourier transform over several dimensions.

    `s` are the sizes after cutting or padding with zeros, -1 for the input's own. Without `dim`, these are the last
    dimensions, or all. `norm` is that of `fft`.
    Dtypes: complex64, or complex128 for float64 and complex128.
    Raises: RuntimeError for sizes and dimensions that do not fit, 16-bit floats, and another `norm`; IndexError
    for `dim` out of range.
    Torch: torch.fft.fftn.
    """
    ...

def fftshift(
    input: ArrayLike, dim: builtins.int | tuple[builtins.int, ...] | list[builtins.int] | None = None
) -> Array:
    """Return the input with the zero frequency shifted to the centre of each dimension in `dim`, by default of all.

    Raises: IndexError for `dim` out of range.
    Torch: torch.fft.fftshift.
    """
    ...

def hfft(input: ArrayLike, n: builtins.int | None = None, dim: builtins.int = -1, norm: str | None = None) -> Array:
    """Return the real spectrum, `n` numbers, of a Hermitian symmetric signal, of which the input is the first half.

    `n` is `2 * (size - 1)` by default. `norm` is that of `fft`.
    Dtypes: float32, or float64 for float64 and complex128.
    Raises: RuntimeError for `n` below 1, 16-bit floats, and another `norm`; IndexError for `dim` out of range.
    Torch: torch.fft.hfft.
    """
    ...

def ifft(input: ArrayLike, n: builtins.int | None = None, dim: builtins.int = -1, norm: str | None = None) -> Array:
    """Return the inverse of `fft`: the means of `x[k] * exp(2πi * k * t / n)`.

    The input is cut or padded with zeros to `n` elements. `norm` "backward", the default, divides by n, "ortho" by its
    root; "forward" does not divide.
    Dtypes: complex64, or complex128 for float64 and complex128.
    Raises: RuntimeError for `n` below 1, 16-bit floats, and another `norm`; IndexError for `dim` out of range.
    Torch: torch.fft.ifft.
    """
    ...

def ifft2(
    input: ArrayLike,
    s: builtins.int | tuple[builtins.int, ...] | list[builtins.int] | None = None,
    dim: builtins.int | tuple[builtins.int, ...] | list[builtins.int] = (-2, -1),
    norm: str | None = None,
) -> Array:
    """Return the same as `ifftn`, by default over the last two dimensions.

    Raises: as `ifftn`.
    Torch: torch.fft.ifft2.
    """
    ...

def ifftn(
    input: ArrayLike,
    s: builtins.int | tuple[builtins.int, ...] | list[builtins.int] | None = None,
    dim: builtins.int | tuple[builtins.int, ...] | list[builtins.int] | None = None,
    norm: str | None = None,
) -> Array:
    """Return the inverse of `fftn`.

    `s` are the sizes after cutting or padding with zeros, -1 for the input's own. Without `dim`, these are the last
    dimensions, or all. `norm` is that of `ifft`.
    Dtypes: complex64, or complex128 for float64 and complex128.
    Raises: RuntimeError for sizes and dimensions that do not fit, 16-bit floats, and another `norm`; IndexError
    for `dim` out of range.
    Torch: torch.fft.ifftn.
    """
    ...

def ifftshift(
    input: ArrayLike, dim: builtins.int | tuple[builtins.int, ...] | list[builtins.int] | None = None
) -> Array:
    """Return the inverse of `fftshift`.

    Raises: IndexError for `dim` out of range.
    Torch: torch.fft.ifftshift.
    """
    ...

def ihfft(input: ArrayLike, n: builtins.int | None = None, dim: builtins.int = -1, norm: str | None = None) -> Array:
    """Return the inverse of `hfft`: the first half of the Hermitian symmetric signal, `n // 2 + 1` numbers.

    `n` and `norm` are those of `ifft`.
    Dtypes: complex64, or complex128 for float64.
    Raises: RuntimeError for `n` below 1, complex numbers, 16-bit floats, and another `norm`; IndexError for `dim` out
    of range.
    Torch: torch.fft.ihfft.
    """
    ...

def irfft(input: ArrayLike, n: builtins.int | None = None, dim: builtins.int = -1, norm: str | None = None) -> Array:
    """Return the inverse of `rfft`: `n` real numbers, `2 * (size - 1)` by default.

    The input has the frequencies that are not negative. The imaginary part of the first one is ignored, and of the
    last one for an even n. `norm` is that of `ifft`.
    Dtypes: float32, or float64 for float64 and complex128.
    Raises: RuntimeError for `n` below 1, 16-bit floats, and another `norm`; IndexError for `dim` out of range.
    Torch: torch.fft.irfft.
    """
    ...

def irfft2(
    input: ArrayLike,
    s: builtins.int | tuple[builtins.int, ...] | list[builtins.int] | None = None,
    dim: builtins.int | tuple[builtins.int, ...] | list[builtins.int] = (-2, -1),
    norm: str | None = None,
) -> Array:
    """Return the same as `irfftn`, by default over the last two dimensions.

    Raises: as `irfftn`.
    Torch: torch.fft.irfft2.
    """
    ...

def irfftn(
    input: ArrayLike,
    s: builtins.int | tuple[builtins.int, ...] | list[builtins.int] | None = None,
    dim: builtins.int | tuple[builtins.int, ...] | list[builtins.int] | None = None,
    norm: str | None = None,
) -> Array:
    """Return the inverse of `rfftn`.

    `s` are the sizes after cutting or padding with zeros, -1 for the input's own. Without `dim`, these are the last
    dimensions, or all. Of the last one the input has the frequencies that are not negative. `norm` is that of
    `irfft`.
    Dtypes: float32, or float64 for float64 and complex128.
    Raises: RuntimeError for sizes and dimensions that do not fit, 16-bit floats, and another `norm`; IndexError
    for `dim` out of range.
    Torch: torch.fft.irfftn.
    """
    ...

def rfft(input: ArrayLike, n: builtins.int | None = None, dim: builtins.int = -1, norm: str | None = None) -> Array:
    """Return the discrete Fourier transform of real numbers: the `n // 2 + 1` frequencies that are not negative.

    `n` and `norm` are those of `fft`.
    Dtypes: complex64, or complex128 for float64.
    Raises: RuntimeError for `n` below 1, complex numbers, 16-bit floats, and another `norm`; IndexError for `dim` out
    of range.
    Torch: torch.fft.rfft.
    """
    ...

def rfft2(
    input: ArrayLike,
    s: builtins.int | tuple[builtins.int, ...] | list[builtins.int] | None = None,
    dim: builtins.int | tuple[builtins.int, ...] | list[builtins.int] = (-2, -1),
    norm: str | None = None,
) -> Array:
    """Return the same as `rfftn`, by default over the last two dimensions.

    Raises: as `rfftn`.
    Torch: torch.fft.rfft2.
    """
    ...

def rfftfreq(n: builtins.int, d: builtins.float = 1.0, *, dtype: DTypeLike | None = None) -> Array:
    """Return the frequencies of `rfft` for `n` elements with the distance `d`: the `n // 2 + 1` that are not negative.

    Dtypes: float32 by default.
    Raises: TypeError for `n` that is not an integer; RuntimeError for a negative `n`.
    Torch: torch.fft.rfftfreq.
    """
    ...

def rfftn(
    input: ArrayLike,
    s: builtins.int | tuple[builtins.int, ...] | list[builtins.int] | None = None,
    dim: builtins.int | tuple[builtins.int, ...] | list[builtins.int] | None = None,
    norm: str | None = None,
) -> Array:
    """Return the discrete Fourier transform of real numbers over several dimensions.

    `s` are the sizes after cutting or padding with zeros, -1 for the input's own. Without `dim`, these are the last
    dimensions, or all. The last one has the frequencies that are not negative. `norm` is that of `rfft`.
    Dtypes: complex64, or complex128 for float64.
    Raises: RuntimeError for sizes and dimensions that do not fit, complex numbers, 16-bit floats, and another `norm`;
    IndexError for `dim` out of range.
    Torch: torch.fft.rfftn.
    """
    ...
