"""Attention: `scaled_dot_product_attention`. Begin with `attended`, which multi-head attention uses too."""

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import jax
import jax.numpy as jnp

from ...core.checks import want_one_dtype
from ...core.dims import broadcast_shapes
from ...core.dtypes import DType, canonical, int64, widened
from ...core.errors import ArgumentTypeError, DTypeError, ShapeError, describe
from ...core.op import op
from ...core.record import NOT_FLOATS, Array, Choice, Mask, Shape, rows
from ..linalg._matrices import want


def bool_mask(names: str) -> Shape:
    """Return the shape descriptor of a boolean mask."""
    return Shape(names, dtypes=("bool",))


_CASES = rows(
    "query key value attn_mask is_causal enable_gqa scale dropout_key",
    ("l e", "s e", "s v", None, False, False, None, None),
    ("l e", "s e", "s v", None, True, False, 0.5, None),
    ("l e", "s e", "s v", "l s", False, False, None, None),
    ("b h l e", "b h s e", "b h s e", None, False, False, None, None),
    ("b h l e", "b h s e", "b h s e", None, True, False, None, None),
    ("b h l e", "b h s e", "b h s e", bool_mask("b h l s"), False, False, -2.0, None),
    ("b l e", "b s e", "b s v", bool_mask("l s"), False, False, None, None),
    ("b l e", "b s e", "b s v", None, False, False, None, None),
    ("1 h l e", "b 1 s e", "b h s v", "b 1 1 s", False, False, None, None),
    ("b 4 l e", "b 2 s e", "b 2 s e", None, False, True, None, None),
    ("b 4 l e", "b 1 s e", "b 2 s v", "s", False, True, None, None),
)


def is_empty_attention(query: jax.Array, value: jax.Array) -> bool:
    """Return whether `query` has length 0 or `value` is empty: torch then checks only the shapes."""
    return query.ndim > 1 and not (query.shape[-2] and value.size)


def _any_dtype_if_empty(arguments: Mapping[str, Any]) -> frozenset[DType]:
    return NOT_FLOATS if is_empty_attention(arguments["query"], arguments["value"]) else frozenset()


@op(
    kind=None,
    torch="torch.nn.functional.scaled_dot_product_attention",
    composite=True,
    rejects=NOT_FLOATS,
    takes_here=_any_dtype_if_empty,
    takes={"dropout_p": Choice((0.0,))},
    cases=_CASES,
)
def scaled_dot_product_attention(
    query: Array,
    key: Array,
    value: Array,
    attn_mask: Array = None,
    dropout_p: float = 0.0,
    is_causal: bool = False,
    *,
    scale: float | None = None,
    enable_gqa: bool = False,
    dropout_key: Mask = None,
) -> jax.Array:
    """Compute scaled dot product attention, `softmax(query @ key.mT * scale + attn_mask) @ value`.

    `scale` is 1 / sqrt(e) by default. A boolean `attn_mask` is True for the keys that take part in attention; a mask of
    floats is added to the scores. `is_causal` applies a causal mask, lower triangular. `enable_gqa` is grouped-query
    attention: several heads of `query` share one head of `key` and `value`. Dropout sets each weight to 0 with
    probability `dropout_p` and divides the others by `1 - dropout_p`; `dropout_key` is a JAX random key.
    Shapes: (*, l, e), (*, s, e), (*, s, v) -> (*, l, v); the batches broadcast, and the mask to (*, l, s).
    Dtypes: 16-bit floats are computed in float32 and rounded once.
    Gradient: 0 for a query with all keys masked, whose result is 0.
    Raises: RuntimeError for other shapes and dtypes, and for a mask together with `is_causal`; TypeError if dropout
    needs a `dropout_key` and gets None.
    Torch: torch.nn.functional.scaled_dot_product_attention.

    >>> import jaxfun as jf
    >>> query, keys = jf.tensor([[1.0, 0.0]]), jf.tensor([[1.0, 0.0], [0.0, 1.0]])
    >>> jf.nn.functional.scaled_dot_product_attention(query, keys, jf.tensor([[1.0], [0.0]]), scale=1.0)
    Array([[0.7310586]], dtype=float32)
    """
    want(min(query.ndim, key.ndim, value.ndim) > 1, "(*, l, e), (*, s, e) and (*, s, v)", query, key, value)
    want_one_dtype(query, key, value)
    if attn_mask is not None and attn_mask.dtype not in (bool, jnp.float32, query.dtype):
        raise DTypeError(f"an `attn_mask` of dtype bool, float32 or {query.dtype}", describe(attn_mask))
    if is_empty_attention(query, value):
        return empty_output(query, key, value)
    if is_causal and attn_mask is not None:
        raise ShapeError("no `attn_mask` with is_causal=True", describe(attn_mask))
    mask = causal(query, key) if is_causal else attn_mask
    drop = None if dropout_p <= 0 else (dropout_key, dropout_p)
    if scale is None:
        scale = 1 / math.sqrt(query.shape[-1]) if query.shape[-1] else math.inf
    # torch's fused kernel, for 4-D inputs, fills masked scores with -infinity: NaN there does not propagate
    fills = is_causal and query.ndim == 4
    result, _ = attended((query, key, value), mask, scale, is_grouped=enable_gqa, fills=fills, drop=drop)
    return result.astype(query.dtype)


