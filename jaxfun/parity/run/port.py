"""A port of a module: both models as functions of the state and the inputs, with what each convention means."""

import difflib
import re
from collections.abc import Callable, Collection, Mapping, Sequence
from inspect import Parameter, signature
from typing import Any

import jax
import numpy as np

from ...core.errors import ArgumentValueError, describe
from ..compare.arrays import Verdict, compare, is_inexact
from ..report.words import first_of
from . import torch_modules, torch_side
from .outcome import outcome
from .results import Foreign, by_name, foreign, matched, plain

_MOST_NAMED = 4  # of a state's names, in a message

State = dict[str, Any]


class Port:
    """Both models as functions of the state and the inputs.

    A keyword that only one side takes stands as "name|" (JAX's) or "|name" (PyTorch's); a mask whose name is that of a
    dropout says which elements it keeps.
    """

    def __init__(self, torch_module: Any, jax_function: Callable[..., Any], params: Any, buffers: bool | None) -> None:
        self.jax_function, self._asked = jax_function, buffers
        self.torch_module = torch_modules.working_copy(torch_module)
        self.state, self.kept = torch_modules.state_of(torch_module)
        self.buffers = torch_modules.buffers_of(torch_module)
        self.params = params if callable(params) else _from_pytree(params, self.state, self.kept, self.buffers)
        self.returned: tuple[str, ...] = ()  # the buffers that the port returns
        self.notes: list[str] = []
        self.is_narrow = False  # in float64 it computes in a narrower dtype
        self._unsaved = torch_modules.unsaved_buffers_of(torch_module)
        self._dropouts = set(torch_modules.dropouts_of(torch_module))
        self._like: Any = None  # the candidate's result, as shapes
        _require_names(self.params, self._whole(self.state))

    # Both sides.

    def candidate(self, state: State, *inputs: Any, **kwargs: Any) -> Any:
        """Return what the JAX function gives for a state."""
        result = self._of_candidate(state, *inputs, **kwargs)
        if not self.returned:
            return result
        first, new = result
        named = by_name(new)  # torch writes buffers outside of its graph
        return first, {name: jax.lax.stop_gradient(named[name]) for name in self.returned}

    def reference(self, state: State, *inputs: Any, **kwargs: Any) -> Any:
        """Return what the module gives for a state."""
        result, own = self._of_module(state, *inputs, **kwargs)
        if not self.returned:
            return matched(result, self._like)
        return matched(result, self._like[0]), {name: own[name].detach() for name in self.returned}

    def _of_candidate(self, state: State, *inputs: Any, **kwargs: Any) -> Any:
        given = {name: item for name, item in kwargs.items() if name}
        return _without_foreign(plain(self.jax_function(self.params(self._whole(state)), *inputs, **given)))

    def _of_module(self, state: State, *inputs: Any, **kwargs: Any) -> tuple[Any, State]:
        given = {name.lstrip("|"): item for name, item in kwargs.items() if not name.endswith("|")}
        masks = {name: given.pop(name) for name in [*given] if name in self._dropouts}
        result, own = torch_modules.called(self.torch_module, state, inputs, given, masks, self._unsaved)
        return plain(result), own

    def _whole(self, state: State) -> State:
        return {name: state[first] for name, first in self.kept.items()}

    # What is called what.

    @property
    def dtype(self) -> str:
        """The floating point dtype that most of the module's numbers are in."""
        counts = {"float32": 0}
        for name, item in self.state.items():
            if name not in self.buffers and item.dtype.kind in "fV":
                counts[str(item.dtype)] = counts.get(str(item.dtype), 0) + item.size
        return max(counts, key=lambda name: counts[name])

    def name(self, path: str) -> str:
        """Return what a tensor is called: by its name in the state_dict, or as the JAX function calls it."""
        if path.startswith("state["):
            return path.removeprefix("state['").removesuffix("']")
        numbers = re.match(r"argument (\d+)", path)
        if numbers is None:
            return path
        known = dict(enumerate(_positional(self.jax_function)))
        return known.get(int(numbers[1]), f"input {int(numbers[1]) - 1}") + path.removeprefix(numbers[0])

    def call(self, args: Sequence[Any], kwargs: Mapping[str, Any]) -> str:
        """Return what a call is given, in short: the names and shapes of the inputs, and how much of a state."""
        state, *inputs = args
        paths = jax.tree_util.tree_leaves_with_path((tuple(inputs), dict(kwargs)))
        known = dict(enumerate(_positional(self.jax_function)[1:]))
        texts = [f"{_spoken(path, known)} {_short(leaf)}" for path, leaf in paths]
        count = sum(np.size(item) for item in state.values())
        return ", ".join([*texts, f"and a state of {count:,} numbers about the module's own"])

    # What one run shows.

    def takes(self, args: Sequence[Any], kwargs: Mapping[str, Any]) -> bool:
        """Return whether the module takes such inputs."""
        given = jax.tree.map(_tensor, (tuple(args), dict(kwargs)))
        return outcome(lambda: self._of_module(self._own_tensors(), *given[0], **_theirs(given[1])))[1] is None

    def _own_tensors(self) -> State:
        return {name: torch_side.tensor(item) for name, item in self.state.items()}

    def settle(self, args: Sequence[Any], kwargs: Mapping[str, Any]) -> None:
        """Learn from inputs of the case what the results are: their structure, and the buffers among them.

        Raises: ArgumentValueError for a module that gives two answers, and for buffers that are not returned as asked.
        """
        given = jax.tree.map(lambda leaf: _tensor(_unlike(leaf)), (tuple(args), dict(kwargs)))
        both = [outcome(lambda: self._of_module(self._own_tensors(), *given[0], **_theirs(given[1]))) for _ in range(2)]
        (first, error), (second, _) = both
        arrays = jax.tree.map(_array, (self.state, tuple(args), dict(kwargs)))
        shapes, _ = outcome(lambda: jax.eval_shape(self._of_candidate, arrays[0], *arrays[1], **_ours(arrays[2])))
        if error is None:
            self._require_one_answer(first[0], second[0])
        written = (
            [] if error else [name for name in self.buffers & self.state.keys() if self._is_written(name, first[1])]
        )
        self._settle_buffers(shapes, sorted(written, key=[*self.state].index))
        self._like = shapes
        self._measure_digits(args, kwargs)
        if error is None:
            left_out = [*foreign(first[0])]
            self.notes += [f"not compared, as they are no tensors: {', '.join(left_out)}"] if left_out else []

    def held(self, verdict: Verdict, part: np.ndarray, target: np.ndarray) -> Verdict:
        """Return the verdict in float32, where a module in float64 computes no finer than that."""
        if verdict.difference != "number" or str(target.dtype) != "float64" or not self.is_narrow:
            return verdict
        return compare(part.astype(np.float32), target.astype(np.float32))

    def _measure_digits(self, args: Sequence[Any], kwargs: Mapping[str, Any]) -> None:
        """Find out whether the module, in float64, computes in a narrower dtype: it then moves in larger steps."""

        def moved(steps: int) -> list[np.ndarray]:
            wide = jax.tree.map(lambda leaf: _moved(leaf, steps * _STEP), (self.state, tuple(args), dict(kwargs)))
            state, inner, named = jax.tree.map(_tensor, wide)
            result, _ = self._of_module(state, *inner, **_theirs(named))
            return list(map(torch_side.numpy, torch_side.leaves(_without_foreign(result))))

        found, error = outcome(lambda: [moved(steps) for steps in range(3)])
        self.is_narrow = error is None and any(_jumps(*items) for items in zip(*found, strict=True))

    def _require_one_answer(self, first: Any, second: Any) -> None:
        one, other = (
            list(map(torch_side.numpy, torch_side.leaves(_without_foreign(item)))) for item in (first, second)
        )
        if len(one) == len(other) and all(map(_same, one, other)):
            return
        names = sorted(self._dropouts)
        mask = f'kwargs={{"keep|{names[0]}": np.ones(shape, bool)}}' if names else ""
        raise ArgumentValueError(
            "a module that gives one answer",
            f"two that differ for the same input{' (it drops out in ' + ', '.join(names[:3]) + ')' if names else ''}",
            f"Call `.eval()` on it first{', or hand both sides what is kept: ' + mask if names else ''}.",
        )

    def _is_written(self, name: str, own: State) -> bool:
        """Return whether a buffer was written to: by count, which kernels may leave out, or by its numbers."""
        return bool(own[name]._version) or not _same(torch_side.numpy(own[name]), self.state[name])

    def _settle_buffers(self, shapes: Any, written: list[str]) -> None:
        pair = isinstance(shapes, tuple) and len(shapes) == 2 and isinstance(shapes[1], dict)
        names = list(by_name(shapes[1])) if pair else []
        is_so = bool(names) and all(name in self.buffers for name in names)
        if self._asked and shapes is not None and not is_so:
            unknown = [name for name in names if name not in self.buffers]
            raise ArgumentValueError(
                "`jax_function` to return `(result, new_buffers)`, a dict by the names of the state_dict",
                repr(unknown[0]) if unknown else "no such pair",
                f"The module writes {written}.",
            )
        self.returned = tuple(names) if is_so and self._asked is not False else ()
        missing = [name for name in written if name not in self.returned]
        if missing and (not self.returned or any(not _is_counter(self.state[name]) for name in missing)):
            self.notes.append(
                f"not compared: the buffers that the module writes ({first_of(missing, _MOST_NAMED)}); "
                "a port returns them as `(result, {name: array})`"
            )


