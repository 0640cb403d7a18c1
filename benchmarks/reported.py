"""Ports as public bug reports and layers, losses and optimisers of other libraries have them, right and wrong."""

from collections.abc import Callable
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
import optax
import torch
from compositions import attention
from jax import lax

from jaxfun import parity

F = torch.nn.functional
nn = jax.nn

TOKENS = np.array([[0, 1, 2], [3, 4, 0]])
LABELS = np.array([0, 4, 2])
SOME_LABELS = np.array([0, -100, 2, 4])
MEAN, VARIANCE = np.float32([0.5, -2, 0]), np.float32([1, 0.25, 4])
CAUSAL = np.tril(np.ones((4, 4), bool))
KEPT = np.array([[True, False, True, True], [False] * 4, [True] * 4])


class Reported(NamedTuple):
    """A candidate, its reference and the shapes of its arguments: sizes, names of sizes, or an array that is given.

    `finite`: what NaN or an infinity gives is not compared, for the two multiply it by 0 in different places.
    """

    candidate: Callable[..., Any]
    reference: Callable[..., Any]
    shapes: tuple[Any, ...]
    finite: bool = False

    @property
    def inputs(self) -> tuple[Any, ...]:
        """What `check` is given beside the two functions."""
        return tuple(
            item if isinstance(item, np.ndarray) else parity.tensors(shape=item, finite=self.finite)
            for item in self.shapes
        )


def cross_entropy(x: Any, labels: Any) -> Any:
    return -jnp.take_along_axis(nn.log_softmax(x), labels[:, None], -1)[:, 0]


def torch_cross_entropy(x: Any, labels: Any) -> Any:
    return F.cross_entropy(x, labels, reduction="none")


def masked_cross_entropy(x: Any, labels: Any) -> Any:
    kept = labels != -100
    losses = jnp.where(kept, cross_entropy(x, jnp.where(kept, labels, 0)), 0)
    return losses.sum() / kept.sum()


def smoothed(x: Any, labels: Any, others: int = 5) -> Any:
    logarithms = nn.log_softmax(x)
    return 0.9 * cross_entropy(x, labels) - 0.1 * logarithms.sum(-1) / others


def masked_attention(q: Any, k: Any, v: Any, fill: float = -jnp.inf) -> Any:
    scores = q @ k.mT / q.shape[-1] ** 0.5
    return nn.softmax(jnp.where(CAUSAL, scores, fill), -1) @ v


def torch_masked_attention(q: Any, k: Any, v: Any) -> Any:
    return F.scaled_dot_product_attention(q, k, v, is_causal=True)


def rms_norm(eps: float) -> Callable[[Any], Any]:
    return lambda x: x * lax.rsqrt(jnp.mean(x * x, -1, keepdims=True) + eps)


def group_norm(x: Any, groups: int = 2) -> Any:
    grouped = x.reshape(x.shape[0], groups, -1)
    off = grouped - grouped.mean(-1, keepdims=True)
    return (off * lax.rsqrt((off * off).mean(-1, keepdims=True) + 1e-5)).reshape(x.shape)


def batch_norm(x: Any) -> Any:
    return (x - MEAN) * lax.rsqrt(VARIANCE + 1e-5)


def torch_batch_norm(x: Any) -> Any:
    return F.batch_norm(x, *(torch.from_numpy(item).to(x.dtype) for item in (MEAN, VARIANCE)))


def convolved(x: Any, kernel: Any, padding: str = "VALID") -> Any:
    return lax.conv(x, kernel, (1, 1), padding)


def average_pool(x: Any, counted: bool) -> Any:
    def window(values: Any) -> Any:
        return lax.reduce_window(values, 0.0, lax.add, (1, 1, 3, 3), (1, 1, 2, 2), ((0, 0), (0, 0), (1, 1), (1, 1)))

    return window(x) / (9 if counted else window(jnp.ones_like(x)))


