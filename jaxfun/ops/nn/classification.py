"""Classification losses: cross entropy, negative log-likelihood, KL divergence and soft margins."""

import warnings
from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from ...core.arguments import as_tensor
from ...core.checks import want_one_dtype
from ...core.dims import broadcast_shapes, wrap_dim
from ...core.dtypes import Category, as_dtype, canonical, int64, promote_types, result_type, uint8, widened
from ...core.errors import (
    ArgumentValueError,
    DTypeError,
    PositionError,
    ShapeError,
    describe,
)
from ...core.numbers import is_traced
from ...core.op import op
from ...core.public import public
from ...core.record import BOOLS, INTEGERS, NOT_FLOATS, Array, Choice, Index, Mask, Shape, rows
from ...core.tangents import broadcast_where_empty
from ..index.gather import gather
from ..pointwise.arithmetic import add, mul, neg, rsub, sub
from ..pointwise.special import xlogy
from ..reduce.sums import sum
from ._reduction import REDUCTION, are_all, reduced, takes_complex_targets, want_floating, want_reduction

_BY_CLASS = {"target": Index("", into="input", dim=1, ignored=-100), "reduction": REDUCTION}
_CLASSES = (
    ("m n", "m", "n"),
    ("m n", "m", None),
    ("m n 2 3", "m 2 3", None),
    ("n", Index("", into="input", dim=0, ignored=-100), "n"),
)
_UNREDUCED_CASE = rows("input target weight reduction", ("m n 3", "m 3", "n", "none"))


def _check_classes(
    _: Any, input: jax.Array, target: Any, *others: Any, ignore_index: int = -100, **options: Any
) -> None:
    """Raise PositionError for a concrete class out of range; an op's `check`."""
    if is_traced(target) or as_dtype(target.dtype).category >= Category.FLOAT:
        return
    count = input.shape[min(input.ndim - 1, 1)]
    classes = np.asarray(target)
    wrong = classes[((classes < 0) | (classes >= count)) & (classes != ignore_index)]
    if wrong.size:
        raise PositionError(f"classes in [0, {count - 1}]", str(wrong[0]))


@op(
    kind=None,
    torch="torch.nn.functional.cross_entropy",
    aten="cross_entropy_loss",
    composite=True,
    rejects=NOT_FLOATS,
    takes={**_BY_CLASS, "ignore_index": Choice((-100, -1)), "label_smoothing": Choice((0.0, 0.3))},
    cases=rows(
        "input target weight",
        *_CLASSES,
        ("m n", Shape("m n", dtypes=("float32",)), "n"),
        ("m n 2", Shape("m n 2", dtypes=("float32",)), None),
        ("n", Shape("n", dtypes=("float32",)), None),
    )
    + _UNREDUCED_CASE,
    check=_check_classes,
)
def cross_entropy(
    input: Array,
    target: Mask,
    weight: Array = None,
    *,
    ignore_index: int = -100,
    reduction: str = "mean",
    label_smoothing: float = 0.0,
) -> jax.Array:
    """Return the cross entropy loss between logits and targets.

    The targets are class indices, or class probabilities if `target` has the shape of `input`. `weight` rescales each
    class. With class indices, "mean" divides by the sum of the weights of the targets, and targets equal to
    `ignore_index` do not contribute. `label_smoothing` is the share of the uniform distribution in the target.
    The `reduction` is "mean" (by default), "sum" or "none".
    Shapes: with "none", class indices give (n), () -> (); (m, n), (m) -> (m); (m, n, *), (m, *) -> (m, *).
    Dtypes: 16-bit floats are computed in float32, and rounded once; class indices are int64 or uint8.
    Raises: ValueError for an unknown reduction; RuntimeError for other shapes and dtypes; IndexError for a class out of
    range. A traced class out of range gives NaN.
    Torch: torch.nn.functional.cross_entropy.

    >>> import jaxfun as jf
    >>> jf.nn.functional.cross_entropy(jf.tensor([[2.0, 1.0], [0.0, 3.0]]), jf.tensor([0, 1]))
    Array(0.18092448, dtype=float32)
    """
    want_reduction(reduction)
    if label_smoothing > 1:
        raise DTypeError("`label_smoothing` of at most 1", describe(label_smoothing))
    is_soft = input.shape == target.shape
    if is_soft and not as_dtype(target.dtype).is_floating_point:
        raise DTypeError("floating point class probabilities in a `target` of the shape of `input`", describe(target))
    if is_soft and ignore_index >= 0:
        raise DTypeError("class indices if `ignore_index` is given", describe(target))
    want_floating("input", input)
    axis = wrap_dim(min(input.ndim, 2) - 1 if input.ndim else 1, input.ndim)
    wide, smoothing = widened(input), max(label_smoothing, 0.0)
    if is_soft:
        log_probs = jax.nn.log_softmax(wide, axis)
        return _loss_of_probabilities(input, log_probs, target, weight, axis, smoothing, reduction)
    wide = wide if input.ndim > 1 else wide[None]
    return _loss_of_classes(input, wide, target, weight, ignore_index, reduction, smoothing, _log_softmax(wide))


