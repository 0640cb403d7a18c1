"""Losses that torch composes in Python; warnings, edge cases and lengths that the records do not draw."""

import warnings
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest
import torch

import jaxfun as jf

F, T = jf.nn.functional, torch.nn.functional
RNG = np.random.default_rng(0)
DTYPES = ("float64", "float16")
PRECISION = {"float64": 1e-12, "float16": 4e-3}


def numbers(*shape: int) -> np.ndarray:
    return RNG.normal(size=shape)


X, Y, W = numbers(3, 4), numbers(3, 4), np.abs(numbers(3, 4)) + 0.1
CLASSES = np.array([2, -100, 0])


def assert_alike(name: str, arrays: tuple[Any, ...], dtype: str = "float64", **options: Any) -> None:
    """Compare value and gradient with torch's, for all arrays of floats, in `arrays` and in the options."""
    named = {key: value for key, value in options.items() if isinstance(value, np.ndarray)}
    fixed = {key: value for key, value in options.items() if key not in named}
    given = [item.astype(dtype) if item.dtype.kind == "f" else item for item in (*arrays, *named.values())]
    moving = [place for place, item in enumerate(given) if item.dtype.kind == "f"]

    def of(function: Any, items: list[Any], theirs: bool) -> Any:
        positional, rest = items[: len(arrays)], items[len(arrays) :]
        kept = {key: (torch_of if theirs else jax_of).get(value, value) for key, value in fixed.items()}
        return function(*positional, **dict(zip(named, rest, strict=True)), **kept)

    leaves = [torch.tensor(item) for item in given]
    for place in moving:
        leaves[place].requires_grad_()
    wanted = of(getattr(T, name), leaves, True)

    def ours(*floats: Any) -> jax.Array:
        items = [jnp.asarray(item) for item in given]
        for place, item in zip(moving, floats, strict=True):
            items[place] = item
        return of(getattr(F, name), items, False)

    floats = [jnp.asarray(given[place]) for place in moving]
    found, pull = jax.vjp(jax.jit(ours), *floats)
    assert_close(ours(*floats), wanted, dtype)
    assert_close(found, wanted, dtype)
    if dtype == "float64":
        along = RNG.normal(size=found.shape)
        theirs = torch.autograd.grad(wanted, [leaves[place] for place in moving], torch.tensor(along))
        for one, other in zip(pull(jnp.asarray(along)), theirs, strict=True):
            assert_close(one, other, dtype)


def assert_close(found: jax.Array, wanted: torch.Tensor, dtype: str) -> None:
    assert str(found.dtype) == str(wanted.dtype).removeprefix("torch.")
    np.testing.assert_allclose(found, wanted.detach().numpy(), PRECISION[dtype], PRECISION[dtype])


def _sum_of_sizes(one: Any, other: Any) -> jax.Array:
    return jf.sum(jf.abs(jf.sub(one, other)), -1)


def _sum_of_sizes_in_torch(one: Any, other: Any) -> torch.Tensor:
    return torch.sum(torch.abs(one - other), -1)


# a function that is passed along, on either side
jax_of: dict[Any, Any] = {"sizes": _sum_of_sizes}
torch_of: dict[Any, Any] = {"sizes": _sum_of_sizes_in_torch}


@pytest.mark.parametrize("reduction", ["none", "mean", "sum"])
@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("name", ["mse_loss", "l1_loss", "huber_loss"])
def test_weighted_losses_match_torch(name: str, dtype: str, reduction: str) -> None:
    assert_alike(name, (X, Y), dtype, weight=W, reduction=reduction)


@pytest.mark.parametrize("name", ["mse_loss", "l1_loss", "huber_loss"])
def test_wrong_weight_shape_or_reduction_raises(name: str) -> None:
    with pytest.raises(ValueError, match="weight of the shape"):
        getattr(F, name)(jf.ones(2, 3), jf.ones(2, 3), weight=jf.ones(3))
    with pytest.raises(ValueError, match="reduction"):
        getattr(F, name)(jf.ones(3), jf.ones(3), weight=jf.ones(3), reduction="max")


