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

__version__: builtins.str
DTypeLike = DType | np.dtype[Any] | builtins.str | builtins.type

def binary_cross_entropy(
    input: ArrayLike, target: ArrayLike, weight: ArrayLike | None = None, *, reduction: str = "mean"
) -> Array:
    """Return the cross entropy of probabilities of two classes: each, their mean (by default) or their sum.

    Logarithms are at least -100. `weight` multiplies each of them, and broadcasts.
    Raises: ValueError for two shapes and for an unknown reduction; RuntimeError for two dtypes, for no floating point
    numbers, and for numbers outside of [0, 1], where they are known.
    Torch: torch.nn.functional.binary_cross_entropy.
    """
    ...

def binary_cross_entropy_with_logits(
    input: ArrayLike,
    target: ArrayLike,
    weight: ArrayLike | None = None,
    *,
    reduction: str = "mean",
    pos_weight: ArrayLike | None = None,
) -> Array:
    """Return the cross entropy of probabilities of two classes and `sigmoid(input)`; it does not overflow.

    Each of them, their mean (by default) or their sum. `weight` multiplies each of them, `pos_weight` those parts that
    are for the first class; both broadcast.
    Dtypes: the result has that of `target`.
    Raises: ValueError for two shapes and for an unknown reduction; RuntimeError for other weights, and for no floating
    point numbers.
    Torch: torch.nn.functional.binary_cross_entropy_with_logits.
    """
    ...

def cosine_embedding_loss(
    input1: ArrayLike, input2: ArrayLike, target: ArrayLike, margin: builtins.float = ..., *, reduction: str = "mean"
) -> Array:
    """Return 1 less the cosine of two rows where the target is 1, and for -1 what the cosine is above the margin.

    For each of the rows, their mean (by default) or their sum.
    Shapes: (m, n), (m, n), (m) -> (m), or (n), (n), () -> (), where it is not reduced.
    Raises: ValueError for an unknown reduction; RuntimeError for other shapes.
    Torch: torch.nn.functional.cosine_embedding_loss.
    """
    ...

def cosine_similarity(x1: ArrayLike, x2: ArrayLike, dim: builtins.int = 1, eps: builtins.float = ...) -> Array:
    """Return the cosine of the angle between the vectors of two tensors along `dim`; the tensors broadcast.

    A norm below `eps` is raised to it; its gradient passes through unchanged.
    Gradient: that of the norm is 0 where the norm is 0.
    Raises: RuntimeError for tensors that promote to no floating point dtype.
    Torch: torch.cosine_similarity, torch.nn.functional.cosine_similarity.
    """
    ...

def cross_entropy(
    input: ArrayLike,
    target: ArrayLike,
    weight: ArrayLike | None = None,
    *,
    ignore_index: builtins.int = -100,
    reduction: str = "mean",
    label_smoothing: builtins.float = ...,
) -> Array:
    """Return the cross entropy of targets and `softmax(input)`: each, their mean (by default) or their sum.

    The targets are class indices, or a probability for each class where `target` has the shape of `input`. `weight` has
    a factor for each class; the mean for indices is over the sum of their classes' weights. Indices of `ignore_index`
    do not count. `label_smoothing` is the share of the target that goes to all classes alike.
    Shapes: (n,), () -> (); (m, n), (m) -> (m); (m, n, *), (m, *) -> (m, *), where none is reduced.
    Dtypes: 16-bit floats are computed in float32, and rounded once; class indices are int64 or uint8.
    Raises: ValueError for an unknown reduction; RuntimeError for other shapes and dtypes; IndexError for a class out of
    range, where it is known (a traced one gives NaN).
    Torch: torch.nn.functional.cross_entropy.
    """
    ...

