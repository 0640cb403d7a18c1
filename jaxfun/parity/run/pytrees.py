"""Pytrees of arguments, dataclasses among them that JAX does not take apart by itself."""

import dataclasses
from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp

_LEAF = jax.tree.structure(0)


def is_record(value: Any) -> bool:
    """Return whether a value is a dataclass that is a single leaf to JAX."""
    is_instance = dataclasses.is_dataclass(value) and not isinstance(value, type)
    return is_instance and jax.tree.structure(value) == _LEAF


def is_key(value: Any) -> bool:
    """Return whether a value is a JAX array of random keys, which NumPy cannot represent."""
    return isinstance(value, jax.Array) and jnp.issubdtype(value.dtype, jax.dtypes.extended)


def fields_of(record: Any) -> list[str]:
    """Return the names of the fields that a dataclass is made with."""
    return [item.name for item in dataclasses.fields(record) if item.init]


def mapped(function: Callable[[Any], Any], value: Any, is_whole: Callable[[Any], bool]) -> Any:
    """Return a pytree with each leaf replaced, also inside of dataclasses; what `is_whole` is a leaf.

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
