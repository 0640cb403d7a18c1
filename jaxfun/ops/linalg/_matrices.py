"""What products and decompositions of matrices ask of their arguments, and the one product that they are made of.

Begin with `product`.
"""

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from ...core.checks import want_one_dtype
from ...core.dims import broadcast_shapes
from ...core.dtypes import as_dtype, computed_in
from ...core.errors import JaxfunError, LinearAlgebraError, ShapeError, UnsupportedDTypeError, describe
from ...core.numbers import is_finite

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


def adjoint(input: jax.Array) -> jax.Array:
    """Return the conjugate transpose of each matrix."""
    return jnp.conj(input).mT


def singular_values(input: jax.Array, **options: Any) -> Any:
    """Call `jnp.linalg.svd`; matrices with infinity or NaN give NaN, for LAPACK may never return."""
    is_finite = jnp.isfinite(input).all((-2, -1), keepdims=True)
    # whose derivative is NaN as well
    nan = jnp.nan * jnp.sum(jnp.where(is_finite, 0, input), (-2, -1), keepdims=True)

    def known(item: jax.Array) -> jax.Array:
        mask, other = (is_finite, nan) if item.ndim == input.ndim else (is_finite[..., 0], nan[..., 0])
        return jnp.where(mask, item, other if jnp.iscomplexobj(item) else other.real)

    return jax.tree.map(known, jnp.linalg.svd(jnp.where(is_finite, input, 0), **options))


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


def want_numbers(_: Any, input: jax.Array, *others: Any, **options: Any) -> None:
    """Raise LinearAlgebraError where a known tensor has NaN; an op's `check`, whatever its other arguments."""
    if not is_finite(input) and np.isnan(input).any():
        raise LinearAlgebraError("no NaN", f"NaN in {describe(input)}")