@jax.custom_jvp
def safe_softmax(scores: jax.Array) -> jax.Array:
    """Return the softmax along the last dimension; 0 for a row with only -infinity."""
    largest = jnp.max(scores, -1, keepdims=True, initial=-jnp.inf)
    exponentials = jnp.exp(scores - jnp.where(largest == -jnp.inf, 0, largest))
    total = jnp.sum(exponentials, -1, keepdims=True)
    return exponentials / jnp.where(total == 0, 1, total)


@safe_softmax.defjvp
def _safe_softmax_jvp(primals: Any, tangents: Any) -> tuple[jax.Array, jax.Array]:
    weights = safe_softmax(*primals)
    return weights, weights * (tangents[0] - jnp.sum(weights * tangents[0], -1, keepdims=True))


def attended(
    heads: Sequence[jax.Array],
    mask: jax.Array | None,
    scale: float,
    *,
    softmax: Callable[[jax.Array], jax.Array] = safe_softmax,
    is_grouped: bool = False,
    fills: bool = False,
    drop: tuple[Any, float] | None = None,
) -> tuple[jax.Array, jax.Array]:
    """Return the attention output and the weights, in the wide dtype. `drop` is a random key and a probability.

    If `fills`, a boolean mask replaces the masked scores with -infinity. Otherwise it adds -infinity, and NaN stays.
    """
    query, key, value = map(widened, heads)
    if is_grouped:
        _want_groups(query, key, value)
    scores = _product(query * jnp.asarray(scale, query.dtype), key.mT, is_grouped)
    weights = softmax(scores if mask is None else _masked(scores, mask, fills))
    if drop is not None:
        weights = _dropped(weights, *drop)
    return _product(weights, value, is_grouped), weights


def empty_output(*heads: jax.Array) -> jax.Array:
    """Return the attention output for empty inputs: 0, or NaN if any input contains NaN or infinity."""
    dtype = heads[0].dtype if heads[0].dtype != bool else canonical(int64).dtype
    total = sum(jnp.sum(each.astype(dtype) * jnp.zeros((), dtype), dtype=dtype) for each in heads)
    return jnp.broadcast_to(total, (*heads[0].shape[:-1], heads[2].shape[-1]))


def causal(query: jax.Array, key: jax.Array) -> jax.Array:
    """Return the causal mask: True on and below the diagonal."""
    return jnp.tri(query.shape[-2], key.shape[-2], dtype=bool)


def _masked(scores: jax.Array, mask: jax.Array, fills: bool) -> jax.Array:
    want(broadcast_shapes(scores.shape, mask.shape) == scores.shape, f"that broadcast to {list(scores.shape)}", mask)
    if mask.dtype == bool and fills:
        return jnp.where(mask, scores, -jnp.inf)
    return scores + (jnp.where(mask, 0, -jnp.inf) if mask.dtype == bool else mask).astype(scores.dtype)


def _want_groups(query: jax.Array, key: jax.Array, value: jax.Array) -> None:
    want(min(query.ndim, key.ndim, value.ndim) > 2, "(*, h, l, e), (*, g, s, e) and (*, g, s, v)", query, key, value)
    heads, key_heads = query.shape[-3], (key.shape[-3], value.shape[-3])
    if any(heads % count if count else heads for count in key_heads):
        raise ShapeError(f"a number of heads that divides {heads}", " and ".join(map(str, key_heads)))


def _product(input: jax.Array, other: jax.Array, is_grouped: bool) -> jax.Array:
    """Return the matrix product. If `is_grouped`, several matrices of `input` share one matrix of `other`."""
    if not is_grouped or input.shape[-3] == other.shape[-3]:
        return _matmul(input, other)
    heads, size = input.shape[-3:-1]
    groups = other.shape[-3]
    grouped = input.reshape(*input.shape[:-3], groups, heads // groups * size, input.shape[-1])
    result = _matmul(grouped, other)
    return result.reshape(*result.shape[:-3], heads, size, result.shape[-1])


def _matmul(input: jax.Array, other: jax.Array) -> jax.Array:
    want(input.shape[-1] == other.shape[-2], "(*, m, n) and (*, n, k)", input, other)
    broadcast_shapes(input.shape[:-2], other.shape[:-2])
    return jnp.matmul(input, other, precision=jax.lax.Precision.HIGHEST)


def _dropped(weights: jax.Array, key: Any, p: float) -> jax.Array:
    if p > 1:
        raise ShapeError("`dropout_p` between 0 and 1", describe(p))
    if p == 1:
        return jnp.zeros_like(weights)
    if key is None:
        advice = "Pass dropout_key=jax.random.key(0)."
        raise ArgumentTypeError("a `dropout_key`, because weights are dropped", "None", advice)
    return jnp.where(jax.random.bernoulli(key, 1 - p, weights.shape), weights / (1 - p), 0)
