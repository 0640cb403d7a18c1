"""Finite differences and integrals along a dimension: `diff`, `gradient` and the trapezoidal rule.

Operands of different dtypes are combined by jaxfun's own `add`, `sub`, `mul` and `div`, for torch's promotion.
"""

from collections.abc import Sequence
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from ...core.dims import want_integer, wrap_dim, wrap_dims
from ...core.dtypes import Category, as_dtype, canonical, is_scalar, of, result_type, uint8
from ...core.errors import ArgumentTypeError, DTypeError, IndexRangeError, ShapeError, UnsupportedDTypeError, describe
from ...core.op import op
from ...core.overloads import overloads
from ...core.public import public
from ...core.record import Array, Choice, Dim, Dims, Factor, Scalar, Tensors, rows
from ...core.sizes import any_below, smaller
from ..pointwise.arithmetic import add, mul, sub
from ..pointwise.division import div
from .scans import scanned
from .sums import reduced


def _sliced(input: jax.Array, axis: int, start: int | None, stop: int | None = None) -> jax.Array:
    return input[(slice(None),) * axis + (slice(start, stop),)]


def _neighbours(input: jax.Array, axis: int) -> tuple[jax.Array, jax.Array]:
    """Return all elements but the last along a dimension, and all but the first."""
    return _sliced(input, axis, 0, -1), _sliced(input, axis, 1)


def _joined(parts: Sequence[jax.Array], axis: int) -> jax.Array:
    dtype = canonical(result_type(*parts)).dtype
    return jnp.concatenate([part.astype(dtype) for part in parts], axis)


def _refuse_bool(*tensors: jax.Array) -> None:
    if any(tensor.dtype == bool for tensor in tensors):
        raise DTypeError("a dtype other than bool", describe(tensors))


@op(
    kind=None,
    composite=True,
    takes={"n": Choice((1, 0, 2, 5))},
    cases=(
        {"input": "*", "prepend": None, "append": None},
        {"input": "m n", "dim": -1, "prepend": "m k", "append": "m j"},
        {"input": "n", "dim": 0, "prepend": "k", "append": "j"},
        {"input": "n m", "dim": 0, "prepend": "k m", "append": "j m"},
    ),
)
def diff(input: Array, n: int = 1, dim: Dim = -1, prepend: Array = None, append: Array = None) -> jax.Array:
    """Return the `n`-th forward difference along `dim`; `prepend` and `append` are concatenated to `input` first.

    Dtypes: for bools the difference is the logical XOR.
    Raises: RuntimeError for a 0-dim tensor, and for a negative `n`.

    >>> import jaxfun as jf
    >>> jf.diff(jf.tensor([1, 4, 9, 16])), jf.diff(jf.tensor([1, 4, 9, 16]), 2)
    (Array([3, 5, 7], dtype=int32), Array([2, 2], dtype=int32))
    """
    want_integer(n=n)
    if input.ndim == 0 or n < 0:
        raise ShapeError("a tensor of at least 1 dimension, and `n` of at least 0", f"{describe(input)} and {n}")
    parts = [part for part in (prepend, input, append) if part is not None]
    if n == 0 and len(parts) == 1:
        return input  # torch does not check `dim` here
    axis = wrap_dim(dim, input.ndim)
    for part in parts:
        _check_joinable(input, part, axis)
    if n == 0:
        return input
    joined = _joined(parts, axis)
    return jnp.diff(joined, smaller(n, joined.shape[axis]), axis)


def _check_joinable(input: jax.Array, part: jax.Array, axis: int) -> None:
    sizes, others = ((*x.shape[:axis], *x.shape[axis + 1 :]) for x in (input, part))
    if input.ndim != part.ndim or sizes != others:
        raise ShapeError(f"tensors of equal sizes except along dimension {axis}", describe((input, part)))


