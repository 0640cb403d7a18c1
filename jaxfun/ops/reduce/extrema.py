"""Maxima and minima, with indices. As in torch, NaN is propagated, and ties share the gradient or go to the first.

Begin with `largest` and `smallest`, the reductions that propagate NaN, and `shared_evenly`, the gradient.
"""

import functools
import math
from collections.abc import Callable, Mapping
from typing import Annotated, Any, NamedTuple

import jax
import jax.numpy as jnp

from ...core.checks import want_order
from ...core.dims import wrap_dim, wrap_dims
from ...core.dtypes import DType, Kind, as_dtype, canonical, float32, int64, promote_types
from ...core.errors import DTypeError, IndexRangeError, ShapeError, describe
from ...core.op import op
from ...core.overloads import overloads
from ...core.record import BOOLS, COMPLEXES, Array, Choice, Dim, Dims, Role, where_empty
from ..pointwise.minmax import maximum, minimum


class ValuesAndIndices(NamedTuple):
    """Values along a dimension, and their indices. Torch: torch.return_types.max."""

    values: jax.Array
    indices: jax.Array


class MinAndMax(NamedTuple):
    """The minimum and the maximum. Torch: torch.return_types.aminmax."""

    min: jax.Array
    max: jax.Array


@op(kind=Kind.NO_OPMATH, rejects=COMPLEXES, takes_here=where_empty(COMPLEXES))
def amax(input: Array, dim: Dims = (), keepdim: bool = False) -> jax.Array:
    """Return the maximum of all elements, or over `dim` (an integer or a tuple).

    Gradient: split evenly among equal elements.
    Raises: RuntimeError for an empty tensor without `dim`; IndexError for a `dim` of size 0.

    >>> import jaxfun as jf
    >>> jf.amax(jf.tensor([[1.0, 2.0], [4.0, 3.0]]), 1)
    Array([2., 4.], dtype=float32)
    """
    return shared_evenly(input, largest, _nonempty_axes(input, dim), keepdim, jnp.equal)


@op(kind=Kind.NO_OPMATH, rejects=COMPLEXES, takes_here=where_empty(COMPLEXES))
def amin(input: Array, dim: Dims = (), keepdim: bool = False) -> jax.Array:
    """Return the minimum of all elements, or over `dim` (an integer or a tuple).

    Gradient: split evenly among equal elements.
    Raises: RuntimeError for an empty tensor without `dim`; IndexError for a `dim` of size 0.

    >>> import jaxfun as jf
    >>> jf.amin(jf.tensor([[1.0, 2.0], [4.0, 3.0]]), 1)
    Array([1., 3.], dtype=float32)
    """
    return shared_evenly(input, smallest, _nonempty_axes(input, dim), keepdim, jnp.equal)


def _nonempty_axes(input: jax.Array, dim: Any) -> tuple[int, ...]:
    if dim is None or dim == ():
        _refuse_empty(input, ShapeError)
        return wrap_dims(None, input.ndim)
    for each in dim if isinstance(dim, tuple) else (dim,):
        refuse_empty_axis(input, wrap_dim(each, input.ndim))
    return wrap_dims(dim, input.ndim)


def _refuse_empty(input: jax.Array, error: Callable[..., Exception]) -> None:
    if input.size == 0:
        raise error("at least one element, or a `dim`", describe(input))


def refuse_empty_axis(input: jax.Array, axis: int) -> None:
    """Raise IndexRangeError for a dimension of size 0."""
    if input.ndim and input.shape[axis] == 0:
        raise IndexRangeError(f"a non-empty `dim`, not {axis}", describe(input))


@op(kind=Kind.NO_OPMATH, torch="torch.max", node="MaxBackward1", rejects=COMPLEXES)
def _max(input: Array) -> jax.Array:
    """Return the maximum of all elements; with `dim`, the maximum along it and its index; with a tensor, `maximum`.

    Gradient: split evenly among equal elements; with `dim`, all to the element whose index is returned.
    Raises: RuntimeError for an empty tensor without `dim`; IndexError for a `dim` of size 0.

    >>> import jaxfun as jf
    >>> jf.max(jf.tensor([[1.0, 2.0], [4.0, 3.0]]))
    Array(4., dtype=float32)
    >>> jf.max(jf.tensor([[1.0, 2.0], [4.0, 3.0]]), 1).indices
    Array([1, 0], dtype=int32)
    """
    _refuse_empty(input, ShapeError)
    return shared_evenly(input, largest, None, False, equal_or_nan)


