"""The connectionist temporal classification (CTC) loss, by the forward-backward algorithm in log space.

The states of an alignment are the labels of the target, with a blank before, between and after them. `_forward` and
`_backward` are the recursions over time. `_gradient` computes torch's gradient from their results.
"""

import functools
from collections.abc import Sequence
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from ...core.arguments import as_tensor
from ...core.dtypes import Category, as_dtype, canonical, int64
from ...core.errors import DTypeError, IndexRangeError, ShapeError, describe
from ...core.numbers import is_traced
from ...core.op import op
from ...core.public import public
from ...core.record import HALVES, NOT_FLOATS, Array, Choice, Index, Mask, rows
from ...core.types import ArrayLike
from ._reduction import REDUCTION, reduced, want_reduction


@public(name="nn.functional.ctc_loss")
def ctc_loss(
    log_probs: ArrayLike,
    targets: ArrayLike,
    input_lengths: ArrayLike | Sequence[int],
    target_lengths: ArrayLike | Sequence[int],
    blank: int = 0,
    reduction: str = "mean",
    zero_infinity: bool = False,
) -> jax.Array:
    """Compute the connectionist temporal classification loss.

    The loss is the negative log-likelihood of the target. Its likelihood is the sum over all alignments with blanks and
    repeats.
    `log_probs` are the log-probabilities of the labels at each time. Lengths are tensors, or sequences of integers.
    `reduction` "mean" divides each loss by the length of its target and averages over the batch; "sum" adds the losses;
    "none" returns each of them. `zero_infinity` sets infinite losses and their gradients to 0. A loss is infinite if
    the input is too short for the target.
    Shapes: log_probs (t, n, c), targets (n, s) or concatenated (m), lengths (n) -> (n) without reduction; or
    log_probs (t, c), targets (s), lengths of one element -> ().
    Gradient: torch's, with respect to the logits before log_softmax. It is the gradient with respect to `log_probs`
    plus exp(log_probs).
    Raises: ValueError for an unknown reduction; RuntimeError for other shapes, for dtypes other than float32 and
    float64, and, unless traced, for lengths that are out of range or do not sum up to m.
    Torch: torch.nn.functional.ctc_loss.

    >>> import jaxfun as jf
    >>> log_probs = jf.log(jf.tensor([[[0.5, 0.25, 0.25]], [[0.25, 0.5, 0.25]]]))
    >>> jf.nn.functional.ctc_loss(log_probs, jf.tensor([[1]]), (2,), (1,))
    Array(0.8266786, dtype=float32)
    """
    lengths = (_as_lengths("input_lengths", input_lengths), _as_lengths("target_lengths", target_lengths))
    return _ctc_loss(log_probs, targets, *lengths, blank, reduction, zero_infinity)


def _as_lengths(name: str, value: Any) -> jax.Array:
    if isinstance(value, (tuple, list)) and all(isinstance(item, (int, np.integer)) for item in value):
        return jnp.asarray(np.array(value, canonical(int64).dtype))
    return as_tensor(name, value)


def _check_lengths(
    _: Any, log_probs: Any, targets: Any, input_lengths: Any, target_lengths: Any, *others: Any, **options: Any
) -> None:
    """Raise ShapeError for lengths out of range, unless traced; an op's `check`."""
    if not is_traced(input_lengths):
        _want_lengths_in_range("input_lengths", np.asarray(input_lengths), log_probs.shape[0])
    if not is_traced(target_lengths):
        known = np.asarray(target_lengths)
        _want_lengths_in_range("target_lengths", known, targets.shape[-1])
        if targets.ndim == 1 and known.sum() != targets.size:
            raise ShapeError(f"`target_lengths` that sum up to {targets.size}", str(known))


def _want_lengths_in_range(name: str, lengths: np.ndarray, most: int) -> None:
    if ((lengths < 0) | (lengths > most)).any():
        raise ShapeError(f"`{name}` in [0, {most}]", str(lengths))


# 3 times and 4 labels: targets are in [0, 3), the blank is 3, and `ignored=3` adds the full length to the lengths
_LABELS = {"targets": Index("", into="log_probs", dim=0)}
_LENGTHS = {name: Index("", into="log_probs", dim=0, ignored=3) for name in ("input_lengths", "target_lengths")}


