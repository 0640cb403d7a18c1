"""Embedding lookup and one-hot encoding: `embedding`, `embedding_bag` and `one_hot`. Begin with `_lookup`."""

import math
from collections.abc import Callable, Mapping
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from ...core.arguments import as_tensor
from ...core.checks import want_one_dtype
from ...core.dtypes import Category, as_dtype, canonical, int64, promote_types, widened
from ...core.errors import (
    ArgumentChoiceError,
    ArgumentValueError,
    DTypeError,
    IndexRangeError,
    PositionError,
    ShapeError,
    UnsupportedArgumentError,
    UnsupportedDTypeError,
    describe,
)
from ...core.numbers import as_real, is_traced
from ...core.op import op
from ...core.public import public
from ...core.record import (
    BOOLS,
    COMPLEXES,
    FLOATS,
    NOT_FLOATS,
    Array,
    Choice,
    Factor,
    Index,
    Mask,
    OptionalInteger,
    rows,
)
from ..index._positions import BOTH, as_unsigned, check_positions, want_integers, want_long

_EPS = 1e-7  # torch adds it to the norm when it scales a row down


def _check_indices(_: Any, input: jax.Array, weight: jax.Array, *others: Any, **options: Any) -> None:
    check_positions(input, weight.shape[0])


@op(
    kind=None,
    torch="torch.nn.functional.embedding",
    check=_check_indices,
    takes={
        "input": Index("", "weight", 0, dtypes=BOTH),
        "max_norm": Choice((None, 1.0, 2.5)),
        "norm_type": Choice((2.0, 1.0, math.inf)),
        "sparse": Choice((False,)),
    },
    cases=rows(
        "input weight padding_idx max_norm norm_type scale_grad_by_freq",
        ("m n", "v d", None, None, 2.0, False),
        ("n", "v d", 0, None, 2.0, False),
        ("5", "3 d", -1, None, 2.0, True),
        ("", "v d", None, None, 2.0, False),
        ("4", "v 2", None, 1.0, 2.0, False),
        ("4", "v 2", 0, 2.5, 1.0, True),
        ("4", "v 2", None, 1.0, math.inf, False),
    ),
)
def embedding(
    input: Mask,
    weight: Array,
    padding_idx: OptionalInteger = None,
    max_norm: Factor = None,
    norm_type: float = 2.0,
    scale_grad_by_freq: bool = False,
    sparse: bool = False,
) -> jax.Array:
    """Look up embeddings in a table: return the rows of `weight` at the indices `input`.

    A row is scaled down to the norm `max_norm` if its `norm_type`-norm exceeds `max_norm`. `weight` is not modified;
    `jaxfun.embedding_renorm` returns the `weight` that torch modifies in place.
    Shapes: (*), (v, d) -> (*, d).
    Gradient: 0 for the row `padding_idx`; with `scale_grad_by_freq` divided by the frequency of the index in `input`;
    the scaling to `max_norm` has a derivative of 1.
    Raises: IndexError or RuntimeError for an index out of range (negative indices are out of range). A traced index out
    of range gives the same result as in `getitem`.
    Torch: torch.nn.functional.embedding.

    >>> import jaxfun as jf
    >>> jf.nn.functional.embedding(jf.tensor([1, 0, 1]), jf.tensor([[1.0, 2.0], [3.0, 4.0]]))
    Array([[3., 4.],
           [1., 2.],
           [3., 4.]], dtype=float32)
    """
    padding = _padding_index(padding_idx, weight)
    _want_table(input, weight, sparse)
    embeddings = _lookup(input, weight, max_norm, norm_type, scale_grad_by_freq)
    if padding is None:
        return embeddings
    return jnp.where((input == padding)[..., None], jax.lax.stop_gradient(embeddings), embeddings)


@public
def embedding_renorm(weight: Any, indices: Any, max_norm: float, norm_type: float = 2.0) -> jax.Array:
    """Return `weight` with the rows at `indices` scaled down to `max_norm` if their `norm_type`-norm exceeds it.

    `embedding` and `embedding_bag` scale only the rows that they return; torch modifies `weight` in place.
    Gradient: the scaling has a derivative of 1, because torch scales without a gradient.
    Raises: RuntimeError for a `weight` that is not 2-D; IndexError or RuntimeError for an index out of range (-1 is the
    last row).
    Torch: torch.embedding_renorm_.

    >>> import jaxfun as jf
    >>> jf.embedding_renorm(jf.tensor([[3.0, 4.0], [6.0, 8.0]]), jf.tensor([0]), max_norm=1.0)
    Array([[0.6, 0.8],
           [6. , 8. ]], dtype=float32)
    """
    table, rows_to_scale = as_tensor("weight", weight), as_tensor("indices", indices)
    _want_table(rows_to_scale, table, False)
    check_positions(rows_to_scale, table.shape[0], negative=True)
    is_selected = jnp.zeros(table.shape[0], bool).at[rows_to_scale.reshape(-1)].set(True, mode="drop")
    return jnp.where(is_selected[:, None], _renormalized(table, max_norm, norm_type), table)


