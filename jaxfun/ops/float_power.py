"""The power that is always taken in 64 bits."""

from typing import Any

import jax

from ..core.dtypes import cast, complex128, float64, is_scalar, of
from ..core.op import op
from ..core.public import public
from ..core.record import Array, Factor, Number, Scalar
from .powers import pow


@public
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


@op(kind=None, torch="torch.float_power", overload="Tensor_Tensor", node="", composite=True)
def _float_power(input: Array, exponent: Array) -> jax.Array:
    return _in_64_bits(input, exponent)


@op(
    kind=None,
    torch="torch.float_power",
    overload="Tensor_Scalar",
    node="",
    composite=True,
    takes={"exponent": Scalar()},
)
def _float_power_scalar(input: Array, exponent: Number) -> jax.Array:
    return _in_64_bits(input, exponent)


@op(
    kind=None,
    torch="torch.float_power",
    overload="Scalar",
    node="",
    composite=True,
    takes={"input": Scalar()},
)
def _float_power_of_scalar(input: Factor, exponent: Array) -> jax.Array:
    return _in_64_bits(input, exponent)


def _in_64_bits(base: Any, exponent: Any) -> jax.Array:
    dtype = complex128 if any(of(item).is_complex for item in (base, exponent)) else float64
    return pow(*(item if is_scalar(item) else cast(item, dtype) for item in (base, exponent)))
