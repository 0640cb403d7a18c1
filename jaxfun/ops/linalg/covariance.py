"""Covariance and correlation: `cov` and `corrcoef`."""

import math
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from ...core.dims import want_integer
from ...core.dtypes import Category, DType, as_dtype, canonical, computed_in, float32, int64, result_type
from ...core.errors import DTypeError, ShapeError, describe
from ...core.numbers import is_traced
from ...core.op import op
from ...core.record import BOOLS, Array, Choice, Index, Mask, Shape, rows
from ..pointwise.division import div
from ._matrices import product


def _refuse_weights(input: Any, *, correction: Any = 1, fweights: Any = None, aweights: Any = None) -> None:
    """Raise torch's error for known weights that are negative or sum to 0. It is the `before` of an op."""
    given = [each for each in (fweights, aweights) if each is not None]
    known = [np.asarray(each).reshape(-1) for each in given if not is_traced(each)]
    if any((each < 0).any() for each in known):
        raise ShapeError("weights of at least 0", describe(tuple(given)))
    are_alike = 0 < len(known) == len(given) and len({each.size for each in known}) == 1
    if are_alike and math.prod(known[1:], start=known[0]).sum() == 0:
        raise ShapeError("weights with a positive sum", describe(tuple(given)))


_CASES = rows(
    "input fweights aweights",
    ("m n", "n", "n"),
    ("m n", None, None),
    ("m n", "n", None),
    ("m n", None, "n"),
    ("n", "n", "n"),
    ("n", None, None),
    ("", None, None),
)


@op(
    kind=None,
    composite=True,
    rejects=BOOLS,
    operand_rejects=BOOLS,
    takes={
        "correction": Choice((1, 0, 2)),
        "fweights": Index("", into="input", dim=""),
        "aweights": Shape("", values="parts", dtypes=("float32", "float64", "bfloat16")),
    },
    cases=_CASES,
    before=_refuse_weights,
)
def cov(input: Array, *, correction: int = 1, fweights: Mask = None, aweights: Array = None) -> jax.Array:
    """Return the covariance matrix of variables (rows) over observations (columns), divided by `n - correction`.

    `fweights` are the counts of the observations, `aweights` their importance weights.
    Shapes: (m, n) -> (m, m); a 0-dim or 1-D tensor is one variable.
    Dtypes: integers give float32; 16-bit floats are computed in float32 and rounded once.
    Raises: RuntimeError for bools, and for weights that are negative or sum to 0. For such traced weights the result is
    NaN or infinite.

    >>> import jaxfun as jf
    >>> jf.cov(jf.tensor([[0.0, 1.0, 2.0], [2.0, 1.0, 0.0]]))
    Array([[ 1., -1.],
           [-1.,  1.]], dtype=float32)
    """
    want_integer(correction=correction)
    observed = _as_rows(input)
    _check_weights(observed.shape[1], fweights, aweights)
    dtype = _result_dtype(*(x for x in (observed, aweights) if x is not None))
    return jnp.squeeze(_covariance(observed, correction, fweights, aweights, dtype)).astype(dtype.dtype)


@op(kind=None, composite=True, rejects=BOOLS, cases=rows("input", ("m n",), ("n",), ("",)))
def corrcoef(input: Array) -> jax.Array:
    """Return the correlation matrix of variables (rows) over observations (columns): covariances scaled to [-1, 1].

    Shapes: (m, n) -> (m, m); a 0-dim or 1-D tensor is one variable.
    Dtypes: integers give float32; 16-bit floats are computed in float32 and rounded once.
    Raises: RuntimeError for bools.

    >>> import jaxfun as jf
    >>> jf.corrcoef(jf.tensor([[0.0, 1.0, 2.0], [2.0, 1.0, 0.0]]))
    Array([[ 1., -1.],
           [-1.,  1.]], dtype=float32)
    """
    observed = _as_rows(input)
    dtype = _result_dtype(observed)
    covariance = _covariance(observed, 1, None, None, dtype)
    if covariance.size == 1:
        return jnp.squeeze(div(covariance, covariance)).astype(dtype.dtype)
    spread = jnp.sqrt(jnp.diagonal(covariance).real).astype(covariance.dtype)
    scaled = div(div(covariance, spread[:, None]), spread)
    if jnp.iscomplexobj(scaled):
        return jax.lax.complex(_clipped(scaled.real), _clipped(scaled.imag))
    return _clipped(scaled).astype(dtype.dtype)