@op(kind=Kind.NO_OPMATH, torch="torch.min", node="MinBackward1", rejects=COMPLEXES)
def _min(input: Array) -> jax.Array:
    """Return the minimum of all elements; with `dim`, the minimum along it and its index; with a tensor, `minimum`.

    Gradient: split evenly among equal elements; with `dim`, all to the element whose index is returned.
    Raises: RuntimeError for an empty tensor without `dim`; IndexError for a `dim` of size 0.

    >>> import jaxfun as jf
    >>> jf.min(jf.tensor([[1.0, 2.0], [4.0, 3.0]]))
    Array(1., dtype=float32)
    >>> jf.min(jf.tensor([[1.0, 2.0], [4.0, 3.0]]), 1).indices
    Array([0, 1], dtype=int32)
    """
    _refuse_empty(input, ShapeError)
    return shared_evenly(input, smallest, None, False, equal_or_nan)


@op(kind=Kind.NO_OPMATH, torch="torch.max", overload="dim", node="MaxBackward0")
def _max_dim(input: Array, dim: Dim, keepdim: bool = False) -> ValuesAndIndices:
    return _along_dim(jnp.argmax, input, dim, keepdim)


@op(kind=Kind.NO_OPMATH, torch="torch.min", overload="dim", node="MinBackward0")
def _min_dim(input: Array, dim: Dim, keepdim: bool = False) -> ValuesAndIndices:
    return _along_dim(jnp.argmin, input, dim, keepdim)


max = overloads(_max, _max_dim, maximum)
min = overloads(_min, _min_dim, minimum)


@functools.partial(jax.custom_jvp, nondiff_argnums=(1, 2, 3, 4))
def shared_evenly(input: jax.Array, reduce: Any, axes: tuple[int, ...] | None, keepdim: bool, chosen: Any) -> jax.Array:
    """Return `reduce(input)`, with its gradient split evenly among the elements that are `chosen(input, result)`."""
    return reduce(input, axes, keepdims=keepdim)


@shared_evenly.defjvp
def _shared_evenly_jvp(
    reduce: Any, axes: tuple[int, ...] | None, keepdim: bool, chosen: Any, primals: Any, tangents: Any
) -> tuple[jax.Array, jax.Array]:
    (input,), (tangent,) = primals, tangents
    known = jax.lax.stop_gradient(input)
    shares = chosen(known, reduce(known, axes, keepdims=True))
    # 16-bit floats cannot represent large counts: count in integers, divide in float32
    wide = promote_types(as_dtype(input.dtype), float32).dtype
    count = jnp.count_nonzero(shares, axes, keepdims=True).astype(wide)
    part = (tangent.astype(wide) / count).astype(input.dtype)
    result = shared_evenly(input, reduce, axes, keepdim, chosen)
    return result, jnp.sum(shares.astype(input.dtype) * part, axes, keepdims=keepdim)


def largest(input: jax.Array, axes: Any = None, *, keepdims: bool = False, initial: float = -math.inf) -> jax.Array:
    """Return the maximum over some axes, NaN if any element is NaN; `initial` is its lower bound."""
    return _extreme(jnp.max, jax.lax.max, input, axes, keepdims, initial)


def smallest(input: jax.Array, axes: Any = None, *, keepdims: bool = False) -> jax.Array:
    """Return the minimum over some axes, NaN if any element is NaN."""
    return _extreme(jnp.min, jax.lax.min, input, axes, keepdims, math.inf)


def _extreme(reduce: Any, better: Any, input: jax.Array, axes: Any, keepdims: bool, initial: float) -> jax.Array:
    # XLA's CPU compiler drops NaN from the maximum of more than a few dozen elements: test for NaN separately
    if not jnp.issubdtype(input.dtype, jnp.inexact):
        return reduce(input, axes, keepdims=keepdims)
    axes = (axes,) if isinstance(axes, int) else range(input.ndim) if axes is None else axes
    axes = tuple(axis % input.ndim for axis in axes)
    if input.ndim - 1 in axes:
        extreme, has_nan = _in_one_pass(better, input, axes, initial)
    else:  # XLA's code for two reductions over leading dimensions is faster than for one
        extreme, has_nan = reduce(input, axes, initial=initial), jnp.isnan(input).any(axes)
    result = jnp.where(has_nan, jnp.asarray(jnp.nan, input.dtype), extreme)
    return jnp.expand_dims(result, axes) if keepdims else result


def _in_one_pass(better: Any, input: jax.Array, axes: tuple[int, ...], initial: float) -> Any:
    def combined(left: Any, right: Any) -> Any:
        return better(left[0], right[0]), left[1] | right[1]

    start = jnp.asarray(initial, input.dtype), jnp.asarray(False)
    return jax.lax.reduce((input, jnp.isnan(input)), start, combined, axes)


