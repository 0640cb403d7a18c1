"""The parameters of a port: the conversion of a `state_dict` to the pytree that the JAX function takes.

Begin at `parameters_of`. The conversion is the caller's function, or it is found for a pytree of any library.
"""

import difflib
import itertools
from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Any

import jax
import numpy as np

from ...core.errors import ArgumentValueError, describe
from ..compare.arrays import is_inexact
from ..report.words import first_of
from .correspondence import corresponding, role_of
from .outcome import outcome
from .pytrees import is_key
from .sources import Source, identified

_MOST_NAMED = 4  # most names of the state_dict to show in a message
_MOST_LAYOUTS = 48  # most combinations of layouts to try
_ADVICE = "Or give `params` as a function from the state_dict to the parameters."

State = dict[str, Any]
Leaves = dict[str, np.ndarray]
Layout = tuple[tuple[int, ...], bool]


class Parameters:
    """The conversion of a state_dict, and where each leaf comes from."""

    def __init__(self, converted: Callable[[State], Any], state: State) -> None:
        self.converted, self.state = converted, state

    def name_of(self, path: str) -> str:
        """Return the name in the state_dict of a leaf, or the path itself."""
        return path

    def settle(self, is_near: Callable[[], bool], kinds: Mapping[str, str]) -> None:
        """Choose among the possible layouts, by running the model."""

    @property
    def lines(self) -> list[str]:
        """The conversion, a line for each leaf; none if the pytree is the state_dict itself."""
        drawn = _all_different(self.state)
        tree, error = outcome(lambda: self.converted({name: jax.numpy.asarray(item) for name, item in drawn.items()}))
        leaves = {} if error is not None else leaves_of(tree)
        found = identified(leaves, {name: np.asarray(jax.numpy.asarray(item)) for name, item in drawn.items()})
        if all(path in found and found[path].is_unchanged and found[path].name == path for path in leaves):
            return []
        return [_line(path, found.get(path), self.state) for path in leaves]


class _Pytree(Parameters):
    """The conversion to another library's pytree; `choices` are the possible sources of each leaf."""

    def __init__(self, tree: Any, choices: Mapping[str, list[Source]], state: State) -> None:
        super().__init__(self._filled, state)
        self._paths, self._structure = _with_paths(tree)
        self._choices = choices
        self.sources = {path: items[0] for path, items in choices.items()}

    def _filled(self, state: State) -> Any:
        leaves = [self.sources[path].of(state) if path in self.sources else leaf for path, leaf in self._paths]
        return jax.tree.unflatten(self._structure, leaves)

    def name_of(self, path: str) -> str:
        path = path.removesuffix(".value")
        return self.sources[path].name if path in self.sources else path

    def settle(self, is_near: Callable[[], bool], kinds: Mapping[str, str]) -> None:
        """Choose the first layouts for which the model's result is near the module's, else the most likely ones."""
        likely = self.sources
        for sources in itertools.islice(self._alternatives(kinds), _MOST_LAYOUTS):
            self.sources = sources
            if is_near():
                return
        self.sources = likely

    def _alternatives(self, kinds: Mapping[str, str]) -> Iterator[dict[str, Source]]:
        """Yield the sources of all leaves: leaves of one name in layers of one class have the same layout."""
        classes: dict[Any, list[str]] = {}
        for path, (source, *_) in self._choices.items():
            kind = kinds.get(source.name.rpartition(".")[0], "")
            classes.setdefault((kind, path.rpartition(".")[2], len(source.order)), []).append(path)
        options = [_shared([self._choices[path] for path in paths]) for paths in classes.values()]
        for layouts in itertools.product(*options):
            chosen = dict(zip(map(tuple, classes.values()), layouts, strict=True))
            yield {
                path: next((item for item in self._choices[path] if _layout(item) == layout), self._choices[path][0])
                for paths, layout in chosen.items()
                for path in paths
            }

    @property
    def lines(self) -> list[str]:
        return [_line(path, self.sources[path], self.state) for path, _ in self._paths if path in self.sources]


def _layout(source: Source) -> Layout:
    return source.order, source.is_reversed


def _shared(choices: list[list[Source]]) -> list[Layout]:
    """Return the layouts that all leaves may have, the most likely first."""
    first, *others = [list(map(_layout, items)) for items in choices]
    return [layout for layout in first if all(layout in items for items in others)] or [first[0]]


def _line(path: str, source: Source | None, state: State) -> str:
    return f"{path} = {'computed from the state_dict' if source is None else source.text(state)}"


def _all_different(state: State) -> State:
    """Return a state of the same shapes whose elements are all different, so that each leaf shows its source."""
    rng = np.random.default_rng(0)
    return {
        name: rng.random(item.shape, np.float32).astype(item.dtype) + item.dtype.type(1) if is_inexact(item) else item
        for name, item in state.items()
    }


