"""How many rows lie in each bin of several dimensions at once. It has no gradient."""

import functools
import math
import operator
from collections.abc import Sequence
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp

from ..core.dtypes import as_array, as_dtype, float32, float64
from ..core.errors import ArgumentTypeError, ShapeError, UnsupportedDTypeError, describe
from ..core.op import op
from ..core.public import public
from ..core.record import Array, Tensors
from .histograms import add_up, as_density, bin_of, even_edges, given_edges, want_numbers_of_range


class JointHistogram(NamedTuple):
    """How much lies in each bin, and the edges along each dimension. Torch: torch.return_types.histogramdd."""

    hist: jax.Array
    bin_edges: tuple[jax.Array, ...]


@public
def histogramdd(input: Any, bins: Any, range: Any = None, weight: Any = None, density: bool = False) -> JointHistogram:
    """Return how many rows lie in each bin, or their weights added up, and the bins' edges: `(hist, bin_edges)`.

    `bins` is a number of equal bins, or a sequence with one for each column, over `range` (the lower and the upper end
    for each column, all in one sequence) or else all rows; or a sequence of tensors of increasing edges. A bin holds
    its lower edge, the last its upper one too. `density` divides by the sum and the bins' sizes.
    Shapes: (*, n) -> (bins of each of the n columns); `weight` is (*).
    Raises: RuntimeError for dtypes other than float32 and float64, other shapes, and for a range that is not finite or
    goes down; where it is traced, the counts are NaN.

    >>> import jaxfun as jf
    >>> rows = jf.tensor([[0.0, 1.0], [1.0, 0.0], [1.0, 3.0]])
    >>> jf.histogramdd(rows, [2, 3], range=(0.0, 1.0, 0.0, 3.0)).hist
    Array([[0., 1., 0.],
           [1., 0., 1.]], dtype=float32)
    """
    _check_types(bins, range)
    rows, weights = as_array(input), None if weight is None else as_array(weight)
    _check_rows(rows, weights)
    each = [bins] * rows.shape[-1] if isinstance(bins, int) else bins
    if len(each) != rows.shape[-1]:
        raise ShapeError(f"bins for {rows.shape[-1]} columns", describe(bins))
    columns = _flat(rows).T
    if any(hasattr(item, "dtype") for item in each):
        edges = tuple(given_edges(column, item) for column, item in zip(columns, each, strict=True))
        return JointHistogram(_histogramdd(rows, edges, weights, density=density), edges)
    edges = tuple(map(even_edges, columns, each, _ends(range, len(each))))
    hist = _histogramdd(rows, edges, weights, density=density)
    are_finite = [jnp.isfinite(item).all() for item in edges]
    return JointHistogram(jnp.where(jnp.stack(are_finite).all(), hist, jnp.nan) if edges else hist, edges)


def _check_types(bins: Any, range: Any) -> None:
    items = [bins] if isinstance(bins, int) else bins
    if not isinstance(items, (tuple, list)) or len({_sort(item) for item in items}) > 1 or "" in map(_sort, items):
        raise ArgumentTypeError("`bins` to be an integer, or a sequence of integers or of tensors", describe(bins))
    want_numbers_of_range(range)


def _sort(bins: Any) -> str:
    return "edges" if hasattr(bins, "dtype") else "count" if type(bins) is int else ""


def _check_rows(input: jax.Array, weight: jax.Array | None) -> None:
    if input.ndim < 2:
        raise ShapeError("rows: 2 dimensions or more", describe(input))
    if as_dtype(input.dtype) not in (float32, float64):
        raise UnsupportedDTypeError("float32 or float64", describe(input))
    if weight is not None and (weight.dtype != input.dtype or weight.shape != input.shape[:-1]):
        expected = f"a `weight` for each row, of the rows' dtype: {list(input.shape[:-1])}"
        raise ShapeError(expected, f"{describe(weight)} for {describe(input)}")


def _flat(input: jax.Array) -> jax.Array:
    return input.reshape(math.prod(input.shape[:-1]), input.shape[-1])


def _ends(range: Any, columns: int) -> Sequence[Any]:
    if range is None:
        return [None] * columns
    if len(range) != 2 * columns:
        raise ShapeError(f"`range` of {2 * columns} numbers, two for each column", describe(range))
    return [*zip(range[::2], range[1::2], strict=True)]


@op(kind=None, step="histogramdd", node="")
def _histogramdd(input: Array, edges: Tensors, weight: Array = None, *, density: bool) -> jax.Array:
    sizes = tuple(each.size - 1 for each in edges)
    hist = _counts(_flat(input), edges, weight, sizes) if input.size else jnp.zeros(sizes, input.dtype)
    return as_density(hist, edges) if density else hist


def _counts(rows: jax.Array, edges: Sequence[jax.Array], weight: jax.Array | None, sizes: tuple[int, ...]) -> jax.Array:
    total = math.prod(sizes)
    places = [bin_of(rows[:, place], each) for place, each in enumerate(edges)]
    steps = [math.prod(sizes[place + 1 :]) for place, _ in enumerate(sizes)]
    outside = functools.reduce(operator.or_, (place == size for place, size in zip(places, sizes, strict=True)))
    place = jnp.where(outside, total, sum(place * step for place, step in zip(places, steps, strict=True)))
    counted = jnp.ones_like(rows[:, 0]) if weight is None else weight.reshape(-1)
    return add_up(place, counted, total).reshape(sizes)
