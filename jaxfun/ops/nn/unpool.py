"""Partial inverses of max pooling: max_unpool1d, max_unpool2d and max_unpool3d."""

import functools
import math
from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax.core import Tracer

from ...core.dims import as_tuple
from ...core.dtypes import canonical, int64
from ...core.errors import ArgumentValueError, PositionError, ShapeError, describe
from ...core.op import op
from ...core.record import NOT_FLOATS, Array, Index, Mask, Row, rows
from ._windows import Ints, PerDim, as_ints, want_at_least, want_rank
from .max_pool import gather_flat


def _unpooled(
    dims: int, input: jax.Array, indices: jax.Array, kernel_size: Any, stride: Any, padding: Any, output_size: Any
) -> jax.Array:
    sizes = _output_sizes(dims, input, kernel_size, stride, padding, output_size)
    want_rank(input, dims)
    if indices.dtype != canonical(int64).dtype:
        raise ShapeError("`indices` of dtype int64", describe(indices))
    if indices.shape != input.shape or 0 in input.shape[1:]:
        raise ShapeError("a non-empty tensor, and `indices` of its shape", f"{describe(input)} and {describe(indices)}")
    return _scattered(input, indices, sizes)


def _output_sizes(dims: int, input: jax.Array, kernel_size: Any, stride: Any, padding: Any, output_size: Any) -> Ints:
    """Return the sizes of the result: `output_size`, or by default `(size - 1) * stride + kernel - 2 * padding`."""
    kernel, pad = as_ints(kernel_size, dims, "kernel_size"), as_ints(padding, dims, "padding")
    strides = kernel if stride is None else as_ints(stride, dims, "stride")
    if min(len(strides), len(pad), input.ndim) < len(kernel):
        raise PositionError(f"a stride and a padding for each size of the window {kernel}", f"{strides} and {pad}")
    each = zip(input.shape[input.ndim - len(kernel) :], strides, kernel, pad, strict=False)
    defaults = tuple((size - 1) * step + length - 2 * low for size, step, length, low in each)
    sizes = defaults if output_size is None else _checked_output_size(output_size, defaults, strides)
    if min(sizes, default=0) < 0:
        raise ArgumentValueError("`output_size` of at least 0", str(sizes))
    if len(kernel) != dims:
        raise PositionError(f"`kernel_size` to be an integer or {dims} of them", str(kernel))
    if dims == 3:
        want_at_least(1, stride=strides)
    return sizes


def _checked_output_size(output_size: Any, defaults: Ints, strides: Ints) -> Ints:
    sizes, dims = as_tuple(output_size, "output_size"), len(defaults)
    sizes = sizes[2:] if len(sizes) == dims + 2 else sizes
    if len(sizes) != dims:
        raise ArgumentValueError(f"`output_size` of {dims} or {dims + 2} integers", str(output_size))
    if any(abs(size - default) >= step for size, default, step in zip(sizes, defaults, strides, strict=False)):
        raise ArgumentValueError(f"`output_size` that differs from {defaults} by less than {strides}", str(output_size))
    return sizes


@functools.partial(jax.custom_jvp, nondiff_argnums=(2,))
def _scattered(input: jax.Array, indices: jax.Array, sizes: Ints) -> jax.Array:
    lead = input.shape[: -len(sizes)]
    zeros = jnp.zeros((*lead, math.prod(sizes)), input.dtype)
    flat, flat_indices = (item.reshape(*lead, math.prod(input.shape[len(lead) :])) for item in (input, indices))
    return jnp.put_along_axis(zeros, flat_indices, flat, -1, inplace=False).reshape(*lead, *sizes)


@_scattered.defjvp
def _scattered_jvp(sizes: Ints, primals: Any, tangents: Any) -> tuple[jax.Array, jax.Array]:
    # all elements with the same index get its gradient
    result = _scattered(*primals, sizes)
    (change,) = jax.linear_transpose(lambda image: gather_flat(image, primals[1], len(sizes)), result)(tangents[0])
    return result, change


def _index_check(dims: int) -> Callable[..., None]:
    """Return a check that all indices are within the result; traced indices are not checked."""

    def check(input: jax.Array, indices: jax.Array, *options: Any, **named: Any) -> None:
        if isinstance(indices, Tracer) or not indices.size:
            return
        given = dict(zip(("kernel_size", "stride", "padding", "output_size"), options, strict=False))
        count = math.prod(
            _output_sizes(dims, input, **{"stride": None, "padding": 0, "output_size": None} | given | named)
        )
        found = np.asarray(indices)
        if found.dtype.kind == "i" and not 0 <= found.min() <= found.max() < count:
            raise PositionError(f"`indices` in [0, {count - 1}]", f"{found.min()} to {found.max()}")

    return check


