"""Two samples of random draws, compared: the probability of each difference if both have the same distribution.

Begin at `compared`. The draws of a sample are independent of each other. The numbers in one draw need not be (one mask
for a channel, the rows of an orthogonal matrix), so a statistic is averaged over each draw first, and the averages are
compared. Where a test is for independent numbers (Kolmogorov-Smirnov, chi-squared), their count is divided by the
design effect, which is measured.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
from scipy.special import chdtrc, kolmogi, kolmogorov

Pair = tuple[np.ndarray, np.ndarray]
_ROUNDING = 1e-5  # a smaller difference of two averages is rounding
_ATOM = 1 / 500  # the share of numbers that makes a value worth a test of its own
_MOST_ATOMS = 64
_GRID = np.linspace(0.02, 0.98, 33)  # quantiles at which the design effect is measured
_MOST_PLACES = 2048
_MOST_VALUES = 256  # for the chi-squared test
_LEAST_IN_CELL = 10  # expected numbers in a cell of that test
_ANOTHER = 1e-6  # p-value of mean or standard deviation below which each sample is standardised by itself


@dataclass(frozen=True)
class Comparison:
    """A statistic of both samples, with the p-value of the difference: the smallest of `count` tests of its kind."""

    aspect: str
    what: str
    candidate: Any
    reference: Any
    p: float = 0.0
    count: int = 1


@dataclass(frozen=True)
class Sample:
    """The draws of one sampler, as float64: `values` has a row for each draw."""

    values: np.ndarray
    shape: tuple[int, ...]

    @cached_property
    def is_finite(self) -> np.ndarray:
        """Which numbers are finite."""
        return np.isfinite(self.values)

    @cached_property
    def mean(self) -> float:
        """The mean of the finite numbers."""
        return float(self.values[self.is_finite].mean()) if self.is_finite.any() else 0.0

    @cached_property
    def std(self) -> float:
        """The standard deviation of the finite numbers."""
        return float(self.values[self.is_finite].std()) if self.is_finite.any() else 0.0

    def standard(self, mean: float, std: float) -> np.ndarray:
        """Return the numbers minus a mean, by a standard deviation. NaN and infinity count as the mean."""
        return (np.where(self.is_finite, self.values, mean) - mean) / (std or 1.0)


def samples(ours: np.ndarray, theirs: np.ndarray, epsilon: float) -> tuple[Sample, Sample]:
    """Return two stacks of draws as samples. A complex number becomes two real ones."""
    wide = [_real(side) for side in (ours, theirs)]
    rows = merged(wide[0].reshape(len(ours), -1), wide[1].reshape(len(theirs), -1), epsilon)
    return Sample(rows[0], wide[0].shape[1:]), Sample(rows[1], wide[1].shape[1:])


def _real(draws: np.ndarray) -> np.ndarray:
    if np.iscomplexobj(draws):
        return np.stack([np.real(draws), np.imag(draws)], -1).astype(np.float64)
    return draws.astype(np.float64)


def p_values(ours: np.ndarray, theirs: np.ndarray) -> np.ndarray:
    """Return the p-values of the differences of averages over draws (the rows).

    The difference d of a draw of ours and one of theirs is symmetric if both have the same distribution. Then
    t = Σ d / √Σ d² exceeds c with a probability of at most 2 exp(-c² / 2), whatever the distribution is (Hoeffding).

    >>> rng = np.random.default_rng(0)
    >>> p_values(rng.normal(0, 1, (100, 1)), rng.normal(1, 1, (100, 1))).item() < 1e-6
    True
    """
    difference = ours - theirs
    difference = np.where(np.abs(difference) <= _ROUNDING, 0, difference)
    squares = np.maximum((difference**2).sum(0), np.finfo(float).tiny)
    return np.minimum(2 * np.exp(-(difference.sum(0) ** 2) / squares / 2), 1)


def compared(ours: Sample, theirs: Sample, epsilon: float) -> Iterator[Comparison]:
    """Yield the comparisons of two samples of the same shape, with as many draws each."""
    first = list(_first_moments(ours, theirs))
    yield from first
    is_alike = min(each.p for each in first) > _ANOTHER
    # if mean and standard deviation differ, the other statistics show what differs besides
    by = _pooled(ours, theirs)
    numbers = [side.standard(*(by if is_alike else (side.mean, side.std))) for side in (ours, theirs)]
    for name, power in {"skewness": 3, "kurtosis": 4}.items():
        yield _worst("moments", name, *((side**power).mean(1)[:, None] for side in numbers))
    yield from _values_compared(ours, theirs)
    yield from _ranges_compared(ours, theirs, epsilon)
    yield from _places_compared(numbers, ours.shape)
    yield from _dependence_compared(numbers, ours.shape)


def _pooled(ours: Sample, theirs: Sample) -> tuple[float, float]:
    mean = (ours.mean + theirs.mean) / 2
    return mean, float(np.sqrt((ours.std**2 + theirs.std**2) / 2 + (ours.mean - theirs.mean) ** 2 / 4))


def _first_moments(ours: Sample, theirs: Sample) -> Iterator[Comparison]:
    """Yield the comparisons of mean and standard deviation."""
    numbers = [side.standard(*_pooled(ours, theirs)) for side in (ours, theirs)]
    for power, name in enumerate(["mean", "standard deviation"], 1):
        p = p_values(*((side**power).mean(1)[:, None] for side in numbers)).item()
        mine, other = (ours.mean, theirs.mean) if power == 1 else (ours.std, theirs.std)
        yield Comparison("moments", name, mine, other, p)


def _worst(aspect: str, name: str, ours: np.ndarray, theirs: np.ndarray) -> Comparison:
    """Return the comparison of the column with the smallest p-value."""
    p = p_values(ours, theirs)
    at = int(p.argmin())
    return Comparison(
        aspect, name.format(at), float(ours[:, at].mean()), float(theirs[:, at].mean()), float(p[at]), p.size
    )


# values: exact ones, and the distribution function


def merged(ours: np.ndarray, theirs: np.ndarray, epsilon: float) -> Pair:
    """Return both with frequent values made equal that differ by rounding, such as 1.4285715 and 1.4285714.

    >>> merged(np.full(50, 1.4285715), np.full(50, 1.4285714), 1e-7)[1][0].item()
    1.4285715
    """
    values, places = np.unique(np.concatenate([ours.ravel(), theirs.ravel()]), return_inverse=True)
    counts = [np.bincount(side, minlength=values.size) for side in np.split(places, [ours.size])]
    enough = max(20, ours.size * _ATOM)
    lonely = [(counts[i] >= enough) & (100 * counts[1 - i] < counts[i]) for i in (0, 1)]
    for at in np.flatnonzero(lonely[0] & np.isfinite(values)):
        is_near = np.isfinite(values)
        is_near[is_near] = np.abs(values[is_near] - values[at]) <= 4 * epsilon * abs(values[at])
        values[lonely[1] & is_near] = values[at]
    back = values[places]
    return back[: ours.size].reshape(ours.shape), back[ours.size :].reshape(theirs.shape)


def _values_compared(ours: Sample, theirs: Sample) -> Iterator[Comparison]:
    for name, test in {"NaN": np.isnan, "infinity": np.isposinf, "-infinity": np.isneginf}.items():
        yield from _shares(name, test(ours.values), test(theirs.values))
    values, counts = np.unique(np.concatenate([ours.values, theirs.values]), return_counts=True)
    frequent = np.flatnonzero((counts >= max(40, 2 * ours.values.size * _ATOM)) & np.isfinite(values))
    for at in frequent[np.argsort(-counts[frequent])][:_MOST_ATOMS]:
        yield from _shares(f"{values[at]:.6g}", ours.values == values[at], theirs.values == values[at])
    yield from _kolmogorov_smirnov(ours, theirs)
    if 1 < values.size <= _MOST_VALUES:
        yield from _chi_squared(ours, theirs, values[np.isfinite(values)])


def _shares(name: str, ours: np.ndarray, theirs: np.ndarray) -> Iterator[Comparison]:
    """Yield the comparison of how often a value occurs, unless it does not."""
    if ours.any() or theirs.any():
        yield _worst("values", f"share of {name}", *(side.mean(1)[:, None] for side in (ours, theirs)))


def effective(ours: Sample, theirs: Sample) -> float:
    """Return the effective number of independent numbers of the two samples: `n m / (n + m)` by the design effect."""
    pooled = np.concatenate([ours.values[ours.is_finite], theirs.values[theirs.is_finite]])
    points = np.unique(np.quantile(pooled, _GRID, method="lower")) if pooled.size else np.zeros(1)
    shares = [np.stack([(side.values <= point).mean(1) for point in points], 1) for side in (ours, theirs)]
    middle = (shares[0].mean(0) + shares[1].mean(0)) / 2
    independent = np.maximum(middle * (1 - middle), 0.01) / ours.values.shape[1]
    found = (shares[0].var(0, ddof=1) + shares[1].var(0, ddof=1)) / 2 / independent
    return ours.values.size / 2 / max(1.0, float(found.max()))


def _kolmogorov_smirnov(ours: Sample, theirs: Sample) -> Iterator[Comparison]:
    sides = [np.sort(side.values[side.is_finite]) for side in (ours, theirs)]
    if not sides[0].size or not sides[1].size:
        return
    points = np.concatenate(sides)
    functions = [np.searchsorted(side, points, "right") / side.size for side in sides]
    gaps = np.abs(functions[0] - functions[1])
    at = int(gaps.argmax())
    p = float(kolmogorov(np.sqrt(effective(ours, theirs)) * gaps[at]))
    name = f"share of numbers up to {points[at]:.4g} (Kolmogorov-Smirnov)"
    yield Comparison("KS test", name, float(functions[0][at]), float(functions[1][at]), p)


def _chi_squared(ours: Sample, theirs: Sample, values: np.ndarray) -> Iterator[Comparison]:
    counts = [np.histogram(side.values[side.is_finite], [*values, np.inf])[0] for side in (ours, theirs)]
    total = counts[0] + counts[1]
    cells = np.flatnonzero(total >= 2 * _LEAST_IN_CELL)
    if cells.size > 1:
        each = (counts[0] - counts[1])[cells] ** 2 / total[cells]
        design = ours.values.size / 2 / effective(ours, theirs)
        worst = cells[each.argmax()]
        name = f"share of {values[worst]:.6g} (chi-squared test of {cells.size} values)"
        shares = [float(side[worst] / ours.values.size) for side in counts]
        p = float(chdtrc(cells.size - 1, each.sum() / design))
        yield Comparison("chi2 test", name, shares[0], shares[1], p)


# range


def _ranges_compared(ours: Sample, theirs: Sample, epsilon: float) -> Iterator[Comparison]:
    for name, sign in {"largest number": 1, "smallest number": -1}.items():
        tops = [np.where(side.is_finite, sign * side.values, -np.inf).max(1) for side in (ours, theirs)]
        largest = [float(top.max()) for top in tops]
        margin = 4 * epsilon * max(map(abs, largest))
        beyond = int(max((tops[i] > largest[1 - i] + margin).sum() for i in (0, 1)))
        p = min(1.0, 2 * _all_of_one(beyond, len(ours.values)))
        yield Comparison("range", name, sign * largest[0], sign * largest[1], p)


def _all_of_one(count: int, draws: int) -> float:
    """Return the probability that the first `count` of the pooled draws, in order, are all of one given side.

    >>> _all_of_one(0, 10), _all_of_one(1, 10)
    (1.0, 0.5)
    """
    ranks = np.arange(count)
    return float(np.prod((draws - ranks) / (2 * draws - ranks)))


# places: the mean and the size of the numbers at each index


def _places_compared(numbers: list[np.ndarray], shape: tuple[int, ...]) -> Iterator[Comparison]:
    for kind, power in {"mean": 1, "mean square": 2}.items():
        flat = [side**power for side in numbers]
        sides = [side.reshape(-1, *shape) for side in flat]
        for axis, size in enumerate(shape):
            if 1 < size <= _MOST_PLACES:
                others = tuple(other + 1 for other in range(len(shape)) if other != axis)
                name = f"standardised {kind} at index {{}} of dimension {axis}"
                yield _worst("places", name, *(side.mean(others) for side in sides))
        if len(shape) > 1 and flat[0].shape[1] <= _MOST_PLACES:
            yield _worst("places", f"standardised {kind} of element {{}} in memory", *flat)


# dependence of the numbers of a draw, and of successive draws


def _dependence_compared(numbers: list[np.ndarray], shape: tuple[int, ...]) -> Iterator[Comparison]:
    for name, (ours, theirs) in _transforms(*numbers):
        for (feature, mine), (_, other) in zip(_features(ours, shape), _features(theirs, shape), strict=True):
            yield _worst("dependence", f"{feature} ({name})", mine[:, None], other[:, None])


def _transforms(ours: np.ndarray, theirs: np.ndarray) -> Iterator[tuple[str, Pair]]:
    """Yield functions of the numbers with mean 0 and variance 1."""
    yield "of the numbers", (ours, theirs)
    squares = ours**2 - 1, theirs**2 - 1
    spreads = np.array([np.sqrt((side**2).mean()) for side in squares])
    linear = sum((square * side).mean() for square, side in zip(squares, (ours, theirs), strict=True))
    if abs(linear) < 0.999 * spreads.sum():  # for two values, the squares are a linear function of the numbers
        if p_values(*((side**2).mean(1)[:, None] for side in squares)).item() > _ANOTHER:
            spreads[:] = np.sqrt((spreads**2).mean())
        yield "of their squares", (squares[0] / (spreads[0] or 1), squares[1] / (spreads[1] or 1))


def _features(numbers: np.ndarray, shape: tuple[int, ...]) -> Iterator[tuple[str, np.ndarray]]:
    """Yield measures of dependence, each with a number for each draw. For independent numbers their mean is 0 or 1."""
    lines = {axis: _lines(numbers, shape, axis) for axis, size in enumerate(shape) if size > 1}
    inner = {axis: (each[:, 1:] * each[:, :-1]).sum(2) for axis, each in lines.items()}
    for axis, each in lines.items():
        yield f"correlation of neighbours along dimension {axis}", inner[axis].mean(1) / each.shape[2]
    pairs = len(numbers) // 2 * 2
    yield "correlation of successive draws", (numbers[:pairs:2] * numbers[1:pairs:2]).mean(1)
    for axis, each in lines.items():
        yield f"variance of sums along dimension {axis}", (each.sum(1) ** 2).mean(1) / each.shape[1]
    yield "variance of the sum of a draw", numbers.sum(1) ** 2 / numbers.shape[1]
    for axis, each in lines.items():
        if each.shape[2] > 1:
            name = f"squared inner product of neighbours along dimension {axis}"
            yield name, (inner[axis] ** 2).mean(1) / each.shape[2]


def _lines(numbers: np.ndarray, shape: tuple[int, ...], axis: int) -> np.ndarray:
    """Return the numbers as (draws, size of the axis, all other dimensions)."""
    whole = numbers.reshape(len(numbers), *shape)
    return np.moveaxis(whole, axis + 1, 1).reshape(len(numbers), shape[axis], -1)


# what would have been found


class Power(NamedTuple):
    """The smallest detectable differences of the mean, the standard deviation and the distribution function."""

    mean: float  # in standard deviations
    std: float  # relative
    share: float


def power(ours: Sample, theirs: Sample, level: float) -> Power:
    """Return the smallest differences that tests at a level find, with two standard errors to spare."""
    numbers = [side.standard(*_pooled(ours, theirs)) for side in (ours, theirs)]
    factor = 2 + math.sqrt(2 * math.log(2 / level))
    errors = [
        float(np.std((numbers[0] ** each).mean(1) - (numbers[1] ** each).mean(1))) / math.sqrt(len(numbers[0]))
        for each in (1, 2)
    ]
    gap = (kolmogi(level) + 1) / np.sqrt(effective(ours, theirs))
    return Power(factor * errors[0], factor * errors[1] / 2, float(gap))
