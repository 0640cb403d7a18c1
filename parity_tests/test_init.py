"""nn.init: torch's values where nothing is random, its errors and warnings, and its distributions."""

import math
import warnings
from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest
import torch

from jaxfun import parity
from jaxfun.core.dtypes import as_dtype
from jaxfun.nn import init
from jaxfun.ops.nn._truncated import truncated_numbers
from jaxfun.parity.run.outcome import outcome
from jaxfun.parity.search.verdicts import raises_alike

pytestmark = pytest.mark.alternate

KEY = jax.random.key(0)
reference = torch.nn.init
DTYPES = ("bool", "uint8", "int8", "int64", "float16", "bfloat16", "float32", "float64", "complex64")
# the shapes and the arguments of a call of each function
CALLS: dict[str, tuple[list[tuple[int, ...]], list[dict[str, Any]]]] = {
    "uniform": ([(3, 4), (), (0, 2)], [{}, {"a": -0.3, "b": 0.1}, {"a": 2.0, "b": 2.0}]),
    "normal": ([(3, 4), (), (0, 2)], [{}, {"mean": 1.0, "std": 0.0}]),
    "trunc_normal": ([(3, 4), ()], [{}, {"mean": 2, "std": 0.5, "a": 1, "b": 2.5}, {"a": 1.0, "b": 1.0}]),
    "xavier_uniform": ([(3, 4), (2, 3, 4), (3, 0)], [{}, {"gain": 2}]),
    "xavier_normal": ([(3, 4), (2, 3, 4), (3, 0)], [{}, {"gain": 0.5}]),
    "kaiming_uniform": ([(3, 4), (2, 3, 4), (3, 0), (0,)], [{}, {"a": 5**0.5}, {"mode": "FAN_OUT"}]),
    "kaiming_normal": ([(3, 4), (2, 3, 4), (3, 0), (0,)], [{}, {"nonlinearity": "relu"}, {"a": math.inf}]),
    "orthogonal": ([(3, 4), (4, 3), (2, 3, 4), (0, 3)], [{}, {"gain": -2}]),
    "sparse": ([(5, 4), (0, 3), (3, 0)], [{"sparsity": 0.3}, {"sparsity": -0.5, "std": 2.0}, {"sparsity": 3}]),
    "constant": ([(3, 4), (), (0,)], [{"val": value} for value in (0.3, 1, True, 2.9, -1)]),
    "ones": ([(3, 4), ()], [{}]),
    "zeros": ([(3, 4), ()], [{}]),
    "eye": ([(3, 4), (4, 2), (0, 3)], [{}]),
    "dirac": ([(4, 2, 3), (4, 4, 2, 3), (2, 3, 1, 4, 5), (0, 2, 3)], [{}, {"groups": 2}, {"groups": -1}]),
}
EXACT = ("constant", "ones", "zeros", "eye", "dirac")
MATRICES = [name for name in CALLS if (3, 4) in CALLS[name][0] or name == "sparse"]


def both(name: str, shape: tuple[int, ...], dtype: str = "float32", **arguments: Any) -> tuple[Any, Any]:
    """Return both results. Errors are alike, and both warn or neither does."""
    caught: list[list[Any]] = []
    tensor = torch.empty(shape, dtype=getattr(torch, dtype))
    found = []
    for call in (
        lambda: getattr(init, name)(KEY, shape, **arguments, dtype=dtype),
        lambda: getattr(reference, f"{name}_")(tensor, **arguments),
    ):
        with warnings.catch_warnings(record=True) as seen:
            warnings.simplefilter("always")
            found.append(outcome(call))
        caught.append(seen)
    (ours, error), (theirs, their_error) = found
    assert raises_alike(error, their_error).ok, (error, their_error)
    assert bool(caught[0]) == bool(caught[1]), caught
    return ours, theirs