def _padding_index(padding_idx: int | None, weight: jax.Array, error: Any = ArgumentChoiceError) -> int | None:
    """Return `padding_idx` as a non-negative index."""
    if padding_idx is None or padding_idx == 0:
        return padding_idx
    if not weight.ndim:
        raise IndexRangeError("a table of shape (v, d)", describe(weight))
    count = weight.shape[0]
    if not -count <= padding_idx < count:
        raise error(f"`padding_idx` in [{-count}, {count - 1}]", str(padding_idx))
    return padding_idx % count


def _want_table(indices: jax.Array, weight: jax.Array, sparse: bool) -> None:
    if sparse:
        advice = "Leave `sparse` out: the gradient is the same, and XLA adds up the rows."
        raise UnsupportedArgumentError("no `sparse`, because JAX has no sparse gradients", "True", advice)
    want_integers(indices)
    if weight.ndim != 2:
        raise ShapeError("a table of shape (v, d)", describe(weight))


def _lookup(indices: jax.Array, weight: jax.Array, max_norm: Any, norm_type: float, scales: bool) -> jax.Array:
    """Return rows of a table, (*, d), scaled to `max_norm`. If `scales`, divide the gradient by the frequency."""
    if indices.size and not weight.shape[0]:
        raise PositionError("a table with at least one row", describe(weight))
    positions = as_unsigned(indices)
    embeddings = (
        jnp.take(weight, positions, 0, mode="fill")
        if indices.size
        else jnp.zeros((*indices.shape, weight.shape[1]), weight.dtype)
    )
    if max_norm is not None:
        embeddings = _renormalized(embeddings, as_real(max_norm, "max_norm"), norm_type)
    if not scales:
        return embeddings
    counts = jnp.zeros(weight.shape[0], weight.dtype).at[positions].add(1)
    return _scale_gradient(embeddings, 1 / counts[positions][..., None])


@jax.custom_jvp
def _scale_gradient(input: jax.Array, slope: jax.Array) -> jax.Array:
    """Return the input, with the derivative `slope`."""
    return input


@_scale_gradient.defjvp
def _scale_gradient_jvp(primals: Any, tangents: Any) -> tuple[jax.Array, jax.Array]:
    return primals[0], tangents[0] * primals[1]


def _renormalized(table: jax.Array, max_norm: Any, norm_type: float) -> jax.Array:
    """Return rows scaled down to `max_norm`, with a derivative of 1."""
    if as_dtype(table.dtype).category <= Category.INTEGER:
        raise DTypeError("a floating point table with `max_norm`", describe(table))
    wide = widened(jax.lax.stop_gradient(table))
    norm = jnp.linalg.norm(wide, norm_type, -1, keepdims=True) if table.shape[-1] else jnp.zeros((*table.shape[:-1], 1))
    limit = jnp.asarray(max_norm, norm.dtype)
    scaled = jnp.where(norm > limit, wide * (limit / (norm + _EPS)).astype(wide.dtype), wide)
    return _with_gradient_of(table, scaled.astype(table.dtype))


@jax.custom_jvp
def _with_gradient_of(input: jax.Array, value: jax.Array) -> jax.Array:
    """Return `value` with the derivative of `input`."""
    return value


@_with_gradient_of.defjvp
def _with_gradient_of_jvp(primals: Any, tangents: Any) -> tuple[jax.Array, jax.Array]:
    return primals[1], tangents[0]


# Bags: groups of rows, each reduced to one row.


def _check_bags(_: Any, input: Any, weight: Any, offsets: Any = None, *others: Any, **options: Any) -> None:
    if offsets is not None and not is_traced(offsets) and offsets.size:
        first, last = np.asarray(offsets)[[0, -1]]
        if first != 0 or last > input.shape[0]:
            raise ShapeError(f"`offsets` from 0 to at most {input.shape[0]}", f"{first} to {last}")
    check_positions(input, weight.shape[0])


def _offsets(names: str, values: str) -> Index:
    return Index(names, "input", 0, values=values, dtypes=BOTH)


