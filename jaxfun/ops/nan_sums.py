"""Sums and means that leave NaN out."""

import jax
import jax.numpy as jnp

from ..core.dims import wrap_dims
from ..core.dtypes import Category, as_dtype
from ..core.errors import DTypeError, UnsupportedDTypeError
from ..core.op import op
from ..core.record import COMPLEXES, AnyDType, Array, Dims
from .comparison import isnan, logical_not
from .division import div
from .reduction import reduced, sum


@op(kind=None, rejects=COMPLEXES)
def nansum(input: Array, dim: Dims = None, keepdim: bool = False, *, dtype: AnyDType = None) -> jax.Array:
    """Return the sum of the elements that are not NaN, of all or over `dim` (one, or several as a tuple).

    Gradient: 0 for NaN.
    Dtypes: as those of `sum`.
    Raises: RuntimeError for complex tensors.

    >>> import jaxfun as jf
    >>> jf.nansum(jf.tensor([1.0, float("nan"), 2.0]))
    Array(3., dtype=float32)
    """
    axes = wrap_dims(dim, input.ndim)
    is_float = as_dtype(input.dtype).category is Category.FLOAT
    if is_float and dtype is not None and dtype.is_complex and input.size:
        raise UnsupportedDTypeError("a real `dtype`", dtype.name)
    # JAX makes a constant, with no derivative, of what is chosen among no elements
    numbers = jnp.where(jnp.isnan(input), 0, input) if is_float and input.size else input
    return reduced(jnp.sum, numbers, dtype, axis=axes, keepdims=keepdim)


@op(kind=None, composite=True, node="", rejects=COMPLEXES)
def nanmean(input: Array, dim: Dims = None, keepdim: bool = False, *, dtype: AnyDType = None) -> jax.Array:
    """Return the mean of the elements that are not NaN, of all or over `dim`; NaN where all are.

    Gradient: 0 for NaN.
    Raises: RuntimeError for tensors and a `dtype` that are not floating point.

    >>> import jaxfun as jf
    >>> jf.nanmean(jf.tensor([1.0, float("nan"), 2.0]))
    Array(1.5, dtype=float32)
    """
    for given in (as_dtype(input.dtype), dtype):
        if given is not None and given.category <= Category.INTEGER:
            raise DTypeError("a floating point dtype", given.name)
    count = sum(logical_not(isnan(input)), dim, keepdim)
    return div(nansum(input, dim, keepdim, dtype=dtype), count)
