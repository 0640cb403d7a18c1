"""A port of a module: the PyTorch module and the JAX function, both as functions of the state and the inputs.

`Port` also holds the conventions of `parity.module`: parameter conversion, buffers, keywords, dropout masks.
"""

import functools
import re
from collections.abc import Callable, Mapping, Sequence
from inspect import Parameter, signature
from typing import Any

import jax
import numpy as np

from ...core.errors import ArgumentValueError
from ..compare.arrays import Verdict, compare, is_inexact
from ..report.words import first_of
from . import torch_modules, torch_side
from .outcome import outcome
from .parameters import parameters_of
from .results import Foreign, by_name, foreign, matched, plain

_MOST_NAMED = 4  # most names of the state_dict to show in a message

State = dict[str, Any]


class Port:
    """Both models as functions of the state and the inputs.

    A keyword for one side only is named "name|" (JAX) or "|name" (PyTorch). A keyword that has a dropout's name is the
    mask of elements that this dropout keeps.
    """

    def __init__(self, torch_module: Any, jax_function: Callable[..., Any], params: Any, buffers: bool | None) -> None:
        self.jax_function, self._asked = jax_function, buffers
        self.torch_module = torch_modules.working_copy(torch_module)
        self.state, self.kept = torch_modules.state_of(torch_module)
        self.buffers = torch_modules.buffers_of(torch_module)
        self.parameters = parameters_of(params, self.state, self.kept, self.buffers)
        self.returned: tuple[str, ...] = ()  # the buffers that the JAX function returns
        self.notes: list[str] = []
        self.is_narrow = False  # the module computes in a narrower dtype even when given float64
        self._unsaved = torch_modules.unsaved_buffers_of(torch_module)
        self._kinds = torch_modules.kinds_of(torch_module)
        self._dropouts = set(torch_modules.dropouts_of(torch_module))
        self._like: Any = None  # the JAX function's result, as shapes

    # Both sides

    def candidate(self, state: State, *inputs: Any, **kwargs: Any) -> Any:
        """Return the JAX function's result for a state."""
        result = self._of_candidate(state, *inputs, **kwargs)
        if not self.returned:
            return result
        first, new = result
        named = self._buffers_in(new)  # torch updates buffers outside of the autograd graph
        return first, {name: jax.lax.stop_gradient(named[name]) for name in self.returned}

    def _buffers_in(self, new: Any) -> State:
        """Return updated buffers by their names in the state_dict, also if the model has names of its own for them."""
        named = {self.parameters.name_of(path): item for path, item in by_name(new).items()}
        return {name: _like_own(item, self.state.get(name)) for name, item in named.items()}

    def reference(self, state: State, *inputs: Any, **kwargs: Any) -> Any:
        """Return the module's result for a state."""
        result, own = self._of_module(state, *inputs, **kwargs)
        if not self.returned:
            return matched(result, self._like)
        return matched(result, self._like[0]), {name: own[name].detach() for name in self.returned}

    def _of_candidate(self, state: State, *inputs: Any, **kwargs: Any) -> Any:
        given = {name: item for name, item in kwargs.items() if name}
        return _without_foreign(
            plain(self.jax_function(self.parameters.converted(self._whole(state)), *inputs, **given))
        )

    def _of_module(self, state: State, *inputs: Any, **kwargs: Any) -> tuple[Any, State]:
        given = {name.lstrip("|"): item for name, item in kwargs.items() if not name.endswith("|")}
        masks = {name: given.pop(name) for name in [*given] if name in self._dropouts}
        result, own = torch_modules.called(self.torch_module, state, inputs, given, masks, self._unsaved)
        return plain(result), own

    def _whole(self, state: State) -> State:
        return {name: state[first] for name, first in self.kept.items()}

    # Names

    @property
    def dtype(self) -> str:
        """The floating point dtype of most of the module's parameters."""
        counts = {"float32": 0}
        for name, item in self.state.items():
            if name not in self.buffers and item.dtype.kind in "fV":
                counts[str(item.dtype)] = counts.get(str(item.dtype), 0) + item.size
        return max(counts, key=lambda name: counts[name])

    def name(self, path: str) -> str:
        """Return a tensor's name: its name in the state_dict, or the JAX function's argument name."""
        if path.startswith("state["):
            return path.removeprefix("state['").removesuffix("']")
        numbers = re.match(r"argument (\d+)", path)
        if numbers is None:
            return path
        known = dict(enumerate(_positional(self.jax_function)))
        return known.get(int(numbers[1]), f"input {int(numbers[1]) - 1}") + path.removeprefix(numbers[0])

    def call(self, args: Sequence[Any], kwargs: Mapping[str, Any]) -> str:
        """Return a short text of a call's inputs: names and shapes, and the size of the state."""
        state, *inputs = args
        paths = jax.tree_util.tree_leaves_with_path((tuple(inputs), dict(kwargs)))
        known = dict(enumerate(_positional(self.jax_function)[1:]))
        texts = [f"{_spoken(path, known)} {_short(leaf)}" for path, leaf in paths]
        count = sum(np.size(item) for item in state.values())
        return ", ".join([*texts, f"a state of {count:,} numbers drawn near the module's own"])

    # Facts learned from a run

    def takes(self, args: Sequence[Any], kwargs: Mapping[str, Any]) -> bool:
        """Return whether the module accepts these inputs."""
        given = jax.tree.map(_tensor, (tuple(args), dict(kwargs)))
        return outcome(lambda: self._of_module(self._own_tensors(), *given[0], **_theirs(given[1])))[1] is None

    def _own_tensors(self) -> State:
        return {name: torch_side.tensor(item) for name, item in self.state.items()}

    def settle(self, args: Sequence[Any], kwargs: Mapping[str, Any]) -> None:
        """Run both models once, to learn the structure of their results and which buffers are updated.

        Raises: ArgumentValueError for a module that is not deterministic, and for buffers that are not returned as
        asked.
        """
        inputs = jax.tree.map(_unlike, (tuple(args), dict(kwargs)))
        given = jax.tree.map(_tensor, inputs)
        both = [outcome(lambda: self._of_module(self._own_tensors(), *given[0], **_theirs(given[1]))) for _ in range(2)]
        (first, error), (second, _) = both
        arrays = jax.tree.map(_array, (self.state, *inputs))
        shapes, _ = outcome(lambda: jax.eval_shape(self._of_candidate, arrays[0], *arrays[1], **_ours(arrays[2])))
        if error is None:
            self._require_one_answer(first[0], second[0])
        written = (
            [] if error else [name for name in self.buffers & self.state.keys() if self._is_written(name, first[1])]
        )
        self._settle_buffers(shapes, sorted(written, key=[*self.state].index))
        self._like = shapes
        if error is None:
            self.parameters.settle(functools.partial(self._is_near, first[0], arrays), self._kinds)
        self._measure_digits(args, kwargs)
        if error is None:
            left_out = [*foreign(first[0])]
            self.notes += [f"not compared, because they are not tensors: {', '.join(left_out)}"] if left_out else []

    def _is_near(self, target: Any, arrays: Any) -> bool:
        """Return whether the JAX function's result for the module's own state is near the module's."""
        state, args, kwargs = arrays
        result, error = outcome(lambda: self._of_candidate(state, *args, **_ours(kwargs)))
        if error is not None:
            return False
        ours, like = (result[0], self._like[0]) if self.returned else (result, self._like)
        theirs = torch_side.leaves(matched(target, like))
        leaves = jax.tree.leaves(ours)
        return len(leaves) == len(theirs) and all(map(_close, leaves, map(torch_side.numpy, theirs)))

    def held(self, verdict: Verdict, part: np.ndarray, target: np.ndarray) -> Verdict:
        """Return the verdict with float32's tolerance, if the module, given float64, computes in a narrower dtype."""
        if verdict.kind != "number" or str(target.dtype) != "float64" or not self.is_narrow:
            return verdict
        return compare(part.astype(np.float32), target.astype(np.float32))

    def _measure_digits(self, args: Sequence[Any], kwargs: Mapping[str, Any]) -> None:
        """Set `is_narrow`: whether the module, given float64, moves in steps like a narrower dtype's rounding."""

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
            "a deterministic module",
            f"two different results for the same input{' (dropout: ' + ', '.join(names[:3]) + ')' if names else ''}",
            f"Call `.eval()` on it first{', or give both sides a dropout mask: ' + mask if names else ''}.",
        )

    def _is_written(self, name: str, own: State) -> bool:
        """Return whether a buffer was updated.

        Some kernels do not increase the version counter, so compare the numbers too.
        """
        return bool(own[name]._version) or not _same(torch_side.numpy(own[name]), self.state[name])

    def _settle_buffers(self, shapes: Any, written: list[str]) -> None:
        pair = isinstance(shapes, tuple) and len(shapes) == 2 and isinstance(shapes[1], dict)
        names = list(map(self.parameters.name_of, by_name(shapes[1]))) if pair else []
        is_so = bool(names) and all(name in self.buffers for name in names)
        if self._asked and shapes is not None and not is_so:
            unknown = [name for name in names if name not in self.buffers]
            raise ArgumentValueError(
                "`jax_function` to return `(result, new_buffers)`, a dict with names of the state_dict as keys",
                repr(unknown[0]) if unknown else "another structure",
                f"The module updates the buffers {written}.",
            )
        self.returned = tuple(names) if is_so and self._asked is not False else ()
        missing = [name for name in written if name not in self.returned]
        if missing and (not self.returned or any(not _is_counter(self.state[name]) for name in missing)):
            self.notes.append(
                f"not compared: the buffers that the module updates ({first_of(missing, _MOST_NAMED)}); "
                "to compare them, return `(result, {name: array})`"
            )


