"""Margin losses: hinge, ranking, embedding, triplet and multi-class losses, which are 0 beyond a margin."""

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from ...core.arguments import as_tensor
from ...core.checks import want_one_dtype
from ...core.dtypes import as_dtype, canonical, int64
from ...core.errors import ArgumentValueError, ShapeError, UnsupportedDTypeError, describe
from ...core.numbers import is_traced
from ...core.op import op
from ...core.public import public
from ...core.record import BOOLS, COMPLEXES, HALVES, NOT_FLOATS, Array, Choice, Index, Mask, Shape, rows
from ...core.types import ArrayLike
from ..index._positions import check_positions
from ..index.gather import gather
from ..pointwise.arithmetic import add, mul, neg, rsub, sub
from ..pointwise.comparison import eq, ne
from ..pointwise.division import div
from ..pointwise.minmax import clamp_min, minimum, where
from ..pointwise.powers import sqrt
from ..reduce.sums import sum
from ._reduction import REDUCTION, reduced, takes_complex_targets, want_positive, want_reduction
from .distances import pairwise_distance

_EPSILON = float(np.float32(1e-12))  # torch's constant, added to squared norms


@op(
    kind=None,
    torch="torch.nn.functional.hinge_embedding_loss",
    composite=True,
    rejects=BOOLS | COMPLEXES,
    takes_here=takes_complex_targets,
    takes={"target": Shape("", values="signs"), "margin": Choice((1.0, 0.5)), "reduction": REDUCTION},
    cases=rows("input target", ("m n", "m n"), ("n", "m n"), ("m n", "m 1"), ("", "")),
)
def hinge_embedding_loss(input: Array, target: Array, margin: float = 1.0, *, reduction: str = "mean") -> jax.Array:
    """Return the hinge embedding loss: `input` if the target is 1, `max(0, margin - input)` if it is -1.

    Any other target gives the sum of both terms. The `reduction` is "mean" (by default), "sum" or "none".
    Raises: ValueError for an unknown reduction; RuntimeError for bools and complex numbers, and for "mean" of integers.
    Torch: torch.nn.functional.hinge_embedding_loss.

    >>> import jaxfun as jf
    >>> jf.nn.functional.hinge_embedding_loss(jf.tensor([0.5, 0.25]), jf.tensor([1, -1]), reduction="none")
    Array([0.5 , 0.75], dtype=float32)
    """
    limit = jnp.full_like(input, margin)  # torch casts the margin to the dtype of `input`: integers truncate it
    hinge = where(ne(target, 1), clamp_min(sub(limit, input), 0), jnp.zeros_like(input))
    return reduced(add(hinge, where(ne(target, -1), input, jnp.zeros_like(input))), reduction)


@op(
    kind=None,
    torch="torch.nn.functional.margin_ranking_loss",
    composite=True,
    rejects=BOOLS | COMPLEXES,
    takes={"target": Shape("", values="signs"), "margin": Choice((0.0, 0.5)), "reduction": REDUCTION},
    cases=rows("input1 input2 target", ("m n", "m n", "m n"), ("m n", "1 n", "m 1"), ("n", "n", "n"), ("", "", "")),
)
def margin_ranking_loss(
    input1: Array, input2: Array, target: Array, margin: float = 0.0, *, reduction: str = "mean"
) -> jax.Array:
    """Return the margin ranking loss `max(0, -target * (input1 - input2) + margin)`.

    The `reduction` is "mean" (by default), "sum" or "none".
    Raises: ValueError for an unknown reduction; RuntimeError for tensors of different numbers of dimensions.
    Torch: torch.nn.functional.margin_ranking_loss.

    >>> import jaxfun as jf
    >>> loss = jf.nn.functional.margin_ranking_loss
    >>> loss(jf.tensor([1.0, 2.0]), jf.tensor([3.0, 0.0]), jf.tensor([1, 1]), reduction="none")
    Array([2., 0.], dtype=float32)
    """
    if not input1.ndim == input2.ndim == target.ndim:
        raise ShapeError("tensors of the same number of dimensions", ", ".join(map(describe, (input1, input2, target))))
    return reduced(clamp_min(add(mul(neg(target), sub(input1, input2)), margin), 0), reduction)


