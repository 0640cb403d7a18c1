"""Known differences: attention."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from .difference import Difference, nan


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

DIFFERENCES: Mapping[str, tuple[Difference, ...]] = {
    "scaled_dot_product_attention": (NO_SCORE,),
    "multi_head_attention_forward": (replace(NO_SCORE, region=_is_fused_within, levels=("value", "vjp")),),
}
