"""Tensors split along a dimension, into a tuple of parts. Begin with `split`."""

import itertools
from collections.abc import Sequence
from typing import Any

import jax
import numpy as np
from jax.core import Tracer

from ...core.dims import as_tuple, wrap_dim
from ...core.errors import (
    ArgumentTypeError,
    DTypeError,
    IndexRangeError,
    ShapeError,
    UnsupportedArgumentError,
    describe,
)
from ...core.op import op
from ...core.overloads import overloads
from ...core.public import public
from ...core.record import Array, Choice, Dim, Dims, Integer, rows
from ...core.sizes import any_below, has_open, is_open, span

Parts = tuple[jax.Array, ...]


@op(kind=None, torch="torch.split", overload="Tensor", takes={"split_size_or_sections": Choice((1, 2, 3))})
def _split(tensor: Array, split_size_or_sections: Integer, dim: Dim = 0) -> Parts:
    """Split a tensor into parts of one size along a dimension (the last may be smaller), or of the given sizes.

    Raises: RuntimeError if the sizes do not sum to the size of the dimension.

    >>> import jaxfun as jf
    >>> jf.split(jf.tensor([1, 2, 3]), 2), len(jf.split(jf.tensor([1, 2, 3]), [1, 1, 1]))
    ((Array([1, 2], dtype=int32), Array([3], dtype=int32)), 3)
    """
    return _parts_of_size(tensor, split_size_or_sections, _dimension(tensor, dim))


def _parts_of_size(input: jax.Array, size: int, axis: int) -> Parts:
    whole = input.shape[axis]
    if any_below(0, (size,)) or (size == 0 and whole):
        raise ShapeError("a part size of at least 1", str(size))
    if has_open((whole, size)):
        return _parts(input, _open_sizes(whole, size), axis)
    sizes = [min(size, whole - start) for start in range(0, whole, size)] if whole else [0]
    return _parts(input, sizes, axis)


def _open_sizes(whole: Any, size: Any) -> list[Any]:
    """Return the sizes of the parts of a dimension that `jax.export` leaves open."""
    count, rest = divmod(whole, size)
    if is_open(count) or is_open(rest):
        raise ShapeError("sizes that determine the number of parts", f"parts of {size} from {whole}")
    return [size] * count + [rest] * (rest > 0)


_SIZES = (
    ("4", (1, 3), 0),
    ("3 n", (2, 0, 1), 0),
    ("m 3", (1, 1, 1), -1),
    ("n m", (1,), 1),
    ("0", (0, 0), -1),
)


@op(
    kind=None,
    torch="torch.split",
    overload="sizes",
    node="SplitWithSizesBackward0",
    cases=rows("tensor split_size_or_sections dim", *_SIZES),
)
def _split_sizes(tensor: Array, split_size_or_sections: Dims, dim: Dim = 0) -> Parts:
    return _parts_of_sizes(tensor, split_size_or_sections, dim)


split = overloads(_split, _split_sizes)


@op(
    kind=None,
    overload=("Tensor", "split_copy.Tensor"),
    aliases=("split_copy",),
    takes={"split_size": Choice((1, 2, 3))},
)
def unsafe_split(input: Array, split_size: Integer, dim: Dim = 0) -> Parts:
    """Split a tensor into parts of one size along a dimension, like `split`. The last part may be smaller.

    Raises: RuntimeError for a part size below 1.
    Torch: torch.unsafe_split, torch.split_copy.

    >>> import jaxfun as jf
    >>> jf.unsafe_split(jf.tensor([1, 2, 3]), 2)
    (Array([1, 2], dtype=int32), Array([3], dtype=int32))
    """
    return _parts_of_size(input, split_size, _dimension(input, dim))


split_copy = unsafe_split


@op(
    kind=None,
    overload=("", "split_with_sizes_copy.default", "unsafe_split_with_sizes.default"),
    aliases=("split_with_sizes_copy", "unsafe_split_with_sizes"),
    cases=rows("input split_sizes dim", *_SIZES),
)
def split_with_sizes(input: Array, split_sizes: tuple[int, ...], dim: Dim = 0) -> Parts:
    """Split a tensor into parts of the given sizes along a dimension.

    Raises: RuntimeError if the sizes do not sum to the size of the dimension.

    >>> import jaxfun as jf
    >>> jf.split_with_sizes(jf.tensor([1, 2, 3]), (1, 2))
    (Array([1], dtype=int32), Array([2, 3], dtype=int32))
    """
    return _parts_of_sizes(input, split_sizes, dim)


split_with_sizes_copy = unsafe_split_with_sizes = split_with_sizes


