"""Norms: `norm` of a tensor or along dimensions, `dist` of a difference, and `renorm`, which scales slices.

Begin with `_vector_norm`, the vector norm with torch's derivative.
"""

import functools
import math
from typing import Any

import jax
import jax.numpy as jnp

from ...core.checks import want_no_nan
from ...core.dims import wrap_dim, wrap_dims
from ...core.dtypes import Category, DType, Kind, as_dtype, computed_in, promote_types, widened
from ...core.errors import ArgumentTypeError, DTypeError, ShapeError, describe
from ...core.op import op
from ...core.public import public
from ...core.record import BOOLS, INTEGERS, AnyDType, Array, Choice, Dim, Dims, Number, Shape, rows
from ..pointwise.arithmetic import abs, sgn
from ._singular_values import singular_values
from .extrema import largest, smallest

_ORDERS = ("fro", 0, 1, 2, 3, 0.5, 1.5, -1, math.inf, -math.inf, None)


@public
def norm(input: Any, p: Any = "fro", dim: Any = None, keepdim: bool = False, *, dtype: Any = None) -> jax.Array:
    """Return the `p`-norm `sum(abs(input) ** p) ** (1 / p)` of all elements, or over `dim` (an integer or a tuple).

    `p` is a number (0 counts the nonzero elements, infinity gives the maximum, -infinity the minimum), "fro" or None
    for 2, or "nuc" for the nuclear norm, the sum of the singular values of a matrix.
    Gradient: 0 where the norm is 0 and for elements that are 0; for an infinite `p` split evenly among the largest.
    Raises: RuntimeError for integers and bools, for an empty tensor if `p` is negative or infinite, and for a matrix
    with NaN if `p` is "nuc". A traced matrix with NaN gives NaN.

    >>> import jaxfun as jf
    >>> jf.norm(jf.tensor([3.0, 4.0]))
    Array(5., dtype=float32)
    >>> jf.norm(jf.tensor([[3.0, -4.0], [1.0, 1.0]]), float("inf"), 1)
    Array([4., 1.], dtype=float32)
    """
    is_nuclear = isinstance(p, str) and p == "nuc"
    return (_nuclear_norm if is_nuclear else _norm)(input, p, dim, keepdim, dtype=dtype)


@op(
    kind=None,
    torch="torch.norm",
    overload=("ScalarOpt_dim_dtype", "ScalarOpt_dim", "ScalarOpt_dtype", "Scalar"),
    node="LinalgVectorNormBackward0",
    takes={"p": Choice(_ORDERS)},
)
def _norm(
    input: Array, p: float | str | None = "fro", dim: Dims = None, keepdim: bool = False, *, dtype: AnyDType = None
) -> jax.Array:
    if isinstance(p, str) and (p != "fro" or (isinstance(dim, tuple) and len(dim) > 2)):
        raise ShapeError('`p` to be a number, "fro" over at most 2 dimensions, or "nuc"', f"{p!r} and dim={dim}")
    _want_floating(input)
    order = 2 if p is None or isinstance(p, str) else _checked_order(p)
    if (order < 0 or order == math.inf) and input.size == 0:
        _refuse_empty_axis(input, dim)
    return _wide_vector_norm(input, order, wrap_dims(dim, input.ndim), keepdim, _result_dtype(input, dtype))


def _refuse_empty_axis(input: jax.Array, dim: Any) -> None:
    axes = (dim,) if isinstance(dim, int) else dim or range(input.ndim)
    # torch checks the sizes before it checks `dim` for duplicates
    if any(input.shape[wrap_dim(axis, input.ndim)] == 0 for axis in axes):
        raise ShapeError("at least one element for a negative or infinite `p`", describe(input))


