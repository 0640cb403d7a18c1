"""Differences of neighbours along a dimension, and the slopes that are estimated from them."""

from collections.abc import Sequence
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from ..core.dims import want_integer, wrap_dim, wrap_dims
from ..core.dtypes import as_dtype, is_scalar, uint8
from ..core.errors import ArgumentTypeError, DTypeError, IndexRangeError, ShapeError, UnsupportedDTypeError, describe
from ..core.op import op
from ..core.public import public
from ..core.record import Array, Beside, Choice, Dim, Dims, Factor, Scalar, Shape, Tensors
from .arithmetic import add, mul, neg, positive, sub
from .comparison import logical_xor
from .division import div
from .indexing import getitem, select
from .shape.join import cat
from .shape.reshape import reshape


def along(input: jax.Array, axis: int, start: int | None, stop: int | None = None) -> jax.Array:
    """Return what stands from `start` to before `stop` along one dimension."""
    return getitem(input, (slice(None),) * axis + (slice(start, stop),))


def neighbours(input: jax.Array, axis: int) -> tuple[jax.Array, jax.Array]:
    """Return all but the last along one dimension, and all but the first."""
    return along(input, axis, 0, -1), along(input, axis, 1)


@public
def diff(input: Any, n: int = 1, dim: int = -1, prepend: Any = None, append: Any = None) -> jax.Array:
    """Return the differences of neighbours along `dim`, taken `n` times; `prepend` and `append` are joined on before.

    Dtypes: of bools, whether neighbours differ.
    Raises: RuntimeError for a 0-dim tensor, and a negative `n`.

    >>> import jaxfun as jf
    >>> jf.diff(jf.tensor([1, 4, 9, 16])), jf.diff(jf.tensor([1, 4, 9, 16]), 2)
    (Array([3, 5, 7], dtype=int32), Array([2, 2], dtype=int32))
    """
    if prepend is None and append is None:
        return _diff(input, n, dim)
    return _diff_joined(input, n, dim, prepend, append)


@op(kind=None, torch="torch.diff", composite=True, node="", takes={"n": Choice((1, 0, 2, 5))})
def _diff(input: Array, n: int = 1, dim: Dim = -1) -> jax.Array:
    _check_order(input, n)
    return _differences(input, n, dim)


_JOINED = {
    "input": Shape(("m n", "n", "n m")),
    "n": Choice((1, 2, 0)),
    "dim": Beside((-1, 0, 0)),
    "prepend": Shape(("m k", "k", "k m")),
    "append": Shape(("m j", "j", "j m")),
}


@op(kind=None, torch="torch.diff", overload=":joined", composite=True, node="", takes=_JOINED)
def _diff_joined(input: Array, n: int = 1, dim: Dim = -1, prepend: Array = None, append: Array = None) -> jax.Array:
    _check_order(input, n)
    axis = wrap_dim(dim, input.ndim)
    parts = [part for part in (prepend, input, append) if part is not None]
    for part in parts:
        _check_joinable(input, part, axis)
    return _differences(cat(parts, axis) if n else input, n, axis)


def _check_order(input: jax.Array, n: Any) -> None:
    want_integer(n=n)
    if input.ndim == 0 or n < 0:
        raise ShapeError("a tensor with dimensions, and `n` of 0 or more", f"{describe(input)} and {n}")


def _check_joinable(input: jax.Array, part: jax.Array, axis: int) -> None:
    sizes, others = ((*x.shape[:axis], *x.shape[axis + 1 :]) for x in (input, part))
    if input.ndim != part.ndim or sizes != others:
        raise ShapeError(f"tensors of equal sizes but for dimension {axis}", describe((input, part)))


def _differences(input: jax.Array, n: int, dim: int) -> jax.Array:
    if n == 0:  # torch looks at no `dim` then
        return input
    axis = wrap_dim(dim, input.ndim)
    for _ in range(min(n, input.shape[axis])):
        before, after = neighbours(input, axis)
        input = (logical_xor if input.dtype == bool else sub)(after, before)
    return input


