"""Pytrees of arguments, including dataclasses that are not registered with JAX."""

import dataclasses
from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp

_LEAF = jax.tree.structure(0)


def is_record(value: Any) -> bool:
    """Return whether a value is a dataclass that JAX treats as one leaf."""
    is_instance = dataclasses.is_dataclass(value) and not isinstance(value, type)
    return is_instance and jax.tree.structure(value) == _LEAF


def is_key(value: Any) -> bool:
    """Return whether a value is a JAX array of random keys, which NumPy cannot represent."""
    return isinstance(value, jax.Array) and jnp.issubdtype(value.dtype, jax.dtypes.extended)


def fields_of(record: Any) -> list[str]:
    """Return the names of a dataclass's `__init__` fields."""
    return [item.name for item in dataclasses.fields(record) if item.init]


def mapped(function: Callable[[Any], Any], value: Any, is_whole: Callable[[Any], bool]) -> Any:
    """Apply a function to each leaf of a pytree, also inside of dataclasses. A value that `is_whole` counts as a leaf.

    >>> mapped(lambda leaf: leaf + 1, {"a": [1, 2]}, lambda leaf: False)
    {'a': [2, 3]}
    """

    def each(leaf: Any) -> Any:
        if is_whole(leaf) or not is_record(leaf):
            return function(leaf)
        before = {name: getattr(leaf, name) for name in fields_of(leaf)}
        after = {name: mapped(function, item, is_whole) for name, item in before.items()}
        is_same = all(after[name] is item for name, item in before.items())
        return leaf if is_same else dataclasses.replace(leaf, **after)

    return jax.tree.map(each, value, is_leaf=lambda leaf: is_whole(leaf) or is_record(leaf))