@op(
    kind=None,
    torch="torch.norm",
    overload=("dim", ""),
    aten="nuclear_norm",
    check=want_no_nan,
    node="SumBackward1",
    takes={"input": Shape("", values="invertible"), "p": Choice(("nuc",))},
    cases=rows("input dim", ("m n", None), ("b m n", (1, 2)), ("m b n", (-1, 0)), ("m n", (0, 0))),
)
def _nuclear_norm(
    input: Array, p: str, dim: Dims = None, keepdim: bool = False, *, dtype: AnyDType = None
) -> jax.Array:
    _want_floating(input)
    if as_dtype(input.dtype).itemsize == 2:
        raise DTypeError("a dtype of at least 32 bits", describe(input))
    dims = tuple(range(input.ndim)) if dim is None else (dim,) if isinstance(dim, int) else dim
    if len(dims) != 2 or input.ndim < 2:
        raise ShapeError("`dim` to be two dimensions", f"{dim} of {describe(input)}")
    axes = wrap_dims(dims, input.ndim)
    matrices = jnp.moveaxis(input.astype(_result_dtype(input, dtype).dtype), axes, (-2, -1))
    total = jnp.sum(singular_values(matrices, compute_uv=False), -1)
    return jnp.expand_dims(total, axes) if keepdim else total


def _want_floating(input: jax.Array) -> None:
    if as_dtype(input.dtype).category <= Category.INTEGER:
        raise DTypeError("a floating point or complex tensor", describe(input), "Cast it with jaxfun.float(input).")


def _result_dtype(input: jax.Array, dtype: DType | None) -> DType:
    own = as_dtype(input.dtype)
    if dtype and (dtype.category is not own.category or promote_types(own, dtype) != dtype):
        raise DTypeError(f"a `dtype` that can hold {own.name}", dtype.name)
    return dtype or own


def _checked_order(p: Any) -> float:
    if not isinstance(p, Number):
        raise ArgumentTypeError("`p` to be a number, a string or None", describe(p))
    if isinstance(p, complex):
        raise DTypeError("a real `p`", describe(p))
    return p


def _wide_vector_norm(input: jax.Array, order: float, axes: tuple[int, ...], keepdim: bool, result: DType) -> jax.Array:
    return _vector_norm(input.astype(computed_in(result).dtype), order, axes, keepdim).astype(result.to_real().dtype)


@functools.partial(jax.custom_jvp, nondiff_argnums=(1, 2, 3))
def _vector_norm(x: jax.Array, p: float, axes: tuple[int, ...], keepdim: bool) -> jax.Array:
    if p == 2:
        squares = x.real**2 + x.imag**2 if jnp.iscomplexobj(x) else x * x
        return jnp.sqrt(jnp.sum(squares, axes, keepdims=keepdim))
    if p == 0:
        return jnp.sum(x != 0, axes, keepdims=keepdim, dtype=x.real.dtype)
    if math.isinf(p):
        return (largest if p > 0 else smallest)(jnp.abs(x), axes, keepdims=keepdim)
    powers = jnp.abs(x) if p == 1 else jnp.abs(x) ** p
    total = jnp.sum(powers, axes, keepdims=keepdim)
    return total if p == 1 else total ** (1 / p)


@_vector_norm.defjvp
def _vector_norm_jvp(
    p: float, axes: tuple[int, ...], keepdim: bool, primals: Any, tangents: Any
) -> tuple[jax.Array, jax.Array]:
    (x,), (tangent,) = primals, tangents
    slope = _norm_derivative(x, _vector_norm(x, p, axes, True), p, axes)
    return _vector_norm(x, p, axes, keepdim), jnp.sum((jnp.conj(slope) * tangent).real, axes, keepdims=keepdim)


def _norm_derivative(x: jax.Array, length: jax.Array, p: float, axes: tuple[int, ...]) -> jax.Array:
    """Return the gradient by torch's formulas, which differ from JAX's at 0."""
    size, unit = abs(x), sgn(x)
    if p == 0:
        return jnp.zeros_like(x)
    if p == 2:
        return jnp.where(length == 0, 0, x / length.astype(x.dtype))
    if p > 2 and not math.isinf(p):
        return x * (size ** (p - 2) * _inverse_power(length, p - 1)).astype(x.dtype)
    return unit * _derivative_size(size, length, p, axes).astype(x.dtype)


def _derivative_size(size: jax.Array, length: jax.Array, p: float, axes: tuple[int, ...]) -> jax.Array:
    if p == 1:
        return jnp.ones_like(size)
    if math.isinf(p):
        chosen = ((size == length) | jnp.isnan(size)).astype(size.dtype)
        return chosen / jnp.sum(chosen, axes, keepdims=True)
    if p < 1:
        return jnp.where(size == 0, 0, size ** (p - 1)) * length ** (1 - p)
    return size ** (p - 1) * _inverse_power(length, p - 1)


