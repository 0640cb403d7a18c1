"""The largest and the smallest, and where they stand: NaN wins, and ties are shared or go to the first, as in torch."""

from collections.abc import Callable
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp

from .._dims import wrap_dim, wrap_dims
from .._op import BOOLS, COMPLEXES, Array, Dim, Dims, op
from ..dtypes import Kind, canonical, int64
from ..errors import ArgumentTypeError, IndexRangeError, ShapeError, describe
from .selection import maximum, minimum


class ValuesAndIndices(NamedTuple):
    """Values along a dimension, and their positions. Torch: torch.return_types.max."""

    values: jax.Array
    indices: jax.Array


@op(kind=Kind.NO_OPMATH, rejects=COMPLEXES)
def amax(input: Array, dim: Dims = (), keepdim: bool = False) -> jax.Array:
    """Return the largest element, or the largest over `dim` (one, or several as a tuple).

    Gradient: shared evenly among equal elements.
    Raises: RuntimeError for no elements and no `dim`; IndexError for a `dim` of size 0.

    >>> import jaxfun as jf
    >>> jf.amax(jf.tensor([[1.0, 2.0], [4.0, 3.0]]), 1)
    Array([2., 4.], dtype=float32)
    """
    return jnp.max(input, _nonempty_axes(input, dim), keepdims=keepdim)


@op(kind=Kind.NO_OPMATH, rejects=COMPLEXES)
def amin(input: Array, dim: Dims = (), keepdim: bool = False) -> jax.Array:
    """Return the smallest element, or the smallest over `dim` (one, or several as a tuple).

    Gradient: shared evenly among equal elements.
    Raises: RuntimeError for no elements and no `dim`; IndexError for a `dim` of size 0.

    >>> import jaxfun as jf
    >>> jf.amin(jf.tensor([[1.0, 2.0], [4.0, 3.0]]), 1)
    Array([1., 3.], dtype=float32)
    """
    return jnp.min(input, _nonempty_axes(input, dim), keepdims=keepdim)


def _nonempty_axes(input: jax.Array, dim: Any) -> tuple[int, ...]:
    axes = wrap_dims(dim, input.ndim)
    if dim is None or dim == ():
        _refuse_empty(input, ShapeError)
    for axis in axes:
        _refuse_empty_axis(input, axis)
    return axes


def _refuse_empty(input: jax.Array, error: Callable[..., Exception]) -> None:
    if input.size == 0:
        raise error("at least one element, or a `dim`", describe(input))


def _refuse_empty_axis(input: jax.Array, axis: int) -> None:
    if input.ndim and input.shape[axis] == 0:
        raise IndexRangeError(f"a `dim` of size 1 or more, not {axis}", describe(input))


def max(input: Any, dim: Any = None, keepdim: bool = False, *, other: Any = None) -> Any:
    """Return the largest element; with a `dim`, the largest along it and where they are; with a tensor, `maximum`.

    Gradient: shared evenly among equal elements; with a `dim` all to the element whose index is returned.
    Raises: RuntimeError for no elements and no `dim`; IndexError for a `dim` of size 0.

    >>> import jaxfun as jf
    >>> jf.max(jf.tensor([[1.0, 2.0], [4.0, 3.0]]))
    Array(4., dtype=float32)
    >>> jf.max(jf.tensor([[1.0, 2.0], [4.0, 3.0]]), 1).indices
    Array([1, 0], dtype=int32)
    """
    return _by_form("max(input, dim, keepdim)", (_max, _max_dim, maximum), input, dim, keepdim, other)


def min(input: Any, dim: Any = None, keepdim: bool = False, *, other: Any = None) -> Any:
    """Return the smallest element; with a `dim`, the smallest along it and where they are; with a tensor, `minimum`.

    Gradient: shared evenly among equal elements; with a `dim` all to the element whose index is returned.
    Raises: RuntimeError for no elements and no `dim`; IndexError for a `dim` of size 0.

    >>> import jaxfun as jf
    >>> jf.min(jf.tensor([[1.0, 2.0], [4.0, 3.0]]))
    Array(1., dtype=float32)
    >>> jf.min(jf.tensor([[1.0, 2.0], [4.0, 3.0]]), 1).indices
    Array([0, 1], dtype=int32)
    """
    return _by_form("min(input, dim, keepdim)", (_min, _min_dim, minimum), input, dim, keepdim, other)


def _by_form(call: str, forms: tuple[Any, Any, Any], input: Any, dim: Any, keepdim: bool, other: Any) -> Any:
    of_all, along_dim, of_two = forms
    if other is not None or hasattr(dim, "dtype"):
        return of_two(input, dim if other is None else other)
    if dim is not None:
        return along_dim(input, dim, keepdim)
    if keepdim:
        raise ArgumentTypeError("a `dim` to keep", "keepdim=True alone", "Use amax or amin.", call)
    return of_all(input)