@op(
    kind=None,
    torch="torch.nn.functional.ctc_loss",
    overload=("Tensor", "IntList"),
    composite=True,
    rejects=NOT_FLOATS | HALVES,
    takes={"blank": Choice((3,)), "reduction": REDUCTION, **_LABELS, **_LENGTHS},
    cases=rows(
        "log_probs targets input_lengths target_lengths",
        ("3 2 4", "2 3", "2", "2"),
        ("3 4", "1 3", "1", "1"),
    ),
    check=_check_lengths,
)
def _ctc_loss(
    log_probs: Array,
    targets: Mask,
    input_lengths: Mask,
    target_lengths: Mask,
    blank: int = 0,
    reduction: str = "mean",
    zero_infinity: bool = False,
) -> jax.Array:
    want_reduction(reduction)
    batch = log_probs[:, None] if log_probs.ndim == 2 else log_probs
    _want_shapes(batch, targets, input_lengths, target_lengths, blank)
    padded = _padded_targets(targets, target_lengths)
    lengths = (each.reshape(-1).astype(np.int32) for each in (input_lengths, target_lengths))
    losses = _losses(batch, padded, *lengths, blank, zero_infinity)
    if reduction == "mean":
        losses = losses / jnp.maximum(target_lengths, 1).astype(losses.dtype)
    return reduced(losses[0] if log_probs.ndim == 2 and reduction == "none" else losses, reduction)


def _want_shapes(
    batch: jax.Array, targets: jax.Array, input_lengths: jax.Array, target_lengths: jax.Array, blank: int
) -> None:
    if batch.ndim != 3:
        raise (ShapeError if batch.ndim else IndexRangeError)(
            "`log_probs` of shape (t, n, c) or (t, c)", describe(batch)
        )
    if not batch.size:
        raise ShapeError("non-empty `log_probs`", describe(batch))
    count = batch.shape[1]
    if not 0 <= blank < batch.shape[2]:
        raise DTypeError(f"`blank` in [0, {batch.shape[2] - 1}]", describe(blank))
    for lengths in (input_lengths, target_lengths):
        if as_dtype(lengths.dtype).category is not Category.INTEGER:
            raise DTypeError("integer lengths", describe(lengths))
        if lengths.size != count:
            raise ShapeError(f"one length for each of the {count} sequences", describe(lengths))
    if targets.ndim not in (1, 2) or (targets.ndim == 2 and targets.shape[0] != count):
        raise ShapeError(f"targets of shape ({count}, s) or (m)", describe(targets))


def _padded_targets(targets: jax.Array, lengths: jax.Array) -> jax.Array:
    """Return targets as (n, s). Each row of concatenated targets starts with its own target; the rest is not used."""
    if targets.ndim == 2:
        return targets
    starts = jnp.cumsum(lengths) - lengths
    indices = starts[:, None] + jnp.arange(targets.size, dtype=lengths.dtype)
    return jnp.take(targets, indices, mode="clip") if targets.size else indices


@functools.partial(jax.custom_jvp, nondiff_argnums=(4, 5))
def _losses(
    log_probs: jax.Array,
    targets: jax.Array,
    input_lengths: jax.Array,
    target_lengths: jax.Array,
    blank: int,
    zero_infinity: bool,
) -> jax.Array:
    losses, _ = _forward(log_probs, *_states(targets, blank), input_lengths, target_lengths)
    return jnp.where(losses == jnp.inf, 0, losses) if zero_infinity else losses


@_losses.defjvp
def _losses_jvp(blank: int, zero_infinity: bool, primals: Any, tangents: Any) -> tuple[jax.Array, jax.Array]:
    log_probs, targets, input_lengths, target_lengths = primals
    states = _states(targets, blank)
    losses, alphas = _forward(log_probs, *states, input_lengths, target_lengths)
    betas = _backward(log_probs, *states, input_lengths, target_lengths)
    gradient = _gradient(log_probs, states[0], alphas + betas, losses, input_lengths)
    if zero_infinity:
        gradient = jnp.where(losses[:, None] == jnp.inf, 0, gradient)
        losses = jnp.where(losses == jnp.inf, 0, losses)
    return losses, jnp.sum(gradient * tangents[0], (0, 2))


def _states(targets: jax.Array, blank: int) -> tuple[jax.Array, jax.Array]:
    """Return the label of each state, and whether a transition from the second state before it is allowed."""
    count, size = targets.shape
    labels = jnp.full((count, 2 * size + 1), blank, np.int32).at[:, 1::2].set(targets.astype(np.int32))
    differs = jnp.pad(labels[:, 2:] != labels[:, :-2], ((0, 0), (2, 0)))
    return labels, differs[:, : labels.shape[1]]