def leaves_of(tree: Any) -> Leaves:
    """Return the floating point arrays of a pytree by their paths."""
    return {path: np.asarray(leaf) for path, leaf in _with_paths(tree)[0] if _is_numbers(leaf)}


def _is_numbers(leaf: Any) -> bool:
    return hasattr(leaf, "dtype") and hasattr(leaf, "shape") and not is_key(leaf) and is_inexact(np.asarray(leaf))


def _with_paths(tree: Any) -> tuple[list[tuple[str, Any]], Any]:
    pairs, structure = jax.tree_util.tree_flatten_with_path(tree)
    return [(_spelled(path), leaf) for path, leaf in pairs], structure


def _spelled(path: tuple[Any, ...]) -> str:
    """Return a path with dots. A variable object's own `.value` is no name."""
    own = path[:-1] if path and jax.tree_util.keystr(path[-1:]) == ".value" else path
    return jax.tree_util.keystr(own, simple=True, separator=".")


def parameters_of(params: Any, own: State, kept: Mapping[str, str], buffers: Collection[str]) -> Parameters:
    """Return the conversion from a state_dict: the function `params`, or that to the pytree `params`.

    Raises: ArgumentValueError for a pytree that does not correspond to the state_dict.
    """
    whole = {name: own[first] for name, first in kept.items()}
    if callable(params) and not leaves_of(params) and (own or jax.tree_util.all_leaves([params])):
        _require_names(params, whole)
        return Parameters(params, whole)
    if _has_own_names(params, kept):
        return Parameters(_by_names(params, own, kept, buffers), whole)
    choices = corresponding(leaves_of(params), whole)
    given = {kept[item.name] for items in choices.values() for item in items}
    _require_all(given, kept, buffers)
    return _Pytree(params, choices, whole)


def _require_names(params: Callable[[State], Any], state: State) -> None:
    """Raise where `params`, a function of the state_dict, asks for a name that does not exist.

    Raises: ArgumentValueError.
    """
    _, error = outcome(lambda: jax.eval_shape(params, state))
    if isinstance(error, KeyError) and error.args and str(error.args[0]) not in state:
        name = str(error.args[0])
        close = difflib.get_close_matches(name, state, 1)
        raise ArgumentValueError(
            "`params` to use names of the state_dict",
            repr(name),
            f"Did you mean {close[0]!r}?" if close else f"The names are {first_of([*state], _MOST_NAMED)}.",
        )


def _has_own_names(params: Any, kept: Mapping[str, str]) -> bool:
    """Return whether a pytree of dicts is meant to have the names of the state_dict, perhaps with an error in one."""
    paths, _ = _with_paths(params)
    unknown = [path for path, _ in paths if path not in kept]
    is_typing_error = any(role_of(path) not in _TORCH and difflib.get_close_matches(path, kept, 1) for path in unknown)
    return isinstance(params, dict) and (not unknown or (len(unknown) < len(paths) and is_typing_error))


_TORCH = ("weight", "bias", "running_mean", "running_var")


def _by_names(params: Any, own: State, kept: Mapping[str, str], buffers: Collection[str]) -> Callable[[State], Any]:
    """Return the function from a state_dict to the pytree `params`.

    The path of each leaf is its name in the state_dict.
    """
    paths, tree = _with_paths(params)
    names = [name for name, _ in paths]
    if unknown := [name for name in names if name not in kept]:
        close = difflib.get_close_matches(unknown[0], kept, 1)
        near_to = f" (did you mean {close[0]!r}?)" if close else ""
        raise ArgumentValueError("`params` with the names of the state_dict", f"{unknown[0]!r}{near_to}", _ADVICE)
    _require_all({kept[name] for name in names}, kept, buffers)
    for name, leaf in paths:
        _require_equal(name, leaf, own[kept[name]])
    return lambda state: jax.tree.unflatten(tree, [state[name] for name in names])


def _require_all(given: Collection[str], kept: Mapping[str, str], buffers: Collection[str]) -> None:
    # a tied parameter has several names, and any of them will do; in training mode a port may not need buffers
    missing = [name for name in kept if name not in buffers and kept[name] not in given]
    if missing:
        raise ArgumentValueError("`params` with every name of the state_dict", f"no {missing[0]!r}", _ADVICE)


def _require_equal(name: str, leaf: Any, item: np.ndarray) -> None:
    given = np.asarray(leaf)
    if given.shape == item.shape and np.array_equal(given, item.astype(given.dtype), equal_nan=is_inexact(given)):
        return
    raise ArgumentValueError(
        f"`params` equal to the module's own, {describe(item)} at {name!r}",
        f"{describe(leaf)} with another shape or other values",
        "Copy them from its state_dict. For another layout, give `params` as a function that converts the state_dict.",
    )
