"""What products and decompositions of matrices ask of their arguments, and the one product that they are made of.

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
    """Return the product of two tensors of one dtype, by default with `matmul`'s meaning.

    `multiply` is called with both tensors, the precision and the dtype to add up in.
    Raises: DTypeError for two dtypes; UnsupportedDTypeError for bools, unless one of the tensors is empty.
    """
    return wide_product(input, other, multiply).astype(input.dtype)


def wide_product(input: jax.Array, other: jax.Array, multiply: Multiply = jnp.matmul) -> jax.Array:
    """Return `product(input, other, multiply)`, of 16-bit floats in float32: they are added up in it."""
    if input.size and other.size:  # torch needs no kernel for empty tensors
        refuse_bools(input, other)
    want_one_dtype(input, other)
    wide = computed_in(as_dtype(input.dtype)).dtype
    return multiply(input, other, precision=jax.lax.Precision.HIGHEST, preferred_element_type=wide)


def refuse_bools(input: jax.Array, other: jax.Array) -> None:
    """Raise UnsupportedDTypeError for bools, for which torch has no kernel of products."""
    if bool in (input.dtype, other.dtype):
        raise UnsupportedDTypeError("tensors of numbers", f"{describe(input)} and {describe(other)}", "Cast them.")


def as_one_dtype_where_empty(input: jax.Array, other: jax.Array) -> jax.Array:
    """Return `input`, or zeros of the other's dtype where either is empty: torch compares no dtypes then."""
    return input if input.size and other.size else jnp.zeros_like(input, other.dtype)


def want(fits: bool, shapes: str, *operands: jax.Array, error: type[JaxfunError] = ShapeError) -> None:
    """Raise an error for operands that do not fit the shapes."""
    if not fits:
        raise error(f"shapes {shapes}", " and ".join(map(describe, operands)))


def want_broadcast(input: jax.Array, shape: tuple[int, ...]) -> None:
    """Raise ShapeError for a tensor that does not broadcast to a shape."""
    want(broadcast_shapes(input.shape, shape) == shape, f"that broadcast to {list(shape)}", input)


def want_matrices(input: jax.Array) -> None:
    """Raise ShapeError for a tensor of less than 2 dimensions."""
    want(input.ndim >= 2, "(*, m, n)", input)


def want_square(input: jax.Array) -> None:
    """Raise ShapeError for what is no batch of square matrices."""
    want(input.ndim >= 2 and input.shape[-1] == input.shape[-2], "(*, n, n)", input)
