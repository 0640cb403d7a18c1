"""Two samples of random draws, compared: the probability of each difference if both have the same distribution.

Begin at `compared`. The draws of a sample are independent of each other. The numbers in one draw need not be (one mask
for a channel, the rows of an orthogonal matrix), so a statistic is averaged over each draw first, and the averages are
compared by Student's t-test. Where a test is for independent numbers (Kolmogorov-Smirnov, chi-squared), their count is
divided by the design effect, which is measured.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
from scipy.special import chdtrc, kolmogi, kolmogorov, ndtri, stdtr

Pair = tuple[np.ndarray, np.ndarray]
_ROUNDING = 1e-5  # relative: a smaller difference of two averages is rounding
_ATOM = 1 / 500  # the share of numbers that makes a value worth a test of its own
_MOST_ATOMS = 64
_GRID = np.linspace(0.02, 0.98, 33)  # quantiles at which the design effect is measured
_MOST_PLACES = 2048
_LEAST_IN_CELL = 10  # expected numbers in a cell of the chi-squared test


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
    def centred(self) -> np.ndarray:
        """The numbers without their mean; 0 for NaN and infinity."""
        return np.where(self.is_finite, self.values, self.mean) - self.mean

    @cached_property
    def std(self) -> float:
        """The standard deviation of the finite numbers."""
        return float(np.sqrt((self.centred**2).sum() / max(self.is_finite.sum(), 1)))

    @cached_property
    def standard(self) -> np.ndarray:
        """The numbers with mean 0 and variance 1."""
        return self.centred / (self.std or 1.0)


class Moment(NamedTuple):
    """A moment of a sample, and by how much each draw moves it: the draw's mean influence function."""

    value: float
    influence: np.ndarray


def moments(sample: Sample) -> dict[str, Moment]:
    """Return mean, standard deviation, skewness and kurtosis."""
    z, squares = sample.standard, sample.standard**2
    skewness, kurtosis = float((z * squares).mean()), float((squares**2).mean())
    return {
        "mean": Moment(sample.mean, sample.centred.mean(1)),
        "standard deviation": Moment(sample.std, sample.std * ((squares - 1) / 2).mean(1)),
        "skewness": Moment(skewness, (z * squares - 3 * z - 1.5 * skewness * (squares - 1)).mean(1)),
        "kurtosis": Moment(kurtosis, (squares**2 - 2 * kurtosis * (squares - 1) - 4 * skewness * z).mean(1)),
    }


def student(difference: Any, ours: np.ndarray, theirs: np.ndarray, scale: Any) -> np.ndarray:
    """Return the p-values of differences of means, by Student's t-test on the draws (the rows).

    >>> rng = np.random.default_rng(0)
    >>> ours, theirs = rng.normal(0, 1, 100), rng.normal(1, 1, 100)
    >>> bool(student(ours.mean() - theirs.mean(), ours, theirs, 1) < 1e-6)
    True
    """
    beyond = np.maximum(np.abs(difference) - _ROUNDING * np.abs(scale), 0)
    with np.errstate(divide="ignore", invalid="ignore"):
        t = np.where(beyond > 0, beyond / standard_error(ours, theirs), 0)
    return 2 * stdtr(len(ours) - 1, -t)


def standard_error(ours: np.ndarray, theirs: np.ndarray) -> np.ndarray:
    """Return the standard error of the difference of two means over draws."""
    return np.sqrt(ours.var(0, ddof=1) / len(ours) + theirs.var(0, ddof=1) / len(theirs))


def samples(ours: np.ndarray, theirs: np.ndarray, epsilon: float) -> tuple[Sample, Sample]:
    """Return two stacks of draws as samples. A complex number becomes two real ones."""
    wide = [_real(side) for side in (ours, theirs)]
    rows = merged(*(side.reshape(len(side), -1) for side in wide), epsilon)
    return Sample(rows[0], wide[0].shape[1:]), Sample(rows[1], wide[1].shape[1:])