def gated_cell(x: Any, h: Any, weight: Any, is_reset_after: bool = True) -> Any:
    width = h.shape[-1]
    ours, theirs = jnp.split(x @ weight.T, 3, -1), h @ weight[:, :width].T
    reset, update = (nn.sigmoid(a + b) for a, b in zip(ours[:2], jnp.split(theirs, 3, -1)[:2], strict=True))
    hidden = reset * theirs[..., 2 * width :] if is_reset_after else (reset * h) @ weight[2 * width :].T
    new = jnp.tanh(ours[2] + hidden)
    return (1 - update) * new + update * h


def torch_gated_cell(x: Any, h: Any, weight: Any) -> Any:
    return torch.gru_cell(x, h, weight, weight)


def cosine(x: Any, y: Any, eps: float) -> Any:
    lengths = (jnp.maximum(jnp.sqrt((value * value).sum(-1)), eps) for value in (x, y))
    return (x * y).sum(-1) / next(lengths) / next(lengths)


def step_of(optimiser: optax.GradientTransformation) -> Callable[..., Any]:
    def step(parameters: Any, gradients: Any) -> Any:
        state = optimiser.init(parameters)
        updates, state = optimiser.update(gradients, state, parameters)
        first = optax.apply_updates(parameters, updates)
        updates, _ = optimiser.update(2 * gradients, state, first)
        return optax.apply_updates(first, updates)

    return step


def torch_step_of(optimiser: Callable[..., torch.optim.Optimizer]) -> Callable[..., Any]:
    def step(parameters: Any, gradients: Any) -> Any:
        moved = torch.nn.Parameter(parameters.detach().clone())
        run = optimiser([moved])
        for scale in (1, 2):
            moved.grad = scale * gradients.detach()
            run.step()
        return moved.detach()

    return step


def torch_adam(moved: Any) -> torch.optim.Optimizer:
    return torch.optim.Adam(moved, lr=1e-2)


def torch_adam_with_decay(moved: Any) -> torch.optim.Optimizer:
    return torch.optim.AdamW(moved, lr=1e-2, weight_decay=0.1)


IMAGES, KERNELS = (2, 3, 6, 6), (4, 3, 3, 3)
HEADS = ("b h l d", "b h l d", "b h l d")
SQUARE_HEADS = ((2, 4, 3),) * 3
MATRICES = ((3, 4), (3, 4))

