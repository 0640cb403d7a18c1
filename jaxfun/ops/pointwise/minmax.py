"""Elementwise maximum and minimum, `clamp`, `where` and the Heaviside step function."""

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax.core import Tracer

from ...core.checks import refuse_overflow, want_one_dtype
from ...core.dims import broadcast_shapes
from ...core.dtypes import Category, Kind, as_dtype, bfloat16, canonical, float16, is_scalar, of, result_type, uint8
from ...core.errors import ArgumentTypeError, DTypeError, ShapeError, UnsupportedDTypeError, describe
from ...core.op import op
from ...core.overloads import overloads
from ...core.public import public
from ...core.record import COMPLEXES, Array, Factor, Mask, Operand, Scalar


@op(kind=Kind.NO_OPMATH, overload=("", "max.other"), rejects=COMPLEXES)
def maximum(input: Array, other: Array) -> jax.Array:
    """Return the elementwise maximum; NaN if either element is NaN.

    Gradient: half to each of two equal elements; the full gradient to both if either is NaN.

    >>> import jaxfun as jf
    >>> jf.maximum(jf.tensor([1.0, 5.0]), jf.tensor([3.0, 2.0]))
    Array([3., 5.], dtype=float32)
    """
    return _larger(input, other)


@op(kind=Kind.NO_OPMATH, overload=("", "min.other"), rejects=COMPLEXES)
def minimum(input: Array, other: Array) -> jax.Array:
    """Return the elementwise minimum; NaN if either element is NaN.

    Gradient: half to each of two equal elements; the full gradient to both if either is NaN.

    >>> import jaxfun as jf
    >>> jf.minimum(jf.tensor([1.0, 5.0]), jf.tensor([3.0, 2.0]))
    Array([1., 2.], dtype=float32)
    """
    return _smaller(input, other)


@jax.custom_jvp
def _larger(input: jax.Array, other: jax.Array) -> jax.Array:
    return jnp.maximum(input, other)


@_larger.defjvp
def _larger_jvp(primals: Any, tangents: Any) -> tuple[jax.Array, jax.Array]:
    (x, y), (dx, dy) = primals, tangents
    return _larger(x, y), _tangent_share(x == y, x < y, dx) + _tangent_share(x == y, y < x, dy)


@jax.custom_jvp
def _smaller(input: jax.Array, other: jax.Array) -> jax.Array:
    return jnp.minimum(input, other)


@_smaller.defjvp
def _smaller_jvp(primals: Any, tangents: Any) -> tuple[jax.Array, jax.Array]:
    (x, y), (dx, dy) = primals, tangents
    return _smaller(x, y), _tangent_share(x == y, y < x, dx) + _tangent_share(x == y, x < y, dy)


def _tangent_share(tie: jax.Array, lost: jax.Array, tangent: jax.Array) -> jax.Array:
    # half at a tie, 0 for the element that lost; with NaN both comparisons are false
    return jnp.where(tie, tangent / 2, jnp.where(lost, 0, tangent))


_BOUND = Scalar(-1, 2, optional=True)


@op(
    kind=Kind.NO_OPMATH,
    torch="torch.clamp",
    overload=("Tensor", "clip.Tensor"),
    node="ClampBackward0",
    rejects=COMPLEXES,
)
def _clamp_tensor(input: Array, min: Array = None, max: Array = None) -> jax.Array:
    if input.dtype == bool and min is not None and max is not None:
        raise UnsupportedDTypeError("a dtype other than bool", describe(input))
    return bounded(input, min, max)


def _bounds_fit(input: Any, min: Any = None, max: Any = None) -> None:
    refuse_overflow([input, *(bound for bound in (min, max) if bound is not None)], (min, max))


@op(
    kind=None,
    torch="torch.clamp",
    overload=("", "clip.default"),
    node="ClampBackward1",
    rejects=COMPLEXES,
    takes={"min": _BOUND, "max": _BOUND},
    aliases=("clip",),
    before=_bounds_fit,
)
def _clamp_scalar(input: Array, min: Factor = None, max: Factor = None) -> jax.Array:
    if min is None and max is None:
        raise ShapeError("at least one of `min` and `max`", "None for both")
    return bounded_by_numbers(input, min, max)