@op(
    kind=None,
    torch="torch.nn.functional.embedding_bag",
    check=_check_bags,
    rejects=NOT_FLOATS,
    takes={
        "input": Index("", "weight", 0, dtypes=BOTH),
        "max_norm": Choice((None, 1.0, 2.5)),
        "norm_type": Choice((2, 1.0)),
        "sparse": Choice((False,)),
    },
    cases=rows(
        "input weight offsets max_norm norm_type scale_grad_by_freq mode per_sample_weights include_last_offset "
        "padding_idx",
        ("m n", "v d", None, None, 2, False, "mean", None, False, None),
        ("m n", "v d", None, None, 2, False, "sum", "m n", False, 0),
        ("m n", "v d", None, None, 2, False, "max", None, False, None),
        ("5", "v d", _offsets("3", "offsets"), None, 2, True, "mean", None, False, 1),
        ("5", "v d", _offsets("3", "offsets"), 1.0, 2, True, "sum", None, False, None),
        ("5", "v d", _offsets("4", "offsets"), None, 2, False, "max", None, False, -1),
        ("5", "v d", _offsets("3", "offsets and end"), 2.5, 1.0, False, "sum", "5", True, None),
        ("4", "v d", _offsets("3", "offsets and end"), None, 2, False, "max", None, True, None),
    ),
)
def embedding_bag(
    input: Mask,
    weight: Array,
    offsets: Mask = None,
    max_norm: Factor = None,
    norm_type: float = 2,
    scale_grad_by_freq: bool = False,
    mode: str = "mean",
    sparse: bool = False,
    per_sample_weights: Array = None,
    include_last_offset: bool = False,
    padding_idx: OptionalInteger = None,
) -> jax.Array:
    """Compute the "sum", "mean" or "max" (`mode`) of bags of embeddings, the rows of `weight` at the indices `input`.

    A 2-D `input` has one bag in each row. The bags of a 1-D `input` start at `offsets`; with `include_last_offset` the
    last offset is the end of the last bag. The row `padding_idx` is excluded from the bags, and an empty bag gives 0.
    `per_sample_weights` scale the rows of a "sum". `max_norm` and `scale_grad_by_freq` are those of `embedding`.
    Shapes: (b, n), (v, d) -> (b, d); or (n), (v, d), (b) -> (b, d).
    Dtypes: 16-bit floats are added up in float32 and rounded once.
    Gradient: for "max", all to the first of equal elements.
    Raises: ValueError for other shapes; IndexError or RuntimeError for an index out of range.
    Torch: torch.nn.functional.embedding_bag.

    >>> import jaxfun as jf
    >>> table = jf.tensor([[1.0, 2.0], [3.0, 4.0]])
    >>> jf.nn.functional.embedding_bag(jf.tensor([0, 1, 1]), table, jf.tensor([0, 1]), mode="sum")
    Array([[1., 2.],
           [6., 8.]], dtype=float32)
    """
    _want_bags(input, weight, offsets, per_sample_weights, mode, scale_grad_by_freq)
    if offsets is not None:
        dtype = promote_types(input.dtype, offsets.dtype).dtype
        input, offsets = input.astype(dtype), offsets.astype(dtype)
    _want_table(input, weight, sparse)
    padding = _padding_index(padding_idx, weight, PositionError)
    flat, bag, count = _bags(input, offsets, include_last_offset)
    embeddings = widened(_lookup(flat, weight, max_norm, norm_type, scale_grad_by_freq))
    kept = jnp.ones(flat.shape, bool) if padding is None else flat != padding
    if per_sample_weights is not None:
        want_one_dtype(weight, per_sample_weights)
        factors = jnp.where(kept, widened(per_sample_weights).reshape(-1), 0)
        embeddings = jnp.where(kept[:, None], embeddings, 0) * factors[:, None]
    return _REDUCTIONS[mode](embeddings, kept, bag, count).astype(weight.dtype)


def _want_bags(input: jax.Array, weight: jax.Array, offsets: Any, factors: Any, mode: str, scales: bool) -> None:
    if factors is not None and factors.shape != input.shape:
        raise ArgumentValueError("`per_sample_weights` of the shape of `input`", describe((factors, input)))
    if weight.ndim != 2:
        raise ArgumentValueError("a table of shape (v, d)", describe(weight))
    if input.ndim not in (1, 2) or (offsets is None) != (input.ndim == 2):
        raise ArgumentValueError("`input` of shape (b, n), or (n) with `offsets`", describe((input, offsets)))
    if offsets is not None and offsets.ndim != 1:
        raise ArgumentValueError("`offsets` of shape (b)", describe(offsets))
    if mode not in _REDUCTIONS:
        raise ArgumentValueError(f"`mode` to be one of {', '.join(_REDUCTIONS)}", describe(mode))
    if input.ndim == 2 and as_dtype(input.dtype).category in (Category.BOOL, Category.COMPLEX):
        raise UnsupportedDTypeError("indices of dtype int32 or int64", describe(input))
    if input.ndim == 2 and not input.shape[1]:
        raise ShapeError("non-empty bags", describe(input))
    if mode == "max" and scales:
        raise ArgumentValueError("no `scale_grad_by_freq` with mode='max'", "True")
    if mode != "sum" and factors is not None:
        raise UnsupportedArgumentError("mode='sum' with `per_sample_weights`", describe(mode))


