"""torch.nn.functional: the functions that the tutorial's models are made of."""
# Written by docs/make_stubs.py: the types of the public names.

import builtins
from collections.abc import Callable, Mapping, Sequence
from types import EllipsisType, ModuleType
from typing import Any, Literal, overload

import numpy as np
from jax import Array
from ..core.types import ArrayLike as ArrayLike
from ..core.dtypes import DType as DType
from ..core.types import Number

__version__: builtins.str
DTypeLike = DType | np.dtype[Any] | builtins.str | builtins.type

def affine_grid(theta: ArrayLike, size: Any, align_corners: builtins.bool | None = None) -> Array:
    """Return the places that an affine map takes the elements of an output of `size` to, for `grid_sample`.

    -1 and 1 are the centres of the corner elements with `align_corners`, else the outer edges (by default).
    Shapes: (n, 2, 3) and size (n, c, h, w) -> (n, h, w, 2); (n, 3, 4) and size (n, c, d, h, w) -> (n, d, h, w, 3).
    Raises: ValueError for other shapes, for sizes that are not positive, and for a tensor that is not floating point.
    Torch: torch.nn.functional.affine_grid.
    """
    ...

def channel_shuffle(input: ArrayLike, groups: builtins.int) -> Array:
    """Return the tensor with its channels in turn from each of `groups` groups.

    Shapes: (n, c, *) -> (n, c, *).
    Raises: RuntimeError for fewer than 3 dimensions, and unless `groups` is positive and divides the channels.
    Torch: torch.channel_shuffle, torch.nn.functional.channel_shuffle.
    """
    ...

def embedding(
    input: ArrayLike,
    weight: ArrayLike,
    padding_idx: builtins.int | None = None,
    max_norm: Number | Array | None = None,
    norm_type: builtins.float = ...,
    scale_grad_by_freq: builtins.bool = False,
    sparse: builtins.bool = False,
) -> Array:
    """Return the rows of `weight` at the indices `input`.

    A row longer than `max_norm`, by the `norm_type`-norm, is scaled to it: `weight` itself stays, and
    `jaxfun.embedding_renorm` returns it as torch would leave it.
    Shapes: (*), (v, d) -> (*, d).
    Gradient: none for the row `padding_idx`; with `scale_grad_by_freq` that of a row is divided by how often it is
    taken; the scaling to `max_norm` has a gradient of 1.
    Raises: IndexError or RuntimeError for an index out of range (negative indices are out of range). A traced index out
    of range gives the same as in `getitem`.
    Torch: torch.nn.functional.embedding.
    """
    ...

def embedding_bag(
    input: ArrayLike,
    weight: ArrayLike,
    offsets: ArrayLike | None = None,
    max_norm: Number | Array | None = None,
    norm_type: builtins.float = 2,
    scale_grad_by_freq: builtins.bool = False,
    mode: str = "mean",
    sparse: builtins.bool = False,
    per_sample_weights: ArrayLike | None = None,
    include_last_offset: builtins.bool = False,
    padding_idx: builtins.int | None = None,
) -> Array:
    """Return the "sum", "mean" or "max" over bags of rows of `weight`: those of each row of `input`, or of its parts.

    The parts of a 1-D `input` begin at `offsets`; with `include_last_offset` the last of these is the end. The row
    `padding_idx` is in no bag, and an empty bag gives 0. `per_sample_weights` are factors for a sum. `max_norm` and
    `scale_grad_by_freq` are those of `embedding`.
    Shapes: (b, n), (v, d) -> (b, d); or (n), (v, d), (b) -> (b, d).
    Dtypes: 16-bit floats are added up in float32 and rounded once.
    Gradient: of equal largest elements the first one gets it.
    Raises: ValueError for other shapes; IndexError or RuntimeError for an index out of range.
    Torch: torch.nn.functional.embedding_bag.
    """
    ...

