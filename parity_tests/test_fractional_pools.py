"""Fractional max pools: torch's results for given samples, and windows with its distribution for a key."""

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest
import torch

import jaxfun as jf
from jaxfun import parity
from jaxfun.parity.run.outcome import outcome
from jaxfun.parity.search.verdicts import raises_alike

KEY = jax.random.key(0)
POOLS = {
    2: (jf.nn.functional.fractional_max_pool2d, torch.nn.functional.fractional_max_pool2d),
    3: (jf.nn.functional.fractional_max_pool3d, torch.nn.functional.fractional_max_pool3d),
}
# the shape of the input, and the options
CASES = {
    "sizes": ((2, 3, 5, 4), {"kernel_size": 2, "output_size": 3}),
    "a ratio": ((3, 4, 6), {"kernel_size": (2, 3), "output_ratio": (0.5, 0.4)}),
    "one window": ((1, 2, 3, 4), {"kernel_size": 1, "output_size": (1, 4)}),
    "no window": ((1, 2, 3, 4), {"kernel_size": 2, "output_size": 0}),
    "no image": ((0, 2, 3, 4), {"kernel_size": 2, "output_size": 2}),
    "volumes": ((2, 2, 5, 4, 6), {"kernel_size": 2, "output_size": (3, 2, 4)}),
    "a volume": ((2, 5, 3, 7), {"kernel_size": (2, 1, 3), "output_ratio": (0.5, 0.7, 0.4)}),
}
DTYPES = ["float16", "bfloat16", "float32", "float64"]


def drawn(shape: tuple[int, ...], dims: int, dtype: str) -> tuple[torch.Tensor, torch.Tensor]:
    """Return an input with ties and NaN, and samples; in float16 numbers that every dtype holds."""
    generator = torch.Generator().manual_seed(sum(shape))
    input = torch.randint(-4, 5, shape, generator=generator).to(getattr(torch, dtype))
    input.view(-1)[::7] = torch.nan
    batch = shape[:2] if len(shape) == dims + 2 else (1, shape[0])
    return input, torch.rand(*batch, dims, generator=generator, dtype=torch.float32).to(input.dtype)


def arrays(*tensors: torch.Tensor) -> list[jax.Array]:
    return [jf.tensor(tensor.double().numpy(), dtype=str(tensor.dtype).removeprefix("torch.")) for tensor in tensors]


@pytest.mark.proves("nn.functional.fractional_max_pool2d", "nn.functional.fractional_max_pool2d_with_indices")
@pytest.mark.proves("nn.functional.fractional_max_pool3d", "nn.functional.fractional_max_pool3d_with_indices")
@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("name", CASES)
def test_values_and_indices_match_torch_for_the_same_samples(name: str, dtype: str) -> None:
    shape, options = CASES[name]
    dims = 3 if "volume" in name else 2
    ours, theirs = POOLS[dims]
    input, samples = drawn(shape, dims, dtype)
    expected = theirs(input, return_indices=True, _random_samples=samples, **options)
    x, numbers = arrays(input, samples)
    found = ours(x, return_indices=True, _random_samples=numbers, **options)
    for mine, its in zip(found, expected, strict=True):
        np.testing.assert_array_equal(np.asarray(mine, float), its.double().numpy())
    assert found[0].dtype.name == dtype
    alone = ours(x, _random_samples=numbers, **options)
    np.testing.assert_array_equal(np.asarray(alone, float), np.asarray(found[0], float))


@pytest.mark.parametrize("name", ["sizes", "a volume"])
def test_gradient_matches_torch_for_the_same_samples(name: str) -> None:
    shape, options = CASES[name]
    dims = 3 if "volume" in name else 2
    ours, theirs = POOLS[dims]
    input, samples = drawn(shape, dims, "float64")
    expected = theirs(input.requires_grad_(), _random_samples=samples, **options)
    cotangent = torch.rand(expected.shape, dtype=torch.float64)
    expected.backward(cotangent)
    x, numbers = arrays(input.detach(), samples)
    _, pull = jax.vjp(lambda x: ours(x, _random_samples=numbers, **options), x)
    np.testing.assert_allclose(pull(jnp.asarray(cotangent.numpy()))[0], input.grad, rtol=1e-12)


