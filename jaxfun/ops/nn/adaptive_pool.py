"""Adaptive pooling: the size of the output is given, and the windows follow from it. Begin with `_bounds`."""

from collections.abc import Mapping
from typing import Any

import jax
import jax.numpy as jnp

from ...core.dtypes import DType, canonical, int64
from ...core.errors import ArgumentValueError, ShapeError, describe
from ...core.op import op
from ...core.record import COMPLEXES, NOT_FLOATS, Array, rows
from ...core.sizes import has_open, library_of
from ._windows import Ints, PerDim, flat_taps, per_dim, want_at_least, want_non_empty, want_rank
from .max_pool import ValuesAndIndices, max_of_taps, pooled

Sizes = PerDim | tuple[int | None, ...]


def _output_sizes(dims: int, input: jax.Array, output_size: Any) -> Ints:
    """Return the output size of each dimension; None keeps the size of the input."""
    if dims > 1 and isinstance(output_size, tuple):
        if input.ndim <= len(output_size):
            raise ArgumentValueError(f"a tensor of more than {len(output_size)} dimensions", describe(input))
        if len(output_size) != dims:
            raise ShapeError(f"`output_size` to have {dims} integers", describe(output_size))
        input_sizes = input.shape[input.ndim - dims :]
        output_size = tuple(
            size if given is None else given for size, given in zip(input_sizes, output_size, strict=True)
        )
    sizes = per_dim(output_size, dims, "output_size")
    want_at_least(0, output_size=sizes)
    return sizes


def _bounds(size: int, count: int) -> tuple[Any, Any]:
    """Return the start and end indices of the windows of a dimension."""
    windows = library_of(size, count).arange(count)
    return windows * size // count, -(-(windows + 1) * size // count)


