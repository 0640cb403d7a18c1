"""Tensors cut along a dimension, into a tuple of parts."""

import itertools
from collections.abc import Sequence
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax.core import Tracer

from ..core.dims import as_tuple, wrap_dim
from ..core.errors import ArgumentTypeError, DTypeError, IndexRangeError, ShapeError, UnsupportedArgumentError, describe
from ..core.op import op
from ..core.public import public
from ..core.record import Array, Beside, Choice, Dim, Dims, Integer, Shape
from .indexing import slice_step

Parts = tuple[jax.Array, ...]


@public
def split(tensor: Any, split_size_or_sections: int | Sequence[int], dim: int = 0) -> Parts:
    """Return the parts of this size along a dimension, the last of which may be smaller, or parts of these sizes.

    Raises: RuntimeError where the sizes do not add up to the dimension's.

    >>> import jaxfun as jf
    >>> jf.split(jf.tensor([1, 2, 3]), 2), len(jf.split(jf.tensor([1, 2, 3]), [1, 1, 1]))
    ((Array([1, 2], dtype=int32), Array([3], dtype=int32)), 3)
    """
    if isinstance(split_size_or_sections, (tuple, list)):
        return _split_sections(tensor, split_size_or_sections, dim)  # type: ignore[arg-type]  # refused within, if it is neither
    return _split(tensor, split_size_or_sections, dim)  # type: ignore[arg-type]  # refused within, if it is neither


@op(kind=None, torch="torch.split", overload="Tensor", takes={"split_size_or_sections": Choice((1, 2, 3))})
def _split(tensor: Array, split_size_or_sections: Integer, dim: Dim = 0) -> Parts:
    axis = _dimension(tensor, dim)
    whole, size = tensor.shape[axis], split_size_or_sections
    if size < 0 or (size == 0 and whole):
        raise ShapeError("a size of 1 or more for the parts", str(size))
    sizes = [min(size, whole - start) for start in range(0, whole, size)] if whole else [0]
    return _parts(tensor, sizes, axis)


_SECTIONS = {
    "input": Shape(("4", "3 n", "m 3", "n m", "0")),
    "tensor": Shape(("4", "3 n", "m 3", "n m", "0")),
    "split_size_or_sections": Beside(((1, 3), (2, 0, 1), (1, 1, 1), (1,), (0, 0))),
    "split_sizes": Beside(((1, 3), (2, 0, 1), (1, 1, 1), (1,), (0, 0))),
    "dim": Beside((0, 0, -1, 1, -1)),
}


def _some(*names: str) -> dict[str, Any]:
    return {name: _SECTIONS[name] for name in names}


@op(
    kind=None,
    torch="torch.split",
    overload="sizes",
    node="SplitWithSizesBackward0",
    takes=_some("tensor", "split_size_or_sections", "dim"),
)
def _split_sections(tensor: Array, split_size_or_sections: tuple[int, ...], dim: Dim = 0) -> Parts:
    return _sections(tensor, split_size_or_sections, dim)


@op(kind=None, takes=_some("input", "split_sizes", "dim"))
def split_with_sizes(input: Array, split_sizes: tuple[int, ...], dim: Dim = 0) -> Parts:
    """Return the parts of these sizes along a dimension.

    Raises: RuntimeError where the sizes do not add up to the dimension's.

    >>> import jaxfun as jf
    >>> jf.split_with_sizes(jf.tensor([1, 2, 3]), (1, 2))
    (Array([1], dtype=int32), Array([2, 3], dtype=int32))
    """
    return _sections(input, split_sizes, dim)


def _sections(input: jax.Array, sizes: Any, dim: int) -> Parts:
    sizes = as_tuple(sizes, "split_sizes")
    axis = _dimension(input, dim)
    if min(sizes, default=0) < 0 or sum(sizes) != input.shape[axis]:
        raise ShapeError(f"sizes of 0 and more that add up to {input.shape[axis]}", str(list(sizes)))
    return _parts(input, sizes, axis)