@public
def gradient(input: Any, *, spacing: Any = None, dim: Any = None, edge_order: int = 1) -> tuple[jax.Array, ...]:
    """Return the slopes along each dimension, or along `dim`: of the parabola through each element and its neighbours.

    `spacing` is a number, or for each dimension a number, or for each the coordinates. At the edges the slope is that
    of the line (`edge_order` 1) or the parabola (2) through the nearest elements.
    Raises: RuntimeError for fewer than `edge_order + 1` elements along a dimension, bool and uint8.

    >>> import jaxfun as jf
    >>> jf.gradient(jf.tensor([1.0, 4.0, 9.0, 16.0]))
    (Array([3., 4., 6., 7.], dtype=float32),)
    >>> jf.gradient(jf.tensor([1.0, 4.0, 9.0]), spacing=(jf.tensor([1.0, 2.0, 4.0]),), edge_order=2)
    (Array([3.1666665, 2.8333333, 2.1666663], dtype=float32),)
    """
    if not isinstance(spacing, (tuple, list)):
        return _gradient(input, spacing=spacing, dim=dim, edge_order=edge_order)
    if spacing and all(map(is_scalar, spacing)):
        axes = _axes(input, dim, len(spacing))
        steps = zip(axes, spacing, strict=True)
        return sum((_gradient(input, spacing=step, dim=axis, edge_order=edge_order) for axis, step in steps), ())
    return _gradient_coordinates(input, spacing=spacing, dim=dim, edge_order=edge_order)


_EDGES = Choice((1, 2))


@op(
    kind=None,
    torch="torch.gradient",
    overload=("scalarint", "scalararray"),
    composite=True,
    node="",
    rejects=frozenset({uint8}),
    takes={
        "input": Shape(("3", "3 4", "m 3", "*")),
        "spacing": Scalar(0.5, 3, optional=True),
        "dim": Beside((0, None, -1, None)),
        "edge_order": _EDGES,
    },
)
def _gradient(input: Array, *, spacing: Factor = None, dim: Dims = None, edge_order: int = 1) -> tuple[jax.Array, ...]:
    axes = _axes(input, dim, None)
    _check_edges(input, axes, edge_order)
    if axes and input.dtype == np.float16 and jnp.iscomplexobj(spacing):
        raise UnsupportedDTypeError(
            "a real `spacing` of float16, for there are no complex numbers of its size", describe(spacing)
        )
    return tuple(_slopes(input, 1 if spacing is None else spacing, axis, edge_order) for axis in axes)


_COORDINATES = {
    "input": Shape(("3", "3 4", "m n", "1 3")),
    "spacing": Shape(("3", "3, 4", "n", "3")),
    "dim": Beside((None, None, (-1,), (-1,))),
    "edge_order": _EDGES,
}


@op(
    kind=None,
    torch="torch.gradient",
    overload=("tensorarrayint", "tensorarray"),
    composite=True,
    node="",
    rejects=frozenset({uint8}),
    takes=_COORDINATES,
)
def _gradient_coordinates(
    input: Array, *, spacing: Tensors, dim: Dims = None, edge_order: int = 1
) -> tuple[jax.Array, ...]:
    if as_dtype(input.dtype) == uint8:  # also beside coordinates of another dtype
        raise ShapeError("a tensor of another dtype than uint8", describe(input))
    axes = _axes(input, dim, len(spacing))
    _check_edges(input, axes, edge_order)
    return tuple(_slopes_at(input, x, axis, edge_order) for x, axis in zip(spacing, axes, strict=True))


def _axes(input: Any, dim: Any, count: int | None) -> tuple[int, ...]:
    one_or_more = range(input.ndim) if dim is None else dim
    dims: tuple[int, ...] = (one_or_more,) if isinstance(one_or_more, int) else tuple(one_or_more)
    if count not in (None, len(dims)):
        raise ShapeError(f"`spacing` for {len(dims)} dimensions", f"for {count}")
    if dims and not input.ndim:
        raise IndexRangeError("a tensor with dimensions", describe(input))
    return wrap_dims(dims, input.ndim) if dims else ()


