"""The linear layer: `linear`."""

import math

import jax

from ...core.checks import want_one_dtype
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