def _log_softmax(rows: jax.Array) -> Callable[[jax.Array], jax.Array]:
    """Return the log-softmax over dimension 1 as a function of some of the elements.

    Only these are computed and kept, not as many as there are classes.
    """
    largest = jax.lax.stop_gradient(jnp.max(rows, 1, keepdims=True, initial=-jnp.inf))
    log_sum = jnp.log(jnp.sum(jnp.exp(rows - largest), 1, keepdims=True))
    return lambda some: some - largest - log_sum


def _loss_of_probabilities(
    input: jax.Array, log_probs: jax.Array, target: jax.Array, weight: Any, axis: int, smoothing: float, reduction: str
) -> jax.Array:
    count = input.shape[axis]
    result = promote_types(input.dtype, target.dtype)
    probabilities = widened(target)
    if smoothing:
        probabilities = probabilities * (1 - smoothing) + smoothing / count
    losses = -log_probs * probabilities
    if weight is not None:
        _want_weights(weight, count)
        result = promote_types(result, weight.dtype)
        losses = losses * widened(weight).reshape(-1, *(1,) * (input.ndim - 1 - axis))
    if reduction == "none":
        return jnp.sum(losses, axis).astype(result.dtype)
    total = jnp.sum(losses)
    mean = total * (count / losses.size) if losses.size else jnp.full_like(total, np.nan)
    return (mean if reduction == "mean" else total).astype(result.dtype)


@op(
    kind=None,
    torch="torch.nn.functional.nll_loss",
    aten="nll_loss_nd",
    composite=True,
    rejects=NOT_FLOATS,
    takes={**_BY_CLASS, "ignore_index": Choice((-100, 1))},
    cases=rows("input target weight", *_CLASSES) + _UNREDUCED_CASE,
    check=_check_classes,
)
def nll_loss(
    input: Array, target: Mask, weight: Array = None, *, ignore_index: int = -100, reduction: str = "mean"
) -> jax.Array:
    """Return the negative log-likelihood loss for class indices.

    `input` holds log-probabilities, for example from `log_softmax`. `weight` rescales each class; "mean" divides by the
    sum of the weights of the targets. Targets equal to `ignore_index` do not contribute.
    The `reduction` is "mean" (by default), "sum" or "none".
    Shapes: with "none", (n), () -> (); (m, n), (m) -> (m); (m, n, *), (m, *) -> (m, *).
    Raises: ValueError for an unknown reduction; RuntimeError for other shapes and dtypes; IndexError for a class out of
    range. A traced class out of range gives NaN.
    Torch: torch.nn.functional.nll_loss.

    >>> import jaxfun as jf
    >>> jf.nn.functional.nll_loss(jf.tensor([[-0.5, -1.0], [-2.0, -0.1]]), jf.tensor([0, 1]), reduction="sum")
    Array(0.6, dtype=float32)
    """
    want_reduction(reduction)
    want_floating("input", input)
    wide = widened(input if input.ndim > 1 else input[None])
    return _loss_of_classes(input, wide, target, weight, ignore_index, reduction)


def _loss_of_classes(
    input: jax.Array,
    rows: jax.Array,
    target: jax.Array,
    weight: Any,
    ignore_index: int,
    reduction: str,
    smoothing: float = 0.0,
    log_prob: Callable[[jax.Array], jax.Array] = lambda some: some,
) -> jax.Array:
    """Return the loss for class indices, with label smoothing. `log_prob` is applied to the elements that count."""
    _want_targets(input, target)
    classes = target if input.ndim > 1 else target.reshape(1)
    is_counted = classes != ignore_index
    factors = jnp.ones(rows.shape[1], rows.dtype)
    if weight is not None:
        _want_weights(weight, rows.shape[1])
        want_one_dtype(input, weight)
        factors = widened(weight)
    indices = jnp.where(is_counted, classes, 0).astype(canonical(int64).dtype)
    target_weights = jnp.where(is_counted, gather(factors, 0, indices.ravel()).reshape(indices.shape), 0)
    losses = -log_prob(gather(rows, 1, indices[:, None]))[:, 0] * target_weights
    if smoothing:
        uniform = -jnp.sum(log_prob(rows) * factors.reshape(-1, *(1,) * (rows.ndim - 2)), 1)
        losses = (1 - smoothing) * losses + smoothing / len(factors) * uniform
    losses = jnp.where(is_counted, losses, 0)
    if reduction == "none":
        return (losses if input.ndim > 1 else losses[0]).astype(input.dtype)
    total = jnp.sum(losses)
    if reduction == "mean":
        total = total / jnp.sum(target_weights)
    return total.astype(input.dtype)