@public
def clamp(input: Any, min: Any = None, max: Any = None) -> jax.Array:
    """Clamp each element to `[min, max]`: numbers, or tensors that broadcast.

    Gradient: 1 at a bound (jnp.clip has 0.5), 0 outside and at NaN; for a tensor of bounds 1 where the bound is used.
    Raises: RuntimeError if both bounds are None, or a number is too large for the result's dtype; TypeError for a
    number together with a tensor that is not 0-dim.

    >>> import jaxfun as jf
    >>> jf.clamp(jf.tensor([-1.0, 0.5, 2.0]), 0, 1)
    Array([0. , 0.5, 1. ], dtype=float32)
    """
    given = [bound for bound in (min, max) if bound is not None]
    if given and not any(map(is_scalar, given)):
        return _clamp_tensor(input, min, max)
    return _clamp_scalar(input, _as_number(min), _as_number(max))


def _as_number(bound: Any) -> Any:
    # together with a number, torch treats a 0-dim tensor as a number too
    if type(bound) in (int, float) or not hasattr(bound, "dtype") or is_scalar(bound):
        return bound
    if np.ndim(bound):
        raise ArgumentTypeError("two numbers or two tensors as bounds", describe(bound))
    return bound if isinstance(bound, Tracer) else bound.item()


clip = clamp


def bounded_by_numbers(input: jax.Array, min: Any, max: Any) -> jax.Array:
    """Clamp each element between two numbers, either of which may be None, in the promoted dtype."""
    dtype = canonical(result_type(input, *(bound for bound in (min, max) if bound is not None)))
    if dtype.category in (Category.BOOL, Category.COMPLEX):
        raise UnsupportedDTypeError("a dtype other than bool and the complex ones", describe(dtype))
    x, low, high = (None if v is None else jnp.asarray(v).astype(dtype.dtype) for v in (input, min, max))
    return bounded(x, low, high)


@op(
    kind=Kind.NO_OPMATH,
    torch="torch.clamp",
    overload=("Tensor", "clip.Tensor"),
    node="ClampBackward0",
    rejects=COMPLEXES,
)
def _clamp(input: Array, min: Array = None, max: Array = None) -> jax.Array:
    if input.dtype == bool and min is not None and max is not None:
        raise UnsupportedDTypeError("a real dtype (clamp is not defined for complex numbers)", describe(input))
    return bounded(input, min, max)


@jax.custom_jvp
def bounded(x: jax.Array, low: jax.Array | None, high: jax.Array | None) -> jax.Array:
    """Clamp each element between two tensors, either of which may be None, with the gradient of `clamp`."""
    lifted = x if low is None else jnp.maximum(x, low)
    return lifted if high is None else jnp.minimum(lifted, high)


@bounded.defjvp
def _bounded_jvp(primals: Any, tangents: Any) -> tuple[jax.Array, jax.Array]:
    (x, low, high), (dx, d_low, d_high) = primals, tangents
    result = bounded(x, low, high)
    above = True if low is None else x >= low
    below = True if high is None else x <= high
    crossed = False if low is None or high is None else high < low
    tangent = jnp.where(above & below, dx, 0)
    if low is not None:
        tangent += jnp.where((x < low) & (True if high is None else low < high), d_low, 0)
    if high is not None:
        tangent += jnp.where((x > high) | crossed, d_high, 0)
    return result, tangent


def _numbers_fit(condition: Any, input: Any, other: Any) -> None:
    if not any(getattr(value, "dtype", None) in (float16, bfloat16) for value in (input, other)):  # torch: infinity
        refuse_overflow((input, other), (input, other))


@op(kind=Kind.NO_OPMATH, overload=("self", "ScalarOther", "ScalarSelf", "Scalar"), before=_numbers_fit)
def where(condition: Mask, input: Operand, other: Operand) -> jax.Array:
    """Return `input` where the condition is true, else `other`.

    Gradient: 0 for the element that is not selected, even if it is NaN or infinite.
    Raises: RuntimeError for a condition that is not bool, and for a number too large for the result's dtype.

    >>> import jaxfun as jf
    >>> jf.where(jf.tensor([True, False]), 1.0, jf.tensor([2.0, 3.0]))
    Array([1., 3.], dtype=float32)
    """
    if as_dtype(condition.dtype).category is not Category.BOOL and of(condition) != uint8:
        raise DTypeError("a bool condition", describe(condition), "Compare first: jaxfun.ne(condition, 0).")
    return jnp.where(condition, input, other)


