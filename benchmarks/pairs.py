"""Ports and what they port: pairs that differ the way real ports do, and pairs that agree."""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from typing import Any, NamedTuple
from unittest import mock

import jax
import jax.numpy as jnp
import torch
from compositions import MISTAKES_OF_ONE, MISTAKES_OF_TWO, OF_ONE, OF_TWO, Sides
from jax import Array, lax
from jax.scipy import special
from jaxtyping import Complex
from reported import RIGHT, WRONG, Reported

from jaxfun import parity
from jaxfun.parity.search.shrink import Shrinker

F = torch.nn.functional


class Pair(NamedTuple):
    """A candidate and its reference, and what both take.

    `tensors` of one shape (0 where the candidate's annotations say it) of so many dimensions, or arguments of `shapes`:
    sizes, names of sizes, or an array that is given. `finite`: without NaN and infinity.
    """

    candidate: Callable[..., Any]
    reference: Callable[..., Any]
    tensors: int = 1
    ranks: tuple[int, int] = (1, 2)
    shapes: tuple[Any, ...] = ()
    finite: bool = False

    @property
    def inputs(self) -> tuple[Any, ...]:
        """What `check` is given beside the two functions: nothing for one tensor."""
        if self.shapes:
            return Reported(self.candidate, self.reference, self.shapes, self.finite).inputs
        return () if self.tensors < 2 else (parity.tensors(self.tensors, same_shape=True),)


def unshrunk() -> AbstractContextManager[Any]:
    """Leave what is found as it is found: shrinking says how a difference is shown, not whether it is found."""
    return mock.patch.object(Shrinker, "shrunk", lambda self, sides, found: (sides, found))


def composed(of_one: Mapping[str, Sides], of_two: Mapping[str, Sides]) -> dict[str, Pair]:
    """Pairs of functions of matrices."""
    named = [(name, sides, tensors) for tensors, some in enumerate((of_one, of_two), 1) for name, sides in some.items()]
    return {
        name: Pair(*sides, tensors, ranks=(2, 2), shapes=_OF_MATRICES.get(name, ())) for name, sides, tensors in named
    }


# of a vector, or of more dimensions, PyTorch's are other functions: these pairs are there as ones that differ, too
_OF_MATRICES = {"divergence of softmaxes": ("n c", "n c"), "cross-entropy, soft targets": ("n c", "n c")}


def as_pairs(reported: Mapping[str, Reported]) -> dict[str, Pair]:
    return {
        name: Pair(item.candidate, item.reference, shapes=item.shapes, finite=item.finite)
        for name, item in reported.items()
    }


def complex_product(x: Complex[Array, "n"], y: Complex[Array, "n"]) -> Any:  # noqa: F821  (jaxtyping)
    return x * y


@jax.custom_vjp
def holomorphic_twice(x: Complex[Array, "n"]) -> Any:  # noqa: F821  (jaxtyping)
    return x * x


holomorphic_twice.defvjp(lambda x: (x * x, x), lambda x, cotangent: (2 * jnp.conj(x) * cotangent,))


@jax.custom_jvp
def stopped_second(x: jax.Array) -> jax.Array:
    return x * x * x


@stopped_second.defjvp
def _(primals: Any, tangents: Any) -> Any:
    return stopped_second(primals[0]), 3 * lax.stop_gradient(primals[0]) ** 2 * tangents[0]


def straight_through(x: jax.Array) -> jax.Array:
    return x + lax.stop_gradient(jnp.round(x) - x)


def layer_norm(x: Any, eps: float = 1e-5) -> jax.Array:
    mean = x.mean(-1, keepdims=True)
    return (x - mean) / jnp.sqrt(((x - mean) ** 2).mean(-1, keepdims=True) + eps)


def torch_layer_norm(x: torch.Tensor) -> torch.Tensor:
    return F.layer_norm(x, x.shape[-1:])