@op(
    kind=None,
    torch="torch.nn.functional.cosine_embedding_loss",
    composite=True,
    rejects=COMPLEXES,
    takes_here=takes_complex_targets,
    takes={"target": Shape("", values="signs"), "margin": Choice((0.0, 0.5)), "reduction": REDUCTION},
    cases=rows("input1 input2 target", ("m n", "m n", "m"), ("n", "n", ""), ("m n", "1 n", "m")),
)
def cosine_embedding_loss(
    input1: Array, input2: Array, target: Array, margin: float = 0.0, *, reduction: str = "mean"
) -> jax.Array:
    """Return the cosine embedding loss: `1 - cos` if the target is 1, `max(0, cos - margin)` if it is -1.

    `cos` is the cosine similarity of two rows. The `reduction` is "mean" (by default), "sum" or "none".
    Shapes: with "none", (m, n), (m, n), (m) -> (m), or (n), (n), () -> ().
    Raises: ValueError for an unknown reduction; RuntimeError for other shapes.
    Torch: torch.nn.functional.cosine_embedding_loss.

    >>> import jaxfun as jf
    >>> loss = jf.nn.functional.cosine_embedding_loss
    >>> loss(jf.tensor([[1.0, 0.0], [1.0, 0.0]]), jf.tensor([[0.0, 1.0], [2.0, 0.0]]), jf.tensor([1, -1]))
    Array(1., dtype=float32)
    """
    if target.ndim > 1 or input1.ndim != target.ndim + 1 or input2.ndim != target.ndim + 1:
        raise ShapeError(
            "shapes (m, n), (m, n) and (m), or (n), (n) and ()", ", ".join(map(describe, (input1, input2, target)))
        )
    squares = [add(sum(mul(input, input), target.ndim), _EPSILON) for input in (input1, input2)]
    cosine = div(sum(mul(input1, input2), target.ndim), sqrt(mul(*squares)))
    zeros = jnp.zeros_like(cosine)
    similar = where(eq(target, 1), rsub(cosine, 1), zeros)
    return reduced(add(similar, where(eq(target, -1), clamp_min(sub(cosine, margin), 0), zeros)), reduction)


@op(
    kind=None,
    torch="torch.nn.functional.triplet_margin_loss",
    composite=True,
    rejects=BOOLS,
    operand_rejects=BOOLS,
    takes={
        "margin": Choice((1.0, 0.5)),
        "p": Choice((2.0, 1.0, 3.0)),
        "eps": Choice((1e-6, 0.5)),
        "reduction": REDUCTION,
    },
    cases=rows("anchor positive negative", ("m n", "m n", "m n"), ("m n", "1 n", "m 1"), ("n", "n", "n")),
)
def triplet_margin_loss(
    anchor: Array,
    positive: Array,
    negative: Array,
    margin: float = 1.0,
    p: float = 2,
    eps: float = 1e-6,
    swap: bool = False,
    *,
    reduction: str = "mean",
) -> jax.Array:
    """Return the triplet margin loss `max(0, d(anchor, positive) - d(anchor, negative) + margin)` of each row.

    `d` is `pairwise_distance`. With `swap`, d(positive, negative) replaces d(anchor, negative) if it is smaller.
    The `reduction` is "mean" (by default), "sum" or "none".
    Raises: ValueError for an unknown reduction and for a margin that is not positive; RuntimeError for tensors of
    different numbers of dimensions.
    Torch: torch.nn.functional.triplet_margin_loss.

    >>> import jaxfun as jf
    >>> loss = jf.nn.functional.triplet_margin_loss
    >>> loss(jf.tensor([[0.0, 0.0]]), jf.tensor([[0.0, 1.0]]), jf.tensor([[1.5, 0.0]]))
    Array(0.5, dtype=float32)
    """
    want_positive("margin", margin)
    _want_one_rank(anchor, positive, negative)

    def distance(one: jax.Array, other: jax.Array) -> jax.Array:
        return pairwise_distance(one, other, p, eps)

    return reduced(_triplet_losses(anchor, positive, negative, distance, margin, swap), reduction)


