"""Write by indices: slices along a dimension, elements of the flattened input, or positions in several dimensions."""

import functools
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from ...core.checks import want_one_dtype
from ...core.dims import broadcast_shapes, wrap_dim
from ...core.dtypes import DType, as_array, as_dtype, canonical, cast, int64, of, widened
from ...core.errors import ArgumentTypeError, DTypeError, IndexRangeError, ShapeError, describe
from ...core.op import op
from ...core.overloads import overloads
from ...core.public import public
from ...core.record import BOOLS, COMPLEXES, Array, Choice, Dim, Factor, Index, Mask, Shape, Tensors, rows
from ._combine import add_at, combined, set_at
from ._plan import check_range, is_mask, read
from ._positions import (
    BOTH,
    as_unsigned,
    check_along,
    check_among,
    check_positions,
    size_along,
    want_integers,
    want_long,
    want_vector,
    with_dims,
)
from ._values import want_fitting
from .getitem import at_dims

# Slices along a dimension.

_PLACES = Index("", "input", dtypes=BOTH)
_SLICES = rows(
    "input dim index source",
    ("n", 0, "k", "k"),
    ("m n", 0, "k", "k n"),
    ("m n", -1, "", "m 1"),
    ("", 0, "1", ""),
    ("l m n", 1, "k", "l k n"),
)


def _check_alpha(input: jax.Array, dim: int, index: jax.Array, source: jax.Array, alpha: Any = 1) -> None:
    want_fitting(input, alpha)


@op(kind=None, before=_check_alpha, check=check_along, takes={"index": _PLACES}, cases=_SLICES)
def index_add(input: Array, dim: Dim, index: Mask, source: Array, *, alpha: Factor = 1) -> jax.Array:
    """Return `input` with `alpha * source` added, slice by slice, at `index` along `dim`.

    Shapes: `source` has the shape of `input`, with one slice along `dim` for each index.
    Dtypes: 16-bit floats are accumulated in float32; the sum of bools is their logical or.
    Raises: RuntimeError for other shapes, different dtypes, and an alpha that the dtype cannot hold; IndexError or
    RuntimeError for an index out of range (negative indices are out of range). A traced index out of range writes
    nothing.

    >>> import jaxfun as jf
    >>> jf.index_add(jf.zeros(3), 0, jf.tensor([2, 0, 2]), jf.tensor([5.0, 6.0, 7.0]))
    Array([ 6.,  0., 12.], dtype=float32)
    """
    axis = wrap_dim(dim, input.ndim)
    _check_slices(input, axis, index, source)
    if type(alpha) is not int:  # the default, 1
        factor = cast(alpha, input.dtype)
        source = source & factor if input.dtype == bool else source * factor
    return _write_along(add_at, input, axis, index, source)


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


def _write_along(
    write: Callable[..., jax.Array], input: jax.Array, axis: int, index: jax.Array, source: jax.Array
) -> jax.Array:
    """Call `write(input, axis, index, source)`."""
    whole, places, slices = map(with_dims, (input, index, source))
    return write(whole, axis, as_unsigned(places), slices).reshape(input.shape)


@op(
    kind=None,
    check=check_along,
    takes={"index": Index("", "input", distinct=True)},
    cases=rows(
        "input dim index source",
        ("n", 0, "n", "n"),
        ("m n", 0, "m", "m n"),
        ("m n", -1, "", "m 1"),
        ("", 0, "1", ""),
        ("l m n", 1, "m", "l m n"),
        ("n", 0, "1", ""),
    ),
)
def index_copy(input: Array, dim: Dim, index: Mask, source: Array) -> jax.Array:
    """Return `input` with the slices of `source` copied to `index` along `dim`.

    Shapes: `source` has the shape of `input`, with one slice along `dim` for each index.
    Gradient: to `input` where it is not overwritten, to `source` where it is written. For duplicate indices the written
    value is undefined, as in torch.
    Raises: RuntimeError or IndexError for other shapes; RuntimeError for different dtypes; IndexError for an index out
    of range (negative indices are out of range). A traced index out of range writes nothing.

    >>> import jaxfun as jf
    >>> jf.index_copy(jf.zeros(3), 0, jf.tensor([2, 0]), jf.tensor([5.0, 6.0]))
    Array([6., 0., 5.], dtype=float32)
    """
    axis = wrap_dim(dim, input.ndim)
    _check_copy(input, axis, index, source)
    return _write_along(set_at, input, axis, index, source)