# a port and its reference that differ: the name says how
DIFFERENT: dict[str, Pair] = {
    # at a kink or a tie
    "abs at 0": Pair(jnp.abs, torch.abs),
    "relu as maximum": Pair(lambda x: jnp.maximum(x, 0), torch.relu),
    "clip at its bounds": Pair(lambda x: jnp.clip(x, -1, 1), lambda x: torch.clamp(x, -1, 1)),
    "clip at a bound of 3": Pair(lambda x: jnp.minimum(x, 3.0), lambda x: torch.clamp(x, max=3.0)),
    "maximum by where": Pair(lambda x, y: jnp.where(x > y, x, y), torch.maximum, 2),
    "minimum by where": Pair(lambda x, y: jnp.where(x <= y, x, y), torch.minimum, 2),
    "max over a dimension": Pair(lambda x: jnp.max(x, -1), lambda x: torch.max(x, -1).values),
    "amax by the first": Pair(
        lambda x: jnp.take_along_axis(x, jnp.argmax(x, -1, keepdims=True), -1)[..., 0],
        lambda x: torch.amax(x, -1),
    ),
    "leaky relu at 0": Pair(lambda x: jnp.maximum(x, 0.01 * x), F.leaky_relu),
    "hard tanh at its bounds": Pair(lambda x: jnp.clip(x, -1.0, 1.0), F.hardtanh),
    "l1 loss at equal inputs": Pair(lambda x, y: jnp.mean(jnp.abs(x - y)), F.l1_loss, 2),
    "norm at 0": Pair(lambda x: jnp.sqrt(jnp.sum(x * x)), torch.linalg.vector_norm),
    "sign through": Pair(straight_through, torch.round),
    "square root of a square": Pair(lambda x: jnp.sqrt(x * x), torch.abs),
    "hinge at 1": Pair(lambda x: jnp.maximum(1 - x, 0).mean(), lambda x: torch.clamp(1 - x, min=0).mean()),
    # a default
    "gelu, approximate": Pair(jax.nn.gelu, F.gelu),
    "std without correction": Pair(jnp.std, torch.std),
    "var without correction": Pair(jnp.var, torch.var),
    "median of an even count": Pair(lambda x: jnp.median(x, -1), lambda x: torch.median(x, -1).values),
    "layer norm, eps 1e-6": Pair(lambda x: layer_norm(x, 1e-6), torch_layer_norm),
    "layer norm, no eps": Pair(lambda x: layer_norm(x, 0.0), torch_layer_norm),
    "leaky relu, slope 0.2": Pair(lambda x: jax.nn.leaky_relu(x, 0.2), F.leaky_relu),
    "elu, alpha 0.5": Pair(lambda x: jax.nn.elu(x, 0.5), F.elu),
    "mse, summed": Pair(lambda x, y: jnp.sum((x - y) ** 2), F.mse_loss, 2),
    "softmax over the first": Pair(lambda x: jax.nn.softmax(x, 0), lambda x: torch.softmax(x, -1)),
    "huber, delta 2": Pair(
        lambda x, y: jnp.mean(jnp.where(jnp.abs(x - y) < 2, 0.5 * (x - y) ** 2, 2 * (jnp.abs(x - y) - 1))),
        F.huber_loss,
        2,
    ),
    "celu for elu": Pair(lambda x: jax.nn.celu(x, 2.0), F.elu),
    # a naive formula
    "softmax, not shifted": Pair(
        lambda x: jnp.exp(x) / jnp.exp(x).sum(-1, keepdims=True), lambda x: torch.softmax(x, -1)
    ),
    "logsumexp, not shifted": Pair(lambda x: jnp.log(jnp.exp(x).sum(-1)), lambda x: torch.logsumexp(x, -1)),
    "softplus, naive": Pair(lambda x: jnp.log(1 + jnp.exp(x)), F.softplus),
    "log-sigmoid, naive": Pair(lambda x: jnp.log(1 / (1 + jnp.exp(-x))), F.logsigmoid),
    "sigmoid, naive": Pair(lambda x: jnp.exp(x) / (1 + jnp.exp(x)), torch.sigmoid),
    "variance by moments": Pair(lambda x: jnp.mean(x * x) - jnp.mean(x) ** 2, lambda x: torch.var(x, correction=0)),
    "expm1, naive": Pair(lambda x: jnp.exp(x) - 1, torch.expm1),
    "log1p, naive": Pair(lambda x: jnp.log(1 + x), torch.log1p),
    "tanh, naive": Pair(lambda x: (jnp.exp(2 * x) - 1) / (jnp.exp(2 * x) + 1), torch.tanh),
    "bce with logits, naive": Pair(
        lambda x, y: -jnp.mean(y * jnp.log(jax.nn.sigmoid(x)) + (1 - y) * jnp.log(1 - jax.nn.sigmoid(x))),
        F.binary_cross_entropy_with_logits,
        2,
    ),
    # NaN and infinity
    "NaN dropped by nansum": Pair(jnp.nansum, torch.sum),
    "NaN dropped by where": Pair(lambda x: jnp.where(x > 0, x, 0.0), torch.relu),
    # XLA's compiler for the CPU does it, from some 32 elements on, in the plain call as well
    "NaN dropped by a maximum of many": Pair(jnp.max, torch.amax),
    "NaN dropped by a minimum of many": Pair(jnp.min, torch.amin),
    "NaN dropped by fmax": Pair(jnp.fmax, torch.maximum, 2),
    "sign of NaN": Pair(jnp.sign, torch.sign),
    # a port that is wrong on purpose: it must be found
    "infinity replaced": Pair(lambda x: jnp.nan_to_num(x, nan=jnp.nan), lambda x: x * 1),
    "where's gradient at NaN": Pair(
        lambda x: jnp.where(x > 0, jnp.sqrt(x), 0.0),
        lambda x: torch.where(x > 0, torch.sqrt(torch.where(x > 0, x, torch.ones_like(x))), 0.0 * x.detach()),
    ),
    # dtype and shape
    "sum in float16": Pair(lambda x: jnp.sum(x.astype(jnp.float16)).astype(x.dtype), torch.sum),
    "argmax as int32": Pair(lambda x: jnp.argmax(x).astype(jnp.int8), torch.argmax),
    "comparison as a float": Pair(lambda x, y: (x > y).astype(x.dtype), torch.gt, 2),
    "keepdim forgotten": Pair(lambda x: jnp.mean(x, -1), lambda x: torch.mean(x, -1, keepdim=True)),
    "flattened": Pair(lambda x: jnp.ravel(x) * 2, lambda x: x * 2),
    # second order
    "second derivative lost": Pair(stopped_second, lambda x: x**3),
    "gradient stopped in a factor": Pair(
        lambda x: x * lax.stop_gradient(x), lambda x: x * x.detach() + 0 * x**2 + (x - x.detach()) ** 2
    ),
    "softsign, second derivative at 0": Pair(jax.nn.soft_sign, F.softsign),
    # constants and scales
    "constant off by 1e-3": Pair(lambda x: jax.nn.sigmoid(1.701 * x) * x, lambda x: torch.sigmoid(1.702 * x) * x),
    "selu, a digit short": Pair(lambda x: 1.0507 * jnp.where(x > 0, x, 1.67326 * jnp.expm1(x)), F.selu),
    "scale wrong by 1e-5": Pair(lambda x: jnp.tanh(x) * 1.00001, torch.tanh),
    "pi to five digits": Pair(lambda x: jnp.sin(3.14159 * x), lambda x: torch.sin(torch.pi * x)),
    # conjugates, order, rounding
    "conjugate missing in a correlation": Pair(
        lambda x: jnp.fft.ifft(jnp.fft.fft(x) * jnp.fft.fft(x)).real if x.size else x,
        lambda x: torch.fft.ifft(torch.fft.fft(x) * torch.fft.fft(x).conj()).real if x.numel() else x,
    ),
    "conjugate missing in a product": Pair(complex_product, lambda x, y: x * y.conj(), 0),
    "gradient not conjugated": Pair(holomorphic_twice, lambda x: x * x, 0),
    "arguments swapped": Pair(jnp.arctan2, lambda x, y: torch.atan2(y, x), 2),
    "rounding halves up": Pair(lambda x: jnp.floor(x + 0.5), torch.round),
    "truncated for floored": Pair(jnp.trunc, torch.floor),
    "fmod for remainder": Pair(jnp.fmod, torch.remainder, 2),
    "rows for columns": Pair(lambda x: jnp.cumsum(x, 0), lambda x: torch.cumsum(x, -1)),
    "sorted descending": Pair(lambda x: -jnp.sort(-x, -1), lambda x: torch.sort(x, -1).values),
    "gradient permuted": Pair(lambda x: x[..., ::-1] * 1.0, lambda x: x * 1.0),
    # matrix products
    "product with the transpose, the wrong way round": Pair(lambda x: x.T @ x, lambda x: x @ x.T),
    "matrix product in float16": Pair(
        lambda x: (x.astype(jnp.float16) @ x.T.astype(jnp.float16)).astype(x.dtype),
        lambda x: x @ x.T,
    ),
    # a branch
    "a wrong branch above 20": Pair(lambda x: jnp.where(x > 20, x + 1e-3, jax.nn.softplus(x)), F.softplus),
    "a wrong branch above 2.5": Pair(lambda x: jnp.where(x > 2.5, x * 1.001, x), lambda x: x * 1),
    "hard swish, off at 3": Pair(lambda x: x * jnp.clip(x + 3, 0, 6) / 6, F.hardswish),
    "smooth l1, the branch at 1": Pair(
        lambda x, y: jnp.mean(jnp.where(jnp.abs(x - y) <= 1, 0.5 * (x - y) ** 2, jnp.abs(x - y) - 0.4)),
        F.smooth_l1_loss,
        2,
    ),
    **composed(MISTAKES_OF_ONE, MISTAKES_OF_TWO),
    **{f"{name}, of any rank": Pair(*OF_TWO[name], 2) for name in _OF_MATRICES},
    **as_pairs(WRONG),
}