def grid_sample(
    input: ArrayLike,
    grid: ArrayLike,
    mode: str = "bilinear",
    padding_mode: str = "zeros",
    align_corners: builtins.bool | None = None,
) -> Array:
    """Return the elements of `input` at the places of `grid`: x, y (and z) from -1 to 1 across the image.

    Between elements `mode` is "bilinear", "nearest" or "bicubic" (4 dimensions); outside of the image `padding_mode`
    is "zeros", "border" (the nearest element) or "reflection". `align_corners` is as in `affine_grid`.
    Shapes: (n, c, h, w), (n, *, 2) -> (n, c, *) with two dimensions *; (n, c, d, h, w), (n, *, 3) with three.
    Gradient: for a place none where "nearest" is read, and none at the border and beyond; at an element that of the
    side behind it.
    Raises: ValueError for another mode; RuntimeError for other shapes, and for different dtypes.
    Torch: torch.nn.functional.grid_sample.
    """
    ...

def interpolate(
    input: ArrayLike,
    size: Any = None,
    scale_factor: Any = None,
    mode: str = "nearest",
    align_corners: builtins.bool | None = None,
    recompute_scale_factor: builtins.bool | None = None,
    antialias: builtins.bool = False,
) -> Array:
    """Return the tensor with its dimensions behind the channels resampled to `size`, or by `scale_factor`.

    `mode` is "nearest", "nearest-exact", "area" (the mean of what an element covers), "linear", "bilinear", "trilinear"
    (3, 4 and 5 dimensions), "bicubic" or "lanczos" (4 dimensions). With `align_corners` the centres of the corner
    elements stay, else the outer edges. With `recompute_scale_factor` the new size is rounded before the places are
    computed. `antialias` widens the filter where the tensor becomes smaller.
    Shapes: (n, c, *sizes) -> (n, c, *size).
    Dtypes: 16-bit floats are computed in float32; uint8 is rounded after each dimension, as torch does it.
    Raises: ValueError, RuntimeError or NotImplementedError for arguments that do not go together.
    Torch: torch.nn.functional.interpolate.
    """
    ...

def linear(input: ArrayLike, weight: ArrayLike, bias: ArrayLike | None = None) -> Array:
    """Return `input @ weight.T + bias`. Shapes: (*, n), (o, n), (o,) -> (*, o); a weight (n,) gives (*).

    Dtypes: 16-bit floats are computed in float32 and rounded once.
    Raises: RuntimeError for other shapes, and for different dtypes.
    Torch: torch.nn.functional.linear.
    """
    ...

def mse_loss(input: ArrayLike, target: Any, *, reduction: str = "mean") -> Array:
    """Return the squared error between `input` and `target`: the mean (by default), the sum, or each element.

    Warns: if the shapes differ and broadcast, which is rarely intended.
    Raises: ValueError for an unknown reduction.
    Torch: torch.nn.functional.mse_loss.
    """
    ...

def multi_head_attention_forward(
    query: Any,
    key: Any,
    value: Any,
    embed_dim_to_check: builtins.int,
    num_heads: builtins.int,
    in_proj_weight: Any,
    in_proj_bias: Any,
    bias_k: Any,
    bias_v: Any,
    add_zero_attn: builtins.bool,
    dropout_p: builtins.float,
    out_proj_weight: Any,
    out_proj_bias: Any,
    training: builtins.bool = True,
    key_padding_mask: Any = None,
    need_weights: builtins.bool = True,
    attn_mask: Any = None,
    use_separate_proj_weight: builtins.bool = False,
    q_proj_weight: Any = None,
    k_proj_weight: Any = None,
    v_proj_weight: Any = None,
    static_k: Any = None,
    static_v: Any = None,
    average_attn_weights: builtins.bool = True,
    is_causal: builtins.bool = False,
    *,
    dropout_key: Array | None = None,
) -> tuple[Array, Array | None]:
    """Return the attention of `num_heads` heads, projected, and its weights: None without `need_weights`.

    Each head sees a part of the embedding, projected by `in_proj_weight`, that of query, key and value one below the
    other, or by three weights with `use_separate_proj_weight`. `bias_k` and `bias_v` are one more key and value, and
    `add_zero_attn` adds one of zeros; `static_k` and `static_v` take the place of projected ones. A bool mask says
    which keys do not take part, one of numbers is added. Weights are averaged over the heads by default, and dropped
    with probability `dropout_p`, drawn from `dropout_key`, a JAX key, in training.
    Shapes: (l, b, e), (s, b, k), (s, b, v) -> (l, b, o), (b, l, s), all without the b for one sequence; masks (l, s) or
    (b heads, l, s), and (b, s) for padding.
    Dtypes: 16-bit floats are computed in float32 and rounded once.
    Raises: AssertionError or RuntimeError for shapes that do not fit.
    Torch: torch.nn.functional.multi_head_attention_forward.
    """
    ...

