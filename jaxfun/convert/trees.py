"""The structure of arguments and results as data: tuples, lists, dicts, named tuples and leaves.

Begin with `flatten` and `unflatten`. A structure is JSON: `["dict", ["a", "b"], [tree, tree]]`, `"leaf"`.
"""

import collections
import functools
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ..core.errors import ArgumentTypeError, describe

LEAF = "leaf"
NONE = "none"
SEQUENCES = {"tuple": tuple, "list": list}


def flatten(tree: Any, value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Yield the path and the value of each leaf of a value with a structure.

    Raises: ArgumentTypeError for a value of another structure.

    >>> list(flatten(["tuple", None, ["leaf", ["dict", ["b"], ["leaf"]]]], (1, {"b": 2})))
    [('0', 1), ('1.b', 2)]
    """
    if tree == LEAF:
        yield path, value
    elif tree == NONE:
        _want(value is None, "None", value, path)
    else:
        kind, keys, parts = tree
        values = _parts(kind, keys, parts, value, path)
        for name, part, each in zip(keys or map(str, range(len(parts))), parts, values, strict=True):
            yield from flatten(part, each, f"{path}.{name}".lstrip("."))


def _parts(kind: str, keys: Sequence[str] | None, parts: Sequence[Any], value: Any, path: str) -> Sequence[Any]:
    if kind == "dict":
        _want(isinstance(value, Mapping) and {*value} == {*(keys or ())}, f"a dict with the keys {keys}", value, path)
        return [value[key] for key in keys or ()]
    _want(isinstance(value, (tuple, list)) and len(value) == len(parts), f"a {kind} of {len(parts)}", value, path)
    return value


def _want(is_so: bool, expected: str, value: Any, path: str) -> None:
    if not is_so:
        raise ArgumentTypeError(f"{expected} at {path or 'the top'}, as in the example inputs", describe(value))


def unflatten(tree: Any, leaves: Iterator[Any]) -> Any:
    """Return the value of a structure with these leaves.

    >>> unflatten(["dict", ["a", "b"], ["leaf", ["list", None, ["leaf", "none"]]]], iter([1, 2]))
    {'a': 1, 'b': [2, None]}
    """
    if tree == LEAF:
        return next(leaves)
    if tree == NONE:
        return None
    kind, keys, parts = tree
    values = [unflatten(part, leaves) for part in parts]
    if kind == "dict":
        return dict(zip(keys, values, strict=True))
    if kind in SEQUENCES:
        return SEQUENCES[kind](values)
    return _named_tuple(kind, tuple(keys))(*values)


@functools.cache
def _named_tuple(name: str, fields: tuple[str, ...]) -> Any:
    """Return one class for each name and fields, so that JAX sees equal structures as equal."""
    return collections.namedtuple(name, fields)
