"""The numerical limits of a dtype: torch's finfo and iinfo."""

from typing import Any, NamedTuple

import jax.numpy as jnp

from .dtypes import Category, as_dtype, float32
from .errors import ArgumentTypeError
from .public import public


class FInfo(NamedTuple):
    """The limits of a floating point dtype; for a complex one, those of its parts. Torch: torch.finfo."""

    bits: int
    eps: float
    max: float
    min: float
    resolution: float
    smallest_normal: float
    tiny: float
    dtype: str


class IInfo(NamedTuple):
    """The limits of an integer dtype. Torch: torch.iinfo."""

    bits: int
    max: int
    min: int
    dtype: str


@public
def finfo(type: Any = float32) -> FInfo:
    """Return the limits of a floating point or complex dtype. Torch: torch.finfo.

    Raises: ArgumentTypeError for bool and integers.

    >>> import jaxfun as jf
    >>> jf.finfo(jf.half).max, jf.finfo().eps == 2**-23
    (65504.0, True)
    """
    dtype = as_dtype(type).to_real()
    if not dtype.is_floating_point:
        raise ArgumentTypeError("a floating point or complex dtype", dtype.name, "Use iinfo.")
    info = jnp.finfo(dtype.dtype)
    fields = {name: float(getattr(info, name)) for name in ("eps", "max", "min", "tiny")}
    resolution = float(f"1e-{info.precision}")
    return FInfo(info.bits, resolution=resolution, smallest_normal=fields["tiny"], dtype=dtype.name, **fields)


@public
def iinfo(type: Any) -> IInfo:
    """Return the limits of an integer dtype. Torch: torch.iinfo.

    Raises: ArgumentTypeError for bool, floating point and complex dtypes.

    >>> import jaxfun as jf
    >>> jf.iinfo(jf.int8).min
    -128
    """
    dtype = as_dtype(type)
    if dtype.category is not Category.INTEGER:
        raise ArgumentTypeError("an integer dtype", dtype.name, "Use finfo.")
    info = jnp.iinfo(dtype.dtype)
    return IInfo(info.bits, int(info.max), int(info.min), dtype.name)
