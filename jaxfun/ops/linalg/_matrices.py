"""The checks of matrix products and decompositions, and the one product that all of them use.

Begin with `product`.
"""

from collections.abc import Callable

import jax
import jax.numpy as jnp

from ...core.checks import want_one_dtype
from ...core.dims import broadcast_shapes
from ...core.dtypes import as_dtype, computed_in
from ...core.errors import JaxfunError, ShapeError, UnsupportedDTypeError, describe

Multiply = Callable[..., jax.Array]


def product(input: jax.Array, other: jax.Array, multiply: Multiply = jnp.matmul) -> jax.Array:
    """Return the product of two tensors of one dtype, by default `matmul`.

    `multiply` is called with both tensors, the precision and the accumulation dtype.
    Raises: DTypeError for different dtypes; UnsupportedDTypeError for bools, unless one of the tensors is empty.
    """
    return wide_product(input, other, multiply).astype(input.dtype)


def wide_product(input: jax.Array, other: jax.Array, multiply: Multiply = jnp.matmul) -> jax.Array:
    """Return `product(input, other, multiply)`, with 16-bit floats cast to float32 first."""
    if input.size and other.size:  # for empty tensors torch runs no kernel
        refuse_bools(input, other)
    want_one_dtype(input, other)
    wide = computed_in(as_dtype(input.dtype)).dtype
    return multiply(input, other, precision=jax.lax.Precision.HIGHEST, preferred_element_type=wide)


def refuse_bools(input: jax.Array, other: jax.Array) -> None:
    """Raise UnsupportedDTypeError for bools: torch has no product kernel for them."""
    if bool in (input.dtype, other.dtype):
        raise UnsupportedDTypeError("tensors of numbers", f"{describe(input)} and {describe(other)}", "Cast them.")


def as_one_dtype_where_empty(input: jax.Array, other: jax.Array) -> jax.Array:
    """Return `input`, or zeros of the other's dtype if either is empty: torch does not compare their dtypes then."""
    return input if input.size and other.size else jnp.zeros_like(input, other.dtype)


def want(fits: bool, shapes: str, *operands: jax.Array, error: type[JaxfunError] = ShapeError) -> None:
    """Raise an error for operands whose shapes do not fit."""
    if not fits:
        raise error(f"shapes {shapes}", " and ".join(map(describe, operands)))


def want_broadcast(input: jax.Array, shape: tuple[int, ...]) -> None:
    """Raise ShapeError for a tensor that does not broadcast to a shape."""
    want(broadcast_shapes(input.shape, shape) == shape, f"that broadcast to {list(shape)}", input)


def want_matrices(input: jax.Array) -> None:
    """Raise ShapeError for a tensor with fewer than 2 dimensions."""
    want(input.ndim >= 2, "(*, m, n)", input)


def want_square(input: jax.Array) -> None:
    """Raise ShapeError unless the tensor is a batch of square matrices."""
    want(input.ndim >= 2 and input.shape[-1] == input.shape[-2], "(*, n, n)", input)