def _check_edges(input: jax.Array, axes: Sequence[int], edge_order: Any) -> None:
    if not isinstance(edge_order, int):
        raise ArgumentTypeError("`edge_order` to be an integer", describe(edge_order))
    if edge_order not in (1, 2):
        raise DTypeError("`edge_order` to be 1 or 2", str(edge_order))
    if any(input.shape[axis] <= edge_order for axis in axes):
        raise ShapeError(f"at least {edge_order + 1} elements along each dimension", describe(input))


def _slopes(input: jax.Array, spacing: Any, axis: int, edge_order: int) -> jax.Array:
    middle = div(sub(along(input, axis, 2), along(input, axis, 0, -2)), spacing)
    if edge_order == 1:
        ends = [sub(along(input, axis, 1, 2), along(input, axis, 0, 1))]
        ends += [sub(along(input, axis, -1), along(input, axis, -2, -1))]
    else:
        ends = [_weighted(_three(input, axis, 0), (-1.5, 2, -0.5)), _weighted(_three(input, axis, -3), (0.5, -2, 1.5))]
    first, last = (div(end, spacing) for end in ends)
    return cat([first, div(middle, 2), last], axis)


def _three(input: jax.Array, axis: int, start: int) -> list[jax.Array]:
    return [along(input, axis, at, at + 1 or None) for at in range(start, start + 3)]


def _weighted(parts: Sequence[jax.Array], weights: Sequence[Any]) -> jax.Array:
    first, second, third = (mul(part, weight) for part, weight in zip(parts, weights, strict=True))
    return add(add(first, second), third)


def _slopes_at(input: jax.Array, x: jax.Array, axis: int, edge_order: int) -> jax.Array:
    if x.ndim != 1:
        raise ShapeError("coordinates of one dimension", describe(x))
    steps = _diff(x, 1, 0)
    weights = _weights(*neighbours(steps, 0))
    if not steps.size:
        raise IndexRangeError("two coordinates or more", describe(x))
    shape = [-1 if dim == axis else 1 for dim in range(input.ndim)]
    weights = [reshape(weight, shape) for weight in weights]
    middle = _weighted([along(input, axis, 0, -2), along(input, axis, 1, -1), along(input, axis, 2)], weights)
    edge = _edges_of_lines if edge_order == 1 else _edges_of_parabolas
    first, last = edge(input, steps, axis)
    return cat([first, middle, last], axis)


def _weights(left: jax.Array, right: jax.Array) -> tuple[jax.Array, jax.Array, jax.Array]:
    """Return what three neighbours count for in the slope at the second, by the steps between them."""
    both = add(left, right)
    return (
        div(neg(right), mul(left, both)),
        div(sub(right, left), mul(left, right)),
        div(left, mul(right, both)),
    )


def _edges_of_lines(input: jax.Array, steps: jax.Array, axis: int) -> tuple[jax.Array, jax.Array]:
    first = sub(along(input, axis, 1, 2), along(input, axis, 0, 1))
    last = sub(along(input, axis, -1), along(input, axis, -2, -1))
    return div(first, select(steps, 0, 0)), div(last, select(steps, 0, -1))


def _edges_of_parabolas(input: jax.Array, steps: jax.Array, axis: int) -> tuple[jax.Array, jax.Array]:
    if steps.size < 2:
        raise IndexRangeError("three coordinates or more", describe(steps))
    first = _edge_parts(select(steps, 0, 0), select(steps, 0, 1), 2.0)
    last = _edge_parts(select(steps, 0, -1), select(steps, 0, -2), 2)
    signs, others = (neg, positive, neg), (positive, neg, positive)
    from_the_left = [div(sign(part), by) for sign, (part, by) in zip(signs, first, strict=True)]
    from_the_right = [div(sign(part), by) for sign, (part, by) in zip(others, last, strict=True)]
    return _weighted(_three(input, axis, 0), from_the_left), _weighted(_three(input, axis, -3), from_the_right[::-1])


def _edge_parts(near: jax.Array, far: jax.Array, two: float) -> tuple[tuple[jax.Array, jax.Array], ...]:
    """Return what is divided by what for the weights of three neighbours, the edge first.

    The signs come last and before the quotient, as in torch: integers times 2 wrap, times 2.0 not, and so may a sign.
    """
    both = add(near, far)
    return (add(mul(near, two), far), mul(near, both)), (both, mul(near, far)), (near, mul(far, both))
