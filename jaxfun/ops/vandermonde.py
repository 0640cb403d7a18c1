"""The powers of a vector, as a matrix."""

import jax
import jax.numpy as jnp

from ..core.dtypes import as_dtype, canonical, int64, promote_types
from ..core.errors import ShapeError, describe
from ..core.op import op
from ..core.record import Array, Choice, Shape
from .broadcast import expand
from .flipping import flip
from .reduce.scans import cumprod
from .shape import cat, unsqueeze


@op(
    kind=None,
    composite=True,
    node="",
    takes={"x": Shape("n"), "N": Choice((None, 3, 1, 0, 5)), "increasing": Choice((False, True))},
)
def vander(x: Array, N: int | None = None, increasing: bool = False) -> jax.Array:
    """Return the Vandermonde matrix of a vector: a row for each element, of its powers from `N - 1` down to 0.

    Shapes: (n) -> (n, N); without `N` as many powers as elements.
    Dtypes: bools and integers become int64.
    Raises: RuntimeError for a tensor that is no vector, and a negative `N`.

    >>> import jaxfun as jf
    >>> jf.vander(jf.tensor([1.0, 2.0, 3.0]))
    Array([[1., 1., 1.],
           [4., 2., 1.],
           [9., 3., 1.]], dtype=float32)
    """
    if x.ndim != 1:
        raise ShapeError("a vector", describe(x))
    count = x.size if N is None else N
    if count < 0:
        raise ShapeError("`N` of 0 or more", str(N))
    base = x.astype(canonical(promote_types(as_dtype(x.dtype), int64)).dtype)
    ones = jnp.ones((x.size, min(count, 1)), base.dtype)
    powers = cumprod(expand(unsqueeze(base, 1), x.size, max(count - 1, 0)), 1)
    result = cat([ones, powers], 1)
    return result if increasing else flip(result, 1)
