"""The power that is always taken in 64 bits."""

from collections.abc import Mapping
from typing import Any

import jax
import numpy as np

from .._op import op
from .._record import Array, Difference, Factor, Number, Scalar
from ..dtypes import cast, complex128, float64, is_scalar, of
from ..errors import public
from .powers import COMPLEX_EDGE, pow


@public("float_power(input, exponent)")
def float_power(input: Any, exponent: Any) -> jax.Array:
    """Return `input ** exponent` in float64, or in complex128 where either is complex.

    Gradient: that of `pow`.
    Raises: RuntimeError where JAX's 64-bit types are off.

    >>> import jax, jaxfun as jf
    >>> with jax.enable_x64(True):
    ...     jf.float_power(jf.tensor([2, 4]), -1)
    Array([0.5 , 0.25], dtype=float64)
    """
    if is_scalar(exponent):
        return _float_power_scalar(input, exponent)
    return (_float_power_of_scalar if is_scalar(input) else _float_power)(input, exponent)


def _has_no_result(arguments: Mapping[str, Any]) -> bool:
    input, exponent = (np.asarray(arguments[name]) for name in ("input", "exponent"))
    return exponent.size == 0 and bool((input == 0).any())


_OF_NOTHING = Difference(
    _has_no_result,
    jaxfun="0: nothing depends on the base",
    torch="NaN, the derivative of a sum of no slopes",
    why="a base of 0 beside no exponents has a second derivative of NaN, though there is no result",
    source="torch/csrc/autograd/FunctionsManual.cpp: pow_backward_self",
    levels=("hvp",),
)


@op(kind=None, torch="torch.float_power", node="", composite=True, differences=(_OF_NOTHING,))
def _float_power(input: Array, exponent: Array) -> jax.Array:
    return _in_64_bits(input, exponent)


@op(kind=None, torch="torch.float_power", overload="scalar", node="", composite=True, takes={"exponent": Scalar()})
def _float_power_scalar(input: Array, exponent: Number) -> jax.Array:
    return _in_64_bits(input, exponent)


@op(
    kind=None,
    torch="torch.float_power",
    overload="of_scalar",
    node="",
    composite=True,
    takes={"input": Scalar()},
    differences=(COMPLEX_EDGE,),
)
def _float_power_of_scalar(input: Factor, exponent: Array) -> jax.Array:
    return _in_64_bits(input, exponent)


def _in_64_bits(base: Any, exponent: Any) -> jax.Array:
    dtype = complex128 if any(of(item).is_complex for item in (base, exponent)) else float64
    return pow(*(item if is_scalar(item) else cast(item, dtype) for item in (base, exponent)))
