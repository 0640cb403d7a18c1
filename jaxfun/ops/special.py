"""The error function and its inverse, and the gamma function's logarithm and derivatives."""

import jax
from jax.scipy import special

from .._op import op
from .._record import COMPLEXES, Array
from ..dtypes import Kind


@op(kind=Kind.INT_TO_FLOAT, rejects=COMPLEXES)
def erf(input: Array) -> jax.Array:
    """Return the error function of each element; integers as float32.

    >>> import jaxfun as jf
    >>> jf.erf(jf.tensor([0.0, 0.5]))
    Array([0.       , 0.5204999], dtype=float32)
    """
    return special.erf(input)


@op(kind=Kind.INT_TO_FLOAT, rejects=COMPLEXES)
def erfc(input: Array) -> jax.Array:
    """Return `1 - erf(x)` of each element, exact for large ones; integers as float32.

    >>> import jaxfun as jf
    >>> jf.erfc(jf.tensor([0.0, 0.5]))
    Array([1.        , 0.47950017], dtype=float32)
    """
    return special.erfc(input)


@op(kind=Kind.INT_TO_FLOAT, rejects=COMPLEXES)
def erfinv(input: Array) -> jax.Array:
    """Return the number whose error function is each element, NaN outside of -1 to 1; integers as float32.

    >>> import jaxfun as jf
    >>> jf.erfinv(jf.tensor([0.0, 0.5, 1.0]))
    Array([0.        , 0.47693628,        inf], dtype=float32)
    """
    return special.erfinv(input)