@pytest.mark.parametrize("dims", POOLS)
def test_key_determines_the_windows(dims: int) -> None:
    pool, _ = POOLS[dims]
    input = jf.reshape(jf.arange(2.0 * 3 * 9**dims), (2, 3, *(9,) * dims))
    first, again, other = (pool(input, 2, 4, key=jax.random.key(seed)) for seed in (0, 0, 1))
    np.testing.assert_array_equal(first, again)
    assert (np.asarray(first) != np.asarray(other)).any()
    np.testing.assert_array_equal(jax.jit(lambda x: pool(x, 2, 4, key=KEY))(input), pool(input, 2, 4, key=KEY))
    batched = jax.vmap(lambda x, key: pool(x, 2, 4, key=key))(input, jax.random.split(KEY))
    looped = [pool(x, 2, 4, key=key) for x, key in zip(input, jax.random.split(KEY), strict=True)]
    np.testing.assert_array_equal(batched, np.stack(looped))


def test_window_starts_have_the_distribution_of_torch() -> None:
    # of an image that counts its columns, the pool with windows of 1 gives the starts
    image = torch.arange(12.0).expand(500, 8, 1, 12)
    torch.manual_seed(0)
    theirs = torch.nn.functional.fractional_max_pool2d(image, 1, (1, 5)).flatten(0, 2).numpy()
    ours = np.asarray(POOLS[2][0](jf.tensor(image.numpy()), 1, (1, 5), key=KEY)).reshape(-1, 5)
    for column in range(5):
        counts = [np.bincount(side[:, column].astype(int), minlength=12) / len(side) for side in (ours, theirs)]
        np.testing.assert_allclose(counts[0], counts[1], atol=0.05)  # 4,000 draws each: five standard deviations


WRONG: list[tuple[int, Any, dict[str, Any]]] = [
    (2, torch.ones(1, 4, 4), {"kernel_size": 2}),
    (2, torch.ones(1, 4, 4), {"kernel_size": 3, "output_size": 3}),
    (2, torch.ones(4, 4), {"kernel_size": 2, "output_size": 2}),
    (2, torch.ones(1, 0, 4), {"kernel_size": 2, "output_size": 2}),
    (2, torch.ones(1, 4, 4, dtype=torch.int64), {"kernel_size": 2, "output_size": 2}),
    (2, torch.ones(1, 4, 4), {"kernel_size": 2, "output_size": 2, "_random_samples": torch.ones(1, 1, 3)}),
    (2, torch.ones(1, 4, 4), {"kernel_size": 2, "output_size": 2, "_random_samples": torch.ones(1, 1, 2).double()}),
    (3, torch.ones(1, 4, 4, 3), {"kernel_size": 2, "output_size": 2}),
]


@pytest.mark.parametrize("place", range(len(WRONG)))
def test_raises_where_torch_raises(place: int) -> None:
    dims, input, options = WRONG[place]
    ours, theirs = POOLS[dims]
    _, expected = outcome(lambda: theirs(input, **options))
    own = {name: jf.from_numpy(value.numpy()) if torch.is_tensor(value) else value for name, value in options.items()}
    _, error = outcome(lambda: ours(jf.from_numpy(input.numpy()), key=KEY, **own))
    assert expected is not None
    assert raises_alike(error, expected).ok, (error, expected)


@pytest.mark.parametrize("dims", POOLS)
def test_missing_key_raises_with_advice(dims: int) -> None:
    with pytest.raises(TypeError, match=r"key=jax.random.key\(0\)"):
        POOLS[dims][0](jf.ones(1, *(4,) * dims), 1, 3)


@pytest.mark.parametrize("windows", [2, 3, 4], ids=["first and last", "steps of 3", "steps of 2"])
@pytest.mark.parametrize("dims", POOLS)
def test_fixed_windows_need_no_key(dims: int, windows: int) -> None:
    ours, theirs = POOLS[dims]
    input = torch.rand(1, 2, *(8,) * dims)
    np.testing.assert_array_equal(ours(jf.from_numpy(input.numpy()), 2, windows), theirs(input, 2, windows))


@pytest.mark.parametrize("dims", POOLS)
def test_distribution_is_torchs(dims: int) -> None:
    ours, theirs = POOLS[dims]
    shape, options = (2, 3, *(5, 7, 4)[:dims]), {"kernel_size": 2, "output_ratio": (0.6,) * dims}
    x = np.arange(np.prod(shape), dtype=np.float32).reshape(shape)
    tensor = torch.tensor(x)
    parity.assert_distribution(lambda key: ours(x, **options, key=key), lambda: theirs(tensor, **options))