def _want_targets(input: jax.Array, target: jax.Array) -> None:
    shapes = " and ".join(map(describe, (input, target)))
    if input.ndim == 0 or (input.ndim == 1 and target.ndim == 1 != target.size):
        raise ArgumentValueError("shapes (n) and (), or (m, n, *) and (m, *)", shapes)
    if input.ndim > 1 and target.shape[:1] != input.shape[:1]:
        raise ArgumentValueError("one batch size for `input` and `target`", shapes)
    allowed = [input.shape[:1] + input.shape[2:]] if input.ndim > 1 else [(), input.shape]
    if target.shape not in allowed:
        raise ShapeError("shapes (n) and (), or (m, n, *) and (m, *)", shapes)
    if as_dtype(target.dtype) not in (canonical(int64), uint8):
        raise DTypeError(f"class indices of dtype {canonical(int64).name} or uint8", describe(target))


def _want_weights(weight: jax.Array, count: int) -> None:
    if weight.shape != (count,):
        raise ShapeError(f"a weight for each of the {count} classes", describe(weight))


_PROBABILITIES = Shape("", values="parts")


def _check_probabilities(input: Any, target: Any, *others: Any, **options: Any) -> None:
    """Raise DTypeError for concrete values that are not probabilities; an op's `check`."""
    for name, numbers in (("input", input), ("target", target)):
        if not are_all(_are_probabilities, numbers):
            raise DTypeError(f"`{name}` between 0 and 1", describe(numbers))


@jax.jit
def _are_probabilities(numbers: jax.Array) -> jax.Array:
    return (numbers >= 0) & (numbers <= 1)


@op(
    kind=None,
    torch="torch.nn.functional.binary_cross_entropy",
    rejects=NOT_FLOATS,
    takes={"input": _PROBABILITIES, "target": _PROBABILITIES, "reduction": REDUCTION},
    cases=rows(
        "input target weight",
        ("m n", "m n", None),
        ("m n", "m n", "m n"),
        ("m n", "m n", "n"),
        ("n", "n", "1"),
        ("", "", None),
    ),
    check=lambda _, *arguments, **options: _check_probabilities(*arguments, **options),
)
def binary_cross_entropy(input: Array, target: Array, weight: Array = None, *, reduction: str = "mean") -> jax.Array:
    """Return the binary cross entropy between probabilities and targets.

    Logarithms are clamped to at least -100. `weight` rescales each element, with broadcasting.
    The `reduction` is "mean" (by default), "sum" or "none".
    Raises: ValueError for different shapes and for an unknown reduction; RuntimeError for different dtypes, for dtypes
    that are not floating point, and for values outside [0, 1]. Traced values are not checked.
    Torch: torch.nn.functional.binary_cross_entropy.

    >>> import jaxfun as jf
    >>> jf.nn.functional.binary_cross_entropy(jf.tensor([0.25, 0.5]), jf.tensor([0.0, 1.0]), reduction="none")
    Array([0.28768206, 0.6931472 ], dtype=float32)
    """
    _want_one_shape(input, target)
    want_one_dtype(input, target)
    losses = _cross_entropy_terms(widened(input), widened(target))
    return _weighted_and_reduced(losses, weight, reduction).astype(input.dtype)


@jax.custom_jvp
def _cross_entropy_terms(input: jax.Array, target: jax.Array) -> jax.Array:
    return (target - 1) * _clamped_log(-input, jnp.log1p) - target * _clamped_log(input, jnp.log)


@_cross_entropy_terms.defjvp
def _cross_entropy_terms_jvp(primals: Any, tangents: Any) -> tuple[jax.Array, jax.Array]:
    (input, target), (dinput, dtarget) = primals, tangents
    change = _derivative(input, target) * dinput + (jnp.log1p(-input) - jnp.log(input)) * dtarget
    return _cross_entropy_terms(input, target), change


