"""Finding values: where they belong in a sequence in order, and whether they are among others."""

from collections.abc import Mapping
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from ..core.dtypes import DType, Kind, canonical, int32, int64
from ..core.errors import ArgumentTypeError, ShapeError, describe
from ..core.op import op
from ..core.public import public
from ..core.record import BOOLS, COMPLEXES, Array, Choice, Index, Mask, Operand, Shape
from ._positions import check_positions, want_long


@public
def searchsorted(
    sorted_sequence: Any,
    input: Any,
    *,
    out_int32: bool = False,
    right: bool = False,
    side: str | None = None,
    sorter: Any = None,
) -> jax.Array:
    """Return where each value belongs in a sequence in order: before equal elements, or, to the `right`, after them.

    `side` is "left" or "right", another word for `right`; `sorter` are the indices that put the sequence in order.
    Shapes: the sequence has one dimension, or those of `input` but for the last.
    Dtypes: the two are promoted; the result is int64, or int32.
    Raises: RuntimeError for other shapes, sides that contradict each other, and a sorter out of range, where it is
    known.

    >>> import jaxfun as jf
    >>> jf.searchsorted(jf.tensor([1, 3, 5]), jf.tensor([3, 4]))
    Array([1, 2], dtype=int32)
    """
    options = {"out_int32": out_int32, "right": right, "side": side}
    if sorter is None:
        return _searchsorted(sorted_sequence, input, **options)
    return _searchsorted_by(sorted_sequence, input, sorter=sorter, **options)


_REFUSED = BOOLS | COMPLEXES


def _takes_here(arguments: Mapping[str, Any]) -> frozenset[DType]:
    return frozenset() if np.size(arguments["input"]) else _REFUSED  # torch needs no kernel where nothing is sought


_SIDE = Choice((None, "left", "right"))


@op(
    kind=Kind.NO_OPMATH,
    torch="torch.searchsorted",
    overload=("Tensor", "Scalar"),
    node="",
    rejects=_REFUSED,
    takes_here=_takes_here,
    takes={
        "sorted_sequence": Shape(("n", "n", "m n", "l m n", "n"), "sorted"),
        "input": Shape(("k", "j k", "m k", "l m k", "")),
        "side": _SIDE,
    },
)
def _searchsorted(
    sorted_sequence: Array, input: Operand, *, out_int32: bool = False, right: bool = False, side: str | None = None
) -> jax.Array:
    _check_shapes(sorted_sequence, input)
    return _as_index(_found(sorted_sequence, input, _is_right(right, side)), out_int32)


@op(
    kind=Kind.NO_OPMATH,
    torch="torch.searchsorted",
    overload="Tensor:sorter",
    check=lambda result, sequence, input, *, sorter, **options: check_positions(sorter, sequence.shape[-1]),
    node="",
    rejects=_REFUSED,
    takes_here=_takes_here,
    takes={
        "sorted_sequence": Shape(("n", "m n")),
        "input": Shape(("k", "m k")),
        "side": _SIDE,
        "sorter": Index(("n", "m n"), "sorted_sequence", "", distinct=True),
    },
)
def _searchsorted_by(
    sorted_sequence: Array,
    input: Operand,
    *,
    out_int32: bool = False,
    right: bool = False,
    side: str | None = None,
    sorter: Mask,
) -> jax.Array:
    _check_shapes(sorted_sequence, input)
    if sorter.shape != sorted_sequence.shape:
        raise ShapeError(f"a `sorter` of shape {list(sorted_sequence.shape)}", describe(sorter))
    want_long(sorter)
    in_order = jnp.take_along_axis(sorted_sequence, sorter, -1, mode="fill")
    return _as_index(_found(in_order, input, _is_right(right, side)), out_int32)


