"""Arrays as a run takes them: on the device once, never narrowed in silence, and how they are sharded."""

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax.sharding import AxisType, Mesh, NamedSharding

from ..core.errors import X64DisabledError, describe
from ..core.shardings import parts_of_rows, rows_alone

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
    """Return how the rows of the first array with rows on several devices are divided, or None."""
    for part in jax.tree.leaves(data):
        sharding = getattr(part, "sharding", None)
        if isinstance(sharding, NamedSharding) and parts_of_rows(of_rows := rows_alone(sharding)) > 1:
            return of_rows
    return None


def described(name: str, tree: Any) -> dict[str, str]:
    """Return the dtype and shape of each array of a pytree, by its place in it."""
    leaves = jax.tree_util.tree_leaves_with_path(tree)
    return {f"{name}{jax.tree_util.keystr(path)}": describe(jnp.asarray(leaf)) for path, leaf in leaves}
