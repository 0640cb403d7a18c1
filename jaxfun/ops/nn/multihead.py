"""Multi-head attention: `multi_head_attention_forward`, its projections and its masks."""

import math
from typing import Any

import jax
import jax.numpy as jnp

from ...core.arguments import as_tensor
from ...core.checks import want_one_dtype
from ...core.dtypes import Category, as_dtype, promote_types, widened
from ...core.errors import (
    ArgumentChoiceError,
    ArgumentValueError,
    DTypeError,
    ShapeError,
    UnsupportedDTypeError,
    describe,
)
from ...core.op import op
from ...core.public import public
from ...core.record import NOT_FLOATS, Array, Choice, Mask
from ...core.types import ArrayLike
from ..linalg._matrices import want, wide_product
from .attention import attended, bool_mask, causal, empty_output, is_empty_attention, safe_softmax

_UNBATCHED: dict[str, Any] = {
    "query": "l 4",
    "key": "s 4",
    "value": "s 4",
    "embed_dim_to_check": 4,
    "num_heads": 2,
    "in_proj_weight": "12 4",
    "in_proj_bias": "12",
    "bias_k": None,
    "bias_v": None,
    "add_zero_attn": False,
    "out_proj_weight": "4 4",
    "out_proj_bias": "4",
    "key_padding_mask": None,
    "need_weights": True,
    "attn_mask": None,
    "use_separate_proj_weight": False,
    "q_proj_weight": None,
    "k_proj_weight": None,
    "v_proj_weight": None,
    "static_k": None,
    "static_v": None,
    "average_attn_weights": True,
    "is_causal": False,
    "dropout_key": None,
}
_BATCHED = _UNBATCHED | {"query": "l 2 4", "key": "s 2 4", "value": "s 2 4"}
_SEPARATE: dict[str, Any] = {
    "key": "s 2 n",
    "value": "s 2 m",
    "in_proj_weight": None,
    "use_separate_proj_weight": True,
    "q_proj_weight": "4 4",
    "k_proj_weight": "4 n",
    "v_proj_weight": "4 m",
}
_CASES = (
    _UNBATCHED,
    _UNBATCHED | {"attn_mask": bool_mask("2 l s"), "key_padding_mask": "s", "out_proj_bias": None},
    _BATCHED | {"attn_mask": "l s", "average_attn_weights": False, "in_proj_bias": None},
    _BATCHED | {"attn_mask": "4 l s", "key_padding_mask": bool_mask("2 s"), "need_weights": False},
    _BATCHED | {"attn_mask": bool_mask("l s"), "need_weights": False, "is_causal": True},
    _BATCHED | {"key_padding_mask": "2 s", "bias_k": "1 1 4", "bias_v": "1 1 4", "add_zero_attn": True},
    _BATCHED | {"attn_mask": "l s", "bias_k": "1 1 4", "bias_v": "1 1 4", "add_zero_attn": True, "need_weights": False},
    _BATCHED | _SEPARATE,
    _BATCHED | _SEPARATE | {"static_k": "4 t 2", "static_v": "4 t 2", "in_proj_bias": None},
    _BATCHED | {"static_k": "4 t 2", "static_v": "4 t 2", "need_weights": False},
)