def _check_shapes(sequence: jax.Array, input: jax.Array) -> None:
    if sequence.ndim == 0:
        raise ShapeError("a sequence of 1 dimension or more", describe(sequence))
    if sequence.ndim > 1 and (input.ndim == 0 or sequence.shape[:-1] != input.shape[:-1]):
        raise ShapeError("a sequence of 1 dimension, or of those of `input` but for the last", describe(sequence))


def _is_right(right: bool, side: str | None) -> bool:
    if side not in (None, "left", "right"):
        raise ShapeError("`side` to be 'left' or 'right'", describe(side))
    if right and side == "left":
        raise ShapeError("`side` and `right` to mean the same", "side='left' and right=True")
    return right or side == "right"


def _as_index(found: jax.Array, out_int32: bool) -> jax.Array:
    return found.astype((int32 if out_int32 else canonical(int64)).dtype)


def _found(sequence: jax.Array, input: jax.Array, right: bool) -> jax.Array:
    """Halve the span that each value may belong in, as torch does: NaN, and what is in no order, end as they do there.

    A value is compared so that NaN belongs after everything.
    """
    values = input.reshape(-1) if sequence.ndim == 1 else input
    size = sequence.shape[-1]
    start, end = (jnp.full(values.shape, bound, canonical(int64).dtype) for bound in (0, size))
    for _ in range(size.bit_length()):
        middle = start + (end - start) // 2
        there = jnp.take_along_axis(sequence, middle, -1, mode="clip")
        is_after = ~(there > values if right else there >= values)
        is_open = start < end
        start, end = jnp.where(is_open & is_after, middle + 1, start), jnp.where(is_open & ~is_after, middle, end)
    return start.reshape(input.shape)


@op(
    kind=Kind.NO_OPMATH,
    overload=("Tensor", "Scalar"),
    node="",
    rejects=_REFUSED,
    takes_here=_takes_here,
    takes={"input": Shape(("k", "j k", "", "k")), "boundaries": Shape("n", "sorted")},
)
def bucketize(input: Operand, boundaries: Array, *, out_int32: bool = False, right: bool = False) -> jax.Array:
    """Return which span between boundaries in order each value lies in: its upper bound is in it, or, `right`, not.

    Dtypes: the two are promoted; the result is int64, or int32.
    Raises: RuntimeError for boundaries of other than one dimension.

    >>> import jaxfun as jf
    >>> jf.bucketize(jf.tensor([1, 2, 6]), jf.tensor([1, 3, 5]))
    Array([0, 1, 3], dtype=int32)
    """
    if boundaries.ndim != 1:
        raise ShapeError("boundaries of 1 dimension", describe(boundaries))
    return _as_index(_found(boundaries, input, right), out_int32)


@public
def isin(elements: Any, test_elements: Any, *, assume_unique: bool = False, invert: bool = False) -> jax.Array:
    """Return whether each element is among others; with `invert`, whether it is not. NaN never is.

    `assume_unique` changes nothing.
    Raises: RuntimeError for bools and complex numbers; TypeError for two numbers.

    >>> import jaxfun as jf
    >>> jf.isin(jf.tensor([1, 2, 3]), jf.tensor([3, 1]))
    Array([ True, False,  True], dtype=bool)
    """
    if not any(hasattr(item, "dtype") for item in (elements, test_elements)):
        raise ArgumentTypeError("a tensor", describe((elements, test_elements)))
    return _isin(elements, test_elements, assume_unique=assume_unique, invert=invert)


@op(
    kind=Kind.ALWAYS_BOOL,
    torch="torch.isin",
    overload=("Tensor_Tensor", "Tensor_Scalar", "Scalar_Tensor"),
    node="",
    rejects=_REFUSED,
    operand_rejects=_REFUSED,
    takes={"elements": Shape(("m n", "n", "")), "test_elements": Shape(("k", "j k", "3"))},
)
def _isin(elements: Operand, test_elements: Operand, *, assume_unique: bool = False, invert: bool = False) -> jax.Array:
    found = jnp.isin(elements, test_elements)
    return ~found if invert else found
