"""Activation functions: relu, gelu, silu, softplus, elu, ... `piecewise.py` has the piecewise linear ones."""

import math
from typing import Any

import jax
import jax.numpy as jnp

from ...core.dims import wrap_dim
from ...core.dtypes import Kind
from ...core.errors import DTypeError, ShapeError, describe
from ...core.numbers import is_traced
from ...core.op import op
from ...core.record import BOOLS, COMPLEXES, INTEGERS, NOT_FLOATS, Array, Choice, Dim, Factor, rows
from ..pointwise.arithmetic import abs
from ._numbers import as_factors, numbers_fit


@op(kind=Kind.NO_OPMATH, torch="torch.nn.functional.relu", rejects=BOOLS | COMPLEXES, aliases=("relu",))
def relu(input: Array) -> jax.Array:
    """Apply the rectified linear unit, `max(x, 0)`, to each element. NaN is propagated.

    Gradient: 0 at 0 (jnp.maximum(x, 0) gives 0.5), 1 at NaN.
    Torch: torch.relu, torch.nn.functional.relu.

    >>> import jaxfun as jf
    >>> jf.nn.functional.relu(jf.tensor([-1.0, 0.0, 2.0]))
    Array([0., 0., 2.], dtype=float32)
    """
    return jnp.where(input <= 0, 0, input)


_TANH_SCALE = math.sqrt(2 / math.pi)


@op(
    torch="torch.nn.functional.gelu",
    rejects=NOT_FLOATS,
    takes={"approximate": Choice(("none", "tanh"))},
)
def gelu(input: Array, *, approximate: str = "none") -> jax.Array:
    """Apply the Gaussian error linear unit, `x Φ(x)`. Φ is the cumulative distribution function of N(0, 1).

    `approximate="tanh"` selects the tanh approximation, the default of jax.nn.gelu.
    Raises: RuntimeError for another `approximate`.
    Torch: torch.nn.functional.gelu.

    >>> import jaxfun as jf
    >>> jf.nn.functional.gelu(jf.tensor([-1.0, 0.0, 2.0]))
    Array([-0.15865527,  0.        ,  1.9544997 ], dtype=float32)
    """
    if approximate == "none":
        return 0.5 * input * jax.lax.erfc(-math.sqrt(0.5) * input)
    if approximate != "tanh":
        raise DTypeError("`approximate` to be 'none' or 'tanh'", repr(approximate))
    return 0.5 * input * (1 + jnp.tanh(_TANH_SCALE * (input + 0.044715 * input * input * input)))


@op(torch="torch.nn.functional.silu", rejects=BOOLS | INTEGERS)
def silu(input: Array) -> jax.Array:
    """Apply the sigmoid linear unit, `x sigmoid(x)`, to each element. It is also called swish.

    Torch: torch.nn.functional.silu.

    >>> import jaxfun as jf
    >>> jf.nn.functional.silu(jf.tensor([-1.0, 0.0, 2.0]))
    Array([-0.26894143,  0.        ,  1.761594  ], dtype=float32)
    """
    return input * jax.nn.sigmoid(input)


@op(torch="torch.nn.functional.mish", rejects=NOT_FLOATS)
def mish(input: Array) -> jax.Array:
    """Apply mish, `x tanh(softplus(x))`, to each element.

    Torch: torch.nn.functional.mish.

    >>> import jaxfun as jf
    >>> jf.nn.functional.mish(jf.tensor([-1.0, 0.0, 2.0]))
    Array([-0.30340144,  0.        ,  1.943959  ], dtype=float32)
    """
    return input * jnp.tanh(jax.nn.softplus(input))


@op(torch="torch.nn.functional.softsign", kind=Kind.INT_TO_FLOAT, rejects=BOOLS, composite=True)
def softsign(input: Array) -> jax.Array:
    """Apply softsign, `x / (1 + |x|)`, to each element.

    Dtypes: integers give float32.
    Torch: torch.nn.functional.softsign.

    >>> import jaxfun as jf
    >>> jf.nn.functional.softsign(jf.tensor([-1.0, 0.0, 3.0]))
    Array([-0.5 ,  0.  ,  0.75], dtype=float32)
    """
    return input / (abs(input) + 1).astype(input.dtype)


@op(torch="torch.nn.functional.tanhshrink", kind=Kind.INT_TO_FLOAT, rejects=BOOLS, composite=True)
def tanhshrink(input: Array) -> jax.Array:
    """Apply tanhshrink, `x - tanh(x)`, to each element.

    Dtypes: integers give float32.
    Torch: torch.nn.functional.tanhshrink.

    >>> import jaxfun as jf
    >>> jf.nn.functional.tanhshrink(jf.tensor([-1.0, 0.0, 2.0]))
    Array([-0.23840582,  0.        ,  1.0359724 ], dtype=float32)
    """
    return input - jnp.tanh(input)


@op(torch="torch.nn.functional.logsigmoid", aten="log_sigmoid", node="LogSigmoidBackward0", rejects=NOT_FLOATS)
def logsigmoid(input: Array) -> jax.Array:
    """Apply the logarithm of the sigmoid, `log(sigmoid(x))`, to each element, without overflow.

    Torch: torch.nn.functional.logsigmoid.

    >>> import jaxfun as jf
    >>> jf.nn.functional.logsigmoid(jf.tensor([-100.0, 0.0]))
    Array([-100.       ,   -0.6931472], dtype=float32)
    """
    return jax.nn.log_sigmoid(input)


