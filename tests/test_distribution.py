"""`parity.distribution`: planted faults are found with every seed, and right samplers are not accused."""

import itertools
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest
import torch

from docs import make_initializers
from jaxfun import parity
from jaxfun.parity.compare.samples import compared, samples

pytestmark = pytest.mark.alternate

Sampler = Callable[[Any], Any]
TorchSampler = Callable[[], torch.Tensor]
SIZE = (8, 4)
rng = np.random.default_rng(0)


def normal(key: Any, shape: tuple[int, ...] = SIZE) -> jax.Array:
    return jax.random.normal(key, shape, jnp.float32)


def uniform(key: Any, bound: float = 1.0) -> jax.Array:
    return jax.random.uniform(key, SIZE, jnp.float32, -bound, bound)


def dropout(key: Any, p: float = 0.3, mask: tuple[int, ...] = (4, 3, 5), scale: float = 1 / 0.7) -> jax.Array:
    kept = jax.random.bernoulli(key, 1 - p, mask)
    return jnp.broadcast_to(jnp.where(kept, jnp.float32(scale), 0), (4, 3, 5))


def waves(x: jax.Array) -> jax.Array:
    """Nearly keeps the moments and the range of uniform numbers."""
    return x + 0.02 * jnp.sin(12 * jnp.pi * x)


def orthogonal(key: Any) -> jax.Array:
    q, r = jnp.linalg.qr(normal(key, (4, 4)))
    return q * jnp.sign(jnp.diagonal(r))


def of_torch(name: str, *args: Any, shape: tuple[int, ...] = SIZE) -> TorchSampler:
    return lambda: getattr(torch.nn.init, name)(torch.empty(shape), *args)


def dropout_of_torch(name: str) -> TorchSampler:
    return lambda: getattr(torch.nn.functional, name)(torch.ones(4, 3, 5), 0.3)


