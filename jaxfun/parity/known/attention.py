"""Known differences: attention and embeddings."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from .difference import KnownDifference, finite, nan


def _is_fused(arguments: Mapping[str, Any]) -> bool:
    query, key, value = (np.asarray(arguments[name]) for name in ("query", "key", "value"))
    if query.ndim != 4 or len({len(query), len(key), len(value)}) > 1 or not value.size:
        return False
    others = [] if arguments["attn_mask"] is None else [np.asarray(arguments["attn_mask"])]
    return not all(np.isfinite(item).all() for item in (query, key, *others))


def _has_no_score(result: np.ndarray, arguments: Mapping[str, Any]) -> Any:
    """Return the queries with only NaN and masked scores."""
    query, key = (np.asarray(arguments[name]).astype(np.float64) for name in ("query", "key"))
    scores = query @ np.swapaxes(np.repeat(key, query.shape[1] // key.shape[1], 1), -1, -2)
    if arguments["is_causal"]:
        scores = np.where(np.tri(*scores.shape[-2:], dtype=bool), scores, -np.inf)
    mask = arguments["attn_mask"]
    if mask is not None:
        scores = np.where(mask, scores, -np.inf) if np.asarray(mask).dtype == bool else scores + np.asarray(mask)
    return ((scores == -np.inf) | np.isnan(scores)).all(-1)[..., None]


def _is_fused_in_multihead(arguments: Mapping[str, Any]) -> bool:
    given = (np.asarray(each) for each in arguments.values() if hasattr(each, "dtype"))
    return not arguments["need_weights"] and not all(np.isfinite(item.astype(np.float64)).all() for item in given)


NO_SCORE = KnownDifference(
    _is_fused,
    jaxfun="NaN for a query whose scores are all NaN, like torch's unfused kernel for inputs that are not 4-D",
    torch="0",
    why="the maximum in torch's fused kernel skips NaN; a query without a maximum is treated as fully masked",
    source="aten/src/ATen/native/cpu/FlashAttentionKernel.cpp: cpu_flash_attention",
    levels=("value",),
    devices=("cpu",),
    answer=nan,
    elements=_has_no_score,
    much="NaN and infinities are drawn on purpose",
)


def _reads_another_count(arguments: Mapping[str, Any]) -> bool:
    indices = np.sort(np.asarray(arguments["input"]).ravel())
    counts = np.bincount(indices, minlength=1)
    unique = np.flatnonzero(counts)
    return arguments["scale_grad_by_freq"] and bool((counts[unique] != counts[indices[: len(unique)]]).any())


OTHER_COUNT = KnownDifference(
    _reads_another_count,
    jaxfun="the gradient of a row divided by the frequency of its index, like in torch's embedding",
    torch="divided by the frequency of another index",
    why="torch reads the count of the i-th sorted index instead of the i-th unique index",
    source="aten/src/ATen/native/EmbeddingBag.cpp: _embedding_bag_dense_backward_cpu_sum_mean",
    levels=("vjp", "hvp"),
    devices=("cpu",),
    answer=finite,
    much="with few indices, most of them occur once or twice",
)

KNOWN_DIFFERENCES: Mapping[str, tuple[KnownDifference, ...]] = {
    "embedding_bag": (OTHER_COUNT,),
    "scaled_dot_product_attention": (NO_SCORE,),
    "_native_multi_head_attention:forward": (
        replace(NO_SCORE, region=_is_fused_in_multihead, levels=("value", "vjp"), elements=None),
    ),
}
