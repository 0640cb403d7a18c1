"""Where elements are not zero. How many there are decides the result's shape, so that under jit it must be given."""

from typing import Any

import jax
import jax.numpy as jnp

from ..core.dtypes import as_array, canonical, int64
from ..core.errors import ShapeError, UnsupportedArgumentError, describe
from ..core.numbers import is_traced
from ..core.op import op
from ..core.public import public
from ..core.record import Array, Choice


@public
def nonzero(input: Any, *, as_tuple: bool = False, size: int | None = None, fill_value: int = 0) -> Any:
    """Return the indices of the elements that are not zero, a row for each; `as_tuple`: a vector for each dimension.

    Under jit and vmap `size` is how many rows there are, and `fill_value` stands in those that nothing is found for.
    Raises: NotImplementedError for a traced tensor without `size`.

    >>> import jaxfun as jf
    >>> jf.nonzero(jf.tensor([[0, 1], [2, 0]]))
    Array([[0, 1],
           [1, 0]], dtype=int32)
    >>> jf.nonzero(jf.tensor([0, 5, 6]), as_tuple=True)
    (Array([1, 2], dtype=int32),)
    """
    input = as_array(input)
    want_size(input, size)
    found = _found(input.reshape(1) if as_tuple and input.ndim == 0 else input, size, fill_value)
    return tuple(found.T) if as_tuple else found


def want_size(input: jax.Array, size: int | None) -> None:
    """Raise UnsupportedArgumentError where values that are not known would decide a shape."""
    if size is None and is_traced(input):
        raise UnsupportedArgumentError("a `size`, for the values that decide it are traced", describe(input))


def _found(input: jax.Array, size: int | None, fill_value: int) -> jax.Array:
    dtype = canonical(int64).dtype
    places = jnp.nonzero(input.reshape(-1), size=size, fill_value=input.size)[0].astype(dtype)
    if input.ndim == 0:
        return jnp.zeros((places.size, 0), dtype)
    # of no elements there is no row to look at, and a size of 0 cannot divide
    rows = jnp.stack(jnp.unravel_index(places, tuple(max(extent, 1) for extent in input.shape)), 1)
    return jnp.where((places < input.size)[:, None], rows, jnp.asarray(fill_value, dtype)).astype(dtype)


@public
def argwhere(input: Any, *, size: int | None = None, fill_value: int = 0) -> jax.Array:
    """Return the indices of the elements that are not zero, a row for each; the same as `nonzero`.

    >>> import jaxfun as jf
    >>> jf.argwhere(jf.tensor([[0, 1], [2, 0]]))
    Array([[0, 1],
           [1, 0]], dtype=int32)
    """
    input = as_array(input)
    want_size(input, size)
    return _found(input, size, fill_value)


@op(kind=None, node="", takes={"size": Choice((3, 0, 1, 7, -1)), "fill_value": Choice((-1, 9))})
def nonzero_static(input: Array, *, size: int, fill_value: int = -1) -> jax.Array:
    """Return the indices of the first `size` elements that are not zero, a row for each, and rows of `fill_value`.

    Raises: RuntimeError for a negative size.

    >>> import jaxfun as jf
    >>> jf.nonzero_static(jf.tensor([0, 5, 6]), size=3)
    Array([[ 1],
           [ 2],
           [-1]], dtype=int32)
    """
    if size < 0:
        raise ShapeError("a `size` of 0 or more", str(size))
    return _found(input, size, fill_value)