@public(name="nn.functional.triplet_margin_with_distance_loss", runs_callbacks=True)
def triplet_margin_with_distance_loss(
    anchor: ArrayLike,
    positive: ArrayLike,
    negative: ArrayLike,
    *,
    distance_function: Callable[..., Any] | None = None,
    margin: float = 1.0,
    swap: bool = False,
    reduction: str = "mean",
) -> jax.Array:
    """Return the triplet margin loss with a given distance function of two tensors (default: `pairwise_distance`).

    The other arguments are those of `triplet_margin_loss`.
    Raises: ValueError for an unknown reduction and for a margin that is not positive; RuntimeError for tensors of
    different numbers of dimensions.
    Torch: torch.nn.functional.triplet_margin_with_distance_loss.

    >>> import jaxfun as jf
    >>> loss = jf.nn.functional.triplet_margin_with_distance_loss
    >>> points = jf.tensor([[0.0, 0.0]]), jf.tensor([[0.0, 1.0]]), jf.tensor([[1.5, 1.5]])
    >>> loss(*points, distance_function=lambda x, y: jf.sum(jf.abs(x - y), 1), margin=4.0)
    Array(2., dtype=float32)
    """
    want_reduction(reduction)
    want_positive("margin", margin)
    anchor, positive = as_tensor("anchor", anchor), as_tensor("positive", positive)
    negative = as_tensor("negative", negative)
    _want_one_rank(anchor, positive, negative)
    distance = distance_function or pairwise_distance
    return reduced(_triplet_losses(anchor, positive, negative, distance, margin, swap), reduction)


def _want_one_rank(anchor: jax.Array, positive: jax.Array, negative: jax.Array) -> None:
    if not anchor.ndim == positive.ndim == negative.ndim:
        raise ShapeError(
            "tensors of the same number of dimensions", ", ".join(map(describe, (anchor, positive, negative)))
        )


def _triplet_losses(
    anchor: jax.Array, positive: jax.Array, negative: jax.Array, distance: Callable[..., Any], margin: float, swap: bool
) -> jax.Array:
    near, far = distance(anchor, positive), distance(anchor, negative)
    if swap:
        far = minimum(far, distance(positive, negative))
    return clamp_min(sub(add(near, margin), far), 0)


_REJECTED = NOT_FLOATS | HALVES


def _check_classes(_: Any, input: Any, target: Any, *others: Any, **options: Any) -> None:
    """Raise PositionError for a concrete class out of range; an op's `check`."""
    check_positions(target, input.shape[-1] if input.ndim else 1)


@op(
    kind=None,
    torch="torch.nn.functional.multi_margin_loss",
    rejects=_REJECTED,
    takes={
        "target": Index("", into="input", dim=-1),
        "p": Choice((1, 2)),
        "margin": Choice((1.0, 0.5)),
        "reduction": REDUCTION,
    },
    cases=rows("input target weight", ("m n", "m", "n"), ("m n", "m", None), ("n", "", "n"), ("n", "1", None)),
    check=_check_classes,
)
def multi_margin_loss(
    input: Array,
    target: Mask,
    p: int = 1,
    margin: float = 1.0,
    weight: Array = None,
    *,
    reduction: str = "mean",
) -> jax.Array:
    """Return the multi-class hinge loss `sum(max(0, margin - x[target] + x[i]) ** p) / n`, for `x = input`.

    The sum runs over the n classes except the target. `weight` multiplies the loss by the weight of the target class.
    The `reduction` is "mean" (by default), "sum" or "none".
    Shapes: with "none", (m, n), (m) -> (m), or (n), () -> ().
    Gradient: 0 for terms exactly at the margin.
    Raises: ValueError for a `p` other than 1 and 2, for a weight that is not 1-D and for an unknown reduction;
    RuntimeError for other shapes, for dtypes other than float32 and float64, and for a class out of range. A traced
    class out of range gives NaN.
    Torch: torch.nn.functional.multi_margin_loss.

    >>> import jaxfun as jf
    >>> jf.nn.functional.multi_margin_loss(jf.tensor([[0.5, 1.0, 0.0]]), jf.tensor([1]))
    Array(0.16666667, dtype=float32)
    """
    if p not in (1, 2):
        raise ArgumentValueError("`p` to be 1 or 2", describe(p))
    if weight is not None and weight.ndim != 1:
        raise ArgumentValueError("a 1-D weight", describe(weight))
    matrix = jnp.atleast_2d(input)
    _want_classes(input, matrix, target)
    classes = target.reshape(-1, 1)
    excess = margin - gather(matrix, 1, classes) + matrix
    is_counted = (excess > 0) & (jnp.arange(matrix.shape[1]) != classes)
    powers = jnp.where(is_counted, excess, 0) ** p
    if weight is not None:
        _want_class_weights(input, matrix, weight)
        powers = jnp.where(is_counted, powers * gather(weight, 0, classes[:, 0])[:, None], 0)
    is_inside = (classes[:, 0] >= 0) & (classes[:, 0] < matrix.shape[1])
    losses = jnp.where(is_inside, jnp.sum(powers, 1) / matrix.shape[1], jnp.nan)
    return _reduced_rows(losses, target.ndim, reduction)


