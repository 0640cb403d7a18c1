"""Recurrent layers beside torch.nn's modules: options, padded and packed sequences, dropout, errors."""

import warnings
from collections.abc import Sequence
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

import jaxfun as jf
from jaxfun import parity
from jaxfun.parity.run.outcome import outcome
from jaxfun.parity.search.verdicts import raises_alike

# torch says once that projections are slower
pytestmark = pytest.mark.filterwarnings("ignore:LSTM with projections is not supported with oneDNN")

MODULES = {
    "lstm": torch.nn.LSTM,
    "gru": torch.nn.GRU,
    "rnn_tanh": torch.nn.RNN,
    "rnn_relu": lambda *sizes, **options: torch.nn.RNN(*sizes, nonlinearity="relu", **options),
}
STATES = {"lstm": 2, "gru": 1, "rnn_tanh": 1, "rnn_relu": 1}
ROUNDING = {"float64": 1e-10, "float32": 1e-4}  # rounding errors grow with the steps and the layers


@st.composite
def networks(draw: st.DrawFn) -> dict[str, Any]:
    """Return options of a network, and the sizes of its input."""
    name = draw(st.sampled_from([*MODULES]))
    hidden = draw(st.integers(1, 4))
    return {
        "name": name,
        "sizes": (draw(st.integers(1, 3)), hidden),
        "num_layers": draw(st.integers(1, 3)),
        "bias": draw(st.booleans()),
        "bidirectional": draw(st.booleans()),
        "batch_first": draw(st.booleans()),
        "dropout": draw(st.sampled_from([0.0, 0.5])),
        "proj_size": draw(st.integers(1, hidden - 1)) if name == "lstm" and hidden > 1 and draw(st.booleans()) else 0,
        "lengths": draw(st.lists(st.integers(1, 5), min_size=1, max_size=3)),
        "dtype": draw(st.sampled_from(["float64", "float32"])),
        "seed": draw(st.integers(0, 99)),
    }


def made(options: dict[str, Any]) -> tuple[Any, torch.Tensor, tuple[torch.Tensor, ...]]:
    """Return torch's module in evaluation, an input of the longest length, and initial states."""
    torch.manual_seed(options["seed"])
    given = {name: options[name] for name in ("num_layers", "bias", "bidirectional", "batch_first", "dropout")}
    if options["proj_size"]:
        given["proj_size"] = options["proj_size"]
    dtype = getattr(torch, options["dtype"])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # dropout of a single layer
        module = MODULES[options["name"]](*options["sizes"], **given).to(dtype).eval()
    inputs, hidden = options["sizes"]
    shape = (max(options["lengths"]), len(options["lengths"]))
    x = torch.randn(*(reversed(shape) if options["batch_first"] else shape), inputs, dtype=dtype, requires_grad=True)
    count = options["num_layers"] * (2 if options["bidirectional"] else 1)
    sizes = [options["proj_size"] or hidden, hidden][: STATES[options["name"]]]
    return module, x, tuple(torch.randn(count, shape[1], size, dtype=dtype, requires_grad=True) for size in sizes)


def numpy(tensors: Sequence[torch.Tensor]) -> tuple[np.ndarray, ...]:
    return tuple(each.detach().numpy() for each in tensors)


def ours(options: dict[str, Any], x: Any, states: Any, params: Any, train: bool = False, **more: Any) -> Any:
    """Return jaxfun's outputs and last states, flat."""
    flags = (options["bias"], options["num_layers"], options["dropout"], train, options["bidirectional"])
    hx = states if options["name"] == "lstm" else states[0]
    return getattr(jf, options["name"])(x, hx, params, *flags, options["batch_first"], **more)


def as_states(states: Sequence[Any]) -> Any:
    return tuple(states) if len(states) == 2 else states[0]


def flat(output: torch.Tensor, last: Any) -> tuple[torch.Tensor, ...]:
    return (output, *(last if isinstance(last, tuple) else (last,)))


def assert_alike(mine: Sequence[Any], theirs: Sequence[torch.Tensor], dtype: str) -> None:
    for one, other in zip(mine, numpy(theirs), strict=True):
        assert (one.dtype, one.shape) == (other.dtype, other.shape)
        np.testing.assert_allclose(one, other, rtol=ROUNDING[dtype], atol=ROUNDING[dtype])


