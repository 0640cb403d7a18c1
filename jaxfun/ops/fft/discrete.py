"""Discrete Fourier transforms over one dimension: `fft`, `rfft`, `hfft` and their inverses."""

import jax
import jax.numpy as jnp

from ...core.dtypes import Kind
from ...core.op import op
from ...core.record import COMPLEXES, Array, Dim, OptionalInteger, rows
from ._axes import REJECTS, TAKES, as_complex, axis_of

_CASES = rows(
    "input n dim norm",
    ("2 5", None, -1, None),
    ("4", 6, 0, "ortho"),
    ("3 5 2", 4, 1, "forward"),
    ("3", None, -1, "backward"),
)


@op(Kind.INT_TO_FLOAT, torch="torch.fft.fft", takes=TAKES, cases=_CASES, rejects=REJECTS, composite=True)
def fft(input: Array, n: OptionalInteger = None, dim: Dim = -1, norm: str | None = None) -> jax.Array:
    """Return the discrete Fourier transform over `dim`: the sums of `x[t] * exp(-2πi * k * t / n)`.

    The input is cut or padded with zeros to `n` elements. `norm` "forward" divides by n, "ortho" by its root;
    "backward", the default, does not divide.
    Dtypes: complex64, or complex128 for float64 and complex128.
    Raises: RuntimeError for `n` below 1, 16-bit floats, and another `norm`; IndexError for `dim` out of range.
    Torch: torch.fft.fft.

    >>> import jaxfun as jf
    >>> jf.fft.fft(jf.tensor([1.0, 2.0, 3.0, 4.0])).tolist()
    [(10+0j), (-2+2j), (-2+0j), (-2-2j)]
    """
    axis, size = axis_of(input, n, dim, norm)
    return jnp.fft.fft(input, size, axis, norm)


@op(Kind.INT_TO_FLOAT, torch="torch.fft.ifft", takes=TAKES, cases=_CASES, rejects=REJECTS, composite=True)
def ifft(input: Array, n: OptionalInteger = None, dim: Dim = -1, norm: str | None = None) -> jax.Array:
    """Return the inverse of `fft`: the means of `x[k] * exp(2πi * k * t / n)`.

    The input is cut or padded with zeros to `n` elements. `norm` "backward", the default, divides by n, "ortho" by its
    root; "forward" does not divide.
    Dtypes: complex64, or complex128 for float64 and complex128.
    Raises: RuntimeError for `n` below 1, 16-bit floats, and another `norm`; IndexError for `dim` out of range.
    Torch: torch.fft.ifft.

    >>> import jaxfun as jf
    >>> jf.fft.ifft(jf.tensor([10.0, -2.0, -2.0, -2.0])).tolist()
    [(1+0j), (3+0j), (3+0j), (3+0j)]
    """
    axis, size = axis_of(input, n, dim, norm)
    return jnp.fft.ifft(input, size, axis, norm)


@op(Kind.INT_TO_FLOAT, torch="torch.fft.rfft", takes=TAKES, cases=_CASES, rejects=REJECTS | COMPLEXES, composite=True)
def rfft(input: Array, n: OptionalInteger = None, dim: Dim = -1, norm: str | None = None) -> jax.Array:
    """Return the discrete Fourier transform of real numbers: the `n // 2 + 1` frequencies that are not negative.

    `n` and `norm` are those of `fft`.
    Dtypes: complex64, or complex128 for float64.
    Raises: RuntimeError for `n` below 1, complex numbers, 16-bit floats, and another `norm`; IndexError for `dim` out
    of range.
    Torch: torch.fft.rfft.

    >>> import jaxfun as jf
    >>> jf.fft.rfft(jf.tensor([1.0, 2.0, 3.0, 4.0])).tolist()
    [(10+0j), (-2+2j), (-2+0j)]
    """
    axis, size = axis_of(input, n, dim, norm)
    return jnp.fft.rfft(input, size, axis, norm)


@op(Kind.INT_TO_FLOAT, torch="torch.fft.irfft", takes=TAKES, cases=_CASES, rejects=REJECTS, composite=True)
def irfft(input: Array, n: OptionalInteger = None, dim: Dim = -1, norm: str | None = None) -> jax.Array:
    """Return the inverse of `rfft`: `n` real numbers, `2 * (size - 1)` by default.

    The input has the frequencies that are not negative. The imaginary part of the first one is ignored, and of the
    last one for an even n. `norm` is that of `ifft`.
    Dtypes: float32, or float64 for float64 and complex128.
    Raises: RuntimeError for `n` below 1, 16-bit floats, and another `norm`; IndexError for `dim` out of range.
    Torch: torch.fft.irfft.

    >>> import jaxfun as jf
    >>> jf.fft.irfft(jf.tensor([10.0, -2.0, -2.0])).tolist()
    [1.0, 3.0, 3.0, 3.0]
    """
    axis, size = axis_of(input, n, dim, norm, halved=True)
    return jnp.fft.irfft(as_complex(input), size, axis, norm)


@op(Kind.INT_TO_FLOAT, torch="torch.fft.hfft", takes=TAKES, cases=_CASES, rejects=REJECTS, composite=True)
def hfft(input: Array, n: OptionalInteger = None, dim: Dim = -1, norm: str | None = None) -> jax.Array:
    """Return the real spectrum, `n` numbers, of a Hermitian symmetric signal, of which the input is the first half.

    `n` is `2 * (size - 1)` by default. `norm` is that of `fft`.
    Dtypes: float32, or float64 for float64 and complex128.
    Raises: RuntimeError for `n` below 1, 16-bit floats, and another `norm`; IndexError for `dim` out of range.
    Torch: torch.fft.hfft.

    >>> import jaxfun as jf
    >>> jf.fft.hfft(jf.tensor([1.0, 2.0, 3.0])).tolist()
    [8.0, -2.0, 0.0, -2.0]
    """
    axis, size = axis_of(input, n, dim, norm, halved=True)
    return jnp.fft.hfft(as_complex(input), size, axis, norm)


@op(Kind.INT_TO_FLOAT, torch="torch.fft.ihfft", takes=TAKES, cases=_CASES, rejects=REJECTS | COMPLEXES, composite=True)
def ihfft(input: Array, n: OptionalInteger = None, dim: Dim = -1, norm: str | None = None) -> jax.Array:
    """Return the inverse of `hfft`: the first half of the Hermitian symmetric signal, `n // 2 + 1` numbers.

    `n` and `norm` are those of `ifft`.
    Dtypes: complex64, or complex128 for float64.
    Raises: RuntimeError for `n` below 1, complex numbers, 16-bit floats, and another `norm`; IndexError for `dim` out
    of range.
    Torch: torch.fft.ihfft.

    >>> import jaxfun as jf
    >>> jf.fft.hfft(jf.fft.ihfft(jf.tensor([8.0, -2.0, 0.0, -2.0]))).tolist()
    [8.0, -2.0, 0.0, -2.0]
    """
    axis, size = axis_of(input, n, dim, norm)
    return jnp.fft.ihfft(input, size, axis, norm)
