"""Elements in another order along a dimension: reversed, rolled around, and turned."""

from collections.abc import Sequence
from typing import Any

import jax
import jax.numpy as jnp

from ..core.dims import as_integers, as_sizes, as_tuple, wrap_dim, wrap_dims
from ..core.errors import IndexRangeError, ShapeError, describe
from ..core.op import op
from ..core.public import public
from ..core.record import Array, Beside, Choice, Dims, Integer, Shape
from .shape import clone


@public
def flip(input: Any, *order: int | Sequence[int], dims: Sequence[int] | None = None) -> jax.Array:
    """Return the tensor with the elements of these dimensions in the opposite order.

    >>> import jaxfun as jf
    >>> jf.flip(jf.tensor([[1, 2], [3, 4]]), (0, 1))
    Array([[4, 3],
           [2, 1]], dtype=int32)
    """
    return _flip(input, as_sizes(order, dims, "dims"))


_FLIPPED = {
    "input": Shape(("m n", "m n", "n", "", "b m n", "m n")),
    "dims": Beside(((0,), (1, -2), (-1,), (0,), (0, 2), ())),
}


@op(kind=None, torch="torch.flip", takes=_FLIPPED)
def _flip(input: Array, dims: tuple[int, ...]) -> jax.Array:
    wrapped = wrap_dims(dims, input.ndim) if dims else ()
    return jax.lax.rev(input, wrapped)


@op(kind=None, composite=True, node="", takes={"input": Shape(("m n", "b m n"))})
def fliplr(input: Array) -> jax.Array:
    """Return the tensor with its second dimension reversed: a matrix's left side is then right.

    Raises: RuntimeError for fewer than 2 dimensions.

    >>> import jaxfun as jf
    >>> jf.fliplr(jf.tensor([[1, 2], [3, 4]]))
    Array([[2, 1],
           [4, 3]], dtype=int32)
    """
    if input.ndim < 2:
        raise ShapeError("a tensor of at least 2 dimensions", describe(input))
    return flip(input, 1)


@op(kind=None, composite=True, node="", takes={"input": Shape(("m n", "n", "b m n"))})
def flipud(input: Array) -> jax.Array:
    """Return the tensor with its first dimension reversed: what was above is then below.

    Raises: RuntimeError for a 0-dim tensor.

    >>> import jaxfun as jf
    >>> jf.flipud(jf.tensor([[1, 2], [3, 4]]))
    Array([[3, 4],
           [1, 2]], dtype=int32)
    """
    if not input.ndim:
        raise ShapeError("a tensor with dimensions", describe(input))
    return flip(input, 0)


_ROLLED = {
    "input": Shape(("m n", "n", "m n", "b m n", "", "m n", "m n")),
    "shifts": Beside((1, -1, (1, 2), (2, -3), 1, (-4,), (1, 1))),
    "dims": Beside((None, 0, (0, -1), (2, 0), (), -1, (0, 0))),
}


@op(kind=None, takes=_ROLLED)
def roll(input: Array, shifts: Dims, dims: Dims = None) -> jax.Array:
    """Return the elements shifted along dimensions, so that what falls off one end comes in at the other.

    Shapes: without `dims` the elements are shifted as one vector.
    Raises: RuntimeError where there are not as many shifts as dimensions.

    >>> import jaxfun as jf
    >>> jf.roll(jf.tensor([1, 2, 3]), 1), jf.roll(jf.tensor([[1, 2], [3, 4]]), 1, 0)
    (Array([3, 1, 2], dtype=int32), Array([[3, 4],
           [1, 2]], dtype=int32))
    """
    by, along = as_integers(shifts, "shifts"), () if dims is None else as_integers(dims, "dims")
    if not by or len(by) != (len(along) or 1):
        raise ShapeError("as many shifts as dimensions", f"{by} and {along}")
    if not along:
        return jnp.roll(input, by[0])
    if not input.size:
        return input
    if not input.ndim:
        raise IndexRangeError("a tensor with dimensions", describe(input))
    return jnp.roll(input, by, tuple(wrap_dim(dim, input.ndim, "dims") for dim in along))


_TURNED = {
    "input": Shape(("m n", "m n", "b m n", "b m n")),
    "k": Choice((1, 2, 3, 0, -1, 5)),
    "dims": Beside(((0, 1), (1, 0), (0, -1), (-1, -2))),
}


@op(kind=None, takes=_TURNED)
def rot90(input: Array, k: Integer = 1, dims: Dims = (0, 1)) -> jax.Array:
    """Return the tensor turned by 90 degrees `k` times, from the first of two dimensions towards the second.

    Raises: RuntimeError for fewer than 2 dimensions, and where `dims` are not two of them.

    >>> import jaxfun as jf
    >>> jf.rot90(jf.tensor([[1, 2], [3, 4]]))
    Array([[2, 4],
           [1, 3]], dtype=int32)
    """
    plane = as_tuple(dims, "dims")
    if len(plane) != 2 or input.ndim < 2:
        raise ShapeError("two dimensions of two or more", f"{list(plane)} for {describe(input)}")
    first, second = (wrap_dim(dim, input.ndim, "dims") for dim in plane)
    if first == second:
        raise ShapeError("two different dimensions", str(list(plane)))
    if k % 2 == 0:
        return jax.lax.rev(input, (first, second)) if k % 4 else clone(input)
    return jnp.swapaxes(jax.lax.rev(input, (second if k % 4 == 1 else first,)), first, second)
