"""Cosine similarity and pairwise distance of two tensors."""

import jax
import jax.numpy as jnp

from ...core.dims import broadcast_shapes, wrap_dim
from ...core.op import op
from ...core.record import BOOLS, NOT_FLOATS, Array, Choice, Dim
from ...core.tangents import at_least
from ..pointwise.arithmetic import add
from ..reduce.norms import norm


@op(
    torch="torch.nn.functional.cosine_similarity",
    composite=True,
    rejects=NOT_FLOATS,
    aliases=("cosine_similarity",),
    takes={"eps": Choice((1e-8, 0.5))},
)
def cosine_similarity(x1: Array, x2: Array, dim: Dim = 1, eps: float = 1e-8) -> jax.Array:
    """Return the cosine similarity of `x1` and `x2` along `dim`, with broadcasting.

    Both norms are clamped to at least `eps`, to avoid a division by 0.
    Gradient: passes through the clamp unchanged; that of a norm is 0 where the norm is 0.
    Raises: RuntimeError if the promoted dtype is not floating point.
    Torch: torch.cosine_similarity, torch.nn.functional.cosine_similarity.

    >>> import jaxfun as jf
    >>> jf.cosine_similarity(jf.tensor([[3.0, 4.0], [1.0, 0.0]]), jf.tensor([[3.0, 4.0], [0.0, 2.0]]))
    Array([1., 0.], dtype=float32)
    """
    shape = broadcast_shapes(x1.shape, x2.shape)
    axis = wrap_dim(dim, len(shape))
    one, other = (_unit_vectors(jnp.broadcast_to(x, shape), axis, eps) for x in (x1, x2))
    return jnp.sum(one * other, axis if shape else ())


def _unit_vectors(x: jax.Array, axis: int, eps: float) -> jax.Array:
    return x / at_least(norm(x, 2, axis, True), eps)


@op(
    torch="torch.nn.functional.pairwise_distance",
    composite=True,
    rejects=BOOLS,
    operand_rejects=BOOLS,
    aliases=("pairwise_distance",),
    takes={"p": Choice((2.0, 1.0, 0.0, float("inf"), 3.0, -1.0)), "eps": Choice((1e-6, 0.5))},
)
def pairwise_distance(x1: Array, x2: Array, p: float = 2.0, eps: float = 1e-6, keepdim: bool = False) -> jax.Array:
    """Return the `p`-norm of `x1 - x2 + eps` over the last dimension, with broadcasting.

    Gradient: as for `norm`.
    Raises: RuntimeError for bools.
    Torch: torch.pairwise_distance, torch.nn.functional.pairwise_distance.

    >>> import jaxfun as jf
    >>> jf.pairwise_distance(jf.tensor([[3.0, 4.0], [1.0, 0.0]]), jf.tensor([[0.0, 0.0], [1.0, 2.0]]))
    Array([5.0000014, 1.999999 ], dtype=float32)
    """
    return norm(add(x1 - x2, eps), p, -1, keepdim)
