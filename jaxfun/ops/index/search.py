"""Searches: `searchsorted` and `bucketize`, `isin`, `nonzero` and its family, `unravel_index`."""

import functools
import math
from collections.abc import Mapping, Sequence
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from ...core.dtypes import Category, DType, Kind, as_array, as_dtype, canonical, int32, int64
from ...core.errors import ArgumentTypeError, ArgumentValueError, ShapeError, UnsupportedArgumentError, describe
from ...core.numbers import is_traced
from ...core.op import op
from ...core.public import public
from ...core.record import BOOLS, COMPLEXES, Array, Choice, Index, Mask, Operand, Shape, rows
from ...core.sizes import is_certain, is_open
from ._positions import check_positions, want_long

# Search in a sorted sequence.

_REFUSED = BOOLS | COMPLEXES


def _takes_here(arguments: Mapping[str, Any]) -> frozenset[DType]:
    return frozenset() if np.size(arguments["input"]) else _REFUSED  # for an empty input torch runs no kernel


def _check_sorter(_: Any, sequence: jax.Array, input: Any, *, sorter: Any = None, **options: Any) -> None:
    if sorter is not None:
        check_positions(sorter, sequence.shape[-1])


@op(
    kind=Kind.NO_OPMATH,
    overload=("Tensor", "Scalar"),
    check=_check_sorter,
    node="",
    rejects=_REFUSED,
    takes_here=_takes_here,
    takes={"side": Choice((None, "left", "right"))},
    cases=rows(
        "sorted_sequence input sorter",
        ("m n", "m k", Index("m n", "sorted_sequence", "", distinct=True)),
        (Shape("n", "sorted"), "k", None),
        (Shape("n", "sorted"), "j k", None),
        (Shape("m n", "sorted"), "m k", None),
        (Shape("l m n", "sorted"), "l m k", None),
        (Shape("n", "sorted"), "", None),
        ("n", "k", Index("n", "sorted_sequence", "", distinct=True)),
    ),
)
def searchsorted(
    sorted_sequence: Array,
    input: Operand,
    *,
    out_int32: bool = False,
    right: bool = False,
    side: str | None = None,
    sorter: Mask = None,
) -> jax.Array:
    """Return the index at which each value keeps the sequence sorted: before equal elements, or after them if `right`.

    `side` is "left" or "right" and means the same as `right`. `sorter` holds the indices that sort the sequence.
    Shapes: the sequence is 1-D, or has the dimensions of `input` except for the last one.
    Dtypes: sequence and input are promoted; the result is int64, or int32 with `out_int32`.
    Raises: RuntimeError for other shapes, a `side` that contradicts `right`, and a sorter out of range.

    >>> import jaxfun as jf
    >>> jf.searchsorted(jf.tensor([1, 3, 5]), jf.tensor([3, 4]))
    Array([1, 2], dtype=int32)
    """
    _check_shapes(sorted_sequence, input)
    if sorter is not None:
        if sorter.shape != sorted_sequence.shape:
            raise ShapeError(f"a `sorter` of shape {list(sorted_sequence.shape)}", describe(sorter))
        want_long(sorter)
        sorted_sequence = jnp.take_along_axis(sorted_sequence, sorter, -1, mode="fill")
    return _as_index(_binary_search(sorted_sequence, input, _is_right(right, side)), out_int32)


def _check_shapes(sequence: jax.Array, input: jax.Array) -> None:
    if sequence.ndim == 0:
        raise ShapeError("a sequence of at least 1 dimension", describe(sequence))
    if sequence.ndim > 1 and (input.ndim == 0 or sequence.shape[:-1] != input.shape[:-1]):
        raise ShapeError("a 1-D sequence, or the dimensions of `input` except for the last", describe(sequence))


def _is_right(right: bool, side: str | None) -> bool:
    if side not in (None, "left", "right"):
        raise ShapeError("`side` to be 'left' or 'right'", describe(side))
    if right and side == "left":
        raise ShapeError("`side` and `right` to agree", "side='left' and right=True")
    return right or side == "right"


def _as_index(found: jax.Array, out_int32: bool) -> jax.Array:
    return found.astype((int32 if out_int32 else canonical(int64)).dtype)


_MOST_STEPS = 31  # of a bisection in a dimension that jax.export leaves open


