"""Find which leaf of a model's pytree is which tensor of a `state_dict`, by values, names and shapes.

Begin at `corresponding`. It knows no library: only the names that libraries give to a layer's parameters.
"""

import difflib
import math
import re
from collections.abc import Mapping
from typing import Any

import numpy as np

from ...core.errors import ArgumentValueError
from ..compare.arrays import is_inexact
from .sources import Source, State, identified, layouts

# torch's name of a layer's parameter, by the names that others give to it
ROLES = {
    **dict.fromkeys(("weight", "kernel", "scale", "w", "embedding", "embeddings"), "weight"),
    **dict.fromkeys(("bias", "b", "offset"), "bias"),
    **dict.fromkeys(("running_mean", "mean"), "running_mean"),
    **dict.fromkeys(("running_var", "var"), "running_var"),
}
COLLECTIONS = ("params", "batch_stats")  # the first name of a path where parameters and statistics are apart
INPUT_FIRST = ("kernel", "w")  # kernels with the features of the result in their last dimension

Shape = tuple[int, ...]
Groups = dict[str, dict[str, str]]  # by layer, the parameters' paths by their role


def role_of(name: str) -> str:
    """Return torch's name of a parameter.

    >>> role_of("params.Dense_0.kernel"), role_of("lstm.weight_ih_l0")
    ('weight', 'weight_ih_l0')
    """
    last = name.rpartition(".")[2]
    return ROLES.get(last, last)


def corresponding(leaves: Mapping[str, np.ndarray], state: Mapping[str, np.ndarray]) -> dict[str, list[Source]]:
    """Return the possible sources of each leaf, the most likely first.

    If the leaves have the state's values, these decide. Else layers correspond if they have parameters of the same
    roles and sizes: first those with the same name, then the others in their order.

    Raises: ArgumentValueError for a leaf without a source.
    """
    telling = {path: leaf for path, leaf in leaves.items() if not _is_constant(leaf)}
    known = identified(telling, state)
    is_loaded = 0 < len(telling) <= 2 * len(known)  # a single equal tensor may be a table that both compute
    known |= _like_siblings(leaves, known, state)
    roles = {role_of(name) for name in state}
    if strange := [path for path in leaves if path not in known and role_of(path) not in roles]:
        raise _no_counterpart(strange[0], state)
    groups, others = _groups(leaves), _groups({name: item for name, item in state.items() if is_inexact(item)})
    pairs = _Pairs(leaves, state, groups, others, known).found()
    choices = {path: [source] for path, source in known.items()}
    for layer, paths in groups.items():
        for role, path in paths.items():
            if path not in choices:
                name = others[pairs[layer]][role] if layer in pairs and role in others[pairs[layer]] else None
                choices[path] = _layouts(path, leaves[path], name, state)
    if is_loaded and (wrong := [path for path in telling if path not in known]):
        raise _unknown(wrong[0], "other values than each tensor of the state_dict, in every layout that was tried")
    return choices


def _like_siblings(leaves: Mapping[str, np.ndarray], known: Mapping[str, Source], state: State) -> dict[str, Source]:
    """Return the sources of constant biases beside a weight that is a part of a packed tensor: the bias's same part."""
    found: dict[str, Source] = {}
    for path, source in known.items():
        bias = re.sub(r"[^.]+$", "bias", path)
        name = source.name.replace("weight", "bias")
        if bias not in leaves or not _is_constant(leaves[bias]) or source.parts == 1 or name not in state:
            continue
        if leaves[bias].size * source.parts == np.size(state[name]):
            found[bias] = Source(name, leaves[bias].shape, (0,), source.part, source.parts)
    return found


def _is_constant(leaf: np.ndarray) -> bool:
    return not leaf.size or bool(np.all(leaf == leaf.flat[0]))


def _groups(items: Mapping[str, np.ndarray]) -> Groups:
    """Group the names of parameters by layer, and within a layer by role."""
    found: Groups = {}
    for name in items:
        layer, _, _ = name.rpartition(".")
        first, _, rest = layer.partition(".")
        found.setdefault(rest if first in COLLECTIONS else layer, {})[role_of(name)] = name
    return found