NORMAL, UNIFORM = of_torch("normal_"), of_torch("uniform_", -1, 1)
ORTHOGONAL = of_torch("orthogonal_", shape=(4, 4))
# by fault: a wrong sampler, torch's, and what is said of it
FAULTS: dict[str, tuple[Sampler, TorchSampler, str]] = {
    "std off by 3 %": (lambda key: normal(key) * 1.03, NORMAL, "standard deviation 1.03"),
    "mean off by 0.03": (lambda key: normal(key) + 0.03, NORMAL, "mean 0.0"),
    "bounds off by 2 %": (lambda key: uniform(key, 1.02), UNIFORM, "largest number 1.02"),
    "bounds too small": (lambda key: uniform(key, 0.98), UNIFORM, "largest number 0.98"),
    "the other fan": (
        lambda key: jax.nn.initializers.he_normal()(key, SIZE, jnp.float32),
        of_torch("kaiming_normal_", 0, "fan_in", "relu"),
        "that of the fans",
    ),
    "truncated": (
        lambda key: jax.nn.initializers.he_normal()(key, SIZE[::-1], jnp.float32).T,
        of_torch("kaiming_normal_", 0, "fan_in", "relu"),
        "The numbers end at 2.2",
    ),
    "uniform for normal": (lambda key: uniform(key, 3**0.5), NORMAL, "kurtosis 1."),
    "asymmetric": (lambda key: normal(key) ** 2 / 2**0.5 - 2**-0.5, NORMAL, "skewness"),
    "probability off by 0.02": (lambda key: dropout(key, 0.32), dropout_of_torch("dropout"), "share of 0"),
    "not scaled": (lambda key: dropout(key, scale=1.0), dropout_of_torch("dropout"), "share of 1.42857"),
    "a mask for the batch": (lambda key: dropout(key, mask=(1, 3, 5)), dropout_of_torch("dropout"), "dimension 0"),
    "a mask for each element": (dropout, dropout_of_torch("dropout1d"), "neighbours along dimension 2"),
    "a mask for each channel": (
        lambda key: dropout(key, mask=(4, 3, 1)),
        dropout_of_torch("dropout"),
        "neighbours along dimension 2",
    ),
    "a density with waves": (
        lambda key: waves(jax.random.uniform(key, SIZE, jnp.float32)),
        of_torch("uniform_"),
        "Kolmogorov-Smirnov",
    ),
    "high included": (
        lambda key: jax.random.randint(key, SIZE, 0, 11, jnp.int64),
        lambda: torch.randint(0, 10, SIZE),
        "largest number",
    ),
    "a value too often": (
        lambda key: jnp.maximum(jax.random.randint(key, SIZE, -1, 40, jnp.int64), 0),
        lambda: torch.randint(0, 40, SIZE),
        "chi-squared",
    ),
    "a row of zeros": (lambda key: normal(key).at[2].set(0), NORMAL, "share of 0 0.125"),
    "a row that is too large": (lambda key: normal(key).at[2].multiply(1.2), NORMAL, "at index 2 of dimension 0"),
    "rows repeated": (lambda key: normal(key)[jnp.array([0, 0, 2, 3, 4, 5, 6, 7])], NORMAL, "dimension 0"),
    "not orthogonal": (lambda key: normal(key, (4, 4)) / 2, ORTHOGONAL, "dimension"),
    "not uniform among orthogonal matrices": (
        lambda key: jnp.linalg.qr(normal(key, (4, 4)))[0],
        ORTHOGONAL,
        "mean",
    ),
    "one scale for all": (
        lambda key: normal(key) * jnp.where(jax.random.bernoulli(jax.random.fold_in(key, 1)), 0.9, 1.0911),
        NORMAL,
        "of their squares",
    ),
    "NaN": (lambda key: jnp.where(normal(key) > 3.5, jnp.nan, normal(key)), NORMAL, "share of NaN"),
    "dtype": (lambda key: normal(key).astype(jnp.float64), NORMAL, "dtype float64 where the reference has float32"),
    "shape": (lambda key: normal(key).T, NORMAL, "shape [4, 8] where the reference has [8, 4]"),
    "the key is ignored": (lambda key: normal(jax.random.key(3)), NORMAL, "another key gives the same numbers"),
    "no key": (lambda key: rng.normal(size=SIZE).astype(np.float32), NORMAL, "the same key gives other numbers"),
    "half of the key is ignored": (
        lambda key: normal(key).at[:4].set(normal(jax.random.key(3))[:4]),
        NORMAL,
        "of element",
    ),
    "an error": (lambda key: key + jnp.ones(2), NORMAL, "error TypeError"),
    "another constant": (lambda key: jnp.eye(8, 4, 1, dtype=jnp.float32), of_torch("eye_"), "element [0, 0]"),
    "random for constant": (normal, of_torch("ones_"), "another key gives other numbers"),
}
RIGHT: dict[str, tuple[Sampler, TorchSampler]] = {
    "normal": (normal, NORMAL),
    "uniform": (uniform, UNIFORM),
    "dropout": (dropout, dropout_of_torch("dropout")),
    "dropout1d": (lambda key: dropout(key, mask=(4, 3, 1)), dropout_of_torch("dropout1d")),
    "a scale off by rounding": (lambda key: dropout(key, scale=1 / 0.7 + 1e-7), dropout_of_torch("dropout")),
    "a sum off by rounding": (
        lambda key: jax.nn.softmax(normal(key)),
        lambda: torch.softmax(torch.randn(SIZE), 1) * (1 + 3e-7),
    ),
    "orthogonal": (orthogonal, ORTHOGONAL),
    "randint": (lambda key: jax.random.randint(key, SIZE, 0, 10, jnp.int64), lambda: torch.randint(0, 10, SIZE)),
    "one number": (lambda key: jax.random.normal(key, (), jnp.float32), lambda: torch.randn(())),
    "complex": (lambda key: jax.random.normal(key, (3,), jnp.complex64), lambda: torch.randn(3, dtype=torch.complex64)),
    "permutation": (lambda key: jax.random.permutation(key, 6), lambda: torch.randperm(6)),
    "cauchy": (lambda key: jax.random.cauchy(key, SIZE, jnp.float32), lambda: torch.empty(SIZE).cauchy_()),
    "bernoulli": (lambda key: jax.random.bernoulli(key, 0.2, SIZE), lambda: torch.rand(SIZE) < 0.2),
    "constant": (lambda key: jnp.eye(8, 4, dtype=jnp.float32), of_torch("eye_")),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_planted_fault_is_found_and_named_with_each_seed(fault: str) -> None:
    sampler, torch_sampler, said = FAULTS[fault]
    for seed in (0, 1):
        report = parity.distribution(sampler, torch_sampler, seed=seed)
        assert report.answer == "differs", str(report)
        assert said in f"{report} {report.failures}", str(report)


@pytest.mark.parametrize("name", RIGHT)
def test_right_sampler_agrees(name: str) -> None:
    sampler, torch_sampler = RIGHT[name]
    for seed in (0, 1):
        report = parity.distribution(sampler, torch_sampler, seed=seed)
        assert report.answer == "agrees", str(report)


# right samplers whose numbers are dependent, heavy-tailed, rare or few: each drawn by NumPy
DRAWN: dict[str, Callable[[np.random.Generator], np.ndarray]] = {
    "normal": lambda rng: rng.normal(size=(64, 6, 10)),
    "one number": lambda rng: rng.normal(size=3000),
    "channels": lambda rng: np.broadcast_to((rng.random((256, 6, 1)) < 0.7) / 0.7, (256, 6, 8)),
    "orthogonal": lambda rng: np.linalg.qr(rng.normal(size=(300, 5, 4)))[0],
    "one scale": lambda rng: rng.normal(size=(64, 4, 4)) * rng.exponential(size=(64, 1, 1)),
    "cauchy": lambda rng: rng.standard_cauchy(size=(200, 20)),
    "lognormal": lambda rng: np.exp(2 * rng.normal(size=(100, 20))),
    "rare": lambda rng: (rng.random((200, 20)) < 0.002).astype(float),
    "integers": lambda rng: rng.integers(0, 200, size=(100, 20)).astype(float),
    "dropped": lambda rng: rng.normal(size=(100, 5, 4)) * (rng.random((100, 5, 4)) < 0.5),
    "permutations": lambda rng: np.argsort(rng.random((200, 10)), 1).astype(float),
}


@pytest.mark.parametrize("name", DRAWN)
def test_false_alarms_are_as_rare_as_stated(name: str) -> None:
    rng = np.random.default_rng(0)
    alarms = 0
    for _ in range(60):
        found = list(compared(*samples(DRAWN[name](rng), DRAWN[name](rng), 0.0), 0.0))
        alarms += min(each.p for each in found) * sum(each.count for each in found) < 0.02
    assert alarms <= 3  # 1.2 expected at most


def test_few_numbers_are_no_evidence() -> None:
    report = parity.distribution(normal, NORMAL, draws=64)
    assert report.answer == "not shown"
    assert "too few independent numbers" in str(report)
    assert "pass a larger `draws`" in str(report)
    one_mask = parity.distribution(lambda key: dropout(key, mask=(1, 1, 1)), dropout_of_torch("dropout"), draws=100)
    assert one_mask.answer == "differs"


def test_error_of_the_reference_is_no_evidence() -> None:
    report = parity.distribution(normal, lambda: torch.empty(2).log_normal_(0, -1))
    assert report.answer == "not shown"
    assert "the reference raised RuntimeError" in str(report)
    empty = parity.distribution(lambda key: jnp.ones((0, 3), jnp.float32), lambda: torch.ones(0, 3))
    assert empty.answer == "not shown"


def test_generator_is_passed_and_torch_keeps_its_state() -> None:
    before = torch.random.get_rng_state()
    assert parity.distribution(normal, lambda generator: torch.randn(SIZE, generator=generator)).ok
    assert torch.equal(before, torch.random.get_rng_state())


def test_tensor_that_is_filled_again_and_again_is_copied() -> None:
    weight = torch.nn.Parameter(torch.empty(SIZE))
    assert parity.distribution(normal, lambda: torch.nn.init.normal_(weight)).ok


def test_sampler_that_cannot_be_batched_is_called_for_each_key() -> None:
    def sampler(key: Any) -> Any:
        return np.random.default_rng(np.asarray(jax.random.key_data(key))).normal(size=SIZE).astype(np.float32)

    report = parity.distribution(sampler, NORMAL, draws=1000)
    assert report.failures == []
    assert report.draws == 1000


def test_the_same_seed_gives_the_same_report() -> None:
    first, second = (parity.distribution(normal, UNIFORM, seed=5) for _ in range(2))
    assert first.comparisons == second.comparisons


def test_assert_raises_with_the_report() -> None:
    with pytest.raises(parity.ParityError, match=r"kurtosis 1\.\d+ where\s+the\s+reference has [23]") as caught:
        parity.assert_distribution(lambda key: uniform(key, 3**0.5), NORMAL)
    assert isinstance(caught.value.report, parity.Distribution)
    assert parity.assert_distribution(normal, NORMAL).ok


def test_report_is_written_as_json(tmp_path: Path) -> None:
    report = parity.distribution(lambda key: jnp.where(normal(key) > 2, jnp.inf, normal(key)), NORMAL)
    report.to_json(tmp_path / "report.json")
    found = json.loads((tmp_path / "report.json").read_text())
    assert (found["answer"], found["draws"], found["shape"]) == ("differs", report.draws, [8, 4])
    assert len(found["failures"]) == len(report.failures)
    assert "share of infinity" in [each["what"] for each in found["failures"]]


def test_invalid_arguments_are_refused() -> None:
    for arguments in ({"draws": 3}, {"draws": 99.0}, {"false_alarms": 0}, {"false_alarms": 2}):
        with pytest.raises(ValueError, match=r"parity\.distribution"):
            parity.distribution(normal, NORMAL, **arguments)
    for pair in itertools.permutations([normal, None]):
        with pytest.raises(TypeError, match="callable"):
            parity.distribution(*pair)  # pyright: ignore[reportArgumentType]
    with pytest.raises(ValueError, match="Draw a smaller shape"):
        parity.distribution(normal, lambda: torch.empty(400, 400))


def test_faults_do_not_hide_that_the_rest_agrees() -> None:
    for sampler in (lambda key: normal(key) * 2 + 1, lambda key: uniform(key, 3**0.5), lambda key: uniform(key, 9.0)):
        report = parity.distribution(sampler, NORMAL)
        assert {each.aspect for each in report.failures} <= {"moments", "KS test", "range"}, str(report)


@pytest.mark.parametrize("pair", make_initializers.PAIRS, ids=lambda pair: f"{pair[0]} {pair[1]}")
def test_table_of_initialisers_is_measured(pair: tuple[str, str, str]) -> None:
    row = make_initializers.row(*pair)
    assert row in make_initializers.PAGE.read_text(), "run python docs/make_initializers.py"
    assert bool(pair[2]) == ("differs" in row)