@pytest.mark.proves("nn.init.constant", "nn.init.ones", "nn.init.zeros", "nn.init.eye", "nn.init.dirac")
@pytest.mark.parametrize("name", CALLS)
def test_shapes_dtypes_errors_and_warnings_are_torchs(name: str) -> None:
    shapes, calls = CALLS[name]
    for dtype in DTYPES:
        for shape in [*shapes, (3,), (2, 2), (2, 2, 0), (2, 2, 2, 2, 2, 2)]:
            for arguments in calls:
                ours, theirs = both(name, shape, dtype, **arguments)
                if theirs is not None:
                    assert (ours.shape, ours.dtype.name) == (tuple(theirs.shape), dtype)
                if theirs is not None and name in EXACT:
                    np.testing.assert_array_equal(np.asarray(ours.astype(complex)), theirs.to(torch.complex128))


@pytest.mark.parametrize(
    "call", [lambda: init.kaiming_normal(KEY, (0, 3)), lambda: init.trunc_normal(KEY, (3,), a=5.0, b=6.0)]
)
def test_warning_names_the_line_of_the_call(call: Callable[[], Any]) -> None:
    with pytest.warns(UserWarning, match=r"jaxfun\.nn\.init: ") as caught:
        call()
    assert caught[0].filename == __file__


INVALID: list[tuple[str, dict[str, Any]]] = [
    *[("uniform", {"a": a, "b": b}) for a, b in [(1, 0), (0, math.inf), (math.nan, 1), (-3e38, 3e38), (0, 1e39)]],
    *[("uniform", {"a": "x"}), ("normal", {"std": -1}), ("normal", {"std": math.nan}), ("normal", {"mean": math.nan})],
    *[("trunc_normal", {"std": std}) for std in (0, -1, math.inf, math.nan)],
    *[("trunc_normal", {"a": a, "b": b}) for a, b in [(2, 1), (5, math.inf), (-math.inf, 1), (math.nan, 1), (8, 9)]],
    *[("constant", {"val": value}) for value in (1j, "x", None, 1e40, math.inf)],
    *[("kaiming_normal", {"mode": mode}) for mode in ("sum", "Fan_In", 3)],
    *[("kaiming_uniform", {"nonlinearity": each}) for each in ("gelu", "relu", "conv2d", 3)],
    *[("kaiming_uniform", {"a": each}) for each in (None, True, "x")],
    *[("xavier_uniform", {"gain": -1}), ("xavier_normal", {"gain": -1}), ("xavier_normal", {"gain": "x"})],
    *[("sparse", {"sparsity": each}) for each in (math.nan, None)],
    ("sparse", {"sparsity": 0.1, "std": -1}),
]


@pytest.mark.parametrize(("name", "arguments"), INVALID, ids=str)
def test_arguments_are_refused_as_by_torch(name: str, arguments: dict[str, Any]) -> None:
    both(name, (2, 3), **arguments)


@pytest.mark.parametrize(("shape", "groups"), [((3, 2, 2), 2), ((3, 2, 2), 0), ((3, 2, 0), 1), ((0, 2, 0), 1)])
def test_dirac_refuses_groups_as_torch(shape: tuple[int, ...], groups: int) -> None:
    both("dirac", shape, groups=groups)


@pytest.mark.parametrize("shape", [(0, 0), (0, 3), (4, 0)], ids=str)
def test_fans_of_empty_tensors_are_refused_as_by_torch(shape: tuple[int, ...]) -> None:
    both("xavier_uniform", shape)
    both("kaiming_uniform", shape)


@pytest.mark.proves("nn.init.calculate_gain", "nn.init.calculate_fan_in_and_fan_out")
@pytest.mark.parametrize("nonlinearity", ["linear", "conv_transpose3d", "sigmoid", "tanh", "relu", "selu", "gelu", 3])
def test_gains_are_torchs(nonlinearity: Any) -> None:
    alike(init.calculate_gain, reference.calculate_gain, nonlinearity)
    alike(init.calculate_gain, reference.calculate_gain, nonlinearity, "x")
    for slope in (None, 0.2, 1, True, "x", np.float32(0.1), np.float64(0.1)):
        alike(init.calculate_gain, reference.calculate_gain, "leaky_relu", slope)


@pytest.mark.parametrize("shape", [(), (3,), (3, 4), (3, 0), (2, 3, 4, 5)], ids=str)
def test_fans_are_torchs(shape: tuple[int, ...]) -> None:
    def theirs(_: Any) -> tuple[int, int]:
        return reference._calculate_fan_in_and_fan_out(torch.empty(shape))

    alike(init.calculate_fan_in_and_fan_out, theirs, shape)
    alike(init.calculate_fan_in_and_fan_out, theirs, jnp.ones(shape))


