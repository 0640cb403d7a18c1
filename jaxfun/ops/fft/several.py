"""Discrete Fourier transforms over several dimensions: `fftn`, `rfftn`, their inverses, and those over the last two."""

from collections.abc import Callable, Sequence

import jax
import jax.numpy as jnp

from ...core.dtypes import Kind
from ...core.errors import ShapeError
from ...core.op import op
from ...core.record import COMPLEXES, Array, Dims, rows
from ._axes import REJECTS, TAKES, Axis, as_complex, axes_of

_MOST = 3  # dimensions of one transform of XLA's
_CASES = rows(
    "input s dim norm",
    ("3 4", None, None, None),
    ("2 3 5", (4, 3), None, "ortho"),
    ("2 3 4", (-1, 2), (2, 0), "forward"),
    ("3 2 4", None, 1, None),
    ("2 2 2 3", None, None, "backward"),
)
_LAST_TWO = rows(
    "input s dim norm",
    ("3 4", None, (-2, -1), None),
    ("2 3 5", (4, 3), (-2, -1), "ortho"),
    ("2 3 4", None, (2, 0), "forward"),
    ("3 3", None, (-2, -1), "backward"),
)


def _transformed(
    transform: Callable[..., jax.Array], input: jax.Array, axes: Sequence[Axis], norm: str | None
) -> jax.Array:
    """Transform complex numbers over any number of dimensions."""
    result = as_complex(input)
    for first in range(0, len(axes), _MOST):
        dims, sizes = zip(*axes[first : first + _MOST], strict=True)
        result = transform(result, sizes, dims, norm)
    return result


def _some(axes: Sequence[Axis]) -> Sequence[Axis]:
    if not axes:
        raise ShapeError("at least one dimension to transform", "none")
    return axes


@op(Kind.INT_TO_FLOAT, torch="torch.fft.fftn", takes=TAKES, cases=_CASES, rejects=REJECTS, composite=True)
def fftn(input: Array, s: Dims = None, dim: Dims = None, norm: str | None = None) -> jax.Array:
    """Return the discrete Fourier transform over several dimensions.

    `s` are the sizes after cutting or padding with zeros, -1 for the input's own. Without `dim`, these are the last
    dimensions, or all. `norm` is that of `fft`.
    Dtypes: complex64, or complex128 for float64 and complex128.
    Raises: RuntimeError for sizes and dimensions that do not fit, 16-bit floats, and another `norm`; IndexError
    for `dim` out of range.
    Torch: torch.fft.fftn.

    >>> import jaxfun as jf
    >>> jf.fft.fftn(jf.tensor([[1.0, 2.0], [3.0, 4.0]])).tolist()
    [[(10+0j), (-2+0j)], [(-4+0j), 0j]]
    """
    axes = axes_of(input, s, dim, norm)
    return _transformed(jnp.fft.fftn, input, axes, norm)


@op(Kind.INT_TO_FLOAT, torch="torch.fft.fft2", takes=TAKES, cases=_LAST_TWO, rejects=REJECTS, composite=True)
def fft2(input: Array, s: Dims = None, dim: Dims = (-2, -1), norm: str | None = None) -> jax.Array:
    """Return the same as `fftn`, by default over the last two dimensions.

    Raises: as `fftn`.
    Torch: torch.fft.fft2.

    >>> import jaxfun as jf
    >>> jf.fft.fft2(jf.ones(3, 4, 4)).shape
    (3, 4, 4)
    """
    return fftn(input, s, dim, norm)


@op(Kind.INT_TO_FLOAT, torch="torch.fft.ifftn", takes=TAKES, cases=_CASES, rejects=REJECTS, composite=True)
def ifftn(input: Array, s: Dims = None, dim: Dims = None, norm: str | None = None) -> jax.Array:
    """Return the inverse of `fftn`.

    `s` are the sizes after cutting or padding with zeros, -1 for the input's own. Without `dim`, these are the last
    dimensions, or all. `norm` is that of `ifft`.
    Dtypes: complex64, or complex128 for float64 and complex128.
    Raises: RuntimeError for sizes and dimensions that do not fit, 16-bit floats, and another `norm`; IndexError
    for `dim` out of range.
    Torch: torch.fft.ifftn.

    >>> import jaxfun as jf
    >>> jf.fft.ifftn(jf.tensor([[10.0, -2.0], [-4.0, 0.0]])).tolist()
    [[(1+0j), (2+0j)], [(3+0j), (4+0j)]]
    """
    axes = axes_of(input, s, dim, norm)
    return _transformed(jnp.fft.ifftn, input, axes, norm)


