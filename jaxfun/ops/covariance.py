"""How variables vary together: covariance and correlation."""

import math
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from ..core.dims import want_integer
from ..core.dtypes import Category, as_dtype
from ..core.errors import DTypeError, ShapeError, describe
from ..core.numbers import is_traced
from ..core.op import op
from ..core.public import public
from ..core.record import BOOLS, Array, Choice, Index, Mask, Shape
from .arithmetic import mul, sub
from .comparison import le
from .complexes import complex, conj, imag, real
from .division import div
from .matrix import mm
from .powers import sqrt
from .reduction import sum
from .selection import clamp, where
from .shape.diagonals import diagonal
from .shape.order import t
from .shape.reshape import reshape, squeeze, unsqueeze


@public
def cov(input: Any, *, correction: int = 1, fweights: Any = None, aweights: Any = None) -> jax.Array:
    """Return the covariances of variables (rows) over observations (columns), with `n - correction` as the divisor.

    `fweights` says how often each observation was made, `aweights` how much it counts.
    Shapes: (m, n) -> (m, m); a tensor of fewer dimensions is one variable.
    Raises: RuntimeError for bools, and weights that are negative or add up to 0; where they are traced, the result is
    NaN or infinite.

    >>> import jaxfun as jf
    >>> jf.cov(jf.tensor([[0.0, 1.0, 2.0], [2.0, 1.0, 0.0]]))
    Array([[ 1., -1.],
           [-1.,  1.]], dtype=float32)
    """
    if fweights is None and aweights is None:
        return _cov(input, correction=correction)
    if hasattr(input, "dtype"):  # else refused as what it is
        if as_dtype(input.dtype).name == "bool":  # else it takes the weights' dtype
            raise DTypeError(
                "an `input` other than bool", describe(input), call="cov(input, correction, fweights, aweights)"
            )
        _refuse_weights("cov(input, correction, fweights, aweights)", fweights, aweights)
    return _cov_weighted(input, correction=correction, fweights=fweights, aweights=aweights)


_CALL = "cov(input, correction, fweights, aweights)"


def _refuse_weights(call: str, fweights: Any, aweights: Any) -> None:
    """Raise torch's error for weights that are negative or add up to 0, where they are known."""
    given = [each for each in (fweights, aweights) if each is not None]
    if not all(hasattr(each, "dtype") for each in given):
        return  # refused as what it is
    known = [np.asarray(each).reshape(-1) for each in given if not is_traced(each)]
    if any((each < 0).any() for each in known):
        raise ShapeError("weights of 0 and more", describe(tuple(given)), call=call)
    alike = len(known) == len(given) and len({each.size for each in known}) == 1
    if alike and math.prod(known[1:], start=known[0]).sum() == 0:
        raise ShapeError("weights that add up to more than 0", describe(tuple(given)), call=call)


_SHAPES = Shape(("m n", "n", ""))
_CORRECTION = Choice((1, 0, 2))


@op(
    kind=None,
    torch="torch.cov",
    composite=True,
    node="",
    rejects=BOOLS,
    takes={"input": _SHAPES, "correction": _CORRECTION},
)
def _cov(input: Array, *, correction: int = 1) -> jax.Array:
    rows = _rows(input, correction)
    count = rows.shape[1]
    centred = _centred(rows, unsqueeze(div(sum(rows, 1), count), 1))
    return squeeze(div(mm(centred, conj(t(centred))), max(count - correction, 0)))


_WEIGHTED = {
    "input": Shape(("m n", "n")),
    "correction": _CORRECTION,
    "fweights": Index("n", into="input", dim=""),
    "aweights": Shape("n", values="parts"),
}


@op(
    kind=None,
    torch="torch.cov",
    overload=":weighted",
    composite=True,
    node="",
    rejects=BOOLS,
    takes=_WEIGHTED,
)
def _cov_weighted(input: Array, *, correction: int = 1, fweights: Mask = None, aweights: Array = None) -> jax.Array:
    rows = _rows(input, correction)
    weights = _weights(rows.shape[1], fweights, aweights)
    total = sum(weights)
    centred = _centred(rows, unsqueeze(div(sum(mul(rows, weights), 1), total), 1))
    lost: Any = correction
    if aweights is not None and correction != 0:
        lost = div(mul(sum(mul(weights, aweights)), correction), total)
    freedom = sub(total, lost)
    freedom = where(le(freedom, 0), 0, freedom)
    return squeeze(div(mm(centred, conj(t(mul(centred, weights)))), freedom))


@op(step="centred", node="SubBackward0")
def _centred(rows: Array, mean: Array) -> jax.Array:
    return _away(rows, mean)


@jax.custom_jvp
def _away(rows: jax.Array, mean: jax.Array) -> jax.Array:
    """Return rows - mean: exactly 0 for a row that does not vary, however its mean is rounded."""
    if not rows.size:
        return rows - mean
    is_constant = (rows == rows[:, :1]).all(1, keepdims=True)
    return jnp.where(is_constant & jnp.isfinite(mean), 0, rows - mean).astype(rows.dtype)


@_away.defjvp
def _(primals: Any, tangents: Any) -> tuple[jax.Array, jax.Array]:
    return _away(*primals), tangents[0] - tangents[1]


def _rows(input: jax.Array, correction: Any) -> jax.Array:
    want_integer(correction=correction)
    if input.ndim > 2:
        raise ShapeError("a tensor of at most 2 dimensions", describe(input))
    return input if input.ndim == 2 else reshape(input, (1, input.size))


def _weights(count: int, fweights: Any, aweights: Any) -> jax.Array:
    for given, category in ((fweights, Category.INTEGER), (aweights, Category.FLOAT)):
        if given is None:
            continue
        if as_dtype(given.dtype).category is not category:
            raise DTypeError("`fweights` of integers and `aweights` of floats", describe(given))
        if given.ndim > 1 or given.size != count:
            raise ShapeError(f"a weight for each of {count} observations", describe(given))
    weights = [each for each in (fweights, aweights) if each is not None]
    return mul(*weights) if len(weights) == 2 else weights[0]


@op(kind=None, composite=True, node="", rejects=BOOLS, takes={"input": _SHAPES})
def corrcoef(input: Array) -> jax.Array:
    """Return the correlations of variables (rows) over observations (columns): covariances of what is scaled to 1.

    Shapes: (m, n) -> (m, m); a tensor of fewer dimensions is one variable.
    Raises: RuntimeError for bools.

    >>> import jaxfun as jf
    >>> jf.corrcoef(jf.tensor([[0.0, 1.0, 2.0], [2.0, 1.0, 0.0]]))
    Array([[ 1., -1.],
           [-1.,  1.]], dtype=float32)
    """
    covariance = cov(input)
    if covariance.ndim == 0:
        return div(covariance, covariance)
    spread = sqrt(real(diagonal(covariance)))
    scaled = div(div(covariance, reshape(spread, (-1, 1))), reshape(spread, (1, -1)))
    if not jnp.iscomplexobj(scaled):
        return clamp(scaled, -1, 1)
    return complex(clamp(real(scaled), -1, 1), clamp(imag(scaled), -1, 1))