def _clipped(x: jax.Array) -> jax.Array:
    return jnp.where(jnp.abs(x) <= 1, x, jnp.sign(x))  # the gradient at the bounds is 1, as for torch's clamp


def _as_rows(input: jax.Array) -> jax.Array:
    if input.ndim > 2:
        raise ShapeError("a tensor of at most 2 dimensions", describe(input))
    return input if input.ndim == 2 else input.reshape(1, input.size)


def _check_weights(count: int, fweights: Any, aweights: Any) -> None:
    for given, category in ((fweights, Category.INTEGER), (aweights, Category.FLOAT)):
        if given is None:
            continue
        if as_dtype(given.dtype).category is not category:
            raise DTypeError("integer `fweights` and floating point `aweights`", describe(given))
        if given.ndim > 1 or given.size != count:
            raise ShapeError(f"one weight for each of {count} observations", describe(given))


def _result_dtype(*tensors: jax.Array) -> DType:
    dtype = canonical(result_type(*tensors))
    return float32 if dtype.category is Category.INTEGER else dtype


def _covariance(observed: jax.Array, correction: int, fweights: Any, aweights: Any, dtype: DType) -> jax.Array:
    """Return the covariance matrix of the rows, (m, n) -> (m, m), in torch's dtype for it.

    With the weights w, their sum W, the `aweights` a and the correction c:
    mean = Σ w x / W, and the result is Σ w (x - mean) conj(x - mean) / (W - c Σ w a / W).
    """
    wide = computed_in(dtype).dtype
    is_exact = as_dtype(observed.dtype).category is Category.INTEGER and aweights is None
    x = observed.astype(canonical(int64).dtype if is_exact else wide)  # integers are summed exactly
    weights = _weights(fweights, aweights, dtype)
    if weights is None:
        total = observed.shape[1]
        mean, freedom = div(jnp.sum(x, 1, keepdims=True), total), max(total - correction, 0)
    else:
        total = jnp.sum(weights)
        mean = div(jnp.sum(x * weights.astype(x.dtype), 1, keepdims=True), total)
        freedom = _degrees_of_freedom(total, correction, weights, aweights)
    centred = _centred(observed.astype(wide), mean.astype(wide))
    weighted = centred if weights is None else centred * weights.astype(wide)
    return div(product(centred, jnp.conj(weighted.T)), freedom)


def _weights(fweights: Any, aweights: Any, dtype: DType) -> jax.Array | None:
    """Return the product of both weights: int64 without `aweights`, None without any."""
    frequency = None if fweights is None else fweights.astype(canonical(int64).dtype)
    if aweights is None:
        return frequency
    amount = aweights.astype(computed_in(dtype.to_real()).dtype)
    return amount if frequency is None else frequency.astype(amount.dtype) * amount


def _degrees_of_freedom(total: jax.Array, correction: int, weights: jax.Array, aweights: Any) -> jax.Array:
    lost: Any = correction
    if aweights is not None and correction != 0:
        lost = div(jnp.sum(weights * aweights.astype(weights.dtype)) * correction, total)
    freedom = total - lost
    return jnp.where(freedom <= 0, 0, freedom)


@jax.custom_jvp
def _centred(observed: jax.Array, mean: jax.Array) -> jax.Array:
    """Return observed - mean, and exactly 0 for a constant row, even if its mean is rounded."""
    if not observed.size:
        return observed - mean
    is_constant = (observed == observed[:, :1]).all(1, keepdims=True)
    return jnp.where(is_constant & jnp.isfinite(mean), 0, observed - mean)


@_centred.defjvp
def _(primals: Any, tangents: Any) -> tuple[jax.Array, jax.Array]:
    return _centred(*primals), tangents[0] - tangents[1]