def one_hot(tensor: ArrayLike, num_classes: builtins.int = -1) -> Array:
    """Return vectors of `num_classes` elements that are 0 but for a 1 at the place of each class.

    By default there are as many classes as the largest in `tensor` asks for: under jit give `num_classes`.
    Shapes: (*) -> (*, num_classes).
    Dtypes: int64.
    Raises: RuntimeError for a tensor that is not int64, for a class out of range, and without classes.
    Torch: torch.nn.functional.one_hot.
    """
    ...

def pad(input: ArrayLike, pad: Any, mode: str = "constant", value: Any = None) -> Array:
    """Return the tensor with more elements around it: `pad` has two numbers for the last dimension, then for others.

    `mode` is "constant" (`value`, by default 0), "reflect" (mirrored at the edge, which stays alone), "replicate" (the
    edge) or "circular" (from the other side). A negative number takes elements away. The last three modes pad the
    dimensions behind the channels: (c, w) to (n, c, d, h, w), all of them.
    Gradient: an element that is repeated gets the sum.
    Raises: RuntimeError for a `pad` that does not fit, or leaves a negative size; NotImplementedError for another mode
    or shape.
    Torch: torch.nn.functional.pad.
    """
    ...

def pixel_shuffle(input: ArrayLike, upscale_factor: builtins.int) -> Array:
    """Return an image of more pixels and fewer channels: `upscale_factor` r squared of them become r by r pixels.

    Shapes: (*, c r², h, w) -> (*, c, h r, w r).
    Raises: RuntimeError for other shapes, and for a factor that is not positive.
    Torch: torch.pixel_shuffle, torch.nn.functional.pixel_shuffle.
    """
    ...

def pixel_unshuffle(input: ArrayLike, downscale_factor: builtins.int) -> Array:
    """Return an image of fewer pixels and more channels: the inverse of `pixel_shuffle`.

    Shapes: (*, c, h r, w r) -> (*, c r², h, w).
    Raises: RuntimeError for other shapes, and for a factor that is not positive.
    Torch: torch.pixel_unshuffle, torch.nn.functional.pixel_unshuffle.
    """
    ...

def relu(input: ArrayLike) -> Array:
    """Return the rectified linear unit, max(x, 0), of each element; NaN is kept.

    Gradient: 0 at 0 (jnp.maximum(x, 0) has 0.5), 1 at NaN.
    Torch: torch.relu, torch.nn.functional.relu.
    """
    ...

def scaled_dot_product_attention(
    query: ArrayLike,
    key: ArrayLike,
    value: ArrayLike,
    attn_mask: ArrayLike | None = None,
    dropout_p: builtins.float = ...,
    is_causal: builtins.bool = False,
    *,
    scale: builtins.float | None = None,
    enable_gqa: builtins.bool = False,
    dropout_key: ArrayLike | None = None,
) -> Array:
    """Return `softmax(query @ key.mT * scale + attn_mask) @ value`; `scale` is by default 1 over the root of e.

    A bool `attn_mask` says which keys take part, one of numbers is added. With `is_causal` a query meets the keys up to
    its own position. With `enable_gqa` a head of `key` and `value` serves several of `query`. Each weight is 0 with
    probability `dropout_p`, drawn from `dropout_key`, a JAX key, and the others are divided by `1 - dropout_p`.
    Shapes: (*, l, e), (*, s, e), (*, s, v) -> (*, l, v); the batches broadcast, and the mask to (*, l, s).
    Dtypes: 16-bit floats are computed in float32 and rounded once.
    Gradient: 0 for a query that meets no key, whose result is 0.
    Raises: RuntimeError for other shapes and dtypes, and for a mask together with `is_causal`; TypeError where a
    `dropout_key` is needed and missing.
    Torch: torch.nn.functional.scaled_dot_product_attention.
    """
    ...
