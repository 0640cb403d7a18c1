"""Ports made of several steps, as people write them: blocks, losses, kernels; and the mistakes made in them."""

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import torch
from jax import lax
from jax.scipy import special

F = torch.nn.functional
nn = jax.nn

Sides = tuple[Callable[..., Any], Callable[..., Any]]


def attention(q: Any, k: Any, v: Any, scale: float = 0.5) -> jax.Array:
    return nn.softmax(q @ k.swapaxes(-1, -2) / q.shape[-1] ** scale, -1) @ v


def torch_attention(q: Any, k: Any, v: Any) -> torch.Tensor:
    return torch.softmax(q @ k.mT / q.shape[-1] ** 0.5, -1) @ v


def causal_attention(x: Any, fill: float = -jnp.inf) -> jax.Array:
    scores = x @ x.T / x.shape[-1] ** 0.5
    kept = jnp.tril(jnp.ones(scores.shape, bool))
    return nn.softmax(jnp.where(kept, scores, fill), -1) @ x


def torch_causal_attention(x: Any) -> torch.Tensor:
    scores = x @ x.T / x.shape[-1] ** 0.5
    return torch.softmax(scores.masked_fill(torch.ones_like(scores).tril() == 0, -torch.inf), -1) @ x


def norm(x: Any, eps: float = 1e-5) -> jax.Array:
    off = x - x.mean(-1, keepdims=True)
    return off * lax.rsqrt((off**2).mean(-1, keepdims=True) + eps)


def torch_norm(x: Any) -> torch.Tensor:
    return F.layer_norm(x, x.shape[-1:])


def unit(x: Any) -> Any:
    """Rows of length 1; the same for both sides."""
    return x / ((x * x).sum(-1) + 1e-6)[..., None] ** 0.5


def contrastive(x: Any, y: Any, temperature: float = 0.1) -> jax.Array:
    scores = unit(x) @ unit(y).T / temperature
    return -jnp.diagonal(nn.log_softmax(scores, -1)).mean()


def torch_contrastive(x: Any, y: Any) -> torch.Tensor:
    scores = unit(x) @ unit(y).T / 0.1
    return F.cross_entropy(scores, torch.arange(len(x)))


def kernel(x: Any, y: Any) -> jax.Array:
    return jnp.exp(-((x[:, None] - y[None]) ** 2).sum(-1) / 2)


def torch_kernel(x: Any, y: Any) -> torch.Tensor:
    return torch.exp(-((x[:, None] - y[None]) ** 2).sum(-1) / 2)


def gaussian_loss(mean: Any, spread: Any, least: float = 1e-3) -> jax.Array:
    variance = nn.softplus(spread) + least
    return (0.5 * (jnp.log(variance) + mean * mean / variance)).mean()


def torch_gaussian_loss(mean: Any, spread: Any) -> torch.Tensor:
    variance = torch.logaddexp(spread, torch.zeros_like(spread)) + 1e-3
    return (0.5 * (torch.log(variance) + mean * mean / variance)).mean()


def focal(x: Any, y: Any, gamma: int = 2) -> jax.Array:
    return (nn.sigmoid(-x) ** gamma * nn.softplus(-x) * y).mean()


def torch_focal(x: Any, y: Any) -> torch.Tensor:
    return (-(torch.sigmoid(-x) ** 2) * F.logsigmoid(x) * y).mean()


def recurrent_cell(x: Any, h: Any) -> jax.Array:
    z = nn.sigmoid(x + 0.5 * h)
    return (1 - z) * jnp.tanh(x - h) + z * h


def torch_recurrent_cell(x: Any, h: Any) -> torch.Tensor:
    z = torch.sigmoid(x + 0.5 * h)
    return (1 - z) * torch.tanh(x - h) + z * h


def memory_cell(x: Any, c: Any) -> jax.Array:
    kept = nn.sigmoid(x) * c + nn.sigmoid(-x) * jnp.tanh(x)
    return nn.sigmoid(c) * jnp.tanh(kept)


def torch_memory_cell(x: Any, c: Any) -> torch.Tensor:
    kept = torch.sigmoid(x) * c + torch.sigmoid(-x) * torch.tanh(x)
    return torch.sigmoid(c) * torch.tanh(kept)


