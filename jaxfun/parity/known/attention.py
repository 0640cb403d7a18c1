"""Known differences: attention and embeddings."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from .difference import Difference, finite, nan


def _is_fused(arguments: Mapping[str, Any]) -> bool:
    given = [np.asarray(arguments[name]) for name in ("query", "key", "attn_mask") if arguments[name] is not None]
    return given[0].ndim == 4 and not all(np.isfinite(item).all() for item in given)


def _is_fused_within(arguments: Mapping[str, Any]) -> bool:
    given = (np.asarray(each) for each in arguments.values() if hasattr(each, "dtype"))
    return not arguments["need_weights"] and not all(np.isfinite(item.astype(np.float64)).all() for item in given)


NO_SCORE = Difference(
    _is_fused,
    jaxfun="NaN for a query whose scores are all NaN, as torch's own formula gives for other numbers of dimensions",
    torch="0",
    why="the maximum of torch's fused kernel passes over NaN, and without a maximum it takes the query for masked",
    source="aten/src/ATen/native/cpu/FlashAttentionKernel.cpp: cpu_flash_attention",
    levels=("value",),
    devices=("cpu",),
    answer=nan,
    much="NaN and infinities are drawn on purpose",
)


def _takes_another_count(arguments: Mapping[str, Any]) -> bool:
    taken = np.sort(np.asarray(arguments["input"]).ravel())
    counts = np.bincount(taken, minlength=1)
    unique = np.flatnonzero(counts)
    return arguments["scale_grad_by_freq"] and bool((counts[unique] != counts[taken[: len(unique)]]).any())


OTHER_COUNT = Difference(
    _takes_another_count,
    jaxfun="the gradient of a row divided by how often it is taken, as that of torch's embedding",
    torch="divided by how often another row is taken",
    why="torch reads the count of the i-th of all sorted indices in the place of the i-th that differs",
    source="aten/src/ATen/native/EmbeddingBag.cpp: _embedding_bag_dense_backward_cpu_sum_mean",
    levels=("vjp", "hvp"),
    devices=("cpu",),
    answer=finite,
    much="of a few indices most are taken twice, or once",
)

DIFFERENCES: Mapping[str, tuple[Difference, ...]] = {
    "embedding_bag": (OTHER_COUNT,),
    "scaled_dot_product_attention": (NO_SCORE,),
    "multi_head_attention_forward": (replace(NO_SCORE, region=_is_fused_within, levels=("value", "vjp")),),
}
