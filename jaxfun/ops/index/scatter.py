"""Write or reduce elements along a dimension at the positions of an index tensor: `scatter` and its family."""

import functools
from collections.abc import Callable, Mapping
from typing import Any

import jax
import jax.numpy as jnp

from ...core.checks import want_one_dtype
from ...core.dims import wrap_dim
from ...core.dtypes import cast
from ...core.errors import PositionError, ShapeError, describe
from ...core.op import op
from ...core.overloads import overloads
from ...core.record import Array, Choice, Dim, Factor, Index, Mask, rows
from ...core.sizes import any_below
from ._combine import REDUCTIONS, add_at, combined, set_at
from ._positions import BOTH, as_unsigned, check_along, want_integers, with_dims
from ._values import want_fitting

_PLACES = Index("", "input", dtypes=BOTH)
_DISTINCT = Index("", "input", distinct=True, dtypes=BOTH)
_NUMBERS = Choice((1, -3, True, 0.5, 2.0))
_REDUCE = Choice(("add", "multiply"))

_CASES = rows(
    "input index dim",
    ("n", "n", 0),
    ("m n", "m n", -1),
    ("4 3", "2 3", 0),
    ("", "", 0),
    ("4 5", "2 3", 1),
    ("2 3 4", "2 2 4", 1),
)
_SOURCE_CASES = tuple(
    {**row, "src": src} for row, src in zip(_CASES, ("n", "m n", "2 3", "", "3 4", "2 2 4"), strict=True)
)


@op(
    kind=None,
    torch="torch.scatter",
    overload="src",
    check=check_along,
    takes={"index": _DISTINCT},
    cases=_SOURCE_CASES,
)
def _scatter(input: Array, dim: Dim, index: Mask, src: Array) -> jax.Array:
    """Return `input` with `src` written at `index` along `dim`: for `dim=0`, `out[index[i][j]][j] = src[i][j]`.

    A number is passed as `value`. With `reduce` "add" or "multiply" the element is combined with `src`, not replaced.
    Shapes: `index` has as many dimensions as `input`, and no dimension except `dim` is larger; `src` is no smaller than
    `index`.
    Gradient: to `input` where it is not overwritten, to `src` where it is written; none with `reduce`, as in torch. For
    duplicate indices without `reduce` the written value is undefined, as in torch.
    Raises: RuntimeError for other shapes, different dtypes, and an index out of range (negative indices are out of
    range). A traced index out of range writes nothing.

    >>> import jaxfun as jf
    >>> jf.scatter(jf.zeros(3), 0, jf.tensor([2, 0]), jf.tensor([5.0, 6.0]))
    Array([6., 0., 5.], dtype=float32)
    >>> jf.scatter(jf.ones(3), 0, jf.tensor([1, 1]), 2, reduce="add")
    Array([1., 5., 1.], dtype=float32)
    """
    return _checked_write(set_at, input, dim, index, src)


def _check_value(input: jax.Array, dim: int, index: jax.Array, value: Any, **reduce: str) -> None:
    want_fitting(input, value)


@op(
    kind=None,
    torch="torch.scatter",
    overload="value",
    before=_check_value,
    check=check_along,
    node="ScatterBackward1",
    takes={"index": _PLACES, "value": _NUMBERS},
    cases=_CASES,
)
def _scatter_value(input: Array, dim: Dim, index: Mask, value: Factor) -> jax.Array:
    return _checked_write(set_at, input, dim, index, _filled(input, index, value))


@op(
    kind=None,
    torch="torch.scatter",
    overload="reduce",
    check=check_along,
    node="",
    takes={"index": _PLACES, "reduce": _REDUCE},
    cases=_SOURCE_CASES,
)
def _scatter_reduced(input: Array, dim: Dim, index: Mask, src: Array, *, reduce: str) -> jax.Array:
    return _checked_write(_reduction(reduce), input, dim, index, src)


@op(
    kind=None,
    torch="torch.scatter",
    overload="value_reduce",
    before=_check_value,
    check=check_along,
    node="",
    takes={"index": _PLACES, "value": Choice((1, True, -3, 0.5, 2.0)), "reduce": _REDUCE},
    cases=_CASES,
)
def _scatter_value_reduced(input: Array, dim: Dim, index: Mask, value: Factor, *, reduce: str) -> jax.Array:
    return _checked_write(_reduction(reduce), input, dim, index, _filled(input, index, value))


