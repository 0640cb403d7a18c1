"""The optax side of a comparison of optimisers: trajectories, and the settings that closures show."""

import types
from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

Arrays = list[np.ndarray]


class Trajectory(NamedTuple):
    """The parameters after each step, the buffers of each parameter after each step, and the learning rates."""

    params: list[Arrays]
    states: list[list[dict[str, np.ndarray]]]
    rates: np.ndarray

    def stacked(self) -> Arrays:
        """Return one array for each parameter, with the steps as its first dimension."""
        return [np.stack(each) for each in zip(*self.params, strict=True)]

    def buffers(self) -> dict[tuple[str, int], np.ndarray]:
        """Return the buffers of the state by name and parameter, with the steps as the first dimension."""
        last = self.states[-1]
        return {
            (name, at): np.stack([step[at][name] for step in self.states])
            for at, held in enumerate(last)
            for name in held
            if all(name in step[at] for step in self.states)
        }


def step_of(tx: Any) -> Callable[..., Any]:
    """Return one compiled step of a transformation: (params, state, gradients) -> (params, state)."""

    def step(params: Any, state: Any, grads: Any) -> Any:
        updates, state = tx.update(grads, state, params)
        return jax.tree.map(_moved, params, updates), state

    return jax.jit(step)


def _moved(param: jax.Array, change: Any) -> jax.Array:
    return jnp.asarray(param + change).astype(param.dtype)


def trajectory(tx: Any, step: Callable[..., Any], tree: Any, params: Arrays, grads: Sequence[Arrays]) -> Trajectory:
    """Return the trajectory of a transformation from a fresh state."""
    now = tree.unflatten([jnp.asarray(item) for item in params])
    names = _paths(now)
    state, path, states = tx.init(now), [], []
    for each in grads:
        now, state = step(now, state, tree.unflatten([jnp.asarray(item) for item in each]))
        path.append([np.asarray(item) for item in jax.tree.leaves(now)])
        states.append(_buffers(state, names))
    return Trajectory(path, states, np.zeros(0))


def _paths(params: Any) -> list[tuple[Any, ...]]:
    return [path for path, _ in jax.tree_util.tree_leaves_with_path(params)]


# optax's names of buffers, and torch's
_NAMES = {
    "mu": "exp_avg",
    "nu": "exp_avg_sq",
    "nu_max": "max_exp_avg_sq",
    "trace": "momentum_buffer",
    "sum_of_squares": "sum",
    "e_g": "square_avg",
    "e_x": "acc_delta",
    "step_sizes": "step_size",
    "prev_updates": "prev",
}


def _buffers(state: Any, names: Sequence[tuple[Any, ...]]) -> list[dict[str, np.ndarray]]:
    """Return the buffers of each parameter: the leaves of the state whose path ends as the parameter's does."""
    found: list[dict[str, np.ndarray]] = [{} for _ in names]
    for path, leaf in jax.tree_util.tree_leaves_with_path(state):
        for at, own in enumerate(names):
            head = path[: len(path) - len(own)]
            if head and path[len(head) :] == own and _key(head[-1]) and not isinstance(leaf, int | float):
                found[at][_NAMES.get(_key(head[-1]), _key(head[-1]))] = np.asarray(leaf)
    return found


def _key(entry: Any) -> str:
    return next((str(getattr(entry, name)) for name in ("name", "key") if hasattr(entry, name)), "")


class Setting(NamedTuple):
    """A number that a transformation has in its closure: the function that made it, its name there, its value."""

    maker: str
    name: str
    value: Any


def settings_of(tx: Any) -> list[Setting]:
    """Return the settings of a transformation, as far as its functions' closures show them."""
    seen: set[int] = set()
    return [found for function in (tx.update, tx.init) for found in _closure(function, "", seen)]


def makers_of(tx: Any) -> list[str]:
    """Return the names of the functions that made the parts of a transformation: `["scale_by_adam", "scale"]`."""
    names = [each.maker for each in settings_of(tx)]
    return [name for at, name in enumerate(names) if name and name not in names[:at]]


_PLAIN = (bool, int, float, str)
_RATES = ("learning_rate", "lr")


def _name(function: Any) -> str:
    return getattr(function, "__qualname__", type(function).__name__).split(".<locals>")[0]


def _closure(value: Any, maker: str, seen: set[int]) -> Iterator[Setting]:
    """Walk the functions that a function closes over, and yield the plain values among them."""
    if isinstance(value, types.MethodType):
        value = value.__func__
    if not isinstance(value, types.FunctionType) or id(value) in seen:
        return
    seen.add(id(value))
    made_in = value.__qualname__.split(".<locals>")[0] if "<locals>" in value.__qualname__ else maker
    for name, cell in zip(value.__code__.co_freevars, value.__closure__ or (), strict=True):
        try:
            held = cell.cell_contents
        except ValueError:  # an empty cell
            continue
        yield from _held(name, held, made_in, seen)


def _held(name: str, held: Any, maker: str, seen: set[int]) -> Iterator[Setting]:
    if isinstance(held, _PLAIN) or (isinstance(held, jax.Array | np.ndarray | np.generic) and np.ndim(held) == 0):
        yield Setting(maker, name, held if isinstance(held, _PLAIN) else held.item())
    elif name in _RATES and callable(held):
        yield Setting(maker, "learning_rate", f"the schedule {_name(held)}")
    elif isinstance(held, dict):
        for key, item in held.items():
            yield from _held(str(key), item, maker, seen)
    elif isinstance(held, tuple | list):
        for at, item in enumerate(held):
            yield from _held(f"{name}[{at}]", item, maker, seen)
    else:
        yield from _closure(held, maker, seen)