@public(name="nn.functional.multi_head_attention_forward")
def multi_head_attention_forward(
    query: ArrayLike,
    key: ArrayLike,
    value: ArrayLike,
    embed_dim_to_check: int,
    num_heads: int,
    in_proj_weight: ArrayLike | None,
    in_proj_bias: ArrayLike | None,
    bias_k: ArrayLike | None,
    bias_v: ArrayLike | None,
    add_zero_attn: bool,
    dropout_p: float,
    out_proj_weight: ArrayLike,
    out_proj_bias: ArrayLike | None,
    training: bool = True,
    key_padding_mask: ArrayLike | None = None,
    need_weights: bool = True,
    attn_mask: ArrayLike | None = None,
    use_separate_proj_weight: bool = False,
    q_proj_weight: ArrayLike | None = None,
    k_proj_weight: ArrayLike | None = None,
    v_proj_weight: ArrayLike | None = None,
    static_k: ArrayLike | None = None,
    static_v: ArrayLike | None = None,
    average_attn_weights: bool = True,
    is_causal: bool = False,
    *,
    dropout_key: jax.Array | None = None,
) -> tuple[jax.Array, jax.Array | None]:
    """Compute multi-head attention: return the output and the attention weights, None without `need_weights`.

    The projected embedding is split across `num_heads` heads. `in_proj_weight` stacks the weights of query, key and
    value; with `use_separate_proj_weight` they are `q_proj_weight`, `k_proj_weight` and `v_proj_weight`. `bias_k` and
    `bias_v` are appended to the keys and values, and `add_zero_attn` appends zeros. `static_k` and `static_v` replace
    the projected keys and values. A boolean mask is True for the keys to ignore; a mask of floats is added to the
    scores. `average_attn_weights` averages the weights over the heads. In training, each weight is dropped with
    probability `dropout_p`; `dropout_key` is a JAX random key.
    Shapes: (l, b, e), (s, b, k), (s, b, v) -> (l, b, o), (b, l, s), without b for unbatched inputs; `attn_mask` (l, s)
    or (b * num_heads, l, s), and `key_padding_mask` (b, s).
    Dtypes: 16-bit floats are computed in float32 and rounded once.
    Raises: AssertionError or RuntimeError for incompatible shapes.
    Torch: torch.nn.functional.multi_head_attention_forward.

    >>> import jaxfun as jf
    >>> x, weights = jf.ones(3, 4), (jf.ones(12, 4), None, None, None, False, 0.0, jf.ones(2, 4), None)
    >>> output, attention = jf.nn.functional.multi_head_attention_forward(x, x, x, 4, 2, *weights)
    >>> output.shape, attention.shape
    ((3, 2), (3, 3))
    """
    return _multi_head_attention_forward(
        query,
        key,
        value,
        embed_dim_to_check,
        num_heads,
        in_proj_weight,
        in_proj_bias,
        bias_k,
        bias_v,
        add_zero_attn,
        dropout_p,
        out_proj_weight,
        out_proj_bias,
        training,
        key_padding_mask,
        need_weights,
        attn_mask,
        use_separate_proj_weight,
        q_proj_weight,
        k_proj_weight,
        v_proj_weight,
        static_k,
        static_v,
        average_attn_weights,
        is_causal,
        dropout_key=dropout_key,
    )


# torch's signature, with defaults added: an argument of an op may be None only if None is its default
@op(
    kind=None,
    torch="torch.nn.functional.multi_head_attention_forward",
    aten="_native_multi_head_attention:forward",
    composite=True,
    rejects=NOT_FLOATS,
    takes_here=lambda arguments: NOT_FLOATS,  # masks and shapes are checked first
    takes={"dropout_p": Choice((0.0,)), "training": Choice((True, False))},
    cases=_CASES,
)
def _multi_head_attention_forward(
    query: Array,
    key: Array,
    value: Array,
    embed_dim_to_check: int,
    num_heads: int,
    in_proj_weight: Array = None,
    in_proj_bias: Array = None,
    bias_k: Array = None,
    bias_v: Array = None,
    add_zero_attn: bool = False,
    dropout_p: float = 0.0,
    out_proj_weight: Array = None,
    out_proj_bias: Array = None,
    training: bool = True,
    key_padding_mask: Array = None,
    need_weights: bool = True,
    attn_mask: Array = None,
    use_separate_proj_weight: bool = False,
    q_proj_weight: Array = None,
    k_proj_weight: Array = None,
    v_proj_weight: Array = None,
    static_k: Array = None,
    static_v: Array = None,
    average_attn_weights: bool = True,
    is_causal: bool = False,
    *,
    dropout_key: Mask = None,
) -> tuple[jax.Array, jax.Array | None]:
    is_batched = _want_ranks(query, key, value, key_padding_mask, attn_mask, num_heads)
    if not is_batched:
        query, key, value = query[:, None], key[:, None], value[:, None]
    if is_causal and attn_mask is None:
        raise ShapeError("an `attn_mask` with is_causal=True", "None")
    _want(query.shape[2] == embed_dim_to_check, f"an embedding size of {embed_dim_to_check}", query)
    _want(query.shape[2] % num_heads == 0, f"an embedding size divisible by the {num_heads} heads", query)
    # `is_causal` replaces the mask, unless the padding mask or the weights need it
    is_hint = is_causal and key_padding_mask is None and not need_weights
    padding = _additive_mask(key_padding_mask, query)
    mask = _additive_mask(None if is_hint else attn_mask, query)
    weights = (q_proj_weight, k_proj_weight, v_proj_weight) if use_separate_proj_weight else (in_proj_weight,)
    q, k, v = _projected((query, key, value), weights, in_proj_bias)
    mask = _mask_per_head(mask, (q.shape[0], key.shape[0]), q.shape[1] * num_heads)
    _want_both_biases((bias_k, bias_v), (static_k, static_v))
    heads = (
        _by_head(q, num_heads),
        _extended(k, bias_k, static_k, add_zero_attn, num_heads, query.dtype),
        _extended(v, bias_v, static_v, add_zero_attn, num_heads, query.dtype),
    )
    mask = _with_padding_mask(
        mask, padding, q.shape[1], num_heads, (bias_k is not None) + add_zero_attn, heads[1].shape[1]
    )
    drop = (dropout_key, dropout_p) if training and dropout_p > 0 else None
    if not need_weights and mask is not None:
        want(mask.size > 0 or mask.shape[0] == 1, "of a non-empty mask", mask)
    is_empty = not need_weights and is_empty_attention(heads[0], heads[2])
    if not is_empty:
        _want_floats(mask, query, need_weights)
    output, scores = _attention(heads, mask, need_weights, is_hint, is_empty, drop)
    output = jnp.swapaxes(output, 0, 1).reshape(q.shape)
    out_proj_weight = as_tensor("out_proj_weight", out_proj_weight)
    want_one_dtype(query, *(each for each in (out_proj_weight, out_proj_bias) if each is not None))
    result = _linear(output, out_proj_weight, out_proj_bias).astype(query.dtype)
    if not need_weights:
        return result if is_batched else result[:, 0], None
    scores = scores.reshape(q.shape[1], num_heads, *scores.shape[1:])
    scores = (scores.mean(1) if average_attn_weights else scores).astype(query.dtype)
    return (result, scores) if is_batched else (result[:, 0], scores[0])


