# pyright: strict
"""A hundred of the functions, used as a user uses them."""

import jax
import numpy as np

import jaxfun as jf

x = jf.tensor([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])
y: jax.Array = jf.ones(2, 3)
n = np.zeros((2, 3), np.float32)
i = jf.tensor([0, 1])
key = jax.random.key(0)

made: list[jax.Array] = [
    jf.zeros((2, 3)),
    jf.zeros_like(x),
    jf.ones_like(n),
    jf.full((2, 2), 1.5, dtype=jf.float32),
    jf.full_like(x, 2),
    jf.empty(2, dtype="int8"),
    jf.eye(3),
    jf.arange(3),
    jf.linspace(0, 1, 5),
    jf.rand(key, 2, 3),
    jf.randn(key, 2, 3),
    jf.nn.init.kaiming_uniform(key, (2, 3), a=5**0.5),
    jf.nn.init.normal(key, x, 0.0, 0.02, dtype=jf.bfloat16),
    jf.nn.init.zeros(None, [2, 3]),
    jf.from_numpy(n),
]
pointwise: list[jax.Array] = [
    jf.add(x, 1),
    jf.add(x, n, alpha=2),
    jf.sub(x, y),
    jf.mul(2.0, x),
    jf.div(x, y, rounding_mode="floor"),
    jf.remainder(x, 2),
    jf.pow(x, 2),
    jf.pow(2, x),
    jf.neg(x),
    jf.abs(x),
    jf.sign(x),
    jf.exp(x),
    jf.exp2(x),
    jf.log(n),
    jf.log1p(x),
    jf.sqrt(x),
    jf.rsqrt(x),
    jf.sigmoid(x),
    jf.sin(x),
    jf.cos(x),
    jf.tanh(x),
    jf.atan2(x, y),
    jf.floor(x),
    jf.round(x, decimals=1),
    jf.clamp(x, 0, 1),
    jf.clamp(x, min=y),
    jf.clamp_min(x, 0.5),
    jf.maximum(x, y),
    jf.minimum(x, y),
    jf.where(jf.gt(x, 0), x, 0.0),
    jf.lerp(x, y, 0.5),
    jf.addcmul(x, y, y, value=0.1),
    jf.erf(x),
    jf.xlogy(x, y),
    jf.isnan(x),
    jf.isclose(x, y, rtol=1e-3),
    jf.eq(x, 2),
    jf.lt(x, y),
    jf.logical_and(jf.gt(x, 0), jf.lt(x, 3)),
    jf.nan_to_num(x, nan=0.0),
    jf.square(x),
    jf.reciprocal(x),
    jf.nn.functional.relu(x),
]
reduced: list[jax.Array] = [
    jf.sum(x),
    jf.sum(x, 0),
    jf.sum(x, (0, 1), keepdim=True),
    jf.mean(x, dim=-1),
    jf.prod(x, 1),
    jf.std(x),
    jf.var(x, 0, correction=0),
    jf.amax(x, 0),
    jf.argmax(x, dim=1),
    jf.max(x),
    jf.max(x, 1).values,
    jf.min(x, 0).indices,
    jf.max(x, y),
    jf.median(x),
    jf.median(x, 1).values,
    jf.logsumexp(x, 0),
    jf.norm(x, dim=1),
    jf.cumsum(x, 0),
    jf.cumprod(x, 1),
    jf.cummax(x, 0).values,
    jf.all(jf.gt(x, 0)),
    jf.any(jf.gt(x, 0), 1),
    jf.count_nonzero(x),
    jf.quantile(x, 0.5),
    jf.bincount(i),
    jf.diff(x),
    jf.trapezoid(x, dx=0.5),
]
shaped: list[jax.Array] = [
    jf.reshape(x, 3, 2),
    jf.reshape(x, (-1,)),
    jf.view(x, 6),
    jf.flatten(x),
    jf.squeeze(jf.unsqueeze(x, 0)),
    jf.squeeze(x, (0, 1)),
    jf.permute(x, 1, 0),
    jf.transpose(x, 0, 1),
    jf.t(x),
    jf.cat([x, y], dim=1),
    jf.stack((x, y)),
    jf.split(x, 2, dim=1)[0],
    jf.chunk(x, 2)[0],
    jf.unbind(x)[0],
    jf.expand(x, 2, -1, -1),
    jf.broadcast_to(x, (2, 2, 3)),
    jf.repeat(x, 2, 1),
    jf.tile(x, (2,)),
    jf.flip(x, (0,)),
    jf.roll(x, 1, 0),
    jf.tril(x),
    jf.diagonal(x),
    jf.narrow(x, 1, 0, 2),
    jf.meshgrid(i, i, indexing="ij")[0],
    jf.movedim(x, 0, 1),
]
indexed: list[jax.Array] = [
    jf.getitem(x, (slice(None), 0)),
    jf.setitem(x, 0, 1.0),
    jf.gather(x, 1, jf.tensor([[0], [1]])),
    jf.index_select(x, 0, i),
    jf.take(x, i),
    jf.scatter(x, 1, jf.tensor([[0], [1]]), 2.0),
    jf.index_add(x, 0, i, y),
    jf.masked_fill(x, jf.gt(x, 2), 0),
    jf.masked_select(x, jf.gt(x, 2)),
    jf.sort(x).values,
    jf.argsort(x, descending=True),
    jf.topk(x, 2).indices,
    jf.searchsorted(x, y),
]
products: list[jax.Array] = [
    jf.matmul(x, jf.t(y)),
    jf.mm(x, jf.t(y)),
    jf.bmm(jf.unsqueeze(x, 0), jf.unsqueeze(jf.t(y), 0)),
    jf.dot(jf.ones(3), jf.ones(3)),
    jf.addmm(jf.zeros(2), x, jf.t(y), alpha=2),
    jf.einsum("ij,kj->ik", x, y),
    jf.outer(jf.ones(2), jf.ones(3)),
    jf.det(jf.eye(3)),
    jf.inverse(jf.eye(3)),
    jf.cholesky(jf.eye(3)),
    jf.svd(x).S,
    jf.trace(jf.eye(3)),
    jf.nn.functional.linear(x, y),
    jf.nn.functional.mse_loss(x, y, reduction="sum"),
]
v = jf.Variable(x)


def of_squares(v: jax.Array) -> jax.Array:
    return jf.sum(jf.square(v))


gradients = jf.autograd.grad(of_squares, (v,))
is_float: bool = jf.is_floating_point(x)
cast: jax.Array = jf.to(x, jf.float16)