_STEP = 2.0**-22  # a few ULP of float32


def _moved(leaf: Any, by: float) -> Any:
    if not isinstance(leaf, np.ndarray) or not is_inexact(leaf):
        return leaf
    return _unlike(leaf).astype(np.complex128 if leaf.dtype.kind == "c" else np.float64) * (1 + by)


def _unlike(leaf: Any) -> Any:
    """Return an input, with noise added if all of its numbers are equal: an all-zero input shows nothing."""
    if not isinstance(leaf, np.ndarray) or not is_inexact(leaf) or not leaf.size or not np.all(leaf == leaf.flat[0]):
        return leaf
    return np.asarray(leaf + np.random.default_rng(0).normal(size=leaf.shape)).astype(leaf.dtype)


def _jumps(first: np.ndarray, second: np.ndarray, third: np.ndarray) -> bool:
    """Return whether a result is not smooth in float64: its second difference is far above float64's rounding."""
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


def _close(left: Any, right: np.ndarray) -> bool:
    """Return whether two results are equal up to rounding: enough to tell a wrong layout of parameters."""
    left = np.asarray(left)
    return left.shape == right.shape and np.allclose(left, right, 1e-3, 1e-3 * np.max(np.abs(right), initial=0))


def _like_own(item: Any, own: Any) -> Any:
    """Reshape a buffer that has more dimensions of size 1 than the module's own."""
    return item if own is None or np.shape(item) == own.shape else item.reshape(own.shape)


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