# the name says what is wrong
WRONG: dict[str, Reported] = {
    "embedding, its padding learns": Reported(
        lambda w, i: w[i], lambda w, i: F.embedding(i, w, padding_idx=0), ((7, 3), TOKENS)
    ),
    "embedding, its first row read as zeros": Reported(
        lambda w, i: w[i] * (i > 0)[..., None], lambda w, i: F.embedding(i, w), ((7, 3), TOKENS)
    ),
    "mean by the size of another dimension": Reported(
        lambda x: x.sum(-1) / x.shape[-2], lambda x: x.mean(-1), ("n c h w",)
    ),
    "cross-entropy by a product with one-hot labels": Reported(
        lambda x: -(nn.one_hot(LABELS, 5) * nn.log_softmax(x)).sum(-1),
        lambda x: torch_cross_entropy(x, torch.from_numpy(LABELS)),
        ((3, 5),),
    ),
    "cross-entropy, ignored labels averaged too": Reported(
        lambda x: masked_cross_entropy(x, SOME_LABELS) * (SOME_LABELS >= 0).mean(),
        lambda x: F.cross_entropy(x, torch.from_numpy(SOME_LABELS)),
        ((4, 5),),
    ),
    "label smoothing over the other classes": Reported(
        lambda x: smoothed(x, LABELS, 4),
        lambda x: F.cross_entropy(x, torch.from_numpy(LABELS), reduction="none", label_smoothing=0.1),
        ((3, 5),),
    ),
    "batch norm that stops the gradient": Reported(
        lambda x: lax.stop_gradient(batch_norm(x)), torch_batch_norm, ("b 3",)
    ),
    "batch norm, eps beside the root": Reported(
        lambda x: (x - MEAN) / (jnp.sqrt(VARIANCE) + 1e-5), torch_batch_norm, ("b 3",)
    ),
    "RMS norm, eps 1e-6 for the dtype's own": Reported(rms_norm(1e-6), lambda x: F.rms_norm(x, (4,)), ((3, 4),)),
    "group norm over neighbours that are no groups": Reported(
        lambda x: group_norm(x.swapaxes(1, 2)).swapaxes(1, 2), lambda x: F.group_norm(x, 2), ((2, 4, 6),)
    ),
    "attention of heads, not scaled": Reported(
        lambda q, k, v: attention(q, k, v, 0.0), F.scaled_dot_product_attention, HEADS
    ),
    "attention masked by -1e4": Reported(
        lambda *xs: masked_attention(*xs, fill=-1e4), torch_masked_attention, SQUARE_HEADS
    ),
    "masked rows that are all hidden": Reported(
        lambda x: nn.softmax(jnp.where(KEPT, x, -1e9), -1),
        lambda x: torch.softmax(x.masked_fill(~torch.from_numpy(KEPT), -torch.inf), -1),
        ((3, 4),),
    ),
    "convolution with the kernel turned": Reported(
        lambda x, w: convolved(x, w[..., ::-1, ::-1]), F.conv2d, (IMAGES, KERNELS)
    ),
    "average pool without its border": Reported(
        lambda x: average_pool(x, False), lambda x: F.avg_pool2d(x, 3, 2, 1), (IMAGES,)
    ),
    "bilinear, its corners not aligned": Reported(
        lambda x: jax.image.resize(x, (2, 3, 12, 12), "bilinear"),
        lambda x: F.interpolate(x, scale_factor=2, mode="bilinear", align_corners=True),
        (IMAGES,),
    ),
    "gated cell that resets before the product": Reported(
        lambda *xs: gated_cell(*xs, is_reset_after=False), torch_gated_cell, ((2, 3), (2, 3), (9, 3))
    ),
    "cosine similarity, eps 1e-3": Reported(
        lambda x, y: cosine(x, y, 1e-3), lambda x, y: F.cosine_similarity(x, y, -1), MATRICES
    ),
    "rows normalised with eps added": Reported(
        lambda x: x / (jnp.sqrt((x * x).sum(-1, keepdims=True)) + 1e-12), lambda x: F.normalize(x, dim=-1), ((3, 4),)
    ),
    "divergence averaged over all": Reported(
        lambda x, y: (jnp.exp(y) * (y - x)).mean(),
        lambda x, y: F.kl_div(x, y, reduction="batchmean", log_target=True),
        MATRICES,
    ),
    "AdamW without its decay": Reported(step_of(optax.adam(1e-2)), torch_step_of(torch_adam_with_decay), MATRICES),
    "RMSprop, eps in the root": Reported(
        step_of(optax.rmsprop(1e-2, decay=0.99, eps=1e-8)),
        torch_step_of(lambda moved: torch.optim.RMSprop(moved, lr=1e-2)),
        MATRICES,
    ),
    "momentum that is Nesterov's": Reported(
        step_of(optax.sgd(1e-2, momentum=0.9, nesterov=True)),
        torch_step_of(lambda moved: torch.optim.SGD(moved, lr=1e-2, momentum=0.9)),
        MATRICES,
    ),
    "another branch above 2": Reported(lambda x: x * 1.00001 + jnp.where(x > 2, 5.0, 0.0), lambda x: x * 1, ("n",)),
    "the last of equal numbers": Reported(
        lambda x: x.shape[-1] - 1 - jnp.argmax(x[..., ::-1], -1), lambda x: torch.argmax(x, -1), ((3, 5),)
    ),
    "leaky relu, its slope at 0": Reported(lambda x: jnp.where(x >= 0, x, 0.01 * x), F.leaky_relu, ("b n",)),
    "variance of all for that of a sample": Reported(lambda x: jnp.var(x, -1), lambda x: torch.var(x, -1), ((3, 4),)),
    "positive weight of a loss on both terms": Reported(
        lambda x, y: (3 * (nn.softplus(x) - x * nn.sigmoid(y))).mean(),
        lambda x, y: F.binary_cross_entropy_with_logits(x, torch.sigmoid(y), pos_weight=torch.tensor(3.0)),
        MATRICES,
    ),
}

