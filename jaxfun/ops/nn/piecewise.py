"""Piecewise activation functions: hard and leaky variants, shrinkage and threshold."""

import math
from typing import Any

import jax
import jax.numpy as jnp

from ...core.arguments import as_tensor
from ...core.checks import want_one_dtype
from ...core.dtypes import Kind, as_dtype, computed_in, float16, of, uint8
from ...core.errors import ArgumentValueError, DTypeError, ShapeError, UnsupportedDTypeError, describe
from ...core.numbers import as_real, is_traced
from ...core.op import op
from ...core.public import public
from ...core.record import BOOLS, COMPLEXES, NOT_FLOATS, Array, Choice, Factor, rows
from ._numbers import as_factors, numbers_fit
from .dropout import want_key


@op(torch="torch.nn.functional.hardswish", rejects=NOT_FLOATS)
def hardswish(input: Array) -> jax.Array:
    """Apply hardswish, `x hardsigmoid(x)`, to each element.

    Gradient: 0 at -3 and 1 at 3, 1 at NaN.
    Torch: torch.nn.functional.hardswish.

    >>> import jaxfun as jf
    >>> jf.nn.functional.hardswish(jf.tensor([-4.0, 1.5, 4.0]))
    Array([-0.   ,  1.125,  4.   ], dtype=float32)
    """
    return _hardswish(input)


@jax.custom_jvp
def _hardswish(x: jax.Array) -> jax.Array:
    return x * jnp.clip(x + 3, 0, 6) / 6


@_hardswish.defjvp
def _hardswish_jvp(primals: Any, tangents: Any) -> tuple[jax.Array, jax.Array]:
    (x,), (dx,) = primals, tangents
    return _hardswish(x), dx * jnp.where(x <= -3, 0, jnp.where(x < 3, x / 3 + 0.5, 1))


@op(torch="torch.nn.functional.hardsigmoid", rejects=NOT_FLOATS)
def hardsigmoid(input: Array) -> jax.Array:
    """Apply hardsigmoid, `x / 6 + 1 / 2` clamped to [0, 1], to each element.

    Gradient: 0 at -3 and 3, 0 at NaN.
    Torch: torch.nn.functional.hardsigmoid.

    >>> import jaxfun as jf
    >>> jf.nn.functional.hardsigmoid(jf.tensor([-4.0, 1.5, 4.0]))
    Array([0.  , 0.75, 1.  ], dtype=float32)
    """
    result = (input + 3) / 6
    bound = jax.lax.stop_gradient(jnp.clip(result, 0, 1))
    return jnp.where((input > -3) & (input < 3), result, bound)


@public(name="nn.functional.hardtanh")
def hardtanh(input: Any, min_val: float = -1.0, max_val: float = 1.0) -> jax.Array:
    """Apply hardtanh: clamp each element to [`min_val`, `max_val`].

    Gradient: 0 at the bounds, 1 at NaN.
    Raises: ValueError if `min_val > max_val`; RuntimeError for a uint8 tensor with a negative bound.
    Torch: torch.nn.functional.hardtanh.

    >>> import jaxfun as jf
    >>> jf.nn.functional.hardtanh(jf.tensor([-2.0, 0.5, 2.0]))
    Array([-1. ,  0.5,  1. ], dtype=float32)
    """
    bounds = as_real(min_val, "min_val"), as_real(max_val, "max_val")
    if not any(map(is_traced, bounds)) and min_val > max_val:
        raise ArgumentValueError("`min_val` no larger than `max_val`", describe(bounds))
    return _hardtanh(input, min_val, max_val)


def _check_bounds(input: Any, min_val: Any = -1.0, max_val: Any = 1.0) -> None:
    if of(input) == uint8 and any(not is_traced(bound) and bound < 0 for bound in (min_val, max_val)):
        raise DTypeError("non-negative bounds for a uint8 tensor", describe((min_val, max_val)))
    numbers_fit(input, min_val, max_val)


@op(
    kind=Kind.NO_OPMATH,
    torch="torch.nn.functional.hardtanh",
    rejects=BOOLS | COMPLEXES,
    takes={"min_val": Choice((-1.0, 0, 1)), "max_val": Choice((1.0, 2, 3, -2))},
    before=_check_bounds,
)
def _hardtanh(input: Array, min_val: Factor = -1.0, max_val: Factor = 1.0) -> jax.Array:
    return _clamped(input, *as_factors(input, min_val, max_val))