@pytest.mark.parametrize("swap", [False, True])
@pytest.mark.parametrize("distance", [None, "sizes"])
@pytest.mark.parametrize("reduction", ["none", "mean", "sum"])
@pytest.mark.proves("nn.functional.triplet_margin_with_distance_loss")
def test_triplet_loss_with_a_distance_function_matches_torch(distance: Any, swap: bool, reduction: str) -> None:
    options = {"distance_function": distance, "swap": swap, "reduction": reduction, "margin": 0.5}
    assert_alike("triplet_margin_with_distance_loss", (X, Y, numbers(3, 4)), **options)


@pytest.mark.parametrize(
    ("shapes", "options", "error"),
    [
        (((2, 3), (2, 3), (3,)), {}, RuntimeError),
        (((3,), (3,), (3,)), {"margin": 0.0}, ValueError),
        (((3,), (3,), (3,)), {"reduction": "max"}, ValueError),
    ],
)
def test_triplet_loss_raises_as_in_torch(shapes: Any, options: Any, error: type[Exception]) -> None:
    for side, make in ((F, jf.ones), (T, torch.ones)):
        with pytest.raises(error):
            side.triplet_margin_with_distance_loss(*map(make, shapes), **options)


@pytest.mark.parametrize("reduction", ["none", "mean", "sum"])
@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("weight", [None, W, W[0]], ids=["none", "each", "classes"])
@pytest.mark.proves("nn.functional.multilabel_soft_margin_loss")
def test_multilabel_soft_margin_loss_matches_torch(weight: Any, dtype: str, reduction: str) -> None:
    given = {} if weight is None else {"weight": weight}
    assert_alike("multilabel_soft_margin_loss", (X, W), dtype, reduction=reduction, **given)
    if weight is None:
        assert_alike("multilabel_soft_margin_loss", (X[0], W[0]), dtype, reduction=reduction)


@pytest.mark.parametrize("reduction", ["none", "mean", "sum"])
@pytest.mark.parametrize("full", [False, True])
@pytest.mark.parametrize("var", [W, W[:, 0], W[:, :1], W - 0.1 * (W > 1)], ids=["each", "rows", "ones", "other"])
@pytest.mark.proves("nn.functional.gaussian_nll_loss")
def test_gaussian_nll_loss_matches_torch(var: np.ndarray, full: bool, reduction: str) -> None:
    assert_alike("gaussian_nll_loss", (X, Y, var), full=full, reduction=reduction)
    # every variance is below eps: the gradient passes through
    assert_alike("gaussian_nll_loss", (X, Y, var), full=full, reduction=reduction, eps=9.0)


@pytest.mark.parametrize("dtype", DTYPES)
def test_variance_may_be_a_float(dtype: str) -> None:
    assert_alike("gaussian_nll_loss", (X, Y), dtype, var=0.5)


@pytest.mark.parametrize(
    ("var", "options", "error"),
    [
        (np.full((3, 4), -1.0), {}, ValueError),
        (-0.5, {}, ValueError),
        (2, {}, TypeError),
        (np.ones((3, 2)), {}, ValueError),
        (np.ones((1, 1)), {}, ValueError),
        (np.ones(4), {}, ValueError),
        (np.ones((3, 4)), {"reduction": "max"}, ValueError),
    ],
)
def test_invalid_variance_raises_as_in_torch(var: Any, options: Any, error: type[Exception]) -> None:
    for side, make in ((F, jnp.asarray), (T, torch.tensor)):
        with pytest.raises(error):
            side.gaussian_nll_loss(make(X), make(Y), make(var) if isinstance(var, np.ndarray) else var, **options)


def test_known_variance_is_checked_under_jit() -> None:
    wrong = jf.tensor([-1.0])
    with pytest.raises(ValueError, match="a non-negative `var`"):
        jax.jit(lambda x: F.gaussian_nll_loss(x, x, wrong))(jf.ones(1))