def assert_same_gradients(call: Any, module: Any, results: Any, given: Any, dtype: str) -> None:
    """Compare values and gradients for input, states and weights. `call` is jaxfun's function of these three."""
    x, states = given
    values, pull = jax.vjp(
        call, *jax.tree.map(jnp.asarray, (numpy([x])[0], numpy(states), numpy([*module.parameters()])))
    )
    assert_alike(values, results, dtype)
    generator = np.random.default_rng(0)
    along = [generator.normal(size=each.shape).astype(each.dtype) for each in values]
    theirs = torch.autograd.grad(results, (x, *states, *module.parameters()), [*map(torch.tensor, along)])
    assert_alike(jax.tree.leaves(pull(tuple(map(jnp.asarray, along)))), theirs, dtype)


@settings(max_examples=settings.get_profile("quick").max_examples * 6)
@given(networks())
def test_values_and_gradients_are_those_of_the_modules(options: dict[str, Any]) -> None:
    module, x, states = made(options)
    results = flat(*module(x, as_states(states)))
    assert_same_gradients(lambda *arrays: ours(options, *arrays), module, results, (x, states), options["dtype"])


@settings(max_examples=settings.get_profile("quick").max_examples * 6)
@given(networks())
def test_lengths_give_what_packing_and_padding_gives(options: dict[str, Any]) -> None:
    module, x, states = made(options)
    lengths = torch.tensor(options["lengths"])
    packed = pack_padded_sequence(x, lengths, options["batch_first"], enforce_sorted=False)
    output, last = module(packed, as_states(states))
    results = flat(pad_packed_sequence(output, options["batch_first"])[0], last)

    def call(*arrays: Any) -> Any:
        return ours(options, *arrays, lengths=lengths.numpy())

    assert_same_gradients(call, module, results, (x, states), options["dtype"])
    arrays = numpy([x])[0], numpy(states), numpy([*module.parameters()])
    traced = jax.jit(lambda lengths: ours(options, *arrays, lengths=lengths))(lengths.numpy())
    assert_alike(traced, results, options["dtype"])


@settings(max_examples=settings.get_profile("quick").max_examples * 3)
@given(networks())
def test_packed_sequences_are_those_of_the_modules(options: dict[str, Any]) -> None:
    module, x, states = made(options | {"lengths": sorted(options["lengths"], reverse=True)})
    lengths = torch.tensor(sorted(options["lengths"], reverse=True))
    packed = pack_padded_sequence(x, lengths, options["batch_first"])
    output, last = module(packed, as_states(states))
    results = flat(output.data, last)
    flags = (options["bias"], options["num_layers"], 0.0, False, options["bidirectional"])
    hx = as_states(numpy(states))
    mine = getattr(jf, options["name"])(
        packed.data.detach(), packed.batch_sizes, hx, numpy([*module.parameters()]), *flags
    )
    assert_alike(mine, results, options["dtype"])


@pytest.mark.parametrize("name", MODULES)
def test_an_input_without_a_batch_is_accepted_as_in_the_modules(name: str) -> None:
    module = MODULES[name](3, 4)
    x, states = torch.randn(5, 3), tuple(torch.randn(STATES[name], 1, 4))
    results = flat(*module(x, as_states(states)))
    weights = numpy([*module.parameters()])
    mine = getattr(jf, name)(x, as_states(states), weights, True, 1, 0.0, False, False, False)
    assert_alike(mine, results, "float32")


# Dropout.

KEY = jax.random.key(0)


def dropping(p: float, train: bool, key: Any) -> jax.Array:
    """Return the outputs of two layers that add nothing to their input: the second has the first one's, dropped."""
    weights = (jnp.ones((1, 1)), jnp.zeros((1, 1))) * 2
    x = jnp.ones((20, 30, 1))
    return jf.rnn_relu(x, jnp.zeros((2, 30, 1)), weights, False, 2, p, train, False, False, key=key)[0]


def test_dropout_acts_between_layers_in_training_only() -> None:
    np.testing.assert_array_equal(dropping(0.5, False, None), 1)
    np.testing.assert_array_equal(dropping(0.0, True, None), 1)
    np.testing.assert_array_equal(dropping(1.0, True, KEY), 0)
    found = np.asarray(dropping(0.25, True, KEY))
    np.testing.assert_allclose(np.unique(found), [0, 1 / 0.75], rtol=1e-6)
    assert abs((found == 0).mean() - 0.25) < 0.07  # five standard deviations of 600 draws are 0.09
    np.testing.assert_array_equal(found, jax.jit(lambda key: dropping(0.25, True, key))(KEY))
    assert (found != dropping(0.25, True, jax.random.key(1))).any()