# of one tensor, as a matrix of its rows
OF_ONE: dict[str, Sides] = {
    "attention to itself": (lambda x: attention(x, x, x), lambda x: torch_attention(x, x, x)),
    "causal attention": (causal_attention, torch_causal_attention),
    "softmax entropy": (
        lambda x: -(nn.softmax(x, -1) * nn.log_softmax(x, -1)).sum(-1),
        lambda x: -(torch.softmax(x, -1) * torch.log_softmax(x, -1)).sum(-1),
    ),
    "softmax at a temperature": (lambda x: nn.softmax(x / 0.7, -1), lambda x: torch.softmax(x / 0.7, -1)),
    "log of a softmax and a little": (
        lambda x: jnp.log(nn.softmax(x, -1) + 1e-6),
        lambda x: torch.log(torch.softmax(x, -1) + 1e-6),
    ),
    "softmax of products": (
        lambda x: nn.softmax(jnp.tanh(x) @ x.T, -1),
        lambda x: torch.softmax(torch.tanh(x) @ x.T, -1),
    ),
    "layer norm, then softmax": (lambda x: nn.softmax(norm(x), -1), lambda x: torch.softmax(torch_norm(x), -1)),
    "layer norm, then gelu": (
        lambda x: nn.gelu(norm(x)),
        lambda x: F.gelu(torch_norm(x), approximate="tanh"),
    ),
    "layer norm of a residual": (lambda x: norm(x + jnp.tanh(x)), lambda x: torch_norm(x + torch.tanh(x))),
    "tanh of a sum of squares": (lambda x: jnp.tanh((x * x).sum(-1)), lambda x: torch.tanh((x * x).sum(-1))),
    "gram matrix squared": (lambda x: (x @ x.T) @ (x @ x.T), lambda x: (x @ x.T) @ (x @ x.T)),
    "mish, by its formula": (lambda x: x * jnp.tanh(nn.softplus(x)), F.mish),
    "cumulative softmax": (
        lambda x: jnp.cumsum(nn.softmax(x, -1), -1),
        lambda x: torch.cumsum(torch.softmax(x, -1), -1),
    ),
    "waves, concatenated": (
        lambda x: jnp.concatenate([jnp.sin(x), jnp.cos(x)], -1) @ jnp.concatenate([x, x], -1).T,
        lambda x: torch.cat([torch.sin(x), torch.cos(x)], -1) @ torch.cat([x, x], -1).T,
    ),
    "sum of the rows' logsumexp": (
        lambda x: special.logsumexp(x, -1).sum(),
        lambda x: torch.logsumexp(x, -1).sum(),
    ),
    "root mean square, then sigmoid": (
        lambda x: nn.sigmoid(x * lax.rsqrt((x * x).mean(-1, keepdims=True) + 1e-6)),
        lambda x: torch.sigmoid(F.rms_norm(x, x.shape[-1:], eps=1e-6)),
    ),
    "mean square off the mean": (
        lambda x: ((x - x.mean(-1, keepdims=True)) ** 2).mean(-1),
        lambda x: torch.var(x, -1, correction=0),
    ),
    "squash": (
        lambda x: (x * x).sum(-1, keepdims=True) / (1 + (x * x).sum(-1, keepdims=True)) * unit(x),
        lambda x: (x * x).sum(-1, keepdim=True) / (1 + (x * x).sum(-1, keepdim=True)) * unit(x),
    ),
}

# of two tensors of one shape, as matrices
OF_TWO: dict[str, Sides] = {
    "attention": (lambda x, y: attention(x, y, y), lambda x, y: torch_attention(x, y, y)),
    "two layers": (lambda x, y: jnp.tanh(x @ y.T) @ y, lambda x, y: torch.tanh(x @ y.T) @ y),
    "two layers of gelu": (
        lambda x, y: nn.gelu(x @ y.T) @ y,
        lambda x, y: F.gelu(x @ y.T, approximate="tanh") @ y,
    ),
    "gate of products": (lambda x, y: nn.sigmoid(x @ y.T) @ y, lambda x, y: torch.sigmoid(x @ y.T) @ y),
    "gated linear unit": (lambda x, y: nn.silu(x) * y, lambda x, y: F.silu(x) * y),
    "block with a residual": (
        lambda x, y: x + jnp.tanh(norm(x) @ y.T) @ y,
        lambda x, y: x + torch.tanh(torch_norm(x) @ y.T) @ y,
    ),
    "log-sigmoid of products": (lambda x, y: nn.log_sigmoid(x @ y.T), lambda x, y: F.logsigmoid(x @ y.T)),
    "cross-entropy, soft targets": (
        lambda x, y: -(nn.softmax(y, -1) * nn.log_softmax(x, -1)).sum(-1).mean(),
        lambda x, y: F.cross_entropy(x, torch.softmax(y, -1)),
    ),
    "divergence of softmaxes": (
        lambda x, y: (nn.softmax(y, -1) * (nn.log_softmax(y, -1) - nn.log_softmax(x, -1))).sum(-1).mean(),
        lambda x, y: F.kl_div(
            torch.log_softmax(x, -1), torch.log_softmax(y, -1), reduction="batchmean", log_target=True
        ),
    ),
    "contrastive loss": (contrastive, torch_contrastive),
    "cosine similarity": (lambda x, y: (unit(x) * unit(y)).sum(-1), lambda x, y: (unit(x) * unit(y)).sum(-1)),
    "gaussian kernel": (kernel, torch_kernel),
    "gaussian loss": (gaussian_loss, torch_gaussian_loss),
    "focal loss": (focal, torch_focal),
    "logistic loss": (lambda x, y: nn.softplus(-x * y).mean(), lambda x, y: -F.logsigmoid(x * y).mean()),
    "recurrent cell": (recurrent_cell, torch_recurrent_cell),
    "memory cell": (memory_cell, torch_memory_cell),
    "squared error of a fit": (
        lambda x, y: ((x * x - 2 * x + 0.5 - y) ** 2).mean(),
        lambda x, y: F.mse_loss(x * x - 2 * x + 0.5, y),
    ),
    "quadratic form": (lambda x, y: ((x @ y.T) @ x).sum(-1), lambda x, y: ((x @ y.T) @ x).sum(-1)),
    "softmax of a sum, weighted": (
        lambda x, y: (nn.softmax(x + y, -1) * y).sum(-1),
        lambda x, y: (torch.softmax(x + y, -1) * y).sum(-1),
    ),
    "poisson loss of products": (
        lambda x, y: (jnp.exp(jnp.tanh(x @ y.T)) - x @ y.T).mean(),
        lambda x, y: (torch.exp(torch.tanh(x @ y.T)) - x @ y.T).mean(),
    ),
}

