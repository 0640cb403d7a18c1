"""Arrays as a run takes them: on the device once, never narrowed in silence, and how they are sharded."""

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax.sharding import AxisType, Mesh, NamedSharding

from ..core.errors import X64DisabledError, describe

_NARROWED = {"float64": "float32", "complex128": "complex64", "int64": "int32", "uint64": "uint32"}


def held(tree: Any, name: str) -> Any:
    """Return a pytree of JAX arrays.

    Raises: X64DisabledError for 64-bit numbers that JAX would narrow: floats, and integers that 32 bits do not hold.
    """
    return jax.tree_util.tree_map_with_path(lambda path, leaf: _held(leaf, name, path), tree)


def _held(leaf: Any, name: str, path: Any) -> Any:
    if isinstance(leaf, jax.Array):
        return _automatic(leaf)
    if isinstance(leaf, np.ndarray) and leaf.dtype.name in _NARROWED and not jax.config.read("jax_enable_x64"):
        _require_narrow(leaf, f"{name}{jax.tree_util.keystr(path)}")
    return jnp.asarray(leaf)


def _require_narrow(array: np.ndarray, name: str) -> None:
    narrow = np.dtype(_NARROWED[array.dtype.name])
    if array.dtype.kind in "iu" and (not array.size or _fits(array, narrow)):
        return
    raise X64DisabledError(
        f"32-bit numbers in {name}, because JAX's 64-bit types are disabled",
        describe(array),
        f'Pass {name}.astype("{narrow}"), or enable them: jax.config.update("jax_enable_x64", True).',
    )


def _fits(array: np.ndarray, narrow: np.dtype) -> bool:
    limits = np.iinfo(narrow)
    return bool(limits.min <= array.min() and array.max() <= limits.max)


def _automatic(array: jax.Array) -> jax.Array:
    """Return the same array on a mesh whose axes XLA partitions by itself: explicit ones refuse most losses."""
    sharding = getattr(array, "sharding", None)
    if not isinstance(sharding, NamedSharding) or not isinstance(sharding.mesh, Mesh):
        return array
    if all(kind == AxisType.Auto for kind in sharding.mesh.axis_types):
        return array
    mesh = Mesh(sharding.mesh.devices, sharding.mesh.axis_names)
    return jax.device_put(array, NamedSharding(mesh, sharding.spec))


def sharding_of_rows(data: Any) -> NamedSharding | None:
    """Return the sharding of the first array whose rows lie on several devices, or None."""
    for part in jax.tree.leaves(data):
        sharding = getattr(part, "sharding", None)
        if isinstance(sharding, NamedSharding) and sharding.spec and sharding.spec[0] and shards_of(part) > 1:
            return sharding
    return None


def shards_of(part: jax.Array) -> int:
    """Return into how many parts the rows of an array are divided."""
    return part.shape[0] // part.sharding.shard_shape(part.shape)[0]