_EPSILON = 1e-12  # torch's constant in the second derivative, to avoid a division by 0
_EPSILON_FLOAT32 = float(np.float32(_EPSILON))


@jax.custom_jvp
def _derivative(input: jax.Array, target: jax.Array) -> jax.Array:
    return (input - target) / jnp.maximum((1 - input) * input, _EPSILON_FLOAT32)


@_derivative.defjvp
def _derivative_jvp(primals: Any, tangents: Any) -> tuple[jax.Array, jax.Array]:
    (input, target), (dinput, dtarget) = primals, tangents
    second = input * input - 2 * input * target + target
    second = second / ((input + _EPSILON) ** 2 * (1 - input + _EPSILON) ** 2)
    return _derivative(input, target), second * dinput - dtarget / jnp.maximum((1 - input) * input, _EPSILON_FLOAT32)


def _clamped_log(numbers: jax.Array, logarithm: Any) -> jax.Array:
    return jnp.maximum(logarithm(numbers), -100)


def _want_one_shape(input: jax.Array, target: jax.Array) -> None:
    if input.shape != target.shape:
        raise ArgumentValueError("`input` and `target` of the same shape", f"{describe(input)} and {describe(target)}")


def _weighted_and_reduced(losses: jax.Array, weight: Any, reduction: str) -> jax.Array:
    return reduced(losses if weight is None else _scaled(losses, weight), reduction)


def _scaled(losses: jax.Array, factors: jax.Array) -> jax.Array:
    """Multiply losses by factors that broadcast to their shape. The result keeps the dtype of the losses."""
    if broadcast_shapes(losses.shape, factors.shape) != losses.shape:
        raise ShapeError(f"a weight that broadcasts to {list(losses.shape)}", describe(factors))
    if as_dtype(factors.dtype).category > as_dtype(losses.dtype).category:
        raise DTypeError("a real weight", describe(factors))
    return mul(losses, factors).astype(losses.dtype)


@op(
    kind=None,
    torch="torch.nn.functional.binary_cross_entropy_with_logits",
    rejects=NOT_FLOATS,
    takes_here=takes_complex_targets,
    takes={"reduction": REDUCTION},
    cases=rows(
        "input target weight pos_weight",
        ("m n", "m n", None, None),
        ("m n", "m n", "n", "m n"),
        ("m n", "m n", "m n", "n"),
        ("n", "n", None, "1"),
        ("", "", None, None),
    ),
)
def binary_cross_entropy_with_logits(
    input: Array, target: Array, weight: Array = None, *, reduction: str = "mean", pos_weight: Array = None
) -> jax.Array:
    """Return the binary cross entropy between logits and targets, without overflow for large logits.

    `weight` rescales each element, `pos_weight` only the term of the positive class; both broadcast.
    The `reduction` is "mean" (by default), "sum" or "none".
    Dtypes: the result has the dtype of `target`.
    Raises: ValueError for different shapes and for an unknown reduction; RuntimeError for complex weights, for
    weights that do not broadcast, and for dtypes that are not floating point.
    Torch: torch.nn.functional.binary_cross_entropy_with_logits.

    >>> import jaxfun as jf
    >>> jf.nn.functional.binary_cross_entropy_with_logits(jf.tensor([0.0, 100.0]), jf.tensor([1.0, 1.0]))
    Array(0.3465736, dtype=float32)
    """
    _want_one_shape(input, target)
    want_floating("input", input)
    if as_dtype(target.dtype).category < as_dtype(input.dtype).category:
        raise DTypeError("a floating point `target`", describe(target))
    wide, labels = widened(input), widened(target)
    log_probs = jax.nn.log_sigmoid(wide)
    if pos_weight is not None:
        log_probs = _scaled(log_probs, add(mul(sub(widened(pos_weight), 1), labels), 1))
    losses = sub(mul(rsub(labels, 1), wide), log_probs).astype(labels.dtype)
    return _weighted_and_reduced(losses, weight, reduction).astype(target.dtype)