@op(kind=Kind.NO_OPMATH, rejects=COMPLEXES)
def fmax(input: Array, other: Array) -> jax.Array:
    """Return the elementwise maximum, but the number if the other element is NaN.

    Gradient: to `input` where the two are equal.

    >>> import jaxfun as jf
    >>> jf.fmax(jf.tensor([1.0, float("nan")]), jf.tensor([2.0, 3.0]))
    Array([2., 3.], dtype=float32)
    """
    return jnp.where((input >= other) | jnp.isnan(other), input, other)


@op(kind=Kind.NO_OPMATH, rejects=COMPLEXES)
def fmin(input: Array, other: Array) -> jax.Array:
    """Return the elementwise minimum, but the number if the other element is NaN.

    Gradient: to `input` where the two are equal.

    >>> import jaxfun as jf
    >>> jf.fmin(jf.tensor([1.0, float("nan")]), jf.tensor([2.0, 3.0]))
    Array([1., 3.], dtype=float32)
    """
    return jnp.where((input <= other) | jnp.isnan(other), input, other)


def _bound_fits(input: Any, bound: Any) -> None:
    if not of(input).is_complex:  # otherwise the op refuses the dtype
        refuse_overflow((input, bound), (bound,))


@op(
    kind=None,
    torch="torch.clamp_min",
    node="ClampMinBackward0",
    rejects=COMPLEXES,
    takes={"min": Scalar(-1, 2)},
    before=_bound_fits,
)
def _clamp_min_scalar(input: Array, min: Factor) -> jax.Array:
    """Clamp each element to at least `min`, a number or a tensor that broadcasts.

    Gradient: 1 at the bound, 0 below it and at NaN; for a tensor of bounds 1 where the bound is used.
    Raises: RuntimeError for a number too large for the result's dtype.

    >>> import jaxfun as jf
    >>> jf.clamp_min(jf.tensor([-1.0, 0.5, 2.0]), 0)
    Array([0. , 0.5, 2. ], dtype=float32)
    """
    return bounded_by_numbers(input, min, None)


@op(kind=Kind.NO_OPMATH, torch="torch.clamp_min", overload="Tensor", node="ClampMinBackward1", rejects=COMPLEXES)
def _clamp_min_tensor(input: Array, min: Array) -> jax.Array:
    return bounded(input, min, None)


clamp_min = overloads(_clamp_min_scalar, _clamp_min_tensor)


@op(
    kind=None,
    torch="torch.clamp_max",
    node="ClampMaxBackward0",
    rejects=COMPLEXES,
    takes={"max": Scalar(-1, 2)},
    before=_bound_fits,
)
def _clamp_max_scalar(input: Array, max: Factor) -> jax.Array:
    """Clamp each element to at most `max`, a number or a tensor that broadcasts.

    Gradient: 1 at the bound, 0 above it and at NaN; for a tensor of bounds 1 where the bound is used.
    Raises: RuntimeError for a number too large for the result's dtype.

    >>> import jaxfun as jf
    >>> jf.clamp_max(jf.tensor([-1.0, 0.5, 2.0]), 1)
    Array([-1. ,  0.5,  1. ], dtype=float32)
    """
    return bounded_by_numbers(input, None, max)


@op(kind=Kind.NO_OPMATH, torch="torch.clamp_max", overload="Tensor", node="ClampMaxBackward1", rejects=COMPLEXES)
def _clamp_max_tensor(input: Array, max: Array) -> jax.Array:
    return bounded(input, None, max)


clamp_max = overloads(_clamp_max_scalar, _clamp_max_tensor)


@op(kind=None, node="", rejects=COMPLEXES)
def heaviside(input: Array, values: Array) -> jax.Array:
    """Return the Heaviside step function: 0 below 0 and for NaN, 1 above 0, and `values` at 0.

    Gradient: torch has none. Here it is 0 for `input`, and for `values` 1 where the value is used.
    Raises: RuntimeError for different dtypes.

    >>> import jaxfun as jf
    >>> jf.heaviside(jf.tensor([-1.5, 0.0, 2.0]), jf.tensor(0.5))
    Array([0. , 0.5, 1. ], dtype=float32)
    """
    want_one_dtype(input, values)
    broadcast_shapes(input.shape, values.shape)
    zero = jnp.zeros_like(input)
    return jnp.where(input == zero, values, (input > zero).astype(input.dtype))