@op(Kind.INT_TO_FLOAT, torch="torch.fft.ifft2", takes=TAKES, cases=_LAST_TWO, rejects=REJECTS, composite=True)
def ifft2(input: Array, s: Dims = None, dim: Dims = (-2, -1), norm: str | None = None) -> jax.Array:
    """Return the same as `ifftn`, by default over the last two dimensions.

    Raises: as `ifftn`.
    Torch: torch.fft.ifft2.

    >>> import jaxfun as jf
    >>> jf.fft.ifft2(jf.ones(3, 4, 4)).shape
    (3, 4, 4)
    """
    return ifftn(input, s, dim, norm)


@op(Kind.INT_TO_FLOAT, torch="torch.fft.rfftn", takes=TAKES, cases=_CASES, rejects=REJECTS | COMPLEXES, composite=True)
def rfftn(input: Array, s: Dims = None, dim: Dims = None, norm: str | None = None) -> jax.Array:
    """Return the discrete Fourier transform of real numbers over several dimensions.

    `s` are the sizes after cutting or padding with zeros, -1 for the input's own. Without `dim`, these are the last
    dimensions, or all. The last one has the frequencies that are not negative. `norm` is that of `rfft`.
    Dtypes: complex64, or complex128 for float64.
    Raises: RuntimeError for sizes and dimensions that do not fit, complex numbers, 16-bit floats, and another `norm`;
    IndexError for `dim` out of range.
    Torch: torch.fft.rfftn.

    >>> import jaxfun as jf
    >>> jf.fft.rfftn(jf.tensor([[1.0, 2.0], [3.0, 4.0]])).tolist()
    [[(10+0j), (-2+0j)], [(-4+0j), 0j]]
    """
    *axes, (last, size) = _some(axes_of(input, s, dim, norm))
    return _transformed(jnp.fft.fftn, jnp.fft.rfft(input, size, last, norm), axes, norm)


@op(
    Kind.INT_TO_FLOAT,
    torch="torch.fft.rfft2",
    takes=TAKES,
    cases=_LAST_TWO,
    rejects=REJECTS | COMPLEXES,
    composite=True,
)
def rfft2(input: Array, s: Dims = None, dim: Dims = (-2, -1), norm: str | None = None) -> jax.Array:
    """Return the same as `rfftn`, by default over the last two dimensions.

    Raises: as `rfftn`.
    Torch: torch.fft.rfft2.

    >>> import jaxfun as jf
    >>> jf.fft.rfft2(jf.ones(3, 4, 4)).shape
    (3, 4, 3)
    """
    return rfftn(input, s, dim, norm)


@op(Kind.INT_TO_FLOAT, torch="torch.fft.irfftn", takes=TAKES, cases=_CASES, rejects=REJECTS, composite=True)
def irfftn(input: Array, s: Dims = None, dim: Dims = None, norm: str | None = None) -> jax.Array:
    """Return the inverse of `rfftn`.

    `s` are the sizes after cutting or padding with zeros, -1 for the input's own. Without `dim`, these are the last
    dimensions, or all. Of the last one the input has the frequencies that are not negative. `norm` is that of
    `irfft`.
    Dtypes: float32, or float64 for float64 and complex128.
    Raises: RuntimeError for sizes and dimensions that do not fit, 16-bit floats, and another `norm`; IndexError
    for `dim` out of range.
    Torch: torch.fft.irfftn.

    >>> import jaxfun as jf
    >>> jf.fft.irfftn(jf.tensor([[10.0, -2.0], [-4.0, 0.0]])).tolist()
    [[1.0, 2.0], [3.0, 4.0]]
    """
    *axes, (last, size) = _some(axes_of(input, s, dim, norm, halved=True))
    return jnp.fft.irfft(_transformed(jnp.fft.ifftn, input, axes, norm), size, last, norm)


@op(Kind.INT_TO_FLOAT, torch="torch.fft.irfft2", takes=TAKES, cases=_LAST_TWO, rejects=REJECTS, composite=True)
def irfft2(input: Array, s: Dims = None, dim: Dims = (-2, -1), norm: str | None = None) -> jax.Array:
    """Return the same as `irfftn`, by default over the last two dimensions.

    Raises: as `irfftn`.
    Torch: torch.fft.irfft2.

    >>> import jaxfun as jf
    >>> jf.fft.irfft2(jf.ones(3, 4, 4)).shape
    (3, 4, 6)
    """
    return irfftn(input, s, dim, norm)