def _binary_search(sequence: jax.Array, input: jax.Array, right: bool) -> jax.Array:
    """Return the index of each value by bisection, so that NaN and an unsorted sequence give torch's result too.

    The comparison puts NaN after everything.
    """
    values, size = input.reshape(-1) if sequence.ndim == 1 else input, sequence.shape[-1]
    dtype = (
        np.uint64 if is_certain(lambda: size >= 2**31) else np.uint32
    )  # jnp adds no wrap of negative indices to unsigned ones

    def halve(_: Any, span: tuple[jax.Array, jax.Array]) -> tuple[jax.Array, jax.Array]:
        start, end = span
        middle = start + (end - start) // 2
        there = jnp.take_along_axis(sequence, middle, -1, mode="clip")
        is_after = (start < end) & ~(there > values if right else there >= values)
        return jnp.where(is_after, middle + 1, start), jnp.where(is_after, end, middle)

    span = jnp.zeros(values.shape, dtype), jnp.full(values.shape, size, dtype)
    steps = _MOST_STEPS if is_open(size) else size.bit_length()
    start, _ = jax.lax.fori_loop(0, steps, halve, span) if size else span
    return start.reshape(input.shape)


@op(
    kind=Kind.NO_OPMATH,
    overload=("Tensor", "Scalar"),
    node="",
    rejects=_REFUSED,
    takes_here=_takes_here,
    takes={"boundaries": Shape("n", "sorted")},
    cases=({"input": "k"}, {"input": "j k"}, {"input": ""}),
)
def bucketize(input: Operand, boundaries: Array, *, out_int32: bool = False, right: bool = False) -> jax.Array:
    """Return the bucket of each value between sorted boundaries. A bucket includes its upper boundary unless `right`.

    Dtypes: the arguments are promoted; the result is int64, or int32 with `out_int32`.
    Raises: RuntimeError for boundaries that are not 1-D.

    >>> import jaxfun as jf
    >>> jf.bucketize(jf.tensor([1, 2, 6]), jf.tensor([1, 3, 5]))
    Array([0, 1, 3], dtype=int32)
    """
    if boundaries.ndim != 1:
        raise ShapeError("boundaries of 1 dimension", describe(boundaries))
    return _as_index(_binary_search(boundaries, input, right), out_int32)


# Membership.


def _want_a_tensor(elements: Any, test_elements: Any, **options: bool) -> None:
    if not any(hasattr(item, "dtype") for item in (elements, test_elements)):
        raise ArgumentTypeError("a tensor", describe((elements, test_elements)))


@op(
    kind=Kind.ALWAYS_BOOL,
    overload=("Tensor_Tensor", "Tensor_Scalar", "Scalar_Tensor"),
    before=_want_a_tensor,
    node="",
    rejects=_REFUSED,
    operand_rejects=_REFUSED,
    cases=rows("elements test_elements", ("m n", "k"), ("n", "j k"), ("", "3")),
)
def isin(elements: Operand, test_elements: Operand, *, assume_unique: bool = False, invert: bool = False) -> jax.Array:
    """Return whether each element is in `test_elements`, or with `invert` whether it is not. NaN is never in it.

    `assume_unique` has no effect.
    Raises: RuntimeError for bools and complex numbers; TypeError if both arguments are numbers.

    >>> import jaxfun as jf
    >>> jf.isin(jf.tensor([1, 2, 3]), jf.tensor([3, 1]))
    Array([ True, False,  True], dtype=bool)
    """
    return jnp.isin(elements, test_elements, invert=invert)


# Nonzero elements. Their number decides the shape of the result: under jit it must be given as `size`.


@public
def nonzero(input: Any, *, as_tuple: bool = False, size: int | None = None, fill_value: int = 0) -> Any:
    """Return the indices of the nonzero elements, one row each; with `as_tuple`, one vector per dimension.

    Under jit and vmap give `size`, the number of rows; missing rows are filled with `fill_value`.
    Raises: NotImplementedError for a traced tensor without `size`.

    >>> import jaxfun as jf
    >>> jf.nonzero(jf.tensor([[0, 1], [2, 0]]))
    Array([[0, 1],
           [1, 0]], dtype=int32)
    >>> jf.nonzero(jf.tensor([0, 5, 6]), as_tuple=True)
    (Array([1, 2], dtype=int32),)
    """
    input = as_array(input)
    want_size(input, size)
    found = _rows(input.reshape(1) if as_tuple and input.ndim == 0 else input, size, fill_value)
    return tuple(found.T) if as_tuple else found


def want_size(input: jax.Array, size: int | None) -> None:
    """Raise UnsupportedArgumentError where traced values would decide a shape."""
    if size is None and is_traced(input):
        raise UnsupportedArgumentError("a `size`, because the values that decide it are traced", describe(input))


