"""Random functions of nn.functional: torch's values without sampling, else its distribution, shapes and gradients."""

import itertools
import warnings
from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest
import torch
from torch.nn import functional as reference

from jaxfun import native_dropout, parity
from jaxfun.nn import functional
from jaxfun.parity.run.outcome import outcome
from jaxfun.parity.search.verdicts import raises_alike

KEY = jax.random.key(0)
NUMPYS = ("bool", "uint8", "int64", "float16", "float32", "complex64")  # dtypes that NumPy has too
DTYPES = (*NUMPYS, "bfloat16")
SHAPES = ((), (3,), (2, 3), (2, 3, 4), (2, 3, 2, 2), (2, 3, 1, 2, 2), (0, 3, 2), (2, 3, 1, 1, 2, 2))
# the shape of an input, and the number of its first dimensions with independent drops
DROPOUTS = {
    "dropout": ((2, 3, 40), 3),
    "dropout1d": ((20, 30, 2), 2),
    "dropout2d": ((20, 30, 2, 2), 2),
    "dropout3d": ((20, 30, 2, 1, 2), 2),
    "alpha_dropout": ((2, 3, 40), 3),
    "feature_alpha_dropout": ((20, 30, 2), 2),
}


def both(name: str, x: Any, *args: Any, **kwargs: Any) -> tuple[Any, ...]:
    """Return the results of both sides, after a check that both raise or neither does."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # shapes that torch will refuse one day
        ours, error = outcome(lambda: getattr(functional, name)(x, *args, **kwargs, key=KEY))
        theirs, their_error = outcome(lambda: getattr(reference, name)(torch.tensor(x), *args, **kwargs))
    assert raises_alike(error, their_error).ok, (error, their_error)
    return ours, theirs


def numbers(dtype: str, shape: tuple[int, ...] = (2, 3, 2)) -> np.ndarray:
    given = np.asarray(np.random.default_rng(0).normal(size=shape) * 3)
    return (given + 1j * given if dtype == "complex64" else given).astype("float32" if dtype == "bfloat16" else dtype)


def as_numpy(tensor: torch.Tensor) -> np.ndarray:
    return np.asarray((tensor.float() if tensor.dtype == torch.bfloat16 else tensor).detach())


@pytest.mark.proves("nn.functional.dropout", "nn.functional.alpha_dropout", "nn.functional.feature_alpha_dropout")
@pytest.mark.proves("nn.functional.dropout1d", "nn.functional.dropout2d", "nn.functional.dropout3d")
@pytest.mark.parametrize("name", DROPOUTS)
@pytest.mark.parametrize("dtype", NUMPYS)
def test_dtypes_errors_and_deterministic_values_match_torch(name: str, dtype: str) -> None:
    for options in ((0.5, False), (0.0, True), (1.0, True), (0.3, True)):
        ours, theirs = both(name, numbers(dtype), *options)
        if theirs is not None:
            assert (ours.shape, ours.dtype.name) == (tuple(theirs.shape), dtype)
        if options != (0.3, True):
            np.testing.assert_array_equal(np.asarray(ours), np.asarray(theirs))


@pytest.mark.parametrize("name", DROPOUTS)
@pytest.mark.parametrize("training", [True, False])
def test_shapes_match_torch(name: str, training: bool) -> None:
    for shape in SHAPES:
        ours, theirs = both(name, numbers("float32", shape), 0.5, training)
        assert theirs is None or ours.shape == tuple(theirs.shape)


@pytest.mark.parametrize("name", DROPOUTS)
@pytest.mark.parametrize("p", [-0.1, 1.5, float("nan"), 1j, "x", None, True], ids=str)
def test_invalid_probability_raises_as_in_torch(name: str, p: Any) -> None:
    for training in (True, False):
        both(name, numbers("float32"), p, training)


@pytest.mark.parametrize("name", DROPOUTS)
@pytest.mark.parametrize("dtype", ["float16", "bfloat16", "float32", "float64"])
@pytest.mark.parametrize("p", [0.3, 0.75])
def test_elements_have_the_two_values_of_torch(name: str, dtype: str, p: float) -> None:
    shape, _ = DROPOUTS[name]
    ours = getattr(functional, name)(jnp.full(shape, 1.7, dtype), p, True, key=KEY)
    theirs = getattr(reference, name)(torch.full(shape, 1.7, dtype=getattr(torch, dtype)), p, True)
    assert ours.dtype.name == dtype
    found, wanted = np.unique(np.asarray(ours, float)), np.unique(as_numpy(theirs).astype(float))
    # the last digit may differ: torch rounds each step of alpha_dropout
    np.testing.assert_allclose(found, wanted, rtol=4 * float(jnp.finfo(dtype).eps))


@pytest.mark.parametrize("name", DROPOUTS)
@pytest.mark.parametrize("p", [0.1, 0.5, 0.8])
def test_drops_are_independent_with_the_given_probability(name: str, p: float) -> None:
    shape, alone = DROPOUTS[name]
    keys = jax.random.split(KEY, 200)
    out = np.asarray(jax.vmap(lambda key: getattr(functional, name)(jnp.ones(shape), p, True, key=key))(keys))
    dropped = (out != out.max()).reshape(200, *shape)
    together = dropped.reshape(*dropped.shape[: 1 + alone], -1)
    assert (together == together[..., :1]).all()
    each = together[..., 0].astype(float)
    # within five standard deviations: the mean over all, the mean at each index, and the products of neighbours
    spread = 5 * np.sqrt(p * (1 - p))
    assert abs(each.mean() - p) < spread / np.sqrt(each.size)
    assert np.abs(each.mean(0) - p).max() < spread / np.sqrt(200)
    for axis in range(each.ndim):
        ahead, behind = np.moveaxis(each, axis, 0)[1:] - p, np.moveaxis(each, axis, 0)[:-1] - p
        assert abs((ahead * behind).mean()) < spread**2 / 5 / np.sqrt(ahead.size)


@pytest.mark.parametrize("name", ["alpha_dropout", "feature_alpha_dropout"])
def test_alpha_dropout_preserves_mean_and_variance(name: str) -> None:
    x = jax.random.normal(jax.random.key(1), (400, 300))
    out = np.asarray(getattr(functional, name)(x, 0.4, True, key=KEY))
    assert abs(out.mean()) < 0.02
    assert abs(out.var() - 1) < 0.02


@pytest.mark.parametrize("name", DROPOUTS)
def test_derivative_is_the_factor_of_each_element(name: str) -> None:
    shape, _ = DROPOUTS[name]

    def drop(x: jax.Array) -> jax.Array:
        return getattr(functional, name)(x, 0.3, True, key=KEY)

    x, along = jax.random.normal(jax.random.key(1), shape), jax.random.normal(jax.random.key(2), shape)
    _, change = jax.jvp(drop, (x,), (along,))
    (gradient,) = jax.vjp(drop, x)[1](along)
    # the function is affine: its factors are the differences from its value at 0
    factors = drop(jnp.ones(shape)) - drop(jnp.zeros(shape))
    np.testing.assert_allclose(change, factors * along, rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(gradient, factors * along, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("name", DROPOUTS)
def test_infinity_and_nan_are_propagated_as_in_torch(name: str) -> None:
    shape, _ = DROPOUTS[name]
    for special in (np.inf, np.nan):
        ours = getattr(functional, name)(jnp.full(shape, special), 0.5, True, key=KEY)
        theirs = getattr(reference, name)(torch.full(shape, special), 0.5, True)
        np.testing.assert_array_equal(np.unique(ours), np.unique(theirs.numpy()))


def dropping(name: str) -> Callable[..., Any]:
    missing = len(DROPOUTS[name][0]) - 3
    return lambda f, x, key: f(x.reshape(*x.shape, *(1,) * missing), 0.3, True, key=key)


DRAWING: dict[str, tuple[Callable[..., Any], Callable[..., Any]]] = {
    **{name: (getattr(functional, name), dropping(name)) for name in DROPOUTS},
    "native_dropout": (native_dropout, lambda f, x, key: f(x, 0.3, True, key=key)[0]),
    "rrelu": (functional.rrelu, lambda f, x, key: f(x, training=True, key=key)),
    "gumbel_softmax": (functional.gumbel_softmax, lambda f, x, key: f(x, key=key)),
}


@pytest.mark.parametrize("name", DRAWING)
def test_same_key_gives_the_same_numbers_under_jit_and_vmap(name: str) -> None:
    function, call = DRAWING[name]
    x = jax.random.normal(KEY, (4, 5, 3))
    plain = call(function, x, KEY)
    np.testing.assert_array_equal(plain, call(function, x, KEY))
    np.testing.assert_allclose(plain, jax.jit(lambda x, key: call(function, x, key))(x, KEY), rtol=1e-6)
    others = jax.random.split(KEY, 2)
    apart = [call(function, x, key) for key in others]
    np.testing.assert_allclose(jax.vmap(lambda key: call(function, x, key))(others), apart, rtol=1e-6)
    assert (apart[0] != apart[1]).any()


@pytest.mark.parametrize("name", DRAWING)
def test_missing_key_raises_with_advice(name: str) -> None:
    function, call = DRAWING[name]
    with pytest.raises(TypeError, match=r"Pass key=jax\.random\.key\(0\)"):
        call(function, jnp.ones((2, 3, 4)), None)


@pytest.mark.proves("native_dropout")
@pytest.mark.parametrize("dtype", NUMPYS)
@pytest.mark.parametrize("shape", [(3, 50), (0,)])
def test_native_dropout_matches_torch(dtype: str, shape: tuple[int, ...]) -> None:
    for p, train in itertools.product((0.0, 0.4, 1.0, -1, 2, float("nan")), (True, False, None)):
        native_dropouts_agree(numbers(dtype, shape), p, train)


def native_dropouts_agree(x: np.ndarray, p: float, train: bool | None) -> None:
    ours, error = outcome(lambda: native_dropout(x, p, train, key=KEY))
    theirs, their_error = outcome(lambda: torch.native_dropout(torch.tensor(x), p, train))
    assert raises_alike(error, their_error).ok, (error, their_error)
    if theirs is None:
        return
    (out, kept), (their_out, their_kept) = ours, theirs
    assert [out.dtype.name, kept.dtype.name] == [str(each.dtype).removeprefix("torch.") for each in theirs]
    assert (out.shape, kept.shape) == (tuple(their_out.shape), tuple(their_kept.shape))
    if p == 0.4 and train is not False and x.size:
        assert 0.4 < kept.mean() < 0.8
        np.testing.assert_allclose(out, x * np.asarray(kept) * np.asarray(1 / 0.6, x.dtype), rtol=2e-3)
    else:
        np.testing.assert_array_equal(out, their_out.numpy())
        np.testing.assert_array_equal(kept, their_kept.numpy())


BOUNDS = [(0.2, 0.2), (0.25, 0.75), (-1, 1), (0.5, 0.2), (float("nan"), 1.0), (float("-inf"), 1.0), (0.0, float("inf"))]


@pytest.mark.proves("nn.functional.rrelu")
@pytest.mark.parametrize("dtype", NUMPYS)
def test_rrelu_without_sampling_matches_torch(dtype: str) -> None:
    for bounds, training in itertools.product(BOUNDS, (True, False)):
        ours, theirs = both("rrelu", numbers(dtype), *bounds, training)
        if theirs is not None:
            assert ours.dtype.name == dtype
        if theirs is not None and (not training or bounds[0] == bounds[1]):
            np.testing.assert_allclose(ours, theirs.numpy(), rtol=2e-3 if dtype == "float16" else 1e-6)


SPECIAL = np.array([-2.0, -0.0, 0.0, 3.0, np.nan, np.inf, -np.inf, -1.0], np.float32)


def rrelu_of_both(slopes: tuple[float, float], training: bool) -> tuple[tuple[np.ndarray, ...], ...]:
    """Return the value and the gradient of the special numbers, ours and torch's."""
    given = torch.tensor(SPECIAL, requires_grad=True)
    result = reference.rrelu(given, *slopes, training)
    (theirs,) = torch.autograd.grad(result, given, torch.ones(8))
    value, pull = jax.vjp(lambda x: functional.rrelu(x, *slopes, training, key=KEY), jnp.asarray(SPECIAL))
    (ours,) = pull(jnp.ones(8, jnp.float32))
    return (np.asarray(value), np.asarray(ours)), (as_numpy(result), as_numpy(theirs))