def _clamped(input: jax.Array, low: jax.Array | int, high: jax.Array | int) -> jax.Array:
    return jnp.where(input <= low, low, jnp.where(input >= high, high, input))


@op(
    kind=Kind.NO_OPMATH,
    torch="torch.nn.functional.relu6",
    node="HardtanhBackward0",
    rejects=BOOLS | COMPLEXES,
)
def relu6(input: Array) -> jax.Array:
    """Apply ReLU6: clamp each element to [0, 6].

    Gradient: 0 at 0 and 6, 1 at NaN.
    Torch: torch.nn.functional.relu6.

    >>> import jaxfun as jf
    >>> jf.nn.functional.relu6(jf.tensor([-2.0, 0.5, 8.0]))
    Array([0. , 0.5, 6. ], dtype=float32)
    """
    return _clamped(input, 0, 6)


@op(
    torch="torch.nn.functional.leaky_relu",
    rejects=NOT_FLOATS,
    takes={"negative_slope": Choice((0.01, 2, -1, 0))},
    before=numbers_fit,
)
def leaky_relu(input: Array, negative_slope: Factor = 0.01) -> jax.Array:
    """Apply leaky ReLU: `x` if `x > 0`, else `negative_slope x`.

    Gradient: `negative_slope` at 0 and at NaN.
    Torch: torch.nn.functional.leaky_relu.

    >>> import jaxfun as jf
    >>> jf.nn.functional.leaky_relu(jf.tensor([-1.0, 0.0, 2.0]), 0.1)
    Array([-0.1,  0. ,  2. ], dtype=float32)
    """
    (slope,) = as_factors(input, negative_slope)
    return jnp.where(input > 0, input, input * slope)


@public(name="nn.functional.rrelu")
def rrelu(
    input: Any,
    lower: float = 1 / 8,
    upper: float = 1 / 3,
    training: bool = False,
    *,
    key: jax.Array | None = None,
) -> jax.Array:
    """Apply randomized leaky ReLU: `x` if `x > 0`, else `slope x` with a random slope.

    In training the slope of each element is sampled uniformly between `lower` and `upper`. Otherwise it is the mean of
    `lower` and `upper`.
    Gradient: the slope at 0. At NaN it is 1 in training, else the slope.
    Raises: TypeError for a missing `key` if slopes are sampled; RuntimeError if `lower > upper` or a bound is not
    finite, and for tensors that are not floating point.
    Torch: torch.rrelu, torch.nn.functional.rrelu.

    >>> import jaxfun as jf
    >>> jf.nn.functional.rrelu(jf.tensor([-2.0, 0.0, 3.0]), 0.25, 0.75)
    Array([-1.,  0.,  3.], dtype=float32)
    """
    if not (math.isfinite(lower) and math.isfinite(upper) and lower <= upper):
        raise DTypeError("finite bounds, `lower` no larger than `upper`", describe((lower, upper)))
    if not training:
        return leaky_relu(input, (lower + upper) / 2)
    tensor = as_tensor("input", input)
    dtype = as_dtype(tensor.dtype)
    if not dtype.is_floating_point or dtype == float16:
        raise UnsupportedDTypeError("a floating point tensor, and not float16 in training", describe(tensor))
    if not tensor.size or lower == upper:
        slope = jnp.asarray(lower, tensor.dtype)
    else:
        wide = computed_in(dtype).dtype
        slope = jax.random.uniform(want_key(key), tensor.shape, wide, lower, upper).astype(tensor.dtype)
    return tensor * jnp.where(tensor <= 0, slope, 1)


@op(
    torch="torch.nn.functional.prelu",
    node="PreluKernelBackward0",
    rejects=NOT_FLOATS,
    cases=rows("input weight", ("m n", "n"), ("m n", "1"), ("m n", ""), ("b n m", "n"), ("m", "1"), ("", "")),
    aliases=("prelu",),
    before=want_one_dtype,
)
def prelu(input: Array, weight: Array) -> jax.Array:
    """Apply parametric ReLU: `x` if `x > 0`, else `weight x`, with one weight or one per channel.

    Shapes: (m, n, *), (n) or (1) -> (m, n, *).
    Gradient: the weight at 0 and at NaN.
    Raises: RuntimeError for other shapes, and if the dtypes differ.
    Torch: torch.prelu, torch.nn.functional.prelu.

    >>> import jaxfun as jf
    >>> jf.nn.functional.prelu(jf.tensor([[-1.0, -1.0], [2.0, 0.0]]), jf.tensor([0.5, 3.0]))
    Array([[-0.5, -3. ],
           [ 2. ,  0. ]], dtype=float32)
    """
    channels = input.shape[1] if input.ndim > 1 else 1
    if weight.ndim > 1 or weight.size not in (1, channels if input.ndim else 1):
        raise ShapeError(f"a `weight` of shape (), (1,) or ({channels},)", describe(weight))
    slope = weight.reshape(weight.size, *(1,) * (input.ndim - 2)) if input.ndim > 1 else weight.reshape(())
    return _prelu(input, slope)