def _real(draws: np.ndarray) -> np.ndarray:
    if np.iscomplexobj(draws):
        return np.stack([draws.real, draws.imag], -1).astype(np.float64)
    return draws.astype(np.float64)


def compared(ours: Sample, theirs: Sample, epsilon: float) -> Iterator[Comparison]:
    """Yield the comparisons of two samples of the same shape, with as many draws each."""
    yield from _moments_compared(ours, theirs)
    yield from _values_compared(ours, theirs)
    yield from _ranges_compared(ours, theirs, epsilon)
    yield from _places_compared(ours, theirs)
    yield from _dependence_compared(ours, theirs)


def _moments_compared(ours: Sample, theirs: Sample) -> Iterator[Comparison]:
    pairs = zip(moments(ours).items(), moments(theirs).values(), strict=True)
    for (name, mine), other in pairs:
        scale = 1.0 if name in ("skewness", "kurtosis") else max(ours.std, theirs.std)
        p = student(mine.value - other.value, mine.influence, other.influence, scale)
        yield Comparison("moments", name, mine.value, other.value, float(p))


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
        is_near = np.abs(values - values[at]) <= 4 * epsilon * abs(values[at])
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
    if 1 < values.size <= 256:
        yield from _chi_squared(ours, theirs, values)


def _shares(name: str, ours: np.ndarray, theirs: np.ndarray) -> Iterator[Comparison]:
    """Yield the comparison of how often a value occurs, unless it does not."""
    shares = ours.mean(1), theirs.mean(1)
    means = [float(share.mean()) for share in shares]
    if any(means):
        p = student(means[0] - means[1], *shares, max(means))
        yield Comparison("values", f"share of {name}", *means, float(p))


def effective(ours: Sample, theirs: Sample) -> float:
    """Return the effective number of independent numbers of the two samples: `n m / (n + m)` by the design effect."""
    pooled = np.concatenate([ours.values[ours.is_finite], theirs.values[theirs.is_finite]])
    points = np.unique(np.quantile(pooled, _GRID, method="lower")) if pooled.size else np.empty(0)
    shares = [
        np.stack([(side.values <= point).mean(1) for point in points] or [np.zeros(2)], 1) for side in (ours, theirs)
    ]
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
    edges = np.append(values[np.isfinite(values)], np.inf)
    counts = [np.histogram(side.values[side.is_finite], edges)[0] for side in (ours, theirs)]
    total = counts[0] + counts[1]
    cells = total >= 2 * _LEAST_IN_CELL
    if cells.sum() < 2:
        return
    each = (counts[0] - counts[1])[cells] ** 2 / total[cells]
    design = ours.values.size / 2 / effective(ours, theirs)
    p = float(chdtrc(cells.sum() - 1, each.sum() / design))
    worst = edges[:-1][cells][each.argmax()]
    shares = [float(side[cells][each.argmax()] / ours.values.size) for side in counts]
    yield Comparison("chi2 test", f"share of {worst:.6g} (chi-squared over {cells.sum()} values)", *shares, p)


# range


def _ranges_compared(ours: Sample, theirs: Sample, epsilon: float) -> Iterator[Comparison]:
    for name, sign in {"largest number": 1, "smallest number": -1}.items():
        tops = [np.where(side.is_finite, sign * side.values, -np.inf).max(1) for side in (ours, theirs)]
        largest = [float(top.max()) for top in tops]
        margin = 4 * epsilon * max(map(abs, largest))
        beyond = int(max((tops[i] > largest[1 - i] + margin).sum() for i in (0, 1)))
        yield Comparison(
            "range", name, *(sign * top for top in largest), min(1.0, 2 * _all_of_one(beyond, len(tops[0])))
        )


def _all_of_one(count: int, draws: int) -> float:
    """Return the probability that the first `count` of the pooled draws, in order, are all of one given side.

    >>> _all_of_one(0, 10), _all_of_one(1, 10)
    (1.0, 0.5)
    """
    ranks = np.arange(count)
    return float(np.prod((draws - ranks) / (2 * draws - ranks)))


