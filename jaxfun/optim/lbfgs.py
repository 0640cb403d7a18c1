"""L-BFGS as torch's: each step runs up to `max_iter` iterations, with or without a line search (strong Wolfe)."""

from collections.abc import Callable
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import optax
from jax.flatten_util import ravel_pytree

from ..core.errors import ArgumentTypeError, ArgumentValueError, describe
from ..core.public import public
from .hyperparameters import want_not_negative
from .wolfe import Point, strong_wolfe

Loss = Callable[[jax.Array], tuple[jax.Array, jax.Array]]  # the loss and its gradient at a flat vector


class State(NamedTuple):
    """The state of L-BFGS: torch's, with the history as matrices whose first `length` rows are used."""

    n_iter: jax.Array
    func_evals: jax.Array
    d: jax.Array
    t: jax.Array
    old_dirs: jax.Array
    old_stps: jax.Array
    ro: jax.Array
    length: jax.Array
    H_diag: jax.Array
    prev_flat_grad: jax.Array


class _Settings(NamedTuple):
    lr: Any
    max_iter: int
    max_eval: int
    tolerance_grad: float
    tolerance_change: float
    history_size: int
    searches: bool


class _Turn(NamedTuple):
    """What an iteration hands to the next: the point, its loss and gradient, and whether the step is over."""

    done: jax.Array
    evaluations: jax.Array
    point: Point
    state: State
    is_over: jax.Array


@public(name="optim.lbfgs")
def lbfgs(
    lr: float = 1,
    max_iter: int = 20,
    max_eval: int | None = None,
    tolerance_grad: float = 1e-7,
    tolerance_change: float = 1e-9,
    history_size: int = 100,
    line_search_fn: str | None = None,
) -> optax.GradientTransformationExtraArgs:
    """Make L-BFGS. A step evaluates the loss several times: `update` takes it as `value_fn`, a function of parameters.

    The gradient that `update` takes is not used: the step computes its own. `line_search_fn` is None or "strong_wolfe".

    Raises: ArgumentValueError for a negative learning rate and an unknown line search; ArgumentTypeError without a
    `value_fn`.
    Torch: torch.optim.LBFGS

    >>> import jax.numpy as jnp, jaxfun as jf
    >>> loss = lambda x: jf.sum((x - 3) ** 2)
    >>> tx, x = jf.optim.lbfgs(line_search_fn="strong_wolfe"), jnp.zeros(2)
    >>> updates, state = tx.update(None, tx.init(x), x, value_fn=loss)
    >>> [round(float(each), 3) for each in x + updates]
    [3.0, 3.0]
    """
    want_not_negative({"lr": lr})
    if line_search_fn not in (None, "strong_wolfe"):
        raise ArgumentValueError("`line_search_fn` None or 'strong_wolfe'", describe(line_search_fn))
    most = max_iter * 5 // 4 if max_eval is None else max_eval
    options = _Settings(lr, max_iter, most, tolerance_grad, tolerance_change, history_size, line_search_fn is not None)

    def update(
        updates: Any, state: Any, params: Any = None, *, value_fn: Any = None, **others: Any
    ) -> tuple[Any, State]:
        if not callable(value_fn):
            raise ArgumentTypeError("`value_fn`, the loss as a function of the parameters", describe(value_fn))
        flat, restore = ravel_pytree(params)
        loss = jax.value_and_grad(lambda vector: value_fn(restore(vector)))
        moved, after = _step(loss, flat, state, options)
        return restore(moved - flat), after

    return optax.GradientTransformationExtraArgs(lambda params: _start(params, history_size), update)


def _start(params: Any, history_size: int) -> State:
    flat, _ = ravel_pytree(params)
    none, zero = jnp.zeros_like(flat), jnp.zeros((), "int32")
    rows, number = jnp.zeros((history_size, flat.size), flat.dtype), jnp.zeros((), flat.dtype)
    return State(zero, zero, none, number, rows, rows, jnp.zeros(history_size, flat.dtype), zero, number + 1, none)


def _step(loss: Loss, flat: jax.Array, state: State, options: _Settings) -> tuple[jax.Array, State]:
    value, grad = loss(flat)
    first = _Turn(
        jnp.zeros((), "int32"),
        jnp.ones((), "int32"),
        Point(flat, value, grad),
        state._replace(func_evals=state.func_evals + 1),
        _is_flat(grad, options),
    )
    last = jax.lax.while_loop(lambda turn: ~turn.is_over, lambda turn: _iterate(loss, turn, options), first)
    return last.point.x, last.state