@jax.custom_jvp
def _prelu(x: jax.Array, slope: jax.Array) -> jax.Array:
    return jnp.where(x > 0, x, x * slope)


@_prelu.defjvp
def _prelu_jvp(primals: Any, tangents: Any) -> tuple[jax.Array, jax.Array]:
    (x, slope), (dx, dslope) = primals, tangents
    # at 0 the second derivative is that of the positive side
    left = jnp.where(x == 0, jax.lax.stop_gradient(slope), slope)
    return _prelu(x, slope), dx * jnp.where(x > 0, 1, left) + dslope * jnp.where(x >= 0, 0, x)


def _check_lambd(input: Any, lambd: Any = 0.5) -> None:
    numbers_fit(input, lambd)
    if not is_traced(lambd) and not jnp.iscomplexobj(lambd) and not 0 <= lambd < math.inf:
        raise DTypeError("a non-negative, finite `lambd`", describe(lambd))


@op(
    torch="torch.nn.functional.softshrink",
    rejects=NOT_FLOATS,
    takes={"lambd": Choice((0.5, 1, 0))},
    before=_check_lambd,
)
def softshrink(input: Array, lambd: Factor = 0.5) -> jax.Array:
    """Apply soft shrinkage: 0 if `|x| <= lambd`, else `x - sign(x) lambd`.

    Gradient: 0 if `|x| <= lambd`, else 1. It is 1 at NaN.
    Raises: RuntimeError for a negative `lambd`.
    Torch: torch.nn.functional.softshrink.

    >>> import jaxfun as jf
    >>> jf.nn.functional.softshrink(jf.tensor([-2.0, 0.25, 2.0]))
    Array([-1.5,  0. ,  1.5], dtype=float32)
    """
    (limit,) = as_factors(input, lambd)
    return jnp.where(jnp.abs(input) <= limit, 0, input - jnp.where(input > 0, limit, -limit))


@op(
    torch="torch.nn.functional.hardshrink",
    rejects=NOT_FLOATS,
    takes={"lambd": Choice((0.5, 1, -1, 0))},
    aliases=("hardshrink",),
    before=numbers_fit,
)
def hardshrink(input: Array, lambd: Factor = 0.5) -> jax.Array:
    """Apply hard shrinkage: 0 if `|x| <= lambd`, else `x`.

    Gradient: 0 if `|x| <= lambd`, else 1. It is 1 at NaN.
    Torch: torch.hardshrink, torch.nn.functional.hardshrink.

    >>> import jaxfun as jf
    >>> jf.nn.functional.hardshrink(jf.tensor([-2.0, 0.25, 2.0]))
    Array([-2.,  0.,  2.], dtype=float32)
    """
    (limit,) = as_factors(input, lambd)
    return jnp.where(jnp.abs(input) <= limit, 0, input)


@op(
    kind=Kind.NO_OPMATH,
    torch="torch.nn.functional.threshold",
    rejects=BOOLS | COMPLEXES,
    takes={"threshold": Choice((1, 0, -1)), "value": Choice((2, 0, -3))},
    aliases=("threshold",),
    before=numbers_fit,
)
def threshold(input: Array, threshold: Factor, value: Factor) -> jax.Array:
    """Apply a threshold: `x` if `x > threshold`, else `value`. NaN is propagated.

    Gradient: 1 above the threshold and at NaN, else 0.
    Torch: torch.threshold, torch.nn.functional.threshold.

    >>> import jaxfun as jf
    >>> jf.nn.functional.threshold(jf.tensor([-1.0, 0.5, 2.0]), 0.5, 9.0)
    Array([9., 9., 2.], dtype=float32)
    """
    limit, other = as_factors(input, threshold, value)
    return jnp.where(input <= limit, other, input)