def _check_copy(input: jax.Array, axis: int, index: jax.Array, source: jax.Array) -> None:
    want_vector(index)
    _want_one_index(index, source)
    if source.ndim and input.ndim and source.ndim != input.ndim:
        raise IndexRangeError("the same number of dimensions", f"{describe(input)} and {describe(source)}")
    want_long(index)
    want_one_dtype(input, source)
    others = [(*x.shape[:axis], *x.shape[axis + 1 :]) for x in (input, source)]
    if others[0] != others[1]:
        raise ShapeError(f"equal shapes except in dimension {axis}", f"{list(input.shape)} and {list(source.shape)}")
    if source.ndim and index.size != source.shape[axis]:
        raise IndexRangeError(f"{source.shape[axis]} indices, one for each slice", describe(index))


def _check_fill_value(input: jax.Array, dim: int, index: jax.Array, value: Any) -> None:
    if of(value).is_complex and not as_dtype(input.dtype).is_complex:
        raise DTypeError(f"a number that {as_dtype(input.dtype).name} can hold", describe(value))
    want_fitting(input, value)


def _check_fill_index(_: Any, input: jax.Array, dim: int, index: jax.Array, value: Any) -> None:
    axis = wrap_dim(dim, input.ndim)
    others = (*input.shape[:axis], *input.shape[axis + 1 :])
    if 0 not in others:  # torch does not check the indices where nothing is filled
        check_positions(index, size_along(input, dim), negative=True)


_FILL_CASES = rows("input dim index", ("n", 0, "k"), ("m n", 0, "k"), ("m n", -1, ""), ("", 0, "1"), ("l m n", 1, "k"))
_FROM_EITHER_END = Index("", "input", negative=True)


@op(
    kind=None,
    torch="torch.index_fill",
    overload="int_Scalar",
    before=_check_fill_value,
    check=_check_fill_index,
    takes={"index": _FROM_EITHER_END, "value": Choice((1, -3, True, 0.5, 2.0))},
    cases=_FILL_CASES,
)
def _index_fill(input: Array, dim: Dim, index: Mask, value: Factor) -> jax.Array:
    """Fill the slices of `input` at `index` along `dim` with a number or a 0-dim tensor.

    Negative indices count from the end.
    Gradient: to `input` where it is not filled; a tensor `value` gets the sum over the filled elements.
    Raises: RuntimeError for a value that the dtype cannot hold; IndexError for an index out of range. A traced index
    out of range writes nothing.

    >>> import jaxfun as jf
    >>> jf.index_fill(jf.zeros(2, 3), 1, jf.tensor([0, -1]), 7)
    Array([[7., 0., 7.],
           [7., 0., 7.]], dtype=float32)
    """
    return _filled(input, dim, index, value)


@op(
    kind=None,
    torch="torch.index_fill",
    overload="int_Tensor",
    before=_check_fill_value,
    check=_check_fill_index,
    node="IndexFillBackward1",
    takes={"index": _FROM_EITHER_END, "value": Shape("")},
    cases=_FILL_CASES,
)
def _index_fill_tensor(input: Array, dim: Dim, index: Mask, value: Array) -> jax.Array:
    return _filled(input, dim, index, value)


index_fill = overloads(_index_fill, _index_fill_tensor)


def _filled(input: jax.Array, dim: int, index: jax.Array, value: Any) -> jax.Array:
    if as_dtype(index.dtype) != canonical(int64):
        raise IndexRangeError("an index of dtype int64", describe(index))
    axis = wrap_dim(dim, input.ndim)
    if index.ndim > 1:
        raise ShapeError("an index of at most 1 dimension", describe(index))
    return set_at(with_dims(input), axis, with_dims(index), cast(value, input.dtype)).reshape(input.shape)


_REDUCTIONS = ("prod", "mean", "amax", "amin")


