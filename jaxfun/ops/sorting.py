"""Elements in order: all of them, the first few, or the one at a place. NaN counts as the largest."""

from collections.abc import Mapping
from typing import Any

import jax
import jax.numpy as jnp

from ..core.dims import wrap_dim
from ..core.dtypes import DType, as_dtype, bfloat16, canonical, float16, float32, int64
from ..core.errors import DTypeError, IndexRangeError, ShapeError, describe
from ..core.op import op
from ..core.public import public
from ..core.record import BOOLS, COMPLEXES, Array, Beside, Dim, Shape
from .reduce.extrema import ValuesAndIndices


@public
def sort(input: Any, dim: int = -1, descending: bool = False, *, stable: bool | None = None) -> ValuesAndIndices:
    """Return the elements along a dimension in order, and where they were.

    Equal elements keep their order; torch promises that only for `stable=True`.
    Gradient: to the element whose index is returned.
    Raises: RuntimeError for complex numbers.

    >>> import jaxfun as jf
    >>> jf.sort(jf.tensor([3.0, 1.0, 2.0]))
    ValuesAndIndices(values=Array([1., 2., 3.], dtype=float32), indices=Array([1, 2, 0], dtype=int32))
    """
    if stable is None:
        return _sort(input, dim, descending)
    return _sort_stable(input, stable=stable, dim=dim, descending=descending)


@op(kind=None, torch="torch.sort")
def _sort(input: Array, dim: Dim = -1, descending: bool = False) -> ValuesAndIndices:
    return _sorted(input, dim, descending)


@op(kind=None, torch="torch.sort", overload="stable", node="SortBackward1")
def _sort_stable(input: Array, *, stable: bool, dim: Dim = -1, descending: bool = False) -> ValuesAndIndices:
    return _sorted(input, dim, descending)


def _sorted(input: jax.Array, dim: int, descending: bool) -> ValuesAndIndices:
    axis = wrap_dim(dim, input.ndim)
    if jnp.iscomplexobj(input):
        raise DTypeError("numbers that have an order", describe(input))
    return _taken(input, _order(input, axis, descending), axis)


def _order(input: jax.Array, axis: int, descending: bool) -> jax.Array:
    """Return which element stands where, once they are in order."""
    dtype = canonical(int64).dtype
    if input.ndim == 0:
        return jnp.zeros((), dtype)
    return jnp.argsort(jax.lax.stop_gradient(input), axis, stable=True, descending=descending).astype(dtype)


def _taken(input: jax.Array, indices: jax.Array, axis: int) -> ValuesAndIndices:
    values = jnp.take_along_axis(input, indices, axis, mode="promise_in_bounds") if input.ndim else input
    return ValuesAndIndices(values, indices)


@public
def argsort(input: Any, dim: int = -1, descending: bool = False, *, stable: bool | None = None) -> jax.Array:
    """Return where the elements along a dimension are, in their order.

    Equal elements keep their order; torch promises that only for `stable=True`.
    Raises: RuntimeError for complex numbers.

    >>> import jaxfun as jf
    >>> jf.argsort(jf.tensor([3.0, 1.0, 2.0]), descending=True)
    Array([0, 2, 1], dtype=int32)
    """
    if stable is None:
        return _argsort(input, dim, descending)
    return _argsort_stable(input, stable=stable, dim=dim, descending=descending)


@op(kind=None, torch="torch.argsort", node="")
def _argsort(input: Array, dim: Dim = -1, descending: bool = False) -> jax.Array:
    return _sorted(input, dim, descending).indices


@op(kind=None, torch="torch.argsort", overload="stable", node="")
def _argsort_stable(input: Array, *, stable: bool, dim: Dim = -1, descending: bool = False) -> jax.Array:
    return _sorted(input, dim, descending).indices


@op(kind=None, composite=True, node="")
def msort(input: Array) -> jax.Array:
    """Return the elements in order along the first dimension.

    >>> import jaxfun as jf
    >>> jf.msort(jf.tensor([[3, 1], [2, 4]]))
    Array([[2, 1],
           [3, 4]], dtype=int32)
    """
    return _sort(input, 0).values


