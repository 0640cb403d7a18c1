"""Writing slices into the places of a dimension that a vector of indices names."""

import functools
from collections.abc import Mapping
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from ..core.checks import want_one_dtype
from ..core.dims import wrap_dim
from ..core.dtypes import DType, as_array, as_dtype, canonical, int64, of
from ..core.errors import DTypeError, IndexRangeError, ShapeError, describe
from ..core.numbers import as_number, fitting, is_traced
from ..core.op import op
from ..core.public import public
from ..core.record import BOOLS, COMPLEXES, Array, Beside, Choice, Dim, Factor, Index, Mask, Number, Shape
from ._combining import add_at, combined, set_at
from ._positions import (
    BOTH,
    check_along,
    check_positions,
    from_the_front,
    size_along,
    want_integers,
    want_long,
    want_vector,
    with_dims,
)

_INPUT = Shape(("n", "m n", "m n", "", "l m n"))
_DIM = Beside((0, 0, -1, 0, 1))
_SOURCE = Shape(("k", "k n", "m 1", "", "l k n"))
_SEVERAL = {
    "input": _INPUT,
    "dim": _DIM,
    "index": Index(("k", "k", "", "1", "k"), "input", dtypes=BOTH),
    "source": _SOURCE,
}


@public
def index_add(input: Any, dim: int, index: Any, source: Any, *, alpha: Any = 1) -> jax.Array:
    """Return `input` with `alpha` times each slice of `source` added to the slice that `index` names for it.

    Shapes: `source` has that of `input`, with as many slices along `dim` as there are indices.
    Dtypes: 16-bit floats are added up in float32; of bools it is whether any is true.
    Raises: RuntimeError for other shapes, two dtypes, and an alpha that the dtype does not hold; IndexError or
    RuntimeError for an index out of range (a negative one is), where it is known; a traced one writes nothing.

    >>> import jaxfun as jf
    >>> jf.index_add(jf.zeros(3), 0, jf.tensor([2, 0, 2]), jf.tensor([5.0, 6.0, 7.0]))
    Array([ 6.,  0., 12.], dtype=float32)
    """
    factor = fitting(as_number(alpha), as_dtype(as_array(input).dtype))
    return _index_add(input, dim, index, source, alpha=factor)


@op(kind=None, torch="torch.index_add", check=check_along, takes=_SEVERAL)
def _index_add(input: Array, dim: Dim, index: Mask, source: Array, *, alpha: Factor = 1) -> jax.Array:
    axis = wrap_dim(dim, input.ndim)
    _check_slices(input, axis, index, source)
    factor = jnp.asarray(alpha).astype(input.dtype)
    scaled = source & factor if input.dtype == bool else source * factor
    return _written(add_at, input, axis, index, scaled)


def _check_slices(input: jax.Array, axis: int, index: jax.Array, source: jax.Array) -> None:
    want_vector(index)
    want_integers(index)
    want_one_dtype(input, source)
    shape = (*input.shape[:axis], index.size, *input.shape[axis + 1 :]) if input.ndim else ()
    _want_one_index(index, source)
    if source.shape != shape or (input.ndim == 0 and index.size != 1):
        raise ShapeError(f"a `source` of shape {list(shape)}", describe(source))


def _want_one_index(index: jax.Array, source: jax.Array) -> None:
    if source.ndim == 0 and index.size != 1:
        raise IndexRangeError("one index for a 0-dim `source`", describe(index))


def _written(write: Any, input: jax.Array, axis: int, index: jax.Array, source: jax.Array) -> jax.Array:
    whole, places, slices = map(with_dims, (input, index, source))
    return write(whole, axis, from_the_front(places, whole.shape[axis]), slices).reshape(input.shape)


@op(
    kind=None,
    check=check_along,
    takes={
        "input": Shape(("n", "m n", "m n", "", "l m n", "n")),
        "dim": Beside((0, 0, -1, 0, 1, 0)),
        "index": Index(("n", "m", "", "1", "m", "1"), "input", distinct=True),
        "source": Shape(("n", "m n", "m 1", "", "l m n", "")),
    },
)
def index_copy(input: Array, dim: Dim, index: Mask, source: Array) -> jax.Array:
    """Return `input` with each slice of `source` in the place of the slice that `index` names for it.

    Shapes: `source` has that of `input`, with as many slices along `dim` as there are indices.
    Gradient: to `input` where it was kept, to `source` where it was written. Where a slice is named twice, it is not
    defined which it gets, nor is it in torch.
    Raises: RuntimeError or IndexError for other shapes; RuntimeError for two dtypes; IndexError for an index out of
    range (a negative one is), where it is known; a traced one writes nothing.

    >>> import jaxfun as jf
    >>> jf.index_copy(jf.zeros(3), 0, jf.tensor([2, 0]), jf.tensor([5.0, 6.0]))
    Array([6., 0., 5.], dtype=float32)
    """
    axis = wrap_dim(dim, input.ndim)
    _check_copied(input, axis, index, source)
    return _written(set_at, input, axis, index, source)


def _check_copied(input: jax.Array, axis: int, index: jax.Array, source: jax.Array) -> None:
    want_vector(index)
    _want_one_index(index, source)
    if source.ndim and input.ndim and source.ndim != input.ndim:
        raise IndexRangeError("as many dimensions of both", f"{describe(input)} and {describe(source)}")
    want_long(index)
    want_one_dtype(input, source)
    _check_sliced(input.shape, axis, index, source.shape)


def _check_sliced(input: tuple[int, ...], axis: int, index: jax.Array, source: tuple[int, ...]) -> None:
    if (*input[:axis], *input[axis + 1 :]) != (*source[:axis], *source[axis + 1 :]):
        raise ShapeError(f"slices of a shape, but for dimension {axis}", f"{list(input)} and {list(source)}")
    if source and index.size != source[axis]:
        raise IndexRangeError(f"{source[axis]} indices, one for each slice", describe(index))