def _parts_of_sizes(input: jax.Array, sizes: Any, dim: int) -> Parts:
    sizes = as_tuple(sizes, "split_sizes")
    axis = _dimension(input, dim)
    if any_below(0, sizes) or sum(sizes) != input.shape[axis]:
        raise ShapeError(f"sizes of at least 0 with the sum {input.shape[axis]}", str(list(sizes)))
    return _parts(input, sizes, axis)


def _dimension(input: jax.Array, dim: int) -> int:
    if not input.ndim:
        raise ShapeError("a tensor of at least 1 dimension", describe(input))
    return wrap_dim(dim, input.ndim)


def _parts(input: jax.Array, sizes: Sequence[int], axis: int) -> Parts:
    return tuple(jax.lax.split(input, sizes, axis)) if sizes else ()


@op(
    kind=None,
    overload=("", "unsafe_chunk.default"),
    composite=True,
    aliases=("unsafe_chunk",),
    takes={"chunks": Choice((1, 2, 3, 4))},
)
def chunk(input: Array, chunks: Integer, dim: Dim = 0) -> Parts:
    """Split a tensor into at most `chunks` parts of equal size along a dimension; the last may be smaller.

    Raises: RuntimeError for fewer than 1 chunk.

    >>> import jaxfun as jf
    >>> [part.shape for part in jf.chunk(jf.zeros(5), 3)], len(jf.chunk(jf.zeros(6), 4))
    ([(2,), (2,), (1,)], 3)
    """
    if chunks <= 0:
        raise ShapeError("at least 1 chunk", str(chunks))
    axis = _dimension(input, dim)
    if not input.shape[axis]:
        return _parts(input, (0,) * chunks, axis)
    return _parts_of_size(input, -(-input.shape[axis] // chunks), axis)


unsafe_chunk = chunk


@public
def tensor_split(input: Any, indices_or_sections: Any, dim: int = 0) -> Parts:
    """Split a tensor into `indices_or_sections` nearly equal parts along a dimension, or at the given indices.

    Shapes: the first parts may be larger by 1. An index works as in the slice `input[start:stop]`: negative indices
    count from the end, and none is out of range.
    Raises: NotImplementedError for a traced tensor of indices, because its values decide the shapes.
    Differs: torch requires a tensor of indices to be int64; here int32, JAX's default integer dtype, is accepted too.

    >>> import jaxfun as jf
    >>> jf.tensor_split(jf.tensor([1, 2, 3, 4]), (1, 3)), len(jf.tensor_split(jf.zeros(4), 3))
    ((Array([1], dtype=int32), Array([2, 3], dtype=int32), Array([4], dtype=int32)), 3)
    """
    return _tensor_split(input, _as_known(indices_or_sections), dim)


def _as_known(cuts: Any) -> Any:
    """Return a tensor of indices as Python integers, and other values unchanged."""
    if not hasattr(cuts, "dtype") or isinstance(cuts, np.generic):
        return cuts
    if isinstance(cuts, Tracer):
        raise UnsupportedArgumentError("indices with known values", describe(cuts), "Pass integers.")
    if str(cuts.dtype).removeprefix("torch.") not in ("int32", "int64") or np.ndim(cuts) > 1:
        raise DTypeError("an integer tensor of at most 1 dimension", describe(cuts))
    return np.asarray(cuts).tolist()


@op(
    kind=None,
    torch="torch.tensor_split",
    overload="sections",
    composite=True,
    takes={"indices_or_sections": Choice((1, 2, 3, 4))},
)
def _tensor_split_sections(input: Array, indices_or_sections: Integer, dim: Dim = 0) -> Parts:
    return _equal_parts(input, indices_or_sections, _dimension(input, dim))


@op(
    kind=None,
    torch="torch.tensor_split",
    overload="indices",
    composite=True,
    cases=rows(
        "input indices_or_sections dim",
        ("4", (1, 3), 0),
        ("4", (3, 1), -1),
        ("3 n", (-1, 9), 0),
        ("m 3", (0, -9, 2), -1),
        ("m n", (), 1),
        ("0", (1,), 0),
    ),
)
def _tensor_split_indices(input: Array, indices_or_sections: Dims, dim: Dim = 0) -> Parts:
    return _parts_between(input, as_tuple(indices_or_sections, "indices_or_sections"), _dimension(input, dim))


_tensor_split = overloads(_tensor_split_sections, _tensor_split_indices)


def _equal_parts(input: jax.Array, count: int, axis: int) -> Parts:
    """Return parts of equal size; the first ones are larger by 1 if the size is not a multiple of their number."""
    if count <= 0:
        raise ShapeError("at least 1 part", str(count))
    size, larger = divmod(input.shape[axis], count)
    return _parts(input, [size + (part < larger) for part in range(count)], axis)


def _parts_between(input: jax.Array, indices: Sequence[int], axis: int) -> Parts:
    spans = [span(input.shape[axis], slice(*pair)) for pair in itertools.pairwise((0, *indices, None))]
    sizes = [count for _, count in spans]
    if sum(sizes) == input.shape[axis]:  # the indices do not decrease, so the parts do not overlap
        return _parts(input, sizes, axis)
    return tuple(jax.lax.slice_in_dim(input, first, first + count, axis=axis) for first, count in spans)


_EQUAL_OR_BETWEEN = {"indices_or_sections": Choice((1, 2, (1,), (1, -1)))}


def _split_along(input: jax.Array, cuts: Any, axis: int, least: int) -> Parts:
    if input.ndim < least:
        raise ShapeError(f"a tensor of at least {least} dimensions", describe(input))
    if isinstance(cuts, tuple):
        return _parts_between(input, as_tuple(cuts, "indices_or_sections"), axis)
    if cuts is None:
        raise ArgumentTypeError("`indices_or_sections` to be an integer or integers", describe(cuts))
    if cuts == 0 or input.shape[axis] % cuts:
        raise ShapeError(f"a number of parts that divides {input.shape[axis]}", str(cuts))
    return _equal_parts(input, cuts, axis)


@op(
    kind=None,
    overload=("int", "array"),
    composite=True,
    takes=_EQUAL_OR_BETWEEN,
    cases=rows("input", "4", "m 2", "m 2 n", "m 4", "m 0"),
)
def hsplit(input: Array, indices_or_sections: Dims) -> Parts:
    """Split a tensor along its second dimension, a vector along its first.

    Shapes: `indices_or_sections` equal parts, or the parts between the given indices, as in `tensor_split`.
    Raises: RuntimeError if the dimension cannot be split into equal parts.

    >>> import jaxfun as jf
    >>> jf.hsplit(jf.tensor([[1, 2], [3, 4]]), 2)
    (Array([[1],
           [3]], dtype=int32), Array([[2],
           [4]], dtype=int32))
    """
    return _split_along(input, indices_or_sections, min(1, max(input.ndim - 1, 0)), 1)


@op(
    kind=None,
    overload=("int", "array"),
    composite=True,
    takes=_EQUAL_OR_BETWEEN,
    cases=rows("input", "2 n", "4 n", "2 1 n", "0 n"),
)
def vsplit(input: Array, indices_or_sections: Dims) -> Parts:
    """Split a tensor along its first dimension into equal parts, or at the given indices.

    Raises: RuntimeError for a vector, and if the dimension cannot be split into equal parts.

    >>> import jaxfun as jf
    >>> jf.vsplit(jf.tensor([[1, 2], [3, 4]]), 2)
    (Array([[1, 2]], dtype=int32), Array([[3, 4]], dtype=int32))
    """
    return _split_along(input, indices_or_sections, 0, 2)


@op(
    kind=None,
    overload=("int", "array"),
    composite=True,
    takes=_EQUAL_OR_BETWEEN,
    cases=rows("input", "m 1 2", "1 n 4", "m n 2 1", "1 n 0"),
)
def dsplit(input: Array, indices_or_sections: Dims) -> Parts:
    """Split a tensor along its third dimension into equal parts, or at the given indices.

    Raises: RuntimeError for fewer than 3 dimensions, and if the dimension cannot be split into equal parts.

    >>> import jaxfun as jf
    >>> [part.shape for part in jf.dsplit(jf.zeros(1, 2, 4), 2)]
    [(1, 2, 2), (1, 2, 2)]
    """
    return _split_along(input, indices_or_sections, 2, 3)


@op(kind=None, overload=("int", "unbind_copy.int"), aliases=("unbind_copy",))
def unbind(input: Array, dim: Dim = 0) -> Parts:
    """Remove a dimension, and return the slices along it as a tuple.

    Raises: IndexError for a dimension out of range, and for a 0-dim tensor.

    >>> import jaxfun as jf
    >>> jf.unbind(jf.tensor([[1, 2], [3, 4]]))
    (Array([1, 2], dtype=int32), Array([3, 4], dtype=int32))
    """
    axis = wrap_dim(dim, input.ndim)
    if not input.ndim:
        raise IndexRangeError("a tensor of at least 1 dimension", describe(input))
    return tuple(jax.lax.unstack(input, axis=axis))


unbind_copy = unbind
