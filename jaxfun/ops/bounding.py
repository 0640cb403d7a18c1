"""The larger or smaller of two where NaN loses, one bound alone, and the step at 0."""

from typing import Any

import jax
import jax.numpy as jnp

from ..core.checks import refuse_overflow, want_one_dtype
from ..core.dims import broadcast_shapes
from ..core.dtypes import Kind, is_scalar, of
from ..core.errors import ArgumentTypeError
from ..core.op import op
from ..core.public import public
from ..core.record import COMPLEXES, Array, Factor, Scalar
from .selection import bounded, bounded_by_numbers


@op(kind=Kind.NO_OPMATH, rejects=COMPLEXES)
def fmax(input: Array, other: Array) -> jax.Array:
    """Return the larger of each two, and of a number and NaN the number.

    Gradient: all of it to `input` where both are equal.

    >>> import jaxfun as jf
    >>> jf.fmax(jf.tensor([1.0, float("nan")]), jf.tensor([2.0, 3.0]))
    Array([2., 3.], dtype=float32)
    """
    return jnp.where((input >= other) | jnp.isnan(other), input, other)


@op(kind=Kind.NO_OPMATH, rejects=COMPLEXES)
def fmin(input: Array, other: Array) -> jax.Array:
    """Return the smaller of each two, and of a number and NaN the number.

    Gradient: all of it to `input` where both are equal.

    >>> import jaxfun as jf
    >>> jf.fmin(jf.tensor([1.0, float("nan")]), jf.tensor([2.0, 3.0]))
    Array([1., 3.], dtype=float32)
    """
    return jnp.where((input <= other) | jnp.isnan(other), input, other)


@public
def clamp_min(input: Any, min: Any) -> jax.Array:
    """Return each element, no less than `min`: a number, or a tensor that broadcasts.

    Gradient: 1 at the bound, 0 below it and at NaN; for a tensor of bounds 1 where it is used.
    Raises: RuntimeError for a number too large for the result's dtype.

    >>> import jaxfun as jf
    >>> jf.clamp_min(jf.tensor([-1.0, 0.5, 2.0]), 0)
    Array([0. , 0.5, 2. ], dtype=float32)
    """
    return _by_bound("clamp_min(input, min)", (_clamp_min_scalar, _clamp_min), input, min)


@public
def clamp_max(input: Any, max: Any) -> jax.Array:
    """Return each element, no more than `max`: a number, or a tensor that broadcasts.

    Gradient: 1 at the bound, 0 above it and at NaN; for a tensor of bounds 1 where it is used.
    Raises: RuntimeError for a number too large for the result's dtype.

    >>> import jaxfun as jf
    >>> jf.clamp_max(jf.tensor([-1.0, 0.5, 2.0]), 1)
    Array([-1. ,  0.5,  1. ], dtype=float32)
    """
    return _by_bound("clamp_max(input, max)", (_clamp_max_scalar, _clamp_max), input, max)


def _by_bound(call: str, forms: tuple[Any, Any], input: Any, bound: Any) -> jax.Array:
    by_number, by_tensor = forms
    if bound is None:
        raise ArgumentTypeError("a number or a tensor as the bound", "None", call=call)
    if not is_scalar(bound):
        return by_tensor(input, bound)
    if not hasattr(input, "dtype") or not of(input).is_complex:  # else refused as what it is
        refuse_overflow((input, bound), (bound,))
    return by_number(input, bound)


@op(
    kind=None,
    torch="torch.clamp_min",
    node="ClampMinBackward0",
    rejects=COMPLEXES,
    takes={"min": Scalar(-1, 2)},
)
def _clamp_min_scalar(input: Array, min: Factor) -> jax.Array:
    return bounded_by_numbers(input, min, None)


@op(
    kind=None,
    torch="torch.clamp_max",
    node="ClampMaxBackward0",
    rejects=COMPLEXES,
    takes={"max": Scalar(-1, 2)},
)
def _clamp_max_scalar(input: Array, max: Factor) -> jax.Array:
    return bounded_by_numbers(input, None, max)


@op(
    kind=Kind.NO_OPMATH,
    torch="torch.clamp_min",
    overload="Tensor",
    node="ClampMinBackward1",
    rejects=COMPLEXES,
)
def _clamp_min(input: Array, min: Array) -> jax.Array:
    return bounded(input, min, None)


@op(
    kind=Kind.NO_OPMATH,
    torch="torch.clamp_max",
    overload="Tensor",
    node="ClampMaxBackward1",
    rejects=COMPLEXES,
)
def _clamp_max(input: Array, max: Array) -> jax.Array:
    return bounded(input, None, max)


@op(kind=None, node="", rejects=COMPLEXES)
def heaviside(input: Array, values: Array) -> jax.Array:
    """Return 0 for each element below 0 and for NaN, 1 above 0, and at 0 what `values` has.

    Gradient: torch has none; here 0 for `input`, and for `values` 1 where it is used.
    Raises: RuntimeError for two dtypes.

    >>> import jaxfun as jf
    >>> jf.heaviside(jf.tensor([-1.5, 0.0, 2.0]), jf.tensor(0.5))
    Array([0. , 0.5, 1. ], dtype=float32)
    """
    want_one_dtype(input, values)
    broadcast_shapes(input.shape, values.shape)
    zero = jnp.zeros_like(input)
    return jnp.where(input == zero, values, (input > zero).astype(input.dtype))