scatter = overloads(_scatter, _scatter_value, _scatter_reduced, _scatter_value_reduced)


def _filled(input: jax.Array, index: jax.Array, value: Any) -> jax.Array:
    return jnp.broadcast_to(cast(value, input.dtype), index.shape)


_CHANGES: Mapping[str, str] = {"add": "sum", "multiply": "prod"}


def _reduction(reduce: str) -> Callable[..., jax.Array]:
    if reduce not in _CHANGES:
        raise ShapeError("`reduce` to be 'add' or 'multiply'", describe(reduce))
    return functools.partial(combined, _CHANGES[reduce], True)


def _checked_write(
    write: Callable[..., jax.Array], input: jax.Array, dim: int, index: jax.Array, src: jax.Array
) -> jax.Array:
    """Check the arguments, then call `write(input, axis, index, source)`."""
    axis = wrap_dim(dim, input.ndim)
    want_one_dtype(input, src)
    if index.size == 0:
        return input
    want_integers(index)
    whole, places, source = map(with_dims, (input, index, src))
    _check_shapes(whole.shape, places.shape, src.shape, axis)
    kept = source[tuple(map(slice, places.shape))]
    return write(whole, axis, as_unsigned(places), kept).reshape(input.shape)


def _check_shapes(input: tuple[int, ...], index: tuple[int, ...], src: tuple[int, ...], axis: int) -> None:
    if 0 < len(src) < len(index) == len(input):
        raise PositionError(f"a `src` of {len(index)} dimensions", str(list(src)))
    fits = len(input) == len(index) == max(len(src), 1) and all(
        not any_below(0, (given - size,) if dim == axis else (given - size, limit - size))
        for dim, (size, limit, given) in enumerate(zip(index, input, src or (1,), strict=True))
    )
    if not fits:
        expected = f"an index no larger than {list(input)} except in dimension {axis}, and than `src`, {list(src)}"
        raise ShapeError(expected, str(list(index)))


@op(kind=None, check=check_along, takes={"index": _PLACES}, cases=_SOURCE_CASES)
def scatter_add(input: Array, dim: Dim, index: Mask, src: Array) -> jax.Array:
    """Return `input` with `src` added at `index` along `dim`: for `dim=0`, `out[index[i][j]][j] += src[i][j]`.

    Shapes: as for `scatter`.
    Dtypes: 16-bit floats are accumulated in float32; the sum of bools is their logical or.
    Raises: the same as `scatter`.

    >>> import jaxfun as jf
    >>> jf.scatter_add(jf.zeros(3), 0, jf.tensor([2, 0, 2]), jf.tensor([5.0, 6.0, 7.0]))
    Array([ 6.,  0., 12.], dtype=float32)
    """
    return _checked_write(add_at, input, dim, index, src)


@op(
    kind=None,
    overload="two",
    check=check_along,
    takes={"index": _PLACES, "reduce": Choice(REDUCTIONS)},
    cases=_SOURCE_CASES,
)
def scatter_reduce(
    input: Array, dim: Dim, index: Mask, src: Array, reduce: str, *, include_self: bool = True
) -> jax.Array:
    """Return `input` reduced with the elements of `src` that `index` sends to each position along `dim`.

    `reduce` is "sum", "prod", "mean", "amax" or "amin". Without `include_self`, `input` is not part of the reduction.
    Shapes: as for `scatter`.
    Gradient: for "amax" and "amin" split evenly among equal elements. torch counts the element of `input` among them
    even without `include_self`.
    Raises: the same as `scatter`, and RuntimeError for another `reduce`.

    >>> import jaxfun as jf
    >>> jf.scatter_reduce(jf.ones(2), 0, jf.tensor([1, 1]), jf.tensor([3.0, 5.0]), "mean")
    Array([1., 3.], dtype=float32)
    >>> jf.scatter_reduce(jf.ones(2), 0, jf.tensor([1, 1]), jf.tensor([3.0, 5.0]), "mean", include_self=False)
    Array([1., 4.], dtype=float32)
    """
    if reduce not in REDUCTIONS:
        raise ShapeError(f"`reduce` to be one of {', '.join(REDUCTIONS)}", describe(reduce))
    return _checked_write(functools.partial(combined, reduce, include_self), input, dim, index, src)