def _bags(input: jax.Array, offsets: Any, has_end: bool) -> tuple[jax.Array, jax.Array, int]:
    """Return the flattened indices, the bag of each index, and the number of bags."""
    if offsets is None:
        return input.reshape(-1), jax.lax.broadcasted_iota(jnp.int32, input.shape, 0).reshape(-1), input.shape[0]
    if has_end and not offsets.size:
        raise ShapeError("non-empty `offsets` with include_last_offset=True", describe(offsets))
    positions = jnp.arange(input.shape[0], dtype=offsets.dtype)
    # a position before the first offset is in no bag: its bag index is out of range
    bag = jnp.searchsorted(offsets, positions, side="right") - 1
    return input, as_unsigned(bag), offsets.shape[0] - has_end


def _sum_of_bags(embeddings: jax.Array, kept: jax.Array, bag: jax.Array, count: int) -> jax.Array:
    zeros = jnp.zeros((count, embeddings.shape[-1]), embeddings.dtype)
    return zeros.at[bag].add(jnp.where(kept[:, None], embeddings, 0), mode="drop")


def _mean_of_bags(embeddings: jax.Array, kept: jax.Array, bag: jax.Array, count: int) -> jax.Array:
    sizes = jnp.zeros((count, 1), embeddings.dtype).at[bag].add(kept[:, None].astype(embeddings.dtype), mode="drop")
    return _sum_of_bags(embeddings, kept, bag, count) / jnp.maximum(sizes, 1)


def _max_of_bags(embeddings: jax.Array, kept: jax.Array, bag: jax.Array, count: int) -> jax.Array:
    positions, missing = jnp.arange(bag.shape[0], dtype=jnp.int32), bag.shape[0]
    first = jnp.full(count, missing, jnp.int32).at[bag].min(jnp.where(kept, positions, missing), mode="drop")
    # comparisons with NaN are false: torch keeps NaN at the start of a bag, and skips it elsewhere
    is_first = (positions == first.at[bag].get(mode="fill", fill_value=missing))[:, None]
    order = jnp.where(jnp.isnan(embeddings), jnp.where(is_first, jnp.inf, -jnp.inf), embeddings)
    order = jax.lax.stop_gradient(order)
    lowest = jnp.full((count, embeddings.shape[-1]), -jnp.inf, embeddings.dtype)
    largest = lowest.at[bag].max(jnp.where(kept[:, None], order, -jnp.inf), mode="drop")
    is_largest = kept[:, None] & (order == largest.at[bag].get(mode="fill"))
    candidates = jnp.where(is_largest, positions[:, None], missing)
    found = jnp.full(lowest.shape, missing, jnp.int32).at[bag].min(candidates, mode="drop")
    return jnp.take_along_axis(embeddings, found, 0, mode="fill", fill_value=0)


_REDUCTIONS: Mapping[str, Callable[..., jax.Array]] = {"sum": _sum_of_bags, "mean": _mean_of_bags, "max": _max_of_bags}


@public(name="nn.functional.one_hot")
def one_hot(tensor: Any, num_classes: int = -1) -> jax.Array:
    """Return the one-hot encoding of class indices: 1 at the index of the class, 0 elsewhere.

    `num_classes` is by default the largest class plus 1; under jit it is required.
    Shapes: (*) -> (*, num_classes).
    Dtypes: int64.
    Raises: RuntimeError for a tensor that is not int64, for a class out of range, and for zero classes.
    Torch: torch.nn.functional.one_hot.

    >>> import jaxfun as jf
    >>> jf.nn.functional.one_hot(jf.tensor([1, 0, 2]), num_classes=3)
    Array([[0, 1, 0],
           [1, 0, 0],
           [0, 0, 1]], dtype=int32)
    """
    tensor = as_tensor("tensor", tensor)
    if num_classes == -1 and tensor.size:
        if is_traced(tensor):
            raise UnsupportedArgumentError("`num_classes` for a traced tensor", describe(tensor))
        num_classes = int(tensor.max()) + 1
    return _one_hot(tensor, num_classes)


def _check_classes(_: Any, tensor: Any, num_classes: int) -> None:
    check_positions(tensor, num_classes)


@op(
    kind=None,
    torch="torch.nn.functional.one_hot",
    node="",
    rejects=BOOLS | FLOATS | COMPLEXES,
    check=_check_classes,
    takes={"tensor": Index("", "num_classes", 0)},
    cases=rows("tensor num_classes", ("m n", 4), ("n", 2), ("", 3)),
)
def _one_hot(tensor: Array, num_classes: int = -1) -> jax.Array:
    want_long(tensor)
    if num_classes <= 0:
        raise ShapeError("a positive `num_classes`", describe(num_classes))
    return (tensor[..., None] == jnp.arange(num_classes, dtype=tensor.dtype)).astype(canonical(int64).dtype)