def _forward(
    log_probs: jax.Array, labels: jax.Array, differs: jax.Array, input_lengths: jax.Array, target_lengths: jax.Array
) -> tuple[jax.Array, jax.Array]:
    """Return the losses and the forward variables: the log-probability of all paths up to each time and state."""
    emitted = _emissions(log_probs, labels)
    state = _arange(labels.shape[1])
    start = jnp.where((state == 0) | ((state == 1) & (target_lengths > 0)[:, None]), emitted[0], -jnp.inf)

    def step(before: jax.Array, now: tuple[jax.Array, jax.Array]) -> tuple[jax.Array, jax.Array]:
        time, likelihood = now
        skipped = jnp.where(differs, _shifted(before, 2), -jnp.inf)
        after = _logsumexp(before, _shifted(before, 1), skipped) + likelihood
        after = jnp.where((time < input_lengths)[:, None], after, before)
        return after, after

    end, rest = jax.lax.scan(step, start, (_arange(log_probs.shape[0])[1:], emitted[1:]))
    total = _logsumexp(*jnp.where(_is_final(state, target_lengths), end, -jnp.inf).T)
    total = jnp.where(input_lengths > 0, total, jnp.where(target_lengths == 0, 0.0, -jnp.inf))
    return -total, jnp.concatenate([start[None], rest])


def _backward(
    log_probs: jax.Array, labels: jax.Array, differs: jax.Array, input_lengths: jax.Array, target_lengths: jax.Array
) -> jax.Array:
    """Return the backward variables: the log-probability of all paths from each time and state, inclusive."""
    is_last = _is_final(_arange(labels.shape[1]), target_lengths)

    def step(after: jax.Array, now: tuple[jax.Array, jax.Array]) -> tuple[jax.Array, jax.Array]:
        time, likelihood = now
        skipped = _shifted(jnp.where(differs, after, -jnp.inf), -2)  # to the second state after it
        before = _logsumexp(after, _shifted(after, -1), skipped)
        before = jnp.where((time == input_lengths - 1)[:, None], jnp.where(is_last, 0, -jnp.inf), before) + likelihood
        return before, before

    emitted = _emissions(log_probs, labels)
    start = jnp.full_like(emitted[0], -jnp.inf)
    return jax.lax.scan(step, start, (_arange(log_probs.shape[0]), emitted), reverse=True)[1]


def _gradient(
    log_probs: jax.Array, labels: jax.Array, likelihoods: jax.Array, losses: jax.Array, input_lengths: jax.Array
) -> jax.Array:
    """Return exp(log_probs) minus the posterior probability of each label at each time; 0 after the input's end."""
    posteriors = jnp.exp(likelihoods + losses[:, None] - _emissions(log_probs, labels))
    rows = _arange(labels.shape[0])[:, None]
    by_label = jnp.zeros_like(log_probs).at[:, rows, labels].add(posteriors, mode="drop")
    is_nan = (log_probs == -jnp.inf) | (losses == jnp.inf)[:, None]  # torch computes inf - inf there
    gradient = jnp.where(is_nan, jnp.nan, jnp.exp(log_probs) - by_label)
    time = _arange(log_probs.shape[0])[:, None, None]
    return jnp.where(time < input_lengths[:, None], gradient, 0)


def _arange(size: int) -> jax.Array:
    return jnp.arange(size, dtype=np.int32)


def _emissions(log_probs: jax.Array, labels: jax.Array) -> jax.Array:
    return jnp.take_along_axis(log_probs, labels[None], 2, mode="clip")


def _is_final(state: jax.Array, target_lengths: jax.Array) -> jax.Array:
    """Return whether a state can be the final one: the last label or the blank after it."""
    return (state == 2 * target_lengths[:, None]) | (state == 2 * target_lengths[:, None] - 1)


def _shifted(states: jax.Array, by: int) -> jax.Array:
    """Shift log-probabilities by `by` states, forward if positive, and fill with -infinity."""
    kept = states[:, : max(states.shape[1] - by, 0)] if by > 0 else states[:, -by:]
    missing = states.shape[1] - kept.shape[1]
    return jnp.pad(kept, ((0, 0), (missing, 0) if by > 0 else (0, missing)), constant_values=-jnp.inf)


def _logsumexp(*terms: jax.Array) -> jax.Array:
    largest = functools.reduce(jnp.maximum, terms)
    largest = jnp.where(largest == -jnp.inf, 0, largest)
    return jnp.log(functools.reduce(jnp.add, [jnp.exp(term - largest) for term in terms])) + largest