class _Pairs:
    """The layer of the state_dict for each layer of the pytree."""

    def __init__(
        self,
        leaves: Mapping[str, np.ndarray],
        state: Mapping[str, np.ndarray],
        groups: Groups,
        others: Groups,
        known: Mapping[str, Source],
    ) -> None:
        self._groups, self._others, self._known = groups, others, known
        self._order = _in_order([*groups])
        self._own = {layer: _signature(paths, leaves) for layer, paths in groups.items()}
        self._theirs = {layer: _signature(names, state) for layer, names in others.items()}

    def found(self) -> dict[str, str]:
        """Return the pairs: by values, by equal names, and then by the order of layers with the same parameters."""
        pairs = self._by_value()
        for fits in (self._same_name, self._same_last_name, self._same_shapes, self._fewer_shapes, self._same_counts):
            for layer in self._order:
                free = (other for other in self._others if other not in pairs.values() and fits(layer, other))
                other = None if layer in pairs else next(free, None)
                if other is not None:
                    pairs[layer] = other
        return pairs

    def _same_name(self, layer: str, other: str) -> bool:
        return _words(layer) == _words(other) and self._same_counts(layer, other)

    def _same_last_name(self, layer: str, other: str) -> bool:
        return _words(layer)[-1:] == _words(other)[-1:] and self._same_counts(layer, other)

    def _same_shapes(self, layer: str, other: str) -> bool:
        return self._own[layer] == self._theirs[other]

    def _fewer_shapes(self, layer: str, other: str) -> bool:
        return self._own[layer].items() <= self._theirs[other].items()

    def _same_counts(self, layer: str, other: str) -> bool:
        own, theirs = self._own[layer], self._theirs[other]
        return own.keys() <= theirs.keys() and all(math.prod(own[role]) == math.prod(theirs[role]) for role in own)

    def _by_value(self) -> dict[str, str]:
        return {
            layer: self._known[path].name.rpartition(".")[0]
            for layer, paths in self._groups.items()
            for path in paths.values()
            if path in self._known
        }


def _signature(names: Mapping[str, str], items: Mapping[str, np.ndarray]) -> dict[str, Shape]:
    """Return the sorted shape of each parameter of a layer, without dimensions of size 1."""
    return {role: tuple(sorted(size for size in items[name].shape if size > 1)) for role, name in names.items()}


def _in_order(layers: list[str]) -> list[str]:
    """Return layers in the order of their definition. If they are sorted as text, sort their numbers as numbers."""
    return sorted(layers, key=_natural) if layers == sorted(layers) else layers


def _words(layer: str) -> list[str]:
    """Return the names in a path.

    >>> _words("blocks.0"), _words("block/~/linear")
    (['blocks', '0'], ['block', 'linear'])
    """
    return [word for word in re.split(r"[./]", layer) if word not in ("", "~")]


def _natural(name: str) -> list[tuple[bool, Any]]:
    """Return a key that sorts numbers as numbers.

    >>> sorted(["Dense_10", "Dense_9", "linear_1", "linear"], key=_natural)
    ['Dense_9', 'Dense_10', 'linear', 'linear_1']
    """
    return [(not part.isdigit(), int(part) if part.isdigit() else part) for part in re.split(r"(\d+)", name) if part]


def _layouts(path: str, leaf: np.ndarray, name: str | None, state: Mapping[str, np.ndarray]) -> list[Source]:
    """Return the layouts in which a tensor has a leaf's shape, the most likely first."""
    if name is None:
        raise _no_counterpart(path, state)
    shape = state[name].shape
    found = list(layouts(name, shape, leaf.shape))
    if not found:
        raise _unknown(path, f"shape {list(leaf.shape)}, and {name!r} has {list(shape)}")
    orders = _likely(path, len(shape))
    likely = [source for source in found if source.order in orders]
    return sorted(likely, key=lambda source: (source.is_reversed, orders.index(source.order))) or found


def _likely(path: str, ndim: int) -> list[Shape]:
    """Return the orders of dimensions that libraries use: a kernel's space first, or torch's own order."""
    space = tuple(range(2, ndim))
    if ndim < 2:
        return [tuple(range(ndim))]
    orders = [(*space, 1, 0), (*space, 0, 1), (0, 1, *space), (1, 0, *space)]
    return list(dict.fromkeys(orders if path.rpartition(".")[2] in INPUT_FIRST else [*orders[2:], *orders[:2]]))


def _no_counterpart(path: str, state: State) -> ArgumentValueError:
    close = [name for name in difflib.get_close_matches(path, state, 1) if name != path]
    return _unknown(path, f"no counterpart{f' (did you mean {close[0]!r}?)' if close else ''}")


def _unknown(path: str, got: str) -> ArgumentValueError:
    return ArgumentValueError(
        "`params` whose leaves correspond to tensors of the state_dict",
        f"{path!r} with {got}",
        "Give `params` as a function from the state_dict to the pytree.",
    )
