"""Pairwise distances between the rows of matrices: `cdist` and `pdist`."""

import functools
import math
from collections.abc import Mapping
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from ...core.checks import want_one_dtype
from ...core.dims import broadcast_shapes
from ...core.dtypes import DType
from ...core.errors import ArgumentValueError, DTypeError, describe
from ...core.op import op
from ...core.record import HALVES, NOT_FLOATS, Array, Choice, rows, where_empty
from ...core.sizes import is_certain
from ..reduce.extrema import largest
from ._matrices import want

_NO_FLOAT = NOT_FLOATS | HALVES
_MODES = ("use_mm_for_euclid_dist_if_necessary", "use_mm_for_euclid_dist", "donot_use_mm_for_euclid_dist")
_P = Choice((2.0, 1.0, 0.0, math.inf, 3.0, 1.5, 0.5))

# torch's kernels accept float32 and float64; with no distances to compute, any floating point dtype
_takes_no_pairs = where_empty(HALVES)


def _takes_no_rows(arguments: Mapping[str, Any]) -> frozenset[DType]:
    input = arguments["input"]
    return HALVES if input.size == 0 or (input.ndim == 2 and is_certain(lambda: input.shape[0] < 2)) else frozenset()


@op(
    kind=None,
    rejects=_NO_FLOAT,
    operand_rejects=_NO_FLOAT,
    takes_here=_takes_no_pairs,
    takes={"p": _P, "compute_mode": Choice(_MODES[::2])},
    cases=rows("x1 x2", ("m k", "n k"), ("b m k", "b n k"), ("a 1 m k", "b n k")),
)
def cdist(x1: Array, x2: Array, p: float = 2.0, compute_mode: str = _MODES[0]) -> jax.Array:
    """Return the p-norm distance between each pair of rows of `x1` and `x2`; batches broadcast.

    `p` is 0 (the number of elements that differ), a positive number, or infinity (the largest difference).
    Shapes: (*, m, k), (*, n, k) -> (*, m, n).
    Gradient: 0 where the distance is 0.
    Raises: RuntimeError for other shapes, for a negative p, and for dtypes other than float32 and float64.
    Differs: `compute_mode` has no effect: the differences are always computed directly, which loses no digits.

    >>> import jaxfun as jf
    >>> jf.cdist(jf.tensor([[0.0, 0.0]]), jf.tensor([[3.0, 4.0], [1.0, 0.0]]))
    Array([[5., 1.]], dtype=float32)
    """
    if compute_mode not in _MODES:
        raise ArgumentValueError(f"`compute_mode` to be one of {_MODES}", describe(compute_mode))
    want(x1.ndim > 1 < x2.ndim and x1.shape[-1] == x2.shape[-1], "(*, m, k) and (*, n, k)", x1, x2)
    if not p >= 0:
        raise DTypeError("`p` of at least 0", describe(p))
    broadcast_shapes(x1.shape[:-2], x2.shape[:-2])
    if x1.size and x2.size:
        want_one_dtype(x1, x2)
    other = x2.astype(x1.dtype)  # the dtypes can still differ if no distance is computed
    return _norm(x1[..., :, None, :] - other[..., None, :, :], float(p))


@functools.partial(jax.custom_jvp, nondiff_argnums=(1,))
def _norm(difference: jax.Array, p: float) -> jax.Array:
    sizes = jnp.abs(difference)
    if p == 0:
        # no jnp.minimum: XLA's CPU compiler drops NaN from a minimum that is fused into a sum
        return jnp.sum(jnp.where(jnp.isnan(sizes), sizes, (sizes != 0).astype(sizes.dtype)), -1)
    if p == math.inf:
        return largest(sizes, -1, initial=0)
    if p == 2:
        return jnp.sqrt(jnp.sum(difference * difference, -1))
    return jnp.sum(sizes, -1) if p == 1 else jnp.sum(sizes**p, -1) ** (1 / p)


@_norm.defjvp
def _norm_jvp(p: float, primals: Any, tangents: Any) -> tuple[jax.Array, jax.Array]:
    (difference,), (change,) = primals, tangents
    result = _norm(difference, p)
    if p == 2:
        return result, jnp.sum(difference * change, -1) / jnp.where(result == 0, 1, result)
    return result, jnp.sum(_norm_derivative(difference, result[..., None], p) * change, -1)


def _norm_derivative(difference: jax.Array, norm: jax.Array, p: float) -> jax.Array:
    """Return the derivative of the p-norm: sign(x) (|x| / norm)ᵖ⁻¹, and 0 where x or the norm is 0."""
    sizes, sign = jnp.abs(difference), jnp.sign(difference)
    if p == 0:
        return jnp.zeros_like(difference)
    if p == math.inf:  # each of several equal largest elements gets the whole gradient
        return jnp.where(sizes == norm, sign, 0)
    if p == 1:
        return sign
    share = jnp.where(sizes == 0, 1, sizes) / jnp.where(norm == 0, 1, norm)
    return jnp.where((norm == 0) | (sizes == 0), 0, sign * share ** (p - 1))


@op(
    kind=None,
    torch="torch.nn.functional.pdist",
    aliases=("pdist",),
    rejects=_NO_FLOAT,
    takes_here=_takes_no_rows,
    # not "m k": with 0 rows torch's gradient crashes the process
    takes={"p": _P},
    cases=rows("input", ("3 k",), ("4 k",), ("2 k",), ("1 k",)),
)
def pdist(input: Array, p: float = 2.0) -> jax.Array:
    """Return the p-norm distance between each pair of rows of a matrix, in order: (0, 1), (0, 2), ..., (1, 2), ...

    Shapes: (m, k) -> (m (m - 1) / 2).
    Gradient: 0 where the distance is 0.
    Raises: RuntimeError for other shapes, for a negative p, and for dtypes other than float32 and float64.
    Torch: torch.pdist, torch.nn.functional.pdist.

    >>> import jaxfun as jf
    >>> jf.pdist(jf.tensor([[0.0, 0.0], [3.0, 4.0], [1.0, 0.0]]))
    Array([5.      , 1.      , 4.472136], dtype=float32)
    """
    want(input.ndim == 2, "(m, k)", input)
    if not p >= 0:
        raise DTypeError("`p` of at least 0", describe(p))
    first, second = np.triu_indices(input.shape[0], 1)
    return _norm(input[first] - input[second], float(p))