@public
def gradient(input: Any, *, spacing: Any = None, dim: Any = None, edge_order: int = 1) -> tuple[jax.Array, ...]:
    """Estimate the gradient along each dimension, or along `dim`, by second-order central differences.

    `spacing` is a number, or one number or one tensor of coordinates for each dimension. At the edges the differences
    are one-sided, of order `edge_order` (1 or 2).
    Raises: RuntimeError for fewer than `edge_order + 1` elements along a dimension, and for bool and uint8.

    >>> import jaxfun as jf
    >>> jf.gradient(jf.tensor([1.0, 4.0, 9.0, 16.0]))
    (Array([3., 4., 6., 7.], dtype=float32),)
    >>> jf.gradient(jf.tensor([1.0, 4.0, 9.0]), spacing=(jf.tensor([1.0, 2.0, 4.0]),), edge_order=2)
    (Array([3.1666665, 2.8333333, 2.1666663], dtype=float32),)
    """
    if not isinstance(spacing, (tuple, list)):
        return _gradient(input, spacing=spacing, dim=dim, edge_order=edge_order)
    if spacing and all(map(is_scalar, spacing)):
        steps = zip(_named_axes(input, dim, len(spacing)), spacing, strict=True)
        return sum((_gradient(input, spacing=step, dim=axis, edge_order=edge_order) for axis, step in steps), ())
    return _gradient_at(input, spacing=spacing, dim=dim, edge_order=edge_order)


_EDGES = {"edge_order": Choice((1, 2))}


@op(
    kind=None,
    torch="torch.gradient",
    overload=("scalarint", "scalararray", "array", "scalarrayint", "scalarrayarray"),
    composite=True,
    rejects=frozenset({uint8}),
    takes={"spacing": Scalar(0.5, 3, optional=True), **_EDGES},
    cases=rows("input dim", ("3", 0), ("3 4", None), ("m 3", -1), ("*", None)),
)
def _gradient(input: Array, *, spacing: Factor = None, dim: Dims = None, edge_order: int = 1) -> tuple[jax.Array, ...]:
    axes = _named_axes(input, dim, None)
    _check_edges(input, axes, edge_order)
    if axes and input.dtype == np.float16 and jnp.iscomplexobj(spacing):
        raise UnsupportedDTypeError("a real `spacing` for float16 (JAX has no complex32)", describe(spacing))
    return tuple(_even_gradient(input, 1 if spacing is None else spacing, axis, edge_order) for axis in axes)


@op(
    kind=None,
    torch="torch.gradient",
    overload=("tensorarrayint", "tensorarray"),
    composite=True,
    rejects=frozenset({uint8}),
    takes=_EDGES,
    cases=rows("input spacing dim", ("3", "3", None), ("3 4", "3, 4", None), ("m n", "n", (-1,)), ("1 3", "3", (-1,))),
)
def _gradient_at(input: Array, *, spacing: Tensors, dim: Dims = None, edge_order: int = 1) -> tuple[jax.Array, ...]:
    if as_dtype(input.dtype) == uint8:  # also if the coordinates have another dtype
        raise ShapeError("a dtype other than uint8", describe(input))
    axes = _named_axes(input, dim, len(spacing))
    _check_edges(input, axes, edge_order)
    return tuple(_uneven_gradient(input, x, axis, edge_order) for x, axis in zip(spacing, axes, strict=True))


def _named_axes(input: Any, dim: Any, count: int | None) -> tuple[int, ...]:
    one_or_more = range(input.ndim) if dim is None else dim
    dims: tuple[int, ...] = (one_or_more,) if isinstance(one_or_more, int) else tuple(one_or_more)
    if count not in (None, len(dims)):
        raise ShapeError(f"`spacing` for {len(dims)} dimensions", f"for {count}")
    if dims and not input.ndim:
        raise IndexRangeError("a tensor of at least 1 dimension", describe(input))
    return wrap_dims(dims, input.ndim) if dims else ()


def _check_edges(input: jax.Array, axes: Sequence[int], edge_order: Any) -> None:
    if not isinstance(edge_order, int):
        raise ArgumentTypeError("`edge_order` to be an integer", describe(edge_order))
    if edge_order not in (1, 2):
        raise DTypeError("`edge_order` to be 1 or 2", str(edge_order))
    if any_below(edge_order + 1, [input.shape[axis] for axis in axes]):
        raise ShapeError(f"at least {edge_order + 1} elements along each dimension", describe(input))
    if axes:
        _refuse_bool(input)


def _even_gradient(input: jax.Array, spacing: Any, axis: int, edge_order: int) -> jax.Array:
    # (f(x + h) - f(x - h)) / h / 2
    middle = div(div(_sliced(input, axis, 2) - _sliced(input, axis, 0, -2), spacing), 2)
    first, last = (div(end, spacing) for end in _ends(input, axis, edge_order))
    return _joined([first, middle, last], axis)