_STEP = 2.0**-22  # a few of float32's last digits


def _moved(leaf: Any, by: float) -> Any:
    if not isinstance(leaf, np.ndarray) or not is_inexact(leaf):
        return leaf
    return _unlike(leaf).astype(np.complex128 if leaf.dtype.kind == "c" else np.float64) * (1 + by)


def _unlike(leaf: Any) -> Any:
    """Return an input as it is, with other numbers where they are all equal: of zeros nothing is seen."""
    if not isinstance(leaf, np.ndarray) or not is_inexact(leaf) or not leaf.size or not np.all(leaf == leaf.flat[0]):
        return leaf
    return np.asarray(leaf + np.random.default_rng(0).normal(size=leaf.shape)).astype(leaf.dtype)


def _jumps(first: np.ndarray, second: np.ndarray, third: np.ndarray) -> bool:
    """Return whether a result's second difference is far beyond what float64 rounds: a smooth one has none so near."""
    if not is_inexact(first) or not first.size or not first.shape == second.shape == third.shape:
        return False
    with np.errstate(invalid="ignore", over="ignore"):
        bend = np.abs(third - 2 * second + first)
        size = np.max(np.abs(second), where=np.isfinite(second), initial=0)
    return bool(np.max(bend, where=np.isfinite(bend), initial=0) > _ROUNDED * size)