def _want_classes(input: jax.Array, matrix: jax.Array, target: jax.Array) -> None:
    if as_dtype(input.dtype) in _REJECTED:
        raise UnsupportedDTypeError("an `input` of float32 or float64", describe(input))
    if input.ndim > 2 or matrix.shape[1] == 0:
        raise ShapeError("an `input` of shape (m, n) or (n), with at least one class", describe(input))
    if target.ndim > 1 or target.size != len(matrix):
        raise ShapeError(f"one target for each of the {len(matrix)} examples", describe(target))
    _want_long(target)


def _want_long(target: jax.Array) -> None:
    if as_dtype(target.dtype) != canonical(int64):
        raise UnsupportedDTypeError(f"class indices of dtype {canonical(int64).name}", describe(target))


def _want_class_weights(input: jax.Array, matrix: jax.Array, weight: jax.Array) -> None:
    if weight.size != matrix.shape[1]:
        raise ShapeError(f"a weight for each of the {matrix.shape[1]} classes", describe(weight))
    want_one_dtype(input, weight)


def _reduced_rows(losses: jax.Array, ndim: int, reduction: str) -> jax.Array:
    return reduced(losses if ndim or reduction != "none" else losses[0], reduction)


def _check_labels(_: Any, input: Any, target: Any, **options: Any) -> None:
    """Raise PositionError for a concrete label out of range; an op's `check`."""
    if not is_traced(target) and target.size:
        check_positions(np.asarray(target) + 1, (input.shape[-1] if input.ndim else 1) + 1)


@op(
    kind=None,
    torch="torch.nn.functional.multilabel_margin_loss",
    rejects=_REJECTED,
    takes={"target": Index("", into="input", dim=-1, ignored=-1), "reduction": REDUCTION},
    cases=rows("input target", ("m n", "m n"), ("n", "n"), ("", "")),
    check=_check_labels,
)
def multilabel_margin_loss(input: Array, target: Mask, *, reduction: str = "mean") -> jax.Array:
    """Return the multi-label hinge loss `sum(max(0, 1 - x[j] + x[i])) / n`, for `x = input`.

    The sum runs over the labels `j` and the other classes `i` of the n classes. `target` lists the labels of each
    example, up to the first -1. The `reduction` is "mean" (by default), "sum" or "none".
    Shapes: with "none", (m, n), (m, n) -> (m), or (n), (n) -> ().
    Gradient: 0 for terms exactly at the margin of 1.
    Raises: ValueError for an unknown reduction; RuntimeError for other shapes, for dtypes other than float32 and
    float64, and for a label out of range. A traced label is not checked.
    Torch: torch.nn.functional.multilabel_margin_loss.

    >>> import jaxfun as jf
    >>> jf.nn.functional.multilabel_margin_loss(jf.tensor([[0.5, 1.0, 0.0]]), jf.tensor([[1, -1, 0]]))
    Array(0.16666667, dtype=float32)
    """
    if input.ndim > 2 or input.shape != target.shape or 0 in input.shape[-1:]:
        raise ShapeError(
            "non-empty shapes (m, n) and (m, n), or (n) and (n)", f"{describe(input)} and {describe(target)}"
        )
    _want_long(target)
    matrix, labels = jnp.atleast_2d(input), jnp.atleast_2d(target)
    is_label = jnp.cumprod(labels >= 0, 1).astype(bool)
    indices = jnp.where(is_label, labels, 0)
    classes = jnp.arange(matrix.shape[1])
    is_other = ~jnp.any((indices[:, :, None] == classes) & is_label[:, :, None], 1)
    excess = 1 - gather(matrix, 1, indices)[:, :, None] + matrix[:, None, :]
    is_counted = (excess > 0) & is_label[:, :, None] & is_other[:, None, :]
    losses = jnp.sum(jnp.where(is_counted, excess, 0), (1, 2)) / matrix.shape[1]
    return _reduced_rows(losses, input.ndim - 1 if input.ndim else 0, reduction)