def _ends(input: jax.Array, axis: int, edge_order: int) -> tuple[jax.Array, jax.Array]:
    """Return the one-sided differences at the two edges."""
    if edge_order == 1:
        return _steps_at_edges(input, axis)
    first = _weighted(_three(input, axis, 0), (-1.5, 2, -0.5))
    return first, _weighted(_three(input, axis, -3), (0.5, -2, 1.5))


def _steps_at_edges(input: jax.Array, axis: int) -> tuple[jax.Array, jax.Array]:
    first = _sliced(input, axis, 1, 2) - _sliced(input, axis, 0, 1)
    return first, _sliced(input, axis, -1) - _sliced(input, axis, -2, -1)


def _three(input: jax.Array, axis: int, start: int) -> list[jax.Array]:
    return [_sliced(input, axis, at, at + 1 or None) for at in range(start, start + 3)]


def _weighted(parts: Sequence[jax.Array], weights: Sequence[Any]) -> jax.Array:
    first, second, third = (mul(part, weight) for part, weight in zip(parts, weights, strict=True))
    return add(add(first, second), third)


def _uneven_gradient(input: jax.Array, x: jax.Array, axis: int, edge_order: int) -> jax.Array:
    if x.ndim != 1:
        raise ShapeError("1-D coordinates", describe(x))
    _refuse_bool(x)
    if x.size < 2:
        raise IndexRangeError("at least two coordinates", describe(x))
    steps = jnp.diff(x)
    shape = [-1 if dim == axis else 1 for dim in range(input.ndim)]
    weights = [weight.reshape(shape) for weight in _central_weights(*_neighbours(steps, 0))]
    middle = _weighted([_sliced(input, axis, 0, -2), _sliced(input, axis, 1, -1), _sliced(input, axis, 2)], weights)
    edges = _edges_of_first_order if edge_order == 1 else _edges_of_second_order
    first, last = edges(input, steps, axis)
    return _joined([first, middle, last], axis)


def _central_weights(left: jax.Array, right: jax.Array) -> tuple[jax.Array, jax.Array, jax.Array]:
    """Return the weights of three neighbours in the derivative at the middle one, from the steps between them."""
    both = left + right
    return div(-right, left * both), div(right - left, left * right), div(left, right * both)


def _edges_of_first_order(input: jax.Array, steps: jax.Array, axis: int) -> tuple[jax.Array, jax.Array]:
    first, last = _steps_at_edges(input, axis)
    return div(first, steps[0]), div(last, steps[-1])


def _edges_of_second_order(input: jax.Array, steps: jax.Array, axis: int) -> tuple[jax.Array, jax.Array]:
    if steps.size < 2:
        raise IndexRangeError("at least three coordinates", describe(steps))
    first = _edge_weights(steps[0], steps[1], 2.0, (-1, 1, -1))
    last = _edge_weights(steps[-1], steps[-2], 2, (1, -1, 1))
    return _weighted(_three(input, axis, 0), first), _weighted(_three(input, axis, -3), last[::-1])


def _edge_weights(near: jax.Array, far: jax.Array, two: float, signs: Sequence[int]) -> list[jax.Array]:
    """Return the weights of three neighbours in the derivative at the first one, the edge.

    The sign is applied just before the division, as in torch: it may wrap, like integers times 2 (but not times 2.0).
    """
    both = near + far
    parts = (add(mul(near, two), far), near * both), (both, near * far), (near, far * both)
    return [div(part if sign > 0 else -part, by) for sign, (part, by) in zip(signs, parts, strict=True)]


_PLACES = rows("y x dim", ("3", "3", -1), ("m n", "n", -1), ("m n", "m n", 0), ("n m", "n", 0), ("m n", "1 n", 1))
_STEP = {"dx": Scalar(0.5, 3)}