def _options(dims: int) -> dict[str, Any]:
    return {
        "kind": None,
        "rejects": NOT_FLOATS,
        "takes": {"indices": Index("", into="input", dim="", distinct=True)},
        "before": _index_check(dims),
        "torch": f"torch.nn.functional.max_unpool{dims}d",
    }


def _cases(*values: Any) -> tuple[Row, ...]:
    return rows("input indices kernel_size stride padding output_size", *values)


@op(
    **_options(1),
    composite=True,
    cases=_cases(
        ("2 n", "2 n", 2, None, 0, None),
        ("b 1 4", "b 1 4", (3,), (5,), (1,), None),
        ("1 3", "1 3", 2, 3, 0, (10,)),
    ),
)
def max_unpool1d(
    input: Array,
    indices: Mask,
    kernel_size: PerDim,
    stride: PerDim | None = None,
    padding: PerDim = 0,
    output_size: PerDim | None = None,
) -> jax.Array:
    """Compute a partial inverse of `max_pool1d`: the elements of `input` at `indices`, and zeros elsewhere.

    `indices` are those of the max pool. It can map several sizes to the same size; `output_size` selects one.
    Shapes: (n, c, length) -> (n, c, *), or without n.
    Gradient: if an index occurs twice, both elements get its gradient.
    Raises: ValueError for an `output_size` that does not fit; RuntimeError for an index out of range.
    Torch: torch.nn.functional.max_unpool1d.

    >>> import jaxfun as jf
    >>> jf.nn.functional.max_unpool1d(jf.tensor([[5.0, 7.0]]), jf.tensor([[1, 2]]), 2)
    Array([[0., 5., 7., 0.]], dtype=float32)
    """
    return _unpooled(1, input, indices, kernel_size, stride, padding, output_size)


@op(
    **_options(2),
    node="MaxUnpool2DBackward0",
    cases=_cases(
        ("b 1 2 n", "b 1 2 n", 4, None, 0, None),
        ("1 3 2", "1 3 2", (3, 2), (2, 4), (1, 0), None),
        ("1 2 2 2", "1 2 2 2", 3, 2, 0, (1, 1, 4, 5)),
    ),
)
def max_unpool2d(
    input: Array,
    indices: Mask,
    kernel_size: PerDim,
    stride: PerDim | None = None,
    padding: PerDim = 0,
    output_size: PerDim | None = None,
) -> jax.Array:
    """Compute a partial inverse of `max_pool2d`: the elements of `input` at `indices`, and zeros elsewhere.

    `indices` are those of the max pool. It can map several sizes to the same size; `output_size` selects one.
    Shapes: (n, c, height, width) -> (n, c, *), or without n.
    Gradient: if an index occurs twice, both elements get its gradient.
    Raises: ValueError for an `output_size` that does not fit; RuntimeError for an index out of range.
    Torch: torch.nn.functional.max_unpool2d.

    >>> import jaxfun as jf
    >>> jf.nn.functional.max_unpool2d(jf.tensor([[[5.0, 7.0]]]), jf.tensor([[[1, 2]]]), (1, 2))
    Array([[[0., 5., 7., 0.]]], dtype=float32)
    """
    return _unpooled(2, input, indices, kernel_size, stride, padding, output_size)


@op(
    **_options(3),
    node="MaxUnpool3DBackward0",
    cases=_cases(
        ("1 2 2 n", "1 2 2 n", 2, None, 0, None),
        ("1 1 3 2 2", "1 1 3 2 2", (3, 2, 1), (2, 3, 1), (1, 0, 0), (6, 5, 2)),
    ),
)
def max_unpool3d(
    input: Array,
    indices: Mask,
    kernel_size: PerDim,
    stride: PerDim | None = None,
    padding: PerDim = 0,
    output_size: PerDim | None = None,
) -> jax.Array:
    """Compute a partial inverse of `max_pool3d`: the elements of `input` at `indices`, and zeros elsewhere.

    `indices` are those of the max pool. It can map several sizes to the same size; `output_size` selects one.
    Shapes: (n, c, depth, height, width) -> (n, c, *), or without n.
    Gradient: if an index occurs twice, both elements get its gradient.
    Raises: ValueError for an `output_size` that does not fit; RuntimeError for an index out of range.
    Torch: torch.nn.functional.max_unpool3d.

    >>> import jaxfun as jf
    >>> jf.nn.functional.max_unpool3d(jf.tensor([[[[5.0, 7.0]]]]), jf.tensor([[[[1, 2]]]]), (1, 1, 2))
    Array([[[[0., 5., 7., 0.]]]], dtype=float32)
    """
    return _unpooled(3, input, indices, kernel_size, stride, padding, output_size)