def _sign_or_zero(x: jax.Array) -> jax.Array:
    return jnp.where(jnp.isnan(x), 0.0, jnp.sign(x)).astype(x.dtype)


AGREEING: dict[str, Pair] = {
    # but for what ordinary use does not meet
    "relu's gradient at NaN": Pair(jax.nn.relu, torch.relu),
    "relu6's gradient at NaN": Pair(jax.nn.relu6, F.relu6),
    "hypot, naive, whose squares overflow": Pair(lambda x, y: jnp.sqrt(x * x + y * y), torch.hypot, 2),
    "through float32, in float64": Pair(lambda x: jnp.exp(x.astype(jnp.float32)).astype(x.dtype), torch.exp),
    **{
        name: Pair(ours, theirs)
        for name, ours, theirs in (
            ("exp", jnp.exp, torch.exp),
            ("sin", jnp.sin, torch.sin),
            ("cos", jnp.cos, torch.cos),
            ("tanh", jnp.tanh, torch.tanh),
            ("atan", jnp.arctan, torch.atan),
            ("sinh", jnp.sinh, torch.sinh),
            ("cosh", jnp.cosh, torch.cosh),
            ("expm1", jnp.expm1, torch.expm1),
            ("sigmoid", jax.nn.sigmoid, torch.sigmoid),
            ("square", jnp.square, torch.square),
            ("cube", lambda x: x**3, lambda x: x**3),
            ("negative", jnp.negative, torch.neg),
            ("floor", jnp.floor, torch.floor),
            ("ceil", jnp.ceil, torch.ceil),
            ("round", jnp.round, torch.round),
            ("trunc", jnp.trunc, torch.trunc),
            ("erf", special.erf, torch.erf),
            ("exp2", jnp.exp2, torch.exp2),
            ("isnan", jnp.isnan, torch.isnan),
            ("isfinite", jnp.isfinite, torch.isfinite),
            ("sign", _sign_or_zero, torch.sign),
            ("sum", jnp.sum, torch.sum),
            ("mean", jnp.mean, torch.mean),
            ("gelu, tanh", jax.nn.gelu, lambda x: F.gelu(x, approximate="tanh")),
            ("silu", jax.nn.silu, F.silu),
            ("log of 1 + squares", lambda x: jnp.log(1 + x * x), lambda x: torch.log(1 + x * x)),
            ("affine", lambda x: 3 * x - 0.5, lambda x: 3 * x - 0.5),
            ("polynomial", lambda x: ((x - 2) * x + 1) * x, lambda x: ((x - 2) * x + 1) * x),
            ("gaussian", lambda x: jnp.exp(-x * x / 2), lambda x: torch.exp(-x * x / 2)),
            ("sin of cos", lambda x: jnp.sin(jnp.cos(x)), lambda x: torch.sin(torch.cos(x))),
            ("flip", jnp.flip, lambda x: torch.flip(x, tuple(range(x.ndim)))),
            ("ravel", jnp.ravel, torch.ravel),
            ("zeros like", lambda x: x * 0, lambda x: x * 0),
            ("log", jnp.log, torch.log),
            ("log1p", jnp.log1p, torch.log1p),
            ("rsqrt", lax.rsqrt, torch.rsqrt),
            ("atanh", jnp.arctanh, torch.atanh),
            ("gram matrix", lambda x: x @ x.T, lambda x: x @ x.T),
            ("sum of squares", lambda x: jnp.sum(x * x), lambda x: torch.sum(x * x)),
        )
    },
    **{
        name: Pair(ours, theirs)
        for name, ours, theirs in (
            ("softmax", lambda x: jax.nn.softmax(x, -1), lambda x: torch.softmax(x, -1)),
            ("log-softmax", lambda x: jax.nn.log_softmax(x, -1), lambda x: torch.log_softmax(x, -1)),
            ("cumsum", lambda x: jnp.cumsum(x, -1), lambda x: torch.cumsum(x, -1)),
            ("sum over the last", lambda x: jnp.sum(x, -1), lambda x: torch.sum(x, -1)),
            ("mean over the last", lambda x: jnp.mean(x, -1), lambda x: torch.mean(x, -1)),
            ("sort", lambda x: jnp.sort(x, -1), lambda x: torch.sort(x, -1).values),
            ("tril", lambda x: jnp.tril(x[..., None, :]), lambda x: torch.tril(x[..., None, :])),
            ("concatenation", lambda x: jnp.concatenate([x, x], -1), lambda x: torch.cat([x, x], -1)),
            ("stack", lambda x: jnp.stack([x, 2 * x]), lambda x: torch.stack([x, 2 * x])),
            ("differences", lambda x: jnp.diff(x, axis=-1), lambda x: torch.diff(x, dim=-1)),
            (
                "layer norm",
                layer_norm,
                torch_layer_norm,
            ),
            (
                "rms norm",
                lambda x: x * lax.rsqrt(jnp.mean(x * x, -1, keepdims=True) + 1e-6),
                lambda x: F.rms_norm(x, x.shape[-1:], eps=1e-6),
            ),
            ("logsumexp", lambda x: special.logsumexp(x, -1), lambda x: torch.logsumexp(x, -1)),
            (
                "matrix times itself",
                lambda x: x[..., :, None] @ x[..., None, :],
                lambda x: x[..., :, None] @ x[..., None, :],
            ),
        )
    },
    **{
        name: Pair(ours, theirs, 2)
        for name, ours, theirs in (
            ("add", jnp.add, torch.add),
            ("divide", jnp.divide, torch.div),
            (
                "poisson loss",
                lambda x, y: jnp.mean(jnp.exp(x) - y * x),
                F.poisson_nll_loss,
            ),
            ("subtract", jnp.subtract, torch.sub),
            ("multiply", jnp.multiply, torch.mul),
            ("cosine times", lambda x, y: jnp.cos(x) * y, lambda x, y: torch.cos(x) * y),
            ("larger by where", lambda x, y: jnp.where(x > y, x, y * 0.5), lambda x, y: torch.where(x > y, x, y * 0.5)),
            (
                "root of squares and 1",
                lambda x, y: jnp.sqrt(x * x + y * y + 1),
                lambda x, y: torch.sqrt(x * x + y * y + 1),
            ),
            ("mse", lambda x, y: jnp.mean((x - y) ** 2), F.mse_loss),
            ("dot", lambda x, y: jnp.sum(x * y), lambda x, y: torch.sum(x * y)),
            ("where", lambda x, y: jnp.where(x > y, x, 2 * y), lambda x, y: torch.where(x > y, x, 2 * y)),
            ("greater", jnp.greater, torch.gt),
            ("equal", jnp.equal, torch.eq),
            ("cosine of a difference", lambda x, y: jnp.cos(x - y), lambda x, y: torch.cos(x - y)),
            ("product of tanh", lambda x, y: jnp.tanh(x) * jnp.tanh(y), lambda x, y: torch.tanh(x) * torch.tanh(y)),
        )
    },
    **composed(OF_ONE, OF_TWO),
    **as_pairs(RIGHT),
}