def _takes_slices(arguments: Mapping[str, Any]) -> frozenset[DType]:
    # for two such tensors torch reduces slices by other kernels, which accept more dtypes
    whole = arguments["input"].ndim > 1 and arguments.get("include_self", True)
    return BOOLS | COMPLEXES if whole else frozenset()


@op(
    kind=None,
    check=check_along,
    rejects=BOOLS | COMPLEXES,
    takes_here=_takes_slices,
    takes={"index": _PLACES, "reduce": Choice(_REDUCTIONS)},
    cases=_SLICES,
)
def index_reduce(
    input: Array, dim: Dim, index: Mask, source: Array, reduce: str, *, include_self: bool = True
) -> jax.Array:
    """Return `input` reduced with the slices of `source` that `index` sends to each position along `dim`.

    `reduce` is "prod", "mean", "amax" or "amin". Without `include_self`, `input` is not part of the reduction.
    Shapes: `source` has the shape of `input`, with one slice along `dim` for each index.
    Gradient: as for `scatter_reduce`.
    Raises: RuntimeError for other shapes, different dtypes, and another `reduce`; IndexError for an index out of range
    (negative indices are out of range). A traced index out of range writes nothing.

    >>> import jaxfun as jf
    >>> jf.index_reduce(jf.ones(2), 0, jf.tensor([1, 1]), jf.tensor([3.0, 5.0]), "prod")
    Array([ 1., 15.], dtype=float32)
    """
    if reduce not in _REDUCTIONS:
        raise ShapeError(f"`reduce` to be one of {', '.join(_REDUCTIONS)}", describe(reduce))
    axis = wrap_dim(dim, input.ndim)
    _check_slices(input, axis, index, source)
    if not index.size and as_dtype(input.dtype) in BOOLS | COMPLEXES:
        return input  # torch runs no kernel
    return _write_along(functools.partial(combined, reduce, include_self), input, axis, index, source)


# Elements of the flattened input.

_DISTINCT = {"into": "input", "dim": "", "distinct": True}


@op(
    kind=None,
    check=check_among,
    takes={"index": Index("", "input", "", negative=True)},
    cases=rows(
        "input index source accumulate",
        ("m n", Index("n", **_DISTINCT), "n", False),
        ("m n", Index("m n", **_DISTINCT), "m n", False),
        ("n", Index("1", **_DISTINCT), "1", False),
        ("", Index("", **_DISTINCT), "", False),
        ("m n", "n", "n", True),
        ("m n", "m n", "m n", True),
        ("n", "1", "1", True),
        ("", "", "", True),
    ),
)
def put(input: Array, index: Mask, source: Array, accumulate: bool = False) -> jax.Array:
    """Return `input` with `source` written at `index` of the flattened input.

    Negative indices count from the end. With `accumulate` the source is added.
    Shapes: `source` has as many elements as `index`.
    Gradient: to `input` where it is not overwritten, to `source` where it is written. For duplicate indices without
    `accumulate` the written value is undefined, as in torch.
    Raises: RuntimeError for different dtypes; IndexError for another number of elements, and for an index out of range.
    A traced index out of range writes nothing.
    Torch: Tensor.put.

    >>> import jaxfun as jf
    >>> jf.put(jf.zeros(2, 2), jf.tensor([0, -1]), jf.tensor([5.0, 6.0]))
    Array([[5., 0.],
           [0., 6.]], dtype=float32)
    """
    want_long(index)
    want_one_dtype(input, source)
    if index.size != source.size:
        raise IndexRangeError("as many elements of `source` as indices", f"{describe(source)} and {describe(index)}")
    if input.size == 0 and index.size:
        raise IndexRangeError("a non-empty tensor", describe(input))
    return _put(input.reshape(-1), (index,), source.reshape(index.shape), accumulate).reshape(input.shape)


def _put(input: jax.Array, key: tuple[Any, ...], source: jax.Array, accumulate: bool) -> jax.Array:
    """Return `input` with `source` set or added at a jnp index."""
    if not accumulate:
        return input.at[key].set(source)
    added = input.at[key].max(source) if input.dtype == bool else widened(input).at[key].add(widened(source))
    return added.astype(input.dtype)


# Positions in several dimensions.


