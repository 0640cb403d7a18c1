"""`parity.distribution`: test whether a JAX sampler and a PyTorch sampler draw from the same distribution.

Begin at `distribution`. The statistics are in compare/samples.py, the result in report/distribution.py.
"""

import time
from collections.abc import Callable, Iterator
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from ..core.errors import ArgumentTypeError, ArgumentValueError, describe
from ..core.public import public
from .check import ParityError
from .compare.samples import Comparison, compared, power, samples
from .report.distribution import Distribution, advice_of
from .run import torch_side
from .run.draws import draws_of_jax, takes_generator
from .run.isolation import isolated
from .run.outcome import outcome
from .script.describe import describe_function

NUMBERS = 200_000  # on each side, by default
LEAST, MOST = 256, 100_000  # draws by default, while they have fewer numbers than
MOST_NUMBERS = 4_000_000
FEWEST = 64  # draws: fewer have no small p-values
LARGEST = 100_000  # elements of a draw


@public(name="parity.assert_distribution", runs_callbacks=True)
def assert_distribution(
    sampler: Callable[[Any], Any], torch_sampler: Callable[..., Any], **options: Any
) -> Distribution:
    """Raise unless both samplers draw from the same distribution. The arguments are those of `distribution`.

    Raises: ParityError (an AssertionError) with the report.

    >>> import jax, torch
    >>> from jaxfun import parity
    >>> report = parity.assert_distribution(lambda key: jax.random.normal(key, (4, 8)), lambda: torch.randn(4, 8))
    """
    __tracebackhide__ = True
    report = distribution(sampler, torch_sampler, **options)
    if not report.ok:
        raise ParityError(report)
    return report


@public(name="parity.distribution", runs_callbacks=True)
def distribution(
    sampler: Callable[[Any], Any],
    torch_sampler: Callable[..., Any],
    *,
    draws: int | None = None,
    seed: int = 0,
    false_alarms: float = 1e-4,
) -> Distribution:
    """Test whether a JAX sampler and a PyTorch sampler draw arrays from the same distribution, and return a report.

    `sampler` is a function from a JAX random key to an array: an initialiser, dropout of a fixed input, any random
    function. `torch_sampler` returns a tensor of the same shape. It has no arguments and uses torch's global generator,
    which is seeded here. If it has a required argument, it gets a torch.Generator.

    Compared are shape and dtype, the moments, the distribution function (Kolmogorov-Smirnov), how often exact values
    occur (such as the zeros of dropout), for discrete numbers all frequencies (chi-squared), the range, the mean and
    the size at each index, and the dependence between the numbers of a draw (one mask for a channel, orthogonal rows)
    and between successive draws. The same key must give the same numbers, another key others.

    `draws`: how many arrays to draw on each side. The default gives at least 200,000 numbers, which take a few seconds.
    `false_alarms`: the probability that a right sampler is reported as different, for all tests together. `seed`: the
    same seed gives the same run.

    The report's `answer` is "agrees", "differs" or "not shown" (too few numbers). `power` has the smallest differences
    that would have been found.

    Raises: ArgumentTypeError and ArgumentValueError for invalid arguments; never for errors of the two samplers.

    >>> import jax, torch
    >>> from jaxfun import parity
    >>> glorot = jax.nn.initializers.glorot_normal()
    >>> report = parity.distribution(
    ...     lambda key: glorot(key, (8, 12)), lambda: torch.nn.init.xavier_normal_(torch.empty(8, 12))
    ... )
    >>> report.answer, report.failures[0].what  # JAX truncates the normal distribution
    ('differs', 'kurtosis')
    """
    _refuse(sampler, torch_sampler, draws, false_alarms)
    began = time.perf_counter()
    report = Distribution(describe_function(sampler), describe_function(torch_sampler), false_alarms)
    with isolated():
        _compare(report, sampler, torch_sampler, draws, seed)
    report.seconds = time.perf_counter() - began
    return report


