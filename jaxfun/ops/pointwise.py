"""Elementwise arithmetic, powers, comparisons and selection."""

import jax
import jax.numpy as jnp

from .._op import BOOLS, Array, Factor, Operand, op
from ..dtypes import Kind


@op(kind=Kind.COMPLEX_TO_FLOAT, rejects=BOOLS)
def abs(input: Array) -> jax.Array:
    """Return the absolute value of each element.

    Gradient: 0 at 0 (jnp.abs gives 1).

    >>> import jaxfun as jf
    >>> jf.abs(jf.tensor([-1.5, 0.0]))
    Array([1.5, 0. ], dtype=float32)
    """
    return _abs(input)


@jax.custom_jvp
def _abs(input: jax.Array) -> jax.Array:
    return jnp.abs(input)


@_abs.defjvp
def _abs_jvp(primals: tuple[jax.Array], tangents: tuple[jax.Array]) -> tuple[jax.Array, jax.Array]:
    (input,), (tangent,) = primals, tangents
    # d|z| = Re(conj(sgn z) dz)
    return _abs(input), (jnp.conj(jnp.sign(input)) * tangent).real


@op()
def add(input: Operand, other: Operand, *, alpha: Factor = 1) -> jax.Array:
    """Return `input + alpha * other`.

    >>> import jaxfun as jf
    >>> jf.add(jf.tensor([1, 2]), 0.5)
    Array([1.5, 2.5], dtype=float32)
    """
    return input + alpha * other