def _is_flat(grad: jax.Array, options: _Settings) -> jax.Array:
    return jnp.abs(grad).max() <= options.tolerance_grad


def _iterate(loss: Loss, turn: _Turn, options: _Settings) -> _Turn:
    point, count = turn.point, turn.done + 1
    is_first = turn.state.n_iter == 0
    state = _remembered(turn.state, point.grad, is_first)
    d = jnp.where(is_first, -point.grad, _direction(state, point.grad))
    scale = jnp.minimum(1.0, 1.0 / jnp.abs(point.grad).sum())
    t = jnp.where(is_first, scale * options.lr, options.lr).astype(d.dtype)
    slope = jnp.dot(point.grad, d)
    state = state._replace(n_iter=state.n_iter + 1, d=d, t=t, prev_flat_grad=point.grad)
    is_stuck = slope > -options.tolerance_change  # torch leaves before it moves

    def moved() -> _Turn:
        new, length, evaluations = _moved(loss, turn, point, t, d, slope, count, options)
        total = turn.evaluations + evaluations
        over = (
            (count == options.max_iter)
            | (total >= options.max_eval)
            | _is_flat(new.grad, options)
            | (jnp.abs(d * length).max() <= options.tolerance_change)
            | (jnp.abs(new.value - point.value) < options.tolerance_change)
        )
        after = state._replace(t=length, func_evals=state.func_evals + evaluations)
        return _Turn(count, total, new, after, over)

    return jax.lax.cond(is_stuck, lambda: turn._replace(done=count, state=state, is_over=jnp.asarray(True)), moved)


def _moved(
    loss: Loss,
    turn: _Turn,
    point: Point,
    t: jax.Array,
    d: jax.Array,
    slope: jax.Array,
    count: jax.Array,
    options: _Settings,
) -> tuple[Point, jax.Array, jax.Array]:
    """Return the next point, the step's length, and how many evaluations it took."""
    if options.searches:
        most = options.max_eval - turn.evaluations
        value, grad, length, evaluations = strong_wolfe(loss, point, t, d, slope, most, options.tolerance_change)
        return Point(point.x + length * d, value, grad), length, evaluations
    x = point.x + t * d
    # in the last iteration torch does not evaluate again
    is_last = count == options.max_iter
    value, grad = jax.lax.cond(is_last, lambda: (point.value, point.grad), lambda: loss(x))
    return Point(x, value, grad), t, jnp.where(is_last, 0, 1).astype("int32")


def _remembered(state: State, grad: jax.Array, is_first: jax.Array) -> State:
    """Add the last step to the history, where the curvature along it is positive."""
    y, s = grad - state.prev_flat_grad, state.d * state.t
    ys = jnp.dot(y, s)
    size = state.old_dirs.shape[0]
    is_full = state.length == size
    at = jnp.minimum(state.length, size - 1)

    def with_row(rows: jax.Array, row: jax.Array) -> jax.Array:
        return jnp.where(is_full, jnp.roll(rows, -1, 0), rows).at[at].set(row)

    longer = state._replace(
        old_dirs=with_row(state.old_dirs, y),
        old_stps=with_row(state.old_stps, s),
        ro=with_row(state.ro, 1 / ys),
        length=jnp.minimum(state.length + 1, size),
        H_diag=ys / jnp.dot(y, y),
    )
    is_kept = (ys > 1e-10) & ~is_first
    return jax.tree.map(lambda new, old: jnp.where(is_kept, new, old), longer, state)


def _direction(state: State, grad: jax.Array) -> jax.Array:
    """Return minus the inverse Hessian times the gradient, by the two loops over the history."""

    def back(turn: jax.Array, carry: tuple[jax.Array, jax.Array]) -> tuple[jax.Array, jax.Array]:
        q, al = carry
        at = state.length - 1 - turn
        alpha = jnp.dot(state.old_stps[at], q) * state.ro[at]
        return q - alpha * state.old_dirs[at], al.at[at].set(alpha)

    def forth(at: jax.Array, r: jax.Array) -> jax.Array:
        return r + state.old_stps[at] * (al[at] - jnp.dot(state.old_dirs[at], r) * state.ro[at])

    q, al = jax.lax.fori_loop(0, state.length, back, (-grad, jnp.zeros_like(state.ro)))
    return jax.lax.fori_loop(0, state.length, forth, q * state.H_diag)