def _windows(size: int, count: int) -> tuple[Any, Any]:
    """Return the indices in each window of a dimension, (count, taps), and where the windows end.

    A shorter window has indices beyond its end.
    """
    starts, ends = _bounds(size, count)
    most = -(-size // count) + 1 if has_open((size, count)) else (ends - starts).max()
    return starts[:, None] + library_of(size, count).arange(most), ends


def _average_pooled(dims: int, input: jax.Array, output_size: Any) -> jax.Array:
    sizes = _output_sizes(dims, input, output_size)
    if dims > 1 and sizes == (1,) * dims:  # torch calls mean here, and does not check the rank
        return jnp.mean(input, range(-dims, 0), keepdims=True)
    want_rank(input, dims)
    want_non_empty(input, input.ndim - dims)
    if not input.size or 0 in sizes:
        return jnp.zeros((*input.shape[:-dims], *sizes), input.dtype)
    for axis, count in enumerate(sizes, -dims):
        input = _averaged_along(input, axis + input.ndim, count)
    return input


def _averaged_along(input: jax.Array, axis: int, count: int) -> jax.Array:
    size = input.shape[axis]
    if size % count == 0:
        parts = (*input.shape[:axis], count, size // count, *input.shape[axis + 1 :])
        return jnp.sum(input.reshape(parts), axis + 1) / (size // count) if size > count else input
    taps, ends = _windows(size, count)
    shape = (-1, *[1] * (input.ndim - axis - 1))
    inside = (taps < ends[:, None]).reshape(*taps.shape, *shape[1:])
    parts = jnp.take(input, library_of(size, count).minimum(taps, size - 1), axis)
    lengths = (ends - taps[:, 0]).reshape(shape).astype(input.dtype)
    return jnp.sum(jnp.where(inside, parts, 0), axis + 1) / lengths


def _max_pooled(dims: int, input: jax.Array, output_size: Any) -> ValuesAndIndices:
    counts = _output_sizes(dims, input, output_size)
    want_rank(input, dims)
    want_non_empty(input, 1)
    sizes, shape = input.shape[-dims:], (*input.shape[:-dims], *counts)
    if 0 in shape:
        return jnp.zeros(shape, input.dtype), jnp.zeros(shape, canonical(int64).dtype)
    if not any(size % count for size, count in zip(sizes, counts, strict=True)):
        kernel = tuple(size // count for size, count in zip(sizes, counts, strict=True))
        return pooled(dims, input, kernel, None, 0, 1, False)
    return max_of_taps(input, flat_taps(sizes, [*map(_taps, sizes, counts)]), dims)


def _taps(size: int, count: int) -> Any:
    """Return the elements of each window of a dimension, (count, taps). Shorter windows repeat their last element."""
    taps, ends = _windows(size, count)
    return library_of(size, count).minimum(taps, ends[:, None] - 1)


def _complex_if_global(arguments: Mapping[str, Any]) -> frozenset[DType]:
    size = arguments["output_size"]  # torch calls mean, which supports complex numbers
    return COMPLEXES if {1}.issuperset(size if isinstance(size, tuple) else (size,)) else frozenset()


def _any_dtype_if_empty(arguments: Mapping[str, Any]) -> frozenset[DType]:
    return _complex_if_global(arguments) if arguments["input"].size else NOT_FLOATS


@op(
    torch="torch.nn.functional.adaptive_avg_pool1d",
    aliases=("adaptive_avg_pool1d",),
    composite=True,
    rejects=NOT_FLOATS,
    takes_here=_any_dtype_if_empty,
    cases=rows(
        "input output_size",
        ("b c 5", 3),
        ("c 6", (3,)),
        ("2 c 4", 1),
        ("2 3", 5),
    ),
)
def adaptive_avg_pool1d(input: Array, output_size: PerDim) -> jax.Array:
    """Apply a 1-D adaptive average pooling over an input of several channels.

    Along each dimension, window i of m starts at floor(i * size / m) and ends before ceil((i + 1) * size / m).
    Shapes: (n, c, length) -> (n, c, output_size), or without n.
    Raises: RuntimeError for a negative size, and for an empty input.
    Torch: torch.adaptive_avg_pool1d, torch.nn.functional.adaptive_avg_pool1d.

    >>> import jaxfun as jf
    >>> jf.nn.functional.adaptive_avg_pool1d(jf.tensor([[1.0, 3.0, 2.0]]), 2)
    Array([[2. , 2.5]], dtype=float32)
    """
    return _average_pooled(1, input, output_size)


@op(
    torch="torch.nn.functional.adaptive_avg_pool2d",
    rejects=NOT_FLOATS,
    takes_here=_any_dtype_if_empty,
    cases=rows(
        "input output_size",
        ("c 6 4", (3, 3)),
        ("b 2 4 5", (2, None)),
        ("1 c 4 3", 1),
        ("1 2 3 5", (4, 3)),
    ),
)
def adaptive_avg_pool2d(input: Array, output_size: Sizes) -> jax.Array:
    """Apply a 2-D adaptive average pooling over an input of several channels.

    Along each dimension, window i of m starts at floor(i * size / m) and ends before ceil((i + 1) * size / m).
    None in `output_size` keeps the size of the input.
    Shapes: (n, c, height, width) -> (n, c, *output_size), or without n.
    Raises: RuntimeError for a negative size, and for an empty input.
    Torch: torch.nn.functional.adaptive_avg_pool2d.

    >>> import jaxfun as jf
    >>> jf.nn.functional.adaptive_avg_pool2d(jf.tensor([[[1.0, 3.0], [2.0, 5.0]]]), (1, 2))
    Array([[[1.5, 4. ]]], dtype=float32)
    """
    return _average_pooled(2, input, output_size)


@op(
    torch="torch.nn.functional.adaptive_avg_pool3d",
    rejects=NOT_FLOATS,
    takes_here=_complex_if_global,
    cases=rows(
        "input output_size",
        ("c 4 3 2", (2, 2, 3)),
        ("b 1 3 2 4", (2, None, 3)),
        ("1 2 3 4 3", 1),
    ),
)
def adaptive_avg_pool3d(input: Array, output_size: Sizes) -> jax.Array:
    """Apply a 3-D adaptive average pooling over an input of several channels.

    Along each dimension, window i of m starts at floor(i * size / m) and ends before ceil((i + 1) * size / m).
    None in `output_size` keeps the size of the input.
    Shapes: (n, c, depth, height, width) -> (n, c, *output_size), or without n.
    Raises: RuntimeError for a negative size, and for an empty input.
    Torch: torch.nn.functional.adaptive_avg_pool3d.

    >>> import jaxfun as jf
    >>> jf.nn.functional.adaptive_avg_pool3d(jf.tensor([[[[1.0, 3.0, 2.0]]]]), (1, 1, 2))
    Array([[[[2. , 2.5]]]], dtype=float32)
    """
    return _average_pooled(3, input, output_size)


@op(
    kind=None,
    torch="torch.nn.functional.adaptive_max_pool1d",
    aten="adaptive_max_pool1d:values",
    composite=True,
    rejects=NOT_FLOATS,
    cases=rows(
        "input output_size return_indices",
        ("b c 5", 3, False),
        ("c 6", (3,), True),
        ("2 c 4", 1, False),
        ("2 3", 5, True),
    ),
)
def adaptive_max_pool1d(input: Array, output_size: Sizes, return_indices: bool = False) -> jax.Array | ValuesAndIndices:
    """Apply a 1-D adaptive max pooling over an input of several channels.

    The windows are those of `adaptive_avg_pool1d`. With `return_indices` also return the flat index of each maximum.
    The first of equal elements is selected, and the last NaN.
    Shapes: (n, c, length) -> (n, c, output_size), or without n.
    Gradient: all to the element whose index is returned.
    Raises: RuntimeError for a negative size, and for an empty input.
    Torch: torch.nn.functional.adaptive_max_pool1d.

    >>> import jaxfun as jf
    >>> jf.nn.functional.adaptive_max_pool1d(jf.tensor([[1.0, 3.0, 2.0]]), 2)
    Array([[3., 3.]], dtype=float32)
    """
    found = _max_pooled(1, input, output_size)
    return found if return_indices else found[0]


@op(
    kind=None,
    torch="torch.nn.functional.adaptive_max_pool1d_with_indices",
    aten="adaptive_max_pool1d",
    composite=True,
    rejects=NOT_FLOATS,
    cases=rows(
        "input output_size return_indices",
        ("b c 5", 3, False),
        ("c 6", (3,), True),
    ),
)
def adaptive_max_pool1d_with_indices(
    input: Array, output_size: Sizes, return_indices: bool = False
) -> ValuesAndIndices:
    """Apply a 1-D adaptive max pooling, and return the maxima and their flat indices.

    It is `adaptive_max_pool1d` with `return_indices=True`; its own `return_indices` has no effect.
    Gradient: all to the element whose index is returned.
    Raises: RuntimeError for a negative size, and for an empty input.
    Torch: torch.nn.functional.adaptive_max_pool1d_with_indices.

    >>> import jaxfun as jf
    >>> jf.nn.functional.adaptive_max_pool1d_with_indices(jf.tensor([[1.0, 3.0, 2.0]]), 2)[1]
    Array([[1, 1]], dtype=int32)
    """
    return _max_pooled(1, input, output_size)


@op(
    kind=None,
    torch="torch.nn.functional.adaptive_max_pool2d",
    aten="adaptive_max_pool2d:values",
    node="AdaptiveMaxPool2DBackward0",
    rejects=NOT_FLOATS,
    cases=rows(
        "input output_size return_indices",
        ("c 6 4", (3, 3), True),
        ("b 2 4 5", (2, None), False),
        ("1 c 4 3", 1, False),
        ("1 2 3 5", (4, 3), True),
    ),
)
def adaptive_max_pool2d(input: Array, output_size: Sizes, return_indices: bool = False) -> jax.Array | ValuesAndIndices:
    """Apply a 2-D adaptive max pooling over an input of several channels.

    The windows are those of `adaptive_avg_pool2d`. With `return_indices` also return the flat index of each maximum.
    The first of equal elements is selected, and the last NaN.
    Shapes: (n, c, height, width) -> (n, c, *output_size), or without n.
    Gradient: all to the element whose index is returned.
    Raises: RuntimeError for a negative size, and for an empty input.
    Torch: torch.nn.functional.adaptive_max_pool2d.

    >>> import jaxfun as jf
    >>> jf.nn.functional.adaptive_max_pool2d(jf.tensor([[[1.0, 3.0], [2.0, 5.0]]]), (1, 2))
    Array([[[2., 5.]]], dtype=float32)
    """
    found = _max_pooled(2, input, output_size)
    return found if return_indices else found[0]


@op(
    kind=None,
    torch="torch.nn.functional.adaptive_max_pool2d_with_indices",
    aten="adaptive_max_pool2d",
    node="AdaptiveMaxPool2DBackward0",
    rejects=NOT_FLOATS,
    cases=rows(
        "input output_size return_indices",
        ("c 6 4", (3, 3), True),
        ("b 2 4 5", (2, None), False),
    ),
)
def adaptive_max_pool2d_with_indices(
    input: Array, output_size: Sizes, return_indices: bool = False
) -> ValuesAndIndices:
    """Apply a 2-D adaptive max pooling, and return the maxima and their flat indices.

    It is `adaptive_max_pool2d` with `return_indices=True`; its own `return_indices` has no effect.
    Gradient: all to the element whose index is returned.
    Raises: RuntimeError for a negative size, and for an empty input.
    Torch: torch.nn.functional.adaptive_max_pool2d_with_indices.

    >>> import jaxfun as jf
    >>> jf.nn.functional.adaptive_max_pool2d_with_indices(jf.tensor([[[1.0, 3.0], [2.0, 5.0]]]), (1, 2))[1]
    Array([[[2, 3]]], dtype=int32)
    """
    return _max_pooled(2, input, output_size)


@op(
    kind=None,
    torch="torch.nn.functional.adaptive_max_pool3d",
    aten="adaptive_max_pool3d:values",
    node="AdaptiveMaxPool3DBackward0",
    rejects=NOT_FLOATS,
    cases=rows(
        "input output_size return_indices",
        ("c 4 3 2", (2, 2, 3), True),
        ("b 1 3 2 4", (2, None, 3), False),
        ("1 2 3 4 3", 1, False),
    ),
)
def adaptive_max_pool3d(input: Array, output_size: Sizes, return_indices: bool = False) -> jax.Array | ValuesAndIndices:
    """Apply a 3-D adaptive max pooling over an input of several channels.

    The windows are those of `adaptive_avg_pool3d`. With `return_indices` also return the flat index of each maximum.
    The first of equal elements is selected, and the last NaN.
    Shapes: (n, c, depth, height, width) -> (n, c, *output_size), or without n.
    Gradient: all to the element whose index is returned.
    Raises: RuntimeError for a negative size, and for an empty input.
    Torch: torch.nn.functional.adaptive_max_pool3d.

    >>> import jaxfun as jf
    >>> jf.nn.functional.adaptive_max_pool3d(jf.tensor([[[[1.0, 3.0, 2.0]]]]), (1, 1, 2))
    Array([[[[3., 3.]]]], dtype=float32)
    """
    found = _max_pooled(3, input, output_size)
    return found if return_indices else found[0]


@op(
    kind=None,
    torch="torch.nn.functional.adaptive_max_pool3d_with_indices",
    aten="adaptive_max_pool3d",
    node="AdaptiveMaxPool3DBackward0",
    rejects=NOT_FLOATS,
    cases=rows(
        "input output_size return_indices",
        ("c 4 3 2", (2, 2, 3), True),
        ("b 1 3 2 4", (2, None, 3), False),
    ),
)
def adaptive_max_pool3d_with_indices(
    input: Array, output_size: Sizes, return_indices: bool = False
) -> ValuesAndIndices:
    """Apply a 3-D adaptive max pooling, and return the maxima and their flat indices.

    It is `adaptive_max_pool3d` with `return_indices=True`; its own `return_indices` has no effect.
    Gradient: all to the element whose index is returned.
    Raises: RuntimeError for a negative size, and for an empty input.
    Torch: torch.nn.functional.adaptive_max_pool3d_with_indices.

    >>> import jaxfun as jf
    >>> jf.nn.functional.adaptive_max_pool3d_with_indices(jf.tensor([[[[1.0, 3.0, 2.0]]]]), (1, 1, 2))[1]
    Array([[[[1, 1]]]], dtype=int32)
    """
    return _max_pooled(3, input, output_size)