def ctc_loss(
    log_probs: Any,
    targets: Any,
    input_lengths: Any,
    target_lengths: Any,
    blank: builtins.int = 0,
    reduction: str = "mean",
    zero_infinity: builtins.bool = False,
) -> Array:
    """Return the negative log-likelihood of each label sequence, over all of its alignments with blanks and repeats.

    By default the mean of these, each divided by the length of its target; or their sum, or each of them. `log_probs`
    are the logarithms of the labels' probabilities at each time. Lengths are tensors, or tuples of integers.
    `zero_infinity` makes an infinite loss and its gradient 0: no alignment is as short as the input.
    Shapes: (t, n, c), targets (n, s), or (m) one after the other, lengths (n) -> (n), where it is not reduced; or
    (t, c), (s) and lengths of one -> ().
    Gradient: torch's, which is that by the numbers before log_softmax: exp(log_probs) more than by `log_probs`.
    Raises: ValueError for an unknown reduction; RuntimeError for other shapes, for dtypes other than float32 and
    float64, and for lengths that do not fit, where they are known.
    Torch: torch.nn.functional.ctc_loss.
    """
    ...

def gaussian_nll_loss(
    input: ArrayLike,
    target: Any,
    var: Any,
    full: builtins.bool = False,
    eps: builtins.float = 1e-06,
    reduction: str = "mean",
) -> Array:
    """Return the negative log-likelihood of targets under normal distributions of mean `input` and variance `var`.

    Each of them, their mean (by default) or their sum. `full` adds the constant log(2π) / 2.
    Shapes: `var` is a float, or has the shape of `input`, or 1 for its last size, or lacks its last dimension.
    Gradient: `var` is raised to `eps` where it is below; its gradient passes through unchanged.
    Raises: ValueError for another shape, for a negative variance, where it is known, and for an unknown reduction.
    Torch: torch.nn.functional.gaussian_nll_loss.
    """
    ...

def hinge_embedding_loss(
    input: ArrayLike, target: ArrayLike, margin: builtins.float = ..., *, reduction: str = "mean"
) -> Array:
    """Return the input where the target is 1, and where it is -1 how far the input is below the margin.

    Each of them, their mean (by default) or their sum. Any other target gives the sum of both.
    Raises: ValueError for an unknown reduction; RuntimeError for bools and complex numbers, and for the mean of
    integers.
    Torch: torch.nn.functional.hinge_embedding_loss.
    """
    ...

def huber_loss(
    input: ArrayLike, target: Any, reduction: str = "mean", delta: builtins.float = 1.0, weight: Any = None
) -> Array:
    """Return half the squared error where the error is below `delta`, else `delta` times what is above half of it.

    Each of them, their mean (by default) or their sum. `weight` multiplies each of them; their mean stays the mean.
    Shapes: `weight` has that of `input`.
    Dtypes: the result has that of `input`, whatever that of `target`.
    Warns: where the shapes differ and broadcast, which is seldom meant.
    Raises: ValueError for an unknown reduction, and for a weight of another shape; RuntimeError for a `delta` of 0 or
    below.
    Torch: torch.nn.functional.huber_loss.
    """
    ...

def kl_div(input: ArrayLike, target: ArrayLike, *, reduction: str = "mean", log_target: builtins.bool = False) -> Array:
    """Return `target * (log(target) - input)`, the terms of the divergence of distributions from exp(input).

    Each of them, their mean (by default), their sum, or with `reduction="batchmean"` their sum over the first size.
    With `log_target` the targets are logarithms too.
    Gradient: for a target of 0 it is NaN.
    Warns: where the mean is asked for, for that is not the divergence.
    Raises: ValueError for an unknown reduction; RuntimeError for no floating point numbers.
    Torch: torch.nn.functional.kl_div.
    """
    ...

def l1_loss(input: ArrayLike, target: Any, *, reduction: str = "mean", weight: Any = None) -> Array:
    """Return the absolute errors, their mean (by default) or their sum.

    `weight` multiplies each of them; the mean is then their sum over the sum of the weights.
    Shapes: `weight` has that of `input`.
    Gradient: 0 where the error is 0.
    Warns: where the shapes differ and broadcast, which is seldom meant.
    Raises: ValueError for an unknown reduction, and for a weight of another shape; RuntimeError for bools, and for the
    mean of integers.
    Torch: torch.nn.functional.l1_loss.
    """
    ...

def linear(input: ArrayLike, weight: ArrayLike, bias: ArrayLike | None = None) -> Array:
    """Return `input @ weight.T + bias`. Shapes: (*, n), (o, n), (o,) -> (*, o); a weight (n,) gives (*).

    Dtypes: 16-bit floats are computed in float32, and rounded once.
    Raises: RuntimeError for other shapes, and for two dtypes.
    Torch: torch.nn.functional.linear.
    """
    ...