def alike(function: Callable[..., Any], of_torch: Callable[..., Any], *args: Any) -> None:
    ours, error = outcome(lambda: function(*args))
    theirs, their_error = outcome(lambda: of_torch(*args))
    assert raises_alike(error, their_error).ok, (error, their_error)
    assert ours == theirs


@pytest.mark.parametrize("name", CALLS)
def test_an_array_gives_its_shape_and_dtype_and_a_dtype_may_stand_third(name: str) -> None:
    function, shape, arguments = getattr(init, name), CALLS[name][0][0], CALLS[name][1][0]
    wanted = function(KEY, shape, **arguments, dtype="float64")
    for call in (
        lambda: function(KEY, jnp.ones(shape, "float64"), **arguments),
        lambda: function(KEY, torch.ones(shape, dtype=torch.float64), **arguments),
        lambda: function(KEY, jax.ShapeDtypeStruct(shape, "float64"), **arguments),
        lambda: function(KEY, list(shape), jnp.float64, **arguments),
        lambda: function(KEY, shape, np.dtype("float64"), **arguments),
        lambda: function(key=KEY, tensor=shape, dtype="float64", **arguments),
        lambda: jax.jit(lambda key: function(key, shape, **arguments, dtype="float64"))(KEY),
        lambda: jax.vmap(lambda key: function(key, shape, **arguments, dtype="float64"))(KEY[None])[0],
    ):
        np.testing.assert_allclose(call(), wanted, rtol=1e-12)  # compiled, XLA fuses a product and a sum
    assert function(KEY, shape, **arguments).dtype == jnp.float32


@pytest.mark.parametrize("name", [name for name in CALLS if name not in EXACT])
def test_a_tensor_in_the_place_of_the_key_is_refused(name: str) -> None:
    for first in (jnp.ones((3, 4)), None, 0):
        with pytest.raises(TypeError, match=r"jax\.random\.key\(0\)"):
            getattr(init, name)(first, (3, 4), **CALLS[name][1][0])
    with pytest.raises(TypeError, match="fit"):
        getattr(init, name)(jnp.ones((3, 4)))
    with pytest.raises(TypeError, match="`tensor`"):
        getattr(init, name)(KEY, 3, **CALLS[name][1][0])


@pytest.mark.parametrize("shape", [(3, 5), (5, 3), (4, 4), (3, 2, 4)], ids=str)
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_rows_or_columns_of_orthogonal_are_orthonormal(shape: tuple[int, ...], dtype: str) -> None:
    made = np.asarray(init.orthogonal(KEY, shape, 3, dtype=dtype)).reshape(shape[0], -1) / 3
    gram = made @ made.T if made.shape[0] <= made.shape[1] else made.T @ made
    # a few roundings of numbers of at most 1, in the factorization and in the product
    np.testing.assert_allclose(gram, np.eye(len(gram)), atol=10 * float(jnp.finfo(dtype).eps))


@pytest.mark.parametrize("sparsity", [0, 0.1, 0.5, 0.99, 1, 2, -0.3])
def test_columns_of_sparse_have_as_many_zeros_as_torchs(sparsity: float) -> None:
    ours, theirs = both("sparse", (7, 3), sparsity=sparsity)
    np.testing.assert_array_equal((np.asarray(ours) == 0).sum(0), (theirs == 0).sum(0))


def test_a_name_that_fills_in_place_says_what_to_write() -> None:
    with pytest.raises(AttributeError, match=r"x = jaxfun\.nn\.init\.kaiming_normal\(key, x, \.\.\.\)"):
        _ = init.kaiming_normal_  # pyright: ignore[reportAttributeAccessIssue]  # the name does not exist