@op(kind=None, torch="torch.trapezoid", overload=("x", "trapz.x"), composite=True, cases=_PLACES, aliases=("trapz",))
def _trapezoid(y: Array, x: Array, *, dim: Dim = -1) -> jax.Array:
    """Return the integral of `y` along `dim` by the trapezoidal rule, at coordinates `x` or with spacing `dx`.

    Shapes: `x` is 1-D, or broadcasts with `y`.
    Raises: RuntimeError for bools; TypeError if both `x` and `dx` are given.

    >>> import jaxfun as jf
    >>> jf.trapezoid(jf.tensor([1.0, 2.0, 4.0])), jf.trapezoid(jf.tensor([1.0, 2.0, 4.0]), jf.tensor([0.0, 1.0, 3.0]))
    (Array(4.5, dtype=float32), Array(7.5, dtype=float32))
    """
    axis = _axis(y, dim)
    if y.shape[axis] == 0:
        return _zero(y, axis)
    _refuse_bool(y, x)
    left, right = _neighbours(y, axis)
    return div(_sum(mul(left + right, _steps(y, x, axis)), axis), 2.0)


@op(kind=None, torch="torch.trapezoid", overload=("dx", "trapz.dx"), composite=True, takes=_STEP, aliases=("trapz",))
def _trapezoid_dx(y: Array, *, dx: Factor = 1, dim: Dim = -1) -> jax.Array:
    axis = _axis(y, dim)
    if y.shape[axis] == 0:
        return _zero(y, axis)
    _refuse_bool(y)
    _check_step(dx)
    first, last = (jax.lax.index_in_dim(y, place, axis, keepdims=False) for place in (0, -1))
    ends = mul(first + last, 0.5)
    return mul(sub(_sum(y, axis), ends), dx)


trapz = trapezoid = overloads(_trapezoid, _trapezoid_dx)


@op(kind=None, torch="torch.cumulative_trapezoid", overload="x", composite=True, cases=_PLACES)
def _cumulative_trapezoid(y: Array, x: Array, *, dim: Dim = -1) -> jax.Array:
    """Return the cumulative integral of `y` along `dim` by the trapezoidal rule, from the second element on.

    The samples are at coordinates `x`, or have the spacing `dx`.
    Raises: RuntimeError for bools; TypeError if both `x` and `dx` are given.

    >>> import jaxfun as jf
    >>> jf.cumulative_trapezoid(jf.tensor([1.0, 2.0, 4.0]))
    Array([1.5, 4.5], dtype=float32)
    """
    wrap_dim(dim, max(y.ndim, 1))  # torch checks the range of `dim` first, and 0-dim tensors last
    _refuse_bool(y, x)
    axis = _axis(y, dim)
    left, right = _neighbours(y, axis)
    return div(scanned(jnp.cumsum, mul(left + right, _steps(y, x, axis)), axis), 2.0)


@op(kind=None, torch="torch.cumulative_trapezoid", overload="dx", composite=True, takes=_STEP)
def _cumulative_trapezoid_dx(y: Array, *, dx: Factor = 1, dim: Dim = -1) -> jax.Array:
    _refuse_bool(y)
    _check_step(dx)
    axis = _axis(y, dim)
    left, right = _neighbours(y, axis)
    return scanned(jnp.cumsum, mul(left + right, dx / 2.0), axis)


cumulative_trapezoid = overloads(_cumulative_trapezoid, _cumulative_trapezoid_dx)


def _axis(y: jax.Array, dim: int) -> int:
    if not y.ndim:
        raise IndexRangeError("a tensor of at least 1 dimension", describe(y))
    return wrap_dim(dim, y.ndim)


def _zero(y: jax.Array, axis: int) -> jax.Array:
    return jnp.zeros(y.shape[:axis] + y.shape[axis + 1 :], y.dtype)


def _sum(terms: jax.Array, axis: int) -> jax.Array:
    return reduced(jnp.sum, terms, None, axis=axis)


def _check_step(dx: Any) -> None:
    if (not is_scalar(dx) and dx.ndim) or of(dx).category not in (Category.INTEGER, Category.FLOAT):
        raise DTypeError("a real number `dx`", describe(dx))


def _steps(y: jax.Array, x: jax.Array, axis: int) -> jax.Array:
    """Return the steps between neighbouring coordinates."""
    if x.ndim == 1:
        if x.shape[0] != y.shape[axis]:
            raise ShapeError("one `x` for each sample", f"{describe(x)} for {describe(y)}")
        x = x.reshape([x.size if dim == axis else 1 for dim in range(y.ndim)])
    elif x.ndim < y.ndim:
        x = x.reshape((1,) * (y.ndim - x.ndim) + x.shape)
    before, after = _neighbours(x, axis)
    return after - before