_PLACES = {"input": Shape(("3", "m 2", "2 n", "", "l 1 n", "5")), "k": Beside((2, 1, 2, 1, 1, 3))}
_DIMS = Beside((-1, -1, 0, 0, 1, 0))


@op(kind=None, rejects=BOOLS | COMPLEXES, takes={**_PLACES, "dim": _DIMS})
def topk(input: Array, k: int, dim: Dim = -1, largest: bool = True, sorted: bool = True) -> ValuesAndIndices:
    """Return the `k` largest elements along a dimension (or smallest), and where they are.

    They are in order, whether `sorted` or not; of equal ones the first is taken, which torch leaves open.
    Gradient: to the element whose index is returned.
    Raises: RuntimeError for a `k` that is too large, for bools and for complex numbers.

    >>> import jaxfun as jf
    >>> jf.topk(jf.tensor([3.0, 1.0, 2.0]), 2)
    ValuesAndIndices(values=Array([3., 2.], dtype=float32), indices=Array([0, 2], dtype=int32))
    """
    axis = wrap_dim(dim, input.ndim)
    if not 0 <= k <= (input.shape[axis] if input.ndim else 1):
        raise ShapeError("a `k` of no more than there are elements", str(k))
    if input.ndim == 0:
        return _taken(input, _order(input, axis, largest), axis)
    if as_dtype(input.dtype) in _SELECTED:
        return _taken(input, _selected(input, k, axis, largest), axis)
    return _taken(input, jax.lax.slice_in_dim(_order(input, axis, largest), 0, k, axis=axis), axis)


_SELECTED = (float32, float16, bfloat16)  # what XLA selects from without sorting it all, and what is exact in it


def _selected(input: jax.Array, k: int, axis: int, largest: bool) -> jax.Array:
    """Return the places of the largest elements; XLA orders by bits, in which zeros and NaN have signs."""
    numbers = jax.lax.stop_gradient(input).astype(float32.dtype)
    plain = jnp.where(jnp.isnan(numbers), jnp.nan, jnp.where(numbers == 0, 0.0, numbers))
    places = jax.lax.top_k(jnp.moveaxis(plain if largest else -plain, axis, -1), k)[1]
    return jnp.moveaxis(places, -1, axis).astype(canonical(int64).dtype)


def _takes_one_number(arguments: Mapping[str, Any]) -> frozenset[DType]:
    return frozenset() if arguments["input"].ndim else BOOLS | COMPLEXES  # torch returns it as it is


@op(
    kind=None,
    rejects=BOOLS | COMPLEXES,
    takes_here=_takes_one_number,
    takes={**_PLACES, "dim": _DIMS},
)
def kthvalue(input: Array, k: int, dim: Dim = -1, keepdim: bool = False) -> ValuesAndIndices:
    """Return the `k`-th smallest element along a dimension, counted from 1, and where it is.

    Of equal elements it is the one that a stable sort puts there, which torch leaves open.
    Gradient: to the element whose index is returned.
    Raises: RuntimeError for a `k` that is no place; IndexError for a dimension of size 0.

    >>> import jaxfun as jf
    >>> jf.kthvalue(jf.tensor([3.0, 1.0, 2.0]), 2)
    ValuesAndIndices(values=Array(2., dtype=float32), indices=Array(2, dtype=int32))
    """
    axis = wrap_dim(dim, input.ndim)
    size = input.shape[axis] if input.ndim else 1
    if size == 0:
        raise IndexRangeError(f"a `dim` of size 1 or more, not {axis}", describe(input))
    if not 1 <= k <= size:
        raise ShapeError(f"a `k` in [1, {size}]", str(k))
    if input.ndim == 0:
        return _taken(input, _order(input, axis, False), axis)
    kept = _taken(input, jax.lax.slice_in_dim(_order(input, axis, False), k - 1, k, axis=axis), axis)
    return kept if keepdim else ValuesAndIndices(*(jnp.squeeze(part, axis) for part in kept))