def _rows(input: jax.Array, size: int | None, fill_value: int) -> jax.Array:
    """Return the indices of the nonzero elements, one row each."""
    if size is None:
        return jnp.asarray(np.argwhere(np.asarray(input)), canonical(int64).dtype)
    return _first_rows(input, size, fill_value)


@functools.partial(jax.jit, static_argnames="size")
def _first_rows(input: jax.Array, size: int, fill_value: int) -> jax.Array:
    if input.size == 0 or input.ndim == 0:
        return jnp.full((size, input.ndim), fill_value, canonical(int64).dtype)
    places = first_places(input.reshape(-1).astype(bool), size)
    steps = [math.prod(input.shape[dim + 1 :]) for dim in range(input.ndim)]
    found = jnp.stack([_coordinate(places, step, extent) for step, extent in zip(steps, input.shape, strict=True)], 1)
    return jnp.where((places < input.size)[:, None], found, fill_value)


def first_places(mask: jax.Array, size: int) -> jax.Array:
    """Return the indices of the first `size` true elements of a vector; missing ones are the length of the vector."""
    return jnp.cumsum(jnp.bincount(jnp.cumsum(mask), length=size)).astype(canonical(int64).dtype)


@public
def argwhere(input: Any, *, size: int | None = None, fill_value: int = 0) -> jax.Array:
    """Return the indices of the nonzero elements, one row each, like `nonzero`.

    Dtypes: int64.

    >>> import jaxfun as jf
    >>> jf.argwhere(jf.tensor([[0, 1], [2, 0]]))
    Array([[0, 1],
           [1, 0]], dtype=int32)
    """
    input = as_array(input)
    want_size(input, size)
    return _rows(input, size, fill_value)


@op(kind=None, node="", takes={"size": Choice((3, 0, 1, 7, -1)), "fill_value": Choice((-1, 9))})
def nonzero_static(input: Array, *, size: int, fill_value: int = -1) -> jax.Array:
    """Return the indices of the first `size` nonzero elements, one row each; missing rows are `fill_value`.

    Raises: RuntimeError for a negative size.

    >>> import jaxfun as jf
    >>> jf.nonzero_static(jf.tensor([0, 5, 6]), size=3)
    Array([[ 1],
           [ 2],
           [-1]], dtype=int32)
    """
    if size < 0:
        raise ShapeError("a `size` of at least 0", str(size))
    return _rows(input, size, fill_value)


# Indices as coordinates.


@public
def unravel_index(indices: Any, shape: int | Sequence[int]) -> tuple[jax.Array, ...]:
    """Return the coordinates of flat indices into a tensor of the given shape, one tensor per dimension.

    An index out of range is taken modulo the size, as in torch. Shapes: each result has the shape of `indices`.
    Dtypes: int64. Raises: TypeError for indices or a `shape` that are not integers; ValueError for a negative size;
    RuntimeError for indices into an empty tensor.

    >>> import jaxfun as jf
    >>> jf.unravel_index(jf.tensor([4, 5]), (2, 3))
    (Array([1, 1], dtype=int32), Array([1, 2], dtype=int32))
    """
    if not hasattr(indices, "dtype") or as_dtype(as_array(indices).dtype).category is not Category.INTEGER:
        raise ArgumentTypeError("integer `indices`", describe(indices))
    sizes = _as_shape(shape)
    places = as_array(indices).astype(canonical(int64).dtype)
    if places.size and 0 in sizes:
        raise ShapeError("a `shape` with no size of 0", describe(shape))
    steps = [math.prod(sizes[dim + 1 :]) for dim in range(len(sizes))]
    return tuple(_coordinate(places, step, size) for step, size in zip(steps, sizes, strict=True))


def _as_shape(shape: Any) -> tuple[int, ...]:
    sizes = (shape,) if isinstance(shape, int) else tuple(shape) if isinstance(shape, (tuple, list)) else None
    if sizes is None or not all(isinstance(size, int) for size in sizes):
        raise ArgumentTypeError("`shape` to be an integer or integers", describe(shape))
    if any(size < 0 for size in sizes):
        raise ArgumentValueError("`shape` with sizes of at least 0", describe(shape))
    return tuple(map(int, sizes))  # a bool counts as 0 or 1


def _coordinate(places: jax.Array, step: int, size: int) -> jax.Array:
    if not places.size:
        return places
    if step > jnp.iinfo(places.dtype).max:  # beyond every index
        return jnp.where(places < 0, size - 1, 0).astype(places.dtype)
    return (places // step) % size