def equal_or_nan(input: jax.Array, result: jax.Array) -> jax.Array:
    """Return where the input equals the result, or both are NaN."""
    return (input == result) | (jnp.isnan(input) & jnp.isnan(result))


def _along_dim(arg: Callable[..., jax.Array], input: jax.Array, dim: int, keepdim: bool) -> ValuesAndIndices:
    axis = wrap_dim(dim, input.ndim)
    refuse_empty_axis(input, axis)
    want_order(input, DTypeError)  # torch checks the sizes first
    if input.ndim == 0:
        return ValuesAndIndices(input, jnp.zeros((), canonical(int64).dtype))
    indices = arg(input, axis, keepdims=True).astype(canonical(int64).dtype)
    return take_at_index(input, indices, axis, keepdim)


def take_at_index(input: jax.Array, indices: jax.Array, axis: int, keepdim: bool) -> ValuesAndIndices:
    """Return the element at one index along a dimension, and the index. Only that element gets a gradient."""
    values = jnp.take_along_axis(input, indices, axis, mode="promise_in_bounds")
    kept = ValuesAndIndices(values, indices)
    return kept if keepdim else ValuesAndIndices(*(jnp.squeeze(part, axis) for part in kept))


OneDim = Annotated[int | None, Role.DIM]
ONE_OR_NONE = {"dim": Choice((None, 0, -1))}


@op(kind=Kind.NO_OPMATH, node="", rejects=BOOLS | COMPLEXES, takes=ONE_OR_NONE)
def argmax(input: Array, dim: OneDim = None, keepdim: bool = False) -> jax.Array:
    """Return the index of the maximum, in the flattened tensor or along `dim`; the first one of equal elements.

    Raises: IndexError for an empty tensor, or a `dim` of size 0.

    >>> import jaxfun as jf
    >>> jf.argmax(jf.tensor([[1.0, 2.0], [4.0, 3.0]]), 1)
    Array([1, 0], dtype=int32)
    """
    return _index_of(jnp.argmax, input, dim, keepdim)


@op(kind=Kind.NO_OPMATH, node="", rejects=BOOLS | COMPLEXES, takes=ONE_OR_NONE)
def argmin(input: Array, dim: OneDim = None, keepdim: bool = False) -> jax.Array:
    """Return the index of the minimum, in the flattened tensor or along `dim`; the first one of equal elements.

    Raises: IndexError for an empty tensor, or a `dim` of size 0.

    >>> import jaxfun as jf
    >>> jf.argmin(jf.tensor([[1.0, 2.0], [4.0, 3.0]]), 1)
    Array([0, 1], dtype=int32)
    """
    return _index_of(jnp.argmin, input, dim, keepdim)


def _index_of(arg: Callable[..., jax.Array], input: jax.Array, dim: int | None, keepdim: bool) -> jax.Array:
    _refuse_empty_reduction(input, dim, IndexRangeError)
    axis = None if dim is None or not input.ndim else wrap_dim(dim, input.ndim)
    return arg(input, axis, keepdims=keepdim).astype(canonical(int64).dtype)


def _refuse_empty_reduction(input: jax.Array, dim: int | None, error: Callable[..., Exception]) -> None:
    if dim is None:
        _refuse_empty(input, error)
    else:
        refuse_empty_axis(input, wrap_dim(dim, input.ndim))


def _complex_where_empty(arguments: Mapping[str, Any]) -> frozenset[DType]:
    # torch checks for an empty dimension before it checks the dtype
    input, dim = arguments["input"], arguments.get("dim")
    count = input.size if dim is None or not input.ndim else input.shape[dim % input.ndim]
    return frozenset() if count else COMPLEXES


@op(kind=Kind.NO_OPMATH, rejects=COMPLEXES, takes_here=_complex_where_empty, takes=ONE_OR_NONE)
def aminmax(input: Array, *, dim: OneDim = None, keepdim: bool = False) -> MinAndMax:
    """Return the minimum and the maximum of all elements, or along `dim`, as a named tuple `(min, max)`.

    Gradient: split evenly among equal elements.
    Raises: RuntimeError for an empty tensor without `dim`; IndexError for a `dim` of size 0.

    >>> import jaxfun as jf
    >>> jf.aminmax(jf.tensor([3.0, 1.0, 2.0]))
    MinAndMax(min=Array(1., dtype=float32), max=Array(3., dtype=float32))
    """
    _refuse_empty_reduction(input, dim, ShapeError)
    axes = wrap_dims(dim, input.ndim)
    return MinAndMax(*(shared_evenly(input, reduce, axes, keepdim, jnp.equal) for reduce in (smallest, largest)))
