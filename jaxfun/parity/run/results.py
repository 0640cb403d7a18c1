"""Normalise a model's results to tuples, dicts and arrays, equally on both sides.

Dataclasses become dicts of fields.
"""

import dataclasses
from collections.abc import Iterator, Mapping
from typing import Any

import jax


class Fields(dict[str, Any]):
    """The fields of a dataclass (for example a ModelOutput) that are not None."""


class Foreign:
    """An object that is neither an array nor a known container, for example a cache."""

    def __init__(self, value: Any) -> None:
        self.kind = type(value).__name__


def plain(value: Any) -> Any:
    """Return a result as tuples, dicts, `Fields` and arrays. Any other object becomes `Foreign`.

    >>> import dataclasses
    >>> Output = dataclasses.make_dataclass("Output", ["logits", "cache"])
    >>> plain([Output(1.5, None), {"steps": 2}])
    ({'logits': 1.5}, {'steps': 2})
    """
    if value is None or _is_array(value):
        return value
    if isinstance(value, Mapping):
        items = {key: plain(item) for key, item in value.items() if item is not None}
        return Fields(items) if dataclasses.is_dataclass(value) else items
    if isinstance(value, (tuple, list)):
        return tuple(map(plain, value))
    if dataclasses.is_dataclass(value):
        names = [item.name for item in dataclasses.fields(value)]
        items = {name: getattr(value, name) for name in names}
        return Fields({name: plain(item) for name, item in items.items() if item is not None})
    return Foreign(value)


def _is_array(value: Any) -> bool:
    return isinstance(value, (bool, int, float, complex)) or (hasattr(value, "dtype") and hasattr(value, "shape"))


def matched(result: Any, like: Any) -> Any:
    """Convert a normalised result to the other side's structure `like`, without `Foreign` objects.

    `Fields` become a dict, a tuple or a single value.

    >>> logits = Fields(logits=1.5)
    >>> matched(logits, {"logits": 0}), matched(logits, (0,)), matched(logits, 0)
    ({'logits': 1.5}, (1.5,), 1.5)
    """
    kept = _known(result)
    if isinstance(result, Mapping):
        if isinstance(like, dict):
            return {key: matched(item, like.get(key)) for key, item in kept.items()}
        kept = tuple(kept.values()) if isinstance(result, Fields) and like is not None else kept
    if isinstance(kept, tuple):
        if isinstance(like, tuple):
            return tuple(matched(item, like[at] if at < len(like) else None) for at, item in enumerate(kept))
        is_only = len(kept) == 1 and (isinstance(result, Fields) or len(kept) < len(result))
        return kept[0] if is_only and like is not None else tuple(matched(item, None) for item in kept)
    if isinstance(kept, dict):
        return {key: matched(item, None) for key, item in kept.items()}
    return kept


def _known(result: Any) -> Any:
    if isinstance(result, Mapping):
        return {key: item for key, item in result.items() if not isinstance(item, Foreign)}
    if isinstance(result, tuple):
        return tuple(item for item in result if not isinstance(item, Foreign))
    return None if isinstance(result, Foreign) else result


def foreign(result: Any, path: str = "") -> Iterator[str]:
    """Yield the name and type of each `Foreign` object in a result: `past_key_values (a DynamicCache)`."""
    if isinstance(result, Foreign):
        yield f"{path.lstrip('.') or 'the result'} (a {result.kind})"
    if isinstance(result, Mapping):
        for key, item in result.items():
            yield from foreign(item, f"{path}.{key}")
    if isinstance(result, tuple):
        for at, item in enumerate(result):
            yield from foreign(item, f"{path}[{at}]")


def by_name(tree: Any) -> dict[str, Any]:
    """Return the leaves of nested dicts by their keys, joined by dots.

    >>> by_name({"norm": {"running_mean": 1, "running_var": 2}})
    {'norm.running_mean': 1, 'norm.running_var': 2}
    """
    paths = jax.tree_util.tree_leaves_with_path(tree)
    return {jax.tree_util.keystr(path, simple=True, separator="."): leaf for path, leaf in paths}