@public(name="nn.functional.multilabel_soft_margin_loss")
def multilabel_soft_margin_loss(input: Any, target: Any, weight: Any = None, *, reduction: str = "mean") -> jax.Array:
    """Return the multi-label soft margin loss: the binary cross entropy with logits, averaged over the classes.

    `weight` rescales each element, with broadcasting.
    The `reduction` over the examples is "mean" (by default), "sum" or "none".
    Shapes: with "none", (*, n), (*, n) -> (*).
    Raises: ValueError for an unknown reduction; RuntimeError for an input that is not floating point.
    Torch: torch.nn.functional.multilabel_soft_margin_loss.

    >>> import jaxfun as jf
    >>> jf.nn.functional.multilabel_soft_margin_loss(jf.tensor([[0.0, 100.0]]), jf.tensor([[1.0, 1.0]]))
    Array(0.3465736, dtype=float32)
    """
    input, target = as_tensor("input", input), as_tensor("target", target)
    want_floating("input", input)
    others = [] if weight is None else [as_tensor("weight", weight)]
    dtype = result_type(input, target, *others).dtype
    wide, target = widened(input), widened(target)
    log_sigmoid = jax.nn.log_sigmoid
    loss = neg(add(mul(target, log_sigmoid(wide)), mul(rsub(target, 1), log_sigmoid(neg(wide)))))
    for each in others:
        loss = mul(loss, widened(each))
    return reduced(sum(loss, input.ndim - 1) / input.shape[-1], reduction).astype(dtype)


def _warn_of_mean(*_: Any, reduction: str = "mean", **options: Any) -> None:
    """Warn that "mean" does not give the KL divergence; an op's `before`."""
    if reduction == "mean":
        text = 'reduction="mean" averages over all elements, which is not the KL divergence; use "batchmean"'
        warnings.warn(f"jaxfun.nn.functional.kl_div: {text}", UserWarning, stacklevel=3)


@op(
    torch="torch.nn.functional.kl_div",
    composite=True,
    rejects=NOT_FLOATS,
    operand_rejects=NOT_FLOATS,
    takes={"reduction": Choice((*REDUCTION.values, "batchmean"))},
    before=_warn_of_mean,
)
def kl_div(input: Array, target: Array, *, reduction: str = "mean", log_target: bool = False) -> jax.Array:
    """Return the Kullback-Leibler divergence loss `target * (log(target) - input)`.

    `input` holds log-probabilities; with `log_target`, `target` does too.
    The `reduction` is "mean" (by default), "sum", "none" or "batchmean", the sum divided by the batch size.
    Gradient: NaN for a target of 0.
    Warns: if the reduction is "mean", which does not give the KL divergence; use "batchmean".
    Raises: ValueError for an unknown reduction; RuntimeError for dtypes that are not floating point.
    Torch: torch.nn.functional.kl_div.

    >>> import jaxfun as jf
    >>> jf.nn.functional.kl_div(jf.tensor([[-1.0, -0.5]]), jf.tensor([[0.5, 0.5]]), reduction="batchmean")
    Array(0.05685282, dtype=float32)
    """
    want_reduction(reduction, "batchmean")
    size = input.shape[0] if input.ndim else 1
    input, target = broadcast_where_empty(input, target)
    losses = jnp.exp(target) * (target - input) if log_target else xlogy(target, target) - target * input
    total = reduced(losses, "sum" if reduction == "batchmean" else reduction)
    return total / size if reduction == "batchmean" else total


@op(
    kind=None,
    torch="torch.nn.functional.soft_margin_loss",
    rejects=BOOLS | INTEGERS,
    takes={"reduction": REDUCTION},
    cases=rows("input target", ("m n", "m n"), ("m n", "n"), ("n", "n"), ("", "")),
)
def soft_margin_loss(input: Array, target: Array, *, reduction: str = "mean") -> jax.Array:
    """Return the soft margin loss `log(1 + exp(-target * input))`, the logistic loss for targets of 1 or -1.

    The `reduction` is "mean" (by default), "sum" or "none".
    Shapes: `target` broadcasts to the shape of `input`.
    Dtypes: the result has the dtype of `input`.
    Raises: ValueError for an unknown reduction; RuntimeError for other shapes, and for integers and bools.
    Torch: torch.nn.functional.soft_margin_loss.

    >>> import jaxfun as jf
    >>> jf.nn.functional.soft_margin_loss(jf.tensor([0.0, 2.0]), jf.tensor([1.0, -1.0]), reduction="none")
    Array([0.6931472, 2.126928 ], dtype=float32)
    """
    want_reduction(reduction)
    if as_dtype(input.dtype).category < Category.FLOAT:
        raise DTypeError("a floating point or complex `input`", describe(input))
    wide = widened(input)
    return reduced(jnp.log1p(jnp.exp(_scaled(-wide, target))), reduction).astype(input.dtype)
