"""Integrals of what is sampled, by the trapezoidal rule."""

from typing import Any

import jax

from ..core.dims import wrap_dim
from ..core.dtypes import Category, is_scalar, of
from ..core.errors import ArgumentTypeError, DTypeError, IndexRangeError, ShapeError, describe
from ..core.op import op
from ..core.public import public
from ..core.record import Array, Beside, Dim, Factor, Scalar, Shape
from .arithmetic import add, mul, sub
from .creation.fill import zeros
from .division import div
from .finite_differences import neighbours
from .indexing import select
from .reduction import sum
from .scans import cumsum
from .shape.reshape import reshape


@public
def trapezoid(y: Any, x: Any = ..., *, dx: Any = None, dim: int = -1) -> jax.Array:
    """Return the integral along `dim` of what is sampled at `x`, or every `dx` (1 by default).

    Shapes: `x` has the samples' one dimension, or broadcasts with `y`.
    Raises: RuntimeError for bools, TypeError for both an `x` and a `dx`.

    >>> import jaxfun as jf
    >>> jf.trapezoid(jf.tensor([1.0, 2.0, 4.0])), jf.trapezoid(jf.tensor([1.0, 2.0, 4.0]), jf.tensor([0.0, 1.0, 3.0]))
    (Array(4.5, dtype=float32), Array(7.5, dtype=float32))
    """
    if x is not ...:
        _refuse_both("trapezoid(y, x, dx, dim)", x, dx)
        return _trapezoid(y, x, dim=dim)
    return _trapezoid_scalar(y, dx=1 if dx is None else _number(dx), dim=dim)


trapz = trapezoid


@public
def cumulative_trapezoid(y: Any, x: Any = ..., *, dx: Any = None, dim: int = -1) -> jax.Array:
    """Return the integrals along `dim` up to each sample but the first, of what is sampled at `x`, or every `dx`.

    Raises: RuntimeError for bools, TypeError for both an `x` and a `dx`.

    >>> import jaxfun as jf
    >>> jf.cumulative_trapezoid(jf.tensor([1.0, 2.0, 4.0]))
    Array([1.5, 4.5], dtype=float32)
    """
    if x is not ...:
        _refuse_both("cumulative_trapezoid(y, x, dx, dim)", x, dx)
        return _cumulative_trapezoid(y, x, dim=dim)
    return _cumulative_trapezoid_scalar(y, dx=1 if dx is None else _number(dx), dim=dim)


def _refuse_both(call: str, x: Any, dx: Any) -> None:
    if dx is not None:
        raise ArgumentTypeError("an `x` or a `dx`", f"{describe(x)} and {describe(dx)}", call=call)


def _number(dx: Any) -> Any:
    return dx.item() if hasattr(dx, "item") and not isinstance(dx, jax.Array) and dx.ndim == 0 else dx


_PLACES = {
    "y": Shape(("3", "m n", "m n", "n m", "m n")),
    "x": Shape(("3", "n", "m n", "n", "1 n")),
    "dim": Beside((-1, -1, 0, 0, 1)),
}
_STEP = {"dx": Scalar(0.5, 3)}


@op(
    kind=None,
    torch="torch.trapezoid",
    overload="x",
    composite=True,
    node="",
    takes=_PLACES,
    aliases=("trapz",),
)
def _trapezoid(y: Array, x: Array, *, dim: Dim = -1) -> jax.Array:
    axis = _axis(y, dim)
    if y.shape[axis] == 0:
        return _nothing(y, axis)
    _refuse_bool(y, x)
    left, right = neighbours(y, axis)
    return div(sum(mul(add(left, right), _steps(y, x, axis)), axis), 2.0)


@op(kind=None, torch="torch.trapezoid", overload="dx", composite=True, node="", takes=_STEP, aliases=("trapz",))
def _trapezoid_scalar(y: Array, *, dx: Factor = 1, dim: Dim = -1) -> jax.Array:
    axis = _axis(y, dim)
    if y.shape[axis] == 0:
        return _nothing(y, axis)
    _refuse_bool(y)
    _check_step(dx)
    ends = mul(add(select(y, axis, 0), select(y, axis, -1)), 0.5)
    return mul(sub(sum(y, axis), ends), dx)


@op(kind=None, torch="torch.cumulative_trapezoid", overload="x", composite=True, node="", takes=_PLACES)
def _cumulative_trapezoid(y: Array, x: Array, *, dim: Dim = -1) -> jax.Array:
    wrap_dim(dim, max(y.ndim, 1))  # a dimension that is none is refused first, a 0-dim tensor last
    _refuse_bool(y, x)
    axis = _axis(y, dim)
    left, right = neighbours(y, axis)
    return div(cumsum(mul(add(left, right), _steps(y, x, axis)), axis), 2.0)


@op(kind=None, torch="torch.cumulative_trapezoid", overload="dx", composite=True, node="", takes=_STEP)
def _cumulative_trapezoid_scalar(y: Array, *, dx: Factor = 1, dim: Dim = -1) -> jax.Array:
    _refuse_bool(y)
    _check_step(dx)
    axis = _axis(y, dim)
    left, right = neighbours(y, axis)
    return cumsum(mul(add(left, right), dx / 2.0), axis)


def _axis(y: jax.Array, dim: int) -> int:
    if not y.ndim:
        raise IndexRangeError("a tensor with dimensions", describe(y))
    return wrap_dim(dim, y.ndim)


def _nothing(y: jax.Array, axis: int) -> jax.Array:
    return zeros(y.shape[:axis] + y.shape[axis + 1 :], dtype=y.dtype)


def _refuse_bool(*tensors: jax.Array) -> None:
    if any(tensor.dtype == bool for tensor in tensors):
        raise DTypeError("a dtype other than bool", describe(tensors))


def _check_step(dx: Any) -> None:
    if (not is_scalar(dx) and dx.ndim) or of(dx).category not in (Category.INTEGER, Category.FLOAT):
        raise DTypeError("a real number `dx`", describe(dx))


def _steps(y: jax.Array, x: jax.Array, axis: int) -> jax.Array:
    """Return the distances between the places of the samples."""
    if x.ndim == 1:
        if x.shape[0] != y.shape[axis]:
            raise ShapeError("an `x` for each sample", f"{describe(x)} for {describe(y)}")
        x = reshape(x, [x.size if dim == axis else 1 for dim in range(y.ndim)])
    elif x.ndim < y.ndim:
        x = reshape(x, (1,) * (y.ndim - x.ndim) + x.shape)
    before, after = neighbours(x, axis)
    return sub(after, before)