# places: the mean and the size of the numbers at each index


def _places_compared(ours: Sample, theirs: Sample) -> Iterator[Comparison]:
    for kind, power in {"mean": 1, "mean square": 2}.items():
        sides = [(side.standard**power).reshape(-1, *side.shape) for side in (ours, theirs)]
        for axis, size in enumerate(ours.shape):
            if 1 < size <= _MOST_PLACES:
                others = tuple(other + 1 for other in range(len(ours.shape)) if other != axis)
                name = f"{kind} at index {{}} of dimension {axis}"
                yield _worst("places", name, *(side.mean(others) for side in sides))
        if len(ours.shape) > 1 and sides[0][0].size <= _MOST_PLACES:
            yield _worst("places", f"{kind} at element {{}}", *(side.reshape(len(side), -1) for side in sides))


def _worst(aspect: str, name: str, ours: np.ndarray, theirs: np.ndarray) -> Comparison:
    """Return the comparison of the column with the smallest p-value."""
    means = ours.mean(0), theirs.mean(0)
    p = student(means[0] - means[1], ours, theirs, 1.0)
    at = int(p.argmin())
    return Comparison(aspect, name.format(at), float(means[0][at]), float(means[1][at]), float(p[at]), p.size)


# dependence of the numbers of a draw, and of successive draws


def _dependence_compared(ours: Sample, theirs: Sample) -> Iterator[Comparison]:
    sides = [dict(_transforms(side)) for side in (ours, theirs)]
    for name in [name for name in sides[0] if name in sides[1]]:
        found = [dict(_features(side[name], ours.shape)) for side in sides]
        for feature in found[0]:
            yield _worst("dependence", f"{feature} ({name})", *(side[feature][:, None] for side in found))


def _transforms(sample: Sample) -> Iterator[tuple[str, np.ndarray]]:
    """Yield functions of the numbers with mean 0 and variance 1."""
    yield "the numbers", sample.standard
    squares = sample.standard**2 - 1
    spread = float(squares.std())
    # for two values, the squares are a linear function of the numbers
    if spread > 1e-3 and abs((squares * sample.standard).mean()) < 0.999 * spread:
        yield "their squares", squares / spread


def _features(numbers: np.ndarray, shape: tuple[int, ...]) -> Iterator[tuple[str, np.ndarray]]:
    """Yield measures of dependence: 0 or 1 for independent numbers, each with a number for each draw."""
    count, following = numbers.shape[1], np.roll(numbers, -1, 0)
    lines = {axis: _lines(numbers, shape, axis) for axis, size in enumerate(shape) if size > 1}
    inner = {axis: (each[:, 1:] * each[:, :-1]).sum(2) for axis, each in lines.items()}
    for axis, each in lines.items():
        yield f"correlation of neighbours along dimension {axis}", inner[axis].mean(1) / each.shape[2]
    yield "correlation of successive draws", (numbers * following).mean(1)
    for axis, each in lines.items():
        yield f"variance of sums along dimension {axis}", (each.sum(1) ** 2).mean(1) / each.shape[1]
    yield "variance of the sum of a draw", numbers.sum(1) ** 2 / count
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
    """The smallest differences that nearly every run finds: of mean, standard deviation and distribution function."""

    mean: float  # in standard deviations
    std: float  # relative
    share: float


def power(ours: Sample, theirs: Sample, level: float) -> Power:
    """Return the smallest differences that tests at a level find, with two standard errors to spare."""
    mine, other = moments(ours), moments(theirs)
    factor = 2 - float(ndtri(level / 2))
    errors = [
        float(standard_error(mine[name].influence, other[name].influence)) / (theirs.std or 1.0)
        for name in ("mean", "standard deviation")
    ]
    gap = (float(kolmogi(level)) + 1) / np.sqrt(effective(ours, theirs))
    return Power(factor * errors[0], factor * errors[1], float(gap))
