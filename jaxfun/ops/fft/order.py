"""The order of the frequencies: `fftfreq`, `rfftfreq`, `fftshift` and `ifftshift`."""

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from ...core.dims import want_integer, wrap_dim
from ...core.dtypes import Category, float32, required
from ...core.errors import ShapeError, UnsupportedDTypeError, describe
from ...core.op import op
from ...core.public import public
from ...core.record import Array, Dims, rows

_CASES = rows("input dim", ("5", None), ("3 4", None), ("2 5 3", 1), ("2 3 4", (2, 0)))


@op(kind=None, torch="torch.fft.fftshift", cases=_CASES, composite=True)
def fftshift(input: Array, dim: Dims = None) -> jax.Array:
    """Return the input with the zero frequency shifted to the centre of each dimension in `dim`, by default of all.

    Raises: IndexError for `dim` out of range.
    Torch: torch.fft.fftshift.

    >>> import jaxfun as jf
    >>> jf.fft.fftshift(jf.fft.fftfreq(4)).tolist()
    [-0.5, -0.25, 0.0, 0.25]
    """
    dims = _dims(input, dim)
    return jnp.roll(input, [input.shape[axis] // 2 for axis in dims], dims)


@op(kind=None, torch="torch.fft.ifftshift", cases=_CASES, composite=True)
def ifftshift(input: Array, dim: Dims = None) -> jax.Array:
    """Return the inverse of `fftshift`.

    Raises: IndexError for `dim` out of range.
    Torch: torch.fft.ifftshift.

    >>> import jaxfun as jf
    >>> jf.fft.ifftshift(jf.tensor([-1, 0, 1])).tolist()
    [0, 1, -1]
    """
    dims = _dims(input, dim)
    return jnp.roll(input, [-(input.shape[axis] // 2) for axis in dims], dims)


def _dims(input: jax.Array, dim: Any) -> tuple[int, ...]:
    given = tuple(range(input.ndim)) if dim is None else (dim,) if isinstance(dim, int) else dim
    if not given:
        raise ShapeError("at least one dimension", describe(input))
    return tuple(wrap_dim(each, input.ndim) for each in given)


@public(name="fft.fftfreq")
def fftfreq(n: int, d: float = 1.0, *, dtype: Any = None) -> jax.Array:
    """Return the frequencies of `fft` for `n` elements with the distance `d`: 0 and up, then the negative ones.

    Dtypes: float32 by default.
    Raises: TypeError for `n` that is not an integer; RuntimeError for a negative `n`.
    Torch: torch.fft.fftfreq.

    >>> import jaxfun as jf
    >>> jf.fft.fftfreq(4).tolist()
    [0.0, 0.25, -0.5, -0.25]
    """
    _want_size(n)
    return _scaled(np.roll(np.arange(n) - n // 2, n - n // 2), n, d, dtype)


@public(name="fft.rfftfreq")
def rfftfreq(n: int, d: float = 1.0, *, dtype: Any = None) -> jax.Array:
    """Return the frequencies of `rfft` for `n` elements with the distance `d`: the `n // 2 + 1` that are not negative.

    Dtypes: float32 by default.
    Raises: TypeError for `n` that is not an integer; RuntimeError for a negative `n`.
    Torch: torch.fft.rfftfreq.

    >>> import jaxfun as jf
    >>> jf.fft.rfftfreq(4).tolist()
    [0.0, 0.25, 0.5]
    """
    _want_size(n)
    return _scaled(np.arange(n // 2 + 1), n, d, dtype)


def _want_size(n: Any) -> None:
    want_integer(n=n)
    if n < 0:
        raise ShapeError("`n` to be 0 or more", str(n))


def _scaled(numbers: np.ndarray, n: int, d: float, dtype: Any) -> jax.Array:
    wanted = float32 if dtype is None else required(dtype)
    if wanted.category is Category.COMPLEX:
        raise UnsupportedDTypeError("a floating point dtype", wanted.name)
    if wanted.category is not Category.FLOAT:
        raise ShapeError("a floating point dtype", wanted.name)
    with np.errstate(divide="ignore", invalid="ignore"):  # n or d may be 0, as in torch
        by = np.float64(1) / np.float64(n * d)
        return jnp.asarray(numbers.astype(wanted.dtype) * by.astype(wanted.dtype))