@pytest.mark.parametrize("name", ["mse_loss", "l1_loss", "smooth_l1_loss", "huber_loss"])
def test_broadcast_shapes_warn_at_the_call(name: str) -> None:
    with pytest.warns(UserWarning, match="broadcast") as seen:
        getattr(F, name)(jf.ones(2, 3), jf.ones(3))
    assert seen[0].filename == __file__


def test_kl_div_warns_of_the_mean_reduction() -> None:
    with pytest.warns(UserWarning, match="batchmean") as seen:
        F.kl_div(jf.zeros(2, 3), jf.ones(2, 3))
    assert seen[0].filename == __file__
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        F.kl_div(jf.zeros(2, 3), jf.ones(2, 3), reduction="batchmean")


@pytest.mark.parametrize("beta", [0, 0.0])
def test_smooth_l1_loss_with_beta_0_is_the_l1_loss(beta: float) -> None:
    assert_alike("smooth_l1_loss", (X, Y), beta=beta)


@pytest.mark.parametrize("reduction", ["none", "mean", "sum"])
def test_log_probability_is_clamped_at_minus_100(reduction: str) -> None:
    parts, targets = np.array([0.0, 1.0, 0.0, 1.0, 1e-50]), np.array([0.0, 1.0, 1.0, 0.0, 1.0])
    wanted = T.binary_cross_entropy(torch.tensor(parts), torch.tensor(targets), reduction=reduction)
    found = F.binary_cross_entropy(jnp.asarray(parts), jnp.asarray(targets), reduction=reduction)
    np.testing.assert_array_equal(found, wanted)
    leaf = torch.tensor(parts, requires_grad=True)
    T.binary_cross_entropy(leaf, torch.tensor(targets), reduction="sum").backward()
    slope = jax.grad(lambda x: F.binary_cross_entropy(x, jnp.asarray(targets), reduction="sum"))(jnp.asarray(parts))
    assert leaf.grad is not None
    np.testing.assert_allclose(slope, leaf.grad.numpy(), 1e-6)


def test_invalid_probabilities_raise() -> None:
    for wrong in ((1.5, 0.5), (0.5, -0.5), (float("nan"), 0.5)):
        with pytest.raises(RuntimeError, match="between 0 and 1"):
            F.binary_cross_entropy(*(jf.tensor([value]) for value in wrong))


@pytest.mark.parametrize("name", ["cross_entropy", "nll_loss", "multi_margin_loss"])
def test_known_class_out_of_range_raises(name: str) -> None:
    function = getattr(F, name)
    for wrong in (3, -1):
        with pytest.raises(IndexError, match="in \\[0, 2\\]"):
            function(jf.ones(2, 3), jf.tensor([0, wrong]))
        assert jnp.isnan(jax.jit(function)(jf.ones(2, 3), jf.tensor([0, wrong])))


@pytest.mark.parametrize("reduction", ["none", "mean", "sum"])
@pytest.mark.parametrize("smoothing", [0.0, 0.2, 1.0])
def test_ignored_classes_do_not_contribute(reduction: str, smoothing: float) -> None:
    weight = np.array([0.5, 2.0, 0.1, 0.7])
    options = {"reduction": reduction, "label_smoothing": smoothing}
    assert_of_input("cross_entropy", X, CLASSES, weight, **options)
    assert_of_input("cross_entropy", X, np.full(3, -100), weight, **options)


def assert_of_input(name: str, input: np.ndarray, *others: np.ndarray, **options: Any) -> None:
    """Compare the value, and the gradient of the first argument, with torch's."""
    leaf = torch.tensor(input, requires_grad=True)
    wanted = getattr(T, name)(leaf, *map(torch.tensor, others), **options)
    found, pull = jax.vjp(lambda x: getattr(F, name)(x, *map(jnp.asarray, others), **options), jnp.asarray(input))
    along = RNG.normal(size=found.shape)
    wanted.backward(torch.tensor(along))
    assert_close(found, wanted, "float64")
    assert leaf.grad is not None
    assert_close(pull(jnp.asarray(along))[0], leaf.grad, "float64")