_ROUNDED = 2.0**-34


def _ours(kwargs: Mapping[str, Any]) -> dict[str, Any]:
    return {name.partition("|")[0]: item for name, item in kwargs.items()}


def _theirs(kwargs: Mapping[str, Any]) -> dict[str, Any]:
    return {name.partition("|")[2] or name: item for name, item in kwargs.items()}


def _is_counter(item: np.ndarray) -> bool:
    return item.dtype.kind in "iu" and item.ndim == 0


def _without_foreign(result: Any) -> Any:
    if isinstance(result, dict):
        return {key: _without_foreign(item) for key, item in result.items() if not isinstance(item, Foreign)}
    if isinstance(result, tuple):
        return tuple(_without_foreign(item) for item in result if not isinstance(item, Foreign))
    return None if isinstance(result, Foreign) else result


def _tensor(leaf: Any) -> Any:
    return torch_side.tensor(np.asarray(leaf)) if isinstance(leaf, np.ndarray) else leaf


def _array(leaf: Any) -> Any:
    return jax.numpy.asarray(leaf) if isinstance(leaf, np.ndarray) else leaf


def _same(left: np.ndarray, right: np.ndarray) -> bool:
    return np.array_equal(left, right, equal_nan=left.dtype.kind in "fc")


def _spoken(path: tuple[Any, ...], known: Mapping[int, str]) -> str:
    kind, which, *rest = path
    name = str(which.key).partition("|")[0] if kind.idx else known.get(which.idx, f"input {which.idx}")
    return name + jax.tree_util.keystr(tuple(rest))


def _short(leaf: Any) -> str:
    return f"{leaf.dtype}{list(leaf.shape)}" if isinstance(leaf, np.ndarray) else repr(leaf)


def _positional(function: Callable[..., Any]) -> list[str]:
    found, _ = outcome(lambda: [*signature(function).parameters.values()])
    kinds = (Parameter.POSITIONAL_ONLY, Parameter.POSITIONAL_OR_KEYWORD)
    return [parameter.name for parameter in found or () if parameter.kind in kinds]


# the parameters


def _require_names(params: Callable[[State], Any], state: State) -> None:
    """Raise where the function from the state to the parameters asks for a name that there is not.

    Raises: ArgumentValueError.
    """
    _, error = outcome(lambda: jax.eval_shape(params, state))
    if isinstance(error, KeyError) and error.args and str(error.args[0]) not in state:
        name = str(error.args[0])
        close = difflib.get_close_matches(name, state, 1)
        raise ArgumentValueError(
            "`params` to ask for names of the state_dict",
            repr(name),
            f"The nearest is {close[0]!r}." if close else f"There are {first_of([*state], _MOST_NAMED)}.",
        )


def _from_pytree(params: Any, own: State, kept: Mapping[str, str], buffers: Collection[str]) -> Callable[[State], Any]:
    """Return the function from a state to the pytree `params`, whose leaves are found by their paths."""
    paths, tree = jax.tree_util.tree_flatten_with_path(params)
    names = [jax.tree_util.keystr(path, simple=True, separator=".") for path, _ in paths]
    advice = "Give a function from the state_dict to the parameters instead."
    if unknown := [name for name in names if name not in kept]:
        close = difflib.get_close_matches(unknown[0], kept, 1)
        near_to = f"; the nearest is {close[0]!r}" if close else ""
        raise ArgumentValueError("`params` with the names of the state_dict", f"{unknown[0]!r}{near_to}", advice)
    given = {kept[name] for name in names}  # a tied parameter is there under any of its names
    learned = [name for name in kept if name not in buffers]  # in training mode a port may need no buffer
    if missing := [name for name in learned if kept[name] not in given]:
        raise ArgumentValueError("`params` with every name of the state_dict", f"no {missing[0]!r}", advice)
    for name, (_, leaf) in zip(names, paths, strict=True):
        _require_equal(name, leaf, own[kept[name]])
    return lambda state: jax.tree.unflatten(tree, [state[name] for name in names])


def _require_equal(name: str, leaf: Any, item: np.ndarray) -> None:
    given = np.asarray(leaf)
    if given.shape == item.shape and _same(given, item.astype(given.dtype)):
        return
    raise ArgumentValueError(
        f"`params` with the module's own numbers, {describe(item)} at {name!r}",
        f"{describe(leaf)} with others",
        "Copy them from its state_dict; where they are laid out differently, give a function that does that.",
    )