RIGHT: dict[str, Reported] = {
    "embedding": Reported(lambda w, i: w[i], lambda w, i: F.embedding(i, w), ((7, 3), TOKENS)),
    "cross-entropy of labels": Reported(
        lambda x: cross_entropy(x, LABELS), lambda x: torch_cross_entropy(x, torch.from_numpy(LABELS)), ((3, 5),)
    ),
    "cross-entropy, some labels ignored": Reported(
        lambda x: masked_cross_entropy(x, SOME_LABELS),
        lambda x: F.cross_entropy(x, torch.from_numpy(SOME_LABELS)),
        ((4, 5),),
    ),
    "label smoothing": Reported(
        lambda x: smoothed(x, LABELS),
        lambda x: F.cross_entropy(x, torch.from_numpy(LABELS), reduction="none", label_smoothing=0.1),
        ((3, 5),),
    ),
    "batch norm with its statistics": Reported(batch_norm, torch_batch_norm, ("b 3",)),
    "RMS norm, the dtype's own eps": Reported(rms_norm(2.0**-23), lambda x: F.rms_norm(x, (4,)), ((3, 4),)),
    "group norm": Reported(group_norm, lambda x: F.group_norm(x, 2), ((2, 4, 6),)),
    "attention of heads": Reported(attention, F.scaled_dot_product_attention, HEADS, finite=True),
    "convolution": Reported(convolved, F.conv2d, (IMAGES, KERNELS)),
    "average pool": Reported(lambda x: average_pool(x, True), lambda x: F.avg_pool2d(x, 3, 2, 1), (IMAGES,)),
    "bilinear": Reported(
        lambda x: jax.image.resize(x, (2, 3, 12, 12), "bilinear"),
        lambda x: F.interpolate(x, scale_factor=2, mode="bilinear"),
        (IMAGES,),
        finite=True,
    ),
    "gated cell": Reported(gated_cell, torch_gated_cell, ((2, 3), (2, 3), (9, 3))),
    "Adam": Reported(step_of(optax.adam(1e-2)), torch_step_of(torch_adam), MATRICES),
    "AdamW": Reported(
        step_of(optax.adamw(1e-2, weight_decay=0.1)), torch_step_of(torch_adam_with_decay), MATRICES, finite=True
    ),
    "momentum": Reported(
        step_of(optax.sgd(1e-2, momentum=0.9)),
        torch_step_of(lambda moved: torch.optim.SGD(moved, lr=1e-2, momentum=0.9)),
        MATRICES,
    ),
    "relu": Reported(nn.relu, F.relu, ("b n",)),
    "two layers of relu": Reported(
        lambda x, w, v: nn.relu(x @ w) @ v, lambda x, w, v: F.relu(x @ w) @ v, ("b n", "n m", "m k")
    ),
    "divergence of distributions": Reported(
        lambda x, y: (jnp.exp(y) * (y - x)).sum() / x.shape[0],
        lambda x, y: F.kl_div(x, y, reduction="batchmean", log_target=True),
        MATRICES,
    ),
    "variance of a sample": Reported(lambda x: jnp.var(x, -1, ddof=1), lambda x: torch.var(x, -1), ((3, 4),)),
}