@public
def index_put(input: Any, indices: Sequence[Any], values: Any, accumulate: bool = False) -> jax.Array:
    """Return a copy of `input` after `input[indices] = values`, for a tuple of index tensors or masks.

    With `accumulate` the values are added.
    Shapes: `values` broadcasts to `input[indices]`.
    Gradient: to `input` where it is not overwritten, to `values` where they are written. For duplicate indices without
    `accumulate` the written value is undefined, as in torch.
    Raises: the same as `getitem` for the indices; RuntimeError for different dtypes, and for values that do not fit;
    IndexError for more indices than dimensions. A 0-dim mask next to other indices is ignored; alone it fills
    everything or nothing. A traced index out of range writes nothing.

    >>> import jaxfun as jf
    >>> jf.index_put(jf.zeros(3), (jf.tensor([0, 0]),), jf.tensor([1.0, 2.0]), accumulate=True)
    Array([3., 0., 0.], dtype=float32)
    """
    _want_tensors(indices)
    named = [item for item in indices if not (is_mask(item) and np.ndim(item) == 0)]
    if np.ndim(input) < len(indices) > len(named):
        raise IndexRangeError(f"at most {np.ndim(input)} indices", str(len(indices)))
    if not named:
        return _fill_by_mask(as_array(input), indices, as_array(values), accumulate)
    plan = read(as_array(input).shape, tuple(named), tensors_only=True)
    result = _index_put(input, plan.tensors, values, bool(accumulate))
    check_range(plan)
    return result


def _want_tensors(indices: Any) -> None:
    if not isinstance(indices, (tuple, list)) or not all(hasattr(item, "dtype") for item in indices):
        raise ArgumentTypeError("`indices` to be a tuple or a list of tensors", describe(indices))
    if not indices:
        raise ShapeError("at least one index tensor", "none")


def _fill_by_mask(input: jax.Array, indices: Sequence[Any], values: jax.Array, accumulate: bool) -> jax.Array:
    """Fill the tensor with a number where its only index, a 0-dim mask, is true. torch accepts no other case."""
    mask = as_array(indices[0])
    is_one = len(indices) == 1 and mask.dtype == bool and values.size == 1
    if input.size and (accumulate or not is_one):
        raise ShapeError("one 0-dim mask and one value, or more indices", f"{describe(indices)} and {describe(values)}")
    if not is_one:
        return input
    want_fitting(input, values.reshape(()))
    return jnp.where(mask, cast(values.reshape(()), input.dtype), input)


_DISTINCT_INDEX = {"into": "input", "distinct": True}


@op(
    kind=None,
    torch="torch.index_put",
    takes={"indices": Index("", "input", negative=True)},
    cases=rows(
        "input indices values accumulate",
        ("n", Index("1", **_DISTINCT_INDEX), "", False),
        ("m n", Index("m", **_DISTINCT_INDEX), "m n", False),
        ("m m", Index("m, m", **_DISTINCT_INDEX), "m", False),
        ("m n", Index("1, 1", **_DISTINCT_INDEX), "", False),
        ("4 3 2", Index("m, 1", **_DISTINCT_INDEX), "m 2", False),
        ("m n k", Index(", 1", **_DISTINCT_INDEX), "k", False),
        ("n", "k", "", True),
        ("m n", "m", "m n", True),
        ("m n", "m, m", "m", True),
        ("m n", "m n, m n", "n", True),
        ("4 3 2", "k, k", "k 2", True),
        ("m n", ", k", "k", True),
    ),
)
def _index_put(input: Array, indices: Tensors, values: Array, accumulate: bool = False) -> jax.Array:
    if input.dtype != values.dtype:
        raise DTypeError("values of the tensor's dtype", f"{describe(values)} for {describe(input)}", "Cast them.")
    shape = (*broadcast_shapes(*(index.shape for index in indices)), *input.shape[len(indices) :])
    if len(values.shape) > len(shape) or broadcast_shapes(values.shape, shape) != shape:
        raise ShapeError(f"values that broadcast to {list(shape)}", describe(values))
    key = at_dims(input.ndim, indices, tuple(range(len(indices))))
    return _put(input, key, jnp.broadcast_to(values, shape), accumulate)