LOG_PROBS = torch.log_softmax(torch.tensor(numbers(6, 3, 5)), 2).numpy()
PADDED, IN_A_ROW = np.array([[1, 2, 2], [4, 4, 0], [3, 0, 0]]), np.array([1, 2, 2, 4, 4, 3])
LENGTHS = (6, 5, 4), (3, 2, 1)


@pytest.mark.parametrize("reduction", ["none", "mean", "sum"])
@pytest.mark.parametrize("targets", [PADDED, IN_A_ROW], ids=["padded", "in a row"])
@pytest.mark.proves("nn.functional.ctc_loss")
def test_ctc_loss_matches_torch(targets: np.ndarray, reduction: str) -> None:
    ctc(LOG_PROBS, targets, *LENGTHS, reduction=reduction)
    ctc(LOG_PROBS, targets, *map(np.array, LENGTHS), reduction=reduction)


def ctc(log_probs: np.ndarray, targets: np.ndarray, *lengths: Any, **options: Any) -> None:
    """Hold value and gradient to torch's; lengths as tuples or as arrays."""
    leaf = torch.tensor(log_probs, requires_grad=True)
    theirs = [torch.tensor(each) if isinstance(each, np.ndarray) else each for each in lengths]
    wanted = T.ctc_loss(leaf, torch.tensor(targets), *theirs, **options)
    ours = [jnp.asarray(each) if isinstance(each, np.ndarray) else each for each in lengths]
    found, pull = jax.vjp(
        jax.jit(lambda x: F.ctc_loss(x, jnp.asarray(targets), *ours, **options)), jnp.asarray(log_probs)
    )
    along = RNG.normal(size=found.shape)
    wanted.backward(torch.tensor(along))
    assert_close(found, wanted, "float64")
    assert leaf.grad is not None
    assert_close(pull(jnp.asarray(along))[0], leaf.grad, "float64")


@pytest.mark.parametrize("zero_infinity", [False, True])
def test_ctc_loss_of_a_target_without_alignment_matches_torch(zero_infinity: bool) -> None:
    for lengths in (((2, 5, 1), (3, 2, 1)), ((0, 0, 4), (0, 1, 0))):
        ctc(LOG_PROBS, PADDED, *lengths, reduction="none", zero_infinity=zero_infinity)


@pytest.mark.parametrize(
    ("targets", "lengths"),
    [
        (PADDED, ((7, 5, 4), (3, 2, 1))),
        (PADDED, ((6, 5, -1), (3, 2, 1))),
        (PADDED, ((6, 5, 4), (4, 2, 1))),
        (PADDED, ((6, 5), (3, 2, 1))),
        (PADDED[:2], ((6, 5, 4), (3, 2, 1))),
        (IN_A_ROW, ((6, 5, 4), (3, 2, 2))),
    ],
)
def test_invalid_lengths_raise_as_in_torch(targets: np.ndarray, lengths: Any) -> None:
    for side, make in ((F, jnp.asarray), (T, torch.tensor)):
        with pytest.raises(RuntimeError):
            side.ctc_loss(make(LOG_PROBS), make(targets), *lengths)


def test_new_lengths_do_not_recompile() -> None:
    traces = []

    @jax.jit
    def loss(log_probs: jax.Array, *lengths: jax.Array) -> jax.Array:
        traces.append(lengths)
        return F.ctc_loss(log_probs, jnp.asarray(PADDED), *lengths)

    for lengths in (LENGTHS, ((4, 4, 4), (1, 1, 1))):
        loss(jnp.asarray(LOG_PROBS), *map(jnp.asarray, lengths))
    assert len(traces) == 1