@pytest.mark.parametrize("slopes", [(0.25, 0.25), (0.25, 0.75)])
def test_gradient_of_rrelu_without_sampling_matches_torch(slopes: tuple[float, float]) -> None:
    for training in (True, False) if slopes[0] == slopes[1] else (False,):
        for one, other in zip(*rrelu_of_both(slopes, training), strict=True):
            np.testing.assert_array_equal(one, other)


def test_gradient_of_rrelu_is_the_sampled_slope() -> None:
    (value, gradient), (_, theirs) = rrelu_of_both((0.25, 0.75), True)
    is_drawn = SPECIAL <= 0
    np.testing.assert_array_equal(gradient[~is_drawn], theirs[~is_drawn])
    np.testing.assert_allclose(value[is_drawn], (gradient * SPECIAL)[is_drawn], rtol=1e-6)
    assert ((gradient[is_drawn] >= 0.25) & (gradient[is_drawn] <= 0.75)).all()


X = np.random.default_rng(0).normal(size=(4, 3, 5)).astype(np.float32)
# by name: the arguments after the input, and the dtypes; torch rounds the steps of alpha_dropout in 16 bits one by one
SAMPLERS: dict[str, tuple[str, tuple[Any, ...], dict[str, Any], tuple[str, ...]]] = {
    **{name: (name, (0.4, True), {}, ("float32",)) for name in DROPOUTS if "dropout2d" not in name},
    "dropout of 16 bits": ("dropout", (0.4, True), {}, ("float16", "bfloat16")),
    "rrelu": ("rrelu", (), {"training": True}, ("float32", "bfloat16")),
    "gumbel_softmax": ("gumbel_softmax", (), {}, ("float32", "float16", "bfloat16")),
    "gumbel_softmax with tau": ("gumbel_softmax", (), {"tau": 0.5, "dim": 1}, ("float32",)),
    "hard gumbel_softmax": ("gumbel_softmax", (), {"hard": True}, ("float32", "bfloat16")),
}


