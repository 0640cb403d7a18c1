"""The linear and bilinear layers: `linear`, `bilinear`."""

import functools
import math

import jax
import jax.numpy as jnp

from ...core.checks import want_one_dtype
from ...core.dtypes import widened
from ...core.errors import PositionError, ShapeError
from ...core.op import op
from ...core.record import BOOLS, Array, rows, where_empty
from ..linalg._matrices import product, want, want_broadcast, wide_product
from ..linalg.addmm import refuse_beta
from ..linalg.matmul import want_factors

_CASES = rows(
    "input weight bias",
    ("m n", "o n", "o"),
    ("n", "o n", "o"),
    ("b m n", "o n", "o"),
)


@op(
    kind=None,
    torch="torch.nn.functional.linear",
    composite=True,
    rejects=BOOLS,
    cases=_CASES,
    takes_here=where_empty(BOOLS),
)
def linear(input: Array, weight: Array, bias: Array = None) -> jax.Array:
    """Apply a linear transformation: `input @ weight.T + bias`.

    Shapes: (*, n), (o, n), (o) -> (*, o); (*, n), (n) -> (*) without a bias.
    Dtypes: 16-bit floats are computed in float32 and rounded once.
    Raises: RuntimeError for other shapes, and for different dtypes.
    Torch: torch.nn.functional.linear.

    >>> import jaxfun as jf
    >>> jf.nn.functional.linear(jf.tensor([[1.0, 2.0]]), jf.tensor([[3.0, 4.0]]), jf.tensor([0.5]))
    Array([[11.5]], dtype=float32)
    """
    want(weight.ndim < 3, "(o, n) or (n,)", weight)
    want_factors(input, weight.T)
    if bias is None:
        return product(input, weight.T)
    want(weight.ndim == 2, "(*, n) and (o, n) with a bias", input, weight)
    result = wide_product(input, weight.T)
    if input.ndim < 4:
        refuse_beta(result, input, 1)
    want_one_dtype(input, bias)
    return _add_bias(result, bias).astype(input.dtype)


def _add_bias(result: jax.Array, bias: jax.Array) -> jax.Array:
    # torch adds a 2-D bias to the flattened batch of matrices
    is_matrix = result.ndim == 3 and bias.ndim == 2
    shape = (math.prod(result.shape[:-1]), result.shape[-1]) if is_matrix else result.shape
    want_broadcast(bias, shape)
    return (result.reshape(shape) + bias.astype(result.dtype)).reshape(result.shape)


@op(
    kind=None,
    torch="torch.nn.functional.bilinear",
    composite=True,
    rejects=BOOLS,
    cases=rows(
        "input1 input2 weight bias",
        ("m n", "m k", "o n k", "o"),
        ("n", "k", "o n k", "o"),
        ("b m n", "b m k", "o n k", "o"),
        ("0 n", "0 k", "o n k", "o"),
    ),
    takes_here=where_empty(BOOLS),
    aliases=("bilinear",),
)
def bilinear(input1: Array, input2: Array, weight: Array, bias: Array = None) -> jax.Array:
    """Apply a bilinear transformation: `input1 @ weight[o] @ input2 + bias[o]` for each output `o`.

    Shapes: (*, n), (*, k), (o, n, k), (o) -> (*, o).
    Dtypes: 16-bit floats are computed in float32 and rounded once.
    Raises: RuntimeError for other shapes, and for different dtypes.
    Torch: torch.nn.functional.bilinear.

    >>> import jaxfun as jf
    >>> first, second, weight = jf.tensor([1.0, 2.0]), jf.tensor([3.0]), jf.ones(1, 2, 1)
    >>> jf.nn.functional.bilinear(first, second, weight)
    Array([9.], dtype=float32)
    """
    shapes = "(*, n), (*, k) and (o, n, k), with n and k above 0"
    want(input1.shape[:-1] == input2.shape[:-1], shapes, input1, input2, weight)
    want(input1.ndim > 0 and weight.ndim > 1, shapes, input1, input2, weight, error=PositionError)
    features = input1.shape[-1:] + input2.shape[-1:]
    want(weight.shape[1:] == features and 0 not in features, shapes, input1, input2, weight)
    biases = () if bias is None else (bias,)
    error = PositionError if any(each.ndim == 0 for each in biases) else ShapeError
    want(all(each.shape == weight.shape[:1] for each in biases), "(o) and (o, n, k)", *biases, weight, error=error)
    want_one_dtype(input1, input2, weight, *biases)
    # torch's order, which decides on infinity and NaN
    multiply = functools.partial(jnp.einsum, precision=jax.lax.Precision.HIGHEST)
    partial = multiply("...n,onk->...ok", widened(input1), widened(weight))
    result = multiply("...ok,...k->...o", partial, widened(input2))
    return sum(map(widened, biases), result).astype(input1.dtype)