@op(kind=Kind.NO_OPMATH, torch="torch.max", node="MaxBackward1", rejects=COMPLEXES)
def _max(input: Array) -> jax.Array:
    _refuse_empty(input, ShapeError)
    return _largest(input)


@op(kind=Kind.NO_OPMATH, torch="torch.min", node="MinBackward1", rejects=COMPLEXES)
def _min(input: Array) -> jax.Array:
    _refuse_empty(input, ShapeError)
    return _smallest(input)


@jax.custom_jvp
def _largest(input: jax.Array) -> jax.Array:
    return jnp.max(input)


@_largest.defjvp
def _largest_jvp(primals: Any, tangents: Any) -> tuple[jax.Array, jax.Array]:
    return _largest(*primals), _evenly(primals[0], _largest(*primals), tangents[0])


@jax.custom_jvp
def _smallest(input: jax.Array) -> jax.Array:
    return jnp.min(input)


@_smallest.defjvp
def _smallest_jvp(primals: Any, tangents: Any) -> tuple[jax.Array, jax.Array]:
    return _smallest(*primals), _evenly(primals[0], _smallest(*primals), tangents[0])


def _evenly(input: jax.Array, result: jax.Array, tangent: jax.Array) -> jax.Array:
    chosen = jnp.where(jnp.isnan(result), jnp.isnan(input), input == result).astype(input.dtype)
    return jnp.sum(chosen * tangent) / jnp.sum(chosen)


@op(kind=Kind.NO_OPMATH, torch="torch.max", overload="dim", node="MaxBackward0", rejects=COMPLEXES)
def _max_dim(input: Array, dim: Dim, keepdim: bool = False) -> ValuesAndIndices:
    return _along(jnp.argmax, input, dim, keepdim)


@op(kind=Kind.NO_OPMATH, torch="torch.min", overload="dim", node="MinBackward0", rejects=COMPLEXES)
def _min_dim(input: Array, dim: Dim, keepdim: bool = False) -> ValuesAndIndices:
    return _along(jnp.argmin, input, dim, keepdim)


def _along(arg: Callable[..., jax.Array], input: jax.Array, dim: int, keepdim: bool) -> ValuesAndIndices:
    axis = wrap_dim(dim, input.ndim)
    _refuse_empty_axis(input, axis)
    if input.ndim == 0:
        return ValuesAndIndices(input, jnp.zeros((), canonical(int64).dtype))
    indices = arg(input, axis, keepdims=True).astype(canonical(int64).dtype)
    values = jnp.take_along_axis(input, indices, axis)
    kept = ValuesAndIndices(values, indices)
    return kept if keepdim else ValuesAndIndices(*(jnp.squeeze(part, axis) for part in kept))


@op(kind=Kind.NO_OPMATH, node="", rejects=BOOLS | COMPLEXES)
def argmax(input: Array, dim: Dim | None = None, keepdim: bool = False) -> jax.Array:
    """Return where the largest element is: the first of equals, in the flattened tensor or along `dim`.

    Raises: IndexError for no elements, or a `dim` of size 0.

    >>> import jaxfun as jf
    >>> jf.argmax(jf.tensor([[1.0, 2.0], [4.0, 3.0]]), 1)
    Array([1, 0], dtype=int32)
    """
    return _position(jnp.argmax, input, dim, keepdim)


@op(kind=Kind.NO_OPMATH, node="", rejects=BOOLS | COMPLEXES)
def argmin(input: Array, dim: Dim | None = None, keepdim: bool = False) -> jax.Array:
    """Return where the smallest element is: the first of equals, in the flattened tensor or along `dim`.

    Raises: IndexError for no elements, or a `dim` of size 0.

    >>> import jaxfun as jf
    >>> jf.argmin(jf.tensor([[1.0, 2.0], [4.0, 3.0]]), 1)
    Array([0, 1], dtype=int32)
    """
    return _position(jnp.argmin, input, dim, keepdim)


def _position(arg: Callable[..., jax.Array], input: jax.Array, dim: int | None, keepdim: bool) -> jax.Array:
    axis = None if dim is None else wrap_dim(dim, input.ndim)
    if axis is None:
        _refuse_empty(input, IndexRangeError)
    else:
        _refuse_empty_axis(input, axis)
    found = arg(input, axis if input.ndim else None, keepdims=keepdim)
    return found.astype(canonical(int64).dtype)