@pytest.mark.proves("nn.functional.gumbel_softmax")
@pytest.mark.parametrize(
    ("name", "dtype"), [(name, dtype) for name, (*_, dtypes) in SAMPLERS.items() for dtype in dtypes]
)
def test_distribution_matches_torch(name: str, dtype: str) -> None:
    function, args, kwargs, _ = SAMPLERS[name]
    given, tensor = jnp.asarray(X, dtype), torch.tensor(X, dtype=getattr(torch, dtype))
    parity.assert_distribution(
        lambda key: getattr(functional, function)(given, *args, **kwargs, key=key),
        lambda: getattr(reference, function)(tensor, *args, **kwargs),
    )


@pytest.mark.parametrize("options", [{}, {"hard": True}, {"dim": 0}, {"tau": 3, "hard": True}], ids=str)
def test_samples_of_gumbel_softmax_sum_to_one(options: dict[str, Any]) -> None:
    ours = functional.gumbel_softmax(X, **options, key=KEY)
    np.testing.assert_allclose(ours.sum(options.get("dim", -1)), 1, rtol=1e-5)  # five rounded numbers at most


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("shape", [(2, 3), (0, 3), (0,)], ids=str)
def test_gumbel_softmax_accepts_the_dtypes_of_torch(dtype: str, shape: tuple[int, ...]) -> None:
    given = jnp.ones(shape, dtype)
    ours, error = outcome(lambda: functional.gumbel_softmax(given, key=KEY))
    theirs, their_error = outcome(lambda: reference.gumbel_softmax(torch.ones(shape, dtype=getattr(torch, dtype))))
    assert raises_alike(error, their_error).ok, (error, their_error)
    if theirs is not None:
        assert (ours.shape, ours.dtype.name) == (tuple(theirs.shape), str(theirs.dtype).removeprefix("torch."))