@public
def index_fill(input: Any, dim: int, index: Any, value: Any) -> jax.Array:
    """Return `input` with a number, or a 0-dim tensor, in all places of the slices that `index` names.

    Negative indices count from the end.
    Gradient: to `input` where it was kept, to a tensor `value` the sum of what was filled.
    Raises: RuntimeError for a value that the dtype does not hold; IndexError for an index out of range, where it is
    known; a traced one writes nothing.

    >>> import jaxfun as jf
    >>> jf.index_fill(jf.zeros(2, 3), 1, jf.tensor([0, -1]), 7)
    Array([[7., 0., 7.],
           [7., 0., 7.]], dtype=float32)
    """
    dtype = as_dtype(as_array(input).dtype)
    if isinstance(value, complex) or (hasattr(value, "dtype") and of(value).is_complex):
        _want_complex(dtype, value)
    if isinstance(value, Number):
        return _index_fill(input, dim, index, fitting(value, dtype))
    return _index_fill_tensor(input, dim, index, held(value, dtype))


def _want_complex(dtype: DType, value: Any) -> None:
    if not dtype.is_complex:
        raise DTypeError(f"a number that {dtype.name} can hold", describe(value))


def held(value: Any, dtype: DType) -> Any:
    """Return a tensor of one value, once it is seen, where it is known, that the dtype holds it.

    Raises: DTypeError where it does not; ShapeError for a tensor with dimensions.
    """
    if hasattr(value, "dtype") and np.ndim(value):
        raise ShapeError("a number or a 0-dim tensor as `value`", describe(value))
    number = fitting(as_number(value), dtype)
    if is_traced(number) and of(number).is_complex and not dtype.is_complex:
        raise DTypeError(f"a value that {dtype.name} can hold", describe(value))
    return value


def _check_filled(_: Any, input: jax.Array, dim: int, index: jax.Array, value: Any) -> None:
    axis = wrap_dim(dim, input.ndim)
    others = (*input.shape[:axis], *input.shape[axis + 1 :])
    if 0 not in others:  # of nothing to fill torch does not look at the indices
        check_positions(index, size_along(input, dim), negative=True)


_FILLED: Mapping[str, Any] = {
    "input": _INPUT,
    "dim": _DIM,
    "index": Index(("k", "k", "", "1", "k"), "input", negative=True),
}


@op(
    kind=None,
    torch="torch.index_fill",
    overload="int_Scalar",
    check=_check_filled,
    takes={**_FILLED, "value": Choice((1, -3, True, 0.5, 2.0))},
)
def _index_fill(input: Array, dim: Dim, index: Mask, value: Factor) -> jax.Array:
    return _filled(input, dim, index, jnp.asarray(value))


@op(
    kind=None,
    torch="torch.index_fill",
    overload="int_Tensor",
    check=_check_filled,
    node="IndexFillBackward1",
    takes={**_FILLED, "value": Shape("")},
)
def _index_fill_tensor(input: Array, dim: Dim, index: Mask, value: Array) -> jax.Array:
    return _filled(input, dim, index, value)


def _filled(input: jax.Array, dim: int, index: jax.Array, value: jax.Array) -> jax.Array:
    if as_dtype(index.dtype) != canonical(int64):
        raise IndexRangeError("an index of int64", describe(index))
    axis = wrap_dim(dim, input.ndim)
    if index.ndim > 1:
        raise ShapeError("an index of at most 1 dimension", describe(index))
    return set_at(with_dims(input), axis, with_dims(index), value.astype(input.dtype)).reshape(input.shape)


_REDUCTIONS = ("prod", "mean", "amax", "amin")


def _takes_slices(arguments: Mapping[str, Any]) -> frozenset[DType]:
    # torch combines slices of two such tensors by other kernels, which take more dtypes
    whole = arguments["input"].ndim > 1 and arguments.get("include_self", True)
    return BOOLS | COMPLEXES if whole else frozenset()


@op(
    kind=None,
    check=check_along,
    rejects=BOOLS | COMPLEXES,
    takes_here=_takes_slices,
    takes={**_SEVERAL, "reduce": Choice(_REDUCTIONS)},
)
def index_reduce(
    input: Array, dim: Dim, index: Mask, source: Array, reduce: str, *, include_self: bool = True
) -> jax.Array:
    """Return `input` with each slice that `index` names combined with all the slices that `source` has for it.

    `reduce` is "prod", "mean", "amax" or "amin"; without `include_self` the slice itself does not count.
    Shapes: `source` has that of `input`, with as many slices along `dim` as there are indices.
    Gradient: as that of `scatter_reduce`.
    Raises: RuntimeError for other shapes, two dtypes, and another `reduce`; IndexError for an index out of range (a
    negative one is), where it is known; a traced one writes nothing.

    >>> import jaxfun as jf
    >>> jf.index_reduce(jf.ones(2), 0, jf.tensor([1, 1]), jf.tensor([3.0, 5.0]), "prod")
    Array([ 1., 15.], dtype=float32)
    """
    if reduce not in _REDUCTIONS:
        raise ShapeError(f"`reduce` to be one of {', '.join(_REDUCTIONS)}", describe(reduce))
    axis = wrap_dim(dim, input.ndim)
    _check_slices(input, axis, index, source)
    if not index.size and as_dtype(input.dtype) in BOOLS | COMPLEXES:
        return jnp.array(input)  # torch looks for no kernel
    return _written(functools.partial(combined, reduce, include_self), input, axis, index, source)
