"""The line search of torch's L-BFGS: a step along a direction that satisfies the strong Wolfe conditions.

Begin at `strong_wolfe`: it first widens the step until an interval contains such a point (`_bracket`), then narrows the
interval (`_zoom`). Both are loops of `jax.lax`.
"""

from collections.abc import Callable
from typing import NamedTuple

import jax
import jax.numpy as jnp

C1, C2 = 1e-4, 0.9  # the conditions' constants: enough decrease, and a slope that is small enough

Loss = Callable[[jax.Array], tuple[jax.Array, jax.Array]]


class Point(NamedTuple):
    """A point, its loss and its gradient."""

    x: jax.Array
    value: jax.Array
    grad: jax.Array


class _Trial(NamedTuple):
    """A step length that was tried: the loss, the gradient and the slope there."""

    t: jax.Array
    value: jax.Array
    grad: jax.Array
    slope: jax.Array


class _Interval(NamedTuple):
    """The search's state: both ends, `low` the one with the lower loss, and what is known of the search."""

    low: _Trial
    high: _Trial
    done: jax.Array
    is_done: jax.Array
    is_slow: jax.Array  # the last trial was close to an end


def strong_wolfe(
    loss: Loss, point: Point, t: jax.Array, d: jax.Array, slope: jax.Array, most: jax.Array, tolerance: float
) -> tuple[jax.Array, jax.Array, jax.Array, jax.Array]:
    """Return the loss, the gradient and the length of the step that was found, and the number of evaluations."""

    def tried(length: jax.Array) -> _Trial:
        value, grad = loss(point.x + length * d)
        return _Trial(length, value, grad, jnp.dot(grad, d))

    start = _Trial(jnp.zeros_like(t), point.value, point.grad, slope)
    found = _bracket(tried, start, tried(t), most)
    last = _zoom(tried, start, found, most, jnp.abs(d).max(), tolerance)
    return last.low.value, last.low.grad, last.low.t, last.done + 1


class _Widening(NamedTuple):
    before: _Trial
    now: _Trial
    done: jax.Array
    kind: jax.Array  # 0: go on; 1: an interval is found; 2: the point is found


def _bracket(tried: Callable[[jax.Array], _Trial], start: _Trial, first: _Trial, most: jax.Array) -> _Interval:
    def kind(before: _Trial, now: _Trial, count: jax.Array) -> jax.Array:
        is_higher = (now.value > start.value + C1 * now.t * start.slope) | ((count > 1) & (now.value >= before.value))
        is_found = jnp.abs(now.slope) <= -C2 * start.slope
        return jnp.where(is_higher, 1, jnp.where(is_found, 2, jnp.where(now.slope >= 0, 1, 0))).astype("int32")

    def widen(state: _Widening) -> _Widening:
        before, now, count, _ = state
        least = now.t + 0.01 * (now.t - before.t)
        new = tried(_cubic(before, now, least, now.t * 10))
        # torch judges a new trial at the start of the next round, and there is none after the last
        after = jnp.where(count + 1 < most, kind(now, new, count + 1), 0).astype("int32")
        return _Widening(now, new, count + 1, after)

    zero = jnp.zeros((), "int32")
    begin = _Widening(start, first, zero, jnp.where(most > 0, kind(start, first, zero), 0).astype("int32"))
    end = jax.lax.while_loop(lambda state: (state.kind == 0) & (state.done < most), widen, begin)
    is_out = end.done >= most
    other = _chosen(is_out, start, end.before)
    low, high = _ordered(other, end.now)
    is_point = (end.kind == 2) & ~is_out
    low = _chosen(is_point, end.now, low)
    return _Interval(low, high, end.done, is_point, jnp.asarray(False))


def _chosen(condition: jax.Array, one: _Trial, other: _Trial) -> _Trial:
    """Return one trial if the condition holds, else the other."""
    return jax.tree.map(lambda here, there: jnp.where(condition, here, there), one, other)


def _ordered(one: _Trial, other: _Trial) -> tuple[_Trial, _Trial]:
    """Return the trial with the lower loss first; the first of the two if the losses are equal."""
    is_first = one.value <= other.value
    return _chosen(is_first, one, other), _chosen(is_first, other, one)


def _zoom(
    tried: Callable[[jax.Array], _Trial],
    start: _Trial,
    interval: _Interval,
    most: jax.Array,
    length: jax.Array,
    tolerance: float,
) -> _Interval:
    def goes_on(state: _Interval) -> jax.Array:
        is_wide = jnp.abs(state.high.t - state.low.t) * length >= tolerance
        return ~state.is_done & (state.done < most) & is_wide

    def narrow(state: _Interval) -> _Interval:
        t, is_slow = _trial_length(state)
        new = tried(t)
        is_higher = (new.value > start.value + C1 * t * start.slope) | (new.value >= state.low.value)
        is_found = jnp.abs(new.slope) <= -C2 * start.slope
        is_past = new.slope * (state.high.t - state.low.t) >= 0
        swapped = _chosen(is_past & ~is_found, state.low, state.high)
        above = _ordered(state.low, new)
        low, high = _chosen(is_higher, above[0], new), _chosen(is_higher, above[1], swapped)
        return _Interval(low, high, state.done + 1, is_found & ~is_higher, is_slow)

    return jax.lax.while_loop(goes_on, narrow, interval)


def _trial_length(state: _Interval) -> tuple[jax.Array, jax.Array]:
    """Return the next length to try, and whether it is close to an end."""
    least, most = jnp.minimum(state.low.t, state.high.t), jnp.maximum(state.low.t, state.high.t)
    t = _cubic(state.low, state.high, least, most)
    margin = 0.1 * (most - least)
    is_close = jnp.minimum(most - t, t - least) < margin
    is_moved = is_close & (state.is_slow | (t >= most) | (t <= least))
    inside = jnp.where(jnp.abs(t - most) < jnp.abs(t - least), most - margin, least + margin)
    return jnp.where(is_moved, inside, t), is_close & ~is_moved


def _cubic(one: _Trial, two: _Trial, least: jax.Array, most: jax.Array) -> jax.Array:
    """Return the minimum of the cubic through two trials, within bounds; their middle if it has none."""
    is_ordered = one.t <= two.t
    a, b = _chosen(is_ordered, one, two), _chosen(is_ordered, two, one)
    d1 = a.slope + b.slope - 3 * (a.value - b.value) / (a.t - b.t)
    square = d1 * d1 - a.slope * b.slope
    d2 = jnp.sqrt(jnp.maximum(square, 0))
    lowest = b.t - (b.t - a.t) * ((b.slope + d2 - d1) / (b.slope - a.slope + 2 * d2))
    return jnp.where(square >= 0, jnp.clip(lowest, least, most), (least + most) / 2)
