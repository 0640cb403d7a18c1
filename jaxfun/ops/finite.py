"""Infinities told apart by their sign, and numbers put in the place of what is not finite."""

from typing import Any

import jax
import jax.numpy as jnp

from ..core.dtypes import Kind
from ..core.numbers import as_real
from ..core.op import op
from ..core.record import COMPLEXES, Array, Choice, Factor


@op(kind=Kind.ALWAYS_BOOL, node="", rejects=COMPLEXES)
def isposinf(input: Array) -> jax.Array:
    """Return where `input` is infinity.

    >>> import jaxfun as jf
    >>> jf.isposinf(jf.tensor([1.0, float("inf"), float("-inf")]))
    Array([False,  True, False], dtype=bool)
    """
    return jnp.isposinf(input)


@op(kind=Kind.ALWAYS_BOOL, node="", rejects=COMPLEXES)
def isneginf(input: Array) -> jax.Array:
    """Return where `input` is minus infinity.

    >>> import jaxfun as jf
    >>> jf.isneginf(jf.tensor([1.0, float("inf"), float("-inf")]))
    Array([False, False,  True], dtype=bool)
    """
    return jnp.isneginf(input)


_NUMBERS = {"nan": Choice((None, 0.5, 2)), "posinf": Choice((None, 3.0)), "neginf": Choice((None, -7.5, True))}


@op(kind=None, takes=_NUMBERS)
def nan_to_num(input: Array, nan: Factor = None, posinf: Factor = None, neginf: Factor = None) -> jax.Array:
    """Return `input` with NaN as `nan` (0), infinity as `posinf` and minus infinity as `neginf`.

    Left out, those two are the largest and the smallest number of the dtype. Of a complex number each part is replaced.

    Gradient: 0 where a number was replaced; torch has none for complex numbers.

    >>> import jaxfun as jf
    >>> jf.nan_to_num(jf.tensor([float("nan"), float("inf"), 1.0]), posinf=9.0)
    Array([0., 9., 1.], dtype=float32)
    """
    for name, number in (("nan", nan), ("posinf", posinf), ("neginf", neginf)):
        as_real(number, name)
    if not jnp.issubdtype(input.dtype, jnp.inexact):
        return input
    if jnp.iscomplexobj(input):
        return jax.lax.complex(*(_replaced(part, nan, posinf, neginf) for part in (input.real, input.imag)))
    return _replaced(input, nan, posinf, neginf)


def _replaced(input: jax.Array, nan: Any, posinf: Any, neginf: Any) -> jax.Array:
    limits = jnp.finfo(input.dtype)

    def number(given: Any, default: Any) -> jax.Array:
        return jnp.asarray(default if given is None else given).astype(input.dtype)

    input = jnp.where(jnp.isnan(input), number(nan, 0), input)
    input = jnp.where(jnp.isposinf(input), number(posinf, limits.max), input)
    return jnp.where(jnp.isneginf(input), number(neginf, limits.min), input)