def _refuse(sampler: Any, torch_sampler: Any, draws: int | None, false_alarms: float) -> None:
    for name, function in {"sampler": sampler, "torch_sampler": torch_sampler}.items():
        if not callable(function):
            raise ArgumentTypeError(f"a callable `{name}`", describe(function))
    if draws is not None and (not isinstance(draws, int) or draws < FEWEST):
        raise ArgumentValueError(f"`draws` to be an integer of at least {FEWEST}", describe(draws))
    if not 0 < false_alarms < 1:
        raise ArgumentValueError("`false_alarms` between 0 and 1", describe(false_alarms))


def _compare(
    report: Distribution, sampler: Callable[..., Any], torch_sampler: Callable[..., Any], draws: int | None, seed: int
) -> None:
    """Draw from both, and write the findings into the report."""
    has_generator = takes_generator(torch_sampler)
    one, error = outcome(lambda: torch_side.draws(torch_sampler, 2, seed, has_generator))
    if error is not None:
        report.refused = f"{type(error).__name__}: {error}"
        return
    if one[0].size > LARGEST:
        raise ArgumentValueError(f"draws of at most {LARGEST:,} elements", describe(one[0]), "Draw a smaller shape.")
    report.shape, report.dtype = one.shape[1:], one.dtype.name
    report.comparisons = list(_unlike(sampler, one[0], seed))
    if not one[0].size or {each.aspect for each in report.comparisons} - {"dtype"}:
        return
    wanted = draws or _draws_for(one[0].size)
    ours = draws_of_jax(sampler, wanted, seed)
    _compare_draws(report, ours, torch_side.draws(torch_sampler, len(ours), seed, has_generator))


def _compare_draws(report: Distribution, ours: np.ndarray, theirs: np.ndarray) -> None:
    report.draws, report.is_constant = len(ours), _is_constant(theirs)
    if report.is_constant or _is_constant(ours):
        report.comparisons += _constants(ours, theirs)
        return
    epsilon = float(jnp.finfo(theirs.dtype).eps) if jnp.issubdtype(theirs.dtype, jnp.inexact) else 0.0
    pair = samples(ours, theirs, epsilon)
    report.comparisons += compared(*pair, epsilon)
    report.power = power(*pair, report.false_alarms / report.tests)
    report.advice = advice_of(report)


def _draws_for(size: int) -> int:
    """Return the default number of draws of arrays of a size."""
    return max(FEWEST, min(max(-(-NUMBERS // size), LEAST), MOST_NUMBERS // size, MOST))


def _unlike(sampler: Callable[..., Any], theirs: np.ndarray, seed: int) -> Iterator[Comparison]:
    """Yield what differs before anything random is compared: an error, shape, dtype, the same key."""
    key = jax.random.key(seed)
    pair, error = outcome(lambda: [jnp.asarray(sampler(key)) for _ in range(2)])
    if pair is None or error is not None:
        yield Comparison("error", "error", f"{type(error).__name__}: {error}", "none")
        return
    if pair[0].shape != theirs.shape:
        yield Comparison("shape", "shape", list(pair[0].shape), list(theirs.shape))
    if pair[0].dtype != jax.dtypes.canonicalize_dtype(theirs.dtype):
        yield Comparison("dtype", "dtype", pair[0].dtype.name, theirs.dtype.name)
    if not np.array_equal(*map(np.asarray, pair), equal_nan=jnp.issubdtype(pair[0].dtype, jnp.inexact)):
        yield Comparison("key", "the same key gives", "other numbers", "the same numbers")


def _is_constant(draws: np.ndarray) -> bool:
    return bool((draws == draws[:1]).all())


def _constants(ours: np.ndarray, theirs: np.ndarray) -> Iterator[Comparison]:
    """Yield the differences of two samplers if one gives the same array for each key."""
    if _is_constant(ours) != _is_constant(theirs):
        mine, other = ("the same numbers" if _is_constant(side) else "other numbers" for side in (ours, theirs))
        yield Comparison("key", "another key gives", mine, other)
        return
    places = np.argwhere(ours[0] != theirs[0])
    for at in map(tuple, places[:1]):
        yield Comparison("constant", f"element {list(map(int, at))}", ours[0][at].item(), theirs[0][at].item())