def test_the_last_layer_is_not_dropped() -> None:
    x, weights = jnp.ones((3, 2, 1)), (jnp.ones((1, 1)), jnp.zeros((1, 1)))
    output, _ = jf.rnn_relu(x, jnp.zeros((1, 2, 1)), weights, False, 1, 0.5, True, False, False)
    np.testing.assert_array_equal(output, 1)


def test_a_missing_key_is_told() -> None:
    with pytest.raises(TypeError, match=r"Pass key=jax\.random\.key\(0\)"):
        dropping(0.5, True, None)


# Errors.

WEIGHTS = tuple(torch.ones(shape) for shape in ((6, 3), (6, 2), (6,), (6,)))
DATA, SIZES, STATE = torch.ones(5, 3), torch.tensor([2, 2, 1]), torch.zeros(1, 2, 2)
X = torch.ones(3, 2, 3)
WRONG: dict[str, tuple[Any, ...]] = {
    "too few rows": (DATA[:4], SIZES, STATE, WEIGHTS, True, 1, 0.0, False, False),
    "int32 sizes": (DATA, SIZES.int(), STATE, WEIGHTS, True, 1, 0.0, False, False),
    "too many states": (DATA, SIZES, torch.zeros(1, 3, 2), WEIGHTS, True, 1, 0.0, False, False),
    "a missing weight": (DATA, SIZES, STATE, WEIGHTS[:3], True, 1, 0.0, False, False),
    "a direction without weights": (DATA, SIZES, STATE, WEIGHTS, True, 1, 0.0, False, True),
    "biases that are not announced": (X, STATE, WEIGHTS, False, 1, 0.0, False, False, False),
    "two layers of one": (X, STATE, WEIGHTS, True, 2, 0.0, False, False, False),
    "no layer": (X, STATE[:0], (), True, 0, 0.0, False, False, False),
    "no step": (X[:0], STATE, WEIGHTS, True, 1, 0.0, False, False, False),
    "another dtype": (X.double(), STATE, WEIGHTS, True, 1, 0.0, False, False, False),
    "too large a state": (X, torch.zeros(1, 2, 3), WEIGHTS, True, 1, 0.0, False, False, False),
    "too much dropout": (X, STATE.repeat(2, 1, 1), (*WEIGHTS, *WEIGHTS), True, 2, 1.5, True, False, False),
    "a bias too long": (X, STATE, (*WEIGHTS[:3], torch.ones(7)), True, 1, 0.0, False, False, False),
}


@pytest.mark.parametrize("case", WRONG)
def test_errors_are_torchs(case: str) -> None:
    _, theirs = outcome(lambda: torch.gru(*WRONG[case]))
    _, error = outcome(lambda: jf.gru(*WRONG[case]))
    assert theirs is not None
    assert raises_alike(error, theirs).ok, (error, theirs)


@pytest.mark.parametrize("sizes", [[1, 2, 2], [2, 2, 0, 1], [2, 3], [2, 2], []], ids=str)
def test_batch_sizes_that_do_not_fit_are_refused(sizes: list[int]) -> None:
    with pytest.raises(RuntimeError, match="batch_sizes"):
        jf.gru(DATA, np.array(sizes, "int64"), STATE, WEIGHTS, True, 1, 0.0, False, False)


@pytest.mark.parametrize("lengths", [[0, 3], [4, 1], [-1, 2], [1], [1, 2, 3], [1.0, 2.0]], ids=str)
def test_lengths_that_do_not_fit_are_refused(lengths: list[float]) -> None:
    with pytest.raises(RuntimeError, match="lengths"):
        jf.gru(X, STATE, WEIGHTS, True, 1, 0.0, False, False, False, lengths=np.array(lengths))


# As a user would check a port.


def test_a_port_is_checked_against_the_module() -> None:
    module = torch.nn.LSTM(3, 4, 2, bidirectional=True, batch_first=True)

    def port(state: dict[str, jax.Array], x: jax.Array) -> tuple[jax.Array, ...]:
        zeros = jnp.zeros((4, x.shape[0], 4), x.dtype)
        return jf.lstm(x, (zeros, zeros), [*state.values()], True, 2, 0.0, False, True, True)

    def reference(x: torch.Tensor) -> Any:
        output, states = module(x)
        return output, *states

    state = {name: jnp.asarray(each.detach().numpy()) for name, each in module.named_parameters()}
    report = parity.check(
        lambda x: port(state, x), reference, parity.tensors(shape="2 5 3", dtype="float32"), examples=5
    )
    assert report.ok, report