MISTAKES_OF_ONE: dict[str, Sides] = {
    "attention, not scaled": (lambda x: attention(x, x, x, 0.0), lambda x: torch_attention(x, x, x)),
    "attention, scaled by the width": (lambda x: attention(x, x, x, 1.0), lambda x: torch_attention(x, x, x)),
    "causal attention, masked by -1": (lambda x: causal_attention(x, -1.0), torch_causal_attention),
    "layer norm, then gelu by erf": (
        lambda x: nn.gelu(norm(x), approximate=False),
        lambda x: F.gelu(torch_norm(x), approximate="tanh"),
    ),
    "residual norm, eps 1e-6": (lambda x: norm(x + jnp.tanh(x), 1e-6), lambda x: torch_norm(x + torch.tanh(x))),
    "entropy, naive": (
        lambda x: -(nn.softmax(x, -1) * jnp.log(nn.softmax(x, -1))).sum(-1),
        lambda x: -(torch.softmax(x, -1) * torch.log_softmax(x, -1)).sum(-1),
    ),
    "softmax at 0.701": (lambda x: nn.softmax(x / 0.701, -1), lambda x: torch.softmax(x / 0.7, -1)),
    "softmax of products, the other way": (
        lambda x: nn.softmax(jnp.tanh(x) @ x.T, 0),
        lambda x: torch.softmax(torch.tanh(x) @ x.T, -1),
    ),
    "norm that passes no gradient to its scale": (
        lambda x: (x - x.mean(-1, keepdims=True)) * lax.stop_gradient(norm(x) / (x - x.mean(-1, keepdims=True) + 1e-9)),
        torch_norm,
    ),
}

MISTAKES_OF_TWO: dict[str, Sides] = {
    "attention, keys for values": (lambda x, y: attention(x, y, x), lambda x, y: torch_attention(x, y, y)),
    "two layers, gelu by erf": (
        lambda x, y: nn.gelu(x @ y.T, approximate=False) @ y,
        lambda x, y: F.gelu(x @ y.T, approximate="tanh") @ y,
    ),
    "cross-entropy, naive": (
        lambda x, y: -(nn.softmax(y, -1) * jnp.log(nn.softmax(x, -1))).sum(-1).mean(),
        lambda x, y: F.cross_entropy(x, torch.softmax(y, -1)),
    ),
    "cross-entropy, averaged over all": (
        lambda x, y: -(nn.softmax(y, -1) * nn.log_softmax(x, -1)).mean(),
        lambda x, y: F.cross_entropy(x, torch.softmax(y, -1)),
    ),
    "divergence, targets stopped": (
        lambda x, y: (
            (lax.stop_gradient(nn.softmax(y, -1)) * (nn.log_softmax(y, -1) - nn.log_softmax(x, -1))).sum(-1).mean()
        ),
        lambda x, y: F.kl_div(
            torch.log_softmax(x, -1), torch.log_softmax(y, -1), reduction="batchmean", log_target=True
        ),
    ),
    "contrastive loss, temperature 0.101": (lambda x, y: contrastive(x, y, 0.101), torch_contrastive),
    "gaussian loss, least variance 1e-4": (lambda x, y: gaussian_loss(x, y, 1e-4), torch_gaussian_loss),
    "focal loss, gamma 1": (lambda x, y: focal(x, y, 1), torch_focal),
    "logistic loss, naive": (
        lambda x, y: jnp.log(1 + jnp.exp(-x * y)).mean(),
        lambda x, y: -F.logsigmoid(x * y).mean(),
    ),
    "recurrent cell, gates swapped": (
        lambda x, h: (lambda z: z * jnp.tanh(x - h) + (1 - z) * h)(nn.sigmoid(x + 0.5 * h)),
        torch_recurrent_cell,
    ),
}