def _want(fits: bool, expected: str, *given: Any) -> None:
    if not fits:
        raise ArgumentChoiceError(expected, " and ".join(map(describe, given)))


def _want_ranks(query: jax.Array, key: jax.Array, value: jax.Array, padding: Any, mask: Any, num_heads: int) -> bool:
    """Return whether the inputs are batched.

    Raises: ArgumentChoiceError for inconsistent numbers of dimensions.
    """
    ndim = query.ndim
    _want(ndim in (2, 3), "a query of 2 or 3 dimensions", query)
    _want(key.ndim == value.ndim == ndim, f"a key and a value of {ndim} dimensions", key, value)
    _want(padding is None or padding.ndim == ndim - 1, f"a `key_padding_mask` of {ndim - 1} dimensions", padding)
    _want(mask is None or mask.ndim in (2, 3), "an `attn_mask` of 2 or 3 dimensions", mask)
    if ndim == 2 and mask is not None and mask.ndim == 3:
        shape = (num_heads, query.shape[0], key.shape[0])
        _want(mask.shape == shape, f"an `attn_mask` of shape {list(shape)}", mask)
    return ndim == 3


def _additive_mask(mask: Any, query: jax.Array) -> Any:
    """Return an additive mask: -infinity where a boolean mask is True."""
    if mask is None:
        return None
    _want(as_dtype(mask.dtype).category in (Category.BOOL, Category.FLOAT), "a mask of bools or floats", mask)
    if mask.dtype == bool and as_dtype(query.dtype).category is Category.INTEGER:
        raise DTypeError("a dtype that can represent -infinity", describe(query))
    return jnp.where(mask, -jnp.inf, 0).astype(query.dtype) if mask.dtype == bool else mask


def _projected(inputs: tuple[jax.Array, ...], weights: tuple[Any, ...], bias: Any) -> list[jax.Array]:
    query, key, value = inputs
    biases = [None] * 3 if bias is None else _split_in_three(bias)
    if len(weights) == 1:
        _want(key.shape == value.shape, "a key and a value of the same shape", key, value)
        _want(weights[0] is not None, "an `in_proj_weight`", weights[0])
        weights = tuple(_split_in_three(weights[0]))
    else:
        _want(key.shape[:2] == value.shape[:2], "a key and a value of the same length and batch size", key, value)
        _want(
            not any(each is None for each in weights), "`q_proj_weight`, `k_proj_weight` and `v_proj_weight`", *weights
        )
        size = query.shape[-1]
        for input, weight, part in zip(inputs, weights, biases, strict=True):
            shape = (size, input.shape[-1])
            _want(weight.shape == shape, f"a weight of shape {list(shape)}", weight)
            _want(part is None or part.shape == (size,), f"a bias of shape [{size}]", part)
    for each in zip(inputs, weights, biases, strict=True):
        want_one_dtype(*(tensor for tensor in each if tensor is not None))
    return [_linear(widened(each), weight, part) for each, weight, part in zip(inputs, weights, biases, strict=True)]