# by name: a function of nn.init, a shape and arguments
DRAWS: dict[str, tuple[str, tuple[int, ...], dict[str, Any]]] = {
    "uniform": ("uniform", (6, 5), {"a": -0.3, "b": 0.1}),
    "normal": ("normal", (6, 5), {"mean": 0.5, "std": 2}),
    "trunc_normal": ("trunc_normal", (6, 5), {}),
    "trunc_normal of a width": ("trunc_normal", (6, 5), {"mean": 1, "std": 0.02, "a": 0.97, "b": 1.05}),
    "trunc_normal of negative std": ("trunc_normal", (6, 5), {"std": -1, "a": -2, "b": 1}),
    "xavier_uniform": ("xavier_uniform", (4, 3, 2), {"gain": 2}),
    "xavier_normal": ("xavier_normal", (4, 3, 2), {}),
    "kaiming_uniform": ("kaiming_uniform", (8, 2, 2), {"a": 5**0.5}),
    "kaiming_uniform of fan_out": ("kaiming_uniform", (8, 2, 2), {"mode": "fan_out", "nonlinearity": "tanh"}),
    "kaiming_normal": ("kaiming_normal", (8, 2, 2), {"nonlinearity": "relu"}),
    "kaiming_normal of fan_out": ("kaiming_normal", (8, 2, 2), {"mode": "fan_out"}),
    "sparse": ("sparse", (6, 5), {"sparsity": 0.3}),
    "orthogonal, tall": ("orthogonal", (5, 3), {}),
    "orthogonal, wide": ("orthogonal", (3, 2, 2), {"gain": 2}),
}
NARROW = {
    "far from the mean": {"a": 3.0, "b": 3.5},
    "below the mean": {"mean": 5.0, "std": 2.0, "a": -9, "b": 0.5},
    "near the mean": {"a": 0.0, "b": 0.2},
}


@pytest.mark.proves("nn.init.uniform", "nn.init.normal", "nn.init.trunc_normal", "nn.init.sparse", "nn.init.orthogonal")
@pytest.mark.proves("nn.init.xavier_uniform", "nn.init.xavier_normal", "nn.init.kaiming_uniform")
@pytest.mark.proves("nn.init.kaiming_normal")
@pytest.mark.parametrize("name", DRAWS)
def test_distribution_is_torchs(name: str) -> None:
    function, shape, arguments = DRAWS[name]
    parity.assert_distribution(*samplers(function, shape, "float32", arguments))


@pytest.mark.parametrize("dtype", ["float16", "bfloat16", "complex64"])
@pytest.mark.parametrize("name", ["uniform", "normal", "trunc_normal"])
def test_distribution_in_other_dtypes_is_torchs(name: str, dtype: str) -> None:
    if (name, dtype) != ("trunc_normal", "complex64"):  # which torch refuses
        function, shape, arguments = DRAWS[name]
        parity.assert_distribution(*samplers(function, shape, dtype, arguments))


@pytest.mark.parametrize("name", NARROW)
def test_distribution_in_a_tail_is_torchs(name: str) -> None:
    parity.assert_distribution(*samplers("trunc_normal", (40, 25), "float32", NARROW[name]))


def samplers(name: str, shape: tuple[int, ...], dtype: str, arguments: dict[str, Any]) -> tuple[Any, Any]:
    def ours(key: Any) -> jax.Array:
        return getattr(init, name)(key, shape, **arguments, dtype=dtype)

    def theirs() -> torch.Tensor:
        return getattr(reference, f"{name}_")(torch.empty(shape, dtype=getattr(torch, dtype)), **arguments)

    return ours, theirs


@pytest.mark.parametrize(
    ("low", "dtype"), [(2.5, "float32"), (5.0, "float32"), (20.0, "float32"), (100.0, "float32"), (1e4, "float64")]
)
def test_numbers_far_in_a_tail_have_the_mean_of_the_tail(low: float, dtype: str) -> None:
    high = low + 30 / low  # above, fewer than 1 of 10¹³
    steps = np.linspace(0, high - low, 10_001)
    density = np.exp(-(steps**2) / 2 - low * steps)
    for sign, bounds in ((1, (low, high)), (-1, (-high, -low))):
        drawn = truncated_numbers(KEY, (40_000,), as_dtype(dtype), 0.0, 1.0, *bounds)
        beyond = sign * np.asarray(drawn, float) - low
        assert 0 <= beyond.min() <= beyond.max() <= high - low + 1e-5
        assert np.unique(beyond).size > 1000
        assert abs(beyond.mean() / ((density * steps).sum() / density.sum()) - 1) < 0.03