def _dimension(input: jax.Array, dim: int) -> int:
    if not input.ndim:
        raise ShapeError("a tensor with dimensions", describe(input))
    return wrap_dim(dim, input.ndim)


def _parts(input: jax.Array, sizes: Sequence[int], axis: int) -> Parts:
    return tuple(jax.lax.split(input, sizes, axis)) if sizes else ()


@op(kind=None, composite=True, node="", takes={"chunks": Choice((1, 2, 3, 4))})
def chunk(input: Array, chunks: Integer, dim: Dim = 0) -> Parts:
    """Return so many parts of one size along a dimension: the last may be smaller, and there may be fewer.

    >>> import jaxfun as jf
    >>> [part.shape for part in jf.chunk(jf.zeros(5), 3)], len(jf.chunk(jf.zeros(6), 4))
    ([(2,), (2,), (1,)], 3)
    """
    if chunks <= 0:
        raise ShapeError("1 part or more", str(chunks))
    whole = input.shape[_dimension(input, dim)]
    if not whole:
        return split_with_sizes(input, (0,) * chunks, dim)
    return _split(input, -(-whole // chunks), dim)


@public
def tensor_split(input: Any, indices_or_sections: Any, dim: int = 0) -> Parts:
    """Return so many parts along a dimension, the first ones larger by one where needed; or cut at these indices.

    Shapes: an index as in a slice, `input[start:stop]`: negative ones count from the end, none is too large.
    Raises: NotImplementedError for a traced tensor of indices: it decides the shapes.
    Differs: torch's tensor of indices has to be int64; here int32 is taken too, JAX's own integers.

    >>> import jaxfun as jf
    >>> jf.tensor_split(jf.tensor([1, 2, 3, 4]), (1, 3)), len(jf.tensor_split(jf.zeros(4), 3))
    ((Array([1], dtype=int32), Array([2, 3], dtype=int32), Array([4], dtype=int32)), 3)
    """
    cuts = _known_cuts(indices_or_sections)
    if isinstance(cuts, (tuple, list)):
        return _tensor_split_indices(input, cuts, dim)  # type: ignore[arg-type]  # refused within, if it is neither
    return _tensor_split(input, cuts, dim)


def _known_cuts(cuts: Any) -> Any:
    if not hasattr(cuts, "dtype") or isinstance(cuts, np.generic):
        return cuts
    call = "tensor_split(input, indices_or_sections, dim)"
    if isinstance(cuts, Tracer):
        advice = "They decide the shapes: pass integers."
        raise UnsupportedArgumentError("indices whose values are known", describe(cuts), advice, call)
    if str(cuts.dtype).removeprefix("torch.") not in ("int32", "int64") or np.ndim(cuts) > 1:
        raise DTypeError("a tensor of integers, of at most 1 dimension", describe(cuts), call=call)
    return np.asarray(cuts).tolist()


@op(
    kind=None,
    torch="torch.tensor_split",
    overload="sections",
    composite=True,
    node="",
    takes={"indices_or_sections": Choice((1, 2, 3, 4))},
)
def _tensor_split(input: Array, indices_or_sections: Integer, dim: Dim = 0) -> Parts:
    return _in_sections(input, indices_or_sections, _dimension(input, dim))


_AT = {
    "input": Shape(("4", "4", "3 n", "m 3", "m n", "0")),
    "indices_or_sections": Beside(((1, 3), (3, 1), (-1, 9), (0, -9, 2), (), (1,))),
    "dim": Beside((0, -1, 0, -1, 1, 0)),
}


@op(kind=None, torch="torch.tensor_split", overload="indices", composite=True, node="", takes=_AT)
def _tensor_split_indices(input: Array, indices_or_sections: tuple[int, ...], dim: Dim = 0) -> Parts:
    return _at_indices(input, as_tuple(indices_or_sections, "indices_or_sections"), _dimension(input, dim))


def _in_sections(input: jax.Array, sections: int, axis: int) -> Parts:
    if sections <= 0:
        raise ShapeError("1 part or more", str(sections))
    size, larger = divmod(input.shape[axis], sections)
    starts = [part * size + min(part, larger) for part in range(sections + 1)]
    return tuple(slice_step(input, axis, start, stop - start, 1) for start, stop in itertools.pairwise(starts))


def _at_indices(input: jax.Array, indices: Sequence[int], axis: int) -> Parts:
    spans = [range(input.shape[axis])[start:stop] for start, stop in zip((0, *indices), (*indices, None), strict=True)]
    return tuple(slice_step(input, axis, span.start, len(span), 1) for span in spans)


_BY_SIZE = {"indices_or_sections": Choice((1, 2, (1,), (1, -1)))}


def _split_along(input: jax.Array, cuts: Any, axis: int, least: int) -> Parts:
    if input.ndim < least:
        raise ShapeError(f"a tensor of at least {least} dimensions", describe(input))
    if isinstance(cuts, tuple):
        return _at_indices(input, as_tuple(cuts, "indices_or_sections"), axis)
    if cuts is None:
        raise ArgumentTypeError("`indices_or_sections` to be an integer or integers", describe(cuts))
    if cuts == 0 or input.shape[axis] % cuts:
        raise ShapeError(f"a number of parts that divides {input.shape[axis]}", str(cuts))
    return _in_sections(input, cuts, axis)


@op(
    kind=None,
    overload=("int", "array"),
    composite=True,
    node="",
    takes={"input": Shape(("4", "m 2", "m 2 n", "m 4", "m 0")), **_BY_SIZE},
)
def hsplit(input: Array, indices_or_sections: Dims) -> Parts:
    """Return the parts of a tensor cut along its second dimension, a vector's along its only one.

    Shapes: so many equal parts, or cut at these indices, as `tensor_split` does.
    Raises: RuntimeError where the dimension cannot be cut into equal parts.

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
    node="",
    takes={"input": Shape(("2 n", "4 n", "2 1 n", "0 n")), **_BY_SIZE},
)
def vsplit(input: Array, indices_or_sections: Dims) -> Parts:
    """Return the parts of a tensor cut along its first dimension: so many equal ones, or cut at these indices.

    Raises: RuntimeError for a vector, and where the dimension cannot be cut into equal parts.

    >>> import jaxfun as jf
    >>> jf.vsplit(jf.tensor([[1, 2], [3, 4]]), 2)
    (Array([[1, 2]], dtype=int32), Array([[3, 4]], dtype=int32))
    """
    return _split_along(input, indices_or_sections, 0, 2)


@op(
    kind=None,
    overload=("int", "array"),
    composite=True,
    node="",
    takes={"input": Shape(("m 1 2", "1 n 4", "m n 2 1", "1 n 0")), **_BY_SIZE},
)
def dsplit(input: Array, indices_or_sections: Dims) -> Parts:
    """Return the parts of a tensor cut along its third dimension: so many equal ones, or cut at these indices.

    Raises: RuntimeError for fewer than 3 dimensions, and where the dimension cannot be cut into equal parts.

    >>> import jaxfun as jf
    >>> [part.shape for part in jf.dsplit(jf.zeros(1, 2, 4), 2)]
    [(1, 2, 2), (1, 2, 2)]
    """
    return _split_along(input, indices_or_sections, 2, 3)


@op(kind=None, overload="int")
def unbind(input: Array, dim: Dim = 0) -> Parts:
    """Return what stands at each index of a dimension, without that dimension, as a tuple.

    >>> import jaxfun as jf
    >>> jf.unbind(jf.tensor([[1, 2], [3, 4]]))
    (Array([1, 2], dtype=int32), Array([3, 4], dtype=int32))
    """
    axis = wrap_dim(dim, input.ndim)
    if not input.ndim:
        raise IndexRangeError("a tensor with dimensions", describe(input))
    return tuple(jnp.squeeze(part, axis) for part in _parts(input, (1,) * input.shape[axis], axis))