@pytest.mark.parametrize("options", [{"dim": 3}, {"dim": -3}, {"tau": 0}, {"tau": -1}, {"eps": 1.0}], ids=str)
def test_gumbel_softmax_accepts_the_options_of_torch(options: dict[str, Any]) -> None:
    ours, theirs = both("gumbel_softmax", np.ones((2, 3), np.float32), **options)
    if theirs is not None:
        np.testing.assert_array_equal(np.isnan(ours), theirs.isnan())


def test_hard_sample_has_the_gradient_of_the_soft_sample() -> None:
    logits, along = jax.random.normal(KEY, (2, 4, 3))
    for dim in (0, 1):
        soft, pull_soft = jax.vjp(lambda x, dim=dim: functional.gumbel_softmax(x, dim=dim, key=KEY), logits)
        hard, pull_hard = jax.vjp(lambda x, dim=dim: functional.gumbel_softmax(x, hard=True, dim=dim, key=KEY), logits)
        np.testing.assert_array_equal(np.asarray(hard).round(6), soft == soft.max(dim, keepdims=True))
        np.testing.assert_allclose(pull_hard(along)[0], pull_soft(along)[0], rtol=1e-6)
        # the gradient of the soft sample y = softmax(x / tau) is y (v - Σ y v) / tau
        expected = soft * (along - (soft * along).sum(dim, keepdims=True))
        np.testing.assert_allclose(pull_soft(along)[0], expected, rtol=1e-4, atol=1e-6)