@op(
    torch="torch.nn.functional.softplus",
    rejects=NOT_FLOATS,
    takes={"beta": Choice((1.0, 2, -0.5, 0)), "threshold": Choice((20.0, 1, 0.0, -1))},
    before=numbers_fit,
)
def softplus(input: Array, beta: Factor = 1.0, threshold: Factor = 20.0) -> jax.Array:
    """Apply softplus, `log(1 + exp(beta x)) / beta`, to each element.

    For numerical stability the result is `x` if `beta x > threshold`.

    Torch: torch.nn.functional.softplus.

    >>> import jaxfun as jf
    >>> jf.nn.functional.softplus(jf.tensor([-1.0, 0.0, 30.0]))
    Array([ 0.3132617,  0.6931472, 30.       ], dtype=float32)
    """
    return _softplus(input, *as_factors(input, beta, threshold))


@jax.custom_jvp
def _softplus(x: jax.Array, beta: jax.Array, threshold: jax.Array) -> jax.Array:
    scaled = x * beta
    return jnp.where(scaled > threshold, x, jnp.log1p(jnp.exp(jnp.minimum(scaled, threshold))) / beta)


@_softplus.defjvp
def _softplus_jvp(primals: Any, tangents: Any) -> tuple[jax.Array, jax.Array]:
    x, beta, threshold = primals
    scaled, slope = x * beta, jax.nn.sigmoid(x * beta)
    # at the threshold: the first derivative of the curve, the second derivative of the line
    curve = jnp.where(scaled == threshold, jax.lax.stop_gradient(slope), slope)
    return _softplus(*primals), tangents[0] * jnp.where(scaled > threshold, 1, curve)


@op(
    torch="torch.nn.functional.elu",
    rejects=NOT_FLOATS,
    takes={"alpha": Choice((1.0, 2, -0.5, 0))},
    before=numbers_fit,
)
def elu(input: Array, alpha: Factor = 1.0) -> jax.Array:
    """Apply the exponential linear unit: `x` if `x > 0`, else `alpha (exp(x) - 1)`.

    Gradient: `alpha` at 0.
    Torch: torch.nn.functional.elu.

    >>> import jaxfun as jf
    >>> jf.nn.functional.elu(jf.tensor([-1.0, 0.0, 2.0]))
    Array([-0.63212055,  0.        ,  2.        ], dtype=float32)
    """
    (alpha,) = as_factors(input, alpha)
    return _elu(input, alpha)


def _elu(x: jax.Array, alpha: jax.Array, input_scale: jax.Array | float = 1.0) -> jax.Array:
    # at 0: the first derivative of the exponential, the second derivative of the line
    line = x * jnp.where(x == 0, alpha * input_scale, 1)
    return jnp.where(x < 0, alpha * jnp.expm1(jnp.where(x < 0, x, 0) * input_scale), line)


def _want_nonzero_alpha(input: Any, alpha: Any = 1.0) -> None:
    numbers_fit(input, alpha)
    if not is_traced(alpha) and alpha == 0:
        raise DTypeError("a nonzero `alpha`", describe(alpha))


@op(
    torch="torch.nn.functional.celu",
    node="EluBackward0",
    rejects=NOT_FLOATS,
    takes={"alpha": Choice((1.0, 2, -0.5))},
    aliases=("celu",),
    before=_want_nonzero_alpha,
)
def celu(input: Array, alpha: Factor = 1.0) -> jax.Array:
    """Apply the continuously differentiable ELU: `x` if `x > 0`, else `alpha (exp(x / alpha) - 1)`.

    Raises: RuntimeError for an `alpha` of 0.
    Torch: torch.celu, torch.nn.functional.celu.

    >>> import jaxfun as jf
    >>> jf.nn.functional.celu(jf.tensor([-1.0, 0.0, 2.0]), 2.0)
    Array([-0.78693867,  0.        ,  2.        ], dtype=float32)
    """
    (alpha,) = as_factors(input, alpha)
    return _elu(input, alpha, 1 / alpha)


_SELU_ALPHA, _SELU_SCALE = 1.6732632423543772848170429916717, 1.0507009873554804934193349852946


@op(torch="torch.nn.functional.selu", node="EluBackward0", rejects=NOT_FLOATS, aliases=("selu",))
def selu(input: Array) -> jax.Array:
    """Apply the scaled exponential linear unit, `scale * elu(x, alpha)`.

    The constants `scale` and `alpha` preserve mean 0 and variance 1 from layer to layer.
    Gradient: `scale * alpha` at 0.
    Torch: torch.selu, torch.nn.functional.selu.

    >>> import jaxfun as jf
    >>> jf.nn.functional.selu(jf.tensor([-1.0, 0.0, 2.0]))
    Array([-1.1113307,  0.       ,  2.101402 ], dtype=float32)
    """
    return _SELU_SCALE * _elu(input, jnp.asarray(_SELU_ALPHA, input.dtype))


@op(
    torch="torch.nn.functional.glu",
    rejects=NOT_FLOATS,
    cases=rows("input dim", ("m 4", -1), ("4 m", 0), ("b 2 m", 1), ("6", 0)),
)
def glu(input: Array, dim: Dim = -1) -> jax.Array:
    """Apply the gated linear unit, `a sigmoid(b)`. `a` and `b` are the halves of the input along `dim`.

    Raises: RuntimeError for an odd size of `dim`, and for a 0-dim tensor.
    Torch: torch.nn.functional.glu.

    >>> import jaxfun as jf
    >>> jf.nn.functional.glu(jf.tensor([1.0, 2.0, 0.0, 100.0]))
    Array([0.5, 2. ], dtype=float32)
    """
    if not input.ndim:
        raise ShapeError("a tensor of at least 1 dimension", describe(input))
    axis = wrap_dim(dim, input.ndim)
    if input.shape[axis] % 2:
        raise ShapeError(f"an even size of dimension {axis}", describe(input))
    first, second = jnp.split(input, 2, axis)
    return first * jax.nn.sigmoid(second)