def _inverse_power(length: jax.Array, exponent: float) -> jax.Array:
    safe = jnp.where(length == 0, 1, length)
    return jnp.where(length == 0, 0, 1 / safe**exponent)


@op(
    kind=Kind.NO_OPMATH,
    rejects=BOOLS | INTEGERS,
    operand_rejects=BOOLS,
    takes={"p": Choice((2, 1, 3, 0.5, math.inf, 0))},
)
def dist(input: Array, other: Array, p: float = 2) -> jax.Array:
    """Return the `p`-norm of `input - other`, with broadcasting, over all elements.

    Gradient: as for `norm`; 0 where the two are equal.

    >>> import jaxfun as jf
    >>> jf.dist(jf.tensor([1.0, 2.0]), jf.tensor([4.0, 6.0]))
    Array(5., dtype=float32)
    """
    order, away = _checked_order(p), input - other
    if (order < 0 or order == math.inf) and not away.size:
        raise ShapeError("at least one element for a negative or infinite `p`", describe(away))
    return _wide_vector_norm(away, order, tuple(range(away.ndim)), False, as_dtype(away.dtype))


@op(
    kind=None,
    takes={"p": Choice((2, 1, 3, 0.5, math.inf, 1.5)), "maxnorm": Choice((1.0, 0.0, 3.0, 1))},
    cases=rows("input dim", ("m n", 0), ("l m n", 1), ("m n", -1), ("m 1 n", 1)),
)
def renorm(input: Array, p: float, dim: Dim, maxnorm: float) -> jax.Array:
    """Return `input` with each slice along `dim` scaled down to the norm `maxnorm` if its `p`-norm exceeds `maxnorm`.

    Gradient: through the norm too, if a slice is scaled.
    Raises: RuntimeError for integers and bools, fewer than 2 dimensions, a `p` <= 0, a negative `maxnorm`, and, for an
    infinite `p`, empty slices.

    >>> import jaxfun as jf
    >>> jf.renorm(jf.tensor([[3.0, 4.0], [1.0, 0.0]]), 2, 0, 2.5)
    Array([[1.5, 2. ],
           [1. , 0. ]], dtype=float32)
    """
    _check_bounds(input, _checked_order(p), _checked_order(maxnorm))
    axes = tuple(axis for axis in range(input.ndim) if axis != wrap_dim(dim, input.ndim))
    _want_floating(input)
    if p == math.inf and math.prod(input.shape[axis] for axis in axes) == 0:
        raise ShapeError("non-empty slices for an infinite `p`", describe(input))
    return _renorm(input, p, axes, maxnorm)


def _check_bounds(input: jax.Array, p: float, maxnorm: float) -> None:
    if not p > 0:
        raise ShapeError("a positive `p`", describe(p))
    if not maxnorm >= 0:
        raise ShapeError("a `maxnorm` of at least 0", describe(maxnorm))
    if input.ndim < 2:
        raise ShapeError("at least 2 dimensions", describe(input))


_MARGIN = 1e-7  # torch's, to avoid a division by 0


@functools.partial(jax.custom_jvp, nondiff_argnums=(1, 2, 3))
def _renorm(x: jax.Array, p: float, axes: tuple[int, ...], most: float) -> jax.Array:
    length = _vector_norm(widened(x), p, axes, True)
    factor = jnp.where(length > most, most / (length + _MARGIN), 1)
    return x * factor.astype(x.dtype)


@_renorm.defjvp
def _renorm_jvp(
    p: float, axes: tuple[int, ...], most: float, primals: Any, tangents: Any
) -> tuple[jax.Array, jax.Array]:
    (x,), (tangent,) = primals, tangents
    wide, moved = widened(x), widened(tangent)
    length = _vector_norm(wide, p, axes, True)
    scaled = length > most
    # a slice that is not scaled has no gradient through its norm, not even NaN
    known, slope = (jnp.where(scaled, each, 0) for each in (wide, _norm_derivative(wide, length, p, axes)))
    inverse = jnp.where(scaled, 1 / (length + _MARGIN), 0)
    along = inverse * jnp.sum((jnp.conj(slope) * moved).real, axes, keepdims=True)
    change = (most * inverse).astype(wide.dtype) * (moved - known * along.astype(wide.dtype))
    return _renorm(x, p, axes, most), jnp.where(scaled, change, moved).astype(x.dtype)