def margin_ranking_loss(
    input1: ArrayLike, input2: ArrayLike, target: ArrayLike, margin: builtins.float = ..., *, reduction: str = "mean"
) -> Array:
    """Return by how much `target * (input1 - input2)` is below the margin, and 0 where it is above.

    Each of them, their mean (by default) or their sum.
    Raises: ValueError for an unknown reduction; RuntimeError for tensors of different numbers of dimensions.
    Torch: torch.nn.functional.margin_ranking_loss.
    """
    ...

def mse_loss(input: ArrayLike, target: Any, *, reduction: str = "mean", weight: Any = None) -> Array:
    """Return the squared errors, their mean (by default) or their sum.

    `weight` multiplies each of them; the mean is then their sum over the sum of the weights.
    Shapes: `weight` has that of `input`.
    Warns: where the shapes differ and broadcast, which is seldom meant.
    Raises: ValueError for an unknown reduction, and for a weight of another shape.
    Torch: torch.nn.functional.mse_loss.
    """
    ...

def multi_margin_loss(
    input: ArrayLike,
    target: ArrayLike,
    p: builtins.int = 1,
    margin: builtins.float = ...,
    weight: ArrayLike | None = None,
    *,
    reduction: str = "mean",
) -> Array:
    """Return by how much the other classes are not a margin below the target, to the power `p`, over all classes.

    For each example, their mean (by default) or their sum. `weight` multiplies it by the factor of the target's class.
    Shapes: (m, n), (m) -> (m), or (n), () -> (), where it is not reduced.
    Gradient: 0 at the margin.
    Raises: ValueError for a `p` other than 1 and 2, for a weight that is no vector and for an unknown reduction;
    RuntimeError for other shapes, for dtypes other than float32 and float64, and for a class out of range, where it is
    known (a traced one gives NaN).
    Torch: torch.nn.functional.multi_margin_loss.
    """
    ...

def multilabel_margin_loss(input: ArrayLike, target: ArrayLike, *, reduction: str = "mean") -> Array:
    """Return the sum over labels and other classes of how far these are not 1 below, over the number of classes.

    For each example, their mean (by default) or their sum. `target` has the labels of an example, up to the first -1.
    Shapes: (m, n), (m, n) -> (m), or (n), (n) -> (), where it is not reduced.
    Gradient: 0 where a difference is just 1.
    Raises: ValueError for an unknown reduction; RuntimeError for other shapes, for dtypes other than float32 and
    float64, and for a label out of range, where it is known.
    Torch: torch.nn.functional.multilabel_margin_loss.
    """
    ...

def multilabel_soft_margin_loss(input: ArrayLike, target: Any, weight: Any = None, *, reduction: str = "mean") -> Array:
    """Return the mean over the classes of the cross entropies of `target` and `sigmoid(input)`, a class each.

    For each example, their mean (by default) or their sum. `weight` multiplies each cross entropy, and broadcasts.
    Shapes: (*, n), (*, n) -> (*), where it is not reduced.
    Raises: ValueError for an unknown reduction.
    Torch: torch.nn.functional.multilabel_soft_margin_loss.
    """
    ...

def nll_loss(
    input: ArrayLike,
    target: ArrayLike,
    weight: ArrayLike | None = None,
    *,
    ignore_index: builtins.int = -100,
    reduction: str = "mean",
) -> Array:
    """Return the negative log-likelihood of class indices: each, their mean (by default) or their sum.

    `input` holds the logarithms of the probabilities, as log_softmax gives them. `weight` has a factor for each class;
    the mean is over the sum of the targets' weights. Targets of `ignore_index` do not count.
    Shapes: (n,), () -> (); (m, n), (m) -> (m); (m, n, *), (m, *) -> (m, *), where none is reduced.
    Raises: ValueError for an unknown reduction; RuntimeError for other shapes and dtypes; IndexError for a class out of
    range, where it is known (a traced one gives NaN).
    Torch: torch.nn.functional.nll_loss.
    """
    ...

