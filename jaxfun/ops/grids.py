"""Grids: every combination of the elements of vectors."""

import itertools
from collections.abc import Sequence
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from ..core.checks import want_one_dtype
from ..core.errors import ArgumentTypeError, ShapeError, describe
from ..core.op import op
from ..core.public import public
from ..core.record import Array, Choice, Integer, Mask, Shape, Tensors
from .broadcast import expand
from .shape import flatten, stack, view

_INDEXINGS = (None, "ij", "xy")


@public
def meshgrid(*tensors: Any, indexing: str | None = None) -> tuple[jax.Array, ...]:
    """Return vectors' coordinates in the grid that they span together: one tensor of the grid's shape for each.

    Shapes: (m,), (n,) -> (m, n) twice; with `indexing="xy"` the first two dimensions are exchanged, (n, m). A 0-dim
    tensor is a vector of one element. The default is "ij" (numpy.meshgrid: "xy").
    Raises: RuntimeError for more than 1 dimension, and for two dtypes.

    >>> import jaxfun as jf
    >>> jf.meshgrid(jf.tensor([1, 2]), jf.tensor([3, 4]))
    (Array([[1, 1],
           [2, 2]], dtype=int32), Array([[3, 4],
           [3, 4]], dtype=int32))
    """
    together = len(tensors) == 1 and isinstance(tensors[0], (tuple, list))
    return _meshgrid(*(tensors[0] if together else tensors), indexing=indexing)


_VECTORS = {"tensors": Shape(("m, n", "n", "m, , n", "m, n, k", "")), "indexing": Choice(_INDEXINGS)}


@op(kind=None, torch="torch.meshgrid", overload=("", "indexing"), composite=True, node="", takes=_VECTORS)
def _meshgrid(*tensors: Tensors, indexing: str | None = None) -> tuple[jax.Array, ...]:
    _check_grid(tensors, indexing)
    turned = indexing == "xy" and len(tensors) > 1
    ordered = _exchanged(tensors) if turned else tensors
    sizes = tuple(tensor.size for tensor in ordered)
    grids = [expand(_along(tensor, place, len(sizes)), sizes) for place, tensor in enumerate(ordered)]
    return tuple(_exchanged(grids) if turned else grids)


def _exchanged(items: Sequence[jax.Array]) -> list[jax.Array]:
    first, second, *rest = items
    return [second, first, *rest]


def _along(tensor: jax.Array, dim: int, ndim: int) -> jax.Array:
    return view(tensor, (1,) * dim + (tensor.size,) + (1,) * (ndim - dim - 1))


def _check_grid(tensors: Sequence[jax.Array], indexing: Any) -> None:
    if not isinstance(indexing, (str, type(None))):
        raise ArgumentTypeError('`indexing` to be "ij" or "xy"', describe(indexing))
    if not tensors or any(tensor.ndim > 1 for tensor in tensors) or indexing not in _INDEXINGS:
        raise ShapeError(
            'vectors, one at least, and `indexing` to be "ij" or "xy"', f"{describe(tensors)}, {indexing!r}"
        )
    want_one_dtype(*tensors)


@op(kind=None, composite=True, node="", takes={"tensors": Shape(("m, n", "n", "m, n, m", "m, 2, 1"))})
def cartesian_prod(*tensors: Tensors) -> jax.Array:
    """Return every combination of one element of each vector, a row for each; of a single vector itself.

    Shapes: (m,), (n,) -> (m n, 2); (n,) -> (n,).
    Raises: RuntimeError for tensors that are no vectors, and for two dtypes.

    >>> import jaxfun as jf
    >>> jf.cartesian_prod(jf.tensor([1, 2]), jf.tensor([3, 4]))
    Array([[1, 3],
           [1, 4],
           [2, 3],
           [2, 4]], dtype=int32)
    """
    if not tensors or any(tensor.ndim != 1 for tensor in tensors):
        raise ShapeError("vectors, one at least", describe(tensors))
    if len(tensors) == 1:
        return tensors[0]
    return stack([flatten(grid) for grid in meshgrid(*tensors)], 1)


@op(kind=None, composite=True, node="", takes={"input": Shape(("4", "n", "3")), "r": Choice((2, 1, 3, 0, 4))})
def combinations(input: Array, r: Integer = 2, with_replacement: bool = False) -> jax.Array:
    """Return the combinations of `r` elements of a vector, a row for each, in order (as Python's itertools has them).

    Raises: RuntimeError for a tensor that is no vector, and for a negative `r`.

    >>> import jaxfun as jf
    >>> jf.combinations(jf.tensor([1, 2, 3]))
    Array([[1, 2],
           [1, 3],
           [2, 3]], dtype=int32)
    """
    if input.ndim != 1 or r < 0:
        raise ShapeError("a vector, and `r` to be 0 or more", f"{describe(input)} and {r}")
    if not r:
        return jnp.zeros(0, input.dtype)
    choose = itertools.combinations_with_replacement if with_replacement else itertools.combinations
    places = np.array([*choose(range(input.size), r)], np.int32).reshape(-1, r)
    return stack([_masked(grid, places) for grid in meshgrid(*[input] * r)], 1)


@op(kind=None, step="combinations.masked", node="MaskedSelectBackward0")
def _masked(input: Array, places: Mask) -> jax.Array:
    return input[tuple(jnp.moveaxis(places, 1, 0))]