def _split_in_three(tensor: jax.Array) -> list[jax.Array]:
    want(tensor.ndim > 0, "(3 n, *)", tensor)
    part = -(-len(tensor) // 3)
    is_three = not part or -(-len(tensor) // part) == 3
    want(len(tensor) % 3 == 0, "(3 n, *)", tensor, error=ShapeError if is_three else ArgumentValueError)
    return jnp.split(tensor, 3)


def _linear(input: jax.Array, weight: jax.Array, bias: Any) -> jax.Array:
    """Return `linear(input, weight, bias)` in the wide dtype."""
    want(weight.ndim == 2 and weight.shape[1] == input.shape[-1], "(*, n) and (o, n)", input, weight)
    result = wide_product(input, widened(weight).T)
    if bias is None:
        return result
    want(bias.shape in ((), (1,), weight.shape[:1]), f"({len(weight)},) for the bias", bias)
    return result + widened(bias)


def _mask_per_head(mask: Any, lengths: tuple[int, int], heads: int) -> Any:
    """Return a 3-D mask: one matrix for each head, or one for all heads.

    Raises: ShapeError for a mask of another shape.
    """
    if mask is None:
        return None
    shape = lengths if mask.ndim == 2 else (heads, *lengths)
    want(mask.shape == shape, f"{list(shape)} for `attn_mask`", mask)
    return mask if mask.ndim == 3 else mask[None]


def _want_both_biases(biases: tuple[Any, Any], statics: tuple[Any, Any]) -> None:
    given = [bias is not None for bias in biases]
    _want(given[0] == given[1], "both `bias_k` and `bias_v`, or neither", *biases)
    _want(
        not given[0] or statics == (None, None),
        "no `static_k` and `static_v` together with `bias_k` and `bias_v`",
        *statics,
    )


def _by_head(projected: jax.Array, num_heads: int) -> jax.Array:
    """Split an embedding into heads: (l, b, e) -> (b * num_heads, l, e / num_heads)."""
    length, batch, size = projected.shape
    return jnp.swapaxes(projected.reshape(length, batch * num_heads, size // num_heads), 0, 1)


def _extended(projected: jax.Array, bias: Any, static: Any, adds_zero: bool, num_heads: int, dtype: Any) -> jax.Array:
    """Return the keys or values of each head, projected or static, with the bias and the zeros appended."""
    _, batch, size = projected.shape
    if bias is not None:
        if promote_types(bias.dtype, dtype) != dtype:
            raise DTypeError(f"a bias of dtype {dtype}", describe(bias))
        want(bias.ndim <= 3, f"(1, 1, {size}) for the bias", bias)
        rows = bias.reshape((1,) * (3 - bias.ndim) + bias.shape)
        want(rows.shape[1:] == (1, size), f"(1, 1, {size}) for the bias", bias)
        projected = jnp.concatenate([projected, jnp.tile(widened(rows), (1, batch, 1))])
    heads = _by_head(projected, num_heads)
    if static is not None:
        if static.dtype != dtype:
            raise DTypeError(f"a static tensor of dtype {dtype}", describe(static))
        _want(static.shape[::2] == heads.shape[::2], f"a static tensor of shape {heads.shape}", static)
        heads = widened(static)
    return jnp.pad(heads, ((0, 0), (0, int(adds_zero)), (0, 0)))


def _with_padding_mask(mask: Any, padding: Any, batch: int, num_heads: int, added: int, length: int) -> Any:
    """Return the sum of attention mask and padding mask. The `added` keys at the end are not masked."""
    mask = None if mask is None else jnp.pad(mask, ((0, 0), (0, 0), (0, added)))
    if padding is None:
        return mask
    padding = jnp.pad(padding if padding.ndim == 2 else padding[None], ((0, 0), (0, added)))
    _want(padding.shape == (batch, length), f"a `key_padding_mask` of shape {[batch, length]}", padding)
    padding = jnp.repeat(padding, num_heads, 0)[:, None]
    return (
        padding
        if mask is None
        else jnp.add(mask, padding)
        if mask.dtype == padding.dtype
        else widened(mask) + widened(padding)
    )


def _want_floats(mask: Any, query: jax.Array, need_weights: bool) -> None:
    if not as_dtype(query.dtype).is_floating_point:
        raise UnsupportedDTypeError("a floating point tensor", describe(query))
    if mask is None:
        return
    if mask.dtype != query.dtype and (need_weights or mask.dtype != jnp.float32):
        raise DTypeError(f"an `attn_mask` of dtype {query.dtype}", describe(mask))


def _attention(
    heads: tuple[jax.Array, ...], mask: Any, need_weights: bool, is_hint: bool, is_empty: bool, drop: Any
) -> tuple[jax.Array, jax.Array]:
    query, key, _ = heads
    if is_empty:
        return empty_output(*heads), query
    if is_hint:
        mask = causal(query, key)
    softmax = jax.nn.softmax if need_weights else safe_softmax
    scale = 1 / math.sqrt(query.shape[-1])
    return attended(heads, mask, scale, softmax=softmax, fills=is_hint, drop=drop)