def pairwise_distance(
    x1: ArrayLike, x2: ArrayLike, p: builtins.float = ..., eps: builtins.float = ..., keepdim: builtins.bool = False
) -> Array:
    """Return the `p`-norm of `x1 - x2 + eps` over the last dimension; the tensors broadcast.

    Gradient: as that of `norm`.
    Raises: RuntimeError for bools.
    Torch: torch.pairwise_distance, torch.nn.functional.pairwise_distance.
    """
    ...

def pdist(input: ArrayLike, p: builtins.float = ...) -> Array:
    """Return the distance in the p-norm between each two rows of a matrix, in order: (0, 1), (0, 2), ..., (1, 2), ...

    Shapes: (m, k) -> (m (m - 1) / 2).
    Gradient: 0 where the distance is 0.
    Raises: RuntimeError for other shapes, for a negative p, and for dtypes other than float32 and float64.
    Torch: torch.pdist, torch.nn.functional.pdist.
    """
    ...

def poisson_nll_loss(
    input: ArrayLike,
    target: ArrayLike,
    log_input: builtins.bool = True,
    full: builtins.bool = False,
    *,
    eps: builtins.float = ...,
    reduction: str = "mean",
) -> Array:
    """Return the negative log-likelihood of counts under Poisson distributions with the expectations exp(input).

    Each of them, their mean (by default) or their sum. Without `log_input` the input is the expectation itself, and
    `eps` is added before its logarithm is taken. `full` adds Stirling's estimate of log(target!) for counts above 1.
    Raises: ValueError for an unknown reduction.
    Torch: torch.nn.functional.poisson_nll_loss.
    """
    ...

def relu(input: ArrayLike) -> Array:
    """Return each element where it is positive, else 0; NaN stays.

    Gradient: 0 at 0 (that of jnp.maximum(x, 0) is a half), 1 at NaN.
    Torch: torch.relu, torch.nn.functional.relu.
    """
    ...

def smooth_l1_loss(input: ArrayLike, target: Any, *, reduction: str = "mean", beta: builtins.float = 1.0) -> Array:
    """Return half the squared error over `beta` where the error is below `beta`, else the absolute error less a half.

    Each of them, their mean (by default) or their sum. With a `beta` of 0 it is `l1_loss`.
    Warns: where the shapes differ and broadcast, which is seldom meant.
    Raises: ValueError for an unknown reduction; RuntimeError for a negative `beta`.
    Torch: torch.nn.functional.smooth_l1_loss.
    """
    ...

def soft_margin_loss(input: ArrayLike, target: ArrayLike, *, reduction: str = "mean") -> Array:
    """Return `log(1 + exp(-target * input))` for targets of 1 or -1: each, their mean (by default) or their sum.

    Shapes: `target` broadcasts to the shape of `input`.
    Dtypes: the result has that of `input`.
    Raises: ValueError for an unknown reduction; RuntimeError for other shapes, and for integers and bools.
    Torch: torch.nn.functional.soft_margin_loss.
    """
    ...

def triplet_margin_loss(
    anchor: ArrayLike,
    positive: ArrayLike,
    negative: ArrayLike,
    margin: builtins.float = ...,
    p: builtins.float = 2,
    eps: builtins.float = ...,
    swap: builtins.bool = False,
    *,
    reduction: str = "mean",
) -> Array:
    """Return by how much the negative is not a margin farther from the anchor than the positive.

    For each row, their mean (by default) or their sum. Distances are those of `pairwise_distance`. With `swap` the
    distance of the positive to the negative counts, where that is smaller.
    Raises: ValueError for an unknown reduction and for a margin of 0 or below; RuntimeError for tensors of different
    numbers of dimensions.
    Torch: torch.nn.functional.triplet_margin_loss.
    """
    ...

def triplet_margin_with_distance_loss(
    anchor: Any,
    positive: Any,
    negative: Any,
    *,
    distance_function: Callable[[Any, Any], Any] | None = None,
    margin: builtins.float = 1.0,
    swap: builtins.bool = False,
    reduction: str = "mean",
) -> Array:
    """Return `triplet_margin_loss` with a distance of one's own: a function of two tensors.

    Raises: ValueError for an unknown reduction and for a margin of 0 or below; RuntimeError for tensors of different
    numbers of dimensions.
    Torch: torch.nn.functional.triplet_margin_with_distance_loss.
    """
    ...
