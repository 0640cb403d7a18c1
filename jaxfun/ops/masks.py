"""What a mask chooses: filled with a number, written from a tensor in order, or taken out."""

import math
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from ..core.checks import want_one_dtype
from ..core.dims import broadcast_shapes
from ..core.dtypes import as_array, as_dtype
from ..core.errors import DTypeError, ShapeError, UnsupportedArgumentError, describe
from ..core.numbers import fitting, is_traced
from ..core.op import op
from ..core.public import public
from ..core.record import Array, Choice, Factor, Mask, Number, Shape
from .index_writing import held


@public
def masked_fill(input: Any, mask: Any, value: Any) -> jax.Array:
    """Return `input` with a number, or a 0-dim tensor, where the mask is true.

    Shapes: `input` and `mask` broadcast.
    Gradient: 0 where it was filled, also where `input` is NaN there; a tensor `value` gets the sum of what was filled.
    Raises: RuntimeError for a mask that is not bool, and for a value that the dtype does not hold.

    >>> import jaxfun as jf
    >>> jf.masked_fill(jf.tensor([1.0, 2.0]), jf.tensor([True, False]), -1)
    Array([-1.,  2.], dtype=float32)
    """
    dtype = as_dtype(as_array(input).dtype)
    if isinstance(value, Number):
        return _masked_fill(input, mask, fitting(value, dtype))
    return _masked_fill_tensor(input, mask, held(value, dtype))


_BROADCAST = {"input": Shape(("m n", "n", "m n", "", "m 1")), "mask": Shape(("m n", "m n", "n", "n", "n"))}


@op(
    kind=None,
    torch="torch.masked_fill",
    overload="Scalar",
    takes={**_BROADCAST, "value": Choice((1, -3, True, 0.5, 2.0))},
)
def _masked_fill(input: Array, mask: Mask, value: Factor) -> jax.Array:
    return _filled(input, mask, jnp.asarray(value))


@op(
    kind=None,
    torch="torch.masked_fill",
    overload="Tensor",
    node="MaskedFillBackward1",
    takes={**_BROADCAST, "value": Shape("")},
)
def _masked_fill_tensor(input: Array, mask: Mask, value: Array) -> jax.Array:
    return _filled(input, mask, value)


def _filled(input: jax.Array, mask: jax.Array, value: jax.Array) -> jax.Array:
    _want_mask(mask)
    broadcast_shapes(input.shape, mask.shape)
    return jnp.where(mask, value.astype(input.dtype), input)


def _want_mask(mask: jax.Array) -> None:
    if mask.dtype != bool:
        raise DTypeError("a bool mask", describe(mask), "Compare first: jaxfun.ne(mask, 0).")


def _want_enough(result: jax.Array, input: jax.Array, mask: jax.Array, source: jax.Array) -> None:
    if not is_traced(mask):
        wanted = int(np.broadcast_to(np.asarray(mask), result.shape).sum())
        if wanted > source.size:
            raise ShapeError(f"a `source` of {wanted} elements at least", describe(source))


@op(
    kind=None,
    check=_want_enough,
    takes={**_BROADCAST, "source": Shape(("m n", "m n", "m n 2", "n", "m n"))},
)
def masked_scatter(input: Array, mask: Mask, source: Array) -> jax.Array:
    """Return `input` with the elements of `source`, in order, where the mask is true.

    Shapes: `input` and `mask` broadcast; `source` has as many elements as the mask is true, or more.
    Raises: RuntimeError for two dtypes, a mask that is not bool, and a `source` of too few elements where the mask is
    known; under a traced one what is missing is what `getitem` gives out of range.

    >>> import jaxfun as jf
    >>> jf.masked_scatter(jf.zeros(3), jf.tensor([True, False, True]), jf.tensor([5.0, 6.0, 7.0]))
    Array([5., 0., 6.], dtype=float32)
    """
    _want_mask(mask)
    want_one_dtype(input, source)
    chosen = jnp.broadcast_to(mask, broadcast_shapes(input.shape, mask.shape))
    if source.size == 0 or chosen.size == 0:
        return jnp.broadcast_to(input, chosen.shape)
    places = jnp.cumsum(chosen.reshape(-1)).reshape(chosen.shape) - 1
    written = source.reshape(-1).at[jnp.maximum(places, 0)].get(mode="fill")
    return jnp.where(chosen, written, input)


@public
def masked_select(input: Any, mask: Any, *, size: int | None = None, fill_value: Any = 0) -> jax.Array:
    """Return the elements where the mask is true, in order, as one dimension.

    Shapes: `input` and `mask` broadcast. The mask's values decide the result's size: under jit and vmap it is `size`,
    and what is missing is `fill_value`.
    Gradient: 0 where nothing was taken.
    Raises: RuntimeError for a mask that is not bool; NotImplementedError for a traced mask without `size`.

    >>> import jaxfun as jf
    >>> jf.masked_select(jf.tensor([1.0, 2.0, 3.0]), jf.tensor([True, False, True]))
    Array([1., 3.], dtype=float32)
    """
    input, mask = as_array(input), as_array(mask)
    _want_mask(mask)
    shape = broadcast_shapes(input.shape, mask.shape)
    if size is None and is_traced(mask):
        raise UnsupportedArgumentError("a `size` for a mask that is traced", describe(mask), "Or use jaxfun.where.")
    chosen = jnp.broadcast_to(mask, shape).reshape(-1)
    (places,) = jnp.nonzero(chosen, size=size, fill_value=math.prod(shape))
    return _masked_select(input, places, shape, fitting(fill_value, as_dtype(input.dtype)))


@op(kind=None, step="masked_select")
def _masked_select(input: Array, places: Mask, shape: tuple[int, ...], fill_value: Any) -> jax.Array:
    return jnp.broadcast_to(input, shape).reshape(-1).at[places].get(mode="fill", fill_value=fill_value)
